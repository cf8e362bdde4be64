#ifndef KARVAN_SRC_NETWORK_CONSTRAINT_H
#define KARVAN_SRC_NETWORK_CONSTRAINT_H
/* What a corridor asks of a route, place by place. */
#include "network/graph.h"

enum { KARVAN_I_GROUPS_MAX = 8 };

typedef struct karvan_i_constraint {
    int n_groups;       /* groups of places; a route passes one place of each */
    uint32_t *groups;   /* [n_places] bit g: the place belongs to group g */
    bool *avoided;      /* [n_places] */
    bool *mode_avoided; /* [n_modes] */
} karvan_i_constraint;

/* Row `corridor` of table corridors, -1: no constraint. KARVAN_E_DATA: a place or country in it
 * that the region does not have, or too many groups. */
karvan_status karvan_i_constraint_init(const karvan_network *net, int32_t corridor,
                                       karvan_i_constraint *out, karvan_error *err);
void karvan_i_constraint_clear(karvan_i_constraint *c);
#endif
