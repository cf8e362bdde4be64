/* Estimation from counts: load, hold the slopes, estimate, load again, until nothing moves. */
#include "flow/estimate.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/mixing.h"

enum { ROUNDS = 100 };
static const double TOLERANCE = 1e-6;
static const char *const NAMES[] = {"gls", "entropy"};

const char *karvan_estimate_method_name(karvan_estimate_method m) { return NAMES[m]; }

karvan_status karvan_estimate_method_parse(const char *s, karvan_estimate_method *out,
                                           karvan_error *err) {
    for (int i = 0; s && out && i < 2; i++)
        if (strcmp(s, NAMES[i]) == 0) return *out = (karvan_estimate_method)i, KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "a method is gls or entropy, not '%.40s'", s ? s : "");
}

void karvan_estimate_destroy(karvan_estimate *e) {
    if (!e) return;
    karvan_i_free(e->demand), karvan_i_free(e->demand_error), karvan_i_free(e->removed);
    karvan_i_free(e->constant), karvan_i_free(e->constant_error);
    karvan_i_free(e->constant_removed);
    karvan_i_free(e->before), karvan_i_free(e->modelled), karvan_i_free(e->standardised);
    karvan_i_free(e->against), karvan_i_free(e->without);
    karvan_i_free(e);
}

static karvan_status room_for(const karvan_estimate_problem *p, karvan_estimate **out,
                              karvan_error *err) {
    size_t n = (size_t)p->n_cells, m = (size_t)p->n_counts, c = (size_t)p->n_constants;
    karvan_estimate *e = karvan_i_calloc(1, sizeof *e);
    if (!e) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for an estimate");
    e->n_cells = p->n_cells, e->n_counts = p->n_counts, e->n_constants = p->n_constants;
    double **part[] = {&e->demand,         &e->demand_error,     &e->removed, &e->constant,
                       &e->constant_error, &e->constant_removed, &e->before,  &e->modelled,
                       &e->standardised,   &e->without};
    size_t size[] = {n, n, n, c, c, c, m, m, m, m};
    bool good = true;
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        *part[i] = karvan_i_calloc(size[i] + 1, sizeof **part[i]);
        good = good && *part[i];
    }
    e->against = karvan_i_calloc(m + 1, sizeof *e->against);
    if (good && e->against) return *out = e, KARVAN_OK;
    karvan_estimate_destroy(e);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %zu cells and %zu counts", n, m);
}

/* The state of the rounds. */
typedef struct rounds {
    const karvan_estimate_problem *p;
    const karvan_estimate_options *o;
    size_t n, m;
    double *x, *next, *here; /* [n] unknowns: cells, then constants */
    double *scale;           /* [n] their prior errors */
    karvan_i_mixing mixing;
    double *modelled, *target;    /* [m] */
    double *price;                /* [m] */
    double *left;                 /* [m] of the counts, by the slopes of the best round */
    double *cell, *constant;      /* [m][cells], [m][constants] slopes as they are loaded */
    double *aside[2], *shifted;   /* [m] each, [constants]: differences */
    karvan_i_slopes slopes, best; /* of now; of the round of least residual */
    double best_residual;
    karvan_estimate *e;
} rounds;

static karvan_status call(rounds *r, const double *constant, double *modelled, double *cell,
                          double *slope, karvan_error *err) {
    r->e->loads++;
    karvan_status st = r->p->load(r->p->ctx, r->x, constant, modelled, cell, slope, err);
    for (size_t a = 0; st == KARVAN_OK && a < r->m; a++)
        if (!isfinite(modelled[a]))
            return karvan_fail(err, KARVAN_E_ARG, "count %zu is modelled as %g", a + 1,
                               modelled[a]);
    return st;
}

