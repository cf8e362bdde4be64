/* A solution of freight to bytes and back: one list of what there is, gone through either way. */
#include "flow/freight_kept.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

void karvan_i_pass(karvan_i_passing *p, void *what, size_t n, size_t size) {
    size_t bytes = n * size;
    if (p->to) {
        karvan_i_text_add(p->to, what, bytes);
        return;
    }
    p->good = p->good && bytes <= p->left;
    if (!p->good || bytes == 0) return;
    memcpy(what, p->from, bytes);
    p->from += bytes, p->left -= bytes;
}

/* ---- how large it is ---- */

enum { PAIRS, LANES, CORRIDORS, SCARCE, EMPTIES, ARCS, STATES, OF_PROBLEM };
enum { WAYS = OF_PROBLEM, WAY_ARCS, WAY_USES, SIZES };

static void find_sizes(const karvan_freight *f, int64_t *n) {
    const karvan_i_freight_ways *w = &f->ways;
    memset(n, 0, SIZES * sizeof *n);
    n[PAIRS] = f->n_pairs, n[LANES] = f->n_lanes, n[CORRIDORS] = f->n_corridors;
    n[SCARCE] = f->scarce.n, n[EMPTIES] = f->empties.n;
    for (int32_t l = 0; l < f->n_lanes; l++)
        n[ARCS] += f->lane[l].n_arcs, n[STATES] += f->lane[l].n;
    n[WAYS] = w->n;
    for (int64_t i = 0; i < w->n; i++) n[WAY_ARCS] += w->way[i].n, n[WAY_USES] += w->way[i].n_uses;
}

/* Are the bytes of a problem of this size, and as many as they say? */
static karvan_status check_sizes(const karvan_freight *f, const karvan_i_passing *p,
                                 const int64_t *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t here[SIZES], most = (int64_t)(p->left / sizeof(int32_t));
    find_sizes(f, here);
    for (int i = 0; i < OF_PROBLEM; i++)
        KARVAN_REQUIRE(n[i] == here[i], err, KARVAN_E_DATA, "kept freight of another problem");
    for (int i = OF_PROBLEM; i < SIZES; i++)
        KARVAN_REQUIRE(n[i] >= 0 && n[i] <= most, err, KARVAN_E_DATA,
                       "more ways are told than there are bytes of kept freight");
done:
    return st;
}

/* ---- ways ---- */

static void pass_way(karvan_i_passing *p, karvan_i_way *w) {
    int32_t whole[] = {w->pair, w->corridor, w->n, w->n_uses};
    double real[] = {w->usd, w->hours, w->var_h2, w->kg, w->spread_h, w->cost, w->log_size};
    karvan_i_pass(p, whole, sizeof whole / sizeof *whole, sizeof *whole);
    karvan_i_pass(p, real, sizeof real / sizeof *real, sizeof *real);
    if (p->to) return;
    w->pair = whole[0], w->corridor = whole[1], w->n = whole[2], w->n_uses = whole[3];
    w->usd = real[0], w->hours = real[1], w->var_h2 = real[2], w->kg = real[3];
    w->spread_h = real[4], w->cost = real[5], w->log_size = real[6];
    w->before = -1;
}

/* Arcs and uses of each stand behind one another then, whatever the order they were found in. */
static void pass_ways(karvan_i_passing *p, karvan_i_freight_ways *w) {
    for (int64_t i = 0; i < w->n; i++) {
        karvan_i_way *way = &w->way[i];
        if (!p->to) *way = (karvan_i_way){0};
        pass_way(p, way);
        if (!p->to) {
            way->first = w->n_arcs, way->first_use = w->n_uses;
            p->good = p->good && way->n > 0 && way->n <= w->cap_arcs - w->n_arcs &&
                      way->n_uses >= 0 && way->n_uses <= w->cap_uses - w->n_uses;
            if (!p->good) return;
            w->n_arcs += way->n, w->n_uses += way->n_uses;
        }
        karvan_i_pass(p, w->arc + way->first, (size_t)way->n, sizeof *w->arc);
        karvan_i_pass(p, w->use + way->first_use, (size_t)way->n_uses, sizeof *w->use);
        karvan_i_pass(p, w->amount + way->first_use, (size_t)way->n_uses, sizeof *w->amount);
    }
}

