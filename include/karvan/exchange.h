#ifndef KARVAN_EXCHANGE_H
#define KARVAN_EXCHANGE_H
/* Room: exchange. What comes in and goes out: files of other formats become the tables of a region,
 * and a region's tables become files of other formats. The only room of the engines that knows
 * files other than a region's own. Depends on: base, table, network. Method:
 * docs/methods/exchange.md. */
#include "karvan/base.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- in -------------------------------------------------------------------------------- */

/** A format that is read. Strings are the library's. */
typedef struct karvan_import_format {
    const char *name;  /**< "gmns", "tntp", ... */
    const char *title; /**< what it is, one line */
    const char *paths; /**< what to give: "DIR", "NET.tntp [NODES.tntp]" */
    bool region; /**< true: of networks, a region; false: of other tables, a Data Package of them */
} karvan_import_format;
KARVAN_API int karvan_import_formats(void);                     /**< how many */
KARVAN_API karvan_import_format karvan_import_format_at(int i); /**< i in 0..formats-1 */

/** Rows of a region under construction, and what was not understood on the way. */
typedef struct karvan_import karvan_import;
/** An option by its name; a name may be given several times where its value is a list. */
typedef struct karvan_import_setting {
    const char *name, *value;
} karvan_import_setting;

/**
 * Begin.
 * @param format   name of a format
 * @param settings [n_settings] borrowed until destroyed. Every format takes: `name` (of the
 * region), `country` (ISO 3166 code of places whose file says none), `licence` and `accessed` (of
 * the source; the latter EDTF), `speed` (MODE=km/h, commas between several: for links whose file
 * gives neither speed nor time), `usd-per-km` (MODE=USD a TEU-km: for links whose file gives no
 * money), `dwell` (OPERATION=P50:P90 hours), `usd-per-move` (OPERATION=USD a TEU), `connect`
 * (changes of mode are added where modes meet). The others are the format's own:
 * docs/methods/exchange.md
 * @retval KARVAN_E_ARG no such format (the nearest is named), a setting that the format does not
 * know, a value that cannot be read
 */
KARVAN_API karvan_status karvan_import_create(const char *format, int n_settings,
                                              const karvan_import_setting *settings,
                                              karvan_import **out, karvan_error *err);
KARVAN_API void karvan_import_destroy(karvan_import *imp);
/**
 * Read files, once an import. What cannot be taken is left out and listed in the problems; what the
 * format has and a region has not is counted there, a line a kind.
 * @retval KARVAN_E_ARG  too few or too many paths
 * @retval KARVAN_E_DATA the data cannot be used at all ("file:line:column: ...")
 * @retval KARVAN_E_IO, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_import_read(karvan_import *imp, int n_paths,
                                            const char *const *paths, karvan_error *err);
/** In the order in which they were found. */
KARVAN_API const karvan_problems *karvan_import_problems(const karvan_import *imp);
/** One row a kind of row: kind (of the format, then the tables of a region), read, taken, left_out.
 */
KARVAN_API karvan_status karvan_import_summary(const karvan_import *imp, karvan_table **out,
                                               karvan_error *err);
/**
 * Write the region, or the tables of a format that makes no region, as a Data Package:
 * datapackage.json and a CSV file a table, in a folder that
 * appears whole or not at all. Speeds, prices and dwells that no file gave are written as
 * assumptions with their reasoning; each kind is a warning in the problems.
 * OMX's rows are read only here, some megabytes at a time.
 * @param dir must not exist
 * @retval KARVAN_E_ARG  dir exists, or nothing was read
 * @retval KARVAN_E_DATA OMX: rows that cannot be read
 * @retval KARVAN_E_IO, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_import_write(karvan_import *imp, const char *dir,
                                             karvan_error *err);

/* ---- out ------------------------------------------------------------------------------- */

/** A format that is written. */
KARVAN_API int karvan_export_formats(void);
KARVAN_API karvan_import_format karvan_export_format_at(int i); /**< paths: what is written */
/**
 * Write a region, as it stands after its scenarios, in another format. A file or folder appears
 * whole or not at all; a file of that name is replaced, a folder must not exist.
 * @param settings [n_settings] `date` (EDTF: only what may be in service on its first day; not csv)
 * and `mode` (tntp: only links of it)
 * @param problems receives what the format has no room for, a line a kind
 * @param[out] summary one row a table: table, rows, written, left_out
 * @retval KARVAN_E_ARG  no such format, a setting that it does not know, a folder that exists
 * @retval KARVAN_E_DATA a table that the format needs is absent
 * @retval KARVAN_E_IO, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_export(const karvan_package *region, const char *format,
                                       const char *path, int n_settings,
                                       const karvan_import_setting *settings,
                                       karvan_problems *problems, karvan_table **summary,
                                       karvan_error *err);

/* ---- OMX matrices ------------------------------------------------------------------------- */

/* Open matrices, specification 0.2: an HDF5 file with matrices of one shape in /data and labels of
 * rows or columns in /lookup. HDF5 is built in where it was found at configuration; without it
 * every function answers KARVAN_E_ARG and says so. HDF5's own memory is not the library's, and
 * HDF5 as Debian builds it must not be entered by two threads at once: the caller sees to that.
 * Nothing is printed. Source: github.com/osPlanning/omx, wiki, Specification. */

/** Was HDF5 built in? */
KARVAN_API bool karvan_omx_available(void);

