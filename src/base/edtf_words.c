/* What an EDTF string means, in words. */
#include <string.h>

#include "base/edtf.h"
#include "base/try.h"

typedef struct words {
    char *out;
    size_t n, cap;
} words;

static void put(words *w, const char *s) {
    for (; *s; s++, w->n++)
        if (w->n + 1 < w->cap) w->out[w->n] = *s;
}

static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

/* EDTF has a year 0; people have none, and call it 1 BCE. */
static void put_year(words *w, int64_t year) {
    char s[64];
    if (year > 0)
        (void)snprintf(s, sizeof s, "%lld", (long long)year);
    else
        (void)snprintf(s, sizeof s, "the year %lld (%lld BCE)", (long long)year,
                       (long long)(1 - year));
    put(w, s);
}

/* "30 August 1992" */
static void put_day(words *w, karvan_day d) {
    int64_t year;
    int month, day;
    char s[40];
    if (d == KARVAN_DAY_MIN || d == KARVAN_DAY_MAX) {
        put(w, d == KARVAN_DAY_MIN ? "the beginning of time" : "the end of time");
        return;
    }
    karvan_day_to_civil(d, &year, &month, &day);
    (void)snprintf(s, sizeof s, "%d %s ", day, MONTHS[month - 1]);
    put(w, s), put_year(w, year);
}

static void put_doubt(words *w, const karvan_edtf *d) {
    if (d->uncertain && d->approximate)
        put(w, ", about and not certain");
    else if (d->uncertain)
        put(w, ", not certain");
    else if (d->approximate)
        put(w, ", about");
}

/* Are the bounds those of one whole month, of one whole year? */
static bool whole_month(const karvan_edtf *d, int64_t *year, int *month) {
    int day;
    karvan_day_to_civil(d->earliest, year, month, &day);
    return day == 1 && d->latest == d->earliest + karvan_i_month_days(*year, *month) - 1;
}
static bool whole_year(const karvan_edtf *d, int64_t *year) {
    int month, day;
    karvan_day_to_civil(d->earliest, year, &month, &day);
    return month == 1 && day == 1 && d->latest == karvan_day_from_civil(*year, 12, 31);
}

/* ---- X ---- */

/* Seasons 21 to 24, and those of a hemisphere; quarters, thirds and halves of a year. */
static void put_season(words *w, int season) {
    static const char *const of_four[] = {"spring", "summer", "autumn", "winter"};
    char text[40];
    if (season <= 32)
        (void)snprintf(text, sizeof text, "%s%s", of_four[(season - 21) % 4],
                       season <= 24   ? ""
                       : season <= 28 ? " (of the north)"
                                      : " (of the south)");
    else
        (void)snprintf(text, sizeof text, "%s %d",
                       season <= 36   ? "quarter"
                       : season <= 39 ? "third"
                                      : "half",
                       season - (season <= 36   ? 32
                                 : season <= 39 ? 36
                                                : 39));
    put(w, text);
}

/* "of a year that is not known", "of a year from 1900 to 1999", or " 2004" as it follows a month.
 */
static void put_year_of(words *w, const karvan_edtf *d, bool known) {
    int64_t first, last;
    int month, day;
    karvan_day_to_civil(d->earliest, &first, &month, &day);
    karvan_day_to_civil(d->latest, &last, &month, &day);
    if (known) {
        put(w, " "), put_year(w, first);
    } else if (d->latest - d->earliest > 365250) {
        put(w, " of a year that is not known");
    } else {
        put(w, " of a year from "), put_year(w, first), put(w, " to "), put_year(w, last);
    }
}

/* Days that are no stretch, as X leaves parts out that stand before others: 10 April of some year,
 * day 10 of some month. false: it is none of these. */
static bool put_parts(words *w, const char *s, size_t n, const karvan_edtf *d, bool on) {
    karvan_i_edtf_date date;
    karvan_i_cursor c = {s, s, s + n, s + n};
    char text[40] = "";
    if (!d->unspecified || karvan_i_edtf_date_parse(&c, false, &date, NULL) != KARVAN_OK ||
        d->earliest == KARVAN_DAY_MIN || d->latest == KARVAN_DAY_MAX)
        return false;
    bool of_year = date.year_x && (date.season || date.month > 0),
         of_month = date.month < 0 && date.day > 0;
    if (!of_year && !of_month) return false;
    bool is_day = date.day > 0 && !date.season;
    put(w, !on ? "" : is_day ? "on " : "some day in ");
    if (of_month)
        (void)snprintf(text, sizeof text, "day %d of some month%s", date.day,
                       date.year_x ? "" : " of");
    else if (is_day)
        (void)snprintf(text, sizeof text, "%d %s", date.day, MONTHS[date.month - 1]);
    else if (date.season)
        put_season(w, date.season);
    else
        put(w, MONTHS[date.month - 1]);
    put(w, text), put_year_of(w, d, !date.year_x);
    return true;
}

