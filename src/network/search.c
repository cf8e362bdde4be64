/* Dijkstra over (state, groups of places passed). Ties fall to the smaller second criterion, then
 * to the order of the tables, so that the answer is unique. Source: Dijkstra 1959, Numerische
 * Mathematik 1. */
#include "network/search.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

bool karvan_i_label_less(karvan_i_label a, karvan_i_label b) {
    return a.first < b.first || (a.first == b.first && a.second < b.second);
}

static bool node_less(const karvan_i_search *s, int32_t a, int32_t b) {
    if (karvan_i_label_less(s->best[a], s->best[b])) return true;
    return !karvan_i_label_less(s->best[b], s->best[a]) && a < b;
}

static void put(karvan_i_search *s, int32_t i, int32_t node) { s->heap[i] = node, s->at[node] = i; }

static void sift_up(karvan_i_search *s, int32_t i) {
    int32_t node = s->heap[i];
    for (; i > 0 && node_less(s, node, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        put(s, i, s->heap[(i - 1) / 2]);
    put(s, i, node);
}

static int32_t pop(karvan_i_search *s) {
    int32_t top = s->heap[0], node = s->heap[--s->n_heap], i = 0;
    s->at[top] = -2;
    if (s->n_heap == 0) return top;
    for (int32_t child; (child = 2 * i + 1) < s->n_heap; i = child) {
        if (child + 1 < s->n_heap && node_less(s, s->heap[child + 1], s->heap[child])) child++;
        if (!node_less(s, s->heap[child], node)) break;
        put(s, i, s->heap[child]);
    }
    put(s, i, node);
    return top;
}

static void reach(karvan_i_search *s, int32_t node, karvan_i_label l, int32_t from, int32_t arc) {
    if (s->at[node] == -2) return;
    if (s->at[node] >= 0 && !karvan_i_label_less(l, s->best[node])) return;
    s->best[node] = l, s->from[node] = from, s->by_arc[node] = arc;
    if (s->at[node] < 0) s->heap[s->n_heap] = node, s->at[node] = s->n_heap++;
    sift_up(s, s->at[node]);
}

static karvan_i_label weight(const karvan_i_search *s, const karvan_i_arc *a) {
    switch (s->q->objective) {
    case KARVAN_BY_COST:
        return (karvan_i_label){a->usd, a->hours};
    case KARVAN_BY_EMISSIONS:
        return (karvan_i_label){a->kg, a->hours};
    case KARVAN_BY_GENERALISED:
        return (karvan_i_label){a->usd + s->q->value_of_time_usd_h * a->hours, a->hours};
    case KARVAN_BY_TIME:
    case KARVAN_BY_PARETO:
        break;
    }
    return (karvan_i_label){a->hours, a->usd};
}

karvan_status karvan_i_search_init(karvan_i_search *s, karvan_error *err) {
    int64_t nodes = (int64_t)s->net->n_states << s->c->n_groups;
    if (nodes > INT32_MAX / 2)
        return karvan_fail(err, KARVAN_E_ARG, "too many groups of places to pass");
    size_t n = (size_t)nodes;
    s->n_nodes = (int32_t)nodes;
    s->best = karvan_i_calloc(n, sizeof *s->best);
    s->by_arc = karvan_i_calloc(n, sizeof *s->by_arc);
    s->from = karvan_i_calloc(n, sizeof *s->from);
    s->heap = karvan_i_calloc(n, sizeof *s->heap);
    s->at = karvan_i_calloc(n, sizeof *s->at);
    if (!s->best || !s->by_arc || !s->from || !s->heap || !s->at)
        return karvan_fail(err, KARVAN_E_NOMEM, "search over %zu nodes", n);
    return KARVAN_OK;
}

void karvan_i_search_clear(karvan_i_search *s) {
    karvan_i_free(s->best), karvan_i_free(s->by_arc), karvan_i_free(s->from);
    karvan_i_free(s->heap), karvan_i_free(s->at);
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
    for (int32_t i = 0; i < s->n_nodes; i++) s->at[i] = -1, s->from[i] = -1;
    if (banned(s, s->q->from, s->c->groups[s->q->from])) return -1;
    reach(s, (karvan_i_origin(net, s->q->from) << g) | (int32_t)s->c->groups[s->q->from],
          (karvan_i_label){0, 0}, -1, -1);
    while (s->n_heap > 0) {
        int32_t node = pop(s), state = node >> g, mask = node & all;
        if (state == karvan_i_destination(net, s->q->to) && mask == all) return node;
        for (int32_t a = net->first[state]; a < net->first[state + 1]; a++) {
            int32_t head = net->arcs[a].head, to = karvan_i_state_place(net, head);
            if (s->c->avoided[to] && to != s->q->to && to != s->q->from) continue;
            int32_t mode = karvan_i_state_mode(net, head);
            if (mode >= 0 && s->c->mode_avoided[mode]) continue;
            if (s->n_bans > 0 && banned(s, to, (uint32_t)mask | s->c->groups[to])) continue;
            karvan_i_label w = weight(s, &net->arcs[a]);
            karvan_i_label l = {s->best[node].first + w.first, s->best[node].second + w.second};
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
    uint32_t all = (1u << s->c->n_groups) - 1u;
    for (int32_t v = end; v >= 0; v = s->from[v])
        for (int32_t u = s->from[v]; u >= 0; u = s->from[u]) {
            int32_t a = karvan_i_state_place(s->net, u >> s->c->n_groups),
                    b = karvan_i_state_place(s->net, v >> s->c->n_groups);
            uint32_t before = (uint32_t)u & all, after = (uint32_t)v & all;
            if (a != b || before == after) continue;
            two[0] = (karvan_i_ban){a, before}, two[1] = (karvan_i_ban){a, after};
            return true;
        }
    return false;
}
