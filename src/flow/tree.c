/* Shortest ways from one origin: Dijkstra 1959, with a heap of four branches; and anew after costs
 * have changed a little, from the tree of the last time. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "flow/problem.h"
#include "network/heap.h"

typedef struct queue {
    karvan_i_near *heap; /* [m + 1] */
    uint8_t *settled;    /* [n] */
    int32_t *waiting;    /* [n + 1] a ring of nodes to scan again */
    int32_t *scanned;    /* [SCANS n] nodes scanned again, in time */
} queue;

/* A search from an old tree that scans again more often than so many times a node is given up. */
enum { SCANS = 6 };

void karvan_i_tree_clear(karvan_i_tree *t) {
    queue *q = t->heap;
    if (q) {
        karvan_i_free(q->heap), karvan_i_free(q->settled);
        karvan_i_free(q->waiting), karvan_i_free(q->scanned);
    }
    karvan_i_free(q), karvan_i_free(t->dist), karvan_i_free(t->by), karvan_i_free(t->order);
    *t = (karvan_i_tree){0};
}

karvan_status karvan_i_tree_init(karvan_i_tree *t, const karvan_i_problem *p, karvan_error *err) {
    size_t n = (size_t)p->n + 1;
    *t = (karvan_i_tree){.origin = -1};
    queue *q = t->heap = karvan_i_calloc(1, sizeof *q);
    t->dist = karvan_i_malloc(n, sizeof *t->dist), t->by = karvan_i_malloc(n, sizeof *t->by);
    t->order = karvan_i_malloc(n, sizeof *t->order);
    if (q) {
        q->heap = karvan_i_malloc((size_t)p->m + 2, sizeof *q->heap);
        q->settled = karvan_i_malloc(n, 1);
        q->waiting = karvan_i_malloc(n, sizeof *q->waiting);
        q->scanned = karvan_i_malloc(SCANS * n, sizeof *q->scanned);
    }
    if (q && q->heap && q->settled && q->waiting && q->scanned && t->dist && t->by && t->order)
        return KARVAN_OK;
    karvan_i_tree_clear(t);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory to search %d nodes", (int)p->n);
}

/* Zones that are not passed have no place in the heap: they are ends of ways, and stand last. */
static void append_zones(karvan_i_tree *t, const karvan_i_problem *p) {
    for (int32_t v = 0; v < p->first_through; v++)
        if (v != t->origin && t->by[v] >= 0) t->order[t->n_order++] = v;
}

void karvan_i_tree_grow(karvan_i_tree *t, const karvan_i_problem *p, const double *cost,
                        int32_t origin) {
    const queue *q = t->heap;
    int32_t waiting = 0;
    for (int32_t v = 0; v < p->n; v++) t->dist[v] = INFINITY, t->by[v] = -1;
    memset(q->settled, 0, (size_t)p->n);
    t->origin = origin, t->n_order = 0, t->dist[origin] = 0;
    karvan_i_near_push(NULL, q->heap, &waiting, (karvan_i_near){0, origin});
    while (waiting > 0) {
        karvan_i_near u = karvan_i_near_pop(NULL, q->heap, &waiting);
        if (q->settled[u.node]) continue; /* an older entry: it was bettered */
        q->settled[u.node] = 1, t->order[t->n_order++] = u.node;
        for (int32_t a = p->first[u.node]; a < p->first[u.node + 1]; a++) {
            int32_t v = p->head[a];
            double d = u.key + cost[a];
            if (d > t->dist[v]) continue;
            if (d == t->dist[v]) {
                if (!q->settled[v] && a < t->by[v]) t->by[v] = a;
                continue;
            }
            t->dist[v] = d, t->by[v] = a;
            if (v >= p->first_through)
                karvan_i_near_push(NULL, q->heap, &waiting, (karvan_i_near){d, v});
        }
    }
    append_zones(t, p);
}

/* ---- from the tree of the last time -----------------------------------------------------------
 */

/* Where a node stands: its label is that of the old tree, or it waits to be scanned because that
 * was bettered, or it was. */
enum { OLD, WAITING, SCANNED };