/* Slopes of the constants, by differences to both sides. */
static karvan_status difference(rounds *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t c = (size_t)r->p->n_constants;
    for (size_t k = 0; k < c; k++) {
        double step = r->p->constant_step[k];
        for (int side = 0; side < 2; side++) {
            memcpy(r->shifted, r->x + r->p->n_cells, c * sizeof *r->shifted);
            r->shifted[k] += side ? step : -step;
            KARVAN_TRY(call(r, r->shifted, r->aside[side], NULL, NULL, err));
        }
        for (size_t a = 0; a < r->m; a++)
            r->constant[a * c + k] = (r->aside[1][a] - r->aside[0][a]) / (2 * step);
    }
done:
    return st;
}

static karvan_status check_slopes(const rounds *r, karvan_error *err) {
    size_t n = (size_t)r->p->n_cells, c = (size_t)r->p->n_constants;
    for (size_t i = 0; i < r->m * n; i++)
        if (!isfinite(r->cell[i]))
            return karvan_fail(err, KARVAN_E_ARG, "the slope of count %zu by cell %zu is %g",
                               i / n + 1, i % n + 1, r->cell[i]);
    for (size_t i = 0; i < r->m * c; i++)
        if (!isfinite(r->constant[i]))
            return karvan_fail(err, KARVAN_E_ARG, "the slope of count %zu by constant %zu is %g",
                               i / c + 1, i % c + 1, r->constant[i]);
    return KARVAN_OK;
}

static karvan_status load(rounds *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_estimate_problem *p = r->p;
    bool given = p->n_constants > 0 && !p->constant_step;
    karvan_i_slopes_clear(&r->slopes);
    KARVAN_TRY(call(r, r->x + p->n_cells, r->modelled, r->cell, given ? r->constant : NULL, err));
    if (p->n_constants > 0 && !given) KARVAN_TRY(difference(r, err));
    KARVAN_TRY(check_slopes(r, err));
    KARVAN_TRY(karvan_i_slopes_make(r->cell, p->n_cells, r->constant, p->n_constants, p->n_counts,
                                    &r->slopes, err));
done:
    return st;
}

static double move_of(const rounds *r) {
    double most = 0;
    for (size_t k = 0; k < r->n; k++) {
        double error = karvan_i_prior_error(r->p, (int32_t)k);
        if (error > 0) most = fmax(most, fabs(r->next[k] - r->x[k]) / error);
    }
    return most;
}

/* The round that was just judged becomes the best one. What it leaves of the counts is taken where
 * it leads to: the step that is left undone is small beside prior errors, but not beside what the
 * counts still leave of them. */
static void keep(rounds *r, double residual) {
    karvan_estimate *e = r->e;
    karvan_i_slopes old = r->best;
    for (size_t a = 0; a < r->m; a++) r->left[a] = -r->target[a];
    karvan_i_slopes_add(&r->slopes, r->next, r->left);
    for (size_t a = 0; a < r->m; a++) r->left[a] = -r->left[a];
    r->best = r->slopes, r->slopes = old;
    r->best_residual = e->residual = residual;
    memcpy(e->demand, r->x, (size_t)e->n_cells * sizeof *r->x);
    memcpy(e->constant, r->x + e->n_cells, (size_t)e->n_constants * sizeof *r->x);
    memcpy(e->modelled, r->modelled, r->m * sizeof *r->modelled);
}

/* Constants no further than their reach from where they are. */
static void hold_back(const rounds *r, double *to, const double *from) {
    for (size_t k = (size_t)r->p->n_cells; r->p->constant_reach && k < r->n; k++) {
        double reach = r->p->constant_reach[k - (size_t)r->p->n_cells];
        to[k] = fmax(from[k] - reach, fmin(from[k] + reach, to[k]));
    }
}

/* The next point; mixing may overshoot a cell's bound, which is then gone half of the way to. */
static void advance(rounds *r) {
    memcpy(r->here, r->x, r->n * sizeof *r->x);
    hold_back(r, r->next, r->here);
    karvan_i_mixing_advance(&r->mixing, r->x, r->next);
    hold_back(r, r->x, r->here);
    for (int32_t k = 0; k < r->p->n_cells; k++)
        if (!(r->x[k] > 0)) r->x[k] = r->next[k] > 0 ? fmin(r->here[k], r->next[k]) / 2 : 0;
}

