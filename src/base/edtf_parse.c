/* Whole EDTF strings: a date, an interval, a set. */
#include <string.h>

#include "base/edtf.h"
#include "base/try.h"

static void note(karvan_edtf *out, const karvan_i_edtf_date *d, bool first) {
    uint8_t q = d->quality[0] | d->quality[1] | d->quality[2];
    if (out->level < d->level) out->level = (uint8_t)d->level;
    out->uncertain |= (q & KARVAN_I_UNCERTAIN) != 0;
    out->approximate |= (q & KARVAN_I_APPROXIMATE) != 0;
    out->unspecified |= !d->long_year && (memchr(d->year, 'X', 4) || memchr(d->month, 'X', 2) ||
                                          memchr(d->day, 'X', 2));
    if (first) out->precision = (uint8_t)(d->time ? 3 : d->parts - 1);
}

static karvan_status one(karvan_i_cursor *c, bool plain, karvan_i_edtf_date *d, karvan_edtf *b,
                         karvan_error *err) {
    karvan_status st = karvan_i_edtf_date_parse(c, plain, d, err);
    *b = (karvan_edtf){0};
    if (st == KARVAN_OK) st = karvan_i_edtf_date_bounds(d, b, err);
    return st;
}

static bool open_end(karvan_i_cursor *c) {
    if (c->end - c->at < 2 || c->at[0] != '.' || c->at[1] != '.') return false;
    c->at += 2;
    return true;
}

/* One side of an interval, up to `stop` (NULL: the end of the string). */
static karvan_status side(karvan_i_cursor *c, const char *stop, karvan_i_edtf_date *d,
                          karvan_edtf *b, uint8_t *kind, karvan_error *err) {
    karvan_i_cursor part = {c->begin, c->at, stop ? stop : c->end};
    karvan_status st = KARVAN_OK;
    *kind = KARVAN_BOUND_KNOWN;
    if (part.at == part.end) {
        *kind = KARVAN_BOUND_UNKNOWN;
    } else if (open_end(&part)) {
        *kind = KARVAN_BOUND_OPEN;
    } else {
        st = one(&part, true, d, b, err);
    }
    if (st == KARVAN_OK && part.at != part.end)
        st = karvan_i_edtf_refuse(&part, stop ? "a slash" : "the end of the interval", err);
    c->at = part.end;
    return st;
}

static void put_start(karvan_edtf *out, const karvan_edtf *a) {
    out->earliest = a->earliest, out->start_latest = a->latest;
    out->earliest_fuzzy = a->earliest_fuzzy;
}

static void put_end(karvan_edtf *out, const karvan_edtf *b) {
    out->end_earliest = b->earliest, out->latest = b->latest;
    out->latest_fuzzy = b->latest_fuzzy;
}

/* Ends that no date gives: open ends reach to infinity for certain; unknown ones may lie anywhere
 * on their side of the other end. */
static void close_ends(karvan_edtf *out) {
    if (out->start_kind != KARVAN_BOUND_KNOWN) {
        out->earliest = out->earliest_fuzzy = KARVAN_DAY_MIN;
        out->start_latest = out->start_kind == KARVAN_BOUND_OPEN  ? KARVAN_DAY_MIN
                            : out->end_kind == KARVAN_BOUND_KNOWN ? out->latest
                                                                  : KARVAN_DAY_MAX;
    }
    if (out->end_kind != KARVAN_BOUND_KNOWN) {
        out->latest = out->latest_fuzzy = KARVAN_DAY_MAX;
        out->end_earliest = out->end_kind == KARVAN_BOUND_OPEN ? KARVAN_DAY_MAX : out->earliest;
    }
}

