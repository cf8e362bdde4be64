#ifndef KARVAN_TESTS_TIE_PLAIN_H
#define KARVAN_TESTS_TIE_PLAIN_H
/* Small networks as lists of pairs, by hand and drawn; cmocka.h stands before. */
#include "record/tie_graph.h"

enum { N_MOST = 24, M_MOST = N_MOST * N_MOST };

typedef struct plain {
    int32_t n;
    int64_t m;
    bool directed;
    int32_t tail[M_MOST], head[M_MOST];
    double weight[M_MOST];
} plain;

static inline karvan_i_tie_graph made(const plain *p) {
    karvan_i_tie_graph g;
    assert_int_equal(
        karvan_i_tie_graph_init(&g, p->n, p->m, p->directed, p->tail, p->head, p->weight, NULL),
        KARVAN_OK);
    return g;
}

static inline void add(plain *p, int32_t a, int32_t b, double w) {
    p->tail[p->m] = a, p->head[p->m] = b, p->weight[p->m++] = w;
}

/* Some of the pairs, in any order and, undirected, either way round. */
static inline void draw(plain *p, karvan_random *r, int n_most, bool directed, bool whole_weights) {
    p->n = 1 + (int32_t)karvan_random_below(r, (uint64_t)n_most), p->m = 0;
    p->directed = directed;
    double share = karvan_random_uniform(r);
    share *= share;
    for (int32_t a = 0; a < p->n; a++)
        for (int32_t b = directed ? 0 : a + 1; b < p->n; b++) {
            if (a == b || karvan_random_uniform(r) > share) continue;
            double w = whole_weights ? 1 + (double)karvan_random_below(r, 4)
                                     : 0.1 + karvan_random_uniform(r);
            bool turn = !directed && karvan_random_below(r, 2);
            add(p, turn ? b : a, turn ? a : b, w);
        }
    for (int64_t k = p->m - 1; k > 0; k--) {
        int64_t o = (int64_t)karvan_random_below(r, (uint64_t)k + 1);
        int32_t t = p->tail[k], h = p->head[k];
        double w = p->weight[k];
        p->tail[k] = p->tail[o], p->head[k] = p->head[o], p->weight[k] = p->weight[o];
        p->tail[o] = t, p->head[o] = h, p->weight[o] = w;
    }
}
#endif
