#include "table/cell.h"

#include <math.h>
#include <string.h>

#include "base/order.h"

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

/* Names beyond these many are not looked at. */
enum { MEANT_MOST = 512 };

const char *karvan_i_meant_column(const karvan_table *t, const char *said, char *room, size_t cap) {
    const char *names[MEANT_MOST];
    int n = 0;
    for (; n < karvan_table_columns(t) && n < MEANT_MOST; n++)
        names[n] = karvan_table_column(t, n).name;
    return karvan_i_meant(said, names, (size_t)n, room, cap);
}

const char *karvan_i_meant_cell(const karvan_table *t, int column, const char *said, char *room,
                                size_t cap) {
    const char *names[MEANT_MOST];
    int32_t n = 0;
    for (; column >= 0 && n < karvan_table_dictionary_size(t, column) && n < MEANT_MOST; n++)
        names[n] = karvan_table_dictionary_text(t, column, n);
    return karvan_i_meant(said, names, (size_t)n, room, cap);
}

const char *karvan_i_meant_or_all(const karvan_table *t, int column, const char *said, char *room,
                                  size_t cap) {
    enum { WORDS_MOST = 20 };
    int32_t n = column < 0 ? 0 : karvan_table_dictionary_size(t, column);
    size_t used = 0;
    if (*karvan_i_meant_cell(t, column, said, room, cap) || n == 0 || n > WORDS_MOST) return room;
    for (int32_t i = 0; i < n && used < cap; i++)
        used += (size_t)snprintf(room + used, cap - used, "%s%s", i ? ", " : "; there are ",
                                 karvan_table_dictionary_text(t, column, i));
    return room;
}
