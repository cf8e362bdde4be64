/* Routes as the numbers of a time-cost-distance diagram: what has been spent at each point of the
 * way (UN ESCAP 2004, after Beresford and Dubey 1990). */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/graph.h"
#include "table/cell.h"

enum {
    C_CORRIDOR,
    C_BY,
    C_POINT,
    C_PLACE,
    C_NAME,
    C_CAUSE,
    C_MODE,
    C_KM,
    C_HOURS,
    C_P10,
    C_P50,
    C_P90,
    C_USD,
    C_LEG_H,
    C_LEG_USD,
    C_WHY,
    C_END
};

/* The point after k legs; km and usd: spent so far. */
static karvan_status add_point(karvan_builder *b, const karvan_network *net, const karvan_route *r,
                               int32_t k, const karvan_time_quantiles *q, double km, double usd,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_leg *l = k > 0 ? &r->legs[k - 1] : NULL;
    int32_t place = l ? l->to : r->legs[0].from;
    const char *id = karvan_i_cell_text(net->corridors, "id", r->corridor);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, C_CORRIDOR, id ? id : "any", err));
    KARVAN_TRY(karvan_builder_text(b, C_BY, karvan_objective_name(r->objective), err));
    KARVAN_TRY(karvan_builder_int(b, C_POINT, k, err));
    KARVAN_TRY(karvan_builder_text(b, C_PLACE, karvan_i_cell_text(net->places, "id", place), err));
    KARVAN_TRY(karvan_builder_text(b, C_NAME, karvan_i_cell_text(net->places, "name", place), err));
    KARVAN_TRY(
        karvan_builder_text(b, C_CAUSE, l ? karvan_operation_name(l->operation) : "start", err));
    KARVAN_TRY(karvan_builder_text(b, C_MODE, l ? l->mode : r->legs[0].mode, err));
    KARVAN_TRY(karvan_builder_real(b, C_KM, km, err));
    KARVAN_TRY(karvan_builder_real(b, C_HOURS, q->mean_h, err));
    KARVAN_TRY(karvan_builder_real(b, C_P10, q->p10_h, err));
    KARVAN_TRY(karvan_builder_real(b, C_P50, q->p50_h, err));
    KARVAN_TRY(karvan_builder_real(b, C_P90, q->p90_h, err));
    KARVAN_TRY(karvan_builder_real(b, C_USD, usd, err));
    KARVAN_TRY(karvan_builder_real(b, C_LEG_H, l ? l->hours : 0, err));
    KARVAN_TRY(karvan_builder_real(b, C_LEG_USD, l ? l->usd_per_teu : 0, err));
    KARVAN_TRY(karvan_builder_text(b, C_WHY, l ? l->why : "first departure", err));
done:
    return st;
}

static karvan_status add_route(karvan_builder *b, const karvan_network *net, const karvan_route *r,
                               double step_h, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double km = 0, usd = 0;
    karvan_time_quantiles *q = NULL;
    if (r->n_legs == 0) return KARVAN_OK;
    q = karvan_i_calloc((size_t)r->n_legs + 1, sizeof *q);
    KARVAN_REQUIRE(q, err, KARVAN_E_NOMEM, "no memory for a distribution");
    KARVAN_TRY(karvan_route_quantiles(net, r, step_h, q, err));
    for (int32_t k = 0; k <= r->n_legs; k++) {
        if (k > 0) km += r->legs[k - 1].km, usd += r->legs[k - 1].usd_per_teu;
        KARVAN_TRY(add_point(b, net, r, k, &q[k], km, usd, err));
    }
done:
    karvan_i_free(q);
    return st;
}

karvan_status karvan_route_profile(const karvan_network *net, int32_t n, const karvan_route *routes,
                                   double step_h, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[C_END] = {
        {"corridor", KARVAN_TEXT, NULL},     {"best_by", KARVAN_TEXT, NULL},
        {"point", KARVAN_INT, NULL},         {"place", KARVAN_TEXT, NULL},
        {"name", KARVAN_TEXT, NULL},         {"cause", KARVAN_TEXT, NULL},
        {"mode", KARVAN_TEXT, NULL},         {"km", KARVAN_REAL, "km"},
        {"hours", KARVAN_REAL, "h"},         {"p10_h", KARVAN_REAL, "h"},
        {"p50_h", KARVAN_REAL, "h"},         {"p90_h", KARVAN_REAL, "h"},
        {"usd", KARVAN_REAL, "USD/TEU"},     {"leg_hours", KARVAN_REAL, "h"},
        {"leg_usd", KARVAN_REAL, "USD/TEU"}, {"why", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net && n >= 0 && (n == 0 || routes) && step_h > 0, err, KARVAN_E_ARG,
                   "a profile needs a network, routes and a step above 0 h");
    KARVAN_TRY(karvan_builder_create("profile", C_END, columns, &b, err));
    for (int32_t i = 0; i < n; i++) KARVAN_TRY(add_route(b, net, &routes[i], step_h, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