static karvan_status interval(karvan_i_cursor *c, const char *slash, karvan_edtf *out,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_edtf_date d[2] = {{0}, {0}};
    karvan_edtf b[2] = {{0}, {0}};
    KARVAN_TRY(side(c, slash, &d[0], &b[0], &out->start_kind, err));
    c->at = slash + 1;
    KARVAN_TRY(side(c, NULL, &d[1], &b[1], &out->end_kind, err));
    out->is_interval = 1;
    bool from = out->start_kind == KARVAN_BOUND_KNOWN, to = out->end_kind == KARVAN_BOUND_KNOWN;
    if (!from && !to && out->start_kind == KARVAN_BOUND_UNKNOWN &&
        out->end_kind == KARVAN_BOUND_UNKNOWN) {
        c->at = slash;
        return karvan_i_edtf_refuse(c, "at least one end", err);
    }
    if (from) note(out, &d[0], true), put_start(out, &b[0]);
    if (to) note(out, &d[1], !from), put_end(out, &b[1]);
    if ((!from || !to) && out->level < 1) out->level = 1;
    close_ends(out);
    if (from && to) {
        karvan_day limit = out->unspecified ? out->latest : out->end_earliest;
        if (out->earliest > limit) {
            c->at = slash + 1;
            return karvan_i_edtf_refuse(c, "an end that is not before the beginning", err);
        }
    }
done:
    return st;
}

/* Element of a set: date, date..date, ..date, date.. */
static karvan_status element(karvan_i_cursor *c, karvan_edtf *b, bool first, karvan_edtf *whole,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_edtf_date d;
    karvan_edtf to;
    if (open_end(c)) {
        KARVAN_TRY(one(c, true, &d, b, err));
        note(whole, &d, first);
        b->earliest = b->earliest_fuzzy = KARVAN_DAY_MIN;
        whole->start_kind = KARVAN_BOUND_OPEN;
        return KARVAN_OK;
    }
    KARVAN_TRY(one(c, true, &d, b, err));
    note(whole, &d, first);
    if (!open_end(c)) return KARVAN_OK;
    if (c->at < c->end && *c->at != ',' && *c->at != ']' && *c->at != '}') {
        KARVAN_TRY(one(c, true, &d, &to, err));
        note(whole, &d, false);
        if (to.latest < b->earliest)
            return karvan_i_edtf_refuse(c, "a range that does not run backwards", err);
        b->latest = to.latest, b->latest_fuzzy = to.latest_fuzzy;
    } else {
        b->latest = b->latest_fuzzy = KARVAN_DAY_MAX;
        whole->end_kind = KARVAN_BOUND_OPEN;
    }
done:
    return st;
}

static karvan_status set(karvan_i_cursor *c, karvan_edtf *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_edtf b;
    char close = *c->at++ == '[' ? ']' : '}';
    out->is_set = close == ']' ? 1 : 2;
    for (bool first = true;; first = false) {
        KARVAN_TRY(element(c, &b, first, out, err));
        if (first || b.earliest < out->earliest) out->earliest = b.earliest;
        if (first || b.latest > out->latest) out->latest = b.latest;
        if (first || b.earliest_fuzzy < out->earliest_fuzzy) out->earliest_fuzzy = b.earliest_fuzzy;
        if (first || b.latest_fuzzy > out->latest_fuzzy) out->latest_fuzzy = b.latest_fuzzy;
        if (c->at < c->end && *c->at == ',') {
            c->at++;
            continue;
        }
        break;
    }
    if (c->at == c->end || *c->at != close)
        return karvan_i_edtf_refuse(c, close == ']' ? "a comma or ]" : "a comma or }", err);
    c->at++;
    out->level = 2;
    out->start_latest = out->latest, out->end_earliest = out->earliest;
done:
    return st;
}

karvan_status karvan_edtf_parse(const char *s, size_t n, karvan_edtf *out, karvan_error *err) {
    karvan_status st;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_edtf){0};
    if (!s || n == 0) return karvan_fail(err, KARVAN_E_DATA, "an empty string is not EDTF");
    karvan_i_cursor c = {s, s, s + n};
    const char *slash = memchr(s, '/', n);
    if (*s == '[' || *s == '{') {
        st = set(&c, out, err);
    } else if (slash) {
        st = interval(&c, slash, out, err);
    } else {
        karvan_i_edtf_date d;
        karvan_edtf b;
        st = one(&c, false, &d, &b, err);
        if (st == KARVAN_OK) {
            *out = b;
            note(out, &d, true);
            out->start_latest = out->latest, out->end_earliest = out->earliest;
        }
    }
    if (st == KARVAN_OK && c.at != c.end) st = karvan_i_edtf_refuse(&c, "the end of the date", err);
    if (st != KARVAN_OK) *out = (karvan_edtf){0};
    return st;
}
