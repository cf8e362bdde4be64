/* A solve begins with what was saved of another: names become rows of the region as it is now,
 * nodes become arcs of each lane, from the place of origin on. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_saved.h"
#include "network/build.h"

typedef struct resuming {
    karvan_freight *f;
    const karvan_freight_saved *s;
    int32_t *place, *corridor; /* rows, -1: no longer there */
    int32_t *row, *service;    /* [steps] rows of their tables, -1: none, GONE: no longer there */
    int32_t *lane;             /* [classes] -1: nothing of it moves now */
    int32_t *class_of;         /* [lanes] -1: not saved */
    bool *same;                /* [lanes] its network is as it was */
    bool *cost_same;           /* [lanes] and so is what its arcs cost */
    int32_t **layer;           /* [lanes][layers] of its network, -1 */
    int32_t **arc;             /* [lanes][nodes] 0: not looked for yet; arc + 1; GONE */
    int32_t *path;             /* [deepest node + 1] */
    int32_t *pair;             /* [pairs of the file] the pair that it is now, -1 */
    bool *known;               /* [n_pairs] its set is whole */
} resuming;
enum { GONE = -2 };

static void resuming_clear(resuming *r) {
    for (int32_t l = 0; l < r->f->n_lanes; l++) {
        if (r->layer) karvan_i_free(r->layer[l]);
        if (r->arc) karvan_i_free(r->arc[l]);
    }
    karvan_i_free(r->place), karvan_i_free(r->corridor), karvan_i_free(r->row);
    karvan_i_free(r->service), karvan_i_free(r->lane), karvan_i_free(r->class_of);
    karvan_i_free(r->same), karvan_i_free(r->cost_same), karvan_i_free(r->layer);
    karvan_i_free(r->arc), karvan_i_free(r->path), karvan_i_free(r->pair), karvan_i_free(r->known);
}

static karvan_status make_room(resuming *r, karvan_error *err) {
    const karvan_freight_saved *s = r->s;
    size_t lanes = (size_t)r->f->n_lanes + 1, n[KARVAN_I_KEPT_COUNTS], deepest = 0;
    for (int k = 0; k < KARVAN_I_KEPT_COUNTS; k++) n[k] = (size_t)s->n[k] + 1;
    for (int64_t i = 0; i < s->n[KARVAN_I_KEPT_NODES]; i++)
        if ((size_t)s->depth[i] > deepest) deepest = (size_t)s->depth[i];
    r->place = karvan_i_malloc(n[KARVAN_I_KEPT_PLACES], sizeof *r->place);
    r->corridor = karvan_i_malloc(n[KARVAN_I_KEPT_CORRIDORS], sizeof *r->corridor);
    r->row = karvan_i_malloc(n[KARVAN_I_KEPT_STEPS], sizeof *r->row);
    r->service = karvan_i_malloc(n[KARVAN_I_KEPT_STEPS], sizeof *r->service);
    r->lane = karvan_i_malloc(n[KARVAN_I_KEPT_CLASSES], sizeof *r->lane);
    r->class_of = karvan_i_malloc(lanes, sizeof *r->class_of);
    r->same = karvan_i_calloc(lanes, sizeof *r->same);
    r->cost_same = karvan_i_calloc(lanes, sizeof *r->cost_same);
    r->layer = karvan_i_calloc(lanes, sizeof *r->layer);
    r->arc = karvan_i_calloc(lanes, sizeof *r->arc);
    r->path = karvan_i_malloc(deepest + 1, sizeof *r->path);
    r->pair = karvan_i_malloc(n[KARVAN_I_KEPT_PAIRS], sizeof *r->pair);
    r->known = karvan_i_calloc((size_t)r->f->n_pairs + 1, sizeof *r->known);
    bool good = r->place && r->corridor && r->row && r->service && r->lane && r->class_of &&
                r->same && r->cost_same && r->layer && r->arc && r->path && r->pair && r->known;
    for (int32_t l = 0; good && l < r->f->n_lanes; l++) {
        r->layer[l] = karvan_i_malloc(n[KARVAN_I_KEPT_LAYERS], sizeof **r->layer);
        r->arc[l] = karvan_i_calloc(n[KARVAN_I_KEPT_NODES], sizeof **r->arc);
        good = r->layer[l] && r->arc[l];
    }
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for a start");
}

