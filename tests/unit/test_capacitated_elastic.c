/* Demand that falls with what its pairs pay, under hard limits: prices by hand, the dual's slope
 * and bend by finite differences, and a slow checker on random problems. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "capacitated.h"
#include "sweep.h"

enum { GROUPS = 3 };

/* A toy with groups: the arrays that elastic demand points to. */
typedef struct rubber {
    toy t;
    karvan_i_elastic e;
    int32_t group[TOY_PAIRS];
    double value[GROUPS], paid[GROUPS], factor[GROUPS];
} rubber;

static void rubber_begin(rubber *r, double scale, int groups, double theta) {
    toy_begin(&r->t, scale);
    r->e = (karvan_i_elastic){groups, r->group, r->value, r->paid, r->factor, theta};
    r->t.p.elastic = &r->e;
    for (int g = 0; g < groups; g++) r->value[g] = 1, r->paid[g] = 0, r->factor[g] = 1;
}
static void rubber_pair(rubber *r, double demand, int32_t group) {
    r->group[r->t.sets.n_pairs] = group;
    toy_pair(&r->t, demand);
}

static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}
static void solved(const rubber *r, karvan_i_capacity *out) {
    karvan_error e = {0};
    if (karvan_i_capacitated_solve(&r->t.p, out, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_true(out->converged);
}

/* ---- by hand ---- */

/* 100 TEU pay 1000 USD each on goods of 200,000: 300,000 in all. The limit is 50. A price l makes
 * of it 300,000 + 100 l, and of the 100, `factor` times as many times ((300,000 + 100 l) /
 * 300,000)^-theta. That is 50 where l = 3000 ((2 factor)^(1/theta) - 1). */
static void one_limit(void **s) {
    (void)s;
    static const double theta[] = {0.5, 0.9, 1, 1 + 1e-11, 1 - 1e-7, 1.5, 4, 12};
    for (size_t i = 0; i < sizeof theta / sizeof *theta; i++)
        for (double factor = 1; factor < 2; factor += 0.5) {
            rubber r;
            karvan_i_capacity out;
            rubber_begin(&r, 0.01, 1, theta[i]);
            int32_t port = toy_limit(&r.t, 50);
            rubber_pair(&r, 100, 0), toy_route(&r.t, 1000), toy_use(&r.t, port, 1);
            r.value[0] = 200000, r.paid[0] = 100000, r.factor[0] = factor;
            solved(&r, &out);
            near(out.price[port], 3000 * (pow(2 * factor, 1 / theta[i]) - 1), 1e-7);
            near(out.demand[0], 50, 1e-9), near(out.load[port], 50, 1e-9);
            near(out.logsum[0], 1000 + out.price[port], 1e-12);
            karvan_i_capacity_clear(&out);
        }
}

/* Nothing is full: 100 TEU that pay 1100 where 1000 was paid, on goods of 200,000: of 300,000 it is
 * 310,000. */
static void dearer_without_a_limit(void **s) {
    (void)s;
    rubber r;
    karvan_i_capacity out;
    rubber_begin(&r, 0.01, 1, 2);
    int32_t port = toy_limit(&r.t, 5000);
    rubber_pair(&r, 100, 0), toy_route(&r.t, 1100), toy_use(&r.t, port, 1);
    r.value[0] = 200000, r.paid[0] = 100000;
    solved(&r, &out);
    near(out.demand[0], 100 * (30.0 / 31) * (30.0 / 31), 1e-13);
    near(out.price[port], 0, 0);
    karvan_i_capacity_clear(&out);
}

/* Two pairs of two groups and one that nothing moves, on one limit of 120, each with a way around
 * that costs 100 more. The price is bisected: at l a pair pays L = 1100 - 100 ln(1 + exp(1 -
 * l/100)) and the share of the limit's way is 1 / (1 + exp(l/100 - 1)). */
static double through(double l, double *demand) {
    double pays = 1100 - 100 * log1p(exp(1 - l / 100));
    demand[0] = 100 * pow((50000 + 100 * pays) / (50000 + 100000), -3);
    demand[1] = 60 * 1.2 * pow((900000 + 60 * pays) / (900000 + 60000), -3);
    demand[2] = 40;
    return (demand[0] + demand[1] + demand[2]) / (1 + exp(l / 100 - 1));
}
static void two_groups(void **s) {
    (void)s;
    rubber r;
    karvan_i_capacity out;
    double lo = 0, hi = 1000, demand[3];
    rubber_begin(&r, 0.01, 2, 3);
    int32_t port = toy_limit(&r.t, 120);
    for (int k = 0; k < 3; k++) {
        rubber_pair(&r, k == 0 ? 100 : k == 1 ? 60 : 40, k < 2 ? k : -1);
        toy_route(&r.t, 1000), toy_use(&r.t, port, 1), toy_route(&r.t, 1100);
    }
    r.value[0] = 50000, r.paid[0] = 100000, r.value[1] = 900000, r.paid[1] = 60000;
    r.factor[1] = 1.2;
    solved(&r, &out);
    for (int i = 0; i < 100; i++) {
        double m = (lo + hi) / 2;
        if (through(m, demand) > 120)
            lo = m;
        else
            hi = m;
    }
    assert_true(lo > 10 && lo < 500);
    near(out.price[port], lo, 1e-8);
    for (int k = 0; k < 3; k++) near(out.demand[k], demand[k], 1e-8);
    karvan_i_capacity_clear(&out);
}

/* Two pairs of one group: what one pays dearer makes the other's demand less too. */
static void pairs_of_one_group(void **s) {
    (void)s;
    rubber r;
    karvan_i_capacity out;
    rubber_begin(&r, 0.01, 1, 2);
    int32_t port = toy_limit(&r.t, 30);
    rubber_pair(&r, 50, 0), toy_route(&r.t, 1000), toy_use(&r.t, port, 1);
    rubber_pair(&r, 100, 0), toy_route(&r.t, 1000);
    r.value[0] = 150000, r.paid[0] = 150000;
    solved(&r, &out); /* 3/5 of each: (300,000 + 50 l) / 300,000 = (5/3)^(1/2) */
    near(out.price[port], 6000 * (sqrt(5.0 / 3) - 1), 1e-8);
    near(out.demand[0], 30, 1e-9), near(out.demand[1], 60, 1e-8);
    karvan_i_capacity_clear(&out);
}

/* The integral of demand has a logarithm at theta = 1, and no gap beside it. */
static void near_one(void **s) {
    (void)s;
    double dual[7];
    for (int i = 0; i < 7; i++) {
        static const double off[] = {0, 1e-12, -1e-12, 0.9e-9, 1.1e-9, -1.1e-9, 1e-6};
        rubber r;
        karvan_i_capacity out;
        rubber_begin(&r, 0.01, 1, 1 + off[i]);
        int32_t port = toy_limit(&r.t, 50);
        rubber_pair(&r, 100, 0), toy_route(&r.t, 1000), toy_use(&r.t, port, 1);
        r.value[0] = 200000, r.paid[0] = 100000;
        solved(&r, &out);
        dual[i] = out.dual;
        karvan_i_capacity_clear(&out);
    }
    near(dual[0], 300000 * log(2) - 50 * 3000, 1e-12); /* what is paid less what the port earns */
    for (int i = 1; i < 6; i++) near(dual[i], dual[0], 1e-8);
    near(dual[6], dual[0], 1e-5);
}

/* ---- as before ---- */

static void fixed_groups_change_nothing(void **s) {
    (void)s;
    rubber r;
    karvan_i_capacity with, without;
    rubber_begin(&r, 0.01, 1, 4);
    int32_t port = toy_limit(&r.t, 40), post = toy_queue(&r.t, 70, 2, 5);
    for (int k = 0; k < 3; k++) {
        rubber_pair(&r, 30 + 7 * k, -1);
        toy_route(&r.t, 1000), toy_use(&r.t, port, 1), toy_use(&r.t, post, 0.5);
        toy_route(&r.t, 1090), toy_use(&r.t, post, 1), toy_route(&r.t, 1300);
    }
    solved(&r, &with);
    r.t.p.elastic = NULL;
    solved(&r, &without);
    assert_memory_equal(with.price, without.price, 2 * sizeof(double));
    assert_memory_equal(with.share, without.share, 9 * sizeof(double));
    assert_memory_equal(with.demand, r.t.demand, 3 * sizeof(double));
    assert_memory_equal(without.demand, r.t.demand, 3 * sizeof(double));
    assert_true(with.dual == without.dual && with.iterations == without.iterations);
    karvan_i_capacity_clear(&with), karvan_i_capacity_clear(&without);
}

/* ---- what is refused ---- */

static void bad_numbers(void **s) {
    (void)s;
    static const double bad_theta[] = {0, -1, NAN, INFINITY};
    static const double bad_group[][3] = {
        {0, 1, 1},  {NAN, 1, 1}, {1, -1, 1},       {1, NAN, 1},   {1, INFINITY, 1}, {1, 1, 0},
        {1, 1, -2}, {1, 1, NAN}, {1, 1, INFINITY}, {-5, 1000, 1}, {1, -INFINITY, 1}};
    rubber r;
    karvan_i_capacity out;
    for (int i = 0; i < 4 + 11 + 3; i++) {
        karvan_error e = {0};
        rubber_begin(&r, 0.01, 1, i < 4 ? bad_theta[i] : 2);
        int32_t port = toy_limit(&r.t, 5);
        rubber_pair(&r, 10, i == 15 ? 1 : i == 16 ? -2 : 0);
        toy_route(&r.t, 7), toy_use(&r.t, port, 1);
        if (i >= 4 && i < 15)
            r.value[0] = bad_group[i - 4][0], r.paid[0] = bad_group[i - 4][1],
            r.factor[0] = bad_group[i - 4][2];
        r.t.p.deterministic = i == 17;
        if (karvan_i_capacitated_solve(&r.t.p, &out, &e) != KARVAN_E_ARG)
            fail_msg("case %d is taken: %s", i, e.msg);
        assert_true(*e.msg);
        assert_null(out.price);
    }
}

/* Routes became so cheap that choice is worth more than the goods: told, not a number. */
static void worth_more_than_the_goods(void **s) {
    (void)s;
    rubber r;
    karvan_i_capacity out = {0};
    karvan_error e = {0};
    rubber_begin(&r, 0.01, 1, 2);
    int32_t port = toy_limit(&r.t, 50);
    rubber_pair(&r, 100, 0), toy_route(&r.t, -5000), toy_use(&r.t, port, 1);
    r.value[0] = 200000, r.paid[0] = 100000; /* 200,000 - 500,000 */
    r.t.p.max_iterations = 100;
    assert_int_equal(karvan_i_capacitated_solve(&r.t.p, &out, &e), KARVAN_E_NOCONV);
    assert_non_null(strstr(e.msg, "choice is worth more than the goods"));
    karvan_i_capacity_clear(&out);
}

/* ---- random problems ---- */

static uint64_t seed = 11;
static double uniform(void) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) * 0x1p-53;
}

