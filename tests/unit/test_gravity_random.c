/* Gravity against the regression with all dummies written out (tests/dense_ppml.h), on hundreds of
 * small random data sets: no to four effects, combined ones among them; weights, offsets,
 * parts of the data that share no level, zeros, separated rows, singletons, regressors that depend
 * on others or on the effects, very different scales. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "separation_verdict.h"
#include "share.h"
#include "trade/fit.h"

enum { CASES = 900, ROWS_MOST = 90 };

static karvan_random rng;
static gravity_case c;
static long coefficients, dropped, collinear;
static int pick(int n) { return (int)karvan_random_below(&rng, (uint64_t)n); }

/* ---- the dense fit itself ---- */

static void dense_fit_matches_hand_values(void **s) {
    (void)s;
    /* y ~ 1 + x with x in {0, 1}: means of the two groups, 2 and 6: b = ln 3, variance 1/4 + 1/12;
     * deviance 2 (1 ln(1/2) + 3 ln(3/2)) + 0 */
    const double y[] = {1, 3, 6, 6}, x[] = {0, 0, 1, 1};
    const double *const regressors[] = {x};
    dense_model m = {.n = 4, .k = 1, .y = y, .x = regressors};
    dense_fit f = dense_ppml(&m);
    assert_true(f.converged && f.rank == 2);
    assert_true(fabs(dense_beta(&f, 0) - log(3)) < 1e-14);
    assert_true(fabs(dense_v(&f, 0, 0) - (1. / 4 + 1. / 12)) < 1e-14);
    assert_true(fabs(f.deviance - 2 * (log(.5) + 3 * log(1.5))) < 1e-14);
    assert_true(fabs(f.mu[0] - 2) < 1e-14 && fabs(f.mu[3] - 6) < 1e-14);
    dense_clear(&f);
    /* two effects on a table of rows and columns: mu is row sum times column sum over the total */
    const int r[] = {0, 0, 1, 1}, k[] = {0, 1, 0, 1};
    const int *const level[] = {r, k};
    const double cells[] = {1, 2, 3, 4};
    m = (dense_model){.n = 4, .n_effects = 2, .y = cells, .level = level};
    f = dense_ppml(&m);
    assert_int_equal(f.rank, 3);
    assert_true(fabs(f.mu[0] - 3. * 4 / 10) < 1e-14 && fabs(f.mu[3] - 7. * 6 / 10) < 1e-14);
    dense_clear(&f);
    /* least squares on the same table, weights of 1: row mean + column mean - mean */
    f = dense_ols(&m);
    assert_true(fabs(f.mu[0] - (1.5 + 2 - 2.5)) < 1e-14 && f.deviance < 1e-25);
    dense_clear(&f);
}

/* ---- random data ---- */

static void draw_factors(void) {
    int parts = pick(4) == 0 ? 2 + pick(2) : 1, levels[CASE_FACTORS];
    for (int f = 0; f < CASE_FACTORS; f++) levels[f] = 2 + pick(7);
    for (int i = 0; i < c.n; i++) {
        int part = pick(parts); /* parts share no level of any factor */
        for (int f = 0; f < CASE_FACTORS; f++)
            c.factor[f][i] = part * levels[f] + (pick(3) ? pick(levels[f]) : 0);
    }
    c.n_factors = CASE_FACTORS, c.n_effects = pick(CASE_EFFECTS + 1);
    for (int e = 0; e < c.n_effects; e++) {
        bool twice = true;
        while (twice) {
            c.effect[e] = 1 + (unsigned)pick(6), twice = false; /* one or two factors */
            for (int d = 0; d < e; d++) twice |= c.effect[d] == c.effect[e];
        }
    }
    case_levels(&c);
}

/* Whole numbers, so that the oracle can read them; now and then a sum of others, a constant, or the
 * same within each level of an effect. */
