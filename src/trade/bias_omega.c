/* The middle of the pair-clustered sandwich, set right for noise: residuals are too small, since
 * effects and coefficients follow the flows of the pair itself. The residuals of a pair, y - mu =
 * (1 - H Q) times the disturbance to first order, are multiplied by the inverse of that; Q is what
 * the pair's own block of the covariance of the predictor is. Source: Weidner and Zylkin 2021,
 * section 3.3; the one-round form for large panels is that of their program. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/bias.h"
#include "trade/leverage.h"
#include "trade/small.h"

typedef struct work {
    const karvan_i_panel *p;
    const double *bread;
    const double *blocks; /* [pairs][times][times] of d V d', or NULL: one round of projections */
    double *of_a, *of_b;  /* one round: [countries][times] sums of weights */
    double *part;         /* [chunks][k][k] */
} work;
enum { CHUNK = 64 };

/* One pair, its rows alone. */
typedef struct local {
    int m;
    int *time;      /* [m] */
    double *root;   /* [m] of the weights */
    double *share;  /* [m] root / root of their sum */
    double *u, *v;  /* [m] */
    double *n, *n2; /* [m][m] */
    double *scratch;
    double *h, *g; /* [k] */
} local;

static karvan_status local_init(const karvan_i_panel *p, local *l, double **room,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t t = (size_t)p->times, k = (size_t)p->k;
    l->time = karvan_i_malloc(t, sizeof *l->time);
    *room = karvan_i_malloc(4 * t + 2 * k + 3 * t * t + t, sizeof **room);
    KARVAN_REQUIRE(l->time && *room, err, KARVAN_E_NOMEM, "a pair of %d times", p->times);
    l->root = *room, l->share = l->root + t, l->u = l->share + t, l->v = l->u + t;
    l->h = l->v + t, l->g = l->h + k, l->n = l->g + k, l->n2 = l->n + t * t;
    l->scratch = l->n2 + t * t;
done:
    return st;
}

static void open_pair(const karvan_i_panel *p, int32_t pair, local *l) {
    size_t at = (size_t)pair * (size_t)p->times;
    double total = 0;
    l->m = 0;
    for (int t = 0; t < p->times; t++) {
        double w = p->weight[at + (size_t)t];
        if (!(w > 0)) continue;
        l->time[l->m] = t, l->root[l->m] = sqrt(w);
        l->v[l->m] = p->residual[at + (size_t)t] / l->root[l->m];
        l->m++, total += w;
    }
    for (int t = 0; t < l->m; t++) l->share[t] = l->root[t] / sqrt(total);
}

/* What coefficients follow, x bread x', taken off n. */
static void less_coefficients(const work *w, int32_t pair, local *l) {
    const karvan_i_panel *p = w->p;
    size_t at = (size_t)pair * (size_t)p->times;
    for (int c = 0; c < p->k; c++)
        for (int d = 0; d < p->k; d++) {
            double b = w->bread[c * p->k + d];
            for (int t = 0; t < l->m; t++) {
                double f = b * l->root[t] * p->x[c][at + (size_t)l->time[t]];
                for (int u = 0; u < l->m; u++)
                    l->n[t * l->m + u] -= f * l->root[u] * p->x[d][at + (size_t)l->time[u]];
            }
        }
}

/* n = 1 - root d V d' root, or its one-round form: what is left when the weighted means of the
 * exporter's year and then of the importer's are taken out. */
static void less_effects(const work *w, int32_t pair, local *l) {
    const karvan_i_panel *p = w->p;
    size_t times = (size_t)p->times;
    memset(l->n, 0, sizeof *l->n * (size_t)l->m * (size_t)l->m);
    for (int t = 0; t < l->m; t++) {
        size_t a = (size_t)p->a[pair] * times + (size_t)l->time[t];
        size_t b = (size_t)p->b[pair] * times + (size_t)l->time[t];
        double weight = l->root[t] * l->root[t];
        l->n[t * l->m + t] = w->blocks ? 1 : (1 - weight / w->of_a[a]) * (1 - weight / w->of_b[b]);
        for (int u = 0; w->blocks && u < l->m; u++)
            l->n[t * l->m + u] -=
                l->root[t] * l->root[u] *
                w->blocks[((size_t)pair * times + (size_t)l->time[t]) * times + (size_t)l->time[u]];
    }
}

/* n becomes P n P + share share', P = 1 - share share': the pair's effect out of it. */
static void project(local *l) {
    int m = l->m;
    double all = 0;
    for (int t = 0; t < m; t++) {
        l->u[t] = 0;
        for (int u = 0; u < m; u++) l->u[t] += l->n[t * m + u] * l->share[u];
        all += l->u[t] * l->share[t];
    }
    for (int t = 0; t < m; t++)
        for (int u = 0; u < m; u++)
            l->n[t * m + u] += (all + 1) * l->share[t] * l->share[u] - l->u[t] * l->share[u] -
                               l->share[t] * l->u[u];
}

/* v becomes n^- v. Where a flow is followed wholly, its residual is 0 and stays so. */
static void solve(local *l) {
    int m = l->m;
    memcpy(l->n2, l->n, sizeof *l->n * (size_t)m * (size_t)m);
    memcpy(l->u, l->v, sizeof *l->v * (size_t)m);
    if (karvan_i_small_solve(m, l->n2, 1e-9, l->v)) return;
    karvan_i_small_pinv(m, l->n, 1e-9, l->scratch);
    for (int t = 0; t < m; t++) {
        l->v[t] = 0;
        for (int u = 0; u < m; u++) l->v[t] += l->n[t * m + u] * l->u[u];
    }
}

