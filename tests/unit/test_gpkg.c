/* GeoPackages as SQLite reads them back, and what is left when writing fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "karvan/table.h"

static char folder[] = "/tmp/karvan-gpkg-XXXXXX";
static char path[sizeof folder + 16];

static int files(bool and_remove) {
    int n = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        char name[512];
        if (e->d_name[0] == '.') continue;
        (void)snprintf(name, sizeof name, "%s/%s", folder, e->d_name);
        if (and_remove) (void)unlink(name);
        n++;
    }
    (void)closedir(d);
    return n;
}

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    (void)snprintf(path, sizeof path, "%s/x.gpkg", folder);
    return 0;
}
static int remove_folder(void **state) {
    (void)state;
    (void)files(true);
    return rmdir(folder);
}

/* Three rows: every type, the last row with nothing in it. */
static karvan_status build(karvan_table **out, karvan_error *e) {
    static const karvan_column columns[] = {{"n \"quoted\"", KARVAN_INT, NULL},
                                            {"km", KARVAN_REAL, "km"},
                                            {"open", KARVAN_BOOL, NULL},
                                            {"name", KARVAN_TEXT, NULL},
                                            {"since", KARVAN_DATE, NULL}};
    karvan_builder *b = NULL;
    karvan_status st = karvan_builder_create("t", 5, columns, &b, e);
    for (int r = 0; st == KARVAN_OK && r < 3; r++) {
        st = karvan_builder_row(b, e);
        if (r == 2) break;
        if (st == KARVAN_OK) st = karvan_builder_int(b, 0, 10 + r, e);
        if (st == KARVAN_OK) st = karvan_builder_real(b, 1, 1.5 * r, e);
        if (st == KARVAN_OK) st = karvan_builder_bool(b, 2, r == 1, e);
        if (st == KARVAN_OK) st = karvan_builder_text(b, 3, r ? "B\xC3\xA4r" : "it's", e);
        if (st == KARVAN_OK) st = karvan_builder_date(b, 4, "1992~", e);
    }
    if (st == KARVAN_OK) return karvan_builder_finish(b, out, e);
    karvan_builder_destroy(b);
    return st;
}

static const double points[] = {49.8, 40.4, -71, -33.5};
static const int32_t point_sizes[] = {1, 1, 0};
static const double lines[] = {10, 20, 30, 5, 50, 60, 1, 2, 3, 4};
static const int32_t line_sizes[] = {3, 2, 0};
static const double rings[] = {0, 0, 4, 0, 4, 3, 0, 0};
static const int32_t ring_sizes[] = {0, 4, 0};

static karvan_status write_all(karvan_error *e) {
    karvan_table *t = NULL;
    karvan_gpkg *g = NULL;
    karvan_status st = build(&t, e);
    if (st == KARVAN_OK) st = karvan_gpkg_create(path, &g, e);
    if (st == KARVAN_OK)
        st = karvan_gpkg_layer(g, "places", t, KARVAN_POINT, points, point_sizes, e);
    if (st == KARVAN_OK)
        st = karvan_gpkg_layer(g, "the \"ways\"", t, KARVAN_LINESTRING, lines, line_sizes, e);
    if (st == KARVAN_OK)
        st = karvan_gpkg_layer(g, "areas", t, KARVAN_POLYGON, rings, ring_sizes, e);
    if (st == KARVAN_OK) st = karvan_gpkg_layer(g, "plain", t, KARVAN_GEOMETRY_NONE, NULL, NULL, e);
    if (st == KARVAN_OK) st = karvan_gpkg_style(g, "places", "dots", "<qgis>it's</qgis>", e);
    if (st == KARVAN_OK) st = karvan_gpkg_style(g, "the \"ways\"", "thick", "<qgis/>", e);
    if (st == KARVAN_OK) {
        st = karvan_gpkg_finish(g, e);
        g = NULL;
    }
    karvan_gpkg_destroy(g);
    karvan_table_destroy(t);
    return st;
}

static sqlite3 *db;

/* The answer's columns joined by `|`, its rows by newlines. */
static void asks(const char *question, const char *expected) {
    char got[1000] = "";
    size_t n = 0;
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db, question, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s: %s", question, sqlite3_errmsg(db));
    for (int r = 0; sqlite3_step(s) == SQLITE_ROW; r++)
        for (int c = 0; c < sqlite3_column_count(s); c++) {
            const char *v = (const char *)sqlite3_column_text(s, c);
            n += (size_t)snprintf(got + n, sizeof got - n, "%s%s",
                                  c       ? "|"
                                  : r > 0 ? "\n"
                                          : "",
                                  v ? v : "null");
        }
    (void)sqlite3_finalize(s);
    assert_string_equal(got, expected);
}

