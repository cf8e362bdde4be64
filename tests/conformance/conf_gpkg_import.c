/* GeoPackages of other programs: their layers, types, numbers of rows and extents as GDAL's ogrinfo
 * tells them, and what import makes of each file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <math.h>

#include "conformance/reference.h"
#include "exchange.h"
#include "exchange/gpkg.h"

static const char ORIGIN[] = "OGC's ETS, sf, pyogrio, geopackage-js, PDOK (formats/SOURCES.md)";

/* A type that is none: rows of several. Extents in the layer's own system; NAN: no position. */
static const struct {
    const char *file, *layer, *type;
    int dimensions, rows;
    double x0, y0, x1, y1, within;
} facts[] = {
    {"ets_gdal_sample_v1.2_no_extensions", "point2d", "Point", 2, 2, 1, 2, 1, 2, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "linestring2d", "LineString", 2, 2, 1, 2, 3, 4, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "polygon2d", "Polygon", 2, 2, 0, 0, 10, 10, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "multipoint2d", "MultiPoint", 2, 2, 0, 1, 2, 3, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "multilinestring2d", "MultiLineString", 2, 2, 0, 1, 6, 7,
     0},
    {"ets_gdal_sample_v1.2_no_extensions", "multipolygon2d", "MultiPolygon", 2, 2, -9, 0, 10, 10,
     0},
    {"ets_gdal_sample_v1.2_no_extensions", "geomcollection2d", NULL, 2, 5, -9, 0, 10, 10, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "geometry2d", NULL, 2, 8, -9, 0, 10, 10, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "point3d", "Point", 3, 2, 1, 2, 1, 2, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "linestring3d", "LineString", 3, 2, 1, 2, 4, 5, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "polygon3d", "Polygon", 3, 2, 0, 0, 10, 10, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "multipoint3d", "MultiPoint", 3, 2, 0, 1, 3, 4, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "multilinestring3d", "MultiLineString", 3, 2, 0, 1, 9,
     10, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "multipolygon3d", "MultiPolygon", 3, 2, -9, 0, 10, 10,
     0},
    {"ets_gdal_sample_v1.2_no_extensions", "geomcollection3d", NULL, 3, 5, -9, 0, 10, 10, 0},
    {"ets_gdal_sample_v1.2_no_extensions", "geometry3d", NULL, 3, 8, -9, 0, 10, 10, 0},
    {"ets_gdal_sample_v1.2_spatial_index_extension", "multilinestring3d", "MultiLineString", 3, 2,
     0, 1, 9, 10, 0},
    /* the list of layers allows heights and measures; the rows have heights alone. Its extent is
       not theirs: this one is of the points that ogrinfo prints */
    {"ets_simple_sewer_features", "s_manhole", "Point", 3, 69, 389609.583, 262965.3, 390013.708,
     263619.869, 1e-3},
    {"ets_simple_sewer_features", "foul_sewer", "MultiLineString", 3, 82, NAN, 0, 0, 0, 0},
    {"ets_simple_sewer_features", "surface_water_sewer", "MultiLineString", 3, 21, NAN, 0, 0, 0, 0},
    {"ets_states10", "statesQGIS", "MultiPolygon", 2, 51, -178.215, 18.9248, -66.9698, 71.4066,
     1e-4},
    {"sf_nc", "nc.gpkg", "MultiPolygon", 2, 100, -84.3239, 33.882, -75.457, 36.5896, 1e-4},
    {"sf_b_pump", "b_pump", "Point", 2, 1, 529393.498863, 181020.577869, 529393.498863,
     181020.577869, 1e-5},
    {"pyogrio_line_zm", "line_zm", "LineString", 4, 1, NAN, 0, 0, 0, 0},
    {"pyogrio_curve", "curve", "CompoundCurve", 2, 1, NAN, 0, 0, 0, 0},
    {"pyogrio_test_gpkg_nulls", "test_gpkg_nulls", "Point", 2, 4, 0, 0, 4, 4, 0},
    {"ets_v12_bad_attributes", "linestring2d", "LineString", 2, 2, 1, 2, 3, 4, 0},
    {"nga_geometrycollection", "test", "GeometryCollection", 2, 1, NAN, 0, 0, 0, 0},
    {"nga_multipoint", "multipoint", "MultiPoint", 2, 1, NAN, 0, 0, 0, 0},
    {"ets_null_geometry", "PointExamples", NULL, 2, 2, NAN, 0, 0, 0, 0},
    {"ets_null_geometry", "new_geopackage", NULL, 2, 3, NAN, 0, 0, 0, 0},
    {"pdok/test_geometry_empty", "test_geometry_empty", NULL, 2, 45, NAN, 0, 0, 0, 0},
    {"pdok/test_rtree_valid", "test_rtree_check", "LineString", 2, 1, -0.698492, -0.134841,
     -0.028476, 0.220268, 1e-5},
    {"pdok/test_gdal_error", "cbs_arbeidsmarktregio_2014_labelpoint", "Point", 2, 1, 242825, 579824,
     242825, 579824, 0}};

