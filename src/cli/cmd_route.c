#include "cli/routes.h"

static karvan_status run_route(cli *c, karvan_error *err) {
    cli_routes r = {.n = 0};
    karvan_table *t = NULL;
    karvan_status st = cli_routes_find(c, &r, err);
    if (st == KARVAN_OK && c->format == KARVAN_FORMAT_JSON) {
        st = cli_routes_json(c, r.n, r.route, err);
    } else if (st == KARVAN_OK && c->format == KARVAN_FORMAT_CSV) {
        st = karvan_route_table(c->region, r.n, r.route, &t, err);
        if (st == KARVAN_OK) st = cli_print(c, t, err);
    } else if (st == KARVAN_OK) {
        st = cli_routes_summary(c, r.n, r.route, false, err);
        for (int i = 0; st == KARVAN_OK && i < (cli_switch(c, "all") ? r.n : 1); i++) {
            (void)printf("\n%s, best by %s, leg by leg:\n", cli_route_title(c, &r.route[i]),
                         karvan_objective_name(r.route[i].objective));
            if (c->by_clock) st = cli_route_arrival(c, &r.route[i], err);
            if (st == KARVAN_OK) st = cli_route_legs(c, &r.route[i], err);
        }
    }
    karvan_table_destroy(t);
    cli_routes_clear(&r);
    return st;
}

static const option_spec options[] = {ROUTE_OPTIONS,
                                      {"depart", "DATE[THH:MM]",
                                       "ready then, by the clock of FROM: timetables, opening "
                                       "hours, seasons and weather as they come"},
                                      {"all", NULL, "legs of every route, not of the first alone"},
                                      {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan route Altynkol Constanta --corridor middle",
    "karvan route \"Xi'an\" Duisburg",
    "karvan route KZAAU Poti --by cost --format json",
    "karvan route Tashkent Istanbul --by generalised --cargo cotton",
    "karvan route \"Xi'an\" Baku --corridor middle --depart 2026-01-05T08:00",
    NULL};
const command command_route = {
    "route",
    "which way, how long, how sure, at what cost",
    "FROM TO",
    "Finds the best way by time, by cost and by each corridor, and explains it leg by leg: mode, "
    "km, hours,\n"
    "USD per loaded 20-ft container, where it waits and why. Places by name, UN/LOCODE or alias. "
    "Times run from\n"
    "the first departure to the last arrival; P10 and P90 come from the distribution of every leg. "
    "Loads come at\n"
    "random to what leaves or opens, unless --depart says when they start.",
    options,
    examples,
    2,
    2,
    run_route};
