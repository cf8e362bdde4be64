/* States of things whose beginning and end are uncertain, alone and two together. */
#include "record/spell.h"
#include "record/ties.h"
#include "table/cell.h"

karvan_i_days karvan_i_days_of(const karvan_edtf *from, const karvan_edtf *to, bool goes_on) {
    karvan_i_days d = {KARVAN_DAY_MIN, KARVAN_DAY_MAX, KARVAN_DAY_MIN, KARVAN_DAY_MAX};
    if (from) d.begin_least = from->earliest, d.begin_most = from->latest;
    if (goes_on)
        d.end_least = KARVAN_DAY_MAX;
    else if (to)
        d.end_least = to->earliest, d.end_most = to->latest;
    if (d.end_least < d.begin_least) d.end_least = d.begin_least; /* it ends after it begins */
    return d;
}

karvan_i_days karvan_i_days_dated(const karvan_edtf *date) {
    karvan_i_days d = karvan_i_days_of(date, NULL, true);
    if (!date || !date->is_interval) return d;
    d.begin_most = date->start_latest;
    d.end_least = date->end_kind == KARVAN_BOUND_OPEN ? KARVAN_DAY_MAX : date->end_earliest;
    d.end_most = date->latest;
    if (d.end_least < d.begin_least) d.end_least = d.begin_least;
    return d;
}

karvan_i_days karvan_i_days_cells(const karvan_table *t, const char *from, const char *to,
                                  int64_t row) {
    int c = karvan_table_find(t, to);
    bool goes_on = c >= 0 && karvan_table_state(t, c, row) == KARVAN_NOT_COVERED;
    return karvan_i_days_of(karvan_i_cell_date(t, from, row), karvan_i_cell_date(t, to, row),
                            goes_on);
}

karvan_truth karvan_i_days_in(karvan_i_days d, karvan_day first, karvan_day last) {
    karvan_edtf from = {.earliest = d.begin_least, .latest = d.begin_most};
    karvan_edtf to = {.earliest = d.end_least, .latest = d.end_most};
    return karvan_i_spell_in(&from, &to, false, first, last);
}

static karvan_day later(karvan_day a, karvan_day b) { return a > b ? a : b; }
static karvan_day earlier(karvan_day a, karvan_day b) { return a < b ? a : b; }

karvan_truth karvan_i_days_joint(karvan_i_days a, karvan_i_days b, karvan_day first,
                                 karvan_day last) {
    karvan_i_days both = {later(a.begin_least, b.begin_least), later(a.begin_most, b.begin_most),
                          earlier(a.end_least, b.end_least), earlier(a.end_most, b.end_most)};
    if (both.end_most < both.begin_least) return KARVAN_NO;
    karvan_truth t = karvan_i_days_in(both, first, last);
    bool may_miss = a.begin_most > b.end_least || b.begin_most > a.end_least;
    return t == KARVAN_YES && may_miss ? KARVAN_MAYBE : t;
}

karvan_truth karvan_i_open_in(const karvan_edtf *opened, const karvan_edtf *const *dates, int64_t n,
                              karvan_day first, karvan_day last) {
    const karvan_edtf *end = NULL;
    bool any = false;
    for (int64_t i = 0; i < n; i++) {
        const karvan_edtf *d = dates[i];
        if (d && opened && karvan_edtf_before(d, opened) == KARVAN_YES) continue;
        if (!any || (d && (!end || d->earliest < end->earliest))) end = d;
        any = true;
    }
    karvan_truth open = karvan_i_days_in(karvan_i_days_dated(opened), first, last);
    if (!any) return open;
    karvan_truth closed = karvan_i_days_in(karvan_i_days_of(opened, end, false), first, last);
    bool sure = end && opened && karvan_edtf_before(opened, end) == KARVAN_YES;
    return sure || open == closed ? closed : KARVAN_MAYBE;
}
