#ifndef KARVAN_SRC_FLOW_CHECK_H
#define KARVAN_SRC_FLOW_CHECK_H
/* What the checks of the tables of flows share. */
#include "karvan/demand.h"

typedef struct karvan_i_flow_ctx {
    const karvan_package *region;
    karvan_problems *problems;
} karvan_i_flow_ctx;

/* An error at a cell. */
karvan_status karvan_i_flow_add(const karvan_i_flow_ctx *x, const karvan_table *t,
                                const char *column, int64_t r, const char *code, const char *hint,
                                const char *what);
/* Has a table a row of this key of n bytes? Has it one of each key of a list that ; separates (an
 * empty one is none; NULL: yes)? */
bool karvan_i_flow_has(const karvan_i_flow_ctx *x, const char *table, const char *id, size_t n);
bool karvan_i_flow_all(const karvan_i_flow_ctx *x, const char *table, const char *list);

/* A check of each row of a table that the region has; the first that is not KARVAN_OK. */
typedef karvan_status (*karvan_i_check_row)(const karvan_i_flow_ctx *x, const karvan_table *t,
                                            int64_t r);
karvan_status karvan_i_check_rows(const karvan_i_flow_ctx *x, const char *table,
                                  karvan_i_check_row check);

/* One row of counts, of capacities. KARVAN_E_NOMEM. */
karvan_status karvan_i_check_count(const karvan_i_flow_ctx *x, const karvan_table *t, int64_t r);
karvan_status karvan_i_check_capacity(const karvan_i_flow_ctx *x, const karvan_table *t, int64_t r);
#endif
