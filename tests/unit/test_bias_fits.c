/* The correction for incidental parameters: which effects are which, factors, threads, fits that it
 * is not for, memory that runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sweep.h"
#include "trade/bias.h"
#include "trade_panel.h"

enum { K = PANEL_X };
static trade_panel panel;

static karvan_gravity *fit_of(const karvan_table *t, const char *formula, int threads) {
    karvan_gravity_options o = {.formula = formula, .threads = threads};
    return panel_fit(t, &o);
}

static void correct(const karvan_gravity *g, const char *e, const char *i, const char *t,
                    karvan_gravity_bias *out) {
    karvan_error err = {0};
    if (karvan_gravity_bias_correct(g, e, i, t, KARVAN_SSC_FIXEST, out, &err) != KARVAN_OK)
        fail_msg("%s", err.msg);
}

static void same(const karvan_gravity_bias *a, const karvan_gravity_bias *b, double by) {
    for (int k = 0; k < K; k++) {
        panel_close(a->bias[k], b->bias[k], by, "bias");
        panel_close(a->se[k], b->se[k], by, "se");
    }
}

static void however_the_effects_are_named(void **s) {
    (void)s;
    panel_draw(&panel, 21, 6, 6, 4, true);
    karvan_table *t = panel_table(&panel);
    karvan_gravity *g = fit_of(t, "y ~ x1 + x2 | exp^year + imp^year + exp^imp", 1),
                   *turned = fit_of(t, "y ~ x1 + x2 | exp^imp + year^imp + it", 1);
    karvan_gravity_bias a, b, c, d;
    correct(g, NULL, NULL, NULL, &a), correct(g, "exp", "imp", "year", &b);
    correct(g, "imp", "exp", "year", &c);      /* both sides are treated alike */
    correct(turned, "exp", "imp", "year", &d); /* exporter-year as one column */
    same(&a, &b, 1e-14), same(&a, &c, 1e-9), same(&a, &d, 1e-7);
    assert_true(fabs(a.bias[1]) > 1e-4);
    karvan_gravity_bias_clear(&a), karvan_gravity_bias_clear(&b);
    karvan_gravity_bias_clear(&c), karvan_gravity_bias_clear(&d);
    karvan_gravity_destroy(turned);
    turned = fit_of(t, "y ~ x1 + x2 | exp^imp + exp^year + imp^year", 1);
    correct(turned, NULL, NULL, NULL, &d); /* the one column of whole numbers is time */
    correct(g, NULL, NULL, NULL, &a);
    same(&a, &d, 1e-7);
    karvan_gravity_bias_clear(&a), karvan_gravity_bias_clear(&d);
    karvan_gravity_bias_clear(&d); /* again, and NULL */
    karvan_gravity_bias_clear(NULL);
    karvan_gravity_destroy(g), karvan_gravity_destroy(turned), karvan_table_destroy(t);
}

/* The factor is that of covariances clustered by pair, also where there are as many pairs as
 * exporter-years. */
static void factors_are_those_of_the_covariance(void **s) {
    (void)s;
    static const char *const formula[] = {"y ~ x1 + x2 | exp^year + imp^year + exp^imp",
                                          "y ~ x1 + x2 | exp^year + imp^year"},
                             *const pair[] = {"exp^imp"};
    panel_draw(&panel, 25, 6, 5, 5, false);
    karvan_table *t = panel_table(&panel);
    for (int i = 0; i < 2; i++) {
        karvan_gravity *g = fit_of(t, formula[i], 1);
        double se[3], v[3];
        for (int ssc = 0; ssc < 3; ssc++) {
            karvan_gravity_bias out;
            double all[K * K];
            assert_int_equal(
                karvan_gravity_bias_correct(g, NULL, NULL, NULL, (karvan_ssc)ssc, &out, NULL),
                KARVAN_OK);
            assert_int_equal(karvan_gravity_vcov(g, KARVAN_SE_CLUSTER, (karvan_ssc)ssc, 1, pair,
                                                 all, NULL, 0, NULL),
                             KARVAN_OK);
            se[ssc] = out.se[0] * out.se[0], v[ssc] = all[0];
            karvan_gravity_bias_clear(&out);
        }
        assert_true(v[KARVAN_SSC_FIXEST] > 1.1 * v[KARVAN_SSC_PPMLHDFE]);
        for (int ssc = 0; ssc < 2; ssc++)
            panel_close(se[ssc] / se[KARVAN_SSC_NONE], v[ssc] / v[KARVAN_SSC_NONE], 1e-12,
                        "factor");
        karvan_gravity_destroy(g);
    }
    karvan_table_destroy(t);
}

