/* Draws of transport cost and of elasticity together, carried through the equilibrium: each draw
 * held to one solved by itself; the same with any number of threads; every allocation failing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/equilibrium.h"
#include "sweep.h"

enum { N = 3, DRAWS = 41 };
static const char *const COUNTRY[N] = {"AAA", "BBB", "CCC"};
static const double FLOW[N * N] = {80, 12, 9, 20, 70, 4, 3, 6, 50};
/* An agreement of A and C, whose coefficient varies as well. */
static const double DUMMY[N * N] = {0, 0, 1, 0, 0, 0, 1, 0, 0};
static const double THETA = 4, SPREAD = 0.5, BETA = 0.3, SE = 0.1;

static karvan_table *parse(const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(csv, strlen(csv), "f.csv", "f", NULL, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

/* Of C to A, money and time cancel at the stated values: a hundredth dearer, an hour of a hundredth
 * quicker. D is no country of the economy. */
static karvan_cost *bridge(uint64_t seed) {
    karvan_table *classes =
        parse("id,value_usd_per_t,value_low_usd_per_t,value_high_usd_per_t,delta_percent_day,"
              "delta_low,delta_high,reliability_ratio\n"
              "metals,1000,500,2000,24,12,48,0.4\n");
    karvan_table *changes = parse("exporter,importer,cargo_class,share,d_usd_t,d_hours\n"
                                  "AAA,BBB,metals,1,-40,-2\nBBB,CCC,metals,0.5,-30,0\n"
                                  "CCC,AAA,metals,1,10,-1\nAAA,DDD,metals,1,-10,0\n");
    karvan_cost *c = NULL;
    karvan_error e = {0};
    const karvan_cost_options o = {.classes = classes, .seed = seed};
    if (karvan_cost_create(changes, &o, &c, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_table_destroy(classes), karvan_table_destroy(changes);
    return c;
}

static int country(const char *name) {
    for (int i = 0; i < N; i++)
        if (strcmp(COUNTRY[i], name) == 0) return i;
    return -1;
}

/* The dummy, then the change of ln trade cost of a draw. */
static karvan_economy *economy(const karvan_cost *c, int64_t draw) {
    double d[8], change[2 * N * N] = {0};
    karvan_economy *e = NULL;
    karvan_error err = {0};
    memcpy(change, DUMMY, sizeof DUMMY);
    assert_int_equal(karvan_cost_draw(c, draw, d, &err), KARVAN_OK);
    for (int64_t p = 0; p < karvan_cost_pairs(c); p++) {
        int i = country(karvan_cost_exporter(c, p)), j = country(karvan_cost_importer(c, p));
        if (i >= 0 && j >= 0) change[N * N + i * N + j] = d[p];
    }
    if (karvan_economy_create(N, COUNTRY, FLOW, 2, change, false, &e, &err) != KARVAN_OK)
        fail_msg("%s", err.msg);
    return e;
}

static const double COVARIANCE[4] = {0.01, 0, 0, 0};

static karvan_draw_options all_varies(const karvan_cost *c) {
    return (karvan_draw_options){.n = DRAWS,
                                 .seed = 7,
                                 .covariance = COVARIANCE,
                                 .theta_law = KARVAN_THETA_NORMAL,
                                 .theta_a = SPREAD,
                                 .cost = c,
                                 .cost_change = 1,
                                 .threads = 1};
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Draw s by itself: its coefficient, its elasticity, its trade costs. */
static double alone(const karvan_cost *c, int64_t s, double *ratio_of_c_to_a) {
    karvan_random r;
    karvan_equilibrium *q = NULL;
    karvan_error e = {0};
    karvan_random_init(&r, 7, (uint64_t)s);
    double beta[2] = {BETA + SE * karvan_random_normal(&r), 0};
    (void)karvan_random_normal(&r); /* of the second coefficient, which does not vary by itself */
    double theta = THETA + SPREAD * karvan_random_normal(&r);
    beta[1] = -theta;
    karvan_economy *one = economy(c, s + 1);
    const karvan_equilibrium_options o = {.theta = theta, .beta = beta};
    if (karvan_equilibrium_solve(one, &o, &q, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    double welfare = karvan_equilibrium_view(q, KARVAN_RESULT_WELFARE)[0];
    *ratio_of_c_to_a =
        karvan_equilibrium_after_view(q)[2 * N] / karvan_equilibrium_before_view(q)[2 * N];
    karvan_equilibrium_destroy(q), karvan_economy_destroy(one);
    return welfare;
}

static void each_draw_is_solved_as_if_alone(void **state) {
    (void)state;
    karvan_cost *c = bridge(7);
    karvan_economy *e = economy(c, 0);
    karvan_draws *d = NULL;
    karvan_equilibrium *q = NULL;
    karvan_table *pairs = NULL;
    karvan_error err = {0};
    const double beta[] = {BETA, -THETA};
    const karvan_equilibrium_options o = {.theta = THETA, .beta = beta};
    const karvan_draw_options how = all_varies(c);
    double welfare[DRAWS], ratio[DRAWS];
    if (karvan_draws_solve(e, &o, &how, &d, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    assert_int_equal(karvan_draws_failed(d), 0);
    for (int64_t s = 0; s < DRAWS; s++) welfare[s] = alone(c, s, &ratio[s]);
    qsort(welfare, DRAWS, sizeof *welfare, by_value), qsort(ratio, DRAWS, sizeof *ratio, by_value);
    assert_true(welfare[DRAWS - 1] > welfare[0] + 1e-4);
    for (int p = 0; p <= 40; p++)
        assert_true(
            fabs(karvan_draws_quantile(d, KARVAN_RESULT_WELFARE, 0, p / 40.0) - welfare[p]) < 1e-9);
    /* What cancels at the stated values varies in the draws. */
    assert_int_equal(karvan_equilibrium_solve(e, &o, &q, &err), KARVAN_OK);
    assert_int_equal(karvan_draws_pairs(e, q, d, &pairs, &err), KARVAN_OK);
    int64_t row = 6; /* of C to A, by exporter, then importer */
    assert_string_equal(karvan_table_text(pairs, 0, row), "CCC");
    assert_string_equal(karvan_table_text(pairs, 1, row), "AAA");
    assert_true(fabs(karvan_table_real(pairs, 6, row) - ratio[2]) < 1e-9);
    assert_true(fabs(karvan_table_real(pairs, 7, row) - ratio[20]) < 1e-9);
    assert_true(fabs(karvan_table_real(pairs, 8, row) - ratio[38]) < 1e-9);
    karvan_table_destroy(pairs), karvan_equilibrium_destroy(q), karvan_draws_destroy(d);
    karvan_economy_destroy(e), karvan_cost_destroy(c);
}

/* Only the bridge varies, and only a pair whose stated change is 0. */
static void what_cancels_as_stated_varies_in_draws(void **state) {
    (void)state;
    karvan_table *classes =
        parse("id,value_usd_per_t,value_low_usd_per_t,value_high_usd_per_t,delta_percent_day,"
              "reliability_ratio\nmetals,1000,500,2000,24,0.4\n");
    karvan_table *changes = parse("exporter,importer,cargo_class,share,d_usd_t,d_hours\n"
                                  "CCC,AAA,metals,1,10,-1\n");
    karvan_cost *c = NULL;
    karvan_draws *d = NULL;
    karvan_economy *e = NULL;
    karvan_error err = {0};
    double stated = 1, drawn = 0;
    const double change[N * N] = {0}, beta[] = {-THETA};
    const karvan_cost_options o = {.classes = classes, .seed = 3};
    assert_int_equal(karvan_cost_create(changes, &o, &c, &err), KARVAN_OK);
    assert_int_equal(karvan_cost_draw(c, 0, &stated, &err), KARVAN_OK);
    assert_true(fabs(stated) < 1e-15);
    assert_int_equal(karvan_cost_draw(c, 1, &drawn, &err), KARVAN_OK);
    assert_true(fabs(drawn) > 1e-5);
    assert_int_equal(karvan_economy_create(N, COUNTRY, FLOW, 1, change, false, &e, &err),
                     KARVAN_OK);
    assert_int_equal(karvan_economy_statistics(e).n_changed, 0);
    const karvan_equilibrium_options how = {.theta = THETA, .beta = beta};
    const karvan_draw_options draws = {.n = 20, .seed = 3, .cost = c, .threads = 1};
    assert_int_equal(karvan_draws_solve(e, &how, &draws, &d, &err), KARVAN_OK);
    assert_true(karvan_draws_quantile(d, KARVAN_RESULT_WELFARE, 0, 1) >
                karvan_draws_quantile(d, KARVAN_RESULT_WELFARE, 0, 0) + 1e-6);
    karvan_draws_destroy(d), karvan_economy_destroy(e), karvan_cost_destroy(c);
    karvan_table_destroy(classes), karvan_table_destroy(changes);
}

static void any_number_of_threads(void **state) {
    (void)state;
    karvan_cost *c = bridge(7);
    karvan_economy *e = economy(c, 0);
    karvan_error err = {0};
    const double beta[] = {BETA, -THETA};
    const karvan_equilibrium_options o = {.theta = THETA, .beta = beta};
    double first[5];
    for (int threads = 1; threads <= 5; threads++) {
        karvan_draw_options how = all_varies(c);
        karvan_draws *d = NULL;
        how.threads = threads;
        assert_int_equal(karvan_draws_solve(e, &o, &how, &d, &err), KARVAN_OK);
        for (int k = 0; k < 5; k++) {
            double v = karvan_draws_quantile(d, KARVAN_RESULT_PRICE, k % N, 0.05 + 0.2 * k);
            if (threads == 1) first[k] = v;
            assert_true(v == first[k]);
        }
        karvan_draws_destroy(d);
    }
    karvan_draw_options wrong = all_varies(c);
    karvan_draws *none = NULL;
    wrong.cost_change = 2;
    assert_int_equal(karvan_draws_solve(e, &o, &wrong, &none, &err), KARVAN_E_ARG);
    assert_string_equal(err.msg, "the economy has no change 2");
    karvan_economy_destroy(e), karvan_cost_destroy(c);
}

static karvan_cost *swept;
static karvan_economy *swept_in;
static karvan_status draw_all(karvan_error *err) {
    const double beta[] = {BETA, -THETA};
    const karvan_equilibrium_options o = {.theta = THETA, .beta = beta};
    karvan_draw_options how = all_varies(swept);
    karvan_draws *d = NULL;
    how.n = 3;
    karvan_status st = karvan_draws_solve(swept_in, &o, &how, &d, err);
    karvan_draws_destroy(d);
    return st;
}
static void allocations(void **state) {
    (void)state;
    swept = bridge(7), swept_in = economy(swept, 0);
    every_allocation_fails(draw_all, 200);
    karvan_economy_destroy(swept_in), karvan_cost_destroy(swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_draw_is_solved_as_if_alone),
                                       cmocka_unit_test(what_cancels_as_stated_varies_in_draws),
                                       cmocka_unit_test(any_number_of_threads),
                                       cmocka_unit_test(allocations)};
    return cmocka_run_group_tests_name("counterfactual_cost", tests, NULL, NULL);
}