typedef struct found {
    karvan_i_gpkg_geometry g;
    int rows, of_type, of_dimensions, empty;
    const char *type;
    int dimensions;
    double box[4];
} found;

static karvan_status look(void *ctx, karvan_i_gpkg_row *row, karvan_error *err) {
    found *f = ctx;
    f->rows++;
    if (!row->geometry) return f->empty++, KARVAN_OK;
    karvan_status st = karvan_i_gpkg_geometry_read(&f->g, row->geometry, row->n_geometry, err);
    if (st != KARVAN_OK) return st;
    f->empty += f->g.empty;
    f->of_type += f->type && strcmp(f->type, f->g.name) == 0;
    f->of_dimensions += f->g.dimensions == f->dimensions;
    for (size_t i = 0; i < f->g.n_xy; i++)
        for (int c = 0; c < 2; c++) {
            f->box[c] = fmin(f->box[c], f->g.xy[2 * i + (size_t)c]);
            f->box[2 + c] = fmax(f->box[2 + c], f->g.xy[2 * i + (size_t)c]);
        }
    return KARVAN_OK;
}

static bool near(double a, double b, double within) { return fabs(a - b) <= within; }

static void layers_are_as_ogrinfo_has_them(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof facts / sizeof facts[0]; k++) {
        char name[200], path[700];
        (void)snprintf(name, sizeof name, "formats/gpkg/%s.gpkg", facts[k].file);
        if (!reference_file(name, ORIGIN, path, sizeof path)) skip();
        karvan_i_gpkg_file file;
        karvan_error e = {0};
        if (karvan_i_gpkg_open(path, &file, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        int i = 0;
        while (i < file.n_layers && strcmp(file.layer[i].name, facts[k].layer) != 0) i++;
        if (i == file.n_layers || file.layer[i].why_not) fail_msg("no %s", facts[k].layer);
        found f = {.type = facts[k].type, .dimensions = facts[k].dimensions};
        f.box[0] = f.box[1] = INFINITY, f.box[2] = f.box[3] = -INFINITY;
        if (karvan_i_gpkg_rows(&file, &file.layer[i], false, look, &f, &e) != KARVAN_OK)
            fail_msg("%s, %s: %s", facts[k].file, facts[k].layer, e.msg);
        if (f.rows != facts[k].rows || (f.type && f.of_type + f.empty < f.rows) ||
            f.of_dimensions + f.empty < f.rows)
            fail_msg("%s, %s: %d rows, %d of the type, %d of the dimensions, %d empty",
                     facts[k].file, facts[k].layer, f.rows, f.of_type, f.of_dimensions, f.empty);
        const double within = facts[k].within;
        if (!isnan(facts[k].x0) &&
            !(near(f.box[0], facts[k].x0, within) && near(f.box[1], facts[k].y0, within) &&
              near(f.box[2], facts[k].x1, within) && near(f.box[3], facts[k].y1, within)))
            fail_msg("%s, %s: (%.10g %.10g) (%.10g %.10g)", facts[k].file, facts[k].layer, f.box[0],
                     f.box[1], f.box[2], f.box[3]);
        karvan_i_gpkg_geometry_clear(&f.g);
        karvan_i_gpkg_close(&file);
    }
}

/* What import makes of the files: layers, rows; then places and links with `road`. */
static const struct {
    const char *file;
    int layers, taken_layers, rows, taken, places, links;
} imports[] = {{"ets_gdal_sample_v1.2_no_extensions", 19, 16, 50, 14, 10, 16},
               {"ets_simple_sewer_features", 3, 3, 172, 172, 114, 103},
               {"ets_states10", 1, 1, 51, 0, 0, 0},
               {"ets_elevation", 2, 1, 0, 0, 0, 0},
               {"ets_uint16", 2, 1, 0, 0, 0, 0},
               {"sf_nospatial", 2, 1, 0, 0, 0, 0},
               {"sf_b_pump", 1, 1, 1, 1, 1, 0},
               {"pyogrio_line_zm", 1, 1, 1, 1, 2, 1},
               {"pyogrio_test_gpkg_nulls", 1, 1, 4, 4, 4, 0},
               {"nga_multipleholes", 3, 1, 1, 0, 0, 0}};

static karvan_status import_file(const char *below, karvan_import **imp, karvan_error *err) {
    /* manholes stand less than 50 m apart */
    static const karvan_import_setting settings[] = {{"mode", "road"}, {"tolerance", "0.0005"}};
    char name[200], path[700];
    const char *one = path;
    (void)snprintf(name, sizeof name, "formats/gpkg/%s.gpkg", below);
    *imp = NULL;
    if (!reference_file(name, ORIGIN, path, sizeof path)) return KARVAN_E_IO;
    assert_int_equal(karvan_import_create("gpkg", 2, settings, imp, err), KARVAN_OK);
    karvan_status st = karvan_import_read(*imp, 1, &one, err);
    if (st == KARVAN_OK) return st;
    karvan_import_destroy(*imp);
    *imp = NULL;
    return st;
}

static void rows_become_a_region(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof imports / sizeof imports[0]; k++) {
        karvan_import *imp;
        karvan_error e = {0};
        karvan_status st = import_file(imports[k].file, &imp, &e);
        if (st == KARVAN_E_IO) skip();
        if (st != KARVAN_OK) fail_msg("%s: %s", imports[k].file, e.msg);
        counted(imp, "layer", imports[k].layers, imports[k].taken_layers);
        counted(imp, "row", imports[k].rows, imports[k].taken);
        karvan_package *p = region_of(imp, "r");
        if (rows_of(p, "places") != imports[k].places || rows_of(p, "links") != imports[k].links)
            fail_msg("%s: %d places, %d links", imports[k].file, (int)rows_of(p, "places"),
                     (int)rows_of(p, "links"));
        karvan_package_destroy(p), karvan_import_destroy(imp);
        (void)empty_folder(NULL);
    }
}

