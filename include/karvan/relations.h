#ifndef KARVAN_RELATIONS_H
#define KARVAN_RELATIONS_H
/* Room: record. Pairs of countries year by year: what stands between two in a year, as numbers with
 * the rows that they rest on, and an index of relations made of them.
 * Depends on: base, table, record. Methods: docs/methods/measures.md, docs/methods/relations.md. */
#include "karvan/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- measures -------------------------------------------------------------------- */

/** What is measured of a pair in a year. */
typedef struct karvan_pair_measure {
    const char *name; /**< as in columns and options: "missions" */
    const char *unit; /**< NULL: a number of things, or 0 and 1 */
    const char *what; /**< one line */
    bool directed;    /**< the first country towards the second */
    double most;      /**< the largest value there can be, infinite where there is no such thing */
} karvan_pair_measure;

/** How many there are; they are numbered from 0. */
KARVAN_API int karvan_pair_measure_count(void);
/** One of them; lives as long as the program. NULL: no such number. */
KARVAN_API const karvan_pair_measure *karvan_pair_measure_at(int measure);
/** Number of a measure by its name. @retval KARVAN_E_ARG none is called so; the nearest is named */
KARVAN_API karvan_status karvan_pair_measure_find(const char *name, int *measure,
                                                  karvan_error *err);

/** A measure of a pair in a year.
 * state KARVAN_VALUE: between min and max, both finite, whatever the uncertain dates and the
 * sources that contradict one another mean; one value where they are equal. Otherwise min is what
 * the rows at hand show at the least, and max the largest value there can be. */
typedef struct karvan_measured {
    karvan_cell state;
    double min, max;
    bool complete; /**< what is known does not hang on what there is: coverage has all, or a row
                      states the figure */
} karvan_measured;

/** What a row did for a cell. */
typedef enum karvan_row_use {
    KARVAN_ROW_COUNTED,   /**< certainly counts */
    KARVAN_ROW_MAYBE,     /**< counts by some meanings of its date */
    KARVAN_ROW_SET_ASIDE, /**< a better row was taken: rank, own report before mirror, unit */
    KARVAN_ROW_COVERAGE   /**< no row counts, and this one of table coverage says what that means */
} karvan_row_use;
/** "counted", "maybe", "set aside", "coverage" */
KARVAN_API const char *karvan_row_use_name(karvan_row_use use);

/** Rows that a cell rests on. Zero-initialise; clear with karvan_rows_clear. */
typedef struct karvan_measured_row {
    const karvan_table *table; /**< of the region */
    int64_t row;
    karvan_row_use use;
} karvan_measured_row;
typedef struct karvan_rows {
    int64_t n, room;
    karvan_measured_row *row; /**< [n] */
    bool failed;              /**< there was no memory for one of them */
} karvan_rows;
KARVAN_API void karvan_rows_clear(karvan_rows *rows);

/** The record of a region made ready for measuring pairs: frozen once created. The region must
 * outlive it. */
typedef struct karvan_pairs karvan_pairs;
/**
 * @param a,b  codes of one pair; both NULL: all pairs of the countries that table coverage names
 * for table `countries` (without such a row: of all countries of the region)
 * @retval KARVAN_E_ARG  no such country
 * @retval KARVAN_E_DATA the region has no table countries, or a row of coverage cannot be used
 * @retval KARVAN_E_NOMEM
 * Cost: O(rows of the tables + pairs times claims).
 */
KARVAN_API karvan_status karvan_pairs_create(const karvan_package *region, const char *a,
                                             const char *b, karvan_pairs **out, karvan_error *err);
/** NULL is allowed. */
KARVAN_API void karvan_pairs_destroy(karvan_pairs *p);
/** Pairs, each once, by the order of table countries. */
KARVAN_API int64_t karvan_pairs_count(const karvan_pairs *p);
/** Codes of a pair, 0..count-1; they live as long as the region. */
KARVAN_API void karvan_pairs_at(const karvan_pairs *p, int64_t pair, const char **a,
                                const char **b);
/** First and last year that table coverage gives for table `countries`; false: it gives none. */
KARVAN_API bool karvan_pairs_years(const karvan_pairs *p, int64_t *from, int64_t *to);
/** Do both countries exist on a day of the year? An uncertain day of independence may be any of
 * its days. */
KARVAN_API bool karvan_pairs_exist(const karvan_pairs *p, int64_t pair, int64_t year);
/** Which way a directed measure is read. Others do not ask. */
typedef enum karvan_way {
    KARVAN_WAY_BOTH, /**< both directions together: sums, for shares the mean */
    KARVAN_WAY_THERE,
    KARVAN_WAY_BACK
} karvan_way;
/**
 * One cell.
 * @param rows  NULL, or rows that it rests on are added here, each once
 * @return state KARVAN_NOT_COVERED with 0..0 where the two do not both exist in the year
 * Cost: O(rows at hand of this measure and pair). Thread-safe.
 */
