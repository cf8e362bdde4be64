#ifndef KARVAN_SRC_TRADE_LEVERAGE_H
#define KARVAN_SRC_TRADE_LEVERAGE_H
/* How much the effects of two sides (exporter-time, importer-time) follow one pair's own flows. */
#include "karvan/base.h"

/* Pairs of a side a and a side b over `times` times. The information of pair p about its effects is
 * H_p = diag(w) - w w'/sum(w) where a pair effect is taken out, else diag(w); w = weight[p]. */
typedef struct karvan_i_sides {
    int32_t n_a, n_b, pairs;
    int times;
    const int32_t *a, *b; /* [pairs], sorted by a */
    const double *weight; /* [pairs][times], 0: no row */
    bool pair_effect;
} karvan_i_sides;

/**
 * Block of each pair in d V d', V a generalised inverse of the information matrix of all effects
 * of both sides and d the two effects of the pair at each time.
 * @param out  [pairs][times][times]
 * @param threads  the same bytes for any number
 * @retval KARVAN_E_NOMEM
 * Cost, with n = n_b times: n^3/2 + 3 n_a n^2 multiplications, 8 n^2 bytes.
 */
karvan_status karvan_i_side_blocks(const karvan_i_sides *s, int threads, double *out,
                                   karvan_error *err);
#endif
