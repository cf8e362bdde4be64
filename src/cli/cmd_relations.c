#include "cli/relations.h"

static karvan_status run_relations(cli *c, karvan_error *err) {
    return cli_switch(c, "network") ? cli_relations_network(c, err) : cli_relations_index(c, err);
}

static const option_spec options[] = {
    {"", NULL, "the index"},
    {"years", "A/B", "years (default: the last that the region covers)"},
    {"pair", "A-B", "one pair"},
    {"dimension", "NAME", "political, economic, cultural, strategic, or all of them together"},
    {"components", "FILE", "another declaration of the index than the region's"},
    {"draws", "N", "weights drawn from the simplex (default: 1000; 0: no bands)"},
    {"seed", "N", "of the draws (default: 1)"},
    {"parts", NULL, "the components behind the scores"},
    {"threads", "N", "threads (default: all); the answer is the same"},
    {"", NULL, "the network"},
    {"network", NULL, "countries as places in a network of one kind of tie"},
    {"year", "YEAR", "in this year"},
    {"tie", "NAME", "the kind of tie"},
    {"out", "FILE.graphml", "the network as GraphML"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {"karvan relations --years 1991/2025", NULL};
const command command_relations = {"relations",
                                   "how close pairs are: index by dimension and year, networks",
                                   "",
                                   "",
                                   options,
                                   examples,
                                   0,
                                   0,
                                   run_relations};
