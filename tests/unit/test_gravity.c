/* Gravity by hand: fits whose coefficients, effects, fitted values and figures are worked out on
 * paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gravity_by_hand.h"

/* ---- Poisson ---- */

/* Two groups, x = 0 or 1: 1 and 2, 1 and 4. Within a group the share with x = 1 is e^b / (1 + e^b):
 * 8 of it is 6, so b = ln 3; fitted 3/4, 9/4, 5/4, 15/4; effects ln 3/4, ln 5/4; each share has
 * the variance 3/16, so the information is 8 times that. */
static void groups_and_a_regressor(void **s) {
    (void)s;
    karvan_table *t = table_of("yxa", 4, (double[]){1, 0, 7, 2, 1, 7, 1, 0, 3, 4, 1, 3});
    karvan_gravity *g = fit(t, &(karvan_gravity_options){.formula = "y ~ x | a", .threads = 1});
    karvan_gravity_stats f = karvan_gravity_statistics(g);
    const double mu[] = {0.75, 2.25, 1.25, 3.75}, y[] = {1, 2, 1, 4};
    double deviance = 0, loglik = 0, yf = 0, ff = 0;
    for (int i = 0; i < 4; i++) {
        near(fitted_at(g, i), mu[i], "fitted");
        deviance += 2 * y[i] * log(y[i] / mu[i]), loglik += y[i] * log(mu[i]);
        yf += y[i] * mu[i], ff += mu[i] * mu[i];
    }
    loglik += -8 - log(2) - log(24);
    near(karvan_gravity_estimate(g, 0), log(3), "b");
    near(g->alpha[0][0], log(1.25), "effect of 3"), near(g->alpha[0][1], log(0.75), "of 7");
    near(*g->bread, 2. / 3, "bread");
    for (int64_t i = 0; i < 4; i++)
        near(g->xt[0][i], g->d.row[i] % 2 ? 0.25 : -0.75, "x less its mean");
    near(f.deviance, deviance, "deviance"), near(f.loglik, loglik, "log-likelihood");
    double null = 8 * log(2) - 8 - log(2) - log(24);
    near(f.loglik_null, null, "of a constant"), near(f.pseudo_r2, 1 - loglik / null, "pseudo R2");
    near(f.r2, (yf - 16) * (yf - 16) / (22 - 16) / (ff - 16), "R2");
    assert_true(f.n_read == 4 && f.n == 4 && f.n_zero == 0 && f.n_missing == 0);
    assert_true(f.n_effects == 1 && f.n_levels == 2 && f.rank_effects == 2 && f.threads == 1);
    assert_true(f.iterations > 0 && f.sweeps > f.iterations && f.seconds > 0 && f.step <= 1e-10);
    done(g, t);
}

/* Two effects and nothing else: row sum times column sum over the total. The second effect begins
 * at 0. */
static void a_table_of_two_effects(void **s) {
    (void)s;
    karvan_table *t = table_of("yab", 9, CELLS);
    karvan_gravity *g = fit(t, &(karvan_gravity_options){.formula = "y ~ 1 | a + b"});
    double row[3] = {0}, column[3] = {0}, total = 0;
    for (int i = 0; i < 9; i++)
        row[i / 3] += CELLS[3 * i], column[i % 3] += CELLS[3 * i], total += CELLS[3 * i];
    for (int i = 0; i < 9; i++) near(fitted_at(g, i), row[i / 3] * column[i % 3] / total, "fitted");
    for (int i = 0; i < 3; i++) {
        near(g->alpha[0][i], log(row[i] * column[0] / total), "first effect");
        near(g->alpha[1][i], log(column[i] / column[0]), "second");
    }
    karvan_gravity_stats f = karvan_gravity_statistics(g);
    assert_true(f.n_zero == 1 && f.n_levels == 6 && f.rank_effects == 5 && f.n_separated == 0);
    done(g, t);
}

/* Two such tables that share no level: each has its own first level of b. And a third effect that
 * says which table it is adds nothing: its levels stay at 0. */
