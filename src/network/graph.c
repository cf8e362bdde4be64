#include "network/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

/* Containers do not travel by pipe: these links carry no route of a TEU. */
static bool carries_containers(const char *mode) { return strncmp(mode, "pipeline", 8) != 0; }

bool karvan_i_open_on(const karvan_edtf *from, const karvan_edtf *to, karvan_day day) {
    if (from && from->latest > day) return false;
    return !(to && to->latest < day);
}

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

/* Variance of a lognormal from its mean and shape. */
static double lognormal_var(double mean, double sigma) {
    return mean * mean * expm1(sigma * sigma);
}

typedef struct arc_list {
    karvan_i_arc *a;
    int32_t n, cap;
} arc_list;

static karvan_status push(arc_list *l, karvan_i_arc arc, karvan_error *err) {
    if (l->n == l->cap) {
        int32_t cap = l->cap ? 2 * l->cap : 256;
        karvan_i_arc *a = karvan_i_realloc(l->a, (size_t)cap, sizeof *a);
        if (!a) return karvan_fail(err, KARVAN_E_NOMEM, "%d arcs", (int)cap);
        l->a = a, l->cap = cap;
    }
    l->a[l->n++] = arc;
    return KARVAN_OK;
}

static karvan_status mode_index(karvan_network *net, const char *mode, int32_t *out,
                                karvan_error *err) {
    for (int32_t m = 0; m < net->n_modes; m++)
        if (strcmp(net->modes[m], mode) == 0) return *out = m, KARVAN_OK;
    char **modes = karvan_i_realloc(net->modes, (size_t)net->n_modes + 1, sizeof *modes);
    if (!modes) return karvan_fail(err, KARVAN_E_NOMEM, "modes");
    net->modes = modes;
    net->modes[net->n_modes] = karvan_i_strndup(mode, strlen(mode));
    if (!net->modes[net->n_modes]) return karvan_fail(err, KARVAN_E_NOMEM, "modes");
    *out = net->n_modes++;
    return KARVAN_OK;
}

/* Modes are numbered before states are, in the order in which the tables name them. */
static karvan_status number_modes(karvan_network *net, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t m;
    int c_mode, c_from, c_to;
    KARVAN_TRY(karvan_i_need_column(net->links, "mode", &c_mode, err));
    KARVAN_TRY(karvan_i_need_column(net->terminals, "from_mode", &c_from, err));
    KARVAN_TRY(karvan_i_need_column(net->terminals, "to_mode", &c_to, err));
    for (int64_t r = 0; r < karvan_table_rows(net->links); r++) {
        const char *mode = karvan_table_text(net->links, c_mode, r);
        if (mode && carries_containers(mode)) KARVAN_TRY(mode_index(net, mode, &m, err));
    }
    for (int64_t r = 0; r < karvan_table_rows(net->terminals); r++) {
        const char *from = karvan_table_text(net->terminals, c_from, r);
        const char *to = karvan_table_text(net->terminals, c_to, r);
        if (from && carries_containers(from)) KARVAN_TRY(mode_index(net, from, &m, err));
        if (to && carries_containers(to)) KARVAN_TRY(mode_index(net, to, &m, err));
    }
    KARVAN_REQUIRE((int64_t)net->n_places * net->n_modes < INT32_MAX / 2, err, KARVAN_E_DATA,
                   "%d places in %d modes are more states than can be numbered", (int)net->n_places,
                   (int)net->n_modes);
    net->n_states = net->n_places * net->n_modes * 2;
done:
    return st;
}

static karvan_status refuse(const karvan_table *t, int column, int64_t row, const char *what,
                            karvan_error *err) {
    int64_t line = 0, col = 0;
    const char *file = karvan_table_locate(t, column, row, &line, &col);
    return karvan_fail(err, KARVAN_E_DATA, "%s:%lld:%lld: %s", file ? file : karvan_table_name(t),
                       (long long)line, (long long)col, what);
}

