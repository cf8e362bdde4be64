/* Ways told by what their arcs are, so that a way of one network is found on another: the region
 * under a scenario has other arcs where rows are opened. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/try.h"
#include "flow/freight.h"

uint64_t karvan_i_arc_key(const karvan_network *net, const karvan_i_arc *a) {
    uint64_t h = karvan_i_mix(1, (uint64_t)a->kind);
    h = karvan_i_mix(h, (uint32_t)a->row), h = karvan_i_mix(h, (uint32_t)a->service);
    h = karvan_i_mix(h, (uint32_t)a->operation), h = karvan_i_mix(h, a->reversed ? 1 : 0);
    h = karvan_i_mix(h, (uint32_t)net->state_layer[a->head]);
    return karvan_i_mix(h, (uint64_t)net->state_side[a->head]);
}

karvan_status karvan_i_arc_keys(const karvan_i_lane *lane, uint64_t **out, karvan_error *err) {
    *out = karvan_i_malloc((size_t)lane->n_arcs + 1, sizeof **out);
    if (!*out) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d arcs", (int)lane->n_arcs);
    for (int32_t a = 0; a < lane->n_arcs; a++)
        (*out)[a] = karvan_i_arc_key(lane->net, &lane->net->arcs[a]);
    return KARVAN_OK;
}

bool karvan_i_walk_keys(const karvan_i_lane *lane, const uint64_t *keys, int32_t place, int32_t n,
                        const uint64_t *key, int32_t *arcs) {
    int32_t at = karvan_i_origin(lane->net, place);
    for (int32_t i = 0; i < n; i++) {
        int32_t a = lane->net->first[at], end = lane->net->first[at + 1];
        while (a < end && keys[a] != key[i]) a++;
        if (a == end || !(lane->base[a] < INFINITY)) return false;
        arcs[i] = a, at = lane->net->arcs[a].head;
    }
    return true;
}

/* ---- the ways of another network ---- */

static bool has(const karvan_freight *f, int32_t pair, int32_t n, const int32_t *arcs) {
    for (int64_t w = f->first_way[pair]; w < f->first_way[pair + 1]; w++) {
        const karvan_i_way *way = &f->ways.way[w];
        if (way->n == n && memcmp(f->ways.arc + way->first, arcs, (size_t)n * sizeof *arcs) == 0)
            return true;
    }
    return false;
}

typedef struct keyed {
    const karvan_freight *start;
    uint64_t **here, **there; /* [n_lanes] keys of arcs */
    uint64_t *key;            /* of one way */
    int32_t *arcs;
} keyed;

static karvan_status keyed_init(keyed *k, const karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t lanes = (size_t)f->n_lanes + 1, most = 1;
    for (int64_t w = 0; w < k->start->ways.n; w++)
        if ((size_t)k->start->ways.way[w].n > most) most = (size_t)k->start->ways.way[w].n;
    k->here = karvan_i_calloc(lanes, sizeof *k->here);
    k->there = karvan_i_calloc(lanes, sizeof *k->there);
    k->key = karvan_i_malloc(most, sizeof *k->key);
    k->arcs = karvan_i_malloc(most, sizeof *k->arcs);
    KARVAN_REQUIRE(k->here && k->there && k->key && k->arcs, err, KARVAN_E_NOMEM,
                   "no memory for routes");
    for (int32_t l = 0; l < f->n_lanes; l++) {
        KARVAN_TRY(karvan_i_arc_keys(&f->lane[l], &k->here[l], err));
        KARVAN_TRY(karvan_i_arc_keys(&k->start->lane[l], &k->there[l], err));
    }
done:
    return st;
}

static void keyed_clear(keyed *k, int32_t n_lanes) {
    for (int32_t l = 0; k->here && l < n_lanes; l++) karvan_i_free(k->here[l]);
    for (int32_t l = 0; k->there && l < n_lanes; l++) karvan_i_free(k->there[l]);
    karvan_i_free(k->here), karvan_i_free(k->there), karvan_i_free(k->key);
    karvan_i_free(k->arcs);
}

karvan_status karvan_i_freight_start_keyed(karvan_freight *f, const karvan_freight *start,
                                           bool *all, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    keyed k = {.start = start};
    int64_t known = f->ways.n;
    *all = false;
    if (!karvan_i_freight_same_pairs(f, start)) return KARVAN_OK;
    KARVAN_TRY(keyed_init(&k, f, err));
    *all = true;
    for (int64_t w = 0; w < start->ways.n; w++) {
        const karvan_i_way *way = &start->ways.way[w];
        int32_t lane = f->pair_lane[way->pair];
        int64_t none = -1;
        for (int32_t i = 0; i < way->n; i++)
            k.key[i] = k.there[lane][start->ways.arc[way->first + i]];
        bool there = karvan_i_walk_keys(&f->lane[lane], k.here[lane], f->pair_from[way->pair],
                                        way->n, k.key, k.arcs);
        *all = *all && there;
        if (there && !has(f, way->pair, way->n, k.arcs))
            KARVAN_TRY(karvan_i_freight_ways_add(&f->ways, f, way->pair, k.arcs, way->n,
                                                 way->corridor, &none, err));
    }
    if (f->ways.n > known) KARVAN_TRY(karvan_i_freight_sort(f, err));
done:
    keyed_clear(&k, f->n_lanes);
    return st;
}

void karvan_i_freight_keyed_prices(karvan_freight *f, const karvan_freight *start) {
    for (int32_t s = 0; s < f->scarce.n; s++) {
        int32_t n = start->scarce.n, at = 0;
        /* rows stand in the same order: the one sought is near */
        while (at < n && !karvan_i_same_scarce(&f->scarce.all[s], &start->scarce.all[(s + at) % n]))
            at++;
        if (at == n) continue;
        f->price[s] = start->price[(s + at) % n], f->delay_h[s] = start->delay_h[(s + at) % n];
    }
}
