/* What every import shares: ids, what is assumed, what is left out, the region that is written. The
 * format is TNTP, the smallest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "exchange.h"
#include "exchange/import_state.h"
#include "sweep.h"

/* Zones 1 and 2, node 3: 1-3 of 2 in 30, 3-2 of 4 in 60, 2-2 a loop. */
static const char NET[] = "<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 3\n<FIRST THRU NODE> 3\n"
                          "<NUMBER OF LINKS> 3\n<END OF METADATA>\n~ a comment\n"
                          "1 3 900 2 30 0.15 4 0 0 1 ;\n3 2 900 4 60 0 4 0 0 1 ;\n"
                          "2 2 0 1 1 0 0 0 0 1 ;\n";
static const char NODES[] = "Node X Y ;\n1 50 40 ;\n2 51 40 ;\n3 50.5 40 ;\n";

static karvan_import *small(int n, const karvan_import_setting *settings) {
    const char *const paths[] = {write_file("a_net.tntp", NET), write_file("a_node.tntp", NODES)};
    return import("tntp", n, settings, 2, paths);
}

static void near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-12 * fabs(expected)))
        fail_msg("%.17g, not %.17g", got, expected);
}

static void a_network_becomes_a_region(void **state) {
    (void)state;
    karvan_import *imp = small(0, NULL);
    counted(imp, "node", 3, 3), counted(imp, "link", 3, 2), counted(imp, "position", 3, 3);
    assert_int_equal(told(karvan_import_problems(imp), "import-loop"), 1);
    assert_int_equal(told(karvan_import_problems(imp), "tntp-unit"), 2);
    karvan_package *p = region_of(imp, "r");
    assert_string_equal(karvan_package_name(p), "imported");
    assert_int_equal(rows_of(p, "places"), 3);
    assert_string_equal(text_of(p, "places", "1", "kind"), "city");
    assert_string_equal(text_of(p, "places", "3", "kind"), "junction");
    assert_string_equal(text_of(p, "places", "3", "country"), "ZZZ");
    near(real_of(p, "places", "3", "lon"), 50.5);
    near(real_of(p, "links", "1", "length_km"), 2);
    near(real_of(p, "links", "1", "time_h"), 0.5);
    /* nothing tells the money: 1.9 USD a TEU-km is assumed of road, in plain sight */
    near(real_of(p, "links", "1", "cost_usd_per_teu"), 3.8);
    assert_string_equal(text_of(p, "links", "1", "cost_source"), "assumption");
    assert_non_null(strstr(text_of(p, "links", "1", "note"), "1.9 USD a TEU-km is what karvan"));
    assert_int_equal(told(karvan_import_problems(imp), "import-assumed-cost"), 1);
    assert_int_equal(told(karvan_import_problems(imp), "import-assumed-speed"), 0);
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
}

