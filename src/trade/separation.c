/* Separation: the rows with y = 0 that some combination z = Xg + Da of regressors and effects holds
 * above 0 while it is 0 wherever y > 0 and nowhere below 0. Along -z the likelihood grows without
 * end, so no estimate exists until such rows are dropped (Correia, Guimaraes and Zylkin 2019).
 *
 * Found by the iterative rectifier: project u (1 where y = 0) on the combinations that vanish where
 * y > 0; set what is below 0 to 0; again. <u, z> of every z that separates never falls, so u cannot
 * vanish where there is one. Convergence is linear, and rows that are not separated come near 0 but
 * not there: now and then the clear part of u is therefore projected with all else held at 0, and
 * only what is then nowhere below 0 is believed. One z seldom reaches all rows: its rows go, and
 * the search begins again, until it is proved that no row is left. docs/methods/separation.md.
 *
 * Rows are held at 0 by the method of multipliers: they weigh HEAVY times as much, and what is left
 * of z there is taken from their target until nothing is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/prune.h"

enum { MOST_ROUNDS = 4000, MOST_MULTIPLIERS = 60, OFTEN = 32 };
#define HEAVY 1e3
#define HURRY 1e3   /* most weight of an open row */
#define LIGHT 1e-6  /* weight of rows that are gone: they follow */
#define ZERO  1e-10 /* left of z, which is about 1, where it must vanish */
#define BELOW 1e-8  /* share of the largest z that counts as 0 below 0 */
#define TELLS 1e-7  /* and above */
#define SURE  1e-9  /* share of the largest z that a row may have that is said to have none */

typedef enum row_state { OPEN, HELD, GONE } row_state;

typedef struct rectifier {
    karvan_i_design d; /* the caller's, but for y (the target) and weight */
    karvan_i_newton s;
    karvan_gravity_options o;
    int64_t n;
    double *target, *weight, *z, *lambda;
    double *u;            /* as it goes on */
    double *sum;          /* weight (u - z), added up: orthogonal to all combinations */
    double *speed;        /* weights of open rows */
    double *total;        /* certificate of rows that are gone */
    unsigned char *state; /* [n] */
    unsigned char *aside; /* [n] open rows that are held while a candidate is tried */
    int64_t tried;        /* candidates in the last try */
    double left;          /* largest |z| on a row held, after the last projection */
} rectifier;

static void clear(rectifier *r) {
    karvan_i_newton_clear(&r->s);
    karvan_i_free(r->target), karvan_i_free(r->weight), karvan_i_free(r->z);
    karvan_i_free(r->lambda), karvan_i_free(r->u), karvan_i_free(r->sum);
    karvan_i_free(r->speed), karvan_i_free(r->total), karvan_i_free(r->state),
        karvan_i_free(r->aside);
}

static karvan_status create(rectifier *r, const karvan_i_design *d, const karvan_gravity_options *o,
                            karvan_error *err) {
    size_t n = (size_t)d->n + 1;
    *r = (rectifier){.d = *d, .n = d->n};
    r->target = karvan_i_calloc(n, sizeof(double)), r->weight = karvan_i_calloc(n, sizeof(double));
    r->z = karvan_i_calloc(n, sizeof(double)), r->lambda = karvan_i_calloc(n, sizeof(double));
    r->u = karvan_i_calloc(n, sizeof(double)), r->sum = karvan_i_calloc(n, sizeof(double));
    r->speed = karvan_i_calloc(n, sizeof(double));
    r->total = karvan_i_calloc(n, sizeof(double));
    r->state = karvan_i_calloc(n, 1), r->aside = karvan_i_calloc(n, 1);
    if (!r->target || !r->weight || !r->z || !r->lambda || !r->u || !r->sum || !r->speed ||
        !r->total || !r->state || !r->aside)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory to look for separated rows");
    for (int64_t i = 0; i < r->n; i++) r->state[i] = d->y[i] > 0 ? HELD : OPEN;
    r->o = (karvan_gravity_options){.estimator = KARVAN_OLS,
                                    .tolerance = 1e-12,
                                    .max_iterations = 50,
                                    .threads = o->threads,
                                    .cancel = o->cancel};
    r->d.y = r->target, r->d.weight = r->weight, r->d.offset = NULL;
    return KARVAN_OK;
}

