/* Newton's method on the dual: prices of limits and queues stay at their least or more, those of
 * balances are free (active sets after Bertsekas 1982, SIAM Journal on Control and Optimization
 * 20(2)); damped as Levenberg and Marquardt do, since far from the solution shares hardly move with
 * prices. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/capacitated.h"

typedef struct newton {
    karvan_i_dual *d;
    double *price, *trial, *step; /* [n_resources] */
    double *unit;                 /* [n_resources] most that a route uses of it */
    double *scaled, *bend;        /* [n_resources] */
    bool *held;                   /* [n_resources] of the free ones: goes to its least price */
    int32_t *free, *at;
    int32_t n;
    double over, slack, value;
} newton;

static karvan_status newton_init(newton *w, karvan_i_dual *d, double *price, karvan_error *err) {
    const karvan_i_capacitated *p = d->p;
    size_t n = (size_t)p->n_resources + 1;
    const karvan_i_patterns *t = &d->patterns;
    *w = (newton){.d = d, .price = price};
    w->trial = karvan_i_calloc(n, sizeof *w->trial);
    w->step = karvan_i_calloc(n, sizeof *w->step);
    w->bend = karvan_i_calloc(n, sizeof *w->bend);
    w->unit = karvan_i_calloc(n, sizeof *w->unit);
    w->free = karvan_i_calloc(n, sizeof *w->free), w->at = karvan_i_calloc(n, sizeof *w->at);
    w->scaled = karvan_i_calloc(n, sizeof *w->scaled);
    w->held = karvan_i_calloc(n, sizeof *w->held);
    if (!w->trial || !w->step || !w->bend || !w->unit || !w->free || !w->at || !w->scaled ||
        !w->held)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d prices", (int)p->n_resources);
    for (int64_t i = 0; i < t->first[t->n]; i++)
        w->unit[t->resource[i]] = fmax(w->unit[t->resource[i]], fabs(t->amount[i]));
    for (int32_t a = 0; a < p->n_resources; a++)
        if (!(w->unit[a] > 0)) w->unit[a] = 1;
    return KARVAN_OK;
}

static void newton_clear(newton *w) {
    karvan_i_free(w->trial), karvan_i_free(w->step), karvan_i_free(w->bend);
    karvan_i_free(w->unit), karvan_i_free(w->free), karvan_i_free(w->at);
    karvan_i_free(w->scaled), karvan_i_free(w->held);
}

static void pick_free(newton *w) {
    const karvan_i_capacitated *p = w->d->p;
    w->n = 0;
    for (int32_t a = 0; a < p->n_resources; a++)
        if (p->resources[a].kind == KARVAN_I_BALANCE || w->d->gradient[a] > 0 ||
            w->price[a] > karvan_i_least_price(&p->resources[a]))
            w->free[w->n++] = a;
}

/* Eight sums side by side: the compiler may not split one. */
static double dot(const double *a, const double *b, int32_t n) {
    enum { SIDE = 8 };
    double s[SIDE] = {0}, sum = 0;
    int32_t k = 0;
    for (; k + SIDE <= n; k += SIDE)
        for (int32_t i = 0; i < SIDE; i++) s[i] += a[k + i] * b[k + i];
    for (; k < n; k++) sum += a[k] * b[k];
    for (int32_t i = 0; i < SIDE; i++) sum += s[i];
    return sum;
}

/* Cholesky in place, lower triangle; false where it is not positive definite. */
static bool factor(double *h, int32_t n) {
    for (int32_t j = 0; j < n; j++) {
        double *hj = h + (size_t)j * (size_t)n;
        for (int32_t i = 0; i < j; i++) {
            const double *hi = h + (size_t)i * (size_t)n;
            hj[i] = (hj[i] - dot(hj, hi, i)) / hi[i];
        }
        double s = hj[j] - dot(hj, hj, j);
        if (!(s > 0)) return false;
        hj[j] = sqrt(s);
    }
    return true;
}

static void solve(const double *l, int32_t n, double *x) {
    for (int32_t i = 0; i < n; i++) {
        const double *row = l + (size_t)i * (size_t)n;
        x[i] = (x[i] - dot(row, x, i)) / row[i];
    }
    for (int32_t i = n; i-- > 0;) {
        const double *row = l + (size_t)i * (size_t)n;
        x[i] /= row[i];
        for (int32_t k = 0; k < i; k++) x[k] -= row[k] * x[i];
    }
}

/* The step among the free prices that are not held, those that are going to their least price. The
 * matrix is damped by what its diagonal may come to where choices are not at an end: a scale times
 * the load. Without that, prices at which nobody yet hesitates would take all of the step. */
static void solve_step(newton *w, double damping) {
    const karvan_i_dual *d = w->d;
    size_t n = (size_t)w->n, m = 0;
    const double *h = d->hessian;
    double *square = d->hessian + n * n, *x = w->scaled;
    for (size_t i = 0; i < n; i++)
        if (!w->held[i]) w->at[m++] = (int32_t)i;
    for (bool factored = false; !factored;) {
        for (size_t i = 0; i < m; i++) {
            size_t a = (size_t)w->at[i];
            for (size_t j = 0; j < m; j++) square[i * m + j] = h[a * n + (size_t)w->at[j]];
            square[i * m + i] += damping * w->bend[a] + 1e-300;
        }
        factored = factor(square, (int32_t)m) || damping > 1e12;
        damping *= 100;
    }
    for (size_t i = 0; i < m; i++) {
        size_t a = (size_t)w->at[i];
        x[i] = d->gradient[w->free[a]] / w->unit[w->free[a]];
        for (size_t j = 0; j < n; j++)
            if (w->held[j]) x[i] -= h[a * n + j] * w->step[j];
    }
    solve(square, (int32_t)m, x);
    for (size_t i = 0; i < m; i++) w->step[w->at[i]] = isfinite(x[i]) ? x[i] : 0;
}

