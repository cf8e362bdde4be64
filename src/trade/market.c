/* Market clearing of a group of countries, and the quick way to its solution. */
#include "trade/market.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

karvan_status karvan_i_market_init(karvan_i_market *g, int32_t most, karvan_error *err) {
    size_t n = (size_t)most;
    double **const vectors[] = {&g->y,  &g->e, &g->q, &g->a, &g->p,    &g->y1,
                                &g->e1, &g->v, &g->s, &g->x, &g->best, &g->r};
    bool good = true;
    for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++) {
        *vectors[k] = karvan_i_calloc(n, sizeof **vectors[k]);
        good = good && *vectors[k];
    }
    g->m = karvan_i_malloc(n * n, sizeof *g->m);
    g->work = karvan_i_malloc(n * KARVAN_I_MARKET_WORK, sizeof *g->work);
    if (good && g->m && g->work) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory to solve for %d countries", (int)most);
}

void karvan_i_market_clear(karvan_i_market *g) {
    karvan_i_free(g->y), karvan_i_free(g->e), karvan_i_free(g->q), karvan_i_free(g->a);
    karvan_i_free(g->p), karvan_i_free(g->y1), karvan_i_free(g->e1), karvan_i_free(g->v);
    karvan_i_free(g->s), karvan_i_free(g->x), karvan_i_free(g->best), karvan_i_free(g->r);
    karvan_i_free(g->m), karvan_i_free(g->work);
    memset(g, 0, sizeof *g);
}

/* Two rows at a time: half as many passes over `out`. */
void karvan_i_times_rows(int32_t n, const double *restrict m, const double *restrict x,
                         double *restrict out) {
    size_t w = (size_t)n, i = 0;
    memset(out, 0, w * sizeof *out);
    for (; i + 2 <= w; i += 2) {
        const double *restrict one = m + i * w, *restrict two = one + w;
        double a = x[i], b = x[i + 1];
        for (size_t j = 0; j < w; j++) out[j] += a * one[j] + b * two[j];
    }
    for (; i < w; i++)
        for (size_t j = 0; j < w; j++) out[j] += x[i] * m[i * w + j];
}

/* Four sums side by side, always in this order: vectors for the compiler, the same bytes ever. */
void karvan_i_times_columns(int32_t n, const double *restrict m, const double *restrict x,
                            double *restrict out) {
    size_t w = (size_t)n;
    for (size_t i = 0; i < w; i++) {
        const double *restrict row = m + i * w;
        double s[8] = {0};
        size_t j = 0;
        for (; j + 8 <= w; j += 8)
            for (size_t k = 0; k < 8; k++) s[k] += row[j + k] * x[j + k];
        for (; j < w; j++) s[j % 8] += row[j] * x[j];
        out[i] = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    }
}

/* Output's value at prices x, its price indices known; moves x and what follows from it so that the
 * group's output is what it was. */
static bool set_output(karvan_i_market *g, double *x) {
    double before = 0, after = 0;
    for (int32_t i = 0; i < g->n; i++) {
        g->p[i] = -log(g->a[i]) / g->theta;
        g->y1[i] = g->y[i] * exp((1 + g->psi) * x[i] - g->psi * g->p[i]);
        before += g->y[i], after += g->y1[i];
    }
    double move = log(before / after);
    if (!isfinite(move)) return false;
    if (fabs(move) < 1e-14) return true; /* rounding: prices that have not moved stay exactly 1 */
    double up = exp(move), down = exp(-g->theta * move);
    if (!(down > 0) || !isfinite(down)) return false;
    for (int32_t i = 0; i < g->n; i++)
        x[i] += move, g->p[i] += move, g->y1[i] *= up, g->q[i] *= down, g->a[i] *= down;
    return true;
}

