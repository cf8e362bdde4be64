#ifndef KARVAN_SRC_EXCHANGE_GATHER_H
#define KARVAN_SRC_EXCHANGE_GATHER_H
/* Figures of a file of trade, value and quantity in rows of their own, gathered into flows; and the
 * audit of what was not taken. */
#include "exchange/left_out.h"
#include "karvan/flows.h"

typedef struct karvan_i_gathered {
    int64_t row, line, year; /* row of the file's table, from 1; its line */
    const char *exporter, *importer, *product, *classification; /* borrowed */
    const char *unit, *price_basis, *flag, *source;             /* borrowed; NULL: none */
    const char *quantity_unit;                                  /* not NULL: a quantity */
    double number;
    bool by_importer, by_both; /* neither: by the exporter */
} karvan_i_gathered;

typedef struct karvan_i_gather {
    const char *path;
    karvan_problems *problems; /* may be NULL */
    int64_t n, cap;
    karvan_i_gathered *figure; /* [n] */
    karvan_i_audit audit;
} karvan_i_gather;

void karvan_i_gather_init(karvan_i_gather *g, const char *path, karvan_problems *problems);
void karvan_i_gather_clear(karvan_i_gather *g);
karvan_status karvan_i_gather_add(karvan_i_gather *g, const karvan_i_gathered *f,
                                  karvan_error *err);
/* A figure that is not taken; value may be NULL; column outlives g. */
karvan_status karvan_i_gather_drop(karvan_i_gather *g, karvan_i_left_out why, int64_t row,
                                   int64_t line, const char *column, const char *value,
                                   karvan_error *err);
/* Value and quantity of a flow in one row; by year, exporter, importer, product. KARVAN_E_DATA: two
 * values of one flow and side, with both lines. Each reason becomes a problem. audit may be NULL.
 */
karvan_status karvan_i_gather_finish(karvan_i_gather *g, karvan_table **audit, karvan_table **flows,
                                     karvan_error *err);

#endif
