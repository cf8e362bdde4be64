#ifndef KARVAN_TESTS_CAPACITATED_H
#define KARVAN_TESTS_CAPACITATED_H
/* Small capacitated problems for tests: built a pair, a route, a use at a time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flow/capacitated.h"

enum { TOY_PAIRS = 16, TOY_ROUTES = 96, TOY_USES = 512, TOY_RESOURCES = 32, TOY_ACTIVITIES = 32 };

typedef struct toy {
    int64_t first[TOY_PAIRS + 1], use_first[TOY_ROUTES + 1], act_first[TOY_ACTIVITIES + 1];
    double demand[TOY_PAIRS], cost[TOY_ROUTES], log_size[TOY_ROUTES];
    int32_t nest[TOY_ROUTES], use[TOY_USES], act_use[TOY_USES];
    double amount[TOY_USES], hour_usd[TOY_USES], act_amount[TOY_USES], act_cost[TOY_ACTIVITIES];
    karvan_i_resource resource[TOY_RESOURCES];
    karvan_choice_sets sets;
    karvan_choice_model model;
    karvan_i_capacitated p;
} toy;

static inline void toy_begin(toy *t, double scale) {
    memset(t, 0, sizeof *t);
    t->model = (karvan_choice_model){KARVAN_CHOICE_LOGIT, scale, scale, 1};
    t->sets = (karvan_choice_sets){.first = t->first, .log_size = t->log_size, .nest = t->nest};
    t->sets.n_nests = 1;
    t->p = (karvan_i_capacitated){.sets = &t->sets, .model = &t->model, .demand = t->demand};
    t->p.cost = t->cost, t->p.resources = t->resource;
    t->p.routes = (karvan_i_uses){t->use_first, t->use, t->amount};
    t->p.activities = (karvan_i_uses){t->act_first, t->act_use, t->act_amount};
    t->p.activity_cost = t->act_cost, t->p.tolerance = 1e-10, t->p.max_iterations = 2000;
}
static inline void toy_pair(toy *t, double demand) {
    t->demand[t->sets.n_pairs++] = demand;
    t->first[t->sets.n_pairs] = t->first[t->sets.n_pairs - 1];
}
static inline void toy_route(toy *t, double cost) { /* of the newest pair */
    int64_t r = t->first[t->sets.n_pairs]++;
    t->cost[r] = cost;
    t->use_first[r + 1] = t->use_first[r];
}
static inline void toy_use(toy *t, int32_t resource, double amount) { /* by the newest route */
    int64_t i = t->use_first[t->first[t->sets.n_pairs]]++;
    t->use[i] = resource, t->amount[i] = amount;
}
static inline int32_t toy_limit(toy *t, double capacity) {
    t->resource[t->p.n_resources] =
        (karvan_i_resource){.kind = KARVAN_I_LIMIT, .capacity = capacity};
    return t->p.n_resources++;
}
static inline int32_t toy_queue(toy *t, double capacity, double servers, double hour_usd) {
    t->resource[t->p.n_resources] = (karvan_i_resource){
        KARVAN_I_QUEUE, capacity, karvan_i_delay_of(capacity, servers, 1, 1), hour_usd};
    return t->p.n_resources++;
}
static inline int32_t toy_balance(toy *t) {
    t->resource[t->p.n_resources] = (karvan_i_resource){.kind = KARVAN_I_BALANCE};
    return t->p.n_resources++;
}
static inline void toy_activity(toy *t, double cost) {
    t->act_cost[t->p.n_activities++] = cost;
    t->act_first[t->p.n_activities] = t->act_first[t->p.n_activities - 1];
}
static inline void toy_act(toy *t, int32_t resource, double amount) { /* by the newest activity */
    int64_t i = t->act_first[t->p.n_activities]++;
    t->act_use[i] = resource, t->act_amount[i] = amount;
}
/* Shares (by route) and cost of a pair, for slow checkers: not by the
 * library. */
static inline double toy_choose(const toy *t, int32_t k, const double *price, double *share) {
    bool nested = t->model.kind == KARVAN_CHOICE_NESTED;
    double theta = nested ? t->model.nest_scale : t->model.scale, mu = t->model.scale, sum = 0;
    double in[3] = {0}, of[3] = {0};
    for (int64_t r = t->first[k]; r < t->first[k + 1]; r++) {
        double c = t->cost[r] - 200;
        for (int64_t i = t->use_first[r]; i < t->use_first[r + 1]; i++)
            c += t->amount[i] * price[t->use[i]];
        share[r] = exp(-theta * c + (nested ? t->log_size[r] : 0));
        in[nested ? t->nest[r] : 0] += share[r];
    }
    for (int m = 0; m < 3; m++) sum += of[m] = in[m] > 0 ? pow(in[m], mu / theta) : 0;
    for (int64_t r = t->first[k]; r < t->first[k + 1]; r++) {
        int m = nested ? t->nest[r] : 0;
        share[r] = in[m] > 0 ? share[r] / in[m] * of[m] / sum : 0;
    }
    return 200 - log(sum) / mu;
}
#endif
