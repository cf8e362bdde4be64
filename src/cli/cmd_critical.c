#include <stdlib.h>

#include "base/try.h"
#include "cli/cli.h"

static karvan_status run_critical(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL, *top = NULL;
    karvan_view v = {0};
    const char *said = cli_option(c, "top");
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(cli_open_network(c, err));
    KARVAN_TRY(karvan_network_critical(c->net, 0, &t, err));
    KARVAN_TRY(karvan_view_init(&v, t, NULL, NULL, err));
    if (said) {
        char *end;
        long n = strtol(said, &end, 10);
        KARVAN_REQUIRE(*said && !*end && n > 0, err, KARVAN_E_ARG,
                       "--top is a number above 0, not '%.40s'", said);
        if (n < v.n) v.n = n;
    }
    KARVAN_TRY(karvan_view_copy(&v, 0, NULL, &top, err));
    KARVAN_TRY(cli_print(c, top, err));
done:
    karvan_view_clear(&v);
    karvan_table_destroy(t), karvan_table_destroy(top);
    return st;
}

static const option_spec options[] = {
    {"top", "N", "the first N rows alone"}, NETWORK_OPTIONS, {NULL, NULL, NULL}};
static const char *const examples[] = {"karvan critical --top 10",
                                       "karvan critical --format csv > critical.csv",
                                       "karvan critical --scenario northern-closed --top 5", NULL};
const command command_critical = {
    "critical",
    "what each closure of a link or terminal would cost everyone",
    "",
    "Closes every link and terminal, one by one and in both directions, and adds up over all\n"
    "ordered pairs of cities and ports by how much the least hours and the least dollars\n"
    "grow, and how many pairs are cut.",
    options,
    examples,
    0,
    0,
    run_critical};
