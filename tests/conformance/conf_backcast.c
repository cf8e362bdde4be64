/* What docs/methods/validation.md says of the model beside what came: constants of one year held
 * against the next ones, the Northern Corridor closed by degrees in 2021, the World Bank's measures
 * by 2030, containers of 2040. Every figure of its tables is computed anew and printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <unistd.h>

#include "conformance/told.h"
#include "karvan/study.h"
#include "region_year.h"
#include "share.h"

#define SHIPPED    KARVAN_SOURCEDIR "/regions/caspian"
#define VALIDATION SHIPPED "/validation/"
enum { OLDEST = 2019, BASE = 2021, NEWEST = 2025, ESTIMATED = 2024 };
static karvan_package *region; /* that ships */
static char held[NEWEST][48]; /* by year of constants: folders of regions with them; "": none yet */

/* ---- regions with the constants of another year ---- */

static bool is_replaced(const char *name) { return strcmp(name, "corridor_constants.csv") == 0; }

static void link_table(const char *from, const char *folder, const char *name) {
    char to[400];
    (void)snprintf(to, sizeof to, "%s/%s", folder, name);
    if (symlink(from, to) != 0) fail_msg("%s: cannot be linked", to);
}

/* The region's folder, but with what was estimated on the counts of a year; that of ESTIMATED is
 * the region that ships. */
static const char *region_of(int constants) {
    char from[400];
    if (constants == ESTIMATED) return SHIPPED;
    char *folder = held[constants - OLDEST];
    if (*folder) return folder;
    (void)snprintf(folder, sizeof held[0], "/tmp/karvan-backcast-XXXXXX");
    assert_non_null(mkdtemp(folder));
    DIR *d = opendir(SHIPPED);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.' || is_replaced(e->d_name)) continue;
        (void)snprintf(from, sizeof from, SHIPPED "/%.200s", e->d_name);
        link_table(from, folder, e->d_name);
    }
    (void)closedir(d);
    (void)snprintf(from, sizeof from, VALIDATION "constants-%d.csv", constants);
    link_table(from, folder, "corridor_constants.csv");
    return folder;
}

static void remove_folder(const char *folder) {
    char path[400];
    DIR *d = *folder ? opendir(folder) : NULL;
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        (void)snprintf(path, sizeof path, "%s/%.200s", folder, e->d_name);
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) (void)unlink(path);
    }
    if (d) (void)closedir(d), (void)rmdir(folder);
}

static int set_up(void **s) {
    (void)s;
    karvan_problems *p = NULL;
    int st = karvan_problems_create(&p, NULL) || karvan_package_open(SHIPPED, p, &region, NULL) ||
             told_open(KARVAN_SOURCEDIR "/docs/methods/validation.md");
    karvan_problems_destroy(p);
    return st ? -1 : 0;
}
static int tear_down(void **s) {
    (void)s;
    for (int i = 0; i < NEWEST; i++) remove_folder(held[i]);
    karvan_package_destroy(region);
    free(told_text);
    return 0;
}

/* ---- what was counted, and what the model loads ---- */

/* NaN where nothing was. */
static double counted(const char *what, int year) {
    char id[64];
    (void)snprintf(id, sizeof id, "%s-%d", what, year);
    const karvan_table *t = karvan_package_table(region, "counts");
    int64_t r = karvan_package_row(region, "counts", id);
    return r < 0 ? NAN : karvan_i_cell_real(t, "value", r);
}

/* Cargo that the network can carry: without oil in tankers where that is known. */
static double counted_kt(int year) {
    double dry = counted("titr-dry-kt", year);
    return isnan(dry) ? counted("titr-kt", year) : dry;
}

typedef struct loads {
    double kt, hours;            /* of the Middle Corridor */
    double ports_kt, caspian_kt; /* by Kazakhstan's ports; with Turkmenbashi, by any way */
    double boxes, transit,
        northern; /* TEU: of the Middle Corridor; in transit by it, by the north */
} loads;

