/* The SQLite side of a GeoPackage. The file may be anybody's: it is opened read-only and
 * unchanging, its schema is not trusted, nothing in it runs (no trigger, no view, no table made by
 * code; generated columns only by functions that SQLite calls innocuous), and its sizes are
 * bounded. Source of the precautions: sqlite.org/security.html. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/gpkg.h"

/* ---- opening ---- */

static karvan_status sql_fault(const karvan_i_gpkg_file *g, karvan_error *err) {
    int code = g->db ? sqlite3_errcode(g->db) & 0xFF : SQLITE_NOMEM;
    if (code == SQLITE_NOMEM)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for SQLite to read %s", g->path);
    return karvan_fail(
        err, code == SQLITE_IOERR || code == SQLITE_CANTOPEN ? KARVAN_E_IO : KARVAN_E_DATA,
        "%s: %s", g->path, sqlite3_errmsg(g->db));
}

/* The path as a URI of SQLite's; `immutable` leaves locks and journals alone. */
static void put_uri(karvan_i_text *t, const char *path) {
    karvan_i_text_puts(t, "file:");
    for (const char *s = path; *s; s++)
        if (strchr("?#%", *s))
            karvan_i_text_printf(t, "%%%02X", (unsigned)*s);
        else
            karvan_i_text_add(t, s, 1);
    karvan_i_text_puts(t, "?mode=ro&immutable=1");
}

/* Changes that SQLite has not brought into the file yet would be overlooked. */
static karvan_status check_journal(const char *path, const char *suffix, karvan_error *err) {
    karvan_i_text beside = {0};
    struct stat there;
    karvan_i_text_printf(&beside, "%s%s", path, suffix);
    karvan_status st = karvan_i_text_status(&beside, err);
    if (st == KARVAN_OK && stat(beside.s, &there) == 0 && there.st_size > 0)
        st =
            karvan_fail(err, KARVAN_E_DATA,
                        "%s: %s holds changes that are not in the file yet; close the program that "
                        "writes it",
                        path, beside.s);
    karvan_i_text_clear(&beside);
    return st;
}

static karvan_status check_magic(const char *path, karvan_error *err) {
    char head[16] = "";
    FILE *f = fopen(path, "rb");
    if (!f) return karvan_fail(err, KARVAN_E_IO, "cannot read %s", path);
    size_t n = fread(head, 1, sizeof head, f);
    (void)fclose(f);
    if (n == sizeof head && memcmp(head, "SQLite format 3", 16) == 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA, "%s: not SQLite, which every GeoPackage is", path);
}

