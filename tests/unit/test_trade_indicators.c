/* Indicators of a small trade, worked out by hand: two years, three countries, three products. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trade_flows.h"

/* 2020: A sells 30, 40, 30 of the products and buys 20, 20, 50; B sells 20, 20, 60; C 0, 150, 50;
 * the world 50, 210, 140 = 400. 2021: A sells 45, 40, 20, buys 30, 10, 40; the world 75, 185, 100.
 */
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

static karvan_indicator_query in_year(int64_t year, const char *country, const char *partner) {
    return (karvan_indicator_query){.country = country,
                                    .partner = partner,
                                    .has_from = true,
                                    .has_to = true,
                                    .from_year = year,
                                    .to_year = year};
}

typedef struct expected {
    const char *indicator, *country, *partner, *product;
    int year;
    bool imports;
    double value;
} expected;

static void check(const karvan_trade_cube *c, const expected *e) {
    karvan_indicator_query q = in_year(e->year, e->country, e->partner);
    q.product = e->product, q.imports = e->imports;
    double v = value_of(c, e->indicator, q, NULL, NULL);
    if (!(fabs(v - e->value) < 1e-12 * (1 + fabs(e->value))))
        fail_msg("%s of %s-%s, %s: %.15g, not %.15g", e->indicator, e->country,
                 e->partner ? e->partner : "all", e->product ? e->product : "TOTAL", v, e->value);
}

