/* Pairs of ways between which flow shifts. At every merge that is reached at different costs there
 * are two: the dearest used way and the least one, back to the node where they part. Bushes are
 * labelled and their pairs gathered at once, under the same prices; flow is shifted by one hand, in
 * the order of bushes, under prices that follow each shift: so the result does not hang on the
 * number of threads. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/bush.h"

/* Costs nearer to one another than this part of themselves are equal. */
static const double ROUNDING = 1e-15;

static karvan_status make_room(karvan_i_pool *pool, int32_t steps, karvan_error *err) {
    if (pool->n == pool->room) {
        int64_t room = pool->room + pool->room / 2 + 256;
        void *pair = karvan_i_realloc(pool->pair, (size_t)room, sizeof *pool->pair);
        if (!pair) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ways");
        pool->pair = pair, pool->room = room;
    }
    if (pool->room_steps - pool->n_steps < steps) {
        int64_t room = pool->n_steps + pool->n_steps / 2 + steps + 4096;
        void *step = karvan_i_realloc(pool->step, (size_t)room, sizeof *pool->step);
        if (!step) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ways");
        pool->step = step, pool->room_steps = room;
    }
    return KARVAN_OK;
}

/* Writes a step and counts what it takes. */
static int32_t put(int32_t *to, int32_t arc, int32_t entry) {
    to[0] = entry < 0 ? arc : ~arc;
    if (entry >= 0) to[1] = entry;
    return entry < 0 ? 1 : 2;
}

/* The two ways into v, back to where they part, each in memory of the worker's; then both behind
 * what the pool has. */
static karvan_status trace(const karvan_i_bush_state *s, karvan_i_bush_work *w, int32_t v,
                           karvan_error *err) {
    const karvan_i_label_node *node = w->node;
    const int32_t *tail = s->p->tail;
    int32_t *dear = w->stack, *cheap = w->stack + 2 * (int64_t)s->p->n, i = 0, j = 0, x = v, y = v;
    do {
        if (x == v || (y != v && node[x].rank > node[y].rank)) {
            i += put(dear + i, node[x].most_arc, node[x].most_entry);
            x = tail[node[x].most_arc];
        } else {
            j += put(cheap + j, node[y].least_arc, node[y].least_entry);
            y = tail[node[y].least_arc];
        }
    } while (x != y);
    karvan_i_pool *pool = &w->pool;
    karvan_status st = make_room(pool, i + j, err);
    if (st != KARVAN_OK) return st;
    memcpy(pool->step + pool->n_steps, dear, (size_t)i * sizeof *dear);
    memcpy(pool->step + pool->n_steps + i, cheap, (size_t)j * sizeof *cheap);
    pool->pair[pool->n++] = (karvan_i_pair_of_ways){pool->n_steps, i, j, INFINITY};
    pool->n_steps += i + j;
    return KARVAN_OK;
}

karvan_status karvan_i_bush_gather(const karvan_i_bush_state *s, int worker, karvan_i_bush *b,
                                   karvan_i_ways *out, karvan_error *err) {
    karvan_i_bush_work *w = &s->work[worker];
    *out = (karvan_i_ways){.bush = b, .worker = worker, .first = w->pool.n};
    karvan_i_bush_label(s, w, b);
    out->excess = karvan_i_bush_excess(s, w, b);
    for (int32_t k = b->n_merges - 1; k >= 0; k--) {
        int32_t v = b->merge[k].node;
        const karvan_i_label_node *l = &w->node[v];
        if (!(l->most - l->least > ROUNDING * l->most) || l->most_arc == l->least_arc) continue;
        if (!(b->flow[l->most_entry] > 0)) continue;
        karvan_status st = trace(s, w, v, err);
        if (st != KARVAN_OK) return st;
    }
    out->n = w->pool.n - out->first;
    return KARVAN_OK;
}

/* One side of a pair: its cost, slope, and the flow that can leave it. Arcs behind a node that is
 * no merge carry at least what passes on, so that the least entry is the least flow. */
typedef struct side {
    const int32_t *step, *end;
    double cost, slope, flow;
} side;

static side look(const karvan_i_bush_state *s, const karvan_i_bush *b, const int32_t *step,
                 int32_t n) {
    const karvan_i_priced *price = s->price[b->group];
    side d = {step, step + n, 0, 0, INFINITY};
    while (step < d.end) {
        int32_t a = *step++;
        if (a < 0) {
            double flow = b->flow[*step++];
            a = ~a;
            if (flow < d.flow) d.flow = flow;
        }
        d.cost += price[a].cost, d.slope += s->slope[a];
    }
    return d;
}

/* Adds to the flow of a side and gives its cost then. */
static double add(karvan_i_bush_state *s, const karvan_i_bush *b, const side *d, double flow) {
    const karvan_i_priced *price = s->price[b->group];
    double cost = 0;
    for (const int32_t *step = d->step; step < d->end;) {
        int32_t a = *step++;
        if (a < 0) a = ~a, b->flow[*step++] += flow;
        s->flow[a] += flow;
        karvan_i_reprice(s, a);
        cost += price[a].cost;
    }
    return cost;
}

static double slope_of(const karvan_i_bush_state *s, const side *d) {
    double slope = 0;
    for (const int32_t *step = d->step; step < d->end;) {
        int32_t a = *step++;
        if (a < 0) a = ~a, step++;
        slope += s->slope[a];
    }
    return slope;
}

/* How much of a step that went too far to draw back: by Newton's method again, which comes near
 * from beyond where costs rise ever faster; where the slope says nothing, by false position. */
static double draw_back(double step, double gain, double left, double slope) {
    double back = slope > 0 ? -left / slope : step;
    return back < step ? back : step * (1 - gain / (gain - left));
}

enum { CORRECTIONS = 8 };
static const double TOO_FAR = 0.5;

static double shift_pair(karvan_i_bush_state *s, const karvan_i_bush *b, const int32_t *step,
                         int32_t dearer, int32_t cheaper) {
    side dear = look(s, b, step, dearer), cheap = look(s, b, step + dearer, cheaper);
    double gain = dear.cost - cheap.cost, slope = dear.slope + cheap.slope;
    if (gain < 0) {
        side other = dear;
        dear = cheap, cheap = other, gain = -gain;
    }
    if (!(gain > ROUNDING * dear.cost) || !(dear.flow > 0) || !(dear.flow < INFINITY)) return 0;
    double most = slope > 0 && slope < INFINITY ? gain / slope : dear.flow;
    if (!(most < dear.flow)) most = dear.flow;
    double left = add(s, b, &dear, -most) - add(s, b, &cheap, most);
    for (int i = 0; i < CORRECTIONS && left < -TOO_FAR * gain; i++) {
        double back = draw_back(most, gain, left, slope_of(s, &dear) + slope_of(s, &cheap));
        most -= back;
        left = add(s, b, &dear, back) - add(s, b, &cheap, -back);
    }
    return gain * most;
}

double karvan_i_ways_shift(karvan_i_bush_state *s, const karvan_i_ways *ways, double least_gain) {
    const karvan_i_pool *pool = &s->work[ways->worker].pool;
    double gain = 0;
    for (int64_t k = ways->first; k < ways->first + ways->n; k++) {
        karvan_i_pair_of_ways *pair = &pool->pair[k];
        if (!(pair->gain > least_gain)) continue;
        pair->gain = shift_pair(s, ways->bush, pool->step + pair->begin, pair->dear, pair->cheap);
        gain += pair->gain;
    }
    return gain;
}
