/* Pareto sets of routes: multiobjective A* (Mandow and Perez de la Cruz 2010, Journal of the ACM
 * 57(5)) over the state graph. Labels are taken in lexicographic order of value plus lower bound;
 * one that is matched or beaten by another of its state, or whose bound is by a finished route,
 * goes no further. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/graph.h"

enum { CRITERIA = 4, LABELS_MOST = 1000000 };

typedef struct label {
    double v[CRITERIA]; /* values so far, the first n_criteria of them */
    int32_t state, arc, from;
    int32_t next;      /* older label of the state, -1 */
    int32_t next_done; /* finished before it, -1 */
    int changes;       /* of mode or gauge */
    bool beaten;
} label;

typedef struct pareto {
    const karvan_network *net;
    const karvan_pareto_query *q;
    int n_criteria;
    unsigned which[CRITERIA];
    bool *closed;      /* [n_states] */
    int32_t *in_first; /* [n_states + 1] arcs by head */
    int32_t *in_arc;   /* [n_arcs] */
    double *bound;     /* [n_criteria][n_states] least values to the destination */
    label *labels;
    int32_t n, cap, most;
    int32_t *of_state; /* [n_states] newest label, -1 */
    int32_t *heap;     /* labels that wait */
    int32_t n_heap;
    int32_t finished; /* newest finished label, linked by next_done */
    bool capped;
} pareto;

static double value_of(const pareto *p, int c, const karvan_i_arc *a) {
    switch (p->which[c]) {
    case KARVAN_WEIGH_TIME:
        return a->hours;
    case KARVAN_WEIGH_COST:
        return a->usd;
    case KARVAN_WEIGH_EMISSIONS:
        return a->kg;
    default:
        return a->var_h2; /* in the order of its root */
    }
}

/* ---- what may be passed ---- */

static bool listed(int32_t row, const int32_t *list, int n) {
    for (int i = 0; i < n; i++)
        if (list[i] == row) return true;
    return false;
}

static bool place_closed(const pareto *p, int32_t place) {
    if (place == p->q->from || place == p->q->to) return false;
    int64_t country = karvan_package_row(p->net->region, "countries", p->net->country[place]);
    return listed(place, p->q->places, p->q->n_places) ||
           listed((int32_t)country, p->q->countries, p->q->n_countries);
}

static karvan_status close_states(pareto *p, karvan_error *err) {
    const karvan_network *net = p->net;
    bool mode_closed[256] = {false};
    if (net->n_modes > 256) return karvan_fail(err, KARVAN_E_ARG, "more than 256 modes");
    for (int i = 0; i < p->q->n_modes; i++) {
        bool known = false;
        for (int32_t m = 0; m < net->n_modes; m++)
            if (strcmp(net->modes[m], p->q->modes[i]) == 0) known = mode_closed[m] = true;
        if (!known)
            return karvan_fail(err, KARVAN_E_ARG, "no link or terminal has the mode '%.40s'",
                               p->q->modes[i]);
    }
    bool closed = false;
    for (int32_t s = 0, last = -1; s < net->n_states; s++) {
        int32_t m = karvan_i_state_mode(net, s), place = karvan_i_state_place(net, s);
        if (place != last) closed = place_closed(p, place), last = place;
        p->closed[s] = closed || (m >= 0 && mode_closed[m]);
    }
    return KARVAN_OK;
}

/* ---- lower bounds: least values from each state to the destination ---- */

static void arcs_by_head(pareto *p) {
    const karvan_network *net = p->net; /* in_first has one entry more than it needs in the end */
    for (int32_t a = 0; a < net->n_arcs; a++) p->in_first[net->arcs[a].head + 2]++;
    for (int32_t s = 0; s < net->n_states; s++) p->in_first[s + 2] += p->in_first[s + 1];
    for (int32_t a = 0; a < net->n_arcs; a++) p->in_arc[p->in_first[net->arcs[a].head + 1]++] = a;
}

