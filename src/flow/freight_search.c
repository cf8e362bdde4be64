/* Trees of best ways over a lane: from a place to all, by a corridor or freely; from all to a
 * place. Dijkstra 1959; equal sums fall to what the heap gives first, which the arcs' order
 * decides. */
#include <math.h>

#include "base/alloc.h"
#include "flow/freight.h"
#include "network/heap.h"

void karvan_i_lane_tree_clear(karvan_i_lane_tree *t) {
    karvan_i_free(t->cost), karvan_i_free(t->arc), karvan_i_free(t->node), karvan_i_free(t->heap);
    karvan_i_free(t->target), karvan_i_free(t->chain);
    *t = (karvan_i_lane_tree){0};
}

/* A tree keeps its memory from search to search; it only grows. */
static karvan_status make_room(karvan_i_lane_tree *t, size_t nodes, size_t arcs,
                               karvan_error *err) {
    size_t room = nodes + arcs + 2;
    if (room <= t->room) return KARVAN_OK;
    karvan_i_lane_tree_clear(t);
    t->cost = karvan_i_malloc(room, sizeof *t->cost);
    t->arc = karvan_i_malloc(room, sizeof *t->arc);
    t->node = karvan_i_malloc(room, sizeof *t->node);
    t->heap = karvan_i_malloc(room, sizeof(karvan_i_near));
    t->target = karvan_i_calloc(room, sizeof *t->target);
    t->chain = karvan_i_malloc(room, sizeof *t->chain);
    if (!t->cost || !t->arc || !t->node || !t->heap || !t->target || !t->chain) {
        karvan_i_lane_tree_clear(t);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory to search %zu states", nodes);
    }
    t->room = room;
    return KARVAN_OK;
}

static void begin(karvan_i_lane_tree *t, int32_t nodes, int32_t at, int32_t *n_heap) {
    for (int32_t v = 0; v < nodes; v++) t->cost[v] = INFINITY;
    *n_heap = 0;
    t->cost[at] = 0, t->arc[at] = t->node[at] = -1;
    karvan_i_near_push(NULL, t->heap, n_heap, (karvan_i_near){0, at});
}

static void reach(karvan_i_lane_tree *t, int32_t to, int32_t arc, int32_t by, double cost,
                  int32_t *n_heap) {
    if (!(cost < t->cost[to])) return;
    t->cost[to] = cost, t->arc[to] = arc, t->node[to] = by;
    karvan_i_near_push(NULL, t->heap, n_heap, (karvan_i_near){cost, to});
}

/* Destinations count once each, however often they are named. */
static int32_t mark(const karvan_i_lane *lane, int32_t n_to, const int32_t *to, uint8_t *target,
                    uint8_t as) {
    int32_t marked = 0;
    for (int32_t i = 0; i < n_to; i++) {
        int32_t v = lane->node[karvan_i_destination(lane->net, to[i])];
        marked += target[v] != as;
        target[v] = as;
    }
    return marked;
}

/* What one search is given. */
typedef struct search {
    const karvan_i_lane *lane;
    const karvan_i_constraint *c;
    karvan_i_lane_tree *t;
    int groups;
    uint32_t
        strayed; /* group that an arc brings which the corridor closes; 0: it cannot be taken */
    int32_t n_heap, left, n_chain; /* targets that are not yet met; states to follow at once */
    double dearest;                /* of the targets met */
    double most;                   /* what costs more is not looked at */
} search;

static inline uint32_t groups_of(const search *s, int32_t v) {
    return s->c && s->groups ? s->c->groups[karvan_i_state_place(s->lane->net, s->lane->state[v])]
                             : 0;
}

/* A state that one arc leads to has its cost when that arc's tail has: it need not wait in the
 * heap. Of a state that brings groups there may be several such tails. */
static bool follows(const search *s, int32_t v, uint32_t brought) {
    return brought == 0 && s->lane->back_first[v + 1] - s->lane->back_first[v] == 1;
}

/* The arcs out of a state whose cost is known. */
static void leave(search *s, int32_t node) {
    const karvan_i_lane *lane = s->lane;
    karvan_i_lane_tree *t = s->t;
    int32_t v = node % lane->n, before = node - v, n = lane->n;
    if (t->target[v] && before / n == (1 << s->groups) - 1)
        s->left--, s->dearest = fmax(s->dearest, t->cost[node]);
    for (int32_t a = lane->first[v]; a < lane->first[v + 1]; a++) {
        bool closed = s->c && karvan_i_closed(s->c, a);
        if (closed && !s->strayed) continue;
        uint32_t brought = groups_of(s, lane->head[a]) | (closed ? s->strayed : 0);
        int32_t w = lane->head[a] + before;
        if (brought) w = lane->head[a] + (before / n | (int32_t)brought) * n;
        double cost = t->cost[node] + lane->weight[a];
        if (!(cost < t->cost[w])) continue;
        if (!follows(s, lane->head[a], brought)) {
            reach(t, w, a, node, cost, &s->n_heap);
            continue;
        }
        t->cost[w] = cost, t->arc[w] = a, t->node[w] = node;
        t->chain[s->n_chain++] = w;
    }
}

