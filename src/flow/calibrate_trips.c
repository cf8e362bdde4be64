/* Parameters of deterrence by Poisson likelihood. With sums kept, the likelihood of the parameters
 * alone is concave: its gradient is what trips and model differ by in costs (or their logarithms),
 * its curvature the spread of costs that the ends do not account for. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/balance.h"
#include "flow/calibrate.h"
#include "flow/distribution.h"

enum { STEPS = 100, HALVINGS = 40, ROUNDS = 5000, MOST = 2 /* parameters */ };
static const double CLOSE = 1e-9, STRIDE = 20; /* of the exponent, a step at most */

double karvan_i_deviance(size_t n, const double *observed, const double *trips) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (observed[i] > 0) sum += observed[i] * log(observed[i] / trips[i]) - observed[i];
        sum += trips[i];
    }
    return 2 * sum;
}

typedef struct fit {
    karvan_distribution d; /* with the observed sums */
    const double *observed;
    const karvan_balance_options *o;
    karvan_deterrence *f;
    double *trips;
    karvan_calibration_stats *stats;
    size_t n;
    int k;                /* parameters */
    double *x[2], *rest;  /* [n] what a parameter multiplies; the same without the ends' part */
    double *ends, *total; /* [origins + destinations] effects, trips */
    double range[2];      /* largest less least x where trips may go */
    double likelihood;
} fit;

static double *parameter(const fit *m, int k) { return k ? &m->f->power : &m->f->beta; }

static karvan_status load(fit *m, karvan_error *err) {
    m->stats->iterations++;
    karvan_status st =
        karvan_i_distribution_run(&m->d, m->f, m->o, m->trips, &m->stats->balance, err);
    if (st == KARVAN_OK || st == KARVAN_E_NOCONV)
        m->likelihood = -karvan_i_deviance(m->n, m->observed, m->trips) / 2;
    return st;
}

/* Is a row (column) held to its sum? */
static bool holds(const fit *m, bool columns) {
    return m->d.constraint != (columns ? KARVAN_ORIGIN_ENDS : KARVAN_DESTINATION_ENDS);
}

/* Means of `rest` by one end, weighed by trips, are taken off; the largest of them. */
static double take_means(fit *m, bool columns) {
    size_t width = (size_t)m->d.n_destinations, ends = columns ? width : (size_t)m->d.n_origins;
    double most = 0;
    memset(m->ends, 0, ends * sizeof *m->ends), memset(m->total, 0, ends * sizeof *m->total);
    for (size_t i = 0; i < m->n; i++) {
        size_t e = columns ? i % width : i / width;
        if (m->trips[i] > 0) m->ends[e] += m->trips[i] * m->rest[i], m->total[e] += m->trips[i];
    }
    for (size_t e = 0; e < ends; e++) {
        m->ends[e] = m->total[e] > 0 ? m->ends[e] / m->total[e] : 0;
        most = fmax(most, fabs(m->ends[e]));
    }
    for (size_t i = 0; i < m->n; i++) m->rest[i] -= m->ends[columns ? i % width : i / width];
    return most;
}

static void clear_of_ends(fit *m, int k) {
    memcpy(m->rest, m->x[k], m->n * sizeof *m->rest);
    for (int r = 0; r < ROUNDS; r++) {
        double moved = 0;
        if (holds(m, false)) moved = fmax(moved, take_means(m, false));
        if (holds(m, true)) moved = fmax(moved, take_means(m, true));
        if (moved <= 1e-11 * m->range[k] || !holds(m, false) || !holds(m, true)) break;
    }
}

/* Gradient g and curvature h (2 x 2, row by row) at the trips of now. */
static void differentiate(fit *m, double *g, double *h) {
    memset(h, 0, 4 * sizeof *h);
    for (int k = 0; k < m->k && k < MOST; k++) {
        g[k] = 0;
        clear_of_ends(m, k);
        for (size_t i = 0; i < m->n; i++) {
            if (m->observed[i] > 0 || m->trips[i] > 0)
                g[k] += (m->observed[i] - m->trips[i]) * m->x[k][i];
            if (!(m->trips[i] > 0)) continue;
            for (int l = 0; l < m->k; l++) h[k * 2 + l] += m->trips[i] * m->rest[i] * m->x[l][i];
        }
    }
    if (m->k == 2) h[1] = h[2] = (h[1] + h[2]) / 2;
}

