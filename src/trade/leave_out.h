#ifndef KARVAN_SRC_TRADE_LEAVE_OUT_H
#define KARVAN_SRC_TRADE_LEAVE_OUT_H
/* What a fit would say of a row had it never seen it. */
#include "trade/fit.h"

/* Most levels of effects that one part of the data may connect: a matrix of that size is inverted.
 */
enum { KARVAN_I_LEAVE_OUT_LEVELS = 4000 };

/**
 * Leverage of each row of a PPML fit, regressors and effects together, and the standard error of
 * its linear predictor: coefficients by v, effects by a sandwich of their own (HC2).
 * @param v  [n_kept][n_kept] as karvan_gravity_vcov gives it; NULL: coefficients are taken as known
 * @param[out] leverage, se  [n] by rows of the fit
 * @retval KARVAN_E_DATA more levels in one part than KARVAN_I_LEAVE_OUT_LEVELS
 * @retval KARVAN_E_NOMEM
 * Cost, with L the levels of a part of the data: L^3/2 + 3 L rows for each, 16 L^2 bytes.
 */
karvan_status karvan_i_leverage(const karvan_gravity *g, const double *v, double *leverage,
                                double *se, karvan_error *err);
/* ln of the prediction without row i over that with it, one step from the fit: exact with one
 * effect and no regressors. NaN: nothing but the row itself tells of it. */
double karvan_i_without_itself(double y, double mu, double leverage);
#endif
