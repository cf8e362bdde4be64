/* Trees kept from one search of an origin to its next: arcs, each behind the one before it. */
#include "base/alloc.h"
#include "base/try.h"
#include "flow/problem.h"

/* Memory that trees may take: beyond it every search is one of its own. */
static const double MOST_BYTES = 256e6;

struct karvan_i_forest {
    int32_t *arcs;  /* [n_groups][zones][n], `count` of them in use */
    int32_t *count; /* [n_groups][zones] -1: not searched yet */
};

karvan_status karvan_i_forest_create(const karvan_i_problem *p, karvan_i_forest **out,
                                     karvan_error *err) {
    size_t trees = (size_t)p->n_groups * (size_t)p->zones, n = (size_t)p->n;
    *out = NULL;
    if (4.0 * (double)trees * (double)n > MOST_BYTES) return KARVAN_OK;
    karvan_i_forest *f = karvan_i_calloc(1, sizeof *f);
    if (f) {
        f->arcs = karvan_i_malloc(trees * n + 1, sizeof *f->arcs);
        f->count = karvan_i_malloc(trees + 1, sizeof *f->count);
        if (f->arcs && f->count) {
            for (size_t k = 0; k < trees; k++) f->count[k] = -1;
            *out = f;
            return KARVAN_OK;
        }
    }
    karvan_i_forest_destroy(f);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld trees", (long long)trees);
}

void karvan_i_forest_destroy(karvan_i_forest *f) {
    if (!f) return;
    karvan_i_free(f->arcs), karvan_i_free(f->count), karvan_i_free(f);
}

void karvan_i_forest_grow(karvan_i_forest *f, karvan_i_tree *t, const karvan_i_problem *p,
                          const double *cost, int32_t origin, int group) {
    if (!f) {
        karvan_i_tree_grow(t, p, cost, origin);
        return;
    }
    int64_t k = (int64_t)group * p->zones + origin;
    int32_t *arcs = f->arcs + k * p->n, *count = &f->count[k];
    if (*count < 0 || !karvan_i_tree_regrow(t, p, cost, origin, arcs, *count))
        karvan_i_tree_grow(t, p, cost, origin);
    *count = t->n_order - 1;
    for (int32_t i = 0; i < *count; i++) arcs[i] = t->by[t->order[i + 1]];
}
