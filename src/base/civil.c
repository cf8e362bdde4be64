#include <stdio.h>

#include "base/edtf.h"

bool karvan_i_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int karvan_i_month_days(int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && karvan_i_leap(year) ? 29 : days[month - 1];
}

/* Eras of 400 years, years that begin in March. */
karvan_day karvan_day_from_civil(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void karvan_day_to_civil(karvan_day d, int64_t *year, int *month, int *day) {
    d += 719468;
    int64_t era = (d >= 0 ? d : d - 146096) / 146097, of_era = d - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = y + era * 400 + (*month <= 2);
}

void karvan_day_format(karvan_day d, char *out, size_t cap) {
    int64_t year;
    int month, day;
    if (d == KARVAN_DAY_MIN || d == KARVAN_DAY_MAX) {
        (void)snprintf(out, cap, "%s", d == KARVAN_DAY_MIN ? "-inf" : "inf");
        return;
    }
    karvan_day_to_civil(d, &year, &month, &day);
    (void)snprintf(out, cap, "%s%04lld-%02d-%02d", year < 0 ? "-" : "",
                   (long long)(year < 0 ? -year : year), month, day);
}
