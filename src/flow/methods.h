#ifndef KARVAN_SRC_FLOW_METHODS_H
#define KARVAN_SRC_FLOW_METHODS_H
/* What a method of assignment is given and what it leaves; karvan_assignment_solve makes the
 * solution of it. */
#include "flow/problem.h"

/* A run of a method. */
typedef struct karvan_i_run {
    const karvan_i_problem *p;
    double gap;
    int max_iterations, threads; /* as asked, the defaults set */
    const karvan_cancel *cancel;
    karvan_progress *progress;
    /* To start from: NULL, or a solution of the same arcs and classes. */
    const karvan_assignment *start;
    bool same_demand; /* start serves the very same pairs: its class flows are ours, and carry them
                       */
    /* What the method leaves; flows stand when `standing` is set, also on failure. */
    double *class_flow; /* [n_classes][m] equivalents, zeros at first */
    bool standing;      /* class_flow serves all of the demand */
    bool measured;      /* least_cost belongs to class_flow; else it is found out afterwards */
    double least_cost;  /* see karvan_i_all_or_nothing */
    int iterations;
    /* Of the method, kept in the solution for a later start; freed by destroy_kept. */
    void *kept;
    void (*destroy_kept)(void *kept);
} karvan_i_run;

/* All give KARVAN_OK when run->gap is reached, KARVAN_E_NOCONV (told), KARVAN_E_CANCELLED,
 * KARVAN_E_ARG for a cost that is not finite, KARVAN_E_NOMEM. All or nothing and the incremental
 * method have no gap to reach and give KARVAN_OK. */
karvan_status karvan_i_solve_bush(karvan_i_run *run, karvan_error *err);
karvan_status karvan_i_solve_links(karvan_i_run *run, karvan_assignment_method method,
                                   karvan_error *err);

/* ---- a solution's inside, for a method that starts from it ------------------------------------
 */

/* [n_classes][m] equivalents by place in the star. */
const double *karvan_i_assignment_class_flow(const karvan_assignment *a);
/* What the method kept; NULL unless destroy_kept is the same function. */
void *karvan_i_assignment_kept(const karvan_assignment *a, void (*destroy_kept)(void *));
#endif
