/* Plausibility of the tables that studies read: what no schema can say. */
#include "study/check.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "flow/demand.h"
#include "karvan/study.h"
#include "table/cell.h"

typedef karvan_i_flow_ctx ctx;

/* Is there a row with this text in a column? A table that is not there has none. */
static bool stands_in(const ctx *x, const char *table, const char *column, const char *text) {
    const karvan_table *t = karvan_package_table(x->region, table);
    int c = t ? karvan_table_find(t, column) : -1;
    return c >= 0 && text && karvan_table_lookup(t, c, text) >= 0;
}

/* ---- policy_effects, ties ---- */

static karvan_status check_effect(const ctx *x, const karvan_table *t, int64_t r) {
    karvan_status st = KARVAN_OK;
    const char *flag = karvan_i_cell_text(t, "flag", r);
    double error = karvan_i_cell_real(t, "error", r);
    if (flag && !stands_in(x, "agreements", "flag", flag))
        KARVAN_TRY(karvan_i_flow_add(x, t, "flag", r, "policy-effect-flag",
                                     "a flag of table agreements", "no agreement has this flag"));
    if (!isfinite(karvan_i_cell_real(t, "ln_trade", r)))
        KARVAN_TRY(karvan_i_flow_add(x, t, "ln_trade", r, "policy-effect-size",
                                     "a change of the logarithm of trade, as 0.25",
                                     "the effect is no finite number"));
    if (!(error >= 0 && error < INFINITY))
        KARVAN_TRY(karvan_i_flow_add(x, t, "error", r, "policy-effect-size",
                                     "a standard error, 0 where there is none",
                                     "the error is not 0 or more"));
done:
    return st;
}

static karvan_status check_tie(const ctx *x, const karvan_table *t, int64_t r) {
    karvan_status st = KARVAN_OK;
    const char *what = karvan_i_cell_text(t, "what", r),
               *country = karvan_i_cell_text(t, "country", r),
               *then = karvan_i_cell_text(t, "intervention", r);
    const karvan_table *edits = karvan_package_table(x->region, "interventions");
    int64_t row = then ? karvan_package_row(x->region, "interventions", then) : -1;
    bool member = karvan_i_cell_is(t, "kind", r, "membership");
    if (what && !(member ? stands_in(x, "organisations", "id", what)
                         : stands_in(x, "agreements", "flag", what)))
        KARVAN_TRY(karvan_i_flow_add(
            x, t, "what", r, "tie-what",
            member ? "id of table organisations" : "a flag of table agreements",
            member ? "no organisation has this id" : "no agreement has this flag"));
    if (country && karvan_i_cell_is(t, "partner", r, country))
        KARVAN_TRY(karvan_i_flow_add(x, t, "partner", r, "tie-loop", "another country, or none",
                                     "a country is tied to itself"));
    if (row >= 0 && !karvan_i_cell_is(edits, "kind", row, "consequence"))
        KARVAN_TRY(karvan_i_flow_add(
            x, t, "intervention", r, "tie-intervention",
            "an intervention of kind consequence: others are ranked for themselves",
            "what follows from a tie is no consequence in table interventions"));
done:
    return st;
}

/* ---- interventions ---- */

/* Key of the setting that turns a currency into USD, usd_per_eur; false: it is none. */
static bool rate_key(const char *currency, char *key, size_t cap) {
    int n = snprintf(key, cap, "usd_per_%.3s", currency);
    for (char *s = key; *s; s++) *s = (char)tolower((unsigned char)*s);
    return n > 0 && (size_t)n < cap && strlen(currency) == 3;
}

static karvan_status check_cost(const ctx *x, const karvan_table *t, int64_t r) {
    char key[32];
    const char *currency = karvan_i_cell_text(t, "currency", r);
    if (isnan(karvan_i_cell_real(t, "cost_million", r))) return KARVAN_OK;
    if (!currency)
        return karvan_i_flow_add(x, t, "currency", r, "cost-currency", "as USD or EUR",
                                 "a cost of no currency");
    if (strcmp(currency, "USD") == 0) return KARVAN_OK;
    if (rate_key(currency, key, sizeof key) && karvan_i_demand_setting(x->region, key))
        return KARVAN_OK;
    return karvan_problems_add_cell(
        x->problems, KARVAN_ERROR, t, karvan_table_find(t, "currency"), r, "cost-currency",
        "a setting usd_per_.. of the currency, its code in small letters",
        "nothing turns %.20s into USD", currency);
}

