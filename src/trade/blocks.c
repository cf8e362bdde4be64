/* The preconditioner of the solver on effects: dense blocks of S, factored by Cholesky.
 *
 * Exporter-year and importer-year levels of one year meet in rows of that year alone; years are
 * coupled through the pairs, which are eliminated. Without that coupling S falls into one block a
 * year: [A B; B' C] with A and C diagonal. A is eliminated, what is left of C is dense. In general:
 * levels that rows connect form a block; its levels of the largest effect are eliminated (they
 * never meet one another), the others are dense. Where a block may hold the coupling through the
 * groups too (one effect besides the groups, or few levels) it does, and the solver needs one step.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clones.h"
#include "base/order.h"
#include "base/parts.h"
#include "base/try.h"
#include "trade/absorb.h"

enum { MOST_DENSE = 768 };
#define WEAKEST 1e-7 /* pivot, as a share of the weight of its level's rows */

typedef struct block {
    int32_t ne, ns;       /* eliminated and dense levels */
    int64_t list;         /* where they begin in `members`, eliminated ones first */
    int64_t cells, lower; /* where its B [ne][ns] and its lower triangle begin */
} block;

struct karvan_i_blocks {
    bool exact;  /* with the coupling through the groups; nothing is eliminated */
    bool pinned; /* blocks are singular in one direction each */
    int64_t n_blocks;
    block *block;
    int32_t *members;          /* [unknowns] by block */
    int32_t *block_of, *local; /* [unknowns]; local: place among the eliminated or the dense */
    float *b;                  /* couplings of eliminated with dense levels */
    double *l;                 /* lower triangles, by rows */
    double *pivot;             /* [unknowns] diagonal of A */
};

void karvan_i_blocks_destroy(karvan_i_blocks *b) {
    if (!b) return;
    karvan_i_free(b->block), karvan_i_free(b->members), karvan_i_free(b->block_of);
    karvan_i_free(b->local), karvan_i_free(b->b), karvan_i_free(b->l), karvan_i_free(b->pivot);
    karvan_i_free(b);
}

/* ---- which levels hang together ----------------------------------------------------------------
 */

/* Roots of all unknowns; with `through_groups` also rows of one group join. up has room for them.
 */
static void connect(const karvan_i_absorb *a, bool through_groups, int32_t *up) {
    for (int64_t j = 0; j < a->unknowns; j++) up[j] = (int32_t)j;
    for (int64_t g = 0; g < a->groups; g++) {
        int32_t held = -1;
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) {
            int32_t j = (int32_t)a->offset[0] + a->level[0][i];
            for (int f = 1; f < a->n_others; f++)
                karvan_i_parts_join(up, j, (int32_t)a->offset[f] + a->level[f][i]);
            if (through_groups && held >= 0) karvan_i_parts_join(up, held, j);
            held = j;
        }
    }
}

static bool dense(const karvan_i_blocks *b, const karvan_i_absorb *a, int32_t j) {
    return b->exact || j >= a->offset[1];
}

static karvan_status list_blocks(karvan_i_blocks *b, const karvan_i_absorb *a, int32_t *up,
                                 karvan_error *err) {
    size_t n = (size_t)a->unknowns;
    b->block_of = karvan_i_malloc(n + 1, sizeof *b->block_of);
    b->local = karvan_i_malloc(n + 1, sizeof *b->local);
    b->members = karvan_i_malloc(n + 1, sizeof *b->members);
    b->pivot = karvan_i_calloc(n + 1, sizeof *b->pivot);
    if (!b->block_of || !b->local || !b->members || !b->pivot)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for blocks");
    for (int32_t j = 0; j < a->unknowns; j++) /* a root comes before all that it is the root of */
        b->block_of[j] =
            up[j] == j ? (int32_t)b->n_blocks++ : b->block_of[karvan_i_parts_root(up, j)];
    b->block = karvan_i_calloc((size_t)b->n_blocks + 1, sizeof *b->block);
    if (!b->block) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for blocks");
    for (int32_t j = 0; j < a->unknowns; j++) {
        block *k = &b->block[b->block_of[j]];
        b->local[j] = dense(b, a, j) ? k->ns++ : k->ne++;
    }
    int64_t at = 0;
    for (int64_t k = 0; k < b->n_blocks; k++)
        b->block[k].list = at, at += b->block[k].ne + b->block[k].ns;
    for (int32_t j = 0; j < a->unknowns; j++) {
        const block *k = &b->block[b->block_of[j]];
        b->members[k->list + (dense(b, a, j) ? k->ne : 0) + b->local[j]] = j;
    }
    return KARVAN_OK;
}

