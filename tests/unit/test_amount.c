/* Decimals in 128 bits: what a cell is worth, sums that have no order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exchange/amount.h"
#include "karvan/base.h"

static karvan_i_amount_kind parse(const char *s, double *v) {
    karvan_i_amount a;
    karvan_i_amount_kind kind = karvan_i_amount_parse(s, strlen(s), '.', &a);
    *v = karvan_i_amount_value(a);
    return kind;
}

static void cells_have_their_value(void **state) {
    (void)state;
    static const struct {
        const char *s;
        double v;
    } good[] = {{"0", 0},
                {"52.051", 52.051},
                {" 13.235", 13.235},
                {"13.235  ", 13.235},
                {"1.", 1},
                {".5", 0.5},
                {"+7", 7},
                {"-0", 0},
                {"-0.000", 0},
                {"1e3", 1000},
                {"1.5E+02", 150},
                {"2.5e-5", 0.000025},
                {"0.000000000000000001", 1e-18},
                {"0.0000000000000000004", 0}, /* below half of 10^-18 */
                {"0.0000000000000000005", 1e-18},
                {"0.3000000000000000444", 0.3000000000000000444},
                {"123456789012345.678901234567890123", 123456789012345.678901234567890123},
                {"999999999999999.999", 999999999999999.999},
                {"00000000000000000000000000000000000001.25", 1.25},
                {"1000000000000000000000e-10", 1e11},
                {"1e-400", 0}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double v;
        assert_int_equal(parse(good[i].s, &v), KARVAN_I_AMOUNT_OK);
        if (v != good[i].v) fail_msg("%s: %.17g", good[i].s, v);
    }
}

static void other_cells_have_a_kind(void **state) {
    (void)state;
    static const struct {
        const char *s;
        karvan_i_amount_kind kind;
    } other[] = {{"", KARVAN_I_AMOUNT_MISSING},        {"   ", KARVAN_I_AMOUNT_MISSING},
                 {"NA", KARVAN_I_AMOUNT_MISSING},      {" NA ", KARVAN_I_AMOUNT_MISSING},
                 {".", KARVAN_I_AMOUNT_MISSING},       {"NULL", KARVAN_I_AMOUNT_MISSING},
                 {"NaN", KARVAN_I_AMOUNT_INFINITE},    {"-inf", KARVAN_I_AMOUNT_INFINITE},
                 {"Inf", KARVAN_I_AMOUNT_INFINITE},    {"-1", KARVAN_I_AMOUNT_NEGATIVE},
                 {"-0.001", KARVAN_I_AMOUNT_NEGATIVE}, {"-1e20", KARVAN_I_AMOUNT_NEGATIVE},
                 {"1e15", KARVAN_I_AMOUNT_LARGE},      {"1000000000000000", KARVAN_I_AMOUNT_LARGE},
                 {"1e400", KARVAN_I_AMOUNT_LARGE},     {"12x", KARVAN_I_AMOUNT_TEXT},
                 {"1.2.3", KARVAN_I_AMOUNT_TEXT},      {"1,5", KARVAN_I_AMOUNT_TEXT},
                 {"1e", KARVAN_I_AMOUNT_TEXT},         {"e5", KARVAN_I_AMOUNT_TEXT},
                 {"-", KARVAN_I_AMOUNT_TEXT},          {"--1", KARVAN_I_AMOUNT_TEXT},
                 {"1e5x", KARVAN_I_AMOUNT_TEXT},       {"0x10", KARVAN_I_AMOUNT_TEXT},
                 {"1 2", KARVAN_I_AMOUNT_TEXT},        {"..", KARVAN_I_AMOUNT_TEXT}};
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        double v;
        karvan_i_amount_kind kind = parse(other[i].s, &v);
        if (kind != other[i].kind) fail_msg("'%s' is %d", other[i].s, (int)kind);
        assert_true(v == 0);
    }
}

static void a_comma_is_a_point_where_it_is_said(void **state) {
    (void)state;
    karvan_i_amount a;
    assert_int_equal(karvan_i_amount_parse("1171,897", 8, ',', &a), KARVAN_I_AMOUNT_OK);
    assert_true(karvan_i_amount_value(a) == 1171.897);
    assert_int_equal(karvan_i_amount_parse("1171.897", 8, ',', &a), KARVAN_I_AMOUNT_TEXT);
}

/* Ten times 0.1 is 1, and 1e14 with 0.001 a thousand times is 1e14 + 1: doubles miss both. */
static void sums_are_exact(void **state) {
    (void)state;
    karvan_i_amount tenth = karvan_i_amount_of(1, 1), small = karvan_i_amount_of(1, 3);
    karvan_i_amount sum = {0, 0}, large = karvan_i_amount_of(100000000000000, 0);
    for (int i = 0; i < 10; i++) assert_true(karvan_i_amount_add(&sum, tenth));
    for (int i = 0; i < 1000; i++) assert_true(karvan_i_amount_add(&large, small));
    assert_true(karvan_i_amount_value(sum) == 1.0);
    assert_true(karvan_i_amount_value(large) == 100000000000001.0);
}

static void a_sum_out_of_range_is_told(void **state) {
    (void)state;
    karvan_i_amount sum = {0, 0}, most = karvan_i_amount_of(999999999999999, 0);
    int n = 0;
    while (karvan_i_amount_add(&sum, most)) n++;
    assert_true(n > 80000 && n < 100000); /* 2^126 / 10^33 = 85,070 */
}

/* Random decimals of any length: the C library reads the same double; in pieces they sum up to it.
 */
static void random_decimals_agree_with_the_c_library(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 0);
    for (int i = 0; i < 200000; i++) {
        char s[64];
        int whole = (int)karvan_random_below(&r, 14), after = (int)karvan_random_below(&r, 19),
            n = 0;
        for (int d = 0; d < whole + 1; d++) s[n++] = (char)('0' + karvan_random_below(&r, 10));
        if (after) s[n++] = '.';
        for (int d = 0; d < after; d++) s[n++] = (char)('0' + karvan_random_below(&r, 10));
        s[n] = 0;
        karvan_i_amount a;
        assert_int_equal(karvan_i_amount_parse(s, (size_t)n, '.', &a), KARVAN_I_AMOUNT_OK);
        double v = karvan_i_amount_value(a), want = strtod(s, NULL);
        if (v != want) fail_msg("%s: %.17g, not %.17g", s, v, want);
        char shifted[80]; /* the same with an exponent */
        (void)snprintf(shifted, sizeof shifted, "%se0", s);
        karvan_i_amount b;
        assert_int_equal(karvan_i_amount_parse(shifted, (size_t)n + 2, '.', &b),
                         KARVAN_I_AMOUNT_OK);
        assert_true(a.hi == b.hi && a.lo == b.lo);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells_have_their_value),
                                       cmocka_unit_test(other_cells_have_a_kind),
                                       cmocka_unit_test(a_comma_is_a_point_where_it_is_said),
                                       cmocka_unit_test(sums_are_exact),
                                       cmocka_unit_test(a_sum_out_of_range_is_told),
                                       cmocka_unit_test(random_decimals_agree_with_the_c_library)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
