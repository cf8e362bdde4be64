/* Recursive logit to one destination: values, flows and their derivatives by elimination (Fosgerau,
 * Frejinger and Karlstrom 2013, over nodes; the M-matrix: Berman and Plemmons 1994, chapter 6). */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/recursive.h"

/* A pivot below it has lost too many digits to be told from 0. */
static const double LEAST_PIVOT = 1e-12;

karvan_status karvan_i_recursion_init(karvan_i_recursion *k, const karvan_recursive *r,
                                      karvan_error *err) {
    size_t n = (size_t)r->n + 1, m = (size_t)r->m + 2, chords = (size_t)r->h->m + 1;
    size_t ranks = (size_t)r->h->n + 1;
    *k = (karvan_i_recursion){.r = r};
    k->dist = karvan_i_malloc(n, sizeof *k->dist), k->w = karvan_i_malloc(m, sizeof *k->w);
    k->y = karvan_i_malloc(n, sizeof *k->y), k->up = karvan_i_malloc(chords, sizeof *k->up);
    k->down = karvan_i_malloc(chords, sizeof *k->down);
    k->pivot = karvan_i_malloc(ranks, sizeof *k->pivot);
    k->right = karvan_i_malloc(ranks, sizeof *k->right);
    k->node = karvan_i_malloc(n, sizeof *k->node), k->slope = karvan_i_malloc(n, sizeof *k->slope);
    k->arc_to = karvan_i_malloc(ranks, sizeof *k->arc_to);
    k->heap = karvan_i_malloc(m, sizeof *k->heap);
    if (k->dist && k->w && k->y && k->up && k->down && k->pivot && k->right && k->node &&
        k->slope && k->arc_to && k->heap)
        return KARVAN_OK;
    karvan_i_recursion_clear(k);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the walks of %d nodes", (int)r->n);
}

void karvan_i_recursion_clear(karvan_i_recursion *k) {
    karvan_i_free(k->dist), karvan_i_free(k->w), karvan_i_free(k->y), karvan_i_free(k->up);
    karvan_i_free(k->down), karvan_i_free(k->pivot), karvan_i_free(k->right);
    karvan_i_free(k->node), karvan_i_free(k->slope), karvan_i_free(k->arc_to);
    karvan_i_free(k->heap);
    *k = (karvan_i_recursion){0};
}

/* Dijkstra against the arcs; only what may be passed through, and the destination, is searched. */
static void distances(karvan_i_recursion *k) {
    const karvan_recursive *r = k->r;
    int32_t n_heap = 0;
    for (int32_t v = 0; v < r->n; v++) k->dist[v] = INFINITY;
    k->dist[k->destination] = 0;
    karvan_i_near_push(NULL, k->heap, &n_heap, (karvan_i_near){0, k->destination});
    while (n_heap > 0) {
        karvan_i_near at = karvan_i_near_pop(NULL, k->heap, &n_heap);
        if (at.key > k->dist[at.node]) continue; /* improved since */
        for (int32_t i = r->in_first[at.node]; i < r->in_first[at.node + 1]; i++) {
            int32_t a = r->in_arc[i], from = r->tail[a];
            double better = at.key + k->cost[a];
            if (!(better < k->dist[from])) continue;
            k->dist[from] = better;
            if (from >= r->zones_below)
                karvan_i_near_push(NULL, k->heap, &n_heap, (karvan_i_near){better, from});
        }
    }
}

/* Arcs that may be part of a walk: not out of the destination, not into another zone. */
static void arc_weights(karvan_i_recursion *k) {
    const karvan_recursive *r = k->r;
    for (int32_t a = 0; a < r->m; a++) {
        int32_t from = r->tail[a], to = r->head[a];
        bool walked = from != k->destination && (to == k->destination || to >= r->zones_below) &&
                      k->dist[from] < INFINITY && k->dist[to] < INFINITY;
        k->w[a] = walked ? exp(-k->scale * (k->cost[a] + k->dist[to] - k->dist[from])) : 0;
    }
}

