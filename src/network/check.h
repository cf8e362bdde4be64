#ifndef KARVAN_SRC_NETWORK_CHECK_H
#define KARVAN_SRC_NETWORK_CHECK_H
/* What the checks of the network's tables share. */
#include "network/build.h"

typedef struct karvan_i_check {
    const karvan_package *region;
    const karvan_table *places, *links, *terminals, *services, *modes; /* modes may be NULL */
    karvan_i_operation *operations;                                    /* [n_operations] */
    int32_t n_operations;
    karvan_problems *problems;
} karvan_i_check;

/* One row of terminals. KARVAN_E_NOMEM. */
karvan_status karvan_i_check_terminal(const karvan_i_check *x, int64_t row);
/* Timetables, seasons, opening hours, headways. KARVAN_E_NOMEM. */
karvan_status karvan_i_check_time(const karvan_package *region, karvan_problems *problems);
/* Lists of cargo classes, keys of class factors, months of availability. KARVAN_E_NOMEM. */
karvan_status karvan_i_check_lists(const karvan_package *region, karvan_problems *problems);
#endif
