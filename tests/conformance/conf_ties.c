/* Networks of the literature whose answers are published, written here as the small facts that they
 * are: Zachary's karate club (Zachary 1977; 78 pairs as most software has them), Krackhardt's kite
 * (Krackhardt 1990) and marriages among Florentine families (Padgett and Ansell 1993). Betweenness
 * as Freeman defined it; the club's best division has modularity 0.4198 (Agarwal and Kempe 2008).
 * Then random networks against igraph, where that is installed: it serves as an oracle here and is
 * part of nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>
#ifdef KARVAN_IGRAPH
#include <igraph/igraph.h>
#endif

#include "record/tie_graph.h"
#include "share.h"

typedef struct known {
    int32_t n;
    int64_t m;
    const int32_t *pairs;
} known;

/* From 1, as Zachary numbers the members. */
static const int32_t KARATE[] = {
    1,  2,  1,  3,  1,  4,  1,  5,  1,  6,  1,  7,  1,  8,  1,  9,  1,  11, 1,  12, 1,  13, 1,
    14, 1,  18, 1,  20, 1,  22, 1,  32, 2,  3,  2,  4,  2,  8,  2,  14, 2,  18, 2,  20, 2,  22,
    2,  31, 3,  4,  3,  8,  3,  9,  3,  10, 3,  14, 3,  28, 3,  29, 3,  33, 4,  8,  4,  13, 4,
    14, 5,  7,  5,  11, 6,  7,  6,  11, 6,  17, 7,  17, 9,  31, 9,  33, 9,  34, 10, 34, 14, 34,
    15, 33, 15, 34, 16, 33, 16, 34, 19, 33, 19, 34, 20, 34, 21, 33, 21, 34, 23, 33, 23, 34, 24,
    26, 24, 28, 24, 30, 24, 33, 24, 34, 25, 26, 25, 28, 25, 32, 26, 32, 27, 30, 27, 34, 28, 34,
    29, 32, 29, 34, 30, 33, 30, 34, 31, 33, 31, 34, 32, 33, 32, 34, 33, 34};
/* 1 Andre, 2 Beverley, 3 Carol, 4 Diane, 5 Ed, 6 Fernando, 7 Garth, 8 Heather, 9 Ike, 10 Jane */
static const int32_t KITE[] = {1, 2, 1, 3, 1, 4, 1, 6, 2, 4, 2, 5, 2, 7, 3, 4, 3, 6,
                               4, 5, 4, 6, 4, 7, 5, 7, 6, 7, 6, 8, 7, 8, 8, 9, 9, 10};
/* 1 Acciaiuoli, 2 Albizzi, 3 Barbadori, 4 Bischeri, 5 Castellani, 6 Ginori, 7 Guadagni,
 * 8 Lamberteschi, 9 Medici, 10 Pazzi, 11 Peruzzi, 12 Ridolfi, 13 Salviati, 14 Strozzi,
 * 15 Tornabuoni; Pucci, who married none of them, is left out */
static const int32_t FLORENCE[] = {1, 9,  2, 6,  2,  7,  2,  9,  3,  5,  3,  9,  4, 7,
                                   4, 11, 4, 14, 5,  11, 5,  14, 7,  8,  7,  15, 9, 12,
                                   9, 13, 9, 15, 10, 13, 11, 14, 12, 14, 12, 15};
static const known CLUB = {34, 78, KARATE}, KRACKHARDT = {10, 18, KITE},
                   PADGETT = {15, 20, FLORENCE};

static karvan_i_tie_graph made(const known *k) {
    int32_t tail[100], head[100];
    double weight[100];
    for (int64_t i = 0; i < k->m; i++)
        tail[i] = k->pairs[2 * i] - 1, head[i] = k->pairs[2 * i + 1] - 1, weight[i] = 1;
    karvan_i_tie_graph g;
    assert_int_equal(karvan_i_tie_graph_init(&g, k->n, k->m, false, tail, head, weight, NULL),
                     KARVAN_OK);
    return g;
}

static int32_t degree(const karvan_i_tie_graph *g, int32_t v) {
    return (int32_t)(g->all.first[v] - g->all.first[v - 1]);
}

