/* The chain on two countries, two routes and one class, against numbers worked out by hand: what an
 * edit does to prices of what is full, to the cost of trade, to trade, to real income, to tonnes.
 *
 * Before: 100 TEU a day each way, rail 1200 and road 1400 at a scale of 0.01, rail holds 40. Its
 * price p is such that 40/60 = exp(-(1200 + p - 1400) / 100): p = 200 + 100 ln 1.5 = 240.55; and a
 * TEU pays L = 1400 + 100 ln 0.6 = 1348.92, which is the road's cost and what its share says.
 *
 * After: the goods of a pair are worth 2.4 million USD a day, so that with L' paid instead of L the
 * cost of trade moves by d = ln((2.4e6 + 100 L') / (2.4e6 + 100 L)). The countries are alike: wages
 * stay. With t = exp(-4 d), and a tenth of spending spent abroad, trade becomes R = t / (0.9 + 0.1
 * t) of what it was, real income (0.9 + 0.1 t)^(1/4), and 100 R TEU want to go, of which L'
 * depends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "study_region.h"
#include "sweep.h"

static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

/* ---- by hand ---- */

static double paid_before(void) { return 1400 + 100 * log(0.6); }
static double d_of(double pays) {
    return log((2.4e6 + 100 * pays) / (2.4e6 + 100 * paid_before()));
}
static double trade_of(double d) { return exp(-4 * d) / (0.9 + 0.1 * exp(-4 * d)); }
static double income_of(double d) { return pow(0.9 + 0.1 * exp(-4 * d), 0.25); }

/* What a TEU pays where L' depends on how many want to go: bisected, since the more pay the fewer
 * go, and the more go the more pay. */
static double settle(double (*pays)(double teu)) {
    double lo = 0, hi = 6000;
    for (int i = 0; i < 200; i++) {
        double m = (lo + hi) / 2;
        if (pays(100 * trade_of(d_of(m))) > m)
            lo = m;
        else
            hi = m;
    }
    return lo;
}

/* Both pairs are at L', and all that follows. */
static void at(study_bed *b, int side, double pays) {
    const karvan_i_outcome *s = &b->s[side];
    double d = d_of(pays), ratio = trade_of(d);
    assert_int_equal(b->m.n_pairs, 2);
    for (int k = 0; k < 2; k++) {
        int64_t cell = b->x.cell[k];
        near(s->loads.logsum[k], pays, 1e-8);
        near(s->d[cell], d, 1e-9);
        near(s->ratio[cell], ratio, 1e-9);
        near(s->loads.demand[k], 100 * ratio, 1e-7);
        near(s->value[KARVAN_RESULT_REAL_INCOME * 2 + k], income_of(d), 1e-10);
        near(s->value[KARVAN_RESULT_PRICE * 2 + k], 1, 1e-10);
        near(s->value[KARVAN_RESULT_OWN_SHARE * 2 + k], 1 / (0.9 + 0.1 * exp(-4 * d)), 1e-9);
    }
    assert_true(s->residual <= 1e-8);
}
static double flow(const study_bed *b, int side, int64_t route) {
    return b->s[side].loads.demand[b->m.pair[route]] * b->s[side].loads.share[route];
}
/* Of rails forth and back. */
static double price(const study_bed *b, int side) {
    double sum = 0;
    int full = 0;
    for (int32_t x = 0; x < b->m.n_scarce; x++)
        if (b->s[side].loads.price[x] > 0) sum += b->s[side].loads.price[x], full++;
    return full ? sum / full : 0;
}

static void before(void **s) {
    (void)s;
    static const char *const none[] = {"wide"};
    study_bed b;
    bed_open(&b, NULL, 1, none);
    bed_first(&b);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(b.m.first[k + 1] - b.m.first[k], 3); /* rail, road, home */
        near(b.s[0].loads.logsum[k], paid_before(), 1e-9);
        near(flow(&b, 0, bed_route(&b, k, 0, 0)), 40, 1e-8);
        near(flow(&b, 0, bed_route(&b, k, -1, 0)), 60, 1e-8);
        near(flow(&b, 0, bed_route(&b, k, -2, 0)), 0, 1e-8);
        near(b.x.usd[b.x.cell[k]], 876e6, 1e-12);
        near(b.s[0].loads.demand[k], 100, 1e-12);
    }
    near(price(&b, 0), 200 + 100 * log(1.5), 1e-8);
    bed_clear(&b);
}