static void draw_regressors(void) {
    static const double scale[] = {1, 1, 1, 1e-4, 1e5};
    for (int j = 0; j < c.k; j++) {
        int kind = pick(10), by_level[200];
        for (int l = 0; l < 200; l++) by_level[l] = pick(9) - 4;
        for (int i = 0; i < c.n; i++) {
            int64_t v = kind < 3 ? pick(2) : pick(41) - 20;
            if (kind == 3 && j > 1) v = c.whole[0][i] - 2 * c.whole[1][i];
            if (kind == 4) v = by_level[c.factor[0][i]];
            if (kind == 5 && c.n_effects) v = 3;
            c.whole[j][i] = v;
        }
        double by = scale[pick(5)];
        for (int i = 0; i < c.n; i++) c.x[j][i] = by * (double)c.whole[j][i];
    }
}

static void draw_y(void) {
    double size = pow(10, pick(7) - 2), spread = pick(2) ? 0.4 : 1.5, b[CASE_X], of[200];
    int zero_in = pick(3) ? 3 + pick(6) : 0;
    for (int j = 0; j < c.k; j++) b[j] = karvan_random_normal(&rng) / 10;
    for (int l = 0; l < 200; l++) of[l] = karvan_random_normal(&rng);
    for (int i = 0; i < c.n; i++) {
        double eta = of[c.factor[0][i]] + of[100 + c.factor[1][i]];
        for (int j = 0; j < c.k; j++) eta += b[j] * (double)c.whole[j][i] / 10;
        if (c.shifted) eta += c.offset[i];
        c.y[i] = size * exp(eta + spread * karvan_random_normal(&rng));
        if (zero_in && pick(zero_in) == 0) c.y[i] = 0;
    }
}

static void draw(bool zeros) {
    c.n = 8 + pick(ROWS_MOST - 7), c.k = 1 + pick(4);
    c.weighted = pick(3) == 0, c.shifted = pick(3) == 0;
    for (int i = 0; i < c.n; i++) {
        c.weight[i] = (1 + pick(400)) / 100.0;
        c.offset[i] = karvan_random_normal(&rng);
    }
    draw_factors();
    draw_regressors();
    draw_y();
    for (int i = 0; i < c.n && !zeros; i++)
        if (!(c.y[i] > 0)) c.y[i] = 1;
}

/* ---- comparison ---- */

static bool near(double a, double b, double by) { return fabs(a - b) <= by; }

/* Coefficients, in the order of the formula; a regressor that depends on those before it and on the
 * effects is left out and named. */
static const char *coefficient_fault(const karvan_gravity *g, const dense_fit *f) {
    int at = 0, out = 0, width = karvan_gravity_count(g);
    double *v = dense_alloc((size_t)(width * width), sizeof *v);
    int of[CASE_X + 1];
    const char *fault = NULL;
    for (int j = c.n_effects ? 0 : -1; j < c.k && !fault; j++) {
        char name[20] = "(Intercept)";
        if (j >= 0) (void)snprintf(name, sizeof name, "x%d", j + 1);
        int column = f->p - f->k + j;
        if (!f->used[column]) {
            if (out >= karvan_gravity_collinear(g)) fault = "a collinear regressor is kept";
            if (!fault && strcmp(karvan_gravity_collinear_name(g, out++), name) != 0)
                fault = "another regressor is called collinear";
            continue;
        }
        if (at >= width || strcmp(karvan_gravity_name(g, at), name) != 0) {
            fault = "a coefficient is missing";
            break;
        }
        double b = f->beta[column], se = sqrt(f->v[column * f->p + column]);
        if (!near(karvan_gravity_estimate(g, at), b, 1e-8 * (fmax(1, fabs(b)) + se)))
            fault = "a coefficient";
        of[at++] = column;
    }
    if (!fault && (at != width || out != karvan_gravity_collinear(g)))
        fault = "counts of regressors";
    if (!fault && at > 0 &&
        karvan_gravity_vcov(g, KARVAN_SE_IID, KARVAN_SSC_NONE, 0, NULL, v, NULL, 0, NULL) !=
            KARVAN_OK)
        fault = "no covariance";
    /* least squares: times the mean squared residual, since no factor is asked for */
    double sigma2 = g->estimator == KARVAN_OLS ? f->deviance / f->n : 1;
    for (int i = 0; i < at && !fault && (sigma2 == 1 || f->n > f->rank); i++)
        for (int j = 0; j < at; j++) {
            double size = sqrt(f->v[of[i] * f->p + of[i]] * f->v[of[j] * f->p + of[j]]) * sigma2;
            double want = f->v[of[i] * f->p + of[j]] * sigma2;
            if (!near(v[i * at + j], want, 1e-6 * size)) fault = "covariance";
        }
    coefficients += at, collinear += out;
    free(v);
    return fault;
}

