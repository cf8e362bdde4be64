/* What a CSV file is: encoding, delimiter, and its header as columns. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/csv_reader.h"

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
karvan_status karvan_i_reader_look(karvan_i_reader *r) {
    const char *s;
    size_t n;
    karvan_status st = karvan_i_csv_peek(&r->csv, &s, &n, r->err);
    if (st != KARVAN_OK) return st;
    if (n >= 2 && (memcmp(s, "\xFF\xFE", 2) == 0 || memcmp(s, "\xFE\xFF", 2) == 0)) {
        (void)karvan_i_reader_fault(r, 1, 1, "csv-encoding", "save the file as UTF-8",
                                    "the file is UTF-16");
        return karvan_fail(r->err, KARVAN_E_DATA, "%s:1:1: the file is UTF-16; save it as UTF-8",
                           r->path);
    }
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) r->csv.begin += 3, s += 3, n -= 3;
    char given = r->o->delimiter;
    if (given && (strchr("\"\r\n+-.0123456789", given) || given == r->o->decimal))
        return karvan_fail(r->err, KARVAN_E_ARG, "'%c' cannot be a delimiter", given);
    r->csv.delimiter = r->o->delimiter ? r->o->delimiter : find_delimiter(s, n);
    char encoding[16] = "utf8";
    if (r->o->encoding) (void)karvan_text_fold(r->o->encoding, encoding, sizeof encoding);
    r->csv.latin1 = strcmp(encoding, "latin1") == 0 || strcmp(encoding, "iso88591") == 0;
    if (!r->csv.latin1 && strcmp(encoding, "utf8") != 0)
        return karvan_fail(r->err, KARVAN_E_ARG, "encoding '%.40s' is neither utf-8 nor latin1",
                           r->o->encoding);
    return KARVAN_OK;
}

static karvan_status add_column(karvan_i_reader *r, const char *name, karvan_type type,
                                const char *unit, int how, int field) {
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
    bool *gap = karvan_i_realloc(r->gap, n, sizeof *gap);
    if (gap) r->gap = gap;
    if (!column || !at || !infer || !reread || !gap)
        return karvan_fail(r->err, KARVAN_E_NOMEM, "no memory for column %s", name);
    karvan_status st = karvan_i_column_init(&column[t->n_columns], name, type, unit, r->err);
    if (st != KARVAN_OK) return st;
    at[t->n_columns] = field, infer[t->n_columns] = (uint8_t)how,
    reread[t->n_columns] = gap[t->n_columns] = false;
    t->n_columns++;
    return KARVAN_OK;
}

static int declared(const karvan_i_reader *r, const char *name) {
    for (int c = 0; c < r->o->n_columns; c++)
        if (strcmp(r->o->columns[c].name, name) == 0) return c;
    return -1;
}

/* A name for field i: the header's, or c1, c2, ...; twice the same gets a number. */
static karvan_status header_name(karvan_i_reader *r, int i, char *name, size_t cap) {
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
        return karvan_i_reader_fault(r, r->csv.line, f->column, "csv-header-empty",
                                     "give every column a name", "a column has no name");
    }
    return KARVAN_OK;
}

static karvan_status extra_column(karvan_i_reader *r, int i, const char *name) {
    const char *names[256];
    char hint[200] = "remove it, or declare it in the schema";
    int n = 0;
    for (int c = 0; c < r->o->n_columns && n < 256; c++) names[n++] = r->o->columns[c].name;
    int64_t near = karvan_text_nearest(name, names, (size_t)n);
    if (near >= 0) (void)snprintf(hint, sizeof hint, "did you mean %s?", names[near]);
    char message[200];
    (void)snprintf(message, sizeof message, "column '%.80s' is not declared", name);
    return karvan_i_reader_fault(r, r->csv.line, r->csv.field[i].column, "column-extra", hint,
                                 message);
}

static bool wanted(const karvan_i_reader *r, const char *name) {
    bool found = r->o->n_only == 0;
    for (int k = 0; k < r->o->n_only && !found; k++) found = strcmp(r->o->only[k], name) == 0;
    return found;
}

static karvan_status place_field(karvan_i_reader *r, int i) {
    karvan_status st = KARVAN_OK;
    char name[256];
    KARVAN_TRY(header_name(r, i, name, sizeof name));
    r->column_of[i] = -1;
    if (!wanted(r, name)) return KARVAN_OK;
    int c = declared(r, name);
    if (c >= 0 && r->t->field[c] < 0) {
        r->t->field[c] = i, r->column_of[i] = c;
        return KARVAN_OK;
    }
    if (c >= 0 || karvan_table_find(r->t, name) >= 0) {
        char message[300];
        (void)snprintf(message, sizeof message, "column '%.80s' stands twice in the header", name);
        KARVAN_TRY(karvan_i_reader_fault(r, r->csv.line, r->csv.field[i].column,
                                         "csv-header-duplicate", "rename one", message));
        size_t len = strlen(name);
        (void)snprintf(name + len, sizeof name - len, "_%d", i + 1);
    }
    if (r->o->n_columns > 0 && !r->o->extra_columns) {
        if (i + 1 == r->n_header && r->csv.field[i].n == 0) return KARVAN_OK;
        return extra_column(r, i, name);
    }
    r->column_of[i] = r->t->n_columns;
    KARVAN_TRY(add_column(r, name, KARVAN_INT, NULL, KARVAN_I_INFER_INT, i));
done:
    return st;
}

karvan_status karvan_i_reader_header(karvan_i_reader *r, bool *empty) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_csv_next(&r->csv, empty, r->err));
    *empty = !*empty;
    if (!*empty && !r->csv.ascii) KARVAN_TRY(karvan_i_reader_encoding(r));
    if (*empty && r->o->n_columns == 0) {
        (void)karvan_i_reader_fault(r, 1, 1, "csv-empty",
                                    "a header line with the names of the columns",
                                    "the file is empty");
        return karvan_fail(r->err, KARVAN_E_DATA, "%s:1:1: the file is empty", r->path);
    }
    for (int c = 0; c < r->o->n_columns; c++)
        KARVAN_TRY(add_column(r, r->o->columns[c].name, r->o->columns[c].type,
                              r->o->columns[c].unit, KARVAN_I_DECLARED, -1));
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
            KARVAN_TRY(karvan_i_reader_fault(r, 1, 1, "column-missing",
                                             "add it to the header; its cells may be empty",
                                             message));
        }
done:
    return st;
}
