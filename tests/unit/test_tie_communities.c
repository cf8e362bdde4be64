/* Communities of a network: modularity by its definition, the best division by trying all, and what
 * the search finds beside what is proved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "share.h"
#include "tie_plain.h"

/* By its definition: over all ordered pairs of one community, what there is less what is expected.
 */
static double slow_modularity(const plain *p, const int32_t *c) {
    double a[N_MOST][N_MOST] = {{0}}, out[N_MOST] = {0}, in[N_MOST] = {0}, whole = 0, q = 0;
    for (int64_t i = 0; i < p->m; i++) {
        a[p->tail[i]][p->head[i]] += p->weight[i];
        if (!p->directed) a[p->head[i]][p->tail[i]] += p->weight[i];
    }
    for (int32_t v = 0; v < p->n; v++)
        for (int32_t u = 0; u < p->n; u++) out[v] += a[v][u], in[u] += a[v][u], whole += a[v][u];
    for (int32_t v = 0; v < p->n; v++)
        for (int32_t u = 0; u < p->n; u++)
            if (c[v] == c[u]) q += a[v][u] / whole - out[v] * in[u] / whole / whole;
    return q;
}

/* All divisions, as growth strings: a node goes into a community that there is, or the next. */
static double best_division(const plain *p, int32_t *c, int32_t v, int32_t communities) {
    if (v == p->n) return slow_modularity(p, c);
    double best = -INFINITY;
    for (c[v] = 0; c[v] <= communities; c[v]++)
        best = fmax(best, best_division(p, c, v + 1, communities + (c[v] == communities)));
    return best;
}

static void modularity_by_hand(void **state) {
    (void)state;
    /* two triangles and a tie between them, 7 ties: each has 3 within and a degree of 7:
     * 2 (3/7 - (7/14)^2) = 5/14 */
    plain p = {.n = 6};
    add(&p, 0, 1, 1), add(&p, 1, 2, 1), add(&p, 0, 2, 1), add(&p, 3, 4, 1), add(&p, 4, 5, 1);
    add(&p, 5, 3, 1), add(&p, 0, 3, 1);
    karvan_i_tie_graph g = made(&p);
    karvan_i_tie_division d;
    assert_int_equal(karvan_i_tie_divide(&g, 100000, &d, NULL), KARVAN_OK);
    assert_true(fabs(d.modularity - 5.0 / 14) < 1e-15 && d.proved);
    static const int32_t expected[] = {0, 0, 0, 1, 1, 1};
    assert_int_equal(d.n, 2), assert_memory_equal(d.community, expected, sizeof expected);
    karvan_i_tie_division_clear(&d), karvan_i_tie_graph_clear(&g);
    /* 0 to 1 and 1 to 0, 2 to 3 and 3 to 2: 2 (2/4 - (2/4)^2) = 1/2; node 4 stands alone */
    plain q = {.n = 5, .directed = true};
    add(&q, 0, 1, 1), add(&q, 1, 0, 1), add(&q, 2, 3, 1), add(&q, 3, 2, 1);
    g = made(&q);
    assert_int_equal(karvan_i_tie_divide(&g, 0, &d, NULL), KARVAN_OK);
    assert_true(d.modularity == 0.5 && !d.proved && d.n == 3 && d.community[4] == 2);
    karvan_i_tie_division_clear(&d), karvan_i_tie_graph_clear(&g);
    q.m = 0; /* nothing to divide by */
    g = made(&q);
    double m;
    assert_int_equal(karvan_i_tie_divide(&g, 1000, &d, NULL), KARVAN_OK);
    assert_true(isnan(d.modularity) && d.n == 5 && d.starts == 0);
    assert_int_equal(karvan_i_tie_modularity(&g, d.community, &m, NULL), KARVAN_OK);
    assert_true(isnan(m));
    karvan_i_tie_division_clear(&d), karvan_i_tie_graph_clear(&g);
}

