/* Routes and estimation on public networks: most likely routes add up to the best known flows;
 * trips that a network was loaded with are found again from counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conformance/public_network.h"
#include "karvan/demand.h"

/* Of the published flows: they are not to all digits. */
static const double SLACK[N_PUBLIC] = {1e-6, 1e-5, 1e-5}, RESIDUAL[N_PUBLIC] = {1e-6, 1e-4, 1e-3};

/* What links take at the best known flows. */
static double *times(const public_network *c) {
    double *time = malloc((size_t)c->net.links * sizeof *time);
    assert_non_null(time);
    for (int32_t a = 0; a < c->net.links; a++) time[a] = karvan_vdf_time(&c->vdf[a], c->volume[a]);
    return time;
}

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Shares times trips are the flows; and shares of all that leaves an origin's node add up to 1. */
static void routes_add_up(void **state) {
    (void)state;
    for (int i = 0; i < N_PUBLIC; i++) {
        public_network c;
        enum { COUNTS = 60 };
        int32_t arc[COUNTS];
        int64_t first[COUNTS + 1];
        double residual = 1, off = 0, sum = 0, begin;
        if (!public_read(i, &c)) skip();
        for (int k = 0; k <= COUNTS; k++) first[k] = k;
        for (int k = 0; k < COUNTS; k++) arc[k] = (int32_t)((long)k * c.net.links / COUNTS);
        karvan_arc_counts counts = {COUNTS, first, arc, NULL, NULL};
        size_t n = (size_t)c.trips.n;
        double *share = malloc(COUNTS * n * sizeof *share),
               *again = malloc(COUNTS * n * sizeof *again);
        assert_true(share && again);
        double *time = times(&c);
        begin = now_s();
        assert_int_equal(karvan_route_shares(&c.problem, c.volume, time, 0, &counts, SLACK[i], 1,
                                             NULL, share, &residual, NULL),
                         KARVAN_OK);
        begin = now_s() - begin;
        for (int k = 0; k < COUNTS; k++) {
            double made = 0;
            for (size_t j = 0; j < n; j++) {
                assert_true(share[(size_t)k * n + j] >= 0 && share[(size_t)k * n + j] <= 1 + 1e-9);
                made += share[(size_t)k * n + j] * c.trips.trips[j];
            }
            off += fabs(made - c.volume[arc[k]]), sum += c.volume[arc[k]];
        }
        printf("%s: residual %.2g, of 60 arcs %.2g, in %.3f s\n", PUBLIC[i].name, residual,
               off / sum, begin);
        assert_true(residual <= RESIDUAL[i] && off <= 20 * RESIDUAL[i] * sum);
        assert_int_equal(karvan_route_shares(&c.problem, c.volume, time, 0, &counts, SLACK[i], 2,
                                             NULL, again, &residual, NULL),
                         KARVAN_OK);
        assert_memory_equal(share, again, COUNTS * n * sizeof *share);
        free(share), free(again), free(time);
        public_clear(&c);
    }
}

/* Root of the mean squared difference of flows, over the mean flow, on links that were counted
 * (`even`) or not. */
static double apart(const public_network *c, const double *flow, bool counted) {
    double square = 0, sum = 0;
    int n = 0;
    for (int32_t a = counted ? 0 : 1; a < c->net.links; a += 2, n++)
        square += pow(flow[a] - c->volume[a], 2), sum += c->volume[a];
    return sqrt(square / n) / (sum / n);
}

static double *assigned(const public_network *c, const karvan_trips *trips, double *flow) {
    karvan_user_class class = c->class;
    karvan_assignment_problem p = c->problem;
    karvan_assignment_options o = {.method = KARVAN_BFW, .gap = 1e-5};
    karvan_assignment *a = NULL;
    class.trips = trips, p.classes = &class;
    assert_int_equal(karvan_assignment_solve(&p, &o, &a, NULL), KARVAN_OK);
    memcpy(flow, karvan_assignment_flow_view(a), (size_t)c->net.links * sizeof *flow);
    karvan_assignment_destroy(a);
    return flow;
}

/* Sioux Falls with trips that are off by 40 % each: counts of every second link bring the flows of
 * the others back too, and most trips nearer. */
static void trips_from_half_of_the_links(void **state) {
    (void)state;
    for (int method = 0; method < 2; method++) {
        public_network c;
        karvan_random r;
        enum { MOST = 100 };
        int32_t arc[MOST];
        int64_t first[MOST + 1] = {0};
        double count[MOST], error[MOST], flow[2 * MOST], before[2 * MOST];
        if (!public_read(SIOUX_FALLS, &c)) skip();
        karvan_random_init(&r, 51, (uint64_t)method);
        karvan_arc_counts counts = {0, first, arc, count, error};
        for (int32_t a = 0; a < c.net.links; a += 2, counts.n++) {
            arc[counts.n] = a, first[counts.n + 1] = counts.n + 1;
            error[counts.n] = 0.02 * c.volume[a];
            count[counts.n] = c.volume[a] + error[counts.n] * karvan_random_normal(&r);
        }
        double *truth = malloc((size_t)c.trips.n * sizeof *truth);
        assert_non_null(truth);
        for (int64_t k = 0; k < c.trips.n; k++) {
            truth[k] = c.trips.trips[k];
            c.trips.trips[k] *= exp(0.4 * karvan_random_normal(&r));
        }
        assigned(&c, &c.trips, before);
        karvan_trips_estimate_options o = {
            .prior_error_all = 0.4,
            .assignment = {.gap = 1e-10},
            .estimate = {.method = (karvan_estimate_method)method, .tolerance = 1e-4}};
        karvan_trips trips;
        karvan_estimate *e = NULL;
        karvan_error err = {0};
        if (karvan_estimate_trips(&c.problem, &counts, &o, &trips, flow, &e, &err) != KARVAN_OK)
            fail_msg("%s", err.msg);
        double off[2] = {0, 0};
        int outside = 0;
        for (int64_t k = 0; k < c.trips.n; k++) {
            off[0] += fabs(c.trips.trips[k] - truth[k]), off[1] += fabs(e->demand[k] - truth[k]);
            outside += fabs(e->demand[k] - truth[k]) > 2.5 * e->demand_error[k];
        }
        printf("%s: %d rounds, misfit %.0f to %.1f of %d, flows of counted links off by %.1f %% to "
               "%.1f %%, of others %.1f %% to %.1f %%, trips %.1f %% less off, %d of %d beyond 2.5 "
               "errors\n",
               karvan_estimate_method_name((karvan_estimate_method)method), e->iterations,
               e->misfit_before, e->misfit, (int)counts.n, 100 * apart(&c, before, true),
               100 * apart(&c, flow, true), 100 * apart(&c, before, false),
               100 * apart(&c, flow, false), 100 * (1 - off[1] / off[0]), outside, (int)c.trips.n);
        assert_true(e->misfit < 2 * counts.n && e->misfit < e->misfit_before / 5);
        assert_true(apart(&c, flow, false) < 0.7 * apart(&c, before, false));
        assert_true(off[1] < off[0] && outside < c.trips.n / 10);
        free(truth);
        karvan_estimate_destroy(e), karvan_trips_clear(&trips);
        public_clear(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(routes_add_up),
                                       cmocka_unit_test(trips_from_half_of_the_links)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
