#ifndef KARVAN_SRC_NETWORK_SEARCH_H
#define KARVAN_SRC_NETWORK_SEARCH_H
/* Shortest walks over (state, groups of places passed so far). */
#include "network/clock.h"
#include "network/constraint.h"

typedef struct karvan_i_label {
    double first, second; /* objective, then hours (or money where the objective is hours) */
} karvan_i_label;

/* A place that must not be passed while exactly these groups have been. */
typedef struct karvan_i_ban {
    int32_t place;
    uint32_t passed;
} karvan_i_ban;

typedef struct karvan_i_search {
    const karvan_network *net;
    const karvan_route_query *q;
    const karvan_i_constraint *c;
    bool by_clock; /* hours are those of a clock that shows start_h (UTC) at the origin */
    double start_h;
    const karvan_i_ban *bans; /* [n_bans] */
    int n_bans;
    int32_t n_nodes;      /* states << groups */
    karvan_i_label *best; /* [n_nodes] */
    int32_t *by_arc;      /* [n_nodes] arc that set the label, -1 at the start */
    int32_t *from;        /* [n_nodes] node before */
    int32_t *heap;        /* [n_nodes] binary heap of nodes */
    int32_t *at;          /* [n_nodes] place in the heap, -1 not seen, -2 settled */
    int32_t n_heap;
} karvan_i_search;

/* Order of labels: the objective, then the second criterion. */
bool karvan_i_label_less(karvan_i_label a, karvan_i_label b);
/* net, q and c are set by the caller. KARVAN_E_ARG, KARVAN_E_NOMEM; then too: clear. */
karvan_status karvan_i_search_init(karvan_i_search *s, karvan_error *err);
void karvan_i_search_clear(karvan_i_search *s);
/* Node at which the best walk ends, -1 where none does. May be run again with other bans. */
int32_t karvan_i_search_run(karvan_i_search *s);
/* The walk that ends at a node, as legs. KARVAN_E_NOMEM. */
karvan_status karvan_i_search_legs(const karvan_i_search *s, int32_t end, karvan_route *out,
                                   karvan_error *err);
/* Does the walk that ends at a node come back to a place with other groups passed? Then the place
 * with what had been passed at its two visits. */
bool karvan_i_search_returns(const karvan_i_search *s, int32_t end, karvan_i_ban two[2]);

/* What a search for a walk that does not come back came to. */
typedef enum karvan_i_outcome {
    KARVAN_I_ALL_RETURN,
    KARVAN_I_GAVE_UP, /* none was found within the branches */
    KARVAN_I_FOUND
} karvan_i_outcome;
/* By the clock: the best walk that does not come back, by branch and bound. KARVAN_E_NOMEM. */
karvan_status karvan_i_search_without_return(karvan_i_search *s, int32_t *end,
                                             karvan_i_outcome *out, karvan_error *err);
#endif
