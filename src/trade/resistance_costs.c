/* Trade costs that flows imply. Any resistances at all have trade costs with which they reproduce
 * the flows; which ones, two conditions say. Trade within a country is free, t_ii = 1, which fixes
 * the product P_i Pi_i (Novy 2013). And the two directions of a pair cost the same, as nearly as
 * the flows let them, which fixes the quotient: least squares of ln(t_ij / t_ji)^(1 - sigma),
 * weighed as the logs of flows of a Poisson law are exact, so that a flow that is next to 0 counts
 * for next to nothing. Whatever the quotient, t_ij t_ji is that of Head and Ries (2001). */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parts.h"
#include "base/try.h"
#include "trade/resistance.h"
#include "trade/scaling.h"

/* Of two flows, both above 0: the inverse of the variance of ln(x / y), in the unit of flows. */
static double weight(double x, double y) { return x > 0 && y > 0 ? x * (y / (x + y)) : 0; }

/* Only those that trade both ways, at however many removes, with their reference. */
static void find_told(karvan_i_resistance *w, int32_t *both) {
    int32_t n = w->n;
    const double *x = w->flow;
    for (int32_t i = 0; i < n; i++) both[i] = i;
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < i; j++) {
            size_t ij = (size_t)i * (size_t)n + (size_t)j, ji = (size_t)j * (size_t)n + (size_t)i;
            if (weight(x[ij], x[ji]) > 0) karvan_i_parts_join(both, i, j);
        }
    for (int32_t i = 0; i < n; i++) {
        int32_t by = w->of_part[w->part[n + i]];
        w->told[i] = w->told[i] && by >= 0 && x[(size_t)i * ((size_t)n + 1)] > 0 &&
                     karvan_i_parts_root(both, i) == karvan_i_parts_root(both, by);
    }
}

/* u_i = (a_i - b_i) - ln(y_i / e_i), in which the difference of a pair's costs is
 * ln(x_ij / x_ji) + u_i - u_j. */
static void find_quotients(karvan_i_resistance *w, double *weights, double *u) {
    size_t n = (size_t)w->n;
    const double *x = w->flow;
    double squares = 0, all = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double by = weight(x[i * n + j], x[j * n + i]);
            weights[i * n + j] = weights[j * n + i] = by;
            if (!(by > 0)) continue;
            double more = by * log(x[i * n + j] / x[j * n + i]);
            u[i] -= more, u[j] += more;
        }
    karvan_i_laplacian((int32_t)n, weights, 1, u);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double by = weight(x[i * n + j], x[j * n + i]);
            if (!(by > 0)) continue;
            double off = log(x[i * n + j] / x[j * n + i]) + u[i] - u[j];
            squares += by * off * off, all += by;
        }
    w->one_way = all > 0 ? sqrt(squares / all) : 0;
}

karvan_status karvan_i_resistance_of_flows(karvan_i_resistance *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)w->n;
    int32_t *both = karvan_i_malloc(n, sizeof *both);
    double *weights = karvan_i_calloc(n * n, sizeof *weights), *u = karvan_i_calloc(n, sizeof *u);
    KARVAN_REQUIRE(both && weights && u, err, KARVAN_E_NOMEM, "no memory for trade costs");
    find_told(w, both);
    find_quotients(w, weights, u);
    for (size_t i = 0; i < n; i++) {
        double own = w->flow[i * n + i], quotient = u[i] + log(w->y[i] / w->e[i]);
        double all = w->world[w->part[i]];
        /* Without domestic trade any product serves: changes do not depend on it. */
        double product = own > 0 ? log(w->y[i] / own) + log(w->e[i] / all) : 0;
        w->a[i] = 0.5 * (product + quotient), w->b[i] = 0.5 * (product - quotient);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double x = w->flow[i * n + j], all = w->world[w->part[i]];
            w->cost[i * n + j] =
                x > 0 ? log(x / w->y[i]) + log(all / w->e[j]) + w->a[i] + w->b[j] : -INFINITY;
        }
    for (size_t i = 0; i < n; i++)
        if (w->flow[i * n + i] > 0) w->cost[i * n + i] = 0; /* to the bit */
done:
    karvan_i_free(both), karvan_i_free(weights), karvan_i_free(u);
    return st;
}
