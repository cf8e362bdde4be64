/* Trees of shortest ways: by themselves against Bellman and Ford's method, and from an old tree
 * under other costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "flow/problem.h"

enum { NODES = 30, ARCS = 120, ROUNDS = 300, CHANGES = 6 };

typedef struct net {
    int32_t tail[ARCS], head[ARCS];
    karvan_vdf vdf[ARCS];
    double demand[NODES * NODES];
    karvan_trips trips;
    karvan_user_class class;
    karvan_assignment_problem given;
    karvan_i_problem p;
} net;

static karvan_random rng;
static int pick(int n) { return (int)karvan_random_below(&rng, (uint64_t)n); }
static net n;

static void make(int32_t nodes, int32_t arcs, int32_t zones, int32_t first_through) {
    for (int32_t a = 0; a < arcs; a++) n.vdf[a] = (karvan_vdf){.kind = KARVAN_VDF_CONSTANT};
    assert_int_equal(karvan_trips_of_matrix(zones, n.demand, &n.trips, NULL), KARVAN_OK);
    n.class = (karvan_user_class){"all", &n.trips, 1, NULL};
    n.given = (karvan_assignment_problem){.n_nodes = nodes,
                                          .n_arcs = arcs,
                                          .tail = n.tail,
                                          .head = n.head,
                                          .zones = zones,
                                          .first_through = first_through,
                                          .vdf = n.vdf,
                                          .n_classes = 1,
                                          .classes = &n.class};
    assert_int_equal(karvan_i_problem_init(&n.p, &n.given, KARVAN_USER_EQUILIBRIUM, NULL),
                     KARVAN_OK);
}
static void clear(void) { karvan_i_problem_clear(&n.p), karvan_trips_clear(&n.trips); }

static void draw(void) {
    int32_t nodes = 2 + pick(NODES - 2), arcs = pick(ARCS), zones = 1 + pick(nodes);
    for (int32_t a = 0; a < arcs; a++) n.tail[a] = pick(nodes), n.head[a] = pick(nodes);
    make(nodes, arcs, zones, pick(2) ? pick(zones + 1) : 0);
}

/* A third of the arcs are free, many cost the same. */
static void draw_costs(double *cost, bool all) {
    for (int32_t a = 0; a < n.p.m; a++)
        if (all || pick(8) == 0) cost[a] = pick(3) == 0 ? 0 : 0.1 * (1 + pick(12));
}

/* Every arc over and over until nothing betters; arcs leave zones that are not passed only where
 * these are the origin. */
static void slow_labels(const double *cost, int32_t origin, double *dist) {
    for (int32_t v = 0; v < n.p.n; v++) dist[v] = v == origin ? 0 : INFINITY;
    for (bool better = true; better;) {
        better = false;
        for (int32_t a = 0; a < n.p.m; a++) {
            if (n.p.tail[a] < n.p.first_through && n.p.tail[a] != origin) continue;
            double d = dist[n.p.tail[a]] + cost[a];
            if (d < dist[n.p.head[a]]) dist[n.p.head[a]] = d, better = true;
        }
    }
}

static void tree_is_right(const karvan_i_tree *t, const double *cost, int32_t origin) {
    double dist[NODES];
    bool seen[NODES] = {false};
    int32_t reached = 0;
    slow_labels(cost, origin, dist);
    for (int32_t v = 0; v < n.p.n; v++) {
        reached += dist[v] < INFINITY;
        assert_true(dist[v] == t->dist[v] || fabs(dist[v] - t->dist[v]) < 1e-12);
        assert_true((t->by[v] < 0) == (v == origin || isinf(dist[v])));
    }
    assert_int_equal(t->origin, origin);
    assert_int_equal(t->n_order, reached);
    assert_int_equal(t->order[0], origin);
    seen[origin] = true;
    for (int32_t i = 1; i < t->n_order; i++) {
        int32_t v = t->order[i], a = t->by[v], u = n.p.tail[a];
        assert_int_equal(n.p.head[a], v);
        assert_true(seen[u] && !seen[v]);
        assert_true(u == origin || u >= n.p.first_through);
        assert_true(t->dist[v] == t->dist[u] + cost[a]);
        seen[v] = true;
    }
}

