/* Bushes and the state around them: made, planted, taken over from an earlier solution, and turned
 * into flows. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/bush.h"

static void clear_bush(karvan_i_bush *b) {
    karvan_i_free(b->seq), karvan_i_free(b->merge), karvan_i_free(b->arc), karvan_i_free(b->flow);
}

void karvan_i_bushes_destroy(void *bushes) {
    karvan_i_bushes *all = bushes;
    if (!all) return;
    for (int32_t i = 0; all->bush && i < all->n; i++) clear_bush(&all->bush[i]);
    karvan_i_free(all->group), karvan_i_free(all->bush), karvan_i_free(all);
}

/* Demand of an origin in equivalents, and the least of its cells. */
static double demand_of(const karvan_i_problem *p, int group, int32_t origin, double *least) {
    double sum = 0;
    *least = INFINITY;
    for (int c = 0; c < p->n_classes; c++) {
        const karvan_i_demand *d = &p->demand[c];
        for (int64_t k = d->first[origin]; p->group[c] == group && k < d->first[origin + 1]; k++) {
            double f = d->pce * d->trips[k];
            sum += f, *least = fmin(*least, f);
        }
    }
    return sum;
}

karvan_status karvan_i_bushes_create(const karvan_i_problem *p, karvan_i_bushes **out,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *out = NULL;
    karvan_i_bushes *all = karvan_i_calloc(1, sizeof *all);
    KARVAN_REQUIRE(all, err, KARVAN_E_NOMEM, "no memory for bushes");
    all->n_classes = p->n_classes;
    all->group = karvan_i_malloc((size_t)p->n_classes, sizeof *all->group);
    all->bush = karvan_i_calloc((size_t)p->n_groups * (size_t)p->zones + 1, sizeof *all->bush);
    KARVAN_REQUIRE(all->group && all->bush, err, KARVAN_E_NOMEM, "no memory for bushes");
    for (int c = 0; c < p->n_classes; c++) all->group[c] = p->group[c];
    for (int g = 0; g < p->n_groups; g++)
        for (int32_t o = 0; o < p->zones; o++) {
            double least, sum = demand_of(p, g, o, &least);
            if (!(sum > 0)) continue;
            all->bush[all->n++] =
                (karvan_i_bush){.origin = o, .group = g, .dust = fmin(1e-16 * sum, 1e-3 * least)};
        }
    *out = all, all = NULL;
done:
    karvan_i_bushes_destroy(all);
    return st;
}

karvan_status karvan_i_bush_plant(const karvan_i_tree *t, karvan_i_bush *b, karvan_error *err) {
    b->n = t->n_order - 1, b->n_merges = 0, b->room = 1;
    b->seq = karvan_i_malloc((size_t)b->n + 1, sizeof *b->seq);
    b->merge = karvan_i_calloc(1, sizeof *b->merge);
    if (!b->seq || !b->merge) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a bush");
    for (int32_t i = 0; i < b->n; i++) b->seq[i] = t->by[t->order[i + 1]];
    return KARVAN_OK;
}

static karvan_status copy_bush(const karvan_i_bush *from, karvan_i_bush *to, karvan_error *err) {
    size_t entries = (size_t)from->merge[from->n_merges].first, merges = (size_t)from->n_merges + 1;
    to->n = from->n, to->n_merges = from->n_merges;
    to->room = (int32_t)merges, to->entries = (int32_t)entries, to->settled = from->settled;
    to->seq = karvan_i_malloc((size_t)from->n + 1, sizeof *to->seq);
    to->merge = karvan_i_malloc(merges, sizeof *to->merge);
    to->arc = karvan_i_malloc(entries + 1, sizeof *to->arc);
    to->flow = karvan_i_malloc(entries + 1, sizeof *to->flow);
    if (!to->seq || !to->merge || !to->arc || !to->flow)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a bush");
    memcpy(to->merge, from->merge, merges * sizeof *to->merge);
    for (int32_t i = 0; i < from->n; i++) to->seq[i] = from->seq[i];
    for (size_t e = 0; e < entries; e++) to->arc[e] = from->arc[e], to->flow[e] = from->flow[e];
    return KARVAN_OK;
}

/* Entries in the proportions that they had, under the demand of now. */
static void rescale(const karvan_i_bush_state *s, karvan_i_bush_work *w, karvan_i_bush *b) {
    const karvan_i_problem *p = s->p;
    memset(w->through, 0, (size_t)p->n * sizeof *w->through);
    for (int c = 0; c < p->n_classes; c++) {
        const karvan_i_demand *d = &p->demand[c];
        for (int64_t k = d->first[b->origin];
             p->group[c] == b->group && k < d->first[b->origin + 1]; k++)
            w->through[d->destination[k]] += d->pce * d->trips[k];
    }
    for (int32_t i = b->n - 1; i >= 0; i--) {
        int32_t a = b->seq[i];
        double f = w->through[karvan_i_seq_node(s, b, a)], sum = 0;
        if (a >= 0) {
            w->through[p->tail[a]] += f;
            continue;
        }
        const karvan_i_merge *g = &b->merge[~a];
        for (int32_t e = g->first; e < g[1].first; e++) sum += b->flow[e];
        for (int32_t e = g->first; e < g[1].first; e++) {
            b->flow[e] = sum > 0 ? f * (b->flow[e] / sum) : e == g->first ? f : 0;
            w->through[p->tail[b->arc[e]]] += b->flow[e];
        }
    }
}

