/* The slow, sure way to prices that clear markets: Newton with its dense Jacobian. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/market.h"

enum { STEPS_MOST = 60, HALVINGS = 40 };

typedef struct newton {
    size_t n;
    double *share;          /* [n][n] of exporter i in j's spending, at x */
    double *sold;           /* [n][n] share of i's sales that go to j, at x */
    double *j;              /* [n][n] the Jacobian, then its factors */
    double *c;              /* [n] elasticity of spending with respect to output */
    double *output, *scale; /* [n] derivatives of ln of the group's output, and of the scale */
    double *step, *x;       /* [n] */
} newton;

static double dot(size_t n, const double *restrict a, const double *restrict b) {
    double s[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t k = 0; k < 8; k++) s[k] += a[i + k] * b[i + k];
    for (; i < n; i++) s[i % 8] += a[i] * b[i];
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/* Derivatives by country k of sums over j of weight_j times ln Y'_j. */
static void through_output(const karvan_i_market *g, const newton *w, const double *weight,
                           double *out) {
    for (size_t k = 0; k < w->n; k++)
        out[k] = (1 + g->psi) * weight[k] - g->psi * dot(w->n, w->share + k * w->n, weight);
}

static void prepare(const karvan_i_market *g, newton *w) {
    double spent = 0, made = 0;
    bool apart = g->rule == KARVAN_I_PROPORTIONAL || g->negative >= 0;
    for (size_t j = 0; j < w->n; j++) spent += g->e1[j], made += g->y1[j];
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->n; j++) {
            double sold = g->m[i * w->n + j] * g->q[i] / g->a[j];
            w->share[i * w->n + j] = sold;
            w->sold[i * w->n + j] = sold * g->e1[j] / g->s[i];
        }
    for (size_t j = 0; j < w->n; j++) {
        bool held = g->rule == KARVAN_I_ADDITIVE && g->e1[j] <= KARVAN_I_LEAST * g->e[j];
        w->c[j] = held ? 0 : g->rule == KARVAN_I_ADDITIVE ? g->y1[j] / g->e1[j] : 1;
        w->step[j] = g->y1[j] / made;
        w->x[j] = apart ? w->c[j] * g->e1[j] / spent - g->y1[j] / made : 0;
    }
    through_output(g, w, w->step, w->output);
    through_output(g, w, w->x, w->scale);
}

/* d ln(sales_i / output_i / scale) / d ln price_k. Moving all prices together changes nothing that
 * counts; subtracting the output's derivative chooses the move that leaves output as it is. */
static void fill(const karvan_i_market *g, newton *w) {
    size_t n = w->n;
    double *through = w->x; /* [n] of exporter k: its share in j, times theta - psi c_j */
    for (size_t k = 0; k < n; k++) {
        for (size_t j = 0; j < n; j++)
            through[j] = w->share[k * n + j] * (g->theta - g->psi * w->c[j]);
        for (size_t i = 0; i < n; i++)
            w->j[i * n + k] = dot(n, w->sold + i * n, through) +
                              w->sold[i * n + k] * w->c[k] * (1 + g->psi) +
                              g->psi * w->share[k * n + i] - w->scale[k] - w->output[k];
        w->j[k * n + k] -= 1 + g->theta + g->psi;
    }
}

/* Solve j step = step in place by elimination with partial pivoting; false: singular. */
static bool eliminate(newton *w) {
    size_t n = w->n;
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(w->j[i * n + k]) > fabs(w->j[pivot * n + k])) pivot = i;
        if (!(fabs(w->j[pivot * n + k]) > 0)) return false;
        for (size_t c = k; pivot != k && c < n; c++) {
            double keep = w->j[k * n + c];
            w->j[k * n + c] = w->j[pivot * n + c], w->j[pivot * n + c] = keep;
        }
        double keep = w->step[k];
        w->step[k] = w->step[pivot], w->step[pivot] = keep;
        const double *restrict top = w->j + k * n;
        for (size_t i = k + 1; i < n; i++) {
            double *restrict row = w->j + i * n, f = row[k] / top[k];
            if (f == 0) continue;
            for (size_t c = k + 1; c < n; c++) row[c] -= f * top[c];
            w->step[i] -= f * w->step[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t c = k + 1; c < n; c++) w->step[k] -= w->j[k * n + c] * w->step[c];
        w->step[k] /= w->j[k * n + k];
        if (!isfinite(w->step[k])) return false;
    }
    return true;
}

/* The longest of the halved steps that lessens the residual. */
static bool walk(karvan_i_market *g, newton *w) {
    for (int h = 0; h < HALVINGS; h++) {
        double share = ldexp(1, -h);
        for (size_t i = 0; i < w->n; i++) w->x[i] = g->best[i] + share * w->step[i];
        double now = karvan_i_market_residual(g, w->x, g->r);
        if (!(now < g->residual * (1 - 1e-4 * share))) continue;
        g->residual = now;
        memcpy(g->best, w->x, w->n * sizeof *w->x);
        return true;
    }
    return false;
}

