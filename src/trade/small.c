/* Small symmetric matrices. Jacobi's method is slow for large ones, and exact to the last digits
 * also where eigenvalues are tiny, which is what decides here. */
#include "trade/small.h"

#include <math.h>
#include <string.h>

/* Angle that makes a[p][q] zero. Source: Golub and Van Loan, Matrix Computations, 8.5.2. */
static void rotation(double app, double apq, double aqq, double *c, double *s) {
    double tau = (aqq - app) / (2 * apq);
    double t = tau >= 0 ? 1 / (tau + sqrt(1 + tau * tau)) : -1 / (-tau + sqrt(1 + tau * tau));
    *c = 1 / sqrt(1 + t * t), *s = t * *c;
}

static void rotate_rows(int n, double *a, int p, int q, double c, double s) {
    double *x = a + (size_t)p * (size_t)n, *y = a + (size_t)q * (size_t)n;
    for (int k = 0; k < n; k++) {
        double u = x[k], v = y[k];
        x[k] = c * u - s * v, y[k] = s * u + c * v;
    }
}
static void rotate_columns(int n, double *a, int p, int q, double c, double s) {
    for (int k = 0; k < n; k++) {
        double *r = a + (size_t)k * (size_t)n, u = r[p], v = r[q];
        r[p] = c * u - s * v, r[q] = s * u + c * v;
    }
}

/* One round over all pairs; false when there was nothing to do. */
static bool sweep(int n, double *a, double *vector) {
    bool any = false;
    for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
            double apq = a[p * n + q], app = a[p * n + p], aqq = a[q * n + q];
            if (fabs(apq) <= 1e-16 * sqrt(fabs(app * aqq)) || fabs(apq) < 1e-300) continue;
            double c, s;
            rotation(app, apq, aqq, &c, &s);
            rotate_rows(n, a, p, q, c, s);
            rotate_columns(n, a, p, q, c, s);
            rotate_rows(n, vector, p, q, c, s);
            a[p * n + q] = a[q * n + p] = 0;
            any = true;
        }
    }
    return any;
}

void karvan_i_small_eigen(int n, double *a, double *value, double *vector) {
    enum { ROUNDS = 30 }; /* ten are the rule */
    memset(vector, 0, sizeof *vector * (size_t)n * (size_t)n);
    for (int i = 0; i < n; i++) vector[i * n + i] = 1;
    for (int r = 0; r < ROUNDS && sweep(n, a, vector); r++) continue;
    for (int i = 0; i < n; i++) value[i] = a[i * n + i];
}

/* a = sum over i of value[i] vector[i] vector[i]'. */
static void rebuild(int n, const double *value, const double *vector, double *a) {
    memset(a, 0, sizeof *a * (size_t)n * (size_t)n);
    for (int i = 0; i < n; i++) {
        const double *u = vector + (size_t)i * (size_t)n;
        if (value[i] == 0) continue;
        for (int r = 0; r < n; r++)
            for (int c = 0; c < n; c++) a[r * n + c] += value[i] * u[r] * u[c];
    }
}

void karvan_i_small_pinv(int n, double *a, double cut, double *scratch) {
    double *value = scratch, *vector = scratch + n, largest = 0;
    karvan_i_small_eigen(n, a, value, vector);
    for (int i = 0; i < n; i++) largest = fmax(largest, fabs(value[i]));
    for (int i = 0; i < n; i++) value[i] = fabs(value[i]) > cut * largest ? 1 / value[i] : 0;
    rebuild(n, value, vector, a);
}

void karvan_i_small_inverse(int n, double *a, double cut, double *scratch) {
    double *root = scratch;
    for (int i = 0; i < n; i++) root[i] = a[i * n + i] > 0 ? 1 / sqrt(a[i * n + i]) : 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) a[i * n + j] *= root[i] * root[j];
    karvan_i_small_pinv(n, a, cut, scratch + n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) a[i * n + j] *= root[i] * root[j];
}

