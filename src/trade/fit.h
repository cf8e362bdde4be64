#ifndef KARVAN_SRC_TRADE_FIT_H
#define KARVAN_SRC_TRADE_FIT_H
/* What a fit holds; the files that make standard errors, predictions and corrections read it. */
#include "trade/design.h"
#include "trade/newton.h"

struct karvan_gravity {
    karvan_i_design
        d; /* rows in use alone, sorted by the largest effect (d.row: row of the data) */
    karvan_estimator estimator;
    int n_kept;     /* coefficients, k of d less the collinear ones */
    int *kept;      /* [n_kept] regressor of each coefficient */
    double *beta;   /* [n_kept] */
    double *eta;    /* [n] linear predictor, offset in it (OLS: fitted ln y) */
    double *mu;     /* [n] exp(eta) (OLS: the weight of the row, so that mu is the row's weight in
                       the normal equations of both; see karvan_i_fit_residual) */
    double **xt;    /* [n_kept] of [n]: regressor less its projection on the effects at the final
                       weights (mu * weight) */
    double *bread;  /* [n_kept][n_kept] inverse of X~' W X~ */
    double **alpha; /* [n_effects] of [n_levels] */
    karvan_gravity_stats stats;
    karvan_gravity_options options; /* strings in it are no longer valid but for numbers */
};

/* Weight of row i in the normal equations: mu * weight (PPML), weight (OLS). */
static inline double karvan_i_fit_weight(const karvan_gravity *g, int64_t i) {
    double w = g->d.weight ? g->d.weight[i] : 1;
    return g->estimator == KARVAN_PPML ? w * g->mu[i] : w;
}
/* weight * (y - mu) (PPML), weight * (ln y - fitted) (OLS): score of row i is this times x~. */
static inline double karvan_i_fit_residual(const karvan_gravity *g, int64_t i) {
    double w = g->d.weight ? g->d.weight[i] : 1;
    return w * (g->d.y[i] - (g->estimator == KARVAN_PPML ? g->mu[i] : g->eta[i]));
}

/* recover.c: g->alpha from what the solver left, normalised. */
karvan_status karvan_i_recover(karvan_gravity *g, const karvan_i_newton *s, karvan_error *err);
/* statistics.c: deviance, log-likelihoods, R2 and counts. */
karvan_status karvan_i_fit_statistics(karvan_gravity *g, karvan_error *err);
/* demean.c: replace each of v[0..m) of [n] by its residual from the effects of the fit at its
 * weights, to a relative tolerance; threads as the fit. For RESET, bias, tests. */
karvan_status karvan_i_fit_demean(const karvan_gravity *g, int m, double *const *v,
                                  double tolerance, karvan_error *err);
#endif
