#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/trade.h"
#include "cli/trade_indicators.h"
#include "table/cell.h"

static karvan_status year_option(const cli *c, const char *name, int64_t *out, bool *given,
                                 karvan_error *err) {
    const char *s = cli_option(c, name);
    char *end;
    if (!s) return KARVAN_OK;
    *out = strtol(s, &end, 10), *given = true;
    if (*end || *out < 1900 || *out > 2100)
        return karvan_fail(err, KARVAN_E_ARG, "--%s is a year 1900 to 2100, not '%.40s'", name, s);
    return KARVAN_OK;
}

/* The reporter asked for; in a pair, one of the two. */
static karvan_status read_reporter(const cli *c, const char *typed, karvan_trade_query *q,
                                   karvan_error *err) {
    const char *code;
    karvan_status st = karvan_record_party(c->region, typed, &code, err);
    if (st != KARVAN_OK) return st;
    if (q->partner && strcmp(code, q->partner) == 0)
        q->partner = q->reporter;
    else if (q->partner && strcmp(code, q->reporter) != 0)
        return karvan_fail(err, KARVAN_E_ARG, "--reporter %s is none of the pair %s-%s", code,
                           q->reporter, q->partner);
    q->reporter = code;
    return KARVAN_OK;
}

/* --flow, --year, --from, --to. */
static karvan_status read_years(const cli *c, karvan_trade_query *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    q->flow = cli_option(c, "flow"), q->dataset = cli_option(c, "dataset");
    if (q->flow && strcmp(q->flow, "export") != 0 && strcmp(q->flow, "import") != 0)
        return karvan_fail(err, KARVAN_E_ARG, "--flow is export or import, not '%.40s'", q->flow);
    if (st == KARVAN_OK) st = year_option(c, "from", &q->from_year, &q->has_from, err);
    if (st == KARVAN_OK) st = year_option(c, "to", &q->to_year, &q->has_to, err);
    if (st == KARVAN_OK) st = cli_not_both(c, "year", "from", err);
    if (st == KARVAN_OK) st = cli_not_both(c, "year", "to", err);
    if (st == KARVAN_OK && q->has_from && q->has_to && q->from_year > q->to_year)
        st = karvan_fail(err, KARVAN_E_ARG, "--from %lld lies after --to %lld",
                         (long long)q->from_year, (long long)q->to_year);
    if (st != KARVAN_OK || !cli_option(c, "year")) return st;
    st = year_option(c, "year", &q->from_year, &q->has_from, err);
    q->to_year = q->from_year, q->has_to = q->has_from;
    return st;
}

static karvan_status read_query(const cli *c, karvan_trade_query *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *pair = cli_option(c, "pair"), *reporter = cli_option(c, "reporter");
    if (pair) st = karvan_record_pair(c->region, pair, &q->reporter, &q->partner, err);
    q->either_way = pair && !reporter;
    if (st == KARVAN_OK && reporter) st = read_reporter(c, reporter, q, err);
    return st == KARVAN_OK ? read_years(c, q, err) : st;
}

static karvan_status derived(cli *c, const karvan_trade_query *q, karvan_table **t,
                             karvan_error *err) {
    if (!q->reporter || !q->partner)
        return karvan_fail(err, KARVAN_E_ARG, "--balance and --mirrors need --pair");
    static const char *const one_way[] = {"flow", "wide", NULL};
    static const char *const both_sides[] = {"reporter", "dataset", "flow", "wide", NULL};
    karvan_status st = cli_not_both(c, "balance", "mirrors", err);
    if (st == KARVAN_OK && cli_switch(c, "balance")) st = cli_not_any(c, "balance", one_way, err);
    if (st == KARVAN_OK && cli_switch(c, "mirrors"))
        st = cli_not_any(c, "mirrors", both_sides, err);
    if (st != KARVAN_OK) return st;
    if (cli_switch(c, "mirrors"))
        return karvan_trade_mirrors(c->region, q->reporter, q->partner, t, err);
    const char *dataset =
        q->dataset ? q->dataset : karvan_trade_default_dataset(c->region, q->reporter, q->partner);
    if (!dataset)
        return karvan_fail(err, KARVAN_E_ARG, "%s reports no trade with %s", q->reporter,
                           q->partner);
    return karvan_trade_balance(c->region, dataset, q->reporter, q->partner, t, err);
}

