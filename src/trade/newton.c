#include "trade/newton.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/evaluate.h"
#include "trade/small.h"

enum {
    DEFAULT_ITERATIONS = 200,
    PATIENCE = 12,
    MOST_HALVINGS = 40,
    MOST_STEPS = 2000,
    ROUNDS = 2,
    MORE_ROUNDS = 4
};
#define DEFAULT_TOLERANCE 1e-10
#define COLLINEAR         1e-10 /* of x'Wx left when effects and earlier regressors are taken out */
#define FIRST             1e-6 /* accuracy of the first projections, which tell what is collinear */
#define ROUGH             1e-2 /* of projections far from the end */
#define FINE              1e-4 /* near it */
#define NOISE             4e-15 /* rounding of sums over rows, a share of what they add up */
#define STEP              1e-3  /* accuracy of the effects' part of a step */
#define TIGHT             1e-10 /* of least squares alone */
#define MUCH              0.2 /* step after which blocks are made anew without trying the old ones */
#define NEAR              1e-2 /* step of the coefficients from which it is near */
#define SHRINKS           0.05 /* share of a decrement (squared) that the next one is near a maximum */
#define SETTLED           1e-7 /* step of the linear predictor, root mean square by weight, at the end */

/* ---- memory
 * --------------------------------------------------------------------------------------- */

void karvan_i_newton_clear(karvan_i_newton *s) {
    karvan_i_absorb_clear(&s->a);
    karvan_i_free(s->w), karvan_i_free(s->r), karvan_i_free(s->beta), karvan_i_free(s->theta);
    karvan_i_free(s->alpha), karvan_i_free(s->d_beta), karvan_i_free(s->d_theta);
    karvan_i_free(s->total), karvan_i_free(s->g), karvan_i_free(s->u), karvan_i_free(s->gram);
    karvan_i_free(s->h), karvan_i_free(s->l), karvan_i_free(s->least), karvan_i_free(s->out);
    karvan_i_free(s->gamma), karvan_i_free(s->b), karvan_i_free(s->rest), karvan_i_free(s->sums);
    *s = (karvan_i_newton){0};
}

static double *doubles(size_t n) { return karvan_i_calloc(n + 1, sizeof(double)); }

static karvan_status make_room(karvan_i_newton *s, karvan_error *err) {
    size_t k = (size_t)s->k, u = (size_t)s->a.unknowns, n = (size_t)s->d->n;
    s->batches = (s->k + KARVAN_I_WIDTH - 1) / KARVAN_I_WIDTH;
    s->n_sums = s->k * s->k + s->k + 4;
    s->w = doubles(n), s->r = doubles(n), s->beta = doubles(k), s->theta = doubles(u);
    s->alpha = doubles((size_t)s->a.groups), s->d_beta = doubles(k), s->d_theta = doubles(u);
    s->total = doubles(k), s->g = doubles(u), s->u = doubles(u), s->gram = doubles(k * k + k);
    s->h = doubles(k * k), s->l = doubles(k * k), s->least = doubles(k);
    s->out = karvan_i_calloc(k + 1, sizeof *s->out);
    s->gamma = doubles(k * u), s->b = doubles(k * u), s->rest = doubles(k * u);
    s->sums = doubles((size_t)s->a.n_chunks * (size_t)s->n_sums);
    if (!s->w || !s->r || !s->beta || !s->theta || !s->alpha || !s->d_beta || !s->d_theta ||
        !s->total || !s->g || !s->u || !s->gram || !s->h || !s->l || !s->least || !s->out ||
        !s->gamma || !s->b || !s->rest || !s->sums)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d regressors on %lld rows", s->k,
                           (long long)s->d->n);
    s->gx = s->total + 1, s->squares = s->gram + k * k;
    return KARVAN_OK;
}

static double mean_y(const karvan_i_design *d) {
    double y = 0, w = 0;
    for (int64_t i = 0; i < d->n; i++) {
        double wt = d->weight ? d->weight[i] : 1;
        y += wt * d->y[i], w += wt;
    }
    return y / w;
}

karvan_status karvan_i_newton_create(karvan_i_design *d, const karvan_gravity_options *o,
                                     karvan_i_newton *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *s = (karvan_i_newton){.d = d, .k = d->k, .ols = o->estimator == KARVAN_OLS};
    KARVAN_TRY(karvan_i_absorb_create(d, o->threads, o->cancel, &s->a, err));
    KARVAN_TRY(make_room(s, err));
    s->mean_y = mean_y(d);
done:
    if (st != KARVAN_OK) karvan_i_newton_clear(s);
    return st;
}

