#ifndef KARVAN_SRC_TRADE_DRAWS_H
#define KARVAN_SRC_TRADE_DRAWS_H
/* Equilibria of many draws, kept so that any quantile can be asked for. */
#include "trade/economy.h"

struct karvan_draws {
    int64_t n, failed;
    int32_t countries;
    int n_changes;
    double *value;  /* [n][KARVAN_RESULT_END][countries]; NaN of a draw that failed */
    double *factor; /* [n][2][countries] of exporters; of importers: trade's ratio is their product
                       and exp(partial) */
    double *beta;   /* [n][n_changes] */
    int64_t n_touched; /* with a bridge: pairs that change in the draws, and by how much; else 0 */
    int64_t *touched;  /* [n_touched] as of an economy */
    double *partial;   /* [n][n_touched] of ln trade at given prices; NULL without a bridge */
    bool *good;        /* [n] */
};
#endif