static loads load(const year_asked *a) {
    year_world w;
    year_open(&w, a);
    karvan_freight *f = year_solve(&w, NULL);
    const double a_year = 365 / 1000.0;
    double ports = a_year * year_cell(f, KARVAN_FREIGHT_LINKS, "titr-ports-kt", "all", "load"),
           south = a_year * year_cell(f, KARVAN_FREIGHT_LINKS, "turkmenbashi-all", "all", "load");
    loads l = {.kt = year_cell(f, KARVAN_FREIGHT_CORRIDORS, "middle", "all", "kt_year"),
               .hours = year_cell(f, KARVAN_FREIGHT_CORRIDORS, "middle", "all", "hours"),
               .ports_kt = ports,
               .caspian_kt = ports + south,
               .boxes = year_boxes(&w, f, "middle", KARVAN_FREIGHT_ANY),
               .transit = year_boxes(&w, f, "middle", KARVAN_FREIGHT_TRANSIT),
               .northern = year_boxes(&w, f, "north", KARVAN_FREIGHT_TRANSIT)};
    karvan_freight_destroy(f);
    year_close(&w);
    return l;
}

/* ---- constants held ---- */

/* What was estimated on a year is what the file of that year says: within a tenth of its error. */
static void constants_are_estimated(void **s) {
    (void)s;
    if (!all_cases()) skip();
    year_world w, file;
    karvan_region_estimate *e = NULL;
    karvan_table *t = NULL;
    karvan_error err = {0};
    year_open(&w, &(year_asked){.dir = SHIPPED, .year = BASE});
    year_open(&file, &(year_asked){.dir = region_of(BASE), .year = BASE});
    karvan_region_estimate_options o = {.year = BASE,
                                        .demand = w.demand,
                                        .freight = w.options,
                                        .hold_demand = true,
                                        .constant_error = 5000,
                                        .estimate = {.tolerance = 0.02}};
    if (karvan_estimate_region(w.region, &o, &e, &err)) fail_msg("%s", err.msg);
    assert_int_equal(karvan_region_estimate_table(e, KARVAN_REGION_CONSTANTS, &t, NULL), KARVAN_OK);
    const karvan_table *c = karvan_package_table(file.region, "corridor_constants");
    assert_int_equal(karvan_table_rows(t), karvan_table_rows(c));
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        assert_true(fabs(karvan_i_cell_real(t, "usd_per_teu", r) -
                         karvan_i_cell_real(c, "usd_per_teu", r)) <
                    0.1 * karvan_i_cell_real(c, "error", r));
    karvan_table_destroy(t);
    karvan_region_estimate_destroy(e);
    year_close(&w), year_close(&file);
}

static void one_year(int constants, int year) {
    char row[64];
    loads l = load(&(year_asked){.dir = region_of(constants), .year = year});
    double seen = counted_kt(year);
    const double v[] = {counted("titr-kt", year),
                        seen,
                        l.kt,
                        l.kt - seen,
                        100 * (l.kt / seen - 1),
                        l.ports_kt,
                        counted("titr-teu", year),
                        l.boxes,
                        counted("erai-teu", year),
                        l.northern};
    (void)snprintf(row, sizeof row, "%d, %d", constants, year);
    told("Constants held", row, 10, v);
}

static void constants_are_held(void **s) {
    (void)s;
    static const int of[] = {BASE, 2020, 2019, ESTIMATED};
    for (int k = 0, i = 0; k < 4; k++)
        for (int year = of[k] == ESTIMATED ? BASE : BASE + 1; year <= NEWEST; year++)
            if (in_part(i++)) one_year(of[k], year);
    told_settle();
}

/* ---- the north closed by degrees ---- */

static karvan_table *edits_of(const char *path) {
    static const karvan_column c[] = {
        {"name", KARVAN_TEXT, NULL},      {"table", KARVAN_TEXT, NULL},
        {"key", KARVAN_TEXT, NULL},       {"column", KARVAN_TEXT, NULL},
        {"operation", KARVAN_TEXT, NULL}, {"value", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL},    {"note", KARVAN_TEXT, NULL}};
    karvan_table *t = NULL;
    karvan_problems *p = NULL;
    karvan_error e = {0};
    if (karvan_problems_create(&p, &e) ||
        karvan_csv_read(path, "edits", &(karvan_csv_options){.n_columns = 8, .columns = c}, p, &t,
                        &e))
        fail_msg("%s", e.msg);
    karvan_problems_destroy(p);
    return t;
}

