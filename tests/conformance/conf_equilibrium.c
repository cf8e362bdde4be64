/* General equilibrium beside public answers: Stata's ge_gravity on its own example, and "Trade
 * without borders" of the Advanced Guide to Trade Policy Analysis (Yotov, Piermartini, Monteiro and
 * Larch 2016, chapter 2) from fitted and from observed flows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/equilibrium.h"
#include "karvan/gravity.h"
#include "reference.h"
#include "table/cell.h"
#include "trade_world.h"

static karvan_table *read_table(const char *name) {
    char path[4096];
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (!reference_file(name, "the reference data", path, sizeof path)) return NULL;
    if (karvan_csv_read(path, "t", &(karvan_csv_options){0}, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

/* ---- ge_gravity: 44 countries in 2000, EU enlargement of 2004 and after --------------------- */

/* Rows of the year with the partial effect on pairs that are new in the EU by the last year: for
 * each of them the difference of eu_enlargement between its last and its first row. */
static karvan_table *with_partial(const karvan_table *t, double effect) {
    static const karvan_column columns[] = {{"exporter", KARVAN_TEXT, NULL},
                                            {"importer", KARVAN_TEXT, NULL},
                                            {"trade", KARVAN_REAL, NULL},
                                            {"partial", KARVAN_REAL, NULL}};
    karvan_builder *b = NULL;
    karvan_table *out = NULL;
    assert_int_equal(karvan_builder_create("t", 4, columns, &b, NULL), KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (karvan_i_cell_real(t, "year", r) != 2000) continue;
        const char *from = karvan_i_cell_text(t, "exporter", r);
        const char *to = karvan_i_cell_text(t, "importer", r);
        double last = NAN, latest = 0;
        for (int64_t k = 0; k < karvan_table_rows(t); k++)
            if (karvan_i_cell_is(t, "exporter", k, from) &&
                karvan_i_cell_is(t, "importer", k, to) && karvan_i_cell_real(t, "year", k) > latest)
                latest = karvan_i_cell_real(t, "year", k),
                last = karvan_i_cell_real(t, "eu_enlargement", k);
        double more = last - karvan_i_cell_real(t, "eu_enlargement", r);
        assert_int_equal(karvan_builder_row(b, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_text(b, 0, from, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_text(b, 1, to, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_real(b, 2, karvan_i_cell_real(t, "trade", r), NULL),
                         KARVAN_OK);
        assert_int_equal(karvan_builder_real(b, 3, effect * more, NULL), KARVAN_OK);
    }
    assert_int_equal(karvan_builder_finish(b, &out, NULL), KARVAN_OK);
    return out;
}

static double partials[44 * 44];

static int32_t country(const karvan_economy *e, const char *name) {
    for (int32_t i = 0; i < karvan_economy_statistics(e).n; i++)
        if (strcmp(karvan_economy_country(e, i), name) == 0) return i;
    fail_msg("no country %s", name);
    return -1;
}

static double welfare_of(const karvan_economy *e, const char *name, karvan_deficit deficit) {
    karvan_equilibrium *q = NULL;
    karvan_error err = {0};
    karvan_equilibrium_options o = {.theta = 4, .deficit = deficit};
    if (karvan_equilibrium_solve(e, &o, &q, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    double w = karvan_equilibrium_view(q, KARVAN_RESULT_WELFARE)[country(e, name)];
    karvan_equilibrium_destroy(q);
    return w;
}

/* Stata kept its welfare in single precision: ours has all the digits of it. The plain fixed point
 * of the same paper, run until it stands still, says the rest. */
static void compare_with_stata(const karvan_economy *e, karvan_deficit deficit, double stata) {
    int32_t n = karvan_economy_statistics(e).n;
    double *welfare = malloc((size_t)n * sizeof *welfare);
    bool multiplicative = deficit == KARVAN_DEFICIT_MULTIPLICATIVE;
    double ours = welfare_of(e, "AUS", deficit);
    assert_non_null(welfare);
    assert_true(fabs(ours - stata) < 3.1e-8 && (float)ours == (float)stata);
    assert_true(plain_ge_gravity(n, karvan_economy_flow_view(e), partials, 4, multiplicative, 1e-13,
                                 10000, welfare) > 0);
    assert_true(fabs(welfare[country(e, "AUS")] - ours) < 1e-13);
    free(welfare);
}

static void ge_gravity_of_stata(void **state) {
    (void)state;
    static const char *const change[] = {"partial"};
    karvan_table *t = read_table("trade/ge_gravity_trade_2000_2014.csv"), *one = NULL;
    karvan_economy *e = NULL;
    karvan_error err = {0};
    if (!t) skip();
    one = with_partial(t, 0.2242490053);
    karvan_economy_options o = {.n_changes = 1, .change = change};
    if (karvan_economy_read(one, &o, &e, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    assert_int_equal(karvan_economy_statistics(e).n, 44);
    for (int64_t r = 0; r < karvan_table_rows(one); r++)
        partials[country(e, karvan_i_cell_text(one, "exporter", r)) * 44 +
                 country(e, karvan_i_cell_text(one, "importer", r))] =
            karvan_i_cell_real(one, "partial", r);
    compare_with_stata(e, KARVAN_DEFICIT_ADDITIVE, 0.999993801116943);
    compare_with_stata(e, KARVAN_DEFICIT_MULTIPLICATIVE, 0.99999475479126);
    karvan_economy_destroy(e);
    karvan_table_destroy(one), karvan_table_destroy(t);
}

/* ---- trade without borders --------------------------------------------------------------------
 */

enum { N = 69, REGRESSORS = 3, K = 2 * N - 1 + REGRESSORS };

typedef struct borders {
    karvan_table *t, *three, *stata;
    double *fitted;          /* [rows] */
    double beta[REGRESSORS]; /* ln distance, contiguity, border */
    char names[N][4];
} borders;
static borders b;

static int name_of(const char *s) {
    for (int i = 0; i < N; i++) {
        if (!*b.names[i]) (void)snprintf(b.names[i], sizeof *b.names, "%.3s", s);
        if (strcmp(b.names[i], s) == 0) return i;
    }
    fail_msg("more countries than %d", N);
    return -1;
}

/* Poisson regression with a dummy each exporter and each importer but the first, by Newton with the
 * dense information matrix: nothing of the library's own estimator. */
static void solve_dense(double *a, double *x) {
    for (int k = 0; k < K; k++) {
        for (int j = 0; j < k; j++) a[k * K + k] -= a[k * K + j] * a[k * K + j];
        a[k * K + k] = sqrt(a[k * K + k]);
        for (int i = k + 1; i < K; i++) {
            for (int j = 0; j < k; j++) a[i * K + k] -= a[i * K + j] * a[k * K + j];
            a[i * K + k] /= a[k * K + k];
        }
        for (int j = 0; j < k; j++) x[k] -= a[k * K + j] * x[j];
        x[k] /= a[k * K + k];
    }
    for (int k = K - 1; k >= 0; k--) {
        for (int i = k + 1; i < K; i++) x[k] -= a[i * K + k] * x[i];
        x[k] /= a[k * K + k];
    }
}

static void ppml(void) {
    static const char *const columns[REGRESSORS] = {"ln_DIST", "CNTG", "INTL_BRDR"};
    int64_t rows = karvan_table_rows(b.t);
    double *a = malloc((size_t)K * K * sizeof *a), *g = malloc(K * sizeof *g),
           *at = calloc(K, sizeof *at), moved = 1;
    for (int64_t r = 0; r < rows; r++) b.fitted[r] = karvan_i_cell_real(b.t, "trade", r) + 100;
    for (int step = 0; step < 60 && moved > 1e-12; step++) {
        memset(a, 0, (size_t)K * K * sizeof *a), memset(g, 0, K * sizeof *g);
        for (int64_t r = 0; r < rows; r++) {
            int i = name_of(karvan_i_cell_text(b.t, "exporter", r));
            int j = name_of(karvan_i_cell_text(b.t, "importer", r));
            int place[2 + REGRESSORS] = {i, j ? N - 1 + j : -1};
            double value[2 + REGRESSORS] = {1, 1}, mu = b.fitted[r];
            double z = log(mu) + (karvan_i_cell_real(b.t, "trade", r) - mu) / mu;
            for (int k = 0; k < REGRESSORS; k++)
                place[2 + k] = 2 * N - 1 + k, value[2 + k] = karvan_i_cell_real(b.t, columns[k], r);
            for (int p = 0; p < 2 + REGRESSORS; p++)
                for (int q = 0; place[p] >= 0 && q < 2 + REGRESSORS; q++)
                    if (place[q] >= 0) a[place[p] * K + place[q]] += mu * value[p] * value[q];
            for (int p = 0; p < 2 + REGRESSORS; p++)
                if (place[p] >= 0) g[place[p]] += mu * value[p] * z;
        }
        solve_dense(a, g);
        moved = 0;
        for (int k = 0; k < K; k++) moved = fmax(moved, fabs(g[k] - at[k])), at[k] = g[k];
        for (int64_t r = 0; r < rows; r++) {
            int i = name_of(karvan_i_cell_text(b.t, "exporter", r));
            int j = name_of(karvan_i_cell_text(b.t, "importer", r));
            double eta = at[i] + (j ? at[N - 1 + j] : 0);
            for (int k = 0; k < REGRESSORS; k++)
                eta += at[2 * N - 1 + k] * karvan_i_cell_real(b.t, columns[k], r);
            b.fitted[r] = exp(eta);
        }
    }
    assert_true(moved <= 1e-12);
    memcpy(b.beta, at + 2 * N - 1, sizeof b.beta);
    free(a), free(g), free(at);
}

static int set_up(void **state) {
    (void)state;
    b.t = read_table("trade/1_TradeWithoutBorder.csv");
    b.three = read_table("trade/expected_TradeWithoutBorder_three_ways.csv");
    b.stata = read_table("trade/expected_TradeWithoutBorder_stata_GEPPML.csv");
    if (!b.t || !b.three || !b.stata) return 0;
    b.fitted = malloc((size_t)karvan_table_rows(b.t) * sizeof *b.fitted);
    ppml();
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    karvan_table_destroy(b.t), karvan_table_destroy(b.three), karvan_table_destroy(b.stata);
    free(b.fitted);
    return 0;
}

/* Borders fall: the change is minus their coefficient; sigma 7, spending moves with output. */
static karvan_economy *economy(const double *flow, karvan_equilibrium **q) {
    static const char *const change[] = {"INTL_BRDR"};
    karvan_economy *e = NULL;
    karvan_error err = {0};
    double beta = -b.beta[2];
    karvan_economy_options o = {.n_changes = 1, .change = change, .flow = flow};
    karvan_equilibrium_options how = {
        .theta = 6, .deficit = KARVAN_DEFICIT_MULTIPLICATIVE, .beta = &beta};
    if (karvan_economy_read(b.t, &o, &e, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    if (karvan_equilibrium_solve(e, &how, q, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    return e;
}

static void compare(const double *flow, const char *column, double within, double macao,
                    double hong_kong) {
    karvan_equilibrium *q = NULL;
    karvan_economy *e = economy(flow, &q);
    const double *real = karvan_equilibrium_view(q, KARVAN_RESULT_REAL_INCOME);
    int n = 0;
    for (int64_t r = 0; r < karvan_table_rows(b.three); r++) {
        const char *name = karvan_i_cell_text(b.three, "exporter", r);
        double said = karvan_i_cell_real(b.three, column, r);
        double found = 100 * (real[country(e, name)] - 1);
        double most = strcmp(name, "HKG") == 0   ? hong_kong
                      : strcmp(name, "MAC") == 0 ? macao
                                                 : within;
        if (!(fabs(found - said) <= most))
            fail_msg("%s %s: %.13g where %.13g is said", column, name, found, said);
        n++;
    }
    assert_in_range(n, 68, 69);
    karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

static void borders_from_fitted_flows(void **state) {
    (void)state;
    if (!b.fitted) skip();
    compare(b.fitted, "hat_fitted_rGDP", 1e-7, 1e-7, 1e-7);
}
/* The library's own estimator fits the same flows. */
static void fitted_flows_of_our_own(void **state) {
    (void)state;
    if (!b.fitted) skip();
    karvan_gravity *g = NULL;
    karvan_error err = {0};
    karvan_gravity_options o = {.formula =
                                    "trade ~ ln_DIST + CNTG + INTL_BRDR | exporter + importer"};
    int64_t rows = karvan_table_rows(b.t);
    double *fitted = malloc((size_t)rows * sizeof *fitted);
    assert_non_null(fitted);
    if (karvan_gravity_fit(b.t, &o, &g, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    assert_int_equal(karvan_gravity_fitted(g, fitted, NULL), KARVAN_OK);
    for (int k = 0; k < REGRESSORS; k++)
        assert_true(fabs(karvan_gravity_estimate(g, k) - b.beta[k]) < 1e-8);
    for (int64_t r = 0; r < rows; r++)
        assert_true(fabs(fitted[r] - b.fitted[r]) <= 1e-8 * b.fitted[r]);
    compare(fitted, "hat_fitted_rGDP", 1e-6, 1e-6, 1e-6);
    karvan_gravity_destroy(g);
    free(fitted);
}

static void borders_from_observed_flows(void **state) {
    (void)state;
    if (!b.fitted) skip();
    compare(NULL, "hat_observed_rGDP", 1e-7, 1e-7, 1e-7);
}
/* GEPPML (Anderson, Larch and Yotov 2018) as the Guide's program runs it: trade at given prices is
 * fitted with effects and borders gone, prices follow from the exporters' effects, and so on until
 * prices move by less than `enough` from one step to the next. With effects alone a Poisson fit is
 * the scaling of rows and columns to its margins. Germany's importer effect is 1. */
typedef struct geppml {
    int64_t rows;
    int *from, *to, reference;
    double *tij, *tij0, *fit;
    double pi[N], chi[N];
} geppml;

static void scale(geppml *g, const double *tij, const double *trade) {
    double y[N] = {0}, e[N] = {0}, off = 1;
    for (int64_t r = 0; r < g->rows; r++) y[g->from[r]] += trade[r], e[g->to[r]] += trade[r];
    for (int i = 0; i < N; i++) g->chi[i] = 1;
    for (int step = 0; step < 20000 && off > 1e-14; step++) {
        double sold[N] = {0}, bought[N] = {0};
        for (int64_t r = 0; r < g->rows; r++) sold[g->from[r]] += tij[r] * g->chi[g->to[r]];
        for (int i = 0; i < N; i++) g->pi[i] = y[i] / sold[i];
        for (int64_t r = 0; r < g->rows; r++) bought[g->to[r]] += tij[r] * g->pi[g->from[r]];
        off = 0;
        for (int i = 0; i < N; i++)
            off = fmax(off, fabs(e[i] / bought[i] / g->chi[i] - 1)), g->chi[i] = e[i] / bought[i];
    }
    double unit = g->chi[g->reference];
    for (int i = 0; i < N; i++) g->pi[i] *= unit, g->chi[i] /= unit;
    for (int64_t r = 0; r < g->rows; r++) g->fit[r] = g->pi[g->from[r]] * tij[r] * g->chi[g->to[r]];
}

typedef struct margins {
    double y[N], e[N], pi[N], chi[N];
} margins;

static margins margins_of(const geppml *g, const double *phi) {
    margins m = {.y = {0}};
    for (int64_t r = 0; r < g->rows; r++) m.y[g->from[r]] += g->fit[r], m.e[g->to[r]] += g->fit[r];
    for (int i = 0; phi && i < N; i++) m.e[i] = phi[i] * m.y[i];
    memcpy(m.pi, g->pi, sizeof m.pi), memcpy(m.chi, g->chi, sizeof m.chi);
    return m;
}

/* Change of price of i between two steps, sigma 7. */
static double price(const geppml *g, const margins *now, const margins *before, int i) {
    return pow(now->pi[i] / before->pi[i] / (now->e[g->reference] / before->e[g->reference]),
               -1.0 / 6);
}

/* Real income of every country, per cent. */
static int run_geppml(geppml *g, double enough, double *real) {
    double phi[N], last[N] = {0}, *trade = malloc((size_t)g->rows * sizeof *trade);
    int steps = 0;
    for (int64_t r = 0; r < g->rows; r++) trade[r] = karvan_i_cell_real(b.t, "trade", r);
    scale(g, g->tij0, trade);
    margins base = margins_of(g, NULL), before = base, now;
    for (int i = 0; i < N; i++) phi[i] = base.e[i] / base.y[i];
    scale(g, g->tij, trade);
    now = margins_of(g, NULL);
    for (double sd = 1, most = 1; sd > enough || most > enough; steps++) {
        double p[N], mean = 0;
        for (int i = 0; i < N; i++) p[i] = price(g, &now, &before, i), mean += (p[i] - last[i]) / N;
        for (int64_t r = 0; r < g->rows; r++) {
            int i = g->from[r], j = g->to[r];
            double omr = now.y[i] * now.e[g->reference] / now.pi[i] /
                         (before.y[i] * before.e[g->reference] / before.pi[i]);
            double imr = now.e[j] / now.chi[j] / now.e[g->reference] /
                         (before.e[j] / before.chi[j] / before.e[g->reference]);
            trade[r] = g->fit[r] * p[i] * p[j] / (steps ? omr * imr : 1);
        }
        sd = 0, most = -INFINITY;
        for (int i = 0; i < N; i++) {
            sd += (p[i] - last[i] - mean) * (p[i] - last[i] - mean) / (N - 1);
            most = fmax(most, p[i] - last[i]), last[i] = p[i];
        }
        sd = sqrt(sd), most = fabs(most);
        scale(g, g->tij, trade);
        before = now, now = margins_of(g, phi);
        assert_in_range(steps, 0, 400);
    }
    for (int i = 0; i < N; i++) {
        double up = price(g, &now, &base, i);
        double imr = now.e[i] / (now.chi[i] * now.e[g->reference]);
        double imr0 = base.e[i] / (base.chi[i] * base.e[g->reference]);
        real[i] = 100 * (up * pow(imr0 / imr, -1.0 / 6) - 1);
    }
    free(trade);
    return steps;
}

static void compare_geppml(geppml *g, double enough, const karvan_table *t, const char *key,
                           const char *column, double within) {
    double real[N];
    int steps = run_geppml(g, enough, real);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *name = karvan_i_cell_text(t, key, r);
        double said = karvan_i_cell_real(t, column, r);
        double found = real[name_of(strcmp(name, "DEU") == 0 ? "ZZZ" : name)];
        if (!(fabs(found - said) <= within))
            fail_msg("%s after %d steps: %.13g where %.13g is said", name, steps, found, said);
    }
}

/* The loop that stops where Stata's does has Stata's numbers. Gone on with, it does not come to the
 * equilibrium: its fits take spending from the columns of the trade that they are given, which is
 * not what output and the ratio of spending to it say. So its limit is as far away as its stop: two
 * thirds of a point in Hong Kong, 0.4 in Macao, about a tenth elsewhere. */
static void borders_as_stata_has_them(void **state) {
    (void)state;
    if (!b.fitted) skip();
    geppml g = {.rows = karvan_table_rows(b.t), .reference = name_of("ZZZ")};
    size_t rows = (size_t)g.rows;
    g.from = malloc(rows * sizeof *g.from), g.to = malloc(rows * sizeof *g.to);
    g.tij = malloc(rows * sizeof *g.tij), g.tij0 = malloc(rows * sizeof *g.tij0);
    g.fit = malloc(rows * sizeof *g.fit);
    for (size_t r = 0; r < rows; r++) {
        int64_t row = (int64_t)r;
        g.from[r] = name_of(karvan_i_cell_text(b.t, "exporter", row));
        g.to[r] = name_of(karvan_i_cell_text(b.t, "importer", row));
        double way = b.beta[0] * karvan_i_cell_real(b.t, "ln_DIST", row) +
                     b.beta[1] * karvan_i_cell_real(b.t, "CNTG", row);
        g.tij[r] = exp(way);
        g.tij0[r] = exp(way + b.beta[2] * karvan_i_cell_real(b.t, "INTL_BRDR", row));
    }
    compare_geppml(&g, 0.01, b.stata, "country", "change_rGDP_FULL", 1e-5);
    compare_geppml(&g, 1e-9, b.three, "exporter", "hat_fitted_rGDP", 0.68);
    compare(b.fitted, "stata_GEPPML_rGDP", 0.14, 0.38, 0.6);
    free(g.from), free(g.to), free(g.tij), free(g.tij0), free(g.fit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ge_gravity_of_stata), cmocka_unit_test(borders_from_fitted_flows),
        cmocka_unit_test(fitted_flows_of_our_own), cmocka_unit_test(borders_from_observed_flows),
        cmocka_unit_test(borders_as_stata_has_them)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
