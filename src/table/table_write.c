/* Tables for terminals, scripts and programs. */
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"
#include "table/csv_text.h"

karvan_status karvan_format_parse(const char *s, karvan_format *out, karvan_error *err) {
    static const char *const names[] = {"table", "csv", "json"};
    for (int k = 0; k < 3; k++)
        if (strcmp(s, names[k]) == 0) return *out = (karvan_format)k, KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "format '%.40s' is none of table, csv, json", s);
}

const char *karvan_i_spell_whole(int64_t v, char *end) {
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    *--end = 0;
    do *--end = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (v < 0) *--end = '-';
    return end;
}

void karvan_i_spell(const karvan_table *t, int c, int64_t row, char *number, size_t cap,
                    const char **out) {
    *out = number;
    switch (t->column[c].type) {
    case KARVAN_INT:
        *out = karvan_i_spell_whole(karvan_table_int(t, c, row), number + cap);
        break;
    case KARVAN_REAL:
        karvan_real_format(karvan_table_real(t, c, row), number, cap);
        break;
    case KARVAN_BOOL:
        *out = karvan_table_bool(t, c, row) ? "true" : "false";
        break;
    case KARVAN_TEXT:
    case KARVAN_DATE:
        *out = karvan_table_text(t, c, row);
        break;
    }
}

/* What a column said last, and where that stands in the text: many rows say the same again. */
typedef struct said {
    bool there;
    int64_t key; /* the value's bits */
    size_t at, n;
} said;

static void csv_value(const karvan_table *t, int c, int64_t row, said *last, karvan_i_text *out) {
    char number[40];
    const char *s;
    int64_t key = karvan_i_cell_bits(&t->column[c], row);
    if (last->there && last->key == key) {
        karvan_i_text_again(out, last->at, last->n);
        return;
    }
    karvan_i_spell(t, c, row, number, sizeof number, &s);
    *last = (said){.key = key, .at = out->n};
    karvan_i_text_csv(out, s);
    last->n = out->n - last->at, last->there = !out->failed;
}

void karvan_i_csv_text(const karvan_table *t, karvan_i_text *out) {
    said *last = karvan_i_calloc((size_t)t->n_columns, sizeof *last);
    if (!last) out->failed = true;
    for (int c = 0; c < t->n_columns; c++) {
        if (c > 0) karvan_i_text_add(out, ",", 1);
        karvan_i_text_csv(out, t->column[c].name);
    }
    karvan_i_text_add(out, "\n", 1);
    for (int64_t r = 0; r < t->n_rows && last; r++) {
        for (int c = 0; c < t->n_columns; c++) {
            if (c > 0) karvan_i_text_add(out, ",", 1);
            karvan_cell state = karvan_table_state(t, c, r);
            if (state == KARVAN_NOT_COVERED) karvan_i_text_add(out, "..", 2);
            if (state == KARVAN_UNKNOWN && t->n_columns == 1) /* an empty line would be no record */
                karvan_i_text_puts(out, "\"\"");
            if (state == KARVAN_VALUE) csv_value(t, c, r, &last[c], out);
        }
        karvan_i_text_add(out, "\n", 1);
    }
    karvan_i_free(last);
}

void karvan_i_json_state(karvan_i_text *out, bool first, const char *name, const char *end,
                         karvan_cell state) {
    karvan_i_text_puts(out, first ? ", \"states\": {\"" : ", \"");
    karvan_i_text_json(out, name);
    karvan_i_text_printf(out, "%s\": \"%s\"", end, karvan_cell_name(state));
}

/* Cells of a row that have no value, and why. */
static void json_states(const karvan_table *t, int64_t row, karvan_i_text *out) {
    bool any = false;
    for (int c = 0; c < t->n_columns; c++) {
        karvan_cell state = karvan_table_state(t, c, row);
        if (state == KARVAN_VALUE) continue;
        karvan_i_json_state(out, !any, t->column[c].name, "", state);
        any = true;
    }
    if (any) karvan_i_text_puts(out, "}");
}

static void json_value(const karvan_table *t, int c, int64_t row, said *last, karvan_i_text *out) {
    char number[40];
    const char *s;
    karvan_type type = t->column[c].type;
    int64_t key = karvan_i_cell_bits(&t->column[c], row);
    if (last->there && last->key == key) {
        karvan_i_text_again(out, last->at, last->n);
        return;
    }
    karvan_i_spell(t, c, row, number, sizeof number, &s);
    *last = (said){.key = key, .at = out->n};
    bool bare = type == KARVAN_INT || type == KARVAN_REAL || type == KARVAN_BOOL;
    if (!bare) karvan_i_text_add(out, "\"", 1);
    karvan_i_text_json(out, s);
    if (!bare) karvan_i_text_add(out, "\"", 1);
    last->n = out->n - last->at, last->there = !out->failed;
}

