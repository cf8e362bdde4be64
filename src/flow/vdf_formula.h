#ifndef KARVAN_SRC_FLOW_VDF_FORMULA_H
#define KARVAN_SRC_FLOW_VDF_FORMULA_H
/* Formulas of z: read into steps in postfix order (vdf_formula_read.c), evaluated with two
 * derivatives (vdf_formula_value.c), bounded on intervals (vdf_formula_bounds.c), made a curve
 * (vdf_formula.c). Those of gravity (trade/formula.h) are of columns of tables, which have blocks
 * of rows, text and comparisons, and no derivatives. */
#include "flow/vdf_curve.h"

typedef enum karvan_i_vdf_op {
    KARVAN_I_VDF_NUMBER,
    KARVAN_I_VDF_Z,
    KARVAN_I_VDF_NEGATE,
    KARVAN_I_VDF_EXP,
    KARVAN_I_VDF_LOG,
    KARVAN_I_VDF_SQRT,
    KARVAN_I_VDF_ADD, /* from here on of two */
    KARVAN_I_VDF_SUB,
    KARVAN_I_VDF_MUL,
    KARVAN_I_VDF_DIV,
    KARVAN_I_VDF_POW,
    KARVAN_I_VDF_MIN,
    KARVAN_I_VDF_MAX
} karvan_i_vdf_op;

typedef struct karvan_i_vdf_step {
    karvan_i_vdf_op op;
    double number;
} karvan_i_vdf_step;

enum { KARVAN_I_VDF_STEPS = 256, KARVAN_I_VDF_DEPTH = 64 }; /* at most; of the stack */

struct karvan_i_vdf_program {
    int n;
    karvan_i_vdf_step step[KARVAN_I_VDF_STEPS];
};

/* KARVAN_E_ARG "column c: "; KARVAN_E_NOMEM. */
karvan_status karvan_i_vdf_program_read(const char *formula, karvan_i_vdf_program **out,
                                        karvan_error *err);
void karvan_i_vdf_program_destroy(karvan_i_vdf_program *p);
/* Value and derivatives, exact up to rounding: each step carries them along. At a kink of min or
 * max the slope to the right. NaN or infinite where the formula has no value or slope. */
karvan_i_shape karvan_i_vdf_program_at(const karvan_i_vdf_program *p, double z);
karvan_i_shape karvan_i_vdf_steps_at(const karvan_i_vdf_step *step, int n, double z);
/* The same of a formula that was shown never to fall nor to be below 0: what rounding has put below
 * 0 is 0. */
karvan_i_shape karvan_i_vdf_program_factor(const karvan_i_vdf_program *p, double z);

typedef struct karvan_i_span {
    double low, high;
} karvan_i_span;
/* Bounds of value and slope on low..high, 0 <= low <= high: every value and slope there is within
 * them, up to rounding, which they are widened for; infinite where none is found. false: some min
 * or max may change sides there, so that there may be a kink. */
bool karvan_i_vdf_program_bounds(const karvan_i_vdf_program *p, karvan_i_span z,
                                 karvan_i_span *value, karvan_i_span *slope);
#endif
