#ifndef KARVAN_TESTS_ENUMERATED_H
#define KARVAN_TESTS_ENUMERATED_H
/* The slow checker of assignment: every simple way of every pair is written out, and trips are
 * moved from dearer ways to the cheapest, pair by pair and class by class, each move as far as both
 * cost the same (by bisection), until none would gain. It shares no code with the library: times,
 * derivatives and integrals of constant and BPR functions are its own; those of other kinds are the
 * library's, which test_vdf holds to numbers by hand. Include cmocka before. */
#include <math.h>

#include "flow_case.h"

enum { WAYS_MAX = 6000, WAY_ARCS = 12 };

typedef struct way {
    int32_t from, to; /* zones */
    int n, arc[WAY_ARCS];
} way;

typedef struct enumerated {
    const flow_case *c;
    bool optimum; /* of the system */
    int n;
    way way[WAYS_MAX];
    double flow[CASE_CLASSES][WAYS_MAX]; /* trips */
    double x[CASE_ARCS];                 /* equivalents, without preload */
} enumerated;

/* ---- functions --------------------------------------------------------------------------------
 */

static inline double slow_time(const karvan_vdf *f, double x) {
    if (f->kind == KARVAN_VDF_CONSTANT) return f->t0;
    if (f->kind != KARVAN_VDF_BPR) return karvan_vdf_time(f, x);
    return f->t0 + f->t0 * f->a * pow(x / f->capacity, f->b);
}
static inline double slow_slope(const karvan_vdf *f, double x) {
    if (f->kind == KARVAN_VDF_CONSTANT) return 0;
    if (f->kind != KARVAN_VDF_BPR) return karvan_vdf_derivative(f, x);
    return f->t0 * f->a * f->b * pow(x / f->capacity, f->b - 1) / f->capacity;
}
static inline double slow_cost(const enumerated *e, int a, double x) {
    const karvan_vdf *f = &e->c->vdf[a];
    x += e->c->preload[a];
    return slow_time(f, x) + (e->optimum && x > 0 ? x * slow_slope(f, x) : 0);
}
static inline double slow_integral(const enumerated *e, int a) {
    const karvan_vdf *f = &e->c->vdf[a];
    double x = e->x[a] + e->c->preload[a];
    if (e->optimum) return x * slow_time(f, x);
    if (f->kind == KARVAN_VDF_CONSTANT) return f->t0 * x;
    if (f->kind != KARVAN_VDF_BPR) return karvan_vdf_integral(f, x);
    return f->t0 * x + f->t0 * f->a * f->capacity * pow(x / f->capacity, f->b + 1) / (f->b + 1);
}
static inline double slow_fixed(const flow_case *c, int class, int a) {
    return class > 0 || c->first_pays ? c->fixed[class][a] : 0;
}

/* ---- ways -------------------------------------------------------------------------------------
 */

static inline void extend(enumerated *e, way *so_far, int32_t at, uint32_t passed) {
    const flow_case *c = e->c;
    if (at != so_far->from && at < c->zones) {
        assert_true(e->n < WAYS_MAX);
        e->way[e->n] = *so_far, e->way[e->n++].to = at;
    }
    if (at != so_far->from && at < c->first_through) return;
    for (int a = 0; a < c->arcs; a++) {
        if (c->tail[a] != at || (passed >> c->head[a] & 1)) continue;
        assert_true(so_far->n < WAY_ARCS);
        so_far->arc[so_far->n++] = a;
        extend(e, so_far, c->head[a], passed | 1u << c->head[a]);
        so_far->n--;
    }
}

static inline double way_cost(const enumerated *e, int class, const way *w) {
    double sum = 0;
    for (int i = 0; i < w->n; i++)
        sum += slow_cost(e, w->arc[i], e->x[w->arc[i]]) + slow_fixed(e->c, class, w->arc[i]);
    return sum;
}

/* The cheapest way of a pair for a class, -1 where there is none. */
static inline int cheapest(const enumerated *e, int class, int32_t from, int32_t to) {
    int best = -1;
    double least = INFINITY;
    for (int k = 0; k < e->n; k++) {
        if (e->way[k].from != from || e->way[k].to != to) continue;
        double cost = way_cost(e, class, &e->way[k]);
        if (cost < least) least = cost, best = k;
    }
    return best;
}

