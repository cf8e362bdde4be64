#ifndef KARVAN_SRC_NETWORK_CHECK_TIME_H
#define KARVAN_SRC_NETWORK_CHECK_TIME_H
/* Plausibility of timetables, seasons, opening hours, weather and time zones. */
#include "karvan/table.h"

/* Adds to problems. KARVAN_E_NOMEM. */
karvan_status karvan_i_check_time(const karvan_package *region, karvan_problems *problems,
                                  karvan_error *err);
#endif