static void same_bytes_with_any_number_of_threads(void **s) {
    (void)s;
    panel_draw(&panel, 22, 9, 8, 5, true);
    karvan_table *t = panel_table(&panel);
    karvan_gravity *g = fit_of(t, "y ~ x1 + x2 | exp^year + imp^year + exp^imp", 1);
    karvan_gravity_bias one, more;
    correct(g, NULL, NULL, NULL, &one);
    for (int threads = 2; threads < 5; threads++) {
        g->options.threads = threads;
        correct(g, NULL, NULL, NULL, &more);
        assert_memory_equal(one.v, more.v, sizeof(double) * K * K);
        assert_memory_equal(one.bias, more.bias, sizeof(double) * K);
        karvan_gravity_bias_clear(&more);
    }
    karvan_gravity_bias_clear(&one), karvan_gravity_destroy(g), karvan_table_destroy(t);
}

static void refuse(const karvan_table *t, karvan_estimator estimator, const char *formula,
                   const char *exporter, const char *importer, const char *time, karvan_status code,
                   const char *message) {
    karvan_error e = {0};
    karvan_gravity_bias out = {.pairs = 1};
    karvan_gravity_options o = {.formula = formula, .estimator = estimator};
    karvan_gravity *g = panel_fit(t, &o);
    karvan_status st =
        karvan_gravity_bias_correct(g, exporter, importer, time, KARVAN_SSC_NONE, &out, &e);
    if (st != code || !strstr(e.msg, message)) fail_msg("%s: %s", formula, e.msg);
    assert_true(out.pairs == 0 && !out.bias && !out.v);
    karvan_gravity_destroy(g);
}

static void other_fits_are_refused(void **s) {
    (void)s;
    panel_draw(&panel, 23, 6, 6, 3, false);
    karvan_table *t = panel_table(&panel);
    refuse(t, KARVAN_OLS, "y ~ x1 | exp^year + imp^year + exp^imp", NULL, NULL, NULL, KARVAN_E_ARG,
           "is for PPML alone");
    refuse(t, KARVAN_PPML, "y ~ x1 | exp^year + imp^year + both", "exp", "imp", "year",
           KARVAN_E_ARG, "effect both is neither exp by time, nor imp by time, nor the pair");
    refuse(t, KARVAN_PPML, "y ~ x1 | exp^year + imp^year + both", NULL, NULL, NULL, KARVAN_E_ARG,
           "effect both is neither");
    refuse(t, KARVAN_PPML, "y ~ x1 | exp^year^half + imp^year + exp^imp", "exp", "imp", "year",
           KARVAN_E_ARG, "effect exp^year^half is neither");
    refuse(t, KARVAN_PPML, "y ~ x1 | exp^imp + year", NULL, NULL, NULL, KARVAN_E_ARG,
           "name exporter, importer and time");
    refuse(t, KARVAN_PPML, "y ~ x1 | exp^imp", "exp", "imp", "year", KARVAN_E_ARG,
           "needs effects of exp by time and of imp by time");
    refuse(t, KARVAN_PPML, "y ~ x1 | exp^year + imp^year", "exp", NULL, "year", KARVAN_E_ARG,
           "or none of them");
    refuse(t, KARVAN_PPML, "y ~ x1 | exp^year + imp^year", "exp", "imp", "yaer", KARVAN_E_ARG,
           "yaer");
    refuse(t, KARVAN_PPML, "y ~ x1 | exp + imp", NULL, NULL, NULL, KARVAN_E_DATA,
           "is the second one of its exp, imp");
    karvan_table_destroy(t);
}

/* ---- memory ---- */

static const karvan_gravity *swept[2];
static karvan_status corrections(karvan_error *e) {
    karvan_gravity_bias a = {0}, b = {0};
    karvan_status st =
        karvan_gravity_bias_correct(swept[0], NULL, NULL, NULL, KARVAN_SSC_FIXEST, &a, e);
    if (st == KARVAN_OK)
        st = karvan_gravity_bias_correct(swept[1], "exp", "imp", "year", KARVAN_SSC_NONE, &b, e);
    karvan_gravity_bias_clear(&a), karvan_gravity_bias_clear(&b);
    return st;
}
static karvan_status one_round(karvan_error *e) {
    karvan_i_panel layout;
    double omega[K * K];
    karvan_status st = karvan_i_panel_create(swept[0], "exp", "imp", "year", &layout, e);
    if (st == KARVAN_OK) st = karvan_i_bias_omega(&layout, swept[0]->bread, false, 1, omega, e);
    karvan_i_panel_clear(&layout);
    return st;
}

static void every_allocation_can_fail(void **s) {
    (void)s;
    panel_draw(&panel, 24, 5, 4, 3, false);
    karvan_table *t = panel_table(&panel);
    karvan_gravity *g = fit_of(t, "y ~ x1 + x2 | exp^year + imp^year + exp^imp", 1),
                   *h = fit_of(t, "y ~ x1 + x2 | exp^year + imp^year", 1);
    swept[0] = g, swept[1] = h;
    every_allocation_fails(corrections, 2000);
    every_allocation_fails(one_round, 2000);
    karvan_gravity_destroy(g), karvan_gravity_destroy(h), karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(however_the_effects_are_named),
                                   cmocka_unit_test(factors_are_those_of_the_covariance),
                                   cmocka_unit_test(same_bytes_with_any_number_of_threads),
                                   cmocka_unit_test(other_fits_are_refused),
                                   cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
