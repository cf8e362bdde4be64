/* Who sells to whom: ties out of a flows table. */
#include <string.h>

#include "base/try.h"
#include "record/ties.h"
#include "table/cell.h"

typedef struct flows {
    const karvan_table *t;
    int year, exporter, importer, product, value, unit, by, source;
} flows;

static karvan_status flow_columns(flows *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_need_column(f->t, "year", &f->year, err));
    KARVAN_TRY(karvan_i_need_column(f->t, "exporter", &f->exporter, err));
    KARVAN_TRY(karvan_i_need_column(f->t, "importer", &f->importer, err));
    KARVAN_TRY(karvan_i_need_column(f->t, "value", &f->value, err));
    f->product = karvan_table_find(f->t, "product"), f->unit = karvan_table_find(f->t, "unit");
    f->by = karvan_table_find(f->t, "reported_by"), f->source = karvan_table_find(f->t, "source");
done:
    return st;
}

static bool is_total(const flows *f, int64_t r) {
    const char *product = f->product < 0 ? "TOTAL" : karvan_table_text(f->t, f->product, r);
    return product && strcmp(product, "TOTAL") == 0;
}

static karvan_status usd_of(const flows *f, int64_t r, double *usd, karvan_error *err) {
    const char *unit = f->unit < 0 ? "thousand USD" : karvan_table_text(f->t, f->unit, r);
    double of_one = !unit                               ? 0
                    : strcmp(unit, "thousand USD") == 0 ? 1e3
                    : strcmp(unit, "million USD") == 0  ? 1e6
                    : strcmp(unit, "USD") == 0          ? 1
                                                        : 0;
    if (of_one <= 0)
        return karvan_i_refuse(f->t, f->unit, r, "trade is weighed in thousand or million USD",
                               err);
    *usd = karvan_table_real(f->t, f->value, r) * of_one;
    return KARVAN_OK;
}

/* The importer sees what arrives; then who sends it; then who estimates. */
static int64_t standing(const flows *f, int64_t r) {
    const char *by = f->by < 0 ? NULL : karvan_table_text(f->t, f->by, r);
    return by && strcmp(by, "importer") == 0 ? 0 : by && strcmp(by, "exporter") == 0 ? 1 : 2;
}

static karvan_status no_such_year(const flows *f, int64_t year, karvan_error *err) {
    int64_t least = INT64_MAX, most = INT64_MIN;
    for (int64_t r = 0; r < karvan_table_rows(f->t); r++) {
        int64_t y = karvan_table_int(f->t, f->year, r);
        if (!is_total(f, r)) continue;
        if (y < least) least = y;
        if (y > most) most = y;
    }
    if (least > most)
        return karvan_fail(err, KARVAN_E_DATA, "no flow is of all products (product TOTAL)");
    return karvan_fail(err, KARVAN_E_ARG, "no flow is of %lld; there are flows of %lld to %lld",
                       (long long)year, (long long)least, (long long)most);
}

/* Only what the best placed side states counts: units are sides, and the others go. */
static void keep_best(karvan_i_tie_gather *g) {
    int64_t kept = 0;
    karvan_i_tied_sort(g);
    for (int64_t i = 0; i < g->m; i++) {
        const karvan_i_evidence *last = kept > 0 ? &g->row[kept - 1] : NULL;
        if (last && last->a == g->row[i].a && last->b == g->row[i].b) continue;
        g->row[kept++] = g->row[i];
    }
    g->m = kept;
    for (int64_t i = kept = 0; i < g->m; i++)
        if (g->row[i].weight > 0) g->row[kept++] = g->row[i];
    g->m = kept;
}

static karvan_status add_flows(karvan_i_tie_gather *g, const flows *f, int64_t *n,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const char *const sides[] = {"importer", "exporter", "estimate"};
    for (int64_t r = 0; r < karvan_table_rows(f->t); r++) {
        if (!is_total(f, r) || karvan_table_int(f->t, f->year, r) != g->year) continue;
        if (karvan_table_state(f->t, f->value, r) != KARVAN_VALUE) continue;
        ++*n;
        karvan_i_evidence e = {.a = karvan_i_tied_find(g, karvan_table_text(f->t, f->exporter, r)),
                               .b = karvan_i_tied_find(g, karvan_table_text(f->t, f->importer, r)),
                               .unit = standing(f, r),
                               .truth = KARVAN_YES,
                               .source =
                                   f->source < 0 ? NULL : karvan_table_text(f->t, f->source, r),
                               .row = r};
        e.what = sides[e.unit];
        KARVAN_TRY(usd_of(f, r, &e.weight, err));
        KARVAN_TRY(karvan_i_tied_add(g, e, err));
    }
done:
    return st;
}

/* Every code of the table's columns once, and not every row's. */
static karvan_status flow_nodes(karvan_i_tie_gather *g, const flows *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const int ends[] = {f->exporter, f->importer};
    for (int k = 0; k < 2; k++)
        for (int32_t i = 0; i < karvan_table_dictionary_size(f->t, ends[k]); i++)
            KARVAN_TRY(karvan_i_tied_node(g, karvan_table_dictionary_text(f->t, ends[k], i), err));
    st = karvan_i_tied_nodes(g, false, err);
done:
    return st;
}

karvan_status karvan_ties_of_flows(const karvan_package *region, const karvan_table *t,
                                   int64_t year, karvan_ties **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_tie_gather g = {.region = region, .directed = true};
    flows f = {.t = t};
    int64_t n = 0;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && t, err, KARVAN_E_ARG, "region or flows are NULL");
    KARVAN_TRY(karvan_i_tied_year(&g, year, err));
    KARVAN_TRY(flow_columns(&f, err));
    KARVAN_TRY(flow_nodes(&g, &f, err));
    KARVAN_TRY(add_flows(&g, &f, &n, err));
    if (n == 0) {
        st = no_such_year(&f, year, err);
        goto done;
    }
    keep_best(&g);
    st = karvan_i_tied_close(&g, "trade", "USD", out, err);
done:
    karvan_i_tied_clear(&g);
    return st;
}