static bool in_years(void *ctx, const karvan_table *t, int64_t row) {
    const karvan_trade_query *q = ctx;
    double year = karvan_i_cell_real(t, "year", row);
    return !(q->has_from && year < (double)q->from_year) &&
           !(q->has_to && year > (double)q->to_year);
}

/* The years asked for, of a table that was derived from all of them. */
static karvan_status print_years(cli *c, karvan_trade_query *q, const karvan_table *t,
                                 karvan_error *err) {
    karvan_view v = {0};
    karvan_table *some = NULL;
    karvan_status st = karvan_view_init(&v, t, in_years, q, err);
    if (st == KARVAN_OK) st = karvan_view_copy(&v, 0, NULL, &some, err);
    if (st == KARVAN_OK) st = cli_print(c, some, err);
    karvan_table_destroy(some);
    karvan_view_clear(&v);
    return st;
}

/* --cost and --panel are tables of their own, to which what selects rows does not apply. */
static karvan_status apart(const cli *c, karvan_error *err) {
    static const char *const cost_alone[] = {"pair",    "reporter", "flow", "dataset",
                                             "year",    "from",     "to",   "balance",
                                             "mirrors", "wide",     NULL};
    static const char *const of_cost[] = {"elasticity", "base-tau", "draws", "seed"};
    static const char *const panel_alone[] = {"pair",    "reporter", "flow", "balance",
                                              "mirrors", "wide",     "cost", NULL};
    karvan_status st = KARVAN_OK;
    if (cli_option(c, "cost")) st = cli_not_any(c, "cost", cost_alone, err);
    for (int k = 0; st == KARVAN_OK && !cli_option(c, "cost") && k < 4; k++)
        if (cli_option(c, of_cost[k]))
            st = karvan_fail(err, KARVAN_E_ARG, "--%s goes with --cost FILE", of_cost[k]);
    if (st == KARVAN_OK && cli_option(c, "seed") && !cli_option(c, "draws"))
        st = karvan_fail(err, KARVAN_E_ARG, "--seed goes with --draws");
    if (st == KARVAN_OK && cli_switch(c, "panel")) st = cli_not_any(c, "panel", panel_alone, err);
    if (st == KARVAN_OK && cli_switch(c, "domestic") && !cli_switch(c, "panel"))
        st = karvan_fail(err, KARVAN_E_ARG, "--domestic goes with --panel");
    return st;
}

/* Which of the options that belong to something is given without it? */
static karvan_status belong(const cli *c, karvan_error *err) {
    for (const char *const *o = cli_flows_options; *o; o++)
        if (cli_switch(c, *o) && !cli_option(c, "data"))
            return karvan_fail(err, KARVAN_E_ARG, "--%s needs --data FILE", *o);
    for (const char *const *o = cli_indicator_options; *o; o++)
        if (cli_switch(c, *o) && !cli_switch(c, "indicator") &&
            !(strcmp(*o, "complete") == 0 && cli_switch(c, "panel")))
            return karvan_fail(err, KARVAN_E_ARG, "--%s is of indicators: name one, --indicator",
                               *o);
    return apart(c, err);
}

/* Flows of a file: what selects rows of the region means nothing to them. */
static karvan_status of_file(const cli *c, karvan_error *err) {
    static const char *const of_region[] = {"reporter", "flow", "dataset",  "balance",
                                            "mirrors",  "wide", "scenario", NULL};
    return cli_not_any(c, "data", of_region, err);
}

static karvan_status series(cli *c, karvan_trade_query *q, karvan_error *err) {
    karvan_view v = {0};
    karvan_table *t = NULL;
    karvan_status st = KARVAN_OK;
    if (cli_switch(c, "balance") || cli_switch(c, "mirrors")) {
        st = derived(c, q, &t, err);
    } else {
        st = karvan_trade_select(c->region, q, &v, err);
        if (st == KARVAN_OK) st = karvan_trade_table(c->region, &v, cli_switch(c, "wide"), &t, err);
    }
    if (st == KARVAN_OK) st = print_years(c, q, t, err);
    karvan_table_destroy(t);
    karvan_view_clear(&v);
    return st;
}

