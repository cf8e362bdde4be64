/* A worker's room. */
#include "base/alloc.h"
#include "study/rapid.h"

static void *room(karvan_i_rapid *w, size_t n, size_t size) {
    enum { MOST = sizeof w->room / sizeof *w->room };
    if (w->n_rooms == MOST) return NULL;
    return w->room[w->n_rooms++] = karvan_i_calloc(n + 1, size);
}
static double *reals(karvan_i_rapid *w, size_t n) { return room(w, n, sizeof(double)); }
static int32_t *numbers(karvan_i_rapid *w, size_t n) { return room(w, n, sizeof(int32_t)); }
static bool *flags(karvan_i_rapid *w, size_t n) { return room(w, n, sizeof(bool)); }

karvan_status karvan_i_rapid_init(karvan_i_rapid *w, const karvan_i_frame *f, karvan_error *err) {
    const karvan_i_menu *m = f->k->m;
    size_t n = (size_t)f->n, patterns = (size_t)f->patterns.n, pairs = (size_t)m->n_pairs,
           routes = (size_t)m->n_routes, nests = (size_t)f->n_segments,
           groups = (size_t)f->k->x->n_groups, uses = (size_t)f->patterns.first[f->patterns.n];
    *w = (karvan_i_rapid){.f = f};
    w->set = numbers(w, n), w->in = numbers(w, n), w->pattern = numbers(w, routes);
    w->price = reals(w, n), w->trial = reals(w, n), w->capacity = reals(w, n);
    w->offered = reals(w, n), w->load = reals(w, n), w->wait = reals(w, n);
    w->gap = reals(w, n), w->last = reals(w, n), w->error = reals(w, n), w->step = reals(w, n);
    w->matrix = reals(w, n * n), w->square = reals(w, n * n);
    w->row = reals(w, n), w->felt = reals(w, n), w->at = numbers(w, n), w->seen = numbers(w, n);
    w->queue = flags(w, n), w->active = flags(w, n), w->held = flags(w, n);
    w->home = reals(w, n * n), w->home_active = flags(w, n);
    w->paid = room(w, patterns, sizeof *w->paid), w->flow = reals(w, patterns);
    w->active_first = room(w, patterns + 1, sizeof *w->active_first);
    w->active_use = numbers(w, uses), w->active_amount = reals(w, uses);
    w->bend = reals(w, patterns), w->hour_bend = reals(w, patterns);
    w->all_flow = reals(w, patterns);
    w->all_loads = reals(w, n), w->adjusted = reals(w, routes), w->hour = reals(w, routes);
    w->share = reals(w, routes), w->given = reals(w, pairs);
    w->nest_cost = reals(w, nests), w->nest_e = reals(w, nests);
    w->nest_sum = reals(w, nests), w->nest_log = reals(w, nests), w->pair_sum = reals(w, pairs);
    w->pair_least = reals(w, pairs), w->pair_log = reals(w, pairs);
    w->asked.hour = reals(w, (size_t)f->k->q->n_lanes);
    w->answer = reals(w, groups), w->slope = reals(w, groups);
    w->nest = reals(w, n * KARVAN_I_NESTS_MAX), w->pays = reals(w, groups * n);
    for (int i = 0; i < w->n_rooms; i++)
        if (!w->room[i]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for prices");
    return karvan_i_solver_init(&w->trade, f->k->x->economy, err);
}

void karvan_i_rapid_clear(karvan_i_rapid *w) {
    for (int i = 0; i < w->n_rooms; i++) karvan_i_free(w->room[i]);
    karvan_i_patterns_clear(&w->patterns);
    karvan_i_solver_clear(&w->trade);
    *w = (karvan_i_rapid){0};
}
