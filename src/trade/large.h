#ifndef KARVAN_SRC_TRADE_LARGE_H
#define KARVAN_SRC_TRADE_LARGE_H
/* A large symmetric matrix, positive semi-definite, inverted in its place. */
#include "karvan/base.h"

/**
 * Symmetric generalised inverse: unknowns that depend on those before them have rows and columns of
 * zeros, as if they were left out.
 * @param s     [n][n]; the lower triangle is read, all of it written
 * @param scale [n] size of each diagonal cell before cancellation; a pivot of less than cut times
 *              it counts as 0
 * @param threads the same bytes for any number
 * @retval KARVAN_E_NOMEM
 * Cost: n^3 / 2 multiplications.
 */
karvan_status karvan_i_large_inverse(int32_t n, double *s, const double *scale, double cut,
                                     int threads, karvan_error *err);
#endif
