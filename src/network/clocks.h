#ifndef KARVAN_SRC_NETWORK_CLOCKS_H
#define KARVAN_SRC_NETWORK_CLOCKS_H
/* What the rows of a region say of time, read once: when a service sails, when a terminal is open,
 * from which day to which a row is in service, what the weather does, where midnight is. */
#include "network/weather.h"

typedef struct karvan_i_departures {
    karvan_i_week timetable; /* n 0: by headway */
    karvan_i_gate gate;      /* its week is the timetable, or NULL */
    double headway_h, cv, closed_days_year;
    karvan_i_queue queue; /* n 0: nobody is left behind */
} karvan_i_departures;

typedef struct karvan_i_clocks {
    int32_t n_services, n_terminals, n_links, n_places;
    karvan_i_departures *service; /* [n_services] */
    karvan_i_week *opening;       /* [n_terminals] n 0: it says nothing */
    karvan_i_gate *terminal;      /* [n_terminals] its week is the opening, or NULL */
    karvan_day *link;             /* [2 n_links] first and last day */
    double *utc_offset_h;         /* [n_places] */
    karvan_i_weather weather;
    double spell_h; /* where no row gives one */
} karvan_i_clocks;

/* spell_h: of closures that only closed_days_year tells of. KARVAN_E_DATA with file:line:column:
 * a schedule that cannot be read, a headway that is missing where there is no timetable. */
karvan_status karvan_i_clocks_read(const karvan_package *region, double spell_h,
                                   karvan_i_clocks *out, karvan_error *err);
void karvan_i_clocks_clear(karvan_i_clocks *c);

/* The wait for a row of services between two places; month 0: the year's average. */
karvan_i_wait karvan_i_service_wait(const karvan_i_clocks *c, int32_t service, int32_t a, int32_t b,
                                    int month);
/* The queue of a row of services, NULL: nobody is left behind. */
const karvan_i_queue *karvan_i_service_queue(const karvan_i_clocks *c, int32_t service);
/* The wait for a row of terminals to open; of nothing where it is always open. */
karvan_i_wait karvan_i_opening_wait(const karvan_i_clocks *c, int32_t terminal);
/* Does the service run, month 0: on this day; else on half the days of the month at least? */
bool karvan_i_service_runs(const karvan_i_clocks *c, int32_t service, karvan_day day, int month);

/* Gaps between the departures of a cycle, hours: of the week's timetable, or one headway where all
 * are alike. gap_h NULL: only how many; 0: departures are not regular. */
int32_t karvan_i_regular_gaps(const karvan_i_week *timetable, double headway_h, double cv,
                              double *gap_h);
/* Coefficient of variation of a service's headways: headway_cv; of a ship that leaves when full and
 * has none, 1 / sqrt(capacity): it fills at random, a TEU at a time; else 0. */
double karvan_i_headway_cv(const karvan_table *services, int64_t row);
#endif
