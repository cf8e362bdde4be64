/* OMX matrices as a table, a row a pair of zones and a column a matrix, written while it is read.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "base/utf8.h"
#include "exchange/import.h"
#include "exchange/schema.h"
#include "table/column.h"

enum { BLOCK_BYTES = 32 << 20, TEXT_BYTES = 1 << 20, ORIGIN, DESTINATION, LABELLED = 2 };

/* What rows or columns are called. */
typedef struct labels {
    karvan_i_dictionary text; /* in the order of the zones; empty: 1, 2, ... */
    karvan_type type;
} labels;

typedef struct matrices {
    karvan_import *imp;
    char *path;
    karvan_omx *file;
    labels of[LABELLED];         /* rows, columns */
    karvan_i_dictionary columns; /* of the table: origin, destination, then each matrix */
    int n;
    int *matrix;                /* [n] positions in the file */
    int64_t *missing, *endless; /* [n] cells that are NaN; infinite */
} matrices;

static void close_matrices(void *kept) {
    matrices *m = kept;
    if (!m) return;
    karvan_omx_close(m->file);
    for (int d = 0; d < LABELLED; d++) karvan_i_dictionary_clear(&m->of[d].text);
    karvan_i_dictionary_clear(&m->columns);
    karvan_i_free(m->matrix), karvan_i_free(m->missing), karvan_i_free(m->endless);
    karvan_i_free(m->path);
    karvan_i_free(m);
}

static karvan_i_at whole(const matrices *m) { return (karvan_i_at){m->path, 0, 0}; }

static karvan_status tell(matrices *m, karvan_severity severity, const char *code, const char *kind,
                          const char *name, const char *what, karvan_error *err) {
    return karvan_i_import_note(m->imp, severity, whole(m), code, NULL, err, "%s %.100s %s", kind,
                                name, what);
}

/* ---- labels ---- */

static int64_t zones(const matrices *m, int d) {
    return d == 0 ? karvan_omx_rows(m->file) : karvan_omx_columns(m->file);
}

/* A cell of a lookup as text; false where it is missing, or would be in the table. */
static bool label(const karvan_table *t, int64_t row, char *number, size_t cap, const char **out) {
    *out = number;
    if (karvan_table_state(t, 0, row) != KARVAN_VALUE) return false;
    switch (karvan_table_column(t, 0).type) {
    case KARVAN_INT:
        (void)snprintf(number, cap, "%lld", (long long)karvan_table_int(t, 0, row));
        return true;
    case KARVAN_REAL:
        karvan_real_format(karvan_table_real(t, 0, row), number, cap);
        return true;
    default:
        *out = karvan_table_text(t, 0, row);
        return **out && strcmp(*out, "..") != 0;
    }
}

/* Labels of a dimension, if the lookup has one for each zone, each different; *why otherwise. */
static karvan_status take_labels(const karvan_table *t, int64_t n, labels *out, const char **why,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    labels l = {.type = karvan_table_column(t, 0).type};
    *why = karvan_table_rows(t) == n ? NULL : "has another number of labels than there are zones";
    for (int64_t i = 0; i < n && !*why; i++) {
        char number[40];
        const char *s;
        int32_t code = -1;
        if (!label(t, i, number, sizeof number, &s)) {
            *why = "has a label that is missing";
            break;
        }
        KARVAN_TRY(karvan_i_dictionary_add(&l.text, s, strlen(s), &code, err));
        if (code != i) *why = "has a label twice, so that it names no zones";
    }
    if (!*why) *out = l, l.text = (karvan_i_dictionary){0};
done:
    karvan_i_dictionary_clear(&l.text);
    return st;
}

/* Rows and columns get the first lookup that fits. *why NULL: it was told already. */
static karvan_status use_lookup(matrices *m, int i, bool *used, const char **why,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    karvan_error reason = {0};
    const int dimension = karvan_omx_lookup_dimension(m->file, i);
    *used = false, *why = "is not needed: another labels the zones";
    st = karvan_omx_lookup(m->file, i, &t, &reason);
    if (st == KARVAN_E_DATA) {
        *why = NULL;
        return karvan_i_import_note(m->imp, KARVAN_ERROR, whole(m), "omx-lookup", NULL, err,
                                    "lookup %.100s is not kept: %s",
                                    karvan_omx_lookup_name(m->file, i), reason.msg);
    }
    if (st != KARVAN_OK) return karvan_fail(err, st, "%s", reason.msg);
    for (int d = 0; d < LABELLED; d++) {
        const char *not_here = NULL;
        if (m->of[d].text.n > 0 || (dimension >= 0 && dimension != d)) continue;
        KARVAN_TRY(take_labels(t, zones(m, d), &m->of[d], &not_here, err));
        if (not_here)
            *why = not_here;
        else
            *used = true;
    }
done:
    karvan_table_destroy(t);
    return st;
}

