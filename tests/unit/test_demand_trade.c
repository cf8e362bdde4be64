/* Demand from trade: a region of five countries worked out by hand, random regions beside a slow
 * checker, every refusal with its place, the shipped region's sums, and every allocation failing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "karvan/demand.h"
#include "karvan/trade.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

/* AAA and DDD are the region's; CCC has no zone, EEE too; DDD exports no product that is known. */
static const small_table TABLES[] = {
    {"countries", "iso3:s,name:s\nAAA,A\nBBB,B\nCCC,C\nDDD,D\nEEE,E\n", "\"iso3\""},
    {"places", "id:s,name:s,country:s\nA1,a1,AAA\nA2,a2,AAA\nB1,b1,BBB\nD1,d1,DDD\n", "\"id\""},
    {"zones",
     "id:s,country:s,place:s,weight:n\n1,AAA,A1,0.6\n2,AAA,A2,0.4\n3,BBB,B1,1\n4,DDD,D1,1\n",
     "\"id\""},
    {"settings",
     "key:s,value:s\nmatrix_trade,w\nmatrix_products,u\nflow_year,2014\nflow_countries,AAA;DDD\n"
     "flow_trade_error,0.25\n",
     "\"key\""},
    {"cargo_classes",
     "id:s,value_usd_per_t:n,tonnes_per_teu:n\nfood,100,20\ngeneral,1000,10\nore,50,25\n",
     "\"id\""},
    {"class_shares",
     "id:s,product:s,exporter:s,importer:s,cargo_class:s,share:n\na,0,,,food,0.3\n"
     "b,0,,,general,0.5\nc,1,,,food,1\n",
     "\"id\""},
    {"trade_matrix",
     "dataset:s,year:i,exporter:s,importer:s,classification:s,product:s,value:n,reported_by:s,"
     "source:s\n"
     "w,2010,AAA,BBB,,TOTAL,100,importer,x\nw,2010,AAA,CCC,,TOTAL,70,exporter,x\n"
     "w,2010,BBB,AAA,,TOTAL,30,importer,x\nw,2010,BBB,CCC,,TOTAL,5,exporter,x\n"
     "w,2010,BBB,DDD,,TOTAL,12,importer,x\nw,2010,DDD,AAA,,TOTAL,9,importer,x\n"
     "w,2010,DDD,BBB,,TOTAL,40,importer,x\nw,2015,BBB,AAA,,TOTAL,9999,importer,x\n"
     "u,2015,AAA,BBB,S,0,10,estimate,x\nu,2015,BBB,AAA,S,1,4,estimate,x\n"
     "u,2015,BBB,DDD,S,0,4,estimate,x\n",
     NULL},
    /* of 2012 the importer counts; later rows are not in USD, of a part, too late, or nothing */
    {"trade",
     "dataset:s,reporter:s,partner:s,flow:s,year:i,commodity:s,value:n,unit:s\n"
     "t,AAA,BBB,export,2012,TOTAL,0.21,million USD\nt,BBB,AAA,import,2012,TOTAL,200,thousand USD\n"
     "v,BBB,AAA,import,2012,TOTAL,777,thousand USD\nt,BBB,AAA,import,2013,TOTAL,5,thousand EUR\n"
     "t,AAA,BBB,export,2013,27,6,thousand USD\nt,AAA,BBB,export,2015,TOTAL,7,thousand USD\n"
     "t,AAA,BBB,export,2014,TOTAL,,thousand USD\nt,BBB,EEE,export,2012,TOTAL,7,thousand USD\n"
     "t,BBB,AAA,export,2009,TOTAL,8,thousand USD\n",
     NULL},
    {"indicators",
     "country:s,year:i,indicator:s,value:n\nAAA,2012,gdp,1e6\nAAA,2013,gdp,2e6\nBBB,2012,gdp,1e6\n"
     "BBB,2014,gdp,8e6\nBBB,2010,gdp,2e6\nBBB,2015,gdp,1\n",
     "[\"country\",\"year\",\"indicator\"]"},
    {"carried",
     "id:s,exporter:s,importer:s,cargo_class:s,share:n,moved_by:s\n1,AAA,,food,0.25,barges\n"
     "2,,BBB,food,0.9,mules\n3,AAA,BBB,,0.5,belts\n4,,,ore,0,ships\n5,BBB,AAA,food,0,pipes\n",
     "\"id\""},
    {"demand",
     "id:s,origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n,kind:s,error:n\n"
     "through,DDD,BBB,general,2014,,100,transit,0.1\nfixed,BBB,DDD,food,2014,50,,trade,\n"
     "local,A1,B1,food,2014,,5,trade,0.5\nold,BBB,DDD,general,2013,1,,trade,\n",
     "\"id\""}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

SMALL_REGION_OF(TABLES, N_TABLES)

typedef struct made {
    karvan_table *demand, *left;
} made;

static made make(const karvan_package *p, const karvan_demand_options *o) {
    made m = {0};
    karvan_error e = {0};
    if (karvan_demand_trade(p, o, &m.demand, &m.left, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return m;
}

static void let_go(made *m) { karvan_table_destroy(m->demand), karvan_table_destroy(m->left); }

static void near(double got, double want) {
    if (!(fabs(got - want) <= 1e-9 * (1 + fabs(want)))) fail_msg("%.12g, not %.12g", got, want);
}

static int64_t row_of(const karvan_table *t, const char *column, const char *id) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, column, r, id)) return r;
    fail_msg("no row %s", id);
    return -1;
}

