#ifndef KARVAN_SRC_CLI_TRADE_INDICATORS_H
#define KARVAN_SRC_CLI_TRADE_INDICATORS_H
/* karvan trade --indicator: its options and its answer. */
#include "cli/cli.h"

#define INDICATOR_OPTIONS                                                                        \
    {"indicator", "NAME,...", "indicators of trade; `list` tells them all"},                     \
        {"country", "NAME", "of this country or group (default: of each)"},                      \
        {"group", "G=A,B;...", "groups of countries, which may be named like countries"},        \
        {"by", "partner,product", "a row a partner (pair), a row a product"},                    \
        {"base", "YEAR", "growth and changes since then (default: since the year before)"},      \
        {"product", "CODE", "this product only"},                                                \
        {"market", "NAME", "similarity of exports to this country or group"},                    \
        {"gdp", "FILE", "GDP of a CSV file (country, year, value, unit)"},                       \
        {"classification", "NAME", "products of this classification"},                           \
        {"digits", "N", "products of this level: codes of so many signs, or longer ones cut"},   \
        {"reported-by", "exporter|importer|own", "whose word counts where both sides have one"}, \
        {"world", "sum|row", "all partners: the sum of those stated, or the source's own row"},  \
        {"complete", NULL, "the file lists every flow above 0: what it does not list is 0"}, {   \
        "without-intra", NULL, "a group's trade with all leaves out that with itself"            \
    }

/* Options that mean nothing without --indicator; NULL-ended. */
extern const char *const cli_indicator_options[];
/* years: the years and the flow that the command line names. */
karvan_status cli_trade_indicators(cli *c, const karvan_trade_query *years, karvan_error *err);
#endif
