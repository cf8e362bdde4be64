#ifndef KARVAN_SRC_TRADE_UNIT_H
#define KARVAN_SRC_TRADE_UNIT_H
/* Units of trade: a currency, alone or by the thousand, million or billion. */

/* Of "thousand USD": 1000, and the currency in *currency (a part of the unit; NULL: not asked).
 * NaN where no unit is stated. */
double karvan_i_trade_unit(const char *unit, const char **currency);
#endif
