/* The chain of one draw to its fixed point: costs, loads, what pairs pay, trade, tonnes, and again.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/elementary.h"
#include "base/try.h"
#include "study/study.h"
#include "trade/economy.h"

karvan_status karvan_i_outcome_init(karvan_i_outcome *s, const karvan_i_menu *m,
                                    const karvan_i_exchange *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t nn = (size_t)x->n * (size_t)x->n + 1;
    *s = (karvan_i_outcome){0};
    KARVAN_TRY(karvan_i_costs_init(&s->costs, m, err));
    KARVAN_TRY(karvan_i_loads_init(&s->loads, m, err));
    size_t groups = (size_t)x->n_groups + 1;
    s->bill = karvan_i_calloc(groups, sizeof *s->bill), s->d = karvan_i_calloc(nn, sizeof *s->d);
    s->paid = karvan_i_calloc(groups, sizeof *s->paid);
    s->factor = karvan_i_calloc(groups, sizeof *s->factor);
    s->worth = karvan_i_calloc(groups, sizeof *s->worth);
    s->ratio = karvan_i_calloc(nn, sizeof *s->ratio);
    s->partial = karvan_i_calloc((size_t)x->economy->n_touched + 1, sizeof *s->partial);
    s->value = karvan_i_calloc((size_t)KARVAN_RESULT_END * (size_t)x->n + 1, sizeof *s->value);
    KARVAN_REQUIRE(s->bill && s->paid && s->factor && s->worth && s->d && s->ratio && s->partial &&
                       s->value,
                   err, KARVAN_E_NOMEM, "no memory for trade");
done:
    if (st != KARVAN_OK) karvan_i_outcome_clear(s);
    return st;
}

void karvan_i_outcome_clear(karvan_i_outcome *s) {
    karvan_i_costs_clear(&s->costs), karvan_i_loads_clear(&s->loads);
    karvan_i_free(s->bill), karvan_i_free(s->d), karvan_i_free(s->ratio);
    karvan_i_free(s->partial), karvan_i_free(s->value), karvan_i_free(s->paid);
    karvan_i_free(s->factor), karvan_i_free(s->worth);
    *s = (karvan_i_outcome){0};
}

/* ---- between the links of the chain ---- */

double karvan_i_chain_given(const karvan_i_chain *k, const karvan_i_supply *side,
                            const double *value, int32_t pair) {
    return side->demand[pair] * value[k->q->amount[3 * k->m->lane[pair] + k->m->kind[pair]]];
}

void karvan_i_chain_bill(const karvan_i_chain *k, const karvan_i_supply *side, const double *value,
                         const double *logsum, double *bill) {
    memset(bill, 0, (size_t)k->x->n_groups * sizeof *bill);
    for (int32_t i = 0; i < k->m->n_pairs; i++)
        if (k->x->group[i] >= 0)
            bill[k->x->group[i]] += karvan_i_chain_given(k, side, value, i) * logsum[i];
}

/* By how much more than before a group pays, of what it trades and paid. */
static karvan_status dearer(const karvan_i_chain *k, const karvan_i_outcome *s, int32_t g,
                            double *out, karvan_error *err) {
    const karvan_economy *e = k->x->economy;
    int64_t at = k->x->of[g];
    *out = (s->bill[g] - s->paid[g]) / (s->worth[g] + s->paid[g]);
    if (*out > -1 && *out < INFINITY) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA,
                       "%s to %s: freight of %.4g USD a day, before %.4g, on trade of %.4g: not a "
                       "trade cost",
                       e->country[at / e->n], e->country[at % e->n], s->bill[g], s->paid[g],
                       s->worth[g]);
}

