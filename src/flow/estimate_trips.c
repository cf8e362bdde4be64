/* Trips of a plain network out of counts of its arcs: the estimate over assignments. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/demand.h"

/* Routes whose costs differ by less than the equilibrium can tell count as equal. */
static const double SLACK = 1e-6, SLACK_OF_GAP = 100;

typedef struct network {
    const karvan_assignment_problem *given;
    karvan_assignment_problem problem; /* with the demand of now */
    karvan_user_class *classes;
    karvan_trips trips;
    const karvan_arc_counts *counts;
    const karvan_trips_estimate_options *o;
    karvan_assignment *last;
} network;

static karvan_status assign(network *g, const double *demand, karvan_error *err) {
    karvan_assignment_options o = g->o->assignment;
    karvan_assignment *next = NULL;
    memcpy(g->trips.trips, demand, (size_t)g->trips.n * sizeof *demand);
    o.start = g->last, o.progress = NULL;
    karvan_status st = karvan_assignment_solve(&g->problem, &o, &next, err);
    if (next && st != KARVAN_E_CANCELLED) { /* also where the gap is not reached */
        karvan_assignment_destroy(g->last);
        g->last = next, next = NULL;
    }
    karvan_assignment_destroy(next);
    return st;
}

static karvan_status load(void *ctx, const double *demand, const double *constant, double *modelled,
                          double *slope, double *constant_slope, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    network *g = ctx;
    (void)constant, (void)constant_slope;
    KARVAN_TRY(assign(g, demand, err));
    const double *flow = karvan_assignment_flow_view(g->last);
    for (int32_t k = 0; k < g->counts->n; k++) {
        modelled[k] = 0;
        for (int64_t i = g->counts->first[k]; i < g->counts->first[k + 1]; i++)
            modelled[k] += flow[g->counts->arc[i]];
    }
    double slack = fmax(SLACK, SLACK_OF_GAP * g->o->assignment.gap);
    if (slope)
        KARVAN_TRY(karvan_route_shares(&g->problem, flow, karvan_assignment_time_view(g->last),
                                       g->o->user_class, g->counts, slack, g->o->assignment.threads,
                                       g->o->assignment.cancel, slope, NULL, err));
done:
    return st;
}

static karvan_status copy_trips(const karvan_trips *from, karvan_trips *to, karvan_error *err) {
    size_t zones = (size_t)from->zones + 1, n = (size_t)from->n + 1;
    *to = (karvan_trips){.zones = from->zones, .n = from->n};
    to->first = karvan_i_malloc(zones, sizeof *to->first);
    to->destination = karvan_i_malloc(n, sizeof *to->destination);
    to->trips = karvan_i_malloc(n, sizeof *to->trips);
    if (!to->first || !to->destination || !to->trips) {
        karvan_trips_clear(to);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld cells", (long long)from->n);
    }
    memcpy(to->first, from->first, zones * sizeof *to->first);
    memcpy(to->destination, from->destination, (n - 1) * sizeof *to->destination);
    memcpy(to->trips, from->trips, (n - 1) * sizeof *to->trips);
    return KARVAN_OK;
}

/* Cells that fell to 0 are left out. */
static void drop_zeros(karvan_trips *t) {
    int64_t n = 0, begin = 0;
    for (int32_t o = 0; o < t->zones; o++) {
        int64_t end = t->first[o + 1];
        for (int64_t k = begin; k < end; k++)
            if (t->trips[k] > 0) t->destination[n] = t->destination[k], t->trips[n++] = t->trips[k];
        t->first[o + 1] = n, begin = end;
    }
    t->n = n;
}

