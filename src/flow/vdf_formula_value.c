/* Values of formulas with first and second derivatives: each step of the arithmetic is done on all
 * three, by the rules of differentiation. */
#include <math.h>

#include "flow/vdf_formula.h"

typedef karvan_i_shape jet;

/* 0 times whatever is 0. */
static inline double times(double c, double x) { return c == 0 || x == 0 ? 0 : c * x; }

/* f(u) of a function with value f, derivatives f1 and f2 at u. Where u stands still, so does f(u),
 * however steep f is there. */
static inline jet chain(double f, double f1, double f2, jet u) {
    if (u.slope == 0 && u.second == 0) return (jet){f, 0, 0};
    return (jet){f, f1 * u.slope, times(f2, u.slope * u.slope) + times(f1, u.second)};
}

static inline jet multiply(jet a, jet b) {
    return (jet){a.value * b.value, a.slope * b.value + a.value * b.slope,
                 a.second * b.value + 2 * a.slope * b.slope + a.value * b.second};
}

static inline jet divide(jet a, jet b) {
    double q = a.value / b.value, slope = (a.slope - q * b.slope) / b.value;
    return (jet){q, slope, (a.second - 2 * slope * b.slope - q * b.second) / b.value};
}

static inline jet logarithm(jet u) {
    if (!(u.value > 0)) return (jet){NAN, NAN, NAN};
    return chain(log(u.value), 1 / u.value, -1 / (u.value * u.value), u);
}

static inline jet exponential(jet u) {
    double f = exp(u.value);
    return chain(f, f, f, u);
}

static inline jet root(jet u) {
    double f = sqrt(u.value);
    return chain(f, 0.5 / f, -0.25 / (f * u.value), u);
}

/* u^w; w that stands still is a number. */
static inline jet power(jet u, jet w) {
    double p = w.value;
    if (w.slope != 0 || w.second != 0) return exponential(multiply(w, logarithm(u)));
    double f = pow(u.value, p);
    if (u.value != 0) return chain(f, p * (f / u.value), p * (p - 1) * (f / u.value / u.value), u);
    return chain(f, times(p, pow(0, p - 1)), times(p * (p - 1), pow(0, p - 2)), u);
}

/* The greater; of equals the one that rises faster; none where one of them is no number. */
static inline jet greater(jet a, jet b) {
    if (isnan(a.value) || isnan(b.value)) return (jet){NAN, NAN, NAN};
    if (a.value != b.value) return a.value > b.value ? a : b;
    return a.slope >= b.slope || isnan(a.slope) ? a : b;
}

static inline jet lesser(jet a, jet b) {
    if (isnan(a.value) || isnan(b.value)) return (jet){NAN, NAN, NAN};
    if (a.value != b.value) return a.value < b.value ? a : b;
    return a.slope <= b.slope || isnan(a.slope) ? a : b;
}

static jet apply(karvan_i_vdf_op op, jet a, jet b) {
    switch (op) {
    case KARVAN_I_VDF_ADD:
        return (jet){a.value + b.value, a.slope + b.slope, a.second + b.second};
    case KARVAN_I_VDF_SUB:
        return (jet){a.value - b.value, a.slope - b.slope, a.second - b.second};
    case KARVAN_I_VDF_MUL:
        return multiply(a, b);
    case KARVAN_I_VDF_DIV:
        return divide(a, b);
    case KARVAN_I_VDF_POW:
        return power(a, b);
    case KARVAN_I_VDF_MIN:
        return lesser(a, b);
    default:
        return greater(a, b);
    }
}

karvan_i_shape karvan_i_vdf_steps_at(const karvan_i_vdf_step *step, int n, double z) {
    jet stack[KARVAN_I_VDF_DEPTH + 1] = {{0, 0, 0}}, *top = stack; /* top: behind the last */
    for (const karvan_i_vdf_step *s = step; s < step + n; s++) {
        switch (s->op) {
        case KARVAN_I_VDF_NUMBER:
            *top++ = (jet){s->number, 0, 0};
            break;
        case KARVAN_I_VDF_Z:
            *top++ = (jet){z, 1, 0};
            break;
        case KARVAN_I_VDF_NEGATE:
            top[-1] = (jet){-top[-1].value, -top[-1].slope, -top[-1].second};
            break;
        case KARVAN_I_VDF_EXP:
            top[-1] = exponential(top[-1]);
            break;
        case KARVAN_I_VDF_LOG:
            top[-1] = logarithm(top[-1]);
            break;
        case KARVAN_I_VDF_SQRT:
            top[-1] = root(top[-1]);
            break;
        default:
            top--;
            top[-1] = apply(s->op, top[-1], top[0]);
        }
    }
    return stack[0];
}

karvan_i_shape karvan_i_vdf_program_at(const karvan_i_vdf_program *p, double z) {
    return karvan_i_vdf_steps_at(p->step, p->n, z);
}

karvan_i_shape karvan_i_vdf_program_factor(const karvan_i_vdf_program *p, double z) {
    karvan_i_shape v = karvan_i_vdf_program_at(p, z);
    if (v.value < 0) v.value = 0;
    if (v.slope < 0) v.slope = 0;
    return v;
}
