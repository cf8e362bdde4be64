#ifndef KARVAN_SRC_EXCHANGE_FORMATS_H
#define KARVAN_SRC_EXCHANGE_FORMATS_H
#include "exchange/import.h"
/* By name; NULL, with the nearest in the message, where there is none. */
const karvan_i_importer *karvan_i_importer_of(const char *format, karvan_error *err);
#endif
