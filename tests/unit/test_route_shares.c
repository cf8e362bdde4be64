/* Most likely routes under known flows: by hand, and beside routes written out one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "flow_case.h"
#include "karvan/demand.h"
#include "sweep.h"

static void near(double found, double said, double within) {
    if (!(fabs(found - said) <= within * fmax(1, fabs(said))))
        fail_msg("%.17g where %.17g is said", found, said);
}

static karvan_arc_counts counts_of(int32_t n, const int64_t *first, const int32_t *arc) {
    return (karvan_arc_counts){n, first, arc, NULL, NULL};
}

/* Zones 0 and 1 go to 2 by node 3, then by node 4 or straight on: 30 and 70 of the 100 of both; so
 * of each. Lorries take two places. */
static flow_case diamond(void) {
    flow_case c = case_of(5, 3, 3);
    (void)case_arc(&c, 0, 3, 1, 0, 0, 0), (void)case_arc(&c, 1, 3, 1, 0, 0, 0);
    (void)case_arc(&c, 3, 2, 2, 0, 0, 0), (void)case_arc(&c, 3, 4, 1, 0, 0, 0);
    (void)case_arc(&c, 4, 2, 1, 0, 0, 0);
    case_trips(&c, 0, 0, 2, 40), case_trips(&c, 0, 1, 2, 20);
    case_trips(&c, 1, 0, 2, 20); /* lorries: 40 places */
    case_trips(&c, 0, 1, 1, 5);  /* stays at home */
    case_trips(&c, 0, 2, 0, 7);  /* no way back */
    c.classes = 2, c.pce[1] = 2;
    return c;
}
static void shares_by_hand(void **state) {
    (void)state;
    flow_case c = diamond();
    karvan_assignment_problem p = case_problem(&c);
    const double flow[] = {80, 20, 70, 30, 30}, time[] = {1, 1, 2, 1, 1};
    const int64_t first[] = {0, 1, 2, 5};
    const int32_t arc[] = {2, 3, 0, 3, 4};
    karvan_arc_counts counts = counts_of(3, first, arc);
    double share[12], residual;
    assert_int_equal(
        karvan_route_shares(&p, flow, time, 0, &counts, 1e-9, 1, NULL, share, &residual, NULL),
        KARVAN_OK);
    assert_true(residual < 1e-10);
    /* Cells: 0-2, 1-1, 1-2, 2-0. */
    const double said[] = {0.7, 0, 0.7, 0, 0.3, 0, 0.3, 0, 1 + 0.6, 0, 0.6, 0};
    for (int i = 0; i < 12; i++) near(share[i], said[i], 1e-9);
    assert_int_equal(
        karvan_route_shares(&p, flow, time, 1, &counts, 1e-9, 1, NULL, share, &residual, NULL),
        KARVAN_OK);
    near(share[0], 1.4, 1e-9), near(share[1], 0.6, 1e-9), near(share[2], 3.2, 1e-9);
    const double dear[] = {1, 1, 2.1, 1, 1}, all[] = {80, 20, 0, 100, 100}; /* not least any more */
    assert_int_equal(
        karvan_route_shares(&p, all, dear, 0, &counts, 1e-9, 1, NULL, share, &residual, NULL),
        KARVAN_OK);
    near(share[0], 0, 0), near(share[4], 1, 1e-12);
    case_clear(&c);
}

/* ---- routes written out ------------------------------------------------------------------------
 */

enum { LAYERS = 3, WIDE = 3, ZONES = 4, ROUTES = 27 * 4, NONE = -1 };
/* Zones 0 and 1, three layers of three nodes, zones 2 and 3; all routes cost the same. */
typedef struct layered {
    flow_case c;
    double time[CASE_ARCS], flow[CASE_ARCS];
    int32_t at[2 + LAYERS + 1][WIDE][WIDE]; /* arc from a node of one layer to one of the next */
    int n;
    int32_t route[ROUTES][LAYERS + 1];
    int pair[ROUTES];
    double trips[ROUTES];
} layered;

