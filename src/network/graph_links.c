/* Arcs that move a load: links, each carried at will or by its services. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "network/build.h"
#include "table/cell.h"
#include "table/number.h"

double karvan_i_sigma(double p90_over_p50) {
    return p90_over_p50 > 1.0 ? log(p90_over_p50) / 1.2815515655446004 : 0.0;
}

typedef struct link_columns {
    int from, to, mode, two_way, length, speed, time, fixed, ratio, cost, fixed_cost, co2e,
        capacity;
} link_columns;

static karvan_status find_link_columns(const karvan_table *t, link_columns *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_need_column(t, "from", &c->from, err));
    KARVAN_TRY(karvan_i_need_column(t, "to", &c->to, err));
    KARVAN_TRY(karvan_i_need_column(t, "mode", &c->mode, err));
    KARVAN_TRY(karvan_i_need_column(t, "two_way", &c->two_way, err));
    KARVAN_TRY(karvan_i_need_column(t, "length_km", &c->length, err));
    KARVAN_TRY(karvan_i_need_column(t, "speed_kmh", &c->speed, err));
    KARVAN_TRY(karvan_i_need_column(t, "time_h", &c->time, err));
    KARVAN_TRY(karvan_i_need_column(t, "time_p90_over_p50", &c->ratio, err));
    KARVAN_TRY(karvan_i_need_column(t, "cost_usd_per_teu", &c->cost, err));
    c->fixed = karvan_table_find(t, "fixed_h");
    c->fixed_cost = karvan_table_find(t, "fixed_usd_per_teu");
    c->co2e = karvan_table_find(t, "co2e_kg_per_teu_km");
    c->capacity = karvan_table_find(t, "capacity_teu_day");
done:
    return st;
}

/* What a row of links costs, without the wait for a service. */
static karvan_status read_link(const karvan_network *net, const link_columns *c, int64_t row,
                               karvan_i_arc *arc, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = net->links;
    karvan_i_factor f = {1, 1, 1, 0, 0};
    double km = karvan_i_value_or(t, c->length, row, NAN),
           speed = karvan_i_value_or(t, c->speed, row, NAN);
    double median = karvan_i_value_or(t, c->time, row, km / speed),
           fixed = karvan_i_value_or(t, c->fixed, row, 0.0),
           fixed_usd = karvan_i_value_or(t, c->fixed_cost, row, 0.0);
    double usd = karvan_i_value_or(t, c->cost, row, NAN),
           co2e = karvan_i_value_or(t, c->co2e, row, 0.0);
    if (!karvan_i_is_amount(km))
        return karvan_i_refuse(t, c->length, row, "a link that is routed needs its length_km", err);
    if (!karvan_i_is_amount(median))
        return karvan_i_refuse(t, c->time, row,
                               "a link that is routed needs its time_h or its speed_kmh", err);
    if (!karvan_i_is_amount(fixed))
        return karvan_i_refuse(t, c->fixed, row, "fixed_h must not be below 0", err);
    if (!karvan_i_is_amount(usd))
        return karvan_i_refuse(t, c->cost, row, "a link that is routed needs its cost_usd_per_teu",
                               err);
    if (!karvan_i_is_amount(fixed_usd))
        return karvan_i_refuse(t, c->fixed_cost, row, "fixed_usd_per_teu must not be below 0", err);
    if (!karvan_i_is_amount(co2e))
        return karvan_i_refuse(t, c->co2e, row, "co2e_kg_per_teu_km must not be below 0", err);
    KARVAN_TRY(karvan_i_factor_apply(net, "mode", karvan_table_text(t, c->mode, row), &f, err));
    KARVAN_TRY(karvan_i_factor_apply(net, "link", karvan_i_cell_text(t, "id", row), &f, err));
    karvan_i_set_hours(arc, fixed, median, karvan_i_value_or(t, c->ratio, row, 1.0), &f);
    if (!karvan_i_is_amount(arc->hours) || !karvan_i_is_amount(arc->var_h2))
        return karvan_i_refuse(t, c->ratio, row, "time_p90_over_p50 is too large", err);
    arc->usd = (usd + fixed_usd) * f.usd + f.add_usd, arc->km = km, arc->kg = km * co2e * f.co2e;
    if (!karvan_i_is_amount(arc->usd))
        return karvan_i_refuse(t, c->cost, row, "cost_usd_per_teu is too large", err);
    if (!karvan_i_is_amount(arc->kg))
        return karvan_i_refuse(t, c->co2e, row, "co2e_kg_per_teu_km is too large", err);
    arc->capacity_teu_day = karvan_i_value_or(t, c->capacity, row, NAN);
done:
    return st;
}

