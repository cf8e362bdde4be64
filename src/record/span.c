/* Stretches of days with uncertain ends. */
#include "record/pairs.h"

static karvan_day later(karvan_day a, karvan_day b) { return a > b ? a : b; }
static karvan_day sooner(karvan_day a, karvan_day b) { return a < b ? a : b; }

karvan_i_span karvan_i_span_of(const karvan_edtf *d) {
    karvan_i_span s = {KARVAN_DAY_MIN, KARVAN_DAY_MAX, KARVAN_DAY_MAX, KARVAN_DAY_MAX, false};
    if (!d) return s; /* at some time; it goes on */
    s.begin_least = d->earliest, s.begin_most = d->is_interval ? d->start_latest : d->latest;
    if (!d->is_interval || d->end_kind == KARVAN_BOUND_OPEN) return s;
    s.end_least = later(d->end_earliest, d->earliest), s.end_most = d->latest;
    return s;
}

karvan_i_span karvan_i_span_between(const karvan_edtf *from, const karvan_edtf *to, bool goes_on) {
    karvan_i_span s = {KARVAN_DAY_MIN, KARVAN_DAY_MAX, KARVAN_DAY_MAX, KARVAN_DAY_MAX, false};
    if (from) s.begin_least = from->earliest, s.begin_most = from->latest;
    if (goes_on) return s;
    s.end_least = later(to ? to->earliest : KARVAN_DAY_MIN, s.begin_least);
    if (to) s.end_most = to->latest;
    return s;
}

karvan_i_span karvan_i_span_both(karvan_i_span a, karvan_i_span b) {
    return (karvan_i_span){later(a.begin_least, b.begin_least), later(a.begin_most, b.begin_most),
                           sooner(a.end_least, b.end_least), sooner(a.end_most, b.end_most), true};
}

karvan_truth karvan_i_span_in(const karvan_i_span *s, karvan_day first, karvan_day last) {
    if (later(first, s->begin_least) > sooner(last, s->end_most)) return KARVAN_NO;
    /* its first day lies within, however soon it ends */
    bool begins_within = s->begin_least >= first && s->begin_most <= last;
    if (begins_within && !s->may_be_empty) return KARVAN_YES;
    return later(first, s->begin_most) <= sooner(last, s->end_least) ? KARVAN_YES : KARVAN_MAYBE;
}

void karvan_i_year_days(int64_t year, karvan_day *first, karvan_day *last) {
    *first = karvan_day_from_civil(year, 1, 1), *last = karvan_day_from_civil(year, 12, 31);
}
