/* Domestic trade, square panels and a region's trade as flows, by hand and against slow checkers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "flows_table.h"
#include "region.h"
#include "sweep.h"

#define HEAD "year,exporter,importer,product,value,unit,reported_by,source\n"

/* ---- domestic trade ---- */

/* AAA makes 1000, sells 100 + 50; BBB makes 60 and sells 70; CCC has GDP alone and sells 5. */
static const char FLOWS[] = HEAD "2020,AAA,BBB,TOTAL,100,thousand USD,exporter,one\n"
                                 "2020,AAA,CCC,TOTAL,0.05,million USD,exporter,one\n"
                                 "2020,BBB,AAA,TOTAL,70,thousand USD,exporter,one\n"
                                 "2020,CCC,AAA,TOTAL,5,thousand USD,exporter,one\n"
                                 "2020,DDD,AAA,TOTAL,,thousand USD,exporter,one\n"
                                 "2021,AAA,BBB,TOTAL,10,thousand USD,exporter,one\n"
                                 "2021,AAA,AAA,TOTAL,3,thousand USD,derived,mine\n";
static const char MADE[] = "country,year,indicator,value,unit,source\n"
                           "AAA,2020,output,1,million USD,wiod\n"
                           "AAA,2020,gdp,600000,current USD,wdi\n"
                           "BBB,2020,output,60000,USD,wiod\n"
                           "CCC,2020,gdp,20000,current USD,wdi\n"
                           "DDD,2020,output,9,thousand USD,wiod\n"
                           "AAA,2021,output,9,thousand USD,wiod\n"
                           "AAA,2020,population,7,,wdi\n"
                           "EEE,2020,output,9,thousand USD,wiod\n";

static karvan_status domestic(const char *flows, const char *made, double ratio,
                              karvan_problems *problems, karvan_table **out, karvan_error *err) {
    karvan_table *t = NULL, *p = NULL;
    const karvan_domestic_options o = {.output_per_gdp = ratio};
    *out = NULL;
    karvan_status st = flows_read(flows, &t, err);
    if (st == KARVAN_OK) st = flows_read(made, &p, err);
    if (st == KARVAN_OK) st = karvan_flows_domestic(t, p, &o, problems, out, err);
    karvan_table_destroy(t), karvan_table_destroy(p);
    return st;
}

static bool told(const karvan_problems *p, const char *code, const char *word) {
    for (int64_t i = 0; i < karvan_problems_total(p); i++) {
        karvan_problem x = karvan_problems_get(p, i);
        if (strcmp(x.code, code) == 0 && strstr(x.message, word)) return true;
    }
    return false;
}

static void output_less_exports(void **state) {
    (void)state;
    karvan_problems *p = NULL;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&p, NULL), KARVAN_OK);
    if (domestic(FLOWS, MADE, 0, p, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_table_rows(t), 8); /* the seven, and AAA's 1000 - 150 */
    is_number(t, "value", 1, 50), is_text(t, "unit", 1, "thousand USD");
    is_number(t, "value", 7, 850), is_text(t, "exporter", 7, "AAA");
    is_text(t, "importer", 7, "AAA"), is_text(t, "reported_by", 7, "derived");
    is_text(t, "flag", 7, "gross output less exports"), is_text(t, "source", 7, "wiod");
    assert_int_equal(karvan_problems_total(p), 5);
    assert_true(told(p, "flows-domestic-not-positive", "BBB"));
    assert_true(told(p, "flows-domestic-gdp", "CCC"));
    assert_true(told(p, "flows-domestic-no-exports", "DDD"));
    assert_true(told(p, "flows-domestic-no-exports", "EEE"));
    assert_true(told(p, "flows-domestic-exists", "AAA in 2021"));
    karvan_table_destroy(t), karvan_problems_destroy(p);
}

/* On request CCC's output is 2.5 times its GDP of 20: 50 - 5; AAA's stays what is stated. */
static void output_from_gdp(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (domestic(FLOWS, MADE, 2.5, NULL, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_table_rows(t), 9);
    is_number(t, "value", 7, 850), is_text(t, "reported_by", 7, "derived");
    is_number(t, "value", 8, 45), is_text(t, "reported_by", 8, "estimate");
    is_text(t, "flag", 8, "GDP x 2.5 less exports"), is_text(t, "source", 8, "wdi");
    karvan_table_destroy(t);
}

static void is_no_production(const char *flows, const char *made, double ratio, karvan_status st,
                             const char *message) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(domestic(flows, made, ratio, NULL, &t, &e), st);
    assert_null(t);
    assert_string_equal(e.msg, message);
}