/* TEU a day that a row of services can carry, NaN: not known. */
static double service_capacity(const karvan_network *net, int32_t row, const karvan_i_wait *w) {
    double teu = karvan_i_cell_real(net->services, "capacity_teu", row);
    double headway = w->week ? KARVAN_I_WEEK_H / w->week->n : w->headway_h;
    return headway > 0 ? teu * 24.0 / headway * (1.0 - karvan_i_closures_p(&w->closures)) : NAN;
}

/* The wait for a row of services, and what it leaves of the link's capacity. */
static void add_wait(const karvan_network *net, int32_t from, int32_t to, karvan_i_arc *arc) {
    karvan_i_wait w =
        karvan_i_service_wait(&net->clocks, arc->service, from, to, net->options.month);
    arc->wait_h = karvan_i_wait_mean_h(&w);
    arc->hours += arc->wait_h, arc->var_h2 += karvan_i_wait_var_h2(&w);
    arc->capacity_teu_day = fmin(arc->capacity_teu_day, service_capacity(net, arc->service, &w));
}

/* Both directions of a link in every customs status, carried by one service or, -1, by none. */
static karvan_status add_arcs(karvan_i_build *b, const link_columns *c, int64_t row,
                              int32_t service, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->net;
    const karvan_table *t = net->links;
    int32_t from = -1, to = -1, mode = karvan_i_mode_index(net, karvan_table_text(t, c->mode, row));
    karvan_i_arc arc = {.kind = KARVAN_I_ARC_LINK,
                        .row = (int32_t)row,
                        .service = service,
                        .operation = -1,
                        .capacity_teu_day = NAN};
    KARVAN_TRY(karvan_i_place_of(net, t, c->from, row, &from, err));
    KARVAN_TRY(karvan_i_place_of(net, t, c->to, row, &to, err));
    KARVAN_TRY(read_link(net, c, row, &arc, err));
    if (service >= 0) add_wait(net, from, to, &arc);
    for (int32_t s = 0; s < net->n_statuses; s++) {
        int32_t layer = karvan_i_layer(net, mode, s);
        arc.reversed = false;
        arc.tail = karvan_i_state(net, from, layer, KARVAN_I_DEPARTING);
        arc.head = karvan_i_state(net, to, layer, KARVAN_I_ARRIVED);
        KARVAN_TRY(karvan_i_build_push(b, &arc, err));
        if (from == to || !karvan_table_bool(t, c->two_way, row)) continue;
        arc.reversed = true;
        arc.tail = karvan_i_state(net, to, layer, KARVAN_I_DEPARTING);
        arc.head = karvan_i_state(net, from, layer, KARVAN_I_ARRIVED);
        KARVAN_TRY(karvan_i_build_push(b, &arc, err));
    }
done:
    return st;
}

/* A link with services runs as often as these do, one arc each; without any it runs at will. */
static karvan_status add_link(karvan_i_build *b, const link_columns *c, int c_link, int64_t row,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->net;
    const char *id = karvan_i_cell_text(net->links, "id", row);
    bool needs_service = false;
    for (int64_t k = 0; id && k < karvan_table_rows(net->services); k++) {
        const char *link = karvan_table_text(net->services, c_link, k);
        if (!link || strcmp(link, id) != 0) continue;
        needs_service = true;
        if (!karvan_i_row_open(net, net->services, k)) continue;
        if (!net->options.by_clock &&
            !karvan_i_service_runs(&net->clocks, (int32_t)k, net->options.date, net->options.month))
            continue;
        KARVAN_TRY(add_arcs(b, c, row, (int32_t)k, err));
    }
    if (!needs_service) KARVAN_TRY(add_arcs(b, c, row, -1, err));
done:
    return st;
}

karvan_status karvan_i_build_links(karvan_i_build *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->net;
    link_columns c;
    int c_link;
    KARVAN_TRY(find_link_columns(net->links, &c, err));
    KARVAN_TRY(karvan_i_need_column(net->services, "link", &c_link, err));
    for (int64_t r = 0; r < karvan_table_rows(net->links); r++) {
        const char *mode = karvan_table_text(net->links, c.mode, r);
        if (!mode) return karvan_i_refuse(net->links, c.mode, r, "a link needs its mode", err);
        if (karvan_i_mode_carries(net->region, mode) && karvan_i_row_open(net, net->links, r) &&
            karvan_i_row_takes_class(net, net->links, r))
            KARVAN_TRY(add_link(b, &c, c_link, r, err));
    }
done:
    return st;
}
