#ifndef KARVAN_TESTS_FIXEST_REPLAY_H
#define KARVAN_TESTS_FIXEST_REPLAY_H
/* Poisson regression of fixest's trade data on log(dist_km) and four effects, a second time:
 * dummies in one matrix, normal equations, and the iterations of fixest. It starts from y + 0.1,
 * stops when the deviance moves by less than 1e-8 of itself, and makes its standard errors of the
 * last weighted least squares, weights and residuals alike. These weights are those that the
 * iteration began with; some iterations later that makes no difference. Used by conf_gravity.c.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <math.h>
#include <string.h>

#include "karvan/table.h"
#include "table/cell.h"

/* Factors as bits: a cluster is a set of factors, rows that are alike in all of them. */
enum { REPLAY_FACTORS = 4, REPLAY_COLUMNS = 1 + 15 + 15 + 20 + 10 };
enum { REPLAY_ORIGIN = 1, REPLAY_DESTINATION = 2, REPLAY_PRODUCT = 4, REPLAY_YEAR = 8 };

static const int REPLAY_LEVELS[REPLAY_FACTORS] = {15, 15, 20, 10};
static const int REPLAY_FIRST[REPLAY_FACTORS] = {1, 16, 31, 51}; /* column of its first dummy */

typedef struct replay {
    int64_t n;
    double *y, *x, *eta, *mu; /* [n] */
    double *score;            /* [n] what the row moves the coefficient of x by */
    int *level;               /* [n][REPLAY_FACTORS] from 0 */
    double inverse[REPLAY_COLUMNS * REPLAY_COLUMNS];
    double beta[REPLAY_COLUMNS]; /* of x, then of the dummies */
    double deviance;
} replay;

/* False without memory, or where the table is another; close it either way. */
static inline bool replay_open(replay *r, const karvan_table *t) {
    static const char *const name[REPLAY_FACTORS] = {"Origin", "Destination", "Product", "Year"};
    static const int smallest[REPLAY_FACTORS] = {0, 0, 1, 2007};
    size_t n = (size_t)karvan_table_rows(t);
    *r = (replay){.n = (int64_t)n};
    r->y = calloc(n, sizeof *r->y), r->x = calloc(n, sizeof *r->x);
    r->eta = calloc(n, sizeof *r->eta), r->mu = calloc(n, sizeof *r->mu);
    r->score = calloc(n, sizeof *r->score);
    r->level = calloc(n * REPLAY_FACTORS, sizeof *r->level);
    if (!r->y || !r->x || !r->eta || !r->mu || !r->score || !r->level) return false;
    for (int64_t i = 0; i < r->n; i++) {
        r->y[i] = karvan_i_cell_real(t, "Euros", i);
        r->x[i] = log(karvan_i_cell_real(t, "dist_km", i));
        r->mu[i] = r->y[i] + 0.1, r->eta[i] = log(r->mu[i]);
        for (int f = 0; f < REPLAY_FACTORS; f++) {
            int c = karvan_table_find(t, name[f]);
            if (c < 0) return false;
            bool text = karvan_table_column(t, c).type == KARVAN_TEXT;
            int64_t is = text ? karvan_table_code(t, c, i) : karvan_table_int(t, c, i);
            if (is < smallest[f] || is >= smallest[f] + REPLAY_LEVELS[f]) return false;
            r->level[i * REPLAY_FACTORS + f] = (int)(is - smallest[f]);
        }
    }
    return true;
}

static inline void replay_close(replay *r) {
    free(r->y), free(r->x), free(r->eta), free(r->mu), free(r->score), free(r->level);
}

/* Gauss-Jordan on a positive semi-definite matrix; columns without a pivot are left out. */
static inline void replay_invert(double *a) {
    enum { N = REPLAY_COLUMNS };
    bool out[N] = {false};
    double scale[N];
    for (int k = 0; k < N; k++) scale[k] = a[k * N + k];
    for (int k = 0; k < N; k++) {
        double d = a[k * N + k];
        out[k] = !(d > 1e-9 * scale[k]);
        if (out[k]) continue;
        for (int i = 0; i < N; i++) {
            double f = a[i * N + k] / d;
            if (i == k) continue;
            for (int j = 0; j < N; j++)
                if (j != k) a[i * N + j] -= f * a[k * N + j];
            a[i * N + k] = -f;
        }
        for (int j = 0; j < N; j++)
            if (j != k) a[k * N + j] /= d;
        a[k * N + k] = 1 / d;
    }
    for (int k = 0; k < N; k++)
        for (int j = 0; out[k] && j < N; j++) a[k * N + j] = a[j * N + k] = 0;
}

