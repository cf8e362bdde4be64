#ifndef KARVAN_SRC_FLOW_ASSIGNMENT_H
#define KARVAN_SRC_FLOW_ASSIGNMENT_H
/* A solution behind karvan_assignment: what it was of, flows, what was not served. It borrows
 * nothing, so that it outlives its problem. */
#include "flow/methods.h"

struct karvan_assignment {
    int32_t n, m, zones, first_through;
    int n_classes;
    uint64_t network;     /* digest of the arcs: a start must be of the same */
    uint64_t *demand;     /* [n_classes] digests of the pairs served */
    char **name;          /* [n_classes] */
    double *pce;          /* [n_classes] */
    double *class_flow;   /* [n_classes][m] equivalents by place in the star */
    int32_t *arc;         /* [m] the caller's number of a place */
    int32_t *tail, *head; /* from here on [m] by the caller's numbers */
    double *flow, *time;
    double *fixed; /* of the first class; NULL: 0 */
    int64_t n_unserved;
    karvan_i_unserved *unserved;
    karvan_assignment_stats stats;
    void *kept;
    void (*destroy_kept)(void *kept);
};

/* Digests of what a start must share with a problem, and what it may. */
uint64_t karvan_i_digest_network(const karvan_i_problem *p);
uint64_t karvan_i_digest_demand(const karvan_i_problem *p, int class);
/* A solution of what a run left; takes run->class_flow and run->kept on success.
 * KARVAN_E_NOMEM, KARVAN_E_CANCELLED (from measuring: without cancel in the run it cannot be). */
karvan_status karvan_i_assignment_make(karvan_i_run *run, karvan_assignment **out,
                                       karvan_error *err);
#endif
