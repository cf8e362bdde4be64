/* Alternatives: each next walk is the best of those that share with every earlier one at most a
 * part of that one's cost (k shortest paths with limited overlap, Chondrogiannis, Bouros, Gamper
 * and Leser 2015, SIGSPATIAL). What a walk shares with each earlier one is a sum over its arcs that
 * never falls, so the label search keeps it within its limit, exactly. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/sets.h"

typedef struct shares {
    const karvan_i_task *t;
    double *sum;             /* the task's sums, then one an earlier walk */
    double *limit;           /* of all of them */
    double *link, *terminal; /* [rows] scratch: what an earlier walk pays there */
} shares;

/* Where a walk pays for an arc, NULL where that does not count: loading, unloading, passing. */
static double *paid_at(const shares *s, const karvan_i_arc *a) {
    const karvan_network *net = s->t->net;
    if (a->kind == KARVAN_I_ARC_LINK) return &s->link[a->row];
    if (a->kind != KARVAN_I_ARC_TERMINAL) return NULL;
    if (karvan_i_state_side(net, a->tail) == KARVAN_I_ORIGIN ||
        karvan_i_state_side(net, a->head) == KARVAN_I_DESTINATION)
        return NULL;
    return &s->terminal[a->row];
}

/* What arcs share with a walk; sets the limit to a part of all that counts. */
static double share_with(shares *s, const karvan_i_walk *w, double *out) {
    const karvan_network *net = s->t->net;
    double all = 0;
    memset(s->link, 0, (size_t)karvan_table_rows(net->links) * sizeof *s->link);
    memset(s->terminal, 0, (size_t)karvan_table_rows(net->terminals) * sizeof *s->terminal);
    for (int32_t i = 0; i < w->n; i++) {
        double *at = paid_at(s, &net->arcs[w->arcs[i]]), cost = s->t->sum[w->arcs[i]];
        if (at) *at += cost, all += cost;
    }
    for (int32_t a = 0; a < net->n_arcs; a++) {
        const double *at = paid_at(s, &net->arcs[a]);
        out[a] = at ? *at : 0;
    }
    return all;
}

static karvan_status next(const karvan_i_task *t, karvan_i_walks *out, bool *found,
                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_labels *labels = NULL;
    karvan_i_walk w = {0};
    KARVAN_TRY(karvan_i_labels_create(t, &labels, err));
    KARVAN_TRY(karvan_i_labels_solve(labels, NULL, err));
    out->capped |= karvan_i_labels_capped(labels);
    out->returned |= karvan_i_labels_returned(labels);
    *found = karvan_i_labels_found(labels) > 0;
    if (!*found) goto done;
    KARVAN_TRY(karvan_i_labels_walk(labels, 0, &w, err));
    KARVAN_TRY(karvan_i_walks_take(out, &w, err));
done:
    karvan_i_labels_destroy(labels);
    return st;
}

static karvan_status make_room(shares *s, int k, karvan_error *err) {
    const karvan_i_task *t = s->t;
    size_t arcs = (size_t)t->net->n_arcs, sums = (size_t)t->n_sums;
    s->sum = karvan_i_malloc(arcs * (sums + (size_t)k) + 1, sizeof *s->sum);
    s->limit = karvan_i_calloc(sums + (size_t)k, sizeof *s->limit);
    s->link = karvan_i_malloc((size_t)karvan_table_rows(t->net->links) + 1, sizeof *s->link);
    s->terminal =
        karvan_i_malloc((size_t)karvan_table_rows(t->net->terminals) + 1, sizeof *s->terminal);
    if (!s->sum || !s->limit || !s->link || !s->terminal)
        return karvan_fail(err, KARVAN_E_NOMEM, "alternatives");
    memcpy(s->sum, t->sum, arcs * sums * sizeof *s->sum);
    memcpy(s->limit, t->limit, sums * sizeof *s->limit);
    return KARVAN_OK;
}

karvan_status karvan_i_alternatives(const karvan_i_task *t, int k, double max_overlap,
                                    karvan_i_walks *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    shares s = {.t = t};
    karvan_i_task task = *t;
    bool found = true;
    *out = (karvan_i_walks){0};
    KARVAN_TRY(make_room(&s, k, err));
    task.sum = s.sum, task.limit = s.limit;
    while (out->n < k) {
        KARVAN_TRY(next(&task, out, &found, err));
        if (!found || out->n == k) break;
        double *share = s.sum + (size_t)task.n_sums * (size_t)t->net->n_arcs;
        double all = share_with(&s, &out->walk[out->n - 1], share);
        if (!(all > 0)) break; /* of nothing no part can be shared */
        s.limit[task.n_sums++] = max_overlap * all;
    }
done:
    karvan_i_free(s.sum), karvan_i_free(s.limit), karvan_i_free(s.link), karvan_i_free(s.terminal);
    if (st != KARVAN_OK) karvan_i_walks_clear(out);
    return st;
}
