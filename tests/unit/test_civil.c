#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/edtf.h"
#include "karvan/base.h"

static void known_days(void **state) {
    (void)state;
    static const struct {
        int64_t year;
        int month, day;
        karvan_day number;
    } known[] = {
        {1970, 1, 1, 0},           {1969, 12, 31, -1}, {2000, 3, 1, 11017},
        {0, 3, 1, -719468},        {1, 1, 1, -719162}, /* .NET and Python count from here */
        {-4713, 11, 24, -2440588},                     /* day 0 of the Julian day count */
        {1858, 11, 17, -40587},                        /* of the modified one */
        {9999, 12, 31, 2932896}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        int64_t y;
        int m, d;
        assert_int_equal(karvan_day_from_civil(known[i].year, known[i].month, known[i].day),
                         known[i].number);
        karvan_day_to_civil(known[i].number, &y, &m, &d);
        assert_true(y == known[i].year && m == known[i].month && d == known[i].day);
    }
}

/* The slow way: walk day by day and carry. */
static void every_day_of_2800_years(void **state) {
    (void)state;
    int64_t year = -400;
    int month = 1, day = 1;
    karvan_day n = karvan_day_from_civil(year, month, day);
    while (year < 2400) {
        int64_t y;
        int m, d;
        karvan_day_to_civil(n, &y, &m, &d);
        if (y != year || m != month || d != day)
            fail_msg("day %lld is %lld-%d-%d", (long long)n, (long long)y, m, d);
        assert_int_equal(karvan_day_from_civil(year, month, day), n);
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        int last = month == 2                                              ? (leap ? 29 : 28)
                   : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                           : 31;
        assert_int_equal(karvan_i_month_days(year, month), last);
        n++;
        if (++day > last) day = 1, month++;
        if (month > 12) month = 1, year++;
    }
}

static void far_days_return(void **state) {
    (void)state;
    uint64_t x = 9;
    for (int i = 0; i < 200000; i++) {
        int64_t y;
        int m, d;
        x = x * 6364136223846793005u + 1442695040888963407u;
        karvan_day n = (karvan_day)(x >> 6) - (INT64_C(1) << 57);
        karvan_day_to_civil(n, &y, &m, &d);
        assert_true(m >= 1 && m <= 12 && d >= 1 && d <= karvan_i_month_days(y, m));
        assert_int_equal(karvan_day_from_civil(y, m, d), n);
    }
}

static void written_days(void **state) {
    (void)state;
    char s[40];
    karvan_day_format(0, s, sizeof s);
    assert_string_equal(s, "1970-01-01");
    karvan_day_format(karvan_day_from_civil(0, 2, 29), s, sizeof s);
    assert_string_equal(s, "0000-02-29");
    karvan_day_format(karvan_day_from_civil(-44, 3, 15), s, sizeof s);
    assert_string_equal(s, "-0044-03-15");
    karvan_day_format(karvan_day_from_civil(170000002, 1, 1), s, sizeof s);
    assert_string_equal(s, "170000002-01-01");
    karvan_day_format(KARVAN_DAY_MIN, s, sizeof s);
    assert_string_equal(s, "-inf");
    karvan_day_format(KARVAN_DAY_MAX, s, sizeof s);
    assert_string_equal(s, "inf");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days), cmocka_unit_test(every_day_of_2800_years),
        cmocka_unit_test(far_days_return), cmocka_unit_test(written_days)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