karvan_status karvan_i_chain_d(const karvan_i_chain *k, karvan_i_outcome *s, double *moved,
                               karvan_error *err) {
    enum { BLOCK = 64 };
    karvan_status st = KARVAN_OK;
    double d[BLOCK];
    *moved = 0;
    for (int32_t g = 0; g < k->x->n_groups; g += BLOCK) {
        int32_t n = k->x->n_groups - g < BLOCK ? k->x->n_groups - g : BLOCK;
        for (int32_t i = 0; i < n; i++) KARVAN_TRY(dearer(k, s, g + i, &d[i], err));
        karvan_i_log1p_all((size_t)n, d);
        for (int32_t i = 0; i < n; i++) {
            double *was = &s->d[k->x->of[g + i]];
            *moved = fmax(*moved, fabs(d[i] - *was));
            *was = d[i];
        }
    }
done:
    return st;
}

/* ---- trade ---- */

static void set_partial(const karvan_i_chain *k, double theta, const double *policy,
                        karvan_i_outcome *s) {
    const karvan_economy *e = k->x->economy;
    for (int64_t t = 0; t < e->n_touched; t++)
        s->partial[t] = -theta * s->d[e->touched[t]] + (policy ? policy[t] : 0);
}

static bool anything(const karvan_i_chain *k, const double *partial) {
    for (int64_t t = 0; t < k->x->economy->n_touched; t++)
        if (partial[t] != 0) return true;
    return false;
}

void karvan_i_chain_still(const karvan_i_chain *k, karvan_i_outcome *s) {
    size_t n = (size_t)k->x->n;
    for (size_t i = 0; i < n * n; i++) s->ratio[i] = 1;
    for (size_t i = 0; i < (size_t)KARVAN_RESULT_END * n; i++) s->value[i] = 1;
}

static karvan_status set_trade(const karvan_i_chain *k, double theta, karvan_i_solver *solver,
                               karvan_i_outcome *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)k->x->n;
    const karvan_equilibrium_options o = {.theta = theta, .tolerance = 1e-12};
    if (!anything(k, s->partial)) {
        karvan_i_chain_still(k, s);
        return KARVAN_OK;
    }
    solver->given = s->partial;
    KARVAN_TRY(karvan_i_solver_run(solver, &o, err));
    memcpy(s->value, solver->value, (size_t)KARVAN_RESULT_END * n * sizeof *s->value);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) s->ratio[i * n + j] = karvan_i_solver_ratio(solver, i, j);
done:
    return st;
}

/* What prices and incomes of the world make of a group's demand, beyond its own cost: the loads
 * answer to the latter themselves. */
static void set_factors(const karvan_i_chain *k, double theta, karvan_i_outcome *s) {
    int32_t n = k->x->n_groups;
    for (int32_t g = 0; g < n; g++) s->factor[g] = theta * s->d[k->x->of[g]];
    karvan_i_exp_all((size_t)n, s->factor);
    for (int32_t g = 0; g < n; g++) s->factor[g] *= s->ratio[k->x->of[g]];
}

karvan_status karvan_i_chain_trade(const karvan_i_chain *k, double theta, const double *policy,
                                   karvan_i_solver *solver, karvan_i_outcome *s,
                                   karvan_error *err) {
    set_partial(k, theta, policy, s);
    karvan_status st = set_trade(k, theta, solver, s, err);
    if (st == KARVAN_OK) set_factors(k, theta, s);
    return st;
}

/* ---- the whole ---- */

karvan_status karvan_i_chain_first(const karvan_i_chain *k, const double *value,
                                   karvan_i_outcome *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_costs_first(k->m, k->q, k->first, value, &s->costs);
    for (int32_t i = 0; i < k->m->n_pairs; i++)
        s->loads.demand[i] = karvan_i_chain_given(k, k->first, value, i);
    KARVAN_TRY(karvan_i_loads_solve(k->m, k->q, k->first, k->first, value, 1, &s->costs, NULL,
                                    k->o->cancel, &s->loads, err));
    karvan_i_chain_bill(k, k->first, value, s->loads.logsum, s->bill);
    karvan_i_chain_still(k, s);
    s->converged = true, s->rounds = 1;
done:
    return st;
}

