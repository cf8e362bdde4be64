/* What a case makes cheaper, and the ways that come of it. A way that becomes best for that reason
 * passes an arc that costs less than it did, and the best of those that pass an arc is the best to
 * it, the arc, and the best from there on: two trees an arc tell for all pairs whether there can be
 * one. Only where it can is an origin searched from. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_routes.h"

/* ---- which arcs ---- */

bool karvan_i_freight_shuts(const karvan_freight *f, const karvan_freight *start) {
    for (int32_t l = 0; l < f->n_lanes; l++)
        for (int32_t a = 0; a < f->lane[l].n_arcs; a++)
            if (!(f->lane[l].base[a] < INFINITY) && start->lane[l].base[a] < INFINITY) return true;
    return false;
}

bool karvan_i_arc_is_news(const karvan_i_lane *now, int32_t a, const karvan_i_lane *then,
                          int32_t b) {
    const double PART = 1e-9; /* rounding alone is none */
    return !(then->base[b] < INFINITY) ||
           now->base[a] < then->base[b] - PART * fabs(then->base[b]) ||
           now->net->arcs[a].var_h2 < then->net->arcs[b].var_h2 * (1 - PART);
}

void karvan_i_freight_news_clear(karvan_i_news *news) {
    karvan_i_free(news->first), karvan_i_free(news->arc);
    *news = (karvan_i_news){0};
}

karvan_status karvan_i_freight_news_find(const karvan_freight *f, const karvan_freight *start,
                                         karvan_i_news *out, karvan_error *err) {
    size_t arcs = 1;
    for (int32_t l = 0; l < f->n_lanes; l++) arcs += (size_t)f->lane[l].n_arcs;
    *out = (karvan_i_news){.first = karvan_i_calloc((size_t)f->n_lanes + 1, sizeof *out->first)};
    out->arc = karvan_i_malloc(arcs, sizeof *out->arc);
    if (!out->first || !out->arc) {
        karvan_i_freight_news_clear(out);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %zu arcs", arcs);
    }
    for (int32_t l = 0; l < f->n_lanes; l++) {
        const karvan_i_lane *now = &f->lane[l];
        int32_t n = out->first[l];
        for (int32_t a = 0; a < now->n_arcs; a++)
            if (now->base[a] < INFINITY && karvan_i_arc_is_news(now, a, &start->lane[l], a))
                out->arc[n++] = a;
        out->first[l + 1] = n;
        if (n - out->first[l] > out->most) out->most = n - out->first[l];
    }
    return KARVAN_OK;
}

/* ---- ways by them ---- */

typedef struct via { /* the trees of an arc */
    bool open;       /* by the corridor */
    karvan_i_lane_tree to, on;
} via;

typedef struct passing { /* one lane at work */
    karvan_i_departure o;
    int32_t n; /* arcs */
    const int32_t *arc;
    via *via;       /* [n] */
    double *weight; /* [ways] of the lane's, as searches see them */
    int32_t *trip;  /* [trips] of one origin that are searched for */
} passing;

static void passing_clear(passing *p) {
    for (int32_t i = 0; p->via && i < p->n; i++)
        karvan_i_lane_tree_clear(&p->via[i].to), karvan_i_lane_tree_clear(&p->via[i].on);
    karvan_i_free(p->via), karvan_i_free(p->weight), karvan_i_free(p->trip);
    karvan_i_departure_clear(&p->o);
}

static karvan_status passing_init(passing *p, const karvan_i_routing *r, const karvan_i_news *news,
                                  int64_t task, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = r->f;
    *p = (passing){0};
    KARVAN_TRY(karvan_i_departure_init(&p->o, r, task, err));
    int32_t l = karvan_i_trip_of(&p->o, p->o.t->begin)->lane;
    p->n = news->first[l + 1] - news->first[l], p->arc = news->arc + news->first[l];
    p->via = karvan_i_calloc((size_t)p->n + 1, sizeof *p->via);
    p->weight = karvan_i_calloc((size_t)f->ways.n + 1, sizeof *p->weight);
    p->trip = karvan_i_malloc((size_t)(p->o.t->end - p->o.t->begin) + 1, sizeof *p->trip);
    KARVAN_REQUIRE(p->via && p->weight && p->trip, err, KARVAN_E_NOMEM, "no memory for routes");
    for (int32_t i = p->o.t->begin; i < p->o.t->end; i++) {
        int32_t k = karvan_i_trip_of(&p->o, i)->pair;
        for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++)
            for (int32_t j = 0; j < f->ways.way[w].n; j++)
                p->weight[w] += p->o.lane->weight[f->ways.arc[f->ways.way[w].first + j]];
    }