karvan_status karvan_i_bushes_adopt(karvan_i_bush_state *s, const karvan_i_bushes *from,
                                    bool same_demand, bool *adopted, karvan_error *err) {
    karvan_i_bushes *all = s->bushes;
    int32_t j = 0;
    *adopted = false;
    if (from->n_classes != all->n_classes) return KARVAN_OK;
    for (int c = 0; c < all->n_classes; c++)
        if (from->group[c] != all->group[c]) return KARVAN_OK;
    for (int32_t i = 0; i < all->n; i++) {
        karvan_i_bush *b = &all->bush[i];
        while (j < from->n &&
               (from->bush[j].group < b->group ||
                (from->bush[j].group == b->group && from->bush[j].origin < b->origin)))
            j++;
        if (j == from->n || from->bush[j].group != b->group || from->bush[j].origin != b->origin)
            return KARVAN_OK;
        karvan_status st = copy_bush(&from->bush[j], b, err);
        if (st != KARVAN_OK) return st;
        if (!same_demand) rescale(s, &s->work[0], b);
    }
    *adopted = true;
    return KARVAN_OK;
}

/* ---- the state ---------------------------------------------------------------------------------
 */

static void clear_work(karvan_i_bush_work *w) {
    karvan_i_free(w->node), karvan_i_free(w->least), karvan_i_free(w->by);
    karvan_i_free(w->through), karvan_i_free(w->seq), karvan_i_free(w->merge);
    karvan_i_free(w->arc), karvan_i_free(w->flow), karvan_i_free(w->stack);
    karvan_i_free(w->place), karvan_i_free(w->ring), karvan_i_free(w->mark);
    karvan_i_tree_clear(&w->tree);
    karvan_i_free(w->pool.pair), karvan_i_free(w->pool.step);
}

static karvan_status init_work(karvan_i_bush_work *w, const karvan_i_problem *p,
                               karvan_error *err) {
    size_t n = (size_t)p->n + 1, m = (size_t)p->m + n;
    w->node = karvan_i_malloc(n, sizeof *w->node), w->least = karvan_i_malloc(n, sizeof *w->least);
    w->by = karvan_i_malloc(n, sizeof *w->by);
    w->through = karvan_i_calloc(n, sizeof *w->through);
    w->seq = karvan_i_malloc(n, sizeof *w->seq), w->merge = karvan_i_malloc(n, sizeof *w->merge);
    w->arc = karvan_i_malloc(m, sizeof *w->arc), w->flow = karvan_i_malloc(m, sizeof *w->flow);
    w->stack = karvan_i_malloc(m + 3 * n, sizeof *w->stack);
    w->place = karvan_i_malloc(n, sizeof *w->place), w->ring = karvan_i_malloc(n, sizeof *w->ring);
    w->mark = karvan_i_calloc(n, 1);
    if (!w->node || !w->least || !w->by || !w->through || !w->seq || !w->merge || !w->arc ||
        !w->flow || !w->stack || !w->place || !w->ring || !w->mark)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for bushes of %d nodes", (int)p->n);
    return karvan_i_tree_init(&w->tree, p, err);
}

void karvan_i_bush_state_clear(karvan_i_bush_state *s) {
    for (int g = 0; s->price && g < s->p->n_groups; g++) karvan_i_free(s->price[g]);
    for (int i = 0; s->work && i < s->n_workers; i++) clear_work(&s->work[i]);
    karvan_i_free(s->price), karvan_i_free(s->flow), karvan_i_free(s->slope);
    karvan_i_free(s->work), karvan_i_bushes_destroy(s->bushes);
}

