/* Cells: missing markers, types, and what a column of unknown type turns out to be. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/csv_reader.h"
#include "table/number.h"

static karvan_status cell_fault(karvan_i_reader *r, const karvan_i_field *f, const char *code,
                                const char *hint, const char *what) {
    char message[256];
    (void)snprintf(message, sizeof message, "'%.*s' is %s", (int)(f->n > 60 ? 60 : f->n), f->s,
                   what);
    return karvan_i_reader_fault(r, r->csv.line + f->line, f->column, code, hint, message);
}

static bool missing(const karvan_i_reader *r, const karvan_i_field *f, karvan_cell *state) {
    if (r->o->n_missing == 0) return *state = KARVAN_UNKNOWN, f->n == 0;
    for (int k = 0; k < r->o->n_missing; k++) {
        const karvan_missing *m = &r->o->missing[k];
        if (r->missing[k] == f->n && memcmp(m->text, f->s, f->n) == 0)
            return *state = m->state, true;
    }
    return false;
}

static bool is_text(const karvan_i_field *f, const char *s) {
    return strlen(s) == f->n && memcmp(f->s, s, f->n) == 0;
}

static bool one_of(const karvan_i_field *f, const char *const *texts) {
    for (; *texts; texts++)
        if (is_text(f, *texts)) return true;
    return false;
}

static bool parse_bool(const karvan_i_reader *r, int c, const karvan_i_field *f, bool *out) {
    static const char *const yes[] = {"true", "TRUE", "True", "1", NULL};
    static const char *const no[] = {"false", "FALSE", "False", "0", NULL};
    const karvan_i_cell_style *style = r->styles ? &r->styles[c] : NULL;
    if (r->o->true_text || r->o->false_text) {
        *out = r->o->true_text && is_text(f, r->o->true_text);
        return *out || (r->o->false_text && is_text(f, r->o->false_text));
    }
    *out = one_of(f, style && style->true_texts[0] ? style->true_texts : yes);
    return *out || one_of(f, style && style->false_texts[0] ? style->false_texts : no);
}

static bool parse_int(const karvan_i_field *f, int64_t *out) {
    return karvan_i_parse_int_fast(f->s, f->n, out) || karvan_i_parse_int(f->s, f->n, out);
}

static bool parse_real(karvan_i_reader *r, const karvan_i_field *f, double *out) {
    if (r->csv.delimiter != ';' &&
        karvan_i_parse_real_fast(f->s, f->n, r->o->decimal ? r->o->decimal : '.', out))
        return true;
    if (r->o->decimal) return karvan_i_parse_real(f->s, f->n, r->o->decimal, out);
    if (r->csv.delimiter == ';' && memchr(f->s, ',', f->n)) {
        if (!karvan_i_parse_real(f->s, f->n, ',', out)) return false;
        return r->comma_seen = true;
    }
    if (!karvan_i_parse_real(f->s, f->n, '.', out)) return false;
    if (r->csv.delimiter == ';' && memchr(f->s, '.', f->n)) r->point_seen = true;
    return true;
}

/* A number as its column's style writes it: what stands around it and between its thousands is left
 * out of `bare`, which has room for f->n bytes. Returns its length. */
static size_t bare_number(const karvan_i_cell_style *style, const karvan_i_field *f, char *bare) {
    const char *s = f->s, *end = s + f->n;
    size_t n = 0, group = style->group ? strlen(style->group) : 0;
    while (style->affixes && s < end && !strchr("+-0123456789", *s) && *s != style->decimal) s++;
    while (style->affixes && end > s && (end[-1] < '0' || end[-1] > '9')) end--;
    while (s < end) {
        if (group > 0 && n > 0 && (size_t)(end - s) >= group && memcmp(s, style->group, group) == 0)
            s += group;
        else
            bare[n++] = *s++;
    }
    return n;
}

enum { NUMBER_MAX = 256 }; /* bytes of a number in a style of its own */

static bool styled(const karvan_i_reader *r, int c) {
    return r->styles && (r->styles[c].decimal || r->styles[c].group || r->styles[c].affixes);
}

static bool parse_styled(const karvan_i_reader *r, int c, const karvan_i_field *f, int64_t *i,
                         double *v) {
    char bare[NUMBER_MAX];
    const karvan_i_cell_style *style = &r->styles[c];
    if (f->n > sizeof bare) return false;
    size_t n = bare_number(style, f, bare);
    return i ? karvan_i_parse_int(bare, n, i)
             : karvan_i_parse_real(bare, n, style->decimal ? style->decimal : '.', v);
}

/* Numbers whose spelling says more than their value stay text: 007, +1. */
static bool plain_int(const karvan_i_field *f) {
    size_t i = f->n > 0 && f->s[0] == '-';
    return f->n > i && f->s[i] != '+' && !(f->s[i] == '0' && f->n > i + 1) && f->s[0] != ' ';
}

