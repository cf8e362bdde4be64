#ifndef KARVAN_SRC_CLI_ESTIMATE_H
#define KARVAN_SRC_CLI_ESTIMATE_H
/* karvan estimate on a network of a file: counts in, fit and trips out. */
#include "cli/assign.h"

/* Counts of links, as --counts has them. */
typedef struct estimate_counts {
    karvan_arc_counts counts; /* borrows of the rest */
    int64_t *first;
    int32_t *arc;
    double *count, *error;
    char **name; /* [counts.n] "from-to" */
} estimate_counts;
/* KARVAN_E_DATA with the place in the file; KARVAN_E_IO, KARVAN_E_NOMEM. */
karvan_status cli_counts_read(const cli *c, const karvan_tntp *net, estimate_counts *out,
                              karvan_error *err);
void cli_counts_clear(estimate_counts *k);

typedef struct estimate_run {
    const assign_input *in;
    const estimate_counts *counts;
    karvan_trips_estimate_options o;
    const karvan_estimate *estimate;
    karvan_trips trips; /* found */
    double *flow;       /* [links] */
    double seconds;
} estimate_run;
/* The fit of the counts to stdout, and the summary. */
karvan_status cli_estimate_print(const cli *c, const estimate_run *run, karvan_error *err);
/* --out, --cells, --flows. */
karvan_status cli_estimate_write(const cli *c, const estimate_run *run, karvan_error *err);

/* karvan estimate on the region. */
karvan_status cli_estimate_region(cli *c, karvan_error *err);
/* karvan estimate --distribute. */
karvan_status cli_distribute(cli *c, karvan_error *err);
#endif
