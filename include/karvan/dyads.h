#ifndef KARVAN_DYADS_H
#define KARVAN_DYADS_H
/* Room: record. State systems and dyad-years: which two states existed together in which year (or
 * month), and what tables say of them. Depends on: base, table. Method: docs/methods/dyads.md. */
#include "karvan/base.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- states ---------------------------------------------------------------------- */

/** Whose codes a table of states has. */
typedef enum karvan_system {
    KARVAN_SYSTEM_AUTO = 0, /**< told by the columns */
    KARVAN_SYSTEM_COW,      /**< Correlates of War: ccode */
    KARVAN_SYSTEM_GW,       /**< Gleditsch and Ward: gwcode */
    KARVAN_SYSTEM_ISO       /**< ISO 3166-1 or any other: iso3, iso2, code */
} karvan_system;
/** "cow", "gw", "iso"; KARVAN_E_ARG otherwise. */
KARVAN_API karvan_status karvan_system_parse(const char *s, karvan_system *out, karvan_error *err);
KARVAN_API const char *karvan_system_name(karvan_system s); /**< "auto" "cow" "gw" "iso" */

/**
 * What a system calls in a year the state that another system calls `code`: by the list of
 * karvan_crosswalk_table, in which years stand where a code changed. Of a year with two codes the
 * later counts, as Germany's of 1990 is 255 to Correlates of War.
 * @param code  a number as it is written, 2 or 002; of COW also the abbreviation; of ISO alpha-3
 * @param from,to  not KARVAN_SYSTEM_AUTO
 * @return NULL: none is known; static otherwise. Cost: O(rows of the list). */
KARVAN_API const char *karvan_code_in(karvan_system from, const char *code, int64_t year,
                                      karvan_system to);
/** The list: name, iso3, ccode, cow_abbreviation, gwcode (not covered: the system has no code),
 * from, to (years; not covered: without an end), only_read: another spelling of an ISO code, read
 * and never given. */
KARVAN_API karvan_status karvan_crosswalk_table(karvan_table **out, karvan_error *err);

/** Zero-initialised: the system is told by the columns, microstates are states. */
typedef struct karvan_states_options {
    karvan_system system;
    bool no_microstates; /**< without the rows that column microstate marks */
} karvan_states_options;

/** States and the spells in which each existed. Holds nothing of the table that it was made of. */
typedef struct karvan_states karvan_states;

/**
 * Read a table of states: one row a spell. Columns that are known:
 * - code: ccode, gwcode, or one of iso3, iso3c, iso2, iso2c, code; `code` serves any system
 * - first day: start, startdate, stdate, from, independence (EDTF), or styear, stmonth, stday
 * - last day, which still belongs to the spell: end, enddate, to (EDTF), or endyear, endmonth,
 *   endday. An empty one is not known, `..` goes on without end; so do all without such a column
 * - microstate: 1, 0, true, false
 * @param options  NULL: defaults
 * @param problems may be NULL; gets a warning for each row that says again what another says (code
 * row-twice), which counts once; and one where the header is that of a table of capitals
 * (capitals-as-states)
 * @retval KARVAN_E_ARG  NULL; the system asked for has no code column in this table; no_microstates
 * of a table without that column; two systems' codes, and neither asked for; more than a million
 * rows
 * @retval KARVAN_E_DATA a code or date is missing or none, a spell ends before it starts, two
 * spells of one state share a day; the message has file, line and column
 * @retval KARVAN_E_NOMEM
 * Cost: O(n log n).
 */
KARVAN_API karvan_status karvan_states_create(const karvan_table *t,
                                              const karvan_states_options *options,
                                              karvan_problems *problems, karvan_states **out,
                                              karvan_error *err);
/** The same of a CSV file, gzip or not, whose columns get their types first. KARVAN_E_IO too. */
KARVAN_API karvan_status karvan_states_read(const char *path, const karvan_states_options *options,
                                            karvan_problems *problems, karvan_states **out,
                                            karvan_error *err);
