/* Tables by pair: what goes, by which routes, what stays at home and why. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "flow/freight_tables.h"
#include "table/cell.h"

double karvan_i_way_hours(const karvan_freight *f, const karvan_i_way *way) {
    const karvan_i_lane *lane = &f->lane[f->pair_lane[way->pair]];
    double hours = way->hours;
    for (int64_t i = way->first; i < way->first + way->n; i++)
        for (int64_t u = lane->use_first[f->ways.arc[i]]; u < lane->use_first[f->ways.arc[i] + 1];
             u++)
            hours += f->delay_h[lane->use[u]];
    return hours;
}

static const char *place_id(const karvan_freight *f, int32_t place) {
    return karvan_i_cell_text(f->places, "id", place);
}

/* Origin, destination and class: the first three columns of all tables here. */
static karvan_status begin_row(const karvan_freight *f, int32_t k, karvan_builder *b,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, place_id(f, f->pair_from[k]), err));
    KARVAN_TRY(karvan_builder_text(b, 1, place_id(f, f->pair_to[k]), err));
    KARVAN_TRY(karvan_builder_text(b, 2, f->lane[f->pair_lane[k]].id, err));
done:
    return st;
}

static karvan_status reals(karvan_builder *b, int column, int n, const double *v,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < n; i++) KARVAN_TRY(karvan_builder_real(b, column + i, v[i], err));
done:
    return st;
}

karvan_status karvan_i_freight_pairs(const karvan_freight *f, karvan_table **out,
                                     karvan_error *err) {
    static const karvan_column columns[] = {{"origin", KARVAN_TEXT, NULL},
                                            {"destination", KARVAN_TEXT, NULL},
                                            {"class", KARVAN_TEXT, NULL},
                                            {"demand_teu_day", KARVAN_REAL, "TEU"},
                                            {"served_teu_day", KARVAN_REAL, "TEU"},
                                            {"unserved_teu_day", KARVAN_REAL, "TEU"},
                                            {"cost_free", KARVAN_REAL, "USD/TEU"},
                                            {"cost", KARVAN_REAL, "USD/TEU"},
                                            {"hours", KARVAN_REAL, "h"},
                                            {"usd", KARVAN_REAL, "USD/TEU"}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("pairs", 10, columns, &b, err));
    for (int32_t k = 0; k < f->n_pairs; k++) {
        double hours = 0, usd = 0, flow = 0;
        for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++) {
            hours += f->flow[w] * karvan_i_way_hours(f, &f->ways.way[w]);
            usd += f->flow[w] * f->ways.way[w].usd, flow += f->flow[w];
        }
        double v[] = {f->demand[k],
                      f->served[k],
                      f->demand[k] - f->served[k],
                      f->cost_free[k],
                      f->cost[k],
                      flow > 0 ? hours / flow : NAN,
                      flow > 0 ? usd / flow : NAN};
        KARVAN_TRY(begin_row(f, k, b, err));
        KARVAN_TRY(reals(b, 3, 7, v, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- routes ---- */

/* Places where the mode changes, and the modes between them. */
static void say_path(const karvan_freight *f, const karvan_i_way *way, karvan_i_text *t) {
    const karvan_network *net = f->lane[f->pair_lane[way->pair]].net;
    int32_t mode = -1, at = f->pair_from[way->pair];
    karvan_i_text_puts(t, place_id(f, at));
    for (int64_t i = way->first; i < way->first + way->n; i++) {
        const karvan_i_arc *a = &net->arcs[f->ways.arc[i]];
        if (a->kind != KARVAN_I_ARC_LINK) continue;
        int32_t m = karvan_i_state_mode(net, a->tail);
        if (mode >= 0 && m != mode)
            karvan_i_text_printf(t, " %s %s", net->modes[mode], place_id(f, at));
        mode = m, at = karvan_i_state_place(net, a->head);
    }
    if (mode >= 0) karvan_i_text_printf(t, " %s %s", net->modes[mode], place_id(f, at));
}

static karvan_status add_route(const karvan_freight *f, int64_t w, karvan_i_text *t,
                               karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_way *way = &f->ways.way[w];
    int32_t k = way->pair;
    double v[] = {f->demand[k] > 0 ? f->flow[w] / f->demand[k] : 0,
                  f->flow[w],
                  f->way_cost[w],
                  way->usd,
                  karvan_i_way_hours(f, way),
                  way->spread_h};
    t->n = 0;
    say_path(f, way, t);
    KARVAN_TRY(karvan_i_text_status(t, err));
    KARVAN_TRY(begin_row(f, k, b, err));
    KARVAN_TRY(karvan_builder_text(
        b, 3, way->corridor < 0 ? NULL : karvan_i_cell_text(f->corridors, "id", way->corridor),
        err));
    KARVAN_TRY(reals(b, 4, 6, v, err));
    KARVAN_TRY(karvan_builder_text(b, 10, t->s, err));
done:
    return st;
}

karvan_status karvan_i_freight_route_list(const karvan_freight *f, karvan_table **out,
                                          karvan_error *err) {
    static const karvan_column columns[] = {
        {"origin", KARVAN_TEXT, NULL},    {"destination", KARVAN_TEXT, NULL},
        {"class", KARVAN_TEXT, NULL},     {"corridor", KARVAN_TEXT, NULL},
        {"share", KARVAN_REAL, NULL},     {"teu_day", KARVAN_REAL, "TEU"},
        {"cost", KARVAN_REAL, "USD/TEU"}, {"usd", KARVAN_REAL, "USD/TEU"},
        {"hours", KARVAN_REAL, "h"},      {"spread_h", KARVAN_REAL, "h"},
        {"path", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_i_text t = {0};
    KARVAN_TRY(karvan_builder_create("routes", 11, columns, &b, err));
    for (int64_t w = 0; w < f->ways.n; w++) KARVAN_TRY(add_route(f, w, &t, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_i_text_clear(&t);
    karvan_builder_destroy(b);
    return st;
}

/* ---- what stays at home ---- */

karvan_status karvan_i_freight_left(const karvan_freight *f, karvan_table **out,
                                    karvan_error *err) {
    static const karvan_column columns[] = {
        {"origin", KARVAN_TEXT, NULL},       {"destination", KARVAN_TEXT, NULL},
        {"class", KARVAN_TEXT, NULL},        {"teu_day", KARVAN_REAL, "TEU"},
        {"share_percent", KARVAN_REAL, "%"}, {"why", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("unserved", 6, columns, &b, err));
    for (int32_t k = 0; k < f->n_pairs; k++) {
        char why[600];
        double left = f->demand[k] - f->served[k];
        if (!(left > 1e-6 * f->demand[k])) continue;
        KARVAN_TRY(karvan_i_freight_why(f, k, why, sizeof why, err));
        KARVAN_TRY(begin_row(f, k, b, err));
        KARVAN_TRY(karvan_builder_real(b, 3, left, err));
        KARVAN_TRY(karvan_builder_real(b, 4, 100 * left / f->demand[k], err));
        KARVAN_TRY(karvan_builder_text(b, 5, why, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
