/* GMNS as a region: units, modes, references that lead nowhere, headers that are not what they
 * seem. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "exchange.h"
#include "exchange/gmns.h"
#include "exchange/units.h"
#include "exchange/wkt.h"
#include "sweep.h"

static const char CONFIG[] = "dataset_name,short_length,long_length,speed,crs,currency\n"
                             "Town,foot,mile,mph,4326,US cents\n";
static const char NODE[] = "node_id,name,x_coord,y_coord,node_type,zone_id\n"
                           "1,Centre,10,50,,z1\n2,,10.1,50,signal,z2\n3,,10.1,50.1,,z2\n";
static const char LINK[] = "link_id,name,from_node_id,to_node_id,directed,geometry_id,length,free_"
                           "speed,lanes,allowed_uses,"
                           "toll,jurisdiction,facility_type,capacity\n"
                           "a,High St,1,2,TRUE,,5,50,2,\"AUTO, bike\",250,Town,arterial,900\n"
                           "b,,2,3,false,g,,0,,walk;bike,,,,\n"
                           "c,,3,9,1,,1,30,,,,,,\n"
                           "d,,1,3,0,,2,20,,truck-only,,,,\n";
static const char GEOMETRY[] =
    "geometry_id,geometry\ng,\"LINESTRING (10.1 50, 10.2 50, 10.1 50.1)\"\nh,\nh,x\n";

static void town(void) {
    (void)mkdir(in_folder("t"), 0777);
    (void)write_file("t/config.csv", CONFIG), (void)write_file("t/node.csv", NODE);
    (void)write_file("t/link.csv", LINK), (void)write_file("t/geometry.csv", GEOMETRY);
}

static karvan_import *take(int n, const karvan_import_setting *s) {
    const char *const paths[] = {in_folder("t")};
    return import("gmns", n, s, 1, paths);
}

static void near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-9 * fabs(expected)))
        fail_msg("%.17g, not %.17g", got, expected);
}

/* 5 miles at 50 mph; toll of 250 cents on top of 1.9 USD a km; nodes alone in their zone are
 * cities. */