static karvan_status newton_init(newton *w, size_t n, karvan_error *err) {
    w->n = n;
    w->share = karvan_i_malloc(3 * n * n, sizeof *w->share);
    w->c = karvan_i_malloc(5 * n, sizeof *w->c);
    if (!w->share || !w->c)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a Jacobian of %zu", n);
    w->sold = w->share + n * n, w->j = w->sold + n * n;
    w->output = w->c + n, w->scale = w->output + n, w->step = w->scale + n, w->x = w->step + n;
    return KARVAN_OK;
}

karvan_status karvan_i_market_newton(karvan_i_market *g, double tolerance, bool *found,
                                     karvan_error *err) {
    newton w = {0};
    karvan_status st = newton_init(&w, (size_t)g->n, err);
    *found = false;
    g->residual = st == KARVAN_OK ? karvan_i_market_residual(g, g->best, g->r) : INFINITY;
    for (int k = 0; st == KARVAN_OK && isfinite(g->residual) && k < STEPS_MOST; k++) {
        (void)karvan_i_market_residual(g, g->best, g->r); /* what the Jacobian is made of */
        if (g->residual <= tolerance) {
            *found = g->negative < 0;
            break;
        }
        prepare(g, &w), fill(g, &w);
        for (size_t i = 0; i < w.n; i++) w.step[i] = -g->r[i];
        g->newton_steps++;
        if (!eliminate(&w) || !walk(g, &w)) break;
    }
    karvan_i_free(w.share), karvan_i_free(w.c);
    return st;
}

/* ---- one Jacobian for many solutions ---- */

bool karvan_i_invert(size_t n, double *restrict j, double *restrict out) {
    memset(out, 0, n * n * sizeof *out);
    for (size_t i = 0; i < n; i++) out[i * n + i] = 1;
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(j[i * n + k]) > fabs(j[pivot * n + k])) pivot = i;
        if (!(fabs(j[pivot * n + k]) > 0)) return false;
        for (size_t c = 0; pivot != k && c < n; c++) {
            double keep = j[k * n + c], also = out[k * n + c];
            j[k * n + c] = j[pivot * n + c], j[pivot * n + c] = keep;
            out[k * n + c] = out[pivot * n + c], out[pivot * n + c] = also;
        }
        double by = 1 / j[k * n + k];
        for (size_t c = 0; c < n; c++) j[k * n + c] *= by, out[k * n + c] *= by;
        for (size_t i = 0; i < n; i++) {
            double f = j[i * n + k];
            if (i == k || f == 0) continue;
            for (size_t c = 0; c < n; c++)
                j[i * n + c] -= f * j[k * n + c], out[i * n + c] -= f * out[k * n + c];
        }
    }
    for (size_t i = 0; i < n * n; i++)
        if (!isfinite(out[i])) return false;
    return true;
}

karvan_status karvan_i_market_inverse(karvan_i_market *g, double *out, bool *good,
                                      karvan_error *err) {
    newton w = {0};
    size_t n = (size_t)g->n;
    karvan_status st = newton_init(&w, n, err);
    *good = false;
    if (st == KARVAN_OK) {
        memset(g->best, 0, n * sizeof *g->best);
        *good = isfinite(karvan_i_market_residual(g, g->best, g->r)) && g->negative < 0;
    }
    if (*good) {
        prepare(g, &w), fill(g, &w);
        *good = karvan_i_invert(n, w.j, out);
    }
    karvan_i_free(w.share), karvan_i_free(w.c);
    return st;
}

bool karvan_i_market_chord(karvan_i_market *g, const double *inverse, double tolerance) {
    enum { MOST = 30 };
    const double LESS = 0.3; /* else the other way is as quick, and surer */
    size_t n = (size_t)g->n;
    double *step = g->work, now;
    memcpy(g->x, g->best, n * sizeof *g->x);
    g->residual = now = karvan_i_market_residual(g, g->x, g->r);
    for (int k = 0; k < MOST && now > tolerance && now < INFINITY; k++, g->iterations++) {
        memcpy(g->best, g->x, n * sizeof *g->x);
        g->residual = now;
        karvan_i_times_columns(g->n, inverse, g->r, step);
        for (size_t i = 0; i < n; i++) g->x[i] -= step[i];
        now = karvan_i_market_residual(g, g->x, g->r);
        if (!(now < LESS * g->residual)) return false;
    }
    if (!(now <= tolerance) || g->negative >= 0) return false;
    memcpy(g->best, g->x, n * sizeof *g->x);
    g->residual = now;
    return true;
}
