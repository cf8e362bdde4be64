/* Passes over one bush: labels, flows through nodes, least costs over all arcs. They read prices
 * alone, so that many bushes can be passed at once. */
#include <math.h>

#include "flow/bush.h"

typedef karvan_i_label_node label;

/* Of a merge: the least way in, and the dearest that is used; where none is, both are the least. */
static void label_merge(const karvan_i_priced *price, label *node, const karvan_i_bush *b,
                        int32_t k, int32_t rank) {
    const karvan_i_merge *g = &b->merge[k];
    label l = {INFINITY, -1, rank, -1, -1, -1, -1};
    for (int32_t e = g->first; e < g[1].first; e++) {
        int32_t a = b->arc[e];
        const label *t = &node[price[a].tail];
        double least = t->least + price[a].cost, most = t->most + price[a].cost;
        if (least < l.least || l.least_arc < 0) l.least = least, l.least_arc = a, l.least_entry = e;
        if (b->flow[e] > 0 && most > l.most) l.most = most, l.most_arc = a, l.most_entry = e;
    }
    if (l.most_arc < 0) {
        l.most_arc = l.least_arc, l.most_entry = l.least_entry;
        l.most = node[price[l.least_arc].tail].most + price[l.least_arc].cost;
    }
    node[g->node] = l;
}

void karvan_i_bush_label(const karvan_i_bush_state *s, karvan_i_bush_work *w,
                         const karvan_i_bush *b) {
    const karvan_i_priced *price = s->price[b->group];
    label *node = w->node;
    node[b->origin] = (label){0, 0, -1, -1, -1, -1, -1};
    for (int32_t i = 0; i < b->n; i++) {
        int32_t a = b->seq[i];
        if (a < 0) {
            label_merge(price, node, b, ~a, i);
            continue;
        }
        const label *t = &node[price[a].tail];
        double cost = price[a].cost;
        node[price[a].head] = (label){t->least + cost, t->most + cost, i, a, a, -1, -1};
    }
}

double karvan_i_bush_excess(const karvan_i_bush_state *s, const karvan_i_bush_work *w,
                            const karvan_i_bush *b) {
    const karvan_i_priced *price = s->price[b->group];
    double excess = 0;
    for (int32_t k = 0; k < b->n_merges; k++) {
        double least = w->node[b->merge[k].node].least;
        for (int32_t e = b->merge[k].first; e < b->merge[k + 1].first; e++) {
            const karvan_i_priced *a = &price[b->arc[e]];
            excess += b->flow[e] * (w->node[a->tail].least + a->cost - least);
        }
    }
    return excess;
}

/* Entries of a merge to which f comes. What rounding has left over goes to the largest; where that
 * is more than it holds, or none is left, all goes to one that was used when labels were made: else
 * `most` would be no longer the dearest of used ways. */
static void mend_merge(const karvan_i_bush_work *w, karvan_i_bush *b, int32_t k, double f) {
    const karvan_i_merge *g = &b->merge[k];
    int32_t largest = w->node[g->node].most_entry;
    double sum = 0, most = 0;
    for (int32_t e = g->first; e < g[1].first; e++) {
        if (b->flow[e] <= b->dust || f <= b->dust) b->flow[e] = 0;
        sum += b->flow[e];
        if (b->flow[e] > most) most = b->flow[e], largest = e;
    }
    if (f <= b->dust || sum == f) return;
    double x = b->flow[largest] + (f - sum);
    for (int32_t e = g->first; !(x > b->dust) && e < g[1].first; e++) b->flow[e] = 0;
    b->flow[largest] = x > b->dust ? x : f;
}

