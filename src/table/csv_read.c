/* From records to a table, and every fault with its place. */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/csv_reader.h"
#include "table/gzip.h"

karvan_status karvan_i_reader_fault(karvan_i_reader *r, int64_t line, int64_t column,
                                    const char *code, const char *hint, const char *message) {
    if (r->problems)
        return karvan_problems_add(r->problems, KARVAN_ERROR, r->path, line, column, code, hint,
                                   "%s", message) == KARVAN_OK
                   ? KARVAN_OK
                   : karvan_fail(r->err, KARVAN_E_NOMEM, "no memory for problems");
    return karvan_fail(r->err, KARVAN_E_DATA, "%s:%lld:%lld: %s%s%s", r->path, (long long)line,
                       (long long)column, message, hint && *hint ? "; " : "", hint ? hint : "");
}

/* The line of each record, and for one record in KARVAN_I_ROWS_APART where it begins. */
static karvan_status keep_line(karvan_i_reader *r) {
    karvan_table *t = r->t;
    if (r->o->no_lines) return KARVAN_OK;
    if (t->n_rows == r->cap_lines) {
        int64_t cap = r->cap_lines ? 2 * r->cap_lines : KARVAN_I_ROWS_APART;
        uint32_t *line = karvan_i_realloc(t->line, (size_t)cap, sizeof *line);
        if (line) t->line = line;
        int64_t *offset =
            karvan_i_realloc(t->offset, (size_t)(cap / KARVAN_I_ROWS_APART), sizeof *offset);
        if (offset) t->offset = offset;
        if (!line || !offset)
            return karvan_fail(r->err, KARVAN_E_NOMEM, "no memory for line numbers");
        r->cap_lines = cap;
    }
    if (t->n_rows % KARVAN_I_ROWS_APART == 0)
        t->offset[t->n_rows / KARVAN_I_ROWS_APART] = r->csv.at;
    t->line[t->n_rows] = (uint32_t)r->csv.line;
    return KARVAN_OK;
}

karvan_status karvan_i_reader_encoding(karvan_i_reader *r) {
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
            (void)karvan_i_reader_fault(r, r->csv.line + f->line, f->column + (int64_t)good,
                                        "csv-encoding", hint, message);
        return karvan_fail(r->err, KARVAN_E_DATA, "%s:%lld:%lld: %s; %s", r->path,
                           (long long)(r->csv.line + f->line),
                           (long long)(f->column + (int64_t)good), message, hint);
    }
    return KARVAN_OK;
}

static karvan_status check_record(karvan_i_reader *r) {
    karvan_status st = KARVAN_OK;
    char message[120];
    int n = r->csv.n_fields;
    if (r->csv.open_quote)
        KARVAN_TRY(karvan_i_reader_fault(r, r->csv.line, r->csv.field[n - 1].column, "csv-quote",
                                         "end the field with a quote",
                                         "a quoted field does not end"));
    if (r->csv.stray_quote)
        KARVAN_TRY(karvan_i_reader_fault(r, r->csv.line, r->csv.field[r->csv.n_stray].column,
                                         "csv-quote", "double every quote inside a quoted field",
                                         "text behind a closing quote"));
    bool trailing = n == r->n_header + 1 && r->csv.field[n - 1].n == 0;
    if (n == r->n_header || trailing) goto done;
    (void)snprintf(message, sizeof message, "%d fields where the header has %d", n, r->n_header);
    KARVAN_TRY(karvan_i_reader_fault(
        r, r->csv.line, n > r->n_header ? r->csv.field[r->n_header].column : 1, "csv-ragged-row",
        "quote fields that hold the delimiter", message));
done:
    return st;
}

static karvan_status record(karvan_i_reader *r) {
    karvan_status st = KARVAN_OK;
    if (r->csv.n_fields == 1 && r->csv.field[0].n == 0 && !r->csv.field[0].quoted &&
        r->n_header != 1)
        return KARVAN_OK; /* an empty line */
    if (!r->csv.ascii) KARVAN_TRY(karvan_i_reader_encoding(r));
    KARVAN_TRY(check_record(r));
    KARVAN_TRY(keep_line(r));
    for (int i = 0; i < r->csv.n_fields && i < r->n_header; i++)
        if (r->column_of[i] >= 0)
            KARVAN_TRY(karvan_i_reader_put(r, r->column_of[i], &r->csv.field[i]));
    r->t->n_rows++;
    bool whole = r->csv.n_fields >= r->n_header && !r->absent;
    for (int c = 0; c < r->t->n_columns && !whole; c++)
        if (r->t->column[c].n < r->t->n_rows)
            KARVAN_TRY(karvan_i_column_missing(&r->t->column[c], r->faulty, r->err));
done:
    return st;
}

static void reader_clear(karvan_i_reader *r) {
    karvan_i_csv_close(&r->csv);
    karvan_i_free(r->column_of), karvan_i_free(r->infer), karvan_i_free(r->reread);
    karvan_i_free(r->missing), karvan_i_free(r->gap);
    karvan_table_destroy(r->t);
    r->column_of = NULL, r->infer = NULL, r->reread = NULL, r->missing = NULL, r->t = NULL;
    r->gap = NULL;
}

/* Memory that was grown ahead goes back; a table that is not in a file cannot be looked up there.
 */
static void trim(karvan_i_reader *r, bool in_file) {
    karvan_table *t = r->t;
    for (int c = 0; c < t->n_columns; c++) karvan_i_column_trim(&t->column[c]);
    if (t->line) {
        uint32_t *line = karvan_i_realloc(t->line, (size_t)t->n_rows, sizeof *line);
        if (line) t->line = line; /* shrinking may fail without harm */
    }
    if (in_file) return;
    karvan_i_free(t->offset);
    t->offset = NULL;
}

