/* Slopes by unknown, and the small matrix that they make of variances. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/estimate.h"

/* Counting first, then filling, so that nothing grows. */
static void count_row(const double *from, int32_t n, int64_t *first) {
    for (int32_t k = 0; k < n; k++) first[k + 1] += from[k] != 0;
}
static void fill_row(const double *from, int32_t n, int32_t row, karvan_i_slopes *s, int32_t column,
                     int64_t *next) {
    for (int32_t k = 0; k < n; k++) {
        if (from[k] == 0) continue;
        int64_t at = next[column + k]++;
        s->row[at] = row, s->value[at] = from[k];
    }
}

karvan_status karvan_i_slopes_make(const double *cell, int32_t n_cells, const double *constant,
                                   int32_t n_constants, int32_t n_rows, karvan_i_slopes *out,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)n_cells + (size_t)n_constants;
    int64_t *next = NULL;
    *out = (karvan_i_slopes){.n_rows = n_rows, .n_columns = (int32_t)n};
    out->first = karvan_i_calloc(n + 1, sizeof *out->first);
    KARVAN_REQUIRE(out->first, err, KARVAN_E_NOMEM, "no memory for slopes");
    for (int32_t a = 0; a < n_rows; a++) {
        count_row(cell + (size_t)a * (size_t)n_cells, n_cells, out->first);
        count_row(constant + (size_t)a * (size_t)n_constants, n_constants, out->first + n_cells);
    }
    for (size_t k = 0; k < n; k++) out->first[k + 1] += out->first[k];
    out->row = karvan_i_malloc((size_t)out->first[n] + 1, sizeof *out->row);
    out->value = karvan_i_malloc((size_t)out->first[n] + 1, sizeof *out->value);
    next = karvan_i_malloc(n + 1, sizeof *next);
    KARVAN_REQUIRE(out->row && out->value && next, err, KARVAN_E_NOMEM, "no memory for slopes");
    memcpy(next, out->first, (n + 1) * sizeof *next);
    for (int32_t a = 0; a < n_rows; a++) {
        fill_row(cell + (size_t)a * (size_t)n_cells, n_cells, a, out, 0, next);
        fill_row(constant + (size_t)a * (size_t)n_constants, n_constants, a, out, n_cells, next);
    }
done:
    karvan_i_free(next);
    if (st != KARVAN_OK) karvan_i_slopes_clear(out);
    return st;
}

void karvan_i_slopes_clear(karvan_i_slopes *s) {
    karvan_i_free(s->first), karvan_i_free(s->row), karvan_i_free(s->value);
    memset(s, 0, sizeof *s);
}

void karvan_i_slopes_add(const karvan_i_slopes *s, const double *x, double *out) {
    for (int32_t k = 0; k < s->n_columns; k++)
        for (int64_t i = s->first[k]; i < s->first[k + 1]; i++)
            out[s->row[i]] += s->value[i] * x[k];
}

void karvan_i_slopes_across(const karvan_i_slopes *s, const double *y, double *out) {
    for (int32_t k = 0; k < s->n_columns; k++) {
        double sum = 0;
        for (int64_t i = s->first[k]; i < s->first[k + 1]; i++) sum += s->value[i] * y[s->row[i]];
        out[k] = sum;
    }
}

double karvan_i_prior_error(const karvan_estimate_problem *p, int32_t k) {
    return k < p->n_cells ? p->prior[k] * p->prior_error[k] : p->constant_error[k - p->n_cells];
}

double karvan_i_yield(const karvan_estimate_problem *p, karvan_estimate_method m, int32_t k,
                      double x) {
    double error = karvan_i_prior_error(p, k);
    if (k >= p->n_cells) return error * error;
    if (m == KARVAN_ESTIMATE_ENTROPY) return p->prior_error[k] * error * x;
    return x > 0 ? error * error : 0;
}

void karvan_i_spread(const karvan_estimate_problem *p, const karvan_i_slopes *j,
                     const double *yield, double *a) {
    size_t m = (size_t)p->n_counts;
    memset(a, 0, m * m * sizeof *a);
    for (int32_t k = 0; k < j->n_columns; k++) {
        for (int64_t i = j->first[k]; yield[k] > 0 && i < j->first[k + 1]; i++) {
            double *row = a + (size_t)j->row[i] * m, by = yield[k] * j->value[i];
            for (int64_t l = j->first[k]; l <= i; l++) row[j->row[l]] += by * j->value[l];
        }
    }
    for (size_t r = 0; r < m; r++) {
        a[r * m + r] += p->count_error[r] * p->count_error[r];
        for (size_t c = 0; c < r; c++) a[c * m + r] = a[r * m + c];
    }
}
