#include "trade/absorb.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clones.h"
#include "base/try.h"

enum { MOST_CHUNKS = 16, CHUNK_ROWS = 16384, STRETCH = 4096 };

void karvan_i_absorb_clear(karvan_i_absorb *a) {
    karvan_i_blocks_destroy(a->blocks);
    karvan_i_free(a->first), karvan_i_free(a->other), karvan_i_free(a->level);
    karvan_i_free(a->offset), karvan_i_free(a->group_w), karvan_i_free(a->chunk);
    karvan_i_free(a->part), karvan_i_free(a->diagonal), karvan_i_free(a->level_w);
    karvan_i_free(a->r), karvan_i_free(a->z), karvan_i_free(a->p), karvan_i_free(a->q);
    *a = (karvan_i_absorb){0};
}

/* ---- rows sorted by the largest effect ------------------------------------------------------- */

static void permute(void *array, size_t size, int64_t n, const int32_t *from, char *scratch) {
    if (!array) return;
    char *at = array;
    if (size == sizeof(double)) {
        const double *x = array;
        double *to = (double *)(void *)scratch;
        for (int64_t i = 0; i < n; i++) to[i] = x[from[i]];
    } else {
        const int32_t *x = array;
        int32_t *to = (int32_t *)(void *)scratch;
        for (int64_t i = 0; i < n; i++) to[i] = x[from[i]];
    }
    memcpy(at, scratch, (size_t)n * size);
}

/* A cluster may share its levels with an effect: an array is moved once. */
static bool shared(const karvan_i_design *d, int c) {
    for (int f = 0; f < d->n_effects; f++)
        if (d->cluster[c].level == d->effect[f].level) return true;
    for (int b = 0; b < c; b++)
        if (d->cluster[c].level == d->cluster[b].level) return true;
    return false;
}

static bool sorted(const int32_t *level, int64_t n) {
    for (int64_t i = 1; i < n; i++)
        if (level[i] < level[i - 1]) return false;
    return true;
}

static karvan_status sort_rows(karvan_i_design *d, const karvan_i_effect *by, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = d->n;
    if (sorted(by->level, n)) return KARVAN_OK;
    int32_t *at = karvan_i_calloc((size_t)by->n_levels + 1, sizeof *at);
    int32_t *from = karvan_i_malloc((size_t)n + 1, sizeof *from);
    char *scratch = karvan_i_malloc((size_t)n + 1, sizeof(double));
    KARVAN_REQUIRE(at && from && scratch, err, KARVAN_E_NOMEM, "no memory to sort %lld rows",
                   (long long)n);
    for (int64_t i = 0; i < n; i++) at[by->level[i] + 1]++;
    for (int32_t l = 0; l < by->n_levels; l++) at[l + 1] += at[l];
    for (int64_t i = 0; i < n; i++) from[at[by->level[i]]++] = (int32_t)i;
    permute(d->y, sizeof *d->y, n, from, scratch);
    permute(d->weight, sizeof *d->weight, n, from, scratch);
    permute(d->offset, sizeof *d->offset, n, from, scratch);
    permute(d->row, sizeof *d->row, n, from, scratch);
    for (int j = 0; j < d->k; j++) permute(d->x[j], sizeof(double), n, from, scratch);
    for (int f = 0; f < d->n_effects; f++)
        permute(d->effect[f].level, sizeof(int32_t), n, from, scratch);
    for (int c = 0; c < d->n_clusters; c++)
        if (!shared(d, c)) permute(d->cluster[c].level, sizeof(int32_t), n, from, scratch);
done:
    karvan_i_free(at), karvan_i_free(from), karvan_i_free(scratch);
    return st;
}

/* ---- layout ---------------------------------------------------------------------------------- */

static int largest_effect(const karvan_i_design *d) {
    int at = -1;
    for (int f = 0; f < d->n_effects; f++)
        if (at < 0 || d->effect[f].n_levels > d->effect[at].n_levels) at = f;
    return at;
}

