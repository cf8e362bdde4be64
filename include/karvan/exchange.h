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
/** One row a kind of row: kind (of the format, then the region's tables), read, taken, left_out. */
KARVAN_API karvan_status karvan_import_summary(const karvan_import *imp, karvan_table **out,
                                               karvan_error *err);
/**
 * Write the region as a Data Package: datapackage.json and a CSV file a table, in a folder that
 * appears whole or not at all. Speeds, prices and dwells that no file gave are written as
 * assumptions with their reasoning; each kind is a warning in the problems.
 * @param dir must not exist
 * @retval KARVAN_E_ARG  dir exists, or nothing was read
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

#ifdef __cplusplus
}
#endif
#endif
