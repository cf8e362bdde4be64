#ifndef KARVAN_TESTS_FLOWS_TABLE_H
#define KARVAN_TESTS_FLOWS_TABLE_H
/* Flows tables and others from CSV texts, with the types that their columns have. Include cmocka
 * before. */
#include <math.h>
#include <string.h>

#include "karvan/flows.h"
#include "table/cell.h"

static inline karvan_type flows_type(const char *name) {
    for (int c = 0; c < KARVAN_FLOW_COLUMNS; c++)
        if (strcmp(karvan_flow_columns()[c].name, name) == 0) return karvan_flow_columns()[c].type;
    if (strncmp(name, "value", 5) == 0 || strcmp(name, "ratio") == 0 ||
        strncmp(name, "dist", 4) == 0)
        return KARVAN_REAL;
    return KARVAN_TEXT;
}

/* Empty cells are unknown, `..` is not covered. */
static inline karvan_status flows_read(const char *csv, karvan_table **out, karvan_error *err) {
    static const karvan_missing missing[] = {{"", KARVAN_UNKNOWN}, {"..", KARVAN_NOT_COVERED}};
    char header[512];
    karvan_column columns[32];
    int n = 0;
    (void)snprintf(header, sizeof header, "%.*s", (int)strcspn(csv, "\n"), csv);
    for (char *rest = header, *name; (name = strtok_r(rest, ",", &rest)) != NULL;)
        columns[n++] = (karvan_column){name, flows_type(name), NULL};
    const karvan_csv_options o = {
        .n_columns = n, .columns = columns, .n_missing = 2, .missing = missing};
    return karvan_csv_parse(csv, strlen(csv), "f.csv", "flows", &o, NULL, out, err);
}

static inline karvan_table *flows_of(const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (flows_read(csv, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

/* NaN: not covered. */
static inline void is_number(const karvan_table *t, const char *column, int64_t row, double v) {
    double has = karvan_i_cell_real(t, column, row);
    if (isnan(v)) {
        assert_int_equal(karvan_table_state(t, karvan_table_find(t, column), row),
                         KARVAN_NOT_COVERED);
    } else if (!(fabs(has - v) <= 1e-12 * (1 + fabs(v)))) {
        fail_msg("%s in row %d: %.17g, not %.17g", column, (int)row, has, v);
    }
}

static inline void is_text(const karvan_table *t, const char *column, int64_t row, const char *s) {
    const char *has = karvan_i_cell_text(t, column, row);
    if (!has || strcmp(has, s) != 0)
        fail_msg("%s in row %d: '%s', not '%s'", column, (int)row, has ? has : "(none)", s);
}

/* Row of an audit that says this, and how many. */
static inline int64_t audit_rows(const karvan_table *t, const char *what) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "what", r, what)) return (int64_t)karvan_i_cell_real(t, "rows", r);
    return -1;
}
#endif
