/* The working set: resources that have a price, or could come to have one. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/rapid.h"

static void join(karvan_i_rapid *w, int32_t a) {
    w->in[a] = w->n, w->set[w->n] = a;
    w->queue[w->n] = w->f->queue[a], w->price[w->n] = 0;
    w->n++;
}

double karvan_i_rapid_capacity(const karvan_i_frame *f, const karvan_i_task *t, int32_t a,
                               int64_t *which) {
    const karvan_i_chain *k = f->k;
    double least = INFINITY;
    if (which) *which = f->member_first[a];
    for (int64_t i = f->member_first[a]; i < f->member_first[a + 1]; i++) {
        double room =
            karvan_i_capacity_of(k->q, k->first, t->side, f->member[i], t->value, t->effect)
                .capacity /
            f->ratio[i];
        if (!(room < least)) continue;
        least = room;
        if (which) *which = i;
    }
    return least;
}

double karvan_i_rapid_priced(const karvan_i_frame *f, int32_t a, const karvan_i_loads *from) {
    double sum = 0;
    for (int64_t i = f->member_first[a]; i < f->member_first[a + 1]; i++)
        sum += from->price[f->member[i]] * f->ratio[i];
    return sum;
}

static size_t bits_of(const karvan_i_rapid *w) {
    return (size_t)w->split.room * (((size_t)w->n + KARVAN_I_WORD - 1) / KARVAN_I_WORD);
}

/* What stands by part. */
static karvan_status room_for(karvan_i_rapid *w, karvan_error *err) {
    karvan_i_bent *b = &w->bent;
    size_t n = (size_t)w->split.room + 1, uses = 2 * (size_t)w->split.room_uses + 1,
           bits = bits_of(w) + 1;
    struct {
        void **array;
        size_t n, size;
    } const all[] = {{(void **)&w->paid, n, sizeof *w->paid},
                     {(void **)&w->flow, n, sizeof *w->flow},
                     {(void **)&b->alone, n, sizeof *b->alone},
                     {(void **)&b->alone_hour, n, sizeof *b->alone_hour},
                     {(void **)&b->alike, n, sizeof *b->alike},
                     {(void **)&b->behind, n, sizeof *b->behind},
                     {(void **)&b->use_first, n, sizeof *b->use_first},
                     {(void **)&b->use, uses, sizeof *b->use},
                     {(void **)&b->use_rows, bits, sizeof *b->use_rows}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        void *more = karvan_i_realloc(*all[i].array, all[i].n, all[i].size);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
        *all[i].array = more;
    }
    w->room_parts = w->split.room, w->room_uses = w->split.room_uses, w->room_rows = bits_of(w);
    return KARVAN_OK;
}

/* Those of the set from `from` on part routes. */
static karvan_status part_by(karvan_i_rapid *w, int32_t from, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int32_t i = from; i < w->n; i++)
        KARVAN_TRY(karvan_i_split_join(&w->split, w->set[i], i, err));
    if (w->n > from) karvan_i_split_pack(&w->split, w->marked);
    if (w->room_parts != w->split.room || w->room_uses != w->split.room_uses ||
        w->room_rows < bits_of(w))
        KARVAN_TRY(room_for(w, err));
    w->known = false;
done:
    return st;
}

karvan_status karvan_i_rapid_set_near(karvan_i_rapid *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_frame *f = w->f;
    w->n = 0;
    w->marked = 0;
    karvan_i_split_begin(&w->split);
    for (int32_t a = 0; a < f->n; a++)
        if (f->near[a]) join(w, a);
    KARVAN_TRY(part_by(w, 0, err));
    karvan_i_split_keep(&w->split, &w->near);
    w->near_n = w->n, w->marked = w->split.n;
done:
    return st;
}

karvan_status karvan_i_rapid_set_begin(karvan_i_rapid *w, const karvan_i_loads *from,
                                       karvan_error *err) {
    const karvan_i_frame *f = w->f;
    karvan_i_split_back(&w->split, &w->near);
    w->marked = w->split.n;
    w->n = 0;
    for (int32_t a = 0; a < f->n; a++) {
        w->in[a] = -1;
        if (f->near[a]) join(w, a);
    }
    for (int32_t a = 0; a < f->n; a++)
        if (!f->near[a] && karvan_i_rapid_priced(f, a, from) > 0) join(w, a);
    return part_by(w, w->near_n, err);
}

void karvan_i_rapid_set_keep(karvan_i_rapid *w) {
    karvan_i_split_keep(&w->split, &w->at_home);
    w->home_n = w->n, w->marked = w->split.n;
}

void karvan_i_rapid_set_back(karvan_i_rapid *w) {
    while (w->n > w->home_n) w->in[w->set[--w->n]] = -1;
    karvan_i_split_back(&w->split, &w->at_home);
    w->known = false;
}

static void find_loads(karvan_i_rapid *w, const karvan_i_outcome *s) {
    const double LEAST = 1e-10; /* TEU a day: hardly any route of a pattern is nothing */
    const karvan_i_patterns *t = &w->f->patterns;
    const karvan_i_menu *m = w->f->k->m;
    memset(w->all_flow, 0, (size_t)t->n * sizeof *w->all_flow);
    for (int32_t k = 0; k < m->n_pairs; k++)
        for (int64_t r = m->first[k]; r < m->first[k + 1]; r++)
            w->all_flow[t->of[r]] += s->loads.demand[k] * s->loads.share[r];
    memset(w->all_loads, 0, (size_t)w->f->n * sizeof *w->all_loads);
    for (int32_t i = 0; i < t->n; i++)
        for (int64_t u = t->first[i]; w->all_flow[i] > LEAST && u < t->first[i + 1]; u++)
            w->all_loads[t->resource[u]] += t->amount[u] * w->all_flow[i];
}

karvan_status karvan_i_rapid_set_grow(karvan_i_rapid *w, const karvan_i_task *t,
                                      const karvan_i_outcome *s, double part, int *joined,
                                      karvan_error *err) {
    const karvan_i_frame *f = w->f;
    int32_t before = w->n;
    *joined = 0;
    find_loads(w, s);
    for (int32_t a = 0; a < f->n; a++) {
        if (w->in[a] >= 0) continue;
        double capacity = karvan_i_rapid_capacity(f, t, a, NULL);
        if (!(w->all_loads[a] > part * capacity)) continue;
        w->capacity[w->n] = capacity, *joined += 1;
        join(w, a);
    }
    return *joined > 0 ? part_by(w, before, err) : KARVAN_OK;
}
