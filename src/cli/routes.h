#ifndef KARVAN_SRC_CLI_ROUTES_H
#define KARVAN_SRC_CLI_ROUTES_H
/* The routes that `route` and `profile` ask for with the same options. */
#include "cli/cli.h"

typedef struct cli_routes {
    karvan_route *route; /* [n], of room for each corridor and two more */
    int n;
} cli_routes;

#define ROUTE_OPTIONS                                                                         \
    {"by", "time|cost|emissions|generalised", "what the best way is best by; several: A,B"},  \
        {"weights", "time=30,cost=1,co2=0.1,km=0", "best by a generalised cost of these"},    \
        {"corridor", "NAME", "only this corridor; several: A,B; all: each that leads there"}, \
        NETWORK_OPTIONS

/* From the two arguments and the options. KARVAN_E_NOCONV where no way at all leads there. */
karvan_status cli_routes_find(cli *c, cli_routes *out, karvan_error *err);
void cli_routes_clear(cli_routes *r);
/* {"routes":[...]}, the contract for scripts; one row a route; one row a leg. */
karvan_status cli_routes_json(const cli *c, int n, const karvan_route *r, karvan_error *err);
/* set: of `routes`, with a number and the places where cargo stops. */
karvan_status cli_routes_summary(const cli *c, int n, const karvan_route *r, bool set,
                                 karvan_error *err);
karvan_status cli_route_legs(const cli *c, const karvan_route *r, karvan_error *err);
/* Where --depart was said: when half and when nine of ten are there, a line. */
karvan_status cli_route_arrival(const cli *c, const karvan_route *r, karvan_error *err);
/* The corridor that was asked for, "any". */
const char *cli_route_title(const cli *c, const karvan_route *r);
#endif