/* The row of the design matrix: x and a one for every factor. */
static inline void replay_row(const replay *r, int64_t i, int *column, double *value) {
    column[0] = 0, value[0] = r->x[i];
    for (int f = 0; f < REPLAY_FACTORS; f++)
        column[f + 1] = REPLAY_FIRST[f] + r->level[i * REPLAY_FACTORS + f], value[f + 1] = 1;
}

/* What the weighted least squares explains. */
static inline double replay_working(const replay *r, int64_t i) {
    return r->eta[i] + (r->y[i] - r->mu[i]) / r->mu[i];
}

/* Inverse and coefficients of the weighted least squares that an iteration is. */
static inline void replay_solve(replay *r) {
    enum { N = REPLAY_COLUMNS, CELLS = REPLAY_FACTORS + 1 };
    double rhs[N] = {0}, value[CELLS];
    int column[CELLS];
    memset(r->inverse, 0, sizeof r->inverse), memset(r->beta, 0, sizeof r->beta);
    for (int64_t i = 0; i < r->n; i++) {
        double z = replay_working(r, i);
        replay_row(r, i, column, value);
        for (int a = 0; a < CELLS; a++) {
            rhs[column[a]] += r->mu[i] * value[a] * z;
            for (int c = 0; c < CELLS; c++)
                r->inverse[column[a] * N + column[c]] += r->mu[i] * value[a] * value[c];
        }
    }
    replay_invert(r->inverse);
    for (int a = 0; a < N; a++)
        for (int c = 0; c < N; c++) r->beta[a] += r->inverse[a * N + c] * rhs[c];
}

static inline void replay_step(replay *r) {
    enum { CELLS = REPLAY_FACTORS + 1 };
    double value[CELLS];
    int column[CELLS];
    replay_solve(r);
    r->deviance = 0;
    for (int64_t i = 0; i < r->n; i++) {
        double y = r->y[i], w = r->mu[i], z = replay_working(r, i), eta = 0, move = 0;
        replay_row(r, i, column, value);
        for (int a = 0; a < CELLS; a++)
            eta += r->beta[column[a]] * value[a], move += r->inverse[column[a]] * value[a];
        r->eta[i] = eta, r->mu[i] = exp(eta), r->score[i] = move * w * (z - eta);
        r->deviance += 2 * ((y > 0 ? y * log(y / r->mu[i]) : 0) - (y - r->mu[i]));
    }
}

/* Until fixest stops; false if it does not. */
static inline bool replay_like_fixest(replay *r) {
    for (int i = 0; i < 25; i++) { /* the most that fixest does */
        double before = r->deviance;
        replay_step(r);
        if (i > 0 && fabs(before - r->deviance) < 1e-8 * fabs(r->deviance)) return true;
    }
    return false;
}

/* ---- variances of the coefficient of x, without a factor ---- */

static inline double replay_iid(const replay *r) { return r->inverse[0]; }

static inline double replay_hetero(const replay *r) {
    double v = 0;
    for (int64_t i = 0; i < r->n; i++) v += r->score[i] * r->score[i];
    return v;
}

/* Squares of the sums of scores over the rows alike in these factors; NAN without memory. */
static inline double replay_squares(const replay *r, int factors) {
    size_t n = 1;
    double v = 0;
    for (int f = 0; f < REPLAY_FACTORS; f++)
        if (factors >> f & 1) n *= (size_t)REPLAY_LEVELS[f];
    double *sum = calloc(n, sizeof *sum); /* mixed radix: a digit is the level of a factor */
    if (!sum) return NAN;
    for (int64_t i = 0; i < r->n; i++) {
        size_t at = 0;
        for (int f = 0; f < REPLAY_FACTORS; f++)
            if (factors >> f & 1)
                at = at * (size_t)REPLAY_LEVELS[f] + (size_t)r->level[i * REPLAY_FACTORS + f];
        sum[at] += r->score[i];
    }
    for (size_t c = 0; c < n; c++) v += sum[c] * sum[c];
    free(sum);
    return v;
}

/* Clustered m ways, way[m] sets of factors: over all sets of ways, + for an odd number of them, -
 * for an even one. Clusters of several ways are alike in the factors of all of them. */
static inline double replay_clustered(const replay *r, int m, const int *way) {
    double v = 0;
    for (int set = 1; set < 1 << m; set++) {
        int factors = 0, sign = -1;
        for (int j = 0; j < m; j++)
            if (set >> j & 1) factors |= way[j], sign = -sign;
        v += sign * replay_squares(r, factors);
    }
    return v;
}
#endif
