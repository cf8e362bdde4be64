/* A bush under the costs of now: arcs that lost their flow go, arcs of least ways come in. Every
 * node has a height: of a node with flow the most that a used way to it costs, of others that of
 * the node from which the least way leaves the flow, and the way from there. Arcs that lead
 * upwards alone are let in, so that no cycle can come of them. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/bush.h"

/* A bush in the making, in a worker's memory. */
typedef struct making {
    const karvan_i_bush_state *s;
    karvan_i_bush_work *w;
    karvan_i_bush *b;
    int32_t n_merges, entries;
    bool reorder; /* an arc leads back in the order of now */
    bool changed;
} making;

static double height_of(const making *m, int32_t u) {
    const karvan_i_bush_work *w = m->w;
    int32_t v = u;
    while (v != m->b->origin && !(w->through[v] > 0)) v = m->s->p->tail[w->by[v]];
    return w->node[v].most + (w->least[u] - w->least[v]);
}

static void enter(making *m, int32_t arc, double flow) {
    m->w->arc[m->entries] = arc, m->w->flow[m->entries++] = flow;
}

/* A node with flow keeps the arcs that carry it, and takes the arc of its least way. */
static void keep_node(making *m, int32_t i, int32_t v) {
    const karvan_i_bush *b = m->b;
    int32_t a = b->seq[i], first = m->entries, better = m->w->by[v];
    bool has = false;
    if (a >= 0) {
        enter(m, a, m->w->through[v]), has = a == better;
    } else {
        const karvan_i_merge *g = &b->merge[~a];
        for (int32_t e = g->first; e < g[1].first; e++)
            if (b->flow[e] > 0) enter(m, b->arc[e], b->flow[e]), has |= b->arc[e] == better;
        m->changed |= m->entries - first < g[1].first - g->first;
    }
    int32_t u = m->s->p->tail[better];
    if (!has && height_of(m, u) < m->w->node[v].most) {
        enter(m, better, 0);
        m->changed = true, m->reorder |= m->w->node[u].rank > i;
    }
    if (m->entries - first == 1) {
        m->entries = first, m->w->seq[i] = m->w->arc[first];
        return;
    }
    m->w->seq[i] = ~m->n_merges;
    m->w->merge[m->n_merges++] = (karvan_i_merge){v, first};
}

/* Nodes without flow are entered by their least way alone. */
static void rebuild(making *m) {
    karvan_i_bush_work *w = m->w;
    for (int32_t i = 0; i < m->b->n; i++) {
        int32_t v = karvan_i_seq_node(m->s, m->b, m->b->seq[i]);
        if (w->through[v] > 0) {
            keep_node(m, i, v);
            continue;
        }
        w->seq[i] = w->by[v];
        m->changed |= w->by[v] != m->b->seq[i];
        m->reorder |= w->node[m->s->p->tail[w->by[v]]].rank > i;
    }
    w->merge[m->n_merges].first = m->entries;
}

static karvan_status store(const making *m, karvan_error *err) {
    karvan_i_bush *b = m->b;
    const karvan_i_bush_work *w = m->w;
    if (m->n_merges + 1 > b->room) {
        int32_t room = m->n_merges + m->n_merges / 8 + 2;
        karvan_i_merge *merge = karvan_i_realloc(b->merge, (size_t)room, sizeof *merge);
        if (!merge) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a bush");
        b->merge = merge, b->room = room;
    }
    if (m->entries > b->entries) {
        int32_t room = m->entries + m->entries / 8 + 4;
        int32_t *arc = karvan_i_realloc(b->arc, (size_t)room, sizeof *arc);
        if (arc) b->arc = arc;
        double *flow = karvan_i_realloc(b->flow, (size_t)room, sizeof *flow);
        if (flow) b->flow = flow;
        if (!arc || !flow) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a bush");
        b->entries = room;
    }
    memcpy(b->seq, w->seq, (size_t)b->n * sizeof *b->seq);
    memcpy(b->merge, w->merge, ((size_t)m->n_merges + 1) * sizeof *b->merge);
    if (m->entries > 0) {
        memcpy(b->arc, w->arc, (size_t)m->entries * sizeof *b->arc);
        memcpy(b->flow, w->flow, (size_t)m->entries * sizeof *b->flow);
    }
    b->n_merges = m->n_merges, b->settled = false;
    return KARVAN_OK;
}

/* An order under which every node stands behind those that enter it, near the one of now. Heights
 * let no circle come. */
static void put_in_order(making *m) {
    karvan_i_ordering o = karvan_i_bush_ordering(m->s, m->w, m->b);
    for (int32_t i = 0; i < m->b->n; i++)
        (void)karvan_i_order_to(&o, karvan_i_seq_node(m->s, m->b, m->b->seq[i]));
    karvan_i_order_end(&o, m->s->p->n);
    m->n_merges = o.n_merges, m->entries = o.entries;
}

karvan_status karvan_i_bush_grow(const karvan_i_bush_state *s, karvan_i_bush_work *w,
                                 karvan_i_bush *b, double *excess, double *cost,
                                 karvan_error *err) {
    making m = {.s = s, .w = w, .b = b};
    karvan_i_bush_label(s, w, b);
    *excess = karvan_i_bush_excess(s, w, b);
    karvan_i_bush_through(s, w, b);
    karvan_i_bush_correct(s, w, b);
    *excess += karvan_i_bush_lag(s, w, b);
    *cost = *excess + karvan_i_bush_least(s, w, b);
    rebuild(&m);
    if (!m.changed) return KARVAN_OK;
    karvan_status st = store(&m, err);
    if (st != KARVAN_OK || !m.reorder) return st;
    put_in_order(&m);
    return store(&m, err);
}
