/* Rows that cannot be routed or are not plausible, corridors and settings that say nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "small_network.h"

/* No value that a sum of hours or money cannot take: the row is told with its place. */
static void rows_that_cannot_be_routed(void **state) {
    (void)state;
    static const struct {
        const char *table, *from, *to, *why;
    } faults[] = {
        {"links", "AB,A,B,", "AB,A,Q,", "links.csv:2:6: no such place"},
        {"links", "AB,A,B,rail_1520", "AB,A,B,", "links.csv:2:8: a link needs its mode"},
        {"links", "100,50,,1,40", ",50,2,1,40", "needs its length_km"},
        {"links", "100,50,,1,40", "-100,50,2,1,40", "needs its length_km"},
        {"links", "100,50,,1,40", "100,,,1,40", "needs its time_h or its speed_kmh"},
        {"links", "100,50,,1,40", "100,-50,,1,40", "needs its time_h or its speed_kmh"},
        {"links", "100,50,,1,40", "100,0,,1,40", "needs its time_h or its speed_kmh"},
        {"links", "100,50,,1,40", "100,50,,1e300,40", "time_p90_over_p50 is too large"},
        {"links", "100,50,,1,40", "100,50,,1,", "needs its cost_usd_per_teu"},
        {"links", "100,50,,1,40", "100,50,,1,-40", "needs its cost_usd_per_teu"},
        {"links", "1,40,0.3", "1,40,-0.3", "must not be below 0"},
        {"services", "24,1,true,73", ",1,true,73", "services.csv:2:16: a service needs its"},
        {"services", "24,1,true,73", "-24,1,true,73", "a service needs its headway_h"},
        {"services", "24,1,true,73", "24,-1,true,73", "headway_cv must not be below 0"},
        {"services", "24,1,true,73", "24,1,true,366", "closed_days_year is 0 to 365"},
        {"terminals", "b,B,border,rail", "b,Q,border,rail", "terminals.csv:2:3: no such place"},
        {"terminals", "border,rail_1520,rail", "border,,rail", "a terminal needs both modes"},
        {"terminals", "true,4,8,60", "true,,8,60", "a terminal needs its dwell_p50_h"},
        {"terminals", "true,4,8,60", "true,-4,8,60", "a terminal needs its dwell_p50_h"},
        {"terminals", "true,4,8,60", "true,4,1e300,60", "dwell_p90_h is too large"},
        {"terminals", "true,4,8,60", "true,4,8,", "a terminal needs its cost_usd_per_teu"},
        {"terminals", "true,4,8,60", "true,4,8,-60", "a terminal needs its cost_usd_per_teu"},
        {"terminals",
         "dwell_source:s,cost_source:s\nb,B,border,rail_1520,rail_1520,true,4,8,60,x,x\n"
         "d,D,port,rail_1520,ferry_rail,true,10,10,50,x,assumption\n",
         "co2e_kg_per_teu:n\nb,B,border,rail_1520,rail_1520,true,4,8,60,-1\n",
         "co2e_kg_per_teu must not be below 0"},
        {"places", "Beta,,AAA", "Beta,,ZZZ", "places.csv:3:10: no such country"}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const karvan_network_options o = {.date = karvan_day_from_civil(2026, 1, 1),
                                          .closure_spell_h = 24};
        small_region r;
        karvan_network *n = NULL;
        karvan_error e = {0};
        changed(&r, faults[i].table, faults[i].from, faults[i].to);
        assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_E_DATA);
        assert_null(n);
        if (!strstr(e.msg, faults[i].why)) fail_msg("'%s', not '%s'", e.msg, faults[i].why);
        small_close(&r);
    }
}

static void corridors_that_say_nothing(void **state) {
    (void)state;
    static const struct {
        const char *must_pass, *why;
    } samples[] = {{"B|C|", "corridors row 1: must_pass ends in a group without a place"},
                   {"B||C", "names the place , which is not in table places"},
                   {"A|B|C|D|E|A|B|C|D", "more than 8 groups"}};
    for (int i = 0; i < 3; i++) {
        const karvan_network_options o = {.date = karvan_day_from_civil(2026, 1, 1),
                                          .closure_spell_h = 24};
        small_region r;
        karvan_network *n = NULL;
        karvan_error e = {0};
        changed(&r, "corridors", "B|C", samples[i].must_pass);
        assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_OK);
        refused(n, (karvan_route_query){A, D, KARVAN_BY_TIME, 0, 0}, KARVAN_E_DATA, samples[i].why);
        karvan_network_destroy(n);
        small_close(&r);
    }
}

