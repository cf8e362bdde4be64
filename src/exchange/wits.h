#ifndef KARVAN_SRC_EXCHANGE_WITS_H
#define KARVAN_SRC_EXCHANGE_WITS_H
#include "karvan/table.h"
/* As karvan_wits_flows; bytes NULL: from the file `path`. */
karvan_status karvan_i_wits_flows(const char *path, const char *bytes, size_t n,
                                  karvan_problems *problems, karvan_table **audit,
                                  karvan_table **flows, karvan_error *err);
#endif
