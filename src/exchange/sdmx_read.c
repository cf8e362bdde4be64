/* SDMX-CSV messages, versions 1.0, 2.0 and 2.1, and Eurostat's and the ECB's ways of writing them.
 * A message is a transaction: a fault anywhere refuses all of it. */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/sdmx.h"
#include "table/number.h"

karvan_status karvan_i_sdmx_fault(karvan_i_sdmx *s, int field, const char *code, const char *hint,
                                  const char *what, ...) {
    char message[200];
    bool known = field >= 0 && field < s->csv.n_fields;
    int64_t line = s->csv.line + (known ? s->csv.field[field].line : 0);
    int64_t column = known ? s->csv.field[field].column : 1;
    va_list ap;
    va_start(ap, what);
    (void)vsnprintf(message, sizeof message, what, ap);
    va_end(ap);
    for (size_t ok; (ok = karvan_utf8_valid_prefix(message, strlen(message))) < strlen(message);)
        message[ok] = '?';
    if (s->faults++ == 0)
        (void)snprintf(s->first, sizeof s->first, "%.100s:%lld:%lld: %s; %.80s", s->path,
                       (long long)line, (long long)column, message, hint);
    if (!s->problems) return karvan_fail(s->err, KARVAN_E_DATA, "%s", s->first);
    karvan_status st = karvan_problems_add(s->problems, KARVAN_ERROR, s->path, line, column, code,
                                           hint, "%s", message);
    return st == KARVAN_OK ? st : karvan_fail(s->err, st, "no memory for a problem");
}

/* ---- one field ---- */

/* The id of a field: all of it, or what stands before the name. */
static void id_part(const karvan_i_sdmx *s, const karvan_i_field *f, const char **text, size_t *n) {
    *text = f->s, *n = f->n;
    for (size_t i = 0; s->both && i + 1 < f->n; i++)
        if (f->s[i] == ':' && f->s[i + 1] == ' ') {
            *n = i;
            return;
        }
}

/* Text that a builder takes, which wants an end. */
static karvan_status put_text(karvan_i_sdmx *s, int column, const char *text, size_t n) {
    char room[256], *own = room;
    if (n >= sizeof room) own = karvan_i_strndup(text, n);
    if (!own) return karvan_fail(s->err, KARVAN_E_NOMEM, "no memory for a field");
    if (own == room) memcpy(room, text, n), room[n] = 0;
    karvan_status st = karvan_builder_text(s->b, column, own, s->err);
    if (own != room) karvan_i_free(own);
    return st;
}

static karvan_status put_state(karvan_i_sdmx *s, int column, karvan_cell state) {
    return karvan_builder_state(s->b, column, state, s->err);
}

static bool is_text(const char *s, size_t n, const char *word) {
    return n == strlen(word) && memcmp(s, word, n) == 0;
}

/* A number, by the decimal sign that goes with the delimiter, else by the other. */
static bool number_of(karvan_i_sdmx *s, const char *text, size_t n, double *v) {
    char first = s->csv.delimiter == ';' ? ',' : '.', second = first == ',' ? '.' : ',';
    bool ok = karvan_i_parse_real(text, n, first, v), other = false;
    if (!ok) ok = other = karvan_i_parse_real(text, n, second, v);
    char sign = other ? second : first;
    if (ok && memchr(text, sign, n)) *(sign == '.' ? &s->point_seen : &s->comma_seen) = true;
    return ok;
}

/* The measure: omitted is not covered, NaN is unknown, and so is what is no number (which is told).
 * In a deletion only whether something stands there counts. */
static karvan_status put_value(karvan_i_sdmx *s, int column, int field, bool deletion) {
    const char *text;
    size_t n;
    double v = 0;
    id_part(s, &s->csv.field[field], &text, &n);
    if (n == 0) return put_state(s, column, KARVAN_NOT_COVERED);
    if (deletion) return karvan_builder_real(s->b, column, 0, s->err);
    if (is_text(text, n, "NaN") || is_text(text, n, "#N/A"))
        return put_state(s, column, KARVAN_UNKNOWN);
    if (number_of(s, text, n, &v)) return karvan_builder_real(s->b, column, v, s->err);
    if (s->problems) {
        char cut[64];
        (void)snprintf(cut, sizeof cut, "%.*s", (int)(n < 40 ? n : 40), text);
        cut[karvan_utf8_valid_prefix(cut, strlen(cut))] = 0;
        karvan_status st = karvan_problems_add(
            s->problems, KARVAN_WARNING, s->path, s->csv.line + s->csv.field[field].line,
            s->csv.field[field].column, "sdmx-value", "a number, NaN, or nothing",
            "'%s' is no number: unknown", cut);
        if (st != KARVAN_OK) return karvan_fail(s->err, st, "no memory for a problem");
    }
    return put_state(s, column, KARVAN_UNKNOWN);
}

