/* Preconditioned conjugate gradients on S, some right-hand sides in step. S is singular (levels may
 * move against one another), the right-hand sides lie in its range, and so do the iterates that
 * matter: the part of a solution in the null space changes no fitted value. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "trade/absorb.h"

#define SINGULAR 1e-14

static karvan_status precondition(karvan_i_absorb *a, int m, const double *r, double *z,
                                  karvan_error *err) {
    if (a->blocks) return karvan_i_blocks_solve(a->blocks, a, m, r, z, err);
    for (int64_t j = 0; j < a->unknowns; j++)
        for (int k = 0; k < m; k++) z[j * m + k] = r[j * m + k] / a->diagonal[j];
    return KARVAN_OK;
}

static void dots(int64_t n, int m, const double *x, const double *y, double *s) {
    for (int k = 0; k < m; k++) s[k] = 0;
    for (int64_t j = 0; j < n; j++)
        for (int k = 0; k < m; k++) s[k] += x[j * m + k] * y[j * m + k];
}

/* A right-hand side that is solved, or whose residual is but rounding, is left alone from then on.
 */
static bool any_open(int m, const double *rho, const double *scale, double tolerance,
                     const double *floor, bool *open) {
    bool any = false;
    for (int k = 0; k < m; k++) {
        open[k] = open[k] && rho[k] > tolerance * tolerance * scale[k] && rho[k] > floor[k];
        any = any || open[k];
    }
    return any;
}

/* Sums of the levels' weights times p^2: what p'Sp would be if no effect took anything from
 * another. Where p'Sp is but rounding beside it, p is a direction in which S is singular. */
static void masses(const karvan_i_absorb *a, int m, const double *p, double *s) {
    for (int k = 0; k < m; k++) s[k] = 0;
    for (int64_t j = 0; j < a->unknowns; j++)
        for (int k = 0; k < m; k++) s[k] += a->level_w[j] * p[j * m + k] * p[j * m + k];
}

/* r = b - S x, and the norm of b that the tolerance is relative to. */
static karvan_status begin(karvan_i_absorb *a, int m, const double *b, const double *x,
                           double *scale, karvan_error *err) {
    int64_t cells = a->unknowns * m;
    karvan_status st = KARVAN_OK;
    bool zero = true;
    KARVAN_TRY(precondition(a, m, b, a->z, err));
    dots(a->unknowns, m, b, a->z, scale);
    for (int64_t j = 0; j < cells && zero; j++) zero = x[j] == 0;
    memcpy(a->r, b, (size_t)cells * sizeof *b);
    if (zero) goto done;
    KARVAN_TRY(karvan_i_absorb_apply(a, m, x, a->q, err));
    for (int64_t j = 0; j < cells; j++) a->r[j] -= a->q[j];
done:
    return st;
}

static karvan_status iterate(karvan_i_absorb *a, int m, const double *b, double *x,
                             double tolerance, const double *floor, int most, int *steps,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double rho[KARVAN_I_WIDTH], next[KARVAN_I_WIDTH], by[KARVAN_I_WIDTH], scale[KARVAN_I_WIDTH];
    double mass[KARVAN_I_WIDTH];
    bool open[KARVAN_I_WIDTH] = {true, true, true, true};
    int64_t n = a->unknowns;
    *steps = 0;
    KARVAN_TRY(begin(a, m, b, x, scale, err));
    KARVAN_TRY(precondition(a, m, a->r, a->z, err));
    dots(n, m, a->r, a->z, rho);
    memcpy(a->p, a->z, (size_t)(n * m) * sizeof *b);
    for (; *steps < most && any_open(m, rho, scale, tolerance, floor, open); ++*steps) {
        KARVAN_TRY(karvan_i_absorb_apply(a, m, a->p, a->q, err));
        dots(n, m, a->p, a->q, by);
        masses(a, m, a->p, mass);
        for (int k = 0; k < m; k++) {
            open[k] = open[k] && by[k] > SINGULAR * mass[k];
            by[k] = open[k] ? rho[k] / by[k] : 0;
        }
        for (int64_t j = 0; j < n; j++)
            for (int k = 0; k < m; k++) {
                x[j * m + k] += by[k] * a->p[j * m + k];
                a->r[j * m + k] -= by[k] * a->q[j * m + k];
            }
        KARVAN_TRY(precondition(a, m, a->r, a->z, err));
        dots(n, m, a->r, a->z, next);
        for (int k = 0; k < m; k++) by[k] = open[k] ? next[k] / rho[k] : 0, rho[k] = next[k];
        for (int64_t j = 0; j < n; j++)
            for (int k = 0; k < m; k++) a->p[j * m + k] = a->z[j * m + k] + by[k] * a->p[j * m + k];
    }
done:
    return st;
}

karvan_status karvan_i_absorb_solve(karvan_i_absorb *a, int m, const double *b, double *x,
                                    double tolerance, const double *floor, int most,
                                    double *residual, int *steps, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int took = 0, patience = 2 * a->fresh + 4;
    if (a->unknowns == 0) goto done;
    bool aged = a->blocks && a->aged && patience < most;
    KARVAN_TRY(iterate(a, m, b, x, tolerance, floor, aged ? patience : most, &took, err));
    if (aged && took == patience) {
        KARVAN_TRY(karvan_i_absorb_weigh(a, a->w, true, err));
        KARVAN_TRY(iterate(a, m, b, x, tolerance, floor, most, &took, err));
    }
    if (!a->aged) a->fresh = took;
    if (residual) memcpy(residual, a->r, (size_t)(a->unknowns * m) * sizeof *b);
done:
    if (steps) *steps = took;
    return st;
}
