/* First-order shares by given data: models whose shares are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "results_shape.h"
#include "share.h"
#include "sweep.h"

static const double PI = 3.14159265358979323846;

/* Levels of one case and one measure: base 5, case 5 + y. */
static karvan_results *drawn(int n, const int *parameters, double (*y)(const double *x),
                             bool tornado) {
    static const double settled[] = {5, 5};
    karvan_results *r = NULL;
    double x[SHAPE_MOST];
    assert_int_equal(shape_create(1, 1, parameters, settled, &r, NULL), KARVAN_OK);
    for (int64_t d = tornado ? -2 * (int64_t)*parameters : 1; d <= n; d++) {
        shape_values(parameters, 7, d, x);
        const double levels[] = {5, 5 + y(x)};
        assert_int_equal(shape_take(r, d, 1, levels, NULL), KARVAN_OK);
    }
    return r;
}

static double share_of(const karvan_results *r, const char *id, double *error) {
    karvan_table *t = NULL;
    assert_int_equal(karvan_results_influence(r, 0, 0, &t, NULL), KARVAN_OK);
    int64_t row = karvan_table_lookup(t, karvan_table_find(t, "parameter"), id);
    assert_true(row >= 0);
    double share = karvan_table_real(t, karvan_table_find(t, "share"), row);
    *error = karvan_table_real(t, karvan_table_find(t, "error"), row);
    karvan_table_destroy(t);
    return share;
}

static void check_share(const karvan_results *r, const char *id, double want, double within) {
    double error, share = share_of(r, id, &error);
    if (!(fabs(share - want) < within)) fail_msg("%s: %g +- %g, not %g", id, share, error, want);
    assert_true(error > 0 && error < 0.1);
}

/* Ishigami and Homma 1990: y = sin a + 7 sin^2 b + 0.1 c^4 sin a on (-pi, pi)^3. First-order shares
 * 0.3139, 0.4424, 0 of the whole variance, and nothing of a fourth that is not in it. */
static double ishigami(const double *u) {
    double a = PI * (2 * u[0] - 1), b = PI * (2 * u[1] - 1), c = PI * (2 * u[2] - 1);
    return sin(a) + 7 * sin(b) * sin(b) + 0.1 * c * c * c * c * sin(a);
}

static void test_ishigami(void **state) {
    (void)state;
    static const int parameters = 4;
    karvan_results *r = drawn(8000, &parameters, ishigami, false);
    check_share(r, "x0", 0.3139, 0.03), check_share(r, "x1", 0.4424, 0.03);
    check_share(r, "x2", 0, 0.02), check_share(r, "x3", 0, 0.02);
    karvan_results_destroy(r);
}

/* y = 4 x0 + 2 x1 + x2 of uniform numbers: shares 16, 4 and 1 of 21. */
static double linear(const double *u) { return 4 * u[0] + 2 * u[1] + u[2]; }

