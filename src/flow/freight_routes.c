/* Sets of routes: for each pair the best way, the best of each corridor, and alternatives; later,
 * what prices make best. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "flow/freight_routes.h"

typedef karvan_i_trip trip;
typedef karvan_i_freight_task task;
typedef karvan_i_home home;
typedef karvan_i_routing routing;
typedef karvan_i_freight_walk walk;
typedef karvan_i_departure origin;

/* ---- what is to be done ---- */

static int by_origin(const void *a, const void *b) {
    const trip *x = a, *y = b;
    if (x->lane != y->lane) return x->lane < y->lane ? -1 : 1;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    if (x->to != y->to) return x->to < y->to ? -1 : 1;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

static int by_destination(const void *a, const void *b) {
    const trip *x = a, *y = b;
    if (x->lane != y->lane) return x->lane < y->lane ? -1 : 1;
    if (x->to != y->to) return x->to < y->to ? -1 : 1;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

/* States at the places of each corridor's groups. */
static karvan_status find_passed(routing *r, karvan_error *err) {
    const karvan_freight *f = r->f;
    r->passed = karvan_i_calloc((size_t)f->n_lanes * (size_t)f->n_corridors + 1, sizeof *r->passed);
    if (!r->passed) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for corridors");
    for (int32_t l = 0; l < f->n_lanes; l++)
        for (int32_t k = 0; k < f->n_corridors; k++) {
            const karvan_i_lane *lane = &f->lane[l];
            karvan_i_group_states *g = &r->passed[l * f->n_corridors + k];
            g->node = karvan_i_malloc((size_t)lane->n + 1, sizeof *g->node);
            g->groups = karvan_i_malloc((size_t)lane->n + 1, sizeof *g->groups);
            if (!g->node || !g->groups)
                return karvan_fail(err, KARVAN_E_NOMEM, "no memory for corridors");
            for (int32_t v = 0; v < lane->n; v++) {
                uint32_t of =
                    lane->corridor[k].groups[karvan_i_state_place(lane->net, lane->state[v])];
                if (of != 0) g->node[g->n] = v, g->groups[g->n++] = of;
            }
        }
    return KARVAN_OK;
}

static void passed_clear(routing *r) {
    int32_t n = r->passed ? r->f->n_lanes * r->f->n_corridors : 0;
    for (int32_t i = 0; i < n; i++)
        karvan_i_free(r->passed[i].node), karvan_i_free(r->passed[i].groups);
    karvan_i_free(r->passed);
}

void karvan_i_routing_clear(routing *r) {
    passed_clear(r);
    for (int32_t i = 0; r->tasks && i < r->n_tasks; i++)
        karvan_i_freight_ways_clear(&r->tasks[i].found);
    for (int32_t i = 0; r->homes && i < r->n_homes; i++)
        karvan_i_lane_tree_clear(&r->homes[i].tree);
    karvan_i_free(r->trips), karvan_i_free(r->tasks), karvan_i_free(r->homes);
    karvan_i_free(r->home_of);
}

karvan_status karvan_i_routing_init(routing *r, karvan_freight *f, const bool *known, bool by_lane,
                                    karvan_error *err) {
    size_t n = (size_t)f->n_pairs + 1, trips = 0;
    *r = (routing){.f = f, .trips = karvan_i_calloc(n, sizeof *r->trips)};
    r->tasks = karvan_i_calloc(n, sizeof *r->tasks);
    r->homes = karvan_i_calloc(n, sizeof *r->homes);
    r->home_of = karvan_i_calloc(n, sizeof *r->home_of);
    if (!r->trips || !r->tasks || !r->homes || !r->home_of)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d pairs", (int)f->n_pairs);
    for (int32_t k = 0; k < f->n_pairs; k++)
        if (!known || !known[k])
            r->trips[trips++] = (trip){f->pair_lane[k], f->pair_from[k], f->pair_to[k], k};
    qsort(r->trips, trips, sizeof *r->trips, by_destination);
    for (size_t i = 0; i < trips; i++) {
        const trip *t = &r->trips[i];
        if (i == 0 || t->lane != t[-1].lane || t->to != t[-1].to)
            r->homes[r->n_homes++] = (home){.lane = t->lane, .place = t->to};
        r->home_of[t->pair] = r->n_homes - 1;
    }
    qsort(r->trips, trips, sizeof *r->trips, by_origin);
    for (int32_t i = 0; i < (int32_t)trips; i++) {
        const trip *t = &r->trips[i];
        if (i == 0 || t->lane != t[-1].lane || (!by_lane && t->from != t[-1].from))
            r->tasks[r->n_tasks++] = (task){.begin = i};
        r->tasks[r->n_tasks - 1].end = i + 1;
    }
    return KARVAN_OK;
}

/* ---- reading trees ---- */

static karvan_status walk_init(walk *w, const karvan_i_lane *lane, karvan_error *err) {
    /* of a tree over groups each state is met once for each set of them; of two trees twice */
    w->room = lane->n * 16 + 16, w->n = 0;
    w->arcs = karvan_i_malloc((size_t)w->room, sizeof *w->arcs);
    return w->arcs ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for a route");
}

/* Arcs from the root to a node. */
void karvan_i_walk_from(const karvan_i_lane_tree *t, int32_t node, walk *w) {
    int32_t n = 0;
    for (int32_t v = node; t->arc[v] >= 0 && n < w->room; v = t->node[v]) n++;
    w->n = n;
    for (int32_t v = node; n > 0; v = t->node[v]) w->arcs[--n] = t->arc[v];
}

/* Arcs from a node on to the root, behind those that are there. */
void karvan_i_walk_to(const karvan_i_lane_tree *t, int32_t node, walk *w) {
    for (int32_t v = node; t->arc[v] >= 0 && w->n < w->room; v = t->node[v])
        w->arcs[w->n++] = t->arc[v];
}

/* ---- one origin ---- */

/* Does the walk come back to a place that it has left? */
bool karvan_i_walk_returns(origin *o) {
    const karvan_network *net = o->lane->net;
    int32_t at = -1;
    o->turn++;
    for (int32_t i = 0; i < o->walk.n; i++) {
        int32_t to = karvan_i_state_place(net, net->arcs[o->walk.arcs[i]].head);
        if (i == 0)
            at = karvan_i_state_place(net, net->arcs[o->walk.arcs[0]].tail), o->been[at] = o->turn;
        if (to == at) continue;
        if (o->been[to] == o->turn) return true;
        o->been[to] = o->turn, at = to;
    }
    return false;
}

/* Cost of the best way that a trip has so far. */
static double best_of(const origin *o, int32_t i) {
    double best = INFINITY;
    for (int64_t w = o->last[i - o->t->begin]; w >= 0; w = o->t->found.way[w].before)
        best = fmin(best, o->t->found.way[w].cost);
    return best;
}

/* The walk as a way of a trip. */
karvan_status karvan_i_walk_add(origin *o, int32_t i, karvan_error *err) {
    int32_t corridor = karvan_i_corridor_of(o->r->f, o->lane, o->walk.arcs, o->walk.n);
    return karvan_i_freight_ways_add(&o->t->found, o->r->f, karvan_i_trip_of(o, i)->pair,
                                     o->walk.arcs, o->walk.n, corridor, &o->last[i - o->t->begin],
                                     err);
}

static karvan_status add_best(origin *o, double reach, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_lane_tree_from(o->lane, karvan_i_trip_of(o, o->t->begin)->from, NULL,
                                       o->t->end - o->t->begin, o->to, reach, &o->tree, err));
    o->beyond = 0;
    for (int32_t i = o->t->begin; i < o->t->end; i++) {
        int32_t at = o->lane->node[karvan_i_destination(o->lane->net, karvan_i_trip_of(o, i)->to)];
        o->beyond = fmax(o->beyond, reach * o->tree.cost[at]);
        if (!(o->tree.cost[at] < INFINITY)) continue;
        karvan_i_walk_from(&o->tree, at, &o->walk);
        KARVAN_TRY(karvan_i_walk_add(o, i, err));
    }
done:
    return st;
}

/* Around a corridor, unless that is too dear. */
static karvan_status add_outside(origin *o, int32_t i, karvan_error *err) {
    int64_t n = o->t->found.n, last = o->last[i - o->t->begin];
    double best = best_of(o, i);
    karvan_status st = karvan_i_walk_add(o, i, err);
    if (st == KARVAN_OK && o->t->found.n > n &&
        karvan_i_too_dear(o->r->f, o->t->found.way[n].cost, best))
        o->t->found.n = n, o->last[i - o->t->begin] = last;
    return st;
}

static karvan_status all_outside(origin *o, karvan_error *err) {
    int32_t n = o->t->end - o->t->begin, *all = karvan_i_malloc((size_t)n, sizeof *all);
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
    for (int32_t i = 0; i < n; i++) all[i] = o->t->begin + i;
    karvan_status st = karvan_i_freight_outside(o, n, all, add_outside, err);
    karvan_i_free(all);
    return st;
}

/* No way by a corridor to a destination costs less: it passes each group, and no way by a state is
 * cheaper than the best to it and the best from it. Where trees of destinations are not at hand: 0.
 */
static double least_by(const origin *o, int32_t k, int32_t pair) {
    double least[KARVAN_I_GROUPS_MAX], most = 0;
    const routing *r = o->r;
    const karvan_i_group_states *g =
        &r->passed[o->r->trips[o->t->begin].lane * r->f->n_corridors + k];
    const karvan_i_lane_tree *back = &r->homes[r->home_of[pair]].tree;
    if (!back->cost) return 0;
    for (int i = 0; i < KARVAN_I_GROUPS_MAX; i++) least[i] = INFINITY;
    for (int32_t j = 0; j < g->n; j++) {
        int32_t v = g->node[j];
        double cost = fmin(o->tree.cost[v], o->beyond) + back->cost[v];
        for (int i = 0; i < KARVAN_I_GROUPS_MAX; i++)
            if (g->groups[j] >> i & 1 && cost < least[i]) least[i] = cost;
    }
    for (int i = 0; i < o->lane->corridor[k].n_groups; i++) most = fmax(most, least[i]);
    return most;
}

/* Is a trip's way by a corridor too dear, with what searches do not know of it? */
static bool too_dear_by(const origin *o, int32_t i, int32_t k, double cost) {
    const karvan_freight *f = o->r->f;
    double constant = karvan_i_corridor_constant(f, k, karvan_i_trip_of(o, i)->pair);
    return karvan_i_too_dear(f, cost + constant, best_of(o, i));
}

/* Trips for which a corridor is not too dear, their destinations in o->to. */
static int32_t pick_near(origin *o, int32_t k, int32_t *near) {
    int32_t n = 0;
    for (int32_t i = o->t->begin; i < o->t->end; i++) {
        if (too_dear_by(o, i, k, least_by(o, k, karvan_i_trip_of(o, i)->pair))) continue;
        o->to[n] = karvan_i_trip_of(o, i)->to, near[n++] = i;
    }
    return n;
}

static karvan_status add_corridor(origin *o, int32_t k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_constraint *c = &o->lane->corridor[k];
    int32_t all = (1 << c->n_groups) - 1, *near = NULL;
    near = karvan_i_malloc((size_t)(o->t->end - o->t->begin), sizeof *near);
    KARVAN_REQUIRE(near, err, KARVAN_E_NOMEM, "no memory for routes");
    int32_t n = pick_near(o, k, near);
    if (n == 0) goto done;
    KARVAN_TRY(karvan_i_lane_tree_from(o->lane, karvan_i_trip_of(o, o->t->begin)->from, c, n, o->to,
                                       1, &o->within, err));
    for (int32_t i = 0; i < n; i++) {
        const karvan_i_trip *t = karvan_i_trip_of(o, near[i]);
        int32_t at = all * o->lane->n + o->lane->node[karvan_i_destination(o->lane->net, t->to)];
        if (!(o->within.cost[at] < INFINITY) || too_dear_by(o, near[i], k, o->within.cost[at]))
            continue;
        karvan_i_walk_from(&o->within, at, &o->walk);
        if (!karvan_i_walk_returns(o)) KARVAN_TRY(karvan_i_walk_add(o, near[i], err));
    }
done:
    karvan_i_free(near);
    return st;
}

/* ---- tasks ---- */

karvan_status karvan_i_departure_init(origin *o, const routing *r, int64_t i, karvan_error *err) {
    *o = (origin){.r = r, .t = &r->tasks[i]};
    int32_t n = o->t->end - o->t->begin;
    o->lane = &r->f->lane[r->trips[o->t->begin].lane];
    o->to = karvan_i_malloc((size_t)n, sizeof *o->to);
    o->last = karvan_i_malloc((size_t)n, sizeof *o->last);
    o->been = karvan_i_calloc((size_t)o->lane->net->n_places + 1, sizeof *o->been);
    if (!o->to || !o->been || !o->last)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
    for (int32_t k = 0; k < n; k++) o->to[k] = r->trips[o->t->begin + k].to, o->last[k] = -1;
    return walk_init(&o->walk, o->lane, err);
}

void karvan_i_departure_clear(origin *o) {
    karvan_i_lane_tree_clear(&o->tree), karvan_i_lane_tree_clear(&o->within);
    karvan_i_free(o->walk.arcs), karvan_i_free(o->mark), karvan_i_free(o->arrived);
    karvan_i_free(o->to), karvan_i_free(o->been), karvan_i_free(o->last);
}

static karvan_status find_homes(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const routing *r = ctx;
    (void)worker;
    for (int64_t i = begin; i < end; i++)
        KARVAN_TRY(karvan_i_lane_tree_to(&r->f->lane[r->homes[i].lane], r->homes[i].place,
                                         &r->homes[i].tree, err));
done:
    return st;
}

static karvan_status find_sets(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const routing *r = ctx;
    origin o = {0};
    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        karvan_i_departure_clear(&o);
        KARVAN_TRY(karvan_i_departure_init(&o, r, i, err));
        KARVAN_TRY(add_best(&o, r->f->options.max_stretch, err));
        KARVAN_TRY(all_outside(&o, err));
        for (int32_t k = 0; k < r->f->n_corridors; k++) KARVAN_TRY(add_corridor(&o, k, err));
        KARVAN_TRY(karvan_i_freight_alternatives(&o, err));
    }
done:
    karvan_i_departure_clear(&o);
    return st;
}

