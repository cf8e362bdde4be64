/* Shortest paths on plain graphs: by hand, and on random graphs against Bellman-Ford, by both
 * methods, with zones, loops, parallel arcs, weights of zero, closed arcs and arcs of a thousand
 * million. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/network.h"
#include "sweep.h"

/* Zones 0 and 1; 2, 3, 4 are passed through; 5 is alone. */
enum { NODES = 6, ARCS = 8 };
static const int32_t TAIL[ARCS] = {0, 2, 2, 3, 4, 1, 3, 0}, HEAD[ARCS] = {2, 3, 3, 4, 1, 4, 3, 1};
static const double WEIGHT[ARCS] = {1, 5, 2, 3, 4, 0, 1, 50};

static karvan_graph *graph(int32_t n, int32_t m, const int32_t *tail, const int32_t *head,
                           int32_t through) {
    karvan_graph *g = NULL;
    karvan_error e = {0};
    if (karvan_graph_create(n, m, tail, head, through, &g, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return g;
}

static karvan_hierarchy *hierarchy(const karvan_graph *g, const double *weight) {
    karvan_hierarchy *h = NULL;
    karvan_error e = {0};
    if (karvan_hierarchy_create(g, &h, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    if (karvan_hierarchy_customise(h, weight, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return h;
}

static void by_hand(void **state) {
    (void)state;
    static const int32_t origins[] = {0, 1, 3, 5};
    static const double inf = INFINITY;
    const double expected[4][NODES] = {{0, 10, 1, 3, 6, inf},      /* the lighter of two arcs 2-3 */
                                       {inf, 0, inf, inf, 0, inf}, /* 4 leads back to 1 alone */
                                       {inf, 7, inf, 0, 3, inf},
                                       {inf, inf, inf, inf, inf, 0}};
    double dist[4][NODES], over[4][NODES];
    karvan_error e = {0};
    karvan_graph *g = graph(NODES, ARCS, TAIL, HEAD, 2);
    karvan_hierarchy *h = hierarchy(g, WEIGHT);
    assert_int_equal(karvan_graph_nodes(g), NODES);
    assert_int_equal(karvan_graph_arcs(g), ARCS);
    assert_int_equal(karvan_graph_skim(g, WEIGHT, 4, origins, 1, dist[0], &e), KARVAN_OK);
    assert_int_equal(karvan_hierarchy_skim(h, 4, origins, 1, over[0], &e), KARVAN_OK);
    for (int i = 0; i < 4; i++)
        for (int v = 0; v < NODES; v++) {
            assert_true(dist[i][v] == expected[i][v]);
            assert_true(over[i][v] == expected[i][v]);
        }
    karvan_hierarchy_destroy(h), karvan_graph_destroy(g);
}

/* Zone 1 lies between 0 and 2, and nothing goes through it unless it may. */
static void zones_are_no_way_through(void **state) {
    (void)state;
    static const int32_t tail[] = {0, 1}, head[] = {1, 2}, origin[] = {0};
    static const double weight[] = {1, 1};
    for (int32_t through = 0; through <= 3; through++) {
        double dist[3], over[3];
        karvan_graph *g = graph(3, 2, tail, head, through);
        karvan_hierarchy *h = hierarchy(g, weight);
        assert_int_equal(karvan_graph_skim(g, weight, 1, origin, 1, dist, NULL), KARVAN_OK);
        assert_int_equal(karvan_hierarchy_skim(h, 1, origin, 1, over, NULL), KARVAN_OK);
        assert_true(dist[1] == 1 && over[1] == 1);
        assert_true(dist[2] == (through > 1 ? INFINITY : 2.0) && over[2] == dist[2]);
        karvan_hierarchy_destroy(h), karvan_graph_destroy(g);
    }
}

typedef struct sample {
    int32_t n, m, through;
    int32_t tail[400], head[400];
    double weight[400];
} sample;

static void make(sample *s, karvan_random *r, int round) {
    s->n = 1 + (int32_t)karvan_random_below(r, 60), s->m = (int32_t)karvan_random_below(r, 400);
    s->through = round % 3 ? (int32_t)karvan_random_below(r, (uint64_t)s->n + 1) : 0;
    for (int32_t a = 0; a < s->m; a++) {
        s->tail[a] = (int32_t)karvan_random_below(r, (uint64_t)s->n);
        s->head[a] = (int32_t)karvan_random_below(r, (uint64_t)s->n);
        uint64_t kind = karvan_random_below(r, 20);
        s->weight[a] = kind == 0   ? 0.0
                       : kind == 1 ? INFINITY
                       : kind == 2 && round % 4 == 0
                           ? 1e9
                           : (double)karvan_random_below(r, 1000) / 8; /* sums are exact */
    }
}

static void bellman_ford(const sample *s, int32_t origin, double *dist) {
    for (int32_t v = 0; v < s->n; v++) dist[v] = v == origin ? 0 : INFINITY;
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t a = 0; a < s->m; a++) {
            bool open = s->tail[a] >= s->through || s->tail[a] == origin;
            if (open && dist[s->tail[a]] + s->weight[a] < dist[s->head[a]])
                dist[s->head[a]] = dist[s->tail[a]] + s->weight[a], changed = true;
        }
    }
}

static void same_as_bellman_ford(void **state) {
    (void)state;
    static sample s;
    static double dist[60 * 60], over[60 * 60], again[60 * 60], part[60 * 60], slow[60];
    int32_t origins[60];
    karvan_random r;
    karvan_random_init(&r, 11, 3);
    for (int round = 0; round < 1500; round++) {
        make(&s, &r, round);
        karvan_graph *g = graph(s.n, s.m, s.tail, s.head, s.through);
        karvan_hierarchy *h = hierarchy(g, s.weight);
        for (int32_t v = 0; v < s.n; v++) origins[v] = v;
        assert_int_equal(karvan_graph_skim(g, s.weight, s.n, origins, 1, dist, NULL), KARVAN_OK);
        assert_int_equal(karvan_hierarchy_skim(h, s.n, origins, 2, over, NULL), KARVAN_OK);
        int32_t few = (s.n + 2) / 3, picked[60]; /* every third node, last first */
        for (int32_t i = 0; i < few; i++) picked[i] = s.n - 1 - 3 * i;
        assert_int_equal(karvan_hierarchy_table(h, s.n, origins, few, picked, 1, part, NULL),
                         KARVAN_OK);
        for (int32_t v = 0; v < s.n; v++)
            for (int32_t i = 0; i < few; i++)
                assert_true(part[v * few + i] == over[v * s.n + picked[i]]);
        for (int32_t v = 0; v < s.n; v++) {
            bellman_ford(&s, v, slow);
            assert_int_equal(karvan_hierarchy_skim(h, 1, &v, 1, again, NULL), KARVAN_OK);
            for (int32_t u = 0; u < s.n; u++)
                if (dist[v * s.n + u] != slow[u] || over[v * s.n + u] != slow[u] ||
                    again[u] != slow[u])
                    fail_msg("round %d, %d to %d: %g, %g and %g, not %g", round, (int)v, (int)u,
                             dist[v * s.n + u], over[v * s.n + u], again[u], slow[u]);
        }
        karvan_hierarchy_destroy(h), karvan_graph_destroy(g);
    }
}

/* A grid whose sums are not exact: the bytes do not depend on the threads, and new weights count.
 */
static void threads_and_new_weights(void **state) {
    (void)state;
    enum { SIDE = 30, N = SIDE * SIDE, M = 4 * N };
    static int32_t tail[M], head[M], origins[N];
    static double weight[M], one[(size_t)N * N], four[(size_t)N * N], plain[N];
    int32_t m = 0;
    karvan_random r;
    karvan_random_init(&r, 5, 5);
    for (int32_t v = 0; v < N; v++) {
        origins[v] = v;
        if (v % SIDE + 1 < SIDE) tail[m] = v, head[m++] = v + 1, tail[m] = v + 1, head[m++] = v;
        if (v + SIDE < N) tail[m] = v, head[m++] = v + SIDE, tail[m] = v + SIDE, head[m++] = v;
    }
    for (int32_t a = 0; a < m; a++) weight[a] = karvan_random_uniform(&r);
    karvan_graph *g = graph(N, m, tail, head, 0);
    karvan_hierarchy *h = hierarchy(g, weight);
    assert_true(karvan_hierarchy_arcs(h) >= m / 2 && karvan_hierarchy_arcs(h) < 30 * N);
    for (int changed = 0; changed < 2; changed++) {
        assert_int_equal(karvan_hierarchy_skim(h, N, origins, 1, one, NULL), KARVAN_OK);
        assert_int_equal(karvan_hierarchy_skim(h, N, origins, 4, four, NULL), KARVAN_OK);
        assert_memory_equal(one, four, sizeof one);
        assert_int_equal(karvan_graph_skim(g, weight, N, origins, 4, four, NULL), KARVAN_OK);
        for (size_t i = 0; i < (size_t)N * N; i++) assert_true(fabs(one[i] - four[i]) < 1e-12);
        assert_int_equal(karvan_graph_skim(g, weight, 1, origins + 7, 1, plain, NULL), KARVAN_OK);
        assert_memory_equal(plain, four + 7 * N, sizeof plain);
        for (int32_t a = 0; a < m; a++) weight[a] = 1 + (a % 7);
        assert_int_equal(karvan_hierarchy_customise(h, weight, NULL), KARVAN_OK);
    }
    karvan_hierarchy_destroy(h), karvan_graph_destroy(g);
}

static void refused(void **state) {
    (void)state;
    static const int32_t bad[] = {7};
    static const double negative[ARCS] = {[3] = -1}, none[ARCS] = {[2] = NAN};
    double dist[NODES];
    karvan_graph *g = NULL;
    karvan_hierarchy *h = NULL;
    karvan_error e = {0}, why = {0}, order = {0};
    assert_int_equal(karvan_graph_create(2, ARCS, TAIL, HEAD, 0, &g, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "arc 0 leads from 0 to 2 in a graph of 2 nodes");
    assert_int_equal(karvan_graph_create(NODES, ARCS, TAIL, HEAD, 7, &g, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_graph_create(-1, 0, NULL, NULL, 0, &g, NULL), KARVAN_E_ARG);
    assert_null(g);
    g = graph(NODES, ARCS, TAIL, HEAD, 2);
    assert_int_equal(karvan_graph_skim(g, negative, 1, TAIL, 1, dist, &why), KARVAN_E_ARG);
    assert_string_equal(why.msg, "arc 3 weighs -1: weights are 0 or more");
    assert_int_equal(karvan_graph_skim(g, none, 1, TAIL, 1, dist, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_graph_skim(g, WEIGHT, 1, bad, 1, dist, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_hierarchy_create(g, &h, NULL), KARVAN_OK);
    assert_int_equal(karvan_hierarchy_skim(h, 1, TAIL, 1, dist, &order), KARVAN_E_ARG);
    assert_string_equal(order.msg, "the hierarchy has no weights yet");
    assert_int_equal(karvan_hierarchy_customise(h, negative, NULL), KARVAN_E_ARG);
    karvan_hierarchy_destroy(h), karvan_graph_destroy(g);
    g = graph(0, 0, NULL, NULL, 0); /* nothing at all is a graph */
    assert_int_equal(karvan_hierarchy_create(g, &h, NULL), KARVAN_OK);
    assert_int_equal(karvan_hierarchy_customise(h, NULL, NULL), KARVAN_OK);
    assert_int_equal(karvan_hierarchy_skim(h, 0, NULL, 1, NULL, NULL), KARVAN_OK);
    karvan_hierarchy_destroy(h), karvan_graph_destroy(g);
}

static karvan_status everything(karvan_error *e) {
    static const int32_t origins[] = {0, 3};
    static const double heavy[ARCS] = {1, 1e9, 1, 1e-9, 1, 1, 1, 1};
    double dist[2 * NODES];
    karvan_graph *g = NULL;
    karvan_hierarchy *h = NULL;
    karvan_status st = karvan_graph_create(NODES, ARCS, TAIL, HEAD, 2, &g, e);
    if (st == KARVAN_OK) st = karvan_graph_skim(g, WEIGHT, 2, origins, 1, dist, e);
    if (st == KARVAN_OK) st = karvan_graph_skim(g, heavy, 2, origins, 1, dist, e);
    if (st == KARVAN_OK) st = karvan_hierarchy_create(g, &h, e);
    if (st == KARVAN_OK) st = karvan_hierarchy_customise(h, WEIGHT, e);
    if (st == KARVAN_OK) st = karvan_hierarchy_skim(h, 2, origins, 1, dist, e);
    karvan_hierarchy_destroy(h), karvan_graph_destroy(g);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
                                       cmocka_unit_test(zones_are_no_way_through),
                                       cmocka_unit_test(same_as_bellman_ford),
                                       cmocka_unit_test(threads_and_new_weights),
                                       cmocka_unit_test(refused),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
