#ifndef KARVAN_SRC_TRADE_POTENTIAL_H
#define KARVAN_SRC_TRADE_POTENTIAL_H
/* Columns of the table of potential, which totals read again. Without years the first is absent. */
#include "karvan/gravity.h"

enum {
    KARVAN_I_POTENTIAL_YEAR,
    KARVAN_I_POTENTIAL_EXPORTER,
    KARVAN_I_POTENTIAL_IMPORTER,
    KARVAN_I_POTENTIAL_ACTUAL,
    KARVAN_I_POTENTIAL_PREDICTED,
    KARVAN_I_POTENTIAL_LOW,
    KARVAN_I_POTENTIAL_HIGH,
    KARVAN_I_POTENTIAL_RATIO,
    KARVAN_I_POTENTIAL_GAP,
    KARVAN_I_POTENTIAL_BELOW,
    KARVAN_I_POTENTIAL_RANK,
    KARVAN_I_POTENTIAL_FITTED,
    KARVAN_I_POTENTIAL_SE,
    KARVAN_I_POTENTIAL_LEVERAGE,
    KARVAN_I_POTENTIAL_SAMPLE,
    KARVAN_I_POTENTIAL_NOTE,
    KARVAN_I_POTENTIAL_END
};

/* What is left out of an interval on each side; level in per cent, 0: 90. potential_totals.c */
karvan_status karvan_i_potential_tail(double level, double *tail, karvan_error *err);
/* Name of the column of the exporter (0), importer (1), year (2) as it is usually called; NULL:
 * none is. potential.c */
const char *karvan_i_potential_column(const karvan_table *t, int role);
#endif
