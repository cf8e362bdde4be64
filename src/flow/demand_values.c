/* What pairs trade in a year: their newest figures, grown. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "flow/demand.h"
#include "karvan/trade.h"
#include "table/cell.h"
#include "trade/gdp.h"
#include "trade/unit.h"

/* ---- countries ---- */

/* The distinct texts of both columns, by code. */
static karvan_status name_countries(karvan_i_sales *s, const karvan_table *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int x = -1, m = -1;
    size_t n = 0, rows = (size_t)karvan_table_rows(t);
    KARVAN_TRY(karvan_i_need_column(t, "exporter", &x, err));
    KARVAN_TRY(karvan_i_need_column(t, "importer", &m, err));
    s->country = karvan_i_calloc(2 * rows + 1, sizeof *s->country);
    KARVAN_REQUIRE(s->country, err, KARVAN_E_NOMEM, "no memory for demand");
    for (int64_t r = 0; r < (int64_t)rows; r++) {
        const char *const ends[] = {karvan_i_cell_text(t, "exporter", r),
                                    karvan_i_cell_text(t, "importer", r)};
        for (int k = 0; k < 2; k++)
            if (ends[k]) s->country[n++] = ends[k];
    }
    qsort(s->country, n, sizeof *s->country, karvan_i_by_text);
    for (size_t i = 0; i < n; i++)
        if (s->n == 0 || strcmp(s->country[s->n - 1], s->country[i]) != 0)
            s->country[s->n++] = s->country[i];
    s->sold = karvan_i_calloc((size_t)s->n * (size_t)s->n + 1, sizeof *s->sold);
    KARVAN_REQUIRE(s->sold, err, KARVAN_E_NOMEM, "no memory for demand");
    for (size_t i = 0; i < (size_t)s->n * (size_t)s->n; i++)
        s->sold[i] = (karvan_i_sold){.usd = NAN, .growth = 1};
done:
    return st;
}

/* NULL: one of both is no country of the matrix, or both are one. */
static karvan_i_sold *between(const karvan_i_sales *s, const char *exporter, const char *importer) {
    int i = exporter ? karvan_i_position(s->country, s->n, exporter) : -1,
        j = importer ? karvan_i_position(s->country, s->n, importer) : -1;
    return i < 0 || j < 0 || i == j ? NULL : &s->sold[(size_t)i * (size_t)s->n + (size_t)j];
}

/* ---- figures ---- */

/* Of one year table trade speaks before the matrix, since it is nearer to the offices. */
static void take_matrix(karvan_i_sales *s, const char *dataset) {
    const karvan_table *t = s->panel;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double thousand = karvan_i_cell_real(t, "trade", r);
        int64_t year = (int64_t)karvan_i_cell_real(t, "year", r);
        karvan_i_sold *q =
            between(s, karvan_i_cell_text(t, "exporter", r), karvan_i_cell_text(t, "importer", r));
        if (!q || isnan(thousand) || (q->from && q->year > year)) continue;
        *q = (karvan_i_sold){.usd = thousand * 1e3, .year = year, .growth = 1, .from = dataset};
    }
}

/* Total in USD of a row of table trade; NaN where it is none. */
static double total_usd(const karvan_table *t, int64_t r) {
    const char *currency = NULL;
    double one = karvan_i_trade_unit(karvan_i_cell_text(t, "unit", r), &currency);
    if (!currency || strcmp(currency, "USD") != 0) return NAN;
    if (karvan_i_cell_text(t, "commodity", r) && !karvan_i_cell_is(t, "commodity", r, "TOTAL"))
        return NAN;
    return karvan_i_cell_real(t, "value", r) * one;
}

/* Exporters first and importers over them, so that of one year the importer's word stays; of one
 * side and year the first row. */
