/* Whole EDTF strings: a date, an interval, a set. */
#include <string.h>

#include "base/edtf.h"
#include "base/try.h"

static void note(karvan_edtf *out, const karvan_i_edtf_date *d, bool first) {
    if (out->level < d->level) out->level = (uint8_t)d->level;
    if (d->any_quality) {
        uint8_t q = d->quality[0] | d->quality[1] | d->quality[2];
        out->uncertain |= (q & KARVAN_I_UNCERTAIN) != 0;
        out->approximate |= (q & KARVAN_I_APPROXIMATE) != 0;
    }
    out->unspecified |= d->any_x;
    if (first) out->precision = (uint8_t)(d->time ? 3 : d->parts - 1);
}

/* One date at the cursor: its four bounds into b, what it says of itself into `whole`. */
static karvan_status one(karvan_i_cursor *c, bool part, bool first, karvan_edtf *b,
                         karvan_edtf *whole, karvan_error *err) {
    karvan_i_edtf_date d;
    karvan_i_cursor begin = *c;
    karvan_status st = karvan_i_edtf_date_parse(c, part, &d, err);
    if (st != KARVAN_OK) return st;
    const char *expected = karvan_i_edtf_date_bounds(&d, b);
    if (expected) return karvan_i_edtf_refuse(&begin, expected, err);
    b->start_latest = b->latest, b->end_earliest = b->earliest;
    note(whole, &d, first);
    return KARVAN_OK;
}

static bool take_open(karvan_i_cursor *c) {
    if (c->end - c->at < 2 || c->at[0] != '.' || c->at[1] != '.') return false;
    c->at += 2;
    return true;
}

static karvan_day lesser(karvan_day a, karvan_day b) { return a < b ? a : b; }
static karvan_day greater(karvan_day a, karvan_day b) { return a > b ? a : b; }

/* No stretch of days begins after it ends. */
static void tighten(karvan_edtf *b) {
    b->start_latest = lesser(b->start_latest, b->latest);
    b->end_earliest = greater(b->end_earliest, b->earliest);
}

/* ---- intervals ---- */

/* One side of an interval, up to c->end. */
static karvan_status side(karvan_i_cursor *c, bool first, karvan_edtf *b, karvan_edtf *whole,
                          uint8_t *kind, const char *then, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *kind = KARVAN_BOUND_KNOWN;
    if (c->at == c->end) {
        *kind = KARVAN_BOUND_UNKNOWN;
    } else if (take_open(c)) {
        *kind = KARVAN_BOUND_OPEN;
    } else {
        st = one(c, true, first, b, whole, err);
    }
    if (st == KARVAN_OK && c->at != c->end) st = karvan_i_edtf_refuse(c, then, err);
    return st;
}

/* Ends that no date gives: open ends reach to infinity for certain; unknown ones may lie anywhere
 * on their side of the other end. */
static void close_ends(karvan_edtf *out) {
    if (out->start_kind != KARVAN_BOUND_KNOWN) {
        out->earliest = out->earliest_fuzzy = KARVAN_DAY_MIN;
        out->start_latest = out->start_kind == KARVAN_BOUND_OPEN ? KARVAN_DAY_MIN : KARVAN_DAY_MAX;
    }
    if (out->end_kind != KARVAN_BOUND_KNOWN) {
        out->latest = out->latest_fuzzy = KARVAN_DAY_MAX;
        out->end_earliest = out->end_kind == KARVAN_BOUND_OPEN ? KARVAN_DAY_MAX : KARVAN_DAY_MIN;
    }
    tighten(out);
}

static karvan_status interval(const karvan_i_cursor *c, const char *slash, karvan_edtf *out,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_edtf a = {0}, b = {0};
    karvan_i_cursor left = {c->begin, c->at, slash, c->end};
    karvan_i_cursor right = {c->begin, slash + 1, c->end, c->end};
    KARVAN_TRY(side(&left, true, &a, out, &out->start_kind, "the slash", err));
    bool from = out->start_kind == KARVAN_BOUND_KNOWN;
    KARVAN_TRY(side(&right, !from, &b, out, &out->end_kind, "the end of the interval", err));
    bool to = out->end_kind == KARVAN_BOUND_KNOWN;
    right.at = slash + 1;
    if (out->start_kind == KARVAN_BOUND_UNKNOWN && out->end_kind == KARVAN_BOUND_UNKNOWN)
        return karvan_i_edtf_refuse(&right, "a date or .. on one side of the slash", err);
    out->is_interval = 1;
    out->earliest = a.earliest, out->start_latest = a.latest;
    out->earliest_fuzzy = a.earliest_fuzzy;
    out->end_earliest = b.earliest, out->latest = b.latest;
    out->latest_fuzzy = b.latest_fuzzy;
    if ((!from || !to) && out->level < 1) out->level = 1;
    if (out->unspecified) out->level = 2; /* X in an interval is of level 2 */
    /* A beginning and an end without X are compared by their first days; X may stand for any. */
    if (from && to && a.earliest > (out->unspecified ? b.latest : b.earliest))
        return karvan_i_edtf_refuse(&right, "an end that is not before the beginning", err);
    close_ends(out);
done:
    return st;
}

