#ifndef KARVAN_TABLE_H
#define KARVAN_TABLE_H
/* Room: table. Typed columns with three states of a cell, views, CSV in and out,
 * Data Packages with their schemas, problems with file, line and column, and
 * GeoPackages. Depends on: base. Knows nothing of countries, links or trade. */
#include "karvan/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- types and states ------------------------------------------------------ */

typedef enum karvan_type {
    KARVAN_INT,  /**< int64_t */
    KARVAN_REAL, /**< double, always finite where the cell holds a value */
    KARVAN_TEXT, /**< UTF-8, kept once a distinct value (dictionary) */
    KARVAN_DATE, /**< EDTF, kept once a distinct value, parsed */
    KARVAN_BOOL  /**< true or false */
} karvan_type;
KARVAN_API const char *karvan_type_name(karvan_type t);

/** Every cell is one of three. Never 0 for missing. */
typedef enum karvan_cell {
    KARVAN_VALUE = 0,
    KARVAN_NOT_COVERED = 1, /**< the source does not cover this cell */
    KARVAN_UNKNOWN = 2      /**< covered, but not known */
} karvan_cell;
/** "value", "not covered", "unknown" */
KARVAN_API const char *karvan_cell_name(karvan_cell c);

/** What a column is. Strings are borrowed by the call that takes them. */
typedef struct karvan_column {
    const char *name;
    karvan_type type;
    const char *unit; /**< NULL: none */
} karvan_column;

/* ---- tables ------------------------------------------------------------------ */

/** An immutable table: columns of one length. */
typedef struct karvan_table karvan_table;
/** A table under construction. */
typedef struct karvan_builder karvan_builder;

/** @param columns [n_columns], names distinct and not empty
 *  @retval KARVAN_E_ARG, KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_builder_create(const char *name, int n_columns,
                                               const karvan_column *columns, karvan_builder **out,
                                               karvan_error *err);
/** Start a row; all its cells are unknown until set. */
KARVAN_API karvan_status karvan_builder_row(karvan_builder *b, karvan_error *err);
/** Set a cell of the newest row. KARVAN_E_ARG: no row, no such column, other type, value not
 * finite, text not UTF-8; KARVAN_E_DATA: not EDTF. A NULL text or NaN sets `unknown`. */
KARVAN_API karvan_status karvan_builder_int(karvan_builder *b, int column, int64_t v,
                                            karvan_error *err);
KARVAN_API karvan_status karvan_builder_real(karvan_builder *b, int column, double v,
                                             karvan_error *err);
KARVAN_API karvan_status karvan_builder_text(karvan_builder *b, int column, const char *v,
                                             karvan_error *err);
/** DATE columns. */
KARVAN_API karvan_status karvan_builder_date(karvan_builder *b, int column, const char *edtf,
                                             karvan_error *err);
KARVAN_API karvan_status karvan_builder_bool(karvan_builder *b, int column, bool v,
                                             karvan_error *err);
KARVAN_API karvan_status karvan_builder_state(karvan_builder *b, int column, karvan_cell state,
                                              karvan_error *err);
/** Freeze: takes the builder (also on failure) and gives the table. */
KARVAN_API karvan_status karvan_builder_finish(karvan_builder *take, karvan_table **out,
                                               karvan_error *err);
KARVAN_API void karvan_builder_destroy(karvan_builder *b);

KARVAN_API void karvan_table_destroy(karvan_table *t);
KARVAN_API const char *karvan_table_name(const karvan_table *t);
KARVAN_API int64_t karvan_table_rows(const karvan_table *t);
KARVAN_API int karvan_table_columns(const karvan_table *t);
/** Index of a column by exact name, -1 if there is none. */
KARVAN_API int karvan_table_find(const karvan_table *t, const char *column);
/** The column's description; strings live as long as the table. */
KARVAN_API karvan_column karvan_table_column(const karvan_table *t, int column);

/* Cells. row and column must be in range (checked by assert). Where the cell holds no value, or the
 * column is of another type: int 0, real NaN, text NULL, date NULL, bool false: ask
 * karvan_table_state first where it matters. */
