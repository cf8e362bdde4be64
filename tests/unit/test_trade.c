/* Trade of three countries, whose sums, shares and growth are known by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/trade.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

static const small_table TABLES[] = {
    {"countries", "iso3:s,name:s,aliases:s\nAAA,Aland,\nBBB,Beland,\nCCC,Celand,\n", "\"iso3\""},
    {"trade",
     "dataset:s,reporter:s,partner:s,flow:s,year:i,commodity:s,value:n,unit:s,price_basis:s,"
     "estimate:b,source:s,note:s\n"
     "one,AAA,BBB,export,2019,TOTAL,0,USD,,false,x,\n"
     "one,AAA,BBB,export,2020,TOTAL,100,USD,,false,x,\n"
     "one,AAA,BBB,export,2021,TOTAL,150,USD,,false,x,\n"
     "one,AAA,BBB,export,2021,27,90,USD,,false,x,\n" /* a commodity is no total */
     "one,AAA,CCC,export,2021,TOTAL,50,USD,,false,x,\n"
     "one,AAA,BBB,import,2020,TOTAL,40,USD,,false,x,\n"
     "one,AAA,BBB,import,2023,TOTAL,60,USD,,false,y,\n"
     "one,BBB,AAA,import,2021,TOTAL,165,USD,,false,x,\n"
     "alt,BBB,AAA,import,2021,TOTAL,180,USD,,false,x,\n"
     "alt,BBB,AAA,export,2021,TOTAL,1,USD,,false,x,\n"
     "alt,CCC,AAA,export,2021,TOTAL,1,thousand USD,,false,x,\n"
     "alt,CCC,BBB,export,2021,TOTAL,1,USD,,false,x,\n"
     "old,BBB,AAA,import,2021,TOTAL,0.2,thousand USD,,false,x,\n",
     NULL},
    {"indicators",
     "country:s,year:i,indicator:s,value:n,unit:s,source:s\nAAA,2020,gdp,1e6,USD,x\n"
     "AAA,2021,gdp,2e7,USD,x\nBBB,2021,gdp,120,USD,x\n",
     "[\"country\",\"year\",\"indicator\"]"},
    {"distances",
     "origin:s,destination:s,dist_km:n,distcap_km:n,distw_km:n\nAAA,BBB,100,100,100\n"
     "BBB,AAA,100,101,100\nAAA,CCC,5,5,5\n",
     "[\"origin\",\"destination\"]"}};

static small_region region;

static int set_up(void **state) {
    (void)state;
    return small_open(&region, TABLES, sizeof TABLES / sizeof TABLES[0]) ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    small_close(&region);
    return 0;
}

static karvan_table *balance(const char *dataset, const char *a, const char *b) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_trade_balance(region.package, dataset, a, b, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static void is(const karvan_table *t, const char *column, int row, double expected) {
    double v = karvan_i_cell_real(t, column, row);
    if (isnan(expected) ? !isnan(v) : !(fabs(v - expected) < 1e-12 * (1 + fabs(expected))))
        fail_msg("%s in row %d: %g, not %g", column, row, v, expected);
}

static void figures_by_hand(void **state) {
    (void)state;
    karvan_table *t = balance("one", "AAA", "BBB");
    assert_int_equal(karvan_table_rows(t), 5); /* 2019 to 2023, the gap too */
    static const double exports[] = {0, 100, 150, NAN, NAN}, imports[] = {NAN, 40, NAN, NAN, 60};
    for (int r = 0; r < 5; r++) {
        is(t, "year", r, 2019 + r), is(t, "exports", r, exports[r]);
        is(t, "imports", r, imports[r]), is(t, "turnover", r, exports[r] + imports[r]);
    }
    is(t, "balance", 1, 60), is(t, "normalised_balance", 1, 60.0 / 140);
    is(t, "export_growth", 2, 50);
    is(t, "export_growth", 1, NAN); /* from zero */
    int growth = karvan_table_find(t, "export_growth");
    assert_int_equal(karvan_table_state(t, growth, 0), KARVAN_NOT_COVERED);
    assert_int_equal(karvan_table_state(t, growth, 1), KARVAN_UNKNOWN);
    is(t, "share_of_exports", 2, 75); /* 150 of 200 */
    is(t, "share_of_imports", 1, 100), is(t, "share_of_exports", 0, NAN);
    assert_true(karvan_i_cell_is(t, "unit", 4, "USD"));
    karvan_table_destroy(t);
}

static void units_are_not_mixed(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0}, none = {0};
    assert_int_equal(karvan_trade_balance(region.package, "alt", "CCC", "AAA", &t, &e),
                     KARVAN_E_DATA);
    assert_string_equal(e.msg, "data set alt states the trade of CCC in thousand USD and in USD");
    assert_int_equal(karvan_trade_balance(region.package, "alt", "AAA", "BBB", &t, &none),
                     KARVAN_E_ARG);
    assert_null(t);
}

