#ifndef KARVAN_SRC_EXCHANGE_GPKG_H
#define KARVAN_SRC_EXCHANGE_GPKG_H
/* A GeoPackage that others wrote: layers and rows, read-only, of a file that is not trusted. */
#include <sqlite3.h>

#include "exchange/feature.h"
#include "exchange/gpkg_geometry.h"

typedef struct karvan_i_gpkg_layer {
    char *name, *data_type;          /* data_type: features, attributes, tiles, ... */
    char *geometry;                  /* its column; NULL: none */
    int64_t srs_id;                  /* of the geometries */
    const char *why_not;             /* why its rows cannot be read; NULL: they can */
    char **column;                   /* [n_columns] */
    int n_columns, key, at_geometry; /* column of the integer primary key, of the geometry; -1 */
} karvan_i_gpkg_layer;

typedef struct karvan_i_gpkg_file {
    sqlite3 *db;
    const char *path;
    int n_layers, cap_layers;
    karvan_i_gpkg_layer *layer; /* [n_layers] in the order of their names */
} karvan_i_gpkg_file;

/* Open and list the layers; close it in any case.
 * KARVAN_E_IO: cannot be opened; KARVAN_E_DATA: no GeoPackage, or one whose newest changes stand in
 * another file; KARVAN_E_NOMEM. */
karvan_status karvan_i_gpkg_open(const char *path, karvan_i_gpkg_file *out, karvan_error *err);
void karvan_i_gpkg_close(karvan_i_gpkg_file *g);
/* Has the layer a column of that name? */
bool karvan_i_gpkg_has(const karvan_i_gpkg_layer *l, const char *column);
/* One row after another of a query, as texts (NULL: null). KARVAN_E_DATA where SQLite cannot. */
karvan_status karvan_i_gpkg_query(const karvan_i_gpkg_file *g, const char *sql,
                                  const char *argument,
                                  karvan_status (*with)(void *ctx, int n, const char *const *cell,
                                                        karvan_error *err),
                                  void *ctx, karvan_error *err);
/* Is there a table of that name: a plain one, neither a view nor made by code? */
karvan_status karvan_i_gpkg_is_table(const karvan_i_gpkg_file *g, const char *name, bool *out,
                                     karvan_error *err);

/* A row of a layer; what it points to holds until the next. */
typedef struct karvan_i_gpkg_row {
    const karvan_i_gpkg_layer *layer;
    sqlite3_stmt *statement;
    int *type;            /* [columns] of the cells, before anything is converted */
    int64_t number;       /* the primary key, else how many there were, from 1 */
    bool key_asked;       /* the primary key is an attribute, too: somebody asked for it by name */
    bool failed;          /* no memory for a text */
    const void *geometry; /* bytes; NULL: null */
    size_t n_geometry;
    bool geometry_odd; /* neither bytes nor null */
} karvan_i_gpkg_row;
/* Every row of a layer, in the order of its table. */
karvan_status
karvan_i_gpkg_rows(const karvan_i_gpkg_file *g, const karvan_i_gpkg_layer *l, bool key_asked,
                   karvan_status (*with)(void *ctx, karvan_i_gpkg_row *row, karvan_error *err),
                   void *ctx, karvan_error *err);
/* How a row keeps its values: its columns but the geometry's and the primary key. */
extern const karvan_i_feature_format karvan_i_gpkg_values;
#endif
