#ifndef KARVAN_SRC_BASE_PARTS_H
#define KARVAN_SRC_BASE_PARTS_H
/* What hangs together: a forest in an array, where up[j] == j are the roots. */
#include <stdint.h>

static inline int32_t karvan_i_parts_root(int32_t *up, int32_t j) {
    while (up[j] != j) up[j] = up[up[j]], j = up[j];
    return j;
}
/* The smaller root becomes that of both, so that a part's root is its first member. */
static inline void karvan_i_parts_join(int32_t *up, int32_t a, int32_t b) {
    a = karvan_i_parts_root(up, a), b = karvan_i_parts_root(up, b);
    up[a > b ? a : b] = a > b ? b : a;
}
#endif
