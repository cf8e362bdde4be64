/* Balancing and the gravity model: by hand, by what any solution must satisfy, and by a search over
 * all sets of origins for matrices that cannot be. */
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

/* Seed 1 2 / 3 4, sums 10 20 and 12 18: with x in the first cell, x (8 + x) / ((10 - x) (12 - x)) =
 * 2/3, so x^2 + 68 x - 240 = 0. */
static void four_cells_by_hand(void **state) {
    (void)state;
    const double seed[] = {1, 2, 3, 4}, row[] = {10, 20}, column[] = {12, 18};
    double out[4], x = (-68 + sqrt(5584.0)) / 2;
    karvan_balance_stats s;
    assert_int_equal(karvan_balance(2, 2, seed, row, column, NULL, NULL, out, &s, NULL), KARVAN_OK);
    assert_true(s.converged && s.error <= 1e-10);
    near(s.total, 30, 1e-12);
    near(out[0], x, 1e-9), near(out[1], 10 - x, 1e-9);
    near(out[2], 12 - x, 1e-9), near(out[3], 8 + x, 1e-9);
    assert_int_equal(karvan_balance(2, 2, seed, row, NULL, NULL, NULL, out, &s, NULL), KARVAN_OK);
    near(out[0], 10.0 / 3, 1e-14), near(out[3], 20 * 4.0 / 7, 1e-14);
    assert_int_equal(karvan_balance(2, 2, seed, NULL, column, NULL, NULL, out, &s, NULL),
                     KARVAN_OK);
    near(out[0], 3, 1e-14), near(out[3], 12, 1e-14);
}

/* Ways of 1 inside and 3 between two equal zones: exp(-beta c) leaves the share 1/(1 + e^-2beta)
 * inside. */
static void two_zones_by_hand(void **state) {
    (void)state;
    const double cost[] = {1, 3, 3, 1}, ends[] = {10, 10};
    double out[4];
    karvan_distribution d = {2, 2, ends, ends, cost, NULL, KARVAN_BOTH_ENDS, NULL};
    karvan_deterrence f = {.beta = log(3) / 2};
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, NULL, NULL), KARVAN_OK);
    near(out[0], 7.5, 1e-9), near(out[1], 2.5, 1e-9);
    f = (karvan_deterrence){.kind = KARVAN_DETER_POWER, .beta = 2};
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, NULL, NULL), KARVAN_OK);
    near(out[0], 9, 1e-9);
    f = (karvan_deterrence){.kind = KARVAN_DETER_TANNER, .beta = 1, .power = 1};
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, NULL, NULL), KARVAN_OK);
    near(out[0] / out[1], exp(2) / 3, 1e-9);
    const double edge[] = {2, INFINITY};
    double factor[] = {4, 1};
    f = (karvan_deterrence){.kind = KARVAN_DETER_BINS, .n_bins = 2, .edge = edge, .factor = factor};
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, NULL, NULL), KARVAN_OK);
    near(out[0], 8, 1e-9);
    near(karvan_deterrence_at(&f, 2), 4, 0), near(karvan_deterrence_at(&f, 2.1), 1, 0);
}

/* One end: origin 0 chooses by weights 1 and 3 times e^-beta c. */
static void one_end_by_hand(void **state) {
    (void)state;
    const double cost[] = {1, 2}, send[] = {100}, weight[] = {1, 3};
    double out[2], a = exp(-1), b = 3 * exp(-2);
    karvan_distribution d = {1, 2, send, weight, cost, NULL, KARVAN_ORIGIN_ENDS, NULL};
    karvan_deterrence f = {.beta = 1};
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, NULL, NULL), KARVAN_OK);
    near(out[0], 100 * a / (a + b), 1e-12), near(out[1], 100 * b / (a + b), 1e-12);
    karvan_distribution e = {2, 1, weight, send, cost, NULL, KARVAN_DESTINATION_ENDS, NULL};
    assert_int_equal(karvan_distribute(&e, &f, NULL, out, NULL, NULL), KARVAN_OK);
    near(out[0], 100 * a / (a + b), 1e-12), near(out[1], 100 * b / (a + b), 1e-12);
    const double far[] = {5001, 5002}; /* e^-5001 is nothing; beside the other it is as much */
    e.cost = far, d.cost = far;
    assert_int_equal(karvan_distribute(&e, &f, NULL, out, NULL, NULL), KARVAN_OK);
    near(out[0], 100 * a / (a + b), 1e-12), near(out[1], 100 * b / (a + b), 1e-12);
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, NULL, NULL), KARVAN_OK);
    near(out[0], 100 * a / (a + b), 1e-12), near(out[1], 100 * b / (a + b), 1e-12);
}