static void parts_are_normalised_apart(void **s) {
    (void)s;
    double cell[18 * 4];
    for (int i = 0; i < 18; i++) {
        const double *of = CELLS + 3 * (i % 9);
        cell[4 * i] = i < 9 ? of[0] : 10 * of[0];
        cell[4 * i + 1] = of[1] + (i < 9 ? 0 : 3), cell[4 * i + 2] = of[2] + (i < 9 ? 0 : 3);
        cell[4 * i + 3] = i < 9;
    }
    karvan_table *t = table_of("yabc", 18, cell);
    karvan_gravity *g = fit(t, &(karvan_gravity_options){.formula = "y ~ 1 | a + b + c"});
    for (int l = 0; l < 3; l++) {
        near(g->alpha[0][l + 3], g->alpha[0][l] + log(10), "ten times as much");
        near(g->alpha[1][l + 3], g->alpha[1][l], "the same shares");
    }
    near(g->alpha[1][0], 0, "first"), near(g->alpha[1][3], 0, "first of the other part");
    near(g->alpha[2][0], 0, "nothing to add"), near(g->alpha[2][1], 0, "nothing to add");
    assert_true(fabs(g->alpha[1][1]) > 0.1);
    done(g, t);
}

/* Sums of w y over sums of w exp(offset), of all or of each group; the deviance with weights. */
static void weights_and_offsets(void **s) {
    (void)s;
    const double o1 = log(2), o2 = log(3);
    const double cell[] = {2, 1, 0, 0, 6, 3, o1, 0, 0, 5, o2, 1, 4, 0.5, 0, 1};
    karvan_table *t = table_of("ywoa", 4, cell);
    karvan_gravity_options o = {.formula = "y ~ 1", .weights = "w", .offset = "o"};
    karvan_gravity *g = fit(t, &o);
    double all = (2 + 18 + 2) / (1 + 6 + 15 + 0.5), first = 20. / 7, second = 2 / 15.5;
    near(karvan_gravity_estimate(g, 0), log(all), "rate");
    near(*g->bread, 1 / 22., "bread");
    near(karvan_gravity_statistics(g).deviance,
         2 * (2 * log(2 / all) + 18 * log(6 / (2 * all)) + 2 * log(4 / all)), "deviance");
    karvan_gravity_destroy(g);
    o.formula = "y ~ 1 | a";
    g = fit(t, &o);
    near(g->alpha[0][0], log(first), "first"), near(g->alpha[0][1], log(second), "second");
    near(fitted_at(g, 1), 2 * first, "fitted"), near(fitted_at(g, 2), 3 * second, "fitted");
    near(karvan_i_fit_weight(g, 2), 5 * 3 * second, "weight of a row");
    near(karvan_gravity_statistics(g).loglik_null,
         22 * log(22 / 9.5) - 22 - log(2) - 3 * log(720) - 0.5 * log(24), "of a constant");
    done(g, t);
}

/* R2 is the squared correlation at the weights. Fitted: 3, 1 and 4 / 1.5 at the third level. */
static void correlation_at_weights(void **s) {
    (void)s;
    const double y[] = {2, 4, 1, 4, 2}, w[] = {1, 1, 3, 0.5, 1}, f[] = {3, 3, 1, 8 / 3., 8 / 3.};
    double cell[15], n = 0, my = 0, mf = 0, yy = 0, ff = 0, yf = 0;
    for (int i = 0; i < 5; i++) {
        cell[3 * i] = y[i], cell[3 * i + 1] = w[i], cell[3 * i + 2] = i / 2 + (i == 3);
        n += w[i], my += w[i] * y[i], mf += w[i] * f[i];
    }
    for (int i = 0; i < 5; i++) {
        double dy = y[i] - my / n, df = f[i] - mf / n;
        yy += w[i] * dy * dy, ff += w[i] * df * df, yf += w[i] * dy * df;
    }
    karvan_table *t = table_of("ywa", 5, cell);
    karvan_gravity_options o = {.formula = "y ~ 1 | a", .weights = "w", .keep_singletons = true};
    karvan_gravity *g = fit(t, &o);
    for (int i = 0; i < 5; i++) near(fitted_at(g, i), f[i], "fitted");
    near(karvan_gravity_statistics(g).r2, yf * yf / (yy * ff), "R2");
    done(g, t);
}