KARVAN_API karvan_cell karvan_table_state(const karvan_table *t, int column, int64_t row);
KARVAN_API int64_t karvan_table_int(const karvan_table *t, int column, int64_t row);
/** REAL columns, and INT columns widened. */
KARVAN_API double karvan_table_real(const karvan_table *t, int column, int64_t row);
/** TEXT and DATE columns: as written. */
KARVAN_API const char *karvan_table_text(const karvan_table *t, int column, int64_t row);
KARVAN_API const karvan_edtf *karvan_table_date(const karvan_table *t, int column, int64_t row);
KARVAN_API bool karvan_table_bool(const karvan_table *t, int column, int64_t row);
/** TEXT and DATE columns: code of the distinct value, 0..dictionary-1; -1 where there is no value.
 */
KARVAN_API int32_t karvan_table_code(const karvan_table *t, int column, int64_t row);
KARVAN_API int32_t karvan_table_dictionary_size(const karvan_table *t, int column);
KARVAN_API const char *karvan_table_dictionary_text(const karvan_table *t, int column,
                                                    int32_t code);
/** Raw values of an INT or REAL column, [rows]; NULL for other types. Missing cells hold 0 / NaN.
 */
KARVAN_API const int64_t *karvan_table_int_view(const karvan_table *t, int column);
KARVAN_API const double *karvan_table_real_view(const karvan_table *t, int column);
/** Bytes on the heap that the table holds. */
KARVAN_API size_t karvan_table_bytes(const karvan_table *t);

/**
 * Where a cell stands in the file it was read from.
 * @param[out] line  1-based line on which the record begins; 0 where the table was not read from a
 * file
 * @param[out] col   1-based byte column of the field, 1 when it cannot be found again. Found by
 * reading the record again, so that no memory is spent on it.
 * @return path of the file, NULL where there is none
 */
KARVAN_API const char *karvan_table_locate(const karvan_table *t, int column, int64_t row,
                                           int64_t *line, int64_t *col);

/* ---- views: rows of a table, no copies ------------------------------------------ */

/** Row numbers into a table that must outlive the view. */
typedef struct karvan_view {
    const karvan_table *table;
    int64_t n;
    int64_t *row; /**< [n] */
} karvan_view;
/** Does the row stay? */
typedef bool (*karvan_row_test)(void *ctx, const karvan_table *t, int64_t row);
/** All rows that pass (test NULL: all). Clear with karvan_view_clear. KARVAN_E_NOMEM. */
KARVAN_API karvan_status karvan_view_init(karvan_view *v, const karvan_table *t,
                                          karvan_row_test test, void *ctx, karvan_error *err);
/** Narrow a view in place. */
KARVAN_API void karvan_view_filter(karvan_view *v, karvan_row_test test, void *ctx);
/** Stable sort by one column (missing last); dates by strict earliest, then latest. */
KARVAN_API karvan_status karvan_view_sort(karvan_view *v, int column, bool descending,
                                          karvan_error *err);
KARVAN_API void karvan_view_clear(karvan_view *v);
/** A new table of the view's rows and the named columns (NULL: all). For output. */
KARVAN_API karvan_status karvan_view_copy(const karvan_view *v, int n_columns,
                                          const char *const *columns, karvan_table **out,
                                          karvan_error *err);
/** Row of the first cell of a TEXT column that equals key, -1 if none. One hash look-up for the
 * code, then a scan of codes. */
KARVAN_API int64_t karvan_table_lookup(const karvan_table *t, int column, const char *key);

/* ---- problems ---------------------------------------------------------------------- */

typedef enum karvan_severity { KARVAN_ERROR, KARVAN_WARNING } karvan_severity;
typedef struct karvan_problem {
    karvan_severity severity;
    const char *file;    /**< as opened; "" where none */
    int64_t line;        /**< 1-based, 0: the whole file */
    int64_t column;      /**< 1-based byte column, 0: the whole line */
    const char *code;    /**< stable kebab-case word, listed in docs/methods/check.md */
    const char *message; /**< what is wrong */
    const char *hint;    /**< what would be right; "" where unknown */
} karvan_problem;
/** A growing list; not thread-safe. */
typedef struct karvan_problems karvan_problems;
KARVAN_API karvan_status karvan_problems_create(karvan_problems **out, karvan_error *err);
KARVAN_API void karvan_problems_destroy(karvan_problems *p);
/** Add one; strings are copied; hint may be NULL. @retval KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_problems_add(karvan_problems *p, karvan_severity severity,
                                             const char *file, int64_t line, int64_t column,
                                             const char *code, const char *hint,
                                             const char *message_fmt, ...) KARVAN_PRINTF(8, 9);
/** Add one at a cell of a table (column -1: the row). */
KARVAN_API karvan_status karvan_problems_add_cell(karvan_problems *p, karvan_severity severity,
                                                  const karvan_table *t, int column, int64_t row,
                                                  const char *code, const char *hint,
                                                  const char *message_fmt, ...) KARVAN_PRINTF(8, 9);
