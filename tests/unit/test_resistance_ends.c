/* Around multilateral resistances: what flows do not tell, what is refused, trade costs out of
 * tables, and every allocation failing in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "resistance_case.h"
#include "sweep.h"
#include "table/cell.h"

/* C only sells, D has no trade at home: the flows do not tell theirs, and the others' stay exact.
 */
static void what_flows_do_not_tell(void **state) {
    (void)state;
    static const double flow[] = {80, 20, 0, 5, 25, 70, 0, 6, 3, 4, 50, 0, 2, 9, 0, 0};
    static const double change[] = {0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    karvan_economy *e = economy(4, NAME, flow, change);
    karvan_equilibrium *q = equilibrium(e, &(karvan_equilibrium_options){.theta = 4});
    karvan_resistance *r = resistance(e, q, NULL, NULL);
    karvan_resistance_stats s = karvan_resistance_statistics(r);
    karvan_table *t = NULL;
    assert_int_equal(s.n_untold, 2);
    assert_int_equal(s.first_untold, 2);
    assert_true(s.apart < 1e-11);
    for (int k = 0; k < KARVAN_RESISTANCE_END; k++) {
        const double *v = karvan_resistance_view(r, (karvan_resistance_kind)k);
        assert_true(v[0] > 0 && v[1] > 0 && isnan(v[2]) && isnan(v[3]));
    }
    assert_int_equal(karvan_resistance_table(e, r, &t, NULL), KARVAN_OK);
    assert_string_equal(karvan_i_cell_text(t, "reference", 2), "");
    karvan_table_destroy(t);
    karvan_resistance_destroy(r), karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

static void refused(const karvan_economy *e, const karvan_equilibrium *q, const double *cost,
                    const char *reference, karvan_status with, const char *said) {
    karvan_resistance *r = (karvan_resistance *)(void *)&r; /* must be reset */
    karvan_error err = {0};
    const karvan_resistance_options o = {.cost = cost, .reference = reference};
    assert_int_equal(karvan_resistance_solve(e, q, &o, &r, &err), with);
    assert_null(r);
    if (!strstr(err.msg, said)) fail_msg("'%s' does not hold '%s'", err.msg, said);
}

/* Two groups that do not trade. Costs that let them trade both ways, or round by a third, have
 * resistances that hardly let them; one way alone is refused, naming the pair. */
static void costs_between_groups(void **state) {
    (void)state;
    static const double flow[] = {8, 1, 0, 0, 1, 2, 0, 0, 0, 0, 8, 2, 0, 0, 2, 9};
    double cost[16];
    for (int k = 0; k < 16; k++) cost[k] = k % 5 ? -1 : 0;
    karvan_economy *e = economy(4, NAME, flow, NULL);
    karvan_equilibrium *q = equilibrium(e, &(karvan_equilibrium_options){.theta = 4});
    karvan_resistance *r = resistance(e, q, cost, NULL);
    double in[4], out[4];
    iterate(4, cost, flow, 4, 3, in, out);
    same(r, KARVAN_RESISTANCE_INWARD, 4, in, out);
    assert_int_equal(karvan_resistance_statistics(r).n_more, 8);
    assert_int_equal(karvan_resistance_statistics(r).n_apart, 0);
    karvan_resistance_destroy(r);
    for (int i = 2; i < 4; i++) cost[i * 4] = cost[i * 4 + 1] = -INFINITY;
    refused(e, q, cost, NULL, KARVAN_E_DATA, "would let A sell to C, which has no way");
    for (int i = 0; i < 2; i++) cost[i * 4 + 2] = cost[i * 4 + 3] = -INFINITY;
    r = resistance(e, q, cost, NULL);
    assert_int_equal(karvan_resistance_statistics(r).n_apart, 2);
    karvan_resistance_destroy(r);
    karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

/* ---- what is refused ---------------------------------------------------------------------------
 */

static void what_is_refused(void **state) {
    (void)state;
    static const double flow[] = {8, 1, 1, 2}, away[] = {0, 1, 1, 0}, half[] = {8, 1, 1, 0};
    static const double change[] = {0, 0, 0, 60};
    const double far[] = {0, 101, -1, 0}, nan[] = {0, NAN, -1, 0}, none[] = {0, -INFINITY, -1, 0};
    karvan_economy *e = economy(2, NAME, flow, NULL), *f = economy(2, NAME, away, NULL),
                   *h = economy(2, NAME, half, change);
    karvan_equilibrium_options o = {.theta = 4};
    double beta = 2; /* 120 at home in B, where there is no trade to change */
    karvan_equilibrium *q = equilibrium(e, &o), *p = equilibrium(f, &o), *m;
    o.beta = &beta, m = equilibrium(h, &o);
    refused(e, q, far, NULL, KARVAN_E_ARG, "from A to B is 101");
    refused(e, q, nan, NULL, KARVAN_E_ARG, "from A to B is nan");
    refused(e, q, none, NULL, KARVAN_E_DATA, "there is trade from A to B, and no trade cost");
    refused(e, q, NULL, "AB", KARVAN_E_ARG, "no country 'AB' to measure by; did you mean A?");
    refused(f, p, NULL, NULL, KARVAN_E_DATA, "no country trades with itself");
    refused(h, m, NULL, "B", KARVAN_E_DATA, "B trades nothing with itself");
    refused(h, m, (const double[]){0, -1, -1, 0}, NULL, KARVAN_E_ARG, "from B to B 120");
    refused(NULL, q, NULL, NULL, KARVAN_E_ARG, "no economy");
    assert_int_equal(karvan_resistance_solve(e, q, NULL, NULL, NULL), KARVAN_E_ARG);
    karvan_equilibrium_destroy(q), karvan_equilibrium_destroy(p), karvan_equilibrium_destroy(m);
    karvan_economy_destroy(e), karvan_economy_destroy(f), karvan_economy_destroy(h);
}

/* A surplus beyond income has no equilibrium: before and conditional are told, after is not. */
static void nothing_after_without_an_equilibrium(void **state) {
    (void)state;
    static const double flow[] = {10, 60, 30, 1, 500, 20, 1, 30, 400};
    static const double change[] = {0, -8, -8, 0, 0, 0, 0, 0, 0};
    karvan_economy *e = economy(3, NAME, flow, change);
    karvan_equilibrium *q = NULL;
    karvan_equilibrium_options o = {.theta = 0.2};
    assert_int_equal(karvan_equilibrium_solve(e, &o, &q, NULL), KARVAN_E_NOCONV);
    karvan_resistance *r = resistance(e, q, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        assert_true(karvan_resistance_view(r, KARVAN_RESISTANCE_INWARD)[i] > 0);
        assert_true(karvan_resistance_view(r, KARVAN_RESISTANCE_OUTWARD_CONDITIONAL)[i] > 0);
        assert_true(isnan(karvan_resistance_view(r, KARVAN_RESISTANCE_INWARD_AFTER)[i]));
    }
    karvan_resistance_destroy(r), karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

/* ---- out of tables; memory ---------------------------------------------------------------------
 */

static karvan_table *parse(const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(csv, strlen(csv), "f.csv", "f", &(karvan_csv_options){0}, NULL, &t, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static void costs_out_of_tables(void **state) {
    (void)state;
    static const char *const rows[] = {
        "A,A,8,0\nA,B,1,-1.5\nB,A,1,-1\nB,B,2,0\n", "A,A,8,0\nA,B,1,\nB,A,1,-1\nB,B,2,0\n",
        "A,A,8,0\nA,B,1,-1000\nB,A,1,-1\nB,B,2,0\n", "A,A,8,0\nA,B,1,x\nB,A,1,-1\nB,B,2,0\n"};
    static const char *const said[] = {NULL, "f.csv:3:1: no value stands here",
                                       "f.csv:3:1: a trade cost of -1000", "f.csv:3:1: 'x'"};
    karvan_economy_options o = {.trade_cost = "c"};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        char csv[200];
        karvan_economy *e = NULL;
        karvan_error err = {0};
        (void)snprintf(csv, sizeof csv, "exporter,importer,trade,c\n%s", rows[k]);
        karvan_table *t = parse(csv);
        karvan_status st = karvan_economy_read(t, &o, &e, &err);
        assert_int_equal(st, said[k] ? KARVAN_E_DATA : KARVAN_OK);
        if (said[k] && !strstr(err.msg, said[k])) fail_msg("%s", err.msg);
        if (!said[k]) assert_true(karvan_economy_cost_view(e)[1] == -1.5);
        karvan_economy_destroy(e), karvan_table_destroy(t);
    }
    /* Numbers of one's own: a row without one must be without trade; a pair without a row has
     * none. */
    karvan_table *t = parse("exporter,importer,trade\nA,A,8\nA,B,0\nB,B,2\n");
    double own[] = {0, NAN, 0};
    karvan_economy *e = NULL;
    o = (karvan_economy_options){.trade_cost_value = own};
    assert_int_equal(karvan_economy_read(t, &o, &e, NULL), KARVAN_OK);
    assert_true(isinf(karvan_economy_cost_view(e)[1]) && isinf(karvan_economy_cost_view(e)[2]));
    karvan_economy_destroy(e);
    own[0] = NAN;
    assert_int_equal(karvan_economy_read(t, &o, &e, NULL), KARVAN_E_DATA);
    karvan_table_destroy(t);
}

static karvan_economy *swept;
static karvan_equilibrium *swept_q;
static const double *swept_cost;

static karvan_status work(karvan_error *err) {
    karvan_resistance *r = NULL;
    karvan_table *t = NULL;
    const karvan_resistance_options o = {.cost = swept_cost};
    karvan_status st = karvan_resistance_solve(swept, swept_q, &o, &r, err);
    if (st == KARVAN_OK) st = karvan_resistance_table(swept, r, &t, err);
    karvan_table_destroy(t), karvan_resistance_destroy(r);
    return st;
}

static karvan_status read_costs(karvan_error *err) {
    karvan_economy *e = NULL;
    karvan_equilibrium *q = NULL;
    karvan_table *t = NULL;
    static const char csv[] = "exporter,importer,trade,c\nA,A,8,0\nA,B,1,-1.5\nB,A,1,-1\nB,B,2,0\n";
    const karvan_economy_options o = {.trade_cost = "c"};
    karvan_status st =
        karvan_csv_parse(csv, strlen(csv), "f.csv", "f", &(karvan_csv_options){0}, NULL, &t, err);
    if (st == KARVAN_OK) st = karvan_economy_read(t, &o, &e, err);
    if (st == KARVAN_OK)
        st = karvan_equilibrium_solve(e, &(karvan_equilibrium_options){.theta = 4}, &q, err);
    karvan_equilibrium_destroy(q), karvan_economy_destroy(e), karvan_table_destroy(t);
    return st;
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    world w = world_draw(5, 3, 0, 0.4);
    double cost[25];
    for (int k = 0; k < 25; k++) cost[k] = k % 6 ? -1 - 0.1 * k : 0;
    swept = economy(5, (const char *const *)w.name, w.flow, w.change);
    swept_q = equilibrium(swept, &(karvan_equilibrium_options){.theta = 4});
    every_allocation_fails(work, 400);
    swept_cost = cost;
    every_allocation_fails(work, 400);
    every_allocation_fails(read_costs, 400);
    karvan_equilibrium_destroy(swept_q), karvan_economy_destroy(swept);
    world_clear(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_flows_do_not_tell),
                                       cmocka_unit_test(costs_between_groups),
                                       cmocka_unit_test(what_is_refused),
                                       cmocka_unit_test(nothing_after_without_an_equilibrium),
                                       cmocka_unit_test(costs_out_of_tables),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
