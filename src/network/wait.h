#ifndef KARVAN_SRC_NETWORK_WAIT_H
#define KARVAN_SRC_NETWORK_WAIT_H
/* Waits of a load that comes at random: for a departure or an opening, then for the weather. */
#include "network/schedule.h"

/* Weather closures: which of n kinds holds, and how long its spells last. One kind for a month; for
 * the whole year one for each month. */
typedef struct karvan_i_closures {
    int n;
    double p[12];       /* chance to find it closed; they sum to 1 at the most */
    double spell_h[12]; /* mean of a spell, exponential: what is left is as long as a whole one */
} karvan_i_closures;

typedef struct karvan_i_wait {
    double headway_h, cv;      /* departures of gamma headways: mean, coefficient of variation */
    const karvan_i_week *week; /* a timetable or opening hours instead; NULL: by headway */
    karvan_i_closures closures;
} karvan_i_wait;

double karvan_i_closures_mean_h(const karvan_i_closures *c);
/* Chance to find it closed. */
double karvan_i_closures_p(const karvan_i_closures *c);
/* Expected wait: H (1 + c^2) / 2, or that of the week; and the closures'. Its variance: the
 * residual life's second moment is E H^3 / 3H = H^2 (1 + c^2)(1 + 2 c^2) / 3. */
double karvan_i_wait_mean_h(const karvan_i_wait *w);
double karvan_i_wait_var_h2(const karvan_i_wait *w);
/* The distribution: of the residual life of a gamma headway, or of the wait of the week; then, with
 * its probability, an exponential closure. */
karvan_status karvan_i_pmf_wait(const karvan_i_wait *w, double step_h, karvan_i_pmf *out,
                                karvan_error *err);
/* Its parts: for the departure alone; what is left of a closure, once there is one. */
karvan_status karvan_i_pmf_departure(const karvan_i_wait *w, double step_h, karvan_i_pmf *out,
                                     karvan_error *err);
karvan_status karvan_i_pmf_closed(const karvan_i_closures *c, double step_h, karvan_i_pmf *out,
                                  karvan_error *err);
#endif