/* Is the lookup one that --lookup names, or are all asked for? */
static bool is_asked(const matrices *m, const char *name) {
    const char *s;
    for (int i = 0; (s = karvan_i_import_setting_at(m->imp, "lookup", i)) != NULL; i++)
        if (strcmp(s, name) == 0) return true;
    return karvan_i_import_setting(m->imp, "lookup") == NULL;
}

static karvan_status check_asked(const matrices *m, karvan_error *err) {
    const char *s;
    for (int i = 0; (s = karvan_i_import_setting_at(m->imp, "lookup", i)) != NULL; i++) {
        bool found = false;
        for (int k = 0; k < karvan_omx_lookups(m->file); k++)
            found |= strcmp(karvan_omx_lookup_name(m->file, k), s) == 0;
        if (!found)
            return karvan_fail(err, KARVAN_E_ARG, "--lookup: %s has no lookup '%.100s'", m->path,
                               s);
    }
    return KARVAN_OK;
}

static karvan_status read_labels(matrices *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const char *const names[] = {"origins", "destinations"};
    const bool all = karvan_i_import_setting(m->imp, "lookup") == NULL;
    int64_t taken = 0;
    const int n = karvan_omx_lookups(m->file);
    KARVAN_TRY(check_asked(m, err));
    for (int i = 0; i < n; i++) {
        const char *name = karvan_omx_lookup_name(m->file, i);
        const char *why = "was not asked for and is not kept";
        bool used = false;
        if (is_asked(m, name)) {
            KARVAN_TRY(use_lookup(m, i, &used, &why, err));
            KARVAN_REQUIRE(all || used, err, KARVAN_E_ARG, "--lookup: %s: %.100s %s", m->path, name,
                           why ? why : "cannot be read");
        }
        taken += used;
        if (!used && why)
            KARVAN_TRY(tell(m, KARVAN_WARNING, "omx-lookup", "lookup", name, why, err));
    }
    for (int d = 0; d < LABELLED; d++)
        if (m->of[d].text.n == 0)
            KARVAN_TRY(tell(m, KARVAN_WARNING, "omx-lookup", "no lookup names the", names[d],
                            "of the matrices: they are numbered from 1", err));
    KARVAN_TRY(karvan_i_import_count(m->imp, "lookup", n, taken, err));
done:
    return st;
}

/* ---- matrices ---- */

/* The matrix's name as a column's: in UTF-8, and no other's. */
static karvan_status add_column(matrices *m, const char *name, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text wanted = {0}, given = {0};
    int32_t code;
    karvan_i_text_puts(&wanted, name);
    KARVAN_TRY(karvan_i_text_status(&wanted, err));
    karvan_i_utf8_mend(wanted.s);
    for (int i = 1;; i++) {
        given.n = 0;
        karvan_i_text_printf(&given, i == 1 ? "%s" : "%s-%d", wanted.s, i);
        KARVAN_TRY(karvan_i_text_status(&given, err));
        if (karvan_i_dictionary_find(&m->columns, given.s, given.n) < 0) break;
    }
    KARVAN_TRY(karvan_i_dictionary_add(&m->columns, given.s, given.n, &code, err));
    if (strcmp(given.s, name) != 0)
        KARVAN_TRY(karvan_i_import_note(m->imp, KARVAN_WARNING, whole(m), "omx-matrix", NULL, err,
                                        "matrix %.100s is column %.100s of the table", name,
                                        given.s));
done:
    karvan_i_text_clear(&wanted), karvan_i_text_clear(&given);
    return st;
}

