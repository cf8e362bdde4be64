/* Where fits begin and end: rows that go first, what is left at the limit of iterations, second
 * runs, cancellation, memory, and the same bytes for any number of threads on data of many parts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "gravity_by_hand.h"
#include "sweep.h"

/* ---- rows that go first ---- */

static void drops_are(const karvan_gravity *g, const char *want) {
    char got[100] = "";
    for (int64_t i = 0; i < g->d.drops.n; i++) {
        const karvan_i_drop *d = &g->d.drops.at[i];
        size_t n = strlen(got);
        (void)snprintf(got + n, sizeof got - n, "%d%s%d ", (int)d->row,
                       d->reason == KARVAN_I_ALL_ZERO ? "zero" : "alone", (int)d->detail);
        near(d->certificate, d->reason == KARVAN_I_ALL_ZERO, "certificate");
    }
    assert_string_equal(got, want);
}

/* Rows 0 to 3 connect two and two; row 4 is a way out that row 5 goes on, whose end is row 6. The
 * last has only zeros in its level of a. */
static void chains_are_followed(void **s) {
    (void)s;
    const double cell[] = {1, 0, 0, 2, 0, 1, 3, 1, 0, 4, 1, 1, 5, 1,
                           2, 6, 2, 2, 7, 2, 3, 0, 5, 0, 0, 5, 1};
    karvan_table *t = table_of("yab", 9, cell);
    karvan_gravity_options o = {.formula = "y ~ 1 | a + b"};
    karvan_gravity *g = fit(t, &o);
    drops_are(g, "6alone1 5alone0 4alone1 7zero0 8zero0 ");
    karvan_gravity_stats f = karvan_gravity_statistics(g);
    assert_true(f.n == 4 && f.n_read == 9 && f.n_singleton == 3 && f.n_separated == 2);
    near(fitted_at(g, 0), 3. * 4 / 10, "fitted");
    karvan_gravity_destroy(g);
    o.keep_singletons = true;
    g = fit(t, &o);
    drops_are(g, "7zero0 8zero0 ");
    near(fitted_at(g, 6), 7, "alone in its level");
    karvan_gravity_destroy(g);
    o.keep_singletons = false, o.keep_separated = true; /* levels of zeros have no estimate */
    g = fit(t, &o);
    assert_int_equal(g->d.n, 4);
    done(g, t);
}

/* Row 4 is alone in its level of a; without it the third level of b has only zeros. */
static void zeros_come_to_light(void **s) {
    (void)s;
    const double cell[] = {1, 0, 0, 2, 0, 1, 3, 1, 0, 4, 1, 1, 5, 2, 2, 0, 0, 2, 0, 1, 2};
    karvan_table *t = table_of("yab", 7, cell);
    karvan_gravity *g = fit(t, &(karvan_gravity_options){.formula = "y ~ 1 | a + b"});
    drops_are(g, "4alone0 5zero1 6zero1 ");
    done(g, t);
}

