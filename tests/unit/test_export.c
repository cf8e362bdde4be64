/* Exports, and what an import makes of them: the same network again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sqlite3.h>

#include "exchange.h"
#include "small_network.h"
#include "sweep.h"

static void close_to(double got, double expected) {
    if (isnan(got) && isnan(expected)) return;
    if (!(fabs(got - expected) <= 1e-12 * fabs(expected)))
        fail_msg("%.17g, not %.17g", got, expected);
}

static karvan_problems *export(const karvan_package *p, const char *format, const char *name, int n,
                               const karvan_import_setting *s, karvan_table **summary) {
    karvan_problems *problems = NULL;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&problems, &e), KARVAN_OK);
    if (karvan_export(p, format, in_folder(name), n, s, problems, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    if (summary)
        *summary = t;
    else
        karvan_table_destroy(t);
    return problems;
}

/* One row of the summary. */
static void wrote(const karvan_table *t, const char *table, int64_t rows, int64_t written) {
    int64_t r = karvan_table_lookup(t, 0, table);
    if (r < 0) fail_msg("nothing is said of %s", table);
    if (karvan_table_int(t, 1, r) != rows || karvan_table_int(t, 2, r) != written)
        fail_msg("%s: %lld of %lld", table, (long long)karvan_table_int(t, 2, r),
                 (long long)karvan_table_int(t, 1, r));
    assert_int_equal(karvan_table_int(t, 3, r), rows - written);
}

/* Hours of a link, however they are given. */
static double hours(const karvan_table *t, int64_t r) {
    double h = karvan_i_cell_real(t, "time_h", r);
    return isnan(h) ? karvan_i_cell_real(t, "length_km", r) / karvan_i_cell_real(t, "speed_kmh", r)
                    : h;
}

/* Every link of a is in b, with the same ends, mode, amounts and dates. */
static void same_links(const karvan_package *a, const karvan_package *b) {
    static const char *const reals[] = {
        "length_km",        "speed_kmh",          "time_h",  "time_p90_over_p50",
        "cost_usd_per_teu", "co2e_kg_per_teu_km", "fixed_h", "fixed_usd_per_teu",
        "capacity_teu_day", "capacity_kt_year"};
    static const char *const texts[] = {"id",        "from",    "to",       "mode",
                                        "open_from", "open_to", "operator", "cargo_classes"};
    const karvan_table *x = karvan_package_table(a, "links"), *y = karvan_package_table(b, "links");
    assert_int_equal(karvan_table_rows(x), karvan_table_rows(y));
    for (int64_t r = 0; r < karvan_table_rows(x); r++) {
        for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++)
            close_to(karvan_i_cell_real(y, reals[i], r), karvan_i_cell_real(x, reals[i], r));
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            const char *s = karvan_i_cell_text(x, texts[i], r),
                       *t = karvan_i_cell_text(y, texts[i], r);
            if ((s == NULL) != (t == NULL) || (s && strcmp(s, t) != 0))
                fail_msg("row %lld: %s is %s, not %s", (long long)r, texts[i], t ? t : "-",
                         s ? s : "-");
        }
        assert_int_equal(karvan_i_cell_bool(x, "two_way", r), karvan_i_cell_bool(y, "two_way", r));
    }
}

static void same_places(const karvan_package *a, const karvan_package *b) {
    static const char *const texts[] = {"id", "name", "locode", "country", "kind", "aliases"};
    const karvan_table *x = karvan_package_table(a, "places"),
                       *y = karvan_package_table(b, "places");
    assert_int_equal(karvan_table_rows(x), karvan_table_rows(y));
    for (int64_t r = 0; r < karvan_table_rows(x); r++) {
        close_to(karvan_i_cell_real(y, "lon", r), karvan_i_cell_real(x, "lon", r));
        close_to(karvan_i_cell_real(y, "lat", r), karvan_i_cell_real(x, "lat", r));
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            const char *s = karvan_i_cell_text(x, texts[i], r),
                       *t = karvan_i_cell_text(y, texts[i], r);
            if ((s == NULL) != (t == NULL) || (s && strcmp(s, t) != 0))
                fail_msg("row %lld: %s is %s, not %s", (long long)r, texts[i], t ? t : "-",
                         s ? s : "-");
        }
    }
}

static karvan_package *imported(const char *format, const char *const *names, int n, int n_settings,
                                const karvan_import_setting *s, const char *to) {
    const char *paths[4];
    for (int i = 0; i < n; i++) paths[i] = in_folder(names[i]);
    karvan_import *imp = import(format, n_settings, s, n, paths);
    karvan_package *p = region_of(imp, to);
    karvan_import_destroy(imp);
    return p;
}

static karvan_package *shipped(void) { return open_region(KARVAN_SOURCEDIR "/regions/caspian"); }

