/* Totals of potential: by hand, and by sums that look through all rows for each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/gravity.h"
#include "sweep.h"
#include "table/cell.h"

static karvan_table *table_of(const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(csv, strlen(csv), "t.csv", "t", NULL, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static karvan_table *totals(const karvan_table *t, const karvan_potential_query *q) {
    karvan_table *out = NULL;
    karvan_error e = {0};
    if (karvan_potential_totals(t, q, &out, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return out;
}

static void near(double got, double want, const char *what) {
    if (!(fabs(got - want) <= 1e-12 * (1 + fabs(want))))
        fail_msg("%s: %.15g, not %.15g", what, got, want);
}

static void figures(const karvan_table *t, int64_t row, const char *names, const double *want) {
    char name[40];
    for (int k = 0; *names; k++) {
        int n = 0;
        (void)sscanf(names, "%39s%n", name, &n);
        near(karvan_i_cell_real(t, name, row), want[k], name);
        names += n, names += strspn(names, " ");
    }
}

static const char FLOWS[] = "year,exporter,importer,actual,predicted\n"
                            "2000,A,B,4,10\n2001,A,B,6,10\n2003,A,B,16,10\n"
                            "2000,B,A,5,3\n2001,B,A,,3\n"
                            "2000,A,C,2,4\n2001,A,C,1,\n"
                            "2001,C,A,7,8\n";
static const char NAMES[] = "years flows left_out actual predicted ratio gap shortfall excess rank";

/* A to B: 26 of 30 in three years; its ratio 0.4, 0.6, 1.6 in 2000, 2001, 2003: slope 1.2/3 +
 * ... = (sum of (x - 4/3) y) / (14/3) = 0.4142857... */
static void pairs_by_hand(void **s) {
    (void)s;
    karvan_table *t = table_of(FLOWS), *p = totals(t, NULL);
    assert_int_equal(karvan_table_rows(p), 4); /* AB, AC, BA, CA */
    figures(p, 0, NAMES, (double[]){3, 3, 0, 26 / 3.0, 10, 26 / 30.0, 4 / 3.0, 10 / 3.0, 2, 2});
    near(karvan_i_cell_real(p, "trend", 0),
         (0.4 * (0 - 4 / 3.0) + 0.6 * (1 - 4 / 3.0) + 1.6 * (3 - 4 / 3.0)) / (14 / 3.0), "trend");
    figures(p, 1, NAMES, (double[]){1, 1, 1, 2, 4, 0.5, 2, 2, 0, 1});
    figures(p, 2, NAMES, (double[]){1, 1, 1, 5, 3, 5 / 3.0, -2, 0, 2, 4});
    figures(p, 3, NAMES, (double[]){1, 1, 0, 7, 8, 7 / 8.0, 1, 1, 0, 3});
    assert_true(isnan(karvan_i_cell_real(p, "trend", 1)));
    assert_int_equal(karvan_table_state(p, karvan_table_find(p, "low"), 0), KARVAN_NOT_COVERED);
    assert_int_equal(karvan_table_find(p, "year"), -1);
    karvan_table_destroy(p);
    karvan_table_destroy(t);
}

static void sides_years_and_filters_by_hand(void **s) {
    (void)s;
    karvan_table *t = table_of(FLOWS);
    karvan_table *p = totals(t, &(karvan_potential_query){.by = KARVAN_POTENTIAL_EXPORTER});
    assert_int_equal(karvan_table_rows(p), 3);
    /* A: 6 of 14 in 2000, 6 of 10 in 2001, 16 of 10 in 2003 */
    figures(p, 0, NAMES, (double[]){3, 4, 1, 28 / 3.0, 34 / 3.0, 28 / 34.0, 2, 4, 2, 1});
    assert_int_equal(karvan_table_find(p, "importer"), -1);
    karvan_table_destroy(p);
    p = totals(t, &(karvan_potential_query){.by = KARVAN_POTENTIAL_IMPORTER, .exporter = "A"});
    assert_int_equal(karvan_table_rows(p), 2); /* B, C */
    figures(p, 1, NAMES, (double[]){1, 1, 1, 2, 4, 0.5, 2, 2, 0, 1});
    karvan_table_destroy(p);
    p = totals(t, &(karvan_potential_query){.by = KARVAN_POTENTIAL_YEAR,
                                            .exporter = "A",
                                            .importer = "B",
                                            .either_way = true,
                                            .has_to = true,
                                            .to_year = 2001});
    assert_int_equal(karvan_table_rows(p), 2);
    figures(p, 0, NAMES, (double[]){1, 2, 0, 9, 13, 9 / 13.0, 4, 6, 2, 1});
    figures(p, 1, NAMES, (double[]){1, 1, 1, 6, 10, 0.6, 4, 4, 0, 2});
    assert_int_equal(karvan_i_cell_real(p, "year", 1), 2001);
    karvan_table_destroy(p);
    p = totals(t, &(karvan_potential_query){.exporter = "C", .either_way = true});
    assert_int_equal(karvan_table_rows(p), 2); /* AC, CA */
    karvan_table_destroy(p);
    karvan_table_destroy(t);
}

