/* Bushes at their ends: circles that cost nothing, demand of all sizes, stops and starts, threads,
 * failing memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "flow/bush.h"
#include "flow_grid.h"
#include "random_flows.h"
#include "sweep.h"

static karvan_assignment *solve(const karvan_assignment_problem *p, karvan_assignment_options o,
                                karvan_status want) {
    karvan_assignment *a = NULL;
    karvan_error e = {0};
    karvan_status st = karvan_assignment_solve(p, &o, &a, &e);
    if (st != want) fail_msg("status %d: %s", (int)st, e.msg);
    return a;
}

static karvan_assignment *solved(flow_case *c, double gap) {
    karvan_assignment_problem p = case_problem(c);
    karvan_assignment *a = solve(&p, (karvan_assignment_options){.gap = gap}, KARVAN_OK);
    case_clear(c);
    return a;
}

static void flows_are(karvan_assignment *a, int n, const double *flow, double near) {
    for (int i = 0; i < n; i++)
        if (!(fabs(karvan_assignment_flow_view(a)[i] - flow[i]) <= near))
            fail_msg("arc %d: %.12g, by hand %.12g", i, karvan_assignment_flow_view(a)[i], flow[i]);
    karvan_assignment_destroy(a);
}

/* ---- by hand ----------------------------------------------------------------------------------
 */

/* Nodes 2, 3, 4 in a circle that costs nothing, both ways round; out of it by 10 + x from 3 and
 * 12 + x from 4. Of 8 trips 5 and 3. Nothing goes round. */
static void circles_of_no_cost(void **state) {
    (void)state;
    flow_case c = case_of(5, 2, 2);
    (void)case_arc(&c, 0, 2, 0, 0, 1, 1);
    for (int i = 0; i < 3; i++) (void)case_arc(&c, 2 + i, 2 + (i + 1) % 3, 0, 0, 1, 1);
    for (int i = 0; i < 3; i++) (void)case_arc(&c, 2 + (i + 1) % 3, 2 + i, 0, 0, 1, 1);
    (void)case_line(&c, 3, 1, 10, 1);
    (void)case_line(&c, 4, 1, 12, 1);
    case_trips(&c, 0, 0, 1, 8);
    karvan_assignment *a = solved(&c, 1e-14);
    const double *x = karvan_assignment_flow_view(a);
    assert_true(fabs(x[7] - 5) < 1e-9 && fabs(x[8] - 3) < 1e-9 && x[0] == 8);
    double around = 0;
    for (int i = 1; i < 7; i++) around += x[i];
    assert_true(around >= 8 - 1e-9 && around <= 13 + 1e-9); /* one or two steps each, no more */
    karvan_assignment_destroy(a);
}

/* Fixed costs take all of a time: -4 beside 4, in a circle; 1 + x beside it. */
static void tolls_that_take_all(void **state) {
    (void)state;
    flow_case c = case_of(4, 2, 2);
    c.first_pays = true;
    (void)case_arc(&c, 2, 3, 4, 0, 1, 1);
    (void)case_arc(&c, 3, 2, 4, 0, 1, 1);
    c.fixed[0][0] = c.fixed[0][1] = -4;
    (void)case_line(&c, 0, 2, 1, 1);
    (void)case_line(&c, 0, 3, 1, 1);
    (void)case_arc(&c, 3, 1, 0, 0, 1, 1);
    case_trips(&c, 0, 0, 1, 6);
    flows_are(solved(&c, 1e-14), 5, (double[]){3, 0, 3, 3, 6}, 1e-9);
}

/* Five arcs side by side of (1 + i) + x: 15 trips at 6 each: 5, 4, 3, 2, 1. */
static void arcs_side_by_side(void **state) {
    (void)state;
    flow_case c = case_of(2, 2, 0);
    for (int i = 0; i < 5; i++) (void)case_line(&c, 0, 1, 1 + i, 1);
    case_trips(&c, 0, 0, 1, 15);
    flows_are(solved(&c, 1e-14), 5, (double[]){5, 4, 3, 2, 1}, 1e-9);
}

