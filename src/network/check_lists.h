#ifndef KARVAN_SRC_NETWORK_CHECK_LISTS_H
#define KARVAN_SRC_NETWORK_CHECK_LISTS_H
/* What no foreign key can hold: lists of ids in one cell, ids whose table another cell names, and
 * the weather of ports beside the services that suffer from it. */
#include "karvan/table.h"

/* Tables and columns that the region lacks are passed over. Fails for want of memory only. */
karvan_status karvan_i_check_lists(const karvan_package *region, karvan_problems *problems);
#endif
