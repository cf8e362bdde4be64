/* Scenarios of one's own beside those of a region: added, laid over it, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "karvan/table.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

#define EDITS "intervention:s,table:s,key:s,column:s,operation:s,value:s,source:s\n"
static const small_table TABLES[] = {{"t", "id:s,x:n,open:b\na,2,true\nb,3,true\n", "\"id\""},
                                     {"interventions", "id:s\nfast\nidle\n", "\"id\""},
                                     {"scenarios", EDITS "fast,t,a,x,scale,1.5,doc\n",
                                      "[\"intervention\",\"table\",\"key\",\"column\"]"}};
enum { ALL = 3, WITHOUT = 1 }; /* tables; the last two are those of scenarios */

static const karvan_column COLUMNS[] = {
    {"table", KARVAN_TEXT, NULL},     {"key", KARVAN_TEXT, NULL},   {"column", KARVAN_TEXT, NULL},
    {"operation", KARVAN_TEXT, NULL}, {"value", KARVAN_TEXT, NULL}, {"name", KARVAN_TEXT, NULL},
    {"note", KARVAN_TEXT, NULL}};

static karvan_status edits_of(const char *rows, karvan_table **out, karvan_error *e) {
    char csv[1000];
    const karvan_csv_options o = {.n_columns = 7, .columns = COLUMNS};
    (void)snprintf(csv, sizeof csv, "table,key,column,operation,value,name,note\n%.900s", rows);
    return karvan_csv_parse(csv, strlen(csv), "mine.csv", "edits", &o, NULL, out, e);
}

