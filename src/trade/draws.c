/* Uncertainty of coefficients and elasticity carried through to every result: one equilibrium a
 * draw, draws in parallel, each from a stream of its own. */
#include "trade/draws.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/solution.h"

enum { CHUNK = 4, THREADS_MOST = 256 };
/* From a lognormal's P5 and P95 to its mean and deviation: (P95 - P5) / (2 x 1.6449) in logs. */
static const double Z95 = 1.6448536269514722;

/* Lower factor of a covariance; a coefficient that does not vary has a row of zeros. */
static karvan_status factor_covariance(int n, const double *v, double *l, karvan_error *err) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double scale = sqrt(fabs(v[i * n + i])) * sqrt(fabs(v[j * n + j]));
            if (!isfinite(v[i * n + j]) || fabs(v[i * n + j] - v[j * n + i]) > 1e-9 * scale)
                return karvan_fail(err, KARVAN_E_ARG,
                                   "the covariance is not symmetric at %d, %d: %g and %g", i + 1,
                                   j + 1, v[i * n + j], v[j * n + i]);
            double sum = v[i * n + j];
            for (int k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
            if (i != j) {
                l[i * n + j] = l[j * n + j] > 0 ? sum / l[j * n + j] : 0;
                if (l[j * n + j] > 0 || fabs(sum) <= 1e-8 * scale) continue;
            } else if (sum >= -1e-10 * scale) {
                l[i * n + i] = sum > 1e-14 * scale ? sqrt(sum) : 0;
                continue;
            }
            return karvan_fail(err, KARVAN_E_ARG,
                               "the covariance is not positive semidefinite (coefficient %d)",
                               i + 1);
        }
    return KARVAN_OK;
}

typedef struct drawing {
    const karvan_economy *e;
    const karvan_equilibrium_options *o;
    const karvan_draw_options *how;
    karvan_draws *d;
    const double *factor;    /* [n_changes][n_changes], NULL: beta does not vary */
    const double *start;     /* [n] ln of prices at the mean */
    karvan_i_solver *solver; /* [threads], made when a worker first needs it */
    int64_t *place;          /* [pairs of the bridge] in e->touched, -1: not in the economy */
    double *d_ln_tau;        /* [threads][pairs of the bridge] */
} drawing;

static double draw_theta(const drawing *w, karvan_random *r) {
    const karvan_draw_options *how = w->how;
    double theta = w->o->theta;
    if (how->theta_law == KARVAN_THETA_LOGNORMAL) {
        double low = log(how->theta_a), high = log(how->theta_b);
        return exp(0.5 * (low + high) + (high - low) / (2 * Z95) * karvan_random_normal(r));
    }
    if (how->theta_law == KARVAN_THETA_NORMAL) do
            theta = w->o->theta + how->theta_a * karvan_random_normal(r);
        while (!(theta > 0));
    return theta;
}

static void draw(const drawing *w, int64_t s, double *theta) {
    int n = w->e->n_changes;
    double *beta = w->d->beta + s * n;
    karvan_random r;
    karvan_random_init(&r, w->how->seed, (uint64_t)s);
    for (int k = 0; k < n; k++) beta[k] = w->o->beta ? w->o->beta[k] : 1;
    for (int k = 0; k < n && w->factor; k++) {
        double z = karvan_random_normal(&r);
        for (int i = k; i < n; i++) beta[i] += w->factor[i * n + k] * z;
    }
    *theta = draw_theta(w, &r);
}

/* With a bridge: what the coefficients make of the other changes, and the draw's own trade costs.
 */
static karvan_status draw_costs(const drawing *w, int worker, int64_t s, double theta,
                                karvan_error *err) {
    const karvan_cost *cost = w->how->cost;
    int64_t pairs = karvan_cost_pairs(cost);
    double *beta = w->d->beta + s * w->e->n_changes, *partial = w->d->partial + s * w->d->n_touched,
           *d_ln_tau = w->d_ln_tau + worker * pairs;
    beta[w->how->cost_change] = 0;
    karvan_i_economy_partial(w->e, beta, partial);
    beta[w->how->cost_change] = -theta;
    karvan_status st = karvan_cost_draw(cost, s + 1, d_ln_tau, err);
    for (int64_t p = 0; st == KARVAN_OK && p < pairs; p++)
        if (w->place[p] >= 0) partial[w->place[p]] -= theta * d_ln_tau[p];
    return st;
}

static void keep(const drawing *w, const karvan_i_solver *solver, int64_t s) {
    size_t n = (size_t)w->e->n;
    double *from = w->d->factor + 2 * n * (size_t)s, *to = from + n;
    memcpy(w->d->value + (size_t)s * KARVAN_RESULT_END * n, solver->value,
           KARVAN_RESULT_END * n * sizeof *solver->value);
    for (size_t i = 0; i < n; i++)
        from[i] = solver->q[i], to[i] = solver->spending[i] / solver->a[i];
    w->d->good[s] = true;
}

