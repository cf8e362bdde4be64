#ifndef KARVAN_SRC_FLOW_PROBLEM_H
#define KARVAN_SRC_FLOW_PROBLEM_H
/* An assignment problem as the methods see it: checked, arcs in the order of their tails (a forward
 * star), demand without what stays at home or cannot go. All arrays over arcs are by place in the
 * star, not by the caller's number; all flows are in equivalents (trips times pce). */
#include "flow/vdf.h"
#include "karvan/assignment.h"

/* Pairs of a class that are served: neither intrazonal nor cut off; borrowed where that is all. */
typedef struct karvan_i_demand {
    const int64_t *first;       /* [zones + 1] */
    const int32_t *destination; /* [first[zones]] ascending, never the origin itself */
    const double *trips;        /* > 0, in trips: times pce they are equivalents */
    double pce, total;          /* total in trips */
    int64_t *own_first;
    int32_t *own_destination;
    double *own_trips;
} karvan_i_demand;

typedef enum karvan_i_why {                       /* why a pair is not served */
                            KARVAN_I_NO_EXIT,     /* no arc leaves its origin */
                            KARVAN_I_NO_ENTRANCE, /* none reaches its destination */
                            KARVAN_I_NO_WAY /* none of the ways from the one leads to the other */
} karvan_i_why;
typedef struct karvan_i_unserved {
    int class;
    int32_t origin, destination;
    double trips;
    karvan_i_why why;
} karvan_i_unserved;

typedef struct karvan_i_problem {
    const karvan_assignment_problem *given; /* borrowed, for names and numbers in messages */
    karvan_principle principle;
    int32_t n, m, zones;
    int32_t first_through; /* nodes below it only begin and end ways */
    int32_t *first;        /* [n + 1] the arcs that leave v: first[v]..first[v + 1] - 1 */
    int32_t *tail, *head;  /* [m] */
    int32_t *arc;          /* [m] the caller's number of an arc */
    karvan_vdf *vdf;       /* [m] */
    double *preload;       /* [m], 0 where there is none */
    /* Classes whose fixed costs are the same array (or NULL) find the same ways: a group. */
    int n_classes, n_groups;
    int *group;               /* [n_classes] */
    double **fixed;           /* [n_groups][m]; NULL: 0 */
    karvan_i_demand *demand;  /* [n_classes] */
    double served;            /* all classes, in equivalents */
    double asked, intrazonal; /* in trips */
    int64_t n_unserved;
    karvan_i_unserved *unserved; /* by class, origin, destination */
} karvan_i_problem;

/* Checks everything that the header promises; KARVAN_E_ARG names the place. `given` must stay. */
karvan_status karvan_i_problem_init(karvan_i_problem *p, const karvan_assignment_problem *given,
                                    karvan_principle principle, karvan_error *err);
void karvan_i_problem_clear(karvan_i_problem *p);

/* ---- costs: what all groups pay alike; a group's own is that plus fixed[group] ----------------
 */

/* Time of an arc under a flow without preload. */
static inline double karvan_i_arc_time(const karvan_i_problem *p, int32_t a, double flow) {
    return karvan_i_vdf_time(&p->vdf[a], flow + p->preload[a]);
}
/* Cost and its derivative: of UE the time, of SO the marginal time t + x t', x with preload. */
static inline karvan_i_vdf_value karvan_i_arc_both(const karvan_i_problem *p, int32_t a,
                                                   double flow) {
    double x = flow + p->preload[a];
    return p->principle == KARVAN_USER_EQUILIBRIUM ? karvan_i_vdf_both(&p->vdf[a], x)
                                                   : karvan_i_vdf_marginal(&p->vdf[a], x);
}
static inline double karvan_i_arc_cost(const karvan_i_problem *p, int32_t a, double flow) {
    return karvan_i_arc_both(p, a, flow).time;
}
/* The integral of cost from no flow, preload in it: an arc's part of the objective. Of SO it is
 * (flow + preload) times time. */
