/* Spells between uncertain dates, by hand, and beside every reading of dates of a few days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "record/spell.h"
#include "share.h"

static karvan_edtf date(const char *text) {
    karvan_edtf d;
    karvan_error e = {0};
    if (karvan_edtf_parse(text, strlen(text), &d, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return d;
}

/* from, to: "" not known; to "..": goes on. */
static karvan_truth in_year(const char *from, const char *to, int year) {
    karvan_edtf a, b;
    bool goes_on = strcmp(to, "..") == 0;
    if (*from) a = date(from);
    if (*to && !goes_on) b = date(to);
    return karvan_i_spell_in(*from ? &a : NULL, *to && !goes_on ? &b : NULL, goes_on,
                             karvan_day_from_civil(year, 1, 1),
                             karvan_day_from_civil(year, 12, 31));
}

static void by_hand(void **state) {
    (void)state;
    /* a membership since some day of 1992 that goes on */
    assert_int_equal(in_year("1992", "..", 1991), KARVAN_NO);
    assert_int_equal(in_year("1992", "..", 1992), KARVAN_YES);
    assert_int_equal(in_year("1992", "..", 2024), KARVAN_YES);
    /* an end that is not known: in the year of its beginning for certain, later maybe */
    assert_int_equal(in_year("1992-05-15", "", 1992), KARVAN_YES);
    assert_int_equal(in_year("1992-05-15", "", 1993), KARVAN_MAYBE);
    /* since when is not known */
    assert_int_equal(in_year("", "1999-04-02", 1999), KARVAN_YES);
    assert_int_equal(in_year("", "1999-04-02", 1998), KARVAN_MAYBE);
    assert_int_equal(in_year("", "1999-04-02", 2000), KARVAN_NO);
    assert_int_equal(in_year("", "", 2000), KARVAN_MAYBE);
    assert_int_equal(in_year("", "..", 2000), KARVAN_MAYBE);
    /* a year that is not certain, at either end */
    assert_int_equal(in_year("1992/1994", "..", 1993), KARVAN_MAYBE);
    assert_int_equal(in_year("1992/1994", "..", 1994), KARVAN_YES);
    assert_int_equal(in_year("1990", "199X", 1990), KARVAN_YES);
    assert_int_equal(in_year("1990", "199X", 1995), KARVAN_MAYBE);
    assert_int_equal(in_year("1990", "199X", 2000), KARVAN_NO);
    /* it began before it ended, and so by 1995 whatever else is not known of its beginning */
    assert_int_equal(in_year("1990/2010", "1995", 1995), KARVAN_YES);
    assert_int_equal(in_year("1990/2010", "1993/1995", 1995), KARVAN_MAYBE);
    /* both within one year */
    assert_int_equal(in_year("1992-03", "1992-04", 1992), KARVAN_YES);
    /* in the wrong order: nothing is certain */
    assert_int_equal(in_year("1995", "1992", 1991), KARVAN_NO);
    assert_int_equal(in_year("1995", "1992", 1993), KARVAN_MAYBE);
    assert_int_equal(in_year("1995", "1992", 1996), KARVAN_NO);
}

/* ---- every reading of dates within a few days ---- */

enum { DAYS = 7 };

typedef struct uncertain {
    int least, most;
    bool known, goes_on;
} uncertain;

typedef struct seen {
    bool some, all, any_reading;
} seen;

static bool is_reading(const uncertain *from, const uncertain *to, int b, int e) {
    if (from->known && (b < from->least || b > from->most)) return false;
    if (to->goes_on) return e == DAYS;
    if (to->known && (e < to->least || e > to->most)) return false;
    return b <= e;
}

/* Days -1 and DAYS stand for whatever lies before and behind. */
static seen look(const uncertain *from, const uncertain *to, int first, int last) {
    seen s = {.all = true};
    for (int b = -1; b <= DAYS; b++)
        for (int e = -1; e <= DAYS; e++) {
            if (!is_reading(from, to, b, e)) continue;
            bool shares = b <= last && e >= first;
            s.any_reading = true, s.some |= shares, s.all &= shares;
        }
    return s;
}

static karvan_truth said(const seen *s) {
    return !s->some ? KARVAN_NO : s->all ? KARVAN_YES : KARVAN_MAYBE;
}

