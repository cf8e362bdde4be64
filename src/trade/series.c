/* Bilateral series as reported, kept apart by data set. */
#include <string.h>

#include "base/alloc.h"
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

/* A data set that no row names is a slip, not an empty answer. */
static karvan_status known_dataset(const karvan_table *t, const char *dataset, karvan_error *err) {
    int c = karvan_table_find(t, "dataset");
    int32_t n = c < 0 ? 0 : karvan_table_dictionary_size(t, c);
    char meant[240];
    if (!dataset) return KARVAN_OK;
    for (int32_t i = 0; i < n; i++)
        if (strcmp(karvan_table_dictionary_text(t, c, i), dataset) == 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "no data set is called '%.60s'%s", dataset,
                       karvan_i_meant_or_all(t, c, dataset, meant, sizeof meant));
}

/* Stable, by the first row that names the data set; rows without one come first. */
static karvan_status sort_by_dataset(karvan_view *v, int column, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)karvan_table_dictionary_size(v->table, column) + 1;
    int64_t *at = karvan_i_calloc(n + 1, sizeof *at);
    int64_t *row = karvan_i_calloc((size_t)v->n + 1, sizeof *row);
    KARVAN_REQUIRE(at && row, err, KARVAN_E_NOMEM, "no memory to sort trade");
    for (int64_t i = 0; i < v->n; i++) at[karvan_table_code(v->table, column, v->row[i]) + 2]++;
    for (size_t k = 1; k <= n; k++) at[k] += at[k - 1];
    for (int64_t i = 0; i < v->n; i++)
        row[at[karvan_table_code(v->table, column, v->row[i]) + 1]++] = v->row[i];
    for (int64_t i = 0; i < v->n; i++) v->row[i] = row[i];
done:
    karvan_i_free(at), karvan_i_free(row);
    return st;
}

karvan_status karvan_trade_select(const karvan_package *region, const karvan_trade_query *q,
                                  karvan_view *v, karvan_error *err) {
    static const char *const order[] = {"flow", "partner", "reporter", "year", "dataset"};
    karvan_status st = KARVAN_OK;
    const karvan_table *t = NULL;
    *v = (karvan_view){0};
    KARVAN_REQUIRE(region && q, err, KARVAN_E_ARG, "region or query is NULL");
    KARVAN_TRY(karvan_i_need_table(region, "trade", &t, err));
    KARVAN_TRY(known_dataset(t, q->dataset, err));
    karvan_trade_query copy = *q;
    KARVAN_TRY(karvan_view_init(v, t, stays, &copy, err));
    for (int k = 0; k < 5; k++) { /* stable sorts, the least first */
        int c;
        KARVAN_TRY(karvan_i_need_column(t, order[k], &c, err));
        st = k < 4 ? karvan_view_sort(v, c, false, err) : sort_by_dataset(v, c, err);
        if (st != KARVAN_OK) goto done;
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
