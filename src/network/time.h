#ifndef KARVAN_SRC_NETWORK_TIME_H
#define KARVAN_SRC_NETWORK_TIME_H
/* Distributions of hours on a grid: mass p[k] at (start + k) steps. */
#include "karvan/base.h"

typedef struct karvan_i_pmf {
    int64_t start; /* grid index of p[0] */
    int64_t n;
    double *p; /* [n], sums to 1 */
} karvan_i_pmf;

void karvan_i_pmf_clear(karvan_i_pmf *d);
/* Room for n points from grid index start on, all of mass 0. KARVAN_E_ARG: more than a sensible
 * step would need; KARVAN_E_NOMEM. */
karvan_status karvan_i_pmf_make(karvan_i_pmf *d, double start, double n, karvan_error *err);
/* All mass at h hours, split over the two neighbours so that the mean is exact. */
karvan_status karvan_i_pmf_constant(double h, double step_h, karvan_i_pmf *out, karvan_error *err);
/* Lognormal from its median and shape sigma; the mean on the grid is the exact one. */
karvan_status karvan_i_pmf_lognormal(double median_h, double sigma, double step_h,
                                     karvan_i_pmf *out, karvan_error *err);
/* Mass of each step from a distribution function that is 0 below 0 and all but 1 at reach_h; the
 * mean on the grid is the one given. */
karvan_status karvan_i_pmf_of_cdf(double (*cdf)(double x_h, const void *ctx), const void *ctx,
                                  double reach_h, double mean_h, double step_h, karvan_i_pmf *out,
                                  karvan_error *err);
/* Move the whole distribution so that its mean is mean_h: by whole steps and a split. */
karvan_status karvan_i_pmf_set_mean(karvan_i_pmf *d, double mean_h, double step_h,
                                    karvan_error *err);
/* out = a + b for independent a and b; tails below 1e-13 are cut and the rest scaled to 1. */
karvan_status karvan_i_pmf_convolve(const karvan_i_pmf *a, const karvan_i_pmf *b, karvan_i_pmf *out,
                                    karvan_error *err);
double karvan_i_pmf_mean_h(const karvan_i_pmf *d, double step_h);
/* Linear between grid points. q in (0,1). */
double karvan_i_pmf_quantile_h(const karvan_i_pmf *d, double q, double step_h);
/* Regularised lower incomplete gamma P(a,x), a > 0, x >= 0, to 1e-13. Series below a+1, Lentz's
 * continued fraction above. Source: Abramowitz and Stegun 6.5.29, 6.5.31. */
double karvan_i_gamma_p(double a, double x);
#endif
