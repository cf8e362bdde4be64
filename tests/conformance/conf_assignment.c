/* Assignment on public networks: objectives and flows against the best known ones, the system's
 * optimum against user equilibrium under marginal tolls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "conformance/public_network.h"

/* Methods, the gap that they are asked for on each network, and how far their flows may then lie
 * from the best known: the sum of differences over the sum of flows. */
static const struct {
    karvan_assignment_method method;
    double gap[N_PUBLIC], apart[N_PUBLIC];
} METHODS[] = {{KARVAN_BUSH, {1e-13, 1e-13, 1e-13}, {1e-6, 1e-6, 1e-6}},
               {KARVAN_BFW, {1e-6, 1e-8, 3e-5}, {2e-4, 1e-4, 2e-3}}};
enum { N_METHODS = sizeof METHODS / sizeof METHODS[0] };

static karvan_assignment *solve(const public_network *c, karvan_assignment_options o) {
    karvan_assignment *a = NULL;
    karvan_error e = {0};
    if (karvan_assignment_solve(&c->problem, &o, &a, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_true(karvan_assignment_statistics(a).relative_gap <= o.gap);
    return a;
}

/* An objective is never below the least, and above it by no more than its excess of cost. */
static void objective_is_the_best_known(int i, karvan_assignment_stats s) {
    double best = PUBLIC[i].objective, excess = s.relative_gap * s.total_cost;
    printf("%s: objective %.15g, best known %.15g, relative gap %.2g\n", PUBLIC[i].name,
           s.objective, best, s.relative_gap);
    assert_true(s.objective >= best * (1 - 1e-12));
    assert_true(s.objective <= best * (1 + 1e-12) + excess);
}

static void flows_are_the_best_known(const public_network *c, const karvan_assignment *a,
                                     double most) {
    const double *x = karvan_assignment_flow_view(a), *t = karvan_assignment_time_view(a);
    karvan_assignment_stats s = karvan_assignment_statistics(a);
    double apart = 0, sum = 0, product = 0;
    for (int32_t k = 0; k < c->net.links; k++) {
        apart += fabs(x[k] - c->volume[k]), sum += c->volume[k];
        product += (x[k] - c->volume[k]) * (t[k] - karvan_vdf_time(&c->vdf[k], c->volume[k]));
    }
    printf("    flows apart by %.2g of their sum\n", apart / sum);
    assert_true(apart <= most * sum);
    /* flows pin one another down by their differences in time (a variational inequality) */
    assert_true(product <= s.relative_gap * s.total_cost + 1e-11 * s.total_cost);
}

static void equilibrium_is_the_best_known(void **state) {
    (void)state;
    for (int i = 0; i < N_PUBLIC; i++) {
        public_network c;
        if (!public_read(i, &c)) skip();
        for (int k = 0; k < N_METHODS; k++) {
            karvan_assignment_options o = {.method = METHODS[k].method, .gap = METHODS[k].gap[i]};
            karvan_assignment *a = solve(&c, o);
            objective_is_the_best_known(i, karvan_assignment_statistics(a));
            flows_are_the_best_known(&c, a, METHODS[k].apart[i]);
            karvan_assignment_destroy(a);
        }
        public_clear(&c);
    }
}

/* Tolls of what one more user costs the others, x t'(x), at the optimum's flows. */
static void add_tolls(public_network *c, const karvan_assignment *optimum) {
    const double *x = karvan_assignment_flow_view(optimum);
    for (int32_t a = 0; a < c->net.links; a++)
        c->fixed[a] += x[a] * karvan_vdf_derivative(&c->vdf[a], x[a]);
}

/* Total cost of flows, tolls not counted. */
static double cost_to_all(const public_network *c, int i, const karvan_assignment *a) {
    const double *x = karvan_assignment_flow_view(a);
    double sum = karvan_assignment_statistics(a).total_time;
    for (int32_t k = 0; k < c->net.links; k++)
        sum += x[k] * (PUBLIC[i].toll * c->net.column[KARVAN_TNTP_TOLL][k] +
                       PUBLIC[i].length * c->net.column[KARVAN_TNTP_LENGTH][k]);
    return sum;
}

/* Under the tolls the optimum is an equilibrium as it stands: a start from it has the same gap. And
 * an equilibrium found from nothing costs all of them no more than the optimum. */
static void tolls_make_the_optimum(void **state) {
    (void)state;
    for (int i = 0; i < N_PUBLIC; i++) {
        public_network c;
        if (!public_read(i, &c)) skip();
        for (int k = 0; k < N_METHODS; k++) {
            double gap = METHODS[k].gap[i] * 10;
            karvan_assignment_options o = {
                .method = METHODS[k].method, .gap = gap, .principle = KARVAN_SYSTEM_OPTIMUM};
            karvan_assignment *free_for_all =
                solve(&c, (karvan_assignment_options){.method = o.method, .gap = gap});
            karvan_assignment *optimum = solve(&c, o), *tolled;
            karvan_assignment_stats s = karvan_assignment_statistics(optimum), t;
            add_tolls(&c, optimum);
            o.principle = KARVAN_USER_EQUILIBRIUM, o.gap = gap * 1.01 + 1e-14, o.start = optimum;
            tolled = solve(&c, o), t = karvan_assignment_statistics(tolled);
            assert_int_equal(t.iterations, 0);
            assert_true(fabs(t.relative_gap - s.relative_gap) <= 1e-12);
            karvan_assignment_destroy(tolled);
            o.start = NULL, tolled = solve(&c, o);
            double best = s.total_cost, with = cost_to_all(&c, i, tolled);
            double without = cost_to_all(&c, i, free_for_all);
            printf("%s: cost to all %.10g, under tolls %.10g, without %.10g\n", PUBLIC[i].name,
                   best, with, without);
            assert_true(fabs(s.objective - best) <= 1e-12 * best);
            assert_true(fabs(with - best) <= 20 * gap * best);
            assert_true(without > best * 1.001);
            karvan_assignment_destroy(tolled);
            karvan_assignment_destroy(optimum), karvan_assignment_destroy(free_for_all);
            public_costs(&c, PUBLIC[i].toll, PUBLIC[i].length); /* the tolls off again */
        }
        public_clear(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(equilibrium_is_the_best_known),
                                       cmocka_unit_test(tolls_make_the_optimum)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