static void values_by_hand(void **state) {
    (void)state;
    const expected list[] = {
        {"exports", "AAA", NULL, NULL, 2020, false, 100},
        {"exports", "AAA", "BBB", NULL, 2020, false, 40},
        {"exports", "AAA", NULL, "0101", 2020, false, 30},
        {"exports", "AAA", "CCC", "0202", 2021, false, 40},
        {"imports", "AAA", NULL, NULL, 2020, false, 90},
        {"imports", "AAA", "CCC", NULL, 2020, false, 50},
        {"turnover", "AAA", NULL, NULL, 2020, false, 190},
        {"balance", "AAA", "BBB", NULL, 2020, false, 0},
        {"balance", "AAA", "BBB", "0101", 2020, false, -10},
        {"normalised_balance", "AAA", NULL, NULL, 2020, false, 10.0 / 190},
        {"growth", "AAA", NULL, NULL, 2021, false, 5},
        {"growth", "AAA", NULL, NULL, 2021, true, 100 * (80.0 / 90 - 1)},
        {"growth", "AAA", "BBB", "2701", 2021, false, -100.0 / 3},
        {"share", "AAA", "BBB", NULL, 2020, false, 40},
        {"share", "AAA", "BBB", NULL, 2020, true, 100 * 40.0 / 90},
        {"share", "AAA", "BBB", "0101", 2020, false, 25},
        {"share", "AAA", NULL, "0202", 2020, false, 40},
        {"market_share", "AAA", "BBB", NULL, 2020, false, 100 * 40.0 / 190},
        {"market_share", "AAA", "BBB", "0101", 2020, false, 100},
        {"market_share", "AAA", NULL, NULL, 2020, false, 25},
        {"market_share", "CCC", NULL, "0202", 2020, false, 100 * 150.0 / 210},
        {"intensity", "AAA", "BBB", NULL, 2020, false, 0.4 / (190.0 / 400)},
        {"complementarity", "AAA", "BBB", NULL, 2020, false, 116.0 / 190}, /* 10 + 76 + 30 */
        {"similarity", "AAA", "BBB", NULL, 2020, false, 0.7},
        {"similarity", "BBB", "AAA", NULL, 2020, false, 0.7},
        {"orientation", "AAA", "BBB", "0101", 2020, false, 0.75}, /* (10/40) / (20/60) */
        {"rca", "AAA", NULL, "0101", 2020, false, 2.4},           /* 0.3 / 0.125 */
        {"rca", "AAA", NULL, "0202", 2020, false, 0.4 / 0.525},
        {"rca", "AAA", "BBB", "2701", 2020, false, (30.0 / 40) / (30.0 / 190)},
        {"rca_symmetric", "AAA", NULL, "0101", 2020, false, 1.4 / 3.4},
        {"rca_additive", "AAA", NULL, "0202", 2020, false, -0.125},
        {"nrca", "AAA", NULL, "0101", 2020, false, 0.04375}, /* 30/400 - 100 50 / 400^2 */
        {"nrca", "AAA", NULL, "0202", 2020, false, -0.03125},
        {"nrca", "AAA", NULL, "2701", 2020, false, -0.0125},
        {"grubel_lloyd", "AAA", NULL, "0101", 2020, false, 0.8}, /* 1 - 10/50 */
        {"grubel_lloyd", "AAA", NULL, "2701", 2020, false, 0.75},
        {"grubel_lloyd", "AAA", NULL, NULL, 2020, false, 140.0 / 190},
        {"grubel_lloyd", "AAA", "BBB", NULL, 2020, false, 0.25}, /* 2 10 / 80 */
        {"grubel_lloyd_adjusted", "AAA", NULL, NULL, 2020, false, 140.0 / 180},
        {"miit_a", "AAA", NULL, "0101", 2021, false, 0.8}, /* dX 15, dM 10 */
        {"miit_a", "AAA", NULL, "0202", 2021, false, 0},   /* 0, -10 */
        {"miit_a", "AAA", NULL, "2701", 2021, false, 1},   /* -10, -10 */
        {"miit_a", "AAA", NULL, NULL, 2021, false, 1 - 15.0 / 55},
        {"miit_b", "AAA", NULL, "0101", 2021, false, 0.2},
        {"miit_b", "AAA", NULL, "0202", 2021, false, 1},
        {"miit_c", "AAA", NULL, "0101", 2021, false, 20},
        {"miit_c", "AAA", NULL, NULL, 2021, false, 40},
        {"extensive_margin", "CCC", NULL, NULL, 2020, false, 0.75}, /* (60 + 90) / 200 */
        {"intensive_margin", "CCC", NULL, NULL, 2020, false, 200.0 / 150},
        {"extensive_margin", "AAA", "BBB", NULL, 2020, false, 0},
        {"cms_change", "AAA", NULL, NULL, 2021, false, 100 * (105.0 / 360 - 0.25)},
        {"cms_performance", "AAA", NULL, NULL, 2021, false,
         100 * (0.525 * (40.0 / 185 - 40.0 / 210) + 0.35 * (0.2 - 30.0 / 140))},
        {"cms_structure", "AAA", NULL, NULL, 2021, false,
         100 * (0.6 * (75.0 / 360 - 0.125) + 40.0 / 210 * (185.0 / 360 - 0.525) +
                30.0 / 140 * (100.0 / 360 - 0.35))},
        {"products", "CCC", NULL, NULL, 2020, false, 2},
        {"products", "AAA", "BBB", NULL, 2020, true, 2},
        {"hhi_products", "AAA", NULL, NULL, 2020, false, 0.34},
        {"hhi_products_normalised", "AAA", NULL, NULL, 2020, false, 0.01},
        {"theil_products", "AAA", NULL, NULL, 2020, false, 0.6 * log(0.9) + 0.4 * log(1.2)},
        {"theil_products", "CCC", NULL, NULL, 2020, false, 0.75 * log(2.25) + 0.25 * log(0.75)},
        {"theil_products_extensive", "CCC", NULL, NULL, 2020, false, log(1.5)},
        {"theil_products_intensive", "CCC", NULL, NULL, 2020, false,
         0.75 * log(1.5) + 0.25 * log(0.5)},
        {"partners", "AAA", NULL, NULL, 2020, false, 2},
        {"hhi_partners", "AAA", NULL, NULL, 2020, false, 0.52}, /* 40 and 60 */
        {"hhi_partners", "AAA", NULL, NULL, 2020, true, (16.0 + 25) / 81},
        {"hhi_partners_normalised", "AAA", NULL, NULL, 2020, false, 0.04},
        {"theil_partners", "AAA", NULL, NULL, 2020, false, 0.4 * log(0.8) + 0.6 * log(1.2)},
        {"theil_partners_extensive", "AAA", NULL, NULL, 2020, false, 0},
        {"theil_partners_intensive", "AAA", NULL, NULL, 2020, false,
         0.4 * log(0.8) + 0.6 * log(1.2)}};
    karvan_trade_cube *c = cube_of(FLOWS, NULL);
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) check(c, &list[i]);
    karvan_trade_cube_destroy(c);
}