KARVAN_API int64_t karvan_problems_count(const karvan_problems *p, karvan_severity severity);
KARVAN_API int64_t karvan_problems_total(const karvan_problems *p);
KARVAN_API karvan_problem karvan_problems_get(const karvan_problems *p, int64_t i);
/** By file, line, column; stable. */
KARVAN_API void karvan_problems_sort(karvan_problems *p);

/* ---- CSV --------------------------------------------------------------------------- */

typedef struct karvan_missing {
    const char *text; /**< spelling of the marker, "" for the empty cell */
    karvan_cell state;
} karvan_missing;

/** How to read a CSV file. Zero-initialised: the defaults named below. */
typedef struct karvan_csv_options {
    char delimiter; /**< 0: found from the header (comma, semicolon, tab, bar) */
    char decimal;   /**< 0: '.', or ',' where the delimiter is ';' and no column read with '.'
                       contradicts it */
    const char
        *encoding;  /**< NULL: UTF-8 (with or without BOM); "latin1": ISO-8859-1. Bytes that are not
                       UTF-8  without it are refused with a message that names this option */
    bool no_header; /**< columns are then named c1, c2, ... or as in `columns` by position */
    int n_columns;  /**< declared columns, any order in the file; 0: infer every type */
    const karvan_column *columns; /**< [n_columns] */
    bool extra_columns; /**< keep columns that are not declared, as inferred; else each is a problem
                         */
    int n_missing;      /**< 0: the empty cell is unknown */
    const karvan_missing *missing;      /**< [n_missing] */
    const char *true_text, *false_text; /**< NULL: true/false, TRUE/FALSE, 1/0 are taken */
    bool no_lines; /**< do not keep the line of each row (4 bytes a row saved) */
    int n_only;    /**< 0: all columns */
    const char *const
        *only;               /**< [n_only] names of the columns to keep; the others are passed over
                                without a look at their cells. One that the file has not is no fault */
    int n_gaps;              /**< 0: none */
    const char *const *gaps; /**< [n_gaps] spellings such as NA of cells without a value in columns
                                whose type is inferred: unknown among numbers, words among text (NA
                                is Namibia too) */
    bool no_rows;            /**< read the header alone: a table without rows */
    int n_none;              /**< 0: none */
    const char *const *none; /**< [n_none] spellings, quoted or not, that are unknown in columns
                                whose type is inferred, numbers such as -9 too */
} karvan_csv_options;

/**
 * Read a CSV file (RFC 4180; BOM, CRLF, LF, quoted newlines; gzip by its magic bytes).
 * @param problems  every fault is added here with line and column and reading goes on; cells at
 * fault are unknown; may be NULL, then the first fault ends the reading
 * @param[out] out  the table also where problems were added; NULL on failure
 * @retval KARVAN_E_IO     cannot be opened or read
 * @retval KARVAN_E_DATA   problems is NULL and a fault was found (message "file:line:column: ..."),
 * or the file is no table at all (no header, unknown encoding); a compressed file that is cut or
 * damaged, which is told with its byte, also where the damage looks like another fault
 * @retval KARVAN_E_NOMEM
 * Cost: one pass, 64 KiB blocks; 300 MB/s and more a core on numeric columns.
 */
KARVAN_API karvan_status karvan_csv_read(const char *path, const char *name,
                                         const karvan_csv_options *options,
                                         karvan_problems *problems, karvan_table **out,
                                         karvan_error *err);
/** The same from memory; `path` serves for messages only. */
KARVAN_API karvan_status karvan_csv_parse(const char *bytes, size_t n, const char *path,
                                          const char *name, const karvan_csv_options *options,
                                          karvan_problems *problems, karvan_table **out,
                                          karvan_error *err);

