/* Dijkstra over (state, groups of places passed). Ties fall to the smaller second criterion, then
 * to the order of the tables, so that the answer is unique. Source: Dijkstra 1959, Numerische
 * Mathematik 1. */
#include "network/search.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

static void reach(karvan_i_search *s, int32_t node, karvan_i_label l, int32_t from, int32_t arc) {
    if (!(l.first < INFINITY) || !karvan_i_label_less(l, s->best[node])) return;
    s->best[node] = l, s->from[node] = from, s->by_arc[node] = arc;
    karvan_i_waiting_push(NULL, s->heap, &s->n_heap, (karvan_i_waiting){l, node});
}

/* At hours after the start; INFINITY: never passed. */
static karvan_i_label weight(const karvan_i_search *s, const karvan_i_arc *a, double at_h) {
    if (!s->by_clock) return karvan_i_weigh(&s->weights, a);
    double now = s->start_h + at_h;
    return (karvan_i_label){fmax(0.0, karvan_i_clock_after(s->net, a, now) - now), a->usd};
}

karvan_status karvan_i_search_init(karvan_i_search *s, karvan_error *err) {
    int64_t nodes = (int64_t)s->net->n_states << s->c->n_groups;
    if (nodes > INT32_MAX / 2 || (int64_t)s->net->n_arcs << s->c->n_groups >= INT32_MAX)
        return karvan_fail(err, KARVAN_E_ARG, "too many groups of places to pass");
    size_t n = (size_t)nodes;
    s->n_nodes = (int32_t)nodes;
    s->weights = karvan_weights_of(s->q->objective, s->q->value_of_time_usd_h);
    s->best = karvan_i_malloc(n, sizeof *s->best);
    s->by_arc = karvan_i_malloc(n, sizeof *s->by_arc);
    s->from = karvan_i_malloc(n, sizeof *s->from);
    s->heap = karvan_i_malloc(((size_t)s->net->n_arcs << s->c->n_groups) + 1, sizeof *s->heap);
    if (!s->best || !s->by_arc || !s->from || !s->heap)
        return karvan_fail(err, KARVAN_E_NOMEM, "search over %zu nodes", n);
    return KARVAN_OK;
}

void karvan_i_search_clear(karvan_i_search *s) {
    karvan_i_free(s->best), karvan_i_free(s->by_arc), karvan_i_free(s->from);
    karvan_i_free(s->heap);
}

static bool banned(const karvan_i_search *s, int32_t place, uint32_t passed) {
    for (int i = 0; i < s->n_bans; i++)
        if (s->bans[i].place == place && s->bans[i].passed == passed) return true;
    return false;
}

int32_t karvan_i_search_run(karvan_i_search *s) {
    const karvan_network *net = s->net;
    int g = s->c->n_groups;
    int32_t all = (int32_t)((1u << g) - 1u);
    s->n_heap = 0;
    for (int32_t i = 0; i < s->n_nodes; i++) s->best[i] = (karvan_i_label){INFINITY, INFINITY};
    if (banned(s, s->q->from, s->c->groups[s->q->from])) return -1;
    reach(s, (karvan_i_origin(net, s->q->from) << g) | (int32_t)s->c->groups[s->q->from],
          (karvan_i_label){0, 0}, -1, -1);
    while (s->n_heap > 0) {
        karvan_i_waiting u = karvan_i_waiting_pop(NULL, s->heap, &s->n_heap);
        int32_t node = u.node, state = node >> g, mask = node & all;
        if (karvan_i_label_less(s->best[node], u.key)) continue; /* bettered since */
        if (state == karvan_i_destination(net, s->q->to) && mask == all) return node;
        for (int32_t a = net->first[state]; a < net->first[state + 1]; a++) {
            int32_t head = net->arcs[a].head, to = karvan_i_state_place(net, head);
            if (karvan_i_closed(s->c, a)) continue;
            if (s->n_bans > 0 && banned(s, to, (uint32_t)mask | s->c->groups[to])) continue;
            karvan_i_label w = weight(s, &net->arcs[a], u.key.first);
            karvan_i_label l = {u.key.first + w.first, u.key.second + w.second};
            reach(s, (head << g) | mask | (int32_t)s->c->groups[to], l, node, a);
        }
    }
    return -1;
}

karvan_status karvan_i_search_legs(const karvan_i_search *s, int32_t end, karvan_route *out,
                                   karvan_error *err) {
    int32_t n = 0;
    for (int32_t v = end; s->from[v] >= 0; v = s->from[v]) n++;
    int32_t *arcs = karvan_i_malloc((size_t)n + 1, sizeof *arcs), i = n;
    if (!arcs) return karvan_fail(err, KARVAN_E_NOMEM, "%d arcs", (int)n);
    for (int32_t v = end; s->from[v] >= 0; v = s->from[v]) arcs[--i] = s->by_arc[v];
    karvan_status st = karvan_i_route_of_arcs(s->net, n, arcs, out, err);
    karvan_i_free(arcs);
    return st;
}

bool karvan_i_search_returns(const karvan_i_search *s, int32_t end, karvan_i_ban two[2]) {
    int g = s->c->n_groups;
    uint32_t all = (1u << g) - 1u;
    if (g == 0) return false;
    for (int32_t v = end; v >= 0; v = s->from[v])
        for (int32_t u = s->from[v]; u >= 0; u = s->from[u]) {
            int32_t a = karvan_i_state_place(s->net, u >> g),
                    b = karvan_i_state_place(s->net, v >> g);
            uint32_t before = (uint32_t)u & all, after = (uint32_t)v & all;
            if (a != b || before == after) continue;
            two[0] = (karvan_i_ban){a, before}, two[1] = (karvan_i_ban){a, after};
            return true;
        }
    return false;
}
