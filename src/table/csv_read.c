/* From records to columns: header, types, states, and every fault with its place. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "table/column.h"
#include "table/csv.h"
#include "table/number.h"

enum { INFER_INT, INFER_REAL, INFER_TEXT, DECLARED };

typedef struct reader {
    karvan_i_csv csv;
    const karvan_csv_options *o;
    const char *path;
    karvan_problems *problems; /* NULL: the first fault ends the reading */
    karvan_error *err;
    karvan_table *t;
    int *column_of; /* [n_header] column that a field goes to, -1: none */
    int n_header;
    uint8_t *infer; /* [n_columns] */
    bool *reread;   /* [n_columns] turned to text after numbers had been kept */
    bool again, point_seen, comma_seen;
    bool absent; /* a declared column is not in the file */
    int64_t cap_lines;
} reader;

static karvan_status fault(reader *r, int64_t line, int64_t column, const char *code,
                           const char *hint, const char *message) {
    if (r->problems)
        return karvan_problems_add(r->problems, KARVAN_ERROR, r->path, line, column, code, hint,
                                   "%s", message) == KARVAN_OK
                   ? KARVAN_OK
                   : karvan_fail(r->err, KARVAN_E_NOMEM, "no memory for problems");
    return karvan_fail(r->err, KARVAN_E_DATA, "%s:%lld:%lld: %s%s%s", r->path, (long long)line,
                       (long long)column, message, hint && *hint ? "; " : "", hint ? hint : "");
}

static karvan_status cell_fault(reader *r, const karvan_i_field *f, const char *code,
                                const char *hint, const char *what) {
    char message[256];
    (void)snprintf(message, sizeof message, "'%.*s' is %s", (int)(f->n > 60 ? 60 : f->n), f->s,
                   what);
    return fault(r, r->csv.line + f->line, f->column, code, hint, message);
}

/* ---- header ---- */

static char find_delimiter(const char *s, size_t n) {
    static const char candidates[] = {',', ';', '\t', '|'};
    int count[4] = {0};
    bool inside = false;
    for (size_t i = 0; i < n && (inside || s[i] != '\n'); i++) {
        if (s[i] == '"') inside = !inside;
        for (int k = 0; k < 4 && !inside; k++) count[k] += s[i] == candidates[k];
    }
    int best = 0;
    for (int k = 1; k < 4; k++)
        if (count[k] > count[best]) best = k;
    return candidates[best];
}

/* BOM, delimiter and encoding from the first bytes. */
static karvan_status look(reader *r) {
    const char *s;
    size_t n;
    karvan_status st = karvan_i_csv_peek(&r->csv, &s, &n, r->err);
    if (st != KARVAN_OK) return st;
    if (n >= 2 && (memcmp(s, "\xFF\xFE", 2) == 0 || memcmp(s, "\xFE\xFF", 2) == 0)) {
        (void)fault(r, 1, 1, "csv-encoding", "save the file as UTF-8", "the file is UTF-16");
        return karvan_fail(r->err, KARVAN_E_DATA, "%s:1:1: the file is UTF-16; save it as UTF-8",
                           r->path);
    }
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) r->csv.begin += 3, s += 3, n -= 3;
    r->csv.delimiter = r->o->delimiter ? r->o->delimiter : find_delimiter(s, n);
    if (r->o->encoding && strcmp(r->o->encoding, "utf-8") != 0 &&
        strcmp(r->o->encoding, "utf8") != 0) {
        if (strcmp(r->o->encoding, "latin1") != 0 && strcmp(r->o->encoding, "iso-8859-1") != 0)
            return karvan_fail(r->err, KARVAN_E_ARG, "encoding '%.40s' is neither utf-8 nor latin1",
                               r->o->encoding);
        r->csv.latin1 = true;
    }
    return KARVAN_OK;
}

static karvan_status add_column(reader *r, const char *name, karvan_type type, const char *unit,
                                int how, int field) {
    karvan_table *t = r->t;
    size_t n = (size_t)t->n_columns + 1;
    karvan_i_column *column = karvan_i_realloc(t->column, n, sizeof *column);
    if (column) t->column = column;
    int *at = karvan_i_realloc(t->field, n, sizeof *at);
    if (at) t->field = at;
    uint8_t *infer = karvan_i_realloc(r->infer, n, 1);
    if (infer) r->infer = infer;
    bool *reread = karvan_i_realloc(r->reread, n, sizeof *reread);
    if (reread) r->reread = reread;
    if (!column || !at || !infer || !reread)
        return karvan_fail(r->err, KARVAN_E_NOMEM, "no memory for column %s", name);
    karvan_status st = karvan_i_column_init(&column[t->n_columns], name, type, unit, r->err);
    if (st != KARVAN_OK) return st;
    at[t->n_columns] = field, infer[t->n_columns] = (uint8_t)how, reread[t->n_columns] = false;
    t->n_columns++;
    return KARVAN_OK;
}

