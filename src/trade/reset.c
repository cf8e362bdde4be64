/* Ramsey's RESET: does the square of the linear predictor add to the model? The model is fitted
 * again with it, from where the fit stopped, effects and all. Sources: Ramsey 1969, Journal of the
 * Royal Statistical Society B 31(2); for PPML Santos Silva and Tenreyro 2006, Review of Economics
 * and Statistics 88(4). */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/fit.h"
#include "trade/small.h"

typedef struct wider {
    karvan_gravity g; /* the fit with one regressor more; what it shares with the fit is borrowed */
    double *square;   /* [n] */
    double *z, *before; /* [n] working variable, its residual; predictor before a step */
    double **column;    /* [n_kept + 1] of [n]: regressors and working variable less the effects */
    double *normal;     /* [k][k] */
    double *b, *old;    /* [k] */
    double *room;       /* [k][k + 1] */
} wider;

static double *numbers(int64_t n) { return karvan_i_malloc((size_t)n, sizeof(double)); }

/* Lists of the fit with one place more. */
static karvan_status lengthen(const karvan_gravity *g, wider *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static char name[] = "(predictor squared)";
    size_t k = (size_t)g->d.k, kept = (size_t)g->n_kept;
    w->g.d.x = karvan_i_calloc(k + 1, sizeof *w->g.d.x);
    w->g.d.name = karvan_i_calloc(k + 1, sizeof *w->g.d.name);
    w->g.kept = karvan_i_calloc(kept + 1, sizeof *w->g.kept);
    KARVAN_REQUIRE(w->g.d.x && w->g.d.name && w->g.kept, err, KARVAN_E_NOMEM, "%zu regressors",
                   k + 1);
    if (k) memcpy(w->g.d.x, g->d.x, sizeof *g->d.x * k);
    if (k) memcpy(w->g.d.name, g->d.name, sizeof *g->d.name * k);
    if (kept) memcpy(w->g.kept, g->kept, sizeof *g->kept * kept);
    w->g.d.x[k] = w->square, w->g.d.name[k] = name, w->g.kept[kept] = g->d.k;
    w->g.d.k = g->d.k + 1, w->g.n_kept = g->n_kept + 1;
done:
    return st;
}

static karvan_status wider_init(const karvan_gravity *g, wider *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = g->d.n, k = g->n_kept + 1;
    w->g = *g;
    w->g.d.x = NULL, w->g.d.name = NULL, w->g.kept = NULL, w->g.xt = NULL;
    w->g.eta = numbers(n), w->g.mu = numbers(n), w->g.beta = numbers(k),
    w->g.bread = numbers(k * k);
    w->square = numbers(n), w->z = numbers(n), w->before = numbers(n);
    w->normal = numbers(k * k), w->b = numbers(k), w->old = numbers(k);
    w->room = numbers(k * (k + 1));
    w->column = karvan_i_calloc((size_t)k + 1, sizeof *w->column);
    KARVAN_REQUIRE(w->g.eta && w->g.mu && w->g.beta && w->g.bread && w->square && w->z &&
                       w->before && w->normal && w->b && w->old && w->room && w->column,
                   err, KARVAN_E_NOMEM, "RESET of %lld rows", (long long)n);
    for (int64_t c = 0; c <= k; c++) {
        w->column[c] = numbers(n);
        KARVAN_REQUIRE(w->column[c], err, KARVAN_E_NOMEM, "RESET of %lld rows", (long long)n);
    }
    memcpy(w->g.eta, g->eta, sizeof *g->eta * (size_t)n);
    memcpy(w->g.mu, g->mu, sizeof *g->mu * (size_t)n);
    KARVAN_TRY(lengthen(g, w, err));
    w->g.xt = w->column;
done:
    return st;
}