static void bad_production(void **state) {
    (void)state;
    is_no_production(FLOWS, "country,year,value\nAAA,2020,5\nBBB,2020,5\nAAA,2020,6\n", 0,
                     KARVAN_E_DATA, "f.csv:4: production of AAA in 2020 stands at f.csv:2 already");
    is_no_production(FLOWS, "country,value\nAAA,5\n", 0, KARVAN_E_DATA,
                     "table flows has no column year");
    is_no_production(FLOWS, "country,year,value,unit\nAAA,2020,5,EUR\n", 0, KARVAN_E_DATA,
                     "f.csv:2: thousand USD cannot be had from EUR; convert it first, or leave the "
                     "row or its data set out");
    is_no_production(FLOWS, MADE, -1, KARVAN_E_ARG, "output over GDP is above 0, not -1");
    is_no_production(HEAD "2020,AAA,BBB,01,1,USD,both,x\n", "country,year,value\nAAA,2020,5\n", 0,
                     KARVAN_E_DATA,
                     "f.csv:2: a flow by product, where production of AAA in 2020 is of TOTAL; sum "
                     "flows over products, or give production by product");
    is_no_production(HEAD "2020,AAA,BBB,,1,USD,exporter,x\n2020,AAA,BBB,,1,USD,importer,x\n", MADE,
                     0, KARVAN_E_DATA,
                     "f.csv:3: another figure (reconcile first) of 2020 from AAA to BBB stands at "
                     "f.csv:2 already");
}

/* Exports that only a partner reports are too few, unless the caller says that they are all. */
static void exports_of_partners(void **state) {
    (void)state;
    for (int suffice = 0; suffice < 2; suffice++) {
        karvan_table *t = flows_of(HEAD "2020,AAA,BBB,TOTAL,100,thousand USD,importer,one\n"),
                     *p = flows_of("country,year,value\nAAA,2020,500\n"), *out = NULL;
        karvan_problems *told_of = NULL;
        const karvan_domestic_options o = {.partners_suffice = suffice};
        assert_int_equal(karvan_problems_create(&told_of, NULL), KARVAN_OK);
        assert_int_equal(karvan_flows_domestic(t, p, &o, told_of, &out, NULL), KARVAN_OK);
        assert_int_equal(karvan_table_rows(out), 1 + suffice);
        assert_true(told(told_of, "flows-domestic-partners", "AAA") == !suffice);
        if (suffice) is_number(out, "value", 1, 400);
        karvan_table_destroy(t), karvan_table_destroy(p), karvan_table_destroy(out);
        karvan_problems_destroy(told_of);
    }
}

