/* Ways out of trees of shortest ways: under penalties (de la Barra, Perez and Anez 1993, 21st PTRC
 * Summer Annual Meeting), one tree an origin and round, and at the costs of an equilibrium. */
#include "flow/route_sets.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

static const double PENALTY =
    0.4; /* of an arc's cost, each time that a tree of the origin has it */

karvan_status karvan_i_route_sets_init(karvan_i_route_sets *s, const karvan_i_problem *p, int class,
                                       int most, karvan_error *err) {
    int64_t n = p->demand[class].first[p->zones];
    *s = (karvan_i_route_sets){.p = p, .class = class, .most = most};
    if (n > INT32_MAX)
        return karvan_fail(err, KARVAN_E_ARG, "%lld pairs are too many for route sets",
                           (long long)n);
    s->n_pairs = (int32_t)n;
    s->last = karvan_i_malloc((size_t)n + 1, sizeof *s->last);
    s->n_ways = karvan_i_calloc((size_t)n + 1, sizeof *s->n_ways);
    if (!s->last || !s->n_ways)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld route sets", (long long)n);
    for (int64_t k = 0; k < n; k++) s->last[k] = -1;
    return KARVAN_OK;
}

static void forget_layout(karvan_i_route_sets *s) {
    karvan_i_free(s->first), karvan_i_free(s->route_first), karvan_i_free(s->route_arc);
    karvan_i_free(s->log_size), karvan_i_free(s->nest), karvan_i_free(s->cost);
    karvan_i_free(s->share);
    s->first = s->route_first = NULL, s->route_arc = s->nest = NULL;
    s->log_size = s->cost = s->share = NULL;
}

void karvan_i_route_sets_clear(karvan_i_route_sets *s) {
    forget_layout(s);
    karvan_i_free(s->last), karvan_i_free(s->n_ways), karvan_i_free(s->way);
    karvan_i_free(s->arc);
    *s = (karvan_i_route_sets){0};
}

/* ---- finding ---- */

static karvan_status make_room(karvan_i_route_sets *s, karvan_error *err) {
    if (!s->way || s->n == s->cap) {
        int64_t cap = 2 * s->cap + 64;
        karvan_i_way *way = karvan_i_realloc(s->way, (size_t)cap, sizeof *way);
        if (!way)
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld routes", (long long)cap);
        s->way = way, s->cap = cap;
    }
    if (!s->arc || s->n_arcs + s->p->n > s->cap_arcs) { /* no way has more arcs than nodes */
        int64_t cap = 2 * s->cap_arcs + s->p->n + 64;
        int32_t *arc = karvan_i_realloc(s->arc, (size_t)cap, sizeof *arc);
        if (!arc)
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld arcs", (long long)cap);
        s->arc = arc, s->cap_arcs = cap;
    }
    return KARVAN_OK;
}

/* The tree's way to the destination of a pair is put at the end of `arc`; is it new? */
static bool trace(karvan_i_route_sets *s, const karvan_i_tree *t, int32_t pair, int32_t *n) {
    int32_t *arc = s->arc + s->n_arcs, to = s->p->demand[s->class].destination[pair];
    *n = 0;
    for (int32_t v = to; v != t->origin; v = s->p->tail[t->by[v]]) arc[(*n)++] = t->by[v];
    for (int64_t k = s->last[pair]; k >= 0; k = s->way[k].next)
        if (s->way[k].n == *n &&
            memcmp(s->arc + s->way[k].first, arc, (size_t)*n * sizeof *arc) == 0)
            return false;
    return true;
}

static double way_cost(const karvan_i_route_sets *s, int64_t first, int32_t n, const double *cost) {
    double sum = 0;
    for (int64_t i = first; i < first + n; i++) sum += cost[s->arc[i]];
    return sum;
}