static karvan_status place_of(const karvan_network *net, const karvan_table *t, int column,
                              int64_t row, int32_t *out, karvan_error *err) {
    const char *id = karvan_table_text(t, column, row);
    int64_t place = id ? karvan_package_row(net->region, "places", id) : -1;
    if (place < 0) return refuse(t, column, row, "no such place in table places", err);
    *out = (int32_t)place;
    return KARVAN_OK;
}

static double value_or(const karvan_table *t, int column, int64_t row, double otherwise) {
    if (column < 0 || karvan_table_state(t, column, row) != KARVAN_VALUE) return otherwise;
    return karvan_table_real(t, column, row);
}

/* What Dijkstra may add up: finite and not below 0. */
static bool is_amount(double v) { return v >= 0.0 && isfinite(v); }

static bool row_open(const karvan_network *net, const karvan_table *t, int64_t row) {
    return karvan_i_open_on(karvan_i_cell_date(t, "open_from", row),
                            karvan_i_cell_date(t, "open_to", row), net->options.date);
}

typedef struct link_columns {
    int from, to, mode, two_way, length, speed, time, ratio, cost, co2e;
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
    c->co2e = karvan_table_find(t, "co2e_kg_per_teu_km");
done:
    return st;
}

typedef struct wait_of {
    double mean_h, var_h2;
} wait_of;

/* Both directions of a link, carried by one service (or by none, -1). */
static karvan_status add_link_arcs(karvan_network *net, arc_list *l, const link_columns *c,
                                   int64_t row, int32_t service, const wait_of *wait,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = net->links;
    int32_t from = -1, to = -1, mode = -1;
    KARVAN_TRY(place_of(net, t, c->from, row, &from, err));
    KARVAN_TRY(place_of(net, t, c->to, row, &to, err));
    KARVAN_TRY(mode_index(net, karvan_table_text(t, c->mode, row), &mode, err));
    double km = value_or(t, c->length, row, NAN), speed = value_or(t, c->speed, row, NAN);
    double median = value_or(t, c->time, row, km / speed), usd = value_or(t, c->cost, row, NAN);
    double sigma = karvan_i_sigma(value_or(t, c->ratio, row, 1.0));
    double hours = median * exp(sigma * sigma / 2.0), co2e = value_or(t, c->co2e, row, 0.0);
    if (!is_amount(km))
        return refuse(t, c->length, row, "a link that is routed needs its length_km", err);
    if (!is_amount(median))
        return refuse(t, c->time, row, "a link that is routed needs its time_h or its speed_kmh",
                      err);
    if (!is_amount(hours)) return refuse(t, c->ratio, row, "time_p90_over_p50 is too large", err);
    if (!is_amount(usd))
        return refuse(t, c->cost, row, "a link that is routed needs its cost_usd_per_teu", err);
    if (!is_amount(co2e))
        return refuse(t, c->co2e, row, "co2e_kg_per_teu_km must not be below 0", err);
    karvan_i_arc arc = {.kind = KARVAN_I_ARC_LINK, .row = (int32_t)row, .service = service};
    arc.hours = hours + wait->mean_h, arc.var_h2 = lognormal_var(hours, sigma) + wait->var_h2;
    arc.usd = usd, arc.km = km, arc.kg = km * co2e;
    arc.tail = karvan_i_state(net, from, mode, KARVAN_I_DEPARTING);
    arc.head = karvan_i_state(net, to, mode, KARVAN_I_ARRIVED);
    KARVAN_TRY(push(l, arc, err));
    if (karvan_table_bool(t, c->two_way, row)) {
        arc.reversed = true;
        arc.tail = karvan_i_state(net, to, mode, KARVAN_I_DEPARTING);
        arc.head = karvan_i_state(net, from, mode, KARVAN_I_ARRIVED);
        KARVAN_TRY(push(l, arc, err));
    }
done:
    return st;
}

typedef struct service_columns {
    int link, headway, cv, closed;
} service_columns;

