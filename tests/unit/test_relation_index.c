/* The index of relations: a region worked out by hand, what is refused, threads, memory. Random
 * regions: test_relation_random.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "karvan/relations.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

#define COUNTRIES \
    "iso3:s,name:s,independence:d\nAAA,Aland,2000-01-01\nBBB,Beland,1999\nCCC,Celand,2000-01-01\n"
#define INDEX_HEAD \
    "component:s,dimension:s,measure:s,weight:n,transformation:s,parameter:n,half_life:n\n"
#define CLAIMS_HEAD  "id:s,kind:s,title:s,date:d,rank:s,conflict:s,source:s\n"
#define PARTIES_HEAD "claim:s,party:s,role:s\n"
#define COVERAGE                                                                                  \
    "table:s,subset:s,country:s,partner:s,from:d,to:d,complete:b\ncountries,,*,,2000,2004,true\n" \
    "claims,*,*,,2000,2004,true\nmemberships,*,*,,2000,2004,true\n"

static const small_table TABLES[] = {
    {"countries", COUNTRIES, "\"iso3\""},
    {"organisations",
     "id:s,kind:s,dimension:s\nO1,organisation,political\nO2,organisation,economic\n", "\"id\""},
    {"memberships",
     "organisation:s,country:s,status:s,from:d,to:d\nO1,AAA,member,2000,..\nO1,BBB,member,2000,..\n"
     "O1,CCC,member,2001,..\nO2,AAA,member,2000,..\nO2,BBB,member,2000,..\n",
     NULL},
    {"claims",
     CLAIMS_HEAD
     "r1,recognition,A and B,2000-02-01,normal,,s\n"
     "v1,visit,One,2002-01-01,normal,,s\nv2,visit,Two,2002-05-05,normal,,s\n"
     "t1,treaty,Of 2000,2000,normal,,s\nt2,treaty,Of 2001 or 2002,[2001..2002],normal,,s\n",
     "\"id\""},
    {"parties",
     PARTIES_HEAD "r1,AAA,party\nr1,BBB,party\nv1,AAA,visitor\nv1,BBB,host\nv2,BBB,visitor\n"
                  "v2,AAA,host\nt1,AAA,party\nt1,BBB,party\nt2,AAA,party\nt2,BBB,party\n",
     NULL},
    {"coverage", COVERAGE, NULL},
    {"relation_index",
     INDEX_HEAD
     "recognition,political,recognition,1,presence,,\nvisits,political,visits,3,linear,4,\n"
     "treaties,political,treaties,2,log,3,1\nbodies,economic,joint_bodies,2,share,,\n"
     "trade,economic,trade,1,log,100,\noff,cultural,culture,0,presence,,\n",
     "\"component\""},
};

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

static karvan_table *scores(const karvan_package *package, const karvan_index_query *q) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_relation_index(package, q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static int64_t row_of(const karvan_table *t, int year, const char *a, const char *b,
                      const char *dimension) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_table_int(t, 0, r) == year && karvan_i_cell_is(t, "code1", r, a) &&
            karvan_i_cell_is(t, "code2", r, b) && karvan_i_cell_is(t, "dimension", r, dimension))
            return r;
    fail_msg("no row %d %s %s %s", year, a, b, dimension);
    return -1;
}

static void near(const karvan_table *t, int64_t row, const char *column, double expected) {
    double v = karvan_i_cell_real(t, column, row);
    if (!(fabs(v - expected) < 1.01e-6)) fail_msg("%s is %.9g, not %.9g", column, v, expected);
}

static void by_hand(void **state) {
    (void)state;
    karvan_table *t = scores(region.package, &(karvan_index_query){.draws = 0});
    assert_int_equal(karvan_table_rows(t), 5 * 3 * 3); /* years, pairs; political, economic, all */
    /* 2002: recognised; two visits of four; of the treaties a quarter of the first, and half of the
     * second or all of it */
    double least = log1p(0.25 + 0.5) / log(4), most = log1p(0.25 + 1) / log(4);
    double low = 1 + 3 * 0.5 + 2 * least, high = 1 + 3 * 0.5 + 2 * most;
    int64_t r = row_of(t, 2002, "AAA", "BBB", "political");
    near(t, r, "low", low / 6), near(t, r, "high", high / 6);
    near(t, r, "score", (low + high) / 2 / 6);
    near(t, r, "covered", 1);
    assert_int_equal(karvan_table_int(t, karvan_table_find(t, "rank"), r), 1);
    assert_int_equal(karvan_table_state(t, karvan_table_find(t, "weight_low"), r),
                     KARVAN_NOT_COVERED);
    /* the most bodies in common: 2, of A and B; trade is not covered: between nothing and all */
    r = row_of(t, 2002, "AAA", "BBB", "economic");
    near(t, r, "score", 1), near(t, r, "low", 2 / 3.0), near(t, r, "high", 1);
    near(t, r, "covered", 2 / 3.0);
    r = row_of(t, 2002, "AAA", "CCC", "economic"); /* one body of two */
    near(t, r, "score", 0.5), near(t, r, "low", 1 / 3.0), near(t, r, "high", 2 / 3.0);
    assert_int_equal(karvan_table_int(t, karvan_table_find(t, "rank"), r), 2);
    r = row_of(t, 2000, "AAA", "CCC", "economic"); /* C is in no body yet */
    near(t, r, "score", 0), near(t, r, "high", 1 / 3.0);
    r = row_of(t, 2002, "AAA", "BBB", "all");
    near(t, r, "low", (low + 2) / 9), near(t, r, "high", (high + 2 + 1) / 9);
    near(t, r, "score", ((low + high) / 2 + 2) / 8);
    near(t, r, "covered", 8 / 9.0);
    /* 2004: what is left after two years more */
    r = row_of(t, 2004, "AAA", "BBB", "political");
    near(t, r, "low", (1 + 2 * log1p(0.0625 + 0.125) / log(4)) / 6);
    near(t, r, "high", (1 + 2 * log1p(0.0625 + 0.25) / log(4)) / 6);
    karvan_table_destroy(t);
}

