/* Rows that an importer adds: ids, what is assumed, what cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "exchange.h"
#include "exchange/import_state.h"

static void near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-12 * fabs(expected)))
        fail_msg("%.17g, not %.17g", got, expected);
}

static karvan_import *bare(void) {
    karvan_import *imp = NULL;
    assert_int_equal(karvan_import_create("tntp", 0, NULL, &imp, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_import_source(imp, "dir/list.csv", "A list", "note", NULL),
                     KARVAN_OK);
    return imp;
}

static int32_t place(karvan_import *imp, const char *key, double lon, double lat) {
    karvan_i_place p = KARVAN_I_PLACE;
    int32_t row = -2;
    p.key = key, p.lon = lon, p.lat = lat, p.at = (karvan_i_at){"f", 7, 3};
    assert_int_equal(karvan_i_import_place(imp, &p, &row, NULL), KARVAN_OK);
    return row;
}

static int32_t link_of(karvan_import *imp, int32_t a, int32_t b, const char *mode) {
    karvan_i_link l = KARVAN_I_LINK;
    int32_t row = -2;
    l.from = a, l.to = b, l.mode = mode;
    assert_int_equal(karvan_i_import_link(imp, &l, &row, NULL), KARVAN_OK);
    return row;
}

static karvan_package *finished(karvan_import *imp) {
    assert_int_equal(karvan_i_import_finish(imp, NULL), KARVAN_OK);
    imp->done = true;
    return region_of(imp, "r");
}

static void ids_are_made_of_keys(void **state) {
    (void)state;
    karvan_import *imp = bare();
    static const char *const keys[] = {"a b", "a-b", "(a)b", "\xC3\x84", "",
                                       "A1",  "a b", "-",    "_9"};
    static const int32_t rows[] = {0, 1, 2, 3, -1, 4, -1, 5, 6};
    for (int i = 0; i < 9; i++) assert_int_equal(place(imp, keys[i], 50 + i, 40), rows[i]);
    assert_int_equal(karvan_i_import_place_of(imp, "(a)b"), 2);
    assert_int_equal(karvan_i_import_place_of(imp, "a"), -1);
    assert_int_equal(told(imp->problems, "import-key"), 1);
    assert_int_equal(problem(imp->problems, "import-duplicate").line, 7);
    assert_int_equal(problem(imp->problems, "import-duplicate").column, 3);
    karvan_package *p = finished(imp);
    static const char *const ids[] = {"a-b", "a-b-2", "a-b-3", "x", "A1", "x-2", "9"};
    for (int i = 0; i < 7; i++)
        assert_string_equal(karvan_i_cell_text(karvan_package_table(p, "places"), "id", i), ids[i]);
    assert_string_equal(text_of(p, "places", "a-b", "aliases"), "a b"); /* found by its key, too */
    assert_string_equal(text_of(p, "sources", "list.csv", "title"), "A list");
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void rows_need_a_source(void **state) {
    (void)state;
    karvan_import *imp = NULL;
    karvan_i_place p = KARVAN_I_PLACE;
    int32_t row;
    assert_int_equal(karvan_import_create("tntp", 0, NULL, &imp, NULL), KARVAN_OK);
    p.key = "a";
    assert_int_equal(karvan_i_import_place(imp, &p, &row, NULL), KARVAN_E_ARG);
    karvan_import_destroy(imp);
}

static void many_of_one_id(void **state) {
    (void)state;
    karvan_import *imp = bare();
    for (int i = 0; i < 3000; i++) {
        char key[64];
        (void)snprintf(key, sizeof key, "%.*s", 1 + i % 20, "((((((((((((((((((((");
        (void)snprintf(key + strlen(key), 20, "\xC3\xA4%d", i); /* all but the number goes */
        assert_int_equal(place(imp, key, 50, 40), i);
    }
    karvan_package_destroy(finished(imp));
    karvan_import_destroy(imp);
}

/* A link without a length has the geodesic's: a degree of longitude on the equator is 111.3195 km.
 */
