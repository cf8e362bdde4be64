/* A solution out of what a method left: by the caller's numbers, measured, with what tells whether
 * a later problem may start from it. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/assignment.h"

/* Mixing of words by a multiplication and a shift; equal data give equal digests, and that data
 * which differ do too is as good as certain. */
static uint64_t mix(uint64_t h, const void *bytes, size_t n) {
    const unsigned char *at = bytes;
    for (; n > 0;) {
        uint64_t word = 0;
        size_t some = n < sizeof word ? n : sizeof word;
        memcpy(&word, at, some);
        h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
        at += some, n -= some;
    }
    return h;
}

uint64_t karvan_i_digest_network(const karvan_i_problem *p) {
    const int32_t sizes[] = {p->n, p->m, p->zones, p->first_through};
    size_t bytes = (size_t)p->m * sizeof(int32_t);
    uint64_t h = mix(1, sizes, sizeof sizes);
    return p->m == 0 ? h : mix(mix(h, p->given->tail, bytes), p->given->head, bytes);
}

uint64_t karvan_i_digest_demand(const karvan_i_problem *p, int class) {
    const karvan_i_demand *d = &p->demand[class];
    size_t n = (size_t)d->first[p->zones];
    uint64_t h = mix(2, &d->pce, sizeof d->pce);
    h = mix(h, d->first, ((size_t)p->zones + 1) * sizeof *d->first);
    if (n == 0) return h;
    return mix(mix(h, d->destination, n * sizeof *d->destination), d->trips, n * sizeof *d->trips);
}

static karvan_status make_room(karvan_assignment *a, const karvan_i_problem *p, karvan_error *err) {
    size_t m = (size_t)p->m + 1, classes = (size_t)p->n_classes;
    a->demand = karvan_i_malloc(classes, sizeof *a->demand);
    a->name = karvan_i_calloc(classes, sizeof *a->name);
    a->pce = karvan_i_malloc(classes, sizeof *a->pce);
    a->arc = karvan_i_malloc(m, sizeof *a->arc);
    a->tail = karvan_i_malloc(m, sizeof *a->tail), a->head = karvan_i_malloc(m, sizeof *a->head);
    a->flow = karvan_i_malloc(m, sizeof *a->flow), a->time = karvan_i_malloc(m, sizeof *a->time);
    a->fixed = p->fixed[0] ? karvan_i_malloc(m, sizeof *a->fixed) : NULL;
    bool good = a->demand && a->name && a->pce && a->arc && a->tail && a->head && a->flow &&
                a->time && (a->fixed || !p->fixed[0]);
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for a solution");
}

static karvan_status tell_classes(karvan_assignment *a, const karvan_i_problem *p,
                                  karvan_error *err) {
    for (int c = 0; c < p->n_classes; c++) {
        const char *name = p->given->classes[c].name ? p->given->classes[c].name : "";
        a->pce[c] = p->demand[c].pce, a->demand[c] = karvan_i_digest_demand(p, c);
        a->name[c] = karvan_i_strndup(name, strlen(name));
        if (!a->name[c]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a solution");
    }
    return KARVAN_OK;
}

static void tell_arcs(karvan_assignment *a, const karvan_i_problem *p, const double *flow) {
    for (int32_t i = 0; i < p->m; i++) {
        int32_t k = a->arc[i] = p->arc[i];
        a->tail[k] = p->tail[i], a->head[k] = p->head[i];
        a->flow[k] = flow[i], a->time[k] = karvan_i_arc_time(p, i, flow[i]);
        if (a->fixed) a->fixed[k] = p->fixed[0][i];
    }
}

static karvan_status measure(karvan_assignment *a, karvan_i_run *run, const double *flow,
                             double *cost, karvan_error *err) {
    const karvan_i_problem *p = run->p;
    karvan_assignment_stats *s = &a->stats;
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_costs(p, flow, cost, err));
    *s = (karvan_assignment_stats){.iterations = run->iterations,
                                   .demand = p->asked,
                                   .intrazonal = p->intrazonal,
                                   .unserved_pairs = p->n_unserved};
    for (int64_t k = 0; k < p->n_unserved; k++) s->unserved += p->unserved[k].trips;
    karvan_i_measure(p, run->class_flow, flow, &s->objective, &s->total_cost, &s->total_time);
    double spent = karvan_i_spent(p, run->class_flow, cost);
    KARVAN_REQUIRE(isfinite(spent) && isfinite(s->objective) && isfinite(s->total_cost), err,
                   KARVAN_E_ARG, "flows cost more in all than can be counted");
    /* Who asked to stop does not wait for one more search: the gap stays unknown. */
    if (!run->measured && karvan_cancelled(run->cancel)) {
        s->relative_gap = s->average_excess_cost = NAN;
    } else {
        if (!run->measured)
            KARVAN_TRY(karvan_i_all_or_nothing(p, cost, NULL, run->threads, NULL, NULL,
                                               &run->least_cost, err));
        double excess = fmax(spent - run->least_cost, 0);
        s->relative_gap = spent > 0 ? excess / spent : 0;
        s->average_excess_cost = p->served > 0 ? excess / p->served : 0;
    }
    s->converged = s->relative_gap <= run->gap;
done:
    return st;
}

karvan_status karvan_i_assignment_make(karvan_i_run *run, karvan_assignment **out,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_problem *p = run->p;
    karvan_assignment *a = karvan_i_calloc(1, sizeof *a);
    double *flow = karvan_i_malloc((size_t)p->m + 1, sizeof *flow);
    double *cost = karvan_i_malloc((size_t)p->m + 1, sizeof *cost);
    KARVAN_REQUIRE(a && flow && cost, err, KARVAN_E_NOMEM, "no memory for a solution");
    a->n = p->n, a->m = p->m, a->zones = p->zones, a->first_through = p->first_through;
    a->n_classes = p->n_classes, a->network = karvan_i_digest_network(p);
    KARVAN_TRY(make_room(a, p, err));
    KARVAN_TRY(tell_classes(a, p, err));
    karvan_i_sum_classes(p, run->class_flow, flow);
    tell_arcs(a, p, flow);
    KARVAN_TRY(measure(a, run, flow, cost, err));
    a->unserved = karvan_i_malloc((size_t)p->n_unserved + 1, sizeof *a->unserved);
    KARVAN_REQUIRE(a->unserved, err, KARVAN_E_NOMEM, "no memory for a solution");
    for (int64_t k = 0; k < p->n_unserved; k++) a->unserved[k] = p->unserved[k];
    a->n_unserved = p->n_unserved;
    a->class_flow = run->class_flow, run->class_flow = NULL;
    a->kept = run->kept, a->destroy_kept = run->destroy_kept, run->kept = NULL;
    *out = a, a = NULL;
done:
    karvan_assignment_destroy(a);
    karvan_i_free(flow), karvan_i_free(cost);
    return st;
}