/* The Hessian in units in which a route pays the same for each price, and its damping. */
static void find_matrix(newton *w) {
    karvan_i_dual *d = w->d;
    size_t n = (size_t)w->n;
    double *h = d->hessian, most = 0;
    karvan_i_dual_hessian(d, w->price, w->n, w->free, h);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) h[i * n + j] /= w->unit[w->free[i]] * w->unit[w->free[j]];
        most = fmax(most, h[i * n + i]);
    }
    for (size_t i = 0; i < n; i++) {
        const karvan_i_resource *r = &d->p->resources[w->free[i]];
        double load = fmax(d->load[w->free[i]], r->capacity) / w->unit[w->free[i]];
        double bend = r->kind == KARVAN_I_BALANCE ? fmax(1e-3 * most, d->activity_step)
                                                  : d->model.scale * load;
        w->bend[i] = fmax(h[i * n + i], bend);
    }
}

/* Newton's step from the matrix. Prices that it would carry below their least are held there and
 * the others solved again: so the way to its end is straight. *promised: what the quadratic gains.
 */
static void find_step(newton *w, double damping, double *promised) {
    enum { ROUNDS = 8 };
    karvan_i_dual *d = w->d;
    size_t n = (size_t)w->n;
    const double *h = d->hessian;
    memset(w->held, 0, n * sizeof *w->held);
    for (int round = 0, more = 1; more && round < ROUNDS; round++) {
        solve_step(w, damping);
        more = 0;
        for (size_t i = 0; i < n; i++) {
            int32_t a = w->free[i];
            double down = (w->price[a] - karvan_i_least_price(&d->p->resources[a])) * w->unit[a];
            if (w->held[i] || w->step[i] >= -down) continue;
            w->held[i] = true, w->step[i] = -down, more = 1;
        }
    }
    *promised = 0;
    for (size_t i = 0; i < n; i++) {
        double bent = 0;
        for (size_t j = 0; j < n; j++) bent += h[i * n + j] * w->step[j];
        *promised += w->step[i] * (d->gradient[w->free[i]] / w->unit[w->free[i]] - bent / 2);
    }
    memcpy(w->trial, w->price, (size_t)d->p->n_resources * sizeof *w->trial);
    for (size_t i = 0; i < n; i++) {
        int32_t a = w->free[i];
        w->trial[a] =
            fmax(karvan_i_least_price(&d->p->resources[a]), w->price[a] + w->step[i] / w->unit[a]);
    }
}

/* Go there if it is better; *part: what was gained of what was promised. Near the end the value's
 * own rounding hides the gain: then the residuals decide. */
static void try_step(newton *w, double promised, double *part) {
    double over, slack, noise = 1e-13 * (fmax(fabs(w->value), w->d->size) + 1);
    karvan_i_dual_evaluate(w->d, w->trial);
    karvan_i_dual_residuals(w->d, w->trial, &over, &slack);
    double gain = w->d->value - w->value;
    *part = promised > noise ? gain / promised : 0;
    if (promised <= noise && fabs(gain) <= noise && fmax(over, slack) < fmax(w->over, w->slack))
        *part = 1;
    if (!(*part >= 1e-4)) { /* a step into nowhere gives no number */
        *part = 0;
        karvan_i_dual_evaluate(w->d, w->price);
    } else {
        memcpy(w->price, w->trial, (size_t)w->d->p->n_resources * sizeof *w->price);
        w->over = over, w->slack = slack, w->value = w->d->value;
    }
}

karvan_status karvan_i_dual_maximise(karvan_i_dual *d, double *price, double tolerance,
                                     int *iterations, karvan_error *err) {
    enum { MOST = 300 };
    karvan_status st = KARVAN_OK;
    newton w;
    double damping = 1e-2, part = 1;
    KARVAN_TRY(newton_init(&w, d, price, err));
    for (int32_t a = 0; a < d->p->n_resources; a++)
        price[a] = fmax(price[a], karvan_i_least_price(&d->p->resources[a]));
    karvan_i_dual_evaluate(d, price);
    karvan_i_dual_residuals(d, price, &w.over, &w.slack);
    w.value = d->value;
    for (int i = 0; fmax(w.over, w.slack) > tolerance; i++) {
        double promised;
        KARVAN_REQUIRE(!karvan_cancelled(d->p->cancel), err, KARVAN_E_CANCELLED, "cancelled");
        if (i >= MOST || *iterations >= d->p->max_iterations || damping > 1e9) {
            st = KARVAN_E_NOCONV;
            goto done;
        }
        ++*iterations;
        if (part >= 1e-4) {
            pick_free(&w);
            find_matrix(&w);
        }
        find_step(&w, damping, &promised);
        try_step(&w, promised, &part);
        if (part > 0.75) damping = fmax(damping / 8, 1e-13);
        if (part < 0.25) damping *= part < 1e-4 ? 16 : 4;
    }
done:
    newton_clear(&w);
    return st;
}