static karvan_i_spell spell(const uncertain *from, const uncertain *to) {
    const karvan_edtf f = {.earliest = from->least, .latest = from->most},
                      t = {.earliest = to->least, .latest = to->most};
    return karvan_i_spell_of(from->known ? &f : NULL, to->known && !to->goes_on ? &t : NULL,
                             to->goes_on);
}

/* All dates: every stretch of days, not known, and as an end also without end. */
static int all_dates(uncertain *out, bool end) {
    int n = 0;
    for (int a = 0; a < DAYS; a++)
        for (int b = a; b < DAYS; b++) out[n++] = (uncertain){a, b, true, false};
    out[n++] = (uncertain){0};
    if (end) out[n++] = (uncertain){.goes_on = true};
    return n;
}

static void every_reading(void **state) {
    (void)state;
    uncertain from[64], to[64];
    int n_from = all_dates(from, false), n_to = all_dates(to, true), without = 0;
    for (int i = 0; i < n_from; i++)
        for (int j = 0; j < n_to; j++)
            for (int first = 0; first < DAYS; first++)
                for (int last = first; last < DAYS; last++) {
                    const karvan_i_spell s = spell(&from[i], &to[j]);
                    const seen all = look(&from[i], &to[j], first, last);
                    karvan_truth got = karvan_i_spell_within(&s, first, last);
                    without += !all.any_reading;
                    if (all.any_reading)
                        assert_int_equal(got, said(&all));
                    else
                        assert_int_equal(got, to[j].least <= last && from[i].most >= first
                                                  ? KARVAN_MAYBE
                                                  : KARVAN_NO);
                }
    assert_true(without > 0);
}

/* Two spells: every pair of their readings. */
static karvan_truth meet(const uncertain *from, const uncertain *to) {
    seen s = {.all = true};
    for (int b = -1; b <= DAYS; b++)
        for (int e = -1; e <= DAYS; e++) {
            if (!is_reading(&from[0], &to[0], b, e)) continue;
            const seen other = look(&from[1], &to[1], b, e);
            s.some |= other.some, s.all &= other.all;
        }
    return said(&s);
}

static void two_spells(void **state) {
    (void)state;
    uncertain from[64], to[64], f[2], t[2];
    int n_from = all_dates(from, false), n_to = all_dates(to, true), tried = 0;
    karvan_random r;
    karvan_random_init(&r, 7, 0);
    for (int i = 0; i < part_of(200000); i++) {
        bool good = true;
        for (int k = 0; k < 2; k++) {
            f[k] = from[karvan_random_below(&r, (uint64_t)n_from)];
            t[k] = to[karvan_random_below(&r, (uint64_t)n_to)];
            good = good && !(f[k].known && t[k].known && f[k].least > t[k].most);
        }
        if (!good) continue; /* without a reading */
        tried++;
        const karvan_i_spell a = spell(&f[0], &t[0]), b = spell(&f[1], &t[1]);
        assert_int_equal(karvan_i_spells_meet(&a, &b), meet(f, t));
        assert_int_equal(karvan_i_spells_meet(&b, &a), meet(f, t));
    }
    assert_true(tried > 0);
}

/* ---- two spells and a year: limits of a few days, every day tried ---- */

static karvan_i_spell some_limits(karvan_random *r) {
    karvan_i_spell d;
    d.begin_least = (karvan_day)karvan_random_below(r, 10);
    d.begin_most = d.begin_least + (karvan_day)karvan_random_below(r, 4);
    d.end_least = d.begin_least + (karvan_day)karvan_random_below(r, 6);
    d.end_most = (d.end_least > d.begin_most ? d.end_least : d.begin_most) +
                 (karvan_day)karvan_random_below(r, 4);
    return d;
}

static karvan_truth all_meanings(const karvan_i_spell *a, const karvan_i_spell *b, karvan_day first,
                                 karvan_day last) {
    seen s = {.all = true};
    for (karvan_day ab = a->begin_least; ab <= a->begin_most; ab++)
        for (karvan_day ae = a->end_least > ab ? a->end_least : ab; ae <= a->end_most; ae++)
            for (karvan_day bb = b->begin_least; bb <= b->begin_most; bb++)
                for (karvan_day be = b->end_least > bb ? b->end_least : bb; be <= b->end_most;
                     be++) {
                    karvan_day begin = ab > bb ? ab : bb, end = ae < be ? ae : be;
                    bool joint = begin <= end && begin <= last && end >= first;
                    s.some |= joint, s.all &= joint;
                }
    return said(&s);
}