static karvan_table *read_edits(const char *rows) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (edits_of(rows, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static void laid_over(small_region *r, int n, const char *const *names) {
    karvan_error e = {0};
    if (karvan_scenarios_apply(r->package, n, names, r->problems, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
}

static void beside_those_of_the_region(void **state) {
    static const char *const names[] = {"mine", "fast"};
    (void)state;
    small_region r;
    karvan_error e = {0};
    int64_t line, col;
    assert_true(small_open(&r, TABLES, ALL));
    karvan_table *t = read_edits("t,b,x,add,4,,why\nt,a,open,set,false,,\nt,a,x,set,9,yours,\n");
    assert_int_equal(karvan_scenarios_add(r.package, t, "mine", r.problems, &e), KARVAN_OK);
    karvan_table_destroy(t); /* the region has its own */
    const karvan_table *s = karvan_package_table(r.package, "scenarios");
    assert_int_equal(karvan_table_rows(s), 4);
    assert_true(karvan_i_cell_is(s, "intervention", 1, "mine"));
    assert_true(karvan_i_cell_is(s, "intervention", 3, "yours"));
    assert_true(karvan_i_cell_is(s, "source", 0, "doc"));
    assert_true(karvan_i_cell_is(s, "source", 1, "assumption"));
    assert_int_equal(karvan_package_row(r.package, "scenarios", "mine|t|b|x"), 1);
    assert_non_null(karvan_table_locate(s, 0, 0, &line, &col));
    assert_int_equal(line, 2);
    (void)karvan_table_locate(s, 0, 1, &line, &col);
    assert_int_equal(line, 0); /* in no file of the region */
    laid_over(&r, 2, names);
    const karvan_table *x = karvan_package_table(r.package, "t");
    assert_true(karvan_i_cell_real(x, "x", 0) == 3 && karvan_i_cell_real(x, "x", 1) == 7);
    assert_false(karvan_i_cell_bool(x, "open", 0));
    small_close(&r);
}

static void a_region_without_scenarios(void **state) {
    static const char *const names[] = {"mine"};
    (void)state;
    small_region r;
    karvan_error e = {0};
    assert_true(small_open(&r, TABLES, WITHOUT));
    karvan_table *t = read_edits("t,b,,remove,,,why\n");
    assert_int_equal(karvan_scenarios_add(r.package, t, "mine", r.problems, &e), KARVAN_OK);
    karvan_table_destroy(t);
    assert_true(karvan_i_cell_is(karvan_package_table(r.package, "scenarios"), "note", 0, "why"));
    laid_over(&r, 1, names);
    assert_int_equal(karvan_table_rows(karvan_package_table(r.package, "t")), 1);
    small_close(&r);
}

static void names(void **state) {
    (void)state;
    static const struct {
        const char *rows, *name, *why;
    } samples[] = {
        {"t,a,x,set,1,,\n", "fast",
         "the region has an intervention fast already: call yours otherwise"},
        {"t,a,x,set,1,,\nt,b,x,set,1,idle,\n", "mine",
         "the region has an intervention idle already: call yours otherwise"},
        {"t,a,x,set,1,,\n", "a,b", "a scenario is called by a word without commas, not 'a,b'"},
        {"t,a,x,set,1,,\n", "", "a scenario is called by a word without commas, not ''"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        small_region r;
        karvan_error e = {0};
        assert_true(small_open(&r, TABLES, ALL));
        karvan_table *t = read_edits(samples[i].rows);
        assert_int_equal(karvan_scenarios_add(r.package, t, samples[i].name, r.problems, &e),
                         KARVAN_E_ARG);
        assert_string_equal(e.msg, samples[i].why);
        assert_int_equal(karvan_table_rows(karvan_package_table(r.package, "scenarios")), 1);
        karvan_table_destroy(t);
        small_close(&r);
    }
}

/* Each is told once, by its place in the file of the edits. */
static void rows_at_fault(void **state) {
    (void)state;
    static const struct {
        const char *rows, *code;
        int64_t line;
    } samples[] = {{"none,a,x,set,1,,\n", "scenario-table", 2},
                   {"t,a,x,set,1,,\nt,z,x,set,1,,\n", "scenario-key", 3},
                   {"t,a,y,set,1,,\n", "scenario-column", 2},
                   {"t,a,x,set,one,,\n", "scenario-value", 2},
                   {"t,a,x,set,1,,\nt,b,x,set,1,,\nt,a,x,scale,2,,\n", "scenario-twice", 4},
                   {"t,a,,remove,,,\nt,a,x,set,1,,\n", "scenario-twice", 3}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        small_region r;
        karvan_error e = {0};
        assert_true(small_open(&r, TABLES, ALL));
        karvan_table *t = read_edits(samples[i].rows);
        assert_int_equal(karvan_scenarios_add(r.package, t, "mine", r.problems, &e), KARVAN_E_DATA);
        assert_int_equal(karvan_problems_total(r.problems), 1);
        karvan_problem p = karvan_problems_get(r.problems, 0);
        assert_string_equal(p.code, samples[i].code);
        assert_string_equal(p.file, "mine.csv");
        assert_int_equal(p.line, samples[i].line);
        assert_int_equal(karvan_table_rows(karvan_package_table(r.package, "scenarios")), 1);
        karvan_table_destroy(t);
        small_close(&r);
    }
}

/* One cell under two names is two scenarios. */
static void one_cell_under_two_names(void **state) {
    static const char *const both[] = {"one", "two"};
    (void)state;
    small_region r;
    karvan_error e = {0};
    assert_true(small_open(&r, TABLES, ALL));
    karvan_table *t = read_edits("t,a,x,set,1,one,\nt,a,x,set,5,two,\n");
    assert_int_equal(karvan_scenarios_add(r.package, t, "mine", r.problems, &e), KARVAN_OK);
    assert_int_equal(karvan_scenarios_apply(r.package, 2, both, r.problems, &e), KARVAN_E_ARG);
    laid_over(&r, 1, both + 1);
    assert_true(karvan_i_cell_real(karvan_package_table(r.package, "t"), "x", 0) == 5);
    karvan_table_destroy(t);
    small_close(&r);
}

static void columns(void **state) {
    static const karvan_column wrong[] = {{"table", KARVAN_TEXT, NULL}, {"key", KARVAN_INT, NULL}};
    (void)state;
    for (int n = 1; n <= 2; n++) {
        small_region r;
        karvan_error e = {0};
        karvan_builder *b = NULL;
        karvan_table *t = NULL;
        assert_true(small_open(&r, TABLES, ALL));
        assert_int_equal(karvan_builder_create("edits", n, wrong, &b, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
        assert_int_equal(karvan_scenarios_add(r.package, t, "mine", r.problems, &e), KARVAN_E_ARG);
        assert_string_equal(e.msg, n == 1 ? "edits have no column key; table, key, column, "
                                            "operation and value are needed, name, source and note "
                                            "may be there"
                                          : "column key of edits is to be read as text");
        karvan_table_destroy(t);
        small_close(&r);
    }
    assert_int_equal(karvan_scenarios_add(NULL, NULL, NULL, NULL, NULL), KARVAN_E_ARG);
}

static small_region swept;
static karvan_status add_everything(karvan_error *e) {
    karvan_problems *p = NULL;
    karvan_package *region = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_problems_create(&p, e);
    if (st == KARVAN_OK) st = karvan_package_open(swept.folder, p, &region, e);
    if (st == KARVAN_OK) st = edits_of("t,a,x,set,1,one,a\nt,b,x,set,5,two,b\n", &t, e);
    if (st == KARVAN_OK) {
        const karvan_table *s = karvan_package_table(region, "scenarios");
        int64_t rows = s ? karvan_table_rows(s) : 0;
        st = karvan_scenarios_add(region, t, "mine", p, e);
        s = karvan_package_table(region, "scenarios");
        assert_int_equal(s ? karvan_table_rows(s) : 0, st == KARVAN_OK ? rows + 2 : rows);
    }
    karvan_table_destroy(t), karvan_package_destroy(region), karvan_problems_destroy(p);
    return st;
}
static void memory_may_run_out(void **state) {
    (void)state;
    for (int n = WITHOUT; n <= ALL; n += ALL - WITHOUT) {
        assert_true(small_open(&swept, TABLES, n));
        every_allocation_fails(add_everything, 5000);
        small_close(&swept);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(beside_those_of_the_region),
                                       cmocka_unit_test(a_region_without_scenarios),
                                       cmocka_unit_test(names),
                                       cmocka_unit_test(rows_at_fault),
                                       cmocka_unit_test(one_cell_under_two_names),
                                       cmocka_unit_test(columns),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
