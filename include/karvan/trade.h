#ifndef KARVAN_TRADE_H
#define KARVAN_TRADE_H
/* Room: trade. Bilateral series as their reporters state them, kept apart by
 * data set; balance, growth and shares; indicators. Depends on: base, table. Methods:
 * docs/methods/trade.md, docs/methods/indicators.md. */
#include "karvan/base.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which rows. Zero-initialised: all. */
typedef struct karvan_trade_query {
    const char *reporter, *partner; /**< iso3; NULL: any */
    bool either_way;                /**< also rows that partner reports about reporter */
    const char *flow;               /**< "export", "import" or NULL */
    const char *dataset;            /**< NULL: all */
    bool has_from, has_to;
    int64_t from_year, to_year;
} karvan_trade_query;

/** Rows of table trade by data set (in the order of the table), year, reporter, partner, flow.
 * @retval KARVAN_E_ARG no row is of the data set (message names the nearest); KARVAN_E_DATA the
 * region has no trade; KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_trade_select(const karvan_package *region,
                                             const karvan_trade_query *q, karvan_view *v,
                                             karvan_error *err);
/** year, reporter, partner, flow, value, unit, source; with `wide` also dataset, price_basis,
 * estimate, note. */
KARVAN_API karvan_status karvan_trade_table(const karvan_package *region, const karvan_view *v,
                                            bool wide, karvan_table **out, karvan_error *err);
/** Data set that speaks for a pair when one is wanted: the one with most years of both flows by
 * reporter a, then the first in the table. NULL: none. */
KARVAN_API const char *karvan_trade_default_dataset(const karvan_package *region, const char *a,
                                                    const char *b);
/**
 * Yearly figures of a pair as a reports them in one data set: year, exports, imports, turnover,
 * balance, normalised balance (balance / turnover), growth of exports and imports on the year
 * before in per cent (not covered in the first year, unknown where a year is missing or was zero),
 * share of the pair in a's exports and imports to all partners of the data set that year in per
 * cent, unit, source.
 * @retval KARVAN_E_ARG no rows of this pair in the data set
 * @retval KARVAN_E_DATA the data set states a's trade in more than one unit
 */
KARVAN_API karvan_status karvan_trade_balance(const karvan_package *region, const char *dataset,
                                              const char *a, const char *b, karvan_table **out,
                                              karvan_error *err);
/** Where two reporters state the same flow: year, exporter, importer, by exporter, by importer,
 * ratio importer / exporter, both data sets, unit. */
KARVAN_API karvan_status karvan_trade_mirrors(const karvan_package *region, const char *a,
                                              const char *b, karvan_table **out, karvan_error *err);
/** Plausibility: a value above the exporter's GDP of that year (wrong unit), mirrors apart by a
 * factor of 300, indicators that jump tenfold in a year, distances stored one way or
 * differing by direction. Adds to problems. */
KARVAN_API karvan_status karvan_trade_check(const karvan_package *region, karvan_problems *problems,
                                            karvan_error *err);

/* ---- indicators -------------------------------------------------------------
 * Method, sources and ranges of each: docs/methods/indicators.md. Two steps: flows of one data set
 * become a cube, of which any indicators are then asked. */

/** How all partners of a country are taken together. */
typedef enum karvan_trade_world {
    KARVAN_WORLD_AUTO = 0, /**< the sum of the partners stated, where any is; else the world row */
    KARVAN_WORLD_SUM = 1,  /**< sum of the partners stated */
    KARVAN_WORLD_ROW = 2 /**< the row that the source gives for the world (party WLD, W00, World) */
} karvan_trade_world;

