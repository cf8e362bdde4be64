/* EDTF by hand: what each string means, and what is said of those that mean nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/base.h"

static karvan_edtf parsed(const char *s) {
    karvan_edtf d;
    karvan_error e = {0};
    if (karvan_edtf_parse(s, strlen(s), &d, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return d;
}

static void expect(const char *s, const char *earliest, const char *latest, const char *fuzzy_from,
                   const char *fuzzy_to) {
    karvan_edtf d = parsed(s);
    const karvan_day days[4] = {d.earliest, d.latest, d.earliest_fuzzy, d.latest_fuzzy};
    const char *const said[4] = {earliest, latest, fuzzy_from, fuzzy_to};
    for (int i = 0; i < 4; i++) {
        char got[40];
        karvan_day_format(days[i], got, sizeof got);
        if (strcmp(got, said[i]) != 0) fail_msg("%s: %s instead of %s", s, got, said[i]);
    }
}

static void expect_strict(const char *s, const char *earliest, const char *latest) {
    expect(s, earliest, latest, earliest, latest);
}

static void strict_bounds(void **state) {
    (void)state;
    expect_strict("2000-02", "2000-02-01", "2000-02-29");
    expect_strict("1900-02", "1900-02-01", "1900-02-28");
    expect_strict("2004-XX-31", "2004-01-31", "2004-12-31");
    expect_strict("2004-X1-31", "2004-01-31", "2004-01-31"); /* November has no 31st */
    expect_strict("2004-0X-3X", "2004-01-30", "2004-09-30");
    expect_strict("XXXX-02-29", "0000-02-29", "9996-02-29");
    expect_strict("19XX-02-29", "1904-02-29", "1996-02-29"); /* 1900 was no leap year */
    expect_strict("-000X", "-0009-01-01", "-0001-12-31");    /* there is no -0000 */
    expect_strict("-00XX-02-29", "-0096-02-29", "-0004-02-29");
    expect_strict("Y-17E7", "-170000000-01-01", "-170000000-12-31");
    expect_strict("Y1E1", "0010-01-01", "0010-12-31");
    expect_strict("19X5-33", "1905-01-01", "1995-03-31");
    expect_strict("{1960,1961-12}", "1960-01-01", "1961-12-31");
    expect_strict("[1667,1668,1670..1672]", "1667-01-01", "1672-12-31");
    expect_strict("{..1984}", "-inf", "1984-12-31");
    expect_strict("../..", "-inf", "inf");
    expect_strict("2003-22/2004-22", "2003-06-01", "2004-08-31");
    /* the day as written: the offset does not move it */
    expect_strict("1985-04-12T23:20:30-04", "1985-04-12", "1985-04-12");
}

