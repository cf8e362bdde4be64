#ifndef KARVAN_SRC_RECORD_DYADS_WRITE_H
#define KARVAN_SRC_RECORD_DYADS_WRITE_H
/* Columns of the output, in order: those of every dyad-year, then what is attached. */
#include "record/dyad_years.h"

typedef enum karvan_i_own {
    KARVAN_I_CODE1,
    KARVAN_I_CODE2,
    KARVAN_I_YEAR,
    KARVAN_I_MONTH,
    KARVAN_I_EXISTS,
    KARVAN_I_EXTENDED,
    KARVAN_I_OWN_END
} karvan_i_own;
/* Name and type; false: this output has no such column. */
bool karvan_i_own_column(const karvan_dyad_years *d, karvan_i_own which, karvan_column *out);
/* Room for "file:line;file:line". */
enum { KARVAN_I_TRACE_ROOM = 9000 };
#endif
