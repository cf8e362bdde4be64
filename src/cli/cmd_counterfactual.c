/* karvan counterfactual: trade, prices and welfare after a change of trade costs. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/counterfactual.h"
#include "cli/trade.h"
#include "cli/words.h"

/* Fitted flows come from a column or a formula; observed ones from the column of trade. */
static karvan_status read_baseline(const cli *c, counterfactual *k, karvan_error *err) {
    const char *said = cli_option(c, "baseline"), *column = cli_option(c, "fitted-column");
    const char *formula = cli_option(c, "formula");
    karvan_status st = cli_not_both(c, "fitted-column", "formula", err);
    if (st == KARVAN_OK) st = cli_not_both(c, "fitted-column", "trade", err);
    if (st != KARVAN_OK) return st;
    k->fitted_by = column ? column : formula;
    k->baseline = said ? said : k->fitted_by ? "fitted" : "observed";
    if (strcmp(k->baseline, "observed") != 0 && strcmp(k->baseline, "fitted") != 0)
        return karvan_fail(err, KARVAN_E_ARG, "--baseline is observed or fitted, not '%.40s'",
                           said);
    bool fitted = strcmp(k->baseline, "fitted") == 0;
    if (fitted && !k->fitted_by)
        return karvan_fail(
            err, KARVAN_E_ARG,
            "--baseline fitted needs --formula, or --fitted-column COLUMN with flows "
            "that a gravity equation predicts");
    if (cli_switch(c, "cluster") && !formula)
        return karvan_fail(err, KARVAN_E_ARG, "--cluster goes with --formula");
    if (!fitted && column)
        return karvan_fail(err, KARVAN_E_ARG, "--fitted-column goes with --baseline fitted");
    return KARVAN_OK;
}

static karvan_status read_economy(const cli *c, counterfactual *k, karvan_error *err) {
    const char *column = cli_option(c, "fitted-column");
    karvan_economy_options o = {.exporter = cli_option(c, "exporter"),
                                .importer = cli_option(c, "importer"),
                                .trade = column ? column : cli_option(c, "trade"),
                                .flow = strcmp(k->baseline, "fitted") == 0 ? k->fitted : NULL,
                                .n_changes = k->n_changes,
                                .change = (const char *const *)k->change,
                                .change_value = (const double *const *)k->value,
                                .trade_cost = cli_option(c, "trade-cost"),
                                .trade_cost_value = k->trade_cost,
                                .one_year = k->one_year,
                                .of_year = k->year,
                                .without_domestic = cli_switch(c, "without-domestic"),
                                .skip_unknown = k->of_region};
    return karvan_economy_read(k->data, &o, &k->economy, err);
}

static karvan_status positive_option(const cli *c, const char *name, double *out,
                                     karvan_error *err) {
    const char *said = cli_option(c, name);
    return said ? cli_positive(name, said, out, err) : KARVAN_OK;
}

/* LOW,HIGH: the 5 and 95 % points. */
static karvan_status read_range(const char *said, karvan_draw_options *d, karvan_error *err) {
    char low[64], high[64];
    const char *at = said;
    bool more;
    karvan_status st = cli_next_word(&at, ',', low, sizeof low, &more, err);
    if (st == KARVAN_OK) st = cli_next_word(&at, ',', high, sizeof high, &more, err);
    if (st != KARVAN_OK) return st;
    if (!cli_real(low, &d->theta_a) || !cli_real(high, &d->theta_b) || !(d->theta_a > 0) ||
        !(d->theta_b >= d->theta_a) || *at)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--theta-range is LOW,HIGH, the 5 and 95 %% points of theta, not "
                           "'%.40s'",
                           said);
    d->theta_law = KARVAN_THETA_LOGNORMAL;
    return KARVAN_OK;
}

