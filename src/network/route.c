/* Best routes: Dijkstra over (state, groups of places passed). Ties fall to the smaller second
 * criterion, then to the order of the tables, so that the answer is unique.
 * Source: Dijkstra 1959, Numerische Mathematik 1. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/constraint.h"
#include "network/graph.h"

typedef struct label {
    double first, second; /* objective, then hours (or money where the objective is hours) */
} label;

typedef struct search {
    const karvan_network *net;
    const karvan_route_query *q;
    const karvan_i_constraint *c;
    int32_t n_nodes; /* states << groups */
    label *best;     /* [n_nodes] */
    int32_t *by_arc; /* [n_nodes] arc that set the label, -1 at the start */
    int32_t *from;   /* [n_nodes] node before */
    int32_t *heap;   /* [n_nodes] binary heap of nodes */
    int32_t *at;     /* [n_nodes] place in the heap, -1 not seen, -2 settled */
    int32_t n_heap;
} search;

static bool less(label a, label b) {
    return a.first < b.first || (a.first == b.first && a.second < b.second);
}

static bool node_less(const search *s, int32_t a, int32_t b) {
    if (less(s->best[a], s->best[b])) return true;
    return !less(s->best[b], s->best[a]) && a < b;
}

static void put(search *s, int32_t i, int32_t node) { s->heap[i] = node, s->at[node] = i; }

