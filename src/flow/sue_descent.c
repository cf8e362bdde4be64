/* The method for stochastic user equilibrium: L-BFGS (Nocedal 1980, Mathematics of Computation
 * 35(151)) on the residual r(x) = x - load(t(x)) of the flows of all classes together, on which
 * alone times hang. With S the slopes t' of the links at x, r is the gradient of the dual (Sheffi
 * and Powell 1982)
 *     Z(x) = sum (x t(x) - integral of t to x) - demand times G(t(x))
 * in the product <a, b> = sum S a b, and in that product its derivative I - (d load / dt) S is
 * self-adjoint and positive definite: pairs of moves of x and of r make the inverse of it. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/sue.h"
#include "flow/sum.h"

enum { PAIRS = 30, TRIES = 40, PATIENCE = 100 };
static const double STEEPEST = 1e100; /* a slope above it is one of no flow to a power below 1 */

/* What steps remember; all of [m]. */
typedef struct descent {
    karvan_i_sue *s;
    int32_t m;
    int n_pairs;  /* remembered, the oldest first */
    bool stepped; /* from and rest are of the step before */
    double *slope;
    double *from, *rest; /* x and r before the step */
    double *move;        /* the step */
    double *dx[PAIRS], *dr[PAIRS];
    /* Of the last PATIENCE steps: the best gap, and where Z was before them. */
    int watched;
    double best, best_before, dual_before;
} descent;

static void descent_clear(descent *d) {
    karvan_i_free(d->slope), karvan_i_free(d->from), karvan_i_free(d->rest);
    karvan_i_free(d->move);
    for (int k = 0; k < PAIRS; k++) karvan_i_free(d->dx[k]), karvan_i_free(d->dr[k]);
}

static karvan_status descent_init(descent *d, karvan_i_sue *s, karvan_error *err) {
    size_t m = (size_t)s->l->p->m + 1;
    *d = (descent){.s = s, .m = s->l->p->m, .best = INFINITY, .best_before = INFINITY};
    d->dual_before = INFINITY;
    d->slope = karvan_i_malloc(m, sizeof *d->slope);
    d->from = karvan_i_malloc(m, sizeof *d->from), d->rest = karvan_i_malloc(m, sizeof *d->rest);
    d->move = karvan_i_malloc(m, sizeof *d->move);
    bool good = d->slope && d->from && d->rest && d->move;
    for (int k = 0; k < PAIRS && good; k++) {
        d->dx[k] = karvan_i_malloc(m, sizeof(double));
        d->dr[k] = karvan_i_malloc(m, sizeof(double));
        good = d->dx[k] && d->dr[k];
    }
    return good ? KARVAN_OK
                : karvan_fail(err, KARVAN_E_NOMEM, "no memory for steps on %d arcs", (int)d->m);
}

/* ---- where x is ---- */

/* Flows may fall below 0 on the way; times do not go below those of no flow. */
static double at_least_none(double flow) { return flow > 0 ? flow : 0; }

static double dual(const karvan_i_sue *s) {
    const karvan_i_problem *p = s->l->p;
    karvan_i_sum z = {-karvan_i_loader_expected(s->l), 0};
    for (int32_t a = 0; a < p->m; a++) {
        double x = at_least_none(s->x[a]);
        karvan_i_sum_add(&z, x * s->time[a]); /* of what moves; preload is in the integral alone */
        karvan_i_sum_add(&z, -karvan_i_arc_integral(p, a, x));
    }
    return karvan_i_sum_value(&z);
}

static double gap_of(const karvan_i_sue *s) {
    karvan_i_sum apart = {0, 0}, all = {0, 0};
    for (int32_t a = 0; a < s->l->p->m; a++) {
        karvan_i_sum_add(&apart, fabs(s->x[a] - s->total[a]));
        karvan_i_sum_add(&all, fabs(s->x[a]));
    }
    double sum = karvan_i_sum_value(&all);
    return sum > 0 ? karvan_i_sum_value(&apart) / sum : 0;
}

karvan_status karvan_i_sue_refresh(karvan_i_sue *s, karvan_error *err) {
    const karvan_i_problem *p = s->l->p;
    for (int32_t a = 0; a < p->m; a++) s->time[a] = at_least_none(s->x[a]);
    karvan_status st = karvan_i_costs(p, s->time, s->time, err);
    if (st == KARVAN_OK) st = karvan_i_loader_load(s->l, s->time, s->load, err);
    if (st != KARVAN_OK) return st;
    karvan_i_sum_classes(p, s->load, s->total);
    s->gap = gap_of(s), s->dual = dual(s);
    return KARVAN_OK;
}

