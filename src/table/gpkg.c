/* GeoPackage 1.3 (OGC 12-128r18) over SQLite. */
#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "table/column.h"

struct karvan_gpkg {
    sqlite3 *db;
    char *path, *part;
};

static karvan_status sql(karvan_gpkg *g, const char *text, karvan_error *err) {
    if (sqlite3_exec(g->db, text, NULL, NULL, NULL) == SQLITE_OK) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_IO, "cannot write %s: %s", g->path, sqlite3_errmsg(g->db));
}

static const char SCHEMA[] =
    "PRAGMA application_id=1196444487;PRAGMA user_version=10300;BEGIN;"
    "CREATE TABLE gpkg_spatial_ref_sys(srs_name TEXT NOT NULL,srs_id INTEGER NOT NULL PRIMARY KEY,"
    "organization TEXT NOT NULL,organization_coordsys_id INTEGER NOT NULL,definition TEXT NOT NULL,"
    "description TEXT);"
    "INSERT INTO gpkg_spatial_ref_sys VALUES"
    "('Undefined cartesian SRS',-1,'NONE',-1,'undefined',NULL),"
    "('Undefined geographic SRS',0,'NONE',0,'undefined',NULL),"
    "('WGS 84 geodetic',4326,'EPSG',4326,'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\","
    "6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],"
    "PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,"
    "AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4326\"]]','longitude and latitude');"
    "CREATE TABLE gpkg_contents(table_name TEXT NOT NULL PRIMARY KEY,data_type TEXT NOT NULL,"
    "identifier TEXT UNIQUE,description TEXT DEFAULT '',last_change DATETIME NOT NULL,"
    "min_x DOUBLE,min_y DOUBLE,max_x DOUBLE,max_y DOUBLE,srs_id INTEGER,"
    "CONSTRAINT fk_gc_r_srs_id FOREIGN KEY(srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));"
    "CREATE TABLE gpkg_geometry_columns(table_name TEXT NOT NULL,column_name TEXT NOT NULL,"
    "geometry_type_name TEXT NOT NULL,srs_id INTEGER NOT NULL,z TINYINT NOT NULL,m TINYINT NOT "
    "NULL,"
    "CONSTRAINT pk_geom_cols PRIMARY KEY(table_name,column_name),"
    "CONSTRAINT uk_gc_table_name UNIQUE(table_name),"
    "CONSTRAINT fk_gc_tn FOREIGN KEY(table_name) REFERENCES gpkg_contents(table_name),"
    "CONSTRAINT fk_gc_srs FOREIGN KEY(srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));";

karvan_status karvan_gpkg_create(const char *path, karvan_gpkg **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_gpkg *g = NULL;
    karvan_i_text part = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(path, err, KARVAN_E_ARG, "path is NULL");
    g = karvan_i_calloc(1, sizeof *g);
    KARVAN_REQUIRE(g, err, KARVAN_E_NOMEM, "no memory for a GeoPackage");
    karvan_i_text_printf(&part, "%s.%ld.part", path, (long)getpid());
    KARVAN_TRY(karvan_i_text_status(&part, err));
    g->path = karvan_i_strndup(path, strlen(path));
    g->part = karvan_i_strndup(part.s, part.n);
    KARVAN_REQUIRE(g->path && g->part, err, KARVAN_E_NOMEM, "no memory for a GeoPackage");
    (void)unlink(g->part);
    if (sqlite3_open(g->part, &g->db) != SQLITE_OK) {
        st = karvan_fail(err, KARVAN_E_IO, "cannot write %s: %s", path,
                         !g->db                             ? "no memory"
                         : sqlite3_system_errno(g->db) != 0 ? strerror(sqlite3_system_errno(g->db))
                                                            : sqlite3_errmsg(g->db));
        goto done;
    }
    KARVAN_TRY(sql(g, SCHEMA, err));
    *out = g, g = NULL;
done:
    karvan_i_text_clear(&part);
    karvan_gpkg_destroy(g);
    return st;
}

/* "name" for SQL. */
static void quote(karvan_i_text *t, const char *name) {
    karvan_i_text_puts(t, "\"");
    for (; *name; name++) karvan_i_text_add(t, *name == '"' ? "\"\"" : name, *name == '"' ? 2 : 1);
    karvan_i_text_puts(t, "\"");
}

