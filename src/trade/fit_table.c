/* Coefficients as people read them, and the test that none of them matters. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/fit.h"
#include "trade/small.h"

static karvan_status add_term(karvan_builder *b, const char *name, double estimate, double variance,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double se = variance > 0 ? sqrt(variance) : NAN, z = estimate / se;
    double reach = karvan_normal_quantile(0.975) * se;
    const double figures[] = {estimate,        se, z, erfc(fabs(z) / sqrt(2)), estimate - reach,
                              estimate + reach};
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, name, err));
    for (int c = 0; c < 6; c++)
        KARVAN_TRY(karvan_builder_real(b, c + 1, isfinite(figures[c]) ? figures[c] : NAN, err));
done:
    return st;
}

karvan_status karvan_gravity_table(const karvan_gravity *g, const double *v, karvan_table **out,
                                   karvan_error *err) {
    static const karvan_column columns[] = {
        {"term", KARVAN_TEXT, NULL}, {"estimate", KARVAN_REAL, NULL}, {"se", KARVAN_REAL, NULL},
        {"z", KARVAN_REAL, NULL},    {"p", KARVAN_REAL, NULL},        {"low", KARVAN_REAL, NULL},
        {"high", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(g && v, err, KARVAN_E_ARG, "a fit and a covariance are needed");
    KARVAN_TRY(karvan_builder_create("coefficients", 7, columns, &b, err));
    for (int i = 0; i < g->n_kept; i++)
        KARVAN_TRY(add_term(b, g->d.name[g->kept[i]], g->beta[i], v[i * g->n_kept + i], err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_gravity_wald(const karvan_gravity *g, const double *v, double *chi2, int *df,
                                  double *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double *a = NULL, *b = NULL;
    int k = 0;
    if (chi2) *chi2 = NAN;
    if (df) *df = 0;
    if (p) *p = NAN;
    KARVAN_REQUIRE(g && v, err, KARVAN_E_ARG, "a fit and a covariance are needed");
    size_t most = (size_t)g->n_kept;
    a = karvan_i_malloc(most + 1, (most + 1) * sizeof *a);
    b = karvan_i_malloc(2 * most + 1, sizeof *b);
    KARVAN_REQUIRE(a && b, err, KARVAN_E_NOMEM, "Wald test of %d coefficients", g->n_kept);
    int first = g->n_kept > 0 && !strcmp(g->d.name[g->kept[0]], "(Intercept)");
    k = g->n_kept - first;
    KARVAN_REQUIRE(k > 0, err, KARVAN_E_ARG, "there is no coefficient to test");
    /* Scaled to a unit diagonal, so that units do not decide what counts as singular. */
    double *scaled = b + k, sum = 0;
    for (int i = 0; i < k; i++) {
        double vi = v[(i + first) * g->n_kept + i + first];
        KARVAN_REQUIRE(vi > 0, err, KARVAN_E_DATA, "the variance of %s is not positive",
                       g->d.name[g->kept[i + first]]);
        scaled[i] = g->beta[i + first] / sqrt(vi);
        for (int j = 0; j < k; j++)
            a[i * k + j] = v[(i + first) * g->n_kept + j + first] /
                           sqrt(vi * v[(j + first) * g->n_kept + j + first]);
    }
    memcpy(b, scaled, sizeof *b * (size_t)k);
    KARVAN_REQUIRE(karvan_i_small_solve(k, a, 1e-13, b), err, KARVAN_E_DATA,
                   "the covariance is singular: fewer clusters than coefficients");
    for (int i = 0; i < k; i++) sum += b[i] * scaled[i];
    if (chi2) *chi2 = sum;
    if (df) *df = k;
    if (p) *p = karvan_i_chi2_tail(sum, k);
done:
    karvan_i_free(a);
    karvan_i_free(b);
    return st;
}
