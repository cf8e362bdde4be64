/* What another solution in memory knows: prices, and ways where pairs, arcs and corridors are the
 * same. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight.h"

bool karvan_i_same_scarce(const karvan_i_scarce *x, const karvan_i_scarce *y) {
    return x->kind == y->kind && x->row == y->row && x->pool == y->pool &&
           x->reversed == y->reversed;
}

bool karvan_i_freight_same_pairs(const karvan_freight *f, const karvan_freight *start) {
    if (start->n_pairs != f->n_pairs || start->n_lanes != f->n_lanes ||
        start->n_corridors != f->n_corridors)
        return false;
    for (int32_t l = 0; l < f->n_lanes; l++)
        if (f->lane[l].cargo_class != start->lane[l].cargo_class) return false;
    size_t pairs = (size_t)f->n_pairs * sizeof(int32_t);
    return memcmp(f->pair_from, start->pair_from, pairs) == 0 &&
           memcmp(f->pair_to, start->pair_to, pairs) == 0 &&
           memcmp(f->pair_lane, start->pair_lane, pairs) == 0;
}

void karvan_i_freight_start_prices(karvan_freight *f, const karvan_freight *start) {
    if (!start || start->scarce.n != f->scarce.n) return;
    for (int32_t s = 0; s < f->scarce.n; s++)
        if (!karvan_i_same_scarce(&f->scarce.all[s], &start->scarce.all[s])) return;
    memcpy(f->price, start->price, (size_t)f->scarce.n * sizeof *f->price);
    memcpy(f->delay_h, start->delay_h, (size_t)f->scarce.n * sizeof *f->delay_h);
}

/* Do corridors ask the same of ways? */
static bool same_constraint(const karvan_i_lane *lane, const karvan_i_constraint *a,
                            const karvan_i_constraint *b) {
    size_t places = (size_t)lane->net->n_places, arcs = (size_t)lane->n_arcs;
    if (a->n_groups != b->n_groups || !a->closed != !b->closed) return false;
    return memcmp(a->groups, b->groups, places * sizeof *a->groups) == 0 &&
           (!a->closed || memcmp(a->closed, b->closed, arcs * sizeof *a->closed) == 0);
}

static bool same_lane(const karvan_i_lane *a, const karvan_i_lane *b, int32_t n_corridors) {
    if (a->n_arcs != b->n_arcs || a->net->n_places != b->net->n_places) return false;
    for (int32_t k = 0; k < n_corridors; k++)
        if (!same_constraint(a, &a->corridor[k], &b->corridor[k])) return false;
    for (int32_t i = 0; i < a->n_arcs; i++) {
        const karvan_i_arc *x = &a->net->arcs[i], *y = &b->net->arcs[i];
        if (x->kind != y->kind || x->row != y->row || x->service != y->service ||
            x->reversed != y->reversed || x->tail != y->tail || x->head != y->head)
            return false;
    }
    return true;
}

bool karvan_i_freight_like(const karvan_freight *f, const karvan_freight *start) {
    if (!start || !karvan_i_freight_same_pairs(f, start)) return false;
    for (int32_t l = 0; l < f->n_lanes; l++)
        if (!same_lane(&f->lane[l], &start->lane[l], f->n_corridors)) return false;
    return true;
}

/* Do searches without prices find the same? */
static bool same_weights(const karvan_freight *f, const karvan_freight *start) {
    for (int32_t l = 0; l < f->n_lanes; l++) {
        const karvan_i_lane *x = &f->lane[l], *y = &start->lane[l];
        if (memcmp(x->base, y->base, (size_t)x->n_arcs * sizeof *x->base) != 0) return false;
        for (int32_t a = 0; a < x->n_arcs; a++)
            if (x->net->arcs[a].var_h2 != y->net->arcs[a].var_h2) return false;
    }
    return true;
}

/* Do all arcs use what they used, as much of it, and does as much want to go? */
static bool same_uses(const karvan_freight *f, const karvan_freight *start) {
    if (f->scarce.n != start->scarce.n ||
        memcmp(f->demand, start->demand, (size_t)f->n_pairs * sizeof *f->demand) != 0)
        return false;
    for (int32_t x = 0; x < f->scarce.n; x++)
        if (!karvan_i_same_scarce(&f->scarce.all[x], &start->scarce.all[x])) return false;
    for (int32_t l = 0; l < f->n_lanes; l++) {
        const karvan_i_lane *x = &f->lane[l], *y = &start->lane[l];
        size_t arcs = (size_t)x->n_arcs + 1, uses = (size_t)x->use_first[x->n_arcs];
        if (memcmp(x->use_first, y->use_first, arcs * sizeof *x->use_first) != 0 ||
            memcmp(x->use, y->use, uses * sizeof *x->use) != 0 ||
            memcmp(x->amount, y->amount, uses * sizeof *x->amount) != 0)
            return false;
    }
    return true;
}