/* A date that is no interval and no set. `day`: how an unknown day of it is called, as "some day in
 * "; "" where the whole is meant. */
static void put_date(words *w, const char *s, size_t n, const karvan_edtf *d, const char *day) {
    int64_t year;
    int month;
    if (put_parts(w, s, n, d, *day)) {
        /* said */
    } else if (d->earliest == d->latest) {
        put(w, *day ? "on " : ""), put_day(w, d->earliest);
    } else if (d->earliest == KARVAN_DAY_MIN || d->latest == KARVAN_DAY_MAX) {
        put(w, "from "), put_day(w, d->earliest), put(w, " to "), put_day(w, d->latest);
    } else if (d->unspecified && d->latest - d->earliest > 365250) {
        put(w, "in a year that is not known");
    } else if (whole_month(d, &year, &month)) {
        put(w, day), put(w, MONTHS[month - 1]), put(w, " "), put_year(w, year);
    } else if (whole_year(d, &year)) {
        put(w, day), put_year(w, year);
    } else {
        put(w, *day ? "some day from " : ""), put_day(w, d->earliest);
        put(w, " to "), put_day(w, d->latest);
    }
    put_doubt(w, d);
}

/* One side of an interval, which parsed as a whole. */
static void put_side(words *w, const char *s, size_t n) {
    karvan_edtf d;
    if (karvan_edtf_parse(s, n, &d, NULL) == KARVAN_OK) put_date(w, s, n, &d, "");
}

static void put_interval(words *w, const char *s, size_t n, const karvan_edtf *d) {
    const char *slash = memchr(s, '/', n);
    size_t left = (size_t)(slash - s), right = n - left - 1;
    static const char *const begins[] = {"", "without a beginning", "from a day that is not known"},
                             *const ends[] = {"", " on, without an end",
                                              " to a day that is not known"};
    if (d->start_kind == KARVAN_BOUND_OPEN && d->end_kind != KARVAN_BOUND_KNOWN) {
        put(w, d->end_kind == KARVAN_BOUND_OPEN
                   ? "without a beginning and without an end"
                   : "without a beginning, to a day that is not known");
        return;
    }
    bool starts = d->start_kind == KARVAN_BOUND_KNOWN, stops = d->end_kind == KARVAN_BOUND_KNOWN;
    if (starts) put(w, "from "), put_side(w, s, left);
    if (stops) put(w, starts ? " to " : "to "), put_side(w, slash + 1, right);
    if (!starts) put(w, stops ? ", " : ""), put(w, begins[d->start_kind]);
    if (!stops) put(w, ends[d->end_kind]);
}

/* The first day of a set that goes on: the year or the month alone, where its first date says no
 * more. */
static void put_first(words *w, const karvan_edtf *d) {
    int64_t year;
    int month, day;
    karvan_day_to_civil(d->earliest, &year, &month, &day);
    if (day != 1 || d->precision > 1 || (d->precision == 0 && month != 1)) {
        put_day(w, d->earliest);
        return;
    }
    if (d->precision == 1) put(w, MONTHS[month - 1]), put(w, " ");
    put_year(w, year);
}

/* One or all of some dates; of those up to or from one on, days without an end to them. */
static void put_set(words *w, const karvan_edtf *d) {
    bool begins = d->earliest != KARVAN_DAY_MIN, ends = d->latest != KARVAN_DAY_MAX;
    put(w, d->is_set == 1 ? "one of " : "all of ");
    if (begins && ends) {
        put(w, "several dates from "), put_day(w, d->earliest);
        put(w, " to "), put_day(w, d->latest);
    } else if (begins) {
        put(w, "the days from "), put_first(w, d), put(w, " on");
    } else if (ends) {
        put(w, "the days until "), put_day(w, d->latest);
    } else {
        put(w, "several dates, without a beginning and without an end");
    }
    put_doubt(w, d);
}

karvan_status karvan_edtf_words(const char *s, size_t n, char *out, size_t cap, karvan_error *err) {
    karvan_edtf d;
    if (!out || cap == 0) return karvan_fail(err, KARVAN_E_ARG, "no room for the words");
    out[0] = 0;
    karvan_status st = karvan_edtf_parse(s, n, &d, err);
    if (st != KARVAN_OK) return st;
    words w = {out, 0, cap};
    if (d.is_set) {
        put_set(&w, &d);
    } else if (d.is_interval) {
        put_interval(&w, s, n, &d);
    } else {
        put_date(&w, s, n, &d, "some day in ");
    }
    out[w.n < cap ? w.n : cap - 1] = 0;
    if (w.n < cap) return KARVAN_OK;
    out[0] = 0;
    return karvan_fail(err, KARVAN_E_ARG, "the words take %zu bytes", w.n + 1);
}
