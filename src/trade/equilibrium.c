/* General equilibrium in changes: the public side of one solution. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/solution.h"

struct karvan_equilibrium {
    int32_t n;
    karvan_equilibrium_stats stats;
    double *value;          /* [KARVAN_RESULT_END][n] */
    double *before, *after; /* [n][n] */
    double *partial;        /* [n_touched] */
    double *beta;           /* [n_changes] what multiplied the changes */
};

static const char *const DEFICITS[] = {"additive", "multiplicative", "universal", "none"};

const char *karvan_deficit_name(karvan_deficit d) {
    return d >= KARVAN_DEFICIT_ADDITIVE && d <= KARVAN_DEFICIT_NONE ? DEFICITS[d] : "unknown";
}

karvan_status karvan_deficit_parse(const char *s, karvan_deficit *out, karvan_error *err) {
    for (size_t k = 0; k < sizeof DEFICITS / sizeof *DEFICITS; k++)
        if (strcmp(s, DEFICITS[k]) == 0) return *out = (karvan_deficit)k, KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "deficits are additive, multiplicative, universal or none, not '%.40s'", s);
}

const char *karvan_result_name(karvan_result r) {
    static const char *const names[KARVAN_RESULT_END] = {
        "welfare",     "real_income",        "price",  "exports",  "imports",
        "price_index", "outward_resistance", "output", "quantity", "spending",
        "own_share"};
    return r >= 0 && r < KARVAN_RESULT_END ? names[r] : "unknown";
}

static karvan_status keep(karvan_i_solver *w, const double *beta, karvan_equilibrium **out,
                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)w->economy->n, changes = (size_t)w->economy->n_changes;
    karvan_equilibrium *q = karvan_i_calloc(1, sizeof *q);
    KARVAN_REQUIRE(q, err, KARVAN_E_NOMEM, "no memory for an equilibrium");
    q->after = karvan_i_malloc(n * n, sizeof *q->after);
    q->beta = karvan_i_malloc(changes + 1, sizeof *q->beta);
    KARVAN_REQUIRE(q->after && q->beta, err, KARVAN_E_NOMEM, "no memory for trade after");
    for (size_t k = 0; k < changes; k++) q->beta[k] = beta ? beta[k] : 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double flow = w->flow[i * n + j];
            q->after[i * n + j] = flow > 0 ? flow * karvan_i_solver_ratio(w, i, j) : 0;
        }
    q->n = w->economy->n, q->stats = w->stats;
    q->value = w->value, w->value = NULL; /* no longer the solver's */
    q->before = w->flow, w->flow = NULL;
    q->partial = w->partial, w->partial = NULL;
    *out = q, q = NULL;
done:
    karvan_equilibrium_destroy(q);
    return st;
}

karvan_status karvan_equilibrium_solve(const karvan_economy *e,
                                       const karvan_equilibrium_options *options,
                                       karvan_equilibrium **out, karvan_error *err) {
    karvan_status st = KARVAN_OK, solved;
    karvan_i_solver w = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(karvan_i_equilibrium_check(e, options, err));
    KARVAN_TRY(karvan_i_solver_init(&w, e, err));
    solved = karvan_i_solver_run(&w, options, err);
    st = solved == KARVAN_OK || solved == KARVAN_E_NOCONV ? keep(&w, options->beta, out, err)
                                                          : solved;
    if (st == KARVAN_OK) st = solved;
done:
    karvan_i_solver_clear(&w);
    return st;
}

void karvan_equilibrium_destroy(karvan_equilibrium *q) {
    if (!q) return;
    karvan_i_free(q->value), karvan_i_free(q->before), karvan_i_free(q->after);
    karvan_i_free(q->partial), karvan_i_free(q->beta), karvan_i_free(q);
}

karvan_equilibrium_stats karvan_equilibrium_statistics(const karvan_equilibrium *q) {
    return q->stats;
}
const double *karvan_equilibrium_view(const karvan_equilibrium *q, karvan_result r) {
    return q->value + (size_t)r * (size_t)q->n;
}
const double *karvan_equilibrium_before_view(const karvan_equilibrium *q) { return q->before; }
const double *karvan_equilibrium_after_view(const karvan_equilibrium *q) { return q->after; }
const double *karvan_i_equilibrium_partial(const karvan_equilibrium *q) { return q->partial; }
const double *karvan_i_equilibrium_beta(const karvan_equilibrium *q) { return q->beta; }
