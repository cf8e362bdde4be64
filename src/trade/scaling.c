/* Scaling a matrix to sums of rows and columns: alternating sweeps, then Newton's method on the
 * convex function that they descend, sum_i row_i ln(sum_j m_ij c_j) - sum_j column_j ln c_j. Where
 * countries trade little with one another, sweeps alone take thousands. */
#include "trade/scaling.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

enum { FIRST_SWEEPS = 8, STEPS_MOST = 100, HALVINGS = 30, SWEEPS_MOST = 20000 };
/* Newton's last step, and the residual before it: what remains after it is their square. */
static const double LAST_STEP = 1e-8, LAST_RESIDUAL = 1e-7, GOOD = 1e-10;
static const double DOUBT_MOST = 1e-4;
/* More than that at once, in logs, overflows or overshoots. */
static const double STEP_MOST = 8;

typedef struct scaling {
    size_t n;
    const double *m, *row, *column;
    double *r, *c;
    double *sum;     /* [n] of columns at r, c */
    double *step;    /* [2][n] of ln c; and what sums that are off would make of it */
    double exact;    /* how far off they may be */
    double *c0;      /* [n] where a step began */
    double *graph;   /* [n][n] weights of the Hessian */
    double *x;       /* [n] a row of the scaled matrix */
    double residual; /* largest |ln(sum / column)| */
    double value;    /* of the function */
    double doubt;
} scaling;

static void eliminate(size_t n, double *w, size_t m, double *b) {
    for (size_t k = n; k-- > 1;) {
        double *restrict out = w + k * n, all = 0;
        for (size_t j = 0; j < k; j++) all += out[j];
        out[k] = all;
        for (size_t i = 0; all > 0 && i < k; i++) {
            double *restrict at = w + i * n, f = out[i] / all;
            if (!(f > 0)) continue;
            for (size_t side = 0; side < m; side++) b[side * n + i] += f * b[side * n + k];
            for (size_t j = 0; j < k; j++) at[j] += f * out[j];
        }
    }
}

void karvan_i_laplacian(int32_t n, double *w, int32_t m, double *b) {
    size_t size = (size_t)n;
    eliminate(size, w, (size_t)m, b);
    for (size_t side = 0; n > 0 && side < (size_t)m; side++) {
        double *u = b + side * size;
        u[0] = 0;
        for (size_t k = 1; k < size; k++) {
            const double *out = w + k * size;
            double sum = u[k];
            for (size_t j = 0; j < k; j++) sum += out[j] * u[j];
            u[k] = out[k] > 0 ? sum / out[k] : 0;
        }
    }
}

/* Rows made exact for c; what columns then add up to. */
static void evaluate(scaling *s) {
    memset(s->sum, 0, s->n * sizeof *s->sum);
    s->residual = s->value = 0;
    bool good = true;
    for (size_t i = 0; i < s->n; i++) {
        const double *m = s->m + i * s->n;
        double all = 0;
        for (size_t j = 0; j < s->n; j++) all += m[j] * s->c[j];
        double r = s->r[i] = s->row[i] / all;
        for (size_t j = 0; j < s->n; j++) s->sum[j] += m[j] * r;
        s->value += s->row[i] * log(all);
    }
    for (size_t j = 0; j < s->n; j++) {
        s->sum[j] *= s->c[j];
        double off = fabs(log(s->sum[j] / s->column[j]));
        good = good && off >= 0;
        s->residual = fmax(s->residual, off);
        s->value -= s->column[j] * log(s->c[j]);
    }
    if (!good || !isfinite(s->value)) s->residual = INFINITY;
}

static void sweep(scaling *s, int times, karvan_i_scaling *how) {
    for (int k = 0; k < times && isfinite(s->residual) && s->residual > 0; k++) {
        for (size_t j = 0; j < s->n; j++) s->c[j] *= s->column[j] / s->sum[j];
        evaluate(s);
        how->sweeps++;
    }
}

/* The Hessian is the Laplacian of columns that meet in rows. Longest step of ln c. Its inverse, the
 * first of a part held, has no cell below 0: sums that are all off to the same side are the worst
 * of all that are off by so much. */