static void add_pair(const work *w, int32_t pair, local *l, double *omega) {
    const karvan_i_panel *p = w->p;
    size_t at = (size_t)pair * (size_t)p->times;
    open_pair(p, pair, l);
    less_effects(w, pair, l);
    less_coefficients(w, pair, l);
    if (p->pair_effect) project(l);
    solve(l);
    for (int c = 0; c < p->k; c++) {
        l->h[c] = l->g[c] = 0;
        for (int t = 0; t < l->m; t++) {
            size_t cell = at + (size_t)l->time[t];
            l->h[c] += p->x[c][cell] * p->residual[cell];
            l->g[c] += p->x[c][cell] * l->root[t] * l->v[t];
        }
    }
    for (int c = 0; c < p->k; c++)
        for (int d = 0; d < p->k; d++)
            omega[c * p->k + d] += (l->h[c] * l->g[d] + l->g[c] * l->h[d]) / 2;
}

static karvan_status add_pairs(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const work *w = ctx;
    local l = {0};
    double *room = NULL;
    (void)worker;
    KARVAN_TRY(local_init(w->p, &l, &room, err));
    double *omega = w->part + (size_t)(begin / CHUNK) * (size_t)w->p->k * (size_t)w->p->k;
    for (int64_t pair = begin; pair < end; pair++) add_pair(w, (int32_t)pair, &l, omega);
done:
    karvan_i_free(l.time);
    karvan_i_free(room);
    return st;
}

/* Without pair effects the information has a matrix of its own each year. */
static karvan_status blocks_by_year(const karvan_i_panel *p, int threads, double *blocks,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t pairs = (size_t)p->pairs, times = (size_t)p->times;
    double *weight = karvan_i_malloc(2 * pairs, sizeof *weight), *out = NULL;
    KARVAN_REQUIRE(weight, err, KARVAN_E_NOMEM, "weights of %d pairs", (int)p->pairs);
    out = weight + pairs;
    memset(blocks, 0, sizeof *blocks * pairs * times * times);
    for (size_t t = 0; t < times; t++) {
        karvan_i_sides year = {p->n_a, p->n_b, p->pairs, 1, p->a, p->b, weight, false};
        for (size_t i = 0; i < pairs; i++) weight[i] = p->weight[i * times + t];
        KARVAN_TRY(karvan_i_side_blocks(&year, threads, out, err));
        for (size_t i = 0; i < pairs; i++) blocks[(i * times + t) * times + t] = out[i];
    }
done:
    karvan_i_free(weight);
    return st;
}

static karvan_status prepare(work *w, bool exact, int threads, double **blocks, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_panel *p = w->p;
    size_t times = (size_t)p->times;
    if (exact) {
        w->blocks = *blocks = karvan_i_malloc((size_t)p->pairs, times * times * sizeof **blocks);
        KARVAN_REQUIRE(*blocks, err, KARVAN_E_NOMEM, "%d blocks of %d times", (int)p->pairs,
                       p->times);
        if (!p->pair_effect) return blocks_by_year(p, threads, *blocks, err);
        karvan_i_sides all = {p->n_a, p->n_b, p->pairs, p->times, p->a, p->b, p->weight, true};
        return karvan_i_side_blocks(&all, threads, *blocks, err);
    }
    w->of_a = karvan_i_calloc((size_t)p->n_a, times * sizeof *w->of_a);
    w->of_b = karvan_i_calloc((size_t)p->n_b, times * sizeof *w->of_b);
    KARVAN_REQUIRE(w->of_a && w->of_b, err, KARVAN_E_NOMEM, "sums of %d countries", (int)p->n_a);
    for (size_t i = 0; i < (size_t)p->pairs; i++)
        for (size_t t = 0; t < times; t++) {
            w->of_a[(size_t)p->a[i] * times + t] += p->weight[i * times + t];
            w->of_b[(size_t)p->b[i] * times + t] += p->weight[i * times + t];
        }
done:
    return st;
}

karvan_status karvan_i_bias_omega(const karvan_i_panel *p, const double *bread, bool exact,
                                  int threads, double *omega, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    work w = {.p = p, .bread = bread};
    double *blocks = NULL;
    size_t cells = (size_t)p->k * (size_t)p->k, chunks = ((size_t)p->pairs + CHUNK - 1) / CHUNK;
    w.part = karvan_i_calloc(chunks, cells * sizeof *w.part);
    KARVAN_REQUIRE(w.part, err, KARVAN_E_NOMEM, "%zu sums", chunks);
    KARVAN_TRY(prepare(&w, exact, threads, &blocks, err));
    KARVAN_TRY(karvan_parallel_for(p->pairs, CHUNK, threads, add_pairs, &w, NULL, err));
    memset(omega, 0, sizeof *omega * cells);
    for (size_t i = 0; i < chunks; i++)
        for (size_t c = 0; c < cells; c++) omega[c] += w.part[i * cells + c];
done:
    karvan_i_free(blocks);
    karvan_i_free(w.of_a);
    karvan_i_free(w.of_b);
    karvan_i_free(w.part);
    return st;
}
