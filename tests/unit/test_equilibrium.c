/* General equilibrium: by hand, by its equations, by the plain fixed point of another program, and
 * by what must hold whatever the numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "share.h"
#include "trade/solution.h"
#include "trade_world.h"

static karvan_economy *economy_of(const world *w) {
    karvan_economy *e = NULL;
    karvan_error err = {0};
    if (karvan_economy_create(w->n, (const char *const *)w->name, w->flow, 1, w->change, false, &e,
                              &err) != KARVAN_OK)
        fail_msg("%s", err.msg);
    return e;
}

static karvan_equilibrium *solve(const karvan_economy *e, const karvan_equilibrium_options *o) {
    karvan_equilibrium *q = NULL;
    karvan_error err = {0};
    if (karvan_equilibrium_solve(e, o, &q, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    assert_true(karvan_equilibrium_statistics(q).converged);
    return q;
}

static karvan_equilibrium *solve_world(const world *w, const karvan_equilibrium_options *o) {
    karvan_economy *e = economy_of(w);
    karvan_equilibrium *q = solve(e, o);
    karvan_economy_destroy(e);
    return q;
}

static double at(const karvan_equilibrium *q, karvan_result r, int32_t i) {
    return karvan_equilibrium_view(q, r)[i];
}

static void assert_near(double found, double said, double within) {
    if (!(fabs(found - said) <= within * fmax(1, fabs(said))))
        fail_msg("%.17g where %.17g is said", found, said);
}

/* ---- by hand ------------------------------------------------------------------------------------
 */

/* Two alike: 80 at home, 20 abroad; foreign trade gains 0.3. With equal prices the index is
 * (0.8 + 0.2 e^0.3)^(-1/4) = 1.0699717615152^(-1/4), all else follows. */
static void two_alike_by_hand(void **state) {
    (void)state;
    static const char *const name[] = {"A", "B"};
    static const double flow[] = {80, 20, 20, 80}, change[] = {0, 0.3, 0.3, 0};
    const double a = 0.8 + 0.2 * exp(0.3);
    karvan_economy *e = NULL;
    assert_int_equal(karvan_economy_create(2, name, flow, 1, change, false, &e, NULL), KARVAN_OK);
    for (double psi = 0; psi < 3; psi += 1.24) {
        karvan_equilibrium_options o = {.theta = 4, .psi = psi};
        karvan_equilibrium *q = solve(e, &o);
        for (int32_t i = 0; i < 2; i++) {
            double up = pow(a, 0.25); /* price over index */
            assert_near(at(q, KARVAN_RESULT_WELFARE, i), pow(up, 1 + psi), 1e-14);
            assert_near(at(q, KARVAN_RESULT_REAL_INCOME, i), pow(up, 1 + psi), 1e-14);
            assert_near(at(q, KARVAN_RESULT_PRICE, i), pow(up, -psi), 1e-14);
            assert_near(at(q, KARVAN_RESULT_PRICE_INDEX, i), pow(up, -psi - 1), 1e-14);
            assert_near(at(q, KARVAN_RESULT_QUANTITY, i), pow(up, psi), 1e-14);
            assert_near(at(q, KARVAN_RESULT_OUTPUT, i), 1, 1e-14);
            assert_near(at(q, KARVAN_RESULT_OUTWARD, i), pow(up, psi), 1e-14);
            assert_near(at(q, KARVAN_RESULT_EXPORTS, i), exp(0.3) / a, 1e-14);
            assert_near(at(q, KARVAN_RESULT_IMPORTS, i), exp(0.3) / a, 1e-14);
            assert_near(at(q, KARVAN_RESULT_OWN_SHARE, i), 1 / a, 1e-14);
        }
        assert_near(karvan_equilibrium_after_view(q)[0], 80 / a, 1e-14);
        assert_near(karvan_equilibrium_after_view(q)[1], 20 * exp(0.3) / a, 1e-14);
        karvan_equilibrium_destroy(q);
    }
    karvan_economy_destroy(e);
}

