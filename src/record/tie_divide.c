/* Communities: divisions of high modularity. Nodes move to the community that gains most, then
 * communities move as nodes do, until nothing gains; single nodes are then tried again.
 * Sources: Newman and Girvan, Physical Review E 69, 026113, 2004; Leicht and Newman, Physical
 * Review Letters 100, 118703, 2008 (ties with a direction); Blondel and others, Journal of
 * Statistical Mechanics P10008, 2008; Rotta and Noack, ACM Journal of Experimental Algorithmics 16,
 * 2011. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/tie_graph.h"

enum { STARTS_MOST = 64, STARTS_LEAST = 4, WORK = 128000 };
static const double GAIN = 1e-12; /* less is rounding */

/* A network whose nodes may stand for several of the one below. */
typedef struct level {
    int32_t n;
    int64_t *first; /* [n + 1] */
    int32_t *to;
    double *both;     /* weight there and back, as shares of the whole */
    double *out, *in; /* [n] what goes out and comes in, as shares of the whole */
} level;

typedef struct division {
    const karvan_i_tie_graph *g;
    level base;
    int32_t *of, *best; /* [n] community of each node of the base */
    /* by community or node of a level, [n]: */
    double *out, *in, *link;
    int32_t *where, *order, *touched, *map, *members;
    karvan_random random;
} division;

static void level_clear(level *l) {
    karvan_i_free(l->first), karvan_i_free(l->to), karvan_i_free(l->both);
    karvan_i_free(l->out), karvan_i_free(l->in);
    *l = (level){0};
}

static bool level_make(level *l, int32_t n, int64_t arcs) {
    *l = (level){.n = n};
    l->first = karvan_i_calloc((size_t)n + 1, sizeof *l->first);
    l->to = karvan_i_malloc((size_t)arcs + 1, sizeof *l->to);
    l->both = karvan_i_malloc((size_t)arcs + 1, sizeof *l->both);
    l->out = karvan_i_calloc((size_t)n + 1, sizeof *l->out);
    l->in = karvan_i_calloc((size_t)n + 1, sizeof *l->in);
    return l->first && l->to && l->both && l->out && l->in;
}

/* An undirected tie goes both ways, and is two in the whole. */
static double whole_of(const karvan_i_tie_graph *g) {
    double sum = 0;
    for (int64_t i = 0; i < g->m; i++) sum += g->weight[i];
    return g->directed ? sum : 2 * sum;
}

/* Weight from v to a neighbour, 0 where the tie goes the other way alone. */
static double one_way(const karvan_i_tie_arcs *a, const karvan_i_tie_graph *g, int32_t v,
                      int32_t to) {
    int64_t low = a->first[v], high = a->first[v + 1];
    while (low < high) {
        int64_t mid = (low + high) / 2;
        if (a->to[mid] < to)
            low = mid + 1;
        else
            high = mid;
    }
    return low < a->first[v + 1] && a->to[low] == to ? g->weight[a->tie[low]] : 0;
}

static bool base_make(const karvan_i_tie_graph *g, level *l) {
    double whole = whole_of(g);
    if (!level_make(l, g->n, g->all.first[g->n])) return false;
    memcpy(l->first, g->all.first, ((size_t)g->n + 1) * sizeof *l->first);
    for (int32_t v = 0; v < g->n; v++)
        for (int64_t a = l->first[v]; a < l->first[v + 1]; a++) {
            int32_t to = l->to[a] = g->all.to[a];
            double there = one_way(&g->out, g, v, to), back = one_way(&g->in, g, v, to);
            if (!g->directed) there = back = there + back; /* one of them is 0 */
            l->both[a] = (there + back) / whole;
            l->out[v] += there / whole, l->in[v] += back / whole;
        }
    return true;
}

/* What v gains in a community that it is not counted in. */
static double gain_of(const division *d, const level *l, int32_t v, int32_t community) {
    return d->link[community] - l->out[v] * d->in[community] - l->in[v] * d->out[community];
}

static void count_in(division *d, const level *l, int32_t v, int32_t c, double sign) {
    d->out[c] += sign * l->out[v], d->in[c] += sign * l->in[v];
    d->members[c] += sign > 0 ? 1 : -1;
    if (d->members[c] == 0) d->out[c] = d->in[c] = 0; /* and not what rounding left */
}

