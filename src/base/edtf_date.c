/* Grammar of one date: ISO 8601-2:2019, Annex A (EDTF), levels 0 to 2. */
#include <string.h>

#include "base/edtf.h"
#include "base/try.h"

karvan_status karvan_i_edtf_refuse(const karvan_i_cursor *c, const char *expected,
                                   karvan_error *err) {
    return karvan_fail(err, KARVAN_E_DATA, "'%.*s' is not EDTF: byte %d: %s expected",
                       (int)(c->end - c->begin > 60 ? 60 : c->end - c->begin), c->begin,
                       (int)(c->at - c->begin) + 1, expected);
}

static bool more(const karvan_i_cursor *c) { return c->at < c->end; }
static bool take(karvan_i_cursor *c, char ch) { return more(c) && *c->at == ch && (c->at++, true); }
static bool digit(char ch) { return ch >= '0' && ch <= '9'; }

/* A qualifier at the cursor as flags, 0 if there is none. */
static uint8_t qualifier(karvan_i_cursor *c) {
    if (take(c, '?')) return KARVAN_I_UNCERTAIN;
    if (take(c, '~')) return KARVAN_I_APPROXIMATE;
    if (take(c, '%')) return KARVAN_I_UNCERTAIN | KARVAN_I_APPROXIMATE;
    return 0;
}

static karvan_status digits(karvan_i_cursor *c, int n, char *out, const char *what,
                            karvan_error *err) {
    for (int i = 0; i < n; i++, c->at++) {
        if (!more(c) || !(digit(*c->at) || *c->at == 'X'))
            return karvan_i_edtf_refuse(c, what, err);
        out[i] = *c->at;
    }
    return KARVAN_OK;
}

/* An integer without leading rules, at most 18 digits. */
static karvan_status integer(karvan_i_cursor *c, int64_t *out, int *n, const char *what,
                             karvan_error *err) {
    *out = 0, *n = 0;
    for (; more(c) && digit(*c->at); c->at++, ++*n) {
        if (*n == 18) return karvan_i_edtf_refuse(c, "a year within our range", err);
        *out = *out * 10 + (*c->at - '0');
    }
    return *n > 0 ? KARVAN_OK : karvan_i_edtf_refuse(c, what, err);
}

static karvan_status significant(karvan_i_cursor *c, karvan_i_edtf_date *d, karvan_error *err) {
    int64_t v;
    int n;
    if (!take(c, 'S')) return KARVAN_OK;
    karvan_status st = integer(c, &v, &n, "a number of significant digits", err);
    if (st != KARVAN_OK) return st;
    if (v < 1 || v > 99) return karvan_i_edtf_refuse(c, "1 to 99 significant digits", err);
    d->significant = (int)v, d->level = 2;
    return KARVAN_OK;
}

/* Y170000002, Y-17E7, Y3388E2S3 */
static karvan_status long_year(karvan_i_cursor *c, karvan_i_edtf_date *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t v;
    int n;
    d->long_year = true, d->parts = 1, d->level = 1, d->exponent = -1;
    d->negative = take(c, '-');
    KARVAN_TRY(integer(c, &d->mantissa, &n, "the digits of a long year", err));
    if (take(c, 'E')) {
        int e;
        KARVAN_TRY(integer(c, &v, &e, "an exponent", err));
        d->exponent = v > 99 ? 99 : (int)v, d->level = 2;
    } else if (n < 5) {
        return karvan_i_edtf_refuse(c, "at least five digits after Y", err);
    }
    KARVAN_TRY(significant(c, d, err));
done:
    return st;
}

/* A qualifier before a part speaks of it alone, one after it of it and all to its left. */
static void qualify_after(karvan_i_cursor *c, karvan_i_edtf_date *d, int part) {
    uint8_t q = qualifier(c);
    if (!q) return;
    for (int i = 0; i <= part; i++) d->quality[i] |= q;
    /* level 1 knows one qualifier, at the very end of the date */
    bool at_end = !more(c) || *c->at == '/' || *c->at == ',' || *c->at == '.' || *c->at == ']' ||
                  *c->at == '}';
    int level = at_end && d->level < 2 ? 1 : 2;
    if (d->level < level) d->level = level;
}

static bool qualify_before(karvan_i_cursor *c, karvan_i_edtf_date *d, int part) {
    uint8_t q = qualifier(c);
    d->quality[part] |= q;
    if (q) d->level = 2;
    return q != 0;
}

static int two(const char s[2]) {
    return s[0] == 'X' || s[1] == 'X' ? -1 : (s[0] - '0') * 10 + s[1] - '0';
}

/* Where X may stand at level 1: the last one or two digits of a year alone, a whole month, a whole
 * day. */
