/* A class of cargo on its network: arcs packed for searches, what they cost, what they use. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight.h"
#include "table/cell.h"

/* Lognormal by its two moments; a sum of positive hours is near it (docs/methods/freight.md says
 * how near). */
double karvan_i_spread_h(double mean_h, double var_h2) {
    if (!(mean_h > 0) || !(var_h2 > 0)) return 0;
    double s2 = log1p(var_h2 / (mean_h * mean_h));
    return mean_h * exp(-s2 / 2) * expm1(1.2815515655446004 * sqrt(s2));
}

/* ---- the class ---- */

static karvan_status read_class(const karvan_freight *f, karvan_i_lane *lane, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = NULL;
    if (lane->cargo_class < 0) return KARVAN_OK;
    KARVAN_TRY(karvan_i_need_table(f->region, "cargo_classes", &t, err));
    KARVAN_REQUIRE(lane->cargo_class < karvan_table_rows(t), err, KARVAN_E_ARG,
                   "no row %d in table cargo_classes", (int)lane->cargo_class + 1);
    lane->id = karvan_i_cell_text(t, "id", lane->cargo_class);
    lane->tonnes = karvan_i_cell_real(t, "tonnes_per_teu", lane->cargo_class);
    double value = karvan_i_cell_real(t, "value_usd_per_t", lane->cargo_class),
           delta = karvan_i_cell_real(t, "delta_percent_day", lane->cargo_class),
           rho = karvan_i_cell_real(t, "reliability_ratio", lane->cargo_class);
    if (!(lane->tonnes > 0))
        return karvan_i_cell_refuse(t, "tonnes_per_teu", lane->cargo_class,
                                    "cargo that moves needs tonnes_per_teu above 0", err);
    if (!(value >= 0 && value < INFINITY))
        return karvan_i_cell_refuse(t, "value_usd_per_t", lane->cargo_class,
                                    "cargo that moves needs a value_usd_per_t of 0 or more", err);
    if (!(delta >= 0 && delta < INFINITY))
        return karvan_i_cell_refuse(t, "delta_percent_day", lane->cargo_class,
                                    "cargo that moves needs a delta_percent_day of 0 or more", err);
    lane->hour_usd = delta / 100.0 * value * lane->tonnes / 24.0;
    lane->spread_usd = rho > 0 ? rho * lane->hour_usd : 0;
done:
    return st;
}

/* ---- arcs ---- */

static karvan_status pack(karvan_i_lane *lane, karvan_error *err) {
    const karvan_network *net = lane->net;
    size_t states = (size_t)net->n_states + 1, arcs = (size_t)net->n_arcs + 1;
    lane->n_arcs = net->n_arcs;
    lane->node = karvan_i_malloc(states, sizeof *lane->node);
    lane->state = karvan_i_calloc(states, sizeof *lane->state);
    lane->first = karvan_i_calloc(states, sizeof *lane->first);
    lane->back_first = karvan_i_calloc(states, sizeof *lane->back_first);
    lane->tail = karvan_i_calloc(arcs, sizeof *lane->tail);
    lane->head = karvan_i_calloc(arcs, sizeof *lane->head);
    lane->back_arc = karvan_i_calloc(arcs, sizeof *lane->back_arc);
    lane->base = karvan_i_calloc(arcs, sizeof *lane->base);
    lane->weight = karvan_i_calloc(arcs, sizeof *lane->weight);
    lane->use_first = karvan_i_calloc(arcs, sizeof *lane->use_first);
    lane->item = karvan_i_calloc(arcs, sizeof *lane->item);
    lane->service_item = karvan_i_calloc(arcs, sizeof *lane->service_item);
    if (!lane->node || !lane->state || !lane->first || !lane->back_first || !lane->tail ||
        !lane->head || !lane->back_arc || !lane->base || !lane->weight || !lane->use_first ||
        !lane->item || !lane->service_item)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d arcs", (int)net->n_arcs);
    for (int32_t s = 0; s < net->n_states; s++) {
        karvan_i_side side = karvan_i_state_side(net, s);
        bool end = side == KARVAN_I_ORIGIN || side == KARVAN_I_DESTINATION;
        lane->node[s] = end || net->first[s] < net->first[s + 1] ? 0 : -1;
    }
    for (int32_t a = 0; a < net->n_arcs; a++) lane->node[net->arcs[a].head] = 0;
    for (int32_t s = 0; s < net->n_states; s++) {
        if (lane->node[s] < 0) continue;
        lane->first[lane->n] = net->first[s], lane->state[lane->n] = s;
        lane->node[s] = lane->n++;
    }
    lane->first[lane->n] = net->n_arcs;
    return KARVAN_OK;
}