/* From a node on. */
static karvan_status run_from(search s, int32_t node, int32_t n_to, const int32_t *to,
                              double reach_of, karvan_error *err) {
    const karvan_i_lane *lane = s.lane;
    karvan_i_lane_tree *t = s.t;
    int32_t n = lane->n, nodes = n << s.groups;
    uint32_t passed = groups_of(&s, node);
    karvan_status st = make_room(t, (size_t)nodes, (size_t)lane->n_arcs << s.groups, err);
    if (st != KARVAN_OK) return st;
    s.left = n_to > 0 ? mark(lane, n_to, to, t->target, 1) : -1;
    begin(t, nodes, node + (int32_t)passed * n, &s.n_heap);
    while (s.n_heap > 0) {
        karvan_i_near u = karvan_i_near_pop(NULL, t->heap, &s.n_heap);
        if (u.key > t->cost[u.node]) continue; /* improved since */
        if ((s.left == 0 && u.key > s.dearest * reach_of) || u.key > s.most) break;
        for (t->chain[s.n_chain++] = u.node; s.n_chain > 0;) leave(&s, t->chain[--s.n_chain]);
    }
    (void)mark(lane, n_to, to, t->target, 0);
    return KARVAN_OK;
}

karvan_status karvan_i_lane_tree_from(const karvan_i_lane *lane, int32_t place,
                                      const karvan_i_constraint *c, int32_t n_to, const int32_t *to,
                                      double reach_of, karvan_i_lane_tree *t, karvan_error *err) {
    const search s = {
        .lane = lane, .c = c, .t = t, .groups = c ? c->n_groups : 0, .most = INFINITY};
    return run_from(s, lane->node[karvan_i_origin(lane->net, place)], n_to, to, reach_of, err);
}

karvan_status karvan_i_lane_tree_around(const karvan_i_lane *lane, int32_t place,
                                        const karvan_i_constraint *c, double most,
                                        karvan_i_lane_tree *t, karvan_error *err) {
    const search s = {.lane = lane,
                      .c = c,
                      .t = t,
                      .groups = c->n_groups + 1,
                      .strayed = 1u << c->n_groups,
                      .most = most};
    return run_from(s, lane->node[karvan_i_origin(lane->net, place)], 0, NULL, 1, err);
}

karvan_status karvan_i_lane_tree_out(const karvan_i_lane *lane, int32_t node,
                                     const karvan_i_constraint *c, karvan_i_lane_tree *t,
                                     karvan_error *err) {
    const search s = {
        .lane = lane, .c = c, .t = t, .groups = c ? c->n_groups : 0, .most = INFINITY};
    return run_from(s, node, 0, NULL, 1, err);
}

karvan_status karvan_i_lane_tree_into(const karvan_i_lane *lane, int32_t node,
                                      const karvan_i_constraint *c, karvan_i_lane_tree *t,
                                      karvan_error *err) {
    search s = {.lane = lane, .c = c, .t = t, .groups = c ? c->n_groups : 0};
    int32_t n = lane->n, nodes = n << s.groups;
    karvan_status st = make_room(t, (size_t)nodes, (size_t)lane->n_arcs << s.groups, err);
    if (st != KARVAN_OK) return st;
    begin(t, nodes, node + (int32_t)groups_of(&s, node) * n, &s.n_heap);
    while (s.n_heap > 0) {
        karvan_i_near u = karvan_i_near_pop(NULL, t->heap, &s.n_heap);
        if (u.key > t->cost[u.node]) continue;
        int32_t v = u.node % n, passed = u.node / n;
        for (int32_t i = lane->back_first[v]; i < lane->back_first[v + 1]; i++) {
            int32_t a = lane->back_arc[i], tail = lane->tail[a];
            if (c && karvan_i_closed(c, a)) continue;
            reach(t, tail + (passed | (int32_t)groups_of(&s, tail)) * n, a, u.node,
                  u.key + lane->weight[a], &s.n_heap);
        }
    }
    return KARVAN_OK;
}

karvan_status karvan_i_lane_tree_to(const karvan_i_lane *lane, int32_t place, karvan_i_lane_tree *t,
                                    karvan_error *err) {
    return karvan_i_lane_tree_into(lane, lane->node[karvan_i_destination(lane->net, place)], NULL,
                                   t, err);
}
