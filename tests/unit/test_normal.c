#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/base.h"

static void assert_near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-13 * fabs(expected)))
        fail_msg("%.17g, expected %.17g", got, expected);
}

/* Computed with 60 digits as the root of the distribution function. */
static void known_quantiles(void **state) {
    (void)state;
    assert_true(karvan_normal_quantile(0.5) == 0.0);
    assert_near(karvan_normal_quantile(0.6), 0.25334710313579974132);
    assert_near(karvan_normal_quantile(0.925), 1.4395314709384562291);
    assert_near(karvan_normal_quantile(0.975), 1.9599639845400538556);
    assert_near(karvan_normal_quantile(0.999), 3.0902323061678132778);
    assert_near(karvan_normal_quantile(1e-10), -6.3613409024040561991);
    assert_near(karvan_normal_quantile(1e-100), -21.273453560965324294);
}

static void outside_is_nan(void **state) {
    (void)state;
    const double bad[] = {0.0, 1.0, -0.1, 1.1, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_true(isnan(karvan_normal_quantile(bad[i])));
    assert_true(isfinite(karvan_normal_quantile(5e-324)));
    assert_true(isfinite(karvan_normal_quantile(1.0 - 0x1p-53)));
}

/* The slow way: Newton's steps, in the middle on the distribution function less a half, in the tail
 * on its logarithm, which is concave: they converge. 1 - p is exact for p above a half. */
static double slow_quantile(double p) {
    const long double root_half = 0.70710678118654752440L, root_two_pi = 2.50662827463100050242L;
    long double x = p > 0.25 ? 0.0L : -0.1L;
    if (p > 0.5) return -slow_quantile(1.0 - p);
    for (int i = 0; i < 200; i++) {
        long double f = 0.5L * erfcl(-x * root_half),
                    over_density = root_two_pi * expl(0.5L * x * x);
        long double step =
            p > 0.25 ? (0.5L * erfl(x * root_half) - ((long double)p - 0.5L)) * over_density
                     : (logl(f) - logl((long double)p)) * f * over_density;
        if (step > 1.0L) step = 1.0L;
        if (step < -1.0L) step = -1.0L;
        x -= step;
        if (fabsl(step) < 1e-18L * fabsl(x)) break;
    }
    return (double)x;
}

static void against_newton(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 20, 26);
    for (int i = 0; i < 20000; i++) {
        double p = karvan_random_uniform(&r);
        if (i % 2) p = pow(10.0, -300.0 * p); /* the far tail */
        if (p == 0.5) continue;
        assert_near(karvan_normal_quantile(p), slow_quantile(p));
    }
}

static void it_rises_and_mirrors(void **state) {
    (void)state;
    double last = -INFINITY;
    for (int i = 1; i < 4096; i++) {
        double p = i / 4096.0, x = karvan_normal_quantile(p);
        assert_true(x > last);
        assert_true(x == -karvan_normal_quantile(1.0 - p)); /* 1 - p is exact here */
        last = x;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_quantiles), cmocka_unit_test(outside_is_nan),
        cmocka_unit_test(against_newton), cmocka_unit_test(it_rises_and_mirrors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
