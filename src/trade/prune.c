/* Rows that are alone in a level and levels whose flows are all zero. A row that goes may leave
 * another one alone in its level, and that one the next: chains in data on workers and firms are as
 * long as the data. So each level keeps the exclusive or of its rows' numbers, which is the number
 * of the row where one is left, and a chain is followed at once, not by a pass for each link. */
#include "trade/prune.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

typedef struct level_rows {
    int32_t rows, positive;
    uint32_t either; /* exclusive or of the rows */
} level_rows;

typedef struct pruning {
    karvan_i_design *d;
    bool zeros, singletons;
    int64_t *offset;   /* [n_effects + 1] where an effect's levels begin */
    level_rows *level; /* [levels of all effects] */
    bool *keep;        /* [n] */
    int64_t went;
} pruning;

/* The row's level of an effect. */
static level_rows *level_at(const pruning *p, int f, int64_t i) {
    return &p->level[p->offset[f] + p->d->effect[f].level[i]];
}

/* Does the row go, because of which effect, and why? */
static bool goes(const pruning *p, int64_t i, int32_t *effect, karvan_i_reason *why) {
    for (int f = 0; f < p->d->n_effects; f++) {
        const level_rows *l = level_at(p, f, i);
        bool zero = p->zeros && l->positive == 0, alone = p->singletons && l->rows == 1;
        if (!zero && !alone) continue;
        *effect = f, *why = zero ? KARVAN_I_ALL_ZERO : KARVAN_I_SINGLETON;
        return true;
    }
    return false;
}

/* The row goes. Returns one that this leaves alone in a level, or the row itself. */
static int64_t leave(pruning *p, int64_t i) {
    int64_t next = i;
    p->keep[i] = false, p->went++;
    for (int f = 0; f < p->d->n_effects; f++) {
        level_rows *l = level_at(p, f, i);
        l->rows--, l->positive -= p->d->y[i] > 0, l->either ^= (uint32_t)i;
        if (l->rows == 1) next = l->either;
    }
    return next;
}

static karvan_status follow(pruning *p, int64_t i, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_drop row = {0};
    while (st == KARVAN_OK && p->keep[i] && goes(p, i, &row.detail, &row.reason)) {
        row.row = p->d->row[i], row.certificate = row.reason == KARVAN_I_ALL_ZERO ? 1 : 0;
        st = karvan_i_drops_add(&p->d->drops, row, err);
        i = leave(p, i);
    }
    return st;
}

static karvan_status count(pruning *p, karvan_error *err) {
    const karvan_i_design *d = p->d;
    p->offset = karvan_i_calloc((size_t)d->n_effects + 1, sizeof *p->offset);
    for (int f = 0; f < d->n_effects && p->offset; f++)
        p->offset[f + 1] = p->offset[f] + d->effect[f].n_levels;
    if (p->offset) p->level = karvan_i_calloc((size_t)p->offset[d->n_effects], sizeof *p->level);
    if (!p->level) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for levels");
    for (int f = 0; f < d->n_effects; f++)
        for (int64_t i = 0; i < d->n; i++) {
            level_rows *l = level_at(p, f, i);
            l->rows++, l->positive += d->y[i] > 0, l->either ^= (uint32_t)i;
        }
    return KARVAN_OK;
}

karvan_status karvan_i_prune(karvan_i_design *d, bool zeros, bool singletons, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    pruning p = {.d = d, .zeros = zeros, .singletons = singletons};
    if (d->n_effects == 0) return KARVAN_OK;
    p.keep = karvan_i_malloc((size_t)d->n + 1, sizeof *p.keep);
    KARVAN_REQUIRE(p.keep, err, KARVAN_E_NOMEM, "no memory for %lld rows", (long long)d->n);
    memset(p.keep, 1, (size_t)d->n);
    KARVAN_TRY(count(&p, err));
    for (int64_t before = -1; before < p.went;) {
        before = p.went;
        for (int64_t i = 0; i < d->n; i++) KARVAN_TRY(follow(&p, i, err));
    }
    if (p.went > 0) KARVAN_TRY(karvan_i_design_keep(d, p.keep, err));
done:
    karvan_i_free(p.offset), karvan_i_free(p.level), karvan_i_free(p.keep);
    return st;
}