static void wider_clear(const karvan_gravity *g, wider *w) {
    for (int c = 0; w->column && c <= g->n_kept + 1; c++) karvan_i_free(w->column[c]);
    karvan_i_free(w->column), karvan_i_free(w->square), karvan_i_free(w->z);
    karvan_i_free(w->before), karvan_i_free(w->normal), karvan_i_free(w->b), karvan_i_free(w->old);
    karvan_i_free(w->room), karvan_i_free(w->g.eta), karvan_i_free(w->g.mu);
    karvan_i_free(w->g.beta), karvan_i_free(w->g.bread), karvan_i_free(w->g.d.x);
    karvan_i_free(w->g.d.name), karvan_i_free(w->g.kept);
}

static double offset_of(const karvan_gravity *g, int64_t i) {
    return g->d.offset ? g->d.offset[i] : 0;
}

/* The square of the predictor, centred where that changes only regressors and effects that are
 * there anyway (with an offset it would not), and of unit size. */
static void square_predictor(wider *w) {
    const karvan_gravity *g = &w->g;
    double sum = 0, weights = 0, mean = 0, size = 0;
    for (int64_t i = 0; i < g->d.n; i++) {
        double weight = karvan_i_fit_weight(g, i);
        sum += weight * g->eta[i], weights += weight;
    }
    if (!g->d.offset) mean = sum / weights;
    for (int64_t i = 0; i < g->d.n; i++) {
        w->square[i] = (g->eta[i] - mean) * (g->eta[i] - mean);
        size = fmax(size, w->square[i]);
    }
    for (int64_t i = 0; size > 0 && i < g->d.n; i++) w->square[i] /= size;
}

/* Weighted sums of squares before and after the effects are taken out. */
static double spread(const karvan_gravity *g, const double *v) {
    double s = 0, m = 0, weights = 0;
    for (int64_t i = 0; i < g->d.n; i++) {
        double weight = karvan_i_fit_weight(g, i);
        m += weight * v[i], weights += weight;
    }
    m /= weights;
    for (int64_t i = 0; i < g->d.n; i++) s += karvan_i_fit_weight(g, i) * (v[i] - m) * (v[i] - m);
    return s;
}

/* Columns and working variable less the effects at the present weights; normal equations. Effects
 * are solved for no closer than the coefficients still move. */
static karvan_status make_normal(wider *w, double tolerance, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_gravity *g = &w->g;
    int k = g->n_kept;
    size_t bytes = sizeof(double) * (size_t)g->d.n;
    for (int64_t i = 0; i < g->d.n; i++)
        w->z[i] = g->estimator == KARVAN_PPML
                      ? g->eta[i] - offset_of(g, i) + (g->d.y[i] - g->mu[i]) / g->mu[i]
                      : g->d.y[i] - offset_of(g, i);
    for (int c = 0; c < k; c++) memcpy(w->column[c], g->d.x[g->kept[c]], bytes);
    memcpy(w->column[k], w->z, bytes);
    double whole = spread(g, w->square);
    if (g->d.n_effects > 0) KARVAN_TRY(karvan_i_fit_demean(g, k + 1, w->column, tolerance, err));
    KARVAN_REQUIRE(whole > 0 && spread(g, w->column[k - 1]) > 1e-14 * whole, err, KARVAN_E_DATA,
                   "RESET: the squared predictor is a combination of the effects");
    memset(w->normal, 0, sizeof(double) * (size_t)k * (size_t)k);
    memset(w->b, 0, sizeof(double) * (size_t)k);
    for (int64_t i = 0; i < g->d.n; i++) {
        double weight = karvan_i_fit_weight(g, i);
        for (int a = 0; a < k; a++) {
            double u = weight * w->column[a][i];
            w->b[a] += u * w->column[k][i];
            for (int b = 0; b <= a; b++) w->normal[a * k + b] += u * w->column[b][i];
        }
    }
done:
    return st;
}

static karvan_status solve_normal(wider *w, double *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int k = w->g.n_kept;
    memcpy(w->room, w->normal, sizeof(double) * (size_t)k * (size_t)k);
    KARVAN_REQUIRE(karvan_i_small_solve(k, w->room, 1e-11, b), err, KARVAN_E_DATA,
                   "RESET: the squared predictor is a combination of regressors and effects");
done:
    return st;
}