static karvan_status check_consequence(const ctx *x, const karvan_table *t, int64_t r) {
    karvan_status st = KARVAN_OK;
    const char *id = karvan_i_cell_text(t, "id", r);
    if (!id || !karvan_i_cell_is(t, "kind", r, "consequence")) return KARVAN_OK;
    if (!stands_in(x, "ties", "intervention", id))
        KARVAN_TRY(karvan_i_flow_add(x, t, "id", r, "consequence-without-tie",
                                     "a row of table ties that names it, or another kind",
                                     "a consequence that follows from no tie"));
    if (!stands_in(x, "scenarios", "intervention", id))
        KARVAN_TRY(karvan_i_flow_add(x, t, "id", r, "consequence-without-edits",
                                     "rows of table scenarios that say what changes",
                                     "a consequence that changes nothing"));
done:
    return st;
}

static karvan_status check_intervention(const ctx *x, const karvan_table *t, int64_t r) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(check_cost(x, t, r));
    KARVAN_TRY(check_consequence(x, t, r));
done:
    return st;
}

/* ---- settings ---- */

typedef struct bounds {
    const char *key;
    double low, high;
    const char *hint;
} bounds;

static karvan_status add_setting(const ctx *x, const karvan_table *t, int64_t r, const char *hint) {
    return karvan_problems_add_cell(x->problems, KARVAN_ERROR, t, karvan_table_find(t, "value"), r,
                                    "study-setting", hint, "%s cannot be used as %s",
                                    karvan_i_cell_text(t, "value", r),
                                    karvan_i_cell_text(t, "key", r));
}

static karvan_status check_bounds(const ctx *x, const karvan_table *t, const bounds *b) {
    double v = NAN;
    int64_t r = karvan_package_row(x->region, "settings", b->key);
    if (r < 0 || (karvan_i_demand_number(x->region, b->key, NAN, &v, NULL) == KARVAN_OK &&
                  v >= b->low && v <= b->high))
        return KARVAN_OK;
    return add_setting(x, t, r, b->hint);
}

/* Rates of any currency. */
static karvan_status check_rate(const ctx *x, const karvan_table *t, int64_t r) {
    double v = NAN;
    const char *key = karvan_i_cell_text(t, "key", r);
    if (!key || strncmp(key, "usd_per_", 8) != 0 || strlen(key) != 11) return KARVAN_OK;
    if (karvan_i_demand_number(x->region, key, NAN, &v, NULL) == KARVAN_OK && v > 0 && v < 1e6)
        return KARVAN_OK;
    return add_setting(x, t, r, "what one unit of the currency is in USD, above 0");
}

/* Where all three are there, they rise. */
static karvan_status check_elasticity(const ctx *x, const karvan_table *t) {
    static const char *const key[] = {"trade_elasticity_low", "trade_elasticity",
                                      "trade_elasticity_high"};
    double v[3];
    for (int k = 0; k < 3; k++)
        if (karvan_i_demand_number(x->region, key[k], NAN, &v[k], NULL) != KARVAN_OK)
            return KARVAN_OK;
    for (int k = 0; k < 2; k++)
        if (v[k] > v[k + 1]) {
            int64_t r = karvan_package_row(x->region, "settings", key[k == 0 ? 0 : 2]);
            return add_setting(x, t, r, "low, the elasticity and high rise in this order");
        }
    return KARVAN_OK;
}

static karvan_status check_settings(const ctx *x) {
    static const bounds numbers[] = {
        {"study_least_teu_day", 0, 1e6, "TEU a day, 0 or more"},
        {"effect_low", 1e-6, 1, "the 5 % quantile of a factor whose median is 1"},
        {"effect_high", 1, 1e6, "the 95 % quantile of a factor whose median is 1"},
        {"discount_rate", 0, 1, "a rate a year, as 0.06"},
        {"life_years", 1, 1000, "years, 1 or more"},
        {"trade_elasticity", 1e-6, 1e3, "an elasticity above 0, as 4"},
        {"trade_elasticity_low", 1e-6, 1e3, "an elasticity above 0"},
        {"trade_elasticity_high", 1e-6, 1e3, "an elasticity above 0"}};
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(x->region, "settings");
    if (!t) return KARVAN_OK;
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
        KARVAN_TRY(check_bounds(x, t, &numbers[k]));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) KARVAN_TRY(check_rate(x, t, r));
    KARVAN_TRY(check_elasticity(x, t));
done:
    return st;
}

/* ---- all of it ---- */

karvan_status karvan_study_check(const karvan_package *region, karvan_problems *problems,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const ctx x = {region, problems};
    KARVAN_REQUIRE(region && problems, err, KARVAN_E_ARG, "region or problems is NULL");
    KARVAN_TRY(karvan_i_check_rows(&x, "parameters", karvan_i_check_parameter));
    KARVAN_TRY(karvan_i_check_rows(&x, "policy_effects", check_effect));
    KARVAN_TRY(karvan_i_check_rows(&x, "ties", check_tie));
    KARVAN_TRY(karvan_i_check_rows(&x, "interventions", check_intervention));
    KARVAN_TRY(check_settings(&x));
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}