/* Arcs by head, in their order. */
static void turn_round(karvan_i_lane *lane) {
    const karvan_network *net = lane->net;
    int32_t *at = lane->back_first;
    for (int32_t a = 0; a < lane->n_arcs; a++) {
        lane->tail[a] = lane->node[net->arcs[a].tail],
        lane->head[a] = lane->node[net->arcs[a].head];
        at[lane->head[a] + 1]++;
    }
    for (int32_t v = 0; v < lane->n; v++) at[v + 1] += at[v];
    for (int32_t a = 0; a < lane->n_arcs; a++) lane->back_arc[at[lane->head[a]]++] = a;
    for (int32_t v = lane->n; v > 0; v--) at[v] = at[v - 1];
    at[0] = 0;
}

static karvan_status read_corridors(const karvan_freight *f, karvan_i_lane *lane,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    lane->corridor = karvan_i_calloc((size_t)f->n_corridors + 1, sizeof *lane->corridor);
    KARVAN_REQUIRE(lane->corridor, err, KARVAN_E_NOMEM, "no memory for corridors");
    for (int32_t k = 0; k < f->n_corridors; k++) {
        karvan_routes_query q;
        karvan_routes_query_init(&q, -1, -1);
        q.corridor = k;
        KARVAN_TRY(karvan_i_constraint_init(lane->net, &q, &lane->corridor[k], err));
    }
done:
    return st;
}

karvan_status karvan_i_lane_init(karvan_freight *f, int32_t cargo_class, karvan_i_lane *lane,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_network_options o = f->options.network;
    *lane = (karvan_i_lane){.cargo_class = cargo_class, .tonnes = 1};
    KARVAN_TRY(read_class(f, lane, err));
    o.cargo_class = lane->id, o.by_clock = false;
    KARVAN_TRY(karvan_network_create(f->region, &o, &lane->net, err));
    KARVAN_TRY(pack(lane, err));
    turn_round(lane);
    KARVAN_TRY(read_corridors(f, lane, err));
    for (int32_t a = 0; a < lane->n_arcs; a++) {
        const karvan_i_arc *arc = &lane->net->arcs[a];
        lane->base[a] =
            arc->usd + f->options.carbon_usd_per_kg * arc->kg + lane->hour_usd * arc->hours;
    }
done:
    return st;
}

void karvan_i_lane_clear(karvan_i_lane *lane, int32_t n_corridors) {
    for (int32_t k = 0; lane->corridor && k < n_corridors; k++)
        karvan_i_constraint_clear(&lane->corridor[k]);
    karvan_i_free(lane->corridor);
    karvan_i_free(lane->node), karvan_i_free(lane->state), karvan_i_free(lane->first);
    karvan_i_free(lane->tail), karvan_i_free(lane->head), karvan_i_free(lane->back_first);
    karvan_i_free(lane->back_arc), karvan_i_free(lane->base), karvan_i_free(lane->weight);
    karvan_i_free(lane->use_first), karvan_i_free(lane->use), karvan_i_free(lane->amount);
    karvan_i_free(lane->item), karvan_i_free(lane->service_item);
    karvan_network_destroy(lane->net);
    *lane = (karvan_i_lane){0};
}

/* ---- items and uses ---- */

int32_t karvan_i_item_count(const karvan_freight *f) {
    return (int32_t)(2 * (karvan_table_rows(f->links) + karvan_table_rows(f->terminals) +
                          karvan_table_rows(f->services)));
}

int32_t karvan_i_item_of(const karvan_freight *f, karvan_i_scarce_kind kind, int32_t row,
                         bool reversed) {
    int64_t before = 0;
    if (kind != KARVAN_I_OF_LINK) before += karvan_table_rows(f->links);
    if (kind == KARVAN_I_OF_SERVICE) before += karvan_table_rows(f->terminals);
    return (int32_t)(2 * (before + row) + (reversed ? 1 : 0));
}