static int declared(const reader *r, const char *name) {
    for (int c = 0; c < r->o->n_columns; c++)
        if (strcmp(r->o->columns[c].name, name) == 0) return c;
    return -1;
}

/* A name for field i: the header's, or c1, c2, ...; twice the same gets a number. */
static karvan_status header_name(reader *r, int i, char *name, size_t cap) {
    const karvan_i_field *f = &r->csv.field[i];
    if (r->o->no_header) {
        if (i < r->o->n_columns)
            (void)snprintf(name, cap, "%s", r->o->columns[i].name);
        else
            (void)snprintf(name, cap, "c%d", i + 1);
        return KARVAN_OK;
    }
    (void)snprintf(name, cap, "%.*s", (int)(f->n < cap ? f->n : cap - 1), f->s);
    if (!*name) {
        (void)snprintf(name, cap, "c%d", i + 1);
        if (i + 1 == r->n_header) return KARVAN_OK; /* a trailing delimiter */
        return fault(r, r->csv.line, f->column, "csv-header-empty", "give every column a name",
                     "a column has no name");
    }
    return KARVAN_OK;
}

static karvan_status extra_column(reader *r, int i, const char *name) {
    const char *names[256];
    char hint[200] = "remove it, or declare it in the schema";
    int n = 0;
    for (int c = 0; c < r->o->n_columns && n < 256; c++) names[n++] = r->o->columns[c].name;
    int64_t near = karvan_text_nearest(name, names, (size_t)n);
    if (near >= 0) (void)snprintf(hint, sizeof hint, "did you mean %s?", names[near]);
    char message[200];
    (void)snprintf(message, sizeof message, "column '%.80s' is not declared", name);
    return fault(r, r->csv.line, r->csv.field[i].column, "column-extra", hint, message);
}

static karvan_status place_field(reader *r, int i) {
    karvan_status st = KARVAN_OK;
    char name[256];
    KARVAN_TRY(header_name(r, i, name, sizeof name));
    r->column_of[i] = -1;
    int c = declared(r, name);
    if (c >= 0 && r->t->field[c] < 0) {
        r->t->field[c] = i, r->column_of[i] = c;
        return KARVAN_OK;
    }
    if (c >= 0 || karvan_table_find(r->t, name) >= 0) {
        char message[300];
        (void)snprintf(message, sizeof message, "column '%.80s' stands twice in the header", name);
        KARVAN_TRY(fault(r, r->csv.line, r->csv.field[i].column, "csv-header-duplicate",
                         "rename one", message));
        size_t len = strlen(name);
        (void)snprintf(name + len, sizeof name - len, "_%d", i + 1);
    }
    if (r->o->n_columns > 0 && !r->o->extra_columns) {
        if (i + 1 == r->n_header && r->csv.field[i].n == 0) return KARVAN_OK;
        return extra_column(r, i, name);
    }
    r->column_of[i] = r->t->n_columns;
    KARVAN_TRY(add_column(r, name, KARVAN_INT, NULL, INFER_INT, i));
done:
    return st;
}

static karvan_status header(reader *r, bool *empty) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_csv_next(&r->csv, empty, r->err));
    *empty = !*empty;
    if (*empty && r->o->n_columns == 0) {
        (void)fault(r, 1, 1, "csv-empty", "a header line with the names of the columns",
                    "the file is empty");
        return karvan_fail(r->err, KARVAN_E_DATA, "%s:1:1: the file is empty", r->path);
    }
    for (int c = 0; c < r->o->n_columns; c++)
        KARVAN_TRY(add_column(r, r->o->columns[c].name, r->o->columns[c].type,
                              r->o->columns[c].unit, DECLARED, -1));
    r->n_header = *empty ? 0 : r->csv.n_fields;
    r->column_of = karvan_i_calloc((size_t)r->n_header + 1, sizeof *r->column_of);
    KARVAN_REQUIRE(r->column_of, r->err, KARVAN_E_NOMEM, "no memory for a header");
    for (int i = 0; i < r->n_header; i++) KARVAN_TRY(place_field(r, i));
    for (int c = 0; c < r->o->n_columns; c++)
        if (r->t->field[c] < 0) {
            r->absent = true;
            char message[200];
            (void)snprintf(message, sizeof message, "column '%.80s' is missing",
                           r->o->columns[c].name);
            KARVAN_TRY(fault(r, 1, 1, "column-missing",
                             "add it to the header; its cells may be empty", message));
        }
