#ifndef KARVAN_TESTS_SEPARATION_ORACLE_H
#define KARVAN_TESTS_SEPARATION_ORACLE_H
/* Which rows of a Poisson regression are separated, by the definition and exactly: row i is when
 * there is a combination z = X g that is 0 wherever y > 0, nowhere negative, and above 0 in row i
 * (Correia, Guimaraes and Zylkin 2019, arXiv 1903.01633). Such z make a cone; the
 * simplex method walks from its point in whole numbers (fraction-free pivots, Bland's rule), so
 * nothing is rounded and the answer is no matter of a tolerance. For some hundreds of rows and
 * small whole numbers: where 128 bits do not hold a pivot the test fails, it never guesses. Include
 * cmocka before. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 oracle_int;

/* d * z[row[i]] = sum over j of at[i][j] * v[j], v[j] the z of a row (col[j]) or, -1, free. */
typedef struct oracle {
    int rows, cols, width;
    int *row, *col;
    oracle_int *at, d;
} oracle;

static inline oracle_int oracle_times(oracle_int a, oracle_int b) {
    oracle_int c;
    if (__builtin_mul_overflow(a, b, &c)) fail_msg("oracle: a pivot is above 128 bits");
    return c;
}

static inline oracle_int *oracle_at(const oracle *o, int i, int j) {
    return o->at + (ptrdiff_t)i * o->width + j;
}

/* v[s] and the z of row r change places. */
static inline void oracle_pivot(oracle *o, int r, int s) {
    oracle_int p = *oracle_at(o, r, s), sign = p < 0 ? -1 : 1;
    for (int i = 0; i < o->rows; i++) {
        oracle_int q = *oracle_at(o, i, s), sum;
        for (int j = 0; j < o->cols && i != r; j++) {
            oracle_int a = oracle_times(p, *oracle_at(o, i, j));
            if (j == s) continue;
            if (__builtin_sub_overflow(a, oracle_times(q, *oracle_at(o, r, j)), &sum))
                fail_msg("oracle: a pivot is above 128 bits");
            *oracle_at(o, i, j) = sign * (sum / o->d);
        }
        if (i != r) *oracle_at(o, i, s) = sign * q;
    }
    for (int j = 0; j < o->cols; j++)
        *oracle_at(o, r, j) = j == s ? sign * o->d : -sign * *oracle_at(o, r, j);
    int was = o->row[r];
    o->row[r] = o->col[s], o->col[s] = was, o->d = sign * p;
}

static inline void oracle_drop_row(oracle *o, int r) {
    int last = --o->rows;
    memmove(oracle_at(o, r, 0), oracle_at(o, last, 0), sizeof *o->at * (size_t)o->cols);
    o->row[r] = o->row[last];
}

static inline void oracle_drop_col(oracle *o, int s) {
    int last = --o->cols;
    for (int i = 0; i < o->rows; i++) *oracle_at(o, i, s) = *oracle_at(o, i, last);
    o->col[s] = o->col[last];
}

/* A free variable that moves row r, -1: none. */
static inline int oracle_free(const oracle *o, int r) {
    for (int j = 0; j < o->cols; j++)
        if (o->col[j] < 0 && *oracle_at(o, r, j) != 0) return j;
    return -1;
}

/* The rows still in play; where y > 0 the z are set to 0 and leave, all free variables too. */
static inline void oracle_begin(oracle *o, int n, int p, const int64_t *x, const bool *positive,
                                const bool *out) {
    o->rows = 0, o->cols = o->width = p, o->d = 1;
    for (int j = 0; j < p; j++) o->col[j] = -1;
    for (int i = 0; i < n; i++) {
        if (out[i]) continue;
        for (int j = 0; j < p; j++) *oracle_at(o, o->rows, j) = x[i * p + j];
        o->row[o->rows++] = i;
    }
    for (int i = 0; i < o->rows;) {
        int s = positive[o->row[i]] ? oracle_free(o, i) : -1;
        if (s >= 0) oracle_pivot(o, i, s), oracle_drop_col(o, s);
        if (s >= 0 || positive[o->row[i]])
            oracle_drop_row(o, i); /* a free variable's row, or a z that is 0 anyway */
        else
            i++;
    }
    for (int i = 0; i < o->rows;) {
        int s = oracle_free(o, i);
        if (s >= 0) oracle_pivot(o, i, s), oracle_drop_row(o, i);
        i += s < 0;
    }
    for (int j = 0; j < o->cols;)
        if (o->col[j] < 0)
            oracle_drop_col(o, j); /* moves nothing */
        else
            j++;
}

/* Bland: the first z, by row, that is out of the basis and raises the sum of all z; -1: none. */
static inline int oracle_enters(const oracle *o) {
    int best = -1;
    for (int j = 0; j < o->cols; j++) {
        oracle_int gain = o->d;
        for (int i = 0; i < o->rows; i++) gain += *oracle_at(o, i, j);
        if (gain > 0 && (best < 0 || o->col[j] < o->col[best])) best = j;
    }
    return best;
}

static inline int oracle_leaves(const oracle *o, int s) {
    int best = -1;
    for (int i = 0; i < o->rows; i++)
        if (*oracle_at(o, i, s) < 0 && (best < 0 || o->row[i] < o->row[best])) best = i;
    return best;
}

/* One ray of the cone: its rows are marked. false: there is none. */
static inline bool oracle_ray(oracle *o, bool *separated) {
    for (int s = oracle_enters(o); s >= 0; s = oracle_enters(o)) {
        int r = oracle_leaves(o, s);
        if (r >= 0) {
            oracle_pivot(o, r, s);
            continue;
        }
        separated[o->col[s]] = true;
        for (int i = 0; i < o->rows; i++)
            if (*oracle_at(o, i, s) > 0) separated[o->row[i]] = true;
        return true;
    }
    return false;
}

/* x: [n][p] with all dummies and the constant. separated: [n]. Returns how many. Rows found are
 * left out of the next search: a large enough multiple of their z outweighs whatever another does.
 */
static inline int oracle_separated(int n, int p, const int64_t *x, const bool *positive,
                                   bool *separated) {
    size_t rows = (size_t)n + 1, cols = (size_t)p + 1;
    oracle o = {.row = calloc(rows, sizeof *o.row), .col = calloc(cols, sizeof *o.col)};
    o.at = calloc(rows * cols, sizeof *o.at);
    assert_true(o.row && o.col && o.at);
    memset(separated, 0, (size_t)n * sizeof *separated);
    do oracle_begin(&o, n, p, x, positive, separated);
    while (oracle_ray(&o, separated));
    int found = 0;
    for (int i = 0; i < n; i++) found += separated[i];
    free(o.row), free(o.col), free(o.at);
    return found;
}
#endif
