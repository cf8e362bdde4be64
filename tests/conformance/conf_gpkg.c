/* A GeoPackage of ours, opened by GDAL's ogrinfo where that is installed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "karvan/table.h"

static char folder[] = "/tmp/karvan-ogr-XXXXXX", path[sizeof folder + 16];

static void write_layers(void) {
    static const karvan_column columns[] = {{"name", KARVAN_TEXT, NULL}, {"teu", KARVAN_INT, NULL}};
    static const double points[] = {51.15, 43.65, 49.4, 39.98}, ring[] = {0, 0, 4, 0, 4, 3, 0, 0};
    static const double line[] = {51.15, 43.65, 49.4, 39.98};
    static const int32_t one_each[] = {1, 1}, line_sizes[] = {2, 0}, ring_sizes[] = {0, 4};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    karvan_gpkg *g = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_builder_create("t", 2, columns, &b, &e), KARVAN_OK);
    for (int r = 0; r < 2; r++) {
        assert_int_equal(karvan_builder_row(b, &e), KARVAN_OK);
        assert_int_equal(karvan_builder_text(b, 0, r ? "Alat" : "Aktau", &e), KARVAN_OK);
        assert_int_equal(karvan_builder_int(b, 1, 100000 + r, &e), KARVAN_OK);
    }
    assert_int_equal(karvan_builder_finish(b, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_gpkg_create(path, &g, &e), KARVAN_OK);
    assert_int_equal(karvan_gpkg_layer(g, "ports", t, KARVAN_POINT, points, one_each, &e),
                     KARVAN_OK);
    assert_int_equal(karvan_gpkg_layer(g, "ferry", t, KARVAN_LINESTRING, line, line_sizes, &e),
                     KARVAN_OK);
    assert_int_equal(karvan_gpkg_layer(g, "areas", t, KARVAN_POLYGON, ring, ring_sizes, &e),
                     KARVAN_OK);
    assert_int_equal(karvan_gpkg_layer(g, "plain", t, KARVAN_GEOMETRY_NONE, NULL, NULL, &e),
                     KARVAN_OK);
    assert_int_equal(karvan_gpkg_finish(g, &e), KARVAN_OK);
    karvan_table_destroy(t);
}

static void opens_in_ogrinfo(void **state) {
    (void)state;
    static const char *const said[] = {"Layer name: ports",
                                       "Geometry: Point",
                                       "Extent: (49.400000, 39.980000) - (51.150000, 43.650000)",
                                       "POINT (51.15 43.65)",
                                       "LINESTRING (51.15 43.65,49.4 39.98)",
                                       "POLYGON ((0 0,4 0,4 3,0 0))",
                                       "ID[\"EPSG\",4326]",
                                       "teu (Integer64) = 100001",
                                       "Layer name: plain",
                                       "Geometry: None"};
    static char text[40000];
    char command[200];
    if (system("command -v ogrinfo >/dev/null 2>&1") != 0) {
        printf("skipped: ogrinfo is not installed (Debian package gdal-bin)\n");
        skip();
    }
    write_layers();
    (void)snprintf(command, sizeof command, "ogrinfo -al %s 2>&1", path);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    assert_int_equal(pclose(f), 0);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        if (!strstr(text, said[i])) fail_msg("ogrinfo does not say '%s':\n%s", said[i], text);
    if (strstr(text, "Warning") || strstr(text, "ERROR")) fail_msg("%s", text);
}

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    (void)snprintf(path, sizeof path, "%s/x.gpkg", folder);
    return 0;
}
static int remove_folder(void **state) {
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(opens_in_ogrinfo)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
