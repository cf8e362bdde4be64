#ifndef KARVAN_SRC_EXCHANGE_FORMATS_H
#define KARVAN_SRC_EXCHANGE_FORMATS_H
#include "exchange/import.h"
/* By name; NULL, with the nearest in the message, where there is none. */
const karvan_i_importer *karvan_i_importer_of(const char *format, karvan_error *err);
/* The message of a format that is none: the nearest, or all; what: "read" or "written". */
void karvan_i_no_format(const char *format, const char *what, int n, const char *const *names,
                        karvan_error *err);
#endif
