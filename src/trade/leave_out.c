/* The regressors xt are orthogonal to the effects at the weights of the fit, so the leverage is the
 * sum of two: of xt by its bread, of the effects by an inverse of their own normal equations. Parts
 * of the data that nothing connects (years, where effects are exporter-year and importer-year) have
 * normal equations of their own, so each inverse is small. */
#include "trade/leave_out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parts.h"
#include "base/try.h"
#include "trade/large.h"

static const double CUT = 1e-11; /* a pivot below this share of its diagonal counts as 0 */

/* Parts of the data: their levels and their rows, each part's beside one another. */
typedef struct parts {
    const karvan_gravity *g;
    int32_t n_levels, n;
    int32_t *base;      /* [n_effects] number of each effect's first level */
    int32_t *part;      /* [n_levels] */
    int32_t *local;     /* [n_levels] number within its part */
    int32_t *size;      /* [n] levels */
    int64_t *first_row; /* [n + 1] into row */
    int64_t *row;       /* [rows of the fit] by part */
} parts;

static int32_t level_of(const parts *p, int e, int64_t i) {
    return p->base[e] + p->g->d.effect[e].level[i];
}

/* Levels that meet in a row are of one part; parts are numbered by their first level. */
static void connect(parts *p, int32_t *link) {
    const karvan_i_design *d = &p->g->d;
    for (int32_t l = 0; l < p->n_levels; l++) link[l] = l;
    for (int64_t i = 0; i < d->n; i++)
        for (int e = 1; e < d->n_effects; e++)
            karvan_i_parts_join(link, level_of(p, 0, i), level_of(p, e, i));
    for (int32_t l = 0; l < p->n_levels; l++) {
        int32_t r = karvan_i_parts_root(link, l);
        if (r == l) p->part[l] = p->n, p->size[p->n++] = 0;
        p->part[l] = p->part[r], p->local[l] = p->size[p->part[l]]++;
    }
}

static void sort_rows(parts *p) {
    const karvan_i_design *d = &p->g->d;
    for (int64_t i = 0; i < d->n; i++) p->first_row[p->part[level_of(p, 0, i)] + 1]++;
    for (int32_t k = 0; k < p->n; k++) p->first_row[k + 1] += p->first_row[k];
    for (int64_t i = 0; i < d->n; i++) p->row[p->first_row[p->part[level_of(p, 0, i)]]++] = i;
    for (int32_t k = p->n; k > 0; k--) p->first_row[k] = p->first_row[k - 1];
    p->first_row[0] = 0;
}

static void parts_clear(parts *p) {
    karvan_i_free(p->base), karvan_i_free(p->part), karvan_i_free(p->local);
    karvan_i_free(p->size), karvan_i_free(p->first_row), karvan_i_free(p->row);
}

static karvan_status parts_create(const karvan_gravity *g, parts *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_design *d = &g->d;
    int32_t *link = NULL;
    int64_t all = 0;
    *p = (parts){.g = g};
    p->base = karvan_i_calloc((size_t)d->n_effects, sizeof *p->base);
    KARVAN_REQUIRE(p->base, err, KARVAN_E_NOMEM, "no memory for the parts of the data");
    for (int e = 0; e < d->n_effects; all += d->effect[e++].n_levels) p->base[e] = (int32_t)all;
    KARVAN_REQUIRE(all < INT32_MAX, err, KARVAN_E_DATA, "too many levels of effects");
    p->n_levels = (int32_t)all;
    link = karvan_i_calloc((size_t)all, sizeof *link);
    p->part = karvan_i_calloc((size_t)all, sizeof *p->part);
    p->local = karvan_i_calloc((size_t)all, sizeof *p->local);
    p->size = karvan_i_calloc((size_t)all, sizeof *p->size);
    p->first_row = karvan_i_calloc((size_t)all + 1, sizeof *p->first_row);
    p->row = karvan_i_calloc((size_t)d->n, sizeof *p->row);
    KARVAN_REQUIRE(link && p->part && p->local && p->size && p->first_row && p->row, err,
                   KARVAN_E_NOMEM, "no memory for the parts of the data");
    connect(p, link);
    sort_rows(p);
done:
    karvan_i_free(link);
    return st;
}

/* ---- one part ---- */

typedef struct work {
    const parts *p;
    int32_t n;
    int64_t begin, end; /* rows */
    double *inverse;    /* [n][n] */
    double *meat;       /* [n][n] meat times inverse */
    double *scale, *q;  /* [n] */
} work;

static int32_t local(const work *w, int e, int64_t i) { return w->p->local[level_of(w->p, e, i)]; }

static void normal_equations(work *w) {
    int n_effects = w->p->g->d.n_effects;
    size_t n = (size_t)w->n;
    memset(w->inverse, 0, n * n * sizeof *w->inverse);
    for (int64_t k = w->begin; k < w->end; k++) {
        int64_t i = w->p->row[k];
        double weight = karvan_i_fit_weight(w->p->g, i);
        for (int e = 0; e < n_effects; e++)
            for (int f = 0; f < n_effects; f++)
                w->inverse[(size_t)local(w, e, i) * n + (size_t)local(w, f, i)] += weight;
    }
    for (size_t l = 0; l < n; l++) w->scale[l] = w->inverse[l * n + l];
}

