#ifndef KARVAN_SRC_CLI_FREIGHT_H
#define KARVAN_SRC_CLI_FREIGHT_H
/* Freight of the region at equilibrium: what karvan assign and karvan select share. */
#include "cli/cli.h"
#include "karvan/freight.h"

#define FREIGHT_OPTIONS                                                                       \
    {"year", "YEAR", "demand, and what is open, of this year (default: setting flow_year)"},  \
        {"date", "DATE", "what is open on this day instead (default: the first of July)"},    \
        {"demand", "FILE",                                                                    \
         "demand instead of the region's own: origin, destination (countries or places), "    \
         "cargo_class, teu or tonnes a year"},                                                \
        {"empties", NULL, "wagons, trucks and ships go back empty to where they are needed"}, \
        {"deterministic", NULL, "all take the way of least cost"}, {                          \
        "reject", "USD", "what staying at home costs, USD a TEU"                              \
    }

typedef struct cli_freight {
    karvan_freight_demand demand;
    karvan_freight *f;
    karvan_freight_stats stats;
    karvan_error told;        /* why it did not converge */
    int64_t untold_by_weight; /* printed rows of links in tonnes, whose unit is not printed */
} cli_freight;

/* KARVAN_E_ARG where an option of the list, NULL-ended, is given: it is of a network's file. */
karvan_status cli_freight_refuse(const cli *c, const char *const *of_files, karvan_error *err);
/* --year, or the region's flow_year. */
karvan_status cli_freight_year(const cli *c, int64_t *year, karvan_error *err);
/* The table of --demand FILE; what of its columns is not read is told on stderr. KARVAN_E_DATA: a
 * column is missing, with the file's name. */
karvan_status cli_freight_demand(const char *file, karvan_table **out, karvan_error *err);
/* Solve what FREIGHT_OPTIONS, --scale, --nest-scale and --threads ask for on c->region, also where
 * it does not converge. Clear it in any case; the caller ends interrupts. */
karvan_status cli_freight_solve(const cli *c, cli_freight *out, karvan_error *err);
void cli_freight_clear(cli_freight *x);
/* What goes and what stays, to stderr; exit status 3 where it did not converge. */
void cli_freight_tell(cli *c, const cli_freight *x);
#endif