/* Places of the blocks' numbers; false: they are too large, or too many for what the rows hold. */
static bool affordable(karvan_i_blocks *b, const karvan_i_absorb *a, int64_t *cells,
                       int64_t *lower) {
    *cells = *lower = 0;
    double work = 0;
    for (int64_t k = 0; k < b->n_blocks; k++) {
        block *at = &b->block[k];
        if (at->ns > MOST_DENSE) return false;
        double s = at->ns, e = at->ne;
        work += s * s * (s / 6 + e / 2) + s * s;
        at->cells = *cells, at->lower = *lower;
        *cells += (int64_t)at->ne * at->ns, *lower += (int64_t)at->ns * (at->ns + 1) / 2;
    }
    double rows = (double)a->n;
    return *cells + *lower <= 4 * a->n + 1000000 && work <= 1000 * rows + 1e7;
}

karvan_status karvan_i_blocks_create(const karvan_i_absorb *a, karvan_i_blocks **out,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_blocks *b = NULL;
    int32_t *up = NULL;
    int64_t cells, lower;
    *out = NULL;
    if (a->n_others == 0) return KARVAN_OK;
    b = karvan_i_calloc(1, sizeof *b);
    up = karvan_i_malloc((size_t)a->unknowns + 1, sizeof *up);
    KARVAN_REQUIRE(b && up, err, KARVAN_E_NOMEM, "no memory for blocks");
    b->exact = a->n_others == 1 || a->unknowns <= MOST_DENSE;
    b->pinned = a->n_others == 1 || (a->n_others == 2 && !b->exact);
    connect(a, b->exact, up);
    KARVAN_TRY(list_blocks(b, a, up, err));
    if (!affordable(b, a, &cells, &lower)) goto done;
    b->b = karvan_i_calloc((size_t)cells + 1, sizeof *b->b);
    b->l = karvan_i_calloc((size_t)lower + 1, sizeof *b->l);
    KARVAN_REQUIRE(b->b && b->l, err, KARVAN_E_NOMEM, "no memory for blocks");
    *out = b, b = NULL;
done:
    karvan_i_blocks_destroy(b), karvan_i_free(up);
    return st;
}

/* ---- numbers into blocks ------------------------------------------------------------------------
 */

static double *lower_row(const karvan_i_blocks *b, const block *k, int32_t r) {
    return b->l + k->lower + (int64_t)r * (r + 1) / 2;
}

static void add_pair(const karvan_i_blocks *b, int32_t i, int32_t j, double w) {
    const block *k = &b->block[b->block_of[i]];
    int32_t r = b->local[i], c = b->local[j];
    lower_row(b, k, r > c ? r : c)[r > c ? c : r] += w;
}

/* Couplings of a row's dense levels with one another. */
static void add_dense(const karvan_i_blocks *b, const karvan_i_absorb *a, int64_t i, int from,
                      double w) {
    for (int f = from + 1; f < a->n_others; f++)
        for (int g = from; g < f; g++)
            add_pair(b, (int32_t)a->offset[f] + a->level[f][i],
                     (int32_t)a->offset[g] + a->level[g][i], w);
}

/* What levels have alone is summed up already. */
static void add_diagonal(const karvan_i_blocks *b, const karvan_i_absorb *a) {
    const double *of = b->exact ? a->level_w : a->diagonal;
    for (int32_t j = 0; j < a->unknowns; j++) {
        if (dense(b, a, j))
            add_pair(b, j, j, of[j]);
        else
            b->pivot[j] = of[j];
    }
}

/* One group with its coupling: sum of w e e' less u u' / W, u the sums of w by level. All levels
 * that a group touches are of one block; u and touched are by their places in it. */
static inline __attribute__((always_inline)) void add_group(const karvan_i_blocks *b,
                                                            const karvan_i_absorb *a, int64_t g,
                                                            double *u, int32_t *touched) {
    int32_t n = 0;
    const block *k = NULL;
    for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) {
        add_dense(b, a, i, 0, a->w[i]);
        for (int f = 0; f < a->n_others; f++) {
            int32_t j = (int32_t)a->offset[f] + a->level[f][i], at = b->local[j];
            k = &b->block[b->block_of[j]];
            if (u[at] == 0) touched[n++] = at;
            u[at] += a->w[i];
        }
    }
    for (int32_t i = 0; i < n; i++) {
        double *row = lower_row(b, k, touched[i]), share = u[touched[i]] / a->group_w[g];
        if (n > k->ns / 4)
            for (int32_t c = 0; c <= touched[i]; c++) row[c] -= share * u[c];
        else
            for (int32_t j = 0; j < n; j++)
                if (touched[j] <= touched[i]) row[touched[j]] -= share * u[touched[j]];
    }
    for (int32_t i = 0; i < n; i++) u[touched[i]] = 0;
}

