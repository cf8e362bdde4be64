/* Routes, loads and prices of a draw: the menu as the plain arrays of flow/capacitated.h. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/study.h"

karvan_status karvan_i_loads_init(karvan_i_loads *l, const karvan_i_menu *m, karvan_error *err) {
    size_t routes = (size_t)m->n_routes + 1, pairs = (size_t)m->n_pairs + 1,
           n = (size_t)m->n_scarce + 1;
    *l = (karvan_i_loads){.demand = karvan_i_calloc(pairs, sizeof *l->demand)};
    l->share = karvan_i_calloc(routes, sizeof *l->share);
    l->paid = karvan_i_calloc(routes, sizeof *l->paid);
    l->logsum = karvan_i_calloc(pairs, sizeof *l->logsum);
    l->capacity = karvan_i_calloc(n, sizeof *l->capacity);
    l->price = karvan_i_calloc(n, sizeof *l->price);
    l->delay_h = karvan_i_calloc(n, sizeof *l->delay_h);
    l->load = karvan_i_calloc(n, sizeof *l->load);
    if (l->demand && l->share && l->paid && l->logsum && l->capacity && l->price && l->delay_h &&
        l->load)
        return KARVAN_OK;
    karvan_i_loads_clear(l);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld routes", (long long)m->n_routes);
}

void karvan_i_loads_clear(karvan_i_loads *l) {
    karvan_i_free(l->demand), karvan_i_free(l->share), karvan_i_free(l->paid);
    karvan_i_free(l->logsum), karvan_i_free(l->capacity), karvan_i_free(l->price);
    karvan_i_free(l->delay_h), karvan_i_free(l->load);
    *l = (karvan_i_loads){0};
}

/* ---- what could be full ---- */

typedef struct problem {
    const karvan_i_menu *m;
    const karvan_i_choices *q;
    int32_t *local, *global; /* [n_scarce]; -1: could not be full */
    karvan_i_resource *resource;
    double *price; /* to begin with */
    int64_t *use_first;
    int32_t *use;
    double *amount, *hour_usd;
    double *usd, *units; /* [n_scarce] of queues */
    karvan_choice_sets sets;
    karvan_choice_model model;
    karvan_i_capacitated core;
} problem;

static void problem_clear(problem *p) {
    karvan_i_free(p->local), karvan_i_free(p->global), karvan_i_free(p->resource);
    karvan_i_free(p->price), karvan_i_free(p->use_first), karvan_i_free(p->use);
    karvan_i_free(p->amount), karvan_i_free(p->hour_usd);
    karvan_i_free(p->usd), karvan_i_free(p->units);
}

static karvan_status problem_init(problem *p, karvan_error *err) {
    const karvan_i_menu *m = p->m;
    size_t n = (size_t)m->n_scarce + 1, uses = (size_t)m->n_uses + 1;
    p->local = karvan_i_calloc(n, sizeof *p->local);
    p->global = karvan_i_calloc(n, sizeof *p->global);
    p->resource = karvan_i_calloc(n, sizeof *p->resource);
    p->price = karvan_i_calloc(n, sizeof *p->price);
    p->usd = karvan_i_calloc(n, sizeof *p->usd), p->units = karvan_i_calloc(n, sizeof *p->units);
    p->use_first = karvan_i_calloc((size_t)m->n_routes + 1, sizeof *p->use_first);
    p->use = karvan_i_calloc(uses, sizeof *p->use);
    p->amount = karvan_i_calloc(uses, sizeof *p->amount);
    p->hour_usd = karvan_i_calloc(uses, sizeof *p->hour_usd);
    if (p->local && p->global && p->resource && p->price && p->usd && p->units && p->use_first &&
        p->use && p->amount && p->hour_usd)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
}

