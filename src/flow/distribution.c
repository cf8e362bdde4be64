/* Trips of pairs out of what ends send and take, and of what a way costs. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/balance.h"
#include "flow/distribution.h"

static const char *const NAMES[] = {"exponential", "power", "tanner", "bins"};

const char *karvan_deterrence_name(karvan_deterrence_kind k) { return NAMES[k]; }

karvan_status karvan_deterrence_parse(const char *s, karvan_deterrence_kind *out,
                                      karvan_error *err) {
    for (int i = 0; s && out && i < 4; i++)
        if (strcmp(s, NAMES[i]) == 0) return *out = (karvan_deterrence_kind)i, KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "a deterrence is exponential, power, tanner or bins, not '%.40s'",
                       s ? s : "");
}

int karvan_i_deterrence_bin(const karvan_deterrence *d, double cost) {
    int k = 0;
    while (k < d->n_bins - 1 && cost > d->edge[k]) k++;
    return k;
}

double karvan_i_deterrence_log(const karvan_deterrence *d, double cost) {
    if (cost == INFINITY) return -INFINITY;
    switch (d->kind) {
    case KARVAN_DETER_EXPONENTIAL:
        return -d->beta * cost;
    case KARVAN_DETER_POWER:
        return cost > 0 ? -d->beta * log(cost) : NAN;
    case KARVAN_DETER_TANNER:
        return cost > 0 ? d->power * log(cost) - d->beta * cost : NAN;
    default:
        return isnan(cost) ? NAN : log(d->factor[karvan_i_deterrence_bin(d, cost)]);
    }
}

double karvan_deterrence_at(const karvan_deterrence *d, double cost) {
    return exp(karvan_i_deterrence_log(d, cost));
}

static karvan_status check_deterrence(const karvan_deterrence *d, karvan_error *err) {
    if (!isfinite(d->beta) || !isfinite(d->power))
        return karvan_fail(err, KARVAN_E_ARG, "beta is %g and power %g; both must be numbers",
                           d->beta, d->power);
    if (d->kind != KARVAN_DETER_BINS) return KARVAN_OK;
    if (d->n_bins < 1 || !d->edge || !d->factor)
        return karvan_fail(err, KARVAN_E_ARG, "bins without edges or factors");
    for (int k = 0; k < d->n_bins; k++) {
        if (isnan(d->edge[k]) || (k > 0 && !(d->edge[k] > d->edge[k - 1])))
            return karvan_fail(err, KARVAN_E_ARG, "edge %d of the bins is not above the one before",
                               k + 1);
        if (!(d->factor[k] >= 0) || isinf(d->factor[k]))
            return karvan_fail(err, KARVAN_E_ARG, "factor %d of the bins is %g; 0 or more is right",
                               k + 1, d->factor[k]);
    }
    return KARVAN_OK;
}

static karvan_status check_pairs(const karvan_distribution *d, const karvan_deterrence *deterrence,
                                 karvan_error *err) {
    char a[24], b[24];
    bool positive =
        deterrence->kind == KARVAN_DETER_POWER || (deterrence->kind == KARVAN_DETER_TANNER);
    for (int32_t i = 0; i < d->n_origins; i++) {
        for (int32_t j = 0; j < d->n_destinations; j++) {
            size_t at = (size_t)i * (size_t)d->n_destinations + (size_t)j;
            double c = d->cost[at], f = d->factor ? d->factor[at] : 1;
            bool good = !isnan(c) && c != -INFINITY && (!positive || c > 0);
            if (good && f >= 0 && isfinite(f)) continue;
            return karvan_fail(
                err, KARVAN_E_ARG, "%.60s to %.60s: the %s is %g; %s is right",
                karvan_i_balance_name(d->names, d->n_origins, i, a, sizeof a),
                karvan_i_balance_name(d->names, d->n_origins, d->n_origins + j, b, sizeof b),
                good ? "factor" : "cost", good ? f : c,
                good       ? "0 or more"
                : positive ? "above 0 (infinite: no trips)"
                           : "a number (infinite: no trips)");
        }
    }
    return KARVAN_OK;
}

/* Of the end that is not held to its sums; the other's are looked at as sums. */
static karvan_status check_weights(const karvan_distribution *d, karvan_error *err) {
    char room[24];
    if (d->constraint == KARVAN_BOTH_ENDS) return KARVAN_OK;
    bool origins = d->constraint == KARVAN_DESTINATION_ENDS; /* weights stand there */
    const double *w = origins ? d->production : d->attraction;
    int32_t n = origins ? d->n_origins : d->n_destinations;
    for (int32_t i = 0; i < n; i++)
        if (!(w[i] >= 0) || isinf(w[i]))
            return karvan_fail(err, KARVAN_E_ARG, "%s %.60s is %g; 0 or more is right",
                               origins ? "production of" : "attraction of",
                               karvan_i_balance_name(d->names, d->n_origins,
                                                     origins ? i : d->n_origins + i, room,
                                                     sizeof room),
                               w[i]);
    return KARVAN_OK;
}

