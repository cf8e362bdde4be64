/* Public data in other formats: counts, sums and bounds that were worked out from the files apart
 * from karvan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "conformance/reference.h"
#include "exchange.h"

static const char *const GMNS = "github.com/zephyr-data-specs/GMNS, examples/ and spec/";
static const char *const LOCODE = "github.com/datasets/un-locode and github.com/geoapify/un-locode";
static const char *const TNTP = "github.com/bstabler/TransportationNetworks";

static void close_to(double got, double expected, double tolerance, const char *what) {
    if (!(fabs(got - expected) <= tolerance)) fail_msg("%s: %.9g, not %.9g", what, got, expected);
}

/* ---- GMNS ---- */

/* Sums of length in the file's own unit; the box in degrees where the file is in degrees. */
static const struct {
    const char *name;
    int64_t node, link, geometry, segment, lane, movement, zone;
    double length, km; /* km of a unit as its config says */
    double box[4];     /* NaN: projected */
} sets[] = {{"Cambridge_Intersection",
             39,
             60,
             54,
             9,
             14,
             20,
             6,
             12580,
             1.609344,
             {-71.0899422, 42.3600151, -71.0827235, 42.3661139}},
            {"Arlington_Signals", 20, 27, 0, 5, 25, 27, 5, 2.197917, 1.609344, {NAN}},
            {"Arlington_Signals_Errors", 20, 27, 0, 5, 25, 27, 5, 11605, 1.609344, {NAN}},
            {"Freeway_Interchange",
             10,
             12,
             10,
             4,
             24,
             17,
             0,
             15671.712906,
             1.609344,
             {-71.22271369, 42.47661122, -71.20955834, 42.48420925}},
            {"Lima/GMNS", 2232, 6095, 3224, 365, 6658, 12627, 0, 11545345, 1.609344, {NAN}}};

/* Lengths that the file gives, in its unit. */
static double lengths(const karvan_package *p, double km) {
    const karvan_table *t = karvan_package_table(p, "links");
    double s = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (!karvan_i_cell_is(t, "length_source", r, "computed"))
            s += karvan_i_cell_real(t, "length_km", r) / km;
    return s;
}

static void box_of(const karvan_package *p, double box[4]) {
    const karvan_table *t = karvan_package_table(p, "places");
    box[0] = box[1] = INFINITY, box[2] = box[3] = -INFINITY;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double lon = karvan_i_cell_real(t, "lon", r), lat = karvan_i_cell_real(t, "lat", r);
        box[0] = fmin(box[0], lon), box[1] = fmin(box[1], lat);
        box[2] = fmax(box[2], lon), box[3] = fmax(box[3], lat);
    }
}

static const char *gmns_dir(const char *name, char *dir, size_t cap) {
    char file[200], path[600];
    (void)snprintf(file, sizeof file, "formats/gmns/%s/node.csv", name);
    if (!reference_file(file, GMNS, path, sizeof path)) return NULL;
    (void)snprintf(dir, cap, "%.*s", (int)(strlen(path) - strlen("/node.csv")), path);
    return dir;
}

static void one_set(size_t i, const char *dir) {
    karvan_import *imp = import("gmns", 0, NULL, 1, &dir);
    double box[4];
    counted(imp, "node", sets[i].node, sets[i].node),
        counted(imp, "link", sets[i].link, sets[i].link);
    if (sets[i].geometry) counted(imp, "geometry", sets[i].geometry, sets[i].geometry);
    counted(imp, "segment", sets[i].segment, 0), counted(imp, "lane", sets[i].lane, 0);
    counted(imp, "movement", sets[i].movement, 0);
    if (sets[i].zone) counted(imp, "zone", sets[i].zone, 0);
    assert_int_equal(told(karvan_import_problems(imp), "import-reference"), 0);
    karvan_package *p = region_of(imp, "r");
    close_to(lengths(p, sets[i].km), sets[i].length, 1e-6 * sets[i].length, sets[i].name);
    box_of(p, box);
    for (int k = 0; k < 4 && !isnan(sets[i].box[0]); k++)
        close_to(box[k], sets[i].box[k], 1e-9, "box");
    karvan_package_destroy(p), karvan_import_destroy(imp);
    (void)empty_folder(NULL);
}

