#ifndef KARVAN_SRC_BASE_ELEMENTARY_H
#define KARVAN_SRC_BASE_ELEMENTARY_H
/* exp and ln of whole arrays: the compiler makes vectors of them, and the same bits on every
 * machine, whatever its vectors are. */
#include <stddef.h>

/* x to e^x, to 2 units in the last place; below -700 (and of NaN) exactly 0. x <= 700. */
void karvan_i_exp_all(size_t n, double *x);
/* x to ln x, to 2 units in the last place of the larger of |ln x| and x - 1. x positive, finite and
 * normal; of anything else there comes some number. */
void karvan_i_log_all(size_t n, double *x);
/* x to ln(1 + x), to 3 units in its last place. x > -1, finite. */
void karvan_i_log1p_all(size_t n, double *x);
#endif
