/* Stages of a study on two countries and two ways, by hand.
 *
 * A ~rail~ B ~rail~ C for 1000 USD and 20 h, A ~road~ C for 1300 USD and 10 h; A is in AAA, B and C
 * are in CCC. An hour of a TEU is worth 10 USD: rail is 1200, the road 1400. Each country sells the
 * other 876 million USD a year, at 24,000 a TEU 100 TEU a day; 10 more a day only pass from A to C.
 * AB holds 40 TEU a day each way. Of q that want to go the road has 1 - 40/q at its own 1400, so
 * that by choice (scale 0.01) all pay 1400 + 100 ln(1 - 40/q), and rail's price is
 * 200 + 100 ln((q - 40)/40). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/study.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

static const small_table TABLES[] = {
    {"countries", "iso3:s,name:s,capital:s,customs_area:s\nAAA,Aland,A,\nCCC,Celand,C,\n",
     "\"iso3\""},
    {"places",
     "id:s,name:s,country:s,lon:n,lat:n,kind:s\nA,Alpha,AAA,50,40,city\nB,Beta,CCC,51,40,city\n"
     "C,Gamma,CCC,52,40,city\n",
     "\"id\""},
    {"modes", "id:s,name:s,carries_containers:b\nrail,Rail,true\nroad,Road,true\n", "\"id\""},
    {"links",
     "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"
     "cost_usd_per_teu:n,capacity_teu_day:n,open_from:d,open_to:d\n"
     "AB,A,B,rail,true,500,50,,1,500,40,,\nBC,B,C,rail,true,500,50,,1,500,1000,,\n"
     "AC,A,C,road,true,800,80,,1,1300,,,\n",
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n,capacity_teu_day:n\n",
     "\"id\""},
    {"services", "id:s,link:s,headway_h:n\n", "\"id\""},
    {"corridors",
     "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\niron,Iron "
     "way,B,,,road\n",
     "\"id\""},
    {"cargo_classes",
     "id:s,name:s,tonnes_per_teu:n,value_usd_per_t:n,delta_percent_day:n,reliability_ratio:n\n"
     "gen,General,10,2400,1,0.5\n",
     "\"id\""},
    {"settings",
     "key:s,value:s\nreference_date,2024-01-01\nclosure_spell_h,24\nchoice_scale,0.01\n"
     "reject_usd_per_teu,5000\nmatrix_trade,w\nmatrix_products,u\nflow_year,2024\n"
     "flow_countries,AAA\nflow_trade_error,0.25\ngoods_output_per_gdp,1\n"
     "trade_elasticity,4\nstudy_least_teu_day,0\n",
     "\"key\""},
    {"zones", "id:s,country:s,place:s,weight:n\n1,AAA,A,1\n2,CCC,C,1\n", "\"id\""},
    {"capacities",
     "id:s,name:s,items_of:s,items:s,direction:s,capacity:n,unit:s,servers:n,scv_arrivals:n,"
     "scv_service:n,open_from:d,open_to:d,cargo_classes:s\n",
     "\"id\""},
    {"demand",
     "id:s,origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n,kind:s,error:n\n"
     "pass,A,C,gen,2024,36500,3650,transit,0.1\n",
     "\"id\""},
    {"class_shares", "id:s,product:s,exporter:s,importer:s,cargo_class:s,share:n\na,0,,,gen,1\n",
     "\"id\""},
    {"trade_matrix",
     "dataset:s,year:i,exporter:s,importer:s,classification:s,product:s,value:n,reported_by:s,"
     "source:s\nw,2024,AAA,CCC,,TOTAL,876000,importer,x\nw,2024,CCC,AAA,,TOTAL,876000,importer,x\n"
     "u,2024,AAA,CCC,S,0,876000,estimate,x\nu,2024,CCC,AAA,S,0,876000,estimate,x\n",
     NULL},
    {"indicators",
     "country:s,year:i,indicator:s,value:n\nAAA,2024,gdp,8.76e9\nCCC,2024,gdp,8.76e9\n",
     "[\"country\",\"year\",\"indicator\"]"},
    {"interventions", "id:s,name:s\nwide,Wider\nneck,Wider to a neck\nshut,Shut\n", "\"id\""},
    {"scenarios",
     "intervention:s,table:s,key:s,column:s,operation:s,value:s\n"
     "wide,links,AB,capacity_teu_day,set,60\n"
     "neck,links,AB,capacity_teu_day,set,60\nneck,links,BC,capacity_teu_day,set,50\n"
     "shut,links,AB,open_to,set,2020\nshut,links,AC,open_to,set,2020\n",
     NULL}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0], WIDE = 0, NECK, SHUT, CASES };
static const char *const NAMES[CASES] = {"wide", "neck", "shut"};

static small_region region;
static karvan_study *study;

static int open_all(void **state) {
    karvan_study_options o;
    karvan_error e = {0};
    (void)state;
    if (!small_open(&region, TABLES, N_TABLES)) return -1;
    if (karvan_study_defaults(region.package, &o, &e) != KARVAN_OK)
        return print_error("%s", e.msg), -1;
    o.threads = 1;
    if (karvan_study_open(region.folder, &o, CASES, NAMES, &study, &e) != KARVAN_OK)
        return print_error("%s\n", e.msg), -1;
    return 0;
}

static int close_all(void **state) {
    (void)state;
    karvan_study_close(study);
    small_close(&region);
    return 0;
}

static karvan_table *stage(int which, karvan_stage s) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_study_stage(study, which, s, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_string_equal(karvan_table_name(t), karvan_stage_name(s));
    return t;
}

static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}
static double cell(const karvan_table *t, const char *column, int64_t row) {
    assert_true(karvan_table_find(t, column) >= 0);
    return karvan_i_cell_real(t, column, row);
}

static double pays(double held, double q) { return 1400 + 100 * log1p(-held / q); }
static double price(double held, double q) { return 200 + 100 * log((q - held) / held); }

/* TEU a day that want to go from A. */
static double wanted(const karvan_table *t, const char *column) {
    double sum = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "origin", r, "A")) sum += cell(t, column, r);
    return sum;
}

