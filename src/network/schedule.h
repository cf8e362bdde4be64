#ifndef KARVAN_SRC_NETWORK_SCHEDULE_H
#define KARVAN_SRC_NETWORK_SCHEDULE_H
/* The clock columns of a region: opening hours, timetables and seasons, in a subset of
 * OpenStreetMap's opening_hours. A week is a set of spans; a departure is a span of no length.
 * Local hours count from 1970-01-01 00:00 where the row stands. */
#include "network/time.h"

enum { KARVAN_I_WEEK_MINUTES = 7 * 24 * 60 };
static const double KARVAN_I_WEEK_H = 168.0;

typedef struct karvan_i_span {
    int32_t from, to; /* minutes from Monday 00:00: 0 <= from <= to <= a week, from below a week */
} karvan_i_span;

/* When something lets loads through, every week anew. */
typedef struct karvan_i_week {
    int32_t n;
    karvan_i_span *span; /* [n] in order, apart from one another */
} karvan_i_week;

/* The days of a year on which something runs. */
typedef struct karvan_i_season {
    uint32_t days[12]; /* of each month: bit d - 1 for day d; February has 29 */
} karvan_i_season;

/* "24/7", "Mo-Fr 08:00-18:00; Sa 09:00-13:00", "Mo-Su 20:00-04:00", "08:00-12:00,13:00-17:00",
 * "Mo-Su 08:00-20:00; Su off": a later rule replaces earlier ones on its days, as in
 * OpenStreetMap. KARVAN_E_DATA: "byte 4: ..." with what would be right. */
karvan_status karvan_i_opening_parse(const char *s, karvan_i_week *out, karvan_error *err);
/* "Mo,We,Fr 08:00; Sa 14:30,18:00", "Mo-Su 12:00": the departures of all rules together. */
karvan_status karvan_i_timetable_parse(const char *s, karvan_i_week *out, karvan_error *err);
/* "Apr-Oct", "Apr 15-Oct 31", "Nov-Mar", "Jan-Feb,Dec 24-31": both ends are in. */
karvan_status karvan_i_season_parse(const char *s, karvan_i_season *out, karvan_error *err);
void karvan_i_week_clear(karvan_i_week *w);

/* Wait of a load that comes at a uniformly random moment of the week, hours: sum of gap^2 / 2W; its
 * variance, from sum of gap^3 / 3W; the chance that it need not wait. */
double karvan_i_week_mean_h(const karvan_i_week *w);
double karvan_i_week_var_h2(const karvan_i_week *w);
double karvan_i_week_open(const karvan_i_week *w);
/* The distribution of that wait: each grid point holds the mass of the step around it. */
karvan_status karvan_i_week_pmf(const karvan_i_week *w, double step_h, karvan_i_pmf *out,
                                karvan_error *err);

/* Hours after 1970-01-01 00:00 of local time as the minute of its week, [0, a week). */
double karvan_i_minute_of_week(double local_h);
/* Is a day in the season? Is all of the year? */
bool karvan_i_in_season(const karvan_i_season *s, karvan_day day);
bool karvan_i_all_year(const karvan_i_season *s);
/* Days of month 1..12 in the season; February counts 29. */
int karvan_i_season_days(const karvan_i_season *s, int month);
karvan_i_season karvan_i_whole_year(void);

/* When a row lets loads through, by the clock of its place. */
typedef struct karvan_i_gate {
    const karvan_i_week *week; /* NULL: at any hour */
    karvan_i_season season;
    karvan_day first, last; /* in service from the beginning of one to the end of the other */
} karvan_i_gate;
/* The next stretch [from, to] of local hours in which loads pass, from the given hour on: from is
 * the hour itself where it is open then, to = from for a departure. Stretches may be cut at
 * midnight. False: never again. */
bool karvan_i_gate_next(const karvan_i_gate *g, double local_h, double *from, double *to);
#endif