karvan_status karvan_i_distribution_check(const karvan_distribution *d,
                                          const karvan_deterrence *deterrence, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(d && deterrence && d->n_origins >= 0 && d->n_destinations >= 0 &&
                       d->production && d->attraction &&
                       (d->cost || d->n_origins == 0 || d->n_destinations == 0),
                   err, KARVAN_E_ARG, "a distribution needs productions, attractions and costs");
    KARVAN_TRY(check_deterrence(deterrence, err));
    KARVAN_TRY(check_pairs(d, deterrence, err));
    KARVAN_TRY(check_weights(d, err));
done:
    return st;
}

/* Weights of the end that is not constrained are part of the seed. */
double karvan_i_distribution_weight(const karvan_distribution *d, int32_t i, int32_t j) {
    if (d->constraint == KARVAN_ORIGIN_ENDS) return d->attraction[j];
    return d->constraint == KARVAN_DESTINATION_ENDS ? d->production[i] : 1;
}

/* Logarithms less the best of their row, where rows have factors of their own. */
static void take_rows(const karvan_distribution *d, double *m) {
    for (int32_t i = 0; i < d->n_origins; i++) {
        double *row = m + (size_t)i * (size_t)d->n_destinations, best = -INFINITY;
        for (int32_t j = 0; j < d->n_destinations; j++) best = fmax(best, row[j]);
        for (int32_t j = 0; isfinite(best) && j < d->n_destinations; j++) row[j] -= best;
    }
}
static void take_columns(const karvan_distribution *d, double *m, double *best) {
    size_t width = (size_t)d->n_destinations;
    for (size_t j = 0; j < width; j++) best[j] = -INFINITY;
    for (int32_t i = 0; i < d->n_origins; i++)
        for (size_t j = 0; j < width; j++) best[j] = fmax(best[j], m[(size_t)i * width + j]);
    for (int32_t i = 0; i < d->n_origins; i++)
        for (size_t j = 0; j < width; j++)
            if (isfinite(best[j])) m[(size_t)i * width + j] -= best[j];
}

static karvan_status make_seed(const karvan_distribution *d, const karvan_deterrence *deterrence,
                               double *m, int64_t *vanished, karvan_error *err) {
    size_t width = (size_t)d->n_destinations, n = (size_t)d->n_origins * width;
    double *best = karvan_i_malloc(width + 1, sizeof *best);
    if (!best) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d columns", (int)width);
    for (size_t at = 0; at < n; at++) {
        bool open = !d->factor || d->factor[at] > 0;
        m[at] = open ? karvan_i_deterrence_log(deterrence, d->cost[at]) : -INFINITY;
    }
    if (d->constraint != KARVAN_DESTINATION_ENDS) take_rows(d, m);
    if (d->constraint != KARVAN_ORIGIN_ENDS) take_columns(d, m, best);
    for (int32_t i = 0; i < d->n_origins; i++) {
        for (int32_t j = 0; j < d->n_destinations; j++) {
            size_t at = (size_t)i * width + (size_t)j;
            double f = exp(m[at]);
            if (f == 0 && m[at] > -INFINITY) ++*vanished;
            m[at] = f * karvan_i_distribution_weight(d, i, j) * (d->factor ? d->factor[at] : 1);
        }
    }
    karvan_i_free(best);
    return KARVAN_OK;
}

