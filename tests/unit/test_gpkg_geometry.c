/* Geometries of GeoPackages, byte by byte: every type, dimension, byte order and envelope; every
 * fault at its byte; random ones against the positions that they were made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "exchange/gpkg_geometry.h"
#include "gpkg_file.h"
#include "sweep.h"

static karvan_i_gpkg_geometry g;

static void reads(const bytes *x, karvan_i_geometry_type type, const char *name) {
    karvan_error e = {0};
    if (karvan_i_gpkg_geometry_read(&g, x->b, x->n, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(g.type, type);
    assert_string_equal(g.name, name);
}

/* It must be refused with these words. */
static void refuses(const bytes *x, const char *why) {
    karvan_error e = {0};
    assert_int_equal(karvan_i_gpkg_geometry_read(&g, x->b, x->n, &e), KARVAN_E_DATA);
    if (!strstr(e.msg, why)) fail_msg("'%s', not '%s'", e.msg, why);
}

/* A line in every dimension, byte order and envelope; in ISO's numbers and in older flags. */
static void lines_of_every_kind(void **state) {
    (void)state;
    static const uint32_t iso[] = {0, 1000, 2000, 3000};
    static const uint32_t flag[] = {0, 0x80000000U, 0x40000000U, 0xC0000000U};
    static const int dimensions[] = {2, 3, 3, 4};
    for (int k = 0; k < 4 * 5 * 2 * 2 * 2; k++) {
        const int d = k % 4, envelope = k / 4 % 5;
        const bool old = k / 20 % 2, outer = k / 40 % 2, inner = k / 80 % 2;
        bytes x = {.big = outer};
        put_wrapper(&x, envelope, -70000);
        x.big = inner;
        put_type(&x, 2 + (old ? flag[d] : iso[d]));
        put_word(&x, 2);
        put_position(&x, dimensions[d], 51.25, -43.5), put_position(&x, dimensions[d], 1e-300, 7);
        reads(&x, KARVAN_I_LINE, "LineString");
        assert_int_equal(g.srs_id, -70000), assert_int_equal(g.dimensions, dimensions[d]);
        assert_int_equal(g.n_parts, 1), assert_int_equal(g.part[0], 2);
        assert_true(g.xy[0] == 51.25 && g.xy[1] == -43.5 && g.xy[2] == 1e-300 && g.xy[3] == 7);
    }
}

static void points_and_lists(void **state) {
    (void)state;
    bytes x = point_at(4326, 3, 4);
    reads(&x, KARVAN_I_POINT, "Point");
    assert_true(g.n_xy == 1 && g.xy[0] == 3 && g.xy[1] == 4 && !g.empty);
    bytes lines = {.n = 0}; /* a long part, an empty one, a big-endian one */
    put_wrapper(&lines, 0, 0), put_type(&lines, 1005), put_word(&lines, 3);
    put_type(&lines, 1002), put_word(&lines, 3);
    for (int i = 0; i < 3; i++) put_position(&lines, 3, i, 10 + i);
    put_type(&lines, 1002), put_word(&lines, 0);
    lines.big = true;
    put_type(&lines, 1002), put_word(&lines, 2);
    put_position(&lines, 3, 8, 9), put_position(&lines, 3, 6, 7);
    reads(&lines, KARVAN_I_MULTILINE, "MultiLineString");
    assert_int_equal(g.n_parts, 2), assert_int_equal(g.part[0], 3), assert_int_equal(g.part[1], 2);
    assert_true(g.n_xy == 5 && g.xy[6] == 8 && g.xy[9] == 7);
    bytes ring = {.n = 0};
    put_wrapper(&ring, 0, 0), put_type(&ring, 6), put_word(&ring, 1), put_type(&ring, 3);
    put_word(&ring, 1), put_word(&ring, 4);
    for (int i = 0; i < 4; i++) put_position(&ring, 2, i % 3, i % 3 == 1);
    reads(&ring, KARVAN_I_MULTIPOLYGON, "MultiPolygon");
    assert_int_equal(g.part[0], 4);
    bytes all = {.n = 0};
    put_wrapper(&all, 0, 0), put_type(&all, 7), put_word(&all, 2);
    put_type(&all, 1), put_position(&all, 2, 1, 2);
    put_type(&all, 7), put_word(&all, 1), put_type(&all, 4), put_word(&all, 1);
    put_type(&all, 1), put_position(&all, 2, 3, 4);
    reads(&all, KARVAN_I_COLLECTION, "GeometryCollection");
    assert_int_equal(g.n_xy, 2);
    bytes srid = {.n = 0}; /* an older writer's: the reference system again */
    put_wrapper(&srid, 0, 0), put_type(&srid, 0x20000001U), put_word(&srid, 4326);
    put_position(&srid, 2, 5, 6);
    reads(&srid, KARVAN_I_POINT, "Point");
    assert_true(g.xy[0] == 5);
}