/* The pump of Broad Street, and a manhole in the middle of England. */
static void positions_are_where_they_are(void **state) {
    (void)state;
    karvan_import *imp;
    karvan_error e = {0};
    if (import_file("sf_b_pump", &imp, &e) != KARVAN_OK) skip();
    karvan_package *p = region_of(imp, "r");
    assert_true(near(real_of(p, "places", "b_pump-1", "lon"), -0.13667, 2e-4));
    assert_true(near(real_of(p, "places", "b_pump-1", "lat"), 51.51334, 2e-4));
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void some_are_refused(void **state) {
    (void)state;
    static const char *const none[] = {"ets_empty", "nga_attributes"};
    for (size_t k = 0; k < 2; k++) {
        karvan_import *imp;
        karvan_error e = {0};
        karvan_status st = import_file(none[k], &imp, &e);
        if (st == KARVAN_E_IO) skip();
        assert_int_equal(st, KARVAN_E_DATA);
        assert_non_null(strstr(e.msg, "no layer of points or lines"));
    }
}

/* Every other file: read, with each row that is left out told in some way. */
static void pdok_files_are_read(void **state) {
    (void)state;
    char path[700];
    int n = 0;
    if (!reference_file("formats/gpkg/pdok/test_allcorrect.gpkg", ORIGIN, path, sizeof path))
        skip();
    *strrchr(path, '/') = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *f; (f = readdir(d));) {
        char below[300];
        karvan_import *imp;
        karvan_error e = {0};
        size_t len = strlen(f->d_name);
        if (len < 6 || strcmp(f->d_name + len - 5, ".gpkg") != 0) continue;
        (void)snprintf(below, sizeof below, "pdok/%.*s", (int)(len - 5), f->d_name);
        if (import_file(below, &imp, &e) != KARVAN_OK) fail_msg("%s: %s", below, e.msg);
        assert_true(karvan_problems_total(karvan_import_problems(imp)) > 0);
        karvan_import_destroy(imp);
        n++;
    }
    (void)closedir(d);
    assert_int_equal(n, 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_as_ogrinfo_has_them),
        cmocka_unit_test_teardown(rows_become_a_region, empty_folder),
        cmocka_unit_test_teardown(positions_are_where_they_are, empty_folder),
        cmocka_unit_test(some_are_refused), cmocka_unit_test(pdok_files_are_read)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
