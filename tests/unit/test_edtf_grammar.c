/* EDTF against a second, slow reading of the same rules: the grammar as regular expressions, and
 * the meaning of X by trying every day of every year. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <regex.h>
#include <string.h>

#include "karvan/base.h"

#define Q    "[?~%]?"
#define YEAR Q "-?[0-9X]{4}" Q
#define PART Q "[0-9X]{2}" Q
#define DATE YEAR "(-" PART "(-" PART ")?)?"
#define TWO  "[0-5][0-9]"
#define HOUR "([01][0-9]|2[0-3])"
#define TAIL "(S[1-9][0-9]?)?" Q

/* By level. Seasons, the calendar and -0000 are looked at afterwards. */
static const char *const LEVEL_0 =
    "^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T" HOUR ":" TWO ":" TWO "(Z|[+-]" HOUR "(:" TWO ")?)?)?)?)?$";
static const char *const LEVEL_1 =
    "^(-?[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T" HOUR ":" TWO ":" TWO "(Z|[+-]" HOUR "(:" TWO ")?)?)?)?)?"
    "|-?([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?|[0-9]{2}(XX|[0-9]X)|[0-9]{4}-XX(-XX)?"
    "|[0-9]{4}-[0-9]{2}-XX)" Q "|Y-?[1-9][0-9]{4,17}" Q ")$";
static const char *const LEVEL_2 = "^(" DATE "|" Q "-?[0-9]{4}" TAIL "|Y-?[1-9][0-9]{4,17}" TAIL
                                   "|Y-?[1-9][0-9]{0,17}E[1-9][0-9]*" TAIL ")$";
static regex_t level[3];

static int compile(void **state) {
    (void)state;
    const char *const text[3] = {LEVEL_0, LEVEL_1, LEVEL_2};
    for (int i = 0; i < 3; i++)
        if (regcomp(&level[i], text[i], REG_EXTENDED | REG_NOSUB) != 0) return -1;
    return 0;
}
static int forget(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) regfree(&level[i]);
    return 0;
}

/* Lowest level whose grammar takes the spelling, -1: none. Seasons above 24 are of level 2. */
static int slow_level(const char *s) {
    int season = 0;
    for (int i = 0; i < 3; i++) {
        if (regexec(&level[i], s, 0, NULL, 0) != 0) continue;
        const char *dash = *s == 'Y' ? NULL : strchr(s + 2, '-');
        if (dash) {
            dash += 1 + (dash[1] == '?' || dash[1] == '~' || dash[1] == '%');
            if (dash[0] >= '2' && dash[0] <= '4' && dash[1] != 'X')
                season = (dash[0] - '0') * 10 + dash[1] - '0';
            if (season && strchr(dash, '-')) return -1; /* nothing after a season */
        }
        int lowest = season > 24 ? 2 : season ? 1 : 0;
        return i > lowest ? i : lowest;
    }
    return -1;
}

/* Digits and X of a date without its qualifiers and time: "-1X84-05". */
static void bare(const char *s, char *out) {
    for (; *s && *s != 'T'; s++)
        if (!strchr("?~%", *s)) *out++ = *s;
    *out = 0;
}

/* Do the last n digits of v fit a pattern of digits and X? */
static bool fits(const char *pattern, int n, int v) {
    for (int i = n - 1; i >= 0; i--, v /= 10)
        if (pattern[i] != 'X' && pattern[i] - '0' != v % 10) return false;
    return true;
}

/* First and last day of the four-digit years that the pattern matches; false: none. */
static bool slow_days(const char *pattern, karvan_day *first, karvan_day *last) {
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool found = false, minus = *pattern == '-';
    pattern += minus;
    size_t n = strlen(pattern);
    for (int v = minus ? 1 : 0; v <= 9999; v++) {
        if (!fits(pattern, 4, v)) continue;
        bool leap = (v % 4 == 0 && v % 100 != 0) || v % 400 == 0;
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= days[m - 1] - (m == 2 && !leap); d++) {
                if (n > 4 && !fits(pattern + 5, 2, m)) continue;
                if (n > 7 && !fits(pattern + 8, 2, d)) continue;
                karvan_day day = karvan_day_from_civil(minus ? -v : v, m, d);
                if (!found || day < *first) *first = day;
                if (!found || day > *last) *last = day;
                found = true;
            }
    }
    return found;
}