static karvan_status begin(network *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_assignment_problem *p = g->given;
    KARVAN_REQUIRE(p && g->counts && g->o && p->n_classes > 0 && p->classes, err, KARVAN_E_ARG,
                   "an estimate needs a problem, counts and options");
    KARVAN_REQUIRE(g->o->user_class >= 0 && g->o->user_class < p->n_classes, err, KARVAN_E_ARG,
                   "class %d; classes are 0..%d", g->o->user_class, p->n_classes - 1);
    KARVAN_REQUIRE(g->o->assignment.principle == KARVAN_USER_EQUILIBRIUM, err, KARVAN_E_ARG,
                   "counts are estimated on at user equilibrium");
    const karvan_trips *t = p->classes[g->o->user_class].trips;
    KARVAN_REQUIRE(t && t->n <= INT32_MAX, err, KARVAN_E_ARG, "the class has no trips");
    for (int64_t i = 0; g->counts->n > 0 && i < g->counts->first[g->counts->n]; i++)
        KARVAN_REQUIRE(g->counts->arc[i] >= 0 && g->counts->arc[i] < p->n_arcs, err, KARVAN_E_ARG,
                       "a count of arc %d; arcs are 0..%d", (int)g->counts->arc[i],
                       (int)p->n_arcs - 1);
    KARVAN_TRY(copy_trips(t, &g->trips, err));
    g->classes = karvan_i_malloc((size_t)p->n_classes, sizeof *g->classes);
    KARVAN_REQUIRE(g->classes, err, KARVAN_E_NOMEM, "no memory for classes");
    memcpy(g->classes, p->classes, (size_t)p->n_classes * sizeof *g->classes);
    g->classes[g->o->user_class].trips = &g->trips;
    g->problem = *p, g->problem.classes = g->classes;
done:
    return st;
}

static bool has_answer(karvan_status st) {
    return st == KARVAN_OK || st == KARVAN_E_NOCONV || st == KARVAN_E_CANCELLED;
}

/* The demand that was found, and its flows; `stopped`: no more assignments, those of the last.
 * KARVAN_E_NOCONV: the gap of the flows is not reached, KARVAN_E_CANCELLED: flows are of the last;
 * all is handed out. */
static karvan_status hand_out(network *g, const karvan_estimate *e, bool stopped,
                              karvan_trips *trips, double *flow, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (flow) {
        if (!stopped) st = assign(g, e->demand, err);
        if (!has_answer(st)) goto done;
        memcpy(flow, karvan_assignment_flow_view(g->last),
               (size_t)g->problem.n_arcs * sizeof *flow);
    }
    memcpy(g->trips.trips, e->demand, (size_t)g->trips.n * sizeof *e->demand);
    *trips = g->trips, g->trips = (karvan_trips){0};
    drop_zeros(trips);
done:
    return st;
}

karvan_status karvan_estimate_trips(const karvan_assignment_problem *problem,
                                    const karvan_arc_counts *counts,
                                    const karvan_trips_estimate_options *o, karvan_trips *trips,
                                    double *flow, karvan_estimate **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    network g = {.given = problem, .counts = counts, .o = o};
    double *rho = NULL;
    if (!out || !trips) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL, *trips = (karvan_trips){0};
    KARVAN_TRY(begin(&g, err));
    size_t n = (size_t)g.trips.n;
    if (!o->prior_error) {
        rho = karvan_i_malloc(n + 1, sizeof *rho);
        KARVAN_REQUIRE(rho, err, KARVAN_E_NOMEM, "no memory for %zu cells", n);
        for (size_t k = 0; k < n; k++) rho[k] = o->prior_error_all > 0 ? o->prior_error_all : 0.5;
    }
    const karvan_estimate_problem p = {.n_cells = (int32_t)n,
                                       .prior = problem->classes[o->user_class].trips->trips,
                                       .prior_error = rho ? rho : o->prior_error,
                                       .n_counts = counts->n,
                                       .count = counts->count,
                                       .count_error = counts->error,
                                       .load = load,
                                       .ctx = &g};
    st = karvan_estimate_solve(&p, &o->estimate, out, err);
    if (*out) {
        karvan_error why = {0};
        karvan_status given = hand_out(&g, *out, st == KARVAN_E_CANCELLED, trips, flow, &why);
        bool lost = !has_answer(given);
        if (lost) karvan_estimate_destroy(*out), *out = NULL;
        if (given != KARVAN_OK && (lost || st == KARVAN_OK)) {
            st = given;
            if (err) *err = why; /* in the place of what the search said */
        }
    }
done:
    karvan_assignment_destroy(g.last);
    karvan_trips_clear(&g.trips);
    karvan_i_free(g.classes), karvan_i_free(rho);
    return st;
}
