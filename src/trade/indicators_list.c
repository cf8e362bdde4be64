/* The indicators by name, and what each needs. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/indicators.h"
#include "trade/unit.h"

/* X, M: exports and imports of a with b (all where no partner is asked for); i, j: a and b; k: a
 * product; W: all countries; d: the change since the base year. */
#define OF(name) .of = karvan_i_trade_##name
#define MAY_BOTH .partner = KARVAN_I_MAY, .product = KARVAN_I_MAY
const karvan_i_indicator karvan_i_indicators[] = {
    {"exports", "X", NULL, MAY_BOTH, OF(exports)},
    {"imports", "M", NULL, MAY_BOTH, OF(imports)},
    {"turnover", "X + M", NULL, MAY_BOTH, OF(turnover)},
    {"balance", "X - M", NULL, MAY_BOTH, OF(balance)},
    {"normalised_balance", "(X - M) / (X + M), -1 to 1", "", MAY_BOTH, OF(normalised_balance)},
    {"growth", "100 (V / V of the base year - 1), V = X or M", "%", MAY_BOTH, .flow = true,
     .base = true, OF(growth)},
    {"share", "100 V_ij / V_i of a partner, 100 V_ijk / V_ij of a product, V = X or M", "%",
     MAY_BOTH, .flow = true, OF(share)},
    {"market_share", "100 X_ij / X_Wj: of all that is sold to j (to all: of world exports)", "%",
     MAY_BOTH, OF(market_share)},
    {"cms_change", "change of the market share since the base year, percentage points", "points",
     .partner = KARVAN_I_MAY, .base = true, OF(cms_change)},
    {"cms_performance", "100 sum_k w_k0 (s_k - s_k0), w the market's weights, s shares in them",
     "points", .partner = KARVAN_I_MAY, .base = true, OF(cms_performance)},
    {"cms_structure", "100 sum_k s_k0 (w_k - w_k0)", "points", .partner = KARVAN_I_MAY,
     .base = true, OF(cms_structure)},
    {"cms_interaction", "100 sum_k (s_k - s_k0) (w_k - w_k0)", "points", .partner = KARVAN_I_MAY,
     .base = true, OF(cms_interaction)},
    {"openness", "100 (X + M) / GDP", "%", .gdp = true, OF(openness)},
    {"export_openness", "100 X / GDP", "%", .gdp = true, OF(export_openness)},
    {"import_openness", "100 M / GDP", "%", .gdp = true, OF(import_openness)},
    {"import_penetration", "100 M / (GDP - X + M)", "%", .gdp = true, OF(import_penetration)},
    {"intensity", "(X_ij / X_i) / (X_Wj / X_W), 0 or more; 1: as the world", "",
     .partner = KARVAN_I_MUST, OF(intensity)},
    {"complementarity", "1 - sum_k |m_jk - x_ik| / 2, shares in M_j and X_i; 0 to 1", "",
     .partner = KARVAN_I_MUST, OF(complementarity)},
    {"similarity", "sum_k min(x_ik, x_jk), shares in exports to a market; 0 to 1", "",
     .partner = KARVAN_I_MUST, OF(similarity)},
    {"orientation", "(X_ijk / X_ij) / (X_i,not j,k / X_i,not j), 0 or more", "",
     .partner = KARVAN_I_MUST, .product = KARVAN_I_MUST, OF(orientation)},
    {"rca", "(X_ik / X_i) / (X_Wk / X_W), 0 or more (Balassa)", "", .partner = KARVAN_I_MAY,
     .product = KARVAN_I_MUST, OF(rca)},
    {"rca_symmetric", "(rca - 1) / (rca + 1), -1 to 1", "", .partner = KARVAN_I_MAY,
     .product = KARVAN_I_MUST, OF(rca_symmetric)},
    {"rca_additive", "X_ik / X_i - X_Wk / X_W, -1 to 1", "", .partner = KARVAN_I_MAY,
     .product = KARVAN_I_MUST, OF(rca_additive)},
    {"nrca", "X_ik / X_W - X_i X_Wk / X_W^2, -1/4 to 1/4", "", .partner = KARVAN_I_MAY,
     .product = KARVAN_I_MUST, OF(nrca)},
    {"grubel_lloyd", "sum_k (X_k + M_k - |X_k - M_k|) / sum_k (X_k + M_k), 0 to 1", "", MAY_BOTH,
     OF(grubel_lloyd)},
    {"grubel_lloyd_adjusted", "sum_k (X_k + M_k - |X_k - M_k|) / (X + M - |X - M|), 0 to 1", "",
     .partner = KARVAN_I_MAY, OF(grubel_lloyd_adjusted)},
    {"miit_a", "1 - sum_k |dX_k - dM_k| / sum_k (|dX_k| + |dM_k|), 0 to 1", "", MAY_BOTH,
     .base = true, OF(miit_a)},
    {"miit_b", "(dX - dM) / (|dX| + |dM|), -1 to 1", "", .partner = KARVAN_I_MAY,
     .product = KARVAN_I_MUST, .base = true, OF(miit_b)},
    {"miit_c", "sum_k (|dX_k| + |dM_k| - |dX_k - dM_k|), 0 or more", NULL, MAY_BOTH, .base = true,
     OF(miit_c)},
    {"extensive_margin", "sum of others' exports of what i sells / of all products, 0 to 1", "",
     .partner = KARVAN_I_MAY, OF(extensive_margin)},
    {"intensive_margin", "X_i / sum of others' exports of what i sells, 0 or more", "",
     .partner = KARVAN_I_MAY, OF(intensive_margin)},
    {"products", "number of products above 0", "", .partner = KARVAN_I_MAY, .flow = true,
     OF(count_products)},
    {"hhi_products", "sum_k s_k^2, 1/n to 1", "", .partner = KARVAN_I_MAY, .flow = true,
     OF(hhi_products)},
    {"hhi_products_normalised", "(hhi - 1/n) / (1 - 1/n), n products of the world; 0 to 1", "",
     .partner = KARVAN_I_MAY, .flow = true, OF(hhi_products_normalised)},
    {"theil_products", "sum_k s_k ln(n s_k), 0 to ln n", "", .partner = KARVAN_I_MAY, .flow = true,
     OF(theil_products)},
    {"theil_products_extensive", "ln(n / n_active)", "", .partner = KARVAN_I_MAY, .flow = true,
     OF(theil_products_extensive)},
    {"theil_products_intensive", "sum_k s_k ln(n_active s_k)", "", .partner = KARVAN_I_MAY,
     .flow = true, OF(theil_products_intensive)},
    {"theil_products_between", "sum_g S_g ln(S_g n / n_g), g the first two signs of a code", "",
     .partner = KARVAN_I_MAY, .flow = true, OF(theil_products_between)},
    {"theil_products_within", "theil_products - theil_products_between", "",
     .partner = KARVAN_I_MAY, .flow = true, OF(theil_products_within)},
    {"partners", "number of partners above 0", "", .flow = true, OF(count_partners)},
    {"hhi_partners", "sum_j s_j^2, 1/n to 1", "", .flow = true, OF(hhi_partners)},
    {"hhi_partners_normalised", "(hhi - 1/n) / (1 - 1/n), n countries but i; 0 to 1", "",
     .flow = true, OF(hhi_partners_normalised)},
    {"theil_partners", "sum_j s_j ln(n s_j), 0 to ln n", "", .flow = true, OF(theil_partners)},
    {"theil_partners_extensive", "ln(n / n_active)", "", .flow = true,
     OF(theil_partners_extensive)},
    {"theil_partners_intensive", "sum_j s_j ln(n_active s_j)", "", .flow = true,
     OF(theil_partners_intensive)}};
