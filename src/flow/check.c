/* Plausibility of the tables that flows read: what no schema can say. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "flow/check.h"
#include "flow/demand.h"
#include "table/cell.h"

static const double WEIGHT_SLACK = 1e-6;

typedef karvan_i_flow_ctx ctx;

karvan_status karvan_i_flow_add(const ctx *x, const karvan_table *t, const char *column, int64_t r,
                                const char *code, const char *hint, const char *what) {
    return karvan_problems_add_cell(x->problems, KARVAN_ERROR, t, karvan_table_find(t, column), r,
                                    code, hint, "%s", what);
}

bool karvan_i_flow_has(const ctx *x, const char *table, const char *id, size_t n) {
    char key[200];
    if (n == 0 || n >= sizeof key) return false;
    memcpy(key, id, n), key[n] = 0;
    return karvan_package_row(x->region, table, key) >= 0;
}

bool karvan_i_flow_all(const ctx *x, const char *table, const char *list) {
    bool known = true;
    for (const char *s = list; s; s = strchr(s, ';') ? strchr(s, ';') + 1 : NULL)
        known &= karvan_i_flow_has(x, table, s, strcspn(s, ";"));
    return known;
}

static bool same_cell(const karvan_table *t, const char *column, int64_t a, int64_t b) {
    const char *p = karvan_i_cell_text(t, column, a), *q = karvan_i_cell_text(t, column, b);
    return p == q || (p && q && strcmp(p, q) == 0);
}

/* Does an earlier row have the same cells in these columns? */
static bool stands_before(const karvan_table *t, int64_t r, int n, const char *const *columns) {
    for (int64_t q = 0; q < r; q++) {
        bool same = true;
        for (int k = 0; k < n && same; k++) same = same_cell(t, columns[k], q, r);
        if (same) return true;
    }
    return false;
}

/* ---- zones ---- */

static karvan_status check_zone(const ctx *x, const karvan_table *t, int64_t r) {
    static const char *const key[] = {"country", "place"};
    karvan_status st = KARVAN_OK;
    double sum = 0;
    if (!karvan_i_cell_text(t, "country", r)) return KARVAN_OK; /* the schema has said so */
    if (stands_before(t, r, 2, key))
        KARVAN_TRY(karvan_i_flow_add(x, t, "place", r, "zone-twice", "one row a country and place",
                                     "an earlier row has this place of the country"));
    if (stands_before(t, r, 1, key)) return KARVAN_OK; /* once a country */
    for (int64_t q = r; q < karvan_table_rows(t); q++) {
        double w = karvan_i_cell_real(t, "weight", q);
        if (same_cell(t, "country", q, r)) sum += isnan(w) ? 0 : w;
    }
    if (!(fabs(sum - 1) <= WEIGHT_SLACK))
        KARVAN_TRY(karvan_problems_add_cell(
            x->problems, KARVAN_ERROR, t, karvan_table_find(t, "weight"), r, "zone-weights",
            "shares of one country's cargo", "the weights of %s sum to %.6g, not to 1",
            karvan_i_cell_text(t, "country", r), sum));
done:
    return st;
}

/* ---- demand ---- */

static karvan_status check_demand(const ctx *x, const karvan_table *t, int64_t r) {
    static const char *const ends[] = {"origin", "destination"};
    karvan_status st = KARVAN_OK;
    const karvan_table *zones = karvan_package_table(x->region, "zones");
    for (int k = 0; zones && k < 2; k++) {
        const char *end = karvan_i_cell_text(t, ends[k], r);
        if (!end || karvan_i_has_zone(zones, end) ||
            karvan_i_flow_has(x, "places", end, strlen(end)))
            continue;
        KARVAN_TRY(karvan_i_flow_add(x, t, ends[k], r, "demand-end",
                                     "a country of table zones, or a place",
                                     "nothing says where in the network it is"));
    }
    if (karvan_i_cell_text(t, "origin", r) &&
        karvan_i_cell_is(t, "destination", r, karvan_i_cell_text(t, "origin", r)))
        KARVAN_TRY(karvan_i_flow_add(x, t, "destination", r, "demand-loop", "another end",
                                     "the flow ends where it begins"));
    bool tonnes = !isnan(karvan_i_cell_real(t, "tonnes", r)),
         teu = !isnan(karvan_i_cell_real(t, "teu", r));
    if (tonnes == teu)
        KARVAN_TRY(
            karvan_i_flow_add(x, t, tonnes ? "teu" : "tonnes", r, "demand-amount",
                              "tonnes or teu, one of the two; the cargo class gives the other",
                              tonnes ? "the amount is stated twice" : "the flow has no amount"));
done:
    return st;
}

/* ---- carried, corridor_constants ---- */

