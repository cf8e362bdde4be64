#ifndef KARVAN_EXCHANGE_H
#define KARVAN_EXCHANGE_H
/* Room: exchange. What comes in and goes out: files of other formats become the tables of a region,
 * and a region's tables become files of other formats. The only room of the engines that knows
 * files other than a region's own. Depends on: base, table, record, network. Method:
 * docs/methods/exchange.md. */
#include "karvan/base.h"
#include "karvan/events.h"
#include "karvan/record.h"
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
 * @retval KARVAN_E_IO   a file cannot be read, or PROJ (for a region) or HDF5 cannot be loaded
 * @retval KARVAN_E_NOMEM
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

/* ---- SDMX and WITS as flows ---------------------------------------------------------------- */

/**
 * How an SDMX message is read. Zero-initialised: components by the names that UN Comtrade's,
 * Eurostat's and the IMF's structures give them (docs/methods/flows.md). Strings are ids of
 * components; NULL: the usual ones.
 */
typedef struct karvan_sdmx_options {
    const char *reporter, *partner;  /**< with `flow`; or exporter and importer, without */
    const char *exporter, *importer; /**< the figure is then reported by both */
    const char *flow;                /**< which way; or the indicator tells (TXG_FOB_USD) */
    const char *product, *time;
    const char *value;      /**< the measure; NULL: OBS_VALUE */
    const char *indicator;  /**< whether value or quantity, and of what unit */
    const char *unit;       /**< component with the currency */
    const char *multiplier; /**< component with the power of ten */
    const char *value_unit; /**< of values whose message names no currency: "USD", "thousand EUR";
                               NULL: such a message is refused */
    const char *classification; /**< of the products: "HS2022"; NULL: not covered */
    int n_dimensions;
    const char *const *dimensions; /**< [n_dimensions] components that tell observations apart, for
                                      actions; none: all that are no known attributes */
} karvan_sdmx_options;

/**
 * Read an SDMX-CSV message (1.0, 2.0, 2.1; labels id, both, name; any delimiter and decimal sign
 * that the standard allows; ECB's and Eurostat's own first columns), Eurostat's wide text (TSV) or
 * an SDMX-JSON 1.0 data message, and carry its actions out in order: I, A and M merge, R replaces,
 * D deletes what the dimensions that it names leave over.
 *
 * A message is a transaction: any fault of a record refuses all of it, after all faults are in the
 * problems (codes sdmx-header, -fields, -quote, -encoding, -structure, -action); a value that is no
 * number is unknown (sdmx-value), and records of an observation that stood before are counted
 * (sdmx-repeated).
 * @param[out] out one row an observation: sdmx_line, sdmx_structure, sdmx_structure_id, then the
 * components as TEXT (ids, without names), the measure as REAL. Omitted: not covered; NaN and #N/A:
 * unknown
 * @retval KARVAN_E_DATA "file:line:column: ..." of the first fault
 * @retval KARVAN_E_IO, KARVAN_E_NOMEM
 * Cost: O(n), and O(n) more a deletion; the message in memory twice.
 * Source: SDMX-CSV 2.1 field guide of the SDMX Technical Working Group.
 */
KARVAN_API karvan_status karvan_sdmx_read(const char *path, const karvan_sdmx_options *o,
                                          karvan_problems *problems, karvan_table **out,
                                          karvan_error *err);
/**
 * The same as a flows table (karvan/flows.h), in thousands of the currency that the message states:
 * yearly figures between countries, value and quantity of a flow in one row, by year, exporter,
 * importer and product. `source` is the structure's id.
 * @param problems what was left out, a line a reason (codes flow-...); may be NULL
 * @param[out] audit (may be NULL) each figure that was left out: row, line, reason, column, value,
 * effect
 * @retval KARVAN_E_DATA as above; no component for reporter, partner, time or value; no currency;
 * two figures of one flow, which a dimension parts that flows have not (both lines named)
 */
