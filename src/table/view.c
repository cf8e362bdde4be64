#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"

karvan_status karvan_view_init(karvan_view *v, const karvan_table *t, karvan_row_test test,
                               void *ctx, karvan_error *err) {
    if (!v || !t) return karvan_fail(err, KARVAN_E_ARG, "view or table is NULL");
    *v = (karvan_view){.table = t};
    int64_t rows = karvan_table_rows(t);
    v->row = karvan_i_malloc((size_t)rows + 1, sizeof *v->row);
    if (!v->row) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a view");
    for (int64_t r = 0; r < rows; r++)
        if (!test || test(ctx, t, r)) v->row[v->n++] = r;
    return KARVAN_OK;
}

void karvan_view_filter(karvan_view *v, karvan_row_test test, void *ctx) {
    int64_t n = 0;
    for (int64_t i = 0; i < v->n; i++)
        if (test(ctx, v->table, v->row[i])) v->row[n++] = v->row[i];
    v->n = n;
}

void karvan_view_clear(karvan_view *v) {
    karvan_i_free(v->row);
    *v = (karvan_view){0};
}

/* Sign of the order of two cells; missing cells come last. */
static int compare(const karvan_table *t, int c, int64_t a, int64_t b) {
    bool am = karvan_table_state(t, c, a) != KARVAN_VALUE,
         bm = karvan_table_state(t, c, b) != KARVAN_VALUE;
    if (am || bm) return am - bm;
    switch (t->column[c].type) {
    case KARVAN_INT: {
        int64_t x = karvan_table_int(t, c, a), y = karvan_table_int(t, c, b);
        return (x > y) - (x < y);
    }
    case KARVAN_REAL: {
        double x = karvan_table_real(t, c, a), y = karvan_table_real(t, c, b);
        return (x > y) - (x < y);
    }
    case KARVAN_BOOL:
        return karvan_table_bool(t, c, a) - karvan_table_bool(t, c, b);
    case KARVAN_DATE: {
        const karvan_edtf *x = karvan_table_date(t, c, a), *y = karvan_table_date(t, c, b);
        if (x->earliest != y->earliest) return x->earliest < y->earliest ? -1 : 1;
        return (x->latest > y->latest) - (x->latest < y->latest);
    }
    case KARVAN_TEXT:
        break;
    }
    return strcmp(karvan_table_text(t, c, a), karvan_table_text(t, c, b));
}

/* Merge sort: stable, and the order never depends on the C library's qsort. */
static void merge_sort(const karvan_table *t, int c, int sign, int64_t *row, int64_t *spare,
                       int64_t n) {
    if (n < 2) return;
    int64_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(t, c, sign, row, spare, half);
    merge_sort(t, c, sign, row + half, spare, n - half);
    while (i < half && j < n) {
        int order = compare(t, c, row[i], row[j]);
        bool missing = karvan_table_state(t, c, row[i]) != KARVAN_VALUE ||
                       karvan_table_state(t, c, row[j]) != KARVAN_VALUE;
        spare[k++] = (missing ? order : sign * order) <= 0 ? row[i++] : row[j++];
    }
    while (i < half) spare[k++] = row[i++];
    memcpy(row, spare, (size_t)k * sizeof *row);
}

karvan_status karvan_view_sort(karvan_view *v, int column, bool descending, karvan_error *err) {
    if (column < 0 || column >= karvan_table_columns(v->table))
        return karvan_fail(err, KARVAN_E_ARG, "no column %d to sort by", column);
    int64_t *spare = karvan_i_malloc((size_t)v->n + 1, sizeof *spare);
    if (!spare) return karvan_fail(err, KARVAN_E_NOMEM, "no memory to sort");
    merge_sort(v->table, column, descending ? -1 : 1, v->row, spare, v->n);
    karvan_i_free(spare);
    return KARVAN_OK;
}

karvan_status karvan_i_copy_cell(karvan_builder *b, int to, const karvan_table *t, int from,
                                 int64_t row, karvan_error *err) {
    karvan_cell state = karvan_table_state(t, from, row);
    if (state != KARVAN_VALUE) return karvan_builder_state(b, to, state, err);
    switch (t->column[from].type) {
    case KARVAN_INT:
        return karvan_builder_int(b, to, karvan_table_int(t, from, row), err);
    case KARVAN_REAL:
        return karvan_builder_real(b, to, karvan_table_real(t, from, row), err);
    case KARVAN_BOOL:
        return karvan_builder_bool(b, to, karvan_table_bool(t, from, row), err);
    case KARVAN_DATE:
        return karvan_builder_date(b, to, karvan_table_text(t, from, row), err);
    case KARVAN_TEXT:
        break;
    }
    return karvan_builder_text(b, to, karvan_table_text(t, from, row), err);
}

karvan_status karvan_view_copy(const karvan_view *v, int n_columns, const char *const *columns,
                               karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_column *spec = NULL;
    int *from = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    int n = columns ? n_columns : karvan_table_columns(v->table);
    KARVAN_REQUIRE(n > 0, err, KARVAN_E_ARG, "no columns");
    spec = karvan_i_calloc((size_t)n, sizeof *spec);
    from = karvan_i_calloc((size_t)n, sizeof *from);
    KARVAN_REQUIRE(spec && from, err, KARVAN_E_NOMEM, "no memory for a copy");
    for (int c = 0; c < n; c++) {
        from[c] = columns ? karvan_table_find(v->table, columns[c]) : c;
        KARVAN_REQUIRE(from[c] >= 0, err, KARVAN_E_ARG, "table %s has no column %s",
                       karvan_table_name(v->table), columns[c]);
        spec[c] = karvan_table_column(v->table, from[c]);
    }
    KARVAN_TRY(karvan_builder_create(karvan_table_name(v->table), n, spec, &b, err));
    for (int64_t i = 0; i < v->n; i++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        for (int c = 0; c < n; c++)
            KARVAN_TRY(karvan_i_copy_cell(b, c, v->table, from[c], v->row[i], err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(spec), karvan_i_free(from);
    return st;
}