static void add_arc(layered *l, karvan_random *r, int layer, int i, int j) {
    bool first = layer == 0, last = layer == LAYERS;
    int32_t tail = first ? i : ZONES + (layer - 1) * WIDE + i;
    int32_t head = last ? 2 + j : ZONES + layer * WIDE + j;
    bool open = first || last || i == j || karvan_random_uniform(r) < 0.6;
    l->at[layer][i][j] = open ? case_arc(&l->c, tail, head, 1, 0, 0, 0) : NONE;
}

static void add_route(layered *l, karvan_random *r, int from, int to, const int *node) {
    int32_t arc[LAYERS + 1] = {l->at[0][from][node[0]], l->at[1][node[0]][node[1]],
                               l->at[2][node[1]][node[2]], l->at[3][node[2]][to]};
    for (int k = 0; k <= LAYERS; k++)
        if (arc[k] == NONE) return;
    memcpy(l->route[l->n], arc, sizeof arc);
    l->pair[l->n] = from * 2 + to, l->trips[l->n] = exp(2 * karvan_random_normal(r));
    for (int k = 0; k <= LAYERS; k++) l->flow[arc[k]] += l->trips[l->n];
    l->c.demand[0][from * ZONES + 2 + to] += l->trips[l->n++];
}

static layered *draw(karvan_random *r) {
    static layered l;
    l = (layered){.c = case_of(ZONES + LAYERS * WIDE, ZONES, ZONES)};
    for (int layer = 0; layer <= LAYERS; layer++)
        for (int i = 0; i < (layer == 0 ? 2 : WIDE); i++)
            for (int j = 0; j < (layer == LAYERS ? 2 : WIDE); j++) add_arc(&l, r, layer, i, j);
    for (int32_t a = 0; a < l.c.arcs; a++) l.time[a] = 1;
    for (int pair = 0; pair < 4; pair++)
        for (int k = 0; k < 27; k++)
            add_route(&l, r, pair / 2, pair % 2, (const int[]){k / 9, k / 3 % 3, k % 3});
    return &l;
}

/* Weights of arcs in turn, each by bisection to its flow, until all are met. */
static void fit_routes(const layered *l, double *made) {
    double log_weight[CASE_ARCS] = {0}, total[4];
    for (int round = 0; round < 3000; round++) {
        double off = 0;
        for (int32_t a = 0; a < l->c.arcs; a++) {
            double x = 0;
            memset(total, 0, sizeof total);
            for (int r = 0; r < l->n; r++) {
                double w = 0;
                for (int k = 0; k <= LAYERS; k++) w += log_weight[l->route[r][k]];
                made[r] = exp(w), total[l->pair[r]] += made[r];
            }
            for (int r = 0; r < l->n; r++) {
                int from = l->pair[r] / 2, to = l->pair[r] % 2;
                made[r] *= l->c.demand[0][from * ZONES + 2 + to] / total[l->pair[r]];
                for (int k = 0; k <= LAYERS; k++) x += l->route[r][k] == a ? made[r] : 0;
            }
            if (l->flow[a] == 0) continue;
            off = fmax(off, fabs(x / l->flow[a] - 1));
            log_weight[a] += log(l->flow[a] / x);
        }
        if (off < 1e-12) break;
    }
}

