/* The quick way of draws beside the careful one: the same prices, costs of trade and incomes, on
 * the region of two countries and on the shipped one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "study_region.h"
#include "sweep.h"

/* A bed, each side at its medians, and what the quick way needs. */
typedef struct race {
    study_bed b;
    karvan_i_outcome settled[BED_SIDES], quick[BED_SIDES];
    karvan_i_frame f;
    karvan_i_rapid w;
    int given_up; /* draws that the quick way left to the careful one */
    bool rough;   /* as near as draws need, and no nearer */
} race;

static void must(karvan_status st, const karvan_error *e) {
    if (st != KARVAN_OK) fail_msg("%s", e->msg);
}

static void race_begin(race *r) {
    karvan_error e = {0};
    study_bed *b = &r->b;
    for (int s = 0; s < b->n; s++) {
        must(karvan_i_outcome_init(&r->settled[s], &b->m, &b->x, &e), &e);
        must(karvan_i_outcome_init(&r->quick[s], &b->m, &b->x, &e), &e);
        must(s == 0 ? karvan_i_chain_first(&b->k, b->value, &r->settled[0], &e)
                    : karvan_i_chain_other(&b->k, &b->supply[s], b->value, 1, NULL, &r->settled[0],
                                           &b->solver, &r->settled[s], &e),
             &e);
    }
    must(karvan_i_frame_make(&b->k, b->n, b->supply, &r->settled[0], &r->f, &e), &e);
    must(karvan_i_rapid_init(&r->w, &r->f, &e), &e);
}
static void race_end(race *r) {
    karvan_i_rapid_clear(&r->w), karvan_i_frame_clear(&r->f);
    for (int s = 0; s < BED_SIDES; s++)
        karvan_i_outcome_clear(&r->settled[s]), karvan_i_outcome_clear(&r->quick[s]);
    bed_clear(&r->b);
}

static void careful(race *r, int side, double effect) {
    study_bed *b = &r->b;
    karvan_error e = {0};
    must(side == 0 ? karvan_i_chain_first(&b->k, b->value, &b->s[0], &e)
                   : karvan_i_chain_other(&b->k, &b->supply[side], b->value, effect, NULL, &b->s[0],
                                          &b->solver, &b->s[side], &e),
         &e);
}
/* From the prices at medians; *st NOCONV: it gave up, which it may. */
static bool quickly(race *r, int side, double effect) {
    study_bed *b = &r->b;
    karvan_error e = {0};
    const karvan_i_task task = {
        &b->supply[side], b->value, effect, NULL, side == 0 ? NULL : &r->quick[0], !r->rough};
    const karvan_i_loads *from = side == 0 ? &r->settled[0].loads : &r->quick[0].loads;
    for (int32_t x = 0; x < b->m.n_scarce; x++) { /* and what the side does to them there */
        const karvan_i_loads *a = &r->settled[0].loads, *z = &r->settled[side].loads;
        karvan_i_loads *to = &r->quick[side].loads;
        to->price[x] = fmax(0, from->price[x] + (z->price[x] - a->price[x]));
        to->delay_h[x] = fmax(0, from->delay_h[x] + (z->delay_h[x] - a->delay_h[x]));
    }
    karvan_status st = karvan_i_rapid_solve(&r->w, &task, &r->quick[side], &e);
    if (st != KARVAN_OK && st != KARVAN_E_NOCONV) must(st, &e);
    r->given_up += st != KARVAN_OK;
    if (st != KARVAN_OK) assert_true(!r->quick[side].converged && *e.msg);
    return st == KARVAN_OK;
}

static void near(const char *what, double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance))
        fail_msg("%s: quickly %.12g, carefully %.12g", what, got, want);
}

/* usd: how near what routes pay is; each: and the price of each thing that is full, which of two on
 * the same routes says nothing. */
static void same(const race *r, int side, double usd, bool each) {
    const study_bed *b = &r->b;
    const karvan_i_outcome *q = &r->quick[side], *c = &b->s[side];
    for (int32_t x = 0; x < b->m.n_scarce; x++) {
        bool queue = b->supply[side].resource[x].kind == KARVAN_I_QUEUE;
        if (queue)
            near(b->m.scarce_name[x], q->loads.delay_h[x], c->loads.delay_h[x],
                 2e-3 * (1 + c->loads.delay_h[x]));
        else if (each)
            near(b->m.scarce_name[x], q->loads.price[x], c->loads.price[x], usd);
        if (c->loads.price[x] > 1)
            near(b->m.scarce_name[x], q->loads.load[x], c->loads.load[x],
                 (r->rough ? 2e-5 : 2e-6) * c->loads.capacity[x]);
    }
    for (int64_t i = 0; !r->rough && i < b->m.n_routes; i++)
        if (c->loads.share[i] > 1e-3) near("paid", q->loads.paid[i], c->loads.paid[i], usd);
    for (int32_t k = 0; k < b->m.n_pairs; k++)
        near("demand", q->loads.demand[k], c->loads.demand[k],
             (r->rough ? 1e-5 : 1e-6) * c->loads.demand[k]);
    for (int32_t i = 0; i < b->x.n * b->x.n; i++) {
        near("d", q->d[i], c->d[i], r->rough ? 1e-6 : 1e-7);
        near("trade", q->ratio[i], c->ratio[i], r->rough ? 1e-5 : 1e-6);
    }
    for (int32_t i = 0; side > 0 && i < b->x.n; i++) {
        int at = KARVAN_RESULT_REAL_INCOME * b->x.n + i;
        near("real income", q->value[at], c->value[at], r->rough ? 1e-8 : 1e-9);
    }
}

