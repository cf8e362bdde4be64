#ifndef KARVAN_SRC_EXCHANGE_IMPORT_UNLOCODE_H
#define KARVAN_SRC_EXCHANGE_IMPORT_UNLOCODE_H
#include "exchange/import.h"
/* One file of a list, from memory, for tests and fuzzing. */
karvan_status karvan_i_import_unlocode_bytes(karvan_import *imp, const char *path,
                                             const char *bytes, size_t n, karvan_error *err);
/* "5155N 00430E" as degrees; false where it is none. */
bool karvan_i_unlocode_position(const char *s, double *lon, double *lat);
#endif