enum { SIDE = 150 };
typedef struct drawn {
    int32_t n, m;
    double row[SIDE], column[SIDE], cost[SIDE * SIDE], factor[SIDE * SIDE], out[SIDE * SIDE];
    double again[SIDE * SIDE];
} drawn;

static drawn *draw(karvan_random *r, int32_t most, double closed) {
    static drawn d;
    d.n = 1 + (int32_t)karvan_random_below(r, (uint64_t)most);
    d.m = 1 + (int32_t)karvan_random_below(r, (uint64_t)most);
    memset(d.row, 0, sizeof d.row), memset(d.column, 0, sizeof d.column);
    for (int32_t i = 0; i < d.n; i++)
        for (int32_t j = 0; j < d.m; j++) {
            size_t at = (size_t)(i * d.m + j);
            bool open = karvan_random_uniform(r) >= closed;
            d.cost[at] = open ? 1 + 50 * karvan_random_uniform(r) : INFINITY;
            d.factor[at] = 0.5 + karvan_random_uniform(r);
            double t = open ? exp(2 * karvan_random_normal(r)) : 0;
            d.row[i] += t, d.column[j] += t; /* sums of a matrix that there is */
        }
    return &d;
}

static void meets_sums(const drawn *d, double within) {
    for (int32_t i = 0; i < d->n; i++) {
        double s = 0;
        for (int32_t j = 0; j < d->m; j++) s += d->out[i * d->m + j];
        assert_true(fabs(s - d->row[i]) <= within * d->row[i]);
    }
    for (int32_t j = 0; j < d->m; j++) {
        double s = 0;
        for (int32_t i = 0; i < d->n; i++) s += d->out[i * d->m + j];
        assert_true(fabs(s - d->column[j]) <= 1e-12 * d->column[j]);
    }
}

/* What makes a matrix the gravity model's: of any two rows and columns, trips crosswise are as the
 * seed's are. */
static void keeps_odds(const drawn *d, const karvan_deterrence *f) {
    for (int32_t i = 1; i < d->n; i++)
        for (int32_t j = 1; j < d->m; j++) {
            int32_t at[] = {0, j, i * d->m, i * d->m + j};
            double t[4], s[4];
            for (int k = 0; k < 4; k++) {
                t[k] = log(d->out[at[k]]);
                s[k] = log(d->factor[at[k]]) + log(karvan_deterrence_at(f, d->cost[at[k]]));
            }
            near(t[0] + t[3] - t[1] - t[2], s[0] + s[3] - s[1] - s[2], 1e-9);
        }
}

static void random_models(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 11, 0);
    for (int t = 0; t < 60; t++) {
        drawn *d = draw(&r, 12, 0);
        karvan_distribution p = {d->n, d->m, d->row, d->column, d->cost, d->factor, 0, NULL};
        karvan_deterrence f = {
            .kind = (karvan_deterrence_kind)(t % 3), .beta = t % 3 == 1 ? 1.5 : 0.1, .power = 0.7};
        karvan_balance_options o = {.scale_columns = true};
        karvan_balance_stats s;
        assert_int_equal(karvan_distribute(&p, &f, &o, d->out, &s, NULL), KARVAN_OK);
        assert_true(s.vanished == 0);
        meets_sums(d, 1e-9);
        keeps_odds(d, &f);
    }
}

/* Costs of a million change nothing but their differences. */
static void large_costs(void **state) {
    (void)state;
    const double cost[] = {1e6 + 1, 1e6 + 3, 3, 1}, ends[] = {10, 10};
    double out[4];
    karvan_balance_stats s;
    karvan_distribution d = {2, 2, ends, ends, cost, NULL, KARVAN_BOTH_ENDS, NULL};
    karvan_deterrence f = {.beta = log(3) / 2};
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, &s, NULL), KARVAN_OK);
    near(out[0], 7.5, 1e-9);
    assert_int_equal(s.vanished, 0);
    f.beta = 1e4; /* the pairs that cross are as good as closed, and said to be */
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, &s, NULL), KARVAN_OK);
    near(out[0], 10, 1e-12);
    assert_int_equal(s.vanished, 2);
}

/* All sets of origins: does one of them want more than all columns that it reaches take? */
static bool is_possible(const drawn *d) {
    for (unsigned set = 1; set < 1U << d->n; set++) {
        double want = 0, take = 0;
        for (int32_t i = 0; i < d->n; i++) want += set >> i & 1 ? d->row[i] : 0;
        for (int32_t j = 0; j < d->m; j++) {
            bool reached = false;
            for (int32_t i = 0; i < d->n; i++)
                reached = reached || ((set >> i & 1) && isfinite(d->cost[i * d->m + j]));
            take += reached ? d->column[j] : 0;
        }
        if (want > take * (1 + 1e-6)) return false;
    }
    return true;
}

