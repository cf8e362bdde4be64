/* A curve out of a formula: shown never to fall, and cut into pieces that 16 points of Gauss and
 * Legendre integrate. */
#include "flow/vdf_formula.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/gauss.h"

/* ---- never falling ---- */

enum { HALVINGS = 16 };
static const double LOST = 1e-9; /* of the largest factor: more rounding than this is refused */

typedef struct proof {
    const karvan_i_vdf_program *p;
    double most, largest; /* largest: the factor at `most` */
    karvan_error *err;
} proof;

/* The formula at a point: it must have a value, known to some digits, and a slope that is not
 * certainly below 0. *value: what it may be with its rounding. */
static karvan_status judge(const proof *q, double z, karvan_i_span *value) {
    karvan_i_shape v = karvan_i_vdf_program_at(q->p, z);
    karvan_i_span slope;
    karvan_status st = KARVAN_OK;
    (void)karvan_i_vdf_program_bounds(q->p, (karvan_i_span){z, z}, value, &slope);
    KARVAN_REQUIRE(isfinite(v.value), q->err, KARVAN_E_ARG,
                   "column 1: the formula has no finite value at z = %.6g; finite from 0 to %.6g "
                   "is right",
                   z, q->most);
    KARVAN_REQUIRE(!isnan(v.slope), q->err, KARVAN_E_ARG,
                   "column 1: the slope of the formula at z = %.6g comes out as 0 times infinity, "
                   "or infinity less infinity; another form is right (z^1.5 for z*sqrt(z))",
                   z);
    KARVAN_REQUIRE(isfinite(v.slope), q->err, KARVAN_E_ARG,
                   "column 1: the formula has no finite slope at z = %.6g; finite from 0 to %.6g "
                   "is right (as z^2 has, and z^0.5 at 0 has not)",
                   z, q->most);
    KARVAN_REQUIRE(slope.high >= 0, q->err, KARVAN_E_ARG,
                   "column 1: the formula falls at z = %.6g, where its slope is %.6g; never "
                   "falling from 0 to %.6g is right",
                   z, v.slope, q->most);
    if (isinf(value->low) || isinf(value->high)) /* bounds say nothing, as of min(1/z, 1) at 0 */
        *value = (karvan_i_span){v.value, v.value};
    KARVAN_REQUIRE(value->high - value->low <= LOST * q->largest, q->err, KARVAN_E_ARG,
                   "column 1: the formula loses its digits at z = %.6g, where it subtracts near "
                   "numbers; another form is right",
                   z);
done:
    return st;
}

/* Proved by bounds on the whole interval; or else not disproved at its ends and middle, nor in its
 * halves, down to most / 2^HALVINGS. */
static karvan_status never_falls(const proof *q, double low, double high, int halvings) {
    karvan_status st = KARVAN_OK;
    double middle = low + (high - low) / 2;
    karvan_i_span value, slope, at_low, at_middle, at_high;
    (void)karvan_i_vdf_program_bounds(q->p, (karvan_i_span){low, high}, &value, &slope);
    if (slope.low >= 0 && isfinite(slope.high) && isfinite(value.low) && isfinite(value.high))
        goto done;
    KARVAN_TRY(judge(q, low, &at_low));
    KARVAN_TRY(judge(q, middle, &at_middle));
    KARVAN_TRY(judge(q, high, &at_high));
    KARVAN_REQUIRE(at_low.low <= at_middle.high && at_middle.low <= at_high.high, q->err,
                   KARVAN_E_ARG,
                   "column 1: the formula falls between z = %.6g and z = %.6g; never falling from "
                   "0 to %.6g is right",
                   low, high, q->most);
    if (halvings == 0) goto done;
    KARVAN_TRY(never_falls(q, low, middle, halvings - 1));
    KARVAN_TRY(never_falls(q, middle, high, halvings - 1));
done:
    return st;
}

static karvan_status check_formula(const karvan_i_vdf_program *p, double most, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_span first, last;
    double largest = fabs(karvan_i_vdf_program_at(p, most).value);
    proof q = {p, most, isfinite(largest) ? largest : INFINITY, err};
    KARVAN_TRY(judge(&q, 0, &first));
    KARVAN_TRY(judge(&q, most, &last));
    KARVAN_REQUIRE(first.high >= 0, err, KARVAN_E_ARG,
                   "column 1: the formula is %.6g at z = 0; 0 or more is right", first.high);
    KARVAN_TRY(never_falls(&q, 0, most, HALVINGS));
done:
    return st;
}

/* ---- pieces ---- */

