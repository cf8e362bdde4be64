/* Volume-delay functions: values by hand, derivatives against differences, integrals against
 * adaptive quadrature, and that nothing which falls gets past the checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "flow/vdf.h"
#include "sweep.h"

static void near(double got, double want, double relative) {
    if (!(fabs(got - want) <= relative * fabs(want) + 1e-300))
        fail_msg("%.17g where %.17g is right (%.3g)", got, want, fabs(got / want - 1));
}

static uint64_t state = 1;
static double uniform(double low, double high) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * (double)(state >> 11) / 9007199254740992.0;
}

/* ---- by hand ---- */

static void constant_and_bpr(void **s) {
    (void)s;
    karvan_vdf f = {KARVAN_VDF_CONSTANT, 3, 0, 0, 0, NULL};
    near(karvan_vdf_time(&f, 7), 3, 0), near(karvan_vdf_integral(&f, 7), 21, 0);
    assert_true(karvan_vdf_derivative(&f, 7) == 0 && karvan_vdf_second(&f, 7) == 0);
    f = (karvan_vdf){KARVAN_VDF_BPR, 10, 1000, 0.15, 4, NULL};
    near(karvan_vdf_time(&f, 0), 10, 0);
    near(karvan_vdf_time(&f, 1000), 11.5, 1e-15);
    near(karvan_vdf_time(&f, 2000), 34, 1e-15);                    /* 1 + .15 16 = 3.4 */
    near(karvan_vdf_derivative(&f, 2000), 0.048, 1e-15);           /* 10 .15 4 8 / 1000 */
    near(karvan_vdf_second(&f, 2000), 7.2e-5, 1e-15);              /* 10 .15 12 4 / 1e6 */
    near(karvan_vdf_integral(&f, 2000), 29600, 1e-15);             /* 10 2000 (1 + .15 16 / 5) */
    near(karvan_i_vdf_marginal(&f, 2000).time, 130, 1e-15);        /* 34 + 2000 .048 */
    near(karvan_i_vdf_marginal(&f, 2000).derivative, 0.24, 1e-15); /* 2 .048 + 2000 7.2e-5 */
}

/* 1 + 2 3^b at z = 3, for each whole b and one between. */
static void powers(void **s) {
    (void)s;
    static const double value[] = {3, 7, 19, 55, 163, 487, 1459, 4375};
    for (int b = 0; b <= 7; b++) {
        karvan_vdf f = {KARVAN_VDF_BPR, 1, 2, 2, b, NULL};
        near(karvan_vdf_time(&f, 6), value[b], 1e-15);
        near(karvan_vdf_derivative(&f, 6), b * (value[b] - 1) / 6, 1e-15);
        near(karvan_vdf_second(&f, 6), b * (b - 1) * (value[b] - 1) / 36, 1e-15);
        near(karvan_vdf_integral(&f, 6), 6 + 6 * (value[b] - 1) / (b + 1), 1e-15);
        assert_true(karvan_vdf_time(&f, 0) == (b == 0 ? 3 : 1));
    }
    karvan_vdf f = {KARVAN_VDF_BPR, 1, 2, 1, 1.5, NULL};
    near(karvan_vdf_time(&f, 8), 9, 1e-15); /* 1 + 4^1.5 */
    near(karvan_vdf_derivative(&f, 8), 1.5, 1e-15);
    near(karvan_i_vdf_marginal(&f, 0).derivative, 0,
         0); /* t''(0) is infinite, and counts nothing */
}

static void conical(void **s) {
    (void)s; /* Spiess: 1 at 0, 2 at capacity, slope a there */
    for (double a = 1.01; a < 100; a *= 1.7) {
        karvan_vdf f = {KARVAN_VDF_CONICAL, 10, 50, a, 0, NULL};
        double c = (2 * a - 1) / (2 * a - 2);
        near(karvan_vdf_time(&f, 0), 10, 1e-13);
        near(karvan_vdf_time(&f, 50), 20, 1e-15);
        near(karvan_vdf_derivative(&f, 50), 10 * a / 50, 1e-14);
        near(karvan_vdf_second(&f, 50), 10 * a * a / c / 2500, 1e-14);
    }
    karvan_vdf f = {KARVAN_VDF_CONICAL, 1, 1, 4, 0, NULL}; /* c = 7/6; u = 4 and -4: s = 25/6 */
    near(karvan_vdf_derivative(&f, 0), 0.16, 2e-15);
    near(karvan_vdf_second(&f, 0), 0.301056, 2e-15);
    near(karvan_vdf_time(&f, 2), 9, 1e-15);
    near(karvan_vdf_derivative(&f, 2), 7.84, 1e-15);
}

