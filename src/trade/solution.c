/* Solving an economy: groups of countries one after another, balanced first where that is asked. */
#include "trade/solution.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/elementary.h"
#include "base/try.h"

/* Accelerated steps before another way is tried; first steps of the slow way between Newtons. */
enum { QUICK = 400, BLOCK = 200 };

karvan_status karvan_i_solver_init(karvan_i_solver *w, const karvan_economy *e, karvan_error *err) {
    size_t n = (size_t)e->n;
    double **const vectors[] = {&w->y, &w->e, &w->x,        &w->start,
                                &w->q, &w->a, &w->spending, &w->scale};
    memset(w, 0, sizeof *w);
    w->economy = e;
    bool good = true;
    for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++) {
        *vectors[k] = karvan_i_calloc(n, sizeof **vectors[k]);
        good = good && *vectors[k];
    }
    w->member = karvan_i_malloc(n, sizeof *w->member);
    w->flow = karvan_i_malloc(n * n, sizeof *w->flow);
    w->share = karvan_i_malloc(n * n, sizeof *w->share);
    w->effect = karvan_i_malloc(n * n, sizeof *w->effect);
    w->partial = karvan_i_calloc((size_t)e->n_touched + 1, sizeof *w->partial);
    w->change = karvan_i_calloc((size_t)e->n_touched + 1, sizeof *w->change);
    w->value = karvan_i_malloc((size_t)KARVAN_RESULT_END * n, sizeof *w->value);
    if (!good || !w->member || !w->flow || !w->share || !w->effect || !w->partial || !w->change ||
        !w->value)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory to solve for %d countries", (int)e->n);
    for (size_t k = 0; k < n * n; k++) w->effect[k] = 1;
    return karvan_i_market_init(&w->market, e->n, err);
}

karvan_status karvan_i_solver_keep(karvan_i_solver *w, karvan_error *err) {
    size_t n = (size_t)w->economy->n;
    w->inverse = karvan_i_malloc(n * n, sizeof *w->inverse);
    return w->inverse ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for a Jacobian");
}

void karvan_i_solver_clear(karvan_i_solver *w) {
    karvan_i_free(w->inverse), karvan_i_free(w->change);
    karvan_i_market_clear(&w->market);
    karvan_i_free(w->member), karvan_i_free(w->flow), karvan_i_free(w->share);
    karvan_i_free(w->y), karvan_i_free(w->e), karvan_i_free(w->effect), karvan_i_free(w->partial);
    karvan_i_free(w->x), karvan_i_free(w->start), karvan_i_free(w->q), karvan_i_free(w->a);
    karvan_i_free(w->spending), karvan_i_free(w->scale), karvan_i_free(w->value);
    memset(w, 0, sizeof *w);
}

karvan_status karvan_i_equilibrium_check(const karvan_economy *e,
                                         const karvan_equilibrium_options *o, karvan_error *err) {
    if (!e || !o) return karvan_fail(err, KARVAN_E_ARG, "no economy or no options");
    if (!(o->theta > 0) || !isfinite(o->theta))
        return karvan_fail(err, KARVAN_E_ARG,
                           "the trade elasticity theta is a number above 0, not %g", o->theta);
    if (!(o->psi >= 0) || !isfinite(o->psi))
        return karvan_fail(err, KARVAN_E_ARG,
                           "the supply elasticity psi is a number, 0 or above, not %g", o->psi);
    if (!(o->tolerance >= 0 && o->tolerance < 1) || o->max_iterations < 0)
        return karvan_fail(err, KARVAN_E_ARG, "a tolerance lies between 0 and 1, a limit above 0");
    if (o->deficit < KARVAN_DEFICIT_ADDITIVE || o->deficit > KARVAN_DEFICIT_NONE)
        return karvan_fail(err, KARVAN_E_ARG, "there is no kind of deficits %d", (int)o->deficit);
    for (int k = 0; o->beta && k < e->n_changes; k++)
        if (!isfinite(o->beta[k]))
            return karvan_fail(err, KARVAN_E_ARG, "coefficient %d is no finite number", k + 1);
    return KARVAN_OK;
}

