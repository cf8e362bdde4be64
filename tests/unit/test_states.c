/* The state graph by hand: modes and operations that are rows, steps of a stop, customs statuses,
 * what changes with the cargo, loading and unloading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/network.h"
#include "region.h"
#include "sweep.h"

/* A ~~barge 100 km~~ B|inspected ~~barge~~ C, and by sled straight from A to C. Two steps at B:
 * customs, then for plants a quarantine; a sealed load passes customs in an hour. */
static const small_table TABLES[] = {
    {"countries", "iso3:s,name:s,capital:s,customs_area:s\nAAA,Aland,A,\nBBB,Beland,C,\n",
     "\"iso3\""},
    {"places",
     "id:s,name:s,country:s,lon:n,lat:n,kind:s\nA,Alpha,AAA,50,40,city\nB,Beta,AAA,51,40,border\n"
     "C,Gamma,BBB,52,40,city\n",
     "\"id\""},
    {"modes",
     "id:s,name:s,carries_containers:b\nbarge,Barge,true\nsled,Dog sled,true\nbelt,Belt,false\n",
     "\"id\""},
    {"operations",
     "id:s,name:s,cause:s,counts_as:s,mandatory:b,default_p50_h:n,default_p90_h:n,"
     "default_usd_per_teu:n,source:s\n"
     "customs,customs,border,border,true,,,,x\n"
     "quarantine,quarantine,border,border,true,,,,x\n"
     "seal,sealing,border,,false,,,,x\nopen,opening,border,,false,,,,x\n"
     "load,loading,handling,,false,3,3,30,assumption\n"
     "unload,unloading,handling,,false,2,2,20,x\n"
     "hoist,hoisting,other,transhipment,false,5,5,7,x\n",
     "\"id\""},
    {"links",
     "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"
     "cost_usd_per_teu:n,fixed_h:n,fixed_usd_per_teu:n,capacity_teu_day:n,cargo_classes:s,"
     "time_source:s,cost_source:s\n"
     "AB,A,B,barge,true,100,10,,1,50,2,5,40,,x,x\n"
     "BC,B,C,barge,true,100,10,,1,50,,,,,x,x\n"
     "AC,A,C,sled,true,200,2,,1,900,,,,,x,x\n"
     "belt,A,C,belt,true,150,100,,1,1,,,,,x,x\n"
     "ore,A,C,sled,true,150,150,,1,1,,,,ore;slag,x,x\n",
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n,step:i,from_status:s,to_status:s,cargo_classes:s,dwell_source:s,"
     "cost_source:s\n"
     "seal,A,seal,barge,barge,true,1,1,10,1,,sealed,,x,x\n"
     "open,C,open,barge,barge,false,1,1,10,1,sealed,free,,x,x\n"
     "unload-C,C,unload,barge,,false,4,4,40,1,,,,x,x\n"
     "B1,B,customs,barge,barge,true,20,20,60,1,,,,x,x\n"
     "B1s,B,customs,barge,barge,true,1,1,60,1,sealed,,,x,x\n"
     "B2,B,quarantine,barge,barge,true,6,6,15,2,,,plants;ore,x,x\n"
     "hoist,A,hoist,sled,barge,true,,,,1,,,,x,x\n",
     "\"id\""},
    {"services", "id:s,link:s,headway_h:n\n", "\"id\""},
    {"corridors", "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\n",
     "\"id\""},
    {"cargo_classes", "id:s,name:s\nplants,Plants\nore,Ore\nslag,Slag\n", "\"id\""},
    {"class_factors",
     "cargo_class:s,applies_to:s,key:s,usd_factor:n,hours_factor:n,co2e_factor:n,usd_add:n,"
     "hours_add:n\n"
     "slag,mode,barge,2,1.5,,,\nslag,link,AB,,,,100,4\nslag,operation,customs,3,,,,\n"
     "slag,terminal,B1,,2,,1,\nore,service,none,,,,,\n",
     NULL}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0], A = 0, B, C };

SMALL_REGION_OF(TABLES, N_TABLES)