static void check(const char *s) {
    karvan_edtf d;
    karvan_error e = {0};
    char plain[64];
    karvan_day first = 0, last = 0;
    int expected = slow_level(s);
    karvan_status st = karvan_edtf_parse(s, strlen(s), &d, &e);
    bare(s, plain);
    const char *dash = strlen(plain) > 2 ? strchr(plain + 2, '-') : NULL;
    bool season = dash && dash[1] >= '2' && dash[1] <= '4' && dash[2] != 'X';
    if (expected >= 0 && strncmp(plain, "-0000", 5) == 0) expected = -1;
    if (expected >= 0 && season) {
        int code = (dash[1] - '0') * 10 + dash[2] - '0';
        if (code < 21 || code > 41) expected = -1;
    } else if (expected >= 0 && !strchr(plain, 'S') && *s != 'Y') {
        if (!slow_days(plain, &first, &last)) expected = -1;
        if (expected >= 0 && st == KARVAN_OK && (d.earliest != first || d.latest != last))
            fail_msg("%s: days %lld to %lld, expected %lld to %lld", s, (long long)d.earliest,
                     (long long)d.latest, (long long)first, (long long)last);
    }
    if (expected >= 0 && *s == 'Y' && st != KARVAN_OK) { /* too far off for us, said so */
        assert_non_null(strstr(e.msg, "15 digits"));
        return;
    }
    if ((expected >= 0) != (st == KARVAN_OK))
        fail_msg("%s: %s, expected level %d", s, st ? e.msg : "accepted", expected);
    if (st == KARVAN_OK && d.level != expected)
        fail_msg("%s: level %d, expected %d", s, d.level, expected);
}

static void every_short_change(void **state) {
    (void)state;
    static const char *const seeds[] = {"1985-04-12", "2004-06",    "201X",        "-2004-06-11%",
                                        "2004?-%06",  "2001-34",    "Y170002",     "Y17E7",
                                        "1950S2",     "20X4-1X-3X", "?2004-06-~11"};
    static const char letters[] = "0123459X-?~%SYET+:Z/. x";
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        size_t n = strlen(seeds[i]);
        for (size_t at = 0; at <= n; at++)
            for (size_t k = 0; k + 1 < sizeof letters; k++) {
                char s[64];
                if (letters[k] == '/' || letters[k] == '.') continue; /* no interval here */
                memcpy(s, seeds[i], n + 1);                           /* replaced */
                if (at < n) s[at] = letters[k], check(s);
                memcpy(s, seeds[i], at); /* inserted */
                s[at] = letters[k];
                memcpy(s + at + 1, seeds[i] + at, n - at + 1);
                check(s);
                memcpy(s, seeds[i], at); /* left out */
                if (at < n) memcpy(s + at, seeds[i] + at + 1, n - at), check(s);
            }
    }
}

/* Strings of the grammar's shape, so that many are dates and many nearly are. */
static void random_strings(void **state) {
    (void)state;
    static const char *const shapes[] = {"q-dddd",      "qddddq-qddq", "qddddq-qddq-qddq",
                                         "dddd-dd-dd",  "ddddXq",      "dddd-dd-ddT10:20:30",
                                         "YdddddEdSdq", "ddddSd"};
    uint64_t x = 11;
    int valid = 0;
    for (int round = 0; round < 40000; round++) {
        const char *shape = shapes[round % 8];
        char s[64];
        size_t n = 0;
        for (; *shape; shape++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            unsigned r = (unsigned)(x >> 40);
            if (*shape == 'q') {
                if (r % 5 < 3) s[n++] = "?~%"[r % 5];
            } else if (*shape == 'd') {
                s[n] = (char)(r % 7 == 0 ? 'X' : '0' + (int)((r >> 8) % (n % 5 == 0 ? 4 : 10)));
                n++;
            } else {
                s[n++] = *shape;
            }
        }
        s[n] = 0;
        check(s);
        valid += slow_level(s) >= 0;
    }
    assert_in_range(valid, 10000, 39000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_short_change),
                                       cmocka_unit_test(random_strings)};
    return cmocka_run_group_tests(tests, compile, forget);
}