done:
    return st;
}

/* Trees of all arcs by a corridor, NULL: freely. */
static karvan_status grow_trees(passing *p, const karvan_i_constraint *c, bool *any,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_lane *lane = p->o.lane;
    *any = false;
    for (int32_t i = 0; i < p->n; i++) {
        via *v = &p->via[i];
        v->open = !c || !karvan_i_closed(c, p->arc[i]);
        if (!v->open) continue;
        *any = true;
        KARVAN_TRY(karvan_i_lane_tree_into(lane, lane->tail[p->arc[i]], c, &v->to, err));
        KARVAN_TRY(karvan_i_lane_tree_out(lane, lane->head[p->arc[i]], c, &v->on, err));
    }
done:
    return st;
}

typedef struct best { /* the best way of a trip by one of the arcs */
    double cost;
    int32_t via, to, on; /* where it begins and ends in its trees */
} best;

static best find_best(const passing *p, const karvan_i_trip *t, int n_groups) {
    const karvan_i_lane *lane = p->o.lane;
    int32_t from = lane->node[karvan_i_origin(lane->net, t->from)],
            to = lane->node[karvan_i_destination(lane->net, t->to)], sets = 1 << n_groups;
    best b = {.cost = INFINITY};
    for (int32_t i = 0; i < p->n; i++)
        for (int32_t x = 0; p->via[i].open && x < sets; x++) {
            const via *v = &p->via[i];
            double before = v->to.cost[x * lane->n + from] + lane->weight[p->arc[i]];
            if (!(before < b.cost)) continue;
            for (int32_t y = 0; y < sets; y++) {
                double cost = before + v->on.cost[y * lane->n + to];
                if ((x | y) == sets - 1 && cost < b.cost)
                    b = (best){cost, i, x * lane->n + from, y * lane->n + to};
            }
        }
    return b;
}

static void write_walk(passing *p, const best *b) {
    karvan_i_freight_walk *w = &p->o.walk;
    const karvan_i_lane_tree *on = &p->via[b->via].on;
    int32_t n = 0;
    w->n = 0;
    karvan_i_walk_to(&p->via[b->via].to, b->to, w);
    for (int32_t v = b->on; on->arc[v] >= 0; v = on->node[v]) n++;
    if (w->n + 1 + n > w->room) { /* no way is so long */
        w->n = 0;
        return;
    }
    w->arcs[w->n++] = p->arc[b->via];
    w->n += n;
    for (int32_t v = b->on, i = w->n; on->arc[v] >= 0; v = on->node[v]) w->arcs[--i] = on->arc[v];
}

/* The least that searches see of what a pair has by a corridor, -1: of all; by any but that. */
static double least_weight(const passing *p, int32_t pair, int32_t corridor) {
    const karvan_freight *f = p->o.r->f;
    double least = INFINITY;
    for (int64_t w = f->first_way[pair]; w < f->first_way[pair + 1]; w++)
        if (corridor < 0 || f->ways.way[w].corridor == corridor) least = fmin(least, p->weight[w]);
    return least;
}
static double least_around(const passing *p, int32_t pair, int32_t corridor) {
    const karvan_freight *f = p->o.r->f;
    double least = INFINITY;
    for (int64_t w = f->first_way[pair]; w < f->first_way[pair + 1]; w++)
        if (f->ways.way[w].corridor != corridor) least = fmin(least, p->weight[w]);
    return least;
}

