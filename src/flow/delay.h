#ifndef KARVAN_SRC_FLOW_DELAY_H
#define KARVAN_SRC_FLOW_DELAY_H
/* Expected wait before servers that others use too: M/M/c in Sakasegawa's form, scaled by Allen and
 * Cunneen's mean of the squared coefficients of variation. Grows without bound as load nears
 * capacity. */
#include "karvan/base.h"

typedef struct karvan_i_delay {
    double capacity; /* units a day that all servers together can serve, > 0 */
    double power;    /* sqrt(2 (servers + 1)) - 1, 1 or more */
    double factor_h; /* hours at load r of capacity: factor_h r^power / (1 - r) */
} karvan_i_delay;

/* servers >= 1; the squared coefficients of variation >= 0, one of them above 0. */
karvan_i_delay karvan_i_delay_of(double capacity, double servers, double scv_arrivals,
                                 double scv_service);
double karvan_i_delay_h(const karvan_i_delay *d, double load);       /* load in 0..capacity */
double karvan_i_delay_slope_h(const karvan_i_delay *d, double load); /* by the load */
double karvan_i_delay_integral(const karvan_i_delay *d, double load);
/* Load at which the wait is so long; 0 for no wait. */
double karvan_i_delay_load(const karvan_i_delay *d, double hours);
#endif
