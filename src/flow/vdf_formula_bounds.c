/* Formulas over intervals: what holds for every z of an interval at once, value and slope (Moore
 * 1966, Interval Analysis). Each operation is widened by more than its rounding. */
#include <float.h>
#include <math.h>

#include "flow/vdf_formula.h"

typedef karvan_i_span span;
typedef struct pair {
    span value, slope;
} pair;

static const span ALL = {-INFINITY, INFINITY};
static const span NOTHING = {0, 0};

static inline double below(double x) { return isinf(x) ? x : x - 4 * DBL_EPSILON * fabs(x); }
static inline double above(double x) { return isinf(x) ? x : x + 4 * DBL_EPSILON * fabs(x); }

static inline span widened(double low, double high) {
    if (isnan(low) || isnan(high)) return ALL;
    return (span){below(low), above(high)};
}

/* An unbounded end stands for large numbers, so that 0 times it is 0. */
static inline double times(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

static span add(span a, span b) { return widened(a.low + b.low, a.high + b.high); }
static span subtract(span a, span b) { return widened(a.low - b.high, a.high - b.low); }

static span multiply(span a, span b) {
    double p = times(a.low, b.low), q = times(a.low, b.high), r = times(a.high, b.low),
           s = times(a.high, b.high);
    return widened(fmin(fmin(p, q), fmin(r, s)), fmax(fmax(p, q), fmax(r, s)));
}

static span inverse(span a) {
    if (a.low >= 0 && a.high > 0) return widened(1 / a.high, a.low > 0 ? 1 / a.low : INFINITY);
    if (a.high <= 0 && a.low < 0) return widened(a.high < 0 ? 1 / a.high : -INFINITY, 1 / a.low);
    return ALL;
}

static bool is_number(pair a) {
    return a.value.low == a.value.high && a.slope.low == 0 && a.slope.high == 0;
}

/* u^n, n whole and above 0. */
static span whole_power(span u, double n) {
    double low = pow(u.low, n), high = pow(u.high, n);
    if (fmod(n, 2) != 0 || u.low >= 0) return widened(low, high);
    if (u.high <= 0) return widened(high, low);
    return widened(0, fmax(low, high));
}

static span raised(span u, double p) {
    if (p == 0) return (span){1, 1};
    if (p == 1) return u;
    if (p < 0) return inverse(raised(u, -p));
    if (p == floor(p)) return whole_power(u, p);
    return u.low >= 0 ? widened(pow(u.low, p), pow(u.high, p)) : ALL;
}

static pair logarithm(pair u) {
    if (u.value.low < 0) return (pair){ALL, ALL};
    span value = widened(log(u.value.low), log(u.value.high)); /* of 0: without bound */
    return (pair){value, multiply(u.slope, inverse(u.value))};
}

static pair exponential(pair u) {
    span value = widened(exp(u.value.low), exp(u.value.high));
    return (pair){value, multiply(u.slope, value)};
}

static pair root(pair u) {
    if (u.value.low < 0) return (pair){ALL, ALL};
    span value = widened(sqrt(u.value.low), sqrt(u.value.high));
    return (pair){value, multiply(u.slope, multiply((span){0.5, 0.5}, inverse(value)))};
}

static pair power(pair u, pair w) {
    double p = w.value.low;
    if (!is_number(w)) {
        if (u.value.low < 0) return (pair){ALL, ALL}; /* whole exponents may lie within w */
        pair l = logarithm(u);
        span value = multiply(w.value, l.value);
        span slope = add(multiply(w.slope, l.value), multiply(w.value, l.slope));
        return exponential((pair){value, slope});
    }
    if (p == 0) return (pair){{1, 1}, NOTHING};
    return (pair){raised(u.value, p),
                  multiply(u.slope, multiply((span){p, p}, raised(u.value, p - 1)))};
}

static pair divided(pair a, pair b) {
    span below = inverse(b.value), quotient = multiply(a.value, below);
    return (pair){quotient, multiply(subtract(a.slope, multiply(quotient, b.slope)), below)};
}

static span hull(span a, span b) { return (span){fmin(a.low, b.low), fmax(a.high, b.high)}; }

static pair greater(pair a, pair b) {
    if (a.value.low > b.value.high) return a;
    if (b.value.low > a.value.high) return b;
    return (pair){{fmax(a.value.low, b.value.low), fmax(a.value.high, b.value.high)},
                  hull(a.slope, b.slope)};
}

static span negated(span a) { return (span){-a.high, -a.low}; }
static pair minus(pair a) { return (pair){negated(a.value), negated(a.slope)}; }

static pair apply(karvan_i_vdf_op op, pair a, pair b) {
    switch (op) {
    case KARVAN_I_VDF_ADD:
        return (pair){add(a.value, b.value), add(a.slope, b.slope)};
    case KARVAN_I_VDF_SUB:
        return (pair){subtract(a.value, b.value), subtract(a.slope, b.slope)};
    case KARVAN_I_VDF_MUL:
        return (pair){multiply(a.value, b.value),
                      add(multiply(a.slope, b.value), multiply(a.value, b.slope))};
    case KARVAN_I_VDF_DIV:
        return divided(a, b);
    case KARVAN_I_VDF_POW:
        return power(a, b);
    case KARVAN_I_VDF_MIN:
        return minus(greater(minus(a), minus(b)));
    default:
        return greater(a, b);
    }
}

static bool apart(span a, span b) { return a.low > b.high || b.low > a.high; }

bool karvan_i_vdf_program_bounds(const karvan_i_vdf_program *p, karvan_i_span z,
                                 karvan_i_span *value, karvan_i_span *slope) {
    pair stack[KARVAN_I_VDF_DEPTH + 1] = {{{0, 0}, {0, 0}}}, *top = stack;
    bool smooth = true;
    for (const karvan_i_vdf_step *s = p->step; s < p->step + p->n; s++) {
        switch (s->op) {
        case KARVAN_I_VDF_NUMBER:
            *top++ = (pair){{s->number, s->number}, NOTHING};
            break;
        case KARVAN_I_VDF_Z:
            *top++ = (pair){z, {1, 1}};
            break;
        case KARVAN_I_VDF_NEGATE:
            top[-1] = minus(top[-1]);
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
            if (s->op >= KARVAN_I_VDF_MIN) smooth = smooth && apart(top[-1].value, top[0].value);
            top[-1] = apply(s->op, top[-1], top[0]);
        }
    }
    *value = stack[0].value, *slope = stack[0].slope;
    return smooth;
}
