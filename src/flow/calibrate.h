#ifndef KARVAN_SRC_FLOW_CALIBRATE_H
#define KARVAN_SRC_FLOW_CALIBRATE_H
#include "karvan/demand.h"

/* Over trips above 0; NaN: there are none. */
double karvan_i_mean_cost(const karvan_distribution *d, const double *trips);
/* 2 sum of n ln(n/t) - n + t. */
double karvan_i_deviance(size_t n, const double *observed, const double *trips);
/* `d` has the observed sums; both have been checked. */
karvan_status karvan_i_calibrate_bins(const karvan_distribution *d, const double *observed,
                                      const karvan_balance_options *o,
                                      karvan_deterrence *deterrence, double *trips,
                                      karvan_calibration_stats *stats, karvan_error *err);
#endif