static karvan_status start(karvan_i_reader *r, const char *name) {
    karvan_status st = KARVAN_OK;
    r->t = karvan_i_calloc(1, sizeof *r->t);
    KARVAN_REQUIRE(r->t, r->err, KARVAN_E_NOMEM, "no memory for table %s", name);
    r->t->name = karvan_i_strndup(name, strlen(name));
    r->t->path = karvan_i_strndup(r->path, strlen(r->path));
    r->missing = karvan_i_calloc((size_t)r->o->n_missing + 1, sizeof *r->missing);
    KARVAN_REQUIRE(r->t->name && r->t->path && r->missing, r->err, KARVAN_E_NOMEM,
                   "no memory for table %s", name);
    for (int k = 0; k < r->o->n_missing; k++) r->missing[k] = strlen(r->o->missing[k].text);
done:
    return st;
}

/* One pass over the source. text[c] (NULL: none) forces a column to be text from its first cell. */
static karvan_status pass(karvan_i_reader *r, const char *bytes, size_t n, const char *name,
                          const bool *text) {
    karvan_status st = KARVAN_OK;
    bool got = true, empty;
    KARVAN_TRY(start(r, name));
    KARVAN_TRY(karvan_i_csv_open(&r->csv, bytes ? NULL : r->path, bytes, n, r->err));
    KARVAN_TRY(karvan_i_reader_look(r));
    KARVAN_TRY(karvan_i_reader_header(r, &empty));
    r->t->delimiter = r->csv.delimiter;
    for (int c = 0; text && c < r->t->n_columns; c++)
        if (text[c]) r->infer[c] = KARVAN_I_INFER_TEXT, r->t->column[c].type = KARVAN_TEXT;
    if (r->o->no_header && !empty && !r->o->no_rows) KARVAN_TRY(record(r));
    while (!empty && !r->o->no_rows) {
        KARVAN_TRY(karvan_i_csv_next(&r->csv, &got, r->err));
        if (!got) break;
        KARVAN_TRY(record(r));
    }
    if (r->point_seen && r->comma_seen)
        KARVAN_TRY(karvan_i_reader_fault(r, 0, 0, "csv-decimal",
                                         "say which with the option decimal",
                                         "both 12.5 and 12,5 stand in the file"));
done:
    return st;
}

/* Can it be read again from its beginning? */
static bool regular(const char *path) {
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

/* The second pass over a file whose column r->reread turned out to be text: the spelling of the
 * numbers before it was not kept. What was read goes before the file is read again. */
static karvan_status again(karvan_i_reader *r, const char *bytes, size_t n, const char *name) {
    karvan_status st = KARVAN_OK;
    karvan_problems *unheard = NULL;
    bool *text = r->reread;
    karvan_i_reader second = {
        .o = r->o, .styles = r->styles, .faulty = r->faulty, .path = r->path, .err = r->err};
    KARVAN_REQUIRE(bytes || regular(r->path), r->err, KARVAN_E_DATA,
                   "%s cannot be read twice, as its columns need; save it to a file first",
                   r->path);
    if (r->problems) KARVAN_TRY(karvan_problems_create(&unheard, r->err)); /* all was said before */
    second.problems = unheard;
    r->reread = NULL;
    reader_clear(r);
    st = pass(&second, bytes, n, name, text);
    second.problems = r->problems;
    karvan_i_free(text);
    *r = second;
done:
    karvan_problems_destroy(unheard);
    return st;
}

static karvan_status read_table(const char *bytes, size_t n, karvan_i_reader *r, const char *name,
                                karvan_table **out) {
    static const karvan_csv_options plain = {0};
    karvan_status st = KARVAN_OK;
    if (!r->o) r->o = &plain;
    *out = NULL;
    KARVAN_REQUIRE(r->path && name, r->err, KARVAN_E_ARG, "a table needs a path and a name");
    KARVAN_TRY(pass(r, bytes, n, name, NULL));
    if (r->again) KARVAN_TRY(again(r, bytes, n, name));
    trim(r, !bytes && regular(r->path));
    *out = r->t, r->t = NULL;
done:
    reader_clear(r);
    return st;
}

karvan_status karvan_csv_read(const char *path, const char *name, const karvan_csv_options *options,
                              karvan_problems *problems, karvan_table **out, karvan_error *err) {
    return karvan_i_csv_read(path, name, options, NULL, false, problems, out, err);
}

karvan_status karvan_i_csv_read(const char *path, const char *name,
                                const karvan_csv_options *options,
                                const karvan_i_cell_style *styles, bool mark,
                                karvan_problems *problems, karvan_table **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    karvan_i_reader r = {.o = options,
                         .styles = styles,
                         .faulty = mark ? KARVAN_I_FAULT : KARVAN_UNKNOWN,
                         .path = path,
                         .problems = problems,
                         .err = err};
    return karvan_i_gzip_judge(path, read_table(NULL, 0, &r, name, out), err);
}

karvan_status karvan_csv_parse(const char *bytes, size_t n, const char *path, const char *name,
                               const karvan_csv_options *options, karvan_problems *problems,
                               karvan_table **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    karvan_i_reader r = {.o = options,
                         .faulty = KARVAN_UNKNOWN,
                         .path = path ? path : "(memory)",
                         .problems = problems,
                         .err = err};
    return read_table(bytes ? bytes : "", bytes ? n : 0, &r, name, out);
}
