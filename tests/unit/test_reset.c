/* RESET against the regression with all dummies and the squared predictor as a column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sweep.h"
#include "trade/fit.h"
#include "trade_panel.h"

static trade_panel panel;

/* z of the last regressor; clusters by `way`, NULL: White; no small-sample factor. */
static double slow_z(const dense_fit *f, const int *way) {
    double meat = 0, *move = dense_alloc((size_t)f->n, sizeof *move);
    for (int i = 0; i < f->n; i++)
        for (int c = 0; c < f->p; c++)
            move[i] += f->v[(f->p - 1) * f->p + c] * f->column[c * f->n + i] * f->residual[i];
    for (int i = 0; i < f->n; i++)
        for (int j = 0; j < f->n; j++)
            if (way ? way[f->row[i]] == way[f->row[j]] : i == j) meat += move[i] * move[j];
    free(move);
    return f->beta[f->p - 1] / sqrt(meat);
}

static void compare(const char *formula, int effects, karvan_estimator estimator, bool weighted,
                    bool shifted) {
    bool keep[PANEL_ROWS];
    double square[PANEL_ROWS], y[PANEL_ROWS], z, p;
    const int *const level[] = {panel.it, panel.jt, panel.ij};
    const double *const x[] = {panel.x[0], panel.x[1], square};
    bool ols = estimator == KARVAN_OLS;
    karvan_table *t = panel_table(&panel);
    karvan_gravity_options o = {.formula = formula,
                                .estimator = estimator,
                                .weights = weighted ? "w" : NULL,
                                .offset = shifted ? "o" : NULL,
                                .n_clusters = 1,
                                .cluster = {"exp^imp"}};
    karvan_gravity *g = panel_fit(t, &o);
    panel_kept(g, &panel, keep);
    for (int i = 0; i < panel.n; i++) y[i] = ols ? log(panel.y[i]) : panel.y[i];
    dense_model m = {
        panel.n, 2,     effects, y, weighted ? panel.w : NULL, shifted ? panel.o : NULL,
        x,       level, keep};
    dense_fit f = ols ? dense_ols(&m) : dense_ppml(&m);
    for (int i = 0; i < f.n; i++) square[f.row[i]] = f.eta[i] * f.eta[i] / 16;
    dense_clear(&f);
    m.k = 3;
    f = ols ? dense_ols(&m) : dense_ppml(&m);
    karvan_error e = {0};
    if (karvan_gravity_reset(g, KARVAN_SE_HETERO, KARVAN_SSC_NONE, &z, &p, &e) != KARVAN_OK)
        fail_msg("%s: %s", formula, e.msg);
    panel_close(z, slow_z(&f, NULL), 1e-6, formula);
    panel_close(p, erfc(fabs(z) / sqrt(2)), 1e-14, "p");
    assert_int_equal(karvan_gravity_reset(g, KARVAN_SE_DEFAULT, KARVAN_SSC_NONE, &z, NULL, &e),
                     KARVAN_OK);
    panel_close(z, slow_z(&f, panel.ij), 1e-6, formula);
    dense_clear(&f), karvan_gravity_destroy(g), karvan_table_destroy(t);
}

static void as_with_the_column_written_out(void **s) {
    (void)s;
    panel_draw(&panel, 31, 7, 6, 4, true);
    compare("y ~ x1 + x2 | exp^year + imp^year + exp^imp", 3, KARVAN_PPML, false, false);
    compare("y ~ x1 + x2 | exp^year + imp^year", 2, KARVAN_PPML, true, false);
    compare("y ~ x1 + x2 | exp^year + imp^year", 2, KARVAN_PPML, false, true);
    compare("y ~ x1 + x2", 0, KARVAN_PPML, false, false);
    compare("y ~ x1 + x2 | exp^year + imp^year", 2, KARVAN_OLS, true, false);
    compare("y ~ x1 + x2", 0, KARVAN_OLS, false, true);
}

/* A model without regressors but effects has only the square to estimate. */
static void effects_alone(void **s) {
    (void)s;
    double z = 0, square[PANEL_ROWS];
    bool keep[PANEL_ROWS];
    panel_draw(&panel, 32, 6, 6, 3, true);
    const int *const level[] = {panel.it, panel.jt};
    const double *const x[] = {square};
    karvan_table *t = panel_table(&panel);
    karvan_gravity_options o = {.formula = "y ~ 1 | exp^year + imp^year"};
    karvan_gravity *g = panel_fit(t, &o);
    karvan_error e = {0};
    panel_kept(g, &panel, keep);
    dense_model m = {panel.n, 0, 2, panel.y, NULL, NULL, x, level, keep};
    dense_fit f = dense_ppml(&m);
    for (int i = 0; i < f.n; i++) square[f.row[i]] = f.eta[i] * f.eta[i];
    dense_clear(&f);
    m.k = 1, f = dense_ppml(&m);
    if (karvan_gravity_reset(g, KARVAN_SE_HETERO, KARVAN_SSC_NONE, &z, NULL, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    panel_close(z, slow_z(&f, NULL), 1e-6, "z");
    dense_clear(&f), karvan_gravity_destroy(g), karvan_table_destroy(t);
}

/* Two values of the predictor: its square is a line through them. */
static void nothing_to_add_is_said(void **s) {
    (void)s;
    double z = 1, p = 1;
    panel_draw(&panel, 33, 5, 5, 3, false);
    karvan_table *t = panel_table(&panel);
    karvan_gravity_options o = {.formula = "y ~ x2"};
    karvan_gravity *g = panel_fit(t, &o);
    karvan_error e = {0};
    assert_int_equal(karvan_gravity_reset(g, KARVAN_SE_HETERO, KARVAN_SSC_NONE, &z, &p, &e),
                     KARVAN_E_DATA);
    assert_string_equal(e.msg,
                        "RESET: the squared predictor is a combination of regressors and effects");
    assert_true(isnan(z) && isnan(p));
    karvan_gravity_destroy(g);
    o.formula = "y ~ 1 | exp"; /* one effect: the square has its levels */
    g = panel_fit(t, &o);
    e = (karvan_error){0};
    assert_int_equal(karvan_gravity_reset(g, KARVAN_SE_HETERO, KARVAN_SSC_NONE, &z, &p, &e),
                     KARVAN_E_DATA);
    assert_string_equal(e.msg, "RESET: the squared predictor is a combination of the effects");
    karvan_gravity_destroy(g), karvan_table_destroy(t);
}

static const karvan_gravity *swept;
static karvan_status work(karvan_error *e) {
    double z;
    return karvan_gravity_reset(swept, KARVAN_SE_DEFAULT, KARVAN_SSC_FIXEST, &z, NULL, e);
}

static void every_allocation_can_fail(void **s) {
    (void)s;
    panel_draw(&panel, 34, 5, 5, 3, false);
    karvan_table *t = panel_table(&panel);
    karvan_gravity_options o = {
        .formula = "y ~ x1 + x2 | exp^year + imp^year", .n_clusters = 1, .cluster = {"exp^imp"}};
    karvan_gravity *g = panel_fit(t, &o);
    swept = g;
    every_allocation_fails(work, 5000);
    karvan_gravity_destroy(g), karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(as_with_the_column_written_out), cmocka_unit_test(effects_alone),
        cmocka_unit_test(nothing_to_add_is_said), cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