enum { N = sizeof karvan_i_indicators / sizeof karvan_i_indicators[0] };
const int karvan_i_n_indicators = N;

const char *karvan_trade_indicator_name(int i) {
    return i >= 0 && i < N ? karvan_i_indicators[i].name : NULL;
}
const char *karvan_trade_indicator_formula(int i) {
    return i >= 0 && i < N ? karvan_i_indicators[i].formula : NULL;
}
const char *karvan_trade_indicator_unit(int i) {
    return i >= 0 && i < N ? karvan_i_indicators[i].unit : NULL;
}

karvan_status karvan_trade_indicator_find(const char *name, int *out, karvan_error *err) {
    const char *names[N];
    if (!name || !out) return karvan_fail(err, KARVAN_E_ARG, "name or out is NULL");
    for (*out = 0; *out < N; ++*out) {
        names[*out] = karvan_i_indicators[*out].name;
        if (strcmp(names[*out], name) == 0) return KARVAN_OK;
    }
    char meant[80];
    *out = -1;
    return karvan_fail(err, KARVAN_E_ARG, "no indicator is called '%.60s'%s", name,
                       karvan_i_meant(name, names, N, meant, sizeof meant));
}

/* ---- GDP ---- */

/* Position of a row's country and year, -1: the cube has none of it. */
static int64_t place_of(const karvan_trade_cube *c, const karvan_table *t, int64_t row) {
    const char *country = karvan_i_cell_text(t, "country", row);
    double year = karvan_i_cell_real(t, "year", row);
    int y = 0, at = karvan_i_position((const char *const *)c->country, c->n_countries, country);
    while (y < c->n_years && (double)c->year[y] != year) y++;
    return at < 0 || y == c->n_years ? -1 : (int64_t)y * c->n_countries + at;
}