static karvan_status lay_groups(karvan_i_absorb *a, const karvan_i_design *d, karvan_error *err) {
    bool grouped = a->grouping >= 0;
    a->groups = grouped ? d->effect[a->grouping].n_levels : (d->n + STRETCH - 1) / STRETCH;
    a->first = karvan_i_calloc((size_t)a->groups + 1, sizeof *a->first);
    a->group_w = karvan_i_calloc((size_t)a->groups + 1, sizeof *a->group_w);
    if (!a->first || !a->group_w)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld groups", (long long)a->groups);
    if (grouped) {
        const int32_t *level = d->effect[a->grouping].level;
        for (int64_t i = 0; i < d->n; i++) a->first[level[i] + 1]++;
        for (int64_t g = 0; g < a->groups; g++) a->first[g + 1] += a->first[g];
    } else {
        for (int64_t g = 0; g <= a->groups; g++)
            a->first[g] = g * STRETCH < d->n ? g * STRETCH : d->n;
    }
    return KARVAN_OK;
}

/* Does each level of `fine` lie in one level of `coarse`? Its dummies then add up to those of
 * `coarse`, which has nothing to add. held: [levels of fine] */
static bool refines(const karvan_i_effect *fine, const karvan_i_effect *coarse, int64_t n,
                    int32_t *held) {
    for (int32_t l = 0; l < fine->n_levels; l++) held[l] = -1;
    for (int64_t i = 0; i < n; i++) {
        int32_t *h = &held[fine->level[i]], l = coarse->level[i];
        if (*h >= 0 && *h != l) return false;
        *h = l;
    }
    return true;
}

/* Is the effect left to another one that refines it? Of two that are the same, the first stays; the
 * one whose levels are the groups always does. */
static bool redundant(const karvan_i_absorb *a, const karvan_i_design *d, int f, int32_t *held) {
    const karvan_i_effect *e = &d->effect[f];
    for (int g = 0; g < d->n_effects; g++) {
        const karvan_i_effect *by = &d->effect[g];
        bool first = by->n_levels > e->n_levels || g == a->grouping ||
                     (by->n_levels == e->n_levels && g < f);
        if (g != f && first && refines(by, e, a->n, held)) return true;
    }
    return false;
}

static karvan_status lay_others(karvan_i_absorb *a, const karvan_i_design *d, karvan_error *err) {
    size_t most = (size_t)d->n_effects + 1;
    int32_t *held = NULL;
    a->other = karvan_i_calloc(most, sizeof *a->other);
    a->level = karvan_i_calloc(most, sizeof *a->level);
    a->offset = karvan_i_calloc(most + 1, sizeof *a->offset);
    if (!a->other || !a->level || !a->offset)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d effects", d->n_effects);
    if (a->grouping < 0) return KARVAN_OK;
    held = karvan_i_malloc((size_t)d->effect[a->grouping].n_levels + 1, sizeof *held);
    if (!held) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d effects", d->n_effects);
    for (int f = 0; f < d->n_effects; f++) {
        if (f == a->grouping || redundant(a, d, f, held)) continue;
        int at = a->n_others++;
        while (at > 0 && d->effect[a->other[at - 1]].n_levels < d->effect[f].n_levels)
            a->other[at] = a->other[at - 1], at--;
        a->other[at] = f;
    }
    karvan_i_free(held);
    for (int k = 0; k < a->n_others; k++) {
        a->level[k] = d->effect[a->other[k]].level;
        a->offset[k + 1] = a->offset[k] + d->effect[a->other[k]].n_levels;
    }
    a->unknowns = a->offset[a->n_others];
    return KARVAN_OK;
}