/* The factors of I - W among the nodes that are passed through. False: a pivot is not above 0. */
static bool eliminate(karvan_i_recursion *k) {
    const karvan_hierarchy *h = k->r->h;
    memset(k->up, 0, (size_t)h->m * sizeof *k->up);
    memset(k->down, 0, (size_t)h->m * sizeof *k->down);
    for (int32_t i = 0; i < h->n_inputs; i++)
        (h->inputs[i].slot % 2 ? k->down : k->up)[h->inputs[i].slot / 2] += k->w[h->inputs[i].arc];
    for (int32_t x = 0; x < h->n; x++) k->pivot[x] = 1;
    for (int32_t a = 0; a < k->r->m; a++)
        if (h->tail[a] == h->head[a] && h->rank[h->tail[a]] >= 0)
            k->pivot[h->rank[h->tail[a]]] -= k->w[a];
    for (int32_t y = 0; y < h->n; y++) {
        for (int64_t a = h->up_first[y]; a < h->up_first[y + 1]; a++) k->arc_to[h->up_head[a]] = a;
        for (int64_t i = h->down_first[y]; i < h->down_first[y + 1]; i++) {
            int64_t xy = h->down_arc[i], end = h->up_first[h->down_tail[i] + 1];
            double to_x = k->down[xy] / k->pivot[h->down_tail[i]];
            double from_x = k->up[xy] / k->pivot[h->down_tail[i]];
            k->pivot[y] -= to_x * k->up[xy];
            for (int64_t xz = xy + 1; xz < end; xz++) {
                int64_t yz = k->arc_to[h->up_head[xz]];
                k->up[yz] += to_x * k->up[xz], k->down[yz] += k->down[xz] * from_x;
            }
        }
        if (!(k->pivot[y] > LEAST_PIVOT)) return false;
    }
    return true;
}

/* right = (I - W)^-1 right, in place. */
static void solve(karvan_i_recursion *k) {
    const karvan_hierarchy *h = k->r->h;
    for (int32_t x = 0; x < h->n; x++) {
        double v = k->right[x] /= k->pivot[x];
        for (int64_t a = h->up_first[x]; v != 0 && a < h->up_first[x + 1]; a++)
            k->right[h->up_head[a]] += k->down[a] * v;
    }
    for (int32_t x = h->n - 1; x >= 0; x--) {
        double sum = 0;
        for (int64_t a = h->up_first[x]; a < h->up_first[x + 1]; a++)
            sum += k->up[a] * k->right[h->up_head[a]];
        k->right[x] += sum / k->pivot[x];
    }
}

/* The same of the transposed: where walks go to instead of where they come from. */
static void solve_transposed(karvan_i_recursion *k) {
    const karvan_hierarchy *h = k->r->h;
    for (int32_t x = 0; x < h->n; x++) {
        double v = k->right[x] /= k->pivot[x];
        for (int64_t a = h->up_first[x]; v != 0 && a < h->up_first[x + 1]; a++)
            k->right[h->up_head[a]] += k->up[a] * v;
    }
    for (int32_t x = h->n - 1; x >= 0; x--) {
        double sum = 0;
        for (int64_t a = h->up_first[x]; a < h->up_first[x + 1]; a++)
            sum += k->down[a] * k->right[h->up_head[a]];
        k->right[x] += sum / k->pivot[x];
    }
}

/* The least scale with an answer, so far up that six digits do not round it below; INFINITY where a
 * cycle costs nothing. */
static double least_scale(karvan_i_recursion *k) {
    double asked = k->scale, low = asked, high = asked;
    for (int i = 0; i < 64; i++) {
        low = high, k->scale = high *= 2;
        arc_weights(k);
        if (eliminate(k)) break;
        if (i == 63 || isinf(high)) return INFINITY;
    }
    for (int i = 0; i < 20; i++) {
        k->scale = low + (high - low) / 2;
        arc_weights(k);
        *(eliminate(k) ? &high : &low) = k->scale;
    }
    return high * (1 + 5e-6);
}

static karvan_status no_answer(karvan_i_recursion *k, karvan_error *err) {
    double asked = k->scale, least = least_scale(k);
    if (isinf(least))
        return karvan_fail(err, KARVAN_E_DATA,
                           "recursive logit has no answer to node %d: on the way there a cycle of "
                           "arcs costs nothing, and no scale makes users leave it",
                           (int)k->destination + 1);
    return karvan_fail(err, KARVAN_E_DATA,
                       "recursive logit has no answer to node %d at scale %g: walks through cycles "
                       "add up to infinity; it has one above a scale of %.6g",
                       (int)k->destination + 1, asked, least);
}

/* y, of zones too: a zone is left once, at the start. */
static void walk_sums(karvan_i_recursion *k) {
    const karvan_recursive *r = k->r;
    const karvan_hierarchy *h = r->h;
    int32_t d = k->destination;
    memset(k->right, 0, (size_t)h->n * sizeof *k->right);
    if (h->rank[d] >= 0)
        k->right[h->rank[d]] = 1;
    else
        for (int32_t i = r->in_first[d]; i < r->in_first[d + 1]; i++)
            if (h->rank[r->tail[r->in_arc[i]]] >= 0)
                k->right[h->rank[r->tail[r->in_arc[i]]]] += k->w[r->in_arc[i]];
    solve(k);
    for (int32_t v = 0; v < r->zones_below; v++) k->y[v] = 0;
    for (int32_t x = 0; x < h->n; x++) k->y[r->node[x]] = k->right[x];
    k->y[d] = 1;
    for (int32_t v = 0; v < r->zones_below; v++)
        for (int32_t i = h->out_first[v]; v != d && i < h->out_first[v + 1]; i++)
            k->y[v] += k->w[h->out_arc[i]] * k->y[r->head[h->out_arc[i]]];
}

