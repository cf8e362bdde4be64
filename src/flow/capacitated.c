/* Rounds around the concave dual: what it holds fixed is moved until it stays. That is what waits
 * cost beyond their resource's own value of time; where empty units went (proximal terms); and, of
 * least cost alone, the shares from which an entropy is measured (proximal minimisation with D-
 * functions: Censor and Zenios 1992, Journal of Optimization Theory and Applications 73(3)). */
#include "flow/capacitated.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

/* ---- what is asked ---- */

static karvan_status check_uses(const karvan_i_capacitated *p, const karvan_i_uses *u, int64_t rows,
                                bool of_routes, karvan_error *err) {
    for (int64_t i = 0; i < u->first[rows]; i++) {
        if (u->resource[i] < 0 || u->resource[i] >= p->n_resources)
            return karvan_fail(err, KARVAN_E_ARG, "use %lld is of resource %d, of %d", (long long)i,
                               (int)u->resource[i], (int)p->n_resources);
        bool balance = p->resources[u->resource[i]].kind == KARVAN_I_BALANCE;
        double a = u->amount[i];
        if (!isfinite(a) || (!balance && !(of_routes ? a > 0 : a >= 0)))
            return karvan_fail(err, KARVAN_E_ARG, "use %lld takes %g of its resource", (long long)i,
                               a);
        if (of_routes && !balance && p->hour_usd &&
            !(p->hour_usd[i] >= 0 && p->hour_usd[i] < INFINITY))
            return karvan_fail(err, KARVAN_E_ARG, "use %lld: an hour's wait costs %g", (long long)i,
                               p->hour_usd[i]);
    }
    return KARVAN_OK;
}

static karvan_status check_elastic(const karvan_i_capacitated *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_elastic *e = p->elastic;
    KARVAN_REQUIRE(!p->deterministic, err, KARVAN_E_ARG, "demand of least cost alone is fixed");
    KARVAN_REQUIRE(e->theta > 0 && e->theta < INFINITY, err, KARVAN_E_ARG, "an elasticity of %g",
                   e->theta);
    for (int32_t k = 0; k < p->sets->n_pairs; k++)
        KARVAN_REQUIRE(e->group[k] >= -1 && e->group[k] < e->n, err, KARVAN_E_ARG,
                       "pair %d is of group %d, of %d", (int)k, (int)e->group[k], (int)e->n);
    for (int32_t g = 0; g < e->n; g++)
        KARVAN_REQUIRE(e->value[g] > 0 && e->value[g] + e->paid[g] > 0 &&
                           e->value[g] + e->paid[g] < INFINITY && e->factor[g] > 0 &&
                           e->factor[g] < INFINITY,
                       err, KARVAN_E_ARG, "group %d: value %g, paid %g, factor %g", (int)g,
                       e->value[g], e->paid[g], e->factor[g]);
done:
    return st;
}

static karvan_status check(const karvan_i_capacitated *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_choice_sets *s = p->sets;
    KARVAN_REQUIRE(p->tolerance > 0, err, KARVAN_E_ARG, "a tolerance of %g", p->tolerance);
    for (int32_t k = 0; k < s->n_pairs; k++)
        KARVAN_REQUIRE(p->demand[k] >= 0 && p->demand[k] < INFINITY, err, KARVAN_E_ARG,
                       "pair %d: a demand of %g", (int)k, p->demand[k]);
    for (int64_t r = 0; r < s->first[s->n_pairs]; r++)
        KARVAN_REQUIRE(p->cost[r] > -INFINITY, err, KARVAN_E_ARG, "route %lld: a cost of %g",
                       (long long)r, p->cost[r]);
    for (int32_t a = 0; a < p->n_resources; a++) {
        const karvan_i_resource *r = &p->resources[a];
        if (r->kind == KARVAN_I_BALANCE) continue;
        KARVAN_REQUIRE(r->capacity > 0 && r->capacity < INFINITY, err, KARVAN_E_ARG,
                       "resource %d: a capacity of %g", (int)a, r->capacity);
        KARVAN_REQUIRE(r->kind == KARVAN_I_LIMIT ||
                           (r->hour_usd > 0 && r->hour_usd < INFINITY && r->delay.factor_h > 0),
                       err, KARVAN_E_ARG, "resource %d: an hour's wait costs %g", (int)a,
                       r->hour_usd);
    }
    for (int32_t j = 0; j < p->n_activities; j++)
        KARVAN_REQUIRE(p->activity_cost[j] >= 0 && p->activity_cost[j] < INFINITY, err,
                       KARVAN_E_ARG, "activity %d: a cost of %g", (int)j, p->activity_cost[j]);
    if (p->elastic) KARVAN_TRY(check_elastic(p, err));
    KARVAN_TRY(check_uses(p, &p->routes, s->first[s->n_pairs], true, err));
    if (p->n_activities > 0) KARVAN_TRY(check_uses(p, &p->activities, p->n_activities, false, err));
done:
    return st;
}

