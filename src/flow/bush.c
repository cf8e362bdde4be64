/* User equilibrium by bushes. All bushes are grown, labelled and searched for pairs of ways at
 * once, under the same prices; then flow is shifted between the pairs by one hand, several times
 * over, which is cheap beside finding them. So the result does not hang on the number of threads.
 * Method: docs/methods/assignment.md. */
#include "flow/bush.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/sum.h"

/* So many shifts a round. Rounds go on until what bushes could still gain within themselves is less
 * than this part of what they could gain by growing, or there were so many. Chosen by measurement,
 * on ChicagoSketch and a network of ChicagoRegional's size. */
enum { SHIFTS = 5, ROUNDS = 20 };
static const double ENOUGH = 0.2;
/* Pairs that gained less than this part of the mean are passed over for the rest of a round. */
static const double NEGLIGIBLE = 0.05;
enum { BATCH = 2048 }; /* bushes whose pairs are held at once: some 80 kB each on large networks */
/* Trees are planted in so many batches, and at least so many at once; threads are worth their
 * start for so many nodes of bushes; bushes handed to a thread at once. */
enum { PLANTINGS = 48, PLANTED = 8, WORTH = 30000, HANDED = 4 };

typedef struct driver {
    karvan_i_run *run;
    karvan_i_bush_state s;
    int64_t batch;       /* bushes a batch */
    karvan_i_ways *ways; /* [batch] */
    double *excess;      /* [batch] what growing could gain */
    double *cost;        /* [batch] what the flow of a bush that grew costs */
    int32_t first;       /* bush of the batch */
    bool grow;
    double *least; /* [chunks] of a survey */
    int64_t chunk;
    double ratio; /* of a gap surveyed to the one estimated before */
} driver;

static int threads_for(const driver *d, int64_t n) {
    return n * d->s.p->n < WORTH ? 1 : d->run->threads;
}

/* ---- planting ---------------------------------------------------------------------------------
 */

/* A tree takes no arc of infinite cost, and all that can be reached must be in it: what a start's
 * flow drives beyond numbers is only very dear. */
static const double DEAREST = 1e290;

