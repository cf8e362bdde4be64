/* Calibration: by hand on two zones, and by what a parameter of greatest likelihood must satisfy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "karvan/demand.h"
#include "sweep.h"

static void near(double found, double said, double within) {
    if (!(fabs(found - said) <= within * fmax(1, fabs(said))))
        fail_msg("%.17g where %.17g is said", found, said);
}

static const double SQUARE[] = {1, 3, 3, 1}, TEN[] = {10, 10};

/* The share inside is e^2beta / (1 + e^2beta), and the mean cost 3 - 2 of that: 1.5 at ln 3 / 2. */
static void mean_cost_by_hand(void **state) {
    (void)state;
    double out[4];
    karvan_calibration_stats s;
    karvan_distribution d = {2, 2, TEN, TEN, SQUARE, NULL, KARVAN_BOTH_ENDS, NULL};
    karvan_deterrence f = {.kind = KARVAN_DETER_EXPONENTIAL};
    assert_int_equal(karvan_calibrate_mean(&d, 1.5, NULL, &f, out, &s, NULL), KARVAN_OK);
    near(f.beta, log(3) / 2, 1e-8), near(out[0], 7.5, 1e-8), near(s.mean_cost, 1.5, 1e-9);
    assert_true(s.converged && isnan(s.deviance) && isnan(s.beta_error));
    f.kind = KARVAN_DETER_POWER; /* the share inside is 3^beta / (1 + 3^beta) */
    assert_int_equal(karvan_calibrate_mean(&d, 1.5, NULL, &f, NULL, &s, NULL), KARVAN_OK);
    near(f.beta, 1, 1e-8);
    f.kind = KARVAN_DETER_TANNER, f.power = 1; /* e^2beta / (3 + e^2beta) */
    assert_int_equal(karvan_calibrate_mean(&d, 1.5, NULL, &f, NULL, &s, NULL), KARVAN_OK);
    near(f.beta, log(9) / 2, 1e-8);
    f.kind = KARVAN_DETER_EXPONENTIAL, f.power = 0; /* cost is no matter at 2 */
    assert_int_equal(karvan_calibrate_mean(&d, 2, NULL, &f, NULL, &s, NULL), KARVAN_OK);
    near(f.beta, 0, 0);
    f.kind = KARVAN_DETER_EXPONENTIAL; /* nearly the least that there is */
    assert_int_equal(karvan_calibrate_mean(&d, 1.0001, NULL, &f, NULL, &s, NULL), KARVAN_OK);
    near(s.mean_cost, 1.0001, 1e-9);
}

static void refuse_mean(const karvan_distribution *d, double mean, karvan_status status,
                        const char *message) {
    karvan_deterrence f = {.kind = KARVAN_DETER_EXPONENTIAL};
    karvan_error err = {0};
    assert_int_equal(karvan_calibrate_mean(d, mean, NULL, &f, NULL, NULL, &err), status);
    if (!strstr(err.msg, message)) fail_msg("'%s' where '%s' is said", err.msg, message);
}

static void unattainable_is_told(void **state) {
    (void)state;
    karvan_distribution d = {2, 2, TEN, TEN, SQUARE, NULL, KARVAN_BOTH_ENDS, NULL};
    refuse_mean(&d, 0.9, KARVAN_E_DATA,
                "no beta gives a mean cost of 0.9: it is 2 where cost is "
                "no matter, and falls no lower than about 1");
    refuse_mean(&d, 2.2, KARVAN_E_DATA, "it is 2 where cost is no matter, and less where it is");
    refuse_mean(&d, 0, KARVAN_E_ARG, "the mean cost is 0");
    refuse_mean(&d, NAN, KARVAN_E_ARG, "the mean cost is nan");
    const double row[] = {10, 5}, column[] = {3, 12}; /* cannot all stay inside */
    d.production = row, d.attraction = column;
    refuse_mean(&d, 1.2, KARVAN_E_DATA, "falls no lower than about 1.9"); /* (3 + 5 + 7 3) / 15 */
}

/* Two by two everything is fitted: beta (c12 + c21 - c11 - c22) is the logarithm of the odds, whose
 * variance is the sum of 1/n. */
