#ifndef KARVAN_TESTS_ESTIMATE_LINEAR_H
#define KARVAN_TESTS_ESTIMATE_LINEAR_H
/* Counts that are sums of fixed shares of cells and of fixed slopes of constants, drawn at random.
 * Include cmocka before. */
#include <math.h>
#include <string.h>

#include "karvan/demand.h"

enum { CELLS = 40, COUNTS = 50, CONSTANTS = 3 };
typedef struct linear {
    int32_t n, m, c;
    double share[COUNTS * CELLS], by_constant[COUNTS * CONSTANTS];
    double prior[CELLS], prior_error[CELLS], count[COUNTS], count_error[COUNTS];
    double constant_error[CONSTANTS];
} linear;

static inline karvan_status load_linear(void *ctx, const double *demand, const double *constant,
                                        double *modelled, double *slope, double *constant_slope,
                                        karvan_error *err) {
    const linear *l = ctx;
    (void)err;
    for (int32_t a = 0; a < l->m; a++) {
        modelled[a] = 0;
        for (int32_t k = 0; k < l->n; k++) modelled[a] += l->share[a * l->n + k] * demand[k];
        for (int32_t k = 0; k < l->c; k++)
            modelled[a] += l->by_constant[a * l->c + k] * constant[k];
    }
    if (slope) memcpy(slope, l->share, (size_t)(l->m * l->n) * sizeof *slope);
    if (constant_slope)
        memcpy(constant_slope, l->by_constant, (size_t)(l->m * l->c) * sizeof *slope);
    return KARVAN_OK;
}

static inline karvan_estimate_problem problem_of(linear *l) {
    return (karvan_estimate_problem){.n_cells = l->n,
                                     .prior = l->prior,
                                     .prior_error = l->prior_error,
                                     .n_counts = l->m,
                                     .count = l->count,
                                     .count_error = l->count_error,
                                     .n_constants = l->c,
                                     .constant_error = l->constant_error,
                                     .load = load_linear,
                                     .ctx = l};
}

static inline karvan_estimate *solve_linear(linear *l, karvan_estimate_method m) {
    karvan_estimate_problem p = problem_of(l);
    karvan_estimate_options o = {.method = m, .tolerance = 1e-9};
    karvan_estimate *e = NULL;
    karvan_error err = {0};
    if (karvan_estimate_solve(&p, &o, &e, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    assert_true(e->converged && e->residual <= 1e-9);
    assert_true(e->iterations <= 3); /* the second round finds what the first found */
    return e;
}

static inline linear *draw_linear(karvan_random *r, int32_t n, int32_t m, int32_t c) {
    static linear l;
    l = (linear){.n = n, .m = m, .c = c};
    for (int32_t k = 0; k < n; k++) {
        l.prior[k] = exp(3 + karvan_random_normal(r));
        l.prior_error[k] = 0.1 + karvan_random_uniform(r);
    }
    for (int32_t i = 0; i < m * n; i++)
        l.share[i] = karvan_random_uniform(r) < 0.5 ? 0 : karvan_random_uniform(r);
    for (int32_t i = 0; i < m * c; i++) l.by_constant[i] = karvan_random_normal(r);
    for (int32_t k = 0; k < c; k++) l.constant_error[k] = 0.5 + karvan_random_uniform(r);
    for (int32_t a = 0; a < m; a++) {
        double v = 0;
        for (int32_t k = 0; k < n; k++)
            v += l.share[a * n + k] * l.prior[k] * 2 * karvan_random_uniform(r);
        l.count[a] = v, l.count_error[a] = (0.02 + 0.1 * karvan_random_uniform(r)) * (1 + v);
    }
    return &l;
}
#endif