static const char *sql_type(karvan_type t) {
    return t == KARVAN_INT    ? "INTEGER"
           : t == KARVAN_REAL ? "DOUBLE"
           : t == KARVAN_BOOL ? "BOOLEAN"
                              : "TEXT";
}

static const char *const GEOMETRIES[] = {NULL, "POINT", "LINESTRING", "POLYGON"};

static karvan_status create_layer(karvan_gpkg *g, const char *layer, const karvan_table *t,
                                  karvan_geometry geometry, karvan_error *err) {
    karvan_i_text q = {0};
    karvan_i_text_puts(&q, "CREATE TABLE ");
    quote(&q, layer);
    karvan_i_text_puts(&q, "(fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL");
    if (geometry) karvan_i_text_printf(&q, ",geom %s", GEOMETRIES[geometry]);
    for (int c = 0; c < t->n_columns; c++) {
        karvan_i_text_puts(&q, ",");
        quote(&q, t->column[c].name);
        karvan_i_text_printf(&q, " %s", sql_type(t->column[c].type));
    }
    karvan_i_text_puts(&q, ");");
    karvan_status st = karvan_i_text_status(&q, err);
    if (st == KARVAN_OK) st = sql(g, q.s, err);
    karvan_i_text_clear(&q);
    return st;
}

typedef struct extent {
    double x0, y0, x1, y1;
} extent;

static void put_double(karvan_i_text *b, double v) {
    karvan_i_text_add(b, (const char *)&v, sizeof v);
}
static void put_u32(karvan_i_text *b, uint32_t v) {
    karvan_i_text_add(b, (const char *)&v, sizeof v);
}

/* GeoPackage header with envelope, then well-known binary; the machine is little-endian. */
static void blob(karvan_i_text *b, karvan_geometry geometry, const double *p, int32_t n,
                 extent *all) {
    extent e = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int32_t i = 0; i < n; i++) {
        e.x0 = fmin(e.x0, p[2 * (size_t)i]), e.x1 = fmax(e.x1, p[2 * (size_t)i]);
        e.y0 = fmin(e.y0, p[2 * (size_t)i + 1]), e.y1 = fmax(e.y1, p[2 * (size_t)i + 1]);
    }
    all->x0 = fmin(all->x0, e.x0), all->x1 = fmax(all->x1, e.x1);
    all->y0 = fmin(all->y0, e.y0), all->y1 = fmax(all->y1, e.y1);
    const char header[4] = {'G', 'P', 0, geometry == KARVAN_POINT ? 1 : 3};
    karvan_i_text_add(b, header, 4);
    put_u32(b, 4326);
    if (geometry != KARVAN_POINT)
        put_double(b, e.x0), put_double(b, e.x1), put_double(b, e.y0), put_double(b, e.y1);
    karvan_i_text_add(b, "\1", 1);
    put_u32(b, (uint32_t)geometry); /* wkb: 1 point, 2 line, 3 polygon, as our enum */
    if (geometry == KARVAN_POLYGON) put_u32(b, 1);
    if (geometry != KARVAN_POINT) put_u32(b, (uint32_t)n);
    for (int32_t i = 0; i < 2 * n; i++) put_double(b, p[i]);
}

static void bind_cell(sqlite3_stmt *s, int at, const karvan_table *t, int c, int64_t row) {
    if (karvan_table_state(t, c, row) != KARVAN_VALUE) {
        (void)sqlite3_bind_null(s, at);
        return;
    }
    switch (t->column[c].type) {
    case KARVAN_INT:
        (void)sqlite3_bind_int64(s, at, karvan_table_int(t, c, row));
        break;
    case KARVAN_REAL:
        (void)sqlite3_bind_double(s, at, karvan_table_real(t, c, row));
        break;
    case KARVAN_BOOL:
        (void)sqlite3_bind_int(s, at, karvan_table_bool(t, c, row));
        break;
    case KARVAN_TEXT:
    case KARVAN_DATE:
        (void)sqlite3_bind_text(s, at, karvan_table_text(t, c, row), -1, SQLITE_TRANSIENT);
        break;
    }
}

