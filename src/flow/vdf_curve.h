#ifndef KARVAN_SRC_FLOW_VDF_CURVE_H
#define KARVAN_SRC_FLOW_VDF_CURVE_H
/* Curves of a user's: time over t0 as a function of z = x/k, by points or by a formula. */
#include "karvan/assignment.h"

/* Value, slope and second derivative. */
typedef struct karvan_i_shape {
    double value, slope, second;
} karvan_i_shape;

typedef struct karvan_i_vdf_program karvan_i_vdf_program; /* a formula: flow/vdf_formula.h */

/* By points: a cubic between knots of which value and slope are known. By formula: knots part the
 * range so that 16 points of Gauss and Legendre are enough from one to the next. Beyond the last
 * knot its tangent, in both. */
struct karvan_vdf_curve {
    int n;
    double *ratio;                 /* [n] ascending from 0 */
    double *factor, *slope;        /* [n] at the knots; by formula: only at the last */
    double *sum;                   /* [n] integral up to the knot */
    karvan_i_vdf_program *program; /* NULL: by points */
};

/* Of n knots, all 0. KARVAN_E_NOMEM. */
karvan_status karvan_i_curve_make(int n, karvan_vdf_curve **out, karvan_error *err);
karvan_i_shape karvan_i_curve_at(const karvan_vdf_curve *c, double z);
/* From 0 to z. */
double karvan_i_curve_integral(const karvan_vdf_curve *c, double z);
#endif