static karvan_status find_better(void *ctx, int64_t begin, int64_t end, int worker,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const routing *r = ctx;
    origin o = {0};
    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        karvan_i_departure_clear(&o);
        KARVAN_TRY(karvan_i_departure_init(&o, r, i, err));
        KARVAN_TRY(karvan_i_freight_better_ways(&o, err));
    }
done:
    karvan_i_departure_clear(&o);
    return st;
}

/* ---- the whole ---- */

/* What tasks found is not yet in any set: the first ways of a pair differ, and later ones cost less
 * than all that it has by their corridor. */
karvan_status karvan_i_routing_gather(routing *r, int64_t *added, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_freight_ways *all = &r->f->ways;
    int64_t before = all->n;
    for (int32_t i = 0; i < r->n_tasks; i++) {
        const karvan_i_freight_ways *w = &r->tasks[i].found;
        for (int64_t j = 0; j < w->n; j++) {
            int64_t none = -1;
            const karvan_i_way *x = &w->way[j];
            KARVAN_TRY(karvan_i_freight_ways_add(all, r->f, x->pair, w->arc + x->first, x->n,
                                                 x->corridor, &none, err));
        }
    }
    *added = all->n - before;
    KARVAN_TRY(karvan_i_freight_sort(r->f, err));
done:
    return st;
}

