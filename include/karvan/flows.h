#ifndef KARVAN_FLOWS_H
#define KARVAN_FLOWS_H
/* Room: trade. Flows tables: who sold how much to whom in which year, whatever file it came from;
 * mirror figures reconciled, domestic trade derived, panels made square. Table in, table out.
 * Depends on: base, table. Method: docs/methods/flows.md. */
#include "karvan/base.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the table ------------------------------------------------------------------------- */

/**
 * A flows table is in long form, a figure a row. Columns are found by these names in any order;
 * one that a source has not may be absent, but for year, exporter, importer and value. Others may
 * stand beside.
 */
typedef enum karvan_flow_column {
    KARVAN_FLOW_YEAR,           /**< year, INT, 0 to 9999 */
    KARVAN_FLOW_EXPORTER,       /**< exporter, TEXT: ISO 3166 alpha-3, else the source's code */
    KARVAN_FLOW_IMPORTER,       /**< importer, TEXT; the exporter itself: domestic trade */
    KARVAN_FLOW_PRODUCT,        /**< product, TEXT: a code with its zeros; TOTAL: of all */
    KARVAN_FLOW_CLASSIFICATION, /**< classification, TEXT: HS1992 .. HS2022, SITC2, ISIC, ITPD */
    KARVAN_FLOW_VALUE,          /**< value, REAL, 0 or more, in `unit` */
    KARVAN_FLOW_UNIT,           /**< unit, TEXT: "thousand USD" where the column is absent */
    KARVAN_FLOW_QUANTITY,       /**< quantity, REAL, in `quantity_unit` */
    KARVAN_FLOW_QUANTITY_UNIT,  /**< quantity_unit, TEXT */
    KARVAN_FLOW_PRICE_BASIS,    /**< price_basis, TEXT: fob, cif, or "as reported" */
    KARVAN_FLOW_REPORTED_BY,    /**< reported_by, TEXT: exporter, importer, both, reconciled,
                                     derived (production less exports), estimate */
    KARVAN_FLOW_FLAG,           /**< flag, TEXT: "", or what was imputed or adjusted, and how */
    KARVAN_FLOW_SOURCE,         /**< source, TEXT: data set that states it */
    KARVAN_FLOW_COLUMNS
} karvan_flow_column;
/** Name, type and unit of each, [KARVAN_FLOW_COLUMNS]. */
KARVAN_API const karvan_column *karvan_flow_columns(void);

/**
 * Can it be used? The four columns with their types; a value that is neither below 0 nor beside a
 * missing year or country; no figure of the same key twice (year, exporter, importer, product,
 * classification, who reports it, source). Each fault is added with both places where there are
 * two: codes flows-value, flows-key, flows-duplicate.
 * @retval KARVAN_E_DATA a column is absent or of another type
 */
KARVAN_API karvan_status karvan_flows_check(const karvan_table *flows, karvan_problems *problems,
                                            karvan_error *err);

/** Which rows of a region's table `trade`. Zero-initialised: all, in thousand USD. */
typedef struct karvan_flows_query {
    int n_datasets;
    const char *const *datasets; /**< [n_datasets] of column `dataset`; none: all, kept apart by
                                    column `source` */
    int64_t from_year, to_year;  /**< both 0: all */
    bool as_stated;              /**< values stay in the unit of their row; below is not heeded */
    const char *unit;            /**< "thousand USD", "million USD"; NULL: thousand USD */
    const char *rate_column;     /**< REAL column of the table: of `unit`'s currency, what one of
                                    the row's currency is worth; NULL: other currencies are refused */
} karvan_flows_query;
/**
 * A region's trade as flows. `reported_by` tells the side, `source` the data set; a row marked as
 * estimate has the flag "estimate".
 * @retval KARVAN_E_DATA no table trade; a row in another currency without a rate (its place is
 * named)
 * @retval KARVAN_E_ARG no such data set (the nearest is named) or column
 */
KARVAN_API karvan_status karvan_flows_of_region(const karvan_package *region,
                                                const karvan_flows_query *q, karvan_table **out,
                                                karvan_error *err);

/* ---- two figures of one flow ------------------------------------------------------------ */

typedef enum karvan_mirror_rule {
    KARVAN_MIRROR_IMPORTER, /**< the importer's figure, the exporter's where there is none: customs
                               look closer at what comes in */
    KARVAN_MIRROR_EXPORTER, /**< the other way about */
    KARVAN_MIRROR_MEAN      /**< mean weighted by how well each reporter agrees with its partners */
} karvan_mirror_rule;
/** "importer", "exporter", "mean"; KARVAN_E_ARG otherwise. */
KARVAN_API karvan_status karvan_mirror_rule_parse(const char *s, karvan_mirror_rule *out,
                                                  karvan_error *err);

/** Zero-initialised: the importer's figure first, fob, at the stated ratio of 1.06, data sets kept
 * apart. */
