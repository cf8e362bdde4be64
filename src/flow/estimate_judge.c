/* What an estimate is worth: errors of cells, what of them the counts removed, how each count fits,
 * and which counts speak against one another. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/estimate.h"
#include "trade/small.h"

/* The inverse of the spread of the counts, [m][m]. */
static karvan_status invert(size_t m, double *a, double *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double *root = karvan_i_malloc(2 * m + 1, sizeof *root), *least = root ? root + m : NULL;
    bool *left_out = karvan_i_calloc(m + 1, sizeof *left_out);
    KARVAN_REQUIRE(root && left_out, err, KARVAN_E_NOMEM, "no memory for %zu counts", m);
    for (size_t r = 0; r < m; r++) root[r] = 1 / sqrt(a[r * m + r]), least[r] = 0;
    for (size_t r = 0; r < m; r++)
        for (size_t c = 0; c < m; c++) a[r * m + c] *= root[r] * root[c];
    karvan_i_cholesky((int)m, a, least, a, left_out);
    memset(out, 0, m * m * sizeof *out);
    for (size_t r = 0; r < m; r++) {
        double *x = out + r * m;
        x[r] = 1;
        karvan_i_cholesky_solve((int)m, a, left_out, x, x);
        for (size_t c = 0; c < m; c++) x[c] *= root[r] * root[c];
    }
done:
    karvan_i_free(root), karvan_i_free(left_out);
    return st;
}

/* slope' inverse slope of an unknown. */
static double quadratic(const karvan_i_slopes *j, int32_t k, const double *inverse) {
    size_t m = (size_t)j->n_rows;
    double sum = 0;
    for (int64_t a = j->first[k]; a < j->first[k + 1]; a++) {
        const double *row = inverse + (size_t)j->row[a] * m;
        for (int64_t b = j->first[k]; b < j->first[k + 1]; b++)
            sum += j->value[a] * row[j->row[b]] * j->value[b];
    }
    return sum;
}

/* What is left of the variance of an unknown that the counts all but settle: one less what they
 * remove is then lost in rounding, so the spread is made once more without it. `a`: [m][m] + [m].
 */
static double left_without(const karvan_estimate_problem *p, const karvan_i_slopes *j, int32_t k,
                           double *yield, double *a) {
    size_t m = (size_t)p->n_counts;
    double own = yield[k], *x = a + m * m, u = 0;
    yield[k] = 0;
    karvan_i_spread(p, j, yield, a);
    yield[k] = own;
    memset(x, 0, m * sizeof *x);
    for (int64_t i = j->first[k]; i < j->first[k + 1]; i++) x[j->row[i]] = j->value[i];
    if (!karvan_i_small_solve((int)m, a, 0, x)) return 0;
    for (int64_t i = j->first[k]; i < j->first[k + 1]; i++) u += j->value[i] * x[j->row[i]];
    return 1 / (1 + own * fmax(u, 0));
}

/* A cell at its bound is judged as if it alone were free: it is not in the spread yet. */
static void judge_unknown(const karvan_estimate_problem *p, karvan_estimate_method m,
                          const karvan_i_slopes *j, int32_t k, double *yield, const double *inverse,
                          double *room, double *error, double *removed) {
    double prior = karvan_i_prior_error(p, k), by = yield[k];
    bool inside = by > 0;
    if (!inside && m == KARVAN_ESTIMATE_GLS) by = prior * prior;
    double u = by * quadratic(j, k, inverse), left = inside ? 1 - u : 1 / (1 + u);
    if (inside && left < 1e-4) left = left_without(p, j, k, yield, room);
    left = fmin(left, 1);
    *removed = 1 - left, *error = sqrt(by * left);
}

static void find_against(karvan_estimate *e, const double *price, const double *inverse) {
    size_t m = (size_t)e->n_counts;
    for (size_t a = 0; a < m; a++) {
        e->against[a] = -1, e->without[a] = NAN;
        if (!(fabs(e->standardised[a]) >= 2)) continue;
        double best = fabs(e->standardised[a]) / 2, aa = inverse[a * m + a];
        for (size_t b = 0; b < m; b++) {
            double ab = inverse[a * m + b], bb = inverse[b * m + b], rest = aa - ab * ab / bb;
            if (a == b || !(rest > 1e-9 * aa)) continue;
            double z = (price[a] - ab * price[b] / bb) / sqrt(rest);
            if (fabs(z) < best) best = fabs(z), e->against[a] = (int32_t)b, e->without[a] = z;
        }
    }
}

static double strain_of(const karvan_estimate_problem *p, karvan_estimate_method m,
                        const karvan_estimate *e) {
    double sum = 0;
    for (int32_t k = 0; k < p->n_cells; k++) {
        double prior = p->prior[k], rho = p->prior_error[k], x = e->demand[k];
        if (prior == 0) continue;
        double r = x / prior;
        if (m == KARVAN_ESTIMATE_ENTROPY)
            sum += 2 / (rho * rho) * ((r > 0 ? r * log(r) : 0) - r + 1);
        else
            sum += (r - 1) * (r - 1) / (rho * rho);
    }
    for (int32_t k = 0; k < p->n_constants; k++) {
        double z = e->constant[k] / p->constant_error[k];
        sum += z * z;
    }
    return sum;
}

static double misfit_of(const karvan_estimate_problem *p, const double *modelled) {
    double sum = 0;
    for (int32_t a = 0; a < p->n_counts; a++) {
        double z = (p->count[a] - modelled[a]) / p->count_error[a];
        sum += z * z;
    }
    return sum;
}

karvan_status karvan_i_estimate_judge(const karvan_estimate_problem *p, karvan_estimate_method m,
                                      const karvan_i_slopes *j, const double *left,
                                      karvan_estimate *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t rows = (size_t)p->n_counts, n = (size_t)j->n_columns;
    double *spread = karvan_i_malloc(rows * rows + rows + 1, sizeof *spread);
    double *inverse = karvan_i_malloc(rows * rows + 1, sizeof *inverse);
    double *yield = karvan_i_malloc(n + rows + 1, sizeof *yield), *price = yield ? yield + n : NULL;
    KARVAN_REQUIRE(spread && inverse && yield, err, KARVAN_E_NOMEM, "no memory for %zu counts",
                   rows);
    for (size_t k = 0; k < n; k++) {
        bool cell = k < (size_t)p->n_cells;
        yield[k] = karvan_i_yield(p, m, (int32_t)k, cell ? e->demand[k] : 0);
    }
    karvan_i_spread(p, j, yield, spread);
    KARVAN_TRY(invert(rows, spread, inverse, err));
    for (int32_t k = 0; k < p->n_cells; k++)
        judge_unknown(p, m, j, k, yield, inverse, spread, &e->demand_error[k], &e->removed[k]);
    for (int32_t k = 0; k < p->n_constants; k++)
        judge_unknown(p, m, j, p->n_cells + k, yield, inverse, spread, &e->constant_error[k],
                      &e->constant_removed[k]);
    for (size_t a = 0; a < rows; a++) {
        double s = p->count_error[a];
        price[a] = left[a] / (s * s);
        e->standardised[a] = price[a] / sqrt(inverse[a * rows + a]);
    }
    find_against(e, price, inverse);
    e->misfit_before = misfit_of(p, e->before), e->misfit = misfit_of(p, e->modelled);
    e->strain = strain_of(p, m, e);
done:
    karvan_i_free(spread), karvan_i_free(inverse), karvan_i_free(yield);
    return st;
}
