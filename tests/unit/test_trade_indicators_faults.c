/* Flows and questions that indicators refuse, a region's dashboard, and no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "region.h"
#include "sweep.h"
#include "trade_flows.h"

static const char FLOWS[] = "year,exporter,importer,product,value,classification\n"
                            "2020,AAA,BBB,0101,10,HS2012\n2020,AAA,BBB,2701,30,HS2012\n"
                            "2020,AAA,CCC,0101,20,HS2012\n2020,AAA,CCC,0202,40,HS2012\n"
                            "2020,BBB,AAA,0101,20,HS2012\n2020,BBB,AAA,0202,20,HS2012\n"
                            "2020,BBB,CCC,2701,60,HS2012\n2020,CCC,AAA,2701,50,HS2012\n"
                            "2020,CCC,BBB,0202,150,HS2012\n"
                            "2021,AAA,BBB,0101,15,HS2012\n2021,AAA,BBB,2701,20,HS2012\n"
                            "2021,AAA,CCC,0101,30,HS2012\n2021,AAA,CCC,0202,40,HS2012\n"
                            "2021,BBB,AAA,0101,30,HS2012\n2021,BBB,AAA,0202,10,HS2012\n"
                            "2021,BBB,CCC,2701,40,HS2012\n2021,CCC,AAA,2701,40,HS2012\n"
                            "2021,CCC,BBB,0202,135,HS2012\n";

/* ---- what is refused ---- */

static void refused_flows(void **state) {
    (void)state;
#define HEAD "year,exporter,importer,product,value"
    static const struct {
        const char *csv;
        karvan_trade_cube_options o;
        karvan_status status;
        const char *message;
    } list[] = {
        {HEAD "\n2020,A,B,01,1\n2020,A,B,01,2\n",
         {0},
         KARVAN_E_DATA,
         "flows.csv:3:1: the same flow as in line 2: one row for a year, pair and product"},
        {HEAD "\n2020,A,B,01,1\n2020,A,B,02,1\n2020,B,A,01,1\n2020,A,B,01,2\n",
         {0},
         KARVAN_E_DATA,
         "flows.csv:5:1: the same flow as in line 2: one row for a year, pair and product"},
        {HEAD "\n2020,A,B,01,1\n2020,B,A,01,-2\n",
         {0},
         KARVAN_E_DATA,
         "flows.csv:3:1: a flow below 0; trade is 0 or more"},
        {HEAD ",source\n2020,A,B,01,1,x\n2021,A,B,01,1,y\n",
         {0},
         KARVAN_E_DATA,
         "flows.csv:3:1: the flows are of two sources, x and y, which are never added: choose one "
         "(source)"},
        {HEAD ",source\n2020,A,B,01,1,comtrade\n",
         {.source = "comtade"},
         KARVAN_E_ARG,
         "no flow is of source 'comtade'; did you mean comtrade?"},
        {HEAD ",classification\n2020,A,B,01,1,HS1992\n2021,A,B,0101,1,HS1992\n",
         {0},
         KARVAN_E_DATA,
         "flows.csv:3:1: products of 2 signs and of 4, which would count twice: choose a level "
         "(digits)"},
        {HEAD ",unit\n2020,A,B,01,1,USD\n2021,A,B,01,1,thousand EUR\n",
         {0},
         KARVAN_E_DATA,
         "flows.csv:3:1: a flow in thousand EUR, others are in USD"},
        {HEAD "\n2020,A,A,01,1\n2020,,A,01,1\n",
         {0},
         KARVAN_E_DATA,
         "flows: no flow is left of 2 rows: other 0, other level 0, domestic 1, without year, "
         "party "
         "or product 1, world 0"},
        {HEAD "\n20200,A,B,01,1\n", {0}, KARVAN_E_DATA, "flows.csv:2:1: a year is 1 to 9999"},
        {HEAD "\n2020,A,B,01,1\n",
         {.world = KARVAN_WORLD_ROW},
         KARVAN_E_DATA,
         "flows: no row is of the world (WLD, W00, World); sum its partners instead"},
        {HEAD "\n2020,A,B,01,1\n",
         {.reported_by = "both"},
         KARVAN_E_ARG,
         "reported by exporter, importer or own, not 'both'"},
        {"year,exporter,value\n2020,A,1\n",
         {0},
         KARVAN_E_DATA,
         "table flows has no column importer"}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        karvan_error e = {0};
        karvan_table *t = flows_of(list[i].csv);
        karvan_trade_cube *c = (karvan_trade_cube *)&e;
        assert_int_equal(karvan_trade_cube_create(t, &list[i].o, &c, &e), list[i].status);
        assert_string_equal(e.msg, list[i].message);
        assert_null(c);
        karvan_table_destroy(t);
    }
}