static karvan_status make_room(karvan_freight *f, const int64_t *n, karvan_error *err) {
    karvan_i_freight_ways *w = &f->ways;
    size_t ways = (size_t)n[WAYS] + 1, uses = (size_t)n[WAY_USES] + 1;
    karvan_status st = karvan_i_freight_ways_reserve(w, n[WAYS], n[WAY_ARCS], err);
    if (st != KARVAN_OK) return st;
    w->use = karvan_i_malloc(uses, sizeof *w->use);
    w->amount = karvan_i_malloc(uses, sizeof *w->amount);
    f->flow = karvan_i_malloc(ways, sizeof *f->flow);
    f->way_share = karvan_i_malloc(ways, sizeof *f->way_share);
    f->way_cost = karvan_i_malloc(ways, sizeof *f->way_cost);
    if (!w->use || !w->amount || !f->flow || !f->way_share || !f->way_cost)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
    w->n = n[WAYS], w->cap_arcs = n[WAY_ARCS], w->cap_uses = n[WAY_USES];
    return KARVAN_OK;
}

/* ---- the rest ---- */

static void pass_stats(karvan_i_passing *p, karvan_freight_stats *s) {
    int32_t whole[] = {s->converged, s->iterations, s->rounds,       s->pairs,
                       s->resources, s->binding,    s->rounds_before};
    double real[] = {s->demand_teu_day,
                     s->served_teu_day,
                     s->unserved_teu_day,
                     s->usd_day,
                     s->hours_teu_day,
                     s->objective,
                     s->over,
                     s->slack,
                     s->asymmetry,
                     s->gap};
    karvan_i_pass(p, whole, sizeof whole / sizeof *whole, sizeof *whole);
    karvan_i_pass(p, real, sizeof real / sizeof *real, sizeof *real);
    if (p->to) return;
    s->converged = whole[0] != 0, s->iterations = whole[1], s->rounds = whole[2];
    s->pairs = whole[3], s->resources = whole[4], s->binding = whole[5];
    s->rounds_before = whole[6];
    s->demand_teu_day = real[0], s->served_teu_day = real[1], s->unserved_teu_day = real[2];
    s->usd_day = real[3], s->hours_teu_day = real[4], s->objective = real[5];
    s->over = real[6], s->slack = real[7], s->asymmetry = real[8], s->gap = real[9];
}

static void pass_held(karvan_i_passing *p, karvan_freight *f) {
    karvan_i_held *h = &f->held;
    size_t scarce = (size_t)f->scarce.n;
    int32_t whole[] = {h->rounds, h->iterations, h->rough, h->any_new,
                       h->warm,   h->stopped,    h->ended};
    karvan_i_pass(p, h->price, scarce, sizeof *h->price);
    karvan_i_pass(p, h->delay_h, scarce, sizeof *h->delay_h);
    karvan_i_pass(p, h->empty, (size_t)f->empties.n, sizeof *h->empty);
    karvan_i_pass(p, whole, sizeof whole / sizeof *whole, sizeof *whole);
    if (p->to) return;
    h->rounds = whole[0], h->iterations = whole[1], h->rough = whole[2] != 0;
    h->any_new = whole[3] != 0, h->warm = whole[4] != 0, h->stopped = whole[5] != 0;
    h->ended = whole[6] != 0;
}

static void pass_all(karvan_i_passing *p, karvan_freight *f) {
    size_t pairs = (size_t)f->n_pairs, scarce = (size_t)f->scarce.n, ways = (size_t)f->ways.n;
    int32_t whole[] = {f->steps_before, f->best_first, f->taken};
    pass_ways(p, &f->ways);
    karvan_i_pass(p, f->way_share, ways, sizeof *f->way_share);
    karvan_i_pass(p, f->way_cost, ways, sizeof *f->way_cost);
    karvan_i_pass(p, f->flow, ways, sizeof *f->flow);
    karvan_i_pass(p, f->cost_free, pairs, sizeof *f->cost_free);
    karvan_i_pass(p, f->cost, pairs, sizeof *f->cost);
    karvan_i_pass(p, f->served, pairs, sizeof *f->served);
    karvan_i_pass(p, f->price, scarce, sizeof *f->price);
    karvan_i_pass(p, f->delay_h, scarce, sizeof *f->delay_h);
    karvan_i_pass(p, f->load, scarce, sizeof *f->load);
    karvan_i_pass(p, f->most, scarce, sizeof *f->most);
    karvan_i_pass(p, f->empty, (size_t)f->empties.n, sizeof *f->empty);
    for (int32_t l = 0; l < f->n_lanes; l++)
        karvan_i_pass(p, &f->lane[l].var_usd, 1, sizeof f->lane[l].var_usd);
    karvan_i_pass(p, whole, sizeof whole / sizeof *whole, sizeof *whole);
    f->steps_before = whole[0], f->best_first = whole[1] != 0, f->taken = whole[2] != 0;
    pass_held(p, f);
    pass_stats(p, &f->stats);
}

