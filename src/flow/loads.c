/* All or nothing: every pair by its shortest way. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/problem.h"
#include "flow/sum.h"

/* Origins are dealt to parts whose number hangs on the problem alone; each part has a load of its
 * own, and the parts are added in their order. */
typedef struct deal {
    const karvan_i_problem *p;
    karvan_i_forest *forest; /* NULL: none is kept */
    double **cost;           /* [n_groups] of [m] */
    int64_t chunk;
    double *load;        /* [parts][n_classes][m], NULL: least cost alone */
    karvan_i_sum *least; /* [parts] */
} deal;

/* A class's trips to every destination, carried back along the tree. */
static void load_tree(const karvan_i_problem *p, const karvan_i_tree *t, const karvan_i_demand *d,
                      double *through, double *load) {
    int32_t o = t->origin;
    for (int64_t k = d->first[o]; k < d->first[o + 1]; k++)
        through[d->destination[k]] += d->pce * d->trips[k];
    for (int32_t i = t->n_order - 1; i > 0; i--) {
        int32_t v = t->order[i], a = t->by[v];
        if (!(through[v] > 0)) continue;
        load[a] += through[v], through[p->tail[a]] += through[v];
        through[v] = 0;
    }
    through[o] = 0;
}

static void add_least(const karvan_i_tree *t, const karvan_i_demand *d, karvan_i_sum *least) {
    for (int64_t k = d->first[t->origin]; k < d->first[t->origin + 1]; k++)
        karvan_i_sum_add(least, d->pce * d->trips[k] * t->dist[d->destination[k]]);
}

static void deal_origin(const deal *j, int64_t part, int32_t origin, karvan_i_tree *t,
                        double *through) {
    const karvan_i_problem *p = j->p;
    for (int g = 0; g < p->n_groups; g++) {
        bool grown = false;
        for (int c = 0; c < p->n_classes; c++) {
            const karvan_i_demand *d = &p->demand[c];
            if (p->group[c] != g || d->first[origin] == d->first[origin + 1]) continue;
            if (!grown) karvan_i_forest_grow(j->forest, t, p, j->cost[g], origin, g), grown = true;
            add_least(t, d, &j->least[part]);
            if (j->load)
                load_tree(p, t, d, through, j->load + (part * p->n_classes + c) * (int64_t)p->m);
        }
    }
}

static karvan_status deal_some(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    const deal *j = ctx;
    karvan_i_tree t;
    (void)worker;
    karvan_status st = karvan_i_tree_init(&t, j->p, err);
    double *through = karvan_i_calloc((size_t)j->p->n + 1, sizeof *through);
    if (st == KARVAN_OK && !through)
        st = karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d nodes", (int)j->p->n);
    for (int64_t o = begin; st == KARVAN_OK && o < end; o++)
        deal_origin(j, begin / j->chunk, (int32_t)o, &t, through);
    karvan_i_free(through), karvan_i_tree_clear(&t);
    return st;
}

/* Costs of each group; a group without fixed costs borrows `base`. */
static karvan_status group_costs(const karvan_i_problem *p, const double *base, double **cost,
                                 karvan_error *err) {
    for (int g = 0; g < p->n_groups; g++) {
        const double *fixed = p->fixed[g];
        cost[g] = karvan_i_malloc((size_t)p->m + 1, sizeof **cost);
        if (!cost[g]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d costs", (int)p->m);
        for (int32_t a = 0; a < p->m; a++)
            cost[g][a] = fixed ? fmax(base[a] + fixed[a], 0) : base[a];
    }
    return KARVAN_OK;
}

/* As many parts as some 64 MB hold, up to 32, in chunks of origins. */
static int64_t chunk_of(const karvan_i_problem *p) {
    double bytes = 8.0 * (p->m + 1.0) * p->n_classes, fit = 64e6 / bytes;
    int64_t parts = fit < 4 ? 4 : fit > 32 ? 32 : (int64_t)fit;
    return p->zones / parts + (p->zones % parts != 0);
}

static void fold(const deal *j, int64_t parts, double *load) {
    int64_t n = (int64_t)j->p->n_classes * j->p->m;
    memset(load, 0, (size_t)n * sizeof *load);
    for (int64_t k = 0; k < parts; k++)
        for (int64_t i = 0; i < n; i++) load[i] += j->load[k * n + i];
}

karvan_status karvan_i_all_or_nothing(const karvan_i_problem *p, const double *base,
                                      karvan_i_forest *forest, int threads,
                                      const karvan_cancel *cancel, double *load, double *least_cost,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t chunk = p->zones > 0 ? chunk_of(p) : 1,
            parts = p->zones / chunk + (p->zones % chunk != 0);
    size_t n = (size_t)p->n_classes * (size_t)p->m;
    karvan_i_sum least = {0, 0};
    deal j = {.p = p, .forest = forest, .chunk = chunk};
    j.cost = karvan_i_calloc((size_t)p->n_groups, sizeof *j.cost);
    j.least = karvan_i_calloc((size_t)parts + 1, sizeof *j.least);
    if (load) j.load = karvan_i_calloc((size_t)parts + 1, (n + 1) * sizeof *j.load);
    KARVAN_REQUIRE(j.cost && j.least && (j.load || !load), err, KARVAN_E_NOMEM,
                   "no memory for loads of %d arcs", (int)p->m);
    KARVAN_TRY(group_costs(p, base, j.cost, err));
    KARVAN_TRY(karvan_parallel_for(p->zones, chunk, threads, deal_some, &j, cancel, err));
    if (load) fold(&j, parts, load);
    for (int64_t k = 0; k < parts; k++) karvan_i_sum_add(&least, karvan_i_sum_value(&j.least[k]));
    *least_cost = karvan_i_sum_value(&least);
done:
    for (int g = 0; j.cost && g < p->n_groups; g++) karvan_i_free(j.cost[g]);
    karvan_i_free(j.cost), karvan_i_free(j.least), karvan_i_free(j.load);
    return st;
}