karvan_status karvan_i_recursion_to(karvan_i_recursion *k, const double *cost, double scale,
                                    int32_t destination, karvan_error *err) {
    k->cost = cost, k->scale = scale, k->destination = destination;
    distances(k);
    arc_weights(k);
    if (!eliminate(k)) return no_answer(k, err);
    walk_sums(k);
    return KARVAN_OK;
}

double karvan_i_recursion_value(const karvan_i_recursion *k, int32_t node) {
    if (isinf(k->dist[node])) return INFINITY;
    return node == k->destination ? 0 : k->dist[node] - log(k->y[node]) / k->scale;
}

/* k->node[v]: what leaves v on its way, over y[v]; what comes by arc a from v is that times w[a]
 * times y of its head. */
static void node_flows(karvan_i_recursion *k, int64_t n, const int32_t *origin,
                       const double *trips) {
    const karvan_recursive *r = k->r;
    const karvan_hierarchy *h = r->h;
    memset(k->right, 0, (size_t)h->n * sizeof *k->right);
    memset(k->node, 0, (size_t)r->n * sizeof *k->node);
    for (int64_t i = 0; i < n; i++) {
        int32_t o = origin[i];
        if (o == k->destination || isinf(k->dist[o])) continue;
        double sent = trips[i] / k->y[o];
        if (h->rank[o] >= 0) {
            k->right[h->rank[o]] += sent;
            continue;
        }
        k->node[o] += sent;
        for (int32_t j = h->out_first[o]; j < h->out_first[o + 1]; j++)
            if (h->rank[r->head[h->out_arc[j]]] >= 0)
                k->right[h->rank[r->head[h->out_arc[j]]]] += sent * k->w[h->out_arc[j]];
    }
    solve_transposed(k);
    for (int32_t x = 0; x < h->n; x++) k->node[r->node[x]] = k->right[x];
    k->node[k->destination] = 0; /* who arrives is off the network */
}

void karvan_i_recursion_load(karvan_i_recursion *k, int64_t n, const int32_t *origin,
                             const double *trips, double *flow) {
    const karvan_recursive *r = k->r;
    node_flows(k, n, origin, trips);
    for (int32_t a = 0; a < r->m; a++) flow[a] += k->node[r->tail[a]] * k->w[a] * k->y[r->head[a]];
}

/* Derivatives of G: those of a node are the mean, over the arcs that leave it, of the arc's own and
 * its head's. */
static void value_slopes(karvan_i_recursion *k, const double *d_cost) {
    const karvan_recursive *r = k->r;
    const karvan_hierarchy *h = r->h;
    memset(k->right, 0, (size_t)h->n * sizeof *k->right);
    for (int32_t a = 0; a < r->m; a++)
        if (k->w[a] > 0 && h->rank[r->tail[a]] >= 0)
            k->right[h->rank[r->tail[a]]] += k->w[a] * k->y[r->head[a]] * d_cost[a];
    solve(k);
    for (int32_t v = 0; v < r->n; v++) {
        double sum = h->rank[v] >= 0 ? k->right[h->rank[v]] : 0;
        k->slope[v] = k->y[v] > 0 && v != k->destination ? sum / k->y[v] : 0;
    }
    for (int32_t v = 0; v < r->zones_below; v++)
        for (int32_t i = h->out_first[v]; k->y[v] > 0 && i < h->out_first[v + 1]; i++) {
            int32_t a = h->out_arc[i], to = r->head[a];
            if (k->w[a] > 0)
                k->slope[v] += k->w[a] * k->y[to] * (d_cost[a] + k->slope[to]) / k->y[v];
        }
}

void karvan_i_recursion_respond(karvan_i_recursion *k, int64_t n, const int32_t *origin,
                                const double *trips, const double *d_cost, double *own,
                                double *d_flow) {
    const karvan_recursive *r = k->r;
    const karvan_hierarchy *h = r->h;
    value_slopes(k, d_cost);
    node_flows(k, n, origin, trips);
    memset(k->right, 0, (size_t)h->n * sizeof *k->right);
    for (int32_t a = 0; a < r->m; a++) { /* shares move where users stand */
        int32_t from = r->tail[a], to = r->head[a];
        double x = k->node[from] * k->w[a] * k->y[to];
        own[a] = x > 0 ? -k->scale * x * (d_cost[a] + k->slope[to] - k->slope[from]) : 0;
        if (own[a] != 0 && h->rank[to] >= 0 && to != k->destination)
            k->right[h->rank[to]] += own[a] / k->y[to];
    }
    solve_transposed(k); /* and then those move who come after */
    for (int32_t a = 0; a < r->m; a++) {
        int32_t from = h->rank[r->tail[a]];
        double later = from >= 0 && k->w[a] > 0 ? k->right[from] * k->w[a] * k->y[r->head[a]] : 0;
        d_flow[a] += own[a] + later;
    }
}
