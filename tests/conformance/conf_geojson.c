/* The samples of geojsonhint, whose folders and names say what is wrong with them, and a fixture of
 * every type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "conformance/reference.h"
#include "exchange/geojson.h"

static const char ORIGIN[] = "geojsonhint and geojson-fixtures of Mapbox (formats/SOURCES.md)";

/* Where RFC 7946 lets a reader pass what geojsonhint calls bad: told as a warning, or, for needless
 * digits, not at all. docs/methods/exchange-geojson.md gives the reasons. */
static const struct {
    const char *name;
    int warnings;
} passed[] = {
    {"bad-polygon-interiorring-rhr.geojson", 1},  {"polygon_winding_order.geojson", 1},
    {"excessive_precision_truncated.geojson", 0}, {"geometrycollection_nested.geojson", 1},
    {"geometrycollection_single.geojson", 1},     {"point-toomany.geojson", 1}};

typedef struct verdict {
    int64_t errors, warnings;
    size_t features;
    int types[KARVAN_I_GEOMETRY_TYPES];
    char reason[512];
} verdict;

static verdict judge(const char *path) {
    verdict v = {0};
    char *bytes;
    size_t n;
    karvan_problems *problems = NULL;
    karvan_i_geojson *g = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_i_file_read(path, &bytes, &n, NULL), KARVAN_OK);
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    karvan_status st = karvan_i_geojson_open(bytes, n, path, problems, &g, &e);
    for (size_t i = 0; st == KARVAN_OK && i < karvan_i_geojson_count(g); i++) {
        karvan_i_feature f;
        bool valid;
        assert_int_equal(karvan_i_geojson_feature(g, i, &f, &valid, &e), KARVAN_OK);
        assert_true(f.line >= 1 && f.column >= 1);
        v.types[f.type]++, v.features++;
    }
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        assert_true(p.line >= 1 && p.column >= 1 && *p.message);
    }
    v.errors = karvan_problems_count(problems, KARVAN_ERROR) + (st != KARVAN_OK);
    v.warnings = karvan_problems_count(problems, KARVAN_WARNING);
    if (st != KARVAN_OK) {
        assert_int_equal(st, KARVAN_E_DATA);
        (void)snprintf(v.reason, sizeof v.reason, "%s", e.msg);
    } else if (v.errors) {
        karvan_problem p = karvan_problems_get(problems, 0);
        (void)snprintf(v.reason, sizeof v.reason, "%s", p.message);
    }
    karvan_i_geojson_close(g);
    karvan_problems_destroy(problems);
    karvan_i_free(bytes);
    return v;
}

/* Every file of a folder; how many there were. */
static int each(const char *folder, void (*look)(const char *name, const verdict *v)) {
    char path[600], probe[200];
    int n = 0;
    (void)snprintf(probe, sizeof probe, "formats/geojson/geojsonhint/%s/.", folder);
    if (!reference_file(probe, ORIGIN, path, sizeof path)) return 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *f; (f = readdir(d));) {
        char file[900];
        if (!strstr(f->d_name, ".geojson")) continue;
        (void)snprintf(file, sizeof file, "%s/%s", path, f->d_name);
        verdict v = judge(file);
        look(f->d_name, &v);
        n++;
    }
    (void)closedir(d);
    return n;
}

static void is_good(const char *name, const verdict *v) {
    if (v->errors) fail_msg("%s: %s", name, v->reason);
}
static void is_bad(const char *name, const verdict *v) {
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++) {
        if (strcmp(passed[i].name, name) != 0) continue;
        if (v->errors || v->warnings != passed[i].warnings)
            fail_msg("%s: %d errors, %d warnings", name, (int)v->errors, (int)v->warnings);
        return;
    }
    if (!v->errors || !*v->reason) fail_msg("%s is not refused", name);
}

static void good_samples_are_taken(void **state) {
    (void)state;
    int n = each("good", is_good);
    if (n == 0) skip();
    assert_int_equal(n, 18);
}
static void bad_samples_are_refused(void **state) {
    (void)state;
    int n = each("bad", is_bad);
    if (n == 0) skip();
    assert_int_equal(n, 44);
}

static void fixtures_are_of_their_type(void **state) {
    (void)state;
    static const struct {
        const char *file;
        karvan_i_geometry_type type;
        int n;
    } files[] = {{"geometry/point.geojson", KARVAN_I_POINT, 1},
                 {"geometry/point-xyz.geojson", KARVAN_I_POINT, 1},
                 {"geometry/multipoint.geojson", KARVAN_I_MULTIPOINT, 1},
                 {"geometry/multipoint-xyz.geojson", KARVAN_I_MULTIPOINT, 1},
                 {"geometry/linestring.geojson", KARVAN_I_LINE, 1},
                 {"geometry/linestring-xyz.geojson", KARVAN_I_LINE, 1},
                 {"geometry/multilinestring.geojson", KARVAN_I_MULTILINE, 1},
                 {"geometry/multilinestring-xyz.geojson", KARVAN_I_MULTILINE, 1},
                 {"geometry/polygon.geojson", KARVAN_I_POLYGON, 1},
                 {"geometry/polygon-xyz.geojson", KARVAN_I_POLYGON, 1},
                 {"geometry/multipolygon.geojson", KARVAN_I_MULTIPOLYGON, 1},
                 {"geometry/multipolygon-xyz.geojson", KARVAN_I_MULTIPOLYGON, 1},
                 {"geometry/geometrycollection.geojson", KARVAN_I_COLLECTION, 1},
                 {"geometry/geometrycollection-xyz.geojson", KARVAN_I_COLLECTION, 1}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[600], name[200];
        (void)snprintf(name, sizeof name, "formats/geojson/fixtures/%s", files[i].file);
        if (!reference_file(name, ORIGIN, path, sizeof path)) skip();
        verdict v = judge(path);
        if (v.errors || v.types[files[i].type] != files[i].n)
            fail_msg("%s: %s", files[i].file, v.reason);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(good_samples_are_taken),
                                       cmocka_unit_test(bad_samples_are_refused),
                                       cmocka_unit_test(fixtures_are_of_their_type)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
