/* Plausibility of trade, indicators and distances. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/trade.h"
#include "table/cell.h"
#include "trade/gdp.h"
#include "trade/matrix.h"
#include "trade/unit.h"

static double in_usd(double value, const char *unit) {
    return value * karvan_i_trade_unit(unit, NULL); /* an euro counts as a dollar here */
}

static karvan_status check_value(const karvan_package *region, const karvan_table *t, int64_t r,
                                 karvan_problems *problems) {
    bool export = karvan_i_cell_is(t, "flow", r, "export");
    const char *exporter = karvan_i_cell_text(t, export ? "reporter" : "partner", r);
    const char *unit = karvan_i_cell_text(t, "unit", r);
    double year = karvan_i_cell_real(t, "year", r);
    if (!exporter || isnan(year)) return KARVAN_OK;
    double usd = in_usd(karvan_i_cell_real(t, "value", r), unit),
           gdp = karvan_i_gdp_usd(region, exporter, year);
    if (!(usd > gdp)) return KARVAN_OK;
    return karvan_problems_add_cell(
        problems, KARVAN_ERROR, t, karvan_table_find(t, "unit"), r, "trade-above-gdp",
        "the unit is probably a thousandfold too large",
        "%.3g USD is more than the GDP of %s in %.0f (%.3g USD)", usd, exporter, year, gdp);
}

static karvan_status check_self(const karvan_table *t, int64_t r, karvan_problems *problems) {
    const char *a = karvan_i_cell_text(t, "reporter", r);
    if (!a || !karvan_i_cell_is(t, "partner", r, a)) return KARVAN_OK;
    return karvan_problems_add_cell(problems, KARVAN_ERROR, t, karvan_table_find(t, "partner"), r,
                                    "trade-with-itself", "another partner", "%s trades with itself",
                                    a);
}

/* What importers state, in USD, in order of the flow. */
typedef struct flow {
    const char *exporter, *importer;
    double year, usd;
    int64_t row;
} flow;

static int same_flow(const flow *a, const flow *b) {
    int c = strcmp(a->exporter, b->exporter);
    if (c == 0) c = strcmp(a->importer, b->importer);
    return c != 0 ? c : (a->year > b->year) - (a->year < b->year);
}

static int by_flow(const void *a, const void *b) {
    const flow *x = a, *y = b;
    int c = same_flow(x, y);
    return c != 0 ? c : (x->row > y->row) - (x->row < y->row);
}

/* The flow of a row, where that row states one above a million dollars. */
static bool flow_of(const karvan_table *t, int64_t r, const char *stated_as, flow *out) {
    const char *a = karvan_i_cell_text(t, "reporter", r), *b = karvan_i_cell_text(t, "partner", r);
    if (!a || !b || !karvan_i_cell_is(t, "flow", r, stated_as)) return false;
    bool export = strcmp(stated_as, "export") == 0;
    *out = (flow){export ? a : b, export ? b : a, karvan_i_cell_real(t, "year", r),
                  in_usd(karvan_i_cell_real(t, "value", r), karvan_i_cell_text(t, "unit", r)), r};
    return out->usd > 1e6 && !isnan(out->year);
}

/* The same flow stated by both sides, apart by a factor of 300 or more: one unit is wrong. */
static karvan_status check_mirror(const karvan_table *t, int64_t r, const flow *imports, int64_t n,
                                  karvan_problems *problems) {
    static const double APART = 300.0;
    flow x;
    int64_t lo = 0, hi = n;
    if (!flow_of(t, r, "export", &x)) return KARVAN_OK;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        if (same_flow(&imports[mid], &x) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < n && same_flow(&imports[lo], &x) == 0; lo++) {
        double v = imports[lo].usd;
        if (x.usd / v < APART && v / x.usd < APART) continue;
        return karvan_problems_add_cell(problems, KARVAN_WARNING, t, karvan_table_find(t, "value"),
                                        r, "mirror-apart", "compare the units of both rows",
                                        "%s states %.3g USD to %s in %.0f, the partner %.3g",
                                        x.exporter, x.usd, x.importer, x.year, v);
    }
    return KARVAN_OK;
}

