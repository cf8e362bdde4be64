#ifndef KARVAN_SRC_FLOW_FREIGHT_PROBLEM_H
#define KARVAN_SRC_FLOW_FREIGHT_PROBLEM_H
/* The plain arrays of flow/capacitated.h for the route sets as they are: capacities that cannot
 * bind are left out; each pair's last route is to stay at home. */
#include "flow/freight.h"

typedef struct karvan_i_freight_problem {
    karvan_i_capacitated core;
    karvan_choice_sets sets;
    karvan_choice_model model;
    int64_t *first;          /* [n_pairs + 1] */
    double *cost, *log_size; /* [routes] */
    int32_t *nest;           /* [routes] */
    int64_t *use_first;      /* [routes + 1] */
    int32_t *use;
    double *amount, *hour_usd;
    int32_t *local;  /* [scarce] -1: left out */
    int32_t *global; /* [resources] */
    karvan_i_resource *resource;
    double *start;       /* [resources] */
    int64_t *move_first; /* of empty moves */
    int32_t *move_use;
    double *move_amount;
} karvan_i_freight_problem;

/* The route that a way is, where each pair before it has one more than ways. */
static inline int64_t karvan_i_route_of(int32_t pair, int64_t way) { return way + pair; }
karvan_status karvan_i_freight_problem_init(karvan_i_freight_problem *p, const karvan_freight *f,
                                            karvan_error *err);
void karvan_i_freight_problem_clear(karvan_i_freight_problem *p);
#endif