static karvan_status invert_normal(wider *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int k = w->g.n_kept;
    for (int a = 0; a < k; a++) {
        double *row = w->g.bread + (size_t)a * (size_t)k;
        memset(row, 0, sizeof *row * (size_t)k);
        row[a] = 1;
        KARVAN_TRY(solve_normal(w, row, err));
    }
done:
    return st;
}

static double deviance(const karvan_gravity *g) {
    double s = 0;
    for (int64_t i = 0; i < g->d.n; i++) {
        double y = g->d.y[i], weight = g->d.weight ? g->d.weight[i] : 1;
        s += 2 * weight * ((y > 0 ? y * log(y / g->mu[i]) : 0) - (y - g->mu[i]));
    }
    return s;
}

/* A step, halved until the deviance does not rise: with b the predictor is z less the residual. */
static void take_step(wider *w, double *fit) {
    karvan_gravity *g = &w->g;
    int k = g->n_kept;
    bool ppml = g->estimator == KARVAN_PPML;
    memcpy(w->before, g->eta, sizeof *w->before * (size_t)g->d.n);
    for (int64_t i = 0; i < g->d.n; i++) {
        double residual = w->column[k][i];
        for (int c = 0; c < k; c++) residual -= w->b[c] * w->column[c][i];
        g->eta[i] = w->z[i] - residual + offset_of(g, i);
    }
    for (int halved = 0; ppml; halved++) {
        for (int64_t i = 0; i < g->d.n; i++) g->mu[i] = exp(g->eta[i]);
        double d = deviance(g);
        if (d <= *fit * (1 + 1e-9) || halved == 30) {
            *fit = d;
            break;
        }
        for (int64_t i = 0; i < g->d.n; i++) g->eta[i] = (g->eta[i] + w->before[i]) / 2;
    }
}

static karvan_status refit(wider *w, karvan_error *err) {
    enum { ITERATIONS = 200 };
    karvan_status st = KARVAN_OK;
    int k = w->g.n_kept;
    double moved = 1, fit = w->g.estimator == KARVAN_PPML ? deviance(&w->g) : 0;
    memset(w->old, 0, sizeof *w->old * (size_t)k);
    for (int i = 0; moved > 1e-9; i++) {
        KARVAN_REQUIRE(i < ITERATIONS, err, KARVAN_E_NOCONV,
                       "RESET: no convergence in %d iterations", ITERATIONS);
        double tolerance = w->g.estimator == KARVAN_PPML ? fmin(1e-5, moved * 1e-3) : 1e-11;
        KARVAN_TRY(make_normal(w, fmax(tolerance, 1e-11), err));
        KARVAN_TRY(solve_normal(w, w->b, err));
        take_step(w, &fit);
        moved = 0;
        for (int c = 0; c < k; c++)
            moved = fmax(moved, fabs(w->b[c] - w->old[c]) / fmax(1, fabs(w->b[c])));
        memcpy(w->old, w->b, sizeof *w->old * (size_t)k);
        if (w->g.estimator == KARVAN_OLS) break;
    }
    memcpy(w->g.beta, w->b, sizeof *w->b * (size_t)k);
    KARVAN_TRY(invert_normal(w, err));
done:
    return st;
}

karvan_status karvan_gravity_reset(const karvan_gravity *g, karvan_se se, karvan_ssc ssc, double *z,
                                   double *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    wider w = {0};
    if (z) *z = NAN;
    if (p) *p = NAN;
    KARVAN_REQUIRE(g, err, KARVAN_E_ARG, "no fit");
    KARVAN_TRY(wider_init(g, &w, err));
    square_predictor(&w);
    KARVAN_TRY(refit(&w, err));
    KARVAN_TRY(karvan_gravity_vcov(&w.g, se, ssc, 0, NULL, w.normal, NULL, 0, err));
    int k = w.g.n_kept;
    double value = w.g.beta[k - 1] / sqrt(w.normal[k * k - 1]);
    if (z) *z = value;
    if (p) *p = erfc(fabs(value) / sqrt(2));
done:
    wider_clear(g, &w);
    return st;
}
