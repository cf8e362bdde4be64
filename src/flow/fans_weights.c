/* The most likely flows of least-cost routes: in each pair in proportion to the product of weights
 * along the route, which is the largest entropy under given flows of arcs. The logarithms of the
 * weights are where a convex function is least whose gradient is what the arcs have too much of
 * (limited-memory BFGS: Liu and Nocedal 1989, over logarithms scaled by the roots of the flows). */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/route_shares.h"

enum { ROUNDS = 2000, PATIENCE = 60, MEMORY = 12, HALVINGS = 25 };
static const double LEAST = 1e-12, CUT = 60; /* residual; of logarithms of weights */

typedef struct climb {
    const karvan_i_fans *w;
    const double *flow;
    size_t m;
    int threads;
    const karvan_cancel *cancel;
    double *weight, *made, *room; /* [m], [m + 1], of karvan_i_fans_load */
    double *at, *try, *best;      /* [m] logarithms times root */
    double *root;                 /* [m] of flow; 0: left alone */
    double *slope, *old, *step;   /* [m] */
    double *moved[MEMORY], *turned[MEMORY], curve[MEMORY];
    int kept, newest;
    double value, residual, least, close;
} climb;

/* Value, slope and residual at scaled logarithms. */
static karvan_status look(climb *c, const double *at, double *value, double *slope,
                          double *residual, karvan_error *err) {
    double off = 0, sum = 0, linear = 0;
    for (size_t a = 0; a < c->m; a++) {
        double l = c->root[a] > 0 ? at[a] / c->root[a] : -CUT;
        c->weight[a] = exp(fmin(fmax(l, -CUT), CUT));
        linear += c->flow[a] * (c->root[a] > 0 ? l : 0);
    }
    karvan_status st =
        karvan_i_fans_load(c->w, c->weight, c->threads, c->cancel, c->room, c->made, err);
    for (size_t a = 0; a < c->m; a++) {
        double much = c->made[a] - c->flow[a];
        slope[a] = c->root[a] > 0 ? much / c->root[a] : 0;
        off += fabs(much), sum += c->flow[a];
    }
    *value = c->made[c->m] - linear, *residual = sum > 0 ? off / sum : off;
    return st;
}

static double dot(size_t n, const double *x, const double *y) {
    double s = 0;
    for (size_t i = 0; i < n; i++) s += x[i] * y[i];
    return s;
}

/* The step of BFGS from what is kept of the last moves and turns of the slope. */
static void find_step(climb *c) {
    double by[MEMORY] = {0};
    memcpy(c->step, c->slope, c->m * sizeof *c->step);
    for (int i = 0; i < c->kept; i++) {
        int k = (c->newest - i + MEMORY) % MEMORY;
        by[k] = dot(c->m, c->moved[k], c->step) / c->curve[k];
        for (size_t a = 0; a < c->m; a++) c->step[a] -= by[k] * c->turned[k][a];
    }
    int k = c->newest;
    double scale = c->kept > 0 ? c->curve[k] / dot(c->m, c->turned[k], c->turned[k]) : 1;
    for (size_t a = 0; a < c->m; a++) c->step[a] *= scale;
    for (int i = c->kept - 1; i >= 0; i--) {
        k = (c->newest - i + MEMORY) % MEMORY;
        double more = by[k] - dot(c->m, c->turned[k], c->step) / c->curve[k];
        for (size_t a = 0; a < c->m; a++) c->step[a] += more * c->moved[k][a];
    }
    for (size_t a = 0; a < c->m; a++) c->step[a] = -c->step[a];
}

static void remember(climb *c) {
    int k = (c->newest + 1) % MEMORY;
    for (size_t a = 0; a < c->m; a++) {
        c->moved[k][a] = c->try[a] - c->at[a];
        c->turned[k][a] = c->slope[a] - c->old[a];
    }
    c->curve[k] = dot(c->m, c->moved[k], c->turned[k]);
    double size = sqrt(dot(c->m, c->moved[k], c->moved[k]) * dot(c->m, c->turned[k], c->turned[k]));
    if (!(c->curve[k] > 1e-12 * size)) return; /* rounding: no curve to learn from */
    c->newest = k;
    if (c->kept < MEMORY) c->kept++;
}

