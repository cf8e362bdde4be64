/* Assignment at its ends: what stops early, what starts from a solution, what is
 * empty or huge, memory that fails, the same bytes by any number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "flow_case.h"
#include "flow_grid.h"
#include "sweep.h"

/* Methods without a search of their own for a gap stand last. */
static const karvan_assignment_method METHODS[] = {KARVAN_BUSH, KARVAN_BFW,         KARVAN_FW,
                                                   KARVAN_MSA,  KARVAN_INCREMENTAL, KARVAN_AON};
enum { N_METHODS = sizeof METHODS / sizeof METHODS[0], SEEKING = 4 };

static karvan_assignment *solve(const karvan_assignment_problem *p, karvan_assignment_options o,
                                karvan_status want) {
    karvan_assignment *a = NULL;
    karvan_error e = {0};
    karvan_status st = karvan_assignment_solve(p, &o, &a, &e);
    if (st != want) fail_msg("status %d: %s", (int)st, e.msg);
    return a;
}

static bool same_bytes(const karvan_assignment *a, const karvan_assignment *b, int32_t arcs) {
    karvan_assignment_stats s = karvan_assignment_statistics(a);
    karvan_assignment_stats t = karvan_assignment_statistics(b);
    return memcmp(karvan_assignment_flow_view(a), karvan_assignment_flow_view(b),
                  (size_t)arcs * sizeof(double)) == 0 &&
           s.objective == t.objective && s.relative_gap == t.relative_gap &&
           s.total_cost == t.total_cost && s.iterations == t.iterations;
}

/* ---- what is empty or huge --------------------------------------------------------------------
 */

static void nothing_to_do(void **state) {
    (void)state;
    for (int i = 0; i < N_METHODS; i++) {
        flow_case none = case_of(3, 2, 0); /* no arcs, no trips */
        karvan_assignment_problem p = case_problem(&none);
        karvan_assignment *a =
            solve(&p, (karvan_assignment_options){.method = METHODS[i]}, KARVAN_OK);
        karvan_assignment_stats s = karvan_assignment_statistics(a);
        assert_true(s.converged && s.relative_gap == 0 && s.objective == 0 && s.demand == 0);
        karvan_assignment_destroy(a);
        case_clear(&none);
        none = case_small(); /* arcs, no trips */
        memset(none.demand, 0, sizeof none.demand);
        p = case_problem(&none);
        a = solve(&p, (karvan_assignment_options){.method = METHODS[i]}, KARVAN_OK);
        s = karvan_assignment_statistics(a);
        assert_true(s.converged && s.relative_gap == 0 && s.total_time == 0);
        karvan_assignment_destroy(a);
        case_clear(&none);
        none = case_of(2, 2, 0); /* trips, no arcs: all unserved */
        case_trips(&none, 0, 0, 1, 3);
        p = case_problem(&none);
        a = solve(&p, (karvan_assignment_options){.method = METHODS[i]}, KARVAN_OK);
        s = karvan_assignment_statistics(a);
        assert_true(s.converged && s.unserved == 3 && s.unserved_pairs == 1);
        karvan_assignment_destroy(a);
        case_clear(&none);
    }
}

/* 10 + x and 15 + x/2 under 1e12 trips: x = (1e12 + 10)/3. */
static void huge_demand(void **state) {
    (void)state;
    flow_case c = case_of(2, 2, 0);
    (void)case_line(&c, 0, 1, 10, 1);
    (void)case_line(&c, 0, 1, 15, 0.5);
    case_trips(&c, 0, 0, 1, 1e12);
    karvan_assignment_problem p = case_problem(&c);
    karvan_assignment *a =
        solve(&p, (karvan_assignment_options){.method = KARVAN_BFW, .gap = 1e-12}, KARVAN_OK);
    assert_true(fabs(karvan_assignment_flow_view(a)[0] - (1e12 + 10) / 3) < 1);
    karvan_assignment_destroy(a);
    case_clear(&c);
}

/* ---- stopping and starting --------------------------------------------------------------------
 */

static void the_best_so_far_is_kept(void **state) {
    (void)state;
    flow_case c = case_small();
    karvan_assignment_problem p = case_problem(&c);
    for (int i = 0; i < SEEKING; i++) {
        int rounds = METHODS[i] == KARVAN_BUSH ? 1 : 2; /* bushes need no more than two */
        karvan_assignment_options o = {.method = METHODS[i], .max_iterations = rounds};
        karvan_assignment *a = NULL;
        karvan_error e = {0};
        char said[60];
        assert_int_equal(karvan_assignment_solve(&p, &o, &a, &e), KARVAN_E_NOCONV);
        assert_non_null(a);
        karvan_assignment_stats s = karvan_assignment_statistics(a);
        assert_true(!s.converged && s.iterations == rounds && s.relative_gap > 0);
        (void)snprintf(said, sizeof said, "after %d iterations, where 0 was asked for", rounds);
        assert_non_null(strstr(e.msg, said));
        karvan_assignment_destroy(a);
    }
    case_clear(&c);
}

