#ifndef KARVAN_SRC_NETWORK_SEARCH_H
#define KARVAN_SRC_NETWORK_SEARCH_H
/* Shortest walks over (state, groups of places passed so far). */
#include "network/clock.h"
#include "network/constraint.h"
#include "network/heap.h"

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
    karvan_weights weights; /* of the query's objective */
    int32_t n_nodes;        /* states << groups */
    karvan_i_label *best;   /* [n_nodes] */
    int32_t *by_arc;        /* [n_nodes] arc that set the label, -1 at the start */
    int32_t *from;          /* [n_nodes] node before */
    karvan_i_waiting *heap; /* [n_arcs << groups, and one more] */
    int32_t n_heap;
} karvan_i_search;

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