/* Columns scaled to the total of the rows, in a copy. */
static karvan_status scale_columns(const karvan_distribution *d, double **out, karvan_error *err) {
    double rows = 0, columns = 0;
    *out = karvan_i_malloc((size_t)d->n_destinations + 1, sizeof **out);
    if (!*out)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d columns", (int)d->n_destinations);
    for (int32_t i = 0; i < d->n_origins; i++) rows += d->production[i];
    for (int32_t j = 0; j < d->n_destinations; j++) columns += d->attraction[j];
    double by = columns > 0 ? rows / columns : 1;
    for (int32_t j = 0; j < d->n_destinations; j++) (*out)[j] = d->attraction[j] * by;
    return KARVAN_OK;
}

karvan_status karvan_i_distribution_run(const karvan_distribution *d,
                                        const karvan_deterrence *deterrence,
                                        const karvan_balance_options *o, double *out,
                                        karvan_balance_stats *stats, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double *scaled = NULL;
    bool rows = d->constraint != KARVAN_DESTINATION_ENDS,
         columns = d->constraint != KARVAN_ORIGIN_ENDS;
    *stats = (karvan_balance_stats){0};
    karvan_i_balance b = {d->n_origins,
                          d->n_destinations,
                          rows ? d->production : NULL,
                          columns ? d->attraction : NULL,
                          d->names,
                          o,
                          out};
    if (rows && columns && o->scale_columns) {
        KARVAN_TRY(scale_columns(d, &scaled, err));
        b.column = scaled;
    }
    KARVAN_TRY(make_seed(d, deterrence, out, &stats->vanished, err));
    KARVAN_TRY(karvan_i_balance_check(&b, err));
    KARVAN_TRY(karvan_i_balance_run(&b, stats, err));
done:
    karvan_i_free(scaled);
    return st;
}

karvan_status karvan_distribute(const karvan_distribution *d, const karvan_deterrence *deterrence,
                                const karvan_balance_options *o, double *out,
                                karvan_balance_stats *stats, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const karvan_balance_options usual = {0};
    karvan_balance_stats unread;
    KARVAN_REQUIRE(out, err, KARVAN_E_ARG, "out is NULL");
    KARVAN_TRY(karvan_i_distribution_check(d, deterrence, err));
    KARVAN_TRY(karvan_i_distribution_run(d, deterrence, o ? o : &usual, out,
                                         stats ? stats : &unread, err));
done:
    return st;
}

static karvan_status check_seed(const karvan_i_balance *b, karvan_error *err) {
    char room[2][24];
    for (int32_t i = 0; i < b->n_origins; i++) {
        for (int32_t j = 0; j < b->n_destinations; j++) {
            double v = b->matrix[(size_t)i * (size_t)b->n_destinations + (size_t)j];
            if (v >= 0 && isfinite(v)) continue;
            return karvan_fail(
                err, KARVAN_E_ARG, "%.60s to %.60s: the seed is %g; 0 or more is right",
                karvan_i_balance_name(b->names, b->n_origins, i, room[0], 24),
                karvan_i_balance_name(b->names, b->n_origins, b->n_origins + j, room[1], 24), v);
        }
    }
    return KARVAN_OK;
}

karvan_status karvan_balance(int32_t n_origins, int32_t n_destinations, const double *seed,
                             const double *row, const double *column, const char *const *names,
                             const karvan_balance_options *o, double *out,
                             karvan_balance_stats *stats, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const karvan_balance_options usual = {0};
    karvan_balance_stats unread;
    double *scaled = NULL;
    KARVAN_REQUIRE(n_origins >= 0 && n_destinations >= 0 && out && (row || column) &&
                       (seed || n_origins == 0 || n_destinations == 0),
                   err, KARVAN_E_ARG, "balancing needs a seed, sums and room for the result");
    size_t n = (size_t)n_origins * (size_t)n_destinations;
    if (n > 0 && out != seed) memcpy(out, seed, n * sizeof *seed);
    karvan_i_balance b = {n_origins, n_destinations, row, column, names, o ? o : &usual, out};
    if (row && column && b.o->scale_columns) {
        const karvan_distribution d = {.n_origins = n_origins,
                                       .n_destinations = n_destinations,
                                       .production = row,
                                       .attraction = column};
        KARVAN_TRY(scale_columns(&d, &scaled, err));
        b.column = scaled;
    }
    stats = stats ? stats : &unread;
    *stats = (karvan_balance_stats){0};
    KARVAN_TRY(check_seed(&b, err));
    KARVAN_TRY(karvan_i_balance_check(&b, err));
    KARVAN_TRY(karvan_i_balance_run(&b, stats, err));
done:
    karvan_i_free(scaled);
    return st;
}
