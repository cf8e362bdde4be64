/* What --cost FILE gives: changes of transport cost by pair as changes of trade cost. */
#include <string.h>

#include "cli/trade.h"
#include "cli/words.h"
#include "table/cell.h"

karvan_status cli_region_elasticity(const cli *c, double *out, karvan_error *err) {
    const karvan_table *t = karvan_package_table(c->region, "settings");
    const char *said = karvan_i_cell_text(
        t, "value", t ? karvan_package_row(c->region, "settings", "trade_elasticity") : -1);
    *out = 0;
    if (!said || (cli_real(said, out) && *out > 0)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA, "setting trade_elasticity is above 0, not '%.40s'",
                       said);
}

/* --elasticity, or --theta where a command calls it so, or the region's; 0: none said. */
static karvan_status read_elasticity(const cli *c, double *out, karvan_error *err) {
    const char *name = cli_option(c, "elasticity") ? "elasticity" : "theta";
    const char *said = cli_option(c, name);
    return said ? cli_positive(name, said, out, err) : cli_region_elasticity(c, out, err);
}

static karvan_status read_options(const cli *c, karvan_cost_options *o, karvan_error *err) {
    const char *base = cli_option(c, "base-tau"), *seed = cli_option(c, "seed");
    int64_t number = 1;
    karvan_status st = read_elasticity(c, &o->elasticity, err);
    if (st == KARVAN_OK && base) st = cli_positive("base-tau", base, &o->base_tau, err);
    if (st == KARVAN_OK && base && o->base_tau < 1)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--base-tau is 1 (no trade cost) or more, not '%.40s'", base);
    if (st == KARVAN_OK && seed && !cli_whole(seed, 0, INT64_MAX, &number))
        return karvan_fail(err, KARVAN_E_ARG, "--seed is a whole number from 0, not '%.40s'", seed);
    o->seed = (uint64_t)number;
    return st;
}

/* The region's class shares, where it has what they are made of; NULL otherwise. */
static karvan_status read_shares(const cli *c, karvan_table **out, karvan_error *err) {
    *out = NULL;
    if (!karvan_package_table(c->region, "class_shares") ||
        !karvan_package_table(c->region, "trade_matrix"))
        return KARVAN_OK;
    return karvan_trade_class_shares(c->region, NULL, out, err);
}

karvan_status cli_cost_open(cli *c, karvan_cost **out, karvan_error *err) {
    karvan_cost_options o = {0};
    karvan_table *changes = NULL, *shares = NULL;
    const char *path = cli_option(c, "cost");
    karvan_status st = c->region ? KARVAN_OK : cli_open_region(c, err);
    *out = NULL;
    if (st == KARVAN_OK && !path)
        st = karvan_fail(err, KARVAN_E_ARG, "--cost FILE is needed: changes of transport cost");
    if (st == KARVAN_OK) st = read_options(c, &o, err);
    if (st == KARVAN_OK) st = karvan_csv_read(path, "cost", NULL, NULL, &changes, err);
    if (st == KARVAN_OK) {
        o.classes = karvan_package_table(c->region, "cargo_classes");
        if (!o.classes)
            st = karvan_fail(err, KARVAN_E_DATA,
                             "the region has no table cargo_classes, which says what a tonne and a "
                             "day are worth");
    }
    if (st == KARVAN_OK && karvan_table_find(changes, "share") < 0)
        st = read_shares(c, &shares, err);
    o.shares = shares;
    if (st == KARVAN_OK) st = karvan_cost_create(changes, &o, out, err);
    karvan_table_destroy(changes);
    karvan_table_destroy(shares);
    return st;
}

karvan_status cli_cost_print(cli *c, karvan_error *err) {
    karvan_cost *cost = NULL;
    karvan_table *t = NULL;
    int64_t draws = 0;
    karvan_status st = cli_draws(c, &draws, err);
    if (st == KARVAN_OK) st = cli_cost_open(c, &cost, err);
    if (st == KARVAN_OK)
        st = draws ? karvan_cost_intervals(cost, draws, &t, err) : karvan_cost_parts(cost, &t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    karvan_cost_destroy(cost);
    return st;
}
