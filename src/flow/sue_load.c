/* Loading of stochastic equilibrium: recursive logit, or shares over route sets in chunks of pairs
 * that are folded in their order. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/sue.h"
#include "flow/sum.h"

enum { CHUNKS = 32 }; /* partial sums of flows at most */

/* ---- made ready ---- */

static int64_t cells_of(const karvan_i_problem *p, int class) {
    return p->demand[class].first[p->zones];
}

static karvan_status init_arrays(karvan_i_loader *l, karvan_error *err) {
    const karvan_i_problem *p = l->p;
    size_t m = (size_t)p->m + 1, classes = (size_t)p->n_classes;
    l->length = karvan_i_malloc(m, sizeof *l->length);
    l->cost = karvan_i_malloc(m, sizeof *l->cost);
    l->logsum = karvan_i_calloc(classes, sizeof *l->logsum);
    bool good = l->length && l->cost && l->logsum;
    for (int c = 0; good && c < p->n_classes; c++)
        good = (l->logsum[c] = karvan_i_malloc((size_t)cells_of(p, c) + 1, sizeof(double)));
    if (!good) return karvan_fail(err, KARVAN_E_NOMEM, "no memory to load %d arcs", (int)p->m);
    for (int32_t a = 0; a < p->m; a++) l->length[a] = karvan_i_arc_time(p, a, 0);
    return KARVAN_OK;
}

static karvan_status init_recursive(karvan_i_loader *l, karvan_error *err) {
    const karvan_i_problem *p = l->p;
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_recursive_create(p->n, p->m, p->tail, p->head, p->first_through, &l->r, err));
    l->arrivals = karvan_i_calloc((size_t)p->n_classes, sizeof *l->arrivals);
    KARVAN_REQUIRE(l->arrivals, err, KARVAN_E_NOMEM, "no memory for %d classes", p->n_classes);
    for (int c = 0; c < p->n_classes; c++)
        KARVAN_TRY(karvan_i_arrivals_init(&l->arrivals[c], p->zones, p->demand[c].first,
                                          p->demand[c].destination, p->demand[c].trips, err));
done:
    return st;
}

void karvan_i_loader_cost(karvan_i_loader *l, int class, const double *time) {
    const double *fixed = l->p->fixed[l->p->group[class]];
    for (int32_t a = 0; a < l->p->m; a++)
        l->cost[a] = fixed ? fmax(time[a] + fixed[a], 0) : time[a];
}

static karvan_status init_sets(karvan_i_loader *l, karvan_error *err) {
    const karvan_i_problem *p = l->p;
    int64_t found = 0;
    karvan_status st = KARVAN_OK;
    l->sets = karvan_i_calloc((size_t)p->n_classes, sizeof *l->sets);
    KARVAN_REQUIRE(l->sets, err, KARVAN_E_NOMEM, "no memory for %d classes", p->n_classes);
    if (l->o->choice == KARVAN_SUE_NESTED) {
        l->family = karvan_i_malloc((size_t)p->m + 1, sizeof *l->family);
        KARVAN_REQUIRE(l->family, err, KARVAN_E_NOMEM, "no memory for families");
        for (int32_t a = 0; a < p->m; a++) l->family[a] = l->o->family[p->arc[a]];
    }
    /* a quarter of each set for ways of the empty network: others are found under its flows */
    for (int c = 0; c < p->n_classes; c++) {
        KARVAN_TRY(karvan_i_route_sets_init(&l->sets[c], p, c, l->o->routes, err));
        karvan_i_loader_cost(l, c, l->length);
        KARVAN_TRY(karvan_i_route_sets_widen(&l->sets[c], l->cost, (l->o->routes + 3) / 4, &found,
                                             l->cancel, err));
        KARVAN_TRY(
            karvan_i_route_sets_lay(&l->sets[c], l->length, l->family, l->o->n_families, err));
    }
done:
    return st;
}

karvan_status karvan_i_loader_init(karvan_i_loader *l, const karvan_i_problem *p,
                                   const karvan_sue_options *o, karvan_error *err) {
    static const karvan_choice_kind kinds[] = {KARVAN_CHOICE_LOGIT, KARVAN_CHOICE_PATH_SIZE,
                                               KARVAN_CHOICE_NESTED, KARVAN_CHOICE_LOGIT};
    *l = (karvan_i_loader){.p = p,
                           .o = o,
                           .cancel = o->cancel,
                           .model = {kinds[o->choice], o->scale, o->nest_scale, o->size_exponent}};
    karvan_status st = init_arrays(l, err);
    if (st != KARVAN_OK) return st;
    return o->choice == KARVAN_SUE_RECURSIVE ? init_recursive(l, err) : init_sets(l, err);
}

