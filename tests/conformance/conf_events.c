/* Public samples of ICEWS and GDELT: dyads and sums that were counted of them by other means, and
 * the tables of scores of their makers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "conformance/reference.h"
#include "events.h"
#include "table/cell.h"

static char path[4096];

static bool have(const char *name, const char *origin) {
    return reference_file(name, origin, path, sizeof path) != NULL;
}

static events_result read_file(const karvan_events_options *o) {
    events_result r = {0};
    const char *one = path;
    r.st = karvan_events_read(1, &one, o, &r.tally, &r.unknown, &r.sums, &r.err);
    if (r.st != KARVAN_OK) fail_msg("%s", r.err.msg);
    assert_true(events_promises(&r));
    return r;
}

static double total(const events_result *r, const char *column) {
    double sum = 0;
    int c = karvan_table_find(r->sums, column);
    for (int64_t i = 0; i < karvan_table_rows(r->sums); i++)
        if (karvan_table_state(r->sums, c, i) == KARVAN_VALUE)
            sum += karvan_table_real(r->sums, c, i);
    return sum;
}

/* ---- ICEWS ---- */

/* 417 directed dyads, 1,741 events, a sum of 3119.8: every row equal. */
static void icews_dyads(void **state) {
    (void)state;
    karvan_table *want = NULL;
    if (!have("record/icews/dyad_reference.csv", "ICEWS")) return;
    assert_int_equal(karvan_csv_read(path, "want", NULL, NULL, &want, NULL), KARVAN_OK);
    if (!have("record/icews/events.2018.sample.tab", "Harvard Dataverse, ICEWS")) {
        karvan_table_destroy(want);
        return;
    }
    for (int threads = 1; threads <= 3; threads++) {
        const karvan_events_options o = {.threads = threads};
        events_result r = read_file(&o);
        assert_int_equal(r.tally.rows, 3705);
        assert_int_equal(r.tally.count[KARVAN_EVENT_TAKEN], 1741);
        assert_int_equal(r.tally.count[KARVAN_EVENT_NO_COUNTRY], 368);
        assert_int_equal(r.tally.count[KARVAN_EVENT_DOMESTIC], 1596);
        assert_int_equal(karvan_table_rows(r.sums), 417);
        assert_int_equal(karvan_table_rows(want), 417);
        assert_true(fabs(total(&r, "score_sum") - 3119.8) < 1e-9);
        for (int64_t i = 0; i < 417; i++) {
            assert_string_equal(karvan_i_cell_text(r.sums, "source", i),
                                karvan_i_cell_text(want, "source", i));
            assert_string_equal(karvan_i_cell_text(r.sums, "target", i),
                                karvan_i_cell_text(want, "target", i));
            assert_true(karvan_i_cell_real(r.sums, "events", i) ==
                        karvan_i_cell_real(want, "events", i));
            assert_true(karvan_i_cell_real(r.sums, "score_sum", i) ==
                        karvan_i_cell_real(want, "intensity_sum", i));
        }
        events_clear(&r);
    }
    karvan_table_destroy(want);
}

/* Every score of the sample is that of our table; every country has its code. */
static void icews_by_our_table(void **state) {
    (void)state;
    if (!have("record/icews/events.2018.sample.tab", "Harvard Dataverse, ICEWS")) return;
    events_result file = read_file(NULL);
    const karvan_events_options cameo = {.coded_by = "cameo"},
                                iso = {.countries = KARVAN_EVENTS_STATES};
    events_result table = read_file(&cameo), states = read_file(&iso);
    karvan_i_text a = {0}, b = {0};
    karvan_i_csv_text(file.sums, &a), karvan_i_csv_text(table.sums, &b);
    assert_string_equal(a.s, b.s);
    assert_int_equal(table.tally.unlisted, 0);
    assert_int_equal(states.tally.count[KARVAN_EVENT_TAKEN], 1741);
    assert_int_equal(karvan_table_rows(states.unknown), 0);
    assert_int_equal(karvan_table_rows(states.sums), 417);
    karvan_i_text_clear(&a), karvan_i_text_clear(&b);
    events_clear(&file), events_clear(&table), events_clear(&states);
}

static void icews_of_dataverse(void **state) {
    (void)state;
    if (!have("formats/events/icews_sample_2018-06_500.tsv", "github.com/andybega/icews")) return;
    const karvan_events_options o = {.domestic = true};
    events_result r = read_file(&o);
    assert_int_equal(r.tally.rows, 500);
    assert_int_equal(r.tally.count[KARVAN_EVENT_TAKEN] + r.tally.count[KARVAN_EVENT_NO_COUNTRY],
                     500);
    assert_int_equal(r.tally.unscored, 0);
    events_clear(&r);
}

/* ---- GDELT ---- */

