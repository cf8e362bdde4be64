/* Demand that the network can carry, and why the rest cannot go. Most networks hang together: one
 * node that all can reach, and from which all can be reached, settles nearly every pair; only
 * origins that do not reach it are searched from one by one. */
#include "flow/served.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/sum.h"

typedef struct reach {
    const karvan_i_problem *p;
    uint8_t *exits, *entrances; /* [n] arcs other than loops leave it, reach it */
    uint8_t *behind, *ahead;    /* [n] reaches the pivot, is reached from it */
    uint8_t *from;              /* [n] reached from `searched` */
    int32_t *stack;             /* [n] */
    int32_t searched;           /* -1: none */
} reach;

static void reach_clear(reach *r) {
    karvan_i_free(r->exits), karvan_i_free(r->entrances), karvan_i_free(r->behind);
    karvan_i_free(r->ahead), karvan_i_free(r->from), karvan_i_free(r->stack);
}

/* All that ways from `origin` reach. */
static void search(reach *r, int32_t origin, uint8_t *seen) {
    const karvan_i_problem *p = r->p;
    int32_t n = 1;
    memset(seen, 0, (size_t)p->n);
    seen[origin] = 1, r->stack[0] = origin;
    while (n > 0) {
        int32_t v = r->stack[--n];
        for (int32_t a = p->first[v]; a < p->first[v + 1]; a++) {
            int32_t w = p->head[a];
            if (seen[w]) continue;
            seen[w] = 1;
            if (w >= p->first_through) r->stack[n++] = w;
        }
    }
}

/* All whose ways reach `pivot`: the same over arcs turned round, where a zone is not left again. */
static karvan_status search_back(reach *r, int32_t pivot, karvan_error *err) {
    const karvan_i_problem *p = r->p;
    int32_t *first = karvan_i_calloc((size_t)p->n + 2, sizeof *first), n = 1;
    int32_t *from = karvan_i_malloc((size_t)p->m + 1, sizeof *from);
    if (!first || !from) {
        karvan_i_free(first), karvan_i_free(from);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a network of %d arcs", (int)p->m);
    }
    for (int32_t a = 0; a < p->m; a++) first[p->head[a] + 2]++;
    for (int32_t v = 1; v <= p->n; v++) first[v + 1] += first[v];
    for (int32_t a = 0; a < p->m; a++) from[first[p->head[a] + 1]++] = p->tail[a];
    r->behind[pivot] = 1, r->stack[0] = pivot;
    while (n > 0) {
        int32_t w = r->stack[--n];
        for (int32_t i = first[w]; i < first[w + 1]; i++) {
            int32_t v = from[i];
            if (r->behind[v]) continue;
            r->behind[v] = 1;
            if (v >= p->first_through) r->stack[n++] = v;
        }
    }
    karvan_i_free(first), karvan_i_free(from);
    return KARVAN_OK;
}

/* The node that most arcs touch, of those that are passed through; -1: there is none. */
static int32_t find_pivot(const karvan_i_problem *p) {
    int32_t best = -1;
    for (int32_t v = p->first_through; v < p->n; v++)
        if (best < 0 || p->first[v + 1] - p->first[v] > p->first[best + 1] - p->first[best])
            best = v;
    return best;
}

static karvan_status reach_init(reach *r, const karvan_i_problem *p, karvan_error *err) {
    size_t n = (size_t)p->n + 1;
    *r = (reach){.p = p, .searched = -1};
    r->exits = karvan_i_calloc(n, 1), r->entrances = karvan_i_calloc(n, 1);
    r->behind = karvan_i_calloc(n, 1), r->ahead = karvan_i_calloc(n, 1);
    r->from = karvan_i_calloc(n, 1), r->stack = karvan_i_malloc(n, sizeof *r->stack);
    if (!r->exits || !r->entrances || !r->behind || !r->ahead || !r->from || !r->stack)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d nodes", (int)p->n);
    for (int32_t a = 0; a < p->m; a++)
        if (p->tail[a] != p->head[a]) r->exits[p->tail[a]] = 1, r->entrances[p->head[a]] = 1;
    int32_t pivot = find_pivot(p);
    if (pivot < 0) return KARVAN_OK;
    search(r, pivot, r->ahead);
    return search_back(r, pivot, err);
}

static bool joined(reach *r, int32_t origin, int32_t destination) {
    if (r->behind[origin] && r->ahead[destination]) return true;
    if (r->searched != origin) search(r, origin, r->from), r->searched = origin;
    return r->from[destination];
}

static karvan_i_why why_not(const reach *r, int32_t origin, int32_t destination) {
    if (!r->exits[origin]) return KARVAN_I_NO_EXIT;
    return r->entrances[destination] ? KARVAN_I_NO_WAY : KARVAN_I_NO_ENTRANCE;
}

