/* Digests of a problem of freight: is a saved solution of the very same, or of one like it? */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/try.h"
#include "flow/freight_saved.h"
#include "table/cell.h"

/* ---- names of rows, mixed once ---- */

typedef struct names {
    uint64_t *links, *terminals, *services, *places;
} names;

static uint64_t *names_of(const karvan_table *t) {
    int64_t n = karvan_table_rows(t);
    int c = karvan_table_find(t, "id");
    uint64_t *out = karvan_i_malloc((size_t)n + 1, sizeof *out);
    for (int64_t r = 0; out && r < n; r++)
        out[r] = c < 0 ? (uint64_t)r : karvan_i_mix_text(3, karvan_table_text(t, c, r));
    return out;
}

static karvan_status names_init(names *x, const karvan_freight *f, karvan_error *err) {
    *x = (names){.links = names_of(f->links)};
    x->terminals = names_of(f->terminals), x->services = names_of(f->services);
    x->places = names_of(f->places);
    if (x->links && x->terminals && x->services && x->places) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for names");
}
static void names_clear(names *x) {
    karvan_i_free(x->links), karvan_i_free(x->terminals), karvan_i_free(x->services);
    karvan_i_free(x->places);
}

/* ---- arcs ---- */

static uint64_t of_state(const names *x, const karvan_network *net, const uint64_t *layer,
                         int32_t s) {
    uint64_t h =
        karvan_i_mix(x->places[net->state_place[s]], (uint64_t)karvan_i_state_side(net, s));
    return karvan_i_mix(h, net->state_layer[s] < 0 ? 0 : layer[net->state_layer[s]]);
}

static uint64_t of_row(const names *x, const karvan_network *net, const karvan_i_arc *a) {
    switch (a->kind) {
    case KARVAN_I_ARC_LINK:
        return karvan_i_mix(x->links[a->row], a->service < 0 ? 0 : x->services[a->service]);
    case KARVAN_I_ARC_TERMINAL:
        return x->terminals[a->row];
    case KARVAN_I_ARC_DEFAULT:
        return karvan_i_mix_text(5, net->operations[a->operation].id);
    case KARVAN_I_ARC_PASS:
        break;
    }
    return 7;
}

static karvan_status of_lane(const names *x, const karvan_i_lane *lane, uint64_t *arcs,
                             uint64_t *weights, karvan_error *err) {
    const karvan_network *net = lane->net;
    uint64_t *layer = karvan_i_malloc((size_t)net->n_layers + 1, sizeof *layer);
    if (!layer) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for names");
    for (int32_t k = 0; k < net->n_layers; k++)
        layer[k] = karvan_i_mix_text(karvan_i_mix_text(11, net->modes[k / net->n_statuses]),
                                     net->statuses[k % net->n_statuses]);
    for (int32_t i = 0; i < lane->n_arcs; i++) {
        const karvan_i_arc *a = &net->arcs[i];
        uint64_t h = karvan_i_mix(of_row(x, net, a), (uint64_t)a->kind << 1 | a->reversed);
        h = karvan_i_mix(h, of_state(x, net, layer, a->tail) + (lane->base[i] < INFINITY));
        *arcs = karvan_i_mix(*arcs, karvan_i_mix(h, of_state(x, net, layer, a->head)));
        *weights = karvan_i_mix_real(karvan_i_mix_real(*weights, lane->base[i]), a->var_h2);
    }
    karvan_i_free(layer);
    return KARVAN_OK;
}

/* What searches for sets look at besides arcs. */
static uint64_t of_search(const karvan_freight *f) {
    const karvan_freight_options *o = &f->options;
    uint64_t h = karvan_i_mix((uint64_t)o->alternatives, o->deterministic);
    h = karvan_i_mix_real(karvan_i_mix_real(h, o->max_overlap), o->max_stretch);
    for (int c = 0; c < karvan_table_columns(f->corridors); c++) {
        h = karvan_i_mix_text(h, karvan_table_column(f->corridors, c).name);
        for (int64_t r = 0; r < karvan_table_rows(f->corridors); r++)
            h = karvan_i_mix_text(h, karvan_table_text(f->corridors, c, r));
    }
    return h;
}

karvan_status karvan_i_digest_arcs(const karvan_freight *f, uint64_t *arcs, uint64_t *weights,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    names x;
    KARVAN_TRY(names_init(&x, f, err));
    for (int32_t l = 0; l < f->n_lanes; l++) {
        arcs[l] = of_search(f), weights[l] = 13;
        KARVAN_TRY(of_lane(&x, &f->lane[l], &arcs[l], &weights[l], err));
    }
done:
    names_clear(&x);
    return st;
}

/* ---- the problem ---- */

static uint64_t of_scarce(uint64_t h, const karvan_i_scarce *x) {
    h = karvan_i_mix(karvan_i_mix(karvan_i_mix(h, (uint64_t)x->kind), (uint64_t)x->row),
                     (uint64_t)x->pool);
    h = karvan_i_mix(h,
                     (uint64_t)(x->reversed | x->both << 1 | x->by_weight << 2 | x->closed << 3));
    h = karvan_i_mix_real(karvan_i_mix(h, (uint64_t)x->core.kind), x->core.capacity);
    if (x->core.kind != KARVAN_I_QUEUE) return h;
    return karvan_i_mix_real(karvan_i_mix_real(h, x->core.delay.power), x->core.delay.factor_h);
}

static uint64_t of_options(const karvan_freight_options *o) {
    const double real[] = {o->scale, o->nest_scale, o->reject_usd_per_teu, o->carbon_usd_per_kg,
                           o->tolerance};
    uint64_t h =
        karvan_i_mix((uint64_t)o->max_iterations, (uint64_t)(o->deterministic | o->empties << 1));
    for (size_t i = 0; i < sizeof real / sizeof real[0]; i++) h = karvan_i_mix_real(h, real[i]);
    return karvan_i_mix_text(h, o->empty_pools);
}

uint64_t karvan_i_digest_problem(const karvan_freight *f) {
    uint64_t h = of_options(&f->options);
    for (int32_t k = 0; k < f->n_pairs; k++) {
        h = karvan_i_mix(h, (uint64_t)(uint32_t)f->pair_from[k] << 32 | (uint32_t)f->pair_to[k]);
        h = karvan_i_mix_real(karvan_i_mix(h, (uint64_t)f->pair_lane[k] << 8 | f->pair_kind[k]),
                              f->demand[k]);
    }
    for (int32_t l = 0; l < f->n_lanes; l++)
        h = karvan_i_mix_real(karvan_i_mix_real(h, f->lane[l].hour_usd), f->lane[l].tonnes);
    for (int32_t x = 0; x < f->scarce.n; x++) {
        h = of_scarce(h, &f->scarce.all[x]);
        h = karvan_i_mix_real(karvan_i_mix_real(h, f->held.price[x] + 0.0),
                              f->held.delay_h[x] + 0.0);
    }
    for (int32_t j = 0; j < f->empties.n; j++)
        h = karvan_i_mix_real(karvan_i_mix_real(h, f->empties.cost[j]), f->held.empty[j] + 0.0);
    for (int64_t w = 0; w < f->ways.n; w++)
        h = karvan_i_mix(karvan_i_mix_real(h, f->ways.way[w].cost), (uint64_t)f->ways.way[w].pair);
    return h;
}
