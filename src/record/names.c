#include <stdio.h>
#include <string.h>

#include "base/try.h"
#include "karvan/record.h"
#include "table/cell.h"
#include "table/match.h"

static const char *const OF_BODY[] = {"id", "name", "aliases", NULL};

karvan_status karvan_record_party(const karvan_package *region, const char *typed,
                                  const char **code, karvan_error *err) {
    static const char *const of_country[] = {"iso3", "iso2", "name", "aliases", NULL};
    karvan_status st = KARVAN_OK;
    const karvan_table *countries = NULL, *bodies = NULL;
    karvan_error no_country = {0}, no_body = {0};
    int64_t row;
    *code = NULL;
    KARVAN_TRY(karvan_i_need_table(region, "countries", &countries, err));
    bodies = karvan_package_table(region, "organisations"); /* a network alone has none */
    if (karvan_i_match_row(countries, "country", of_country, typed, &row, &no_country) == KARVAN_OK)
        *code = karvan_i_cell_text(countries, "iso3", row);
    else if (!bodies)
        st = karvan_fail(err, KARVAN_E_ARG, "%s", no_country.msg);
    else if (karvan_i_match_row(bodies, "body", OF_BODY, typed, &row, &no_body) == KARVAN_OK)
        *code = karvan_i_cell_text(bodies, "id", row);
    else
        st = karvan_fail(err, KARVAN_E_ARG, "%s; %s", no_country.msg, no_body.msg);
done:
    return st;
}

karvan_status karvan_record_body(const karvan_package *region, const char *typed, const char **id,
                                 karvan_error *err) {
    const karvan_table *bodies = NULL;
    const char *country;
    karvan_error why = {0};
    int64_t row;
    *id = NULL;
    karvan_status st = karvan_i_need_table(region, "organisations", &bodies, err);
    if (st != KARVAN_OK) return st;
    st = karvan_i_match_row(bodies, "body", OF_BODY, typed, &row, &why);
    if (st == KARVAN_OK) return *id = karvan_i_cell_text(bodies, "id", row), KARVAN_OK;
    if (karvan_record_party(region, typed, &country, NULL) == KARVAN_OK)
        return karvan_fail(err, KARVAN_E_ARG, "'%.60s' is a country (%s), not a body", typed,
                           country);
    return karvan_fail(err, st, "%s", why.msg);
}

karvan_status karvan_record_place(const karvan_package *region, const char *typed, const char **id,
                                  karvan_error *err) {
    static const char *const columns[] = {"id", "locode", "name", "aliases", NULL};
    const karvan_table *places = NULL;
    int64_t row;
    *id = NULL;
    karvan_status st = karvan_i_need_table(region, "places", &places, err);
    if (st == KARVAN_OK) st = karvan_i_match_row(places, "place", columns, typed, &row, err);
    if (st == KARVAN_OK) *id = karvan_i_cell_text(places, "id", row);
    return st;
}

/* Try to split at byte i of the text. */
static karvan_status split_at(const karvan_package *region, const char *typed, size_t i,
                              const char **a, const char **b, karvan_error *err) {
    char left[128];
    if (i >= sizeof left)
        return karvan_fail(err, KARVAN_E_ARG, "'%.60s' is too long for a pair", typed);
    memcpy(left, typed, i), left[i] = 0;
    karvan_status st = karvan_record_party(region, left, a, err);
    return st == KARVAN_OK ? karvan_record_party(region, typed + i + 1, b, err) : st;
}

karvan_status karvan_record_pair(const karvan_package *region, const char *typed, const char **a,
                                 const char **b, karvan_error *err) {
    karvan_error first = {0};
    *a = *b = NULL;
    /* names may hold the separators themselves: every one is tried */
    for (size_t i = 0; typed[i]; i++) {
        if (!strchr("-/,: ", typed[i]) || i == 0 || !typed[i + 1]) continue;
        karvan_error here = {0};
        karvan_status st = split_at(region, typed, i, a, b, &here);
        if (st == KARVAN_OK && strcmp(*a, *b) == 0)
            return karvan_fail(err, KARVAN_E_ARG, "'%.60s' names %s twice", typed, *a);
        if (st == KARVAN_OK) return KARVAN_OK;
        if (st != KARVAN_E_ARG) return karvan_fail(err, st, "%s", here.msg);
        if (first.code == KARVAN_OK) first = here;
    }
    *a = *b = NULL;
    if (first.code != KARVAN_OK) return karvan_fail(err, KARVAN_E_ARG, "%s", first.msg);
    return karvan_fail(err, KARVAN_E_ARG,
                       "'%.60s' is not a pair: write two codes or names with a hyphen, AZE-KAZ",
                       typed);
}
