/* Criticality: what the closure of one link or terminal would cost all pairs of places that are
 * cities or ports. For each origin only what its tree of best ways uses is closed, one by one, and
 * only the states behind it are settled anew, from those before it; the rest cannot change. */
#include "network/critical.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/reach.h"

typedef struct arc_in {
    double w;
    int32_t tail, item; /* node; -1: no item */
} arc_in;

/* A graph of one metric with what a closure needs of it. */
typedef struct metric {
    karvan_i_pack pack;
    int32_t *item;     /* [n_arcs] */
    int32_t *in_first; /* [n + 1] arcs that lead to a node */
    arc_in *in;        /* [n_arcs] */
    bool *is_end;      /* [n] destination state of an end */
} metric;

typedef struct job {
    karvan_i_critical *c;
    metric metric[KARVAN_I_METRICS];
} job;

static int32_t item_of(const karvan_i_critical *c, const karvan_i_arc *a) {
    return a->kind == KARVAN_I_ARC_LINK       ? a->row
           : a->kind == KARVAN_I_ARC_TERMINAL ? c->n_links + a->row
                                              : -1;
}

static void metric_clear(metric *m) {
    karvan_i_pack_clear(&m->pack);
    karvan_i_free(m->item), karvan_i_free(m->in_first), karvan_i_free(m->in);
    karvan_i_free(m->is_end);
}

static int32_t tail_of(const karvan_i_pack *p, int32_t a) { return p->node[p->net->arcs[a].tail]; }

static void index_in(metric *m) {
    const karvan_i_pack *p = &m->pack;
    memset(m->in_first, 0, ((size_t)p->n + 2) * sizeof *m->in_first);
    for (int32_t a = 0; a < p->net->n_arcs; a++) m->in_first[p->step[a].head + 2]++;
    for (int32_t v = 0; v < p->n; v++) m->in_first[v + 2] += m->in_first[v + 1];
    for (int32_t a = 0; a < p->net->n_arcs; a++)
        m->in[m->in_first[p->step[a].head + 1]++] =
            (arc_in){p->step[a].w.first, tail_of(p, a), m->item[a]};
}

/* Arcs to states from which no end is reached are closed: no tree need grow there. */
static karvan_status prune(metric *m, karvan_error *err) {
    karvan_i_pack *p = &m->pack;
    bool *useful = karvan_i_calloc((size_t)p->n + 1, sizeof *useful);
    int32_t *queue = karvan_i_malloc((size_t)p->n + 1, sizeof *queue), n = 0;
    bool good = useful && queue;
    for (int32_t v = 0; good && v < p->n; v++)
        if (m->is_end[v]) useful[v] = true, queue[n++] = v;
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = m->in_first[queue[i]]; k < m->in_first[queue[i] + 1]; k++)
            if (!useful[m->in[k].tail]) useful[m->in[k].tail] = true, queue[n++] = m->in[k].tail;
    for (int32_t a = 0; good && a < p->net->n_arcs; a++)
        if (!useful[p->step[a].head]) p->step[a].w.first = INFINITY;
    karvan_i_free(useful), karvan_i_free(queue);
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory to prune");
}

static karvan_status metric_init(metric *m, const karvan_i_critical *c, const karvan_weights *w,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t arcs = (size_t)c->net->n_arcs + 1;
    KARVAN_TRY(karvan_i_pack_init(&m->pack, c->net, w, err));
    m->item = karvan_i_malloc(arcs, sizeof *m->item);
    m->in = karvan_i_malloc(arcs, sizeof *m->in);
    m->in_first = karvan_i_malloc((size_t)m->pack.n + 2, sizeof *m->in_first);
    m->is_end = karvan_i_calloc((size_t)m->pack.n + 1, sizeof *m->is_end);
    KARVAN_REQUIRE(m->item && m->in && m->in_first && m->is_end, err, KARVAN_E_NOMEM,
                   "no memory for closures");
    for (int32_t a = 0; a < c->net->n_arcs; a++) m->item[a] = item_of(c, &c->net->arcs[a]);
    for (int32_t i = 0; i < c->masses.n_ends; i++)
        m->is_end[m->pack.node[karvan_i_destination(c->net, c->masses.ends[i])]] = true;
    index_in(m);
    KARVAN_TRY(prune(m, err));
done:
    return st;
}

/* ---- one origin ---- */

typedef struct scratch {
    karvan_i_reach reach;
    int32_t *size;      /* [n] states of the tree at and below a node */
    int32_t *at, *pos;  /* [n] nodes in preorder, and where a node stands in it */
    int32_t *ends_till; /* [n + 1] ends among the first nodes of the preorder */
    int32_t *root;      /* [n_items] last node that an item's arcs lead to in the tree, -1 */
    int32_t *next_root; /* [n] the one before it */
    int32_t *items;     /* [n_items] those on the tree */
    int32_t n_items;
    int32_t *stamp; /* [n] of the closure that a node lies behind */
    int32_t closure;
    double *dist;        /* [n] anew */
    karvan_i_near *heap; /* [n_arcs + n] */
    int32_t n_heap;
} scratch;