/* ---- one group ------------------------------------------------------------------------------ */

static void gather(karvan_i_solver *w, int32_t group) {
    karvan_i_market *g = &w->market;
    size_t n = (size_t)w->economy->n;
    g->n = 0;
    for (int32_t i = 0; i < w->economy->n; i++)
        if (w->economy->group[i] == group) w->member[g->n++] = i;
    for (int32_t i = 0; i < g->n; i++) {
        g->y[i] = w->y[w->member[i]], g->e[i] = w->e[w->member[i]];
        g->best[i] = w->start[w->member[i]];
    }
    for (size_t i = 0; i < (size_t)g->n; i++)
        for (size_t j = 0; j < (size_t)g->n; j++) {
            size_t pair = (size_t)w->member[i] * n + (size_t)w->member[j];
            g->m[i * (size_t)g->n + j] = w->share[pair] * w->effect[pair];
        }
}

/* A part of the changes in force. */
static void set_effects(karvan_i_solver *w, double part) {
    int64_t n = w->economy->n_touched;
    for (int64_t t = 0; t < n; t++) w->change[t] = w->changed ? part * w->partial[t] : 0;
    karvan_i_exp_all((size_t)n, w->change);
    for (int64_t t = 0; t < n; t++) w->effect[w->economy->touched[t]] = w->change[t];
}

/* The fixed point without acceleration arrives where the quick way circles; Newton ends its walk.
 */
static karvan_status slowly(karvan_i_solver *w, int32_t group, double tolerance, int most,
                            bool *found, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_market *g = &w->market;
    size_t bytes = (size_t)g->n * sizeof *g->x;
    gather(w, group);
    memset(g->best, 0, bytes);
    for (int k = BLOCK; st == KARVAN_OK && !*found && g->iterations + k <= most; k *= 2) {
        if (!karvan_i_market_walk(g, tolerance, k)) return st;
        memcpy(g->x, g->best, bytes);
        st = karvan_i_market_newton(g, tolerance, found, err);
        if (!*found) memcpy(g->best, g->x, bytes);
    }
    return st;
}

/* Little by little: from no change, where prices are known, to all of it. */
static karvan_status by_steps(karvan_i_solver *w, int32_t group, double tolerance, bool *found,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_market *g = &w->market;
    size_t bytes = (size_t)g->n * sizeof *g->best;
    double done = 0, step = 0.5, last = 0;
    memset(g->x, 0, bytes);
    for (*found = false; st == KARVAN_OK && done < 1 && step > 1.0 / 4096;) {
        double next = fmin(1, done + step);
        set_effects(w, next);
        gather(w, group);
        memcpy(g->best, g->x, bytes);
        st = karvan_i_market_newton(g, next < 1 ? 1e-6 : tolerance, found, err);
        if (*found) {
            memcpy(g->x, g->best, bytes);
            last = done = next, step *= 2;
        } else {
            step *= 0.5;
        }
    }
    set_effects(w, 1);
    gather(w, group);
    if (last < 1) memcpy(g->best, g->x, bytes);
    *found = last >= 1;
    int32_t negative = g->negative;
    g->residual = karvan_i_market_residual(g, g->best, g->r);
    if (!*found && g->negative < 0) g->negative = negative;
    return st;
}

/* By the Jacobian that is kept, which is found first if it is of another theta. */
static karvan_status by_chord(karvan_i_solver *w, double tolerance, bool *found,
                              karvan_error *err) {
    karvan_i_market *g = &w->market;
    if (w->inverse_theta != g->theta) {
        bool good;
        w->changed = false, set_effects(w, 1), gather(w, 0);
        karvan_status st = karvan_i_market_inverse(g, w->inverse, &good, err);
        w->changed = true, set_effects(w, 1), gather(w, 0);
        w->inverse_theta = good ? g->theta : 0;
        if (st != KARVAN_OK || !good) return st;
    }
    *found = karvan_i_market_chord(g, w->inverse, tolerance);
    return KARVAN_OK;
}