typedef enum karvan_format {
    KARVAN_FORMAT_TABLE,
    KARVAN_FORMAT_CSV,
    KARVAN_FORMAT_JSON
} karvan_format;
/** "table", "csv", "json"; KARVAN_E_ARG otherwise. */
KARVAN_API karvan_status karvan_format_parse(const char *s, karvan_format *out, karvan_error *err);
/**
 * Write a table. TABLE: aligned columns, units in the second line, numbers right-aligned, missing
 * cells as words, cut to `width` columns of terminal cells (0: not cut). CSV: reads back to the
 * same table (missing: empty, not covered `..`; numbers with the fewest digits that read back to
 * the same double). JSON: array of objects, missing null.
 * @retval KARVAN_E_IO  the stream failed
 */
KARVAN_API karvan_status karvan_table_write(const karvan_table *t, karvan_format format, int width,
                                            FILE *out, karvan_error *err);
/**
 * The same; in JSON an object also says of its cells without a value why they have none, in a last
 * member `states` by the columns' names: "unknown" or "not covered". Where all have one there is no
 * such member. A column that is itself called `states` is refused.
 * @retval KARVAN_E_IO  the stream failed; KARVAN_E_ARG that column, as JSON
 */
KARVAN_API karvan_status karvan_table_write_states(const karvan_table *t, karvan_format format,
                                                   int width, FILE *out, karvan_error *err);
/** CSV to a file: beside it, then rename. */
KARVAN_API karvan_status karvan_csv_write(const karvan_table *t, const char *path,
                                          karvan_error *err);
/** Fewest digits that read back to the same double (17 at most), "." always. cap >= 32. */
KARVAN_API void karvan_real_format(double v, char *out, size_t cap);

/* ---- Data Packages ------------------------------------------------------------------- */

/** A folder of tables with datapackage.json (Data Package 1.0 or 2.0). Frozen once open, but for
 * karvan_scenarios_add and karvan_scenarios_apply. */
typedef struct karvan_package karvan_package;
/**
 * Open and validate: descriptor against the standard, every table against its schema (types,
 * formats, constraints, missing values, primary and foreign keys, undeclared or absent columns).
 * @param path     the folder, or its datapackage.json
 * @param problems receives every problem, in the order of the descriptor
 * @param[out] out the package, also where problems were found; NULL where the descriptor cannot be
 * used at all
 * @retval KARVAN_E_IO  the descriptor cannot be read
 * @retval KARVAN_E_DATA the descriptor is no Data Package (reasons in problems)
 * Field type `string` with format `edtf` gives a DATE column.
 */
KARVAN_API karvan_status karvan_package_open(const char *path, karvan_problems *problems,
                                             karvan_package **out, karvan_error *err);
/**
 * The same of some tables: the others are neither read nor judged, as if they could not be read;
 * keys that refer to them are not looked up.
 * @param only  names of tables, NULL-ended; NULL: all. Those that are none do no harm
 */
KARVAN_API karvan_status karvan_package_open_some(const char *path, const char *const *only,
                                                  karvan_problems *problems, karvan_package **out,
                                                  karvan_error *err);
KARVAN_API void karvan_package_destroy(karvan_package *p);
KARVAN_API const char *karvan_package_name(const karvan_package *p);
KARVAN_API const char *karvan_package_title(const karvan_package *p);
KARVAN_API const char *karvan_package_version(const karvan_package *p);
KARVAN_API const char *karvan_package_dir(const karvan_package *p);
KARVAN_API int karvan_package_count(const karvan_package *p);
/** Table by position, or by name (NULL if none, or if it could not be read). */
KARVAN_API const karvan_table *karvan_package_at(const karvan_package *p, int i);
KARVAN_API const karvan_table *karvan_package_table(const karvan_package *p, const char *name);
/** Description of a column as the schema gives it, "" where none. */
KARVAN_API const char *karvan_package_describe(const karvan_package *p, const char *table,
                                               const char *column);
/** Primary key of a row, parts joined by `|`. KARVAN_E_ARG: no such table or no key; buffer too
 * small. */
KARVAN_API karvan_status karvan_package_key(const karvan_package *p, const karvan_table *t,
                                            int64_t row, char *out, size_t cap, karvan_error *err);
/** Row with this primary key (parts joined by `|`), -1 if none. O(1) after the package is open. */
KARVAN_API int64_t karvan_package_row(const karvan_package *p, const char *table, const char *key);

/** Every cell of a column `source` or `*_source` that says `assumption` has its reasoning in the
 * row's `note`; each one without is added to problems (code assumption-without-reason). */
KARVAN_API karvan_status karvan_package_check_sources(const karvan_package *region,
                                                      karvan_problems *problems, karvan_error *err);

