#ifndef KARVAN_SRC_CLI_ASSIGN_H
#define KARVAN_SRC_CLI_ASSIGN_H
/* karvan assign on a network of a file: what is read, and what is told of its solution. */
#include "cli/freight.h"
#include "karvan/assignment.h"

/* A network and its demand; `problem` borrows of the rest. */
typedef struct assign_input {
    karvan_tntp net;
    karvan_vdf *vdf;            /* [links] */
    karvan_vdf_set functions;   /* of --vdf, in the place of vdf */
    int n_classes;              /* 1 without --classes */
    karvan_user_class *classes; /* [n_classes] */
    karvan_trips *trips;        /* [n_classes] */
    double **fixed;      /* [n_classes][links], NULL: nothing but time, or shared with another */
    karvan_table *table; /* of --classes, where their names live */
    karvan_assignment_problem problem;
} assign_input;

/* KARVAN_E_ARG, KARVAN_E_DATA with the place in the file, KARVAN_E_IO, KARVAN_E_NOMEM. */
karvan_status cli_assign_read(const cli *c, assign_input *in, karvan_error *err);
void cli_assign_clear(assign_input *in);
/* The error of a problem that the library did not solve: what it would not take is in the files,
 * and what it says of an arc is of a row of the network. `st`, or KARVAN_E_DATA for KARVAN_E_ARG.
 */
karvan_status cli_assign_refuse(const cli *c, const assign_input *in, karvan_status st,
                                const karvan_error *told, karvan_error *err);
/* The classes of --classes, or the one of --trips. */
karvan_status cli_assign_classes(const cli *c, assign_input *in, karvan_error *err);
/* Where the row of a link stands in a file in TNTP; 0: not to be found. */
int64_t cli_assign_line(const char *path, int32_t link);

/* What was asked and what it took. */
typedef struct assign_run {
    karvan_assignment_options o;
    const karvan_assignment *solution;
    double seconds_read, seconds_solve;
} assign_run;

/* The answer to stdout. */
void cli_assign_print(const cli *c, const assign_run *run);
/* from, to, volume, cost, and of several classes a volume each, as CSV. */
karvan_status cli_assign_flows(const char *path, const assign_input *in, const assign_run *run,
                               karvan_error *err);
/* Demand that is not served: the first pairs to stderr, all to the file of --unserved. */
karvan_status cli_assign_tell_unserved(const cli *c, const assign_run *run, karvan_error *err);

/* karvan assign without --network: freight on the region. */
karvan_status cli_assign_region(cli *c, karvan_error *err);

/* ---- freight on the region: assign_links.c, assign_gpkg.c, assign_compare.c ---- */

/* Table links as it is printed: link, class, load, capacity, delay_h, price_usd, of which the first
 * two name a row; with --wide the other columns of KARVAN_FREIGHT_LINKS too. Without it there is no
 * unit: rows that are not in TEU are counted in `s`. */
karvan_status cli_freight_links(const cli *c, cli_freight *s, karvan_table **out,
                                karvan_error *err);

/* The loads as a GeoPackage. */
karvan_status cli_freight_gpkg(const cli *c, const cli_freight *s, const char *path,
                               karvan_error *err);
/* How QGIS shows them, `solved` of KARVAN_FREIGHT_LINKS: assign_style.c. */
karvan_status cli_freight_styles(karvan_gpkg *g, const karvan_table *solved, karvan_error *err);
/* The scenarios of --against, each alone, beside the region. */
karvan_status cli_freight_compare(cli *c, karvan_freight_output which, karvan_error *err);

/* The number of an option's word, 0 where it was not given; `most` is the last that has a name. */
karvan_status cli_assign_choose(const cli *c, const char *option, int most,
                                const char *(*name)(int), int *out, karvan_error *err);
/* --gap, --max-iterations and --threads; what was not given stays, or is 0. */
karvan_status cli_assign_limits(const cli *c, double *gap, int *most, int *threads,
                                karvan_error *err);
double cli_assign_now_s(void);

/* ---- stochastic equilibrium: assign_sue.c ---- */

#define ASSIGN_SUE_OPTIONS                                                                         \
    {"choice", "path-size|logit|nested|recursive",                                                 \
     "sue: by path-size logit over route sets (default), plain or nested logit (nests: the type "  \
     "of link in which a route spends most time), or recursive logit over all walks"},             \
        {"scale", "MU",                                                                            \
         "sue: how strongly users mind a unit of time; needed. Of the region: ways' costs in USD " \
         "a TEU"},                                                                                 \
        {"nest-scale", "THETA",                                                                    \
         "sue by nested logit: the scale within nests, no less than MU; of the region: within "    \
         "corridors"},                                                                             \
        {"routes", "K", "sue over route sets: most routes a pair (default: 8)"},                   \
        {"route-flows", "FILE",                                                                    \
         "sue over route sets: write class,origin,destination,route,cost,share,trips"},            \
    {                                                                                              \
        "expected", "FILE", "sue: write class,origin,destination,trips,expected_cost of each pair" \
    }
/* KARVAN_E_ARG where one of them is given. */
karvan_status cli_assign_not_sue(const cli *c, karvan_error *err);
karvan_status cli_assign_sue(cli *c, karvan_error *err);
#endif