static karvan_status start(karvan_i_sue *s, karvan_error *err) {
    karvan_status st = karvan_i_loader_load(s->l, s->l->length, s->load, err);
    if (st != KARVAN_OK) return st;
    karvan_i_sum_classes(s->l->p, s->load, s->x);
    return karvan_i_sue_refresh(s, err);
}

/* ---- direction ---- */

static double product(const descent *d, const double *a, const double *b) {
    karvan_i_sum sum = {0, 0};
    for (int32_t i = 0; i < d->m; i++) karvan_i_sum_add(&sum, d->slope[i] * a[i] * b[i]);
    return karvan_i_sum_value(&sum);
}

static void add(int32_t m, double factor, const double *what, double *to) {
    for (int32_t i = 0; i < m; i++) to[i] += factor * what[i];
}

static void take_slopes(descent *d) {
    for (int32_t a = 0; a < d->m; a++) {
        double x = at_least_none(d->s->x[a]);
        d->slope[a] = fmin(karvan_i_arc_both(d->s->l->p, a, x).derivative, STEEPEST);
    }
}

/* The pair of the step before, in place of the oldest where there is no room. */
static void remember(descent *d) {
    const karvan_i_sue *s = d->s;
    if (d->stepped && d->n_pairs == PAIRS) {
        double *x = d->dx[0], *r = d->dr[0];
        memmove(d->dx, d->dx + 1, (PAIRS - 1) * sizeof *d->dx);
        memmove(d->dr, d->dr + 1, (PAIRS - 1) * sizeof *d->dr);
        d->dx[PAIRS - 1] = x, d->dr[PAIRS - 1] = r, d->n_pairs--;
    }
    for (int32_t i = 0; i < d->m; i++) {
        double r = s->x[i] - s->total[i];
        if (d->stepped) d->dx[d->n_pairs][i] = s->x[i] - d->from[i];
        if (d->stepped) d->dr[d->n_pairs][i] = r - d->rest[i];
        d->from[i] = s->x[i], d->rest[i] = r;
    }
    d->n_pairs += d->stepped, d->stepped = true;
}

/* move = -(inverse of what the pairs tell) r. A pair along which r does not rise says nothing. */
static void direction(descent *d) {
    double weight[PAIRS] = {0}, back[PAIRS] = {0}, scale = 1;
    take_slopes(d);
    remember(d);
    for (int32_t i = 0; i < d->m; i++) d->move[i] = -d->rest[i];
    for (int k = d->n_pairs - 1; k >= 0; k--) {
        double rise = product(d, d->dx[k], d->dr[k]), length = product(d, d->dx[k], d->dx[k]);
        weight[k] = rise > 1e-10 * length ? 1 / rise : 0;
        back[k] = weight[k] * product(d, d->dx[k], d->move);
        add(d->m, -back[k], d->dr[k], d->move);
        if (k == d->n_pairs - 1 && weight[k] > 0)
            scale = fmin(1, rise / product(d, d->dr[k], d->dr[k]));
    }
    for (int32_t i = 0; i < d->m; i++) d->move[i] *= scale;
    for (int k = 0; k < d->n_pairs; k++)
        add(d->m, back[k] - weight[k] * product(d, d->dr[k], d->move), d->dx[k], d->move);
}

/* ---- length ---- */

/* Derivative of Z along the step, where x is. */
static double slope_along(const descent *d) {
    const karvan_i_sue *s = d->s;
    karvan_i_sum sum = {0, 0};
    for (int32_t a = 0; a < d->m; a++) {
        if (s->x[a] < 0) continue; /* the time is that of no flow and stays */
        double slope = fmin(karvan_i_arc_both(s->l->p, a, s->x[a]).derivative, STEEPEST);
        karvan_i_sum_add(&sum, slope * (s->x[a] - s->total[a]) * d->move[a]);
    }
    return karvan_i_sum_value(&sum);
}

/* Is x good enough beside where the step began? Near the solution Z has no digits left to tell, and
 * its derivative has. */
static bool good(const descent *d, double length, double z, double slope, double size) {
    if (d->s->dual <= z + 1e-4 * length * slope) return true;
    return d->s->dual <= z + 1e-11 * size && fabs(slope_along(d)) <= 0.9 * fabs(slope);
}

/* x goes back to where the step began. */
static karvan_status take_back(descent *d, karvan_error *err) {
    memcpy(d->s->x, d->from, (size_t)d->m * sizeof *d->from);
    return karvan_i_sue_refresh(d->s, err);
}