/* ---- Scenarios -------------------------------------------------------------------- */

/** Every row of table `scenarios` names a table with a primary key, a row of it, a column and a
 * value that suits the operation (set, scale, add, remove). Others are added to problems (codes
 * scenario-table, -key, -column, -value). A region without the table has none. */
KARVAN_API karvan_status karvan_scenarios_check(const karvan_package *region,
                                                karvan_problems *problems, karvan_error *err);
/**
 * Lay the edits of some scenarios over a region's tables, in memory; its files stay as they are.
 * Views, networks and cells taken from the region before are no longer valid.
 * @param names  [n_names] of column `intervention`; their order does not matter
 * @param problems receives what is wrong with the rows, or with the values that they leave
 * @retval KARVAN_E_ARG  a name that is none (the nearest is named), or edits, of one scenario or of
 * two, that take one cell to different values
 * @retval KARVAN_E_DATA a row of the table at fault, or values that the schema forbids
 */
KARVAN_API karvan_status karvan_scenarios_apply(karvan_package *region, int n_names,
                                                const char *const *names, karvan_problems *problems,
                                                karvan_error *err);

/**
 * Rows of table `scenarios` more, in memory: edits of one's own, laid over the region by
 * karvan_scenarios_apply like those that it has. A region without the table gets one.
 * Cells taken from the table before are no longer valid.
 * @param edits   TEXT columns table, key, column, operation, value; where there are any, also name
 * (of the scenario), source and note. Others are not looked at
 * @param name    of the scenarios of rows without a name of their own
 * @param problems receives rows at fault, by their place in the file of `edits` (codes
 * scenario-table, -key, -column, -value; scenario-twice: two rows of one name edit one cell)
 * @retval KARVAN_E_ARG  a column is not there or no TEXT; a name that the region has already, or
 * that is empty or holds a comma
 * @retval KARVAN_E_DATA a row at fault; the region stays as it was, as it does on every failure
 */
KARVAN_API karvan_status karvan_scenarios_add(karvan_package *region, const karvan_table *edits,
                                              const char *name, karvan_problems *problems,
                                              karvan_error *err);

/* ---- GeoPackage ------------------------------------------------------------------------ */

/** A GeoPackage 1.3 under construction (SQLite, application id GPKG, SRS 4326), written beside
 * `path`. */
typedef struct karvan_gpkg karvan_gpkg;
typedef enum karvan_geometry {
    KARVAN_GEOMETRY_NONE,
    KARVAN_POINT,
    KARVAN_LINESTRING,
    KARVAN_POLYGON
} karvan_geometry;
KARVAN_API karvan_status karvan_gpkg_create(const char *path, karvan_gpkg **out, karvan_error *err);
/**
 * Add a layer: the table's columns as attributes, and one geometry a row.
 * @param coords  [sum of sizes] lon lat pairs, degrees; row r has size[r] of them; polygons are one
 * closed ring
 * @param size    [rows] 1 for points, 2 or more for lines, 4 or more for rings, 0: no geometry
 * (NULL)
 * @retval KARVAN_E_ARG a size that does not fit the geometry, a coordinate outside lon/lat
 */
KARVAN_API karvan_status karvan_gpkg_layer(karvan_gpkg *g, const char *layer, const karvan_table *t,
                                           karvan_geometry geometry, const double *coords,
                                           const int32_t *size, karvan_error *err);
/**
 * How QGIS shows a layer when it is opened: a row of table `layer_styles`, as QGIS itself saves
 * styles into a GeoPackage. Other programs see a table more and pass it over.
 * @param layer  one with a geometry that karvan_gpkg_layer has added
 * @param name   of the style, shown in QGIS
 * @param qml    the style, an XML document with root `qgis`
 * @retval KARVAN_E_ARG NULL, or an empty text; KARVAN_E_IO
 */
KARVAN_API karvan_status karvan_gpkg_style(karvan_gpkg *g, const char *layer, const char *name,
                                           const char *qml, karvan_error *err);
/** Finish and rename into place; takes g also on failure. */
KARVAN_API karvan_status karvan_gpkg_finish(karvan_gpkg *take, karvan_error *err);
/** Give up: nothing stays on disk. */
KARVAN_API void karvan_gpkg_destroy(karvan_gpkg *g);

#ifdef __cplusplus
}
#endif
#endif
