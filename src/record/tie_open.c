/* Something that claims open and close: until when is it open? */
#include "record/ties.h"

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
    const karvan_i_spell lasting = karvan_i_spell_dated(opened);
    karvan_truth open = karvan_i_spell_within(&lasting, first, last);
    if (!any) return open;
    const karvan_i_spell shorter = karvan_i_spell_ended(lasting, end);
    karvan_truth closed = karvan_i_spell_within(&shorter, first, last);
    bool sure = end && opened && karvan_edtf_before(opened, end) == KARVAN_YES;
    return sure || open == closed ? closed : KARVAN_MAYBE;
}
