#ifndef KARVAN_SRC_TRADE_COST_READ_H
#define KARVAN_SRC_TRADE_COST_READ_H
/* Changes of cost while they are read: cost_rows.c reads the table, cost_read.c makes pairs of it.
 */
#include "trade/cost.h"

enum { KARVAN_I_ALL_CLASSES = -1, KARVAN_I_COST_PARTS = 3 };

/* Where the columns stand, -1: absent. */
typedef struct karvan_i_cost_layout {
    const karvan_table *t;
    int exporter, importer, cls, share, base;
    int change[KARVAN_I_COST_PARTS], before[KARVAN_I_COST_PARTS], after[KARVAN_I_COST_PARTS];
} karvan_i_cost_layout;

typedef struct karvan_i_cost_row {
    const char *exporter, *importer; /* borrowed from the table */
    karvan_i_leg leg; /* cls may be KARVAN_I_ALL_CLASSES; share NaN: from the table of shares */
    double base;      /* NaN: not stated */
} karvan_i_cost_row;

/* By exporter, then importer. */
int karvan_i_by_pair(const char *exporter, const char *importer, const char *other_exporter,
                     const char *other_importer);
karvan_status karvan_i_cost_layout_find(const karvan_table *t, karvan_i_cost_layout *at,
                                        bool *levels, karvan_error *err);
/* All rows, sorted by pair and class; free them. c: classes and levels are read. */
karvan_status karvan_i_cost_rows(const karvan_i_cost_layout *at, const karvan_cost *c,
                                 karvan_i_cost_row **out, int64_t *n, karvan_error *err);
#endif
