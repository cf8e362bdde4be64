/* The state graph of a region: its states, and its arcs in the order of the tables. */
#include "network/graph.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/build.h"
#include "table/cell.h"

bool karvan_i_open_on(const karvan_edtf *from, const karvan_edtf *to, karvan_day day) {
    if (from && from->latest > day) return false;
    return !(to && to->latest < day);
}

bool karvan_i_row_in_service(const karvan_network *net, const karvan_table *t, int64_t row) {
    const karvan_edtf *from = karvan_i_cell_date(t, "open_from", row),
                      *to = karvan_i_cell_date(t, "open_to", row);
    karvan_day date = net->options.date;
    if (!net->options.by_clock) return karvan_i_open_on(from, to, date);
    enum { JOURNEY_DAYS = 366 }; /* what opens on the way may be waited for */
    karvan_day end = date < KARVAN_DAY_MAX - JOURNEY_DAYS ? date + JOURNEY_DAYS : KARVAN_DAY_MAX;
    return !(from && from->latest > end) && !(to && to->latest < date);
}

bool karvan_i_row_open(const karvan_network *net, const karvan_table *t, int64_t row) {
    return net->whenever || karvan_i_row_in_service(net, t, row);
}

karvan_status karvan_i_place_of(const karvan_network *net, const karvan_table *t, int column,
                                int64_t row, int32_t *out, karvan_error *err) {
    const char *id = karvan_table_text(t, column, row);
    int64_t place = id ? karvan_package_row(net->region, "places", id) : -1;
    if (place < 0) return karvan_i_refuse(t, column, row, "no such place in table places", err);
    *out = (int32_t)place;
    return KARVAN_OK;
}

void karvan_i_set_hours(karvan_i_arc *arc, double fixed_p50_h, double moving_p50_h,
                        double p90_over_p50, const karvan_i_factor *f) {
    double sigma = karvan_i_sigma(p90_over_p50), up = exp(sigma * sigma / 2.0);
    arc->p50_h = (fixed_p50_h + moving_p50_h) * f->hours + f->add_hours;
    arc->p90_over_p50 = p90_over_p50 > 1.0 ? p90_over_p50 : 1.0;
    arc->distance_h = moving_p50_h * f->hours * up;
    arc->hours = arc->p50_h * up;
    arc->fixed_h = arc->hours - arc->distance_h;
    arc->var_h2 = arc->hours * arc->hours * expm1(sigma * sigma);
}

/* ---- states and arcs ---- */

karvan_status karvan_i_build_push(karvan_i_build *b, const karvan_i_arc *arc, karvan_error *err) {
    if (b->n == b->cap) {
        int32_t cap = b->cap ? 2 * b->cap : 256;
        karvan_i_arc *a = karvan_i_realloc(b->arcs, (size_t)cap, sizeof *a);
        if (!a) return karvan_fail(err, KARVAN_E_NOMEM, "%d arcs", (int)cap);
        b->arcs = a, b->cap = cap;
    }
    b->arcs[b->n++] = *arc;
    return KARVAN_OK;
}

static karvan_status room_for_states(karvan_i_build *b, int32_t n, karvan_error *err) {
    karvan_network *net = b->net;
    if (n <= b->cap_states) return KARVAN_OK;
    size_t cap = (size_t)n + (size_t)n / 4 + 16;
    int32_t *place = karvan_i_realloc(net->state_place, cap, sizeof *place);
    if (place) net->state_place = place;
    int32_t *layer = karvan_i_realloc(net->state_layer, cap, sizeof *layer);
    if (layer) net->state_layer = layer;
    uint8_t *side = karvan_i_realloc(net->state_side, cap, sizeof *side);
    if (side) net->state_side = side;
    if (!place || !layer || !side) return karvan_fail(err, KARVAN_E_NOMEM, "%d states", (int)n);
    b->cap_states = (int32_t)cap;
    return KARVAN_OK;
}

karvan_status karvan_i_build_state(karvan_i_build *b, int32_t place, int32_t layer,
                                   karvan_i_side side, int32_t *out, karvan_error *err) {
    karvan_status st = room_for_states(b, b->n_states + 1, err);
    if (st != KARVAN_OK) return st;
    b->net->state_place[b->n_states] = place;
    b->net->state_layer[b->n_states] = layer;
    b->net->state_side[b->n_states] = (uint8_t)side;
    *out = b->n_states++;
    return KARVAN_OK;
}

/* In the order of karvan_i_state, karvan_i_origin and karvan_i_destination. */
static karvan_status number_states(karvan_i_build *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->net;
    int32_t s;
    KARVAN_REQUIRE((int64_t)net->n_places * (net->n_layers + 1) < INT32_MAX / 4, err, KARVAN_E_DATA,
                   "%d places in %d layers are more states than can be numbered",
                   (int)net->n_places, (int)net->n_layers);
    KARVAN_TRY(room_for_states(b, net->n_places * (net->n_layers + 1) * 2, err));
    for (int32_t p = 0; p < net->n_places; p++)
        for (int32_t l = 0; l < net->n_layers; l++) {
            KARVAN_TRY(karvan_i_build_state(b, p, l, KARVAN_I_ARRIVED, &s, err));
            KARVAN_TRY(karvan_i_build_state(b, p, l, KARVAN_I_DEPARTING, &s, err));
        }
    for (int32_t p = 0; p < net->n_places; p++) {
        KARVAN_TRY(karvan_i_build_state(b, p, -1, KARVAN_I_ORIGIN, &s, err));
        KARVAN_TRY(karvan_i_build_state(b, p, -1, KARVAN_I_DESTINATION, &s, err));
    }
done:
    return st;
}

