#ifndef KARVAN_SRC_NETWORK_HIERARCHY_H
#define KARVAN_SRC_NETWORK_HIERARCHY_H
/* A customisable contraction hierarchy. Nodes that may be passed through have a rank, the order in
 * which they are contracted; zones stay outside, with the arcs that lead to and from them. */
#include "network/digraph.h"

/* An arc of the graph that is part of the hierarchy: slot 2 a for the way up arc a of the chordal
 * supergraph, 2 a + 1 for the way down. */
typedef struct karvan_i_input {
    int32_t arc;
    int64_t slot;
} karvan_i_input;

struct karvan_hierarchy {
    const karvan_graph *g;
    int32_t n;           /* ranks */
    int32_t *rank;       /* [g->n] by the caller's node, -1: a zone */
    int64_t m;           /* arcs of the supergraph */
    int64_t *up_first;   /* [n + 1] arcs from a rank to higher ones, by their head */
    int32_t *up_head;    /* [m] */
    int64_t *down_first; /* [n + 1] the same arcs by their head */
    int32_t *down_tail;  /* [m] the lower rank */
    int64_t *down_arc;   /* [m] */
    double *up, *down;   /* [m] weights from the lower rank to the higher, and back */
    int32_t n_inputs;
    karvan_i_input *inputs; /* [n_inputs] by arc */
    int32_t *tail, *head;   /* [g->m] nodes of the graph's arcs */
    int32_t *out_first;     /* [g->n + 1] arcs that leave a zone */
    int32_t *out_arc;
    int32_t *in_first; /* [g->n + 1] arcs that lead into a zone */
    int32_t *in_arc;
    double *weight; /* [g->m] as customised */
    bool customised;
};

/* hierarchy_order.c: the order of contraction of an undirected graph without loops, by nested
 * dissection; rank[v] for n nodes. KARVAN_E_NOMEM. */
karvan_status karvan_i_dissect(int32_t n, int32_t *first, int32_t *neighbour, int32_t *rank,
                               karvan_error *err);
#endif
