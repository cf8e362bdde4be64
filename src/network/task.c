/* From a query to a task of the label search: its constraint, and what its arcs add up to. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/reach.h"
#include "network/sets.h"
#include "table/cell.h"

static const double MOST = 1e200; /* sums of as many arcs as there can be stay finite */

static int closed_row(const karvan_network *net, const karvan_table *t, int32_t row) {
    return row >= 0 && !karvan_i_row_in_service(net, t, row);
}

static double closed_rows(const karvan_network *net, const karvan_i_arc *a) {
    if (a->kind == KARVAN_I_ARC_LINK)
        return closed_row(net, net->links, a->row) + closed_row(net, net->services, a->service);
    return a->kind == KARVAN_I_ARC_TERMINAL ? closed_row(net, net->terminals, a->row) : 0;
}

static double of_arc(const karvan_network *net, karvan_i_sum which, const karvan_weights *w,
                     const karvan_i_arc *a) {
    switch (which) {
    case KARVAN_I_SUM_USD:
        return a->usd;
    case KARVAN_I_SUM_KG:
        return a->kg;
    case KARVAN_I_SUM_VARIANCE:
        return a->var_h2;
    case KARVAN_I_SUM_WEIGHTED:
        return karvan_i_weigh(w, a).first;
    case KARVAN_I_SUM_TRANSHIPMENTS:
        return a->operation >= 0 && net->operations[a->operation].tranships;
    case KARVAN_I_SUM_CLOSED:
        return closed_rows(net, a);
    case KARVAN_I_SUM_HOURS:
        break;
    }
    return a->hours;
}

void karvan_i_sum_fill(const karvan_network *net, karvan_i_sum which, const karvan_weights *w,
                       double *out) {
    for (int32_t a = 0; a < net->n_arcs; a++) out[a] = of_arc(net, which, w, &net->arcs[a]);
}

karvan_status karvan_i_question_init(const karvan_network *net, const karvan_routes_query *q,
                                     bool pareto, int n, const karvan_i_sum *criteria,
                                     karvan_i_question *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int sums = n + (q->max_transhipments >= 0);
    size_t arcs = (size_t)net->n_arcs;
    *out = (karvan_i_question){0};
    KARVAN_TRY(karvan_i_constraint_init(net, q, &out->constraint, err));
    out->sum = karvan_i_malloc(arcs * (size_t)sums + 1, sizeof *out->sum);
    KARVAN_REQUIRE(out->sum, err, KARVAN_E_NOMEM, "sums over %zu arcs", arcs);
    for (int i = 0; i < sums; i++) {
        double *sum = out->sum + (size_t)i * arcs;
        karvan_i_sum_fill(net, i < n ? criteria[i] : KARVAN_I_SUM_TRANSHIPMENTS, &q->weights, sum);
        for (size_t a = 0; a < arcs; a++)
            KARVAN_REQUIRE(sum[a] <= MOST, err, KARVAN_E_ARG,
                           "%g on one arc is more than can be added up", sum[a]);
    }
    if (sums > n) out->limit[n] = q->max_transhipments;
    out->task = (karvan_i_task){.net = net,
                                .c = &out->constraint,
                                .from = q->from,
                                .to = q->to,
                                .pareto = pareto,
                                .n_criteria = n,
                                .n_sums = sums,
                                .sum = out->sum,
                                .limit = out->limit,
                                .most_labels = q->most_labels};
done:
    if (st != KARVAN_OK) karvan_i_question_clear(out);
    return st;
}

void karvan_i_question_clear(karvan_i_question *a) {
    karvan_i_constraint_clear(&a->constraint);
    karvan_i_free(a->sum);
    a->sum = NULL;
}

/* ---- sets of walks ---- */

karvan_status karvan_i_walks_take(karvan_i_walks *w, karvan_i_walk *walk, karvan_error *err) {
    if (w->n == w->cap) {
        int32_t cap = w->cap ? 2 * w->cap : 8;
        karvan_i_walk *grown = karvan_i_realloc(w->walk, (size_t)cap, sizeof *grown);
        if (!grown) {
            karvan_i_walk_clear(walk);
            return karvan_fail(err, KARVAN_E_NOMEM, "%d routes", (int)cap);
        }
        w->walk = grown, w->cap = cap;
    }
    w->walk[w->n++] = *walk;
    *walk = (karvan_i_walk){0};
    return KARVAN_OK;
}

void karvan_i_walks_clear(karvan_i_walks *w) {
    for (int32_t i = 0; i < w->n; i++) karvan_i_walk_clear(&w->walk[i]);
    karvan_i_free(w->walk);
    *w = (karvan_i_walks){0};
}
