/* What freight is asked: demand, zones, capacities and settings at fault; what stays at home, and
 * why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "freight_bed.h"

/* ---- what stays at home ---- */

#define BOTH_SHUT "x,Rails,links,AB,both,0,TEU/day,,,,,,\ny,Roads,links,AC,both,0,t/day,,,,,,\n"

static void what_stays_at_home_is_told(void **s) {
    (void)s;
    bed b;
    bed_open(&b, LINKS(""), CAPACITIES "x,Rails,links,AB,both,0,TEU/day,,,,,,\n", NULL);
    bed_solve(&b);
    near(karvan_freight_served_view(b.f)[0], 100, 1e-9); /* by road */
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AC", "all", "load"), 100, 1e-9);
    bed_close(&b);
    bed_open(&b, LINKS(""), CAPACITIES BOTH_SHUT, NULL);
    bed_solve(&b);
    near(karvan_freight_served_view(b.f)[0], 0, 1e-9);
    why(&b, "no way: capacity 0 of Roads");
    bed_close(&b);
    bed_open(&b, NULL, NULL,
             "origin:s,destination:s,cargo_class:s,teu:n\nA,E,gen,365\nE,A,heavy,365\n");
    bed_solve(&b);
    why(&b, "no way: no way leads from Alpha to Island");
    near(karvan_freight_statistics(b.f).unserved_teu_day, 2, 1e-9);
    bed_close(&b);
    bed_open(&b, LINKS("40"), CAPACITIES "y,Roads,links,AC,each,20,TEU/day,,,,,,\n", NULL);
    bed_solve(&b);
    near(karvan_freight_served_view(b.f)[0], 60, 1e-7);
    why(&b, "full: AB (");
    bed_close(&b);
}

static void nothing_and_very_much(void **s) {
    (void)s;
    bed b;
    bed_open(&b, LINKS("40"), CAPACITIES "y,Roads,links,AC,each,20,TEU/day,,,,,,\n", NULL);
    const double teu[] = {0, 1, 1e12, -0.0};
    for (int i = 0; i < 4; i++) {
        b.demand.teu_day[0] = teu[i];
        bed_solve(&b);
        near(karvan_freight_served_view(b.f)[0], fmin(teu[i], 60), 1e-6);
    }
    b.demand.n = 0;
    bed_solve(&b);
    bed_close(&b);
}

/* One pair wants a million million a day, another next to nothing: each gets what is its own. */
static void very_much_beside_very_little(void **s) {
    (void)s;
    bed b;
    bed_open(&b, LINKS("40"), CAPACITIES "y,Roads,links,AC,each,20,TEU/day,,,,,,\n",
             "origin:s,destination:s,cargo_class:s,teu:n\nA,C,gen,365\nC,A,gen,365\n");
    b.demand.teu_day[0] = 1e12, b.demand.teu_day[1] = 1e-6;
    bed_solve(&b);
    near(karvan_freight_served_view(b.f)[0], 60, 1e-6);
    near(1e6 * karvan_freight_served_view(b.f)[1], 1, 1e-6);
    karvan_freight_stats t = karvan_freight_statistics(b.f);
    assert_true(t.over < 1e-8 && t.unserved_teu_day > 0.99e12);
    bed_close(&b);
}

/* ---- demand ---- */

static void countries_are_their_zones(void **s) {
    (void)s;
    bed b;
    bed_open(&b, NULL, NULL,
             "origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n\n"
             "AAA,CCC,gen,2024,,3650\nAAA,C,gen,,36500,\nCCC,CCC,gen,2024,,3650\n"
             "AAA,CCC,gen,2023,,99999\n");
    /* 10 a day to both zones, 10 more to C; of 10 within CCC 5/8 stay where they are */
    assert_int_equal(b.demand.n, 4);
    assert_int_equal(b.demand.other_years, 1);
    near(b.demand.intrazonal_teu_day, 10 * (0.75 * 0.75 + 0.25 * 0.25), 1e-12);
    near(b.demand.teu_day[0], 7.5 + 10, 1e-12);
    near(b.demand.teu_day[1], 2.5, 1e-12);
    bed_close(&b);
}

static void demand_at_fault_names_its_place(void **s) {
    (void)s;
    static const char *const bad[][2] = {
        {"A,X,gen,1\n", "neither a country"},
        {"A,C,gold,1\n", "demand.csv:2:1: no such class"},
        {"A,C,gen,-1\n", "demand needs teu or tonnes of 0 or more"},
        {"A,C,gen,\n", "demand.csv:2:1: demand needs teu"},
        {",C,gen,1\n", "demand needs both ends"},
        {"A,C,gen,1,tradde,\n", "demand.csv:2:1: no kind 'tradde'; transit, trade or nothing"},
        {"A,C,gen,1,,2023\nA,C,gen,1,,2025\n",
         "demand.csv:2:1: no row is of 2024; there are years from 2023 to 2025"},
        {"A,C,gen,1,,soon\n", "demand.csv:2:1: a year"},
        {"A,C,gen,1,,1e300\n", "demand.csv:2:1: a year"},
    };
    bed b;
    bed_open(&b, NULL, NULL, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[200];
        karvan_table *t = NULL;
        karvan_freight_demand d;
        karvan_error e = {0};
        (void)snprintf(text, sizeof text, "origin,destination,cargo_class,teu%s\n%s",
                       i < 5 ? "" : ",kind,year", bad[i][0]);
        assert_int_equal(
            karvan_csv_parse(text, strlen(text), "demand.csv", "demand", NULL, NULL, &t, &e),
            KARVAN_OK);
        assert_int_equal(karvan_freight_demand_read(b.region.package, t, 2024, &d, &e),
                         KARVAN_E_DATA);
        if (!strstr(e.msg, bad[i][1])) fail_msg("'%s' lacks '%s'", e.msg, bad[i][1]);
        assert_null(d.origin);
        karvan_table_destroy(t);
    }
    bed_close(&b);
}