/* Rails hold 60: the road has 1 - 60/q. */
static double wide(double q) { return 1400 + 100 * log1p(-60 / q); }
static void more_room(void **s) {
    (void)s;
    static const char *const names[] = {"wide"};
    study_bed b;
    bed_open(&b, NULL, 1, names);
    bed_first(&b), bed_other(&b, 1);
    double pays = settle(wide), q = 100 * trade_of(d_of(pays));
    assert_true(q > 100.4 && q < 100.7 && pays < 1310); /* the edit is felt */
    at(&b, 1, pays);
    near(price(&b, 1), 200 + 100 * log((q - 60) / 60), 1e-7);
    for (int k = 0; k < 2; k++) near(flow(&b, 1, bed_route(&b, k, 0, 0)), 60, 1e-7);
    bed_clear(&b);
}

/* Rails that are full already, five hours faster: their price takes all of it, and nothing else
 * moves. */
static void faster_where_it_is_full(void **s) {
    (void)s;
    static const char *const names[] = {"quick"};
    study_bed b;
    bed_open(&b, NULL, 1, names);
    bed_first(&b), bed_other(&b, 1);
    at(&b, 1, paid_before());
    near(price(&b, 1), price(&b, 0) + 50, 1e-7);
    near(b.s[1].costs.hours[bed_route(&b, 0, 0, 0)], 15, 1e-12);
    near(b.s[1].costs.cost[bed_route(&b, 0, 0, 0)], 1150, 1e-12);
    bed_clear(&b);
}

/* A second road is opened, 1350 with its hours: the roads together have what rail leaves. */
static double track(double q) { return -100 * log(exp(-14) + exp(-13.5)) + 100 * log1p(-40 / q); }
static void a_new_road(void **s) {
    (void)s;
    static const char *const names[] = {"track"};
    study_bed b;
    bed_open(&b, NULL, 1, names);
    bed_first(&b), bed_other(&b, 1);
    at(&b, 1, settle(track));
    bed_clear(&b);
}

/* No rails: all go by road, at its cost. */
static void a_closed_way(void **s) {
    (void)s;
    static const char *const names[] = {"norail"};
    study_bed b;
    bed_open(&b, NULL, 1, names);
    bed_first(&b), bed_other(&b, 1);
    at(&b, 1, 1400);
    for (int k = 0; k < 2; k++) {
        near(flow(&b, 1, bed_route(&b, k, 0, 0)), 0, 0);
        assert_true(isinf(b.s[1].costs.cost[bed_route(&b, k, 0, 0)]));
    }
    near(price(&b, 1), 0, 0);
    bed_clear(&b);
}

/* Everything is shut: all that still wants to go stays at home, at what that costs; told by its
 * share, not lost. */
static void no_way_at_all(void **s) {
    (void)s;
    static const char *const names[] = {"shut"};
    study_bed b;
    bed_open(&b, NULL, 1, names);
    bed_first(&b), bed_other(&b, 1);
    at(&b, 1, 5000);
    for (int k = 0; k < 2; k++) assert_true(b.s[1].loads.share[bed_route(&b, k, -2, 0)] == 1);
    for (int32_t x = 0; x < b.m.n_scarce; x++) assert_true(b.s[1].loads.load[x] == 0);
    bed_clear(&b);
}

/* Rails hold 40, the road 30: of the 100 so many give up that 70 go, and hardly any stay at home.
 */
static double squeezed(double q) { return 5000 + 100 * log(fmax(1 - 70 / q, 1e-18)); }
static void less_than_wants_to_go(void **s) {
    (void)s;
    static const char *const names[] = {"limit"};
    study_bed b;
    bed_open(&b, NULL, 1, names);
    bed_first(&b), bed_other(&b, 1);
    double pays = settle(squeezed);
    assert_true(pays > 2500 && pays < 4990);
    at(&b, 1, pays);
    for (int k = 0; k < 2; k++) {
        near(flow(&b, 1, bed_route(&b, k, 0, 0)), 40, 1e-7);
        near(flow(&b, 1, bed_route(&b, k, -1, 0)), 30, 1e-7);
    }
    bed_clear(&b);
}

/* ---- identities ---- */

