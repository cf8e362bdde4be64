/* What is kept of a stochastic equilibrium: flows as an assignment, costs of pairs, routes. */
#include "flow/sue_solution.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "flow/assignment.h"
#include "flow/sum.h"

/* Routes of a class, by pair. */
typedef struct kept_routes {
    int32_t n_pairs;
    int32_t *origin, *destination; /* [n_pairs] */
    double *trips;                 /* [n_pairs] */
    int64_t *first, *route_first;
    int32_t *route_arc; /* places in the star */
    double *cost, *share;
} kept_routes;

struct karvan_sue {
    karvan_assignment *flows;
    int n_classes;
    double **logsum;     /* [n_classes][cells] */
    kept_routes *routes; /* [n_classes]; NULL: recursive */
    int32_t *head;       /* [m] node of an arc's end, by place in the star */
    karvan_sue_stats stats;
};

void karvan_sue_destroy(karvan_sue *s) {
    if (!s) return;
    for (int c = 0; c < s->n_classes; c++) {
        if (s->logsum) karvan_i_free(s->logsum[c]);
        if (!s->routes) continue;
        kept_routes *k = &s->routes[c];
        karvan_i_free(k->origin), karvan_i_free(k->destination), karvan_i_free(k->trips);
        karvan_i_free(k->first), karvan_i_free(k->route_first), karvan_i_free(k->route_arc);
        karvan_i_free(k->cost), karvan_i_free(k->share);
    }
    karvan_assignment_destroy(s->flows);
    karvan_i_free(s->logsum), karvan_i_free(s->routes), karvan_i_free(s->head), karvan_i_free(s);
}

karvan_sue_stats karvan_sue_statistics(const karvan_sue *s) { return s->stats; }
const karvan_assignment *karvan_sue_assignment_view(const karvan_sue *s) { return s->flows; }
const double *karvan_sue_logsum_view(const karvan_sue *s, int class) {
    return class >= 0 && class < s->n_classes ? s->logsum[class] : NULL;
}

/* ---- made ---- */

/* Costs of the cells served, put among all cells that were given. */
static karvan_status keep_logsums(karvan_sue *k, const karvan_i_loader *l, karvan_error *err) {
    const karvan_i_problem *p = l->p;
    k->logsum = karvan_i_calloc((size_t)p->n_classes, sizeof *k->logsum);
    if (!k->logsum) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a solution");
    for (int c = 0; c < p->n_classes; c++) {
        const karvan_trips *t = p->given->classes[c].trips;
        const karvan_i_demand *d = &p->demand[c];
        double *to = k->logsum[c] = karvan_i_malloc((size_t)t->n + 1, sizeof *to);
        if (!to) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a solution");
        for (int32_t o = 0; o < p->zones; o++)
            for (int64_t i = t->first[o], j = d->first[o]; i < t->first[o + 1]; i++) {
                bool served = j < d->first[o + 1] && d->destination[j] == t->destination[i];
                to[i] = served ? l->logsum[c][j++] : t->destination[i] == o ? 0 : INFINITY;
            }
    }
    return KARVAN_OK;
}

static karvan_status keep_pairs(kept_routes *k, const karvan_i_problem *p, int class,
                                karvan_error *err) {
    const karvan_i_demand *d = &p->demand[class];
    size_t n = (size_t)d->first[p->zones] + 1;
    k->origin = karvan_i_malloc(n, sizeof *k->origin);
    k->destination = karvan_i_malloc(n, sizeof *k->destination);
    k->trips = karvan_i_malloc(n, sizeof *k->trips);
    if (!k->origin || !k->destination || !k->trips)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a solution");
    for (int32_t o = 0; o < p->zones; o++)
        for (int64_t i = d->first[o]; i < d->first[o + 1]; i++)
            k->origin[i] = o, k->destination[i] = d->destination[i], k->trips[i] = d->trips[i];
    return KARVAN_OK;
}

static void take_routes(kept_routes *k, karvan_i_route_sets *s) {
    k->n_pairs = s->n_pairs, k->first = s->first, k->route_first = s->route_first;
    k->route_arc = s->route_arc, k->cost = s->cost, k->share = s->share;
    s->first = s->route_first = NULL, s->route_arc = NULL, s->cost = s->share = NULL;
}

static karvan_status keep_routes(karvan_sue *k, karvan_i_loader *l, karvan_error *err) {
    const karvan_i_problem *p = l->p;
    karvan_status st = KARVAN_OK;
    k->routes = karvan_i_calloc((size_t)p->n_classes, sizeof *k->routes);
    k->head = karvan_i_malloc((size_t)p->m + 1, sizeof *k->head);
    KARVAN_REQUIRE(k->routes && k->head, err, KARVAN_E_NOMEM, "no memory for a solution");
    for (int32_t a = 0; a < p->m; a++) k->head[a] = p->head[a];
    for (int c = 0; c < p->n_classes; c++) {
        k->stats.routes += l->sets[c].first[l->sets[c].n_pairs];
        KARVAN_TRY(keep_pairs(&k->routes[c], p, c, err));
        take_routes(&k->routes[c], &l->sets[c]);
    }
done:
    return st;
}