/** Which rows of a flows table make the cube, and how. Zero-initialised: the defaults named. */
typedef struct karvan_trade_cube_options {
    const char *source;         /**< rows of this source; NULL: the only one there is */
    const char *classification; /**< rows of this classification and those of none; NULL: the only
                                   one there is */
    const char *reported_by;    /**< "exporter", "importer": rows of that side; "own": exports as
                                   exporters, imports as importers state them; NULL: every row, or
                                   "own" where both sides state a flow */
    int digits; /**< product level: codes of so many signs, or longer ones cut; 0: as they are */
    karvan_trade_world world;
    bool complete; /**< the source lists every flow above 0 (as BACI does): what a country that is
                      covered in a year does not list is 0. false: it is not known */
    bool has_from, has_to;
    int64_t from_year, to_year;
} karvan_trade_cube_options;

/** Flows of one data set by year, exporter, importer and product, packed; frozen. */
typedef struct karvan_trade_cube karvan_trade_cube;
/**
 * @param flows year INT, exporter, importer TEXT, value REAL, and where the source has them product
 * (TEXT; absent: all TOTAL), classification, unit (absent: thousand USD), reported_by, source. The
 * table is not needed afterwards.
 * Rows of TOTAL are the totals of their pairs; without any, products are summed. Trade of a country
 * with itself is left out, and so are rows without year, parties or product; the account has
 * their numbers. Values of thousand, million and billion are brought to the unit of the first row.
 * @retval KARVAN_E_DATA a column is missing; nothing is left; a value below 0; more than one
 * source, classification, currency or product level; a flow stated twice. The message has
 * "file:line:column:" where a row is at fault
 * @retval KARVAN_E_ARG a source, classification or side that no row is of; KARVAN_E_NOMEM
 * Cost: O(rows) where the rows of a pair stand together, otherwise O(rows log rows); 12 bytes a
 * row kept and 40 a pair.
 */
KARVAN_API karvan_status karvan_trade_cube_create(const karvan_table *flows,
                                                  const karvan_trade_cube_options *o,
                                                  karvan_trade_cube **out, karvan_error *err);
/** NULL is allowed. */
KARVAN_API void karvan_trade_cube_destroy(karvan_trade_cube *c);

/** What became of the rows; the first is the sum of the others. */
typedef struct karvan_trade_account {
    int64_t rows, kept;
    int64_t other;       /**< of a source, side, classification or year not asked for */
    int64_t other_level; /**< products of another level than asked for */
    int64_t domestic;    /**< trade of a country with itself */
    int64_t unplaced;    /**< without year, exporter, importer or product */
    int64_t world;       /**< rows of the world, where partners are summed */
} karvan_trade_account;
KARVAN_API karvan_trade_account karvan_trade_cube_account(const karvan_trade_cube *c);
/** Years, ascending; countries and products, in the order of their codes; the unit of all values.
 * Text and numbers live as long as the cube. NULL, 0 out of range. */
KARVAN_API int karvan_trade_cube_years(const karvan_trade_cube *c);
KARVAN_API int64_t karvan_trade_cube_year(const karvan_trade_cube *c, int i);
KARVAN_API int karvan_trade_cube_countries(const karvan_trade_cube *c);
KARVAN_API const char *karvan_trade_cube_country(const karvan_trade_cube *c, int i);
KARVAN_API int karvan_trade_cube_products(const karvan_trade_cube *c);
KARVAN_API const char *karvan_trade_cube_product(const karvan_trade_cube *c, int i);
KARVAN_API const char *karvan_trade_cube_unit(const karvan_trade_cube *c);

/** What indicator i is called, its formula in a line and its unit ("": a number between the bounds
 * that the formula tells; NULL: the unit of the flows). NULL past the last. */
KARVAN_API const char *karvan_trade_indicator_name(int i);
KARVAN_API const char *karvan_trade_indicator_formula(int i);
KARVAN_API const char *karvan_trade_indicator_unit(int i);
/** Number of an indicator. @retval KARVAN_E_ARG none is called so (the nearest is named) */
KARVAN_API karvan_status karvan_trade_indicator_find(const char *name, int *out, karvan_error *err);