static void a_cancelled_run_answers(void **state) {
    (void)state;
    flow_case c = case_small();
    karvan_assignment_problem p = case_problem(&c);
    karvan_cancel cancel = {0};
    for (int i = 0; i < SEEKING; i++) {
        karvan_assignment_options o = {.method = METHODS[i], .gap = 0.01};
        karvan_assignment *whole = solve(&p, o, KARVAN_OK), *a;
        karvan_cancel_request(&cancel);
        o.cancel = &cancel;
        assert_null(solve(&p, o, KARVAN_E_CANCELLED)); /* before any flows stood */
        o.start = whole;
        a = solve(&p, o, KARVAN_E_CANCELLED); /* those of the start stand */
        assert_memory_equal(karvan_assignment_flow_view(a), karvan_assignment_flow_view(whole),
                            (size_t)c.arcs * sizeof(double));
        assert_true(isnan(karvan_assignment_statistics(a).relative_gap));
        assert_false(karvan_assignment_statistics(a).converged);
        assert_true(karvan_assignment_statistics(a).objective ==
                    karvan_assignment_statistics(whole).objective);
        karvan_assignment_destroy(a);
        karvan_assignment_destroy(whole);
        cancel = (karvan_cancel){0};
    }
    case_clear(&c);
}

static void *cancel_soon(void *cancel) {
    (void)nanosleep(&(struct timespec){.tv_nsec = 30 * 1000000}, NULL);
    karvan_cancel_request(cancel);
    return NULL;
}

/* In the midst of a long run: flows stand, of more rounds than the start's. */
static void a_run_is_cancelled_from_outside(void **state) {
    (void)state;
    static flow_grid g;
    karvan_trips trips;
    pthread_t other;
    karvan_cancel cancel = {0};
    draw_grid(&g, 4);
    assert_int_equal(karvan_trips_of_matrix(GRID_ZONES, g.demand, &trips, NULL), KARVAN_OK);
    karvan_user_class class = {"a", &trips, 1, NULL};
    karvan_assignment_problem p = {.n_nodes = GRID,
                                   .n_arcs = g.n,
                                   .tail = g.tail,
                                   .head = g.head,
                                   .zones = GRID_ZONES,
                                   .vdf = g.vdf,
                                   .n_classes = 1,
                                   .classes = &class};
    karvan_assignment_options o = {.method = KARVAN_AON};
    karvan_assignment *start = solve(&p, o, KARVAN_OK);
    o = (karvan_assignment_options){.method = KARVAN_MSA,
                                    .max_iterations = 1000000000,
                                    .threads = 2,
                                    .start = start,
                                    .cancel = &cancel};
    assert_int_equal(pthread_create(&other, NULL, cancel_soon, &cancel), 0);
    karvan_assignment *a = solve(&p, o, KARVAN_E_CANCELLED);
    assert_int_equal(pthread_join(other, NULL), 0);
    assert_non_null(a);
    assert_true(isfinite(karvan_assignment_statistics(a).objective));
    assert_true(karvan_assignment_statistics(a).objective <=
                karvan_assignment_statistics(start).objective);
    karvan_assignment_destroy(a), karvan_assignment_destroy(start);
    karvan_trips_clear(&trips);
}

static void a_solution_can_be_gone_on_from(void **state) {
    (void)state;
    flow_case c = case_small(), more = case_small(), other = case_small();
    karvan_assignment_problem p = case_problem(&c), q, r;
    case_trips(&more, 0, 2, 1, 6);
    q = case_problem(&more);
    other.head[0] = 4;
    r = case_problem(&other);
    for (int i = 0; i < SEEKING; i++) {
        karvan_assignment_options o = {.method = METHODS[i], .gap = 0.003};
        karvan_assignment *first = solve(&p, o, KARVAN_OK), *again, *further;
        karvan_error e = {0};
        o.start = first;
        again = solve(&p, o, KARVAN_OK);
        assert_int_equal(karvan_assignment_statistics(again).iterations, 0);
        assert_memory_equal(karvan_assignment_flow_view(again), karvan_assignment_flow_view(first),
                            (size_t)c.arcs * sizeof(double));
        karvan_assignment_destroy(again);
        further = solve(&q, o, KARVAN_OK); /* more trips: its costs serve, its flows do not */
        double into = karvan_assignment_flow_view(further)[5];
        assert_true(fabs(into - 6) < 1e-9);
        karvan_assignment_destroy(further);
        assert_int_equal(karvan_assignment_solve(&r, &o, &further, &e), KARVAN_E_ARG);
        assert_non_null(strstr(e.msg, "another network"));
        karvan_assignment_problem one = p;
        one.n_classes = 1, e = (karvan_error){0};
        assert_int_equal(karvan_assignment_solve(&one, &o, &further, &e), KARVAN_E_ARG);
        assert_non_null(strstr(e.msg, "2 classes of users where 1 are asked"));
        karvan_assignment_destroy(first);
    }
    case_clear(&c), case_clear(&more), case_clear(&other);
}

