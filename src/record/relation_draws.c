/* Scores under other weights: weights drawn evenly from the simplex. A point of the simplex is n
 * exponential numbers by their sum, and so is a point of the simplex of some of them: one set of
 * numbers serves every dimension and every set of components that are covered (Devroye 1986,
 * Non-Uniform Random Variate Generation, V.2). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clones.h"
#include "record/relation.h"

enum { BINS = 256 };

karvan_status karvan_i_weights_draw(int n, int draws, uint64_t seed, float **out,
                                    karvan_error *err) {
    *out = karvan_i_malloc((size_t)n * (size_t)draws + 1, sizeof **out);
    if (!*out) return karvan_fail(err, KARVAN_E_NOMEM, "weights");
    for (int c = 0; c < n; c++) { /* a stream a component: one more leaves the others as they are */
        karvan_random r;
        karvan_random_init(&r, seed, (uint64_t)c);
        for (int d = 0; d < draws; d++)
            (*out)[(size_t)c * (size_t)draws + (size_t)d] = (float)-log(karvan_random_uniform(&r));
    }
    return KARVAN_OK;
}

typedef struct room {
    float *score;     /* [pairs][draws] */
    float *sum;       /* [draws] of weights */
    float *some;      /* [draws] of a bin */
    int32_t *rank;    /* [draws] */
    int32_t *above;   /* [pairs][pairs] draws in which the second stands above the first */
    int32_t *at_rank; /* [pairs + 1] draws that give a rank */
} room;

static size_t round_up(size_t n) { return (n + 63) / 64 * 64; }

/* NULL: only how much is needed. */
static size_t lay_out(room *r, char *base, int64_t pairs, int draws) {
    size_t p = (size_t)pairs, d = (size_t)draws, at = 0;
    const size_t sizes[] = {p * d * 4, d * 4, d * 4, d * 4, p * p * 4, (p + 1) * 4};
    void *to[6];
    for (int i = 0; i < 6; i++) to[i] = base ? base + at : NULL, at += round_up(sizes[i]);
    *r = (room){to[0], to[1], to[2], to[3], to[4], to[5]};
    return at;
}

size_t karvan_i_draws_room(int64_t pairs, int draws) {
    room r;
    return lay_out(&r, NULL, pairs, draws);
}

KARVAN_I_CLONES
static void add_weighted(const float *restrict w, float v, int draws, float *restrict score,
                         float *restrict sum) {
    for (int d = 0; d < draws; d++) score[d] += w[d] * v, sum[d] += w[d];
}

KARVAN_I_CLONES
static void divide(int draws, const float *restrict sum, float *restrict score) {
    for (int d = 0; d < draws; d++) score[d] /= sum[d];
}

KARVAN_I_CLONES
static int32_t count_above(const float *restrict one, const float *restrict other, int draws,
                           int32_t *restrict rank) {
    int32_t n = 0;
    for (int d = 0; d < draws; d++) {
        int32_t above = other[d] > one[d];
        rank[d] += above, n += above;
    }
    return n;
}

KARVAN_I_CLONES
static void add_within(const float *restrict w, const float *restrict mean, float low, float high,
                       int draws, float *restrict score, float *restrict sum) {
    for (int d = 0; d < draws; d++) {
        float v = mean[d] < low ? low : mean[d];
        v = v > high ? high : v;
        score[d] += w[d] * v, sum[d] += w[d];
    }
}

/* As karvan_i_scores, of all draws at once. A component that may be anything changes no mean. */
static void score_draws(const karvan_i_grid *g, const karvan_i_part *part, int dimension,
                        const float *weights, int draws, const room *r, float *score) {
    bool more = false;
    size_t m = (size_t)draws;
    memset(score, 0, m * sizeof *score), memset(r->sum, 0, m * sizeof *r->sum);
    for (int c = 0; c < g->x->n; c++) {
        if (!karvan_i_part_of(&g->x->c[c], dimension)) continue;
        if (part[c].is.complete)
            add_weighted(weights + (size_t)c * m, (float)((part[c].low + part[c].high) / 2), draws,
                         score, r->sum);
        else
            more |= part[c].low > 0 || part[c].high < 1;
    }
    if (more) {
        memcpy(r->some, score, m * sizeof *score);
        divide(draws, r->sum, r->some);
    }
    for (int c = 0; more && c < g->x->n; c++)
        if (!part[c].is.complete && karvan_i_part_of(&g->x->c[c], dimension))
            add_within(weights + (size_t)c * m, r->some, (float)part[c].low, (float)part[c].high,
                       draws, score, r->sum);
    divide(draws, r->sum, score);
}