KARVAN_I_CLONES static void assemble_exact(const karvan_i_blocks *b, const karvan_i_absorb *a) {
    double u[MOST_DENSE] = {0};
    int32_t touched[MOST_DENSE];
    for (int64_t g = 0; g < a->groups; g++) add_group(b, a, g, u, touched);
}

static void assemble(const karvan_i_blocks *b, const karvan_i_absorb *a) {
    for (int64_t g = 0; g < a->groups; g++)
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) {
            double w = a->w[i] * (1 - a->w[i] / a->group_w[g]);
            int32_t e = a->level[0][i];
            const block *k = &b->block[b->block_of[e]];
            for (int f = 1; f < a->n_others; f++) {
                int32_t s = b->local[a->offset[f] + a->level[f][i]];
                b->b[k->cells + (int64_t)b->local[e] * k->ns + s] += (float)w;
            }
            add_dense(b, a, i, 1, w);
        }
}

/* ---- factors ------------------------------------------------------------------------------------
 */

/* Four rows of B at a time leave the triangle: C -= sum of b b' / pivot. */
KARVAN_I_CLONES static void eliminate(const karvan_i_blocks *b, const block *k) {
    double v[4][MOST_DENSE], scaled[4][MOST_DENSE];
    for (int32_t e = 0; e < k->ne; e += 4) {
        for (int h = 0; h < 4; h++) {
            bool there = e + h < k->ne;
            double pivot = there ? b->pivot[b->members[k->list + e + h]] : 0;
            const float *row = b->b + k->cells + (int64_t)(there ? e + h : e) * k->ns;
            for (int32_t s = 0; s < k->ns; s++) {
                v[h][s] = there && pivot > 0 ? (double)row[s] : 0;
                scaled[h][s] = there && pivot > 0 ? v[h][s] / pivot : 0;
            }
        }
        for (int32_t r = 0; r < k->ns; r++) {
            double x0 = scaled[0][r], x1 = scaled[1][r], x2 = scaled[2][r], x3 = scaled[3][r];
            if (x0 == 0 && x1 == 0 && x2 == 0 && x3 == 0) continue;
            double *to = lower_row(b, k, r);
            for (int32_t c = 0; c <= r; c++)
                to[c] -= (x0 * v[0][c] + x1 * v[1][c]) + (x2 * v[2][c] + x3 * v[3][c]);
        }
    }
}

static inline double dot(const double *x, const double *y, int32_t n) {
    double s[4] = {0};
    int32_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (int k = 0; k < 4; k++) s[k] += x[i + k] * y[i + k];
    for (; i < n; i++) s[0] += x[i] * y[i];
    return (s[0] + s[1]) + (s[2] + s[3]);
}

/* A connected block of two effects (or of one beside the groups) is singular in one direction: all
 * levels of one may move against all of the other. Its last pivot is lost, and the last level stays
 * at 0. Pivots lost otherwise become small, so that the preconditioner stays positive definite. The
 * diagonal holds inverses. */
KARVAN_I_CLONES static void factor_lower(const karvan_i_blocks *b, const block *k,
                                         const double *whole) {
    for (int32_t r = 0; r < k->ns; r++) {
        double *row = lower_row(b, k, r);
        for (int32_t c = 0; c < r; c++) {
            const double *of = lower_row(b, k, c);
            row[c] = (row[c] - dot(row, of, c)) * of[c];
        }
        double v = row[r] - dot(row, row, r), least = WEAKEST * whole[r];
        if (!(v > least)) v = least > 0 ? least : 1;
        row[r] = b->pinned && r == k->ns - 1 ? 0 : 1 / sqrt(v);
    }
}

typedef struct factor_ctx {
    const karvan_i_blocks *b;
    const karvan_i_absorb *a;
} factor_ctx;

static karvan_status factor_blocks(void *ctx, int64_t begin, int64_t end, int worker,
                                   karvan_error *err) {
    (void)worker, (void)err;
    const factor_ctx *c = ctx;
    const karvan_i_blocks *b = c->b;
    double whole[MOST_DENSE];
    for (int64_t i = begin; i < end; i++) {
        const block *k = &b->block[i];
        for (int32_t r = 0; r < k->ns; r++)
            whole[r] = c->a->level_w[b->members[k->list + k->ne + r]];
        eliminate(b, k);
        factor_lower(b, k, whole);
    }
    return KARVAN_OK;
}