static karvan_status plant_some(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    const driver *d = ctx;
    karvan_i_bush_work *w = &d->s.work[worker];
    double *cost = w->flow; /* m of its m + n */
    for (int64_t i = begin; i < end; i++) {
        karvan_i_bush *b = &d->s.bushes->bush[d->first + i];
        for (int32_t a = 0; a < d->s.p->m; a++) {
            double c = d->s.price[b->group][a].cost;
            cost[a] = c < DEAREST ? c : DEAREST;
        }
        karvan_i_tree_grow(&w->tree, d->s.p, cost, b->origin);
        karvan_status st = karvan_i_bush_plant(&w->tree, b, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

/* All of a bush's demand by its tree. */
static double load_tree(driver *d, karvan_i_bush *b, double *flow) {
    karvan_i_bush_work *w = &d->s.work[0];
    karvan_i_bush_through(&d->s, w, b);
    for (int32_t i = 0; i < b->n; i++) {
        int32_t a = b->seq[i];
        flow[a] += w->through[d->s.p->head[a]];
    }
    return w->through[b->origin];
}

/* Prices of the flow loaded so far and, of the demand that is not, of the flow started from. */
static void price_mix(driver *d, const double *loaded, const double *start, double rest) {
    for (int32_t a = 0; a < d->s.p->m; a++) {
        d->s.flow[a] = loaded[a] + (start ? rest * start[a] : 0);
        karvan_i_reprice(&d->s, a);
    }
}

static karvan_status plant(driver *d, const double *start, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t n = d->s.bushes->n, batch = n / PLANTINGS > PLANTED ? n / PLANTINGS : PLANTED;
    double done = 0;
    double *loaded = karvan_i_calloc((size_t)d->s.p->m + 1, sizeof *loaded);
    KARVAN_REQUIRE(loaded, err, KARVAN_E_NOMEM, "no memory for flows of %d arcs", (int)d->s.p->m);
    for (d->first = 0; d->first < n; d->first += batch) {
        int32_t some = n - d->first < batch ? n - d->first : batch;
        price_mix(d, loaded, start, 1 - done / d->s.p->served);
        KARVAN_TRY(
            karvan_parallel_for(some, 1, threads_for(d, some), plant_some, d, d->run->cancel, err));
        for (int32_t i = 0; i < some; i++)
            done += load_tree(d, &d->s.bushes->bush[d->first + i], loaded);
    }
    price_mix(d, loaded, NULL, 0);
done:
    karvan_i_free(loaded);
    return st;
}

static karvan_status begin(driver *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_run *run = d->run;
    bool adopted = false;
    double *start = NULL;
    const karvan_i_bushes *kept =
        run->start ? karvan_i_assignment_kept(run->start, karvan_i_bushes_destroy) : NULL;
    if (kept) KARVAN_TRY(karvan_i_bushes_adopt(&d->s, kept, run->same_demand, &adopted, err));
    if (adopted) {
        KARVAN_TRY(karvan_i_bush_flows(&d->s, run->threads, run->class_flow, err));
        goto done;
    }
    if (kept) { /* some bushes were copied before one was missing */
        karvan_i_bushes_destroy(d->s.bushes), d->s.bushes = NULL;
        KARVAN_TRY(karvan_i_bushes_create(run->p, &d->s.bushes, err));
    }
    if (run->start) {
        start = karvan_i_malloc((size_t)run->p->m + 1, sizeof *start);
        KARVAN_REQUIRE(start, err, KARVAN_E_NOMEM, "no memory for flows of %d arcs",
                       (int)run->p->m);
        karvan_i_sum_classes(run->p, karvan_i_assignment_class_flow(run->start), start);
    }
    KARVAN_TRY(plant(d, start, err));
done:
    karvan_i_free(start);
    return st;
}

/* ---- rounds -----------------------------------------------------------------------------------
 */

static karvan_status find_some(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    driver *d = ctx;
    for (int64_t i = begin; i < end; i++) {
        karvan_i_bush *b = &d->s.bushes->bush[d->first + i];
        karvan_i_bush_work *w = &d->s.work[worker];
        karvan_status st = KARVAN_OK;
        d->ways[i] = (karvan_i_ways){0};
        if (d->grow) st = karvan_i_bush_grow(&d->s, w, b, &d->excess[i], &d->cost[i], err);
        if (st == KARVAN_OK && b->n_merges > 0)
            st = karvan_i_bush_gather(&d->s, worker, b, &d->ways[i], err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

/* Most of what is to be gained lies with few pairs: the first shift is of all, those after it of
 * the ones that gained something. */
static void shift(driver *d, int64_t some) {
    double least = 0;
    for (int k = 0; k < SHIFTS; k++) {
        double gain = 0;
        int64_t pairs = 1;
        for (int64_t i = 0; i < some; i++)
            gain += karvan_i_ways_shift(&d->s, &d->ways[i], least), pairs += d->ways[i].n;
        least = NEGLIGIBLE * gain / (double)pairs;
    }
}

/* One round over all bushes. *within: what they could gain before it without growing; *excess and
 * *cost, where they grow: what they could gain at all, of what they cost. */
static karvan_status pass(driver *d, bool grow, double *excess, double *cost, double *within,
                          karvan_error *err) {
    int32_t n = d->s.bushes->n;
    d->grow = grow, *within = 0;
    for (d->first = 0; d->first < n; d->first += (int32_t)d->batch) {
        int64_t some = n - d->first < d->batch ? n - d->first : d->batch;
        for (int w = 0; w < d->s.n_workers; w++)
            d->s.work[w].pool.n = d->s.work[w].pool.n_steps = 0;
        karvan_status st = karvan_parallel_for(some, HANDED, threads_for(d, some), find_some, d,
                                               d->run->cancel, err);
        if (st != KARVAN_OK) return st;
        for (int64_t i = 0; i < some; i++) {
            *within += d->ways[i].excess;
            if (grow) *excess += d->excess[i], *cost += d->cost[i];
        }
        shift(d, some);
    }
    return KARVAN_OK;
}

/* ---- the gap ----------------------------------------------------------------------------------
 */

static karvan_status survey_some(void *ctx, int64_t begin, int64_t end, int worker,
                                 karvan_error *err) {
    const driver *d = ctx;
    const karvan_i_problem *p = d->s.p;
    karvan_i_bush_work *w = &d->s.work[worker];
    karvan_i_sum least = {0, 0};
    (void)err;
    for (int64_t i = begin; i < end; i++) {
        const karvan_i_bush *b = &d->s.bushes->bush[i];
        karvan_i_bush_label(&d->s, w, b);
        karvan_i_bush_correct(&d->s, w, b);
        for (int c = 0; c < p->n_classes; c++) {
            const karvan_i_demand *e = &p->demand[c];
            for (int64_t k = e->first[b->origin];
                 p->group[c] == b->group && k < e->first[b->origin + 1]; k++)
                karvan_i_sum_add(&least, e->pce * e->trips[k] * w->least[e->destination[k]]);
        }
    }
    d->least[begin / d->chunk] = karvan_i_sum_value(&least);
    return KARVAN_OK;
}

/* The relative gap of the flows as they stand, made of the bushes anew. */
static karvan_status survey(driver *d, double *gap, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_run *run = d->run;
    int64_t n = d->s.bushes->n, chunks;
    karvan_i_sum least = {0, 0};
    double *cost = karvan_i_malloc((size_t)run->p->m + 1, sizeof *cost);
    d->chunk = n / 64 + 1, chunks = n / d->chunk + (n % d->chunk != 0);
    d->least = karvan_i_calloc((size_t)chunks + 1, sizeof *d->least);
    KARVAN_REQUIRE(cost && d->least, err, KARVAN_E_NOMEM, "no memory for costs");
    KARVAN_TRY(karvan_i_bush_flows(&d->s, run->threads, run->class_flow, err));
    KARVAN_TRY(karvan_i_costs(run->p, d->s.flow, cost, err));
    KARVAN_TRY(karvan_parallel_for(n, d->chunk, threads_for(d, n), survey_some, d, NULL, err));
    for (int64_t i = 0; i < chunks; i++) karvan_i_sum_add(&least, d->least[i]);
    double spent = karvan_i_spent(run->p, run->class_flow, cost);
    KARVAN_REQUIRE(isfinite(spent), err, KARVAN_E_ARG,
                   "flows cost more in all than can be counted");
    run->least_cost = karvan_i_sum_value(&least), run->measured = true;
    *gap = spent > 0 ? fmax(spent - run->least_cost, 0) / spent : 0;
done:
    karvan_i_free(cost), karvan_i_free(d->least), d->least = NULL;
    return st;
}

/* ---- the whole --------------------------------------------------------------------------------
 */

/* What a gap that no longer falls says: so many iterations without a new least, below what sums of
 * numbers of 16 digits can tell. */
enum { PATIENCE = 25 };
static const double PRECISION = 1e-13;

static karvan_status iterate(driver *d, karvan_error *err) {
    karvan_i_run *run = d->run;
    double gap = INFINITY, best = INFINITY;
    int since = 0;
    if (run->start) { /* it may do as it is */
        if (karvan_cancelled(run->cancel))
            return karvan_fail(err, KARVAN_E_CANCELLED, "stopped before the first round");
        karvan_status st = survey(d, &gap, err);
        if (st != KARVAN_OK || gap <= run->gap) return st;
    }
    for (int i = 0; i < run->max_iterations; i++) {
        double excess = 0, cost = 0, within;
        karvan_status st = pass(d, true, &excess, &cost, &within, err);
        for (int k = 1; st == KARVAN_OK && k < ROUNDS && (k == 1 || within > ENOUGH * excess); k++)
            st = pass(d, false, &excess, &cost, &within, err);
        if (st != KARVAN_OK) return st;
        double estimate = cost > 0 ? excess / cost : 0;
        run->iterations = i + 1;
        karvan_progress_add(run->progress, 1);
        since = estimate < 0.9 * best ? 0 : since + 1, best = fmin(best, estimate);
        bool still = since > PATIENCE && best < PRECISION;
        if (!(estimate * d->ratio > run->gap) || still) {
            st = survey(d, &gap, err);
            if (st != KARVAN_OK || gap <= run->gap) return st;
            d->ratio = estimate > 0 ? fmax(fmin(gap / estimate, 4), 0.1) : 1;
        }
        if (still)
            return karvan_fail(err, KARVAN_E_NOCONV,
                               "the relative gap stays at %.2g after %d iterations, where numbers "
                               "of 16 digits end; %.2g was asked for",
                               gap, run->iterations, run->gap);
    }
    karvan_status st = survey(d, &gap, err);
    if (st != KARVAN_OK || gap <= run->gap) return st;
    return karvan_fail(err, KARVAN_E_NOCONV,
                       "a relative gap of %.2g after %d iterations, where %.2g was asked for", gap,
                       run->iterations, run->gap);
}

karvan_status karvan_i_solve_bush(karvan_i_run *run, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    driver d = {.run = run, .ratio = 0.5};
    if (!(run->p->served > 0)) { /* nothing moves: all zeros are the equilibrium */
        run->standing = run->measured = true;
        return KARVAN_OK;
    }
    KARVAN_TRY(karvan_i_bush_state_init(&d.s, run->p, run->threads, err));
    d.batch = BATCH < d.s.bushes->n ? BATCH : d.s.bushes->n;
    d.ways = karvan_i_calloc((size_t)d.batch, sizeof *d.ways);
    d.excess = karvan_i_calloc((size_t)d.batch, sizeof *d.excess);
    d.cost = karvan_i_calloc((size_t)d.batch, sizeof *d.cost);
    KARVAN_REQUIRE(d.ways && d.excess && d.cost, err, KARVAN_E_NOMEM, "no memory for ways");
    st = begin(&d, err);
    if (st == KARVAN_E_CANCELLED && run->start && run->same_demand) { /* its flows will do */
        memcpy(run->class_flow, karvan_i_assignment_class_flow(run->start),
               (size_t)run->p->n_classes * (size_t)run->p->m * sizeof(double));
        run->standing = true;
    }
    KARVAN_TRY(st);
    run->standing = true;
    st = iterate(&d, err);
    if (st == KARVAN_E_CANCELLED) { /* what there is, all the same */
        karvan_error unused = {0};
        run->measured = false;
        if (karvan_i_bush_flows(&d.s, run->threads, run->class_flow, &unused) != KARVAN_OK)
            run->standing = false;
    }
    run->kept = d.s.bushes, run->destroy_kept = karvan_i_bushes_destroy, d.s.bushes = NULL;
done:
    karvan_i_free(d.ways), karvan_i_free(d.excess), karvan_i_free(d.cost);
    karvan_i_bush_state_clear(&d.s);
    return st;
}
