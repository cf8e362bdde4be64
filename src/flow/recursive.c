/* Recursive logit of many destinations, in chunks that are folded in their order. */
#include "flow/recursive.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

/* ---- the graph made ready ---- */

static karvan_status arcs_by_head(karvan_recursive *r, karvan_error *err) {
    r->in_first = karvan_i_calloc((size_t)r->n + 2, sizeof *r->in_first);
    r->in_arc = karvan_i_malloc((size_t)r->m + 1, sizeof *r->in_arc);
    r->node = karvan_i_malloc((size_t)r->h->n + 1, sizeof *r->node);
    if (!r->in_first || !r->in_arc || !r->node)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d arcs", (int)r->m);
    for (int32_t a = 0; a < r->m; a++) r->in_first[r->head[a] + 2]++;
    for (int32_t v = 0; v < r->n; v++) r->in_first[v + 2] += r->in_first[v + 1];
    for (int32_t a = 0; a < r->m; a++) r->in_arc[r->in_first[r->head[a] + 1]++] = a;
    for (int32_t v = 0; v < r->n; v++)
        if (r->h->rank[v] >= 0) r->node[r->h->rank[v]] = v;
    return KARVAN_OK;
}

karvan_status karvan_recursive_create(int32_t n_nodes, int32_t n_arcs, const int32_t *tail,
                                      const int32_t *head, int32_t first_through,
                                      karvan_recursive **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_recursive *r = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    r = karvan_i_calloc(1, sizeof *r);
    KARVAN_REQUIRE(r, err, KARVAN_E_NOMEM, "no memory for a graph");
    r->n = n_nodes, r->m = n_arcs, r->zones_below = first_through;
    KARVAN_TRY(karvan_graph_create(n_nodes, n_arcs, tail, head, first_through, &r->graph, err));
    KARVAN_TRY(karvan_hierarchy_create(r->graph, &r->h, err));
    r->tail = r->h->tail, r->head = r->h->head;
    KARVAN_TRY(arcs_by_head(r, err));
    *out = r, r = NULL;
done:
    karvan_recursive_destroy(r);
    return st;
}

void karvan_recursive_destroy(karvan_recursive *r) {
    if (!r) return;
    karvan_hierarchy_destroy(r->h), karvan_graph_destroy(r->graph);
    karvan_i_free(r->node), karvan_i_free(r->in_first), karvan_i_free(r->in_arc);
    karvan_i_free(r);
}

static karvan_status check(const karvan_recursive *r, const double *cost, double scale,
                           karvan_error *err) {
    if (!r || (r->m > 0 && !cost))
        return karvan_fail(err, KARVAN_E_ARG, "the graph or its costs are NULL");
    if (!(scale > 0 && isfinite(scale)))
        return karvan_fail(err, KARVAN_E_ARG, "scale %g: it must be above 0 and finite", scale);
    for (int32_t a = 0; a < r->m; a++)
        if (!(cost[a] >= 0))
            return karvan_fail(err, KARVAN_E_ARG, "arc %d costs %g: costs are 0 or more", (int)a,
                               cost[a]);
    return KARVAN_OK;
}

karvan_status karvan_recursive_values(const karvan_recursive *r, const double *cost, double scale,
                                      int32_t destination, double *value, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_recursion k = {0};
    KARVAN_TRY(check(r, cost, scale, err));
    KARVAN_REQUIRE(destination >= 0 && destination < r->n && value, err, KARVAN_E_ARG,
                   "destination %d in a graph of %d nodes", (int)destination, (int)r->n);
    KARVAN_TRY(karvan_i_recursion_init(&k, r, err));
    KARVAN_TRY(karvan_i_recursion_to(&k, cost, scale, destination, err));
    for (int32_t v = 0; v < r->n; v++) value[v] = karvan_i_recursion_value(&k, v);
done:
    karvan_i_recursion_clear(&k);
    return st;
}

/* ---- trips by destination ---- */

karvan_status karvan_i_arrivals_init(karvan_i_arrivals *a, int32_t zones, const int64_t *first,
                                     const int32_t *destination, const double *trips,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)first[zones] + 1;
    int64_t *place = karvan_i_calloc((size_t)zones + 2, sizeof *place);
    *a = (karvan_i_arrivals){.destination = karvan_i_malloc((size_t)zones + 1, sizeof(int32_t)),
                             .first = karvan_i_malloc((size_t)zones + 1, sizeof(int64_t)),
                             .origin = karvan_i_malloc(n, sizeof(int32_t)),
                             .trips = karvan_i_malloc(n, sizeof(double)),
                             .cell = karvan_i_malloc(n, sizeof(int64_t))};
    KARVAN_REQUIRE(place && a->destination && a->first && a->origin && a->trips && a->cell, err,
                   KARVAN_E_NOMEM, "no memory for %lld trips", (long long)first[zones]);
    for (int32_t o = 0; o < zones; o++)
        for (int64_t i = first[o]; i < first[o + 1]; i++)
            if (destination[i] != o) place[destination[i] + 2]++;
    for (int32_t d = 0; d < zones; d++) place[d + 2] += place[d + 1];
    for (int32_t o = 0; o < zones; o++)
        for (int64_t i = first[o]; i < first[o + 1]; i++) {
            if (destination[i] == o) continue;
            int64_t at = place[destination[i] + 1]++;
            a->origin[at] = o, a->trips[at] = trips[i], a->cell[at] = i;
        }
    a->first[0] = 0;
    for (int32_t d = 0; d < zones; d++) /* place[d] begins d by now, place[d + 1] ends it */
        if (place[d + 1] > place[d]) a->destination[a->n] = d, a->first[++a->n] = place[d + 1];
