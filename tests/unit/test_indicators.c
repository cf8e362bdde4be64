/* CAREC's indicators and the points of a profile, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/network.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

/* A =100 km, 2 h= B|border =10 km, 1 h= C|gauge =200 km, 4 h= D|tranship ~60 km, 2 h~ E|port
 * ...300 km, 20 h, a ship every 24 h at random... F. Stops of 4, 6, 3 and 10 h; all without
 * dispersion. */
static const small_table TABLES[] = {
    {"countries", "iso3:s,name:s,customs_area:s\nAAA,Aland,\nBBB,Beland,\nCCC,Celand,\n",
     "\"iso3\""},
    {"places",
     "id:s,name:s,country:s,lon:n,lat:n,kind:s\nA,Alpha,AAA,50,40,city\nB,Beta,AAA,51,40,border\n"
     "C,Gamma,BBB,51.1,40,border\nD,Delta,BBB,53,40,city\nE,Epsilon,BBB,53.5,40,port\n"
     "F,Phi,CCC,57,40,port\n",
     "\"id\""},
    {"links",
     "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"
     "cost_usd_per_teu:n,co2e_kg_per_teu_km:n\n"
     "AB,A,B,rail_1435,true,100,,2,1,40,0\nBC,B,C,rail_1435,true,10,,1,1,5,0\n"
     "CD,C,D,rail_1520,true,200,,4,1,80,0\nDE,D,E,road,true,60,,2,1,90,0\n"
     "EF,E,F,ferry_rail,true,300,,20,1,300,0\n",
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n\nb,B,border,rail_1435,rail_1435,true,4,4,60\n"
     "c,C,gauge_change,rail_1435,rail_1520,true,6,6,90\nd,D,tranship,rail_1520,road,true,3,3,10\n"
     "e,E,port,road,ferry_rail,true,10,10,50\n",
     "\"id\""},
    {"services",
     "id:s,link:s,name:s,headway_h:n,headway_cv:n,leaves_when_full:b,closed_days_year:n\n"
     "s,EF,The ferry,24,1,false,0\n",
     "\"id\""},
    {"corridors",
     "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\nway,The way,D,,,\n",
     "\"id\""},
    {"settings", "key:s,value:s\nreference_date,2026-01-01\nclosure_spell_h,24\nteu_per_20t,2\n",
     "\"key\""},
    {"cpmm",
     "id:s,indicator:s,scope:s,corridor:s,country:s,place:s,mode:s,direction:s,year:i,value:n,"
     "unit:s,used_to_estimate:b,source:s\n"
     "1,tfi1,border,,,B,rail,outbound,2021,4.5,h,true,s1\n"
     "2,tfi1,border,,,B,rail,outbound,2022,4.01,h,false,s2\n"
     "3,tfi1,border,,,B,rail,inbound,2023,1,h,false,s3\n"
     "4,tfi1,border,,,C,rail,outbound,2022,2,h,false,s4\n"
     "5,tfi2,country,,BBB,,rail,both,2022,170,USD,false,s5\n"
     "6,tfi2,country,,BBB,,rail,inbound,2022,1,USD,false,s6\n"
     "7,swod,all,,,,rail,both,2020,60,km/h,false,s7\n"
     "8,swd,corridor,way,,,rail,both,2020,30,km/h,false,s8\n"
     "9,swd,all,,,,rail,both,2020,20,km/h,false,s9\n"
     "10,swd,all,,,,road,both,2020,30.1,km/h,false,s10\n",
     "\"id\""}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

static small_region region;
static karvan_network *net;
static karvan_route way[2]; /* by the corridor, and freely */

static int set_up(void **state) {
    (void)state;
    karvan_network_options o;
    karvan_error e = {0};
    if (!small_open(&region, TABLES, N_TABLES)) return -1;
    if (karvan_network_defaults(region.package, &o, &e) != KARVAN_OK) return -1;
    if (karvan_network_create(region.package, &o, &net, &e) != KARVAN_OK) return -1;
    for (int i = 0; i < 2; i++) {
        karvan_route_query q = {0, 5, KARVAN_BY_TIME, i == 0 ? 0 : -1, 0};
        if (karvan_route_best(net, &q, &way[i], &e) != KARVAN_OK) return -1;
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    karvan_route_clear(&way[0]), karvan_route_clear(&way[1]);
    karvan_network_destroy(net);
    small_close(&region);
    return 0;
}

static karvan_table *indicators(const karvan_route *r, double teu) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_route_indicators(net, 1, r, teu, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

/* Row of a value, -1 where the table has none. */
static int64_t row_of(const karvan_table *t, const char *scope, const char *key, const char *mode,
                      const char *indicator) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "scope", r, scope) && karvan_i_cell_is(t, "key", r, key) &&
            karvan_i_cell_is(t, "mode", r, mode) && karvan_i_cell_is(t, "indicator", r, indicator))
            return r;
    return -1;
}