static karvan_study *study(const char *dir, int year, const karvan_table *edits, int n,
                           const char *const *cases) {
    karvan_study *s = NULL;
    karvan_study_options o;
    karvan_error e = {0};
    if (karvan_study_defaults(region, &o, &e)) fail_msg("%s", e.msg);
    o.year = year, o.edits = edits;
    if (karvan_study_open(dir, &o, n, cases, &s, &e)) fail_msg("%s", e.msg);
    return s;
}

static double level(const karvan_study *s, int which, const char *measure) {
    int m = karvan_study_find(s, measure, "");
    assert_true(m >= 0);
    return karvan_study_settled(s, which)[m];
}

enum { DEGREES = 7, YEARS = 4, CASES = DEGREES + YEARS + 2 };
static const char *const CASE[CASES] = {
    "north-20", "north-35", "north-40", "north-49", "north-66", "north-80", "north-100",
    /* 2022 to 2025, then openings alone */
    "north-35", "north-66", "north-40,btk-5", "north-49,btk-5,alat-150", "btk-5", "alat-150"};

/* A case that is asked for by itself: its menu has fewer ways. */
static double alone(const karvan_table *edits, const char *name) {
    karvan_study *s = study(region_of(BASE), BASE, edits, 1, &name);
    double kt = level(s, 0, "kt_middle");
    karvan_study_close(s);
    return kt;
}

static void tell_degrees(const karvan_study *own, const karvan_study *late,
                         const karvan_table *edits) {
    double north = level(own, -1, "teu_north");
    for (int c = -1; c < DEGREES; c++) {
        char row[16];
        long degree = c < 0 ? 0 : strtol(CASE[c] + strlen("north-"), NULL, 10);
        const double v[] = {
            level(own, c, "teu_north"),    level(own, c, "teu_middle"),
            level(own, c, "teu_sea_suez"), level(own, c, "teu_south"),
            level(own, c, "teu_other"),    level(own, c, "teu") - level(own, -1, "teu"),
            level(own, c, "kt_middle"),    alone(edits, c < 0 ? "" : CASE[c]),
            level(late, c, "kt_middle")};
        (void)snprintf(row, sizeof row, "%ld", degree);
        told("Closed by degrees", row, 9, v);
        /* the degree is what it says */
        assert_true(fabs(v[0] / north - 1 + (double)degree / 100) < 0.02);
    }
}

/* What closed and opened by each year, laid on 2021. */
static void tell_years(const karvan_study *s) {
    double kt = level(s, -1, "kt_middle"), teu = level(s, -1, "teu_middle");
    for (int c = DEGREES; c < CASES; c++) {
        char row[16];
        int year = BASE + 1 + c - DEGREES;
        double is = level(s, c, "kt_middle") - kt, came = counted_kt(year) - counted_kt(BASE);
        if (c < DEGREES + YEARS) {
            const double v[] = {NAN, counted_kt(year), came, is, 100 * is / came};
            (void)snprintf(row, sizeof row, "%d", year);
            told("Closing and openings", row, 5, v);
        } else {
            const double v[] = {level(s, c, "teu_middle") - teu, is};
            told("Openings alone", CASE[c], 2, v);
        }
    }
}

static void closed_by_degrees(void **st) {
    (void)st;
    if (!all_cases()) skip();
    karvan_table *edits = edits_of(VALIDATION "backcast.csv");
    karvan_study *own = study(region_of(BASE), BASE, edits, CASES, CASE);
    karvan_study *late = study(SHIPPED, BASE, edits, CASES, CASE);
    tell_degrees(own, late, edits), tell_years(own);
    karvan_study_close(own), karvan_study_close(late);
    karvan_table_destroy(edits);
    told_settle();
}

