/* Sets of routes: which ways none beats in all that counts, the shortest few, those that differ. */
#include "base/try.h"
#include "cli/asked.h"
#include "cli/routes.h"

static karvan_status print(const cli *c, const karvan_routes *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    if (c->format == KARVAN_FORMAT_JSON) return cli_routes_json(c, r->n, r->route, err);
    if (c->format == KARVAN_FORMAT_CSV) {
        KARVAN_TRY(karvan_route_table(c->region, r->n, r->route, &t, err));
        st = cli_print(c, t, err);
        goto done;
    }
    KARVAN_TRY(cli_routes_summary(c, r->n, r->route, true, err));
    for (int32_t i = 0; i < r->n && cli_switch(c, "legs"); i++) {
        (void)printf("\nroute %d, leg by leg:\n", (int)i + 1);
        KARVAN_TRY(cli_route_legs(c, &r->route[i], err));
    }
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status run_routes(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_routes r = {0};
    cli_asked asked;
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(cli_open_network(c, err));
    KARVAN_TRY(cli_asked_read(c, &asked, err));
    KARVAN_TRY(karvan_routes_find(c->net, &asked.q, &r, err));
    if (r.capped)
        (void)fprintf(stderr, "karvan: the set is incomplete: it has more labels than are kept\n");
    KARVAN_TRY(print(c, &r, err));
done:
    karvan_routes_clear(&r);
    return st;
}

static const option_spec options[] = {
    {"pareto", "A,B", "what is weighed: time, cost, emissions, dispersion (default: time,cost)"},
    {"k", "N", "the N routes of least generalised cost"},
    {"alternatives", "N", "N routes that differ, by generalised cost"},
    {"overlap", "PART", "how much of an earlier one alternatives may share (default: 0.6)"},
    {"weights", "time=30,cost=1,co2=0.1,km=0",
     "generalised cost: what an hour, a dollar, a kg CO2e, a km counts (default: time=1)"},
    ASKED_OPTIONS,
    NETWORK_OPTIONS,
    {"legs", NULL, "each route leg by leg"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan routes \"Xi'an\" Duisburg",
    "karvan routes Aktau Constanta --pareto time,cost,dispersion",
    "karvan routes \"Xi'an\" Duisburg --avoid-country RUS,IRN --avoid-mode road",
    "karvan routes Almaty Istanbul --k 5 --weights time=30,cost=1 --avoid-border KAZ-RUS",
    "karvan routes \"Xi'an\" Duisburg --alternatives 3 --overlap 0.5 --legs",
    "karvan routes Tashkent Istanbul --via \"Aktau|Turkmenbashi\" --max-transhipments 4",
    NULL};
const command command_routes = {
    "routes",
    "the ways that no other beats, the shortest few, or some that differ",
    "FROM TO",
    "Finds a set of routes. The Pareto set: those of which none is as good as another in all that "
    "is weighed and\n"
    "better in some; one stands for each vector of values, the best by the first on top. With --k "
    "the N best by\n"
    "generalised cost. With --alternatives the best, then the best that shares little with those "
    "before it. The ends\n"
    "may lie in what is avoided. Where no way leads there, it says what cuts it.",
    options,
    examples,
    2,
    2,
    run_routes};