karvan_status karvan_i_bush_state_init(karvan_i_bush_state *s, const karvan_i_problem *p,
                                       int threads, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t m = (size_t)p->m + 1;
    *s = (karvan_i_bush_state){.p = p, .n_workers = threads > 0 ? threads : karvan_thread_count()};
    s->flow = karvan_i_calloc(m, sizeof *s->flow), s->slope = karvan_i_malloc(m, sizeof *s->slope);
    s->price = karvan_i_calloc((size_t)p->n_groups + 1, sizeof(void *));
    s->work = karvan_i_calloc((size_t)s->n_workers, sizeof *s->work);
    KARVAN_REQUIRE(s->flow && s->slope && s->price && s->work, err, KARVAN_E_NOMEM,
                   "no memory for flows of %d arcs", (int)p->m);
    for (int g = 0; g < p->n_groups; g++) {
        s->price[g] = karvan_i_malloc(m, sizeof **s->price);
        KARVAN_REQUIRE(s->price[g], err, KARVAN_E_NOMEM, "no memory for flows of %d arcs",
                       (int)p->m);
        for (int32_t a = 0; a < p->m; a++)
            s->price[g][a] = (karvan_i_priced){p->tail[a], p->head[a], 0};
    }
    for (int i = 0; i < s->n_workers; i++) KARVAN_TRY(init_work(&s->work[i], p, err));
    for (int32_t a = 0; a < p->m; a++) karvan_i_reprice(s, a);
    KARVAN_TRY(karvan_i_bushes_create(p, &s->bushes, err));
done:
    return st;
}

/* ---- flows -------------------------------------------------------------------------------------
 */

/* Bushes are dealt to parts whose number hangs on the problem alone; the flows of the parts are
 * added in their order. */
typedef struct deal {
    karvan_i_bush_state *s;
    int64_t chunk;
    double *flow; /* [parts][n_classes][m] */
} deal;

/* A class's demand carried back through a bush, at merges in the proportions of the entries. */
static void carry(const karvan_i_bush_state *s, karvan_i_bush_work *w, const karvan_i_bush *b,
                  int class, double *flow) {
    const karvan_i_problem *p = s->p;
    const karvan_i_demand *d = &p->demand[class];
    for (int64_t k = d->first[b->origin]; k < d->first[b->origin + 1]; k++)
        w->through[d->destination[k]] += d->pce * d->trips[k];
    for (int32_t i = b->n - 1; i >= 0; i--) {
        int32_t a = b->seq[i], v = karvan_i_seq_node(s, b, a);
        double f = w->through[v], sum = 0;
        w->through[v] = 0;
        if (!(f > 0)) continue;
        if (a >= 0) {
            flow[a] += f, w->through[p->tail[a]] += f;
            continue;
        }
        const karvan_i_merge *g = &b->merge[~a];
        for (int32_t e = g->first; e < g[1].first; e++) sum += b->flow[e];
        for (int32_t e = g->first; e < g[1].first; e++) {
            double part = sum > 0 ? f * (b->flow[e] / sum) : e == g->first ? f : 0;
            if (!(part > 0)) continue;
            flow[b->arc[e]] += part, w->through[p->tail[b->arc[e]]] += part;
        }
    }
    w->through[b->origin] = 0;
}

static karvan_status carry_some(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    const deal *j = ctx;
    const karvan_i_problem *p = j->s->p;
    karvan_i_bush_work *w = &j->s->work[worker];
    (void)err;
    memset(w->through, 0, (size_t)p->n * sizeof *w->through);
    for (int64_t i = begin; i < end; i++) {
        karvan_i_bush *b = &j->s->bushes->bush[i];
        karvan_i_bush_settle(j->s, w, b);
        for (int c = 0; c < p->n_classes; c++)
            if (p->group[c] == b->group)
                carry(j->s, w, b, c,
                      j->flow + (begin / j->chunk * p->n_classes + c) * (int64_t)p->m);
    }
    return KARVAN_OK;
}

int64_t karvan_i_bush_chunk(const karvan_i_problem *p, int64_t n) {
    int64_t size = (int64_t)p->n_classes * p->m;
    return n / (size > 0 && 8e6 / (double)size < 8 ? 8 : 32) + 1;
}

karvan_status karvan_i_bush_flows(karvan_i_bush_state *s, int threads, double *class_flow,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_problem *p = s->p;
    int64_t n = s->bushes->n, size = (int64_t)p->n_classes * p->m;
    int64_t chunk = karvan_i_bush_chunk(p, n), parts = n / chunk + (n % chunk != 0);
    deal j = {.s = s, .chunk = chunk};
    j.flow = karvan_i_calloc((size_t)(parts * size) + 1, sizeof *j.flow);
    KARVAN_REQUIRE(j.flow, err, KARVAN_E_NOMEM, "no memory for flows of %d arcs", (int)p->m);
    KARVAN_TRY(karvan_parallel_for(n, chunk, threads, carry_some, &j, NULL, err));
    if (size > 0) memset(class_flow, 0, (size_t)size * sizeof *class_flow);
    for (int64_t k = 0; k < parts; k++)
        for (int64_t i = 0; i < size; i++) class_flow[i] += j.flow[k * size + i];
    karvan_i_sum_classes(p, class_flow, s->flow);
    for (int32_t a = 0; a < p->m; a++) karvan_i_reprice(s, a);
done:
    karvan_i_free(j.flow);
    return st;
}