/* Charges on all that crosses between Kazakhstan and Russia: demand of 2021 chooses other ways. */
static void dearer_through_russia(void **st) {
    (void)st;
    static const char *const names[] = {NULL, "russia-1000", "russia-2000", "russia-4000"};
    karvan_table *edits = edits_of(VALIDATION "backcast.csv");
    for (int i = 0; i < 4; i++) {
        if (!in_part(i)) continue;
        loads l = load(&(year_asked){
            .dir = region_of(BASE), .year = BASE, .edits = edits, .scenario = names[i]});
        const double v[] = {l.kt, l.ports_kt, l.caspian_kt, l.boxes, l.northern};
        told("Dearer through Russia", names[i] ? names[i] + strlen("russia-") : "0", 5, v);
    }
    karvan_table_destroy(edits);
    told_settle();
}

/* ---- forward ---- */

/* Is an edit of the region's one of the World Bank's measures? */
static bool of_the_bank(const karvan_table *scenarios, int64_t row) {
    int64_t i = karvan_package_row(region, "interventions",
                                   karvan_i_cell_text(scenarios, "intervention", row));
    return karvan_i_cell_is(karvan_package_table(region, "interventions"), "proposer", i,
                            "World Bank");
}

static bool same_cell(const karvan_table *a, int64_t r, const karvan_table *b, int64_t s) {
    return karvan_i_cell_is(a, "table", r, karvan_i_cell_text(b, "table", s)) &&
           karvan_i_cell_is(a, "key", r, karvan_i_cell_text(b, "key", s)) &&
           karvan_i_cell_is(a, "column", r, karvan_i_cell_text(b, "column", s));
}

/* Each cell that a measure of the World Bank edits is in forward.csv, by the furthest of its edits.
 */
static void measures_are_the_regions(void **st) {
    (void)st;
    karvan_table *edits = edits_of(VALIDATION "forward.csv");
    const karvan_table *t = karvan_package_table(region, "scenarios");
    int64_t found = 0;
    for (int64_t e = 0; e < karvan_table_rows(edits); e++) {
        double furthest = 0, value = strtod(karvan_i_cell_text(edits, "value", e), NULL);
        bool scaled = strcmp(karvan_i_cell_text(edits, "operation", e), "scale") == 0, same = false;
        for (int64_t r = 0; r < karvan_table_rows(t); r++) {
            if (!of_the_bank(t, r) || !same_cell(t, r, edits, e)) continue;
            double own = strtod(karvan_i_cell_text(t, "value", r), NULL);
            found++, same = same || own == value;
            if (scaled) furthest = fmax(furthest, fabs(log(own)));
        }
        assert_true(same && (!scaled || fabs(fabs(log(value)) - furthest) < 1e-12));
    }
    int64_t rows = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) rows += of_the_bank(t, r);
    assert_int_equal(found, rows);
    karvan_table_destroy(edits);
}

/* A year of growth as growth.csv has it. */
static double yearly_growth(void) {
    static const karvan_column c[] = {{"from_year", KARVAN_REAL, NULL},
                                      {"to_year", KARVAN_REAL, NULL},
                                      {"factor", KARVAN_REAL, NULL}};
    karvan_table *t = NULL;
    karvan_problems *p = NULL;
    assert_int_equal(karvan_problems_create(&p, NULL), KARVAN_OK);
    assert_int_equal(karvan_csv_read(VALIDATION "growth.csv", "growth",
                                     &(karvan_csv_options){.n_columns = 3, .columns = c}, p, &t,
                                     NULL),
                     KARVAN_OK);
    double years = (double)(karvan_i_cell_real(t, "to_year", 0) -
                            karvan_i_cell_real(t, "from_year", 0)),
           g = pow(karvan_i_cell_real(t, "factor", 0), 1 / years);
    karvan_table_destroy(t);
    karvan_problems_destroy(p);
    return g;
}

