#include "flow/freight_problem.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

void karvan_i_freight_problem_clear(karvan_i_freight_problem *p) {
    karvan_i_free(p->first), karvan_i_free(p->cost), karvan_i_free(p->log_size);
    karvan_i_free(p->nest), karvan_i_free(p->use_first), karvan_i_free(p->use);
    karvan_i_free(p->amount), karvan_i_free(p->hour_usd), karvan_i_free(p->local);
    karvan_i_free(p->global), karvan_i_free(p->resource), karvan_i_free(p->start);
    karvan_i_free(p->move_first), karvan_i_free(p->move_use), karvan_i_free(p->move_amount);
    *p = (karvan_i_freight_problem){0};
}

/* ---- which capacities could bind ---- */

static bool could_bind(const karvan_freight *f, const karvan_i_scarce *x, double most) {
    if (x->closed) return false;
    bool by_empties = f->empties.n > 0 && !x->by_weight;
    switch (x->core.kind) {
    case KARVAN_I_BALANCE:
        return true;
    case KARVAN_I_QUEUE:
        return most > 0 || by_empties;
    case KARVAN_I_LIMIT:
        break;
    }
    return most > x->core.capacity || by_empties;
}

static karvan_status pick(karvan_i_freight_problem *p, const karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)f->scarce.n + 1;
    p->local = karvan_i_calloc(n, sizeof *p->local);
    p->global = karvan_i_calloc(n, sizeof *p->global);
    p->resource = karvan_i_calloc(n, sizeof *p->resource);
    p->start = karvan_i_calloc(n, sizeof *p->start);
    KARVAN_REQUIRE(p->local && p->global && p->resource && p->start, err, KARVAN_E_NOMEM,
                   "no memory for capacities");
    for (int32_t x = 0; x < f->scarce.n; x++) {
        p->local[x] = -1;
        if (!could_bind(f, &f->scarce.all[x], f->most[x])) continue;
        int32_t a = p->core.n_resources++;
        p->local[x] = a, p->global[a] = x, p->resource[a] = f->scarce.all[x].core;
        /* where empty units alone come no hour has a value: they fill it without a queue */
        if (p->resource[a].kind == KARVAN_I_QUEUE && !(f->most[x] > 0))
            p->resource[a].kind = KARVAN_I_LIMIT;
        p->start[a] = f->price[x];
    }
done:
    return st;
}

/* ---- routes ---- */

/* Uses of capacities that could bind, from place `at` on. */
static int64_t write_uses(karvan_i_freight_problem *p, const karvan_freight *f,
                          const karvan_i_way *way, int64_t at) {
    const karvan_i_lane *lane = &f->lane[f->pair_lane[way->pair]];
    for (int64_t i = way->first_use; i < way->first_use + way->n_uses; i++) {
        int32_t x = f->ways.use[i];
        double amount = f->ways.amount[i];
        if (p->local[x] < 0) continue;
        p->use[at] = p->local[x], p->amount[at] = amount;
        if (p->resource[p->local[x]].kind == KARVAN_I_QUEUE)
            p->hour_usd[at] =
                lane->hour_usd * amount / (f->scarce.all[x].by_weight ? lane->tonnes : 1);
        at++;
    }
    return at;
}

static karvan_status make_routes(karvan_i_freight_problem *p, const karvan_freight *f,
                                 karvan_error *err) {
    int64_t routes = f->ways.n + f->n_pairs, uses = f->ways.n_uses;
    size_t n = (size_t)routes + 1, m = (size_t)uses + 1;
    p->first = karvan_i_calloc((size_t)f->n_pairs + 1, sizeof *p->first);
    p->cost = karvan_i_calloc(n, sizeof *p->cost);
    p->log_size = karvan_i_calloc(n, sizeof *p->log_size);
    p->nest = karvan_i_calloc(n, sizeof *p->nest);
    p->use_first = karvan_i_calloc(n, sizeof *p->use_first);
    p->use = karvan_i_calloc(m, sizeof *p->use);
    p->amount = karvan_i_calloc(m, sizeof *p->amount);
    p->hour_usd = karvan_i_calloc(m, sizeof *p->hour_usd);
    if (!p->first || !p->cost || !p->log_size || !p->nest || !p->use_first || !p->use ||
        !p->amount || !p->hour_usd)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld routes", (long long)routes);
    for (int32_t k = 0; k < f->n_pairs; k++) {
        int64_t r = p->first[k];
        for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++, r++) {
            p->cost[r] = f->ways.way[w].cost, p->nest[r] = f->ways.way[w].corridor + 1;
            p->log_size[r] = f->ways.way[w].log_size;
            p->use_first[r + 1] = write_uses(p, f, &f->ways.way[w], p->use_first[r]);
        }
        p->cost[r] = f->options.reject_usd_per_teu, p->nest[r] = f->n_corridors + 1;
        p->use_first[r + 1] = p->use_first[r];
        p->first[k + 1] = r + 1;
    }
    p->sets = (karvan_choice_sets){.n_pairs = f->n_pairs, .first = p->first};
    return KARVAN_OK;
}

