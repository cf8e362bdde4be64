/* Public feeds: rows as other readers count them (formats/SOURCES.md), and what becomes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance/reference.h"
#include "exchange/import_state.h"
#include "karvan/exchange.h"

static const char ORIGIN[] = "google/transit, MiyakoMuroranFerryGTFS, ShoreLineEastGTFS and "
                             "gtfs-structure (formats/SOURCES.md)";

static karvan_import *import(const char *name) {
    char path[600], probe[200];
    karvan_import *imp = NULL;
    karvan_error e = {0};
    bool folder = !strstr(name, ".zip");
    (void)snprintf(probe, sizeof probe, "formats/gtfs/%s%s", name, folder ? "/stops.txt" : "");
    if (!reference_file(probe, ORIGIN, path, sizeof path)) return NULL;
    if (folder) *strrchr(path, '/') = 0;
    const char *const paths[] = {path};
    if (karvan_import_create("gtfs", 0, NULL, &imp, &e) != KARVAN_OK ||
        karvan_import_read(imp, 1, paths, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return imp;
}

static int64_t summary(const karvan_import *imp, const char *kind, const char *column) {
    karvan_table *t = NULL;
    assert_int_equal(karvan_import_summary(imp, &t, NULL), KARVAN_OK);
    int64_t row = karvan_table_lookup(t, 0, kind);
    int64_t v = row < 0 ? -1 : karvan_table_int(t, karvan_table_find(t, column), row);
    karvan_table_destroy(t);
    return v;
}

static const struct {
    const char *feed, *file;
    int64_t rows;
} counts[] = {{"sample-feed-1", "agency", 1},
              {"sample-feed-1", "stops", 9},
              {"sample-feed-1", "routes", 5},
              {"sample-feed-1", "trips", 11},
              {"sample-feed-1", "stop_times", 28},
              {"sample-feed-1", "calendar", 2},
              {"sample-feed-1", "calendar_dates", 1},
              {"sample-feed-1", "frequencies", 11},
              {"sample-feed-1", "shapes", 0},
              {"ferry-miyako-muroran", "stops", 2},
              {"ferry-miyako-muroran", "routes", 1},
              {"ferry-miyako-muroran", "trips", 2},
              {"ferry-miyako-muroran", "stop_times", 4},
              {"rail-shore-line-east", "agency", 2},
              {"rail-shore-line-east", "stops", 9},
              {"rail-shore-line-east", "routes", 2},
              {"rail-shore-line-east", "trips", 51},
              {"rail-shore-line-east", "stop_times", 303},
              {"rail-shore-line-east", "shapes", 86},
              {"rail-shore-line-east", "calendar", 2},
              {"rail-shore-line-east", "calendar_dates", 12},
              {"gtfs-structure/basic", "stops", 6},
              {"gtfs-structure/basic", "stop_times", 3}};

static void rows_are_counted_as_others_do(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        karvan_import *imp = import(counts[i].feed);
        if (!imp) skip();
        if (summary(imp, counts[i].file, "read") != counts[i].rows)
            fail_msg("%s: %lld rows of %s", counts[i].feed,
                     (long long)summary(imp, counts[i].file, "read"), counts[i].file);
        karvan_import_destroy(imp);
    }
}

static const struct {
    const char *feed;
    double west, south, east, north;
    int64_t places, links, services; /* links: pairs of stops in a row, counted by a script */
} feeds[] = {{"sample-feed-1", -117.133162, 36.425288, -116.40094, 36.915682, 9, 15, 15},
             {"sample-feed-1.zip", -117.133162, 36.425288, -116.40094, 36.915682, 9, 15, 15},
             {"ferry-miyako-muroran", 140.9747954, 39.6264713, 141.968203, 42.3252094, 2, 2, 2},
             {"rail-shore-line-east", -72.92829, 41.274627, -72.093082, 41.354329, 9, 24, 27}};

