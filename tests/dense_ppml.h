#ifndef KARVAN_TESTS_DENSE_PPML_H
#define KARVAN_TESTS_DENSE_PPML_H
/* Poisson regression, and least squares, with every dummy written out as a column: slow, obvious,
 * nothing of it shared with the library. Columns that depend on those before them are found by
 * orthogonalising one after another in long double; Newton's method runs until no linear predictor
 * moves any more. For some hundreds of rows and columns. Include cmocka before. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct dense_model {
    int n, k, n_effects;
    const double *y;               /* [n] */
    const double *weight, *offset; /* [n]; NULL: 1 and 0 */
    const double *const *x;        /* [k] of [n] */
    const int *const *level;       /* [n_effects] of [n], numbers of any kind */
    const bool *keep;              /* [n], NULL: all rows */
} dense_model;

/* Columns: dummies of the effects, one after another (a constant where there are none), then the
 * regressors. Rows: those kept, in their order. */
typedef struct dense_fit {
    int n, p, k, rank;
    int *row;         /* [n] row of the model */
    bool *used;       /* [p] independent of the columns before */
    double *column;   /* [p][n] */
    double *beta;     /* [p], 0 where not used */
    double *v;        /* [p][p] inverse of X'WX, 0 where not used */
    double *eta, *mu; /* [n]; least squares: both the fitted value */
    double *working;  /* [n] W: weight * mu; least squares: weight */
    double *residual; /* [n] weight * (y - mu) */
    double deviance, loglik, loglik_null;
    int iterations;
    bool converged;
} dense_fit;

static inline void *dense_alloc(size_t n, size_t size) {
    void *p = calloc(n + 1, size);
    assert_non_null(p);
    return p;
}

static inline void dense_clear(dense_fit *f) {
    free(f->row), free(f->used), free(f->column), free(f->beta), free(f->v);
    free(f->eta), free(f->mu), free(f->working), free(f->residual);
    memset(f, 0, sizeof *f);
}

/* Coefficient and covariance of regressors of the model. */
static inline bool dense_used(const dense_fit *f, int j) { return f->used[f->p - f->k + j]; }
static inline double dense_beta(const dense_fit *f, int j) { return f->beta[f->p - f->k + j]; }
static inline double dense_v(const dense_fit *f, int i, int j) {
    return f->v[(f->p - f->k + i) * f->p + f->p - f->k + j];
}

/* Different numbers of one effect in the kept rows, in order of appearance. */
static inline int dense_levels(const dense_fit *f, const int *level, int *of_row) {
    int levels = 0;
    for (int i = 0; i < f->n; i++) {
        of_row[i] = -1;
        for (int j = 0; j < i && of_row[i] < 0; j++)
            if (level[f->row[j]] == level[f->row[i]]) of_row[i] = of_row[j];
        if (of_row[i] < 0) of_row[i] = levels++;
    }
    return levels;
}

static inline void dense_columns(const dense_model *m, dense_fit *f) {
    int *of_row = dense_alloc((size_t)f->n, sizeof *of_row), at = 0;
    f->p = m->k + (m->n_effects == 0);
    for (int e = 0; e < m->n_effects; e++) f->p += dense_levels(f, m->level[e], of_row);
    f->column = dense_alloc((size_t)f->p * (size_t)f->n, sizeof *f->column);
    for (int i = 0; m->n_effects == 0 && i < f->n; i++) f->column[i] = 1;
    at += m->n_effects == 0;
    for (int e = 0; e < m->n_effects; e++) {
        int levels = dense_levels(f, m->level[e], of_row);
        for (int i = 0; i < f->n; i++) f->column[(at + of_row[i]) * f->n + i] = 1;
        at += levels;
    }
    for (int j = 0; j < m->k; j++, at++)
        for (int i = 0; i < f->n; i++) f->column[at * f->n + i] = m->x[j][f->row[i]];
    free(of_row);
}

static inline long double dense_dot(int n, const long double *a, const long double *b) {
    long double s = 0;
    for (int i = 0; i < n; i++) s += a[i] * b[i];
    return s;
}

/* Takes from q[j] what q[0..j) explain, twice, since once leaves rounding behind. r[i] grows by the
 * parts taken; the norms before and after are given. */
static inline long double dense_orthogonal(int n, long double *const *q, int j, long double *r,
                                           long double *before) {
    *before = sqrtl(dense_dot(n, q[j], q[j]));
    for (int twice = 0; twice < 2; twice++)
        for (int i = 0; i < j; i++) {
            long double part = dense_dot(n, q[i], q[j]);
            for (int a = 0; a < n; a++) q[j][a] -= part * q[i][a];
            r[i] += part;
        }
    return sqrtl(dense_dot(n, q[j], q[j]));
}

