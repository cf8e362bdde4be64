#ifndef KARVAN_SRC_FLOW_SERVED_H
#define KARVAN_SRC_FLOW_SERVED_H
/* Which pairs a network serves; fills demand, unserved and their totals of a problem whose star
 * stands. KARVAN_E_ARG: demand too large to add up; KARVAN_E_NOMEM. */
#include "flow/problem.h"

karvan_status karvan_i_find_served(karvan_i_problem *p, karvan_error *err);
#endif
