/* The menu and what sides make of it: parts that add up to a way's own figures, ways of two sides
 * without doubles, what opens, closes and becomes scarce; costs in draws; loads as freight has
 * them.
 */
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

/* The toy with hours that vary, a ship that sails now and then, a change from rail to road, a queue
 * before B, what is unexplained of rail, and a price of carbon. */
#define VARIED                                                                                \
    "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n," \
    "cost_usd_per_teu:n,capacity_teu_day:n,open_from:d,open_to:d,co2e_kg_per_teu_km:n\n"      \
    "AB,A,B,rail,true,500,50,,1.6,500,40,,,0.3\nBC,B,C,rail,true,500,50,,1.2,500,,,,0.3\n"    \
    "BR,B,C,road,true,480,60,,1.4,470,,,,0.9\nAC,A,C,road,true,800,80,,1.3,1300,,,,0.9\n"     \
    "AS,A,C,sea,true,700,30,,1.5,1150,25,,,0.1\nXA,A,C,track,true,800,80,,1,1250,,2100,,0.9\n"
static void varied(small_table *t) {
    study_tables(t);
    t[S_LINKS].csv = VARIED;
    t[S_MODES].csv = "id:s,name:s,carries_containers:b\nrail,Rail,true\nroad,Road,true\n"
                     "track,Track,true\nsea,Sea,true\n";
    t[S_SERVICES].csv = "id:s,link:s,headway_h:n\nship,AS,30\n";
    t[S_TERMINALS].csv =
        "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
        "cost_usd_per_teu:n,capacity_teu_day:n\ncrane,B,port,rail,road,true,4,9,20,\n";
    t[S_CAPACITIES].csv =
        "id:s,name:s,items_of:s,items:s,direction:s,capacity:n,unit:s,servers:n,scv_arrivals:n,"
        "scv_service:n,open_from:d,open_to:d,cargo_classes:s\n"
        "post,Post,links,AB,both,95,TEU/day,1,1,1,,,\n";
    t[S_CONSTANTS].csv = "id:s,corridor:s,cargo_class:s,kind:s,usd_per_teu:n,error:n\n"
                         "iron,iron,gen,,-60,25\n";
    t[S_SETTINGS].csv =
        "key:s,value:s\nreference_date,2024-01-01\nclosure_spell_h,24\nchoice_scale,0.01\n"
        "choice_nest_scale,0.02\ncarbon_usd_per_kg,0.05\n"
        "reject_usd_per_teu,5000\nmatrix_trade,w\nmatrix_products,u\nflow_year,2024\n"
        "flow_countries,AAA;CCC\nflow_trade_error,0.25\ngoods_output_per_gdp,1\n"
        "trade_elasticity,4\nstudy_least_teu_day,0\n";
    t[S_SCENARIOS].csv =
        STUDY_EDITS "track,links,XA,open_from,set,2020\nnorail,links,AB,open_to,set,2020\n"
                    "narrow,links,BR,capacity_teu_day,set,1\nquick,links,BC,speed_kmh,scale,2\n"
                    "wide,links,AB,capacity_teu_day,set,50\nnone,links,AS,capacity_teu_day,set,0\n"
                    "green,links,AS,co2e_kg_per_teu_km,set,0\n";
}
static void bed_varied(study_bed *b, int n, const char *const *names) {
    small_table tables[STUDY_TABLES];
    varied(tables);
    bed_open(b, tables, n, names);
}

