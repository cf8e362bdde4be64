/* Freight at equilibrium: what a region gives is made ready, route sets are found, then prices and
 * new routes in turn. */
#include "flow/freight.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_problem.h"
#include "flow/freight_saved.h"
#include "table/cell.h"

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- what is asked ---- */

static karvan_status check_options(const karvan_freight_options *o, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(o->scale > 0 && o->scale < INFINITY, err, KARVAN_E_ARG,
                   "the scale of choice is above 0 per USD a TEU, not %g", o->scale);
    KARVAN_REQUIRE(o->nest_scale == 0 || (o->nest_scale >= o->scale && o->nest_scale < INFINITY),
                   err, KARVAN_E_ARG, "the scale within nests, %g, is not below that of choice, %g",
                   o->nest_scale, o->scale);
    KARVAN_REQUIRE(o->reject_usd_per_teu > 0 && o->reject_usd_per_teu < INFINITY, err, KARVAN_E_ARG,
                   "staying at home is worth more than 0 USD a TEU, not %g", o->reject_usd_per_teu);
    KARVAN_REQUIRE(o->empty_cost_share >= 0 && o->empty_cost_share <= 1, err, KARVAN_E_ARG,
                   "an empty move costs 0 to 1 of a loaded one, not %g", o->empty_cost_share);
    KARVAN_REQUIRE(o->carbon_usd_per_kg >= 0 && o->carbon_usd_per_kg < INFINITY, err, KARVAN_E_ARG,
                   "a price of carbon of %g", o->carbon_usd_per_kg);
    KARVAN_REQUIRE(o->alternatives >= 0 && o->max_overlap >= 0 && o->max_stretch >= 1, err,
                   KARVAN_E_ARG, "%d alternatives, overlap %g, stretch %g", o->alternatives,
                   o->max_overlap, o->max_stretch);
    KARVAN_REQUIRE(o->tolerance > 0 && o->max_iterations > 0, err, KARVAN_E_ARG,
                   "a tolerance of %g in %d steps", o->tolerance, o->max_iterations);
done:
    return st;
}

static karvan_status check_demand(const karvan_freight *f, const karvan_freight_demand *d,
                                  karvan_error *err) {
    const karvan_table *t = karvan_package_table(f->region, "cargo_classes");
    int32_t places = (int32_t)karvan_table_rows(f->places),
            classes = t ? (int32_t)karvan_table_rows(t) : 0;
    for (int32_t k = 0; k < d->n; k++) {
        int32_t a = d->origin[k], b = d->destination[k];
        if (a < 0 || a >= places || b < 0 || b >= places || a == b)
            return karvan_fail(err, KARVAN_E_ARG, "pair %d: from place %d to place %d, of %d",
                               (int)k, (int)a, (int)b, (int)places);
        if (!(d->teu_day[k] >= 0 && d->teu_day[k] < INFINITY))
            return karvan_fail(err, KARVAN_E_ARG, "pair %d: a demand of %g TEU a day", (int)k,
                               d->teu_day[k]);
        if (d->kind && d->kind[k] > KARVAN_FREIGHT_TRANSIT)
            return karvan_fail(err, KARVAN_E_ARG, "pair %d: kind %d", (int)k, (int)d->kind[k]);
        if (d->cargo_class[k] < 0 || d->cargo_class[k] >= classes)
            return karvan_fail(err, KARVAN_E_ARG, "pair %d: cargo class %d, of %d", (int)k,
                               (int)d->cargo_class[k], (int)classes);
    }
    return KARVAN_OK;
}

/* ---- made ready ---- */

void karvan_freight_destroy(karvan_freight *f) {
    if (!f) return;
    for (int32_t l = 0; f->lane && l < f->n_lanes; l++)
        karvan_i_lane_clear(&f->lane[l], f->n_corridors);
    karvan_network_destroy(f->plain);
    karvan_i_empties_clear(&f->empties), karvan_i_freight_ways_clear(&f->ways);
    karvan_i_free(f->most), karvan_i_free(f->constant), karvan_i_free(f->lane),
        karvan_i_free(f->pools), karvan_i_free(f->scarce.all);
    karvan_i_free(f->key_first), karvan_i_free(f->key_scarce);
    karvan_i_free(f->pair_lane), karvan_i_free(f->pair_from), karvan_i_free(f->pair_to);
    karvan_i_free(f->pair_kind);
    karvan_i_free(f->demand), karvan_i_free(f->first_way), karvan_i_free(f->flow);
    karvan_i_free(f->way_cost), karvan_i_free(f->way_share), karvan_i_free(f->cost_free),
        karvan_i_free(f->cost);
    karvan_i_free(f->served), karvan_i_free(f->price), karvan_i_free(f->delay_h);
    karvan_i_free(f->load), karvan_i_free(f->empty);
    karvan_i_free(f->held.price), karvan_i_free(f->held.delay_h), karvan_i_free(f->held.empty);
    karvan_i_free(f);
}