static void two_in_a_year(void **state) {
    (void)state;
    karvan_random r;
    long n[3] = {0};
    karvan_random_init(&r, 5, 1);
    for (int k = 0; k < part_of(100000); k++) {
        karvan_i_spell a = some_limits(&r), b = some_limits(&r);
        karvan_day first = 3 + (karvan_day)karvan_random_below(&r, 6), last = first + 3;
        karvan_truth t = karvan_i_spells_joint(&a, &b, first, last);
        if (t != all_meanings(&a, &b, first, last))
            fail_msg("case %d: %s, all meanings say %s", k, karvan_truth_name(t),
                     karvan_truth_name(all_meanings(&a, &b, first, last)));
        n[t]++;
    }
    if (all_cases()) assert_true(n[0] > 1000 && n[1] > 1000 && n[2] > 1000);
}

/* ---- dates as they are written, drawn at random, and every day that they may mean ---- */

enum { YEAR = 2001 };

static void draw_day(karvan_random *r, char *out, size_t cap) {
    unsigned month = 1 + (unsigned)karvan_random_below(r, 12),
             day = 1 + (unsigned)karvan_random_below(r, 28);
    int year = YEAR - 1 + (int)karvan_random_below(r, 3);
    switch (karvan_random_below(r, 3)) {
    case 0:
        (void)snprintf(out, cap, "%d", year);
        break;
    case 1:
        (void)snprintf(out, cap, "%d-%02u", year, month);
        break;
    default:
        (void)snprintf(out, cap, "%d-%02u-%02u", year, month, day);
    }
}

/* A date, one of two, an interval, one without an end, one whose end is not known. false: the two
 * days drawn stand in the wrong order. */
static bool draw_date(karvan_random *r, char *text, size_t cap, karvan_edtf *d) {
    char a[40], b[40];
    draw_day(r, a, sizeof a), draw_day(r, b, sizeof b);
    switch (karvan_random_below(r, 5)) {
    case 0:
        (void)snprintf(text, cap, "%s", a);
        break;
    case 1:
        (void)snprintf(text, cap, "[%s,%s]", a, b);
        break;
    case 2:
        (void)snprintf(text, cap, "%s/%s", a, b);
        break;
    case 3:
        (void)snprintf(text, cap, "%s/..", a);
        break;
    default:
        (void)snprintf(text, cap, "%s/", a);
    }
    return karvan_edtf_parse(text, strlen(text), d, NULL) == KARVAN_OK;
}

/* Readings by their ends alone: what is asked changes only at the limits and at the year's. */
typedef struct ends {
    karvan_day least, most;
} ends;

static int candidates(ends e, karvan_day first, karvan_day last, karvan_day *out) {
    const karvan_day days[] = {e.least, e.most, first - 1, first, last, last + 1};
    int n = 0;
    for (int i = 0; i < 6; i++)
        if (days[i] >= e.least && days[i] <= e.most) out[n++] = days[i];
    return n;
}

static karvan_truth slowly(ends begin, ends end, karvan_day first, karvan_day last, bool *any) {
    karvan_day b[6], e[6];
    int n = candidates(begin, first, last, b), m = candidates(end, first, last, e);
    seen s = {.all = true};
    for (int i = 0; i < n; i++)
        for (int k = 0; k < m; k++) {
            if (b[i] > e[k]) continue;
            bool shares = b[i] <= last && e[k] >= first;
            s.any_reading = true, s.some |= shares, s.all &= shares;
        }
    *any = s.any_reading;
    return said(&s);
}

static karvan_day least(karvan_day a, karvan_day b) { return a < b ? a : b; }