/* What stands before each value: , "name":  one after another, where each begins in `at`. */
static void json_heads(const karvan_table *t, karvan_i_text *heads, size_t *at) {
    for (int c = 0; c < t->n_columns; c++) {
        at[c] = heads->n;
        karvan_i_text_puts(heads, c ? ", \"" : "\"");
        karvan_i_text_json(heads, t->column[c].name);
        karvan_i_text_puts(heads, "\": ");
    }
    at[t->n_columns] = heads->n;
}

static void json_rows(const karvan_table *t, bool states, const char *heads, const size_t *at,
                      said *last, karvan_i_text *out) {
    karvan_i_text_puts(out, "[");
    for (int64_t r = 0; r < t->n_rows; r++) {
        karvan_i_text_puts(out, r ? ",\n {" : "\n {");
        for (int c = 0; c < t->n_columns; c++) {
            karvan_i_text_add(out, heads + at[c], at[c + 1] - at[c]);
            if (karvan_table_state(t, c, r) == KARVAN_VALUE)
                json_value(t, c, r, &last[c], out);
            else
                karvan_i_text_add(out, "null", 4);
        }
        if (states) json_states(t, r, out);
        karvan_i_text_add(out, "}", 1);
    }
    karvan_i_text_puts(out, t->n_rows ? "\n]\n" : "]\n");
}

static void json_text(const karvan_table *t, bool states, karvan_i_text *out) {
    karvan_i_text heads = {0};
    said *last = karvan_i_calloc((size_t)t->n_columns, sizeof *last);
    size_t *at = karvan_i_calloc((size_t)t->n_columns + 1, sizeof *at);
    if (at) json_heads(t, &heads, at);
    if (last && at && !heads.failed)
        json_rows(t, states, heads.s, at, last, out);
    else
        out->failed = true;
    karvan_i_text_clear(&heads);
    karvan_i_free(last), karvan_i_free(at);
}

karvan_status karvan_i_table_write(const karvan_table *t, karvan_format format, int width,
                                   karvan_i_gap_word word, FILE *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text text = {0};
    KARVAN_REQUIRE(t && out, err, KARVAN_E_ARG, "table or stream is NULL");
    if (format == KARVAN_FORMAT_CSV)
        karvan_i_csv_text(t, &text);
    else if (format == KARVAN_FORMAT_JSON)
        json_text(t, false, &text);
    else
        karvan_i_aligned_text(t, width, word, &text);
    KARVAN_TRY(karvan_i_text_status(&text, err));
    if (fwrite(text.s, 1, text.n, out) != text.n || fflush(out) != 0)
        st = karvan_fail(err, KARVAN_E_IO, "cannot write the table: %s", strerror(errno));
done:
    karvan_i_text_clear(&text);
    return st;
}

karvan_status karvan_table_write(const karvan_table *t, karvan_format format, int width, FILE *out,
                                 karvan_error *err) {
    return karvan_i_table_write(t, format, width, NULL, out, err);
}

karvan_status karvan_table_write_states(const karvan_table *t, karvan_format format, int width,
                                        FILE *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text text = {0};
    if (!t || format != KARVAN_FORMAT_JSON) return karvan_table_write(t, format, width, out, err);
    KARVAN_REQUIRE(out, err, KARVAN_E_ARG, "stream is NULL");
    KARVAN_REQUIRE(karvan_table_find(t, "states") < 0, err, KARVAN_E_ARG,
                   "a column is called 'states', which JSON needs to say why a cell has no value: "
                   "give it another name");
    json_text(t, true, &text);
    KARVAN_TRY(karvan_i_text_status(&text, err));
    if (fwrite(text.s, 1, text.n, out) != text.n || fflush(out) != 0)
        st = karvan_fail(err, KARVAN_E_IO, "cannot write the table: %s", strerror(errno));
done:
    karvan_i_text_clear(&text);
    return st;
}

karvan_status karvan_csv_write(const karvan_table *t, const char *path, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text text = {0};
    KARVAN_REQUIRE(t && path, err, KARVAN_E_ARG, "table or path is NULL");
    karvan_i_csv_text(t, &text);
    KARVAN_TRY(karvan_i_text_status(&text, err));
    KARVAN_TRY(karvan_i_file_write(path, text.s, text.n, err));
done:
    karvan_i_text_clear(&text);
    return st;
}
