/* Assignment on networks whose answers are worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "flow_case.h"

/* Methods that find an equilibrium, and the gap to which they do on these networks. */
static const struct {
    karvan_assignment_method method;
    double gap, near;
} METHODS[] = {{KARVAN_BUSH, 1e-13, 1e-6}, {KARVAN_BFW, 1e-10, 1e-4}, {KARVAN_FW, 1e-4, 0.05}};
enum { N_METHODS = sizeof METHODS / sizeof METHODS[0] };

static karvan_assignment *solved(flow_case *c, karvan_assignment_options o) {
    karvan_assignment *a = NULL;
    karvan_error e = {0};
    karvan_assignment_problem p = case_problem(c);
    if (karvan_assignment_solve(&p, &o, &a, &e) != KARVAN_OK)
        fail_msg("%s: %s", karvan_assignment_method_name(o.method), e.msg);
    case_clear(c);
    return a;
}

static void flows_are(const karvan_assignment *a, int n, const double *flow, double near) {
    for (int i = 0; i < n; i++)
        if (!(fabs(karvan_assignment_flow_view(a)[i] - flow[i]) <= near))
            fail_msg("arc %d: %.12g, by hand %.12g", i, karvan_assignment_flow_view(a)[i], flow[i]);
}

static bool close_to(double a, double b, double near) {
    return fabs(a - b) <= near * (1 + fabs(b));
}

/* By each method: flows, then objective and total time. */
static void by_all(flow_case *c, karvan_principle principle, int n, const double *flow,
                   double objective, double total_time) {
    for (int i = 0; i < N_METHODS; i++) {
        karvan_assignment *a = solved(c, (karvan_assignment_options){.method = METHODS[i].method,
                                                                     .principle = principle,
                                                                     .gap = METHODS[i].gap});
        karvan_assignment_stats s = karvan_assignment_statistics(a);
        assert_true(s.converged && s.relative_gap >= 0 && s.relative_gap <= METHODS[i].gap);
        flows_are(a, n, flow, METHODS[i].near);
        assert_true(close_to(s.objective, objective, METHODS[i].near));
        assert_true(close_to(s.total_time, total_time, METHODS[i].near));
        karvan_assignment_destroy(a);
    }
}

/* Times 10 + x and 15 + x/2, 20 trips: 10 each, 20 both. Integrals: 150 and 175. */
static flow_case two_routes(double trips) {
    flow_case c = case_of(2, 2, 0);
    (void)case_line(&c, 0, 1, 10, 1);
    (void)case_line(&c, 0, 1, 15, 0.5);
    case_trips(&c, 0, 0, 1, trips);
    return c;
}

static void two_routes_share(void **state) {
    (void)state;
    flow_case c = two_routes(20);
    by_all(&c, KARVAN_USER_EQUILIBRIUM, 2, (double[]){10, 10}, 325, 400);
    /* marginal times 10 + 2x = 15 + y, x + y = 20: x = 25/3; (10 + x) x + (15 + y/2) y */
    double x = 25.0 / 3, y = 20 - x, total = (10 + x) * x + (15 + y / 2) * y;
    by_all(&c, KARVAN_SYSTEM_OPTIMUM, 2, (double[]){x, y}, total, total);
}

/* Braess: 10x and 50 + x on each side, a bridge of 10 + x between, six trips. Over the bridge all
 * three ways carry 2 and cost 92; without it two carry 3 and cost 83. */
static flow_case braess(bool bridge) {
    flow_case c = case_of(4, 2, 2);
    (void)case_line(&c, 0, 2, 0, 10);
    (void)case_line(&c, 0, 3, 50, 1);
    (void)case_line(&c, 2, 1, 50, 1);
    (void)case_line(&c, 3, 1, 0, 10);
    if (bridge) (void)case_line(&c, 2, 3, 10, 1);
    case_trips(&c, 0, 0, 1, 6);
    return c;
}

static void a_bridge_makes_all_slower(void **state) {
    (void)state;
    flow_case with = braess(true), without = braess(false);
    /* integrals: 5 * 4^2 and 50 * 2 + 2, twice, and 10 * 2 + 2; 3 each: 45 and 154.5, twice */
    by_all(&with, KARVAN_USER_EQUILIBRIUM, 5, (double[]){4, 2, 2, 4, 2}, 386, 552);
    by_all(&without, KARVAN_USER_EQUILIBRIUM, 4, (double[]){3, 3, 3, 3}, 399, 498);
    by_all(&with, KARVAN_SYSTEM_OPTIMUM, 5, (double[]){3, 3, 3, 3, 0}, 498, 498);
}

/* A toll on the first route for all: 10 + x + 3 = 15 + y/2, so x = 8; objective: integrals 112 and
 * 216, and 24 of toll. */
