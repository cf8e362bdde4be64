/* The ways of a pair, most used first. A way is followed from its destination back; at every node
 * the greatest share that a way from there to the origin can have is known, so that of all that
 * wait the next to be finished is the most used. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "flow/analysis.h"
#include "network/heap.h"

/* A step back: by an arc, after the steps before it. */
typedef struct step {
    double share; /* of the pair's trips, that go so from here on */
    int32_t node, arc, before;
} step;
typedef struct waiting {
    double most; /* that a way from here can have */
    int32_t step;
} waiting;
static inline bool more_used(const void *none, const waiting *a, const waiting *b) {
    (void)none;
    return a->most != b->most ? a->most > b->most : a->step < b->step;
}
KARVAN_I_HEAP(waiting, waiting, 4, const void *, more_used)

typedef struct search {
    const karvan_analysis *a;
    const karvan_i_bush *b;
    double *most;   /* [n] the greatest share of one way back to the origin */
    int32_t *place; /* [n] of a node in the bush */
    int32_t n_steps, room_steps, n_heap, room_heap;
    step *step;
    waiting *heap;
} search;

static karvan_status search_init(search *s, const karvan_analysis *a, karvan_error *err) {
    size_t n = (size_t)a->p.n + 1;
    *s = (search){.a = a};
    s->most = karvan_i_malloc(n, sizeof *s->most), s->place = karvan_i_malloc(n, sizeof *s->place);
    return s->most && s->place ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for ways");
}

static void search_clear(search *s) {
    karvan_i_free(s->most), karvan_i_free(s->place);
    karvan_i_free(s->step), karvan_i_free(s->heap);
}

static void prepare(search *s, const karvan_i_bush *b) {
    const karvan_i_problem *p = &s->a->p;
    s->b = b, s->most[b->origin] = 1;
    for (int32_t i = 0; i < b->n; i++) {
        karvan_i_entrance e = karvan_i_entrance_at(p, b, i);
        double most = 0;
        for (int32_t k = 0; k < e.n; k++)
            most = fmax(most, karvan_i_share(&e, k) * s->most[p->tail[e.arc[k]]]);
        s->most[e.node] = most, s->place[e.node] = i;
    }
}

