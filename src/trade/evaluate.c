#include "trade/evaluate.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"
#include "base/try.h"

static double weight_of(const karvan_i_design *d, int64_t i) {
    return d->weight ? d->weight[i] : 1;
}
static double offset_of(const karvan_i_design *d, int64_t i) {
    return d->offset ? d->offset[i] : 0;
}

static double effects_of(const karvan_i_absorb *a, int64_t i, const double *theta) {
    double e = 0;
    for (int f = 0; f < a->n_others; f++) e += theta[a->offset[f] + a->level[f][i]];
    return e;
}

static bool grouped(const karvan_i_newton *s) { return s->a.grouping >= 0; }

/* Linear predictor of a row without offset and grouping effect. */
static double predictor(const karvan_i_newton *s, int64_t i, const double *beta,
                        const double *theta) {
    double e = effects_of(&s->a, i, theta);
    for (int j = 0; j < s->k; j++) e += beta[j] * s->d->x[j][i];
    return e;
}

static karvan_status fold(karvan_i_newton *s, karvan_i_pass *pass, int n, double *out,
                          double *total, karvan_error *err) {
    memset(s->sums, 0, (size_t)s->a.n_chunks * (size_t)s->n_sums * sizeof *s->sums);
    karvan_status st = karvan_i_absorb_pass(pass, out, err);
    for (int j = 0; j < n; j++) {
        total[j] = 0;
        for (int c = 0; c < s->a.n_chunks; c++)
            total[j] += s->sums[(size_t)c * (size_t)s->n_sums + (size_t)j];
    }
    return st;
}

/* ---- values and gradient ------------------------------------------------------------------------
 */

/* e[i] = linear predictor of the rows of a group without the grouping effect. Loops run down the
 * columns: a group's rows stay in the nearest cache. */
static void predict_group(const karvan_i_newton *s, int64_t begin, int64_t end, double *e) {
    const karvan_i_absorb *a = &s->a;
    for (int64_t i = begin; i < end; i++) e[i] = offset_of(s->d, i);
    for (int p = 0; p < s->k; p++) {
        const double *x = s->d->x[p], beta = s->beta[p];
        for (int64_t i = begin; i < end; i++) e[i] += beta * x[i];
    }
    for (int f = 0; f < a->n_others; f++) {
        const double *theta = s->theta + a->offset[f];
        const int32_t *level = a->level[f];
        for (int64_t i = begin; i < end; i++) e[i] += theta[level[i]];
    }
}

/* Without effects the first step is that of least squares from means (y + mean)/2: no coefficient
 * is known yet, and the working variable stands in for the residual. */
static double start_group(karvan_i_newton *s, int64_t g, int64_t begin, int64_t end, double *r) {
    const karvan_i_design *d = s->d;
    double total = 0;
    for (int64_t i = begin; i < end; i++) {
        double m = (d->y[i] + s->mean_y) / 2;
        s->w[i] = weight_of(d, i) * m;
        r[i] = s->w[i] * (log(m) + (d->y[i] - m) / m - offset_of(d, i));
        total += s->w[i];
    }
    s->a.group_w[g] = total;
    return 0;
}

/* The largest predictor of the group is taken out: exp never overflows. */
static double poisson_group(karvan_i_newton *s, int64_t g, int64_t begin, int64_t end, double *r) {
    const karvan_i_design *d = s->d;
    double mu = 0, y = 0, ye = 0, most = -INFINITY;
    predict_group(s, begin, end, r);
    for (int64_t i = begin; i < end; i++) most = r[i] > most ? r[i] : most;
    if (!grouped(s)) most = 0;
    for (int64_t i = begin; i < end; i++) {
        double wt = weight_of(d, i), e = r[i] - most;
        s->w[i] = wt * exp(e);
        mu += s->w[i], y += wt * d->y[i], ye += wt * d->y[i] * e;
    }
    double scale = grouped(s) ? y / mu : 1, shift = grouped(s) ? log(scale) : 0;
    s->alpha[g] = grouped(s) ? shift - most : 0;
    for (int64_t i = begin; i < end; i++) {
        s->w[i] *= scale;
        r[i] = weight_of(d, i) * d->y[i] - s->w[i];
    }
    s->a.group_w[g] = scale * mu;
    return ye + shift * y - scale * mu;
}