static void model(const karvan_table *t, const char *scope, const char *key, const char *mode,
                  const char *indicator, double expected) {
    int64_t r = row_of(t, scope, key, mode, indicator);
    if (r < 0) fail_msg("no %s of %s %s by %s", indicator, scope, key, mode);
    double got = karvan_i_cell_real(t, "model", r);
    if (!(fabs(got - expected) <= 1e-9 * expected))
        fail_msg("%s of %s %s by %s: %.12g, not %.12g", indicator, scope, key, mode, got, expected);
}

static void by_hand(void **state) {
    (void)state;
    karvan_table *t = indicators(&way[0], 0); /* two containers hold 20 t: a setting */
    model(t, "route", "all", "all", "tfi1", (4.0 + 6.0) / 2);
    model(t, "route", "all", "all", "tfi2", 2 * (60.0 + 90.0) / 2);
    model(t, "route", "all", "all", "tfi3", 2 * 725.0 / 670 * 500);
    model(t, "route", "all", "all", "swod", 670.0 / 29);
    model(t, "route", "all", "all", "swd", 670.0 / (29 + 4 + 6 + 3 + 10 + 24));
    /* rail: the change to the road is no stop of the train */
    model(t, "route", "all", "rail", "tfi3", 2 * (40.0 + 60 + 5 + 90 + 80) / 310 * 500);
    model(t, "route", "all", "rail", "swod", 310.0 / 7);
    model(t, "route", "all", "rail", "swd", 310.0 / 17);
    model(t, "route", "all", "road", "tfi3", 2 * 90.0 / 60 * 500);
    model(t, "route", "all", "road", "swd", 30);
    assert_int_equal(row_of(t, "route", "all", "road", "tfi1"), -1); /* it crosses nothing */
    /* countries: what crosses into another belongs to neither */
    model(t, "country", "AAA", "rail", "swod", 50);
    model(t, "country", "AAA", "rail", "swd", 100.0 / 6);
    model(t, "country", "AAA", "rail", "tfi1", 4);
    model(t, "country", "BBB", "rail", "swd", 20);
    model(t, "country", "BBB", "rail", "tfi2", 180);
    model(t, "country", "BBB", "road", "swod", 30);
    assert_int_equal(row_of(t, "country", "CCC", "rail", "swod"), -1);
    /* a change of gauge next to another country is a crossing; the other stops are none */
    model(t, "border", "B", "rail", "tfi1", 4);
    model(t, "border", "C", "rail", "tfi2", 180);
    assert_int_equal(row_of(t, "border", "D", "rail", "tfi1"), -1);
    assert_int_equal(row_of(t, "border", "E", "road", "tfi1"), -1);
    assert_int_equal(row_of(t, "border", "B", "rail", "swd"), -1);
    karvan_table_destroy(t);
    t = indicators(&way[0], 1.5);
    model(t, "border", "C", "rail", "tfi2", 135), model(t, "border", "C", "rail", "tfi1", 6);
    karvan_table_destroy(t);
}

