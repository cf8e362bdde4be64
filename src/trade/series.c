/* Bilateral series as reported, kept apart by data set. */
#include <string.h>

#include "base/try.h"
#include "karvan/trade.h"
#include "table/cell.h"

static bool one_way(const karvan_table *t, int64_t row, const char *reporter, const char *partner) {
    return (!reporter || karvan_i_cell_is(t, "reporter", row, reporter)) &&
           (!partner || karvan_i_cell_is(t, "partner", row, partner));
}

static bool stays(void *ctx, const karvan_table *t, int64_t row) {
    const karvan_trade_query *q = ctx;
    if (!one_way(t, row, q->reporter, q->partner) &&
        !(q->either_way && one_way(t, row, q->partner, q->reporter)))
        return false;
    if (q->flow && !karvan_i_cell_is(t, "flow", row, q->flow)) return false;
    if (q->dataset && !karvan_i_cell_is(t, "dataset", row, q->dataset)) return false;
    double year = karvan_i_cell_real(t, "year", row);
    return !(q->has_from && year < (double)q->from_year) &&
           !(q->has_to && year > (double)q->to_year);
}

karvan_status karvan_trade_select(const karvan_package *region, const karvan_trade_query *q,
                                  karvan_view *v, karvan_error *err) {
    static const char *const order[] = {"flow", "partner", "reporter", "year"};
    karvan_status st = KARVAN_OK;
    const karvan_table *t = NULL;
    *v = (karvan_view){0};
    KARVAN_REQUIRE(region && q, err, KARVAN_E_ARG, "region or query is NULL");
    KARVAN_TRY(karvan_i_need_table(region, "trade", &t, err));
    karvan_trade_query copy = *q;
    KARVAN_TRY(karvan_view_init(v, t, stays, &copy, err));
    /* stable sorts, the least first; data sets stay in the order of the table */
    for (int k = 0; k < 4; k++) {
        int c;
        KARVAN_TRY(karvan_i_need_column(t, order[k], &c, err));
        KARVAN_TRY(karvan_view_sort(v, c, false, err));
    }
done:
    if (st != KARVAN_OK) karvan_view_clear(v);
    return st;
}

karvan_status karvan_trade_table(const karvan_package *region, const karvan_view *v, bool wide,
                                 karvan_table **out, karvan_error *err) {
    static const char *const columns[] = {"year",      "reporter",    "partner",  "flow",
                                          "value",     "unit",        "source",   "dataset",
                                          "commodity", "price_basis", "estimate", "note"};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!region || !v) return karvan_fail(err, KARVAN_E_ARG, "region or view is NULL");
    return karvan_view_copy(v, wide ? 12 : 7, columns, out, err);
}
