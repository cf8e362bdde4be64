#ifndef KARVAN_SRC_NETWORK_BOUNDS_H
#define KARVAN_SRC_NETWORK_BOUNDS_H
/* Lower bounds of a task's sums. */
#include "network/labels.h"

typedef struct karvan_i_bounds {
    double *least; /* [n_states << groups][n_sums] INFINITY where none leads to the end; the two
                      criteria of a lexicographic task belong to one way */
} karvan_i_bounds;
/* KARVAN_E_NOMEM, KARVAN_E_ARG: too many groups. Cost: a search a sum. */
karvan_status karvan_i_bounds_find(const karvan_i_task *t, karvan_i_bounds *out, karvan_error *err);
void karvan_i_bounds_clear(karvan_i_bounds *b);
#endif
