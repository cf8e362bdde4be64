/* GeoJSON: every fault is told with its place and its way from the root; what is written is what
 * RFC 7946 asks for; points that meet are found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "exchange/geojson.h"
#include "karvan/exchange.h"
#include "sweep.h"

/* The first word of blame: of the whole, or of a feature. "" where there is none. */
static void blame(const char *text, char *out, size_t cap) {
    karvan_problems *problems = NULL;
    karvan_i_geojson *g = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    karvan_status st = karvan_i_geojson_open(text, strlen(text), "f", problems, &g, &e);
    for (int again = 0; again < 2; again++) /* what was told once is not told again */
        for (size_t i = 0; st == KARVAN_OK && i < karvan_i_geojson_count(g); i++) {
            karvan_i_feature f;
            bool valid;
            assert_int_equal(karvan_i_geojson_feature(g, i, &f, &valid, &e), KARVAN_OK);
        }
    (void)snprintf(out, cap, "%s", e.msg);
    if (karvan_problems_total(problems) > 0) {
        karvan_problem p = karvan_problems_get(problems, 0);
        assert_int_equal(karvan_problems_total(problems), 1);
        (void)snprintf(out, cap, "%s:%lld:%lld: %s %s", p.file, (long long)p.line,
                       (long long)p.column, p.code, p.message);
    }
    karvan_i_geojson_close(g);
    karvan_problems_destroy(problems);
}

#define FEATURE(geometry) "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": " geometry "}"
#define POINT(c)          "{\"type\": \"Point\", \"coordinates\": " c "}"

static void faults_have_their_place(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
    } samples[] = {
        {POINT("[1, 2]"), ""},
        {"\xEF\xBB\xBF" POINT("[1, 2]"), ""},
        {"", "f:1:1: not JSON: unexpected token near end of file"},
        {" [1]", "f:1:2: a GeoJSON text is an object with a `type`"},
        {"{\"type\": 5}", "f:1:1: a GeoJSON text is an object with a `type`"},
        {"{\"a\": {\"type\": 1},\n \"type\" : \"featurecollection\"}",
         "f:2:11: 'featurecollection' is no type of GeoJSON; FeatureCollection, Feature or a "
         "geometry would be"},
        {"{\"type\": \"FeatureCollection\",\n \"features\": {}}",
         "f:2:14: a FeatureCollection needs an array `features`"},
        {"{\"type\": \"FeatureCollection\", \"features\": [\n" FEATURE(
             POINT("[1, 2]")) ",\n " FEATURE(POINT("[1, \"x\"]")) "]}",
         "f:3:89: geojson-position features[1].geometry.coordinates[1]: a position holds "
         "something that is no number"},
        {"{\"type\": \"FeatureCollection\", \"features\": [null,\n" FEATURE("null") "]}",
         "f:1:44: geojson-type features[0]: a feature must be an object"},
        {FEATURE("{\"type\": \"Linestring\", \"coordinates\": []}"),
         "f:1:60: geojson-type geometry.type: 'Linestring' is no type of geometry"},
        {FEATURE("{\"type\": \"LineString\"}"),
         "f:1:51: geojson-member geometry.coordinates: a LineString needs an array `coordinates`"},
        {FEATURE("{\"type\": \"LineString\", \"coordinates\": [[1, 2]]}"),
         "f:1:89: geojson-position geometry.coordinates: a LineString of 1 positions; it has 2 or "
         "more"},
        {"{\"type\": \"Polygon\", \"coordinates\": [[[0,0],[1,0],[1,1],[0,1]]]}",
         "f:1:37: geojson-ring coordinates[0]: a ring that does not end where it begins"},
        {"{\"type\": \"Polygon\", \"coordinates\": [[[0,0],[0,1],[1,1],[0,0]]]}",
         "f:1:37: geojson-winding coordinates[0]: a ring that runs the wrong way round"},
        {"{\"type\": \"Point\", \"coordinates\": [1, 2], \"bbox\": [1, 2, 3]}",
         "f:1:50: geojson-bbox bbox: a bbox is an array of 4 or 6 numbers"},
        {"{\"type\": \"Feature\", \"geometry\": null}",
         "f:1:1: geojson-member a feature without `properties`"},
        {"{\"type\": \"Feature\", \"properties\": null}",
         "f:1:1: geojson-member a feature needs the member `geometry`"},
        {"{\"type\": \"Feature\", \"id\": [], \"properties\": null, \"geometry\": null}",
         "f:1:27: geojson-member id: an id must be a string or a number"},
        {"{\"type\": \"Feature\", \"features\": [], \"properties\": null, \"geometry\": null}",
         "f:1:33: geojson-member features: a Feature must not have the member `features`"},
        {"{\"type\": \"Point\", \"type\": \"Point\"}",
         "f:1:24: not JSON: duplicate object key near '\"type\"'"},
        {"{\"type\": \"Point\", \"coordinates\": [1, 2], \"crs\": {\"type\": \"name\", "
         "\"properties\": {\"name\": \"EPSG:4326\"}}}",
         "f:1:49: geojson-crs crs: `crs` is no part of GeoJSON since RFC 7946"},
        {"{\"type\": \"Point\", \"coordinates\": [1, 2], \"crs\": {\"type\": \"name\", "
         "\"properties\": {\"name\": \"EPSG:3857\"}}}",
         "f:1:49: crs: 'EPSG:3857' is not longitude and latitude on WGS 84, which GeoJSON is; "
         "convert the file, with ogr2ogr -t_srs EPSG:4326 for instance"},
        {POINT("[1, 2, 3, 4]"),
         "f:1:1: geojson-position positions of more than three numbers; the rest is not read"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char told[600];
        blame(samples[i].text, told, sizeof told);
        assert_string_equal(told, samples[i].told);
    }
}

