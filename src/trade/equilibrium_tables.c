/* Equilibria and their draws as tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "trade/draws.h"
#include "trade/solution.h"

enum { PARTS = 4 };
static const char *const PART[PARTS] = {"", "_p5", "_p50", "_p95"};
static const double QUANTILE[PARTS] = {0, 0.05, 0.5, 0.95};

/* Values of a result of a country over the draws, sorted; how many. */
static int64_t sorted_values(const karvan_draws *d, karvan_result r, int32_t country,
                             double *room) {
    int64_t n = 0;
    for (int64_t s = 0; s < d->n; s++) {
        if (!d->good[s]) continue;
        double v = d->value[((size_t)s * KARVAN_RESULT_END + (size_t)r) * (size_t)d->countries +
                            (size_t)country];
        if (!isnan(v)) room[n++] = v;
    }
    if (n > 0) qsort(room, (size_t)n, sizeof *room, karvan_i_by_real);
    return n;
}

double karvan_draws_quantile(const karvan_draws *d, karvan_result r, int32_t country, double p) {
    double *room = karvan_i_malloc((size_t)d->n, sizeof *room);
    double v =
        room ? karvan_i_quantile(room, sorted_values(d, r, country, room), fmin(1, fmax(0, p)))
             : NAN;
    karvan_i_free(room);
    return v;
}

static karvan_status put_row(karvan_builder *b, const karvan_economy *e,
                             const karvan_equilibrium *q, const karvan_draws *d, int32_t i,
                             int results, double *room, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int column = 0;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, column++, e->country[i], err));
    for (int r = 0; r < results; r++) {
        double v = karvan_equilibrium_view(q, (karvan_result)r)[i];
        KARVAN_TRY(karvan_builder_real(b, column++, isfinite(v) ? v : NAN, err));
        if (!d) continue;
        int64_t n = sorted_values(d, (karvan_result)r, i, room);
        for (int k = 1; k < PARTS; k++)
            KARVAN_TRY(
                karvan_builder_real(b, column++, karvan_i_quantile(room, n, QUANTILE[k]), err));
    }
done:
    return st;
}