/* Arcs of all lanes that measure otherwise than they did: [lane][arc]. */
static bool *changed_arcs(const karvan_freight *f, const karvan_freight *start, size_t *first) {
    size_t n = 0;
    for (int32_t l = 0; l < f->n_lanes; l++) first[l] = n, n += (size_t)f->lane[l].n_arcs;
    bool *out = karvan_i_malloc(n + 1, sizeof *out);
    for (int32_t l = 0; out && l < f->n_lanes; l++)
        for (int32_t a = 0; a < f->lane[l].n_arcs; a++) {
            const karvan_i_arc *x = &f->lane[l].net->arcs[a], *y = &start->lane[l].net->arcs[a];
            out[first[l] + (size_t)a] = x->usd != y->usd || x->hours != y->hours ||
                                        x->var_h2 != y->var_h2 || x->kg != y->kg ||
                                        f->lane[l].base[a] != start->lane[l].base[a];
        }
    return out;
}

/* All ways of a start with the same arcs, uses and demand, none of which is shut: those that pass
 * what has changed are measured. *done false: it is not so. */
static karvan_status start_all(karvan_freight *f, const karvan_freight *start, bool *done,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_freight_ways *from = &start->ways;
    karvan_i_freight_ways *w = &f->ways;
    size_t uses = (size_t)from->n_uses, *first = NULL;
    bool *changed = NULL;
    *done = same_uses(f, start);
    if (!*done) return KARVAN_OK;
    first = karvan_i_malloc((size_t)f->n_lanes + 1, sizeof *first);
    if (first) changed = changed_arcs(f, start, first);
    KARVAN_REQUIRE(first && changed, err, KARVAN_E_NOMEM, "no memory for routes");
    KARVAN_TRY(karvan_i_freight_ways_reserve(w, from->n, from->n_arcs, err));
    w->use = karvan_i_malloc(uses + 1, sizeof *w->use);
    w->amount = karvan_i_malloc(uses + 1, sizeof *w->amount);
    KARVAN_REQUIRE(w->use && w->amount, err, KARVAN_E_NOMEM, "no memory for routes");
    memcpy(w->way, from->way, (size_t)from->n * sizeof *w->way);
    memcpy(w->arc, from->arc, (size_t)from->n_arcs * sizeof *w->arc);
    memcpy(w->use, from->use, uses * sizeof *w->use);
    memcpy(w->amount, from->amount, uses * sizeof *w->amount);
    memcpy(f->most, start->most, (size_t)f->scarce.n * sizeof *f->most);
    memcpy(f->first_way, start->first_way, ((size_t)f->n_pairs + 1) * sizeof *f->first_way);
    w->n = from->n, w->n_arcs = from->n_arcs, w->n_uses = w->cap_uses = from->n_uses;
    for (int64_t i = 0; i < w->n; i++) {
        karvan_i_way *way = &w->way[i];
        const bool *is = changed + first[f->pair_lane[way->pair]];
        bool passes = false;
        for (int32_t k = 0; !passes && k < way->n; k++) passes = is[w->arc[way->first + k]];
        if (passes) karvan_i_freight_way_measure(f, way);
    }
    KARVAN_TRY(karvan_i_freight_sizes(f, start, err));
done:
    karvan_i_free(first), karvan_i_free(changed);
    return st;
}

karvan_status karvan_i_freight_start_ways(karvan_freight *f, const karvan_freight *start,
                                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool all = false;
    f->best_first = start->best_first && same_weights(f, start);
    for (int32_t l = 0; l < f->n_lanes; l++) f->lane[l].var_usd = start->lane[l].var_usd;
    if (f->keeps_all) KARVAN_TRY(start_all(f, start, &all, err));
    if (all) goto done;
    KARVAN_TRY(karvan_i_freight_ways_reserve(&f->ways, start->ways.n, start->ways.n_arcs, err));
    for (int64_t w = 0; w < start->ways.n; w++) {
        const karvan_i_way *way = &start->ways.way[w];
        const int32_t *arcs = start->ways.arc + way->first;
        int64_t none = -1;
        bool open = true;
        for (int32_t i = 0; open && i < way->n; i++)
            open = f->lane[f->pair_lane[way->pair]].base[arcs[i]] < INFINITY;
        if (open)
            KARVAN_TRY(karvan_i_freight_ways_add(&f->ways, f, way->pair, arcs, way->n,
                                                 way->corridor, &none, err));
    }
    KARVAN_TRY(karvan_i_freight_sort(f, err));
done:
    return st;
}
