/* Grammar of one date: ISO 8601-2:2019, section 4 to 8 (EDTF), levels 0 to 2. */
#include <string.h>

#include "base/edtf.h"
#include "base/try.h"

enum { SHOWN = 60 };

karvan_status karvan_i_edtf_refuse(const karvan_i_cursor *c, const char *expected,
                                   karvan_error *err) {
    char shown[SHOWN + 1];
    size_t n = (size_t)(c->last - c->begin);
    if (!err) return KARVAN_E_DATA;
    if (n > SHOWN) n = SHOWN;
    /* an error message is one line of valid UTF-8, whatever the input was */
    size_t valid = karvan_utf8_valid_prefix(c->begin, n);
    for (size_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)c->begin[i];
        shown[i] = i >= valid || b < 0x20 || b == 0x7F ? '?' : c->begin[i];
    }
    shown[n] = 0;
    return karvan_fail(err, KARVAN_E_DATA, "'%s' is not EDTF: byte %zu: %s expected", shown,
                       (size_t)(c->at - c->begin) + 1, expected);
}

static bool more(const karvan_i_cursor *c) { return c->at < c->end; }
static bool take(karvan_i_cursor *c, char ch) { return more(c) && *c->at == ch && (c->at++, true); }
static bool digit(char ch) { return ch >= '0' && ch <= '9'; }

static void at_least(karvan_i_edtf_date *d, int level) {
    if (d->level < level) d->level = level;
}

/* Refuse what stands before the cursor, from `at` on. */
static karvan_status refuse_at(const karvan_i_cursor *c, const char *at, const char *expected,
                               karvan_error *err) {
    karvan_i_cursor there = *c;
    there.at = at;
    return karvan_i_edtf_refuse(&there, expected, err);
}

/* A qualifier at the cursor as flags, 0 if there is none. */
static uint8_t qualifier(karvan_i_cursor *c) {
    uint8_t q = 0;
    if (!more(c)) return 0;
    if (*c->at == '?') q = KARVAN_I_UNCERTAIN;
    if (*c->at == '~') q = KARVAN_I_APPROXIMATE;
    if (*c->at == '%') q = KARVAN_I_UNCERTAIN | KARVAN_I_APPROXIMATE;
    c->at += q != 0;
    return q;
}

/* A qualifier after a part speaks of it and of all to its left. */
static void qualify_after(karvan_i_cursor *c, karvan_i_edtf_date *d, int part) {
    uint8_t q = qualifier(c);
    if (!q) return;
    for (int i = 0; i <= part; i++) d->quality[i] |= q;
    d->any_quality = true;
    /* level 1 knows one qualifier, at the very end of the date */
    at_least(d, more(c) && *c->at == '-' ? 2 : 1);
}

/* A qualifier before a part speaks of it alone. */
static void qualify_before(karvan_i_cursor *c, karvan_i_edtf_date *d, int part) {
    uint8_t q = qualifier(c);
    if (!q) return;
    d->quality[part] |= q;
    d->any_quality = true;
    at_least(d, 2);
}

/* n digits or X at the cursor; *value is -1 where an X stands. */
static karvan_status pattern(karvan_i_cursor *c, int n, int *value, const char *what,
                             karvan_error *err) {
    int v = 0;
    for (int i = 0; i < n; i++, c->at++) {
        if (!more(c) || !(digit(*c->at) || *c->at == 'X'))
            return karvan_i_edtf_refuse(c, what, err);
        v = v < 0 || *c->at == 'X' ? -1 : v * 10 + (*c->at - '0');
    }
    *value = v;
    return KARVAN_OK;
}

/* A whole number that does not begin with 0, at most 18 digits. */
static karvan_status whole(karvan_i_cursor *c, int64_t *out, int *n, const char *what,
                           karvan_error *err) {
    *out = 0, *n = 0;
    if (!more(c) || !digit(*c->at) || *c->at == '0') return karvan_i_edtf_refuse(c, what, err);
    for (; more(c) && digit(*c->at); c->at++, ++*n) {
        if (*n == 18) return karvan_i_edtf_refuse(c, "a number of at most 18 digits", err);
        *out = *out * 10 + (*c->at - '0');
    }
    return KARVAN_OK;
}

static karvan_status significant(karvan_i_cursor *c, karvan_i_edtf_date *d, karvan_error *err) {
    int64_t v;
    int n;
    if (!take(c, 'S')) return KARVAN_OK;
    const char *at = c->at;
    karvan_status st = whole(c, &v, &n, "a number of significant digits from 1", err);
    if (st != KARVAN_OK) return st;
    if (n > 2) return refuse_at(c, at, "at most 99 significant digits", err);
    d->significant = (int)v;
    at_least(d, 2);
    return KARVAN_OK;
}

/* After the Y: 170000002, -17E7, 3388E2S3 */
static karvan_status long_year(karvan_i_cursor *c, karvan_i_edtf_date *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t v;
    int n;
    d->long_year = true, d->parts = 1;
    at_least(d, 1);
    d->negative = take(c, '-');
    const char *at = c->at;
    KARVAN_TRY(whole(c, &d->year, &n, "the digits of a long year, the first not 0", err));
    if (take(c, 'E')) {
        int digits;
        KARVAN_TRY(whole(c, &v, &digits, "an exponent from 1", err));
        d->exponent = v > 99 ? 99 : (int)v;
        at_least(d, 2);
    } else if (n < 5) {
        return refuse_at(c, at, "at least five digits after Y", err);
    }
    KARVAN_TRY(significant(c, d, err));
    qualify_after(c, d, KARVAN_I_YEAR);
done:
    return st;
}

