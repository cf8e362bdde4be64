/* General equilibrium: one solution by number of countries, beside the plain fixed point of
 * ge_gravity at its own tolerance (1e-8 of ln trade; ours: 1e-12 of ln sales over output), and a
 * thousand draws of coefficients and elasticity through 69 countries by number of threads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/karvan.h"
#include "timing.h"
#include "trade_world.h"

enum { REPS = 9, DRAWS = 1000 };

static double sum(const double *v, int32_t n) {
    double s = 0;
    for (int32_t i = 0; i < n; i++) s += v[i];
    return s;
}

static void print(const char *name, int32_t n, int threads, double *s, int reps, int steps,
                  double check) {
    qsort(s, (size_t)reps, sizeof *s, by_double);
    printf("{\"bench\":\"%s\",\"countries\":%d,\"threads\":%d,\"steps\":%d,\"reps\":%d,"
           "\"median_ms\":%.4f,\"min_ms\":%.4f,\"check\":%.12f}\n",
           name, (int)n, threads, steps, reps, 1e3 * s[reps / 2], 1e3 * s[0], check);
    (void)fflush(stdout);
}

/* From flows in an array to results, the economy included. */
static bool solve(const world *w, bool multiplicative) {
    double s[REPS], check = 0;
    int steps = 0;
    karvan_equilibrium_options o = {.theta = 4};
    if (multiplicative) o.deficit = KARVAN_DEFICIT_MULTIPLICATIVE;
    for (int r = 0; r < REPS; r++) {
        karvan_economy *e = NULL;
        karvan_equilibrium *q = NULL;
        double begin = now_s();
        if (karvan_economy_create(w->n, (const char *const *)w->name, w->flow, 1, w->change, false,
                                  &e, NULL) != KARVAN_OK ||
            karvan_equilibrium_solve(e, &o, &q, NULL) != KARVAN_OK)
            return false;
        s[r] = now_s() - begin;
        check = sum(karvan_equilibrium_view(q, KARVAN_RESULT_WELFARE), w->n) / w->n;
        steps = karvan_equilibrium_statistics(q).iterations;
        karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
    }
    print(multiplicative ? "equilibrium_multiplicative" : "equilibrium_additive", w->n, 1, s, REPS,
          steps, check);
    return true;
}

static bool solve_plainly(const world *w) {
    double s[REPS], *welfare = malloc((size_t)w->n * sizeof *welfare), check = 0;
    int steps = 0, reps = w->n > 100 ? 3 : REPS;
    for (int r = 0; welfare && r < reps; r++) {
        double begin = now_s();
        steps = plain_ge_gravity(w->n, w->flow, w->change, 4, false, 1e-8, 100000, welfare);
        s[r] = now_s() - begin;
        check = sum(welfare, w->n) / w->n;
    }
    if (welfare) print("plain_fixed_point", w->n, 1, s, reps, steps, check);
    free(welfare);
    return steps > 0;
}

static bool draw(const world *w, int threads, karvan_theta_law law) {
    static const double beta = 1, variance = 0.09;
    double s[3], check = 0;
    karvan_equilibrium_options o = {.theta = 4, .beta = &beta};
    karvan_draw_options how = {.n = DRAWS,
                               .seed = 42,
                               .covariance = &variance,
                               .theta_law = law,
                               .theta_a = 3,
                               .theta_b = 6,
                               .threads = threads};
    karvan_economy *e = NULL;
    if (karvan_economy_create(w->n, (const char *const *)w->name, w->flow, 1, w->change, false, &e,
                              NULL) != KARVAN_OK)
        return false;
    for (int r = 0; r < 3; r++) {
        karvan_draws *d = NULL;
        double begin = now_s();
        if (karvan_draws_solve(e, &o, &how, &d, NULL) != KARVAN_OK) return false;
        s[r] = now_s() - begin, check = 0;
        for (int32_t i = 0; i < w->n; i++)
            check += karvan_draws_quantile(d, KARVAN_RESULT_WELFARE, i, 0.05);
        karvan_draws_destroy(d);
    }
    karvan_economy_destroy(e);
    print(law == KARVAN_THETA_FIXED ? "draws_1000_of_beta" : "draws_1000_of_beta_and_theta", w->n,
          threads, s, 3, 0, check / w->n);
    return true;
}

int main(void) {
    static const int32_t sizes[] = {44, 69, 150, 250, 500};
    bool good = true;
    for (size_t k = 0; good && k < sizeof sizes / sizeof *sizes; k++) {
        world w = world_draw(sizes[k], 20261126, 0.1, 0.3);
        good = solve(&w, false) && solve(&w, true) && solve_plainly(&w);
        world_clear(&w);
    }
    world w = world_draw(69, 20261126, 0.1, 0.3);
    for (int threads = 1; good && threads <= 2; threads++)
        good = draw(&w, threads, KARVAN_THETA_FIXED) && draw(&w, threads, KARVAN_THETA_LOGNORMAL);
    world_clear(&w);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
