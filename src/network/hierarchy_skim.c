/* From origins to all nodes over a hierarchy: up the elimination tree from each origin, then one
 * sweep down all ranks for eight origins at once (Delling et al. 2011, "PHAST", IPDPS). */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clones.h"
#include "base/try.h"
#include "network/hierarchy.h"

enum { LANES = 8 }; /* origins a sweep; one alone has a sweep of its own */

typedef struct job {
    const karvan_hierarchy *h;
    int32_t n_origins;
    const int32_t *origins;
    int lanes; /* LANES or 1 */
    int32_t n_destinations;
    const int32_t *destinations; /* NULL: all nodes */
    int32_t n_needed;
    int32_t *needed; /* [n_needed] ranks to sweep, highest first; NULL: all */
    double *dist;    /* [n_origins][n_destinations] */
} job;

/* Labels of a sweep: [h->n][lanes]. */
typedef struct labels {
    double *d;
    size_t lanes;
} labels;

/* Labels of one lane from a rank upwards; the lowest higher neighbour is the parent.
 */
static void climb(const karvan_hierarchy *h, const labels *l, int lane, int32_t rank,
                  double label) {
    double *d = l->d + lane;
    if (label < d[(size_t)rank * l->lanes]) d[(size_t)rank * l->lanes] = label;
    for (int32_t r = rank; h->up_first[r] < h->up_first[r + 1]; r = h->up_head[h->up_first[r]]) {
        double from = d[(size_t)r * l->lanes];
        for (int64_t a = h->up_first[r]; a < h->up_first[r + 1]; a++) {
            double *to = &d[(size_t)h->up_head[a] * l->lanes], sum = from + h->up[a];
            if (sum < *to) *to = sum;
        }
    }
}

KARVAN_I_CLONES static void sweep_all(const job *j, double *d) {
    const karvan_hierarchy *h = j->h;
    for (int32_t i = 0; i < j->n_needed; i++) {
        int32_t r = j->needed ? j->needed[i] : h->n - 1 - i;
        double *to = d + (size_t)r * LANES, best[LANES];
        for (int k = 0; k < LANES; k++) best[k] = to[k];
        for (int64_t a = h->up_first[r]; a < h->up_first[r + 1]; a++) {
            const double *from = d + (size_t)h->up_head[a] * LANES;
            double w = h->down[a];
            for (int k = 0; k < LANES; k++) best[k] = from[k] + w < best[k] ? from[k] + w : best[k];
        }
        for (int k = 0; k < LANES; k++) to[k] = best[k];
    }
}

static void sweep_one(const job *j, double *d) {
    const karvan_hierarchy *h = j->h;
    for (int32_t i = 0; i < j->n_needed; i++) {
        int32_t r = j->needed ? j->needed[i] : h->n - 1 - i;
        double best = d[r];
        for (int64_t a = h->up_first[r]; a < h->up_first[r + 1]; a++) {
            double sum = d[h->up_head[a]] + h->down[a];
            best = sum < best ? sum : best;
        }
        d[r] = best;
    }
}

static void start(const job *j, const labels *d, int lane, int32_t origin) {
    const karvan_hierarchy *h = j->h;
    if (h->rank[origin] >= 0) {
        climb(h, d, lane, h->rank[origin], 0.0);
        return;
    }
    for (int32_t i = h->out_first[origin]; i < h->out_first[origin + 1]; i++) {
        int32_t a = h->out_arc[i], rank = h->rank[h->head[a]];
        if (rank >= 0 && h->weight[a] < INFINITY) climb(h, d, lane, rank, h->weight[a]);
    }
}

/* Zones are reached by their own arcs, from a rank or straight from the origin. */
static double zone_label(const karvan_hierarchy *h, const labels *l, int lane, int32_t origin,
                         int32_t zone) {
    double best = zone == origin ? 0.0 : INFINITY;
    for (int32_t i = h->in_first[zone]; i < h->in_first[zone + 1]; i++) {
        int32_t a = h->in_arc[i], tail = h->tail[a], rank = h->rank[tail];
        double from = rank >= 0        ? l->d[(size_t)rank * l->lanes + (size_t)lane]
                      : tail == origin ? 0.0
                                       : INFINITY;
        if (from + h->weight[a] < best) best = from + h->weight[a];
    }
    return best;
}

