/* Assignment of what cannot be: every fault of a problem and of options is named with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "flow_case.h"

static const karvan_assignment_method METHODS[] = {KARVAN_BUSH, KARVAN_BFW,         KARVAN_FW,
                                                   KARVAN_MSA,  KARVAN_INCREMENTAL, KARVAN_AON};
enum { N_METHODS = sizeof METHODS / sizeof METHODS[0] };

/* ---- what is refused --------------------------------------------------------------------------
 */

static void refused(flow_case c, void (*spoil)(flow_case *, karvan_assignment_problem *),
                    const char *why) {
    karvan_assignment_problem p = case_problem(&c);
    spoil(&c, &p);
    for (int i = 0; i < N_METHODS; i++) {
        karvan_assignment_options o = {.method = METHODS[i], .gap = 1e-3};
        karvan_assignment *a = (karvan_assignment *)&c; /* must be reset */
        karvan_error e = {0};
        assert_int_equal(karvan_assignment_solve(&p, &o, &a, &e), KARVAN_E_ARG);
        assert_null(a);
        if (!strstr(e.msg, why)) fail_msg("\"%s\" does not say \"%s\"", e.msg, why);
    }
    case_clear(&c);
}

static void tail_out(flow_case *c, karvan_assignment_problem *p) { (void)p, c->tail[2] = 5; }
static void head_out(flow_case *c, karvan_assignment_problem *p) { (void)p, c->head[3] = -1; }
static void no_capacity(flow_case *c, karvan_assignment_problem *p) {
    (void)p, c->vdf[1].capacity = 0;
}
static void nan_time(flow_case *c, karvan_assignment_problem *p) { (void)p, c->vdf[1].t0 = NAN; }
static void falling(flow_case *c, karvan_assignment_problem *p) { (void)p, c->vdf[1].a = -0.1; }
static void nan_fixed(flow_case *c, karvan_assignment_problem *p) { (void)p, c->fixed[1][3] = NAN; }
static void below_zero(flow_case *c, karvan_assignment_problem *p) {
    (void)p, c->fixed[1][3] = -5.5;
}
static void preload_below(flow_case *c, karvan_assignment_problem *p) {
    (void)p, c->preload[4] = -1;
}
static void no_pce(flow_case *c, karvan_assignment_problem *p) { (void)p, c->class[1].pce = 0; }
static void no_trips(flow_case *c, karvan_assignment_problem *p) {
    (void)p, c->class[1].trips = NULL;
}
static void nan_trips(flow_case *c, karvan_assignment_problem *p) {
    (void)p, c->trips[0].trips[0] = NAN;
}
static void to_nowhere(flow_case *c, karvan_assignment_problem *p) {
    (void)p, c->trips[0].destination[0] = 3;
}
static void twice(flow_case *c, karvan_assignment_problem *p) {
    (void)p, c->trips[1].first[1] = 2, c->trips[1].destination[1] = 1;
}
static void backwards(flow_case *c, karvan_assignment_problem *p) {
    (void)p, c->trips[0].first[2] = 0;
}
static void other_zones(flow_case *c, karvan_assignment_problem *p) { (void)c, p->zones = 2; }
static void zones_beyond(flow_case *c, karvan_assignment_problem *p) { (void)c, p->zones = 6; }
static void no_class(flow_case *c, karvan_assignment_problem *p) { (void)c, p->n_classes = 0; }
static void no_arrays(flow_case *c, karvan_assignment_problem *p) { (void)c, p->vdf = NULL; }
/* The flow drives a power beyond what a double holds. */
static void beyond(flow_case *c, karvan_assignment_problem *p) {
    (void)p;
    c->vdf[5].b = 4, c->trips[0].trips[2] = 1e100;
}
static void too_many(flow_case *c, karvan_assignment_problem *p) {
    (void)p, c->trips[0].trips[0] = 1.7e308, c->trips[0].trips[1] = 1.7e308;
}