static karvan_status year(karvan_i_cursor *c, bool part, karvan_i_edtf_date *d, karvan_error *err) {
    int v = 0;
    qualify_before(c, d, KARVAN_I_YEAR);
    d->negative = take(c, '-');
    if (d->negative) at_least(d, 1);
    d->year_at = c->at;
    karvan_status st = pattern(c, 4, &v, "four digits of a year", err);
    if (st != KARVAN_OK) return st;
    d->parts = 1, d->year = d->negative ? -v : v, d->year_x = d->any_x = v < 0;
    if (d->negative && v == 0) return refuse_at(c, d->year_at - 1, "a year other than -0000", err);
    if (more(c) && *c->at == 'S' && !part && !d->year_x) st = significant(c, d, err);
    qualify_after(c, d, KARVAN_I_YEAR);
    return st;
}

static karvan_status month(karvan_i_cursor *c, karvan_i_edtf_date *d, karvan_error *err) {
    qualify_before(c, d, KARVAN_I_MONTH);
    const char *at = c->at;
    karvan_status st = pattern(c, 2, &d->month, "two digits of a month or season", err);
    if (st != KARVAN_OK) return st;
    memcpy(d->month_at, at, 2);
    d->parts = 2, d->any_x |= d->month < 0;
    if (d->month >= 21 && d->month <= 41) {
        d->season = d->month;
        at_least(d, d->season <= 24 ? 1 : 2);
    } else if (d->month == 0 || d->month > 12) {
        return refuse_at(c, at, "a month 01 to 12 or a season 21 to 41", err);
    }
    qualify_after(c, d, KARVAN_I_MONTH);
    return KARVAN_OK;
}

static karvan_status day(karvan_i_cursor *c, karvan_i_edtf_date *d, karvan_error *err) {
    qualify_before(c, d, KARVAN_I_DAY);
    const char *at = c->at;
    karvan_status st = pattern(c, 2, &d->day, "two digits of a day", err);
    if (st != KARVAN_OK) return st;
    memcpy(d->day_at, at, 2);
    d->parts = 3, d->any_x |= d->day < 0;
    qualify_after(c, d, KARVAN_I_DAY);
    return KARVAN_OK;
}

/* Where X may stand at level 1: the last one or two digits of a year alone, a whole day, a whole
 * month that is last or before a whole unspecified day. */
static int unspecified_level(const karvan_i_edtf_date *d) {
    const char *y = d->year_at;
    if (d->year_x) return d->parts == 1 && y[3] == 'X' && y[0] != 'X' && y[1] != 'X' ? 1 : 2;
    bool whole_month = memcmp(d->month_at, "XX", 2) == 0;
    bool whole_day = memcmp(d->day_at, "XX", 2) == 0;
    if (d->month < 0 && !whole_month) return 2;
    if (d->day < 0 && !whole_day) return 2;
    return d->month < 0 && d->parts == 3 && !whole_day ? 2 : 1;
}

static karvan_status two_digits(karvan_i_cursor *c, int most, const char *what, karvan_error *err) {
    int v = 0;
    const char *at = c->at;
    karvan_status st = pattern(c, 2, &v, what, err);
    if (st != KARVAN_OK) return st;
    return v >= 0 && v <= most ? KARVAN_OK : refuse_at(c, at, what, err);
}

/* Thh:mm:ss, then nothing, Z, +hh or +hh:mm */
static karvan_status time_of_day(karvan_i_cursor *c, karvan_i_edtf_date *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    d->time = c->at++;
    KARVAN_TRY(two_digits(c, 23, "an hour 00 to 23", err));
    for (int i = 0; i < 2; i++) {
        if (!take(c, ':')) return karvan_i_edtf_refuse(c, "a colon of hh:mm:ss", err);
        KARVAN_TRY(two_digits(c, 59, "minutes or seconds 00 to 59", err));
    }
    if (!take(c, 'Z') && (take(c, '+') || take(c, '-'))) {
        KARVAN_TRY(two_digits(c, 23, "the hours 00 to 23 of an offset", err));
        if (take(c, ':')) KARVAN_TRY(two_digits(c, 59, "the minutes 00 to 59 of an offset", err));
    }
    d->n_time = (size_t)(c->at - d->time);
done:
    return st;
}

karvan_status karvan_i_edtf_date_parse(karvan_i_cursor *c, bool part, karvan_i_edtf_date *d,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *d = (karvan_i_edtf_date){0};
    if (!part && take(c, 'Y')) return long_year(c, d, err);
    KARVAN_TRY(year(c, part, d, err));
    if (!d->significant && take(c, '-')) {
        KARVAN_TRY(month(c, d, err));
        if (!d->season && take(c, '-')) KARVAN_TRY(day(c, d, err));
    }
    if (d->any_x) at_least(d, unspecified_level(d));
    if (!part && d->parts == 3 && !d->any_x && !d->any_quality && more(c) && *c->at == 'T')
        st = time_of_day(c, d, err);
done:
    return st;
}
