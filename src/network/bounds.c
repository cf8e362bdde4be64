/* Least sums from every node (state, groups passed) to the destination with all groups passed:
 * Dijkstra backwards. */
#include "network/bounds.h"

#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/heap.h"

typedef struct backward {
    const karvan_i_task *t;
    int g;
    const double *first, *second; /* [n_arcs] second: NULL where one sum is minimised */
    karvan_i_bounds *out;
    int at; /* of the sum among those of a node */
    int32_t *in_first, *in_arc;
    karvan_i_waiting *heap;
    int32_t n, cap;
} backward;

static karvan_status push(backward *b, karvan_i_waiting e, karvan_error *err) {
    if (b->n == b->cap) {
        int32_t cap = b->cap ? 2 * b->cap : 1024;
        karvan_i_waiting *heap = karvan_i_realloc(b->heap, (size_t)cap, sizeof *heap);
        if (!heap) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for bounds");
        b->heap = heap, b->cap = cap;
    }
    karvan_i_waiting_push(NULL, b->heap, &b->n, e);
    return KARVAN_OK;
}

static double *cell(backward *b, int32_t node) {
    return &b->out->least[(size_t)node * (size_t)b->t->n_sums + (size_t)b->at];
}

static karvan_status reach(backward *b, karvan_i_waiting e, karvan_error *err) {
    double *least = cell(b, e.node);
    if (e.key.first > least[0]) return KARVAN_OK;
    if (e.key.first == least[0] && !(b->second && e.key.second < least[1])) return KARVAN_OK;
    least[0] = e.key.first;
    if (b->second) least[1] = e.key.second;
    return push(b, e, err);
}

/* All nodes from which one arc leads to a settled one: at the tail some of the groups that the head
 * belongs to may not have been passed yet. */
static karvan_status relax(backward *b, const karvan_i_waiting *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->t->net;
    int32_t state = e->node >> b->g;
    uint32_t mask = (uint32_t)e->node & ((1u << b->g) - 1u);
    uint32_t here = b->t->c->groups[karvan_i_state_place(net, state)];
    if ((mask & here) != here) return KARVAN_OK;
    for (int32_t i = b->in_first[state]; i < b->in_first[state + 1]; i++) {
        int32_t a = b->in_arc[i], tail = net->arcs[a].tail;
        karvan_i_waiting next = {
            {e->key.first + b->first[a], b->second ? e->key.second + b->second[a] : 0}, 0};
        if (karvan_i_closed(b->t->c, a)) continue;
        for (uint32_t part = here;; part = (part - 1) & here) {
            next.node = (int32_t)(((uint32_t)tail << b->g) | (mask & ~part));
            KARVAN_TRY(reach(b, next, err));
            if (part == 0) break;
        }
    }
done:
    return st;
}

static karvan_status run(backward *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_task *t = b->t;
    int32_t end = karvan_i_destination(t->net, t->to), nodes = t->net->n_states << b->g;
    for (int32_t v = 0; v < nodes; v++) {
        cell(b, v)[0] = INFINITY;
        if (b->second) cell(b, v)[1] = INFINITY;
    }
    KARVAN_TRY(
        reach(b, (karvan_i_waiting){{0, 0}, (int32_t)((((uint32_t)end + 1) << b->g) - 1)}, err));
    while (b->n > 0) {
        karvan_i_waiting e = karvan_i_waiting_pop(NULL, b->heap, &b->n);
        const double *least = cell(b, e.node);
        if (e.key.first > least[0] || (b->second && e.key.second > least[1]))
            continue; /* bettered */
        KARVAN_TRY(relax(b, &e, err));
    }
done:
    return st;
}

static karvan_status arcs_by_head(backward *b, karvan_error *err) {
    const karvan_network *net = b->t->net;
    b->in_first = karvan_i_calloc((size_t)net->n_states + 2, sizeof *b->in_first);
    b->in_arc = karvan_i_malloc((size_t)net->n_arcs + 1, sizeof *b->in_arc);
    if (!b->in_first || !b->in_arc) return karvan_fail(err, KARVAN_E_NOMEM, "arcs by their heads");
    for (int32_t a = 0; a < net->n_arcs; a++) b->in_first[net->arcs[a].head + 2]++;
    for (int32_t s = 0; s < net->n_states; s++) b->in_first[s + 2] += b->in_first[s + 1];
    for (int32_t a = 0; a < net->n_arcs; a++) b->in_arc[b->in_first[net->arcs[a].head + 1]++] = a;
    return KARVAN_OK;
}

karvan_status karvan_i_bounds_find(const karvan_i_task *t, karvan_i_bounds *out,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    backward b = {.t = t, .g = t->c->n_groups, .out = out};
    int64_t nodes = (int64_t)t->net->n_states << b.g;
    out->least = NULL;
    KARVAN_REQUIRE(nodes < INT32_MAX / 2, err, KARVAN_E_ARG, "too many groups of places to pass");
    out->least = karvan_i_malloc((size_t)nodes * (size_t)t->n_sums + 1, sizeof *out->least);
    KARVAN_REQUIRE(out->least, err, KARVAN_E_NOMEM, "no memory for bounds");
    KARVAN_TRY(arcs_by_head(&b, err));
    for (int i = 0; i < t->n_sums; i += b.second ? 2 : 1) {
        b.at = i, b.n = 0;
        b.first = t->sum + (size_t)i * (size_t)t->net->n_arcs;
        b.second = !t->pareto && i == 0 && t->n_criteria == 2 ? b.first + t->net->n_arcs : NULL;
        KARVAN_TRY(run(&b, err));
    }
done:
    karvan_i_free(b.in_first), karvan_i_free(b.in_arc), karvan_i_free(b.heap);
    if (st != KARVAN_OK) karvan_i_bounds_clear(out);
    return st;
}

void karvan_i_bounds_clear(karvan_i_bounds *b) {
    karvan_i_free(b->least);
    b->least = NULL;
}
