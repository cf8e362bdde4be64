/* The working set: resources that have a price, or could come to have one. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/rapid.h"

static void join(karvan_i_rapid *w, int32_t a) {
    w->in[a] = w->n, w->set[w->n] = a;
    w->queue[w->n] = w->f->queue[a], w->price[w->n] = 0;
    w->n++;
}

/* Routes by what of the set they use. */
static karvan_status find_patterns(karvan_i_rapid *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_patterns *all = &w->f->patterns;
    const karvan_i_uses uses = {all->first, all->resource, all->amount};
    bool *watched = karvan_i_calloc((size_t)w->f->n + 1, sizeof *watched);
    KARVAN_REQUIRE(watched, err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int32_t i = 0; i < w->n; i++) watched[w->set[i]] = true;
    karvan_i_patterns_clear(&w->patterns);
    KARVAN_TRY(karvan_i_patterns_find(&uses, all->n, watched, &w->patterns, err));
    for (int64_t u = 0; u < w->patterns.first[w->patterns.n]; u++)
        w->patterns.resource[u] = w->in[w->patterns.resource[u]];
    for (int64_t p = 0; p < w->f->k->m->n_routes; p++)
        w->pattern[p] = w->patterns.of[all->of[w->f->nests.entry_is[p]]];
    w->known = false;
done:
    karvan_i_free(watched);
    return st;
}

karvan_status karvan_i_rapid_set_begin(karvan_i_rapid *w, const karvan_i_loads *from,
                                       karvan_error *err) {
    const karvan_i_frame *f = w->f;
    w->n = 0;
    for (int32_t a = 0; a < f->n; a++) {
        w->in[a] = -1;
        if (f->near[a] || from->price[f->scarce[a]] > 0) join(w, a);
    }
    return find_patterns(w, err);
}

karvan_status karvan_i_rapid_set_back(karvan_i_rapid *w, int32_t n, karvan_error *err) {
    if (w->n == n) return KARVAN_OK;
    while (w->n > n) w->in[w->set[--w->n]] = -1;
    return find_patterns(w, err);
}

static void find_loads(karvan_i_rapid *w, const karvan_i_outcome *s) {
    const karvan_i_patterns *t = &w->f->patterns;
    const karvan_i_menu *m = w->f->k->m;
    memset(w->all_flow, 0, (size_t)t->n * sizeof *w->all_flow);
    for (int32_t k = 0; k < m->n_pairs; k++)
        for (int64_t r = m->first[k]; r < m->first[k + 1]; r++)
            w->all_flow[t->of[r]] += s->loads.demand[k] * s->loads.share[r];
    memset(w->all_loads, 0, (size_t)w->f->n * sizeof *w->all_loads);
    for (int32_t i = 0; i < t->n; i++)
        for (int64_t u = t->first[i]; u < t->first[i + 1]; u++)
            w->all_loads[t->resource[u]] += t->amount[u] * w->all_flow[i];
}

karvan_status karvan_i_rapid_set_grow(karvan_i_rapid *w, const karvan_i_task *t,
                                      const karvan_i_outcome *s, double part, int *joined,
                                      karvan_error *err) {
    const karvan_i_frame *f = w->f;
    const karvan_i_chain *k = f->k;
    *joined = 0;
    find_loads(w, s);
    for (int32_t a = 0; a < f->n; a++) {
        if (w->in[a] >= 0) continue;
        double capacity =
            karvan_i_capacity_of(k->q, k->first, t->side, f->scarce[a], t->value, t->effect)
                .capacity;
        if (!(w->all_loads[a] > part * capacity)) continue;
        w->capacity[w->n] = capacity, *joined += 1;
        join(w, a);
    }
    return *joined > 0 ? find_patterns(w, err) : KARVAN_OK;
}