/* Label-correcting with a queue: the graph is small and its labels settle in a few rounds. */
static karvan_status find_bounds(pareto *p, int c, karvan_error *err) {
    const karvan_network *net = p->net;
    double *best = p->bound + (size_t)c * (size_t)net->n_states;
    int32_t n = 0, size = net->n_states + 1, head = 0;
    int32_t *queue = karvan_i_malloc((size_t)size, sizeof *queue);
    bool *waits = karvan_i_calloc((size_t)size, sizeof *waits);
    if (!queue || !waits) {
        karvan_i_free(queue), karvan_i_free(waits);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for bounds");
    }
    for (int32_t s = 0; s < net->n_states; s++) best[s] = INFINITY;
    int32_t end = karvan_i_destination(net, p->q->to);
    best[end] = 0, queue[n++] = end, waits[end] = true;
    while (n > 0) {
        int32_t s = queue[head];
        head = (head + 1) % size, n--, waits[s] = false;
        for (int32_t i = p->in_first[s]; i < p->in_first[s + 1]; i++) {
            const karvan_i_arc *a = &net->arcs[p->in_arc[i]];
            double v = best[s] + value_of(p, c, a);
            if (p->closed[a->tail] || !(v < best[a->tail])) continue;
            best[a->tail] = v;
            if (!waits[a->tail]) queue[(head + n++) % size] = a->tail, waits[a->tail] = true;
        }
    }
    karvan_i_free(queue), karvan_i_free(waits);
    return KARVAN_OK;
}

/* ---- labels ---- */

static double reach(const pareto *p, const label *l, int c) {
    return l->v[c] + p->bound[(size_t)c * (size_t)p->net->n_states + (size_t)l->state];
}

/* Lexicographic by value and bound, then by age. */
static bool earlier(const pareto *p, int32_t a, int32_t b) {
    for (int c = 0; c < p->n_criteria; c++) {
        double x = reach(p, &p->labels[a], c), y = reach(p, &p->labels[b], c);
        if (x != y) return x < y;
    }
    return a < b;
}

static void push(pareto *p, int32_t l) {
    int32_t i = p->n_heap++;
    for (; i > 0 && earlier(p, l, p->heap[(i - 1) / 2]); i = (i - 1) / 2)
        p->heap[i] = p->heap[(i - 1) / 2];
    p->heap[i] = l;
}

static int32_t pop(pareto *p) {
    int32_t top = p->heap[0], last = p->heap[--p->n_heap], i = 0;
    for (int32_t child; (child = 2 * i + 1) < p->n_heap; i = child) {
        if (child + 1 < p->n_heap && earlier(p, p->heap[child + 1], p->heap[child])) child++;
        if (!earlier(p, p->heap[child], last)) break;
        p->heap[i] = p->heap[child];
    }
    p->heap[i] = last;
    return top;
}

/* Is a as good as b in everything, changes too where they are limited? Sums of the same values in
 * another order differ in the last bits: these count as equal. */
static bool no_worse(const pareto *p, const label *a, const label *b) {
    static const double ROUNDING = 1e-12;
    for (int c = 0; c < p->n_criteria; c++)
        if (a->v[c] > b->v[c] + ROUNDING * fabs(b->v[c])) return false;
    return p->q->max_transhipments < 0 || a->changes <= b->changes;
}

/* Does a finished route already match what this label can reach at best? */
static bool out_of_reach(const pareto *p, const label *l) {
    label best = *l;
    for (int c = 0; c < p->n_criteria; c++) {
        best.v[c] = reach(p, l, c);
        if (isinf(best.v[c])) return true;
    }
    best.changes = 0;
    for (int32_t f = p->finished; f >= 0; f = p->labels[f].next_done) {
        label done = p->labels[f];
        done.changes = 0; /* finished routes are told apart by what is weighed alone */
        if (no_worse(p, &done, &best)) return true;
    }
    return false;
}