/* ---- two countries ---- */

static void toy_draws(void **s) {
    (void)s;
    static const char *const names[] = {"wide", "quick", "track", "limit", "norail", ""};
    race r = {0};
    int compared = 0;
    bed_open(&r.b, NULL, 6, names);
    race_begin(&r);
    for (int64_t draw = 0; draw < 25; draw++) {
        karvan_i_parameters_draw(&r.b.p, 11, draw, r.b.value);
        careful(&r, 0, 1);
        if (!quickly(&r, 0, 1)) continue;
        same(&r, 0, 1e-3, true);
        for (int side = 1; side <= 6; side++) {
            double effect = draw % 3 == 2 ? 0.6 : 1;
            careful(&r, side, effect);
            if (!quickly(&r, side, effect)) continue;
            same(&r, side, 2e-2, true), compared++;
            for (int k = 0; side == 6 && k < 4; k++) assert_true(r.quick[6].d[k] == 0);
        }
    }
    if (r.given_up > 15) fail_msg("%d of 175 were left to the careful way", r.given_up);
    assert_true(compared > 120);
    race_end(&r);
}

/* Waits: before a queue that some pass twice, with hours worth more in some draws. */
static void toy_queues(void **s) {
    (void)s;
    static const char *const names[] = {"wide", "quick"};
    small_table tables[STUDY_TABLES];
    race r = {0};
    study_tables(tables);
    tables[S_CAPACITIES].csv =
        "id:s,name:s,items_of:s,items:s,direction:s,capacity:n,unit:s,servers:n,scv_arrivals:n,"
        "scv_service:n,open_from:d,open_to:d,cargo_classes:s\n"
        "post,Post,links,AB;BC,both,140,TEU/day,1,1,1,,,\n"
        "gate,Gate,links,AC,both,1700,t/day,1,1,1,,,\n";
    bed_open(&r.b, tables, 2, names);
    race_begin(&r);
    for (int64_t draw = 0; draw < 10; draw++) {
        karvan_i_parameters_draw(&r.b.p, 11, draw, r.b.value);
        careful(&r, 0, 1);
        if (!quickly(&r, 0, 1)) continue;
        same(&r, 0, 1e-2, true);
        for (int side = 1; side <= 2; side++) {
            careful(&r, side, 1);
            if (quickly(&r, side, 1)) same(&r, side, 2e-2, true);
        }
    }
    if (r.given_up > 6) fail_msg("%d of 30 were left to the careful way", r.given_up);
    race_end(&r);
}

/* What is held is held quickly too. */
static void toy_holds(void **s) {
    (void)s;
    static const char *const names[] = {"wide", "track"};
    static const unsigned hold[] = {KARVAN_HOLD_TRADE, KARVAN_HOLD_CARGO};
    for (int i = 0; i < 2; i++) {
        race r = {0};
        bed_open(&r.b, NULL, 2, names);
        r.b.o.hold = hold[i];
        race_begin(&r);
        careful(&r, 0, 1);
        assert_true(quickly(&r, 0, 1));
        for (int side = 1; side <= 2; side++) {
            careful(&r, side, 1);
            assert_true(quickly(&r, side, 1));
            same(&r, side, 1e-2, true);
        }
        race_end(&r);
    }
}

/* The road holds 240, of which 60 are taken at medians; in a draw it holds less than wants to go.
 * It is not watched from the beginning, and joins when it is full; the next draw begins anew. */
