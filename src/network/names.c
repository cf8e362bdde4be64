/* What users type, and what the region's settings say. */
#include <string.h>

#include "base/try.h"
#include "network/graph.h"
#include "table/cell.h"
#include "table/match.h"

/* The capital of a country that was typed, -1 if it is none. */
static int64_t capital_of(const karvan_package *region, const char *typed) {
    static const char *const columns[] = {"iso3", "iso2", "name", "aliases", NULL};
    const karvan_table *countries = karvan_package_table(region, "countries");
    int64_t row;
    if (!countries) return -1;
    if (karvan_i_match_row(countries, "country", columns, typed, &row, NULL) != KARVAN_OK)
        return -1;
    int c = karvan_table_find(countries, "capital");
    const char *capital = c < 0 ? NULL : karvan_table_text(countries, c, row);
    return capital ? karvan_package_row(region, "places", capital) : -1;
}

karvan_status karvan_network_place(const karvan_package *region, const char *typed, int32_t *place,
                                   karvan_error *err) {
    static const char *const columns[] = {"id", "locode", "name", "aliases", NULL};
    karvan_status st = KARVAN_OK;
    const karvan_table *places = NULL;
    int64_t row = -1;
    karvan_error why = {0};
    *place = -1;
    KARVAN_TRY(karvan_i_need_table(region, "places", &places, err));
    st = karvan_i_match_row(places, "place", columns, typed, &row, &why);
    if (st != KARVAN_OK && (row = capital_of(region, typed)) >= 0) st = KARVAN_OK;
    if (st != KARVAN_OK) {
        st = karvan_fail(err, st, "%s", why.msg);
        goto done;
    }
    *place = (int32_t)row;
done:
    return st;
}

karvan_status karvan_network_corridor(const karvan_package *region, const char *typed,
                                      int32_t *corridor, karvan_error *err) {
    static const char *const columns[] = {"id", "name", "short_name", "aliases", NULL};
    karvan_status st = KARVAN_OK;
    const karvan_table *corridors = NULL;
    int64_t row = -1;
    *corridor = -1;
    KARVAN_TRY(karvan_i_need_table(region, "corridors", &corridors, err));
    KARVAN_TRY(karvan_i_match_row(corridors, "corridor", columns, typed, &row, err));
    *corridor = (int32_t)row;
done:
    return st;
}

/* Value of a row of table settings; KARVAN_E_DATA where there is none. */
static karvan_status setting(const karvan_package *region, const char *key, const char **value,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = NULL;
    *value = NULL;
    KARVAN_TRY(karvan_i_need_table(region, "settings", &t, err));
    int c = karvan_table_find(t, "value");
    int64_t row = karvan_package_row(region, "settings", key);
    if (c >= 0 && row >= 0) *value = karvan_table_text(t, c, row);
    KARVAN_REQUIRE(*value, err, KARVAN_E_DATA, "table settings of the region has no row %s", key);
done:
    return st;
}

/* A plain positive decimal, whatever the locale says. */
static bool positive(const char *s, double *out) {
    double v = 0.0, unit = 1.0;
    bool point = false;
    for (; *s; s++) {
        if (*s == '.' && !point) {
            point = true;
            continue;
        }
        if (*s < '0' || *s > '9') return false;
        v = v * 10.0 + (*s - '0');
        if (point) unit *= 10.0;
    }
    *out = v / unit;
    return *out > 0;
}

karvan_status karvan_network_defaults(const karvan_package *region, karvan_network_options *out,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *date, *spell;
    karvan_edtf day;
    *out = (karvan_network_options){0};
    KARVAN_TRY(setting(region, "reference_date", &date, err));
    KARVAN_TRY(setting(region, "closure_spell_h", &spell, err));
    KARVAN_TRY(karvan_edtf_parse(date, strlen(date), &day, err));
    out->date = day.earliest;
    KARVAN_REQUIRE(positive(spell, &out->closure_spell_h), err, KARVAN_E_DATA,
                   "table settings: closure_spell_h is '%s' and must be above 0 h", spell);
done:
    return st;
}