/* Is a way cheaper, beyond rounding, than all that the pair has? */
static bool cheaper_than_all(const karvan_i_route_sets *s, int32_t pair, int32_t n,
                             const double *cost) {
    double own = way_cost(s, s->n_arcs, n, cost), slack = 1e-9 * own;
    for (int64_t k = s->last[pair]; k >= 0; k = s->way[k].next)
        if (way_cost(s, s->way[k].first, s->way[k].n, cost) <= own + slack) return false;
    return true;
}

/* Ways of one origin's pairs out of a tree; sets take up to `most`. */
static karvan_status take_tree(karvan_i_route_sets *s, const karvan_i_tree *t, const double *cost,
                               int most, int64_t *added, int64_t *apart, karvan_error *err) {
    const karvan_i_demand *d = &s->p->demand[s->class];
    for (int64_t k = d->first[t->origin]; k < d->first[t->origin + 1]; k++) {
        int32_t pair = (int32_t)k, n = 0;
        karvan_status st = make_room(s, err);
        if (st != KARVAN_OK) return st;
        if (isinf(t->dist[d->destination[k]]) || !trace(s, t, pair, &n)) continue;
        if (s->n_ways[pair] >= most) {
            *apart += cheaper_than_all(s, pair, n, cost);
            continue;
        }
        s->way[s->n] = (karvan_i_way){s->n_arcs, n, s->last[pair]};
        s->last[pair] = s->n++, s->n_ways[pair]++, s->n_arcs += n;
        ++*added;
    }
    return KARVAN_OK;
}

static bool has_pairs(const karvan_i_route_sets *s, int32_t origin) {
    const int64_t *first = s->p->demand[s->class].first;
    return first[origin + 1] > first[origin];
}

/* Trees of an origin, each under the penalties of those before. */
static karvan_status widen_origin(karvan_i_route_sets *s, karvan_i_tree *t, const double *cost,
                                  int most, double *weight, int64_t *added, karvan_error *err) {
    const karvan_i_problem *p = s->p;
    int64_t apart = 0;
    int32_t origin = t->origin;
    memcpy(weight, cost, (size_t)p->m * sizeof *weight);
    for (int round = 0; round < 2 * s->most; round++) {
        karvan_i_tree_grow(t, p, weight, origin);
        karvan_status st = take_tree(s, t, weight, most, added, &apart, err);
        if (st != KARVAN_OK) return st;
        for (int32_t v = 0; v < p->n; v++)
            if (t->by[v] >= 0) weight[t->by[v]] += PENALTY * cost[t->by[v]];
    }
    return KARVAN_OK;
}

karvan_status karvan_i_route_sets_widen(karvan_i_route_sets *s, const double *cost, int most,
                                        int64_t *added, const karvan_cancel *cancel,
                                        karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_tree t = {0};
    double *weight = karvan_i_malloc((size_t)s->p->m + 1, sizeof *weight);
    KARVAN_REQUIRE(weight, err, KARVAN_E_NOMEM, "no memory for penalties");
    KARVAN_TRY(karvan_i_tree_init(&t, s->p, err));
    for (int32_t o = 0; o < s->p->zones; o++) {
        KARVAN_REQUIRE(!karvan_cancelled(cancel), err, KARVAN_E_CANCELLED, "cancelled");
        t.origin = o;
        if (has_pairs(s, o)) KARVAN_TRY(widen_origin(s, &t, cost, most, weight, added, err));
    }
done:
    karvan_i_tree_clear(&t);
    karvan_i_free(weight);
    return st;
}

karvan_status karvan_i_route_sets_grow(karvan_i_route_sets *s, const double *cost, int most,
                                       int64_t *added, int64_t *apart, const karvan_cancel *cancel,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_tree t = {0};
    KARVAN_TRY(karvan_i_tree_init(&t, s->p, err));
    for (int32_t o = 0; o < s->p->zones; o++) {
        KARVAN_REQUIRE(!karvan_cancelled(cancel), err, KARVAN_E_CANCELLED, "cancelled");
        if (!has_pairs(s, o)) continue;
        karvan_i_tree_grow(&t, s->p, cost, o);
        KARVAN_TRY(take_tree(s, &t, cost, most, added, apart, err));
    }
done:
    karvan_i_tree_clear(&t);
    return st;
}