karvan_status karvan_i_freight_pack(const karvan_freight *f, karvan_i_text *out,
                                    karvan_error *err) {
    karvan_i_passing p = {.to = out, .good = true};
    karvan_freight same = *f; /* the list goes either way, and writes what it reads */
    int64_t n[SIZES];
    find_sizes(f, n);
    karvan_i_pass(&p, n, SIZES, sizeof *n);
    pass_all(&p, &same);
    return karvan_i_text_status(out, err);
}

/* ---- checks ---- */

/* Do arcs lead from the pair's one end to its other? */
static bool leads(const karvan_freight *f, const karvan_i_way *w) {
    const karvan_i_lane *lane = &f->lane[f->pair_lane[w->pair]];
    const int32_t *arc = f->ways.arc + w->first;
    int32_t at = lane->node[karvan_i_origin(lane->net, f->pair_from[w->pair])];
    for (int32_t i = 0; i < w->n; i++) {
        if (arc[i] < 0 || arc[i] >= lane->n_arcs || lane->tail[arc[i]] != at) return false;
        at = lane->head[arc[i]];
    }
    return at == lane->node[karvan_i_destination(lane->net, f->pair_to[w->pair])];
}

static bool check_way(const karvan_freight *f, const karvan_i_way *w) {
    const double real[] = {w->usd, w->hours, w->var_h2, w->kg, w->spread_h, w->cost, w->log_size};
    if (w->pair < 0 || w->pair >= f->n_pairs || w->corridor < -1 || w->corridor >= f->n_corridors)
        return false;
    for (size_t i = 0; i < sizeof real / sizeof *real; i++)
        if (!isfinite(real[i])) return false;
    for (int64_t u = w->first_use; u < w->first_use + w->n_uses; u++)
        if (f->ways.use[u] < 0 || f->ways.use[u] >= f->scarce.n || !isfinite(f->ways.amount[u]))
            return false;
    return leads(f, w);
}

static bool finite(const double *v, int64_t n, double least) {
    for (int64_t i = 0; i < n; i++)
        if (!(v[i] >= least && v[i] < INFINITY)) return false;
    return true;
}

/* By pair; f->first_way. */
static bool check_ways(karvan_freight *f) {
    const karvan_i_freight_ways *w = &f->ways;
    memset(f->first_way, 0, ((size_t)f->n_pairs + 1) * sizeof *f->first_way);
    for (int64_t i = 0; i < w->n; i++) {
        if (!check_way(f, &w->way[i]) || (i > 0 && w->way[i - 1].pair > w->way[i].pair))
            return false;
        f->first_way[w->way[i].pair + 1]++;
    }
    for (int32_t k = 0; k < f->n_pairs; k++) f->first_way[k + 1] += f->first_way[k];
    return finite(f->way_share, w->n, 0) && finite(f->flow, w->n, 0) &&
           finite(f->way_cost, w->n, -DBL_MAX);
}

/* A cost may be infinite, where there is no way and nobody stays at home. */
static bool check_rest(const karvan_freight *f) {
    int64_t scarce = f->scarce.n;
    for (int32_t k = 0; k < f->n_pairs; k++)
        if (isnan(f->cost[k]) || isnan(f->cost_free[k])) return false;
    for (int32_t l = 0; l < f->n_lanes; l++)
        if (!finite(&f->lane[l].var_usd, 1, 0)) return false;
    return finite(f->served, f->n_pairs, 0) && finite(f->price, scarce, -DBL_MAX) &&
           finite(f->delay_h, scarce, 0) && finite(f->load, scarce, -DBL_MAX) &&
           finite(f->most, scarce, -DBL_MAX) && finite(f->empty, f->empties.n, 0) &&
           finite(f->held.price, scarce, -DBL_MAX) && finite(f->held.delay_h, scarce, 0) &&
           finite(f->held.empty, f->empties.n, 0) && f->taken;
}

karvan_status karvan_i_freight_unpack(karvan_freight *f, const char *bytes, size_t n,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_passing p = {.from = bytes, .left = n, .good = true};
    int64_t sizes[SIZES] = {0};
    karvan_i_pass(&p, sizes, SIZES, sizeof *sizes);
    KARVAN_REQUIRE(p.good, err, KARVAN_E_DATA, "kept freight ends too early");
    KARVAN_TRY(check_sizes(f, &p, sizes, err));
    KARVAN_TRY(make_room(f, sizes, err));
    pass_all(&p, f);
    KARVAN_REQUIRE(p.good && p.left == 0, err, KARVAN_E_DATA,
                   "kept freight has other bytes than it tells");
    KARVAN_REQUIRE(check_ways(f) && check_rest(f), err, KARVAN_E_DATA,
                   "kept freight names what there is not");
    f->options.cancel = NULL, f->options.saved = NULL;
done:
    return st;
}