/* Chapters 01 and 27 of two and of one product: shares 0.3 + 0.4 and 0.3 of 3 products. */
static void theil_by_chapters(void **state) {
    (void)state;
    karvan_trade_cube *c = cube_of("year,exporter,importer,product,value\n2020,A,B,0101,30\n"
                                   "2020,A,B,0102,40\n2020,A,B,2701,30\n",
                                   NULL);
    double part = 0.7 * log(0.7 * 3 / 2) + 0.3 * log(0.3 * 3);
    double within = 0.7 * (3.0 / 7 * log(3.0 / 7 * 2) + 4.0 / 7 * log(4.0 / 7 * 2));
    karvan_indicator_query q = {.country = "A"};
    equals(value_of(c, "theil_products_between", q, NULL, NULL), part, 1e-14);
    equals(value_of(c, "theil_products_within", q, NULL, NULL), within, 1e-14);
    karvan_trade_cube_destroy(c);
}

static void in_a_market(void **state) {
    (void)state;
    karvan_trade_cube *c = cube_of(FLOWS, NULL);
    karvan_indicator_query q = in_year(2020, "AAA", "CCC");
    q.market = "BBB"; /* A: 1/4, 0, 3/4; C: 0, 1, 0 */
    equals(value_of(c, "similarity", q, NULL, NULL), 0, 0);
    karvan_trade_cube_destroy(c);
}

/* ---- what is missing ---- */

static void lacks(const karvan_trade_cube *c, const char *indicator, karvan_indicator_query q,
                  karvan_cell expected_state, const char *expected_why) {
    char why[100];
    karvan_cell state = KARVAN_VALUE;
    double v = value_of(c, indicator, q, why, &state);
    if (!isnan(v) || state != expected_state || strcmp(why, expected_why) != 0)
        fail_msg("%s: %g, %s, '%s'", indicator, v, karvan_cell_name(state), why);
}

static void missing_is_never_zero(void **state) {
    (void)state;
    karvan_trade_cube *c = cube_of(FLOWS, NULL);
    karvan_indicator_query q = in_year(2020, "AAA", "BBB");
    q.product = "0202"; /* A buys it from B and sells none that is stated */
    lacks(c, "exports", q, KARVAN_NOT_COVERED, "exports of it are not stated");
    lacks(c, "balance", q, KARVAN_NOT_COVERED, "exports of it are not stated");
    lacks(c, "grubel_lloyd", q, KARVAN_NOT_COVERED, "exports of it are not stated");
    lacks(c, "growth", in_year(2020, "AAA", NULL), KARVAN_NOT_COVERED, "no flow of the base year");
    lacks(c, "openness", in_year(2020, "AAA", NULL), KARVAN_NOT_COVERED,
          "no table of GDP is given");
    q = in_year(2020, "AAA", "BBB"), q.product = "2701"; /* all of A's coal goes to B */
    lacks(c, "orientation", q, KARVAN_UNKNOWN, "it would divide by 0");
    lacks(c, "intensive_margin", in_year(2020, "AAA", "BBB"), KARVAN_UNKNOWN,
          "it would divide by 0");
    karvan_trade_cube_destroy(c);
}