static void draw(rubber *r, int pairs, int resources, bool nested) {
    toy *t = &r->t;
    rubber_begin(r, 0.01, GROUPS, 0.5 + 5 * uniform());
    if (nested)
        t->model.kind = KARVAN_CHOICE_NESTED, t->model.nest_scale = 0.03, t->sets.n_nests = 3;
    for (int a = 0; a < resources; a++) {
        if (uniform() < 0.7)
            toy_limit(t, 10 + 60 * uniform());
        else
            toy_queue(t, 30 + 200 * uniform(), 1 + floor(4 * uniform()), 1 + 5 * uniform());
    }
    for (int g = 0; g < GROUPS; g++) r->paid[g] = 0;
    for (int k = 0; k < pairs; k++) {
        rubber_pair(r, 100 * uniform(), (int32_t)(4 * uniform()) - 1);
        for (int i = 0, n = 1 + (int)(4 * uniform()); i < n; i++) {
            int64_t at = t->first[t->sets.n_pairs];
            t->nest[at] = 1 + (i & 1), t->log_size[at] = -uniform();
            toy_route(t, 200 + 400 * uniform());
            for (int a = 0; a < resources; a++)
                if (uniform() < 0.35) toy_use(t, a, 0.5 + uniform());
        }
        toy_route(t, 900); /* at home */
        if (r->group[k] >= 0) r->paid[r->group[k]] += t->demand[k] * (150 + 300 * uniform());
    }
    for (int g = 0; g < GROUPS; g++)
        r->value[g] = 1000 + 30000 * uniform(), r->factor[g] = 0.7 + uniform();
}

