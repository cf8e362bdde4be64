/* What a region says of choice and of empties, and the names of what is printed. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "flow/freight.h"
#include "table/cell.h"
#include "table/number.h"

/* Text of a row of table settings, NULL where there is none. */
static const char *said(const karvan_package *region, const char *key, int64_t *row) {
    const karvan_table *t = karvan_package_table(region, "settings");
    *row = t ? karvan_package_row(region, "settings", key) : -1;
    const char *s = karvan_i_cell_text(t, "value", *row);
    return s && *s ? s : NULL;
}

static karvan_status refuse(const karvan_package *region, const char *key, const char *must,
                            karvan_error *err) {
    char what[120];
    (void)snprintf(what, sizeof what, "%.60s is %.50s", key, must);
    return karvan_i_cell_refuse(karvan_package_table(region, "settings"), "value",
                                karvan_package_row(region, "settings", key), what, err);
}

typedef enum range { ABOVE_0, FROM_0, SHARE } range;

/* A number that a solution can use; *out stays where there is no row. */
static karvan_status setting(const karvan_package *region, const char *key, range in, double *out,
                             karvan_error *err) {
    static const char *const must[] = {"a number above 0", "a number of 0 or more",
                                       "a number from 0 to 1"};
    int64_t row;
    double v;
    const char *s = said(region, key, &row);
    if (!s) return KARVAN_OK;
    if (!karvan_i_parse_real(s, strlen(s), '.', &v) || !(v >= 0 && v < INFINITY) ||
        (in == ABOVE_0 && v == 0) || (in == SHARE && v > 1))
        return refuse(region, key, must[in], err);
    *out = v;
    return KARVAN_OK;
}

karvan_status karvan_freight_defaults(const karvan_package *region, karvan_freight_options *out,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t row;
    *out = (karvan_freight_options){.scale = 0.002, .reject_usd_per_teu = 20000};
    out->empty_cost_share = 0.5, out->alternatives = 2, out->max_overlap = 0.6;
    out->max_stretch = 1.5, out->tolerance = 1e-9, out->max_iterations = 2000;
    KARVAN_TRY(karvan_network_defaults(region, &out->network, err));
    out->network.handling = true;
    KARVAN_TRY(setting(region, "choice_scale", ABOVE_0, &out->scale, err));
    KARVAN_TRY(setting(region, "choice_nest_scale", FROM_0, &out->nest_scale, err));
    if (out->nest_scale > 0 && out->nest_scale < out->scale)
        return refuse(region, "choice_nest_scale", "choice_scale or more, or 0: no nests", err);
    KARVAN_TRY(setting(region, "reject_usd_per_teu", ABOVE_0, &out->reject_usd_per_teu, err));
    KARVAN_TRY(setting(region, "empty_cost_share", SHARE, &out->empty_cost_share, err));
    KARVAN_TRY(setting(region, "carbon_usd_per_kg", FROM_0, &out->carbon_usd_per_kg, err));
    out->empty_pools = said(region, "empty_pools", &row);
done:
    return st;
}

const char *karvan_freight_output_name(karvan_freight_output o) {
    static const char *const name[] = {"links",     "pairs",     "routes",  "bottlenecks",
                                       "corridors", "countries", "unserved"};
    return o >= KARVAN_FREIGHT_LINKS && o < KARVAN_FREIGHT_OUTPUTS ? name[o] : "?";
}