static void empty_ones_and_curves(void **state) {
    (void)state;
    static const char *const names[] = {"LineString",      "Polygon",      "MultiPoint",
                                        "MultiLineString", "MultiPolygon", "GeometryCollection"};
    for (uint32_t t = 2; t <= 7; t++) {
        bytes x = {.n = 0};
        put_wrapper(&x, 0, 0), put_type(&x, t), put_word(&x, 0);
        reads(&x, KARVAN_I_NO_GEOMETRY, names[t - 2]);
        assert_true(g.empty);
    }
    bytes nowhere = point_at(0, NAN, NAN);
    reads(&nowhere, KARVAN_I_NO_GEOMETRY, "Point");
    for (uint32_t t = 8; t <= 17; t++) {
        bytes x = {.n = 0};
        put_wrapper(&x, 0, 0), put_type(&x, t), put_word(&x, 12345);
        assert_int_equal(karvan_i_gpkg_geometry_read(&g, x.b, x.n, NULL), KARVAN_OK);
        assert_int_equal(g.type, KARVAN_I_OTHER_GEOMETRY), assert_true(*g.name && !g.empty);
    }
    bytes in = {.n = 0}; /* a curve inside: what follows cannot be found */
    put_wrapper(&in, 0, 0), put_type(&in, 7), put_word(&in, 2), put_type(&in, 7), put_word(&in, 1);
    put_type(&in, 9), put_word(&in, 1), put_word(&in, 1);
    reads(&in, KARVAN_I_COLLECTION, "GeometryCollection");
    assert_false(g.empty);
    bytes own = {.n = 0};
    put_wrapper(&own, 0, 0), put_byte(&own, 'X');
    own.b[3] |= 0x20;
    reads(&own, KARVAN_I_OTHER_GEOMETRY, "geometry of an extension");
}

static void faults_have_their_byte(void **state) {
    (void)state;
    bytes x = point_at(0, 1, 2), y;
    y = x, y.n = 7, refuses(&y, "byte 7: the geometry ends within its header");
    y = x, y.b[0] = 'g', refuses(&y, "byte 0: no geometry of a GeoPackage");
    y = x, y.b[2] = 1, refuses(&y, "byte 2: a version");
    y = x, y.b[3] = 5 << 1 | 1, refuses(&y, "byte 3: an envelope");
    y = x, y.b[3] = 4 << 1 | 1, refuses(&y, "ends in its envelope");
    y = x, y.b[8] = 2, refuses(&y, "byte 8: a byte order");
    y = x, y.b[9] = 18, refuses(&y, "byte 9: no type");
    y = x, y.b[9] = 0, refuses(&y, "byte 9: no type");
    y = x, y.n = 12, refuses(&y, "ends before its type");
    y = x, y.n--, refuses(&y, "ends within a point");
    put_byte(&x, 0), refuses(&x, "byte 29: bytes behind");
    y = point_at(0, 1, INFINITY), refuses(&y, "byte 13: a position that is no number");
    y = point_at(0, NAN, 1), refuses(&y, "no number");
    const double p[] = {0, 0, 1, 1};
    y = line_along(0, 1, p), refuses(&y, "a line of one position");
    y = line_along(0, 2, p), y.b[45] = 3, refuses(&y, "more parts than bytes");
    bytes ring = {.n = 0};
    put_wrapper(&ring, 0, 0), put_type(&ring, 3), put_word(&ring, 1), put_word(&ring, 4);
    for (int i = 0; i < 4; i++) put_position(&ring, 2, i, i);
    refuses(&ring, "byte 17: a ring that does not end");
    bytes mixed = {.n = 0};
    put_wrapper(&mixed, 0, 0), put_type(&mixed, 5), put_word(&mixed, 1), put_type(&mixed, 1);
    put_position(&mixed, 2, 0, 0);
    refuses(&mixed, "byte 17: a part of another type");
    mixed.n = 0;
    put_wrapper(&mixed, 0, 0), put_type(&mixed, 1004), put_word(&mixed, 1), put_type(&mixed, 1);
    put_position(&mixed, 2, 0, 0);
    refuses(&mixed, "byte 17: a part of other dimensions");
    bytes deep = {.n = 0};
    put_wrapper(&deep, 0, 0);
    for (int i = 0; i < 60; i++) put_type(&deep, 7), put_word(&deep, 1);
    refuses(&deep, "too deep");
}