/* Shares stay: what a pair pays moves by what its routes do. */
static void hold_routes(const karvan_i_chain *k, const karvan_i_outcome *before,
                        karvan_i_outcome *s) {
    const karvan_i_menu *m = k->m;
    memcpy(s->loads.share, before->loads.share, (size_t)m->n_routes * sizeof(double));
    for (int32_t i = 0; i < m->n_pairs; i++) {
        double sum = 0;
        for (int64_t r = m->first[i]; r < m->first[i + 1]; r++)
            if (before->loads.share[r] > 0)
                sum += before->loads.share[r] * (s->loads.paid[r] - before->loads.paid[r]);
        s->loads.logsum[i] = before->loads.logsum[i] + sum;
    }
}

/* Loads of shares as they are. */
static void add_loads(const karvan_i_menu *m, karvan_i_loads *l) {
    memset(l->load, 0, (size_t)m->n_scarce * sizeof *l->load);
    for (int64_t r = 0; r < m->n_routes; r++)
        for (int64_t u = m->use_first[r]; u < m->use_first[r + 1]; u++)
            l->load[m->use[u]] += l->demand[m->pair[r]] * l->share[r] * m->amount[u];
}

typedef struct run { /* of one side */
    const karvan_i_chain *k;
    const karvan_i_supply *side;
    const double *value;
    double effect, theta;
    const karvan_i_outcome *before;
    bool feels; /* tonnes follow trade */
} run;

static karvan_status set_loads(const run *w, karvan_i_outcome *s, karvan_error *err) {
    const karvan_i_chain *k = w->k;
    const karvan_i_elastic e = {k->x->n_groups, k->x->group, s->worth,
                                s->paid,        s->factor,   w->theta};
    for (int32_t i = 0; i < k->m->n_pairs; i++)
        s->loads.demand[i] = karvan_i_chain_given(k, w->side, w->value, i);
    if (!(k->o->hold & (KARVAN_HOLD_ROUTES | KARVAN_HOLD_PRICES)))
        return karvan_i_loads_solve(k->m, k->q, k->first, w->side, w->value, w->effect, &s->costs,
                                    w->feels ? &e : NULL, k->o->cancel, &s->loads, err);
    for (int32_t i = 0; w->feels && i < k->m->n_pairs; i++)
        if (k->x->cell[i] >= 0) s->loads.demand[i] *= s->ratio[k->x->cell[i]];
    karvan_i_loads_choose(k->m, k->q, w->value, &s->costs, &s->loads);
    if (k->o->hold & KARVAN_HOLD_ROUTES) hold_routes(k, w->before, s);
    add_loads(k->m, &s->loads);
    return KARVAN_OK;
}

void karvan_i_chain_begin(const karvan_i_chain *k, const karvan_i_supply *side, const double *value,
                          const karvan_i_outcome *before, karvan_i_outcome *s) {
    const karvan_i_loads *from = &before->loads;
    size_t n = (size_t)k->m->n_scarce * sizeof(double), nn = (size_t)k->x->n * (size_t)k->x->n;
    memcpy(s->loads.price, from->price, n), memcpy(s->loads.delay_h, from->delay_h, n);
    memset(s->d, 0, nn * sizeof *s->d);
    karvan_i_chain_still(k, s);
    for (size_t i = 0; i < nn; i++) s->ratio[i] = k->o->start;
    for (int32_t g = 0; g < k->x->n_groups; g++)
        s->factor[g] = k->o->start, s->worth[g] = k->x->usd[k->x->of[g]] / 365;
    karvan_i_chain_bill(k, side, value, from->logsum, s->paid);
    s->rounds = 0, s->converged = false, s->residual = INFINITY;
    s->loads.iterations = 0;
}

/* ---- the pace ---- */

