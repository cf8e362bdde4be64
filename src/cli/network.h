#ifndef KARVAN_SRC_CLI_NETWORK_H
#define KARVAN_SRC_CLI_NETWORK_H
/* What commands over the whole network share: objectives, lists of places, the region again under
 * other scenarios. */
#include "cli/words.h"

/* --by time|cost|emissions|generalised|length|dispersion; time where it was not given. */
karvan_status cli_weights(const cli *c, karvan_weights *out, karvan_error *err);
/* What --by minimises, as karvan_network_skim reads it: LEAST for generalised cost. */
karvan_skim_measure cli_minimised(const cli *c);

typedef struct cli_places {
    int32_t n;
    int32_t *row; /* [n] rows of places, each once, as said */
} cli_places;
/* An option's list of names, all, cities, ports, countries (their capitals). */
karvan_status cli_places_read(const cli *c, const char *option, const char *otherwise,
                              cli_places *out, karvan_error *err);
void cli_places_clear(cli_places *p);

/* Print the first rows of a table that --top asks for. */
karvan_status cli_print_top(const cli *c, const karvan_table *t, karvan_error *err);

/* The region once more with these scenarios alone (A,B; "": none) over it, and its network by the
 * same options. Close it in any case. */
karvan_status cli_variant_open(const cli *c, const char *scenarios, cli *out, karvan_error *err);
void cli_variant_close(cli *v);

/* [n][from->n][to->n] values as matrices named by their measures. */
karvan_status cli_skim_omx(const cli *c, const char *path, const cli_places *from,
                           const cli_places *to, int n, const karvan_skim_measure *measures,
                           const double *value, karvan_error *err);

/* karvan skim without --network. */
karvan_status cli_skim_region(cli *c, karvan_error *err);
#endif
