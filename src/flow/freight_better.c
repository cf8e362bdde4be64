/* What prices make better: the best way of a pair, the best around corridors that are dearer than
 * they look, and the best within each corridor whose own pays
 * prices, if the set has it not yet and it costs less than what the set has. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_routes.h"

bool karvan_i_walk_known(const karvan_i_departure *o, int32_t pair) {
    const karvan_freight *f = o->r->f;
    size_t bytes = (size_t)o->walk.n * sizeof *o->walk.arcs;
    for (int64_t w = f->first_way[pair]; w < f->first_way[pair + 1]; w++) {
        const karvan_i_way *way = &f->ways.way[w];
        if (way->n == o->walk.n && memcmp(f->ways.arc + way->first, o->walk.arcs, bytes) == 0)
            return true;
    }
    return false;
}

static double priced(const karvan_freight *f, const karvan_i_lane *lane, const karvan_i_way *way,
                     const int32_t *arcs) {
    double sum = way->cost;
    for (int32_t i = 0; i < way->n; i++)
        sum += karvan_i_arc_price(f, lane, arcs[way->first + i], f->price, f->delay_h);
    return sum;
}

/* The cheapest that a pair has by a corridor, -1: by any way; *way: which one it is. */
static double least_of(const karvan_freight *f, int32_t pair, int32_t corridor, int64_t *way) {
    double least = INFINITY;
    *way = -1;
    for (int64_t k = f->first_way[pair]; k < f->first_way[pair + 1]; k++)
        if ((corridor < 0 || f->ways.way[k].corridor == corridor) && f->way_cost[k] < least)
            least = f->way_cost[k], *way = k;
    return least;
}

/* A corridor whose best way pays prices may have a better one beside it; one that hardly anything
 * would choose is left. */
bool karvan_i_freight_may_improve(const karvan_freight *f, int32_t pair, int32_t corridor) {
    int64_t way, any;
    double cost = least_of(f, pair, corridor, &way);
    if (way < 0 || karvan_i_too_dear(f, cost, least_of(f, pair, -1, &any))) return false;
    return cost > f->ways.way[way].cost + 1e-7 * (1 + fabs(cost));
}

/* The walk becomes a way of the trip if it is cheaper, by its own dispersion too, than what the set
 * has by its corridor; by none, or one that the set lacks, than all of it. */
static karvan_status add_cheaper(karvan_i_departure *o, int32_t i, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = o->r->f;
    int32_t pair = karvan_i_trip_of(o, i)->pair;
    karvan_i_freight_ways *found = &o->t->found;
    int64_t n = found->n, last = o->last[i - o->t->begin], which;
    if (karvan_i_walk_known(o, pair)) return KARVAN_OK;
    KARVAN_TRY(karvan_i_walk_add(o, i, err));
    if (found->n == n) goto done; /* found just before */
    const karvan_i_way *way = &found->way[n];
    double least = least_of(f, pair, way->corridor, &which);
    if (which < 0) least = least_of(f, pair, -1, &which);
    if (!(priced(f, o->lane, way, found->arc) < least - 1e-7 * (1 + fabs(least))))
        found->n = n, o->last[i - o->t->begin] = last;
done:
    return st;
}

static karvan_status add_better(karvan_i_departure *o, int32_t i, karvan_error *err) {
    int32_t at = o->lane->node[karvan_i_destination(o->lane->net, karvan_i_trip_of(o, i)->to)];
    if (!(o->tree.cost[at] < INFINITY)) return KARVAN_OK;
    karvan_i_walk_from(&o->tree, at, &o->walk);
    return add_cheaper(o, i, err);
}

karvan_status karvan_i_freight_better_freely(karvan_i_departure *o, int32_t n, const int32_t *trips,
                                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (n == 0) return KARVAN_OK;
    for (int32_t k = 0; k < n; k++) o->to[k] = karvan_i_trip_of(o, trips[k])->to;
    KARVAN_TRY(karvan_i_lane_tree_from(o->lane, karvan_i_trip_of(o, trips[0])->from, NULL, n, o->to,
                                       1, &o->tree, err));
    for (int32_t k = 0; k < n; k++) KARVAN_TRY(add_better(o, trips[k], err));
    KARVAN_TRY(karvan_i_freight_outside(o, n, trips, add_cheaper, err));
done:
    return st;
}

/* At the prices, so that what is full there keeps no corridor shut. */
karvan_status karvan_i_freight_better_within(karvan_i_departure *o, int32_t corridor, int32_t n,
                                             const int32_t *trips, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_constraint *c = &o->lane->corridor[corridor];
    int32_t all = (1 << c->n_groups) - 1;
    if (n == 0) return KARVAN_OK;
    for (int32_t k = 0; k < n; k++) o->to[k] = karvan_i_trip_of(o, trips[k])->to;
    KARVAN_TRY(karvan_i_lane_tree_from(o->lane, karvan_i_trip_of(o, trips[0])->from, c, n, o->to, 1,
                                       &o->within, err));
    for (int32_t k = 0; k < n; k++) {
        int32_t to = karvan_i_trip_of(o, trips[k])->to,
                at = all * o->lane->n + o->lane->node[karvan_i_destination(o->lane->net, to)];
        if (!(o->within.cost[at] < INFINITY)) continue;
        karvan_i_walk_from(&o->within, at, &o->walk);
        if (!karvan_i_walk_returns(o)) KARVAN_TRY(add_cheaper(o, trips[k], err));
    }
done:
    return st;
}

/* A pair whose best way at no prices pays none has no better one: prices only add to others.
 * Balances may pay, and where the best way is of a corridor that is dearer than it looks, ways
 * around it. */
static bool settled(const karvan_freight *f, int32_t pair) {
    if (!f->best_first || f->empties.n > 0 || f->first_way[pair] == f->first_way[pair + 1])
        return false;
    const karvan_i_way *way = &f->ways.way[f->first_way[pair]];
    if (karvan_i_corridor_constant(f, way->corridor, pair) > 0) return false;
    for (int64_t i = way->first_use; i < way->first_use + way->n_uses; i++)
        if (f->price[f->ways.use[i]] != 0 || f->delay_h[f->ways.use[i]] != 0) return false;
    return true;
}

karvan_status karvan_i_freight_better_ways(karvan_i_departure *o, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = o->r->f;
    int32_t *open = karvan_i_malloc((size_t)(o->t->end - o->t->begin), sizeof *open), n = 0;
    KARVAN_REQUIRE(open, err, KARVAN_E_NOMEM, "no memory for routes");
    for (int32_t i = o->t->begin; i < o->t->end; i++)
        if (!settled(f, karvan_i_trip_of(o, i)->pair)) open[n++] = i;
    KARVAN_TRY(karvan_i_freight_better_freely(o, n, open, err));
    for (int32_t k = 0; k < f->n_corridors; k++) {
        n = 0;
        for (int32_t i = o->t->begin; i < o->t->end; i++)
            if (karvan_i_freight_may_improve(f, karvan_i_trip_of(o, i)->pair, k)) open[n++] = i;
        KARVAN_TRY(karvan_i_freight_better_within(o, k, n, open, err));
    }
done:
    karvan_i_free(open);
    return st;
}