static karvan_status by_country(const karvan_economy *e, const karvan_equilibrium *q,
                                const karvan_draws *d, bool wide, karvan_table **out,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char names[KARVAN_RESULT_END * PARTS][40];
    karvan_column columns[1 + KARVAN_RESULT_END * PARTS] = {{"country", KARVAN_TEXT, NULL}};
    int results = wide ? KARVAN_RESULT_END : KARVAN_RESULT_IMPORTS + 1, n = 0;
    karvan_builder *b = NULL;
    double *room = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    for (int r = 0; r < results; r++)
        for (int k = 0; k < (d ? PARTS : 1); k++, n++) {
            (void)snprintf(names[n], sizeof names[n], "%s%s", karvan_result_name((karvan_result)r),
                           PART[k]);
            columns[n + 1] = (karvan_column){names[n], KARVAN_REAL, NULL};
        }
    room = karvan_i_malloc(d ? (size_t)d->n : 1, sizeof *room);
    KARVAN_REQUIRE(room, err, KARVAN_E_NOMEM, "no memory for quantiles");
    KARVAN_TRY(karvan_builder_create("counterfactual", n + 1, columns, &b, err));
    for (int32_t i = 0; i < e->n; i++) KARVAN_TRY(put_row(b, e, q, d, i, results, room, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(room);
    return st;
}

karvan_status karvan_equilibrium_table(const karvan_economy *e, const karvan_equilibrium *q,
                                       bool wide, karvan_table **out, karvan_error *err) {
    return by_country(e, q, NULL, wide, out, err);
}
karvan_status karvan_draws_table(const karvan_economy *e, const karvan_equilibrium *q,
                                 const karvan_draws *d, bool wide, karvan_table **out,
                                 karvan_error *err) {
    return by_country(e, q, d, wide, out, err);
}

/* Where the changes of a pair stand that a bridge drew; -1: nowhere. */
static int64_t drawn_at(const karvan_draws *d, size_t pair) {
    int64_t low = 0, high = d->n_touched;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (d->touched[middle] < (int64_t)pair)
            low = middle + 1;
        else
            high = middle;
    }
    return low < d->n_touched && d->touched[low] == (int64_t)pair ? low : -1;
}

/* Ratios of a pair's trade over the draws, sorted; how many. */
static int64_t sorted_ratios(const karvan_economy *e, const karvan_draws *d, size_t pair,
                             bool touched, double *room) {
    size_t n = (size_t)e->n, nn = n * n, i = pair / n, j = pair % n, changes = (size_t)e->n_changes;
    int64_t m = 0, at = drawn_at(d, pair);
    for (int64_t s = 0; s < d->n; s++) {
        if (!d->good[s]) continue;
        const double *f = d->factor + 2 * n * (size_t)s, *beta = d->beta + (size_t)s * changes;
        double partial = 0;
        for (size_t k = 0; !d->partial && touched && k < changes; k++)
            partial += beta[k] * e->change[k * nn + pair];
        if (d->partial && at >= 0) partial = d->partial[s * d->n_touched + at];
        room[m++] = exp(partial) * f[i] * f[n + j];
    }
    qsort(room, (size_t)m, sizeof *room, karvan_i_by_real);
    return m;
}

static karvan_status put_pair(karvan_builder *b, const karvan_economy *e,
                              const karvan_equilibrium *q, const karvan_draws *d, size_t pair,
                              const double *partial, double *room, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)e->n;
    double before = karvan_equilibrium_before_view(q)[pair];
    double after = karvan_equilibrium_after_view(q)[pair];
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, e->country[pair / n], err));
    KARVAN_TRY(karvan_builder_text(b, 1, e->country[pair % n], err));
    KARVAN_TRY(karvan_builder_real(b, 2, before, err));
    KARVAN_TRY(karvan_builder_real(b, 3, isfinite(after) ? after : NAN, err));
    KARVAN_TRY(karvan_builder_real(b, 4, isfinite(after / before) ? after / before : NAN, err));
    KARVAN_TRY(karvan_builder_real(b, 5, partial ? *partial : 0, err));
    if (!d) goto done;
    int64_t m = sorted_ratios(e, d, pair, partial != NULL, room);
    for (int k = 1; k < PARTS; k++)
        KARVAN_TRY(karvan_builder_real(b, 5 + k, karvan_i_quantile(room, m, QUANTILE[k]), err));
done:
    return st;
}

static karvan_status by_pair(const karvan_economy *e, const karvan_equilibrium *q,
                             const karvan_draws *d, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"exporter", KARVAN_TEXT, NULL}, {"importer", KARVAN_TEXT, NULL},
        {"before", KARVAN_REAL, NULL},   {"after", KARVAN_REAL, NULL},
        {"ratio", KARVAN_REAL, NULL},    {"partial", KARVAN_REAL, NULL},
        {"ratio_p5", KARVAN_REAL, NULL}, {"ratio_p50", KARVAN_REAL, NULL},
        {"ratio_p95", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    double *room = NULL;
    const double *partial = karvan_i_equilibrium_partial(q);
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    room = karvan_i_malloc(d ? (size_t)d->n : 1, sizeof *room);
    KARVAN_REQUIRE(room, err, KARVAN_E_NOMEM, "no memory for quantiles");
    KARVAN_TRY(karvan_builder_create("pairs", d ? 9 : 6, columns, &b, err));
    int64_t next = 0;
    for (size_t pair = 0; pair < (size_t)e->n * (size_t)e->n; pair++) {
        bool touched = next < e->n_touched && (size_t)e->touched[next] == pair;
        if (e->flow[pair] > 0)
            KARVAN_TRY(put_pair(b, e, q, d, pair, touched ? &partial[next] : NULL, room, err));
        next += touched;
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(room);
    return st;
}

karvan_status karvan_equilibrium_pairs(const karvan_economy *e, const karvan_equilibrium *q,
                                       karvan_table **out, karvan_error *err) {
    return by_pair(e, q, NULL, out, err);
}
karvan_status karvan_draws_pairs(const karvan_economy *e, const karvan_equilibrium *q,
                                 const karvan_draws *d, karvan_table **out, karvan_error *err) {
    return by_pair(e, q, d, out, err);
}