/* Which columns are independent of those before: what is left of one is above 1e-9 of it. */
static inline void dense_rank(dense_fit *f) {
    long double **q = dense_alloc((size_t)f->p, sizeof *q), before;
    long double *r = dense_alloc((size_t)f->p, sizeof *r);
    for (int j = 0; j < f->p; j++) {
        long double *c = dense_alloc((size_t)f->n, sizeof *c);
        for (int i = 0; i < f->n; i++) c[i] = f->column[j * f->n + i];
        q[f->rank] = c;
        long double left = dense_orthogonal(f->n, q, f->rank, r, &before);
        f->used[j] = before > 0 && left > 1e-9L * before;
        for (int i = 0; i < f->n && f->used[j]; i++) c[i] /= left;
        if (f->used[j])
            f->rank++;
        else
            free(c);
    }
    for (int j = 0; j < f->rank; j++) free(q[j]);
    free(q), free(r);
}

/* Least squares of target on the used columns with weights f->working, by QR; beta and v. */
static inline void dense_solve(dense_fit *f, const long double *target, long double *beta) {
    int n = f->n, r = f->rank, at = 0;
    long double **q = dense_alloc((size_t)r, sizeof *q), before;
    long double *R = dense_alloc((size_t)(r * r), sizeof *R); /* [column][row] */
    long double *inverse = dense_alloc((size_t)(r * r), sizeof *inverse);
    long double *qy = dense_alloc((size_t)r, sizeof *qy);
    int *of = dense_alloc((size_t)r, sizeof *of);
    for (int j = 0; j < f->p; j++)
        if (f->used[j]) of[at++] = j;
    for (int j = 0; j < r; j++) {
        q[j] = dense_alloc((size_t)n, sizeof **q);
        for (int i = 0; i < n; i++)
            q[j][i] = sqrtl((long double)f->working[i]) * f->column[of[j] * n + i];
        long double left = dense_orthogonal(n, q, j, R + j * r, &before);
        R[j * r + j] = left;
        for (int i = 0; i < n; i++) q[j][i] /= left;
        for (int i = 0; i < n; i++)
            qy[j] += q[j][i] * sqrtl((long double)f->working[i]) * target[i];
    }
    memset(beta, 0, sizeof *beta * (size_t)f->p);
    for (int i = r - 1; i >= 0; i--) { /* R beta = Q'y; the inverse of R row by row */
        long double b = qy[i];
        for (int j = i + 1; j < r; j++) b -= R[j * r + i] * beta[of[j]];
        beta[of[i]] = b / R[i * r + i];
        for (int c = i; c < r; c++) {
            long double s = c == i;
            for (int j = i + 1; j <= c; j++) s -= R[j * r + i] * inverse[j * r + c];
            inverse[i * r + c] = s / R[i * r + i];
        }
    }
    for (int i = 0; i < r; i++)
        for (int j = 0; j < r; j++) {
            long double s = 0;
            for (int c = i > j ? i : j; c < r; c++) s += inverse[i * r + c] * inverse[j * r + c];
            f->v[of[i] * f->p + of[j]] = (double)s;
        }
    for (int j = 0; j < r; j++) free(q[j]);
    free(q), free(R), free(inverse), free(qy), free(of);
}

static inline double dense_weight(const dense_model *m, const dense_fit *f, int i) {
    return m->weight ? m->weight[f->row[i]] : 1;
}

static inline long double dense_deviance(const dense_model *m, const dense_fit *f,
                                         const long double *eta) {
    long double d = 0;
    for (int i = 0; i < f->n; i++) {
        long double y = m->y[f->row[i]], mu = expl(eta[i]);
        d += 2 * dense_weight(m, f, i) * ((y > 0 ? y * (logl(y) - eta[i]) : 0) - (y - mu));
    }
    return d;
}