static double newton_step(scaling *s) {
    size_t n = s->n;
    double longest = 0;
    s->doubt = 0;
    memset(s->graph, 0, n * n * sizeof *s->graph);
    for (size_t i = 0; i < n; i++) {
        const double *m = s->m + i * n;
        for (size_t j = 0; j < n; j++) s->x[j] = m[j] * s->r[i] * s->c[j];
        for (size_t j = 0; j < n; j++) {
            double f = s->x[j] / s->row[i], *restrict at = s->graph + j * n;
            for (size_t k = 0; f > 0 && k < n; k++) at[k] += f * s->x[k];
        }
    }
    for (size_t j = 0; j < n; j++) {
        s->step[j] = s->column[j] - s->sum[j];
        s->step[n + j] = 2 * s->exact * s->column[j]; /* rows may be off as well */
    }
    karvan_i_laplacian((int32_t)n, s->graph, 2, s->step);
    for (size_t j = 0; j < n; j++) {
        double length = fabs(s->step[j]);
        longest = length <= longest ? longest : length; /* NaN is longest */
        s->doubt = fmax(s->doubt, s->step[n + j]);
    }
    return longest;
}

static void move(scaling *s, double share) {
    for (size_t j = 0; j < s->n; j++) s->c[j] = s->c0[j] * exp(share * s->step[j]);
    evaluate(s);
}

/* The longest of the halved steps that lessens the residual or the function. */
static bool walk(scaling *s, double longest) {
    double value = s->value, residual = s->residual, slope = 0;
    for (size_t j = 0; j < s->n; j++) slope += (s->column[j] - s->sum[j]) * s->step[j];
    double share = longest > STEP_MOST ? STEP_MOST / longest : 1;
    for (int h = 0; isfinite(longest) && h < HALVINGS; h++) {
        double part = ldexp(share, -h);
        move(s, part);
        if (s->residual < residual * (1 - 1e-4 * part)) return true;
        if (isfinite(s->residual) && s->value < value - 1e-4 * part * slope) return true;
    }
    move(s, 0);
    return false;
}

/* True where the last step was too short to leave anything but rounding. */
static bool descend(scaling *s, karvan_i_scaling *how) {
    sweep(s, FIRST_SWEEPS, how);
    for (int k = 0, block = FIRST_SWEEPS; k < STEPS_MOST && isfinite(s->residual); k++) {
        double longest = newton_step(s);
        memcpy(s->c0, s->c, s->n * sizeof *s->c);
        how->newton_steps++;
        if (s->residual <= LAST_RESIDUAL && longest <= fmax(LAST_STEP, s->doubt)) {
            if (longest <= LAST_STEP) move(s, 1);
            return s->residual <= GOOD && s->doubt <= DOUBT_MOST;
        }
        if (walk(s, longest)) continue;
        if (how->sweeps > SWEEPS_MOST) break;
        sweep(s, block *= 2, how);
    }
    return false;
}

karvan_status karvan_i_scale(int32_t n, const double *m, const double *row, const double *column,
                             double exact, double *r, double *c, karvan_i_scaling *how,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t size = (size_t)n;
    scaling s = {.n = size, .m = m, .row = row, .column = column, .r = r, .c = c};
    s.exact = fmax(exact, DBL_EPSILON);
    memset(how, 0, sizeof *how);
    s.sum = karvan_i_malloc(5 * size, sizeof *s.sum);
    s.graph = karvan_i_malloc(size * size, sizeof *s.graph);
    KARVAN_REQUIRE(s.sum && s.graph, err, KARVAN_E_NOMEM, "no memory to scale a matrix of %d",
                   (int)n);
    s.step = s.sum + size, s.c0 = s.step + 2 * size, s.x = s.c0 + size;
    evaluate(&s);
    bool found = descend(&s, how);
    how->residual = s.residual, how->doubt = s.doubt;
    KARVAN_REQUIRE(found, err, KARVAN_E_NOCONV,
                   "no factors give the matrix its sums: the best are %.3g away, and %.3g in doubt",
                   s.residual, s.doubt);
done:
    karvan_i_free(s.sum), karvan_i_free(s.graph);
    return st;
}