/* Sums of a measured route's parts at all parameters 1. */
static karvan_i_part sum_of(const karvan_i_measures *x, int64_t at) {
    karvan_i_part sum = {0, 0, 0, 0};
    for (int64_t i = x->part_first[at]; i < x->part_first[at + 1]; i++)
        sum.usd += x->part[i].usd, sum.hours += x->part[i].hours, sum.var_h2 += x->part[i].var_h2;
    return sum;
}
/* The route of the menu that is a way of side 0: of its pair and corridor, with its money. */
static int64_t route_of(const study_bed *b, const karvan_i_way *w) {
    int64_t found = -1;
    for (int64_t r = b->m.first[w->pair]; r < b->m.first[w->pair + 1]; r++)
        if (b->m.corridor[r] == w->corridor &&
            fabs(sum_of(&b->supply[0].measures, r).usd - w->usd) < 1e-9) {
            assert_int_equal(found, -1);
            found = r;
        }
    assert_true(found >= 0);
    return found;
}
static double flow(const study_bed *b, int side, int64_t route) {
    return b->s[side].loads.demand[b->m.pair[route]] * b->s[side].loads.share[route];
}

/* ---- parts, costs, loads as freight has them ---- */

static void as_freight_has_it(void **s) {
    (void)s;
    study_bed b;
    bed_varied(&b, 0, NULL);
    const karvan_freight *f = b.side[0].freight;
    bed_first(&b);
    assert_true(f->ways.n >= 7);
    assert_int_equal(b.m.n_routes, f->ways.n + b.m.n_pairs); /* and to stay at home */
    for (int64_t i = 0; i < f->ways.n; i++) {
        const karvan_i_way *w = &f->ways.way[i];
        int64_t r = route_of(&b, w);
        karvan_i_part sum = sum_of(&b.supply[0].measures, r);
        near(sum.usd, w->usd, 1e-12), near(sum.hours, w->hours, 1e-12);
        near(sum.var_h2, w->var_h2, 1e-12), near(b.supply[0].measures.kg[r], w->kg, 1e-12);
        near(b.s[0].costs.usd[r], w->usd, 1e-12), near(b.s[0].costs.hours[r], w->hours, 1e-12);
        near(b.s[0].costs.cost[r], w->cost, 1e-12);
        near(b.m.log_size[r], w->log_size, 1e-12);
        near(b.s[0].loads.share[r], f->way_share[i], 1e-6);
        near(b.s[0].loads.paid[r], f->way_cost[i], 1e-6);
        assert_int_equal(b.m.use_first[r + 1] - b.m.use_first[r], w->n_uses);
    }
    for (int32_t k = 0; k < f->n_pairs; k++) near(b.s[0].loads.logsum[k], f->cost[k], 1e-6);
    bool limit = false, queue = false;
    assert_int_equal(b.m.n_scarce, f->scarce.n);
    for (int32_t x = 0; x < f->scarce.n; x++) {
        assert_string_equal(b.m.scarce_name[x], karvan_i_scarce_name(f, &f->scarce.all[x]));
        near(b.s[0].loads.load[x], f->load[x], 1e-6);
        if (f->scarce.all[x].core.kind == KARVAN_I_LIMIT)
            near(b.s[0].loads.price[x], f->price[x], 1e-5), limit |= f->price[x] > 1;
        else
            near(b.s[0].loads.delay_h[x], f->delay_h[x], 1e-5), queue |= f->delay_h[x] > 0.05;
    }
    assert_true(limit && queue); /* both are felt here */
    bed_clear(&b);
}

/* Of rail to B, crane and road to C, by which parameter moves what: money of rail 500, of the crane
 * 20 and the road 470 (roads); all hours move with pace: no row of it names a mode. */
static void parts_by_parameter(void **s) {
    (void)s;
    study_bed b;
    bed_varied(&b, 0, NULL);
    const karvan_i_measures *x = &b.supply[0].measures;
    int seen = 0;
    for (int64_t r = 0; r < b.m.n_routes; r++) {
        karvan_i_part sum = sum_of(x, r);
        if (fabs(sum.usd - 990) > 1e-9) continue;
        seen++;
        for (int64_t i = x->part_first[r]; i < x->part_first[r + 1]; i++) {
            const char *id = b.p.all[x->part[i].parameter].id;
            double usd = strcmp(id, "rails") == 0     ? 500
                         : strcmp(id, "roads") == 0   ? 470
                         : strcmp(id, "certain") == 0 ? 20
                                                      : 0;
            near(x->part[i].usd, usd, 1e-12);
            if (strcmp(id, "pace") == 0) near(x->part[i].hours, sum.hours, 1e-12);
            if (strcmp(id, "pace") != 0) near(x->part[i].hours, 0, 0);
        }
        near(x->kg[r], 500 * 0.3 + 480 * 0.9, 1e-12);
    }
    assert_int_equal(seen, 2); /* forth and back */
    bed_clear(&b);
}