/* ---- the rest ---- */

/* A queue's own value of an hour: the mean over what could come, so that waits move little between
 * rounds. */
static bool value_queues(karvan_i_freight_problem *p, const karvan_freight *f, double *usd,
                         double *units) {
    bool any = false;
    for (int32_t k = 0; k < f->n_pairs; k++)
        for (int64_t u = p->use_first[p->first[k]]; u < p->use_first[p->first[k + 1]]; u++)
            if (p->resource[p->use[u]].kind == KARVAN_I_QUEUE) {
                usd[p->use[u]] += f->demand[k] * p->hour_usd[u];
                units[p->use[u]] += f->demand[k] * p->amount[u];
            }
    for (int32_t a = 0; a < p->core.n_resources; a++) {
        karvan_i_resource *q = &p->resource[a];
        if (q->kind != KARVAN_I_QUEUE) continue;
        q->hour_usd = usd[a] > 0 && units[a] > 0 ? usd[a] / units[a] : 1;
        p->start[a] = q->hour_usd * f->delay_h[p->global[a]];
        any = true;
    }
    return any;
}

static karvan_status make_moves(karvan_i_freight_problem *p, const karvan_freight *f,
                                karvan_error *err) {
    const karvan_i_empties *e = &f->empties;
    if (e->n == 0) return KARVAN_OK;
    size_t uses = (size_t)e->use_first[e->n] + 1;
    p->move_first = karvan_i_calloc((size_t)e->n + 1, sizeof *p->move_first);
    p->move_use = karvan_i_calloc(uses, sizeof *p->move_use);
    p->move_amount = karvan_i_calloc(uses, sizeof *p->move_amount);
    if (!p->move_first || !p->move_use || !p->move_amount)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for empty moves");
    for (int32_t j = 0; j < e->n; j++) {
        int64_t at = p->move_first[j];
        for (int64_t u = e->use_first[j]; u < e->use_first[j + 1]; u++) {
            if (p->local[e->use[u]] < 0) continue;
            p->move_use[at] = p->local[e->use[u]], p->move_amount[at++] = e->amount[u];
        }
        p->move_first[j + 1] = at;
    }
    p->core.start_activity = f->empty;
    p->core.n_activities = e->n, p->core.activity_cost = e->cost;
    p->core.activities = (karvan_i_uses){p->move_first, p->move_use, p->move_amount};
    return KARVAN_OK;
}

karvan_status karvan_i_freight_problem_init(karvan_i_freight_problem *p, const karvan_freight *f,
                                            karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight_options *o = &f->options;
    bool nested = o->nest_scale > o->scale;
    double *usd = karvan_i_calloc((size_t)f->scarce.n + 1, sizeof *usd),
           *units = karvan_i_calloc((size_t)f->scarce.n + 1, sizeof *units);
    *p = (karvan_i_freight_problem){0};
    KARVAN_REQUIRE(usd && units, err, KARVAN_E_NOMEM, "no memory for capacities");
    KARVAN_TRY(pick(p, f, err));
    KARVAN_TRY(make_routes(p, f, err));
    KARVAN_TRY(make_moves(p, f, err));
    p->sets.log_size = p->log_size;
    if (nested) p->sets.nest = p->nest, p->sets.n_nests = f->n_corridors + 2;
    p->model = (karvan_choice_model){nested ? KARVAN_CHOICE_NESTED : KARVAN_CHOICE_PATH_SIZE,
                                     o->scale, nested ? o->nest_scale : o->scale, 1};
    p->core.sets = &p->sets, p->core.model = &p->model;
    p->core.demand = f->demand, p->core.cost = p->cost, p->core.resources = p->resource;
    p->core.routes = (karvan_i_uses){p->use_first, p->use, p->amount};
    p->core.hour_usd = value_queues(p, f, usd, units) ? p->hour_usd : NULL;
    p->core.deterministic = o->deterministic, p->core.tolerance = o->tolerance;
    if (o->empties) p->core.tolerance = fmax(o->tolerance, 1e-6);
    p->core.max_iterations = o->max_iterations, p->core.start = p->start;
    p->core.cancel = o->cancel;
done:
    karvan_i_free(usd), karvan_i_free(units);
    if (st != KARVAN_OK) karvan_i_freight_problem_clear(p);
    return st;
}
