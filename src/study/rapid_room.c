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

static uint64_t *words(karvan_i_rapid *w, size_t n) { return room(w, n, sizeof(uint64_t)); }

static void make_bent(karvan_i_rapid *w, size_t n) {
    karvan_i_bent *b = &w->bent;
    const karvan_i_rows *nests = &w->f->nests;
    size_t width = karvan_i_bent_width(n), groups = (size_t)w->f->k->x->n_groups, longest = 0,
           bits = (n + KARVAN_I_WORD - 1) / KARVAN_I_WORD;
    for (int32_t c = 0; c < nests->n_lengths; c++) longest = (size_t)nests->length[c];
    b->row = numbers(w, n), b->pays = numbers(w, n), b->at = numbers(w, n),
    b->column = numbers(w, n);
    b->paid = reals(w, n);
    b->nest = (karvan_i_bent_sum){reals(w, width), words(w, bits)};
    b->pair = (karvan_i_bent_sum){reals(w, width), words(w, bits)};
    b->part = numbers(w, longest), b->share = reals(w, longest);
    b->table = reals(w, n * width);
    b->group = reals(w, groups * width), b->group_rows = words(w, groups * bits);
}

karvan_status karvan_i_rapid_init(karvan_i_rapid *w, const karvan_i_frame *f, karvan_error *err) {
    const karvan_i_menu *m = f->k->m;
    size_t n = (size_t)f->n, patterns = (size_t)f->patterns.n, pairs = (size_t)m->n_pairs,
           routes = (size_t)m->n_routes, nests = (size_t)f->n_segments,
           groups = (size_t)f->k->x->n_groups;
    *w = (karvan_i_rapid){.f = f};
    w->set = numbers(w, n), w->in = numbers(w, n);
    w->price = reals(w, n), w->trial = reals(w, n), w->capacity = reals(w, n);
    w->offered = reals(w, n), w->load = reals(w, n), w->wait = reals(w, n);
    w->gap = reals(w, n), w->last = reals(w, n), w->error = reals(w, n), w->step = reals(w, n);
    w->matrix = reals(w, n * n), w->square = reals(w, n * n);
    w->felt = room(w, n, sizeof *w->felt);
    w->row = reals(w, n), w->least = reals(w, n), w->at = numbers(w, n), w->seen = numbers(w, n);
    w->queue = flags(w, n), w->active = flags(w, n), w->held = flags(w, n);
    w->changes = flags(w, n);
    w->home = reals(w, n * n), w->home_active = flags(w, n);
    make_bent(w, n);
    w->all_flow = reals(w, patterns), w->home_loads = reals(w, n);
    w->flow_at = reals(w, routes), w->home_flow = reals(w, routes);
    w->all_loads = reals(w, n), w->adjusted = reals(w, routes), w->hour = reals(w, routes);
    w->share = reals(w, routes), w->given = reals(w, pairs);
    w->nest_cost = reals(w, nests), w->nest_e = reals(w, nests);
    w->nest_sum = reals(w, nests), w->nest_log = reals(w, nests), w->pair_sum = reals(w, pairs);
    w->pair_least = reals(w, pairs), w->pair_log = reals(w, pairs);
    w->asked.hour = reals(w, (size_t)f->k->q->n_lanes);
    w->answer = reals(w, groups), w->slope = reals(w, groups);
    for (int i = 0; i < w->n_rooms; i++)
        if (!w->room[i]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for prices");
    karvan_status st = karvan_i_split_init(&w->split, f, err);
    if (st == KARVAN_OK) st = karvan_i_split_mark_init(&w->near, &w->split, err);
    if (st == KARVAN_OK) st = karvan_i_split_mark_init(&w->at_home, &w->split, err);
    if (st == KARVAN_OK) st = karvan_i_rapid_set_near(w, err);
    if (st == KARVAN_OK)
        st = karvan_i_world_init(&w->world, f->k->x->economy, karvan_i_bent_width(n), err);
    if (st == KARVAN_OK) st = karvan_i_solver_init(&w->trade, f->k->x->economy, err);
    return st == KARVAN_OK ? karvan_i_solver_keep(&w->trade, err) : st;
}

void karvan_i_rapid_clear(karvan_i_rapid *w) {
    for (int i = 0; i < w->n_rooms; i++) karvan_i_free(w->room[i]);
    karvan_i_free(w->paid), karvan_i_free(w->flow), karvan_i_free(w->bent.use);
    karvan_i_free(w->bent.alike), karvan_i_free(w->bent.behind);
    karvan_i_free(w->bent.use_first), karvan_i_free(w->bent.use_rows);
    karvan_i_free(w->bent.alone), karvan_i_free(w->bent.alone_hour);
    karvan_i_split_clear(&w->split);
    karvan_i_split_mark_clear(&w->near), karvan_i_split_mark_clear(&w->at_home);
    karvan_i_world_clear(&w->world);
    karvan_i_solver_clear(&w->trade);
    *w = (karvan_i_rapid){0};
}
