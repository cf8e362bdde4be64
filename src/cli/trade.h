#ifndef KARVAN_SRC_CLI_TRADE_H
#define KARVAN_SRC_CLI_TRADE_H
/* What commands about trade share: flows of files and of the region, what is done to them, the
 * region's panel, the bridge from transport cost. */
#include "cli/cli.h"

/* ---- files (trade_data.c) ---- */

#define FLOWS_OPTIONS                                                                              \
    {"data", "FILE", "trade of a file, not of the region: BACI, Comtrade, ITPD-E, CEPII, flows"},  \
        {"data-format", "NAME", "what the file is (default: found from its header)"},              \
        {"flows-by", "LIST",                                                                       \
         "sum by these: exporter,importer,year and product, product2, product4 or product6"},      \
        {"audit", "FILE", "write every row that was left out, with line and reason"},              \
        {"country-codes", "FILE", "BACI's file of country codes, before our own"},                 \
        {"world-partner", NULL, "Comtrade: the rows whose partner is the world, and only they"}, { \
        "own-units", NULL, "Comtrade: quantities in their own units, not in kg"                    \
    }
#define SDMX_OPTIONS                                                                               \
    {"components", "ROLE=ID,...", "SDMX: what is reporter, partner, flow, product, value, ..."}, { \
        "value-unit", "UNIT", "SDMX: of values whose message names no currency"                    \
    }
/* The options of files that need --data; NULL-ended. */
extern const char *const cli_flows_options[];
/* The table of --data; what was left out is told on stderr. */
karvan_status cli_flows(cli *c, karvan_table **flows, karvan_error *err);
/* The same grouped by `by`, where --flows-by does not say. */
karvan_status cli_flows_by(cli *c, const char *by, karvan_table **flows, karvan_error *err);
/* Format `sdmx` or `wits` of it, written to --audit (trade_sdmx.c). */
karvan_status cli_flows_sdmx(cli *c, const char *path, const char *format, karvan_table **flows,
                             karvan_error *err);

/* ---- mirrors reconciled, domestic trade, square panels (trade_flows.c) ---- */

#define RECONCILE_OPTIONS                                                                        \
    {"reconcile", "importer|exporter|mean", "one figure a flow, of what both sides state"},      \
        {"cif-fob", "RATIO|distance", "cif over fob (default: 1.06), or by distance"},           \
        {"basis", "fob|cif", "of reconciled figures (default: fob)"},                            \
        {"across", "A,B", "data sets mirror one another; of two, the first named counts"},       \
        {"asymmetries", "FACTOR", "list flows whose two figures are so far apart instead"},      \
        {"production", "FILE", "domestic trade: gross output less exports; `region`: its GDP"},  \
        {"output-per-gdp", "RATIO", "where there is no output: GDP times this, as an estimate"}, \
        {"square", NULL, "absent pairs: 0 where a side reports the year, else not covered"}, {   \
        "steps", "FILE", "write what was done, a row a step"                                     \
    }
/* Is any of RECONCILE_OPTIONS given? */
bool cli_flows_asked(const cli *c);
/* Their work: takes a flows table and gives another in its place (NULL on failure). */
karvan_status cli_flows_apply(cli *c, karvan_table **flows, karvan_error *err);
/* The region's trade as flows, of --dataset A,B and the years of q. */
karvan_status cli_flows_of_region(cli *c, const karvan_trade_query *q, karvan_table **flows,
                                  karvan_error *err);
/* All of it, printed: of --data, else of the region. */
karvan_status cli_trade_flows(cli *c, const karvan_trade_query *q, karvan_error *err);

/* ---- the region's panel (trade_region.c) ---- */

/* Every pair and year of a region's matrix (--dataset): what gravity is estimated on. */
karvan_status cli_region_panel(const cli *c, const karvan_package *region, bool domestic,
                               karvan_table **out, karvan_error *err);
/* Is the column a flag of agreements? */
bool cli_is_flag(const karvan_table *panel, int column);
/* What is estimated where nobody says: trade on the flags of agreements that change in the panel,
 * with effects of exporter-years, importer-years and pairs. */
karvan_status cli_region_formula(const karvan_table *panel, char *out, size_t cap,
                                 karvan_error *err);
/* Last year of a table; false: it has none. */
bool cli_last_year(const karvan_table *panel, int64_t *year);
/* The panel printed, of the years of a query and its data set, or of the flows of --data. */
karvan_status cli_panel_print(cli *c, const karvan_trade_query *years, karvan_error *err);

/* ---- from transport cost to trade cost (cost.c) ---- */

/* The region's setting trade_elasticity; 0: it has none. */
karvan_status cli_region_elasticity(const cli *c, double *out, karvan_error *err);
/* Changes of cost of --cost FILE met with the region's cargo classes, which is opened where it is
 * not yet. Heeds --elasticity (or --theta), --base-tau and --seed. */
karvan_status cli_cost_open(cli *c, karvan_cost **out, karvan_error *err);
/* The bridge alone: its parts or, with --draws, its intervals. */
karvan_status cli_cost_print(cli *c, karvan_error *err);
#endif
