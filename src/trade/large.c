/* The sweep operator, a block of unknowns at a time: nearly all the work is one loop, cell less
 * product of a row and a column of the block's panel. Source: Goodnight 1979, The American
 * Statistician 33(3); the generalised inverse by passing over small pivots is there, too. */
#include "trade/large.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

enum {
    BLOCK = 64, /* unknowns swept together */
    WIDE = 8,   /* columns of a tile of the panel, which lie side by side */
    HIGH = 4,   /* rows that share a tile while it is in registers */
    ROWS = 64,  /* of a chunk */
    REACH = 256 /* columns that stay near while a chunk's rows pass over them */
};

typedef struct panel {
    int32_t n, first, m; /* the block: unknowns first .. first + m - 1 */
    double *s;
    double *x; /* [tiles][m][WIDE] columns of the block, as they were */
    double *y; /* [n][BLOCK] the same times the inverse of the diagonal block */
    void (*update)(int m, const double *tile, const double *y, double *s, size_t n);
} panel;

/* Sweep the diagonal block alone; unknowns with no pivot become zero. p: [m][BLOCK]. */
static void invert_block(int m, double *p, const double *scale, double cut) {
    bool left_out[BLOCK] = {false};
    for (int k = 0; k < m; k++) {
        double d = p[k * BLOCK + k];
        left_out[k] = !(d > cut * scale[k]);
        if (left_out[k]) continue;
        for (int i = 0; i < m; i++) {
            if (i == k || left_out[i]) continue;
            double f = p[i * BLOCK + k] / d;
            for (int j = 0; j < m; j++)
                if (j != k) p[i * BLOCK + j] -= f * p[k * BLOCK + j];
            p[i * BLOCK + k] = -f;
        }
        for (int j = 0; j < m; j++)
            if (j != k) p[k * BLOCK + j] /= d;
        p[k * BLOCK + k] = 1 / d;
    }
    for (int k = 0; k < m; k++)
        for (int j = 0; left_out[k] && j < m; j++) p[k * BLOCK + j] = p[j * BLOCK + k] = 0;
}

/* Column k of the block in row r, wherever the lower triangle has it. */
static double cell(const panel *q, int32_t r, int k) {
    int32_t c = q->first + k;
    return r >= c ? q->s[(size_t)r * (size_t)q->n + (size_t)c]
                  : q->s[(size_t)c * (size_t)q->n + (size_t)r];
}

static void gather(const panel *q) {
    for (int32_t r = 0; r < q->n; r++) {
        double *tile = q->x + (size_t)(r / WIDE) * (size_t)q->m * WIDE + r % WIDE;
        for (int k = 0; k < q->m; k++) tile[(size_t)k * WIDE] = cell(q, r, k);
    }
}

static void multiply(const panel *q, const double *p) {
    for (int32_t r = 0; r < q->n; r++) {
        const double *tile = q->x + (size_t)(r / WIDE) * (size_t)q->m * WIDE + r % WIDE;
        double *y = q->y + (size_t)r * BLOCK;
        memset(y, 0, sizeof *y * BLOCK);
        for (int k = 0; k < q->m; k++) {
            double x = tile[(size_t)k * WIDE];
            for (int j = 0; j < q->m; j++) y[j] += x * p[k * BLOCK + j];
        }
    }
}

/* HIGH rows of s, WIDE columns. */
static void tile_plain(int m, const double *restrict tile, const double *restrict y,
                       double *restrict s, size_t n) {
    double acc[HIGH][WIDE];
    for (int r = 0; r < HIGH; r++)
        for (int c = 0; c < WIDE; c++) acc[r][c] = 0;
    for (int k = 0; k < m; k++)
        for (int r = 0; r < HIGH; r++)
            for (int c = 0; c < WIDE; c++)
                acc[r][c] += y[r * BLOCK + k] * tile[(size_t)k * WIDE + (size_t)c];
    for (int r = 0; r < HIGH; r++)
        for (int c = 0; c < WIDE; c++) s[(size_t)r * n + (size_t)c] -= acc[r][c];
}

/* The same sums in the same order, four columns at once where the processor can: the same bytes,
 * three times as fast. */
