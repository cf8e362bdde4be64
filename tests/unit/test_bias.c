/* The correction for incidental parameters against the regression with all dummies: its hat matrix
 * row by row, third derivatives written out, projections as matrices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trade/bias.h"
#include "trade/small.h"
#include "trade_panel.h"

enum { K = PANEL_X, T_MOST = 6 };
static trade_panel panel;

/* ---- the slow way ---- */

/* One fit with all dummies, its regressors less what the effects explain, its pairs. */
typedef struct slow {
    dense_fit f;
    double bread[K * K], *x[K]; /* [n] */
    int *pair, pairs;           /* [n] number of each row's pair */
    bool pair_effect;
} slow;

static void slow_init(slow *d, const dense_model *m) {
    memset(d, 0, sizeof *d);
    d->f = dense_ppml(m);
    d->pair_effect = m->n_effects == 3;
    d->pair = dense_alloc((size_t)d->f.n, sizeof *d->pair);
    d->pairs = dense_levels(&d->f, panel.ij, d->pair);
    double inverse[K * K];
    for (int a = 0; a < K * K; a++) d->bread[a] = dense_v(&d->f, a / K, a % K);
    double det = d->bread[0] * d->bread[3] - d->bread[1] * d->bread[2];
    inverse[0] = d->bread[3] / det, inverse[3] = d->bread[0] / det;
    inverse[1] = inverse[2] = -d->bread[1] / det;
    for (int a = 0; a < K; a++) d->x[a] = dense_alloc((size_t)d->f.n, sizeof(double));
    for (int i = 0; i < d->f.n; i++) {
        double bx[K] = {0}; /* bread times the regressor less the effects */
        for (int a = 0; a < K; a++)
            for (int c = 0; c < d->f.p; c++)
                bx[a] += d->f.v[(d->f.p - K + a) * d->f.p + c] * d->f.column[c * d->f.n + i];
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++) d->x[a][i] += inverse[a * K + b] * bx[b];
    }
}
static void slow_clear(slow *d) {
    for (int a = 0; a < K; a++) free(d->x[a]);
    free(d->pair);
    dense_clear(&d->f);
}

static int rows_of_pair(const slow *d, int pair, int *row) {
    int m = 0;
    for (int i = 0; i < d->f.n; i++)
        if (d->pair[i] == pair) row[m++] = i;
    return m;
}
static int country(const slow *d, int row, bool importer) {
    return importer ? panel.imp[d->f.row[row]] : panel.exp[d->f.row[row]];
}
static int time_of(const slow *d, int row) { return panel.year[d->f.row[row]] - 2000; }

/* H and the contraction of x with minus the derivative of H, both of one pair, added. */
static void add_derivatives(const slow *d, int pair, int k, double *h, double *third) {
    int row[T_MOST], m = rows_of_pair(d, pair, row), n = panel.years;
    double total = 0, mean = 0;
    for (int i = 0; i < m; i++) total += d->f.working[row[i]];
    for (int i = 0; i < m; i++) mean += d->f.working[row[i]] / total * d->x[k][row[i]];
    for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++) {
            int at = time_of(d, row[i]) * n + time_of(d, row[j]);
            double p = d->f.working[row[i]] / total, q = d->f.working[row[j]] / total;
            double u = p * (d->x[k][row[i]] - mean), v = q * (d->x[k][row[j]] - mean);
            h[at] += total * ((i == j ? p : 0) - p * q);
            third[at] -= total * ((i == j ? u : 0) - u * q - p * v);
        }
}