static karvan_status solve_group(karvan_i_solver *w, int32_t group, karvan_i_rule rule,
                                 const karvan_equilibrium_options *o, double tolerance, bool *found,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_market *g = &w->market;
    gather(w, group);
    g->theta = o->theta, g->psi = o->psi, g->rule = rule;
    g->iterations = g->newton_steps = 0;
    int most = o->max_iterations ? o->max_iterations : 10000;
    *found = false;
    if (w->inverse && w->economy->stats.groups == 1 && rule == KARVAN_I_ADDITIVE && g->psi == 0)
        st = by_chord(w, tolerance, found, err);
    if (st != KARVAN_OK) return st;
    if (!*found) *found = karvan_i_market_iterate(g, tolerance, most < QUICK ? most : QUICK);
    if (!*found) st = karvan_i_market_newton(g, tolerance, found, err);
    if (st == KARVAN_OK && !*found) st = slowly(w, group, tolerance, most, found, err);
    if (st == KARVAN_OK && !*found) st = by_steps(w, group, tolerance, found, err);
    if (!*found && g->negative >= 0) w->negative = w->member[g->negative];
    for (int32_t i = 0; i < g->n; i++) w->x[w->member[i]] = g->best[i];
    w->stats.iterations += g->iterations, w->stats.newton_steps += g->newton_steps;
    return st;
}

/* ---- the whole economy ------------------------------------------------------------------------
 */

static void start_from(karvan_i_solver *w, const double *flow) {
    size_t n = (size_t)w->economy->n;
    memset(w->y, 0, n * sizeof *w->y), memset(w->e, 0, n * sizeof *w->e);
    if (flow != w->flow) memcpy(w->flow, flow, n * n * sizeof *flow);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) w->y[i] += w->flow[i * n + j], w->e[j] += w->flow[i * n + j];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) w->share[i * n + j] = w->flow[i * n + j] / w->e[j];
}

static karvan_status solve_groups(karvan_i_solver *w, karvan_i_rule rule,
                                  const karvan_equilibrium_options *o, double tolerance,
                                  bool *found, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *found = true;
    w->negative = -1;
    for (int32_t k = 0; st == KARVAN_OK && k < w->economy->stats.groups; k++) {
        bool this_one;
        st = solve_group(w, k, rule, o, tolerance, &this_one, err);
        *found = *found && this_one;
    }
    return st;
}

/* Flows without deficits: an equilibrium of the given ones in which all spend what they make. */
static karvan_status balance(karvan_i_solver *w, const karvan_equilibrium_options *o,
                             double tolerance, bool *found, karvan_error *err) {
    size_t n = (size_t)w->economy->n;
    double *start = w->start, *zero = NULL;
    start_from(w, w->economy->flow);
    w->stats.moved = 0;
    if (w->economy->stats.largest_deficit < 1e-13) return *found = true, KARVAN_OK;
    zero = karvan_i_calloc(n, sizeof *zero);
    if (!zero) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for prices");
    w->changed = false;
    set_effects(w, 1);
    w->start = zero;
    karvan_status st = solve_groups(w, KARVAN_I_BALANCED, o, tolerance / 10, found, err);
    w->start = start, w->changed = true;
    if (st == KARVAN_OK) {
        karvan_i_solver_results(w, o);
        for (size_t i = 0; i < n; i++)
            w->spending[i] = w->value[KARVAN_RESULT_OUTPUT * n + i] * w->y[i] / w->e[i];
        for (size_t i = 0; i < n; i++) {
            double moved = fabs(log(w->value[KARVAN_RESULT_OUTPUT * n + i]));
            if (moved > w->stats.moved) w->stats.moved = moved;
            for (size_t j = 0; j < n; j++)
                if (w->flow[i * n + j] > 0) w->flow[i * n + j] *= karvan_i_solver_ratio(w, i, j);
        }
        start_from(w, w->flow);
    }
    karvan_i_free(zero);
    return st;
}