/** The same from memory; `path` serves for messages only. */
KARVAN_API karvan_status karvan_states_parse(const char *bytes, size_t n, const char *path,
                                             const karvan_states_options *options,
                                             karvan_problems *problems, karvan_states **out,
                                             karvan_error *err);
KARVAN_API void karvan_states_destroy(karvan_states *s);

KARVAN_API int32_t karvan_states_count(const karvan_states *s);
KARVAN_API karvan_system karvan_states_system(const karvan_states *s);
/** Code of state i, 0..count-1; states stand in the order of their codes: by number where all are
 * numbers, else by bytes. */
KARVAN_API const char *karvan_states_code(const karvan_states *s, int32_t i);
/** Index of a state, -1 where there is none. */
KARVAN_API int32_t karvan_states_find(const karvan_states *s, const char *code);
/** Latest last day of any spell that ends; KARVAN_DAY_MIN where none does. */
KARVAN_API karvan_day karvan_states_last_day(const karvan_states *s);
/** Earliest first day of any spell; KARVAN_DAY_MIN where some may always have been, KARVAN_DAY_MAX
 * where there is none at all. */
KARVAN_API karvan_day karvan_states_first_day(const karvan_states *s);
/** Year of the earliest first day; false where no spell has one. */
KARVAN_API bool karvan_states_first_year(const karvan_states *s, int64_t *year);
/** Do some spells go on without end? */
KARVAN_API bool karvan_states_open(const karvan_states *s);
/** Is some date less exact than a day? */
KARVAN_API bool karvan_states_uncertain(const karvan_states *s);
/** Did state i exist on a day of first..last? */
KARVAN_API karvan_truth karvan_states_exists(const karvan_states *s, int32_t i, karvan_day first,
                                             karvan_day last);

/* ---- dyad-years --------------------------------------------------------------------- */

/** Which dyad-years. A dyad-year exists when both states exist on at least one common day of the
 * year. */
typedef struct karvan_dyad_years_query {
    int64_t from, to; /**< years, -9999..9999, both included */
    bool months;      /**< dyad-months */
    bool undirected;  /**< each pair once, in the order of the states */
    bool extend;      /**< states alive on the table's last day go on to the end of `to` */
    bool certain;     /**< without those that, by uncertain dates, only may exist */
} karvan_dyad_years_query;

/** Dyad-years of a state system with columns attached. Attach first; then any number of threads may
 * read it. */
typedef struct karvan_dyad_years karvan_dyad_years;
/**
 * @param s  must outlive it
 * @retval KARVAN_E_ARG  NULL, years out of range or order
 * @retval KARVAN_E_NOMEM
 * Cost: O(spells + years).
 */
KARVAN_API karvan_status karvan_dyad_years_create(const karvan_states *s,
                                                  const karvan_dyad_years_query *q,
                                                  karvan_dyad_years **out, karvan_error *err);
KARVAN_API void karvan_dyad_years_destroy(karvan_dyad_years *d);

/** What a table covers: inside, a row that is not there is `unknown`; outside, `not covered`. */
typedef struct karvan_cover {
    int n_columns;              /**< 0: all columns */
    int n_codes;                /**< 0: all states */
    const char *const *columns; /**< [n_columns] as the table names them */
    const char *const *codes;   /**< [n_codes] a dyad is covered when both its states are listed */
    karvan_day first, last;     /**< a year (or month) is covered when all of it lies within */
} karvan_cover;

/** How to attach. Zero-initialised: all columns but the key, rows of one direction, nothing
 * declared covered. */