/* May the best way around a corridor that is dearer than it looks be one? The walk is the best that
 * passes one of the arcs, of this cost. */
static bool may_pass_around(const passing *p, int32_t pair, double cost, bool known) {
    const karvan_freight *f = p->o.r->f;
    int32_t of = -2;
    for (int32_t k = 0; k < f->n_corridors; k++) {
        if (!(karvan_i_corridor_constant(f, k, pair) > 0) || cost > least_around(p, pair, k))
            continue;
        if (of == -2) of = karvan_i_corridor_of(f, p->o.lane, p->o.walk.arcs, p->o.walk.n);
        if (!known || of == k) return true;
    }
    return false;
}

/* May the best way of a trip by a corridor (-1: by any, or around one) pass one of the arcs, and be
 * new? */
static bool may_pass(passing *p, int32_t i, int32_t corridor, int n_groups) {
    const double ROUNDING = 1 - 1e-9;
    const karvan_freight *f = p->o.r->f;
    const karvan_i_trip *t = karvan_i_trip_of(&p->o, i);
    if (corridor >= 0 && !karvan_i_freight_may_improve(f, t->pair, corridor)) return false;
    best b = find_best(p, t, n_groups);
    if (!(b.cost < INFINITY)) return false;
    write_walk(p, &b);
    bool known = karvan_i_walk_known(&p->o, t->pair);
    return (!known && b.cost * ROUNDING <= least_weight(p, t->pair, corridor)) ||
           (corridor < 0 && may_pass_around(p, t->pair, b.cost * ROUNDING, known));
}

static karvan_status search(passing *p, int32_t corridor, int32_t n, karvan_error *err) {
    return corridor < 0 ? karvan_i_freight_better_freely(&p->o, n, p->trip, err)
                        : karvan_i_freight_better_within(&p->o, corridor, n, p->trip, err);
}

/* Those trips alone are searched for, each origin once. */
static karvan_status add_by(passing *p, int32_t corridor, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_constraint *c = corridor < 0 ? NULL : &p->o.lane->corridor[corridor];
    const karvan_i_trip *t = NULL;
    int32_t n = 0;
    bool any;
    KARVAN_TRY(grow_trees(p, c, &any, err));
    for (int32_t i = p->o.t->begin; any && i < p->o.t->end; i++) {
        bool begins = !t || t->from != karvan_i_trip_of(&p->o, i)->from;
        if (begins && n > 0) KARVAN_TRY(search(p, corridor, n, err));
        if (begins) n = 0;
        t = karvan_i_trip_of(&p->o, i);
        if (may_pass(p, i, corridor, c ? c->n_groups : 0)) p->trip[n++] = i;
    }
    if (n > 0) KARVAN_TRY(search(p, corridor, n, err));
done:
    return st;
}

typedef struct lanes_of {
    const karvan_i_routing *r;
    const karvan_i_news *news;
} lanes_of;

static karvan_status search_lanes(void *ctx, int64_t begin, int64_t end, int worker,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const lanes_of *k = ctx;
    passing p = {0};
    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        passing_clear(&p);
        KARVAN_TRY(passing_init(&p, k->r, k->news, i, err));
        for (int32_t c = -1; p.n > 0 && c < k->r->f->n_corridors; c++)
            KARVAN_TRY(add_by(&p, c, err));
    }
done:
    passing_clear(&p);
    return st;
}

karvan_status karvan_i_freight_better_by(karvan_freight *f, const karvan_i_news *news,
                                         int64_t *added, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_routing r = {0};
    const lanes_of k = {&r, news};
    for (int32_t l = 0; l < f->n_lanes; l++)
        karvan_i_lane_weigh(&f->lane[l], f, f->price, f->delay_h);
    KARVAN_TRY(karvan_i_routing_init(&r, f, NULL, true, err));
    KARVAN_TRY(karvan_parallel_for(r.n_tasks, 1, f->options.threads, search_lanes, (void *)&k,
                                   f->options.cancel, err));
    KARVAN_TRY(karvan_i_routing_gather(&r, added, err));
done:
    karvan_i_routing_clear(&r);
    return st;
}
