/* What waiting costs a load that comes at a moment that knows nothing of the departures. */
#include "network/wait.h"

#include <math.h>

#include "base/try.h"

double karvan_i_closures_mean_h(const karvan_i_closures *c) {
    double mean = 0;
    for (int i = 0; i < c->n; i++) mean += c->p[i] * c->spell_h[i];
    return mean;
}

double karvan_i_closures_p(const karvan_i_closures *c) {
    double p = 0;
    for (int i = 0; i < c->n; i++) p += c->p[i];
    return p;
}

static double closures_var(const karvan_i_closures *c) {
    double second = 0, mean = karvan_i_closures_mean_h(c);
    for (int i = 0; i < c->n; i++) second += 2.0 * c->p[i] * c->spell_h[i] * c->spell_h[i];
    return second - mean * mean;
}

static double departure_mean(const karvan_i_wait *w) {
    return w->week ? karvan_i_week_mean_h(w->week) : w->headway_h * (1.0 + w->cv * w->cv) / 2.0;
}

double karvan_i_wait_mean_h(const karvan_i_wait *w) {
    return departure_mean(w) + karvan_i_closures_mean_h(&w->closures);
}

double karvan_i_wait_var_h2(const karvan_i_wait *w) {
    double c2 = w->cv * w->cv, h = w->headway_h, mean = departure_mean(w);
    double residual = w->week ? karvan_i_week_var_h2(w->week)
                              : h * h * (1.0 + c2) * (1.0 + 2.0 * c2) / 3.0 - mean * mean;
    return residual + closures_var(&w->closures);
}

/* Residual life of a gamma headway: F(x) = x (1 - G_k(x)) / H + G_{k+1}(x), k = 1/cv^2. */
static double residual_cdf(double x, const void *wait) {
    const karvan_i_wait *w = wait;
    double h = w->headway_h, cv = w->cv;
    if (x <= 0) return 0.0;
    if (cv < 0.05) return x < h ? x / h : 1.0;
    if (cv == 1.0) return 1.0 - exp(-x / h); /* departures at random */
    double k = 1.0 / (cv * cv), scale = h / k;
    return x * (1.0 - karvan_i_gamma_p(k, x / scale)) / h + karvan_i_gamma_p(k + 1.0, x / scale);
}

karvan_status karvan_i_pmf_departure(const karvan_i_wait *w, double step_h, karvan_i_pmf *out,
                                     karvan_error *err) {
    if (w->week) return karvan_i_week_pmf(w->week, step_h, out, err);
    if (!(w->headway_h > 0)) return karvan_i_pmf_constant(0.0, step_h, out, err);
    double reach = w->headway_h;
    while (reach < 400.0 * w->headway_h * (1.0 + w->cv * w->cv) &&
           residual_cdf(reach, w) < 1.0 - 1e-10)
        reach *= 1.25;
    return karvan_i_pmf_of_cdf(residual_cdf, w, reach, NAN, step_h, out, err);
}

/* Of all waits for weather, those of 0 included. */
static double closures_cdf(double x, const void *closures) {
    const karvan_i_closures *c = closures;
    double beyond = 0;
    for (int i = 0; i < c->n; i++) beyond += c->p[i] * exp(-x / c->spell_h[i]);
    return 1.0 - beyond;
}

static karvan_status pmf_closures(const karvan_i_closures *c, double step_h, karvan_i_pmf *out,
                                  karvan_error *err) {
    double longest = 0;
    for (int i = 0; i < c->n; i++) longest = fmax(longest, c->spell_h[i]);
    return karvan_i_pmf_of_cdf(closures_cdf, c, 30.0 * longest, NAN, step_h, out, err);
}

karvan_status karvan_i_pmf_closed(const karvan_i_closures *c, double step_h, karvan_i_pmf *out,
                                  karvan_error *err) {
    karvan_i_closures closed = *c;
    double p = karvan_i_closures_p(c);
    for (int i = 0; i < c->n; i++) closed.p[i] /= p;
    karvan_status st = pmf_closures(&closed, step_h, out, err);
    if (st != KARVAN_OK) return st;
    st = karvan_i_pmf_set_mean(out, karvan_i_closures_mean_h(&closed), step_h, err);
    if (st != KARVAN_OK) karvan_i_pmf_clear(out);
    return st;
}

karvan_status karvan_i_pmf_wait(const karvan_i_wait *w, double step_h, karvan_i_pmf *out,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_pmf r = {0}, c = {0};
    *out = (karvan_i_pmf){0};
    KARVAN_TRY(karvan_i_pmf_departure(w, step_h, &r, err));
    if (karvan_i_closures_p(&w->closures) > 0) {
        KARVAN_TRY(pmf_closures(&w->closures, step_h, &c, err));
        KARVAN_TRY(karvan_i_pmf_convolve(&r, &c, out, err));
    } else {
        *out = r, r = (karvan_i_pmf){0};
    }
    KARVAN_TRY(karvan_i_pmf_set_mean(out, karvan_i_wait_mean_h(w), step_h, err));
done:
    karvan_i_pmf_clear(&r), karvan_i_pmf_clear(&c);
    if (st != KARVAN_OK) karvan_i_pmf_clear(out);
    return st;
}