static void finish(const job *j, const labels *l, int64_t from, int lanes) {
    const karvan_hierarchy *h = j->h;
    double *rows = j->dist + from * j->n_destinations;
    for (int32_t i = 0; i < j->n_destinations; i++) {
        int32_t v = j->destinations ? j->destinations[i] : i, rank = h->rank[v];
        const double *from_rank = rank < 0 ? NULL : l->d + (size_t)rank * l->lanes;
        for (int k = 0; k < lanes; k++)
            rows[(int64_t)k * j->n_destinations + i] =
                from_rank ? from_rank[k] : zone_label(h, l, k, j->origins[from + k], v);
    }
}

/* Mark a rank and all that lie above it in the elimination tree. */
static void need(const karvan_hierarchy *h, int32_t rank, bool *needed) {
    while (rank >= 0 && !needed[rank]) {
        needed[rank] = true;
        rank = h->up_first[rank] < h->up_first[rank + 1] ? h->up_head[h->up_first[rank]] : -1;
    }
}

static karvan_status find_needed(job *j, karvan_error *err) {
    const karvan_hierarchy *h = j->h;
    j->n_needed = h->n;
    if (!j->destinations) return KARVAN_OK;
    j->n_needed = 0;
    bool *needed = karvan_i_calloc((size_t)h->n + 1, sizeof *needed);
    j->needed = karvan_i_malloc((size_t)h->n + 1, sizeof *j->needed);
    if (!needed || !j->needed) {
        karvan_i_free(needed);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d ranks", (int)h->n);
    }
    for (int32_t i = 0; i < j->n_destinations; i++) {
        int32_t v = j->destinations[i];
        need(h, h->rank[v], needed);
        for (int32_t k = h->in_first[v]; k < h->in_first[v + 1]; k++)
            need(h, h->rank[h->tail[h->in_arc[k]]], needed);
    }
    for (int32_t r = h->n - 1; r >= 0; r--)
        if (needed[r]) j->needed[j->n_needed++] = r;
    karvan_i_free(needed);
    return KARVAN_OK;
}

/* Items are sweeps. */
static karvan_status skim_some(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    const job *j = ctx;
    const karvan_hierarchy *h = j->h;
    size_t n = (size_t)h->n * (size_t)j->lanes;
    labels l = {karvan_i_malloc(n + 1, sizeof *l.d), (size_t)j->lanes};
    (void)worker;
    if (!l.d) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a sweep");
    for (int64_t i = begin; i < end; i++) {
        int64_t from = i * j->lanes;
        int lanes = j->n_origins - from < j->lanes ? (int)(j->n_origins - from) : j->lanes;
        for (size_t k = 0; k < n; k++) l.d[k] = INFINITY;
        for (int k = 0; k < lanes; k++) start(j, &l, k, j->origins[from + k]);
        if (j->lanes == 1)
            sweep_one(j, l.d);
        else
            sweep_all(j, l.d);
        finish(j, &l, from, lanes);
    }
    karvan_i_free(l.d);
    return KARVAN_OK;
}

karvan_status karvan_hierarchy_table(const karvan_hierarchy *h, int32_t n_origins,
                                     const int32_t *origins, int32_t n_destinations,
                                     const int32_t *destinations, int threads, double *dist,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    job j = {.h = h, .n_origins = n_origins, .origins = origins};
    KARVAN_REQUIRE(h && (dist || n_origins == 0), err, KARVAN_E_ARG, "hierarchy or dist is NULL");
    KARVAN_REQUIRE(h->customised, err, KARVAN_E_ARG, "the hierarchy has no weights yet");
    KARVAN_TRY(karvan_i_check_origins(h->g, n_origins, origins, err));
    if (destinations) KARVAN_TRY(karvan_i_check_origins(h->g, n_destinations, destinations, err));
    j.lanes = n_origins == 1 ? 1 : LANES, j.dist = dist, j.destinations = destinations;
    j.n_destinations = destinations ? n_destinations : h->g->n;
    KARVAN_TRY(find_needed(&j, err));
    st = karvan_parallel_for((n_origins + j.lanes - 1) / j.lanes, 4, threads, skim_some, &j, NULL,
                             err);
done:
    karvan_i_free(j.needed);
    return st;
}

karvan_status karvan_hierarchy_skim(const karvan_hierarchy *h, int32_t n_origins,
                                    const int32_t *origins, int threads, double *dist,
                                    karvan_error *err) {
    return karvan_hierarchy_table(h, n_origins, origins, 0, NULL, threads, dist, err);
}
