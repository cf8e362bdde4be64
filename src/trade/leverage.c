/* The information matrix of the effects of two sides is [A C; C' B]: A and B have a block of times
 * x times for each country, C one for each pair, H_p. One side is eliminated, S = B - C' A^- C, and
 * inverted; then V_bb = S^-, V_ab = -A^- C S^-, V_aa = A^- + A^- C S^- C' A^-. Of these only the
 * blocks of pairs are wanted. As H_p is a diagonal less a product of two vectors, every product
 * with C costs three multiplications a cell of the result, not `times` of them. */
#include "trade/leverage.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/large.h"
#include "trade/small.h"

static const double SMALL = 1e-12; /* eigenvalues and pivots below this share of their size are 0 */

typedef struct work {
    const karvan_i_sides *s;
    int32_t n;      /* n_b times: rows of S */
    int wide;       /* columns of a tile: whole blocks of b */
    int b_in_tile;  /* of how many */
    int32_t *first; /* [n_a + 1] first pair of a */
    double *total;  /* [pairs] sum of weights */
    double *a_inv;  /* [n_a][times][times] */
    double *schur;  /* [n][n] S, then its inverse */
    double *scale;  /* [n] diagonal of B */
    double *out;
} work;

static void add_information(const karvan_i_sides *s, int32_t p, double total, double *h) {
    int n = s->times;
    const double *w = s->weight + (size_t)p * (size_t)n;
    for (int t = 0; t < n; t++) {
        h[t * n + t] += w[t];
        for (int u = 0; s->pair_effect && total > 0 && u < n; u++)
            h[t * n + u] -= w[t] * w[u] / total;
    }
}

static karvan_status invert_a(void *ctx, int64_t begin, int64_t end, int worker,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const work *w = ctx;
    int n = w->s->times;
    double *scratch = karvan_i_malloc((size_t)n + 2, (size_t)n * sizeof *scratch);
    (void)worker;
    KARVAN_REQUIRE(scratch, err, KARVAN_E_NOMEM, "inverse of a block of %d times", n);
    for (int64_t a = begin; a < end; a++) {
        double *h = w->a_inv + (size_t)a * (size_t)n * (size_t)n;
        for (int32_t p = w->first[a]; p < w->first[a + 1]; p++)
            add_information(w->s, p, w->total[p], h);
        karvan_i_small_inverse(n, h, SMALL, scratch);
    }
done:
    karvan_i_free(scratch);
    return st;
}

/* u[t][c] = (A^- C)[t][c] for the columns c of the b's b0 .. b1 - 1, zero where a has no such pair.
 */
static void a_inv_c(const work *w, int32_t a, int32_t b0, int32_t b1, double *u) {
    const karvan_i_sides *s = w->s;
    int n = s->times;
    const double *inv = w->a_inv + (size_t)a * (size_t)n * (size_t)n;
    memset(u, 0, sizeof *u * (size_t)n * (size_t)w->wide);
    for (int32_t p = w->first[a]; p < w->first[a + 1]; p++) {
        if (s->b[p] < b0 || s->b[p] >= b1 || !(w->total[p] > 0)) continue;
        const double *x = s->weight + (size_t)p * (size_t)n;
        double *column = u + (size_t)(s->b[p] - b0) * (size_t)n;
        for (int t = 0; t < n; t++) {
            double mean = 0;
            for (int k = 0; s->pair_effect && k < n; k++) mean += inv[t * n + k] * x[k];
            mean /= w->total[p];
            for (int k = 0; k < n; k++)
                column[(size_t)t * (size_t)w->wide + (size_t)k] = (inv[t * n + k] - mean) * x[k];
        }
    }
}

/* rows[t] += sign (H_p u)[t] for all t; u and rows have `times` rows of `wide`. mean: [wide]. */
static void add_h(const work *w, int32_t p, double sign, const double *restrict u,
                  double *restrict rows, double *restrict mean) {
    int n = w->s->times, wide = w->wide;
    const double *x = w->s->weight + (size_t)p * (size_t)n;
    if (!(w->total[p] > 0)) return;
    memset(mean, 0, sizeof *mean * (size_t)wide);
    for (int t = 0; w->s->pair_effect && t < n; t++) {
        double share = x[t] / w->total[p];
        const double *row = u + (size_t)t * (size_t)wide;
        for (int c = 0; c < wide; c++) mean[c] += share * row[c];
    }
    for (int t = 0; t < n; t++) {
        double f = sign * x[t];
        const double *row = u + (size_t)t * (size_t)wide;
        double *to = rows + (size_t)t * (size_t)wide;
        for (int c = 0; c < wide; c++) to[c] += f * (row[c] - mean[c]);
    }
}