static void places_span_the_box(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof feeds / sizeof feeds[0]; i++) {
        karvan_import *imp = import(feeds[i].feed);
        double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
        if (!imp) skip();
        assert_int_equal(summary(imp, "places", "taken"), feeds[i].places);
        assert_int_equal(summary(imp, "links", "taken"), feeds[i].links);
        assert_int_equal(summary(imp, "services", "taken"), feeds[i].services);
        for (int32_t k = 0; k < (int32_t)feeds[i].places; k++) {
            double lon, lat;
            karvan_i_import_position(imp, k, &lon, &lat);
            box[0] = fmin(box[0], lon), box[1] = fmin(box[1], lat);
            box[2] = fmax(box[2], lon), box[3] = fmax(box[3], lat);
        }
        assert_true(box[0] == feeds[i].west && box[1] == feeds[i].south);
        assert_true(box[2] == feeds[i].east && box[3] == feeds[i].north);
        karvan_import_destroy(imp);
    }
}

static void is_told(const char *feed, const char *file_end, int64_t line, const char *code) {
    karvan_import *imp = import(feed);
    if (!imp) skip();
    const karvan_problems *p = karvan_import_problems(imp);
    bool found = false;
    for (int64_t i = 0; i < karvan_problems_total(p) && !found; i++) {
        karvan_problem one = karvan_problems_get(p, i);
        size_t n = strlen(one.file), k = strlen(file_end);
        found = n >= k && strcmp(one.file + n - k, file_end) == 0 && one.line == line &&
                strcmp(one.code, code) == 0;
    }
    if (!found) fail_msg("%s: %s:%lld is not told", feed, file_end, (long long)line);
    karvan_import_destroy(imp);
}

static void faults_of_the_samples_are_told(void **state) {
    (void)state;
    is_told("gtfs-structure/basic", "/routes.txt", 3, "gtfs-route-type"); /* type 42 */
    is_told("gtfs-structure/basic", "/trips.txt", 2, "gtfs-reference");   /* route1 is no route */
    is_told("gtfs-structure/basic", "/stops.txt", 4, "gtfs-reference");   /* parent is no station */
    is_told("gtfs-structure/only_required_fields", "/stops.txt", 7, "gtfs-value"); /* stop6 */
    is_told("sample-feed-1", "/fare_rules.txt", 0, "gtfs-file");
    is_told("rail-shore-line-east", "/calendar_dates.txt", 2, "gtfs-exception");
}

/* The ferry leaves Muroran at 20:00 and arrives at 30:00; Miyako at 08:00, for 10 hours. */
static void the_ferry_sails_by_its_timetable(void **state) {
    (void)state;
    karvan_import *imp = import("ferry-miyako-muroran");
    char dir[] = "/tmp/karvan-gtfs-XXXXXX", path[64], command[160];
    karvan_problems *problems = NULL;
    karvan_package *p = NULL;
    if (!imp) skip();
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/r", dir);
    assert_int_equal(karvan_import_write(imp, path, NULL), KARVAN_OK);
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_package_open(path, problems, &p, NULL), KARVAN_OK);
    assert_int_equal(karvan_problems_total(problems), 0);
    const karvan_table *s = karvan_package_table(p, "services");
    const karvan_table *l = karvan_package_table(p, "links");
    int timetable = karvan_table_find(s, "timetable"), hours = karvan_table_find(l, "time_h");
    int64_t there = karvan_package_row(p, "services", "s-silver_muroran-silver_miyako-ferry_roro");
    int64_t back = karvan_package_row(p, "services", "s-silver_miyako-silver_muroran-ferry_roro");
    assert_true(there >= 0 && back >= 0);
    assert_string_equal(karvan_table_text(s, timetable, there), "Mo-Su 20:00");
    assert_string_equal(karvan_table_text(s, timetable, back), "Mo-Su 08:00");
    assert_true(karvan_table_real(l, hours, 0) == 10 && karvan_table_real(l, hours, 1) == 10);
    karvan_package_destroy(p);
    karvan_problems_destroy(problems);
    karvan_import_destroy(imp);
    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_counted_as_others_do),
                                       cmocka_unit_test(places_span_the_box),
                                       cmocka_unit_test(faults_of_the_samples_are_told),
                                       cmocka_unit_test(the_ferry_sails_by_its_timetable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