/* Memory doubles, so that ways without number end as an error and not as a hang. */
static karvan_status add_step(search *s, step new, karvan_error *err) {
    if (s->n_steps == s->room_steps) {
        if (s->room_steps > INT32_MAX / 2)
            return karvan_fail(err, KARVAN_E_NOMEM, "more ways than can be told apart");
        int32_t room = s->room_steps ? 2 * s->room_steps : 64;
        step *more = karvan_i_realloc(s->step, (size_t)room, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ways");
        s->step = more, s->room_steps = room;
    }
    s->step[s->n_steps++] = new;
    return KARVAN_OK;
}

static karvan_status push(search *s, int32_t at, karvan_error *err) {
    if (s->n_heap == s->room_heap) {
        int32_t room = s->room_heap ? 2 * s->room_heap : 64;
        waiting *more = karvan_i_realloc(s->heap, (size_t)room, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ways");
        s->heap = more, s->room_heap = room;
    }
    const step *t = &s->step[at];
    waiting_push(NULL, s->heap, &s->n_heap, (waiting){t->share * s->most[t->node], at});
    return KARVAN_OK;
}

/* From a step back by the most used way; what branches off waits. *at: its last step. */
static karvan_status follow(search *s, int32_t *at, karvan_error *err) {
    const karvan_i_problem *p = &s->a->p;
    while (s->step[*at].node != s->b->origin) {
        const step from = s->step[*at];
        karvan_i_entrance e = karvan_i_entrance_at(p, s->b, s->place[from.node]);
        int32_t best = 0;
        double most = -1;
        for (int32_t k = 0; k < e.n; k++) {
            double m = karvan_i_share(&e, k) * s->most[p->tail[e.arc[k]]];
            if (m > most) most = m, best = k;
        }
        int32_t next = s->n_steps;
        for (int32_t k = 0; k < e.n; k++) {
            double share = from.share * karvan_i_share(&e, k);
            if (k != best && !(share > 0)) continue;
            if (k == best) next = s->n_steps;
            karvan_status st = add_step(s, (step){share, p->tail[e.arc[k]], e.arc[k], *at}, err);
            if (st == KARVAN_OK && k != best) st = push(s, s->n_steps - 1, err);
            if (st != KARVAN_OK) return st;
        }
        *at = next;
    }
    return KARVAN_OK;
}

/* The steps of a way become arcs from its origin on. */
static karvan_status list_way(const search *s, int32_t at, const double *cost,
                              karvan_used_ways *out, karvan_error *err) {
    int32_t n = out->n, length = 0;
    double *flow, *sum;
    for (int32_t i = at; s->step[i].before >= 0; i = s->step[i].before) length++;
    int32_t begin = n > 0 ? out->first[n] : 0;
    if (begin > INT32_MAX - length)
        return karvan_fail(err, KARVAN_E_NOMEM, "ways of more arcs than can be counted");
    flow = karvan_i_realloc(out->flow, (size_t)n + 1, sizeof *flow);
    if (flow) out->flow = flow;
    sum = karvan_i_realloc(out->cost, (size_t)n + 1, sizeof *sum);
    if (sum) out->cost = sum;
    int32_t *first = karvan_i_realloc(out->first, (size_t)n + 2, sizeof *first);
    if (first) out->first = first;
    int32_t *arc = karvan_i_realloc(out->arc, (size_t)begin + (size_t)length + 1, sizeof *arc);
    if (arc) out->arc = arc;
    if (!flow || !sum || !first || !arc)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ways");
    flow[n] = out->trips * s->step[at].share, sum[n] = 0;
    first[n] = begin, first[n + 1] = begin + length, out->n++;
    for (int32_t i = at; s->step[i].before >= 0; i = s->step[i].before)
        sum[n] += cost[s->step[i].arc], arc[begin++] = s->a->p.arc[s->step[i].arc];
    return KARVAN_OK;
}

/* cost [m] of the class; out->trips is set. */
static karvan_status find(search *s, int32_t destination, int32_t most, const double *cost,
                          karvan_used_ways *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double listed = 0;
    s->n_steps = s->n_heap = 0;
    KARVAN_TRY(add_step(s, (step){1, destination, -1, -1}, err));
    KARVAN_TRY(push(s, 0, err));
    while (s->n_heap > 0 && out->n < most) {
        int32_t at = waiting_pop(NULL, s->heap, &s->n_heap).step;
        KARVAN_TRY(follow(s, &at, err));
        KARVAN_TRY(list_way(s, at, cost, out, err));
        listed += s->step[at].share;
    }
    out->rest = s->n_heap > 0 ? out->trips * fmax(1 - listed, 0) : 0;
done:
    return st;
}

/* The class's costs, in memory of the caller's. */
static karvan_status user_costs(const karvan_analysis *a, int class, double **cost,
                                karvan_error *err) {
    if (!*cost) *cost = karvan_i_malloc((size_t)a->p.m + 1, sizeof **cost);
    if (!*cost) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for costs");
    karvan_i_user_costs(a, a->p.group[class], *cost);
    return KARVAN_OK;
}

static double trips_of(const karvan_i_demand *d, int32_t origin, int32_t destination) {
    for (int64_t k = d->first[origin]; k < d->first[origin + 1]; k++)
        if (d->destination[k] == destination) return d->trips[k];
    return 0;
}

karvan_status karvan_analysis_ways(const karvan_analysis *a, int class_no, int32_t origin,
                                   int32_t destination, int32_t most, karvan_used_ways *out,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    search s = {0};
    double *cost = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_used_ways){.n = 0};
    KARVAN_REQUIRE(a && most > 0, err, KARVAN_E_ARG, "no analysis, or less than one way");
    KARVAN_REQUIRE(class_no >= 0 && class_no < a->p.n_classes && origin >= 0 &&
                       origin < a->p.zones && destination >= 0 && destination < a->p.zones,
                   err, KARVAN_E_ARG, "class %d, zones %d and %d; classes are 0..%d, zones 0..%d",
                   class_no, (int)origin, (int)destination, a->p.n_classes - 1,
                   (int)a->p.zones - 1);
    KARVAN_TRY(karvan_i_need_ways(a, err));
    out->trips = trips_of(&a->p.demand[class_no], origin, destination);
    const karvan_i_bush *b = karvan_i_bush_of(a, a->p.group[class_no], origin);
    if (!b || !(out->trips > 0)) goto done;
    KARVAN_TRY(user_costs(a, class_no, &cost, err));
    KARVAN_TRY(search_init(&s, a, err));
    prepare(&s, b);
    KARVAN_TRY(find(&s, destination, most, cost, out, err));
done:
    if (st != KARVAN_OK) karvan_used_ways_clear(out);
    search_clear(&s);
    karvan_i_free(cost);
    return st;
}

void karvan_used_ways_clear(karvan_used_ways *w) {
    if (!w) return;
    karvan_i_free(w->flow), karvan_i_free(w->cost), karvan_i_free(w->first), karvan_i_free(w->arc);
    *w = (karvan_used_ways){.n = 0};
}

/* ---- of all pairs -----------------------------------------------------------------------------
 */

static karvan_status put_way(const karvan_analysis *a, const karvan_used_ways *w, int32_t i,
                             karvan_builder *b, karvan_i_text *text, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_int(b, 3, i + INT64_C(1), err));
    KARVAN_TRY(karvan_builder_real(b, 4, w->flow[i], err));
    KARVAN_TRY(karvan_builder_real(b, 5, w->cost[i], err));
    for (int links = 0; links < 2; links++) {
        text->n = 0;
        if (!links)
            karvan_i_text_printf(text, "%d", (int)a->solution->tail[w->arc[w->first[i]]] + 1);
        for (int32_t k = w->first[i]; k < w->first[i + 1]; k++)
            karvan_i_text_printf(text, links && k == w->first[i] ? "%d" : " %d",
                                 (links ? (int)w->arc[k] : (int)a->solution->head[w->arc[k]]) + 1);
        KARVAN_TRY(karvan_i_text_status(text, err));
        KARVAN_TRY(karvan_builder_text(b, 6 + links, text->s, err));
    }
done:
    return st;
}

