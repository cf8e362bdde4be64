/* Rows laid out by their lengths, beside the rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/study.h"
#include "sweep.h"

static void by_hand(void **s) {
    (void)s;
    /* rows of 2, 1, 2 and 3 entries */
    static const int64_t first[] = {0, 2, 3, 5, 8}, entries[] = {2, 0, 3, 1, 4, 5, 6, 7};
    static const int32_t rows[] = {1, 0, 2, 3};
    karvan_i_rows r;
    karvan_error e = {0};
    assert_int_equal(karvan_i_rows_make(4, first, &r, &e), KARVAN_OK);
    assert_int_equal(r.n_lengths, 3);
    for (int c = 0; c < 3; c++) assert_int_equal(r.length[c], c + 1);
    assert_true(r.count[0] == 1 && r.count[1] == 2 && r.count[2] == 1);
    for (int i = 0; i < 4; i++) assert_int_equal(r.row_is[i], rows[i]);
    for (int i = 0; i < 8; i++) assert_int_equal(r.entry_is[i], entries[i]);
    karvan_i_rows_clear(&r);
}

/* Each entry of each row stands where its class, its row and its place in it say. */
static void random_rows(void **s) {
    (void)s;
    for (uint64_t seed = 0; seed < 200; seed++) {
        int64_t first[61] = {0};
        karvan_random g;
        karvan_random_init(&g, seed, 1);
        int32_t n = (int32_t)(60 * karvan_random_uniform(&g));
        for (int32_t i = 0; i < n; i++)
            first[i + 1] = first[i] + (int64_t)(7 * karvan_random_uniform(&g));
        karvan_i_rows r;
        karvan_error e = {0};
        assert_int_equal(karvan_i_rows_make(n, first, &r, &e), KARVAN_OK);
        int32_t met = 0;
        for (int32_t c = 0; c < r.n_lengths; c++)
            for (int32_t i = 0; i < r.count[c]; i++, met++) {
                int32_t row = r.row_is[r.row[c] + i];
                assert_int_equal(first[row + 1] - first[row], r.length[c]);
                for (int32_t j = 0; j < r.length[c]; j++)
                    assert_int_equal(r.entry_is[r.entry[c] + (int64_t)j * r.count[c] + i],
                                     first[row] + j);
            }
        assert_int_equal(met, n);
        karvan_i_rows_clear(&r);
    }
}

static karvan_status made(karvan_error *err) {
    static const int64_t first[] = {0, 2, 3};
    karvan_i_rows r;
    karvan_status st = karvan_i_rows_make(2, first, &r, err);
    karvan_i_rows_clear(&r);
    return st;
}
static void allocations(void **s) {
    (void)s;
    every_allocation_fails(made, 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(random_rows),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
