#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/late.h"
#include "karvan/base.h"
#include "network/geodesic.h"

/* The C library's mathematics is everywhere where the library itself is. */
static const char MATHS[] = "libm.so.6";

typedef struct maths {
    double (*cosine)(double);
    int *sign; /* signgam, a variable */
    double (*root)(double);
} maths;

static const karvan_i_late_name names[] = {{"cos", offsetof(maths, cosine)},
                                           {"signgam", offsetof(maths, sign)},
                                           {"sqrt", offsetof(maths, root)}};

static void functions_and_variables_are_found(void **state) {
    (void)state;
    maths m = {0};
    karvan_error e = {0};
    if (karvan_i_late_load(MATHS, 3, names, &m, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_true(m.cosine(0) == 1 && m.root(9) == 3);
    *m.sign = 0;
    (void)lgamma(-0.5); /* gamma(-0.5) = -2 sqrt(pi) is below 0 */
    assert_int_equal(*m.sign, -1);
}

static void what_is_missing_is_named(void **state) {
    (void)state;
    maths m = {0};
    karvan_error e = {0};
    const karvan_i_late_name none = {"karvan_no_such_name", 0};
    assert_int_equal(karvan_i_late_load("libkarvan-none.so.7", 3, names, &m, &e), KARVAN_E_IO);
    assert_string_equal(e.msg,
                        "cannot load libkarvan-none.so.7: cannot open shared object file: No such "
                        "file or directory; install the package that has it");
    assert_null(m.cosine);
    e = (karvan_error){0};
    assert_int_equal(karvan_i_late_load(MATHS, 1, &none, &m, &e), KARVAN_E_IO);
    assert_string_equal(e.msg, "cannot load libm.so.6: it has no karvan_no_such_name; install the "
                               "version that karvan was built with");
    assert_int_equal(karvan_i_late_load(MATHS, 1, &none, &m, NULL), KARVAN_E_IO);
}

/* The first distances of the process, by many threads at once. */
enum { PLACES = 64 };
static double km[PLACES];
static karvan_status measure(void *ctx, int64_t begin, int64_t end, int worker, karvan_error *err) {
    (void)ctx, (void)worker;
    for (int64_t i = begin; i < end; i++) km[i] = karvan_i_geodesic_km(0, 0, (double)i, 0);
    return karvan_i_geodesic_ready(err);
}
static void many_threads_load_it_once(void **state) {
    (void)state;
    const double equator_km = 2 * acos(-1.0) * 6378.137;
    assert_int_equal(karvan_parallel_for(PLACES, 1, 8, measure, NULL, NULL, NULL), KARVAN_OK);
    for (int i = 0; i < PLACES; i++) /* along the equator it is the circle */
        assert_true(fabs(km[i] - equator_km * i / 360) < 1e-8);
}

/* A quarter of the meridian: pi/2 * a * (1 - e2/4 - 3 e2^2/64 - 5 e2^3/256 - ...), the mean of the
 * radius of curvature. */
static void meridian_by_its_series(void **state) {
    (void)state;
    const double f = 1 / 298.257223563, e2 = f * (2 - f);
    double series =
        1 - e2 / 4 - 3 * e2 * e2 / 64 - 5 * e2 * e2 * e2 / 256 - 175 * e2 * e2 * e2 * e2 / 16384;
    double quarter_km = acos(-1.0) / 2 * 6378.137 * series;
    assert_true(fabs(karvan_i_geodesic_km(51, 0, -120, 90) - quarter_km) < 1e-6);
    assert_true(isnan(karvan_i_geodesic_km(NAN, 0, 1, 1)));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_threads_load_it_once),
                                       cmocka_unit_test(meridian_by_its_series),
                                       cmocka_unit_test(functions_and_variables_are_found),
                                       cmocka_unit_test(what_is_missing_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