static karvan_status run_trade(cli *c, karvan_error *err) {
    karvan_trade_query q = {0};
    karvan_status st = belong(c, err);
    if (st == KARVAN_OK && cli_switch(c, "indicator")) {
        st = read_years(c, &q, err);
        return st == KARVAN_OK ? cli_trade_indicators(c, &q, err) : st;
    }
    if (st == KARVAN_OK && cli_option(c, "data")) {
        st = of_file(c, err);
        if (st == KARVAN_OK) st = read_years(c, &q, err);
        if (st == KARVAN_OK && cli_switch(c, "panel")) return cli_panel_print(c, &q, err);
        return st == KARVAN_OK ? cli_trade_flows(c, &q, err) : st;
    }
    if (st == KARVAN_OK) st = cli_open_region(c, err);
    if (st == KARVAN_OK && cli_option(c, "cost")) return cli_cost_print(c, err);
    if (st == KARVAN_OK) st = read_query(c, &q, err);
    if (st == KARVAN_OK && cli_switch(c, "panel")) return cli_panel_print(c, &q, err);
    if (st == KARVAN_OK && cli_flows_asked(c)) return cli_trade_flows(c, &q, err);
    return st == KARVAN_OK ? series(c, &q, err) : st;
}

static const option_spec options[] = {
    {"pair", "A-B",
     "trade between two countries, as either reports it; with --data by the file's codes"},
    {"reporter", "NAME", "what one country reports; with --pair, one of the two"},
    {"flow", "export|import", "one flow only"},
    {"dataset", "ID",
     "one data set only; with --panel and --indicator also a matrix of many countries"},
    {"year", "YEAR", "one year"},
    {"from", "YEAR", "this year and later"},
    {"to", "YEAR", "this year and earlier"},
    {"balance", NULL, "turnover, balance, growth and shares of the pair, as the first reports it"},
    {"mirrors", NULL, "what exporter and importer say of the same flow"},
    {"wide", NULL, "all columns"},
    {"", NULL, "trade of a file"},
    FLOWS_OPTIONS,
    SDMX_OPTIONS,
    {"", NULL, "one figure a flow, domestic trade, square panels"},
    RECONCILE_OPTIONS,
    {"", NULL, "indicators"},
    INDICATOR_OPTIONS,
    {"", NULL, "for gravity and counterfactuals"},
    {"panel", NULL,
     "what gravity is estimated on: pairs and years of the region's matrix, or of --data, with the "
     "region's distances and agreements"},
    {"domestic", NULL, "with --panel: also trade within countries, estimated"},
    {"cost", "FILE", "changes of transport cost by pair, told as changes of trade cost"},
    {"elasticity", "E", "of trade to its cost (default: the region's setting)"},
    {"base-tau", "T", "trade cost before, where FILE has no levels (1.3: 30 per cent; default 1)"},
    {"draws", "N", "intervals from N draws of value densities and of the worth of a day"},
    {"seed", "N", "of the draws (default: 1)"},
    {"", NULL, "of every command"},
    {NULL, NULL, NULL}};
static const char mirrors[] = "karvan trade --pair AZE-KAZ --dataset brief,kazstat --reconcile "
                              "importer --across brief,kazstat";
static const char *const examples[] = {
    "karvan trade --pair AZE-KAZ --format csv",
    "karvan trade --pair AZE-UZB --balance",
    "karvan trade --pair KAZ-RUS --mirrors",
    "karvan trade --country AZE --indicator growth,openness",
    "karvan trade --dataset wits --pair AZE-KAZ --indicator intensity,share",
    "karvan trade --data BACI.csv --flows-by exporter,year,product2",
    mirrors,
    "karvan trade --panel --year 2015 --format csv",
    "karvan trade --cost changes.csv --draws 1000",
    NULL};
const command command_trade = {
    "trade",
    "bilateral trade: series, balance, mirrors, indicators; files of trade",
    "",
    "Prints trade as its reporters state it, with unit and source in every row. Data sets are "
    "never "
    "added\ntogether. With --data the trade of a file is summed and printed, and every row that "
    "was "
    "left out told\non stderr. With --indicator, what is computed of one data set, of the region "
    "or "
    "of a file.\ndocs/methods/trade.md, docs/methods/flows.md, docs/methods/indicators.md, "
    "docs/methods/cost-to-trade.md.",
    options,
    examples,
    0,
    0,
    run_trade};
