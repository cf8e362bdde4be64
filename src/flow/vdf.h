#ifndef KARVAN_SRC_FLOW_VDF_H
#define KARVAN_SRC_FLOW_VDF_H
/* Volume-delay functions for inner loops: constant and BPR inline, the other kinds by a call. All
 * of functions that karvan_vdf_check lets pass, of flows from 0 to KARVAN_I_VDF_MOST. */
#include <math.h>

#include "karvan/assignment.h"

#define KARVAN_I_VDF_MOST 1e12 /* a function is checked to be finite up to this flow */

typedef struct karvan_i_vdf_value {
    double time, derivative;
} karvan_i_vdf_value;

/* Kinds that are neither constant nor BPR. */
karvan_i_vdf_value karvan_i_vdf_other(const karvan_vdf *f, double x);

/* z^(b - 1), b >= 1: whole powers up to 6 without pow, since nearly all links of the field have
 * 4. */
static inline double karvan_i_vdf_power(double z, double b) {
    if (b == 4) return z * z * z;
    if (b == 1) return 1;
    if (b == 2) return z;
    if (b == 3) return z * z;
    if (b == 5) return z * z * (z * z);
    if (b == 6) return z * z * (z * z) * z;
    return pow(z, b - 1);
}

/* t0 (1 + a (x / k)^b) and its derivative. */
static inline karvan_i_vdf_value karvan_i_vdf_bpr(double t0, double a, double b, double k,
                                                  double x) {
    if (b == 0) return (karvan_i_vdf_value){t0 * (1 + a), 0};
    double z = x / k, power = karvan_i_vdf_power(z, b);
    return (karvan_i_vdf_value){t0 * (1 + a * (power * z)), t0 * a * b * power / k};
}

/* t(x) and t'(x). */
static inline karvan_i_vdf_value karvan_i_vdf_both(const karvan_vdf *f, double x) {
    if (f->kind == KARVAN_VDF_BPR) return karvan_i_vdf_bpr(f->t0, f->a, f->b, f->capacity, x);
    if (f->kind == KARVAN_VDF_CONSTANT) return (karvan_i_vdf_value){f->t0, 0};
    return karvan_i_vdf_other(f, x);
}

/* t(x); the same bits as karvan_i_vdf_both. */
static inline double karvan_i_vdf_time(const karvan_vdf *f, double x) {
    return karvan_i_vdf_both(f, x).time;
}

/* What one more user costs all: t(x) + x t'(x), and its derivative, 2 t'(x) + x t''(x). Of BPR it
 * is again BPR, with a (1 + b) for a. */
static inline karvan_i_vdf_value karvan_i_vdf_marginal(const karvan_vdf *f, double x) {
    if (f->kind == KARVAN_VDF_BPR)
        return karvan_i_vdf_bpr(f->t0, f->a * (1 + f->b), f->b, f->capacity, x);
    karvan_i_vdf_value v = karvan_i_vdf_both(f, x);
    double bend = x > 0 ? x * karvan_vdf_second(f, x) : 0; /* t''(0) may be infinite */
    return (karvan_i_vdf_value){v.time + x * v.derivative, 2 * v.derivative + bend};
}
#endif
