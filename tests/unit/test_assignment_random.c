/* Assignment on random small networks against the enumeration of all ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "enumerated.h"
#include "random_flows.h"
#include "share.h"

/* Methods, and the relative gap asked of them. */
static const struct {
    karvan_assignment_method method;
    double gap;
    int rounds;
} METHODS[] = {{KARVAN_BUSH, 1e-11, 1500},
               {KARVAN_BFW, 1e-6, 1500},
               {KARVAN_FW, 1e-4, 500},
               {KARVAN_MSA, 3e-3, 500}};
enum { N_METHODS = sizeof METHODS / sizeof METHODS[0], ROUNDS = 1500, KIND_ROUNDS = 400 };

static karvan_random rng;

/* ---- what is asked of a solution --------------------------------------------------------------
 */

static bool any_way(const enumerated *e, int32_t o, int32_t d) {
    for (int k = 0; k < e->n; k++)
        if (e->way[k].from == o && e->way[k].to == d) return true;
    return false;
}

/* A class's flow leaves and enters each node as its served trips do. */
static void flows_carry_the_demand(const enumerated *e, const karvan_assignment *a) {
    const flow_case *c = e->c;
    double flow[CASE_ARCS], total[CASE_ARCS] = {0};
    for (int k = 0; k < c->classes; k++) {
        double left[8] = {0};
        assert_int_equal(karvan_assignment_class_flow(a, k, flow, NULL), KARVAN_OK);
        for (int32_t i = 0; i < c->arcs; i++) {
            assert_true(flow[i] >= 0);
            left[c->tail[i]] += flow[i], left[c->head[i]] -= flow[i];
            total[i] += flow[i] * c->pce[k];
        }
        for (int32_t o = 0; o < c->zones; o++)
            for (int32_t d = 0; d < c->zones; d++) {
                if (o == d || !any_way(e, o, d)) continue;
                left[o] -= c->demand[k][o * c->zones + d];
                left[d] += c->demand[k][o * c->zones + d];
            }
        for (int32_t v = 0; v < c->nodes; v++) assert_true(fabs(left[v]) < 1e-9);
    }
    for (int32_t i = 0; i < c->arcs; i++) {
        assert_true(fabs(total[i] - karvan_assignment_flow_view(a)[i]) < 1e-9);
        double t = slow_time(&c->vdf[i], karvan_assignment_flow_view(a)[i] + c->preload[i]);
        assert_true(fabs(t - karvan_assignment_time_view(a)[i]) <= 1e-12 * t);
    }
}

static void unserved_are_told(const enumerated *e, const karvan_assignment *a) {
    const flow_case *c = e->c;
    karvan_table *t = NULL;
    double trips = 0, home = 0, asked = 0;
    int64_t row = 0;
    assert_int_equal(karvan_assignment_unserved(a, &t, NULL), KARVAN_OK);
    for (int k = 0; k < c->classes; k++)
        for (int32_t i = 0; i < c->zones * c->zones; i++) {
            int32_t o = i / c->zones, d = i % c->zones;
            double q = c->demand[k][i];
            asked += q;
            if (o == d) home += q;
            if (o == d || q == 0 || any_way(e, o, d)) continue;
            assert_true(row < karvan_table_rows(t));
            assert_string_equal(karvan_table_text(t, 0, row), c->class[k].name);
            assert_int_equal(karvan_table_int(t, 1, row), o + 1);
            assert_int_equal(karvan_table_int(t, 2, row), d + 1);
            assert_true(karvan_table_real(t, 3, row) == q);
            trips += q, row++;
        }
    assert_int_equal(row, karvan_table_rows(t));
    karvan_assignment_stats s = karvan_assignment_statistics(a);
    assert_int_equal(s.unserved_pairs, row);
    assert_true(s.unserved == trips && s.intrazonal == home && s.demand == asked);
    karvan_table_destroy(t);
}

/* Gap and objective as the checker adds them up at the same flows. */
static double figures_are_true(enumerated *at, const karvan_assignment *a) {
    const flow_case *c = at->c;
    karvan_assignment_stats s = karvan_assignment_statistics(a);
    double spent = 0, least = 0, fixed = 0, objective = 0, time = 0, served = 0, flow[CASE_ARCS];
    memcpy(at->x, karvan_assignment_flow_view(a), (size_t)c->arcs * sizeof(double));
    for (int k = 0; k < c->classes; k++) {
        assert_int_equal(karvan_assignment_class_flow(a, k, flow, NULL), KARVAN_OK);
        for (int i = 0; i < c->arcs; i++) {
            double y = flow[i] * c->pce[k];
            spent += y * (slow_cost(at, i, at->x[i]) + slow_fixed(c, k, i));
            fixed += y * slow_fixed(c, k, i);
        }
        for (int32_t i = 0; i < c->zones * c->zones; i++) {
            int best = cheapest(at, k, i / c->zones, i % c->zones);
            if (best < 0) continue;
            least += c->demand[k][i] * c->pce[k] * way_cost(at, k, &at->way[best]);
            served += c->demand[k][i] * c->pce[k];
        }
    }
    for (int i = 0; i < c->arcs; i++) {
        objective += slow_integral(at, i);
        time += (at->x[i] + c->preload[i]) * slow_time(&c->vdf[i], at->x[i] + c->preload[i]);
    }
    assert_true(fabs(objective + fixed - s.objective) <= 1e-11 * (objective + fixed));
    assert_true(fabs(time - s.total_time) <= 1e-11 * time);
    assert_true(fabs(time + fixed - s.total_cost) <= 1e-11 * (time + fixed));
    double gap = spent > 0 ? (spent - least) / spent : 0;
    assert_true(fabs(gap - s.relative_gap) <= 1e-12);
    assert_true(fabs((spent - least) - s.average_excess_cost * served) <= 1e-12 * spent);
    return fmax(spent - least, 0);
}

