#ifndef KARVAN_SRC_FLOW_ESTIMATE_H
#define KARVAN_SRC_FLOW_ESTIMATE_H
/* Estimation from counts, inside. Unknowns are cells, then constants; slopes are kept by unknown.
 */
#include "karvan/demand.h"

/* What of it is not 0, by columns (unknowns). */
typedef struct karvan_i_slopes {
    int32_t n_rows, n_columns;
    int64_t *first; /* [n_columns + 1] */
    int32_t *row;
    double *value;
} karvan_i_slopes;
/* `cell` is [n_rows][n_cells], `constant` [n_rows][n_columns - n_cells]. */
karvan_status karvan_i_slopes_make(const double *cell, int32_t n_cells, const double *constant,
                                   int32_t n_constants, int32_t n_rows, karvan_i_slopes *out,
                                   karvan_error *err);
void karvan_i_slopes_clear(karvan_i_slopes *s);
/* out[row] += sum of slopes times x; out[column] = sum of slopes times y. */
void karvan_i_slopes_add(const karvan_i_slopes *s, const double *x, double *out);
void karvan_i_slopes_across(const karvan_i_slopes *s, const double *y, double *out);

/* Standard error of an unknown before the counts, in its own unit; 0: it is fixed. */
double karvan_i_prior_error(const karvan_estimate_problem *p, int32_t k);
/* How fast an unknown yields to the price of counts: its variance at the value x. */
double karvan_i_yield(const karvan_estimate_problem *p, karvan_estimate_method m, int32_t k,
                      double x);
/* a = sum over unknowns of yield slope slope', and the squared errors of the counts besides. */
void karvan_i_spread(const karvan_estimate_problem *p, const karvan_i_slopes *j,
                     const double *yield, double *a);
/* The unknowns nearest to prior and target together, slopes held: x [n_columns]; `price`
 * [n_counts] is where the search starts, and what it ends with. */
karvan_status karvan_i_estimate_round(const karvan_estimate_problem *p, karvan_estimate_method m,
                                      const karvan_i_slopes *j, const double *target, double *price,
                                      double *x, karvan_error *err);
/* Errors, fit and contradictions of what stands in e. `left` [n_counts]: counts less what is
 * modelled, at the minimum under these slopes. */
karvan_status karvan_i_estimate_judge(const karvan_estimate_problem *p, karvan_estimate_method m,
                                      const karvan_i_slopes *j, const double *left,
                                      karvan_estimate *e, karvan_error *err);
karvan_status karvan_i_estimate_check(const karvan_estimate_problem *p, karvan_error *err);
#endif
