/* Best routes, the way by a corridor without coming back, and what a route adds up to. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/search.h"

static const char *place_name(const karvan_network *net, int32_t place) {
    int c = karvan_table_find(net->places, "name");
    const char *name = c < 0 ? NULL : karvan_table_text(net->places, c, place);
    return name ? name : "?";
}

/* What the search for a way by a corridor came to. */
typedef enum outcome { NONE, ALL_RETURN, GAVE_UP, FOUND } outcome;

static karvan_status no_way(const karvan_network *net, const karvan_route_query *q, outcome why,
                            karvan_error *err) {
    char day[48];
    const char *corridor = NULL;
    karvan_day_format(net->options.date, day, sizeof day);
    int c = karvan_table_find(net->corridors, "name");
    if (q->corridor >= 0 && c >= 0) corridor = karvan_table_text(net->corridors, c, q->corridor);
    if (why == GAVE_UP)
        return karvan_fail(err, KARVAN_E_NOCONV,
                           "no way by the %s from %s to %s that does not come back to a place that "
                           "it has passed was found among the best; try without the corridor",
                           corridor ? corridor : "corridor", place_name(net, q->from),
                           place_name(net, q->to));
    if (why == ALL_RETURN)
        return karvan_fail(err, KARVAN_E_NOCONV,
                           "%s does not lie between %s and %s: every way by it comes back to a "
                           "place that it has passed; try without the corridor",
                           corridor ? corridor : "the corridor", place_name(net, q->from),
                           place_name(net, q->to));
    return karvan_fail(err, KARVAN_E_NOCONV,
                       "no way leads from %s to %s%s%s on %s: try %sanother date",
                       place_name(net, q->from), place_name(net, q->to), corridor ? " by the " : "",
                       corridor ? corridor : "", day, corridor ? "without the corridor, or " : "");
}

/* A walk by a corridor may go there and come back, which is no way by it. Branch and bound finds
 * the best walk that does not: one that passes a place twice, with different groups passed, is
 * split into the walks that do not pass it the first time and those that do not the second. Each
 * branch's best is no worse than what lies below it, so the first of them all that does not return
 * is best. */
enum { BANS_MAX = 12, BRANCHES_MAX = 300 };
typedef struct branch {
    karvan_i_ban bans[BANS_MAX];
    int n;
    bool open;
    karvan_i_label cost;
} branch;

static void bound(karvan_i_search *s, branch *b) {
    s->bans = b->bans, s->n_bans = b->n;
    int32_t end = karvan_i_search_run(s);
    b->open = end >= 0;
    if (end >= 0) b->cost = s->best[end];
}

static branch *cheapest(branch *all, int n) {
    branch *best = NULL;
    for (int i = 0; i < n; i++)
        if (all[i].open && (!best || karvan_i_label_less(all[i].cost, best->cost))) best = &all[i];
    return best;
}

static karvan_status without_return(karvan_i_search *s, int32_t *end, outcome *out,
                                    karvan_error *err) {
    karvan_i_ban two[2];
    int n = 1;
    branch *all = karvan_i_calloc(BRANCHES_MAX, sizeof *all), *b;
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the search");
    bound(s, &all[0]);
    for (*out = ALL_RETURN; *out == ALL_RETURN && (b = cheapest(all, n)) != NULL;) {
        s->bans = b->bans, s->n_bans = b->n;
        *end = karvan_i_search_run(s);
        bool returns = karvan_i_search_returns(s, *end, two);
        if (!returns) *out = FOUND;
        if (returns && (b->n == BANS_MAX || n == BRANCHES_MAX)) *out = GAVE_UP;
        if (*out != ALL_RETURN) break;
        all[n] = *b; /* the second visit forbidden here, the first there */
        all[n].bans[all[n].n++] = two[0];
        b->bans[b->n++] = two[1];
        bound(s, &all[n++]), bound(s, b);
    }
    karvan_i_free(all);
    s->bans = NULL, s->n_bans = 0;
    return KARVAN_OK;
}

static karvan_status find(karvan_i_search *s, int32_t *end, karvan_error *err) {
    karvan_i_ban two[2];
    outcome out = NONE;
    *end = karvan_i_search_run(s);
    if (*end < 0) return no_way(s->net, s->q, NONE, err);
    if (!karvan_i_search_returns(s, *end, two)) return KARVAN_OK;
    karvan_status st = without_return(s, end, &out, err);
    if (st != KARVAN_OK || out == FOUND) return st;
    return no_way(s->net, s->q, out, err);
}

karvan_status karvan_i_route_solve(const karvan_network *net, const karvan_route_query *q,
                                   const karvan_moment *at, karvan_route *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_constraint c = {0};
    int32_t end;
    karvan_i_search s = {.net = net, .q = q, .c = &c};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_route){0};
    KARVAN_REQUIRE(net && q && q->from >= 0 && q->from < net->n_places && q->to >= 0 &&
                       q->to < net->n_places && q->objective >= KARVAN_BY_TIME &&
                       q->objective <= KARVAN_BY_GENERALISED && q->value_of_time_usd_h >= 0,
                   err, KARVAN_E_ARG,
                   "a route needs two places of the region and a value of time of 0 or more");
    KARVAN_REQUIRE(q->from != q->to, err, KARVAN_E_ARG, "%s is both ends of the route",
                   place_name(net, q->from));
    out->corridor = q->corridor, out->objective = q->objective;
    KARVAN_TRY(karvan_i_constraint_init(net, q->corridor, &c, err));
    KARVAN_TRY(karvan_i_search_init(&s, err));
    if (at) s.by_clock = true, s.start_h = karvan_i_depart_utc_h(net, q->from, at);
    KARVAN_TRY(find(&s, &end, err));
    KARVAN_TRY(karvan_i_search_legs(&s, end, out, err));
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