/* Zone 1 is passed on the way from 0 to 2, and has trips of its own; zone 3 has none and no arcs.
 * 10 + x to zone 1, then 5 + x; straight on 20 + x: of 9 trips x by zone 1, of which 3 end there:
 * 10 + (x + 3) + 5 + x = 20 + 9 - x: 3x = 11. */
static void zones_that_are_passed(void **state) {
    (void)state;
    flow_case c = case_of(4, 4, 0);
    (void)case_line(&c, 0, 1, 10, 1);
    (void)case_line(&c, 1, 2, 5, 1);
    (void)case_line(&c, 0, 2, 20, 1);
    case_trips(&c, 0, 0, 2, 9), case_trips(&c, 0, 0, 1, 3);
    double x = 11.0 / 3;
    flows_are(solved(&c, 1e-14), 3, (double[]){x + 3, x, 9 - x}, 1e-9);
}

/* From one zone 1e12 trips to zone 1 by 10 + x and 15 + x/2, and a millionth of one to zone 2, by
 * the first's way or its own. */
static void trips_of_all_sizes(void **state) {
    (void)state;
    flow_case c = case_of(4, 3, 3);
    (void)case_line(&c, 0, 1, 10, 1);
    (void)case_line(&c, 0, 1, 15, 0.5);
    (void)case_line(&c, 0, 3, 10, 1e-3);
    (void)case_line(&c, 3, 2, 1, 1e6);
    (void)case_line(&c, 3, 2, 1, 2e6);
    (void)case_line(&c, 3, 1, 1e3, 1);
    case_trips(&c, 0, 0, 1, 1e12), case_trips(&c, 0, 0, 2, 1e-6);
    karvan_assignment *a = solved(&c, 1e-12);
    const double *x = karvan_assignment_flow_view(a);
    assert_true(fabs(x[3] + x[4] - 1e-6) <= 1e-18); /* none of them is lost */
    assert_true(fabs(x[2] - x[5] - 1e-6) <= 1e-4 && fabs(x[0] + x[1] + x[5] - 1e12) <= 1e-3);
    double t = karvan_assignment_time_view(a)[0];
    assert_true(fabs(karvan_assignment_time_view(a)[1] - t) <= 1e-9 * t);
    karvan_assignment_destroy(a);
}

/* ---- random demand of all sizes ---------------------------------------------------------------
 */

static void flows_carry_the_demand(const flow_case *c, const karvan_assignment *a) {
    double flow[CASE_ARCS], left[CASE_ZONES] = {0}, sum[CASE_ZONES] = {0};
    karvan_table *t = NULL;
    assert_int_equal(karvan_assignment_unserved(a, &t, NULL), KARVAN_OK);
    for (int k = 0; k < c->classes; k++) {
        assert_int_equal(karvan_assignment_class_flow(a, k, flow, NULL), KARVAN_OK);
        for (int32_t i = 0; i < c->arcs; i++) {
            assert_true(flow[i] >= 0 && isfinite(flow[i]));
            left[c->tail[i]] += flow[i], left[c->head[i]] -= flow[i];
            sum[c->tail[i]] += flow[i], sum[c->head[i]] += flow[i];
        }
        for (int32_t i = 0; i < c->zones * c->zones; i++)
            left[i / c->zones] -= c->demand[k][i], left[i % c->zones] += c->demand[k][i],
                sum[i / c->zones] += c->demand[k][i], sum[i % c->zones] += c->demand[k][i];
    }
    for (int64_t row = 0; row < karvan_table_rows(t); row++) {
        double trips = karvan_table_real(t, 3, row);
        left[karvan_table_int(t, 1, row) - 1] += trips;
        left[karvan_table_int(t, 2, row) - 1] -= trips;
    }
    for (int32_t v = 0; v < c->nodes; v++) assert_true(fabs(left[v]) <= 1e-14 * sum[v]);
    karvan_table_destroy(t);
}

/* Zone 1 is entered from 0 at 10 in the bush, and at 2 by node 3, which stands behind it: it is
 * bettered, but no way goes on from it, though to node 4 that would take 3 and not 8. */
