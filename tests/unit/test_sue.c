/* Stochastic user equilibrium by hand: two links by bisection (every choice, two classes), shares
 * on a network without congestion, Fisk's objective; its ends: nothing to load, no way, a scale too
 * small, work that is stopped; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "flow_case.h"
#include "karvan/choice.h"
#include "sweep.h"

static void near(double is, double expected, double tolerance) {
    if (!(fabs(is - expected) <= tolerance)) fail_msg("%.17g, not %.17g", is, expected);
}

static karvan_sue *solve(flow_case *c, const karvan_sue_options *o) {
    karvan_assignment_problem p = case_problem(c);
    karvan_sue *s = NULL;
    karvan_error e = {0};
    if (karvan_sue_solve(&p, o, &s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_sue_stats k = karvan_sue_statistics(s);
    assert_true(k.converged && k.gap <= (o->gap > 0 ? o->gap : 1e-8));
    return s;
}

static const double *flows_of(const karvan_sue *s) {
    return karvan_assignment_flow_view(karvan_sue_assignment_view(s));
}

/* 10 + x against 15 + x/2; 20 trips. */
static flow_case two_links(void) {
    flow_case c = case_of(2, 2, 2);
    (void)case_line(&c, 0, 1, 10, 1), (void)case_line(&c, 0, 1, 15, 0.5);
    case_trips(&c, 0, 0, 1, 20);
    return c;
}

/* x = 20 / (1 + exp(mu (10 + x - 15 - (20 - x) / 2))) by bisection: the right falls as x rises. */
static double two_links_by_hand(double mu) {
    double low = 0, high = 20;
    for (int i = 0; i < 200; i++) {
        double x = low + (high - low) / 2;
        *(x < 20 / (1 + exp(mu * (1.5 * x - 15))) ? &low : &high) = x;
    }
    return low;
}

static void every_choice_on_two_links(void **state) {
    (void)state;
    static const int32_t family[] = {0, 1};
    for (double mu = 0.01; mu < 50; mu *= 3)
        for (int choice = 0; choice <= KARVAN_SUE_RECURSIVE; choice++) {
            flow_case c = two_links();
            karvan_sue_options o = {.choice = (karvan_sue_choice)choice,
                                    .scale = mu,
                                    .nest_scale = 3 * mu,
                                    .family = family,
                                    .n_families = 2,
                                    .gap = 1e-12,
                                    .threads = 1};
            karvan_sue *s = solve(&c, &o);
            double x = two_links_by_hand(mu), t[] = {10 + x, 15 + (20 - x) / 2};
            double g = t[0] - log(1 + exp(-mu * (t[1] - t[0]))) / mu;
            double p = x / 20, entropy = 20 * (p * log(p) + (1 - p) * log(1 - p));
            karvan_sue_stats k = karvan_sue_statistics(s);
            near(flows_of(s)[0], x, 1e-9), near(flows_of(s)[1], 20 - x, 1e-9);
            near(karvan_assignment_time_view(karvan_sue_assignment_view(s))[0], t[0], 1e-9);
            near(karvan_sue_logsum_view(s, 0)[0], g, 1e-9);
            near(k.expected_cost, 20 * g, 1e-8);
            near(k.total_cost, x * t[0] + (20 - x) * t[1], 1e-8);
            near(k.objective,
                 10 * x + x * x / 2 + 15 * (20 - x) + (20 - x) * (20 - x) / 4 + entropy / mu, 1e-8);
            near(k.fisk_gap, 0, 1e-14);
            assert_int_equal(k.routes, choice == KARVAN_SUE_RECURSIVE ? 0 : 2);
            assert_null(karvan_sue_logsum_view(s, 1));
            karvan_sue_destroy(s), case_clear(&c);
        }
}

/* Lorries count twice and pay 3 on the first link. All flow X on it, in equivalents, solves one
 * equation: X = 20 P(cars) + 2 5 P(lorries). */
