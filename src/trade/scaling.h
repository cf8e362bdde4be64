#ifndef KARVAN_SRC_TRADE_SCALING_H
#define KARVAN_SRC_TRADE_SCALING_H
/* Factors of rows and columns that give a matrix the sums it is told to have, and the equations of
 * a graph that this and other smoothing needs. */
#include "karvan/base.h"

/* Where the steps ended. */
typedef struct karvan_i_scaling {
    double residual; /* largest |ln| of a column's sum over what it is told to be; rows are exact */
    double doubt;    /* most by which ln c may be off, within a part, if sums are only so exact */
    int sweeps, newton_steps;
} karvan_i_scaling;

/**
 * r and c above 0 such that m_ij r_i c_j has the sums `row` and `column`.
 * @param m  [n][n], 0 or above: some matrix with these sums is above 0 where m is, and only there
 * @param row, column  [n] above 0, of the same sum in each part that hangs together
 * @param exact  relative error that each of the sums may have; rounding is one in any case
 * @param[in,out] c  [n] where to begin; in each part one factor of c is free, and stays near that
 * @param[out] r  [n]
 * @retval KARVAN_E_NOCONV they were not found, numbers overflow, or doubt is above 1e-4: parts hang
 * together by so little that sums do not tell what lies between them; KARVAN_E_NOMEM
 * Cost: a few sweeps of O(n^2), then Newton steps of O(n^3), half a dozen mostly.
 */
karvan_status karvan_i_scale(int32_t n, const double *m, const double *row, const double *column,
                             double exact, double *r, double *c, karvan_i_scaling *how,
                             karvan_error *err);

/**
 * u such that sum over j of w_ij (u_i - u_j) = b_i: a Laplacian, solved without a subtraction of
 * weights, so that parts that hardly hang together keep their digits. u is 0 for the first member
 * of each part that hangs together, whose b is taken for what makes the part's add up to 0.
 * @param w [n][n] symmetric, 0 or above; its diagonal is not read; destroyed
 * @param[in,out] b [m][n] becomes u
 * Cost: n^3 / 3. Source: Grassmann, Taksar and Heyman 1985, Operations Research 33(5).
 */
void karvan_i_laplacian(int32_t n, double *w, int32_t m, double *b);
#endif