static void complete_files_have_zeros(void **state) {
    (void)state;
    karvan_trade_cube *c = cube_of(FLOWS, &(karvan_trade_cube_options){.complete = true});
    karvan_indicator_query q = in_year(2020, "AAA", "BBB");
    q.product = "0202";
    equals(value_of(c, "exports", q, NULL, NULL), 0, 0);
    equals(value_of(c, "grubel_lloyd", q, NULL, NULL), 0, 0);
    equals(value_of(c, "balance", q, NULL, NULL), -20, 0);
    q = in_year(2020, "CCC", NULL), q.product = "0101";
    equals(value_of(c, "rca", q, NULL, NULL), 0, 0);
    equals(value_of(c, "rca_symmetric", q, NULL, NULL), -1, 0);
    /* A-B in 2021: dX 5, 0, -10, dM 10, -10, 0: 1 - (5 + 10 + 10) / 35 */
    equals(value_of(c, "miit_a", in_year(2021, "AAA", "BBB"), NULL, NULL), 1 - 25.0 / 35, 1e-15);
    q = in_year(2020, "CCC", NULL), q.by_product = true;
    karvan_table *t = indicator_of(c, "rca", q); /* each product of the world */
    assert_int_equal(karvan_table_rows(t), 3);
    karvan_table_destroy(t), karvan_trade_cube_destroy(c);
}

static void unknown_parts_make_unknown_sums(void **state) {
    (void)state;
    karvan_trade_cube *c = cube_of("year,exporter,importer,product,value\n2020,A,B,01,\n"
                                   "2020,A,C,01,5\n2020,A,C,02,0\n2020,B,C,01,5\n2020,C,A,02,0\n",
                                   NULL);
    const char *why = "a flow is stated without a value";
    lacks(c, "exports", (karvan_indicator_query){.country = "A"}, KARVAN_UNKNOWN, why);
    lacks(c, "hhi_products", (karvan_indicator_query){.country = "A"}, KARVAN_UNKNOWN, why);
    lacks(c, "hhi_partners", (karvan_indicator_query){.country = "A"}, KARVAN_UNKNOWN, why);
    lacks(c, "rca", (karvan_indicator_query){.country = "A", .product = "02"}, KARVAN_UNKNOWN, why);
    lacks(c, "hhi_products", (karvan_indicator_query){.country = "C"}, KARVAN_UNKNOWN,
          "it would divide by 0");
    equals(value_of(c, "exports", (karvan_indicator_query){.country = "A", .partner = "C"}, NULL,
                    NULL),
           5, 0);
    karvan_trade_cube_destroy(c);
}

/* Of one country's own statistics no place in the world can be told. */
static void own_trade_is_no_world(void **state) {
    (void)state;
    karvan_trade_cube *c = cube_of("year,exporter,importer,value,reported_by\n"
                                   "2020,A,B,10,exporter\n2020,A,C,30,exporter\n"
                                   "2020,B,A,5,importer\n",
                                   NULL);
    const char *why = "exports of others than to it are not stated";
    lacks(c, "market_share", (karvan_indicator_query){.country = "A"}, KARVAN_NOT_COVERED, why);
    lacks(c, "intensity", (karvan_indicator_query){.country = "A", .partner = "B"},
          KARVAN_NOT_COVERED, why);
    lacks(c, "hhi_products", (karvan_indicator_query){.country = "A"}, KARVAN_NOT_COVERED,
          "the flows are not stated by product");
    equals(value_of(c, "hhi_partners", (karvan_indicator_query){.country = "A"}, NULL, NULL), 0.625,
           0);
    karvan_trade_cube_destroy(c);
}

/* ---- groups, worlds, sides ---- */

/* A base year is an earlier one. */
static void no_base_from_the_future(void **state) {
    (void)state;
    karvan_trade_cube *c = cube_of(FLOWS, NULL);
    karvan_indicator_query q = in_year(2020, "AAA", NULL);
    q.has_base = true, q.base_year = 2021;
    lacks(c, "growth", q, KARVAN_NOT_COVERED, "no flow of the base year");
    q.base_year = 2020;
    lacks(c, "growth", q, KARVAN_NOT_COVERED, "no flow of the base year");
    karvan_trade_cube_destroy(c);
}