/* A ship whenever one comes is not waited for. */
static void no_wait(void **state) {
    (void)state;
    const karvan_network_options o = {.date = karvan_day_from_civil(2026, 1, 1),
                                      .closure_spell_h = 24};
    small_region r;
    karvan_network *n = NULL;
    karvan_error e = {0};
    changed(&r, "services", "24,1,true,73", "0,1,true,");
    assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_OK);
    karvan_route way = best(n, D, E, KARVAN_BY_TIME, -1);
    assert_int_equal(way.n_legs, 2);
    assert_true(way.legs[0].hours == 0 && way.legs[0].p50_h == 0 && way.legs[0].p90_h == 0);
    near(way.hours, 20);
    karvan_route_clear(&way);
    karvan_network_destroy(n);
    small_close(&r);
}

static void countries_that_are_avoided(void **state) {
    (void)state;
    const karvan_network_options o = {.date = karvan_day_from_civil(2026, 1, 1),
                                      .closure_spell_h = 24};
    small_region r;
    karvan_network *n = NULL;
    karvan_error e = {0};
    changed(&r, "corridors", "Abroad,Abroad,,BBB", "Abroad,Abroad,,CCC");
    assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_OK);
    karvan_route way = best(n, A, E, KARVAN_BY_TIME, 3); /* the end itself may lie there */
    assert_int_equal(way.n_legs, 7);
    karvan_route_clear(&way);
    karvan_network_destroy(n);
    small_close(&r);
}

/* Words that are too long for a sentence are cut between characters: what is said of a route stays
 * UTF-8, which tables and JSON are made of. */
static void names_that_are_cut(void **state) {
    (void)state;
    const karvan_network_options o = {.date = karvan_day_from_civil(2026, 1, 1),
                                      .closure_spell_h = 24};
    for (int blank = 0; blank < 2; blank++) { /* letters of two bytes begin at odd and even ones */
        char name[120] = "";
        small_region r;
        karvan_network *n = NULL;
        karvan_table *legs = NULL, *items = NULL;
        karvan_error e = {0};
        char why[300];
        (void)snprintf(name, sizeof name, "s,DE,%s", blank ? "x" : "");
        for (int i = 0; i < 45; i++) strcat(name, "\xD1\x8F");
        changed(&r, "services", "s,DE,The ferry", name);
        assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_OK);
        karvan_route way = best(n, A, E, KARVAN_BY_COST, -1);
        karvan_status st = karvan_route_table(r.package, 1, &way, &legs, &e);
        if (st != KARVAN_OK) fail_msg("%s", e.msg);
        for (size_t cap = 1; cap < sizeof why; cap++) {
            karvan_route_explain(r.package, &way, why, cap);
            assert_int_equal(karvan_utf8_valid_prefix(why, strlen(why)), strlen(why));
        }
        karvan_table_destroy(legs);
        karvan_route_clear(&way);
        karvan_network_destroy(n);
        small_close(&r);
        (void)snprintf(name, sizeof name, "D,,%s", blank ? "x" : "");
        for (int i = 0; i < 45; i++) strcat(name, "\xD1\x8F");
        changed(&r, "places", "D,,Delta", name);
        assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_OK);
        if (karvan_network_critical(n, 1, &items, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        karvan_table_destroy(items);
        karvan_network_destroy(n);
        small_close(&r);
    }
}

/* What cannot be added up is refused when the network is made, not taken for a closed row. */
static void more_than_can_be_added(void **state) {
    (void)state;
    static const struct {
        const char *table, *from, *to, *why;
    } samples[] = {{"links", "50,,1,40,0.3", "50,,1,40,1e308", "co2e_kg_per_teu_km is too large"},
                   {"links", "25,,1,900", "25,1e200,2,900", "time_p90_over_p50 is too large"},
                   {"terminals", "4,8,60", "1e200,2e200,60", "dwell_p90_h is too large"}};
    const karvan_network_options o = {.date = karvan_day_from_civil(2026, 1, 1),
                                      .closure_spell_h = 24};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        small_region r;
        karvan_network *n = NULL;
        karvan_error e = {0};
        changed(&r, samples[i].table, samples[i].from, samples[i].to);
        assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_E_DATA);
        if (!strstr(e.msg, samples[i].why)) fail_msg("'%s', not '%s'", e.msg, samples[i].why);
        assert_null(n);
        small_close(&r);
    }
}