static void gmns_there_and_back(void **state) {
    (void)state;
    karvan_package *a = shipped();
    karvan_table *t = NULL;
    karvan_problems *told_of = export(a, "gmns", "g", 0, NULL, &t);
    wrote(t, "places", rows_of(a, "places"), rows_of(a, "places"));
    wrote(t, "links", rows_of(a, "links"), rows_of(a, "links"));
    wrote(t, "terminals", rows_of(a, "terminals"), 0);
    assert_int_equal(told(told_of, "export-no-room"), 2);
    karvan_package *b = imported("gmns", (const char *const[]){"g"}, 1, 0, NULL, "r");
    same_places(a, b), same_links(a, b);
    karvan_package_destroy(a), karvan_package_destroy(b);
    karvan_table_destroy(t), karvan_problems_destroy(told_of);
}

/* Lengths and hours of the links of each way, sorted out by arc. */
static void tntp_there_and_back(void **state) {
    (void)state;
    karvan_package *a = shipped();
    karvan_problems *told_of = export(a, "tntp", "net/", 0, NULL, NULL);
    const karvan_import_setting s[] = {{"length-unit", "km"}, {"time-unit", "min"}};
    karvan_package *b = imported(
        "tntp", (const char *const[]){"net/net_net.tntp", "net/net_node.tntp"}, 2, 2, s, "r");
    const karvan_table *x = karvan_package_table(a, "links"), *y = karvan_package_table(b, "links");
    assert_int_equal(rows_of(b, "places"), rows_of(a, "places"));
    int64_t at = 0;
    for (int64_t r = 0; r < karvan_table_rows(x); r++)
        for (int way = 0; way <= karvan_i_cell_bool(x, "two_way", r); way++, at++) {
            const char *from = karvan_i_cell_text(x, way ? "to" : "from", r);
            int64_t place = karvan_package_row(a, "places", from);
            assert_int_equal(atoi(karvan_i_cell_text(y, "from", at)), place + 1);
            close_to(karvan_i_cell_real(y, "length_km", at), karvan_i_cell_real(x, "length_km", r));
            close_to(karvan_i_cell_real(y, "time_h", at), hours(x, r));
        }
    assert_int_equal(at, karvan_table_rows(y));
    for (int64_t r = 0; r < rows_of(a, "places"); r++)
        close_to(karvan_i_cell_real(karvan_package_table(b, "places"), "lon", r),
                 karvan_i_cell_real(karvan_package_table(a, "places"), "lon", r));
    karvan_package_destroy(a), karvan_package_destroy(b), karvan_problems_destroy(told_of);
}

/* A network of the collection, out and in: the bytes of its numbers do not change a second time. */
static void random_networks_survive_tntp(void **state) {
    (void)state;
    karvan_random rnd;
    karvan_random_init(&rnd, 20, 26);
    for (int round = 0; round < 20; round++) {
        char text[8000];
        int nodes = 2 + (int)karvan_random_below(&rnd, 20),
            links = (int)karvan_random_below(&rnd, 60);
        int n =
            snprintf(text, sizeof text,
                     "<NUMBER OF ZONES> 1\n<NUMBER OF NODES> %d\n<FIRST THRU NODE> 1\n<NUMBER OF "
                     "LINKS> %d\n<END OF METADATA>\n",
                     nodes, links);
        for (int l = 0; l < links; l++) {
            int from = (int)karvan_random_below(&rnd, (uint64_t)nodes);
            int to = (from + 1 + (int)karvan_random_below(&rnd, (uint64_t)nodes - 1)) % nodes;
            n += snprintf(text + n, sizeof text - (size_t)n, "%d %d 1 %.17g %.17g 0 1 0 0 1 ;\n",
                          from + 1, to + 1, karvan_random_uniform(&rnd) * 1e3,
                          karvan_random_uniform(&rnd) * 60);
        }
        (void)write_file("a_net.tntp", text);
        const karvan_import_setting s[] = {{"length-unit", "km"}, {"time-unit", "min"}};
        karvan_package *a = imported("tntp", (const char *const[]){"a_net.tntp"}, 1, 2, s, "a");
        karvan_problems_destroy(export(a, "tntp", "t", 0, NULL, NULL));
        karvan_package *b =
            imported("tntp", (const char *const[]){"t/t_net.tntp", "t/t_node.tntp"}, 2, 2, s, "b");
        const karvan_table *x = karvan_package_table(a, "links"),
                           *y = karvan_package_table(b, "links");
        assert_int_equal(karvan_table_rows(x), links),
            assert_int_equal(karvan_table_rows(y), links);
        for (int l = 0; l < links; l++) {
            close_to(karvan_i_cell_real(y, "length_km", l), karvan_i_cell_real(x, "length_km", l));
            close_to(karvan_i_cell_real(y, "time_h", l), karvan_i_cell_real(x, "time_h", l));
            assert_string_equal(karvan_i_cell_text(x, "to", l), karvan_i_cell_text(y, "to", l));
        }
        karvan_package_destroy(a), karvan_package_destroy(b);
        (void)empty_folder(NULL);
    }
}

