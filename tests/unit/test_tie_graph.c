/* Neighbours, betweenness and closeness of a network alone: by hand on small ones, and on random
 * ones by listing every shortest way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "sweep.h"
#include "tie_plain.h"

/* ---- graphs ---- */

static void neighbours(void **state) {
    (void)state;
    plain p = {.n = 4, .directed = true};
    add(&p, 2, 0, 3), add(&p, 0, 2, 5), add(&p, 0, 1, 7), add(&p, 3, 0, 1);
    karvan_i_tie_graph g = made(&p);
    assert_int_equal(g.tail[0], 0), assert_int_equal(g.head[0], 1);
    assert_true(g.weight[0] == 7 && g.weight[1] == 5 && g.weight[2] == 3 && g.weight[3] == 1);
    /* node 0 goes to 1 and 2, is come to from 2 and 3, has 1, 2, 3 for neighbours */
    assert_int_equal(g.out.first[1] - g.out.first[0], 2);
    assert_int_equal(g.in.first[1] - g.in.first[0], 2);
    assert_int_equal(g.all.first[1] - g.all.first[0], 3);
    for (int k = 0; k < 3; k++) assert_int_equal(g.all.to[k], k + 1);
    karvan_i_tie_graph_clear(&g);
    p.directed = false, p.m = 1; /* 2-0 alone: the lower end first */
    g = made(&p);
    assert_int_equal(g.tail[0], 0), assert_int_equal(g.head[0], 2);
    assert_int_equal(g.all.first[4], 2);
    karvan_i_tie_graph_clear(&g);
    p.n = 0, p.m = 0;
    g = made(&p);
    double none[1];
    assert_int_equal(karvan_i_tie_between(&g, true, 1, none, none, NULL), KARVAN_OK);
    karvan_i_tie_graph_clear(&g);
}

/* ---- betweenness ---- */

static double between[N_MOST], close_to[N_MOST];

static void measure(const plain *p, bool weighted) {
    karvan_i_tie_graph g = made(p);
    assert_int_equal(karvan_i_tie_between(&g, weighted, 1, between, close_to, NULL), KARVAN_OK);
    karvan_i_tie_graph_clear(&g);
}

static void betweenness_by_hand(void **state) {
    (void)state;
    /* a path 0-1-2-3: 1 stands between 0 and 2, 0 and 3; 2 likewise. Closeness of 0:
     * (1 + 1/2 + 1/3) / 3 = 11/18, of 1: (1 + 1 + 1/2) / 3 = 5/6 */
    plain p = {.n = 4};
    add(&p, 0, 1, 1), add(&p, 2, 1, 1), add(&p, 2, 3, 1);
    measure(&p, false);
    assert_true(between[0] == 0 && between[1] == 2 && between[2] == 2 && between[3] == 0);
    assert_true(fabs(close_to[0] - 11.0 / 18) < 1e-15 && fabs(close_to[1] - 5.0 / 6) < 1e-15);
    /* a square: each stands between the two at its sides on one of two ways */
    add(&p, 3, 0, 1);
    measure(&p, false);
    for (int v = 0; v < 4; v++) assert_true(between[v] == 0.5);
    /* lengths 1, 1/2, 1, 1: from 0 to 2 by 1 takes 3/2, by 3 takes 2; from 1 to 3 by 0 takes 2, by
     * 2 takes 3/2 */
    p.weight[1] = 2;
    measure(&p, true);
    assert_true(between[0] == 0 && between[1] == 1 && between[2] == 1 && between[3] == 0);
    /* round one way: from 0 to 2 by 1, to 3 by 1 and 2; three pairs pass each node */
    plain ring = {.n = 4, .directed = true};
    for (int32_t v = 0; v < 4; v++) add(&ring, v, (v + 1) % 4, 1);
    measure(&ring, false);
    for (int v = 0; v < 4; v++) assert_true(between[v] == 3);
    /* a ring left open: nothing leads back */
    ring.m = 3;
    measure(&ring, false);
    assert_true(between[0] == 0 && between[1] == 2 && between[2] == 2 && between[3] == 0);
    assert_true(close_to[3] == 0);
}