/* Parts of about equal rows, few enough that folding their sums costs little. */
static karvan_status lay_chunks(karvan_i_absorb *a, karvan_error *err) {
    int64_t n = a->n, want = n / CHUNK_ROWS + 1;
    if (a->unknowns > 0 && want > n / (8 * a->unknowns) + 1) want = n / (8 * a->unknowns) + 1;
    if (want > MOST_CHUNKS) want = MOST_CHUNKS;
    a->chunk = karvan_i_calloc((size_t)want + 1, sizeof *a->chunk);
    if (!a->chunk) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for chunks");
    int64_t g = 0;
    for (int64_t c = 1; c <= want; c++) {
        while (g < a->groups && a->first[g] < n * c / want) g++;
        if (c == want) g = a->groups;
        if (g > a->chunk[a->n_chunks]) a->chunk[++a->n_chunks] = g;
    }
    return KARVAN_OK;
}

static karvan_status need_width(karvan_i_absorb *a, int width, karvan_error *err) {
    if (width <= a->width) return KARVAN_OK;
    karvan_i_free(a->part);
    a->width = 0;
    a->part = karvan_i_malloc((size_t)a->n_chunks * (size_t)(a->unknowns + 1),
                              (size_t)width * sizeof *a->part);
    if (!a->part)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for sums over %lld levels",
                           (long long)a->unknowns);
    a->width = width;
    return KARVAN_OK;
}

karvan_status karvan_i_absorb_create(karvan_i_design *d, int threads, const karvan_cancel *cancel,
                                     karvan_i_absorb *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t levels = 0;
    *a = (karvan_i_absorb){.n = d->n, .threads = threads, .cancel = cancel};
    for (int f = 0; f < d->n_effects; f++) levels += d->effect[f].n_levels;
    KARVAN_REQUIRE(levels < INT32_MAX, err, KARVAN_E_NOMEM, "no memory for %lld levels",
                   (long long)levels); /* they are numbered in 32 bits here and in recover.c */
    a->grouping = largest_effect(d);
    if (a->grouping >= 0) KARVAN_TRY(sort_rows(d, &d->effect[a->grouping], err));
    KARVAN_TRY(lay_groups(a, d, err));
    KARVAN_TRY(lay_others(a, d, err));
    KARVAN_TRY(lay_chunks(a, err));
    KARVAN_TRY(need_width(a, KARVAN_I_WIDTH, err));
    size_t cells = (size_t)(a->unknowns + 1) * KARVAN_I_WIDTH;
    a->diagonal = karvan_i_calloc((size_t)a->unknowns + 1, sizeof *a->diagonal);
    a->level_w = karvan_i_calloc((size_t)a->unknowns + 1, sizeof *a->level_w);
    a->r = karvan_i_malloc(cells, sizeof(double)), a->z = karvan_i_malloc(cells, sizeof(double));
    a->p = karvan_i_malloc(cells, sizeof(double)), a->q = karvan_i_malloc(cells, sizeof(double));
    KARVAN_REQUIRE(a->diagonal && a->level_w && a->r && a->z && a->p && a->q, err, KARVAN_E_NOMEM,
                   "no memory for %lld levels", (long long)a->unknowns);
    KARVAN_TRY(karvan_i_blocks_create(a, &a->blocks, err));
done:
    if (st != KARVAN_OK) karvan_i_absorb_clear(a);
    return st;
}

/* ---- passes over the rows -------------------------------------------------------------------- */

static karvan_status run_chunks(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    (void)worker, (void)err;
    karvan_i_pass *pass = ctx;
    const karvan_i_absorb *a = pass->a;
    for (int64_t c = begin; c < end; c++) {
        size_t cells = (size_t)a->unknowns * (size_t)pass->width;
        double *sums = pass->width > 0 ? a->part + (size_t)c * cells : NULL;
        if (sums) memset(sums, 0, cells * sizeof *sums);
        pass->fn(pass, (int)c, a->chunk[c], a->chunk[c + 1], sums);
    }
    return KARVAN_OK;
}

typedef struct fold {
    const karvan_i_absorb *a;
    double *out;
    size_t cells;
} fold;

static karvan_status fold_cells(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    (void)worker, (void)err;
    const fold *f = ctx;
    memcpy(f->out + begin, f->a->part + begin, (size_t)(end - begin) * sizeof(double));
    for (int c = 1; c < f->a->n_chunks; c++) {
        const double *part = f->a->part + (size_t)c * f->cells;
        for (int64_t j = begin; j < end; j++) f->out[j] += part[j];
    }
    return KARVAN_OK;
}

