/* Scenarios over a small region: every operation, what is refused, and what stays untouched. */
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
#include "table/package_over.h"

static const char GOOD[] = "fast,t,a,x,scale,1.5\nfast,t,b,n,add,-2\nfast,t,b,open,set,false\n"
                           "late,t,a,when,set,2030?\nlate,t,b,name,set,\ngone,t,c,,remove,\n"
                           "same,t,a,when,set,2030?\nother,t,a,x,set,7\n";
static const small_table TABLES[] = {
    {"t",
     "id:s,name:s,x:n,n:i,open:b,when:d\na,Aa,2,5,true,1999\nb,Bb,,6,true,\nc,Cc,4,7,false,2001~\n",
     "\"id\""},
    {"keyless", "v:n\n1\n", NULL},
    {"interventions", "id:s\nfast\nlate\ngone\nsame\nother\nidle\n", "\"id\""},
    {"scenarios", NULL, NULL}};
enum { N_TABLES = 4, SCENARIOS = 3 };

static bool open_with(small_region *r, const char *rows) {
    static char csv[2000];
    static small_table tables[N_TABLES]; /* the region keeps it */
    memcpy(tables, TABLES, sizeof tables);
    (void)snprintf(csv, sizeof csv, "intervention:s,table:s,key:s,column:s,operation:s,value:s\n%s",
                   rows);
    tables[SCENARIOS].csv = csv;
    return small_open(r, tables, N_TABLES);
}