/** Countries taken as one. Its trade is that of its members, with one another too. */
typedef struct karvan_trade_group {
    const char *name;
    int n;
    const char *const *country; /**< [n] codes */
} karvan_trade_group;

/** What is asked. Zero-initialised but for indicators: every country, all its partners, all years.
 */
typedef struct karvan_indicator_query {
    int n_indicators;
    const int *indicator; /**< [n_indicators] */
    int n_groups;
    const karvan_trade_group *groups; /**< [n_groups] names may stand for countries below */
    const char *country;              /**< code or group; NULL: each country */
    const char *partner;              /**< code or group; NULL: all partners together */
    const char *market;  /**< code or group in which similarity is measured; NULL: the world */
    const char *product; /**< one product; NULL: all */
    bool imports;        /**< of indicators with a direction: imports, not exports */
    bool by_partner;     /**< a row a partner */
    bool by_product;     /**< a row a product, of indicators that have products */
    bool without_intra;  /**< a group's trade with all is that with others */
    bool has_from, has_to, has_base;
    int64_t from_year, to_year;
    int64_t base_year;       /**< of growth and changes; without: the year before each */
    const karvan_table *gdp; /**< country TEXT, year INT, value REAL, unit TEXT; rows whose
                                `indicator`, where there is that column, is gdp. NULL: none */
} karvan_indicator_query;

/**
 * year, country, partner ("all"), product ("TOTAL"), flow (of indicators with a direction),
 * indicator, value, unit, why (a value is missing: empty where it is not), world (what all partners
 * together are: a sum of how many, or the source's row). In the order year, country, partner,
 * product, indicator. A value is not covered where a flow that it needs is not stated, unknown
 * where one is stated without a value or where it would divide by 0; it is never NaN, never
 * infinite.
 * @retval KARVAN_E_ARG no such country, product, year; an indicator without what it needs
 * @retval KARVAN_E_DATA the GDP table lacks a column, or states one figure twice
 * Cost: O(cells of the countries asked for) an indicator; once a year all cells where the world is
 * needed.
 */
KARVAN_API karvan_status karvan_trade_indicators(const karvan_trade_cube *c,
                                                 const karvan_indicator_query *q,
                                                 karvan_table **out, karvan_error *err);

/** Data set that speaks for a country: the one with most rows that it reports, the first in the
 * table of equals. NULL: none. */
KARVAN_API const char *karvan_trade_country_dataset(const karvan_package *region, const char *a);
/**
 * Key indicators of a country, or of a pair as a reports it, in one year of the region's trade:
 * the columns of karvan_trade_indicators with `formula` behind them.
 * @param dataset NULL: the one that speaks for the pair, or the country
 * @param b       NULL: a with all its partners
 * @param year    0: the latest in which a's exports and imports are both stated
 * @retval KARVAN_E_ARG no data set speaks for them, or none of its rows is of that year
 */
KARVAN_API karvan_status karvan_trade_dashboard(const karvan_package *region, const char *dataset,
                                                const char *a, const char *b, int64_t year,
                                                karvan_table **out, karvan_error *err);
/* ---- What gravity needs of a region: matrices, ties, panel ---- */

/**
 * A data set of table trade_matrix as flows: year, exporter, importer, product, classification,
 * value (thousand USD), unit, price_basis, reported_by, flag, source; in the order of the table.
 * @param dataset NULL: the one that setting matrix_trade names, else the only one
 * @retval KARVAN_E_ARG no such data set (the nearest is named), or several and none is named
 * @retval KARVAN_E_DATA the region has no table trade_matrix
 */
KARVAN_API karvan_status karvan_trade_matrix(const karvan_package *region, const char *dataset,
                                             karvan_table **out, karvan_error *err);

