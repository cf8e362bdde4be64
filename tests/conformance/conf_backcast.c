/* The back-cast of docs/methods/validation.md: constants of one year held against the next ones,
 * the Northern Corridor closed by degrees in 2021, charges on the way through Russia. Every figure
 * of its tables is computed anew and printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <unistd.h>

#include "conformance/validation.h"
#include "karvan/study.h"

/* By year of constants: folders of regions with them; "": none yet. */
static char held[BASE - OLDEST + 1][48];

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

static int tear_down(void **s) {
    for (int i = 0; i <= BASE - OLDEST; i++) remove_folder(held[i]);
    return validation_close(s);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_are_estimated), cmocka_unit_test(constants_are_held),
        cmocka_unit_test(closed_by_degrees), cmocka_unit_test(dearer_through_russia)};
    return cmocka_run_group_tests(tests, validation_open, tear_down);
}
