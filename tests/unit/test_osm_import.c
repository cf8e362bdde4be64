/* An extract as a region: its rows, what check says of them, and the ways that can be gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "exchange/import_osm.h"
#include "karvan/network.h"
#include "network/geodesic.h"
#include "osm_document.h"
#include "region.h"
#include "sweep.h"

/* Rail from Alpha to a harbour, a ferry over, a road on. */
static const osm_node nodes[] = {{1, 50, 40, "railway=station|name=Alpha"},
                                 {2, 50.3, 40, NULL},
                                 {3, 50.5, 40, "amenity=ferry_terminal|name=Harbour|name:en=Port"},
                                 {4, 50.5, 40.00001, "railway=station|name=Quay"},
                                 {5, 51.5, 40, NULL},
                                 {6, 52, 40, "barrier=border_control|name=Gate"},
                                 {7, 53, 40, NULL},
                                 {8, 50.3, 41, NULL}};
static const osm_way ways[] = {
    {10, "1 2", "railway=rail|gauge=1520|usage=main|operator=RW"},
    {11, "2 3", "railway=rail|gauge=1520|maxspeed=80"},
    {12, "3 5", "route=ferry|duration=6:00|interval=48:00|name=Line|operator=Ships"},
    {13, "5 6 7", "highway=primary|maxspeed=70"},
    {14, "2 8", "railway=narrow_gauge|gauge=762"}};
static const osm_document document = {nodes, OSM_COUNT(nodes), ways, OSM_COUNT(ways), NULL, 0};

static karvan_status import_text(const karvan_i_text *file, int n_settings,
                                 const karvan_import_setting *settings, karvan_import **out,
                                 karvan_error *err) {
    karvan_i_osm_source source = {"map.osm", file->s, file->n};
    karvan_status st = karvan_import_create("osm", n_settings, settings, out, err);
    return st == KARVAN_OK ? karvan_i_import_osm_source(*out, &source, err) : st;
}

static const karvan_import_setting usual[] = {{"country", "AZ"}, {"connect", ""}};
static const karvan_import_setting all[] = {{"country", "AZ"}, {"connect", ""}, {"access", "50"}};