static void divisions_like_all(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 3);
    static plain p;
    int short_of = 0, cases = 0;
    for (int k = 0; k < part_of(600); k++) {
        int32_t room[N_MOST];
        karvan_i_tie_division exact, found;
        double q;
        draw(&p, &r, 8, k & 1, k & 2);
        if (p.m == 0) continue;
        karvan_i_tie_graph g = made(&p);
        double best = best_division(&p, room, 0, 0);
        assert_int_equal(karvan_i_tie_divide(&g, 1000000, &exact, NULL), KARVAN_OK);
        assert_int_equal(karvan_i_tie_divide(&g, 0, &found, NULL), KARVAN_OK);
        if (!exact.proved || fabs(exact.modularity - best) > 1e-11)
            fail_msg("case %d: %.15g, the best has %.15g", k, exact.modularity, best);
        assert_int_equal(karvan_i_tie_modularity(&g, found.community, &q, NULL), KARVAN_OK);
        assert_true(fabs(q - slow_modularity(&p, found.community)) < 1e-12);
        assert_true(fabs(q - found.modularity) < 1e-12 && q <= best + 1e-11);
        short_of += q < best - 1e-9, cases++;
        karvan_i_tie_division_clear(&exact), karvan_i_tie_division_clear(&found);
        karvan_i_tie_graph_clear(&g);
    }
    print_message("of %d random networks of 8 nodes at most, the search without proof missed the "
                  "best division of %d\n",
                  cases, short_of);
    assert_true(short_of <= 1 + cases / 100);
}

/* Larger ones against the branch and bound, which needs no list of all divisions. */
static void searches_like_proofs(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 4);
    static plain p;
    int proved = 0, missed = 0;
    for (int k = 0; k < part_of(300); k++) {
        karvan_i_tie_division exact, found;
        draw(&p, &r, 16, k & 1, k & 2);
        karvan_i_tie_graph g = made(&p);
        assert_int_equal(karvan_i_tie_divide(&g, 300000, &exact, NULL), KARVAN_OK);
        assert_int_equal(karvan_i_tie_divide(&g, 0, &found, NULL), KARVAN_OK);
        proved += exact.proved;
        missed += found.modularity < exact.modularity - 1e-9;
        if (p.m > 0) assert_true(found.modularity <= exact.modularity + 1e-12);
        karvan_i_tie_division_clear(&exact), karvan_i_tie_division_clear(&found);
        karvan_i_tie_graph_clear(&g);
    }
    print_message("of %d proofs among 16 nodes at most, %d found better than the search\n", proved,
                  missed);
    if (all_cases()) assert_true(proved > 200 && missed <= 6);
}

/* Numbers of communities: larger ones first, then by first node; each has somebody. */
static void communities_in_order(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 5);
    static plain p;
    for (int k = 0; k < part_of(500); k++) {
        karvan_i_tie_division d, again;
        int32_t size[N_MOST] = {0}, first[N_MOST];
        draw(&p, &r, N_MOST, k & 1, k & 2);
        karvan_i_tie_graph g = made(&p);
        assert_int_equal(karvan_i_tie_divide(&g, 1000, &d, NULL), KARVAN_OK);
        assert_int_equal(karvan_i_tie_divide(&g, 1000, &again, NULL), KARVAN_OK);
        assert_memory_equal(d.community, again.community, (size_t)p.n * sizeof *d.community);
        for (int32_t v = p.n - 1; v >= 0; v--) {
            assert_in_range(d.community[v], 0, d.n - 1);
            size[d.community[v]]++, first[d.community[v]] = v;
        }
        for (int32_t c = 0; c < d.n; c++) {
            assert_true(size[c] > 0);
            assert_true(c == 0 || size[c] < size[c - 1] ||
                        (size[c] == size[c - 1] && first[c] > first[c - 1]));
        }
        karvan_i_tie_division_clear(&d), karvan_i_tie_division_clear(&again);
        karvan_i_tie_graph_clear(&g);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modularity_by_hand), cmocka_unit_test(divisions_like_all),
        cmocka_unit_test(searches_like_proofs), cmocka_unit_test(communities_in_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
