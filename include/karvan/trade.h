#ifndef KARVAN_TRADE_H
#define KARVAN_TRADE_H
/* Room: trade. Bilateral series as their reporters state them, kept apart by
 * data set; balance, growth and shares. Depends on: base, table. Method: docs/methods/trade.md. */
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

#ifdef __cplusplus
}
#endif
#endif
