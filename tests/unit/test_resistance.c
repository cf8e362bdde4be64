/* Multilateral resistances in levels: by hand, by damped iteration of their two equations, beside
 * level times change, and by what must hold of the trade costs that flows imply. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "resistance_case.h"
#include "table/cell.h"

/* ---- by hand -------------------------------------------------------------------------------- */

/* Two alike: f = sqrt(20 20 / (80 80)) = 1/4, P = 1, Pi^-4 = (1 + f) / 2; f e^0.3 after, when
 * output and spending stay what they were. */
static void two_alike(void **state) {
    (void)state;
    static const double flow[] = {80, 20, 20, 80}, change[] = {0, 0.3, 0.3, 0};
    const double one[] = {1, 1}, out = pow(0.625, -0.25), after = pow(0.5 + exp(0.3) / 8, -0.25);
    const double before[] = {out, out}, then[] = {after, after};
    karvan_economy *e = economy(2, NAME, flow, change);
    karvan_equilibrium *q = equilibrium(e, &(karvan_equilibrium_options){.theta = 4});
    karvan_resistance *r = resistance(e, q, NULL, NULL);
    holds(r, KARVAN_RESISTANCE_INWARD, 2, one);
    holds(r, KARVAN_RESISTANCE_OUTWARD, 2, before);
    holds(r, KARVAN_RESISTANCE_INWARD_AFTER, 2, one);
    holds(r, KARVAN_RESISTANCE_OUTWARD_AFTER, 2, then);
    holds(r, KARVAN_RESISTANCE_INWARD_CONDITIONAL, 2, one);
    holds(r, KARVAN_RESISTANCE_OUTWARD_CONDITIONAL, 2, then);
    karvan_resistance_destroy(r), karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

/* 8 and 2 at home, 1 each way: f = 1/4 again, and A makes and buys 3/4 of all. P_B^-1 = 2/3 and
 * Pi^-1 = 27/32, 9/16 solve it with P_A = 1: Pi_A^-1 = 3/4 + 1/4 1/4 3/2, P_B^-1 = 1/4 3/4 32/27 +
 * 1/4 16/9, and so on. */
static void two_unlike(void **state) {
    (void)state;
    static const double flow[] = {8, 1, 1, 2};
    static const double in_a[] = {1, 1.5}, out_a[] = {32.0 / 27, 16.0 / 9};
    static const double in_b[] = {2.0 / 3, 1}, out_b[] = {16.0 / 9, 8.0 / 3};
    static const double cost[] = {0, -1.3862943611198906, -1.3862943611198906, 0}; /* ln 1/4 */
    karvan_economy *e = economy(2, NAME, flow, NULL);
    karvan_equilibrium *q = equilibrium(e, &(karvan_equilibrium_options){.theta = 1});
    for (int given = 0; given < 2; given++) {
        karvan_resistance *a = resistance(e, q, given ? cost : NULL, NULL);
        karvan_resistance *b = resistance(e, q, given ? cost : NULL, "B");
        holds(a, KARVAN_RESISTANCE_INWARD, 2, in_a), holds(a, KARVAN_RESISTANCE_OUTWARD, 2, out_a);
        holds(b, KARVAN_RESISTANCE_INWARD, 2, in_b), holds(b, KARVAN_RESISTANCE_OUTWARD, 2, out_b);
        holds(b, KARVAN_RESISTANCE_INWARD_AFTER, 2, in_b);
        assert_true(karvan_resistance_statistics(a).of_flows == !given);
        assert_int_equal(karvan_resistance_statistics(b).reference, 1);
        assert_true(karvan_resistance_statistics(a).misfit < 1e-13);
        for (int k = 0; k < 4; k++) assert_near(karvan_resistance_cost_view(a)[k], cost[k], 1e-14);
        karvan_resistance_destroy(a), karvan_resistance_destroy(b);
    }
    karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

/* Three with deficits: f in halves and quarters, sellers' factors 1, 2, 1, buyers' 3, 1, 2 make
 * flows with outputs 4, 7, 3.25 and spending 6.75, 3, 4.5 of 14.25. With P_A = 1: P^-1 = 1, 4/3, 1
 * and Pi^-1 = 12/19, 10.5/19, 9.75/19. The costs are alike both ways, so the flows imply them. */
static void three_with_deficits(void **state) {
    (void)state;
    static const double flow[] = {3, 0.5, 0.5, 3, 2, 2, 0.75, 0.5, 2};
    static const double in[] = {1, 0.75, 1}, out[] = {19.0 / 12, 19 / 10.5, 19 / 9.75};
    const double h = log(0.5), cost[] = {0, h, 2 * h, h, 0, h, 2 * h, h, 0};
    karvan_economy *e = economy(3, NAME, flow, NULL);
    karvan_equilibrium *q = equilibrium(e, &(karvan_equilibrium_options){.theta = 1});
    for (int given = 0; given < 2; given++) {
        karvan_resistance *r = resistance(e, q, given ? cost : NULL, NULL);
        holds(r, KARVAN_RESISTANCE_INWARD, 3, in), holds(r, KARVAN_RESISTANCE_OUTWARD, 3, out);
        holds(r, KARVAN_RESISTANCE_OUTWARD_AFTER, 3, out);
        assert_near(karvan_resistance_statistics(r).one_way, 0, 1e-14);
        for (int k = 0; k < 9; k++) assert_near(karvan_resistance_cost_view(r)[k], cost[k], 1e-14);
        karvan_resistance_destroy(r);
    }
    karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

/* ---- by damped iteration --------------------------------------------------------------------- */

/* Any trade costs, also such as do not fit the flows: all three systems. */
static void same_as_damped_iteration(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        int32_t n = 1 + (int32_t)(seed * 11 % 30);
        world w = world_draw(n, seed, (double)(seed % 3) * 0.2, 0.5);
        size_t nn = (size_t)n * (size_t)n;
        double *cost = malloc(2 * nn * sizeof *cost), *then = cost + nn, in[32], out[32];
        karvan_random random;
        karvan_random_init(&random, seed, 9);
        for (size_t k = 0; k < nn; k++) {
            cost[k] = (k % ((size_t)n + 1) ? -2 : 0) + 1.5 * karvan_random_normal(&random);
            then[k] = cost[k] + w.change[k];
        }
        karvan_economy *e = economy(n, (const char *const *)w.name, w.flow, w.change);
        karvan_equilibrium_options o = {.theta = seed % 2 ? 4 : 7,
                                        .deficit = (karvan_deficit)(seed % 4)};
        karvan_equilibrium *q = equilibrium(e, &o);
        karvan_resistance *r = resistance(e, q, cost, NULL);
        const double *before = karvan_equilibrium_before_view(q);
        int32_t by = karvan_resistance_statistics(r).reference;
        iterate(n, cost, before, o.theta, by, in, out);
        same(r, KARVAN_RESISTANCE_INWARD, n, in, out);
        iterate(n, then, before, o.theta, by, in, out);
        same(r, KARVAN_RESISTANCE_INWARD_CONDITIONAL, n, in, out);
        iterate(n, then, karvan_equilibrium_after_view(q), o.theta, by, in, out);
        same(r, KARVAN_RESISTANCE_INWARD_AFTER, n, in, out);
        karvan_resistance_destroy(r), karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
        world_clear(&w), free(cost);
    }
}

/* ---- beside level times change ----------------------------------------------------------------
 */

/* The system solved anew with the new costs, outputs and spending, whatever the model. */
static void after_is_level_times_change(void **state) {
    (void)state;
    int compared = 0, lost = 0;
    for (uint64_t seed = 1; seed <= 48; seed++) {
        int32_t n = 2 + (int32_t)(seed * 7 % 40);
        world w = world_draw(n, seed, (double)(seed % 4) * 0.15, seed % 3 ? 0.6 : -2);
        karvan_economy *e = economy(n, (const char *const *)w.name, w.flow, w.change);
        karvan_equilibrium_options o = {.theta = 2 + (double)(seed % 5),
                                        .psi = (double)(seed / 4 % 3) * 0.6,
                                        .deficit = (karvan_deficit)(seed % 4)};
        karvan_equilibrium *q = NULL;
        if (karvan_equilibrium_solve(e, &o, &q, NULL) == KARVAN_OK) {
            karvan_resistance *r = resistance(e, q, NULL, NULL);
            karvan_resistance_stats s = karvan_resistance_statistics(r);
            const double *p = karvan_equilibrium_view(q, KARVAN_RESULT_PRICE_INDEX);
            const double *pi = karvan_equilibrium_view(q, KARVAN_RESULT_OUTWARD);
            const double *v = karvan_resistance_view(r, KARVAN_RESISTANCE_INWARD);
            double by = p[s.reference];
            assert_true(s.apart < 1e-9 && s.misfit < 1e-10 && s.n_more == 0 && s.of_flows);
            assert_true(v[s.reference] == 1 && s.n_apart == 0);
            /* Where a country only sells, balance ends its trade: nothing is left to tell by. */
            if (!s.after) {
                assert_true(o.deficit == KARVAN_DEFICIT_NONE && s.n_untold > 0);
                assert_true(isnan(v[2 * n + s.reference]) && ++lost <= 3);
            }
            for (int32_t i = 0; i < n && s.after; i++) {
                if (isnan(v[i])) continue;
                assert_near(v[2 * n + i] / v[i], p[i] / by, 1e-9);
                assert_near(v[3 * n + i] / v[n + i], pi[i] * by, 1e-9);
                compared++;
            }
            karvan_resistance_destroy(r);
        }
        karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
        world_clear(&w);
    }
    assert_in_range(compared, 800, 2000);
}

static void nothing_changes_where_nothing_does(void **state) {
    (void)state;
    world w = world_draw(20, 4, 0.2, 0);
    karvan_economy *e = economy(20, (const char *const *)w.name, w.flow, w.change);
    karvan_equilibrium *q = equilibrium(e, &(karvan_equilibrium_options){.theta = 5});
    karvan_resistance *r = resistance(e, q, NULL, NULL);
    const double *v = karvan_resistance_view(r, KARVAN_RESISTANCE_INWARD);
    for (int k = 0; k < 40; k++) {
        assert_near(v[40 + k], v[k], 1e-12);
        assert_near(v[80 + k], v[k], 1e-12);
    }
    karvan_resistance_destroy(r), karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
    world_clear(&w);
}

/* ---- what must hold ----------------------------------------------------------------------------
 */

/* The unit of flows changes nothing; another reference multiplies P by one number and divides Pi
 * by it; the order of countries does not matter. */
static void unit_reference_and_order(void **state) {
    (void)state;
    enum { N = 17 };
    world w = world_draw(N, 5, 0.2, 0.5), v = world_draw(N, 5, 0.2, 0.5);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            int a = (i * 5 + 3) % N, b = (j * 5 + 3) % N;
            v.flow[a * N + b] = 4096 * w.flow[i * N + j];
            v.change[a * N + b] = w.change[i * N + j];
        }
    karvan_equilibrium_options o = {.theta = 4};
    karvan_economy *e = economy(N, (const char *const *)w.name, w.flow, w.change);
    karvan_economy *f = economy(N, (const char *const *)v.name, v.flow, v.change);
    karvan_equilibrium *q = equilibrium(e, &o), *p = equilibrium(f, &o);
    karvan_resistance *r = resistance(e, q, NULL, "C00002");
    karvan_resistance *other = resistance(e, q, NULL, "C00007");
    karvan_resistance *turned = resistance(f, p, NULL, "C00013"); /* 2 5 + 3 */
    for (int k = 0; k < KARVAN_RESISTANCE_END; k += 2) {
        const double *x = karvan_resistance_view(r, (karvan_resistance_kind)k);
        const double *y = karvan_resistance_view(other, (karvan_resistance_kind)k);
        const double *z = karvan_resistance_view(turned, (karvan_resistance_kind)k);
        for (int i = 0; i < N; i++) {
            assert_near(y[i], x[i] / x[7], 1e-11), assert_near(y[N + i], x[N + i] * x[7], 1e-11);
            assert_near(z[(i * 5 + 3) % N], x[i], 1e-10);
            assert_near(z[N + (i * 5 + 3) % N], x[N + i], 1e-10);
        }
    }
    karvan_resistance_destroy(r), karvan_resistance_destroy(other),
        karvan_resistance_destroy(turned);
    karvan_equilibrium_destroy(q), karvan_equilibrium_destroy(p);
    karvan_economy_destroy(e), karvan_economy_destroy(f);
    world_clear(&w), world_clear(&v);
}

/* Costs of flows: none at home; both ways together those of Head and Ries; no other split of P and
 * Pi leaves less of a difference between the two ways (the sums that vanish at a least square). */
static void costs_of_flows(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        int32_t n = 3 + (int32_t)seed * 3;
        size_t m = (size_t)n;
        world w = world_draw(n, seed, 0.15, 0);
        const double *x = w.flow;
        karvan_economy *e = economy(n, (const char *const *)w.name, x, NULL);
        karvan_equilibrium *q = equilibrium(e, &(karvan_equilibrium_options){.theta = 3});
        karvan_resistance *r = resistance(e, q, NULL, NULL);
        const double *c = karvan_resistance_cost_view(r);
        double squares = 0, all = 0;
        for (size_t i = 0; i < m; i++) {
            double sum = 0, size = 0;
            assert_true(c[i * m + i] == 0);
            for (size_t j = 0; j < m; j++) {
                double to = x[i * m + j], from = x[j * m + i];
                assert_true(to > 0 || (isinf(c[i * m + j]) && c[i * m + j] < 0));
                if (i == j || !(to > 0) || !(from > 0)) continue;
                assert_near(c[i * m + j] + c[j * m + i],
                            log(to * from / (x[i * m + i] * x[j * m + j])), 1e-11);
                double by = to * from / (to + from), off = c[i * m + j] - c[j * m + i];
                sum += by * off, size += by * fabs(off);
                squares += by * off * off, all += by;
            }
            assert_true(fabs(sum) <= 1e-10 * size);
        }
        assert_near(karvan_resistance_statistics(r).one_way, sqrt(squares / all) / 3, 1e-11);
        karvan_resistance_destroy(r), karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
        world_clear(&w);
    }
}