/* Two ways of length 1/3 + 1/6 and 1/2 are one length, though their sums differ in a last digit. */
static void equal_lengths(void **state) {
    (void)state;
    plain p = {.n = 6};
    add(&p, 0, 1, 10), add(&p, 1, 2, 5), add(&p, 2, 5, 1); /* 0.1 + 0.2 + 1 */
    add(&p, 0, 3, 5), add(&p, 3, 4, 10), add(&p, 4, 5, 1); /* 0.2 + 0.1 + 1 */
    measure(&p, true);
    assert_true(fabs(between[1] - between[3]) < 1 && between[1] > 0 && between[3] > 0);
    /* a tie so strong that its length vanishes beside another's is no harm */
    plain q = {.n = 4};
    add(&q, 0, 1, 1), add(&q, 1, 2, 1e300), add(&q, 0, 2, 1), add(&q, 2, 3, 1);
    measure(&q, true);
    for (int v = 0; v < 4; v++) assert_true(isfinite(between[v]) && between[v] <= 3);
}

/* The slow way: every way without a node twice, as far as it is short enough. */
typedef struct ways {
    const plain *p;
    bool weighted;
    double length[N_MOST][N_MOST]; /* of ties, infinite where there is none */
    int32_t stack[N_MOST];
    bool on[N_MOST];
    double least;
    double count, through[N_MOST];
} ways;

static bool same(double a, double b) { return fabs(a - b) <= 1e-9 * (1 + fabs(a)); }

static void extend(ways *w, int depth, int32_t to, double length) {
    int32_t v = w->stack[depth];
    if (length > w->least && !same(length, w->least)) return;
    if (v == to) {
        if (!same(length, w->least)) {
            w->least = length, w->count = 0;
            memset(w->through, 0, sizeof w->through);
        }
        w->count++;
        for (int k = 1; k < depth; k++) w->through[w->stack[k]]++;
        return;
    }
    for (int32_t next = 0; next < w->p->n; next++) {
        if (w->on[next] || !isfinite(w->length[v][next])) continue;
        w->on[next] = true, w->stack[depth + 1] = next;
        extend(w, depth + 1, to, length + w->length[v][next]);
        w->on[next] = false;
    }
}

static void slow_between(const plain *p, bool weighted, double *b, double *c) {
    static ways w;
    w.p = p;
    for (int32_t v = 0; v < p->n; v++) {
        b[v] = c[v] = 0;
        for (int32_t u = 0; u < p->n; u++) w.length[v][u] = INFINITY;
    }
    for (int64_t i = 0; i < p->m; i++) {
        double length = weighted ? 1 / p->weight[i] : 1;
        w.length[p->tail[i]][p->head[i]] = length;
        if (!p->directed) w.length[p->head[i]][p->tail[i]] = length;
    }
    for (int32_t from = 0; from < p->n; from++)
        for (int32_t to = 0; to < p->n; to++) {
            if (from == to) continue;
            w.least = INFINITY, w.count = 0;
            memset(w.through, 0, sizeof w.through), memset(w.on, 0, sizeof w.on);
            w.on[from] = true, w.stack[0] = from;
            extend(&w, 0, to, 0);
            if (w.count > 0) c[from] += 1 / w.least / (p->n - 1);
            for (int32_t v = 0; v < p->n && w.count > 0; v++)
                b[v] += w.through[v] / w.count / (p->directed ? 1 : 2);
        }
}