static void likelihood_by_hand(void **state) {
    (void)state;
    const double seen[] = {30, 12, 8, 25}, odds = log(30.0 * 25 / (12 * 8));
    double out[4];
    karvan_calibration_stats s;
    karvan_distribution d = {2, 2, NULL, NULL, SQUARE, NULL, KARVAN_BOTH_ENDS, NULL};
    karvan_deterrence f = {.kind = KARVAN_DETER_EXPONENTIAL};
    assert_int_equal(karvan_calibrate_trips(&d, seen, NULL, &f, out, &s, NULL), KARVAN_OK);
    near(f.beta, odds / 4, 1e-8);
    near(s.beta_error, sqrt(1.0 / 30 + 1.0 / 12 + 1.0 / 8 + 1.0 / 25) / 4, 1e-7);
    for (int i = 0; i < 4; i++) near(out[i], seen[i], 1e-8);
    near(s.deviance, 0, 1e-8), near(s.mean_cost, s.observed_cost, 1e-9);
    f.kind = KARVAN_DETER_POWER;
    assert_int_equal(karvan_calibrate_trips(&d, seen, NULL, &f, out, &s, NULL), KARVAN_OK);
    near(f.beta, odds / (2 * log(3)), 1e-8);
    const double edge[] = {2, 4};
    double factor[2];
    f = (karvan_deterrence){.kind = KARVAN_DETER_BINS, .n_bins = 2, .edge = edge, .factor = factor};
    assert_int_equal(karvan_calibrate_trips(&d, seen, NULL, &f, out, &s, NULL), KARVAN_OK);
    near(log(factor[0] / factor[1]), odds / 2, 1e-8);
    near((55 * factor[0] + 20 * factor[1]) / 75, 1, 1e-12);
}

enum { N = 14 };
typedef struct world {
    double cost[N * N], row[N], column[N], seen[N * N], out[N * N];
} world;

static world *draw(karvan_random *r) {
    static world w;
    for (int i = 0; i < N * N; i++) w.cost[i] = 1 + 20 * karvan_random_uniform(r);
    for (int i = 0; i < N; i++) w.row[i] = w.column[i] = exp(4 + karvan_random_normal(r));
    for (int i = N - 1; i > 0; i--) { /* the same sum in another order */
        int j = (int)karvan_random_below(r, (uint64_t)i + 1);
        double t = w.column[i];
        w.column[i] = w.column[j], w.column[j] = t;
    }
    return &w;
}

/* Trips that a gravity model made give its parameters back, exactly. */
static void what_was_put_in(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 21, 0);
    for (int t = 0; t < 12; t++) {
        world *w = draw(&r);
        karvan_distribution d = {
            N,   N, w->row, w->column, w->cost, NULL, (karvan_constraint)(t % 4 == 3 ? t / 4 : 0),
            NULL};
        karvan_deterrence f = {.kind = (karvan_deterrence_kind)(t % 3),
                               .beta = t % 3 == 1 ? 1.7 : 0.13,
                               .power = 0.6},
                          g = f;
        karvan_calibration_stats s;
        assert_int_equal(karvan_distribute(&d, &f, NULL, w->seen, NULL, NULL), KARVAN_OK);
        g.beta = 99, g.power = -9;
        assert_int_equal(karvan_calibrate_trips(&d, w->seen, NULL, &g, w->out, &s, NULL),
                         KARVAN_OK);
        near(g.beta, f.beta, 1e-7);
        if (f.kind == KARVAN_DETER_TANNER) near(g.power, f.power, 1e-7);
        near(s.deviance / 1000, 0, 1e-9);
        assert_true(s.iterations < 20);
        g.beta = 0, g.power = f.power;
        assert_int_equal(karvan_calibrate_mean(&d, s.observed_cost, NULL, &g, w->out, &s, NULL),
                         KARVAN_OK);
        near(g.beta, f.beta, 1e-6);
    }
}

static double deviance_at(karvan_distribution *d, world *w, karvan_deterrence *f) {
    double sum = 0;
    assert_int_equal(karvan_distribute(d, f, NULL, w->out, NULL, NULL), KARVAN_OK);
    for (int i = 0; i < N * N; i++)
        sum += w->seen[i] > 0 ? 2 * w->seen[i] * log(w->seen[i] / w->out[i]) : 0;
    return sum;
}

