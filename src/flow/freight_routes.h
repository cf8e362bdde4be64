#ifndef KARVAN_SRC_FLOW_FREIGHT_ROUTES_H
#define KARVAN_SRC_FLOW_FREIGHT_ROUTES_H
/* What the files that find routes share. A task is one origin of one lane; what tasks find is put
 * together in their order. */
#include <math.h>

#include "flow/freight.h"

typedef struct karvan_i_trip { /* a pair, for sorting */
    int32_t lane, from, to, pair;
} karvan_i_trip;

typedef struct karvan_i_freight_task {
    int32_t begin, end; /* trips */
    karvan_i_freight_ways found;
} karvan_i_freight_task;

typedef struct karvan_i_home { /* what leads to a destination */
    int32_t lane, place;
    karvan_i_lane_tree tree;
} karvan_i_home;

typedef struct karvan_i_group_states { /* states at the places of a corridor's groups */
    int32_t n, *node;
    uint32_t *groups; /* [n] that it brings */
} karvan_i_group_states;

typedef struct karvan_i_routing {
    karvan_freight *f;
    karvan_i_trip *trips; /* [n_pairs] */
    int32_t n_tasks, n_homes;
    karvan_i_freight_task *tasks;
    karvan_i_home *homes;
    int32_t *home_of;              /* [n_pairs] */
    karvan_i_group_states *passed; /* [n_lanes][n_corridors] */
} karvan_i_routing;

typedef struct karvan_i_freight_walk { /* arcs in a row */
    int32_t *arcs;                     /* [room] */
    int32_t n, room;
} karvan_i_freight_walk;

typedef struct karvan_i_departure { /* one task at work */
    const karvan_i_routing *r;
    karvan_i_freight_task *t;
    const karvan_i_lane *lane;
    karvan_i_lane_tree tree, within;
    double beyond; /* states that `tree` has not settled cost no less */
    karvan_i_freight_walk walk;
    int32_t *arrived; /* [n_arrived] states where a link arrives that the tree has reached */
    int32_t n_arrived;
    double *mark;        /* [items] what the set's way pays there */
    int32_t *to;         /* destinations of the task */
    int64_t *last;       /* newest way of each of its trips, -1 */
    int32_t *been, turn; /* [places] the last walk that was there */
} karvan_i_departure;

static inline const karvan_i_trip *karvan_i_trip_of(const karvan_i_departure *o, int32_t i) {
    return &o->r->trips[i];
}
/* Ways so dear that hardly anything would choose them are left out until prices make them best. */
static inline bool karvan_i_too_dear(const karvan_freight *f, double cost, double best) {
    return f->options.deterministic ? cost > f->options.reject_usd_per_teu
                                    : cost > best + 25.0 / f->options.scale;
}
/* Tasks of all pairs but those that are known (NULL: of all); by_lane: of all origins of a lane
 * together. */
karvan_status karvan_i_routing_init(karvan_i_routing *r, karvan_freight *f, const bool *known,
                                    bool by_lane, karvan_error *err);
void karvan_i_routing_clear(karvan_i_routing *r);
/* What tasks found joins the sets. */
karvan_status karvan_i_routing_gather(karvan_i_routing *r, int64_t *added, karvan_error *err);
karvan_status karvan_i_departure_init(karvan_i_departure *o, const karvan_i_routing *r,
                                      int64_t task, karvan_error *err);
void karvan_i_departure_clear(karvan_i_departure *o);
/* Arcs from the root of a tree to a node. */
void karvan_i_walk_from(const karvan_i_lane_tree *t, int32_t node, karvan_i_freight_walk *w);
/* Arcs from a node on to the root, behind those that are there. */
void karvan_i_walk_to(const karvan_i_lane_tree *t, int32_t node, karvan_i_freight_walk *w);
/* Does the walk come back to a place that it has left? */
bool karvan_i_walk_returns(karvan_i_departure *o);
/* The walk as a way of a trip, if it has it not yet. */
karvan_status karvan_i_walk_add(karvan_i_departure *o, int32_t trip, karvan_error *err);

/* Ways by one state each, of all trips whose best way is known. freight_alternatives.c */
karvan_status karvan_i_freight_alternatives(karvan_i_departure *o, karvan_error *err);
/* What becomes of a walk of a trip. */
typedef karvan_status (*karvan_i_take_walk)(karvan_i_departure *o, int32_t trip, karvan_error *err);
/* Of n trips, whose best ways are in o->tree, those that are best by a corridor with a constant
 * above 0: the best way around it. freight_outside.c */
karvan_status karvan_i_freight_outside(karvan_i_departure *o, int32_t n, const int32_t *trips,
                                       karvan_i_take_walk take, karvan_error *err);
/* Ways that prices make better than those of the sets. freight_better.c */
karvan_status karvan_i_freight_better_ways(karvan_i_departure *o, karvan_error *err);
/* The same of n trips of one origin: by any corridor and around dear ones; within one. */
karvan_status karvan_i_freight_better_freely(karvan_i_departure *o, int32_t n, const int32_t *trips,
                                             karvan_error *err);
karvan_status karvan_i_freight_better_within(karvan_i_departure *o, int32_t corridor, int32_t n,
                                             const int32_t *trips, karvan_error *err);
/* Is the walk in the pair's set? */
bool karvan_i_walk_known(const karvan_i_departure *o, int32_t pair);
/* Does the best that a pair has by a corridor pay prices, and is it not too dear? */
bool karvan_i_freight_may_improve(const karvan_freight *f, int32_t pair, int32_t corridor);
#endif