/* 1 + w/s near 0 is q / (s (s - w)): a = 0.02, z = 0: w = -0.99, s = 1, q = 0.0199. */
static void akcelik(void **s) {
    (void)s;
    karvan_vdf flat = {KARVAN_VDF_AKCELIK, 0, 1, 0.02, 1, NULL};
    near(karvan_vdf_derivative(&flat, 0), 0.01, 1e-15);
    near(karvan_vdf_second(&flat, 0), 0.0199, 1e-15);
    near(karvan_vdf_time(&flat, 1e-12), 1e-14, 1e-11); /* a z / 2, and no digit lost in z - 1 */
    karvan_vdf f = {KARVAN_VDF_AKCELIK, 5, 100, 0.64, 2, NULL};
    near(karvan_vdf_time(&f, 0), 5, 0);
    near(karvan_vdf_time(&f, 100), 6.6, 1e-15);                 /* 5 + 2 sqrt(.64) */
    near(karvan_vdf_derivative(&f, 100), 2 * 1.4 / 100, 1e-15); /* 1 + .64 / (2 .8) */
    f = (karvan_vdf){KARVAN_VDF_AKCELIK, 5, 100, 4, 2, NULL};   /* the root is z + 1 */
    near(karvan_vdf_time(&f, 200), 5 + 8, 1e-15);
    near(karvan_vdf_derivative(&f, 30), 0.04, 1e-15);
    near(karvan_vdf_second(&f, 30) + 1, 1, 0);
    near(karvan_vdf_integral(&f, 30), 5 * 30 + 100 * 2 * 0.09, 1e-14);
    near(karvan_vdf_integral(&f, 200), 5 * 200 + 100 * 2 * 4, 1e-14);
}

static void davidson(void **s) {
    (void)s;
    karvan_vdf f = {KARVAN_VDF_DAVIDSON, 2, 10, 0.5, 0.8, NULL};
    near(karvan_vdf_time(&f, 5), 3, 1e-15);
    near(karvan_vdf_time(&f, 8), 6, 1e-14);
    near(karvan_vdf_derivative(&f, 8), 2 * 12.5 / 10, 1e-14); /* .5 / .2^2 */
    near(karvan_vdf_time(&f, 10), 11, 1e-14);                 /* 2 (3 + .2 12.5) */
    near(karvan_vdf_second(&f, 5), 2 * 1 / 0.125 / 100, 1e-14);
    assert_true(karvan_vdf_second(&f, 9) == 0);
    double to_half = 0.5 - 0.5 * (0.5 + log(0.5)), to_bend = 0.8 - 0.5 * (0.8 + log(0.2));
    near(karvan_vdf_integral(&f, 5), 20 * to_half, 1e-14);
    near(karvan_vdf_integral(&f, 10), 20 * (to_bend + 0.2 * 3 + 0.02 * 12.5), 1e-14);
}