static void set_spending(karvan_i_market *g) {
    g->negative = -1;
    for (int32_t j = 0; j < g->n; j++) {
        g->e1[j] = g->rule == KARVAN_I_ADDITIVE       ? g->y1[j] + (g->e[j] - g->y[j])
                   : g->rule == KARVAN_I_PROPORTIONAL ? g->e[j] * (g->y1[j] / g->y[j])
                                                      : g->y1[j];
        if (g->rule == KARVAN_I_ADDITIVE && !(g->e1[j] > KARVAN_I_LEAST * g->e[j]))
            g->negative = j, g->e1[j] = KARVAN_I_LEAST * g->e[j];
        g->v[j] = g->e1[j] / g->a[j];
    }
}

double karvan_i_market_residual(karvan_i_market *g, double *x, double *r) {
    double most = 0, spent = 0, made = 0;
    for (int32_t i = 0; i < g->n; i++) g->q[i] = exp(-g->theta * x[i]);
    karvan_i_times_rows(g->n, g->m, g->q, g->a);
    if (!set_output(g, x)) return INFINITY;
    set_spending(g);
    karvan_i_times_columns(g->n, g->m, g->v, g->s);
    for (int32_t i = 0; i < g->n; i++) g->s[i] *= g->q[i], spent += g->e1[i], made += g->y1[i];
    /* Where spending follows output, the world's is not its output; each sells that much more. */
    bool apart = g->rule == KARVAN_I_PROPORTIONAL || g->negative >= 0;
    double scale = apart ? log(spent / made) : 0;
    for (int32_t i = 0; i < g->n; i++) {
        r[i] = log(g->s[i] / g->y1[i]) - scale;
        if (!isfinite(r[i])) return INFINITY;
        if (fabs(r[i]) > most) most = fabs(r[i]);
    }
    return most;
}

bool karvan_i_market_walk(karvan_i_market *g, double tolerance, int steps) {
    double gain = 1 / (1 + g->theta + g->psi);
    for (int k = 0; k < steps; k++, g->iterations++) {
        g->residual = karvan_i_market_residual(g, g->best, g->r);
        if (!isfinite(g->residual)) return false;
        if (g->residual <= tolerance) break;
        for (int32_t i = 0; i < g->n; i++) g->best[i] += gain * g->r[i];
    }
    return true;
}

/* ---- Anderson's acceleration ---------------------------------------------------------------- */

typedef struct history {
    int kept;
    size_t w;
    bool follows;    /* x0 and f0 stand one step before x */
    double *dx, *df; /* [kept][w] differences of iterates and of steps, the newest last */
    double *basis;   /* [kept][w] */
    double upper[KARVAN_I_WINDOW][KARVAN_I_WINDOW], part[KARVAN_I_WINDOW];
    bool used[KARVAN_I_WINDOW];
} history;

static double dot(size_t n, const double *a, const double *b) {
    double s[4] = {0};
    for (size_t i = 0; i < n; i++) s[i % 4] += a[i] * b[i];
    return (s[0] + s[1]) + (s[2] + s[3]);
}

static void remember(history *h, const double *x, const double *f, const double *x0,
                     const double *f0) {
    if (h->kept == KARVAN_I_WINDOW) {
        size_t bytes = (KARVAN_I_WINDOW - 1) * h->w * sizeof *h->dx;
        memmove(h->dx, h->dx + h->w, bytes), memmove(h->df, h->df + h->w, bytes);
        h->kept--;
    }
    double *dx = h->dx + (size_t)h->kept * h->w, *df = h->df + (size_t)h->kept * h->w;
    for (size_t i = 0; i < h->w; i++) dx[i] = x[i] - x0[i], df[i] = f[i] - f0[i];
    h->kept++;
}

