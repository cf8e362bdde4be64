/* Choices under hard limits: what can be worked out by hand, multipliers as derivatives, and a slow
 * checker on random problems. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capacitated.h"
#include "sweep.h"

static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

static void solved(const toy *t, karvan_i_capacity *out) {
    karvan_error e = {0};
    karvan_status st = karvan_i_capacitated_solve(&t->p, out, &e);
    if (st != KARVAN_OK) fail_msg("%s", e.msg);
    assert_true(out->converged);
}

/* ---- by hand ---- */

/* 100 TEU, two ways of 1000 and 1100 USD, scale 0.01: the first would take 100 / (1 + e^-1) = 73.1.
 * Only 40 fit: 40/60 = exp(-0.01 (1000 + l - 1100)), l = 100 + 100 ln 1.5 = 140.55. */
static void two_ways_and_a_limit(void **s) {
    (void)s;
    toy t;
    karvan_i_capacity out;
    toy_begin(&t, 0.01);
    int32_t port = toy_limit(&t, 40), wide = toy_limit(&t, 1000);
    toy_pair(&t, 100);
    toy_route(&t, 1000), toy_use(&t, port, 1), toy_use(&t, wide, 1);
    toy_route(&t, 1100), toy_use(&t, wide, 1);
    solved(&t, &out);
    near(out.price[port], 100 + 100 * log(1.5), 1e-8);
    near(out.price[wide], 0, 1e-12);
    near(out.load[port], 40, 1e-9);
    near(out.share[0], 0.4, 1e-9);
    near(out.logsum[0], 1100 + log(0.6) / 0.01, 1e-9);
    assert_true(out.over <= 1e-10 && out.slack <= 1e-10);
    karvan_i_capacity_clear(&out);
}

/* Two classes, of 1 and of 20 tonnes a TEU, on a limit in tonnes: each pays by its weight. */
static void a_limit_in_tonnes(void **s) {
    (void)s;
    toy t;
    karvan_i_capacity out;
    toy_begin(&t, 0.01);
    int32_t bridge = toy_limit(&t, 420);
    for (int k = 0; k < 2; k++) {
        toy_pair(&t, 100);
        toy_route(&t, 0), toy_use(&t, bridge, k ? 20 : 1);
        toy_route(&t, 300);
    }
    solved(&t, &out);
    double l = out.price[bridge];
    double light = 100 / (1 + exp(-0.01 * (300 - l))),
           heavy = 100 / (1 + exp(-0.01 * (300 - 20 * l)));
    near(light + 20 * heavy, 420, 1e-8);
    near(100 * out.share[0], light, 1e-9);
    near(100 * out.share[2], heavy, 1e-9);
    karvan_i_capacity_clear(&out);
}

/* Nests: two ways that share a nest and one alone; the limit is on the first. The derivative of the
 * dual by the capacity is minus the multiplier. */
static void nests(toy *t, double capacity) {
    toy_begin(t, 0.005);
    t->model.kind = KARVAN_CHOICE_NESTED, t->model.nest_scale = 0.02;
    t->sets.n_nests = 2;
    int32_t a = toy_limit(t, capacity), b = toy_limit(t, 70);
    toy_pair(t, 100);
    toy_route(t, 500), toy_use(t, a, 1), toy_use(t, b, 1);
    toy_route(t, 520), toy_use(t, b, 1);
    toy_route(t, 700), t->nest[2] = 1;
}
static void multipliers_are_derivatives(void **s) {
    (void)s;
    toy t;
    karvan_i_capacity mid, up, down;
    const double h = 1e-3;
    nests(&t, 30), solved(&t, &mid);
    nests(&t, 30 + h), solved(&t, &up);
    nests(&t, 30 - h), solved(&t, &down);
    assert_true(mid.price[0] > 1 && mid.price[1] > 1);
    near(-(up.dual - down.dual) / (2 * h), mid.price[0], 1e-6);
    karvan_i_capacity_clear(&mid), karvan_i_capacity_clear(&up), karvan_i_capacity_clear(&down);
}

