/* What drives the uncertainty of a difference. First-order indices of Sobol from the draws that
 * there are: the draws are put into classes of equal number by one parameter, and the variance of
 * the classes' means is set beside the whole (given data: Plischke, Borgonovo and Smith 2013,
 * European Journal of Operational Research 226). Means of few draws scatter where nothing is
 * explained, too; as much is taken off as chance gives (epsilon squared, Kelley 1935). */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "study/results.h"

enum { LEAST_DRAWS = 40, CLASSES_LEAST = 4, CLASSES_MOST = 48, RESAMPLES = 100 };

typedef struct point {
    double x;
    int64_t i;
} point;

static int by_x(const void *a, const void *b) {
    const point *p = a, *q = b;
    if (p->x != q->x) return p->x < q->x ? -1 : 1;
    return p->i < q->i ? -1 : p->i > q->i;
}

typedef struct sums {
    double n[CLASSES_MOST], y[CLASSES_MOST], yy;
} sums;

static void add(sums *s, int class, double y) { s->n[class]++, s->y[class] += y, s->yy += y * y; }

/* 1 less variance within classes over the whole, each by its degrees of freedom. */
static double explained(const sums *s, double n) {
    double between = 0, all = 0;
    int classes = 0;
    for (int c = 0; c < CLASSES_MOST; c++) {
        if (!(s->n[c] > 0)) continue;
        between += s->y[c] * s->y[c] / s->n[c], all += s->y[c], classes++;
    }
    double total = s->yy - all * all / n, within = s->yy - between;
    return total > 0 ? 1 - within / (n - classes) / (total / (n - 1)) : NAN;
}

/* Class of each point by its rank in x. */
static karvan_status classify(int64_t n, const double *x, int classes, int *class,
                              karvan_error *err) {
    point *p = karvan_i_malloc((size_t)n + 1, sizeof *p);
    if (!p) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for draws");
    for (int64_t i = 0; i < n; i++) p[i] = (point){x[i], i};
    qsort(p, (size_t)n, sizeof *p, by_x);
    for (int64_t i = 0; i < n; i++) class[p[i].i] = (int)(i * classes / n);
    karvan_i_free(p);
    return KARVAN_OK;
}

/* Standard deviation of the index over resamples of the draws, always the same ones. */
static double scatter(int64_t n, const double *y, const int *class) {
    karvan_random random;
    double sum = 0, squares = 0, known = 0;
    karvan_random_init(&random, 1, 0x736f626f6cu); /* a stream of its own */
    for (int k = 0; k < RESAMPLES; k++) {
        sums s = {0};
        for (int64_t i = 0; i < n; i++) {
            size_t at = (size_t)karvan_random_below(&random, (uint64_t)n);
            add(&s, class[at], y[at]);
        }
        double v = explained(&s, (double)n);
        if (!isnan(v)) sum += v, squares += v * v, known++;
    }
    return known > 1 ? sqrt(fmax(0, squares - sum * sum / known) / (known - 1)) : NAN;
}

karvan_status karvan_i_first_order(int64_t n, const double *x, const double *y, double *share,
                                   double *error, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int classes = (int)lround(pow((double)n, 0.4)), *class = NULL;
    double *centred = NULL, mean = 0;
    *share = *error = NAN;
    if (n < LEAST_DRAWS) return KARVAN_OK;
    if (classes < CLASSES_LEAST) classes = CLASSES_LEAST;
    if (classes > CLASSES_MOST) classes = CLASSES_MOST;
    class = karvan_i_malloc((size_t)n, sizeof *class);
    centred = karvan_i_malloc((size_t)n, sizeof *centred);
    KARVAN_REQUIRE(class && centred, err, KARVAN_E_NOMEM, "no memory for draws");
    KARVAN_TRY(classify(n, x, classes, class, err));
    for (int64_t i = 0; i < n; i++) mean += y[i] / (double)n;
    sums s = {0};
    double size = 0;
    for (int64_t i = 0; i < n; i++) {
        centred[i] = y[i] - mean;
        size = fmax(size, fabs(y[i]));
        add(&s, class[i], centred[i]);
    }
    /* what differs in its last digits alone does not vary */
    if (!(sqrt(s.yy / (double)n) > 1e-14 * size)) goto done;
    *share = explained(&s, (double)n);
    *error = scatter(n, centred, class);
done:
    karvan_i_free(class), karvan_i_free(centred);
    return st;
}

/* ---- all parameters of a difference ---- */

typedef struct influence {
    int parameter;
    double share, error, low, high;
} influence;

