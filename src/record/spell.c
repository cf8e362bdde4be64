/* Spells between uncertain dates: the one place where it is told what is certain of them. */
#include "record/spell.h"

#include "table/cell.h"

static karvan_day earlier(karvan_day a, karvan_day b) { return a < b ? a : b; }
static karvan_day later(karvan_day a, karvan_day b) { return a > b ? a : b; }

/* It cannot begin after its end, nor end before its beginning. */
static karvan_i_spell in_order(karvan_i_spell s) {
    if (s.end_most < s.begin_least)
        return (karvan_i_spell){.begin_least = s.end_least,
                                .begin_most = KARVAN_DAY_MAX,
                                .end_least = KARVAN_DAY_MIN,
                                .end_most = s.begin_most};
    s.begin_most = earlier(s.begin_most, s.end_most);
    s.end_least = later(s.end_least, s.begin_least);
    return s;
}

karvan_i_spell karvan_i_spell_of(const karvan_edtf *from, const karvan_edtf *to, bool goes_on) {
    return in_order((karvan_i_spell){.begin_least = from ? from->earliest : KARVAN_DAY_MIN,
                                     .begin_most = from ? from->latest : KARVAN_DAY_MAX,
                                     .end_least = goes_on ? KARVAN_DAY_MAX
                                                  : to    ? to->earliest
                                                          : KARVAN_DAY_MIN,
                                     .end_most = goes_on || !to ? KARVAN_DAY_MAX : to->latest});
}

karvan_i_spell karvan_i_spell_dated(const karvan_edtf *date) {
    karvan_i_spell s = karvan_i_spell_of(date, NULL, true);
    bool gaps = date && date->is_set == 2;
    if (!date || (!date->is_interval && !gaps)) return s;
    s.begin_most = date->start_latest;
    if (date->end_kind == KARVAN_BOUND_OPEN) return s;
    s.end_least = gaps ? date->start_latest : date->end_earliest, s.end_most = date->latest;
    return in_order(s);
}

karvan_i_spell karvan_i_spell_cells(const karvan_table *t, int64_t row) {
    int c = karvan_table_find(t, "to");
    bool goes_on = c >= 0 && karvan_table_state(t, c, row) == KARVAN_NOT_COVERED;
    return karvan_i_spell_of(karvan_i_cell_date(t, "from", row), karvan_i_cell_date(t, "to", row),
                             goes_on);
}

karvan_i_spell karvan_i_spell_ended(karvan_i_spell s, const karvan_edtf *end) {
    s.end_least = earlier(s.end_least, end ? end->earliest : KARVAN_DAY_MIN);
    if (end) s.end_most = earlier(s.end_most, end->latest);
    return in_order(s);
}

/* The widest reading shares a day wherever any does. It begins and ends within certain days at once
 * where the latest beginning and the earliest end do: the one is of one reading, the other of
 * another, and each must hold. */
karvan_truth karvan_i_spell_within(const karvan_i_spell *s, karvan_day first, karvan_day last) {
    if (s->begin_least > last || s->end_most < first) return KARVAN_NO;
    return s->begin_most <= last && s->end_least >= first ? KARVAN_YES : KARVAN_MAYBE;
}

karvan_truth karvan_i_spells_meet(const karvan_i_spell *a, const karvan_i_spell *b) {
    if (a->begin_least > b->end_most || b->begin_least > a->end_most) return KARVAN_NO;
    return a->begin_most <= b->end_least && b->begin_most <= a->end_least ? KARVAN_YES
                                                                          : KARVAN_MAYBE;
}

/* Three stretches of days, the year being one, share a day where each two of them do: in one
 * reading, and so in every one. */
karvan_truth karvan_i_spells_joint(const karvan_i_spell *a, const karvan_i_spell *b,
                                   karvan_day first, karvan_day last) {
    return karvan_truth_and(karvan_truth_and(karvan_i_spell_within(a, first, last),
                                             karvan_i_spell_within(b, first, last)),
                            karvan_i_spells_meet(a, b));
}

karvan_truth karvan_i_spell_begins(const karvan_i_spell *s, karvan_day first, karvan_day last) {
    if (s->begin_least > last || s->begin_most < first) return KARVAN_NO;
    return s->begin_least >= first && s->begin_most <= last ? KARVAN_YES : KARVAN_MAYBE;
}

karvan_truth karvan_i_spell_in(const karvan_edtf *from, const karvan_edtf *to, bool goes_on,
                               karvan_day first, karvan_day last) {
    const karvan_i_spell s = karvan_i_spell_of(from, to, goes_on);
    return karvan_i_spell_within(&s, first, last);
}

void karvan_i_year_days(int64_t year, karvan_day *first, karvan_day *last) {
    *first = karvan_day_from_civil(year, 1, 1), *last = karvan_day_from_civil(year, 12, 31);
}