static double ols_group(karvan_i_newton *s, int64_t g, int64_t begin, int64_t end, double *r) {
    double total = 0, shift = 0, objective = 0;
    predict_group(s, begin, end, r);
    for (int64_t i = begin; i < end; i++) {
        s->w[i] = weight_of(s->d, i), r[i] = s->d->y[i] - r[i];
        total += s->w[i], shift += s->w[i] * r[i];
    }
    s->alpha[g] = grouped(s) ? shift / total : 0;
    for (int64_t i = begin; i < end; i++) {
        double e = r[i] - s->alpha[g];
        objective -= s->w[i] * e * e / 2;
        r[i] = s->w[i] * e;
    }
    s->a.group_w[g] = total;
    return objective;
}

/* Residuals to the gradient of the coefficients and of the effects. */
static void add_gradient(const karvan_i_newton *s, int64_t begin, int64_t end, const double *r,
                         double *gx, double *g) {
    for (int p = 0; p < s->k; p++) {
        const double *x = s->d->x[p];
        double t = 0;
        for (int64_t i = begin; i < end; i++) t += r[i] * x[i];
        gx[p] += t;
    }
    for (int f = 0; f < s->a.n_others; f++) {
        double *to = g + s->a.offset[f];
        const int32_t *level = s->a.level[f];
        for (int64_t i = begin; i < end; i++) to[level[i]] += r[i];
    }
}

KARVAN_I_CLONES static void evaluate_pass(karvan_i_pass *pass, int chunk, int64_t group,
                                          int64_t end, double *gradient) {
    karvan_i_newton *s = pass->ctx;
    double *sums = s->sums + (size_t)chunk * (size_t)s->n_sums;
    for (int64_t g = group; g < end; g++) {
        int64_t from = s->a.first[g], to = s->a.first[g + 1];
        sums[0] += s->ols        ? ols_group(s, g, from, to, s->r)
                   : s->starting ? start_group(s, g, from, to, s->r)
                                 : poisson_group(s, g, from, to, s->r);
        add_gradient(s, from, to, s->r, sums + 1, gradient);
    }
}

karvan_status karvan_i_newton_evaluate(karvan_i_newton *s, karvan_error *err) {
    karvan_i_pass pass = {.a = &s->a, .width = 1, .fn = evaluate_pass, .ctx = s};
    s->a.w = s->w, s->a.aged = true;
    return fold(s, &pass, s->k + 1, s->g, s->total, err);
}

/* ---- cross products -----------------------------------------------------------------------------
 */

/* sums: X'W(I - P)X [k][k], x'Wx [k]. */
KARVAN_I_CLONES static void gram_pass(karvan_i_pass *pass, int chunk, int64_t group, int64_t end,
                                      double *none) {
    (void)none;
    karvan_i_newton *s = pass->ctx;
    const karvan_i_absorb *a = &s->a;
    int k = s->k;
    double *sums = s->sums + (size_t)chunk * (size_t)s->n_sums,
           *squares = sums + (size_t)k * (size_t)k;
    for (int64_t g = group; g < end; g++)
        for (int p = 0; p < k; p++) {
            const double *x = s->d->x[p];
            double mean = 0;
            for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) {
                mean += s->w[i] * x[i];
                squares[p] += s->w[i] * x[i] * x[i];
            }
            mean = grouped(s) ? mean / a->group_w[g] : 0;
            for (int q = 0; q <= p; q++) {
                const double *v = s->d->x[q];
                double t = 0;
                for (int64_t i = a->first[g]; i < a->first[g + 1]; i++)
                    t += s->w[i] * (x[i] - mean) * v[i];
                sums[p * k + q] += t;
            }
        }
}

karvan_status karvan_i_newton_gram(karvan_i_newton *s, karvan_error *err) {
    karvan_i_pass pass = {.a = &s->a, .fn = gram_pass, .ctx = s};
    int k = s->k;
    karvan_status st = fold(s, &pass, k * k + k, NULL, s->gram, err);
    for (int p = 0; p < k; p++)
        for (int q = 0; q < p; q++) s->gram[q * k + p] = s->gram[p * k + q];
    return st;
}

/* ---- the step at the rows
 * ------------------------------------------------------------------------ */

/* Rows that fall by this much an iteration run away; weights below this share of their levels' are
 * lost in the rounding of the sums. */
#define FALLING 0.05
#define LOST    1e-13

static bool lost(const karvan_i_newton *s, int64_t g, int64_t i) {
    const karvan_i_absorb *a = &s->a;
    double most = a->grouping >= 0 ? a->group_w[g] : 0;
    for (int f = 0; f < a->n_others; f++) {
        double w = a->level_w[a->offset[f] + a->level[f][i]];
        if (w > most) most = w;
    }
    return !(s->w[i] > LOST * most);
}