static void scratch_clear(scratch *s) {
    karvan_i_reach_clear(&s->reach);
    karvan_i_free(s->size), karvan_i_free(s->at), karvan_i_free(s->pos);
    karvan_i_free(s->ends_till), karvan_i_free(s->root), karvan_i_free(s->next_root);
    karvan_i_free(s->items), karvan_i_free(s->stamp), karvan_i_free(s->dist);
    karvan_i_free(s->heap);
}

static karvan_status scratch_init(scratch *s, const job *j, karvan_error *err) {
    const karvan_i_pack *p = &j->metric[0].pack; /* the same nodes for each metric */
    size_t n = (size_t)p->n + 1, items = (size_t)j->c->n_items + 1;
    *s = (scratch){.size = karvan_i_malloc(n, sizeof *s->size)};
    s->at = karvan_i_malloc(n, sizeof *s->at), s->pos = karvan_i_malloc(n, sizeof *s->pos);
    s->ends_till = karvan_i_malloc(n + 1, sizeof *s->ends_till);
    s->root = karvan_i_malloc(items, sizeof *s->root);
    s->next_root = karvan_i_malloc(n, sizeof *s->next_root);
    s->items = karvan_i_malloc(items, sizeof *s->items);
    s->stamp = karvan_i_calloc(n, sizeof *s->stamp);
    s->dist = karvan_i_malloc(n, sizeof *s->dist);
    s->heap = karvan_i_malloc((size_t)p->net->n_arcs + n, sizeof *s->heap);
    if (s->size && s->at && s->pos && s->ends_till && s->root && s->next_root && s->items &&
        s->stamp && s->dist && s->heap)
        return karvan_i_reach_init(&s->reach, p, err);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the search");
}

/* The tree in preorder: what lies at and below a node stands together. */
static void lay_out_tree(const metric *m, scratch *s) {
    const karvan_i_reach *r = &s->reach;
    for (int32_t i = 0; i < r->n_order; i++) s->size[r->order[i]] = 1;
    for (int32_t i = r->n_order - 1; i > 0; i--)
        s->size[tail_of(&m->pack, r->by_arc[r->order[i]])] += s->size[r->order[i]];
    /* until its children are placed, ends_till of a node's place holds where the next one goes */
    for (int32_t i = 0; i < r->n_order; i++) {
        int32_t v = r->order[i], a = r->by_arc[v], pos = 0;
        if (a >= 0) {
            int32_t up = s->pos[tail_of(&m->pack, a)];
            pos = s->ends_till[up], s->ends_till[up] += s->size[v];
        }
        s->pos[v] = pos, s->at[pos] = v, s->ends_till[pos] = pos + 1;
    }
    for (int32_t i = 0, n = 0; i <= r->n_order; i++) {
        s->ends_till[i] = n;
        n += i < r->n_order && m->is_end[s->at[i]];
    }
}

/* Items of the tree, each with the nodes that its arcs lead to. */
static void list_items(const job *j, const metric *m, scratch *s) {
    s->n_items = 0;
    for (int32_t k = 0; k < j->c->n_items; k++) s->root[k] = -1;
    for (int32_t i = 1; i < s->reach.n_order; i++) {
        int32_t v = s->reach.order[i], item = m->item[s->reach.by_arc[v]];
        if (item < 0) continue;
        if (s->root[item] < 0) s->items[s->n_items++] = item;
        s->next_root[v] = s->root[item], s->root[item] = v;
    }
}

/* What lies behind an item is marked; how many ends are among it. A node that its arcs lead to may
 * lie below another such. */
static int32_t mark_behind(scratch *s, int32_t item) {
    int32_t ends = 0;
    s->closure++;
    for (int32_t v = s->root[item]; v >= 0; v = s->next_root[v]) {
        if (s->stamp[v] == s->closure) continue;
        for (int32_t i = s->pos[v]; i < s->pos[v] + s->size[v]; i++) {
            int32_t u = s->at[i];
            if (s->stamp[u] == s->closure) { /* a nested one, marked before: with all below it */
                i += s->size[u] - 1;
                continue;
            }
            s->stamp[u] = s->closure, s->dist[u] = INFINITY;
            ends += s->ends_till[i + 1] - s->ends_till[i];
        }
    }
    return ends;
}

/* Ways from before the item to what lies behind it, that do not use it. */
static void cross_over(const metric *m, scratch *s, int32_t item) {
    s->n_heap = 0;
    for (int32_t root = s->root[item]; root >= 0; root = s->next_root[root])
        for (int32_t i = s->pos[root]; i < s->pos[root] + s->size[root]; i++) {
            int32_t v = s->at[i];
            if (s->dist[v] < INFINITY) { /* seen, below another root */
                i += s->size[v] - 1;
                continue;
            }
            for (int32_t k = m->in_first[v]; k < m->in_first[v + 1]; k++) {
                const arc_in *a = &m->in[k];
                if (a->item == item || s->stamp[a->tail] == s->closure) continue;
                double d = s->reach.best[a->tail].first + a->w;
                if (d < s->dist[v]) s->dist[v] = d;
            }
            if (s->dist[v] < INFINITY)
                karvan_i_near_push(NULL, s->heap, &s->n_heap, (karvan_i_near){s->dist[v], v});
        }
}