KARVAN_API karvan_measured karvan_pairs_measure(const karvan_pairs *p, int64_t pair, int measure,
                                                karvan_way way, int64_t year, karvan_rows *rows);

/* ---- dyad-years -------------------------------------------------------------------- */

/** Which dyad-years, and what of them. Zero-initialised: all. */
typedef struct karvan_dyads_query {
    const char *a, *b;     /**< codes of one pair; NULL: all, as karvan_pairs_create */
    bool has_from, has_to; /**< else the years of coverage */
    int64_t from, to;      /**< years */
    int n_measures;        /**< 0: all */
    const int *measures;   /**< [n_measures] */
    bool undirected;       /**< each pair once; else each in both directions */
} karvan_dyads_query;
/**
 * A row a pair and year in which both exist: code1, code2, year, then for each measure three
 * columns: its value (unknown where it is not one number), and the least and the most that it may
 * be.
 * @retval KARVAN_E_ARG  no such country or measure, years backwards, or none known
 * @retval KARVAN_E_DATA as karvan_pairs_create
 */
KARVAN_API karvan_status karvan_dyads_table(const karvan_package *region,
                                            const karvan_dyads_query *q, karvan_table **out,
                                            karvan_error *err);
/**
 * The rows that each of these cells rests on: code1, code2, year, measure, min, max, state, use,
 * table, line (of the table's file), key (of the row), source. A measure without direction is told
 * once a pair; a cell that is not covered and rests on no row has none here.
 * Errors as karvan_dyads_table.
 */
KARVAN_API karvan_status karvan_dyads_trace(const karvan_package *region,
                                            const karvan_dyads_query *q, karvan_table **out,
                                            karvan_error *err);

/** What table coverage says of the region's tables: each row names a table, what it covers of it,
 * countries of the region and dates in order. Adds to problems (codes coverage-table, -subset,
 * -country, -dates). */
KARVAN_API karvan_status karvan_coverage_check(const karvan_package *region,
                                               karvan_problems *problems, karvan_error *err);

/* ---- the index of relations ------------------------------------------------------------ */

/** Table relation_index: measures that there are, transformations with the parameters that they
 * need, weights. Adds to problems (code relation-index). */
KARVAN_API karvan_status karvan_relation_index_check(const karvan_package *region,
                                                     karvan_problems *problems, karvan_error *err);

/** What is asked of the index. Zero-initialised: the region's own components, all pairs, the years
 * of coverage, no draws. */
typedef struct karvan_index_query {
    const karvan_table *components; /**< another declaration, with the columns of table
                                       relation_index; NULL: the region's */
    const char *a, *b;              /**< only rows of this pair; ranks are among all. NULL: all */
    const char *dimension; /**< only rows of this one; "all" is all components together. NULL: every
                              dimension that has components, then all */
    int n_dimensions;      /**< rows of several: of each of these; 0: as `dimension` says */
    const char *const *dimensions; /**< [n_dimensions] */
    bool has_from, has_to;
    int64_t from, to; /**< years */
    int draws;        /**< weights drawn, 0..1000000; 0: no bands */
    uint64_t seed;
    int threads; /**< 0: as many as the machine has. The answer is the same with any number */
} karvan_index_query;
/**
 * Scores of pairs by year and dimension, 0 to 1.
 * Columns: year, code1, code2, dimension; score: the weighted mean of the components, each in the
 * middle of its bounds; one that the tables do not cover is taken to be as the covered ones are on
 * average, within what is known of it (not covered where none is); low, high: the bounds of the
 * weighted mean, with every uncertain date at its worst and its best and every missing cell at the
 * least that is known and at the most; weight_low, weight_high: the 5th and 95th
 * percentile of the score over weights drawn evenly from the simplex; rank of the score among the
 * pairs of the year (1: the highest; equal scores share the better one), rank_low, rank_high: the
 * 5th and 95th percentile of the rank over the draws, rank_likely: the rank that most draws give
 * (of equals the better), rank_held: share of draws with the very rank, order_held: share of the
 * draws and other pairs that stand on the same side of this pair as they do by the declared
 * weights; covered: share of the weights of components that the score rests on.
 * @retval KARVAN_E_ARG  no such country or dimension, draws or years out of range
 * @retval KARVAN_E_DATA no table relation_index, or a row of it at fault
 * Cost: O(years (measures pairs + pairs^2 draws dimensions)).
 */
KARVAN_API karvan_status karvan_relation_index(const karvan_package *region,
                                               const karvan_index_query *q, karvan_table **out,
                                               karvan_error *err);
/**
 * The components behind a score: year, code1, code2, component, dimension, measure, weight, min,
 * max (of the measure, after half-lives), state, low, high (of the component, 0 to 1), counts (in
 * the score). Errors as karvan_relation_index; draws are not looked at.
 */
KARVAN_API karvan_status karvan_relation_components(const karvan_package *region,
                                                    const karvan_index_query *q, karvan_table **out,
                                                    karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
