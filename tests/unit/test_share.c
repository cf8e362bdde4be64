/* What tests do of their cases in a run in part (tests/share.h), and of failing allocations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sweep.h"

static void in_parts(const char *share, const char *sweep) {
    assert_int_equal(setenv("KARVAN_TEST_SHARE", share, 1), 0);
    assert_int_equal(setenv("KARVAN_TEST_SWEEP", sweep, 1), 0);
}

static void cases(void **state) {
    (void)state;
    in_parts("", "");
    assert_true(all_cases() && part_of(7) == 7 && in_part(1));
    in_parts("1", "1");
    assert_true(all_cases() && part_of(7) == 7 && in_part(6));
    in_parts("4", "1");
    assert_true(!all_cases());
    assert_true(part_of(8) == 2 && part_of(9) == 3 && part_of(3) == 1 && part_of(0) == 0);
    assert_true(in_part(0) && !in_part(1) && !in_part(3) && in_part(4));
}

/* Five blocks, of which the permits of each call are kept. */
static long tried[16];
static int calls;
static karvan_status five_blocks(karvan_error *err) {
    void *block[5] = {NULL};
    karvan_status st = KARVAN_OK;
    tried[calls++] = karvan_i_alloc_permits;
    for (int i = 0; i < 5 && st == KARVAN_OK; i++) {
        block[i] = karvan_i_malloc(1, 8);
        if (!block[i]) st = karvan_fail(err, KARVAN_E_NOMEM, "block %d", i);
    }
    for (int i = 0; i < 5; i++) karvan_i_free(block[i]);
    return st;
}

static void sweeps(const char *sweep, long most, int n, const long *expected) {
    in_parts("1", sweep), calls = 0;
    every_allocation_fails(five_blocks, most);
    assert_int_equal(calls, n);
    assert_memory_equal(tried, expected, (size_t)n * sizeof *expected);
}

static void allocations(void **state) {
    (void)state;
    sweeps("1", 5, 6, (const long[]){0, 1, 2, 3, 4, 5});
    sweeps("2", 100, 4, (const long[]){0, 2, 4, 6});
    sweeps("4", 5, 3, (const long[]){0, 4, 5}); /* no further than what is enough */
    sweeps("40", 5, 2, (const long[]){0, 5});
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cases), cmocka_unit_test(allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
