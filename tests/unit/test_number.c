#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/table.h"
#include "share.h"
#include "table/number.h"

static bool real(const char *s, double *out) { return karvan_i_parse_real(s, strlen(s), '.', out); }

static bool integer(const char *s, int64_t *out) { return karvan_i_parse_int(s, strlen(s), out); }

static void integers(void **state) {
    (void)state;
    int64_t v;
    assert_true(integer("0", &v) && v == 0);
    assert_true(integer("-0", &v) && v == 0);
    assert_true(integer("+17", &v) && v == 17);
    assert_true(integer("  42 ", &v) && v == 42);
    assert_true(integer("007", &v) && v == 7);
    assert_true(integer("0000000000000000000000000000012", &v) && v == 12);
    assert_true(integer("9223372036854775807", &v) && v == INT64_MAX);
    assert_true(integer("-9223372036854775808", &v) && v == INT64_MIN);
    static const char *const bad[] = {"",
                                      " ",
                                      "-",
                                      "+",
                                      "1.0",
                                      "1 2",
                                      "1e3",
                                      "0x10",
                                      "--1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999",
                                      "12a"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_false(integer(bad[i], &v));
}

static void reals(void **state) {
    (void)state;
    static const struct {
        const char *s;
        double v;
    } good[] = {{"0", 0.0},
                {"3.25", 3.25},
                {"-3.25", -3.25},
                {".5", 0.5},
                {"5.", 5.0},
                {"+2", 2.0},
                {" 7.5 ", 7.5},
                {"1e3", 1000.0},
                {"1E-3", 0.001},
                {"1e+05", 100000.0},
                {"0.1", 0.1},
                {"34272.5", 34272.5},
                {"1.7976931348623157e308", DBL_MAX},
                {"4.9e-324", 4.9406564584124654e-324},
                {"2.2250738585072014e-308", DBL_MIN},
                {"2.2250738585072011e-308", 2.2250738585072011e-308},
                {"1e-400", 0.0},
                {"0e999999", 0.0}};
    double v;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(real(good[i].s, &v) && v == good[i].v);
    assert_true(real("-0", &v) && v == 0.0 && signbit(v));
    static const char *const bad[] = {"",      " ",     ".",   "-",      "e5",  "1e",    "1e+",
                                      "1,5",   "1.2.3", "nan", "inf",    "INF", "1e400", "-1e400",
                                      "0x1p3", "1 000", "12%", "1.5 km", "--1", "1_000", "1e5.5"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_false(real(bad[i], &v));
    assert_true(karvan_i_parse_real("12,5", 4, ',', &v) && v == 12.5);
    assert_false(karvan_i_parse_real("12.5", 4, ',', &v));
}

/* Halfway between two doubles and next to it, decided by a digit far behind. */
static void ties(void **state) {
    (void)state;
    double v;
    assert_true(real("9007199254740993", &v) && v == 9007199254740992.0);
    assert_true(real("9007199254740993.0000000000000000000000000000001", &v) &&
                v == 9007199254740994.0);
    assert_true(real("9007199254740992.9999999999999999999999999999999", &v) &&
                v == 9007199254740992.0);
    assert_true(real("9007199254740995", &v) && v == 9007199254740996.0);
    /* half of the least subnormal: to even, which is 0; a digit more: up */
    char half[1200];
    int n = snprintf(half, sizeof half, "%s",
                     "2.4703282292062327208299439643411068618252990130716238221279284125033775e-"
                     "324");
    assert_true(n > 0 && real(half, &v) && v == 0.0);
    assert_true(real("2.4703282292062328e-324", &v) && v > 0.0);
    /* 1 + 2^-53 is halfway; then 700 zeros and a 1 */
    n = snprintf(half, sizeof half, "1.00000000000000011102230246251565404236316680908203125");
    assert_true(real(half, &v) && v == 1.0);
    memset(half + n, '0', 1000), memcpy(half + n + 1000, "1", 2);
    assert_true(real(half, &v) && v == 1.0 + DBL_EPSILON);
}

static uint64_t bits_of(double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

/* A random spelling: up to 25 digits, a point somewhere, an exponent sometimes. */
static void spell(karvan_random *r, char *s) {
    int digits = 1 + (int)karvan_random_below(r, 25), point = (int)karvan_random_below(r, 30);
    char *at = s;
    if (karvan_random_below(r, 2)) *at++ = '-';
    for (int i = 0; i < digits; i++) {
        if (i == point) *at++ = '.';
        *at++ = (char)('0' + karvan_random_below(r, 10));
    }
    *at = 0;
    if (karvan_random_below(r, 3) == 0)
        (void)snprintf(at, 16, "e%d", (int)karvan_random_below(r, 680) - 345);
}

static void same_as_the_c_library(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 0);
    const int cases = part_of(200000);
    for (int k = 0; k < cases; k++) {
        char s[80];
        double v, expected;
        spell(&r, s);
        expected = strtod(s, NULL); /* the C locale: nobody called setlocale */
        bool got = real(s, &v);
        assert_true(got == !isinf(expected));
        if (got && bits_of(v) != bits_of(expected)) fail_msg("%s: %.17g for %.17g", s, v, expected);
    }
}

/* The ways for common cells answer as the general ones or not at all, whatever stands behind. */
static void fast_ways_agree(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 8, 0);
    int64_t answered = 0;
    const int cases = part_of(200000);
    for (int k = 0; k < cases; k++) {
        char s[128];
        int64_t i, fast_i;
        double v, fast_v;
        size_t n = 1 + (size_t)karvan_random_below(&r, 18), behind = n;
        for (size_t c = 0; c < n; c++) {
            uint64_t what = karvan_random_below(&r, 40);
            s[c] = (char)(what == 0   ? '.'
                          : what == 1 ? '-'
                          : what == 2 ? (int)karvan_random_below(&r, 256)
                                      : '0' + (int)karvan_random_below(&r, 10));
        }
        for (; behind < sizeof s; behind++) s[behind] = (char)karvan_random_below(&r, 256);
        bool got = karvan_i_parse_int_fast(s, n, &fast_i);
        if (got) assert_true(karvan_i_parse_int(s, n, &i) && i == fast_i);
        answered += got;
        got = karvan_i_parse_real_fast(s, n, '.', &fast_v);
        if (got) assert_true(karvan_i_parse_real(s, n, '.', &v) && bits_of(v) == bits_of(fast_v));
        answered += got;
    }
    assert_true(answered > cases / 2);
}

static void prints(double v, const char *expected) {
    char s[40];
    karvan_real_format(v, s, sizeof s);
    assert_string_equal(s, expected);
}

static void known_spellings(void **state) {
    (void)state;
    prints(0.0, "0");
    prints(-0.0, "-0");
    prints(1.0, "1");
    prints(-1.5, "-1.5");
    prints(0.1, "0.1");
    prints(0.3, "0.3");
    prints(0.1 + 0.2, "0.30000000000000004");
    prints(100.0, "100");
    prints(123456789.125, "123456789.125");
    prints(0.0001, "0.0001");
    prints(0.00012345, "0.00012345");
    prints(0.00001, "1e-05");
    prints(999999999999999.0, "999999999999999");
    prints(1e15, "1e+15");
    prints(1234567890123456.0, "1234567890123456");
    prints(1e100, "1e+100");
    prints(1.5e-7, "1.5e-07");
    prints(9007199254740993.0, "9007199254740992");
    prints(5e-324, "5e-324");
    prints(DBL_MAX, "1.7976931348623157e+308");
    prints(DBL_MIN, "2.2250738585072014e-308");
    prints(618970019642690137449562112.0, "6.189700196426902e+26"); /* 2^89: 16 digits suffice */
    prints(NAN, "nan");
    prints(-INFINITY, "-inf");
}

/* Significant digits of a spelling. */
static int digits_in(const char *s) {
    char d[40];
    int n = 0;
    for (; *s && *s != 'e'; s++)
        if (*s >= '0' && *s <= '9' && (n > 0 || *s != '0')) d[n++] = *s;
    while (n > 1 && d[n - 1] == '0') n--;
    return n;
}

/* Does a decimal of n digits read back to v? The two around v are the only ones that can. */
static bool fits(double v, int n) {
    char s[64];
    (void)snprintf(s, sizeof s, "%.*e", n - 1, v);
    if (strtod(s, NULL) == v) return true;
    char *e = strchr(s, 'e');
    long double step = powl(10.0L, (long double)strtol(e + 1, NULL, 10) - (n - 1));
    for (int sign = -1; sign <= 1; sign += 2) {
        char t[64];
        (void)snprintf(t, sizeof t, "%.*Le", n - 1, strtold(s, NULL) + sign * step);
        if (strtod(t, NULL) == v) return true;
    }
    return false;
}

static void fewest_digits_that_read_back(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 9, 0);
    const int cases = part_of(60000);
    for (int k = 0; k < cases; k++) {
        uint64_t bits = karvan_random_u64(&r);
        char s[40];
        double v, back;
        if (k % 4 == 1) bits &= UINT64_C(0xFFF0000000000000); /* powers of two */
        if (k % 4 == 2) bits &= UINT64_C(0x800FFFFFFFFFFFFF); /* subnormal */
        memcpy(&v, &bits, sizeof v);
        if (k % 4 == 3) v = (double)(int64_t)(bits >> 20) / (double)(1 + (bits & 0xFFF));
        if (!isfinite(v)) continue;
        karvan_real_format(v, s, sizeof s);
        assert_true(real(s, &back));
        assert_true(bits_of(back) == bits_of(v));
        assert_true(strtod(s, NULL) == v);
        int n = digits_in(s);
        if (v != 0.0 && n > 1 && fits(v, n - 1)) fail_msg("%s: %d digits are too many", s, n);
    }
}

static void the_locale_does_not_matter(void **state) {
    (void)state;
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "tr_TR.UTF-8",
                                         "ps_AF.UTF-8"};
    double v;
    for (size_t i = 0; i < sizeof commas / sizeof commas[0]; i++) {
        if (!setlocale(LC_ALL, commas[i])) continue;
        prints(0.1 + 0.2, "0.30000000000000004");
        prints(1234567.25, "1234567.25");
        assert_true(real("12.5", &v) && v == 12.5);
        assert_true(real("0.30000000000000004441", &v) && v == 0.1 + 0.2);
    }
    assert_non_null(setlocale(LC_ALL, "C"));
    prints(1234567.25, "1234567.25");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(integers),
                                       cmocka_unit_test(reals),
                                       cmocka_unit_test(ties),
                                       cmocka_unit_test(same_as_the_c_library),
                                       cmocka_unit_test(fast_ways_agree),
                                       cmocka_unit_test(known_spellings),
                                       cmocka_unit_test(fewest_digits_that_read_back),
                                       cmocka_unit_test(the_locale_does_not_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