/* The wait for a row of services. */
static karvan_status service_wait(const karvan_network *net, const service_columns *s, int64_t row,
                                  wait_of *out, karvan_error *err) {
    const karvan_table *t = net->services;
    double headway = value_or(t, s->headway, row, NAN), cv = value_or(t, s->cv, row, 0.0);
    double closed = value_or(t, s->closed, row, 0.0);
    if (!is_amount(headway))
        return refuse(t, s->headway, row, "a service needs its headway_h", err);
    if (!is_amount(cv)) return refuse(t, s->cv, row, "headway_cv must not be below 0", err);
    if (!(closed >= 0 && closed <= 365))
        return refuse(t, s->closed, row, "closed_days_year is 0 to 365", err);
    *out = (wait_of){karvan_i_wait_mean_h(headway, cv, closed, net->options.closure_spell_h),
                     karvan_i_wait_var_h2(headway, cv, closed, net->options.closure_spell_h)};
    return KARVAN_OK;
}

/* A link with services runs as often as these do, one arc each; without any it runs at will. */
static karvan_status add_link(karvan_network *net, arc_list *l, const link_columns *c,
                              const service_columns *s, int64_t row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int c_id = karvan_table_find(net->links, "id");
    const char *id = c_id < 0 ? NULL : karvan_table_text(net->links, c_id, row);
    bool needs_service = false;
    for (int64_t k = 0; id && k < karvan_table_rows(net->services); k++) {
        const char *link = karvan_table_text(net->services, s->link, k);
        if (!link || strcmp(link, id) != 0) continue;
        needs_service = true;
        if (!row_open(net, net->services, k)) continue;
        wait_of wait;
        KARVAN_TRY(service_wait(net, s, k, &wait, err));
        KARVAN_TRY(add_link_arcs(net, l, c, row, (int32_t)k, &wait, err));
    }
    if (!needs_service) KARVAN_TRY(add_link_arcs(net, l, c, row, -1, &(wait_of){0.0, 0.0}, err));
done:
    return st;
}

static karvan_status add_links(karvan_network *net, arc_list *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    link_columns c;
    service_columns s;
    KARVAN_TRY(find_link_columns(net->links, &c, err));
    KARVAN_TRY(karvan_i_need_column(net->services, "link", &s.link, err));
    KARVAN_TRY(karvan_i_need_column(net->services, "headway_h", &s.headway, err));
    s.cv = karvan_table_find(net->services, "headway_cv");
    s.closed = karvan_table_find(net->services, "closed_days_year");
    for (int64_t r = 0; r < karvan_table_rows(net->links); r++) {
        const char *mode = karvan_table_text(net->links, c.mode, r);
        if (!mode) return refuse(net->links, c.mode, r, "a link needs its mode", err);
        if (carries_containers(mode) && row_open(net, net->links, r))
            KARVAN_TRY(add_link(net, l, &c, &s, r, err));
    }
done:
    return st;
}

typedef struct terminal_columns {
    int place, from, to, two_way, p50, p90, cost, co2e;
} terminal_columns;

static karvan_status find_terminal_columns(const karvan_table *t, terminal_columns *c,
                                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_need_column(t, "place", &c->place, err));
    KARVAN_TRY(karvan_i_need_column(t, "from_mode", &c->from, err));
    KARVAN_TRY(karvan_i_need_column(t, "to_mode", &c->to, err));
    KARVAN_TRY(karvan_i_need_column(t, "two_way", &c->two_way, err));
    KARVAN_TRY(karvan_i_need_column(t, "dwell_p50_h", &c->p50, err));
    KARVAN_TRY(karvan_i_need_column(t, "dwell_p90_h", &c->p90, err));
    KARVAN_TRY(karvan_i_need_column(t, "cost_usd_per_teu", &c->cost, err));
    c->co2e = karvan_table_find(t, "co2e_kg_per_teu");
done:
    return st;
}

