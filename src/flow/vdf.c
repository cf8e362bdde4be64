/* Volume-delay functions: values, derivatives, integrals, and whether the parameters make one.
 * Each kind beside constant and BPR is a shape over z = x/k; formulas are written so that near
 * quantities are never subtracted. Sources: karvan/assignment.h; method: docs/methods/vdf.md. */
#include "flow/vdf.h"

#include <math.h>

#include "base/try.h"
#include "flow/gauss.h"
#include "flow/vdf_curve.h"

/* ---- shapes ---- */

/* 2 + s - u - c, where u = a (1 - z), s = sqrt(u^2 + c^2). */
static karvan_i_shape conical(const karvan_vdf *f, double z) {
    double a = f->a, c = (2 * a - 1) / (2 * a - 2), u = a * (1 - z), s = sqrt(u * u + c * c);
    double rest = u > 0 ? c * c / (s + u) : s - u; /* s - u */
    double value = c > fabs(u) ? 2 + u * u / (s + c) - u : 2 + rest - c;
    return (karvan_i_shape){f->t0 * value, f->t0 * a * (rest / s),
                            f->t0 * (a * c / s) * (a * c / s) / s};
}

/* With w = z - 1 + a/2 the root's argument (z - 1)^2 + a z is w^2 + q, q = a (4 - a) / 4. */
static karvan_i_shape akcelik(const karvan_vdf *f, double z) {
    double a = f->a, s = sqrt((z - 1) * (z - 1) + a * z), w = z - 1 + a / 2;
    double q = a * (4 - a) / 4;
    double delay = z < 1 ? a * z / (s + (1 - z)) : z - 1 + s;
    double slope = w < 0 ? q / (s * (s - w)) : 1 + w / s; /* 1 + w/s */
    return (karvan_i_shape){f->t0 + f->b * delay, f->b * slope, f->b * q / (s * s * s)};
}

static karvan_i_shape davidson(const karvan_vdf *f, double z) {
    double at = z < f->b ? z : f->b, free = 1 - at, slope = f->a / (free * free);
    karvan_i_shape v = {f->t0 * (1 + f->a * at / free), f->t0 * slope, 0};
    if (z < f->b)
        v.second = 2 * v.slope / free;
    else
        v.value += (z - at) * v.slope;
    return v;
}

static karvan_i_shape shape_at(const karvan_vdf *f, double z) {
    switch (f->kind) {
    case KARVAN_VDF_CONICAL:
        return conical(f, z);
    case KARVAN_VDF_AKCELIK:
        return akcelik(f, z);
    case KARVAN_VDF_DAVIDSON:
        return davidson(f, z);
    default: {
        karvan_i_shape v = karvan_i_curve_at(f->curve, z);
        return (karvan_i_shape){f->t0 * v.value, f->t0 * v.slope, f->t0 * v.second};
    }
    }
}

karvan_i_vdf_value karvan_i_vdf_other(const karvan_vdf *f, double x) {
    karvan_i_shape v = shape_at(f, x / f->capacity);
    return (karvan_i_vdf_value){v.value, v.slope / f->capacity};
}

double karvan_vdf_time(const karvan_vdf *f, double x) { return karvan_i_vdf_time(f, x); }

double karvan_vdf_derivative(const karvan_vdf *f, double x) {
    return karvan_i_vdf_both(f, x).derivative;
}

double karvan_vdf_second(const karvan_vdf *f, double x) {
    double k = f->capacity;
    if (f->kind == KARVAN_VDF_CONSTANT) return 0;
    if (f->kind != KARVAN_VDF_BPR) return shape_at(f, x / k).second / k / k;
    if (f->b == 0 || f->b == 1 || f->a == 0) return 0;
    double power = f->b == 2 ? 1 : pow(x / k, f->b - 2);
    return f->t0 * f->a * f->b * (f->b - 1) * power / k / k;
}

/* ---- integrals over z, from 0 ---- */

/* Antiderivative of s - u by u, for both signs of u. */
static double conical_part(double u, double c) {
    double s = sqrt(u * u + c * c), rest = u > 0 ? c * c / (s + u) : s - u;
    return (u * rest + c * c * asinh(u / c)) / 2;
}

static double conical_closed(const karvan_vdf *f, double z) {
    double a = f->a, c = (2 * a - 1) / (2 * a - 2);
    return f->t0 * ((2 - c) * z + (conical_part(a, c) - conical_part(a * (1 - z), c)) / a);
}

/* Antiderivative of sqrt(w^2 + q), 0 < a <= 4 (q >= 0). */
static double akcelik_part(double w, double q) {
    return q > 0 ? (w * sqrt(w * w + q) + q * asinh(w / sqrt(q))) / 2 : w * fabs(w) / 2;
}

static double akcelik_closed(const karvan_vdf *f, double z) {
    double a = f->a, q = a * (4 - a) / 4;
    double root = akcelik_part(z - 1 + a / 2, q) - akcelik_part(a / 2 - 1, q);
    return f->t0 * z + f->b * (z * z / 2 - z + root);
}

/* Up to z <= f->b. */
static double davidson_closed(const karvan_vdf *f, double z) {
    return f->t0 * (z - f->a * (z + log1p(-z)));
}

static double value_at(const void *ctx, double z) { return shape_at(ctx, z).value; }