/* With noise the deviance rises to every side, as fast as the standard error says: by 1 at one. */
static void greatest_likelihood(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 22, 0);
    for (int t = 0; t < 9; t++) {
        world *w = draw(&r);
        karvan_distribution d = {N, N, w->row, w->column, w->cost, NULL, 0, NULL};
        karvan_deterrence f = {
            .kind = (karvan_deterrence_kind)(t % 3), .beta = t % 3 == 1 ? 1.7 : 0.13, .power = 0.6};
        karvan_calibration_stats s;
        assert_int_equal(karvan_distribute(&d, &f, NULL, w->seen, NULL, NULL), KARVAN_OK);
        memset(w->row, 0, sizeof w->row), memset(w->column, 0, sizeof w->column);
        for (int i = 0; i < N * N; i++) {
            w->seen[i] = fmax(0, round(w->seen[i] + sqrt(w->seen[i]) * karvan_random_normal(&r)));
            w->row[i / N] += w->seen[i], w->column[i % N] += w->seen[i];
        }
        assert_int_equal(karvan_calibrate_trips(&d, w->seen, NULL, &f, w->out, &s, NULL),
                         KARVAN_OK);
        double best = deviance_at(&d, w, &f);
        near(best, s.deviance, 1e-7);
        karvan_deterrence g = f;
        for (int side = -1; side < 2; side += 2) {
            if (f.kind != KARVAN_DETER_TANNER) {
                g.beta = f.beta + side * s.beta_error / 10;
                near((deviance_at(&d, w, &g) - best) * 100, 1, 2e-2);
            } else { /* a step in one alone costs more than a joint one */
                g.beta = f.beta + side * s.beta_error / 10;
                assert_true((deviance_at(&d, w, &g) - best) * 100 > 1);
                g.beta = f.beta, g.power = f.power + side * s.power_error / 10;
                assert_true((deviance_at(&d, w, &g) - best) * 100 > 1);
                g = f;
            }
        }
    }
}

/* Bins: every bin, row and column has its observed trips. */
static void bins_have_their_share(void **state) {
    (void)state;
    karvan_random r;
    const double edge[] = {4, 8, 12, 16, 30};
    double factor[5];
    karvan_random_init(&r, 23, 0);
    world *w = draw(&r);
    for (int i = 0; i < N * N; i++)
        w->seen[i] = w->cost[i] > 8 && w->cost[i] <= 12 ? 0 : floor(9 * karvan_random_uniform(&r));
    karvan_distribution d = {N, N, NULL, NULL, w->cost, NULL, 0, NULL};
    karvan_deterrence f = {.kind = KARVAN_DETER_BINS, .n_bins = 5, .edge = edge, .factor = factor};
    karvan_calibration_stats s;
    assert_int_equal(karvan_calibrate_trips(&d, w->seen, NULL, &f, w->out, &s, NULL), KARVAN_OK);
    assert_true(factor[2] == 0);
    for (int k = 0; k < 5; k++) {
        double seen = 0, made = 0;
        for (int i = 0; i < N * N; i++)
            if (w->cost[i] <= edge[k] && (k == 0 || w->cost[i] > edge[k - 1]))
                seen += w->seen[i], made += w->out[i];
        near(made, seen, 1e-8);
    }
    for (int i = 0; i < N; i++) {
        double seen = 0, made = 0;
        for (int j = 0; j < N; j++) seen += w->seen[i * N + j], made += w->out[i * N + j];
        near(made, seen, 1e-8);
    }
}

static void refuse_trips(const double *cost, const double *seen, karvan_deterrence_kind kind,
                         karvan_status status, const char *message) {
    karvan_distribution d = {2, 2, NULL, NULL, cost, NULL, KARVAN_BOTH_ENDS, NULL};
    karvan_deterrence f = {.kind = kind};
    karvan_error err = {0};
    assert_int_equal(karvan_calibrate_trips(&d, seen, NULL, &f, NULL, NULL, &err), status);
    if (!strstr(err.msg, message)) fail_msg("'%s' where '%s' is said", err.msg, message);
}