static void demand_at(const rubber *r, const double *price, double *share, double *demand) {
    double paid[GROUPS] = {0};
    for (int32_t k = 0; k < r->t.sets.n_pairs; k++) {
        double pays = toy_choose(&r->t, k, price, share);
        if (r->group[k] >= 0) paid[r->group[k]] += r->t.demand[k] * pays;
    }
    for (int32_t k = 0; k < r->t.sets.n_pairs; k++) {
        int32_t g = r->group[k];
        demand[k] = r->t.demand[k];
        if (g >= 0)
            demand[k] *= r->factor[g] *
                         pow((r->value[g] + paid[g]) / (r->value[g] + r->paid[g]), -r->e.theta);
    }
}

static double excess(const rubber *r, const double *price, int32_t a) {
    double share[TOY_ROUTES], demand[TOY_PAIRS], load = 0;
    const toy *t = &r->t;
    demand_at(r, price, share, demand);
    for (int32_t k = 0; k < t->sets.n_pairs; k++)
        for (int64_t i = t->first[k]; i < t->first[k + 1]; i++)
            for (int64_t u = t->use_first[i]; u < t->use_first[i + 1]; u++)
                if (t->use[u] == a) load += demand[k] * share[i] * t->amount[u];
    const karvan_i_resource *q = &t->resource[a];
    if (q->kind == KARVAN_I_LIMIT) return load - q->capacity;
    return load - karvan_i_delay_load(&q->delay, price[a] / q->hour_usd);
}

