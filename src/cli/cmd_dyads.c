#include <string.h>

#include "cli/dyads.h"

static karvan_status print_crosswalk(const cli *c, karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = KARVAN_OK;
    for (const option_spec *o = command_dyads.options; st == KARVAN_OK && o->name; o++)
        if (*o->name && strcmp(o->name, "crosswalk") != 0)
            st = cli_not_both(c, "crosswalk", o->name, err);
    if (st == KARVAN_OK) st = karvan_crosswalk_table(&t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status run_dyads(cli *c, karvan_error *err) {
    if (cli_switch(c, "crosswalk")) return print_crosswalk(c, err);
    karvan_status st = cli_not_both(c, "states", "memberships", err);
    if (st != KARVAN_OK) return st;
    if (cli_option(c, "states")) return cli_dyads_states(c, err);
    st = cli_dyads_need_states(c, err);
    if (st != KARVAN_OK) return st;
    if (cli_option(c, "memberships") || cli_switch(c, "joint")) return cli_dyads_joint(c, err);
    return cli_dyads_region(c, err);
}

static const option_spec options[] = {
    {"", NULL, "from a table of states"},
    {"states", "FILE", "state system: code, first and last day of each spell"},
    {"system", "cow|gw|iso", "whose codes and columns (default: told by the header)"},
    {"no-microstates", NULL, "without the states that the file marks as microstates"},
    {"extend", NULL,
     "carry states alive at the last day (--joint: memberships) on to --to, and say so"},
    {"undirected", NULL, "each pair once"},
    {"months", NULL, "dyad-months"},
    {"count", NULL, "only their number"},
    {"by-year", NULL, "only their number in each year"},
    {"certain", NULL, "without those that only may exist, where dates are uncertain"},
    {"attach", "FILE[:COLUMN,...]",
     "columns of state-years or dyad-years; COLUMN=NAME gives another name; may be repeated"},
    {"both-ways", "FILE", "rows of this attached file speak of both directions; may be repeated"},
    {"covers", "FILE[:COLUMN,...]=FROM/TO[@CODE,...]",
     "what it covers: there a row that is missing is unknown; may be repeated"},
    {"codes", "[FILE=]cow|gw|iso",
     "whose codes this attached file has, or all; they are turned into those of the states; may be "
     "repeated"},
    {"missing", "[FILE=]A,B",
     "what stands for unknown in columns of the attached tables, such as .,-9; may be repeated"},
    {"where", "[FILE:]COLUMN=VALUE",
     "only the rows of attached tables that say this, as of one indicator; may be repeated"},
    {"crosswalk", NULL, "print the list of codes by which that is done"},
    {"distance", "FILE", "from capital to capital, km, by this table of capitals"},
    {"capital-of", "last|first|most", "which counts where one moves (default: last of the year)"},
    {"sphere", NULL, "distances on a sphere of 6378.137 km (default: the ellipsoid WGS84)"},
    {"", NULL, "from memberships: of a file, or of the region"},
    {"joint", NULL, "how many bodies both belong to"},
    {"memberships", "FILE", "a row a state and year, a column a body; or a row a membership"},
    {"status", "A,B", "what counts as belonging (default: member,associate)"},
    {"bounds", NULL, "also how many they possibly belong to"},
    {"bodies", NULL, "also which; those that are only possible with ?"},
    {"sum", NULL, "only the sum over all pairs and years"},
    {"", NULL, "from the region"},
    {"measure", "A,B", "columns (default: all that the region has)"},
    {"pair", "A-B", "one pair"},
    {"", NULL, "of all"},
    {"trace", NULL, "the rows that each cell rests on"},
    {"from", "YEAR", "first year"},
    {"to", "YEAR", "last year"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan dyads --from 2020 --to 2024",
    "karvan dyads --states states.csv --from 1816 --to 2016 --count",
    "karvan dyads --states states.csv --attach gdp.csv:gdp --distance capitals.csv",
    "karvan dyads --joint --pair AZE-KAZ --bounds --bodies", NULL};
const command command_dyads = {
    "dyads",
    "pairs of states year by year, and what stands between them",
    "",
    "Dyad-years: a pair of states and a year in which both exist on at least one common day.\n"
    "Those of --states are written as CSV, unless --format says otherwise.",
    options,
    examples,
    0,
    0,
    run_dyads};