static void beside(const karvan_table *t, const char *scope, const char *key, const char *mode,
                   const char *indicator, const char *source, int year, const char *verdict,
                   const char *of, const char *used) {
    int64_t r = row_of(t, scope, key, mode, indicator);
    assert_true(r >= 0);
    const char *found = karvan_i_cell_text(t, "source", r);
    if (source ? !found || strcmp(found, source) != 0 : found != NULL)
        fail_msg("%s %s: source %s, not %s", indicator, key, found ? found : "none",
                 source ? source : "none");
    assert_true(!source || karvan_i_cell_real(t, "year", r) == year);
    assert_string_equal(karvan_i_cell_text(t, "verdict", r), verdict);
    assert_true(source ? karvan_i_cell_is(t, "published_of", r, of)
                       : isnan(karvan_i_cell_real(t, "published", r)));
    assert_true(!used || karvan_i_cell_is(t, "used_to_estimate", r, used));
}

static void published_beside(void **state) {
    (void)state;
    karvan_table *t = indicators(&way[0], 0), *free = indicators(&way[1], 0);
    /* the last year outbound, 4.01, met within its rounding; 2021's figure set a row */
    beside(t, "border", "B", "rail", "tfi1", "s2", 2022, "inside", "border", "yes");
    int64_t r = row_of(t, "border", "B", "rail", "tfi1");
    assert_true(karvan_i_cell_real(t, "low", r) == 4.01 && karvan_i_cell_real(t, "high", r) == 4.5);
    /* inbound into C: only the other way is published */
    beside(t, "border", "C", "rail", "tfi1", "s4", 2022, "above", "border", "no");
    beside(t, "country", "BBB", "rail", "tfi2", "s5", 2022, "above", "country", "no");
    beside(t, "route", "all", "rail", "swod", "s7", 2020, "below", "all", "no");
    /* the corridor's own before the mean of all; without a corridor the mean */
    beside(t, "route", "all", "rail", "swd", "s8", 2020, "below", "corridor", "no");
    beside(free, "route", "all", "rail", "swd", "s9", 2020, "below", "all", "no");
    beside(t, "route", "all", "road", "swd", "s10", 2020, "inside", "all", "no");
    beside(t, "route", "all", "rail", "tfi1", NULL, 0, "no figure", NULL, NULL);
    beside(t, "route", "all", "all", "swd", NULL, 0, "no figure", NULL, NULL);
    karvan_table_destroy(t), karvan_table_destroy(free);
}

/* Table modes says which modes are rail and road, whatever they are called. */
static void modes_are_rows(void **state) {
    (void)state;
    small_table tables[N_TABLES + 1];
    small_region r;
    karvan_network *n = NULL;
    karvan_network_options o;
    karvan_route best;
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_route_query q = {0, 5, KARVAN_BY_TIME, -1, 0};
    memcpy(tables, TABLES, sizeof TABLES);
    tables[N_TABLES] =
        (small_table){"modes",
                      "id:s,name:s,mode:s,means:s,gauge_mm:i,carries_containers:b,needs_service:b,"
                      "max_kmh:n\nrail_1435,Railway,rail,train,1435,true,false,100\n"
                      "rail_1520,Busway,road,bus,,true,false,100\n"
                      "road,Road,road,truck,,true,false,90\n"
                      "ferry_rail,Ferry,sea,rail_ferry,,true,true,45\n",
                      "\"id\""};
    assert_true(small_open(&r, tables, N_TABLES + 1));
    assert_int_equal(karvan_network_defaults(r.package, &o, &e), KARVAN_OK);
    if (karvan_network_create(r.package, &o, &n, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_route_best(n, &q, &best, &e), KARVAN_OK);
    assert_int_equal(karvan_route_indicators(n, 1, &best, 0, &t, &e), KARVAN_OK);
    model(t, "route", "all", "rail", "swod", 110.0 / 3);
    model(t, "route", "all", "road", "swd", 260.0 / (6 + 3)); /* d joins two roads */
    karvan_table_destroy(t);
    karvan_route_clear(&best);
    karvan_network_destroy(n);
    small_close(&r);
}

static void without_figures_or_setting(void **state) {
    (void)state;
    small_region r;
    karvan_network *n = NULL;
    karvan_network_options o = {.date = karvan_day_from_civil(2026, 1, 1), .closure_spell_h = 24};
    karvan_route best;
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_route_query q = {0, 5, KARVAN_BY_TIME, -1, 0};
    assert_true(small_open(&r, TABLES, N_TABLES - 2)); /* no settings, no cpmm */
    assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_OK);
    assert_int_equal(karvan_route_best(n, &q, &best, &e), KARVAN_OK);
    assert_int_equal(karvan_route_indicators(n, 1, &best, 0, &t, &e), KARVAN_OK);
    model(t, "border", "B", "rail", "tfi1", 4);
    beside(t, "border", "B", "rail", "tfi1", NULL, 0, "no figure", NULL, NULL);
    assert_int_equal(row_of(t, "border", "B", "rail", "tfi2"), -1);
    assert_int_equal(row_of(t, "route", "all", "all", "tfi3"), -1);
    karvan_table_destroy(t);
    karvan_route_clear(&best);
    karvan_network_destroy(n);
    small_close(&r);
}