static karvan_status to_text(karvan_i_reader *r, int c) {
    r->infer[c] = KARVAN_I_INFER_TEXT;
    /* Numbers already kept, or cells that were taken for gaps: their spelling is gone, the file is
     * read again. */
    bool values = r->gap[c];
    for (int64_t k = 0; k < r->t->column[c].n && !values; k++)
        values = !r->t->column[c].state || r->t->column[c].state[k] == KARVAN_VALUE;
    if (values) {
        r->reread[c] = r->again = true;
    } else {
        karvan_i_column *column = &r->t->column[c];
        column->type = KARVAN_TEXT;
        for (int64_t k = 0; k < column->n; k++) column->v.code[k] = -1;
    }
    return KARVAN_OK;
}

/* Does a cell that is no number say that there is none? */
static bool is_gap(karvan_i_reader *r, int c, const karvan_i_field *f) {
    for (int k = 0; k < r->o->n_gaps && !f->quoted; k++)
        if (is_text(f, r->o->gaps[k])) return r->gap[c] = true;
    return false;
}

/* Was the spelling declared to stand for no value? */
static bool is_none(const karvan_i_reader *r, const karvan_i_field *f) {
    for (int k = 0; k < r->o->n_none; k++)
        if (is_text(f, r->o->none[k])) return true;
    return false;
}

static karvan_status put_inferred(karvan_i_reader *r, int c, const karvan_i_field *f) {
    karvan_status st = KARVAN_OK;
    karvan_i_column *column = &r->t->column[c];
    int64_t i;
    double v;
    if (r->o->n_none > 0 && is_none(r, f))
        return karvan_i_column_missing(column, KARVAN_UNKNOWN, r->err);
    if (r->infer[c] == KARVAN_I_INFER_INT) {
        if (plain_int(f) && parse_int(f, &i)) return karvan_i_column_int(column, i, r->err);
        if (parse_real(r, f, &v) &&
            (plain_int(f) || memchr(f->s, '.', f->n) || memchr(f->s, ',', f->n))) {
            r->infer[c] = KARVAN_I_INFER_REAL;
            KARVAN_TRY(karvan_i_column_widen(column, r->err));
        } else if (is_gap(r, c, f)) {
            return karvan_i_column_missing(column, KARVAN_UNKNOWN, r->err);
        } else {
            KARVAN_TRY(to_text(r, c));
        }
    }
    if (r->infer[c] == KARVAN_I_INFER_REAL) {
        if (parse_real(r, f, &v)) return karvan_i_column_real(column, v, r->err);
        if (is_gap(r, c, f)) return karvan_i_column_missing(column, KARVAN_UNKNOWN, r->err);
        KARVAN_TRY(to_text(r, c));
    }
    if (r->reread[c]) return karvan_i_column_missing(column, KARVAN_UNKNOWN, r->err);
    KARVAN_TRY(karvan_i_column_text(column, f->s, f->n, r->err));
done:
    return st;
}

static karvan_status put_date(karvan_i_reader *r, karvan_i_column *column,
                              const karvan_i_field *f) {
    karvan_error why = {0};
    karvan_status st = karvan_i_column_text(column, f->s, f->n, &why);
    if (st == KARVAN_OK) return st;
    if (st == KARVAN_E_NOMEM) return karvan_fail(r->err, st, "%s", why.msg);
    st = karvan_i_reader_fault(
        r, r->csv.line + f->line, f->column, "type-date",
        "a date as EDTF: 1992, 1992-08, 1992-08-30, 1992~, 1992/1995, ../1992", why.msg);
    return st == KARVAN_OK ? karvan_i_column_missing(column, r->faulty, r->err) : st;
}

karvan_status karvan_i_reader_put(karvan_i_reader *r, int c, const karvan_i_field *f) {
    karvan_i_column *column = &r->t->column[c];
    karvan_cell state;
    karvan_status st = KARVAN_OK;
    int64_t i;
    double v;
    bool b;
    if (missing(r, f, &state)) return karvan_i_column_missing(column, state, r->err);
    if (r->infer[c] != KARVAN_I_DECLARED) return put_inferred(r, c, f);
    switch (column->type) {
    case KARVAN_INT:
        if (styled(r, c) ? parse_styled(r, c, f, &i, NULL) : parse_int(f, &i))
            return karvan_i_column_int(column, i, r->err);
        st = cell_fault(r, f, "type-integer", "a whole number such as 2022", "no whole number");
        break;
    case KARVAN_REAL:
        if (styled(r, c) ? parse_styled(r, c, f, NULL, &v) : parse_real(r, f, &v))
            return karvan_i_column_real(column, v, r->err);
        st = cell_fault(r, f, "type-number",
                        "a number such as 34272.5, without thousands separators or unit",
                        "no number");
        break;
    case KARVAN_BOOL:
        if (parse_bool(r, c, f, &b)) return karvan_i_column_bool(column, b, r->err);
        st = cell_fault(r, f, "type-boolean", "true or false", "neither true nor false");
        break;
    case KARVAN_DATE:
        return put_date(r, column, f);
    case KARVAN_TEXT:
        return karvan_i_column_text(column, f->s, f->n, r->err);
    }
    return st == KARVAN_OK ? karvan_i_column_missing(column, r->faulty, r->err) : st;
}