typedef struct tile {
    int32_t b0, b1;
    double *column; /* [n][wide] */
    double *u;      /* [times][wide] */
    double *mean;   /* [wide] */
} tile;

static karvan_status tile_init(const work *w, int64_t index, tile *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t wide = (size_t)w->wide;
    t->b0 = (int32_t)index * w->b_in_tile;
    t->b1 = w->s->n_b - t->b0 < w->b_in_tile ? w->s->n_b : t->b0 + w->b_in_tile;
    t->column = karvan_i_calloc((size_t)w->n, wide * sizeof *t->column);
    t->u = karvan_i_malloc((size_t)w->s->times, wide * sizeof *t->u);
    t->mean = karvan_i_malloc(wide, sizeof *t->mean);
    KARVAN_REQUIRE(t->column && t->u && t->mean, err, KARVAN_E_NOMEM, "%d x %d cells", (int)w->n,
                   w->wide);
done:
    return st;
}
static void tile_clear(tile *t) {
    karvan_i_free(t->column), karvan_i_free(t->u), karvan_i_free(t->mean);
}

static void add_b(const work *w, tile *t) {
    const karvan_i_sides *s = w->s;
    int n = s->times;
    for (int32_t p = 0; p < s->pairs; p++) {
        if (s->b[p] < t->b0 || s->b[p] >= t->b1 || !(w->total[p] > 0)) continue;
        const double *x = s->weight + (size_t)p * (size_t)n;
        for (int k = 0; k < n; k++) {
            double *row = t->column + ((size_t)s->b[p] * (size_t)n + (size_t)k) * (size_t)w->wide +
                          (size_t)(s->b[p] - t->b0) * (size_t)n;
            for (int v = 0; s->pair_effect && v < n; v++) row[v] -= x[k] * x[v] / w->total[p];
            row[k] += x[k];
            w->scale[s->b[p] * n + k] += s->pair_effect ? x[k] * (1 - x[k] / w->total[p]) : x[k];
        }
    }
}

/* A tile of columns of S, which is symmetric: stored as rows, the lower triangle of them. */
static karvan_status make_schur(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const work *w = ctx;
    const karvan_i_sides *s = w->s;
    tile t = {0};
    size_t times = (size_t)s->times, wide = (size_t)w->wide, n = (size_t)w->n;
    (void)worker, (void)end;
    KARVAN_TRY(tile_init(w, begin, &t, err));
    add_b(w, &t);
    for (int32_t a = 0; a < s->n_a; a++) {
        a_inv_c(w, a, t.b0, t.b1, t.u);
        for (int32_t p = w->first[a]; p < w->first[a + 1]; p++)
            if (s->b[p] >= t.b0) /* above stands what another tile makes */
                add_h(w, p, -1, t.u, t.column + (size_t)s->b[p] * times * wide, t.mean);
    }
    for (size_t r = (size_t)t.b0 * times; r < n; r++) {
        size_t c0 = (size_t)t.b0 * times, c1 = (size_t)t.b1 * times;
        memcpy(w->schur + r * n + c0, t.column + r * wide, sizeof(double) * (c1 - c0));
    }
done:
    tile_clear(&t);
    return st;
}

/* out of each pair (a, b) with b in the tile = (C S^-)_ab. */
static karvan_status times_inverse(void *ctx, int64_t begin, int64_t end, int worker,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const work *w = ctx;
    const karvan_i_sides *s = w->s;
    tile t = {0};
    size_t times = (size_t)s->times, wide = (size_t)w->wide, n = (size_t)w->n;
    (void)worker, (void)end;
    KARVAN_TRY(tile_init(w, begin, &t, err));
    size_t c0 = (size_t)t.b0 * times, used = (size_t)(t.b1 - t.b0) * times;
    for (size_t r = 0; r < n; r++)
        memcpy(t.column + r * wide, w->schur + r * n + c0, sizeof(double) * used);
    for (int32_t a = 0; a < s->n_a; a++) {
        memset(t.u, 0, sizeof *t.u * times * wide);
        for (int32_t p = w->first[a]; p < w->first[a + 1]; p++)
            add_h(w, p, 1, t.column + (size_t)s->b[p] * times * wide, t.u, t.mean);
        for (int32_t p = w->first[a]; p < w->first[a + 1]; p++) {
            if (s->b[p] < t.b0 || s->b[p] >= t.b1) continue;
            double *out = w->out + (size_t)p * times * times;
            for (size_t k = 0; k < times; k++)
                memcpy(out + k * times, t.u + k * wide + (size_t)(s->b[p] - t.b0) * times,
                       sizeof(double) * times);
        }
    }
done:
    tile_clear(&t);
    return st;
}

