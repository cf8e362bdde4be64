#ifndef KARVAN_SRC_CLI_RELATIONS_H
#define KARVAN_SRC_CLI_RELATIONS_H
/* What `karvan relations` does: the index of pairs by year, or the network of one kind of tie. */
#include "cli/cli.h"

karvan_status cli_relations_index(cli *c, karvan_error *err);
karvan_status cli_relations_network(cli *c, karvan_error *err);
/* KARVAN_E_ARG where an option of the network was given without --network. */
karvan_status cli_relations_no_network(const cli *c, karvan_error *err);
#endif