/* A draw by hand: each part times its parameter, variances times its square. */
static void costs_in_a_draw(void **s) {
    (void)s;
    study_bed b;
    bed_varied(&b, 0, NULL);
    const karvan_i_measures *x = &b.supply[0].measures;
    int32_t taste = b.q.taste, constant = b.q.constant_of[0];
    assert_string_equal(b.p.all[constant].id, "constant-iron");
    assert_string_equal(b.p.all[taste].id, "taste");
    for (int64_t draw = 1; draw < 6; draw++) {
        karvan_i_parameters_draw(&b.p, 5, draw, b.value);
        karvan_i_costs_first(&b.m, &b.q, &b.supply[0], b.value, &b.s[0].costs);
        const karvan_i_costs *c = &b.s[0].costs;
        double hour = 10 * b.value[b.q.value[0]] * b.value[b.q.day[0]];
        for (int64_t r = 0; r < b.m.n_routes; r++) {
            double usd = 0, hours = 0, var = 0;
            for (int64_t i = x->part_first[r]; i < x->part_first[r + 1]; i++) {
                double v = b.value[x->part[i].parameter];
                usd += v * x->part[i].usd, hours += v * x->part[i].hours;
                var += v * v * x->part[i].var_h2;
            }
            if (b.m.corridor[r] == -2) {
                assert_true(c->cost[r] == 5000);
                continue;
            }
            double s2 = log1p(var / (hours * hours)); /* lognormal: 50th and 90th percentile */
            double spread = hours * exp(-s2 / 2) * expm1(1.2815515655446004 * sqrt(s2));
            double want = usd + 0.05 * x->kg[r] + hour * (hours + 0.5 * spread);
            if (b.m.corridor[r] == 0) want += -60 + b.value[constant];
            near(c->usd[r], usd, 1e-12), near(c->hours[r], hours, 1e-12);
            near(c->var_h2[r], var, 1e-12), near(c->cost[r], want, 1e-11);
        }
    }
    bed_clear(&b);
}

/* Part of an edit is felt: hours and money a half of the way, no nearer to 0 than a tenth. */
static void part_of_an_effect(void **s) {
    (void)s;
    static const char *const names[] = {"quick", "green", "track"};
    study_bed b;
    bed_varied(&b, 3, names);
    karvan_i_costs *first = &b.s[0].costs, *all = &b.s[1].costs, *part = &b.s[2].costs;
    karvan_i_costs_first(&b.m, &b.q, &b.supply[0], b.value, first);
    for (int side = 1; side <= 3; side++) {
        const karvan_i_measures *x = &b.supply[side].measures;
        karvan_i_costs_other(&b.m, &b.q, &b.supply[side], b.value, 1, first, all);
        static const double effect[] = {0, 0.5, 1.1, 40};
        for (int e = 0; e < 4; e++) {
            karvan_i_costs_other(&b.m, &b.q, &b.supply[side], b.value, effect[e], first, part);
            for (int64_t i = 0, r = 0; r < b.m.n_routes; r++) {
                bool edited = i < x->n && x->route[i] == r;
                if (edited) i++;
                if (!edited) assert_true(part->cost[r] == first->cost[r]);
                if (!edited) continue;
                if (side == 3) { /* a link that opens is there, or is not */
                    assert_true(isinf(first->cost[r]) && part->cost[r] == all->cost[r]);
                    continue;
                }
                double h = first->hours[r] + effect[e] * (all->hours[r] - first->hours[r]);
                near(part->hours[r], fmax(h, 0.1 * all->hours[r]), 1e-12);
                double kg = first->kg[r] + effect[e] * (all->kg[r] - first->kg[r]);
                near(part->kg[r], fmax(kg, 0.1 * fmin(first->kg[r], all->kg[r])), 1e-12);
                if (effect[e] == 0) near(part->cost[r], first->cost[r], 1e-12);
            }
        }
    }
    bed_clear(&b);
}