static double slow_country(const slow *d, int who, bool importer, int k) {
    int n = panel.years, row[T_MOST];
    double h[T_MOST * T_MOST] = {0}, third[T_MOST * T_MOST] = {0}, scratch[T_MOST * (T_MOST + 1)];
    double cross[T_MOST * T_MOST] = {0}, outer[T_MOST * T_MOST] = {0}, sum = 0;
    for (int p = 0; p < d->pairs; p++) {
        int m = rows_of_pair(d, p, row);
        if (country(d, row[0], importer) != who) continue;
        double own[T_MOST * T_MOST] = {0};
        add_derivatives(d, p, k, own, third);
        for (int a = 0; a < n * n; a++) h[a] += own[a];
        for (int i = 0; i < m; i++)
            for (int j = 0; j < m; j++) {
                int t = time_of(d, row[i]), u = time_of(d, row[j]);
                outer[t * n + u] += d->f.residual[row[i]] * d->f.residual[row[j]];
                for (int r = 0; r < m; r++)
                    cross[t * n + u] +=
                        own[t * n + time_of(d, row[r])] * d->x[k][row[r]] * d->f.residual[row[j]];
            }
    }
    karvan_i_small_pinv(n, h, 1e-12, scratch);
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            sum -= cross[a * n + b] * h[b * n + a];
            for (int c = 0; c < n; c++)
                for (int e = 0; e < n; e++)
                    sum += h[a * n + b] * third[b * n + c] * h[c * n + e] * outer[e * n + a] / 2;
        }
    return sum;
}

static void slow_bias(const slow *d, double *bias) {
    double score[K] = {0};
    for (int side = 0; side < 2; side++) {
        double n = side ? panel.importers : panel.exporters;
        for (int who = 0; who < (side ? panel.importers : panel.exporters); who++)
            for (int k = 0; k < K; k++) score[k] += n / (n - 1) * slow_country(d, who, side, k);
    }
    for (int a = 0; a < K; a++) {
        bias[a] = 0;
        for (int b = 0; b < K; b++) bias[a] += d->bread[a * K + b] * score[b];
    }
}

/* Cell of the hat matrix of the whole regression. */
static double hat(const slow *d, int i, int j) {
    const dense_fit *f = &d->f;
    double s = 0;
    for (int a = 0; a < f->p; a++)
        for (int b = 0; b < f->p; b++)
            s += f->column[a * f->n + i] * f->v[a * f->p + b] * f->column[b * f->n + j];
    return s * sqrt(f->working[i] * f->working[j]);
}

static void add_scores(const slow *d, int m, const int *row, const double *mended, double *omega) {
    double h[K] = {0}, g[K] = {0};
    for (int i = 0; i < m; i++)
        for (int a = 0; a < K; a++) {
            h[a] += d->x[a][row[i]] * d->f.residual[row[i]];
            g[a] += d->x[a][row[i]] * mended[i];
        }
    for (int a = 0; a < K; a++)
        for (int b = 0; b < K; b++) omega[a * K + b] += (h[a] * g[b] + g[a] * h[b]) / 2;
}

static void slow_omega(const slow *d, double *omega) {
    memset(omega, 0, sizeof *omega * K * K);
    for (int p = 0; p < d->pairs; p++) {
        int row[T_MOST], m = rows_of_pair(d, p, row);
        double left[T_MOST * T_MOST], scratch[T_MOST * (T_MOST + 1)], mended[T_MOST] = {0};
        for (int i = 0; i < m; i++)
            for (int j = 0; j < m; j++) left[i * m + j] = (i == j) - hat(d, row[i], row[j]);
        karvan_i_small_pinv(m, left, 1e-9, scratch);
        for (int i = 0; i < m; i++)
            for (int j = 0; j < m; j++)
                mended[i] += sqrt(d->f.working[row[i]]) * left[i * m + j] * d->f.residual[row[j]] /
                             sqrt(d->f.working[row[j]]);
        add_scores(d, m, row, mended, omega);
    }
}

/* ---- exact ---- */

static int compared;

