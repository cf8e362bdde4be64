#ifndef KARVAN_SRC_TRADE_SOLUTION_H
#define KARVAN_SRC_TRADE_SOLUTION_H
/* What it takes to solve a whole economy, group by group; many solutions can use one solver after
 * one another. */
#include "trade/economy.h"
#include "trade/market.h"

typedef struct karvan_i_solver {
    const karvan_economy *economy;
    karvan_i_market market;
    int32_t *member;     /* [n] countries of the group at hand */
    double *flow;        /* [n][n] where changes start: as given, or balanced */
    double *share;       /* [n][n] of flow in the importer's spending */
    double *y, *e;       /* [n] sums of flow */
    double *effect;      /* [n][n] exp(change) */
    double *partial;     /* [n_touched] change of ln trade at given prices */
    double *change;      /* [n_touched] exp of it, or of a part */
    const double *given; /* [n_touched] it, where coefficients do not make it; NULL */
    double *x;           /* [n] ln of prices */
    double *start;       /* [n] where iterations begin; 0 unless set */
    double *q, *a;       /* [n] price^-theta; price index^-theta */
    double *spending;    /* [n] new over old */
    double *scale;       /* [n] sales over output in the country's group */
    double *value;       /* [KARVAN_RESULT_END][n] */
    /* Where many small changes are solved for under the same elasticities. */
    double *inverse;             /* [n][n] of groups' Jacobians at no change; NULL: not kept */
    double inverse_theta;        /* of what; 0: not yet, or there is none */
    double base_theta, base_psi; /* elasticities under which flow was balanced; 0: not yet */
    karvan_equilibrium_stats stats;
    bool changed;     /* changes are in force; not while flows are balanced */
    int32_t negative; /* country whose spending stood in the way, -1 */
} karvan_i_solver;

karvan_status karvan_i_solver_init(karvan_i_solver *w, const karvan_economy *e, karvan_error *err);
void karvan_i_solver_clear(karvan_i_solver *w);
/* From now on Jacobians at no change are kept, and solutions of small changes are sought by them:
 * the same to the tolerance, in a fifth of the steps. KARVAN_E_NOMEM. */
karvan_status karvan_i_solver_keep(karvan_i_solver *w, karvan_error *err);
/* KARVAN_E_ARG: options out of range. */
karvan_status karvan_i_equilibrium_check(const karvan_economy *e,
                                         const karvan_equilibrium_options *o, karvan_error *err);
/* Solve under options: results in w->value, ratios of trade by karvan_i_solver_ratio.
 * KARVAN_E_NOCONV: the best iterate stands there all the same. */
karvan_status karvan_i_solver_run(karvan_i_solver *w, const karvan_equilibrium_options *o,
                                  karvan_error *err);
/* Trade of a pair, new over old. */
static inline double karvan_i_solver_ratio(const karvan_i_solver *w, size_t i, size_t j) {
    size_t n = (size_t)w->economy->n;
    return w->effect[i * n + j] * w->q[i] / w->a[j] * w->spending[j];
}
/* [n_touched] changes of ln trade at given prices that a solution was made of. */
const double *karvan_i_equilibrium_partial(const karvan_equilibrium *q);
/* [n_changes] coefficients that it was solved under. */
const double *karvan_i_equilibrium_beta(const karvan_equilibrium *q);
/* Results out of prices w->x (solution_results.c). */
void karvan_i_solver_results(karvan_i_solver *w, const karvan_equilibrium_options *o);
#endif
