#ifndef KARVAN_SRC_CLI_SELECT_H
#define KARVAN_SRC_CLI_SELECT_H
/* karvan select: which trips are asked for. */
#include "cli/assign.h"
#include "karvan/analysis.h"

/* A query whose arrays are its own. */
typedef struct select_asked {
    karvan_select_query query;
    int32_t *first, *arc;
    int32_t n_arcs, room;
    bool *origin, *destination; /* NULL: all */
} select_asked;

/* --link, --node, --all or --in-order, --from, --to. KARVAN_E_ARG, KARVAN_E_NOMEM. */
karvan_status cli_select_read(const cli *c, const karvan_tntp *net, select_asked *out,
                              karvan_error *err);
void cli_select_clear(select_asked *a);

/* karvan select without --network: freight of the region. */
karvan_status cli_select_region(cli *c, karvan_error *err);
#endif