/* An open row between two modes at a place: one arc, or one each way. */
static karvan_status add_terminal_arcs(karvan_network *net, arc_list *l, const terminal_columns *c,
                                       int64_t row, const int32_t at[3], karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = net->terminals;
    int32_t place = at[0], from = at[1], to = at[2];
    double p50 = value_or(t, c->p50, row, NAN), p90 = value_or(t, c->p90, row, p50);
    double sigma = p50 > 0 ? karvan_i_sigma(p90 / p50) : 0.0;
    karvan_i_arc arc = {.kind = KARVAN_I_ARC_TERMINAL, .row = (int32_t)row, .service = -1};
    arc.hours = p50 * exp(sigma * sigma / 2.0), arc.var_h2 = lognormal_var(arc.hours, sigma);
    arc.usd = value_or(t, c->cost, row, NAN), arc.kg = value_or(t, c->co2e, row, 0.0);
    if (!is_amount(p50)) return refuse(t, c->p50, row, "a terminal needs its dwell_p50_h", err);
    if (!is_amount(arc.hours)) return refuse(t, c->p90, row, "dwell_p90_h is too large", err);
    if (!is_amount(arc.usd))
        return refuse(t, c->cost, row, "a terminal needs its cost_usd_per_teu", err);
    if (!is_amount(arc.kg))
        return refuse(t, c->co2e, row, "co2e_kg_per_teu must not be below 0", err);
    arc.tail = karvan_i_state(net, place, from, KARVAN_I_ARRIVED);
    arc.head = karvan_i_state(net, place, to, KARVAN_I_DEPARTING);
    KARVAN_TRY(push(l, arc, err));
    if (from != to && karvan_table_bool(t, c->two_way, row)) {
        arc.reversed = true;
        arc.tail = karvan_i_state(net, place, to, KARVAN_I_ARRIVED);
        arc.head = karvan_i_state(net, place, from, KARVAN_I_DEPARTING);
        KARVAN_TRY(push(l, arc, err));
    }
done:
    return st;
}

/* bordered[place * n_modes + mode]: passing on there in that mode needs a border row. */
static karvan_status add_terminals(karvan_network *net, arc_list *l, bool *bordered,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = net->terminals;
    terminal_columns c;
    KARVAN_TRY(find_terminal_columns(t, &c, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *a = karvan_table_text(t, c.from, r), *b = karvan_table_text(t, c.to, r);
        int32_t at[3];
        if (!a || !b) return refuse(t, c.from, r, "a terminal needs both modes", err);
        if (!carries_containers(a) || !carries_containers(b)) continue;
        KARVAN_TRY(place_of(net, t, c.place, r, &at[0], err));
        KARVAN_TRY(mode_index(net, a, &at[1], err));
        KARVAN_TRY(mode_index(net, b, &at[2], err));
        if (at[1] == at[2]) bordered[at[0] * net->n_modes + at[1]] = true;
        if (row_open(net, t, r)) KARVAN_TRY(add_terminal_arcs(net, l, &c, r, at, err));
    }
done:
    return st;
}

static karvan_status add_passes(karvan_network *net, arc_list *l, const bool *bordered,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int32_t p = 0; p < net->n_places; p++)
        for (int32_t m = 0; m < net->n_modes; m++) {
            if (bordered[p * net->n_modes + m]) continue;
            karvan_i_arc arc = {.kind = KARVAN_I_ARC_PASS, .row = -1, .service = -1};
            arc.tail = karvan_i_state(net, p, m, KARVAN_I_ARRIVED);
            arc.head = karvan_i_state(net, p, m, KARVAN_I_DEPARTING);
            KARVAN_TRY(push(l, arc, err));
        }
done:
    return st;
}

/* Stable counting sort of the arcs by tail. */
static karvan_status index_arcs(karvan_network *net, arc_list *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t *at = NULL;
    net->arcs = karvan_i_calloc((size_t)l->n + 1, sizeof *net->arcs);
    net->first = karvan_i_calloc((size_t)net->n_states + 1, sizeof *net->first);
    at = karvan_i_calloc((size_t)net->n_states + 1, sizeof *at);
    KARVAN_REQUIRE(net->arcs && net->first && at, err, KARVAN_E_NOMEM, "%d arcs", (int)l->n);
    for (int32_t i = 0; i < l->n; i++) net->first[l->a[i].tail + 1]++;
    for (int32_t s = 0; s < net->n_states; s++) net->first[s + 1] += net->first[s];
    memcpy(at, net->first, ((size_t)net->n_states + 1) * sizeof *at);
    for (int32_t i = 0; i < l->n; i++) net->arcs[at[l->a[i].tail]++] = l->a[i];
    net->n_arcs = l->n;
done:
    karvan_i_free(at);
    return st;
}