/* --theta, or the region's setting where a region is open. */
static karvan_status read_theta(const cli *c, counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *range = cli_option(c, "theta-range");
    karvan_draw_options *d = &k->drawing;
    KARVAN_TRY(cli_not_both(c, "theta-range", "theta-se", err));
    if (range) KARVAN_TRY(read_range(range, d, err));
    if (cli_switch(c, "theta-se")) {
        KARVAN_TRY(positive_option(c, "theta-se", &d->theta_a, err));
        d->theta_law = KARVAN_THETA_NORMAL;
    }
    if (range) k->how.theta = sqrt(d->theta_a * d->theta_b);
    KARVAN_TRY(positive_option(c, "theta", &k->how.theta, err));
    if (k->how.theta > 0 || !c->region) goto need;
    KARVAN_TRY(cli_region_elasticity(c, &k->how.theta, err));
    if (k->how.theta > 0)
        cli_note(k, "theta: setting trade_elasticity of region %s", karvan_package_name(c->region));
need:
    KARVAN_REQUIRE(k->how.theta > 0, err, KARVAN_E_ARG,
                   "counterfactual needs --theta NUMBER, the trade elasticity (sigma less 1)");
done:
    return st;
}

static karvan_status read_model(const cli *c, counterfactual *k, karvan_error *err) {
    karvan_status st = read_theta(c, k, err);
    const char *supply = cli_option(c, "supply"), *deficit = cli_option(c, "deficit");
    if (st == KARVAN_OK && supply && (!cli_real(supply, &k->how.psi) || k->how.psi < 0))
        st =
            karvan_fail(err, KARVAN_E_ARG, "--supply is a number, 0 or above, not '%.40s'", supply);
    if (st == KARVAN_OK && deficit) st = karvan_deficit_parse(deficit, &k->how.deficit, err);
    if (st == KARVAN_OK) st = positive_option(c, "tol", &k->how.tolerance, err);
    if (st == KARVAN_OK && k->how.tolerance >= 1)
        st = karvan_fail(err, KARVAN_E_ARG, "--tol lies between 0 and 1");
    return st;
}

static karvan_status read_draws(const cli *c, counterfactual *k, karvan_error *err) {
    static const char *const only[] = {"seed", "theta-range", "theta-se", "se", "covariance", NULL};
    karvan_draw_options *d = &k->drawing;
    const char *seed = cli_option(c, "seed");
    int64_t v = 0;
    karvan_status st = cli_draws(c, &d->n, err);
    for (int i = 0; st == KARVAN_OK && d->n == 0 && only[i]; i++)
        if (cli_switch(c, only[i]))
            return karvan_fail(err, KARVAN_E_ARG, "--%s needs --draws N", only[i]);
    if (st == KARVAN_OK) st = cli_threads(c, &d->threads, err);
    if (st != KARVAN_OK || d->n == 0) return st;
    if (seed && !cli_whole(seed, 0, INT64_MAX, &v))
        return karvan_fail(err, KARVAN_E_ARG, "--seed is a whole number, not '%.40s'", seed);
    d->seed = seed ? (uint64_t)v : 1;
    return KARVAN_OK;
}

/* Draws of what does not vary would be the same answer a thousand times. */
static karvan_status check_variation(counterfactual *k, karvan_error *err) {
    karvan_draw_options *d = &k->drawing;
    bool varies = d->theta_law != KARVAN_THETA_FIXED || d->cost;
    d->covariance = k->covariance;
    for (int i = 0; k->covariance && i < k->n_changes; i++)
        varies = varies || k->covariance[i * k->n_changes + i] > 0;
    if (d->n == 0 || varies) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "nothing varies: --draws needs --se, --coefficients with standard errors, "
                       "--theta-range, --theta-se, --cost, or --formula with --change TERM=COLUMN");
}

static karvan_status draw(counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (k->drawing.n == 0) return st;
    KARVAN_TRY(
        karvan_progress_create(stderr, false, "draws", k->drawing.n, &k->drawing.progress, err));
    st = karvan_draws_solve(k->economy, &k->how, &k->drawing, &k->draws, err);
done:
    karvan_progress_destroy(k->drawing.progress);
    return st;
}

static karvan_status write_pairs(const cli *c, const counterfactual *k, karvan_error *err) {
    karvan_table *t = NULL;
    const char *path = cli_option(c, "pairs");
    if (!path) return KARVAN_OK;
    karvan_status st = k->draws ? karvan_draws_pairs(k->economy, k->equilibrium, k->draws, &t, err)
                                : karvan_equilibrium_pairs(k->economy, k->equilibrium, &t, err);
    if (st == KARVAN_OK) st = karvan_csv_write(t, path, err);
    karvan_table_destroy(t);
    return st;
}