static void set_items(const karvan_freight *f, karvan_i_lane *lane, int32_t a) {
    const karvan_i_arc *arc = &lane->net->arcs[a];
    lane->item[a] = lane->service_item[a] = -1;
    if (arc->kind == KARVAN_I_ARC_LINK)
        lane->item[a] = karvan_i_item_of(f, KARVAN_I_OF_LINK, arc->row, arc->reversed);
    if (arc->kind == KARVAN_I_ARC_TERMINAL)
        lane->item[a] = karvan_i_item_of(f, KARVAN_I_OF_TERMINAL, arc->row, arc->reversed);
    if (arc->kind == KARVAN_I_ARC_LINK && arc->service >= 0)
        lane->service_item[a] =
            karvan_i_item_of(f, KARVAN_I_OF_SERVICE, arc->service, arc->reversed);
}

karvan_status karvan_i_lane_uses(const karvan_freight *f, karvan_i_lane *lane, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_arc *arcs = lane->net->arcs;
    for (int32_t a = 0; a < lane->n_arcs; a++) {
        set_items(f, lane, a);
        lane->use_first[a + 1] =
            lane->use_first[a] + karvan_i_scarce_uses(f, lane, &arcs[a], NULL, NULL);
    }
    size_t n = (size_t)lane->use_first[lane->n_arcs] + 1;
    lane->use = karvan_i_calloc(n, sizeof *lane->use);
    lane->amount = karvan_i_calloc(n, sizeof *lane->amount);
    KARVAN_REQUIRE(lane->use && lane->amount, err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int32_t a = 0; a < lane->n_arcs; a++) {
        int64_t at = lane->use_first[a];
        (void)karvan_i_scarce_uses(f, lane, &arcs[a], lane->use + at, lane->amount + at);
        for (int64_t i = at; i < lane->use_first[a + 1]; i++)
            if (f->scarce.all[lane->use[i]].closed) lane->base[a] = INFINITY;
    }
done:
    return st;
}

double karvan_i_arc_price(const karvan_freight *f, const karvan_i_lane *lane, int32_t arc,
                          const double *price, const double *delay_h) {
    double sum = 0;
    for (int64_t i = lane->use_first[arc]; i < lane->use_first[arc + 1]; i++) {
        int32_t s = lane->use[i];
        sum += f->scarce.all[s].core.kind == KARVAN_I_QUEUE ? lane->hour_usd * delay_h[s]
                                                            : lane->amount[i] * price[s];
    }
    return sum;
}

/* A balance may be worth more than its link costs, by rounding alone: no weight falls below 0. */
void karvan_i_lane_weigh(karvan_i_lane *lane, const karvan_freight *f, const double *price,
                         const double *delay_h) {
    for (int32_t a = 0; a < lane->n_arcs; a++) {
        double w = lane->base[a] + lane->var_usd * lane->net->arcs[a].var_h2;
        if (price) w += karvan_i_arc_price(f, lane, a, price, delay_h);
        lane->weight[a] = fmax(0, w);
    }
}

/* The weight of a squared hour: the slope of the spread at the standard deviation of the best way
 * of the lane's largest pair. */
karvan_status karvan_i_lanes_weigh(karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_lane_tree tree = {0};
    for (int32_t l = 0; l < f->n_lanes; l++) {
        karvan_i_lane *lane = &f->lane[l];
        int32_t largest = -1;
        double var = 0;
        lane->var_usd = 0;
        for (int32_t k = 0; k < f->n_pairs; k++)
            if (f->pair_lane[k] == l && (largest < 0 || f->demand[k] > f->demand[largest]))
                largest = k;
        karvan_i_lane_weigh(lane, f, NULL, NULL);
        if (largest < 0 || !(lane->spread_usd > 0)) continue;
        KARVAN_TRY(karvan_i_lane_tree_from(lane, f->pair_from[largest], NULL, 1,
                                           &f->pair_to[largest], 1, &tree, err));
        int32_t v = lane->node[karvan_i_destination(lane->net, f->pair_to[largest])];
        if (!(tree.cost[v] < INFINITY)) continue;
        for (; tree.arc[v] >= 0; v = tree.node[v]) var += lane->net->arcs[tree.arc[v]].var_h2;
        if (var > 0) lane->var_usd = lane->spread_usd * 1.2815515655446004 / (2 * sqrt(var));
        karvan_i_lane_weigh(lane, f, NULL, NULL);
    }
done:
    karvan_i_lane_tree_clear(&tree);
    return st;
}