static void nothing_is_left(void **s) {
    (void)s;
    karvan_error e = {0};
    karvan_gravity *g = NULL;
    karvan_table *t = table_of("yab", 3, (double[]){1, 0, 0, 2, 0, 1, 3, 1, 1});
    karvan_gravity_options o = {.formula = "y ~ 1 | a + b"};
    assert_int_equal(karvan_gravity_fit(t, &o, &g, &e), KARVAN_E_DATA);
    assert_null(g);
    assert_string_equal(e.msg, "no row is left of 3: 0 lack a value, 3 are alone in a level of an "
                               "effect, 0 lie in levels of zeros alone, 0 are separated");
    karvan_table_destroy(t);
    t = table_of("yx", 2, (double[]){0, 1, 0, 2});
    o.formula = "y ~ x", e = (karvan_error){0};
    assert_int_equal(karvan_gravity_fit(t, &o, &g, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg, "all 2 values to be explained are 0: there is nothing to estimate");
    karvan_table_destroy(t);
}

/* ---- the ends ---- */

/* Far out the flow is 0 and its fitted value 1e-33, too small to be seen: separation is looked for
 * and not found, and Newton goes on from where it stood. The far row adds nothing to the likelihood
 * of the others. */
static void a_second_run_goes_on(void **s) {
    (void)s;
    static const double cell[] = {5, 0, 2, 1, 0.8, 2, 0.3, 3, 0.1, 4, 0, 80};
    karvan_gravity_options o = {.formula = "y ~ x"};
    karvan_table *t = table_of("yx", 6, cell), *less = table_of("yx", 5, cell);
    karvan_gravity *far = fit(t, &o), *g = fit(less, &o);
    assert_int_equal(far->d.n, 6);
    near(far->beta[1], g->beta[1], "b"), near(far->stats.deviance, g->stats.deviance, "deviance");
    near(far->bread[3], g->bread[3], "bread");
    for (int i = 0; i < 5; i++) near(fitted_at(far, i), fitted_at(g, i), "fitted");
    done(far, t), done(g, less);
}

static void the_best_is_kept_at_the_limit(void **s) {
    (void)s;
    double cell[90];
    karvan_error e = {0};
    karvan_gravity *g = NULL;
    for (int i = 0; i < 30; i++)
        cell[3 * i] = 1 + i * i % 11, cell[3 * i + 1] = i % 13, cell[3 * i + 2] = i % 4;
    karvan_table *t = table_of("yxa", 30, cell);
    karvan_gravity_options o = {.formula = "y ~ x | a", .max_iterations = 1};
    assert_int_equal(karvan_gravity_fit(t, &o, &g, &e), KARVAN_E_NOCONV);
    assert_non_null(strstr(e.msg, "no convergence in 1 iterations"));
    karvan_gravity_stats f = karvan_gravity_statistics(g);
    assert_true(!f.converged && f.iterations == 1 && f.step > 1e-10 && f.n == 30);
    karvan_gravity_destroy(g);
    o.max_iterations = 0;
    g = fit(t, &o);
    assert_true(g->stats.loglik > f.loglik && g->stats.loglik - f.loglik < 0.1);
    done(g, t);
}

static void cancelled(void **s) {
    (void)s;
    karvan_cancel stop = {0};
    karvan_error e = {0};
    karvan_gravity *g = NULL;
    karvan_table *t = table_of("yab", 9, CELLS);
    karvan_gravity_options o = {.formula = "y ~ 1 | a + b", .cancel = &stop};
    karvan_cancel_request(&stop);
    assert_int_equal(karvan_gravity_fit(t, &o, &g, &e), KARVAN_E_CANCELLED);
    assert_null(g);
    karvan_table_destroy(t);
}

/* ---- many parts ---- */

/* 80 exporters, 80 importers, 12 years: 76,800 rows, which are five parts for the sums over effects
 * and two for the figures. x separates the zeros of the first exporter from year 6. */
enum { COUNTRIES = 80, YEARS = 12, MANY = COUNTRIES * COUNTRIES * YEARS };
static karvan_table *many(void) {
    double *cell = malloc(sizeof *cell * MANY * 6);
    karvan_random r;
    karvan_random_init(&r, 17, 0);
    assert_non_null(cell);
    for (int i = 0; i < MANY; i++) {
        int a = i / (COUNTRIES * YEARS), b = i / YEARS % COUNTRIES, year = i % YEARS;
        bool apart = a == 0 && year > 5 && b % 2;
        double x = apart ? 1 + b : (b + year) % 5 == 0 ? 0.1 * (a % 3) : 0;
        double y = karvan_random_below(&r, 6) ? exp(0.3 * karvan_random_normal(&r) + 0.02 * a) : 0;
        const double row[] = {apart ? 0 : y, apart ? x : 0, x - 0.3 * year * (a % 2), a, b, year};
        memcpy(cell + 6 * (size_t)i, row, sizeof row);
    }
    karvan_table *t = table_of("yxzabc", MANY, cell);
    free(cell);
    return t;
}

/* Ten iterations, 85 passes: a little more is allowed, not what a step that is off would take. */
static void it_is_quick(void **s) {
    (void)s;
    karvan_table *t = many();
    karvan_gravity *g = fit(t, &(karvan_gravity_options){.formula = "y ~ z | a^c + b^c + a^b"});
    assert_true(g->stats.iterations <= 11 && g->stats.sweeps <= 95);
    done(g, t);
}

static void same(const void *a, const void *b, size_t n) {
    if (n) assert_memory_equal(a, b, n * sizeof(double));
}

static void the_same_bytes(void **s) {
    (void)s;
    static const int threads[] = {1, 2, 7};
    karvan_table *t = many();
    karvan_gravity *g[3];
    for (int k = 0; k < 3; k++)
        g[k] = fit(t, &(karvan_gravity_options){.formula = "y ~ x + z | a^c + b^c + a^b",
                                                .threads = threads[k]});
    assert_int_equal(g[0]->stats.n_separated, (YEARS - 6) * COUNTRIES / 2);
    assert_string_equal(karvan_gravity_collinear_name(g[0], 0), "x");
    for (int k = 1; k < 3; k++) {
        size_t n = (size_t)g[0]->d.n;
        assert_int_equal(g[k]->d.n, n);
        assert_int_equal(g[k]->stats.threads, threads[k]);
        same(g[k]->beta, g[0]->beta, (size_t)g[0]->n_kept);
        same(g[k]->bread, g[0]->bread, (size_t)(g[0]->n_kept * g[0]->n_kept));
        same(g[k]->mu, g[0]->mu, n), same(g[k]->eta, g[0]->eta, n);
        for (int j = 0; j < g[0]->n_kept; j++) same(g[k]->xt[j], g[0]->xt[j], n);
        for (int f = 0; f < 3; f++)
            same(g[k]->alpha[f], g[0]->alpha[f], (size_t)g[0]->d.effect[f].n_levels);
        same(&g[k]->stats.deviance, &g[0]->stats.deviance, 1);
        same(&g[k]->stats.loglik, &g[0]->stats.loglik, 1);
        assert_int_equal(g[k]->d.drops.n, g[0]->d.drops.n);
        for (int64_t i = 0; i < g[0]->d.drops.n; i++)
            same(&g[k]->d.drops.at[i].certificate, &g[0]->d.drops.at[i].certificate, 1);
    }
    assert_true(g[0]->stats.iterations > 12); /* of both runs: the first is given up after 12 */
    double total = 0, squares = 0, mean = 0;  /* figures of parts are those of the whole */
    for (int64_t i = 0; i < g[0]->d.n; i++) {
        double y = g[0]->d.y[i], mu = g[0]->mu[i];
        total += 2 * ((y > 0 ? y * log(y / mu) : 0) - (y - mu));
        squares += mu * g[0]->xt[0][i] * g[0]->xt[0][i], mean += mu * g[0]->xt[0][i];
    }
    near(g[0]->stats.deviance / total, 1, "deviance");
    near(*g[0]->bread * squares, 1, "bread"), near(mean, 0, "x less the effects");
    for (int k = 0; k < 3; k++) karvan_gravity_destroy(g[k]);
    karvan_table_destroy(t);
}

/* ---- memory ---- */

static karvan_table *swept;
static karvan_status work(karvan_estimator estimator, const char *formula, karvan_error *err) {
    karvan_gravity *g = NULL;
    karvan_gravity_options o = {
        .formula = formula, .estimator = estimator, .weights = "w", .offset = "o", .threads = 2};
    karvan_status st = karvan_gravity_fit(swept, &o, &g, err);
    assert_true((st == KARVAN_OK) == (g != NULL));
    karvan_gravity_destroy(g);
    return st;
}
static karvan_status work_alone(karvan_error *err) { return work(KARVAN_PPML, "y ~ x", err); }
static karvan_status work_two(karvan_error *err) { return work(KARVAN_PPML, "y ~ x | a + b", err); }
static karvan_status work_ols(karvan_error *err) { return work(KARVAN_OLS, "y ~ x | a", err); }

static void every_allocation_can_fail(void **s) {
    (void)s;
    swept = table_of("ywxoab", 7,
                     (double[]){1, 1, 0, 2, 0, 0, 2, 2, 1, 1, 0, 1, 3, 3, 2, 0, 1, 0, 4, 1, 0,
                                1, 1, 1, 2, 5, 1, 1, 2, 0, 1, 1, 0, 0, 2, 1, 6, 1, 0, 3, 3, 3});
    every_allocation_fails(work_alone, 2000);
    every_allocation_fails(work_two, 2000); /* the last row is a singleton */
    every_allocation_fails(work_ols, 2000);
    karvan_table_destroy(swept);
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(chains_are_followed),
                                   cmocka_unit_test(zeros_come_to_light),
                                   cmocka_unit_test(nothing_is_left),
                                   cmocka_unit_test(a_second_run_goes_on),
                                   cmocka_unit_test(the_best_is_kept_at_the_limit),
                                   cmocka_unit_test(cancelled),
                                   cmocka_unit_test(it_is_quick),
                                   cmocka_unit_test(the_same_bytes),
                                   cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