/* What prices and incomes make of demand, as logarithms, two rounds back. Rounds come nearer by a
 * part that is much the same each time: the last two tell by which (Anderson 1965, Journal of the
 * ACM 12, of depth 1). */
typedef struct pace {
    int32_t n;
    bool known;              /* there was a round before */
    double *went, *came;     /* [n] what loads were solved with; what trade made of it */
    double *went_b, *came_b; /* [n] a round before */
} pace;

static karvan_status pace_init(pace *p, int32_t n, karvan_error *err) {
    *p = (pace){.n = n, .went = karvan_i_calloc(4 * (size_t)n + 1, sizeof *p->went)};
    if (!p->went) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for trade");
    p->came = p->went + n, p->went_b = p->came + n, p->came_b = p->went_b + n;
    return KARVAN_OK;
}

static void pace_went(pace *p, const double *factor) {
    memcpy(p->went_b, p->went, (size_t)p->n * sizeof *p->went);
    memcpy(p->came_b, p->came, (size_t)p->n * sizeof *p->came);
    for (int32_t g = 0; g < p->n; g++) p->went[g] = factor[g] > 0 ? log(factor[g]) : 0;
}

/* How much of the last move to go on with: of what is left over, the least. */
static double pace_part(const pace *p) {
    const double MOST = 4;
    double across = 0, square = 0;
    for (int32_t g = 0; g < p->n; g++) {
        double left = p->came[g] - p->went[g], more = left - (p->came_b[g] - p->went_b[g]);
        across += left * more, square += more * more;
    }
    double part = p->known && square > 0 ? -across / square : 0;
    return isfinite(part) ? fmin(fmax(part, -1 + 1 / MOST), MOST) : 0;
}

/* What the next round begins with. */
static void pace_go(pace *p, double *factor) {
    for (int32_t g = 0; g < p->n; g++) p->came[g] = factor[g] > 0 ? log(factor[g]) : 0;
    double part = pace_part(p);
    for (int32_t g = 0; part != 0 && g < p->n; g++)
        if (factor[g] > 0) factor[g] = exp(p->came[g] + part * (p->came[g] - p->came_b[g]));
    p->known = true;
}

karvan_status karvan_i_chain_other(const karvan_i_chain *k, const karvan_i_supply *side,
                                   const double *value, double effect, const double *policy,
                                   const karvan_i_outcome *before, karvan_i_solver *solver,
                                   karvan_i_outcome *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool trades = !(k->o->hold & KARVAN_HOLD_TRADE);
    pace p = {0};
    const run w = {k,
                   side,
                   value,
                   effect,
                   k->o->elasticity * value[k->q->elasticity],
                   before,
                   trades && !(k->o->hold & KARVAN_HOLD_CARGO)};
    karvan_i_costs_other(k->m, k->q, side, value, effect, &before->costs, &s->costs);
    karvan_i_chain_begin(k, side, value, before, s);
    KARVAN_TRY(pace_init(&p, k->x->n_groups, err));
    while (s->rounds < k->o->max_rounds) {
        s->rounds++;
        pace_went(&p, s->factor);
        KARVAN_TRY(set_loads(&w, s, err));
        karvan_i_chain_bill(k, side, value, s->loads.logsum, s->bill);
        KARVAN_TRY(karvan_i_chain_d(k, s, &s->residual, err));
        if (trades) KARVAN_TRY(karvan_i_chain_trade(k, w.theta, policy, solver, s, err));
        s->converged = w.feels ? s->rounds > 1 && s->residual <= k->o->tolerance : true;
        if (s->converged) goto done;
        if (w.feels) pace_go(&p, s->factor);
    }
    st = karvan_fail(err, KARVAN_E_NOCONV,
                     "trade and transport do not settle: the cost of trade still moves by %.3g "
                     "after %d rounds",
                     s->residual, s->rounds);
done:
    karvan_i_free(p.went);
    return st;
}