/* All tables, cell by cell. */
static void csv_there_and_back(void **state) {
    (void)state;
    karvan_package *a = shipped();
    karvan_problems *told_of = export(a, "csv", "c", 0, NULL, NULL);
    karvan_package *b = open_region(in_folder("c"));
    assert_int_equal(karvan_problems_total(told_of), 0);
    assert_int_equal(karvan_package_count(a), karvan_package_count(b));
    for (int k = 0; k < karvan_package_count(a); k++) {
        const karvan_table *x = karvan_package_at(a, k), *y = karvan_package_at(b, k);
        assert_int_equal(karvan_table_rows(x), karvan_table_rows(y));
        for (int c = 0; c < karvan_table_columns(x); c++)
            for (int64_t r = 0; r < karvan_table_rows(x); r++) {
                assert_int_equal(karvan_table_state(x, c, r), karvan_table_state(y, c, r));
                const char *s = karvan_table_text(x, c, r), *t = karvan_table_text(y, c, r);
                if (s && strcmp(s, t) != 0) fail_msg("%s, not %s", t, s);
                close_to(karvan_table_real(y, c, r), karvan_table_real(x, c, r));
            }
    }
    karvan_package_destroy(a), karvan_package_destroy(b), karvan_problems_destroy(told_of);
}

/* ---- the small network: seven links, of which one opens in 2030 ---- */

static void only_what_is_open(void **state) {
    (void)state;
    small_region r;
    karvan_table *t = NULL;
    const karvan_import_setting s = {"date", "2026"};
    assert_true(small_open(&r, TABLES, N_TABLES));
    karvan_problems_destroy(export(r.package, "gmns", "g", 1, &s, &t));
    wrote(t, "links", 7, 6), wrote(t, "places", 5, 5);
    karvan_table_destroy(t);
    karvan_problems_destroy(export(r.package, "gpkg", "n.gpkg", 1, &s, &t));
    wrote(t, "links", 7, 6), wrote(t, "services", 1, 1), wrote(t, "terminals", 2, 2);
    karvan_table_destroy(t);
    const karvan_import_setting rail[] = {{"date", "2031"}, {"mode", "rail_1520"}};
    karvan_problems_destroy(export(r.package, "tntp", "t", 2, rail, &t));
    wrote(t, "links", 7, 4);
    karvan_table_destroy(t), small_close(&r);
}

static int64_t ask(sqlite3 *db, const char *sql) {
    sqlite3_stmt *q = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t v = sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    return v;
}

static void a_geopackage_of_points_and_lines(void **state) {
    (void)state;
    small_region r;
    sqlite3 *db = NULL;
    changed(&r, "places", "57,40,port", ",40,port"); /* E has no position now */
    karvan_problems *told_of = export(r.package, "gpkg", "n.gpkg", 0, NULL, NULL);
    assert_int_equal(sqlite3_open(in_folder("n.gpkg"), &db), SQLITE_OK);
    assert_int_equal(ask(db, "SELECT count(*) FROM places"), 5);
    assert_int_equal(ask(db, "SELECT count(*) FROM places WHERE geom IS NULL"), 1);
    assert_int_equal(ask(db, "SELECT count(*) FROM links"), 7);
    assert_int_equal(ask(db, "SELECT count(*) FROM links WHERE geom IS NULL"),
                     3); /* DE, new, oil */
    assert_int_equal(ask(db, "SELECT count(*) FROM terminals WHERE geom IS NULL"), 0);
    assert_int_equal(ask(db, "SELECT count(*) FROM services WHERE geom IS NULL"), 1);
    assert_int_equal(ask(db, "SELECT length_km FROM links WHERE id = 'BC'"), 200);
    assert_int_equal(ask(db, "SELECT count(*) FROM gpkg_geometry_columns"), 4);
    assert_int_equal(told(told_of, "export-no-position"), 3);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    karvan_problems_destroy(told_of), small_close(&r);
}

