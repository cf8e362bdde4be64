#include "network/time.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

enum { GRID_MAX = 1 << 22 }; /* a distribution longer than this has no sensible step */
static const double TAIL = 1e-13, START_MAX = 1e15;

void karvan_i_pmf_clear(karvan_i_pmf *d) {
    karvan_i_free(d->p);
    *d = (karvan_i_pmf){0};
}

/* In steps, which are whole numbers; anything may come of a wild shape, so they are doubles. */
karvan_status karvan_i_pmf_make(karvan_i_pmf *d, double start, double n, karvan_error *err) {
    *d = (karvan_i_pmf){0};
    if (!(n >= 1 && n <= GRID_MAX && fabs(start) <= START_MAX))
        return karvan_fail(err, KARVAN_E_ARG,
                           "a distribution over %g steps from %g: choose another step", n, start);
    d->start = (int64_t)start, d->n = (int64_t)n;
    d->p = karvan_i_calloc((size_t)n, sizeof *d->p);
    return d->p ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "distribution");
}

/* Cut what lies outside the tails and scale the rest to 1. */
static void trim(karvan_i_pmf *d) {
    int64_t lo = 0, hi = d->n;
    double sum = 0.0;
    while (lo < hi - 1 && d->p[lo] < TAIL) lo++;
    while (hi > lo + 1 && d->p[hi - 1] < TAIL) hi--;
    memmove(d->p, d->p + lo, (size_t)(hi - lo) * sizeof *d->p);
    d->start += lo, d->n = hi - lo;
    for (int64_t k = 0; k < d->n; k++) sum += d->p[k];
    for (int64_t k = 0; k < d->n; k++) d->p[k] /= sum;
}

double karvan_i_pmf_mean_h(const karvan_i_pmf *d, double step_h) {
    double m = 0.0;
    for (int64_t k = 0; k < d->n; k++) m += d->p[k] * (double)k;
    return (m + (double)d->start) * step_h;
}

double karvan_i_pmf_quantile_h(const karvan_i_pmf *d, double q, double step_h) {
    double before = 0.0;
    for (int64_t k = 0; k < d->n; k++) {
        double upto = before + d->p[k];
        /* the mass of a grid point lies evenly over the step around it */
        if (upto >= q || k == d->n - 1) {
            double part = d->p[k] > 0 ? (q - before) / d->p[k] : 0.5;
            part = part < 0 ? 0 : part > 1 ? 1 : part;
            double x = ((double)(d->start + k) - 0.5 + part) * step_h;
            return d->n == 1 ? (double)d->start * step_h : x > 0 ? x : 0.0;
        }
        before = upto;
    }
    return NAN;
}

karvan_status karvan_i_pmf_set_mean(karvan_i_pmf *d, double mean_h, double step_h,
                                    karvan_error *err) {
    double shift = (mean_h - karvan_i_pmf_mean_h(d, step_h)) / step_h, whole = floor(shift);
    double part = shift - whole;
    karvan_i_pmf moved;
    karvan_status st = karvan_i_pmf_make(&moved, (double)d->start + whole, (double)d->n + 1, err);
    if (st != KARVAN_OK) return st;
    for (int64_t k = 0; k < d->n; k++) {
        moved.p[k] += (1.0 - part) * d->p[k];
        moved.p[k + 1] += part * d->p[k];
    }
    karvan_i_pmf_clear(d);
    *d = moved;
    trim(d);
    return KARVAN_OK;
}

karvan_status karvan_i_pmf_constant(double h, double step_h, karvan_i_pmf *out, karvan_error *err) {
    karvan_status st = karvan_i_pmf_make(out, 0, 1, err);
    if (st != KARVAN_OK) return st;
    out->p[0] = 1.0;
    st = karvan_i_pmf_set_mean(out, h, step_h, err);
    if (st != KARVAN_OK) karvan_i_pmf_clear(out);
    return st;
}

karvan_status karvan_i_pmf_of_cdf(double (*cdf)(double x_h, const void *ctx), const void *ctx,
                                  double reach_h, double mean_h, double step_h, karvan_i_pmf *out,
                                  karvan_error *err) {
    karvan_status st = karvan_i_pmf_make(out, 0, ceil(reach_h / step_h) + 2, err);
    double below = 0.0;
    if (st != KARVAN_OK) return st;
    for (int64_t k = 0; k < out->n; k++) {
        double upto = cdf(((double)k + 0.5) * step_h, ctx);
        out->p[k] = upto - below, below = upto;
    }
    trim(out);
    if (!isnan(mean_h)) st = karvan_i_pmf_set_mean(out, mean_h, step_h, err);
    if (st != KARVAN_OK) karvan_i_pmf_clear(out);
    return st;
}