void karvan_i_small_product(int n, const double *x, const double *y, double *z) {
    memset(z, 0, sizeof *z * (size_t)n * (size_t)n);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            for (int j = 0; j < n; j++) z[i * n + j] += x[i * n + k] * y[k * n + j];
}

double karvan_i_small_psd(int n, double *a, bool strictly, double least, double *scratch) {
    double *value = scratch, *vector = scratch + n, *old = vector + (size_t)n * (size_t)n;
    double change = 0;
    bool fault = false;
    memcpy(old, a, sizeof *a * (size_t)n * (size_t)n);
    karvan_i_small_eigen(n, a, value, vector);
    for (int i = 0; i < n; i++) fault = fault || (strictly ? !(value[i] > 0) : value[i] < 0);
    for (int i = 0; fault && i < n; i++) value[i] = fmax(value[i], least);
    if (fault) rebuild(n, value, vector, a);
    for (int i = 0; i < n * n; i++) {
        if (fault)
            change = fmax(change, fabs(a[i] - old[i]));
        else
            a[i] = old[i];
    }
    return change;
}

/* Row r of the factor but for its diagonal, of which the rest is given back. l may be a. */
static double eliminate(int n, const double *a, double *l, int r, const bool *out) {
    const double *from = a + (size_t)r * (size_t)n;
    double *row = l + (size_t)r * (size_t)n, rest = from[r];
    for (int c = 0; c < r; c++) {
        const double *of = l + (size_t)c * (size_t)n;
        double s = from[c];
        for (int k = 0; k < c; k++) s -= row[k] * of[k];
        row[c] = out && out[c] ? 0 : s / of[c];
    }
    for (int k = 0; k < r; k++) rest -= row[k] * row[k];
    return rest;
}

void karvan_i_cholesky(int n, const double *a, const double *least, double *l, bool *out) {
    for (int r = 0; r < n; r++) {
        double *row = l + (size_t)r * (size_t)n, rest = eliminate(n, a, l, r, out);
        out[r] = !(rest > least[r]);
        for (int c = out[r] ? 0 : r; c < n; c++) row[c] = 0;
        if (!out[r]) row[r] = sqrt(rest);
    }
}

void karvan_i_cholesky_solve(int n, const double *l, const bool *out, const double *b, double *x) {
    for (int r = 0; r < n; r++) {
        const double *row = l + (size_t)r * (size_t)n;
        double s = b[r];
        for (int c = 0; c < r; c++) s -= row[c] * x[c];
        x[r] = out && out[r] ? 0 : s / row[r];
    }
    for (int r = n - 1; r >= 0; r--) {
        double s = x[r];
        for (int c = r + 1; c < n; c++) s -= l[(size_t)c * (size_t)n + (size_t)r] * x[c];
        x[r] = out && out[r] ? 0 : s / l[(size_t)r * (size_t)n + (size_t)r];
    }
}

bool karvan_i_small_solve(int n, double *a, double cut, double *b) {
    for (int r = 0; r < n; r++) {
        double *pivot = a + (size_t)r * (size_t)n + (size_t)r;
        double rest = eliminate(n, a, a, r, NULL);
        if (!(rest > cut * *pivot) || !(rest > 0)) return false;
        *pivot = sqrt(rest);
    }
    karvan_i_cholesky_solve(n, a, NULL, b, b);
    return true;
}

/* Sums that are finite for whole degrees of freedom; terms are made in logarithms, so that none
 * overflows. Source: Abramowitz and Stegun 26.4.4 and 26.4.5. */
double karvan_i_chi2_tail(double x, int df) {
    if (!(x > 0)) return x <= 0 ? 1 : NAN;
    if (isinf(x)) return 0;
    bool odd = df % 2;
    double h = x / 2, sum = odd ? erfc(sqrt(h)) : 0;
    const double log_gamma_1_5 = -0.12078223763524522;
    double log_term = odd ? 0.5 * log(h) - h - log_gamma_1_5 : -h;
    for (int i = 0; i < df / 2; i++) {
        sum += exp(log_term);
        log_term += log(h) - log(i + (odd ? 1.5 : 1.0));
    }
    return fmin(sum, 1);
}