static void units_are_those_of_the_config(void **state) {
    (void)state;
    town();
    karvan_import *imp = take(0, NULL);
    counted(imp, "node", 3, 3), counted(imp, "link", 4, 3), counted(imp, "geometry", 3, 2);
    karvan_package *p = region_of(imp, "r");
    near(real_of(p, "links", "a", "length_km"), 5 * 1.609344);
    near(real_of(p, "links", "a", "speed_kmh"), 50 * 1.609344);
    near(real_of(p, "links", "a", "cost_usd_per_teu"), 5 * 1.609344 * 1.9 + 2.5);
    assert_string_equal(text_of(p, "links", "a", "mode"), "road");
    assert_string_equal(text_of(p, "links", "a", "operator"), "Town");
    assert_non_null(
        strstr(text_of(p, "links", "a", "note"), "High St; arterial; uses: AUTO, bike"));
    assert_non_null(strstr(text_of(p, "links", "a", "note"), "toll of 2.5 USD"));
    assert_string_equal(text_of(p, "places", "1", "kind"), "city");
    assert_string_equal(text_of(p, "places", "2", "kind"), "junction");
    assert_string_equal(text_of(p, "places", "2", "note"), "node_type signal; zone_id z2");
    assert_string_equal(text_of(p, "sources", "t", "title"), "Town");
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

/* Link b has no length: its line is 0.1 degrees along the parallel and back to the north. */
static void a_length_comes_from_the_line(void **state) {
    (void)state;
    town();
    karvan_import *imp = take(0, NULL);
    karvan_package *p = region_of(imp, "r");
    double one = 0, two = 0; /* on the ellipsoid, by arcs: N cos(lat) dlon, then both components */
    const double a = 6378.137, e2 = 0.0066943799901413165, rad = 0.017453292519943295;
    double n = a / sqrt(1 - e2 * pow(sin(50 * rad), 2));
    one = n * cos(50 * rad) * 0.1 * rad;
    double mid = 50.05 * rad, m = a * (1 - e2) / pow(1 - e2 * pow(sin(mid), 2), 1.5);
    two = hypot(m * 0.1 * rad, a / sqrt(1 - e2 * pow(sin(mid), 2)) * cos(mid) * 0.1 * rad);
    double got = real_of(p, "links", "b", "length_km");
    if (!(fabs(got - one - two) < 1e-3)) fail_msg("%.6f, not %.6f", got, one + two);
    assert_string_equal(text_of(p, "links", "b", "length_source"), "computed");
    assert_string_equal(text_of(p, "links", "b", "mode"), "bike"); /* of bike and walk the first */
    near(real_of(p, "links", "b", "speed_kmh"), 15);               /* 0 is no speed */
    assert_true(karvan_i_cell_bool(karvan_package_table(p, "links"), "two_way", 1));
    assert_false(karvan_i_cell_bool(karvan_package_table(p, "links"), "two_way", 0));
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void what_leads_nowhere_is_told_with_its_place(void **state) {
    (void)state;
    town();
    karvan_import *imp = take(0, NULL);
    const karvan_problems *all = karvan_import_problems(imp);
    karvan_problem p = problem(all, "import-reference");
    assert_string_equal(p.message, "the link is left out: there is no node '9'");
    assert_int_equal(p.line, 4), assert_int_equal(p.column, 6);
    assert_non_null(strstr(p.file, "t/link.csv"));
    assert_int_equal(problem(all, "import-duplicate").line, 4);
    assert_non_null(strstr(problem(all, "gmns-use").message, "'truck-only'"));
    assert_int_equal(told(all, "gmns-length"), 0);
    int columns = 0;
    for (int64_t i = 0; i < karvan_problems_total(all); i++)
        columns += strstr(karvan_problems_get(all, i).message, "capacity in cars") != NULL;
    assert_int_equal(columns, 1);
    karvan_import_destroy(imp);
}

/* One way in by a, three ways on: to 3, and back by nobody's movement. */
static void turns_are_counted(void **state) {
    (void)state;
    town();
    (void)write_file("t/movement.csv",
                     "mvmt_id,node_id,ib_link_id,ob_link_id,type,penalty\n"
                     "m1,2,a,b,left,5\nm2,2,a,b,left,\nm3,2,a,x,thru,\nm4,8,a,b,thru,0\n");
    (void)write_file("t/lane.csv", "lane_id,link_id,lane_num\nl1,a,1\nl2,nope,1\n");
    (void)write_file("t/segment.csv", "segment_id,link_id,ref_node_id,start_lr,end_lr,free_speed\n"
                                      "s,a,1,0,1,20\n");
    (void)write_file("t/zone.csv", "zone_id,boundary\nz1,POLYGON\n");
    (void)write_file("t/signal_detector.csv", "x\n");
    karvan_import *imp = take(0, NULL);
    const karvan_problems *all = karvan_import_problems(imp);
    counted(imp, "movement", 4, 0), counted(imp, "lane", 2, 0), counted(imp, "segment", 1, 0);
    /* node 2: in are a and b back, out is b: a-b and b-b; a-b and a-x are named: 2 of 2, none left
     */
    assert_non_null(
        strstr(problem(all, "gmns-movement").message, "2 are named, 1 with a penalty; 0"));
    assert_int_equal(told(all, "import-reference"), 4); /* c's end, m3's x, m4's node, l2's link */
    assert_int_equal(told(all, "gmns-table"), 3);
    assert_int_equal(told(all, "import-file"), 1);
    karvan_import_destroy(imp);
}

static void groups_of_uses_are_looked_up(void **state) {
    (void)state;
    town();
    (void)write_file("t/use_group.csv", "use_group,uses\ntruck-only,\"lorries\"\nlorries,truck\n");
    karvan_import *imp = take(0, NULL);
    assert_int_equal(told(karvan_import_problems(imp), "gmns-use"), 0);
    karvan_import_destroy(imp);
    const char *unknown;
    int n;
    karvan_table *groups = NULL;
    static const char loop[] =
        "use_group,uses\na,\"b b b b b b b b\"\nb,\"a a a a a a a a, rail\"\n";
    assert_int_equal(karvan_csv_parse(loop, sizeof loop - 1, "g", "g", NULL, NULL, &groups, NULL),
                     KARVAN_OK);
    (void)karvan_i_gmns_mode(groups, "a", &unknown, &n); /* ends */
    assert_string_equal(karvan_i_gmns_mode(NULL, "walk|Train", &unknown, &n), "rail");
    assert_string_equal(karvan_i_gmns_mode(NULL, "HOV3+,walk", &unknown, &n), "road");
    assert_null(karvan_i_gmns_mode(NULL, "sledge", &unknown, &n));
    assert_int_equal(n, 6);
    assert_null(karvan_i_gmns_mode(NULL, NULL, &unknown, &n));
    assert_null(karvan_i_gmns_mode(NULL, " ,; ", &unknown, &n));
    karvan_table_destroy(groups);
}

static void refused(const char *why, const char *code) {
    karvan_import *imp = NULL;
    const char *const paths[] = {in_folder("t")};
    karvan_error e = {0};
    assert_int_equal(karvan_import_create("gmns", 0, NULL, &imp, &e), KARVAN_OK);
    assert_int_equal(karvan_import_read(imp, 1, paths, &e), KARVAN_E_DATA);
    if (!strstr(e.msg, why)) fail_msg("'%s' does not say '%s'", e.msg, why);
    assert_int_equal(problem(karvan_import_problems(imp), code).severity, KARVAN_ERROR);
    karvan_import_destroy(imp);
}

static void headers_cut_by_a_shapefile_are_not_guessed(void **state) {
    (void)state;
    town();
    (void)write_file("t/link.csv",
                     "link_id,from_node_,to_node_id,directed,allowed_us\na,1,2,1,walk\n");
    refused("has not the columns that link needs", "import-column-cut");
    (void)write_file("t/link.csv", "link_id,from_node_id,to_node_id,directed,allowed_us,u_x,empty\n"
                                   "a,1,2,1,walk,7,\n");
    karvan_import *imp = take(0, NULL);
    const karvan_problems *all = karvan_import_problems(imp);
    assert_non_null(
        strstr(problem(all, "import-column-cut").message, "allowed_us may be allowed_uses"));
    assert_int_equal(told(all, "import-column-unknown"),
                     1); /* u_x; a column without values is none */
    karvan_import_destroy(imp);
    (void)write_file("t/node.csv", "node_id,y_coord\n1,2\n");
    refused("has not the columns that node needs", "import-column");
}

static void a_file_that_is_not_there(void **state) {
    (void)state;
    town();
    (void)unlink(in_folder("t/link.csv"));
    karvan_import *imp = NULL;
    const char *const paths[] = {in_folder("t")};
    karvan_error e = {0};
    assert_int_equal(karvan_import_create("gmns", 0, NULL, &imp, &e), KARVAN_OK);
    assert_int_equal(karvan_import_read(imp, 1, paths, &e), KARVAN_E_IO);
    karvan_import_destroy(imp);
}

/* An optional table without the columns it needs is left out; the network stands. */
static void a_broken_optional_table(void **state) {
    (void)state;
    town();
    (void)write_file("t/movement.csv", "mvmt,node\n1,2\n");
    karvan_import *imp = take(0, NULL);
    counted(imp, "link", 4, 3);
    assert_int_equal(told(karvan_import_problems(imp), "import-file"), 1);
    assert_int_equal(told(karvan_import_problems(imp), "import-column"), 4); /* each that lacks */
    karvan_import_destroy(imp);
}

static void without_a_config_units_are_assumed_and_told(void **state) {
    (void)state;
    town();
    (void)unlink(in_folder("t/config.csv"));
    karvan_import *imp = take(0, NULL);
    assert_int_equal(told(karvan_import_problems(imp), "gmns-unit"), 3); /* length, speed, toll */
    karvan_package *p = region_of(imp, "r");
    near(real_of(p, "links", "a", "length_km"), 5);
    assert_string_equal(text_of(p, "links", "a", "length_source"), "assumption");
    assert_string_equal(text_of(p, "links", "a", "time_source"), "assumption");
    karvan_package_destroy(p), karvan_import_destroy(imp);
    (void)write_file("t/config.csv",
                     "long_length,speed,crs,currency\nfurlong,warp,EPSG:99999999,EUR\n");
    imp = take(0, NULL);
    assert_int_equal(told(karvan_import_problems(imp), "gmns-unit"), 3);
    assert_int_equal(told(karvan_import_problems(imp), "import-crs"), 1);
    assert_non_null(strstr(problem(karvan_import_problems(imp), "gmns-unit").message, "'furlong'"));
    karvan_import_destroy(imp);
}

/* Feet that a config calls miles: 26400 "miles" between places 7 km apart. */
static void a_length_in_a_wrong_unit_is_told(void **state) {
    (void)state;
    town();
    (void)write_file("t/link.csv", "link_id,from_node_id,to_node_id,directed,length\n"
                                   "a,1,2,,26400\nb,2,3,x,\n,2,3,1,1\n");
    karvan_import *imp = take(0, NULL);
    const karvan_problems *all = karvan_import_problems(imp);
    assert_non_null(
        strstr(problem(all, "gmns-length").message, "length in mile is more than 50 times"));
    assert_non_null(strstr(problem(all, "gmns-directed").message, "2 times"));
    assert_int_equal(problem(all, "type-boolean").line, 3);
    assert_int_equal(told(all, "import-key"), 1);
    karvan_import_destroy(imp);
    const karvan_import_setting s = {"length-unit", "foot"};
    imp = take(1, &s);
    assert_int_equal(told(karvan_import_problems(imp), "gmns-length"), 0);
    karvan_package *p = region_of(imp, "r");
    near(real_of(p, "links", "a", "length_km"), 26400 * 0.0003048);
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

/* ---- parts ---- */

/* Points of a text: how many, and where lines begin; -1: broken. */
static int points(const char *text, int *lines) {
    karvan_i_wkt w;
    double x, y;
    int n = 0;
    *lines = 0;
    karvan_i_wkt_start(&w, text);
    while (karvan_i_wkt_next(&w, &x, &y)) n++, *lines += w.begins;
    return w.bad ? -1 : n;
}

static void well_known_text(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int n, lines;
    } cases[] = {{"LINESTRING (1 2, 3 4)", 2, 1},
                 {"linestring(1 2,3 4,5 6)", 3, 1},
                 {"SRID=4326;LINESTRING Z (1 2 9, 3 4 9)", 2, 1},
                 {"MULTILINESTRING ((1 2, 3 4), (5 6, 7 8, 9 9))", 5, 2},
                 {"LINESTRING (-1.5e2 +2, .5 4.)", 2, 1},
                 {"LINESTRING (1, 2)", -1, 0},
                 {"LINESTRING (1 2, 3 4", -1, 0},
                 {"LINESTRING (1 2, x 4)", -1, 0},
                 {"LINESTRING EMPTY", -1, 0},
                 {"LINESTRING", -1, 0},
                 {"LINESTRING 1 2", -1, 0},
                 {"LINESTRING (((1 2)))", -1, 0},
                 {"POINT (1 2)", -1, 0},
                 {"", -1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int lines, n = points(cases[i].text, &lines);
        if (n != cases[i].n || (n >= 0 && lines != cases[i].lines))
            fail_msg("%s: %d points in %d lines", cases[i].text, n, lines);
    }
}

static void units(void **state) {
    (void)state;
    near(karvan_i_km_per("Feet"), 0.0003048), near(karvan_i_km_per("mi"), 1.609344);
    near(karvan_i_kmh_per("MPH"), 1.609344), near(karvan_i_kmh_per("m/s"), 3.6);
    near(karvan_i_h_per("min") * 60, 1), near(karvan_i_usd_per("cents"), 0.01);
    assert_true(isnan(karvan_i_km_per("verst")) && isnan(karvan_i_km_per(NULL)));
    assert_true(isnan(karvan_i_usd_per("EUR")) && isnan(karvan_i_h_per("")));
}

static karvan_status whole(karvan_error *e) {
    karvan_import *imp = NULL;
    const char *const paths[] = {in_folder("t")};
    karvan_status st = karvan_import_create("gmns", 0, NULL, &imp, e);
    if (st == KARVAN_OK) st = karvan_import_read(imp, 1, paths, e);
    karvan_import_destroy(imp);
    return st;
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    town();
    (void)write_file("t/movement.csv",
                     "mvmt_id,node_id,ib_link_id,ob_link_id,type\nm1,2,a,b,left\n");
    (void)write_file("t/use_group.csv", "use_group,uses\ntruck-only,truck\n");
    every_allocation_fails(whole, 5000);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup(f, empty_folder)
    const struct CMUnitTest tests[] = {TEST(units_are_those_of_the_config),
                                       TEST(a_length_comes_from_the_line),
                                       TEST(what_leads_nowhere_is_told_with_its_place),
                                       TEST(turns_are_counted),
                                       TEST(groups_of_uses_are_looked_up),
                                       TEST(headers_cut_by_a_shapefile_are_not_guessed),
                                       TEST(a_file_that_is_not_there),
                                       TEST(a_broken_optional_table),
                                       TEST(without_a_config_units_are_assumed_and_told),
                                       TEST(a_length_in_a_wrong_unit_is_told),
                                       TEST(well_known_text),
                                       TEST(units),
                                       TEST(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
