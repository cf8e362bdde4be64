#include "cli/routes.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "table/cell.h"

static const double TOO_LONG = 4.0;

static karvan_status objective(const char *s, karvan_objective *out, karvan_error *err) {
    for (int k = KARVAN_BY_TIME; k <= KARVAN_BY_GENERALISED; k++)
        if (strcmp(karvan_objective_name((karvan_objective)k), s) == 0)
            return *out = (karvan_objective)k, KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "--by is time, cost, emissions or generalised, not '%.40s'", s);
}

/* w = delta v / 24 per tonne-hour (docs/methods/network.md), times the tonnes of a TEU. */
static karvan_status value_of_time(const cli *c, double *usd_h, karvan_error *err) {
    const karvan_table *t = karvan_package_table(c->region, "cargo_classes");
    int64_t row;
    karvan_status st = cli_cargo(c, "general", &row, err);
    if (st != KARVAN_OK) return st;
    *usd_h = karvan_i_cell_real(t, "delta_percent_day", row) / 100.0 *
             karvan_i_cell_real(t, "value_usd_per_t", row) *
             karvan_i_cell_real(t, "tonnes_per_teu", row) / 24.0;
    if (*usd_h >= 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA, "cargo class %s has no value of time",
                       karvan_i_cell_text(t, "id", row));
}

static karvan_status add(cli *c, cli_routes *r, const karvan_route_query *q, bool must,
                         karvan_error *err) {
    karvan_error why = {0};
    karvan_status st = karvan_route_best(c->net, q, &r->route[r->n], &why);
    if (st == KARVAN_OK) r->n++;
    if (st == KARVAN_E_NOCONV && !must) return KARVAN_OK; /* a corridor that does not lead there */
    return st == KARVAN_OK ? st : karvan_fail(err, st, "%s", why.msg);
}

static karvan_status add_corridors(cli *c, cli_routes *r, karvan_route_query q, karvan_error *err) {
    const karvan_table *t = karvan_package_table(c->region, "corridors");
    double best = r->n > 0 ? r->route[0].hours : INFINITY;
    for (int64_t k = 0; t && k < karvan_table_rows(t); k++) {
        q.corridor = (int32_t)k;
        int before = r->n;
        karvan_status st = add(c, r, &q, false, err);
        if (st != KARVAN_OK) return st;
        /* a corridor that is three times round the world is no answer unless it was asked for */
        if (r->n > before && r->route[before].hours > TOO_LONG * best)
            karvan_route_clear(&r->route[--r->n]);
    }
    return KARVAN_OK;
}

static karvan_status make_room(const cli *c, cli_routes *out, karvan_error *err) {
    const karvan_table *t = karvan_package_table(c->region, "corridors");
    size_t n = (size_t)karvan_table_rows(t) + 2;
    out->route = karvan_i_calloc(n, sizeof *out->route);
    return out->route ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for %zu routes", n);
}

karvan_status cli_routes_find(cli *c, cli_routes *out, karvan_error *err) {
    karvan_route_query q = {.corridor = -1};
    const char *by = cli_option(c, "by"), *corridor = cli_option(c, "corridor");
    karvan_status st = cli_open_region(c, err);
    if (st == KARVAN_OK) st = cli_open_network(c, err);
    if (st == KARVAN_OK) st = make_room(c, out, err);
    if (st == KARVAN_OK) st = karvan_network_place(c->region, c->argument[0], &q.from, err);
    if (st == KARVAN_OK) st = karvan_network_place(c->region, c->argument[1], &q.to, err);
    if (st == KARVAN_OK && by) st = objective(by, &q.objective, err);
    if (st == KARVAN_OK && (q.objective == KARVAN_BY_GENERALISED || cli_switch(c, "cargo")))
        st = value_of_time(c, &q.value_of_time_usd_h, err);
    bool all = !corridor || strcmp(corridor, "all") == 0;
    if (st == KARVAN_OK && !all)
        st = karvan_network_corridor(c->region, corridor, &q.corridor, err);
    if (st == KARVAN_OK && corridor && all) {
        st = add_corridors(c, out, q, err);
        if (st == KARVAN_OK && out->n == 0)
            st = karvan_fail(err, KARVAN_E_NOCONV, "no corridor leads from %s to %s",
                             c->argument[0], c->argument[1]);
        return st;
    }
    if (st == KARVAN_OK) st = add(c, out, &q, true, err);
    if (st != KARVAN_OK || by || corridor) return st;
    q.objective = KARVAN_BY_COST; /* nothing said: by time, by cost, and each corridor by time */
    st = add(c, out, &q, true, err);
    q.objective = KARVAN_BY_TIME;
    return st == KARVAN_OK ? add_corridors(c, out, q, err) : st;
}

void cli_routes_clear(cli_routes *r) {
    for (int i = 0; i < r->n; i++) karvan_route_clear(&r->route[i]);
    karvan_i_free(r->route);
    *r = (cli_routes){.n = 0};
}
