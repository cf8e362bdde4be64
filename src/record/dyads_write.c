/* Dyad-years as CSV or JSON, written while they are passed through. What is the same in many rows
 * is spelled once: the codes a pair, the time a period, values of a state a row of their table. */
#include "record/dyads_write.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "table/cell.h"

enum { ROOM = 1 << 16, TIME_ROOM = 64 };

/* Spelled values of a column: of all rows of its table, or of those spelled last. */
typedef struct spelling {
    karvan_i_text text;
    size_t *at;        /* [rows + 1]; NULL: spelled as they come */
    int64_t row, row2; /* of the text, where at is NULL */
} spelling;

typedef struct writer {
    const karvan_dyad_years *d;
    FILE *out;
    bool json, trace, any;
    char *buffer; /* [ROOM] */
    size_t used;
    karvan_i_text pair;  /* codes of the pair */
    char *time;          /* [periods][TIME_ROOM] */
    uint8_t *time_n;     /* [periods] */
    karvan_i_text *name; /* [n_columns] what stands before the value in JSON: , "name":  */
    spelling *spelled;   /* [n_columns] */
    karvan_i_text scratch;
    karvan_i_cells cells;
} writer;

/* ---- bytes out ---- */

static karvan_status flush(writer *w, karvan_error *err) {
    if (fwrite(w->buffer, 1, w->used, w->out) != w->used)
        return karvan_fail(err, KARVAN_E_IO, "cannot write the dyads: %s", strerror(errno));
    w->used = 0;
    return KARVAN_OK;
}

static karvan_status put_slow(writer *w, const char *s, size_t n, karvan_error *err) {
    karvan_status st = flush(w, err);
    for (; st == KARVAN_OK && n > ROOM; s += ROOM, n -= ROOM) {
        memcpy(w->buffer, s, ROOM), w->used = ROOM;
        st = flush(w, err);
    }
    if (st == KARVAN_OK) memcpy(w->buffer, s, n), w->used = n;
    return st;
}

static inline karvan_status put(writer *w, const char *s, size_t n, karvan_error *err) {
    if (n > ROOM - w->used) return put_slow(w, s, n, err);
    if (n > 0) memcpy(w->buffer + w->used, s, n);
    w->used += n;
    return KARVAN_OK;
}

/* ---- spelling ---- */

static void spell_text(karvan_i_text *t, bool json, const char *s) {
    if (!json) {
        karvan_i_text_csv(t, s);
        return;
    }
    karvan_i_text_puts(t, "\"");
    karvan_i_text_json(t, s);
    karvan_i_text_puts(t, "\"");
}

static void spell_missing(karvan_i_text *t, bool json, karvan_cell state) {
    karvan_i_text_puts(t, json ? "null" : state == KARVAN_NOT_COVERED ? ".." : "");
}

static void spell_real(karvan_i_text *t, double v) {
    char room[40];
    karvan_real_format(v, room, sizeof room);
    karvan_i_text_puts(t, room);
}

static void spell_cell(karvan_i_text *t, bool json, const karvan_table *from, int column,
                       int64_t row) {
    karvan_cell state = karvan_table_state(from, column, row);
    if (state != KARVAN_VALUE) {
        spell_missing(t, json, state);
        return;
    }
    switch (karvan_table_column(from, column).type) {
    case KARVAN_INT:
        karvan_i_text_printf(t, "%lld", (long long)karvan_table_int(from, column, row));
        break;
    case KARVAN_REAL:
        spell_real(t, karvan_table_real(from, column, row));
        break;
    case KARVAN_BOOL:
        karvan_i_text_puts(t, karvan_table_bool(from, column, row) ? "true" : "false");
        break;
    case KARVAN_TEXT:
    case KARVAN_DATE:
        spell_text(t, json, karvan_table_text(from, column, row));
        break;
    }
}

static void spell_code(const writer *w, karvan_i_text *t, int32_t state) {
    spell_text(t, w->json, w->d->states->code[state]);
}

/* ---- what is spelled once ---- */

