/* GeoJSON as a region and back: by hand, with every oddity told, and the shipped region's network
 * out and in again without loss. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "exchange/geojson.h"
#include "exchange/import_state.h"
#include "same_cells.h"
#include "sweep.h"
#include "table/cell.h"

static karvan_import *import(const char *text, int n, const karvan_import_setting *settings,
                             karvan_error *err) {
    karvan_import *imp = NULL;
    karvan_status st = karvan_import_create("geojson", n, settings, &imp, err);
    if (st == KARVAN_OK) imp->done = true; /* as karvan_import_read does it */
    if (st == KARVAN_OK) st = karvan_i_import_source(imp, "f", NULL, NULL, err);
    if (st == KARVAN_OK) st = karvan_i_import_geojson_bytes(imp, text, strlen(text), "f", err);
    if (st == KARVAN_OK) st = karvan_i_import_finish(imp, err);
    if (st == KARVAN_OK) return imp;
    karvan_import_destroy(imp);
    return NULL;
}

static bool told(const karvan_import *imp, const char *what) {
    char line[700];
    const karvan_problems *p = karvan_import_problems(imp);
    for (int64_t i = 0; i < karvan_problems_total(p); i++) {
        karvan_problem one = karvan_problems_get(p, i);
        (void)snprintf(line, sizeof line, "%s:%lld:%lld: %s [%s]", one.file, (long long)one.line,
                       (long long)one.column, one.message, one.code);
        if (strstr(line, what)) return true;
    }
    return false;
}

static char dir[] = "/tmp/karvan-geojson-XXXXXX";
static char file[64], folder[64];
static int make_dir(void **state) {
    (void)state;
    if (!mkdtemp(dir)) return -1;
    (void)snprintf(file, sizeof file, "%s/n.geojson", dir);
    (void)snprintf(folder, sizeof folder, "%s/r", dir);
    return 0;
}
static void remove_folder(void) {
    char command[200];
    (void)snprintf(command, sizeof command, "rm -rf %s %s", folder, file);
    assert_int_equal(system(command), 0);
}
static int remove_dir(void **state) {
    (void)state;
    return rmdir(dir);
}