/* With the excess of both known, an objective lies no further above the least than its own excess,
 * and the product of differences in flow and in cost, summed, is no more than both (a variational
 * inequality): where cost rises with flow, that pins flows down. */
static void near_the_optimum(const enumerated *best, const enumerated *at, double left,
                             const karvan_assignment *a) {
    double spent, other = excess(best, &spent), least = enumerated_objective(best), apart = 0;
    double rounding = 1e-11 * (least + spent);
    karvan_assignment_stats s = karvan_assignment_statistics(a);
    assert_true(s.objective >= least - other - rounding);
    assert_true(s.objective <= least + left + rounding);
    for (int i = 0; i < best->c->arcs; i++)
        apart +=
            (at->x[i] - best->x[i]) * (slow_cost(at, i, at->x[i]) - slow_cost(best, i, best->x[i]));
    assert_true(apart <= left + other + rounding);
}

static enumerated best, at;

static karvan_assignment *checked(const karvan_assignment_problem *p, karvan_assignment_options o) {
    karvan_assignment *a = NULL;
    karvan_error err = {0};
    karvan_status st = karvan_assignment_solve(p, &o, &a, &err);
    if (st != KARVAN_OK) fail_msg("%s: %s", karvan_assignment_method_name(o.method), err.msg);
    assert_true(karvan_assignment_statistics(a).converged);
    assert_true(karvan_assignment_statistics(a).relative_gap <= o.gap);
    at = best;
    flows_carry_the_demand(&best, a);
    unserved_are_told(&best, a);
    near_the_optimum(&best, &at, figures_are_true(&at, a), a);
    return a;
}

static void check_method(const karvan_assignment_problem *p, int i, bool optimum) {
    karvan_assignment_options o = {.method = METHODS[i].method,
                                   .principle =
                                       optimum ? KARVAN_SYSTEM_OPTIMUM : KARVAN_USER_EQUILIBRIUM,
                                   .gap = METHODS[i].gap,
                                   .max_iterations = 100000,
                                   .threads = 1};
    karvan_assignment_destroy(checked(p, o));
}

/* By bushes that were stopped, measured (which puts them in order) and gone on from; and by those
 * of other demand between the same zones. */
static void check_going_on(const flow_case *c, const karvan_assignment_problem *p, bool optimum) {
    karvan_assignment_options o = {.max_iterations = 1, .threads = 1};
    o.principle = optimum ? KARVAN_SYSTEM_OPTIMUM : KARVAN_USER_EQUILIBRIUM;
    flow_case other = *c;
    for (int k = 0; k < c->classes; k++)
        for (int i = 0; i < c->zones * c->zones; i++)
            if (other.demand[k][i] > 0) other.demand[k][i] = 13 - other.demand[k][i];
    karvan_assignment_problem of_other = case_problem(&other);
    karvan_assignment *a = NULL, *b = NULL;
    (void)karvan_assignment_solve(p, &o, &a, NULL);
    o.max_iterations = 3;
    (void)karvan_assignment_solve(&of_other, &o, &b, NULL);
    assert_true(a && b);
    o.gap = METHODS[0].gap, o.max_iterations = 100000, o.start = a;
    karvan_assignment_destroy(checked(p, o));
    o.start = b;
    karvan_assignment_destroy(checked(p, o));
    karvan_assignment_destroy(a), karvan_assignment_destroy(b), case_clear(&other);
}

static void methods_agree_with_all_ways(void **state) {
    (void)state;
    karvan_random_init(&rng, 20261126, 1);
    int congested = 0, unserved = 0, sharp = 0;
    const int rounds = part_of(ROUNDS);
    for (int round = 0; round < rounds; round++) {
        flow_case c = random_flows(&rng);
        bool optimum = round % 2;
        karvan_assignment_problem p = case_problem(&c);
        double spent, left = enumerate(&best, &c, optimum, &spent);
        assert_true(left <= 1e-5 * spent), sharp += left <= 1e-11 * spent;
        for (int i = 0; i < N_METHODS; i++)
            if (round < part_of(METHODS[i].rounds)) check_method(&p, i, optimum);
        check_going_on(&c, &p, optimum);
        for (int i = 0; i < c.zones * c.zones; i++)
            if (c.demand[0][i] > 0 && !any_way(&best, i / c.zones, i % c.zones)) unserved++;
        for (int i = 0; i < c.arcs; i++) congested += best.x[i] > c.vdf[i].capacity;
        case_clear(&c);
    }
    /* rounds are not all empty ones, and the checker is sharp but in a few */
    assert_true(congested > rounds && unserved > rounds / 4 &&
                sharp > rounds * (all_cases() ? 98 : 95) / 100);
}

