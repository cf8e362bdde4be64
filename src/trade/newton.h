#ifndef KARVAN_SRC_TRADE_NEWTON_H
#define KARVAN_SRC_TRADE_NEWTON_H
/* Newton's method (iteratively reweighted least squares) for coefficients and effects together. The
 * largest effect is concentrated out in every evaluation: its levels have a closed form. */
#include "trade/absorb.h"

typedef struct karvan_i_newton {
    karvan_i_design *d;
    karvan_i_absorb a;
    bool ols;
    int k;                    /* regressors */
    double *w;                /* [n] weight in the normal equations: weight * mu, OLS: weight */
    double *beta;             /* [k] */
    double *theta;            /* [unknowns] effects but the grouping one */
    double *alpha;            /* [groups] the grouping effect */
    double *d_beta, *d_theta; /* the last step */
    double *r;                /* [n] residual times weight */
    double *total, *gx;     /* objective (log-likelihood less what y alone decides; OLS: -RSS/2) and
                               behind it [k] its gradient */
    double *g, *u;          /* [unknowns] its gradient, and S u = g */
    double *gram, *squares; /* [k][k] X'W(I - P)X, behind it [k] x'Wx */
    double *h, *l;          /* [k][k] X~'W X~ and its factor */
    double *least;          /* [k] pivots not above are collinear */
    bool *out;              /* [k] collinear */
    /* S gamma = b = D'W(I - P)X, as of the weights of the last projection, and b - S gamma: in
     * batches of [unknowns][m] regressors. */
    int batches;
    double *gamma, *b, *rest;
    int n_sums;
    double *sums;  /* [n_chunks][n_sums] of a pass */
    double mean_y; /* weighted */
    bool starting;
    int iterations;
    bool converged;
    bool projected; /* gamma and h are there */
    bool fading;    /* a regressor became collinear on the way */
    double step;    /* largest relative move of a coefficient */
} karvan_i_newton;

/* d's rows are sorted on the way. */
karvan_status karvan_i_newton_create(karvan_i_design *d, const karvan_gravity_options *o,
                                     karvan_i_newton *s, karvan_error *err);
void karvan_i_newton_clear(karvan_i_newton *s);
/* Iterate until the coefficients move by less than the tolerance. `separated` is set, and the
 * iterations end, where rows with y = 0 run away or are too small to be seen, or take a regressor
 * with them: whoever called looks for separation. KARVAN_E_NOCONV at the limit of iterations. */
karvan_status karvan_i_newton_run(karvan_i_newton *s, const karvan_gravity_options *o,
                                  bool look_for_separation, bool *separated, karvan_error *err);
/* Least squares of d->y at once, from where the coefficients are, to rounding; OLS alone. The first
 * call projects the regressors, later ones serve for other values of d->y. */
karvan_status karvan_i_newton_regress(karvan_i_newton *s, karvan_error *err);
/* At the last weights: gamma to `tolerance`; then x~ of regressor j at every row into v [n]. */
karvan_status karvan_i_newton_project(karvan_i_newton *s, double tolerance, karvan_error *err);
karvan_status karvan_i_newton_demeaned(karvan_i_newton *s, int j, double *v, karvan_error *err);
/* Linear predictor of every row, offset in it. */
karvan_status karvan_i_newton_predictor(karvan_i_newton *s, double *eta, karvan_error *err);
/* First regressor of a batch and how many are in it. */
static inline int karvan_i_newton_batch(const karvan_i_newton *s, int batch, int *first) {
    *first = batch * KARVAN_I_WIDTH;
    int left = s->k - *first;
    return left < KARVAN_I_WIDTH ? left : KARVAN_I_WIDTH;
}
/* Where it begins. */
static inline size_t karvan_i_newton_at(const karvan_i_newton *s, int batch) {
    return (size_t)batch * KARVAN_I_WIDTH * (size_t)s->a.unknowns;
}
#endif