/* Antiderivatives lose digits where z is small, and Akcelik's where a is large: there by Gauss and
 * Legendre. All shapes are analytic but on a circle of 1 around z = 0 or (Davidson) at z = 1, so
 * that r of flow/gauss.h is 3 on [0, 1/2]; Akcelik's with a > 4 but below about -1/a, so that it is
 * 3 on [0, 1/a] and on each panel twice as long as the one before. */
static double integral_over_ratio(const karvan_vdf *f, double z) {
    if (f->kind == KARVAN_VDF_AKCELIK && f->a > 4) {
        double from = 0, to = 1 / f->a, sum = 0;
        while (to < z) {
            sum += karvan_i_gauss(value_at, f, from, to);
            from = to, to *= 2;
        }
        return sum + karvan_i_gauss(value_at, f, from, z);
    }
    if (z < 0.5) return karvan_i_gauss(value_at, f, 0, z);
    switch (f->kind) {
    case KARVAN_VDF_CONICAL:
        return conical_closed(f, z);
    case KARVAN_VDF_AKCELIK:
        return akcelik_closed(f, z);
    default:
        return davidson_closed(f, z);
    }
}

/* Davidson's tangent from z = b on. */
static double tangent_integral(const karvan_vdf *f, double z) {
    karvan_i_shape v = shape_at(f, f->b);
    double over = z - f->b;
    return over * (v.value + over * v.slope / 2);
}

double karvan_vdf_integral(const karvan_vdf *f, double x) {
    double z = x / f->capacity;
    switch (f->kind) {
    case KARVAN_VDF_CONSTANT:
        return f->t0 * x;
    case KARVAN_VDF_BPR: /* t0 x (1 + a z^b / (b + 1)) */
        return x * karvan_i_vdf_bpr(f->t0, f->a / (f->b + 1), f->b, f->capacity, x).time;
    case KARVAN_VDF_USER:
        return f->capacity * f->t0 * karvan_i_curve_integral(f->curve, z);
    case KARVAN_VDF_DAVIDSON:
        if (z > f->b) return f->capacity * (integral_over_ratio(f, f->b) + tangent_integral(f, z));
        return f->capacity * integral_over_ratio(f, z);
    default:
        return f->capacity * integral_over_ratio(f, z);
    }
}

/* ---- check ---- */

static karvan_status out_of_range(karvan_error *err, const char *name, double value,
                                  const char *right) {
    return karvan_fail(err, KARVAN_E_ARG, "%s is %g; %s", name, value, right);
}

static karvan_status check_parameters(const karvan_vdf *f, karvan_error *err) {
    double a = f->a, b = f->b;
    switch (f->kind) {
    case KARVAN_VDF_BPR:
        if (!(a >= 0) || isinf(a)) return out_of_range(err, "a of BPR", a, "0 or more is right");
        if (b != 0 && (!(b >= 1) || isinf(b)))
            return out_of_range(err, "b of BPR", b,
                                "0, or 1 and more, is right: below 1 the time would rise without "
                                "bound at the first vehicle");
        break;
    case KARVAN_VDF_CONICAL:
        if (!(a > 1) || isinf(a))
            return out_of_range(err, "a of the conical function", a, "more than 1 is right");
        break;
    case KARVAN_VDF_AKCELIK:
        if (!(a > 0) || isinf(a))
            return out_of_range(err, "a of Akcelik's function", a, "more than 0 is right");
        if (!(b >= 0) || isinf(b))
            return out_of_range(err, "b of Akcelik's function", b, "0 or more is right");
        break;
    case KARVAN_VDF_DAVIDSON:
        if (!(a >= 0) || isinf(a))
            return out_of_range(err, "a of Davidson's function", a, "0 or more is right");
        if (!(b >= 0 && b < 1))
            return out_of_range(err, "b of Davidson's function", b,
                                "0 or more and below 1 is right");
        break;
    default:
        if (!f->curve)
            return karvan_fail(err, KARVAN_E_ARG,
                               "a function of a user's has no curve; karvan_vdf_points or "
                               "karvan_vdf_formula makes one");
    }
    return KARVAN_OK;
}

/* By their parameters the kinds never fall, and a curve was checked when it was made; what is left
 * is whether numbers are large enough for them. */
karvan_status karvan_vdf_check(const karvan_vdf *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const double flows[] = {0, KARVAN_I_VDF_MOST};
    KARVAN_REQUIRE(f, err, KARVAN_E_ARG, "the function is NULL");
    KARVAN_REQUIRE((int)f->kind >= 0 && f->kind <= KARVAN_VDF_USER, err, KARVAN_E_ARG,
                   "%d is no kind of function", (int)f->kind);
    if (!(f->t0 >= 0) || isinf(f->t0))
        return out_of_range(err, "the time at no flow", f->t0, "0 or more and finite is right");
    if (f->kind == KARVAN_VDF_CONSTANT) goto done;
    if (!(f->capacity > 0) || isinf(f->capacity))
        return out_of_range(err, "the capacity", f->capacity, "more than 0 and finite is right");
    KARVAN_TRY(check_parameters(f, err));
    for (int i = 0; i < 2; i++) {
        karvan_i_vdf_value v = karvan_i_vdf_marginal(f, flows[i]);
        KARVAN_REQUIRE(isfinite(v.time) && isfinite(v.derivative) &&
                           isfinite(karvan_vdf_integral(f, flows[i])),
                       err, KARVAN_E_ARG,
                       "the time at a flow of %g is beyond numbers (t0 %g, capacity %g, a %g, b "
                       "%g); a larger capacity or smaller parameters are right",
                       flows[i], f->t0, f->capacity, f->a, f->b);
    }
done:
    return st;
}