/* Functions of all kinds in the place of some. Points bend as they like, so that what one more user
 * costs all may fall: where the system's optimum is sought there are none. */
static void draw_kinds(flow_case *c, bool optimum, const karvan_vdf_curve *points,
                       const karvan_vdf_curve *formula) {
    for (int32_t i = 0; i < c->arcs; i++) {
        karvan_vdf *f = &c->vdf[i];
        int kind = pick(&rng, optimum ? 5 : 6);
        double t0 = 1 + pick(&rng, 4), capacity = 5 + pick(&rng, 10), u = real(&rng, 1);
        karvan_vdf other = {.t0 = t0, .capacity = capacity};
        if (kind == 0) continue;
        other.kind = kind < 4 ? (karvan_vdf_kind)(KARVAN_VDF_BPR + kind) : KARVAN_VDF_USER;
        if (kind == 1) other.a = 2 + 6 * u;               /* conical */
        if (kind == 2) other.a = 0.1 + u, other.b = 0.25; /* Akcelik */
        if (kind == 3) other.a = 0.1 + u, other.b = 0.95; /* Davidson */
        if (kind > 3) other.curve = kind == 4 ? formula : points;
        *f = other;
    }
}

static void every_kind_of_function(void **state) {
    (void)state;
    karvan_vdf_curve *points = NULL, *formula = NULL;
    karvan_random_init(&rng, 20261126, 6);
    assert_int_equal(karvan_vdf_points(5, (double[]){0, 0.4, 0.5, 1, 1.5},
                                       (double[]){1, 1, 1.5, 1.6, 3}, &points, NULL),
                     KARVAN_OK);
    assert_int_equal(karvan_vdf_formula("1 + 0.2 * z^3 + 0.1 * exp(z / 4)", 60, &formula, NULL),
                     KARVAN_OK);
    int kinds[KARVAN_VDF_USER + 1] = {0}, sharp = 0;
    const int rounds = part_of(KIND_ROUNDS);
    for (int round = 0; round < rounds; round++) {
        flow_case c = random_flows(&rng);
        bool optimum = round % 2;
        draw_kinds(&c, optimum, points, formula);
        karvan_assignment_problem p = case_problem(&c);
        double spent, left = enumerate(&best, &c, optimum, &spent);
        assert_true(left <= 1e-4 * spent), sharp += left <= 1e-11 * spent;
        for (int i = 0; i < 2; i++)
            if (i == 0 || round < rounds / 4) check_method(&p, i, optimum);
        for (int32_t i = 0; i < c.arcs; i++) kinds[c.vdf[i].kind] += best.x[i] > 0;
        case_clear(&c);
    }
    assert_true(sharp > rounds * (all_cases() ? 98 : 95) / 100);
    for (int k = 0; k <= KARVAN_VDF_USER; k++) assert_true(kinds[k] > rounds / 4);
    karvan_vdf_curve_destroy(points), karvan_vdf_curve_destroy(formula);
}

/* All or nothing: every pair by a cheapest way at no flow, whichever of equal ones. */
static void all_or_nothing_is_cheapest(void **state) {
    (void)state;
    karvan_random_init(&rng, 20261126, 2);
    for (int round = 0; round < part_of(ROUNDS); round++) {
        flow_case c = random_flows(&rng);
        karvan_assignment_problem p = case_problem(&c);
        karvan_assignment_options o = {.method = KARVAN_AON};
        karvan_assignment *a = NULL;
        enumerated *e = &best;
        double cost = 0, least = 0, flow[CASE_ARCS];
        assert_int_equal(karvan_assignment_solve(&p, &o, &a, NULL), KARVAN_OK);
        *e = (enumerated){.c = &c};
        for (int32_t z = 0; z < c.zones; z++) extend(e, &(way){.from = z}, z, 1u << z);
        flows_carry_the_demand(e, a);
        for (int k = 0; k < c.classes; k++) {
            assert_int_equal(karvan_assignment_class_flow(a, k, flow, NULL), KARVAN_OK);
            for (int i = 0; i < c.arcs; i++)
                cost += flow[i] * (slow_cost(e, i, 0) + slow_fixed(&c, k, i));
            for (int32_t i = 0; i < c.zones * c.zones; i++) {
                int w = cheapest(e, k, i / c.zones, i % c.zones);
                if (w >= 0) least += c.demand[k][i] * way_cost(e, k, &e->way[w]);
            }
        }
        assert_true(fabs(cost - least) <= 1e-11 * least);
        karvan_assignment_destroy(a);
        case_clear(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(methods_agree_with_all_ways),
                                       cmocka_unit_test(every_kind_of_function),
                                       cmocka_unit_test(all_or_nothing_is_cheapest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
