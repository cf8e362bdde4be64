/* Figures of a fit: deviance, log-likelihoods, R2. Sums are taken in parts that depend on the rows
 * alone, so that they are the same for any number of threads. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/fit.h"

enum { PART = 65536 };

typedef struct fit_sums {
    double deviance, loglik, factorials; /* factorials: sum of ln y! */
    double w, y, f, yy, ff, yf;          /* f: fitted */
    int64_t zero;
} fit_sums;

typedef struct stat_ctx {
    const karvan_gravity *g;
    fit_sums *part;
} stat_ctx;

double lgamma_r(double x, int *sign); /* not in POSIX; lgamma writes a global */

/* ln(y!) by Stirling's series where it is exact to the last digits. */
static double log_factorial(double y) {
    double x = y + 1, r = 1 / (x * x);
    int sign;
    if (x < 20) return lgamma_r(x, &sign);
    double tail = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r / 1680))) / x;
    return (x - 0.5) * log(x) - x + 0.91893853320467274178 + tail;
}

static void add_poisson(const karvan_gravity *g, int64_t i, double wt, fit_sums *s) {
    double y = g->d.y[i], mu = g->mu[i], eta = g->eta[i];
    double apart = y > 0 ? y * log(y / mu) - (y - mu) : mu,
           factorial = y > 0 ? log_factorial(y) : 0;
    s->deviance += 2 * wt * apart;
    s->factorials += wt * factorial;
    s->loglik += wt * (y * eta - mu - factorial);
}

static karvan_status sum_part(void *ctx, int64_t begin, int64_t end, int worker,
                              karvan_error *err) {
    (void)worker, (void)err;
    const stat_ctx *c = ctx;
    const karvan_gravity *g = c->g;
    fit_sums *s = &c->part[begin / PART];
    bool ppml = g->estimator == KARVAN_PPML;
    for (int64_t i = begin; i < end; i++) {
        double wt = g->d.weight ? g->d.weight[i] : 1, y = g->d.y[i];
        double f = ppml ? g->mu[i] : g->eta[i];
        if (ppml)
            add_poisson(g, i, wt, s);
        else
            s->deviance += wt * (y - f) * (y - f);
        s->w += wt, s->y += wt * y, s->f += wt * f;
        s->yy += wt * y * y, s->ff += wt * f * f, s->yf += wt * y * f;
        s->zero += y == 0;
    }
    return KARVAN_OK;
}

static void fold_part(fit_sums *t, const fit_sums *s) {
    t->deviance += s->deviance, t->loglik += s->loglik, t->factorials += s->factorials;
    t->w += s->w, t->y += s->y, t->f += s->f, t->yy += s->yy, t->ff += s->ff, t->yf += s->yf;
    t->zero += s->zero;
}

static double log_or_zero(double x) { return x > 0 ? log(x) : 0; }

static void fill(karvan_gravity *g, const fit_sums *t) {
    karvan_gravity_stats *s = &g->stats;
    double covariance = t->yf - t->y * t->f / t->w, vy = t->yy - t->y * t->y / t->w;
    double vf = t->ff - t->f * t->f / t->w, n = (double)g->d.n, two_pi = 6.283185307179586477;
    s->n_zero = t->zero, s->deviance = t->deviance;
    s->r2 = vy > 0 && vf > 0 ? covariance * covariance / (vy * vf) : NAN;
    if (g->estimator == KARVAN_PPML) {
        s->loglik = t->loglik;
        s->loglik_null = t->y * log_or_zero(t->y / t->w) - t->y - t->factorials;
        s->pseudo_r2 = 1 - s->loglik / s->loglik_null;
    } else {
        s->loglik = -n / 2 * (log(two_pi * t->deviance / n) + 1);
        s->loglik_null = -n / 2 * (log(two_pi * vy / n) + 1);
        s->pseudo_r2 = 1 - t->deviance / vy;
    }
}

karvan_status karvan_i_fit_statistics(karvan_gravity *g, karvan_error *err) {
    int64_t parts = g->d.n / PART + 1;
    fit_sums total = {0};
    stat_ctx c = {.g = g, .part = karvan_i_calloc((size_t)parts, sizeof *c.part)};
    if (!c.part) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for sums");
    karvan_status st =
        karvan_parallel_for(g->d.n, PART, g->options.threads, sum_part, &c, NULL, err);
    for (int64_t p = 0; p < parts; p++) fold_part(&total, &c.part[p]);
    karvan_i_free(c.part);
    if (st != KARVAN_OK) return st;
    fill(g, &total);
    return KARVAN_OK;
}