static void gmns_sets(void **state) {
    (void)state;
    char dir[600];
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        if (gmns_dir(sets[i].name, dir, sizeof dir)) one_set(i, dir);
}

/* Arlington is in UTM 19 N, Lima in Ohio's plane of feet: both land where the towns are. */
static void projected_positions(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double box[4]; /* in which all nodes lie */
    } towns[] = {{"Arlington_Signals", {-71.16, 42.41, -71.15, 42.42}},
                 {"Lima/GMNS", {-84.5, 40.5, -83.7, 41.1}}};
    char dir[600];
    for (int i = 0; i < 2; i++) {
        const char *path = gmns_dir(towns[i].name, dir, sizeof dir);
        double box[4];
        if (!path) continue;
        karvan_import *imp = import("gmns", 0, NULL, 1, &path);
        karvan_package *p = region_of(imp, "r");
        box_of(p, box);
        if (!(box[0] > towns[i].box[0] && box[1] > towns[i].box[1] && box[2] < towns[i].box[2] &&
              box[3] < towns[i].box[3]))
            fail_msg("%s: %g %g %g %g", towns[i].name, box[0], box[1], box[2], box[3]);
        karvan_package_destroy(p), karvan_import_destroy(imp);
        (void)empty_folder(NULL);
    }
}

/* Lengths that the config calls miles and that are feet are told, for all links but the faultless.
 */
static void units_that_are_wrong_are_told(void **state) {
    (void)state;
    char dir[600];
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        const char *path = gmns_dir(sets[i].name, dir, sizeof dir);
        if (!path) continue;
        karvan_import *imp = import("gmns", 0, NULL, 1, &path);
        int expected = strcmp(sets[i].name, "Arlington_Signals") != 0;
        assert_int_equal(told(karvan_import_problems(imp), "gmns-length"), expected);
        karvan_import_destroy(imp);
    }
}

/* Headers cut to ten characters: from_node_ is not taken for from_node_id. */
static void cut_headers(void **state) {
    (void)state;
    char dir[600];
    const char *path = gmns_dir("Cambridge_Multimodal_Network", dir, sizeof dir);
    karvan_import *imp = NULL;
    karvan_error e = {0};
    if (!path) return;
    assert_int_equal(karvan_import_create("gmns", 0, NULL, &imp, &e), KARVAN_OK);
    assert_int_equal(karvan_import_read(imp, 1, &path, &e), KARVAN_E_DATA);
    assert_int_equal(told(karvan_import_problems(imp), "import-column-cut"), 7);
    assert_non_null(strstr(problem(karvan_import_problems(imp), "import-column-cut").message,
                           "from_node_ may be from_node_id"));
    karvan_import_destroy(imp);
}

/* ---- what we write, held to the specification's own table schemas ---- */

static void copy_schema(const char *table, FILE *out) {
    char name[200], path[600];
    (void)snprintf(name, sizeof name, "formats/gmns/spec/%s.schema.json", table);
    assert_non_null(reference_path(name, path, sizeof path));
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    for (int c; (c = getc(in)) != EOF;) (void)putc(c, out);
    (void)fclose(in);
}