static void queue_by_hand(void **s) {
    (void)s;
    toy t;
    karvan_i_capacity out;
    toy_begin(&t, 0.01);
    int32_t q = toy_queue(&t, 80, 2, 5);
    toy_pair(&t, 100);
    toy_route(&t, 1000), toy_use(&t, q, 1);
    toy_route(&t, 1100);
    solved(&t, &out);
    double x = out.load[q], lo = 0, hi = 80;
    for (int i = 0; i < 200; i++) { /* bisection on load = choice at the wait that it makes */
        double m = (lo + hi) / 2;
        double wait = 24.0 / 80 * pow(m / 80, sqrt(6) - 1) / (1 - m / 80);
        if (100 / (1 + exp(0.01 * (5 * wait - 100))) > m)
            lo = m;
        else
            hi = m;
    }
    near(x, lo, 1e-8);
    near(out.delay_h[q], 24.0 / 80 * pow(x / 80, sqrt(6) - 1) / (1 - x / 80), 1e-7);
    karvan_i_capacity_clear(&out);
}

/* Two classes value an hour at 20 and at 2 USD: no function of the loads has such costs as its
 * gradient, and the answer is still an equilibrium. */
static void unlike_values_of_time(void **s) {
    (void)s;
    toy t;
    karvan_i_capacity out;
    toy_begin(&t, 0.02);
    int32_t q = toy_queue(&t, 90, 1, 8);
    for (int k = 0; k < 2; k++) {
        toy_pair(&t, 100);
        toy_route(&t, 0), toy_use(&t, q, 1), t.hour_usd[k] = k ? 2 : 20;
        toy_route(&t, 200);
    }
    t.p.hour_usd = t.hour_usd;
    solved(&t, &out);
    double w = karvan_i_delay_h(&t.resource[q].delay, out.load[q]);
    near(out.delay_h[q], w, 1e-6);
    near(out.share[0], 1 / (1 + exp(0.02 * (20 * w - 200))), 1e-7);
    near(out.share[2], 1 / (1 + exp(0.02 * (2 * w - 200))), 1e-7);
    karvan_i_capacity_clear(&out);
}

static void delays(void **s) {
    (void)s;
    karvan_i_delay one = karvan_i_delay_of(10, 1, 1, 1), many = karvan_i_delay_of(50, 7, 0.5, 2);
    /* M/M/1: 10 a day, 5 arrive: waits 0.5/(10 - 5) of a day */
    near(karvan_i_delay_h(&one, 5), 2.4, 1e-14);
    near(karvan_i_delay_integral(&one, 5), 24 * (log(2) - 0.5), 1e-13);
    for (int i = 0; i < 15; i++) {
        double h = 1e-5, x = 0.5 + 3.3 * i;
        near((karvan_i_delay_integral(&many, x + h) - karvan_i_delay_integral(&many, x - h)) /
                 (2 * h),
             karvan_i_delay_h(&many, x), 1e-8);
        near((karvan_i_delay_h(&many, x + h) - karvan_i_delay_h(&many, x - h)) / (2 * h),
             karvan_i_delay_slope_h(&many, x), 1e-6);
        near(karvan_i_delay_load(&many, karvan_i_delay_h(&many, x)), x, 1e-12);
    }
    assert_true(karvan_i_delay_load(&many, 1e9) < 50 && karvan_i_delay_load(&many, 0) == 0);
}

/* ---- ends of the range ---- */