static void lengths_and_speeds_that_are_assumed(void **state) {
    (void)state;
    karvan_import *imp = bare();
    int32_t a = place(imp, "a", 0, 0), b = place(imp, "b", 1, 0), c = place(imp, "c", NAN, NAN);
    assert_int_equal(link_of(imp, a, b, "rail_1520"), 0);
    assert_int_equal(link_of(imp, a, c, "road"), -1); /* nothing tells its length */
    assert_int_equal(link_of(imp, b, b, "road"), -1);
    const karvan_i_mode sled = {"sled", "Sled", "ice", NULL, 0,   true,
                                false,  false,  NAN,   NAN,  NAN, NULL};
    assert_int_equal(karvan_i_import_mode(imp, &sled, NULL), KARVAN_OK);
    assert_int_equal(link_of(imp, a, b, "sled"), -1); /* nor its time */
    karvan_i_link l = KARVAN_I_LINK;
    int32_t row;
    l.from = 0, l.to = 1, l.mode = "levitation";
    karvan_error e = {0};
    assert_int_equal(karvan_i_import_link(imp, &l, &row, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "levitation"));
    assert_int_equal(told(imp->problems, "import-length"), 1);
    assert_int_equal(told(imp->problems, "import-time"), 1);
    assert_int_equal(told(imp->problems, "import-loop"), 1);
    karvan_package *p = finished(imp);
    if (!(fabs(real_of(p, "links", "a-b-rail_1520", "length_km") - 111.3195) < 1e-3)) fail();
    assert_string_equal(text_of(p, "links", "a-b-rail_1520", "length_source"), "computed");
    near(real_of(p, "links", "a-b-rail_1520", "speed_kmh"), 42);
    assert_string_equal(text_of(p, "links", "a-b-rail_1520", "time_source"), "assumption");
    assert_int_equal(told(imp->problems, "import-assumed-speed"), 1);
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void values_that_cannot_be(void **state) {
    (void)state;
    karvan_import *imp = bare();
    int32_t a = place(imp, "a", 0, 0), b = place(imp, "b", 1, 95), row;
    assert_int_equal(told(imp->problems, "import-coordinates"), 1);
    karvan_i_link l = KARVAN_I_LINK;
    l.key = "k", l.from = a, l.to = b, l.mode = "road", l.length_km = 5, l.time_h = 1;
    l.capacity_teu_day = -1, l.p90_over_p50 = 0.5, l.cost_usd_per_teu = INFINITY;
    l.open_from = "2020-13", l.open_to = "2030",
    l.company = "A\xFF"
                "B";
    assert_int_equal(karvan_i_import_link(imp, &l, &row, NULL), KARVAN_OK);
    assert_int_equal(told(imp->problems, "import-value"), 3);
    karvan_i_place p = KARVAN_I_PLACE;
    p.key = "c", p.locode = "AB01C", p.country = "Q1", p.name = ".."; /* would read `not covered` */
    assert_int_equal(karvan_i_import_place(imp, &p, &row, NULL), KARVAN_OK);
    assert_int_equal(told(imp->problems, "import-value"), 4);
    assert_int_equal(told(imp->problems, "import-country"), 1);
    karvan_package *r = finished(imp);
    assert_int_equal(told(imp->problems, "import-encoding"), 1);
    assert_true(isnan(real_of(r, "links", "k", "capacity_teu_day")));
    assert_string_equal(text_of(r, "links", "k", "operator"), "A?B");
    assert_string_equal(text_of(r, "places", "c", "name"), "c");
    assert_string_equal(text_of(r, "links", "k", "open_to"), "2030");
    near(real_of(r, "links", "k", "cost_usd_per_teu"), 9.5); /* assumed: 5 km by road */
    karvan_package_destroy(r), karvan_import_destroy(imp);
}

/* Rail of two gauges and a ferry meet at a: three pairs of modes, each with its operation. */
static void modes_are_connected_where_they_meet(void **state) {
    (void)state;
    const karvan_import_setting s[] = {{"dwell", "port=10:30"}, {"usd-per-move", "port=77"}};
    karvan_import *imp = NULL;
    int32_t row;
    assert_int_equal(karvan_import_create("tntp", 2, s, &imp, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_import_source(imp, "x", NULL, NULL, NULL), KARVAN_OK);
    int32_t a = place(imp, "a", 0, 0), b = place(imp, "b", 1, 0), c = place(imp, "c", 2, 0);
    link_of(imp, a, b, "rail_1435"), link_of(imp, a, c, "rail_1520");
    link_of(imp, b, a, "ferry_rail"), link_of(imp, a, c, "walk");
    karvan_i_terminal t = KARVAN_I_TERMINAL; /* this pair has its own already */
    t.place = b, t.operation = "port", t.from_mode = "ferry_rail", t.to_mode = "rail_1435";
    t.dwell_p50_h = 5, t.dwell_p90_h = 9, t.cost_usd_per_teu = 1, t.opening_hours = "24/7";
    t.step = 2, t.note = "own";
    assert_int_equal(karvan_i_import_terminal(imp, &t, &row, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_import_connect(imp, false, NULL), KARVAN_OK);
    assert_int_equal(told(imp->problems, "import-apart"), 1);
    assert_string_equal(karvan_problems_get(imp->problems, 0).message,
                        "modes meet and no terminal joins them: 3 times, as at place a");
    assert_int_equal(karvan_i_import_connect(imp, true, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_import_connect(imp, false, NULL), KARVAN_OK);
    assert_int_equal(told(imp->problems, "import-apart"), 1);
    karvan_package *p = finished(imp);
    assert_int_equal(rows_of(p, "terminals"), 4);
    assert_string_equal(text_of(p, "terminals", "a-rail_1435-rail_1520", "operation"),
                        "gauge_change");
    assert_string_equal(text_of(p, "terminals", "a-rail_1520-ferry_rail", "operation"), "port");
    near(real_of(p, "terminals", "a-rail_1520-ferry_rail", "dwell_p90_h"), 30);
    near(real_of(p, "terminals", "a-rail_1520-ferry_rail", "cost_usd_per_teu"), 77);
    assert_string_equal(text_of(p, "terminals", "a-rail_1520-ferry_rail", "dwell_source"),
                        "assumption");
    near(real_of(p, "terminals", "a-rail_1435-rail_1520", "dwell_p50_h"), 18);
    near(real_of(p, "terminals", "b-ferry_rail-rail_1435", "step"), 2);
    assert_string_equal(text_of(p, "terminals", "b-ferry_rail-rail_1435", "dwell_source"), "x");
    assert_string_equal(text_of(p, "terminals", "b-ferry_rail-rail_1435", "note"), "own");
    assert_int_equal(told(imp->problems, "import-assumed-dwell"), 1);
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void services_need_a_time(void **state) {
    (void)state;
    karvan_import *imp = bare();
    int32_t a = place(imp, "a", 0, 0), b = place(imp, "b", 1, 0), row;
    int32_t l = link_of(imp, a, b, "ferry_rail");
    karvan_i_service s = KARVAN_I_SERVICE;
    s.link = l;
    assert_int_equal(karvan_i_import_service(imp, &s, &row, NULL), KARVAN_OK);
    assert_int_equal(row, -1);
    assert_int_equal(told(imp->problems, "import-headway"), 1);
    s.headway_h = 24, s.headway_cv = 1;
    assert_int_equal(karvan_i_import_service(imp, &s, &row, NULL), KARVAN_OK);
    assert_int_equal(row, 0);
    s.headway_h = s.headway_cv = NAN, s.timetable = "Mo 08:00", s.name = "Boat";
    assert_int_equal(karvan_i_import_service(imp, &s, &row, NULL), KARVAN_OK);
    s.link = 7;
    assert_int_equal(karvan_i_import_service(imp, &s, &row, NULL), KARVAN_E_ARG);
    karvan_package *p = finished(imp);
    assert_string_equal(text_of(p, "services", "s-a-b-ferry_rail", "name"), "a-b-ferry_rail");
    assert_string_equal(text_of(p, "services", "s-a-b-ferry_rail-2", "timetable"), "Mo 08:00");
    near(real_of(p, "services", "s-a-b-ferry_rail-2", "headway_cv"), 0);
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void what_is_ignored_is_counted(void **state) {
    (void)state;
    karvan_import *imp = bare();
    for (int i = 0; i < 100; i++) {
        char what[40];
        (void)snprintf(what, sizeof what, "kind %d", i % 40);
        assert_int_equal(
            karvan_i_import_ignore(imp, (karvan_i_at){"f", 5 + i, 1}, "tntp-column", what, NULL),
            KARVAN_OK);
    }
    assert_int_equal(karvan_i_import_finish(imp, NULL), KARVAN_OK);
    assert_int_equal(told(imp->problems, "tntp-column"), 40);
    karvan_problem p = problem(imp->problems, "tntp-column");
    assert_string_equal(p.message, "kind 0 (3 times, here first)");
    assert_int_equal(p.line, 5);
    karvan_import_destroy(imp);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup(f, empty_folder)
    const struct CMUnitTest tests[] = {
        TEST(ids_are_made_of_keys),  TEST(rows_need_a_source),
        TEST(many_of_one_id),        TEST(lengths_and_speeds_that_are_assumed),
        TEST(values_that_cannot_be), TEST(modes_are_connected_where_they_meet),
        TEST(services_need_a_time),  TEST(what_is_ignored_is_counted)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