static void costs(void **state) {
    (void)state;
    karvan_table *t = stage(WIDE, KARVAN_STAGE_COSTS);
    int transit = 0;
    assert_int_equal(karvan_table_rows(t), 3);
    double q = wanted(t, "after_teu_day");
    near(wanted(t, "before_teu_day"), 110, 1e-12);
    assert_true(q > 110.3 && q < 111); /* more is traded, as much passes */
    for (int64_t r = 0; r < 3; r++) {
        bool forth = karvan_i_cell_is(t, "origin", r, "A");
        assert_true(karvan_i_cell_is(t, "destination", r, forth ? "C" : "A"));
        assert_true(karvan_i_cell_is(t, "cargo_class", r, "gen"));
        near(cell(t, "before_usd", r), pays(40, forth ? 110 : 100), 1e-9);
        near(cell(t, "after_usd", r), pays(60, forth ? q : cell(t, "after_teu_day", r)), 1e-8);
        assert_true(cell(t, "before_routes", r) == 2 && cell(t, "after_routes", r) == 2);
        if (!karvan_i_cell_is(t, "kind", r, "transit")) continue;
        transit++;
        near(cell(t, "before_teu_day", r), 10, 1e-12);
        assert_true(cell(t, "after_teu_day", r) == cell(t, "before_teu_day", r));
    }
    assert_int_equal(transit, 1);
    karvan_table_destroy(t);
}

static void the_base_beside_itself(void **state) {
    (void)state;
    for (int s = 0; s < KARVAN_STAGES; s++) {
        karvan_table *t = stage(-1, (karvan_stage)s);
        for (int64_t r = 0; r < karvan_table_rows(t); r++)
            for (int c = 0; c < karvan_table_columns(t); c++) {
                const char *name = karvan_table_column(t, c).name;
                char after[80];
                if (strncmp(name, "before_", 7) != 0) continue;
                (void)snprintf(after, sizeof after, "after_%.60s", name + 7);
                double a = karvan_table_real(t, c, r), b = cell(t, after, r);
                assert_true(a == b || (isnan(a) && isnan(b)));
            }
        karvan_table_destroy(t);
    }
}

static void corridors(void **state) {
    static const char *const rows[] = {"iron", "other", "all", "unserved"};
    (void)state;
    karvan_table *t = stage(WIDE, KARVAN_STAGE_CORRIDORS), *of = stage(WIDE, KARVAN_STAGE_COSTS);
    double went = 0;
    assert_int_equal(karvan_table_rows(t), 4);
    for (int r = 0; r < 4; r++) assert_true(karvan_i_cell_is(t, "corridor", r, rows[r]));
    near(cell(t, "before_teu", 0), 365 * 80, 1e-8);
    near(cell(t, "after_teu", 0), 365 * 120, 1e-7);
    near(cell(t, "before_teu", 1), 365 * 130, 1e-8);
    near(cell(t, "before_hours", 0), 20, 1e-12), near(cell(t, "before_usd", 1), 1300, 1e-12);
    static const char *const sums[] = {"before_teu", "after_teu", "before_kt", "after_kt"};
    for (int i = 0; i < 4; i++)
        near(cell(t, sums[i], 0) + cell(t, sums[i], 1), cell(t, sums[i], 2), 1e-12);
    near(cell(t, "after_kt", 2), cell(t, "after_teu", 2) / 100, 1e-12); /* 10 t a TEU */
    for (int64_t r = 0; r < 3; r++) went += 365 * cell(of, "after_teu_day", r);
    near(cell(t, "after_teu", 2) + cell(t, "after_teu", 3), went, 1e-12);
    karvan_table_destroy(t), karvan_table_destroy(of);
}

