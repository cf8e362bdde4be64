/* GeoPackages as regions: by hand, with every oddity told; what the export wrote, cell by
 * cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "gpkg_import.h"
#include "same_cells.h"

static void a_network_by_hand(void **state) {
    (void)state;
    static const char *const lines[] = {
        "n.gpkg|layername=stations:1: attribute lanes fills no column of places (1 time) "
        "[feature-property]",
        "n.gpkg|layername=stations:2: attribute kind cannot be taken; left unknown [feature-value]",
        "n.gpkg|layername=stations:3: a feature without a geometry is left out (2 times, here "
        "first) "
        "[feature-geometry]",
        "n.gpkg|layername=tracks:2: a geometry names another reference system than its layer",
        "n.gpkg|layername=tracks:5: no place 'Z' for an end of a line",
        "n.gpkg|layername=tracks:5: a link without a line is left out: it needs both places",
        NULL};
    karvan_import *imp = read_file(small_network("n.gpkg"), 0, NULL);
    all_said(imp, lines);
    counted(imp, "layer", 2, 2), counted(imp, "row", 8, 5);
    karvan_package *p = region_of(imp, "r");
    assert_int_equal(rows_of(p, "places"), 3); /* A, Beyneu, a junction at 52 */
    assert_string_equal(text_of(p, "places", "A", "name"), "Aktau");
    assert_string_equal(text_of(p, "places", "A", "country"), "KAZ");
    assert_string_equal(text_of(p, "places", "Beyneu", "kind"), "junction");
    /* a whole number beyond what a double holds keeps its digits; 1 degree at 40 north: 85.39 km */
    assert_string_equal(text_of(p, "links", "9007199254740993", "from"), "A");
    assert_true(fabs(real_of(p, "links", "9007199254740993", "length_km") - 85.39) < 0.01);
    assert_true(real_of(p, "links", "9007199254740993", "time_h") == 3);
    assert_string_equal(text_of(p, "links", "Beyneu-junction-1-rail_1520", "from"), "Beyneu");
    int64_t row = karvan_package_row(p, "links", "Beyneu-junction-1-rail_1520");
    assert_false(karvan_i_cell_bool(karvan_package_table(p, "links"), "two_way", row));
    assert_true(real_of(p, "links", "A-Beyneu-road", "time_h") == 4.5);
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
}

