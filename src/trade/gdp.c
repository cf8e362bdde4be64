#include "trade/gdp.h"

#include <stdio.h>

#include "table/cell.h"

double karvan_i_gdp_usd(const karvan_package *region, const char *country, double year) {
    char key[64];
    const karvan_table *t = karvan_package_table(region, "indicators");
    (void)snprintf(key, sizeof key, "%.30s|%.0f|gdp", country, year);
    return karvan_i_cell_real(t, "value", t ? karvan_package_row(region, "indicators", key) : -1);
}
