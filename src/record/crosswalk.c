#include "record/crosswalk.h"

#include <string.h>

#include "base/try.h"

static const char *code_of(const karvan_i_crosswalk *x, karvan_system system) {
    return system == KARVAN_SYSTEM_COW ? x->cow : system == KARVAN_SYSTEM_GW ? x->gw : x->iso;
}

static bool same(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

/* Numbers as they are written, with zeros in front too (002); Correlates of War also by letters. */
static bool is_coded(const karvan_i_crosswalk *x, karvan_system system, const char *code) {
    const char *own = code_of(x, system);
    if (same(own, code)) return true;
    if (system == KARVAN_SYSTEM_ISO || !own) return false;
    if (system == KARVAN_SYSTEM_COW && same(x->cow_abbreviation, code)) return true;
    while (*code == '0' && code[1]) code++;
    return strcmp(own, code) == 0;
}

const char *karvan_code_in(karvan_system from, const char *code, int64_t year, karvan_system to) {
    const char *found = NULL;
    int began = 0;
    if (!code || from == KARVAN_SYSTEM_AUTO || to == KARVAN_SYSTEM_AUTO) return NULL;
    for (int i = 0; i < karvan_i_crosswalk_n; i++) {
        const karvan_i_crosswalk *x = &karvan_i_crosswalk_list[i];
        bool then = (!x->from || year >= x->from) && (!x->to || year <= x->to);
        if (!then || !is_coded(x, from, code)) continue;
        if (x->spelling && (from != KARVAN_SYSTEM_ISO || to == KARVAN_SYSTEM_ISO)) continue;
        if (code_of(x, to) && x->from >= began) found = code_of(x, to), began = x->from;
    }
    return found;
}

karvan_status karvan_crosswalk_table(karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"name", KARVAN_TEXT, NULL},   {"iso3", KARVAN_TEXT, NULL},
        {"ccode", KARVAN_TEXT, NULL},  {"cow_abbreviation", KARVAN_TEXT, NULL},
        {"gwcode", KARVAN_TEXT, NULL}, {"from", KARVAN_INT, NULL},
        {"to", KARVAN_INT, NULL},      {"only_read", KARVAN_BOOL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(karvan_builder_create("crosswalk", (int)(sizeof columns / sizeof columns[0]),
                                     columns, &b, err));
    for (int i = 0; i < karvan_i_crosswalk_n; i++) {
        const karvan_i_crosswalk *x = &karvan_i_crosswalk_list[i];
        const char *const text[] = {x->name, x->iso, x->cow, x->cow_abbreviation, x->gw};
        const int years[] = {x->from, x->to};
        KARVAN_TRY(karvan_builder_row(b, err));
        for (int k = 0; k < 5; k++)
            KARVAN_TRY(text[k] ? karvan_builder_text(b, k, text[k], err)
                               : karvan_builder_state(b, k, KARVAN_NOT_COVERED, err));
        for (int k = 0; k < 2; k++)
            KARVAN_TRY(years[k] ? karvan_builder_int(b, 5 + k, years[k], err)
                                : karvan_builder_state(b, 5 + k, KARVAN_NOT_COVERED, err));
        KARVAN_TRY(karvan_builder_bool(b, 7, x->spelling, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
