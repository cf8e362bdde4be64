#ifndef KARVAN_SRC_FLOW_DISTRIBUTION_H
#define KARVAN_SRC_FLOW_DISTRIBUTION_H
/* The gravity model's parts, for calibration. */
#include "karvan/demand.h"

/* Sizes, weights and costs are in range; what the deterrence asks of costs. Sums are looked at by
 * karvan_i_distribution_run. */
karvan_status karvan_i_distribution_check(const karvan_distribution *d,
                                          const karvan_deterrence *deterrence, karvan_error *err);
/* The rest of karvan_distribute. */
karvan_status karvan_i_distribution_run(const karvan_distribution *d,
                                        const karvan_deterrence *deterrence,
                                        const karvan_balance_options *o, double *out,
                                        karvan_balance_stats *stats, karvan_error *err);
/* Logarithm of the deterrence; -INFINITY: none goes. */
double karvan_i_deterrence_log(const karvan_deterrence *d, double cost);
/* How much an end that is not held to a sum draws a pair; 1 where both are held. */
double karvan_i_distribution_weight(const karvan_distribution *d, int32_t i, int32_t j);
int karvan_i_deterrence_bin(const karvan_deterrence *d, double cost);
#endif
