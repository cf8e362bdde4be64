/* What a date means in days: strict bounds, and those with the padding of its qualifiers. */
#include <string.h>

#include "base/edtf.h"

static const int64_t YEAR_LIMIT = 1000000000000000; /* days of it still fit in 64 bits */

static bool fits(const char *pattern, int v) {
    return (pattern[0] == 'X' || pattern[0] - '0' == v / 10) &&
           (pattern[1] == 'X' || pattern[1] - '0' == v % 10);
}

static bool year_fits(const char pattern[4], int v) {
    for (int i = 3; i >= 0; i--, v /= 10)
        if (pattern[i] != 'X' && pattern[i] - '0' != v % 10) return false;
    return true;
}

/* First (step 1) or last (step -1) day of a year that the month and day patterns allow. */
static bool day_in_year(const karvan_i_edtf_date *d, int64_t year, int step, karvan_day *out) {
    for (int i = 1; i <= 12; i++) {
        int m = step > 0 ? i : 13 - i;
        if (d->parts > 1 && !fits(d->month, m)) continue;
        int last = karvan_i_month_days(year, m);
        for (int k = 1; k <= last; k++) {
            int day = step > 0 ? k : last + 1 - k;
            if (d->parts > 2 && !fits(d->day, day)) continue;
            *out = karvan_day_from_civil(year, m, day);
            return true;
        }
    }
    return false;
}

/* First or last day of all years that the year pattern allows. */
static bool extreme_day(const karvan_i_edtf_date *d, int step, karvan_day *out) {
    int lo = 0, hi = 0;
    for (int i = 0; i < 4; i++) {
        lo = lo * 10 + (d->year[i] == 'X' ? 0 : d->year[i] - '0');
        hi = hi * 10 + (d->year[i] == 'X' ? 9 : d->year[i] - '0');
    }
    /* of negative years the largest digits come first */
    bool up = (step > 0) != d->negative;
    for (int v = up ? lo : hi; v >= lo && v <= hi; v += up ? 1 : -1)
        if (year_fits(d->year, v) && !(d->negative && v == 0) &&
            day_in_year(d, d->negative ? -(int64_t)v : v, step, out))
            return true;
    return false;
}

/* Seasons and other divisions of a year: first month and length. Those that would run over the end
 * of the year keep their part in the year that is written. */
static void season_months(int season, int *first, int *n) {
    static const signed char spring_first[] = {3, 6, 9, 12};
    if (season <= 28) {
        *first = spring_first[(season - 21) % 4], *n = 3;
    } else if (season <= 32) {
        *first = spring_first[(season - 29 + 2) % 4], *n = 3;
    } else if (season <= 36) {
        *first = (season - 33) * 3 + 1, *n = 3;
    } else if (season <= 39) {
        *first = (season - 37) * 4 + 1, *n = 4;
    } else {
        *first = (season - 40) * 6 + 1, *n = 6;
    }
    if (*first + *n > 13) *n = 13 - *first;
}

static int month_unit(int season) { return season >= 40 ? 6 : season >= 37 ? 4 : season ? 3 : 1; }

static bool season_days(const karvan_i_edtf_date *d, karvan_edtf *out) {
    int first, n;
    int64_t y[2];
    season_months(d->season, &first, &n);
    for (int side = 0; side < 2; side++) { /* the year may hold X: its extremes */
        karvan_i_edtf_date year = *d;
        karvan_day day;
        int m, dd;
        year.parts = 1;
        if (!extreme_day(&year, side ? -1 : 1, &day)) return false;
        karvan_day_to_civil(day, &y[side], &m, &dd);
    }
    out->earliest = karvan_day_from_civil(y[0], first, 1);
    out->latest =
        karvan_day_from_civil(y[1], first + n - 1, karvan_i_month_days(y[1], first + n - 1));
    return true;
}