/* ---- memory ---- */

static double *reals(size_t n) { return karvan_i_calloc(n + 1, sizeof(double)); }

static void dual_clear(karvan_i_dual *d) {
    karvan_i_free(d->log_size), karvan_i_free(d->base), karvan_i_free(d->activity);
    karvan_i_free(d->next), karvan_i_free(d->cost), karvan_i_free(d->share);
    karvan_i_free(d->logsum), karvan_i_free(d->load), karvan_i_free(d->gradient);
    karvan_i_free(d->at), karvan_i_free(d->row), karvan_i_free(d->hessian);
    karvan_i_free(d->nests), karvan_i_free(d->seen), karvan_i_free(d->watched);
    karvan_i_free(d->room), karvan_i_free(d->waits), karvan_i_free(d->demand);
    karvan_i_free(d->paid), karvan_i_free(d->bent), karvan_i_free(d->pays);
    karvan_i_patterns_clear(&d->patterns);
}

static karvan_status dual_init(karvan_i_dual *d, const karvan_i_capacitated *p, karvan_error *err) {
    const karvan_choice_sets *s = p->sets;
    size_t routes = (size_t)s->first[s->n_pairs], n = (size_t)p->n_resources,
           nests = p->model->kind == KARVAN_CHOICE_NESTED ? (size_t)s->n_nests : 1;
    *d = (karvan_i_dual){.p = p, .sets = *s, .model = *p->model};
    d->base = reals(routes), d->cost = reals(routes), d->share = reals(routes);
    d->activity = reals((size_t)p->n_activities), d->next = reals((size_t)p->n_activities);
    d->logsum = reals((size_t)s->n_pairs), d->load = reals(n), d->gradient = reals(n);
    d->row = reals(n), d->hessian = reals(2 * n * n), d->nests = reals(nests * (n + 1));
    d->at = karvan_i_calloc(n + 1, sizeof *d->at);
    d->seen = karvan_i_calloc(2 * n + 1, sizeof *d->seen);
    d->watched = karvan_i_calloc(n + 1, sizeof *d->watched);
    d->room = karvan_i_malloc(nests + 1, sizeof *d->room);
    size_t groups = p->elastic ? (size_t)p->elastic->n : 0;
    d->demand = reals((size_t)s->n_pairs), d->paid = reals(groups), d->bent = reals(groups);
    d->pays = reals(groups * n);
    bool good = d->demand && d->paid && d->bent && d->pays && d->watched && d->room && d->base &&
                d->cost && d->share && d->activity && d->next && d->logsum && d->load &&
                d->gradient && d->row && d->hessian && d->nests && d->at && d->seen;
    if (good && p->deterministic) good = (d->log_size = reals(routes)) != NULL;
    return good ? KARVAN_OK
                : karvan_fail(err, KARVAN_E_NOMEM, "no memory for %zu routes and %zu prices",
                              routes, n);
}

static karvan_status out_init(karvan_i_capacity *out, const karvan_i_capacitated *p,
                              karvan_error *err) {
    size_t routes = (size_t)p->sets->first[p->sets->n_pairs], n = (size_t)p->n_resources;
    out->price = reals(n), out->delay_h = reals(n), out->load = reals(n);
    out->share = reals(routes), out->route_cost = reals(routes);
    out->logsum = reals((size_t)p->sets->n_pairs), out->activity = reals((size_t)p->n_activities);
    out->demand = reals((size_t)p->sets->n_pairs);
    if (out->price && out->delay_h && out->load && out->share && out->route_cost && out->logsum &&
        out->activity && out->demand)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a solution");
}

