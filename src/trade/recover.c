/* The effects of a fit: as the solver leaves them, then one of many equal choices. Where rows
 * connect levels of several effects, a constant may move from one effect to another without any
 * fitted value changing: the first level of every effect but the first is set to 0 in each
 * connected part. */
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/parts.h"
#include "base/try.h"
#include "trade/fit.h"
#include "trade/newton.h"

static void connect(const karvan_i_design *d, const int32_t *offset, int32_t *up) {
    for (int32_t j = 0; j < offset[d->n_effects]; j++) up[j] = j;
    for (int64_t i = 0; i < d->n; i++)
        for (int f = 1; f < d->n_effects; f++)
            karvan_i_parts_join(up, d->effect[0].level[i], offset[f] + d->effect[f].level[i]);
}

static void normalise(const karvan_i_design *d, const int32_t *offset, int32_t *up, double *shift,
                      double **alpha) {
    for (int f = 1; f < d->n_effects; f++) {
        /* At its root, a part's first level of this effect: the last that is written. */
        for (int32_t l = d->effect[f].n_levels; l-- > 0;)
            shift[karvan_i_parts_root(up, offset[f] + l)] = alpha[f][l];
        for (int32_t l = 0; l < d->effect[f].n_levels; l++)
            alpha[f][l] -= shift[karvan_i_parts_root(up, offset[f] + l)];
        for (int32_t l = 0; l < d->effect[0].n_levels; l++)
            alpha[0][l] += shift[karvan_i_parts_root(up, l)];
    }
}

karvan_status karvan_i_recover(karvan_gravity *g, const karvan_i_newton *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_design *d = &g->d;
    int32_t *offset = karvan_i_calloc((size_t)d->n_effects + 1, sizeof *offset), *up = NULL;
    double *shift = NULL;
    g->alpha = karvan_i_calloc((size_t)d->n_effects + 1, sizeof *g->alpha);
    KARVAN_REQUIRE(offset && g->alpha, err, KARVAN_E_NOMEM, "no memory for effects");
    for (int f = 0; f < d->n_effects; f++) {
        offset[f + 1] = offset[f] + d->effect[f].n_levels;
        g->alpha[f] = karvan_i_calloc((size_t)d->effect[f].n_levels + 1, sizeof *g->alpha[f]);
        KARVAN_REQUIRE(g->alpha[f], err, KARVAN_E_NOMEM, "no memory for effects");
    }
    if (d->n_effects == 0) goto done;
    memcpy(g->alpha[s->a.grouping], s->alpha, (size_t)s->a.groups * sizeof(double));
    for (int k = 0; k < s->a.n_others; k++)
        memcpy(g->alpha[s->a.other[k]], s->theta + s->a.offset[k],
               (size_t)(s->a.offset[k + 1] - s->a.offset[k]) * sizeof(double));
    up = karvan_i_malloc((size_t)offset[d->n_effects] + 1, sizeof *up);
    shift = karvan_i_calloc((size_t)offset[d->n_effects] + 1, sizeof *shift);
    KARVAN_REQUIRE(up && shift, err, KARVAN_E_NOMEM, "no memory for effects");
    connect(d, offset, up);
    normalise(d, offset, up, shift, g->alpha);
done:
    karvan_i_free(offset), karvan_i_free(up), karvan_i_free(shift);
    return st;
}