/* ---- names to rows ---- */

static int32_t row_of(const resuming *r, const char *table, const char *id) {
    return (int32_t)karvan_package_row(r->f->region, table, id);
}

static void find_steps(resuming *r) {
    static const char *const table[] = {"links", "terminals"};
    for (int64_t i = 0; i < r->s->n[KARVAN_I_KEPT_STEPS]; i++) {
        const karvan_i_kept_step *p = &r->s->step[i];
        r->row[i] = r->service[i] = -1;
        if (p->kind <= KARVAN_I_STEP_TERMINAL) {
            r->row[i] = row_of(r, table[p->kind], p->id);
            if (r->row[i] < 0) r->row[i] = GONE;
        }
        if (!*p->service) continue;
        r->service[i] = row_of(r, "services", p->service);
        if (r->service[i] < 0) r->service[i] = GONE;
    }
}

static int32_t layer_of(const karvan_network *net, const char *mode, const char *status) {
    int32_t m = karvan_i_mode_index(net, mode);
    for (int32_t k = 0; m >= 0 && k < net->n_statuses; k++)
        if (strcmp(net->statuses[k], status) == 0) return karvan_i_layer(net, m, k);
    return -1;
}

static karvan_status find_lanes(resuming *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = r->f;
    const karvan_freight_saved *s = r->s;
    uint64_t *arcs = karvan_i_calloc((size_t)f->n_lanes + 1, sizeof *arcs),
             *weights = karvan_i_calloc((size_t)f->n_lanes + 1, sizeof *weights);
    KARVAN_REQUIRE(arcs && weights, err, KARVAN_E_NOMEM, "no memory for classes");
    KARVAN_TRY(karvan_i_digest_arcs(f, arcs, weights, err));
    for (int64_t c = 0; c < s->n[KARVAN_I_KEPT_CLASSES]; c++) r->lane[c] = -1;
    for (int32_t l = 0; l < f->n_lanes; l++) {
        r->class_of[l] = -1;
        for (int64_t c = 0; c < s->n[KARVAN_I_KEPT_CLASSES]; c++)
            if (f->lane[l].id && strcmp(s->class[c].id, f->lane[l].id) == 0) {
                r->class_of[l] = (int32_t)c, r->lane[c] = l;
                r->same[l] = s->class[c].arcs == arcs[l];
                r->cost_same[l] = r->same[l] && s->class[c].weights == weights[l];
            }
        for (int64_t k = 0; k < s->n[KARVAN_I_KEPT_LAYERS]; k++)
            r->layer[l][k] = layer_of(f->lane[l].net, s->mode[k], s->status[k]);
    }
done:
    karvan_i_free(arcs), karvan_i_free(weights);
    return st;
}

/* ---- pairs ---- */

static bool is_pair(const resuming *r, const karvan_i_kept_pair *p, int32_t k) {
    const karvan_freight *f = r->f;
    return f->pair_from[k] == r->place[p->from] && f->pair_to[k] == r->place[p->to] &&
           f->pair_lane[k] == r->lane[p->class] && f->pair_kind[k] == p->kind;
}

static size_t hash_of(int32_t from, int32_t to, int32_t lane, int kind) {
    uint64_t h = ((uint64_t)(uint32_t)from << 32 | (uint32_t)to) * 0x9e3779b97f4a7c15u;
    h ^= ((uint64_t)(uint32_t)lane << 8 | (uint64_t)kind) * 0xc2b2ae3d27d4eb4fu;
    return (size_t)(h >> 24);
}