done:
    return st;
}

/* ---- cells ---- */

static bool missing(const reader *r, const karvan_i_field *f, karvan_cell *state) {
    if (r->o->n_missing == 0) return *state = KARVAN_UNKNOWN, f->n == 0;
    for (int k = 0; k < r->o->n_missing; k++) {
        const karvan_missing *m = &r->o->missing[k];
        if (strlen(m->text) == f->n && memcmp(m->text, f->s, f->n) == 0)
            return *state = m->state, true;
    }
    return false;
}

static bool is_text(const karvan_i_field *f, const char *s) {
    return strlen(s) == f->n && memcmp(f->s, s, f->n) == 0;
}

static bool parse_bool(const reader *r, const karvan_i_field *f, bool *out) {
    if (r->o->true_text || r->o->false_text) {
        *out = r->o->true_text && is_text(f, r->o->true_text);
        return *out || (r->o->false_text && is_text(f, r->o->false_text));
    }
    *out = is_text(f, "true") || is_text(f, "TRUE") || is_text(f, "True") || is_text(f, "1");
    return *out || is_text(f, "false") || is_text(f, "FALSE") || is_text(f, "False") ||
           is_text(f, "0");
}

static bool parse_real(reader *r, const karvan_i_field *f, double *out) {
    if (r->o->decimal) return karvan_i_parse_real(f->s, f->n, r->o->decimal, out);
    if (r->csv.delimiter == ';' && memchr(f->s, ',', f->n)) {
        if (!karvan_i_parse_real(f->s, f->n, ',', out)) return false;
        return r->comma_seen = true;
    }
    if (!karvan_i_parse_real(f->s, f->n, '.', out)) return false;
    if (r->csv.delimiter == ';' && memchr(f->s, '.', f->n)) r->point_seen = true;
    return true;
}

/* Numbers whose spelling says more than their value stay text: 007, +1. */
static bool plain_int(const karvan_i_field *f) {
    size_t i = f->n > 0 && f->s[0] == '-';
    return f->n > i && f->s[i] != '+' && !(f->s[i] == '0' && f->n > i + 1) && f->s[0] != ' ';
}