/* ln y! of small and large y. */
static void logs_of_factorials(void **s) {
    (void)s;
    const double y[] = {0.5, 18.9, 19.1, 25, 300, 1e9};
    double mean = 0, want = 0;
    for (int i = 0; i < 6; i++) mean += y[i] / 6;
    for (int i = 0; i < 5; i++) want += y[i] * log(mean) - mean - lgamma(y[i] + 1);
    karvan_table *t = table_of("y", 6, y);
    karvan_gravity *g = fit(t, &(karvan_gravity_options){.formula = "y ~ 1"});
    double last = 1e9 * log(mean) - mean - lgamma(1e9 + 1);
    near(g->stats.loglik / (want + last), 1, "log-likelihood");
    done(g, t);
    mean = (18.9 + 19.1 + 25) / 3, want = 63 * (log(mean) - 1);
    for (int i = 1; i < 4; i++) want -= lgamma(y[i] + 1);
    t = table_of("y", 3, y + 1);
    g = fit(t, &(karvan_gravity_options){.formula = "y ~ 1"});
    assert_true(fabs(g->stats.loglik / want - 1) < 1e-13);
    done(g, t);
}

/* z is x but for noise: of up to 1e-3 it has a coefficient, of up to 1e-6 (a share of 1e-13 in
 * squares) it is called collinear, and so is a sum of regressors and effects. */
static void nearly_collinear(void **s) {
    (void)s;
    double cell[400];
    for (int k = 0; k < 3; k++) {
        const double noise = k == 0 ? 1e-5 : k == 1 ? 1e-8 : 0;
        for (int i = 0; i < 100; i++) {
            double x = (i * 37 % 100) / 25.;
            cell[4 * i] = 1 + i * i % 7, cell[4 * i + 1] = x;
            cell[4 * i + 2] = x + noise * (i * 61 % 100) + (k == 2 ? i % 4 : 0);
            cell[4 * i + 3] = i % 4;
        }
        karvan_table *t = table_of("yxza", 100, cell);
        karvan_gravity *g = fit(t, &(karvan_gravity_options){.formula = "y ~ x + z | a"});
        assert_int_equal(karvan_gravity_collinear(g), k > 0);
        if (k > 0) assert_string_equal(karvan_gravity_collinear_name(g, 0), "z");
        assert_true(g->stats.iterations <= 8);
        done(g, t);
    }
}

/* exp(offset) overflows in one group and underflows in the other: the effects make up for it. */
static void predictors_beyond_exp(void **s) {
    (void)s;
    const double cell[] = {2, 800, 0, 4, 800, 0, 1, -800, 1, 0, -800, 1};
    karvan_table *t = table_of("yoa", 4, cell);
    karvan_gravity *g = fit(t, &(karvan_gravity_options){.formula = "y ~ 1 | a", .offset = "o"});
    near(g->alpha[0][0], log(3) - 800, "first"), near(g->alpha[0][1], log(0.5) + 800, "second");
    near(fitted_at(g, 0), 3, "fitted"), near(fitted_at(g, 3), 0.5, "fitted");
    done(g, t);
}

/* A coefficient is no less exact for the unit of its regressor. */
static void units_do_not_matter(void **s) {
    (void)s;
    double cell[200], far[200];
    karvan_gravity *g[2];
    for (int i = 0; i < 100; i++) {
        double x = (i * 37 % 100) / 25.;
        cell[2 * i] = far[2 * i] = 1 + i % 7 + (i % 3) * x * x, cell[2 * i + 1] = x;
        far[2 * i + 1] = 1e12 * x;
    }
    karvan_table *t[] = {table_of("yx", 100, cell), table_of("yx", 100, far)};
    for (int k = 0; k < 2; k++)
        g[k] = fit(t[k], &(karvan_gravity_options){.formula = "y ~ x", .tolerance = 1e-13});
    assert_int_equal(g[0]->stats.iterations, g[1]->stats.iterations);
    assert_true(fabs(1e12 * g[1]->beta[1] / g[0]->beta[1] - 1) < 1e-13);
    for (int k = 0; k < 2; k++) done(g[k], t[k]);
}

