/* Sets of routes, whichever way they are asked for. */
#include "base/alloc.h"
#include "base/try.h"
#include "network/reach.h"
#include "network/sets.h"

enum { K_MOST = 1000, ALTERNATIVES_MOST = 64 };

void karvan_routes_query_init(karvan_routes_query *q, int32_t from, int32_t to) {
    *q = (karvan_routes_query){.from = from,
                               .to = to,
                               .weigh = KARVAN_WEIGH_TIME | KARVAN_WEIGH_COST,
                               .weights = {.hours = 1},
                               .k = 3,
                               .max_overlap = 0.6,
                               .corridor = -1,
                               .max_transhipments = -1};
}

static karvan_status check_weights(const karvan_routes_query *q, karvan_error *err) {
    int most = q->method == KARVAN_ROUTES_K_SHORTEST ? K_MOST : ALTERNATIVES_MOST;
    karvan_status st = karvan_i_weights_check(&q->weights, err);
    if (st != KARVAN_OK) return st;
    if (q->k < 1 || q->k > most)
        return karvan_fail(err, KARVAN_E_ARG, "1 to %d routes may be asked for, not %d", most,
                           q->k);
    if (q->method == KARVAN_ROUTES_ALTERNATIVES && !(q->max_overlap >= 0 && q->max_overlap < 1))
        return karvan_fail(err, KARVAN_E_ARG,
                           "alternatives share 0 or more of one another, and less than 1, not %g",
                           q->max_overlap);
    return KARVAN_OK;
}

static karvan_status check(const karvan_network *net, const karvan_routes_query *q,
                           karvan_error *err) {
    const unsigned all =
        KARVAN_WEIGH_TIME | KARVAN_WEIGH_COST | KARVAN_WEIGH_EMISSIONS | KARVAN_WEIGH_DISPERSION;
    if (!net || !q || q->from < 0 || q->from >= net->n_places || q->to < 0 ||
        q->to >= net->n_places || q->from == q->to)
        return karvan_fail(err, KARVAN_E_ARG, "routes need two different places of the region");
    if (q->n_countries < 0 || q->n_places < 0 || q->n_borders < 0 || q->n_modes < 0 ||
        q->n_operators < 0 || q->n_via < 0 || q->most_labels < 0)
        return karvan_fail(err, KARVAN_E_ARG, "a negative number of things to avoid or to pass");
    switch (q->method) {
    case KARVAN_ROUTES_PARETO:
        if (q->weigh != 0 && (q->weigh & ~all) == 0) return KARVAN_OK;
        return karvan_fail(err, KARVAN_E_ARG, "a Pareto set needs something to weigh");
    case KARVAN_ROUTES_K_SHORTEST:
    case KARVAN_ROUTES_ALTERNATIVES:
        return check_weights(q, err);
    }
    return karvan_fail(err, KARVAN_E_ARG, "no such method");
}

/* All that none beats, in the order in which they were found. */
static karvan_status pareto(const karvan_i_task *t, karvan_i_walks *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_labels *labels = NULL;
    KARVAN_TRY(karvan_i_labels_create(t, &labels, err));
    KARVAN_TRY(karvan_i_labels_solve(labels, NULL, err));
    for (int32_t i = 0; i < karvan_i_labels_found(labels); i++) {
        karvan_i_walk w;
        KARVAN_TRY(karvan_i_labels_walk(labels, i, &w, err));
        KARVAN_TRY(karvan_i_walks_take(out, &w, err));
    }
    out->capped = karvan_i_labels_capped(labels);
    out->returned = karvan_i_labels_returned(labels);
done:
    karvan_i_labels_destroy(labels);
    return st;
}

static karvan_status walks(const karvan_network *net, const karvan_routes_query *q,
                           karvan_i_walks *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const struct {
        unsigned flag;
        karvan_i_sum sum;
    } order[] = {{KARVAN_WEIGH_TIME, KARVAN_I_SUM_HOURS},
                 {KARVAN_WEIGH_COST, KARVAN_I_SUM_USD},
                 {KARVAN_WEIGH_EMISSIONS, KARVAN_I_SUM_KG},
                 {KARVAN_WEIGH_DISPERSION, KARVAN_I_SUM_VARIANCE}}; /* in the order of its root */
    bool set = q->method == KARVAN_ROUTES_PARETO;
    karvan_i_sum criteria[4] = {KARVAN_I_SUM_WEIGHTED, KARVAN_I_SUM_HOURS};
    karvan_i_question a = {0};
    int n = set ? 0 : 2;
    for (int i = 0; set && i < 4; i++)
        if (q->weigh & order[i].flag) criteria[n++] = order[i].sum;
    KARVAN_TRY(karvan_i_question_init(net, q, set, n, criteria, &a, err));
    if (set) KARVAN_TRY(pareto(&a.task, out, err));
    if (q->method == KARVAN_ROUTES_K_SHORTEST)
        KARVAN_TRY(karvan_i_k_shortest(&a.task, q->k, out, err));
    if (q->method == KARVAN_ROUTES_ALTERNATIVES)
        KARVAN_TRY(karvan_i_alternatives(&a.task, q->k, q->max_overlap, out, err));
done:
    karvan_i_question_clear(&a);
    return st;
}

static karvan_status describe(const karvan_network *net, const karvan_routes_query *q,
                              const karvan_i_walks *w, karvan_routes *out, karvan_error *err) {
    bool set = q->method == KARVAN_ROUTES_PARETO;
    out->route = karvan_i_calloc((size_t)w->n + 1, sizeof *out->route);
    if (!out->route) return karvan_fail(err, KARVAN_E_NOMEM, "%d routes", (int)w->n);
    out->n = w->n, out->capped = w->capped;
    for (int32_t i = 0; i < w->n; i++) {
        karvan_route *r = &out->route[i];
        *r = (karvan_route){.corridor = q->corridor,
                            .objective = set ? KARVAN_BY_PARETO : KARVAN_BY_WEIGHTS,
                            .generalised = set ? 0 : w->walk[i].cost};
        karvan_status st = karvan_i_route_of_arcs(net, w->walk[i].n, w->walk[i].arcs, r, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

karvan_status karvan_routes_find(const karvan_network *net, const karvan_routes_query *q,
                                 karvan_routes *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_walks w = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_routes){0};
    KARVAN_TRY(check(net, q, err));
    KARVAN_TRY(walks(net, q, &w, err));
    if (w.n == 0 && w.capped) KARVAN_TRY(karvan_i_gave_up(net, q, err));
    if (w.n == 0) KARVAN_TRY(karvan_i_no_way(net, q, w.returned, err));
    KARVAN_TRY(describe(net, q, &w, out, err));
done:
    karvan_i_walks_clear(&w);
    if (st != KARVAN_OK && out) karvan_routes_clear(out);
    return st;
}

void karvan_routes_clear(karvan_routes *r) {
    if (!r) return;
    for (int32_t i = 0; i < r->n; i++) karvan_route_clear(&r->route[i]);
    karvan_i_free(r->route);
    *r = (karvan_routes){0};
}