static void sift_up(search *s, int32_t i) {
    int32_t node = s->heap[i];
    for (; i > 0 && node_less(s, node, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        put(s, i, s->heap[(i - 1) / 2]);
    put(s, i, node);
}

static int32_t pop(search *s) {
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

static void reach(search *s, int32_t node, label l, int32_t from, int32_t arc) {
    if (s->at[node] == -2) return;
    if (s->at[node] >= 0 && !less(l, s->best[node])) return;
    s->best[node] = l, s->from[node] = from, s->by_arc[node] = arc;
    if (s->at[node] < 0) s->heap[s->n_heap] = node, s->at[node] = s->n_heap++;
    sift_up(s, s->at[node]);
}

static label weight(const search *s, const karvan_i_arc *a) {
    switch (s->q->objective) {
    case KARVAN_BY_COST:
        return (label){a->usd, a->hours};
    case KARVAN_BY_EMISSIONS:
        return (label){a->kg, a->hours};
    case KARVAN_BY_GENERALISED:
        return (label){a->usd + s->q->value_of_time_usd_h * a->hours, a->hours};
    case KARVAN_BY_TIME:
        break;
    }
    return (label){a->hours, a->usd};
}

static karvan_status search_init(search *s, karvan_error *err) {
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
    for (size_t i = 0; i < n; i++) s->at[i] = -1, s->from[i] = -1;
    return KARVAN_OK;
}

static void search_clear(search *s) {
    karvan_i_free(s->best), karvan_i_free(s->by_arc), karvan_i_free(s->from);
    karvan_i_free(s->heap), karvan_i_free(s->at);
}

/* Node of the destination, or -1. */
static int32_t run(search *s) {
    const karvan_network *net = s->net;
    int g = s->c->n_groups;
    int32_t all = (int32_t)((1u << g) - 1u);
    for (int32_t m = 0; m < net->n_modes; m++) {
        int32_t state = karvan_i_state(net, s->q->from, m, KARVAN_I_DEPARTING);
        reach(s, (state << g) | (int32_t)s->c->groups[s->q->from], (label){0, 0}, -1, -1);
    }
    while (s->n_heap > 0) {
        int32_t node = pop(s), state = node >> g, mask = node & all;
        int32_t place = karvan_i_state_place(net, state);
        if (place == s->q->to && state % 2 == KARVAN_I_ARRIVED && mask == all) return node;
        for (int32_t a = net->first[state]; a < net->first[state + 1]; a++) {
            int32_t head = net->arcs[a].head, to = karvan_i_state_place(net, head);
            if (s->c->avoided[to] && to != s->q->to && to != s->q->from) continue;
            if (s->c->mode_avoided[karvan_i_state_mode(net, head)]) continue;
            label w = weight(s, &net->arcs[a]);
            label l = {s->best[node].first + w.first, s->best[node].second + w.second};
            reach(s, (head << g) | mask | (int32_t)s->c->groups[to], l, node, a);
        }
    }
    return -1;
}

static karvan_status read_back(const search *s, int32_t end, karvan_route *out, karvan_error *err) {
    karvan_leg two[2];
    int32_t n = 0;
    for (int32_t v = end; s->from[v] >= 0; v = s->from[v])
        n += karvan_i_legs_of_arc(s->net, &s->net->arcs[s->by_arc[v]], two);
    out->legs = karvan_i_calloc((size_t)n + 1, sizeof *out->legs);
    if (!out->legs) return karvan_fail(err, KARVAN_E_NOMEM, "%d legs", (int)n);
    out->n_legs = n;
    for (int32_t v = end; s->from[v] >= 0; v = s->from[v]) {
        int k = karvan_i_legs_of_arc(s->net, &s->net->arcs[s->by_arc[v]], two);
        for (int i = k - 1; i >= 0; i--) out->legs[--n] = two[i];
    }
    return KARVAN_OK;
}

/* Sums, customs borders (changes of customs area; straits lie in nobody's way) and changes of mode.
 */
static void add_up(const karvan_network *net, karvan_route *r) {
    const char *area = r->n_legs > 0 ? net->customs[r->legs[0].from] : NULL;
    for (int32_t k = 0; k < r->n_legs; k++) {
        const karvan_leg *l = &r->legs[k];
        r->hours += l->hours, r->km += l->km;
        r->usd_per_teu += l->usd_per_teu, r->co2e_kg_per_teu += l->co2e_kg_per_teu;
        r->transhipments += l->operation == KARVAN_GAUGE_CHANGE || l->operation == KARVAN_PORT ||
                            l->operation == KARVAN_TRANSHIP;
        if (net->strait[l->to]) continue;
        r->borders += strcmp(area, net->customs[l->to]) != 0;
        area = net->customs[l->to];
    }
}

static const char *place_name(const karvan_network *net, int32_t place) {
    int c = karvan_table_find(net->places, "name");
    const char *name = c < 0 ? NULL : karvan_table_text(net->places, c, place);
    return name ? name : "?";
}

static karvan_status no_way(const karvan_network *net, const karvan_route_query *q,
                            karvan_error *err) {
    char day[48];
    const char *corridor = NULL;
    karvan_day_format(net->options.date, day, sizeof day);
    int c = karvan_table_find(net->corridors, "name");
    if (q->corridor >= 0 && c >= 0) corridor = karvan_table_text(net->corridors, c, q->corridor);
    return karvan_fail(err, KARVAN_E_NOCONV,
                       "no way leads from %s to %s%s%s on %s: try %sanother date",
                       place_name(net, q->from), place_name(net, q->to), corridor ? " by the " : "",
                       corridor ? corridor : "", day, corridor ? "without the corridor, or " : "");
}

karvan_status karvan_route_best(const karvan_network *net, const karvan_route_query *q,
                                karvan_route *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_constraint c = {0};
    search s = {.net = net, .q = q, .c = &c};
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
    KARVAN_TRY(search_init(&s, err));
    int32_t end = run(&s);
    if (end < 0) {
        st = no_way(net, q, err);
        goto done;
    }
    KARVAN_TRY(read_back(&s, end, out, err));
    add_up(net, out);
done:
    search_clear(&s);
    karvan_i_constraint_clear(&c);
    if (st != KARVAN_OK) karvan_route_clear(out);
    return st;
}

void karvan_route_clear(karvan_route *r) {
    if (!r) return;
    karvan_i_free(r->legs);
    *r = (karvan_route){0};
}