void karvan_i_capacity_clear(karvan_i_capacity *c) {
    karvan_i_free(c->price), karvan_i_free(c->delay_h), karvan_i_free(c->load);
    karvan_i_free(c->share), karvan_i_free(c->route_cost), karvan_i_free(c->logsum);
    karvan_i_free(c->activity), karvan_i_free(c->demand);
    *c = (karvan_i_capacity){0};
}

/* ---- rounds ---- */

static double total_demand(const karvan_i_capacitated *p) {
    double sum = 0;
    for (int32_t k = 0; k < p->sets->n_pairs; k++) sum += p->demand[k];
    return sum;
}

/* The most that a demand may be so that all pairs of no more are a hundredth of the whole:
 * Newton's steps hardly miss them, and they may be most of the pairs. Demands are counted by the
 * leading bits of their numbers, so that equal ones stand on one side. */
static karvan_status set_small(karvan_i_dual *d, karvan_error *err) {
    enum { BITS = 14, SLOTS = 1 << BITS };
    const karvan_i_capacitated *p = d->p;
    double *of = karvan_i_calloc((size_t)2 * SLOTS, sizeof *of), sum = 0, all = 0, widest = 0,
           narrowest = INFINITY;
    double *largest = of ? of + SLOTS : NULL;
    if (!of) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for demand");
    for (int32_t a = 0; a < p->n_resources; a++) {
        if (p->resources[a].kind == KARVAN_I_BALANCE) continue;
        widest = fmax(widest, p->resources[a].capacity);
        narrowest = fmin(narrowest, p->resources[a].capacity);
    }
    if (!(widest > 0)) widest = INFINITY;
    for (int32_t k = 0; k < d->sets.n_pairs; k++) {
        uint64_t bits;
        double demand = fmin(p->demand[k], widest); /* no more than that could go */
        if (!(demand > 0)) continue;                /* -0 has a sign */
        memcpy(&bits, &demand, sizeof bits);
        bits >>= 64 - 1 - BITS; /* the sign is 0 */
        of[bits] += demand, largest[bits] = fmax(largest[bits], demand), all += demand;
    }
    const double most = 1e-2 * all;
    d->small_flow = 1e-9 * fmin(narrowest, all);
    for (int i = 0; i < SLOTS && (sum += of[i]) <= most; i++)
        if (largest[i] > 0) d->small_demand = largest[i];
    karvan_i_free(of);
    return KARVAN_OK;
}

/* Least cost alone begins with choices about as fine as a tenth of what pairs pay. */
static void begin(karvan_i_dual *d) {
    const karvan_i_capacitated *p = d->p;
    double paid = 0, demand = total_demand(p);
    if (p->deterministic) {
        for (int32_t k = 0; k < p->sets->n_pairs; k++) {
            double least = INFINITY;
            for (int64_t r = p->sets->first[k]; r < p->sets->first[k + 1]; r++)
                least = fmin(least, p->cost[r]);
            if (least < INFINITY) paid += p->demand[k] * least;
        }
        d->model = (karvan_choice_model){KARVAN_CHOICE_PATH_SIZE, 1, 1, 1};
        if (paid > 0) d->model.scale = 10.0 * demand / paid;
        d->sets.log_size = d->log_size, d->sets.nest = NULL, d->sets.n_nests = 0;
    }
    if (p->start_activity)
        memcpy(d->activity, p->start_activity, (size_t)p->n_activities * sizeof *d->activity);
    /* short at first: long steps, while prices are far off, take many times as many of Newton's */
    d->activity_step = demand > 0 ? 0.01 * demand * d->model.scale : 1;
}

