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

enum { BINS = 256, LANES = 16, FEW = 24 };

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
    int32_t *bin;     /* [draws] */
    int32_t *rank;    /* [draws] */
    int32_t *above;   /* [pairs][pairs] draws in which the second stands above the first */
    int32_t *at_rank; /* [pairs + 1] draws that give a rank */
} room;

static size_t round_up(size_t n) { return (n + 63) / 64 * 64; }

/* NULL: only how much is needed. */
static size_t lay_out(room *r, char *base, int64_t pairs, int draws) {
    size_t p = (size_t)pairs, d = (size_t)draws, at = 0;
    const size_t sizes[] = {p * d * 4, d * 4, d * 4, d * 4, d * 4, p * p * 4, (p + 1) * 4};
    void *to[7];
    for (int i = 0; i < 7; i++) to[i] = base ? base + at : NULL, at += round_up(sizes[i]);
    *r = (room){to[0], to[1], to[2], to[3], to[4], to[5], to[6]};
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
    int alone = -1, counted = 0;
    size_t m = (size_t)draws;
    memset(score, 0, m * sizeof *score), memset(r->sum, 0, m * sizeof *r->sum);
    for (int c = 0; c < g->x->n; c++) {
        if (!karvan_i_part_of(&g->x->c[c], dimension)) continue;
        if (part[c].is.complete)
            alone = c, counted++,
            add_weighted(weights + (size_t)c * m, (float)((part[c].low + part[c].high) / 2), draws,
                         score, r->sum);
        else
            more |= part[c].low > 0 || part[c].high < 1;
    }
    if (counted == 1 && !more) { /* whatever its weight */
        float v = (float)((part[alone].low + part[alone].high) / 2);
        for (size_t d = 0; d < m; d++) score[d] = v;
        return;
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

/* Values put into bins, so that a quantile sorts no more than the few of one bin. */
typedef struct binned {
    const float *value;
    int n;
    float least, scale;
    int32_t *bin; /* [n] */
    float *some;  /* [n] */
    int32_t count[BINS];
} binned;

KARVAN_I_CLONES
static void extremes(const float *restrict s, int n, float *least, float *most) {
    float low[LANES], high[LANES];
    int i = 0;
    for (int k = 0; k < LANES; k++) low[k] = high[k] = s[0];
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            low[k] = s[i + k] < low[k] ? s[i + k] : low[k];
            high[k] = s[i + k] > high[k] ? s[i + k] : high[k];
        }
    for (; i < n; i++) {
        low[0] = s[i] < low[0] ? s[i] : low[0];
        high[0] = s[i] > high[0] ? s[i] : high[0];
    }
    for (int k = 1; k < LANES; k++) {
        low[0] = low[k] < low[0] ? low[k] : low[0];
        high[0] = high[k] > high[0] ? high[k] : high[0];
    }
    *least = low[0], *most = high[0];
}

KARVAN_I_CLONES
static void find_bins(const float *restrict s, int n, float least, float scale,
                      int32_t *restrict bin) {
    for (int i = 0; i < n; i++) bin[i] = (int32_t)((s[i] - least) * scale);
}

static void sort_few(float *s, int n) {
    for (int i = 1; i < n; i++) {
        float v = s[i];
        int k = i;
        for (; k > 0 && s[k - 1] > v; k--) s[k] = s[k - 1];
        s[k] = v;
    }
}

static int by_float(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Values of a bin, in their order, into some: how many. */
static int values_of(const binned *b, int bin) {
    int m = 0;
    bool one = true; /* the same number again and again */
    for (int i = 0; i < b->n; i++) {
        if (b->bin[i] != bin) continue;
        b->some[m] = b->value[i];
        one &= b->some[m++] == b->some[0];
    }
    if (one) return m;
    if (m <= FEW)
        sort_few(b->some, m);
    else
        qsort(b->some, (size_t)m, sizeof *b->some, by_float);
    return m;
}

/* Quantile as karvan_i_quantile has it. */
static double quantile(const binned *b, double p) {
    double at = p * (b->n - 1);
    int k = (int)at, bin = 0;
    while (k >= b->count[bin]) k -= b->count[bin++];
    int m = values_of(b, bin);
    double low = b->some[k], share = at - (int)at;
    if (share == 0) return low;
    if (k + 1 < m) return low + share * (b->some[k + 1] - low);
    for (bin++; b->count[bin] == 0;) bin++;
    (void)values_of(b, bin);
    return low + share * (b->some[0] - low);
}

static void put_band(const float *s, int n, const room *r, karvan_i_score *out) {
    binned b = {.value = s, .n = n, .some = r->some, .bin = r->bin};
    float most;
    extremes(s, n, &b.least, &most);
    out->weight_low = out->weight_high = b.least;
    if (b.least == most) return;
    b.scale = (float)(BINS - 1) / (most - b.least);
    if (isinf(b.scale)) return; /* they differ by less than the smallest number */
    find_bins(s, n, b.least, b.scale, b.bin);
    for (int i = 0; i < n; i++) b.count[b.bin[i]]++;
    out->weight_low = quantile(&b, 0.05);
    out->weight_high = quantile(&b, 0.95);
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
            put_band(score, draws, &r, &s[i]);
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