karvan_status karvan_i_absorb_pass(karvan_i_pass *pass, double *out, karvan_error *err) {
    enum { FOLD = 32768 };
    karvan_i_absorb *a = pass->a;
    karvan_status st = need_width(a, pass->width, err);
    a->sweeps++;
    if (st == KARVAN_OK)
        st = karvan_parallel_for(a->n_chunks, 1, a->threads, run_chunks, pass, a->cancel, err);
    fold f = {.a = a, .out = out, .cells = (size_t)a->unknowns * (size_t)pass->width};
    if (st != KARVAN_OK || f.cells == 0) return st;
    return karvan_parallel_for((int64_t)f.cells, FOLD, a->threads, fold_cells, &f, a->cancel, err);
}

/* ---- S applied ------------------------------------------------------------------------------- */

typedef struct apply_ctx {
    const double *p;
    int m;
} apply_ctx;

/* Values of m right-hand sides at rows, and their way back. The number of effects and of right-hand
 * sides are constants where these are called, and nothing is read through `a` within a loop over
 * rows: the compiler keeps it all in registers. */
#define INLINE static inline __attribute__((always_inline))

INLINE void apply_two(const karvan_i_absorb *a, int64_t group, int64_t end,
                      const double *restrict p, double *restrict q, const int m) {
    const int32_t *l0 = a->level[0], *l1 = a->level[1];
    const double *p1 = p + a->offset[1] * m, *w = a->w;
    double *q1 = q + a->offset[1] * m;
    for (int64_t g = group; g < end; g++) {
        int64_t from = a->first[g], to = a->first[g + 1];
        double mean[KARVAN_I_WIDTH] = {0}, share = 1 / a->group_w[g];
        for (int64_t i = from; i < to; i++)
            for (int k = 0; k < m; k++)
                mean[k] += w[i] * (p[(size_t)l0[i] * (size_t)m + (size_t)k] +
                                   p1[(size_t)l1[i] * (size_t)m + (size_t)k]);
        for (int k = 0; k < m; k++) mean[k] *= share;
        for (int64_t i = from; i < to; i++) {
            size_t j0 = (size_t)l0[i] * (size_t)m, j1 = (size_t)l1[i] * (size_t)m;
            for (int k = 0; k < m; k++) {
                double v = w[i] * (p[j0 + (size_t)k] + p1[j1 + (size_t)k] - mean[k]);
                q[j0 + (size_t)k] += v, q1[j1 + (size_t)k] += v;
            }
        }
    }
}

INLINE void apply_any(const karvan_i_absorb *a, int64_t group, int64_t end,
                      const double *restrict p, double *restrict q, const int m) {
    for (int64_t g = group; g < end; g++) {
        double mean[KARVAN_I_WIDTH] = {0}, v[KARVAN_I_WIDTH];
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) {
            karvan_i_absorb_row(a, i, m, p, v);
            for (int k = 0; k < m; k++) mean[k] += a->w[i] * v[k];
        }
        for (int k = 0; k < m; k++) mean[k] /= a->group_w[g];
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) {
            karvan_i_absorb_row(a, i, m, p, v);
            for (int k = 0; k < m; k++) v[k] = a->w[i] * (v[k] - mean[k]);
            for (int f = 0; f < a->n_others; f++) {
                double *to = q + (a->offset[f] + a->level[f][i]) * m;
                for (int k = 0; k < m; k++) to[k] += v[k];
            }
        }
    }
}

INLINE void apply_groups(const karvan_i_absorb *a, int64_t group, int64_t end, const double *p,
                         double *q, const int m) {
    if (a->n_others == 2)
        apply_two(a, group, end, p, q, m);
    else
        apply_any(a, group, end, p, q, m);
}