static void clear(counterfactual *k) {
    for (int i = 0; i < k->n_changes; i++) {
        karvan_i_free(k->change[i]), karvan_i_free(k->term[i]);
        karvan_i_free(k->value[i]);
    }
    karvan_i_free(k->change), karvan_i_free(k->term), karvan_i_free(k->fitted);
    karvan_i_free(k->beta), karvan_i_free(k->covariance), karvan_i_free(k->trade_cost);
    karvan_draws_destroy(k->draws), karvan_equilibrium_destroy(k->equilibrium);
    karvan_resistance_destroy(k->resistance);
    karvan_economy_destroy(k->economy), karvan_table_destroy(k->data);
    karvan_cost_destroy(k->cost);
}

/* Which options go together is told before any file is read. */
static karvan_status belong(const cli *c, karvan_error *err) {
    static const char *const of_columns[] = {"change", "data", NULL};
    karvan_status st = KARVAN_OK;
    if (cli_switch(c, "scenario")) KARVAN_TRY(cli_not_any(c, "scenario", of_columns, err));
    KARVAN_REQUIRE(!cli_switch(c, "base-tau") || cli_switch(c, "cost"), err, KARVAN_E_ARG,
                   "--base-tau goes with --cost FILE");
    st = cli_resistance_asked(c, err);
done:
    return st;
}

/* What changes, on what, and what multiplies it. */
static karvan_status read_problem(cli *c, counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    k->of_scenario = cli_switch(c, "scenario");
    bool later = cli_switch(c, "formula") || cli_switch(c, "cost") || k->of_scenario;
    KARVAN_TRY(belong(c, err));
    KARVAN_TRY(cli_read_changes(c, k, err));
    if (!cli_switch(c, "data") || cli_switch(c, "cost")) KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(read_model(c, k, err));
    KARVAN_TRY(read_draws(c, k, err));
    KARVAN_TRY(read_baseline(c, k, err));
    if (!later) KARVAN_TRY(check_variation(k, err));
    KARVAN_TRY(cli_counterfactual_data(c, k, err));
    if (k->of_scenario) KARVAN_TRY(cli_scenario_changes(c, k, err));
    if (cli_switch(c, "formula")) KARVAN_TRY(cli_fit_flows(c, k, err));
    if (cli_switch(c, "cost")) KARVAN_TRY(cli_cost_change(c, k, err));
    KARVAN_TRY(check_variation(k, err));
    k->how.beta = k->beta;
    st = read_economy(c, k, err);
done:
    return st;
}

static karvan_status run_counterfactual(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK, solved = KARVAN_OK;
    counterfactual k = {0};
    KARVAN_TRY(read_problem(c, &k, err));
    solved = karvan_equilibrium_solve(k.economy, &k.how, &k.equilibrium, err);
    /* What did not converge is told all the same, marked, with its own exit status. */
    if (solved != KARVAN_OK && solved != KARVAN_E_NOCONV) KARVAN_TRY(solved);
    if (solved == KARVAN_OK) KARVAN_TRY(draw(&k, err));
    KARVAN_TRY(write_pairs(c, &k, err));
    KARVAN_TRY(cli_resistance(c, &k, err));
    KARVAN_TRY(cli_print_counterfactual(c, &k, err));
    st = solved;
done:
    clear(&k);
    return st;
}

