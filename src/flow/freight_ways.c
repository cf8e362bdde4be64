/* Ways: arcs in a row, measured; the corridor they go by; sets by pair. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/demand.h"
#include "flow/freight.h"
#include "table/cell.h"

void karvan_i_freight_ways_clear(karvan_i_freight_ways *w) {
    karvan_i_free(w->way), karvan_i_free(w->arc);
    karvan_i_free(w->use), karvan_i_free(w->amount);
    *w = (karvan_i_freight_ways){0};
}

karvan_status karvan_i_freight_ways_reserve(karvan_i_freight_ways *w, int64_t ways, int64_t arcs,
                                            karvan_error *err) {
    karvan_i_way *way = karvan_i_realloc(w->way, (size_t)(w->n + ways) + 1, sizeof *way);
    if (way) w->way = way, w->cap = w->n + ways + 1;
    int32_t *arc = karvan_i_realloc(w->arc, (size_t)(w->n_arcs + arcs) + 1, sizeof *arc);
    if (arc) w->arc = arc, w->cap_arcs = w->n_arcs + arcs + 1;
    return way && arc ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
}

static karvan_status make_room(karvan_i_freight_ways *w, int32_t n, karvan_error *err) {
    if (w->n == w->cap) {
        int64_t cap = w->cap ? 2 * w->cap : 64;
        karvan_i_way *way = karvan_i_realloc(w->way, (size_t)cap, sizeof *way);
        if (!way) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
        w->way = way, w->cap = cap;
    }
    if (w->n_arcs + n > w->cap_arcs) {
        int64_t cap = 2 * (w->n_arcs + n) + 256;
        int32_t *arc = karvan_i_realloc(w->arc, (size_t)cap, sizeof *arc);
        if (!arc) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
        w->arc = arc, w->cap_arcs = cap;
    }
    return KARVAN_OK;
}

/* Is a constant of a class and kind of demand? An empty cell is of all. */
bool karvan_i_constant_is_of(const karvan_table *t, int64_t r, const char *class, uint8_t kind) {
    static const char *const name[] = {"", "trade", "transit"};
    const char *classes = karvan_i_cell_text(t, "cargo_classes", r),
               *of = karvan_i_cell_text(t, "kind", r);
    if (classes && *classes && !(class && karvan_i_in_list(classes, class))) return false;
    return !of || !*of || strcmp(of, name[kind]) == 0;
}

/* What an estimate leaves unexplained of a corridor for a class and kind, USD a TEU. */
static double constant_of(const karvan_freight *f, int32_t corridor, const char *class,
                          uint8_t kind) {
    const karvan_table *t = f->constants;
    const char *id = karvan_i_cell_text(f->corridors, "id", corridor);
    double sum = 0;
    for (int64_t r = 0; t && id && r < karvan_table_rows(t); r++) {
        double usd = karvan_i_cell_real(t, "usd_per_teu", r);
        if (!karvan_i_cell_is(t, "corridor", r, id) || isnan(usd)) continue;
        if (karvan_i_constant_is_of(t, r, class, kind)) sum += usd;
    }
    return sum;
}

karvan_status karvan_i_freight_constants(karvan_freight *f, karvan_error *err) {
    size_t n = (size_t)f->n_lanes * (size_t)f->n_corridors * KARVAN_I_FREIGHT_KINDS;
    double *at = f->constant = karvan_i_malloc(n + 1, sizeof *at);
    if (!at) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for corridors");
    for (int32_t l = 0; l < f->n_lanes; l++)
        for (int32_t k = 0; k < f->n_corridors; k++)
            for (int kind = 0; kind < KARVAN_I_FREIGHT_KINDS; kind++)
                *at++ = constant_of(f, k, f->lane[l].id, (uint8_t)kind);
    return KARVAN_OK;
}

double karvan_i_corridor_constant(const karvan_freight *f, int32_t corridor, int32_t pair) {
    if (corridor < 0) return 0;
    size_t row = (size_t)f->pair_lane[pair] * (size_t)f->n_corridors + (size_t)corridor;
    return f->constant[row * KARVAN_I_FREIGHT_KINDS + f->pair_kind[pair]];
}