static karvan_network *made(const char *cargo, bool handling) {
    karvan_network_options o = {.closure_spell_h = 24, .cargo_class = cargo, .handling = handling};
    karvan_network *net = NULL;
    karvan_error e = {0};
    if (karvan_network_create(region.package, &o, &net, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return net;
}

static karvan_route best(const karvan_network *net, int32_t from, int32_t to, karvan_objective by) {
    karvan_route_query q = {from, to, by, -1, 0};
    karvan_route r;
    karvan_error e = {0};
    if (karvan_route_best(net, &q, &r, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return r;
}

static void holds(const char *cargo, bool handling, double hours, double usd, int legs) {
    karvan_network *net = made(cargo, handling);
    karvan_route r = best(net, A, C, KARVAN_BY_COST);
    assert_float_equal(r.hours, hours, 1e-9);
    assert_float_equal(r.usd_per_teu, usd, 1e-9);
    assert_int_equal(r.n_legs, legs);
    karvan_route_clear(&r);
    karvan_network_destroy(net);
}

/* Barge: 12 h and 55 USD, then 10 h and 50; customs 20 h and 60. */
static void steps_and_classes(void **state) {
    (void)state;
    holds(NULL, false, 12 + 20 + 10, 55 + 60 + 50, 3);
    holds("plants", false, 12 + 20 + 6 + 10, 55 + 60 + 15 + 50, 4);
    /* barge twice as dear and half as slow again; AB 100 USD and 4 h more; customs three times as
     * dear, B1 twice as long and a dollar; the sled that takes ore and slag is far cheaper */
    karvan_network *net = made("slag", false);
    karvan_route r = best(net, A, C, KARVAN_BY_COST);
    assert_float_equal(r.usd_per_teu, 1, 0);
    assert_float_equal(r.hours, 1, 1e-12);
    karvan_route_clear(&r);
    r = best(net, A, B, KARVAN_BY_COST);
    assert_float_equal(r.usd_per_teu, 2 * 55 + 100, 1e-9);
    assert_float_equal(r.hours, 1.5 * 12 + 4, 1e-9);
    karvan_route_clear(&r);
    karvan_network_destroy(net);
}

static void factors_of_stops(void **state) {
    (void)state;
    karvan_network *net = made("slag", false);
    const char *const sled[] = {"sled"};
    karvan_routes_query q;
    karvan_routes_query_init(&q, A, C);
    q.weigh = KARVAN_WEIGH_COST, q.n_modes = 1, q.modes = sled;
    karvan_routes set;
    assert_int_equal(karvan_routes_find(net, &q, &set, NULL), KARVAN_OK);
    assert_int_equal(set.n, 1);
    assert_float_equal(set.route[0].usd_per_teu, 210 + (60 * 3 + 1) + 100, 1e-9);
    assert_float_equal(set.route[0].hours, 22 + 40 + 15, 1e-9);
    karvan_routes_clear(&set);
    karvan_network_destroy(net);
}

/* Loading and unloading as everywhere, but at C by its own row; sealed loads cannot be loaded
 * there, since a load begins in free circulation at its departing side. */
static void handling(void **state) {
    (void)state;
    holds(NULL, true, 3 + 12 + 20 + 10 + 4, 30 + 55 + 60 + 50 + 40, 5);
    karvan_network *net = made(NULL, true);
    karvan_route r = best(net, A, C, KARVAN_BY_COST);
    assert_string_equal(r.legs[0].operation_id, "load");
    assert_int_equal(r.legs[0].operation, KARVAN_HANDLING);
    assert_string_equal(r.legs[0].table, "operations");
    assert_true(r.legs[0].assumed);
    assert_string_equal(r.legs[4].table, "terminals");
    assert_string_equal(r.legs[4].why,
                        "unloading by barge: half within 4 h, nine of ten within 4 h");
    assert_int_equal(r.transhipments, 0);
    assert_int_equal(r.borders, 1);
    karvan_route_clear(&r);
    r = best(net, C, A, KARVAN_BY_TIME); /* by sled it would be 100 h */
    assert_float_equal(r.hours, 3 + 10 + 20 + 12 + 2, 1e-9);
    karvan_route_clear(&r);
    karvan_network_destroy(net);
}

/* From C through A and B a load can be sealed at A, passes customs in an hour, and must be opened
 * before it ends. */
static void sealed(void **state) {
    (void)state;
    small_table tables[N_TABLES];
    small_region r2 = region;
    memcpy(tables, TABLES, sizeof tables);
    for (int i = 0; i < N_TABLES; i++)
        if (strcmp(tables[i].name, "terminals") == 0)
            tables[i].csv =
                "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,"
                "dwell_p90_h:n,cost_usd_per_teu:n,step:i,from_status:s,to_status:s\n"
                "seal,A,seal,sled,barge,false,1,1,10,1,,sealed\n"
                "open,C,open,barge,sled,false,1,1,10,1,sealed,free\n"
                "B1,B,customs,barge,barge,true,20,20,60,1,,\n"
                "B1s,B,customs,barge,barge,true,1,1,60,1,sealed,\n";
    assert_true(small_open(&region, tables, N_TABLES));
    karvan_network *net = made(NULL, false);
    /* no way ends sealed at C, so it goes unsealed by barge: 42 h; with the short customs it would
     * have been 23 */
    karvan_route r = best(net, A, C, KARVAN_BY_TIME);
    assert_float_equal(r.hours, 42, 1e-9);
    karvan_route_clear(&r);
    karvan_network_destroy(net);
    small_close(&region);
    region = r2;
}

static void sealed_and_opened(void **state) {
    (void)state;
    small_table tables[N_TABLES];
    small_region r2 = region;
    memcpy(tables, TABLES, sizeof tables);
    for (int i = 0; i < N_TABLES; i++) {
        if (strcmp(tables[i].name, "links") == 0)
            tables[i].csv = "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,"
                            "time_p90_over_p50:n,cost_usd_per_teu:n\n"
                            "x,C,A,sled,false,10,10,,1,1\nAB,A,B,barge,false,100,10,,1,50\n"
                            "y,B,D,barge,false,100,10,,1,50\nz,D,E,sled,false,10,10,,1,1\n";
        if (strcmp(tables[i].name, "places") == 0)
            tables[i].csv = "id:s,name:s,country:s,lon:n,lat:n,kind:s\nA,Alpha,AAA,50,40,city\n"
                            "B,Beta,AAA,51,40,border\nC,Gamma,AAA,49,40,city\n"
                            "D,Delta,BBB,52,40,city\nE,Eta,BBB,53,40,city\n";
        if (strcmp(tables[i].name, "terminals") == 0)
            tables[i].csv =
                "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,"
                "dwell_p90_h:n,cost_usd_per_teu:n,step:i,from_status:s,to_status:s\n"
                "seal,A,seal,sled,barge,false,1,1,10,1,,sealed\n"
                "plain,A,hoist,sled,barge,false,0,0,0,1,,\n"
                "open,D,open,barge,sled,false,1,1,10,1,sealed,free\n"
                "plain-D,D,hoist,barge,sled,false,0,0,0,1,,\n"
                "B1,B,customs,barge,barge,true,20,20,60,1,,\n"
                "B1s,B,customs,barge,barge,true,1,1,60,1,sealed,\n";
    }
    assert_true(small_open(&region, tables, N_TABLES));
    karvan_network *net = made(NULL, false);
    karvan_route fast = best(net, C, 4, KARVAN_BY_TIME), cheap = best(net, C, 4, KARVAN_BY_COST);
    assert_float_equal(fast.hours, 1 + 1 + 10 + 1 + 10 + 1 + 1, 1e-9);
    assert_float_equal(cheap.usd_per_teu, 1 + 50 + 60 + 50 + 1, 1e-9);
    karvan_route_clear(&fast), karvan_route_clear(&cheap);
    karvan_network_destroy(net);
    small_close(&region);
    region = r2;
}

/* From C by sled to A, hoisted with the hours and dollars of table operations, by barge to B. */
static void a_new_operation_is_a_row(void **state) {
    (void)state;
    karvan_network *net = made(NULL, false);
    karvan_route r = best(net, C, B, KARVAN_BY_TIME);
    assert_float_equal(r.hours, 10, 1e-9); /* the barge from C ends at B before its border */
    karvan_route_clear(&r);
    karvan_network_destroy(net);
    small_region r2 = region;
    small_table tables[N_TABLES];
    memcpy(tables, TABLES, sizeof tables);
    for (int i = 0; i < N_TABLES; i++)
        if (strcmp(tables[i].name, "links") == 0)
            tables[i].csv = "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,"
                            "time_p90_over_p50:n,cost_usd_per_teu:n\n"
                            "AB,A,B,barge,true,100,10,,1,50\nAC,A,C,sled,true,200,2,,1,900\n";
    assert_true(small_open(&region, tables, N_TABLES));
    net = made(NULL, false);
    r = best(net, C, B, KARVAN_BY_TIME);
    assert_float_equal(r.hours, 100 + 5 + 10, 1e-9);
    assert_float_equal(r.usd_per_teu, 900 + 7 + 50, 1e-9);
    assert_string_equal(r.legs[1].operation_id, "hoist");
    assert_int_equal(r.legs[1].operation, KARVAN_OTHER);
    assert_string_equal(r.legs[1].from_mode, "sled");
    assert_string_equal(r.legs[1].mode, "barge");
    assert_int_equal(r.transhipments, 1);
    karvan_route_clear(&r);
    karvan_network_destroy(net);
    small_close(&region);
    region = r2;
}

static void refusals(void **state) {
    (void)state;
    karvan_network *net = NULL;
    karvan_error e = {0};
    karvan_network_options o = {.closure_spell_h = 24, .cargo_class = "gold"};
    assert_int_equal(karvan_network_create(region.package, &o, &net, &e), KARVAN_E_ARG);
    assert_null(net);
    assert_non_null(strstr(e.msg, "gold"));
    small_table tables[N_TABLES];
    small_region r2 = region;
    memcpy(tables, TABLES, sizeof tables);
    for (int i = 0; i < N_TABLES; i++)
        if (strcmp(tables[i].name, "class_factors") == 0)
            tables[i].csv = "cargo_class:s,applies_to:s,key:s,usd_factor:n,hours_factor:n\n"
                            "plants,mode,barge,1,-2\n";
    assert_true(small_open(&region, tables, N_TABLES));
    o.cargo_class = "plants", e = (karvan_error){0};
    assert_int_equal(karvan_network_create(region.package, &o, &net, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "class_factors.csv:2:"));
    small_close(&region);
    region = r2;
}

static int told(const char *code) {
    int n = 0;
    for (int64_t k = 0; k < karvan_problems_total(region.problems); k++)
        n += strcmp(karvan_problems_get(region.problems, k).code, code) == 0;
    return n;
}

/* A quarantine in the same step as customs could be passed by customs alone; a factor for a mode
 * that no link has changes nothing; what is loaded comes in no mode. */
static void faults(void **state) {
    (void)state;
    static const struct {
        const char *table, *from, *to, *code;
        int n;
    } samples[] = {
        {"terminals", "6,6,15,2", "6,6,15,1", "terminal-step", 3},
        {"terminals", "C,unload,barge,,", "C,unload,barge,sled,", "terminal-operation", 1},
        {"terminals", "sled,barge,true,,", "barge,barge,true,,", "terminal-operation", 1},
        {"class_factors", "mode,barge", "mode,plane", "class-factor-key", 2},
        {"places", "A,Alpha", "A,Alpha", "terminal-step", 0}};
    karvan_error e = {0};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        small_table tables[N_TABLES];
        small_region r2 = region;
        char csv[2000];
        memcpy(tables, TABLES, sizeof tables);
        for (int k = 0; k < N_TABLES; k++) {
            const char *at = strcmp(tables[k].name, samples[i].table) == 0
                                 ? strstr(tables[k].csv, samples[i].from)
                                 : NULL;
            if (!at) continue;
            (void)snprintf(csv, sizeof csv, "%.*s%s%s", (int)(at - tables[k].csv), tables[k].csv,
                           samples[i].to, at + strlen(samples[i].from));
            tables[k].csv = csv;
        }
        assert_true(small_open(&region, tables, N_TABLES));
        assert_int_equal(karvan_network_check(region.package, region.problems, &e), KARVAN_OK);
        if (told(samples[i].code) != samples[i].n)
            fail_msg("%zu: %d %s", i, told(samples[i].code), samples[i].code);
        small_close(&region);
        region = r2;
    }
}

static karvan_status make_all(karvan_error *err) {
    karvan_network_options o = {.closure_spell_h = 24, .cargo_class = "plants", .handling = true};
    karvan_network *net = NULL;
    karvan_status st = karvan_network_create(region.package, &o, &net, err);
    karvan_network_destroy(net);
    return st;
}
static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(make_all, 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_and_classes), cmocka_unit_test(factors_of_stops),
        cmocka_unit_test(handling),          cmocka_unit_test(sealed),
        cmocka_unit_test(sealed_and_opened), cmocka_unit_test(a_new_operation_is_a_row),
        cmocka_unit_test(refusals),          cmocka_unit_test(faults),
        cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