/** An open OMX file. */
typedef struct karvan_omx karvan_omx;
/**
 * @param[out] out  close with karvan_omx_close
 * @retval KARVAN_E_IO   the file cannot be opened
 * @retval KARVAN_E_DATA it is not HDF5, has no /data, or its matrices have other shapes than SHAPE
 * (or than one another, where SHAPE is missing)
 * @retval KARVAN_E_ARG  built without HDF5
 * Cost: names and shapes are read, no values.
 */
KARVAN_API karvan_status karvan_omx_open(const char *path, karvan_omx **out, karvan_error *err);
KARVAN_API void karvan_omx_close(karvan_omx *m); /**< NULL is allowed */
KARVAN_API int64_t karvan_omx_rows(const karvan_omx *m);
KARVAN_API int64_t karvan_omx_columns(const karvan_omx *m);
KARVAN_API const char *karvan_omx_version(const karvan_omx *m); /**< "0.2"; "" where none */
KARVAN_API int karvan_omx_matrices(const karvan_omx *m);        /**< in the order of their names */
KARVAN_API const char *karvan_omx_matrix_name(const karvan_omx *m, int i);
/** Position of a matrix, -1 if there is none of that name. */
KARVAN_API int karvan_omx_find(const karvan_omx *m, const char *name);
/**
 * Rows of a matrix as doubles, whatever number type the file holds (whole numbers beyond 2^53 are
 * rounded). Cells equal to the matrix's attribute NA, where it has one, are NaN.
 * @param[out] out  [n_rows x columns], row by row
 * @retval KARVAN_E_ARG  no such matrix or rows
 * @retval KARVAN_E_DATA damaged, or packed in a way that this HDF5 cannot read
 */
KARVAN_API karvan_status karvan_omx_read(const karvan_omx *m, int matrix, int64_t first_row,
                                         int64_t n_rows, double *out, karvan_error *err);
KARVAN_API int karvan_omx_lookups(const karvan_omx *m);
KARVAN_API const char *karvan_omx_lookup_name(const karvan_omx *m, int i);
/** The dimension that a lookup says it labels: 0 rows, 1 columns; -1 where it does not say. */
KARVAN_API int karvan_omx_lookup_dimension(const karvan_omx *m, int i);
/**
 * A lookup as a table of one column, named like it: INT, REAL or TEXT.
 * @retval KARVAN_E_DATA not one-dimensional, or neither numbers nor text in UTF-8
 */
KARVAN_API karvan_status karvan_omx_lookup(const karvan_omx *m, int i, karvan_table **out,
                                           karvan_error *err);

/** An OMX file under construction, written beside its path. */
typedef struct karvan_omx_writer karvan_omx_writer;
/** @param rows,columns 1 .. 2^31-1 @retval KARVAN_E_IO, KARVAN_E_ARG */
KARVAN_API karvan_status karvan_omx_create(const char *path, int64_t rows, int64_t columns,
                                           karvan_omx_writer **out, karvan_error *err);
/** Another matrix of doubles, all NaN until put: chunks of about 128 KiB, shuffled, gzip 1.
 * @param[out] matrix its number @retval KARVAN_E_ARG a name that is empty, taken, or holds `/` */
KARVAN_API karvan_status karvan_omx_add_matrix(karvan_omx_writer *w, const char *name, int *matrix,
                                               karvan_error *err);
/** Rows first_row .. first_row + n_rows - 1; each should be put once.
 * @param values [n_rows x columns]; NaN: missing */
KARVAN_API karvan_status karvan_omx_put(karvan_omx_writer *w, int matrix, int64_t first_row,
                                        int64_t n_rows, const double *values, karvan_error *err);
/**
 * Labels of rows (dimension 0), columns (1) or of both, where the matrix is square (-1): the first
 * column of a table, INT or TEXT, without missing cells.
 * @retval KARVAN_E_ARG another length than the dimension's, another type, a missing cell
 */
KARVAN_API karvan_status karvan_omx_add_lookup(karvan_omx_writer *w, const char *name,
                                               int dimension, const karvan_table *t,
                                               karvan_error *err);
/** Finish and rename into place; takes w also on failure. The same content gives the same bytes. */
KARVAN_API karvan_status karvan_omx_finish(karvan_omx_writer *take, karvan_error *err);
/** Give up: nothing stays on disk. NULL is allowed. */
KARVAN_API void karvan_omx_abandon(karvan_omx_writer *w);

/* ---- GeoJSON out ---------------------------------------------------------------------------- */

/** A table whose rows become features. */
typedef struct karvan_geojson_layer {
    const char *name;          /**< property `layer` of every feature; NULL: none */
    const karvan_table *table; /**< its columns become properties */
    karvan_geometry geometry;
    const double
        *coords; /**< lon lat pairs, degrees, row after row, as karvan_gpkg_layer has them */
    const int32_t *size; /**< [rows] 1 for points, 2 or more for lines, 4 or more for rings, 0: no
                            geometry (null) */
} karvan_geojson_layer;
/**
 * Write one FeatureCollection of all rows of all layers (RFC 7946). Lines that pass the 180th
 * meridian on the short way are cut there into a MultiLineString; rings are turned
 * counterclockwise. An unknown cell is null, one that is not covered is left out; dates are text as
 * written; numbers have the fewest digits that read back to the same double.
 * @retval KARVAN_E_ARG a size that does not fit the geometry, a coordinate outside lon/lat, a ring
 * that is open or passes the 180th meridian
 * @retval KARVAN_E_IO  cannot be written; the old file stays
 */
KARVAN_API karvan_status karvan_geojson_write(const char *path, int n_layers,
                                              const karvan_geojson_layer *layers,
                                              karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