/* Two unlike, balanced: 90 and 10 of A, 10 and 20 of B. With deficits none and theta 1 the market
 * of A clears where w (90 + 10 ...) does: checked by bisection on one unknown, the price of A over
 * the price of B. */
static double excess(double w) {
    double g = exp(0.5), ya = 100, yb = 30; /* output at prices w and 1 */
    double a = 0.9 / w + 0.1 * g, b = (1.0 / 3) * g / w + 2.0 / 3;
    return 0.9 / w / a * ya * w + (1.0 / 3) * g / w / b * yb - ya * w;
}
static void two_unlike_by_bisection(void **state) {
    (void)state;
    static const char *const name[] = {"A", "B"};
    static const double flow[] = {90, 10, 10, 20}, change[] = {0, 0.5, 0.5, 0};
    double low = 0.1, high = 10;
    for (int k = 0; k < 200; k++) {
        double mid = 0.5 * (low + high);
        if (excess(mid) > 0)
            low = mid;
        else
            high = mid;
    }
    karvan_economy *e = NULL;
    assert_int_equal(karvan_economy_create(2, name, flow, 1, change, false, &e, NULL), KARVAN_OK);
    for (int d = KARVAN_DEFICIT_ADDITIVE; d <= KARVAN_DEFICIT_NONE; d++) {
        karvan_equilibrium_options o = {.theta = 1, .deficit = (karvan_deficit)d};
        karvan_equilibrium *q = solve(e, &o);
        assert_near(at(q, KARVAN_RESULT_PRICE, 0) / at(q, KARVAN_RESULT_PRICE, 1), low, 1e-11);
        /* World output is what money is measured in: 100 p + 30 r = 130. */
        assert_near(100 * at(q, KARVAN_RESULT_PRICE, 0) + 30 * at(q, KARVAN_RESULT_PRICE, 1), 130,
                    1e-13);
        karvan_equilibrium_destroy(q);
    }
    karvan_economy_destroy(e);
}

/* ---- by its equations
 * ----------------------------------------------------------------------------- */

/* The flows that are handed out, against every line of the model, from `before` alone. */
static void check_equations(const karvan_equilibrium *q, const double *change, int32_t n,
                            double within) {
    karvan_equilibrium_stats s = karvan_equilibrium_statistics(q);
    const double *x = karvan_equilibrium_before_view(q), *after = karvan_equilibrium_after_view(q);
    double before = 0, made = 0, spent = 0;
    for (int32_t i = 0; i < n; i++) {
        double y = 0, e = 0, sold = 0, bought = 0, index = 0;
        for (int32_t k = 0; k < n; k++) {
            y += x[i * n + k], sold += after[i * n + k];
            e += x[k * n + i], bought += after[k * n + i];
        }
        for (int32_t k = 0; k < n; k++)
            index += x[k * n + i] / e * exp(change[k * n + i]) *
                     pow(at(q, KARVAN_RESULT_PRICE, k), -s.theta);
        index = pow(index, -1 / s.theta);
        double p = at(q, KARVAN_RESULT_PRICE, i), output = p * pow(p / index, s.psi) * y;
        double spending = s.deficit == KARVAN_DEFICIT_ADDITIVE         ? output + e - y
                          : s.deficit == KARVAN_DEFICIT_MULTIPLICATIVE ? output / y * e
                          : s.deficit == KARVAN_DEFICIT_NONE           ? output
                                                             : e * at(q, KARVAN_RESULT_SPENDING, i);
        assert_near(at(q, KARVAN_RESULT_PRICE_INDEX, i), index, within);
        assert_near(at(q, KARVAN_RESULT_OUTPUT, i), output / y, within);
        assert_near(at(q, KARVAN_RESULT_SPENDING, i), spending / e, within);
        assert_near(bought, spending, within);
        assert_near(sold / (output * (s.deficit == KARVAN_DEFICIT_MULTIPLICATIVE ? s.scale : 1)), 1,
                    within);
        assert_near(at(q, KARVAN_RESULT_WELFARE, i), spending / e / index, within);
        assert_near(at(q, KARVAN_RESULT_REAL_INCOME, i), output / y / index, within);
        for (int32_t k = 0; k < n; k++)
            if (x[k * n + i] > 0)
                assert_near(after[k * n + i] / x[k * n + i],
                            exp(change[k * n + i]) *
                                pow(at(q, KARVAN_RESULT_PRICE, k) / index, -s.theta) * spending / e,
                            within);
        before += y, made += output, spent += spending;
    }
    assert_near(made, before, within);
    if (s.deficit != KARVAN_DEFICIT_MULTIPLICATIVE) assert_near(spent, before, within);
}