static void our_gmns_is_valid(void **state) {
    (void)state;
    static const char *const tables[] = {"config", "node", "link", "use_definition"};
    char path[600];
    karvan_problems *problems = NULL, *of_export = NULL;
    karvan_package *p = open_region(KARVAN_SOURCEDIR "/regions/caspian"), *g = NULL;
    karvan_table *summary = NULL;
    karvan_error e = {0};
    if (reference_file("formats/gmns/spec/node.schema.json", GMNS, path, sizeof path)) {
        assert_int_equal(karvan_problems_create(&of_export, &e), KARVAN_OK);
        assert_int_equal(karvan_export(p, "gmns", in_folder("g"), 0, NULL, of_export, &summary, &e),
                         KARVAN_OK);
        FILE *f = fopen(in_folder("g/datapackage.json"), "w");
        assert_non_null(f);
        (void)fprintf(f, "{\"name\":\"g\",\"resources\":[");
        for (int i = 0; i < 4; i++) {
            (void)fprintf(f, "%s{\"name\":\"%s\",\"path\":\"%s.csv\",\"schema\":", i ? "," : "",
                          tables[i], tables[i]);
            copy_schema(tables[i], f);
            (void)fprintf(f, "}");
        }
        (void)fprintf(f, "]}");
        assert_int_equal(fclose(f), 0);
        assert_int_equal(karvan_problems_create(&problems, &e), KARVAN_OK);
        assert_int_equal(karvan_package_open(in_folder("g"), problems, &g, &e), KARVAN_OK);
        for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
            karvan_problem q = karvan_problems_get(problems, i);
            /* columns of our own may stand beside (fieldsMatch: subset), and tables that we do not
             * write are referred to */
            bool ours = strcmp(q.code, "column-extra") == 0 && strstr(q.message, "u_");
            bool other = strcmp(q.code, "descriptor-foreign-key") == 0;
            if (!ours && !other)
                fail_msg("%s:%lld: %s [%s]", q.file, (long long)q.line, q.message, q.code);
        }
        assert_int_equal(karvan_table_rows(karvan_package_table(g, "link")), rows_of(p, "links"));
        karvan_package_destroy(g), karvan_table_destroy(summary);
        karvan_problems_destroy(problems), karvan_problems_destroy(of_export);
    }
    karvan_package_destroy(p);
}

/* ---- UN/LOCODE ---- */

/* Records a country, as grep counts them; `taken` less what has no code or a code twice. */
static const struct {
    const char *code;
    int64_t records;
} countries[] = {{"AZ", 31},  {"BG", 340}, {"CN", 1675}, {"DE", 9996}, {"GE", 60},   {"GR", 759},
                 {"HU", 793}, {"IR", 158}, {"KG", 10},   {"KZ", 85},   {"NL", 1878}, {"PL", 1949},
                 {"RO", 670}, {"RU", 858}, {"TJ", 13},   {"TM", 45},   {"TR", 655},  {"UZ", 42}};

static void lists_with_decimals(void **state) {
    (void)state;
    int64_t all = 0;
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++) {
        char name[100], path[600];
        const char *list = path;
        (void)snprintf(name, sizeof name, "formats/unlocode/geoapify/%s.csv", countries[i].code);
        if (!reference_file(name, LOCODE, path, sizeof path)) return;
        karvan_import *imp = import("unlocode", 0, NULL, 1, &list);
        int twice = told(karvan_import_problems(imp), "import-duplicate");
        counted(imp, "record", countries[i].records, countries[i].records - twice);
        all += countries[i].records;
        if (strcmp(countries[i].code, "KZ") == 0) {
            karvan_package *p = region_of(imp, "kz");
            close_to(real_of(p, "places", "KZAAU", "lat"), 43.65, 1e-9, "Aktau");
            close_to(real_of(p, "places", "KZAAU", "lon"), 51.15, 1e-9, "Aktau");
            assert_string_equal(text_of(p, "places", "KZAAU", "kind"), "port");
            close_to(real_of(p, "places", "KZKUR", "lat"), 43.2, 1e-9, "Kuryk");
            karvan_package_destroy(p);
        }
        karvan_import_destroy(imp);
    }
    assert_int_equal(all, 20017);
}

