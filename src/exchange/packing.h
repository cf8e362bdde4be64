#ifndef KARVAN_SRC_EXCHANGE_PACKING_H
#define KARVAN_SRC_EXCHANGE_PACKING_H
#include "karvan/table.h"
typedef struct karvan_i_packing {
    const karvan_package *region;
    const karvan_table *const *tables;      /* [resources of the region] NULL: left out */
    const char *name, *title, *description; /* name NULL: as the region says */
} karvan_i_packing;
/* The tables as a Data Package in a folder that appears whole or not at all. KARVAN_E_ARG:
 * something is there already; KARVAN_E_IO, KARVAN_E_NOMEM. */
karvan_status karvan_i_packing_write(const karvan_i_packing *p, const char *dir, karvan_error *err);
#endif
