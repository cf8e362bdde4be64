/* Least cost under hard limits, and empty moves, beside a linear programme solved by GLPK: an
 * oracle of tests alone. Without it the cases are skipped, but for one by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capacitated.h"
#ifdef KARVAN_GLPK
#include <glpk.h>
#endif

static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

static void solved(const toy *t, karvan_i_capacity *out) {
    karvan_error e = {0};
    karvan_status st = karvan_i_capacitated_solve(&t->p, out, &e);
    if (st != KARVAN_OK) fail_msg("%s", e.msg);
}

/* 100 TEU: 30 by the best way, 50 by the next, the rest by the last: prices are the differences to
 * the last, 40 and 15. */
static void three_ways(void **s) {
    (void)s;
    toy t;
    karvan_i_capacity out;
    toy_begin(&t, 1);
    t.p.deterministic = true;
    int32_t a = toy_limit(&t, 30), b = toy_limit(&t, 50);
    toy_pair(&t, 100);
    toy_route(&t, 60), toy_use(&t, a, 1);
    toy_route(&t, 85), toy_use(&t, b, 1);
    toy_route(&t, 100);
    solved(&t, &out);
    near(out.price[a], 40, 1e-7), near(out.price[b], 15, 1e-7);
    near(out.share[2], 0.2, 1e-8), near(out.logsum[0], 100, 1e-7);
    near(out.primal, 30 * 60 + 50 * 85 + 20 * 100, 1e-8);
    near(out.dual, out.primal, 1e-8);
    karvan_i_capacity_clear(&out);
}

#ifdef KARVAN_GLPK
static uint64_t seed = 11;
static double uniform(void) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) * 0x1p-53;
}

static void draw(toy *t, int pairs, int limits) {
    toy_begin(t, 0.01);
    for (int a = 0; a < limits; a++) toy_limit(t, 10 + 100 * uniform());
    for (int k = 0; k < pairs; k++) {
        toy_pair(t, 100 * uniform());
        for (int r = 0, n = 1 + (int)(5 * uniform()); r < n; r++) {
            toy_route(t, 200 + 400 * uniform());
            for (int a = 0; a < limits; a++)
                if (uniform() < 0.35) toy_use(t, a, 0.5 + uniform());
        }
        toy_route(t, 900); /* at home */
    }
}

/* Wagons between 4 places: each route takes one at a place and leaves it at another; empty ones go
 * back over links that are limited. */
static void draw_empties(toy *t) {
    enum { PLACES = 4 };
    int32_t place[PLACES], link[PLACES][PLACES];
    toy_begin(t, 0.01);
    for (int i = 0; i < PLACES; i++) place[i] = toy_balance(t);
    for (int i = 0; i < PLACES; i++)
        for (int j = 0; j < PLACES; j++) {
            if (i == j) continue;
            link[i][j] = toy_limit(t, 60 + 60 * uniform());
            toy_activity(t, 20 + 80 * uniform());
            toy_act(t, link[i][j], 1), toy_act(t, place[i], 1), toy_act(t, place[j], -1);
        }
    for (int k = 0; k < 6; k++) {
        int o = (int)(PLACES * uniform()), d = (o + 1 + (int)(3 * uniform())) % PLACES;
        toy_pair(t, 80 * uniform());
        toy_route(t, 100 + 100 * uniform());
        toy_use(t, link[o][d], 1), toy_use(t, place[o], 1), toy_use(t, place[d], -1);
        toy_route(t, 900);
    }
}

