/* Deterrence by bins of cost: fitting rows, columns and bins in turn (Evans and Kirby 1974). */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/calibrate.h"
#include "flow/distribution.h"

enum { ROUNDS = 2000 };
static const double CLOSE = 1e-9;

static void by_bin(const karvan_distribution *d, const karvan_deterrence *f, const double *trips,
                   double *sum) {
    size_t n = (size_t)d->n_origins * (size_t)d->n_destinations;
    memset(sum, 0, (size_t)f->n_bins * sizeof *sum);
    for (size_t i = 0; i < n; i++)
        if (trips[i] > 0) sum[karvan_i_deterrence_bin(f, d->cost[i])] += trips[i];
}

/* Factors of mean 1 over the trips. */
static void normalise(karvan_deterrence *f, const double *share) {
    double mean = 0, total = 0;
    for (int k = 0; k < f->n_bins; k++) mean += share[k] * f->factor[k], total += share[k];
    for (int k = 0; k < f->n_bins; k++) f->factor[k] *= total / mean;
}

karvan_status karvan_i_calibrate_bins(const karvan_distribution *d, const double *observed,
                                      const karvan_balance_options *o, karvan_deterrence *f,
                                      double *trips, karvan_calibration_stats *stats,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)f->n_bins;
    double off = INFINITY;
    double *seen = karvan_i_malloc(2 * n + 1, sizeof *seen), *made = seen ? seen + n : NULL;
    KARVAN_REQUIRE(seen, err, KARVAN_E_NOMEM, "no memory for %d bins", f->n_bins);
    by_bin(d, f, observed, seen);
    for (size_t k = 0; k < n; k++) f->factor[k] = seen[k] > 0;
    while (stats->iterations < ROUNDS) {
        KARVAN_TRY(karvan_i_distribution_run(d, f, o, trips, &stats->balance, err));
        stats->iterations++;
        by_bin(d, f, trips, made);
        off = 0;
        for (size_t k = 0; k < n; k++)
            if (seen[k] > 0) off = fmax(off, fabs(made[k] / seen[k] - 1));
        if (off <= CLOSE) break;
        for (size_t k = 0; k < n; k++)
            if (seen[k] > 0) f->factor[k] *= seen[k] / made[k];
    }
    normalise(f, seen);
    stats->converged = off <= CLOSE;
    if (!stats->converged)
        st = karvan_fail(err, KARVAN_E_NOCONV, "bins are off their trips by %.3g after %d rounds",
                         off, stats->iterations);
done:
    karvan_i_free(seen);
    return st;
}