static void groups(void **state) {
    (void)state;
    static const char *const members[] = {"CCC", "BBB", "ZZZ", "BBB"};
    const karvan_trade_group g = {"BC", 4, members};
    karvan_trade_cube *c = cube_of(FLOWS, NULL);
    karvan_indicator_query q = in_year(2020, "BC", NULL);
    q.groups = &g, q.n_groups = 1;
    equals(value_of(c, "exports", q, NULL, NULL), 300, 0);
    equals(value_of(c, "partners", q, NULL, NULL), 3, 0);
    /* 90, 60, 150 of 300 over three that could be: (0.38 - 1/3) / (2/3) */
    equals(value_of(c, "hhi_partners_normalised", q, NULL, NULL), 0.07, 1e-14);
    q.without_intra = true;
    equals(value_of(c, "exports", q, NULL, NULL), 90, 0); /* A buys 90 */
    equals(value_of(c, "hhi_partners", q, NULL, NULL), 1, 0);
    q.without_intra = false, q.partner = "BC"; /* with itself: 60 + 150 of 300 */
    equals(value_of(c, "share", q, NULL, NULL), 70, 1e-14);
    q.country = "AAA";
    equals(value_of(c, "exports", q, NULL, NULL), 100, 0);
    karvan_trade_cube_destroy(c);
}

static void the_world_is_a_sum_or_a_row(void **state) {
    (void)state;
    static const char csv[] = "year,exporter,importer,product,value\n2020,A,B,01,10\n"
                              "2020,A,W00,01,40\n2020,B,WLD,01,60\n2020,B,World,02,100\n"
                              "2020,W00,A,01,9\n2020,WLD,World,01,9\n2020,A,WLD,02,60\n";
    karvan_trade_cube *sum = cube_of(csv, NULL);
    equals(value_of(sum, "exports", (karvan_indicator_query){.country = "A"}, NULL, NULL), 10, 0);
    assert_int_equal(karvan_trade_cube_account(sum).world, 6);
    karvan_trade_cube *row = cube_of(csv, &(karvan_trade_cube_options){.world = KARVAN_WORLD_ROW});
    karvan_indicator_query q = {.country = "A"};
    equals(value_of(row, "exports", q, NULL, NULL), 100, 0);
    equals(value_of(row, "imports", q, NULL, NULL), 9, 0);
    q.product = "01"; /* (40/100) / (100/260) */
    equals(value_of(row, "rca", q, NULL, NULL), 1.04, 1e-15);
    q.product = NULL;
    lacks(row, "hhi_partners", q, KARVAN_NOT_COVERED, "all partners are one row, the world's");
    q.partner = "B";
    equals(value_of(row, "share", q, NULL, NULL), 10, 0);
    karvan_table *t = indicator_of(row, "exports", (karvan_indicator_query){0});
    assert_int_equal(karvan_table_rows(t), 2); /* the world is no country */
    assert_true(karvan_i_cell_is(t, "world", 0, "the source's row for the world"));
    karvan_table_destroy(t);
    karvan_trade_cube_destroy(sum), karvan_trade_cube_destroy(row);
}

static void each_side_has_its_word(void **state) {
    (void)state;
    static const char csv[] = "year,exporter,importer,value,reported_by\n2020,A,B,10,exporter\n"
                              "2020,A,B,12,importer\n2020,B,A,7,exporter\n2020,B,A,8,importer\n";
    static const struct {
        const char *side;
        double exports, imports;
    } list[] = {{NULL, 10, 8}, {"own", 10, 8}, {"exporter", 10, 7}, {"importer", 12, 8}};
    for (size_t i = 0; i < 4; i++) {
        karvan_trade_cube *c =
            cube_of(csv, &(karvan_trade_cube_options){.reported_by = list[i].side});
        karvan_indicator_query q = {.country = "A"};
        equals(value_of(c, "exports", q, NULL, NULL), list[i].exports, 0);
        equals(value_of(c, "imports", q, NULL, NULL), list[i].imports, 0);
        karvan_trade_cube_destroy(c);
    }
}

/* The market is what exporters state too, where every partner is asked for at once. */
static void sides_in_a_market(void **state) {
    (void)state;
    karvan_trade_cube *c = cube_of("year,exporter,importer,product,value,reported_by\n"
                                   "2020,A,B,01,10,exporter\n2020,A,B,01,12,importer\n"
                                   "2020,C,B,01,30,exporter\n2020,C,B,02,9,importer\n",
                                   NULL);
    karvan_indicator_query q = {.country = "A", .by_partner = true, .product = "01"};
    equals(value_of(c, "market_share", q, NULL, NULL), 25, 0);
    q.by_partner = false, q.partner = "B";
    equals(value_of(c, "market_share", q, NULL, NULL), 25, 0);
    karvan_trade_cube_destroy(c);
}

