#ifndef KARVAN_SRC_TRADE_SMALL_H
#define KARVAN_SRC_TRADE_SMALL_H
/* Symmetric matrices of at most a few hundred rows, [n][n] row by row, and the tail of chi-squared.
 * Nothing here allocates. */
#include <stdbool.h>

/* Eigenvalues (in no order) and eigenvectors: row i of vector belongs to value[i]. Cyclic Jacobi;
 * a is destroyed. */
void karvan_i_small_eigen(int n, double *a, double *value, double *vector);
/* a becomes its Moore-Penrose inverse; eigenvalues within cut of the largest count as 0. scratch:
 * [n (n + 1)]. */
void karvan_i_small_pinv(int n, double *a, double cut, double *scratch);
/* The same but for scaling to a unit diagonal first, so that rows of small numbers count like
 * others: a generalised inverse. scratch: [n (n + 2)]. */
void karvan_i_small_inverse(int n, double *a, double cut, double *scratch);
/* z = x y. */
void karvan_i_small_product(int n, const double *x, const double *y, double *z);
/* Eigenvalues below 0 (or not above, where strictly) become `least`. Largest change of a cell;
 * scratch: [n (2 n + 1)]. */
double karvan_i_small_psd(int n, double *a, bool strictly, double least, double *scratch);
/* Cholesky factor of a (only its lower triangle is read) into l. A column whose pivot is not above
 * least[j] is left out: out[j] is set, its row and column of l are zero. */
void karvan_i_cholesky(int n, const double *a, const double *least, double *l, bool *out);
/* x = a^-1 b by the factor; 0 where left out (NULL: nowhere). x may be b. */
void karvan_i_cholesky_solve(int n, const double *l, const bool *out, const double *b, double *x);
/* Solve a x = b by Cholesky for a positive definite; b becomes x, a is destroyed. False, and b is
 * as it was, where a pivot falls below cut times its diagonal. */
bool karvan_i_small_solve(int n, double *a, double cut, double *b);
/* P(X > x) of chi-squared with df >= 1 degrees of freedom; 1 for x <= 0. */
double karvan_i_chi2_tail(double x, int df);
#endif