/* Those whose first row can be read as numbers. */
static karvan_status choose_matrices(matrices *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t code;
    const int n = karvan_omx_matrices(m->file);
    double *row = karvan_i_malloc((size_t)karvan_omx_columns(m->file), sizeof *row);
    m->matrix = karvan_i_calloc((size_t)n + 1, sizeof *m->matrix);
    m->missing = karvan_i_calloc((size_t)n + 1, sizeof *m->missing);
    m->endless = karvan_i_calloc((size_t)n + 1, sizeof *m->endless);
    KARVAN_REQUIRE(row && m->matrix && m->missing && m->endless, err, KARVAN_E_NOMEM,
                   "no memory for %d matrices", n);
    KARVAN_TRY(karvan_i_dictionary_add(&m->columns, "origin", 6, &code, err));
    KARVAN_TRY(karvan_i_dictionary_add(&m->columns, "destination", 11, &code, err));
    for (int i = 0; i < n; i++) {
        karvan_error why = {0};
        const char *name = karvan_omx_matrix_name(m->file, i);
        st = karvan_omx_read(m->file, i, 0, 1, row, &why);
        if (st == KARVAN_OK) {
            m->matrix[m->n++] = i;
            KARVAN_TRY(add_column(m, name, err));
        } else if (st == KARVAN_E_DATA) {
            KARVAN_TRY(karvan_i_import_note(m->imp, KARVAN_ERROR, whole(m), "omx-matrix", NULL, err,
                                            "matrix %.100s is left out: %s", name, why.msg));
        } else {
            KARVAN_REQUIRE(false, err, st, "%s", why.msg);
        }
    }
    KARVAN_REQUIRE(m->n > 0, err, KARVAN_E_DATA, "%s: no matrix that can be read", m->path);
    KARVAN_TRY(karvan_i_import_count(m->imp, "matrix", n, m->n, err));
done:
    karvan_i_free(row);
    return st;
}

/* ---- writing ---- */

static void put_label(const labels *l, int64_t i, karvan_i_text *out) {
    if (l->text.n == 0)
        karvan_i_text_printf(out, "%lld", (long long)i + 1);
    else
        karvan_i_text_csv(out, l->text.bytes + l->text.at[i]);
}

static void put_number(matrices *m, int k, double v, karvan_i_text *out) {
    char number[40];
    karvan_i_text_puts(out, ",");
    if (isfinite(v)) {
        karvan_real_format(v, number, sizeof number);
        karvan_i_text_puts(out, number);
    } else if (isnan(v)) {
        m->missing[k]++;
    } else {
        m->endless[k]++;
    }
}

/* Rows first .. first + n - 1 of all matrices, which stand one after another in v. */
static void put_rows(matrices *m, int64_t first, int64_t n, const double *v, karvan_i_text *text,
                     karvan_i_folder_stream *out) {
    const int64_t columns = karvan_omx_columns(m->file);
    for (int64_t r = 0; r < n; r++)
        for (int64_t c = 0; c < columns; c++) {
            put_label(&m->of[0], first + r, text);
            karvan_i_text_puts(text, ",");
            put_label(&m->of[1], c, text);
            for (int k = 0; k < m->n; k++) put_number(m, k, v[(k * n + r) * columns + c], text);
            karvan_i_text_puts(text, "\n");
            if (text->n < TEXT_BYTES) continue;
            karvan_i_folder_add(out, text);
            text->n = 0;
        }
}

static karvan_status put_table(matrices *m, karvan_i_folder_stream *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const int64_t rows = karvan_omx_rows(m->file), columns = karvan_omx_columns(m->file);
    int64_t block = BLOCK_BYTES / ((int64_t)sizeof(double) * columns * m->n);
    if (block < 1) block = 1;
    if (block > rows) block = rows;
    karvan_i_text text = {0};
    double *v = karvan_i_malloc((size_t)m->n * (size_t)block, (size_t)columns * sizeof *v);
    KARVAN_REQUIRE(v, err, KARVAN_E_NOMEM, "no memory for %lld rows of %d matrices",
                   (long long)block, m->n);
    for (int32_t c = 0; c < m->columns.n; c++) {
        if (c > 0) karvan_i_text_puts(&text, ",");
        karvan_i_text_csv(&text, m->columns.bytes + m->columns.at[c]);
    }
    karvan_i_text_puts(&text, "\n");
    for (int64_t first = 0; first < rows; first += block) {
        int64_t n = block < rows - first ? block : rows - first;
        for (int k = 0; k < m->n; k++)
            KARVAN_TRY(karvan_omx_read(m->file, m->matrix[k], first, n, v + k * n * columns, err));
        put_rows(m, first, n, v, &text, out);
    }
    karvan_i_folder_add(out, &text);
    st = karvan_i_text_status(&text, err);
done:
    karvan_i_free(v);
    karvan_i_text_clear(&text);
    return st;
}

static void put_field(const char *name, const char *type, bool needed, bool last,
                      karvan_i_text *out) {
    karvan_i_text_puts(out, "    {\"name\": \"");
    karvan_i_text_json(out, name);
    karvan_i_text_printf(out, "\", \"type\": \"%s\"%s}%s\n", type,
                         needed ? ", \"constraints\": {\"required\": true}" : "", last ? "" : ",");
}