static void test_linear(void **state) {
    (void)state;
    static const int parameters = 4;
    karvan_results *r = drawn(3000, &parameters, linear, true);
    check_share(r, "x0", 16.0 / 21, 0.03), check_share(r, "x1", 4.0 / 21, 0.03);
    check_share(r, "x2", 1.0 / 21, 0.02), check_share(r, "x3", 0, 0.02);
    /* the tornado: 4 * 0.05 + 1 + 0.5 = 1.7 and 4 * 0.95 + 1.5 = 5.3 */
    karvan_table *t = NULL;
    assert_int_equal(karvan_results_influence(r, 0, 0, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 4);
    assert_string_equal(karvan_table_text(t, 0, 0), "x0");
    assert_string_equal(karvan_table_text(t, 0, 1), "x1");
    int low = karvan_table_find(t, "low"), high = karvan_table_find(t, "high");
    assert_true(fabs(karvan_table_real(t, low, 0) - 1.7) < 1e-12);
    assert_true(fabs(karvan_table_real(t, high, 0) - 5.3) < 1e-12);
    karvan_table_destroy(t), karvan_results_destroy(r);
}

/* Few draws: no bias where nothing is explained (the mean over many samples is 0 within its own
 * error), and the errors told are about as large as shares scatter. */
static void test_bias(void **state) {
    (void)state;
    enum { N = 200 };
    const int samples = part_of(300);
    double sum = 0, squares = 0, told = 0, x[N], y[N];
    for (int s = 0; s < samples; s++) {
        double share, error;
        for (int i = 0; i < N; i++)
            x[i] = shape_uniform(11, s * N + i, 1), y[i] = shape_uniform(11, s * N + i, 2);
        assert_int_equal(karvan_i_first_order(N, x, y, &share, &error, NULL), KARVAN_OK);
        sum += share, squares += share * share, told += error;
    }
    double mean = sum / samples, sd = sqrt(squares / samples - mean * mean);
    assert_true(fabs(mean) < 4 * sd / sqrt(samples));
    assert_true(told / samples > 0.6 * sd && told / samples < 2 * sd);
}

/* The same by adding up over classes anew: what is explained by class means. */
static void test_slowly(void **state) {
    (void)state;
    enum { N = 97 };
    double x[N], y[N], share, error, mean = 0, total = 0, within = 0;
    int classes = (int)lround(pow(N, 0.4)); /* 6 */
    for (int i = 0; i < N; i++) {
        x[i] = shape_uniform(3, i, 1), y[i] = x[i] * x[i] + shape_uniform(3, i, 2);
        mean += y[i] / N;
    }
    assert_int_equal(karvan_i_first_order(N, x, y, &share, &error, NULL), KARVAN_OK);
    for (int c = 0; c < classes; c++)
        for (int pass = 0; pass < 2; pass++) {
            static double m;
            double sum = 0;
            int n = 0;
            for (int i = 0; i < N; i++) {
                int rank = 0;
                for (int j = 0; j < N; j++) rank += x[j] < x[i];
                if (rank * classes / N != c) continue;
                sum += pass == 0 ? y[i] : (y[i] - m) * (y[i] - m), n++;
            }
            if (pass == 0) m = sum / n;
            if (pass == 1) within += sum;
        }
    for (int i = 0; i < N; i++) total += (y[i] - mean) * (y[i] - mean);
    double want = 1 - within / (N - classes) / (total / (N - 1));
    if (fabs(share - want) > 1e-12) fail_msg("%.17g, not %.17g", share, want);
}

static double constant(const double *u) { return 0 * u[0]; }

/* Too few draws, or nothing that varies: not known, and no row is lost. */
static void test_not_known(void **state) {
    (void)state;
    static const int parameters = 3;
    for (int k = 0; k < 2; k++) {
        karvan_table *t = NULL;
        karvan_results *r = k == 0 ? drawn(39, &parameters, linear, true)
                                   : drawn(100, &parameters, constant, false);
        assert_int_equal(karvan_results_influence(r, 0, 0, &t, NULL), KARVAN_OK);
        assert_int_equal(karvan_table_rows(t), 3);
        for (int i = 0; i < 3; i++) shape_row(t, i, "share error", "-|-");
        if (k == 0) shape_row(t, 0, "parameter kind", "x0|money"); /* by the tornado */
        if (k == 1) shape_row(t, 0, "low high", "-|-");
        karvan_table_destroy(t), karvan_results_destroy(r);
    }
}

/* A draw that is not known is left out. */
static void test_unknown_draws(void **state) {
    (void)state;
    static const int parameters = 3;
    static const double lost[] = {5, NAN};
    karvan_results *r = drawn(1000, &parameters, linear, false);
    for (int d = 1001; d <= 1400; d++) assert_int_equal(shape_take(r, d, 1, lost, NULL), KARVAN_OK);
    check_share(r, "x0", 16.0 / 21, 0.05);
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_results_influence(r, 1, 0, &t, &e), KARVAN_E_ARG);
    assert_null(t);
    karvan_results_destroy(r);
}

static karvan_status all_of_it(karvan_error *err) {
    static const int parameters = 2;
    static const double settled[] = {5, 5};
    karvan_results *r = NULL;
    karvan_table *t = NULL;
    karvan_status st = shape_create(1, 1, &parameters, settled, &r, err);
    for (int d = 1; st == KARVAN_OK && d <= 40; d++) {
        const double levels[] = {5, 5 + shape_uniform(7, d, 0)};
        st = shape_take(r, d, 1, levels, err);
    }
    if (st == KARVAN_OK) st = karvan_results_influence(r, 0, 0, &t, err);
    karvan_table_destroy(t), karvan_results_destroy(r);
    return st;
}
static void test_no_memory(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ishigami),  cmocka_unit_test(test_linear),
        cmocka_unit_test(test_bias),      cmocka_unit_test(test_slowly),
        cmocka_unit_test(test_not_known), cmocka_unit_test(test_unknown_draws),
        cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