static void nothing_and_very_much(void **s) {
    (void)s;
    const double demand[] = {0, 1e-9, 1, 1e6, 1e12};
    for (int i = 0; i < 5; i++) {
        toy t;
        karvan_i_capacity out;
        toy_begin(&t, 0.002);
        int32_t a = toy_limit(&t, 250), b = toy_limit(&t, 40);
        toy_pair(&t, demand[i]);
        toy_route(&t, 4000), toy_use(&t, a, 1);
        toy_route(&t, 4800), toy_use(&t, b, 1);
        toy_route(&t, 20000); /* at home */
        solved(&t, &out);
        assert_true(out.load[a] <= 250 * (1 + 1e-9) && out.load[b] <= 40 * (1 + 1e-9));
        if (demand[i] > 1000) {
            near(out.load[a], 250, 1e-8);
            double home = demand[i] * out.share[2]; /* 250 / home = exp(-mu (4000 + l - 20000)) */
            near(out.price[a], 16000 - log(250 / home) / 0.002, 1e-7);
        } else {
            near(out.price[a], 0, 1e-6);
        }
        karvan_i_capacity_clear(&out);
    }
}

static void closed_routes_and_lone_pairs(void **s) {
    (void)s;
    toy t;
    karvan_i_capacity out;
    toy_begin(&t, 0.01);
    int32_t a = toy_limit(&t, 5);
    toy_pair(&t, 10), toy_route(&t, INFINITY), toy_use(&t, a, 1);
    toy_pair(&t, 10);
    toy_pair(&t, 10), toy_route(&t, 7), toy_use(&t, a, 0.1);
    solved(&t, &out);
    assert_true(isinf(out.logsum[0]) && isinf(out.logsum[1]));
    near(out.logsum[2], 7, 1e-12);
    near(out.load[a], 1, 1e-12);
    karvan_i_capacity_clear(&out);
}

static void more_than_fits_is_told(void **s) {
    (void)s;
    toy t;
    karvan_i_capacity out;
    karvan_error e = {0};
    toy_begin(&t, 0.01);
    int32_t a = toy_limit(&t, 5);
    toy_pair(&t, 10), toy_route(&t, 7), toy_use(&t, a, 1); /* nowhere else to go */
    t.p.max_iterations = 60;
    assert_int_equal(karvan_i_capacitated_solve(&t.p, &out, &e), KARVAN_E_NOCONV);
    assert_non_null(strstr(e.msg, "exceed capacities by up to 1 of them"));
    near(out.load[a], 10, 1e-9);
    karvan_i_capacity_clear(&out);
}

static void bad_numbers(void **s) {
    (void)s;
    toy t;
    karvan_i_capacity out;
    karvan_error e = {0};
    for (int i = 0; i < 5; i++) {
        toy_begin(&t, 0.01);
        int32_t a = toy_limit(&t, i == 0 ? 0 : 5);
        toy_pair(&t, i == 1 ? NAN : 10), toy_route(&t, i == 2 ? NAN : 7);
        toy_use(&t, i == 3 ? 9 : a, i == 4 ? -1 : 1);
        assert_int_equal(karvan_i_capacitated_solve(&t.p, &out, &e), KARVAN_E_ARG);
        assert_null(out.price);
    }
}

/* ---- random problems against a slow checker ---- */

static uint64_t seed = 7;
static double uniform(void) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) * 0x1p-53;
}

static void draw(toy *t, int pairs, int resources, bool nested) {
    toy_begin(t, 0.01);
    if (nested)
        t->model.kind = KARVAN_CHOICE_NESTED, t->model.nest_scale = 0.03, t->sets.n_nests = 3;
    for (int a = 0; a < resources; a++) {
        if (uniform() < 0.7)
            toy_limit(t, 10 + 100 * uniform());
        else
            toy_queue(t, 30 + 200 * uniform(), 1 + floor(4 * uniform()), 1 + 5 * uniform());
    }
    for (int k = 0; k < pairs; k++) {
        toy_pair(t, 100 * uniform());
        for (int r = 0, n = 1 + (int)(5 * uniform()); r < n; r++) {
            int64_t at = t->first[t->sets.n_pairs];
            t->nest[at] = 1 + (r & 1), t->log_size[at] = -uniform();
            toy_route(t, 200 + 400 * uniform());
            for (int a = 0; a < resources; a++)
                if (uniform() < 0.35) toy_use(t, a, 0.5 + uniform());
        }
        toy_route(t, 900); /* at home */
    }
}