static void points(void **s) {
    (void)s;
    static const double ratio[] = {0, 1, 2}, factor[] = {1, 2, 2}, line[] = {1, 3, 5};
    karvan_vdf_curve *c = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_vdf_points(3, ratio, line, &c, &e), KARVAN_OK);
    karvan_vdf f = {KARVAN_VDF_USER, 10, 100, 0, 0, c};
    assert_int_equal(karvan_vdf_check(&f, &e), KARVAN_OK);
    near(karvan_vdf_time(&f, 75), 25, 1e-15);
    near(karvan_vdf_time(&f, 400), 90, 1e-15); /* beyond the last: its tangent */
    near(karvan_vdf_integral(&f, 400), 4 * 100 * 50, 1e-15);
    karvan_vdf_curve_destroy(c);
    /* slopes 1, then 0 and 0 where nothing rises: at a half 1.5 + (1 - 0) / 8, up to 1
     * 1.5 + (1 - 0) / 12 */
    assert_int_equal(karvan_vdf_points(3, ratio, factor, &c, &e), KARVAN_OK);
    f.curve = c;
    near(karvan_vdf_time(&f, 50), 16.25, 1e-15);
    near(karvan_vdf_integral(&f, 100), 1000 * (1.5 + 1.0 / 12), 1e-15);
    near(karvan_vdf_integral(&f, 300), 1000 * (1.5 + 1.0 / 12 + 4), 1e-15);
    near(karvan_vdf_derivative(&f, 0), 0.1, 1e-15);
    assert_true(karvan_vdf_derivative(&f, 150) == 0 && karvan_vdf_time(&f, 1e9) == 20);
    karvan_vdf_curve_destroy(c);
}

/* ---- any function against differences and quadrature ---- */

static double simpson(const karvan_vdf *f, double a, double b, double fa, double fm, double fb,
                      double whole, double within, int depth) {
    double m = (a + b) / 2, left = karvan_vdf_time(f, (a + m) / 2),
           right = karvan_vdf_time(f, (m + b) / 2);
    double one = (m - a) / 6 * (fa + 4 * left + fm), two = (b - m) / 6 * (fm + 4 * right + fb);
    double error = one + two - whole;
    if (depth == 0 || fabs(error) <= within) return one + two + error / 15;
    return simpson(f, a, m, fa, left, fm, one, within / 2, depth - 1) +
           simpson(f, m, b, fm, right, fb, two, within / 2, depth - 1);
}

static double quadrature(const karvan_vdf *f, double x) {
    double fa = karvan_vdf_time(f, 0), fm = karvan_vdf_time(f, x / 2), fb = karvan_vdf_time(f, x);
    return simpson(f, 0, x, fa, fm, fb, x / 6 * (fa + 4 * fm + fb), 1e-13 * x * fm, 28);
}

/* `smooth`: no kink nor bend is near. */
static void against_differences(const karvan_vdf *f, double x, bool smooth) {
    double h = 1e-4 * x, up = karvan_vdf_time(f, x + h), down = karvan_vdf_time(f, x - h);
    double slope = karvan_vdf_derivative(f, x);
    assert_true(up >= down && slope >= 0);
    assert_true(karvan_i_vdf_both(f, x).time == karvan_vdf_time(f, x));
    if (smooth) {
        assert_true(fabs((up - down) / (2 * h) - slope) <= 1e-5 * slope + 1e-11 * up / h);
        double bend = (karvan_vdf_derivative(f, x + h) - karvan_vdf_derivative(f, x - h)) / (2 * h);
        double second = karvan_vdf_second(f, x);
        assert_true(fabs(bend - second) <= 1e-4 * fabs(second) + 1e-8 * slope / h);
        karvan_i_vdf_value m = karvan_i_vdf_marginal(f, x);
        near(m.time, karvan_vdf_time(f, x) + x * slope, 1e-14);
        assert_true(fabs(m.derivative - (2 * slope + x * second)) <=
                    1e-13 * (2 * slope + x * fabs(second)));
    }
    near(karvan_vdf_integral(f, x), quadrature(f, x), 3e-12);
}

