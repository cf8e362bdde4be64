/* GeoPackages that are none, or that somebody means ill with: a region or a reason, whatever stands
 * in the file and however little memory there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gpkg_import.h"
#include "sweep.h"

static void files_that_are_none(void **state) {
    (void)state;
    const char *path = write_file("a.gpkg", "SQLite it is not");
    refused(path, 0, NULL, KARVAN_E_DATA, "a.gpkg: not SQLite, which every GeoPackage is");
    refused(in_folder("none.gpkg"), 0, NULL, KARVAN_E_IO, "cannot read");
    path = in_folder("b.gpkg");
    run_sql(path, "CREATE TABLE t(x);");
    refused(path, 0, NULL, KARVAN_E_DATA, "SQLite, but no GeoPackage");
    path = new_file("c.gpkg");
    refused(path, 0, NULL, KARVAN_E_DATA, "no layer of points or lines among its 0 layers");
    (void)write_file("c.gpkg-wal", "something");
    refused(path, 0, NULL, KARVAN_E_DATA, "c.gpkg-wal holds changes that are not in the file yet");
    path = new_file("what? 100%#.gpkg"); /* bytes with a meaning in SQLite's URIs */
    add_features(path, "f", 4326, "id TEXT");
    bytes g = point_at(4326, 1, 1);
    add_row(path, "f", &g, "'A'");
    karvan_import *imp = read_file(path, 0, NULL);
    counted(imp, "row", 1, 1);
    karvan_import_destroy(imp);
}

/* Nothing in the file runs: views, tables made by code, triggers. */
static void what_could_run_is_left_alone(void **state) {
    (void)state;
    const char *path = small_network("n.gpkg");
    run_sql(path,
            "CREATE VIEW endless AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) "
            "SELECT x,x AS geom FROM c;"
            "CREATE VIRTUAL TABLE box USING rtree(id,x0,x1);"
            "INSERT INTO gpkg_contents VALUES('endless','features'),('box','attributes'),"
            "('gone','features'),('plain','features'),('picture','tiles');"
            "CREATE TABLE plain(x);"
            "INSERT INTO gpkg_geometry_columns VALUES('endless','geom','POINT',4326,0,0);");
    karvan_import *imp = read_file(path, 0, NULL);
    static const char *const lines[] = {
        "layer endless is no table of the file, or a view or made by code [gpkg-layer]",
        "layer box is no table of the file",
        "layer gone is no table of the file",
        "layer plain has no column of geometries",
        "layer picture holds neither features nor",
        NULL};
    all_said(imp, lines);
    counted(imp, "layer", 7, 2), counted(imp, "row", 8, 5);
    karvan_import_destroy(imp);
    static const karvan_import_setting view[] = {{"layer", "places=endless"}};
    refused(path, 1, view, KARVAN_E_ARG, "endless is no table of the file");
    path = in_folder("v.gpkg"); /* a list of contents that is a view */
    run_sql(path, "CREATE TABLE t(x);CREATE VIEW gpkg_contents AS SELECT 'a' AS table_name,"
                  "'features' AS data_type;");
    refused(path, 0, NULL, KARVAN_E_DATA, "no GeoPackage");
}

/* Pages overwritten one after another: a region, or a reason. */
static void damaged_files_give_a_reason(void **state) {
    (void)state;
    static uint8_t whole[200000], page[512];
    const char *path = small_network("n.gpkg"), *broken = in_folder("broken.gpkg");
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    const size_t n = fread(whole, 1, sizeof whole, f);
    assert_int_equal(fclose(f), 0);
    memset(page, 0xA5, sizeof page);
    for (size_t at = 512; at < n; at += 512) {
        karvan_import *imp = NULL;
        karvan_error e = {0};
        f = fopen(broken, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(whole, 1, n, f), n);
        assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
        assert_int_equal(fwrite(page, 1, sizeof page, f), sizeof page);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(karvan_import_create("gpkg", 0, NULL, &imp, NULL), KARVAN_OK);
        karvan_status st = karvan_import_read(imp, 1, &broken, &e);
        assert_true(st == KARVAN_OK || (st == KARVAN_E_DATA && *e.msg));
        karvan_import_destroy(imp);
    }
}

static const char *swept;
static karvan_status sweep_import(karvan_error *err) {
    karvan_import *imp = NULL;
    karvan_status st = karvan_import_create("gpkg", 0, NULL, &imp, err);
    if (st == KARVAN_OK) st = karvan_import_read(imp, 1, &swept, err);
    karvan_import_destroy(imp);
    return st;
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    swept = small_network("n.gpkg");
    run_sql(swept, "CREATE TABLE modes(id TEXT,mode TEXT);INSERT INTO modes VALUES('m','rail');"
                   "CREATE TABLE operations(id TEXT,cause TEXT,counts_as TEXT,default_p50_h,"
                   "default_p90_h,default_usd_per_teu);"
                   "INSERT INTO operations VALUES('o','other','none',1,1,1);"
                   "CREATE TABLE terminals(place TEXT,operation TEXT,from_mode TEXT,to_mode TEXT);"
                   "INSERT INTO terminals VALUES('A','o','road','m');"
                   "CREATE TABLE services(link TEXT,headway_h);"
                   "INSERT INTO services VALUES('9007199254740993',24);"
                   "INSERT INTO gpkg_contents VALUES('modes','attributes'),('operations',"
                   "'attributes'),('terminals','attributes'),('services','attributes');");
    every_allocation_fails(sweep_import, 5000);
    static const karvan_import_setting named[] = {{"layer", "places=station"}};
    karvan_error e = {0};
    karvan_import *imp = NULL;
    assert_int_equal(karvan_import_create("gpkg", 1, named, &imp, NULL), KARVAN_OK);
    assert_int_equal(karvan_import_read(imp, 1, &swept, &e), KARVAN_E_ARG);
    karvan_import_destroy(imp);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(files_that_are_none, empty_folder),
        cmocka_unit_test_teardown(what_could_run_is_left_alone, empty_folder),
        cmocka_unit_test_teardown(damaged_files_give_a_reason, empty_folder),
        cmocka_unit_test_teardown(every_allocation_can_fail, empty_folder)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
