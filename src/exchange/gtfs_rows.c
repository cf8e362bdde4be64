/* Rows of one file of a feed: columns by the names of the header, all as text. */
#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/gtfs.h"

/* The file's bytes; *found false where the feed has none. */
static karvan_status load(const karvan_i_feed *f, int file, char **bytes, size_t *n, bool *found,
                          karvan_error *err) {
    char name[40];
    (void)snprintf(name, sizeof name, "%s.txt", karvan_i_gtfs_names[file]);
    *bytes = NULL, *found = false;
    for (int i = 0; i < f->n_files; i++) {
        if (strcmp(f->file[i], name) != 0) continue;
        *found = true;
        return f->packed ? karvan_i_zip_read(&f->zip, f->entry[i], bytes, n, err)
                         : karvan_i_file_read(f->label[file], bytes, n, err);
    }
    return KARVAN_OK;
}

/* A field without blanks around it, as a string that ends in NUL: the byte behind a field is its
 * delimiter, line end or quote, or one of the zeros behind the bytes, none of which is read again.
 */
static const char *trimmed(karvan_i_field *f) {
    while (f->n > 0 && strchr(" \t", f->s[0]) && f->s[0]) f->s++, f->n--;
    while (f->n > 0 && f->s[f->n - 1] && strchr(" \t\r", f->s[f->n - 1])) f->n--;
    f->s[f->n] = 0;
    return f->s;
}

static karvan_status check_text(const karvan_i_gtfs_rows *r, const char *bytes, size_t n,
                                karvan_error *err) {
    size_t good = karvan_utf8_valid_prefix(bytes, n), line = 1, begin = 0;
    if (good == n && !memchr(bytes, 0, n)) return KARVAN_OK;
    if (good == n) good = (size_t)((const char *)memchr(bytes, 0, n) - bytes);
    for (size_t i = 0; i < good; i++)
        if (bytes[i] == '\n') line++, begin = i + 1;
    return karvan_fail(err, KARVAN_E_DATA, "%s:%zu:%zu: not UTF-8, which a feed must be", r->label,
                       line, good - begin + 1);
}

/* Which field is which column. */
static karvan_status read_header(karvan_i_gtfs_rows *r, int needed, const char *const *columns) {
    karvan_status st = KARVAN_OK;
    bool got;
    KARVAN_TRY(karvan_i_csv_next(&r->csv, &got, r->err));
    KARVAN_REQUIRE(got, r->err, KARVAN_E_DATA, "%s:1:1: the file is empty; a header belongs there",
                   r->label);
    r->n_header = r->csv.n_fields;
    r->other = karvan_i_calloc((size_t)r->n_header + 1, sizeof *r->other);
    KARVAN_REQUIRE(r->other, r->err, KARVAN_E_NOMEM, "no memory to read %s", r->label);
    for (int c = 0; c < r->n_columns; c++) r->field[c] = -1;
    for (int i = 0; i < r->n_header; i++) {
        const char *name = trimmed(&r->csv.field[i]);
        int c = 0;
        while (c < r->n_columns && strcmp(columns[c], name) != 0) c++;
        if (c < r->n_columns && r->field[c] < 0) {
            r->field[c] = i;
            continue;
        }
        r->other[i].name = karvan_i_strndup(name, strlen(name));
        KARVAN_REQUIRE(r->other[i].name, r->err, KARVAN_E_NOMEM, "no memory to read %s", r->label);
    }
    for (int c = 0; c < needed; c++)
        KARVAN_REQUIRE(r->field[c] >= 0, r->err, KARVAN_E_DATA, "%s:1:1: no column %s", r->label,
                       columns[c]);
done:
    return st;
}