static void same_bytes(const study_bed *b, const karvan_i_outcome *x, const karvan_i_outcome *y) {
    size_t routes = (size_t)b->m.n_routes * sizeof(double),
           pairs = (size_t)b->m.n_pairs * sizeof(double),
           scarce = (size_t)b->m.n_scarce * sizeof(double),
           nn = (size_t)b->x.n * (size_t)b->x.n * sizeof(double);
    assert_memory_equal(x->costs.cost, y->costs.cost, routes);
    assert_memory_equal(x->costs.hours, y->costs.hours, routes);
    assert_memory_equal(x->loads.share, y->loads.share, routes);
    assert_memory_equal(x->loads.paid, y->loads.paid, routes);
    assert_memory_equal(x->loads.logsum, y->loads.logsum, pairs);
    assert_memory_equal(x->loads.demand, y->loads.demand, pairs);
    assert_memory_equal(x->loads.price, y->loads.price, scarce);
    assert_memory_equal(x->loads.load, y->loads.load, scarce);
    assert_memory_equal(x->d, y->d, nn);
    assert_memory_equal(x->ratio, y->ratio, nn);
    assert_memory_equal(x->value, y->value,
                        (size_t)KARVAN_RESULT_END * (size_t)b->x.n * sizeof(double));
}

/* No scenario, one that sets what is, and one with its inverse (half the pace over half the way):
 * bit for bit as before, at medians and in draws. */
static void nothing_changes(void **s) {
    (void)s;
    static const char *const names[] = {"", "same", "slow,short"};
    study_bed b;
    bed_open(&b, NULL, 3, names);
    for (int64_t draw = 0; draw < 4; draw++) {
        karvan_i_parameters_draw(&b.p, 3, draw, b.value);
        bed_first(&b);
        for (int side = 1; side <= 3; side++) {
            bed_other(&b, side);
            assert_int_equal(b.supply[side].measures.n, 0);
            same_bytes(&b, &b.s[side], &b.s[0]);
            for (int k = 0; k < 4; k++) assert_true(b.s[side].d[k] == 0);
        }
    }
    bed_clear(&b);
}

/* From what trade is, from twice and from half of it: one fixed point. */
static void wherever_it_begins(void **s) {
    (void)s;
    static const char *const names[] = {"wide", "track", "limit", "shut", "norail", "quick"};
    static const double start[] = {2, 0.5, 1};
    study_bed b;
    bed_open(&b, NULL, 6, names);
    bed_first(&b);
    for (int side = 1; side <= 6; side++) {
        double d = 0, teu = 0, income = 0;
        for (int i = 0; i < 3; i++) {
            b.o.start = start[i];
            bed_other(&b, side);
            const karvan_i_outcome *o = &b.s[side];
            if (i > 0) near(o->d[b.x.cell[0]], d, 1e-8), near(o->loads.demand[0], teu, 1e-7);
            if (i > 0) near(o->value[KARVAN_RESULT_REAL_INCOME * 2], income, 1e-9);
            d = o->d[b.x.cell[0]], teu = o->loads.demand[0];
            income = o->value[KARVAN_RESULT_REAL_INCOME * 2];
        }
    }
    bed_clear(&b);
}

