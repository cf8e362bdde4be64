/* Which arcs lie on least-cost routes, by origin. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/route_shares.h"

typedef struct finder {
    karvan_i_fans *w;
    const double *time, *flow;
    double slack;
} finder;

/* Scratch of one chunk. */
typedef struct scratch {
    karvan_i_tree tree;
    double *cost;
    int32_t *place; /* [n] of a node in the order; -1: not reached */
    int32_t *arc;   /* [m] found */
} scratch;

static void scratch_clear(scratch *s) {
    karvan_i_tree_clear(&s->tree);
    karvan_i_free(s->cost), karvan_i_free(s->place), karvan_i_free(s->arc);
}

static karvan_status scratch_init(scratch *s, const karvan_i_problem *p, karvan_error *err) {
    memset(s, 0, sizeof *s);
    s->cost = karvan_i_malloc((size_t)p->m + 1, sizeof *s->cost);
    s->place = karvan_i_malloc((size_t)p->n + 1, sizeof *s->place);
    s->arc = karvan_i_malloc((size_t)p->m + 1, sizeof *s->arc);
    if (!s->cost || !s->place || !s->arc)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes over %d arcs", (int)p->m);
    return karvan_i_tree_init(&s->tree, p, err);
}

/* Is an arc on a route that is least but for the slack? Ways go on only to nodes settled later, so
 * that none returns. */
static bool is_least(const finder *f, const scratch *s, int32_t a) {
    const karvan_i_problem *p = f->w->p;
    int32_t u = p->tail[a], v = p->head[a];
    const double *dist = s->tree.dist;
    if (s->place[v] <= s->place[u]) return false;
    if (s->tree.by[v] == a) return true;
    return f->flow[a] > 0 && dist[u] + s->cost[a] - dist[v] <= f->slack * dist[v];
}

static karvan_status find_one(finder *f, scratch *s, karvan_i_fan *w, karvan_error *err) {
    const karvan_i_problem *p = f->w->p;
    const double *fixed = p->fixed[w->group];
    for (int32_t a = 0; a < p->m; a++) s->cost[a] = f->time[a] + (fixed ? fixed[a] : 0);
    karvan_i_tree_grow(&s->tree, p, s->cost, w->origin);
    for (int32_t v = 0; v < p->n; v++) s->place[v] = -1;
    for (int32_t i = 0; i < s->tree.n_order; i++) s->place[s->tree.order[i]] = i;
    for (int32_t i = 0; i < s->tree.n_order; i++) {
        int32_t u = s->tree.order[i];
        if (u != w->origin && u < p->first_through) continue;
        for (int32_t a = p->first[u]; a < p->first[u + 1]; a++)
            if (is_least(f, s, a)) s->arc[w->n++] = a;
    }
    w->arc = karvan_i_malloc((size_t)w->n + 1, sizeof *w->arc);
    if (!w->arc)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes of %d arcs", (int)w->n);
    memcpy(w->arc, s->arc, (size_t)w->n * sizeof *w->arc);
    return KARVAN_OK;
}

static karvan_status find_chunk(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    finder *f = ctx;
    scratch s;
    (void)worker;
    karvan_status st = scratch_init(&s, f->w->p, err);
    for (int64_t i = begin; st == KARVAN_OK && i < end; i++)
        st = find_one(f, &s, &f->w->fan[i], err);
    scratch_clear(&s);
    return st;
}

/* Cells of 0 count too: it is asked which way their first trip would go. */
static bool has_cells(const karvan_i_problem *p, int group, int32_t origin) {
    for (int c = 0; c < p->n_classes; c++) {
        const int64_t *first = p->given->classes[c].trips->first;
        if (p->group[c] == group && first[origin + 1] > first[origin]) return true;
    }
    return false;
}

karvan_status karvan_i_fans_find(karvan_i_fans *w, const karvan_i_problem *p, const double *time,
                                 const double *flow, double slack, int threads,
                                 const karvan_cancel *cancel, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    finder f = {w, time, flow, slack};
    *w = (karvan_i_fans){.p = p};
    w->fan = karvan_i_calloc((size_t)p->n_groups * (size_t)p->zones + 1, sizeof *w->fan);
    KARVAN_REQUIRE(w->fan, err, KARVAN_E_NOMEM, "no memory for %d origins", (int)p->zones);
    for (int g = 0; g < p->n_groups; g++)
        for (int32_t o = 0; o < p->zones; o++)
            if (has_cells(p, g, o)) w->fan[w->n++] = (karvan_i_fan){.origin = o, .group = g};
    KARVAN_TRY(karvan_parallel_for(w->n, 16, threads, find_chunk, &f, cancel, err));
done:
    if (st != KARVAN_OK) karvan_i_fans_clear(w);
    return st;
}

void karvan_i_fans_clear(karvan_i_fans *w) {
    for (int64_t i = 0; w->fan && i < w->n; i++) karvan_i_free(w->fan[i].arc);
    karvan_i_free(w->fan);
    *w = (karvan_i_fans){0};
}

void karvan_i_fan_forward(const karvan_i_problem *p, const karvan_i_fan *w, const double *weight,
                          karvan_i_wide *sum) {
    sum[w->origin] = 1;
    for (int32_t i = 0; i < w->n; i++) {
        int32_t a = w->arc[i];
        sum[p->head[a]] += (karvan_i_wide)weight[a] * sum[p->tail[a]];
    }
}
