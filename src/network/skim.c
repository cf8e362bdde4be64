/* One search an origin. Buckets of a width a little below the mean weight, each emptied until none
 * of its labels improves: a label-correcting search inside a bucket, Dijkstra's order between
 * buckets (Meyer and Sanders 2003, "Delta-stepping", with one processor). Where the heaviest arc
 * would need more buckets than pay, a heap of four branches takes their place (Dijkstra 1959). */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/digraph.h"
#include "network/heap.h"

enum { BUCKETS_MAX = 1 << 14, NONE = -1 };

typedef struct metric {
    const karvan_graph *g;
    double *w;      /* [m] by the graph's own order of arcs */
    double inverse; /* buckets a unit of weight; 0: use the heap */
    int32_t mask;   /* buckets - 1 */
} metric;

/* Scratch memory of one worker. */
typedef struct scratch {
    double *dist;        /* [n] by place */
    int32_t *next;       /* [n] of the bucket's list */
    int32_t *prev;       /* [n] */
    int32_t *in;         /* [n] bucket of a place, NONE */
    int32_t *head;       /* [buckets] */
    karvan_i_near *heap; /* [m + 1] */
    int32_t n_heap;
} scratch;

static karvan_status metric_init(metric *k, const karvan_graph *g, const double *weight,
                                 karvan_error *err) {
    double sum = 0, most = 0;
    int32_t counted = 0;
    *k = (metric){.g = g};
    k->w = karvan_i_malloc((size_t)g->m + 1, sizeof *k->w);
    if (!k->w) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for weights");
    for (int32_t i = 0; i < g->m; i++) {
        double w = k->w[i] = weight[g->arc[i]];
        if (!(w > 0) || isinf(w)) continue;
        sum += w, counted++;
        if (w > most) most = w;
    }
    double width = counted > 0 ? 0.6 * sum / counted : 1.0;
    if (!(most / width < 0.5 * BUCKETS_MAX)) return KARVAN_OK;
    k->inverse = 1.0 / width;
    for (k->mask = 63; k->mask < most / width + 2; k->mask = 2 * k->mask + 1) {}
    return KARVAN_OK;
}

static void scratch_clear(scratch *s) {
    karvan_i_free(s->dist), karvan_i_free(s->next), karvan_i_free(s->prev), karvan_i_free(s->in);
    karvan_i_free(s->head), karvan_i_free(s->heap);
    *s = (scratch){0};
}

static karvan_status scratch_init(scratch *s, const metric *k, karvan_error *err) {
    size_t n = (size_t)k->g->n + 1;
    *s = (scratch){.dist = karvan_i_malloc(n, sizeof *s->dist)};
    bool good = s->dist != NULL;
    if (k->inverse > 0) {
        s->next = karvan_i_malloc(n, sizeof *s->next),
        s->prev = karvan_i_malloc(n, sizeof *s->prev);
        s->in = karvan_i_malloc(n, sizeof *s->in);
        s->head = karvan_i_malloc((size_t)k->mask + 1, sizeof *s->head);
        good = good && s->next && s->prev && s->in && s->head;
        for (int32_t b = 0; good && b <= k->mask; b++) s->head[b] = NONE;
        for (size_t v = 0; good && v < n; v++) s->in[v] = NONE;
    } else {
        s->heap = karvan_i_malloc((size_t)k->g->m + 2, sizeof *s->heap);
        good = good && s->heap;
    }
    if (good) return KARVAN_OK;
    scratch_clear(s);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory to search %d nodes", (int)k->g->n);
}

static inline void unlink_place(scratch *s, int32_t v) {
    int32_t p = s->prev[v], q = s->next[v];
    if (p == NONE)
        s->head[s->in[v]] = q;
    else
        s->next[p] = q;
    if (q != NONE) s->prev[q] = p;
}

static inline void link_place(scratch *s, int32_t v, int32_t bucket) {
    int32_t q = s->head[bucket];
    s->prev[v] = NONE, s->next[v] = q, s->in[v] = bucket, s->head[bucket] = v;
    if (q != NONE) s->prev[q] = v;
}