/* What a claim's date says of a state, alone and with an end that another row gives. */
static void written_dates(void **state) {
    (void)state;
    const karvan_day first = karvan_day_from_civil(YEAR, 1, 1),
                     last = karvan_day_from_civil(YEAR, 12, 31);
    karvan_random r;
    long n[3] = {0}, without = 0;
    karvan_random_init(&r, 11, 0);
    for (int i = 0; i < part_of(100000); i++) {
        char text[2][96];
        karvan_edtf d, shut;
        if (!draw_date(&r, text[0], sizeof text[0], &d)) continue;
        if (!draw_date(&r, text[1], sizeof text[1], &shut)) continue;
        bool going = !d.is_interval || d.end_kind == KARVAN_BOUND_OPEN, any;
        ends begin = {d.earliest, d.is_interval ? d.start_latest : d.latest};
        ends end = {going ? KARVAN_DAY_MAX : d.end_earliest, going ? KARVAN_DAY_MAX : d.latest};
        const karvan_i_spell s = karvan_i_spell_dated(&d), cut = karvan_i_spell_ended(s, &shut);
        karvan_truth t = karvan_i_spell_within(&s, first, last),
                     want = slowly(begin, end, first, last, &any);
        if (t != want) fail_msg("%s: %s, not %s", text[0], karvan_truth_name(t), text[1]);
        n[t]++;
        end = (ends){least(end.least, shut.earliest), least(end.most, shut.latest)};
        want = slowly(begin, end, first, last, &any);
        t = karvan_i_spell_within(&cut, first, last);
        without += !any;
        if (any ? t != want : t == KARVAN_YES)
            fail_msg("%s until %s: %s", text[0], text[1], karvan_truth_name(t));
    }
    if (all_cases()) assert_true(n[0] > 1000 && n[1] > 1000 && n[2] > 1000 && without > 1000);
}

/* By hand: what begins in a year, some dates of a set, a date that is not known. */
static void dated(void **state) {
    (void)state;
    const struct {
        const char *date;
        int year;
        karvan_truth holds, begins;
    } cases[] = {{"2001", 2000, KARVAN_NO, KARVAN_NO},
                 {"2001", 2001, KARVAN_YES, KARVAN_YES},
                 {"2001", 2009, KARVAN_YES, KARVAN_NO},
                 {"[2001,2003]", 2001, KARVAN_MAYBE, KARVAN_MAYBE},
                 {"[2001,2003]", 2003, KARVAN_YES, KARVAN_MAYBE},
                 {"2000-12-30/2001-01-03", 2000, KARVAN_YES, KARVAN_YES},
                 {"2000-12-30/2001-01-03", 2001, KARVAN_YES, KARVAN_NO},
                 {"2000/2001", 2002, KARVAN_NO, KARVAN_NO},
                 {"2001/", 2001, KARVAN_YES, KARVAN_YES},
                 {"2001/", 2002, KARVAN_MAYBE, KARVAN_NO},
                 {"2001/..", 2002, KARVAN_YES, KARVAN_NO},
                 {"{2001,2003}", 2001, KARVAN_YES, KARVAN_YES},
                 {"{2001,2003}", 2002, KARVAN_MAYBE, KARVAN_NO},
                 {"{2001,2003}", 2004, KARVAN_NO, KARVAN_NO}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const karvan_edtf d = date(cases[i].date);
        const karvan_i_spell s = karvan_i_spell_dated(&d);
        karvan_day first, last;
        karvan_i_year_days(cases[i].year, &first, &last);
        karvan_truth holds = karvan_i_spell_within(&s, first, last),
                     begins = karvan_i_spell_begins(&s, first, last);
        if (holds != cases[i].holds || begins != cases[i].begins)
            fail_msg("%s in %d: %s, %s", cases[i].date, cases[i].year, karvan_truth_name(holds),
                     karvan_truth_name(begins));
    }
    const karvan_i_spell s = karvan_i_spell_dated(NULL),
                         shut = karvan_i_spell_ended(
                             karvan_i_spell_of(&(karvan_edtf){.earliest = 5, .latest = 5}, NULL,
                                               true),
                             NULL);
    assert_int_equal(karvan_i_spell_within(&s, 0, 9), KARVAN_MAYBE);
    assert_int_equal(karvan_i_spell_within(&shut, 5, 5), KARVAN_YES); /* closed, who knows when */
    assert_int_equal(karvan_i_spell_within(&shut, 6, 9), KARVAN_MAYBE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),       cmocka_unit_test(every_reading),
        cmocka_unit_test(two_spells),    cmocka_unit_test(two_in_a_year),
        cmocka_unit_test(written_dates), cmocka_unit_test(dated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