static karvan_status check_mirrors(const karvan_table *t, karvan_problems *problems,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = 0, rows = t ? karvan_table_rows(t) : 0;
    flow *imports = karvan_i_calloc((size_t)rows + 1, sizeof *imports);
    KARVAN_REQUIRE(imports, err, KARVAN_E_NOMEM, "no memory for the mirror flows");
    for (int64_t r = 0; r < rows; r++) n += flow_of(t, r, "import", &imports[n]);
    qsort(imports, (size_t)n, sizeof *imports, by_flow);
    for (int64_t r = 0; r < rows; r++) KARVAN_TRY(check_mirror(t, r, imports, n, problems));
done:
    karvan_i_free(imports);
    return st;
}

/* A figure ten times last year's, or a tenth. */
static karvan_status check_jump(const karvan_package *region, const karvan_table *t, int64_t r,
                                karvan_problems *problems) {
    char key[96];
    const char *country = karvan_i_cell_text(t, "country", r),
               *what = karvan_i_cell_text(t, "indicator", r);
    double year = karvan_i_cell_real(t, "year", r), v = karvan_i_cell_real(t, "value", r);
    if (!country || !what || isnan(year)) return KARVAN_OK;
    (void)snprintf(key, sizeof key, "%s|%.0f|%s", country, year - 1, what);
    double before = karvan_i_cell_real(t, "value", karvan_package_row(region, "indicators", key));
    if (!(v > 10 * before) && !(v < before / 10)) return KARVAN_OK;
    return karvan_problems_add_cell(
        problems, KARVAN_ERROR, t, karvan_table_find(t, "value"), r, "indicator-jump",
        "check the unit", "%s of %s goes from %.3g to %.3g in a year", what, country, before, v);
}

static karvan_status check_distance(const karvan_package *region, const karvan_table *t, int64_t r,
                                    karvan_problems *problems) {
    static const char *const same[] = {"dist_km", "distcap_km", "distw_km"};
    char key[64];
    const char *a = karvan_i_cell_text(t, "origin", r),
               *b = karvan_i_cell_text(t, "destination", r);
    if (!a || !b) return KARVAN_OK;
    (void)snprintf(key, sizeof key, "%s|%s", b, a);
    int64_t back = karvan_package_row(region, "distances", key);
    if (back < 0)
        return karvan_problems_add_cell(
            problems, KARVAN_ERROR, t, karvan_table_find(t, "destination"), r, "tie-one-way",
            "add the row of the other direction", "%s-%s is stored one way", a, b);
    for (int i = 0; i < 3; i++) {
        double v = karvan_i_cell_real(t, same[i], r), w = karvan_i_cell_real(t, same[i], back);
        if (fabs(v - w) > 0.005 * fabs(v))
            return karvan_problems_add_cell(problems, KARVAN_ERROR, t,
                                            karvan_table_find(t, same[i]), r, "distance-asymmetric",
                                            "one distance for both directions",
                                            "%s-%s is %.6g km, the way back %.6g km", a, b, v, w);
    }
    return KARVAN_OK;
}

karvan_status karvan_trade_check(const karvan_package *region, karvan_problems *problems,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(region && problems, err, KARVAN_E_ARG, "region or problems is NULL");
    const karvan_table *t = karvan_package_table(region, "trade");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        KARVAN_TRY(check_value(region, t, r, problems));
        KARVAN_TRY(check_self(t, r, problems));
    }
    KARVAN_TRY(check_mirrors(t, problems, err));
    t = karvan_package_table(region, "indicators");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++)
        KARVAN_TRY(check_jump(region, t, r, problems));
    t = karvan_package_table(region, "distances");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++)
        KARVAN_TRY(check_distance(region, t, r, problems));
    KARVAN_TRY(karvan_i_trade_check_gravity(region, problems, err));
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}
