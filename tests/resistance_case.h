#ifndef KARVAN_TESTS_RESISTANCE_CASE_H
#define KARVAN_TESTS_RESISTANCE_CASE_H
/* What tests of multilateral resistances share: an economy and its equilibrium in a line, and the
 * two equations solved slowly. Include cmocka before. */
#include "trade_world.h"

static const char *const NAME[] = {"A", "B", "C", "D"};

static inline void assert_near(double found, double said, double within) {
    if (!(fabs(found - said) <= within * fmax(1, fabs(said))))
        fail_msg("%.17g where %.17g is said", found, said);
}

static inline karvan_economy *economy(int32_t n, const char *const *name, const double *flow,
                                      const double *change) {
    karvan_economy *e = NULL;
    karvan_error err = {0};
    if (karvan_economy_create(n, name, flow, change ? 1 : 0, change, true, &e, &err) != KARVAN_OK)
        fail_msg("%s", err.msg);
    return e;
}

static inline karvan_equilibrium *equilibrium(const karvan_economy *e,
                                              const karvan_equilibrium_options *o) {
    karvan_equilibrium *q = NULL;
    karvan_error err = {0};
    if (karvan_equilibrium_solve(e, o, &q, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    return q;
}

static inline karvan_resistance *resistance(const karvan_economy *e, const karvan_equilibrium *q,
                                            const double *cost, const char *reference) {
    karvan_resistance *r = NULL;
    karvan_error err = {0};
    const karvan_resistance_options o = {.cost = cost, .reference = reference};
    if (karvan_resistance_solve(e, q, &o, &r, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    assert_true(karvan_resistance_statistics(r).residual < 1e-9);
    return r;
}

static inline void holds(const karvan_resistance *r, karvan_resistance_kind k, int n,
                         const double *said) {
    for (int i = 0; i < n; i++) assert_near(karvan_resistance_view(r, k)[i], said[i], 1e-13);
}

/* The two equations in turn, half a step each in logs, until they stand still. */
static inline void iterate(int32_t n, const double *cost, const double *flow, double theta,
                           int32_t by, double *in, double *out) {
    size_t m = (size_t)n;
    double *y = calloc(4 * m, sizeof *y), *e = y + m, *a = e + m, *b = a + m, all = 0, moved = 1;
    for (size_t k = 0; k < m * m; k++) y[k / m] += flow[k], e[k % m] += flow[k], all += flow[k];
    for (size_t i = 0; i < m; i++) a[i] = b[i] = 1;
    for (int step = 0; step < 200000 && moved > 1e-14; step++) {
        moved = 0;
        for (size_t i = 0; i < m; i++) {
            double sum = 0;
            for (size_t j = 0; j < m; j++) sum += exp(cost[i * m + j]) / b[j] * e[j] / all;
            moved = fmax(moved, fabs(log(sum / a[i])));
            a[i] = sqrt(a[i] * sum);
        }
        for (size_t j = 0; j < m; j++) {
            double sum = 0;
            for (size_t i = 0; i < m; i++) sum += exp(cost[i * m + j]) / a[i] * y[i] / all;
            moved = fmax(moved, fabs(log(sum / b[j])));
            b[j] = sqrt(b[j] * sum);
        }
    }
    assert_true(moved <= 1e-14 * (double)n);
    for (size_t i = 0; i < m; i++)
        in[i] = pow(b[i] / b[by], -1 / theta), out[i] = pow(a[i] * b[by], -1 / theta);
    free(y);
}

static inline void same(const karvan_resistance *r, karvan_resistance_kind inward, int32_t n,
                        const double *in, const double *out) {
    const double *p = karvan_resistance_view(r, inward);
    const double *pi = karvan_resistance_view(r, (karvan_resistance_kind)(inward + 1));
    for (int32_t i = 0; i < n; i++)
        assert_near(p[i], in[i], 1e-10), assert_near(pi[i], out[i], 1e-10);
}

#endif
