#ifndef KARVAN_SRC_EXCHANGE_UNITS_H
#define KARVAN_SRC_EXCHANGE_UNITS_H
/* Units as files spell them. NaN: none that is known. */
double karvan_i_km_per(const char *unit);      /* of length: "foot", "mi", "metre", ... */
double karvan_i_h_per(const char *unit);       /* of time: "min", "h", "s" */
double karvan_i_kmh_per(const char *unit);     /* of speed: "mph", "kph", "m/s", ... */
double karvan_i_usd_per(const char *currency); /* "USD", "US cents", "dollar" */
#endif