/* Gram-Schmidt from the newest; what adds nothing to those before it is left out. */
static void orthogonalise(history *h) {
    for (int c = 0; c < h->kept; c++) {
        int k = h->kept - 1 - c;
        double *b = h->basis + (size_t)c * h->w;
        memcpy(b, h->df + (size_t)k * h->w, h->w * sizeof *b);
        double length = sqrt(dot(h->w, b, b));
        for (int d = 0; d < c; d++) {
            const double *other = h->basis + (size_t)d * h->w;
            h->upper[d][c] = h->used[d] ? dot(h->w, b, other) : 0;
            for (size_t i = 0; h->used[d] && i < h->w; i++) b[i] -= h->upper[d][c] * other[i];
        }
        double left = sqrt(dot(h->w, b, b));
        h->used[c] = left > 1e-7 * length && left > 0;
        h->upper[c][c] = left;
        for (size_t i = 0; h->used[c] && i < h->w; i++) b[i] /= left;
    }
}

/* x + f less the combination of past differences whose steps explain f best. */
static void accelerate(history *h, double *x, const double *f, double *residue) {
    orthogonalise(h);
    memcpy(residue, f, h->w * sizeof *f);
    for (int c = 0; c < h->kept; c++) {
        const double *b = h->basis + (size_t)c * h->w;
        h->part[c] = h->used[c] ? dot(h->w, residue, b) : 0;
        for (size_t i = 0; h->used[c] && i < h->w; i++) residue[i] -= h->part[c] * b[i];
    }
    for (size_t i = 0; i < h->w; i++) x[i] += f[i];
    for (int c = h->kept - 1; c >= 0; c--) {
        if (!h->used[c]) continue;
        double share = h->part[c];
        for (int d = c + 1; d < h->kept; d++)
            if (h->used[d]) share -= h->upper[c][d] * h->part[d];
        h->part[c] = share /= h->upper[c][c];
        size_t k = (size_t)(h->kept - 1 - c) * h->w;
        for (size_t i = 0; i < h->w; i++) x[i] -= share * (h->dx[k + i] + h->df[k + i]);
    }
}

static void keep_best(karvan_i_market *g, double residual) {
    if (!(residual < g->residual)) return;
    g->residual = residual;
    memcpy(g->best, g->x, (size_t)g->n * sizeof *g->x);
}

bool karvan_i_market_iterate(karvan_i_market *g, double tolerance, int most) {
    size_t n = (size_t)g->n;
    double *f = g->work, *x0 = f + n, *f0 = x0 + n, *residue = f0 + n,
           gain = 1 / (1 + g->theta + g->psi);
    history h = {.w = n, .dx = residue + n};
    h.df = h.dx + KARVAN_I_WINDOW * n, h.basis = h.df + KARVAN_I_WINDOW * n;
    g->residual = INFINITY;
    memcpy(g->x, g->best, n * sizeof *g->x);
    double damp = 1, now = karvan_i_market_residual(g, g->x, g->r);
    keep_best(g, now);
    double before = INFINITY; /* the best of a while ago */
    for (int k = 0; k < most && g->residual > tolerance; k++, g->iterations++) {
        if (k % 64 == 63) {
            if (!(g->residual < 0.5 * before)) break; /* it circles */
            before = g->residual;
        }
        if (now > 100 * g->residual || !isfinite(now)) { /* astray: from the best, more slowly */
            if (!isfinite(g->residual) || damp < 1e-3) return false;
            h.kept = 0, h.follows = false, damp *= 0.5;
            memcpy(g->x, g->best, n * sizeof *g->x);
            (void)karvan_i_market_residual(g, g->x, g->r);
        }
        for (size_t i = 0; i < n; i++) f[i] = damp * gain * g->r[i];
        if (h.follows) remember(&h, g->x, f, x0, f0);
        memcpy(x0, g->x, n * sizeof *x0), memcpy(f0, f, n * sizeof *f0);
        h.follows = true;
        accelerate(&h, g->x, f, residue);
        now = karvan_i_market_residual(g, g->x, g->r);
        keep_best(g, now);
    }
    /* Held spending is no equilibrium. */
    return g->residual <= tolerance && karvan_i_market_residual(g, g->best, g->r) <= tolerance &&
           g->negative < 0;
}