/* Move v to where it gains most; *empty is a community of nobody, n where there is none. */
static bool move(division *d, const level *l, int32_t v, int32_t *empty) {
    int32_t from = d->where[v], n_touched = 0;
    for (int64_t a = l->first[v]; a < l->first[v + 1]; a++) {
        int32_t c = d->where[l->to[a]];
        if (d->link[c] <= 0) d->touched[n_touched++] = c; /* shares of ties are above 0 */
        d->link[c] += l->both[a];
    }
    count_in(d, l, v, from, -1);
    int32_t best = from;
    double most = gain_of(d, l, v, from);
    for (int32_t k = 0; k < n_touched; k++) {
        double gain = gain_of(d, l, v, d->touched[k]);
        if (gain > most + GAIN) best = d->touched[k], most = gain;
    }
    if (most < -GAIN && d->members[from] > 0 && *empty < l->n) best = *empty;
    count_in(d, l, v, best, 1);
    d->where[v] = best;
    for (int32_t k = 0; k < n_touched; k++) d->link[d->touched[k]] = 0;
    if (d->members[from] == 0) *empty = from;
    if (best == *empty)
        for (*empty = 0; *empty < l->n && d->members[*empty] > 0;) ++*empty;
    return best != from;
}

/* Rounds over all nodes until none moves. where: [l->n] communities 0..n-1 before and after. Each
 * move gains, so that it ends; the limit is for rounding. */
static bool settle(division *d, const level *l) {
    enum { ROUNDS = 1000 };
    bool any = false, more = true;
    int32_t empty = 0;
    for (int32_t c = 0; c < l->n; c++) d->out[c] = d->in[c] = d->link[c] = 0, d->members[c] = 0;
    for (int32_t v = 0; v < l->n; v++) count_in(d, l, v, d->where[v], 1);
    while (empty < l->n && d->members[empty] > 0) empty++;
    for (int round = 0; more && round < ROUNDS; round++) {
        more = false;
        for (int32_t k = 0; k < l->n; k++) more |= move(d, l, d->order[k], &empty);
        any |= more;
    }
    return any;
}

/* Communities become 0, 1, 2, ... in the order of their first node; how many. */
static int32_t renumber(int32_t *where, int32_t n, int32_t *map) {
    int32_t found = 0;
    for (int32_t v = 0; v < n; v++) map[v] = -1;
    for (int32_t v = 0; v < n; v++) {
        if (map[where[v]] < 0) map[where[v]] = found++;
        where[v] = map[where[v]];
    }
    return found;
}

/* Nodes of a level by their community: stretches of d->touched that end at d->order[c]. */
static void group(division *d, int32_t n, int32_t communities) {
    for (int32_t c = 0; c <= communities; c++) d->order[c] = 0;
    for (int32_t v = 0; v < n; v++) d->order[d->where[v]]++;
    for (int32_t c = 0, at = 0; c < communities; c++) at += d->order[c], d->order[c] = at;
    for (int32_t v = n - 1; v >= 0; v--) d->touched[--d->order[d->where[v]]] = v;
}

/* Communities as nodes: [n] of d->where, renumbered. */
static bool merge(division *d, const level *l, int32_t n, level *up) {
    int64_t at = 0;
    int32_t k = 0;
    if (!level_make(up, n, l->first[l->n])) return false;
    group(d, l->n, n);
    for (int32_t c = 0; c < n; c++) d->link[c] = 0;
    for (int32_t c = 0; c < n; c++) {
        for (; k < l->n && d->where[d->touched[k]] == c; k++) {
            int32_t v = d->touched[k];
            up->out[c] += l->out[v], up->in[c] += l->in[v];
            for (int64_t a = l->first[v]; a < l->first[v + 1]; a++) {
                int32_t to = d->where[l->to[a]];
                if (to == c) continue;
                if (d->link[to] <= 0) up->to[at++] = to;
                d->link[to] += l->both[a];
            }
        }
        for (int64_t a = up->first[c]; a < at; a++)
            up->both[a] = d->link[up->to[a]], d->link[up->to[a]] = 0;
        up->first[c + 1] = at;
    }
    return true;
}

/* The order in which nodes are tried: as numbered, or drawn. */
static void shuffle(division *d, int32_t n, bool drawn) {
    for (int32_t v = 0; v < n; v++) d->order[v] = v;
    for (int32_t k = n - 1; k > 0 && drawn; k--) {
        int32_t other = (int32_t)karvan_random_below(&d->random, (uint64_t)k + 1);
        int32_t keep = d->order[k];
        d->order[k] = d->order[other], d->order[other] = keep;
    }
}