static karvan_status run(rounds *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_estimate *e = r->e;
    double tolerance = r->o->tolerance > 0 ? r->o->tolerance : TOLERANCE;
    int most = r->o->max_iterations > 0 ? r->o->max_iterations : ROUNDS;
    r->best_residual = INFINITY;
    while (!e->converged && e->iterations < most) {
        KARVAN_REQUIRE(!karvan_cancelled(r->o->cancel), err, KARVAN_E_CANCELLED, "interrupted");
        KARVAN_TRY(load(r, err));
        if (e->iterations == 0) memcpy(e->before, r->modelled, r->m * sizeof *e->before);
        for (size_t a = 0; a < r->m; a++) r->target[a] = r->p->count[a] - r->modelled[a];
        karvan_i_slopes_add(&r->slopes, r->x, r->target);
        KARVAN_TRY(karvan_i_estimate_round(r->p, r->o->method, &r->slopes, r->target, r->price,
                                           r->next, err));
        double residual = move_of(r);
        e->iterations++;
        e->converged = residual <= tolerance;
        if (residual < r->best_residual) keep(r, residual);
        if (!e->converged) advance(r);
        if (r->o->progress) karvan_progress_add(r->o->progress, 1);
    }
    KARVAN_REQUIRE(e->converged, err, KARVAN_E_NOCONV,
                   "the estimate still moved by %.3g of its prior errors after %d rounds; %g was "
                   "asked for",
                   e->residual, e->iterations, tolerance);
done:
    return st;
}

static karvan_status begin(rounds *r, double **room, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_estimate_problem *p = r->p;
    size_t n = (size_t)p->n_cells, c = (size_t)p->n_constants, m = (size_t)p->n_counts;
    r->n = n + c, r->m = m;
    size_t size = 4 * (n + c) + 6 * m + m * n + m * c + c;
    double *at = *room = karvan_i_calloc(size + 1, sizeof *at);
    KARVAN_REQUIRE(at, err, KARVAN_E_NOMEM, "no memory for %zu cells and %zu counts", n, m);
    r->x = at, at += n + c, r->next = at, at += n + c;
    r->here = at, at += n + c, r->scale = at, at += n + c;
    r->modelled = at, at += m, r->target = at, at += m, r->price = at, at += m;
    r->left = at, at += m;
    r->aside[0] = at, at += m, r->aside[1] = at, at += m;
    r->cell = at, at += m * n, r->constant = at, at += m * c, r->shifted = at;
    if (n > 0) memcpy(r->x, p->prior, n * sizeof *r->x);
    for (size_t k = 0; k < n + c; k++) r->scale[k] = karvan_i_prior_error(p, (int32_t)k);
    KARVAN_TRY(karvan_i_mixing_init(&r->mixing, n + c, r->scale, err));
    KARVAN_TRY(room_for(p, &r->e, err));
done:
    return st;
}

karvan_status karvan_estimate_solve(const karvan_estimate_problem *p,
                                    const karvan_estimate_options *o, karvan_estimate **out,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const karvan_estimate_options usual = {0};
    double *room = NULL;
    rounds r = {.p = p, .o = o ? o : &usual};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(karvan_i_estimate_check(p, err));
    KARVAN_TRY(begin(&r, &room, err));
    st = run(&r, err);
    bool some = isfinite(r.best_residual);
    if (st != KARVAN_OK && !(some && (st == KARVAN_E_NOCONV || st == KARVAN_E_CANCELLED)))
        goto done;
    karvan_status judged = karvan_i_estimate_judge(p, r.o->method, &r.best, r.left, r.e, err);
    if (judged == KARVAN_OK)
        *out = r.e, r.e = NULL;
    else
        st = judged;
done:
    karvan_estimate_destroy(r.e);
    karvan_i_mixing_clear(&r.mixing);
    karvan_i_slopes_clear(&r.slopes), karvan_i_slopes_clear(&r.best);
    karvan_i_free(room);
    return st;
}