/* A random list of lines; every cut of it is refused, the whole is what was put in. */
static void random_lines_come_back(void **state) {
    (void)state;
    srand(7);
    for (int run = 0; run < 300; run++) {
        static const uint32_t code[] = {5, 1005, 2005, 3005};
        static const int dimensions[] = {2, 3, 3, 4};
        double p[120];
        int size[6], n = 0, d = rand() % 4, parts = 1 + rand() % 6;
        bytes x = {.big = rand() % 2};
        put_wrapper(&x, rand() % 5, run);
        x.big = rand() % 2;
        put_type(&x, code[d]), put_word(&x, (uint32_t)parts);
        for (int k = 0; k < parts; k++) {
            x.big = rand() % 2;
            put_type(&x, code[d] - 3), put_word(&x, (uint32_t)(size[k] = 2 + rand() % 4));
            for (int i = 0; i < size[k]; i++, n++) {
                p[2 * n] = (rand() - RAND_MAX / 2) / 1e7, p[2 * n + 1] = rand() % 180 - 90;
                put_position(&x, dimensions[d], p[2 * n], p[2 * n + 1]);
            }
        }
        reads(&x, KARVAN_I_MULTILINE, "MultiLineString");
        assert_int_equal(g.n_parts, parts), assert_int_equal(g.n_xy, n);
        assert_int_equal(g.srs_id, run), assert_int_equal(g.dimensions, dimensions[d]);
        for (int k = 0; k < parts; k++) assert_int_equal(g.part[k], size[k]);
        assert_memory_equal(g.xy, p, (size_t)n * 2 * sizeof *p);
        for (size_t cut = 0; cut < x.n; cut++)
            assert_int_equal(karvan_i_gpkg_geometry_read(&g, x.b, cut, NULL), KARVAN_E_DATA);
    }
}

static karvan_status sweep(karvan_error *err) {
    bytes x = {.n = 0};
    karvan_i_gpkg_geometry mine = {0};
    put_wrapper(&x, 0, 0), put_type(&x, 5), put_word(&x, 20);
    for (int k = 0; k < 20; k++) {
        put_type(&x, 2), put_word(&x, 3);
        for (int i = 0; i < 3; i++) put_position(&x, 2, i, k);
    }
    karvan_status st = karvan_i_gpkg_geometry_read(&mine, x.b, x.n, err);
    karvan_i_gpkg_geometry_clear(&mine);
    return st;
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    every_allocation_fails(sweep, 20);
}

static int clear(void **state) {
    (void)state;
    karvan_i_gpkg_geometry_clear(&g);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_every_kind),    cmocka_unit_test(points_and_lists),
        cmocka_unit_test(empty_ones_and_curves),  cmocka_unit_test(faults_have_their_byte),
        cmocka_unit_test(random_lines_come_back), cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, clear);
}