static double by_glpk(const toy *t) {
    const karvan_i_capacitated *p = &t->p;
    int routes = (int)t->first[t->sets.n_pairs], columns = routes + p->n_activities;
    int rows = p->n_resources + t->sets.n_pairs;
    glp_prob *lp = glp_create_prob();
    glp_smcp how;
    glp_set_obj_dir(lp, GLP_MIN);
    glp_add_rows(lp, rows), glp_add_cols(lp, columns);
    for (int a = 0; a < p->n_resources; a++)
        glp_set_row_bnds(lp, a + 1, t->resource[a].kind == KARVAN_I_LIMIT ? GLP_UP : GLP_FX, 0,
                         t->resource[a].kind == KARVAN_I_LIMIT ? t->resource[a].capacity : 0);
    for (int k = 0; k < t->sets.n_pairs; k++)
        glp_set_row_bnds(lp, p->n_resources + k + 1, GLP_FX, t->demand[k], t->demand[k]);
    for (int j = 0, k = 0; j < columns; j++) {
        int at[TOY_RESOURCES + 2], n = 0;
        double value[TOY_RESOURCES + 2];
        bool route = j < routes;
        const karvan_i_uses *u = route ? &p->routes : &p->activities;
        int row = route ? j : j - routes;
        for (int64_t i = u->first[row]; i < u->first[row + 1]; i++)
            at[++n] = u->resource[i] + 1, value[n] = u->amount[i];
        while (route && j >= t->first[k + 1]) k++;
        if (route) at[++n] = p->n_resources + k + 1, value[n] = 1;
        glp_set_mat_col(lp, j + 1, n, at, value);
        glp_set_col_bnds(lp, j + 1, GLP_LO, 0, 0);
        glp_set_obj_coef(lp, j + 1, route ? t->cost[row] : t->act_cost[row]);
    }
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    assert_int_equal(glp_simplex(lp, &how), 0);
    assert_int_equal(glp_get_status(lp), GLP_OPT);
    double value = glp_get_obj_val(lp);
    glp_delete_prob(lp);
    return value;
}

static void same_as_glpk(const toy *t) {
    karvan_i_capacity out;
    solved(t, &out);
    double want = by_glpk(t);
    near(out.primal, want, 1e-7);
    near(out.dual, want, 1e-7); /* so the prices are multipliers of the programme */
    karvan_i_capacity_clear(&out);
}
#endif

static void least_cost_beside_a_linear_programme(void **s) {
    (void)s;
#ifdef KARVAN_GLPK
    for (int i = 0; i < 100; i++) {
        toy t;
        draw(&t, 1 + (int)(8 * uniform()), 1 + (int)(6 * uniform()));
        t.p.deterministic = true;
        same_as_glpk(&t);
    }
#else
    (void)fprintf(stderr, "skipped: GLPK not found (Debian: libglpk-dev)\n");
    skip();
#endif
}

static void empties_beside_a_linear_programme(void **s) {
    (void)s;
#ifdef KARVAN_GLPK
    for (int i = 0; i < 100; i++) {
        toy t;
        draw_empties(&t);
        t.p.deterministic = true;
        same_as_glpk(&t);
    }
#else
    skip();
#endif
}

/* By choice: wagons balance, and no empty move would pay that is not made. */
static void empties_by_choice(void **s) {
    (void)s;
#ifdef KARVAN_GLPK
    for (int i = 0; i < 40; i++) {
        toy t;
        karvan_i_capacity out;
        draw_empties(&t);
        solved(&t, &out);
        for (int32_t a = 0; a < t.p.n_resources; a++)
            if (t.resource[a].kind == KARVAN_I_BALANCE) assert_true(fabs(out.load[a]) < 1e-7);
        for (int32_t j = 0; j < t.p.n_activities; j++) {
            double cost = t.act_cost[j];
            for (int64_t u = t.act_first[j]; u < t.act_first[j + 1]; u++)
                cost += t.act_amount[u] * out.price[t.act_use[u]];
            assert_true(cost > -1e-6);
            assert_true(out.activity[j] < 1e-7 || cost < 1e-6);
        }
        karvan_i_capacity_clear(&out);
    }
#else
    skip();
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_ways),
        cmocka_unit_test(least_cost_beside_a_linear_programme),
        cmocka_unit_test(empties_beside_a_linear_programme),
        cmocka_unit_test(empties_by_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
