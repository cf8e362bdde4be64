#ifndef KARVAN_SRC_REPORT_STUDY_UNDER_H
#define KARVAN_SRC_REPORT_STUDY_UNDER_H
/* Apart from page.h, whose ways are not those of flow. */
#include "karvan/table.h"

/* The folder of a region opened anew under the interventions "A,B", and under what follows from
 * ties that come to hold with them on a day. On failure too: the caller destroys *out. */
karvan_status karvan_i_region_under(const karvan_package *before, const char *id, karvan_day date,
                                    karvan_package **out, karvan_error *err);
#endif
