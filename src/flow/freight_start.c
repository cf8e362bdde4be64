/* What another solution in memory knows: prices, and ways where pairs, arcs and corridors are the
 * same. */
#include <math.h>
#include <string.h>

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

karvan_status karvan_i_freight_start_ways(karvan_freight *f, const karvan_freight *start,
                                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
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
    for (int32_t l = 0; l < f->n_lanes; l++) f->lane[l].var_usd = start->lane[l].var_usd;
    f->best_first = start->best_first && same_weights(f, start);
    KARVAN_TRY(karvan_i_freight_sort(f, err));
done:
    return st;
}
