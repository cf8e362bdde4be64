/* Directed graphs as arrays of arcs by their tail. */
#include "network/digraph.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

static karvan_status check(int32_t n, int32_t m, const int32_t *tail, const int32_t *head,
                           int32_t first_through, karvan_error *err) {
    if (n < 0 || m < 0 || first_through < 0 || first_through > n || (m > 0 && (!tail || !head)))
        return karvan_fail(err, KARVAN_E_ARG, "a graph of %d nodes and %d arcs, zones below %d",
                           (int)n, (int)m, (int)first_through);
    for (int32_t a = 0; a < m; a++)
        if (tail[a] < 0 || tail[a] >= n || head[a] < 0 || head[a] >= n)
            return karvan_fail(err, KARVAN_E_ARG,
                               "arc %d leads from %d to %d in a graph of %d nodes", (int)a,
                               (int)tail[a], (int)head[a], (int)n);
    return KARVAN_OK;
}

/* Arcs grouped by one of their ends: at[first[v]..first[v+1]). */
static void group(int32_t n, int32_t m, const int32_t *by, int32_t *first, int32_t *at) {
    memset(first, 0, ((size_t)n + 1) * sizeof *first);
    for (int32_t a = 0; a < m; a++) first[by[a] + 1]++;
    for (int32_t v = 0; v < n; v++) first[v + 1] += first[v];
    for (int32_t a = 0; a < m; a++) at[first[by[a]]++] = a;
    for (int32_t v = n; v > 0; v--) first[v] = first[v - 1];
    first[0] = 0;
}

/* Breadth-first from each node not yet seen, over arcs as they lead: neighbours come together. */
static void order_nodes(karvan_graph *g, const int32_t *first, const int32_t *at,
                        const int32_t *head) {
    int32_t placed = 0;
    for (int32_t v = 0; v < g->n; v++) g->place[v] = -1;
    for (int32_t root = 0; root < g->n; root++) {
        if (g->place[root] >= 0) continue;
        int32_t done = placed;
        g->node[placed] = root, g->place[root] = placed++;
        for (; done < placed; done++)
            for (int32_t i = first[g->node[done]]; i < first[g->node[done] + 1]; i++) {
                int32_t v = head[at[i]];
                if (g->place[v] < 0) g->node[placed] = v, g->place[v] = placed++;
            }
    }
}

/* Arcs in the order of their tails' places; those of zones behind all others. */
static void lay_arcs(karvan_graph *g, const int32_t *first, const int32_t *at,
                     const int32_t *head) {
    int32_t n = 0;
    for (int zones = 0; zones < 2; zones++) {
        int32_t *begin = zones ? g->zone_first : g->first;
        for (int32_t p = 0; p < g->n; p++) {
            int32_t v = g->node[p];
            begin[p] = n;
            if ((v < g->first_through) != zones) continue;
            for (int32_t i = first[v]; i < first[v + 1]; i++)
                g->head[n] = g->place[head[at[i]]], g->arc[n++] = at[i];
        }
        begin[g->n] = n;
    }
}

karvan_status karvan_graph_create(int32_t n_nodes, int32_t n_arcs, const int32_t *tail,
                                  const int32_t *head, int32_t first_through, karvan_graph **out,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_graph *g = NULL;
    int32_t *first = NULL, *at = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(check(n_nodes, n_arcs, tail, head, first_through, err));
    size_t n = (size_t)n_nodes + 1, m = (size_t)n_arcs + 1;
    g = karvan_i_calloc(1, sizeof *g);
    KARVAN_REQUIRE(g, err, KARVAN_E_NOMEM, "no memory for a graph");
    g->n = n_nodes, g->m = n_arcs, g->first_through = first_through;
    g->place = karvan_i_malloc(n, sizeof *g->place), g->node = karvan_i_malloc(n, sizeof *g->node);
    g->first = karvan_i_malloc(n, sizeof *g->first);
    g->zone_first = karvan_i_malloc(n, sizeof *g->zone_first);
    g->head = karvan_i_malloc(m, sizeof *g->head), g->arc = karvan_i_malloc(m, sizeof *g->arc);
    first = karvan_i_malloc(n, sizeof *first), at = karvan_i_malloc(m, sizeof *at);
    KARVAN_REQUIRE(g->place && g->node && g->first && g->zone_first && g->head && g->arc && first &&
                       at,
                   err, KARVAN_E_NOMEM, "no memory for a graph of %d arcs", (int)n_arcs);
    group(g->n, g->m, tail, first, at);
    order_nodes(g, first, at, head);
    lay_arcs(g, first, at, head);
    *out = g, g = NULL;
done:
    karvan_graph_destroy(g);
    karvan_i_free(first), karvan_i_free(at);
    return st;
}

void karvan_graph_destroy(karvan_graph *g) {
    if (!g) return;
    karvan_i_free(g->place), karvan_i_free(g->node), karvan_i_free(g->first);
    karvan_i_free(g->zone_first), karvan_i_free(g->head), karvan_i_free(g->arc);
    karvan_i_free(g);
}

int32_t karvan_graph_nodes(const karvan_graph *g) { return g->n; }
int32_t karvan_graph_arcs(const karvan_graph *g) { return g->m; }

karvan_status karvan_i_check_weights(const karvan_graph *g, const double *weight,
                                     karvan_error *err) {
    if (g->m > 0 && !weight) return karvan_fail(err, KARVAN_E_ARG, "weight is NULL");
    for (int32_t a = 0; a < g->m; a++)
        if (!(weight[a] >= 0))
            return karvan_fail(err, KARVAN_E_ARG, "arc %d weighs %g: weights are 0 or more", (int)a,
                               weight[a]);
    return KARVAN_OK;
}

karvan_status karvan_i_check_origins(const karvan_graph *g, int32_t n, const int32_t *origins,
                                     karvan_error *err) {
    if (n < 0 || (n > 0 && !origins)) return karvan_fail(err, KARVAN_E_ARG, "no origins");
    for (int32_t i = 0; i < n; i++)
        if (origins[i] < 0 || origins[i] >= g->n)
            return karvan_fail(err, KARVAN_E_ARG, "origin %d in a graph of %d nodes",
                               (int)origins[i], (int)g->n);
    return KARVAN_OK;
}