static void random_functions(void **s) {
    (void)s;
    for (int i = 0; i < 3000; i++) {
        karvan_vdf f = {
            (karvan_vdf_kind)(i % 4 + 1), uniform(0.1, 9), exp(uniform(-5, 9)), 0, 0, NULL};
        bool smooth = true;
        double z = exp(uniform(-4, 1.5));
        if (f.kind == KARVAN_VDF_BPR) {
            f.a = uniform(0, 3), f.b = i % 8 < 4 ? floor(uniform(1, 9)) : uniform(1, 9);
        } else if (f.kind == KARVAN_VDF_CONICAL) {
            f.a = 1 + exp(uniform(-4, 5));
        } else if (f.kind == KARVAN_VDF_AKCELIK) {
            f.a = exp(uniform(-3, 5)), f.b = uniform(0, 3);
        } else {
            f.a = uniform(0, 3), f.b = i % 40 == 3 ? 0 : uniform(0, 0.99);
            smooth = fabs(z - f.b) > 1e-3 * z;
        }
        karvan_error e = {0};
        if (karvan_vdf_check(&f, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        against_differences(&f, z * f.capacity, smooth);
        assert_true(karvan_vdf_integral(&f, 0) == 0);
    }
}

static void random_points(void **s) {
    (void)s;
    for (int i = 0; i < 300; i++) {
        double ratio[9] = {0}, factor[9] = {uniform(0, 2)}, z, before = 0;
        int n = 2 + (int)uniform(0, 8);
        karvan_vdf_curve *c = NULL;
        karvan_error e = {0};
        for (int k = 1; k < n; k++) {
            ratio[k] = ratio[k - 1] + exp(uniform(-4, 1));
            factor[k] = factor[k - 1] + (uniform(0, 1) < 0.3 ? 0 : exp(uniform(-5, 3)));
        }
        if (karvan_vdf_points(n, ratio, factor, &c, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        karvan_vdf f = {KARVAN_VDF_USER, 2, 3, 0, 0, c};
        for (int k = 0; k < n; k++) near(karvan_vdf_time(&f, 3 * ratio[k]), 2 * factor[k], 1e-12);
        for (z = 0; z < 1.2 * ratio[n - 1]; z += ratio[n - 1] / 999) {
            double t = karvan_vdf_time(&f, 3 * z);
            assert_true(t >= before * (1 - 1e-14) &&
                        karvan_vdf_derivative(&f, 3 * z) >= -1e-12 * t);
            before = t;
        }
        near(karvan_vdf_integral(&f, 3 * z), quadrature(&f, 3 * z), 3e-11);
        karvan_vdf_curve_destroy(c);
    }
}

/* ---- refusals ---- */

static void parameters_out_of_range(void **s) {
    (void)s;
    static const struct {
        karvan_vdf f;
        const char *told;
    } samples[] = {
        {{KARVAN_VDF_CONSTANT, -1, 0, 0, 0, NULL},
         "the time at no flow is -1; 0 or more and finite is right"},
        {{KARVAN_VDF_BPR, NAN, 1, 0, 0, NULL},
         "the time at no flow is nan; 0 or more and finite is right"},
        {{KARVAN_VDF_BPR, 1, 0, 0.15, 4, NULL},
         "the capacity is 0; more than 0 and finite is right"},
        {{KARVAN_VDF_BPR, 1, NAN, 0.15, 4, NULL},
         "the capacity is nan; more than 0 and finite is right"},
        {{KARVAN_VDF_BPR, 1, 1, -0.15, 4, NULL}, "a of BPR is -0.15; 0 or more is right"},
        {{KARVAN_VDF_BPR, 1, 1, 0.15, 0.5, NULL},
         "b of BPR is 0.5; 0, or 1 and more, is right: below 1 the time would rise without bound "
         "at "
         "the first vehicle"},
        {{KARVAN_VDF_BPR, 1, 1, 0.15, -1, NULL},
         "b of BPR is -1; 0, or 1 and more, is right: below 1 the time would rise without bound at "
         "the first vehicle"},
        {{KARVAN_VDF_CONICAL, 1, 1, 1, 0, NULL},
         "a of the conical function is 1; more than 1 is right"},
        {{KARVAN_VDF_AKCELIK, 1, 1, 0, 1, NULL},
         "a of Akcelik's function is 0; more than 0 is right"},
        {{KARVAN_VDF_AKCELIK, 1, 1, 1, -1, NULL},
         "b of Akcelik's function is -1; 0 or more is right"},
        {{KARVAN_VDF_DAVIDSON, 1, 1, -1, 0.5, NULL},
         "a of Davidson's function is -1; 0 or more is right"},
        {{KARVAN_VDF_DAVIDSON, 1, 1, 1, 1, NULL},
         "b of Davidson's function is 1; 0 or more and below 1 is right"},
        {{KARVAN_VDF_USER, 1, 1, 0, 0, NULL},
         "a function of a user's has no curve; karvan_vdf_points or karvan_vdf_formula makes one"},
        {{(karvan_vdf_kind)17, 1, 1, 0, 0, NULL}, "17 is no kind of function"},
        {{KARVAN_VDF_BPR, 1, 1e-80, 0.15, 4, NULL},
         "the time at a flow of 1e+12 is beyond numbers (t0 1, capacity 1e-80, a 0.15, b 4); a "
         "larger capacity or smaller parameters are right"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_error e = {0};
        assert_int_equal(karvan_vdf_check(&samples[i].f, &e), KARVAN_E_ARG);
        assert_string_equal(e.msg, samples[i].told);
    }
    assert_int_equal(karvan_vdf_check(NULL, NULL), KARVAN_E_ARG);
}

/* What passes the check is finite at every flow up to 1e12. */
static void extremes(void **s) {
    (void)s;
    int passed = 0;
    for (int i = 0; i < 5000; i++) {
        karvan_vdf f = {(karvan_vdf_kind)(i % 4 + 1), exp(uniform(-200, 200)),
                        exp(uniform(-300, 300)),      exp(uniform(-40, 90)),
                        exp(uniform(-40, 90)),        NULL};
        if (i % 7 == 0) f.b = uniform(0, 1), f.a = 1 + f.b;
        if (karvan_vdf_check(&f, NULL) != KARVAN_OK) continue;
        passed++;
        for (double x = 1e-12, before = f.t0 * (1 - 1e-12); x <= 1e12; x *= 10) {
            karvan_i_vdf_value v = karvan_i_vdf_both(&f, x);
            assert_true(isfinite(v.time) && isfinite(v.derivative) && v.derivative >= 0);
            assert_true(isfinite(karvan_vdf_integral(&f, x)) && v.time >= before);
            assert_true(isfinite(karvan_i_vdf_marginal(&f, x).derivative));
            before = v.time * (1 - 1e-14);
        }
    }
    assert_true(passed > 500);
}

static void points_refused(void **s) {
    (void)s;
    static const struct {
        int n;
        double ratio[3], factor[3];
        const char *told;
    } samples[] = {
        {1, {0}, {1}, "a curve of 1 points; two or more are right"},
        {2, {0.1, 1}, {1, 2}, "point 1 is at 0.1; a curve begins at 0"},
        {3, {0, 1, 1}, {1, 2, 3}, "point 3 at 1 is not beyond the one before, at 1; points ascend"},
        {2, {0, NAN}, {1, 2}, "point 2 (nan, 2): numbers that are finite are right"},
        {2, {0, 1}, {-1, 2}, "point 1 (0, -1): a factor of 0 or more is right"},
        {3,
         {0, 1, 2},
         {1, 2, 1.9},
         "point 3 (2, 1.9) falls below the one before, which has 2; a factor of as much or more is "
         "right"},
        {3,
         {0, 1e-300, 1},
         {0, 1e300, 1e301},
         "the curve is beyond numbers; smaller ratios and factors are right"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_vdf_curve *c = (karvan_vdf_curve *)&c;
        karvan_error e = {0};
        assert_int_equal(
            karvan_vdf_points(samples[i].n, samples[i].ratio, samples[i].factor, &c, &e),
            KARVAN_E_ARG);
        assert_string_equal(e.msg, samples[i].told);
        assert_null(c);
    }
}

static karvan_status a_curve(karvan_error *e) {
    static const double ratio[] = {0, 1, 2}, factor[] = {1, 2, 4};
    karvan_vdf_curve *c = NULL;
    karvan_status st = karvan_vdf_points(3, ratio, factor, &c, e);
    karvan_vdf_curve_destroy(c);
    return st;
}

static void memory_may_run_out(void **s) {
    (void)s;
    every_allocation_fails(a_curve, 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(constant_and_bpr),
                                       cmocka_unit_test(powers),
                                       cmocka_unit_test(conical),
                                       cmocka_unit_test(akcelik),
                                       cmocka_unit_test(davidson),
                                       cmocka_unit_test(points),
                                       cmocka_unit_test(random_functions),
                                       cmocka_unit_test(random_points),
                                       cmocka_unit_test(parameters_out_of_range),
                                       cmocka_unit_test(extremes),
                                       cmocka_unit_test(points_refused),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