static const karvan_table *applied(small_region *r, int n, const char *const *names) {
    karvan_error e = {0};
    assert_true(open_with(r, GOOD));
    if (karvan_scenarios_apply(r->package, n, names, r->problems, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return karvan_package_table(r->package, "t");
}

static void every_operation(void **state) {
    (void)state;
    static const char *const names[] = {"late", "fast", "same"};
    small_region r;
    const karvan_table *t = applied(&r, 3, names);
    assert_true(karvan_i_cell_real(t, "x", 0) == 3.0); /* 2 times 1.5 */
    assert_true(karvan_i_cell_real(t, "n", 1) == 4.0); /* 6 less 2 */
    assert_true(karvan_i_cell_real(t, "x", 2) == 4.0); /* untouched */
    assert_false(karvan_i_cell_bool(t, "open", 1));
    assert_true(karvan_i_cell_bool(t, "open", 0));
    assert_string_equal(karvan_i_cell_text(t, "when", 0), "2030?");
    assert_true(karvan_i_cell_date(t, "when", 0)->uncertain);
    assert_true(karvan_i_cell_date(t, "when", 2)->approximate);
    assert_null(karvan_i_cell_text(t, "name", 1)); /* set to nothing: unknown */
    assert_int_equal(karvan_table_state(t, karvan_table_find(t, "when"), 1), KARVAN_UNKNOWN);
    assert_int_equal(karvan_package_row(r.package, "t", "c"), 2);
    int64_t line, col;
    assert_non_null(karvan_table_locate(t, 2, 2, &line, &col)); /* places in the file are kept */
    assert_int_equal(line, 4), assert_int_equal(col, 6);
    small_close(&r);
}

static void a_row_goes(void **state) {
    (void)state;
    static const char *const names[] = {"gone"};
    small_region r;
    const karvan_table *t = applied(&r, 1, names);
    int64_t line, col;
    assert_int_equal(karvan_table_rows(t), 2);
    assert_int_equal(karvan_package_row(r.package, "t", "c"), -1);
    assert_int_equal(karvan_package_row(r.package, "t", "b"), 1);
    assert_non_null(karvan_table_locate(t, 0, 1, &line, &col));
    assert_int_equal(line, 3);
    small_close(&r);
}

static void nothing_asked_nothing_done(void **state) {
    (void)state;
    small_region r;
    const karvan_table *t = applied(&r, 0, NULL);
    assert_true(karvan_i_cell_real(t, "x", 0) == 2.0);
    small_close(&r);
}

static void refused(const char *a, const char *b, karvan_status st, const char *why) {
    const char *const names[] = {a, b};
    small_region r;
    karvan_error e = {0};
    assert_true(open_with(&r, GOOD));
    assert_int_equal(karvan_scenarios_apply(r.package, b ? 2 : 1, names, r.problems, &e), st);
    assert_string_equal(e.msg, why);
    small_close(&r);
}

static void names_and_conflicts(void **state) {
    (void)state;
    refused("fsat", NULL, KARVAN_E_ARG, "no scenario is called 'fsat'; did you mean fast?");
    refused("wholly other", NULL, KARVAN_E_ARG,
            "no scenario is called 'wholly other'; there are: fast, late, gone, same, other");
    refused("idle", NULL, KARVAN_E_ARG,
            "'idle' is an intervention without a row in table scenarios: it edits nothing");
    refused("other", "fast", KARVAN_E_ARG,
            "scenarios fast and other both edit x of row a in table t");
}

/* The second would be lost without a word. */
static void one_cell_twice(void **state) {
    (void)state;
    static const char *const names[] = {"s"};
    for (int i = 0; i < 2; i++) { /* to the same value twice is no contradiction */
        small_region r;
        karvan_error e = {0};
        assert_true(open_with(&r, i == 0 ? "s,t,a,x,set,4\ns,t,a,x,scale,2\n"
                                         : "s,t,a,x,set,4\ns,t,a,x,set,4\n"));
        assert_int_equal(karvan_scenarios_apply(r.package, 1, names, r.problems, &e),
                         i == 0 ? KARVAN_E_ARG : KARVAN_OK);
        if (i == 0)
            assert_string_equal(e.msg, "scenario s edits x of row a in table t more than once");
        small_close(&r);
    }
}

static void rows_at_fault(void **state) {
    (void)state;
    static const struct {
        const char *row, *code;
        int64_t column;
    } samples[] = {{"s,none,a,x,set,1\n", "scenario-table", 3},
                   {"s,keyless,1,v,set,1\n", "scenario-table", 3},
                   {"s,t,q,x,set,1\n", "scenario-key", 5},
                   {"s,t,a,y,set,1\n", "scenario-column", 7},
                   {"s,t,a,x,double,1\n", "scenario-column", 9},
                   {"s,t,a,x,set,two\n", "scenario-value", 13},
                   {"s,t,a,n,set,1.5\n", "scenario-value", 13},
                   {"s,t,a,name,scale,2\n", "scenario-value", 18},
                   {"s,t,a,open,set,maybe\n", "scenario-value", 16},
                   {"s,t,a,when,set,2030-13\n", "scenario-value", 16},
                   {"s,t,a,x,add,\n", "scenario-value", 13},
                   {"s,t,b,x,scale,2\n", "scenario-value", 9}};
    static const char *const names[] = {"s"};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        small_region r;
        karvan_error e = {0};
        assert_true(open_with(&r, samples[i].row));
        assert_int_equal(karvan_scenarios_check(r.package, r.problems, &e), KARVAN_OK);
        assert_int_equal(karvan_problems_total(r.problems), 1);
        karvan_problem p = karvan_problems_get(r.problems, 0);
        if (strcmp(p.code, samples[i].code) != 0 || p.column != samples[i].column)
            fail_msg("%s: %s in column %d", samples[i].row, p.code, (int)p.column);
        assert_int_equal(p.line, 2);
        assert_int_equal(karvan_scenarios_apply(r.package, 1, names, r.problems, &e),
                         KARVAN_E_DATA);
        small_close(&r);
    }
}

/* Two packages over one, each with edits of its own; what is below stays. */
static void over_another(void **state) {
    (void)state;
    static const char *const late[] = {"late", "fast"}, *const gone[] = {"gone"};
    small_region r;
    karvan_error e = {0};
    karvan_package *a = NULL, *b = NULL;
    const karvan_table *below = applied(&r, 0, NULL);
    assert_int_equal(karvan_i_package_over(r.package, &a, &e), KARVAN_OK);
    assert_int_equal(karvan_i_package_over(r.package, &b, &e), KARVAN_OK);
    assert_ptr_equal(karvan_package_table(a, "t"), below); /* until it is edited */
    assert_int_equal(karvan_scenarios_apply(a, 2, late, r.problems, &e), KARVAN_OK);
    assert_int_equal(karvan_scenarios_apply(b, 1, gone, r.problems, &e), KARVAN_OK);
    const karvan_table *ta = karvan_package_table(a, "t"), *tb = karvan_package_table(b, "t");
    assert_true(karvan_i_cell_real(ta, "x", 0) == 3.0 && karvan_table_rows(ta) == 3);
    assert_int_equal(karvan_package_row(a, "t", "c"), 2);
    assert_true(karvan_i_cell_real(tb, "x", 0) == 2.0 && karvan_table_rows(tb) == 2);
    assert_int_equal(karvan_package_row(b, "t", "c"), -1);
    assert_ptr_equal(karvan_package_table(a, "keyless"),
                     karvan_package_table(r.package, "keyless"));
    assert_string_equal(karvan_package_dir(a), karvan_package_dir(r.package));
    karvan_package_destroy(a), karvan_package_destroy(b);
    assert_ptr_equal(karvan_package_table(r.package, "t"), below);
    assert_true(karvan_i_cell_real(below, "x", 0) == 2.0 && karvan_table_rows(below) == 3);
    assert_int_equal(karvan_package_row(r.package, "t", "c"), 2);
    small_close(&r);
}

static small_region swept;
static karvan_status everything(karvan_error *e) {
    static const char *const names[] = {"late", "gone"};
    karvan_problems *p = NULL;
    karvan_package *region = NULL, *over = NULL;
    karvan_status st = karvan_problems_create(&p, e);
    if (st == KARVAN_OK) st = karvan_package_open(swept.folder, p, &region, e);
    if (st == KARVAN_OK) st = karvan_scenarios_check(region, p, e);
    if (st == KARVAN_OK) st = karvan_i_package_over(region, &over, e);
    if (st == KARVAN_OK) st = karvan_scenarios_apply(over, 2, names, p, e);
    if (st == KARVAN_OK) st = karvan_scenarios_apply(region, 2, names, p, e);
    karvan_package_destroy(over), karvan_package_destroy(region), karvan_problems_destroy(p);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    assert_true(open_with(&swept, GOOD));
    every_allocation_fails(everything, 5000);
    small_close(&swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_operation),
                                       cmocka_unit_test(a_row_goes),
                                       cmocka_unit_test(nothing_asked_nothing_done),
                                       cmocka_unit_test(names_and_conflicts),
                                       cmocka_unit_test(one_cell_twice),
                                       cmocka_unit_test(rows_at_fault),
                                       cmocka_unit_test(over_another),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