/* What stands in the file, by the C library: rows with two countries that differ. */
static void gdelt_is(const char *name, const char *kind) {
    if (!have(name, "github.com/aamend/spark-gdelt")) return;
    events_result r = read_file(NULL);
    int64_t rows = 0, taken = 0, classes[5] = {0};
    double sum = 0;
    static char line[1 << 16];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        const char *field[31];
        int n = 0;
        field[n++] = line;
        for (char *p = line; *p && n < 31; p++)
            if (*p == '\t') *p = 0, field[n++] = p + 1;
        char *end = strpbrk((char *)(uintptr_t)field[30], "\t\n");
        if (end) *end = 0;
        rows++;
        if (!*field[7] || !*field[17] || strcmp(field[7], field[17]) == 0) continue;
        taken++, sum += strtod(field[30], NULL), classes[*field[29] - '0']++;
    }
    (void)fclose(f);
    assert_string_equal(r.tally.kind, kind);
    assert_int_equal(r.tally.rows, rows);
    assert_int_equal(rows, 100);
    assert_int_equal(r.tally.count[KARVAN_EVENT_TAKEN], taken);
    assert_true(fabs(total(&r, "score_sum") - sum) < 1e-9);
    for (int q = 0; q < KARVAN_QUADS; q++)
        assert_true(total(&r, karvan_quad_name((karvan_quad)q)) == (double)classes[q + 1]);
    const karvan_events_options cameo = {.coded_by = "cameo"};
    events_result table = read_file(&cameo);
    karvan_i_text a = {0}, b = {0};
    karvan_i_csv_text(r.sums, &a), karvan_i_csv_text(table.sums, &b);
    assert_string_equal(a.s, b.s); /* classes and scores of the table are those of the file */
    assert_int_equal(table.tally.unlisted, 0);
    karvan_i_text_clear(&a), karvan_i_text_clear(&b);
    events_clear(&r), events_clear(&table);
}

static void gdelt_samples(void **state) {
    (void)state;
    gdelt_is("formats/events/gdelt1_events_100.tsv", "gdelt1");
    gdelt_is("formats/events/gdelt2_events_100.tsv", "gdelt2");
    gdelt_is("formats/events/gdelt2_translation_events_100.tsv", "gdelt2");
}

static void mentions_are_no_events(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_table *t = NULL;
    if (!have("formats/events/gdelt2_mentions_100.tsv", "github.com/aamend/spark-gdelt")) return;
    const char *one = path;
    assert_int_equal(karvan_events_read(1, &one, NULL, NULL, NULL, &t, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "mentions of GDELT 2"));
}

/* ---- scores ---- */

/* Every code of a maker's table has its score in ours, and ours has no more. The table has one line
 * a code, with code and score in two of its fields, and is parted by sign. */
static void same_scores(char sign, int code, int score, const char *column, int64_t codes) {
    karvan_table *ours;
    char line[4096];
    int64_t n = 0, scored = 0;
    assert_int_equal(karvan_event_scores_table("cameo", &ours, NULL), KARVAN_OK);
    int at = karvan_table_find(ours, column);
    FILE *f = fopen(path, "r");
    assert_true(f && fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        const char *field[8] = {line};
        int fields = 1;
        bool quoted = false;
        line[strcspn(line, "\r\n")] = 0;
        for (char *p = line; *p && fields < 8; p++) {
            quoted ^= *p == '"';
            if (*p == sign && !quoted) *p = 0, field[fields++] = p + 1;
        }
        char name[8] = "";
        (void)sscanf(field[code], "%*[\"]%7[0-9]", name);
        if (!*name) (void)sscanf(field[code], "%7[0-9]", name);
        int64_t row = karvan_table_lookup(ours, 0, name);
        if (row < 0) fail_msg("%s: no such code", name);
        assert_true(fabs(karvan_table_real(ours, at, row) - strtod(field[score], NULL)) < 1e-12);
        n++;
    }
    (void)fclose(f);
    for (int64_t i = 0; i < karvan_table_rows(ours); i++)
        scored += karvan_table_state(ours, at, i) == KARVAN_VALUE;
    assert_int_equal(n, codes);
    assert_int_equal(scored, codes);
    karvan_table_destroy(ours);
}

static void scores_of_their_makers(void **state) {
    (void)state;
    if (have("record/icews/goldstein_mappings.csv", "github.com/andybega/icews"))
        same_scores(',', 0, 2, "score_icews", 312);
    if (have("formats/events/cameoCodeTable.tsv", "github.com/linwoodc3/gdeltPyR"))
        same_scores('\t', 3, 2, "score_gdelt", 280);
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(icews_dyads),
        cmocka_unit_test(icews_by_our_table),
        cmocka_unit_test(icews_of_dataverse),
        cmocka_unit_test(gdelt_samples),
        cmocka_unit_test(mentions_are_no_events),
        cmocka_unit_test(scores_of_their_makers),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