/* Mostly they are in the same order; else by a table of hashes. Each is taken once. */
static karvan_status find_pairs(resuming *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = r->f;
    int64_t n = r->s->n[KARVAN_I_KEPT_PAIRS];
    size_t cap = 64;
    int32_t *slot = NULL;
    bool in_order = n == f->n_pairs;
    for (int64_t i = 0; i < n; i++) {
        r->pair[i] = i < f->n_pairs && is_pair(r, &r->s->pair[i], (int32_t)i) ? (int32_t)i : -1;
        in_order = in_order && r->pair[i] >= 0;
    }
    if (in_order) return KARVAN_OK;
    while (cap < 2 * (size_t)f->n_pairs) cap *= 2;
    slot = karvan_i_malloc(cap, sizeof *slot);
    KARVAN_REQUIRE(slot, err, KARVAN_E_NOMEM, "no memory for pairs");
    for (size_t i = 0; i < cap; i++) slot[i] = -1;
    for (int32_t k = 0; k < f->n_pairs; k++) {
        size_t at = hash_of(f->pair_from[k], f->pair_to[k], f->pair_lane[k], f->pair_kind[k]);
        while (slot[at & (cap - 1)] >= 0) at++;
        slot[at & (cap - 1)] = k;
    }
    for (int64_t i = 0; i < n; i++) {
        const karvan_i_kept_pair *p = &r->s->pair[i];
        size_t at = hash_of(r->place[p->from], r->place[p->to], r->lane[p->class], p->kind);
        int32_t k;
        r->pair[i] = -1;
        for (; (k = slot[at & (cap - 1)]) >= 0 || k == GONE; at++)
            if (k >= 0 && is_pair(r, p, k)) break;
        if (k >= 0) r->pair[i] = k, slot[at & (cap - 1)] = GONE;
    }
done:
    karvan_i_free(slot);
    return st;
}

/* ---- ways ---- */

static bool leads_so(const resuming *r, int32_t l, const karvan_i_arc *a, int32_t step) {
    const karvan_network *net = r->f->lane[l].net;
    const karvan_i_kept_step *p = &r->s->step[step];
    int32_t layer = p->layer < 0 ? -1 : r->layer[l][p->layer];
    if ((int)a->kind != (int)p->kind || a->service != r->service[step] ||
        a->reversed != (p->direction == 1))
        return false;
    if (karvan_i_state_place(net, a->head) != r->place[p->place] ||
        karvan_i_state_side(net, a->head) != p->side || net->state_layer[a->head] != layer ||
        (p->layer >= 0 && layer < 0))
        return false;
    if (a->kind == KARVAN_I_ARC_DEFAULT)
        return strcmp(net->operations[a->operation].id, p->id) == 0;
    return a->kind == KARVAN_I_ARC_PASS || a->row == r->row[step];
}

/* The arc of a node out of a state, GONE: none that is open. */
static int32_t arc_from(const resuming *r, int32_t l, int32_t state, int32_t node) {
    const karvan_i_lane *lane = &r->f->lane[l];
    const karvan_network *net = lane->net;
    for (int32_t a = net->first[state]; a < net->first[state + 1]; a++)
        if (leads_so(r, l, &net->arcs[a], r->s->step_of[node]))
            return lane->base[a] < INFINITY ? a + 1 : GONE;
    return GONE;
}

/* The arcs of a way into r->path; how many, -1: it is no longer to be gone. */
static int32_t expand(resuming *r, int32_t l, int32_t node, int32_t from) {
    const karvan_network *net = r->f->lane[l].net;
    int32_t *arc = r->arc[l], n = r->s->depth[node], state = karvan_i_origin(net, from);
    for (int32_t i = n; i > 0; node = r->s->parent[node]) r->path[--i] = node;
    for (int32_t i = 0; i < n; i++) {
        int32_t *known = &arc[r->path[i]];
        if (*known == 0) *known = arc_from(r, l, state, r->path[i]);
        if (*known == GONE) return -1;
        r->path[i] = *known - 1;
        state = net->arcs[r->path[i]].head;
    }
    return n;
}

static bool has(const karvan_freight *f, int32_t k, const int32_t *arcs, int32_t n) {
    for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++)
        if (f->ways.way[w].n == n &&
            memcmp(f->ways.arc + f->ways.way[w].first, arcs, (size_t)n * sizeof *arcs) == 0)
            return true;
    return false;
}

/* The ways of pair i of the file; *lost: how many are no longer to be gone. */
static karvan_status add_ways(resuming *r, int64_t i, bool searched, int64_t *lost,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_freight *f = r->f;
    int32_t k = r->pair[i], l = f->pair_lane[k];
    int64_t last = -1;
    *lost = 0;
    for (int64_t w = r->s->pair[i].first; w < r->s->pair[i + 1].first; w++) {
        int32_t n = expand(r, l, r->s->way_node[w], f->pair_from[k]);
        int32_t saved = r->s->way_corridor[w], corridor = saved < 0 ? -1 : r->corridor[saved];
        if (n < 0) {
            ++*lost;
            continue;
        }
        if (searched && has(f, k, r->path, n)) continue;
        if (!r->same[l]) corridor = karvan_i_corridor_of(f, &f->lane[l], r->path, n);
        KARVAN_TRY(karvan_i_freight_ways_add(&f->ways, f, k, r->path, n, corridor, &last, err));
    }
done:
    return st;
}

