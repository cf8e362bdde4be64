#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/alloc.h"

static void live_blocks_are_counted(void **state) {
    (void)state;
    long before = karvan_i_alloc_live;
    char *a = karvan_i_calloc(3, 5), *b = karvan_i_malloc(0, 8), *c = karvan_i_strndup("steppe", 4);
    assert_non_null(a);
    assert_non_null(b);
    assert_string_equal(c, "step");
    for (int i = 0; i < 15; i++) assert_int_equal(a[i], 0);
    assert_int_equal(karvan_i_alloc_live, before + 3);
    char *d = karvan_i_realloc(NULL, 4, 4);
    assert_int_equal(karvan_i_alloc_live, before + 4);
    memset(d, 7, 16);
    d = karvan_i_realloc(d, 100, 4);
    for (int i = 0; i < 16; i++) assert_int_equal(d[i], 7);
    assert_int_equal(karvan_i_alloc_live, before + 4);
    karvan_i_free(a), karvan_i_free(b), karvan_i_free(c), karvan_i_free(d), karvan_i_free(NULL);
    assert_int_equal(karvan_i_alloc_live, before);
}

static void sizes_that_overflow_fail(void **state) {
    (void)state;
    long before = karvan_i_alloc_live;
    char *kept = karvan_i_malloc(8, 1);
    volatile size_t half = SIZE_MAX / 2 + 1; /* hidden from the compiler's own warning */
    assert_null(karvan_i_calloc(half, 2));
    assert_null(karvan_i_malloc(half, 2));
    assert_null(karvan_i_realloc(NULL, half, 2));
    assert_null(karvan_i_realloc(kept, half, 2));
    assert_int_equal(karvan_i_alloc_live, before + 1); /* the old block is still there */
    karvan_i_free(kept);
}

static void permits_run_out(void **state) {
    (void)state;
    long before = karvan_i_alloc_live;
    karvan_i_alloc_permits = 2;
    char *a = karvan_i_malloc(1, 1), *b = karvan_i_calloc(1, 1), *c = karvan_i_malloc(1, 1);
    char *d = karvan_i_strndup("x", 1), *e = karvan_i_realloc(a, 2, 1);
    long left = karvan_i_alloc_permits;
    karvan_i_alloc_permits = -1;
    assert_non_null(a);
    assert_non_null(b);
    assert_null(c);
    assert_null(d);
    assert_null(e);
    assert_int_equal(left, 0);
    assert_int_equal(karvan_i_alloc_live, before + 2);
    karvan_i_free(a), karvan_i_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(live_blocks_are_counted),
                                       cmocka_unit_test(sizes_that_overflow_fail),
                                       cmocka_unit_test(permits_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