/* ---- threads ----------------------------------------------------------------------------------
 */

static void threads_change_no_byte(void **state) {
    (void)state;
    static flow_grid g;
    karvan_trips trips;
    draw_grid(&g, 4);
    assert_int_equal(karvan_trips_of_matrix(GRID_ZONES, g.demand, &trips, NULL), KARVAN_OK);
    karvan_user_class classes[] = {{"a", &trips, 1, NULL}, {"b", &trips, 1.5, g.fixed}};
    karvan_assignment_problem p = {.n_nodes = GRID,
                                   .n_arcs = g.n,
                                   .tail = g.tail,
                                   .head = g.head,
                                   .zones = GRID_ZONES,
                                   .vdf = g.vdf,
                                   .n_classes = 2,
                                   .classes = classes};
    for (int i = 0; i < N_METHODS; i++) {
        karvan_assignment_options o = {.method = METHODS[i], .max_iterations = 6, .threads = 1};
        karvan_status want = i < SEEKING ? KARVAN_E_NOCONV : KARVAN_OK;
        karvan_assignment *one = solve(&p, o, want);
        for (int n_threads = 0; n_threads < 6; n_threads += 3) {
            o.threads = n_threads;
            karvan_assignment *many = solve(&p, o, want);
            assert_true(same_bytes(one, many, g.n));
            karvan_assignment_destroy(many);
        }
        karvan_assignment_destroy(one);
    }
    karvan_trips_clear(&trips);
}

/* ---- memory -----------------------------------------------------------------------------------
 */

static karvan_assignment_method swept;
static const karvan_assignment_problem *swept_problem;
static const karvan_assignment *swept_start;

static karvan_status all_of_it(karvan_error *err) {
    karvan_assignment *a = NULL;
    karvan_table *t = NULL, *u = NULL;
    karvan_assignment_options o = {
        .method = swept, .gap = 0.01, .threads = 1, .start = swept_start};
    karvan_status st = karvan_assignment_solve(swept_problem, &o, &a, err);
    if (st == KARVAN_OK) st = karvan_assignment_flows(a, &t, err);
    if (st == KARVAN_OK) st = karvan_assignment_unserved(a, &u, err);
    if (st != KARVAN_OK && !a) assert_null(a);
    karvan_table_destroy(t), karvan_table_destroy(u);
    karvan_assignment_destroy(a);
    return st;
}

static void memory_may_fail(void **state) {
    (void)state;
    flow_case c = case_small();
    karvan_assignment_problem p = case_problem(&c);
    swept_problem = &p;
    for (int i = 0; i < N_METHODS; i++) {
        swept = METHODS[i], swept_start = NULL;
        every_allocation_fails(all_of_it, 2000);
    }
    swept = METHODS[0];
    karvan_assignment *start =
        solve(&p, (karvan_assignment_options){.method = swept, .gap = 0.01}, KARVAN_OK);
    swept_start = start;
    every_allocation_fails(all_of_it, 2000);
    karvan_assignment_destroy(start);
    case_clear(&c);
}

/* A run out of iterations whose solution cannot be made says so, and not that it ran out. */
static karvan_status unfinished(karvan_error *err) {
    karvan_assignment *a = NULL;
    karvan_assignment_options o = {.method = KARVAN_FW, .max_iterations = 1, .threads = 1};
    karvan_status st = karvan_assignment_solve(swept_problem, &o, &a, err);
    assert_true((st == KARVAN_E_NOCONV) == (a != NULL));
    karvan_assignment_destroy(a);
    return st == KARVAN_E_NOCONV ? KARVAN_OK : st;
}

static void memory_may_fail_at_the_end(void **state) {
    (void)state;
    flow_case c = case_small();
    karvan_assignment_problem p = case_problem(&c);
    swept_problem = &p;
    every_allocation_fails(unfinished, 2000);
    case_clear(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_to_do),
                                       cmocka_unit_test(huge_demand),
                                       cmocka_unit_test(the_best_so_far_is_kept),
                                       cmocka_unit_test(a_cancelled_run_answers),
                                       cmocka_unit_test(a_run_is_cancelled_from_outside),
                                       cmocka_unit_test(a_solution_can_be_gone_on_from),
                                       cmocka_unit_test(threads_change_no_byte),
                                       cmocka_unit_test(memory_may_fail),
                                       cmocka_unit_test(memory_may_fail_at_the_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
