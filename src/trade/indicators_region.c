/* Indicators of a region's own trade: its table as flows, and the dashboard of a country or pair.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/flows.h"
#include "table/cell.h"
#include "trade/indicators.h"

const char *karvan_trade_country_dataset(const karvan_package *region, const char *a) {
    const karvan_table *t = karvan_package_table(region, "trade");
    int c = t ? karvan_table_find(t, "dataset") : -1;
    const char *best = NULL;
    int64_t most = 0;
    for (int32_t i = 0; c >= 0 && i < karvan_table_dictionary_size(t, c); i++) {
        int64_t n = 0;
        for (int64_t r = 0; r < karvan_table_rows(t); r++)
            n += karvan_table_code(t, c, r) == i && karvan_i_cell_is(t, "reporter", r, a);
        if (n > most) most = n, best = karvan_table_dictionary_text(t, c, i);
    }
    return best;
}

/* ---- dashboard ---- */

/* Of a country, of a pair, and which of them say the same of imports. */
static const char *const COUNTRY[] = {"exports",
                                      "imports",
                                      "turnover",
                                      "balance",
                                      "normalised_balance",
                                      "growth",
                                      "openness",
                                      "import_penetration",
                                      "partners",
                                      "hhi_partners",
                                      "hhi_partners_normalised",
                                      "theil_partners",
                                      "products",
                                      "hhi_products",
                                      "theil_products",
                                      "grubel_lloyd",
                                      NULL};
static const char *const PAIR[] = {
    "exports", "imports",      "turnover",  "balance",         "normalised_balance", "growth",
    "share",   "market_share", "intensity", "complementarity", "similarity",         "grubel_lloyd",
    NULL};

static karvan_status ask(const karvan_trade_cube *c, karvan_indicator_query *q,
                         const char *const *names, karvan_table **out, karvan_error *err) {
    int list[32], n = 0;
    for (; names[n]; n++) {
        karvan_status st = karvan_trade_indicator_find(names[n], &list[n], err);
        if (st != KARVAN_OK) return st;
    }
    q->indicator = list, q->n_indicators = n;
    karvan_status st = karvan_trade_indicators(c, q, out, err);
    q->indicator = NULL, q->n_indicators = 0;
    return st;
}

static bool is_number(const karvan_table *t, const char *indicator, int64_t row) {
    return karvan_i_cell_is(t, "indicator", row, indicator) &&
           !isnan(karvan_i_cell_real(t, "value", row));
}

/* The latest year with exports and imports; failing that the latest with either. */
static karvan_status latest_year(const karvan_trade_cube *c, karvan_indicator_query *q,
                                 int64_t *year, karvan_error *err) {
    static const char *const names[] = {"exports", "imports", NULL};
    karvan_table *t = NULL;
    int64_t both = 0, either = 0;
    karvan_status st = ask(c, q, names, &t, err);
    if (st != KARVAN_OK) return st;
    for (int64_t r = 0; r + 1 < karvan_table_rows(t); r += 2) {
        int64_t y = (int64_t)karvan_i_cell_real(t, "year", r);
        bool x = is_number(t, "exports", r), m = is_number(t, "imports", r + 1);
        if (x && m) both = y;
        if (x || m) either = y;
    }
    karvan_table_destroy(t);
    *year = both ? both : either;
    if (*year) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "no year has trade of %s%s%s", q->country,
                       q->partner ? " with " : "", q->partner ? q->partner : "");
}

static karvan_status copy_row(const karvan_table *t, int64_t r, karvan_builder *b,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int last = karvan_table_columns(t), i = -1;
    KARVAN_TRY(karvan_builder_row(b, err));
    for (int c = 0; c < last; c++) KARVAN_TRY(karvan_i_copy_cell(b, c, t, c, r, err));
    KARVAN_TRY(karvan_trade_indicator_find(karvan_i_cell_text(t, "indicator", r), &i, err));
    KARVAN_TRY(karvan_builder_text(b, last, karvan_trade_indicator_formula(i), err));
done:
    return st;
}

/* The rows of the first table, and of the second, where it is the same of imports, those that tell
 * of a flow. */
static karvan_status join(const karvan_table *exports, const karvan_table *imports,
                          karvan_table **out, karvan_error *err) {
    enum { MOST = 16 };
    karvan_column columns[MOST];
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int n = karvan_table_columns(exports);
    for (int c = 0; c < n; c++) columns[c] = karvan_table_column(exports, c);
    columns[n] = (karvan_column){"formula", KARVAN_TEXT, NULL};
    KARVAN_TRY(karvan_builder_create("dashboard", n + 1, columns, &b, err));
    for (int64_t r = 0; r < karvan_table_rows(exports); r++) {
        KARVAN_TRY(copy_row(exports, r, b, err));
        if (karvan_i_cell_is(imports, "flow", r, "import"))
            KARVAN_TRY(copy_row(imports, r, b, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_trade_dashboard(const karvan_package *region, const char *dataset,
                                     const char *a, const char *b, int64_t year, karvan_table **out,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *flows = NULL, *exports = NULL, *imports = NULL;
    karvan_trade_cube *c = NULL;
    karvan_indicator_query q = {.country = a, .partner = b};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && a, err, KARVAN_E_ARG, "a dashboard is of a country or a pair");
    if (!dataset)
        dataset = b ? karvan_trade_default_dataset(region, a, b)
                    : karvan_trade_country_dataset(region, a);
    KARVAN_REQUIRE(dataset, err, KARVAN_E_ARG, "%s reports no trade%s%s", a, b ? " with " : "",
                   b ? b : "");
    const karvan_flows_query all = {.n_datasets = 1, .datasets = &dataset, .as_stated = true};
    KARVAN_TRY(karvan_flows_of_region(region, &all, &flows, err));
    KARVAN_TRY(karvan_trade_cube_create(flows, NULL, &c, err));
    if (!year) KARVAN_TRY(latest_year(c, &q, &year, err));
    q.has_from = q.has_to = true, q.from_year = q.to_year = year;
    q.gdp = karvan_package_table(region, "indicators");
    KARVAN_TRY(ask(c, &q, b ? PAIR : COUNTRY, &exports, err));
    q.imports = true;
    KARVAN_TRY(ask(c, &q, b ? PAIR : COUNTRY, &imports, err));
    KARVAN_TRY(join(exports, imports, out, err));
done:
    karvan_table_destroy(flows), karvan_table_destroy(exports), karvan_table_destroy(imports);
    karvan_trade_cube_destroy(c);
    return st;
}