typedef struct pass {
    karvan_i_tree *t;
    const karvan_i_problem *p;
    const double *cost;
    uint8_t *state;         /* [n] */
    int32_t *ring, from, n; /* waiting: `n` nodes from ring[from] on, around p->n + 1 */
} pass;

static inline void queue_up(pass *s, int32_t v) {
    if (s->state[v] == WAITING || v < s->p->first_through) return;
    int32_t room = s->p->n + 1, at = s->from + s->n++;
    s->ring[at < room ? at : at - room] = v;
    s->state[v] = WAITING;
}

/* Every arc of a range better a label? Few do, and that is what makes a pass quick. */
static void look_at(pass *s, int32_t begin, int32_t end) {
    const int32_t *tail = s->p->tail, *head = s->p->head;
    const double *cost = s->cost;
    double *dist = s->t->dist;
    for (int32_t a = begin; a < end; a++) {
        double d = dist[tail[a]] + cost[a];
        if (d < dist[head[a]]) dist[head[a]] = d, s->t->by[head[a]] = a, queue_up(s, head[a]);
    }
}

/* Labels of the old tree under the costs of now. */
static void relabel(const pass *s, const int32_t *arcs, int32_t n_arcs) {
    const int32_t *tail = s->p->tail, *head = s->p->head;
    double *dist = s->t->dist;
    for (int32_t i = 0; i < n_arcs; i++) {
        int32_t a = arcs[i];
        dist[head[a]] = dist[tail[a]] + s->cost[a], s->t->by[head[a]] = a;
    }
}

/* The next nodes of a tree wait too where they are bettered by too little to count: so that of two
 * nodes on a way the last scan of the first comes first. */
static void scan(pass *s, int32_t u) {
    double *dist = s->t->dist, du = dist[u];
    s->state[u] = SCANNED;
    for (int32_t a = s->p->first[u]; a < s->p->first[u + 1]; a++) {
        int32_t v = s->p->head[a];
        double d = du + s->cost[a];
        if (d < dist[v])
            dist[v] = d, s->t->by[v] = a, queue_up(s, v);
        else if (s->t->by[v] == a)
            queue_up(s, v);
    }
}

/* Nodes as they stood in the old tree, then those scanned, by their last scan. */
static void order_nodes(const pass *s, int64_t n_scans, const int32_t *scans, const int32_t *arcs,
                        int32_t n_arcs) {
    karvan_i_tree *t = s->t;
    int32_t n = 0, end, *order = t->order;
    order[n++] = t->origin;
    for (int32_t i = 0; i < n_arcs; i++) {
        int32_t v = s->p->head[arcs[i]];
        if (s->state[v] == OLD && v >= s->p->first_through) order[n++] = v;
    }
    end = n;
    for (int64_t i = n_scans - 1; i >= 0; i--)
        if (s->state[scans[i]] == SCANNED) s->state[scans[i]] = OLD, order[end++] = scans[i];
    t->n_order = end;
    for (int32_t last = end - 1; n < last; n++, last--) {
        int32_t v = order[n];
        order[n] = order[last], order[last] = v;
    }
    append_zones(t, s->p);
}

bool karvan_i_tree_regrow(karvan_i_tree *t, const karvan_i_problem *p, const double *cost,
                          int32_t origin, const int32_t *arcs, int32_t n_arcs) {
    const queue *q = t->heap;
    pass s = {.t = t, .p = p, .cost = cost, .state = q->settled, .ring = q->waiting};
    int64_t n_scans = 0, most = (int64_t)SCANS * p->n;
    for (int32_t v = 0; v < p->n; v++) t->dist[v] = INFINITY, t->by[v] = -1;
    memset(s.state, OLD, (size_t)p->n);
    t->origin = origin, t->dist[origin] = 0;
    relabel(&s, arcs, n_arcs);
    if (origin < p->first_through) look_at(&s, p->first[origin], p->first[origin + 1]);
    look_at(&s, p->first[p->first_through], p->m);
    while (s.n > 0) {
        int32_t v = s.ring[s.from];
        if (n_scans == most) return false;
        s.from = s.from < p->n ? s.from + 1 : 0, s.n--;
        q->scanned[n_scans++] = v;
        scan(&s, v);
    }
    order_nodes(&s, n_scans, q->scanned, arcs, n_arcs);
    return true;
}