static void spell_pair(writer *w, int32_t a, int32_t b) {
    w->pair.n = 0;
    karvan_i_text_puts(&w->pair, w->json ? " {\"code1\": " : "");
    spell_code(w, &w->pair, a);
    karvan_i_text_puts(&w->pair, w->json ? ", \"code2\": " : ",");
    spell_code(w, &w->pair, b);
    karvan_i_text_puts(&w->pair, w->json ? ", \"year\": " : ",");
}

static void spell_times(writer *w) {
    const karvan_dyad_years *d = w->d;
    for (int32_t p = 0; p < d->periods; p++) {
        char *s = w->time + (size_t)p * TIME_ROOM;
        int64_t year = d->q.from + p / d->per_year;
        int n = snprintf(s, TIME_ROOM, "%lld", (long long)year);
        if (d->q.months)
            n += snprintf(s + n, (size_t)(TIME_ROOM - n), "%s%d", w->json ? ", \"month\": " : ",",
                          (int)(p % 12) + 1);
        w->time_n[p] = (uint8_t)n;
    }
}

static karvan_status spell_columns(writer *w, karvan_error *err) {
    const karvan_dyad_years *d = w->d;
    for (int k = 0; k < d->n_columns; k++) {
        const karvan_i_source *s = &d->source[d->column[k].source];
        spelling *x = &w->spelled[k];
        x->row = -1;
        karvan_i_text_puts(&w->name[k], w->json ? ", \"" : ",");
        if (w->json) karvan_i_text_json(&w->name[k], d->column[k].name);
        if (w->json) karvan_i_text_puts(&w->name[k], "\": ");
        karvan_status st = karvan_i_text_status(&w->name[k], err);
        if (st != KARVAN_OK) return st;
        if (s->kind != KARVAN_I_OF_STATES) continue;
        int64_t rows = karvan_table_rows(s->t);
        x->at = karvan_i_malloc((size_t)rows + 1, sizeof *x->at);
        if (!x->at) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for values");
        for (int64_t r = 0; r < rows; r++) {
            x->at[r] = x->text.n;
            spell_cell(&x->text, w->json, s->t, d->column[k].column, r);
        }
        x->at[rows] = x->text.n;
        if (x->text.failed) return karvan_i_text_status(&x->text, err);
    }
    return KARVAN_OK;
}

/* ---- rows ---- */

static karvan_status put_scratch(writer *w, karvan_error *err) {
    karvan_status st = karvan_i_text_status(&w->scratch, err);
    return st == KARVAN_OK ? put(w, w->scratch.s, w->scratch.n, err) : st;
}

/* `x_from`, after x. */
static karvan_status put_trace(writer *w, int k, const karvan_dyad_cell *cell, karvan_error *err) {
    char room[KARVAN_I_TRACE_ROOM];
    w->scratch.n = 0;
    karvan_i_text_puts(&w->scratch, w->json ? ", \"" : ",");
    if (w->json) karvan_i_text_json(&w->scratch, w->d->column[k].name);
    if (w->json) karvan_i_text_puts(&w->scratch, "_from\": ");
    karvan_i_trace(cell, room, sizeof room);
    if (*room)
        spell_text(&w->scratch, w->json, room);
    else
        spell_missing(&w->scratch, w->json, KARVAN_UNKNOWN);
    return put_scratch(w, err);
}

/* A value as it was spelled: distances stay the same for years. */
static karvan_status put_value(writer *w, spelling *x, const karvan_dyad_cell *cell,
                               karvan_error *err) {
    if (x->at) {
        size_t n = x->at[cell->row + 1] - x->at[cell->row];
        return n ? put(w, x->text.s + x->at[cell->row], n, err) : KARVAN_OK;
    }
    if (cell->row != x->row || cell->row2 != x->row2) {
        x->row = cell->row, x->row2 = cell->row2, x->text.n = 0;
        if (cell->column < 0)
            spell_real(&x->text, cell->real);
        else
            spell_cell(&x->text, w->json, cell->table, cell->column, cell->row);
        karvan_status st = karvan_i_text_status(&x->text, err);
        if (st != KARVAN_OK) return st;
    }
    return put(w, x->text.s, x->text.n, err);
}