static void every_kind_meets_its_equations(void **state) {
    (void)state;
    static const double thetas[] = {0.5, 4, 12}, psis[] = {0, 0.7, 3};
    for (int32_t n = 1; n < 40; n = n * 2 + 1) {
        world w = world_draw(n, (uint64_t)n, 0.2, 0.4);
        karvan_economy *e = economy_of(&w);
        for (int k = 0; k < 36; k++) {
            karvan_equilibrium_options o = {
                .theta = thetas[k % 3], .psi = psis[k / 3 % 3], .deficit = (karvan_deficit)(k / 9)};
            if (o.deficit == KARVAN_DEFICIT_ADDITIVE && o.theta < 1) continue; /* see below */
            karvan_equilibrium *q = solve(e, &o);
            check_equations(q, w.change, n, 1e-9);
            karvan_equilibrium_destroy(q);
        }
        karvan_economy_destroy(e);
        world_clear(&w);
    }
}

/* ---- by the plain fixed point
 * ---------------------------------------------------------------------- */

static void refuse_world(const world *w, const karvan_equilibrium_options *o) {
    karvan_economy *e = economy_of(w);
    karvan_equilibrium *q = NULL;
    assert_int_equal(karvan_equilibrium_solve(e, o, &q, NULL), KARVAN_E_NOCONV);
    assert_false(karvan_equilibrium_statistics(q).converged);
    karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

static void same_as_the_plain_fixed_point(void **state) {
    (void)state;
    static const double effects[] = {0.1, 1, -2};
    int compared = 0, refused = 0, worlds = part_of(60);
    for (uint64_t seed = 1; seed <= (uint64_t)worlds; seed++) {
        int32_t n = 2 + (int32_t)(seed * 7 % 45);
        world w = world_draw(n, seed, (double)(seed % 4) * 0.15, effects[seed % 3]);
        double welfare[64], theta = seed % 2 ? 4 : 7.5;
        for (int many = 0; many < 2; many++) {
            karvan_equilibrium_options o = {.theta = theta,
                                            .deficit = many ? KARVAN_DEFICIT_MULTIPLICATIVE
                                                            : KARVAN_DEFICIT_ADDITIVE};
            if (!plain_ge_gravity(n, w.flow, w.change, theta, many, 1e-13, 20000, welfare))
                continue;
            double least = welfare[0];
            for (int32_t i = 0; i < n; i++) least = fmin(least, welfare[i]);
            if (least <= 0) { /* that one calls it solved; spending below 0 is no equilibrium */
                refuse_world(&w, &o);
                refused++;
                continue;
            }
            karvan_equilibrium *q = solve_world(&w, &o);
            for (int32_t i = 0; i < n; i++)
                assert_near(at(q, KARVAN_RESULT_WELFARE, i), welfare[i], 1e-10);
            karvan_equilibrium_destroy(q);
            compared++;
        }
        world_clear(&w);
    }
    assert_true(compared >= worlds); /* of two each */
    if (!all_cases()) return;
    assert_in_range(compared, 100, 120);
    assert_in_range(refused, 1, 20);
}

/* ---- what must hold
 * --------------------------------------------------------------------------------- */

static void no_change_is_one_to_the_bit(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        world w = world_draw(3 + (int32_t)seed * 3, seed, 0.3, 0);
        for (int k = 0; k < 8; k++) {
            karvan_equilibrium_options o = {
                .theta = 5, .psi = k / 4, .deficit = (karvan_deficit)(k % 4)};
            karvan_equilibrium *q = solve_world(&w, &o);
            for (int r = 0; r < KARVAN_RESULT_END; r++)
                for (int32_t i = 0; i < w.n; i++)
                    if (!isnan(at(q, (karvan_result)r, i)) && at(q, (karvan_result)r, i) != 1)
                        fail_msg("%s %.17g", karvan_result_name((karvan_result)r),
                                 at(q, (karvan_result)r, i));
            karvan_equilibrium_destroy(q);
        }
        world_clear(&w);
    }
}

