/* What a week of openings or departures means for waits. A load that comes at a uniformly random
 * moment falls into a gap with probability gap / W and waits a uniform part of it. */
#include "network/schedule.h"

#include <math.h>

#include "base/alloc.h"

void karvan_i_week_clear(karvan_i_week *w) {
    karvan_i_free(w->span);
    *w = (karvan_i_week){0};
}

/* Hours from the end of span i to the next one, round the end of the week. */
static double gap_h(const karvan_i_week *w, int32_t i) {
    int32_t next =
        i + 1 < w->n ? w->span[i + 1].from : w->span[0].from + (int32_t)KARVAN_I_WEEK_MINUTES;
    return (next - w->span[i].to) / 60.0;
}

double karvan_i_week_mean_h(const karvan_i_week *w) {
    double sum = 0;
    for (int32_t i = 0; i < w->n; i++) sum += gap_h(w, i) * gap_h(w, i);
    return sum / (2.0 * KARVAN_I_WEEK_H);
}

double karvan_i_week_var_h2(const karvan_i_week *w) {
    double sum = 0, mean = karvan_i_week_mean_h(w);
    for (int32_t i = 0; i < w->n; i++) sum += gap_h(w, i) * gap_h(w, i) * gap_h(w, i);
    return sum / (3.0 * KARVAN_I_WEEK_H) - mean * mean;
}

double karvan_i_week_open(const karvan_i_week *w) {
    double open = 0;
    for (int32_t i = 0; i < w->n; i++) open += w->span[i].to - w->span[i].from;
    return open / KARVAN_I_WEEK_MINUTES;
}

/* P(wait > x) = sum of what each gap holds beyond x, over W. */
static double wait_cdf(double x, const void *week) {
    const karvan_i_week *w = week;
    double beyond = 0;
    if (x < 0) return 0;
    for (int32_t i = 0; i < w->n; i++) beyond += fmax(0.0, gap_h(w, i) - x);
    return 1.0 - beyond / KARVAN_I_WEEK_H;
}

karvan_status karvan_i_week_pmf(const karvan_i_week *w, double step_h, karvan_i_pmf *out,
                                karvan_error *err) {
    double reach = 0;
    for (int32_t i = 0; i < w->n; i++) reach = fmax(reach, gap_h(w, i));
    return karvan_i_pmf_of_cdf(wait_cdf, w, reach, karvan_i_week_mean_h(w), step_h, out, err);
}

double karvan_i_minute_of_week(double local_h) {
    double minute = fmod((local_h + 72.0) * 60.0, KARVAN_I_WEEK_MINUTES); /* a Thursday */
    if (minute < 0) minute += KARVAN_I_WEEK_MINUTES;
    return minute < KARVAN_I_WEEK_MINUTES ? minute : 0.0;
}

static uint32_t all_days(int month) {
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return (uint32_t)((1ull << days[month - 1]) - 1ull);
}

karvan_i_season karvan_i_whole_year(void) {
    karvan_i_season s;
    for (int m = 1; m <= 12; m++) s.days[m - 1] = all_days(m);
    return s;
}

bool karvan_i_all_year(const karvan_i_season *s) {
    for (int m = 1; m <= 12; m++)
        if (s->days[m - 1] != all_days(m)) return false;
    return true;
}

bool karvan_i_in_season(const karvan_i_season *s, karvan_day day) {
    int64_t year;
    int month, d;
    karvan_day_to_civil(day, &year, &month, &d);
    return (s->days[month - 1] >> (d - 1)) & 1u;
}

int karvan_i_season_days(const karvan_i_season *s, int month) {
    int n = 0;
    for (uint32_t bits = s->days[month - 1]; bits; bits &= bits - 1) n++;
    return n;
}

/* Index of the last span that begins at a minute or before, -1: none does. */
static int32_t span_before(const karvan_i_week *w, double minute) {
    int32_t lo = 0, hi = w->n;
    while (lo < hi) {
        int32_t mid = (lo + hi) / 2;
        if (w->span[mid].from <= minute)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo - 1;
}

/* A hundred thousand years: minutes are still told apart. */
static const double HOURS_MAX = 1e9;
/* A sum of hours may miss the full minute by a hair; then the load is in time. */
static const double HAIR_H = 1e-7;

/* The next span of the week from an hour on, in hours; it may have begun before. */
static void week_next(const karvan_i_week *w, double local_h, double *from, double *to) {
    double minute = karvan_i_minute_of_week(local_h), whole = round(minute);
    if (fabs(minute - whole) < 60 * HAIR_H) minute = whole;
    double monday = local_h - minute / 60.0;
    if (minute >= KARVAN_I_WEEK_MINUTES) minute = 0, monday = local_h;
    int32_t i = span_before(w, minute);
    bool open = i >= 0 && (minute < w->span[i].to || minute == w->span[i].from);
    if (!open) i++;
    if (i == w->n) i = 0, monday += KARVAN_I_WEEK_H;
    *from = open ? local_h : monday + w->span[i].from / 60.0;
    *to = fmax(*from, monday + w->span[i].to / 60.0);
}

static karvan_day day_of(double local_h) { return (karvan_day)floor((local_h + HAIR_H) / 24.0); }

/* First day of the season from a day on; false: it has none (a season of 29 February alone comes
 * back within eight years). */
static bool season_next(const karvan_i_season *s, karvan_day *day) {
    for (int i = 0; i < 9 * 366; i++, ++*day)
        if (karvan_i_in_season(s, *day)) return true;
    return false;
}

bool karvan_i_gate_next(const karvan_i_gate *g, double local_h, double *from, double *to) {
    enum { TRIES = 4000 }; /* a weekday of a season of one day may be years away */
    bool all_year = karvan_i_all_year(&g->season);
    double h = local_h;
    if (!(fabs(h) < HOURS_MAX)) return false;
    for (int i = 0; i < TRIES; i++) {
        karvan_day day = day_of(h);
        if (day < g->first) {
            if (g->first == KARVAN_DAY_MAX) return false;
            day = g->first, h = 24.0 * (double)day;
        }
        karvan_day runs = day;
        if (!all_year && !season_next(&g->season, &runs)) return false;
        if (runs > day) h = 24.0 * (double)runs;
        if (runs > g->last) return false;
        *from = h, *to = INFINITY;
        if (g->week) week_next(g->week, h, from, to);
        if (day_of(*from) == runs || (all_year && day_of(*from) <= g->last)) {
            double end = INFINITY; /* of the day, or of the service */
            if (!all_year) end = 24.0 * (double)(day_of(*from) + 1);
            if (g->last < KARVAN_DAY_MAX) end = fmin(end, 24.0 * ((double)g->last + 1));
            *to = fmax(*from, fmin(*to, end));
            return true;
        }
        h = 24.0 * (double)day_of(*from); /* the season may have ended before */
    }
    return false;
}