/* Sums moved about among rows and columns: possible or not, and never a wrong answer. */
static void zeros_that_forbid(void **state) {
    (void)state;
    karvan_random r;
    int possible = 0, impossible = 0;
    karvan_random_init(&r, 12, 0);
    for (int t = 0; t < 400; t++) {
        drawn *d = draw(&r, 7, 0.55);
        double sum = 0, shifted = 0;
        for (int32_t i = 0; i < d->n; i++) sum += d->row[i];
        if (sum == 0) continue;
        for (int32_t j = 0; t % 2 && j < d->m; j++) d->column[j] *= exp(karvan_random_normal(&r));
        for (int32_t j = 0; j < d->m; j++) shifted += d->column[j];
        for (int32_t j = 0; j < d->m; j++) d->column[j] *= sum / shifted;
        karvan_distribution p = {d->n, d->m, d->row, d->column, d->cost, NULL, 0, NULL};
        karvan_deterrence f = {.beta = 0.05};
        karvan_error err = {0};
        karvan_status st = karvan_distribute(&p, &f, NULL, d->out, NULL, &err);
        bool can = is_possible(d);
        if (st == KARVAN_E_DATA) {
            if (can) fail_msg("possible, but: %s", err.msg);
            impossible++;
        } else {
            /* On the edge of what is possible cells tend to 0, and balancing is slow. */
            assert_true(can);
            assert_true(st == KARVAN_OK || st == KARVAN_E_NOCONV);
            if (st == KARVAN_OK) meets_sums(d, 1e-9), possible++;
        }
    }
    assert_true(possible > 100 && impossible > 60);
}

static void refuse(const karvan_distribution *d, const karvan_deterrence *f, karvan_status status,
                   const char *message) {
    double out[9];
    karvan_error err = {0};
    assert_int_equal(karvan_distribute(d, f, NULL, out, NULL, &err), status);
    if (!strstr(err.msg, message)) fail_msg("'%s' where '%s' is said", err.msg, message);
}

static void faults_are_named(void **state) {
    (void)state;
    const double inf = INFINITY;
    const double cost[] = {1, 2, 3, 4}, row[] = {5, 5}, column[] = {4, 6}, less[] = {4, 5};
    const double bad[] = {1, NAN, 3, 4}, none[] = {1, 0, 3, 4}, wall[] = {1, inf, 3, inf},
                 gate[] = {1, inf, inf, inf}, minus[] = {5, -5};
    const char *const names[] = {"Baku", "Ganja", "Aktau", "Kuryk"};
    karvan_deterrence f = {.beta = 1};
    karvan_distribution d = {2, 2, row, less, cost, NULL, KARVAN_BOTH_ENDS, NULL};
    refuse(&d, &f, KARVAN_E_ARG, "origins send 10 in all and destinations take 9");
    d.attraction = minus;
    refuse(&d, &f, KARVAN_E_ARG, "the sum of destination 2 is -5; it must be 0 or more");
    d.constraint = KARVAN_ORIGIN_ENDS;
    refuse(&d, &f, KARVAN_E_ARG, "attraction of 2 is -5; 0 or more is right");
    d.constraint = KARVAN_BOTH_ENDS;
    d.attraction = column, d.cost = bad, d.names = names;
    refuse(&d, &f, KARVAN_E_ARG, "Baku to Kuryk: the cost is nan; a number");
    f.kind = KARVAN_DETER_POWER, d.cost = none;
    refuse(&d, &f, KARVAN_E_ARG, "Baku to Kuryk: the cost is 0; above 0");
    f.kind = KARVAN_DETER_EXPONENTIAL, d.cost = wall;
    refuse(&d, &f, KARVAN_E_DATA, "destination Kuryk takes 6, but no origin");
    d.cost = gate;
    refuse(&d, &f, KARVAN_E_DATA, "origin Ganja sends 5, but no destination");
    f.beta = NAN;
    refuse(&d, &f, KARVAN_E_ARG, "beta is nan");
    double edge[] = {2, 1}, factor[] = {1, 1};
    f = (karvan_deterrence){.kind = KARVAN_DETER_BINS, .n_bins = 2, .edge = edge, .factor = factor};
    refuse(&d, &f, KARVAN_E_ARG, "edge 2 of the bins");
    edge[1] = 3, factor[1] = -1;
    refuse(&d, &f, KARVAN_E_ARG, "factor 2 of the bins is -1");
    karvan_error err = {0};
    karvan_deterrence_kind k;
    assert_int_equal(karvan_deterrence_parse("expo", &k, &err), KARVAN_E_ARG);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(
            karvan_deterrence_parse(karvan_deterrence_name((karvan_deterrence_kind)i), &k, NULL),
            KARVAN_OK);
        assert_int_equal(k, i);
    }
}