done:
    karvan_i_free(place);
    if (st != KARVAN_OK) karvan_i_arrivals_clear(a);
    return st;
}

void karvan_i_arrivals_clear(karvan_i_arrivals *a) {
    karvan_i_free(a->destination), karvan_i_free(a->first), karvan_i_free(a->origin);
    karvan_i_free(a->trips), karvan_i_free(a->cell);
    *a = (karvan_i_arrivals){0};
}

/* ---- loading ---- */

enum { CHUNKS = 32 }; /* partial sums of flows at most */

typedef struct loading {
    const karvan_recursive *r;
    const double *cost, *d_cost;
    double scale;
    const karvan_i_arrivals *trips;
    int64_t chunk;
    double *part;   /* [chunks][m] */
    double *logsum; /* by cell, NULL */
} loading;

static karvan_status load_some(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    const loading *l = ctx;
    const karvan_i_arrivals *t = l->trips;
    karvan_status st = KARVAN_OK;
    karvan_i_recursion k = {0};
    double *sum = l->part + begin / l->chunk * l->r->m, *own = NULL;
    (void)worker;
    KARVAN_TRY(karvan_i_recursion_init(&k, l->r, err));
    own = karvan_i_malloc((size_t)l->r->m + 1, sizeof *own);
    KARVAN_REQUIRE(own, err, KARVAN_E_NOMEM, "no memory for flows");
    for (int64_t d = begin; d < end; d++) {
        int64_t at = t->first[d], n = t->first[d + 1] - at;
        KARVAN_TRY(karvan_i_recursion_to(&k, l->cost, l->scale, t->destination[d], err));
        if (l->d_cost)
            karvan_i_recursion_respond(&k, n, t->origin + at, t->trips + at, l->d_cost, own, sum);
        else
            karvan_i_recursion_load(&k, n, t->origin + at, t->trips + at, sum);
        for (int64_t i = at; l->logsum && i < at + n; i++)
            l->logsum[t->cell[i]] = karvan_i_recursion_value(&k, t->origin[i]);
    }
done:
    karvan_i_free(own);
    karvan_i_recursion_clear(&k);
    return st;
}

karvan_status karvan_i_recursive_run(const karvan_recursive *r, const double *cost, double scale,
                                     const karvan_i_arrivals *trips, const double *d_cost,
                                     int threads, double *flow, double *logsum,
                                     const karvan_cancel *cancel, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t chunk = (trips->n + CHUNKS - 1) / CHUNKS, chunks = 0;
    if (chunk < 1) chunk = 1;
    chunks = (trips->n + chunk - 1) / chunk;
    loading l = {r, cost, d_cost, scale, trips, chunk, NULL, logsum};
    l.part = karvan_i_calloc((size_t)chunks * (size_t)r->m + 1, sizeof *l.part);
    KARVAN_REQUIRE(l.part, err, KARVAN_E_NOMEM, "no memory for flows of %d arcs", (int)r->m);
    KARVAN_TRY(karvan_parallel_for(trips->n, chunk, threads, load_some, &l, cancel, err));
    for (int32_t a = 0; a < r->m; a++) flow[a] = 0;
    for (int64_t c = 0; c < chunks; c++)
        for (int32_t a = 0; a < r->m; a++) flow[a] += l.part[c * r->m + a];
done:
    karvan_i_free(l.part);
    return st;
}

static karvan_status run(const karvan_recursive *r, const double *cost, double scale,
                         const karvan_trips *trips, const double *d_cost, int threads, double *flow,
                         double *logsum, const karvan_cancel *cancel, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_arrivals by = {0};
    KARVAN_TRY(check(r, cost, scale, err));
    KARVAN_REQUIRE(trips && trips->zones <= r->n && (flow || r->m == 0), err, KARVAN_E_ARG,
                   "no trips, more zones than nodes, or no room for flows");
    KARVAN_TRY(karvan_i_arrivals_init(&by, trips->zones, trips->first, trips->destination,
                                      trips->trips, err));
    for (int64_t i = 0; logsum && i < trips->n; i++) logsum[i] = 0;
    st = karvan_i_recursive_run(r, cost, scale, &by, d_cost, threads, flow, logsum, cancel, err);
done:
    karvan_i_arrivals_clear(&by);
    return st;
}

karvan_status karvan_recursive_load(const karvan_recursive *r, const double *cost, double scale,
                                    const karvan_trips *trips, int threads, double *flow,
                                    double *logsum, const karvan_cancel *cancel,
                                    karvan_error *err) {
    return run(r, cost, scale, trips, NULL, threads, flow, logsum, cancel, err);
}

karvan_status karvan_recursive_respond(const karvan_recursive *r, const double *cost, double scale,
                                       const karvan_trips *trips, const double *d_cost, int threads,
                                       double *d_flow, const karvan_cancel *cancel,
                                       karvan_error *err) {
    if (r && r->m > 0 && !d_cost) return karvan_fail(err, KARVAN_E_ARG, "d_cost is NULL");
    return run(r, cost, scale, trips, d_cost, threads, d_flow, NULL, cancel, err);
}