static karvan_status find_tables(karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_need_table(f->region, "links", &f->links, err));
    KARVAN_TRY(karvan_i_need_table(f->region, "terminals", &f->terminals, err));
    KARVAN_TRY(karvan_i_need_table(f->region, "services", &f->services, err));
    KARVAN_TRY(karvan_i_need_table(f->region, "corridors", &f->corridors, err));
    KARVAN_TRY(karvan_i_need_table(f->region, "places", &f->places, err));
    f->capacities = karvan_package_table(f->region, "capacities");
    f->constants = f->options.constants ? f->options.constants
                                        : karvan_package_table(f->region, "corridor_constants");
    f->n_corridors = (int32_t)karvan_table_rows(f->corridors);
    f->options.network.cargo_class = NULL, f->options.network.by_clock = false;
done:
    return st;
}

static karvan_status take_demand(karvan_freight *f, const karvan_freight_demand *d,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)d->n + 2;
    KARVAN_TRY(check_demand(f, d, err));
    f->n_pairs = d->n;
    f->pair_lane = karvan_i_calloc(n, sizeof *f->pair_lane);
    f->pair_from = karvan_i_calloc(n, sizeof *f->pair_from);
    f->pair_to = karvan_i_calloc(n, sizeof *f->pair_to);
    f->pair_kind = karvan_i_calloc(n, sizeof *f->pair_kind);
    f->demand = karvan_i_calloc(n, sizeof *f->demand);
    f->first_way = karvan_i_calloc(n, sizeof *f->first_way);
    f->cost_free = karvan_i_calloc(n, sizeof *f->cost_free);
    f->cost = karvan_i_calloc(n, sizeof *f->cost);
    f->served = karvan_i_calloc(n, sizeof *f->served);
    KARVAN_REQUIRE(f->pair_lane && f->pair_from && f->pair_to && f->pair_kind && f->demand &&
                       f->first_way && f->cost_free && f->cost && f->served,
                   err, KARVAN_E_NOMEM, "no memory for %d pairs", (int)d->n);
    for (int32_t k = 0; k < d->n; k++) {
        f->pair_from[k] = d->origin[k], f->pair_to[k] = d->destination[k];
        f->demand[k] = d->teu_day[k];
        if (d->kind) f->pair_kind[k] = d->kind[k];
    }
done:
    return st;
}

/* That of no class in particular, and those of lanes. */
static karvan_status make_network(void *ctx, int64_t begin, int64_t end, int worker,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_freight *f = ctx;
    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        if (i == 0) {
            KARVAN_TRY(karvan_network_create(f->region, &f->options.network, &f->plain, err));
        } else {
            karvan_i_lane *lane = &f->lane[i - 1];
            KARVAN_TRY(karvan_i_lane_init(f, lane->cargo_class, lane, err));
        }
    }
done:
    return st;
}

/* A lane for each class that some pair is of, in the order met. */
static karvan_status make_lanes(karvan_freight *f, const karvan_freight_demand *d,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t classes = 0, *lane_of = NULL;
    for (int32_t k = 0; k < d->n; k++)
        if (d->cargo_class[k] >= classes) classes = d->cargo_class[k] + 1;
    lane_of = karvan_i_malloc((size_t)classes + 1, sizeof *lane_of);
    f->lane = karvan_i_calloc((size_t)classes + 1, sizeof *f->lane);
    KARVAN_REQUIRE(lane_of && f->lane, err, KARVAN_E_NOMEM, "no memory for classes");
    for (int32_t c = 0; c < classes; c++) lane_of[c] = -1;
    for (int32_t k = 0; k < d->n; k++) {
        int32_t c = d->cargo_class[k];
        if (lane_of[c] < 0) f->lane[f->n_lanes].cargo_class = c, lane_of[c] = f->n_lanes++;
        f->pair_lane[k] = lane_of[c];
    }
    KARVAN_TRY(
        karvan_parallel_for(f->n_lanes + 1, 1, f->options.threads, make_network, f, NULL, err));
done:
    karvan_i_free(lane_of);
    return st;
}

