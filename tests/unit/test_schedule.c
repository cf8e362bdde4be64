/* Opening hours, timetables and seasons: what texts mean, which are refused and where; waits worked
 * out by hand, and beside a minute-by-minute walk over random weeks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "network/schedule.h"
#include "network/wait.h"
#include "sweep.h"

enum { DAY = 1440, WEEK = 7 * DAY };

static karvan_i_week opening(const char *s) {
    karvan_i_week w;
    karvan_error e = {0};
    if (karvan_i_opening_parse(s, &w, &e) != KARVAN_OK) fail_msg("'%s': %s", s, e.msg);
    return w;
}

static karvan_i_week timetable(const char *s) {
    karvan_i_week w;
    karvan_error e = {0};
    if (karvan_i_timetable_parse(s, &w, &e) != KARVAN_OK) fail_msg("'%s': %s", s, e.msg);
    return w;
}

static karvan_i_season season(const char *s) {
    karvan_i_season out;
    karvan_error e = {0};
    if (karvan_i_season_parse(s, &out, &e) != KARVAN_OK) fail_msg("'%s': %s", s, e.msg);
    return out;
}

static void is_near(double got, double expected) {
    if (!(fabs(got - expected) < 1e-9 * (1 + fabs(expected))))
        fail_msg("%.12g, not %.12g", got, expected);
}

/* Gaps of 48, 48 and 72 h: (2 48^2 + 72^2) / 336; (2 48^3 + 72^3) / 504 less its square. */
static void timetables_by_hand(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double mean, square;
        int n;
    } samples[] = {{"Mo-Su 12:00", 12, 192, 7},
                   {"12:00", 12, 192, 7},
                   {"Mo,We,Fr 08:00", 9792.0 / 336, 594432.0 / 504, 3},
                   {" Mo , We,Fr  08:00 ", 9792.0 / 336, 594432.0 / 504, 3},
                   {"Fr 08:00; Mo 08:00;We 08:00", 9792.0 / 336, 594432.0 / 504, 3},
                   {"Su 00:00", 84, 168.0 * 168 / 3, 1},
                   /* 14:30 and 18:00 on one day: gaps of 3.5 and 164.5 h */
                   {"Sa 18:00,14:30", (3.5 * 3.5 + 164.5 * 164.5) / 336,
                    (3.5 * 3.5 * 3.5 + 164.5 * 164.5 * 164.5) / 504, 2},
                   {"Sa-Mo 06:00; Su 06:00", (24.0 * 24 * 2 + 120 * 120) / 336,
                    (2 * 13824.0 + 1728000) / 504, 3}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_i_week w = timetable(samples[i].text);
        assert_int_equal(w.n, samples[i].n);
        is_near(karvan_i_week_mean_h(&w), samples[i].mean);
        is_near(karvan_i_week_var_h2(&w), samples[i].square - samples[i].mean * samples[i].mean);
        is_near(karvan_i_week_open(&w), 0);
        karvan_i_week_clear(&w);
    }
}

static void openings_by_hand(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double mean, open_h;
        int n;
    } samples[] = {
        {"24/7", 0, 168, 1},
        {"Mo-Su 00:00-24:00", 0, 168, 1},
        {"Mo-Su", 0, 168, 1},
        {"Mo-Fr 08:00-18:00", (4 * 14.0 * 14 + 62 * 62) / 336, 50, 5},
        {"Mo-Fr 08:00-18:00; Sa 09:00-13:00", /* nights of 14 h, then 15, then 43 */
         (4 * 14.0 * 14 + 15 * 15 + 43 * 43) / 336, 54, 6},
        {"20:00-04:00", 7 * 16.0 * 16 / 336, 56, 8}, /* Sunday's ends on Monday: cut in two */
        {"Mo-Su 08:00-20:00; Su off", (5 * 144.0 + 36 * 36) / 336, 72, 6},
        {"24/7; Su off", 24.0 * 24 / 336, 144, 1},
        {"Mo-Su 08:00-12:00,12:00-20:00", 7 * 144.0 / 336, 84, 7}, /* they touch */
        {"Mo-Fr 08:00-18:00; We 10:00-12:00", /* Wednesday's replaced: 16 before, 20 after */
         (2 * 14.0 * 14 + 16 * 16 + 20 * 20 + 62 * 62) / 336, 42, 5},
        {"Sa-Mo 10:00-14:00", (2 * 20.0 * 20 + 116 * 116) / 336, 12, 3}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_i_week w = opening(samples[i].text);
        assert_int_equal(w.n, samples[i].n);
        is_near(karvan_i_week_mean_h(&w), samples[i].mean);
        is_near(karvan_i_week_open(&w), samples[i].open_h / 168);
        karvan_i_week_clear(&w);
    }
}