/* Ascent one price at a time, each by bisection on its own complementarity. */
static void slow(const rubber *r, double *price) {
    memset(price, 0, TOY_RESOURCES * sizeof *price);
    double moved = 1;
    for (int sweep = 0; sweep < 400 && moved > 1e-11; sweep++) {
        moved = 0;
        for (int32_t a = 0; a < r->t.p.n_resources; a++) {
            double lo = 0, hi = 4000, was = price[a];
            price[a] = 0;
            if (excess(r, price, a) > 0)
                for (int i = 0; i < 60; i++) {
                    price[a] = (lo + hi) / 2;
                    if (excess(r, price, a) > 0)
                        lo = price[a];
                    else
                        hi = price[a];
                }
            moved = fmax(moved, fabs(price[a] - was));
        }
    }
}

static void random_problems(void **s) {
    (void)s;
    int bound = 0;
    for (int i = 0; i < 40; i++) {
        rubber r;
        karvan_i_capacity out;
        double price[TOY_RESOURCES], share[TOY_ROUTES], demand[TOY_PAIRS];
        draw(&r, 1 + (int)(5 * uniform()), 1 + (int)(4 * uniform()), i % 2);
        solved(&r, &out);
        slow(&r, price);
        demand_at(&r, price, share, demand);
        for (int32_t k = 0; k < r.t.sets.n_pairs; k++) near(out.demand[k], demand[k], 1e-6);
        for (int64_t k = 0; k < r.t.first[r.t.sets.n_pairs]; k++)
            near(out.share[k], share[k], 1e-6);
        for (int32_t a = 0; a < r.t.p.n_resources; a++) bound += out.price[a] > 1;
        karvan_i_capacity_clear(&out);
    }
    assert_true(bound > 30);
}

/* ---- slope and bend ---- */