static void as_the_standard_has_it(void **state) {
    (void)state;
    karvan_error e = {0};
    if (write_all(&e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(files(false), 1);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    asks("PRAGMA application_id", "1196444487"); /* the bytes "GPKG" */
    asks("PRAGMA user_version", "10300");
    asks("PRAGMA integrity_check", "ok");
    asks("PRAGMA foreign_key_check", "");
    asks("SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY 1", "-1\n0\n4326");
    asks("SELECT table_name,data_type,min_x,min_y,max_x,max_y,srs_id FROM gpkg_contents",
         "places|features|-71.0|-33.5|49.8|40.4|4326\n"
         "the \"ways\"|features|1.0|2.0|50.0|60.0|4326\n"
         "areas|features|0.0|0.0|4.0|3.0|4326\n"
         "plain|attributes|null|null|null|null|null\n"
         "layer_styles|attributes|null|null|null|null|0");
    asks("SELECT * FROM gpkg_geometry_columns", "places|geom|POINT|4326|0|0\n"
                                                "the \"ways\"|geom|LINESTRING|4326|0|0\n"
                                                "areas|geom|POLYGON|4326|0|0");
    (void)sqlite3_close(db);
}

/* As QGIS looks for them: by an empty schema, the layer and its geometry; the one by default. */
static void styles_of_layers(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_gpkg *g = NULL;
    if (write_all(&e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    asks("SELECT f_table_name,styleName,styleQML,useAsDefault FROM layer_styles WHERE "
         "f_table_catalog='' AND f_table_schema='' AND f_geometry_column='geom'",
         "places|dots|<qgis>it's</qgis>|1\nthe \"ways\"|thick|<qgis/>|1");
    (void)sqlite3_close(db);
    assert_int_equal(karvan_gpkg_create(path, &g, &e), KARVAN_OK);
    assert_int_equal(karvan_gpkg_style(NULL, "x", "y", "z", &e), KARVAN_E_ARG);
    assert_int_equal(karvan_gpkg_style(g, "", "y", "z", &e), KARVAN_E_ARG);
    assert_int_equal(karvan_gpkg_style(g, "x", NULL, "z", &e), KARVAN_E_ARG);
    assert_int_equal(karvan_gpkg_style(g, "x", "y", "", &e), KARVAN_E_ARG);
    karvan_gpkg_destroy(g);
}

static void attributes_and_geometry(void **state) {
    (void)state;
    karvan_error e = {0};
    if (write_all(&e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    asks("SELECT * FROM plain", "1|10|0.0|0|it's|1992~\n2|11|1.5|1|B\xC3\xA4r|1992~\n"
                                "3|null|null|null|null|null");
    asks("SELECT name,type FROM pragma_table_info('places')",
         "fid|INTEGER\ngeom|POINT\nn \"quoted\"|INTEGER\nkm|DOUBLE\nopen|BOOLEAN\nname|TEXT\n"
         "since|TEXT");
    /* GP, version 0, little-endian without envelope; 4326; then WKB: little-endian, 1, x, y */
    asks("SELECT hex(geom) FROM places", "47500001E6100000"
                                         "0101000000"
                                         "6666666666E64840"
                                         "3333333333334440\n"
                                         "47500001E6100000"
                                         "0101000000"
                                         "0000000000C051C0"
                                         "0000000000C040C0\n");
    /* envelope minx maxx miny maxy, then WKB 2: two points (1 2) and (3 4) */
    asks("SELECT hex(geom) FROM \"the \"\"ways\"\"\" WHERE fid=2", "47500003E6100000"
                                                                   "000000000000F03F"
                                                                   "0000000000000840"
                                                                   "0000000000000040"
                                                                   "0000000000001040"
                                                                   "010200000002000000"
                                                                   "000000000000F03F"
                                                                   "0000000000000040"
                                                                   "0000000000000840"
                                                                   "0000000000001040");
    /* WKB 3: one ring of four points */
    asks("SELECT substr(hex(geom),81,26) FROM areas WHERE fid=2", "01030000000100000004000000");
    (void)sqlite3_close(db);
}

static void same_input_same_bytes(void **state) {
    (void)state;
    char other[sizeof path + 8];
    karvan_error e = {0};
    (void)snprintf(other, sizeof other, "%s.1", path);
    assert_int_equal(write_all(&e), KARVAN_OK);
    assert_int_equal(rename(path, other), 0);
    assert_int_equal(write_all(&e), KARVAN_OK);
    FILE *a = fopen(path, "rb"), *b = fopen(other, "rb");
    assert_non_null(a), assert_non_null(b);
    int x = 0, y = 0;
    while (x == y && x != EOF) x = fgetc(a), y = fgetc(b);
    assert_int_equal(x, y);
    (void)fclose(a), (void)fclose(b);
    (void)unlink(other);
}

/* Refused layers, and nothing on disk once they are given up. */
static void shapes_that_are_none(void **state) {
    (void)state;
    static const struct {
        karvan_geometry geometry;
        int32_t size;
        double coords[10];
        const char *why;
    } bad[] = {{KARVAN_POINT, 2, {1, 2, 3, 4}, "2 points make no POINT"},
               {KARVAN_LINESTRING, 1, {1, 2}, "1 points make no LINESTRING"},
               {KARVAN_POLYGON, 3, {0, 0, 1, 0, 0, 0}, "3 points make no POLYGON"},
               {KARVAN_POLYGON, 4, {0, 0, 1, 0, 1, 1, 0, 1}, "a ring does not close"},
               {KARVAN_POINT, -1, {0}, "-1 points make no POINT"},
               {KARVAN_POINT, 1, {181, 0}, "181 0 is no longitude and latitude"},
               {KARVAN_POINT, 1, {0, -90.5}, "0 -90.5 is no longitude and latitude"},
               {KARVAN_POINT, 1, {NAN, 0}, "nan 0 is no longitude and latitude"}};
    karvan_table *t = NULL;
    karvan_error e = {0};
    (void)files(true);
    assert_int_equal(build(&t, &e), KARVAN_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        karvan_gpkg *g = NULL;
        const int32_t size[3] = {bad[i].size, 0, 0};
        karvan_error why = {0};
        assert_int_equal(karvan_gpkg_create(path, &g, &e), KARVAN_OK);
        assert_int_equal(karvan_gpkg_layer(g, "x", t, bad[i].geometry, bad[i].coords, size, &why),
                         KARVAN_E_ARG);
        assert_string_equal(why.msg, bad[i].why);
        karvan_gpkg_destroy(g);
        assert_int_equal(files(false), 0);
    }
    karvan_table_destroy(t);
}

static void misuse_is_told(void **state) {
    (void)state;
    karvan_gpkg *g = NULL;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(build(&t, &e), KARVAN_OK);
    assert_int_equal(karvan_gpkg_create(NULL, &g, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_gpkg_create(path, NULL, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_gpkg_finish(NULL, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_gpkg_create("/nowhere/at/all.gpkg", &g, &e), KARVAN_E_IO);
    assert_null(g);
    assert_int_equal(karvan_gpkg_create(path, &g, &e), KARVAN_OK);
    assert_int_equal(karvan_gpkg_layer(g, "", t, KARVAN_GEOMETRY_NONE, NULL, NULL, &e),
                     KARVAN_E_ARG);
    assert_int_equal(karvan_gpkg_layer(g, "x", t, KARVAN_POINT, NULL, NULL, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_gpkg_layer(g, "x", t, KARVAN_GEOMETRY_NONE, NULL, NULL, &e), KARVAN_OK);
    karvan_error twice = {0};
    assert_int_equal(karvan_gpkg_layer(g, "x", t, KARVAN_GEOMETRY_NONE, NULL, NULL, &twice),
                     KARVAN_E_IO);
    assert_non_null(strstr(twice.msg, "already exists"));
    karvan_gpkg_destroy(g), karvan_gpkg_destroy(NULL);
    karvan_table_destroy(t);
}

/* The place to rename to is a folder: told, and nothing is left beside it. */
static void a_name_that_is_taken(void **state) {
    (void)state;
    karvan_gpkg *g = NULL;
    karvan_error e = {0}, why = {0};
    (void)files(true);
    assert_int_equal(karvan_gpkg_create(folder, &g, &e), KARVAN_OK);
    assert_int_equal(karvan_gpkg_finish(g, &why), KARVAN_E_IO);
    assert_non_null(strstr(why.msg, "cannot write"));
    assert_int_equal(files(false), 0);
}

static void memory_may_run_out(void **state) {
    (void)state;
    karvan_status st = KARVAN_E_NOMEM;
    long live = karvan_i_alloc_live;
    (void)files(true);
    for (long k = 0; st == KARVAN_E_NOMEM; k++) {
        karvan_error e = {0};
        karvan_i_alloc_permits = k;
        st = write_all(&e);
        karvan_i_alloc_permits = -1;
        if (st != KARVAN_OK && st != KARVAN_E_NOMEM) fail_msg("%ld permits: %s", k, e.msg);
        assert_int_equal(files(false), st == KARVAN_OK);
        assert_int_equal(karvan_i_alloc_live, live);
        assert_in_range(k, 0, 2000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_standard_has_it), cmocka_unit_test(attributes_and_geometry),
        cmocka_unit_test(styles_of_layers),       cmocka_unit_test(same_input_same_bytes),
        cmocka_unit_test(shapes_that_are_none),   cmocka_unit_test(misuse_is_told),
        cmocka_unit_test(a_name_that_is_taken),   cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