/* One step along the line, as far as the function falls; *moved false: it does not. */
static karvan_status advance(climb *c, bool *moved, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double fall, value = 0, residual = 0, longest = 1, most = 0;
    memcpy(c->old, c->slope, c->m * sizeof *c->old);
    fall = dot(c->m, c->slope, c->step);
    for (size_t a = 0; a < c->m; a++)
        if (c->root[a] > 0) most = fmax(most, fabs(c->step[a]) / c->root[a]);
    if (most > 3) longest = 3 / most; /* no weight by more than exp(3) at once */
    *moved = false;
    for (int t = 0; t < HALVINGS; t++) {
        double by = ldexp(longest, -t);
        for (size_t a = 0; a < c->m; a++) c->try[a] = c->at[a] + by * c->step[a];
        KARVAN_TRY(look(c, c->try, &value, c->slope, &residual, err));
        double noise = 1e-14 * (1 + fabs(c->value));
        *moved = value <= c->value + 1e-4 * by * fall + noise;
        if (*moved) break;
    }
    if (!*moved) memcpy(c->slope, c->old, c->m * sizeof *c->old);
    if (!*moved) goto done;
    remember(c);
    c->value = value, c->residual = residual;
    memcpy(c->at, c->try, c->m * sizeof *c->at);
done:
    return st;
}

static void keep_best(climb *c) {
    c->least = c->residual;
    memcpy(c->best, c->at, c->m * sizeof *c->best);
}

static karvan_status run(climb *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int idle = 0;
    bool moved;
    KARVAN_TRY(look(c, c->at, &c->value, c->slope, &c->residual, err));
    keep_best(c);
    for (int t = 0; t < ROUNDS && c->least > c->close && idle < PATIENCE; t++) {
        find_step(c);
        KARVAN_TRY(advance(c, &moved, err));
        if (!moved && c->kept == 0) break;
        if (!moved) c->kept = 0; /* start again along the slope */
        idle = c->residual < 0.99 * c->least ? 0 : idle + 1;
        if (c->residual < c->least) keep_best(c);
    }
    KARVAN_TRY(look(c, c->best, &c->value, c->slope, &c->residual, err));
done:
    return st;
}

/* To begin with, at each node in proportion to what the arcs bring: right where all origins mix. */
static karvan_status begin(climb *c, karvan_error *err) {
    const karvan_i_problem *p = c->w->p;
    double *into = karvan_i_calloc((size_t)p->n + 1, sizeof *into);
    if (!into) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d nodes", (int)p->n);
    for (int32_t a = 0; a < p->m; a++) into[p->head[a]] += c->flow[a];
    for (int32_t a = 0; a < p->m; a++) {
        c->root[a] = sqrt(c->flow[a]);
        c->at[a] = c->flow[a] > 0 ? c->root[a] * log(c->flow[a] / into[p->head[a]]) : 0;
    }
    karvan_i_free(into);
    return KARVAN_OK;
}

karvan_status karvan_i_fans_weigh(const karvan_i_fans *w, const double *flow, double close,
                                  int threads, const karvan_cancel *cancel, double *weight,
                                  double *residual, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t m = (size_t)w->p->m;
    climb c = {.w = w,
               .flow = flow,
               .m = m,
               .threads = threads,
               .cancel = cancel,
               .weight = weight,
               .close = fmax(close, LEAST),
               .newest = MEMORY - 1};
    double *at = karvan_i_malloc((8 + 2 * MEMORY) * m + 1 + karvan_i_fans_room(w), sizeof *at);
    double *all = at;
    KARVAN_REQUIRE(at, err, KARVAN_E_NOMEM, "no memory for flows of %zu arcs", m);
    c.at = at, c.try = at + m, c.best = at + 2 * m, c.root = at + 3 * m, c.slope = at + 4 * m;
    c.old = at + 5 * m, c.step = at + 6 * m, at += 7 * m;
    for (int k = 0; k < MEMORY; k++) c.moved[k] = at, c.turned[k] = at + m, at += 2 * m;
    c.made = at, c.room = at + m + 1;
    KARVAN_TRY(begin(&c, err));
    KARVAN_TRY(run(&c, err));
    *residual = c.least;
done:
    karvan_i_free(all);
    return st;
}