/* Arkolakis, Costinot and Rodriguez-Clare 2012: without deficits welfare is the share of spending
 * on own goods to the power -1/theta, and with elastic supply -(1 + psi)/theta. */
static void welfare_is_the_own_share(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        world w = world_draw(20, seed, 0.2, 0.6);
        for (int k = 0; k < 4; k++) {
            karvan_equilibrium_options o = {
                .theta = 2 + k, .psi = 0.5 * k, .deficit = KARVAN_DEFICIT_NONE};
            karvan_equilibrium *q = solve_world(&w, &o);
            for (int32_t i = 0; i < w.n; i++)
                assert_near(at(q, KARVAN_RESULT_WELFARE, i),
                            pow(at(q, KARVAN_RESULT_OWN_SHARE, i), -(1 + o.psi) / o.theta), 1e-12);
            karvan_equilibrium_destroy(q);
        }
        world_clear(&w);
    }
}

static void a_change_and_its_inverse_return(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        world w = world_draw(15, seed, 0.2, 0.8);
        karvan_deficit d = seed % 3 == 0   ? KARVAN_DEFICIT_ADDITIVE
                           : seed % 3 == 1 ? KARVAN_DEFICIT_UNIVERSAL
                                           : KARVAN_DEFICIT_NONE;
        karvan_equilibrium_options o = {.theta = 4, .psi = (double)(seed % 2), .deficit = d};
        karvan_equilibrium *there = solve_world(&w, &o);
        memcpy(w.flow, karvan_equilibrium_after_view(there), 225 * sizeof *w.flow);
        for (int k = 0; k < 225; k++) w.change[k] = -w.change[k];
        karvan_equilibrium *back = solve_world(&w, &o);
        for (int32_t i = 0; i < w.n; i++)
            for (int r = 0; r < KARVAN_RESULT_END; r++)
                if (!isnan(at(there, (karvan_result)r, i)))
                    assert_near(at(there, (karvan_result)r, i) * at(back, (karvan_result)r, i), 1,
                                1e-9);
        karvan_equilibrium_destroy(there), karvan_equilibrium_destroy(back);
        world_clear(&w);
    }
}

/* The unit of flows, and the names of countries, change nothing. */
static void units_and_order_do_not_matter(void **state) {
    (void)state;
    world w = world_draw(17, 5, 0.2, 0.5), v = world_draw(17, 5, 0.2, 0.5);
    for (int32_t i = 0; i < 17; i++)
        for (int32_t j = 0; j < 17; j++) {
            int32_t a = (i * 5 + 3) % 17, b = (j * 5 + 3) % 17;
            v.flow[a * 17 + b] = 4096 * w.flow[i * 17 + j];
            v.change[a * 17 + b] = w.change[i * 17 + j];
        }
    karvan_equilibrium_options o = {.theta = 4};
    karvan_equilibrium *one = solve_world(&w, &o), *two = solve_world(&v, &o);
    for (int32_t i = 0; i < 17; i++)
        assert_near(at(one, KARVAN_RESULT_WELFARE, i),
                    at(two, KARVAN_RESULT_WELFARE, (i * 5 + 3) % 17), 1e-12);
    karvan_equilibrium_destroy(one), karvan_equilibrium_destroy(two);
    world_clear(&w), world_clear(&v);
}