static int by_float(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The k-th smallest, from 0, among those that fall into the bin that holds it. */
static double smallest(const float *s, int n, const int32_t *bins, float least, float scale, int k,
                       float *some) {
    int bin = 0, m = 0;
    while (k >= bins[bin]) k -= bins[bin++];
    for (int i = 0; i < n; i++)
        if ((int)((s[i] - least) * scale) == bin) some[m++] = s[i];
    qsort(some, (size_t)m, sizeof *some, by_float);
    return some[k];
}

/* Quantile as karvan_i_quantile has it, of values in no order. */
static double quantile(const float *s, int n, const int32_t *bins, float least, float scale,
                       double p, float *some) {
    double at = p * (n - 1);
    int k = (int)at;
    double low = smallest(s, n, bins, least, scale, k, some);
    if (at == k) return low;
    return low + (at - k) * (smallest(s, n, bins, least, scale, k + 1, some) - low);
}

static void put_band(const float *s, int n, float *some, karvan_i_score *out) {
    int32_t bins[BINS + 1] = {0};
    float least = s[0], most = s[0];
    for (int i = 1; i < n; i++) {
        if (s[i] < least) least = s[i];
        if (s[i] > most) most = s[i];
    }
    out->weight_low = out->weight_high = least;
    if (least == most) return;
    float scale = (float)BINS / (most - least) * 0.999F;
    for (int i = 0; i < n; i++) bins[(int)((s[i] - least) * scale)]++;
    out->weight_low = quantile(s, n, bins, least, scale, 0.05, some);
    out->weight_high = quantile(s, n, bins, least, scale, 0.95, some);
}

/* Ranks of a pair over the draws: the smallest by which so many of the draws are. */
static int rank_at(const int32_t *at_rank, int n, int draws, double p) {
    int64_t below = 0;
    for (int r = 1; r <= n; r++) {
        below += at_rank[r];
        if ((double)below >= p * draws) return r;
    }
    return n;
}

static void put_ranks(int64_t n, const room *r, int draws, karvan_i_score *out) {
    int likely = 1;
    memset(r->at_rank, 0, (size_t)(n + 1) * sizeof *r->at_rank);
    for (int d = 0; d < draws; d++) r->at_rank[r->rank[d] + 1]++;
    for (int k = 1; k <= (int)n; k++)
        if (r->at_rank[k] > r->at_rank[likely]) likely = k;
    out->rank_low = rank_at(r->at_rank, (int)n, draws, 0.05);
    out->rank_high = rank_at(r->at_rank, (int)n, draws, 0.95);
    out->rank_likely = likely;
    out->rank_held = (double)r->at_rank[out->rank] / draws;
}

/* Share of draws and other pairs that stand on the same side. */
static double order_held(const karvan_i_score *s, int64_t n, int64_t i, const int32_t *above,
                         int draws) {
    int64_t held = 0, of = 0;
    for (int64_t k = 0; k < n; k++) {
        if (k == i || !s[k].there) continue;
        int32_t over = above[i * n + k], under = above[k * n + i];
        of += draws;
        held += s[k].score > s[i].score   ? over
                : s[k].score < s[i].score ? under
                                          : draws - over - under;
    }
    return of ? (double)held / (double)of : 1;
}

void karvan_i_scores_drawn(const karvan_i_grid *g, int64_t year, const float *weights, int draws,
                           void *base, karvan_i_score *out) {
    int64_t n = g->p->n;
    size_t m = (size_t)draws;
    room r;
    (void)lay_out(&r, base, n, draws);
    for (int d = 0; d < KARVAN_I_SCORES; d++) {
        karvan_i_score *s = out + (int64_t)d * n;
        for (int64_t i = 0; i < n; i++) {
            if (!s[i].there) continue;
            float *score = r.score + (size_t)i * m;
            score_draws(g, karvan_i_grid_at(g, year, i), d, weights, draws, &r, score);
            put_band(score, draws, r.some, &s[i]);
        }
        for (int64_t i = 0; i < n; i++) {
            if (!s[i].there) continue;
            memset(r.rank, 0, m * sizeof *r.rank);
            for (int64_t k = 0; k < n; k++)
                if (k != i && s[k].there)
                    r.above[i * n + k] = count_above(r.score + (size_t)i * m,
                                                     r.score + (size_t)k * m, draws, r.rank);
            put_ranks(n, &r, draws, &s[i]);
        }
        for (int64_t i = 0; i < n; i++)
            if (s[i].there) s[i].order_held = order_held(s, n, i, r.above, draws);
    }
}