static void groups_by_hand(void **s) {
    (void)s;
    const char *const members[] = {"A", "B"};
    const karvan_trade_group group = {"AB", 2, members};
    karvan_table *t = table_of(FLOWS);
    karvan_table *p =
        totals(t, &(karvan_potential_query){.n_groups = 1, .groups = &group, .exporter = "AB"});
    assert_int_equal(karvan_table_rows(p), 2); /* to itself, to C */
    assert_true(karvan_i_cell_is(p, "importer", 0, "AB"));
    figures(p, 0, NAMES,
            (double[]){3, 4, 1, 31 / 3.0, 11, 31 / 33.0, 2 / 3.0, 10 / 3.0, 8 / 3.0, 2});
    karvan_table_destroy(p);
    karvan_table_destroy(t);
}

/* Totals among totals: ratios 1, 2, ... 40 of forty pairs. */
static void intervals_by_hand(void **s) {
    (void)s;
    static char csv[4000];
    size_t n = (size_t)snprintf(csv, sizeof csv, "exporter,importer,actual,predicted\n");
    for (int k = 1; k <= 40; k++)
        n += (size_t)snprintf(csv + n, sizeof csv - n, "X%02d,M,%d,10\n", k, 10 * k);
    karvan_table *t = table_of(csv);
    karvan_table *p = totals(t, &(karvan_potential_query){.exporter = "X03"});
    assert_int_equal(karvan_table_rows(p), 1);
    figures(p, 0, "low high below", (double[]){20, 390, 37.5 / 40});
    karvan_table_destroy(p);
    p = totals(t, &(karvan_potential_query){.by = KARVAN_POTENTIAL_EXPORTER, .level = 50});
    figures(p, 2, "low high below", (double[]){100, 310, 37.5 / 40});
    karvan_table_destroy(p);
    /* Parts of countries have nothing to compare with; all to M are no parts. */
    const karvan_potential_query to_m = {.by = KARVAN_POTENTIAL_EXPORTER, .importer = "M"};
    p = totals(t, &to_m);
    figures(p, 2, "low high below", (double[]){20, 390, 37.5 / 40});
    karvan_table_destroy(p);
    karvan_table_destroy(t);
    (void)snprintf(csv + n, sizeof csv - n, "X01,N,5,10\n");
    t = table_of(csv);
    p = totals(t, &to_m);
    assert_int_equal(karvan_table_rows(p), 40);
    for (int k = 0; k < 3; k++) {
        static const char *const others[] = {"low", "high", "below"};
        assert_int_equal(karvan_table_state(p, karvan_table_find(p, others[k]), 2),
                         KARVAN_NOT_COVERED);
    }
    karvan_table_destroy(p);
    karvan_table_destroy(t);
}

/* ---- the slow checker ---- */

enum { N = 600, LANDS = 6, YEARS = 5 };

typedef struct flows {
    int exporter[N], importer[N], year[N];
    double actual[N], predicted[N]; /* NaN: none */
} flows;