/* The uses of queues, by the route: few among many. */
static karvan_status find_waits(karvan_i_dual *d, karvan_error *err) {
    const karvan_i_capacitated *p = d->p;
    const karvan_i_uses *u = &p->routes;
    int64_t routes = d->sets.first[d->sets.n_pairs];
    size_t n = 0;
    if (!p->hour_usd) return KARVAN_OK;
    for (int64_t i = 0; i < u->first[routes]; i++)
        n += p->resources[u->resource[i]].kind == KARVAN_I_QUEUE;
    d->waits = karvan_i_malloc(n + 1, sizeof *d->waits);
    if (!d->waits) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %zu waits", n);
    for (int64_t r = 0; r < routes; r++)
        for (int64_t i = u->first[r]; i < u->first[r + 1]; i++) {
            const karvan_i_resource *q = &p->resources[u->resource[i]];
            if (q->kind == KARVAN_I_QUEUE)
                d->waits[d->n_waits++] = (karvan_i_queued){
                    r, u->resource[i], p->hour_usd[i] - u->amount[i] * q->hour_usd};
        }
    return KARVAN_OK;
}

/* What an hour's wait costs a route beyond the amount that it uses, at waits as they are. */
static void set_base(karvan_i_dual *d, const double *delay_h) {
    int64_t routes = d->sets.first[d->sets.n_pairs];
    memcpy(d->base, d->p->cost, (size_t)routes * sizeof *d->base);
    for (size_t i = 0; i < d->n_waits; i++)
        d->base[d->waits[i].route] += d->waits[i].more_usd * delay_h[d->waits[i].queue];
}

/* Waits at the prices. How far they moved, relative; part: how far they are let. */
static double move_delays(const karvan_i_capacitated *p, const double *price, double part,
                          double *delay_h) {
    double moved = 0;
    for (int32_t a = 0; a < p->n_resources; a++) {
        if (p->resources[a].kind != KARVAN_I_QUEUE) continue;
        double now = price[a] / p->resources[a].hour_usd;
        moved = fmax(moved, fabs(now - delay_h[a]) / (1 + now));
        delay_h[a] += part * (now - delay_h[a]);
    }
    return p->hour_usd ? moved : 0;
}

/* The proximal centres: how far they move, of the demand; a short step moves them by little even
 * where much is left. */
static double move_activities(karvan_i_dual *d) {
    double moved = 0, demand = fmax(total_demand(d->p), 1e-300),
           short_by = fmax(1, demand * d->model.scale / d->activity_step);
    for (int32_t j = 0; j < d->p->n_activities; j++) {
        moved = fmax(moved, fabs(d->next[j] - d->activity[j]) / demand);
        d->activity[j] = d->next[j];
    }
    return moved * short_by;
}

/* Cost of the flows less the value of the linear programme's dual, of the cost. */
static double gap(const karvan_i_dual *d, const double *price, double *primal, double *dual) {
    const karvan_i_capacitated *p = d->p;
    *primal = *dual = 0;
    for (int32_t k = 0; k < p->sets->n_pairs; k++) {
        double least = INFINITY;
        if (!(d->logsum[k] < INFINITY)) continue;
        for (int64_t r = p->sets->first[k]; r < p->sets->first[k + 1]; r++) {
            least = fmin(least, d->cost[r]);
            if (d->share[r] > 0) *primal += p->demand[k] * d->share[r] * d->base[r];
        }
        *dual += p->demand[k] * least;
    }
    for (int32_t j = 0; j < p->n_activities; j++) {
        double reduced = p->activity_cost[j];
        for (int64_t i = p->activities.first[j]; i < p->activities.first[j + 1]; i++)
            reduced += p->activities.amount[i] * price[p->activities.resource[i]];
        *primal += p->activity_cost[j] * d->next[j];
        *dual += fmin(0, reduced) * d->next[j];
    }
    for (int32_t a = 0; a < p->n_resources; a++) {
        const karvan_i_resource *r = &p->resources[a];
        if (r->kind == KARVAN_I_LIMIT) *dual -= r->capacity * price[a];
        if (r->kind != KARVAN_I_QUEUE) continue;
        double load = karvan_i_delay_load(&r->delay, price[a] / r->hour_usd),
               area = r->hour_usd * karvan_i_delay_integral(&r->delay, load);
        *primal += area, *dual += area - price[a] * load;
    }
    return fabs(*primal - *dual) / (fabs(*primal) + 1e-300);
}

/* Largest cost of an open route. */
static double most_cost(const karvan_i_dual *d) {
    double most = 1e-300;
    for (int64_t r = 0; r < d->sets.first[d->sets.n_pairs]; r++)
        if (d->cost[r] < INFINITY) most = fmax(most, fabs(d->cost[r]));
    return most;
}