/* ---- regressors and effects
 * ------------------------------------------------------------------------ */

static double *column_of(const karvan_i_newton *s, double *matrix, int c, int *stride) {
    int first;
    *stride = karvan_i_newton_batch(s, c / KARVAN_I_WIDTH, &first);
    return matrix + karvan_i_newton_at(s, c / KARVAN_I_WIDTH) + (c - first);
}

static double column_dot(const karvan_i_newton *s, double *a, int p, double *b, int q) {
    int mp, mq;
    const double *x = column_of(s, a, p, &mp), *y = column_of(s, b, q, &mq);
    double t = 0;
    for (int64_t j = 0; j < s->a.unknowns; j++) t += x[j * mp] * y[j * mq];
    return t;
}

/* Solve for the regressors at the weights, from where they are. One that is collinear is left out;
 * one that the groups explain leaves a right-hand side of rounding, of the size of the regressor.
 */
static karvan_status project(karvan_i_newton *s, double tolerance, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double noise = NOISE * NOISE * karvan_i_blocks_magnify(s->a.blocks), floor[KARVAN_I_WIDTH];
    for (int batch = 0; batch < s->batches && s->a.unknowns > 0; batch++) {
        int first, m = karvan_i_newton_batch(s, batch, &first);
        size_t at = karvan_i_newton_at(s, batch);
        for (int k = 0; k < m; k++) floor[k] = noise * s->squares[first + k];
        KARVAN_TRY(karvan_i_absorb_project(&s->a, m, s->d->x + first, s->b + at, err));
        KARVAN_TRY(karvan_i_absorb_solve(&s->a, m, s->b + at, s->gamma + at, tolerance, floor,
                                         MOST_STEPS, s->rest + at, NULL, err));
    }
done:
    return st;
}

/* X~'W X~ with X~ = (I - P)(X - D gamma), also where gamma is not exact:
 * X'W(I - P)X - b'gamma - gamma'(b - S gamma). `judge`: find out what is collinear. A regressor
 * that becomes so later differs from the others and the effects only in rows whose weights vanish.
 */
static void cross_products(karvan_i_newton *s, bool judge) {
    int k = s->k, were = 0, are = 0;
    for (int p = 0; p < k; p++) were += s->out[p];
    for (int p = 0; p < k; p++) {
        for (int q = 0; q <= p; q++) {
            double t = column_dot(s, s->b, p, s->gamma, q) + column_dot(s, s->gamma, p, s->rest, q);
            s->h[p * k + q] = s->h[q * k + p] = s->gram[p * k + q] - t;
        }
        s->least[p] = !judge && s->out[p] ? INFINITY : COLLINEAR * s->squares[p];
    }
    karvan_i_cholesky(k, s->h, s->least, s->l, s->out);
    for (int p = 0; p < k; p++) are += s->out[p];
    s->fading = s->fading || (!judge && are > were);
}

/* The accuracy of a projection that is good for a step: what of it is off must be small beside what
 * is left of the regressors, which is little where they are nearly collinear. */
static double enough(const karvan_i_newton *s, double tolerance) {
    for (int p = 0; p < s->k && s->iterations > 0; p++) {
        double pivot = s->l[p * s->k + p], share = 0.1 * pivot / sqrt(s->squares[p]);
        if (!s->out[p] && share < tolerance) tolerance = share;
    }
    return tolerance;
}

/* ---- one step
 * --------------------------------------------------------------------------------------- */

/* d_beta = h^-1 (gx - gamma'g), d_theta = u - gamma d_beta with S u = g. h and gamma may be those
 * of earlier weights: the step is then a little off, and the next one mends it. */
static karvan_status make_step(karvan_i_newton *s, double tolerance, int *steps,
                               karvan_error *err) {
    int64_t unknowns = s->a.unknowns;
    double *t = doubles((size_t)s->k);
    int m;
    if (!t) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a step");
    for (int p = 0; p < s->k; p++) {
        const double *gamma = column_of(s, s->gamma, p, &m);
        t[p] = s->gx[p];
        for (int64_t j = 0; j < unknowns; j++) t[p] -= gamma[j * m] * s->g[j];
    }
    karvan_i_cholesky_solve(s->k, s->l, s->out, t, s->d_beta);
    karvan_i_free(t);
    memset(s->d_theta, 0, (size_t)unknowns * sizeof *s->d_theta);
    karvan_status st = karvan_i_absorb_solve(&s->a, 1, s->g, s->d_theta, tolerance, &s->a.floor,
                                             MOST_STEPS, NULL, steps, err);
    for (int p = 0; p < s->k && st == KARVAN_OK; p++) {
        const double *gamma = column_of(s, s->gamma, p, &m);
        for (int64_t j = 0; j < unknowns; j++) s->d_theta[j] -= gamma[j * m] * s->d_beta[p];
    }
    return st;
}