/* A better label for a place; how many more places wait. */
static inline int32_t improve(const metric *k, scratch *s, int32_t v, double d) {
    int32_t bucket = (int32_t)(int64_t)(d * k->inverse) & k->mask, old = s->in[v];
    s->dist[v] = d;
    if (old == bucket) return 0;
    if (old != NONE) unlink_place(s, v);
    link_place(s, v, bucket);
    return old == NONE;
}

static void by_buckets(const metric *k, scratch *s, int32_t origin) {
    const karvan_graph *g = k->g;
    int32_t waiting = 0, bucket = 0;
    for (int32_t i = g->zone_first[origin]; i < g->zone_first[origin + 1]; i++)
        if (k->w[i] < s->dist[g->head[i]]) waiting += improve(k, s, g->head[i], k->w[i]);
    if (!karvan_i_is_zone(g, origin)) waiting += improve(k, s, origin, 0.0);
    for (; waiting > 0; bucket = (bucket + 1) & k->mask)
        for (int32_t u; (u = s->head[bucket]) != NONE;) {
            double d = s->dist[u];
            unlink_place(s, u);
            s->in[u] = NONE, waiting--;
            for (int32_t i = g->first[u]; i < g->first[u + 1]; i++) {
                double better = d + k->w[i];
                if (better < s->dist[g->head[i]]) waiting += improve(k, s, g->head[i], better);
            }
        }
}

static void push(scratch *s, double key, int32_t place) {
    karvan_i_near_push(NULL, s->heap, &s->n_heap, (karvan_i_near){key, place});
}

static void by_heap(const metric *k, scratch *s, int32_t origin) {
    const karvan_graph *g = k->g;
    s->n_heap = 0;
    for (int32_t i = g->zone_first[origin]; i < g->zone_first[origin + 1]; i++)
        if (k->w[i] < s->dist[g->head[i]])
            s->dist[g->head[i]] = k->w[i], push(s, k->w[i], g->head[i]);
    if (!karvan_i_is_zone(g, origin)) push(s, 0.0, origin);
    while (s->n_heap > 0) {
        karvan_i_near u = karvan_i_near_pop(NULL, s->heap, &s->n_heap);
        if (u.key > s->dist[u.node]) continue; /* improved since */
        for (int32_t i = g->first[u.node]; i < g->first[u.node + 1]; i++) {
            double better = u.key + k->w[i];
            if (!(better < s->dist[g->head[i]])) continue;
            s->dist[g->head[i]] = better;
            push(s, better, g->head[i]);
        }
    }
}

typedef struct job {
    const metric *k;
    const int32_t *origins;
    double *dist;
} job;

static karvan_status skim_some(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    const job *j = ctx;
    const karvan_graph *g = j->k->g;
    scratch s;
    (void)worker;
    karvan_status st = scratch_init(&s, j->k, err);
    if (st != KARVAN_OK) return st;
    for (int64_t i = begin; i < end; i++) {
        int32_t origin = g->place[j->origins[i]];
        double *row = j->dist + i * g->n;
        for (int32_t p = 0; p < g->n; p++) s.dist[p] = INFINITY;
        s.dist[origin] = 0.0;
        if (s.heap)
            by_heap(j->k, &s, origin);
        else
            by_buckets(j->k, &s, origin);
        for (int32_t v = 0; v < g->n; v++) row[v] = s.dist[g->place[v]];
    }
    scratch_clear(&s);
    return KARVAN_OK;
}

karvan_status karvan_graph_skim(const karvan_graph *g, const double *weight, int32_t n_origins,
                                const int32_t *origins, int threads, double *dist,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    metric k = {0};
    KARVAN_REQUIRE(g && (dist || n_origins == 0), err, KARVAN_E_ARG, "graph or dist is NULL");
    KARVAN_TRY(karvan_i_check_weights(g, weight, err));
    KARVAN_TRY(karvan_i_check_origins(g, n_origins, origins, err));
    KARVAN_TRY(metric_init(&k, g, weight, err));
    job j = {&k, origins, dist};
    st = karvan_parallel_for(n_origins, 32, threads, skim_some, &j, NULL, err);
done:
    karvan_i_free(k.w);
    return st;
}
