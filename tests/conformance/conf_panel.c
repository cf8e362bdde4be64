/* The generated panel of 675,000 rows (tests/synthetic_panel.h), whose answer is known from fixest
 * at its tightest tolerances: coefficients to 1e-9, pair-clustered standard errors to 1e-9,
 * deviance to 1e-12, rows dropped; the same bytes with two threads as with one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "karvan/gravity.h"
#include "synthetic_panel.h"

enum { K = 3 };
static const char *const NAME[K] = {"rta", "lntar", "intl_trend"};
static const double ESTIMATE[K] = {0.411054751595697, -4.27961787882366, 0.308378241794866};
static const double SE[K] = {0.0219417655702834, 0.185956952278707, 0.0436454644374403};
static const double DEVIANCE = 22471940.2712024;

/* As a file of it would be read: the decimals that are written. */
static double decimals(double v) {
    char text[40];
    (void)snprintf(text, sizeof text, "%.6f", v);
    return strtod(text, NULL);
}

static bool add_row(void *ctx, const panel_row *r) {
    karvan_builder *b = ctx;
    return karvan_builder_row(b, NULL) == KARVAN_OK &&
           karvan_builder_int(b, 0, r->exporter, NULL) == KARVAN_OK &&
           karvan_builder_int(b, 1, r->importer, NULL) == KARVAN_OK &&
           karvan_builder_int(b, 2, r->year, NULL) == KARVAN_OK &&
           karvan_builder_real(b, 3, r->trade, NULL) == KARVAN_OK &&
           karvan_builder_int(b, 4, r->rta, NULL) == KARVAN_OK &&
           karvan_builder_real(b, 5, decimals(r->lntar), NULL) == KARVAN_OK &&
           karvan_builder_real(b, 6, decimals(r->trend), NULL) == KARVAN_OK;
}

static karvan_table *make(int countries, int years) {
    static const karvan_column columns[] = {
        {"exp", KARVAN_INT, NULL},        {"imp", KARVAN_INT, NULL}, {"year", KARVAN_INT, NULL},
        {"trade", KARVAN_REAL, NULL},     {"rta", KARVAN_INT, NULL}, {"lntar", KARVAN_REAL, NULL},
        {"intl_trend", KARVAN_REAL, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("panel", 7, columns, &b, NULL), KARVAN_OK);
    assert_true(panel_generate(countries, years, 20261123, add_row, b));
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

static karvan_gravity *fit(const karvan_table *t, int threads) {
    karvan_gravity *g = NULL;
    karvan_error err = {0};
    karvan_gravity_options o = {
        .formula = "trade ~ rta + lntar + intl_trend | exp^year + imp^year + exp^imp",
        .n_clusters = 1,
        .cluster = {"exp^imp"},
        .threads = threads};
    if (karvan_gravity_fit(t, &o, &g, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    return g;
}

static void compare(const char *what, double got, double want, double relative) {
    if (!(fabs(got - want) <= relative * fabs(want)))
        fail_msg("%s: %.15g, not %.15g (%.1e off)", what, got, want, got / want - 1);
}

static void the_panel_has_its_known_answer(void **s) {
    (void)s;
    karvan_table *t = make(150, 30);
    assert_int_equal(karvan_table_rows(t), 675000);
    karvan_gravity *g = fit(t, 1), *twice = fit(t, 2);
    karvan_gravity_stats stats = karvan_gravity_statistics(g);
    double v[K * K];
    assert_int_equal(karvan_gravity_count(g), K);
    assert_int_equal(
        karvan_gravity_vcov(g, KARVAN_SE_CLUSTER, KARVAN_SSC_FIXEST, 0, NULL, v, NULL, 0, NULL),
        KARVAN_OK);
    for (int i = 0; i < K; i++) {
        double b = karvan_gravity_estimate(g, i), again = karvan_gravity_estimate(twice, i);
        assert_string_equal(karvan_gravity_name(g, i), NAME[i]);
        compare(NAME[i], b, ESTIMATE[i], 1e-9);
        compare(NAME[i], sqrt(v[i * K + i]), SE[i], 1e-9);
        assert_memory_equal(&b, &again, sizeof b);
    }
    compare("deviance", stats.deviance, DEVIANCE, 1e-12);
    assert_true(stats.converged);
    assert_int_equal(stats.n, 674580);
    assert_int_equal(stats.n_separated + stats.n_singleton, 420);
    karvan_gravity_destroy(g), karvan_gravity_destroy(twice);
    karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(the_panel_has_its_known_answer)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