/* ---- projection ---- */

static bool held(const rectifier *r, int64_t i) { return r->state[i] == HELD || r->aside[i]; }

/* Which rows are held has changed: weights anew, no multiplier yet. */
static karvan_status weigh(rectifier *r, karvan_error *err) {
    for (int64_t i = 0; i < r->n; i++) {
        r->weight[i] = held(r, i) ? HEAVY : r->state[i] == GONE ? LIGHT : r->speed[i];
        r->lambda[i] = 0;
    }
    karvan_i_newton_clear(&r->s);
    return karvan_i_newton_create(&r->d, &r->o, &r->s, err);
}

/* z = projection of u (open rows' target) on the combinations that vanish on rows held. */
static karvan_status project(rectifier *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int turn = 0; turn < MOST_MULTIPLIERS; turn++) {
        r->left = 0;
        for (int64_t i = 0; i < r->n; i++) {
            if (held(r, i))
                r->target[i] = -r->lambda[i];
            else if (r->state[i] == GONE)
                r->target[i] = r->z[i];
        }
        KARVAN_TRY(karvan_i_newton_regress(&r->s, err));
        KARVAN_TRY(karvan_i_newton_predictor(&r->s, r->z, err));
        for (int64_t i = 0; i < r->n; i++) {
            if (!held(r, i)) continue;
            r->lambda[i] += r->z[i];
            if (fabs(r->z[i]) > r->left) r->left = fabs(r->z[i]);
        }
        if (r->left <= ZERO) break;
    }
done:
    return st;
}

/* ---- one z ---- */

/* The open rows of z above `share` of `most` are the candidate: project it with all others at
 * 0, and if it is nowhere below 0 it separates: *found, with its rows in r->z. */
static karvan_status attempt(rectifier *r, const double *z, double most, double share, bool *found,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t candidates = 0;
    for (int64_t i = 0; i < r->n; i++) {
        bool open = r->state[i] == OPEN, clear_one = open && z[i] > share * most;
        r->aside[i] = open && !clear_one;
        candidates += clear_one;
    }
    if (candidates == r->tried) return KARVAN_OK;
    r->tried = candidates;
    KARVAN_TRY(weigh(r, err));
    for (int64_t i = 0; i < r->n; i++) r->target[i] = r->aside[i] ? 0 : z[i] / most;
    KARVAN_TRY(project(r, err));
    double least = 0, top = 0;
    for (int64_t i = 0; i < r->n; i++) {
        if (r->state[i] != OPEN || r->aside[i]) continue;
        if (r->z[i] < least) least = r->z[i];
        if (r->z[i] > top) top = r->z[i];
    }
    *found = top > TELLS && least >= -BELOW * top && r->left <= BELOW / 10 * top;
done:
    return st;
}

/* Tries z's clear part at several shares, the largest candidate first. Spoils target, lambda,
 * z. */
static karvan_status try_clear_part(rectifier *r, const double *z, double most, bool *found,
                                    karvan_error *err) {
    static const double shares[] = {1e-7, 1e-5, 1e-3};
    karvan_status st = KARVAN_OK;
    r->tried = 0;
    for (size_t k = 0; k < sizeof shares / sizeof *shares && st == KARVAN_OK && !*found; k++)
        st = attempt(r, z, most, shares[k], found, err);
    return st;
}

/* Start anew: u = 1 on open rows, of which there are that many. */
static int64_t restart(rectifier *r) {
    int64_t open = 0;
    memset(r->aside, 0, (size_t)r->n);
    for (int64_t i = 0; i < r->n; i++) {
        r->u[i] = r->state[i] == OPEN, r->sum[i] = 0, r->speed[i] = 1;
        open += r->state[i] == OPEN;
    }
    return open;
}

/* Where the sum is nowhere below 0, a row where it is above 0 has z = 0 in all that separate, since
 * the sum of their products is 0. Such rows are held from now on; how many. */
static int64_t clear_rows(rectifier *r) {
    double under = 0;
    int64_t cleared = 0;
    for (int64_t i = 0; i < r->n; i++) {
        if (r->state[i] != OPEN) continue;
        r->sum[i] += r->speed[i] * (r->u[i] - r->z[i]);
        if (r->sum[i] < 0) under -= r->sum[i];
    }
    for (int64_t i = 0; i < r->n; i++) {
        if (r->state[i] != OPEN || !(r->sum[i] > 0.01 && under <= SURE * r->sum[i])) continue;
        r->state[i] = HELD, cleared++;
    }
    return cleared;
}

