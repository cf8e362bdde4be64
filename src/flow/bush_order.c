/* Orders of a bush: by depth-first search against its arcs, every node behind those that enter it.
 */
#include <string.h>

#include "flow/bush.h"

enum { NEW, OPEN, DONE };

karvan_i_ordering karvan_i_bush_ordering(const karvan_i_bush_state *s, karvan_i_bush_work *w,
                                         const karvan_i_bush *b) {
    karvan_i_ordering o = {.tail = s->p->tail,
                           .in = w->place,
                           .b = b,
                           .stack = w->stack,
                           .mark = w->mark,
                           .seq = w->seq,
                           .merge = w->merge,
                           .arc = w->arc,
                           .flow = w->flow};
    for (int32_t i = 0; i < b->n; i++) w->place[karvan_i_seq_node(s, b, b->seq[i])] = b->seq[i];
    o.mark[b->origin] = DONE;
    return o;
}

/* Puts a node behind those that enter it, which all are there. */
static void settle(karvan_i_ordering *o, int32_t v) {
    int32_t a = o->in[v];
    o->mark[v] = DONE;
    if (a >= 0) {
        o->seq[o->n++] = a;
        return;
    }
    const karvan_i_merge *g = &o->b->merge[~a];
    o->seq[o->n++] = ~o->n_merges;
    o->merge[o->n_merges++] = (karvan_i_merge){v, o->entries};
    for (int32_t e = g->first; e < g[1].first; e++)
        o->arc[o->entries] = o->b->arc[e], o->flow[o->entries++] = o->b->flow[e];
}

/* Tails that are not there yet go on the stack; -1: one of them waits for v. */
static int32_t open_tails(karvan_i_ordering *o, int32_t v, int32_t n) {
    int32_t a = o->in[v], first = a, last = a;
    const int32_t *arc = NULL;
    o->mark[v] = OPEN;
    if (a < 0) arc = o->b->arc, first = o->b->merge[~a].first, last = o->b->merge[~a + 1].first - 1;
    for (int32_t e = first; e <= last; e++) {
        int32_t u = o->tail[arc ? arc[e] : e];
        if (o->mark[u] == OPEN) return -1;
        if (o->mark[u] == NEW) o->stack[n++] = u;
    }
    return n;
}

bool karvan_i_order_to(karvan_i_ordering *o, int32_t node) {
    int32_t n = 0;
    if (o->mark[node] == NEW) o->stack[n++] = node;
    while (n > 0) {
        int32_t v = o->stack[n - 1];
        if (o->mark[v] == NEW) {
            n = open_tails(o, v, n);
            if (n < 0) return false;
            continue;
        }
        if (o->mark[v] == OPEN) settle(o, v);
        n--;
    }
    return true;
}

void karvan_i_order_end(karvan_i_ordering *o, int32_t nodes) {
    o->merge[o->n_merges].first = o->entries;
    memset(o->mark, 0, (size_t)nodes);
}

void karvan_i_bush_settle(const karvan_i_bush_state *s, karvan_i_bush_work *w, karvan_i_bush *b) {
    if (b->settled) return;
    for (int32_t v = 0; v < s->p->n; v++) w->place[v] = KARVAN_I_NOWHERE;
    karvan_i_ordering o = karvan_i_bush_ordering(s, w, b);
    for (int32_t v = 0; v < s->p->n; v++)
        if (o.in[v] != KARVAN_I_NOWHERE) (void)karvan_i_order_to(&o, v);
    karvan_i_order_end(&o, s->p->n);
    memcpy(b->seq, o.seq, (size_t)b->n * sizeof *b->seq);
    memcpy(b->merge, o.merge, ((size_t)b->n_merges + 1) * sizeof *b->merge);
    if (o.entries > 0) {
        memcpy(b->arc, o.arc, (size_t)o.entries * sizeof *b->arc);
        memcpy(b->flow, o.flow, (size_t)o.entries * sizeof *b->flow);
    }
    b->settled = true;
}