static karvan_status choose_base(karvan_i_solver *w, const karvan_equilibrium_options *o,
                                 double tolerance, bool *found, karvan_error *err) {
    *found = true;
    bool none = o->deficit == KARVAN_DEFICIT_NONE;
    double theta = none ? o->theta : -1, psi = none ? o->psi : -1;
    if (w->base_theta == theta && w->base_psi == psi) return KARVAN_OK;
    w->base_theta = 0;
    karvan_status st = KARVAN_OK;
    if (none)
        st = balance(w, o, tolerance, found, err);
    else
        start_from(w, w->economy->flow);
    if (st == KARVAN_OK && *found) w->base_theta = theta, w->base_psi = psi;
    return st;
}

static karvan_status not_found(const karvan_i_solver *w, const char *what, karvan_error *err) {
    double worst = fmax(w->stats.market, w->stats.budget);
    if (w->negative >= 0)
        return karvan_fail(err, KARVAN_E_NOCONV,
                           "%s: spending of %s would have to be 0 or less, for its surplus exceeds "
                           "the income left to it (residual %.3g); choose other deficits",
                           what, w->economy->country[w->negative], worst);
    return karvan_fail(err, KARVAN_E_NOCONV, "%s: after %d iterations the residual is %.3g", what,
                       w->stats.iterations, worst);
}

karvan_status karvan_i_solver_run(karvan_i_solver *w, const karvan_equilibrium_options *o,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double tolerance = o->tolerance > 0 ? o->tolerance : 1e-12, moved = w->stats.moved;
    bool balanced, found = false;
    w->stats = (karvan_equilibrium_stats){
        .theta = o->theta, .psi = o->psi, .deficit = o->deficit, .moved = moved};
    if (w->given)
        memcpy(w->partial, w->given, (size_t)w->economy->n_touched * sizeof *w->given);
    else
        karvan_i_economy_partial(w->economy, o->beta, w->partial);
    for (int64_t t = 0; t < w->economy->n_touched; t++)
        KARVAN_REQUIRE(fabs(w->partial[t]) <= KARVAN_I_CHANGE_MOST, err, KARVAN_E_ARG,
                       "coefficients make the change from %s to %s %g; it lies between -%g and %g",
                       w->economy->country[w->economy->touched[t] / w->economy->n],
                       w->economy->country[w->economy->touched[t] % w->economy->n], w->partial[t],
                       KARVAN_I_CHANGE_MOST, KARVAN_I_CHANGE_MOST);
    w->changed = true;
    KARVAN_TRY(choose_base(w, o, tolerance, &balanced, err));
    set_effects(w, 1);
    KARVAN_TRY(solve_groups(w,
                            o->deficit == KARVAN_DEFICIT_ADDITIVE ? KARVAN_I_ADDITIVE
                            : o->deficit == KARVAN_DEFICIT_NONE   ? KARVAN_I_BALANCED
                                                                  : KARVAN_I_PROPORTIONAL,
                            o, tolerance, &found, err));
    karvan_i_solver_results(w, o);
    /* Said to be solved only by the numbers that are handed out. */
    double allowed = 100 * tolerance + 1e-13 * w->economy->n;
    w->stats.converged =
        found && balanced && w->stats.market <= allowed && w->stats.budget <= allowed;
    if (!balanced) return not_found(w, "flows cannot be balanced", err);
    if (!w->stats.converged) return not_found(w, "no equilibrium was found", err);
done:
    return st;
}
