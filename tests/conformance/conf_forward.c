/* The forecasts of docs/methods/validation.md: the World Bank's measures by 2030, containers of
 * 2040. Every figure of its tables is computed anew and printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/validation.h"

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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_the_regions), cmocka_unit_test(measures_of_2030),
        cmocka_unit_test(travel_time), cmocka_unit_test(containers_of_2040)};
    return cmocka_run_group_tests(tests, validation_open, validation_close);
}