static void positions_are_kept_by_parts(void **state) {
    (void)state;
    static const char text[] = "{\"type\": \"FeatureCollection\", \"features\": [" FEATURE(
        "{\"type\": \"MultiLineString\", \"coordinates\": "
        "[[[1,2,9],[3,4]],[[5,6],[7,8],[9,10]]]}") "]}";
    karvan_problems *problems = NULL;
    karvan_i_geojson *g = NULL;
    karvan_i_feature f;
    bool valid;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_geojson_open(text, strlen(text), "f", problems, &g, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_geojson_feature(g, 0, &f, &valid, NULL), KARVAN_OK);
    assert_true(valid && f.type == KARVAN_I_MULTILINE && f.n_parts == 2);
    assert_int_equal(f.part[0], 2), assert_int_equal(f.part[1], 3);
    for (int i = 0; i < 10; i++) assert_true(f.lonlat[i] == i + 1);
    assert_int_equal(g->higher, 1);
    karvan_i_geojson_close(g);
    karvan_problems_destroy(problems);
}

/* A feature of each of many lines, every one at fault: places by one pass, and right. */
static void many_faults_have_their_places(void **state) {
    (void)state;
    enum { N = 2000 };
    karvan_i_text t = {0};
    karvan_problems *problems = NULL;
    karvan_i_geojson *g = NULL;
    karvan_i_text_puts(&t, "{\"type\": \"FeatureCollection\", \"features\": [");
    for (int i = 0; i < N; i++)
        karvan_i_text_puts(&t, i ? ",\n{\"type\": \"Feature\"}" : "\n{\"type\": \"Feature\"}");
    karvan_i_text_puts(&t, "]}");
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_geojson_open(t.s, t.n, "f", problems, &g, NULL), KARVAN_OK);
    for (int i = 0; i < N; i++) {
        karvan_i_feature f;
        bool valid;
        assert_int_equal(karvan_i_geojson_feature(g, (size_t)i, &f, &valid, NULL), KARVAN_OK);
        assert_int_equal(f.line, i + 2), assert_int_equal(f.column, 1);
    }
    assert_int_equal(karvan_problems_count(problems, KARVAN_ERROR), N);
    assert_int_equal(karvan_problems_get(problems, 2 * N - 1).line, N + 1);
    karvan_i_geojson_close(g);
    karvan_problems_destroy(problems);
    karvan_i_text_clear(&t);
}

/* ---- out ---- */