/* AB one way: 1 to 2, no limit, 100 km in 120 minutes at 50 km/h for 40 USD, type 1. */
static void a_network_by_hand(void **state) {
    (void)state;
    small_region r;
    char line[400];
    bool seen = false, limits = false, types = false;
    assert_true(small_open(&r, TABLES, N_TABLES));
    karvan_problems_destroy(export(r.package, "tntp", "net", 0, NULL, NULL));
    FILE *f = fopen(in_folder("net/net_net.tntp"), "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        seen = seen || strcmp(line, "\t1\t2\t999999\t100\t120\t0\t1\t50\t40\t1\t;\n") == 0;
        limits = limits || strstr(line, "<NUMBER OF LINKS> 13\n") != NULL; /* CD leads one way */
        types = types || strcmp(line, "~ type 1 is rail_1520\n") == 0; /* the number of the row */
    }
    assert_int_equal(fclose(f), 0);
    assert_true(seen), assert_true(limits), assert_true(types);
    f = fopen(in_folder("net/net_places.csv"), "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f)), assert_string_equal(line, "node,id,name\n");
    assert_non_null(fgets(line, sizeof line, f)), assert_string_equal(line, "1,A,Alpha\n");
    assert_int_equal(fclose(f), 0);
    small_close(&r);
}

static void refuse(const karvan_package *p, const char *format, const char *name,
                   karvan_import_setting s, karvan_status st, const char *why) {
    karvan_problems *problems = NULL;
    karvan_table *t = (karvan_table *)&s;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(
        karvan_export(p, format, in_folder(name), s.name != NULL, &s, problems, &t, &e), st);
    assert_null(t);
    if (!strstr(e.msg, why)) fail_msg("'%s' does not say '%s'", e.msg, why);
    karvan_problems_destroy(problems);
}

static void what_cannot_be_written(void **state) {
    (void)state;
    small_region r;
    const karvan_import_setting none = {NULL, NULL};
    assert_true(small_open(&r, TABLES, N_TABLES));
    (void)mkdir(in_folder("there"), 0777);
    refuse(r.package, "gmms", "x", none, KARVAN_E_ARG, "did you mean gmns?");
    refuse(r.package, "shapefile", "x", none, KARVAN_E_ARG, "these are: ");
    refuse(r.package, "gmns", "there", none, KARVAN_E_ARG, "is there already");
    refuse(r.package, "csv", "there", none, KARVAN_E_ARG, "is there already");
    refuse(r.package, "tntp", "there", none, KARVAN_E_ARG, "is there already");
    refuse(r.package, "gmns", "no/where", none, KARVAN_E_IO, "cannot make");
    refuse(r.package, "gmns", "x", (karvan_import_setting){"mode", "road"}, KARVAN_E_ARG,
           "--mode says");
    refuse(r.package, "csv", "x", (karvan_import_setting){"date", "2026"}, KARVAN_E_ARG,
           "--date says");
    refuse(r.package, "gmns", "x", (karvan_import_setting){"date", "soon"}, KARVAN_E_ARG, "--date");
    refuse(r.package, "tntp", "x", (karvan_import_setting){"mode", "sled"}, KARVAN_E_ARG,
           "has the mode 'sled'");
    for (int i = 0; i < karvan_export_formats(); i++)
        assert_true(*karvan_export_format_at(i).title);
    small_close(&r);
    small_region bare;
    assert_true(small_open(&bare, TABLES, 1));
    refuse(bare.package, "gmns", "x", none, KARVAN_E_DATA, "places");
    small_close(&bare);
}

/* ---- every allocation ---- */

static small_region net;
static const char *sweep_format;

static karvan_status whole(karvan_error *e) {
    karvan_problems *problems = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_problems_create(&problems, e);
    if (st == KARVAN_OK)
        st = karvan_export(net.package, sweep_format, in_folder("s"), 0, NULL, problems, &t, e);
    karvan_table_destroy(t), karvan_problems_destroy(problems);
    struct stat there; /* whole or not at all; there without a summary where that had no memory */
    bool written = stat(in_folder("s"), &there) == 0;
    assert_true(written || st != KARVAN_OK);
    DIR *d = opendir(folder);
    for (struct dirent *f; (f = readdir(d)) != NULL;)
        if (f->d_name[0] != '.') assert_string_equal(f->d_name, "s");
    (void)closedir(d);
    (void)empty_folder(NULL);
    return st;
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    static const char *const formats[] = {"gmns", "tntp", "csv", "gpkg"};
    assert_true(small_open(&net, TABLES, N_TABLES));
    for (int i = 0; i < 4; i++) {
        sweep_format = formats[i];
        every_allocation_fails(whole, 5000);
    }
    small_close(&net);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup(f, empty_folder)
    const struct CMUnitTest tests[] = {TEST(gmns_there_and_back),
                                       TEST(tntp_there_and_back),
                                       TEST(random_networks_survive_tntp),
                                       TEST(csv_there_and_back),
                                       TEST(only_what_is_open),
                                       TEST(a_geopackage_of_points_and_lines),
                                       TEST(a_network_by_hand),
                                       TEST(what_cannot_be_written),
                                       TEST(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