/* Linear predictors, and the recovered effects that make them up. */
static const char *fitted_fault(const karvan_gravity *g, const dense_fit *f, const bool *kept) {
    double fitted[CASE_ROWS], eta[CASE_ROWS];
    if (karvan_gravity_fitted(g, fitted, NULL) != KARVAN_OK) return "no fitted values";
    for (int i = 0; i < c.n; i++)
        if (kept[i] == isnan(fitted[i])) return "fitted where dropped, or not where kept";
    for (int64_t i = 0; i < g->d.n; i++) {
        double sum = g->d.offset ? g->d.offset[i] : 0;
        for (int j = 0; j < g->n_kept; j++) { /* columns of the fit are residuals by now */
            int x = g->kept[j] - (c.n_effects == 0);
            sum += g->beta[j] * (x < 0 ? 1 : c.x[x][g->d.row[i]]);
        }
        for (int e = 0; e < g->d.n_effects; e++) sum += g->alpha[e][g->d.effect[e].level[i]];
        eta[g->d.row[i]] = sum;
    }
    for (int i = 0; i < f->n; i++) {
        double want = f->eta[i], close = 1e-7 * fmax(1, fabs(want));
        bool ols = g->estimator == KARVAN_OLS;
        if (!near(log(fitted[f->row[i]]), want, close)) return ols ? "fitted (OLS)" : "fitted";
        if (!near(eta[f->row[i]], want, close)) return "effects do not add up";
    }
    return NULL;
}

static const char *likelihood_fault(const karvan_gravity *g, const dense_fit *f) {
    karvan_gravity_stats s = karvan_gravity_statistics(g);
    double size = 0;
    for (int i = 0; i < f->n; i++) size += f->working[i];
    if (!s.converged) return "not converged";
    if (s.n_levels < 0 || s.n != f->n) return "counts";
    if (g->estimator == KARVAN_OLS)
        return near(s.deviance, f->deviance, 1e-9 * f->deviance + 1e-13 * size) ? NULL : "squares";
    if (!near(s.deviance, f->deviance, 1e-9 * f->deviance + 1e-11 * size)) return "deviance";
    if (!near(s.loglik, f->loglik, 1e-10 * fabs(f->loglik) + 1e-11 * size)) return "loglik";
    if (!c.shifted && !near(s.loglik_null, f->loglik_null, 1e-10 * fabs(f->loglik_null)))
        return "loglik of the constant alone";
    return NULL;
}

static karvan_gravity_options options_of(const char *formula, karvan_estimator estimator) {
    return (karvan_gravity_options){.formula = formula,
                                    .estimator = estimator,
                                    .weights = c.weighted ? "w" : NULL,
                                    .offset = c.shifted ? "o" : NULL,
                                    .threads = 1};
}

static void logs_of_y(dense_model *m, double *y) {
    for (int i = 0; i < c.n; i++) y[i] = log(c.y[i]);
    m->y = y;
}

