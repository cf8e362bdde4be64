#include "exchange/csv_columns.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/import_state.h"
#include "table/csv.h"

enum { COLUMNS = 256, CUT = 10 };

typedef struct header {
    int n;
    char *name[COLUMNS]; /* as the file spells them */
} header;

static void header_clear(header *h) {
    for (int c = 0; c < h->n; c++) karvan_i_free(h->name[c]);
    h->n = 0;
}

static bool is_same(const char *a, const char *b) { return strcasecmp(a, b) == 0; }

/* The first record of the file, with the delimiter that the reader will find: the one of comma,
 * semicolon and tab that stands in it most. */
static karvan_status read_header(const char *path, const char *bytes, size_t n, header *h,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_csv csv;
    const char *s;
    size_t seen;
    bool got;
    int most = 0;
    KARVAN_TRY(karvan_i_csv_open(&csv, bytes ? NULL : path, bytes, n, err));
    KARVAN_TRY(karvan_i_csv_peek(&csv, &s, &seen, err));
    for (const char *d = ",;\t|"; *d; d++) {
        int count = 0;
        for (size_t i = 0; i < seen && s[i] != '\n'; i++) count += s[i] == *d;
        if (count > most) most = count, csv.delimiter = *d;
    }
    KARVAN_TRY(karvan_i_csv_next(&csv, &got, err));
    for (int c = 0; got && c < csv.n_fields && c < COLUMNS; c++) {
        const char *f = csv.field[c].s;
        size_t k = csv.field[c].n;
        if (c == 0 && k >= 3 && memcmp(f, "\xEF\xBB\xBF", 3) == 0) f += 3, k -= 3;
        h->name[c] = karvan_i_strndup(f, k);
        KARVAN_REQUIRE(h->name[c], err, KARVAN_E_NOMEM, "no memory for a header");
        h->n++;
    }
done:
    karvan_i_csv_close(&csv);
    return st;
}

static int position(const header *h, const char *name) {
    for (int c = 0; c < h->n; c++)
        if (is_same(h->name[c], name)) return c;
    return -1;
}

/* A column of the file that holds the first ten characters of a name which the file lacks. */
static int cut_of(const header *h, const char *name) {
    if (strlen(name) <= CUT || position(h, name) >= 0) return -1;
    for (int c = 0; c < h->n; c++)
        if (strlen(h->name[c]) == CUT && strncasecmp(h->name[c], name, CUT) == 0) return c;
    return -1;
}

static karvan_status tell_absent(karvan_import *imp, karvan_i_at at, const header *h, int n_known,
                                 const karvan_i_csv_column *known, bool *usable,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *usable = true;
    for (int k = 0; k < n_known; k++) {
        int cut = cut_of(h, known[k].name);
        if (cut >= 0)
            KARVAN_TRY(karvan_i_import_note(
                imp, known[k].needed ? KARVAN_ERROR : KARVAN_WARNING, at, "import-column-cut",
                "rename it in the file's header", err,
                "column %s may be %s, cut to ten characters by a shapefile; it is not read",
                h->name[cut], known[k].name));
        else if (known[k].needed && position(h, known[k].name) < 0)
            KARVAN_TRY(karvan_i_import_note(imp, KARVAN_ERROR, at, "import-column", NULL, err,
                                            "column %s is missing", known[k].name));
        if (known[k].needed && position(h, known[k].name) < 0) *usable = false;
    }
done:
    return st;
}

/* Columns of the file that nobody knows and that are no cut name: how many cells they fill. */
static karvan_status tell_extra(karvan_import *imp, karvan_i_at at, const karvan_table *t,
                                const header *h, int n_known, const karvan_i_csv_column *known,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int c = 0; c < karvan_table_columns(t); c++) {
        const char *name = karvan_table_column(t, c).name;
        bool ours = false;
        int64_t filled = 0;
        for (int k = 0; k < n_known && !ours; k++) {
            int cut = cut_of(h, known[k].name);
            ours = is_same(known[k].name, name) || (cut >= 0 && is_same(h->name[cut], name));
        }
        if (ours) continue;
        for (int64_t r = 0; r < karvan_table_rows(t); r++)
            filled += karvan_table_state(t, c, r) == KARVAN_VALUE;
        if (filled > 0)
            KARVAN_TRY(karvan_i_import_note(imp, KARVAN_WARNING, at, "import-column-unknown", NULL,
                                            err, "column %s is not read (cells: %lld)", name,
                                            (long long)filled));
    }
done:
    return st;
}

karvan_status karvan_i_read_columns(karvan_import *imp, const char *path, const char *bytes,
                                    size_t n, const char *name, int n_known,
                                    const karvan_i_csv_column *known, karvan_table **out,
                                    karvan_error *err) {
    static const karvan_missing missing[] = {{"", KARVAN_UNKNOWN},
                                             {"NaN", KARVAN_UNKNOWN},
                                             {"nan", KARVAN_UNKNOWN},
                                             {" ", KARVAN_UNKNOWN},
                                             {"NULL", KARVAN_UNKNOWN}};
    karvan_status st = KARVAN_OK;
    karvan_column columns[COLUMNS];
    header h = {0};
    int n_columns = 0;
    bool usable;
    const karvan_i_at at = {path, 1, 1};
    *out = NULL;
    KARVAN_TRY(read_header(path, bytes, n, &h, err));
    KARVAN_TRY(tell_absent(imp, at, &h, n_known, known, &usable, err));
    KARVAN_REQUIRE(usable, err, KARVAN_E_DATA, "%s:1:1: it has not the columns that %s needs", path,
                   name);
    for (int k = 0; k < n_known && n_columns < COLUMNS; k++) {
        int c = position(&h, known[k].name);
        if (c >= 0) columns[n_columns++] = (karvan_column){h.name[c], known[k].type, NULL};
    }
    const karvan_csv_options o = {.n_columns = n_columns,
                                  .columns = columns,
                                  .extra_columns = true,
                                  .n_missing = sizeof missing / sizeof missing[0],
                                  .missing = missing};
    if (bytes)
        KARVAN_TRY(karvan_csv_parse(bytes, n, path, name, &o, imp->problems, out, err));
    else
        KARVAN_TRY(karvan_csv_read(path, name, &o, imp->problems, out, err));
    KARVAN_TRY(tell_extra(imp, at, *out, &h, n_known, known, err));
done:
    header_clear(&h);
    return st;
}
