/* What mirrors tell: freight and insurance by distance, and how far each reporter is off. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/flows.h"

/* Mirrors further apart tell of errors in the records, not of freight. */
static const double TRIM = 3.0;
enum { LEAST_MIRRORS = 10, SWEEPS = 200 };

karvan_status karvan_i_cif_fit(int64_t n, const karvan_i_mirror *m, const double *km,
                               karvan_i_cif_line *out, karvan_error *err) {
    double sx = 0, sy = 0, xx = 0, xy = 0, yy = 0;
    int64_t used = 0;
    *out = (karvan_i_cif_line){0};
    for (int pass = 0; pass < 2; pass++) { /* means first: squares about them lose no digits */
        double mx = pass ? sx / (double)used : 0, my = pass ? sy / (double)used : 0;
        for (int64_t k = 0; k < n; k++) {
            double y = log(m[k].by_importer / m[k].by_exporter), x = log(km[k]);
            if (!(km[k] > 0) || !(fabs(y) <= log(TRIM))) continue;
            if (pass == 0) {
                used++, sx += x, sy += y;
                continue;
            }
            xx += (x - mx) * (x - mx), xy += (x - mx) * (y - my), yy += (y - my) * (y - my);
        }
        if (used < LEAST_MIRRORS)
            return karvan_fail(err, KARVAN_E_DATA,
                               "cif over fob cannot be estimated on %lld mirrors with a distance; "
                               "%d are needed, or state the ratio",
                               (long long)used, LEAST_MIRRORS);
    }
    if (!(xx > 1e-12 * (double)used)) /* the logarithms differ by rounding at most */
        return karvan_fail(err, KARVAN_E_DATA,
                           "cif over fob cannot be estimated: all mirrors have one distance");
    out->n = used, out->b = xy / xx;
    out->a = (sy - out->b * sx) / (double)used;
    out->r2 = yy > 0 ? out->b * xy / yy : 0;
    return KARVAN_OK;
}

double karvan_i_cif_at(const karvan_i_cif_line *line, double km) {
    return fmax(1.0, exp(line->a + line->b * log(km)));
}

/* Each mirror counts once for either of its reporters. */
typedef struct share {
    int32_t country, other;
    double distance, weight;
    int64_t k;
} share;

static int by_country(const void *x, const void *y) {
    const share *a = x, *b = y;
    if (a->country != b->country) return a->country < b->country ? -1 : 1;
    return (a->k > b->k) - (a->k < b->k);
}

/* One reporter's best answer to the others: least squares in one unknown, drawn to the mean. */
static double answer(const share *s, int64_t n, const double *e, double mean, double prior) {
    double top = prior * mean, bottom = prior;
    for (int64_t k = 0; k < n; k++) {
        if (s[k].other == s[k].country) { /* 2 e, and the mirror stands here twice */
            top += s[k].weight * s[k].distance, bottom += 2.0 * s[k].weight;
            continue;
        }
        top += s[k].weight * (s[k].distance - e[s[k].other]), bottom += s[k].weight;
    }
    return bottom > 0 ? top / bottom : mean;
}

karvan_status karvan_i_reliability(int64_t n, const karvan_i_mirror *m, const double *distance,
                                   int32_t n_countries, double *e, int64_t *mirrors,
                                   karvan_error *err) {
    static const double least = 0.01, prior_mirrors = 3.0;
    double weights = 0, sum = 0;
    share *s = karvan_i_malloc(2 * (size_t)n + 1, sizeof *s);
    if (!s) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the reliability of reporters");
    for (int64_t k = 0; k < n; k++) {
        double d = fabs(distance[k]);
        s[2 * k] = (share){m[k].exporter, m[k].importer, d, m[k].weight, 2 * k};
        s[2 * k + 1] = (share){m[k].importer, m[k].exporter, d, m[k].weight, 2 * k + 1};
        weights += m[k].weight, sum += m[k].weight * d;
    }
    qsort(s, 2 * (size_t)n, sizeof *s, by_country);
    double mean = weights > 0 ? fmax(least, 0.5 * sum / weights) : least;
    double prior = n > 0 ? prior_mirrors * weights / (double)n : 1.0;
    for (int32_t i = 0; i < n_countries; i++) e[i] = mean, mirrors[i] = 0;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double moved = 0;
        for (int64_t a = 0, b; a < 2 * n; a = b) {
            int32_t i = s[a].country;
            for (b = a; b < 2 * n && s[b].country == i; b++) continue;
            double was = e[i];
            mirrors[i] = b - a;
            e[i] = fmax(least, answer(s + a, b - a, e, mean, prior));
            moved = fmax(moved, fabs(e[i] - was));
        }
        if (moved < 1e-12) break;
    }
    karvan_i_free(s);
    return KARVAN_OK;
}