/* Ascent of the dual one price at a time, each by bisection on its own complementarity: slow, sure,
 * and with its own shares. */
static double excess(const toy *t, const double *price, int32_t a) {
    double share[TOY_ROUTES], load = 0;
    for (int32_t k = 0; k < t->sets.n_pairs; k++) {
        (void)toy_choose(t, k, price, share);
        for (int64_t r = t->first[k]; r < t->first[k + 1]; r++)
            for (int64_t i = t->use_first[r]; i < t->use_first[r + 1]; i++)
                if (t->use[i] == a) load += t->demand[k] * share[r] * t->amount[i];
    }
    const karvan_i_resource *q = &t->resource[a];
    if (q->kind == KARVAN_I_LIMIT) return load - q->capacity;
    return load - karvan_i_delay_load(&q->delay, price[a] / q->hour_usd);
}
static void slow(const toy *t, double *price) {
    memset(price, 0, TOY_RESOURCES * sizeof *price);
    for (int sweep = 0; sweep < 400; sweep++)
        for (int32_t a = 0; a < t->p.n_resources; a++) {
            double lo = 0, hi = 4000;
            price[a] = 0;
            if (excess(t, price, a) <= 0) continue;
            for (int i = 0; i < 60; i++) {
                price[a] = (lo + hi) / 2;
                if (excess(t, price, a) > 0)
                    lo = price[a];
                else
                    hi = price[a];
            }
        }
}

static void random_problems(void **s) {
    (void)s;
    int bound = 0;
    for (int i = 0; i < 40; i++) {
        toy t;
        karvan_i_capacity out;
        double price[TOY_RESOURCES];
        draw(&t, 1 + (int)(5 * uniform()), 1 + (int)(5 * uniform()), i % 2);
        solved(&t, &out);
        slow(&t, price);
        for (int32_t k = 0; k < t.sets.n_pairs; k++) {
            double share[TOY_ROUTES];
            (void)toy_choose(&t, k, price, share);
            for (int64_t r = t.first[k]; r < t.first[k + 1]; r++)
                near(out.share[r], share[r], 1e-6);
        }
        for (int32_t a = 0; a < t.p.n_resources; a++) bound += out.price[a] > 1;
        karvan_i_capacity_clear(&out);
    }
    assert_true(bound > 30);
}

static void warm_starts_agree(void **s) {
    (void)s;
    for (int i = 0; i < 10; i++) {
        toy t;
        karvan_i_capacity cold, warm;
        draw(&t, 6, 6, true);
        solved(&t, &cold);
        t.p.start = cold.price;
        solved(&t, &warm);
        assert_true(warm.iterations <= 2);
        for (int64_t r = 0; r < t.first[t.sets.n_pairs]; r++)
            near(warm.share[r], cold.share[r], 1e-8);
        karvan_i_capacity_clear(&cold), karvan_i_capacity_clear(&warm);
    }
}

static karvan_status swept(karvan_error *err) {
    toy t;
    karvan_i_capacity out;
    nests(&t, 30);
    karvan_status st = karvan_i_capacitated_solve(&t.p, &out, err);
    if (st == KARVAN_OK) karvan_i_capacity_clear(&out);
    return st;
}
static void allocations(void **s) {
    (void)s;
    every_allocation_fails(swept, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_ways_and_a_limit),
        cmocka_unit_test(a_limit_in_tonnes),
        cmocka_unit_test(multipliers_are_derivatives),
        cmocka_unit_test(queue_by_hand),
        cmocka_unit_test(unlike_values_of_time),
        cmocka_unit_test(delays),
        cmocka_unit_test(nothing_and_very_much),
        cmocka_unit_test(closed_routes_and_lone_pairs),
        cmocka_unit_test(more_than_fits_is_told),
        cmocka_unit_test(bad_numbers),
        cmocka_unit_test(random_problems),
        cmocka_unit_test(warm_starts_agree),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
