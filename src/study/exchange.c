/* Trade of the study: the economy whose equilibrium moves, what pairs trade in the study's year,
 * and which flows of the menu are a pair's. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/demand.h"
#include "karvan/trade.h"
#include "study/study.h"
#include "table/cell.h"
#include "trade/economy.h"
#include "trade/gdp.h"

void karvan_i_exchange_clear(karvan_i_exchange *x) {
    karvan_economy_destroy(x->economy);
    karvan_i_free(x->cell), karvan_i_free(x->usd), karvan_i_free(x->gdp);
    karvan_i_free(x->row), karvan_i_free(x->at), karvan_i_free(x->group), karvan_i_free(x->of);
    *x = (karvan_i_exchange){0};
}

/* Newest year of the matrix. */
static karvan_status last_year(const karvan_package *region, int64_t *year, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_trade_matrix(region, NULL, &t, err));
    int c = karvan_table_find(t, "year");
    *year = INT64_MIN;
    for (int64_t r = 0; c >= 0 && r < karvan_table_rows(t); r++)
        if (karvan_table_state(t, c, r) == KARVAN_VALUE && karvan_table_int(t, c, r) > *year)
            *year = karvan_table_int(t, c, r);
    KARVAN_REQUIRE(*year > INT64_MIN, err, KARVAN_E_DATA,
                   "the region's matrix of trade has no years");
done:
    karvan_table_destroy(t);
    return st;
}

karvan_status karvan_i_exchange_panel(const karvan_package *region, karvan_table **out,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_panel_options o = {.domestic = true, .has_from = true, .has_to = true};
    *out = NULL;
    KARVAN_TRY(last_year(region, &o.from_year, err));
    o.to_year = o.from_year;
    KARVAN_TRY(karvan_trade_panel(region, &o, out, err));
done:
    return st;
}

/* Every flow between countries may change; trade within them does not. */
static karvan_status make_economy(const karvan_table *panel, karvan_i_exchange *x,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const char *const name[] = {"cost"};
    int domestic = karvan_table_find(panel, "domestic");
    int64_t rows = karvan_table_rows(panel);
    double *one = karvan_i_calloc((size_t)rows + 1, sizeof *one);
    KARVAN_REQUIRE(one, err, KARVAN_E_NOMEM, "no memory for trade");
    for (int64_t r = 0; r < rows; r++) one[r] = karvan_table_int(panel, domestic, r) ? 0 : 1;
    const double *const value[] = {one};
    const karvan_economy_options o = {
        .n_changes = 1, .change = name, .change_value = value, .skip_unknown = true};
    KARVAN_TRY(karvan_economy_read(panel, &o, &x->economy, err));
    x->n = x->economy->n;
done:
    karvan_i_free(one);
    return st;
}

int32_t karvan_i_exchange_country(const karvan_i_exchange *x, const char *code) {
    for (int32_t i = 0; code && i < x->n; i++)
        if (strcmp(x->economy->country[i], code) == 0) return i;
    return -1;
}

/* Of the newest year at hand, up to 15 of them back. */
static double gdp_of(const karvan_package *region, const char *country, int64_t year) {
    double v = NAN;
    for (int64_t y = year; y > year - 15 && !(v > 0); y--)
        v = karvan_i_gdp_usd(region, country, (double)y);
    return v;
}

static karvan_status make_room(karvan_i_exchange *x, karvan_error *err) {
    size_t n = (size_t)x->n, nn = n * n;
    x->usd = karvan_i_calloc(nn, sizeof *x->usd), x->gdp = karvan_i_calloc(n, sizeof *x->gdp);
    x->row = karvan_i_calloc(n, sizeof *x->row), x->at = karvan_i_malloc(nn, sizeof *x->at);
    x->of = karvan_i_calloc(nn + 1, sizeof *x->of);
    if (!x->of || !x->usd || !x->gdp || !x->row || !x->at)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for trade");
    for (size_t i = 0; i < nn; i++) x->at[i] = -1;
    for (int64_t t = 0; t < x->economy->n_touched; t++) x->at[x->economy->touched[t]] = t;
    return KARVAN_OK;
}

