#include "record/spell.h"

static karvan_day earlier(karvan_day a, karvan_day b) { return a < b ? a : b; }
static karvan_day later(karvan_day a, karvan_day b) { return a > b ? a : b; }

karvan_i_spell karvan_i_spell_of(const karvan_edtf *from, const karvan_edtf *to, bool goes_on) {
    karvan_i_spell s = {.begin_least = from ? from->earliest : KARVAN_DAY_MIN,
                        .begin_most = from ? from->latest : KARVAN_DAY_MAX,
                        .end_least = goes_on ? KARVAN_DAY_MAX
                                     : to    ? to->earliest
                                             : KARVAN_DAY_MIN,
                        .end_most = goes_on || !to ? KARVAN_DAY_MAX : to->latest};
    if (s.end_most < s.begin_least)
        return (karvan_i_spell){.begin_least = s.end_least,
                                .begin_most = KARVAN_DAY_MAX,
                                .end_least = KARVAN_DAY_MIN,
                                .end_most = s.begin_most};
    /* it cannot begin after its end, nor end before its beginning */
    s.begin_most = earlier(s.begin_most, s.end_most);
    s.end_least = later(s.end_least, s.begin_least);
    return s;
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

karvan_truth karvan_i_spell_in(const karvan_edtf *from, const karvan_edtf *to, bool goes_on,
                               karvan_day first, karvan_day last) {
    const karvan_i_spell s = karvan_i_spell_of(from, to, goes_on);
    return karvan_i_spell_within(&s, first, last);
}