static void two_classes(void **state) {
    (void)state;
    const double mu = 0.4;
    flow_case c = two_links();
    c.classes = 2, c.pce[1] = 2, c.fixed[1][0] = 3, c.preload[1] = 4;
    case_trips(&c, 1, 0, 1, 5);
    double low = 0, high = 30, cars = 0, lorries = 0;
    for (int i = 0; i < 200; i++) {
        double x = low + (high - low) / 2, apart = 10 + x - 15 - (30 - x + 4) / 2;
        cars = 20 / (1 + exp(mu * apart)), lorries = 5 / (1 + exp(mu * (apart + 3)));
        *(x < cars + 2 * lorries ? &low : &high) = x;
    }
    for (int choice = 0; choice <= KARVAN_SUE_RECURSIVE; choice += KARVAN_SUE_RECURSIVE) {
        karvan_sue_options o = {.choice = (karvan_sue_choice)choice, .scale = mu, .gap = 1e-12};
        karvan_sue *s = solve(&c, &o);
        double by_class[2];
        near(flows_of(s)[0], low, 1e-9);
        for (int k = 0; k < 2; k++) {
            assert_int_equal(
                karvan_assignment_class_flow(karvan_sue_assignment_view(s), k, by_class, NULL),
                KARVAN_OK);
            near(by_class[0], k == 0 ? cars : lorries, 1e-9);
        }
        near(karvan_sue_statistics(s).fisk_gap, 0, 1e-14);
        karvan_sue_destroy(s), case_clear(&c);
    }
}

/* From 0 to 3: over 1 and then one of two links side by side, or straight on; all at 4, of which 3
 * are shared: sizes 3/8 + 1/4 = 5/8, 5/8, 1. Families: the straight link and the rest. */
static void shares_of_overlapping_routes(void **state) {
    (void)state;
    static const int32_t family[] = {1, 1, 1, 0};
    const double mu = 0.5;
    for (int choice = 0; choice <= KARVAN_SUE_RECURSIVE; choice++) {
        flow_case c = case_of(3, 2, 2);
        (void)case_arc(&c, 0, 2, 3, 0, 1, 1), (void)case_arc(&c, 2, 1, 1, 0, 1, 1);
        (void)case_arc(&c, 2, 1, 1, 0, 1, 1), (void)case_arc(&c, 0, 1, 4, 0, 1, 1);
        case_trips(&c, 0, 0, 1, 9);
        karvan_sue_options o = {.choice = (karvan_sue_choice)choice,
                                .scale = mu,
                                .nest_scale = 2 * mu,
                                .family = family,
                                .n_families = 2};
        karvan_sue *s = solve(&c, &o);
        double straight = choice == KARVAN_SUE_PATH_SIZE ? 1 / (1 + 1.25)
                          : choice == KARVAN_SUE_NESTED  ? 1 / (1 + sqrt(1.25))
                                                         : 1.0 / 3;
        near(flows_of(s)[3], 9 * straight, 1e-12);
        near(flows_of(s)[1], 4.5 * (1 - straight), 1e-12);
        karvan_table *t = NULL;
        karvan_error e = {0};
        if (choice == KARVAN_SUE_RECURSIVE) {
            assert_int_equal(karvan_sue_routes(s, &t, &e), KARVAN_E_ARG);
            assert_null(t);
        } else {
            assert_int_equal(karvan_sue_routes(s, &t, &e), KARVAN_OK);
            assert_int_equal(karvan_table_rows(t), 3);
            double sum = 0;
            for (int64_t r = 0; r < 3; r++) {
                bool is_straight = strcmp(karvan_table_text(t, 3, r), "1-2") == 0;
                if (!is_straight) assert_string_equal(karvan_table_text(t, 3, r), "1-3-2");
                assert_string_equal(karvan_table_text(t, 0, r), "cars");
                assert_int_equal(karvan_table_int(t, 1, r), 1);
                assert_int_equal(karvan_table_int(t, 2, r), 2);
                near(karvan_table_real(t, 4, r), 4, 1e-14);
                near(karvan_table_real(t, 5, r), is_straight ? straight : (1 - straight) / 2,
                     1e-14);
                sum += karvan_table_real(t, 6, r);
            }
            near(sum, 9, 1e-13);
            karvan_table_destroy(t);
        }
        karvan_sue_destroy(s), case_clear(&c);
    }
}

/* Braess: its three routes are all of its walks, so that sets and recursion agree. */
static void sets_agree_with_recursion(void **state) {
    (void)state;
    flow_case c = case_of(4, 2, 2);
    (void)case_line(&c, 0, 2, 0, 10), (void)case_line(&c, 0, 3, 50, 1);
    (void)case_line(&c, 2, 1, 50, 1), (void)case_line(&c, 3, 1, 0, 10);
    (void)case_line(&c, 2, 3, 10, 1);
    case_trips(&c, 0, 0, 1, 6);
    for (double mu = 0.02; mu < 10; mu *= 5) {
        karvan_sue_options o = {.scale = mu, .gap = 1e-11};
        karvan_sue *sets = solve(&c, &o);
        case_clear(&c);
        o.choice = KARVAN_SUE_RECURSIVE;
        karvan_sue *walks = solve(&c, &o);
        case_clear(&c);
        assert_int_equal(karvan_sue_statistics(sets).routes, 3);
        for (int a = 0; a < 5; a++) near(flows_of(sets)[a], flows_of(walks)[a], 1e-8);
        karvan_sue_destroy(sets), karvan_sue_destroy(walks);
    }
}

