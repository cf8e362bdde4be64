#ifndef KARVAN_SRC_TRADE_GDP_H
#define KARVAN_SRC_TRADE_GDP_H
/* What a country makes in a year, of table indicators. */
#include "karvan/table.h"

/* USD; NaN where the region does not say it of that year. */
double karvan_i_gdp_usd(const karvan_package *region, const char *country, double year);
#endif
