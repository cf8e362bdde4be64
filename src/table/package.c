/* Opening a Data Package: descriptor, tables, values, keys, in that order; every fault is
 * collected. */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "table/column.h"
#include "table/package.h"

static karvan_status find_files(karvan_package *p, const char *path, karvan_error *err) {
    karvan_i_text file = {0};
    struct stat s;
    const char *slash = strrchr(path, '/');
    bool folder = stat(path, &s) == 0 && S_ISDIR(s.st_mode);
    if (folder) {
        size_t n = strlen(path);
        while (n > 1 && path[n - 1] == '/') n--;
        p->dir = karvan_i_strndup(path, n);
        karvan_i_text_printf(&file, "%.*s/datapackage.json", (int)n, path);
    } else {
        p->dir = karvan_i_strndup(slash ? path : ".", slash ? (size_t)(slash - path) : 1);
        karvan_i_text_puts(&file, path);
    }
    p->file = file.failed || !file.s ? NULL : karvan_i_strndup(file.s, file.n);
    karvan_i_text_clear(&file);
    if (!p->dir || !p->file) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a package");
    return KARVAN_OK;
}

static karvan_status load_descriptor(karvan_package *p, karvan_problems *problems,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    json_error_t why;
    size_t n;
    KARVAN_TRY(karvan_i_file_read(p->file, &p->descriptor, &n, err));
    p->json = json_loadb(p->descriptor, n, JSON_REJECT_DUPLICATES, &why);
    if (!p->json) {
        KARVAN_TRY(karvan_problems_add(problems, KARVAN_ERROR, p->file, why.line, why.column,
                                       "descriptor-json", "valid JSON", "%s", why.text));
        return karvan_fail(err, KARVAN_E_DATA, "%s:%d:%d: %s", p->file, why.line, why.column,
                           why.text);
    }
    KARVAN_TRY(karvan_i_package_describe(p, problems, err));
done:
    return st;
}

/* A path may not leave the folder of its package (Data Package 2.0, "path"). */
static bool path_stays(const char *path) {
    if (path[0] == '/' || strstr(path, "://")) return false;
    for (const char *s = path; s; s = strchr(s, '/')) {
        if (*s == '/') s++;
        if (strncmp(s, "..", 2) == 0 && (s[2] == '/' || s[2] == 0)) return false;
        if (!strchr(s, '/')) break;
    }
    return *path != 0;
}

enum { MISSING_MAX = 16 };

/* "x", or {value, label}: the label `not covered` gives that state, every other marker is unknown.
 */
static int read_missing(const karvan_i_resource *r, karvan_missing *out) {
    const json_t *list = json_object_get(r->schema, "missingValues");
    int n = 0;
    if (json_is_array(list) &&
        json_array_size(list) == 0) /* nothing is missing: a marker that no text has */
        out[n++] = (karvan_missing){"\1", KARVAN_UNKNOWN};
    for (size_t i = 0; i < json_array_size(list) && n < MISSING_MAX; i++) {
        const json_t *one = json_array_get(list, i);
        const char *text = json_is_object(one) ? json_string_value(json_object_get(one, "value"))
                                               : json_string_value(one);
        const char *label = json_string_value(json_object_get(one, "label"));
        if (!text) continue;
        out[n].text = text;
        out[n++].state =
            label && strcmp(label, "not covered") == 0 ? KARVAN_NOT_COVERED : KARVAN_UNKNOWN;
    }
    return n;
}

static const char *dialect(const karvan_i_resource *r, const char *key) {
    return json_string_value(json_object_get(json_object_get(r->json, "dialect"), key));
}

static karvan_status resource_problem(const karvan_package *p, const karvan_i_resource *r,
                                      karvan_problems *problems, const char *code, const char *hint,
                                      const char *message, karvan_error *err) {
    if (karvan_problems_add(problems, KARVAN_ERROR, p->file, karvan_i_package_line(p, r->name), 1,
                            code, hint, "%s", message) == KARVAN_OK)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for problems");
}

static karvan_status read_csv(karvan_package *p, karvan_i_resource *r, const char *relative,
                              karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_missing missing[MISSING_MAX];
    karvan_i_text path = {0};
    karvan_error why = {0};
    karvan_column *columns = karvan_i_calloc((size_t)r->n_fields + 1, sizeof *columns);
    karvan_i_cell_style *styles = karvan_i_calloc((size_t)r->n_fields + 1, sizeof *styles);
    KARVAN_REQUIRE(columns && styles, err, KARVAN_E_NOMEM, "no memory for a schema");
    for (int c = 0; c < r->n_fields; c++)
        styles[c] = r->fields[c].style,
        columns[c] = (karvan_column){r->fields[c].name, r->fields[c].type, r->fields[c].unit};
    karvan_csv_options o = {.n_columns = r->n_fields, .columns = columns, .missing = missing};
    o.n_missing = read_missing(r, missing);
    const char *delimiter = dialect(r, "delimiter");
    const char *format = json_string_value(json_object_get(r->json, "format"));
    bool tabs = format && strcmp(format, "tsv") == 0;
    o.delimiter = delimiter && *delimiter ? *delimiter : tabs ? '\t' : ',';
    o.no_header = json_is_false(json_object_get(json_object_get(r->json, "dialect"), "header"));
    o.encoding = json_string_value(json_object_get(r->json, "encoding"));
    karvan_i_text_printf(&path, "%s/%s", p->dir, relative);
    KARVAN_TRY(karvan_i_text_status(&path, err));
    st = karvan_i_csv_read(path.s, r->name, &o, styles, true, problems, &r->table, &why);
    if (st == KARVAN_E_IO)
        st = resource_problem(p, r, problems, "resource-missing",
                              "add the file, or remove the resource", why.msg, err);
    else if (st == KARVAN_E_ARG)
        st = resource_problem(p, r, problems, "descriptor-dialect",
                              "encoding utf-8 or iso-8859-1, a delimiter of one character", why.msg,
                              err);
    else if (st == KARVAN_E_DATA)
        st = KARVAN_OK; /* the reader has listed the reason */
    else if (st != KARVAN_OK)
        (void)karvan_fail(err, st, "%s", why.msg);
done:
    karvan_i_text_clear(&path);
    karvan_i_free(columns), karvan_i_free(styles);
    return st;
}

