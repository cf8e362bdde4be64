/* What a date means in days: strict bounds, and those with the padding of its qualifiers. */
#include <string.h>

#include "base/edtf.h"

/* Days of such a year, and of its padding, still fit in 64 bits. */
static const int64_t YEAR_LIMIT = 1000000000000000;

static bool fits(const char pattern[2], int v) {
    return (pattern[0] == 'X' || pattern[0] - '0' == v / 10) &&
           (pattern[1] == 'X' || pattern[1] - '0' == v % 10);
}

static bool year_fits(const char *pattern, int v) {
    for (int i = 3; i >= 0; i--, v /= 10)
        if (pattern[i] != 'X' && pattern[i] - '0' != v % 10) return false;
    return true;
}

/* First (step 1) or last (step -1) day of a year that the month and day patterns allow. */
static bool day_in_year(const karvan_i_edtf_date *d, int64_t year, int step, karvan_day *out) {
    for (int i = 1; i <= 12; i++) {
        int m = step > 0 ? i : 13 - i;
        if (d->parts > 1 && !fits(d->month_at, m)) continue;
        int last = karvan_i_month_days(year, m);
        for (int k = 1; k <= last; k++) {
            int day = step > 0 ? k : last + 1 - k;
            if (d->parts > 2 && !fits(d->day_at, day)) continue;
            *out = karvan_day_from_civil(year, m, day);
            return true;
        }
    }
    return false;
}

/* First or last day of all years that the year pattern allows. */
static bool extreme_day(const karvan_i_edtf_date *d, int step, karvan_day *out) {
    int lo = 0, hi = 0;
    if (!day_in_year(d, 2000, 1, out)) return false; /* of no year, not even of a leap year */
    if (!d->year_x) return day_in_year(d, d->year, step, out);
    for (int i = 0; i < 4; i++) {
        lo = lo * 10 + (d->year_at[i] == 'X' ? 0 : d->year_at[i] - '0');
        hi = hi * 10 + (d->year_at[i] == 'X' ? 9 : d->year_at[i] - '0');
    }
    /* of negative years the largest digits come first */
    bool up = (step > 0) != d->negative;
    for (int v = up ? lo : hi; v >= lo && v <= hi; v += up ? 1 : -1)
        if (year_fits(d->year_at, v) && !(d->negative && v == 0) &&
            day_in_year(d, d->negative ? -(int64_t)v : v, step, out))
            return true;
    return false;
}

/* Seasons and other divisions of a year: first month and length. Those that would run over the end
 * of the year keep their part in the year that is written. */
static void season_months(int season, int *first, int *n) {
    static const signed char spring_first[] = {3, 6, 9, 12};
    if (season <= 28) { /* 21..24 where not said, 25..28 of the northern hemisphere */
        *first = spring_first[(season - 21) % 4], *n = 3;
    } else if (season <= 32) { /* of the southern */
        *first = spring_first[(season - 29 + 2) % 4], *n = 3;
    } else if (season <= 36) { /* quarters */
        *first = (season - 33) * 3 + 1, *n = 3;
    } else if (season <= 39) { /* thirds */
        *first = (season - 37) * 4 + 1, *n = 4;
    } else { /* halves */
        *first = (season - 40) * 6 + 1, *n = 6;
    }
    if (*first + *n > 13) *n = 13 - *first;
}

/* First and last year of a date: the same, unless the year holds an X. */
static void extreme_years(const karvan_i_edtf_date *d, int64_t out[2]) {
    out[0] = out[1] = d->year;
    for (int side = 0; d->year_x && side < 2; side++) {
        karvan_i_edtf_date whole = *d;
        karvan_day day = 0;
        int m, dd;
        whole.parts = 1;
        (void)extreme_day(&whole, side ? -1 : 1,
                          &day); /* some year always fits: -0000 was refused */
        karvan_day_to_civil(day, &out[side], &m, &dd);
    }
}

static void put(karvan_edtf *out, karvan_day earliest, karvan_day latest) {
    out->earliest = out->earliest_fuzzy = earliest;
    out->latest = out->latest_fuzzy = latest;
}

