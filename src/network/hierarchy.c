/* Customisable contraction hierarchies (Dibbelt, Strasser and Wagner 2016): the chordal supergraph
 * of an order, made once; its weights, by lower triangles, whenever they change. */
#include "network/hierarchy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

/* ---- the graph's arcs by its nodes ---- */

static karvan_status copy_arcs(karvan_hierarchy *h, karvan_error *err) {
    const karvan_graph *g = h->g;
    size_t m = (size_t)g->m + 1;
    h->tail = karvan_i_malloc(m, sizeof *h->tail), h->head = karvan_i_malloc(m, sizeof *h->head);
    if (!h->tail || !h->head) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for arcs");
    for (int32_t p = 0; p < g->n; p++) {
        const int32_t *first = karvan_i_is_zone(g, p) ? g->zone_first : g->first;
        for (int32_t i = first[p]; i < first[p + 1]; i++)
            h->tail[g->arc[i]] = g->node[p], h->head[g->arc[i]] = g->node[g->head[i]];
    }
    return KARVAN_OK;
}

/* Arcs that touch zones, by the zone. */
static karvan_status zone_arcs(karvan_hierarchy *h, bool in, int32_t **first, int32_t **arc,
                               karvan_error *err) {
    const karvan_graph *g = h->g;
    const int32_t *zone = in ? h->head : h->tail;
    *first = karvan_i_calloc((size_t)g->n + 2, sizeof **first);
    *arc = karvan_i_malloc((size_t)g->m + 1, sizeof **arc);
    if (!*first || !*arc) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for zones");
    for (int32_t a = 0; a < g->m; a++)
        if (zone[a] < g->first_through) (*first)[zone[a] + 2]++;
    for (int32_t v = 0; v < g->n; v++) (*first)[v + 2] += (*first)[v + 1];
    for (int32_t a = 0; a < g->m; a++)
        if (zone[a] < g->first_through) (*arc)[(*first)[zone[a] + 1]++] = a;
    return KARVAN_OK;
}

/* ---- order ---- */