static karvan_status read_table(karvan_package *p, karvan_i_resource *r, karvan_problems *problems,
                                karvan_error *err) {
    const json_t *path = json_object_get(r->json, "path");
    const char *format = json_string_value(json_object_get(r->json, "format"));
    if (format && strcmp(format, "csv") != 0 && strcmp(format, "tsv") != 0) return KARVAN_OK;
    const char *one = json_string_value(json_is_array(path) ? json_array_get(path, 0) : path);
    if (json_is_array(path) && json_array_size(path) > 1)
        return resource_problem(p, r, problems, "descriptor-path", "join the parts into one file",
                                "a resource of several files is not read", err);
    if (!one)
        return resource_problem(p, r, problems, "descriptor-path",
                                "a path to a CSV file in the package", "the resource has no path",
                                err);
    if (!path_stays(one))
        return resource_problem(p, r, problems, "descriptor-path",
                                "a path inside the package's folder",
                                "the path leads out of the package", err);
    return read_csv(p, r, one, problems, err);
}

/* NULL: all of them. */
static bool wanted(const char *const *only, const char *name) {
    if (!only) return true;
    for (; *only; only++)
        if (strcmp(*only, name) == 0) return true;
    return false;
}

karvan_status karvan_package_open(const char *path, karvan_problems *problems, karvan_package **out,
                                  karvan_error *err) {
    return karvan_package_open_some(path, NULL, problems, out, err);
}

karvan_status karvan_package_open_some(const char *path, const char *const *only,
                                       karvan_problems *problems, karvan_package **out,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_package *p = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(path && problems, err, KARVAN_E_ARG, "path or problems is NULL");
    p = karvan_i_calloc(1, sizeof *p);
    KARVAN_REQUIRE(p, err, KARVAN_E_NOMEM, "no memory for a package");
    KARVAN_TRY(find_files(p, path, err));
    KARVAN_TRY(load_descriptor(p, problems, err));
    for (int i = 0; i < p->n; i++) {
        karvan_i_resource *r = &p->resource[i];
        if (!wanted(only, r->name)) continue;
        KARVAN_TRY(read_table(p, r, problems, err));
        if (!r->table) continue;
        KARVAN_TRY(karvan_i_package_values(p, r, problems, err));
        KARVAN_TRY(karvan_i_package_primary(r, problems, err));
        for (int c = 0; c < r->table->n_columns; c++) /* said by now: each was said once */
            karvan_i_column_restate(&r->table->column[c], KARVAN_I_FAULT, KARVAN_UNKNOWN);
    }
    for (int i = 0; i < p->n; i++)
        if (p->resource[i].table)
            KARVAN_TRY(karvan_i_package_foreign(p, &p->resource[i], problems, err));
    *out = p, p = NULL;
done:
    karvan_package_destroy(p);
    return st;
}

void karvan_package_destroy(karvan_package *p) {
    if (!p) return;
    bool own = !p->below;
    for (int i = 0; i < p->n; i++) {
        karvan_i_resource *r = &p->resource[i];
        if (!r->lent) karvan_table_destroy(r->table), karvan_i_index_clear(&r->index);
        if (own) karvan_i_free(r->fields), karvan_i_free(r->foreign);
    }
    karvan_i_free(p->resource);
    if (own) {
        karvan_i_free(p->dir), karvan_i_free(p->file), karvan_i_free(p->descriptor);
        json_decref(p->json);
    }
    karvan_i_free(p);
}

const karvan_i_resource *karvan_i_package_resource(const karvan_package *p, const char *name) {
    for (int i = 0; i < p->n; i++)
        if (*p->resource[i].name == *name && strcmp(p->resource[i].name, name) == 0)
            return &p->resource[i];
    return NULL;
}

static const char *top(const karvan_package *p, const char *key) {
    const char *s = json_string_value(json_object_get(p->json, key));
    return s ? s : "";
}
const char *karvan_package_name(const karvan_package *p) { return top(p, "name"); }
const char *karvan_package_title(const karvan_package *p) { return top(p, "title"); }
const char *karvan_package_version(const karvan_package *p) { return top(p, "version"); }
const char *karvan_package_dir(const karvan_package *p) { return p->dir; }
int karvan_package_count(const karvan_package *p) { return p->n; }
const karvan_table *karvan_package_at(const karvan_package *p, int i) {
    return p->resource[i].table;
}

const karvan_table *karvan_package_table(const karvan_package *p, const char *name) {
    const karvan_i_resource *r = p ? karvan_i_package_resource(p, name) : NULL;
    return r ? r->table : NULL;
}

const char *karvan_package_describe(const karvan_package *p, const char *table,
                                    const char *column) {
    const karvan_i_resource *r = karvan_i_package_resource(p, table);
    for (int c = 0; r && c < r->n_fields; c++)
        if (strcmp(r->fields[c].name, column) == 0 && r->fields[c].description)
            return r->fields[c].description;
    return "";
}