typedef struct karvan_mirror_options {
    karvan_mirror_rule rule;
    bool cif;       /**< the result is cif; else fob */
    double cif_fob; /**< cif over fob, 1 or more; 0: 1.06 (IMF, Direction of Trade Statistics
                       Yearbook 2017) */
    bool estimate;  /**< the ratio is estimated on distance; cif_fob serves pairs without one */
    const karvan_table
        *distances;   /**< of `estimate`: origin, destination (or exporter, importer)
                         and distw_km, dist_km, distw_harmonic or dist, in kilometres */
    const char *unit; /**< of the result; NULL: thousand USD */
    bool across;      /**< figures of different data sets are mirrors of one another too */
    int n_sources;
    const char *const *sources; /**< [n_sources] of `across`: where one side states a figure in
                                   several data sets, the first of these with a value counts */
    double apart;               /**< mirrors apart by this factor and more are listed; 0: 2 */
} karvan_mirror_options;

/**
 * One figure a flow (year, exporter, importer, product, classification, and source unless
 * `across`), by year, exporter, importer, product.
 *
 * The result is a flows table with five columns more: value_exporter and value_importer (what
 * each states, in the result's unit, not moved to its basis; not covered where it states nothing),
 * ratio (importer over exporter), cif_fob (the ratio that was applied; not covered where none was)
 * and weight_exporter (rule mean only). `reported_by` tells whose figure stands there, `reconciled`
 * a mean; `flag` what was done to it: "only the exporter's", "basis assumed", "cif to fob", ...
 * The quantity is that of the figure that counts (of the heavier in a mean).
 * Figures that neither side reported (both, reconciled, estimate, derived) pass as they are.
 *
 * @param[out] asymmetries (may be NULL) year, exporter, importer, product, value_exporter,
 * value_importer, ratio, cif_fob, gap (importer's moved to fob less exporter's), unit, source: the
 * flows whose ratio is `apart` from cif_fob or more, or of which one side says 0; widest gap first
 * @param[out] audit (may be NULL) what, rows, detail: rows read, flows by kind, the ratio and how
 * it was found, the reliability of each reporter
 * @retval KARVAN_E_DATA a column is absent; two figures of one side for one flow (both places
 * named); another currency; fewer than 10 mirrors with distances to estimate on
 * @retval KARVAN_E_ARG ratio below 1, estimate without distances
 * Cost: O(n log n). Source: Gaulier and Zignago 2010, CEPII working paper 2010-23, from which it
 * departs as docs/methods/flows.md tells; ten Cate 2007, CPB memorandum 179.
 */
KARVAN_API karvan_status karvan_flows_reconcile(const karvan_table *flows,
                                                const karvan_mirror_options *o, karvan_table **out,
                                                karvan_table **asymmetries, karvan_table **audit,
                                                karvan_error *err);

/* ---- trade with oneself ------------------------------------------------------------------- */

/** Zero-initialised: gross output only. */
typedef struct karvan_domestic_options {
    double output_per_gdp; /**< above 0: where there is no gross output, GDP times this ratio, each
                              such row flagged as an estimate; 0: never */
    const char *unit;      /**< of the result; NULL: thousand USD */
    bool partners_suffice; /**< also where the exporter itself reports nothing: the partners in the
                              table are all there are */
} karvan_domestic_options;
/**
 * Domestic trade: what is produced less what is exported, for every year, country and product of
 * the production table that exports in the flows. The result holds the flows (in `unit`) and then
 * the domestic rows: exporter = importer, reported_by "derived" or "estimate", flag "gross output
 * less exports" or "GDP x RATIO less exports". Columns that stand beside those of flows stay.
 *
 * @param flows one figure a flow (reconcile first)
 * @param production country TEXT, year INT, value REAL; unit TEXT (absent: thousand USD), product
 * TEXT (absent: TOTAL), indicator TEXT (output or gdp; absent: output; rows of others are passed
 * over), source TEXT. A region's table `indicators` has this shape
 * @param problems what was not derived, a warning each: flows-domestic-not-positive (exports reach
 * or pass output: re-exports, or output that leaves sectors out), flows-domestic-exists,
 * flows-domestic-gdp (GDP stands there, output not), flows-domestic-no-exports,
 * flows-domestic-partners (only partners report its exports); may be NULL
 * @retval KARVAN_E_DATA a column is absent, two figures of one flow or of one product of a country
 * and year, another currency, products on one side only
 * @retval KARVAN_E_ARG a negative ratio
 * Exports are those of the partners in the table: where partners lack, domestic trade is too high.
 */
KARVAN_API karvan_status karvan_flows_domestic(const karvan_table *flows,
                                               const karvan_table *production,
                                               const karvan_domestic_options *o,
                                               karvan_problems *problems, karvan_table **out,
                                               karvan_error *err);

/* ---- square panels ------------------------------------------------------------------------- */

/**
 * Every pair of different countries in every year and product of the table: a pair that is absent
 * is 0 where either side reports that year at all (flag "zero: the exporter covers the year",
 * "... the importer ..."), else not covered, never 0. Rows that are there stay as they are,
 * domestic trade too.
 *
 * Who reports is told by value_exporter and value_importer where the table has them (as after
 * reconciliation), else by reported_by: exporter, importer, or both and reconciled for both.
 * @param[out] audit (may be NULL) what, rows, detail: filled with 0, not covered, years without any
 * row, and for each country the years between the table's first and last that it does not cover
 * @retval KARVAN_E_DATA a column is absent, one figure too many of a pair and year (both places
 * named), several data sets or classifications; more than 200 million rows
 * Cost: O(n log n + rows of the result).
 */
KARVAN_API karvan_status karvan_flows_square(const karvan_table *flows, karvan_table **out,
                                             karvan_table **audit, karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