/* ---- least squares of ln y ---- */

/* ln y = 0, ln 2 | ln 2, ln 8, x = 0, 1 | 0, 3, and y = 0, which has no log. Less the means of the
 * groups x is -1/2, 1/2, -3/2, 3/2: b = (1/2 ln 2 + 3/2 ln 4) / 5 = 0.7 ln 2. */
static void least_squares(void **s) {
    (void)s;
    const double cell[] = {1, 0, 0, 2, 1, 0, 2, 0, 1, 8, 3, 1, 0, 9, 1};
    karvan_table *t = table_of("yxa", 5, cell);
    karvan_gravity_options o = {.formula = "y ~ x | a", .estimator = KARVAN_OLS};
    karvan_gravity *g = fit(t, &o);
    const double l = log(2), b = 0.7 * l, first = l / 2 - b / 2, second = 2 * l - 1.5 * b;
    const double rss =
        2 * (0.5 * l - 0.5 * b) * (0.5 * l - 0.5 * b) + 2 * (l - 1.5 * b) * (l - 1.5 * b);
    near(karvan_gravity_estimate(g, 0), b, "b"), near(*g->bread, 1 / 5., "bread");
    near(g->alpha[0][0], first, "first"), near(g->alpha[0][1], second, "second");
    karvan_gravity_stats f = karvan_gravity_statistics(g);
    double tss = (25. / 16 + 1. / 16 + 1. / 16 + 49. / 16) * l * l; /* mean of ln y: 5/4 ln 2 */
    near(f.deviance, rss, "sum of squares"), near(f.pseudo_r2, 1 - rss / tss, "R2");
    near(f.r2, 1 - rss / tss, "R2"); /* with a constant in the model they are the same */
    double two_pi = 8 * atan(1);
    near(f.loglik, -2 * (log(two_pi * rss / 4) + 1), "log-likelihood");
    near(f.loglik_null, -2 * (log(two_pi * tss / 4) + 1), "of a constant");
    assert_true(f.n == 4 && f.n_missing == 1 && f.n_separated == 0);
    for (int64_t i = 0; i < 4; i++)
        near(karvan_i_fit_residual(g, i), g->d.y[i] - g->eta[i], "residual");
    done(g, t);
}

/* Weighted mean of ln y less offset: (1 (0 - 1) + 3 (ln 2 - 0)) / 4. */
static void least_squares_with_weights(void **s) {
    (void)s;
    karvan_table *t = table_of("ywo", 2, (double[]){1, 1, 1, 2, 3, 0});
    karvan_gravity_options o = {
        .formula = "y ~ 1", .weights = "w", .offset = "o", .estimator = KARVAN_OLS};
    karvan_gravity *g = fit(t, &o);
    double mean = (3 * log(2) - 1) / 4;
    near(karvan_gravity_estimate(g, 0), mean, "mean"), near(*g->bread, 0.25, "bread");
    near(karvan_i_fit_weight(g, 1), 3, "weight"), near(g->eta[0], mean + 1, "fitted");
    near(karvan_gravity_statistics(g).deviance,
         (1 + mean) * (1 + mean) + 3 * (log(2) - mean) * (log(2) - mean), "sum of squares");
    done(g, t);
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(groups_and_a_regressor),     cmocka_unit_test(a_table_of_two_effects),
        cmocka_unit_test(parts_are_normalised_apart), cmocka_unit_test(weights_and_offsets),
        cmocka_unit_test(correlation_at_weights),     cmocka_unit_test(logs_of_factorials),
        cmocka_unit_test(nearly_collinear),           cmocka_unit_test(predictors_beyond_exp),
        cmocka_unit_test(units_do_not_matter),        cmocka_unit_test(least_squares),
        cmocka_unit_test(least_squares_with_weights)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