static void move(karvan_i_newton *s, double by) {
    for (int j = 0; j < s->k; j++) s->beta[j] += by * s->d_beta[j];
    for (int64_t j = 0; j < s->a.unknowns; j++) s->theta[j] += by * s->d_theta[j];
}

/* Go along the step; halve it until the objective is no worse (that of least squares never is).
 * *by: how much of it was taken. */
static karvan_status take_step(karvan_i_newton *s, double *by, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double before = s->total[0], slack = 1e-11 * fabs(before);
    bool first = s->starting;
    s->starting = false;
    *by = 1;
    move(s, 1);
    for (int half = 0;; half++) {
        KARVAN_TRY(karvan_i_newton_evaluate(s, err));
        bool fine = isfinite(s->total[0]) && (first || s->ols || s->total[0] >= before - slack);
        if (fine || *by == 0) break;
        double back = half < MOST_HALVINGS ? *by / 2 : *by; /* in the end to where it began */
        *by -= back;
        move(s, -back);
    }
done:
    return st;
}

/* What moves of a coefficient near 0 are measured by: 1, or, where its regressor less the effects
 * varies by more than 1, what moves the predictor by about 1. Else a coefficient of, say, GDP in
 * USD would be taken for settled before its first digit is. */
static double unit_of(const karvan_i_newton *s, int j, double weights) {
    double spread = sqrt(s->h[j * s->k + j] / weights);
    return spread > 1 ? 1 / spread : 1;
}

static double relative_move(const karvan_i_newton *s, double by) {
    double most = 0, weights = 0;
    for (int64_t g = 0; g < s->a.groups; g++) weights += s->a.group_w[g];
    for (int j = 0; j < s->k; j++) {
        double size = fmax(fabs(s->beta[j]), unit_of(s, j, weights));
        double moved = fabs(by * s->d_beta[j]) / size;
        if (moved > most) most = moved;
    }
    return most;
}

/* ---- the iterations
 * ---------------------------------------------------------------------------------- */

typedef struct run {
    double tolerance;
    bool look;        /* for separation */
    double by;        /* share of the last step that was taken */
    double before;    /* size of the step before it */
    double decrement; /* of the step before it, squared: see judge */
    bool near;
} run;

/* Is it done? Near the end, and when it lasts, the step is looked at row by row.
 *
 * At a maximum no row is separated, and the size of the step bounds how far it can be from one: if
 * z separates, the gradient along it is the sum of w z over the separated rows, which is at most
 * the decrement sqrt(sum of w step^2) times sqrt(sum of w z^2); so with z at most 1, w <=
 * decrement^2 where z = 1. Where all rows with y = 0 weigh more than that, none is separated: this
 * is proved by the last step, and costs nothing. Else Newton goes on as long as its steps shrink as
 * they do on the way to a maximum; towards infinity they shrink by a constant factor, and the
 * rectifier decides. */
static karvan_status judge(karvan_i_newton *s, run *r, bool *separated, karvan_error *err) {
    double next = s->step < r->before ? s->step * (s->step / r->before) : s->step;
    bool still = r->by == 1 && next <= r->tolerance;
    double all, decrement;
    bool suspect;
    if (!still && (s->iterations < PATIENCE || !r->look)) return KARVAN_OK;
    karvan_status st = karvan_i_newton_judge(s, &all, &decrement, &suspect, err);
    if (st != KARVAN_OK) return st;
    bool shrinks = s->iterations < PATIENCE && decrement < SHRINKS * r->decrement;
    r->decrement = decrement;
    s->converged = still && all <= SETTLED && !(r->look && suspect && shrinks);
    *separated = r->look && suspect && (s->converged || s->iterations >= PATIENCE);
    return KARVAN_OK;
}

/* Regressors are projected anew while weights change much, once when they are near the end, and
 * again where a step is then more than a third of the one before. */
static bool must_project(const karvan_i_newton *s, run *r) {
    if (s->iterations < 2 || s->step >= NEAR) return true;
    bool first = !r->near;
    r->near = true;
    return first || s->step > 0.3 * r->before;
}