static void the_list_of_2014(void **state) {
    (void)state;
    char path[600];
    const char *list = path;
    static const struct {
        const char *code;
        int64_t records, names; /* names: without a code */
    } some[] = {{"AZ", 27, 0},  {"KG", 9, 1},   {"GE", 50, 0}, {"IR", 148, 0},
                {"BG", 225, 0}, {"HU", 608, 0}, {"GR", 646, 1}};
    if (!reference_file("formats/unlocode/un-locode_2014_native.csv", LOCODE, path, sizeof path))
        return;
    karvan_import *imp = import("unlocode", 0, NULL, 1, &list);
    const karvan_problems *all = karvan_import_problems(imp);
    /* 14406 lines, of which three hold two records; 22 names without a code */
    assert_int_equal(told(all, "unlocode-lost-newline"), 3);
    assert_int_equal(told(all, "unlocode-fields"), 0);
    int twice = told(all, "import-duplicate");
    counted(imp, "record", 14409, 14409 - 22 - twice);
    karvan_package *p = region_of(imp, "all");
    close_to(real_of(p, "places", "NLRTM", "lat"), 51 + 55 / 60.0, 1e-9, "Rotterdam");
    close_to(real_of(p, "places", "NLRTM", "lon"), 4.5, 1e-9, "Rotterdam");
    assert_non_null(strstr(text_of(p, "places", "NLRTM", "note"), "function 12345---"));
    assert_string_equal(text_of(p, "places", "GEPTI", "kind"), "port");
    assert_string_equal(text_of(p, "places", "NCBDB", "name"), "Baie de Prony"); /* behind a seam */
    karvan_package_destroy(p), karvan_import_destroy(imp);
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        const karvan_import_setting s = {"country", some[i].code};
        imp = import("unlocode", 1, &s, 1, &list);
        karvan_table *t = NULL;
        assert_int_equal(karvan_import_summary(imp, &t, NULL), KARVAN_OK);
        int64_t taken = karvan_table_int(t, 2, 0);
        int again = told(karvan_import_problems(imp), "import-duplicate");
        if (taken + again + some[i].names != some[i].records)
            fail_msg("%s: %lld taken, %d twice", some[i].code, (long long)taken, again);
        karvan_table_destroy(t), karvan_import_destroy(imp);
    }
}

/* ---- TNTP ---- */

static void networks_of_the_collection(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int64_t nodes, links;
        bool degrees;
    } nets[] = {{"SiouxFalls", 24, 76, true},
                {"ChicagoSketch", 933, 2950, false},
                {"ChicagoRegional", 12982, 39018, false}};
    for (int i = 0; i < 3; i++) {
        char name[100], net[600], node[600];
        const char *const paths[] = {net, node};
        (void)snprintf(name, sizeof name, "tntp/%s_net.tntp", nets[i].name);
        if (!reference_file(name, TNTP, net, sizeof net)) return;
        (void)snprintf(name, sizeof name, "tntp/%s_node.tntp", nets[i].name);
        if (!reference_file(name, TNTP, node, sizeof node)) return;
        karvan_import *imp = import("tntp", 0, NULL, 2, paths);
        counted(imp, "node", nets[i].nodes, nets[i].nodes);
        counted(imp, "link", nets[i].links, nets[i].links);
        counted(imp, "position", nets[i].nodes, nets[i].nodes);
        assert_int_equal(told(karvan_import_problems(imp), "import-crs"), !nets[i].degrees);
        karvan_package *p = region_of(imp, nets[i].name);
        karvan_tntp t;
        assert_int_equal(karvan_tntp_read(net, &t, NULL), KARVAN_OK);
        double length = 0, time = 0;
        for (int32_t l = 0; l < t.links; l++)
            length += t.column[KARVAN_TNTP_LENGTH][l], time += t.column[KARVAN_TNTP_TIME][l];
        close_to(sum(p, "links", "length_km"), length, 1e-9 * length, nets[i].name);
        close_to(sum(p, "links", "time_h") * 60, time, 1e-9 * time, nets[i].name);
        karvan_tntp_clear(&t), karvan_package_destroy(p), karvan_import_destroy(imp);
    }
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup(f, empty_folder)
    const struct CMUnitTest tests[] = {TEST(gmns_sets),
                                       TEST(projected_positions),
                                       TEST(units_that_are_wrong_are_told),
                                       TEST(cut_headers),
                                       TEST(our_gmns_is_valid),
                                       TEST(lists_with_decimals),
                                       TEST(the_list_of_2014),
                                       TEST(networks_of_the_collection)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
