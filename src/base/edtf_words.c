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

/* A date that is no interval and no set. `day`: how an unknown day of it is called, as "some day in
 * "; "" where the whole is meant. */
static void put_date(words *w, const karvan_edtf *d, const char *day) {
    int64_t year;
    int month;
    if (d->earliest == d->latest) {
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
    if (karvan_edtf_parse(s, n, &d, NULL) == KARVAN_OK) put_date(w, &d, "");
}

static void put_interval(words *w, const char *s, size_t n, const karvan_edtf *d) {
    const char *slash = memchr(s, '/', n);
    size_t left = (size_t)(slash - s), right = n - left - 1;
    static const char *const begins[] = {"", "without a beginning", "from a day that is not known"},
                             *const ends[] = {"", " on, without an end",
                                              " to a day that is not known"};
    bool starts = d->start_kind == KARVAN_BOUND_KNOWN, stops = d->end_kind == KARVAN_BOUND_KNOWN;
    if (starts) put(w, "from "), put_side(w, s, left);
    if (stops) put(w, starts ? " to " : "to "), put_side(w, slash + 1, right);
    if (!starts) put(w, stops ? ", " : ""), put(w, begins[d->start_kind]);
    if (!stops) put(w, ends[d->end_kind]);
}

karvan_status karvan_edtf_words(const char *s, size_t n, char *out, size_t cap, karvan_error *err) {
    karvan_edtf d;
    if (!out || cap == 0) return karvan_fail(err, KARVAN_E_ARG, "no room for the words");
    out[0] = 0;
    karvan_status st = karvan_edtf_parse(s, n, &d, err);
    if (st != KARVAN_OK) return st;
    words w = {out, 0, cap};
    if (d.is_set) {
        put(&w, d.is_set == 1 ? "one of several dates from " : "all of several dates from ");
        put_day(&w, d.earliest), put(&w, " to "), put_day(&w, d.latest), put_doubt(&w, &d);
    } else if (d.is_interval) {
        put_interval(&w, s, n, &d);
    } else {
        put_date(&w, &d, "some day in ");
    }
    out[w.n < cap ? w.n : cap - 1] = 0;
    if (w.n < cap) return KARVAN_OK;
    out[0] = 0;
    return karvan_fail(err, KARVAN_E_ARG, "the words take %zu bytes", w.n + 1);
}
