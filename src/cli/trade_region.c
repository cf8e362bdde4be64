/* The region's own trade as data for gravity and counterfactuals. */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "cli/trade.h"
#include "cli/words.h"

karvan_status cli_region_panel(const cli *c, const karvan_package *region, bool domestic,
                               karvan_table **out, karvan_error *err) {
    const karvan_panel_options o = {.dataset = cli_option(c, "dataset"), .domestic = domestic};
    return karvan_trade_panel(region, &o, out, err);
}

bool cli_is_flag(const karvan_table *panel, int column) {
    return column > karvan_table_find(panel, "agreement") &&
           column < karvan_table_find(panel, "gdp_exporter");
}

/* A flag that is one value throughout has no coefficient; naming it would only list it as dropped.
 */
static bool varies(const karvan_table *panel, int column) {
    for (int64_t r = 1; r < karvan_table_rows(panel); r++)
        if (karvan_table_int(panel, column, r) != karvan_table_int(panel, column, 0)) return true;
    return false;
}

karvan_status cli_region_formula(const karvan_table *panel, char *out, size_t cap,
                                 karvan_error *err) {
    size_t n = (size_t)snprintf(out, cap, "trade ~ ");
    bool any = false;
    for (int c = 0; c < karvan_table_columns(panel) && n < cap; c++) {
        if (!cli_is_flag(panel, c) || !varies(panel, c)) continue;
        n += (size_t)snprintf(out + n, cap - n, "%s%s", any ? " + " : "",
                              karvan_table_column(panel, c).name);
        any = true;
    }
    if (!any)
        return karvan_fail(err, KARVAN_E_DATA,
                           "no agreement of the region begins or ends in the years of its trade: "
                           "say what is to be estimated by --formula");
    if (n < cap)
        n += (size_t)snprintf(out + n, cap - n,
                              " | exporter^year + importer^year + exporter^importer");
    return n < cap ? KARVAN_OK
                   : karvan_fail(err, KARVAN_E_ARG,
                                 "the region has too many kinds of agreements "
                                 "for one formula; give --formula");
}

bool cli_last_year(const karvan_table *panel, int64_t *year) {
    int column = karvan_table_find(panel, "year");
    bool any = false;
    for (int64_t r = 0; column >= 0 && r < karvan_table_rows(panel); r++) {
        if (karvan_table_state(panel, column, r) != KARVAN_VALUE) continue;
        int64_t y = karvan_table_int(panel, column, r);
        if (!any || y > *year) *year = y, any = true;
    }
    return any;
}

/* Flows of --data with what is asked of them done, in the place of the region's matrix. */
static karvan_status flows_of_file(cli *c, karvan_table **flows, karvan_error *err) {
    karvan_status st = cli_flows(c, flows, err);
    return st == KARVAN_OK && cli_flows_asked(c) ? cli_flows_apply(c, flows, err) : st;
}

karvan_status cli_panel_print(cli *c, const karvan_trade_query *years, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL, *flows = NULL;
    int64_t outside = 0;
    karvan_panel_options o = {.dataset = years->dataset,
                              .has_from = years->has_from,
                              .has_to = years->has_to,
                              .from_year = years->from_year,
                              .to_year = years->to_year,
                              .domestic = cli_switch(c, "domestic"),
                              .flows_complete = cli_switch(c, "complete"),
                              .outside = &outside};
    if (!c->region) KARVAN_TRY(cli_open_region(c, err));
    if (cli_switch(c, "data")) KARVAN_TRY(flows_of_file(c, &flows, err));
    o.flows = flows;
    KARVAN_TRY(karvan_trade_panel(c->region, &o, &t, err));
    if (outside > 0)
        (void)fprintf(stderr,
                      "karvan: note: flows of countries that the region does not know, left out: "
                      "%lld\n",
                      (long long)outside);
    KARVAN_REQUIRE(karvan_table_rows(t) > 0, err, KARVAN_E_DATA,
                   "there is no row of the years asked for");
    st = cli_print(c, t, err);
done:
    karvan_table_destroy(t), karvan_table_destroy(flows);
    return st;
}
