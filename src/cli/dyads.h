#ifndef KARVAN_SRC_CLI_DYADS_H
#define KARVAN_SRC_CLI_DYADS_H
/* What `karvan dyads` does, by what it is asked of: a table of states, a table of memberships, or
 * the region. */
#include "cli/cli.h"

karvan_status cli_dyads_states(cli *c, karvan_error *err);
/* KARVAN_E_ARG where an option is given that only says something of a table of states. */
karvan_status cli_dyads_need_states(const cli *c, karvan_error *err);
karvan_status cli_dyads_joint(cli *c, karvan_error *err);
karvan_status cli_dyads_region(cli *c, karvan_error *err);
#endif
