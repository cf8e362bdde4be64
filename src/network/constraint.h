#ifndef KARVAN_SRC_NETWORK_CONSTRAINT_H
#define KARVAN_SRC_NETWORK_CONSTRAINT_H
/* What a query asks of each route: arcs that are closed to it, groups of places of which it passes
 * one each. One reading for all searches. */
#include "network/graph.h"

enum { KARVAN_I_GROUPS_MAX = 8 };

typedef struct karvan_i_constraint {
    int n_groups;     /* groups of places; a route passes one place of each */
    uint32_t *groups; /* [n_places] bit g: the place belongs to group g */
    bool *closed;     /* [n_arcs] NULL: none is */
} karvan_i_constraint;

/* From the query's constraints (all but max_transhipments). KARVAN_E_ARG: a row, mode or operator
 * that the network does not have. KARVAN_E_DATA: a place in the corridor that the region does not
 * have, or too many groups. */
karvan_status karvan_i_constraint_init(const karvan_network *net, const karvan_routes_query *q,
                                       karvan_i_constraint *out, karvan_error *err);
void karvan_i_constraint_clear(karvan_i_constraint *c);
static inline bool karvan_i_closed(const karvan_i_constraint *c, int32_t arc) {
    return c->closed && c->closed[arc];
}
/* Does an arc lead from a country to another? Straits are in nobody's. */
bool karvan_i_crosses(const karvan_network *net, const karvan_i_arc *arc);
#endif
