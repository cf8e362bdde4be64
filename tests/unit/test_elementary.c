/* exp and ln of arrays beside the C library's long double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>

#include "base/elementary.h"
#include "karvan/base.h"

enum { N = 20000 };
static double x[N], y[N];

static double unit(double at) { return nextafter(fabs(at), INFINITY) - fabs(at); }

static void compare(double low, double high, bool of_log, double most) {
    karvan_random g;
    karvan_random_init(&g, 7, of_log);
    for (int i = 0; i < N; i++) y[i] = x[i] = low + (high - low) * karvan_random_uniform(&g);
    if (of_log)
        karvan_i_log_all(N, y);
    else
        karvan_i_exp_all(N, y);
    for (int i = 0; i < N; i++) {
        long double want = of_log ? logl(x[i]) : expl(x[i]);
        double scale = of_log ? fmax(fabs((double)want), fabs(x[i] - 1)) : (double)want;
        if (fabsl((long double)y[i] - want) > (long double)(most * unit(scale)))
            fail_msg("of %.17g: %.17g, not %.17Lg", x[i], y[i], want);
    }
}

static void near_the_library(void **s) {
    (void)s;
    compare(-700, 700, false, 2), compare(-2, 2, false, 2), compare(-1e-3, 0, false, 2);
    compare(1e-300, 1e-290, true, 2), compare(0.5, 2, true, 2), compare(1, 1000, true, 2);
    compare(1 - 1e-6, 1 + 1e-6, true, 2);
}

static void ln_of_one_and_more(void **s) {
    (void)s;
    static const double low[] = {-1 + 1e-9, -0.5, -1e-3, -1e-9, 0, 1e-20, 1},
                        high[] = {-0.9, 2, 1e-3, 1e-9, 1e-12, 1e-15, 1e300};
    karvan_random g;
    karvan_random_init(&g, 7, 2);
    for (int k = 0; k < 7; k++) {
        for (int i = 0; i < N; i++)
            y[i] = x[i] = low[k] + (high[k] - low[k]) * karvan_random_uniform(&g);
        karvan_i_log1p_all(N, y);
        for (int i = 0; i < N; i++)
            if (fabsl((long double)y[i] - log1pl(x[i])) > 3 * (long double)unit(y[i]))
                fail_msg("of %.17g: %.17g, not %.17Lg", x[i], y[i], log1pl(x[i]));
    }
    y[0] = 0, karvan_i_log1p_all(1, y);
    assert_true(y[0] == 0);
}

static void at_the_ends(void **s) {
    (void)s;
    double e[] = {-INFINITY, -701, NAN, 0, -0.0, 1}, l[] = {1, 2, DBL_MIN, DBL_MAX};
    karvan_i_exp_all(6, e), karvan_i_log_all(4, l);
    for (int i = 0; i < 3; i++) assert_true(e[i] == 0);
    assert_true(e[3] == 1 && e[4] == 1);
    assert_true(l[0] == 0);
    assert_true(fabs(l[1] - log(2)) < 1e-16);
    assert_true(fabs(l[2] - log(DBL_MIN)) < 1e-12 && fabs(l[3] - log(DBL_MAX)) < 1e-12);
    karvan_i_exp_all(0, NULL), karvan_i_log_all(0, NULL);
}

/* A number comes out the same wherever it stands: tails of arrays are not another function. */
static void wherever_it_stands(void **s) {
    (void)s;
    for (int n = 1; n < 40; n++) {
        double one = -0.1 * n;
        for (int i = 0; i < n; i++) y[i] = -0.1 * n;
        karvan_i_exp_all((size_t)n, y), karvan_i_exp_all(1, &one);
        for (int i = 0; i < n; i++) assert_memory_equal(&y[i], &one, sizeof one);
        for (int i = 0; i < n; i++) y[i] = 0.1 * n;
        one = 0.1 * n;
        karvan_i_log_all((size_t)n, y), karvan_i_log_all(1, &one);
        for (int i = 0; i < n; i++) assert_memory_equal(&y[i], &one, sizeof one);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_the_library),
        cmocka_unit_test(ln_of_one_and_more),
        cmocka_unit_test(at_the_ends),
        cmocka_unit_test(wherever_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