static void seasons_by_hand(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int days[12];
    } samples[] = {{"Apr-Oct", {0, 0, 0, 30, 31, 30, 31, 31, 30, 31, 0, 0}},
                   {"Nov-Mar", {31, 29, 31, 0, 0, 0, 0, 0, 0, 0, 30, 31}},
                   {"Apr 15-Oct 31", {0, 0, 0, 16, 31, 30, 31, 31, 30, 31, 0, 0}},
                   {"Dec 24-Jan 2", {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8}},
                   {"Jul", {0, 0, 0, 0, 0, 0, 31, 0, 0, 0, 0, 0}},
                   {"Feb 28 - 29, Mar 21", {0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
                   {"Jan-Dec", {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_i_season s = season(samples[i].text);
        for (int m = 1; m <= 12; m++)
            assert_int_equal(karvan_i_season_days(&s, m), samples[i].days[m - 1]);
    }
    karvan_i_season s = season("Apr 15-Oct 31"), all = season("Jan-Dec");
    assert_false(karvan_i_in_season(&s, karvan_day_from_civil(2026, 4, 14)));
    assert_true(karvan_i_in_season(&s, karvan_day_from_civil(2026, 4, 15)));
    assert_true(karvan_i_in_season(&s, karvan_day_from_civil(2026, 10, 31)));
    assert_false(karvan_i_in_season(&s, karvan_day_from_civil(2026, 11, 1)));
    assert_true(karvan_i_all_year(&all) && !karvan_i_all_year(&s));
}

static void bad_texts(void **state) {
    (void)state;
    static const struct {
        char kind;
        const char *text, *why;
    } samples[] = {
        {'o', "", "byte 1: opening hours"},
        {'o', "Mo-Fr 8:00-18:00", "byte 7, at '8:00-18:00': hours as 08:00-18:00"},
        {'o', "Mo-Fr 08:00", "byte 12: a closing time"},
        {'o', "Mo-Fr 08:00-18:60", "byte 13, at '18:60': a time from 00:00 to 24:00"},
        {'o', "24:00-18:00", "byte 1, at '24:00-18:00': a time from 00:00 to 23:59"},
        {'o', "Mo 08:00-08:00", "byte 10, at '08:00': another closing time"},
        {'o', "Mo-", "byte 4: a day: Mo, Tu"},
        {'o', "Mo,", "byte 4: a day"},
        {'o', "mo-fr 08:00-18:00", "byte 1, at 'mo-fr 08:00-': hours"},
        {'o', "PH off", "byte 1, at 'PH off': hours"},
        {'o', "Mo 08:00-18:00;", "byte 16: opening hours"},
        {'o', "Mo 08:00-18:00 Sa 09:00-12:00", "byte 16, at 'Sa 09:00-12:': a comma before"},
        {'o', "Mo-Su off", "byte 1, at 'Mo-Su off': some hour at which it is open"},
        {'t', "", "byte 1: a departure, as in"},
        {'t', "Mo", "byte 3: a departure as 08:00"},
        {'t', "24/7", "byte 1, at '24/7': a departure as 08:00"},
        {'t', "Mo 24:00", "byte 4, at '24:00': a time from 00:00 to 23:59"},
        {'t', "Mo 08:00-09:00", "byte 9, at '-09:00': a comma before"},
        {'t', "Mo 08:00,", "byte 10: a departure as"},
        {'t', "Mo off", "byte 4, at 'off': a departure as"},
        {'s', "", "byte 1: a month: Jan, Feb"},
        {'s', "April-Oct", "byte 4, at 'il-Oct': a dash"},
        {'s', "Apr-", "byte 5: a month"},
        {'s', "Apr 31-Oct 1", "byte 5, at '31-Oct 1': a day of that month"},
        {'s', "Feb 30", "byte 5, at '30': a day of that month"},
        {'s', "Apr 0", "byte 5, at '0': a day of that month"},
        {'s', "Apr 150", "byte 5, at '150': a day of that month"},
        {'s', "Apr 15-Oct", "byte 11: a day at both ends"},
        {'s', "Apr-Oct 15", "byte 11: a day at both ends"},
        {'s', "Apr-15", "byte 5, at '15': a month"},
        {'s', "Apr-Oct,", "byte 9: a month"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_i_week w = {0};
        karvan_i_season s;
        karvan_error e = {0};
        karvan_status st = samples[i].kind == 'o' ? karvan_i_opening_parse(samples[i].text, &w, &e)
                           : samples[i].kind == 't'
                               ? karvan_i_timetable_parse(samples[i].text, &w, &e)
                               : karvan_i_season_parse(samples[i].text, &s, &e);
        if (st != KARVAN_E_DATA || !strstr(e.msg, samples[i].why))
            fail_msg("'%s' gives '%s', not '%s'", samples[i].text, e.msg, samples[i].why);
        assert_null(w.span);
    }
}

/* 2026-03-02 is a Monday. */
static double hour(int month, int day, double h) {
    return 24.0 * (double)karvan_day_from_civil(2026, month, day) + h;
}

static void next_departures(void **state) {
    (void)state;
    karvan_i_week w = timetable("Mo,We,Fr 08:00");
    karvan_i_gate g = {&w, karvan_i_whole_year(), KARVAN_DAY_MIN, KARVAN_DAY_MAX};
    double from, to;
    is_near(karvan_i_minute_of_week(0), 3 * DAY); /* 1970-01-01, a Thursday */
    is_near(karvan_i_minute_of_week(-72), 0);
    is_near(karvan_i_minute_of_week(hour(3, 2, 1.5)), 90);
    assert_true(karvan_i_gate_next(&g, hour(3, 2, 8), &from, &to)); /* in time */
    is_near(from, hour(3, 2, 8)), is_near(to, from);
    assert_true(karvan_i_gate_next(&g, hour(3, 2, 8.02), &from, &to));
    is_near(from, hour(3, 4, 8));
    assert_true(karvan_i_gate_next(&g, hour(3, 8, 23.99), &from, &to)); /* the next week's */
    is_near(from, hour(3, 9, 8));
    g.season = season("Apr 2-Oct 31");
    assert_true(karvan_i_gate_next(&g, hour(3, 2, 0), &from, &to)); /* 2 April is a Thursday */
    is_near(from, hour(4, 3, 8));
    g.first = karvan_day_from_civil(2026, 4, 4), g.last = karvan_day_from_civil(2026, 4, 8);
    assert_true(karvan_i_gate_next(&g, hour(1, 2, 0), &from, &to));
    is_near(from, hour(4, 6, 8));
    assert_true(karvan_i_gate_next(&g, hour(4, 8, 8), &from, &to));
    assert_false(karvan_i_gate_next(&g, hour(4, 8, 8.1), &from, &to));
    g.first = KARVAN_DAY_MAX;
    assert_false(karvan_i_gate_next(&g, 0, &from, &to));
    g = (karvan_i_gate){&w, season("Feb 29"), KARVAN_DAY_MIN, KARVAN_DAY_MAX};
    assert_true(karvan_i_gate_next(&g, hour(3, 2, 0), &from, &to)); /* a Friday in 2036? */
    int64_t y;
    int m, d;
    karvan_day_to_civil((karvan_day)floor(from / 24), &y, &m, &d);
    assert_true(m == 2 && d == 29 && y == 2036); /* 2028 a Tuesday, 2032 a Sunday, 2036 a Friday */
    assert_false(karvan_i_gate_next(&g, INFINITY, &from, &to));
    karvan_i_week_clear(&w);
}

/* ---- random weeks beside a walk from minute to minute ---- */

typedef struct drawn {
    bool open[WEEK + DAY], instants; /* minute m: open in [m, m + 1), or a departure at m */
    char text[2000];
} drawn;

static void draw(karvan_random *r, drawn *d) {
    static const char *const names[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
    size_t n = 0;
    memset(d, 0, sizeof *d);
    d->instants = karvan_random_below(r, 2);
    for (int day = 0; day < 7; day++) {
        int times = (int)karvan_random_below(r, 4), from[4], to[4];
        if (times == 0 && !(day == 6 && n == 0)) continue;
        if (times == 0) times = 1;
        for (int i = 0; i < times; i++) {
            from[i] = (int)karvan_random_below(r, DAY), to[i] = (int)karvan_random_below(r, DAY);
            if (to[i] == from[i]) to[i] = (from[i] + 1) % DAY;
            n += (size_t)snprintf(d->text + n, sizeof d->text - n, "%s%s %02d:%02d",
                                  i == 0 && n > 0 ? "; " : "", i == 0 ? names[day] : ",",
                                  from[i] / 60, from[i] % 60);
            if (!d->instants)
                n += (size_t)snprintf(d->text + n, sizeof d->text - n, "-%02d:%02d", to[i] / 60,
                                      to[i] % 60);
            int end = d->instants ? from[i] + 1 : to[i] > from[i] ? to[i] : to[i] + DAY;
            for (int m = from[i]; m < end; m++) d->open[(day * DAY + m) % WEEK] = true;
        }
    }
}

/* From a minute, plus a part of one in which a departure at its beginning is gone. */
static double walk(const drawn *d, int minute, double part) {
    for (int m = 0; m <= WEEK; m++) {
        bool open = d->open[(minute + m) % WEEK];
        if (open && m == 0 && (part == 0 || !d->instants)) return 0;
        if (open && m > 0) return (m - part) / 60.0;
    }
    return NAN;
}

static void random_weeks(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 20, 26);
    static drawn d;
    for (int trial = 0; trial < part_of(300); trial++) {
        draw(&r, &d);
        karvan_i_week w = d.instants ? timetable(d.text) : opening(d.text);
        karvan_i_gate g = {&w, karvan_i_whole_year(), KARVAN_DAY_MIN, KARVAN_DAY_MAX};
        double sum = 0;
        for (int m = 0; m < WEEK; m++) sum += walk(&d, m, 0.5); /* the mean over each minute */
        if (fabs(sum / WEEK - karvan_i_week_mean_h(&w)) > 1e-9)
            fail_msg("'%s': %.9f, not %.9f", d.text, karvan_i_week_mean_h(&w), sum / WEEK);
        for (int k = 0; k < 50; k++) {
            int m = (int)karvan_random_below(&r, WEEK);
            double part = k % 2 ? karvan_random_uniform(&r) : 0, from, to;
            double h = hour(3, 2, 168.0 * k + (m + part) / 60.0);
            assert_true(karvan_i_gate_next(&g, h, &from, &to));
            if (fabs(from - h - walk(&d, m, part)) > 1e-6)
                fail_msg("'%s' at minute %d + %g: %g, not %g", d.text, m, part, from - h,
                         walk(&d, m, part));
            assert_true(to >= from);
        }
        karvan_i_week_clear(&w);
    }
}

/* Hour by hour from a random day on, until season, days of service and the week all allow it. */
static void random_gates(void **state) {
    (void)state;
    static const char *const seasons[] = {"Jan-Dec", "Apr-Oct",       "Nov-Mar",
                                          "Feb 29",  "Jun 10-Jun 11", "Dec 30-Jan 2,Jul"};
    karvan_random r;
    karvan_random_init(&r, 20, 27);
    for (int trial = 0; trial < part_of(400); trial++) {
        char text[40];
        int day = (int)karvan_random_below(&r, 7), at = (int)karvan_random_below(&r, 24);
        static const char *const names[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
        (void)snprintf(text, sizeof text, "%s %02d:00", names[day], at);
        karvan_i_week w = timetable(text);
        karvan_day today = karvan_day_from_civil(2026, 1, 1) + (int)karvan_random_below(&r, 800);
        karvan_i_gate g = {trial % 2 ? &w : NULL, season(seasons[trial % 6]),
                           today + (int)karvan_random_below(&r, 300) - 150,
                           today + (int)karvan_random_below(&r, 4000)};
        double start = 24.0 * (double)today + (double)karvan_random_below(&r, 24), from = 0, to, h;
        for (h = start; h < start + 24.0 * 4400; h += 1) {
            karvan_day now = (karvan_day)floor(h / 24);
            bool runs = now >= g.first && now <= g.last && karvan_i_in_season(&g.season, now);
            bool leaves = !g.week || (int)karvan_i_minute_of_week(h) == day * DAY + at * 60;
            if (runs && leaves) break;
        }
        bool found = karvan_i_gate_next(&g, start, &from, &to);
        assert_int_equal(found, h < start + 24.0 * 4400);
        if (found) is_near(from, h);
        karvan_i_week_clear(&w);
    }
}

static void distribution_of_a_wait(void **state) {
    (void)state;
    static const double step_h = 0.25;
    karvan_i_week w = opening("Mo-Fr 08:00-18:00");
    karvan_i_pmf d;
    assert_int_equal(karvan_i_week_pmf(&w, step_h, &d, NULL), KARVAN_OK);
    is_near(karvan_i_pmf_mean_h(&d, step_h), karvan_i_week_mean_h(&w));
    /* P(wait <= 13.875 h) = 1 - (4 (14 - 13.875) + 62 - 13.875) / 168 */
    double upto = 0;
    for (int64_t k = 0; k < d.n && (double)(d.start + k) * step_h <= 13.8; k++) upto += d.p[k];
    assert_true(fabs(upto - (1 - (0.5 + 48.125) / 168)) < 0.01);
    assert_true(fabs(karvan_i_pmf_quantile_h(&d, 0.9, step_h) - (62 - 16.8)) < 0.02);
    karvan_i_pmf_clear(&d), karvan_i_week_clear(&w);
    w = opening("24/7");
    assert_int_equal(karvan_i_week_pmf(&w, step_h, &d, NULL), KARVAN_OK);
    is_near(karvan_i_pmf_mean_h(&d, step_h), 0), assert_int_equal(d.n, 1);
    karvan_i_pmf_clear(&d), karvan_i_week_clear(&w);
}

/* A year of two kinds of spells: 30 days of 24 h, 10 of 48: mean 30/365 24 + 10/365 48. */
static void closures_of_two_kinds(void **state) {
    (void)state;
    karvan_i_wait w = {.headway_h = 10, .cv = 0};
    w.closures = (karvan_i_closures){2, {30.0 / 365, 10.0 / 365}, {24, 48}};
    double mean = 30.0 / 365 * 24 + 10.0 / 365 * 48;
    is_near(karvan_i_closures_p(&w.closures), 40.0 / 365);
    is_near(karvan_i_wait_mean_h(&w), 5 + mean);
    is_near(karvan_i_wait_var_h2(&w),
            100.0 / 12 + 2 * (30.0 / 365 * 576 + 10.0 / 365 * 2304) - mean * mean);
    karvan_i_pmf d;
    assert_int_equal(karvan_i_pmf_wait(&w, 0.1, &d, NULL), KARVAN_OK);
    double second = 0, m = karvan_i_pmf_mean_h(&d, 0.1);
    for (int64_t k = 0; k < d.n; k++) second += d.p[k] * pow((double)(d.start + k) * 0.1 - m, 2);
    is_near(m, 5 + mean);
    assert_true(fabs(second / karvan_i_wait_var_h2(&w) - 1) < 1e-3);
    karvan_i_pmf_clear(&d);
    assert_int_equal(karvan_i_pmf_closed(&w.closures, 0.1, &d, NULL), KARVAN_OK);
    is_near(karvan_i_pmf_mean_h(&d, 0.1), 0.75 * 24 + 0.25 * 48);
    karvan_i_pmf_clear(&d);
}

static karvan_status both(karvan_error *err) {
    karvan_i_week w = {0};
    karvan_i_pmf d = {0};
    karvan_status st = karvan_i_opening_parse(
        "Mo-Su 01:00-02:00,03:00-04:00,05:00-06:00,07:00-08:00,09:00-10:00", &w, err);
    if (st == KARVAN_OK) st = karvan_i_week_pmf(&w, 0.5, &d, err);
    karvan_i_pmf_clear(&d), karvan_i_week_clear(&w);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(both, 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timetables_by_hand),    cmocka_unit_test(openings_by_hand),
        cmocka_unit_test(seasons_by_hand),       cmocka_unit_test(bad_texts),
        cmocka_unit_test(next_departures),       cmocka_unit_test(random_weeks),
        cmocka_unit_test(random_gates),          cmocka_unit_test(distribution_of_a_wait),
        cmocka_unit_test(closures_of_two_kinds), cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
