#ifndef KARVAN_SRC_REPORT_SERIES_H
#define KARVAN_SRC_REPORT_SERIES_H
/* The longest series that a region has of a pair: data sets one behind the other, never added, with
 * every break told. */
#include "karvan/trade.h"

/**
 * Columns: year, exports, imports (of a, million of the currency), currency, data (data set),
 * price_basis, reported_by (the country that states it), breaks (what changed since the row before,
 * parted by "; "; empty: nothing), jumps (exports, imports: a change out of all proportion to the
 * others of the unbroken stretch), source. By year.
 * @param matrix of karvan_trade_matrix, NULL: none. Its years stand in for those that table trade
 * has not, where both are in US dollars: as a states it, or, where a states nothing, as b does.
 * @param name of the matrix's data set
 * @param[out] out NULL where neither has the pair
 */
karvan_status karvan_i_series(const karvan_package *region, const karvan_table *matrix,
                              const char *name, const char *a, const char *b, karvan_table **out,
                              karvan_error *err);
/* Is the change from v[k-1] to v[k] a jump among the n values (all above 0)? More than twofold, and
 * its logarithm further from the median of all changes than four times their spread (the median
 * distance, scaled to a normal standard deviation). False with fewer than six values. */
bool karvan_i_is_jump(const double *v, int n, int k);
#endif