enum { PIECES = 20000 };
static const double EXACT = 1e-14;      /* of a piece's integral, */
static const double FLOOR = 1e-16;      /* or of its width times the largest factor: rounding */
static const double SMALL = 1.0 / 4096; /* of the range: kinks are told apart down to here */
static const double NARROW = 1.0 / (1 << 30) / (1 << 15); /* of the range: a kink is within */

typedef struct pieces {
    const karvan_i_vdf_program *p;
    karvan_vdf_curve *c;
    int cap;
    double small, narrow, floor;
    karvan_error *err;
} pieces;

static double value_at(const void *ctx, double z) {
    return karvan_i_vdf_program_factor(ctx, z).value;
}

static bool grow(double **array, int n) {
    double *more = karvan_i_realloc(*array, (size_t)n, sizeof *more);
    if (more) *array = more;
    return more != NULL;
}

static karvan_status add_knot(pieces *q, double z, double integral) {
    karvan_vdf_curve *c = q->c;
    if (c->n == PIECES)
        return karvan_fail(q->err, KARVAN_E_ARG,
                           "column 1: the formula changes too often to be integrated; a smoother "
                           "one, or a shorter range, is right");
    if (c->n == q->cap) {
        if (!grow(&c->ratio, 2 * q->cap) || !grow(&c->factor, 2 * q->cap) ||
            !grow(&c->slope, 2 * q->cap) || !grow(&c->sum, 2 * q->cap))
            return karvan_fail(q->err, KARVAN_E_NOMEM, "no memory for a curve");
        q->cap *= 2;
    }
    karvan_i_shape v = karvan_i_vdf_program_at(q->p, z);
    c->ratio[c->n] = z, c->factor[c->n] = v.value, c->slope[c->n] = v.slope;
    c->sum[c->n] = c->sum[c->n - 1] + integral;
    c->n++;
    return KARVAN_OK;
}

/* Is `whole`, the integral of low..high by 16 points, that of its halves and of two unequal parts?
 * The halves alone would agree for what is symmetric about the middle, however steep. */
static bool agree(const pieces *q, double low, double high, double whole, double halves) {
    double at = low + 0.381966 * (high - low);
    double parts =
        karvan_i_gauss(value_at, q->p, low, at) + karvan_i_gauss(value_at, q->p, at, high);
    double allowed = fmax(EXACT * halves, q->floor * (high - low));
    return fabs(halves - whole) <= allowed && fabs(parts - whole) <= allowed;
}

static karvan_status cut(pieces *q, double low, double high, double whole) {
    karvan_status st = KARVAN_OK;
    karvan_i_span value, slope;
    double width = high - low, middle = low + width / 2;
    double left = karvan_i_gauss(value_at, q->p, low, middle);
    double right = karvan_i_gauss(value_at, q->p, middle, high);
    bool plain = width <= q->small ||
                 karvan_i_vdf_program_bounds(q->p, (karvan_i_span){low, high}, &value, &slope);
    if (width <= q->narrow || (plain && agree(q, low, high, whole, left + right)))
        return add_knot(q, high, left + right);
    KARVAN_TRY(cut(q, low, middle, left));
    KARVAN_TRY(cut(q, middle, high, right));
done:
    return st;
}

karvan_status karvan_vdf_formula(const char *formula, double most, karvan_vdf_curve **out,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_vdf_program *p = NULL;
    karvan_vdf_curve *c = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(formula, err, KARVAN_E_ARG, "formula is NULL");
    KARVAN_REQUIRE(most > 0 && isfinite(most), err, KARVAN_E_ARG,
                   "a formula checked from 0 to %g; more than 0 and finite is right", most);
    KARVAN_TRY(karvan_i_vdf_program_read(formula, &p, err));
    KARVAN_TRY(check_formula(p, most, err));
    KARVAN_TRY(karvan_i_curve_make(8, &c, err));
    double largest = karvan_i_vdf_program_at(p, most).value;
    pieces q = {p, c, 8, most * SMALL, most * NARROW, FLOOR * largest, err};
    c->n = 1;
    KARVAN_TRY(cut(&q, 0, most, karvan_i_gauss(value_at, p, 0, most)));
    KARVAN_REQUIRE(isfinite(c->sum[c->n - 1]), err, KARVAN_E_ARG,
                   "column 1: the integral of the formula is beyond numbers");
    c->program = p, p = NULL;
    *out = c, c = NULL;
done:
    karvan_i_vdf_program_destroy(p);
    karvan_vdf_curve_destroy(c);
    return st;
}
