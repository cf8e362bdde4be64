#ifndef KARVAN_SRC_TABLE_PACKAGE_OVER_H
#define KARVAN_SRC_TABLE_PACKAGE_OVER_H
/* The same package for edits of its own. */
#include "karvan/table.h"

/* Tables are those of the package below, which must outlive this one and stay as it is, until
 * scenarios edit them. Several threads may lay theirs over one. Cost: of the number of tables.
 * KARVAN_E_NOMEM. */
karvan_status karvan_i_package_over(const karvan_package *below, karvan_package **out,
                                    karvan_error *err);
#endif