/* Of node v, from 1, as a share of the pairs of others, to so many decimals. */
static void between_is(const karvan_i_tie_graph *g, const double *b, int32_t v, double published,
                       double within) {
    double share = b[v - 1] * 2 / (g->n - 1) / (g->n - 2);
    if (fabs(share - published) > within)
        fail_msg("node %d: %.6f, published %.6f", v, share, published);
}

static void karate_club(void **state) {
    (void)state;
    karvan_i_tie_graph g = made(&CLUB);
    double b[34], c[34];
    karvan_i_tie_division d;
    assert_int_equal(karvan_i_tie_between(&g, false, 1, b, c, NULL), KARVAN_OK);
    assert_int_equal(degree(&g, 34), 17), assert_int_equal(degree(&g, 1), 16);
    assert_int_equal(degree(&g, 33), 12), assert_int_equal(degree(&g, 12), 1);
    between_is(&g, b, 1, 0.4376, 5e-5), between_is(&g, b, 34, 0.3041, 5e-5);
    between_is(&g, b, 33, 0.1452, 5e-5), between_is(&g, b, 3, 0.1437, 5e-5);
    between_is(&g, b, 32, 0.1383, 5e-5), between_is(&g, b, 12, 0, 0);
    assert_int_equal(karvan_i_tie_divide(&g, 0, &d, NULL), KARVAN_OK);
    assert_true(fabs(d.modularity - 0.4198) < 5e-5);
    assert_int_equal(d.n, 4);
    /* the instructor (1) and the president (34) part, as the club did */
    assert_true(d.community[0] != d.community[33]);
    karvan_i_tie_division_clear(&d);
    /* without the instructor members 12, and 5, 6, 7, 11 and 17, know nobody of the others */
    static const int32_t off[] = {4, 5, 6, 10, 11, 16, 11};
    karvan_i_tie_parts p;
    assert_int_equal(karvan_i_tie_parts_init(&p, &g, NULL), KARVAN_OK);
    assert_int_equal(p.n_cuts, 2), assert_int_equal(p.n_points, 1);
    assert_int_equal(p.cut_a[0], 0), assert_int_equal(p.cut_b[0], -1);
    assert_int_equal(p.cut_a[1], 0), assert_int_equal(p.cut_b[1], 11);
    assert_int_equal(p.first[2], 7), assert_memory_equal(p.off, off, sizeof off);
    karvan_i_tie_parts_clear(&p), karvan_i_tie_graph_clear(&g);
}

static void kite(void **state) {
    (void)state;
    karvan_i_tie_graph g = made(&KRACKHARDT);
    double b[10], c[10];
    assert_int_equal(karvan_i_tie_between(&g, false, 1, b, c, NULL), KARVAN_OK);
    /* Diane has the most ties, Heather stands between the most */
    static const int32_t degrees[] = {4, 4, 3, 6, 3, 5, 5, 3, 2, 1};
    static const double shares[] = {0.023, 0.023, 0, 0.102, 0, 0.231, 0.231, 0.389, 0.222, 0};
    for (int32_t v = 1; v <= 10; v++) {
        assert_int_equal(degree(&g, v), degrees[v - 1]);
        between_is(&g, b, v, shares[v - 1], 5e-4);
    }
    karvan_i_tie_parts p;
    assert_int_equal(karvan_i_tie_parts_init(&p, &g, NULL), KARVAN_OK);
    /* Heather cuts off Ike and Jane, as her tie to Ike does; Ike cuts off Jane */
    assert_int_equal(p.n_cuts, 4), assert_int_equal(p.n_points, 2);
    assert_int_equal(p.cut_a[0], 7), assert_int_equal(p.first[1] - p.first[0], 2);
    karvan_i_tie_parts_clear(&p), karvan_i_tie_graph_clear(&g);
}