KARVAN_API karvan_status karvan_sdmx_flows(const char *path, const karvan_sdmx_options *o,
                                           karvan_problems *problems, karvan_table **audit,
                                           karvan_table **flows, karvan_error *err);
/**
 * A download of the World Bank's WITS as flows, in thousand USD: trade statistics by country
 * ("Reporter Name", "Partner Name", "Year", "Product Group", "Export (US$ Thousand)", "Import (US$
 * Thousand)"), or an advanced query ("ReporterISO3", "PartnerISO3", "Year", "ProductCode",
 * "TradeFlowName", "TradeValue in 1000 USD"). Names become ISO codes; the world and groups of
 * countries are left out. Parameters and results as of karvan_sdmx_flows.
 * @retval KARVAN_E_DATA neither of both (what it lacks is named), or no table at all
 */
KARVAN_API karvan_status karvan_wits_flows(const char *path, karvan_problems *problems,
                                           karvan_table **audit, karvan_table **flows,
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

/* ---- the record out -------------------------------------------------------------------- */

/** Programs that draw timelines. */
typedef enum karvan_timeline_form {
    KARVAN_TIMELINE_VIS, /**< vis-timeline: {"groups": [...], "items": [...]} */
    KARVAN_TIMELINE_JS   /**< TimelineJS of Knight Lab: {"title": ..., "events": [...]} */
} karvan_timeline_form;
/**
 * Claims as the JSON that a program draws a timeline from. Texts are escaped for HTML, which both
 * programs take them for. For vis-timeline, days beyond the years -200000 to 200000 stand at that
 * bound, of class `beyond`. For TimelineJS, years before 1 are numbered as it does (-1 is 1 BCE),
 * and where any lies beyond -9999 to 9999 the scale is its `cosmological`, which has years alone.
 * @param v     rows of table claims
 * @retval KARVAN_E_ARG the view is of another table; KARVAN_E_DATA, KARVAN_E_IO, KARVAN_E_NOMEM
 * Source: the data formats as the two programs document them (docs/methods/record.md).
 */
KARVAN_API karvan_status karvan_timeline_write(const karvan_package *region, const karvan_view *v,
                                               const karvan_timeline *how,
                                               karvan_timeline_form form, const char *path,
                                               karvan_error *err);
/** Lists of references. */
typedef enum karvan_citation_form { KARVAN_CSL_JSON, KARVAN_BIBTEX } karvan_citation_form;
/**
 * Sources as references that other programs cite: CSL-JSON 1.0.2 or BibTeX, each once, in the order
 * of table sources. Rows of kind `assumption` are no source and are left out.
 * @param ids [n] ids of table sources, several in one text parted by `;`, NULL entries passed over
 * @param[out] written how many; may be NULL
 * @retval KARVAN_E_ARG an id that no source has; KARVAN_E_DATA, KARVAN_E_IO, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_citations_write(const karvan_package *region, int64_t n,
                                                const char *const *ids, karvan_citation_form form,
                                                const char *path, int64_t *written,
                                                karvan_error *err);
/**
 * Some claims as a Data Package of their own: the claims, their parties, and every row of other
 * tables that they name or that those rows need (kinds, sources, countries, organisations, places),
 * with the schema that the region has. The folder appears whole or not at all, and opens as a
 * region does: `karvan record --region DIR`.
 * @param v   rows of table claims
 * @param dir must not exist
 * @retval KARVAN_E_ARG dir exists, or the view is of another table; KARVAN_E_IO, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_record_package_write(const karvan_package *region,
                                                     const karvan_view *v, const char *dir,
                                                     karvan_error *err);

/* ---- trade flows in -------------------------------------------------------------------------- */

/* Files of trade as their makers publish them become one table of flows (its columns:
 * karvan/flows.h), summed while they stream by. Formats: `baci`, `comtrade`, `itpde`; `flows`, such
 * a table itself; and, whose columns are kept as they are for regressions, `gravity`, `dist` and
 * `geo` of CEPII. Method: docs/methods/flows.md. */

KARVAN_API int karvan_flows_formats(void);                     /**< how many */
KARVAN_API karvan_import_format karvan_flows_format_at(int i); /**< i in 0..formats-1 */
/**
 * Which function reads a file of trade, by its first bytes.
 * @param[out] format "sdmx" (karvan_sdmx_flows), "wits" (karvan_wits_flows); NULL: neither, which
 * leaves karvan_flows_read to find its format
 * @retval KARVAN_E_IO, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_flows_recognise(const char *path, const char **format,
                                                karvan_error *err);

/** Zero-initialised: the defaults named below. */
typedef struct karvan_flows_options {
    const char *format; /**< NULL: found from the header */
    const char *by; /**< groups, in commas: exporter, importer, year and one of product, product2,
                       product4, product6 (digits). NULL: exporter,importer,year, summed over
                       products; a column that is not named is absent, product then "TOTAL" */
    const char *by_otherwise; /**< the same where `by` is NULL, in its stead; a table of flows,
                                 which is read as it stands, does not heed it */
    const char *countries; /**< BACI's file of country codes, to be used before ours; NULL: none */
    const char *classification; /**< NULL: of the file's name (BACI_HS92...) or column */
    char decimal;       /**< 0: a comma where fields are parted by semicolons, else a point */
    bool world;         /**< Comtrade: only rows whose partner is the world */
    bool supplementary; /**< Comtrade: quantities in their own units, not net weight in kg */
    int64_t list;       /**< rows that the audit lists a reason; 0: 1000; negative: all */
    int threads;        /**< BACI: 0 as karvan_parallel_for; the same result for any number */
    const karvan_cancel *cancel; /**< may be NULL */
} karvan_flows_options;

/** rows == kept + dropped, always. */
typedef struct karvan_flows_tally {
    const char *format;          /**< name of the format that was read */
    int64_t rows, kept, dropped; /**< of the file, its header not counted */
} karvan_flows_tally;

/**
 * Read a file of trade.
 * @param path     CSV, plain or gzip; for Comtrade also the JSON of its API
 * @param options  NULL: the defaults
 * @param problems receives one warning a reason for which rows were left out; may be NULL
 * @param[out] tally may be NULL
 * @param[out] audit rows that were left out and cells that became unknown: row (1 is the first
 * behind the header), line, reason (a code of docs/methods/check.md), column, value, effect; at
 * most options.list a reason. May be NULL
 * @param[out] flows sorted by year, exporter, importer, product; beside the columns of
 * karvan/flows.h `rows`, the number of rows of the file behind each. Sums are those of the decimals
 * in the file, exact to 10^-18 and rounded once; they do not depend on order or threads. NULL on
 * failure
 * @retval KARVAN_E_ARG  an option that cannot be read, or does not fit the format
 * @retval KARVAN_E_DATA no format has such a header (the formats are named)
 * @retval KARVAN_E_IO, KARVAN_E_NOMEM, KARVAN_E_CANCELLED
 * Cost: memory is that of the groups (64 to 100 bytes each); where BACI or ITPD-E is not sorted by
 * product within its pairs it is read a second time, with 16 to 32 bytes a row to find duplicates.
 */
KARVAN_API karvan_status karvan_flows_read(const char *path, const karvan_flows_options *options,
                                           karvan_problems *problems, karvan_flows_tally *tally,
                                           karvan_table **audit, karvan_table **flows,
                                           karvan_error *err);
/** The same from memory; `path` serves for messages and column `source`. */
KARVAN_API karvan_status karvan_flows_parse(const char *bytes, size_t n, const char *path,
                                            const karvan_flows_options *options,
                                            karvan_problems *problems, karvan_flows_tally *tally,
                                            karvan_table **audit, karvan_table **flows,
                                            karvan_error *err);

/* ---- events in ------------------------------------------------------------------------------- */

/* Events between countries, as ICEWS, GDELT (1.0 and 2.0) and POLECAT publish them, summed over
 * directed pairs while their files stream by. Method: docs/methods/events.md. */

/** What became of a row; a row that is not taken has the first reason that holds. */
typedef enum karvan_event_fate {
    KARVAN_EVENT_TAKEN,
    KARVAN_EVENT_DUPLICATE,     /**< left out: an event that was there before */
    KARVAN_EVENT_OTHER_CONTENT, /**< left out: the id of an earlier row, and says something else */
    KARVAN_EVENT_NO_COUNTRY,    /**< left out: source or target has none */
    KARVAN_EVENT_DOMESTIC,      /**< left out: one country is both */
    KARVAN_EVENT_OUTSIDE,       /**< left out: before `from` or after `to` */
    KARVAN_EVENT_OTHER_PAIR,    /**< left out: not between the two asked for */
    KARVAN_EVENT_BAD_COLUMNS,   /**< damaged, as are all from here on: other columns than the file's
                                 */
    KARVAN_EVENT_BAD_LENGTH,    /**< a line too long for a row */
    KARVAN_EVENT_BAD_ID,        /**< no id of the event */
    KARVAN_EVENT_BAD_DATE,      /**< no date, or none of KARVAN_EVENTS_FIRST_YEAR..LAST_YEAR */
    KARVAN_EVENT_BAD_CODE,      /**< no code of events, or none that has a class */
    KARVAN_EVENT_BAD_SCORE,     /**< a score that is no number from -1000 to 1000 */
    KARVAN_EVENT_BAD_COUNTRY,   /**< a country's name too long, or of too many countries */
    KARVAN_EVENT_FATES
} karvan_event_fate;
/** A word for it: "taken", "duplicate", "other-content", "no-country", ... Never NULL. */
KARVAN_API const char *karvan_event_fate_name(karvan_event_fate f);
/** In words of a report: "of which source or target has no country". Never NULL. */
KARVAN_API const char *karvan_event_fate_told(karvan_event_fate f);

/** A row that is damaged, a duplicate, or of an earlier row's id with other content. */
typedef struct karvan_event_row {
    const char *path;
    int64_t line; /**< 1-based */
    karvan_event_fate fate;
    const char *text; /**< how the row begins, UTF-8, tabs as blanks; valid during the call */
} karvan_event_row;
/** Told of each such row, in the order of the file, on the caller's thread; what it fails with ends
 * the reading. */
typedef karvan_status (*karvan_event_listener)(void *ctx, const karvan_event_row *row,
                                               karvan_error *err);

/** How countries are called in what is summed. */
typedef enum karvan_events_countries {
    KARVAN_EVENTS_AS_WRITTEN,
    KARVAN_EVENTS_ISO,   /**< ISO 3166-1 alpha-3 where it is known; the rest as written */
    KARVAN_EVENTS_STATES /**< the same, and what is no country of ISO 3166 counts as none */
} karvan_events_countries;

/** Zero-initialised: the defaults named below. */
typedef struct karvan_events_options {
    const char *kind; /**< icews, gdelt1, gdelt2, polecat; NULL: found from the first line */
    karvan_events_by by;
    const char *coded_by; /**< "cameo" or "plover": scores and classes of the table that ships, not
                             the file's; of CAMEO as either data set scores it. NULL: the file's,
                             and where it states no class that of its code */
    const karvan_event_scores *scores; /**< scores of one's own, not with coded_by; NULL: none */
    bool domestic;                     /**< keep events within a country */
    karvan_events_countries countries;
    const char *a, *b; /**< only events from one to the other, both ways; NULL: all */
    bool has_from, has_to;
    karvan_day from, to;            /**< first and last day */
    karvan_event_listener listener; /**< may be NULL */
    void *listener_ctx;
    int threads;                 /**< 0 as karvan_parallel_for; the same bytes for any number */
    const karvan_cancel *cancel; /**< may be NULL */
    karvan_progress *progress;   /**< gets the bytes read of each file; may be NULL */
} karvan_events_options;

enum { KARVAN_EVENTS_NAME = 128 }; /**< bytes of a name that is suggested, its NUL counted */

/** rows is the sum of count, always. */
typedef struct karvan_events_tally {
    const char *kind; /**< of the last file */
    int64_t rows;     /**< headers and empty lines not counted */
    int64_t count[KARVAN_EVENT_FATES];
    int64_t unscored;   /**< taken without a score */
    int64_t unlisted;   /**< taken, with a code that the table of scores has not */
    int64_t zeros;      /**< codes of CAMEO whose leading zero was lost and put back */
    int64_t doubtful;   /**< codes 10 to 20, which in such a file may be 010 to 020 */
    int64_t several;    /**< taken, with several countries on a side: counted for each pair */
    int64_t uncompared; /**< duplicates whose first row's content was no longer kept */
    int64_t forgotten;  /**< ids that later rows were no longer compared with */
    int64_t as_written; /**< countries that ISO 3166 was not found for */
    bool has_a, has_b;  /**< did the two countries asked for come up at all? */
    /** Of one that did not, the country that did and is likest to it; "": none is like it. */
    char nearest_a[KARVAN_EVENTS_NAME], nearest_b[KARVAN_EVENTS_NAME];
} karvan_events_tally;

/**
 * Read files of events into sums; events that stand in several of them are counted once.
 * @param paths   [n_paths] tab-separated, plain, gzip, or the files of a zip archive
 * @param options NULL: the defaults
 * @param[out] tally also where it fails, so far as it came; may be NULL
 * @param[out] unknown names of countries that ISO 3166 was not found for, one a row; may be NULL
 * @param[out] out a table as karvan_events_table makes it; NULL on failure
 * @retval KARVAN_E_ARG  no file, no such kind, a pair of which one is NULL, scores of the tables
 * that ship with a kind that is not coded by them
 * @retval KARVAN_E_DATA a file is no file of events, or of another kind: what it looks like is
 * named; more than 65534 countries
 * @retval KARVAN_E_IO, KARVAN_E_NOMEM, KARVAN_E_CANCELLED
 * Cost: one pass. Memory does not grow with the rows: about 100 bytes a cell, and twice that while
 * the table is made; to find duplicates a bit an id of GDELT, two bytes an id of ICEWS, 20 bytes
 * of POLECAT, and for what a row says two more of the former two; at most 240 MiB, beyond which
 * contents and then the ids that were longest not seen are forgotten and counted; a zip archive
 * as it is packed.
 */
KARVAN_API karvan_status karvan_events_read(int n_paths, const char *const *paths,
                                            const karvan_events_options *options,
                                            karvan_events_tally *tally, karvan_table **unknown,
                                            karvan_table **out, karvan_error *err);
/** The same from memory; `path` serves for messages. */
KARVAN_API karvan_status karvan_events_parse(const char *bytes, size_t n, const char *path,
                                             const karvan_events_options *options,
                                             karvan_events_tally *tally, karvan_table **unknown,
                                             karvan_table **out, karvan_error *err);

/* ---- OMX matrices ------------------------------------------------------------------------- */

/* Open matrices, specification 0.2: an HDF5 file with matrices of one shape in /data and labels of
 * rows or columns in /lookup. HDF5 is built in where it was found at configuration; without it
 * every function answers KARVAN_E_ARG and says so. HDF5 itself is loaded when the first file is
 * opened or made: KARVAN_E_IO where it is not there. Its memory is not the library's, and as Debian
 * builds it it must not be entered by two threads at once: the caller sees to that.
 * Nothing is printed. Source: github.com/osPlanning/omx, wiki, Specification. */

/** Was HDF5 built in? Whether its library is there shows when it is first used. */
KARVAN_API bool karvan_omx_available(void);

/** An open OMX file. */
typedef struct karvan_omx karvan_omx;
/**
 * @param[out] out  close with karvan_omx_close
 * @retval KARVAN_E_IO   the file cannot be opened, HDF5 cannot be loaded
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