/* What pairs trade in the year of the study: the same figures that their cargo is made of. */
static karvan_status find_values(const karvan_package *region, int64_t year, karvan_i_exchange *x,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_demand_options o = {.year = year};
    karvan_i_sales s = {0};
    KARVAN_TRY(karvan_i_sales_create(region, &o, &s, err));
    for (int i = 0; i < s.n; i++)
        for (int j = 0; j < s.n; j++) {
            int32_t a = karvan_i_exchange_country(x, s.country[i]),
                    b = karvan_i_exchange_country(x, s.country[j]);
            double usd = s.sold[(size_t)i * (size_t)s.n + (size_t)j].usd;
            if (a >= 0 && b >= 0 && a != b && usd > 0)
                x->usd[(size_t)a * (size_t)x->n + (size_t)b] = usd;
        }
done:
    karvan_i_sales_clear(&s);
    return st;
}

/* Flows of trade between two countries of the economy that trade there; all others are fixed. */
static void find_cells(const karvan_table *cargo, const karvan_i_menu *m, karvan_i_exchange *x) {
    for (int32_t k = 0; k < m->n_pairs; k++) {
        int32_t r = m->row[k];
        int32_t a = karvan_i_exchange_country(x, karvan_i_cell_text(cargo, "origin", r)),
                b = karvan_i_exchange_country(x, karvan_i_cell_text(cargo, "destination", r));
        int64_t at = (int64_t)a * x->n + b;
        bool trades = m->kind[k] == KARVAN_FREIGHT_TRADE && a >= 0 && b >= 0 && a != b &&
                      x->usd[at] > 0 && x->at[at] >= 0;
        x->cell[k] = trades ? at : -1;
    }
}

/* Cells that have flows, numbered as they are met. */
static karvan_status number_groups(const karvan_i_menu *m, karvan_i_exchange *x,
                                   karvan_error *err) {
    size_t nn = (size_t)x->n * (size_t)x->n;
    int32_t *number = karvan_i_malloc(nn + 1, sizeof *number);
    if (!number) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for trade");
    for (size_t i = 0; i < nn; i++) number[i] = -1;
    for (int32_t k = 0; k < m->n_pairs; k++) {
        x->group[k] = -1;
        if (x->cell[k] < 0) continue;
        if (number[x->cell[k]] < 0)
            x->of[x->n_groups] = x->cell[k], number[x->cell[k]] = x->n_groups++;
        x->group[k] = number[x->cell[k]];
    }
    karvan_i_free(number);
    return KARVAN_OK;
}

karvan_status karvan_i_exchange_begin(const karvan_package *region, const karvan_study_options *o,
                                      karvan_i_exchange *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *panel = NULL;
    *out = (karvan_i_exchange){0};
    KARVAN_TRY(karvan_i_exchange_panel(region, &panel, err));
    KARVAN_TRY(make_economy(panel, out, err));
    KARVAN_TRY(make_room(out, err));
    KARVAN_TRY(find_values(region, o->year, out, err));
    for (int32_t i = 0; i < out->n; i++) {
        const char *code = out->economy->country[i];
        out->gdp[i] = gdp_of(region, code, o->year);
        out->row[i] = (int32_t)karvan_package_row(region, "countries", code);
    }
done:
    karvan_table_destroy(panel);
    if (st != KARVAN_OK) karvan_i_exchange_clear(out);
    return st;
}

karvan_status karvan_i_exchange_flows(const karvan_i_study_side *first, const karvan_i_menu *m,
                                      karvan_i_exchange *x, karvan_error *err) {
    x->cell = karvan_i_malloc((size_t)m->n_pairs + 1, sizeof *x->cell);
    x->group = karvan_i_malloc((size_t)m->n_pairs + 1, sizeof *x->group);
    if (!x->cell || !x->group) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for trade");
    find_cells(first->cargo, m, x);
    return number_groups(m, x, err);
}
