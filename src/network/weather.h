#ifndef KARVAN_SRC_NETWORK_WEATHER_H
#define KARVAN_SRC_NETWORK_WEATHER_H
/* Table `availability`: on how many days of each month weather keeps a port closed. */
#include "karvan/table.h"
#include "network/wait.h"

typedef struct karvan_i_weather {
    int32_t n_places;
    double *p;       /* [n_places][12] chance to find it closed, NaN: the table does not say */
    double *spell_h; /* [n_places][12] mean of a spell */
} karvan_i_weather;

/* Days of month 1..12, February 28. */
double karvan_i_weather_days(int month);
/* A region without the table knows no month. spell_h stands where a row gives none.
 * KARVAN_E_DATA: a place that is not there, a month twice or none, days that the month has not. */
karvan_status karvan_i_weather_read(const karvan_package *region, int32_t n_places, double spell_h,
                                    karvan_i_weather *out, karvan_error *err);
void karvan_i_weather_clear(karvan_i_weather *w);
/* What a service between two places suffers in a month, 0: in the year. It lies idle while either
 * port is closed, and the weather of one sea closes both on the same days: the longer of the two
 * counts, the least that both can be. Where neither has a row, closed_days_year of the service. */
karvan_i_closures karvan_i_weather_closures(const karvan_i_weather *w, int32_t a, int32_t b,
                                            double closed_days_year, double spell_h, int month);
#endif