static void settle_behind(const metric *m, scratch *s, int32_t item, int32_t ends) {
    const karvan_i_pack *p = &m->pack;
    while (s->n_heap > 0) {
        karvan_i_near u = karvan_i_near_pop(NULL, s->heap, &s->n_heap);
        if (u.key > s->dist[u.node]) continue;
        if (m->is_end[u.node] && --ends == 0) return;
        for (int32_t a = p->first[u.node]; a < p->first[u.node + 1]; a++) {
            int32_t v = p->step[a].head;
            double d = u.key + p->step[a].w.first;
            if (s->stamp[v] != s->closure || !(d < s->dist[v]) || m->item[a] == item) continue;
            s->dist[v] = d;
            karvan_i_near_push(NULL, s->heap, &s->n_heap, (karvan_i_near){d, v});
        }
    }
}

static void compare(const job *j, const metric *m, const scratch *s, int32_t origin, int metric_no,
                    karvan_i_loss *out) {
    const karvan_i_masses *e = &j->c->masses;
    for (int32_t i = 0; i < e->n_ends; i++) {
        int32_t end = m->pack.node[karvan_i_destination(j->c->net, e->ends[i])];
        if (i == origin || s->stamp[end] != s->closure) continue;
        double weight = e->mass[origin] * e->mass[i];
        if (s->dist[end] < INFINITY)
            out->delta[metric_no] += weight * (s->dist[end] - s->reach.best[end].first);
        else if (metric_no == 0)
            out->cut++, out->cut_weight += weight;
    }
}

static void from_origin(const job *j, scratch *s, int32_t origin) {
    karvan_i_loss *losses = j->c->losses + (size_t)origin * (size_t)j->c->n_items;
    for (int k = 0; k < KARVAN_I_METRICS; k++) {
        const metric *m = &j->metric[k];
        s->reach.pack = &m->pack;
        karvan_i_reach_run(&s->reach, j->c->masses.ends[origin]);
        lay_out_tree(m, s);
        list_items(j, m, s);
        for (int32_t i = 0; i < s->n_items; i++) {
            int32_t item = s->items[i], ends = mark_behind(s, item);
            if (ends == 0) continue;
            cross_over(m, s, item);
            settle_behind(m, s, item, ends);
            compare(j, m, s, origin, k, &losses[item]);
        }
    }
}

static karvan_status some_origins(void *ctx, int64_t begin, int64_t end, int worker,
                                  karvan_error *err) {
    const job *j = ctx;
    scratch s;
    (void)worker;
    karvan_status st = scratch_init(&s, j, err);
    for (int64_t i = begin; st == KARVAN_OK && i < end; i++) from_origin(j, &s, (int32_t)i);
    scratch_clear(&s);
    return st;
}

/* ---- all origins ---- */

/* Masses such that the pairs together weigh as many as they are. */
static void scale_masses(karvan_i_masses *m) {
    double sum = 0, squares = 0, n = m->n_ends;
    for (int32_t i = 0; i < m->n_ends; i++) sum += m->mass[i], squares += m->mass[i] * m->mass[i];
    double pairs = sum * sum - squares;
    if (!(pairs > 0)) return; /* one place alone has any: no pair counts */
    double scale = sqrt(n * (n - 1) / pairs);
    for (int32_t i = 0; i < m->n_ends; i++) m->mass[i] *= scale;
}

karvan_status karvan_i_critical_find(karvan_i_critical *c, const karvan_network *net,
                                     karvan_mass weights, int threads, karvan_error *err) {
    static const karvan_weights by[KARVAN_I_METRICS] = {{.hours = 1}, {.usd = 1}};
    karvan_status st = KARVAN_OK;
    job j = {.c = c};
    *c = (karvan_i_critical){.net = net};
    c->n_links = (int32_t)karvan_table_rows(net->links);
    c->n_items = c->n_links + (int32_t)karvan_table_rows(net->terminals);
    KARVAN_TRY(karvan_i_masses_init(&c->masses, net, weights, err));
    if (weights != KARVAN_MASS_EQUAL) scale_masses(&c->masses);
    c->losses =
        karvan_i_calloc((size_t)c->masses.n_ends * (size_t)c->n_items + 1, sizeof *c->losses);
    KARVAN_REQUIRE(c->losses, err, KARVAN_E_NOMEM, "no memory for %d items", (int)c->n_items);
    for (int k = 0; k < KARVAN_I_METRICS; k++)
        KARVAN_TRY(metric_init(&j.metric[k], c, &by[k], err));
    st = karvan_parallel_for(c->masses.n_ends, 4, threads, some_origins, &j, NULL, err);
done:
    for (int k = 0; k < KARVAN_I_METRICS; k++) metric_clear(&j.metric[k]);
    return st;
}

void karvan_i_critical_clear(karvan_i_critical *c) {
    karvan_i_masses_clear(&c->masses);
    karvan_i_free(c->losses);
    *c = (karvan_i_critical){0};
}