/* Stable counting sort of the arcs by tail. */
static karvan_status index_arcs(karvan_i_build *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_network *net = b->net;
    int32_t *at = NULL;
    net->n_states = b->n_states;
    net->arcs = karvan_i_calloc((size_t)b->n + 1, sizeof *net->arcs);
    net->first = karvan_i_calloc((size_t)net->n_states + 1, sizeof *net->first);
    at = karvan_i_calloc((size_t)net->n_states + 1, sizeof *at);
    KARVAN_REQUIRE(net->arcs && net->first && at, err, KARVAN_E_NOMEM, "%d arcs", (int)b->n);
    for (int32_t i = 0; i < b->n; i++) net->first[b->arcs[i].tail + 1]++;
    for (int32_t s = 0; s < net->n_states; s++) net->first[s + 1] += net->first[s];
    memcpy(at, net->first, ((size_t)net->n_states + 1) * sizeof *at);
    for (int32_t i = 0; i < b->n; i++) net->arcs[at[b->arcs[i].tail]++] = b->arcs[i];
    net->n_arcs = b->n;
done:
    karvan_i_free(at);
    return st;
}

/* ---- the whole ---- */

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
            return karvan_i_refuse(net->places, c_country, p, "no such country in table countries",
                                   err);
        net->country[p] = iso3;
        net->customs[p] = karvan_table_text(net->countries, c_area, row);
        if (!net->customs[p]) net->customs[p] = iso3;
        net->strait[p] = kind && strcmp(kind, "strait") == 0;
    }
done:
    return st;
}

static karvan_status find_tables(karvan_network *net, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *cargo = net->options.cargo_class;
    KARVAN_TRY(karvan_i_need_table(net->region, "places", &net->places, err));
    KARVAN_TRY(karvan_i_need_table(net->region, "links", &net->links, err));
    KARVAN_TRY(karvan_i_need_table(net->region, "terminals", &net->terminals, err));
    KARVAN_TRY(karvan_i_need_table(net->region, "services", &net->services, err));
    KARVAN_TRY(karvan_i_need_table(net->region, "corridors", &net->corridors, err));
    KARVAN_TRY(karvan_i_need_table(net->region, "countries", &net->countries, err));
    net->mode_table = karvan_package_table(net->region, "modes");
    net->operation_table = karvan_package_table(net->region, "operations");
    net->cargo_class =
        cargo ? (int32_t)karvan_package_row(net->region, "cargo_classes", cargo) : -1;
    KARVAN_REQUIRE(!cargo || net->cargo_class >= 0, err, KARVAN_E_ARG,
                   "no cargo class '%.40s' in table cargo_classes", cargo);
done:
    return st;
}

karvan_status karvan_i_network_create(const karvan_package *region,
                                      const karvan_network_options *options, bool whenever,
                                      karvan_network **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_build b = {0};
    karvan_network *net = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && options && options->closure_spell_h > 0, err, KARVAN_E_ARG,
                   "a network needs a region and closure_spell_h above 0");
    KARVAN_REQUIRE(options->month >= 0 && options->month <= 12, err, KARVAN_E_ARG,
                   "a month is 1 to 12, or 0 for the year, not %d", options->month);
    net = karvan_i_calloc(1, sizeof *net);
    KARVAN_REQUIRE(net, err, KARVAN_E_NOMEM, "network");
    net->region = region, net->options = *options, net->whenever = whenever, b.net = net;
    KARVAN_TRY(find_tables(net, err));
    KARVAN_TRY(read_places(net, err));
    KARVAN_TRY(karvan_i_clocks_read(region, options->closure_spell_h, &net->clocks, err));
    KARVAN_TRY(karvan_i_build_modes(net, err));
    KARVAN_TRY(karvan_i_build_operations(net, err));
    KARVAN_TRY(number_states(&b, err));
    KARVAN_TRY(karvan_i_build_links(&b, err));
    KARVAN_TRY(karvan_i_build_terminals(&b, err));
    KARVAN_TRY(index_arcs(&b, err));
    net->options.cargo_class = NULL; /* borrowed for this call only */
    *out = net, net = NULL;
done:
    karvan_i_free(b.arcs);
    karvan_network_destroy(net);
    return st;
}

karvan_status karvan_network_create(const karvan_package *region,
                                    const karvan_network_options *options, karvan_network **out,
                                    karvan_error *err) {
    return karvan_i_network_create(region, options, false, out, err);
}

void karvan_network_destroy(karvan_network *net) {
    if (!net) return;
    for (int32_t m = 0; m < net->n_modes; m++) karvan_i_free(net->modes[m]);
    karvan_i_free(net->modes), karvan_i_free(net->statuses), karvan_i_free(net->operations);
    karvan_i_free(net->arcs), karvan_i_free(net->first);
    karvan_i_free(net->state_place), karvan_i_free(net->state_layer);
    karvan_i_free(net->state_side);
    karvan_i_clocks_clear(&net->clocks);
    karvan_i_free(net->country), karvan_i_free(net->customs), karvan_i_free(net->strait);
    karvan_i_free(net);
}

int32_t karvan_network_places(const karvan_network *net) { return net->n_places; }
int32_t karvan_network_states(const karvan_network *net) { return net->n_states; }
int32_t karvan_network_arcs(const karvan_network *net) { return net->n_arcs; }