/* q = d' V of a row. */
static void product(const work *w, int64_t i) {
    size_t n = (size_t)w->n;
    memset(w->q, 0, n * sizeof *w->q);
    for (int e = 0; e < w->p->g->d.n_effects; e++) {
        const double *of = w->inverse + (size_t)local(w, e, i) * n;
        for (size_t l = 0; l < n; l++) w->q[l] += of[l];
    }
}

/* M V with M the sum of squared residuals of rows times d d', each residual made as large as it
 * would be had the row not drawn the fit to itself (HC2, MacKinnon and White 1985). Leverage
 * becomes that of the regressors, which it holds, and of the effects. */
static void meat(work *w, double *leverage) {
    size_t n = (size_t)w->n;
    int n_effects = w->p->g->d.n_effects;
    memset(w->meat, 0, n * n * sizeof *w->meat);
    for (int64_t k = w->begin; k < w->end; k++) {
        int64_t i = w->p->row[k];
        double u = karvan_i_fit_residual(w->p->g, i), h = 0;
        product(w, i);
        for (int e = 0; e < n_effects; e++) h += w->q[local(w, e, i)];
        leverage[i] += h * karvan_i_fit_weight(w->p->g, i);
        double rest = 1 - leverage[i], square = rest > 1e-9 ? u * u / rest : 0;
        for (int e = 0; e < n_effects; e++) {
            double *to = w->meat + (size_t)local(w, e, i) * n;
            for (size_t l = 0; l < n; l++) to[l] += square * w->q[l];
        }
    }
}

static void transpose(double *a, size_t n) {
    for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c < r; c++) {
            double x = a[r * n + c];
            a[r * n + c] = a[c * n + r], a[c * n + r] = x;
        }
}

static void of_rows(work *w, double *leverage, double *variance) {
    size_t n = (size_t)w->n;
    meat(w, leverage);
    transpose(w->meat, n); /* so that what follows reads along rows */
    for (int64_t k = w->begin; k < w->end; k++) {
        int64_t i = w->p->row[k];
        double s = 0;
        product(w, i);
        for (int e = 0; e < w->p->g->d.n_effects; e++) {
            const double *of = w->meat + (size_t)local(w, e, i) * n;
            for (size_t l = 0; l < n; l++) s += w->q[l] * of[l];
        }
        variance[i] += s > 0 ? s : 0;
    }
}

static karvan_status of_part(const parts *p, int32_t part, double *leverage, double *variance,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    work w = {
        .p = p, .n = p->size[part], .begin = p->first_row[part], .end = p->first_row[part + 1]};
    size_t n = (size_t)w.n;
    KARVAN_REQUIRE(w.n <= KARVAN_I_LEAVE_OUT_LEVELS, err, KARVAN_E_DATA,
                   "%d levels of effects hang together; predictions without the flow itself are "
                   "made up to %d: ask for those in sample",
                   (int)w.n, KARVAN_I_LEAVE_OUT_LEVELS);
    w.inverse = karvan_i_malloc(n * n, sizeof *w.inverse);
    w.meat = karvan_i_malloc(n * n, sizeof *w.meat);
    w.scale = karvan_i_malloc(n, sizeof *w.scale), w.q = karvan_i_malloc(n, sizeof *w.q);
    KARVAN_REQUIRE(w.inverse && w.meat && w.scale && w.q, err, KARVAN_E_NOMEM,
                   "no memory for the leverage of %d levels", (int)w.n);
    normal_equations(&w);
    KARVAN_TRY(karvan_i_large_inverse(w.n, w.inverse, w.scale, CUT, p->g->stats.threads, err));
    of_rows(&w, leverage, variance);
done:
    karvan_i_free(w.inverse), karvan_i_free(w.meat);
    karvan_i_free(w.scale), karvan_i_free(w.q);
    return st;
}

/* ---- regressors ---- */

static double form(const karvan_gravity *g, const double *matrix, int64_t i) {
    double s = 0;
    for (int j = 0; j < g->n_kept; j++)
        for (int k = 0; k < g->n_kept; k++)
            s += g->xt[j][i] * matrix[(size_t)j * (size_t)g->n_kept + (size_t)k] * g->xt[k][i];
    return s;
}

karvan_status karvan_i_leverage(const karvan_gravity *g, const double *v, double *leverage,
                                double *se, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    parts p = {0};
    for (int64_t i = 0; i < g->d.n; i++) {
        leverage[i] = karvan_i_fit_weight(g, i) * form(g, g->bread, i);
        se[i] = v ? fmax(form(g, v, i), 0) : 0;
    }
    if (g->d.n_effects > 0) {
        KARVAN_TRY(parts_create(g, &p, err));
        for (int32_t k = 0; k < p.n; k++) KARVAN_TRY(of_part(&p, k, leverage, se, err));
    }
    for (int64_t i = 0; i < g->d.n; i++) se[i] = sqrt(se[i]);
done:
    parts_clear(&p);
    return st;
}

double karvan_i_without_itself(double y, double mu, double leverage) {
    double rest = 1 - leverage;
    if (!(rest > 1e-9)) return NAN;
    double share = 1 - leverage / rest * (y / mu - 1);
    return share > 0 ? log(share) : NAN;
}