static karvan_status make_room(karvan_freight *f, karvan_error *err) {
    size_t n = (size_t)f->scarce.n + 1;
    f->price = karvan_i_calloc(n, sizeof *f->price);
    f->delay_h = karvan_i_calloc(n, sizeof *f->delay_h);
    f->load = karvan_i_calloc(n, sizeof *f->load), f->most = karvan_i_calloc(n, sizeof *f->most);
    f->empty = karvan_i_calloc((size_t)f->empties.n + 1, sizeof *f->empty);
    f->held.price = karvan_i_calloc(n, sizeof *f->held.price);
    f->held.delay_h = karvan_i_calloc(n, sizeof *f->held.delay_h);
    f->held.empty = karvan_i_calloc((size_t)f->empties.n + 1, sizeof *f->held.empty);
    if (f->price && f->delay_h && f->load && f->most && f->empty && f->held.price &&
        f->held.delay_h && f->held.empty)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d capacities", (int)f->scarce.n);
}

static karvan_status prepare(karvan_freight *f, const karvan_freight_demand *d,
                             const karvan_freight *start, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *pools = f->options.empty_pools;
    if (pools) {
        f->pools = karvan_i_strndup(pools, strlen(pools));
        KARVAN_REQUIRE(f->pools, err, KARVAN_E_NOMEM, "no memory for pools");
    }
    f->options.empty_pools = f->pools;
    KARVAN_TRY(find_tables(f, err));
    KARVAN_TRY(take_demand(f, d, err));
    KARVAN_TRY(make_lanes(f, d, err));
    KARVAN_TRY(karvan_i_freight_constants(f, err));
    KARVAN_TRY(karvan_i_scarce_find(f, err));
    KARVAN_TRY(karvan_i_empties_find(f, err));
    for (int32_t l = 0; l < f->n_lanes; l++) KARVAN_TRY(karvan_i_lane_uses(f, &f->lane[l], err));
    KARVAN_TRY(make_room(f, err));
    karvan_i_freight_start_prices(f, start);
done:
    return st;
}

/* ---- prices and routes in turn ---- */

static karvan_status take(karvan_freight *f, const karvan_i_freight_problem *p,
                          const karvan_i_capacity *c, karvan_error *err) {
    size_t n = (size_t)f->scarce.n;
    double *flow = karvan_i_realloc(f->flow, (size_t)f->ways.n + 1, sizeof *flow);
    if (flow) f->flow = flow;
    double *cost = karvan_i_realloc(f->way_cost, (size_t)f->ways.n + 1, sizeof *cost);
    if (cost) f->way_cost = cost;
    double *share = karvan_i_realloc(f->way_share, (size_t)f->ways.n + 1, sizeof *share);
    if (share) f->way_share = share;
    if (!flow || !cost || !share) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for flows");
    memset(f->price, 0, n * sizeof *f->price), memset(f->delay_h, 0, n * sizeof *f->delay_h);
    memset(f->load, 0, n * sizeof *f->load);
    for (int32_t a = 0; a < p->core.n_resources; a++) {
        int32_t x = p->global[a];
        f->price[x] = c->price[a], f->delay_h[x] = c->delay_h[a];
    }
    for (int32_t k = 0; k < f->n_pairs; k++) {
        f->cost[k] = c->logsum[k];
        f->served[k] = 0;
        for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++) {
            int64_t r = karvan_i_route_of(k, w);
            f->way_share[w] = c->share[r], f->flow[w] = f->demand[k] * c->share[r];
            f->way_cost[w] = c->route_cost[r], f->served[k] += f->flow[w];
        }
    }
    if (f->empties.n > 0) memcpy(f->empty, c->activity, (size_t)f->empties.n * sizeof *f->empty);
    f->taken = true;
    f->stats.iterations += c->iterations, f->stats.converged = c->converged;
    f->stats.over = c->over, f->stats.slack = c->slack, f->stats.asymmetry = c->asymmetry;
    f->stats.objective = c->dual, f->stats.resources = p->core.n_resources;
    f->stats.gap =
        f->options.deterministic ? fabs(c->primal - c->dual) / (fabs(c->primal) + 1e-300) : 0;
    return KARVAN_OK;
}