/* ---- layout ---- */

static karvan_status layout_room(karvan_i_route_sets *s, karvan_error *err) {
    size_t n = (size_t)s->n + 1;
    forget_layout(s);
    s->first = karvan_i_malloc((size_t)s->n_pairs + 1, sizeof *s->first);
    s->route_first = karvan_i_malloc(n, sizeof *s->route_first);
    s->route_arc = karvan_i_malloc((size_t)s->n_arcs + 1, sizeof *s->route_arc);
    s->log_size = karvan_i_malloc(n, sizeof *s->log_size);
    s->nest = karvan_i_calloc(n, sizeof *s->nest);
    s->cost = karvan_i_malloc(n, sizeof *s->cost), s->share = karvan_i_calloc(n, sizeof *s->share);
    if (s->first && s->route_first && s->route_arc && s->log_size && s->nest && s->cost && s->share)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld routes", (long long)s->n);
}

/* Oldest way of a pair first, its arcs from the origin on. */
static void lay_ways(karvan_i_route_sets *s) {
    int64_t at = 0;
    s->first[0] = 0;
    for (int32_t pair = 0; pair < s->n_pairs; pair++) {
        int64_t r = s->first[pair + 1] = s->first[pair] + s->n_ways[pair];
        for (int64_t k = s->last[pair]; k >= 0; k = s->way[k].next) s->route_first[--r] = k;
        for (r = s->first[pair]; r < s->first[pair + 1]; r++) {
            const karvan_i_way *w = &s->way[s->route_first[r]];
            s->route_first[r] = at;
            for (int32_t i = w->n; i-- > 0;) s->route_arc[at++] = s->arc[w->first + i];
        }
    }
    s->route_first[s->n] = at;
}

/* The family in which a route is longest; of families alike in length, in arcs; the lowest. */
static int32_t nest_of(const karvan_i_route_sets *s, int64_t r, const double *length,
                       const int32_t *family, int32_t n_families, double *by_length,
                       int32_t *by_arcs) {
    int32_t best = 0;
    for (int32_t f = 0; f < n_families; f++) by_length[f] = 0, by_arcs[f] = 0;
    for (int64_t i = s->route_first[r]; i < s->route_first[r + 1]; i++) {
        int32_t a = s->route_arc[i];
        by_length[family[a]] += length[a], by_arcs[family[a]]++;
    }
    for (int32_t f = 1; f < n_families; f++)
        if (by_length[f] > by_length[best] ||
            (!(by_length[f] < by_length[best]) && by_arcs[f] > by_arcs[best]))
            best = f;
    return best;
}

karvan_status karvan_i_route_sets_lay(karvan_i_route_sets *s, const double *length,
                                      const int32_t *family, int32_t n_families,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double *by_length = karvan_i_malloc((size_t)n_families + 1, sizeof *by_length);
    int32_t *by_arcs = karvan_i_malloc((size_t)n_families + 1, sizeof *by_arcs);
    KARVAN_REQUIRE(by_length && by_arcs, err, KARVAN_E_NOMEM, "no memory for nests");
    KARVAN_TRY(layout_room(s, err));
    lay_ways(s);
    for (int64_t r = 0; family && r < s->n; r++)
        s->nest[r] = nest_of(s, r, length, family, n_families, by_length, by_arcs);
    s->sets =
        (karvan_choice_sets){s->n_pairs, s->first, s->log_size, s->nest, family ? n_families : 1};
    st = karvan_choice_path_sizes(&s->sets, s->route_first, s->route_arc, s->p->m, length,
                                  s->log_size, err);
done:
    karvan_i_free(by_length), karvan_i_free(by_arcs);
    return st;
}