/* "current USD" is USD of its year, as trade is. */
static const char *currency_of(const char *unit, double *one) {
    const char *currency;
    *one = karvan_i_trade_unit(unit, &currency);
    if (strncmp(currency, "current ", 8) == 0) currency += 8;
    return currency;
}

static karvan_status put_gdp(const karvan_trade_cube *c, const karvan_table *t, int64_t row,
                             double *gdp, karvan_error *err) {
    double one, flow_one, v = karvan_i_cell_real(t, "value", row);
    const char *unit = karvan_i_cell_text(t, "unit", row);
    int64_t at = place_of(c, t, row);
    if (at < 0 || isnan(v)) return KARVAN_OK;
    if (!unit) return karvan_i_cell_refuse(t, "unit", row, "GDP without a unit", err);
    const char *currency = currency_of(unit, &one), *of_flows = currency_of(c->unit, &flow_one);
    if (strcmp(currency, of_flows) != 0) return KARVAN_OK; /* none in the currency of the flows */
    if (v < 0) return karvan_i_cell_refuse(t, "value", row, "GDP below 0", err);
    if (!isnan(gdp[at]))
        return karvan_i_cell_refuse(t, "value", row, "a second GDP of this country and year", err);
    gdp[at] = v * one / flow_one;
    return KARVAN_OK;
}

karvan_status karvan_i_read_gdp(const karvan_trade_cube *c, const karvan_table *t, double **out,
                                karvan_error *err) {
    static const char *const needed[] = {"country", "year", "value", "unit"};
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)c->n_years * (size_t)c->n_countries;
    int column, which = karvan_table_find(t, "indicator");
    *out = NULL;
    for (int i = 0; i < 4; i++) KARVAN_TRY(karvan_i_need_column(t, needed[i], &column, err));
    *out = karvan_i_malloc(n, sizeof **out);
    KARVAN_REQUIRE(*out, err, KARVAN_E_NOMEM, "no memory for GDP");
    for (size_t i = 0; i < n; i++) (*out)[i] = NAN;
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (which < 0 || karvan_i_cell_is(t, "indicator", r, "gdp"))
            KARVAN_TRY(put_gdp(c, t, r, *out, err));
done:
    if (st != KARVAN_OK) karvan_i_free(*out), *out = NULL;
    return st;
}
