/* Prediction intervals without a law for the residuals: flows are compared with flows of their own
 * size. Vovk, Gammerman and Shafer 2005 (classes), Barber, Candes, Ramdas and Tibshirani 2021
 * (predictions that have not seen the flow). */
#include "trade/comparable.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"

enum { GRID = 199 }; /* quantiles that stand for a class where its ratios are blurred */

typedef struct flow {
    double predicted, ratio;
} flow;

static int by_predicted(const void *a, const void *b) {
    const flow *x = a, *y = b;
    if (x->predicted != y->predicted) return x->predicted < y->predicted ? -1 : 1;
    return (x->ratio > y->ratio) - (x->ratio < y->ratio);
}

karvan_status karvan_i_comparable_create(int64_t n, const double *predicted, const double *actual,
                                         int64_t least, karvan_i_comparable *out,
                                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_comparable c = {0};
    flow *f = karvan_i_malloc((size_t)n + 1, sizeof *f);
    KARVAN_REQUIRE(f, err, KARVAN_E_NOMEM, "no memory for comparable flows");
    for (int64_t i = 0; i < n; i++)
        if (predicted[i] > 0 && isfinite(predicted[i]) && actual[i] >= 0)
            f[c.n++] = (flow){predicted[i], actual[i] / predicted[i]};
    qsort(f, (size_t)c.n, sizeof *f, by_predicted);
    c.classes = c.n / least < 1                  ? 1
                : c.n / least > KARVAN_I_CLASSES ? KARVAN_I_CLASSES
                                                 : (int)(c.n / least);
    c.first = karvan_i_calloc((size_t)c.classes + 1, sizeof *c.first);
    c.above = karvan_i_calloc((size_t)c.classes, sizeof *c.above);
    c.ratio = karvan_i_malloc((size_t)c.n + 1, sizeof *c.ratio);
    KARVAN_REQUIRE(c.first && c.above && c.ratio, err, KARVAN_E_NOMEM,
                   "no memory for comparable flows");
    for (int64_t i = 0; i < c.n; i++) c.ratio[i] = f[i].ratio;
    for (int k = 0; k <= c.classes; k++) c.first[k] = c.n * k / c.classes;
    for (int k = 0; k < c.classes; k++) {
        int64_t a = c.first[k], b = c.first[k + 1];
        c.above[k] = k > 0 ? sqrt(f[a - 1].predicted) * sqrt(f[a].predicted) : 0;
        qsort(c.ratio + a, (size_t)(b - a), sizeof *c.ratio, karvan_i_by_real);
    }
    *out = c, c = (karvan_i_comparable){0};
done:
    karvan_i_free(f);
    karvan_i_comparable_clear(&c);
    return st;
}

void karvan_i_comparable_clear(karvan_i_comparable *c) {
    karvan_i_free(c->first), karvan_i_free(c->above), karvan_i_free(c->ratio);
    *c = (karvan_i_comparable){0};
}

/* Of m sorted ratios, how many are below r; and with `equal`, below or equal. */
static int64_t below(const double *ratio, int64_t m, double r, bool equal) {
    int64_t a = 0, b = m;
    while (a < b) {
        int64_t mid = a + (b - a) / 2;
        if (ratio[mid] < r || (equal && ratio[mid] == r))
            a = mid + 1;
        else
            b = mid;
    }
    return a;
}

/* Ratios of a class, each blurred by a normal law of its logarithm. */
typedef struct blurred {
    const double *ratio;
    int64_t m, points;
    double se;
} blurred;

/* Share of them at or below exp(x), and its slope in x; x -INFINITY: those that are 0. */
static double share_below(const blurred *b, double x, double *slope) {
    double sum = 0, steep = 0;
    for (int64_t k = 0; k < b->points; k++) {
        int64_t at = b->points == b->m ? k : (2 * k + 1) * b->m / (2 * b->points);
        if (!(b->ratio[at] > 0)) {
            sum += 1; /* no flow is no flow, whatever was predicted */
        } else if (isfinite(x)) {
            double z = (x - log(b->ratio[at])) / b->se;
            sum += 0.5 * erfc(-z / sqrt(2)), steep += exp(-z * z / 2);
        }
    }
    *slope = steep / (b->se * sqrt(2 * acos(-1)) * (double)b->points);
    return sum / (double)b->points;
}

/* Newton's method, kept between what is known to be too low and too high. */
static double blurred_quantile(const blurred *b, double p) {
    double slope, low, high, x;
    int64_t zeros = 0;
    if (share_below(b, -INFINITY, &slope) >= p) return 0;
    while (!(b->ratio[zeros] > 0)) zeros++;
    low = log(b->ratio[zeros]) - 9 * b->se, high = log(b->ratio[b->m - 1]) + 9 * b->se;
    x = log(fmax(b->ratio[(int64_t)(p * (double)(b->m - 1))], b->ratio[zeros]));
    for (int k = 0; k < 100 && high - low > 1e-12; k++) {
        double over = share_below(b, x, &slope) - p, next = x - over / slope;
        if (over < 0)
            low = x;
        else
            high = x;
        if (!(next > low && next < high)) next = (low + high) / 2;
        if (fabs(next - x) <= 1e-12) break;
        x = next;
    }
    return exp(x);
}

karvan_i_standing karvan_i_compare(const karvan_i_comparable *c, double predicted, double actual,
                                   bool own, double se, double tail) {
    karvan_i_standing s = {NAN, NAN, NAN, 0};
    int k = c->classes - 1;
    if (!(predicted > 0) || c->n == 0) return s;
    while (k > 0 && !(predicted > c->above[k])) k--;
    const double *ratio = c->ratio + c->first[k];
    int64_t m = s.of = c->first[k + 1] - c->first[k];
    double r = actual / predicted, slope;
    /* Ranks that hold for one flow more than the class has. */
    int64_t low = (int64_t)floor(tail * (double)(m + 1)),
            high = (int64_t)ceil((1 - tail) * (double)(m + 1));
    blurred b = {ratio, m, m < GRID ? m : GRID, se};
    if (se > 0 && low >= 1) {
        s.low = predicted * blurred_quantile(&b, (double)low / (double)(m + 1));
        s.high = predicted * blurred_quantile(&b, (double)high / (double)(m + 1));
        if (actual >= 0) s.below = 1 - share_below(&b, log(r), &slope);
    } else if (low >= 1) {
        s.low = predicted * ratio[low - 1], s.high = predicted * ratio[high - 1];
    }
    if (actual >= 0 && isnan(s.below)) {
        double less = (double)below(ratio, m, r, false), tied = (double)below(ratio, m, r, true);
        double more = (double)m - tied, half = tied - less;
        s.below = (more + (half + !own) / 2) / (double)(m + !own);
    }
    return s;
}