static void compare(int round, karvan_estimator estimator) {
    bool separated[CASE_ROWS] = {false}, kept[CASE_ROWS];
    char formula[200], at[60];
    double y[CASE_ROWS];
    karvan_gravity *g = NULL;
    karvan_error err = {0};
    (void)snprintf(at, sizeof at, "%s %d", estimator == KARVAN_PPML ? "PPML" : "OLS", round);
    draw(estimator == KARVAN_PPML);
    if (estimator == KARVAN_PPML) (void)case_separated(&c, separated);
    karvan_table *t = case_table(&c);
    karvan_gravity_options o = options_of(case_formula(&c, formula, sizeof formula), estimator);
    karvan_status st = karvan_gravity_fit(t, &o, &g, &err);
    bool gone[CASE_ROWS];
    int left = 0;
    memcpy(gone, separated, sizeof gone);
    add_singletons(&c, gone);
    for (int i = 0; i < c.n; i++) left += !gone[i];
    const char *fault = NULL;
    if (left == 0) {
        fault = st == KARVAN_E_DATA ? NULL : "no rows left, yet a fit";
    } else if (st != KARVAN_OK) {
        fault = err.msg;
    } else {
        fault = separation_fault(&c, g, separated, false, kept);
        dense_model m = case_model(&c, kept);
        if (estimator == KARVAN_OLS) logs_of_y(&m, y);
        dense_fit f = fault                     ? (dense_fit){.n = 0}
                      : estimator == KARVAN_OLS ? dense_ols(&m)
                                                : dense_ppml(&m);
        if (!fault && !f.converged) fault = "the dense fit did not converge";
        if (!fault) fault = likelihood_fault(g, &f);
        if (!fault) fault = coefficient_fault(g, &f);
        if (!fault) fault = fitted_fault(g, &f, kept);
        dropped += c.n - left;
        dense_clear(&f);
    }
    if (fault) {
        case_print(&c, at);
        fail_msg("%s: %s", at, fault);
    }
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

static void ppml_as_with_all_dummies(void **s) {
    (void)s;
    const int cases = part_of(CASES);
    coefficients = dropped = collinear = 0;
    for (int round = 0; round < cases; round++) {
        karvan_random_init(&rng, 7, (uint64_t)round);
        compare(round, KARVAN_PPML);
    }
    /* the cases hold what they are about */
    assert_true(coefficients > cases && dropped > cases && collinear > cases / 10);
}

static void ols_as_with_all_dummies(void **s) {
    (void)s;
    for (int round = 0; round < part_of(CASES / 3); round++) {
        karvan_random_init(&rng, 8, (uint64_t)round);
        compare(round, KARVAN_OLS);
    }
}

/* Bit for bit, whatever the number of threads. */
static void same_bytes_with_any_number_of_threads(void **s) {
    (void)s;
    for (int round = 0; round < 40; round++) {
        karvan_random_init(&rng, 9, (uint64_t)round);
        draw(true);
        char formula[200];
        karvan_table *t = case_table(&c);
        karvan_gravity *g[3] = {NULL};
        karvan_status st[3];
        for (int k = 0; k < 3; k++) {
            karvan_gravity_options o =
                options_of(case_formula(&c, formula, sizeof formula), KARVAN_PPML);
            o.threads = 1 + k;
            st[k] = karvan_gravity_fit(t, &o, &g[k], NULL);
        }
        for (int k = 1; k < 3; k++) {
            assert_int_equal(st[k], st[0]);
            if (!g[0]) continue;
            size_t bytes = sizeof(double) * (size_t)g[0]->n_kept;
            assert_int_equal(g[k]->n_kept, g[0]->n_kept);
            assert_int_equal(g[k]->d.n, g[0]->d.n);
            if (bytes) assert_memory_equal(g[k]->beta, g[0]->beta, bytes);
            assert_memory_equal(g[k]->mu, g[0]->mu, sizeof(double) * (size_t)g[0]->d.n);
        }
        for (int k = 0; k < 3; k++) karvan_gravity_destroy(g[k]);
        karvan_table_destroy(t);
    }
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(dense_fit_matches_hand_values),
                                   cmocka_unit_test(ppml_as_with_all_dummies),
                                   cmocka_unit_test(ols_as_with_all_dummies),
                                   cmocka_unit_test(same_bytes_with_any_number_of_threads)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