static void divisions_of_the_year(void **state) {
    (void)state;
    static const struct {
        const char *s, *first, *last;
    } parts[] = {{"2001-21", "2001-03-01", "2001-05-31"}, {"2001-22", "2001-06-01", "2001-08-31"},
                 {"2001-23", "2001-09-01", "2001-11-30"}, {"2001-24", "2001-12-01", "2001-12-31"},
                 {"2001-25", "2001-03-01", "2001-05-31"}, {"2001-28", "2001-12-01", "2001-12-31"},
                 {"2001-29", "2001-09-01", "2001-11-30"}, {"2001-30", "2001-12-01", "2001-12-31"},
                 {"2001-31", "2001-03-01", "2001-05-31"}, {"2001-32", "2001-06-01", "2001-08-31"},
                 {"2001-33", "2001-01-01", "2001-03-31"}, {"2001-36", "2001-10-01", "2001-12-31"},
                 {"2001-37", "2001-01-01", "2001-04-30"}, {"2001-39", "2001-09-01", "2001-12-31"},
                 {"2001-40", "2001-01-01", "2001-06-30"}, {"2001-41", "2001-07-01", "2001-12-31"}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        expect_strict(parts[i].s, parts[i].first, parts[i].last);
}

static void fuzzy_bounds(void **state) {
    (void)state;
    expect("2004-06-11?", "2004-06-11", "2004-06-11", "2003-05-10", "2005-07-12");
    expect("2004-03-31~", "2004-03-31", "2004-03-31", "2003-02-27", "2005-05-01"); /* clamped */
    expect("2004-%02-29", "2004-02-29", "2004-02-29", "2003-12-29", "2004-04-29");
    expect("2000-02-?29", "2000-02-29", "2000-02-29", "2000-02-28", "2000-03-01");
    expect("1XXX~", "1000-01-01", "1999-12-31", "0000-01-01", "2999-12-31");
    expect("1X3X%", "1030-01-01", "1939-12-31", "1010-01-01", "1959-12-31");    /* decades */
    expect("2004-XX?", "2004-01-01", "2004-12-31", "2003-01-01", "2005-12-31"); /* the year alone */
    expect("2001-33?", "2001-01-01", "2001-03-31", "1999-10-01", "2002-06-30");
    expect("?2001-40", "2001-01-01", "2001-06-30", "2000-01-01", "2002-06-30");
    expect("1950S2", "1950-01-01", "1950-12-31", "1900-01-01", "1999-12-31");
    expect("1950S2~", "1950-01-01", "1950-12-31", "1899-01-01", "2000-12-31");
    expect("-1859S5", "-1859-01-01", "-1859-12-31", "-1859-01-01", "-1859-12-31");
    expect("-1859S2", "-1859-01-01", "-1859-12-31", "-1899-01-01", "-1800-12-31");
    expect("0050S1", "0050-01-01", "0050-12-31", "0050-01-01", "0059-12-31");
    expect("Y17E8~", "1700000000-01-01", "1700000000-12-31", "1699999999-01-01",
           "1700000001-12-31");
    expect("?2004~", "2004-01-01", "2004-12-31", "2002-01-01", "2006-12-31"); /* as % */
    expect("1984~/2004%", "1984-01-01", "2004-12-31", "1983-01-01", "2006-12-31");
    expect("[1984~,1990?]", "1984-01-01", "1990-12-31", "1983-01-01", "1991-12-31");
}

static void ends_of_intervals(void **state) {
    (void)state;
    karvan_edtf d = parsed("2004-06/2006");
    assert_true(d.is_interval && d.level == 0 && d.start_kind == KARVAN_BOUND_KNOWN);
    assert_int_equal(d.start_latest, karvan_day_from_civil(2004, 6, 30));
    assert_int_equal(d.end_earliest, karvan_day_from_civil(2006, 1, 1));
    d = parsed("2004/2004-06"); /* no later beginning than the end */
    assert_int_equal(d.start_latest, karvan_day_from_civil(2004, 6, 30));
    d = parsed("2004-06-01/");
    assert_int_equal(d.end_kind, KARVAN_BOUND_UNKNOWN);
    assert_int_equal(d.end_earliest, karvan_day_from_civil(2004, 6, 1));
    assert_true(d.latest == KARVAN_DAY_MAX && d.latest_fuzzy == KARVAN_DAY_MAX);
    d = parsed("/2006");
    assert_int_equal(d.start_kind, KARVAN_BOUND_UNKNOWN);
    assert_int_equal(d.start_latest, karvan_day_from_civil(2006, 12, 31));
    assert_true(d.earliest == KARVAN_DAY_MIN && d.earliest_fuzzy == KARVAN_DAY_MIN);
    d = parsed("2004-01-01/..");
    assert_int_equal(d.end_kind, KARVAN_BOUND_OPEN);
    assert_true(d.end_earliest == KARVAN_DAY_MAX && d.latest == KARVAN_DAY_MAX);
    d = parsed("../2006-01-01");
    assert_int_equal(d.start_kind, KARVAN_BOUND_OPEN);
    assert_true(d.start_latest == KARVAN_DAY_MIN && d.earliest == KARVAN_DAY_MIN);
    d = parsed("/..");
    assert_true(d.start_kind == KARVAN_BOUND_UNKNOWN && d.end_kind == KARVAN_BOUND_OPEN);
    d = parsed("2004"); /* no interval: some day of it */
    assert_true(!d.is_interval && d.start_latest == d.latest && d.end_earliest == d.earliest);
}

static void sets(void **state) {
    (void)state;
    karvan_edtf d = parsed("[1667,1760-12]");
    assert_true(d.is_set == 1 && d.level == 2 && d.start_latest == d.latest);
    d = parsed("{1667,1760-12}"); /* all of them: from the first to the last */
    assert_int_equal(d.is_set, 2);
    assert_int_equal(d.start_latest, karvan_day_from_civil(1667, 12, 31));
    assert_int_equal(d.end_earliest, karvan_day_from_civil(1760, 12, 1));
    d = parsed("{1760-12..XXXX-02}"); /* an end that may stand before the beginning does not */
    assert_true(d.earliest == d.end_earliest);
    assert_int_equal(d.latest, karvan_day_from_civil(9999, 2, 28));
    d = parsed("{1760-12..}");
    assert_true(d.end_kind == KARVAN_BOUND_OPEN && d.end_earliest == KARVAN_DAY_MAX);
    d = parsed("[..1760-12]");
    assert_true(d.start_kind == KARVAN_BOUND_OPEN && d.earliest == KARVAN_DAY_MIN);
    assert_int_equal(d.start_latest, d.latest);
}

static void flags_and_levels(void **state) {
    (void)state;
    static const struct {
        const char *s;
        int level, uncertain, approximate, unspecified, precision;
    } known[] = {{"1985-04-12", 0, 0, 0, 0, 2},   {"1985-04", 0, 0, 0, 0, 1},
                 {"1985", 0, 0, 0, 0, 0},         {"1985-04-12T23:20:30Z", 0, 0, 0, 0, 3},
                 {"1985/1986-01", 0, 0, 0, 0, 0}, {"-0001", 1, 0, 0, 0, 0},
                 {"Y170000002", 1, 0, 0, 0, 0},   {"Y17E7", 2, 0, 0, 0, 0},
                 {"1950S2", 2, 0, 0, 0, 0},       {"2001-24", 1, 0, 0, 0, 1},
                 {"2001-25", 2, 0, 0, 0, 1},      {"2001-21~", 1, 0, 1, 0, 1},
                 {"2004?", 1, 1, 0, 0, 0},        {"2004-06%", 1, 1, 1, 0, 1},
                 {"2004~-06", 2, 0, 1, 0, 1},     {"?2004", 2, 1, 0, 0, 0},
                 {"2004-06-~11", 2, 0, 1, 0, 2},  {"19XX", 1, 0, 0, 1, 0},
                 {"1XXX", 2, 0, 0, 1, 0},         {"19X5", 2, 0, 0, 1, 0},
                 {"19XX-05", 2, 0, 0, 1, 1},      {"2004-XX", 1, 0, 0, 1, 1},
                 {"2004-1X", 2, 0, 0, 1, 1},      {"2004-XX-XX", 1, 0, 0, 1, 2},
                 {"2004-XX-05", 2, 0, 0, 1, 2},   {"2004-05-XX", 1, 0, 0, 1, 2},
                 {"2004-05-X5", 2, 0, 0, 1, 2},   {"199X~", 1, 0, 1, 1, 0},
                 {"1985/", 1, 0, 0, 0, 0},        {"../1985-04-12", 1, 0, 0, 0, 2},
                 {"199X/2001", 2, 0, 0, 1, 0},    {"[1985]", 2, 0, 0, 0, 0},
                 {"../..", 1, 0, 0, 0, 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        karvan_edtf d = parsed(known[i].s);
        if (d.level != known[i].level || d.uncertain != known[i].uncertain ||
            d.approximate != known[i].approximate || d.unspecified != known[i].unspecified ||
            d.precision != known[i].precision)
            fail_msg("%s: level %d, ? %d, ~ %d, X %d, precision %d", known[i].s, d.level,
                     d.uncertain, d.approximate, d.unspecified, d.precision);
    }
}

static void what_is_wrong_is_named(void **state) {
    (void)state;
    static const struct {
        const char *s, *at;
    } wrong[] = {{"198", "4: four digits of a year"},
                 {"2016-13-08", "6: a month 01 to 12 or a season 21 to 41"},
                 {"2016-02-30", "1: a day of the calendar"},
                 {"XXXX-02-30", "1: a day of the calendar"},
                 {"1985/2016-04-31", "6: a day of the calendar"},
                 {"-0000", "1: a year other than -0000"},
                 {"Y2006", "2: at least five digits after Y"},
                 {"Y02006", "2: the digits of a long year, the first not 0"},
                 {"Y1234567890123456789", "20: a number of at most 18 digits"},
                 {"Y17E0", "5: an exponent from 1"},
                 {"Y1E15", "1: a year of at most 15 digits (EDTF has no such limit)"},
                 {"1950S0", "6: a number of significant digits from 1"},
                 {"1950S100", "6: at most 99 significant digits"},
                 {"195XS2", "5: the end of the date"},
                 {"2001-21-05", "8: the end of the date"},
                 {"2012-10-10T24:00:00", "12: an hour 00 to 23"},
                 {"2012-10-10T10:10:60", "18: minutes or seconds 00 to 59"},
                 {"2012-10-10T10.10", "14: a colon of hh:mm:ss"},
                 {"2012-10-10T10:10:10+24", "21: the hours 00 to 23 of an offset"},
                 {"2012-10-10T10:10:10+01:6", "25: the minutes 00 to 59 of an offset"},
                 {"2012-10-10?T10:10:00", "12: the end of the date"},
                 {"/", "2: a date or .. on one side of the slash"},
                 {"2004/2003", "6: an end that is not before the beginning"},
                 {"199X/1989", "6: an end that is not before the beginning"},
                 {"2004/2005/2006", "10: the end of the interval"},
                 {"2004x/2005", "5: the slash"},
                 {"Y170000002/..", "1: four digits of a year"},
                 {"1950S2/..", "5: the slash"},
                 {"[1667, 1668]", "7: four digits of a year"},
                 {"[1667", "6: a comma or ]"},
                 {"{1667]", "6: a comma or }"},
                 {"[1667..,1668]", "8: a comma or ]"},
                 {"[1667,..1668]", "7: four digits of a year"},
                 {"[1672..1670]", "8: a range that does not run backwards"},
                 {"[..]", "4: four digits of a year"},
                 {"[1667]x", "7: the end of the set"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        karvan_edtf d;
        karvan_error e = {0};
        char msg[200];
        (void)snprintf(msg, sizeof msg, "'%s' is not EDTF: byte %s expected", wrong[i].s,
                       wrong[i].at);
        memset(&d, 1, sizeof d);
        assert_int_equal(karvan_edtf_parse(wrong[i].s, strlen(wrong[i].s), &d, &e), KARVAN_E_DATA);
        assert_string_equal(e.msg, msg);
        for (size_t k = 0; k < sizeof d; k++) assert_int_equal(((const char *)&d)[k], 0);
    }
}

static void odd_input_is_met(void **state) {
    (void)state;
    karvan_edtf d;
    karvan_error e = {0}, f = {0};
    /* a message is one line of UTF-8, whatever was read */
    assert_int_equal(karvan_edtf_parse("19\n5\xC3\xA9\xFF", 7, &d, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg,
                        "'19?5\xC3\xA9?' is not EDTF: byte 3: four digits of a year expected");
    assert_int_equal(karvan_edtf_parse("", 0, &d, &f), KARVAN_E_DATA);
    assert_string_equal(f.msg, "an empty string is not EDTF");
    assert_int_equal(karvan_edtf_parse("1985", 4, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_edtf_parse(NULL, 4, &d, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_edtf_parse(NULL, 0, &d, NULL), KARVAN_E_DATA);
    assert_int_equal(karvan_edtf_parse("1985-04!!", 7, &d, NULL), KARVAN_OK); /* n bytes, no NUL */
}

static void canonical_spelling(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"1985-04-12", "1985-04-12"},
        {"?2004", "2004?"},
        {"2004-06-11%", "2004-06-11%"},
        {"?2004-?06", "2004-06?"},
        {"2004~-06~", "2004-06~"},
        {"2004?-06-~11", "?2004-06-~11"},
        {"2004-06~-11", "~2004-~06-11"},
        {"?-2004-06-04~", "%-2004-~06-~04"},
        {"-2004-06?", "-2004-06?"},
        {"1950S02", NULL},
        {"1950S12", "1950S12"},
        {"1985-04-12T23:20:30+04:30", "1985-04-12T23:20:30+04:30"},
        {"Y-17E7S3?", "Y-17E7S3?"},
        {"[..1667,?1668,1670-01..1672]", "[..1667,1668?,1670-01..1672]"},
        {"2004-~06/..", "2004-~06/.."},
        {"/2004", "/2004"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char out[64];
        size_t n = strlen(pairs[i][0]);
        karvan_status st = karvan_edtf_normal(pairs[i][0], n, out, sizeof out, NULL);
        assert_int_equal(st, pairs[i][1] ? KARVAN_OK : KARVAN_E_DATA);
        assert_string_equal(out, pairs[i][1] ? pairs[i][1] : "");
        size_t need = strlen(out) + 1;
        if (st != KARVAN_OK) continue;
        karvan_error e = {0};
        assert_int_equal(karvan_edtf_normal(pairs[i][0], n, out, need, NULL), KARVAN_OK);
        assert_int_equal(karvan_edtf_normal(pairs[i][0], n, out, need - 1, &e), KARVAN_E_ARG);
        assert_string_equal(out, "");
        assert_non_null(strstr(e.msg, "do not hold"));
    }
    assert_int_equal(karvan_edtf_normal("1985", 4, NULL, 0, NULL), KARVAN_E_ARG);
}

static void the_heap_is_left_alone(void **state) {
    (void)state;
    char out[64];
    karvan_i_alloc_permits = 0;
    karvan_edtf d;
    karvan_status a = karvan_edtf_parse("[1667,1668,1670..1672]", 22, &d, NULL);
    karvan_status b = karvan_edtf_normal("2004?-06-~11/2005", 17, out, sizeof out, NULL);
    karvan_i_alloc_permits = -1;
    assert_int_equal(a, KARVAN_OK);
    assert_int_equal(b, KARVAN_OK);
    assert_int_equal(sizeof d, 64); /* as the header says */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(strict_bounds),
                                       cmocka_unit_test(divisions_of_the_year),
                                       cmocka_unit_test(fuzzy_bounds),
                                       cmocka_unit_test(ends_of_intervals),
                                       cmocka_unit_test(sets),
                                       cmocka_unit_test(flags_and_levels),
                                       cmocka_unit_test(what_is_wrong_is_named),
                                       cmocka_unit_test(odd_input_is_met),
                                       cmocka_unit_test(canonical_spelling),
                                       cmocka_unit_test(the_heap_is_left_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