static void any_number_of_threads(void **s) {
    (void)s;
    static const char *const names[] = {"wide", "track"};
    study_bed b[2];
    karvan_error e = {0};
    for (int i = 0; i < 2; i++) {
        bed_write(&b[i], NULL);
        b[i].threads = i == 0 ? 1 : 4;
        if (bed_of(&b[i], b[i].region.folder, 2, names, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        bed_first(&b[i]), bed_other(&b[i], 1), bed_other(&b[i], 2);
    }
    for (int side = 0; side <= 2; side++) same_bytes(&b[0], &b[0].s[side], &b[1].s[side]);
    bed_clear(&b[0]), bed_clear(&b[1]);
}

/* ---- links of the chain that are held ---- */

static void held(study_bed *b, unsigned hold, int side) {
    b->o.hold = hold;
    bed_other(b, side);
}
static void holds(void **s) {
    (void)s;
    static const char *const names[] = {"wide", "quick"};
    study_bed b;
    bed_open(&b, NULL, 2, names);
    bed_first(&b);
    int64_t cell = b.x.cell[0], rail = bed_route(&b, 0, 0, 0);
    double fixed = 1400 + 100 * log(0.4); /* 60 of 100 */
    held(&b, KARVAN_HOLD_TRADE, 1);
    near(b.s[1].d[cell], d_of(fixed), 1e-10);
    near(b.s[1].loads.demand[0], 100, 1e-12);
    assert_true(b.s[1].ratio[cell] == 1 && b.s[1].value[KARVAN_RESULT_REAL_INCOME * 2] == 1);
    held(&b, KARVAN_HOLD_CARGO, 1);
    near(b.s[1].d[cell], d_of(fixed), 1e-10);
    near(b.s[1].ratio[cell], trade_of(d_of(fixed)), 1e-10);
    near(b.s[1].loads.demand[0], 100, 1e-12);
    /* prices as they were, 50 USD of hours less: more go by rail than fit */
    held(&b, KARVAN_HOLD_PRICES, 2);
    double by_rail = 1150 + 200 + 100 * log(1.5);
    double pays = -100 * log(exp(-by_rail / 100) + exp(-14)), q = 100 * trade_of(d_of(pays));
    at(&b, 2, pays);
    near(price(&b, 2), price(&b, 0), 0);
    near(flow(&b, 2, rail), q / (1 + exp((by_rail - 1400) / 100)), 1e-8);
    assert_true(flow(&b, 2, rail) > 45);
    /* nobody changes ways: 0.4 of a TEU saves 50 */
    held(&b, KARVAN_HOLD_ROUTES, 2);
    at(&b, 2, paid_before() - 20);
    near(b.s[2].loads.share[rail], 0.4, 1e-9);
    held(&b, KARVAN_HOLD_ROUTES | KARVAN_HOLD_TRADE, 2);
    near(b.s[2].d[cell], d_of(paid_before() - 20), 1e-10);
    near(flow(&b, 2, rail), 40, 1e-8);
    bed_clear(&b);
}

/* What an edit does is felt by a half: its hours and its room, as far. */
static double half_wide(double q) { return 1400 + 100 * log1p(-50 / q); }
static void half_an_effect(void **s) {
    (void)s;
    static const char *const names[] = {"wide", "quick"};
    study_bed b;
    karvan_error e = {0};
    bed_open(&b, NULL, 2, names);
    bed_first(&b);
    for (int side = 1; side <= 2; side++)
        assert_int_equal(karvan_i_chain_other(&b.k, &b.supply[side], b.value, 0.5, NULL, &b.s[0],
                                              &b.solver, &b.s[side], &e),
                         KARVAN_OK);
    at(&b, 1, settle(half_wide));
    at(&b, 2, paid_before());
    near(price(&b, 2), price(&b, 0) + 25, 1e-7);
    bed_clear(&b);
}

/* ---- faster never hurts ---- */

static uint64_t seed = 3;
static double uniform(void) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) * 0x1p-53;
}

static void faster_never_hurts(void **s) {
    (void)s;
    static const char *const of[] = {"AB", "BC", "AC"}, *const names[] = {"edit"};
    int moved = 0;
    for (int i = 0; i < 25; i++) {
        char links[900], edits[200];
        small_table tables[STUDY_TABLES];
        study_bed b;
        int link = (int)(3 * uniform());
        study_tables(tables);
        (void)snprintf(links, sizeof links,
                       "%sAB,A,B,rail,true,500,%.2f,,1,%.2f,%.2f,,\nBC,B,C,rail,true,500,%.2f,,1,"
                       "%.2f,%.2f,,\nAC,A,C,road,true,800,%.2f,,1,%.2f,%.2f,,\n",
                       STUDY_LINKS, 20 + 40 * uniform(), 400 + 400 * uniform(),
                       20 + 100 * uniform(), 20 + 40 * uniform(), 400 + 400 * uniform(),
                       20 + 100 * uniform(), 20 + 40 * uniform(), 1000 + 400 * uniform(),
                       20 + 100 * uniform());
        (void)snprintf(edits, sizeof edits, "%sedit,links,%s,speed_kmh,scale,%.2f\n", STUDY_EDITS,
                       of[link], 1.02 + 3 * uniform());
        tables[S_LINKS].csv = links, tables[S_SCENARIOS].csv = edits;
        bed_open(&b, tables, 1, names);
        bed_first(&b), bed_other(&b, 1);
        for (int k = 0; k < 2; k++) {
            int64_t r = bed_route(&b, k, link < 2 ? 0 : -1, 0);
            assert_true(b.s[1].loads.logsum[k] <= b.s[0].loads.logsum[k] + 1e-6);
            assert_true(flow(&b, 1, r) >= flow(&b, 0, r) - 1e-6);
            assert_true(b.s[1].d[b.x.cell[k]] <= 1e-9);
            assert_true(b.s[1].value[KARVAN_RESULT_REAL_INCOME * 2 + k] >= 1 - 1e-10);
            moved += flow(&b, 1, r) > flow(&b, 0, r) + 0.1;
        }
        bed_clear(&b);
    }
    assert_true(moved > 10);
}

