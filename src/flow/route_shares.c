/* Shares of pairs that pass counted arcs, at an equilibrium of which arc flows are known. */
#include "flow/route_shares.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/demand.h"

typedef struct reading {
    const karvan_i_fans *w;
    const double *weight;
    const karvan_trips *trips; /* of the class, as given */
    int group;
    double pce;
    const int32_t *times; /* [m] how often the count has an arc, by place in the star */
    double *share;        /* [cells] of this count */
} reading;

/* Sums of products over the ways to each node, all and those that pass the count, once for each
 * passage. */
static void pass(const karvan_i_problem *p, const karvan_i_fan *w, const reading *r,
                 karvan_i_wide *all, karvan_i_wide *counted) {
    karvan_i_fan_forward(p, w, r->weight, all);
    for (int32_t i = 0; i < w->n; i++) {
        int32_t a = w->arc[i], u = p->tail[a];
        counted[p->head[a]] +=
            (karvan_i_wide)r->weight[a] * (counted[u] + (karvan_i_wide)r->times[a] * all[u]);
    }
}

static bool meets(const karvan_i_fan *w, const int32_t *times) {
    for (int32_t i = 0; i < w->n; i++)
        if (times[w->arc[i]]) return true;
    return false;
}

static void read_one(const reading *r, const karvan_i_fan *w, karvan_i_wide *all,
                     karvan_i_wide *counted) {
    const karvan_i_problem *p = r->w->p;
    if (w->group != r->group || !meets(w, r->times)) return;
    for (int32_t v = 0; v < p->n; v++) all[v] = counted[v] = 0;
    pass(p, w, r, all, counted);
    for (int64_t k = r->trips->first[w->origin]; k < r->trips->first[w->origin + 1]; k++) {
        int32_t to = r->trips->destination[k];
        if (to != w->origin && all[to] > 0) r->share[k] = r->pce * (double)(counted[to] / all[to]);
    }
}

static karvan_status read_chunk(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    const reading *r = ctx;
    size_t n = (size_t)r->w->p->n;
    (void)worker;
    karvan_i_wide *all = karvan_i_malloc(2 * n + 1, sizeof *all);
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %zu nodes", n);
    for (int64_t i = begin; i < end; i++) read_one(r, &r->w->fan[i], all, all + n);
    karvan_i_free(all);
    return KARVAN_OK;
}

static karvan_status check(const karvan_assignment_problem *g, const double *flow,
                           const double *time, int user_class, const karvan_arc_counts *c,
                           double slack, karvan_error *err) {
    if (!g || !flow || !time || !c || c->n < 0 || (c->n > 0 && (!c->first || !c->arc)))
        return karvan_fail(err, KARVAN_E_ARG, "shares need a problem, its flows, and counts");
    if (user_class < 0 || user_class >= g->n_classes)
        return karvan_fail(err, KARVAN_E_ARG, "class %d; classes are 0..%d", user_class,
                           g->n_classes - 1);
    if (!(slack >= 0) || isinf(slack))
        return karvan_fail(err, KARVAN_E_ARG, "the slack is %g; 0 or more is right", slack);
    for (int64_t i = 0; c->n > 0 && i < c->first[c->n]; i++)
        if (c->arc[i] < 0 || c->arc[i] >= g->n_arcs)
            return karvan_fail(err, KARVAN_E_ARG, "a count of arc %d; arcs are 0..%d",
                               (int)c->arc[i], (int)g->n_arcs - 1);
    for (int32_t a = 0; a < g->n_arcs; a++)
        if (!(flow[a] >= 0) || isinf(flow[a]) || !(time[a] >= 0) || isinf(time[a]))
            return karvan_fail(err, KARVAN_E_ARG,
                               "arc %d has a flow of %g and a time of %g; 0 or more is right",
                               (int)a, flow[a], time[a]);
    return KARVAN_OK;
}

static karvan_status read_counts(reading *r, const karvan_arc_counts *c, const int32_t *place,
                                 int threads, const karvan_cancel *cancel, double *share,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t *times = karvan_i_calloc((size_t)r->w->p->m + 1, sizeof *times);
    KARVAN_REQUIRE(times, err, KARVAN_E_NOMEM, "no memory for counts");
    r->times = times;
    memset(share, 0, (size_t)c->n * (size_t)r->trips->n * sizeof *share);
    for (int32_t k = 0; k < c->n; k++) {
        for (int64_t i = c->first[k]; i < c->first[k + 1]; i++) times[place[c->arc[i]]]++;
        r->share = share + (size_t)k * (size_t)r->trips->n;
        KARVAN_TRY(karvan_parallel_for(r->w->n, 32, threads, read_chunk, r, cancel, err));
        for (int64_t i = c->first[k]; i < c->first[k + 1]; i++) times[place[c->arc[i]]] = 0;
    }
done:
    karvan_i_free(times);
    return st;
}

karvan_status karvan_route_shares(const karvan_assignment_problem *problem, const double *flow,
                                  const double *time, int user_class,
                                  const karvan_arc_counts *counts, double slack, int threads,
                                  const karvan_cancel *cancel, double *share, double *residual,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_problem p = {0};
    karvan_i_fans w = {0};
    double *room = NULL, unread;
    int32_t *place = NULL;
    KARVAN_TRY(check(problem, flow, time, user_class, counts, slack, err));
    KARVAN_TRY(karvan_i_problem_init(&p, problem, KARVAN_USER_EQUILIBRIUM, err));
    size_t m = (size_t)p.m;
    room = karvan_i_malloc(3 * m + 1, sizeof *room);
    place = karvan_i_malloc(m + 1, sizeof *place);
    KARVAN_REQUIRE(room && place, err, KARVAN_E_NOMEM, "no memory for %zu arcs", m);
    double *v = room, *t = room + m, *weight = room + 2 * m;
    for (int32_t a = 0; a < p.m; a++)
        v[a] = flow[p.arc[a]], t[a] = time[p.arc[a]], place[p.arc[a]] = a;
    KARVAN_TRY(karvan_i_fans_find(&w, &p, t, v, slack, threads, cancel, err));
    KARVAN_TRY(karvan_i_fans_weigh(&w, v, slack / 10, threads, cancel, weight,
                                   residual ? residual : &unread, err));
    const karvan_user_class *c = &problem->classes[user_class];
    reading r = {&w, weight, c->trips, p.group[user_class], c->pce, NULL, NULL};
    KARVAN_TRY(read_counts(&r, counts, place, threads, cancel, share, err));
done:
    karvan_i_fans_clear(&w);
    karvan_i_problem_clear(&p);
    karvan_i_free(room), karvan_i_free(place);
    return st;
}