static karvan_status prepare(karvan_i_newton *s, run *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int steps;
    bool anew = s->iterations <= 1 || s->step > MUCH, near = s->step < NEAR;
    if (anew || !s->a.blocks) KARVAN_TRY(karvan_i_absorb_weigh(&s->a, s->w, anew, err));
    if (must_project(s, r)) {
        KARVAN_TRY(karvan_i_newton_gram(s, err));
        KARVAN_TRY(project(s, s->iterations == 0 ? FIRST : enough(s, near ? FINE : ROUGH), err));
        cross_products(s, s->iterations == 0);
    }
    st = make_step(s, STEP, &steps, err);
done:
    return st;
}

/* Scale each effect so that fitted and actual flows agree in the sums of its levels (generalised
 * iterative scaling, which never lowers the likelihood), until none is off by more than `most`. */
static karvan_status fit_margins(karvan_i_newton *s, int rounds, double most, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int round = 0; round < rounds && s->a.n_others > 0; round++) {
        KARVAN_TRY(karvan_i_absorb_weigh(&s->a, s->w, false, err));
        double off = 0;
        for (int64_t j = 0; j < s->a.unknowns; j++) {
            double by = log1p(s->g[j] / s->a.level_w[j]);
            if (!isfinite(by)) continue; /* a fitted sum that underflows */
            s->theta[j] += by / s->a.n_others;
            if (fabs(by) > off) off = fabs(by);
        }
        KARVAN_TRY(karvan_i_newton_evaluate(s, err));
        if (off <= most) break;
    }
done:
    return st;
}

karvan_status karvan_i_newton_run(karvan_i_newton *s, const karvan_gravity_options *o,
                                  bool look_for_separation, bool *separated, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int most = o->max_iterations > 0 ? o->max_iterations : DEFAULT_ITERATIONS;
    run r = {.tolerance = o->tolerance > 0 ? o->tolerance : DEFAULT_TOLERANCE,
             .decrement = INFINITY,
             .look = look_for_separation && !s->ols};
    *separated = false;
    s->starting = !s->ols && s->a.grouping < 0 && s->iterations == 0;
    KARVAN_TRY(karvan_i_newton_evaluate(s, err));
    /* Two rounds of margins are a start that saves several iterations. */
    if (!s->ols && !s->starting && s->iterations == 0) KARVAN_TRY(fit_margins(s, ROUNDS, 0, err));
    for (; s->iterations < most && !s->converged && !*separated;) {
        KARVAN_TRY(prepare(s, &r, err));
        *separated = r.look && s->fading;
        if (*separated) break;
        KARVAN_TRY(take_step(s, &r.by, err));
        s->iterations++;
        r.before = s->step;
        s->step = relative_move(s, r.by);
        if (!s->ols && (s->step > MUCH || r.by < 1))
            KARVAN_TRY(fit_margins(s, MORE_ROUNDS, 1, err));
        KARVAN_TRY(judge(s, &r, separated, err));
        if (o->progress) karvan_progress_add(o->progress, 1);
    }
    if (!s->converged && !*separated)
        st = karvan_fail(err, KARVAN_E_NOCONV,
                         "no convergence in %d iterations: the last moved a coefficient by %.2g",
                         s->iterations, s->step);
done:
    return st;
}

/* ---- least squares alone
 * ------------------------------------------------------------------------------ */

karvan_status karvan_i_newton_regress(karvan_i_newton *s, karvan_error *err) {
    enum { PASSES = 8 };
    karvan_status st = KARVAN_OK;
    int steps = 1;
    KARVAN_TRY(karvan_i_newton_evaluate(s, err));
    if (!s->projected) {
        KARVAN_TRY(karvan_i_absorb_weigh(&s->a, s->w, true, err));
        KARVAN_TRY(karvan_i_newton_gram(s, err));
        KARVAN_TRY(project(s, TIGHT, err));
        cross_products(s, true);
        s->projected = true;
    }
    for (int pass = 0; pass < PASSES; pass++) {
        KARVAN_TRY(make_step(s, TIGHT, &steps, err));
        move(s, 1);
        KARVAN_TRY(karvan_i_newton_evaluate(s, err));
        if (steps == 0 && relative_move(s, 1) <= TIGHT) break;
    }
done:
    return st;
}

/* ---- what follows the last iteration
 * ------------------------------------------------------------------ */

karvan_status karvan_i_newton_project(karvan_i_newton *s, double tolerance, karvan_error *err) {
    karvan_status st = karvan_i_newton_gram(s, err);
    return st == KARVAN_OK ? project(s, tolerance, err) : st;
}
