/* Alternatives by way of one state: the best way from the origin to it and on to the destination,
 * if it costs little more than the best of all and shares little with what the pair has (Abraham,
 * Delling, Goldberg and Werneck 2013, Journal of Experimental Algorithmics 18). */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_routes.h"
#include "flow/freight_via.h"

static int32_t thing(const karvan_i_lane *lane, int32_t arc) { return lane->item[arc]; }

/* Share of a way's cost that lies on links and stops which the walk uses too. */
static double overlap(karvan_i_departure *o, const karvan_i_way *way) {
    const karvan_i_lane *lane = o->lane;
    const int32_t *arcs = o->t->found.arc + way->first;
    double common = 0, all = 0;
    for (int32_t i = 0; i < way->n; i++) {
        all += lane->base[arcs[i]];
        if (thing(lane, arcs[i]) >= 0) o->mark[thing(lane, arcs[i])] = lane->base[arcs[i]];
    }
    for (int32_t i = 0; i < o->walk.n; i++) {
        int32_t x = thing(lane, o->walk.arcs[i]);
        if (x >= 0) common += o->mark[x], o->mark[x] = 0;
    }
    for (int32_t i = 0; i < way->n; i++)
        if (thing(lane, arcs[i]) >= 0) o->mark[thing(lane, arcs[i])] = 0;
    return all > 0 ? common / all : 1;
}

/* Does the walk share little enough with each way of the trip? */
static bool apart(karvan_i_departure *o, int32_t i) {
    for (int64_t w = o->last[i - o->t->begin]; w >= 0; w = o->t->found.way[w].before)
        if (overlap(o, &o->t->found.way[w]) > o->r->f->options.max_overlap) return false;
    return true;
}

/* By way of each state where a link arrives, the cheapest first; states of one way give one sum. */
static karvan_status add_alternatives(karvan_i_departure *o, int32_t which, karvan_i_via *vias,
                                      karvan_error *err) {
    enum { TRIES = 24 };
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = o->r->f;
    const karvan_i_lane *lane = o->lane;
    const karvan_i_trip *t = karvan_i_trip_of(o, which);
    const karvan_i_lane_tree *back = &o->r->homes[o->r->home_of[t->pair]].tree;
    double best = o->tree.cost[lane->node[karvan_i_destination(lane->net, t->to)]];
    int32_t n = 0;
    const double least = best * (1 + 1e-9), most = best * f->options.max_stretch;
    for (int32_t i = 0; i < o->n_arrived; i++) {
        int32_t v = o->arrived[i];
        double sum = o->tree.cost[v] + back->cost[v];
        if (sum > least && sum <= most) vias[n++] = (karvan_i_via){sum, v};
    }
    for (int32_t i = n / 2; i-- > 0;) karvan_i_via_sift(vias, n, i);
    double last = best;
    for (int32_t tried = 0, found = 0; n > 0 && tried < TRIES && found < f->options.alternatives;) {
        karvan_i_via v = karvan_i_via_take(vias, &n);
        if (v.cost <= last * (1 + 1e-9)) continue;
        last = v.cost, tried++;
        karvan_i_walk_from(&o->tree, v.node, &o->walk);
        karvan_i_walk_to(back, v.node, &o->walk);
        if (karvan_i_walk_returns(o) || !apart(o, which)) continue;
        KARVAN_TRY(karvan_i_walk_add(o, which, err));
        found++;
    }
done:
    return st;
}

karvan_status karvan_i_freight_alternatives(karvan_i_departure *o, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_via *vias = NULL;
    if (o->r->f->options.alternatives <= 0) return KARVAN_OK;
    vias = karvan_i_malloc((size_t)o->lane->n + 1, sizeof *vias);
    o->mark = karvan_i_calloc((size_t)karvan_i_item_count(o->r->f) + 1, sizeof *o->mark);
    o->arrived = karvan_i_malloc((size_t)o->lane->n + 1, sizeof *o->arrived);
    KARVAN_REQUIRE(vias && o->mark && o->arrived, err, KARVAN_E_NOMEM,
                   "no memory for alternatives");
    for (int32_t v = 0; v < o->lane->n; v++)
        if (o->tree.cost[v] < INFINITY &&
            karvan_i_state_side(o->lane->net, o->lane->state[v]) == KARVAN_I_ARRIVED)
            o->arrived[o->n_arrived++] = v;
    for (int32_t i = o->t->begin; i < o->t->end; i++) {
        const karvan_i_trip *t = karvan_i_trip_of(o, i);
        if (o->tree.cost[o->lane->node[karvan_i_destination(o->lane->net, t->to)]] < INFINITY)
            KARVAN_TRY(add_alternatives(o, i, vias, err));
    }
done:
    karvan_i_free(vias);
    return st;
}
