/* What is read off solutions of public networks adds up, to the last bit where that is promised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "conformance/public_network.h"
#include "karvan/analysis.h"

typedef struct solved {
    public_network n;
    karvan_assignment *s;
    karvan_analysis *a;
} solved;

static bool solve(int i, solved *x) {
    karvan_error e = {0};
    const karvan_assignment_options o = {.gap = 1e-8};
    *x = (solved){.s = NULL};
    if (!public_read(i, &x->n)) return false;
    public_costs(&x->n, 0, 0);
    if (karvan_assignment_solve(&x->n.problem, &o, &x->s, &e) != KARVAN_OK ||
        karvan_analysis_create(&x->n.problem, x->s, &x->a, &e) != KARVAN_OK)
        fail_msg("%s: %s", PUBLIC[i].name, e.msg);
    return true;
}
static void clear(solved *x) {
    karvan_analysis_destroy(x->a);
    karvan_assignment_destroy(x->s);
    public_clear(&x->n);
}

/* Of some 60 links, the busiest in it: the link's selected flow is its flow, and so are the pairs'
 * trips to rounding; no link has more selected than it has. */
static void selected_flows(void **state) {
    (void)state;
    for (int i = 0; i < N_PUBLIC; i++) {
        solved x;
        if (!solve(i, &x)) skip();
        const double *flow = karvan_assignment_flow_view(x.s);
        double worst = 0;
        int checked = 0;
        for (int32_t a = 0; a < x.n.net.links; a += 1 + x.n.net.links / 60) {
            const int32_t first[] = {0, 1}, arc[] = {a};
            const karvan_select_query q = {.n_sets = 1, .first = first, .arc = arc};
            karvan_selection s;
            double sum = 0;
            assert_int_equal(karvan_select(x.a, &q, &s, NULL), KARVAN_OK);
            assert_true(s.flow[a] == flow[a]);
            for (int32_t b = 0; b < x.n.net.links; b++)
                assert_true(s.flow[b] >= 0 && s.flow[b] <= flow[b] * (1 + 1e-12));
            for (int64_t k = 0; k < s.n; k++) sum += s.pair[k].selected;
            if (flow[a] > 0) worst = fmax(worst, fabs(sum / flow[a] - 1)), checked++;
            karvan_selection_clear(&s);
        }
        print_message("%s: %d links, pairs apart from flows by %.2g\n", PUBLIC[i].name, checked,
                      worst);
        assert_true(checked > 20 && worst <= 1e-13);
        clear(&x);
    }
}

/* Trips times what they pay on their ways is what all pay, by the mean of used ways and by the list
 * of them; nobody's least way costs more. */
static void costs_add_up(void **state) {
    (void)state;
    for (int i = 0; i < N_PUBLIC; i++) {
        solved x;
        if (!solve(i, &x)) skip();
        const double *columns[] = {NULL};
        double total = karvan_assignment_statistics(x.s).total_cost, by_mean = 0, by_least = 0,
               by_ways = 0, rest;
        size_t zones = (size_t)x.n.net.zones;
        double *used = malloc(zones * zones * sizeof *used);
        double *least = malloc(zones * zones * sizeof *least);
        karvan_table *t = NULL;
        assert_true(used && least);
        assert_int_equal(
            karvan_analysis_skim(x.a, 0, KARVAN_USED_WAYS, 1, columns, 0, NULL, used, NULL),
            KARVAN_OK);
        assert_int_equal(
            karvan_analysis_skim(x.a, 0, KARVAN_LEAST_WAYS, 1, columns, 0, NULL, least, NULL),
            KARVAN_OK);
        for (int32_t o = 0; o < x.n.net.zones; o++)
            for (int64_t k = x.n.trips.first[o]; k < x.n.trips.first[o + 1]; k++) {
                size_t at = (size_t)o * zones + (size_t)x.n.trips.destination[k];
                by_mean += x.n.trips.trips[k] * used[at],
                    by_least += x.n.trips.trips[k] * least[at];
            }
        assert_int_equal(karvan_analysis_ways_table(x.a, INT32_MAX, NULL, &t, &rest, NULL),
                         KARVAN_OK);
        for (int64_t r = 0; r < karvan_table_rows(t); r++)
            by_ways += karvan_table_real(t, 4, r) * karvan_table_real(t, 5, r);
        print_message("%s: %lld ways\n", PUBLIC[i].name, (long long)karvan_table_rows(t));
        assert_true(rest == 0);
        assert_true(fabs(by_mean - total) <= 1e-11 * total);
        assert_true(fabs(by_ways - total) <= 1e-11 * total);
        assert_true(by_least <= total && by_least >= total * (1 - 1.1e-8));
        karvan_table_destroy(t);
        free(used), free(least);
        clear(&x);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(selected_flows),
                                       cmocka_unit_test(costs_add_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
