/* Plausibility of counts and capacities. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "flow/check.h"
#include "table/cell.h"

typedef karvan_i_flow_ctx ctx;

static bool one_of(const char *word, int n, const char *const *words) {
    for (int k = 0; k < n; k++)
        if (strcmp(word, words[k]) == 0) return true;
    return false;
}

static karvan_status check_classes(const ctx *x, const karvan_table *t, int64_t r) {
    const char *list = karvan_i_cell_text(t, "cargo_classes", r);
    if (!list || !karvan_package_table(x->region, "cargo_classes") ||
        karvan_i_flow_all(x, "cargo_classes", list))
        return KARVAN_OK;
    return karvan_i_flow_add(x, t, "cargo_classes", r, "cargo-class-unknown",
                             "ids in table cargo_classes, separated by ;",
                             "a class of the list is not in table cargo_classes");
}

/* ---- counts ---- */

static int places_named(const karvan_table *t, int64_t r) {
    static const char *const where[] = {"corridor", "place", "link"};
    int n = 0;
    for (int k = 0; k < 3; k++) n += karvan_i_cell_text(t, where[k], r) != NULL;
    return n;
}

static bool one_way(const karvan_table *t, int64_t r) {
    return karvan_i_cell_is(t, "direction", r, "forth") ||
           karvan_i_cell_is(t, "direction", r, "back");
}

/* Trains, wagons and ships are no unit of what is loaded. */
static karvan_status check_fitted(const ctx *x, const karvan_table *t, int64_t r) {
    static const char *const units[] = {"TEU", "kt"};
    karvan_status st = KARVAN_OK;
    const char *unit = karvan_i_cell_text(t, "unit", r);
    if (!karvan_i_cell_bool(t, "used_to_estimate", r)) return KARVAN_OK;
    if (places_named(t, r) != 1)
        KARVAN_TRY(karvan_i_flow_add(x, t, "used_to_estimate", r, "count-where",
                                     "one of corridor, place and link",
                                     "nothing says of which flow of the network this is a count"));
    if (!unit || !one_of(unit, 2, units))
        KARVAN_TRY(karvan_i_flow_add(x, t, "unit", r, "count-unit", "TEU or kt, or false",
                                     "demand cannot be fitted to a count of this unit"));
    if (one_way(t, r) && karvan_i_cell_text(t, "corridor", r))
        KARVAN_TRY(karvan_i_flow_add(x, t, "direction", r, "count-direction", "both, or a link",
                                     "ways of a corridor are not told apart by direction"));
    if (karvan_i_cell_text(t, "mode", r) && karvan_i_cell_text(t, "place", r))
        KARVAN_TRY(karvan_i_flow_add(x, t, "mode", r, "count-mode", "empty, or a corridor or link",
                                     "what is handled at a place is not told apart by mode"));
    if (!(karvan_i_cell_real(t, "error", r) > 0))
        KARVAN_TRY(karvan_i_flow_add(x, t, "error", r, "count-error",
                                     "a relative standard error above 0, as 0.1",
                                     "a count that demand is fitted to needs its error"));
done:
    return st;
}

karvan_status karvan_i_check_count(const ctx *x, const karvan_table *t, int64_t r) {
    karvan_status st = KARVAN_OK;
    if (places_named(t, r) > 1)
        KARVAN_TRY(karvan_i_flow_add(x, t, "corridor", r, "count-where",
                                     "one of corridor, place and link",
                                     "a flow is counted on one of them"));
    if (one_way(t, r) && karvan_i_cell_text(t, "place", r))
        KARVAN_TRY(karvan_i_flow_add(x, t, "direction", r, "count-direction",
                                     "both, or a link or corridor",
                                     "a place has no direction forth or back"));
    KARVAN_TRY(check_classes(x, t, r));
    KARVAN_TRY(check_fitted(x, t, r));
done:
    return st;
}

/* ---- capacities ---- */

static karvan_status check_unit(const ctx *x, const karvan_table *t, int64_t r) {
    static const char *const units[] = {"TEU/day", "TEU/year", "t/day", "kt/year"};
    const char *unit = karvan_i_cell_text(t, "unit", r);
    if (unit && one_of(unit, 4, units)) return KARVAN_OK;
    return karvan_i_flow_add(x, t, "unit", r, "capacity-unit",
                             "TEU/day, TEU/year, t/day or kt/year",
                             "a capacity of this unit cannot be held against a load");
}

static karvan_status check_items(const ctx *x, const karvan_table *t, int64_t r) {
    static const char *const tables[] = {"links", "terminals", "services", "places"};
    const char *of = karvan_i_cell_text(t, "items_of", r),
               *items = karvan_i_cell_text(t, "items", r);
    if (!of || !one_of(of, 4, tables))
        return karvan_i_flow_add(x, t, "items_of", r, "capacity-items",
                                 "links, terminals, services or places",
                                 "a capacity is of rows of one of these tables");
    if (items && karvan_i_flow_all(x, of, items)) return KARVAN_OK;
    return karvan_problems_add_cell(x->problems, KARVAN_ERROR, t, karvan_table_find(t, "items"), r,
                                    "capacity-items", "their ids, separated by ;",
                                    "a row that shares the capacity is not in table %s", of);
}

karvan_status karvan_i_check_capacity(const ctx *x, const karvan_table *t, int64_t r) {
    karvan_status st = KARVAN_OK;
    const karvan_edtf *from = karvan_i_cell_date(t, "open_from", r),
                      *to = karvan_i_cell_date(t, "open_to", r);
    KARVAN_TRY(check_items(x, t, r));
    KARVAN_TRY(check_unit(x, t, r));
    KARVAN_TRY(check_classes(x, t, r));
    if (from && to && karvan_edtf_before(to, from) == KARVAN_YES)
        KARVAN_TRY(karvan_i_flow_add(x, t, "open_to", r, "capacity-dates",
                                     "the last day, not before the first",
                                     "it ends before it begins"));
done:
    return st;
}