static karvan_status add_label(pareto *p, label l, karvan_error *err) {
    for (int32_t i = p->of_state[l.state]; i >= 0; i = p->labels[i].next)
        if (!p->labels[i].beaten && no_worse(p, &p->labels[i], &l)) return KARVAN_OK;
    if (out_of_reach(p, &l)) return KARVAN_OK;
    if (p->n == p->most) return p->capped = true, KARVAN_OK;
    if (p->n == p->cap) {
        int32_t cap = p->cap ? 2 * p->cap : 4096;
        label *labels = karvan_i_realloc(p->labels, (size_t)cap, sizeof *labels);
        if (labels) p->labels = labels;
        int32_t *heap = labels ? karvan_i_realloc(p->heap, (size_t)cap, sizeof *heap) : NULL;
        if (!heap) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d labels", (int)cap);
        p->heap = heap, p->cap = cap;
    }
    for (int32_t i = p->of_state[l.state]; i >= 0; i = p->labels[i].next)
        if (no_worse(p, &l, &p->labels[i])) p->labels[i].beaten = true;
    l.next = p->of_state[l.state];
    p->labels[p->n] = l, p->of_state[l.state] = p->n;
    push(p, p->n++);
    return KARVAN_OK;
}

/* All arcs from a label's state. */
static karvan_status extend(pareto *p, int32_t from, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = p->net;
    int32_t state = p->labels[from].state;
    for (int32_t a = net->first[state]; a < net->first[state + 1]; a++) {
        const karvan_i_arc *arc = &net->arcs[a];
        label l = p->labels[from];
        if (p->closed[arc->head]) continue;
        for (int c = 0; c < p->n_criteria; c++) l.v[c] += value_of(p, c, arc);
        l.changes += karvan_i_changes_mode(net, arc);
        if (p->q->max_transhipments >= 0 && l.changes > p->q->max_transhipments) continue;
        l.state = arc->head, l.arc = a, l.from = from, l.beaten = false;
        KARVAN_TRY(add_label(p, l, err));
    }
done:
    return st;
}

static karvan_status search(pareto *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = p->net;
    KARVAN_TRY(add_label(
        p, (label){.state = karvan_i_origin(net, p->q->from), .arc = -1, .from = -1}, err));
    while (p->n_heap > 0) {
        int32_t i = pop(p);
        label *l = &p->labels[i];
        if (l->beaten || out_of_reach(p, l)) continue;
        if (l->state == karvan_i_destination(net, p->q->to)) {
            l->next_done = p->finished, p->finished = i;
            continue;
        }
        KARVAN_TRY(extend(p, i, err));
    }
done:
    return st;
}

/* ---- the routes of the finished labels ---- */

static karvan_status route_of(const pareto *p, int32_t end, karvan_route *out, karvan_error *err) {
    int32_t n = 0;
    for (int32_t l = end; p->labels[l].from >= 0; l = p->labels[l].from) n++;
    int32_t *arcs = karvan_i_malloc((size_t)n + 1, sizeof *arcs), i = n;
    if (!arcs) return karvan_fail(err, KARVAN_E_NOMEM, "%d arcs", (int)n);
    for (int32_t l = end; p->labels[l].from >= 0; l = p->labels[l].from)
        arcs[--i] = p->labels[l].arc;
    *out = (karvan_route){.corridor = -1, .objective = KARVAN_BY_PARETO};
    karvan_status st = karvan_i_route_of_arcs(p->net, n, arcs, out, err);
    karvan_i_free(arcs);
    return st;
}

static karvan_status collect(const pareto *p, karvan_routes *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t n = 0;
    for (int32_t f = p->finished; f >= 0; f = p->labels[f].next_done) n++;
    out->route = karvan_i_calloc((size_t)n + 1, sizeof *out->route);
    KARVAN_REQUIRE(out->route, err, KARVAN_E_NOMEM, "%d routes", (int)n);
    out->n = n, out->capped = p->capped;
    for (int32_t f = p->finished; f >= 0; f = p->labels[f].next_done)
        KARVAN_TRY(route_of(p, f, &out->route[--n], err)); /* finished last: last */
done:
    return st;
}