/* Cost of each pair over its set when nothing is full. */
static karvan_status free_costs(karvan_freight *f, const karvan_i_freight_problem *p,
                                karvan_error *err) {
    karvan_status st = karvan_choice_shares(&p->sets, &p->model, p->cost, NULL, f->cost_free, err);
    for (int32_t k = 0; f->options.deterministic && k < f->n_pairs; k++) {
        f->cost_free[k] = INFINITY;
        for (int64_t r = p->first[k]; r < p->first[k + 1]; r++)
            f->cost_free[k] = fmin(f->cost_free[k], p->cost[r]);
    }
    return st;
}

static bool any_price(const karvan_freight *f) {
    for (int32_t s = 0; s < f->scarce.n; s++)
        if (f->price[s] != 0) return true;
    return false;
}

/* While routes are still being found, prices are solved for as closely as that needs. */
static karvan_status one_round(karvan_freight *f, bool rough, bool *settled, karvan_error *err) {
    const double ROUGH = 1e-3;
    const int STEPS = 6; /* prices of sets that lack routes are far too high when they settle */
    karvan_status st = KARVAN_OK;
    karvan_i_freight_problem p = {0};
    karvan_i_capacity c = {0};
    double began = now_s();
    KARVAN_TRY(karvan_i_freight_problem_init(&p, f, err));
    p.core.max_iterations -= f->stats.iterations - f->steps_before;
    /* rounds of their own, of waits, empties and shares, are not to end early */
    rough =
        rough && !f->options.empties && !f->options.deterministic && p.core.max_iterations > STEPS;
    if (rough) p.core.tolerance = fmax(p.core.tolerance, ROUGH), p.core.max_iterations = STEPS;
    st = karvan_i_capacitated_solve(&p.core, &c, err);
    *settled = st != KARVAN_E_CANCELLED && (rough || st == KARVAN_OK);
    if (st == KARVAN_E_NOCONV) st = KARVAN_OK;
    if (st != KARVAN_E_CANCELLED) KARVAN_TRY(st);
    bool stopped = st == KARVAN_E_CANCELLED;
    if (!rough || stopped || (!f->taken && !f->keeps_all))
        KARVAN_TRY(free_costs(f, &p, err)); /* the last round is not rough */
    KARVAN_TRY(take(f, &p, &c, err));
    if (stopped) st = KARVAN_E_CANCELLED;
done:
    f->stats.seconds_solve += now_s() - began;
    karvan_i_freight_problem_clear(&p), karvan_i_capacity_clear(&c);
    return st;
}

/* ---- the rounds ---- */

/* What the rounds do next. */
static void hold(karvan_freight *f, bool rough, bool any_new, bool warm) {
    karvan_i_held *h = &f->held;
    size_t n = (size_t)f->scarce.n;
    memcpy(h->price, f->price, n * sizeof *h->price);
    memcpy(h->delay_h, f->delay_h, n * sizeof *h->delay_h);
    memcpy(h->empty, f->empty, (size_t)f->empties.n * sizeof *h->empty);
    h->rounds = f->stats.rounds, h->iterations = f->stats.iterations;
    h->rough = rough, h->any_new = any_new, h->warm = warm;
}

/* Sets of ways to begin with, and where the rounds are. Few rounds on another network do with the
 * ways that the start has found beside those of a search of its own. *all: none of them is shut. */
static karvan_status begin(karvan_freight *f, const karvan_freight *start, bool few, bool *all,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool warm = karvan_i_freight_like(f, start);
    f->held.rough = true, f->held.warm = warm, *all = true;
    if (f->options.saved) return karvan_i_freight_resume(f, f->options.saved, err);
    if (warm) {
        KARVAN_TRY(karvan_i_freight_start_ways(f, start, err));
        *all = f->ways.n == start->ways.n;
        goto done;
    }
    KARVAN_TRY(karvan_i_freight_routes(f, NULL, err));
    if (!start || !few) goto done;
    KARVAN_TRY(karvan_i_freight_start_keyed(f, start, all, err));
    karvan_i_freight_keyed_prices(f, start);
done:
    return st;
}

/* most: rounds in which routes are sought, then the rest is left as it is; 0: until none is found.
 */