static karvan_status put_cells(writer *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int k = 0; k < w->d->n_columns; k++) {
        const karvan_dyad_cell *cell = &w->cells.cell[k];
        KARVAN_TRY(put(w, w->name[k].s, w->name[k].n, err));
        if (cell->row >= 0) {
            KARVAN_TRY(put_value(w, &w->spelled[k], cell, err));
        } else {
            w->scratch.n = 0;
            spell_missing(&w->scratch, w->json, cell->state);
            KARVAN_TRY(put_scratch(w, err));
        }
        if (w->trace) KARVAN_TRY(put_trace(w, k, cell, err));
    }
done:
    return st;
}

/* What a cell is, by its row or, without one, by what is covered. */
static karvan_cell state_of(const karvan_dyad_cell *cell) {
    if (cell->row < 0) return cell->state;
    return cell->column < 0 ? KARVAN_VALUE
                            : karvan_table_state(cell->table, cell->column, cell->row);
}

/* JSON: why cells have no value. */
static karvan_status put_states(writer *w, karvan_error *err) {
    bool any = false;
    char room[KARVAN_I_TRACE_ROOM];
    w->scratch.n = 0;
    for (int k = 0; k < w->d->n_columns; k++) {
        const karvan_dyad_cell *cell = &w->cells.cell[k];
        const char *name = w->d->column[k].name;
        if (state_of(cell) != KARVAN_VALUE)
            karvan_i_json_state(&w->scratch, !any, name, "", state_of(cell)), any = true;
        if (w->trace) karvan_i_trace(cell, room, sizeof room);
        if (w->trace && !*room)
            karvan_i_json_state(&w->scratch, !any, name, "_from", KARVAN_UNKNOWN), any = true;
    }
    if (any) karvan_i_text_puts(&w->scratch, "}");
    return any ? put_scratch(w, err) : KARVAN_OK;
}

static karvan_status put_word(writer *w, const char *name, const char *word, bool bare,
                              karvan_error *err) {
    w->scratch.n = 0;
    if (w->json)
        karvan_i_text_printf(&w->scratch, bare ? ", \"%s\": %s" : ", \"%s\": \"%s\"", name, word);
    else
        karvan_i_text_printf(&w->scratch, ",%s", word);
    return put_scratch(w, err);
}

static karvan_status put_row(writer *w, int32_t p, karvan_truth exists, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_dyad_years *d = w->d;
    if (w->json) KARVAN_TRY(put(w, w->any ? ",\n" : "\n", w->any ? 2 : 1, err));
    w->any = true;
    KARVAN_TRY(put(w, w->pair.s, w->pair.n, err));
    KARVAN_TRY(put(w, w->time + (size_t)p * TIME_ROOM, w->time_n[p], err));
    if (d->may_be) KARVAN_TRY(put_word(w, "exists", karvan_truth_name(exists), false, err));
    if (d->q.extend)
        KARVAN_TRY(put_word(w, "extended", p >= d->first_beyond ? "true" : "false", true, err));
    if (d->n_columns > 0) {
        karvan_i_cells_at(d, &w->cells, p);
        KARVAN_TRY(put_cells(w, err));
        if (w->json) KARVAN_TRY(put_states(w, err));
    }
    KARVAN_TRY(put(w, w->json ? "}" : "\n", 1, err));
done:
    return st;
}

static karvan_status put_pair(void *ctx, int32_t a, int32_t b, const karvan_i_marks *m,
                              karvan_error *err) {
    writer *w = ctx;
    spell_pair(w, a, b);
    karvan_status st = karvan_i_text_status(&w->pair, err);
    if (w->d->n_columns > 0) karvan_i_cells_pair(w->d, &w->cells, a, b);
    for (int32_t p = m->low; st == KARVAN_OK && p < m->high; p++)
        if (m->mark[p]) st = put_row(w, p, (karvan_truth)m->mark[p], err);
    return st;
}