/* step = h^-1 g; false where h says nothing of a parameter. */
static bool newton(const fit *m, const double *g, const double *h, double *step, double *error) {
    step[0] = step[1] = 0;
    double least = 0;
    for (size_t i = 0; i < m->n; i++) least += m->trips[i];
    if (!(h[0] > 1e-14 * least * m->range[0] * m->range[0])) return false;
    if (m->k == 1) {
        step[0] = g[0] / h[0], error[0] = sqrt(1 / h[0]);
        return true;
    }
    double det = h[0] * h[3] - h[1] * h[2];
    if (!(det > 1e-12 * h[0] * h[3]) || !(h[3] > 1e-14 * least * m->range[1] * m->range[1]))
        return false;
    step[0] = (h[3] * g[0] - h[1] * g[1]) / det, step[1] = (h[0] * g[1] - h[2] * g[0]) / det;
    error[0] = sqrt(h[3] / det), error[1] = sqrt(h[0] / det);
    return true;
}

static bool is_small(const fit *m, const double *step) {
    for (int k = 0; k < m->k && k < MOST; k++)
        if (fabs(step[k]) * m->range[k] > CLOSE) return false;
    return true;
}

/* Along the step as far as the likelihood rises. */
static karvan_status move(fit *m, const double *step, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double from[2] = {m->f->beta, m->f->power}, before = m->likelihood, most = 1;
    double noise = 1e-12 * (1 + fabs(before));
    for (int k = 0; k < m->k && k < MOST; k++)
        most = fmin(most, STRIDE / (fabs(step[k]) * m->range[k]));
    for (int t = 0; t < HALVINGS; t++) {
        double by = ldexp(most, -t);
        for (int k = 0; k < m->k && k < MOST; k++) *parameter(m, k) = from[k] + by * step[k];
        KARVAN_TRY(load(m, err));
        if (m->likelihood >= before - noise) goto done;
    }
done:
    return st;
}

/* Far out only pairs of least cost have trips left; elsewhere the costs themselves say nothing. */
static karvan_status no_curvature(const fit *m, karvan_error *err) {
    for (int k = 0; k < m->k && k < MOST; k++)
        if (fabs(*parameter(m, k)) * m->range[k] > STRIDE)
            return karvan_fail(err, KARVAN_E_NOCONV,
                               "the likelihood still rises at %s %g: only pairs of least cost have "
                               "trips",
                               k ? "power" : "beta", *parameter(m, k));
    return karvan_fail(err, KARVAN_E_DATA,
                       "what the ends send and take accounts for all of the costs: the "
                       "deterrence's parameter%s cannot be told",
                       m->k > 1 ? "s" : "");
}

static karvan_status climb(fit *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double g[2] = {0, 0}, h[4] = {0}, step[2] = {0, 0}, error[2] = {NAN, NAN};
    KARVAN_TRY(load(m, err));
    for (int t = 0; t < STEPS; t++) {
        differentiate(m, g, h);
        if (!newton(m, g, h, step, error)) {
            st = no_curvature(m, err);
            goto done;
        }
        m->stats->converged = is_small(m, step);
        if (m->stats->converged) break;
        KARVAN_TRY(move(m, step, err));
    }
    m->stats->beta_error = error[0], m->stats->power_error = m->k > 1 ? error[1] : NAN;
    KARVAN_REQUIRE(m->stats->converged, err, KARVAN_E_NOCONV,
                   "the likelihood still rises after %d steps", (int)STEPS);
done:
    return st;
}

static void set_regressors(fit *m) {
    double least[2] = {INFINITY, INFINITY}, most[2] = {-INFINITY, -INFINITY};
    for (size_t i = 0; i < m->n; i++) {
        double c = m->d.cost[i];
        bool open = isfinite(c) && (!m->d.factor || m->d.factor[i] > 0);
        for (int k = 0; k < m->k && k < MOST; k++) {
            bool logs = k == 1 || m->f->kind == KARVAN_DETER_POWER;
            m->x[k][i] = !open ? 0 : k == 1 ? log(c) : logs ? -log(c) : -c;
            if (!open) continue;
            least[k] = fmin(least[k], m->x[k][i]), most[k] = fmax(most[k], m->x[k][i]);
        }
    }
    for (int k = 0; k < m->k && k < MOST; k++) m->range[k] = fmax(most[k] - least[k], 1e-300);
}

