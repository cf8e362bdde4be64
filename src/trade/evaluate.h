#ifndef KARVAN_SRC_TRADE_EVALUATE_H
#define KARVAN_SRC_TRADE_EVALUATE_H
/* Passes over the rows that Newton's method needs. Each fills s->sums of its chunks and folds them.
 */
#include "trade/newton.h"

/* At beta, theta: weights and their sums by group, the grouping effect, objective and gradient. */
karvan_status karvan_i_newton_evaluate(karvan_i_newton *s, karvan_error *err);
/* X'W(I - P)X and x'Wx at the weights. */
karvan_status karvan_i_newton_gram(karvan_i_newton *s, karvan_error *err);
/* The last step at the rows: root mean square (by weight) of the move of the linear predictor into
 * *all, the sum of weight * move^2 into *decrement. *suspect: some row with y = 0 still falls, or
 * its weight is lost beside those of its levels, or the decrement does not clear it. */
karvan_status karvan_i_newton_judge(karvan_i_newton *s, double *all, double *decrement,
                                    bool *suspect, karvan_error *err);
#endif