karvan_status karvan_i_blocks_factor(karvan_i_blocks *b, karvan_i_absorb *a, karvan_error *err) {
    const block *last = &b->block[b->n_blocks - 1];
    memset(b->b, 0, (size_t)(last->cells + (int64_t)last->ne * last->ns) * sizeof *b->b);
    memset(b->l, 0, (size_t)(last->lower + (int64_t)last->ns * (last->ns + 1) / 2) * sizeof *b->l);
    add_diagonal(b, a);
    if (b->exact)
        assemble_exact(b, a);
    else
        assemble(b, a);
    factor_ctx c = {b, a};
    return karvan_parallel_for(b->n_blocks, 1, a->threads, factor_blocks, &c, a->cancel, err);
}

/* ---- solution
 * ------------------------------------------------------------------------------------ */

/* x[ns][m] becomes (L L')^-1 x. */
static inline __attribute__((always_inline)) void
solve_lower(const karvan_i_blocks *b, const block *k, const int m, double *x) {
    for (int32_t r = 0; r < k->ns; r++) {
        const double *row = lower_row(b, k, r);
        double s[KARVAN_I_WIDTH];
        for (int h = 0; h < m; h++) s[h] = x[r * m + h];
        for (int32_t c = 0; c < r; c++)
            for (int h = 0; h < m; h++) s[h] -= row[c] * x[c * m + h];
        for (int h = 0; h < m; h++) x[r * m + h] = s[h] * row[r];
    }
    for (int32_t r = k->ns; r-- > 0;) {
        const double *row = lower_row(b, k, r);
        double s[KARVAN_I_WIDTH];
        for (int h = 0; h < m; h++) s[h] = x[r * m + h] *= row[r];
        for (int32_t c = 0; c < r; c++)
            for (int h = 0; h < m; h++) x[c * m + h] -= row[c] * s[h];
    }
}

static inline __attribute__((always_inline)) void
solve_block(const karvan_i_blocks *b, const block *k, const int m, const double *r, double *z) {
    double x[MOST_DENSE * KARVAN_I_WIDTH], v[KARVAN_I_WIDTH];
    const int32_t *e = b->members + k->list, *s = e + k->ne;
    for (int32_t j = 0; j < k->ns; j++)
        for (int h = 0; h < m; h++) x[j * m + h] = r[(int64_t)s[j] * m + h];
    for (int32_t i = 0; i < k->ne; i++) {
        const float *row = b->b + k->cells + (int64_t)i * k->ns;
        double pivot = b->pivot[e[i]];
        for (int h = 0; h < m; h++) v[h] = pivot > 0 ? r[(int64_t)e[i] * m + h] / pivot : 0;
        for (int32_t j = 0; j < k->ns; j++)
            for (int h = 0; h < m; h++) x[j * m + h] -= (double)row[j] * v[h];
    }
    solve_lower(b, k, m, x);
    for (int32_t i = 0; i < k->ne; i++) {
        const float *row = b->b + k->cells + (int64_t)i * k->ns;
        double pivot = b->pivot[e[i]];
        for (int h = 0; h < m; h++) v[h] = r[(int64_t)e[i] * m + h];
        for (int32_t j = 0; j < k->ns; j++)
            for (int h = 0; h < m; h++) v[h] -= (double)row[j] * x[j * m + h];
        for (int h = 0; h < m; h++) z[(int64_t)e[i] * m + h] = pivot > 0 ? v[h] / pivot : 0;
    }
    for (int32_t j = 0; j < k->ns; j++)
        for (int h = 0; h < m; h++) z[(int64_t)s[j] * m + h] = x[j * m + h];
}

typedef struct solve_ctx {
    const karvan_i_blocks *b;
    int m;
    const double *r;
    double *z;
} solve_ctx;

KARVAN_I_CLONES static karvan_status solve_blocks(void *ctx, int64_t begin, int64_t end, int worker,
                                                  karvan_error *err) {
    (void)worker, (void)err;
    const solve_ctx *c = ctx;
    for (int64_t i = begin; i < end; i++) {
        const block *k = &c->b->block[i];
        if (c->m == 1)
            solve_block(c->b, k, 1, c->r, c->z);
        else if (c->m == 2)
            solve_block(c->b, k, 2, c->r, c->z);
        else if (c->m == 3)
            solve_block(c->b, k, 3, c->r, c->z);
        else
            solve_block(c->b, k, 4, c->r, c->z);
    }
    return KARVAN_OK;
}

karvan_status karvan_i_blocks_solve(const karvan_i_blocks *b, const karvan_i_absorb *a, int m,
                                    const double *r, double *z, karvan_error *err) {
    solve_ctx c = {.b = b, .m = m, .r = r, .z = z};
    int64_t chunk = b->n_blocks / 64 + 1;
    return karvan_parallel_for(b->n_blocks, chunk, a->threads, solve_blocks, &c, a->cancel, err);
}

double karvan_i_blocks_magnify(const karvan_i_blocks *b) {
    return !b || b->pinned ? 1 : 1 / WEAKEST;
}