static void weights_of_zones_sum_to_1(void **s) {
    (void)s;
    bed b;
    karvan_freight_demand d;
    karvan_error e = {0};
    const char *own = TABLES[T_ZONES].csv;
    TABLES[T_ZONES].csv =
        "id:s,country:s,place:s,weight:n\n1,AAA,A,1\n2,CCC,C,0.75\n3,CCC,E,0.2501\n";
    bed_open(&b, NULL, NULL, "origin:s,destination:s,cargo_class:s,teu:n\nA,B,gen,1\n");
    TABLES[T_ZONES].csv = own;
    karvan_table *t = NULL;
    static const char text[] = "origin,destination,cargo_class,teu\nAAA,CCC,gen,1\n";
    assert_int_equal(karvan_csv_parse(text, sizeof text - 1, "d.csv", "demand", NULL, NULL, &t, &e),
                     KARVAN_OK);
    assert_int_equal(karvan_freight_demand_read(b.region.package, t, 0, &d, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "the weights of CCC sum to 1.0001; they sum to 1"));
    karvan_table_destroy(t);
    bed_close(&b);
}

static void bad_capacities_and_options(void **s) {
    (void)s;
    static const char *const bad[][2] = {
        {"x,X,links,AB,both,-1,TEU/day,,,,,,\n", "capacities.csv:2:"},
        {"x,X,links,AB,both,1,TEU,,,,,,\n", "TEU/day, TEU/year, t/day or kt/year"},
        {"x,X,links,AB;ZZ,both,1,TEU/day,,,,,,\n", "'ZZ' is no row of table links"},
        {"x,X,rivers,AB,both,1,TEU/day,,,,,,\n", "links, terminals, services or places"},
        {"x,X,links,AB,both,1,TEU/day,0.5,,,,,\n", "one server or more"},
    };
    bed b;
    karvan_freight *f;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[600];
        karvan_error e = {0};
        (void)snprintf(text, sizeof text, "%s%s", CAPACITIES, bad[i][0]);
        bed_open(&b, NULL, text, NULL);
        assert_int_equal(karvan_freight_solve(b.region.package, &b.demand, &b.o, NULL, &f, &e),
                         KARVAN_E_DATA);
        if (!strstr(e.msg, bad[i][1])) fail_msg("'%s' lacks '%s'", e.msg, bad[i][1]);
        assert_null(f);
        bed_close(&b);
    }
    bed_open(&b, NULL, NULL, NULL);
    for (int i = 0; i < 6; i++) {
        karvan_error e = {0};
        karvan_freight_options o = b.o;
        if (i == 0) o.scale = 0;
        if (i == 1) o.nest_scale = 0.001;
        if (i == 2) o.reject_usd_per_teu = NAN;
        if (i == 3) o.tolerance = 0;
        if (i == 4) b.demand.cargo_class[0] = INT32_MAX;
        if (i == 5) b.demand.cargo_class[0] = 0, b.demand.teu_day[0] = NAN;
        assert_int_equal(karvan_freight_solve(b.region.package, &b.demand, &o, NULL, &f, &e),
                         KARVAN_E_ARG);
    }
    bed_close(&b);
}

/* Settings that no solution could use are refused where they stand: they are no fault of a caller.
 */
static void settings_at_fault_name_their_place(void **s) {
    (void)s;
    static const char *const bad[][2] = {
        {"choice_scale,0\n", "settings.csv:4:14: choice_scale is a number above 0"},
        {"choice_scale,-1\n", "choice_scale is a number above 0"},
        {"choice_scale,much\n", "choice_scale is a number above 0"},
        {"reject_usd_per_teu,0\n", "reject_usd_per_teu is a number above 0"},
        {"empty_cost_share,1.5\n", "empty_cost_share is a number from 0 to 1"},
        {"carbon_usd_per_kg,-1\n", "carbon_usd_per_kg is a number of 0 or more"},
        {"choice_scale,0.01\nchoice_nest_scale,0.001\n",
         "settings.csv:5:19: choice_nest_scale is choice_scale or more"},
    };
    const char *own = TABLES[T_SETTINGS].csv;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[200];
        small_region r;
        karvan_freight_options o;
        karvan_error e = {0};
        (void)snprintf(text, sizeof text,
                       "key:s,value:s\nreference_date,2024-01-01\nclosure_spell_h,24\n%s",
                       bad[i][0]);
        TABLES[T_SETTINGS].csv = text;
        bool good = small_open(&r, TABLES, FREIGHT_TABLES);
        TABLES[T_SETTINGS].csv = own;
        assert_true(good);
        assert_int_equal(karvan_freight_defaults(r.package, &o, &e), KARVAN_E_DATA);
        if (!strstr(e.msg, bad[i][1])) fail_msg("'%s' lacks '%s'", e.msg, bad[i][1]);
        small_close(&r);
    }
}

int main(void) {
    freight_tables(TABLES);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stays_at_home_is_told),
        cmocka_unit_test(nothing_and_very_much),
        cmocka_unit_test(very_much_beside_very_little),
        cmocka_unit_test(countries_are_their_zones),
        cmocka_unit_test(demand_at_fault_names_its_place),
        cmocka_unit_test(weights_of_zones_sum_to_1),
        cmocka_unit_test(bad_capacities_and_options),
        cmocka_unit_test(settings_at_fault_name_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
