#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/column.h"
#include "table/csv.h"

const char *karvan_type_name(karvan_type t) {
    static const char *const names[] = {"integer", "number", "text", "date", "boolean"};
    return t >= KARVAN_INT && t <= KARVAN_BOOL ? names[t] : "unknown";
}

const char *karvan_cell_name(karvan_cell c) {
    static const char *const names[] = {"value", "not covered", "unknown"};
    return c >= KARVAN_VALUE && c <= KARVAN_UNKNOWN ? names[c] : "unknown";
}

void karvan_table_destroy(karvan_table *t) {
    if (!t) return;
    for (int c = 0; c < t->n_columns; c++) karvan_i_column_clear(&t->column[c]);
    karvan_i_free(t->column), karvan_i_free(t->name), karvan_i_free(t->path);
    karvan_i_free(t->line), karvan_i_free(t->field), karvan_i_free(t->offset);
    karvan_i_free(t);
}

const char *karvan_table_name(const karvan_table *t) { return t->name; }
int64_t karvan_table_rows(const karvan_table *t) { return t->n_rows; }
int karvan_table_columns(const karvan_table *t) { return t->n_columns; }

int karvan_table_find(const karvan_table *t, const char *column) {
    for (int c = 0; c < t->n_columns; c++) /* most differ where they begin */
        if (*t->column[c].name == *column && strcmp(t->column[c].name, column) == 0) return c;
    return -1;
}

karvan_column karvan_table_column(const karvan_table *t, int column) {
    const karvan_i_column *c = &t->column[column];
    return (karvan_column){c->name, c->type, c->unit};
}

static const karvan_i_column *at(const karvan_table *t, int column, int64_t row) {
    assert(column >= 0 && column < t->n_columns && row >= 0 && row < t->n_rows);
    (void)row;
    return &t->column[column];
}

karvan_cell karvan_table_state(const karvan_table *t, int column, int64_t row) {
    const karvan_i_column *c = at(t, column, row);
    return c->state ? (karvan_cell)c->state[row] : KARVAN_VALUE;
}

int64_t karvan_table_int(const karvan_table *t, int column, int64_t row) {
    const karvan_i_column *c = at(t, column, row);
    return c->type == KARVAN_INT ? c->v.i[row] : 0;
}

double karvan_table_real(const karvan_table *t, int column, int64_t row) {
    const karvan_i_column *c = at(t, column, row);
    if (c->type == KARVAN_REAL) return c->v.r[row];
    if (c->type != KARVAN_INT || karvan_table_state(t, column, row) != KARVAN_VALUE) return NAN;
    return (double)c->v.i[row];
}

int32_t karvan_table_code(const karvan_table *t, int column, int64_t row) {
    const karvan_i_column *c = at(t, column, row);
    return c->type == KARVAN_TEXT || c->type == KARVAN_DATE ? c->v.code[row] : -1;
}

const char *karvan_table_text(const karvan_table *t, int column, int64_t row) {
    int32_t code = karvan_table_code(t, column, row);
    return code < 0 ? NULL : karvan_table_dictionary_text(t, column, code);
}

const karvan_edtf *karvan_table_date(const karvan_table *t, int column, int64_t row) {
    const karvan_i_column *c = at(t, column, row);
    if (c->type != KARVAN_DATE || c->v.code[row] < 0) return NULL;
    return &c->dates[c->v.code[row]];
}

bool karvan_table_bool(const karvan_table *t, int column, int64_t row) {
    const karvan_i_column *c = at(t, column, row);
    return c->type == KARVAN_BOOL && c->v.b[row] != 0;
}

int32_t karvan_table_dictionary_size(const karvan_table *t, int column) {
    return t->column[column].dictionary.n;
}

const char *karvan_table_dictionary_text(const karvan_table *t, int column, int32_t code) {
    const karvan_i_dictionary *d = &t->column[column].dictionary;
    return d->bytes + d->at[code];
}

const int64_t *karvan_table_int_view(const karvan_table *t, int column) {
    return t->column[column].type == KARVAN_INT ? t->column[column].v.i : NULL;
}

const double *karvan_table_real_view(const karvan_table *t, int column) {
    return t->column[column].type == KARVAN_REAL ? t->column[column].v.r : NULL;
}

size_t karvan_table_bytes(const karvan_table *t) {
    size_t n = t->line ? (size_t)t->n_rows * sizeof *t->line : 0;
    if (t->offset) n += ((size_t)t->n_rows / KARVAN_I_ROWS_APART + 1) * sizeof *t->offset;
    for (int c = 0; c < t->n_columns; c++) n += karvan_i_column_bytes(&t->column[c]);
    return n;
}

int64_t karvan_table_lookup(const karvan_table *t, int column, const char *key) {
    const karvan_i_column *c = &t->column[column];
    if (c->type != KARVAN_TEXT && c->type != KARVAN_DATE) return -1;
    int32_t code = karvan_i_dictionary_find(&c->dictionary, key, strlen(key));
    for (int64_t r = 0; code >= 0 && r < t->n_rows; r++)
        if (c->v.code[r] == code) return r;
    return -1;
}

const char *karvan_table_locate(const karvan_table *t, int column, int64_t row, int64_t *line,
                                int64_t *col) {
    *line = 0, *col = 1;
    if (!t->path) return NULL;
    if (t->line && row >= 0 && row < t->n_rows) *line = t->line[row];
    if (t->field && t->offset && column >= 0 && t->field[column] >= 0 && *line > 0) {
        int64_t block = row / KARVAN_I_ROWS_APART;
        karvan_i_csv_find_field(t->path, t->delimiter, t->offset[block],
                                t->line[block * KARVAN_I_ROWS_APART], t->field[column], line, col);
    }
    return t->path;
}