karvan_i_resource karvan_i_capacity_of(const karvan_i_choices *q, const karvan_i_supply *first,
                                       const karvan_i_supply *side, int32_t x, const double *value,
                                       double effect) {
    karvan_i_resource r = side->resource[x];
    double a = first->resource[x].capacity, b = r.capacity;
    if (effect != 1 && a < INFINITY && b < INFINITY && a != b)
        b = fmax(a + effect * (b - a), 0.1 * fmin(a, b));
    b *= value[q->room[x]];
    if (r.kind == KARVAN_I_QUEUE) r.delay.capacity = b;
    r.capacity = b;
    return r;
}

static karvan_status pick(problem *p, const karvan_i_supply *first, const karvan_i_supply *side,
                          const double *value, double effect, karvan_i_loads *l,
                          karvan_error *err) {
    const karvan_i_menu *m = p->m;
    double *most = karvan_i_calloc((size_t)m->n_scarce + 1, sizeof *most);
    if (!most) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    karvan_status st = karvan_i_menu_most(m, l->demand, most, err);
    for (int32_t x = 0; st == KARVAN_OK && x < m->n_scarce; x++) {
        karvan_i_resource r = karvan_i_capacity_of(p->q, first, side, x, value, effect);
        p->local[x] = -1;
        l->capacity[x] = r.capacity;
        if (!(r.kind == KARVAN_I_QUEUE ? most[x] > 0 : most[x] > r.capacity)) continue;
        int32_t a = p->core.n_resources++;
        p->local[x] = a, p->global[a] = x, p->resource[a] = r, p->price[a] = l->price[x];
    }
    karvan_i_free(most);
    return st;
}

/* ---- uses ---- */

static double hour_of(const karvan_i_choices *q, int32_t lane, const double *value) {
    return q->hour_usd[lane] * value[q->value[lane]] * value[q->day[lane]];
}

static void write_uses(problem *p, const double *demand, const double *value) {
    const karvan_i_menu *m = p->m;
    int64_t n = 0;
    for (int64_t r = 0; r < m->n_routes; r++) {
        int32_t lane = m->lane[m->pair[r]];
        double hour = hour_of(p->q, lane, value);
        for (int64_t u = m->use_first[r]; u < m->use_first[r + 1]; u++) {
            int32_t a = p->local[m->use[u]];
            if (a < 0) continue;
            p->use[n] = a, p->amount[n] = m->amount[u];
            if (p->resource[a].kind == KARVAN_I_QUEUE) {
                double of = m->scarce[m->use[u]].by_weight ? p->q->tonnes[lane] : 1;
                p->hour_usd[n] = hour * m->amount[u] / of;
                p->usd[a] += demand[m->pair[r]] * p->hour_usd[n];
                p->units[a] += demand[m->pair[r]] * m->amount[u];
            }
            n++;
        }
        p->use_first[r + 1] = n;
    }
}

/* A queue's own value of an hour: the mean over what could come. */
static bool value_queues(problem *p, const karvan_i_loads *l) {
    bool any = false;
    for (int32_t a = 0; a < p->core.n_resources; a++) {
        karvan_i_resource *x = &p->resource[a];
        if (x->kind != KARVAN_I_QUEUE) continue;
        x->hour_usd = p->usd[a] > 0 && p->units[a] > 0 ? p->usd[a] / p->units[a] : 1;
        p->price[a] = x->hour_usd * l->delay_h[p->global[a]];
        any = true;
    }
    return any;
}

static karvan_choice_model model_of(const karvan_i_choices *q, const double *value) {
    bool nested = q->nest_scale > q->scale;
    double taste = value[q->taste];
    return (karvan_choice_model){nested ? KARVAN_CHOICE_NESTED : KARVAN_CHOICE_PATH_SIZE,
                                 q->scale * taste, (nested ? q->nest_scale : q->scale) * taste, 1};
}

static karvan_choice_sets sets_of(const karvan_i_menu *m, const karvan_i_choices *q) {
    karvan_choice_sets s = {.n_pairs = m->n_pairs, .first = m->first, .log_size = m->log_size};
    if (q->nest_scale > q->scale) s.nest = m->nest, s.n_nests = q->n_corridors + 2;
    return s;
}

/* ---- the whole ---- */