static void labels_are_bettered_through_no_zone(void **state) {
    (void)state;
    static const int32_t seq[] = {0, 1, 2, 5}; /* 0-1, 0-3, 0-4, 4-2 */
    static const double least[] = {0, 2, 9, 1, 8};
    flow_case c = case_of(5, 3, 3);
    (void)case_arc(&c, 0, 1, 10, 0, 1, 1), (void)case_arc(&c, 0, 3, 1, 0, 1, 1);
    (void)case_arc(&c, 0, 4, 8, 0, 1, 1), (void)case_arc(&c, 1, 4, 1, 0, 1, 1);
    (void)case_arc(&c, 3, 1, 1, 0, 1, 1), (void)case_arc(&c, 4, 2, 1, 0, 1, 1);
    case_trips(&c, 0, 0, 2, 5);
    karvan_assignment_problem given = case_problem(&c);
    karvan_i_problem p;
    karvan_i_bush_state s;
    assert_int_equal(karvan_i_problem_init(&p, &given, KARVAN_USER_EQUILIBRIUM, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_bush_state_init(&s, &p, 1, NULL), KARVAN_OK);
    karvan_i_bush *b = &s.bushes->bush[0];
    b->n = 4, b->seq = karvan_i_malloc(4, sizeof *seq),
    b->merge = karvan_i_calloc(1, sizeof *b->merge);
    assert_true(b->seq && b->merge);
    memcpy(b->seq, seq, sizeof seq);
    karvan_i_bush_label(&s, &s.work[0], b);
    karvan_i_bush_correct(&s, &s.work[0], b);
    for (int v = 0; v < 5; v++) assert_true(s.work[0].least[v] == least[v]);
    assert_int_equal(s.work[0].by[1], 4);
    karvan_i_bush_state_clear(&s), karvan_i_problem_clear(&p), case_clear(&c);
}

/* Entries that hold more than the 4 that come: less is left to the larger, or, where that would be
 * below 0, all goes to one that was in use. */
static void entries_add_up_to_what_comes(void **state) {
    (void)state;
    flow_case c = case_of(3, 2, 2);
    (void)case_arc(&c, 0, 1, 1, 0, 1, 1), (void)case_arc(&c, 0, 2, 1, 0, 1, 1);
    (void)case_arc(&c, 2, 1, 1, 0, 1, 1);
    case_trips(&c, 0, 0, 1, 4);
    karvan_assignment_problem given = case_problem(&c);
    karvan_i_problem p;
    karvan_i_bush_state s;
    assert_int_equal(karvan_i_problem_init(&p, &given, KARVAN_USER_EQUILIBRIUM, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_bush_state_init(&s, &p, 1, NULL), KARVAN_OK);
    karvan_i_bush *b = &s.bushes->bush[0];
    b->n = 2, b->n_merges = 1;
    b->seq = karvan_i_calloc(2, sizeof *b->seq), b->merge = karvan_i_calloc(2, sizeof *b->merge);
    b->arc = karvan_i_calloc(2, sizeof *b->arc), b->flow = karvan_i_calloc(2, sizeof *b->flow);
    assert_true(b->seq && b->merge && b->arc && b->flow);
    b->seq[0] = 1, b->seq[1] = ~0, b->merge[0].node = 1, b->merge[1].first = 2, b->arc[1] = 2;
    for (double more = 3; more < 12; more += 1) {
        b->flow[0] = more, b->flow[1] = more - 2;
        karvan_i_bush_label(&s, &s.work[0], b);
        karvan_i_bush_through(&s, &s.work[0], b);
        assert_true(b->flow[0] >= 0 && b->flow[1] >= 0 && b->flow[0] + b->flow[1] == 4);
        assert_true(s.work[0].through[1] == 4 && s.work[0].through[0] == 4);
    }
    karvan_i_bush_state_clear(&s), karvan_i_problem_clear(&p), case_clear(&c);
}

/* A start whose flow costs more under the functions of now than can be counted: its ways are looked
 * for all the same, and no trip is lost. 3 trips by the one way there is: 1 + 10 (1 + 3^4) + 1. */
static void a_start_beyond_numbers(void **state) {
    (void)state;
    flow_case c = case_of(4, 2, 2);
    (void)case_arc(&c, 0, 2, 1, 0, 1, 1);
    (void)case_arc(&c, 2, 3, 10, 0, 1, 1);
    (void)case_arc(&c, 3, 1, 1, 0, 1, 1);
    case_trips(&c, 0, 0, 1, 1e100);
    karvan_assignment_problem p = case_problem(&c);
    karvan_assignment *start =
        solve(&p, (karvan_assignment_options){.method = KARVAN_AON}, KARVAN_OK);
    case_clear(&c);
    c.vdf[1] = (karvan_vdf){.kind = KARVAN_VDF_BPR, .t0 = 10, .capacity = 1, .a = 1, .b = 4};
    case_trips(&c, 0, 0, 1, 3);
    p = case_problem(&c);
    for (int k = KARVAN_BUSH; k <= KARVAN_BFW; k++) {
        karvan_assignment_options o = {.gap = 1e-12, .start = start};
        o.method = (karvan_assignment_method)k;
        karvan_assignment *a = solve(&p, o, KARVAN_OK);
        double cost = karvan_assignment_statistics(a).total_cost;
        assert_true(fabs(cost - 3 * 822) <= 1e-9);
        flows_are(a, 3, (double[]){3, 3, 3}, 0);
    }
    karvan_assignment_destroy(start), case_clear(&c);
}

static void random_trips_of_all_sizes(void **state) {
    (void)state;
    karvan_random rng;
    int converged = 0;
    karvan_random_init(&rng, 20261126, 4);
    for (int round = 0; round < 400; round++) {
        flow_case c = random_flows(&rng);
        for (int k = 0; k < c.classes; k++)
            for (int32_t i = 0; i < c.zones * c.zones; i++)
                if (c.demand[k][i] > 0) c.demand[k][i] = pow(10, -6 + real(&rng, 18));
        karvan_assignment_problem p = case_problem(&c);
        karvan_assignment_options o = {.gap = 1e-10, .max_iterations = 300, .threads = 1};
        o.principle = round % 2 ? KARVAN_SYSTEM_OPTIMUM : KARVAN_USER_EQUILIBRIUM;
        karvan_assignment *a = NULL;
        karvan_error e = {0};
        karvan_status st = karvan_assignment_solve(&p, &o, &a, &e);
        if (!a || (st != KARVAN_OK && st != KARVAN_E_NOCONV)) fail_msg("%d: %s", (int)st, e.msg);
        converged += st == KARVAN_OK;
        flows_carry_the_demand(&c, a);
        karvan_assignment_destroy(a), case_clear(&c);
    }
    assert_true(converged >= 390);
}

/* ---- stops ------------------------------------------------------------------------------------
 */

typedef struct town {
    flow_grid grid;
    karvan_trips trips[3];
    double half[GRID_ARCS];
    karvan_user_class class[3];
    karvan_assignment_problem problem;
} town;

/* Three classes: without fixed costs, with them, and with half of them; some zones send none. */
static void build(town *t, double part) {
    draw_grid(&t->grid, 4);
    for (int i = 0; i < GRID_ZONES * GRID_ZONES; i++)
        t->grid.demand[i] *= i / GRID_ZONES % 9 == 4 ? 0 : part;
    for (int32_t i = 0; i < t->grid.n; i++) t->half[i] = t->grid.fixed[i] / 2;
    const double *fixed[] = {NULL, t->grid.fixed, t->half};
    for (int c = 0; c < 3; c++) {
        assert_int_equal(karvan_trips_of_matrix(GRID_ZONES, t->grid.demand, &t->trips[c], NULL),
                         KARVAN_OK);
        t->class[c] = (karvan_user_class){"a", &t->trips[c], 1 + 0.5 * c, fixed[c]};
    }
    t->problem = (karvan_assignment_problem){.n_nodes = GRID,
                                             .n_arcs = t->grid.n,
                                             .tail = t->grid.tail,
                                             .head = t->grid.head,
                                             .zones = GRID_ZONES,
                                             .vdf = t->grid.vdf,
                                             .n_classes = 3,
                                             .classes = t->class};
}
static void clear(town *t) {
    for (int c = 0; c < 3; c++) karvan_trips_clear(&t->trips[c]);
}

static void threads_change_no_byte(void **state) {
    (void)state;
    static town t;
    build(&t, 0.2);
    for (int principle = 0; principle < 2; principle++) {
        karvan_assignment_options o = {
            .principle = (karvan_principle)principle, .gap = 1e-7, .threads = 1};
        karvan_assignment *one = solve(&t.problem, o, KARVAN_OK);
        for (o.threads = 2; o.threads <= 3; o.threads++) {
            karvan_assignment *many = solve(&t.problem, o, KARVAN_OK);
            assert_memory_equal(karvan_assignment_flow_view(one), karvan_assignment_flow_view(many),
                                (size_t)t.grid.n * sizeof(double));
            for (int c = 0; c < 3; c++) {
                double x[GRID_ARCS], y[GRID_ARCS];
                assert_int_equal(karvan_assignment_class_flow(one, c, x, NULL), KARVAN_OK);
                assert_int_equal(karvan_assignment_class_flow(many, c, y, NULL), KARVAN_OK);
                assert_memory_equal(x, y, (size_t)t.grid.n * sizeof(double));
            }
            assert_int_equal(karvan_assignment_statistics(one).iterations,
                             karvan_assignment_statistics(many).iterations);
            assert_true(karvan_assignment_statistics(one).relative_gap ==
                        karvan_assignment_statistics(many).relative_gap);
            karvan_assignment_destroy(many);
        }
        karvan_assignment_destroy(one);
    }
    clear(&t);
}

static void *cancel_soon(void *cancel) {
    (void)nanosleep(&(struct timespec){.tv_nsec = 30 * 1000000}, NULL);
    karvan_cancel_request(cancel);
    return NULL;
}

/* In the midst of planting or of rounds: what there is serves all of the demand, and is gone on
 * from to the same end. */
static void a_run_is_cancelled_from_outside(void **state) {
    (void)state;
    static town t;
    pthread_t other;
    karvan_cancel cancel = {0};
    build(&t, 0.2);
    karvan_assignment_options o = {.threads = 2, .cancel = &cancel};
    assert_int_equal(pthread_create(&other, NULL, cancel_soon, &cancel), 0);
    karvan_assignment *a = NULL, *rest, *whole;
    karvan_error e = {0};
    karvan_status st = karvan_assignment_solve(&t.problem, &o, &a, &e);
    assert_int_equal(pthread_join(other, NULL), 0);
    assert_true(st == KARVAN_E_CANCELLED); /* a gap of nothing takes longer by far */
    o = (karvan_assignment_options){.gap = 1e-9, .start = a};
    rest = solve(&t.problem, o, KARVAN_OK);
    o.start = NULL, whole = solve(&t.problem, o, KARVAN_OK);
    double x = karvan_assignment_statistics(rest).objective,
           y = karvan_assignment_statistics(whole).objective;
    assert_true(fabs(x - y) <= 1e-8 * y);
    if (a) {
        assert_true(isnan(karvan_assignment_statistics(a).relative_gap));
        assert_true(karvan_assignment_statistics(a).objective >= y * (1 - 1e-8));
    }
    karvan_assignment_destroy(a), karvan_assignment_destroy(rest), karvan_assignment_destroy(whole);
    clear(&t);
}

/* A start along links of the same demand stands, where there was no time to plant. */
static void a_start_along_links_stands(void **state) {
    (void)state;
    flow_case c = case_small();
    karvan_assignment_problem p = case_problem(&c);
    karvan_cancel cancel = {0};
    karvan_assignment_options o = {.method = KARVAN_BFW, .gap = 0.01};
    karvan_assignment *links = solve(&p, o, KARVAN_OK);
    karvan_cancel_request(&cancel);
    o = (karvan_assignment_options){.gap = 0.01, .start = links, .cancel = &cancel};
    karvan_assignment *a = solve(&p, o, KARVAN_E_CANCELLED);
    assert_non_null(a);
    assert_memory_equal(karvan_assignment_flow_view(a), karvan_assignment_flow_view(links),
                        (size_t)c.arcs * sizeof(double));
    karvan_assignment_destroy(a), karvan_assignment_destroy(links), case_clear(&c);
}

/* One round is one round; no gap at all is more than numbers of 16 digits tell, which is told. */
static void rounds_end(void **state) {
    (void)state;
    static town t;
    build(&t, 0.2);
    karvan_assignment_options o = {.max_iterations = 1, .gap = 1e-9};
    karvan_assignment *a = solve(&t.problem, o, KARVAN_E_NOCONV);
    assert_int_equal(karvan_assignment_statistics(a).iterations, 1);
    assert_true(karvan_assignment_statistics(a).relative_gap > 1e-9);
    karvan_assignment_destroy(a);
    karvan_error e = {0};
    o = (karvan_assignment_options){.gap = 0};
    karvan_status st = karvan_assignment_solve(&t.problem, &o, &a, &e);
    karvan_assignment_stats s = karvan_assignment_statistics(a);
    assert_true(st == KARVAN_E_NOCONV && !s.converged && s.relative_gap > 0);
    assert_true(s.relative_gap < 1e-12 && s.iterations < 1000);
    assert_non_null(strstr(e.msg, "where numbers of 16 digits end; 0 was asked for"));
    karvan_assignment_destroy(a), clear(&t);
}

/* ---- memory -----------------------------------------------------------------------------------
 */

static const karvan_assignment_problem *swept;
static karvan_assignment_options swept_options;

static karvan_status solve_once(karvan_error *err) {
    karvan_assignment *a = NULL;
    karvan_status st = karvan_assignment_solve(swept, &swept_options, &a, err);
    karvan_assignment_destroy(a);
    return st;
}

/* From nothing, from bushes, from flows along links, from bushes that lack one. */
static void memory_may_fail(void **state) {
    (void)state;
    karvan_random rng;
    karvan_random_init(&rng, 20261126, 5);
    for (int round = 0; round < 12; round++) {
        flow_case c = random_flows(&rng), fewer = c;
        karvan_assignment_problem p = case_problem(&c), q;
        for (int32_t i = 0; i < c.zones; i++) fewer.demand[0][i] = 0;
        q = case_problem(&fewer);
        swept = &p;
        swept_options = (karvan_assignment_options){.gap = 1e-6, .threads = 1};
        every_allocation_fails(solve_once, 3000);
        karvan_assignment *start[] = {
            solve(&p, swept_options, KARVAN_OK), solve(&q, swept_options, KARVAN_OK),
            solve(&p, (karvan_assignment_options){.method = KARVAN_BFW, .gap = 0.1}, KARVAN_OK)};
        for (int i = 0; i < 3; i++) {
            swept_options.start = start[i], swept_options.gap = 1e-9;
            every_allocation_fails(solve_once, 3000);
            karvan_assignment_destroy(start[i]);
        }
        case_clear(&c), case_clear(&fewer);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(circles_of_no_cost),
                                       cmocka_unit_test(tolls_that_take_all),
                                       cmocka_unit_test(arcs_side_by_side),
                                       cmocka_unit_test(zones_that_are_passed),
                                       cmocka_unit_test(trips_of_all_sizes),
                                       cmocka_unit_test(labels_are_bettered_through_no_zone),
                                       cmocka_unit_test(entries_add_up_to_what_comes),
                                       cmocka_unit_test(a_start_beyond_numbers),
                                       cmocka_unit_test(random_trips_of_all_sizes),
                                       cmocka_unit_test(threads_change_no_byte),
                                       cmocka_unit_test(a_run_is_cancelled_from_outside),
                                       cmocka_unit_test(a_start_along_links_stands),
                                       cmocka_unit_test(rounds_end),
                                       cmocka_unit_test(memory_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