/* Sets that are whole, of lanes that are as they were. */
static karvan_status take_whole(resuming *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_freight *f = r->f;
    int64_t all = 0;
    for (int64_t w = 0; w < r->s->n[KARVAN_I_KEPT_WAYS]; w++) { /* a file may tell anything */
        int32_t depth = r->s->depth[r->s->way_node[w]];
        all += depth < 256 ? depth : 256;
    }
    KARVAN_TRY(karvan_i_freight_ways_reserve(&f->ways, r->s->n[KARVAN_I_KEPT_WAYS], all, err));
    for (int64_t i = 0; i < r->s->n[KARVAN_I_KEPT_PAIRS]; i++) {
        int32_t k = r->pair[i];
        int64_t ways = f->ways.n, arcs = f->ways.n_arcs, lost;
        if (k < 0 || !r->same[f->pair_lane[k]]) continue;
        KARVAN_TRY(add_ways(r, i, false, &lost, err));
        r->known[k] = lost == 0;
        if (lost > 0) f->ways.n = ways, f->ways.n_arcs = arcs;
    }
done:
    return st;
}

/* What is left of the others, behind what was found anew. */
static karvan_status take_rest(resuming *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_freight *f = r->f;
    karvan_freight_stats *t = &f->stats;
    for (int64_t i = 0; i < r->s->n[KARVAN_I_KEPT_PAIRS]; i++) {
        int64_t lost = r->s->pair[i + 1].first - r->s->pair[i].first, n = lost;
        if (r->pair[i] >= 0 && r->known[r->pair[i]])
            lost = 0;
        else if (r->pair[i] >= 0)
            KARVAN_TRY(add_ways(r, i, true, &lost, err));
        t->routes_left += lost, t->routes_taken += n - lost;
    }
done:
    return st;
}

/* Is the first way of each pair still its best where nothing is full? */
static bool best_first(const resuming *r) {
    const karvan_freight *f = r->f;
    for (int32_t k = 0; k < f->n_pairs; k++) {
        int32_t l = f->pair_lane[k];
        if (r->known[k] && !(r->s->flag[KARVAN_I_KEPT_BEST_FIRST] && r->cost_same[l] &&
                             f->lane[l].var_usd == r->s->class[r->class_of[l]].var_usd))
            return false;
    }
    return true;
}

static karvan_status take_sets(resuming *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_freight *f = r->f;
    KARVAN_TRY(take_whole(r, err));
    for (int32_t k = 0; k < f->n_pairs; k++) f->stats.pairs_searched += !r->known[k];
    for (int32_t l = 0; l < f->n_lanes; l++)
        if (r->class_of[l] >= 0) f->lane[l].var_usd = r->s->class[r->class_of[l]].var_usd;
    if (f->stats.pairs_searched > 0) KARVAN_TRY(karvan_i_freight_routes(f, r->known, err));
    KARVAN_TRY(take_rest(r, err));
    KARVAN_TRY(karvan_i_freight_sort(f, err));
    f->best_first = best_first(r);
done:
    return st;
}

/* ---- prices ---- */

static bool is_scarce(const resuming *r, const karvan_i_kept_price *p, const karvan_i_scarce *x,
                      int32_t row, karvan_i_text *pool) {
    if (x->kind != p->kind || x->row != row || (x->both ? 2 : x->reversed) != p->direction)
        return false;
    if (x->kind != KARVAN_I_OF_BALANCE) return true;
    pool->n = 0;
    karvan_i_pool_name(r->f, x->pool, pool);
    return pool->s && strcmp(pool->s, p->pool) == 0;
}