static void what_is_full(void **state) {
    (void)state;
    karvan_table *t = stage(WIDE, KARVAN_STAGE_NECKS), *of = stage(WIDE, KARVAN_STAGE_COSTS);
    double q = wanted(of, "after_teu_day");
    assert_int_equal(karvan_table_rows(t), 2); /* forth is worth more than back */
    for (int64_t r = 0; r < 2; r++) {
        assert_true(karvan_i_cell_is(t, "id", r, "AB") && karvan_i_cell_is(t, "kind", r, "link"));
        near(cell(t, "before_price_usd", r), price(40, r == 0 ? 110 : 100), 1e-7);
        near(cell(t, "after_capacity", r), 60, 1e-12);
        near(cell(t, "after_load", r), 60, 1e-7);
        near(cell(t, "before_value_usd", r), 365 * 40 * cell(t, "before_price_usd", r), 1e-12);
        near(cell(t, "after_value_usd", r), 365 * 60 * cell(t, "after_price_usd", r), 1e-12);
    }
    near(cell(t, "after_price_usd", 0), price(60, q), 1e-7);
    karvan_table_destroy(t), karvan_table_destroy(of);
}

/* What the case relieved stands behind what is full now, whatever it was worth. */
static void the_next_bottleneck(void **state) {
    (void)state;
    karvan_table *t = stage(NECK, KARVAN_STAGE_NECKS);
    assert_int_equal(karvan_table_rows(t), 4);
    for (int64_t r = 0; r < 4; r++) {
        bool next = r < 2;
        assert_true(karvan_i_cell_is(t, "id", r, next ? "BC" : "AB"));
        near(cell(t, "after_load", r), 50, 1e-7);
        assert_true((cell(t, "after_value_usd", r) > 0) == next);
        assert_true((cell(t, "before_value_usd", r) > 0) == !next);
    }
    assert_true(cell(t, "after_value_usd", 0) > cell(t, "after_value_usd", 1));
    karvan_table_destroy(t);
    t = stage(SHUT, KARVAN_STAGE_NECKS);
    assert_int_equal(karvan_table_rows(t), 2); /* nothing is full; AB was */
    assert_int_equal(karvan_table_state(t, karvan_table_find(t, "after_capacity"), 0),
                     KARVAN_UNKNOWN);
    karvan_table_destroy(t);
}

static void pairs_and_countries(void **state) {
    (void)state;
    for (int which = 0; which < CASES; which++) {
        karvan_table *p = stage(which, KARVAN_STAGE_PAIRS),
                     *c = stage(which, KARVAN_STAGE_COUNTRIES);
        double sold = 0, exports = 0, imports = 0;
        assert_int_equal(karvan_table_rows(p), 2);
        for (int64_t r = 0; r < 2; r++) {
            bool forth = karvan_i_cell_is(p, "exporter", r, "AAA");
            near(cell(p, "before_cost", r), pays(40, forth ? 110 : 100) / 24000, 1e-9);
            near(cell(p, "d_ln_tau", r),
                 log1p(cell(p, "after_cost", r)) - log1p(cell(p, "before_cost", r)), 1e-12);
            near(cell(p, "before_trade_usd", r), 876e6, 1e-12);
            sold += cell(p, "after_trade_usd", r);
        }
        assert_int_equal(karvan_table_rows(c), 3);
        for (int64_t r = 0; r < 2; r++) {
            near(cell(c, "gdp_usd", r), 8.76e9, 1e-12);
            near(cell(c, "real_income_usd", r), 8.76e7 * cell(c, "real_income_percent", r), 1e-9);
            exports += cell(c, "after_exports_usd", r), imports += cell(c, "after_imports_usd", r);
        }
        assert_true(karvan_i_cell_is(c, "country", 2, "other"));
        assert_true(karvan_i_cell_bool(c, "own", 0) && !karvan_i_cell_bool(c, "own", 1));
        near(exports, sold, 1e-12), near(imports, sold, 1e-12);
        karvan_table_destroy(p), karvan_table_destroy(c);
    }
}

