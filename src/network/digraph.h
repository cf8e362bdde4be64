#ifndef KARVAN_SRC_NETWORK_DIGRAPH_H
#define KARVAN_SRC_NETWORK_DIGRAPH_H
/* A plain graph behind karvan_graph. Nodes are kept in an order of their own, in which neighbours
 * lie near one another; `place` leads from the caller's node to it. */
#include "karvan/network.h"

struct karvan_graph {
    int32_t n, m, first_through;
    int32_t *place; /* [n] */
    int32_t *node;  /* [n] back */
    int32_t
        *first; /* [n + 1] arcs that leave a place; zones have theirs behind `zone_first` alone */
    int32_t *zone_first; /* [n + 1] the same for zones; arcs of both share head and arc */
    int32_t *head;       /* [m] place */
    int32_t *arc;        /* [m] the caller's arc */
};

static inline bool karvan_i_is_zone(const karvan_graph *g, int32_t place) {
    return g->node[place] < g->first_through;
}
/* KARVAN_E_ARG where a weight is negative or NaN. */
karvan_status karvan_i_check_weights(const karvan_graph *g, const double *weight,
                                     karvan_error *err);
/* KARVAN_E_ARG where an origin is no node. */
karvan_status karvan_i_check_origins(const karvan_graph *g, int32_t n, const int32_t *origins,
                                     karvan_error *err);
#endif
