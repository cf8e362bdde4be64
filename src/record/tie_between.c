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
    int32_t *order; /* [n + 1] nodes by distance */
    int32_t *steps; /* [n] distance in ties, -1: not reached; with lengths: place in order */
    double *dist;   /* [n] with lengths */
    double *ways;   /* [n] shortest ways from the source */
    double *share;  /* [n] of a way: the pairs with the source that it serves here and behind */
    int64_t *first; /* [n + 1] by place in order, offsets into after */
    int32_t *after; /* [arcs + 1] who comes next on a shortest way */
    waiting *heap;  /* [arcs + 1] */
    int64_t n_heap;
} scratch;

typedef struct job {
    const karvan_i_tie_graph *g;
    const karvan_i_tie_arcs *ahead; /* where one gets */
    double *length;                 /* [arcs]; NULL: 1 each */
    int64_t chunk;
    scratch *worker;          /* [workers] */
    double *part, *closeness; /* [chunks][n]; [n] */
} job;

static void scratch_clear(scratch *s) {
    karvan_i_free(s->order), karvan_i_free(s->steps), karvan_i_free(s->dist);
    karvan_i_free(s->ways), karvan_i_free(s->share), karvan_i_free(s->first);
    karvan_i_free(s->after), karvan_i_free(s->heap);
}

static bool scratch_make(scratch *s, const job *j) {
    size_t n = (size_t)j->g->n + 1, arcs = (size_t)j->ahead->first[n - 1] + 1;
    s->order = karvan_i_malloc(n, sizeof *s->order);
    s->steps = karvan_i_malloc(n, sizeof *s->steps);
    s->dist = karvan_i_malloc(n, sizeof *s->dist);
    s->ways = karvan_i_malloc(n, sizeof *s->ways);
    s->share = karvan_i_malloc(n, sizeof *s->share);
    s->first = karvan_i_malloc(n, sizeof *s->first);
    s->after = karvan_i_malloc(arcs, sizeof *s->after);
    s->heap = karvan_i_malloc(j->length ? arcs : 1, sizeof *s->heap);
    return s->order && s->steps && s->dist && s->ways && s->share && s->first && s->after &&
           s->heap;
}

/* ---- every tie as long ---- */

/* Nodes in the order of their distance, with how many shortest ways lead to each, and after each
 * those that come next on such ways; how many nodes. Whether a tie leads on is as good as random,
 * so that what is found is written always and kept only if it does: no branch is guessed wrong. */
static int32_t search_steps(const job *j, int32_t from, scratch *s) {
    int32_t n = 1, *order = s->order, *steps = s->steps, *after = s->after;
    int64_t at = 0;
    double *ways = s->ways;
    for (int32_t v = 0; v < j->g->n; v++) steps[v] = -1, ways[v] = 0;
    order[0] = from, steps[from] = 0, ways[from] = 1;
    for (int32_t k = 0; k < n; k++) {
        int32_t v = order[k], next = steps[v] + 1;
        double mine = ways[v];
        s->first[k] = at;
        for (int64_t a = j->ahead->first[v]; a < j->ahead->first[v + 1]; a++) {
            int32_t w = j->ahead->to[a], then = steps[w];
            bool fresh = then < 0;
            order[n] = w, n += fresh;
            then = fresh ? next : then, steps[w] = then;
            bool on = then == next;
            ways[w] += on ? mine : 0;
            after[at] = w, at += on;
        }
    }
    s->first[n] = at;
    return n;
}

static double closeness_by_steps(const job *j, const scratch *s, int32_t n) {
    double sum = 0;
    for (int32_t k = 1; k < n; k++) sum += 1.0 / s->steps[s->order[k]];
    return j->g->n > 1 ? sum / (j->g->n - 1) : 0;
}

/* ---- ties with lengths ---- */

static inline bool earlier(const waiting *a, const waiting *b) { return a->key < b->key; }

static void push(scratch *s, waiting e) {
    int64_t i = s->n_heap++;
    for (; i > 0 && earlier(&e, &s->heap[(i - 1) / 4]); i = (i - 1) / 4)
        s->heap[i] = s->heap[(i - 1) / 4];
    s->heap[i] = e;
}

static waiting pop(scratch *s) {
    waiting top = s->heap[0], last = s->heap[--s->n_heap];
    int64_t i = 0, child;
    while ((child = 4 * i + 1) < s->n_heap) {
        int64_t least = child, end = child + 4 < s->n_heap ? child + 4 : s->n_heap;
        for (child++; child < end; child++)
            if (earlier(&s->heap[child], &s->heap[least])) least = child;
        if (!earlier(&s->heap[least], &last)) break;
        s->heap[i] = s->heap[least];
        i = least;
    }
    s->heap[i] = last;
    return top;
}

static int32_t search_lengths(const job *j, int32_t from, scratch *s) {
    int32_t n = 0;
    for (int32_t v = 0; v < j->g->n; v++) s->steps[v] = -1, s->dist[v] = INFINITY;
    s->n_heap = 0, s->dist[from] = 0;
    push(s, (waiting){0, from});
    while (s->n_heap > 0) {
        waiting e = pop(s);
        if (s->steps[e.node] >= 0) continue;
        s->steps[e.node] = n, s->order[n++] = e.node;
        for (int64_t a = j->ahead->first[e.node]; a < j->ahead->first[e.node + 1]; a++) {
            int32_t w = j->ahead->to[a];
            double then = e.key + j->length[a];
            if (then >= s->dist[w]) continue;
            s->dist[w] = then;
            push(s, (waiting){then, w});
        }
    }
    return n;
}