/* ---- ends ---- */

static void what_no_way_serves(void **state) {
    (void)state;
    flow_case c = case_of(4, 4, 0);
    (void)case_line(&c, 0, 1, 10, 1);
    case_trips(&c, 0, 0, 1, 2), case_trips(&c, 0, 1, 0, 3), case_trips(&c, 0, 2, 2, 5);
    case_trips(&c, 0, 3, 2, 7);
    for (int choice = 0; choice <= KARVAN_SUE_RECURSIVE; choice += KARVAN_SUE_RECURSIVE) {
        karvan_sue_options o = {.choice = (karvan_sue_choice)choice, .scale = 1};
        karvan_sue *s = solve(&c, &o);
        karvan_sue_stats k = karvan_sue_statistics(s);
        const double *g = karvan_sue_logsum_view(s, 0);
        near(flows_of(s)[0], 2, 1e-12), near(g[0], 12, 1e-9);
        assert_true(isinf(g[1]) && g[2] == 0 && isinf(g[3]));
        assert_true(k.demand == 17 && k.unserved == 10 && k.intrazonal == 5);
        assert_int_equal(k.unserved_pairs, 2);
        karvan_sue_destroy(s), case_clear(&c);
    }
}

static void nothing_to_load_and_very_much(void **state) {
    (void)state;
    for (int choice = 0; choice <= KARVAN_SUE_RECURSIVE; choice += KARVAN_SUE_RECURSIVE) {
        karvan_sue_options o = {.choice = (karvan_sue_choice)choice, .scale = 1};
        flow_case c = two_links();
        c.demand[0][1] = 0;
        karvan_sue *s = solve(&c, &o);
        assert_true(flows_of(s)[0] == 0 && karvan_sue_statistics(s).expected_cost == 0);
        karvan_sue_destroy(s), case_clear(&c);
        /* 10 + x = 15 + y/2 as near as no matter. Times of 3e11 hold four digits behind the point,
         * so that shares do no better than that. */
        c.demand[0][1] = 1e12;
        karvan_assignment_problem p = case_problem(&c);
        karvan_status st = karvan_sue_solve(&p, &o, &s, NULL);
        assert_true(st == KARVAN_OK || st == KARVAN_E_NOCONV);
        near(flows_of(s)[0] / 1e12, 1.0 / 3, 1e-4);
        karvan_sue_destroy(s), case_clear(&c);
    }
    flow_case none = case_of(1, 1, 0);
    karvan_sue_options o = {.choice = KARVAN_SUE_RECURSIVE, .scale = 1};
    karvan_sue_destroy(solve(&none, &o));
    case_clear(&none);
}

/* A cycle of two links either way, worth 4 exp(-2 mu). */
static void a_scale_too_small(void **state) {
    (void)state;
    flow_case c = case_of(3, 1, 0);
    c.zones = 3;
    for (int i = 0; i < 2; i++) (void)case_line(&c, 0, 1, 1, 1), (void)case_line(&c, 1, 0, 1, 1);
    (void)case_line(&c, 1, 2, 1, 1);
    case_trips(&c, 0, 0, 2, 1);
    karvan_assignment_problem p = case_problem(&c);
    karvan_sue_options o = {.choice = KARVAN_SUE_RECURSIVE, .scale = 0.6};
    karvan_sue *s = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_sue_solve(&p, &o, &s, &e), KARVAN_E_DATA);
    assert_null(s);
    assert_non_null(strstr(e.msg, "no answer to node 3 at scale 0.6"));
    assert_non_null(strstr(e.msg, "above a scale of 0.69315"));
    case_clear(&c);
}