/* Rows of one pair; *rest: its trips on ways not listed are added. */
static karvan_status put_pair(search *s, int class, int64_t cell, int32_t most, const double *cost,
                              karvan_builder *b, karvan_i_text *text, double *rest,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_demand *d = &s->a->p.demand[class];
    karvan_used_ways w = {.trips = d->trips[cell]};
    KARVAN_TRY(find(s, d->destination[cell], most, cost, &w, err));
    *rest += w.rest;
    for (int32_t i = 0; i < w.n; i++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, s->a->solution->name[class], err));
        KARVAN_TRY(karvan_builder_int(b, 1, s->b->origin + INT64_C(1), err));
        KARVAN_TRY(karvan_builder_int(b, 2, d->destination[cell] + INT64_C(1), err));
        KARVAN_TRY(put_way(s->a, &w, i, b, text, err));
    }
done:
    karvan_used_ways_clear(&w);
    return st;
}

karvan_status karvan_analysis_ways_table(const karvan_analysis *a, int32_t most,
                                         const karvan_cancel *cancel, karvan_table **out,
                                         double *rest, karvan_error *err) {
    static const karvan_column columns[] = {
        {"class", KARVAN_TEXT, NULL},      {"origin", KARVAN_INT, NULL},
        {"destination", KARVAN_INT, NULL}, {"way", KARVAN_INT, NULL},
        {"trips", KARVAN_REAL, NULL},      {"cost", KARVAN_REAL, NULL},
        {"nodes", KARVAN_TEXT, NULL},      {"links", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_i_text text = {0};
    search s = {0};
    double *cost = NULL, left = 0;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(a && most > 0, err, KARVAN_E_ARG, "no analysis, or less than one way");
    KARVAN_TRY(karvan_i_need_ways(a, err));
    KARVAN_TRY(search_init(&s, a, err));
    KARVAN_TRY(karvan_builder_create("ways", 8, columns, &b, err));
    for (int c = 0; c < a->p.n_classes; c++) {
        KARVAN_TRY(user_costs(a, c, &cost, err));
        const karvan_i_demand *d = &a->p.demand[c];
        for (int32_t o = 0; o < a->p.zones; o++) {
            const karvan_i_bush *bush = karvan_i_bush_of(a, a->p.group[c], o);
            if (!bush || d->first[o] == d->first[o + 1]) continue;
            KARVAN_REQUIRE(!karvan_cancelled(cancel), err, KARVAN_E_CANCELLED, "cancelled");
            prepare(&s, bush);
            for (int64_t k = d->first[o]; k < d->first[o + 1]; k++)
                KARVAN_TRY(put_pair(&s, c, k, most, cost, b, &text, &left, err));
        }
    }
    if (rest) *rest = left;
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    search_clear(&s);
    karvan_i_text_clear(&text), karvan_i_free(cost);
    return st;
}