static karvan_table *flows_draw(flows *f, uint64_t seed) {
    static const karvan_column columns[] = {{"year", KARVAN_INT, NULL},
                                            {"exporter", KARVAN_TEXT, NULL},
                                            {"importer", KARVAN_TEXT, NULL},
                                            {"actual", KARVAN_REAL, "USD"},
                                            {"predicted", KARVAN_REAL, "USD"}};
    karvan_random r;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    karvan_random_init(&r, seed, 3);
    assert_int_equal(karvan_builder_create("flows", 5, columns, &b, NULL), KARVAN_OK);
    for (int i = 0; i < N; i++) {
        char name[4] = "A";
        f->exporter[i] = (int)karvan_random_below(&r, LANDS);
        f->importer[i] = (int)karvan_random_below(&r, LANDS);
        f->year[i] = (int)karvan_random_below(&r, YEARS);
        f->actual[i] = karvan_random_below(&r, 9) ? karvan_random_uniform(&r) : NAN;
        f->predicted[i] = karvan_random_below(&r, 9) ? karvan_random_uniform(&r) : NAN;
        (void)karvan_builder_row(b, NULL);
        (void)karvan_builder_int(b, 0, f->year[i], NULL);
        name[0] = (char)('A' + f->exporter[i]), (void)karvan_builder_text(b, 1, name, NULL);
        name[0] = (char)('A' + f->importer[i]), (void)karvan_builder_text(b, 2, name, NULL);
        (void)karvan_builder_real(b, 3, f->actual[i], NULL);
        (void)karvan_builder_real(b, 4, f->predicted[i], NULL);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

/* What one total should say; -1: any country. */
static void look_through(const flows *f, int exporter, int importer, int from,
                         const karvan_table *p, int64_t row) {
    double a = 0, e = 0, up = 0, down = 0, years = 0, used = 0, out = 0;
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (int t = from; t < YEARS; t++) {
        double at = 0, et = 0, here = 0;
        for (int i = 0; i < N; i++) {
            if (f->year[i] != t || (exporter >= 0 && f->exporter[i] != exporter) ||
                (importer >= 0 && f->importer[i] != importer))
                continue;
            if (isnan(f->actual[i]) || isnan(f->predicted[i])) {
                out++;
                continue;
            }
            at += f->actual[i], et += f->predicted[i], here++;
            up += fmax(f->predicted[i] - f->actual[i], 0);
            down += fmax(f->actual[i] - f->predicted[i], 0);
        }
        a += at, e += et, used += here, years += here > 0;
        if (here > 0) n++, x += t, y += at / et, xx += t * t, xy += t * at / et;
    }
    near(karvan_i_cell_real(p, "flows", row), used, "flows");
    near(karvan_i_cell_real(p, "left_out", row), out, "left out");
    near(karvan_i_cell_real(p, "years", row), years, "years");
    if (years == 0) return;
    near(karvan_i_cell_real(p, "actual", row), a / years, "actual");
    near(karvan_i_cell_real(p, "predicted", row), e / years, "predicted");
    near(karvan_i_cell_real(p, "shortfall", row), up / years, "shortfall");
    near(karvan_i_cell_real(p, "excess", row), down / years, "excess");
    double trend = karvan_i_cell_real(p, "trend", row);
    if (n < 3)
        assert_true(isnan(trend));
    else if (fabs(trend - (xy - x * y / n) / (xx - x * x / n)) > 1e-9)
        fail_msg("trend %.15g", trend);
}

static int country(const karvan_table *p, const char *column, int64_t row) {
    const char *name = karvan_i_cell_text(p, column, row);
    return name ? name[0] - 'A' : -1;
}

static void sums_that_look_through_all(void **s) {
    (void)s;
    static flows f;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        karvan_table *t = flows_draw(&f, seed);
        int from = (int)seed % 3;
        for (int by = 0; by < 3; by++) {
            karvan_table *p =
                totals(t, &(karvan_potential_query){
                              .by = (karvan_potential_by)by, .has_from = true, .from_year = from});
            assert_int_equal(karvan_table_rows(p), by == 0 ? LANDS * LANDS : LANDS);
            for (int64_t r = 0; r < karvan_table_rows(p); r++)
                look_through(&f, country(p, "exporter", r), country(p, "importer", r), from, p, r);
            karvan_table_destroy(p);
        }
        karvan_table_destroy(t);
    }
}

/* ---- refusals, memory ---- */

static void refuse(const karvan_table *t, const karvan_potential_query *q, karvan_status want,
                   const char *says) {
    karvan_table *out = (karvan_table *)1;
    karvan_error e = {0};
    assert_int_equal(karvan_potential_totals(t, q, &out, &e), want);
    assert_null(out);
    if (!strstr(e.msg, says)) fail_msg("'%s' does not say '%s'", e.msg, says);
}

static void refusals(void **s) {
    (void)s;
    const char *const one[] = {"A"}, *const two[] = {"B", "A"};
    const karvan_trade_group groups[] = {{"G", 1, one}, {"H", 2, two}};
    karvan_table *t = table_of(FLOWS), *u = table_of("a,b\n1,2\n"),
                 *no_year = table_of("exporter,importer,actual,predicted\nA,B,1,2\n"),
                 *nothing = table_of("exporter,importer,actual,predicted\nA,B,1,\nB,A,2,3\n");
    refuse(NULL, NULL, KARVAN_E_ARG, "need a table");
    refuse(u, NULL, KARVAN_E_ARG, "none of potential");
    refuse(no_year, &(karvan_potential_query){.by = KARVAN_POTENTIAL_YEAR}, KARVAN_E_ARG, "years");
    refuse(t, &(karvan_potential_query){.exporter = "Z"}, KARVAN_E_ARG, "no flow is of Z");
    refuse(t, &(karvan_potential_query){.n_groups = 2, .groups = groups}, KARVAN_E_ARG,
           "A is in two groups, G and H");
    refuse(t, &(karvan_potential_query){.has_from = true, .from_year = 2010}, KARVAN_E_DATA,
           "none of these flows");
    refuse(nothing, &(karvan_potential_query){.exporter = "A"}, KARVAN_E_DATA, "none of these");
    refuse(t, &(karvan_potential_query){.level = 200}, KARVAN_E_ARG, "per cent");
    karvan_table_destroy(t), karvan_table_destroy(u);
    karvan_table_destroy(no_year), karvan_table_destroy(nothing);
}

static karvan_table *swept;
static karvan_status work(karvan_error *err) {
    karvan_table *p = NULL;
    karvan_status st = karvan_potential_totals(swept, NULL, &p, err);
    karvan_table_destroy(p);
    return st;
}

static void every_allocation_can_fail(void **s) {
    (void)s;
    swept = table_of(FLOWS);
    every_allocation_fails(work, 500);
    karvan_table_destroy(swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(pairs_by_hand),
                                       cmocka_unit_test(sides_years_and_filters_by_hand),
                                       cmocka_unit_test(groups_by_hand),
                                       cmocka_unit_test(intervals_by_hand),
                                       cmocka_unit_test(sums_that_look_through_all),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
