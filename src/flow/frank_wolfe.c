/* Steps of Frank and Wolfe (1956, Naval Research Logistics Quarterly 3), and their bi-conjugate
 * kind (Mitradjieva and Lindberg 2013, Transportation Science 47(2)): the point s aimed at is a
 * mean of all or nothing and of the last two points aimed at, so that the direction s - x is
 * conjugate to the last two under the objective's second derivatives. Those hang on the flow of all
 * classes together, and one set of weights serves every class. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/links.h"
#include "flow/sum.h"

/* Weights of all or nothing and of the last two points; they add up to 1. */
typedef struct weights {
    double y, one, two;
} weights;

static const double MOST = 99;

struct karvan_i_descent {
    const karvan_i_problem *p;
    bool biconjugate;
    int n_points;              /* points remembered, up to two */
    double last;               /* length of the last step */
    double *one, *two;         /* [n_classes][m] the last point aimed at, and that before it */
    double *total_1, *total_2; /* [m] the same, all classes */
    double *total;             /* [m] of the point aimed at now */
    double *slope;             /* [m] second derivatives at the flow */
};

void karvan_i_descent_destroy(karvan_i_descent *d) {
    if (!d) return;
    karvan_i_free(d->one), karvan_i_free(d->two), karvan_i_free(d->total_1);
    karvan_i_free(d->total_2), karvan_i_free(d->total), karvan_i_free(d->slope), karvan_i_free(d);
}

karvan_status karvan_i_descent_create(const karvan_i_problem *p, bool biconjugate,
                                      karvan_i_descent **out, karvan_error *err) {
    size_t m = (size_t)p->m + 1, all = (size_t)p->n_classes * m;
    karvan_i_descent *d = karvan_i_calloc(1, sizeof *d);
    *out = NULL;
    if (d) {
        *d = (karvan_i_descent){.p = p, .biconjugate = biconjugate};
        d->one = karvan_i_calloc(all, sizeof(double)),
        d->two = karvan_i_calloc(all, sizeof(double));
        d->total_1 = karvan_i_calloc(m, sizeof(double));
        d->total_2 = karvan_i_calloc(m, sizeof(double));
        d->total = karvan_i_calloc(m, sizeof(double));
        d->slope = karvan_i_calloc(m, sizeof(double));
        if (d->one && d->two && d->total_1 && d->total_2 && d->total && d->slope) {
            *out = d;
            return KARVAN_OK;
        }
    }
    karvan_i_descent_destroy(d);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for flows of %d arcs", (int)p->m);
}

/* With one point s: y + nu s, conjugate to s - x, which is where the last step led. */
static weights conjugate(const karvan_i_descent *d, const karvan_i_links *w) {
    double dhy = 0, dhd = 0;
    for (int32_t a = 0; a < d->p->m; a++) {
        double e = d->total_1[a] - w->flow[a], h = d->slope[a] * e;
        dhy += h * (w->total[a] - w->flow[a]), dhd += h * e;
    }
    double nu = -dhy / dhd;
    if (!(nu > 0)) return (weights){1, 0, 0};
    nu = fmin(nu, MOST); /* all or nothing keeps some weight */
    return (weights){1 / (1 + nu), nu / (1 + nu), 0};
}

/* With two: the step before the last led along (1 - last) two + last one - x. */
static weights biconjugate(const karvan_i_descent *d, const karvan_i_links *w) {
    double dhy = 0, dhd = 0, ehy = 0, ehe = 0, l = d->last;
    for (int32_t a = 0; a < d->p->m; a++) {
        double x = w->flow[a], y = w->total[a] - x, h = d->slope[a];
        double one = d->total_1[a] - x, two = l * d->total_1[a] + (1 - l) * d->total_2[a] - x;
        dhy += h * one * y, dhd += h * one * one;
        ehy += h * two * y, ehe += h * two * (d->total_2[a] - d->total_1[a]);
    }
    double mu = -ehy / ehe;
    if (!(mu > 0) || isinf(mu)) mu = 0;
    double nu = -dhy / dhd + mu * l / (1 - l);
    if (!(nu > 0) || isinf(nu)) nu = 0;
    double sum = 1 + mu + nu;
    return (weights){1 / sum, nu / sum, mu / sum};
}

