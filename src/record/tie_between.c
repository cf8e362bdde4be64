/* Betweenness and closeness: from each node one search, and one pass back over what it found.
 * Source: Brandes, A faster algorithm for betweenness centrality, Journal of Mathematical Sociology
 * 25(2), 2001. Closeness is the mean of inverse distances (Marchiori and Latora, Physica A 285,
 * 2000), which networks in several parts have too. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/tie_graph.h"

enum { CHUNKS = 64 };
/* Sums of 1 / weight along two ways of one length differ by rounding. */
static const double SAME = 1e-12;

typedef struct waiting {
    double key;
    int32_t node;
} waiting;

/* What one search needs. */
typedef struct scratch {
    double *dist, *ways, *passing; /* [n] */
    int32_t *order;                /* [n] nodes by distance */
    int32_t *place;                /* [n] place in order, -1: not reached */
    waiting *heap;                 /* [arcs + 1] weighted only */
    int64_t n_heap;
} scratch;

typedef struct job {
    const karvan_i_tie_graph *g;
    const karvan_i_tie_arcs *ways;
    const double *length; /* [m] of ties, NULL: 1 each */
    int64_t chunk;
    scratch *worker;          /* [workers] */
    double *part, *closeness; /* [chunks][n]; [n] */
} job;

static void scratch_clear(scratch *s) {
    karvan_i_free(s->dist), karvan_i_free(s->ways), karvan_i_free(s->passing);
    karvan_i_free(s->order), karvan_i_free(s->place), karvan_i_free(s->heap);
}

static bool scratch_make(scratch *s, const job *j) {
    size_t n = (size_t)j->g->n + 1, arcs = j->length ? (size_t)j->ways->first[j->g->n] + 1 : 1;
    s->dist = karvan_i_malloc(n, sizeof *s->dist);
    s->ways = karvan_i_malloc(n, sizeof *s->ways);
    s->passing = karvan_i_malloc(n, sizeof *s->passing);
    s->order = karvan_i_malloc(n, sizeof *s->order);
    s->place = karvan_i_malloc(n, sizeof *s->place);
    s->heap = karvan_i_malloc(arcs, sizeof *s->heap);
    return s->dist && s->ways && s->passing && s->order && s->place && s->heap;
}

static bool before(const waiting *a, const waiting *b) {
    return a->key < b->key || (a->key <= b->key && a->node < b->node);
}