static void profile_by_hand(void **state) {
    (void)state;
    static const struct {
        const char *place, *cause;
        double km, hours, usd;
    } points[] = {{"A", "start", 0, 0, 0},
                  {"B", "move", 100, 2, 40},
                  {"B", "border", 100, 6, 100},
                  {"C", "move", 110, 7, 105},
                  {"C", "gauge_change", 110, 13, 195},
                  {"D", "move", 310, 17, 275},
                  {"D", "tranship", 310, 20, 285},
                  {"E", "move", 370, 22, 375},
                  {"E", "port", 370, 32, 425},
                  {"E", "wait", 370, 56, 425},
                  {"F", "move", 670, 76, 725}};
    enum { POINTS = sizeof points / sizeof points[0] };
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_route_profile(net, 2, way, 0.5, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2 * POINTS);
    for (int64_t r = 0; r < POINTS; r++) {
        assert_true(karvan_i_cell_is(t, "corridor", r, "way"));
        assert_true(karvan_i_cell_is(t, "corridor", r + POINTS, "any"));
        assert_true(karvan_i_cell_is(t, "place", r, points[r].place));
        assert_true(karvan_i_cell_is(t, "cause", r, points[r].cause));
        assert_true(karvan_i_cell_real(t, "point", r) == (double)r);
        assert_true(karvan_i_cell_real(t, "km", r) == points[r].km);
        assert_true(fabs(karvan_i_cell_real(t, "hours", r) - points[r].hours) < 1e-6);
        assert_true(karvan_i_cell_real(t, "usd", r) == points[r].usd);
        double p10 = karvan_i_cell_real(t, "p10_h", r), p90 = karvan_i_cell_real(t, "p90_h", r);
        assert_true(p10 <= p90 && (r >= 9 || p90 - p10 < 1)); /* only the ship is uncertain */
    }
    karvan_table_destroy(t);
}

static void refused(void **state) {
    (void)state;
    karvan_table *t = (karvan_table *)&region;
    assert_int_equal(karvan_route_indicators(NULL, 1, way, 0, &t, NULL), KARVAN_E_ARG);
    assert_null(t);
    assert_int_equal(karvan_route_indicators(net, 1, way, -1, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_route_indicators(net, 1, way, NAN, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_route_indicators(net, 1, NULL, 0, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_route_indicators(net, 1, way, 0, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_route_profile(net, 1, way, 0, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_route_profile(net, -1, way, 1, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_route_profile(net, 1, way, 1, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_route_indicators(net, 0, NULL, 0, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 0);
    karvan_table_destroy(t);
}

static karvan_status everything(karvan_error *e) {
    karvan_table *a = NULL, *b = NULL;
    karvan_status st = karvan_route_indicators(net, 2, way, 0, &a, e);
    if (st == KARVAN_OK) st = karvan_route_profile(net, 2, way, 0.5, &b, e);
    karvan_table_destroy(a), karvan_table_destroy(b);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),           cmocka_unit_test(published_beside),
        cmocka_unit_test(modes_are_rows),    cmocka_unit_test(without_figures_or_setting),
        cmocka_unit_test(profile_by_hand),   cmocka_unit_test(refused),
        cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