static void who_speaks_for_a_pair(void **state) {
    (void)state;
    assert_string_equal(karvan_trade_default_dataset(region.package, "AAA", "BBB"), "one");
    assert_string_equal(karvan_trade_default_dataset(region.package, "BBB", "AAA"), "alt");
    assert_null(karvan_trade_default_dataset(region.package, "BBB", "CCC"));
}

static void mirrors(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_trade_mirrors(region.package, "AAA", "BBB", &t, &e), KARVAN_OK);
    assert_int_equal(
        karvan_table_rows(t),
        2); /* 150 against 165 and 180, not against another unit; the others have none */
    is(t, "importer_over_exporter", 0, 1.1), is(t, "importer_over_exporter", 1, 1.2);
    assert_true(karvan_i_cell_is(t, "importer_data_set", 1, "alt"));
    karvan_table_destroy(t);
}

static void rows_asked_for(void **state) {
    (void)state;
    static const struct {
        karvan_trade_query q;
        int64_t rows;
    } samples[] = {{{.reporter = "AAA"}, 7},
                   {{.reporter = "AAA", .partner = "BBB"}, 6},
                   {{.reporter = "AAA", .partner = "BBB", .either_way = true}, 10},
                   {{.flow = "import"}, 5},
                   {{.dataset = "alt"}, 4},
                   {{.has_from = true, .from_year = 2021, .has_to = true, .to_year = 2022}, 9},
                   {{.reporter = "QQQ"}, 0}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_view v;
        karvan_error e = {0};
        assert_int_equal(karvan_trade_select(region.package, &samples[i].q, &v, &e), KARVAN_OK);
        assert_int_equal(v.n, samples[i].rows);
        karvan_view_clear(&v);
    }
}

/* By data set in the order of the table, then year, reporter, partner, flow. */
static void order_of_rows(void **state) {
    (void)state;
    static const int64_t order[] = {0, 1, 5, 2, 3, 4, 7, 6, 9, 8, 10, 11, 12};
    karvan_trade_query all = {0};
    karvan_view v;
    karvan_error e = {0};
    assert_int_equal(karvan_trade_select(region.package, &all, &v, &e), KARVAN_OK);
    assert_int_equal(v.n, 13);
    for (int i = 0; i < 13; i++)
        if (v.row[i] != order[i]) fail_msg("row %d: %d, not %d", i, (int)v.row[i], (int)order[i]);
    karvan_view_clear(&v);
}

static void unknown_data_set(void **state) {
    (void)state;
    karvan_view v;
    karvan_error e = {0};
    assert_int_equal(
        karvan_trade_select(region.package, &(karvan_trade_query){.dataset = "onne"}, &v, &e),
        KARVAN_E_ARG);
    assert_string_equal(e.msg, "no data set is called 'onne'; did you mean one?");
    assert_null(v.row);
    e = (karvan_error){0};
    assert_int_equal(
        karvan_trade_select(region.package, &(karvan_trade_query){.dataset = "comtrade"}, &v, &e),
        KARVAN_E_ARG);
    assert_string_equal(e.msg, "no data set is called 'comtrade'; there are one, alt, old");
}

static void checks(void **state) {
    (void)state;
    static const struct {
        const char *code;
        int64_t line;
    } told[] = {{"indicator-jump", 3},
                {"distance-asymmetric", 2},
                {"distance-asymmetric", 3},
                {"tie-one-way", 4}};
    karvan_problems *p = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&p, &e), KARVAN_OK);
    assert_int_equal(karvan_trade_check(region.package, p, &e), KARVAN_OK);
    assert_int_equal(karvan_problems_total(p), 4);
    for (int i = 0; i < 4; i++) {
        karvan_problem one = karvan_problems_get(p, i);
        assert_string_equal(one.code, told[i].code);
        assert_int_equal(one.line, told[i].line);
    }
    karvan_problems_destroy(p);
}

static karvan_status everything(karvan_error *e) {
    karvan_problems *p = NULL;
    karvan_table *a = NULL, *b = NULL, *c = NULL;
    karvan_view v = {0};
    karvan_trade_query q = {.dataset = "one"};
    karvan_status st = karvan_problems_create(&p, e);
    if (st == KARVAN_OK) st = karvan_trade_select(region.package, &q, &v, e);
    if (st == KARVAN_OK) st = karvan_trade_table(region.package, &v, true, &c, e);
    if (st == KARVAN_OK) st = karvan_trade_check(region.package, p, e);
    if (st == KARVAN_OK) st = karvan_trade_balance(region.package, "one", "AAA", "BBB", &a, e);
    if (st == KARVAN_OK) st = karvan_trade_mirrors(region.package, "AAA", "BBB", &b, e);
    karvan_table_destroy(a), karvan_table_destroy(b), karvan_table_destroy(c);
    karvan_view_clear(&v);
    karvan_problems_destroy(p);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_by_hand),       cmocka_unit_test(units_are_not_mixed),
        cmocka_unit_test(who_speaks_for_a_pair), cmocka_unit_test(mirrors),
        cmocka_unit_test(rows_asked_for),        cmocka_unit_test(order_of_rows),
        cmocka_unit_test(unknown_data_set),      cmocka_unit_test(checks),
        cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