static void full_in_a_draw_alone(void **s) {
    (void)s;
    static const char *const names[] = {"quick"};
    small_table tables[STUDY_TABLES];
    race r = {0};
    int32_t room = -1;
    study_tables(tables);
    tables[S_LINKS].csv =
        STUDY_LINKS "AB,A,B,rail,true,500,50,,1,500,40,,\nBC,B,C,rail,true,500,50,,1,500,,,\n"
                    "AC,A,C,road,true,800,80,,1,1300,240,,\n";
    tables[S_PARAMETERS].csv =
        "id:s,name:s,kind:s,low:n,high:n,modes:s,operations:s,items:s,cargo_classes:s,source:s\n"
        "room,Room,capacity,0.5,1.2,road,,,,x\n";
    bed_open(&r.b, tables, 1, names);
    race_begin(&r);
    for (int32_t i = 0; i < r.b.p.n; i++)
        if (strcmp(r.b.p.all[i].id, "room") == 0) room = i;
    assert_true(room > 0);
    assert_true(quickly(&r, 0, 1) && quickly(&r, 1, 1));
    int32_t watched = r.w.n;
    r.b.value[room] = 0.125; /* 30 TEU a day */
    assert_true(quickly(&r, 0, 1));
    assert_true(r.w.n > watched);
    careful(&r, 0, 1);
    double most = 0;
    for (int32_t x = 0; x < r.b.m.n_scarce; x++) most = fmax(most, r.b.s[0].loads.price[x]);
    assert_true(most > 1000);
    same(&r, 0, 1e-2, true);
    r.b.value[room] = 1;
    assert_true(quickly(&r, 0, 1));
    assert_int_equal(r.w.n, watched);
    race_end(&r);
}

/* A case has the same bytes whichever cases were solved before it. */
static void any_order_of_cases(void **s) {
    (void)s;
    static const char *const names[] = {"wide", "limit", "norail"};
    race r = {0};
    bed_open(&r.b, NULL, 3, names);
    race_begin(&r);
    size_t prices = (size_t)r.b.m.n_scarce * sizeof(double), routes = (size_t)r.b.m.n_routes;
    double *price = karvan_i_calloc(1, prices), *share = karvan_i_calloc(routes, sizeof *share);
    assert_non_null(price), assert_non_null(share);
    for (int64_t draw = 1; draw < 6; draw++) {
        karvan_i_parameters_draw(&r.b.p, 4, draw, r.b.value);
        if (!quickly(&r, 0, 1) || !quickly(&r, 1, 1)) continue;
        memcpy(price, r.quick[1].loads.price, prices);
        memcpy(share, r.quick[1].loads.share, routes * sizeof *share);
        (void)(quickly(&r, 3, 1) && quickly(&r, 2, 1));
        assert_true(quickly(&r, 1, 1));
        assert_memory_equal(price, r.quick[1].loads.price, prices);
        assert_memory_equal(share, r.quick[1].loads.share, routes * sizeof *share);
    }
    karvan_i_free(price), karvan_i_free(share);
    race_end(&r);
}

/* ---- the shipped region ---- */

static void shipped_region(void **s) {
    (void)s;
    static const char *const names[] = {"aktau-equipment", "kz-uz-rail", "almaty-bypass"};
    race r = {0};
    karvan_error e = {0};
    int compared = 0;
    r.rough = true;
    must(bed_of(&r.b, KARVAN_SOURCEDIR "/regions/caspian", 3, names, &e), &e);
    race_begin(&r);
    for (int64_t draw = 0; draw < 12 && compared < 15; draw++) {
        karvan_i_parameters_draw(&r.b.p, 1, draw, r.b.value);
        careful(&r, 0, 1);
        if (!quickly(&r, 0, 1)) continue;
        same(&r, 0, 0.1, false);
        for (int side = 1; side <= 3; side++) {
            careful(&r, side, 1);
            if (!quickly(&r, side, 1)) continue;
            same(&r, side, 0.1, false), compared++;
        }
    }
    if (r.given_up > 6) fail_msg("%d of 48 were left to the careful way", r.given_up);
    assert_true(compared >= 15); /* three interventions in five draws, and more */
    race_end(&r);
}

/* ---- memory ---- */

static race swept_race;
static karvan_status swept(karvan_error *err) {
    karvan_i_frame f;
    karvan_i_rapid w = {0};
    study_bed *b = &swept_race.b;
    karvan_status st = karvan_i_frame_make(&b->k, b->n, b->supply, &swept_race.settled[0], &f, err);
    if (st == KARVAN_OK) st = karvan_i_rapid_init(&w, &f, err);
    const karvan_i_task task = {&b->supply[0], b->value, 1, NULL, NULL, true};
    memcpy(swept_race.quick[0].loads.price, swept_race.settled[0].loads.price,
           (size_t)b->m.n_scarce * sizeof(double));
    if (st == KARVAN_OK) st = karvan_i_rapid_solve(&w, &task, &swept_race.quick[0], err);
    karvan_i_rapid_clear(&w), karvan_i_frame_clear(&f);
    return st;
}
static void allocations(void **s) {
    (void)s;
    static const char *const names[] = {"track"};
    bed_open(&swept_race.b, NULL, 1, names);
    race_begin(&swept_race);
    every_allocation_fails(swept, 500);
    race_end(&swept_race);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(toy_draws),          cmocka_unit_test(toy_queues),
        cmocka_unit_test(toy_holds),          cmocka_unit_test(full_in_a_draw_alone),
        cmocka_unit_test(any_order_of_cases), cmocka_unit_test(shipped_region),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
