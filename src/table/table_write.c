/* Tables for terminals, scripts and programs. */
#include <errno.h>
#include <math.h>
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

/* The digits of a whole number, by hand: tables hold many. */
static const char *spell_whole(int64_t v, char *end) {
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    *--end = 0;
    do *--end = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (v < 0) *--end = '-';
    return end;
}

/* A value's exact spelling; the cell holds one. */
static void spell(const karvan_table *t, int c, int64_t row, char *number, size_t cap,
                  const char **out) {
    *out = number;
    switch (t->column[c].type) {
    case KARVAN_INT:
        *out = spell_whole(karvan_table_int(t, c, row), number + cap);
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

static int64_t key_of(const karvan_table *t, int c, int64_t row) {
    const karvan_i_column *k = &t->column[c];
    return k->type == KARVAN_BOOL                             ? k->v.b[row]
           : k->type == KARVAN_TEXT || k->type == KARVAN_DATE ? k->v.code[row]
                                                              : k->v.i[row]; /* of either number */
}

static void csv_value(const karvan_table *t, int c, int64_t row, said *last, karvan_i_text *out) {
    char number[40];
    const char *s;
    int64_t key = key_of(t, c, row);
    if (last->there && last->key == key) {
        karvan_i_text_again(out, last->at, last->n);
        return;
    }
    spell(t, c, row, number, sizeof number, &s);
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

static void json_text(const karvan_table *t, bool states, karvan_i_text *out) {
    char number[40];
    const char *s;
    karvan_i_text_puts(out, "[");
    for (int64_t r = 0; r < t->n_rows; r++) {
        karvan_i_text_puts(out, r ? ",\n {" : "\n {");
        for (int c = 0; c < t->n_columns; c++) {
            karvan_type type = t->column[c].type;
            karvan_i_text_puts(out, c ? ", \"" : "\"");
            karvan_i_text_json(out, t->column[c].name);
            karvan_i_text_puts(out, "\": ");
            if (karvan_table_state(t, c, r) != KARVAN_VALUE) {
                karvan_i_text_puts(out, "null");
                continue;
            }
            spell(t, c, r, number, sizeof number, &s);
            bool bare = type == KARVAN_INT || type == KARVAN_REAL || type == KARVAN_BOOL;
            if (!bare) karvan_i_text_puts(out, "\"");
            karvan_i_text_json(out, s);
            if (!bare) karvan_i_text_puts(out, "\"");
        }
        if (states) json_states(t, r, out);
        karvan_i_text_puts(out, "}");
    }
    karvan_i_text_puts(out, t->n_rows ? "\n]\n" : "]\n");
}

/* ---- for reading: aligned, rounded ---- */

/* Terminal cells of a UTF-8 text: code points; wide scripts are not told apart. */
static int cells(const char *s) {
    int n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

/* Decimals that a column of numbers is shown with: as many as its values need, two at the most,
 * three significant digits for small ones. */
static int decimals_of(const karvan_table *t, int c) {
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4};
    int need = 0;
    double largest = 0;
    for (int64_t r = 0; r < t->n_rows; r++) {
        double v = karvan_table_real(t, c, r);
        if (isnan(v)) continue;
        largest = fmax(largest, fabs(v));
        for (int d = need; d <= 4; d++)
            if (fabs(v * tens[d] - round(v * tens[d])) > 1e-6) need = d + 1;
    }
    int most = largest >= 1000 ? 1 : largest >= 1 ? 2 : 4;
    return need < most ? need : most;
}

/* A column as it is shown: decimals, and what its last value looks like. */
typedef struct shown {
    int decimals, wide; /* wide: cells of all of it */
    bool there;
    int64_t key; /* the value's bits */
    char number[64];
    const char *s;
    size_t n; /* bytes of s */
    int cells;
} shown;

static void show_real(shown *k, double v) {
    (void)snprintf(k->number, sizeof k->number, "%.*f", k->decimals, v);
    for (char *p = k->number; *p; p++)
        if (*p == ',') *p = '.';
    /* what is less than nothing by less than is shown is nothing */
    bool nothing = *k->number == '-' && !k->number[strspn(k->number, "-0.")];
    k->s = nothing ? k->number + 1 : k->number;
}

/* k->s and k->cells of a row; a value that stands in the row before is not spelt again. */
static void show(const karvan_table *t, int c, int64_t r, karvan_i_gap_word word, shown *k) {
    karvan_cell state = karvan_table_state(t, c, r);
    int64_t key = key_of(t, c, r);
    if (state == KARVAN_VALUE && k->there && k->key == key) return;
    k->there = state == KARVAN_VALUE, k->key = key;
    const char *own = state != KARVAN_VALUE && word ? word(t, c, r) : NULL;
    if (state != KARVAN_VALUE)
        k->s = own ? own : karvan_cell_name(state);
    else if (t->column[c].type == KARVAN_REAL && fabs(karvan_table_real(t, c, r)) < 1e15)
        show_real(k, karvan_table_real(t, c, r));
    else
        spell(t, c, r, k->number, sizeof k->number, &k->s);
    k->n = strlen(k->s), k->cells = cells(k->s);
}

static void blanks(karvan_i_text *line, int n) {
    static const char some[] = "                                ";
    enum { SOME = sizeof some - 1 };
    for (; n > 0; n -= SOME) karvan_i_text_add(line, some, (size_t)(n < SOME ? n : SOME));
}

static void cell_of(karvan_i_text *out, const char *s, size_t n, int used, int width, bool right) {
    int gap = width - used;
    if (right) blanks(out, gap);
    karvan_i_text_add(out, s, n);
    if (!right) blanks(out, gap);
}

/* Take blanks off the end of the line that begins at `from`, and cut it to the terminal. */
static void end_line(karvan_i_text *out, size_t from, int width) {
    if (out->failed || !out->s) return;
    size_t n = out->n;
    while (n > from && out->s[n - 1] == ' ') n--;
    out->s[n] = 0, out->n = n;
    if (width > 1 && cells(out->s + from) > width) {
        int seen = 0;
        size_t at = from;
        for (; seen < width - 1; at++) seen += ((unsigned char)out->s[at + 1] & 0xC0) != 0x80;
        out->s[at] = 0, out->n = at;
        karvan_i_text_puts(out, "\xE2\x80\xA6");
    }
    karvan_i_text_add(out, "\n", 1);
}

/* How a column is shown, and how wide it gets. */
static void measure(const karvan_table *t, int c, karvan_i_gap_word word, shown *out) {
    const karvan_i_column *k = &t->column[c];
    out->decimals = k->type == KARVAN_REAL ? decimals_of(t, c) : 0;
    out->wide = cells(k->name);
    if (k->unit && cells(k->unit) > out->wide) out->wide = cells(k->unit);
    for (int64_t r = 0; r < t->n_rows; r++) {
        show(t, c, r, word, out);
        if (out->cells > out->wide) out->wide = out->cells;
    }
}

static karvan_status table_text(const karvan_table *t, int width, karvan_i_gap_word word,
                                karvan_i_text *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool units = false;
    shown *columns = karvan_i_calloc((size_t)t->n_columns, sizeof *columns);
    KARVAN_REQUIRE(columns, err, KARVAN_E_NOMEM, "no memory to print");
    for (int c = 0; c < t->n_columns; c++) {
        measure(t, c, word, &columns[c]);
        if (t->column[c].unit) units = true;
    }
    for (int64_t r = -1 - units; r < t->n_rows; r++) {
        size_t from = out->n;
        for (int c = 0; c < t->n_columns; c++) {
            const karvan_i_column *k = &t->column[c];
            bool right = k->type == KARVAN_INT || k->type == KARVAN_REAL;
            const char *head = r == -1 - units ? k->name : k->unit ? k->unit : "";
            if (r >= 0) show(t, c, r, word, &columns[c]);
            if (c > 0) karvan_i_text_add(out, "  ", 2);
            if (r < 0)
                cell_of(out, head, strlen(head), cells(head), columns[c].wide, right);
            else
                cell_of(out, columns[c].s, columns[c].n, columns[c].cells, columns[c].wide, right);
        }
        end_line(out, from, width);
    }
done:
    karvan_i_free(columns);
    return st;
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
        KARVAN_TRY(table_text(t, width, word, &text, err));
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
