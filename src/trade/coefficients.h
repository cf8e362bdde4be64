#ifndef KARVAN_SRC_TRADE_COEFFICIENTS_H
#define KARVAN_SRC_TRADE_COEFFICIENTS_H
/* Coefficients out of what was read; *c is empty before, and to be cleared also on failure. */
#include "karvan/equilibrium.h"

/* Columns term (or name), estimate and, if any, se. */
karvan_status karvan_i_coefficients_table(const karvan_table *t, const char *path,
                                          karvan_coefficients *c, karvan_error *err);
/* {"coefficients": [{"name", "estimate", "se"}]}, or the list alone. */
karvan_status karvan_i_coefficients_json(const char *s, size_t n, const char *path,
                                         karvan_coefficients *c, karvan_error *err);
#endif
