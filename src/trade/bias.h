#ifndef KARVAN_SRC_TRADE_BIAS_H
#define KARVAN_SRC_TRADE_BIAS_H
/* Parts of the correction for incidental parameters. */
#include "trade/panel.h"

/* sum: [k] bias of the scores of the coefficients, both sides together; the bias of the
 * coefficients is bread times it. KARVAN_E_NOMEM. */
karvan_status karvan_i_bias_scores(const karvan_i_panel *p, double *sum, karvan_error *err);
/* omega: [k][k] middle of the sandwich, clustered by pair, with residuals set right for the part of
 * their own pair's noise that effects and coefficients follow. exact: from the whole information
 * matrix, else from one round of projections. The same bytes for any number of threads. */
karvan_status karvan_i_bias_omega(const karvan_i_panel *p, const double *bread, bool exact,
                                  int threads, double *omega, karvan_error *err);
/* The factor of karvan_gravity_vcov for one way of clustering. */
karvan_status karvan_i_cluster_factor(const karvan_gravity *g, karvan_ssc ssc,
                                      const karvan_i_effect *cluster, double *factor,
                                      karvan_error *err);
#endif