static void refused_questions(void **state) {
    (void)state;
    static const struct {
        const char *indicator;
        karvan_indicator_query q;
        const char *message;
    } list[] = {
        {"intensity",
         {.country = "AAA"},
         "intensity is of a pair: name a partner, or ask for each"},
        {"hhi_partners",
         {.country = "AAA", .partner = "BBB"},
         "hhi_partners is of a country, not of a pair"},
        {"hhi_partners", {.by_product = true}, "hhi_partners is not told by product"},
        {"exports", {.country = "AAB"}, "no flow is of the country 'AAB'; did you mean AAA?"},
        {"exports",
         {.country = "AAA", .product = "0102"},
         "no flow is of the product '0102'; did you mean 0101?"},
        {"exports", {.market = "AAA"}, "exports has no market; similarity has"},
        {"exports",
         {.has_from = true, .from_year = 2022},
         "the flows are of 2020 to 2021: no year asked for"},
        {"share",
         {.country = "AAA", .partner = "BBB", .by_partner = true},
         "a partner is named, and each is asked for: choose one"}};
    karvan_trade_cube *c = cube_of(FLOWS, NULL);
    karvan_table *t = NULL;
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        karvan_error e = {0};
        int which;
        karvan_indicator_query q = list[i].q;
        assert_int_equal(karvan_trade_indicator_find(list[i].indicator, &which, &e), KARVAN_OK);
        q.indicator = &which, q.n_indicators = 1;
        assert_int_equal(karvan_trade_indicators(c, &q, &t, &e), KARVAN_E_ARG);
        assert_string_equal(e.msg, list[i].message);
        assert_null(t);
    }
    karvan_error e = {0};
    int which;
    assert_int_equal(karvan_trade_indicator_find("rsa", &which, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "no indicator is called 'rsa'; did you mean rca?");
    karvan_trade_cube_destroy(c);
}

/* ---- a region's dashboard ---- */

static const small_table TABLES[] = {
    {"trade",
     "dataset:s,reporter:s,partner:s,flow:s,year:i,commodity:s,value:n,unit:s,source:s\n"
     "one,AAA,BBB,export,2020,TOTAL,100,thousand USD,x\n"
     "one,AAA,CCC,export,2020,TOTAL,300,thousand USD,x\n"
     "one,AAA,BBB,import,2020,TOTAL,50,thousand USD,x\n"
     "one,AAA,BBB,export,2021,TOTAL,150,thousand USD,x\n"
     "two,BBB,AAA,import,2021,TOTAL,165,thousand USD,x\n",
     NULL},
    {"indicators", "country:s,year:i,indicator:s,value:n,unit:s,source:s\nAAA,2020,gdp,9e6,USD,x\n",
     NULL}};
static small_region region;

static double shown(const karvan_table *t, const char *indicator, const char *flow) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "indicator", r, indicator) && karvan_i_cell_is(t, "flow", r, flow))
            return karvan_i_cell_real(t, "value", r);
    fail_msg("no row for %s", indicator);
    return NAN;
}

static void dashboard(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_string_equal(karvan_trade_country_dataset(region.package, "AAA"), "one");
    if (karvan_trade_dashboard(region.package, NULL, "AAA", NULL, 0, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    equals(karvan_i_cell_real(t, "year", 0), 2020, 0); /* both flows are stated */
    equals(shown(t, "exports", ""), 400, 0);
    equals(shown(t, "openness", ""), 5, 1e-15); /* 450 of 9000 */
    equals(shown(t, "hhi_partners", "export"), 0.625, 0);
    equals(shown(t, "hhi_partners", "import"), 1, 0);
    assert_true(isnan(shown(t, "hhi_products", "export")));
    assert_true(karvan_i_cell_is(t, "formula", 0, "X"));
    karvan_table_destroy(t);
    if (karvan_trade_dashboard(region.package, "one", "AAA", "BBB", 2021, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    equals(shown(t, "growth", "export"), 50, 0);
    assert_true(isnan(shown(t, "growth", "import")));
    karvan_table_destroy(t);
    assert_int_equal(karvan_trade_dashboard(region.package, NULL, "CCC", NULL, 0, &t, &e),
                     KARVAN_E_ARG);
    assert_null(t);
}

/* ---- memory ---- */

static karvan_table *swept_flows, *swept_sides;

static karvan_status work(karvan_error *err) {
    static const char *const members[] = {"BBB", "CCC"};
    const karvan_trade_group g = {"BC", 2, members};
    const int list[] = {0, 6, 24, 34};
    karvan_trade_cube *c = NULL, *own = NULL;
    karvan_table *t = NULL;
    karvan_indicator_query q = {.indicator = list,
                                .n_indicators = 4,
                                .by_product = true,
                                .partner = "BC",
                                .groups = &g,
                                .n_groups = 1};
    karvan_status st = karvan_trade_cube_create(
        swept_flows, &(karvan_trade_cube_options){.complete = true}, &c, err);
    if (st == KARVAN_OK) st = karvan_trade_indicators(c, &q, &t, err);
    if (st == KARVAN_OK) st = karvan_trade_cube_create(swept_sides, NULL, &own, err);
    karvan_table_destroy(t), karvan_trade_cube_destroy(c), karvan_trade_cube_destroy(own);
    t = NULL;
    if (st == KARVAN_OK)
        st = karvan_trade_dashboard(region.package, "one", "AAA", NULL, 0, &t, err);
    karvan_table_destroy(t);
    return st;
}

static void no_memory(void **state) {
    (void)state;
    swept_flows = flows_of(FLOWS);
    swept_sides = flows_of("year,exporter,importer,value,reported_by\n2020,B,A,10,exporter\n"
                           "2020,A,B,1,exporter\n2020,A,B,12,importer\n");
    every_allocation_fails(work, 3000);
    karvan_table_destroy(swept_flows), karvan_table_destroy(swept_sides);
}

static int set_up(void **state) {
    (void)state;
    return small_open(&region, TABLES, sizeof TABLES / sizeof TABLES[0]) ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    small_close(&region);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(refused_flows),
                                       cmocka_unit_test(refused_questions),
                                       cmocka_unit_test(dashboard), cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
