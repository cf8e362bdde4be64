#ifndef KARVAN_SRC_FLOW_SUE_SOLUTION_H
#define KARVAN_SRC_FLOW_SUE_SOLUTION_H
/* A solution of stochastic equilibrium out of what the method left. */
#include "flow/sue.h"

/* Takes the route sets of the state, whose x is not below 0. KARVAN_E_NOMEM. */
karvan_status karvan_i_sue_make(karvan_i_sue *s, bool converged, int64_t apart, karvan_sue **out,
                                karvan_error *err);
#endif
