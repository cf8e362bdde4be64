/* Estimation from counts on random problems: against a slow descent one unknown at a time, the
 * truth that exact counts must give back, and errors against what many draws show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "estimate_linear.h"

static void near(double found, double said, double within) {
    if (!(fabs(found - said) <= within * fmax(1, fabs(said))))
        fail_msg("%.17g where %.17g is said", found, said);
}

/* ---- the slow descent -------------------------------------------------------------------------
 */

typedef struct slow {
    const linear *l;
    double x[CELLS + CONSTANTS], gap[COUNTS]; /* count less model */
} slow;

static double slope_of(const linear *l, int32_t a, int32_t k) {
    return k < l->n ? l->share[a * l->n + k] : l->by_constant[a * l->c + k - l->n];
}

static void set(slow *s, int32_t k, double x) {
    for (int32_t a = 0; a < s->l->m; a++) s->gap[a] -= slope_of(s->l, a, k) * (x - s->x[k]);
    s->x[k] = x;
}

/* Derivative of the objective by one unknown at x, all others held. */
static double pull(const slow *s, bool entropy, int32_t k, double x) {
    const linear *l = s->l;
    double g;
    if (k >= l->n)
        g = x / (l->constant_error[k - l->n] * l->constant_error[k - l->n]);
    else if (entropy)
        g = log(x / l->prior[k]) / (l->prior[k] * l->prior_error[k] * l->prior_error[k]);
    else
        g = (x - l->prior[k]) / pow(l->prior[k] * l->prior_error[k], 2);
    for (int32_t a = 0; a < l->m; a++) {
        double b = slope_of(l, a, k);
        g -= b * (s->gap[a] - b * (x - s->x[k])) / (l->count_error[a] * l->count_error[a]);
    }
    return g;
}

/* The unknown where its derivative is 0, or at its bound. */
static double best_of(const slow *s, bool entropy, int32_t k) {
    bool cell = k < s->l->n;
    double low = cell ? 0 : -1e6, high = 1e6;
    if (cell && !entropy && pull(s, false, k, 0) >= 0) return 0;
    if (cell && entropy) low = 1e-300;
    for (int i = 0; i < 200 && low < high; i++) {
        double x = (low + high) / 2;
        if (x == low || x == high) break;
        if (pull(s, entropy, k, x) < 0)
            low = x;
        else
            high = x;
    }
    return (low + high) / 2;
}

static void descend(slow *s, const linear *l, bool entropy) {
    *s = (slow){.l = l};
    memcpy(s->gap, l->count, sizeof s->gap);
    for (int32_t k = 0; k < l->n; k++) set(s, k, l->prior[k]);
    for (int round = 0; round < 20000; round++) {
        double moved = 0;
        for (int32_t k = 0; k < l->n + l->c; k++) {
            double x = best_of(s, entropy, k);
            moved = fmax(moved, fabs(x - s->x[k]) / (1 + fabs(x)));
            set(s, k, x);
        }
        if (moved < 1e-12) break;
    }
}

static void against_descent(void **state) {
    (void)state;
    karvan_random r;
    int bound = 0;
    karvan_random_init(&r, 31, 0);
    for (int t = 0; t < 60; t++) {
        int32_t n = 1 + (int32_t)karvan_random_below(&r, 6), c = t % 3 == 0 ? t % 2 + 1 : 0;
        linear *l = draw_linear(&r, n, 1 + (int32_t)karvan_random_below(&r, 7), c);
        for (int32_t a = 0; a < l->m; a++) l->count_error[a] *= 2; /* the descent is slow */
        if (t % 4 == 0) l->count[0] = 0, l->count_error[0] = 1;
        static slow s;
        bool entropy = t % 2;
        karvan_estimate *e = solve_linear(l, entropy);
        descend(&s, l, entropy);
        for (int32_t k = 0; k < n; k++) {
            if (!(fabs(e->demand[k] - s.x[k]) <= 1e-6 * (1 + fabs(s.x[k]))))
                fail_msg("draw %d, cell %d: %.12g, by descent %.12g", t, (int)k, e->demand[k],
                         s.x[k]);
            bound += e->demand[k] == 0;
        }
        for (int32_t k = 0; k < c; k++) near(e->constant[k], s.x[n + k], 1e-6);
        karvan_estimate_destroy(e);
    }
    assert_true(bound > 3);
}