/* The entropy of the next round is measured from these shares; it counts for half as much, as long
 * as rounding of costs does not show in shares. */
static void move_shares(karvan_i_dual *d, double most) {
    for (int32_t k = 0; k < d->sets.n_pairs; k++)
        for (int64_t r = d->sets.first[k]; r < d->sets.first[k + 1]; r++)
            if (d->cost[r] < INFINITY)
                d->log_size[r] =
                    fmin(0, d->log_size[r] + d->model.scale * (d->logsum[k] - d->cost[r]));
    if (d->model.scale * most < 1e5) d->model.scale *= 2;
}

/* ---- which limits matter ---- */

/* Queues and balances are watched, and limits that have a price or are nearly full at the flows as
 * they are; *more: have any come to it? */
static karvan_status watch(karvan_i_dual *d, const double *price, bool *more, karvan_error *err) {
    const double NEAR = 0.3;
    const karvan_i_capacitated *p = d->p;
    *more = false;
    for (int32_t a = 0; a < p->n_resources; a++) {
        const karvan_i_resource *r = &p->resources[a];
        if (d->watched[a] ||
            (r->kind == KARVAN_I_LIMIT && price[a] <= 0 && !(d->load[a] > NEAR * r->capacity)))
            continue;
        d->watched[a] = *more = true;
    }
    if (!*more) return KARVAN_OK;
    return karvan_i_patterns_find(&p->routes, d->sets.first[d->sets.n_pairs], d->watched,
                                  &d->patterns, err);
}

/* What is watched to begin with: at the prices to begin with. */
static karvan_status watch_first(karvan_i_dual *d, const double *price, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool more;
    karvan_i_dual_choose(d, price);
    karvan_i_dual_loads(d, price);
    KARVAN_TRY(watch(d, price, &more, err));
    if (!more)
        KARVAN_TRY(karvan_i_patterns_find(&d->p->routes, d->sets.first[d->sets.n_pairs], d->watched,
                                          &d->patterns, err));
done:
    return st;
}

/* The maximum over all prices: over those that are watched, until no other limit is exceeded. */
static karvan_status maximise(karvan_i_dual *d, double *price, double tolerance, int *iterations,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (bool more = true; more;) {
        double most = 0;
        KARVAN_TRY(karvan_i_dual_maximise(d, price, tolerance, iterations, err));
        karvan_i_dual_loads(d, price);
        for (int32_t a = 0; a < d->p->n_resources; a++)
            if (!d->watched[a]) most = fmax(most, d->gradient[a] / d->p->resources[a].capacity);
        if (most <= tolerance) break;
        KARVAN_TRY(watch(d, price, &more, err));
    }
done:
    return st;
}

/* Rounds need their maximum no closer than what they still move; the last as close as is asked. A
 * maximum that was not reached is no reason to stop: the next round may ask an easier one. */
static karvan_status run_rounds(karvan_i_dual *d, karvan_i_capacity *out, karvan_error *err) {
    enum { ROUNDS = 200 };
    karvan_status st = KARVAN_OK;
    const karvan_i_capacitated *p = d->p;
    bool alone = !p->hour_usd && p->n_activities == 0 && !p->deterministic;
    double part = 1, before = INFINITY, longest_step = 1e4 * d->activity_step,
           close = alone ? p->tolerance : fmax(p->tolerance, 1e-3);
    for (int round = 0; round < ROUNDS && (round == 0 || out->iterations < p->max_iterations);
         round++) {
        set_base(d, out->delay_h);
        int steps = out->iterations;
        st = maximise(d, out->price, close, &out->iterations, err);
        steps = out->iterations - steps;
        bool reached = st == KARVAN_OK;
        if (st != KARVAN_E_NOCONV) KARVAN_TRY(st);
        st = KARVAN_OK;
        out->asymmetry = move_delays(p, out->price, part, out->delay_h);
        if (out->asymmetry > before) part = fmax(part / 2, 0.05);
        if (out->asymmetry < (1 - part / 2) * before) part = fmin(part * 1.5, 1);
        before = out->asymmetry;
        double moved = 0, unlike = 0;
        if (reached) moved = move_activities(d);
        /* long steps need few rounds, and a maximum that is hard to find */
        d->activity_step *= !reached ? 0.25 : steps <= 8 ? 4 : steps <= 20 ? 1 : 0.5;
        d->activity_step = fmin(d->activity_step, longest_step);
        if (p->deterministic) unlike = gap(d, out->price, &out->primal, &out->dual);
        double left = fmax(fmax(out->asymmetry, moved), unlike);
        if (left <= 100 * p->tolerance && reached && close <= p->tolerance) {
            out->converged = true;
            break;
        }
        if (!reached && alone) break;
        if (reached) close = fmax(p->tolerance, fmin(0.3 * close, left));
        if (p->deterministic) move_shares(d, most_cost(d));
    }
done:
    return st;
}