static karvan_status take_prices(resuming *r, karvan_error *err) {
    static const char *const table[] = {"links", "terminals", "services", "capacities", "places"};
    karvan_freight *f = r->f;
    karvan_i_text pool = {0};
    for (int64_t i = 0; i < r->s->n[KARVAN_I_KEPT_PRICES]; i++) {
        const karvan_i_kept_price *p = &r->s->price[i];
        int32_t row = row_of(r, table[p->kind], p->id), x = 0;
        while (x < f->scarce.n && !is_scarce(r, p, &f->scarce.all[x], row, &pool)) x++;
        bool there = row >= 0 && x < f->scarce.n;
        if (there) f->price[x] = p->price, f->delay_h[x] = p->delay_h;
        if (there) f->held.price[x] = p->price_before, f->held.delay_h[x] = p->delay_h_before;
        f->stats.prices_taken += there, f->stats.prices_left += !there;
    }
    karvan_status st = karvan_i_text_status(&pool, err);
    karvan_i_text_clear(&pool);
    return st;
}

/* Moves are in the order of the arcs, so that each is behind the last but where the region has
 * changed. */
static void take_moves(resuming *r) {
    karvan_freight *f = r->f;
    const karvan_i_empties *e = &f->empties;
    int32_t j = 0;
    for (int64_t i = 0; i < r->s->n[KARVAN_I_KEPT_MOVES]; i++) {
        const karvan_i_kept_move *m = &r->s->move[i];
        int32_t row = row_of(r, "links", m->link), tried = 0;
        int32_t item = row < 0 ? -1 : karvan_i_item_of(f, KARVAN_I_OF_LINK, row, m->direction == 1);
        for (; tried < e->n && e->item[j] != item; tried++) j = j + 1 < e->n ? j + 1 : 0;
        bool there = tried < e->n;
        f->stats.prices_taken += there, f->stats.prices_left += !there;
        if (!there) continue;
        f->empty[j] = m->teu_day, f->held.empty[j] = m->before;
        j = j + 1 < e->n ? j + 1 : 0;
    }
}

/* ---- the whole ---- */

/* The last round is done again if the problem is the very same: where it was stopped, and to the
 * bytes of a solution that had settled. Else what there is at the end begins a new solve. */
static void take_place(resuming *r) {
    karvan_freight *f = r->f;
    const int64_t *flag = r->s->flag;
    karvan_i_held *h = &f->held;
    bool same = flag[KARVAN_I_KEPT_REPEAT] && f->stats.pairs_searched == 0;
    h->rough = h->warm = true;
    for (int32_t l = 0; l < f->n_lanes; l++) same = same && r->cost_same[l];
    if (!same || karvan_i_digest_problem(f) != r->s->problem) return;
    memcpy(f->price, h->price, (size_t)f->scarce.n * sizeof *h->price);
    memcpy(f->delay_h, h->delay_h, (size_t)f->scarce.n * sizeof *h->delay_h);
    memcpy(f->empty, h->empty, (size_t)f->empties.n * sizeof *h->empty);
    h->rounds = (int)flag[KARVAN_I_KEPT_ROUNDS];
    h->iterations = (int)flag[KARVAN_I_KEPT_ITERATIONS];
    h->rough = flag[KARVAN_I_KEPT_ROUGH] != 0, h->any_new = flag[KARVAN_I_KEPT_NEW] != 0;
    h->warm = flag[KARVAN_I_KEPT_WARM] != 0, h->ended = flag[KARVAN_I_KEPT_ENDED] && !h->rough;
}

karvan_status karvan_i_freight_resume(karvan_freight *f, const karvan_freight_saved *saved,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    resuming r = {.f = f, .s = saved};
    KARVAN_TRY(make_room(&r, err));
    for (int64_t i = 0; i < saved->n[KARVAN_I_KEPT_PLACES]; i++)
        r.place[i] = row_of(&r, "places", saved->place[i]);
    for (int64_t i = 0; i < saved->n[KARVAN_I_KEPT_CORRIDORS]; i++)
        r.corridor[i] = row_of(&r, "corridors", saved->corridor[i]);
    find_steps(&r);
    KARVAN_TRY(find_lanes(&r, err));
    KARVAN_TRY(find_pairs(&r, err));
    KARVAN_TRY(take_prices(&r, err));
    take_moves(&r);
    KARVAN_TRY(take_sets(&r, err));
    take_place(&r);
done:
    resuming_clear(&r);
    return st;
}
