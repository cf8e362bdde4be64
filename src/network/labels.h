#ifndef KARVAN_SRC_NETWORK_LABELS_H
#define KARVAN_SRC_NETWORK_LABELS_H
/* Label setting over (state, groups of places passed) with several sums over the arcs: some are
 * minimised, others stay within limits. What all sets of routes are found with. */
#include "network/constraint.h"

typedef struct karvan_i_task {
    const karvan_network *net;
    const karvan_i_constraint *c;
    int32_t from, to;
    bool pareto;         /* all vectors that none beats; else the first in lexicographic order */
    int n_criteria;      /* sums that are minimised, the first of them all */
    int n_sums;          /* with those that are limited */
    const double *sum;   /* [n_sums][n_arcs] 0 or more */
    const double *limit; /* [n_sums], of the criteria not read */
    int32_t most_labels; /* 0: a million */
} karvan_i_task;

/* A walk as its arcs, and what it adds up to. Owned: karvan_i_walk_clear. */
typedef struct karvan_i_walk {
    int32_t n;
    int32_t *arcs;
    double cost, second; /* the first two criteria */
    int32_t deviates;    /* k shortest: arcs before it are those of an earlier one */
} karvan_i_walk;
void karvan_i_walk_clear(karvan_i_walk *w);

typedef struct karvan_i_labels karvan_i_labels;
/* Finds the lower bounds. The task and what it points to must outlive it. KARVAN_E_NOMEM,
 * KARVAN_E_ARG: too many groups. */
karvan_status karvan_i_labels_create(const karvan_i_task *task, karvan_i_labels **out,
                                     karvan_error *err);
void karvan_i_labels_destroy(karvan_i_labels *s);

/* A root that walks begin with: its states are not passed again, and some arcs are not next. */
typedef struct karvan_i_root {
    int32_t n;
    const int32_t *arcs; /* [n] */
    int32_t n_banned;
    const int32_t *banned; /* [n_banned] */
    double most;           /* walks of more in the first criterion are not wanted */
} karvan_i_root;
/* Walks that do not come back to a place with other groups passed. NULL: without a root. What an
 * earlier call has learnt about places to watch is kept. */
karvan_status karvan_i_labels_solve(karvan_i_labels *s, const karvan_i_root *root,
                                    karvan_error *err);
int32_t karvan_i_labels_found(const karvan_i_labels *s); /* by the last call, in order */
bool karvan_i_labels_capped(const karvan_i_labels *s);   /* labels were left out by any call */
bool karvan_i_labels_returned(const karvan_i_labels *s); /* did some walk have to be told off? */
karvan_status karvan_i_labels_walk(const karvan_i_labels *s, int32_t i, karvan_i_walk *out,
                                   karvan_error *err);
#endif