/* Whole months from first to last of one year, or of the first and last of several. */
static void put_months(karvan_edtf *out, const int64_t years[2], int first, int last) {
    put(out, karvan_day_from_civil(years[0], first, 1),
        karvan_day_from_civil(years[1], last, karvan_i_month_days(years[1], last)));
}

static bool strict_days(const karvan_i_edtf_date *d, karvan_edtf *out) {
    const int64_t year[2] = {d->year, d->year};
    if (d->season) {
        int64_t years[2];
        int first, n;
        season_months(d->season, &first, &n);
        extreme_years(d, years);
        put_months(out, years, first, first + n - 1);
    } else if (d->any_x) {
        karvan_day first, last;
        if (!extreme_day(d, 1, &first) || !extreme_day(d, -1, &last)) return false;
        put(out, first, last);
    } else if (d->parts == 3) {
        if (d->day < 1 || d->day > karvan_i_month_days(d->year, d->month)) return false;
        karvan_day day = karvan_day_from_civil(d->year, d->month, d->day);
        put(out, day, day);
    } else {
        put_months(out, year, d->parts > 1 ? d->month : 1, d->parts > 1 ? d->month : 12);
    }
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

static int64_t steps(uint8_t quality) {
    return (quality & KARVAN_I_UNCERTAIN ? 1 : 0) + (quality & KARVAN_I_APPROXIMATE ? 1 : 0);
}

static int month_unit(int season) { return season >= 40 ? 6 : season >= 37 ? 4 : season ? 3 : 1; }

/* ? and ~ pad by one unit of the part they speak of, % by two. A year that ends in X has the
 * decade, the century, ... as its unit; a month or day with X has none. */
static void pad(const karvan_i_edtf_date *d, karvan_edtf *out) {
    int64_t unit = 1, months = 0, days = 0;
    for (int i = 3; d->year_x && i >= 0 && d->year_at[i] == 'X'; i--) unit *= 10;
    int64_t years = steps(d->quality[KARVAN_I_YEAR]) * unit;
    if (d->parts > 1 && d->month >= 0)
        months = steps(d->quality[KARVAN_I_MONTH]) * month_unit(d->season);
    if (d->parts > 2 && d->day >= 0) days = steps(d->quality[KARVAN_I_DAY]);
    out->earliest_fuzzy = moved(out->earliest_fuzzy, -years, -months, -days);
    out->latest_fuzzy = moved(out->latest_fuzzy, years, months, days);
}

/* The years that share the first `significant` digits of this one; zeros before them are none. */
static void put_significant(karvan_edtf *out, int64_t year, int significant) {
    int64_t size = year < 0 ? -year : year, unit = 1;
    int n = 1;
    for (int64_t v = size; v >= 10; v /= 10) n++;
    for (int i = significant; i < n; i++) unit *= 10;
    int64_t lo = size / unit * unit, hi = lo + unit - 1;
    out->earliest_fuzzy = karvan_day_from_civil(year < 0 ? -hi : lo, 1, 1);
    out->latest_fuzzy = karvan_day_from_civil(year < 0 ? -lo : hi, 12, 31);
}

/* The value of a Y year with its exponent. */
static bool long_year(const karvan_i_edtf_date *d, int64_t *year) {
    int64_t v = d->year;
    for (int i = 0; i < d->exponent && v < YEAR_LIMIT; i++) v *= 10;
    *year = d->negative ? -v : v;
    return v < YEAR_LIMIT;
}

const char *karvan_i_edtf_date_bounds(const karvan_i_edtf_date *d, karvan_edtf *out) {
    int64_t years[2] = {d->year, d->year};
    if (d->long_year) {
        if (!long_year(d, &years[0])) return "a year of at most 15 digits (EDTF has no such limit)";
        years[1] = years[0];
        put_months(out, years, 1, 12);
    } else if (!strict_days(d, out)) {
        return "a day of the calendar";
    }
    if (d->significant) put_significant(out, years[0], d->significant);
    if (d->any_quality) pad(d, out);
    return NULL;
}