/* Add years and months, keep the day where the month has it, else take its last; then add days. */
static karvan_day moved(karvan_day d, int64_t years, int64_t months, int64_t days) {
    int64_t year;
    int month, day;
    karvan_day_to_civil(d, &year, &month, &day);
    int64_t m = month - 1 + months, carry = m >= 0 ? m / 12 : -((11 - m) / 12);
    year += years + carry;
    month = (int)(m - 12 * carry) + 1;
    int last = karvan_i_month_days(year, month);
    return karvan_day_from_civil(year, month, day < last ? day : last) + days;
}

/* ? and ~ pad by one unit of the part they speak of, % by two. A year that ends in X has the
 * decade, the century, ... as its unit; a month or day with X has none. */
static int64_t steps(uint8_t quality) {
    return (quality & KARVAN_I_UNCERTAIN ? 1 : 0) + (quality & KARVAN_I_APPROXIMATE ? 1 : 0);
}

static void pad(const karvan_i_edtf_date *d, karvan_edtf *out) {
    int64_t unit = 1, months = 0, days = 0;
    for (int i = 3; !d->long_year && i >= 0 && d->year[i] == 'X'; i--) unit *= 10;
    int64_t years = steps(d->quality[KARVAN_I_YEAR]) * unit;
    if (d->parts > 1 && !memchr(d->month, 'X', 2))
        months = steps(d->quality[KARVAN_I_MONTH]) * month_unit(d->season);
    if (d->parts > 2 && !memchr(d->day, 'X', 2)) days = steps(d->quality[KARVAN_I_DAY]);
    out->earliest_fuzzy = moved(out->earliest, -years, -months, -days);
    out->latest_fuzzy = moved(out->latest, years, months, days);
}

/* Years that share the first `significant` digits. */
static void significant_years(int64_t year, int significant, int64_t *first, int64_t *last) {
    int64_t size = year < 0 ? -year : year, unit = 1;
    int n = 1;
    for (int64_t v = size; v >= 10; v /= 10) n++;
    if (n < 4) n = 4;
    for (int i = significant; i < n; i++) unit *= 10;
    int64_t lo = size / unit * unit, hi = lo + unit - 1;
    *first = year < 0 ? -hi : lo, *last = year < 0 ? -lo : hi;
}

static karvan_status long_year_value(const karvan_i_edtf_date *d, int64_t *year,
                                     karvan_error *err) {
    int64_t v = d->mantissa;
    for (int i = 0; i < d->exponent && v != 0; i++) {
        if (v > YEAR_LIMIT / 10)
            v = YEAR_LIMIT;
        else
            v *= 10;
        if (v >= YEAR_LIMIT) break;
    }
    if (v >= YEAR_LIMIT)
        return karvan_fail(
            err, KARVAN_E_DATA,
            "the year is valid EDTF, but beyond the 15 digits that karvan counts days for");
    *year = d->negative ? -v : v;
    return KARVAN_OK;
}

karvan_status karvan_i_edtf_date_bounds(const karvan_i_edtf_date *d, karvan_edtf *out,
                                        karvan_error *err) {
    int64_t year = 0, first, last;
    if (d->long_year) {
        karvan_status st = long_year_value(d, &year, err);
        if (st != KARVAN_OK) return st;
        out->earliest = karvan_day_from_civil(year, 1, 1);
        out->latest = karvan_day_from_civil(year, 12, 31);
    } else if (d->season
                   ? !season_days(d, out)
                   : !extreme_day(d, 1, &out->earliest) || !extreme_day(d, -1, &out->latest)) {
        return karvan_fail(err, KARVAN_E_DATA, "no such day in the calendar");
    }
    pad(d, out);
    if (!d->significant) return KARVAN_OK;
    if (!d->long_year) {
        int m, day;
        karvan_day_to_civil(out->earliest, &year, &m, &day);
    }
    significant_years(year, d->significant, &first, &last);
    out->earliest_fuzzy = karvan_day_from_civil(first, 1, 1);
    out->latest_fuzzy = karvan_day_from_civil(last, 12, 31);
    return KARVAN_OK;
}