/* Who comes next on shortest ways, and how many of these there are: nodes reached later, so that no
 * way goes round in the tolerance. */
static void find_after(const job *j, int32_t n, scratch *s) {
    int64_t at = 0;
    for (int32_t k = 0; k < n; k++) s->ways[s->order[k]] = 0;
    s->ways[s->order[0]] = 1;
    for (int32_t k = 0; k < n; k++) {
        int32_t v = s->order[k];
        double mine = s->ways[v], dist = s->dist[v];
        s->first[k] = at;
        for (int64_t a = j->ahead->first[v]; a < j->ahead->first[v + 1]; a++) {
            int32_t w = j->ahead->to[a];
            double least = s->dist[w];
            bool on = (dist + j->length[a] <= least + SAME * least) & (s->steps[w] > k);
            s->ways[w] += on ? mine : 0;
            s->after[at] = w, at += on;
        }
    }
    s->first[n] = at;
}

static double closeness_by_lengths(const job *j, const scratch *s, int32_t n) {
    double sum = 0;
    for (int32_t k = 1; k < n; k++) sum += 1 / s->dist[s->order[k]];
    return j->g->n > 1 ? sum / (j->g->n - 1) : 0;
}

/* ---- all sources ---- */

/* From the far end: each node has its part of what passes those that come next, and of them
 * themselves, by its share of their ways. */
static bool go_back(int32_t n, scratch *s, double *sum) {
    for (int32_t k = n - 1; k > 0; k--) {
        int32_t v = s->order[k];
        double shares = 0, ways = s->ways[v];
        if (!isfinite(ways)) return false;
        for (int64_t i = s->first[k]; i < s->first[k + 1]; i++) shares += s->share[s->after[i]];
        double passing = ways * shares;
        sum[v] += passing, s->share[v] = (1 + passing) / ways;
    }
    return true;
}

static bool from_source(job *j, int32_t from, scratch *s, double *sum) {
    int32_t n = j->length ? search_lengths(j, from, s) : search_steps(j, from, s);
    if (j->length) find_after(j, n, s);
    j->closeness[from] = j->length ? closeness_by_lengths(j, s, n) : closeness_by_steps(j, s, n);
    return go_back(n, s, sum);
}

static karvan_status run(void *ctx, int64_t begin, int64_t end, int worker, karvan_error *err) {
    job *j = ctx;
    double *sum = j->part + begin / j->chunk * j->g->n;
    for (int32_t from = (int32_t)begin; from < (int32_t)end; from++)
        if (!from_source(j, from, &j->worker[worker], sum))
            return karvan_fail(err, KARVAN_E_DATA,
                               "there are more shortest ways than a number holds (1e308)");
    return KARVAN_OK;
}

static karvan_status job_make(job *j, bool weighted, size_t chunks, int workers,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t arcs = j->ahead->first[j->g->n];
    if (weighted) j->length = karvan_i_malloc((size_t)arcs + 1, sizeof *j->length);
    KARVAN_REQUIRE(!weighted || j->length, err, KARVAN_E_NOMEM, "no memory for lengths of ties");
    for (int64_t a = 0; weighted && a < arcs; a++)
        j->length[a] = 1 / j->g->weight[j->ahead->tie[a]];
    j->part = karvan_i_calloc(chunks * (size_t)j->g->n, sizeof *j->part);
    j->worker = karvan_i_calloc((size_t)workers, sizeof *j->worker);
    KARVAN_REQUIRE(j->part && j->worker, err, KARVAN_E_NOMEM, "no memory for betweenness");
    for (int k = 0; k < workers; k++)
        KARVAN_REQUIRE(scratch_make(&j->worker[k], j), err, KARVAN_E_NOMEM,
                       "no memory for searches");
done:
    return st;
}

karvan_status karvan_i_tie_between(const karvan_i_tie_graph *g, bool weighted, int threads,
                                   double *betweenness, double *closeness, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    job j = {.g = g, .ahead = karvan_i_tie_ways(g), .closeness = closeness};
    size_t n = (size_t)g->n, chunks = 0;
    int workers = threads > 0 ? threads : karvan_thread_count();
    memset(betweenness, 0, n * sizeof *betweenness);
    if (n == 0) return KARVAN_OK;
    j.chunk = ((int64_t)n + CHUNKS - 1) / CHUNKS; /* of n alone, so that sums are */
    chunks = (n + (size_t)j.chunk - 1) / (size_t)j.chunk;
    KARVAN_TRY(job_make(&j, weighted, chunks, workers, err));
    KARVAN_TRY(karvan_parallel_for((int64_t)n, j.chunk, threads, run, &j, NULL, err));
    for (size_t k = 0; k < chunks * n; k++) betweenness[k % n] += j.part[k];
    for (size_t v = 0; v < n && !g->directed; v++) betweenness[v] /= 2; /* pairs, not both ways */
done:
    for (int k = 0; j.worker && k < workers; k++) scratch_clear(&j.worker[k]);
    karvan_i_free(j.worker), karvan_i_free(j.part), karvan_i_free(j.length);
    return st;
}
