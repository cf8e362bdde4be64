/* The first byte says how to read, the rest is the file. Reading twice gives the same; a table that
 * was read without a fault is written and read back to the same cells. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DECLARED = 1, NO_HEADER = 2, LATIN1 = 4, SEMICOLON = 8, EXTRA = 16, LIST = 32, GAPS = 64 };

static void require(bool promise) {
    if (!promise) abort();
}

static const karvan_missing MARKERS[] = {{"", KARVAN_UNKNOWN}, {"..", KARVAN_NOT_COVERED}};

/* only: the one column that is wanted, NULL: all. */
static karvan_table *read_as(uint8_t how, const char *s, size_t n, const char *only,
                             karvan_problems *problems) {
    static const char *const gaps[] = {"NA", "."};
    static const karvan_column columns[] = {{"a", KARVAN_INT, NULL},
                                            {"b", KARVAN_REAL, NULL},
                                            {"c", KARVAN_DATE, NULL},
                                            {"d", KARVAN_BOOL, NULL},
                                            {"e", KARVAN_TEXT, NULL}};
    karvan_csv_options o = {.delimiter = how & SEMICOLON ? ';' : 0,
                            .encoding = how & LATIN1 ? "latin1" : NULL,
                            .no_header = how & NO_HEADER,
                            .n_columns = how & DECLARED ? 5 : 0,
                            .columns = columns,
                            .extra_columns = how & EXTRA,
                            .n_missing = 2,
                            .missing = MARKERS,
                            .n_gaps = how & GAPS ? 2 : 0,
                            .gaps = gaps,
                            .n_only = only ? 1 : 0,
                            .only = &only};
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_status st = karvan_csv_parse(s, n, "f", "f", &o, problems, &t, &e);
    require((st == KARVAN_OK) == (t != NULL));
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && *e.msg));
    return t;
}

/* Texts that mean a missing cell, or a mark of byte order where a file begins, are no values to a
 * reader. */
static bool comes_back(const karvan_table *t) {
    for (int c = 0; c < karvan_table_columns(t); c++) {
        if (strncmp(karvan_table_column(t, c).name, "\xEF\xBB\xBF", 3) == 0) return false;
        for (int64_t r = 0; r < karvan_table_rows(t); r++) {
            if (karvan_table_state(t, c, r) != KARVAN_VALUE ||
                karvan_table_column(t, c).type != KARVAN_TEXT)
                continue;
            const char *s = karvan_table_text(t, c, r);
            if (*s == 0 || strcmp(s, "..") == 0) return false;
        }
    }
    return karvan_table_columns(t) > 0;
}

static void same_cell(const karvan_table *a, const karvan_table *b, int c, int64_t r) {
    require(karvan_table_state(a, c, r) == karvan_table_state(b, c, r));
    if (karvan_table_state(a, c, r) != KARVAN_VALUE) return;
    switch (karvan_table_column(a, c).type) {
    case KARVAN_INT:
        require(karvan_table_int(a, c, r) == karvan_table_int(b, c, r));
        break;
    case KARVAN_REAL:
        require(karvan_table_real(a, c, r) == karvan_table_real(b, c, r));
        break;
    case KARVAN_BOOL:
        require(karvan_table_bool(a, c, r) == karvan_table_bool(b, c, r));
        break;
    case KARVAN_TEXT:
    case KARVAN_DATE:
        require(strcmp(karvan_table_text(a, c, r), karvan_table_text(b, c, r)) == 0);
        break;
    }
}

static void same_table(const karvan_table *a, const karvan_table *b) {
    require(karvan_table_rows(a) == karvan_table_rows(b));
    require(karvan_table_columns(a) == karvan_table_columns(b));
    for (int c = 0; c < karvan_table_columns(a); c++) {
        require(strcmp(karvan_table_column(a, c).name, karvan_table_column(b, c).name) == 0);
        for (int64_t r = 0; r < karvan_table_rows(a); r++) same_cell(a, b, c, r);
    }
}

/* Written as CSV and read with the types it had. */
static void round_trip(const karvan_table *t) {
    int n = karvan_table_columns(t);
    char *s = NULL;
    size_t size = 0;
    karvan_error e = {0};
    karvan_table *back = NULL;
    karvan_column *columns = calloc((size_t)n, sizeof *columns);
    FILE *f = open_memstream(&s, &size);
    require(columns && f);
    for (int c = 0; c < n; c++) columns[c] = karvan_table_column(t, c);
    require(karvan_table_write(t, KARVAN_FORMAT_CSV, 0, f, &e) == KARVAN_OK);
    require(fclose(f) == 0);
    karvan_csv_options o = {
        .delimiter = ',', .n_columns = n, .columns = columns, .n_missing = 2, .missing = MARKERS};
    require(karvan_csv_parse(s, size, "g", "g", &o, NULL, &back, &e) == KARVAN_OK);
    same_table(t, back);
    karvan_table_destroy(back);
    free(columns), free(s);
}

/* A column is the same whether the others are read or not. */
static void alone(const karvan_table *t, uint8_t how, const char *s, size_t n) {
    int last = karvan_table_columns(t) - 1;
    if (how & DECLARED || last < 0) return;
    karvan_table *one = read_as(how, s, n, karvan_table_column(t, last).name, NULL);
    require(one && karvan_table_columns(one) == 1);
    require(karvan_table_rows(one) == karvan_table_rows(t));
    require(karvan_table_column(one, 0).type == karvan_table_column(t, last).type);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        require(karvan_table_state(one, 0, r) == karvan_table_state(t, last, r));
        const char *a = karvan_table_text(one, 0, r), *b = karvan_table_text(t, last, r);
        require((!a && !b) || strcmp(a, b) == 0);
        double x = karvan_table_real(one, 0, r), y = karvan_table_real(t, last, r);
        require(x == y || (isnan(x) && isnan(y)));
    }
    karvan_table_destroy(one);
}

/* Every problem lies in the file and says something. */
static void sane(const karvan_problems *problems) {
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        require(p.line >= 0 && p.column >= 0 && *p.code && *p.message);
        require(karvan_utf8_valid_prefix(p.message, strlen(p.message)) == strlen(p.message));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    karvan_problems *problems = NULL;
    if (size < 1 || size > 1 << 16) return 0; /* bound the work, not the meaning */
    uint8_t how = data[0];
    const char *s = (const char *)data + 1;
    require(karvan_problems_create(&problems, NULL) == KARVAN_OK);
    karvan_table *t = read_as(how, s, size - 1, NULL, how & LIST ? problems : NULL);
    if (t) {
        karvan_table *again = read_as(how, s, size - 1, NULL, how & LIST ? problems : NULL);
        require(again != NULL);
        same_table(t, again);
        karvan_table_destroy(again);
        if (karvan_problems_total(problems) == 0) alone(t, how, s, size - 1);
        if (karvan_problems_total(problems) == 0 && comes_back(t)) round_trip(t);
    }
    sane(problems);
    karvan_table_destroy(t), karvan_problems_destroy(problems);
    require(karvan_i_alloc_live == live);
    return 0;
}