static karvan_status check_shape(karvan_geometry geometry, const double *p, int32_t n,
                                 karvan_error *err) {
    int32_t least = geometry == KARVAN_POINT ? 1 : geometry == KARVAN_LINESTRING ? 2 : 4;
    if (n != 0 && (n < least || (geometry == KARVAN_POINT && n != 1)))
        return karvan_fail(err, KARVAN_E_ARG, "%d points make no %s", (int)n, GEOMETRIES[geometry]);
    for (int32_t i = 0; i < n; i++)
        if (!(fabs(p[2 * (size_t)i]) <= 180.0) || !(fabs(p[2 * (size_t)i + 1]) <= 90.0))
            return karvan_fail(err, KARVAN_E_ARG, "%g %g is no longitude and latitude",
                               p[2 * (size_t)i], p[2 * (size_t)i + 1]);
    if (geometry == KARVAN_POLYGON && n > 0 &&
        (p[0] != p[2 * (size_t)n - 2] || p[1] != p[2 * (size_t)n - 1]))
        return karvan_fail(err, KARVAN_E_ARG, "a ring does not close");
    return KARVAN_OK;
}

static karvan_status insert_rows(karvan_gpkg *g, const char *layer, const karvan_table *t,
                                 karvan_geometry geometry, const double *coords,
                                 const int32_t *size, extent *all, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text q = {0}, b = {0};
    sqlite3_stmt *s = NULL;
    karvan_i_text_puts(&q, "INSERT INTO ");
    quote(&q, layer);
    karvan_i_text_puts(&q, " VALUES(NULL");
    for (int c = 0; c < t->n_columns + (geometry != KARVAN_GEOMETRY_NONE); c++)
        karvan_i_text_puts(&q, ",?");
    karvan_i_text_puts(&q, ");");
    KARVAN_TRY(karvan_i_text_status(&q, err));
    KARVAN_REQUIRE(sqlite3_prepare_v2(g->db, q.s, -1, &s, NULL) == SQLITE_OK, err, KARVAN_E_IO,
                   "cannot write %s: %s", g->path, sqlite3_errmsg(g->db));
    for (int64_t r = 0; r < t->n_rows; r++) {
        int at = 1;
        if (geometry) {
            KARVAN_TRY(check_shape(geometry, coords, size[r], err));
            b.n = 0;
            if (size[r] > 0) blob(&b, geometry, coords, size[r], all);
            KARVAN_TRY(karvan_i_text_status(&b, err));
            if (size[r] > 0)
                (void)sqlite3_bind_blob(s, at, b.s, (int)b.n, SQLITE_TRANSIENT);
            else
                (void)sqlite3_bind_null(s, at);
            coords += 2 * (ptrdiff_t)size[r], at++;
        }
        for (int c = 0; c < t->n_columns; c++) bind_cell(s, at++, t, c, r);
        KARVAN_REQUIRE(sqlite3_step(s) == SQLITE_DONE, err, KARVAN_E_IO, "cannot write %s: %s",
                       g->path, sqlite3_errmsg(g->db));
        (void)sqlite3_reset(s);
    }
done:
    (void)sqlite3_finalize(s);
    karvan_i_text_clear(&q), karvan_i_text_clear(&b);
    return st;
}