static void layers_can_be_named(void **state) {
    (void)state;
    static const karvan_import_setting settings[] = {{"layer", "links=tracks"},
                                                     {"mode", "walk"},
                                                     {"property", "name=label"},
                                                     {"property", "id=fid"}};
    const char *path = small_network("n.gpkg");
    run_sql(path, "CREATE TABLE notes(x);INSERT INTO gpkg_contents VALUES('notes','attributes');"
                  "CREATE TABLE stray(x);CREATE TABLE gpkg_extensions(extension_name TEXT);"
                  "INSERT INTO gpkg_extensions VALUES('gpkg_rtree_index'),('other');");
    karvan_import *imp = read_file(path, 4, settings);
    static const char *const lines[] = {"n.gpkg:0: layer stations was not asked for",
                                        "layer notes was not asked for",
                                        "table stray is in no list of contents",
                                        "extension gpkg_rtree_index is an index",
                                        "extension other is not followed",
                                        NULL};
    all_said(imp, lines);
    karvan_package *p = region_of(imp, "r");
    assert_int_equal(rows_of(p, "links"), 2); /* both lines: no place A for the third */
    assert_string_equal(text_of(p, "links", "1", "mode"), "rail_1520"); /* by its fid */
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
    static const karvan_import_setting swapped[] = {{"layer", "links=stations,places=tracks"}};
    imp = read_file(path, 1, swapped);
    static const char *const neither[] = {"a Point in a layer of links is left out (2 times",
                                          "a LineString in a layer of places is left out (2 times",
                                          NULL};
    all_said(imp, neither);
    karvan_import_destroy(imp);
    static const struct {
        karvan_import_setting setting;
        const char *why;
    } wrong[] = {{{"layer", "links"}, "places=NAME,links=NAME"},
                 {{"layer", "lines=tracks"}, "not 'lines=tracks'"},
                 {{"layer", "links="}, "not 'links='"},
                 {{"layer", "links=track"}, "has no layer 'track'; did you mean tracks?"},
                 {{"layer", "terminals=tracks"}, "tracks has no attribute place"},
                 {{"property", "colour=red"}, "--property is COLUMN=ATTRIBUTE"},
                 {{"tolerance", "-1"}, "--tolerance is 0 to 100 km"},
                 {{"crs", "EPSG:0"}, "PROJ knows no coordinate system"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        refused(path, 1, &wrong[i].setting, KARVAN_E_ARG, wrong[i].why);
}

/* 6378137 m * pi / 180 is a degree of web Mercator along the equator. */
static void positions_become_degrees(void **state) {
    (void)state;
    const char *path = new_file("n.gpkg");
    const double degree = 6378137.0 * M_PI / 180;
    static const int systems[] = {3857, 0, -1, 7, 99};
    char name[20];
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        (void)snprintf(name, sizeof name, "s%d", systems[i] < 0 ? 1 : systems[i]);
        add_features(path, name, systems[i], "id TEXT");
        char id[30];
        (void)snprintf(id, sizeof id, "'%s'", name);
        bytes g = point_at(systems[i], i == 0 ? 30 * degree : 30, 0);
        add_row(path, name, &g, id);
    }
    karvan_import *imp = read_file(path, 0, NULL);
    static const char *const lines[] = {
        "n.gpkg|layername=s0:0: positions of a layer are geographic in a system",
        "n.gpkg|layername=s1:0: positions are in a coordinate system that is not known (srs_id -1)",
        "(srs_id 7)", "(srs_id 99)", NULL};
    all_said(imp, lines);
    karvan_package *p = region_of(imp, "r");
    assert_true(fabs(real_of(p, "places", "s3857", "lon") - 30) < 1e-9);
    assert_true(real_of(p, "places", "s0", "lon") == 30);
    for (int i = 2; i < 5; i++)
        assert_true(isnan(real_of(p, "places", (const char *[]){"s1", "s7", "s99"}[i - 2], "lon")));
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
    static const karvan_import_setting crs[] = {{"crs", "EPSG:3857"}};
    imp = read_file(path, 1, crs); /* overrules them all */
    p = region_of(imp, "s");
    assert_true(fabs(real_of(p, "places", "s7", "lon") - 30 / degree) < 1e-9);
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
}

static void odd_geometries_are_told(void **state) {
    (void)state;
    const char *path = new_file("n.gpkg");
    add_features(path, "f", 4326, "");
    bytes polygon = {.n = 0}, high = {.n = 0}, bad = point_at(4326, 1, 1), curve = {.n = 0};
    put_wrapper(&polygon, 0, 4326), put_type(&polygon, 3), put_word(&polygon, 1);
    put_word(&polygon, 4);
    for (int i = 0; i < 4; i++) put_position(&polygon, 2, i % 3, i % 3 == 1);
    put_wrapper(&high, 0, 4326), put_type(&high, 3001), put_position(&high, 4, 5, 6);
    put_wrapper(&curve, 0, 4326), put_type(&curve, 9), put_word(&curve, 0);
    bad.n -= 3;
    const double far[] = {0, 0, 200, 1};
    bytes off = line_along(4326, 2, far), off_point = point_at(4326, 0, 91);
    const bytes *rows[] = {&polygon, &high, &bad, &curve, &off, &off_point};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) add_row(path, "f", rows[i], "");
    run_sql(path, "INSERT INTO f VALUES(-5,'text');");
    static const karvan_import_setting mode[] = {{"mode", "road"}};
    karvan_import *imp = read_file(path, 1, mode);
    static const char *const lines[] = {
        "n.gpkg|layername=f:1: a Polygon is neither a place nor a link and is left out (1 time)",
        "n.gpkg:0: heights of 1 positions are not kept [feature-height]",
        "n.gpkg|layername=f:3: geometry: byte 13: the geometry ends within a point; left out "
        "[gpkg-geometry]",
        "n.gpkg|layername=f:4: a CompoundCurve is neither",
        "n.gpkg|layername=f:5: a line that leaves the globe is left out [import-coordinates]",
        "n.gpkg|layername=f:6: 0, 91 is no position; left unknown",
        "n.gpkg|layername=f:0: geometry: neither bytes nor null; left out",
        NULL};
    all_said(imp, lines);
    counted(imp, "row", 7, 2);
    karvan_import_destroy(imp);
}