typedef struct dual { /* with all memory that a point needs */
    karvan_i_dual d;
    double real[8][TOY_ROUTES], pays[GROUPS * TOY_RESOURCES], nests[4 * (TOY_RESOURCES + 1)];
    double load[TOY_RESOURCES], gradient[TOY_RESOURCES], row[TOY_RESOURCES];
    int32_t at[TOY_RESOURCES], seen[2 * TOY_RESOURCES + 1];
    bool watched[TOY_RESOURCES];
    karvan_i_nest room[4];
} dual;

static void dual_open(dual *u, const rubber *r) {
    memset(u, 0, sizeof *u);
    karvan_i_dual *d = &u->d;
    d->p = &r->t.p, d->sets = r->t.sets, d->model = r->t.model;
    d->watched = u->watched, d->room = u->room, d->base = u->real[0], d->cost = u->real[1];
    d->share = u->real[2], d->logsum = u->real[3], d->demand = u->real[4], d->paid = u->real[5];
    d->bent = u->real[6], d->pays = u->pays, d->nests = u->nests;
    d->load = u->load, d->gradient = u->gradient, d->row = u->row, d->at = u->at, d->seen = u->seen;
    memcpy(d->base, r->t.cost, sizeof r->t.cost);
    for (int32_t a = 0; a < r->t.p.n_resources; a++) u->watched[a] = true;
    assert_int_equal(karvan_i_patterns_find(&r->t.p.routes, r->t.first[r->t.sets.n_pairs],
                                            u->watched, &d->patterns, NULL),
                     KARVAN_OK);
}

static double value_at(dual *u, double *price, int32_t a, double by, double *gradient) {
    double was = price[a];
    price[a] += by;
    karvan_i_dual_evaluate(&u->d, price);
    price[a] = was;
    memcpy(gradient, u->gradient, sizeof u->gradient);
    return u->d.value;
}

static void finite_differences(void **s) {
    (void)s;
    const double h = 1e-3;
    int seen = 0;
    for (int i = 0; i < 60; i++) {
        rubber r;
        dual u;
        double price[TOY_RESOURCES], here[TOY_RESOURCES], up[TOY_RESOURCES], down[TOY_RESOURCES],
            hessian[TOY_RESOURCES * TOY_RESOURCES];
        int32_t free[TOY_RESOURCES], n = 1 + (int32_t)(5 * uniform());
        draw(&r, 1 + (int)(6 * uniform()), n, i % 2);
        dual_open(&u, &r);
        for (int32_t a = 0; a < n; a++) price[a] = 20 + 150 * uniform(), free[a] = a;
        (void)value_at(&u, price, 0, 0, here);
        karvan_i_dual_hessian(&u.d, price, n, free, hessian);
        for (int32_t a = 0; a < n; a++) {
            double more = value_at(&u, price, a, h, up), less = value_at(&u, price, a, -h, down);
            near((more - less) / (2 * h), here[a], 2e-6);
            for (int32_t b = 0; b < n; b++) {
                near(-(up[b] - down[b]) / (2 * h), hessian[b * n + a], 1e-6);
                assert_true(hessian[a * n + b] == hessian[b * n + a]);
                seen += fabs(hessian[a * n + b]) > 1e-3;
            }
        }
        karvan_i_patterns_clear(&u.d.patterns);
    }
    assert_true(seen > 200);
}

/* ---- memory ---- */

static karvan_status swept(karvan_error *err) {
    rubber r;
    karvan_i_capacity out;
    seed = 5;
    draw(&r, 4, 3, true);
    karvan_status st = karvan_i_capacitated_solve(&r.t.p, &out, err);
    if (st == KARVAN_OK) karvan_i_capacity_clear(&out);
    return st;
}
static void allocations(void **s) {
    (void)s;
    every_allocation_fails(swept, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_limit),       cmocka_unit_test(dearer_without_a_limit),
        cmocka_unit_test(two_groups),      cmocka_unit_test(pairs_of_one_group),
        cmocka_unit_test(near_one),        cmocka_unit_test(fixed_groups_change_nothing),
        cmocka_unit_test(bad_numbers),     cmocka_unit_test(worth_more_than_the_goods),
        cmocka_unit_test(random_problems), cmocka_unit_test(finite_differences),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
