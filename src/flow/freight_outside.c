/* Ways around a corridor. Searches know no constants: where what is unexplained makes a corridor
 * dearer than its ways cost, the best way of all may be of it, and a way of none, which is better
 * with the constant, would not be found. So the best that keeps out of it is looked for too. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_routes.h"

/* Is the best way of a trip, in o->tree, of a corridor that is dearer than it looks? */
static bool hidden(karvan_i_departure *o, int32_t trip, int32_t corridor) {
    const karvan_freight *f = o->r->f;
    const karvan_i_trip *t = karvan_i_trip_of(o, trip);
    if (!(karvan_i_corridor_constant(f, corridor, t->pair) > 0)) return false;
    int32_t at = o->lane->node[karvan_i_destination(o->lane->net, t->to)];
    if (!(o->tree.cost[at] < INFINITY)) return false;
    karvan_i_walk_from(&o->tree, at, &o->walk);
    return karvan_i_corridor_of(f, o->lane, o->walk.arcs, o->walk.n) == corridor;
}

/* The best way to a destination that lacks one of the corridor's groups or takes what it closes,
 * into o->walk. */
static bool walk_around(karvan_i_departure *o, const karvan_i_constraint *c, int32_t trip) {
    int32_t to = o->lane->node[karvan_i_destination(o->lane->net, karvan_i_trip_of(o, trip)->to)],
            all = (1 << c->n_groups) - 1, best = -1;
    for (int32_t groups = 0; groups < 2 << c->n_groups; groups++) {
        int32_t at = groups * o->lane->n + to;
        if (groups == all) continue; /* by the corridor */
        if (best < 0 || o->within.cost[at] < o->within.cost[best]) best = at;
    }
    if (best < 0 || !(o->within.cost[best] < INFINITY)) return false;
    karvan_i_walk_from(&o->within, best, &o->walk);
    return !karvan_i_walk_returns(o);
}

/* What searches see of the best that a trip's set has around a corridor: nothing that costs more is
 * the best of all. */
static double least_around(const karvan_i_departure *o, int32_t trip, int32_t corridor) {
    const karvan_freight *f = o->r->f;
    int32_t pair = karvan_i_trip_of(o, trip)->pair;
    double least = INFINITY;
    for (int64_t w = f->first_way[pair]; w < f->first_way[pair + 1]; w++) {
        const karvan_i_way *way = &f->ways.way[w];
        double sum = 0;
        if (way->corridor == corridor) continue;
        for (int32_t i = 0; i < way->n; i++) sum += o->lane->weight[f->ways.arc[way->first + i]];
        least = fmin(least, sum);
    }
    return least;
}

karvan_status karvan_i_freight_outside(karvan_i_departure *o, int32_t n, const int32_t *trips,
                                       karvan_i_take_walk take, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int32_t k = 0; k < o->r->f->n_corridors; k++) {
        const karvan_i_constraint *c = &o->lane->corridor[k];
        double most = -1;
        for (int32_t i = 0; i < n; i++)
            if (hidden(o, trips[i], k))
                most = fmax(most, least_around(o, trips[i], k) * (1 + 1e-9)); /* rounding */
        if (most < 0) continue;
        KARVAN_TRY(karvan_i_lane_tree_around(o->lane, karvan_i_trip_of(o, trips[0])->from, c, most,
                                             &o->within, err));
        for (int32_t i = 0; i < n; i++)
            if (hidden(o, trips[i], k) && walk_around(o, c, trips[i]))
                KARVAN_TRY(take(o, trips[i], err));
    }
done:
    return st;
}
