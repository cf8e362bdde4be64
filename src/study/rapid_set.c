/* The working set: resources that have a price, or could come to have one. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clones.h"
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
                     {(void **)&w->flow, KARVAN_I_TURNS * n, sizeof *w->flow},
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
    w->marked = w->split.n, w->home_known = false;
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

/* ---- what fills ---- */

/* TEU a day of routes by place. */
KARVAN_I_CLONES static void find_flows(const karvan_i_rapid *w, const double *restrict demand,
                                       double *restrict flow) {
    const karvan_i_rows *n = &w->f->nests;
    for (int32_t c = 0; c < n->n_lengths; c++)
        for (int32_t j = 0; j < n->length[c]; j++) {
            int64_t at = n->entry[c] + (int64_t)j * n->count[c], rows = n->count[c];
            const double *restrict share = w->share + at;
            const int32_t *restrict pair = w->f->nest_pair + n->row[c];
            double *restrict x = flow + at;
            for (int64_t i = 0; i < rows; i++) x[i] = demand[pair[i]] * share[i];
        }
}

/* By how much routes carry more than before, added up. */
KARVAN_I_CLONES static double sum_more(int64_t n, const double *restrict now,
                                       const double *restrict before) {
    double s[8] = {0};
    int64_t p = 0;
    for (; p + 8 <= n; p += 8)
        for (int64_t k = 0; k < 8; k++) {
            double more = now[p + k] - before[p + k];
            s[k] += more > 0 ? more : 0;
        }
    for (; p < n; p++) s[p % 8] += now[p] > before[p] ? now[p] - before[p] : 0;
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

static void find_pattern_flows(karvan_i_rapid *w, const double *flow) {
    memset(w->all_flow, 0, (size_t)w->f->patterns.n * sizeof *w->all_flow);
    for (int64_t p = 0; p < w->f->k->m->n_routes; p++) w->all_flow[w->f->pattern[p]] += flow[p];
}

/* Of one resource, flows of patterns known. */
KARVAN_I_CLONES static double load_of(const karvan_i_rapid *w, int32_t a) {
    const karvan_i_frame *f = w->f;
    int64_t at = f->user_first[a], n = f->user_first[a + 1] - at, i = 0;
    const double *restrict amount = f->user_amount + at, *restrict flow = w->all_flow;
    const int32_t *restrict user = f->user + at;
    double s[8] = {0};
    for (; i + 8 <= n; i += 8)
        for (int64_t k = 0; k < 8; k++) s[k] += amount[i + k] * flow[user[i + k]];
    for (; i < n; i++) s[i % 8] += amount[i] * flow[user[i]];
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/* Of all but the set, whose loads each point has. */
static void find_loads(karvan_i_rapid *w, const double *flow, double *load) {
    find_pattern_flows(w, flow);
    for (int32_t a = 0; a < w->f->n; a++) load[a] = w->in[a] < 0 ? load_of(w, a) : 0;
}

static void join_full(karvan_i_rapid *w, int32_t a, double capacity) {
    w->capacity[w->n] = capacity;
    join(w, a);
}

/* Could it be so full? No load exceeds that of home by more than all routes together carry more,
 * where they use most of it. */
static bool could_fill(const karvan_i_rapid *w, int32_t a, double more, double least) {
    const double ROUNDING = 1 + 1e-9;
    return (w->home_loads[a] + more * w->f->most[a]) * ROUNDING > least;
}

/* Those of the few that could be. */
static void look_near(karvan_i_rapid *w, const karvan_i_task *t, double more, double part) {
    bool known = false; /* flows of patterns */
    for (int32_t a = 0; a < w->f->n; a++) {
        if (w->in[a] >= 0) continue;
        double capacity = karvan_i_rapid_capacity(w->f, t, a, NULL);
        if (!could_fill(w, a, more, part * capacity)) continue;
        if (!known) find_pattern_flows(w, w->flow_at), known = true;
        if (load_of(w, a) > part * capacity) join_full(w, a, capacity);
    }
}

/* Is it few that could be, by how many use them? */
static bool few_near(const karvan_i_rapid *w, const karvan_i_task *t, double more, double part) {
    const karvan_i_frame *f = w->f;
    int64_t users = 0;
    for (int32_t a = 0; a < f->n; a++)
        if (w->in[a] < 0 && could_fill(w, a, more, part * karvan_i_rapid_capacity(f, t, a, NULL)))
            users += f->user_first[a + 1] - f->user_first[a];
    return 4 * users < f->user_first[f->n];
}

static void look_everywhere(karvan_i_rapid *w, const karvan_i_task *t, const double *load,
                            double part) {
    for (int32_t a = 0; a < w->f->n; a++) {
        if (w->in[a] >= 0) continue;
        double capacity = karvan_i_rapid_capacity(w->f, t, a, NULL);
        if (load[a] > part * capacity) join_full(w, a, capacity);
    }
}

void karvan_i_rapid_set_home(karvan_i_rapid *w, const karvan_i_outcome *s) {
    find_flows(w, s->loads.demand, w->home_flow);
    find_loads(w, w->home_flow, w->home_loads);
    w->home_known = true;
}

/* Side 0 looks from where it last looked at everything, cases from its end. */
static void look(karvan_i_rapid *w, const karvan_i_task *t, const karvan_i_outcome *s,
                 double part) {
    double more = 0;
    bool near = w->home_known && !t->exact;
    find_flows(w, s->loads.demand, w->flow_at);
    if (near) more = sum_more(w->f->k->m->n_routes, w->flow_at, w->home_flow);
    if (near && (t->before || few_near(w, t, more, part))) {
        look_near(w, t, more, part);
    } else if (t->before) {
        find_loads(w, w->flow_at, w->all_loads);
        look_everywhere(w, t, w->all_loads, part);
    } else {
        karvan_i_rapid_set_home(w, s);
        look_everywhere(w, t, w->home_loads, part);
    }
}

karvan_status karvan_i_rapid_set_grow(karvan_i_rapid *w, const karvan_i_task *t,
                                      const karvan_i_outcome *s, double part, int *joined,
                                      karvan_error *err) {
    int32_t before = w->n;
    look(w, t, s, part);
    *joined = w->n - before;
    return *joined > 0 ? part_by(w, before, err) : KARVAN_OK;
}