static void faults_are_named(void **state) {
    (void)state;
    const double seen[] = {3, 1, 2, 4}, wall[] = {1, INFINITY, 3, 1}, none[] = {0, 0, 0, 0};
    const double sums[] = {1, 2, 2, 3}, flat[] = {2, 2, 2, 2}, minus[] = {3, -1, 2, 4};
    const double inside[] = {5, 0, 0, 5}, *square = SQUARE;
    refuse_trips(wall, seen, 0, KARVAN_E_DATA, "1 to 2: 1 trips were observed where none can go");
    refuse_trips(square, minus, 0, KARVAN_E_ARG, "1 to 2: -1 trips; 0 or more");
    refuse_trips(square, none, 0, KARVAN_E_DATA, "no trips were observed");
    refuse_trips(sums, seen, 0, KARVAN_E_DATA, "cannot be told"); /* cost is a sum of ends' costs */
    refuse_trips(flat, seen, 0, KARVAN_E_DATA, "cannot be told");
    refuse_trips(square, seen, KARVAN_DETER_TANNER, KARVAN_E_DATA, "cannot be told");
    refuse_trips(square, inside, 0, KARVAN_E_NOCONV, "only pairs of least cost have trips");
}

/* Weights of the end that is free are looked at as karvan_distribute does. */
static void weights_are_checked(void **state) {
    (void)state;
    const double seen[] = {3, 1, 2, 4}, minus[] = {-5, 10}, unknown[] = {1, NAN}, zero[] = {0, 10};
    karvan_distribution d = {2, 2, TEN, minus, SQUARE, NULL, KARVAN_ORIGIN_ENDS, NULL};
    karvan_deterrence f = {.kind = KARVAN_DETER_EXPONENTIAL};
    karvan_error err = {0};
    refuse_mean(&d, 1.5, KARVAN_E_ARG, "attraction of 1 is -5; 0 or more is right");
    assert_int_equal(karvan_calibrate_trips(&d, seen, NULL, &f, NULL, NULL, &err), KARVAN_E_ARG);
    assert_non_null(strstr(err.msg, "attraction of 1 is -5"));
    d.production = unknown, d.attraction = TEN, d.constraint = KARVAN_DESTINATION_ENDS;
    refuse_mean(&d, 1.5, KARVAN_E_ARG, "production of 2 is nan");
    err = (karvan_error){0};
    d = (karvan_distribution){2, 2, TEN, zero, SQUARE, NULL, KARVAN_ORIGIN_ENDS, NULL};
    assert_int_equal(karvan_calibrate_trips(&d, seen, NULL, &f, NULL, NULL, &err), KARVAN_E_DATA);
    assert_non_null(strstr(err.msg, "1 to 1: 3 trips were observed where none can go"));
    d.constraint = KARVAN_BOTH_ENDS; /* the sums are those of the trips: not read */
    assert_int_equal(karvan_calibrate_trips(&d, seen, NULL, &f, NULL, NULL, NULL), KARVAN_OK);
}

static karvan_status all_of_it(karvan_error *err) {
    const double seen[] = {30, 12, 8, 25}, edge[] = {2, 4};
    double factor[2];
    karvan_balance_options o = {.threads = 1};
    karvan_distribution d = {2, 2, TEN, TEN, SQUARE, NULL, KARVAN_BOTH_ENDS, NULL};
    karvan_deterrence f = {.kind = KARVAN_DETER_EXPONENTIAL};
    karvan_deterrence g = {.kind = KARVAN_DETER_BINS, .n_bins = 2, .edge = edge, .factor = factor};
    karvan_status st = karvan_calibrate_trips(&d, seen, &o, &f, NULL, NULL, err);
    if (st == KARVAN_OK) st = karvan_calibrate_mean(&d, 1.5, &o, &f, NULL, NULL, err);
    if (st == KARVAN_OK) st = karvan_calibrate_trips(&d, seen, &o, &g, NULL, NULL, err);
    return st;
}
static void memory_fails(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_cost_by_hand),   cmocka_unit_test(unattainable_is_told),
        cmocka_unit_test(likelihood_by_hand),  cmocka_unit_test(what_was_put_in),
        cmocka_unit_test(greatest_likelihood), cmocka_unit_test(bins_have_their_share),
        cmocka_unit_test(faults_are_named),    cmocka_unit_test(weights_are_checked),
        cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