static karvan_status line_search(descent *d, bool *found, karvan_error *err) {
    karvan_i_sue *s = d->s;
    double slope = slope_along(d), z = s->dual, size = 0, length = 1;
    for (int32_t a = 0; a < d->m; a++) size += s->total[a] * s->time[a];
    *found = false;
    for (int k = 0; k < TRIES && !*found; k++) {
        for (int32_t i = 0; i < d->m; i++) s->x[i] = d->from[i] + length * d->move[i];
        karvan_status st = karvan_i_sue_refresh(s, err);
        if (st != KARVAN_OK) return st;
        *found = good(d, length, z, slope, size);
        double here = slope_along(d);
        length *= here > 0 ? fmax(0.1, fmin(0.5, slope / (slope - here))) : 0.25;
    }
    return *found ? KARVAN_OK : take_back(d, err);
}

/* Is nearly all that is left on arcs whose times would not change? Products do not see them. */
static bool only_free_arcs(const descent *d) {
    const karvan_i_sue *s = d->s;
    double free_arcs = 0, others = 0;
    for (int32_t a = 0; a < d->m; a++) {
        bool is_free = !(fabs(karvan_i_arc_time(s->l->p, a, s->total[a]) - s->time[a]) > 0);
        *(is_free ? &free_arcs : &others) += fabs(s->x[a] - s->total[a]);
    }
    return others <= 1e-4 * free_arcs;
}

/* A step by what is remembered, or, where that leads nowhere, towards the load. */
static karvan_status step(descent *d, bool *found, karvan_error *err) {
    direction(d);
    if (only_free_arcs(d)) { /* the load is right there, and nothing follows from it */
        memcpy(d->s->x, d->s->total, (size_t)d->m * sizeof *d->from);
        d->n_pairs = 0, d->stepped = false;
        return karvan_i_sue_refresh(d->s, err);
    }
    if (slope_along(d) < 0) {
        karvan_status st = line_search(d, found, err);
        if (st != KARVAN_OK || *found) return st;
    }
    d->n_pairs = 0, d->stepped = false;
    direction(d);
    return line_search(d, found, err);
}

/* ---- all of it ---- */

/* Have a hundred steps brought neither the gap nor Z down by what rounding would not have done? */
static bool stalled(descent *d) {
    const karvan_i_sue *s = d->s;
    double size = 0;
    d->best = fmin(d->best, s->gap);
    if (++d->watched < PATIENCE) return false;
    for (int32_t a = 0; a < d->m; a++) size += s->total[a] * s->time[a];
    bool still = d->best > 0.9 * d->best_before && s->dual > d->dual_before - 1e-12 * size;
    d->watched = 0, d->best_before = d->best, d->dual_before = s->dual, d->best = INFINITY;
    return still;
}

karvan_status karvan_i_sue_lift(karvan_i_sue *s, bool *any, karvan_error *err) {
    *any = false;
    for (int32_t a = 0; a < s->l->p->m; a++)
        if (s->x[a] < 0) s->x[a] = 0, *any = true;
    return *any ? karvan_i_sue_refresh(s, err) : KARVAN_OK;
}

void karvan_i_sue_part(const karvan_i_sue *s, double *flow) {
    const karvan_i_problem *p = s->l->p;
    for (int c = 0; c < p->n_classes; c++) {
        double demand = p->demand[c].pce * p->demand[c].total;
        double usual = p->served > 0 ? demand / p->served : 0; /* where there is no load */
        for (int32_t a = 0; a < p->m; a++) {
            int64_t i = (int64_t)c * p->m + a;
            flow[i] = s->x[a] * (s->total[a] > 0 ? s->load[i] / s->total[a] : usual);
        }
    }
}

karvan_status karvan_i_sue_descend(karvan_i_sue *s, double gap, int most, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool found = true, lifted = false;
    descent d = {0};
    KARVAN_TRY(descent_init(&d, s, err));
    if (!s->standing) KARVAN_TRY(start(s, err));
    s->standing = true;
    do {
        while (s->gap > gap) {
            KARVAN_REQUIRE(s->iterations < most && found, err, KARVAN_E_NOCONV,
                           "a relative gap of %.2g of flows after %d iterations, where %.2g was "
                           "asked for%s",
                           s->gap, s->iterations, s->l->o->gap,
                           found ? "" : ": no step makes it smaller in double precision");
            KARVAN_TRY(step(&d, &found, err));
            found = found && !stalled(&d);
            s->iterations++;
            karvan_progress_add(s->l->o->progress, 1);
        }
        KARVAN_TRY(karvan_i_sue_lift(s, &lifted, err));
        if (lifted) d.n_pairs = 0, d.stepped = false;
    } while (s->gap > gap);
done:
    descent_clear(&d);
    return st;
}