static void betweenness_like_all_ways(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 1);
    static plain p;
    double b[N_MOST], c[N_MOST];
    for (int k = 0; k < part_of(3000); k++) {
        bool weighted = k & 2;
        draw(&p, &r, 7, k & 1, k & 4);
        measure(&p, weighted);
        slow_between(&p, weighted, b, c);
        for (int32_t v = 0; v < p.n; v++) {
            if (!same(b[v], between[v]) || !same(c[v], close_to[v]))
                fail_msg("case %d node %d: %.15g against %.15g", k, v, between[v], b[v]);
        }
    }
}

/* The same on any number of threads, to the last bit. */
static void threads_do_not_matter(void **state) {
    (void)state;
    enum { N = 300, M = 2000 };
    static int32_t tail[M], head[M];
    static double weight[M], b[4][N], c[N];
    karvan_random r;
    karvan_random_init(&r, 3, 1);
    for (int i = 0; i < M; i++) { /* each pair once: i-th tie of its tail */
        tail[i] = i % N, head[i] = (i + 1 + i / N * 17) % N;
        weight[i] = karvan_random_uniform(&r);
    }
    karvan_i_tie_graph g;
    assert_int_equal(karvan_i_tie_graph_init(&g, N, M, true, tail, head, weight, NULL), KARVAN_OK);
    for (int k = 0; k < 4; k++) {
        assert_int_equal(karvan_i_tie_between(&g, k & 1, k < 2 ? 1 : 5, b[k], c, NULL), KARVAN_OK);
        if (k >= 2) assert_memory_equal(b[k], b[k - 2], sizeof b[k]);
    }
    karvan_i_tie_graph_clear(&g);
}

/* Layers of ten, each tied to all of the next: ways multiply by ten a layer. */
static void too_many_ways(void **state) {
    (void)state;
    enum { LAYERS = 320, WIDE = 10, N = LAYERS * WIDE, M = (LAYERS - 1) * WIDE * WIDE };
    static int32_t tail[M], head[M];
    static double weight[M], b[N], c[N];
    int64_t m = 0;
    for (int32_t l = 0; l + 1 < LAYERS; l++)
        for (int32_t i = 0; i < WIDE * WIDE; i++)
            tail[m] = l * WIDE + i / WIDE, head[m] = (l + 1) * WIDE + i % WIDE, weight[m++] = 1;
    karvan_i_tie_graph g;
    karvan_error e = {0};
    assert_int_equal(karvan_i_tie_graph_init(&g, N, M, true, tail, head, weight, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_tie_between(&g, false, 1, b, c, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg, "there are more shortest ways than a number holds (1e308)");
    karvan_i_tie_graph_clear(&g);
}

static karvan_status all_of_it(karvan_error *err) {
    plain p = {.n = 6, .directed = true};
    for (int32_t v = 0; v < 6; v++) add(&p, v, (v + 1) % 6, 1 + v);
    p.m = 5;
    karvan_i_tie_graph g;
    karvan_i_tie_parts parts = {0};
    karvan_i_tie_division d = {0};
    double b[6], c[6];
    karvan_status st =
        karvan_i_tie_graph_init(&g, p.n, p.m, p.directed, p.tail, p.head, p.weight, err);
    if (st == KARVAN_OK) st = karvan_i_tie_between(&g, true, 1, b, c, err);
    if (st == KARVAN_OK) st = karvan_i_tie_parts_init(&parts, &g, err);
    if (st == KARVAN_OK) st = karvan_i_tie_divide(&g, 1000, &d, err);
    if (st == KARVAN_OK) st = karvan_i_tie_modularity(&g, d.community, b, err);
    karvan_i_tie_division_clear(&d), karvan_i_tie_parts_clear(&parts);
    karvan_i_tie_graph_clear(&g);
    return st;
}
static void allocations(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 20000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(neighbours),
                                       cmocka_unit_test(betweenness_by_hand),
                                       cmocka_unit_test(equal_lengths),
                                       cmocka_unit_test(betweenness_like_all_ways),
                                       cmocka_unit_test(threads_do_not_matter),
                                       cmocka_unit_test(too_many_ways),
                                       cmocka_unit_test(allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