/* One row of the exporter's own is enough: the others are of partners that it may have left out. */
static void some_exports_of_partners(void **state) {
    (void)state;
    karvan_table *t = flows_of(HEAD "2020,AAA,BBB,TOTAL,100,thousand USD,exporter,one\n"
                                    "2020,AAA,CCC,TOTAL,50,thousand USD,importer,one\n"),
                 *p = flows_of("country,year,value\nAAA,2020,500\n"), *out = NULL;
    const karvan_domestic_options o = {0};
    assert_int_equal(karvan_flows_domestic(t, p, &o, NULL, &out, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(out), 3);
    is_number(out, "value", 2, 350);
    karvan_table_destroy(t), karvan_table_destroy(p), karvan_table_destroy(out);
}

/* ---- square panels ---- */

/* Three countries, 2020 and 2022. In 2020 AAA reports as exporter, BBB as importer; in 2022 only
 * CCC, as importer. */
static const char GAPS[] = HEAD "2020,AAA,BBB,TOTAL,1,USD,both,one\n"
                                "2022,AAA,CCC,TOTAL,2,USD,importer,one\n"
                                "2022,AAA,AAA,TOTAL,9,USD,derived,mine\n";

static void gaps_are_filled(void **state) {
    (void)state;
    karvan_table *t = flows_of(GAPS), *out = NULL, *audit = NULL;
    karvan_error e = {0};
    if (karvan_flows_square(t, &out, &audit, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_table_rows(out), 13); /* 6 pairs twice, and AAA at home */
    /* 2020: AB AC BA BC CA CB; 2022: AA AB AC BA BC CA CB */
    static const double v[] = {1, 0, NAN, NAN, NAN, 0, 9, NAN, 2, NAN, 0, NAN, NAN};
    for (int r = 0; r < 13; r++) is_number(out, "value", r, v[r]);
    is_text(out, "flag", 1, "zero: the exporter covers the year");
    is_text(out, "flag", 5, "zero: the importer covers the year");
    is_text(out, "flag", 10, "zero: the importer covers the year");
    is_text(out, "reported_by", 1, "estimate"), is_text(out, "source", 6, "mine");
    is_text(out, "source", 1, "one"), is_text(out, "unit", 1, "USD");
    assert_int_equal(audit_rows(audit, "filled with zero"), 3);
    assert_int_equal(audit_rows(audit, "not covered"), 7);
    assert_int_equal(audit_rows(audit, "missing years"), 1);      /* 2021 */
    assert_int_equal(audit_rows(audit, "years not reported"), 2); /* AAA: 2021-2022 */
    karvan_table_destroy(t), karvan_table_destroy(out), karvan_table_destroy(audit);
}

/* Ninety-nine years apart do not fit one cell: it says that there are more, and the count tells
 * all. */
static void many_gaps_are_counted(void **state) {
    (void)state;
    enum { YEARS = 100 };
    karvan_i_text text = {0};
    karvan_table *out = NULL, *audit = NULL;
    karvan_i_text_puts(&text, HEAD);
    for (int y = 0; y < YEARS; y++)
        karvan_i_text_printf(&text, "%d,AAA,BBB,TOTAL,1,USD,exporter,one\n", 1900 + 2 * y);
    karvan_table *t = flows_of(text.s);
    assert_int_equal(karvan_flows_square(t, &out, &audit, NULL), KARVAN_OK);
    assert_int_equal(audit_rows(audit, "missing years"), YEARS - 1);
    assert_int_equal(audit_rows(audit, "years not reported"), YEARS - 1);
    int64_t r = 0;
    while (!karvan_i_cell_is(audit, "what", r, "years not reported")) r++;
    const char *detail = karvan_i_cell_text(audit, "detail", r);
    assert_memory_equal(detail, "AAA: 1901, 1903, ", 17);
    assert_string_equal(detail + strlen(detail) - 5, ", ...");
    karvan_i_text_clear(&text);
    karvan_table_destroy(t), karvan_table_destroy(out), karvan_table_destroy(audit);
}

/* After reconciliation both sides are known by their figures, whosever stands. */
static void both_figures_tell_who_covers(void **state) {
    (void)state;
    karvan_table *out = NULL, *t = flows_of("year,exporter,importer,value,reported_by,"
                                            "value_exporter,value_importer\n"
                                            "2020,AAA,BBB,1,importer,2,1\n"
                                            "2020,CCC,BBB,1,importer,..,1\n");
    assert_int_equal(karvan_flows_square(t, &out, NULL, NULL), KARVAN_OK);
    is_number(out, "value", 1, 0);   /* AC: AAA covers, though the importer's figure stands */
    is_number(out, "value", 3, NAN); /* BC */
    is_number(out, "value_exporter", 0, 2); /* what stands beside a row stays with it */
    is_number(out, "value_exporter", 1, NAN);
    karvan_table_destroy(t), karvan_table_destroy(out);
}

static void no_square(void **state) {
    (void)state;
    static const struct {
        const char *csv, *message;
    } bad[] = {{HEAD "2020,AAA,BBB,TOTAL,1,USD,both,a\n2020,AAA,BBB,TOTAL,1,USD,both,a\n",
                "f.csv:3: another figure of 2020 from AAA to BBB stands at f.csv:2 already"},
               {HEAD "2020,AAA,BBB,TOTAL,1,USD,both,a\n2020,AAA,CCC,TOTAL,1,USD,both,b\n",
                "flows have a and b in column source; a square panel is of one"},
               {HEAD "2020,AAA,BBB,TOTAL,1,USD,both,a\n2020,AAA,CCC,TOTAL,1,EUR,both,a\n",
                "flows have USD and EUR in column unit; a square panel is of one"},
               {"year,exporter,importer,value\n2020,AAA,BBB,1\n",
                "flows have no column reported_by: who covers a year cannot be told"}};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        karvan_table *t = flows_of(bad[k].csv), *out = t;
        karvan_error e = {0};
        assert_int_equal(karvan_flows_square(t, &out, NULL, &e), KARVAN_E_DATA);
        assert_null(out);
        assert_string_equal(e.msg, bad[k].message);
        karvan_table_destroy(t);
    }
}

/* Whatever the rows: all pairs of all years and products, in order, none twice, none changed; a
 * pair is filled by the rule, told by going through all rows for each. */
static void random_squares(void **state) {
    (void)state;
    static const char *const by[] = {"exporter", "importer", "both", "estimate"};
    for (int seed = 0; seed < 60; seed++) {
        char csv[8192] = HEAD;
        bool used[3][4][4][2] = {0};
        karvan_random rnd;
        karvan_random_init(&rnd, (uint64_t)seed, 1);
        for (int k = 0; k < 25; k++) {
            int y = (int)karvan_random_below(&rnd, 3), i = (int)karvan_random_below(&rnd, 4),
                j = (int)karvan_random_below(&rnd, 4), p = (int)karvan_random_below(&rnd, 2);
            if (used[y][i][j][p]) continue;
            used[y][i][j][p] = true;
            (void)snprintf(csv + strlen(csv), sizeof csv - strlen(csv),
                           "%d,C%d,C%d,%02d,%d,USD,%s,a\n", 2000 + y, i, j, p + 1, k + 1,
                           by[karvan_random_below(&rnd, 4)]);
        }
        karvan_table *t = flows_of(csv), *out = NULL;
        assert_int_equal(karvan_flows_square(t, &out, NULL, NULL), KARVAN_OK);
        int64_t kept = 0;
        for (int64_t r = 0; r < karvan_table_rows(out); r++) {
            karvan_cell state_of = karvan_table_state(out, KARVAN_FLOW_VALUE, r);
            bool there = false, covered = false;
            for (int64_t s = 0; s < karvan_table_rows(t); s++) {
                const char *from = karvan_i_cell_text(t, "exporter", s),
                           *to = karvan_i_cell_text(t, "importer", s),
                           *who = karvan_i_cell_text(t, "reported_by", s);
                if (karvan_i_cell_real(t, "year", s) != karvan_i_cell_real(out, "year", r))
                    continue;
                bool same =
                    karvan_i_cell_is(out, "exporter", r, from) &&
                    karvan_i_cell_is(out, "importer", r, to) &&
                    karvan_i_cell_is(out, "product", r, karvan_i_cell_text(t, "product", s));
                if (same) is_number(out, "value", r, karvan_i_cell_real(t, "value", s));
                there |= same;
                if (strcmp(from, to) == 0) continue;
                covered |= karvan_i_cell_is(out, "exporter", r, from) &&
                           (!strcmp(who, "exporter") || !strcmp(who, "both"));
                covered |= karvan_i_cell_is(out, "importer", r, to) &&
                           (!strcmp(who, "importer") || !strcmp(who, "both"));
            }
            kept += there;
            if (!there && covered) is_number(out, "value", r, 0);
            if (!there && !covered) assert_int_equal(state_of, KARVAN_NOT_COVERED);
        }
        assert_int_equal(kept, karvan_table_rows(t));
        karvan_problems *p = NULL;
        assert_int_equal(karvan_problems_create(&p, NULL), KARVAN_OK);
        assert_int_equal(karvan_flows_check(out, p, NULL), KARVAN_OK);
        assert_int_equal(karvan_problems_total(p), 0); /* none twice */
        karvan_problems_destroy(p);
        karvan_table_destroy(t), karvan_table_destroy(out);
    }
}

/* ---- what can be used ---- */

static void faults_are_listed(void **state) {
    (void)state;
    karvan_problems *p = NULL;
    karvan_table *t = flows_of(HEAD "2020,AAA,BBB,TOTAL,-1,USD,both,a\n"
                                    "2020,AAA,BBB,TOTAL,1,USD,both,a\n"
                                    "2020,AAA,BBB,TOTAL,1,USD,exporter,a\n");
    assert_int_equal(karvan_problems_create(&p, NULL), KARVAN_OK);
    assert_int_equal(karvan_flows_check(t, p, NULL), KARVAN_OK);
    assert_int_equal(karvan_problems_total(p), 2);
    assert_true(told(p, "flows-value", "-1") && told(p, "flows-duplicate", "f.csv:2"));
    karvan_table_destroy(t);
    t = flows_of(HEAD ",AAA,,TOTAL,1,USD,both,a\n");
    assert_int_equal(karvan_flows_check(t, p, NULL), KARVAN_OK);
    assert_true(told(p, "flows-key", "year") && told(p, "flows-key", "importer"));
    karvan_table_destroy(t), karvan_problems_destroy(p);
}

/* ---- a region's trade ---- */

static const small_table TABLES[] = {
    {"trade",
     "dataset:s,reporter:s,partner:s,flow:s,year:i,commodity:s,value:n,unit:s,price_basis:s,"
     "estimate:b,source:s,rate:n\n"
     "one,AAA,BBB,export,2019,TOTAL,2,million USD,fob,true,x,\n"
     "one,AAA,BBB,import,2020,27,3000,USD,as reported,false,x,\n"
     "two,BBB,AAA,import,2020,TOTAL,10,thousand EUR,fob,false,x,1.2\n"
     "old,BBB,AAA,import,2020,TOTAL,10,thousand EUR,fob,false,x,\n",
     NULL}};
static small_region region;

static int set_up(void **state) {
    (void)state;
    return small_open(&region, TABLES, 1) ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    small_close(&region);
    return 0;
}

static void trade_of_a_region(void **state) {
    (void)state;
    static const char *const one[] = {"one"}, *const both[] = {"one", "two"},
                             *const no[] = {"onne"};
    karvan_table *t = NULL;
    karvan_error e = {0}, f = {0}, g = {0};
    karvan_flows_query q = {.n_datasets = 1, .datasets = one};
    if (karvan_flows_of_region(region.package, &q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_table_rows(t), 2);
    is_text(t, "exporter", 0, "AAA"), is_text(t, "importer", 0, "BBB");
    is_number(t, "value", 0, 2000), is_text(t, "unit", 0, "thousand USD");
    is_text(t, "reported_by", 0, "exporter"), is_text(t, "flag", 0, "estimate");
    is_text(t, "exporter", 1, "BBB"), is_text(t, "reported_by", 1, "importer");
    is_number(t, "value", 1, 3), is_text(t, "product", 1, "27"), is_text(t, "source", 1, "one");
    is_text(t, "price_basis", 1, "as reported"), is_text(t, "flag", 1, "");
    karvan_table_destroy(t);
    q = (karvan_flows_query){.n_datasets = 2,
                             .datasets = both,
                             .from_year = 2020,
                             .unit = "million USD",
                             .rate_column = "rate"};
    assert_int_equal(karvan_flows_of_region(region.package, &q, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    is_number(t, "value", 0, 0.003), is_number(t, "value", 1, 0.012);
    karvan_table_destroy(t);
    q = (karvan_flows_query){0};
    assert_int_equal(karvan_flows_of_region(region.package, &q, &t, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "trade.csv:4: thousand USD cannot be had from thousand EUR"));
    q = (karvan_flows_query){.n_datasets = 1, .datasets = no};
    assert_int_equal(karvan_flows_of_region(region.package, &q, &t, &f), KARVAN_E_ARG);
    assert_string_equal(f.msg, "no data set is called 'onne'; did you mean one?");
    q = (karvan_flows_query){.rate_column = "rat"};
    assert_int_equal(karvan_flows_of_region(region.package, &q, &t, &g), KARVAN_E_ARG);
    assert_null(t);
}

/* ---- allocations ---- */

static karvan_status make_domestic(karvan_error *err) {
    karvan_problems *p = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_problems_create(&p, err);
    if (st == KARVAN_OK) st = domestic(FLOWS, MADE, 2.5, p, &t, err);
    karvan_table_destroy(t), karvan_problems_destroy(p);
    return st;
}

static karvan_status make_square(karvan_error *err) {
    karvan_table *t = NULL, *out = NULL, *audit = NULL;
    karvan_status st = flows_read(GAPS, &t, err);
    if (st == KARVAN_OK) st = karvan_flows_square(t, &out, &audit, err);
    karvan_table_destroy(t), karvan_table_destroy(out), karvan_table_destroy(audit);
    return st;
}

static karvan_status take_region(karvan_error *err) {
    static const char *const one[] = {"one"};
    const karvan_flows_query q = {.n_datasets = 1, .datasets = one};
    karvan_table *t = NULL;
    karvan_status st = karvan_flows_of_region(region.package, &q, &t, err);
    karvan_table_destroy(t);
    return st;
}

static void failing_allocations(void **state) {
    (void)state;
    every_allocation_fails(make_domestic, 2000);
    every_allocation_fails(make_square, 2000);
    every_allocation_fails(take_region, 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(output_less_exports),
                                       cmocka_unit_test(output_from_gdp),
                                       cmocka_unit_test(bad_production),
                                       cmocka_unit_test(exports_of_partners),
                                       cmocka_unit_test(some_exports_of_partners),
                                       cmocka_unit_test(gaps_are_filled),
                                       cmocka_unit_test(many_gaps_are_counted),
                                       cmocka_unit_test(both_figures_tell_who_covers),
                                       cmocka_unit_test(no_square),
                                       cmocka_unit_test(random_squares),
                                       cmocka_unit_test(faults_are_listed),
                                       cmocka_unit_test(trade_of_a_region),
                                       cmocka_unit_test(failing_allocations)};
    return cmocka_run_group_tests_name("flows_panel", tests, set_up, tear_down);
}