void karvan_i_loader_clear(karvan_i_loader *l) {
    for (int c = 0; l->p && c < l->p->n_classes; c++) {
        if (l->arrivals) karvan_i_arrivals_clear(&l->arrivals[c]);
        if (l->sets) karvan_i_route_sets_clear(&l->sets[c]);
        if (l->logsum) karvan_i_free(l->logsum[c]);
    }
    karvan_recursive_destroy(l->r);
    karvan_i_free(l->arrivals), karvan_i_free(l->sets), karvan_i_free(l->logsum);
    karvan_i_free(l->length), karvan_i_free(l->family), karvan_i_free(l->cost);
    *l = (karvan_i_loader){0};
}

/* ---- over route sets ---- */

typedef struct sets_job {
    karvan_i_loader *l;
    karvan_i_route_sets *s;
    double *logsum; /* [pairs] */
    int64_t chunk;
    double *part; /* [chunks][m] */
} sets_job;

static double along(const karvan_i_route_sets *s, int64_t r, const double *arc) {
    double sum = 0;
    for (int64_t i = s->route_first[r]; i < s->route_first[r + 1]; i++) sum += arc[s->route_arc[i]];
    return sum;
}

static void spread(const karvan_i_route_sets *s, int64_t r, double flow, double *arc) {
    for (int64_t i = s->route_first[r]; i < s->route_first[r + 1]; i++)
        arc[s->route_arc[i]] += flow;
}

static void load_pair(const sets_job *j, int32_t pair, karvan_i_nest *room, double *sum) {
    karvan_i_route_sets *s = j->s;
    const karvan_i_demand *d = &j->l->p->demand[s->class];
    for (int64_t r = s->first[pair]; r < s->first[pair + 1]; r++)
        s->cost[r] = along(s, r, j->l->cost);
    j->logsum[pair] = karvan_i_choice_pair(&s->sets, &j->l->model, pair, s->cost, s->share, room);
    for (int64_t r = s->first[pair]; r < s->first[pair + 1]; r++)
        spread(s, r, d->pce * d->trips[pair] * s->share[r], sum);
}

static karvan_status some_pairs(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    const sets_job *j = ctx;
    double *sum = j->part + begin / j->chunk * j->l->p->m;
    (void)worker;
    karvan_i_nest *room =
        karvan_i_malloc((size_t)karvan_i_choice_nests(&j->s->sets, &j->l->model), sizeof *room);
    if (!room) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for nests");
    for (int64_t pair = begin; pair < end; pair++) load_pair(j, (int32_t)pair, room, sum);
    karvan_i_free(room);
    return KARVAN_OK;
}

static karvan_status load_sets(karvan_i_loader *l, int class, double *flow, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = l->sets[class].n_pairs, chunk = n / CHUNKS + 1, chunks = n / chunk + 1;
    int32_t m = l->p->m;
    sets_job j = {l, &l->sets[class], l->logsum[class], chunk, NULL};
    j.part = karvan_i_calloc((size_t)chunks * (size_t)m + 1, sizeof *j.part);
    KARVAN_REQUIRE(j.part, err, KARVAN_E_NOMEM, "no memory for flows of %d arcs", (int)m);
    KARVAN_TRY(karvan_parallel_for(n, chunk, l->o->threads, some_pairs, &j, l->cancel, err));
    for (int32_t a = 0; a < m; a++) flow[a] = 0;
    for (int64_t c = 0; c < chunks; c++)
        for (int32_t a = 0; a < m; a++) flow[a] += j.part[c * m + a];
done:
    karvan_i_free(j.part);
    return st;
}

/* ---- either ---- */

static karvan_status load_walks(karvan_i_loader *l, int class, double *flow, karvan_error *err) {
    karvan_status st =
        karvan_i_recursive_run(l->r, l->cost, l->o->scale, &l->arrivals[class], NULL, l->o->threads,
                               flow, l->logsum[class], l->cancel, err);
    for (int32_t a = 0; st == KARVAN_OK && a < l->p->m; a++) flow[a] *= l->p->demand[class].pce;
    return st;
}

karvan_status karvan_i_loader_load(karvan_i_loader *l, const double *time, double *load,
                                   karvan_error *err) {
    l->loads++;
    for (int c = 0; c < l->p->n_classes; c++) {
        double *flow = load + (int64_t)c * l->p->m;
        karvan_i_loader_cost(l, c, time);
        karvan_status st = l->r ? load_walks(l, c, flow, err) : load_sets(l, c, flow, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

double karvan_i_loader_expected(const karvan_i_loader *l) {
    karvan_i_sum s = {0, 0};
    for (int c = 0; c < l->p->n_classes; c++) {
        const karvan_i_demand *d = &l->p->demand[c];
        for (int64_t k = 0; k < cells_of(l->p, c); k++)
            karvan_i_sum_add(&s, d->pce * d->trips[k] * l->logsum[c][k]);
    }
    return karvan_i_sum_value(&s);
}
