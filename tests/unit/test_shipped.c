/* The shipped region through every room, up to the page; then the same with memory running out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/karvan.h"
#include "table/cell.h"

static const char REGION[] = KARVAN_SOURCEDIR "/regions/caspian";

typedef struct shipped {
    karvan_problems *problems;
    karvan_package *region;
    karvan_network *net;
} shipped;

static karvan_status open_shipped(shipped *s, karvan_error *e) {
    karvan_network_options o;
    *s = (shipped){0};
    karvan_status st = karvan_problems_create(&s->problems, e);
    if (st == KARVAN_OK) st = karvan_package_open(REGION, s->problems, &s->region, e);
    if (st == KARVAN_OK) st = karvan_network_defaults(s->region, &o, e);
    if (st == KARVAN_OK) st = karvan_network_create(s->region, &o, &s->net, e);
    return st;
}

static void close_shipped(shipped *s) {
    karvan_network_destroy(s->net);
    karvan_package_destroy(s->region);
    karvan_problems_destroy(s->problems);
}

static void no_problem_at_all(void **state) {
    (void)state;
    shipped s;
    karvan_error e = {0};
    if (open_shipped(&s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_package_check_sources(s.region, s.problems, &e), KARVAN_OK);
    assert_int_equal(karvan_record_check(s.region, s.problems, &e), KARVAN_OK);
    assert_int_equal(karvan_trade_check(s.region, s.problems, &e), KARVAN_OK);
    assert_int_equal(karvan_network_check(s.region, s.problems, &e), KARVAN_OK);
    for (int64_t i = 0; i < karvan_problems_total(s.problems); i++)
        print_message("%s\n", karvan_problems_get(s.problems, i).message);
    assert_int_equal(karvan_problems_total(s.problems), 0);
    assert_true(karvan_network_places(s.net) >= 80);
    assert_true(karvan_table_rows(karvan_package_table(s.region, "links")) >= 150);
    close_shipped(&s);
}

/* Every fact of the brief has a row that holds it. */
static void the_brief_is_covered(void **state) {
    (void)state;
    static const char *const columns[] = {"fact", "table", "key", "column", "expect"};
    karvan_column text[5];
    karvan_table *t = NULL;
    karvan_error e = {0};
    shipped s;
    bool seen[349] = {false};
    for (int c = 0; c < 5; c++) text[c] = (karvan_column){columns[c], KARVAN_TEXT, NULL};
    karvan_csv_options o = {.n_columns = 5, .columns = text, .extra_columns = true};
    if (open_shipped(&s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    if (karvan_csv_read(KARVAN_SOURCEDIR "/tests/case/brief.csv", "brief", &o, NULL, &t, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *table = karvan_table_text(t, 1, r), *key = karvan_table_text(t, 2, r);
        const char *column = karvan_table_text(t, 3, r), *expect = karvan_table_text(t, 4, r);
        const karvan_table *held = karvan_package_table(s.region, table);
        assert_non_null(held);
        int64_t row = karvan_package_row(s.region, table, key);
        if (row < 0) fail_msg("%s: no row %s in %s", karvan_table_text(t, 0, r), key, table);
        int c = karvan_table_find(held, column);
        assert_true(c >= 0);
        if (karvan_table_column(held, c).type == KARVAN_REAL) {
            char got[40];
            karvan_real_format(karvan_table_real(held, c, row), got, sizeof got);
            double want = strtod(expect, NULL);
            if (karvan_table_real(held, c, row) != want)
                fail_msg("%s: %s, expected %s", key, got, expect);
        } else {
            assert_string_equal(karvan_table_text(held, c, row), expect);
        }
        long n = strtol(karvan_table_text(t, 0, r) + 2, NULL, 10);
        assert_in_range(n, 1, 348);
        seen[n] = true;
    }
    for (int n = 1; n <= 348; n++)
        if (!seen[n]) fail_msg("fact BF%03d has no row", n);
    karvan_table_destroy(t);
    close_shipped(&s);
}

/* Capitals of Azerbaijan and Central Asia reach one another on rails or roads or by sea. */
static void capitals_are_connected(void **state) {
    (void)state;
    static const char *const capitals[] = {"Baku",     "Astana",   "Bishkek",
                                           "Tashkent", "Dushanbe", "Ashgabat"};
    shipped s;
    karvan_error e = {0};
    if (open_shipped(&s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    for (int a = 0; a < 6; a++)
        for (int b = 0; b < 6; b++) {
            karvan_route r;
            karvan_route_query q = {.corridor = -1};
            if (a == b) continue;
            assert_int_equal(karvan_network_place(s.region, capitals[a], &q.from, &e), KARVAN_OK);
            assert_int_equal(karvan_network_place(s.region, capitals[b], &q.to, &e), KARVAN_OK);
            if (karvan_route_best(s.net, &q, &r, &e) != KARVAN_OK) fail_msg("%s", e.msg);
            double h = 0;
            for (int32_t k = 0; k < r.n_legs; k++) h += r.legs[k].hours;
            assert_true(fabs(h - r.hours) < 1e-9 && r.hours > 5 && r.hours < 30 * 24);
            karvan_route_clear(&r);
        }
    close_shipped(&s);
}

/* A row's number of each verdict is its own; nothing is fitted, so misses are expected and shown.
 */
static void targets_have_verdicts(void **state) {
    (void)state;
    shipped s;
    karvan_error e = {0};
    karvan_table *t = NULL;
    int inside = 0, outside = 0;
    if (open_shipped(&s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_network_targets(s.net, &t, &e), KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double model = karvan_i_cell_real(t, "model", r), low = karvan_i_cell_real(t, "low", r),
               high = karvan_i_cell_real(t, "high", r);
        bool in = model >= low * 0.995 && model <= high * 1.005; /* published figures are rounded */
        assert_int_equal(in, karvan_i_cell_is(t, "verdict", r, "inside"));
        inside += in, outside += karvan_i_cell_is(t, "verdict", r, "outside");
    }
    assert_true(inside > 0 && outside > 0);
    karvan_table_destroy(t);
    close_shipped(&s);
}

/* The same bytes twice, both pages, both diagrams. */
static void pages_are_the_same_bytes(void **state) {
    (void)state;
    shipped s;
    karvan_error e = {0};
    karvan_document a, b;
    karvan_route r;
    karvan_route_query q = {.corridor = 0};
    if (open_shipped(&s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_report_region(s.net, s.region, s.problems, &a, &e), KARVAN_OK);
    assert_int_equal(karvan_report_region(s.net, s.region, s.problems, &b, &e), KARVAN_OK);
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.text, b.text, a.n);
    assert_int_equal(karvan_utf8_valid_prefix(a.text, a.n), a.n);
    assert_null(strstr(a.text, "{{"));
    assert_null(strstr(a.text, ">nan"));
    karvan_document_clear(&a), karvan_document_clear(&b);
    static const char *const partners[] = {"KAZ", "KGZ", "UZB", "TKM", "TJK"};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(karvan_report_brief(s.net, s.region, "AZE", partners[i], &a, &e),
                         KARVAN_OK);
        assert_non_null(strstr(a.text, "<section id=\"relations\""));
        assert_non_null(strstr(a.text, "<section id=\"trade\""));
        karvan_document_clear(&a);
    }
    assert_int_equal(karvan_network_place(s.region, "Altynkol", &q.from, &e), KARVAN_OK);
    assert_int_equal(karvan_network_place(s.region, "Constanta", &q.to, &e), KARVAN_OK);
    assert_int_equal(karvan_route_best(s.net, &q, &r, &e), KARVAN_OK);
    for (int cost = 0; cost < 2; cost++) {
        assert_int_equal(karvan_report_profile_svg(s.net, s.region, 1, &r, KARVAN_PROFILE_BOTH,
                                                   cost, 900, &a, &e),
                         KARVAN_OK);
        assert_non_null(strstr(a.text, "<svg"));
        karvan_document_clear(&a);
    }
    assert_int_equal(karvan_report_profile_svg(s.net, s.region, 1, &r, KARVAN_PROFILE_BOTH, false,
                                               100, &a, NULL),
                     KARVAN_E_ARG);
    karvan_route_clear(&r);
    close_shipped(&s);
}

/* One thing done with the region; outputs are freed by it, also on failure. */
typedef karvan_status (*deed)(const shipped *s, karvan_error *e);
static karvan_status do_report(const shipped *s, karvan_error *e) {
    karvan_document d;
    karvan_status st = karvan_report_region(s->net, s->region, s->problems, &d, e);
    karvan_document_clear(&d);
    return st;
}
static karvan_status do_brief(const shipped *s, karvan_error *e) {
    karvan_document d;
    karvan_status st = karvan_report_brief(s->net, s->region, "AZE", "TJK", &d, e);
    karvan_document_clear(&d);
    return st;
}
static karvan_status do_targets(const shipped *s, karvan_error *e) {
    karvan_table *t = NULL;
    karvan_status st = karvan_network_targets(s->net, &t, e);
    karvan_table_destroy(t);
    return st;
}
static karvan_status do_conflicts(const shipped *s, karvan_error *e) {
    karvan_table *t = NULL;
    karvan_status st = karvan_record_conflicts(s->region, NULL, &t, e);
    karvan_table_destroy(t);
    return st;
}
static karvan_status do_mirrors(const shipped *s, karvan_error *e) {
    karvan_table *t = NULL;
    karvan_status st = karvan_trade_mirrors(s->region, "KAZ", "RUS", &t, e);
    karvan_table_destroy(t);
    return st;
}

/* Permits double: the first allocations each, then ever sparser; small regions are swept whole. */
static void memory_may_run_out(void **state) {
    (void)state;
    static const deed deeds[] = {do_conflicts, do_mirrors, do_targets, do_brief, do_report};
    shipped s;
    karvan_error e = {0};
    if (open_shipped(&s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        long live = karvan_i_alloc_live, permits = 0;
        karvan_status st = KARVAN_E_NOMEM;
        for (; st == KARVAN_E_NOMEM; permits += 1 + permits) {
            karvan_error why = {0};
            karvan_i_alloc_permits = permits;
            st = deeds[i](&s, &why);
            karvan_i_alloc_permits = -1;
            if (st != KARVAN_OK && st != KARVAN_E_NOMEM)
                fail_msg("deed %zu, %ld permits: %s", i, permits, why.msg);
            assert_int_equal(karvan_i_alloc_live, live);
            assert_true(permits < 100000000);
        }
        assert_true(permits > 1);
    }
    close_shipped(&s);
    assert_int_equal(karvan_i_alloc_live, 0);
}

static void opening_may_run_out_of_memory(void **state) {
    (void)state;
    karvan_status st = KARVAN_E_NOMEM;
    for (long permits = 0; st == KARVAN_E_NOMEM; permits += 1 + permits / 2) {
        shipped s;
        karvan_error e = {0};
        karvan_i_alloc_permits = permits;
        st = open_shipped(&s, &e);
        karvan_i_alloc_permits = -1;
        if (st != KARVAN_OK && st != KARVAN_E_NOMEM) fail_msg("%ld permits: %s", permits, e.msg);
        close_shipped(&s);
        assert_int_equal(karvan_i_alloc_live, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_problem_at_all),
                                       cmocka_unit_test(the_brief_is_covered),
                                       cmocka_unit_test(capitals_are_connected),
                                       cmocka_unit_test(targets_have_verdicts),
                                       cmocka_unit_test(pages_are_the_same_bytes),
                                       cmocka_unit_test(memory_may_run_out),
                                       cmocka_unit_test(opening_may_run_out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
