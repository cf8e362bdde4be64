#ifndef KARVAN_TESTS_TRADE_WORLD_H
#define KARVAN_TESTS_TRADE_WORLD_H
/* Worlds of trade drawn at random, and the fixed point of ge_gravity written plainly: one step of
 * prices, one of price indices, one of spending, until trade stands still (Baier, Yotov and Zylkin
 * 2019, appendix). Slow, and nothing in it is shared with what it checks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/equilibrium.h"

typedef struct world {
    int32_t n;
    char **name;
    double *flow, *change; /* [n][n] */
} world;

static inline void world_clear(world *w) {
    for (int32_t i = 0; w->name && i < w->n; i++) free(w->name[i]);
    free(w->name), free(w->flow), free(w->change);
    memset(w, 0, sizeof *w);
}

/* Sizes over two or three orders of magnitude, trade falling with a distance on a circle, domestic
 * trade some tens of the rest, a share of zero flows, and agreements of a club. */
static inline world world_draw(int32_t n, uint64_t seed, double zeros, double effect) {
    world w = {n, calloc((size_t)n, sizeof(char *)), calloc((size_t)n * (size_t)n, sizeof(double)),
               calloc((size_t)n * (size_t)n, sizeof(double))};
    double *size = malloc((size_t)n * sizeof *size), *at = malloc((size_t)n * sizeof *at);
    karvan_random r;
    if (!w.name || !w.flow || !w.change || !size || !at) abort();
    karvan_random_init(&r, seed, 0);
    for (int32_t i = 0; i < n; i++) {
        if (!(w.name[i] = malloc(16))) abort();
        (void)snprintf(w.name[i], 16, "C%05d", (int)i);
        size[i] = exp(1.6 * karvan_random_normal(&r)), at[i] = karvan_random_uniform(&r);
    }
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++) {
            double way = fabs(at[i] - at[j]), noise = exp(0.5 * karvan_random_normal(&r));
            if (way > 0.5) way = 1 - way;
            double x = size[i] * size[j] / (0.02 + way) * noise * (i == j ? 0.4 : 0.05);
            if (i != j && karvan_random_uniform(&r) < zeros) x = 0;
            w.flow[i * n + j] = x;
            if (i != j && i % 3 == 0 && j % 3 == 0) w.change[i * n + j] = effect;
        }
    free(size), free(at);
    return w;
}

/* Welfare [n] by the plain fixed point; steps taken, 0 where it did not settle in `most`. */
static inline int plain_ge_gravity(int32_t n, const double *x, const double *change, double theta,
                                   bool multiplicative, double tolerance, int most,
                                   double *welfare) {
    size_t m = (size_t)n, steps = 0;
    double *room = calloc(m * m * 3 + m * 5, sizeof *room);
    if (!room) abort();
    double *pi = room, *b = pi + m * m, *last = b + m * m, *y = last + m * m, *e = y + m;
    double *wage = e + m, *index = wage + m, *spend = index + m, made = 0, moved = 1;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) y[i] += x[i * m + j], e[j] += x[i * m + j];
    for (size_t k = 0; k < m * m; k++)
        pi[k] = x[k] / e[k % m], b[k] = exp(change[k]), last[k] = x[k];
    for (size_t i = 0; i < m; i++) wage[i] = index[i] = 1, spend[i] = e[i], made += y[i];
    while (moved > tolerance && steps < (size_t)most) {
        double sum = 0;
        for (size_t i = 0; i < m; i++) {
            double sales = 0;
            for (size_t j = 0; j < m; j++)
                sales += pi[i * m + j] * b[i * m + j] * spend[j] / index[j];
            wage[i] = pow(sales / y[i], 1 / (1 + theta));
            sum += y[i] * wage[i];
        }
        for (size_t i = 0; i < m; i++) wage[i] *= made / sum;
        for (size_t j = 0; j < m; j++) {
            index[j] = 0;
            for (size_t i = 0; i < m; i++)
                index[j] += pi[i * m + j] * b[i * m + j] * pow(wage[i], -theta);
            spend[j] = multiplicative ? e[j] * wage[j] : y[j] * wage[j] + (e[j] - y[j]);
        }
        moved = 0;
        for (size_t k = 0; k < m * m; k++) {
            if (!(x[k] > 0)) continue;
            double now = pi[k] * b[k] * pow(wage[k / m], -theta) / index[k % m] * spend[k % m];
            moved = fmax(moved, fabs(log(now / last[k])));
            last[k] = now;
        }
        steps++;
    }
    for (size_t j = 0; j < m; j++) welfare[j] = spend[j] / e[j] / pow(index[j], -1 / theta);
    free(room);
    return moved <= tolerance ? (int)steps : 0;
}
#endif