/* Two worlds without trade between them: each has its own reference, and its own numbers. */
static void groups_are_measured_apart(void **state) {
    (void)state;
    static const double a[] = {8, 1, 1, 2};
    static const double both[] = {8, 1, 0, 0, 1, 2, 0, 0, 0, 0, 80, 20, 0, 0, 20, 90};
    karvan_equilibrium_options o = {.theta = 1};
    karvan_economy *e = economy(2, NAME, a, NULL), *f = economy(4, NAME, both, NULL);
    karvan_equilibrium *q = equilibrium(e, &o), *p = equilibrium(f, &o);
    karvan_resistance *r = resistance(e, q, NULL, NULL), *s = resistance(f, p, NULL, NULL);
    karvan_table *t = NULL;
    assert_int_equal(karvan_resistance_statistics(s).reference, 3);
    assert_int_equal(karvan_resistance_statistics(s).n_apart, 2);
    assert_int_equal(karvan_resistance_statistics(s).n_untold, 0);
    for (int k = 0; k < KARVAN_RESISTANCE_END; k++)
        for (int i = 0; i < 2; i++)
            assert_near(karvan_resistance_view(s, (karvan_resistance_kind)k)[i],
                        karvan_resistance_view(r, (karvan_resistance_kind)k)[i], 1e-13);
    assert_int_equal(karvan_resistance_table(f, s, &t, NULL), KARVAN_OK);
    assert_string_equal(karvan_i_cell_text(t, "reference", 1), "A");
    assert_string_equal(karvan_i_cell_text(t, "reference", 2), "D");
    assert_true(karvan_i_cell_real(t, "inward_conditional", 1) == 1.5);
    karvan_table_destroy(t);
    karvan_resistance_destroy(r), karvan_resistance_destroy(s);
    karvan_equilibrium_destroy(q), karvan_equilibrium_destroy(p);
    karvan_economy_destroy(e), karvan_economy_destroy(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_alike),
                                       cmocka_unit_test(two_unlike),
                                       cmocka_unit_test(three_with_deficits),
                                       cmocka_unit_test(same_as_damped_iteration),
                                       cmocka_unit_test(after_is_level_times_change),
                                       cmocka_unit_test(nothing_changes_where_nothing_does),
                                       cmocka_unit_test(unit_reference_and_order),
                                       cmocka_unit_test(costs_of_flows),
                                       cmocka_unit_test(groups_are_measured_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
