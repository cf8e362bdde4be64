/* Best routes: Dijkstra, and where its walk by a corridor comes back to a place, the label search
 * that does not. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/search.h"
#include "network/sets.h"

/* A walk by a corridor may go there and come back, which is no way by it: the best that does not.
 */
static karvan_status without_return(const karvan_network *net, const karvan_routes_query *q,
                                    karvan_objective by, karvan_route *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_question a = {0};
    karvan_i_labels *labels = NULL;
    karvan_i_walk w = {0};
    const karvan_i_sum criteria[] = {KARVAN_I_SUM_WEIGHTED,
                                     by == KARVAN_BY_TIME ? KARVAN_I_SUM_USD : KARVAN_I_SUM_HOURS};
    KARVAN_TRY(karvan_i_question_init(net, q, false, 2, criteria, &a, err));
    KARVAN_TRY(karvan_i_labels_create(&a.task, &labels, err));
    KARVAN_TRY(karvan_i_labels_solve(labels, NULL, err));
    if (karvan_i_labels_found(labels) == 0)
        KARVAN_TRY(karvan_i_labels_capped(labels) ? karvan_i_gave_up(net, q, err)
                                                  : karvan_i_no_way(net, q, true, err));
    KARVAN_TRY(karvan_i_labels_walk(labels, 0, &w, err));
    KARVAN_TRY(karvan_i_route_of_arcs(net, w.n, w.arcs, out, err));
done:
    karvan_i_walk_clear(&w);
    karvan_i_labels_destroy(labels);
    karvan_i_question_clear(&a);
    return st;
}

static karvan_status by_clock(karvan_i_search *s, const karvan_routes_query *all, karvan_route *out,
                              karvan_error *err) {
    karvan_i_outcome came_to;
    int32_t end;
    karvan_status st = karvan_i_search_without_return(s, &end, &came_to, err);
    if (st != KARVAN_OK) return st;
    if (came_to == KARVAN_I_FOUND) return karvan_i_search_legs(s, end, out, err);
    if (came_to == KARVAN_I_GAVE_UP) return karvan_i_gave_up(s->net, all, err);
    return karvan_i_no_way(s->net, all, true, err);
}

static karvan_status find(karvan_i_search *s, const karvan_routes_query *all, karvan_route *out,
                          karvan_error *err) {
    karvan_i_ban two[2];
    int32_t end = karvan_i_search_run(s);
    if (end < 0) return karvan_i_no_way(s->net, all, false, err);
    if (!karvan_i_search_returns(s, end, two)) return karvan_i_search_legs(s, end, out, err);
    if (s->by_clock) return by_clock(s, all, out, err);
    return without_return(s->net, all, s->q->objective, out, err);
}

karvan_status karvan_i_route_solve(const karvan_network *net, const karvan_route_query *q,
                                   const karvan_moment *at, karvan_route *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_constraint c = {0};
    karvan_routes_query all;
    karvan_i_search s = {.net = net, .q = q, .c = &c};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_route){0};
    KARVAN_REQUIRE(net && q && q->from >= 0 && q->from < net->n_places && q->to >= 0 &&
                       q->to < net->n_places && q->objective >= KARVAN_BY_TIME &&
                       q->objective <= KARVAN_BY_GENERALISED && q->value_of_time_usd_h >= 0 &&
                       isfinite(q->value_of_time_usd_h),
                   err, KARVAN_E_ARG,
                   "a route needs two places of the region and a value of time of 0 or more");
    KARVAN_REQUIRE(q->from != q->to, err, KARVAN_E_ARG, "%s is both ends of the route",
                   karvan_i_row_name(net->places, q->from));
    out->corridor = q->corridor, out->objective = q->objective;
    karvan_routes_query_init(&all, q->from, q->to);
    all.corridor = q->corridor,
    all.weights = karvan_weights_of(q->objective, q->value_of_time_usd_h);
    KARVAN_TRY(karvan_i_constraint_init(net, &all, &c, err));
    KARVAN_TRY(karvan_i_search_init(&s, err));
    if (at) s.by_clock = true, s.start_h = karvan_i_depart_utc_h(net, q->from, at);
    KARVAN_TRY(find(&s, &all, out, err));
done:
    karvan_i_search_clear(&s);
    karvan_i_constraint_clear(&c);
    if (st != KARVAN_OK) karvan_route_clear(out);
    return st;
}

karvan_status karvan_route_best(const karvan_network *net, const karvan_route_query *q,
                                karvan_route *out, karvan_error *err) {
    return karvan_i_route_solve(net, q, NULL, out, err);
}

void karvan_route_clear(karvan_route *r) {
    if (!r) return;
    karvan_i_free(r->legs);
    *r = (karvan_route){0};
}
