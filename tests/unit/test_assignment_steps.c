/* Steps of Frank and Wolfe's method and its bi-conjugate kind, seen from outside: a run of k rounds
 * ends where a run of k + 1 takes its last step from. Times are straight lines, so that the
 * objective's second derivatives are the same everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "flow_grid.h"

enum { STEPS = 24 };

static flow_grid g;
static double flow[STEPS + 1][GRID_ARCS], objective[STEPS + 1];

static karvan_assignment *solve(const karvan_assignment_problem *p, karvan_assignment_method method,
                                int rounds, const karvan_assignment *start) {
    karvan_assignment_options o = {
        .method = method, .max_iterations = rounds, .threads = 1, .start = start};
    karvan_assignment *a = NULL;
    assert_int_equal(karvan_assignment_solve(p, &o, &a, NULL), KARVAN_E_NOCONV);
    return a;
}

/* From averages on: steps away from all or nothing are seldom conjugate, for a weight would be
 * below 0. */
static void run(karvan_assignment_method method) {
    karvan_trips trips;
    draw_grid(&g, 1);
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
    karvan_assignment *start = solve(&p, KARVAN_MSA, 10, NULL);
    for (int k = 0; k <= STEPS; k++) {
        karvan_assignment *a = k > 0 ? solve(&p, method, k, start) : start;
        memcpy(flow[k], karvan_assignment_flow_view(a), (size_t)g.n * sizeof(double));
        objective[k] = karvan_assignment_statistics(a).objective;
        if (k > 0) karvan_assignment_destroy(a);
    }
    karvan_assignment_destroy(start);
    karvan_trips_clear(&trips);
}

/* Product of steps i and j under the second derivatives, over their lengths. */
static double angle(int i, int j) {
    double ij = 0, ii = 0, jj = 0;
    for (int32_t a = 0; a < g.n; a++) {
        double u = flow[i + 1][a] - flow[i][a], v = flow[j + 1][a] - flow[j][a];
        double h = karvan_vdf_derivative(&g.vdf[a], 1);
        ij += h * u * v, ii += h * u * u, jj += h * v * v;
    }
    return fabs(ij) / sqrt(ii * jj);
}

static int conjugate_steps(int back) {
    int n = 0;
    for (int k = back; k < STEPS; k++) n += angle(k, k - back) < 1e-6;
    return n;
}

static void steps_are_conjugate_to_the_last_two(void **state) {
    (void)state;
    run(KARVAN_BFW);
    assert_true(angle(1, 0) < 1e-6);
    /* but where a weight would be below 0, and until there are two such steps again */
    assert_in_range(conjugate_steps(1), STEPS / 2, STEPS);
    assert_in_range(conjugate_steps(2), STEPS / 3, STEPS);
    for (int k = 0; k < STEPS; k++) assert_true(objective[k + 1] < objective[k]);
    double biconjugate = objective[STEPS];
    run(KARVAN_FW);
    assert_true(conjugate_steps(1) == 0);
    for (int k = 0; k < STEPS; k++) assert_true(objective[k + 1] < objective[k]);
    assert_true(biconjugate < objective[STEPS]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(steps_are_conjugate_to_the_last_two)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