static int by_influence(const void *a, const void *b) {
    const influence *x = a, *y = b;
    double p = isnan(x->share) ? -INFINITY : x->share, q = isnan(y->share) ? -INFINITY : y->share;
    if (p != q) return p > q ? -1 : 1;
    p = isnan(x->high - x->low) ? -1 : fabs(x->high - x->low);
    q = isnan(y->high - y->low) ? -1 : fabs(y->high - y->low);
    if (p != q) return p > q ? -1 : 1;
    return x->parameter < y->parameter ? -1 : 1;
}

/* Draws in which the difference is known: y [n], x [n_parameters][n]. */
static karvan_status known_draws(const karvan_results *r, int which, int measure, double *y,
                                 double *x, int64_t *n, karvan_error *err) {
    size_t all = (size_t)karvan_results_draws(r), m = (size_t)r->shape.n_parameters;
    double *value = karvan_i_malloc(m + 1, sizeof *value);
    if (!value) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for parameters");
    *n = 0;
    for (int64_t i = karvan_i_first_draw(r); i < r->n; i++) {
        y[*n] = karvan_i_of_row(r, &r->row[i], which, measure);
        if (isnan(y[*n])) continue;
        r->shape.values(r->shape.of, r->shape.seed, r->row[i].draw, value);
        for (size_t p = 0; p < m; p++) x[p * all + (size_t)*n] = value[p];
        ++*n;
    }
    karvan_i_free(value);
    return KARVAN_OK;
}

static double of_draw(const karvan_results *r, int64_t draw, int which, int measure) {
    const karvan_i_draw *row = karvan_i_row_of(r, draw);
    return row ? karvan_i_of_row(r, row, which, measure) : NAN;
}

/* Of those that can move the case; *found: how many. */
static karvan_status find_influences(const karvan_results *r, int which, int measure,
                                     influence *out, int *found, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double *y = NULL, *x = NULL;
    int64_t n = 0, all = karvan_results_draws(r);
    KARVAN_TRY(karvan_i_values_room(r, 1, &y, err));
    KARVAN_TRY(karvan_i_values_room(r, (size_t)r->shape.n_parameters, &x, err));
    KARVAN_TRY(known_draws(r, which, measure, y, x, &n, err));
    *found = 0;
    for (int p = 0; p < r->shape.n_parameters; p++) {
        if (r->shape.matters && !r->shape.matters(r->shape.of, which, p)) continue;
        influence *f = &out[(*found)++];
        f->parameter = p;
        KARVAN_TRY(karvan_i_first_order(n, x + p * all, y, &f->share, &f->error, err));
        f->low = of_draw(r, -1 - 2 * (int64_t)p, which, measure);
        f->high = of_draw(r, -2 - 2 * (int64_t)p, which, measure);
    }
    qsort(out, (size_t)*found, sizeof *out, by_influence);
done:
    karvan_i_free(y), karvan_i_free(x);
    return st;
}

static karvan_status put_influence(const karvan_results *r, int measure, const influence *f,
                                   karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_study_parameter *p = &r->shape.parameter[f->parameter];
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, p->id, err));
    KARVAN_TRY(karvan_builder_text(b, 1, p->name, err));
    KARVAN_TRY(karvan_builder_text(b, 2, p->kind, err));
    KARVAN_TRY(karvan_builder_real(b, 3, f->share, err));
    KARVAN_TRY(karvan_builder_real(b, 4, f->error, err));
    KARVAN_TRY(karvan_builder_real(b, 5, f->low, err));
    KARVAN_TRY(karvan_builder_real(b, 6, f->high, err));
    KARVAN_TRY(karvan_builder_text(b, 7, r->shape.measure[measure].unit, err));
    KARVAN_TRY(karvan_builder_text(b, 8, p->source, err));
done:
    return st;
}

karvan_status karvan_results_influence(const karvan_results *r, int which, int measure,
                                       karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"parameter", KARVAN_TEXT, NULL}, {"name", KARVAN_TEXT, NULL},
        {"kind", KARVAN_TEXT, NULL},      {"share", KARVAN_REAL, NULL},
        {"error", KARVAN_REAL, NULL},     {"low", KARVAN_REAL, NULL},
        {"high", KARVAN_REAL, NULL},      {"unit", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    influence *f = NULL;
    int n = 0;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(r && which >= 0 && which < r->shape.n_cases && measure >= 0 &&
                       measure < r->shape.n_measures,
                   err, KARVAN_E_ARG, "there is no case %d, or no measure %d", which, measure);
    f = karvan_i_calloc((size_t)r->shape.n_parameters + 1, sizeof *f);
    KARVAN_REQUIRE(f, err, KARVAN_E_NOMEM, "no memory for parameters");
    KARVAN_TRY(find_influences(r, which, measure, f, &n, err));
    KARVAN_TRY(karvan_builder_create("influence", 9, columns, &b, err));
    for (int p = 0; p < n; p++) KARVAN_TRY(put_influence(r, measure, &f[p], b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(f);
    return st;
}