karvan_status karvan_i_freight_routes(karvan_freight *f, const bool *known, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    routing r = {0};
    int64_t added;
    const karvan_freight_options *o = &f->options;
    KARVAN_TRY(karvan_i_lanes_weigh(f, err));
    KARVAN_TRY(karvan_i_routing_init(&r, f, known, false, err));
    KARVAN_TRY(find_passed(&r, err));
    if (o->alternatives > 0)
        KARVAN_TRY(karvan_parallel_for(r.n_homes, 1, o->threads, find_homes, &r, o->cancel, err));
    KARVAN_TRY(karvan_parallel_for(r.n_tasks, 1, o->threads, find_sets, &r, o->cancel, err));
    KARVAN_TRY(karvan_i_routing_gather(&r, &added, err));
    f->best_first = true;
done:
    karvan_i_routing_clear(&r);
    return st;
}

karvan_status karvan_i_freight_better(karvan_freight *f, int64_t *added, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    routing r = {0};
    const karvan_freight_options *o = &f->options;
    for (int32_t l = 0; l < f->n_lanes; l++)
        karvan_i_lane_weigh(&f->lane[l], f, f->price, f->delay_h);
    KARVAN_TRY(karvan_i_routing_init(&r, f, NULL, false, err));
    KARVAN_TRY(karvan_parallel_for(r.n_tasks, 1, o->threads, find_better, &r, o->cancel, err));
    KARVAN_TRY(karvan_i_routing_gather(&r, added, err));
done:
    karvan_i_routing_clear(&r);
    return st;
}