static int unspecified_level(const karvan_i_edtf_date *d) {
    bool y = memchr(d->year, 'X', 4), m = d->parts > 1 && memchr(d->month, 'X', 2);
    bool day = d->parts > 2 && memchr(d->day, 'X', 2);
    if (!y && !m && !day) return 0;
    if (y)
        return d->parts == 1 && d->year[3] == 'X' && d->year[0] != 'X' && d->year[1] != 'X' ? 1 : 2;
    bool whole_month = d->parts > 1 && memcmp(d->month, "XX", 2) == 0;
    bool whole_day = d->parts > 2 && memcmp(d->day, "XX", 2) == 0;
    if (m && !whole_month) return 2;
    if (day && !whole_day) return 2;
    return m && d->parts == 3 && !whole_day ? 2 : 1;
}

/* hh:mm:ss with Z, +hh or +hh:mm */
static karvan_status time_of_day(karvan_i_cursor *c, karvan_i_edtf_date *d, karvan_error *err) {
    static const int limit[3] = {23, 59, 59};
    karvan_status st = KARVAN_OK;
    char s[2];
    d->time = c->at++;
    for (int i = 0; i < 3; i++) {
        if (i > 0 && !take(c, ':')) return karvan_i_edtf_refuse(c, "hh:mm:ss", err);
        KARVAN_TRY(digits(c, 2, s, "two digits of a time", err));
        if (two(s) < 0 || two(s) > limit[i]) return karvan_i_edtf_refuse(c, "a time of day", err);
    }
    if (take(c, 'Z')) {
    } else if (more(c) && (*c->at == '+' || *c->at == '-')) {
        c->at++;
        for (int i = 0; i < 2; i++) {
            if (i == 1 && !take(c, ':')) break;
            KARVAN_TRY(digits(c, 2, s, "two digits of an offset", err));
            if (two(s) < 0 || two(s) > limit[i])
                return karvan_i_edtf_refuse(c, "an offset of at most 23:59", err);
        }
    }
    d->n_time = (size_t)(c->at - d->time);
done:
    return st;
}

static karvan_status month(karvan_i_cursor *c, karvan_i_edtf_date *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    qualify_before(c, d, KARVAN_I_MONTH);
    KARVAN_TRY(digits(c, 2, d->month, "two digits of a month or season", err));
    d->parts = 2;
    int m = two(d->month);
    if (m >= 21 && m <= 41) {
        d->season = m;
        int level = m <= 24 ? 1 : 2;
        if (d->level < level) d->level = level;
    } else if (m == 0 || m > 12) {
        return karvan_i_edtf_refuse(c, "a month 01 to 12 or a season 21 to 41 before here", err);
    }
    qualify_after(c, d, KARVAN_I_MONTH);
done:
    return st;
}

static karvan_status day(karvan_i_cursor *c, karvan_i_edtf_date *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (d->season) return karvan_i_edtf_refuse(c, "nothing after a season", err);
    qualify_before(c, d, KARVAN_I_DAY);
    KARVAN_TRY(digits(c, 2, d->day, "two digits of a day", err));
    d->parts = 3;
    qualify_after(c, d, KARVAN_I_DAY);
done:
    return st;
}

karvan_status karvan_i_edtf_date_parse(karvan_i_cursor *c, bool plain, karvan_i_edtf_date *d,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *d = (karvan_i_edtf_date){.exponent = -1};
    if (!plain && take(c, 'Y')) {
        KARVAN_TRY(long_year(c, d, err));
        qualify_after(c, d, KARVAN_I_YEAR);
        return KARVAN_OK;
    }
    qualify_before(c, d, KARVAN_I_YEAR);
    d->negative = take(c, '-');
    if (d->negative && d->level < 1) d->level = 1;
    KARVAN_TRY(digits(c, 4, d->year, "four digits of a year", err));
    d->parts = 1;
    if (d->negative && memcmp(d->year, "0000", 4) == 0)
        return karvan_i_edtf_refuse(c, "a year other than -0000 before here", err);
    KARVAN_TRY(significant(c, d, err));
    if (d->significant && memchr(d->year, 'X', 4))
        return karvan_i_edtf_refuse(c, "no X with S", err);
    qualify_after(c, d, KARVAN_I_YEAR);
    if (!d->significant && take(c, '-')) {
        KARVAN_TRY(month(c, d, err));
        if (take(c, '-')) KARVAN_TRY(day(c, d, err));
    }
    int level = unspecified_level(d);
    if (d->level < level) d->level = level;
    if (more(c) && *c->at == 'T') {
        bool bare = d->parts == 3 && level == 0 && !(d->quality[0] | d->quality[1] | d->quality[2]);
        if (!bare || plain) return karvan_i_edtf_refuse(c, "no time here", err);
        KARVAN_TRY(time_of_day(c, d, err));
    }
done:
    return st;
}
