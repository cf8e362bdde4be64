/* Arcs that move a load: links, each carried at will or by its services. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "network/build.h"
#include "table/cell.h"

double karvan_i_sigma(double p90_over_p50) {
    return p90_over_p50 > 1.0 ? log(p90_over_p50) / 1.2815515655446004 : 0.0;
}

double karvan_i_wait_mean_h(double headway_h, double cv, double closed_days_year,
                            double closure_spell_h) {
    double residual = headway_h * (1.0 + cv * cv) / 2.0;
    return residual + closed_days_year / 365.0 * closure_spell_h;
}

double karvan_i_wait_var_h2(double headway_h, double cv, double closed_days_year,
                            double closure_spell_h) {
    double c2 = cv * cv, p = closed_days_year / 365.0, mean = headway_h * (1.0 + c2) / 2.0;
    /* E H^3 = H^3 (1 + c^2)(1 + 2 c^2), and the second moment of what is left is E H^3 / (3 H) */
    double residual = headway_h * headway_h * (1.0 + c2) * (1.0 + 2.0 * c2) / 3.0 - mean * mean;
    return residual + (2.0 * p - p * p) * closure_spell_h * closure_spell_h;
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

typedef struct wait_of {
    double mean_h, var_h2, capacity_teu_day;
} wait_of;

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
    if (!karvan_i_is_amount(arc->hours))
        return karvan_i_refuse(t, c->ratio, row, "time_p90_over_p50 is too large", err);
    arc->usd = (usd + fixed_usd) * f.usd + f.add_usd, arc->km = km, arc->kg = km * co2e * f.co2e;
    arc->capacity_teu_day = karvan_i_value_or(t, c->capacity, row, NAN);
done:
    return st;
}

/* Both directions of a link in every customs status, carried by one service or, -1, by none. */
static karvan_status add_arcs(karvan_i_build *b, const link_columns *c, int64_t row,
                              int32_t service, const wait_of *wait, karvan_error *err) {
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
    arc.wait_h = wait->mean_h, arc.hours += wait->mean_h, arc.var_h2 += wait->var_h2;
    arc.capacity_teu_day = fmin(arc.capacity_teu_day, wait->capacity_teu_day);
    for (int32_t s = 0; s < net->n_statuses; s++) {
        int32_t layer = karvan_i_layer(net, mode, s);
        arc.reversed = false;
        arc.tail = karvan_i_state(net, from, layer, KARVAN_I_DEPARTING);
        arc.head = karvan_i_state(net, to, layer, KARVAN_I_ARRIVED);
        KARVAN_TRY(karvan_i_build_push(b, &arc, err));
        if (!karvan_table_bool(t, c->two_way, row)) continue;
        arc.reversed = true;
        arc.tail = karvan_i_state(net, to, layer, KARVAN_I_DEPARTING);
        arc.head = karvan_i_state(net, from, layer, KARVAN_I_ARRIVED);
        KARVAN_TRY(karvan_i_build_push(b, &arc, err));
    }
done:
    return st;
}

typedef struct service_columns {
    int link, headway, cv, closed, capacity;
} service_columns;

/* The wait for a row of services. */
static karvan_status service_wait(const karvan_network *net, const service_columns *s, int64_t row,
                                  wait_of *out, karvan_error *err) {
    const karvan_table *t = net->services;
    double headway = karvan_i_value_or(t, s->headway, row, NAN),
           cv = karvan_i_value_or(t, s->cv, row, 0.0);
    double closed = karvan_i_value_or(t, s->closed, row, 0.0),
           capacity = karvan_i_value_or(t, s->capacity, row, NAN);
    if (!karvan_i_is_amount(headway))
        return karvan_i_refuse(t, s->headway, row, "a service needs its headway_h", err);
    if (!karvan_i_is_amount(cv))
        return karvan_i_refuse(t, s->cv, row, "headway_cv must not be below 0", err);
    if (!(closed >= 0 && closed <= 365))
        return karvan_i_refuse(t, s->closed, row, "closed_days_year is 0 to 365", err);
    *out = (wait_of){karvan_i_wait_mean_h(headway, cv, closed, net->options.closure_spell_h),
                     karvan_i_wait_var_h2(headway, cv, closed, net->options.closure_spell_h),
                     headway > 0 ? capacity * 24.0 / headway * (1.0 - closed / 365.0) : NAN};
    return KARVAN_OK;
}

/* A link with services runs as often as these do, one arc each; without any it runs at will. */
static karvan_status add_link(karvan_i_build *b, const link_columns *c, const service_columns *s,
                              int64_t row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->net;
    const char *id = karvan_i_cell_text(net->links, "id", row);
    bool needs_service = false;
    for (int64_t k = 0; id && k < karvan_table_rows(net->services); k++) {
        const char *link = karvan_table_text(net->services, s->link, k);
        wait_of wait = {0.0, 0.0, NAN};
        if (!link || strcmp(link, id) != 0) continue;
        needs_service = true;
        if (!karvan_i_row_open(net, net->services, k)) continue;
        KARVAN_TRY(service_wait(net, s, k, &wait, err));
        KARVAN_TRY(add_arcs(b, c, row, (int32_t)k, &wait, err));
    }
    if (!needs_service) KARVAN_TRY(add_arcs(b, c, row, -1, &(wait_of){0.0, 0.0, NAN}, err));
done:
    return st;
}

karvan_status karvan_i_build_links(karvan_i_build *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->net;
    link_columns c;
    service_columns s;
    KARVAN_TRY(find_link_columns(net->links, &c, err));
    KARVAN_TRY(karvan_i_need_column(net->services, "link", &s.link, err));
    KARVAN_TRY(karvan_i_need_column(net->services, "headway_h", &s.headway, err));
    s.cv = karvan_table_find(net->services, "headway_cv");
    s.closed = karvan_table_find(net->services, "closed_days_year");
    s.capacity = karvan_table_find(net->services, "capacity_teu");
    for (int64_t r = 0; r < karvan_table_rows(net->links); r++) {
        const char *mode = karvan_table_text(net->links, c.mode, r);
        if (!mode) return karvan_i_refuse(net->links, c.mode, r, "a link needs its mode", err);
        if (karvan_i_mode_carries(net->region, mode) && karvan_i_row_open(net, net->links, r) &&
            karvan_i_row_takes_class(net, net->links, r))
            KARVAN_TRY(add_link(b, &c, &s, r, err));
    }
done:
    return st;
}