static karvan_status put_component(karvan_i_sdmx *s, int k, bool deletion) {
    const karvan_i_sdmx_component *c = &s->component[k];
    const char *text;
    size_t n;
    int column = KARVAN_I_SDMX_FIXED + k;
    if (c->value) return put_value(s, column, c->field, deletion);
    id_part(s, &s->csv.field[c->field], &text, &n);
    if (n == 0) return put_state(s, column, KARVAN_NOT_COVERED);
    if (is_text(text, n, "#N/A")) return put_state(s, column, KARVAN_UNKNOWN);
    return put_text(s, column, text, n);
}

/* ---- one record ---- */

static karvan_status put_structure(karvan_i_sdmx *s) {
    static const char *const kinds[] = {"dataflow", "datastructure", "dataprovision"};
    if (s->structure < 0)
        return s->id < 0 ? put_state(s, KARVAN_I_SDMX_STRUCTURE, KARVAN_NOT_COVERED)
                         : karvan_builder_text(s->b, KARVAN_I_SDMX_STRUCTURE, kinds[0], s->err);
    const karvan_i_field *f = &s->csv.field[s->structure];
    for (int k = 0; k < 3; k++)
        if (f->n == strlen(kinds[k]) && strncasecmp(f->s, kinds[k], f->n) == 0)
            return karvan_builder_text(s->b, KARVAN_I_SDMX_STRUCTURE, kinds[k], s->err);
    return karvan_i_sdmx_fault(
        s, s->structure, "sdmx-structure", "dataflow, datastructure or dataprovision",
        "'%.*s' is no kind of structure", (int)(f->n < 40 ? f->n : 40), f->s);
}

/* AGENCY:ID, a version in brackets behind it or none. */
static bool is_reference(const char *s, size_t n) {
    const char *colon = memchr(s, ':', n), *open = memchr(s, '(', n);
    size_t end = open ? (size_t)(open - s) : n;
    if (!colon || colon == s || (size_t)(colon - s) + 1 >= end) return false;
    return !open || (s[n - 1] == ')' && n - end > 2);
}

static karvan_status put_id(karvan_i_sdmx *s) {
    const char *text;
    size_t n;
    if (s->id < 0) return put_state(s, KARVAN_I_SDMX_ID, KARVAN_NOT_COVERED);
    id_part(s, &s->csv.field[s->id], &text, &n);
    if (!is_reference(text, n))
        return karvan_i_sdmx_fault(s, s->id, "sdmx-structure", "AGENCY:ID(VERSION)",
                                   "'%.*s' names no structure", (int)(n < 60 ? n : 60), text);
    return put_text(s, KARVAN_I_SDMX_ID, text, n);
}

static karvan_status put_action(karvan_i_sdmx *s, bool *deletion) {
    char action[2] = "I";
    *deletion = false;
    if (s->action >= 0) {
        const karvan_i_field *f = &s->csv.field[s->action];
        if (f->n > 0) action[0] = f->s[0];
        if (f->n > 1 || !strchr("IAMRD", action[0]))
            return karvan_i_sdmx_fault(s, s->action, "sdmx-action", "I, A, M, R or D",
                                       "'%.*s' is no action", (int)(f->n < 40 ? f->n : 40), f->s);
    }
    *deletion = action[0] == 'D';
    return karvan_builder_text(s->b, KARVAN_I_SDMX_ACTION, action, s->err);
}

/* What the scanner says of the record as a whole. */
static karvan_status judge(karvan_i_sdmx *s, bool *good) {
    int64_t before = s->faults;
    karvan_status st = KARVAN_OK;
    if (s->csv.open_quote)
        st = karvan_i_sdmx_fault(s, s->csv.n_fields - 1, "sdmx-quote", "a closing quote",
                                 "a quoted field does not end");
    else if (s->csv.stray_quote)
        st = karvan_i_sdmx_fault(s, s->csv.n_stray, "sdmx-quote", "double quotes inside a field",
                                 "text stands behind a closing quote");
    else if (s->csv.n_fields != s->n_fields)
        st =
            karvan_i_sdmx_fault(s, -1, "sdmx-fields", "as many as the header",
                                "%d fields, where the header has %d", s->csv.n_fields, s->n_fields);
    for (int k = 0; st == KARVAN_OK && s->faults == before && k < s->csv.n_fields; k++) {
        const karvan_i_field *f = &s->csv.field[k];
        if (karvan_utf8_valid_prefix(f->s, f->n) != f->n || memchr(f->s, 0, f->n))
            st = karvan_i_sdmx_fault(s, k, "sdmx-encoding", "save the message as UTF-8",
                                     "bytes that are no text in UTF-8");
    }
    *good = s->faults == before;
    return st;
}