static void measure(const karvan_freight *f, karvan_i_way *way, const int32_t *arcs) {
    const karvan_i_lane *lane = &f->lane[f->pair_lane[way->pair]];
    way->usd = way->hours = way->var_h2 = way->kg = 0;
    for (int32_t i = 0; i < way->n; i++) {
        const karvan_i_arc *a = &lane->net->arcs[arcs[i]];
        way->usd += a->usd, way->hours += a->hours, way->var_h2 += a->var_h2, way->kg += a->kg;
    }
    way->spread_h = karvan_i_spread_h(way->hours, way->var_h2);
    way->cost = way->usd + f->options.carbon_usd_per_kg * way->kg + lane->hour_usd * way->hours +
                lane->spread_usd * way->spread_h +
                karvan_i_corridor_constant(f, way->corridor, way->pair);
}

void karvan_i_freight_way_measure(const karvan_freight *f, karvan_i_way *way) {
    measure(f, way, f->ways.arc + way->first);
}

karvan_status karvan_i_freight_ways_add(karvan_i_freight_ways *w, const karvan_freight *f,
                                        int32_t pair, const int32_t *arcs, int32_t n,
                                        int32_t corridor, int64_t *last, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_way way = {
        .pair = pair, .corridor = corridor, .first = w->n_arcs, .n = n, .first_use = -1};
    for (int64_t i = *last; i >= 0; i = w->way[i].before)
        if (w->way[i].n == n &&
            memcmp(w->arc + w->way[i].first, arcs, (size_t)n * sizeof *arcs) == 0)
            return KARVAN_OK;
    KARVAN_TRY(make_room(w, n, err));
    if (n > 0) memcpy(w->arc + w->n_arcs, arcs, (size_t)n * sizeof *arcs);
    way.before = *last, *last = w->n;
    measure(f, &way, arcs);
    w->n_arcs += n, w->way[w->n++] = way;
done:
    return st;
}

/* ---- corridors ---- */

static bool goes_by(const karvan_i_lane *lane, const karvan_i_constraint *c, const int32_t *arcs,
                    int32_t n) {
    uint32_t passed = 0, all = (1u << c->n_groups) - 1;
    for (int32_t i = 0; i < n; i++) {
        if (karvan_i_closed(c, arcs[i])) return false;
        const karvan_i_arc *a = &lane->net->arcs[arcs[i]];
        passed |= c->groups[karvan_i_state_place(lane->net, a->tail)] |
                  c->groups[karvan_i_state_place(lane->net, a->head)];
    }
    return (passed & all) == all;
}

int32_t karvan_i_corridor_of(const karvan_freight *f, const karvan_i_lane *lane,
                             const int32_t *arcs, int32_t n) {
    for (int32_t k = 0; k < f->n_corridors; k++)
        if (goes_by(lane, &lane->corridor[k], arcs, n)) return k;
    return -1;
}

/* ---- by pair ---- */

/* Where each pair's ways begin; false: they do not stand in the order of the pairs. */
static bool count_ways(const karvan_freight *f, int64_t *first) {
    const karvan_i_freight_ways *w = &f->ways;
    bool in_order = true;
    memset(first, 0, ((size_t)f->n_pairs + 1) * sizeof *first);
    for (int64_t i = 0; i < w->n; i++) {
        first[w->way[i].pair + 1]++;
        in_order = in_order && (i == 0 || w->way[i - 1].pair <= w->way[i].pair);
    }
    for (int32_t k = 0; k < f->n_pairs; k++) first[k + 1] += first[k];
    return in_order;
}

karvan_status karvan_i_freight_sort(karvan_freight *f, karvan_error *err) {
    karvan_i_freight_ways *w = &f->ways;
    if (count_ways(f, f->first_way)) return karvan_i_freight_measure(f, err);
    karvan_i_way *sorted = karvan_i_malloc((size_t)w->n + 1, sizeof *sorted);
    int64_t *at = karvan_i_malloc((size_t)f->n_pairs + 1, sizeof *at);
    if (!sorted || !at) {
        karvan_i_free(sorted), karvan_i_free(at);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
    }
    memcpy(at, f->first_way, ((size_t)f->n_pairs + 1) * sizeof *at);
    for (int64_t i = 0; i < w->n; i++) sorted[at[w->way[i].pair]++] = w->way[i];
    karvan_i_free(w->way), karvan_i_free(at);
    w->way = sorted, w->cap = w->n + 1;
    return karvan_i_freight_measure(f, err);
}