static karvan_package *region_of(karvan_import *imp) {
    karvan_problems *problems = NULL;
    karvan_package *p = NULL;
    karvan_error e = {0};
    if (karvan_import_write(imp, folder, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_package_open(folder, problems, &p, &e), KARVAN_OK);
    if (karvan_problems_total(problems) > 0)
        fail_msg("%s", karvan_problems_get(problems, 0).message);
    karvan_problems_destroy(problems);
    remove_folder();
    return p;
}

static double real_of(const karvan_package *p, const char *table, const char *key,
                      const char *column) {
    int64_t row = karvan_package_row(p, table, key);
    if (row < 0) fail_msg("no %s in %s", key, table);
    return karvan_i_cell_real(karvan_package_table(p, table), column, row);
}
static void text_is(const karvan_package *p, const char *table, const char *key, const char *column,
                    const char *expected) {
    int64_t row = karvan_package_row(p, table, key);
    if (row < 0) fail_msg("no %s in %s", key, table);
    const char *s = karvan_i_cell_text(karvan_package_table(p, table), column, row);
    assert_string_equal(s ? s : "", expected);
}

#define FEATURE(geometry, properties) \
    "{\"type\": \"Feature\", \"geometry\": " geometry ", \"properties\": {" properties "}}"
#define POINT(c) "{\"type\": \"Point\", \"coordinates\": [" c "]}"
#define LINE(c)  "{\"type\": \"LineString\", \"coordinates\": [" c "]}"
#define LINES(c) "{\"type\": \"MultiLineString\", \"coordinates\": [" c "]}"

static const char *const features[] = {
    /* from the first place to a point of the file */
    FEATURE(LINE("[50, 40], [50.5, 40], [51, 40]"),
            "\"id\": \"ab\", \"mode\": \"rail_1520\", \"time_h\": 3, \"lanes\": 2"),
    /* over the 180th meridian in two parts that meet there; its length is told */
    FEATURE(LINES("[[179, 10], [180, 10]], [[-180, 10], [-179, 10]]"),
            "\"mode\": \"feeder\", \"length_km\": 219, \"speed_kmh\": \"20\", \"two_way\": false"),
    /* parts that do not meet: 1 and 3 degrees of the equator share 8 hours */
    FEATURE(LINES("[[0, 0], [1, 0]], [[5, 0], [8, 0]]"),
            "\"id\": 7, \"mode\": \"road\", \"time_h\": 8, \"cost_usd_per_teu\": 100"),
    FEATURE(POINT("50.0001, 40, 12"), "\"id\": \"A\", \"name\": \"Aktau\", \"country\": \"KZ\", "
                                      "\"kind\": \"port\", \"utc_offset_h\": 5, \"lanes\": 1"),
    FEATURE(POINT("51, 40"), "\"name\": 12, \"kind\": \"harbour\""),
    FEATURE(LINE("[7, 7], [8, 8]"), "\"mode\": \"Big Truck\""), FEATURE(LINE("[7, 7], [8, 8]"), ""),
    FEATURE("null", "\"from\": \"A\", \"to\": \"12\", \"mode\": \"road\", \"time_h\": 1"),
    FEATURE(LINE("[7, 95], [8, 8]"), "\"mode\": \"road\""), FEATURE("null", "\"x\": 1"),
    FEATURE(POINT("\"x\", 1"), ""),
    FEATURE(LINE("[50, 40], [51, 40]"),
            "\"from\": \"A\", \"to\": \"nowhere\", \"mode\": \"road\", \"id\": \"named\"")};

/* A collection of n features, the first on line 2; karvan_i_free it. */
static char *collection(const char *const *list, size_t n) {
    karvan_i_text t = {0};
    karvan_i_text_puts(&t, "{\"type\": \"FeatureCollection\", \"features\": [");
    for (size_t i = 0; i < n; i++) karvan_i_text_printf(&t, "%s\n%s", i ? "," : "", list[i]);
    karvan_i_text_puts(&t, "]}");
    assert_false(t.failed);
    return t.s;
}
enum { FEATURES = sizeof features / sizeof features[0] };

static void a_network_by_hand(void **state) {
    (void)state;
    karvan_error e = {0};
    char *network = collection(features, FEATURES);
    karvan_import *imp = import(network, 0, NULL, &e);
    if (!imp) fail_msg("%s", e.msg);
    static const char *const lines[] = {
        "f:2:1: property lanes fills no column of links (1 time) [feature-property]",
        "f:5:1: property lanes fills no column of places (1 time)",
        "f:4:1: parts of a MultiLineString do not meet",
        "f:6:1: property kind cannot be taken; left unknown [feature-value]",
        "f:7:1: a line is left out: a mode is small letters",
        "f:8:1: a line is left out: no property mode, and --mode was not given [feature-mode]",
        "f:10:1: a line that leaves the globe is left out [import-coordinates]",
        "f:11:1: a feature without a geometry is left out (1 time) [feature-geometry]",
        "features[10].geometry.coordinates[0]: a position holds something that is no number",
        "f:13:1: no place 'nowhere' for an end of a line; the line's own end is taken",
        "f:0:0: heights of 1 positions are not kept"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (!told(imp, lines[i])) fail_msg("not told: %s", lines[i]);
    karvan_package *p = region_of(imp);
    text_is(p, "places", "A", "name", "Aktau"), text_is(p, "places", "A", "country", "KAZ");
    assert_true(real_of(p, "places", "A", "utc_offset_h") == 5);
    text_is(p, "places", "12", "kind", "junction"); /* a number as a name; a kind that is none */
    text_is(p, "links", "ab", "from", "A"), text_is(p, "links", "ab", "to", "12");
    /* 1 degree of the parallel of 40: 85.39 km */
    assert_true(fabs(real_of(p, "links", "ab", "length_km") - 85.39) < 0.01);
    assert_true(real_of(p, "links", "ab", "time_h") == 3);
    text_is(p, "links", "ab", "length_source", "computed");
    assert_true(real_of(p, "links", "junction-1-junction-2-feeder", "length_km") == 219);
    assert_true(real_of(p, "links", "junction-1-junction-2-feeder", "speed_kmh") == 20);
    assert_true(fabs(real_of(p, "links", "7-1", "time_h") - 2) < 1e-9);
    assert_true(fabs(real_of(p, "links", "7-2", "cost_usd_per_teu") - 75) < 1e-6);
    assert_true(fabs(real_of(p, "links", "7-2", "length_km") - 3 * 111.3195) < 0.01);
    text_is(p, "links", "A-12-road", "length_source", "computed"); /* without a line */
    assert_int_equal(karvan_table_rows(karvan_package_table(p, "links")), 6);
    text_is(p, "links", "named", "to", "12");
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
    karvan_i_free(network);
}

static void settings_change_what_is_read(void **state) {
    (void)state;
    static const char *const two[] = {
        FEATURE(POINT("50, 40"), "\"name_en\": \"A\", \"name\": \"x\""),
        FEATURE(LINE("[50.1, 40], [60, 40]"), "\"v\": 30, \"name\": \"y\"")};
    char *text = collection(two, 2);
    static const karvan_import_setting settings[] = {{"mode", "road"},
                                                     {"tolerance", "10"},
                                                     {"property", "name=name_en"},
                                                     {"property", "speed_kmh=v"}};
    karvan_error e = {0};
    karvan_import *imp = import(text, 4, settings, &e);
    if (!imp) fail_msg("%s", e.msg);
    assert_true(told(imp, "f:2:1: property name fills no column of places (1 time)"));
    karvan_package *p = region_of(imp);
    text_is(p, "links", "A-junction-1-road", "from", "A");
    assert_true(real_of(p, "links", "A-junction-1-road", "speed_kmh") == 30);
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
    static const karvan_import_setting wrong[][1] = {{{"tolerance", "-1"}},
                                                     {{"tolerance", "x"}},
                                                     {{"property", "colour=red"}},
                                                     {{"property", "name"}},
                                                     {{"property", "name="}}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        karvan_error why = {0};
        assert_null(import(text, 1, wrong[i], &why));
        assert_int_equal(why.code, KARVAN_E_ARG);
    }
    karvan_i_free(text);
}

static void the_shipped_region_comes_back(void **state) {
    (void)state;
    static const char *const places[] = {"id",  "locode", "name", "aliases", "country",
                                         "lon", "lat",    "kind", NULL};
    static const char *const links[] = {"id",
                                        "from",
                                        "to",
                                        "mode",
                                        "two_way",
                                        "length_km",
                                        "speed_kmh",
                                        "time_h",
                                        "time_p90_over_p50",
                                        "cost_usd_per_teu",
                                        "capacity_teu_day",
                                        "capacity_kt_year",
                                        "co2e_kg_per_teu_km",
                                        "open_from",
                                        "open_to",
                                        "operator",
                                        NULL};
    karvan_problems *problems = NULL;
    karvan_package *p = NULL;
    karvan_table *summary = NULL;
    karvan_error e = {0};
    char *text;
    size_t n;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &p, &e),
                     KARVAN_OK);
    if (karvan_export(p, "geojson", file, 0, NULL, problems, &summary, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    karvan_table_destroy(summary);
    assert_int_equal(karvan_i_file_read(file, &text, &n, NULL), KARVAN_OK);
    karvan_import *imp = import(text, 0, NULL, &e);
    if (!imp) fail_msg("%s", e.msg);
    karvan_package *back = region_of(imp);
    same_cells(karvan_package_table(p, "places"), karvan_package_table(back, "places"), places);
    same_cells(karvan_package_table(p, "links"), karvan_package_table(back, "links"), links);
    karvan_package_destroy(back), karvan_package_destroy(p);
    karvan_import_destroy(imp);
    karvan_problems_destroy(problems);
    karvan_i_free(text);
}

static const char *swept;
static karvan_status sweep_import(karvan_error *err) {
    karvan_import *imp = import(swept, 0, NULL, err);
    karvan_import_destroy(imp);
    return imp ? KARVAN_OK : err->code;
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    char *network = collection(features, FEATURES);
    swept = network;
    every_allocation_fails(sweep_import, 5000);
    karvan_i_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_network_by_hand),
                                       cmocka_unit_test(settings_change_what_is_read),
                                       cmocka_unit_test(the_shipped_region_comes_back),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