static const option_spec options[] = {
    {"data", "FILE",
     "CSV with a row a pair of countries, each with itself included (default: the region's panel)"},
    {"theta", "NUMBER", "trade elasticity, sigma less 1 (default: the region's setting)"},
    {"", NULL, "what changes"},
    {"cost", "FILE",
     "transport cost by pair, as karvan trade --cost takes it: minus theta times its "
     "change of ln trade cost"},
    {"base-tau", "T",
     "trade cost before, where --cost has no levels (1.3: 30 per cent; default 1)"},
    {"change", "LIST",
     "columns of changes of ln trade at given prices; TERM=COLUMN where a coefficient multiplies "
     "it"},
    {"beta", "NUMBER", "coefficient of the change (default: 1)"},
    {"se", "NUMBER", "its standard error, for --draws"},
    {"coefficients", "FILE",
     "term, estimate, se as CSV, or JSON of karvan gravity; each multiplies its column"},
    {"covariance", "FILE", "their covariance, CSV with a row and a column a term"},
    {"", NULL, "the economy"},
    {"dataset", "ID", "of the region's matrices (default: setting matrix_trade)"},
    {"baseline", "observed|fitted", "flows as they are (default), or as gravity predicts them"},
    {"fitted-column", "COLUMN", "flows that a gravity equation predicts"},
    {"formula", "FORMULA",
     "gravity equation that predicts them, as karvan gravity takes it; TERM=COLUMN then uses its "
     "coefficients"},
    {"cluster", "LIST", "its standard errors are clustered by these (a^b: pairs), for --draws"},
    {"deficit", "KIND", "additive (default), multiplicative, universal or none"},
    {"supply", "NUMBER", "supply elasticity (default: 0, output's quantity is fixed)"},
    {"exporter", "COLUMN", "column of who sells (default: exporter)"},
    {"importer", "COLUMN", "column of who buys (default: importer)"},
    {"trade", "COLUMN", "column of flows (default: trade)"},
    {"year", "YEAR", "rows of this year alone (column year; default of the region: its last)"},
    {"", NULL, "multilateral resistances"},
    {"resistance", "FILE", "write them in levels, before and after, as CSV (and into JSON)"},
    {"trade-cost", "COLUMN",
     "ln of trade cost to the power 1 - sigma (default: by --formula, or what flows imply)"},
    {"reference", "COUNTRY", "its inward resistance is 1 (default: the largest buyer)"},
    {"", NULL, "intervals"},
    {"draws", "N", "intervals of all results from N draws"},
    {"theta-range", "LOW,HIGH", "theta is lognormal with these 5 and 95 % points"},
    {"theta-se", "NUMBER", "theta is normal with this standard deviation"},
    {"seed", "N", "of the draws (default: 1)"},
    {"threads", "N", "threads (default: all); the answer is the same for any number"},
    {"", NULL, "output, and how it is solved"},
    {"pairs", "FILE", "write trade before and after by pair as CSV"},
    {"without-domestic", NULL, "accept countries that sell nothing to themselves"},
    {"wide", NULL, "all results by country"},
    {"tol", "NUMBER", "of ln sales over output (default: 1e-12)"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan counterfactual --data flows.csv --theta 4 --change new_agreement --beta 0.22",
    "karvan counterfactual --data flows.csv --theta 4 --change d --deficit none --format csv",
    "karvan counterfactual --data f.csv --theta 6 --formula 'trade ~ b | i + j' --change b=gone",
    "karvan counterfactual --data f.csv --theta 4 --change d --resistance mr.csv --reference DEU",
    "karvan counterfactual --data flows.csv --theta-range 3,7 --change d --se 0.1 --draws 1000",
    "karvan counterfactual --data flows.csv --theta 4 --coefficients gravity.json --draws 1000",
    "karvan counterfactual --scenario aze-joins-eaeu --draws 1000",
    "karvan counterfactual --cost changes.csv --theta-range 3,7 --draws 1000",
    "karvan counterfactual --change agreement --beta -0.2",
    NULL};
const command command_counterfactual = {
    "counterfactual",
    "trade, prices and welfare after a change of trade costs, with intervals",
    "",
    "Solves a one-sector general equilibrium (Armington, constant elasticity) in changes from the "
    "flows of a year.\n"
    "Results are new over old; world output is the measure of money. A change is what trade would "
    "do at given\n"
    "prices, in logs: a coefficient times what changes, or -theta times the change of ln trade "
    "cost.\n"
    "Without --data the flows are the region's, trade within countries an estimate. --scenario "
    "takes\n"
    "agreements as its edits have them, times coefficients that karvan gravity estimates on the "
    "region's\n"
    "panel, unless --beta, --coefficients or --formula give them. docs/methods/equilibrium.md,\n"
    "docs/methods/cost-to-trade.md.",
    options,
    examples,
    0,
    0,
    run_counterfactual};