void karvan_i_bush_through(const karvan_i_bush_state *s, karvan_i_bush_work *w, karvan_i_bush *b) {
    const karvan_i_problem *p = s->p;
    double *through = w->through;
    for (int32_t i = 0; i < b->n; i++) through[karvan_i_seq_node(s, b, b->seq[i])] = 0;
    through[b->origin] = 0;
    for (int c = 0; c < p->n_classes; c++) {
        const karvan_i_demand *d = &p->demand[c];
        for (int64_t k = d->first[b->origin];
             p->group[c] == b->group && k < d->first[b->origin + 1]; k++)
            through[d->destination[k]] += d->pce * d->trips[k];
    }
    for (int32_t i = b->n - 1; i >= 0; i--) {
        int32_t a = b->seq[i];
        if (a >= 0) {
            double f = through[p->head[a]];
            if (f > b->dust)
                through[p->tail[a]] += f;
            else
                through[p->head[a]] = 0;
            continue;
        }
        const karvan_i_merge *g = &b->merge[~a];
        mend_merge(w, b, ~a, through[g->node]);
        if (through[g->node] <= b->dust) through[g->node] = 0;
        for (int32_t e = g->first; e < g[1].first; e++) through[p->tail[b->arc[e]]] += b->flow[e];
    }
}

/* A label that is bettered by less than this of itself is not. */
static const double ROUNDING = 1e-15;

typedef struct correction {
    const karvan_i_problem *p;
    const karvan_i_priced *price;
    karvan_i_bush_work *w;
    int32_t from, n; /* waiting: n nodes of the ring from `from` on */
} correction;

/* Betters what the arcs that leave u lead to; nodes of a rank up to `passed` wait to be passed
 * anew. */
static void relax(correction *c, int32_t u, int32_t passed) {
    const karvan_i_problem *p = c->p;
    karvan_i_bush_work *w = c->w;
    double from = w->least[u];
    for (int32_t a = p->first[u]; a < p->first[u + 1]; a++) {
        int32_t v = c->price[a].head;
        double d = from + c->price[a].cost;
        if (!(d < w->least[v] * (1 - ROUNDING))) continue;
        w->least[v] = d, w->by[v] = a;
        if (w->node[v].rank >= passed || w->mark[v] || v < p->first_through) continue;
        int32_t at = c->from + c->n++;
        w->mark[v] = 1, w->ring[at < p->n ? at : at - p->n] = v;
    }
}

void karvan_i_bush_correct(const karvan_i_bush_state *s, karvan_i_bush_work *w,
                           const karvan_i_bush *b) {
    const karvan_i_problem *p = s->p;
    correction c = {.p = p, .price = s->price[b->group], .w = w};
    for (int32_t i = 0; i < b->n; i++) {
        int32_t v = karvan_i_seq_node(s, b, b->seq[i]);
        w->least[v] = w->node[v].least, w->by[v] = w->node[v].least_arc;
    }
    w->least[b->origin] = 0, w->by[b->origin] = -1;
    relax(&c, b->origin, -1);
    for (int32_t i = 0; i < b->n; i++) {
        int32_t u = karvan_i_seq_node(s, b, b->seq[i]);
        if (u >= p->first_through) relax(&c, u, i);
    }
    while (c.n > 0) {
        int32_t u = w->ring[c.from];
        c.from = c.from + 1 < p->n ? c.from + 1 : 0, c.n--, w->mark[u] = 0;
        relax(&c, u, INT32_MAX);
    }
}

double karvan_i_bush_least(const karvan_i_bush_state *s, const karvan_i_bush_work *w,
                           const karvan_i_bush *b) {
    const karvan_i_problem *p = s->p;
    double sum = 0;
    for (int c = 0; c < p->n_classes; c++) {
        const karvan_i_demand *d = &p->demand[c];
        for (int64_t k = d->first[b->origin];
             p->group[c] == b->group && k < d->first[b->origin + 1]; k++)
            sum += d->pce * d->trips[k] * w->least[d->destination[k]];
    }
    return sum;
}

double karvan_i_bush_lag(const karvan_i_bush_state *s, const karvan_i_bush_work *w,
                         const karvan_i_bush *b) {
    const karvan_i_problem *p = s->p;
    double lag = 0;
    for (int c = 0; c < p->n_classes; c++) {
        const karvan_i_demand *d = &p->demand[c];
        for (int64_t k = d->first[b->origin];
             p->group[c] == b->group && k < d->first[b->origin + 1]; k++) {
            int32_t v = d->destination[k];
            lag += d->pce * d->trips[k] * (w->node[v].least - w->least[v]);
        }
    }
    return lag;
}