/* ---- sets ---- */

static bool element_ends(const karvan_i_cursor *c) {
    return c->at == c->end || *c->at == ',' || *c->at == ']' || *c->at == '}';
}

/* Element of a set: date, date..date; ..date as the first, date.. as the last. b is the stretch of
 * days from the first to the last of its dates. */
static karvan_status element(karvan_i_cursor *c, bool first, karvan_edtf *b, karvan_edtf *whole,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_edtf to;
    bool from_open = first && take_open(c);
    KARVAN_TRY(one(c, true, first, b, whole, err));
    if (from_open) {
        b->earliest = b->start_latest = b->earliest_fuzzy = KARVAN_DAY_MIN;
        whole->start_kind = KARVAN_BOUND_OPEN;
        return KARVAN_OK;
    }
    if (!take_open(c)) return KARVAN_OK;
    if (element_ends(c)) {
        b->latest = b->end_earliest = b->latest_fuzzy = KARVAN_DAY_MAX;
        whole->end_kind = KARVAN_BOUND_OPEN;
        return KARVAN_OK;
    }
    karvan_i_cursor begin = *c;
    KARVAN_TRY(one(c, true, false, &to, whole, err));
    if (to.latest < b->earliest)
        return karvan_i_edtf_refuse(&begin, "a range that does not run backwards", err);
    b->latest = to.latest, b->end_earliest = to.earliest, b->latest_fuzzy = to.latest_fuzzy;
    tighten(b);
done:
    return st;
}

static void join(karvan_edtf *out, const karvan_edtf *b) {
    out->earliest = lesser(out->earliest, b->earliest);
    out->latest = greater(out->latest, b->latest);
    out->earliest_fuzzy = lesser(out->earliest_fuzzy, b->earliest_fuzzy);
    out->latest_fuzzy = greater(out->latest_fuzzy, b->latest_fuzzy);
    out->start_latest = lesser(out->start_latest, b->start_latest);
    out->end_earliest = greater(out->end_earliest, b->end_earliest);
}

static karvan_status set(karvan_i_cursor *c, karvan_edtf *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_edtf b;
    char close = *c->at++ == '[' ? ']' : '}';
    out->is_set = close == ']' ? 1 : 2;
    out->earliest = out->earliest_fuzzy = out->start_latest = KARVAN_DAY_MAX;
    out->latest = out->latest_fuzzy = out->end_earliest = KARVAN_DAY_MIN;
    for (bool first = true;; first = false) {
        KARVAN_TRY(element(c, first, &b, out, err));
        join(out, &b);
        if (c->at == c->end || *c->at != ',' || out->end_kind == KARVAN_BOUND_OPEN) break;
        c->at++;
    }
    if (c->at == c->end || *c->at != close)
        return karvan_i_edtf_refuse(c, close == ']' ? "a comma or ]" : "a comma or }", err);
    c->at++;
    out->level = 2;
    /* one of them: a single date; all of them: from the first of them to the last */
    if (out->is_set == 1) out->start_latest = out->latest, out->end_earliest = out->earliest;
    if (c->at != c->end) return karvan_i_edtf_refuse(c, "the end of the set", err);
done:
    return st;
}

static karvan_status date(karvan_i_cursor *c, karvan_edtf *out, karvan_error *err) {
    karvan_status st = one(c, false, true, out, out, err);
    if (st == KARVAN_OK && c->at != c->end)
        st = karvan_i_edtf_refuse(c, "the end of the date", err);
    return st;
}

karvan_status karvan_edtf_parse(const char *s, size_t n, karvan_edtf *out, karvan_error *err) {
    karvan_status st;
    const char *slash;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_edtf){0};
    if (!s && n > 0) return karvan_fail(err, KARVAN_E_ARG, "s is NULL");
    if (n == 0) return karvan_fail(err, KARVAN_E_DATA, "an empty string is not EDTF");
    karvan_i_cursor c = {s, s, s + n, s + n};
    if (*s == '[' || *s == '{')
        st = set(&c, out, err);
    else if ((slash = memchr(s, '/', n)))
        st = interval(&c, slash, out, err);
    else
        st = date(&c, out, err);
    if (st != KARVAN_OK) *out = (karvan_edtf){0};
    return st;
}
