/* Long tables hold several things in rows of one key, told apart by a column: rows that are asked
 * for by the values of such columns. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/attach.h"
#include "table/cell.h"

/* A cell as it is asked for; NULL: it holds no value. */
static const char *spelt(const karvan_table *t, int column, int64_t row, char *room, size_t cap) {
    if (karvan_table_state(t, column, row) != KARVAN_VALUE) return NULL;
    switch (karvan_table_column(t, column).type) {
    case KARVAN_INT:
        (void)snprintf(room, cap, "%lld", (long long)karvan_table_int(t, column, row));
        return room;
    case KARVAN_REAL:
        karvan_real_format(karvan_table_real(t, column, row), room, cap);
        return room;
    case KARVAN_BOOL:
        return karvan_table_bool(t, column, row) ? "true" : "false";
    case KARVAN_TEXT:
    case KARVAN_DATE:
        break;
    }
    return karvan_table_text(t, column, row);
}

static karvan_status no_such_value(const karvan_table *t, int column, const char *value,
                                   karvan_error *err) {
    char room[200];
    karvan_column is = karvan_table_column(t, column);
    return karvan_fail(
        err, KARVAN_E_ARG, "no row of %.200s that is asked for has the %.60s '%.60s'%s",
        karvan_i_called(t), is.name, value,
        karvan_i_meant_cell(t, is.type == KARVAN_TEXT ? column : -1, value, room, sizeof room));
}

static karvan_status keep_rows(const karvan_table *t, const char *name, const char *value,
                               uint8_t *leave, karvan_error *err) {
    char room[120], number[40];
    int column = karvan_table_find(t, name);
    int64_t kept = 0;
    if (column < 0)
        return karvan_fail(err, KARVAN_E_ARG, "%s has no column '%.80s'%s", karvan_i_called(t),
                           name, karvan_i_meant_column(t, name, room, sizeof room));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (leave[r]) continue;
        const char *s = spelt(t, column, r, number, sizeof number);
        leave[r] = !s || strcmp(s, value) != 0;
        kept += !leave[r];
    }
    return kept > 0 ? KARVAN_OK : no_such_value(t, column, value, err);
}

karvan_status karvan_i_attach_where(const karvan_table *t, const karvan_attach_options *o,
                                    karvan_i_key *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (o->n_where == 0) return KARVAN_OK;
    KARVAN_REQUIRE(o->n_where > 0 && o->where_columns && o->where_values, err, KARVAN_E_ARG,
                   "rows are asked for by %d values, and there is no list of them", o->n_where);
    k->leave = karvan_i_calloc((size_t)karvan_table_rows(t) + 1, 1);
    KARVAN_REQUIRE(k->leave, err, KARVAN_E_NOMEM, "no memory for rows");
    for (int i = 0; i < o->n_where; i++)
        KARVAN_TRY(keep_rows(t, o->where_columns[i], o->where_values[i], k->leave, err));
done:
    return st;
}
