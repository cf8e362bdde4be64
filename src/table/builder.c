#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/column.h"

struct karvan_builder {
    karvan_table *t;
};

void karvan_builder_destroy(karvan_builder *b) {
    if (!b) return;
    karvan_table_destroy(b->t);
    karvan_i_free(b);
}

karvan_status karvan_builder_create(const char *name, int n_columns, const karvan_column *columns,
                                    karvan_builder **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(name && n_columns > 0 && columns, err, KARVAN_E_ARG,
                   "a table needs a name and columns");
    b = karvan_i_calloc(1, sizeof *b);
    KARVAN_REQUIRE(b, err, KARVAN_E_NOMEM, "table %s", name);
    b->t = karvan_i_calloc(1, sizeof *b->t);
    KARVAN_REQUIRE(b->t, err, KARVAN_E_NOMEM, "table %s", name);
    b->t->name = karvan_i_strndup(name, strlen(name));
    b->t->column = karvan_i_calloc((size_t)n_columns, sizeof *b->t->column);
    KARVAN_REQUIRE(b->t->name && b->t->column, err, KARVAN_E_NOMEM, "table %s", name);
    for (int c = 0; c < n_columns; c++) {
        KARVAN_REQUIRE(columns[c].name && *columns[c].name, err, KARVAN_E_ARG,
                       "column %d of table %s has no name", c + 1, name);
        KARVAN_REQUIRE(karvan_table_find(b->t, columns[c].name) < 0, err, KARVAN_E_ARG,
                       "table %s has two columns %s", name, columns[c].name);
        KARVAN_TRY(karvan_i_column_init(&b->t->column[c], columns[c].name, columns[c].type,
                                        columns[c].unit, err));
        b->t->n_columns++;
    }
    *out = b, b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_builder_row(karvan_builder *b, karvan_error *err) {
    for (int c = 0; c < b->t->n_columns; c++) {
        karvan_status st = karvan_i_column_missing(&b->t->column[c], KARVAN_UNKNOWN, err);
        if (st == KARVAN_OK) continue;
        for (c--; c >= 0; c--) karvan_i_column_drop_last(&b->t->column[c]); /* all or none */
        return st;
    }
    b->t->n_rows++;
    return KARVAN_OK;
}

/* The newest row's cell of a column of this type, emptied so that it can be appended again. */
static karvan_status reopen(karvan_builder *b, int column, karvan_type type, karvan_i_column **out,
                            karvan_error *err) {
    if (b->t->n_rows == 0 || column < 0 || column >= b->t->n_columns)
        return karvan_fail(err, KARVAN_E_ARG, "table %s: no row, or no column %d", b->t->name,
                           column);
    karvan_i_column *c = &b->t->column[column];
    if (c->type != type)
        return karvan_fail(err, KARVAN_E_ARG, "table %s: column %s holds %s, not %s", b->t->name,
                           c->name, karvan_type_name(c->type), karvan_type_name(type));
    karvan_i_column_drop_last(c);
    *out = c;
    return KARVAN_OK;
}

/* The room of the dropped cell is still there: putting it back cannot fail. */
static karvan_status put_back(karvan_i_column *c, karvan_status st) {
    if (st != KARVAN_OK) c->n++;
    return st;
}

void karvan_i_builder_copy(karvan_builder *b, int64_t row, int begin, int end) {
    int64_t to = b->t->n_rows - 1;
    for (int c = begin; c < end; c++) {
        karvan_i_column *column = &b->t->column[c];
        if (column->type == KARVAN_BOOL)
            column->v.b[to] = column->v.b[row];
        else if (column->type == KARVAN_TEXT || column->type == KARVAN_DATE)
            column->v.code[to] = column->v.code[row];
        else
            column->v.i[to] = column->v.i[row]; /* a number of either kind */
        if (column->state) column->state[to] = column->state[row];
    }
}

int64_t karvan_i_builder_rows(const karvan_builder *b) { return b->t->n_rows; }

karvan_status karvan_builder_int(karvan_builder *b, int column, int64_t v, karvan_error *err) {
    karvan_i_column *c = NULL;
    karvan_status st = reopen(b, column, KARVAN_INT, &c, err);
    return st == KARVAN_OK ? put_back(c, karvan_i_column_int(c, v, err)) : st;
}

karvan_status karvan_builder_real(karvan_builder *b, int column, double v, karvan_error *err) {
    karvan_i_column *c = NULL;
    if (isinf(v)) return karvan_fail(err, KARVAN_E_ARG, "an infinite number in column %d", column);
    karvan_status st = reopen(b, column, KARVAN_REAL, &c, err);
    if (st != KARVAN_OK) return st;
    return put_back(c, isnan(v) ? karvan_i_column_missing(c, KARVAN_UNKNOWN, err)
                                : karvan_i_column_real(c, v, err));
}

static karvan_status put_text(karvan_builder *b, int column, karvan_type type, const char *v,
                              karvan_error *err) {
    karvan_i_column *c = NULL;
    size_t n = v ? strlen(v) : 0;
    if (v && karvan_utf8_valid_prefix(v, n) != n)
        return karvan_fail(err, KARVAN_E_ARG, "text of column %d is not UTF-8", column);
    karvan_status st = reopen(b, column, type, &c, err);
    if (st != KARVAN_OK) return st;
    return put_back(c, v ? karvan_i_column_text(c, v, n, err)
                         : karvan_i_column_missing(c, KARVAN_UNKNOWN, err));
}

karvan_status karvan_builder_text(karvan_builder *b, int column, const char *v, karvan_error *err) {
    return put_text(b, column, KARVAN_TEXT, v, err);
}

karvan_status karvan_builder_date(karvan_builder *b, int column, const char *edtf,
                                  karvan_error *err) {
    return put_text(b, column, KARVAN_DATE, edtf, err);
}

karvan_status karvan_builder_bool(karvan_builder *b, int column, bool v, karvan_error *err) {
    karvan_i_column *c = NULL;
    karvan_status st = reopen(b, column, KARVAN_BOOL, &c, err);
    return st == KARVAN_OK ? put_back(c, karvan_i_column_bool(c, v, err)) : st;
}

karvan_status karvan_builder_state(karvan_builder *b, int column, karvan_cell state,
                                   karvan_error *err) {
    if (column < 0 || column >= b->t->n_columns || state == KARVAN_VALUE || state > KARVAN_UNKNOWN)
        return karvan_fail(err, KARVAN_E_ARG, "column %d cannot take state %d", column, (int)state);
    karvan_i_column *c = NULL;
    karvan_status st = reopen(b, column, b->t->column[column].type, &c, err);
    return st == KARVAN_OK ? put_back(c, karvan_i_column_missing(c, state, err)) : st;
}

karvan_status karvan_builder_finish(karvan_builder *take, karvan_table **out, karvan_error *err) {
    if (!take || !out) {
        karvan_builder_destroy(take);
        return karvan_fail(err, KARVAN_E_ARG, "builder or out is NULL");
    }
    *out = take->t;
    for (int c = 0; c < take->t->n_columns; c++) karvan_i_column_trim(&take->t->column[c]);
    take->t = NULL;
    karvan_builder_destroy(take);
    return KARVAN_OK;
}