static inline void put(enumerated *e, int class, int k, double trips) {
    e->flow[class][k] += trips;
    for (int i = 0; i < e->way[k].n; i++) e->x[e->way[k].arc[i]] += trips * e->c->pce[class];
}

/* ---- moves ------------------------------------------------------------------------------------
 */

/* How much dearer a way is than another once so many trips have changed. */
static inline double dearer_by(enumerated *e, int class, int dear, int cheap, double trips) {
    double held[CASE_ARCS], had = e->flow[class][dear], other = e->flow[class][cheap];
    memcpy(held, e->x, sizeof held);
    put(e, class, dear, -trips), put(e, class, cheap, trips);
    for (int a = 0; a < e->c->arcs; a++) e->x[a] = fmax(e->x[a], 0);
    double d = way_cost(e, class, &e->way[dear]) - way_cost(e, class, &e->way[cheap]);
    memcpy(e->x, held, sizeof held);
    e->flow[class][dear] = had, e->flow[class][cheap] = other;
    return d;
}

static inline void move(enumerated *e, int class, int dear, int cheap) {
    double low = 0, high = e->flow[class][dear];
    if (dearer_by(e, class, dear, cheap, high) < 0)
        for (int k = 0; k < 60; k++) {
            double middle = low + (high - low) / 2;
            if (dearer_by(e, class, dear, cheap, middle) > 0)
                low = middle;
            else
                high = middle;
        }
    put(e, class, dear, -high), put(e, class, cheap, high);
}

/* Flows of arcs anew from those of ways, without what adding and subtracting has left. */
static inline void add_up(enumerated *e) {
    memset(e->x, 0, sizeof e->x);
    for (int c = 0; c < e->c->classes; c++)
        for (int k = 0; k < e->n; k++) {
            double trips = e->flow[c][k];
            e->flow[c][k] = 0;
            put(e, c, k, trips);
        }
}

/* What all could save by the cheapest ways of this moment, in equivalents; and what they spend. */
static inline double excess(const enumerated *e, double *spent) {
    double sum = 0;
    *spent = 0;
    for (int c = 0; c < e->c->classes; c++)
        for (int k = 0; k < e->n; k++) {
            if (!(e->flow[c][k] > 0)) continue;
            int best = cheapest(e, c, e->way[k].from, e->way[k].to);
            double cost = way_cost(e, c, &e->way[k]), trips = e->flow[c][k] * e->c->pce[c];
            sum += trips * (cost - way_cost(e, c, &e->way[best])), *spent += trips * cost;
        }
    return sum;
}

static inline void sweep_moves(enumerated *e) {
    for (int c = 0; c < e->c->classes; c++)
        for (int k = 0; k < e->n; k++) {
            if (!(e->flow[c][k] > 0)) continue;
            int best = cheapest(e, c, e->way[k].from, e->way[k].to);
            if (best != k && way_cost(e, c, &e->way[k]) > way_cost(e, c, &e->way[best]))
                move(e, c, k, best);
        }
    add_up(e);
}

/* Equilibrium, or the system's optimum, to a relative gap of 1e-13, or what 5,000 rounds of moves
 * reach where pairs hang together so that they give and take by turns; the excess left, which tells
 * how near the flows are. */
static inline double enumerate(enumerated *e, const flow_case *c, bool optimum, double *spent) {
    double left = 0;
    *e = (enumerated){.c = c, .optimum = optimum};
    for (int32_t o = 0; o < c->zones; o++) extend(e, &(way){.from = o}, o, 1u << o);
    for (int k = 0; k < c->classes; k++)
        for (int32_t o = 0; o < c->zones; o++)
            for (int32_t d = 0; d < c->zones; d++) {
                int best = cheapest(e, k, o, d);
                if (best >= 0) put(e, k, best, c->demand[k][o * c->zones + d]);
            }
    for (int round = 0; round < 5000; round++) {
        left = excess(e, spent);
        if (left <= 1e-13 * *spent) break;
        sweep_moves(e);
    }
    return left;
}

static inline double enumerated_objective(const enumerated *e) {
    double sum = 0;
    for (int a = 0; a < e->c->arcs; a++) sum += slow_integral(e, a);
    for (int c = 0; c < e->c->classes; c++)
        for (int k = 0; k < e->n; k++)
            for (int i = 0; i < e->way[k].n; i++)
                sum += e->flow[c][k] * e->c->pce[c] * slow_fixed(e->c, c, e->way[k].arc[i]);
    return sum;
}
#endif