static void a_toll_sends_some_away(void **state) {
    (void)state;
    flow_case c = two_routes(20);
    c.first_pays = true, c.fixed[0][0] = 3;
    by_all(&c, KARVAN_USER_EQUILIBRIUM, 2, (double[]){8, 12}, 112 + 216 + 24, 8 * 18 + 12 * 21);
    karvan_assignment *a = solved(&c, (karvan_assignment_options){.method = KARVAN_BFW});
    karvan_table *t = NULL;
    assert_true(fabs(karvan_assignment_statistics(a).total_cost - 420) < 1e-9);
    assert_true(fabs(karvan_assignment_time_view(a)[0] - 18) < 1e-9);
    assert_int_equal(karvan_assignment_flows(a, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    assert_int_equal(karvan_table_int(t, 0, 1), 1);
    assert_int_equal(karvan_table_int(t, 1, 1), 2);
    assert_true(fabs(karvan_table_real(t, 2, 0) - 8) < 1e-9);
    assert_true(fabs(karvan_table_real(t, 3, 0) - 21) < 1e-9); /* toll in it */
    assert_true(fabs(karvan_table_real(t, 3, 1) - 21) < 1e-9);
    karvan_table_destroy(t);
    karvan_assignment_destroy(a);
}

/* Lorries count twice and pay 4 on the first route, cars pay nothing; 8 cars and 6 lorries. Cars on
 * the first and lorries on the second: 18 against 21, so no car changes; 22 against 21, no lorry.
 */
static void classes_part(void **state) {
    (void)state;
    flow_case c = two_routes(8);
    c.classes = 2, c.pce[1] = 2, c.fixed[1][0] = 4;
    case_trips(&c, 1, 0, 1, 6);
    double flow[2];
    for (int i = 0; i < N_METHODS; i++) {
        karvan_assignment *a = solved(
            &c, (karvan_assignment_options){.method = METHODS[i].method, .gap = METHODS[i].gap});
        flows_are(a, 2, (double[]){8, 12}, METHODS[i].near);
        assert_int_equal(karvan_assignment_class_flow(a, 0, flow, NULL), KARVAN_OK);
        assert_true(close_to(flow[0], 8, METHODS[i].near));
        assert_int_equal(karvan_assignment_class_flow(a, 1, flow, NULL), KARVAN_OK);
        assert_true(close_to(flow[1], 6, METHODS[i].near)); /* lorries, not equivalents */
        assert_true(karvan_assignment_statistics(a).demand == 14);
        assert_int_equal(karvan_assignment_class_flow(a, 2, flow, NULL), KARVAN_E_ARG);
        karvan_assignment_destroy(a);
    }
}

/* 4 trips stay on the first route: 10 + 4 + x = 15 + y/2, so x = 22/3 of 20. */
static void a_preload_stays(void **state) {
    (void)state;
    flow_case c = two_routes(20);
    c.preload[0] = 4;
    double x = 22.0 / 3, y = 20 - x, z = x + 4;
    by_all(&c, KARVAN_USER_EQUILIBRIUM, 2, (double[]){x, y},
           10 * z + z * z / 2 + 15 * y + y * y / 4, z * (10 + z) + y * (15 + y / 2));
}

/* The way over zone 2 is shorter, but zones are not passed through; from zone 2 itself it serves.
 */
static void zones_are_not_passed(void **state) {
    (void)state;
    flow_case c = case_of(4, 3, 3);
    (void)case_arc(&c, 0, 2, 1, 0, 1, 1);
    (void)case_arc(&c, 2, 1, 1, 0, 1, 1);
    (void)case_arc(&c, 0, 3, 5, 0, 1, 1);
    (void)case_arc(&c, 3, 1, 5, 0, 1, 1);
    case_trips(&c, 0, 0, 1, 7), case_trips(&c, 0, 2, 1, 2), case_trips(&c, 0, 0, 2, 3);
    by_all(&c, KARVAN_USER_EQUILIBRIUM, 4, (double[]){3, 2, 7, 7}, 75, 75);
    c.first_through = 0;
    by_all(&c, KARVAN_USER_EQUILIBRIUM, 4, (double[]){10, 9, 0, 0}, 19, 19);
}

/* Arcs of no time, in a circle too; the first of equal arcs is taken. */
static void no_time_is_no_trouble(void **state) {
    (void)state;
    flow_case c = case_of(5, 2, 2);
    (void)case_arc(&c, 0, 2, 0, 0, 1, 1);
    (void)case_arc(&c, 2, 3, 0, 0, 1, 1);
    (void)case_arc(&c, 3, 4, 0, 0, 1, 1);
    (void)case_arc(&c, 4, 2, 0, 0, 1, 1);
    (void)case_arc(&c, 3, 1, 0, 0, 1, 1);
    (void)case_arc(&c, 3, 1, 0, 0, 1, 1);
    case_trips(&c, 0, 0, 1, 5);
    by_all(&c, KARVAN_USER_EQUILIBRIUM, 6, (double[]){5, 5, 0, 0, 5, 0}, 0, 0);
}

/* ---- methods that do not look for an equilibrium ----------------------------------------------
 */

/* 16 trips in 4 parts: 10 and 15, then 14 and 15: the first; 18 and 15, then 18 and 17: the second.
 * All or nothing: 16 on the first, 26 against 15. */
static void parts_go_one_by_one(void **state) {
    (void)state;
    flow_case c = two_routes(16);
    karvan_assignment *a =
        solved(&c, (karvan_assignment_options){.method = KARVAN_INCREMENTAL, .max_iterations = 4});
    karvan_assignment_stats s = karvan_assignment_statistics(a);
    flows_are(a, 2, (double[]){8, 8}, 1e-12);
    /* 8 at 18 and 8 at 19, while 18 would do */
    assert_true(!s.converged && s.iterations == 4);
    assert_true(fabs(s.relative_gap - (1 - 18.0 * 16 / (8 * 18 + 8 * 19))) < 1e-15);
    assert_true(fabs(s.average_excess_cost - 0.5) < 1e-15);
    karvan_assignment_destroy(a);
    a = solved(&c, (karvan_assignment_options){.method = KARVAN_AON});
    s = karvan_assignment_statistics(a);
    flows_are(a, 2, (double[]){16, 0}, 0);
    assert_true(fabs(s.average_excess_cost - 11) < 1e-12 && s.iterations == 1);
    karvan_assignment_destroy(a);
}

/* Averages: 20 and 0; 10 and 10, which is it. The line search finds it in one step too. */
static void averages_and_steps(void **state) {
    (void)state;
    flow_case c = two_routes(20);
    for (int m = KARVAN_BFW; m <= KARVAN_MSA; m++) {
        karvan_assignment *a = solved(
            &c, (karvan_assignment_options){.method = (karvan_assignment_method)m, .gap = 1e-14});
        flows_are(a, 2, (double[]){10, 10}, 1e-12);
        assert_int_equal(karvan_assignment_statistics(a).iterations, 1);
        karvan_assignment_destroy(a);
    }
    c = two_routes(18); /* 18 and 0, 9 and 9: 19 and 19.5; then 12 and 6 */
    karvan_assignment_problem p = case_problem(&c);
    karvan_assignment *a = NULL;
    karvan_assignment_options o = {.method = KARVAN_MSA, .max_iterations = 2};
    assert_int_equal(karvan_assignment_solve(&p, &o, &a, NULL), KARVAN_E_NOCONV);
    flows_are(a, 2, (double[]){12, 6}, 1e-12);
    karvan_assignment_destroy(a);
    case_clear(&c);
}

/* ---- what is not served -----------------------------------------------------------------------
 */

static void the_unserved_are_told_why(void **state) {
    (void)state;
    static const char *const why[] = {"no link enters the destination",
                                      "no way leads from the one to the other",
                                      "no link leaves the origin"};
    static const int64_t pair[][2] = {{1, 3}, {2, 1}, {4, 1}};
    flow_case c = case_of(5, 5, 5);
    (void)case_arc(&c, 0, 1, 2, 0, 1, 1);
    (void)case_arc(&c, 1, 4, 2, 0, 1, 1);
    (void)case_arc(&c, 2, 0, 2, 0, 1, 1);
    (void)case_arc(&c, 4, 3, 2, 0, 1, 1);
    (void)case_arc(&c, 3, 3, 2, 0, 1, 1); /* a loop leads nowhere */
    case_trips(&c, 0, 0, 1, 10), case_trips(&c, 0, 0, 0, 2.5), case_trips(&c, 0, 0, 2, 3);
    case_trips(&c, 0, 1, 0, 4), case_trips(&c, 0, 3, 0, 5);
    karvan_assignment *a = solved(&c, (karvan_assignment_options){.method = KARVAN_BFW});
    karvan_assignment_stats s = karvan_assignment_statistics(a);
    karvan_table *t = NULL;
    assert_true(s.demand == 24.5 && s.unserved == 12 && s.intrazonal == 2.5);
    assert_int_equal(s.unserved_pairs, 3);
    flows_are(a, 5, (double[]){10, 0, 0, 0, 0}, 0);
    assert_int_equal(karvan_assignment_unserved(a, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 3);
    for (int64_t row = 0; row < 3; row++) {
        assert_string_equal(karvan_table_text(t, 0, row), "cars");
        assert_int_equal(karvan_table_int(t, 1, row), pair[row][0]);
        assert_int_equal(karvan_table_int(t, 2, row), pair[row][1]);
        assert_string_equal(karvan_table_text(t, 4, row), why[row]);
    }
    assert_true(karvan_table_real(t, 3, 2) == 5);
    karvan_table_destroy(t);
    karvan_assignment_destroy(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_routes_share),       cmocka_unit_test(a_bridge_makes_all_slower),
        cmocka_unit_test(a_toll_sends_some_away), cmocka_unit_test(classes_part),
        cmocka_unit_test(a_preload_stays),        cmocka_unit_test(zones_are_not_passed),
        cmocka_unit_test(no_time_is_no_trouble),  cmocka_unit_test(parts_go_one_by_one),
        cmocka_unit_test(averages_and_steps),     cmocka_unit_test(the_unserved_are_told_why)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
