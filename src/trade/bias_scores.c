/* Bias of the scores in a three-way fit: with the pair effects taken out, the likelihood of a pair
 * has information H = diag(w) - w w'/sum(w), score e, and a third derivative that enters only
 * through sums over a country's pairs. Source: Weidner and Zylkin 2021, Journal of International
 * Economics 132, 103513, section 3.2. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/bias.h"
#include "trade/small.h"

/* Sums over the pairs of one country. All [times][times]. */
typedef struct country {
    double *inverse; /* of the sum of H */
    double *outer;   /* e e' */
    double *cross;   /* (H x) e' */
    double *third;   /* -(diag(x) H + H diag(x)) */
    double *scratch; /* [times (times + 2)] */
} country;

static void clear(double *m, int n) { memset(m, 0, sizeof *m * (size_t)n * (size_t)n); }

static void add_pair(const karvan_i_panel *p, int32_t pair, const double *x, country *c) {
    int n = p->times;
    const double *w = p->weight + (size_t)pair * (size_t)n;
    const double *e = p->residual + (size_t)pair * (size_t)n;
    double total = 0, mean = 0;
    for (int t = 0; t < n; t++) total += w[t], mean += w[t] * x[t];
    if (!(total > 0)) return;
    mean /= total;
    for (int t = 0; t < n; t++)
        for (int u = 0; u < n; u++) {
            double h = (t == u ? w[t] : 0) - w[t] * w[u] / total;
            c->inverse[t * n + u] += h;
            c->outer[t * n + u] += e[t] * e[u];
            c->cross[t * n + u] += w[t] * (x[t] - mean) * e[u];
            c->third[t * n + u] -= (x[t] + x[u]) * h;
        }
}

/* Trace of the product of two matrices. */
static double trace(int n, const double *x, const double *y) {
    double s = 0;
    for (int t = 0; t < n; t++)
        for (int u = 0; u < n; u++) s += x[t * n + u] * y[u * n + t];
    return s;
}
/* -tr(cross H^-) + tr(H^- third H^- outer) / 2. */
static double country_bias(int n, country *c) {
    double first = 0, *product = c->scratch;
    karvan_i_small_inverse(n, c->inverse, 1e-12, c->scratch);
    first = trace(n, c->cross, c->inverse);
    karvan_i_small_product(n, c->inverse, c->third, product);
    karvan_i_small_product(n, product, c->inverse, c->third);
    return -first + trace(n, c->third, c->outer) / 2;
}

/* One side: pairs in `order` run through the countries `of` one after another. */
static double side_bias(const karvan_i_panel *p, const int32_t *of, int32_t countries,
                        const int32_t *order, const double *x, country *c) {
    int n = p->times;
    double sum = 0;
    for (int32_t i = 0; i < p->pairs;) {
        int32_t who = of[order[i]];
        clear(c->inverse, n), clear(c->outer, n), clear(c->cross, n), clear(c->third, n);
        for (; i < p->pairs && of[order[i]] == who; i++)
            add_pair(p, order[i], x + (size_t)order[i] * (size_t)n, c);
        sum += country_bias(n, c);
    }
    return sum * countries / (countries - 1.0);
}

/* Pairs by b; by a they are already. */
static void by_b(const karvan_i_panel *p, int32_t *start, int32_t *order) {
    for (int32_t i = 0; i < p->pairs; i++) start[p->b[i] + 1]++;
    for (int32_t b = 0; b < p->n_b; b++) start[b + 1] += start[b];
    for (int32_t i = 0; i < p->pairs; i++) order[start[p->b[i]]++] = i;
}

karvan_status karvan_i_bias_scores(const karvan_i_panel *p, double *sum, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t cells = (size_t)p->times * (size_t)p->times;
    double *room = karvan_i_calloc(5 * cells + 2 * (size_t)p->times, sizeof *room);
    int32_t *start = karvan_i_calloc((size_t)p->n_b + 1, sizeof *start);
    int32_t *order = karvan_i_malloc(2 * (size_t)p->pairs, sizeof *order);
    KARVAN_REQUIRE(room && start && order, err, KARVAN_E_NOMEM, "bias of %d pairs", (int)p->pairs);
    country c = {room, room + cells, room + 2 * cells, room + 3 * cells, room + 4 * cells};
    int32_t *second = order + p->pairs;
    for (int32_t i = 0; i < p->pairs; i++) order[i] = i;
    by_b(p, start, second);
    for (int k = 0; k < p->k; k++)
        sum[k] = side_bias(p, p->a, p->n_a, order, p->x[k], &c) +
                 side_bias(p, p->b, p->n_b, second, p->x[k], &c);
done:
    karvan_i_free(room);
    karvan_i_free(start);
    karvan_i_free(order);
    return st;
}
