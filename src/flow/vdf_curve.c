/* Curves: made through points, evaluated and integrated whatever they were made of. */
#include "flow/vdf_curve.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/gauss.h"
#include "flow/vdf_formula.h"

/* The piece that holds z, 0 <= z < ratio[n - 1]: ratio[i] <= z < ratio[i + 1]. */
static int piece_of(const karvan_vdf_curve *c, double z) {
    int low = 0, high = c->n - 1;
    while (high - low > 1) {
        int middle = low + (high - low) / 2;
        if (c->ratio[middle] <= z)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The cubic of a piece as factor + h (slope + h (second + h third)), h = z - its begin. */
static void cubic(const karvan_vdf_curve *c, int i, double *second, double *third) {
    double width = c->ratio[i + 1] - c->ratio[i], rise = (c->factor[i + 1] - c->factor[i]) / width;
    *second = (3 * rise - 2 * c->slope[i] - c->slope[i + 1]) / width;
    *third = (c->slope[i] + c->slope[i + 1] - 2 * rise) / width / width;
}

karvan_i_shape karvan_i_curve_at(const karvan_vdf_curve *c, double z) {
    int last = c->n - 1;
    double second, third;
    if (!(z < c->ratio[last]))
        return (karvan_i_shape){c->factor[last] + (z - c->ratio[last]) * c->slope[last],
                                c->slope[last], 0};
    if (c->program) return karvan_i_vdf_program_factor(c->program, z);
    int i = piece_of(c, z);
    double h = z - c->ratio[i];
    cubic(c, i, &second, &third);
    double slope = c->slope[i] + h * (2 * second + 3 * h * third);
    return (karvan_i_shape){c->factor[i] + h * (c->slope[i] + h * (second + h * third)),
                            slope > 0 ? slope : 0, /* below it by rounding alone */
                            2 * second + 6 * h * third};
}

static double program_value(const void *ctx, double z) {
    return karvan_i_vdf_program_factor(ctx, z).value;
}

/* Of piece i, from its begin over h. */
static double piece_integral(const karvan_vdf_curve *c, int i, double h) {
    double second, third;
    if (c->program) return karvan_i_gauss(program_value, c->program, c->ratio[i], c->ratio[i] + h);
    cubic(c, i, &second, &third);
    return h * (c->factor[i] + h * (c->slope[i] / 2 + h * (second / 3 + h * third / 4)));
}

double karvan_i_curve_integral(const karvan_vdf_curve *c, double z) {
    int last = c->n - 1;
    double over = z - c->ratio[last];
    if (over >= 0) return c->sum[last] + over * (c->factor[last] + over * c->slope[last] / 2);
    int i = piece_of(c, z);
    return c->sum[i] + piece_integral(c, i, z - c->ratio[i]);
}

karvan_status karvan_i_curve_make(int n, karvan_vdf_curve **out, karvan_error *err) {
    *out = NULL;
    karvan_vdf_curve *c = karvan_i_calloc(1, sizeof *c);
    if (!c) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a curve");
    c->n = n;
    c->ratio = karvan_i_calloc((size_t)n, sizeof *c->ratio);
    c->factor = karvan_i_calloc((size_t)n, sizeof *c->factor);
    c->slope = karvan_i_calloc((size_t)n, sizeof *c->slope);
    c->sum = karvan_i_calloc((size_t)n, sizeof *c->sum);
    if (c->ratio && c->factor && c->slope && c->sum) return *out = c, KARVAN_OK;
    karvan_vdf_curve_destroy(c);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a curve of %d points", n);
}

void karvan_vdf_curve_destroy(karvan_vdf_curve *c) {
    if (!c) return;
    karvan_i_free(c->ratio), karvan_i_free(c->factor), karvan_i_free(c->slope);
    karvan_i_free(c->sum);
    karvan_i_vdf_program_destroy(c->program);
    karvan_i_free(c);
}

/* ---- through points ---- */

static karvan_status check_points(int n, const double *ratio, const double *factor,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(n >= 2 && ratio && factor, err, KARVAN_E_ARG,
                   "a curve of %d points; two or more are right", n);
    for (int i = 0; i < n; i++) {
        KARVAN_REQUIRE(isfinite(ratio[i]) && isfinite(factor[i]), err, KARVAN_E_ARG,
                       "point %d (%g, %g): numbers that are finite are right", i + 1, ratio[i],
                       factor[i]);
        KARVAN_REQUIRE(i > 0 || ratio[i] == 0, err, KARVAN_E_ARG,
                       "point 1 is at %g; a curve begins at 0", ratio[i]);
        KARVAN_REQUIRE(i == 0 || ratio[i] > ratio[i - 1], err, KARVAN_E_ARG,
                       "point %d at %g is not beyond the one before, at %g; points ascend", i + 1,
                       ratio[i], ratio[i - 1]);
        KARVAN_REQUIRE(factor[i] >= 0, err, KARVAN_E_ARG,
                       "point %d (%g, %g): a factor of 0 or more is right", i + 1, ratio[i],
                       factor[i]);
        KARVAN_REQUIRE(i == 0 || factor[i] >= factor[i - 1], err, KARVAN_E_ARG,
                       "point %d (%g, %g) falls below the one before, which has %g; a factor of "
                       "as much or more is right",
                       i + 1, ratio[i], factor[i], factor[i - 1]);
    }
done:
    return st;
}

/* Slopes that keep each piece from falling: means of the slopes on both sides, and those of a piece
 * brought into the circle of radius 3 around 0, in units of its own slope. */
static void monotone_slopes(karvan_vdf_curve *c) {
    double before = 0;
    for (int i = 0; i < c->n; i++) {
        bool last = i == c->n - 1;
        double next =
            last ? before : (c->factor[i + 1] - c->factor[i]) / (c->ratio[i + 1] - c->ratio[i]);
        c->slope[i] = i == 0 ? next : (before + next) / 2;
        before = next;
    }
    for (int i = 0; i + 1 < c->n; i++) {
        double rise = (c->factor[i + 1] - c->factor[i]) / (c->ratio[i + 1] - c->ratio[i]);
        double length = hypot(c->slope[i], c->slope[i + 1]);
        if (length <= 3 * rise) continue;
        c->slope[i] *= 3 * rise / length, c->slope[i + 1] *= 3 * rise / length;
    }
}

karvan_status karvan_vdf_points(int n, const double *ratio, const double *factor,
                                karvan_vdf_curve **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_vdf_curve *c = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(check_points(n, ratio, factor, err));
    KARVAN_TRY(karvan_i_curve_make(n, &c, err));
    memcpy(c->ratio, ratio, (size_t)n * sizeof *ratio);
    memcpy(c->factor, factor, (size_t)n * sizeof *factor);
    monotone_slopes(c);
    for (int i = 0; i + 1 < n; i++)
        c->sum[i + 1] = c->sum[i] + piece_integral(c, i, c->ratio[i + 1] - c->ratio[i]);
    KARVAN_REQUIRE(isfinite(c->sum[n - 1]) && isfinite(c->slope[n - 1]), err, KARVAN_E_ARG,
                   "the curve is beyond numbers; smaller ratios and factors are right");
    *out = c, c = NULL;
done:
    karvan_vdf_curve_destroy(c);
    return st;
}