static karvan_table *three_rows(void) {
    static const karvan_column columns[] = {{"name", KARVAN_TEXT, NULL},
                                            {"teu", KARVAN_INT, NULL},
                                            {"hours", KARVAN_REAL, "h"},
                                            {"open", KARVAN_BOOL, NULL},
                                            {"since", KARVAN_DATE, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("t", 5, columns, &b, NULL), KARVAN_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(karvan_builder_row(b, NULL), KARVAN_OK);
        if (i == 2) continue; /* all unknown */
        assert_int_equal(karvan_builder_text(b, 0, i ? "Ələt" : "\"A\"\n", NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_int(b, 1, i - 1, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_real(b, 2, 0.1, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_bool(b, 3, i == 0, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_date(b, 4, "2027?", NULL), KARVAN_OK);
    }
    assert_int_equal(karvan_builder_state(b, 1, KARVAN_NOT_COVERED, NULL), KARVAN_OK);
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

static const char path[] = "/tmp/karvan-test-geojson.json";

static karvan_status write_layers(const karvan_geojson_layer *l, int n, char **text,
                                  karvan_error *err) {
    size_t size;
    *text = NULL;
    karvan_status st = karvan_geojson_write(path, n, l, err);
    if (st == KARVAN_OK) st = karvan_i_file_read(path, text, &size, err);
    (void)unlink(path);
    return st;
}

static void features_by_hand(void **state) {
    (void)state;
    /* 170 E to 170 W: the 180th meridian stands half way; then on to 160 W, and back */
    static const double lines[] = {170, 10, -170, 20, -160, 20, -170, 40, 170, 0, 1, 2, 3, 4};
    static const int32_t sizes[] = {5, 2, 0};
    static const double rings[] = {0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0};
    static const int32_t ring_sizes[] = {4, 4, 0};
    karvan_table *t = three_rows();
    const karvan_geojson_layer layers[] = {{"lines", t, KARVAN_LINESTRING, lines, sizes},
                                           {NULL, t, KARVAN_POLYGON, rings, ring_sizes}};
    char *text;
    assert_int_equal(write_layers(layers, 2, &text, NULL), KARVAN_OK);
#define A "\"name\":\"\\\"A\\\"\\n\",\"teu\":-1,\"hours\":0.1,\"open\":true,\"since\":\"2027?\"}}"
#define B "\"name\":\"Ələt\",\"teu\":0,\"hours\":0.1,\"open\":false,\"since\":\"2027?\"}}"
#define C "\"name\":null,\"hours\":null,\"open\":null,\"since\":null}}"
    assert_string_equal(
        text,
        "{\"type\":\"FeatureCollection\",\"features\":[\n"
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"MultiLineString\",\"coordinates\":[[[170,"
        "10],[180,15]],[[-180,15],[-170,20],[-160,20],[-170,40],[-180,20]],[[180,20],[170,0]]]},"
        "\"properties\":{\"layer\":\"lines\"," A ",\n"
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}"
        ",\"properties\":{\"layer\":\"lines\"," B ",\n"
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"layer\":\"lines\"," C ",\n"
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,1],"
        "[0,1],[0,0]]]},\"properties\":{" A ",\n"
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],"
        "[1,1],[0,0]]]},\"properties\":{" B ",\n"
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{" C "\n]}\n");
    char told[600];
    blame(text, told, sizeof told);
    assert_string_equal(told, ""); /* our own reader has nothing to say about it */
    karvan_i_free(text);
    karvan_table_destroy(t);
}

static void what_cannot_be_written(void **state) {
    (void)state;
    karvan_table *t = three_rows();
    static const double far[] = {181, 0, 0, 91, 0, 0}, ring[] = {179, 0, -179, 0, -179, 1, 179, 0},
                        open[] = {0, 0, 1, 0, 1, 1, 0, 1};
    static const int32_t ones[] = {1, 1, 1}, four[] = {4, 0, 0}, three[] = {3, 0, 0};
    const struct {
        karvan_geojson_layer layer;
        const char *told;
    } samples[] = {
        {{"x", t, KARVAN_POINT, far, ones},
         "layer x, row 0: (181, 0) is no longitude and latitude"},
        {{"x", t, KARVAN_POINT, open, four}, "layer x, row 0: 4 positions"},
        {{"x", t, KARVAN_LINESTRING, open, ones}, "layer x, row 0: 1 positions"},
        {{"x", t, KARVAN_POLYGON, open, three}, "layer x, row 0: 3 positions"},
        {{"x", t, KARVAN_POLYGON, open, four},
         "layer x, row 0: a ring that does not end where it begins"},
        {{"x", t, KARVAN_POLYGON, ring, four},
         "layer x, row 0: a ring over the 180th meridian; cut it in two"},
        {{"x", t, KARVAN_POLYGON, NULL, NULL}, "a layer needs a table and its coordinates"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_error e = {0};
        char *text;
        assert_int_equal(write_layers(&samples[i].layer, 1, &text, &e), KARVAN_E_ARG);
        assert_string_equal(e.msg, samples[i].told);
    }
    karvan_table_destroy(t);
}

/* ---- points that meet ---- */

static double chord_km(const double *a, const double *b) {
    double d = 0, p[2][3];
    const double *const both[] = {a, b};
    for (int k = 0; k < 2; k++) {
        double l = both[k][0] * M_PI / 180, f = both[k][1] * M_PI / 180;
        p[k][0] = 6371.0088 * cos(f) * cos(l), p[k][1] = 6371.0088 * cos(f) * sin(l);
        p[k][2] = 6371.0088 * sin(f);
    }
    for (int c = 0; c < 3; c++) d += (p[0][c] - p[1][c]) * (p[0][c] - p[1][c]);
    return sqrt(d);
}

static void nearest_points_as_a_slow_search_finds_them(void **state) {
    (void)state;
    enum { N = 400 };
    static const double tolerances[] = {0, 0.5, 20, 900};
    karvan_random r;
    karvan_random_init(&r, 7, 1);
    for (size_t k = 0; k < sizeof tolerances / sizeof tolerances[0]; k++) {
        karvan_i_nearby s;
        double point[N][2];
        int32_t n = 0;
        assert_int_equal(karvan_i_nearby_init(&s, tolerances[k], NULL), KARVAN_OK);
        for (int i = 0; i < N; i++) {
            /* clusters at the 180th meridian and at the pole, and the rest of the world */
            double spread = i % 3 == 2 ? 180 : 0.02;
            double p[2] = {(i % 3 == 2 ? 0 : 180) + spread * (2 * karvan_random_uniform(&r) - 1),
                           (i % 3 == 1 ? 90 - spread : 0) + spread / 2 * karvan_random_uniform(&r)};
            if (p[0] > 180) p[0] -= 360;
            if (i % 10 == 9) p[0] = point[0][0], p[1] = point[0][1];
            int32_t best = -1;
            double least = tolerances[k] > 1e-7 ? tolerances[k] : 1e-7;
            for (int32_t j = 0; j < n; j++) {
                double d = chord_km(point[j], p);
                if (d < least || (d == least && best < 0)) least = d, best = j;
            }
            assert_int_equal(karvan_i_nearby_find(&s, p[0], p[1]), best);
            assert_int_equal(karvan_i_nearby_add(&s, p[0], p[1], n, NULL), KARVAN_OK);
            point[n][0] = p[0], point[n][1] = p[1], n++;
        }
        karvan_i_nearby_clear(&s);
    }
}

static const karvan_table *swept;
static karvan_status write_and_read(karvan_error *err) {
    static const double points[] = {1, 2, 3, 4, 179, 3, -179, 4};
    static const int32_t sizes[] = {2, 2, 0};
    const karvan_geojson_layer layer = {"x", swept, KARVAN_LINESTRING, points, sizes};
    karvan_problems *problems = NULL;
    karvan_i_geojson *g = NULL;
    karvan_i_nearby s = {0};
    char *text = NULL;
    karvan_status st = write_layers(&layer, 1, &text, err);
    if (st == KARVAN_OK) st = karvan_problems_create(&problems, err);
    if (st == KARVAN_OK) st = karvan_i_geojson_open(text, strlen(text), "f", problems, &g, err);
    for (size_t i = 0; i < 3 && st == KARVAN_OK; i++) {
        karvan_i_feature f;
        bool valid;
        st = karvan_i_geojson_feature(g, i, &f, &valid, err);
    }
    if (st == KARVAN_OK) st = karvan_i_nearby_init(&s, 1, err);
    for (int i = 0; i < 200 && st == KARVAN_OK; i++) st = karvan_i_nearby_add(&s, i, 0, i, err);
    karvan_i_nearby_clear(&s);
    karvan_i_geojson_close(g);
    karvan_problems_destroy(problems);
    karvan_i_free(text);
    return st;
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    karvan_table *t = three_rows();
    swept = t;
    every_allocation_fails(write_and_read, 300);
    karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(faults_have_their_place),
                                       cmocka_unit_test(positions_are_kept_by_parts),
                                       cmocka_unit_test(many_faults_have_their_places),
                                       cmocka_unit_test(features_by_hand),
                                       cmocka_unit_test(what_cannot_be_written),
                                       cmocka_unit_test(nearest_points_as_a_slow_search_finds_them),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