static void take(const problem *p, const karvan_i_capacity *c, karvan_i_loads *l) {
    const karvan_i_menu *m = p->m;
    size_t n = (size_t)m->n_scarce * sizeof(double), routes = (size_t)m->n_routes * sizeof(double);
    memset(l->price, 0, n), memset(l->delay_h, 0, n), memset(l->load, 0, n);
    for (int32_t a = 0; a < p->core.n_resources; a++) {
        int32_t x = p->global[a];
        l->price[x] = c->price[a], l->delay_h[x] = c->delay_h[a];
    }
    memcpy(l->share, c->share, routes), memcpy(l->paid, c->route_cost, routes);
    memcpy(l->logsum, c->logsum, (size_t)m->n_pairs * sizeof(double));
    memcpy(l->demand, c->demand, (size_t)m->n_pairs * sizeof(double));
    for (int64_t r = 0; r < m->n_routes; r++)
        for (int64_t u = m->use_first[r]; u < m->use_first[r + 1]; u++)
            l->load[m->use[u]] += l->demand[m->pair[r]] * l->share[r] * m->amount[u];
    l->iterations += c->iterations;
}

karvan_status karvan_i_loads_solve(const karvan_i_menu *m, const karvan_i_choices *q,
                                   const karvan_i_supply *first, const karvan_i_supply *side,
                                   const double *value, double effect, const karvan_i_costs *c,
                                   const karvan_i_elastic *elastic, const karvan_cancel *cancel,
                                   karvan_i_loads *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    problem p = {.m = m, .q = q, .sets = sets_of(m, q), .model = model_of(q, value)};
    karvan_i_capacity solved = {0};
    KARVAN_TRY(problem_init(&p, err));
    KARVAN_TRY(pick(&p, first, side, value, effect, l, err));
    write_uses(&p, l->demand, value);
    bool queues = value_queues(&p, l);
    p.core.sets = &p.sets, p.core.model = &p.model, p.core.demand = l->demand,
    p.core.elastic = elastic;
    p.core.cost = c->cost, p.core.resources = p.resource;
    p.core.routes = (karvan_i_uses){p.use_first, p.use, p.amount};
    p.core.hour_usd = queues ? p.hour_usd : NULL, p.core.tolerance = 1e-9;
    p.core.max_iterations = 500, p.core.start = p.price, p.core.cancel = cancel;
    KARVAN_TRY(karvan_i_capacitated_solve(&p.core, &solved, err));
    take(&p, &solved, l);
done:
    problem_clear(&p), karvan_i_capacity_clear(&solved);
    return st;
}

/* Waits cost a class its own hours, as often as it passes; limits their price. */
static double priced(const karvan_i_menu *m, const karvan_i_loads *l, double hour, double tonnes,
                     int64_t r) {
    double sum = 0;
    for (int64_t u = m->use_first[r]; u < m->use_first[r + 1]; u++) {
        const karvan_i_scarce *s = &m->scarce[m->use[u]];
        double by = s->core.kind != KARVAN_I_QUEUE
                        ? l->price[m->use[u]]
                        : hour * l->delay_h[m->use[u]] / (s->by_weight ? tonnes : 1);
        sum += m->amount[u] * by;
    }
    return sum;
}

void karvan_i_loads_choose(const karvan_i_menu *m, const karvan_i_choices *q, const double *value,
                           const karvan_i_costs *c, karvan_i_loads *l) {
    const karvan_choice_sets sets = sets_of(m, q);
    const karvan_choice_model model = model_of(q, value);
    karvan_i_nest room[KARVAN_I_NESTS_MAX];
    for (int32_t k = 0; k < m->n_pairs; k++) {
        double hour = hour_of(q, m->lane[k], value), tonnes = q->tonnes[m->lane[k]];
        for (int64_t r = m->first[k]; r < m->first[k + 1]; r++)
            l->paid[r] =
                c->cost[r] < INFINITY ? c->cost[r] + priced(m, l, hour, tonnes, r) : INFINITY;
        l->logsum[k] = karvan_i_choice_pair(&sets, &model, k, l->paid, l->share, room);
    }
}
