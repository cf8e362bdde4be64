/* Rounds that overshoot are braked, and mixed rounds end sooner than plain ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "flow/mixing.h"
#include "sweep.h"

enum { N = 3 };
static const double SCALE[N] = {2, 1, 0.5};

/* Rounds until x is within 1e-9 of where x = factor x + 1; `most` where it never is. */
static int rounds(const double *factor, int most, karvan_error *err) {
    karvan_i_mixing m;
    double x[N] = {0}, called[N];
    int t = 0;
    if (karvan_i_mixing_init(&m, N, SCALE, err) != KARVAN_OK) return -1;
    for (; t < most; t++) {
        double off = 0;
        for (int i = 0; i < N; i++) {
            called[i] = factor[i] * x[i] + 1;
            off = fmax(off, fabs(called[i] - x[i]));
        }
        if (off < 1e-9) break;
        karvan_i_mixing_advance(&m, x, called);
    }
    karvan_i_mixing_clear(&m);
    return t;
}

/* Of three factors the differences of three rounds tell all. A plain round of 0.99 needs 2000. */
static void slow_rounds(void **state) {
    (void)state;
    const double slow[N] = {0.99, 0.95, 0.9};
    assert_in_range(rounds(slow, 100, NULL), 3, 8);
}

/* Each round throws x three to five times as far out as it was. */
static void rounds_that_overshoot(void **state) {
    (void)state;
    const double away[N] = {-3, -3.5, -5};
    assert_in_range(rounds(away, 100, NULL), 3, 20);
}

/* What never moves is no part of the mixing, wherever it is called to. */
static void what_is_fixed(void **state) {
    (void)state;
    const double scale[2] = {1, 0};
    double x[2] = {4, 7}, called[2] = {2, 9};
    karvan_i_mixing m;
    assert_int_equal(karvan_i_mixing_init(&m, 2, scale, NULL), KARVAN_OK);
    karvan_i_mixing_advance(&m, x, called);
    assert_true(x[0] == 2 && x[1] == 7);
    karvan_i_mixing_clear(&m);
}

static karvan_status all_of_it(karvan_error *err) {
    const double factor[N] = {0.5, 0.5, 0.5};
    return rounds(factor, 100, err) < 0 ? KARVAN_E_NOMEM : KARVAN_OK;
}
static void memory_fails(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_rounds), cmocka_unit_test(rounds_that_overshoot),
        cmocka_unit_test(what_is_fixed), cmocka_unit_test(memory_fails)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