/* The region is one that routes: 1 to 2 by 3 is 6 km in an hour and a half for 11.4 USD. */
static void the_region_routes_at_once(void **state) {
    (void)state;
    karvan_import *imp = small(0, NULL);
    karvan_package *p = region_of(imp, "r");
    karvan_network_options o;
    karvan_network *net = NULL;
    karvan_error e = {0};
    karvan_route r;
    int32_t from, to;
    assert_int_equal(karvan_network_defaults(p, &o, &e), KARVAN_OK);
    if (karvan_network_create(p, &o, &net, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_network_place(p, "1", &from, &e), KARVAN_OK);
    assert_int_equal(karvan_network_place(p, "Zone 2", &to, &e), KARVAN_OK);
    const karvan_route_query q = {
        .from = from, .to = to, .objective = KARVAN_BY_TIME, .corridor = -1};
    if (karvan_route_best(net, &q, &r, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    near(r.km, 6), near(r.hours, 1.5), near(r.usd_per_teu, 11.4);
    karvan_route_clear(&r);
    karvan_network_destroy(net), karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void settings_say_what_files_do_not(void **state) {
    (void)state;
    const karvan_import_setting s[] = {
        {"length-unit", "mile"}, {"time-unit", "h"},
        {"mode", "rail_1520"},   {"usd-per-km", "road=9,rail_1520=0.5"},
        {"country", "KZ"},       {"name", "small"},
        {"licence", "CC0"},      {"accessed", "2026-01"}};
    karvan_import *imp = small(8, s);
    karvan_package *p = region_of(imp, "r");
    assert_string_equal(karvan_package_name(p), "small");
    near(real_of(p, "links", "2", "length_km"), 4 * 1.609344);
    near(real_of(p, "links", "2", "time_h"), 60);
    near(real_of(p, "links", "2", "cost_usd_per_teu"), 2 * 1.609344);
    assert_string_equal(text_of(p, "links", "2", "mode"), "rail_1520");
    assert_string_equal(text_of(p, "links", "2", "length_source"), "a_net.tntp");
    assert_non_null(strstr(text_of(p, "links", "2", "note"), "0.5 USD a TEU-km was asked for"));
    assert_string_equal(text_of(p, "places", "1", "country"), "KAZ");
    assert_string_equal(text_of(p, "countries", "KAZ", "customs_area"), "EAEU");
    assert_string_equal(text_of(p, "sources", "a_net.tntp", "licence"), "CC0");
    assert_string_equal(text_of(p, "sources", "a_net.tntp", "accessed"), "2026-01");
    assert_int_equal(told(karvan_import_problems(imp), "tntp-unit"), 0);
    assert_int_equal(karvan_table_int(karvan_package_table(p, "modes"), 4, 0), 1520);
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void refuse(int n, const karvan_import_setting *s, const char *format, const char *why) {
    karvan_import *imp = (karvan_import *)&s;
    karvan_error e = {0};
    assert_int_equal(karvan_import_create(format, n, s, &imp, &e), KARVAN_E_ARG);
    assert_null(imp);
    if (!strstr(e.msg, why)) fail_msg("'%s' does not say '%s'", e.msg, why);
}

static void bad_settings_are_refused(void **state) {
    (void)state;
    refuse(0, NULL, "tnpt", "did you mean tntp?");
    refuse(0, NULL, "shapefile", "these are: ");
    refuse(1, &(karvan_import_setting){"function", "port"}, "tntp", "--function says nothing to");
    refuse(1, &(karvan_import_setting){"speed", "road"}, "tntp",
           "NAME=NUMBER of 0 or more, not 'road'");
    refuse(1, &(karvan_import_setting){"speed", "road=-1"}, "tntp", "not 'road=-1'");
    refuse(1, &(karvan_import_setting){"usd-per-km", "=2"}, "tntp", "not '=2'");
    refuse(1, &(karvan_import_setting){"dwell", "port=5"}, "tntp", "OPERATION=P50:P90");
    refuse(1, &(karvan_import_setting){"dwell", "port=5:4"}, "tntp", "OPERATION=P50:P90");
    refuse(1, &(karvan_import_setting){"country", "Kazakhstan"}, "tntp", "ISO 3166");
    refuse(1, &(karvan_import_setting){"accessed", "today"}, "tntp", "--accessed");
}

static void bad_units_and_modes_are_refused(void **state) {
    (void)state;
    static const karvan_import_setting bad[] = {
        {"length-unit", "league"}, {"time-unit", "moon"}, {"mode", "Rail 1520"}, {"crs", "EPSG:0"}};
    const char *const paths[] = {write_file("a_net.tntp", NET), write_file("a_node.tntp", NODES)};
    for (int i = 0; i < 4; i++) {
        karvan_import *imp = NULL;
        karvan_error e = {0};
        assert_int_equal(karvan_import_create("tntp", 1, &bad[i], &imp, &e), KARVAN_OK);
        assert_int_equal(karvan_import_read(imp, 2, paths, &e), KARVAN_E_ARG);
        assert_true(*e.msg);
        karvan_import_destroy(imp);
    }
}

/* Positions of UTM zone 39 north: 50.5 E, 40 N is x 372,?.. there; PROJ's own inverse is the check.
 */
static void positions_are_turned_into_degrees(void **state) {
    (void)state;
    const karvan_import_setting s = {"crs", "EPSG:32639"};
    const char *const paths[] = {
        write_file("a_net.tntp", NET),
        write_file("a_node.tntp", "1 500000 4427757.219 ;\n2 1e30 1e30\n3 x y\n")};
    karvan_import *imp = import("tntp", 1, &s, 2, paths);
    counted(imp, "position", 3, 2);
    assert_int_equal(problem(karvan_import_problems(imp), "tntp-node").line, 3);
    assert_int_equal(told(karvan_import_problems(imp), "import-crs"), 1);
    karvan_package *p = region_of(imp, "r");
    if (!(fabs(real_of(p, "places", "1", "lon") - 51) < 1e-9)) fail();
    if (!(fabs(real_of(p, "places", "1", "lat") - 40) < 1e-6)) fail();
    assert_true(isnan(real_of(p, "places", "2", "lon")));
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void a_position_that_is_no_degree_is_unknown(void **state) {
    (void)state;
    const char *const paths[] = {
        write_file("a_net.tntp", NET),
        write_file("a_node.tntp", "Node\tX\tY\n1 712475 1855780 ;\n2 1 2 ;\n2 1 3 ;\n9 1 1 ;\n"),
        write_file("a_flow.tntp", "x")};
    karvan_import *imp = import("tntp", 0, NULL, 3, paths);
    const karvan_problems *all = karvan_import_problems(imp);
    counted(imp, "position", 4, 2);
    assert_non_null(strstr(problem(all, "import-crs").message, "not in degrees is left unknown"));
    assert_int_equal(problem(all, "import-crs").line, 2);
    assert_int_equal(told(all, "tntp-node"), 2);
    assert_int_equal(told(all, "import-file"), 1);
    karvan_import_destroy(imp);
}

/* ---- the folder ---- */

static void a_folder_is_never_written_over(void **state) {
    (void)state;
    karvan_import *imp = small(0, NULL);
    karvan_error e = {0};
    assert_int_equal(karvan_import_write(imp, folder, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "is there already"));
    e = (karvan_error){0};
    assert_int_equal(karvan_import_write(imp, in_folder("no/where"), &e), KARVAN_E_IO);
    e = (karvan_error){0};
    assert_int_equal(karvan_import_write(imp, "", &e), KARVAN_E_ARG);
    e = (karvan_error){0};
    if (karvan_import_write(imp, in_folder("r//"), &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_package_destroy(open_region(in_folder("r")));
    assert_int_equal(karvan_import_write(imp, in_folder("again"), NULL), KARVAN_E_ARG);
    karvan_import_destroy(imp);
}

static void an_import_reads_once_and_so_many_files(void **state) {
    (void)state;
    karvan_import *imp = NULL;
    const char *const paths[] = {write_file("a_net.tntp", NET)};
    karvan_error e = {0};
    assert_int_equal(karvan_import_create("tntp", 0, NULL, &imp, NULL), KARVAN_OK);
    assert_int_equal(karvan_import_write(imp, in_folder("r"), &e), KARVAN_E_ARG); /* nothing read */
    assert_int_equal(karvan_import_read(imp, 0, paths, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_import_read(imp, 1, paths, NULL), KARVAN_OK);
    assert_int_equal(karvan_import_read(imp, 1, paths, NULL), KARVAN_E_ARG);
    karvan_import_destroy(imp);
    for (int i = 0; i < karvan_import_formats(); i++) {
        karvan_import_format f = karvan_import_format_at(i);
        assert_true(*f.name && *f.title && *f.paths);
    }
}

/* The tables of an import are those of the region that ships: same columns, same types. */
static void the_schema_is_the_regions_own(void **state) {
    (void)state;
    karvan_problems *problems = NULL;
    karvan_package *p = NULL;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &p, NULL),
                     KARVAN_OK);
    for (int k = 0; k < KARVAN_I_TABLES; k++) {
        const karvan_i_schema *s = &karvan_i_schemas[k];
        const karvan_table *t = karvan_package_table(p, s->name);
        assert_non_null(t);
        for (int c = 0; c < karvan_table_columns(t); c++) {
            const karvan_column ours = karvan_table_column(t, c);
            int at = 0;
            while (at < s->n_fields && strcmp(s->fields[at].name, ours.name) != 0) at++;
            if (at == s->n_fields) fail_msg("an import's %s has no column %s", s->name, ours.name);
            if (s->fields[at].type != ours.type) fail_msg("%s.%s: type", s->name, ours.name);
            if (strcmp(s->fields[at].unit ? s->fields[at].unit : "", ours.unit ? ours.unit : "") !=
                0)
                fail_msg("%s.%s: unit", s->name, ours.name);
        }
    }
    karvan_package_destroy(p), karvan_problems_destroy(problems);
}

static void countries_by_their_codes(void **state) {
    (void)state;
    assert_string_equal(karvan_i_country_of("KZ")->iso3, "KAZ");
    assert_string_equal(karvan_i_country_of("AZE")->iso2, "AZ");
    assert_string_equal(karvan_i_country_of("DE")->customs_area, "EU");
    assert_null(karvan_i_country_of("GE")->customs_area);
    assert_null(karvan_i_country_of("kz")), assert_null(karvan_i_country_of("")),
        assert_null(karvan_i_country_of(NULL)), assert_null(karvan_i_country_of("XX"));
}

static karvan_status whole(karvan_error *e) {
    static const karvan_import_setting s[] = {{"connect", ""}, {"name", "n"}};
    karvan_import *imp = NULL;
    karvan_table *t = NULL;
    const char *const paths[] = {in_folder("a_net.tntp"), in_folder("a_node.tntp")};
    karvan_status st = karvan_import_create("tntp", 2, s, &imp, e);
    if (st == KARVAN_OK) st = karvan_import_read(imp, 2, paths, e);
    if (st == KARVAN_OK) st = karvan_import_summary(imp, &t, e);
    if (st == KARVAN_OK) st = karvan_import_write(imp, in_folder("sweep"), e);
    karvan_table_destroy(t);
    karvan_import_destroy(imp);
    struct stat there; /* whole or not at all */
    assert_int_equal(stat(in_folder("sweep"), &there) == 0, st == KARVAN_OK);
    return st;
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    (void)write_file("a_net.tntp", NET), (void)write_file("a_node.tntp", NODES);
    every_allocation_fails(whole, 5000);
    int entries = 0; /* nothing half-written stays */
    DIR *d = opendir(folder);
    for (struct dirent *f; (f = readdir(d)) != NULL;) entries += f->d_name[0] != '.';
    (void)closedir(d);
    assert_int_equal(entries, 3);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup(f, empty_folder)
    const struct CMUnitTest tests[] = {TEST(a_network_becomes_a_region),
                                       TEST(the_region_routes_at_once),
                                       TEST(settings_say_what_files_do_not),
                                       TEST(bad_settings_are_refused),
                                       TEST(bad_units_and_modes_are_refused),
                                       TEST(positions_are_turned_into_degrees),
                                       TEST(a_position_that_is_no_degree_is_unknown),
                                       TEST(a_folder_is_never_written_over),
                                       TEST(an_import_reads_once_and_so_many_files),
                                       TEST(the_schema_is_the_regions_own),
                                       TEST(countries_by_their_codes),
                                       TEST(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