static karvan_status check_observed(const karvan_distribution *d, const double *observed,
                                    double *sum, karvan_error *err) {
    char a[24], b[24];
    double total = 0;
    memset(sum, 0, (size_t)(d->n_origins + d->n_destinations) * sizeof *sum);
    for (int32_t i = 0; i < d->n_origins; i++) {
        for (int32_t j = 0; j < d->n_destinations; j++) {
            size_t at = (size_t)i * (size_t)d->n_destinations + (size_t)j;
            double v = observed[at];
            bool range = v >= 0 && isfinite(v);
            bool closed = v > 0 && (isinf(d->cost[at]) || (d->factor && !(d->factor[at] > 0)) ||
                                    !(karvan_i_distribution_weight(d, i, j) > 0));
            sum[i] += v, sum[d->n_origins + j] += v, total += v;
            if (range && !closed) continue;
            const char *from = karvan_i_balance_name(d->names, d->n_origins, i, a, sizeof a);
            const char *to =
                karvan_i_balance_name(d->names, d->n_origins, d->n_origins + j, b, sizeof b);
            return closed
                       ? karvan_fail(err, KARVAN_E_DATA,
                                     "%.60s to %.60s: %g trips were observed where none can go",
                                     from, to, v)
                       : karvan_fail(err, KARVAN_E_ARG,
                                     "%.60s to %.60s: %g trips; 0 or more is right", from, to, v);
        }
    }
    return total > 0 ? KARVAN_OK : karvan_fail(err, KARVAN_E_DATA, "no trips were observed");
}

static karvan_status room_for(fit *m, karvan_error *err) {
    size_t ends = (size_t)m->d.n_origins + (size_t)m->d.n_destinations;
    for (int k = 0; k < m->k && k < MOST; k++)
        if (!(m->x[k] = karvan_i_calloc(m->n + 1, sizeof *m->x[k])))
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %zu pairs", m->n);
    m->rest = karvan_i_calloc(m->n + 1, sizeof *m->rest);
    m->ends = karvan_i_malloc(ends + 1, sizeof *m->ends);
    m->total = karvan_i_malloc(ends + 1, sizeof *m->total);
    if (!m->rest || !m->ends || !m->total)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %zu pairs", m->n);
    return KARVAN_OK;
}

static karvan_status fit_parameters(fit *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    m->k = m->f->kind == KARVAN_DETER_TANNER ? 2 : 1;
    KARVAN_TRY(room_for(m, err));
    set_regressors(m);
    double cost = karvan_i_mean_cost(&m->d, m->observed);
    m->f->power = 0;
    m->f->beta = m->f->kind == KARVAN_DETER_POWER ? 1 : cost > 0 ? 1 / cost : 0;
    KARVAN_TRY(climb(m, err));
done:
    for (int k = 0; k < 2; k++) karvan_i_free(m->x[k]);
    karvan_i_free(m->rest), karvan_i_free(m->ends), karvan_i_free(m->total);
    return st;
}

karvan_status karvan_calibrate_trips(const karvan_distribution *d, const double *observed,
                                     const karvan_balance_options *o, karvan_deterrence *f,
                                     double *trips, karvan_calibration_stats *stats,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const karvan_balance_options usual = {0};
    karvan_calibration_stats unread;
    double *own = NULL, *sum = NULL;
    KARVAN_REQUIRE(d && observed && f, err, KARVAN_E_ARG, "nothing to calibrate on");
    if (f->kind != KARVAN_DETER_BINS) f->beta = f->power = 0;
    for (int k = 0; f->kind == KARVAN_DETER_BINS && f->factor && k < f->n_bins; k++)
        f->factor[k] = 1;
    sum = karvan_i_malloc((size_t)d->n_origins + (size_t)d->n_destinations + 1, sizeof *sum);
    KARVAN_REQUIRE(sum, err, KARVAN_E_NOMEM, "no memory for sums");
    fit m = {.d = *d, .observed = observed, .o = o ? o : &usual, .f = f};
    if (d->constraint != KARVAN_DESTINATION_ENDS) m.d.production = sum;
    if (d->constraint != KARVAN_ORIGIN_ENDS) m.d.attraction = sum + d->n_origins;
    KARVAN_TRY(karvan_i_distribution_check(&m.d, f, err));
    KARVAN_TRY(check_observed(d, observed, sum, err));
    m.n = (size_t)d->n_origins * (size_t)d->n_destinations;
    if (!trips) own = karvan_i_malloc(m.n + 1, sizeof *own);
    KARVAN_REQUIRE(trips || own, err, KARVAN_E_NOMEM, "no memory for trips");
    m.trips = trips ? trips : own, m.stats = stats ? stats : &unread;
    *m.stats = (karvan_calibration_stats){.beta_error = NAN, .power_error = NAN};
    m.stats->observed_cost = karvan_i_mean_cost(d, observed);
    st = f->kind == KARVAN_DETER_BINS
             ? karvan_i_calibrate_bins(&m.d, observed, m.o, f, m.trips, m.stats, err)
             : fit_parameters(&m, err);
    if (st != KARVAN_OK && st != KARVAN_E_NOCONV) goto done; /* no trips were made */
    m.stats->mean_cost = karvan_i_mean_cost(d, m.trips);
    m.stats->deviance = karvan_i_deviance(m.n, observed, m.trips);
done:
    karvan_i_free(own), karvan_i_free(sum);
    return st;
}
