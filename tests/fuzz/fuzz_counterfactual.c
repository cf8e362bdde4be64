/* Bytes as a table of flows: an economy or a reason; a solution that keeps its promises, or a
 * reason; resistances. The first byte chooses the model. And bytes as a list of coefficients. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/equilibrium.h"
#include "trade/coefficients.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const CHANGE[] = {"d"};

static void require(bool good) {
    if (!good) abort();
}

/* Solved: positive numbers, world output kept, markets cleared. Else marked. */
static void check(const karvan_economy *e, const karvan_equilibrium *q, karvan_status st) {
    karvan_equilibrium_stats s = karvan_equilibrium_statistics(q);
    int32_t n = karvan_economy_statistics(e).n;
    require(s.converged == (st == KARVAN_OK));
    if (!s.converged) return;
    require(s.market < 1e-6 && s.budget < 1e-6);
    for (int32_t i = 0; i < n; i++)
        require(karvan_equilibrium_view(q, KARVAN_RESULT_PRICE)[i] > 0 &&
                karvan_equilibrium_view(q, KARVAN_RESULT_SPENDING)[i] > 0);
    for (int64_t k = 0; k < (int64_t)n * n; k++) {
        double before = karvan_equilibrium_before_view(q)[k];
        double after = karvan_equilibrium_after_view(q)[k];
        require(after >= 0 && (before > 0 || after == 0));
    }
}

/* Resistances of trade costs as read, or of flows: above 0 where there are any, and what solves
 * their equations; or a reason. */
static void resist(const karvan_economy *e, const karvan_equilibrium *q) {
    karvan_resistance *r = NULL;
    const karvan_resistance_options o = {.cost = karvan_economy_cost_view(e)};
    karvan_status st = karvan_resistance_solve(e, q, &o, &r, NULL);
    require((st == KARVAN_OK) == (r != NULL));
    if (!r) return;
    karvan_resistance_stats s = karvan_resistance_statistics(r);
    int32_t n = karvan_economy_statistics(e).n;
    require(s.reference >= 0 && s.reference < n && s.n_untold < n);
    require(!(s.residual > 1e-6));
    for (int k = 0; k < KARVAN_RESISTANCE_END; k++)
        for (int32_t i = 0; i < n; i++)
            require(!(karvan_resistance_view(r, (karvan_resistance_kind)k)[i] < 0));
    karvan_resistance_destroy(r);
}

static void solve(const karvan_table *t, uint8_t model) {
    karvan_economy *e = NULL;
    karvan_equilibrium *q = NULL;
    karvan_error err = {0};
    karvan_economy_options o = {.n_changes = 1, .change = CHANGE, .without_domestic = model & 1};
    if (karvan_table_find(t, "c") >= 0) o.trade_cost = "c";
    karvan_equilibrium_options how = {.theta = (model >> 1) % 4 * 2 + 0.5,
                                      .psi = (model >> 3) % 3,
                                      .deficit = (karvan_deficit)((model >> 5) % 4),
                                      .tolerance = 1e-9,
                                      .max_iterations = 1000};
    karvan_status st = karvan_economy_read(t, &o, &e, &err);
    require((st == KARVAN_OK) == (e != NULL));
    require(st == KARVAN_OK || karvan_utf8_valid_prefix(err.msg, strlen(err.msg)) > 0);
    if (e && karvan_economy_statistics(e).n <= 24) { /* the work, not the meaning */
        st = karvan_equilibrium_solve(e, &how, &q, &err);
        require((q != NULL) == (st == KARVAN_OK || st == KARVAN_E_NOCONV));
        if (q) check(e, q, st), resist(e, q);
    }
    karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    karvan_table *t = NULL;
    karvan_coefficients c = {0};
    if (size < 1 || size > 1 << 14) return 0;
    const char *s = (const char *)data + 1;
    if (karvan_csv_parse(s, size - 1, "fuzz", "fuzz", &(karvan_csv_options){0}, NULL, &t, NULL) ==
        KARVAN_OK) {
        solve(t, data[0]);
        karvan_status st = karvan_i_coefficients_table(t, "fuzz", &c, NULL);
        for (int k = 0; st == KARVAN_OK && k < c.n; k++)
            require(isfinite(c.estimate[k]) && c.covariance[k * c.n + k] >= 0);
        karvan_coefficients_clear(&c);
    }
    karvan_table_destroy(t);
    (void)karvan_i_coefficients_json(s, size - 1, "fuzz", &c, NULL);
    karvan_coefficients_clear(&c);
    require(karvan_i_alloc_live == 0);
    return 0;
}
