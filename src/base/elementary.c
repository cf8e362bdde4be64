/* exp: reduced to |r| <= ln 2 / 2 and a Taylor sum; ln: to sqrt(1/2)..sqrt(2) and the sum of the
 * inverse hyperbolic tangent. No branch, no table, no fused product. */
#include "base/elementary.h"

#include <stdint.h>
#include <string.h>

#include "base/clones.h"

static const double LN2_HIGH = 0x1.62e42fefa0000p-1, LN2_LOW = 0x1.cf79abc9e3b3ap-40;

static inline uint64_t bits_of(double x) {
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}
static inline double of_bits(uint64_t b) {
    double x;
    memcpy(&x, &b, sizeof x);
    return x;
}

static inline double exp_of(double x) {
    const double ROUND = 0x1.8p52; /* added, its last bits are a whole number */
    double k = x * 0x1.71547652b82fep+0 + ROUND, n = k - ROUND;
    double r = (x - n * LN2_HIGH) - n * LN2_LOW, p = 1.0 / 6227020800;
    p = p * r + 1.0 / 479001600, p = p * r + 1.0 / 39916800, p = p * r + 1.0 / 3628800;
    p = p * r + 1.0 / 362880, p = p * r + 1.0 / 40320, p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720, p = p * r + 1.0 / 120, p = p * r + 1.0 / 24, p = p * r + 1.0 / 6;
    p = p * r + 0.5, p = p * r + 1, p = p * r + 1;
    double scale = of_bits((bits_of(k) + 1023) << 52);
    /* a mask, not a branch: vectors have no branches */
    return of_bits(bits_of(p * scale) & (0 - (uint64_t)(x >= -700)));
}

static inline double log_of(double x) {
    const uint64_t HALF_ROOT = 0x3fe6a09e667f3bcdU, WHOLE = 0x4330000000000000U;
    uint64_t b = bits_of(x), k = (b - HALF_ROOT + (1023ULL << 52)) >> 52;
    double n = of_bits(WHOLE | k) - 0x1p52 - 1023;
    double f = of_bits(b - ((k - 1023) << 52)) - 1, s = f / (2 + f), t = s * s, p = 1.0 / 21;
    p = p * t + 1.0 / 19, p = p * t + 1.0 / 17, p = p * t + 1.0 / 15, p = p * t + 1.0 / 13;
    p = p * t + 1.0 / 11, p = p * t + 1.0 / 9, p = p * t + 1.0 / 7, p = p * t + 1.0 / 5;
    p = p * t + 1.0 / 3;
    double half = 0.5 * f * f;
    /* ln(1 + f) = f - f^2/2 + s (f^2/2 + 2 t p): nothing is lost near 1 */
    return n * LN2_HIGH + (f - (half - (s * (half + 2 * t * p) + n * LN2_LOW)));
}

/* The versions are static: those of a global function would be seen outside of the shared library,
 * hidden as the function itself may be. */
KARVAN_I_CLONES static void exp_each(size_t n, double *x) {
    for (size_t i = 0; i < n; i++) x[i] = exp_of(x[i]);
}

KARVAN_I_CLONES static void log_each(size_t n, double *x) {
    for (size_t i = 0; i < n; i++) x[i] = log_of(x[i]);
}

/* What 1 + x loses of x, given back: its logarithm has a slope of one over it. */
KARVAN_I_CLONES static void log1p_each(size_t n, double *x) {
    for (size_t i = 0; i < n; i++) {
        double one = 1 + x[i], lost = x[i] - (one - 1);
        x[i] = log_of(one) + lost / one;
    }
}

void karvan_i_exp_all(size_t n, double *x) { exp_each(n, x); }

void karvan_i_log_all(size_t n, double *x) { log_each(n, x); }

void karvan_i_log1p_all(size_t n, double *x) { log1p_each(n, x); }