static void take_trade(karvan_i_sales *s, const karvan_table *t, int64_t year, bool importers) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        bool import = karvan_i_cell_is(t, "flow", r, "import");
        const char *reporter = karvan_i_cell_text(t, "reporter", r),
                   *partner = karvan_i_cell_text(t, "partner", r);
        if (import != importers) continue;
        double usd = total_usd(t, r), of = karvan_i_cell_real(t, "year", r);
        karvan_i_sold *q = between(s, import ? partner : reporter, import ? reporter : partner);
        /* growth 0 marks what this pass has set */
        if (!q || isnan(usd) || !(of <= (double)year) || of < (double)q->year ||
            (of == (double)q->year && q->growth == 0))
            continue;
        *q = (karvan_i_sold){.usd = usd,
                             .year = (int64_t)of,
                             .growth = 0,
                             .from = karvan_i_cell_text(t, "dataset", r)};
    }
    for (size_t i = 0; i < (size_t)s->n * (size_t)s->n; i++) s->sold[i].growth = 1;
}

/* ---- growth ---- */

/* GDP of the newest year at hand over that of the first; 1 where either is not known. */
static double growth_of(const karvan_package *region, const char *country, int64_t from,
                        int64_t to) {
    double before = karvan_i_gdp_usd(region, country, (double)from), after = NAN;
    for (int64_t y = to; y > from && !(after > 0); y--)
        after = karvan_i_gdp_usd(region, country, (double)y);
    return before > 0 && after > 0 ? after / before : 1;
}

static void grow(const karvan_package *region, karvan_i_sales *s, int64_t year) {
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->n; j++) {
            karvan_i_sold *q = &s->sold[(size_t)i * (size_t)s->n + (size_t)j];
            if (!(q->usd > 0)) continue;
            q->growth = sqrt(growth_of(region, s->country[i], q->year, year) *
                             growth_of(region, s->country[j], q->year, year));
            q->usd *= q->growth;
        }
}

/* ---- the two ways to them ---- */

static karvan_status take_given(karvan_i_sales *s, const karvan_demand_options *o,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = o->trade;
    int c = -1;
    KARVAN_TRY(name_countries(s, t, err));
    KARVAN_TRY(karvan_i_need_column(t, "value_usd", &c, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double usd = karvan_i_cell_real(t, "value_usd", r);
        karvan_i_sold *q =
            between(s, karvan_i_cell_text(t, "exporter", r), karvan_i_cell_text(t, "importer", r));
        if (!q || isnan(usd)) continue;
        if (usd < 0 || isinf(usd))
            return karvan_i_refuse(t, c, r, "a value of trade is a number from 0", err);
        if (q->from) return karvan_i_refuse(t, c, r, "the pair has a row already", err);
        *q = (karvan_i_sold){.usd = usd, .year = o->year, .growth = 1, .from = "given"};
    }
done:
    return st;
}

static karvan_status take_region(const karvan_package *region, const karvan_demand_options *o,
                                 karvan_i_sales *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_panel_options p = {.dataset = o->dataset, .has_to = true, .to_year = o->year};
    const karvan_table *trade = o->matrix_only ? NULL : karvan_package_table(region, "trade");
    const char *dataset = o->dataset ? o->dataset : karvan_i_demand_setting(region, "matrix_trade");
    KARVAN_TRY(karvan_trade_panel(region, &p, &s->panel, err));
    KARVAN_TRY(name_countries(s, s->panel, err));
    take_matrix(s, dataset ? dataset : "matrix");
    if (trade) take_trade(s, trade, o->year, false), take_trade(s, trade, o->year, true);
    grow(region, s, o->year);
done:
    return st;
}

karvan_status karvan_i_sales_create(const karvan_package *region, const karvan_demand_options *o,
                                    karvan_i_sales *s, karvan_error *err) {
    *s = (karvan_i_sales){0};
    karvan_status st = o->trade ? take_given(s, o, err) : take_region(region, o, s, err);
    if (st != KARVAN_OK) karvan_i_sales_clear(s);
    return st;
}

void karvan_i_sales_clear(karvan_i_sales *s) {
    karvan_i_free(s->country), karvan_i_free(s->sold);
    karvan_table_destroy(s->panel);
    *s = (karvan_i_sales){0};
}