static void bad_input_is_named(void **state) {
    (void)state;
    refused(case_small(), tail_out, "arc 2 leads from node 5 to node 4; nodes are 0..4");
    refused(case_small(), head_out, "arc 3 leads from node 4 to node -1");
    refused(case_small(), no_capacity, "arc 1: ");
    refused(case_small(), no_capacity, "capacity");
    refused(case_small(), nan_time, "arc 1: ");
    refused(case_small(), falling, "arc 1: ");
    refused(case_small(), nan_fixed, "class 1, arc 3: a fixed cost of nan");
    refused(case_small(), below_zero, "class 1, arc 3: a fixed cost of -5.5 beside a time of 5;");
    refused(case_small(), preload_below, "arc 4: a preload of -1; it must be finite and >= 0");
    refused(case_small(), no_pce, "class 1: a pce of 0");
    refused(case_small(), no_trips, "class 1 has no trips");
    refused(case_small(), nan_trips, "class 0: nan trips from zone 0 to zone 1");
    refused(case_small(), to_nowhere, "class 0: trips from zone 0 to zone 3; zones are 0..2");
    refused(case_small(), twice, "class 1: destinations of zone 0 do not ascend at zone 1");
    refused(case_small(), backwards, "class 0: cells of zone 1 end before they begin");
    refused(case_small(), other_zones, "class 0: trips between 3 zones in a network of 2");
    refused(case_small(), zones_beyond, "6 zones");
    refused(case_small(), no_class, "0 classes of users");
    refused(case_small(), no_arrays, "vdf is NULL");
    refused(case_small(), too_many, "more trips than can be added up");
}

static void costs_beyond_all_numbers_are_named(void **state) {
    (void)state;
    flow_case c = case_small();
    karvan_assignment_problem p = case_problem(&c);
    karvan_assignment_options o = {.method = KARVAN_BFW, .gap = 1e-3};
    karvan_assignment *a = NULL;
    karvan_error e = {0};
    beyond(&c, &p);
    assert_int_equal(karvan_assignment_solve(&p, &o, &a, &e), KARVAN_E_ARG);
    assert_null(a);
    assert_non_null(strstr(e.msg, "arc 5 costs more than can be counted under a flow of 1e+100"));
    case_clear(&c);
}

static void bad_options_are_named(void **state) {
    (void)state;
    static const struct {
        karvan_assignment_options o;
        const char *why;
    } bad[] = {{{.gap = -1}, "a gap of -1"},
               {{.gap = NAN}, "a gap of nan"},
               {{.max_iterations = -1}, "-1 iterations"},
               {{.threads = -2}, "-2 threads"},
               {{.method = (karvan_assignment_method)99}, "no such method: 99"},
               {{.method = KARVAN_AON, .principle = (karvan_principle)7}, "no such principle: 7"}};
    flow_case c = case_small();
    karvan_assignment_problem p = case_problem(&c);
    karvan_assignment *a = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        karvan_error e = {0};
        assert_int_equal(karvan_assignment_solve(&p, &bad[i].o, &a, &e), KARVAN_E_ARG);
        assert_non_null(strstr(e.msg, bad[i].why));
    }
    assert_int_equal(karvan_assignment_solve(&p, NULL, &a, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_assignment_solve(NULL, &bad[5].o, &a, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_assignment_solve(&p, &bad[5].o, NULL, NULL), KARVAN_E_ARG);
    karvan_assignment_destroy(NULL);
    case_clear(&c);
}

static void sums_beyond_all_numbers_are_named(void **state) {
    (void)state;
    for (int i = 0; i < N_METHODS; i++) {
        flow_case c = case_of(2, 2, 0);
        (void)case_arc(&c, 0, 1, 1e200, 0, 1, 1);
        case_trips(&c, 0, 0, 1, 1e200);
        karvan_assignment_problem p = case_problem(&c);
        karvan_assignment_options o = {.method = METHODS[i]};
        karvan_assignment *a = NULL;
        karvan_error e = {0};
        assert_int_equal(karvan_assignment_solve(&p, &o, &a, &e), KARVAN_E_ARG);
        assert_null(a);
        assert_string_equal(e.msg, "flows cost more in all than can be counted");
        case_clear(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_input_is_named),
                                       cmocka_unit_test(costs_beyond_all_numbers_are_named),
                                       cmocka_unit_test(sums_beyond_all_numbers_are_named),
                                       cmocka_unit_test(bad_options_are_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
