#ifndef KARVAN_SRC_EXCHANGE_INTAKE_BACI_H
#define KARVAN_SRC_EXCHANGE_INTAKE_BACI_H
/* The two ways of reading BACI share what a row is. */
#include "exchange/intake.h"

enum { KARVAN_I_BACI_COLUMNS = 6 };

typedef struct karvan_i_baci_row {
    uint32_t t, i, j, k; /* i and j have labels, k is below 10^6 */
    karvan_i_amount v, q;
    bool has_q;
} karvan_i_baci_row;

karvan_status karvan_i_baci_add(const karvan_i_intake *in, karvan_i_sink *s,
                                const karvan_i_baci_row *r, karvan_error *err);
/* Cells t,i,j,k,v,q of any text. */
karvan_status karvan_i_baci_cells(const karvan_i_intake *in, karvan_i_sink *s,
                                  const karvan_i_intake_cell *cell, karvan_error *err);
/* karvan_i_intake_format.quick */
karvan_status karvan_i_baci_quick(karvan_i_intake *in, bool *done, karvan_error *err);
#endif