static void florentine_families(void **state) {
    (void)state;
    karvan_i_tie_graph g = made(&PADGETT);
    double b[15], c[15];
    karvan_i_tie_division d;
    assert_int_equal(karvan_i_tie_between(&g, false, 1, b, c, NULL), KARVAN_OK);
    between_is(&g, b, 9, 0.522, 5e-4), between_is(&g, b, 7, 0.255, 5e-4); /* Medici, Guadagni */
    between_is(&g, b, 2, 0.212, 5e-4), between_is(&g, b, 13, 0.143, 5e-4);
    between_is(&g, b, 14, 0.103, 5e-4), between_is(&g, b, 10, 0, 0);
    karvan_i_tie_parts p;
    assert_int_equal(karvan_i_tie_parts_init(&p, &g, NULL), KARVAN_OK);
    assert_int_equal(p.n_points, 4), assert_int_equal(p.n_cuts - p.n_points, 5);
    assert_int_equal(p.cut_a[0], 8), assert_int_equal(p.first[1], 3); /* Medici: three families */
    karvan_i_tie_parts_clear(&p);
    assert_int_equal(karvan_i_tie_divide(&g, 1000000, &d, NULL), KARVAN_OK);
    assert_true(d.proved && d.modularity > 0.39 && d.modularity < 0.41);
    karvan_i_tie_division_clear(&d), karvan_i_tie_graph_clear(&g);
}

#ifdef KARVAN_IGRAPH
/* ---- beside igraph ---- */

typedef struct beside {
    igraph_t graph;
    igraph_vector_t weights, lengths;
} beside;

static void as_igraph(const karvan_i_tie_graph *g, beside *o) {
    igraph_vector_int_t edges;
    (void)igraph_vector_int_init(&edges, 2 * g->m);
    (void)igraph_vector_init(&o->weights, g->m), (void)igraph_vector_init(&o->lengths, g->m);
    for (int64_t i = 0; i < g->m; i++) {
        VECTOR(edges)[2 * i] = g->tail[i], VECTOR(edges)[2 * i + 1] = g->head[i];
        VECTOR(o->weights)[i] = g->weight[i], VECTOR(o->lengths)[i] = 1 / g->weight[i];
    }
    (void)igraph_create(&o->graph, &edges, g->n, g->directed ? IGRAPH_DIRECTED : IGRAPH_UNDIRECTED);
    igraph_vector_int_destroy(&edges);
}

static void beside_clear(beside *o) {
    igraph_vector_destroy(&o->weights), igraph_vector_destroy(&o->lengths);
    igraph_destroy(&o->graph);
}

static void same_betweenness(const karvan_i_tie_graph *g, const beside *o, bool weighted) {
    igraph_vector_t other;
    double *b = calloc((size_t)g->n, sizeof *b), *c = calloc((size_t)g->n, sizeof *c);
    assert_non_null(b), assert_non_null(c);
    (void)igraph_vector_init(&other, 0);
    assert_int_equal(karvan_i_tie_between(g, weighted, 1, b, c, NULL), KARVAN_OK);
    (void)igraph_betweenness(&o->graph, &other, igraph_vss_all(), g->directed,
                             weighted ? &o->lengths : NULL);
    for (int32_t v = 0; v < g->n; v++)
        if (fabs(b[v] - VECTOR(other)[v]) > 1e-8 * (1 + b[v]))
            fail_msg("node %d: %.12g, igraph has %.12g", v, b[v], VECTOR(other)[v]);
    (void)igraph_harmonic_centrality(&o->graph, &other, igraph_vss_all(), IGRAPH_OUT,
                                     weighted ? &o->lengths : NULL, true);
    for (int32_t v = 0; v < g->n && g->n > 1; v++)
        assert_true(fabs(c[v] - VECTOR(other)[v]) <= 1e-10 * (1 + c[v]));
    igraph_vector_destroy(&other);
    free(b), free(c);
}

static void same_cuts(const karvan_i_tie_graph *g, const beside *o) {
    karvan_i_tie_parts p;
    igraph_vector_int_t points, bridges;
    (void)igraph_vector_int_init(&points, 0), (void)igraph_vector_int_init(&bridges, 0);
    assert_int_equal(karvan_i_tie_parts_init(&p, g, NULL), KARVAN_OK);
    (void)igraph_articulation_points(&o->graph, &points);
    assert_int_equal(igraph_vector_int_size(&points), p.n_points);
    if (!g->directed) { /* there and back are two edges to igraph */
        (void)igraph_bridges(&o->graph, &bridges);
        assert_int_equal(igraph_vector_int_size(&bridges), p.n_cuts - p.n_points);
    }
    igraph_vector_int_destroy(&points), igraph_vector_int_destroy(&bridges);
    karvan_i_tie_parts_clear(&p);
}