/* u = what z has above 0. true: all of it is so small that nothing separates, <u, z> being 1 or
 * more for a z of at most 1 that does. */
static bool rectify(rectifier *r, double *most) {
    double weight = 0;
    *most = 0;
    for (int64_t i = 0; i < r->n; i++) {
        if (r->state[i] != OPEN) continue;
        r->u[i] = r->z[i] > 0 ? r->z[i] : 0, weight += r->speed[i];
        if (r->z[i] > *most) *most = r->z[i];
    }
    return *most * weight < 0.5;
}

/* Rows that stay below 0 weigh more, which moves them faster: they are not in u, so that <u, z> of
 * all that separate is the same. */
static void hurry(rectifier *r) {
    for (int64_t i = 0; i < r->n; i++)
        if (r->state[i] == OPEN && !(r->u[i] > 0) && r->speed[i] < HURRY) r->speed[i] *= 4;
}

/* Rounds until a z is found, in r->z with its rows neither held nor aside, or none is left. */
static karvan_status find(rectifier *r, bool *found, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t open = restart(r);
    bool anew = true;
    double most;
    *found = false;
    for (int round = 0; open > 0; round++) {
        KARVAN_REQUIRE(round < MOST_ROUNDS, err, KARVAN_E_NOCONV,
                       "the search for separated rows did not end in %d rounds", MOST_ROUNDS);
        if (anew) KARVAN_TRY(weigh(r, err));
        memcpy(r->target, r->u, (size_t)r->n * sizeof *r->u);
        KARVAN_TRY(project(r, err));
        anew = clear_rows(r) > 0;
        if (anew) {
            open = restart(r);
            continue;
        }
        if (rectify(r, &most)) break;
        if (round % OFTEN != 0 && (round & (round - 1)) != 0) continue;
        KARVAN_TRY(try_clear_part(r, r->u, most, found, err));
        if (*found) break;
        memset(r->aside, 0, (size_t)r->n);
        hurry(r);
        anew = true;
    }
done:
    return st;
}

/* ---- all of them ---- */

/* The rows of r->z go. So that one vector is the certificate of all, earlier rows get as much
 * of their own z as keeps the sum above 0. */
static int64_t let_go(rectifier *r) {
    double top = 0, most = 1;
    int64_t went = 0;
    for (int64_t i = 0; i < r->n; i++) {
        if (r->state[i] == OPEN && !r->aside[i] && r->z[i] > top) top = r->z[i];
        if (r->state[i] == GONE && 1 - r->z[i] / r->total[i] > most)
            most = 1 - r->z[i] / r->total[i];
    }
    for (int64_t i = 0; i < r->n; i++) {
        if (r->state[i] == GONE) r->total[i] = r->z[i] + most * r->total[i];
        if (r->state[i] != OPEN || r->aside[i] || !(r->z[i] > TELLS * top)) continue;
        r->state[i] = GONE, r->total[i] = r->z[i], went++;
    }
    return went;
}

karvan_status karvan_i_separation(karvan_i_design *d, const karvan_gravity_options *o,
                                  int64_t *found, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    rectifier r;
    bool *keep = NULL;
    *found = 0;
    KARVAN_TRY(create(&r, d, o, err));
    for (bool any = true; any;) {
        KARVAN_TRY(find(&r, &any, err));
        if (any) *found += let_go(&r);
    }
    if (*found == 0) goto done;
    keep = karvan_i_malloc((size_t)r.n + 1, sizeof *keep);
    KARVAN_REQUIRE(keep, err, KARVAN_E_NOMEM, "no memory for %lld rows", (long long)r.n);
    for (int64_t i = 0; i < r.n; i++) {
        keep[i] = r.state[i] != GONE;
        if (keep[i]) continue;
        karvan_i_drop drop = {
            .row = d->row[i], .certificate = r.total[i], .reason = KARVAN_I_SEPARATED};
        KARVAN_TRY(karvan_i_drops_add(&d->drops, drop, err));
    }
    st = karvan_i_design_keep(d, keep, err);
done:
    karvan_i_free(keep);
    clear(&r);
    return st;
}