/* Primal less dual: what the integrals of time rise above their tangents at x, from x to load. */
static double fisk_gap(const karvan_i_sue *s) {
    const karvan_i_problem *p = s->l->p;
    karvan_i_sum sum = {0, 0};
    for (int32_t a = 0; a < p->m; a++) {
        karvan_i_sum_add(&sum, karvan_i_arc_integral(p, a, s->total[a]));
        karvan_i_sum_add(&sum, -karvan_i_arc_integral(p, a, s->x[a]));
        karvan_i_sum_add(&sum, -s->time[a] * (s->total[a] - s->x[a]));
    }
    return karvan_i_sum_value(&sum);
}

/* Integrals at the load, and demand times G less time times load: entropy and fixed costs. */
static double fisk_objective(const karvan_i_sue *s) {
    const karvan_i_problem *p = s->l->p;
    karvan_i_sum sum = {karvan_i_loader_expected(s->l), 0};
    for (int32_t a = 0; a < p->m; a++) {
        karvan_i_sum_add(&sum, karvan_i_arc_integral(p, a, s->total[a]));
        karvan_i_sum_add(&sum, -s->time[a] * s->total[a]);
    }
    return karvan_i_sum_value(&sum);
}

static void tell(karvan_sue *k, const karvan_i_sue *s, bool converged, int64_t apart) {
    karvan_assignment_stats a = karvan_assignment_statistics(k->flows);
    double gap = fisk_gap(s);
    k->stats = (karvan_sue_stats){.converged = converged,
                                  .iterations = s->iterations,
                                  .loads = s->l->loads,
                                  .gap = s->gap,
                                  .fisk_gap = a.total_cost > 0 ? gap / a.total_cost : gap,
                                  .objective = fisk_objective(s),
                                  .total_cost = a.total_cost,
                                  .total_time = a.total_time,
                                  .expected_cost = karvan_i_loader_expected(s->l),
                                  .demand = a.demand,
                                  .unserved = a.unserved,
                                  .unserved_pairs = a.unserved_pairs,
                                  .intrazonal = a.intrazonal,
                                  .better_apart = apart};
}

karvan_status karvan_i_sue_make(karvan_i_sue *s, bool converged, int64_t apart, karvan_sue **out,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_loader *l = s->l;
    /* An assignment is converged where its gap is below that of its run. */
    karvan_i_run run = {.p = l->p,
                        .gap = converged ? INFINITY : -1,
                        .threads = l->o->threads,

                        .iterations = s->iterations};
    karvan_sue *k = karvan_i_calloc(1, sizeof *k);
    run.class_flow = karvan_i_malloc((size_t)l->p->n_classes * (size_t)l->p->m + 1, sizeof(double));
    KARVAN_REQUIRE(k && run.class_flow, err, KARVAN_E_NOMEM, "no memory for a solution");
    k->n_classes = l->p->n_classes;
    karvan_i_sue_part(s, run.class_flow);
    KARVAN_TRY(karvan_i_assignment_make(&run, &k->flows, err));
    tell(k, s, converged, apart);
    KARVAN_TRY(keep_logsums(k, l, err));
    if (!l->r) KARVAN_TRY(keep_routes(k, l, err));
    *out = k, k = NULL;
done:
    karvan_i_free(run.class_flow); /* NULL where it was taken */
    karvan_sue_destroy(k);
    return st;
}

/* ---- routes as a table ---- */

static void put_nodes(const karvan_sue *s, const kept_routes *k, int32_t pair, int64_t r,
                      karvan_i_text *text) {
    text->n = 0;
    karvan_i_text_printf(text, "%d", (int)k->origin[pair] + 1);
    for (int64_t i = k->route_first[r]; i < k->route_first[r + 1]; i++)
        karvan_i_text_printf(text, "-%d", (int)s->head[k->route_arc[i]] + 1);
}

static karvan_status put_pair(const karvan_sue *s, int class, int32_t pair, karvan_i_text *text,
                              karvan_builder *b, karvan_error *err) {
    const kept_routes *k = &s->routes[class];
    karvan_status st = KARVAN_OK;
    for (int64_t r = k->first[pair]; r < k->first[pair + 1]; r++) {
        put_nodes(s, k, pair, r, text);
        KARVAN_TRY(karvan_i_text_status(text, err));
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, s->flows->name[class], err));
        KARVAN_TRY(karvan_builder_int(b, 1, k->origin[pair] + INT64_C(1), err));
        KARVAN_TRY(karvan_builder_int(b, 2, k->destination[pair] + INT64_C(1), err));
        KARVAN_TRY(karvan_builder_text(b, 3, text->s, err));
        KARVAN_TRY(karvan_builder_real(b, 4, k->cost[r], err));
        KARVAN_TRY(karvan_builder_real(b, 5, k->share[r], err));
        KARVAN_TRY(karvan_builder_real(b, 6, k->share[r] * k->trips[pair], err));
    }
done:
    return st;
}

karvan_status karvan_sue_routes(const karvan_sue *s, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"class", KARVAN_TEXT, NULL},      {"origin", KARVAN_INT, NULL},
        {"destination", KARVAN_INT, NULL}, {"route", KARVAN_TEXT, NULL},
        {"cost", KARVAN_REAL, NULL},       {"share", KARVAN_REAL, NULL},
        {"trips", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_i_text text = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(s && s->routes, err, KARVAN_E_ARG, "recursive logit lists no routes");
    KARVAN_TRY(karvan_builder_create("routes", 7, columns, &b, err));
    for (int c = 0; c < s->n_classes; c++)
        for (int32_t pair = 0; pair < s->routes[c].n_pairs; pair++)
            KARVAN_TRY(put_pair(s, c, pair, &text, b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_i_text_clear(&text);
    karvan_builder_destroy(b);
    return st;
}