typedef struct karvan_attach_options {
    int n_columns;              /**< 0: all that are no part of the key */
    const char *const *columns; /**< [n_columns] */
    const char *const *names; /**< [n_columns] what they are called in the output; NULL: the same */
    bool both_ways;           /**< dyadic tables: each row speaks of both directions */
    int n_covers; /**< several add to one another; 0: every missing row is `not covered` */
    const karvan_cover *covers; /**< [n_covers] codes are those of the states */
    karvan_system codes; /**< of the table: another system's than the states' are turned into theirs
                            by karvan_code_in, year by year; AUTO: those of the states */
    int n_where;         /**< 0: all rows; else those alone that have every one of these values */
    const char *const *where_columns; /**< [n_where] they are attached where `columns` names them */
    const char *const *where_values;  /**< [n_where] as the table spells them */
} karvan_attach_options;

/**
 * Attach the columns of a table of state-years (code, year) or dyad-years (two codes, year), with a
 * column month where it is of months. Which it is, is told by its columns: two codes are
 * ccode1 and ccode2, gwcode1 and gwcode2, iso3_1 and iso3_2, code1 and code2, state1 and state2,
 * exporter and importer, source and target, reporter and partner, iso_o and iso_d; one is what
 * karvan_states_create takes, cown, gwn, or country. A column x of state-years becomes x1 and x2.
 * One of dyad-years stays x; where dyads are undirected and the table is not both_ways, it becomes
 * x12 (from the first state to the second) and x21. Values of a year stand in each of its months.
 * @param t        must outlive d
 * @param problems may be NULL; gets warnings: rows of codes that the states have not
 * (code-not-a-state, one a code), codes of another system that the states' system has no code for
 * (code-without-counterpart, one a code), rows said twice alike (row-twice); and, one a column,
 * what looks like a marker of a missing value and was taken for a value (text-among-numbers,
 * marker-among-numbers)
 * @retval KARVAN_E_ARG  NULL; a column that is not there or not attachable, a name taken already,
 * both_ways of a table of states, a code of a cover that is no state, a value of `where` that no
 * row has
 * @retval KARVAN_E_DATA no key; a table of months for dyad-years; a missing code or year; two rows
 * of one key that differ (both lines are named)
 * Cost: O(rows log rows); O(rows) where they stand in order. 16 bytes a row.
 */
KARVAN_API karvan_status karvan_dyad_years_attach(karvan_dyad_years *d, const karvan_table *t,
                                                  const karvan_attach_options *options,
                                                  karvan_problems *problems, karvan_error *err);

/** Which capital counts in a year in which it moves. */
typedef enum karvan_capital_rule {
    KARVAN_CAPITAL_LAST =
        0,                /**< that of the year's last day (or the last that it had in the year) */
    KARVAN_CAPITAL_FIRST, /**< the first that it had in the year */
    KARVAN_CAPITAL_MOST   /**< that of most days; of equals the later */
} karvan_capital_rule;
/** "last", "first", "most"; KARVAN_E_ARG otherwise. */
KARVAN_API karvan_status karvan_capital_rule_parse(const char *s, karvan_capital_rule *out,
                                                   karvan_error *err);
/** Zero-initialised: the ellipsoid WGS84, the last capital, nothing declared covered. */
typedef struct karvan_distance_options {
    bool sphere; /**< great circles on a sphere of 6378.137 km */
    karvan_capital_rule rule;
    int n_covers;
    const karvan_cover *covers; /**< columns of theirs are not looked at */
} karvan_distance_options;
/**
 * Attach column distance_km: from capital to capital, km, to the metre.
 * @param capitals  one row a capital and the time for which it was one: a code as above, first and
 * last day as of states (of uncertain days the earliest and the latest), lat and lng (or lon, long,
 * latitude, longitude), degrees; must outlive d
 * @param problems  may be NULL; gets warnings as above, and of capitals of one state at one time
 * (capital-twice: the later counts)
 * @retval KARVAN_E_ARG NULL, a name taken already; KARVAN_E_DATA a column is missing, a position is
 * none, a spell ends before it starts
 * Cost: O(rows log rows + states * years), and about 3 microseconds for each pair of capitals.
 */
KARVAN_API karvan_status karvan_dyad_years_distance(karvan_dyad_years *d,
                                                    const karvan_table *capitals,
                                                    const karvan_distance_options *options,
                                                    karvan_problems *problems, karvan_error *err);