static void compare(const char *formula, uint64_t seed, int effects, bool weighted, bool shifted) {
    bool keep[PANEL_ROWS];
    const int *const level[] = {panel.it, panel.jt, panel.ij};
    karvan_table *t = panel_table(&panel);
    karvan_gravity_options o = {.formula = formula,
                                .weights = weighted ? "w" : NULL,
                                .offset = shifted ? "o" : NULL,
                                .threads = 1 + (int)(seed % 2)};
    karvan_gravity *g = panel_fit(t, &o);
    panel_kept(g, &panel, keep);
    dense_model m = {
        panel.n,      K,     effects, panel.y, weighted ? panel.w : NULL, shifted ? panel.o : NULL,
        panel.x_view, level, keep};
    slow d;
    slow_init(&d, &m);
    double bias[K] = {0}, omega[K * K], middle[K * K], v[K * K], factor;
    if (effects == 3) slow_bias(&d, bias);
    slow_omega(&d, omega);
    factor = d.pairs / (d.pairs - 1.0);
    karvan_i_small_product(K, d.bread, omega, middle);
    karvan_i_small_product(K, middle, d.bread, v);
    karvan_gravity_bias out;
    karvan_error e = {0};
    if (karvan_gravity_bias_correct(g, NULL, NULL, NULL, KARVAN_SSC_PPMLHDFE, &out, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_true(out.exact);
    assert_int_equal(out.pairs, d.pairs), assert_int_equal(out.times, panel.years);
    for (int a = 0; a < K; a++) {
        panel_close(out.bias[a] / sqrt(d.bread[a * K + a]), bias[a] / sqrt(d.bread[a * K + a]),
                    1e-7, "bias");
        panel_close(out.corrected[a], dense_beta(&d.f, a) - bias[a], 1e-7, "corrected");
        panel_close(out.se[a] / sqrt(factor * v[a * K + a]), 1, 1e-7, "se");
        for (int b = 0; b < K; b++)
            panel_close(out.v[a * K + b] / sqrt(v[a * K + a] * v[b * K + b]),
                        factor * v[a * K + b] / sqrt(v[a * K + a] * v[b * K + b]), 1e-7, "v");
        compared++;
    }
    karvan_gravity_bias_clear(&out);
    slow_clear(&d), karvan_gravity_destroy(g), karvan_table_destroy(t);
}

static void three_way_against_all_dummies(void **s) {
    (void)s;
    compared = 0;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        /* more exporters than importers, or the other way round */
        panel_draw(&panel, seed, 5 + (int)seed % 3, 4 + (int)seed % 4, 4, seed > 2);
        compare("y ~ x1 + x2 | exp^year + imp^year + exp^imp", seed, 3, seed == 3, seed == 4);
    }
    assert_int_equal(compared, 6 * K);
}

static void two_way_against_all_dummies(void **s) {
    (void)s;
    compared = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        panel_draw(&panel, seed, 5 + (int)seed % 3, 4 + (int)seed % 4, 3, seed > 2);
        compare("y ~ x1 + x2 | exp^year + imp^year", seed, 2, seed == 3, seed == 4);
    }
    /* one year: no time */
    panel_draw(&panel, 5, 9, 8, 1, false);
    for (int i = 0; i < panel.n; i++) panel.x[1][i] = (panel.exp[i] + 3 * panel.imp[i]) % 4 == 0;
    compare("y ~ x1 + x2 | exp + imp", 1, 2, false, false);
    assert_int_equal(compared, 5 * K);
}

/* ---- one round of projections ---- */

/* m[i][j] of the matrix that takes weighted means by level out. */
static void demeaning(const slow *d, const int *level, double *m) {
    int n = d->f.n, *of = dense_alloc((size_t)n, sizeof *of);
    (void)dense_levels(&d->f, level, of);
    for (int i = 0; i < n; i++) {
        double total = 0;
        for (int j = 0; j < n; j++) total += of[i] == of[j] ? d->f.working[j] : 0;
        for (int j = 0; j < n; j++)
            m[i * n + j] = (i == j) - (of[i] == of[j] ? d->f.working[j] / total : 0);
    }
    free(of);
}

