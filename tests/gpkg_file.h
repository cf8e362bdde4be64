#ifndef KARVAN_TESTS_GPKG_FILE_H
#define KARVAN_TESTS_GPKG_FILE_H
/* GeoPackages for tests: any SQL over the tables that the standard asks for, and geometries put
 * together byte by byte, without any of the code under test. Include cmocka before. */
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

/* Bytes of a geometry under construction. */
typedef struct bytes {
    uint8_t b[4096];
    size_t n;
    bool big; /* byte order of what is put next */
} bytes;

static inline void put(bytes *x, const void *v, size_t size) {
    uint8_t raw[8];
    memcpy(raw, v, size); /* the machine is little-endian, as karvan_gpkg assumes */
    assert_true(x->n + size <= sizeof x->b);
    for (size_t i = 0; i < size; i++) x->b[x->n++] = raw[x->big ? size - 1 - i : i];
}
static inline void put_byte(bytes *x, int v) { x->b[x->n++] = (uint8_t)v; }
static inline void put_word(bytes *x, uint32_t v) { put(x, &v, sizeof v); }
static inline void put_double(bytes *x, double v) { put(x, &v, sizeof v); }
static inline void put_position(bytes *x, int dimensions, double a, double b) {
    put_double(x, a), put_double(x, b);
    for (int i = 2; i < dimensions; i++) put_double(x, 1000 + i);
}
/* GP, version, flags: envelope kind and byte order; the reference system; an envelope of zeros. */
static inline void put_wrapper(bytes *x, int envelope, int32_t srs) {
    static const int size[] = {0, 4, 6, 6, 8};
    put_byte(x, 'G'), put_byte(x, 'P'), put_byte(x, 0);
    put_byte(x, envelope << 1 | !x->big);
    put(x, &srs, sizeof srs);
    for (int i = 0; i < size[envelope]; i++) put_double(x, 0);
}
static inline void put_type(bytes *x, uint32_t type) {
    put_byte(x, !x->big);
    put_word(x, type);
}

/* Run SQL; the file is made where there is none. */
static inline void run_sql(const char *path, const char *sql) {
    sqlite3 *db = NULL;
    char *why = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s: %s", why, sql);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static const char GPKG_TABLES[] =
    "PRAGMA application_id=1196444487;"
    "CREATE TABLE gpkg_spatial_ref_sys(srs_name TEXT,srs_id INTEGER PRIMARY KEY,organization TEXT,"
    "organization_coordsys_id INTEGER,definition TEXT);"
    "INSERT INTO gpkg_spatial_ref_sys VALUES('',-1,'NONE',-1,'undefined'),('',0,'NONE',0,"
    "'undefined'),('',4326,'EPSG',4326,'undefined'),('',3857,'EPSG',3857,'undefined'),('',7,"
    "'NOBODY',7,'undefined');"
    "CREATE TABLE gpkg_contents(table_name TEXT PRIMARY KEY,data_type TEXT);"
    "CREATE TABLE gpkg_geometry_columns(table_name TEXT,column_name TEXT,geometry_type_name TEXT,"
    "srs_id INTEGER,z INTEGER,m INTEGER);";

/* A table of features with its columns besides `fid` and `geom`. */
static inline void add_features(const char *path, const char *name, int srs, const char *columns) {
    char sql[1000];
    (void)snprintf(sql, sizeof sql,
                   "CREATE TABLE \"%s\"(fid INTEGER PRIMARY KEY,geom BLOB%s%s);"
                   "INSERT INTO gpkg_contents VALUES('%s','features');"
                   "INSERT INTO gpkg_geometry_columns VALUES('%s','geom','GEOMETRY',%d,0,0);",
                   name, *columns ? "," : "", columns, name, name, srs);
    run_sql(path, sql);
}

/* A row: its geometry (NULL: null), then the other columns as SQL. */
static inline void add_row(const char *path, const char *name, const bytes *geometry,
                           const char *values) {
    static char sql[10000];
    int n = snprintf(sql, sizeof sql, "INSERT INTO \"%s\" VALUES(NULL,%s", name,
                     geometry ? "x'" : "NULL");
    for (size_t i = 0; geometry && i < geometry->n; i++)
        n += snprintf(sql + n, sizeof sql - (size_t)n, "%02x", geometry->b[i]);
    (void)snprintf(sql + n, sizeof sql - (size_t)n, "%s%s%s);", geometry ? "'" : "",
                   *values ? "," : "", values);
    run_sql(path, sql);
}

static inline bytes point_at(int32_t srs, double x, double y) {
    bytes g = {.n = 0};
    put_wrapper(&g, 0, srs), put_type(&g, 1), put_position(&g, 2, x, y);
    return g;
}
/* n positions of a line. */
static inline bytes line_along(int32_t srs, int n, const double *p) {
    bytes g = {.n = 0};
    put_wrapper(&g, 1, srs), put_type(&g, 2), put_word(&g, (uint32_t)n);
    for (int i = 0; i < n; i++) put_position(&g, 2, p[2 * i], p[2 * i + 1]);
    return g;
}
#endif
