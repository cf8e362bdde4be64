#include "record/spell.h"

static karvan_day later(karvan_day a, karvan_day b) { return a > b ? a : b; }

karvan_truth karvan_i_spell_in(const karvan_edtf *from, const karvan_edtf *to, bool goes_on,
                               karvan_day first, karvan_day last) {
    karvan_day begin_least = from ? from->earliest : KARVAN_DAY_MIN,
               begin_most = from ? from->latest : KARVAN_DAY_MAX;
    karvan_day end_least = goes_on ? KARVAN_DAY_MAX
                           : to    ? to->earliest
                                   : begin_least,
               end_most = goes_on || !to ? KARVAN_DAY_MAX : to->latest;
    /* it cannot end before it begins */
    if (from && !goes_on) end_least = later(end_least, begin_least);
    if (begin_least > last || end_most < first) return KARVAN_NO;
    if (begin_most > last) return KARVAN_MAYBE;
    /* it has begun by `last`, whenever that was; does it last until `first`? */
    bool begins_within = begin_least >= first;
    return begins_within || end_least >= first ? KARVAN_YES : KARVAN_MAYBE;
}