/* a x = b by elimination with pivots; a is [n][n]. */
static void eliminate(int n, double *a, double *b) {
    for (int c = 0; c < n; c++) {
        int best = c;
        for (int r = c; r < n; r++)
            if (fabs(a[r * n + c]) > fabs(a[best * n + c])) best = r;
        for (int k = 0; k < n; k++) {
            double keep = a[c * n + k];
            a[c * n + k] = a[best * n + k], a[best * n + k] = keep;
        }
        double keep = b[c];
        b[c] = b[best], b[best] = keep;
        for (int r = 0; r < n; r++) {
            if (r == c) continue;
            double f = a[r * n + c] / a[c * n + c];
            for (int k = c; k < n; k++) a[r * n + k] -= f * a[c * n + k];
            b[r] -= f * b[c];
        }
    }
    for (int c = 0; c < n; c++) b[c] /= a[c * n + c];
}

static void one_round_is_that_of_the_projections(void **s) {
    (void)s;
    bool keep[PANEL_ROWS];
    panel_draw(&panel, 11, 6, 5, 3, true);
    const int *const level[] = {panel.it, panel.jt, panel.ij};
    karvan_table *t = panel_table(&panel);
    karvan_gravity_options o = {.formula = "y ~ x1 + x2 | exp^year + imp^year + exp^imp"};
    karvan_gravity *g = panel_fit(t, &o);
    panel_kept(g, &panel, keep);
    dense_model m = {panel.n, K, 3, panel.y, NULL, NULL, panel.x_view, level, keep};
    slow d;
    slow_init(&d, &m);
    int n = d.f.n;
    double *round[5], omega[K * K] = {0}, got[K * K];
    for (int i = 0; i < 5; i++) round[i] = dense_alloc((size_t)(n * n), sizeof(double));
    for (int i = 0; i < 3; i++) demeaning(&d, level[i], round[i]);
    karvan_i_small_product(n, round[2], round[1], round[3]); /* pair after importer-year */
    karvan_i_small_product(n, round[3], round[0], round[4]); /* after exporter-year */
    karvan_i_small_product(n, round[4], round[2], round[3]); /* after pair */
    for (int p = 0; p < d.pairs; p++) {
        int row[T_MOST], k = rows_of_pair(&d, p, row);
        double a[T_MOST * T_MOST], e[T_MOST], total = 0;
        for (int i = 0; i < k; i++) total += d.f.working[row[i]], e[i] = d.f.residual[row[i]];
        /* Residuals of a pair sum to zero, and so do those looked for: the share of the pair's sum
         * that is added changes nothing but that the matrix has an inverse. */
        for (int i = 0; i < k; i++)
            for (int j = 0; j < k; j++) {
                double xvx = 0, mean = 0;
                for (int r = 0; r < k; r++)
                    for (int b = 0; b < K * K; b++) {
                        double q = d.x[b / K][row[r]] * d.bread[b] * d.x[b % K][row[j]];
                        mean += d.f.working[row[r]] / total * q;
                        xvx += r == i ? q : 0;
                    }
                double w = d.f.working[row[i]];
                a[i * k + j] = round[3][row[j] * n + row[i]] - w * (xvx - mean) + w / total;
            }
        eliminate(k, a, e);
        add_scores(&d, k, row, e, omega);
    }
    karvan_i_panel layout;
    assert_int_equal(karvan_i_panel_create(g, "exp", "imp", "year", &layout, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_bias_omega(&layout, d.bread, false, 2, got, NULL), KARVAN_OK);
    for (int a = 0; a < K * K; a++)
        panel_close(got[a] / sqrt(omega[0] * omega[3]), omega[a] / sqrt(omega[0] * omega[3]), 1e-7,
                    "omega");
    karvan_i_panel_clear(&layout);
    for (int i = 0; i < 5; i++) free(round[i]);
    slow_clear(&d), karvan_gravity_destroy(g), karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(three_way_against_all_dummies),
                                   cmocka_unit_test(two_way_against_all_dummies),
                                   cmocka_unit_test(one_round_is_that_of_the_projections)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
