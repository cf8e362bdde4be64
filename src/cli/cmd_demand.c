/* karvan demand: the cargo of a year, and what trade is no cargo here. */
#include <math.h>
#include <string.h>

#include "cli/words.h"
#include "table/cell.h"

typedef struct wanted {
    const char *column[3], *text[3]; /* NULL text: any */
} wanted;

static bool is_wanted(void *ctx, const karvan_table *t, int64_t r) {
    const wanted *w = ctx;
    for (int k = 0; k < 3; k++)
        if (w->text[k] && !karvan_i_cell_is(t, w->column[k], r, w->text[k])) return false;
    return true;
}

/* KARVAN_E_ARG: no row has the word, and which was meant. */
static karvan_status is_there(const cli *c, const karvan_table *t, const char *option,
                              const char *column, const char **out, karvan_error *err) {
    int at = karvan_table_find(t, column);
    char room[200];
    *out = cli_option(c, option);
    if (!*out || karvan_table_lookup(t, at, *out) >= 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "no row has %s %.40s%s", column, *out,
                       karvan_i_meant_cell(t, at, *out, room, sizeof room));
}

static karvan_status print_some(const cli *c, const karvan_table *t, bool left, karvan_error *err) {
    wanted w = {
        .column = {left ? "exporter" : "origin", left ? "importer" : "destination", "cargo_class"}};
    static const char *const option[] = {"origin", "destination", "cargo"};
    karvan_view v = {0};
    karvan_table *some = NULL;
    karvan_status st = KARVAN_OK;
    for (int k = 0; k < 3 && st == KARVAN_OK; k++)
        st = is_there(c, t, option[k], w.column[k], &w.text[k], err);
    if (st == KARVAN_OK) st = karvan_view_init(&v, t, is_wanted, &w, err);
    if (st == KARVAN_OK) st = karvan_view_copy(&v, 0, NULL, &some, err);
    if (st == KARVAN_OK) st = cli_print(c, some, err);
    karvan_view_clear(&v);
    karvan_table_destroy(some);
    return st;
}

static double sum_of(const karvan_table *t, const char *column, const char *where,
                     const char *word) {
    double sum = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double v = karvan_i_cell_real(t, column, r);
        if (!isnan(v) && (!where || karvan_i_cell_is(t, where, r, word))) sum += v;
    }
    return sum;
}

/* What became of all trade, in a line. */
static void tell_sums(const karvan_table *demand, const karvan_table *left) {
    static const char *const reasons[] = {"outside",   "no-zone",     "transit-total",
                                          "no-shares", "not-carried", "moved-otherwise",
                                          "stated"};
    const double billion = 1e-9;
    (void)fprintf(stderr,
                  "trade: %.1f billion USD are cargo here, %.0f kt; left out, in billion USD:",
                  billion * sum_of(demand, "value_usd", NULL, NULL),
                  1e-3 * (sum_of(demand, "tonnes", NULL, NULL) -
                          sum_of(demand, "tonnes", "basis", "demand")));
    for (size_t k = 0; k < sizeof reasons / sizeof reasons[0]; k++) {
        double usd = sum_of(left, "value_usd", "reason", reasons[k]);
        if (usd > 0) (void)fprintf(stderr, " %s %.1f", reasons[k], billion * usd);
    }
    (void)fprintf(stderr, "\n");
}

static karvan_status run_demand(cli *c, karvan_error *err) {
    karvan_demand_options o = {.dataset = cli_option(c, "dataset")};
    karvan_table *demand = NULL, *left = NULL;
    bool rest = cli_switch(c, "left-out");
    karvan_status st = cli_count(c, "year", &o.year, err);
    if (st == KARVAN_OK) st = cli_open_region(c, err);
    if (st == KARVAN_OK) st = karvan_demand_trade(c->region, &o, &demand, &left, err);
    if (st == KARVAN_OK) st = print_some(c, rest ? left : demand, rest, err);
    if (st == KARVAN_OK) tell_sums(demand, left);
    karvan_table_destroy(demand), karvan_table_destroy(left);
    return st;
}

static const option_spec options[] = {
    {"year", "YEAR", "of the flows (default: setting flow_year)"},
    {"origin", "CODE", "only cargo from this country or place"},
    {"destination", "CODE", "only cargo to it"},
    {"cargo", "CLASS", "only this cargo class"},
    {"left-out", NULL, "trade that is no cargo here, with the reason"},
    {"dataset", "ID", "of table trade_matrix (default: setting matrix_trade)"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {"karvan demand --origin KAZ --destination AZE",
                                       "karvan demand --year 2022 --format csv",
                                       "karvan demand --left-out --origin KAZ", NULL};
const command command_demand = {
    "demand",
    "cargo between countries: stated flows, and what trade becomes as cargo",
    "",
    "Lists the flows of a year that table demand states, then the trade of pairs by cargo class in "
    "tonnes and TEU,\n"
    "with what it rests on; stderr tells how much trade is left out, --left-out each of it. "
    "docs/methods/demand.md.",
    options,
    examples,
    0,
    0,
    run_demand};