static void cargo(const karvan_table *t, const char *id, double usd, double tonnes, double teu,
                  double error, const char *basis) {
    int64_t r = row_of(t, "id", id);
    if (usd > 0)
        near(karvan_i_cell_real(t, "value_usd", r), usd);
    else
        assert_int_equal(karvan_table_state(t, karvan_table_find(t, "value_usd"), r),
                         KARVAN_NOT_COVERED);
    near(karvan_i_cell_real(t, "tonnes", r), tonnes);
    near(karvan_i_cell_real(t, "teu", r), teu);
    if (error > 0)
        near(karvan_i_cell_real(t, "error", r), error);
    else
        assert_true(isnan(karvan_i_cell_real(t, "error", r)));
    assert_string_equal(karvan_i_cell_text(t, "basis", r), basis);
    assert_true(karvan_i_cell_real(t, "year", r) == 2014);
}

static void left(const karvan_table *t, int64_t r, const char *x, const char *m, const char *cls,
                 double usd, double tonnes, const char *reason, const char *what) {
    assert_string_equal(karvan_i_cell_text(t, "exporter", r), x);
    assert_string_equal(karvan_i_cell_text(t, "importer", r), m);
    if (cls) assert_string_equal(karvan_i_cell_text(t, "cargo_class", r), cls);
    if (!cls) assert_null(karvan_i_cell_text(t, "cargo_class", r));
    near(karvan_i_cell_real(t, "value_usd", r), usd);
    if (cls) near(karvan_i_cell_real(t, "tonnes", r), tonnes);
    if (!cls) assert_true(isnan(karvan_i_cell_real(t, "tonnes", r)));
    assert_string_equal(karvan_i_cell_text(t, "reason", r), reason);
    assert_string_equal(karvan_i_cell_text(t, "what", r), what);
}

/* AAA sells BBB 200 thousand in 2012. GDP since: of AAA twice by 2013, of BBB eight times by 2014;
 * so four times: 800 thousand, of which product 0: 0.3 food, 0.5 general, the rest neither. Of the
 * pair's classes a half moves here, whatever class and ends say alone.
 * BBB sells AAA 30 of 2010; GDP of AAA in 2010 is not known, that of BBB four times: twice. */
static void by_hand(void **state) {
    (void)state;
    made m = make(region.package, NULL);
    const karvan_table *d = m.demand, *l = m.left;
    assert_int_equal(karvan_table_rows(d), 6);
    cargo(d, "through", 0, 1000, 100, 0.1, "demand");
    cargo(d, "fixed", 0, 50, 2.5, 0, "demand");
    cargo(d, "local", 0, 100, 5, 0.5, "demand");
    cargo(d, "trade-AAA-BBB-food", 120e3, 1200, 60, 0.25, "t 2012 x 4.000");
    cargo(d, "trade-AAA-BBB-general", 200e3, 200, 20, 0.25, "t 2012 x 4.000");
    cargo(d, "trade-BBB-DDD-general", 12e3, 12, 1.2, 0.25, "w 2010 x 2.000");
    assert_string_equal(karvan_i_cell_text(d, "kind", 0), "transit");
    assert_string_equal(karvan_i_cell_text(d, "kind", 3), "trade");
    assert_int_equal(karvan_table_rows(l), 10);
    left(l, 0, "AAA", "BBB", "food", 120e3, 1200, "moved-otherwise", "belts");
    left(l, 1, "AAA", "BBB", "general", 200e3, 200, "moved-otherwise", "belts");
    left(l, 2, "AAA", "BBB", NULL, 160e3, 0, "not-carried",
         "products that table class_shares gives to no class: pipelines, aircraft");
    left(l, 3, "AAA", "CCC", NULL, 70e3, 0, "no-zone", "no row of table zones for CCC");
    left(l, 4, "BBB", "AAA", "food", 60e3, 600, "moved-otherwise", "pipes");
    left(l, 5, "BBB", "CCC", NULL, 10e3, 0, "outside", "neither end is in setting flow_countries");
    left(l, 6, "BBB", "DDD", "food", 7.2e3, 72, "stated",
         "row fixed of table demand stands for it");
    left(l, 7, "BBB", "DDD", NULL, 4.8e3, 0, "not-carried",
         "products that table class_shares gives to no class: pipelines, aircraft");
    left(l, 8, "DDD", "AAA", NULL, 9e3, 0, "no-shares",
         "no product of the exporter is known, so no cargo class");
    left(l, 9, "DDD", "BBB", NULL, 80e3, 0, "transit-total",
         "row through of table demand is a total of the pair");
    let_go(&m);
}