static karvan_status to_text(reader *r, int c) {
    r->infer[c] = INFER_TEXT;
    bool values = false; /* numbers already kept: their spelling is gone, the file is read again */
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

static karvan_status put_inferred(reader *r, int c, const karvan_i_field *f) {
    karvan_status st = KARVAN_OK;
    karvan_i_column *column = &r->t->column[c];
    int64_t i;
    double v;
    if (r->infer[c] == INFER_INT) {
        if (plain_int(f) && karvan_i_parse_int(f->s, f->n, &i))
            return karvan_i_column_int(column, i, r->err);
        if (parse_real(r, f, &v) &&
            (plain_int(f) || memchr(f->s, '.', f->n) || memchr(f->s, ',', f->n))) {
            r->infer[c] = INFER_REAL;
            KARVAN_TRY(karvan_i_column_widen(column, r->err));
        } else {
            KARVAN_TRY(to_text(r, c));
        }
    }
    if (r->infer[c] == INFER_REAL) {
        if (parse_real(r, f, &v)) return karvan_i_column_real(column, v, r->err);
        KARVAN_TRY(to_text(r, c));
    }
    if (r->reread[c]) return karvan_i_column_missing(column, KARVAN_UNKNOWN, r->err);
    KARVAN_TRY(karvan_i_column_text(column, f->s, f->n, r->err));
done:
    return st;
}

static karvan_status put_date(reader *r, karvan_i_column *column, const karvan_i_field *f) {
    karvan_error why = {0};
    karvan_status st = karvan_i_column_text(column, f->s, f->n, &why);
    if (st == KARVAN_OK) return st;
    if (st == KARVAN_E_NOMEM) return karvan_fail(r->err, st, "%s", why.msg);
    st = fault(r, r->csv.line + f->line, f->column, "type-date",
               "a date as EDTF: 1992, 1992-08, 1992-08-30, 1992~, 1992/1995, ../1992", why.msg);
    return st == KARVAN_OK ? karvan_i_column_missing(column, KARVAN_UNKNOWN, r->err) : st;
}

static karvan_status put(reader *r, int c, const karvan_i_field *f) {
    karvan_i_column *column = &r->t->column[c];
    karvan_cell state;
    karvan_status st = KARVAN_OK;
    int64_t i;
    double v;
    bool b;
    if (missing(r, f, &state)) return karvan_i_column_missing(column, state, r->err);
    if (r->infer[c] != DECLARED) return put_inferred(r, c, f);
    switch (column->type) {
    case KARVAN_INT:
        if (karvan_i_parse_int(f->s, f->n, &i)) return karvan_i_column_int(column, i, r->err);
        st = cell_fault(r, f, "type-integer", "a whole number such as 2022", "no whole number");
        break;
    case KARVAN_REAL:
        if (parse_real(r, f, &v)) return karvan_i_column_real(column, v, r->err);
        st = cell_fault(r, f, "type-number",
                        "a number such as 34272.5, without thousands separators or unit",
                        "no number");
        break;
    case KARVAN_BOOL:
        if (parse_bool(r, f, &b)) return karvan_i_column_bool(column, b, r->err);
        st = cell_fault(r, f, "type-boolean", "true or false", "neither true nor false");
        break;
    case KARVAN_DATE:
        return put_date(r, column, f);
    case KARVAN_TEXT:
        return karvan_i_column_text(column, f->s, f->n, r->err);
    }
    return st == KARVAN_OK ? karvan_i_column_missing(column, KARVAN_UNKNOWN, r->err) : st;
}

static karvan_status keep_line(reader *r) {
    karvan_table *t = r->t;
    if (r->o->no_lines) return KARVAN_OK;
    if (t->n_rows == r->cap_lines) {
        int64_t cap = r->cap_lines ? 2 * r->cap_lines : 64;
        uint32_t *line = karvan_i_realloc(t->line, (size_t)cap, sizeof *line);
        if (!line) return karvan_fail(r->err, KARVAN_E_NOMEM, "no memory for line numbers");
        t->line = line, r->cap_lines = cap;
    }
    t->line[t->n_rows] = (uint32_t)r->csv.line;
    return KARVAN_OK;
}

static karvan_status check_encoding(reader *r) {
    for (int i = 0; i < r->csv.n_fields; i++) {
        const karvan_i_field *f = &r->csv.field[i];
        size_t good = karvan_utf8_valid_prefix(f->s, f->n);
        const char *nul = memchr(f->s, 0, f->n);
        if (good == f->n && !nul) continue;
        char message[160];
        if (nul) good = (size_t)(nul - f->s);
        (void)snprintf(message, sizeof message, "byte 0x%02X is not %s", (unsigned char)f->s[good],
                       nul ? "text" : "UTF-8");
        const char *hint = nul ? "save the file as UTF-8; UTF-16 is not read"
                               : "if the file is ISO-8859-1, read it with encoding latin1";
        if (r->problems)
            (void)fault(r, r->csv.line + f->line, f->column + (int64_t)good, "csv-encoding", hint,
                        message);
        return karvan_fail(r->err, KARVAN_E_DATA, "%s:%lld:%lld: %s; %s", r->path,
                           (long long)(r->csv.line + f->line),
                           (long long)(f->column + (int64_t)good), message, hint);
    }
    return KARVAN_OK;
}

static karvan_status check_record(reader *r) {
    karvan_status st = KARVAN_OK;
    char message[120];
    int n = r->csv.n_fields;
    if (r->csv.open_quote)
        KARVAN_TRY(fault(r, r->csv.line, r->csv.field[n - 1].column, "csv-quote",
                         "end the field with a quote", "a quoted field does not end"));
    if (r->csv.stray_quote)
        KARVAN_TRY(fault(r, r->csv.line, r->csv.field[r->csv.n_stray].column, "csv-quote",
                         "double every quote inside a quoted field",
                         "text behind a closing quote"));
    bool trailing = n == r->n_header + 1 && r->csv.field[n - 1].n == 0;
    if (n == r->n_header || trailing) goto done;
    (void)snprintf(message, sizeof message, "%d fields where the header has %d", n, r->n_header);
    KARVAN_TRY(fault(r, r->csv.line, n > r->n_header ? r->csv.field[r->n_header].column : 1,
                     "csv-ragged-row", "quote fields that hold the delimiter", message));
done:
    return st;
}

static karvan_status record(reader *r) {
    karvan_status st = KARVAN_OK;
    if (r->csv.n_fields == 1 && r->csv.field[0].n == 0 && !r->csv.field[0].quoted &&
        r->n_header != 1)
        return KARVAN_OK; /* an empty line */
    if (!r->csv.ascii) KARVAN_TRY(check_encoding(r));
    KARVAN_TRY(check_record(r));
    KARVAN_TRY(keep_line(r));
    for (int i = 0; i < r->csv.n_fields && i < r->n_header; i++)
        if (r->column_of[i] >= 0) KARVAN_TRY(put(r, r->column_of[i], &r->csv.field[i]));
    r->t->n_rows++;
    bool whole = r->csv.n_fields >= r->n_header && !r->absent;
    for (int c = 0; c < r->t->n_columns && !whole; c++)
        if (r->t->column[c].n < r->t->n_rows)
            KARVAN_TRY(karvan_i_column_missing(&r->t->column[c], KARVAN_UNKNOWN, r->err));
done:
    return st;
}

static void reader_clear(reader *r) {
    karvan_i_csv_close(&r->csv);
    karvan_i_free(r->column_of), karvan_i_free(r->infer), karvan_i_free(r->reread);
    karvan_table_destroy(r->t);
}

/* One pass over the source. text[c] (NULL: none) forces a column to be text from its first cell. */
static karvan_status pass(reader *r, const char *bytes, size_t n, const char *name,
                          const bool *text) {
    karvan_status st = KARVAN_OK;
    bool got = true, empty;
    r->t = karvan_i_calloc(1, sizeof *r->t);
    KARVAN_REQUIRE(r->t, r->err, KARVAN_E_NOMEM, "no memory for table %s", name);
    r->t->name = karvan_i_strndup(name, strlen(name));
    r->t->path = karvan_i_strndup(r->path, strlen(r->path));
    KARVAN_REQUIRE(r->t->name && r->t->path, r->err, KARVAN_E_NOMEM, "no memory for table %s",
                   name);
    KARVAN_TRY(karvan_i_csv_open(&r->csv, bytes ? NULL : r->path, bytes, n, r->err));
    KARVAN_TRY(look(r));
    KARVAN_TRY(header(r, &empty));
    r->t->delimiter = r->csv.delimiter;
    for (int c = 0; text && c < r->t->n_columns; c++)
        if (text[c]) r->infer[c] = INFER_TEXT, r->t->column[c].type = KARVAN_TEXT;
    if (r->o->no_header && !empty) KARVAN_TRY(record(r));
    while (!empty) {
        KARVAN_TRY(karvan_i_csv_next(&r->csv, &got, r->err));
        if (!got) break;
        KARVAN_TRY(record(r));
    }
    for (int c = 0; c < r->t->n_columns; c++) karvan_i_column_trim(&r->t->column[c]);
    if (r->point_seen && r->comma_seen)
        KARVAN_TRY(fault(r, 0, 0, "csv-decimal", "say which with the option decimal",
                         "both 12.5 and 12,5 stand in the file"));
done:
    return st;
}

static karvan_status read_table(const char *bytes, size_t n, const char *path, const char *name,
                                const karvan_csv_options *options, karvan_problems *problems,
                                karvan_table **out, karvan_error *err) {
    static const karvan_csv_options plain = {0};
    karvan_status st = KARVAN_OK;
    reader first = {
        .o = options ? options : &plain, .path = path, .problems = problems, .err = err};
    reader second = first;
    KARVAN_REQUIRE(path && name, err, KARVAN_E_ARG, "a table needs a path and a name");
    KARVAN_TRY(pass(&first, bytes, n, name, NULL));
    reader *done_by = &first;
    if (first.again) {
        second.problems = NULL; /* all faults were said in the first pass */
        karvan_problems *unheard = NULL;
        KARVAN_TRY(karvan_problems_create(&unheard, err));
        second.problems = problems ? unheard : NULL;
        st = pass(&second, bytes, n, name, first.reread);
        karvan_problems_destroy(unheard);
        if (st != KARVAN_OK) goto done;
        done_by = &second;
    }
    *out = done_by->t, done_by->t = NULL;
done:
    reader_clear(&first), reader_clear(&second);
    return st;
}

karvan_status karvan_csv_read(const char *path, const char *name, const karvan_csv_options *options,
                              karvan_problems *problems, karvan_table **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    return read_table(NULL, 0, path, name, options, problems, out, err);
}

karvan_status karvan_csv_parse(const char *bytes, size_t n, const char *path, const char *name,
                               const karvan_csv_options *options, karvan_problems *problems,
                               karvan_table **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    return read_table(bytes ? bytes : "", bytes ? n : 0, path ? path : "(memory)", name, options,
                      problems, out, err);
}