static void asked_in_part(void **state) {
    (void)state;
    karvan_table *t = scores(
        region.package,
        &(karvan_index_query){
            .a = "BBB", .b = "AAA", .dimension = "economic", .has_from = true, .from = 2003});
    assert_int_equal(karvan_table_rows(t), 2);
    assert_string_equal(karvan_i_cell_text(t, "code1", 0), "AAA");
    near(t, 0, "score", 1); /* among all pairs, though one is told */
    karvan_table_destroy(t);
    karvan_index_query q = {.a = "AAA", .b = "CCC", .has_to = true, .to = 2000};
    assert_int_equal(karvan_relation_components(region.package, &q, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 5); /* that without a weight is switched off */
    assert_string_equal(karvan_i_cell_text(t, "component", 4), "trade");
    assert_string_equal(karvan_i_cell_text(t, "state", 4), "not covered");
    assert_false(karvan_i_cell_bool(t, "counts", 4));
    near(t, 4, "low", 0), near(t, 4, "high", 1);
    karvan_table_destroy(t);
}

static char *csv_of(const karvan_table *t) {
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    assert_int_equal(karvan_table_write(t, KARVAN_FORMAT_CSV, 0, f, NULL), KARVAN_OK);
    assert_int_equal(fclose(f), 0);
    return text;
}

static void same_bytes_for_threads(void **state) {
    (void)state;
    char *first = NULL;
    for (int threads = 1; threads <= 5; threads += 2) {
        karvan_table *t = scores(
            region.package, &(karvan_index_query){.draws = 333, .seed = 9, .threads = threads});
        char *text = csv_of(t);
        if (first) assert_string_equal(first, text);
        if (!first)
            first = text;
        else
            free(text);
        karvan_table_destroy(t);
    }
    free(first);
}

static void refusals(void **state) {
    (void)state;
    static const struct {
        const char *row, *why;
    } rows[] = {{"x,politics,visits,1,linear,2,", "a dimension is political"},
                {"x,political,visit,1,linear,2,", "did you mean visits?"},
                {"x,political,visits,-1,linear,2,", "a weight is a number of 0 or more"},
                {"x,political,visits,1,line,2,", "presence, linear, log or share"},
                {"x,political,visits,1,linear,,", "need a parameter above 0"},
                {"x,political,visits,1,log,0,", "need a parameter above 0"},
                {"x,political,visits,1,linear,2,-3", "a half-life is years above 0"},
                {"x,political,visits,1,linear,2,\nx,political,visits,1,linear,2,",
                 "there is a component of this name"},
                {"x,political,visits,0,linear,2,", "declares no component with a weight"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        karvan_table *components = NULL, *t = NULL;
        karvan_error e = {0};
        char csv[400];
        (void)snprintf(
            csv, sizeof csv,
            "component,dimension,measure,weight,transformation,parameter,half_life\n%s\n",
            rows[i].row);
        assert_int_equal(karvan_csv_parse(csv, strlen(csv), "mine.csv", "relation_index",
                                          &(karvan_csv_options){0}, NULL, &components, NULL),
                         KARVAN_OK);
        karvan_index_query q = {.components = components};
        assert_int_equal(karvan_relation_index(region.package, &q, &t, &e), KARVAN_E_DATA);
        if (!strstr(e.msg, rows[i].why)) fail_msg("'%s' does not say '%s'", e.msg, rows[i].why);
        assert_null(t);
        karvan_table_destroy(components);
    }
    static const karvan_index_query asked[] = {{.draws = -1},
                                               {.draws = 1000001},
                                               {.dimension = "cultural"},
                                               {.dimension = "x"},
                                               {.has_from = true, .from = 2010},
                                               {.a = "AAA"},
                                               {.a = "AAA", .b = "ZZZ"}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        karvan_table *t = NULL;
        assert_int_equal(karvan_relation_index(region.package, &asked[i], &t, NULL), KARVAN_E_ARG);
        assert_null(t);
    }
}

static karvan_status all_of_it(karvan_error *err) {
    karvan_table *t = NULL, *parts = NULL;
    karvan_index_query q = {.draws = 10, .threads = 1};
    karvan_status st = karvan_relation_index(region.package, &q, &t, err);
    if (st == KARVAN_OK) st = karvan_relation_components(region.package, &q, &parts, err);
    karvan_table_destroy(t), karvan_table_destroy(parts);
    return st;
}

static void every_allocation(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(asked_in_part),
                                       cmocka_unit_test(same_bytes_for_threads),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