static void measures_of_2030(void **st) {
    (void)st;
    karvan_table *edits = edits_of(VALIDATION "forward.csv");
    double to_2030 = pow(yearly_growth(), 2030 - ESTIMATED);
    for (int i = 0; i < 4; i++) {
        if (!in_part(i)) continue;
        const char *name = i % 2 ? "wb-2030" : NULL;
        loads l = load(&(year_asked){.dir = SHIPPED,
                                     .year = ESTIMATED,
                                     .date = NEWEST,
                                     .edits = edits,
                                     .scenario = name,
                                     .growth = i < 2 ? 1 : to_2030,
                                     .transit_growth = i < 2 ? 1 : to_2030});
        const double v[] = {i < 2 ? 1 : to_2030, l.kt, l.ports_kt, l.caspian_kt, l.boxes, l.hours};
        static const char *const row[] = {"2024, as it is", "2024, measures", "2030, as it is",
                                          "2030, measures"};
        told("Measures by 2030", row[i], 6, v);
    }
    karvan_table_destroy(edits);
    told_settle();
}

/* Days of the targets' ways by the Middle Corridor. */
static karvan_table *days(const karvan_table *edits, const char *scenario) {
    year_world w;
    karvan_network *net = NULL;
    karvan_table *t = NULL;
    karvan_error e = {0};
    year_open(
        &w, &(year_asked){.dir = SHIPPED, .year = ESTIMATED, .edits = edits, .scenario = scenario});
    karvan_network_options o;
    if (karvan_network_defaults(w.region, &o, &e) ||
        karvan_network_create(w.region, &o, &net, &e) || karvan_network_targets(net, &t, &e))
        fail_msg("%s", e.msg);
    karvan_network_destroy(net);
    year_close(&w);
    return t;
}

static void travel_time(void **st) {
    (void)st;
    static const char *const ways[] = {"altynkol-absheron", "altynkol-poti", "xian-baku-ady",
                                       "china-constanta", "china-duisburg"};
    karvan_table *edits = edits_of(VALIDATION "forward.csv");
    karvan_table *before = days(edits, NULL), *after = days(edits, "wb-2030");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        for (int64_t r = 0; r < karvan_table_rows(before); r++) {
            if (strcmp(karvan_i_cell_text(before, "id", r), ways[i]) != 0) continue;
            double a = karvan_i_cell_real(before, "model", r),
                   b = karvan_i_cell_real(after, "model", r);
            const double v[] = {a, b, 100 * (b / a - 1)};
            told("Travel time", ways[i], 3, v);
        }
    karvan_table_destroy(before), karvan_table_destroy(after), karvan_table_destroy(edits);
    told_settle();
}

/* Boxes in transit as demand grows and capacities stay as they are in 2025. */
static void containers_of_2040(void **st) {
    (void)st;
    double by_2040 = pow(yearly_growth(), 2040 - ESTIMATED),
           to_target = karvan_i_cell_real(karvan_package_table(region, "targets"), "high",
                                          karvan_package_row(region, "targets", "ebrd-2040")) /
                       counted("titr-china-europe-teu", ESTIMATED);
    const year_asked now = {.dir = SHIPPED, .year = ESTIMATED, .date = NEWEST};
    const double all[] = {1, by_2040, 1, 1}, transit[] = {1, by_2040, by_2040, to_target};
    static const char *const row[] = {"2024", "2040, all grows", "2040, transit grows",
                                      "to the figure"};
    for (int i = 0; i < 4; i++) {
        year_asked a = now;
        if (!in_part(i)) continue;
        a.growth = all[i], a.transit_growth = transit[i];
        loads l = load(&a);
        const double v[] = {all[i], transit[i], l.transit, l.boxes, l.northern, l.kt};
        told("Without investment", row[i], 6, v);
    }
    told_settle();
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(constants_are_estimated),
                                       cmocka_unit_test(constants_are_held),
                                       cmocka_unit_test(closed_by_degrees),
                                       cmocka_unit_test(dearer_through_russia),
                                       cmocka_unit_test(measures_are_the_regions),
                                       cmocka_unit_test(measures_of_2030),
                                       cmocka_unit_test(travel_time),
                                       cmocka_unit_test(containers_of_2040)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