static void trees_are_right(void **state) {
    (void)state;
    double cost[ARCS];
    int again = 0;
    karvan_random_init(&rng, 20261126, 3);
    for (int round = 0; round < ROUNDS; round++) {
        karvan_i_tree t;
        int32_t arcs[NODES];
        draw();
        draw_costs(cost, true);
        assert_int_equal(karvan_i_tree_init(&t, &n.p, NULL), KARVAN_OK);
        int32_t origin = pick(n.p.zones);
        karvan_i_tree_grow(&t, &n.p, cost, origin);
        tree_is_right(&t, cost, origin);
        for (int change = 0; change < CHANGES; change++) {
            int32_t n_arcs = t.n_order - 1;
            for (int32_t i = 0; i < n_arcs; i++) arcs[i] = t.by[t.order[i + 1]];
            draw_costs(cost, change % 3 == 2);
            if (karvan_i_tree_regrow(&t, &n.p, cost, origin, arcs, n_arcs))
                again++;
            else
                karvan_i_tree_grow(&t, &n.p, cost, origin);
            tree_is_right(&t, cost, origin);
        }
        karvan_i_tree_clear(&t);
        clear();
    }
    assert_true(again > ROUNDS * CHANGES / 2);
}

/* Of equal ways to a node the first arc wins, though the other way was found before it. */
static void ties_fall_by_arc(void **state) {
    (void)state;
    static const int32_t tail[] = {2, 1, 0, 0, 1}, head[] = {3, 3, 1, 2, 3};
    static const double cost[] = {2, 1, 1, 1, 2}; /* by place: 0-1, 0-2, 1-3, 1-3, 2-3 */
    karvan_i_tree t;
    memcpy(n.tail, tail, sizeof tail), memcpy(n.head, head, sizeof head);
    make(4, 5, 4, 0);
    assert_int_equal(karvan_i_tree_init(&t, &n.p, NULL), KARVAN_OK);
    karvan_i_tree_grow(&t, &n.p, cost, 0);
    assert_int_equal(t.by[3], 2);
    assert_int_equal(n.p.arc[2], 1); /* the caller's */
    karvan_i_tree_clear(&t);
    clear();
}

/* Arcs from every node to every later one, of which many short ones in a row come to cost less than
 * a long one; later nodes have lower numbers, so that what is bettered is bettered one hop at a
 * time. An old tree that goes straight everywhere is then of no use, and says so. */
static void an_old_tree_may_be_given_up(void **state) {
    (void)state;
    enum { CHAIN = 15 };
    double cost[ARCS];
    int32_t arcs[NODES], m = 0;
    karvan_i_tree t;
    for (int32_t i = 0; i < CHAIN; i++)
        for (int32_t j = i + 1; j < CHAIN; j++)
            n.tail[m] = CHAIN - 1 - i, n.head[m++] = CHAIN - 1 - j;
    make(CHAIN, m, CHAIN, 0);
    assert_int_equal(karvan_i_tree_init(&t, &n.p, NULL), KARVAN_OK);
    for (int32_t a = 0; a < m; a++) cost[a] = 1;
    karvan_i_tree_grow(&t, &n.p, cost, CHAIN - 1);
    assert_int_equal(t.n_order, CHAIN);
    for (int32_t i = 0; i + 1 < CHAIN; i++) arcs[i] = t.by[t.order[i + 1]];
    for (int32_t a = 0; a < m; a++) cost[a] = pow(n.p.tail[a] - n.p.head[a], 2);
    assert_false(karvan_i_tree_regrow(&t, &n.p, cost, CHAIN - 1, arcs, CHAIN - 1));
    karvan_i_tree_grow(&t, &n.p, cost, CHAIN - 1);
    tree_is_right(&t, cost, CHAIN - 1);
    karvan_i_tree_clear(&t);
    clear();
}

/* A forest too large for its allowance is none, and searches go on without it. */
static void a_large_forest_is_none(void **state) {
    (void)state;
    karvan_i_problem large = {.n = 20000, .zones = 10000, .n_groups = 1};
    karvan_i_forest *f = (karvan_i_forest *)&large;
    karvan_i_tree t;
    double cost[ARCS];
    assert_int_equal(karvan_i_forest_create(&large, &f, NULL), KARVAN_OK);
    assert_null(f);
    karvan_random_init(&rng, 20261126, 4);
    draw();
    draw_costs(cost, true);
    assert_int_equal(karvan_i_tree_init(&t, &n.p, NULL), KARVAN_OK);
    karvan_i_forest_grow(NULL, &t, &n.p, cost, 0, 0);
    tree_is_right(&t, cost, 0);
    karvan_i_tree_clear(&t);
    clear();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_are_right), cmocka_unit_test(ties_fall_by_arc),
        cmocka_unit_test(an_old_tree_may_be_given_up), cmocka_unit_test(a_large_forest_is_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