double karvan_i_arc_integral(const karvan_i_problem *p, int32_t a, double flow);
/* cost[m] of flow[m], which may be the same array. KARVAN_E_ARG names an arc whose cost is not
 * finite there. */
karvan_status karvan_i_costs(const karvan_i_problem *p, const double *flow, double *cost,
                             karvan_error *err);

/* ---- shortest ways ----------------------------------------------------------------------------
 */

/* A tree of shortest ways from one origin, and the memory to find it. */
typedef struct karvan_i_tree {
    int32_t origin;
    double *dist;   /* [n] INFINITY where no way leads */
    int32_t *by;    /* [n] the arc by which a node is reached; -1: none, or the origin */
    int32_t *order; /* [n_order] nodes reached, each behind the tail of its arc; the origin first */
    int32_t n_order;
    void *heap; /* the search's own */
} karvan_i_tree;
karvan_status karvan_i_tree_init(karvan_i_tree *t, const karvan_i_problem *p, karvan_error *err);
void karvan_i_tree_clear(karvan_i_tree *t);
/* cost[m] >= 0 finite. Of ways equally short to a node the arc that stands first in the star wins,
 * among those whose tail was settled before the node. Zones below first_through are entered, but
 * not passed. Cost: O(m log n). */
void karvan_i_tree_grow(karvan_i_tree *t, const karvan_i_problem *p, const double *cost,
                        int32_t origin);

/* The same from the tree of the last time: arcs[n_arcs] are by[order[1]], by[order[2]], ... of a
 * tree of the same origin. Its labels under the costs of now are bettered until none can be:
 * quicker by far where costs have changed a little. Ties stay as they were. False: there is too
 * much to better, and the tree is not made. */
bool karvan_i_tree_regrow(karvan_i_tree *t, const karvan_i_problem *p, const double *cost,
                          int32_t origin, const int32_t *arcs, int32_t n_arcs);

/* Such trees of all origins and groups. *out is NULL without fault where they would take more than
 * 256 MB. Different origins may be searched at once. */
typedef struct karvan_i_forest karvan_i_forest;
karvan_status karvan_i_forest_create(const karvan_i_problem *p, karvan_i_forest **out,
                                     karvan_error *err);
void karvan_i_forest_destroy(karvan_i_forest *f);
/* From the tree of the last time where there is one and it helps; f NULL: by a search of its own.
 */
void karvan_i_forest_grow(karvan_i_forest *f, karvan_i_tree *t, const karvan_i_problem *p,
                          const double *cost, int32_t origin, int group);

/* All or nothing: load[class][m] by the shortest ways under base[m] and the groups' fixed costs.
 * least_cost: sum of served demand (equivalents) times least cost. The same bytes for any threads.
 * KARVAN_E_CANCELLED, KARVAN_E_NOMEM: load is of no use then. load NULL: least_cost alone. */
karvan_status karvan_i_all_or_nothing(const karvan_i_problem *p, const double *base,
                                      karvan_i_forest *forest, int threads,
                                      const karvan_cancel *cancel, double *load, double *least_cost,
                                      karvan_error *err);

/* ---- what flows come to -----------------------------------------------------------------------
 */

/* flow[m]: the sum of class_flow[class][m] over classes, in their order. */
void karvan_i_sum_classes(const karvan_i_problem *p, const double *class_flow, double *flow);
/* Sum of flow times fixed cost, over classes. */
double karvan_i_fixed_cost(const karvan_i_problem *p, const double *class_flow);
/* Objective, total cost and total time; the sums are compensated (Neumaier 1974). */
void karvan_i_measure(const karvan_i_problem *p, const double *class_flow, const double *flow,
                      double *objective, double *total_cost, double *total_time);
/* Sum of flow times the cost of the principle (base[m] and fixed), over classes, preload not in it:
 * with least_cost it makes the relative gap 1 - least_cost / spent. Compensated. */
double karvan_i_spent(const karvan_i_problem *p, const double *class_flow, const double *base);
#endif