/* Merge communities as long as that gains; d->of follows. */
static bool climb(division *d, bool drawn, bool *moved) {
    level l = {0};
    int32_t n = renumber(d->of, d->base.n, d->map);
    memcpy(d->where, d->of, (size_t)d->base.n * sizeof *d->where);
    bool good = merge(d, &d->base, n, &l);
    *moved = false;
    while (good) {
        for (int32_t c = 0; c < l.n; c++) d->where[c] = c;
        shuffle(d, l.n, drawn);
        if (!settle(d, &l)) break;
        *moved = true;
        n = renumber(d->where, l.n, d->map);
        for (int32_t v = 0; v < d->base.n; v++) d->of[v] = d->where[d->of[v]];
        level up = {0};
        good = merge(d, &l, n, &up);
        level_clear(&l);
        l = up;
    }
    level_clear(&l);
    return good;
}

/* From every node by itself: single nodes and whole communities in turn, until neither gains. */
static bool start(division *d, bool drawn) {
    enum { TURNS = 100 };
    bool moved = true, good = true;
    for (int32_t v = 0; v < d->base.n; v++) d->of[v] = v;
    for (int turn = 0; good && moved && turn < TURNS; turn++) {
        memcpy(d->where, d->of, (size_t)d->base.n * sizeof *d->where);
        shuffle(d, d->base.n, drawn);
        bool any = settle(d, &d->base);
        memcpy(d->of, d->where, (size_t)d->base.n * sizeof *d->of);
        good = climb(d, drawn, &moved);
        if (!any) break; /* and what climbed before climbs no more */
    }
    return good;
}

static double modularity_of(division *d, const int32_t *of) {
    double inside = 0, expected = 0;
    const level *l = &d->base;
    for (int32_t c = 0; c < l->n; c++) d->out[c] = d->in[c] = 0;
    for (int32_t v = 0; v < l->n; v++) {
        d->out[of[v]] += l->out[v], d->in[of[v]] += l->in[v];
        for (int64_t a = l->first[v]; a < l->first[v + 1]; a++)
            if (of[v] == of[l->to[a]]) inside += l->both[a];
    }
    for (int32_t c = 0; c < l->n; c++) expected += d->out[c] * d->in[c];
    double q = inside / 2 - expected; /* each tie was seen from both ends */
    return fabs(q) < GAIN ? 0 : q;    /* and not a rest of rounding below 0 */
}

static bool division_make(division *d, const karvan_i_tie_graph *g) {
    size_t n = (size_t)g->n + 1;
    *d = (division){.g = g};
    d->of = karvan_i_malloc(n, sizeof *d->of), d->best = karvan_i_malloc(n, sizeof *d->best);
    d->out = karvan_i_calloc(n, sizeof *d->out), d->in = karvan_i_calloc(n, sizeof *d->in);
    d->link = karvan_i_calloc(n, sizeof *d->link);
    d->where = karvan_i_malloc(n, sizeof *d->where),
    d->order = karvan_i_malloc(n, sizeof *d->order);
    d->touched = karvan_i_malloc(n, sizeof *d->touched),
    d->map = karvan_i_malloc(n, sizeof *d->map);
    d->members = karvan_i_calloc(n, sizeof *d->members);
    return d->of && d->best && d->out && d->in && d->link && d->where && d->order && d->touched &&
           d->map && d->members && base_make(g, &d->base);
}

static void division_clear(division *d) {
    karvan_i_free(d->of), karvan_i_free(d->best), karvan_i_free(d->out), karvan_i_free(d->in);
    karvan_i_free(d->link), karvan_i_free(d->where), karvan_i_free(d->order);
    karvan_i_free(d->touched), karvan_i_free(d->map), karvan_i_free(d->members);
    level_clear(&d->base);
}

karvan_status karvan_i_tie_modularity(const karvan_i_tie_graph *g, const int32_t *community,
                                      double *q, karvan_error *err) {
    division d;
    bool good = division_make(&d, g);
    *q = good && g->m > 0 ? modularity_of(&d, community) : NAN;
    division_clear(&d);
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for communities");
}

/* ---- the proof, among few ---- */

/* Nodes with ties, those with the most first: a search decides early what decides much. */
static int active_nodes(const level *l, int32_t *node) {
    int n = 0;
    for (int32_t v = 0; v < l->n; v++) {
        if (l->first[v + 1] == l->first[v]) continue;
        if (n == KARVAN_I_TIE_EXACT) return n + 1;
        int at = n++;
        for (; at > 0 && l->out[node[at - 1]] + l->in[node[at - 1]] < l->out[v] + l->in[v]; at--)
            node[at] = node[at - 1];
        node[at] = v;
    }
    return n;
}