static karvan_status check(const karvan_network *net, const karvan_pareto_query *q,
                           karvan_error *err) {
    const unsigned all =
        KARVAN_WEIGH_TIME | KARVAN_WEIGH_COST | KARVAN_WEIGH_EMISSIONS | KARVAN_WEIGH_DISPERSION;
    bool good = net && q && q->from >= 0 && q->from < net->n_places && q->to >= 0 &&
                q->to < net->n_places && q->from != q->to && q->weigh != 0 &&
                (q->weigh & ~all) == 0 && q->n_countries >= 0 && q->n_places >= 0 &&
                q->n_modes >= 0 && q->most_labels >= 0;
    return good ? KARVAN_OK
                : karvan_fail(err, KARVAN_E_ARG,
                              "a Pareto set needs two different places of the region and something "
                              "to weigh");
}

static karvan_status init(pareto *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t states = (size_t)p->net->n_states + 2;
    static const unsigned order[CRITERIA] = {KARVAN_WEIGH_TIME, KARVAN_WEIGH_COST,
                                             KARVAN_WEIGH_EMISSIONS, KARVAN_WEIGH_DISPERSION};
    for (int c = 0; c < CRITERIA; c++)
        if (p->q->weigh & order[c]) p->which[p->n_criteria++] = order[c];
    p->most = p->q->most_labels > 0 ? p->q->most_labels : LABELS_MOST;
    p->closed = karvan_i_calloc(states, sizeof *p->closed);
    p->in_first = karvan_i_calloc(states, sizeof *p->in_first);
    p->in_arc = karvan_i_malloc((size_t)p->net->n_arcs + 1, sizeof *p->in_arc);
    p->bound = karvan_i_malloc(states * CRITERIA, sizeof *p->bound);
    p->of_state = karvan_i_malloc(states, sizeof *p->of_state);
    KARVAN_REQUIRE(p->closed && p->in_first && p->in_arc && p->bound && p->of_state, err,
                   KARVAN_E_NOMEM, "no memory for a Pareto set");
    for (size_t s = 0; s < states; s++) p->of_state[s] = -1;
    p->finished = -1;
    KARVAN_TRY(close_states(p, err));
    arcs_by_head(p);
    for (int c = 0; c < p->n_criteria; c++) KARVAN_TRY(find_bounds(p, c, err));
done:
    return st;
}

karvan_status karvan_routes_pareto(const karvan_network *net, const karvan_pareto_query *q,
                                   karvan_routes *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    pareto p = {.net = net, .q = q};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_routes){0};
    KARVAN_TRY(check(net, q, err));
    KARVAN_TRY(init(&p, err));
    KARVAN_TRY(search(&p, err));
    KARVAN_REQUIRE(p.finished >= 0 || !p.capped, err, KARVAN_E_NOCONV,
                   "no way was found with %d labels", (int)p.most);
    KARVAN_REQUIRE(p.finished >= 0, err, KARVAN_E_NOCONV, "no way leads there as it is asked for");
    KARVAN_TRY(collect(&p, out, err));
done:
    karvan_i_free(p.closed), karvan_i_free(p.in_first), karvan_i_free(p.in_arc);
    karvan_i_free(p.bound), karvan_i_free(p.of_state), karvan_i_free(p.labels);
    karvan_i_free(p.heap);
    if (st != KARVAN_OK && out) karvan_routes_clear(out);
    return st;
}

void karvan_routes_clear(karvan_routes *r) {
    if (!r) return;
    for (int32_t i = 0; i < r->n; i++) karvan_route_clear(&r->route[i]);
    karvan_i_free(r->route);
    *r = (karvan_routes){0};
}