/* Three origins that share one destination want more than it takes. */
static void a_set_is_named(void **state) {
    (void)state;
    const double inf = INFINITY, row[] = {5, 5, 5, 15}, column[] = {10, 20};
    const double cost[] = {1, inf, 1, inf, 1, inf, 1, 1};
    double out[8];
    karvan_error err = {0};
    karvan_distribution d = {4, 2, row, column, cost, NULL, KARVAN_BOTH_ENDS, NULL};
    karvan_deterrence f = {.beta = 1};
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, NULL, &err), KARVAN_E_DATA);
    assert_string_equal(err.msg, "no such matrix: origins 1, 2, 3 send 15, and all destinations "
                                 "open to them take 10");
}

/* Rows 1 and 1 1, sums that need the last cell to be 0: the limit exists, far away. */
static void slow_is_told(void **state) {
    (void)state;
    const double seed[] = {1, 0, 1, 1}, row[] = {5, 5}, column[] = {5, 5};
    double out[4];
    karvan_balance_stats s;
    karvan_balance_options o = {.max_iterations = 50};
    assert_int_equal(karvan_balance(2, 2, seed, row, column, NULL, &o, out, &s, NULL),
                     KARVAN_E_NOCONV);
    assert_true(!s.converged && s.error > 1e-3 && s.error < 0.1);
    near(out[0] + out[2], 5, 1e-12); /* columns meet their sums all the same */
}

static void nothing_at_all(void **state) {
    (void)state;
    const double zero[] = {0, 0}, cost[] = {1, 1, 1, 1};
    double out[4] = {9, 9, 9, 9};
    karvan_distribution d = {2, 2, zero, zero, cost, NULL, KARVAN_BOTH_ENDS, NULL};
    karvan_deterrence f = {.beta = 1};
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, NULL, NULL), KARVAN_OK);
    for (int i = 0; i < 4; i++) assert_true(out[i] == 0);
    d.n_origins = d.n_destinations = 0;
    assert_int_equal(karvan_distribute(&d, &f, NULL, out, NULL, NULL), KARVAN_OK);
}

static void threads_and_cancel(void **state) {
    (void)state;
    static drawn *d;
    karvan_random r;
    karvan_random_init(&r, 13, 0);
    do d = draw(&r, SIDE, 0);
    while (d->n < 130);
    karvan_distribution p = {d->n, d->m, d->row, d->column, d->cost, d->factor, 0, NULL};
    karvan_deterrence f = {.beta = 0.2};
    for (int threads = 1; threads <= 4; threads++) {
        karvan_balance_options o = {.threads = threads, .scale_columns = true};
        double *out = threads == 1 ? d->out : d->again;
        assert_int_equal(karvan_distribute(&p, &f, &o, out, NULL, NULL), KARVAN_OK);
        if (threads > 1) assert_memory_equal(d->out, d->again, (size_t)(d->n * d->m) * 8);
    }
    karvan_cancel c = {1};
    karvan_balance_options o = {.cancel = &c, .scale_columns = true};
    assert_int_equal(karvan_distribute(&p, &f, &o, d->out, NULL, NULL), KARVAN_E_CANCELLED);
}

static karvan_status all_of_it(karvan_error *err) {
    const double cost[] = {1, 2, 3, 4}, row[] = {5, 5}, column[] = {8, 12};
    double out[4];
    karvan_balance_options o = {.threads = 1, .scale_columns = true};
    karvan_distribution d = {2, 2, row, column, cost, NULL, KARVAN_BOTH_ENDS, NULL};
    karvan_deterrence f = {.beta = 1};
    karvan_status st = karvan_distribute(&d, &f, &o, out, NULL, err);
    if (st == KARVAN_OK) st = karvan_balance(2, 2, cost, row, column, NULL, &o, out, NULL, err);
    return st;
}
static void memory_fails(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_cells_by_hand), cmocka_unit_test(two_zones_by_hand),
        cmocka_unit_test(one_end_by_hand),    cmocka_unit_test(random_models),
        cmocka_unit_test(large_costs),        cmocka_unit_test(zeros_that_forbid),
        cmocka_unit_test(faults_are_named),   cmocka_unit_test(a_set_is_named),
        cmocka_unit_test(slow_is_told),       cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(threads_and_cancel), cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