static karvan_status check_carried(const ctx *x, const karvan_table *t, int64_t r) {
    static const char *const key[] = {"exporter", "importer", "cargo_class"};
    if (!stands_before(t, r, 3, key)) return KARVAN_OK;
    return karvan_i_flow_add(x, t, "exporter", r, "carried-twice",
                             "one row an exporter, importer and class",
                             "an earlier row speaks of the same flows");
}

static karvan_status check_constant(const ctx *x, const karvan_table *t, int64_t r) {
    static const char *const key[] = {"corridor", "cargo_classes", "kind"};
    karvan_status st = KARVAN_OK;
    if (!karvan_i_flow_all(x, "cargo_classes", karvan_i_cell_text(t, "cargo_classes", r)))
        KARVAN_TRY(karvan_i_flow_add(x, t, "cargo_classes", r, "corridor-constant-classes",
                                     "ids of table cargo_classes, separated by ;",
                                     "a class is not in table cargo_classes"));
    if (stands_before(t, r, 3, key))
        KARVAN_TRY(karvan_i_flow_add(x, t, "corridor", r, "corridor-constant-twice",
                                     "one row a corridor, classes and kind",
                                     "an earlier row is of the same corridor, classes and kind"));
done:
    return st;
}

/* ---- settings ---- */

typedef struct bounds {
    const char *key;
    double low, high;
    const char *hint;
} bounds;

static karvan_status check_number(const ctx *x, const karvan_table *t, const bounds *b) {
    double v = NAN;
    int64_t r = karvan_package_row(x->region, "settings", b->key);
    if (r < 0) return KARVAN_OK;
    if (karvan_i_demand_number(x->region, b->key, NAN, &v, NULL) == KARVAN_OK && v >= b->low &&
        v <= b->high)
        return KARVAN_OK;
    return karvan_problems_add_cell(x->problems, KARVAN_ERROR, t, karvan_table_find(t, "value"), r,
                                    "flow-setting", b->hint, "%s cannot be used as %s",
                                    karvan_i_cell_text(t, "value", r), b->key);
}

/* Nests are finer than what holds them, or their choice is none (McFadden 1978). */
static karvan_status check_scales(const ctx *x, const karvan_table *t) {
    double scale = NAN, nest = NAN;
    (void)karvan_i_demand_number(x->region, "choice_scale", NAN, &scale, NULL);
    (void)karvan_i_demand_number(x->region, "choice_nest_scale", NAN, &nest, NULL);
    if (!(nest < scale)) return KARVAN_OK;
    return karvan_i_flow_add(
        x, t, "value", karvan_package_row(x->region, "settings", "choice_nest_scale"),
        "flow-setting", "choice_scale or more", "choice_nest_scale is below choice_scale");
}

static karvan_status check_countries(const ctx *x, const karvan_table *t) {
    const char *list = karvan_i_demand_setting(x->region, "flow_countries");
    if (!list || karvan_i_flow_all(x, "countries", list)) return KARVAN_OK;
    return karvan_i_flow_add(
        x, t, "value", karvan_package_row(x->region, "settings", "flow_countries"), "flow-setting",
        "iso3 of table countries, separated by ;", "flow_countries names one that is no country");
}

static karvan_status check_settings(const ctx *x) {
    static const bounds numbers[] = {
        {"flow_year", 1900, 2100, "a year"},
        {"flow_trade_error", 0, 10, "a relative standard error, as 0.5"},
        {"choice_scale", 1e-12, 1e6, "a number above 0"},
        {"choice_nest_scale", 1e-12, 1e6, "a number above 0"},
        {"reject_usd_per_teu", 1e-9, 1e12, "an amount above 0"},
        {"empty_cost_share", 0, 1, "a share from 0 to 1"}};
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(x->region, "settings");
    if (!t) return KARVAN_OK;
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
        KARVAN_TRY(check_number(x, t, &numbers[k]));
    KARVAN_TRY(check_scales(x, t));
    KARVAN_TRY(check_countries(x, t));
done:
    return st;
}

/* ---- all of it ---- */

karvan_status karvan_i_check_rows(const ctx *x, const char *table, karvan_i_check_row check) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(x->region, table);
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) KARVAN_TRY(check(x, t, r));
done:
    return st;
}

karvan_status karvan_flow_check(const karvan_package *region, karvan_problems *problems,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const ctx x = {region, problems};
    KARVAN_REQUIRE(region && problems, err, KARVAN_E_ARG, "region or problems is NULL");
    KARVAN_TRY(karvan_i_check_rows(&x, "zones", check_zone));
    KARVAN_TRY(karvan_i_check_rows(&x, "demand", check_demand));
    KARVAN_TRY(karvan_i_check_rows(&x, "carried", check_carried));
    KARVAN_TRY(karvan_i_check_rows(&x, "corridor_constants", check_constant));
    KARVAN_TRY(karvan_i_check_rows(&x, "counts", karvan_i_check_count));
    KARVAN_TRY(karvan_i_check_rows(&x, "capacities", karvan_i_check_capacity));
    KARVAN_TRY(check_settings(&x));
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}