/** Read a CSV file for karvan_dyad_years_attach or karvan_dyad_years_distance: keys and dates get
 * their types, the rest is inferred, NA among numbers is unknown. */
KARVAN_API karvan_status karvan_attach_read(const char *path, karvan_table **out,
                                            karvan_error *err);
/** The same, where some spellings stand for no value in all columns but codes and dates.
 * @param none  [n] such as "." or "-9"; cells so written are unknown; needed during the call only
 * @retval KARVAN_E_ARG  NULL; KARVAN_E_IO, KARVAN_E_DATA as of karvan_csv_read */
KARVAN_API karvan_status karvan_attach_read_without(const char *path, int n,
                                                    const char *const *none, karvan_table **out,
                                                    karvan_error *err);

/** Columns attached so far. */
KARVAN_API int karvan_dyad_years_columns(const karvan_dyad_years *d);
/** Name, type and unit of one; strings live as long as d. */
KARVAN_API karvan_column karvan_dyad_years_column(const karvan_dyad_years *d, int column);

/** A cell attached. */
typedef struct karvan_dyad_cell {
    karvan_cell state;
    const karvan_table *table; /**< where it comes from */
    int column;                /**< in that table; -1: a distance */
    int64_t row;               /**< in that table; -1: it has no row for this */
    int64_t row2;              /**< distances: row of the second capital; else -1 */
    double real;               /**< REAL and INT columns, distances: the value; else NaN */
} karvan_dyad_cell;
/** One dyad-year. */
typedef struct karvan_dyad {
    int32_t state1, state2; /**< indices of states */
    int64_t year;
    int month;                    /**< 1..12; 0 where periods are years */
    karvan_truth exists;          /**< KARVAN_YES or KARVAN_MAYBE */
    bool extended;                /**< all of it lies after the table's last day */
    const karvan_dyad_cell *cell; /**< [karvan_dyad_years_columns], valid during the call */
} karvan_dyad;
/** Another status than KARVAN_OK ends the pass and is returned. */
typedef karvan_status (*karvan_dyad_fn)(void *ctx, const karvan_dyad *dyad, karvan_error *err);
/** Every dyad-year, by first state, second state, year, month. Nothing is built: memory does not
 * depend on their number. Cost: O(1) each. */
KARVAN_API karvan_status karvan_dyad_years_each(const karvan_dyad_years *d, karvan_dyad_fn fn,
                                                void *ctx, karvan_error *err);
/** Their number. @param maybe how many of them only may exist; may be NULL. KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_dyad_years_count(const karvan_dyad_years *d, int64_t *n,
                                                 int64_t *maybe, karvan_error *err);
/** Columns year, dyads; maybe (of them) where some date is uncertain and not q.certain; extended
 * (true, false) with q.extend. A row for each year from..to. */
KARVAN_API karvan_status karvan_dyad_years_by_year(const karvan_dyad_years *d, karvan_table **out,
                                                   karvan_error *err);
/**
 * All as a table: code1, code2, year, [month], [exists: yes or maybe, where some date is uncertain
 * and not q.certain], [extended, with q.extend], what was attached.
 * @param trace  after each attached column x another, x_from: `file:line` of the rows that it rests
 * on, parted by `;`
 */
KARVAN_API karvan_status karvan_dyad_years_table(const karvan_dyad_years *d, bool trace,
                                                 karvan_table **out, karvan_error *err);
/** The same as CSV or JSON, byte for byte what karvan_table_write_states makes of that table,
 * without building it; as TABLE it is built.
 * @retval KARVAN_E_IO the stream failed. Cost: O(1) a cell; memory does not grow with the
 * rows, but for columns of state-years, whose values are kept as text. */
KARVAN_API karvan_status karvan_dyad_years_write(const karvan_dyad_years *d, bool trace,
                                                 karvan_format format, int width, FILE *out,
                                                 karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
