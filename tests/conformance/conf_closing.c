/* The what-if of 2021 in docs/methods/validation.md: the Northern Corridor closed by degrees, what
 * opened, and charges on the way through Russia. Every figure of its tables is computed anew and
 * printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/validation.h"
#include "karvan/study.h"

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
    const struct CMUnitTest tests[] = {cmocka_unit_test(closed_by_degrees),
                                       cmocka_unit_test(dearer_through_russia)};
    return cmocka_run_group_tests(tests, validation_open, validation_close);
}