/* *higher: how often our division has the higher modularity, *lower: igraph's (Louvain). */
static void same_modularity(const karvan_i_tie_graph *g, const beside *o, int *higher, int *lower) {
    karvan_i_tie_division d;
    igraph_vector_int_t member;
    igraph_real_t q;
    (void)igraph_vector_int_init(&member, g->n);
    assert_int_equal(karvan_i_tie_divide(g, 0, &d, NULL), KARVAN_OK);
    for (int32_t v = 0; v < g->n; v++) VECTOR(member)[v] = d.community[v];
    (void)igraph_modularity(&o->graph, &member, &o->weights, 1, g->directed, &q);
    assert_true(g->m == 0 || fabs(q - d.modularity) < 1e-10);
    if (!g->directed && g->m > 0) {
        (void)igraph_community_multilevel(&o->graph, &o->weights, 1, &member, NULL, NULL);
        (void)igraph_modularity(&o->graph, &member, &o->weights, 1, false, &q);
        *higher += d.modularity > q + 1e-9, *lower += d.modularity < q - 1e-9;
    }
    igraph_vector_int_destroy(&member);
    karvan_i_tie_division_clear(&d);
}

static karvan_i_tie_graph drawn(karvan_random *r, bool directed) {
    enum { N = 60 };
    static int32_t tail[N * N], head[N * N];
    static double weight[N * N];
    int32_t n = 1 + (int32_t)karvan_random_below(r, N);
    int64_t m = 0;
    double share = karvan_random_uniform(r);
    share *= share * share;
    bool whole = karvan_random_below(r, 2);
    for (int32_t a = 0; a < n; a++)
        for (int32_t b = directed ? 0 : a + 1; b < n; b++) {
            if (a == b || karvan_random_uniform(r) > share) continue;
            tail[m] = a, head[m] = b;
            weight[m++] = whole ? 1 + (double)karvan_random_below(r, 5) : karvan_random_uniform(r);
        }
    karvan_i_tie_graph g;
    assert_int_equal(karvan_i_tie_graph_init(&g, n, m, directed, tail, head, weight, NULL),
                     KARVAN_OK);
    return g;
}

static void random_networks(void **state) {
    (void)state;
    karvan_random r;
    int higher = 0, lower = 0, n = part_of(400);
    karvan_random_init(&r, 11, 1);
    for (int k = 0; k < n; k++) {
        karvan_i_tie_graph g = drawn(&r, k & 1);
        beside o;
        as_igraph(&g, &o);
        same_betweenness(&g, &o, false), same_betweenness(&g, &o, true);
        same_cuts(&g, &o);
        same_modularity(&g, &o, &higher, &lower);
        beside_clear(&o), karvan_i_tie_graph_clear(&g);
    }
    print_message("modularity beside igraph's Louvain on %d networks: higher on %d, lower on %d\n",
                  n, higher, lower);
    assert_true(lower <= higher / 10);
}

static void optimal_modularity(void **state) {
    (void)state;
    const known *all[] = {&KRACKHARDT, &PADGETT, &CLUB};
    for (int k = 0; k < 3; k++) {
        karvan_i_tie_graph g = made(all[k]);
        karvan_i_tie_division d;
        beside o;
        igraph_real_t q = NAN;
        igraph_vector_int_t member;
        as_igraph(&g, &o);
        (void)igraph_vector_int_init(&member, 0);
        igraph_set_error_handler(igraph_error_handler_ignore);
        igraph_error_t can = igraph_community_optimal_modularity(&o.graph, &q, &member, NULL);
        assert_int_equal(karvan_i_tie_divide(&g, 1000000, &d, NULL), KARVAN_OK);
        if (can == IGRAPH_SUCCESS)
            assert_true(fabs(q - d.modularity) < 1e-9);
        else
            print_message("skipped: igraph was built without a solver of integer programmes\n");
        igraph_vector_int_destroy(&member);
        karvan_i_tie_division_clear(&d), beside_clear(&o), karvan_i_tie_graph_clear(&g);
    }
}
#else
static void random_networks(void **state) {
    (void)state;
    print_message("skipped: igraph is not installed (libigraph-dev)\n");
    skip();
}
static void optimal_modularity(void **state) { random_networks(state); }
#endif

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(karate_club), cmocka_unit_test(kite),
                                       cmocka_unit_test(florentine_families),
                                       cmocka_unit_test(random_networks),
                                       cmocka_unit_test(optimal_modularity)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