/* ---- two sides ---- */

static void union_of_sides(void **s) {
    (void)s;
    static const char *const names[] = {"", "track", "norail", "track,norail"};
    study_bed b;
    bed_varied(&b, 4, names);
    /* BC, BR, AS, AC, XA and home; AS is of a pair where a side found it */
    assert_in_range(b.m.n_routes, 2 * 5, 2 * 6);
    for (int32_t k = 0; k < 2; k++) {
        assert_true(b.m.corridor[b.m.first[k + 1] - 1] == -2); /* home is last */
        for (int64_t r = b.m.first[k] + 1; r < b.m.first[k + 1] - 1; r++)
            assert_true(b.m.corridor[r] >= b.m.corridor[r - 1]);
    }
    int shut = 0;
    for (int64_t r = 0; r < b.m.n_routes; r++) {
        karvan_i_part sum = sum_of(&b.supply[0].measures, r);
        for (int64_t q = b.m.first[b.m.pair[r]]; q < r && sum.usd > 0; q++) /* none twice */
            assert_true(fabs(sum_of(&b.supply[0].measures, q).usd - sum.usd) > 1);
        if (!b.supply[0].measures.open[r]) shut++, near(sum.usd, 0, 0);
    }
    assert_int_equal(shut, 2);
    /* what differs: nothing; the two that open; those by AB that close; both */
    assert_int_equal(b.supply[1].measures.n, 0);
    assert_int_equal(b.supply[2].measures.n, 2);
    for (int i = 0; i < 2; i++) {
        assert_true(b.supply[2].measures.open[i]);
        near(sum_of(&b.supply[2].measures, i).usd, 1250, 1e-12);
        near(sum_of(&b.supply[2].measures, i).hours, 10, 1e-12);
    }
    assert_int_equal(b.supply[3].measures.n, 4); /* by BC and BR, forth and back */
    for (int i = 0; i < 4; i++) {
        assert_false(b.supply[3].measures.open[i]);
        assert_int_equal(b.m.corridor[b.supply[3].measures.route[i]] == 0 ||
                             b.m.corridor[b.supply[3].measures.route[i]] == -1,
                         1);
    }
    assert_int_equal(b.supply[4].measures.n, 6);
    bed_clear(&b);
}

/* A capacity that a side alone has: its routes use it there, and before it is without limit. One
 * that closes a link closes its routes. */
static void capacities_that_appear(void **s) {
    (void)s;
    static const char *const names[] = {"narrow", "none", "wide"};
    study_bed b;
    int32_t narrow = -1, ab = -1;
    bed_varied(&b, 3, names);
    assert_true(b.m.n_scarce > b.side[0].freight->scarce.n);
    for (int32_t x = 0; x < b.m.n_scarce; x++) {
        if (isinf(b.supply[0].resource[x].capacity)) narrow = x;
        if (b.supply[3].resource[x].capacity == 50) ab = x;
    }
    assert_true(narrow >= 0 && ab >= 0);
    assert_non_null(strstr(b.m.scarce_name[narrow], "BR"));
    assert_true(b.supply[1].resource[narrow].capacity == 1);
    assert_true(b.supply[0].resource[ab].capacity == 40);
    bed_first(&b);
    for (int side = 1; side <= 3; side++) bed_other(&b, side);
    int uses = 0;
    for (int64_t r = 0; r < b.m.n_routes; r++) {
        bool by_br = fabs(sum_of(&b.supply[0].measures, r).usd - 990) < 1e-9;
        for (int64_t u = b.m.use_first[r]; u < b.m.use_first[r + 1]; u++)
            if (b.m.scarce[b.m.use[u]].row == b.m.scarce[narrow].row &&
                b.m.scarce[b.m.use[u]].kind == KARVAN_I_OF_LINK) {
                assert_true(by_br && b.m.amount[u] == 1);
                uses++;
            }
        if (!by_br) continue;
        assert_true(flow(&b, 0, r) > 2);
        near(flow(&b, 1, r), 1, 1e-6);
    }
    assert_int_equal(uses, 2);
    for (int64_t i = 0; i < b.supply[2].measures.n; i++) {
        assert_false(b.supply[2].measures.open[i]);
        assert_true(flow(&b, 2, b.supply[2].measures.route[i]) == 0);
    }
    assert_in_range(b.supply[2].measures.n, 1, 2); /* AS, of a pair where it was found */
    bed_clear(&b);
}

