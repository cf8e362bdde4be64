#include <string.h>

#include "base/try.h"
#include "karvan/record.h"
#include "table/cell.h"

enum { M_ID, M_NAME, M_COUNTRY, M_STATUS, M_FROM, M_TO, M_GOES_ON, M_SOURCE, M_NOTE, M_END };

static bool belongs(const karvan_table *t, const char *body, const char *country) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "organisation", r, body) &&
            karvan_i_cell_is(t, "country", r, country))
            return true;
    return false;
}

static karvan_status add(const karvan_package *region, const karvan_table *t, int64_t row,
                         karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *bodies = karvan_package_table(region, "organisations");
    const char *id = karvan_i_cell_text(t, "organisation", row);
    const char *from = karvan_i_cell_text(t, "from", row), *to = karvan_i_cell_text(t, "to", row);
    int64_t body = id && bodies ? karvan_package_row(region, "organisations", id) : -1;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, M_ID, id, err));
    KARVAN_TRY(karvan_builder_text(b, M_NAME, karvan_i_cell_text(bodies, "name", body), err));
    KARVAN_TRY(karvan_builder_text(b, M_COUNTRY, karvan_i_cell_text(t, "country", row), err));
    KARVAN_TRY(karvan_builder_text(b, M_STATUS, karvan_i_cell_text(t, "status", row), err));
    if (from) KARVAN_TRY(karvan_builder_date(b, M_FROM, from, err));
    int c_to = karvan_table_find(t, "to");
    bool goes_on = c_to >= 0 && karvan_table_state(t, c_to, row) == KARVAN_NOT_COVERED;
    if (to) KARVAN_TRY(karvan_builder_date(b, M_TO, to, err));
    if (goes_on) KARVAN_TRY(karvan_builder_state(b, M_TO, KARVAN_NOT_COVERED, err));
    if (to || goes_on) KARVAN_TRY(karvan_builder_bool(b, M_GOES_ON, goes_on, err));
    KARVAN_TRY(karvan_builder_text(b, M_SOURCE, karvan_i_cell_text(t, "source", row), err));
    KARVAN_TRY(karvan_builder_text(b, M_NOTE, karvan_i_cell_text(t, "note", row), err));
done:
    return st;
}

karvan_status karvan_record_memberships(const karvan_package *region, const char *a, const char *b,
                                        karvan_table **out, karvan_error *err) {
    static const karvan_column columns[M_END] = {
        {"organisation", KARVAN_TEXT, NULL}, {"name", KARVAN_TEXT, NULL},
        {"country", KARVAN_TEXT, NULL},      {"status", KARVAN_TEXT, NULL},
        {"from", KARVAN_DATE, NULL},         {"to", KARVAN_DATE, NULL},
        {"goes_on", KARVAN_BOOL, NULL},      {"source", KARVAN_TEXT, NULL},
        {"note", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    const karvan_table *t = NULL;
    karvan_builder *build = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && a, err, KARVAN_E_ARG, "a membership needs a country");
    KARVAN_TRY(karvan_i_need_table(region, "memberships", &t, err));
    KARVAN_TRY(karvan_builder_create("memberships", M_END, columns, &build, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *body = karvan_i_cell_text(t, "organisation", r);
        bool mine =
            karvan_i_cell_is(t, "country", r, a) || (b && karvan_i_cell_is(t, "country", r, b));
        if (!body || !mine) continue;
        if (b && !(belongs(t, body, a) && belongs(t, body, b))) continue;
        KARVAN_TRY(add(region, t, r, build, err));
    }
    st = karvan_builder_finish(build, out, err);
    build = NULL;
done:
    karvan_builder_destroy(build);
    return st;
}
