/* Flows among flows of their size: ranks by hand, counting as the slow checker, blurred ratios by
 * the law that they have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"
#include "trade/comparable.h"

enum { N = 1000 };

static void near(double got, double want, double by) {
    if (!(fabs(got - want) <= by * (1 + fabs(want)))) fail_msg("%.15g, not %.15g", got, want);
}

/* Ratios 1, 2, ... 19 of a prediction of 10: of twenty flows the lowest and the highest of these
 * bound nine in ten. */
static void ranks_by_hand(void **s) {
    (void)s;
    double predicted[20], actual[20];
    karvan_i_comparable c;
    for (int i = 0; i < 19; i++) predicted[i] = 10, actual[i] = 10.0 * ((i * 7) % 19 + 1);
    predicted[19] = NAN, actual[19] = 3; /* passed over */
    assert_int_equal(karvan_i_comparable_create(20, predicted, actual, 100, &c, NULL), KARVAN_OK);
    assert_int_equal(c.n, 19);
    karvan_i_standing of = karvan_i_compare(&c, 20, 90, false, 0, 0.05);
    near(of.low, 20, 0), near(of.high, 380, 0);
    assert_int_equal(of.of, 19);
    near(of.below, 15.5 / 20, 1e-15); /* 4.5: 5 and above do better, and half of itself */
    of = karvan_i_compare(&c, 10, 40, true, 0, 0.05);
    near(of.below, 15.5 / 19, 1e-15); /* fifteen above, half of itself */
    of = karvan_i_compare(&c, 10, 40, true, 0, 0.04);
    assert_true(isnan(of.low) && isnan(of.high)); /* too few for 92 per cent */
    near(of.below, 15.5 / 19, 1e-15);
    of = karvan_i_compare(&c, 10, NAN, false, 0, 0.25);
    near(of.low, 50, 0), near(of.high, 150, 0);
    assert_true(isnan(of.below));
    of = karvan_i_compare(&c, NAN, 5, false, 0, 0.25);
    assert_true(isnan(of.low) && isnan(of.below));
    karvan_i_comparable_clear(&c);
    assert_int_equal(karvan_i_comparable_create(0, NULL, NULL, 100, &c, NULL), KARVAN_OK);
    of = karvan_i_compare(&c, 10, 5, false, 0, 0.25);
    assert_true(isnan(of.low) && isnan(of.below));
    karvan_i_comparable_clear(&c);
}

/* Two sizes: each is compared with its own. */
static void sizes_apart(void **s) {
    (void)s;
    double predicted[40], actual[40];
    karvan_i_comparable c;
    for (int i = 0; i < 40; i++)
        predicted[i] = i < 20 ? 1 : 100, actual[i] = i < 20 ? i : predicted[i];
    assert_int_equal(karvan_i_comparable_create(40, predicted, actual, 20, &c, NULL), KARVAN_OK);
    assert_int_equal(c.classes, 2);
    near(c.above[1], 10, 1e-12); /* halfway, by ratio */
    karvan_i_standing small = karvan_i_compare(&c, 9, 0, false, 0, 0.05),
                      large = karvan_i_compare(&c, 11, 22, false, 0, 0.05);
    near(small.low, 0, 0), near(small.high, 171, 1e-12);
    near(large.low, 11, 0), near(large.high, 11, 0), near(large.below, 0.5 / 21, 1e-15);
    karvan_i_comparable_clear(&c);
}

/* One class; what is said of a flow is counted. */
static void counted(void **s) {
    (void)s;
    static double predicted[N], actual[N];
    karvan_random r;
    karvan_random_init(&r, 4, 0);
    for (int round = 0; round < 30; round++) {
        int n = 20 + (int)karvan_random_below(&r, N - 20), k = (int)karvan_random_below(&r, 20);
        karvan_i_comparable c;
        for (int i = 0; i < n; i++) {
            predicted[i] = exp(karvan_random_normal(&r));
            actual[i] = predicted[i] * (double)karvan_random_below(&r, 30);
        }
        assert_int_equal(karvan_i_comparable_create(n, predicted, actual, N, &c, NULL), KARVAN_OK);
        double tail = 0.05 + 0.4 * karvan_random_uniform(&r), more = 0, at_low = 0, at_high = 0;
        karvan_i_standing of = karvan_i_compare(&c, predicted[k], actual[k], true, 0, tail);
        for (int i = 0; i < n; i++) {
            double ratio = actual[i] / predicted[i], own = actual[k] / predicted[k];
            more += ratio > own ? 1 : ratio == own ? 0.5 : 0;
            at_low += ratio * predicted[k] <= of.low * (1 + 1e-12);
            at_high += ratio * predicted[k] < of.high * (1 - 1e-12);
        }
        near(of.below, more / n, 1e-12);
        assert_true(at_low >= floor(tail * (n + 1)));
        assert_true(at_high < ceil((1 - tail) * (n + 1)));
        karvan_i_comparable_clear(&c);
    }
}

/* Ratios all 1, blurred: the quantiles are those of the blur. */
static void blurred_by_its_law(void **s) {
    (void)s;
    double predicted[99], actual[99];
    karvan_i_comparable c;
    for (int i = 0; i < 99; i++) predicted[i] = actual[i] = 7;
    assert_int_equal(karvan_i_comparable_create(99, predicted, actual, 100, &c, NULL), KARVAN_OK);
    karvan_i_standing of = karvan_i_compare(&c, 2, 2 * exp(0.3), false, 0.3, 0.05);
    near(of.low, 2 * exp(0.3 * karvan_normal_quantile(0.05)), 1e-10);
    near(of.high, 2 * exp(0.3 * karvan_normal_quantile(0.95)), 1e-10);
    near(of.below, 0.5 * erfc(1 / sqrt(2)), 1e-12);
    karvan_i_comparable_clear(&c);
    /* A third are zeros, which stay zeros. */
    for (int i = 0; i < 33; i++) actual[i] = 0;
    assert_int_equal(karvan_i_comparable_create(99, predicted, actual, 100, &c, NULL), KARVAN_OK);
    of = karvan_i_compare(&c, 2, 0, false, 0.3, 0.05);
    near(of.low, 0, 0), near(of.below, 2.0 / 3, 1e-12);
    near(of.high, 2 * exp(0.3 * karvan_normal_quantile(1 - 0.05 * 1.5)), 1e-10);
    karvan_i_comparable_clear(&c);
}

static karvan_status work(karvan_error *err) {
    const double one[] = {1, 2, 3};
    karvan_i_comparable c;
    karvan_status st = karvan_i_comparable_create(3, one, one, 1, &c, err);
    if (st == KARVAN_OK) karvan_i_comparable_clear(&c);
    return st;
}

static void every_allocation_can_fail(void **s) {
    (void)s;
    every_allocation_fails(work, 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_by_hand), cmocka_unit_test(sizes_apart), cmocka_unit_test(counted),
        cmocka_unit_test(blurred_by_its_law), cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