/** How the panel is made. Zero-initialised: the defaults named below. */
typedef struct karvan_panel_options {
    const char *dataset; /**< NULL: as karvan_trade_matrix */
    bool has_from, has_to;
    int64_t from_year, to_year;
    bool exporter_first;         /**< the exporter's figure before the importer's */
    bool domestic;               /**< also rows of trade within countries */
    double goods_output_per_gdp; /**< 0: setting of this name */
    const karvan_table *flows;   /**< a flows table (flows.h) of all products, in the place of the
                                    region's matrix; NULL: the matrix. Domestic rows in it count */
    bool flows_complete;         /**< it lists every flow above 0 of its years, as BACI does */
    int64_t *outside; /**< receives its rows of countries that table countries does not name, which
                         are left out; may be NULL */
    double complete;  /**< a country whose report of a year names at least this share of the others
                         has reported that year: what it leaves out is 0; 0: a half */
} karvan_panel_options;

/**
 * The panel that gravity is estimated on: every pair and year of a matrix. Columns: year, exporter,
 * importer, trade (thousand USD), domestic (0, 1), dist_km and ln_dist (population-weighted),
 * contig, language, coloniser, colony, agreement, one column for each flag of table agreements
 * (0, 1; in force on 1 July), gdp_exporter, gdp_importer (current USD), reported_by, flag, source.
 * trade is what the importer states, else the exporter, else 0 where one of both has reported that
 * year, else unknown; flag says so. Within a country: output of goods less exports to the
 * countries of the matrix, flagged; unknown where that is not above 0. Ties within a country are 0.
 * Cells are unknown where the region has no such row. Cost: years x countries^2 x agreements.
 * @retval KARVAN_E_ARG as karvan_trade_matrix; from_year after to_year; a negative ratio
 * @retval KARVAN_E_DATA no table trade_matrix; flows of several data sets, of products or in
 * another currency; domestic asked for and no ratio stated; a flag that is a column already; one
 * flow stated twice by one reporter
 * @retval KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_trade_panel(const karvan_package *region,
                                            const karvan_panel_options *options, karvan_table **out,
                                            karvan_error *err);

/**
 * Shares of cargo classes in what each pair trades: sections of a matrix by product, weighted by
 * table class_shares (rows of the pair before rows of the exporter, of the importer, of all).
 * Columns: exporter, importer, cargo_class, share, shares_from (pair, or exporter: the pair trades
 * nothing in the data set and the exporter's whole trade speaks for it). Shares of a pair may sum
 * to less than 1: the rest is not carried by the network.
 * @param dataset NULL: the one that setting matrix_products names, else the only one
 * @retval KARVAN_E_DATA no table class_shares or trade_matrix; a product without shares; shares
 * that sum to more than 1
 */
KARVAN_API karvan_status karvan_trade_class_shares(const karvan_package *region,
                                                   const char *dataset, karvan_table **out,
                                                   karvan_error *err);

/**
 * Products that one country sells, another buys, and the two do not trade as much as that would
 * let expect. Columns: product, exports and imports (of the two, with all partners), world, rca
 * (Balassa), import_specialisation (the same of imports), actual, expected, actual_over_expected,
 * gap (expected less actual, not below 0), complementary (both indices above 1), missing
 * (complementary, and actual below `below` times expected); missing first, then by gap. Values in
 * units of the currency. expected = the importer's imports of the product, shared among all other
 * countries by their exports of it.
 * @param flows  exporter, importer, year, product, value; unit, classification where there are;
 * product TOTAL and trade within countries are passed over
 * @param below  0: a half
 * @retval KARVAN_E_ARG exporter and importer are one; below negative
 * @retval KARVAN_E_DATA no rows of the year (the years at hand are named) or of one of the two; a
 * flow stated twice: reconcile first; two classifications or currencies; a negative value
 * Source: Balassa 1965, Manchester School 33(2); docs/methods/missing-products.md.
 */
KARVAN_API karvan_status karvan_trade_missing_products(const karvan_table *flows,
                                                       const char *exporter, const char *importer,
                                                       int64_t year, double below,
                                                       karvan_table **out, karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