static int by_number(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Nodes below first_through have no number; the others count from 0. */
static bool both_through(const karvan_hierarchy *h, int32_t a) {
    int32_t z = h->g->first_through;
    return h->tail[a] >= z && h->head[a] >= z && h->tail[a] != h->head[a];
}

/* Neighbours of each through node, sorted, each once. */
static karvan_status neighbours(const karvan_hierarchy *h, int32_t *first, int32_t **list,
                                karvan_error *err) {
    int32_t z = h->g->first_through, n = h->n, kept = 0;
    memset(first, 0, ((size_t)n + 1) * sizeof *first);
    for (int32_t a = 0; a < h->g->m; a++)
        if (both_through(h, a)) first[h->tail[a] - z + 1]++, first[h->head[a] - z + 1]++;
    for (int32_t v = 0; v < n; v++) first[v + 1] += first[v];
    int32_t *all = *list = karvan_i_malloc((size_t)first[n] + 1, sizeof *all);
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for neighbours");
    for (int32_t a = 0; a < h->g->m; a++) {
        if (!both_through(h, a)) continue;
        all[first[h->tail[a] - z]++] = h->head[a] - z;
        all[first[h->head[a] - z]++] = h->tail[a] - z;
    }
    for (int32_t v = n; v > 0; v--) first[v] = first[v - 1];
    first[0] = 0;
    for (int32_t v = 0, begin = 0; v < n; v++) {
        int32_t end = first[v + 1];
        qsort(all + begin, (size_t)(end - begin), sizeof *all, by_number);
        first[v] = kept;
        for (int32_t i = begin; i < end; i++)
            if (i == begin || all[i] != all[i - 1]) all[kept++] = all[i];
        begin = end;
    }
    first[n] = kept;
    return KARVAN_OK;
}

/* ---- the chordal supergraph ---- */

typedef struct growing {
    int32_t *v;
    int64_t n, cap;
} growing;

static karvan_status grow(growing *l, int64_t more, karvan_error *err) {
    if (l->v && l->n + more <= l->cap) return KARVAN_OK;
    int64_t cap = 2 * l->cap > l->n + more ? 2 * l->cap : l->n + more + 1024;
    int32_t *v = karvan_i_realloc(l->v, (size_t)cap, sizeof *v);
    if (!v) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld arcs", (long long)cap);
    l->v = v, l->cap = cap;
    return KARVAN_OK;
}

/* Contract rank by rank: the higher neighbours of one become neighbours of one another, which is
 * told by handing them all to the lowest of them. */
static karvan_status contract(karvan_hierarchy *h, const int32_t *first, const int32_t *list,
                              const int32_t *node, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t z = h->g->first_through, n = h->n;
    growing heads = {0};
    /* children[r]: the last rank that handed over to r; sibling: the one before it */
    int32_t *children = karvan_i_malloc((size_t)n + 1, sizeof *children);
    int32_t *sibling = karvan_i_malloc((size_t)n + 1, sizeof *sibling);
    int32_t *seen = karvan_i_malloc((size_t)n + 1, sizeof *seen);
    KARVAN_REQUIRE(children && sibling && seen, err, KARVAN_E_NOMEM, "no memory to contract");
    for (int32_t r = 0; r < n; r++) children[r] = seen[r] = -1;
    for (int32_t r = 0; r < n; r++) {
        int64_t begin = h->up_first[r] = heads.n;
        int32_t v = node[r];
        KARVAN_TRY(grow(&heads, first[v + 1] - first[v], err));
        for (int32_t i = first[v]; i < first[v + 1]; i++) {
            int32_t u = h->rank[list[i] + z];
            if (u > r) seen[u] = r, heads.v[heads.n++] = u;
        }
        for (int32_t c = children[r]; c >= 0; c = sibling[c]) {
            KARVAN_TRY(grow(&heads, h->up_first[c + 1] - h->up_first[c], err));
            for (int64_t i = h->up_first[c]; i < h->up_first[c + 1]; i++) {
                int32_t u = heads.v[i];
                if (u > r && seen[u] != r) seen[u] = r, heads.v[heads.n++] = u;
            }
        }
        h->up_first[r + 1] = heads.n;
        if (heads.n == begin) continue;
        qsort(heads.v + begin, (size_t)(heads.n - begin), sizeof *heads.v, by_number);
        int32_t lowest = heads.v[begin];
        sibling[r] = children[lowest], children[lowest] = r;
    }
    h->m = heads.n, h->up_head = heads.v, heads.v = NULL;
done:
    karvan_i_free(heads.v);
    karvan_i_free(children), karvan_i_free(sibling), karvan_i_free(seen);
    return st;
}

static karvan_status order_nodes(karvan_hierarchy *h, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t z = h->g->first_through, *list = NULL, *node = NULL, *rank = NULL;
    int32_t *first = karvan_i_malloc((size_t)h->n + 1, sizeof *first);
    rank = karvan_i_malloc((size_t)h->n + 1, sizeof *rank);
    node = karvan_i_malloc((size_t)h->n + 1, sizeof *node);
    KARVAN_REQUIRE(first && rank && node, err, KARVAN_E_NOMEM, "no memory for an order");
    KARVAN_TRY(neighbours(h, first, &list, err));
    KARVAN_TRY(karvan_i_dissect(h->n, first, list, rank, err));
    for (int32_t v = 0; v < z; v++) h->rank[v] = -1;
    for (int32_t v = 0; v < h->n; v++) h->rank[v + z] = rank[v], node[rank[v]] = v;
    KARVAN_TRY(contract(h, first, list, node, err));
done:
    karvan_i_free(first), karvan_i_free(list), karvan_i_free(rank), karvan_i_free(node);
    return st;
}

/* The same arcs by their higher end. */
static karvan_status turn_round(karvan_hierarchy *h, karvan_error *err) {
    size_t m = (size_t)h->m + 1;
    h->down_first = karvan_i_calloc((size_t)h->n + 2, sizeof *h->down_first);
    h->down_tail = karvan_i_malloc(m, sizeof *h->down_tail);
    h->down_arc = karvan_i_malloc(m, sizeof *h->down_arc);
    if (!h->down_first || !h->down_tail || !h->down_arc)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a hierarchy");
    for (int64_t a = 0; a < h->m; a++) h->down_first[h->up_head[a] + 2]++;
    for (int32_t r = 0; r < h->n; r++) h->down_first[r + 2] += h->down_first[r + 1];
    for (int32_t r = 0; r < h->n; r++)
        for (int64_t a = h->up_first[r]; a < h->up_first[r + 1]; a++) {
            int64_t i = h->down_first[h->up_head[a] + 1]++;
            h->down_tail[i] = r, h->down_arc[i] = a;
        }
    return KARVAN_OK;
}

static int64_t arc_between(const karvan_hierarchy *h, int32_t low, int32_t high) {
    int64_t lo = h->up_first[low], hi = h->up_first[low + 1];
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        if (h->up_head[mid] < high)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static karvan_status find_inputs(karvan_hierarchy *h, karvan_error *err) {
    h->inputs = karvan_i_malloc((size_t)h->g->m + 1, sizeof *h->inputs);
    if (!h->inputs) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a hierarchy");
    for (int32_t a = 0; a < h->g->m; a++) {
        if (!both_through(h, a)) continue;
        int32_t x = h->rank[h->tail[a]], y = h->rank[h->head[a]];
        int64_t arc = arc_between(h, x < y ? x : y, x < y ? y : x);
        h->inputs[h->n_inputs++] = (karvan_i_input){a, 2 * arc + (x > y)};
    }
    return KARVAN_OK;
}

karvan_status karvan_hierarchy_create(const karvan_graph *g, karvan_hierarchy **out,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_hierarchy *h = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(g, err, KARVAN_E_ARG, "graph is NULL");
    h = karvan_i_calloc(1, sizeof *h);
    KARVAN_REQUIRE(h, err, KARVAN_E_NOMEM, "no memory for a hierarchy");
    h->g = g, h->n = g->n - g->first_through;
    h->rank = karvan_i_malloc((size_t)g->n + 1, sizeof *h->rank);
    h->up_first = karvan_i_calloc((size_t)h->n + 1, sizeof *h->up_first);
    h->weight = karvan_i_malloc((size_t)g->m + 1, sizeof *h->weight);
    KARVAN_REQUIRE(h->rank && h->up_first && h->weight, err, KARVAN_E_NOMEM,
                   "no memory for a hierarchy");
    KARVAN_TRY(copy_arcs(h, err));
    KARVAN_TRY(zone_arcs(h, false, &h->out_first, &h->out_arc, err));
    KARVAN_TRY(zone_arcs(h, true, &h->in_first, &h->in_arc, err));
    KARVAN_TRY(order_nodes(h, err));
    KARVAN_TRY(turn_round(h, err));
    KARVAN_TRY(find_inputs(h, err));
    h->up = karvan_i_malloc((size_t)h->m + 1, sizeof *h->up);
    h->down = karvan_i_malloc((size_t)h->m + 1, sizeof *h->down);
    KARVAN_REQUIRE(h->up && h->down, err, KARVAN_E_NOMEM, "no memory for a hierarchy");
    *out = h, h = NULL;
done:
    karvan_hierarchy_destroy(h);
    return st;
}

void karvan_hierarchy_destroy(karvan_hierarchy *h) {
    if (!h) return;
    karvan_i_free(h->rank), karvan_i_free(h->up_first), karvan_i_free(h->up_head);
    karvan_i_free(h->down_first), karvan_i_free(h->down_tail), karvan_i_free(h->down_arc);
    karvan_i_free(h->up), karvan_i_free(h->down), karvan_i_free(h->inputs);
    karvan_i_free(h->tail), karvan_i_free(h->head), karvan_i_free(h->weight);
    karvan_i_free(h->out_first), karvan_i_free(h->out_arc);
    karvan_i_free(h->in_first), karvan_i_free(h->in_arc);
    karvan_i_free(h);
}

int64_t karvan_hierarchy_arcs(const karvan_hierarchy *h) { return h->m; }

/* ---- weights ---- */

/* Every lower triangle of the arcs from y: x below both y and z, over which y and z reach one
 * another. The arcs of x are final by then. */
static void lower_triangles(karvan_hierarchy *h, int32_t y, int64_t *arc_to) {
    double *up = h->up, *down = h->down;
    for (int64_t a = h->up_first[y]; a < h->up_first[y + 1]; a++) arc_to[h->up_head[a]] = a;
    for (int64_t i = h->down_first[y]; i < h->down_first[y + 1]; i++) {
        int64_t xy = h->down_arc[i], end = h->up_first[h->down_tail[i] + 1];
        double from_x = up[xy], to_x = down[xy];
        for (int64_t xz = xy + 1; xz < end; xz++) {
            int64_t yz = arc_to[h->up_head[xz]];
            double there = to_x + up[xz], back = down[xz] + from_x;
            if (there < up[yz]) up[yz] = there;
            if (back < down[yz]) down[yz] = back;
        }
    }
}

karvan_status karvan_hierarchy_customise(karvan_hierarchy *h, const double *weight,
                                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t *arc_to = NULL;
    KARVAN_REQUIRE(h, err, KARVAN_E_ARG, "hierarchy is NULL");
    KARVAN_TRY(karvan_i_check_weights(h->g, weight, err));
    arc_to = karvan_i_malloc((size_t)h->n + 1, sizeof *arc_to);
    KARVAN_REQUIRE(arc_to, err, KARVAN_E_NOMEM, "no memory to customise");
    for (int64_t a = 0; a < h->m; a++) h->up[a] = h->down[a] = INFINITY;
    for (int32_t i = 0; i < h->n_inputs; i++) {
        double *way = h->inputs[i].slot % 2 ? h->down : h->up, w = weight[h->inputs[i].arc];
        if (w < way[h->inputs[i].slot / 2]) way[h->inputs[i].slot / 2] = w;
    }
    for (int32_t y = 0; y < h->n; y++) lower_triangles(h, y, arc_to);
    if (h->g->m > 0) memcpy(h->weight, weight, (size_t)h->g->m * sizeof *weight);
    h->customised = true;
done:
    karvan_i_free(arc_to);
    return st;
}