/* z += r H_p, all times x times. */
static void times_h(const work *w, int32_t p, const double *r, double *z) {
    int n = w->s->times;
    const double *x = w->s->weight + (size_t)p * (size_t)n;
    if (!(w->total[p] > 0)) return;
    for (int t = 0; t < n; t++) {
        double mean = 0;
        for (int k = 0; w->s->pair_effect && k < n; k++) mean += r[t * n + k] * x[k];
        mean /= w->total[p];
        for (int k = 0; k < n; k++) z[t * n + k] += (r[t * n + k] - mean) * x[k];
    }
}
/* The blocks of the pairs of some a: V_aa + V_bb + V_ab + V_ab'. */
static karvan_status combine(void *ctx, int64_t begin, int64_t end, int worker, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const work *w = ctx;
    int n = w->s->times;
    size_t cells = (size_t)n * (size_t)n;
    double *aa = karvan_i_malloc(3 * cells, sizeof *aa), *x = NULL, *y = NULL;
    (void)worker;
    KARVAN_REQUIRE(aa, err, KARVAN_E_NOMEM, "blocks of %d times", n);
    x = aa + cells, y = x + cells;
    for (int64_t a = begin; a < end; a++) {
        const double *inv = w->a_inv + (size_t)a * cells;
        memset(x, 0, sizeof *x * cells);
        for (int32_t p = w->first[a]; p < w->first[a + 1]; p++)
            times_h(w, p, w->out + (size_t)p * cells, x);
        karvan_i_small_product(n, inv, x, y);
        karvan_i_small_product(n, y, inv, aa);
        for (size_t c = 0; c < cells; c++) aa[c] += inv[c];
        for (int32_t p = w->first[a]; p < w->first[a + 1]; p++) {
            double *out = w->out + (size_t)p * cells;
            size_t b = (size_t)w->s->b[p] * (size_t)n;
            karvan_i_small_product(n, inv, out, y);
            for (int t = 0; t < n; t++)
                for (int u = 0; u < n; u++)
                    out[t * n + u] = aa[t * n + u] - y[t * n + u] - y[u * n + t] +
                                     w->schur[(b + (size_t)t) * (size_t)w->n + b + (size_t)u];
        }
    }
done:
    karvan_i_free(aa);
    return st;
}

static karvan_status work_init(work *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_sides *s = w->s;
    size_t times = (size_t)s->times, rows = (size_t)w->n;
    w->first = karvan_i_calloc((size_t)s->n_a + 1, sizeof *w->first);
    w->total = karvan_i_calloc((size_t)s->pairs, sizeof *w->total);
    w->a_inv = karvan_i_calloc((size_t)s->n_a, times * times * sizeof *w->a_inv);
    w->schur = karvan_i_calloc(rows, rows * sizeof *w->schur);
    w->scale = karvan_i_calloc(rows, sizeof *w->scale);
    KARVAN_REQUIRE(w->first && w->total && w->a_inv && w->schur && w->scale, err, KARVAN_E_NOMEM,
                   "a matrix of %d rows", (int)w->n);
    for (int32_t p = 0; p < s->pairs; p++) {
        w->first[s->a[p] + 1]++;
        for (size_t t = 0; t < times; t++) w->total[p] += s->weight[(size_t)p * times + t];
    }
    for (int32_t a = 0; a < s->n_a; a++) w->first[a + 1] += w->first[a];
done:
    return st;
}

karvan_status karvan_i_side_blocks(const karvan_i_sides *s, int threads, double *out,
                                   karvan_error *err) {
    enum { WIDE = 48 };
    karvan_status st = KARVAN_OK;
    work w = {.s = s, .n = s->n_b * s->times, .out = out};
    w.b_in_tile = s->times < WIDE ? WIDE / s->times : 1;
    w.wide = w.b_in_tile * s->times;
    int64_t tiles = (s->n_b + w.b_in_tile - 1) / w.b_in_tile;
    KARVAN_TRY(work_init(&w, err));
    KARVAN_TRY(karvan_parallel_for(s->n_a, 1, threads, invert_a, &w, NULL, err));
    KARVAN_TRY(karvan_parallel_for(tiles, 1, threads, make_schur, &w, NULL, err));
    KARVAN_TRY(karvan_i_large_inverse(w.n, w.schur, w.scale, SMALL * 10, threads, err));
    KARVAN_TRY(karvan_parallel_for(tiles, 1, threads, times_inverse, &w, NULL, err));
    KARVAN_TRY(karvan_parallel_for(s->n_a, 1, threads, combine, &w, NULL, err));
done:
    karvan_i_free(w.first), karvan_i_free(w.total), karvan_i_free(w.a_inv);
    karvan_i_free(w.schur), karvan_i_free(w.scale);
    return st;
}