static karvan_status solve_draw(const drawing *w, int worker, int64_t s, karvan_error *err) {
    karvan_i_solver *solver = &w->solver[worker];
    karvan_equilibrium_options o = *w->o;
    karvan_error mine = {0};
    karvan_status st = KARVAN_OK;
    draw(w, s, &o.theta);
    o.beta = w->d->beta + s * w->e->n_changes;
    if (w->how->cost) {
        st = draw_costs(w, worker, s, o.theta, err);
        if (st != KARVAN_OK) return st;
        solver->given = w->d->partial + s * w->d->n_touched;
    }
    st = karvan_i_solver_run(solver, &o, &mine);
    if (st == KARVAN_OK) return keep(w, solver, s), st;
    /* A draw outside what has an equilibrium is counted, not hidden; the others go on. */
    if (st == KARVAN_E_NOCONV || st == KARVAN_E_ARG) return KARVAN_OK;
    return karvan_fail(err, st, "%s", mine.msg);
}

static karvan_status some_draws(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    const drawing *w = ctx;
    karvan_i_solver *solver = &w->solver[worker];
    karvan_status st = KARVAN_OK;
    if (!solver->economy) {
        st = karvan_i_solver_init(solver, w->e, err);
        if (st == KARVAN_OK) memcpy(solver->start, w->start, (size_t)w->e->n * sizeof *w->start);
    }
    for (int64_t s = begin; st == KARVAN_OK && s < end; s++) st = solve_draw(w, worker, s, err);
    if (w->how->progress && st == KARVAN_OK) karvan_progress_add(w->how->progress, end - begin);
    return st;
}

static karvan_status check(const karvan_economy *e, const karvan_draw_options *how,
                           karvan_error *err) {
    if (!how || how->n < 2 || how->n > 100000000)
        return karvan_fail(err, KARVAN_E_ARG, "draws are 2 or more");
    if (how->covariance && e->n_changes == 0)
        return karvan_fail(err, KARVAN_E_ARG, "a covariance without changes");
    if (how->cost && (how->cost_change < 0 || how->cost_change >= e->n_changes))
        return karvan_fail(err, KARVAN_E_ARG, "the economy has no change %d", how->cost_change);
    if (how->theta_law == KARVAN_THETA_NORMAL && !(how->theta_a >= 0 && isfinite(how->theta_a)))
        return karvan_fail(err, KARVAN_E_ARG, "the deviation of theta is 0 or above, not %g",
                           how->theta_a);
    if (how->theta_law == KARVAN_THETA_LOGNORMAL &&
        !(how->theta_a > 0 && how->theta_b >= how->theta_a && isfinite(how->theta_b)))
        return karvan_fail(err, KARVAN_E_ARG,
                           "theta's P5 and P95 are above 0 and in that order, not %g and %g",
                           how->theta_a, how->theta_b);
    return KARVAN_OK;
}

static karvan_status make_draws(const karvan_economy *e, int64_t n, karvan_draws **out,
                                karvan_error *err) {
    karvan_draws *d = karvan_i_calloc(1, sizeof *d);
    size_t s = (size_t)n, c = (size_t)e->n;
    *out = d;
    if (!d) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for draws");
    d->n = n, d->countries = e->n, d->n_changes = e->n_changes;
    d->value = karvan_i_malloc(s, KARVAN_RESULT_END * c * sizeof *d->value);
    d->factor = karvan_i_malloc(s, 2 * c * sizeof *d->factor);
    d->beta = karvan_i_malloc(s, ((size_t)e->n_changes + 1) * sizeof *d->beta);
    d->good = karvan_i_calloc(s, sizeof *d->good);
    if (!d->value || !d->factor || !d->beta || !d->good)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld draws of %d countries",
                           (long long)n, (int)e->n);
    return KARVAN_OK;
}

static int32_t find_country(const karvan_economy *e, const char *name) {
    for (int32_t i = 0; i < e->n; i++)
        if (strcmp(e->country[i], name) == 0) return i;
    return -1;
}