static karvan_status read_places(karvan_network *net, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int c_country, c_kind, c_area;
    size_t n;
    KARVAN_TRY(karvan_i_need_column(net->places, "country", &c_country, err));
    KARVAN_TRY(karvan_i_need_column(net->places, "kind", &c_kind, err));
    KARVAN_TRY(karvan_i_need_column(net->countries, "customs_area", &c_area, err));
    KARVAN_REQUIRE(karvan_table_rows(net->places) < INT32_MAX / 4, err, KARVAN_E_DATA,
                   "more places than can be numbered");
    net->n_places = (int32_t)karvan_table_rows(net->places);
    n = (size_t)net->n_places + 1;
    net->country = karvan_i_calloc(n, sizeof *net->country);
    net->customs = karvan_i_calloc(n, sizeof *net->customs);
    net->strait = karvan_i_calloc(n, sizeof *net->strait);
    KARVAN_REQUIRE(net->country && net->customs && net->strait, err, KARVAN_E_NOMEM, "places");
    for (int32_t p = 0; p < net->n_places; p++) {
        const char *iso3 = karvan_table_text(net->places, c_country, p);
        const char *kind = karvan_table_text(net->places, c_kind, p);
        int64_t row = iso3 ? karvan_package_row(net->region, "countries", iso3) : -1;
        if (row < 0)
            return refuse(net->places, c_country, p, "no such country in table countries", err);
        net->country[p] = iso3;
        net->customs[p] = karvan_table_text(net->countries, c_area, row);
        if (!net->customs[p]) net->customs[p] = iso3;
        net->strait[p] = kind && strcmp(kind, "strait") == 0;
    }
done:
    return st;
}

karvan_status karvan_network_create(const karvan_package *region,
                                    const karvan_network_options *options, karvan_network **out,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_network *net = NULL;
    arc_list l = {0};
    bool *bordered = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && options && options->closure_spell_h > 0, err, KARVAN_E_ARG,
                   "a network needs a region and closure_spell_h above 0");
    net = karvan_i_calloc(1, sizeof *net);
    KARVAN_REQUIRE(net, err, KARVAN_E_NOMEM, "network");
    net->region = region, net->options = *options;
    KARVAN_TRY(karvan_i_need_table(region, "places", &net->places, err));
    KARVAN_TRY(karvan_i_need_table(region, "links", &net->links, err));
    KARVAN_TRY(karvan_i_need_table(region, "terminals", &net->terminals, err));
    KARVAN_TRY(karvan_i_need_table(region, "services", &net->services, err));
    KARVAN_TRY(karvan_i_need_table(region, "corridors", &net->corridors, err));
    KARVAN_TRY(karvan_i_need_table(region, "countries", &net->countries, err));
    KARVAN_TRY(read_places(net, err));
    KARVAN_TRY(number_modes(net, err));
    bordered = karvan_i_calloc((size_t)net->n_places * (size_t)net->n_modes + 1, sizeof *bordered);
    KARVAN_REQUIRE(bordered, err, KARVAN_E_NOMEM, "places");
    KARVAN_TRY(add_links(net, &l, err));
    KARVAN_TRY(add_terminals(net, &l, bordered, err));
    KARVAN_TRY(add_passes(net, &l, bordered, err));
    KARVAN_TRY(index_arcs(net, &l, err));
    *out = net, net = NULL;
done:
    karvan_i_free(bordered);
    karvan_i_free(l.a);
    karvan_network_destroy(net);
    return st;
}

void karvan_network_destroy(karvan_network *net) {
    if (!net) return;
    for (int32_t m = 0; m < net->n_modes; m++) karvan_i_free(net->modes[m]);
    karvan_i_free(net->modes), karvan_i_free(net->arcs), karvan_i_free(net->first);
    karvan_i_free(net->country), karvan_i_free(net->customs), karvan_i_free(net->strait);
    karvan_i_free(net);
}

int32_t karvan_network_places(const karvan_network *net) { return net->n_places; }
int32_t karvan_network_states(const karvan_network *net) { return net->n_states; }
int32_t karvan_network_arcs(const karvan_network *net) { return net->n_arcs; }