static void beside_routes(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 41, 0);
    for (int t = 0; t < 25; t++) {
        layered *l = draw(&r);
        karvan_assignment_problem p = case_problem(&l->c);
        static double made[ROUTES], share[CASE_ARCS * 4];
        int64_t first[CASE_ARCS + 1];
        int32_t arc[CASE_ARCS];
        double residual;
        for (int32_t a = 0; a <= l->c.arcs; a++) first[a] = a;
        for (int32_t a = 0; a < l->c.arcs; a++) arc[a] = a;
        karvan_arc_counts counts = counts_of(l->c.arcs, first, arc);
        fit_routes(l, made);
        assert_int_equal(l->c.trips[0].n, 4);
        assert_int_equal(karvan_route_shares(&p, l->flow, l->time, 0, &counts, 1e-11, 1 + t % 3,
                                             NULL, share, &residual, NULL),
                         KARVAN_OK);
        assert_true(residual < 1e-9);
        for (int32_t a = 0; a < l->c.arcs; a++) {
            double by_pair[4] = {0};
            for (int i = 0; i < l->n; i++)
                for (int k = 0; k <= LAYERS; k++)
                    if (l->route[i][k] == a) by_pair[l->pair[i]] += made[i];
            for (int pair = 0; pair < 4; pair++)
                near(share[a * 4 + pair], by_pair[pair] / l->c.trips[0].trips[pair], 1e-6);
        }
        case_clear(&l->c);
    }
}

static void faults_are_named(void **state) {
    (void)state;
    flow_case c = diamond();
    karvan_assignment_problem p = case_problem(&c);
    double flow[] = {80, 20, 70, 30, 30}, time[] = {1, 1, 2, 1, 1}, share[4];
    const int64_t first[] = {0, 1};
    const int32_t arc[] = {5}, good[] = {2};
    karvan_arc_counts counts = counts_of(1, first, arc);
    karvan_error e = {0};
    assert_int_equal(karvan_route_shares(&p, flow, time, 0, &counts, 0, 1, NULL, share, NULL, &e),
                     KARVAN_E_ARG);
    assert_string_equal(e.msg, "a count of arc 5; arcs are 0..4");
    counts.arc = good, e = (karvan_error){0};
    assert_int_equal(karvan_route_shares(&p, flow, time, 2, &counts, 0, 1, NULL, share, NULL, &e),
                     KARVAN_E_ARG);
    assert_string_equal(e.msg, "class 2; classes are 0..1");
    time[3] = NAN, e = (karvan_error){0};
    assert_int_equal(karvan_route_shares(&p, flow, time, 0, &counts, 0, 1, NULL, share, NULL, &e),
                     KARVAN_E_ARG);
    assert_string_equal(e.msg, "arc 3 has a flow of 30 and a time of nan; 0 or more is right");
    time[3] = 1;
    assert_int_equal(
        karvan_route_shares(&p, flow, time, 0, &counts, -1, 1, NULL, share, NULL, NULL),
        KARVAN_E_ARG);
    karvan_cancel stop = {1};
    assert_int_equal(
        karvan_route_shares(&p, flow, time, 0, &counts, 0, 1, &stop, share, NULL, NULL),
        KARVAN_E_CANCELLED);
    case_clear(&c);
}

/* ---- trips out of counts -----------------------------------------------------------------------
 */

/* Ways of 10 + x and 15 + x/2 from 0 to 1: of q trips (10 + q)/3 take the first. */
static flow_case two_ways(double trips) {
    flow_case c = case_of(3, 2, 2);
    (void)case_line(&c, 0, 1, 10, 1), (void)case_line(&c, 0, 2, 15, 0.5);
    (void)case_arc(&c, 2, 1, 0, 0, 0, 0);
    case_trips(&c, 0, 0, 1, trips);
    return c;
}
static double share_of(double q) { return (10 + q) / (3 * q); }