static karvan_status put_descriptor(const matrices *m, const karvan_i_folder *folder,
                                    karvan_error *err) {
    karvan_i_text t = {0}, first = {0};
    for (int32_t c = 0; c < m->columns.n; c++) {
        const karvan_type type = c >= LABELLED          ? KARVAN_REAL
                                 : m->of[c].text.n == 0 ? KARVAN_INT
                                                        : m->of[c].type;
        put_field(m->columns.bytes + m->columns.at[c],
                  type == KARVAN_INT    ? "integer"
                  : type == KARVAN_REAL ? "number"
                                        : "string",
                  c < LABELLED, c + 1 == m->columns.n, &t);
    }
    karvan_i_text_printf(
        &first,
        "  {\"name\": \"matrices\", \"type\": \"table\", \"title\": \"Matrices, a row a "
        "pair of zones\", \"path\": \"matrices.csv\", \"format\": \"csv\", \"mediatype\": "
        "\"text/csv\", \"encoding\": \"utf-8\", \"schema\": {\n   \"fields\": [\n%s   ],\n"
        "   \"primaryKey\": [\"origin\", \"destination\"],\n   \"missingValues\": "
        "[{\"value\": \"\", \"label\": \"unknown\"}]\n  }}",
        t.s ? t.s : "");
    t.n = 0;
    karvan_status st = karvan_i_text_status(&first, err);
    if (st == KARVAN_OK)
        karvan_i_schema_package(karvan_i_import_name(m->imp), "Imported from omx",
                                "Made by karvan import. Table sources names the file.", first.s,
                                1U << KARVAN_I_SOURCES, &t);
    if (st == KARVAN_OK) st = karvan_i_folder_file(folder, "datapackage.json", &t, err);
    karvan_i_text_clear(&t), karvan_i_text_clear(&first);
    return st;
}

static karvan_status tell_gaps(matrices *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const int64_t cells = karvan_omx_rows(m->file) * karvan_omx_columns(m->file);
    int64_t gaps = 0;
    for (int k = 0; k < m->n; k++) {
        const char *name = karvan_omx_matrix_name(m->file, m->matrix[k]);
        gaps += m->missing[k] + m->endless[k];
        if (m->missing[k] > 0)
            KARVAN_TRY(karvan_i_import_note(
                m->imp, KARVAN_WARNING, whole(m), "omx-missing", NULL, err,
                "matrix %.100s: %lld of %lld cells are NaN or its attribute NA; left empty", name,
                (long long)m->missing[k], (long long)cells));
        if (m->endless[k] > 0)
            KARVAN_TRY(
                karvan_i_import_note(m->imp, KARVAN_WARNING, whole(m), "omx-missing", NULL, err,
                                     "matrix %.100s: %lld of %lld cells are infinite; left empty",
                                     name, (long long)m->endless[k], (long long)cells));
    }
    st = karvan_i_import_count(m->imp, "cell", cells * m->n, cells * m->n - gaps, err);
done:
    return st;
}

static karvan_status write_omx(karvan_import *imp, const karvan_i_folder *folder,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    matrices *m = karvan_i_import_kept(imp);
    karvan_i_folder_stream out;
    KARVAN_TRY(put_descriptor(m, folder, err));
    KARVAN_TRY(karvan_i_import_write_sources(imp, folder, err));
    st = karvan_i_folder_open(folder, "matrices.csv", &out, err);
    if (st == KARVAN_OK) st = put_table(m, &out, err);
    if (st == KARVAN_OK)
        KARVAN_TRY(karvan_i_folder_close(&out, err));
    else
        (void)karvan_i_folder_close(&out, NULL);
    if (st == KARVAN_OK) st = tell_gaps(m, err);
done:
    return st;
}

static karvan_status read_omx(karvan_import *imp, int n_paths, const char *const *paths,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    (void)n_paths;
    matrices *m = karvan_i_calloc(1, sizeof *m);
    KARVAN_REQUIRE(m, err, KARVAN_E_NOMEM, "no memory for matrices");
    karvan_i_import_keep(imp, m);
    m->imp = imp;
    m->path = karvan_i_strndup(paths[0], strlen(paths[0]));
    KARVAN_REQUIRE(m->path, err, KARVAN_E_NOMEM, "no memory for matrices");
    KARVAN_TRY(karvan_omx_open(paths[0], &m->file, err));
    KARVAN_TRY(karvan_i_import_source(imp, paths[0], NULL, NULL, err));
    KARVAN_TRY(choose_matrices(m, err));
    KARVAN_TRY(read_labels(m, err));
done:
    return st;
}

static const char *const settings[] = {"lookup", NULL};
const karvan_i_importer karvan_i_importer_omx = {
    "omx",
    "OMX: matrices of zones, as a table and not as a region",
    "FILE.omx",
    1,
    1,
    settings,
    read_omx,
    write_omx,
    close_matrices};