/* Prices stand in out; the rest is read off the dual's last point. */
static void take(karvan_i_dual *d, karvan_i_capacity *out) {
    const karvan_i_capacitated *p = d->p;
    karvan_i_dual_loads(d, out->price);
    size_t routes = (size_t)p->sets->first[p->sets->n_pairs], real = sizeof(double);
    memcpy(out->load, d->load, (size_t)p->n_resources * real);
    memcpy(out->share, d->share, routes * real);
    memcpy(out->route_cost, d->cost, routes * real);
    memcpy(out->logsum, d->logsum, (size_t)p->sets->n_pairs * real);
    memcpy(out->demand, d->demand, (size_t)p->sets->n_pairs * real);
    memcpy(out->activity, d->next, (size_t)p->n_activities * real);
    for (int32_t a = 0; a < p->n_resources; a++)
        if (p->resources[a].kind == KARVAN_I_QUEUE)
            out->delay_h[a] = out->price[a] / p->resources[a].hour_usd;
    karvan_i_dual_residuals(d, out->price, &out->over, &out->slack);
    if (!p->deterministic) {
        out->dual = d->value, out->primal = NAN;
        return;
    }
    for (int32_t k = 0; k < p->sets->n_pairs; k++)
        for (int64_t r = p->sets->first[k]; r < p->sets->first[k + 1]; r++)
            out->logsum[k] = fmin(r == p->sets->first[k] ? INFINITY : out->logsum[k], d->cost[r]);
}

karvan_status karvan_i_capacitated_solve(const karvan_i_capacitated *p, karvan_i_capacity *out,
                                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_dual d = {0};
    *out = (karvan_i_capacity){0};
    KARVAN_TRY(check(p, err));
    KARVAN_TRY(out_init(out, p, err));
    KARVAN_TRY(dual_init(&d, p, err));
    KARVAN_TRY(set_small(&d, err));
    begin(&d);
    if (p->start) memcpy(out->price, p->start, (size_t)p->n_resources * sizeof *out->price);
    for (int32_t a = 0; a < p->n_resources; a++)
        if (p->resources[a].kind == KARVAN_I_QUEUE)
            out->delay_h[a] = fmax(0, out->price[a]) / p->resources[a].hour_usd;
    KARVAN_TRY(karvan_i_choice_check(&d.sets, &d.model, err));
    KARVAN_TRY(find_waits(&d, err));
    set_base(&d, out->delay_h);
    KARVAN_TRY(watch_first(&d, out->price, err));
    st = run_rounds(&d, out, err);
    if (st != KARVAN_OK && st != KARVAN_E_NOCONV && st != KARVAN_E_CANCELLED) goto done;
    take(&d, out);
    if (st == KARVAN_E_CANCELLED) goto done;
    if (isnan(d.value))
        st = karvan_fail(err, KARVAN_E_NOCONV,
                         "choice is worth more than the goods: their value and what is paid for "
                         "them come to less than nothing");
    else if (!out->converged)
        st = karvan_fail(err, KARVAN_E_NOCONV,
                         "prices are not settled after %d steps: loads exceed capacities by up to "
                         "%.2g of them, complementarity lacks %.2g, waits move by %.2g",
                         out->iterations, out->over, out->slack, out->asymmetry);
done:
    dual_clear(&d);
    if (st != KARVAN_OK && st != KARVAN_E_NOCONV && st != KARVAN_E_CANCELLED)
        karvan_i_capacity_clear(out);
    return st;
}
