/* Results out of prices, in differences from 1, so that what does not change is 1 to the bit; and
 * the residuals of what is handed out. */
#include <math.h>

#include "trade/solution.h"

/* Price indices: ln in p. */
static void set_indices(karvan_i_solver *w, double theta, double *p) {
    size_t n = (size_t)w->economy->n;
    for (size_t i = 0; i < n; i++) w->q[i] = exp(-theta * w->x[i]), w->a[i] = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            w->a[j] += w->share[i * n + j] * (w->effect[i * n + j] * w->q[i] - 1);
    for (size_t j = 0; j < n; j++) {
        double more = w->a[j];
        w->a[j] = 1 + more, p[j] = -log1p(more) / theta;
        if (more > -0.5 && more < 1) continue;
        double sum = w->share[j] * w->effect[j] * w->q[0]; /* the difference lost its digits */
        for (size_t i = 1; i < n; i++) sum += w->share[i * n + j] * w->effect[i * n + j] * w->q[i];
        w->a[j] = sum, p[j] = -log(sum) / theta;
    }
}

/* Spending follows output; by the group, how much more the world spends than it makes. */
static void set_spending(karvan_i_solver *w, const karvan_equilibrium_options *o,
                         const double *output) {
    const karvan_economy *e = w->economy;
    size_t n = (size_t)e->n;
    bool follows =
        o->deficit == KARVAN_DEFICIT_MULTIPLICATIVE || o->deficit == KARVAN_DEFICIT_UNIVERSAL;
    double all_spent = 0, all_made = 0;
    for (size_t j = 0; j < n; j++) {
        w->spending[j] = o->deficit == KARVAN_DEFICIT_ADDITIVE
                             ? 1 + w->y[j] / w->e[j] * (output[j] - 1)
                             : output[j];
        w->scale[j] = 1;
    }
    for (int32_t k = 0; follows && k < e->stats.groups; k++) {
        double spent = 0, made = 0, spent0 = 0, made0 = 0;
        for (size_t j = 0; j < n; j++) {
            if (e->group[j] != k) continue;
            spent += w->e[j] * w->spending[j], made += w->y[j] * output[j];
            spent0 += w->e[j], made0 += w->y[j];
        }
        spent /= spent0, made /= made0; /* the same money before; so 1 to the bit if none moves */
        for (size_t j = 0; j < n; j++) {
            if (e->group[j] != k) continue;
            if (o->deficit == KARVAN_DEFICIT_MULTIPLICATIVE)
                w->scale[j] = spent / made;
            else
                w->spending[j] *= made / spent;
        }
    }
    for (size_t j = 0; j < n; j++)
        all_spent += w->e[j] * w->spending[j], all_made += w->y[j] * output[j];
    w->stats.scale = follows ? all_spent / all_made : 1;
}

/* Sums of trade by country: foreign trade new over old, and what the residuals are made of. */
static void set_trade(karvan_i_solver *w) {
    size_t n = (size_t)w->economy->n;
    double *exports = w->value + KARVAN_RESULT_EXPORTS * n;
    double *imports = w->value + KARVAN_RESULT_IMPORTS * n;
    const double *output = w->value + KARVAN_RESULT_OUTPUT * n;
    w->stats.market = w->stats.budget = 0;
    for (size_t i = 0; i < n; i++) {
        double sold = 0, bought = 0, out = 0, out_more = 0, in = 0, in_more = 0;
        for (size_t j = 0; j < n; j++) {
            double to = w->flow[i * n + j], from = w->flow[j * n + i];
            double to_ratio = to > 0 ? karvan_i_solver_ratio(w, i, j) : 1;
            double from_ratio = from > 0 ? karvan_i_solver_ratio(w, j, i) : 1;
            sold += to * to_ratio, bought += from * from_ratio;
            if (i == j) continue;
            out += to, out_more += to * (to_ratio - 1);
            in += from, in_more += from * (from_ratio - 1);
        }
        exports[i] = out > 0 ? 1 + out_more / out : NAN;
        imports[i] = in > 0 ? 1 + in_more / in : NAN;
        double market = fabs(sold / (w->y[i] * output[i] * w->scale[i]) - 1);
        double budget = fabs(bought / (w->e[i] * w->spending[i]) - 1);
        bool good = market >= 0 && budget >= 0 && output[i] > 0 && w->spending[i] > 0;
        w->stats.market = good ? fmax(w->stats.market, market) : INFINITY;
        w->stats.budget = good ? fmax(w->stats.budget, budget) : INFINITY;
    }
}

void karvan_i_solver_results(karvan_i_solver *w, const karvan_equilibrium_options *o) {
    size_t n = (size_t)w->economy->n;
    double *v = w->value, *p = v + KARVAN_RESULT_PRICE_INDEX * n;
    set_indices(w, o->theta, p); /* logs for now */
    for (size_t i = 0; i < n; i++) {
        double made = (1 + o->psi) * w->x[i] - o->psi * p[i];
        v[KARVAN_RESULT_OUTPUT * n + i] = exp(made);
        v[KARVAN_RESULT_PRICE * n + i] = exp(w->x[i]);
        v[KARVAN_RESULT_QUANTITY * n + i] = exp(o->psi * (w->x[i] - p[i]));
        v[KARVAN_RESULT_REAL_INCOME * n + i] = exp(made - p[i]);
        v[KARVAN_RESULT_OUTWARD * n + i] = exp(-w->x[i] - made / o->theta);
    }
    set_spending(w, o, v + KARVAN_RESULT_OUTPUT * n);
    for (size_t i = 0; i < n; i++) {
        p[i] = exp(p[i]);
        v[KARVAN_RESULT_SPENDING * n + i] = w->spending[i];
        v[KARVAN_RESULT_WELFARE * n + i] = w->spending[i] / p[i];
        v[KARVAN_RESULT_OWN_SHARE * n + i] =
            w->flow[i * n + i] > 0 ? karvan_i_solver_ratio(w, i, i) / w->spending[i] : NAN;
    }
    set_trade(w);
}
