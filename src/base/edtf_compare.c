/* Four-valued comparisons of dates that are not certain. */
#include "karvan/base.h"

const char *karvan_truth_name(karvan_truth t) {
    static const char *const names[] = {"no", "yes", "maybe", "unknown"};
    return t >= KARVAN_NO && t <= KARVAN_NOT_KNOWN ? names[t] : "unknown";
}

karvan_truth karvan_truth_and(karvan_truth a, karvan_truth b) {
    if (a == KARVAN_NO || b == KARVAN_NO) return KARVAN_NO;
    if (a == KARVAN_NOT_KNOWN || b == KARVAN_NOT_KNOWN) return KARVAN_NOT_KNOWN;
    return a == KARVAN_MAYBE || b == KARVAN_MAYBE ? KARVAN_MAYBE : KARVAN_YES;
}

karvan_truth karvan_truth_not(karvan_truth a) {
    return a == KARVAN_YES ? KARVAN_NO : a == KARVAN_NO ? KARVAN_YES : a;
}

karvan_truth karvan_truth_or(karvan_truth a, karvan_truth b) {
    return karvan_truth_not(karvan_truth_and(karvan_truth_not(a), karvan_truth_not(b)));
}

/* A day between lo and hi; `unknown` where the string gives no bound for it. The sentinels order
 * as the infinities that open ends reach. */
typedef struct when {
    karvan_day lo, hi;
    bool unknown;
} when;

/* A date that is neither an interval nor {all of them} is one day, and no day is at infinity. */
static bool is_day(const karvan_edtf *a) { return !a->is_interval && a->is_set != 2; }

static when between(const karvan_edtf *a, karvan_day lo, karvan_day hi, uint8_t kind) {
    if (is_day(a) && lo == KARVAN_DAY_MIN) lo++;
    if (is_day(a) && hi == KARVAN_DAY_MAX) hi--;
    return (when){lo, hi, kind == KARVAN_BOUND_UNKNOWN};
}

static when start_of(const karvan_edtf *a) {
    return between(a, a->earliest, a->start_latest, a->start_kind);
}
static when end_of(const karvan_edtf *a) {
    return between(a, a->end_earliest, a->latest, a->end_kind);
}

static karvan_truth open_question(when x, when y) {
    return x.unknown || y.unknown ? KARVAN_NOT_KNOWN : KARVAN_MAYBE;
}

static karvan_truth less(when x, when y) {
    if (x.hi < y.lo) return KARVAN_YES;
    if (x.lo >= y.hi) return KARVAN_NO;
    return open_question(x, y);
}

static karvan_truth same(when x, when y) {
    if (x.hi < y.lo || y.hi < x.lo) return KARVAN_NO;
    if (x.lo == x.hi && y.lo == y.hi) return KARVAN_YES;
    return open_question(x, y);
}

/* What holds of the stretch from the first to the last date of {all of them} need not hold of the
 * dates, between which there may be gaps. */
static karvan_truth despite_gaps(karvan_truth t, const karvan_edtf *a) {
    return t == KARVAN_YES && a->is_set == 2 && a->earliest != a->latest ? KARVAN_MAYBE : t;
}

karvan_truth karvan_edtf_before(const karvan_edtf *a, const karvan_edtf *b) {
    return less(end_of(a), start_of(b));
}

karvan_truth karvan_edtf_equal(const karvan_edtf *a, const karvan_edtf *b) {
    karvan_truth t = karvan_truth_and(same(start_of(a), start_of(b)), same(end_of(a), end_of(b)));
    /* what equals one day begins and ends on one day */
    if (is_day(a)) t = karvan_truth_and(t, same(start_of(b), end_of(b)));
    if (is_day(b)) t = karvan_truth_and(t, same(start_of(a), end_of(a)));
    return despite_gaps(despite_gaps(t, a), b);
}

karvan_truth karvan_edtf_contains(const karvan_edtf *a, karvan_day d) {
    when day = {d, d, false};
    karvan_truth t = karvan_truth_and(karvan_truth_not(less(day, start_of(a))),
                                      karvan_truth_not(less(end_of(a), day)));
    return despite_gaps(t, a);
}

karvan_truth karvan_edtf_overlaps_days(const karvan_edtf *a, const karvan_edtf *b) {
    karvan_truth t = karvan_truth_and(karvan_truth_not(less(end_of(b), start_of(a))),
                                      karvan_truth_not(less(end_of(a), start_of(b))));
    return despite_gaps(despite_gaps(t, a), b);
}
