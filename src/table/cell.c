#include "table/cell.h"

#include <math.h>
#include <string.h>

/* Index of the column, -1 where the cell cannot be read. */
static int place(const karvan_table *t, const char *column, int64_t row) {
    return t && row >= 0 && row < karvan_table_rows(t) ? karvan_table_find(t, column) : -1;
}

const char *karvan_i_cell_text(const karvan_table *t, const char *column, int64_t row) {
    int c = place(t, column, row);
    return c < 0 ? NULL : karvan_table_text(t, c, row);
}

double karvan_i_cell_real(const karvan_table *t, const char *column, int64_t row) {
    int c = place(t, column, row);
    if (c < 0 || karvan_table_state(t, c, row) != KARVAN_VALUE) return NAN;
    return karvan_table_real(t, c, row);
}

const karvan_edtf *karvan_i_cell_date(const karvan_table *t, const char *column, int64_t row) {
    int c = place(t, column, row);
    return c < 0 ? NULL : karvan_table_date(t, c, row);
}

bool karvan_i_cell_bool(const karvan_table *t, const char *column, int64_t row) {
    int c = place(t, column, row);
    return c >= 0 && karvan_table_bool(t, c, row);
}

bool karvan_i_cell_is(const karvan_table *t, const char *column, int64_t row, const char *text) {
    const char *s = karvan_i_cell_text(t, column, row);
    return s && text && strcmp(s, text) == 0;
}

double karvan_i_value_or(const karvan_table *t, int column, int64_t row, double otherwise) {
    if (column < 0 || karvan_table_state(t, column, row) != KARVAN_VALUE) return otherwise;
    return karvan_table_real(t, column, row);
}

karvan_status karvan_i_refuse(const karvan_table *t, int column, int64_t row, const char *what,
                              karvan_error *err) {
    int64_t line = 0, col = 0;
    const char *file = karvan_table_locate(t, column, row, &line, &col);
    return karvan_fail(err, KARVAN_E_DATA, "%s:%lld:%lld: %s", file ? file : karvan_table_name(t),
                       (long long)line, (long long)col, what);
}

karvan_status karvan_i_cell_refuse(const karvan_table *t, const char *column, int64_t row,
                                   const char *what, karvan_error *err) {
    return karvan_i_refuse(t, karvan_table_find(t, column), row, what, err);
}

karvan_status karvan_i_need_table(const karvan_package *region, const char *name,
                                  const karvan_table **out, karvan_error *err) {
    *out = karvan_package_table(region, name);
    if (*out) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA, "the region has no table %s that can be read", name);
}

karvan_status karvan_i_need_column(const karvan_table *t, const char *column, int *out,
                                   karvan_error *err) {
    *out = karvan_table_find(t, column);
    if (*out >= 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA, "table %s has no column %s", karvan_table_name(t),
                       column);
}