/* Without table trade the matrix speaks; of an earlier year there is nothing to grow. */
static void options(void **state) {
    (void)state;
    karvan_demand_options o = {.matrix_only = true};
    made m = make(region.package, &o);
    /* 100 of 2010: GDP of AAA is not known then, of BBB four times since */
    cargo(m.demand, "trade-AAA-BBB-general", 50e3, 50, 5, 0.25, "w 2010 x 2.000");
    let_go(&m);
    karvan_error e = {0};
    o.year = 2010;
    assert_int_equal(karvan_demand_trade(region.package, &o, &m.demand, NULL, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg,
                        "table demand has no row of 2010; there are years from 2013 to 2014");
    o.year = 0, o.dataset = "v";
    assert_int_equal(karvan_demand_trade(region.package, &o, &m.demand, NULL, &e), KARVAN_E_ARG);
    assert_null(m.demand);
    assert_int_equal(karvan_demand_trade(NULL, NULL, &m.demand, NULL, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_demand_trade(region.package, NULL, NULL, NULL, &e), KARVAN_E_ARG);
}

static karvan_table *csv(const char *text) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(text, strlen(text), "given.csv", "given", NULL, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

/* What a counterfactual says of trade, in the place of the region's figures. */
static void given(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_table *t = csv("exporter,importer,value_usd\nAAA,BBB,1000\nBBB,BBB,7\nDDD,BBB,\n");
    karvan_demand_options o = {.trade = t};
    made m = make(region.package, &o);
    cargo(m.demand, "trade-AAA-BBB-food", 150, 1.5, 0.075, 0.25, "given 2014 x 1.000");
    cargo(m.demand, "trade-AAA-BBB-general", 250, 0.25, 0.025, 0.25, "given 2014 x 1.000");
    assert_int_equal(karvan_table_rows(m.demand), 5);
    let_go(&m), karvan_table_destroy(t);
    static const char *const bad[][2] = {
        {"exporter,importer,value_usd\nAAA,BBB,1\nAAA,BBB,2\n",
         "given.csv:3:1: the pair has a row already"},
        {"exporter,importer,value_usd\nAAA,BBB,-1\n",
         "given.csv:2:1: a value of trade is a number from 0"},
        {"exporter,importer,usd\nAAA,BBB,1\n", "table given has no column value_usd"}};
    for (int k = 0; k < 3; k++) {
        e = (karvan_error){0};
        o.trade = t = csv(bad[k][0]);
        assert_int_equal(karvan_demand_trade(region.package, &o, &m.demand, &m.left, &e),
                         KARVAN_E_DATA);
        assert_string_equal(e.msg, bad[k][1]);
        assert_null(m.left);
        karvan_table_destroy(t);
    }
}

/* Shares that are at hand are not made again; they must have every cell, in order. */
static void given_shares(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_table *shares = NULL;
    if (karvan_trade_class_shares(region.package, NULL, &shares, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    karvan_demand_options o = {.shares = shares};
    made a = make(region.package, NULL), b = make(region.package, &o);
    assert_int_equal(karvan_table_rows(a.demand), karvan_table_rows(b.demand));
    cargo(b.demand, "trade-AAA-BBB-food", 120e3, 1200, 60, 0.25, "t 2012 x 4.000");
    let_go(&a), let_go(&b), karvan_table_destroy(shares);
    static const char *const bad[][2] = {
        {"exporter,importer,cargo_class,share\nBBB,AAA,food,1\nAAA,BBB,food,1\n",
         "given.csv:3:1: shares are in the order of exporter and importer"},
        {"exporter,importer,cargo_class,share\nAAA,BBB,,1\n",
         "given.csv:2:1: a share is of a pair and class"},
        {"exporter,importer,cargo_class,share\nAAA,BBB,food,-1\n",
         "given.csv:2:1: a share is from 0 to 1"},
        {"exporter,importer,cargo_class\nAAA,BBB,food\n", "table given has no column share"},
        {"exporter,importer,cargo_class,share\nAAA,BBB,food,1.5\n",
         "given.csv:2:1: a share is from 0 to 1"},
        {"exporter,importer,cargo_class,share\nAAA,BBB,food,0.6\nAAA,BBB,general,0.5\n",
         "given.csv:3:1: the shares of a pair sum to 1.1; they sum to 1 at most"}};
    for (int k = 0; k < 6; k++) {
        e = (karvan_error){0};
        o.shares = shares = csv(bad[k][0]);
        assert_int_equal(karvan_demand_trade(region.package, &o, &b.demand, NULL, &e),
                         KARVAN_E_DATA);
        assert_string_equal(e.msg, bad[k][1]);
        karvan_table_destroy(shares);
    }
}

/* One table replaced in the small region: what is said of it, behind the folder. */
static void refused(const char *table, const char *text, const char *want) {
    small_table tables[N_TABLES];
    small_region r;
    karvan_error e = {0};
    karvan_table *d = NULL;
    memcpy(tables, TABLES, sizeof tables);
    for (int k = 0; k < N_TABLES; k++)
        if (strcmp(tables[k].name, table) == 0) tables[k].csv = text;
    if (!small_open(&r, tables, N_TABLES)) fail_msg("no region");
    assert_int_equal(karvan_demand_trade(r.package, NULL, &d, NULL, &e), KARVAN_E_DATA);
    const char *said =
        strncmp(e.msg, r.folder, strlen(r.folder)) == 0 ? e.msg + strlen(r.folder) + 1 : e.msg;
    assert_string_equal(said, want);
    assert_null(d);
    small_close(&r);
}

static void refusals(void **state) {
    (void)state;
    static const char HEAD[] =
        "id:s,origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n,kind:s,error:n\n";
    static const struct {
        const char *row, *said;
    } rows[] = {
        {"x,ZZZ,BBB,food,2014,1,,trade,",
         "demand.csv:2:3: an end of demand is a country of table zones or a place"},
        {"x,AAA,CCC,food,2014,1,,trade,",
         "demand.csv:2:7: an end of demand is a country of table zones or a place"},
        {"x,AAA,BBB,fish,2014,1,,trade,", "demand.csv:2:11: no such class in table cargo_classes"},
        {"x,AAA,BBB,food,2014,1,,barter,",
         "demand.csv:2:24: the kind of demand is trade or transit"},
        {"x,AAA,BBB,food,2014,,,trade,",
         "demand.csv:2:21: demand is an amount from 0 in tonnes, in teu or in both"},
        {"x,AAA,BBB,food,2014,-1,,trade,",
         "demand.csv:2:21: demand is an amount from 0 in tonnes, in teu or in both"},
        {"x,AAA,BBB,food,2014,1,,,",
         "demand.csv:2:24: a row of demand has an id, a cargo class and a kind: transit or trade"}};
    char text[300];
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        (void)snprintf(text, sizeof text, "%s%s\n", HEAD, rows[k].row);
        refused("demand", text, rows[k].said);
    }
    refused("cargo_classes",
            "id:s,value_usd_per_t:n,tonnes_per_teu:n\nfood,100,20\ngeneral,0,10\nore,1,1\n",
            "cargo_classes.csv:3:9: cargo of class general needs a number above 0 here");
    refused("carried",
            "id:s,exporter:s,importer:s,cargo_class:s,share:n,moved_by:s\n1,,,food,1.5,air\n",
            "carried.csv:2:10: a share is from 0 to 1");
    refused("settings", "key:s,value:s\nmatrix_trade,w\nmatrix_products,u\n",
            "of which year demand is wanted: no setting flow_year, and none was given");
    refused("settings", "key:s,value:s\nmatrix_trade,w\nmatrix_products,u\nflow_year,soon\n",
            "settings.csv:4:11: setting flow_year is a number");
    refused("settings", "key:s,value:s\nmatrix_trade,w\nmatrix_products,u\nflow_year,2014.5\n",
            "settings.csv:4:11: setting flow_year is a year, as 2024");
}

static karvan_status work(karvan_error *e) {
    made m = {0};
    karvan_status st = karvan_demand_trade(region.package, NULL, &m.demand, &m.left, e);
    let_go(&m);
    return st;
}

static void no_memory(void **state) {
    (void)state;
    every_allocation_fails(work, 3000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),  cmocka_unit_test(options),
                                       cmocka_unit_test(given),    cmocka_unit_test(given_shares),
                                       cmocka_unit_test(refusals),

                                       cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
