#ifndef KARVAN_SRC_FLOW_ROUTE_SHARES_H
#define KARVAN_SRC_FLOW_ROUTE_SHARES_H
/* Least-cost routes by origin, and what flows over them when each arc has a weight. */
#include "flow/problem.h"

/* Least-cost arcs of one origin for one group of classes, tails in the order of their distance. */
typedef struct karvan_i_fan {
    int32_t origin;
    int group;
    int32_t n;    /* arcs */
    int32_t *arc; /* [n] by place in the star */
} karvan_i_fan;
typedef struct karvan_i_fans {
    const karvan_i_problem *p;
    int64_t n;
    karvan_i_fan *fan; /* [n] by group, then origin; those without cells are left out */
} karvan_i_fans;
/* `time` and `flow` [m] by place in the star; an arc without flow is in only where nothing else
 * reaches its head as quickly. */
karvan_status karvan_i_fans_find(karvan_i_fans *w, const karvan_i_problem *p, const double *time,
                                 const double *flow, double slack, int threads,
                                 const karvan_cancel *cancel, karvan_error *err);
void karvan_i_fans_clear(karvan_i_fans *w);
/* Weights [m] under which the routes' flows, each in proportion to the product of its arcs' weights
 * within its pair, add up to `flow` [m]; residual as karvan_route_shares has it;
 * the search ends once it is `close`. */
karvan_status karvan_i_fans_weigh(const karvan_i_fans *w, const double *flow, double close,
                                  int threads, const karvan_cancel *cancel, double *weight,
                                  double *residual, karvan_error *err);
/* A range of numbers that products of many weights do not leave. */
typedef long double karvan_i_wide;
/* Sum over the ways to each node of products of weights, [nodes]; those not reached keep 0. `sum`
 * is 0 for all nodes before. */
void karvan_i_fan_forward(const karvan_i_problem *p, const karvan_i_fan *w, const double *weight,
                          karvan_i_wide *sum);
/* Flows [m] of routes by the product of their weights, then the sum over pairs of demand times the
 * logarithm of the sum of those products: out [m + 1]. room: [karvan_i_fans_room(w)]. */
karvan_status karvan_i_fans_load(const karvan_i_fans *w, const double *weight, int threads,
                                 const karvan_cancel *cancel, double *room, double *out,
                                 karvan_error *err);
size_t karvan_i_fans_room(const karvan_i_fans *w);
#endif
