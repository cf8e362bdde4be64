#ifndef KARVAN_SRC_FLOW_GAUSS_H
#define KARVAN_SRC_FLOW_GAUSS_H
/* The integral of f over [from, to] by the 16 points of Gauss and Legendre: exact for polynomials
 * up to degree 31; of what is analytic within r half-lengths of the middle, r > 1, the relative
 * error is about (r + sqrt(r^2 - 1))^-32. */
double karvan_i_gauss(double (*f)(const void *ctx, double x), const void *ctx, double from,
                      double to);
#endif
