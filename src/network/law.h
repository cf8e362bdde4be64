#ifndef KARVAN_SRC_NETWORK_LAW_H
#define KARVAN_SRC_NETWORK_LAW_H
/* The law of a clock time: masses at exact moments (departures, openings) and masses that lie
 * evenly over the steps of a grid. Hours count from the start of the journey. */
#include "network/schedule.h"
#include "network/wait.h"

typedef struct karvan_i_atom {
    double at_h, p;
} karvan_i_atom;

typedef struct karvan_i_law {
    double step_h;
    int64_t n_atoms, cap_atoms;
    karvan_i_atom *atoms; /* [n_atoms] in the order of time */
    karvan_i_pmf cells;   /* masses that with those of the atoms and never sum to 1 */
    double never;         /* mass that finds its gate closed for good */
} karvan_i_law;

/* All mass at 0. */
karvan_status karvan_i_law_begin(karvan_i_law *l, double step_h, karvan_error *err);
void karvan_i_law_clear(karvan_i_law *l);
/* Later by h hours; by hours of a distribution on the same grid. */
karvan_status karvan_i_law_shift(karvan_i_law *l, double h, karvan_error *err);
karvan_status karvan_i_law_add(karvan_i_law *l, const karvan_i_pmf *d, karvan_error *err);
/* Every moment to the next at which the gate lets loads through; local_h: its clock at the start.
 */
karvan_status karvan_i_law_gate(karvan_i_law *l, const karvan_i_gate *g, double local_h,
                                karvan_error *err);
/* Held by the weather of the month in which each moment lies. */
karvan_status karvan_i_law_close(karvan_i_law *l, const karvan_i_closures month[12], double local_h,
                                 karvan_error *err);
/* Of the mass that arrives. */
double karvan_i_law_mean_h(const karvan_i_law *l);
double karvan_i_law_var_h2(const karvan_i_law *l);
/* Of all mass: INFINITY where q lies in what never arrives. q in (0,1). */
double karvan_i_law_quantile_h(const karvan_i_law *l, double q);
#endif
