#ifndef KARVAN_SRC_NETWORK_REACH_H
#define KARVAN_SRC_NETWORK_REACH_H
/* From one state of the graph to all others: what skims, accessibility and closures ask for. The
 * states that no arc touches are left out, so that what is searched stays in the near caches. */
#include "network/heap.h"

/* The arcs of a network, weighed. Nodes are states in their order; arcs are numbered as in
 * net->arcs. */
typedef struct karvan_i_packed_arc {
    karvan_i_label w;
    int32_t head; /* node */
} karvan_i_packed_arc;
typedef struct karvan_i_pack {
    const karvan_network *net;
    int32_t n;
    int32_t *node;             /* [n_states] -1: no arc touches it */
    int32_t *state;            /* [n] */
    int32_t *first;            /* [n + 1] */
    karvan_i_packed_arc *step; /* [n_arcs] */
} karvan_i_pack;

/* KARVAN_E_ARG where a row is no place. */
karvan_status karvan_i_check_places(const karvan_network *net, int32_t n, const int32_t *places,
                                    karvan_error *err);

/* KARVAN_E_ARG where two networks do not have the same places in the same rows. */
karvan_status karvan_i_same_places(const karvan_network *a, const karvan_network *b,
                                   karvan_error *err);

/* Weights are checked by the caller. KARVAN_E_NOMEM. */
karvan_status karvan_i_pack_init(karvan_i_pack *p, const karvan_network *net,
                                 const karvan_weights *w, karvan_error *err);
void karvan_i_pack_clear(karvan_i_pack *p);
/* Is an arc of an item? */
bool karvan_i_arc_of_item(const karvan_network *net, const karvan_i_arc *a, karvan_item item);
/* KARVAN_E_ARG where the item is no row of its table. */
karvan_status karvan_i_check_item(const karvan_network *net, karvan_item item, karvan_error *err);
/* Its arcs can no longer be taken. */
void karvan_i_pack_close(karvan_i_pack *p, karvan_item item);

/* A tree of best ways: memory of one worker, used from origin to origin. */
typedef struct karvan_i_reach {
    const karvan_i_pack *pack;
    karvan_i_label *best; /* [n] infinite: not reached */
    int32_t *by_arc;      /* [n] -1 at the origin */
    int32_t *order;       /* [n_order] nodes as they were settled */
    int32_t n_order;
    karvan_i_waiting *heap; /* [n_arcs + 1] */
    int32_t n_heap;
} karvan_i_reach;
karvan_status karvan_i_reach_init(karvan_i_reach *r, const karvan_i_pack *p, karvan_error *err);
void karvan_i_reach_clear(karvan_i_reach *r);
/* From the origin state of a place. The tree is that of karvan_i_search_run. */
void karvan_i_reach_run(karvan_i_reach *r, int32_t place);
/* Label of the destination state of a place, infinite: no way leads there. */
double karvan_i_reach_cost(const karvan_i_reach *r, int32_t place);
#endif
