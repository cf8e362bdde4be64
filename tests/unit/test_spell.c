/* Spells between uncertain dates, by hand, and beside every reading of dates of a few days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(every_reading),
                                       cmocka_unit_test(two_spells)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