static inline void dense_newton(const dense_model *m, dense_fit *f) {
    int n = f->n;
    long double *eta = dense_alloc((size_t)n, sizeof *eta),
                *next = dense_alloc((size_t)n, sizeof *next);
    long double *target = dense_alloc((size_t)n, sizeof *target);
    long double *beta = dense_alloc((size_t)f->p, sizeof *beta), mean = 0;
    for (int i = 0; i < n; i++) mean += m->y[f->row[i]] / (long double)n;
    for (int i = 0; i < n; i++) eta[i] = logl((m->y[f->row[i]] + mean) / 2);
    long double deviance = INFINITY;
    for (f->iterations = 0; f->iterations < 500 && !f->converged; f->iterations++) {
        for (int i = 0; i < n; i++) {
            long double mu = expl(eta[i]);
            f->working[i] = (double)(dense_weight(m, f, i) * mu);
            target[i] =
                eta[i] - (m->offset ? m->offset[f->row[i]] : 0) + (m->y[f->row[i]] - mu) / mu;
        }
        dense_solve(f, target, beta);
        for (int i = 0; i < n; i++) {
            next[i] = m->offset ? m->offset[f->row[i]] : 0;
            for (int j = 0; j < f->p; j++) next[i] += beta[j] * f->column[j * n + i];
        }
        long double then = dense_deviance(m, f, next), share = 1;
        for (int half = 0; half < 60 && !(then <= deviance + 1e-9L * (1 + deviance)); half++) {
            share /= 2; /* a full step went too far */
            for (int i = 0; i < n; i++) next[i] = (next[i] + eta[i]) / 2;
            then = dense_deviance(m, f, next);
        }
        long double moved = 0;
        for (int i = 0; i < n; i++)
            moved = fmaxl(moved, fabsl(next[i] - eta[i]) / fmaxl(1, fabsl(next[i])));
        for (int i = 0; i < n; i++) eta[i] = next[i];
        deviance = then, f->converged = share == 1 && moved < 1e-13L && f->iterations > 1;
    }
    f->deviance = (double)deviance;
    for (int i = 0; i < n; i++) f->eta[i] = (double)eta[i], f->mu[i] = (double)expl(eta[i]);
    for (int j = 0; j < f->p; j++) f->beta[j] = (double)beta[j];
    free(eta), free(next), free(target), free(beta);
}

static inline void dense_likelihood(const dense_model *m, dense_fit *f) {
    long double y_sum = 0, w_sum = 0, ll = 0, null = 0;
    for (int i = 0; i < f->n; i++) {
        long double w = dense_weight(m, f, i);
        y_sum += w * m->y[f->row[i]], w_sum += w;
    }
    for (int i = 0; i < f->n; i++) {
        long double w = dense_weight(m, f, i), y = m->y[f->row[i]], mean = y_sum / w_sum;
        ll += w * (y * f->eta[i] - f->mu[i] - lgammal(y + 1));
        null += w * (y * logl(mean) - mean - lgammal(y + 1)); /* a constant alone, no offset */
    }
    f->loglik = (double)ll, f->loglik_null = (double)null;
}

static inline dense_fit dense_begin(const dense_model *m) {
    dense_fit f = {.k = m->k};
    f.row = dense_alloc((size_t)m->n, sizeof *f.row);
    for (int i = 0; i < m->n; i++)
        if (!m->keep || m->keep[i]) f.row[f.n++] = i;
    dense_columns(m, &f);
    f.used = dense_alloc((size_t)f.p, sizeof *f.used);
    f.beta = dense_alloc((size_t)f.p, sizeof *f.beta);
    f.v = dense_alloc((size_t)f.p * (size_t)f.p, sizeof *f.v);
    f.eta = dense_alloc((size_t)f.n, sizeof *f.eta), f.mu = dense_alloc((size_t)f.n, sizeof *f.mu);
    f.working = dense_alloc((size_t)f.n, sizeof *f.working);
    f.residual = dense_alloc((size_t)f.n, sizeof *f.residual);
    dense_rank(&f);
    return f;
}

/* PPML. The estimates must exist: separated rows are the caller's to leave out. */
static inline dense_fit dense_ppml(const dense_model *m) {
    dense_fit f = dense_begin(m);
    dense_newton(m, &f);
    dense_likelihood(m, &f);
    for (int i = 0; i < f.n; i++) {
        f.working[i] = dense_weight(m, &f, i) * f.mu[i];
        f.residual[i] = dense_weight(m, &f, i) * (m->y[f.row[i]] - f.mu[i]);
    }
    return f;
}

/* Least squares of y as given (take its logarithm first). deviance: weighted sum of squares. */
static inline dense_fit dense_ols(const dense_model *m) {
    dense_fit f = dense_begin(m);
    long double *target = dense_alloc((size_t)f.n, sizeof *target);
    long double *beta = dense_alloc((size_t)f.p, sizeof *beta), sum = 0;
    for (int i = 0; i < f.n; i++) {
        target[i] = m->y[f.row[i]] - (m->offset ? m->offset[f.row[i]] : 0);
        f.working[i] = dense_weight(m, &f, i);
    }
    dense_solve(&f, target, beta);
    for (int i = 0; i < f.n; i++) {
        long double fit = m->offset ? m->offset[f.row[i]] : 0;
        for (int j = 0; j < f.p; j++) fit += beta[j] * f.column[j * f.n + i];
        long double e = m->y[f.row[i]] - fit;
        f.eta[i] = f.mu[i] = (double)fit, f.residual[i] = (double)(f.working[i] * e);
        sum += f.working[i] * e * e;
    }
    for (int j = 0; j < f.p; j++) f.beta[j] = (double)beta[j];
    f.deviance = (double)sum, f.converged = true;
    free(target), free(beta);
    return f;
}
#endif