/* A step to the end forgets the way: then, and where conjugacy tells nothing, all or nothing. */
static weights choose(karvan_i_descent *d, const karvan_i_links *w) {
    if (!d->biconjugate || d->last > 0.99) d->n_points = 0;
    if (d->n_points == 0) return (weights){1, 0, 0};
    for (int32_t a = 0; a < d->p->m; a++)
        d->slope[a] = karvan_i_arc_both(d->p, a, w->flow[a]).derivative;
    return d->n_points == 1 ? conjugate(d, w) : biconjugate(d, w);
}

/* Derivative of the objective at a part `l` of the way to d->total, and (slope) its own. */
static double derivative(const karvan_i_descent *d, const karvan_i_links *w, double fixed, double l,
                         double *slope) {
    karvan_i_sum s = {fixed, 0};
    double second = 0;
    for (int32_t a = 0; a < d->p->m; a++) {
        double e = d->total[a] - w->flow[a];
        if (e == 0) continue;
        double x = (1 - l) * w->flow[a] + l * d->total[a];
        karvan_i_vdf_value v = karvan_i_arc_both(d->p, a, x);
        karvan_i_sum_add(&s, e * v.time);
        second += e * e * v.derivative;
    }
    *slope = second;
    return karvan_i_sum_value(&s);
}

/* The least of the objective on the way: Newton's method on its derivative, kept between a part
 * that is too short and one that is too long, until it moves no more; of the parts tried the one
 * whose derivative is nearest to none. 0: the way does not lead down. */
static double search_line(const karvan_i_descent *d, const karvan_i_links *w, double fixed) {
    double low = 0, high = 1, best = 0, slope, end_slope;
    double at = derivative(d, w, fixed, 0, &slope), least = fabs(at);
    if (!(at < 0)) return 0;
    if (derivative(d, w, fixed, 1, &end_slope) <= 0) return 1;
    for (int k = 0; k < 100; k++) {
        double before = at < 0 ? low : high, l = before - at / slope;
        if (!(l > low && l < high)) l = low + (high - low) / 2;
        if (fabs(l - before) <= 1e-15 * before) break;
        at = derivative(d, w, fixed, l, &slope);
        if (fabs(at) < least) least = fabs(at), best = l;
        if (at < 0)
            low = l;
        else
            high = l;
    }
    return best;
}

/* Sum of fixed costs on the way to a point, per unit of way. */
static double fixed_of(const karvan_i_descent *d, const karvan_i_links *w, weights b) {
    const karvan_i_problem *p = d->p;
    double sum = b.y * karvan_i_fixed_cost(p, w->y) - karvan_i_fixed_cost(p, w->run->class_flow);
    if (b.one > 0) sum += b.one * karvan_i_fixed_cost(p, d->one);
    if (b.two > 0) sum += b.two * karvan_i_fixed_cost(p, d->two);
    return sum;
}

static double try_weights(const karvan_i_descent *d, const karvan_i_links *w, weights b) {
    for (int32_t a = 0; a < d->p->m; a++)
        d->total[a] = b.y * w->total[a] + b.one * d->total_1[a] + b.two * d->total_2[a];
    return search_line(d, w, fixed_of(d, w, b));
}

/* The point aimed at takes the place of the older one, and flows move towards it. */
static void move(karvan_i_descent *d, const karvan_i_links *w, weights b, double l) {
    int64_t n = (int64_t)d->p->n_classes * d->p->m;
    double *x = w->run->class_flow, *s = d->two, *total = d->total_2;
    for (int64_t i = 0; i < n; i++) {
        s[i] = b.y * w->y[i] + b.one * d->one[i] + b.two * s[i];
        x[i] = (1 - l) * x[i] + l * s[i];
    }
    d->two = d->one, d->one = s;
    d->total_2 = d->total_1, d->total_1 = d->total, d->total = total;
    d->last = l;
    if (d->n_points < 2) d->n_points++;
}

bool karvan_i_descent_step(karvan_i_descent *d, karvan_i_links *w) {
    karvan_i_sum_classes(d->p, w->y, w->total);
    weights b = choose(d, w);
    double l = try_weights(d, w, b);
    if (!(l > 0) && b.y < 1) {
        d->n_points = 0, b = (weights){1, 0, 0};
        l = try_weights(d, w, b);
    }
    if (!(l > 0)) return false;
    move(d, w, b, l);
    return true;
}
