#ifndef KARVAN_SRC_STUDY_CHECK_H
#define KARVAN_SRC_STUDY_CHECK_H
/* What the checks of the tables of studies share. */
#include "flow/check.h"

/* One row of table parameters. KARVAN_E_NOMEM. */
karvan_status karvan_i_check_parameter(const karvan_i_flow_ctx *x, const karvan_table *t,
                                       int64_t r);
#endif