/* More exact counts than cells: whatever the prior said, the truth comes back. */
static void truth_from_exact_counts(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 32, 0);
    for (int t = 0; t < 10; t++) {
        linear *l = draw_linear(&r, 25, 40, 0);
        double truth[CELLS];
        for (int32_t k = 0; k < l->n; k++)
            truth[k] = l->prior[k] * exp(0.7 * karvan_random_normal(&r)), l->prior_error[k] = 0.7;
        for (int32_t a = 0; a < l->m; a++) {
            l->count[a] = 0;
            for (int32_t k = 0; k < l->n; k++) l->count[a] += l->share[a * l->n + k] * truth[k];
            l->count_error[a] = 1e-5 * l->count[a];
        }
        karvan_estimate *e = solve_linear(l, (karvan_estimate_method)(t % 2));
        for (int32_t k = 0; k < l->n; k++) {
            near(e->demand[k], truth[k], 2e-3);
            assert_true(fabs(e->demand[k] - truth[k]) <= e->demand_error[k]);
            assert_true(e->removed[k] > 0.999);
        }
        for (int32_t a = 0; a < l->m; a++) assert_true(fabs(e->standardised[a]) < 2);
        karvan_estimate_destroy(e);
    }
}

/* Truth drawn from the prior, counts from the truth: over many draws the estimate misses by its
 * stated errors, and standardised residuals spread by 1. */
static void errors_hold(void **state) {
    (void)state;
    enum { DRAWS = 4000, N = 4, M = 3, C = 1 };
    karvan_random r;
    karvan_random_init(&r, 33, 0);
    linear *l = draw_linear(&r, N, M, C);
    for (int k = 0; k < N; k++) l->prior_error[k] = 0.08 + 0.02 * k; /* never below 0 */
    double square[N + C] = {0}, spread[M] = {0}, error[N + C], removed[N];
    for (int t = 0; t < DRAWS; t++) {
        double truth[N], constant = l->constant_error[0] * karvan_random_normal(&r);
        for (int k = 0; k < N; k++)
            truth[k] = l->prior[k] * (1 + l->prior_error[k] * karvan_random_normal(&r));
        for (int a = 0; a < M; a++) {
            l->count[a] = l->by_constant[a] * constant;
            for (int k = 0; k < N; k++) l->count[a] += l->share[a * N + k] * truth[k];
            l->count_error[a] = 1 + a;
            l->count[a] += l->count_error[a] * karvan_random_normal(&r);
        }
        karvan_estimate *e = solve_linear(l, KARVAN_ESTIMATE_GLS);
        for (int k = 0; k < N; k++) {
            square[k] += pow(e->demand[k] - truth[k], 2);
            error[k] = e->demand_error[k], removed[k] = e->removed[k];
        }
        square[N] += pow(e->constant[0] - constant, 2), error[N] = e->constant_error[0];
        for (int a = 0; a < M; a++) spread[a] += pow(e->standardised[a], 2);
        karvan_estimate_destroy(e);
    }
    /* The root of a mean of 4000 squares is off by 1.1 %: four times that is allowed. */
    for (int k = 0; k < N + C; k++) near(sqrt(square[k] / DRAWS) / error[k], 1, 0.045);
    for (int a = 0; a < M; a++) near(sqrt(spread[a] / DRAWS), 1, 0.045);
    for (int k = 0; k < N; k++)
        near(removed[k], 1 - pow(error[k] / (l->prior[k] * l->prior_error[k]), 2), 1e-12);
}

/* Counts of the same thing, many times over and nearly exact: no trouble. */
static void repeated_counts(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 34, 0);
    for (int method = 0; method < 2; method++) {
        linear *l = draw_linear(&r, 10, 40, 0);
        for (int32_t a = 0; a < 40; a++) {
            memcpy(l->share + a * 10, l->share + a % 3 * 10, 10 * sizeof *l->share);
            l->count[a] = l->count[a % 3], l->count_error[a] = 1e-6 * (1 + l->count[a]);
        }
        karvan_estimate *e = solve_linear(l, (karvan_estimate_method)method);
        for (int32_t a = 0; a < 40; a++) near(e->modelled[a] / l->count[a], 1, 1e-4);
        karvan_estimate_destroy(e);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_descent),
        cmocka_unit_test(truth_from_exact_counts),
        cmocka_unit_test(errors_hold),
        cmocka_unit_test(repeated_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