static karvan_status run(karvan_freight *f, const karvan_freight *start, int most,
                         karvan_error *err) {
    enum { ROUNDS = 60 };
    karvan_status st = KARVAN_OK;
    double began = now_s();
    bool settled = false, all;
    KARVAN_TRY(begin(f, start, most > 0, &all, err));
    if (!all) most = 0; /* ways were shut: others carry much */
    f->stats.seconds_routes = now_s() - began;
    f->stats.rounds = f->stats.rounds_before = f->held.rounds;
    f->stats.iterations = f->held.iterations;
    f->steps_before = f->held.iterations;
    bool rough = f->held.rough, any_new = f->held.any_new, warm = f->held.warm;
    for (bool more = true; more;) {
        int64_t added = 0;
        int steps = f->stats.iterations;
        hold(f, rough, any_new, warm);
        f->stats.rounds++;
        KARVAN_TRY(one_round(f, rough, &settled, err));
        if (!settled) break;
        bool moved = f->stats.rounds == 1 || f->stats.iterations > steps || any_new;
        /* where no price is there is no other best way, but for sets of another day */
        if (((moved && any_price(f)) || warm) && !f->held.ended) {
            began = now_s();
            KARVAN_TRY(karvan_i_freight_better(f, &added, err));
            f->stats.seconds_routes += now_s() - began;
        }
        more = added > 0 || rough;
        rough = any_new = added > 0, warm = false;
        if (more && most > 0 && f->stats.rounds >= most) { /* shares of the routes found last */
            KARVAN_TRY(one_round(f, true, &settled, err));
            break;
        }
        if (!more || f->stats.rounds < ROUNDS) continue;
        KARVAN_TRY(one_round(f, false, &more, err)); /* flows of the routes found last */
        settled = f->stats.converged = false;
        *err = (karvan_error){0}; /* of rounds that were rough */
        (void)karvan_fail(err, KARVAN_E_NOCONV,
                          "prices still make other routes best after %d rounds", (int)ROUNDS);
        break;
    }
    if (!settled && f->stats.rounds < ROUNDS) {
        *err = (karvan_error){0};
        (void)karvan_fail(err, KARVAN_E_NOCONV,
                          "prices are not settled after %d steps in %d rounds: loads exceed "
                          "capacities by up to %.2g of them, complementarity lacks %.2g, waits "
                          "move by %.2g",
                          f->stats.iterations, f->stats.rounds, f->stats.over, f->stats.slack,
                          f->stats.asymmetry);
    }
    st = settled ? KARVAN_OK : KARVAN_E_NOCONV;
    if (settled) *err = (karvan_error){0}; /* of rounds that were rough */
done:
    return st;
}

/* A case on the network of its start, of which nothing is shut: what is new about it passes what is
 * cheaper. Where nothing is, there is nothing to find, and it has no ways of its own. *done false:
 * it is to be run as any other. */
static karvan_status run_news(karvan_freight *f, const karvan_freight *start, int most, bool *done,
                              karvan_error *err) {
    enum {
        ROUGH_STEPS = 6,
        FEW = 16 /* for so many arcs trees of them are less than of origins */
    };
    karvan_status st = KARVAN_OK;
    karvan_i_news news = {0};
    int64_t added;
    const karvan_freight_options *o = &f->options;
    *done = most == 1 && !o->empties && !o->deterministic && !o->saved &&
            o->max_iterations > ROUGH_STEPS && karvan_i_freight_like(f, start) &&
            !karvan_i_freight_shuts(f, start);
    if (!*done) return KARVAN_OK;
    f->keeps_all = true;
    KARVAN_TRY(karvan_i_freight_news_find(f, start, &news, err));
    if (news.most == 0) goto done;
    KARVAN_TRY(karvan_i_freight_start_ways(f, start, err));
    bool settled;
    f->stats.rounds = 1;
    KARVAN_TRY(one_round(f, true, &settled, err));
    KARVAN_TRY(news.most <= FEW ? karvan_i_freight_better_by(f, &news, &added, err)
                                : karvan_i_freight_better(f, &added, err));
    KARVAN_TRY(one_round(f, true, &settled, err)); /* shares of the routes found */
    *err = (karvan_error){0};                      /* of rounds that were rough */
done:
    karvan_i_freight_news_clear(&news);
    return st;
}

/* ---- loads ---- */