/* last_change is fixed: same input, same bytes. */
static karvan_status register_layer(karvan_gpkg *g, const char *layer, karvan_geometry geometry,
                                    const extent *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sqlite3_stmt *s = NULL;
    KARVAN_REQUIRE(sqlite3_prepare_v2(
                       g->db,
                       "INSERT INTO gpkg_contents VALUES(?1,?2,?1,'','2026-01-01T00:00:00.000Z',"
                       "?3,?4,?5,?6,?7);",
                       -1, &s, NULL) == SQLITE_OK,
                   err, KARVAN_E_IO, "cannot write %s: %s", g->path, sqlite3_errmsg(g->db));
    (void)sqlite3_bind_text(s, 1, layer, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_text(s, 2, geometry ? "features" : "attributes", -1, SQLITE_STATIC);
    if (geometry && isfinite(e->x0)) {
        (void)sqlite3_bind_double(s, 3, e->x0), (void)sqlite3_bind_double(s, 4, e->y0);
        (void)sqlite3_bind_double(s, 5, e->x1), (void)sqlite3_bind_double(s, 6, e->y1);
    }
    if (geometry) (void)sqlite3_bind_int(s, 7, 4326);
    KARVAN_REQUIRE(sqlite3_step(s) == SQLITE_DONE, err, KARVAN_E_IO, "cannot write %s: %s", g->path,
                   sqlite3_errmsg(g->db));
    (void)sqlite3_finalize(s), s = NULL;
    if (!geometry) goto done;
    KARVAN_REQUIRE(sqlite3_prepare_v2(
                       g->db, "INSERT INTO gpkg_geometry_columns VALUES(?1,'geom',?2,4326,0,0);",
                       -1, &s, NULL) == SQLITE_OK,
                   err, KARVAN_E_IO, "cannot write %s: %s", g->path, sqlite3_errmsg(g->db));
    (void)sqlite3_bind_text(s, 1, layer, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_text(s, 2, GEOMETRIES[geometry], -1, SQLITE_STATIC);
    KARVAN_REQUIRE(sqlite3_step(s) == SQLITE_DONE, err, KARVAN_E_IO, "cannot write %s: %s", g->path,
                   sqlite3_errmsg(g->db));
done:
    (void)sqlite3_finalize(s);
    return st;
}

karvan_status karvan_gpkg_layer(karvan_gpkg *g, const char *layer, const karvan_table *t,
                                karvan_geometry geometry, const double *coords, const int32_t *size,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    extent all = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    KARVAN_REQUIRE(g && layer && *layer && t && geometry >= KARVAN_GEOMETRY_NONE &&
                       geometry <= KARVAN_POLYGON && (!geometry || (coords && size)),
                   err, KARVAN_E_ARG, "a layer needs a name, a table and its coordinates");
    KARVAN_TRY(create_layer(g, layer, t, geometry, err));
    KARVAN_TRY(insert_rows(g, layer, t, geometry, coords, size, &all, err));
    KARVAN_TRY(register_layer(g, layer, geometry, &all, err));
done:
    return st;
}

/* The table as QGIS makes it: its reader asks for an empty schema, not for none. The time is fixed:
 * the same input gives the same bytes. */
static const char STYLES[] =
    "CREATE TABLE IF NOT EXISTS layer_styles(id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
    "f_table_catalog TEXT(256),f_table_schema TEXT(256),f_table_name TEXT(256),"
    "f_geometry_column TEXT(256),styleName TEXT(30),styleQML TEXT,styleSLD TEXT,"
    "useAsDefault BOOLEAN,description TEXT,owner TEXT(30),ui TEXT(30),update_time DATETIME);"
    "INSERT OR IGNORE INTO gpkg_contents(table_name,data_type,identifier,description,last_change,"
    "srs_id) VALUES('layer_styles','attributes','layer_styles','',"
    "'2026-01-01T00:00:00.000Z',0);";

karvan_status karvan_gpkg_style(karvan_gpkg *g, const char *layer, const char *name,
                                const char *qml, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sqlite3_stmt *s = NULL;
    KARVAN_REQUIRE(g && layer && *layer && name && *name && qml && *qml, err, KARVAN_E_ARG,
                   "a style needs a layer, a name and a text");
    KARVAN_TRY(sql(g, STYLES, err));
    KARVAN_REQUIRE(sqlite3_prepare_v2(g->db,
                                      "INSERT INTO layer_styles VALUES(NULL,'','',?1,'geom',?2,?3,"
                                      "'',1,'','',NULL,'2026-01-01T00:00:00.000Z');",
                                      -1, &s, NULL) == SQLITE_OK,
                   err, KARVAN_E_IO, "cannot write %s: %s", g->path, sqlite3_errmsg(g->db));
    (void)sqlite3_bind_text(s, 1, layer, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_text(s, 2, name, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_text(s, 3, qml, -1, SQLITE_TRANSIENT);
    KARVAN_REQUIRE(sqlite3_step(s) == SQLITE_DONE, err, KARVAN_E_IO, "cannot write %s: %s", g->path,
                   sqlite3_errmsg(g->db));
done:
    (void)sqlite3_finalize(s);
    return st;
}

karvan_status karvan_gpkg_finish(karvan_gpkg *take, karvan_error *err) {
    if (!take) return karvan_fail(err, KARVAN_E_ARG, "gpkg is NULL");
    karvan_status st = sql(take, "COMMIT;", err);
    if (st == KARVAN_OK) {
        (void)sqlite3_close(take->db), take->db = NULL;
        if (rename(take->part, take->path) != 0)
            st = karvan_fail(err, KARVAN_E_IO, "cannot write %s", take->path);
    }
    karvan_gpkg_destroy(take);
    return st;
}

void karvan_gpkg_destroy(karvan_gpkg *g) {
    if (!g) return;
    if (g->db) (void)sqlite3_close(g->db);
    if (g->part) (void)unlink(g->part);
    karvan_i_free(g->path), karvan_i_free(g->part);
    karvan_i_free(g);
}
