/* --resistance: multilateral resistances in levels, and which trade costs they are of. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/counterfactual.h"
#include "cli/words.h"

karvan_status cli_resistance_asked(const cli *c, karvan_error *err) {
    static const char *const only[] = {"trade-cost", "reference", NULL};
    for (int i = 0; only[i] && !cli_switch(c, "resistance"); i++)
        if (cli_switch(c, only[i]))
            return karvan_fail(err, KARVAN_E_ARG, "--%s goes with --resistance FILE", only[i]);
    return KARVAN_OK;
}

/* The next column of an effect, "exporter^year", is this one. */
static bool is_column(const char *at, size_t length, const char *column) {
    if (length >= 2 && *at == '`' && at[length - 1] == '`') at++, length -= 2;
    return strlen(column) == length && strncmp(at, column, length) == 0;
}

/* Effects of exporters and of importers, by year or not, and no others: what they leave is trade
 * cost. An effect of both, or of anything else that tells pairs apart, has a part of it. */
static bool leaves_trade_costs(const cli *c, const karvan_gravity *g) {
    const char *from = cli_option(c, "exporter"), *to = cli_option(c, "importer");
    bool sells = false, buys = false;
    for (int i = 0; i < karvan_gravity_statistics(g).n_effects; i++) {
        bool of_from = false, of_to = false;
        for (const char *at = karvan_gravity_effect(g, i); at;) {
            size_t length = strcspn(at, "^");
            bool is_from = is_column(at, length, from ? from : "exporter");
            bool is_to = is_column(at, length, to ? to : "importer");
            if (!is_from && !is_to && !is_column(at, length, "year")) return false;
            of_from = of_from || is_from, of_to = of_to || is_to;
            at = at[length] ? at + length + 1 : NULL;
        }
        if (of_from && of_to) return false;
        sells = sells || of_from, buys = buys || of_to;
    }
    return sells && buys;
}

karvan_status cli_fit_trade_costs(const cli *c, counterfactual *k, const karvan_gravity *g,
                                  karvan_error *err) {
    if (!cli_switch(c, "resistance") || cli_switch(c, "trade-cost") ||
        strcmp(k->baseline, "fitted") != 0)
        return KARVAN_OK;
    if (!leaves_trade_costs(c, g)) {
        cli_note(k, "the formula has other effects than of exporters and of importers: trade costs "
                    "are those that its flows imply");
        return KARVAN_OK;
    }
    k->trade_cost = karvan_i_malloc((size_t)karvan_table_rows(k->data) + 1, sizeof *k->trade_cost);
    if (!k->trade_cost) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for trade costs");
    return karvan_gravity_without_effects(g, k->trade_cost, err);
}

static void tell(const cli *c, counterfactual *k) {
    karvan_resistance_stats s = karvan_resistance_statistics(k->resistance);
    const char *column = cli_option(c, "trade-cost");
    const char *by = karvan_economy_country(k->economy, s.reference);
    if (s.of_flows)
        cli_note(k,
                 "resistances: %s = 1; trade costs implied by the flows: none within countries, as "
                 "alike both ways as can be (one way over the other: %.3g %% in root mean square)",
                 by, 100 * expm1(s.one_way));
    else
        cli_note(k, "resistances: %s = 1; trade costs by %s%s", by,
                 column ? "column " : "the formula", column ? column : "");
    if (s.n_apart > 0)
        cli_note(k, "%d %s not trade with %s at any remove: column reference says by whom measured",
                 (int)s.n_apart, s.n_apart == 1 ? "country does" : "countries do", by);
    if (s.n_untold > 0)
        cli_note(k,
                 "%d %s no resistances that flows would tell (%s%s): no trade at home, or none "
                 "both ways that leads to the reference",
                 (int)s.n_untold, s.n_untold == 1 ? "country has" : "countries have",
                 karvan_economy_country(k->economy, s.first_untold),
                 s.n_untold == 1 ? "" : ", ...");
    if (s.misfit > 1e-6)
        cli_note(k, "the flows are not those that these trade costs imply: up to %.3g times apart",
                 exp(s.misfit));
    if (s.after && s.apart > 1e-6)
        cli_note(k, "resistances after differ from level times change by up to %.2g %%",
                 100 * expm1(s.apart));
    if (s.n_more > 0)
        cli_note(k, "pairs without trade whose trade costs would let them trade: %lld",
                 (long long)s.n_more);
    if (!karvan_equilibrium_statistics(k->equilibrium).converged)
        cli_note(k, "there is no equilibrium after, and no resistances of it");
    else if (!s.after)
        cli_note(k, "after the change there is next to no trade to tell resistances by");
    if (!s.conditional)
        cli_note(k, "with output and spending as before, no resistances could be told");
}

karvan_status cli_resistance(const cli *c, counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *path = cli_option(c, "resistance");
    karvan_table *t = NULL;
    if (!path) return st;
    const karvan_resistance_options o = {.cost = karvan_economy_cost_view(k->economy),
                                         .reference = cli_option(c, "reference")};
    KARVAN_TRY(karvan_resistance_solve(k->economy, k->equilibrium, &o, &k->resistance, err));
    tell(c, k);
    KARVAN_TRY(karvan_resistance_table(k->economy, k->resistance, &t, err));
    st = karvan_csv_write(t, path, err);
done:
    karvan_table_destroy(t);
    return st;
}
