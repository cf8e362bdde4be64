#ifndef KARVAN_SRC_FLOW_SUE_H
#define KARVAN_SRC_FLOW_SUE_H
/* Stochastic user equilibrium from the inside: how demand is loaded (sue_load.c), the method
 * (sue_descent.c), and what is asked and told (sue.c). Arcs are places in the problem's star, flows
 * are in equivalents. */
#include "flow/problem.h"
#include "flow/recursive.h"
#include "flow/route_sets.h"

/* How the users of each class choose. */
typedef struct karvan_i_loader {
    const karvan_i_problem *p;
    const karvan_sue_options *o;
    const karvan_cancel *cancel;
    karvan_recursive *r; /* RECURSIVE, with the trips of each class */
    karvan_i_arrivals *arrivals;
    karvan_i_route_sets *sets; /* else [n_classes] */
    karvan_choice_model model;
    double *length;  /* [m] time at no flow */
    int32_t *family; /* [m] NESTED, else NULL */
    double *cost;    /* [m] of the class at work */
    double **logsum; /* [n_classes][cells of the demand] of the last load */
    int loads;
} karvan_i_loader;
karvan_status karvan_i_loader_init(karvan_i_loader *l, const karvan_i_problem *p,
                                   const karvan_sue_options *o, karvan_error *err);
void karvan_i_loader_clear(karvan_i_loader *l);
/* l->cost: what a class pays, its times and fixed costs, not below 0 where rounding would have it
 * so. */
void karvan_i_loader_cost(karvan_i_loader *l, int class, const double *time);
/* load[n_classes][m] under times[m]; logsums. */
karvan_status karvan_i_loader_load(karvan_i_loader *l, const double *time, double *load,
                                   karvan_error *err);
/* Sum of demand, in equivalents, times G. */
double karvan_i_loader_expected(const karvan_i_loader *l);

/* What the method works on. */
typedef struct karvan_i_sue {
    karvan_i_loader *l;
    double *x;     /* [m] flow of all classes, which is improved */
    double *time;  /* [m] at x */
    double *load;  /* [n_classes][m] at time */
    double *total; /* [m] of load */
    bool standing; /* all of the above belongs together */
    int iterations;
    double gap, dual; /* of x: sum |x - total| / sum x; the dual objective */
} karvan_i_sue;
/* From the load at no flow, where x does not stand yet, in steps until x >= 0 has this gap, or
 * `most` iterations. KARVAN_E_NOCONV (told), KARVAN_E_DATA, KARVAN_E_CANCELLED, KARVAN_E_NOMEM,
 * KARVAN_E_ARG for a cost that is not finite. */
karvan_status karvan_i_sue_descend(karvan_i_sue *s, double gap, int most, karvan_error *err);
/* What steps left below 0 becomes 0, and what belongs to x is found anew; was there any? */
karvan_status karvan_i_sue_lift(karvan_i_sue *s, bool *any, karvan_error *err);
/* flow[n_classes][m]: x parted among the classes as the load is, so that the gap by class is that
 * of all. */
void karvan_i_sue_part(const karvan_i_sue *s, double *flow);
/* What belongs to x is found anew: where the loader has new routes. */
karvan_status karvan_i_sue_refresh(karvan_i_sue *s, karvan_error *err);
#endif
