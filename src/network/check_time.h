#ifndef KARVAN_SRC_NETWORK_CHECK_TIME_H
#define KARVAN_SRC_NETWORK_CHECK_TIME_H
/* Plausibility of timetables, seasons, opening hours and headways. */
#include "karvan/table.h"

/* Fails for want of memory only. */
karvan_status karvan_i_check_time(const karvan_package *region, karvan_problems *problems);
#endif