typedef enum fate { SERVED, NOTHING, AT_HOME, CUT_OFF } fate;
static fate fate_of(reach *r, int32_t origin, int32_t destination, double trips) {
    if (!(trips > 0)) return NOTHING;
    if (origin == destination) return AT_HOME;
    return joined(r, origin, destination) ? SERVED : CUT_OFF;
}

/* Counts what is served and what is cut off; sums the rest. */
static void count_class(karvan_i_problem *p, reach *r, int class, karvan_i_sum *asked,
                        karvan_i_sum *home, int64_t *served, int64_t *cut) {
    const karvan_trips *t = p->given->classes[class].trips;
    for (int32_t o = 0; o < p->zones; o++)
        for (int64_t k = t->first[o]; k < t->first[o + 1]; k++) {
            fate f = fate_of(r, o, t->destination[k], t->trips[k]);
            karvan_i_sum_add(asked, t->trips[k]);
            if (f == AT_HOME) karvan_i_sum_add(home, t->trips[k]);
            *served += f == SERVED, *cut += f == CUT_OFF;
        }
}

/* Parts a class's cells in those served and those cut off, which have room behind `n_unserved`. */
static void part_class(karvan_i_problem *p, reach *r, int class) {
    const karvan_trips *t = p->given->classes[class].trips;
    karvan_i_demand *d = &p->demand[class];
    int64_t n = 0;
    for (int32_t o = 0; o < p->zones; o++) {
        d->own_first[o] = n;
        for (int64_t k = t->first[o]; k < t->first[o + 1]; k++) {
            int32_t to = t->destination[k];
            fate f = fate_of(r, o, to, t->trips[k]);
            if (f == SERVED) d->own_destination[n] = to, d->own_trips[n++] = t->trips[k];
            if (f == CUT_OFF)
                p->unserved[p->n_unserved++] =
                    (karvan_i_unserved){class, o, to, t->trips[k], why_not(r, o, to)};
        }
    }
    d->own_first[p->zones] = n;
}

static karvan_status serve_class(karvan_i_problem *p, reach *r, int class, int64_t served,
                                 int64_t cut, karvan_error *err) {
    const karvan_trips *t = p->given->classes[class].trips;
    karvan_i_demand *d = &p->demand[class];
    size_t n = (size_t)served + 1;
    if (served == t->n) {
        *d = (karvan_i_demand){.first = t->first, .destination = t->destination, .trips = t->trips};
        return KARVAN_OK;
    }
    karvan_i_unserved *more =
        karvan_i_realloc(p->unserved, (size_t)p->n_unserved + (size_t)cut + 1, sizeof *p->unserved);
    if (more) p->unserved = more;
    d->own_first = karvan_i_malloc((size_t)p->zones + 1, sizeof *d->own_first);
    d->own_destination = karvan_i_malloc(n, sizeof *d->own_destination);
    d->own_trips = karvan_i_malloc(n, sizeof *d->own_trips);
    if (!more || !d->own_first || !d->own_destination || !d->own_trips)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld pairs", (long long)t->n);
    part_class(p, r, class);
    d->first = d->own_first, d->destination = d->own_destination, d->trips = d->own_trips;
    return KARVAN_OK;
}

static double total_trips(const karvan_i_demand *d, int32_t zones) {
    karvan_i_sum s = {0, 0};
    for (int64_t k = 0; k < d->first[zones]; k++) karvan_i_sum_add(&s, d->trips[k]);
    return karvan_i_sum_value(&s);
}

karvan_status karvan_i_find_served(karvan_i_problem *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    reach r = {0};
    karvan_i_sum asked = {0, 0}, home = {0, 0}, equivalents = {0, 0};
    p->demand = karvan_i_calloc((size_t)p->n_classes, sizeof *p->demand);
    KARVAN_REQUIRE(p->demand, err, KARVAN_E_NOMEM, "no memory for %d classes", p->n_classes);
    KARVAN_TRY(reach_init(&r, p, err));
    for (int c = 0; c < p->n_classes; c++) {
        int64_t served = 0, cut = 0;
        count_class(p, &r, c, &asked, &home, &served, &cut);
        KARVAN_TRY(serve_class(p, &r, c, served, cut, err));
        p->demand[c].pce = p->given->classes[c].pce;
        p->demand[c].total = total_trips(&p->demand[c], p->zones);
        karvan_i_sum_add(&equivalents, p->demand[c].pce * p->demand[c].total);
    }
    p->asked = karvan_i_sum_value(&asked), p->intrazonal = karvan_i_sum_value(&home);
    p->served = karvan_i_sum_value(&equivalents);
    KARVAN_REQUIRE(isfinite(p->asked) && isfinite(p->served), err, KARVAN_E_ARG,
                   "more trips than can be added up");
done:
    reach_clear(&r);
    return st;
}