/* A value of time that is no number of dollars; an id of a place that is longer than any. */
static void queries_that_say_nothing(void **state) {
    (void)state;
    const karvan_network_options o = {.date = karvan_day_from_civil(2026, 1, 1),
                                      .closure_spell_h = 24};
    char lost[260] = "lost,To nowhere,Lost,";
    small_region r;
    karvan_network *n = NULL;
    karvan_error e = {0};
    for (int i = 0; i < 210; i++) strcat(lost, "A");
    changed(&r, "corridors", "lost,To nowhere,Lost,Q", lost);
    assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_OK);
    refused(n, (karvan_route_query){A, E, KARVAN_BY_GENERALISED, -1, INFINITY}, KARVAN_E_ARG,
            "a value of time of 0 or more");
    refused(n, (karvan_route_query){A, E, KARVAN_BY_TIME, 4, 0}, KARVAN_E_DATA,
            "names the place AAAA");
    karvan_network_destroy(n);
    small_close(&r);
}

static void settings(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *why; /* why NULL: good */
        double spell_h;
    } samples[] = {{"h,24", "h,12.5", NULL, 12.5},
                   {"h,24", "h,0", "must be above 0 h", 0},
                   {"h,24", "h,a day", "is 'a day' and must be above 0 h", 0},
                   {"h,24", "h,1.2.3", "must be above 0 h", 0},
                   {"closure_spell_h", "spell", "has no row closure_spell_h", 0},
                   {"2026-01-01", "today", "'today' is not EDTF", 0}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        small_region r;
        karvan_network_options o;
        karvan_error e = {0};
        changed(&r, "settings", samples[i].from, samples[i].to);
        karvan_status st = karvan_network_defaults(r.package, &o, &e);
        assert_int_equal(st == KARVAN_OK, !samples[i].why);
        if (samples[i].why && !strstr(e.msg, samples[i].why)) fail_msg("%s", e.msg);
        if (!samples[i].why) assert_true(o.closure_spell_h == samples[i].spell_h);
        small_close(&r);
    }
}

/* Each fault is told. So is the road from AAA to BBB, which nothing stops between two customs
 * areas, unless these are one. */
static void plausible(void **state) {
    (void)state;
    static const struct {
        const char *table, *from, *to, *code;
    } faults[] = {
        {"countries", "BBB,Beland,D,,", "BBB,Beland,D,AAA,", NULL},
        {"links", "DE,D,E,ferry_rail,true,300,15", "DE,D,E,ferry_rail,true,310,90", "leg-too-fast"},
        {"links", "CD,C,D,rail_1520,false,50", "CD,C,D,rail_1520,false,5", "leg-too-short"},
        {"links", "200,,5,2", "200,,0,2", "leg-no-speed"},
        {"links", "200,,5,2", "200,,,2", "link-no-time"},
        {"terminals", "b,B,border", "b,B,port", "terminal-operation"},
        {"terminals", "4,8,60", "4,3,60", "dwell-quantiles"},
        {"services", ",24,1", ",0,1", "service-headway"},
        {"services", "s,DE,", "s,AB,", "sailing-without-service"}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        small_region r;
        karvan_error e = {0};
        bool told = false, customs = false;
        changed(&r, faults[i].table, faults[i].from, faults[i].to);
        assert_int_equal(karvan_network_check(r.package, r.problems, &e), KARVAN_OK);
        for (int64_t k = 0; k < karvan_problems_total(r.problems); k++) {
            const char *code = karvan_problems_get(r.problems, k).code;
            told |= faults[i].code && strcmp(code, faults[i].code) == 0;
            customs |= strcmp(code, "border-without-customs") == 0;
        }
        if (faults[i].code && !told) fail_msg("%s is not told", faults[i].code);
        /* AAA and BBB name no customs area: each is its own, unless it is given the other's */
        assert_int_equal(customs, faults[i].code != NULL);
        if (karvan_problems_total(r.problems) != told + customs)
            fail_msg("sample %zu: also '%s'", i, karvan_problems_get(r.problems, 0).message);
        small_close(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_that_cannot_be_routed),
                                       cmocka_unit_test(corridors_that_say_nothing),
                                       cmocka_unit_test(no_wait),
                                       cmocka_unit_test(countries_that_are_avoided),
                                       cmocka_unit_test(names_that_are_cut),
                                       cmocka_unit_test(more_than_can_be_added),
                                       cmocka_unit_test(queries_that_say_nothing),
                                       cmocka_unit_test(settings),
                                       cmocka_unit_test(plausible)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
