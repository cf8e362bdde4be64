/* Dyad-years as a table. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "record/dyads_write.h"
#include "table/cell.h"

bool karvan_i_own_column(const karvan_dyad_years *d, karvan_i_own which, karvan_column *out) {
    const karvan_column columns[KARVAN_I_OWN_END] = {
        {"code1", KARVAN_TEXT, NULL},  {"code2", KARVAN_TEXT, NULL},
        {"year", KARVAN_INT, NULL},    {"month", KARVAN_INT, NULL},
        {"exists", KARVAN_TEXT, NULL}, {"extended", KARVAN_BOOL, NULL}};
    *out = columns[which];
    return (which != KARVAN_I_MONTH || d->q.months) && (which != KARVAN_I_EXISTS || d->may_be) &&
           (which != KARVAN_I_EXTENDED || d->q.extend);
}

typedef struct filling {
    const karvan_dyad_years *d;
    karvan_builder *b;
    bool trace;
} filling;

static karvan_status begin(const karvan_dyad_years *d, bool trace, karvan_builder **out,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int n = 0;
    karvan_column *columns =
        karvan_i_calloc(KARVAN_I_OWN_END + 2 * (size_t)d->n_columns, sizeof *columns);
    karvan_i_text names = {0};
    KARVAN_REQUIRE(columns, err, KARVAN_E_NOMEM, "no memory for columns");
    for (int k = 0; k < KARVAN_I_OWN_END; k++)
        if (karvan_i_own_column(d, (karvan_i_own)k, &columns[n])) n++;
    for (int k = 0; k < d->n_columns; k++)
        karvan_i_text_printf(&names, "%s_from%c", d->column[k].name, 0);
    KARVAN_TRY(karvan_i_text_status(&names, err));
    const char *from = names.s;
    for (int k = 0; k < d->n_columns; k++, from += strlen(from) + 1) {
        columns[n++] = karvan_dyad_years_column(d, k);
        if (trace) columns[n++] = (karvan_column){from, KARVAN_TEXT, NULL};
    }
    KARVAN_TRY(karvan_builder_create("dyads", n, columns, out, err));
done:
    karvan_i_free(columns);
    karvan_i_text_clear(&names);
    return st;
}

static karvan_status add_code(const filling *f, int column, int32_t state, karvan_error *err) {
    return karvan_builder_text(f->b, column, f->d->states->code[state], err);
}

static karvan_status add_own(const filling *f, const karvan_dyad *is, int *column,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int c = 0;
    KARVAN_TRY(add_code(f, c++, is->state1, err));
    KARVAN_TRY(add_code(f, c++, is->state2, err));
    KARVAN_TRY(karvan_builder_int(f->b, c++, is->year, err));
    if (f->d->q.months) KARVAN_TRY(karvan_builder_int(f->b, c++, is->month, err));
    if (f->d->may_be)
        KARVAN_TRY(karvan_builder_text(f->b, c++, karvan_truth_name(is->exists), err));
    if (f->d->q.extend) KARVAN_TRY(karvan_builder_bool(f->b, c++, is->extended, err));
    *column = c;
done:
    return st;
}

static karvan_status add_row(void *ctx, const karvan_dyad *is, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const filling *f = ctx;
    char room[KARVAN_I_TRACE_ROOM];
    int c = 0;
    KARVAN_TRY(karvan_builder_row(f->b, err));
    KARVAN_TRY(add_own(f, is, &c, err));
    for (int k = 0; k < f->d->n_columns; k++, c++) {
        const karvan_dyad_cell *cell = &is->cell[k];
        if (cell->state != KARVAN_VALUE)
            KARVAN_TRY(karvan_builder_state(f->b, c, cell->state, err));
        else if (cell->column < 0)
            KARVAN_TRY(karvan_builder_real(f->b, c, cell->real, err));
        else
            KARVAN_TRY(karvan_i_copy_cell(f->b, c, cell->table, cell->column, cell->row, err));
        if (!f->trace) continue;
        karvan_i_trace(cell, room, sizeof room);
        KARVAN_TRY(karvan_builder_text(f->b, ++c, *room ? room : NULL, err));
    }
done:
    return st;
}

karvan_status karvan_dyad_years_table(const karvan_dyad_years *d, bool trace, karvan_table **out,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    filling f = {.d = d, .trace = trace};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(d, err, KARVAN_E_ARG, "dyads is NULL");
    KARVAN_TRY(begin(d, trace, &f.b, err));
    KARVAN_TRY(karvan_dyad_years_each(d, add_row, &f, err));
    st = karvan_builder_finish(f.b, out, err);
    f.b = NULL;
done:
    karvan_builder_destroy(f.b);
    return st;
}