KARVAN_I_CLONES static void apply_pass(karvan_i_pass *pass, int chunk, int64_t group, int64_t end,
                                       double *sums) {
    (void)chunk;
    const apply_ctx *c = pass->ctx;
    if (c->m == 1)
        apply_groups(pass->a, group, end, c->p, sums, 1);
    else if (c->m == 2)
        apply_groups(pass->a, group, end, c->p, sums, 2);
    else if (c->m == 3)
        apply_groups(pass->a, group, end, c->p, sums, 3);
    else
        apply_groups(pass->a, group, end, c->p, sums, 4);
}

karvan_status karvan_i_absorb_apply(karvan_i_absorb *a, int m, const double *p, double *out,
                                    karvan_error *err) {
    apply_ctx c = {.p = p, .m = m};
    karvan_i_pass pass = {.a = a, .width = m, .fn = apply_pass, .ctx = &c};
    return karvan_i_absorb_pass(&pass, out, err);
}

typedef struct project_ctx {
    double *const *v;
    int m;
} project_ctx;

KARVAN_I_CLONES static void project_pass(karvan_i_pass *pass, int chunk, int64_t group, int64_t end,
                                         double *sums) {
    (void)chunk;
    const karvan_i_absorb *a = pass->a;
    const project_ctx *c = pass->ctx;
    int m = c->m;
    for (int64_t g = group; g < end; g++) {
        double mean[KARVAN_I_WIDTH] = {0};
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++)
            for (int k = 0; k < m; k++) mean[k] += a->w[i] * c->v[k][i];
        for (int k = 0; k < m; k++) mean[k] /= a->group_w[g];
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++)
            for (int f = 0; f < a->n_others; f++) {
                double *to = sums + (a->offset[f] + a->level[f][i]) * m;
                for (int k = 0; k < m; k++) to[k] += a->w[i] * (c->v[k][i] - mean[k]);
            }
    }
}

karvan_status karvan_i_absorb_project(karvan_i_absorb *a, int m, double *const *v, double *b,
                                      karvan_error *err) {
    project_ctx c = {.v = v, .m = m};
    karvan_i_pass pass = {.a = a, .width = m, .fn = project_pass, .ctx = &c};
    return karvan_i_absorb_pass(&pass, b, err);
}

/* ---- weights --------------------------------------------------------------------------------- */

static void weigh_pass(karvan_i_pass *pass, int chunk, int64_t group, int64_t end, double *sums) {
    (void)chunk;
    karvan_i_absorb *a = pass->a;
    for (int64_t g = group; g < end; g++) {
        double s = 0;
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) s += a->w[i];
        a->group_w[g] = s;
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++)
            for (int f = 0; f < a->n_others; f++) {
                double *to = sums + 2 * (a->offset[f] + a->level[f][i]);
                to[0] += a->w[i] * (1 - a->w[i] / s), to[1] += a->w[i];
            }
    }
}

karvan_status karvan_i_absorb_weigh(karvan_i_absorb *a, const double *w, bool anew,
                                    karvan_error *err) {
    a->w = w;
    karvan_i_pass pass = {.a = a, .width = 2, .fn = weigh_pass};
    karvan_status st = karvan_i_absorb_pass(&pass, a->q, err);
    if (st != KARVAN_OK) return st;
    double most = 0, eps = 4e-15;
    a->floor = 0;
    for (int64_t j = 0; j < a->unknowns; j++) {
        a->diagonal[j] = a->q[2 * j], a->level_w[j] = a->q[2 * j + 1];
        if (a->diagonal[j] > most) most = a->diagonal[j];
    }
    /* A level whose rows are each alone in their group is fitted by the groups: any value serves.
     */
    for (int64_t j = 0; j < a->unknowns; j++) {
        if (!(a->diagonal[j] > 0)) a->diagonal[j] = most > 0 ? most : 1;
        a->floor += eps * a->level_w[j] / a->diagonal[j] * eps * a->level_w[j];
    }
    a->floor *= karvan_i_blocks_magnify(a->blocks);
    if (anew && a->blocks) {
        st = karvan_i_blocks_factor(a->blocks, a, err);
        a->aged = false;
    }
    return st;
}
