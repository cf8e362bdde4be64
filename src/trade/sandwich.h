#ifndef KARVAN_SRC_TRADE_SANDWICH_H
#define KARVAN_SRC_TRADE_SANDWICH_H
/* The middle of the sandwich: sums of outer products of scores, before any small-sample factor. */
#include "trade/fit.h"

/* One way of clustering: which cluster each row is in, and how many hold a row. */
typedef struct karvan_i_way {
    const karvan_i_effect *effect;
    int32_t used;
} karvan_i_way;

/* meat: [n_kept][n_kept]. Rows on their own. */
void karvan_i_meat_rows(const karvan_gravity *g, double *meat);
/* Clustered by m ways, 1 .. KARVAN_CLUSTERS_MAX: sums over all intersections of them, those of an
 * even number of ways taken away. Fills `used` of each way. KARVAN_E_NOMEM. */
karvan_status karvan_i_meat_clusters(const karvan_gravity *g, int m, karvan_i_way *way,
                                     double *meat, karvan_error *err);
/* v = bread meat bread, all [k][k]. scratch [k][k]. */
void karvan_i_sandwich(int k, const double *bread, const double *meat, double *scratch, double *v);
#endif