static int by_pair(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Pairs that change in some draw: those of the economy, and those of the bridge, of which some may
 * stay what they are at the stated values only. *wide is the economy with them, to be used as long
 * as d is there. */
static karvan_status place_costs(drawing *w, karvan_economy *wide, int threads, karvan_error *err) {
    const karvan_economy *e = w->e;
    size_t pairs = (size_t)karvan_cost_pairs(w->how->cost);
    karvan_draws *d = w->d;
    d->touched = karvan_i_malloc((size_t)e->n_touched + pairs + 1, sizeof *d->touched);
    w->place = karvan_i_malloc(pairs + 1, sizeof *w->place);
    w->d_ln_tau = karvan_i_malloc(pairs * (size_t)threads + 1, sizeof *w->d_ln_tau);
    if (!d->touched || !w->place || !w->d_ln_tau)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for draws of trade costs");
    if (e->n_touched) memcpy(d->touched, e->touched, (size_t)e->n_touched * sizeof *d->touched);
    d->n_touched = e->n_touched;
    for (size_t p = 0; p < pairs; p++) {
        int32_t i = find_country(e, karvan_cost_exporter(w->how->cost, (int64_t)p)),
                j = find_country(e, karvan_cost_importer(w->how->cost, (int64_t)p));
        w->place[p] = i < 0 || j < 0 ? -1 : (int64_t)i * e->n + j;
        if (w->place[p] >= 0 && !(e->flow[w->place[p]] > 0)) w->place[p] = -1;
        if (w->place[p] >= 0 &&
            (e->n_touched == 0 ||
             !bsearch(&w->place[p], e->touched, (size_t)e->n_touched, sizeof *e->touched, by_pair)))
            d->touched[d->n_touched++] = w->place[p];
    }
    if (d->n_touched) qsort(d->touched, (size_t)d->n_touched, sizeof *d->touched, by_pair);
    for (size_t p = 0; p < pairs; p++)
        if (w->place[p] >= 0)
            w->place[p] = (int64_t *)bsearch(&w->place[p], d->touched, (size_t)d->n_touched,
                                             sizeof *d->touched, by_pair) -
                          d->touched;
    d->partial = karvan_i_malloc((size_t)d->n, ((size_t)d->n_touched + 1) * sizeof *d->partial);
    if (!d->partial) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for draws of trade costs");
    *wide = *e;
    wide->touched = d->touched, wide->n_touched = d->n_touched;
    w->e = wide;
    return KARVAN_OK;
}

/* Where the draws begin: prices at the mean, or none changed if these cannot be had. */
static karvan_status solve_mean(const drawing *w, double *start, karvan_error *err) {
    karvan_i_solver solver = {0};
    karvan_error mine = {0};
    karvan_equilibrium_options o = *w->o;
    if (w->how->theta_law == KARVAN_THETA_LOGNORMAL)
        o.theta = sqrt(w->how->theta_a * w->how->theta_b);
    karvan_status st = karvan_i_solver_init(&solver, w->e, &mine);
    if (st == KARVAN_OK) st = karvan_i_solver_run(&solver, &o, &mine);
    if (st == KARVAN_OK) memcpy(start, solver.x, (size_t)w->e->n * sizeof *start);
    karvan_i_solver_clear(&solver);
    return st == KARVAN_E_NOCONV || st == KARVAN_OK ? KARVAN_OK
                                                    : karvan_fail(err, st, "%s", mine.msg);
}

karvan_status karvan_draws_solve(const karvan_economy *e, const karvan_equilibrium_options *options,
                                 const karvan_draw_options *draws, karvan_draws **out,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_draws *d = NULL;
    double *factor = NULL, *start = NULL;
    drawing w = {.e = e, .how = draws};
    karvan_equilibrium_options o;
    karvan_economy wide;
    int threads = 0;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(options && e, err, KARVAN_E_ARG, "no economy or no options");
    KARVAN_TRY(check(e, draws, err));
    o = *options, w.o = &o;
    if (draws->theta_law == KARVAN_THETA_LOGNORMAL) o.theta = draws->theta_a;
    KARVAN_TRY(karvan_i_equilibrium_check(e, &o, err));
    threads = draws->threads > 0 ? draws->threads : karvan_thread_count();
    if (threads > THREADS_MOST) threads = THREADS_MOST;
    KARVAN_TRY(make_draws(e, draws->n, &d, err));
    w.d = d;
    start = karvan_i_calloc((size_t)e->n, sizeof *start);
    factor = karvan_i_calloc((size_t)e->n_changes * (size_t)e->n_changes + 1, sizeof *factor);
    w.solver = karvan_i_calloc((size_t)threads, sizeof *w.solver);
    KARVAN_REQUIRE(start && factor && w.solver, err, KARVAN_E_NOMEM, "no memory for draws");
    if (draws->covariance) {
        KARVAN_TRY(factor_covariance(e->n_changes, draws->covariance, factor, err));
        w.factor = factor;
    }
    if (draws->cost) KARVAN_TRY(place_costs(&w, &wide, threads, err));
    KARVAN_TRY(solve_mean(&w, start, err));
    w.start = start;
    KARVAN_TRY(karvan_parallel_for(draws->n, CHUNK, threads, some_draws, &w, draws->cancel, err));
    for (int64_t s = 0; s < d->n; s++) d->failed += !d->good[s];
    KARVAN_REQUIRE(2 * d->failed <= d->n, err, KARVAN_E_NOCONV,
                   "%lld of %lld draws have no equilibrium", (long long)d->failed, (long long)d->n);
    *out = d, d = NULL;
done:
    for (int k = 0; w.solver && k < threads; k++) karvan_i_solver_clear(&w.solver[k]);
    karvan_i_free(w.solver), karvan_i_free(start), karvan_i_free(factor);
    karvan_i_free(w.place), karvan_i_free(w.d_ln_tau);
    karvan_draws_destroy(d);
    return st;
}

void karvan_draws_destroy(karvan_draws *d) {
    if (!d) return;
    karvan_i_free(d->value), karvan_i_free(d->factor), karvan_i_free(d->beta);
    karvan_i_free(d->good), karvan_i_free(d->touched), karvan_i_free(d->partial);
    karvan_i_free(d);
}

int64_t karvan_draws_failed(const karvan_draws *d) { return d->failed; }