static void stopped_on_its_way(void **state) {
    (void)state;
    flow_case c = two_links();
    karvan_assignment_problem p = case_problem(&c);
    karvan_cancel stop = {0};
    karvan_sue_options o = {.scale = 2, .gap = 1e-12, .max_iterations = 1};
    karvan_sue *s = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_sue_solve(&p, &o, &s, &e), KARVAN_E_NOCONV);
    assert_non_null(strstr(e.msg, "of flows after 1 iterations"));
    karvan_sue_stats k = karvan_sue_statistics(s);
    assert_true(!k.converged && k.gap > 1e-12 && k.iterations == 1);
    near(flows_of(s)[0] + flows_of(s)[1], 20, 1e-9);
    /* the objective is that of the load, which is not yet the flow */
    const double *t = karvan_assignment_time_view(karvan_sue_assignment_view(s));
    double first = 1 / (1 + exp(2 * (t[0] - t[1]))), f = 20 * first, g = 20 - f;
    double entropy = f * log(first) + g * log1p(-first);
    assert_true(fabs(f - flows_of(s)[0]) > 1e-6);
    near(k.objective, 10 * f + f * f / 2 + 15 * g + g * g / 4 + entropy / 2, 1e-9);
    assert_true(k.fisk_gap > 0);
    karvan_sue_destroy(s), s = NULL;
    karvan_cancel_request(&stop); /* before there is anything */
    o.cancel = &stop;
    assert_int_equal(karvan_sue_solve(&p, &o, &s, NULL), KARVAN_E_CANCELLED);
    assert_null(s);
    case_clear(&c);
}

static void refused(karvan_sue_options o, const char *why) {
    flow_case c = two_links();
    karvan_assignment_problem p = case_problem(&c);
    karvan_sue *s = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_sue_solve(&p, &o, &s, &e), KARVAN_E_ARG);
    assert_null(s);
    assert_string_equal(e.msg, why);
    case_clear(&c);
}

static void what_is_wrong_is_named(void **state) {
    (void)state;
    static const int32_t family[] = {0, 2};
    refused((karvan_sue_options){.scale = 0}, "scale 0: it must be above 0 and finite");
    refused((karvan_sue_options){.scale = NAN}, "scale nan: it must be above 0 and finite");
    refused((karvan_sue_options){.scale = 1, .gap = -1}, "a gap of -1; it must be >= 0");
    refused((karvan_sue_options){.scale = 1, .routes = -1},
            "-1 routes, 0 iterations, 0 threads; none may be below 0");
    refused((karvan_sue_options){.scale = 1, .size_exponent = -2},
            "exponent -2 of the path size: it must be 0 or more and finite");
    karvan_sue_options nested = {.choice = KARVAN_SUE_NESTED, .scale = 1, .nest_scale = 0.5};
    refused(nested, "nest scale 0.5: it must be finite and not below the scale, 1");
    nested.nest_scale = 2;
    refused(nested, "nested logit needs the families of arcs");
    nested.family = family, nested.n_families = 2;
    refused(nested, "arc 1: family 2 outside 0..1");
    karvan_sue *s = NULL;
    assert_int_equal(karvan_sue_solve(NULL, &nested, &s, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_sue_solve(NULL, NULL, &s, NULL), KARVAN_E_ARG);
}

/* ---- memory ---- */

static karvan_sue_choice swept;
static karvan_status work(karvan_error *err) {
    static const int32_t tail[] = {0, 0, 2}, head[] = {1, 2, 1}, family[] = {0, 1, 0};
    static karvan_vdf vdf[3];
    for (int a = 0; a < 3; a++)
        vdf[a] = (karvan_vdf){.kind = KARVAN_VDF_BPR, .t0 = 1 + a, .capacity = 5, .a = 1, .b = 4};
    int64_t first[] = {0, 3, 3};
    int32_t to[] = {0, 1};
    double trips[] = {1, 5};
    karvan_trips t = {2, 2, first, to, trips};
    first[1] = first[2] = 2;
    karvan_user_class class = {"all", &t, 1, NULL};
    karvan_assignment_problem p = {3, 3, tail, head, 2, 2, vdf, NULL, 1, &class};
    karvan_sue_options o = {.choice = swept,
                            .scale = 1,
                            .nest_scale = 2,
                            .family = family,
                            .n_families = 2,
                            .threads = 1};
    karvan_sue *s = NULL;
    karvan_table *routes = NULL;
    karvan_status st = karvan_sue_solve(&p, &o, &s, err);
    if (st == KARVAN_OK && swept != KARVAN_SUE_RECURSIVE) st = karvan_sue_routes(s, &routes, err);
    karvan_table_destroy(routes);
    karvan_sue_destroy(s);
    return st;
}
static void every_allocation(void **state) {
    (void)state;
    swept = KARVAN_SUE_NESTED, every_allocation_fails(work, 2000);
    swept = KARVAN_SUE_RECURSIVE, every_allocation_fails(work, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_choice_on_two_links),
        cmocka_unit_test(two_classes),
        cmocka_unit_test(shares_of_overlapping_routes),
        cmocka_unit_test(sets_agree_with_recursion),
        cmocka_unit_test(what_no_way_serves),
        cmocka_unit_test(nothing_to_load_and_very_much),
        cmocka_unit_test(a_scale_too_small),
        cmocka_unit_test(stopped_on_its_way),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
