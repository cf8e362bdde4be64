/* What a fit would say of a row had it never seen it: by hand, by the hat matrix written out, and
 * by fitting again without the row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trade/leave_out.h"
#include "trade/small.h"
#include "trade_panel.h"

enum { ROWS = PANEL_ROWS, WIDE = 120 };

static karvan_table *table_of(const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(csv, strlen(csv), "t.csv", "t", NULL, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

/* Means of 2 and 6; a row's leverage is its share of the group's prediction: 1/3 and 1/2. Without
 * it the mean is that of the others. Errors: squared residuals over 1 - leverage, their sum over
 * the squared sum. */
static void one_effect_by_hand(void **s) {
    (void)s;
    karvan_table *t = table_of("y,g\n1,a\n2,a\n3,a\n4,b\n8,b\n");
    karvan_gravity *g = panel_fit(t, &(karvan_gravity_options){.formula = "y ~ 1 | g"});
    double h[5], se[5];
    const double others[] = {2.5, 2, 1.5, 8, 4};
    assert_int_equal(karvan_i_leverage(g, NULL, h, se, NULL), KARVAN_OK);
    for (int i = 0; i < 5; i++) {
        int row = g->d.row[i];
        panel_close(h[i], row < 3 ? 1 / 3.0 : 0.5, 1e-12, "leverage");
        panel_close(se[i], row < 3 ? sqrt(3) / 6 : sqrt(16) / 12, 1e-10, "error");
        panel_close(g->mu[i] * exp(karvan_i_without_itself(g->d.y[i], g->mu[i], h[i])), others[row],
                    1e-10, "without itself");
    }
    assert_true(isnan(karvan_i_without_itself(5, 5, 1)));     /* alone */
    assert_true(isnan(karvan_i_without_itself(30, 10, 0.5))); /* others would be below 0 */
    panel_close(karvan_i_without_itself(0, 3, 0.5), log(2), 1e-15, "a zero");
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

/* An intercept alone is an effect of one level. */
static void no_effects_by_hand(void **s) {
    (void)s;
    karvan_table *t = table_of("y,g\n1,a\n2,a\n9,a\n");
    karvan_gravity *g = panel_fit(t, &(karvan_gravity_options){.formula = "y ~ 1"});
    double h[3], se[3], v = 0.09;
    assert_int_equal(karvan_i_leverage(g, &v, h, se, NULL), KARVAN_OK);
    for (int i = 0; i < 3; i++) {
        panel_close(h[i], 1 / 3.0, 1e-12, "leverage");
        panel_close(se[i], 0.3, 1e-12, "error");
    }
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

/* ---- the hat matrix written out ---- */

/* Dummies of all effects, in columns 0 .. of x; how many. */
static int dummies(const karvan_gravity *g, int64_t i, double *x) {
    int n = 0;
    for (int e = 0; e < g->d.n_effects; n += g->d.effect[e++].n_levels)
        for (int32_t l = 0; l < g->d.effect[e].n_levels; l++)
            x[n + l] = g->d.effect[e].level[i] == l;
    assert_true(n + g->n_kept <= WIDE);
    return n;
}

static double quadratic(int n, const double *x, const double *a) {
    double s = 0;
    for (int j = 0; j < n; j++)
        for (int k = 0; k < n; k++) s += x[j] * a[j * n + k] * x[k];
    return s;
}

/* Sum of weight times x x' over the rows, in [n][n]. */
static void cross(const karvan_gravity *g, int n, double (*x)[WIDE], const double *weight,
                  double *a) {
    memset(a, 0, sizeof *a * (size_t)(n * n));
    for (int64_t i = 0; i < g->d.n; i++)
        for (int j = 0; j < n; j++)
            for (int k = 0; k < n; k++) a[j * n + k] += weight[i] * x[i][j] * x[i][k];
}

static void hat_matrix_written_out(void **s) {
    (void)s;
    static double x[ROWS][WIDE], a[WIDE * WIDE], m[WIDE * WIDE], p[WIDE * WIDE], q[WIDE * WIDE],
        scratch[WIDE * (WIDE + 2)], h[ROWS], se[ROWS], w[ROWS], u[ROWS];
    static const char *const formulas[] = {"y ~ x1 + x2 | exp^year + imp^year",
                                           "y ~ x1 | exp + imp + year", "y ~ x2 + x1 | exp",
                                           "y ~ 1 | exp^year + imp"};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        trade_panel panel;
        panel_draw(&panel, seed, 5, 6, 3, seed % 2);
        karvan_table *t = panel_table(&panel);
        karvan_gravity *g =
            panel_fit(t, &(karvan_gravity_options){.formula = formulas[seed % 4], .weights = "w"});
        double v[4] = {0.04, 0.01, 0.01, 0.09};
        if (g->n_kept < 2) v[0] = 0.04;
        assert_int_equal(karvan_i_leverage(g, v, h, se, NULL), KARVAN_OK);
        int d = 0;
        for (int64_t i = 0; i < g->d.n; i++) {
            d = dummies(g, i, x[i]);
            for (int j = 0; j < g->n_kept; j++) x[i][d + j] = g->d.x[g->kept[j]][i];
            w[i] = g->d.weight[i] * g->mu[i];
            u[i] = pow(g->d.weight[i] * (g->d.y[i] - g->mu[i]), 2);
        }
        int n = d + g->n_kept;
        cross(g, n, x, w, a);
        karvan_i_small_inverse(n, a, 1e-11, scratch);
        cross(g, d, x, w, p);
        karvan_i_small_inverse(d, p, 1e-11, scratch);
        for (int64_t i = 0; i < g->d.n; i++) u[i] /= 1 - w[i] * quadratic(n, x[i], a);
        cross(g, d, x, u, m);
        karvan_i_small_product(d, p, m, q);
        karvan_i_small_product(d, q, p, m);
        for (int64_t i = 0; i < g->d.n; i++) {
            double variance = quadratic(d, x[i], m);
            for (int j = 0; j < g->n_kept; j++)
                for (int k = 0; k < g->n_kept; k++)
                    variance += g->xt[j][i] * v[j * g->n_kept + k] * g->xt[k][i];
            panel_close(h[i], w[i] * quadratic(n, x[i], a), 1e-7, "leverage");
            panel_close(se[i], sqrt(variance), 1e-7, "error");
        }
        karvan_gravity_destroy(g);
        karvan_table_destroy(t);
    }
}

/* ---- fitted again without the row ---- */

static bool all_but(void *ctx, const karvan_table *t, int64_t row) {
    (void)t;
    return row != *(int64_t *)ctx;
}

static double fitted_without(const karvan_table *t, const karvan_gravity_options *o, int64_t row) {
    karvan_view v = {0};
    karvan_table *others = NULL, *p = NULL;
    assert_int_equal(karvan_view_init(&v, t, all_but, &row, NULL), KARVAN_OK);
    assert_int_equal(karvan_view_copy(&v, 0, NULL, &others, NULL), KARVAN_OK);
    karvan_gravity *g = panel_fit(others, o);
    assert_int_equal(karvan_gravity_predict(g, NULL, t, &p, NULL), KARVAN_OK);
    double of = karvan_table_real(p, 1, row);
    karvan_table_destroy(p);
    karvan_gravity_destroy(g);
    karvan_table_destroy(others);
    karvan_view_clear(&v);
    return of;
}

/* One step is near: half of the rows within a thousandth, nine in ten within 2 per cent, and
 * nearer the truth than the fitted value. */
static void fitted_again_without_the_row(void **s) {
    (void)s;
    double h[ROWS], se[ROWS];
    int n = 0, within_thousandth = 0, within_two = 0, nearer = 0, moved = 0;
    const karvan_gravity_options o = {.formula = "y ~ x1 + x2 | exp^year + imp^year"};
    for (uint64_t seed = 1; seed <= 2; seed++) {
        trade_panel panel;
        panel_draw(&panel, seed, 12, 12, 2, false);
        karvan_table *t = panel_table(&panel);
        karvan_gravity *g = panel_fit(t, &o);
        assert_int_equal(karvan_i_leverage(g, NULL, h, se, NULL), KARVAN_OK);
        for (int64_t i = 0; i < g->d.n; i++) {
            double truth = log(fitted_without(t, &o, g->d.row[i]) / g->mu[i]);
            double step = karvan_i_without_itself(g->d.y[i], g->mu[i], h[i]);
            if (isnan(truth)) continue; /* an effect is gone */
            n++;
            within_thousandth += fabs(step - truth) < 1e-3, within_two += fabs(step - truth) < 0.02;
            moved += fabs(truth) > 1e-2;
            nearer += fabs(truth) > 1e-2 && fabs(step - truth) < fabs(truth) / 2;
        }
        karvan_gravity_destroy(g);
        karvan_table_destroy(t);
    }
    assert_true(n > 500);
    if (2 * within_thousandth < n || 10 * within_two < 9 * n || 100 * nearer < 98 * moved)
        fail_msg("%d rows: %d within 0.001, %d within 0.02; %d moved, %d of them nearer", n,
                 within_thousandth, within_two, moved, nearer);
}

static void too_many_levels_are_refused(void **s) {
    (void)s;
    karvan_error e = {0};
    enum { N = KARVAN_I_LEAVE_OUT_LEVELS };
    static double h[3 * N], se[3 * N];
    static const karvan_column columns[] = {
        {"y", KARVAN_REAL, NULL}, {"a", KARVAN_INT, NULL}, {"b", KARVAN_INT, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("chain", 3, columns, &b, NULL), KARVAN_OK);
    for (int i = 0; i < 3 * N; i++) { /* each a meets two b, so all hang together */
        (void)karvan_builder_row(b, NULL);
        (void)karvan_builder_real(b, 0, 1 + i % 3, NULL);
        (void)karvan_builder_int(b, 1, i / 2, NULL);
        (void)karvan_builder_int(b, 2, (i + 1) / 2, NULL);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    karvan_gravity *g = panel_fit(
        t, &(karvan_gravity_options){.formula = "y ~ 1 | a + b", .keep_singletons = true});
    assert_int_equal(karvan_i_leverage(g, NULL, h, se, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "hang together"));
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_effect_by_hand), cmocka_unit_test(no_effects_by_hand),
        cmocka_unit_test(hat_matrix_written_out), cmocka_unit_test(fitted_again_without_the_row),
        cmocka_unit_test(too_many_levels_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
