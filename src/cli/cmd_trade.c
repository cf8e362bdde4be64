#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
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

static karvan_status read_query(const cli *c, karvan_trade_query *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *pair = cli_option(c, "pair"), *reporter = cli_option(c, "reporter");
    if (pair) st = karvan_record_pair(c->region, pair, &q->reporter, &q->partner, err);
    q->either_way = pair && !reporter;
    if (st == KARVAN_OK && reporter) st = read_reporter(c, reporter, q, err);
    q->flow = cli_option(c, "flow"), q->dataset = cli_option(c, "dataset");
    if (st == KARVAN_OK && q->flow && strcmp(q->flow, "export") != 0 &&
        strcmp(q->flow, "import") != 0)
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

static karvan_status run_trade(cli *c, karvan_error *err) {
    karvan_trade_query q = {0};
    karvan_view v = {0};
    karvan_table *t = NULL;
    karvan_status st = cli_open_region(c, err);
    if (st == KARVAN_OK) st = read_query(c, &q, err);
    if (st == KARVAN_OK && (cli_switch(c, "balance") || cli_switch(c, "mirrors"))) {
        st = derived(c, &q, &t, err);
    } else if (st == KARVAN_OK) {
        st = karvan_trade_select(c->region, &q, &v, err);
        if (st == KARVAN_OK) st = karvan_trade_table(c->region, &v, cli_switch(c, "wide"), &t, err);
    }
    if (st == KARVAN_OK) st = print_years(c, &q, t, err);
    karvan_table_destroy(t);
    karvan_view_clear(&v);
    return st;
}

static const option_spec options[] = {
    {"pair", "A-B", "trade between two countries, as either reports it"},
    {"reporter", "NAME", "what one country reports; with --pair, one of the two"},
    {"flow", "export|import", "one flow only"},
    {"dataset", "ID", "one data set only"},
    {"year", "YEAR", "one year"},
    {"from", "YEAR", "this year and later"},
    {"to", "YEAR", "this year and earlier"},
    {"balance", NULL, "turnover, balance, growth and shares of the pair, as the first reports it"},
    {"mirrors", NULL, "what exporter and importer say of the same flow"},
    {"wide", NULL, "all columns"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {"karvan trade --pair AZE-KAZ --format csv",
                                       "karvan trade --pair AZE-UZB --balance",
                                       "karvan trade --pair KAZ-RUS --mirrors", NULL};
const command command_trade = {"trade",
                               "bilateral trade: series, balance, growth, shares, mirrors",
                               "",
                               "Prints trade as its reporters state it, with unit and source in "
                               "every row. Data sets are never added\n"
                               "together. docs/methods/trade.md.",
                               options,
                               examples,
                               0,
                               0,
                               run_trade};
