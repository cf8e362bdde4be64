/* Hyman's calibration: the parameter at which trips have the mean cost that was observed. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/calibrate.h"
#include "flow/distribution.h"

enum { STEPS = 200 };
static const double CLOSE = 1e-9; /* of the mean cost */

double karvan_i_mean_cost(const karvan_distribution *d, const double *trips) {
    double sum = 0, total = 0;
    size_t n = (size_t)d->n_origins * (size_t)d->n_destinations;
    for (size_t i = 0; i < n; i++) {
        if (!(trips[i] > 0)) continue;
        sum += trips[i] * d->cost[i], total += trips[i];
    }
    return total > 0 ? sum / total : NAN;
}

/* Mean costs that are known: `low` is a beta too small, `high` one too large (INFINITY: none yet).
 */
typedef struct bracket {
    double low, low_cost, high, high_cost;
} bracket;

/* The secant through the last two points, if it falls inside; else doubled, or halved. */
static double next_beta(const bracket *k, double beta, double cost, double last, double last_cost,
                        double target) {
    double secant = ((target - last_cost) * beta - (target - cost) * last) / (cost - last_cost);
    double width = k->high - k->low;
    if (isinf(k->high)) {
        if (isfinite(secant) && secant > k->low && secant < 4 * beta) return secant;
        return 2 * beta;
    }
    if (isfinite(secant) && secant > k->low + 1e-3 * width && secant < k->high - 1e-3 * width)
        return secant;
    if (isfinite(secant) && fabs(secant - beta) < 1e-3 * width && secant > k->low &&
        secant < k->high)
        return secant; /* near the end of the search steps are small */
    return (k->low + k->high) / 2;
}

/* Trips cost less with every beta above 0 than where cost is no matter. */
static karvan_status too_dear(double target, double most, karvan_error *err) {
    return karvan_fail(err, KARVAN_E_DATA,
                       "no beta of 0 or more gives a mean cost of %.10g: it is %.10g where cost is "
                       "no matter, and less where it is",
                       target, most);
}

static karvan_status unattainable(double target, double least, double most, karvan_error *err) {
    return karvan_fail(err, KARVAN_E_DATA,
                       "no beta gives a mean cost of %.10g: it is %.10g where cost is no matter, "
                       "and falls no lower than about %.10g",
                       target, most, least);
}

typedef struct search {
    const karvan_distribution *d;
    const karvan_balance_options *o;
    karvan_deterrence *deterrence;
    double *trips;
    karvan_calibration_stats *stats;
} search;

/* Mean cost at a beta. */
static karvan_status try_beta(search *s, double beta, double *cost, karvan_error *err) {
    s->deterrence->beta = beta;
    s->stats->iterations++;
    karvan_status st =
        karvan_i_distribution_run(s->d, s->deterrence, s->o, s->trips, &s->stats->balance, err);
    bool made = st == KARVAN_OK || st == KARVAN_E_NOCONV; /* else no trips were written */
    s->stats->mean_cost = *cost = made ? karvan_i_mean_cost(s->d, s->trips) : NAN;
    return st;
}

/* A round that cannot be balanced, at a beta so large that hardly any pair is left. */
static karvan_status too_steep(karvan_status st, const bracket *k, double target, double most,
                               karvan_error *err) {
    if (st != KARVAN_E_NOCONV && st != KARVAN_E_DATA) return st;
    if (err) *err = (karvan_error){0};
    return unattainable(target, k->low_cost, most, err);
}

static karvan_status find_beta(search *s, double target, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bracket k = {.low = 0, .high = INFINITY};
    double cost, last = 0, last_cost;
    KARVAN_TRY(try_beta(s, 0, &last_cost, err));
    double most = k.low_cost = last_cost;
    KARVAN_REQUIRE(isfinite(most), err, KARVAN_E_DATA, "there are no trips to calibrate on");
    if (fabs(most - target) <= CLOSE * target) goto done; /* beta is 0 */
    if (most < target) {
        st = too_dear(target, most, err);
        goto done;
    }
    double beta = s->deterrence->kind == KARVAN_DETER_POWER ? 1 : 1 / target;
    for (int i = 0; i < STEPS; i++) {
        st = try_beta(s, beta, &cost, err);
        if (st != KARVAN_OK && isinf(k.high)) st = too_steep(st, &k, target, most, err);
        if (st != KARVAN_OK) goto done;
        s->stats->converged = fabs(cost - target) <= CLOSE * fabs(target);
        if (s->stats->converged) goto done;
        bool flat = fabs(cost - last_cost) <= 1e-12 * fabs(cost);
        if (cost > target)
            k.low = beta, k.low_cost = cost;
        else
            k.high = beta, k.high_cost = cost;
        if (isinf(k.high) && flat) {
            st = unattainable(target, cost, most, err);
            goto done;
        }
        double next = next_beta(&k, beta, cost, last, last_cost, target);
        last = beta, last_cost = cost, beta = next;
    }
    st = karvan_fail(err, KARVAN_E_NOCONV, "mean cost is %.10g, not %.10g, after %d distributions",
                     cost, target, s->stats->iterations);
done:
    if (st == KARVAN_OK) s->stats->converged = true;
    return st;
}

karvan_status karvan_calibrate_mean(const karvan_distribution *d, double mean_cost,
                                    const karvan_balance_options *o, karvan_deterrence *deterrence,
                                    double *trips, karvan_calibration_stats *stats,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const karvan_balance_options usual = {0};
    karvan_calibration_stats unread;
    double *own = NULL;
    KARVAN_REQUIRE(deterrence && deterrence->kind != KARVAN_DETER_BINS, err, KARVAN_E_ARG,
                   "a mean cost calibrates one parameter: exponential, power or tanner, not bins");
    KARVAN_REQUIRE(mean_cost > 0 && isfinite(mean_cost), err, KARVAN_E_ARG,
                   "the mean cost is %g; it must be above 0", mean_cost);
    deterrence->beta = 0;
    KARVAN_TRY(karvan_i_distribution_check(d, deterrence, err));
    if (!trips) {
        own = karvan_i_malloc((size_t)d->n_origins * (size_t)d->n_destinations + 1, sizeof *own);
        KARVAN_REQUIRE(own, err, KARVAN_E_NOMEM, "no memory for trips");
    }
    stats = stats ? stats : &unread;
    *stats = (karvan_calibration_stats){
        .observed_cost = mean_cost, .beta_error = NAN, .power_error = NAN, .deviance = NAN};
    search s = {d, o ? o : &usual, deterrence, trips ? trips : own, stats};
    st = find_beta(&s, mean_cost, err);
done:
    karvan_i_free(own);
    return st;
}
