/* Routes as a table, one row a leg. */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "network/graph.h"
#include "table/cell.h"

/* "length;time;cost" sources of the leg's row, each once. */
static void sources(const karvan_package *region, const karvan_leg *leg, karvan_i_text *out) {
    static const char *const columns[] = {"length_source",  "time_source", "dwell_source",
                                          "headway_source", "cost_source", NULL};
    const karvan_table *t = karvan_package_table(region, leg->table);
    const char *seen[5];
    int n = 0;
    if (leg->operation == KARVAN_WAIT && strcmp(leg->table, "terminals") == 0) {
        karvan_i_text_puts(out, leg->source ? leg->source : ""); /* of the hours alone */
        return;
    }
    for (int i = 0; columns[i]; i++) {
        const char *s = karvan_i_cell_text(t, columns[i], leg->row);
        bool new = s != NULL;
        for (int k = 0; new &&k < n; k++) new = strcmp(seen[k], s) != 0;
        if (!new) continue;
        if (n > 0) karvan_i_text_puts(out, ";");
        karvan_i_text_puts(out, s);
        seen[n++] = s;
    }
}

enum {
    C_CORRIDOR,
    C_BY,
    C_LEG,
    C_FROM,
    C_TO,
    C_MODE,
    C_OP,
    C_KM,
    C_H,
    C_USD,
    C_CO2,
    C_SOURCE,
    C_WHY,
    C_FIXED,
    C_DISTANCE,
    C_WAIT,
    C_VARIANCE,
    C_ROUTE,
    C_END
};

static karvan_status add_leg(karvan_builder *b, const karvan_package *region, const karvan_route *r,
                             int32_t i, int32_t k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_leg *l = &r->legs[k];
    const karvan_table *places = karvan_package_table(region, "places");
    const karvan_table *corridors = karvan_package_table(region, "corridors");
    karvan_i_text from = {0};
    KARVAN_TRY(karvan_builder_row(b, err));
    const char *corridor =
        r->corridor < 0 ? "any" : karvan_i_cell_text(corridors, "id", r->corridor);
    KARVAN_TRY(karvan_builder_text(b, C_CORRIDOR, corridor, err));
    KARVAN_TRY(karvan_builder_text(b, C_BY, karvan_objective_name(r->objective), err));
    KARVAN_TRY(karvan_builder_int(b, C_LEG, k + 1, err));
    KARVAN_TRY(karvan_builder_text(b, C_FROM, karvan_i_cell_text(places, "id", l->from), err));
    KARVAN_TRY(karvan_builder_text(b, C_TO, karvan_i_cell_text(places, "id", l->to), err));
    KARVAN_TRY(karvan_builder_text(b, C_MODE, l->mode, err));
    KARVAN_TRY(karvan_builder_text(b, C_OP, l->operation_id, err));
    KARVAN_TRY(karvan_builder_real(b, C_KM, l->km, err));
    KARVAN_TRY(karvan_builder_real(b, C_H, l->hours, err));
    KARVAN_TRY(karvan_builder_real(b, C_USD, l->usd_per_teu, err));
    KARVAN_TRY(karvan_builder_real(b, C_CO2, l->co2e_kg_per_teu, err));
    sources(region, l, &from);
    KARVAN_TRY(karvan_i_text_status(&from, err));
    KARVAN_TRY(karvan_builder_text(b, C_SOURCE, from.s, err));
    KARVAN_TRY(karvan_builder_text(b, C_WHY, l->why, err));
    KARVAN_TRY(karvan_builder_real(b, C_FIXED, l->fixed_h, err));
    KARVAN_TRY(karvan_builder_real(b, C_DISTANCE, l->distance_h, err));
    KARVAN_TRY(karvan_builder_real(b, C_WAIT, l->wait_h, err));
    KARVAN_TRY(karvan_builder_real(b, C_VARIANCE, karvan_i_variance_share(r, k), err));
    KARVAN_TRY(karvan_builder_int(b, C_ROUTE, i + 1, err));
done:
    karvan_i_text_clear(&from);
    return st;
}

karvan_status karvan_route_table(const karvan_package *region, int32_t n,
                                 const karvan_route *routes, karvan_table **out,
                                 karvan_error *err) {
    static const karvan_column columns[C_END] = {{"corridor", KARVAN_TEXT, NULL},
                                                 {"best_by", KARVAN_TEXT, NULL},
                                                 {"leg", KARVAN_INT, NULL},
                                                 {"from", KARVAN_TEXT, NULL},
                                                 {"to", KARVAN_TEXT, NULL},
                                                 {"mode", KARVAN_TEXT, NULL},
                                                 {"operation", KARVAN_TEXT, NULL},
                                                 {"km", KARVAN_REAL, "km"},
                                                 {"hours", KARVAN_REAL, "h"},
                                                 {"usd_per_teu", KARVAN_REAL, "USD/TEU"},
                                                 {"co2e", KARVAN_REAL, "kg/TEU"},
                                                 {"source", KARVAN_TEXT, NULL},
                                                 {"why", KARVAN_TEXT, NULL},
                                                 {"fixed_h", KARVAN_REAL, "h"},
                                                 {"distance_h", KARVAN_REAL, "h"},
                                                 {"wait_h", KARVAN_REAL, "h"},
                                                 {"variance_share", KARVAN_REAL, NULL},
                                                 {"route", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && (n == 0 || routes) && n >= 0, err, KARVAN_E_ARG, "no routes");
    KARVAN_TRY(karvan_builder_create("route", C_END, columns, &b, err));
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = 0; k < routes[i].n_legs; k++)
            KARVAN_TRY(add_leg(b, region, &routes[i], i, k, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