/* A has a part in all that is stated, B and C have not: asked for at once, each has its answer. */
static void whose_trade_is_no_world(void **state) {
    (void)state;
    karvan_trade_cube *c = cube_of("year,exporter,importer,value\n2020,A,B,10\n2020,A,C,20\n"
                                   "2020,B,A,30\n",
                                   NULL);
    karvan_table *t = indicator_of(c, "market_share", (karvan_indicator_query){0});
    assert_int_equal(karvan_table_rows(t), 3);
    assert_true(isnan(karvan_i_cell_real(t, "value", 0)));
    equals(karvan_i_cell_real(t, "value", 1), 50, 0);
    assert_true(karvan_i_cell_is(t, "why", 2, "exports are not stated"));
    karvan_table_destroy(t), karvan_trade_cube_destroy(c);
}

static void levels_units_totals(void **state) {
    (void)state;
    karvan_trade_cube *c =
        cube_of("year,exporter,importer,product,value,unit\n"
                "2020,A,B,270112,1,million USD\n2020,A,B,270119,500,thousand USD\n"
                "2020,B,A,270112,2,million USD\n2020,A,B,TOTAL,4,million USD\n",
                &(karvan_trade_cube_options){.digits = 4});
    assert_int_equal(karvan_trade_cube_products(c), 1);
    assert_string_equal(karvan_trade_cube_product(c, 0), "2701");
    assert_string_equal(karvan_trade_cube_unit(c), "million USD");
    karvan_indicator_query q = {.country = "A", .product = "2701"};
    equals(value_of(c, "exports", q, NULL, NULL), 1.5, 0);
    q.product = NULL; /* the total is stated, and is not the sum of the products */
    equals(value_of(c, "exports", q, NULL, NULL), 4, 0);
    lacks(c, "imports", q, KARVAN_NOT_COVERED, "a partner's total is not stated");
    karvan_trade_cube_destroy(c);
}

static void gdp_beside_trade(void **state) {
    (void)state;
    karvan_table *gdp = flows_of("country,year,value,unit\nAAA,2020,1000000,current USD\n"
                                 "BBB,2020,7,EUR\nAAA,1999,5,USD\nXXX,2020,5,USD\n");
    karvan_trade_cube *c = cube_of(FLOWS, NULL);
    karvan_indicator_query q = in_year(2020, "AAA", NULL);
    q.gdp = gdp; /* 1000 thousand */
    equals(value_of(c, "openness", q, NULL, NULL), 19, 1e-14);
    equals(value_of(c, "export_openness", q, NULL, NULL), 10, 1e-14);
    equals(value_of(c, "import_openness", q, NULL, NULL), 9, 1e-14);
    equals(value_of(c, "import_penetration", q, NULL, NULL), 100 * 90.0 / 990, 1e-13);
    q.country = "BBB";
    lacks(c, "openness", q, KARVAN_NOT_COVERED,
          "no GDP of that year is given in the currency of the flows");
    karvan_table_destroy(gdp), karvan_trade_cube_destroy(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_by_hand),
                                       cmocka_unit_test(theil_by_chapters),
                                       cmocka_unit_test(in_a_market),
                                       cmocka_unit_test(missing_is_never_zero),
                                       cmocka_unit_test(complete_files_have_zeros),
                                       cmocka_unit_test(unknown_parts_make_unknown_sums),
                                       cmocka_unit_test(own_trade_is_no_world),
                                       cmocka_unit_test(no_base_from_the_future),
                                       cmocka_unit_test(groups),
                                       cmocka_unit_test(the_world_is_a_sum_or_a_row),
                                       cmocka_unit_test(each_side_has_its_word),
                                       cmocka_unit_test(sides_in_a_market),
                                       cmocka_unit_test(whose_trade_is_no_world),
                                       cmocka_unit_test(levels_units_totals),
                                       cmocka_unit_test(gdp_beside_trade)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