/* Two worlds without trade between them: each solves as if alone. */
static void groups_stand_alone(void **state) {
    (void)state;
    world a = world_draw(9, 1, 0.1, 0.7), b = world_draw(6, 2, 0.1, -0.4);
    world both = world_draw(15, 3, 0, 0);
    memset(both.flow, 0, 225 * sizeof *both.flow);
    for (int32_t i = 0; i < 15; i++)
        for (int32_t j = 0; j < 15; j++) {
            if (i < 9 && j < 9)
                both.flow[i * 15 + j] = a.flow[i * 9 + j],
                                   both.change[i * 15 + j] = a.change[i * 9 + j];
            if (i >= 9 && j >= 9)
                both.flow[i * 15 + j] = b.flow[(i - 9) * 6 + j - 9],
                                   both.change[i * 15 + j] = b.change[(i - 9) * 6 + j - 9];
        }
    karvan_economy *e = economy_of(&both);
    assert_int_equal(karvan_economy_statistics(e).groups, 2);
    for (int d = KARVAN_DEFICIT_ADDITIVE; d <= KARVAN_DEFICIT_NONE; d++) {
        karvan_equilibrium_options o = {.theta = 4, .deficit = (karvan_deficit)d};
        karvan_equilibrium *q = solve(e, &o), *qa = solve_world(&a, &o), *qb = solve_world(&b, &o);
        for (int r = 0; r < KARVAN_RESULT_END; r++) {
            for (int32_t i = 0; i < 9; i++)
                assert_near(at(q, (karvan_result)r, i), at(qa, (karvan_result)r, i), 1e-12);
            for (int32_t i = 0; i < 6; i++)
                assert_near(at(q, (karvan_result)r, 9 + i), at(qb, (karvan_result)r, i), 1e-12);
        }
        karvan_equilibrium_destroy(q), karvan_equilibrium_destroy(qa),
            karvan_equilibrium_destroy(qb);
    }
    karvan_economy_destroy(e);
    world_clear(&a), world_clear(&b), world_clear(&both);
}

/* ---- hard ones
 * ------------------------------------------------------------------------------------ */

static void elasticities_from_tiny_to_huge(void **state) {
    (void)state;
    static const double thetas[] = {1e-2, 0.1, 1, 30, 1e3, 1e6};
    world w = world_draw(25, 11, 0.2, 0.5);
    karvan_economy *e = economy_of(&w);
    for (size_t k = 0; k < sizeof thetas / sizeof *thetas; k++)
        for (int d = KARVAN_DEFICIT_MULTIPLICATIVE; d <= KARVAN_DEFICIT_NONE; d++) {
            karvan_equilibrium_options o = {
                .theta = thetas[k], .deficit = (karvan_deficit)d, .tolerance = 1e-10};
            karvan_equilibrium *q = solve(e, &o);
            assert_true(karvan_equilibrium_statistics(q).market < 1e-8);
            karvan_equilibrium_destroy(q);
        }
    karvan_economy_destroy(e);
    world_clear(&w);
}

/* The sure way alone, and the way by steps, come to where the quick one does. */
static void newton_finds_the_same(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 16; seed++) {
        world w = world_draw(12, seed, 0.2, seed % 2 ? 0.6 : -3);
        karvan_equilibrium_options o = {
            .theta = 5, .psi = (double)(seed / 4 % 2), .deficit = (karvan_deficit)(seed % 4)};
        karvan_equilibrium *quick = solve_world(&w, &o);
        o.max_iterations = 1;
        karvan_equilibrium *sure = solve_world(&w, &o);
        assert_int_equal(karvan_equilibrium_statistics(quick).newton_steps, 0);
        assert_in_range(karvan_equilibrium_statistics(sure).newton_steps, 1, 40);
        for (int32_t i = 0; i < w.n; i++)
            assert_near(at(sure, KARVAN_RESULT_WELFARE, i), at(quick, KARVAN_RESULT_WELFARE, i),
                        1e-10);
        karvan_equilibrium_destroy(quick), karvan_equilibrium_destroy(sure);
        world_clear(&w);
    }
}