static karvan_status put_header(writer *w, karvan_error *err) {
    karvan_column column;
    int times = w->trace ? 2 : 1; /* a column, and where its values come from */
    w->scratch.n = 0;
    for (int k = 0; k < KARVAN_I_OWN_END && !w->json; k++) {
        if (!karvan_i_own_column(w->d, (karvan_i_own)k, &column)) continue;
        karvan_i_text_puts(&w->scratch, k ? "," : "");
        karvan_i_text_puts(&w->scratch, column.name);
    }
    for (int k = 0; k < w->d->n_columns && !w->json; k++)
        for (int trace = 0; trace < times; trace++) {
            karvan_i_text name = {0};
            karvan_i_text_printf(&name, "%s%s", w->d->column[k].name, trace ? "_from" : "");
            karvan_i_text_puts(&w->scratch, ",");
            if (name.failed)
                w->scratch.failed = true;
            else
                karvan_i_text_csv(&w->scratch, name.s);
            karvan_i_text_clear(&name);
        }
    karvan_i_text_puts(&w->scratch, w->json ? "[" : "\n");
    return put_scratch(w, err);
}

/* ---- all of it ---- */

static karvan_status init(writer *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_dyad_years *d = w->d;
    w->buffer = karvan_i_malloc(ROOM, 1);
    w->time = karvan_i_malloc((size_t)d->periods, TIME_ROOM);
    w->time_n = karvan_i_malloc((size_t)d->periods, 1);
    w->name = karvan_i_calloc((size_t)d->n_columns + 1, sizeof *w->name);
    w->spelled = karvan_i_calloc((size_t)d->n_columns + 1, sizeof *w->spelled);
    KARVAN_REQUIRE(w->buffer && w->time && w->time_n && w->name && w->spelled, err, KARVAN_E_NOMEM,
                   "no memory to write dyads");
    spell_times(w);
    KARVAN_TRY(spell_columns(w, err));
    KARVAN_TRY(karvan_i_cells_init(d, &w->cells, err));
done:
    return st;
}

static void clear(writer *w) {
    for (int k = 0; w->name && k < w->d->n_columns; k++) karvan_i_text_clear(&w->name[k]);
    for (int k = 0; w->spelled && k < w->d->n_columns; k++)
        karvan_i_text_clear(&w->spelled[k].text), karvan_i_free(w->spelled[k].at);
    karvan_i_free(w->buffer), karvan_i_free(w->time), karvan_i_free(w->time_n);
    karvan_i_free(w->name), karvan_i_free(w->spelled);
    karvan_i_text_clear(&w->pair), karvan_i_text_clear(&w->scratch);
    karvan_i_cells_clear(&w->cells);
}

static karvan_status stream(writer *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(init(w, err));
    KARVAN_TRY(put_header(w, err));
    KARVAN_TRY(karvan_i_each_pair(w->d, w->d->q.undirected, put_pair, w, err));
    if (w->json) KARVAN_TRY(put(w, w->any ? "\n]\n" : "]\n", w->any ? 3 : 2, err));
    KARVAN_TRY(flush(w, err));
    if (fflush(w->out) != 0)
        st = karvan_fail(err, KARVAN_E_IO, "cannot write the dyads: %s", strerror(errno));
done:
    return st;
}

karvan_status karvan_dyad_years_write(const karvan_dyad_years *d, bool trace, karvan_format format,
                                      int width, FILE *out, karvan_error *err) {
    if (!d || !out) return karvan_fail(err, KARVAN_E_ARG, "dyads or stream is NULL");
    if (format == KARVAN_FORMAT_TABLE) {
        karvan_table *t = NULL;
        karvan_status st = karvan_dyad_years_table(d, trace, &t, err);
        if (st == KARVAN_OK) st = karvan_table_write(t, format, width, out, err);
        karvan_table_destroy(t);
        return st;
    }
    for (int k = 0; k < d->n_columns && format == KARVAN_FORMAT_JSON; k++)
        if (strcmp(d->column[k].name, "states") == 0)
            return karvan_fail(
                err, KARVAN_E_ARG,
                "a column is called 'states', which JSON needs to say why a cell has "
                "no value: give it another name");
    writer w = {.d = d, .out = out, .json = format == KARVAN_FORMAT_JSON, .trace = trace};
    karvan_status st = stream(&w, err);
    clear(&w);
    return st;
}
