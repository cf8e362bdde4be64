/* One round: prior and counts weighed against one another with slopes held. The prices of the
 * counts are the unknowns of the dual, which is concave and has no bounds; each cell follows from
 * them by itself. Newton's method with the yields of now, and a line search on the dual. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/estimate.h"
#include "trade/small.h"

enum { STEPS = 300, HALVINGS = 50 };
static const double STRIDE = 3; /* of the logarithm of a cell, a step at most */
/* What is added to a unit diagonal where pivots vanish. */
static const double RIDGE[] = {0, 1e-15, 1e-13, 1e-11, 1e-9, 1e-7, 1e-5};

typedef struct dual {
    const karvan_estimate_problem *p;
    karvan_estimate_method method;
    const karvan_i_slopes *j;
    const double *target;
    size_t m, n;
    double *x;                             /* [n] */
    double *y, *yield;                     /* [n] */
    double *price, *gradient, *step, *try; /* [m] */
    double *matrix, *root;                 /* [m][m], [m] */
} dual;

/* The unknown that a sum of prices times slopes calls for; *part: the conjugate of its prior. */
static double answer(const dual *d, int32_t k, double y, double *part) {
    double error = karvan_i_prior_error(d->p, k);
    if (k >= d->p->n_cells) return *part = error * error * y * y / 2, error * error * y;
    double prior = d->p->prior[k], rho = d->p->prior_error[k];
    if (prior == 0) return *part = 0;
    if (d->method == KARVAN_ESTIMATE_ENTROPY) {
        double by = rho * error * y;
        return *part = expm1(by) / (rho * rho), prior * exp(by);
    }
    double x = prior + error * error * y;
    if (x > 0) return *part = y * (prior + error * error * y / 2), x;
    return *part = -1 / (2 * rho * rho), 0;
}

/* Value of the dual, with x of these prices; *size: what its terms add up to in absolute value. */
static double value_of(dual *d, const double *price, double *size) {
    double sum = 0, part = 0;
    *size = 0;
    karvan_i_slopes_across(d->j, price, d->y);
    for (size_t a = 0; a < d->m; a++) {
        double s = d->p->count_error[a] * price[a], gain = price[a] * d->target[a] - s * s / 2;
        sum += gain, *size += fabs(gain);
    }
    for (size_t k = 0; k < d->n; k++) {
        d->x[k] = answer(d, (int32_t)k, d->y[k], &part);
        sum -= part, *size += fabs(part);
    }
    return sum;
}

/* Gradient at price and x; false where all of it is within rounding of nothing. */
static bool slope_left(dual *d) {
    bool left = false;
    double *size = d->root; /* not in use now */
    for (size_t a = 0; a < d->m; a++) {
        double s = d->p->count_error[a];
        d->gradient[a] = d->target[a] - s * s * d->price[a], size[a] = fabs(d->target[a]);
    }
    for (int32_t k = 0; k < d->j->n_columns; k++) {
        for (int64_t i = d->j->first[k]; i < d->j->first[k + 1]; i++) {
            double by = d->j->value[i] * d->x[k];
            d->gradient[d->j->row[i]] -= by, size[d->j->row[i]] += fabs(by);
        }
    }
    for (size_t a = 0; a < d->m; a++)
        left = left || !(fabs(d->gradient[a]) <= 1e-10 * d->p->count_error[a] + 2e-14 * size[a]);
    return left;
}

/* step = spread^-1 gradient, over a matrix scaled to a unit diagonal. */
static karvan_status find_step(dual *d, karvan_error *err) {
    size_t m = d->m;
    for (size_t k = 0; k < d->n; k++)
        d->yield[k] = karvan_i_yield(d->p, d->method, (int32_t)k, d->x[k]);
    for (size_t i = 0; i < sizeof RIDGE / sizeof RIDGE[0]; i++) {
        karvan_i_spread(d->p, d->j, d->yield, d->matrix);
        for (size_t a = 0; a < m; a++) d->root[a] = 1 / sqrt(d->matrix[a * m + a]);
        for (size_t a = 0; a < m; a++) {
            for (size_t b = 0; b < m; b++) d->matrix[a * m + b] *= d->root[a] * d->root[b];
            d->matrix[a * m + a] += RIDGE[i];
            d->step[a] = d->root[a] * d->gradient[a];
        }
        if (karvan_i_small_solve((int)m, d->matrix, 0, d->step)) {
            for (size_t a = 0; a < m; a++) d->step[a] *= d->root[a];
            return KARVAN_OK;
        }
    }
    return karvan_fail(err, KARVAN_E_NOCONV, "the counts cannot be told from one another");
}

/* How far a step may go before a cell grows or shrinks by more than exp(STRIDE). */
static double longest(dual *d) {
    double by = 1;
    if (d->method != KARVAN_ESTIMATE_ENTROPY) return by;
    karvan_i_slopes_across(d->j, d->step, d->y);
    for (int32_t k = 0; k < d->p->n_cells; k++) {
        double move = fabs(d->p->prior_error[k] * karvan_i_prior_error(d->p, k) * d->y[k]);
        if (move * by > STRIDE) by = STRIDE / move;
    }
    return by;
}

/* Along the step as far as the dual rises; false: not at all. *now: its value. */
static bool climb(dual *d, double *now, double *size) {
    double rise = 0, most = longest(d), noise = 4e-16 * *size;
    for (size_t a = 0; a < d->m; a++) rise += d->gradient[a] * d->step[a];
    for (int t = 0; t < HALVINGS; t++) {
        double by = ldexp(most, -t), value, room;
        for (size_t a = 0; a < d->m; a++) d->try[a] = d->price[a] + by * d->step[a];
        value = value_of(d, d->try, &room);
        if (!(value >= *now + 1e-4 * by * rise - noise)) continue;
        memcpy(d->price, d->try, d->m * sizeof *d->price);
        bool more = value > *now + noise || rise > noise;
        *now = value, *size = room;
        return more;
    }
    (void)value_of(d, d->price, size);
    return false;
}

static karvan_status solve(dual *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double size, now = value_of(d, d->price, &size);
    if (!isfinite(now)) {
        memset(d->price, 0, d->m * sizeof *d->price);
        now = value_of(d, d->price, &size);
    }
    int idle = 0;
    for (int t = 0; t < STEPS && slope_left(d); t++) {
        KARVAN_TRY(find_step(d, err));
        if (climb(d, &now, &size))
            idle = 0;
        else if (++idle == 3) /* rounding is all that is left */
            goto done;
    }
    if (slope_left(d))
        st = karvan_fail(err, KARVAN_E_NOCONV, "counts and prior were not balanced in %d steps",
                         (int)STEPS);
done:
    return st;
}

karvan_status karvan_i_estimate_round(const karvan_estimate_problem *p, karvan_estimate_method m,
                                      const karvan_i_slopes *j, const double *target, double *price,
                                      double *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t rows = (size_t)p->n_counts, n = (size_t)j->n_columns;
    dual d = {.p = p, .method = m, .j = j, .target = target, .m = rows, .n = n, .x = x};
    double *room = karvan_i_malloc(2 * n + 4 * rows + rows * rows + 1, sizeof *room);
    KARVAN_REQUIRE(room, err, KARVAN_E_NOMEM, "no memory for %d counts", (int)rows);
    d.y = room, d.yield = d.y + n, d.gradient = d.yield + n, d.step = d.gradient + rows;
    d.try = d.step + rows, d.root = d.try + rows, d.matrix = d.root + rows;
    d.price = price;
    KARVAN_TRY(solve(&d, err));
done:
    karvan_i_free(room);
    return st;
}