karvan_status karvan_i_gtfs_open(const karvan_i_feed *f, int file, bool required, int n, int needed,
                                 const char *const *columns, karvan_import *imp,
                                 karvan_i_gtfs_rows *out, bool *found, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t size = 0;
    *out = (karvan_i_gtfs_rows){.imp = imp, .err = err, .n_columns = n};
    out->label = f->label[file], out->name = karvan_i_gtfs_names[file];
    KARVAN_TRY(load(f, file, &out->bytes, &size, found, err));
    KARVAN_REQUIRE(*found || !required, err, KARVAN_E_DATA, "%s: the feed has no such file",
                   f->label[file]);
    if (!*found) goto done;
    KARVAN_TRY(check_text(out, out->bytes, size, err));
    const char *s = out->bytes;
    if (size >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) s += 3, size -= 3;
    KARVAN_TRY(karvan_i_csv_open(&out->csv, out->label, s, size, err));
    out->open = true;
    KARVAN_TRY(read_header(out, needed, columns));
done:
    return st;
}

karvan_i_at karvan_i_gtfs_at(const karvan_i_gtfs_rows *r, int column) {
    karvan_i_at at = {r->label, r->csv.line, 1};
    int f = column < 0 ? -1 : r->field[column];
    if (f >= 0 && f < r->csv.n_fields)
        at.line += r->csv.field[f].line, at.column = r->csv.field[f].column;
    return at;
}

karvan_status karvan_i_gtfs_note(const karvan_i_gtfs_rows *r, int column, const char *code,
                                 const char *hint, const char *fmt, ...) {
    char what[240];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    return karvan_i_import_note(r->imp, KARVAN_WARNING, karvan_i_gtfs_at(r, column), code, hint,
                                r->err, "%s", what);
}

/* Cells of columns that nobody asked for, and fields beyond the header. */
static karvan_status count_others(karvan_i_gtfs_rows *r) {
    for (int i = 0; i < r->csv.n_fields; i++) {
        const karvan_i_field *f = &r->csv.field[i];
        if (f->n == 0) continue;
        if (i >= r->n_header)
            return karvan_i_import_ignore(r->imp, karvan_i_gtfs_at(r, -1), "gtfs-row",
                                          "fields beyond the header are not read", r->err);
        karvan_i_gtfs_other *o = &r->other[i];
        if (o->name && o->cells++ == 0) o->line = r->csv.line + f->line, o->column = f->column;
    }
    return KARVAN_OK;
}

karvan_status karvan_i_gtfs_next(karvan_i_gtfs_rows *r, bool *got) {
    karvan_status st = KARVAN_OK;
    for (;;) {
        KARVAN_TRY(karvan_i_csv_next(&r->csv, got, r->err));
        if (!*got) return KARVAN_OK;
        bool blank = true;
        for (int i = 0; i < r->csv.n_fields; i++) blank = !*trimmed(&r->csv.field[i]) && blank;
        if (!blank) break;
    }
    r->read++;
    for (int c = 0; c < r->n_columns; c++) {
        int f = r->field[c];
        r->value[c] = f >= 0 && f < r->csv.n_fields ? r->csv.field[f].s : "";
    }
    if (r->csv.open_quote || r->csv.stray_quote)
        KARVAN_TRY(karvan_i_gtfs_note(r, -1, "gtfs-row", "double quotes inside a quoted field",
                                      "a quoted field does not end where it should"));
    KARVAN_TRY(count_others(r));
done:
    return st;
}

static karvan_status tell(const karvan_i_gtfs_rows *r) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_import_count(r->imp, r->name, r->read, r->taken, r->err));
    for (int i = 0; i < r->n_header; i++) {
        const karvan_i_gtfs_other *o = &r->other[i];
        if (!o->name || o->cells == 0) continue;
        KARVAN_TRY(karvan_i_import_note(r->imp, KARVAN_WARNING,
                                        (karvan_i_at){r->label, o->line, o->column}, "gtfs-column",
                                        NULL, r->err, "column %.60s is not read: %lld cell%s",
                                        o->name, (long long)o->cells, o->cells == 1 ? "" : "s"));
    }
done:
    return st;
}

karvan_status karvan_i_gtfs_close(karvan_i_gtfs_rows *r, karvan_status st) {
    if (st == KARVAN_OK && r->open) st = tell(r);
    for (int i = 0; i < r->n_header && r->other; i++) karvan_i_free(r->other[i].name);
    karvan_i_free(r->other), karvan_i_free(r->bytes);
    if (r->open) karvan_i_csv_close(&r->csv);
    *r = (karvan_i_gtfs_rows){0};
    return st;
}
