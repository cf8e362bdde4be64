#ifndef KARVAN_SRC_FLOW_LINKS_H
#define KARVAN_SRC_FLOW_LINKS_H
/* What the methods along links share: the flows of a moment, and where all would like to go. */
#include "flow/methods.h"

typedef struct karvan_i_links {
    karvan_i_run *run;
    karvan_i_forest *forest;
    double *flow;  /* [m] all classes */
    double *base;  /* [m] costs at it, without fixed ones */
    double *y;     /* [n_classes][m] all or nothing under them */
    double *total; /* [m] the same, all classes */
    double spent;  /* by flow, under base and fixed costs */
} karvan_i_links;

/* A step of Frank and Wolfe's method or of one of its conjugate kinds. */
typedef struct karvan_i_descent karvan_i_descent;
karvan_status karvan_i_descent_create(const karvan_i_problem *p, bool biconjugate,
                                      karvan_i_descent **out, karvan_error *err);
void karvan_i_descent_destroy(karvan_i_descent *d);
/* Moves run->class_flow; false where no step lowers the objective any more. */
bool karvan_i_descent_step(karvan_i_descent *d, karvan_i_links *w);
#endif