/* 10 TEU a day that pass from A each save what all pay less: it is AAA's, where they begin. */
static void what_shippers_gain(void **state) {
    (void)state;
    karvan_table *c = stage(WIDE, KARVAN_STAGE_COUNTRIES), *of = stage(WIDE, KARVAN_STAGE_COSTS);
    double want = 3650 * (pays(40, 110) - pays(60, wanted(of, "after_teu_day"))), sum = 0;
    near(cell(c, "shippers_gain_usd", 0), want, 1e-7);
    for (int64_t r = 0; r < 3; r++) sum += cell(c, "shippers_gain_usd", r);
    near(sum, karvan_study_settled(study, WIDE)[karvan_study_find(study, "transit_gain", "")],
         1e-12);
    karvan_table_destroy(c), karvan_table_destroy(of);
}

/* All stay at home: no cost of a corridor is told, and nothing is lost. */
static void all_shut(void **state) {
    (void)state;
    karvan_table *t = stage(SHUT, KARVAN_STAGE_CORRIDORS), *of = stage(SHUT, KARVAN_STAGE_COSTS);
    double home = 0;
    for (int64_t r = 0; r < 3; r++) {
        home += 365 * cell(of, "after_teu_day", r);
        assert_true(cell(of, "before_routes", r) == 2 && cell(of, "after_routes", r) == 0);
    }
    assert_true(cell(t, "after_teu", 2) == 0 && isnan(cell(t, "after_hours", 2)));
    near(cell(t, "after_teu", 3), home, 1e-12);
    near(cell(t, "after_kt", 3), home / 100, 1e-12);
    karvan_table_destroy(t), karvan_table_destroy(of);
}

/* An edit of one's own does what the same edit of the region does, to the last bit. */
static void edits_of_ones_own(void **state) {
    static const char csv[] =
        "table,key,column,operation,value\nlinks,AB,capacity_teu_day,set,60\n";
    static const char *const names[CASES] = {"mine", "neck", "shut"}; /* one menu with the study */
    static const karvan_column text[] = {{"table", KARVAN_TEXT, NULL},
                                         {"key", KARVAN_TEXT, NULL},
                                         {"column", KARVAN_TEXT, NULL},
                                         {"operation", KARVAN_TEXT, NULL},
                                         {"value", KARVAN_TEXT, NULL}};
    const karvan_csv_options how = {.n_columns = 5, .columns = text};
    karvan_table *edits = NULL;
    karvan_study *s = NULL;
    karvan_study_options o;
    karvan_error e = {0};
    (void)state;
    assert_int_equal(
        karvan_csv_parse(csv, strlen(csv), "mine.csv", "edits", &how, NULL, &edits, &e), KARVAN_OK);
    assert_int_equal(karvan_study_defaults(region.package, &o, &e), KARVAN_OK);
    o.threads = 1, o.edits = edits, o.edits_name = "mine";
    if (karvan_study_open(region.folder, &o, CASES, names, &s, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    karvan_table_destroy(edits); /* borrowed for the call */
    assert_memory_equal(karvan_study_settled(s, WIDE), karvan_study_settled(study, WIDE),
                        (size_t)karvan_study_measures(s) * sizeof(double));
    karvan_study_close(s);
}

static void what_there_is_not(void **state) {
    karvan_table *t = (karvan_table *)&region;
    karvan_error e = {0};
    (void)state;
    assert_int_equal(karvan_study_stage(study, CASES, KARVAN_STAGE_COSTS, &t, &e), KARVAN_E_ARG);
    assert_null(t);
    assert_string_equal(e.msg, "no case of number 3");
    e = (karvan_error){0};
    assert_int_equal(karvan_study_stage(study, -2, KARVAN_STAGE_COSTS, &t, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_study_stage(study, 0, KARVAN_STAGES, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_study_stage(study, 0, KARVAN_STAGE_COSTS, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_study_stage(NULL, 0, KARVAN_STAGE_COSTS, &t, NULL), KARVAN_E_ARG);
    assert_null(karvan_stage_name(KARVAN_STAGES));
}

static karvan_status all_stages(karvan_error *e) {
    karvan_status st = KARVAN_OK;
    for (int s = 0; s < KARVAN_STAGES && st == KARVAN_OK; s++) {
        karvan_table *t = NULL;
        st = karvan_study_stage(study, WIDE, (karvan_stage)s, &t, e);
        assert_true((t != NULL) == (st == KARVAN_OK));
        karvan_table_destroy(t);
    }
    return st;
}
static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(all_stages, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(costs),
                                       cmocka_unit_test(the_base_beside_itself),
                                       cmocka_unit_test(corridors),
                                       cmocka_unit_test(what_is_full),
                                       cmocka_unit_test(the_next_bottleneck),
                                       cmocka_unit_test(pairs_and_countries),
                                       cmocka_unit_test(what_shippers_gain),
                                       cmocka_unit_test(all_shut),
                                       cmocka_unit_test(edits_of_ones_own),
                                       cmocka_unit_test(what_there_is_not),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