static double lognormal_cdf(double x, double mu, double sigma) {
    return x <= 0 ? 0.0 : 0.5 * erfc(-(log(x) - mu) / (sigma * sqrt(2.0)));
}

karvan_status karvan_i_pmf_lognormal(double median_h, double sigma, double step_h,
                                     karvan_i_pmf *out, karvan_error *err) {
    *out = (karvan_i_pmf){0};
    if (!(median_h > 0) || !(sigma > 1e-6))
        return karvan_i_pmf_constant(median_h, step_h, out, err);
    const double reach = 6.0; /* standard deviations: 1e-9 of the mass beyond */
    double mu = log(median_h);
    double lo = floor(exp(mu - reach * sigma) / step_h);
    double hi = ceil(exp(mu + reach * sigma) / step_h) + 1;
    karvan_status st = karvan_i_pmf_make(out, lo, hi - lo + 1, err);
    if (st != KARVAN_OK) return st;
    double below = lo == 0 ? 0.0 : lognormal_cdf((lo - 0.5) * step_h, mu, sigma);
    for (int64_t k = 0; k < out->n; k++) {
        double upto = lognormal_cdf((lo + (double)k + 0.5) * step_h, mu, sigma);
        out->p[k] = upto - below, below = upto;
    }
    trim(out);
    st = karvan_i_pmf_set_mean(out, median_h * exp(sigma * sigma / 2.0), step_h, err);
    if (st != KARVAN_OK) karvan_i_pmf_clear(out);
    return st;
}

/* ln Gamma by Stirling's series after the argument is carried above 10; the C library's lgamma
 * writes a global. Source: Abramowitz and Stegun 6.1.41. */
static double log_gamma(double a) {
    double carried = 0.0;
    while (a < 10.0) carried += log(a), a += 1.0;
    double z = 1.0 / (a * a);
    double series =
        (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z / 1188)))) / a;
    return (a - 0.5) * log(a) - a + 0.91893853320467274178 + series - carried;
}

double karvan_i_gamma_p(double a, double x) {
    if (!(a > 0) || !(x >= 0)) return NAN;
    if (x == 0) return 0.0;
    double front = exp(a * log(x) - x - log_gamma(a));
    if (x < a + 1.0) {
        double term = 1.0 / a, sum = term;
        for (int k = 1; k < 10000 && term > sum * 1e-16; k++) term *= x / (a + k), sum += term;
        return front * sum;
    }
    const double tiny = 1e-300;
    double b = x + 1.0 - a, c = 1.0 / tiny, d = 1.0 / b, h = d;
    for (int k = 1; k < 10000; k++) {
        double an = -k * (k - a);
        b += 2.0;
        d = an * d + b, d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = b + an / c, c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        if (fabs(d * c - 1.0) < 1e-15) break;
    }
    return 1.0 - front * h;
}

/* to[k] += sum over j of w[j] from[k - j], k from 0 to n + 2: four rows of the product at a time.
 */
static void add_four(double *restrict to, const double *w, const double *restrict from, int64_t n) {
    for (int64_t k = 0; k < n + 3; k++) {
        if (k == 3) k = n; /* the middle follows below */
        for (int64_t j = k < n ? 0 : k - n + 1; j <= k && j < 4; j++) to[k] += w[j] * from[k - j];
    }
    for (int64_t k = 3; k < n; k++)
        to[k] += w[0] * from[k] + w[1] * from[k - 1] + w[2] * from[k - 2] + w[3] * from[k - 3];
}

karvan_status karvan_i_pmf_convolve(const karvan_i_pmf *a, const karvan_i_pmf *b, karvan_i_pmf *out,
                                    karvan_error *err) {
    const karvan_i_pmf *s = a->n < b->n ? a : b, *l = a->n < b->n ? b : a;
    karvan_status st = karvan_i_pmf_make(out, (double)a->start + (double)b->start,
                                         (double)a->n + (double)b->n - 1, err);
    if (st != KARVAN_OK) return st;
    int64_t i = 0;
    for (; l->n > 3 && i + 4 <= s->n; i += 4) add_four(out->p + i, s->p + i, l->p, l->n);
    for (; i < s->n; i++)
        for (int64_t k = 0; k < l->n; k++) out->p[i + k] += s->p[i] * l->p[k];
    trim(out);
    return KARVAN_OK;
}
