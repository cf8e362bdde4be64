/* Rows that are not used: the list of them, and a design without them. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/model.h"

karvan_status karvan_i_drops_add(karvan_i_drops *l, karvan_i_drop drop, karvan_error *err) {
    if (l->n == l->cap) {
        int64_t cap = l->cap ? 2 * l->cap : 64;
        karvan_i_drop *at = karvan_i_realloc(l->at, (size_t)cap, sizeof *at);
        if (!at) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the list of dropped rows");
        l->at = at, l->cap = cap;
    }
    l->at[l->n++] = drop;
    return KARVAN_OK;
}

static void keep_reals(int64_t n, const bool *keep, double *v) {
    int64_t m = 0;
    for (int64_t i = 0; v && i < n; i++) {
        v[m] = v[i];
        m += keep[i];
    }
}

static void keep_whole(int64_t n, const bool *keep, int32_t *v) {
    int64_t m = 0;
    for (int64_t i = 0; v && i < n; i++) {
        v[m] = v[i];
        m += keep[i];
    }
}

/* Memory of rows that went goes back where there is much of it. */
static void shrink(int64_t n, void *array, size_t size) {
    void **p = array;
    void *less = *p ? karvan_i_realloc(*p, (size_t)n, size) : NULL;
    if (less) *p = less; /* it may fail without harm */
}

/* The effect whose levels a cluster shares, -1: none. */
static int shared(const karvan_i_design *d, int cluster) {
    for (int e = 0; e < d->n_effects; e++)
        if (d->cluster[cluster].level == d->effect[e].level) return e;
    return -1;
}

static karvan_status keep_levels(int64_t n, int64_t left, const bool *keep, bool much,
                                 karvan_i_effect *e, karvan_error *err) {
    keep_whole(n, keep, e->level);
    if (much) shrink(left, &e->level, sizeof *e->level);
    return karvan_i_levels_close(left, e, err);
}

karvan_status karvan_i_design_keep(karvan_i_design *d, const bool *keep, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = d->n, left = 0;
    int share[KARVAN_CLUSTERS_MAX];
    for (int64_t i = 0; i < n; i++) left += keep[i];
    if (left == n) return KARVAN_OK;
    bool much = left < n - n / 8;
    for (int c = 0; c < d->n_clusters; c++) share[c] = shared(d, c);
    keep_whole(n, keep, d->row);
    keep_reals(n, keep, d->y), keep_reals(n, keep, d->weight), keep_reals(n, keep, d->offset);
    for (int j = 0; j < d->k; j++) keep_reals(n, keep, d->x[j]);
    d->n = left;
    if (much) {
        shrink(left, &d->row, sizeof *d->row), shrink(left, &d->y, sizeof *d->y);
        shrink(left, &d->weight, sizeof *d->weight), shrink(left, &d->offset, sizeof *d->offset);
        for (int j = 0; j < d->k; j++) shrink(left, &d->x[j], sizeof **d->x);
    }
    for (int e = 0; e < d->n_effects && st == KARVAN_OK; e++)
        st = keep_levels(n, left, keep, much, &d->effect[e], err);
    for (int c = 0; c < d->n_clusters; c++) {
        karvan_i_effect *k = &d->cluster[c];
        if (share[c] < 0 && st == KARVAN_OK) st = keep_levels(n, left, keep, much, k, err);
        if (share[c] < 0) continue;
        k->level = d->effect[share[c]].level, k->n_levels = d->effect[share[c]].n_levels;
        k->first_row = d->effect[share[c]].first_row;
    }
    return st;
}

void karvan_i_effect_clear(karvan_i_effect *e) {
    karvan_i_free(e->name), karvan_i_free(e->level), karvan_i_free(e->first_row);
    *e = (karvan_i_effect){0};
}

/* The clusters' levels that are an effect's are freed once. */
static void clear_effects(karvan_i_design *d) {
    for (int c = 0; d->cluster && c < d->n_clusters; c++) {
        if (shared(d, c) >= 0) d->cluster[c].level = NULL, d->cluster[c].first_row = NULL;
        karvan_i_effect_clear(&d->cluster[c]);
    }
    for (int e = 0; d->effect && e < d->n_effects; e++) karvan_i_effect_clear(&d->effect[e]);
    karvan_i_free(d->cluster), karvan_i_free(d->effect);
}

void karvan_i_design_clear(karvan_i_design *d) {
    clear_effects(d);
    karvan_i_free(d->row), karvan_i_free(d->y), karvan_i_free(d->weight);
    karvan_i_free(d->offset);
    for (int j = 0; j < d->k; j++) {
        karvan_i_free(d->name[j]);
        if (d->x) karvan_i_free(d->x[j]);
    }
    karvan_i_free(d->name), karvan_i_free(d->x), karvan_i_free(d->drops.at);
    karvan_i_model_destroy(d->formula);
    *d = (karvan_i_design){0};
}

void karvan_i_drop_detail(const karvan_i_design *d, const karvan_i_drop *drop, char *out,
                          size_t cap) {
    const karvan_i_formula *f = d->formula->f;
    int32_t k = drop->detail;
    const char *name = "", *what = "";
    switch (drop->reason) {
    case KARVAN_I_MISSING:
        what = k >= 0 ? " holds no value" : " has no value";
        name = k >= 0                    ? karvan_table_column(d->data, k).name
               : k == KARVAN_I_OF_Y      ? f->y_label
               : k == KARVAN_I_OF_WEIGHT ? "weight"
               : k == KARVAN_I_OF_OFFSET ? "offset"
                                         : f->atom[-1 - k].label;
        break;
    case KARVAN_I_SINGLETON:
        what = " has this row alone", name = d->effect[k].name;
        break;
    case KARVAN_I_ALL_ZERO:
        what = " has only zeros here", name = d->effect[k].name;
        break;
    case KARVAN_I_SEPARATED:
        name = "the row is separated";
        break;
    }
    (void)snprintf(out, cap, "%.200s%s", name, what);
}