/* One solver for many small changes, which keeps a Jacobian, and one for each. */
static void a_kept_jacobian_finds_the_same(void **state) {
    (void)state;
    int steps = 0, plain_steps = 0;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        world w = world_draw(12, seed, 0.2, 0.3);
        karvan_economy *e = economy_of(&w);
        karvan_i_solver kept = {0};
        assert_int_equal(karvan_i_solver_init(&kept, e, NULL), KARVAN_OK);
        assert_int_equal(karvan_i_solver_keep(&kept, NULL), KARVAN_OK);
        for (int k = 0; k < 12; k++) {
            double beta = 0.1 * (k - 4);
            const karvan_equilibrium_options o = {.theta = 3 + k / 6, .beta = &beta};
            karvan_equilibrium *q = solve(e, &o);
            assert_int_equal(karvan_i_solver_run(&kept, &o, NULL), KARVAN_OK);
            assert_int_equal(kept.stats.newton_steps, 0);
            steps += kept.stats.iterations;
            plain_steps += karvan_equilibrium_statistics(q).iterations;
            for (int r = 0; r < KARVAN_RESULT_END; r++)
                for (int32_t i = 0; i < w.n; i++)
                    assert_near(kept.value[r * w.n + i], at(q, (karvan_result)r, i), 1e-9);
            karvan_equilibrium_destroy(q);
        }
        karvan_i_solver_clear(&kept), karvan_economy_destroy(e), world_clear(&w);
    }
    assert_true(2 * steps < plain_steps);
}

/* Changes up to e^20, elasticities from 0.05 to 300, up to eight flows in ten 0: an answer that
 * meets its equations, by whichever way, or none that is called one. */
static void extreme_worlds_are_solved_or_refused(void **state) {
    (void)state;
    static const double thetas[] = {0.05, 0.2, 0.5, 1, 3, 8, 40, 300};
    static const double effects[] = {0.2, 1, 3, 8, 20, -1, -5, -20};
    int solved = 0, helped = 0, refused = 0;
    const uint64_t worlds = (uint64_t)part_of(320);
    for (uint64_t seed = 1; seed <= worlds; seed++) {
        world w = world_draw(2 + (int32_t)(seed * 13 % 11), seed, (double)(seed % 5) * 0.2,
                             effects[seed / 8 % 8]);
        karvan_equilibrium_options o = {.theta = thetas[seed % 8], .deficit = seed / 64 % 4};
        karvan_economy *e = economy_of(&w);
        karvan_equilibrium *q = NULL;
        /* Each group has a scale of its own, of which the statistics tell the world's. */
        if (karvan_economy_statistics(e).groups > 1 && o.deficit == KARVAN_DEFICIT_MULTIPLICATIVE)
            o.deficit = KARVAN_DEFICIT_UNIVERSAL;
        karvan_status st = karvan_equilibrium_solve(e, &o, &q, NULL);
        karvan_equilibrium_stats s = karvan_equilibrium_statistics(q);
        assert_int_equal(st, s.converged ? KARVAN_OK : KARVAN_E_NOCONV);
        if (s.converged && o.deficit != KARVAN_DEFICIT_NONE)
            check_equations(q, w.change, w.n, 1e-6);
        solved += s.converged, refused += !s.converged;
        helped += s.converged && s.newton_steps > 0;
        karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
        world_clear(&w);
    }
    printf("%d solved, %d of them by Newton's help, %d refused\n", solved, helped, refused);
    assert_in_range(solved, worlds * 3 / 4, worlds);
    if (!all_cases()) return;
    assert_in_range(solved, 250, 320);
    assert_in_range(helped, 5, 320);
}