static void push(scratch *s, waiting e) {
    int64_t i = s->n_heap++;
    for (; i > 0 && before(&e, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = e;
}

static waiting pop(scratch *s) {
    waiting top = s->heap[0], last = s->heap[--s->n_heap];
    int64_t i = 0, child;
    while ((child = 2 * i + 1) < s->n_heap) {
        if (child + 1 < s->n_heap && before(&s->heap[child + 1], &s->heap[child])) child++;
        if (!before(&s->heap[child], &last)) break;
        s->heap[i] = s->heap[child];
        i = child;
    }
    s->heap[i] = last;
    return top;
}

/* Nodes in the order of their distance; how many. */
static int32_t search_steps(const job *j, int32_t from, scratch *s) {
    int32_t n = 0;
    s->order[n++] = from, s->place[from] = 0, s->dist[from] = 0;
    for (int32_t k = 0; k < n; k++) {
        int32_t v = s->order[k];
        for (int64_t a = j->ways->first[v]; a < j->ways->first[v + 1]; a++) {
            int32_t w = j->ways->to[a];
            if (s->place[w] >= 0) continue;
            s->place[w] = n, s->dist[w] = s->dist[v] + 1, s->order[n++] = w;
        }
    }
    return n;
}

static int32_t search_lengths(const job *j, int32_t from, scratch *s) {
    int32_t n = 0;
    for (int32_t v = 0; v < j->g->n; v++) s->dist[v] = INFINITY;
    s->n_heap = 0, s->dist[from] = 0;
    push(s, (waiting){0, from});
    while (s->n_heap > 0) {
        waiting e = pop(s);
        if (s->place[e.node] >= 0) continue;
        s->place[e.node] = n, s->order[n++] = e.node;
        for (int64_t a = j->ways->first[e.node]; a < j->ways->first[e.node + 1]; a++) {
            int32_t w = j->ways->to[a];
            double then = e.key + j->length[j->ways->tie[a]];
            if (s->place[w] >= 0 || then >= s->dist[w]) continue;
            s->dist[w] = then;
            push(s, (waiting){then, w});
        }
    }
    return n;
}

/* Does a shortest way from the source reach w over this arc of v? */
static inline bool leads_on(const job *j, const scratch *s, int32_t v, int64_t arc, int32_t w) {
    if (s->place[w] <= s->place[v]) return false;
    if (!j->length) return s->dist[w] > s->dist[v];
    double then = s->dist[v] + j->length[j->ways->tie[arc]];
    return then - s->dist[w] <= SAME * s->dist[w];
}

/* How many shortest ways there are; then, from the far end, how many of the pairs with the source
 * pass each node. */
static bool count(const job *j, int32_t from, int32_t n, scratch *s, double *sum) {
    const karvan_i_tie_arcs *w = j->ways;
    for (int32_t k = 0; k < n; k++) s->ways[s->order[k]] = 0, s->passing[s->order[k]] = 0;
    s->ways[from] = 1;
    for (int32_t k = 0; k < n; k++) {
        int32_t v = s->order[k];
        for (int64_t a = w->first[v]; a < w->first[v + 1]; a++)
            if (leads_on(j, s, v, a, w->to[a])) s->ways[w->to[a]] += s->ways[v];
        if (!isfinite(s->ways[v])) return false;
    }
    for (int32_t k = n - 1; k > 0; k--) {
        int32_t v = s->order[k];
        for (int64_t a = w->first[v]; a < w->first[v + 1]; a++) {
            int32_t to = w->to[a];
            if (leads_on(j, s, v, a, to))
                s->passing[v] += s->ways[v] / s->ways[to] * (1 + s->passing[to]);
        }
        sum[v] += s->passing[v];
    }
    return true;
}

static double closeness_of(const job *j, const scratch *s, int32_t n) {
    double sum = 0;
    for (int32_t k = 1; k < n; k++) sum += 1 / s->dist[s->order[k]];
    return j->g->n > 1 ? sum / (j->g->n - 1) : 0;
}

static karvan_status run(void *ctx, int64_t begin, int64_t end, int worker, karvan_error *err) {
    job *j = ctx;
    scratch *s = &j->worker[worker];
    double *sum = j->part + begin / j->chunk * j->g->n;
    for (int32_t from = (int32_t)begin; from < (int32_t)end; from++) {
        for (int32_t v = 0; v < j->g->n; v++) s->place[v] = -1;
        int32_t n = j->length ? search_lengths(j, from, s) : search_steps(j, from, s);
        j->closeness[from] = closeness_of(j, s, n);
        if (!count(j, from, n, s, sum))
            return karvan_fail(err, KARVAN_E_DATA,
                               "there are more shortest ways than a number holds (1e308)");
    }
    return KARVAN_OK;
}

static karvan_status lengths(const karvan_i_tie_graph *g, double **out, karvan_error *err) {
    *out = karvan_i_malloc((size_t)g->m + 1, sizeof **out);
    if (!*out) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for lengths of ties");
    for (int64_t i = 0; i < g->m; i++) (*out)[i] = 1 / g->weight[i];
    return KARVAN_OK;
}

karvan_status karvan_i_tie_between(const karvan_i_tie_graph *g, bool weighted, int threads,
                                   double *betweenness, double *closeness, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    job j = {.g = g, .ways = karvan_i_tie_ways(g), .closeness = closeness};
    double *length = NULL;
    size_t n = (size_t)g->n, chunks = 0;
    int workers = threads > 0 ? threads : karvan_thread_count();
    memset(betweenness, 0, n * sizeof *betweenness);
    if (n == 0) return KARVAN_OK;
    j.chunk = ((int64_t)n + CHUNKS - 1) / CHUNKS; /* of n alone, so that sums are */
    chunks = (n + (size_t)j.chunk - 1) / (size_t)j.chunk;
    if (weighted) KARVAN_TRY(lengths(g, &length, err));
    j.length = length;
    j.part = karvan_i_calloc(chunks * n, sizeof *j.part);
    j.worker = karvan_i_calloc((size_t)workers, sizeof *j.worker);
    KARVAN_REQUIRE(j.part && j.worker, err, KARVAN_E_NOMEM, "no memory for betweenness");
    for (int k = 0; k < workers; k++)
        KARVAN_REQUIRE(scratch_make(&j.worker[k], &j), err, KARVAN_E_NOMEM,
                       "no memory for searches");
    KARVAN_TRY(karvan_parallel_for((int64_t)n, j.chunk, threads, run, &j, NULL, err));
    for (size_t k = 0; k < chunks * n; k++) betweenness[k % n] += j.part[k];
    for (size_t v = 0; v < n && !g->directed; v++) betweenness[v] /= 2; /* pairs, not both ways */
done:
    for (int k = 0; j.worker && k < workers; k++) scratch_clear(&j.worker[k]);
    karvan_i_free(j.worker), karvan_i_free(j.part), karvan_i_free(length);
    return st;
}