/* ---- waits ---- */

/* Who passes a queue twice waits twice: what the careful equilibrium says, shares at its prices and
 * waits say too. */
static void a_queue_that_is_passed_twice(void **s) {
    (void)s;
    small_table tables[STUDY_TABLES];
    study_bed b;
    varied(tables);
    tables[S_CAPACITIES].csv =
        "id:s,name:s,items_of:s,items:s,direction:s,capacity:n,unit:s,servers:n,scv_arrivals:n,"
        "scv_service:n,open_from:d,open_to:d,cargo_classes:s\n"
        "post,Post,links,AB;BC,both,140,TEU/day,1,1,1,,,\n"
        "gate,Gate,links,AC,both,1000,t/day,1,1,1,,,\n";
    bed_open(&b, tables, 0, NULL);
    bed_first(&b);
    int twice = 0, waits = 0;
    for (int64_t u = 0; u < b.m.n_uses; u++) twice += b.m.amount[u] == 2;
    for (int32_t x = 0; x < b.m.n_scarce; x++) waits += b.s[0].loads.delay_h[x] > 0.05;
    assert_true(twice > 0 && waits == 2);
    karvan_i_loads *l = &b.s[1].loads;
    size_t n = (size_t)b.m.n_scarce * sizeof(double);
    memcpy(l->price, b.s[0].loads.price, n), memcpy(l->delay_h, b.s[0].loads.delay_h, n);
    karvan_i_loads_choose(&b.m, &b.q, b.value, &b.s[0].costs, l);
    for (int64_t r = 0; r < b.m.n_routes; r++) {
        near(l->paid[r], b.s[0].loads.paid[r], 1e-6);
        near(l->share[r], b.s[0].loads.share[r], 1e-6);
    }
    bed_clear(&b);
}

/* ---- memory ---- */

static study_bed swept_bed; /* its sides are open */
static karvan_status swept(karvan_error *err) {
    study_bed b = {.n = swept_bed.n, .p = swept_bed.p};
    memcpy(b.side, swept_bed.side, sizeof b.side);
    karvan_status st = bed_menu(&b, err);
    if (st == KARVAN_OK) st = karvan_i_choices_make(&b.side[0], &b.m, &b.p, &b.q, err);
    if (st == KARVAN_OK) st = karvan_i_loads_init(&b.s[0].loads, &b.m, err);
    karvan_i_loads_clear(&b.s[0].loads), karvan_i_choices_clear(&b.q), karvan_i_menu_clear(&b.m);
    for (int s = 0; s < b.n; s++) karvan_i_supply_clear(&b.supply[s]);
    return st;
}
static void allocations(void **s) {
    (void)s;
    static const char *const names[] = {"track", "narrow"};
    bed_varied(&swept_bed, 2, names);
    every_allocation_fails(swept, 2000);
    bed_clear(&swept_bed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_freight_has_it),
        cmocka_unit_test(parts_by_parameter),
        cmocka_unit_test(costs_in_a_draw),
        cmocka_unit_test(part_of_an_effect),
        cmocka_unit_test(union_of_sides),
        cmocka_unit_test(capacities_that_appear),
        cmocka_unit_test(a_queue_that_is_passed_twice),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
