/* Ties in order and the neighbours of each node. */
#include "record/tie_graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

typedef struct loose {
    int32_t tail, head;
    double weight;
} loose;

static int by_ends(const void *a, const void *b) {
    const loose *x = a, *y = b;
    if (x->tail != y->tail) return x->tail < y->tail ? -1 : 1;
    return (x->head > y->head) - (x->head < y->head);
}

/* In the order of tails and heads, the lower end of an undirected tie first. */
static karvan_status put_in_order(karvan_i_tie_graph *g, const int32_t *tail, const int32_t *head,
                                  const double *weight, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    loose *l = karvan_i_malloc((size_t)g->m + 1, sizeof *l);
    KARVAN_REQUIRE(l, err, KARVAN_E_NOMEM, "no memory for %lld ties", (long long)g->m);
    for (int64_t i = 0; i < g->m; i++) {
        bool turn = !g->directed && tail[i] > head[i];
        l[i] = (loose){turn ? head[i] : tail[i], turn ? tail[i] : head[i], weight[i]};
    }
    qsort(l, (size_t)g->m, sizeof *l, by_ends);
    for (int64_t i = 0; i < g->m; i++)
        g->tail[i] = l[i].tail, g->head[i] = l[i].head, g->weight[i] = l[i].weight;
done:
    karvan_i_free(l);
    return st;
}

static bool arcs_make(karvan_i_tie_arcs *a, int32_t n, int64_t arcs) {
    a->first = karvan_i_calloc((size_t)n + 1, sizeof *a->first);
    a->to = karvan_i_malloc((size_t)arcs + 1, sizeof *a->to);
    a->tie = karvan_i_malloc((size_t)arcs + 1, sizeof *a->tie);
    return a->first && a->to && a->tie;
}

static void arcs_clear(karvan_i_tie_arcs *a) {
    karvan_i_free(a->first), karvan_i_free(a->to), karvan_i_free(a->tie);
}

/* Ties stand by tail and head, so that each node's come out in the order of the other end. `first`
 * is moved along while filling and put back. */
static void fill(karvan_i_tie_arcs *a, const karvan_i_tie_graph *g, const int32_t *of,
                 const int32_t *to) {
    for (int64_t i = 0; i < g->m; i++) a->first[of[i] + 1]++;
    for (int32_t v = 0; v < g->n; v++) a->first[v + 1] += a->first[v];
    for (int64_t i = 0; i < g->m; i++) {
        int64_t at = a->first[of[i]]++;
        a->to[at] = to[i], a->tie[at] = i;
    }
    memmove(a->first + 1, a->first, (size_t)g->n * sizeof *a->first);
    a->first[0] = 0;
}

/* The union of two ordered lists of neighbours. */
static void fill_all(karvan_i_tie_graph *g) {
    const karvan_i_tie_arcs *x = &g->in, *y = &g->out;
    int64_t at = 0;
    for (int32_t v = 0; v < g->n; v++) {
        int64_t i = x->first[v], j = y->first[v], i_end = x->first[v + 1], j_end = y->first[v + 1];
        while (i < i_end || j < j_end) {
            bool take_x = j == j_end || (i < i_end && x->to[i] <= y->to[j]);
            int32_t to = take_x ? x->to[i] : y->to[j];
            g->all.to[at] = to, g->all.tie[at++] = take_x ? x->tie[i] : y->tie[j];
            if (i < i_end && x->to[i] == to) i++;
            if (j < j_end && y->to[j] == to) j++;
        }
        g->all.first[v + 1] = at;
    }
}

karvan_status karvan_i_tie_graph_init(karvan_i_tie_graph *g, int32_t n, int64_t m, bool directed,
                                      const int32_t *tail, const int32_t *head,
                                      const double *weight, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *g = (karvan_i_tie_graph){.n = n, .m = m, .directed = directed};
    g->tail = karvan_i_malloc((size_t)m + 1, sizeof *g->tail);
    g->head = karvan_i_malloc((size_t)m + 1, sizeof *g->head);
    g->weight = karvan_i_malloc((size_t)m + 1, sizeof *g->weight);
    KARVAN_REQUIRE(g->tail && g->head && g->weight && arcs_make(&g->out, n, m) &&
                       arcs_make(&g->in, n, m) && arcs_make(&g->all, n, 2 * m),
                   err, KARVAN_E_NOMEM, "no memory for a network of %d nodes", (int)n);
    KARVAN_TRY(put_in_order(g, tail, head, weight, err));
    fill(&g->out, g, g->tail, g->head);
    fill(&g->in, g, g->head, g->tail);
    fill_all(g);
done:
    if (st != KARVAN_OK) karvan_i_tie_graph_clear(g);
    return st;
}

void karvan_i_tie_graph_clear(karvan_i_tie_graph *g) {
    karvan_i_free(g->tail), karvan_i_free(g->head), karvan_i_free(g->weight);
    arcs_clear(&g->out), arcs_clear(&g->in), arcs_clear(&g->all);
    *g = (karvan_i_tie_graph){0};
}
