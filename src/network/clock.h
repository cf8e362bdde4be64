#ifndef KARVAN_SRC_NETWORK_CLOCK_H
#define KARVAN_SRC_NETWORK_CLOCK_H
/* Routes by the clock. Clock hours count from 1970-01-01 00:00 UTC; a place's own clock shows its
 * utc_offset_h more. */
#include "network/graph.h"

/* What one leg of a route does to the clock: it waits for its gate, then for a departure by
 * headway, then for the weather; then it moves or dwells. */
typedef struct karvan_i_step {
    int32_t place;       /* by whose clock */
    karvan_i_gate gate;  /* when it lets loads through */
    bool gated;          /* false: always */
    int32_t service;     /* -1: none; else its headway, unless it has a timetable, and weather */
    int32_t other;       /* place at the other end of the service */
    double p50_h, sigma; /* lognormal; 0, 0 for a wait */
} karvan_i_step;
karvan_i_step karvan_i_leg_step(const karvan_network *net, const karvan_route *r, int32_t k);

/* Month 1..12 of a local hour. */
int karvan_i_month_of(double local_h);

/* The clock at which a load that meets an arc at utc_h has expectedly passed it; INFINITY: never.
 * No later for an earlier start: a load may let a departure go by where the next month's weather
 * makes a later one arrive sooner. */
double karvan_i_clock_after(const karvan_network *net, const karvan_i_arc *arc, double utc_h);

/* UTC hour of a moment by the clock of a place. */
double karvan_i_depart_utc_h(const karvan_network *net, int32_t place, const karvan_moment *at);
/* karvan_route_best; at: by the expected clock of a load that leaves then, NULL: by the arcs' own
 * hours. */
karvan_status karvan_i_route_solve(const karvan_network *net, const karvan_route_query *q,
                                   const karvan_moment *at, karvan_route *out, karvan_error *err);
#endif
