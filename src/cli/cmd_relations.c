#include "cli/relations.h"

static karvan_status run_relations(cli *c, karvan_error *err) {
    if (cli_switch(c, "network")) return cli_relations_network(c, err);
    karvan_status st = cli_relations_no_network(c, err);
    return st == KARVAN_OK ? cli_relations_index(c, err) : st;
}

static const option_spec options[] = {
    {"", NULL, "the index"},
    {"years", "A/B", "years (default: the last that the region covers)"},
    {"pair", "A-B", "one pair"},
    {"dimension", "A,B", "of political, economic, cultural, strategic; all: them together"},
    {"components", "FILE", "another declaration of the index than the region's"},
    {"draws", "N", "weights drawn from the simplex (default: 1000; 0: no bands)"},
    {"seed", "N", "of the draws (default: 1)"},
    {"parts", NULL, "the components behind the scores"},
    {"threads", "N", "threads (default: all); the answer is the same"},
    {"", NULL, "the network"},
    {"network", NULL, "countries as places in a network of one kind of tie"},
    {"year", "YEAR", "in this year"},
    {"tie", "NAME", "the kind of tie; --network alone lists what there is"},
    {"status", "A,B", "memberships: what counts as belonging (default: member,associate)"},
    {"extend", NULL,
     "also a year after the last that the region knows: what goes on is carried on"},
    {"bodies", NULL, "organisations are nodes too"},
    {"dataset", "NAME", "trade: the data set (default: that of setting matrix_trade)"},
    {"ties-file", "FILE", "ties of your own: code1, code2, weight, year, certain, source"},
    {"directed", NULL, "the file's ties go from code1 to code2"},
    {"possible", NULL, "also ties that are only possible, by their dates or for want of coverage"},
    {"min", "W", "only ties of this weight and more"},
    {"weighted", NULL, "a tie is 1 / weight long (default: all are 1)"},
    {"ties", NULL, "its ties, with how certain they are and their sources"},
    {"cuts", NULL, "who would be cut off, by the loss of whom"},
    {"communities", NULL, "who hangs together"},
    {"out", "FILE", "the network as GraphML, for Gephi, yEd, networkx, igraph"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan relations --years 1991/2025",
    "karvan relations --network --year 2020 --tie memberships",
    "karvan relations --network --year 2015 --tie trade --min 1e9", NULL};
const command command_relations = {"relations",
                                   "how close pairs are: index by dimension and year, networks",
                                   "",
                                   "The index of relations: scores from 0 to 1 of pairs by year "
                                   "and dimension, with bounds for uncertain dates and gaps,\n"
                                   "bands for other weights, ranks and how firm they are; its "
                                   "components stand in table relation_index of the region.\n"
                                   "With --network: who is tied to whom in a year, who stands "
                                   "between, who would be cut off.",
                                   options,
                                   examples,
                                   0,
                                   0,
                                   run_relations};
