/* Columns less their projection on the effects of a fit, at its weights. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/evaluate.h"
#include "trade/fit.h"

karvan_status karvan_i_fit_demean(const karvan_gravity *g, int m, double *const *v,
                                  double tolerance, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_newton s = {0};
    karvan_i_design d = g->d; /* with the columns as its regressors; rows are sorted already */
    karvan_gravity_options o = g->options;
    double **x = karvan_i_calloc((size_t)m + 1, sizeof *x);
    KARVAN_REQUIRE(x, err, KARVAN_E_NOMEM, "no memory for %d columns", m);
    memcpy(x, v, (size_t)m * sizeof *x);
    d.k = m, d.x = x;
    KARVAN_TRY(karvan_i_newton_create(&d, &o, &s, err));
    for (int64_t i = 0; i < d.n; i++) s.w[i] = karvan_i_fit_weight(g, i);
    KARVAN_TRY(karvan_i_absorb_weigh(&s.a, s.w, true, err));
    KARVAN_TRY(karvan_i_newton_gram(&s, err));
    KARVAN_TRY(karvan_i_newton_project(&s, tolerance, err));
    for (int j = 0; j < m; j++) KARVAN_TRY(karvan_i_newton_demeaned(&s, j, v[j], err));
done:
    karvan_i_newton_clear(&s), karvan_i_free(x);
    return st;
}