/* The region of a document, written as a file and read from there, and what its check says. */
static karvan_package *region(const osm_document *doc, char *folder, int n_settings,
                              const karvan_import_setting *settings, karvan_problems *problems) {
    char path[100];
    karvan_i_text file = {0};
    karvan_import *imp = NULL;
    karvan_package *p = NULL;
    karvan_error e = {0};
    strcpy(folder, "/tmp/karvan-osm-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/map.osm.pbf", folder);
    osm_pbf(doc, NULL, &file);
    assert_int_equal(karvan_i_file_write(path, file.s, file.n, &e), KARVAN_OK);
    karvan_i_text_clear(&file);
    const char *const paths[] = {path};
    if (karvan_import_create("osm", n_settings, settings, &imp, &e) != KARVAN_OK ||
        karvan_import_read(imp, 1, paths, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    (void)snprintf(path, sizeof path, "%s/region", folder);
    if (karvan_import_write(imp, path, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_import_destroy(imp);
    if (karvan_package_open(path, problems, &p, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    if (karvan_network_check(p, problems, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return p;
}

static void remove_folder(const char *folder) {
    char command[100];
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static const char *cell(const karvan_table *t, const char *column, int64_t row) {
    const char *s = karvan_table_text(t, karvan_table_find(t, column), row);
    return s ? s : "";
}
static double number(const karvan_table *t, const char *column, int64_t row) {
    return karvan_table_real(t, karvan_table_find(t, column), row);
}

static void rows(void **state) {
    (void)state;
    char folder[64];
    karvan_problems *problems = NULL;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    karvan_package *p = region(&document, folder, 2, usual, problems);
    for (int64_t i = 0; i < karvan_problems_total(problems); i++)
        printf("%s\n", karvan_problems_get(problems, i).message);
    assert_int_equal(karvan_problems_count(problems, KARVAN_ERROR), 0);

    const karvan_table *places = karvan_package_table(p, "places");
    static const struct {
        const char *id, *kind, *name, *aliases;
    } known[] = {{"n1", "station", "Alpha", ""}, {"n2", "junction", "n2", ""},
                 {"n3", "port", "Port", "Quay"}, {"n5", "port", "n5", ""},
                 {"n6", "border", "Gate", ""},   {"n7", "junction", "n7", ""},
                 {"n8", "junction", "n8", ""}};
    assert_int_equal(karvan_table_rows(places), OSM_COUNT(known));
    for (int i = 0; i < OSM_COUNT(known); i++) {
        assert_string_equal(cell(places, "id", i), known[i].id);
        assert_string_equal(cell(places, "kind", i), known[i].kind);
        assert_string_equal(cell(places, "name", i), known[i].name);
        assert_string_equal(cell(places, "aliases", i), known[i].aliases);
        assert_string_equal(cell(places, "country", i), "AZE");
    }
    assert_true(number(places, "lon", 2) == 50.5 && number(places, "lat", 2) == 40);

    const karvan_table *links = karvan_package_table(p, "links");
    static const struct {
        const char *id, *mode, *company;
        double kmh, h;
    } lines[] = {{"w10-1", "rail_1520", "RW", 60, NAN},    {"w11-1", "rail_1520", "", 80, NAN},
                 {"w12-1", "ferry_roro", "Ships", NAN, 6}, {"w13-1", "road", "", 70, NAN},
                 {"w13-2", "road", "", 70, NAN},           {"w14-1", "rail_762", "", 30, NAN}};
    assert_int_equal(karvan_table_rows(links), OSM_COUNT(lines));
    for (int i = 0; i < OSM_COUNT(lines); i++) {
        assert_string_equal(cell(links, "id", i), lines[i].id);
        assert_string_equal(cell(links, "mode", i), lines[i].mode);
        assert_string_equal(cell(links, "operator", i), lines[i].company);
        double kmh = number(links, "speed_kmh", i), h = number(links, "time_h", i);
        assert_true(isnan(lines[i].kmh) ? isnan(kmh) : fabs(kmh - lines[i].kmh) < 1e-6);
        assert_true(isnan(lines[i].h) ? isnan(h) : h == lines[i].h);
        assert_string_equal(cell(links, "length_source", i), "computed");
        assert_string_equal(cell(links, "time_source", i),
                            i == 0 || i == 5 ? "assumption" : "map.osm.pbf");
    }
    const karvan_table *services = karvan_package_table(p, "services");
    assert_int_equal(karvan_table_rows(services), 1);
    assert_string_equal(cell(services, "name", 0), "Line");
    assert_true(number(services, "headway_h", 0) == 48);
    const karvan_table *terminals = karvan_package_table(p, "terminals");
    int borders = 0;
    for (int64_t i = 0; i < karvan_table_rows(terminals); i++) {
        if (strcmp(cell(terminals, "operation", i), "border") != 0) continue;
        assert_string_equal(cell(terminals, "place", i), "n6");
        assert_string_equal(cell(terminals, "from_mode", i), "road");
        assert_string_equal(cell(terminals, "dwell_source", i), "assumption");
        borders++;
    }
    assert_int_equal(borders, 1);
    const karvan_table *modes = karvan_package_table(p, "modes");
    bool narrow = false;
    for (int64_t i = 0; i < karvan_table_rows(modes); i++)
        narrow = narrow || (strcmp(cell(modes, "id", i), "rail_762") == 0 &&
                            number(modes, "gauge_mm", i) == 762);
    assert_true(narrow);
    karvan_package_destroy(p), karvan_problems_destroy(problems);
    remove_folder(folder);
}

static int32_t place_of(const karvan_package *p, const char *typed) {
    int32_t place = -1;
    assert_int_equal(karvan_network_place(p, typed, &place, NULL), KARVAN_OK);
    return place;
}

/* Alpha to the end of the road: rail at 60 and at 80, six hours of ferry after half of 48 h on the
 * average, road at 70. In between lie the terminals that --connect adds. Places are found by the
 * names of the map. */
static void a_way_through(void **state) {
    (void)state;
    char folder[64];
    karvan_problems *problems = NULL;
    karvan_network *net = NULL;
    karvan_network_options o;
    karvan_route r;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    karvan_package *p = region(&document, folder, 2, usual, problems);
    if (karvan_network_defaults(p, &o, &e) != KARVAN_OK ||
        karvan_network_create(p, &o, &net, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_int_equal(place_of(p, "Quay"), place_of(p, "port"));
    const karvan_route_query q = {place_of(p, "Alpha"), place_of(p, "n7"), KARVAN_BY_TIME, -1, 0};
    if (karvan_route_best(net, &q, &r, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    double rail_h = karvan_i_geodesic_km(50, 40, 50.3, 40) / 60 +
                    karvan_i_geodesic_km(50.3, 40, 50.5, 40) / 80,
           road_h =
               (karvan_i_geodesic_km(51.5, 40, 52, 40) + karvan_i_geodesic_km(52, 40, 53, 40)) / 70,
           moving_h = 0, waiting_h = 0;
    int changes = 0;
    for (int k = 0; k < r.n_legs; k++) {
        if (r.legs[k].operation == KARVAN_MOVE) moving_h += r.legs[k].hours;
        if (r.legs[k].operation == KARVAN_WAIT) waiting_h += r.legs[k].hours;
        changes += r.legs[k].operation == KARVAN_PORT;
    }
    /* lengths are written to the millimetre, speeds to six decimals */
    if (fabs(moving_h - (rail_h + 6 + road_h)) > 1e-7)
        fail_msg("%.9f h, not %.9f + 6 + %.9f", moving_h, rail_h, road_h);
    assert_true(fabs(waiting_h - 24) < 1e-9);
    assert_int_equal(changes, 2);
    karvan_route_clear(&r), karvan_network_destroy(net);
    karvan_package_destroy(p), karvan_problems_destroy(problems);
    remove_folder(folder);
}

static void settings_that_cannot_be(void **state) {
    (void)state;
    static const struct {
        karvan_import_setting setting;
        const char *told;
    } samples[] = {
        {{"modes", "rail,air"}, "--modes is a list of rail, road and ferry; 'air' is none of them"},
        {{"modes", ""}, "--modes is a list of rail, road and ferry; '' is none of them"},
        {{"bbox", "1,2,3"}, "--bbox is WEST,SOUTH,EAST,NORTH in degrees, not '1,2,3'"},
        {{"bbox", "1,2,3,4,5"}, "--bbox is WEST,SOUTH,EAST,NORTH in degrees, not '1,2,3,4,5'"},
        {{"bbox", "1,5,3,4"}, "--bbox is WEST,SOUTH,EAST,NORTH in degrees, not '1,5,3,4'"},
        {{"bbox", "1,5,300,6"}, "--bbox is WEST,SOUTH,EAST,NORTH in degrees, not '1,5,300,6'"},
        {{"gauge", "10"}, "--gauge is whole millimetres from 100 to 3000, not 10"},
        {{"access", "51"}, "--access is kilometres from 0 to 50, not 51"},
        {{"access", "-1"}, "--access is kilometres from 0 to 50, not -1"},
        {{"gauge", "wide"}, "--gauge is a number, not 'wide'"}};
    karvan_i_text file = {0};
    osm_xml(&document, &file);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_import *imp = NULL;
        karvan_error e = {0};
        assert_int_equal(import_text(&file, 1, &samples[i].setting, &imp, &e), KARVAN_E_ARG);
        assert_string_equal(e.msg, samples[i].told);
        karvan_import_destroy(imp);
    }
    karvan_i_text_clear(&file);
}

static int64_t taken_links(int n, const karvan_import_setting *settings) {
    karvan_i_text file = {0};
    karvan_import *imp = NULL;
    karvan_table *t = NULL;
    karvan_error e = {0};
    int64_t links = -1;
    osm_xml(&document, &file);
    if (import_text(&file, n, settings, &imp, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_import_summary(imp, &t, NULL), KARVAN_OK);
    for (int64_t i = 0; i < karvan_table_rows(t); i++)
        if (strcmp(cell(t, "kind", i), "links") == 0)
            links = karvan_table_int(t, karvan_table_find(t, "taken"), i);
    karvan_table_destroy(t), karvan_import_destroy(imp), karvan_i_text_clear(&file);
    return links;
}

static void settings_do_what_they_say(void **state) {
    (void)state;
    static const karvan_import_setting rail[] = {{"modes", "rail"}};
    static const karvan_import_setting two[] = {{"modes", "ferry,road"}};
    static const karvan_import_setting box[] = {{"bbox", "49,39,50.4,41.5"}};
    static const karvan_import_setting largest[] = {{"modes", "rail,road"}, {"largest", ""}};
    assert_int_equal(taken_links(0, NULL), 6);
    assert_int_equal(taken_links(1, rail), 3);
    assert_int_equal(taken_links(1, two), 3);
    assert_int_equal(taken_links(1, box), 2);
    assert_int_equal(taken_links(2, largest), 3);
}

/* Alpha lies 2.2 km from the nearer end of a road, Beta beyond 5 km of any, at Gamma a road ends.
 */
static void access_by_road(void **state) {
    (void)state;
    static const osm_node more[] = {{1, 50, 40, "railway=station|name=Alpha"},
                                    {2, 50.1, 40, "railway=station|name=Beta"},
                                    {3, 50.2, 40, "railway=station|name=Gamma"},
                                    {4, 50, 40.02, NULL},
                                    {5, 50, 40.03, NULL},
                                    {6, 50.2, 40.3, NULL}};
    static const osm_way lines[] = {
        {1, "1 2 3", "railway=rail"}, {2, "5 4", "highway=primary"}, {3, "3 6", "highway=primary"}};
    const osm_document doc = {more, OSM_COUNT(more), lines, OSM_COUNT(lines), NULL, 0};
    static const karvan_import_setting settings[] = {{"access", "5"}};
    static const char *const told =
        "1 stations and ports are joined to the nearest place of a road "
        "by a straight line; 1 have none within 5 km";
    karvan_i_text file = {0};
    karvan_import *imp = NULL;
    karvan_error e = {0};
    bool found = false;
    osm_xml(&doc, &file);
    if (import_text(&file, 1, settings, &imp, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    const karvan_problems *p = karvan_import_problems(imp);
    for (int64_t i = 0; i < karvan_problems_total(p); i++)
        found = found || strcmp(karvan_problems_get(p, i).message, told) == 0;
    assert_true(found);
    karvan_import_destroy(imp), karvan_i_text_clear(&file);

    char folder[64];
    karvan_problems *problems = NULL;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    karvan_package *r = region(&doc, folder, 1, settings, problems);
    assert_int_equal(karvan_problems_count(problems, KARVAN_ERROR), 0);
    const karvan_table *links = karvan_package_table(r, "links");
    int64_t last = karvan_table_rows(links) - 1;
    assert_string_equal(cell(links, "id", last), "a1");
    assert_string_equal(cell(links, "from", last), "n1");
    assert_string_equal(cell(links, "to", last), "n4");
    assert_string_equal(cell(links, "mode", last), "road");
    assert_string_equal(cell(links, "time_source", last), "assumption");
    assert_true(fabs(number(links, "length_km", last) - karvan_i_geodesic_km(50, 40, 50, 40.02)) <
                1e-6);
    assert_true(number(links, "speed_kmh", last) == 25);
    karvan_package_destroy(r), karvan_problems_destroy(problems);
    remove_folder(folder);
}

/* A speed that the user says holds where only the class would tell it. */
static void a_speed_asked_for(void **state) {
    (void)state;
    static const karvan_import_setting settings[] = {{"speed", "road=33,rail_1520=44"}};
    char folder[64];
    karvan_problems *problems = NULL;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    karvan_package *p = region(&document, folder, 1, settings, problems);
    const karvan_table *links = karvan_package_table(p, "links");
    assert_true(number(links, "speed_kmh", 0) == 44);
    assert_true(number(links, "speed_kmh", 1) == 80 && number(links, "speed_kmh", 3) == 70);
    karvan_package_destroy(p), karvan_problems_destroy(problems);
    remove_folder(folder);
}

static void nothing_to_take(void **state) {
    (void)state;
    static const karvan_import_setting ferry[] = {{"modes", "ferry"}};
    const osm_document rails = {nodes, OSM_COUNT(nodes), ways, 2, NULL, 0};
    karvan_i_text file = {0};
    karvan_import *imp = NULL;
    karvan_error e = {0};
    osm_xml(&rails, &file);
    assert_int_equal(import_text(&file, 1, ferry, &imp, &e), KARVAN_E_DATA);
    assert_string_equal(
        e.msg, "map.osm: no line of the modes asked for: 2 ways, of which none can be used");
    assert_true(karvan_problems_total(karvan_import_problems(imp)) > 0);
    karvan_import_destroy(imp), karvan_i_text_clear(&file);
}

static karvan_i_text swept;
static karvan_status import_swept(karvan_error *err) {
    karvan_import *imp = NULL;
    karvan_status st = import_text(&swept, 3, all, &imp, err);
    karvan_import_destroy(imp);
    return st;
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    osm_pbf(&document, NULL, &swept);
    every_allocation_fails(import_swept, 5000);
    karvan_i_text_clear(&swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows),
                                       cmocka_unit_test(a_way_through),
                                       cmocka_unit_test(settings_that_cannot_be),
                                       cmocka_unit_test(settings_do_what_they_say),
                                       cmocka_unit_test(access_by_road),
                                       cmocka_unit_test(a_speed_asked_for),
                                       cmocka_unit_test(nothing_to_take),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