/* ---- edits that cannot be ---- */

static void refusals(void **s) {
    (void)s;
    static const struct {
        const char *scenario, *what;
        karvan_status status;
    } bad[] = {
        {"lost", "scenarios.csv:13:", KARVAN_E_DATA},
        {"quick,slow", "scenarios quick and slow both edit speed_kmh of row AB", KARVAN_E_ARG},
        {"wider", "did you mean wide", KARVAN_E_ARG},
        {"minus", "links.csv:2:32: a capacity is 0 or more, or unknown (under scenario minus)",
         KARVAN_E_DATA},
        {"gone", "gone removes rows of table links", KARVAN_E_DATA},
        {"dear", "dear edits table settings, which is of the whole study", KARVAN_E_DATA},
        {"none", "none changes which flows there are", KARVAN_E_DATA}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        study_bed b;
        karvan_error e = {0};
        karvan_status st = bed_try(&b, NULL, bad[i].scenario, &e);
        if (st != bad[i].status || !strstr(e.msg, bad[i].what))
            fail_msg("%s: status %d, %s", bad[i].scenario, (int)st, e.msg);
        bed_clear(&b);
    }
}

/* Rounds end before trade and transport have settled: told, with how far it still moves. */
static void told_where_it_does_not_settle(void **s) {
    (void)s;
    study_bed b;
    karvan_error e = {0};
    static const char *const names[] = {"limit"};
    bed_open(&b, NULL, 1, names);
    bed_first(&b);
    b.o.max_rounds = 1;
    assert_int_equal(
        karvan_i_chain_other(&b.k, &b.supply[1], b.value, 1, NULL, &b.s[0], &b.solver, &b.s[1], &e),
        KARVAN_E_NOCONV);
    assert_non_null(strstr(e.msg, "trade and transport do not settle"));
    assert_true(b.s[1].residual > 1e-8 && !b.s[1].converged);
    bed_clear(&b);
}

/* ---- memory ---- */

static study_bed open_bed; /* its sides are open */
static karvan_status sides(karvan_error *err) {
    karvan_i_study_side side = {0};
    karvan_status st = bed_names(&open_bed, open_bed.region.folder, "quick", &side, err);
    karvan_i_study_side_clear(&side);
    return st;
}
static karvan_status chain(karvan_error *err) {
    study_bed b = {.n = open_bed.n, .o = open_bed.o};
    memcpy(b.side, open_bed.side, sizeof b.side);
    karvan_status st = bed_chain(&b, err);
    if (st == KARVAN_OK) st = karvan_i_chain_first(&b.k, b.value, &b.s[0], err);
    if (st == KARVAN_OK)
        st = karvan_i_chain_other(&b.k, &b.supply[1], b.value, 1, NULL, &b.s[0], &b.solver, &b.s[1],
                                  err);
    memset(b.side, 0, sizeof b.side);
    bed_clear(&b);
    return st;
}
static void allocations(void **s) {
    (void)s;
    static const char *const names[] = {"track"};
    bed_open(&open_bed, NULL, 1, names);
    every_allocation_fails(sides, 10000);
    every_allocation_fails(chain, 10000);
    bed_clear(&open_bed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before),
        cmocka_unit_test(more_room),
        cmocka_unit_test(faster_where_it_is_full),
        cmocka_unit_test(a_new_road),
        cmocka_unit_test(a_closed_way),
        cmocka_unit_test(no_way_at_all),
        cmocka_unit_test(less_than_wants_to_go),
        cmocka_unit_test(nothing_changes),
        cmocka_unit_test(wherever_it_begins),
        cmocka_unit_test(any_number_of_threads),
        cmocka_unit_test(holds),
        cmocka_unit_test(half_an_effect),
        cmocka_unit_test(faster_never_hurts),
        cmocka_unit_test(refusals),
        cmocka_unit_test(told_where_it_does_not_settle),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