/* A exports 90 of 100 and buys nothing abroad; when its exports all but end, an income that covers
 * its surplus of 90 cannot be had. */
static void a_surplus_beyond_income_is_refused(void **state) {
    (void)state;
    static const char *const name[] = {"A", "B", "C"};
    static const double flow[] = {10, 60, 30, 0, 500, 20, 0, 30, 400};
    static const double change[] = {0, -8, -8, 0, 0, 0, 0, 0, 0};
    karvan_economy *e = NULL;
    karvan_equilibrium *q = NULL;
    karvan_error err = {0};
    assert_int_equal(karvan_economy_create(3, name, flow, 1, change, false, &e, NULL), KARVAN_OK);
    karvan_equilibrium_options o = {.theta = 0.2};
    karvan_status st = karvan_equilibrium_solve(e, &o, &q, &err);
    if (st == KARVAN_OK) {
        check_equations(q, change, 3, 1e-9);
        fail_msg("there is an equilibrium after all: welfare %g", at(q, KARVAN_RESULT_WELFARE, 0));
    }
    assert_int_equal(st, KARVAN_E_NOCONV);
    assert_non_null(q);
    assert_false(karvan_equilibrium_statistics(q).converged);
    assert_non_null(strstr(err.msg, "surplus"));
    karvan_equilibrium_destroy(q);
    o.deficit = KARVAN_DEFICIT_MULTIPLICATIVE;
    q = solve(e, &o);
    check_equations(q, change, 3, 1e-9);
    karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

/* Alone in the world, or with customers but no suppliers: answers, not failures. */
static void countries_without_imports(void **state) {
    (void)state;
    static const char *const name[] = {"A", "B", "C"};
    static const double flow[] = {50, 5, 0, 0, 40, 0, 0, 0, 7};
    static const double change[] = {0, 0.5, 0, 0, 0, 0, 0, 0, 0};
    karvan_economy *e = NULL;
    assert_int_equal(karvan_economy_create(3, name, flow, 1, change, false, &e, NULL), KARVAN_OK);
    assert_int_equal(karvan_economy_statistics(e).groups, 2);
    karvan_equilibrium_options o = {.theta = 4};
    karvan_equilibrium *q = solve(e, &o);
    check_equations(q, change, 3, 1e-11);
    assert_true(isnan(at(q, KARVAN_RESULT_IMPORTS, 0)) && isnan(at(q, KARVAN_RESULT_EXPORTS, 1)));
    assert_true(at(q, KARVAN_RESULT_WELFARE, 2) == 1 && at(q, KARVAN_RESULT_PRICE, 2) == 1);
    /* A has one price for all that it buys, so its real output cannot move. */
    assert_near(at(q, KARVAN_RESULT_REAL_INCOME, 0), 1, 1e-12);
    assert_true(at(q, KARVAN_RESULT_WELFARE, 1) > 1);
    karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_alike_by_hand),
                                       cmocka_unit_test(two_unlike_by_bisection),
                                       cmocka_unit_test(every_kind_meets_its_equations),
                                       cmocka_unit_test(same_as_the_plain_fixed_point),
                                       cmocka_unit_test(no_change_is_one_to_the_bit),
                                       cmocka_unit_test(welfare_is_the_own_share),
                                       cmocka_unit_test(a_change_and_its_inverse_return),
                                       cmocka_unit_test(units_and_order_do_not_matter),
                                       cmocka_unit_test(groups_stand_alone),
                                       cmocka_unit_test(elasticities_from_tiny_to_huge),
                                       cmocka_unit_test(newton_finds_the_same),
                                       cmocka_unit_test(a_kept_jacobian_finds_the_same),
                                       cmocka_unit_test(extreme_worlds_are_solved_or_refused),
                                       cmocka_unit_test(a_surplus_beyond_income_is_refused),
                                       cmocka_unit_test(countries_without_imports)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
