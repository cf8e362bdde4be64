/* CSV against two public collections of pairs, a file and what it holds as JSON. Each file where we
 * differ is a row of `deviations`, with its reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "conformance/reference.h"
#include "karvan/table.h"

static const char *const SPECTRUM = "csv-spectrum (github.com/max-mapper/csv-spectrum)";
static const char *const SINEEMORE = "csv-test-data (github.com/sineemore/csv-test-data)";
static const karvan_missing NOTHING = {"\1", KARVAN_UNKNOWN}; /* the empty text is a value */

enum { COLUMNS_MAX = 16 };

static const struct {
    const char *name, *reason;
} deviations[] = {
    {"location_coordinates", "the pair disagrees with itself: two telephone numbers"},
    {"newlines_crlf", "the pair disagrees with itself: LF in one, CRLF in the other"},
    {"all-empty", "an empty line is no record; RFC 4180 does not speak of it"},
    {"empty-one-column", "an empty line is no record; RFC 4180 does not speak of it"},
};

static bool deviates(const char *name) {
    for (size_t i = 0; i < sizeof deviations / sizeof deviations[0]; i++)
        if (strcmp(deviations[i].name, name) == 0) return true;
    return false;
}

/* The texts of one expected record, by position or by key, in the order of the first record. */
static const char *expected(const json_t *record, const char *const *keys, int c) {
    return json_string_value(json_is_array(record) ? json_array_get(record, (size_t)c)
                                                   : json_object_get(record, keys[c]));
}

static void same_as(const char *csv, const json_t *records, const char *name) {
    const char *keys[COLUMNS_MAX];
    char number[COLUMNS_MAX][16];
    karvan_column columns[COLUMNS_MAX];
    const json_t *first = json_array_get(records, 0);
    int n = 0;
    bool arrays = json_is_array(first);
    if (arrays)
        for (; n < (int)json_array_size(first); n++)
            (void)snprintf(number[n], sizeof number[n], "c%d", n + 1), keys[n] = number[n];
    for (void *i = json_object_iter((json_t *)first); i && n < COLUMNS_MAX;
         i = json_object_iter_next((json_t *)first, i))
        keys[n++] = json_object_iter_key(i);
    for (int c = 0; c < n; c++) columns[c] = (karvan_column){keys[c], KARVAN_TEXT, NULL};
    karvan_csv_options o = {.n_columns = n,
                            .columns = columns,
                            .no_header = arrays,
                            .delimiter = ',',
                            .n_missing = 1,
                            .missing = &NOTHING};
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_read(csv, "t", &o, NULL, &t, &e) != KARVAN_OK) fail_msg("%s: %s", name, e.msg);
    assert_int_equal(karvan_table_rows(t), json_array_size(records));
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        for (int c = 0; c < n; c++) {
            const char *want = expected(json_array_get(records, (size_t)r), keys, c),
                       *got = karvan_table_text(t, c, r);
            assert_non_null(want);
            if (!got || strcmp(want, got) != 0)
                fail_msg("%s: row %d, column %d: '%s', expected '%s'", name, (int)r, c,
                         got ? got : "(missing)", want);
        }
    karvan_table_destroy(t);
}

/* folder: of both; the CSV files lie in `csvs` below it. */
static void pairs(const char *folder, const char *csvs, const char *origin,
                  const char *const *names) {
    char csv[600], json[600], relative[200];
    int same = 0;
    for (int i = 0; names[i]; i++) {
        (void)snprintf(relative, sizeof relative, "formats/csv/%s/%s/%s.csv", folder, csvs,
                       names[i]);
        if (!reference_file(relative, origin, csv, sizeof csv)) skip();
        (void)snprintf(relative, sizeof relative, "formats/csv/%s/json/%s.json", folder, names[i]);
        if (!reference_file(relative, origin, json, sizeof json)) skip();
        if (deviates(names[i])) continue;
        json_t *records = json_load_file(json, 0, NULL);
        assert_non_null(records);
        same_as(csv, records, names[i]), same++;
        json_decref(records);
    }
    print_message("%s: %d pairs the same\n", folder, same);
}

static void spectrum(void **state) {
    (void)state;
    static const char *const names[] = {"comma_in_quotes",
                                        "empty",
                                        "empty_crlf",
                                        "escaped_quotes",
                                        "json",
                                        "location_coordinates",
                                        "newlines",
                                        "newlines_crlf",
                                        "quotes_and_newlines",
                                        "simple",
                                        "simple_crlf",
                                        "utf8",
                                        NULL};
    pairs("csv-spectrum", "csvs", SPECTRUM, names);
}

static void sineemore(void **state) {
    (void)state;
    static const char *const names[] = {"all-empty",
                                        "empty-field",
                                        "empty-one-column",
                                        "header-simple",
                                        "leading-space",
                                        "one-column",
                                        "quotes-empty",
                                        "quotes-with-comma",
                                        "quotes-with-escaped-quote",
                                        "quotes-with-newline",
                                        "quotes-with-space",
                                        "simple-crlf",
                                        "simple-lf",
                                        "trailing-newline-one-field",
                                        "trailing-newline",
                                        "trailing-space",
                                        "utf8",
                                        NULL};
    pairs("csv-test-data", "csv", SINEEMORE, names);
}

/* Files that are no CSV: refused, at the place of the fault. */
static void bad_files(void **state) {
    (void)state;
    static const struct {
        const char *name, *told;
    } bad[] = {{"bad-header-less-fields", ":2:"}, {"bad-header-more-fields", ":2:"},
               {"bad-header-no-header", "empty"}, {"bad-header-wrong-header", ":1:"},
               {"bad-missing-quote", ":2:3"},     {"bad-quotes-with-unescaped-quote", ":2:"}};
    static const karvan_column columns[] = {
        {"foo", KARVAN_TEXT, NULL}, {"bar", KARVAN_TEXT, NULL}, {"baz", KARVAN_TEXT, NULL}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char path[600], relative[200];
        karvan_csv_options o = {.n_columns = 3, .columns = columns, .delimiter = ','};
        karvan_table *t = NULL;
        karvan_error e = {0};
        (void)snprintf(relative, sizeof relative, "formats/csv/csv-test-data/csv/%s.csv",
                       bad[i].name);
        if (!reference_file(relative, SINEEMORE, path, sizeof path)) skip();
        assert_int_equal(karvan_csv_read(path, "t", &o, NULL, &t, &e), KARVAN_E_DATA);
        assert_null(t);
        if (!strstr(e.msg, bad[i].told)) fail_msg("%s: %s", bad[i].name, e.msg);
    }
}

/* A header with no rows is a table with no rows. */
static void header_alone(void **state) {
    (void)state;
    char path[600];
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (!reference_file("formats/csv/csv-test-data/csv/header-no-rows.csv", SINEEMORE, path,
                        sizeof path))
        skip();
    if (karvan_csv_read(path, "t", NULL, NULL, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_table_rows(t), 0);
    assert_int_equal(karvan_table_columns(t), 3);
    karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(spectrum), cmocka_unit_test(sineemore),
                                       cmocka_unit_test(bad_files), cmocka_unit_test(header_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
