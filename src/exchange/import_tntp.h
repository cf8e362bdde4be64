#ifndef KARVAN_SRC_EXCHANGE_IMPORT_TNTP_H
#define KARVAN_SRC_EXCHANGE_IMPORT_TNTP_H
#include "exchange/import.h"
/* The importer behind its files, for tests and fuzzing. nodes NULL: no file of positions. */
karvan_status karvan_i_import_tntp_bytes(karvan_import *imp, const char *net_path, const char *net,
                                         size_t n_net, const char *node_path, const char *nodes,
                                         size_t n_nodes, karvan_error *err);
#endif