/* sums: weight * move^2, weights, suspects, and, not added up, the largest 1 / weight of y = 0. */
static void step_pass(karvan_i_pass *pass, int chunk, int64_t group, int64_t end, double *none) {
    (void)none;
    const karvan_i_newton *s = pass->ctx;
    const karvan_i_absorb *a = &s->a;
    double *sums = s->sums + (size_t)chunk * (size_t)s->n_sums;
    for (int64_t g = group; g < end; g++) {
        double mean = 0, total = 0;
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++)
            mean += s->w[i] * predictor(s, i, s->d_beta, s->d_theta), total += s->w[i];
        mean = a->grouping >= 0 ? mean / total : 0;
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) {
            double e = fabs(predictor(s, i, s->d_beta, s->d_theta) - mean);
            sums[0] += s->w[i] * e * e, sums[1] += s->w[i];
            if (s->d->y[i] > 0 || s->ols) continue;
            sums[2] += e > FALLING || lost(s, g, i);
            if (1 / s->w[i] > sums[3]) sums[3] = 1 / s->w[i];
        }
    }
}

karvan_status karvan_i_newton_judge(karvan_i_newton *s, double *all, double *decrement,
                                    bool *suspect, karvan_error *err) {
    const double safe = 10; /* the step is not exact */
    double lightest = INFINITY, total[3];
    karvan_i_pass pass = {.a = &s->a, .fn = step_pass, .ctx = s};
    karvan_status st = fold(s, &pass, 3, NULL, total, err);
    if (st != KARVAN_OK) return st;
    for (int k = 0; k < s->a.n_chunks; k++) {
        double most = s->sums[(size_t)k * (size_t)s->n_sums + 3];
        if (most > 0 && 1 / most < lightest) lightest = 1 / most;
    }
    *all = sqrt(total[0] / total[1]), *decrement = total[0];
    *suspect = total[2] > 0 || lightest <= safe * (total[0] + s->a.floor);
    return KARVAN_OK;
}

/* ---- at the end
 * ------------------------------------------------------------------------------------ */

typedef struct row_ctx {
    karvan_i_newton *s;
    int j;
    double *v;
} row_ctx;

static void predictor_pass(karvan_i_pass *pass, int chunk, int64_t group, int64_t end,
                           double *none) {
    (void)none, (void)chunk;
    const row_ctx *c = pass->ctx;
    const karvan_i_newton *s = c->s;
    for (int64_t g = group; g < end; g++)
        for (int64_t i = s->a.first[g]; i < s->a.first[g + 1]; i++)
            c->v[i] = predictor(s, i, s->beta, s->theta) + offset_of(s->d, i) + s->alpha[g];
}

karvan_status karvan_i_newton_predictor(karvan_i_newton *s, double *eta, karvan_error *err) {
    row_ctx c = {.s = s, .v = eta};
    karvan_i_pass pass = {.a = &s->a, .fn = predictor_pass, .ctx = &c};
    return karvan_i_absorb_pass(&pass, NULL, err);
}

static void demeaned_pass(karvan_i_pass *pass, int chunk, int64_t group, int64_t end,
                          double *none) {
    (void)none, (void)chunk;
    const row_ctx *c = pass->ctx;
    const karvan_i_newton *s = c->s;
    const karvan_i_absorb *a = &s->a;
    int first, batch = c->j / KARVAN_I_WIDTH, m = karvan_i_newton_batch(s, batch, &first);
    const double *gamma = s->gamma + karvan_i_newton_at(s, batch) + (c->j - first),
                 *x = s->d->x[c->j];
    for (int64_t g = group; g < end; g++) {
        double mean = 0, total = 0;
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) {
            double v = x[i];
            for (int f = 0; f < a->n_others; f++) v -= gamma[(a->offset[f] + a->level[f][i]) * m];
            c->v[i] = v;
            mean += s->w[i] * v, total += s->w[i];
        }
        mean = a->grouping >= 0 ? mean / total : 0;
        for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) c->v[i] -= mean;
    }
}

karvan_status karvan_i_newton_demeaned(karvan_i_newton *s, int j, double *v, karvan_error *err) {
    row_ctx c = {.s = s, .j = j, .v = v};
    karvan_i_pass pass = {.a = &s->a, .fn = demeaned_pass, .ctx = &c};
    return karvan_i_absorb_pass(&pass, NULL, err);
}