static karvan_status guard(const karvan_i_gpkg_file *g, karvan_error *err) {
    static const char pragmas[] = "PRAGMA trusted_schema=OFF;PRAGMA cell_size_check=ON;"
                                  "PRAGMA mmap_size=0;PRAGMA query_only=ON;";
    (void)sqlite3_db_config(g->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    (void)sqlite3_db_config(g->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    (void)sqlite3_db_config(g->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
    (void)sqlite3_db_config(g->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, (int *)NULL);
    (void)sqlite3_db_config(g->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, (int *)NULL);
    (void)sqlite3_limit(g->db, SQLITE_LIMIT_LENGTH, 1 << 28);
    (void)sqlite3_limit(g->db, SQLITE_LIMIT_SQL_LENGTH, 1000000);
    (void)sqlite3_limit(g->db, SQLITE_LIMIT_EXPR_DEPTH, 50);
    (void)sqlite3_limit(g->db, SQLITE_LIMIT_ATTACHED, 0);
    return sqlite3_exec(g->db, pragmas, NULL, NULL, NULL) == SQLITE_OK ? KARVAN_OK
                                                                       : sql_fault(g, err);
}

/* ---- queries ---- */

karvan_status
karvan_i_gpkg_query(const karvan_i_gpkg_file *g, const char *sql, const char *argument,
                    karvan_status (*with)(void *, int, const char *const *, karvan_error *),
                    void *ctx, karvan_error *err) {
    enum { MOST = 8 };
    karvan_status st = KARVAN_OK;
    sqlite3_stmt *s = NULL;
    int step = SQLITE_DONE;
    if (sqlite3_prepare_v2(g->db, sql, -1, &s, NULL) != SQLITE_OK) return sql_fault(g, err);
    if (argument && sqlite3_bind_text(s, 1, argument, -1, SQLITE_TRANSIENT) != SQLITE_OK) {
        (void)sqlite3_finalize(s);
        return sql_fault(g, err);
    }
    while (st == KARVAN_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
        const char *cell[MOST] = {NULL};
        int n = sqlite3_column_count(s) < MOST ? sqlite3_column_count(s) : MOST;
        for (int c = 0; c < n; c++) cell[c] = (const char *)sqlite3_column_text(s, c);
        st = with(ctx, n, cell, err);
    }
    if (st == KARVAN_OK && step != SQLITE_DONE) st = sql_fault(g, err);
    (void)sqlite3_finalize(s);
    return st;
}

static karvan_status seen(void *ctx, int n, const char *const *cell, karvan_error *err) {
    (void)n, (void)cell, (void)err;
    *(bool *)ctx = true;
    return KARVAN_OK;
}

karvan_status karvan_i_gpkg_is_table(const karvan_i_gpkg_file *g, const char *name, bool *out,
                                     karvan_error *err) {
    *out = false;
    return karvan_i_gpkg_query(
        g,
        "SELECT 1 FROM sqlite_master WHERE type='table' AND rootpage>0 AND name=?1 COLLATE NOCASE",
        name, seen, out, err);
}

/* ---- layers ---- */

static void layer_clear(karvan_i_gpkg_layer *l) {
    karvan_i_free(l->name), karvan_i_free(l->data_type), karvan_i_free(l->geometry);
    for (int c = 0; c < l->n_columns; c++) karvan_i_free(l->column[c]);
    karvan_i_free(l->column);
}

static char *copy_of(const char *s) { return s ? karvan_i_strndup(s, strlen(s)) : NULL; }

/* table_name, data_type, column_name, srs_id */
static karvan_status add_layer(void *ctx, int n, const char *const *cell, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_gpkg_file *g = ctx;
    if (g->n_layers == g->cap_layers) {
        int cap = g->cap_layers ? 2 * g->cap_layers : 16;
        karvan_i_gpkg_layer *more = karvan_i_realloc(g->layer, (size_t)cap, sizeof *more);
        KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for %d layers", cap);
        g->layer = more, g->cap_layers = cap;
    }
    karvan_i_gpkg_layer *l = &g->layer[g->n_layers++];
    *l = (karvan_i_gpkg_layer){.key = -1, .at_geometry = -1, .srs_id = -1};
    l->name = copy_of(cell[0] ? cell[0] : "");
    l->data_type = copy_of(cell[1] ? cell[1] : "");
    l->geometry = n > 2 ? copy_of(cell[2]) : NULL;
    if (n > 3 && cell[3]) l->srs_id = strtoll(cell[3], NULL, 10);
    KARVAN_REQUIRE(l->name && l->data_type && (n < 3 || !cell[2] || l->geometry), err,
                   KARVAN_E_NOMEM, "no memory for a layer");
done:
    return st;
}

/* name, type, pk, how many columns are of the primary key */
static karvan_status add_column(void *ctx, int n, const char *const *cell, karvan_error *err) {
    karvan_i_gpkg_layer *l = ctx;
    (void)n;
    char **more = karvan_i_realloc(l->column, (size_t)l->n_columns + 1, sizeof *more);
    if (more) l->column = more;
    char *name = more ? copy_of(cell[0] ? cell[0] : "") : NULL;
    if (!name) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a column");
    if (cell[1] && sqlite3_stricmp(cell[1], "INTEGER") == 0 && cell[2] && cell[3] &&
        strcmp(cell[2], "1") == 0 && strcmp(cell[3], "1") == 0)
        l->key = l->n_columns;
    if (l->geometry && sqlite3_stricmp(name, l->geometry) == 0) l->at_geometry = l->n_columns;
    l->column[l->n_columns++] = name;
    return KARVAN_OK;
}

static karvan_status look_at_layer(const karvan_i_gpkg_file *g, karvan_i_gpkg_layer *l,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool features = strcmp(l->data_type, "features") == 0, there;
    if (!features && strcmp(l->data_type, "attributes") != 0)
        return l->why_not = "holds neither features nor attributes", KARVAN_OK;
    KARVAN_TRY(karvan_i_gpkg_is_table(g, l->name, &there, err));
    if (!there) return l->why_not = "is no table of the file, or a view or made by code", KARVAN_OK;
    KARVAN_TRY(karvan_i_gpkg_query(
        g,
        "SELECT name,type,pk,(SELECT count(*) FROM pragma_table_xinfo(?1) WHERE pk>0) "
        "FROM pragma_table_xinfo(?1) WHERE hidden<>1 ORDER BY cid",
        l->name, add_column, l, err));
    if (features && l->at_geometry < 0) l->why_not = "has no column of geometries that is told of";
    if (l->n_columns == 0) l->why_not = "has no columns";
done:
    return st;
}

static karvan_status list_layers(karvan_i_gpkg_file *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool contents, geometries;
    KARVAN_TRY(karvan_i_gpkg_is_table(g, "gpkg_contents", &contents, err));
    KARVAN_REQUIRE(contents, err, KARVAN_E_DATA,
                   "%s: SQLite, but no GeoPackage: no table gpkg_contents", g->path);
    KARVAN_TRY(karvan_i_gpkg_is_table(g, "gpkg_geometry_columns", &geometries, err));
    KARVAN_TRY(karvan_i_gpkg_query(
        g,
        geometries ? "SELECT c.table_name,c.data_type,min(g.column_name),g.srs_id FROM "
                     "gpkg_contents c LEFT JOIN gpkg_geometry_columns g ON "
                     "g.table_name=c.table_name COLLATE NOCASE GROUP BY c.table_name ORDER BY 1"
                   : "SELECT table_name,data_type FROM gpkg_contents ORDER BY 1",
        NULL, add_layer, g, err));
    for (int i = 0; i < g->n_layers; i++) KARVAN_TRY(look_at_layer(g, &g->layer[i], err));
done:
    return st;
}

karvan_status karvan_i_gpkg_open(const char *path, karvan_i_gpkg_file *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text uri = {0};
    *out = (karvan_i_gpkg_file){.path = path};
    KARVAN_TRY(check_magic(path, err));
    KARVAN_TRY(check_journal(path, "-wal", err));
    KARVAN_TRY(check_journal(path, "-journal", err));
    put_uri(&uri, path);
    KARVAN_TRY(karvan_i_text_status(&uri, err));
    if (sqlite3_open_v2(uri.s, &out->db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK) {
        st = sql_fault(out, err);
        goto done;
    }
    KARVAN_TRY(guard(out, err));
    KARVAN_TRY(list_layers(out, err));
done:
    karvan_i_text_clear(&uri);
    return st;
}

void karvan_i_gpkg_close(karvan_i_gpkg_file *g) {
    for (int i = 0; i < g->n_layers; i++) layer_clear(&g->layer[i]);
    karvan_i_free(g->layer);
    if (g->db) (void)sqlite3_close(g->db);
    *g = (karvan_i_gpkg_file){0};
}

bool karvan_i_gpkg_has(const karvan_i_gpkg_layer *l, const char *column) {
    for (int c = 0; c < l->n_columns; c++)
        if (strcmp(l->column[c], column) == 0) return true;
    return false;
}

/* ---- rows ---- */

static bool is_attribute(const karvan_i_gpkg_row *row, int c) {
    return c != row->layer->at_geometry && (c != row->layer->key || row->key_asked);
}

/* A text, or a whole number with its digits. */
static karvan_i_value text_value(karvan_i_gpkg_row *row, int c, karvan_i_value v) {
    v.text = (const char *)sqlite3_column_text(row->statement, c);
    if (!v.text)
        row->failed = true, v.kind = KARVAN_I_NO_VALUE;
    else if (strlen(v.text) != (size_t)sqlite3_column_bytes(row->statement, c))
        v.kind = KARVAN_I_ODD_VALUE; /* it holds a NUL */
    return v;
}

static karvan_i_value cell(karvan_i_gpkg_row *row, int c) {
    karvan_i_value v = {.kind = KARVAN_I_ODD_VALUE};
    switch (row->type[c]) {
    case SQLITE_NULL:
        v.kind = KARVAN_I_NO_VALUE;
        break;
    case SQLITE_INTEGER:
        v.kind = KARVAN_I_NUMBER_VALUE;
        v.number = (double)sqlite3_column_int64(row->statement, c);
        return text_value(row, c, v);
    case SQLITE_FLOAT:
        v.kind = KARVAN_I_NUMBER_VALUE, v.number = sqlite3_column_double(row->statement, c);
        break;
    case SQLITE_TEXT:
        v.kind = KARVAN_I_TEXT_VALUE;
        return text_value(row, c, v);
    default:
        break;
    }
    return v;
}

static karvan_i_value get(const void *properties, const char *name) {
    karvan_i_gpkg_row *row = (karvan_i_gpkg_row *)properties; /* SQLite converts in place */
    const karvan_i_gpkg_layer *l = row->layer;
    for (int c = 0; c < l->n_columns; c++)
        if (strcmp(l->column[c], name) == 0 && is_attribute(row, c)) return cell(row, c);
    return (karvan_i_value){.kind = KARVAN_I_NO_VALUE};
}

static karvan_status each(const void *properties, karvan_status (*with)(void *, const char *),
                          void *ctx) {
    karvan_status st = KARVAN_OK;
    const karvan_i_gpkg_row *row = properties;
    for (int c = 0; c < row->layer->n_columns; c++)
        if (row->type[c] != SQLITE_NULL && is_attribute(row, c))
            KARVAN_TRY(with(ctx, row->layer->column[c]));
done:
    return st;
}

const karvan_i_feature_format karvan_i_gpkg_values = {"attribute", get, each, true};

static void put_name(karvan_i_text *t, const char *name) {
    karvan_i_text_puts(t, "\"");
    for (; *name; name++) karvan_i_text_add(t, *name == '"' ? "\"\"" : name, *name == '"' ? 2 : 1);
    karvan_i_text_puts(t, "\"");
}

static void look_at_row(karvan_i_gpkg_row *row, int64_t ordinal) {
    const karvan_i_gpkg_layer *l = row->layer;
    for (int c = 0; c < l->n_columns; c++) row->type[c] = sqlite3_column_type(row->statement, c);
    bool keyed = l->key >= 0 && row->type[l->key] == SQLITE_INTEGER;
    row->number = keyed ? sqlite3_column_int64(row->statement, l->key) : ordinal;
    row->geometry = NULL, row->n_geometry = 0, row->geometry_odd = false;
    if (l->at_geometry < 0) return;
    int type = row->type[l->at_geometry];
    row->geometry_odd = type != SQLITE_BLOB && type != SQLITE_NULL;
    if (type != SQLITE_BLOB) return;
    row->geometry = sqlite3_column_blob(row->statement, l->at_geometry);
    row->n_geometry = (size_t)sqlite3_column_bytes(row->statement, l->at_geometry);
    if (!row->geometry) row->geometry = "";
}

karvan_status karvan_i_gpkg_rows(const karvan_i_gpkg_file *g, const karvan_i_gpkg_layer *l,
                                 bool key_asked,
                                 karvan_status (*with)(void *, karvan_i_gpkg_row *, karvan_error *),
                                 void *ctx, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text q = {0};
    karvan_i_gpkg_row row = {.layer = l, .key_asked = key_asked};
    int step = SQLITE_DONE;
    for (int c = 0; c < l->n_columns; c++) {
        karvan_i_text_puts(&q, c ? "," : "SELECT ");
        put_name(&q, l->column[c]);
    }
    karvan_i_text_puts(&q, " FROM ");
    put_name(&q, l->name);
    KARVAN_TRY(karvan_i_text_status(&q, err));
    row.type = karvan_i_calloc((size_t)l->n_columns + 1, sizeof *row.type);
    KARVAN_REQUIRE(row.type, err, KARVAN_E_NOMEM, "no memory for a row");
    if (sqlite3_prepare_v2(g->db, q.s, -1, &row.statement, NULL) != SQLITE_OK) {
        st = sql_fault(g, err);
        goto done;
    }
    for (int64_t i = 1; (step = sqlite3_step(row.statement)) == SQLITE_ROW; i++) {
        look_at_row(&row, i);
        KARVAN_TRY(with(ctx, &row, err));
        KARVAN_REQUIRE(!row.failed, err, KARVAN_E_NOMEM, "no memory for SQLite to read %s",
                       g->path);
    }
    if (step != SQLITE_DONE) st = sql_fault(g, err);
done:
    (void)sqlite3_finalize(row.statement);
    karvan_i_free(row.type);
    karvan_i_text_clear(&q);
    return st;
}