static void sum_up(karvan_freight *f) {
    karvan_freight_stats *s = &f->stats;
    for (int32_t k = 0; k < f->n_pairs; k++) {
        const karvan_i_lane *lane = &f->lane[f->pair_lane[k]];
        s->demand_teu_day += f->demand[k], s->served_teu_day += f->served[k];
        for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++) {
            const karvan_i_way *way = &f->ways.way[w];
            double hours = way->hours;
            for (int64_t i = way->first; i < way->first + way->n; i++) {
                int32_t a = f->ways.arc[i];
                for (int64_t u = lane->use_first[a]; u < lane->use_first[a + 1]; u++) {
                    f->load[lane->use[u]] += f->flow[w] * lane->amount[u];
                    hours += f->delay_h[lane->use[u]];
                }
            }
            s->usd_day += f->flow[w] * way->usd, s->hours_teu_day += f->flow[w] * hours;
        }
    }
    for (int32_t j = 0; j < f->empties.n; j++)
        for (int64_t u = f->empties.use_first[j]; u < f->empties.use_first[j + 1]; u++)
            f->load[f->empties.use[u]] += f->empty[j] * f->empties.amount[u];
    for (int32_t x = 0; x < f->scarce.n; x++)
        s->binding += f->scarce.all[x].core.kind == KARVAN_I_LIMIT && f->price[x] > 0;
    s->unserved_teu_day = s->demand_teu_day - s->served_teu_day;
    s->pairs = f->n_pairs, s->routes = f->ways.n;
}

karvan_status karvan_i_freight_prepare(const karvan_package *region,
                                       const karvan_freight_demand *demand,
                                       const karvan_freight_options *options, karvan_freight **out,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *out = NULL;
    karvan_freight *f = karvan_i_calloc(1, sizeof *f);
    KARVAN_TRY(check_options(options, err));
    KARVAN_REQUIRE(f, err, KARVAN_E_NOMEM, "no memory for freight");
    f->region = region, f->options = *options;
    KARVAN_TRY(prepare(f, demand, NULL, err));
    *out = f, f = NULL;
done:
    karvan_freight_destroy(f);
    return st;
}

karvan_status karvan_i_freight_rounds(const karvan_package *region,
                                      const karvan_freight_demand *demand,
                                      const karvan_freight_options *options,
                                      const karvan_freight *start, int most, karvan_freight **out,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_freight *f = NULL;
    karvan_error own = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!err) err = &own;
    KARVAN_REQUIRE(region && demand && options, err, KARVAN_E_ARG,
                   "freight needs a region, demand and options");
    KARVAN_REQUIRE(!start || !options->saved, err, KARVAN_E_ARG,
                   "a start is a solution, or what was saved of one, not both");
    KARVAN_TRY(check_options(options, err));
    f = karvan_i_calloc(1, sizeof *f);
    KARVAN_REQUIRE(f, err, KARVAN_E_NOMEM, "no memory for freight");
    f->region = region, f->options = *options;
    KARVAN_TRY(prepare(f, demand, start, err));
    bool done;
    st = run_news(f, start, most, &done, err);
    if (!done) st = run(f, start, most, err);
    if (st == KARVAN_E_CANCELLED && f->taken) {
        f->stats.converged = false, f->held.stopped = true, *err = (karvan_error){0};
        (void)karvan_fail(
            err, KARVAN_E_CANCELLED,
            "cancelled after %d round%s: loads exceed capacities by up to %.2g of them",
            f->stats.rounds, f->stats.rounds == 1 ? "" : "s", f->stats.over);
    } else if (st != KARVAN_OK && st != KARVAN_E_NOCONV) {
        goto done;
    }
    sum_up(f);
    f->options.cancel = NULL, f->options.saved = NULL; /* borrowed for this call only */
    *out = f, f = NULL;
done:
    karvan_freight_destroy(f);
    return st;
}

karvan_status karvan_freight_solve(const karvan_package *region,
                                   const karvan_freight_demand *demand,
                                   const karvan_freight_options *options,
                                   const karvan_freight *start, karvan_freight **out,
                                   karvan_error *err) {
    return karvan_i_freight_rounds(region, demand, options, start, 0, out, err);
}

karvan_freight_stats karvan_freight_statistics(const karvan_freight *f) { return f->stats; }
const double *karvan_freight_cost_free_view(const karvan_freight *f) { return f->cost_free; }
const double *karvan_freight_cost_view(const karvan_freight *f) { return f->cost; }
const double *karvan_freight_served_view(const karvan_freight *f) { return f->served; }
