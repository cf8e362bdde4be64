/* Allen 1990, Probability, Statistics, and Queueing Theory, 2nd ed.; Sakasegawa 1977, Annals of the
 * Institute of Statistical Mathematics 29: W = (ca2 + cs2)/2 x r^(sqrt(2(c+1)) - 1) / (c (1 - r)) x
 * s, and c servers of mean service time s serve c/s units: s/c is the inverse of the capacity. */
#include "flow/delay.h"

#include <math.h>

karvan_i_delay karvan_i_delay_of(double capacity, double servers, double scv_arrivals,
                                 double scv_service) {
    return (karvan_i_delay){capacity, sqrt(2.0 * (servers + 1.0)) - 1.0,
                            24.0 / capacity * (scv_arrivals + scv_service) / 2.0};
}

double karvan_i_delay_h(const karvan_i_delay *d, double load) {
    double r = load / d->capacity;
    if (!(r > 0)) return 0;
    return r < 1 ? d->factor_h * pow(r, d->power) / (1 - r) : INFINITY;
}

double karvan_i_delay_slope_h(const karvan_i_delay *d, double load) {
    double r = load / d->capacity;
    if (!(r < 1)) return INFINITY;
    if (!(r > 0)) return d->power > 1 ? 0 : d->factor_h / d->capacity;
    return d->factor_h / d->capacity * pow(r, d->power - 1) * (d->power * (1 - r) + r) /
           ((1 - r) * (1 - r));
}

/* The integral of r^p/(1-r) is -ln(1-r) less that of (1-r^p)/(1-r), which is smooth up to 1; its
 * end at 0, where r^p is not, is met by the double exponential rule (Takahasi and Mori 1974). */
double karvan_i_delay_integral(const karvan_i_delay *d, double load) {
    enum { STEPS = 28 };
    const double half_pi = 1.57079632679489662, h = 1.0 / 8.0;
    double r = load / d->capacity, sum = 0;
    if (!(r > 0)) return 0;
    if (!(r < 1)) return INFINITY;
    for (int i = -STEPS; i <= STEPS; i++) {
        double u = half_pi * sinh(h * i), c = cosh(u);
        double t = r / (1.0 + exp(-2.0 * u)); /* r (1 + tanh u) / 2 */
        double weight = half_pi * cosh(h * i) / (2.0 * c * c);
        double value = t > 0 ? -expm1(d->power * log(t)) / (1.0 - t) : 1.0;
        sum += weight * value;
    }
    return d->factor_h * d->capacity * (-log1p(-r) - h * r * sum);
}

/* Newton in u = ln(r/(1-r)), where the logarithm of the wait has a slope between 1 and the power.
 */
double karvan_i_delay_load(const karvan_i_delay *d, double hours) {
    if (!(hours > 0)) return 0;
    double y = log(hours / d->factor_h), u = y > 0 ? y : y / d->power;
    for (int i = 0; i < 60; i++) {
        double up = log1p(exp(-fabs(u))), plus = u > 0 ? u + up : up; /* ln(1 + e^u) */
        double r = 1.0 / (1.0 + exp(-u));
        double f = plus - d->power * (plus - u) - y, slope = d->power * (1 - r) + r;
        u -= f / slope;
        if (fabs(f) <= 1e-15 * (1 + fabs(y))) break;
    }
    return d->capacity / (1.0 + exp(-u));
}