/* Gain of having two in one community, both ways together. */
static void gains(const level *l, const int32_t *node, int n, double *b) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            int32_t v = node[i], w = node[j];
            double both = 0;
            for (int64_t a = l->first[v]; a < l->first[v + 1]; a++)
                if (l->to[a] == w) both = l->both[a];
            b[i * n + j] = both - l->out[v] * l->in[w] - l->in[v] * l->out[w];
        }
}

static void prove(division *d, int64_t steps, bool *proved) {
    int32_t node[KARVAN_I_TIE_EXACT] = {0}, best[KARVAN_I_TIE_EXACT] = {0};
    double b[KARVAN_I_TIE_EXACT * KARVAN_I_TIE_EXACT] = {0};
    int n = active_nodes(&d->base, node);
    if (n > KARVAN_I_TIE_EXACT) return;
    gains(&d->base, node, n, b);
    for (int i = 0; i < n; i++) best[i] = d->best[node[i]];
    karvan_i_tie_exact(n, b, best, &steps, proved);
    /* numbers of communities are those of nodes, so that none meets one of a node without ties */
    for (int i = 0; i < n; i++) {
        int first = 0;
        while (best[first] != best[i]) first++;
        d->best[node[i]] = node[first];
    }
    for (int32_t v = 0; v < d->base.n; v++)
        if (d->base.first[v + 1] == d->base.first[v]) d->best[v] = v;
}

typedef struct numbered {
    int32_t community, size;
} numbered;

static int by_size(const void *a, const void *b) {
    const numbered *x = a, *y = b;
    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    return (x->community > y->community) - (x->community < y->community);
}

/* Larger communities first, of equal ones that with the first node. */
static karvan_status hand_out(division *d, karvan_i_tie_division *out, karvan_error *err) {
    int32_t n = renumber(d->best, d->base.n, d->map);
    numbered *c = karvan_i_calloc((size_t)n + 1, sizeof *c);
    if (!c) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for communities");
    for (int32_t k = 0; k < n; k++) c[k].community = k;
    for (int32_t v = 0; v < d->base.n; v++) c[d->best[v]].size++;
    qsort(c, (size_t)n, sizeof *c, by_size);
    for (int32_t k = 0; k < n; k++) d->map[c[k].community] = k;
    for (int32_t v = 0; v < d->base.n; v++) out->community[v] = d->map[d->best[v]];
    out->n = n;
    karvan_i_free(c);
    return KARVAN_OK;
}

static int starts_for(const karvan_i_tie_graph *g) {
    int64_t n = WORK / (g->n + g->m + 1);
    return n > STARTS_MOST ? STARTS_MOST : n < STARTS_LEAST ? STARTS_LEAST : (int)n;
}

karvan_status karvan_i_tie_divide(const karvan_i_tie_graph *g, int64_t steps,
                                  karvan_i_tie_division *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    division d;
    double most = -INFINITY;
    *out = (karvan_i_tie_division){.modularity = NAN};
    bool good = division_make(&d, g);
    out->community = karvan_i_malloc((size_t)g->n + 1, sizeof *out->community);
    KARVAN_REQUIRE(good && out->community, err, KARVAN_E_NOMEM, "no memory for communities");
    for (int32_t v = 0; v < g->n; v++) d.best[v] = v;
    for (int k = 0; g->m > 0 && k < starts_for(g); k++, out->starts++) {
        karvan_random_init(&d.random, 1, (uint64_t)k);
        KARVAN_REQUIRE(start(&d, k > 0), err, KARVAN_E_NOMEM, "no memory for communities");
        double q = modularity_of(&d, d.of);
        if (q <= most + GAIN) continue;
        most = q, memcpy(d.best, d.of, (size_t)g->n * sizeof *d.best);
    }
    if (g->m > 0) prove(&d, steps, &out->proved);
    if (g->m > 0) out->modularity = modularity_of(&d, d.best);
    KARVAN_TRY(hand_out(&d, out, err));
done:
    division_clear(&d);
    if (st != KARVAN_OK) karvan_i_tie_division_clear(out);
    return st;
}

void karvan_i_tie_division_clear(karvan_i_tie_division *d) {
    karvan_i_free(d->community);
    *d = (karvan_i_tie_division){0};
}
