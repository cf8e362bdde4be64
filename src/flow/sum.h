#ifndef KARVAN_SRC_FLOW_SUM_H
#define KARVAN_SRC_FLOW_SUM_H
/* Sums that keep what rounding would take (Neumaier 1974, ZAMM 54): gaps of 1e-13 are differences
 * of sums over thousands of arcs. */
#include <math.h>

typedef struct karvan_i_sum {
    double sum, lost;
} karvan_i_sum;
static inline void karvan_i_sum_add(karvan_i_sum *s, double v) {
    double t = s->sum + v;
    s->lost += fabs(s->sum) >= fabs(v) ? (s->sum - t) + v : (v - t) + s->sum;
    s->sum = t;
}
static inline double karvan_i_sum_value(const karvan_i_sum *s) { return s->sum + s->lost; }
#endif