/* Rows of tables that are ours by their names and columns, with what is wrong with them. */
static void attribute_tables_become_rows(void **state) {
    (void)state;
    const char *path = new_file("n.gpkg");
    run_sql(
        path,
        "CREATE TABLE places(id TEXT,name TEXT);INSERT INTO places VALUES('P','Poti'),('B','Baku');"
        "CREATE TABLE links(id TEXT,\"from\" TEXT,\"to\" TEXT,mode TEXT,length_km,time_h,"
        "cost_usd_per_teu);"
        "INSERT INTO links VALUES('l','P','B','maglev',900,2,50),('m','P','B','road',900,20,60);"
        "CREATE TABLE terminals(place TEXT,operation TEXT,from_mode TEXT,to_mode TEXT,step,two_way,"
        "dwell_p50_h,dwell_p90_h,cost_usd_per_teu);"
        "INSERT INTO terminals VALUES('P','weigh','road','road',2,'true',1,2,3),"
        "('X','port','road','maglev',1,1,1,1,1),('P',NULL,'road','maglev',1,1,1,1,1),"
        "('P','port','Road','maglev',1,1,1,1,1),('B','port','road','maglev',1.5,1,1,1,1);"
        "CREATE TABLE services(link TEXT,name TEXT,headway_h,leaves_when_full);"
        "INSERT INTO services VALUES('l','fast',6,'true'),('x','none',1,0),('m','never',NULL,0);"
        "CREATE TABLE modes(id TEXT,name TEXT,mode TEXT,means TEXT,gauge_mm,carries_containers,"
        "needs_service,max_kmh,note TEXT);"
        "INSERT INTO modes VALUES('maglev','Magnetic','rail','train',2800,1,'true',600,'new'),"
        "('Bad id','','','',NULL,1,1,1,NULL),('road','Way','','',0.5,1,0,-3,NULL);"
        "CREATE TABLE operations(id TEXT,name TEXT,cause TEXT,counts_as TEXT,mandatory,"
        "default_p50_h,default_p90_h,default_usd_per_teu);"
        "INSERT INTO operations VALUES('weigh','weighing','other','none',1,1,2,3),"
        "('WEIGH','','other','none',1,1,2,3),('a','','odd','none',1,1,2,3),"
        "('b','','other','odd',1,1,2,3),('c','','other','none',1,-1,2,3),"
        "('weigh','again','other','none',1,1,2,3);"
        "INSERT INTO gpkg_contents SELECT name,'attributes' FROM sqlite_master WHERE type='table' "
        "AND "
        "name NOT LIKE 'gpkg%';");
    karvan_import *imp = read_file(path, 0, NULL);
    static const char *const lines[] = {
        "layername=terminals:2: a row of terminals is left out: no place 'X' [feature-row]",
        "layername=terminals:3: a row of terminals is left out: no operation ''",
        "layername=terminals:4: a row of terminals is left out: no mode 'Road'",
        "layername=terminals:5: attribute step cannot be taken",
        "layername=services:2: a row of services is left out: no link 'x'",
        "layername=services:3: a row of services is left out: neither headway nor timetable",
        "layername=modes:2: a row of modes is left out: no id of a mode 'Bad id'",
        "layername=modes:3: attribute gauge_mm cannot be taken",
        "layername=operations:2: a row of operations is left out: its id is not",
        "layername=operations:3: a row of operations is left out: its cause",
        "layername=operations:4: a row of operations is left out: counts_as",
        "layername=operations:5: a row of operations is left out: hours or money",
        "layername=operations:6: a second row of operations 'weigh' is left out",
        NULL};
    all_said(imp, lines);
    counted(imp, "layer", 6, 6), counted(imp, "row", 21, 10);
    karvan_package *p = region_of(imp, "r");
    assert_string_equal(text_of(p, "modes", "maglev", "means"), "train");
    assert_string_equal(text_of(p, "modes", "maglev", "source"), "n.gpkg");
    assert_true(real_of(p, "modes", "maglev", "max_kmh") == 600);
    assert_string_equal(text_of(p, "modes", "road", "mode"), "road"); /* an empty one: its id */
    assert_int_equal(rows_of(p, "operations"), 1);
    assert_string_equal(text_of(p, "terminals", "P-road-road", "operation"), "weigh");
    assert_true(real_of(p, "terminals", "P-road-road", "dwell_p90_h") == 2);
    assert_true(real_of(p, "services", "s-l", "headway_h") == 6);
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
}