#if defined(__x86_64__) && defined(__GNUC__)
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));
__attribute__((target("avx2"))) static void tile_avx2(int m, const double *tile, const double *y,
                                                      double *s, size_t n) {
    four acc[HIGH][2] = {{{0}}};
    for (int k = 0; k < m; k++) {
        four left = *(const four *)(tile + (size_t)k * WIDE);
        four right = *(const four *)(tile + (size_t)k * WIDE + 4);
        for (int r = 0; r < HIGH; r++) {
            acc[r][0] += y[r * BLOCK + k] * left;
            acc[r][1] += y[r * BLOCK + k] * right;
        }
    }
    for (int r = 0; r < HIGH; r++) {
        *(four *)(s + (size_t)r * n) -= acc[r][0];
        *(four *)(s + (size_t)r * n + 4) -= acc[r][1];
    }
}
static bool has_avx2(void) { return __builtin_cpu_supports("avx2"); }
#else
#define tile_avx2 tile_plain
static bool has_avx2(void) { return false; }
#endif

/* The same at the edges: rows r0 .. r1 - 1, and of each the columns that are below the diagonal. */
static void update_edge(const panel *q, int32_t r0, int32_t r1, int32_t c0) {
    const double *tile = q->x + (size_t)(c0 / WIDE) * (size_t)q->m * WIDE;
    for (int32_t r = r0; r < r1; r++)
        for (int32_t c = c0; c < c0 + WIDE && c <= r; c++) {
            double sum = 0;
            for (int k = 0; k < q->m; k++)
                sum += q->y[(size_t)r * BLOCK + (size_t)k] * tile[k * WIDE + c - c0];
            q->s[(size_t)r * (size_t)q->n + (size_t)c] -= sum;
        }
}

static void update_band(const panel *q, int32_t r0, int32_t r1, int32_t c0) {
    size_t n = (size_t)q->n;
    for (int32_t r = r0; r < r1; r += HIGH) {
        int32_t end = r1 - r < HIGH ? r1 : r + HIGH;
        for (int32_t c = c0; c < c0 + REACH && c < end; c += WIDE) {
            if (end - r < HIGH || c + WIDE - 1 > r)
                update_edge(q, r, end, c);
            else
                q->update(q->m, q->x + (size_t)(c / WIDE) * (size_t)q->m * WIDE,
                          q->y + (size_t)r * BLOCK, q->s + (size_t)r * n + (size_t)c, n);
        }
    }
}

static karvan_status update_rows(void *ctx, int64_t begin, int64_t end, int worker,
                                 karvan_error *err) {
    const panel *q = ctx;
    (void)worker, (void)err;
    for (int32_t c = 0; c < (int32_t)end; c += REACH)
        update_band(q, (int32_t)begin, (int32_t)end, c);
    return KARVAN_OK;
}

/* The block's own rows and columns: y, and minus the inverse on the diagonal. */
static void store(const panel *q, const double *p) {
    size_t n = (size_t)q->n;
    for (int32_t r = 0; r < q->n; r++)
        for (int k = 0; k < q->m; k++) {
            int32_t c = q->first + k;
            bool inside = r >= q->first && r < q->first + q->m;
            double v =
                inside ? -p[(r - q->first) * BLOCK + k] : q->y[(size_t)r * BLOCK + (size_t)k];
            if (r >= c)
                q->s[(size_t)r * n + (size_t)c] = v;
            else
                q->s[(size_t)c * n + (size_t)r] = v;
        }
}

static void finish(int32_t n, double *s) {
    for (int32_t r = 0; r < n; r++)
        for (int32_t c = 0; c <= r; c++) {
            double v = -s[(size_t)r * (size_t)n + (size_t)c];
            s[(size_t)r * (size_t)n + (size_t)c] = s[(size_t)c * (size_t)n + (size_t)r] = v;
        }
}

karvan_status karvan_i_large_inverse(int32_t n, double *s, const double *scale, double cut,
                                     int threads, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double p[BLOCK * BLOCK] = {0};
    size_t tiles = (size_t)n / WIDE + 1;
    panel q = {.n = n, .s = s, .update = has_avx2() ? tile_avx2 : tile_plain};
    q.x = karvan_i_calloc(tiles * WIDE, BLOCK * sizeof *q.x);
    q.y = karvan_i_malloc((size_t)n, BLOCK * sizeof *q.y);
    KARVAN_REQUIRE(q.x && q.y, err, KARVAN_E_NOMEM, "inverse of %d rows", (int)n);
    for (q.first = 0; q.first < n; q.first += q.m) {
        q.m = n - q.first < BLOCK ? n - q.first : BLOCK;
        for (int i = 0; i < q.m; i++)
            for (int j = 0; j < q.m; j++) p[i * BLOCK + j] = cell(&q, q.first + i, j);
        gather(&q);
        invert_block(q.m, p, scale + q.first, cut);
        multiply(&q, p);
        KARVAN_TRY(karvan_parallel_for(n, ROWS, threads, update_rows, &q, NULL, err));
        store(&q, p);
    }
    finish(n, s);
done:
    karvan_i_free(q.x);
    karvan_i_free(q.y);
    return st;
}
