#ifndef KARVAN_TESTS_DYADS_BED_H
#define KARVAN_TESTS_DYADS_BED_H
/* States, dyads and tables from texts, and what is written of them. Include cmocka before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/dyads.h"
#include "record/states.h"
#include "table/known.h"

static inline karvan_states *states_of(const char *csv) {
    karvan_states *s = NULL;
    karvan_error e = {0};
    if (karvan_states_parse(csv, strlen(csv), "s.csv", NULL, NULL, &s, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return s;
}

static inline karvan_table *table_of(const char *csv, const char *path) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    const karvan_i_csv_from from = {.path = path, .bytes = csv, .n = strlen(csv)};
    if (karvan_i_csv_known(from, path, karvan_i_n_state_columns, karvan_i_state_columns, true, &t,
                           &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static inline karvan_dyad_years *dyads_of(const karvan_states *s, karvan_dyad_years_query q) {
    karvan_dyad_years *d = NULL;
    karvan_error e = {0};
    if (karvan_dyad_years_create(s, &q, &d, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return d;
}

/* Whole text of a stream; to be freed with free. */
static inline char *text_of(const karvan_dyad_years *d, bool trace, karvan_format format) {
    char *s = NULL;
    size_t n = 0;
    karvan_error e = {0};
    FILE *f = open_memstream(&s, &n);
    assert_non_null(f);
    if (karvan_dyad_years_write(d, trace, format, 0, f, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(fclose(f), 0);
    return s;
}

static inline void assert_text(const karvan_dyad_years *d, bool trace, karvan_format format,
                               const char *expected) {
    char *s = text_of(d, trace, format);
    assert_string_equal(s, expected);
    free(s);
}

static inline int64_t count_of(const karvan_dyad_years *d) {
    int64_t n = -1;
    assert_int_equal(karvan_dyad_years_count(d, &n, NULL, NULL), KARVAN_OK);
    return n;
}
#endif
