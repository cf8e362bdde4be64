/* A fit: rows that cannot take part go, Newton's method runs, separated rows go and it runs again;
 * then what standard errors and predictions need is laid by. */
#include "karvan/gravity.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/fit.h"
#include "trade/prune.h"
#include "trade/small.h"

#define LAST 1e-10 /* accuracy of the projections that standard errors rest on */

static double seconds(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void karvan_gravity_destroy(karvan_gravity *g) {
    if (!g) return;
    for (int f = 0; f < g->d.n_effects && g->alpha; f++) karvan_i_free(g->alpha[f]);
    karvan_i_free(g->alpha), karvan_i_free(g->kept), karvan_i_free(g->beta);
    karvan_i_free(g->eta), karvan_i_free(g->mu), karvan_i_free(g->xt), karvan_i_free(g->bread);
    karvan_i_design_clear(&g->d);
    karvan_i_free(g);
}

/* ---- estimation --------------------------------------------------------------------------------
 */

static karvan_status enough_rows(const karvan_gravity *g, karvan_error *err) {
    int64_t of[4] = {0};
    for (int64_t i = 0; i < g->d.drops.n; i++) of[g->d.drops.at[i].reason]++;
    if (g->d.n == 0)
        return karvan_fail(
            err, KARVAN_E_DATA,
            "no row is left of %lld: %lld lack a value, %lld are alone in a level of "
            "an effect, %lld lie in levels of zeros alone, %lld are separated",
            (long long)karvan_table_rows(g->d.data), (long long)of[KARVAN_I_MISSING],
            (long long)of[KARVAN_I_SINGLETON], (long long)of[KARVAN_I_ALL_ZERO],
            (long long)of[KARVAN_I_SEPARATED]);
    bool positive = g->estimator == KARVAN_OLS;
    for (int64_t i = 0; i < g->d.n && !positive; i++) positive = g->d.y[i] > 0;
    if (!positive)
        return karvan_fail(err, KARVAN_E_DATA,
                           "all %lld values to be explained are 0: there is nothing to estimate",
                           (long long)g->d.n);
    return KARVAN_OK;
}

/* Runs until no row is separated; s is that of the last run. KARVAN_E_NOCONV leaves it, too. */
static karvan_status estimate(karvan_gravity *g, const karvan_gravity_options *o,
                              karvan_i_newton *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool ppml = o->estimator == KARVAN_PPML, look = ppml && !o->keep_separated, again = true;
    int64_t found;
    while (again) {
        KARVAN_TRY(karvan_i_prune(&g->d, ppml, !o->keep_singletons, err));
        KARVAN_TRY(enough_rows(g, err));
        karvan_i_newton_clear(s);
        KARVAN_TRY(karvan_i_newton_create(&g->d, o, s, err));
        KARVAN_TRY(karvan_i_newton_run(s, o, look, &again, err));
        if (!again) break;
        KARVAN_TRY(karvan_i_separation(&g->d, o, &found, err));
        if (found > 0) {
            g->stats.iterations += s->iterations, g->stats.sweeps += s->a.sweeps;
            continue;
        }
        look = false; /* all rows are cleared: on from where it stood */
        KARVAN_TRY(karvan_i_newton_run(s, o, look, &again, err));
    }
done:
    return st;
}

/* ---- what is kept of it ------------------------------------------------------------------------
 */

static karvan_status keep_coefficients(karvan_gravity *g, const karvan_i_newton *s,
                                       karvan_error *err) {
    size_t k = (size_t)g->d.k + 1;
    g->kept = karvan_i_calloc(k, sizeof *g->kept), g->beta = karvan_i_calloc(k, sizeof *g->beta);
    g->xt = karvan_i_calloc(k, sizeof *g->xt);
    if (!g->kept || !g->beta || !g->xt)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d coefficients", g->d.k);
    for (int j = 0; j < g->d.k; j++) {
        if (s->out[j]) continue;
        g->kept[g->n_kept] = j, g->beta[g->n_kept] = s->beta[j];
        g->xt[g->n_kept++] = g->d.x[j];
    }
    return KARVAN_OK;
}

typedef struct gram_ctx {
    const karvan_gravity *g;
    double *part; /* [parts][k][k] */
} gram_ctx;
enum { PART = 65536 };

static karvan_status gram_part(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    (void)worker, (void)err;
    const gram_ctx *c = ctx;
    const karvan_gravity *g = c->g;
    int k = g->n_kept;
    double *to = c->part + (size_t)(begin / PART) * (size_t)k * (size_t)k;
    for (int p = 0; p < k; p++)
        for (int q = 0; q <= p; q++) {
            double t = 0;
            for (int64_t i = begin; i < end; i++)
                t += karvan_i_fit_weight(g, i) * g->xt[p][i] * g->xt[q][i];
            to[p * k + q] = t;
        }
    return KARVAN_OK;
}

/* bread = (X~'W X~)^-1. */
static karvan_status invert(karvan_gravity *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int k = g->n_kept;
    size_t cells = (size_t)k * (size_t)k, parts = (size_t)(g->d.n / PART + 1);
    double *work = karvan_i_calloc(2 * cells + 3 * (size_t)k + 1, sizeof *work);
    bool *out = karvan_i_calloc((size_t)k + 1, sizeof *out);
    gram_ctx c = {.g = g, .part = karvan_i_calloc(parts * cells + 1, sizeof *c.part)};
    g->bread = karvan_i_calloc(cells + 1, sizeof *g->bread);
    KARVAN_REQUIRE(work && out && c.part && g->bread, err, KARVAN_E_NOMEM,
                   "no memory for %d coefficients", k);
    double *gram = work, *l = gram + cells, *least = l + cells, *unit = least + k,
           *column = unit + k;
    KARVAN_TRY(karvan_parallel_for(g->d.n, PART, g->options.threads, gram_part, &c, NULL, err));
    for (size_t p = 0; p < parts; p++)
        for (size_t j = 0; j < cells; j++) gram[j] += c.part[p * cells + j];
    karvan_i_cholesky(k, gram, least, l, out);
    for (int j = 0; j < k; j++) {
        memset(unit, 0, (size_t)k * sizeof *unit);
        unit[j] = 1;
        karvan_i_cholesky_solve(k, l, out, unit, column);
        for (int i = 0; i < k; i++) g->bread[i * k + j] = column[i];
    }
done:
    karvan_i_free(work), karvan_i_free(out), karvan_i_free(c.part);
    return st;
}

/* Numbers move from the solver to the fit; x~ takes the place of x. */
static karvan_status keep(karvan_gravity *g, karvan_i_newton *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(keep_coefficients(g, s, err));
    KARVAN_TRY(karvan_i_newton_project(s, LAST, err));
    KARVAN_TRY(karvan_i_newton_predictor(s, s->r, err));
    for (int j = 0; j < g->n_kept; j++)
        KARVAN_TRY(karvan_i_newton_demeaned(s, g->kept[j], g->xt[j], err));
    g->eta = s->r, s->r = NULL;
    g->mu = s->w, s->w = NULL;
    for (int64_t i = 0; i < g->d.n && g->d.weight; i++) g->mu[i] /= g->d.weight[i];
    KARVAN_TRY(karvan_i_recover(g, s, err));
    KARVAN_TRY(invert(g, err));
done:
    return st;
}

static void count(karvan_gravity *g, const karvan_i_newton *s) {
    karvan_gravity_stats *t = &g->stats;
    t->n_read = karvan_table_rows(g->d.data), t->n = g->d.n;
    t->iterations += s->iterations, t->sweeps += s->a.sweeps;
    for (int64_t i = 0; i < g->d.drops.n; i++) {
        karvan_i_reason why = g->d.drops.at[i].reason;
        if (why == KARVAN_I_MISSING)
            t->n_missing++;
        else if (why == KARVAN_I_SINGLETON)
            t->n_singleton++;
        else
            t->n_separated++;
    }
    t->converged = s->converged, t->step = s->step;
    t->n_effects = g->d.n_effects;
    for (int f = 0; f < g->d.n_effects; f++) t->n_levels += g->d.effect[f].n_levels;
    t->rank_effects = t->n_levels - (t->n_effects > 0 ? t->n_effects - 1 : 0);
}

karvan_status karvan_gravity_fit(const karvan_table *data, const karvan_gravity_options *options,
                                 karvan_gravity **out, karvan_error *err) {
    karvan_status st = KARVAN_OK, ran = KARVAN_OK;
    double begin = seconds();
    karvan_i_newton s = {0};
    karvan_gravity *g = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(data && options && options->formula, err, KARVAN_E_ARG,
                   "a fit needs a table and a formula");
    KARVAN_REQUIRE(options->threads >= 0 && options->max_iterations >= 0 &&
                       options->tolerance >= 0 && options->tolerance < 1,
                   err, KARVAN_E_ARG, "threads, iterations and tolerance are not negative");
    g = karvan_i_calloc(1, sizeof *g);
    KARVAN_REQUIRE(g, err, KARVAN_E_NOMEM, "no memory for a fit");
    g->estimator = options->estimator, g->options = *options;
    KARVAN_TRY(karvan_i_design_create(data, options, &g->d, err));
    ran = estimate(g, options, &s, err);
    if (ran != KARVAN_OK && !(ran == KARVAN_E_NOCONV && s.w)) {
        st = ran;
        goto done;
    }
    KARVAN_TRY(keep(g, &s, err));
    count(g, &s);
    KARVAN_TRY(karvan_i_fit_statistics(g, err));
    g->stats.seconds = seconds() - begin;
    g->stats.threads = options->threads > 0 ? options->threads : karvan_thread_count();
    st = ran;
    *out = g, g = NULL;
done:
    karvan_i_newton_clear(&s);
    karvan_gravity_destroy(g);
    return st;
}

/* ---- what it says -------------------------------------------------------------------------------
 */

karvan_gravity_stats karvan_gravity_statistics(const karvan_gravity *g) { return g->stats; }
int karvan_gravity_count(const karvan_gravity *g) { return g->n_kept; }
const char *karvan_gravity_name(const karvan_gravity *g, int i) { return g->d.name[g->kept[i]]; }
double karvan_gravity_estimate(const karvan_gravity *g, int i) { return g->beta[i]; }
int karvan_gravity_collinear(const karvan_gravity *g) { return g->d.k - g->n_kept; }

const char *karvan_gravity_collinear_name(const karvan_gravity *g, int i) {
    int at = 0;
    for (int j = 0; j < g->d.k; j++) {
        if (at < g->n_kept && g->kept[at] == j)
            at++;
        else if (i-- == 0)
            return g->d.name[j];
    }
    return NULL;
}
