/* A region's plain table of trade as flows; and whether a flows table can be used. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/number.h"
#include "trade/flows.h"
#include "trade/unit.h"

/* KARVAN_E_ARG for a data set that no row is of. */
static karvan_status known_datasets(const karvan_table *t, const karvan_flows_query *q,
                                    karvan_error *err) {
    int c = karvan_table_find(t, "dataset");
    int32_t n = c < 0 ? 0 : karvan_table_dictionary_size(t, c);
    for (int k = 0; k < q->n_datasets; k++) {
        bool known = false;
        for (int32_t i = 0; i < n && !known; i++)
            known = strcmp(karvan_table_dictionary_text(t, c, i), q->datasets[k]) == 0;
        if (known) continue;
        char meant[240];
        return karvan_fail(err, KARVAN_E_ARG, "no data set is called '%.60s'%s", q->datasets[k],
                           karvan_i_meant_or_all(t, c, q->datasets[k], meant, sizeof meant));
    }
    return KARVAN_OK;
}

static bool is_asked(const karvan_table *t, int64_t r, const karvan_flows_query *q) {
    double year = karvan_i_cell_real(t, "year", r);
    bool named = q->n_datasets == 0;
    for (int k = 0; k < q->n_datasets && !named; k++)
        named = karvan_i_cell_is(t, "dataset", r, q->datasets[k]);
    if (q->from_year == 0 && q->to_year == 0) return named;
    return named && year >= (double)q->from_year && (q->to_year == 0 || year <= (double)q->to_year);
}

/* In the unit asked for; another currency by the row's rate. */
static karvan_status value_in(const karvan_table *t, int64_t r, const karvan_flows_query *q,
                              const char *unit, karvan_i_flow_row *f, karvan_error *err) {
    const char *has = NULL, *wanted = NULL;
    double of_one = karvan_i_trade_unit(f->unit, &has), to = karvan_i_trade_unit(unit, &wanted);
    if (isnan(f->value)) return KARVAN_OK;
    if (!f->unit) {
        char place[256];
        karvan_i_flow_place(t, r, place, sizeof place);
        return karvan_fail(err, KARVAN_E_DATA, "%s: a value without a unit", place);
    }
    if (!q->rate_column || strcmp(has, wanted) == 0)
        return karvan_i_flow_convert(t, r, f->unit, unit, &f->value, err);
    double rate = karvan_i_cell_real(t, q->rate_column, r);
    if (!(rate > 0)) return karvan_i_flow_convert(t, r, f->unit, unit, &f->value, err);
    f->value = f->value * of_one * rate / to;
    return KARVAN_OK;
}

static karvan_status put_row(const karvan_table *t, int64_t r, const karvan_flows_query *q,
                             const char *unit, karvan_builder *b, karvan_error *err) {
    bool export = karvan_i_cell_is(t, "flow", r, "export");
    double year = karvan_i_cell_real(t, "year", r);
    int value = karvan_table_find(t, "value");
    karvan_i_flow_row f = {.exporter = karvan_i_cell_text(t, export ? "reporter" : "partner", r),
                           .importer = karvan_i_cell_text(t, export ? "partner" : "reporter", r),
                           .product = karvan_i_cell_text(t, "commodity", r),
                           .value = karvan_i_cell_real(t, "value", r),
                           .state =
                               value < 0 ? KARVAN_NOT_COVERED : karvan_table_state(t, value, r),
                           .unit = karvan_i_cell_text(t, "unit", r),
                           .quantity = NAN,
                           .price_basis = karvan_i_cell_text(t, "price_basis", r),
                           .reported_by = export ? "exporter" : "importer",
                           .flag = karvan_i_cell_bool(t, "estimate", r) ? "estimate" : "",
                           .source = karvan_i_cell_text(t, "dataset", r)};
    if (!f.exporter || !f.importer || isnan(year)) return KARVAN_OK;
    if (!export && !karvan_i_cell_is(t, "flow", r, "import")) return KARVAN_OK;
    karvan_status st = karvan_i_flow_year(t, r, year, &f.year, err);
    if (st == KARVAN_OK && !q->as_stated) st = value_in(t, r, q, unit, &f, err);
    if (!q->as_stated) f.unit = unit;
    return st == KARVAN_OK ? karvan_i_flow_put(b, &f, err) : st;
}

karvan_status karvan_flows_of_region(const karvan_package *region, const karvan_flows_query *q,
                                     karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    const karvan_table *t = NULL;
    int unused;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && q, err, KARVAN_E_ARG, "region or query is NULL");
    const char *unit = q->unit;
    KARVAN_TRY(karvan_i_flow_unit(&unit, err));
    KARVAN_TRY(karvan_i_need_table(region, "trade", &t, err));
    KARVAN_TRY(karvan_i_need_column(t, "value", &unused, err));
    KARVAN_REQUIRE(!q->rate_column || karvan_table_find(t, q->rate_column) >= 0, err, KARVAN_E_ARG,
                   "table trade has no column '%.60s'", q->rate_column);
    KARVAN_TRY(known_datasets(t, q, err));
    KARVAN_TRY(karvan_i_flow_builder("flows", 0, NULL, &b, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (is_asked(t, r, q)) KARVAN_TRY(put_row(t, r, q, unit, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- can it be used? ---- */

karvan_status karvan_flows_check(const karvan_table *flows, karvan_problems *problems,
                                 karvan_error *err) {
    static const int needed[] = {KARVAN_FLOW_YEAR, KARVAN_FLOW_EXPORTER, KARVAN_FLOW_IMPORTER};
    karvan_status st = KARVAN_OK;
    karvan_i_flows f = {0};
    bool keys = true;
    KARVAN_REQUIRE(problems, err, KARVAN_E_ARG, "problems are NULL");
    KARVAN_TRY(karvan_i_flows_columns(&f, flows, err));
    for (int64_t r = 0; r < karvan_table_rows(flows); r++) {
        double v = karvan_table_real(flows, f.column[KARVAN_FLOW_VALUE], r);
        if (!isnan(v) && !karvan_i_is_amount(v))
            KARVAN_TRY(karvan_problems_add_cell(
                problems, KARVAN_ERROR, flows, f.column[KARVAN_FLOW_VALUE], r, "flows-value",
                "0 or more; not covered where it is not known", "a flow of %g", v));
        for (int k = 0; k < 3; k++) {
            if (karvan_table_state(flows, f.column[needed[k]], r) == KARVAN_VALUE) continue;
            keys = false;
            KARVAN_TRY(karvan_problems_add_cell(problems, KARVAN_ERROR, flows, f.column[needed[k]],
                                                r, "flows-key", NULL, "a flow without %s",
                                                karvan_flow_columns()[needed[k]].name));
        }
    }
    if (!keys) goto done; /* rows without a key have no twins */
    KARVAN_TRY(karvan_i_flows_open(&f, flows, err));
    for (int64_t k = 1; k < f.n; k++) {
        char place[200];
        const karvan_i_flow_key *a = &f.key[k - 1], *b = &f.key[k];
        if (a->side != b->side || !karvan_i_flow_same(a, b, true)) continue;
        karvan_i_flow_place(flows, a->row, place, sizeof place);
        KARVAN_TRY(karvan_problems_add_cell(problems, KARVAN_ERROR, flows, -1, b->row,
                                            "flows-duplicate", "one figure of a flow and side",
                                            "the same flow stands at %s already", place));
    }
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for problems");
    karvan_i_flows_clear(&f);
    return st;
}