static karvan_status read_record(karvan_i_sdmx *s) {
    karvan_status st = KARVAN_OK;
    bool good, deletion;
    if (s->csv.n_fields == 1 && s->csv.field[0].n == 0 && s->n_fields > 1) return KARVAN_OK;
    KARVAN_TRY(judge(s, &good));
    if (!good) goto done;
    KARVAN_TRY(karvan_builder_row(s->b, s->err));
    KARVAN_TRY(karvan_builder_int(s->b, KARVAN_I_SDMX_LINE, s->csv.line, s->err));
    KARVAN_TRY(put_structure(s));
    KARVAN_TRY(put_id(s));
    KARVAN_TRY(put_action(s, &deletion));
    for (int k = 0; k < s->n_components; k++) KARVAN_TRY(put_component(s, k, deletion));
done:
    return st;
}

/* ---- the message ---- */

static karvan_status begin_records(karvan_i_sdmx *s) {
    static const char *const fixed[] = {"sdmx_line", "sdmx_structure", "sdmx_structure_id",
                                        "sdmx_action"};
    size_t n = KARVAN_I_SDMX_FIXED + (size_t)s->n_components;
    karvan_column *columns = karvan_i_calloc(n, sizeof *columns);
    if (!columns) return karvan_fail(s->err, KARVAN_E_NOMEM, "no memory for a message");
    for (int c = 0; c < KARVAN_I_SDMX_FIXED; c++)
        columns[c] = (karvan_column){fixed[c], c ? KARVAN_TEXT : KARVAN_INT, NULL};
    for (int k = 0; k < s->n_components; k++)
        columns[KARVAN_I_SDMX_FIXED + k] = (karvan_column){
            s->component[k].id, s->component[k].value ? KARVAN_REAL : KARVAN_TEXT, NULL};
    karvan_status st = karvan_builder_create("sdmx", (int)n, columns, &s->b, s->err);
    karvan_i_free(columns);
    return st;
}

static karvan_status read_message(karvan_i_sdmx *s, karvan_table **out) {
    karvan_status st = KARVAN_OK;
    karvan_table *records = NULL;
    bool got = true;
    KARVAN_TRY(karvan_i_sdmx_header(s));
    if (s->faults > 0) goto done;
    KARVAN_TRY(begin_records(s));
    while (true) {
        KARVAN_TRY(karvan_i_csv_next(&s->csv, &got, s->err));
        if (!got) break;
        KARVAN_TRY(read_record(s));
    }
    if (s->point_seen && s->comma_seen)
        KARVAN_TRY(karvan_i_sdmx_fault(s, -1, "sdmx-value", "one decimal sign",
                                       "both 12.5 and 12,5 stand in the message"));
    if (s->faults > 0) goto done;
    st = karvan_builder_finish(s->b, &records, s->err), s->b = NULL;
    if (st == KARVAN_OK) st = karvan_i_sdmx_act(s, records, out, s->err);
done:
    karvan_table_destroy(records);
    return st;
}

karvan_status karvan_i_sdmx_read(const char *path, const char *bytes, size_t n,
                                 const karvan_sdmx_options *o, karvan_problems *problems,
                                 karvan_table **out, karvan_error *err) {
    static const karvan_sdmx_options plain = {0};
    karvan_status st = KARVAN_OK;
    const char *first;
    size_t seen;
    karvan_i_sdmx s = {.path = path, .o = o ? o : &plain, .problems = problems, .err = err};
    *out = NULL;
    KARVAN_TRY(karvan_i_csv_open(&s.csv, bytes ? NULL : path, bytes, n, err));
    KARVAN_TRY(karvan_i_csv_peek(&s.csv, &first, &seen, err));
    if (karvan_i_sdmx_is_json(first, seen))
        st = karvan_i_sdmx_json(&s, bytes, n, out);
    else
        st = karvan_i_sdmx_is_tsv(first, seen) ? karvan_i_sdmx_tsv(&s, out) : read_message(&s, out);
    if (st == KARVAN_OK && s.faults > 0) st = karvan_fail(err, KARVAN_E_DATA, "%s", s.first);
done:
    if (st != KARVAN_OK) karvan_table_destroy(*out), *out = NULL;
    for (int k = 0; k < s.n_components; k++) karvan_i_free(s.component[k].id);
    karvan_i_free(s.component);
    karvan_builder_destroy(s.b);
    karvan_i_csv_close(&s.csv);
    return st;
}

karvan_status karvan_sdmx_read(const char *path, const karvan_sdmx_options *o,
                               karvan_problems *problems, karvan_table **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "a message needs a path");
    return karvan_i_sdmx_read(path, NULL, 0, o, problems, out, err);
}