static void export_to(const char *path, const karvan_package *p) {
    karvan_problems *problems = NULL;
    karvan_table *summary = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    if (karvan_export(p, "gpkg", path, 0, NULL, problems, &summary, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    karvan_table_destroy(summary);
    karvan_problems_destroy(problems);
}

static void the_shipped_region_comes_back(void **state) {
    (void)state;
    static const char *const places[] = {"id",           "locode", "name", "aliases",
                                         "country",      "lon",    "lat",  "kind",
                                         "utc_offset_h", "note",   NULL};
    static const char *const links[] = {"id",
                                        "from",
                                        "to",
                                        "mode",
                                        "two_way",
                                        "length_km",
                                        "speed_kmh",
                                        "time_h",
                                        "time_p90_over_p50",
                                        "open_from",
                                        "open_to",
                                        "cost_usd_per_teu",
                                        "operator",
                                        "fixed_h",
                                        "capacity_teu_day",
                                        "note",
                                        "fixed_usd_per_teu",
                                        "capacity_kt_year",
                                        "cargo_classes",
                                        "co2e_kg_per_teu_km",
                                        NULL};
    static const char *const terminals[] = {"id",
                                            "place",
                                            "operation",
                                            "from_mode",
                                            "to_mode",
                                            "two_way",
                                            "from_status",
                                            "to_status",
                                            "cargo_classes",
                                            "opening_hours",
                                            "open_from",
                                            "open_to",
                                            "dwell_p50_h",
                                            "dwell_p90_h",
                                            "note",
                                            "cost_usd_per_teu",
                                            "capacity_teu_day",
                                            "co2e_kg_per_teu",
                                            NULL};
    static const char *const services[] = {"id",
                                           "link",
                                           "name",
                                           "operator",
                                           "headway_h",
                                           "headway_cv",
                                           "capacity_teu",
                                           "closed_days_year",
                                           "timetable",
                                           "season",
                                           "open_from",
                                           "open_to",
                                           "note",
                                           "leaves_when_full",
                                           NULL};
    static const char *const modes[] = {
        "id",       "name",    "mode", "means",         "carries_containers",
        "gauge_mm", "max_kmh", "note", "needs_service", NULL};
    static const char *const operations[] = {
        "id",   "name",          "cause",         "counts_as",           "mandatory",
        "note", "default_p50_h", "default_p90_h", "default_usd_per_teu", NULL};
    static const struct {
        const char *table;
        const char *const *columns;
    } all[] = {{"places", places},     {"links", links}, {"terminals", terminals},
               {"services", services}, {"modes", modes}, {"operations", operations}};
    karvan_package *p = open_region(KARVAN_SOURCEDIR "/regions/caspian");
    export_to(in_folder("x.gpkg"), p);
    karvan_import *imp = read_file(in_folder("x.gpkg"), 0, NULL);
    for (int64_t i = 0; i < karvan_problems_total(karvan_import_problems(imp)); i++) {
        karvan_problem q = karvan_problems_get(karvan_import_problems(imp), i);
        const bool source = strstr(q.message, "source fills no column") != NULL;
        const bool table = strstr(q.message, "layer corridors") ||
                           strstr(q.message, "layer countries") ||
                           strstr(q.message, "layer sources");
        const bool apart = strcmp(q.code, "import-apart") == 0; /* the region's own choice */
        if (!source && !table && !apart) fail_msg("%s", q.message);
    }
    karvan_package *back = region_of(imp, "r");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        same_cells(karvan_package_table(p, all[i].table), karvan_package_table(back, all[i].table),
                   all[i].columns);
    const karvan_table *a = karvan_package_table(p, "terminals");
    const karvan_table *b = karvan_package_table(back, "terminals");
    for (int64_t r = 0; r < karvan_table_rows(a); r++) { /* an empty step means 1 */
        double step = karvan_i_cell_real(a, "step", r);
        assert_true((isnan(step) ? 1 : step) == karvan_i_cell_real(b, "step", r));
    }
    export_to(in_folder("y.gpkg"), back); /* once more: the same, but for the file's name */
    karvan_import *again = read_file(in_folder("y.gpkg"), 0, NULL);
    karvan_package *third = region_of(again, "s");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        same_cells(karvan_package_table(back, all[i].table),
                   karvan_package_table(third, all[i].table), all[i].columns);
    karvan_package_destroy(third), karvan_import_destroy(again);
    karvan_package_destroy(back), karvan_package_destroy(p);
    karvan_import_destroy(imp);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_network_by_hand, empty_folder),
        cmocka_unit_test_teardown(layers_can_be_named, empty_folder),
        cmocka_unit_test_teardown(positions_become_degrees, empty_folder),
        cmocka_unit_test_teardown(odd_geometries_are_told, empty_folder),
        cmocka_unit_test_teardown(attribute_tables_become_rows, empty_folder),
        cmocka_unit_test_teardown(the_shipped_region_comes_back, empty_folder)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