static void trips_by_bisection(void **state) {
    (void)state;
    const double count = 14, error = 0.5, q0 = 20, rho = 0.4;
    double low = 6, high = 100;
    for (int i = 0; i < 200; i++) {
        double q = (low + high) / 2, s = share_of(q);
        if ((q - q0) / (rho * rho * q0 * q0) < s * (count - q * s) / (error * error))
            low = q;
        else
            high = q;
    }
    flow_case c = two_ways(q0);
    karvan_assignment_problem p = case_problem(&c);
    const int64_t first[] = {0, 1};
    const int32_t arc[] = {0};
    karvan_arc_counts counts = {1, first, arc, &count, &error};
    karvan_trips_estimate_options o = {.prior_error_all = rho,
                                       .assignment = {.method = KARVAN_BFW, .gap = 1e-11}};
    karvan_trips trips;
    karvan_estimate *e = NULL;
    karvan_error err = {0};
    double flow[3];
    if (karvan_estimate_trips(&p, &counts, &o, &trips, flow, &e, &err) != KARVAN_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(trips.n, 1);
    near(trips.trips[0], low, 1e-4);
    near(flow[0], (10 + low) / 3, 1e-4), near(flow[2], low - (10 + low) / 3, 1e-4);
    near(e->before[0], 10, 1e-4);
    karvan_estimate_destroy(e), karvan_trips_clear(&trips);
    const double away = -500, tight = 1e-3; /* no trips at all come nearest */
    counts.count = &away, counts.error = &tight;
    if (karvan_estimate_trips(&p, &counts, &o, &trips, NULL, &e, &err) != KARVAN_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(trips.n, 0);
    assert_true(e->demand[0] == 0);
    karvan_estimate_destroy(e), karvan_trips_clear(&trips);
    o.user_class = 1;
    assert_int_equal(karvan_estimate_trips(&p, &counts, &o, &trips, NULL, &e, NULL), KARVAN_E_ARG);
    case_clear(&c);
}

static karvan_status all_of_it(karvan_error *err) {
    static const int64_t first[] = {0, 1};
    static const int32_t arc[] = {2};
    static const double count = 30, error = 1;
    static flow_case c;
    c = diamond();
    c.demand[0][6] = 0; /* without what is not served */
    long permits = karvan_i_alloc_permits;
    karvan_i_alloc_permits = -1;
    karvan_assignment_problem p = case_problem(&c);
    karvan_i_alloc_permits = permits;
    karvan_arc_counts counts = {1, first, arc, &count, &error};
    karvan_trips_estimate_options o = {
        .assignment = {.method = KARVAN_BFW, .gap = 1e-6, .threads = 1}};
    karvan_trips trips;
    karvan_estimate *e = NULL;
    double flow[5];
    karvan_status st = karvan_estimate_trips(&p, &counts, &o, &trips, flow, &e, err);
    karvan_estimate_destroy(e), karvan_trips_clear(&trips);
    case_clear(&c);
    return st;
}
/* A search that does not end hands out what it has; where memory then fails, that is said. */
static karvan_status ended_early(karvan_error *err) {
    static const int64_t first[] = {0, 1};
    static const int32_t arc[] = {0};
    static const double count = 14, error = 0.5;
    flow_case c = two_ways(20);
    karvan_arc_counts counts = {1, first, arc, &count, &error};
    karvan_trips_estimate_options o = {
        .assignment = {.method = KARVAN_BFW, .gap = 1e-6, .threads = 1},
        .estimate = {.max_iterations = 1}};
    karvan_trips trips;
    karvan_estimate *e = NULL;
    double flow[3];
    long permits = karvan_i_alloc_permits;
    karvan_i_alloc_permits = -1; /* those that fail are the library's */
    karvan_assignment_problem p = case_problem(&c);
    karvan_i_alloc_permits = permits;
    karvan_status st = karvan_estimate_trips(&p, &counts, &o, &trips, flow, &e, err);
    assert_true((e != NULL) == (st == KARVAN_E_NOCONV) && (trips.n > 0) == (e != NULL));
    karvan_estimate_destroy(e), karvan_trips_clear(&trips);
    case_clear(&c);
    return st == KARVAN_E_NOCONV ? KARVAN_OK : st;
}
static void memory_fails_early(void **state) {
    (void)state;
    every_allocation_fails(ended_early, 6000);
}

static void memory_fails(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 20000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_by_hand),   cmocka_unit_test(beside_routes),
        cmocka_unit_test(faults_are_named), cmocka_unit_test(trips_by_bisection),
        cmocka_unit_test(memory_fails),     cmocka_unit_test(memory_fails_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
