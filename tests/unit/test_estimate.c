/* Estimation from counts: closed forms, loads that respond, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "estimate_linear.h"
#include "sweep.h"

static void near(double found, double said, double within) {
    if (!(fabs(found - said) <= within * fmax(1, fabs(said))))
        fail_msg("%.17g where %.17g is said", found, said);
}

/* Priors 10 and 20, half of that their errors, and their sum counted as 40 +- 5: the gap of 10 is
 * shared by variances 25, 100 and 25 of 150. */
static linear two_cells(void) {
    return (linear){.n = 2,
                    .m = 1,
                    .share = {1, 1},
                    .prior = {10, 20},
                    .prior_error = {0.5, 0.5},
                    .count = {40},
                    .count_error = {5}};
}
static void two_cells_by_hand(void **state) {
    (void)state;
    linear l = two_cells();
    karvan_estimate *e = solve_linear(&l, KARVAN_ESTIMATE_GLS);
    near(e->demand[0], 10 + 10 / 6.0, 1e-12), near(e->demand[1], 20 + 20 / 3.0, 1e-12);
    near(e->demand_error[0], sqrt(25 - 625 / 150.0), 1e-12);
    near(e->demand_error[1], sqrt(100 - 10000 / 150.0), 1e-12);
    near(e->removed[0], 1 / 6.0, 1e-12), near(e->removed[1], 2 / 3.0, 1e-12);
    near(e->before[0], 30, 0), near(e->modelled[0], 40 - 10 / 6.0, 1e-12);
    near(e->standardised[0], 10 / sqrt(150), 1e-12);
    near(e->misfit_before, 4, 1e-12), near(e->misfit, 1 / 9.0, 1e-12);
    near(e->strain, 1 / 9.0 + 4 / 9.0, 1e-12);
    assert_int_equal(e->against[0], -1);
    assert_true(isnan(e->without[0]));
    karvan_estimate_destroy(e);
}

/* 10 +- 1 and 10 +- 10, together 5 +- 0.1: the second falls to 0, and the first takes the rest. */
static void bound_by_hand(void **state) {
    (void)state;
    linear l = {.n = 2,
                .m = 1,
                .share = {1, 1},
                .prior = {10, 10},
                .prior_error = {0.1, 1},
                .count = {5},
                .count_error = {0.1}};
    karvan_estimate *e = solve_linear(&l, KARVAN_ESTIMATE_GLS);
    near(e->demand[0], 10 - 5 / 1.01, 1e-12);
    assert_true(e->demand[1] == 0);
    near(e->removed[1], 100 / (101.01), 1e-12); /* as if it alone were free */
    karvan_estimate_destroy(e);
}

/* One cell of 10 +- 5 and a count of 30 +- 2, least information: (1/2.5) ln(q/10) = (30 - q)/4. */
static void entropy_by_hand(void **state) {
    (void)state;
    linear l = {.n = 1,
                .m = 1,
                .share = {1},
                .prior = {10},
                .prior_error = {0.5},
                .count = {30},
                .count_error = {2}};
    double low = 10, high = 30;
    for (int i = 0; i < 100; i++) {
        double q = (low + high) / 2;
        if (log(q / 10) / 2.5 < (30 - q) / 4)
            low = q;
        else
            high = q;
    }
    karvan_estimate *e = solve_linear(&l, KARVAN_ESTIMATE_ENTROPY);
    near(e->demand[0], low, 1e-10);
    near(e->demand_error[0], sqrt(1 / (1 / (2.5 * low) + 1 / 4.0)), 1e-10);
    near(e->strain, 2 / 2.5 * (low * log(low / 10) - low + 10), 1e-9);
    karvan_estimate_destroy(e);
}

/* Cells of one prior and error grow by one factor to meet an exact count. */
static void entropy_scales(void **state) {
    (void)state;
    linear l = two_cells();
    l.prior[1] = 10, l.count_error[0] = 1e-5;
    karvan_estimate *e = solve_linear(&l, KARVAN_ESTIMATE_ENTROPY);
    near(e->demand[0], 20, 1e-8), near(e->demand[1], 20, 1e-8);
    karvan_estimate_destroy(e);
    l.count[0] = 1e-6, l.count_error[0] = 1e-7; /* far down, and still above 0 */
    e = solve_linear(&l, KARVAN_ESTIMATE_ENTROPY);
    near(e->demand[0] * 1e6, 0.5, 0.2);
    karvan_estimate_destroy(e);
}

/* 100 +- 5 and 200 +- 5 of the same place, and a count elsewhere that is at peace. */
static void contradictions(void **state) {
    (void)state;
    linear l = {.n = 2,
                .m = 3,
                .share = {1, 0, 1, 0, 0, 1},
                .prior = {110, 50},
                .prior_error = {0.5, 0.5},
                .count = {100, 200, 52},
                .count_error = {5, 5, 5}};
    static const char *const name[] = {"east", "west", "other"};
    karvan_estimate *e = solve_linear(&l, KARVAN_ESTIMATE_GLS);
    assert_true(e->standardised[0] < -10 && e->standardised[1] > 10);
    assert_int_equal(e->against[0], 1);
    assert_int_equal(e->against[1], 0);
    assert_int_equal(e->against[2], -1);
    /* Alone the first is held to its prior: 10 over the root of 55^2 + 5^2. */
    near(e->without[0], -10 / sqrt(55 * 55 + 25), 1e-9);
    near(e->without[1], 90 / sqrt(55 * 55 + 25), 1e-9);
    karvan_table *t = NULL;
    karvan_estimate_problem p = problem_of(&l);
    assert_int_equal(karvan_estimate_counts(&p, e, name, &t, NULL), KARVAN_OK);
    assert_string_equal(karvan_table_text(t, 6, 0), "west");
    assert_int_equal(karvan_table_state(t, 6, 2), KARVAN_NOT_COVERED);
    near(karvan_table_real(t, 4, 2), e->modelled[2], 0);
    karvan_table_destroy(t);
    assert_int_equal(karvan_estimate_cells(&p, e, NULL, &t, NULL), KARVAN_OK);
    assert_string_equal(karvan_table_text(t, 0, 1), "2");
    near(karvan_table_real(t, 2, 0), 55, 1e-12), near(karvan_table_real(t, 3, 0), e->demand[0], 0);
    karvan_table_destroy(t);
    karvan_estimate_destroy(e);
}

/* 100 / (1 + e^(t/100)) of a constant t of 0 +- 5000. */
static karvan_status load_share(void *ctx, const double *demand, const double *constant,
                                double *modelled, double *slope, double *constant_slope,
                                karvan_error *err) {
    double p = 1 / (1 + exp(constant[0] / 100));
    (void)ctx, (void)demand, (void)slope, (void)err;
    modelled[0] = 100 * p;
    if (constant_slope) constant_slope[0] = -p * (1 - p);
    return KARVAN_OK;
}

/* A constant of which nearly nothing is known meets its count, whose standardised residual is the
 * constant's distance from 0 over its prior error; a search that ends early, 100 from where it
 * leads, says so too, and not that the count is several errors away. */
static void early_ends_are_no_contradictions(void **state) {
    (void)state;
    const double count = 60, error = 5, spread = 5000;
    karvan_estimate_problem p = {.n_counts = 1,
                                 .count = &count,
                                 .count_error = &error,
                                 .n_constants = 1,
                                 .constant_error = &spread,
                                 .load = load_share};
    for (int k = 0; k < 2; k++) {
        karvan_estimate_options o = {.tolerance = k ? 0.02 : 1e-9};
        karvan_estimate *e = NULL;
        assert_int_equal(karvan_estimate_solve(&p, &o, &e, NULL), KARVAN_OK);
        near(e->standardised[0], 100 * log(1.5) / spread, k ? 5e-3 : 1e-4);
        assert_int_equal(e->iterations < 2, k);
        karvan_estimate_destroy(e);
    }
}

/* The same far from where it bends, 100 / (1 + e^(3 + t/100)): slopes of there call for ten times
 * what is right. What each round moves is held to its reach. */
typedef struct held {
    double at, most; /* last constant, largest move */
} held;
static karvan_status load_held(void *ctx, const double *demand, const double *constant,
                               double *modelled, double *slope, double *constant_slope,
                               karvan_error *err) {
    held *h = ctx;
    double moved = constant[0] + 300;
    h->most = fmax(h->most, fabs(constant[0] - h->at)), h->at = constant[0];
    return load_share(NULL, demand, &moved, modelled, slope, constant_slope, err);
}
static void constants_are_held(void **state) {
    (void)state;
    const double count = 60, error = 5, spread = 5000, reach = 80;
    held h = {0, 0};
    karvan_estimate_problem p = {.n_counts = 1,
                                 .count = &count,
                                 .count_error = &error,
                                 .n_constants = 1,
                                 .constant_error = &spread,
                                 .constant_reach = &reach,
                                 .load = load_held,
                                 .ctx = &h};
    karvan_estimate *e = NULL;
    assert_int_equal(karvan_estimate_solve(&p, NULL, &e, NULL), KARVAN_OK);
    near(e->constant[0], -300 - 100 * log(1.5), 1e-3);
    near(h.most, reach, 1e-12);
    karvan_estimate_destroy(e);
}

/* A cell of 0 stays; without counts nothing moves; an unseen cell keeps its error. */
static void what_counts_do_not_see(void **state) {
    (void)state;
    linear l = {.n = 3,
                .m = 1,
                .share = {1, 1, 0},
                .prior = {0, 20, 7},
                .prior_error = {0.5, 0.5, 0.3},
                .count = {40},
                .count_error = {1}};
    for (int m = 0; m < 2; m++) {
        karvan_estimate *e = solve_linear(&l, (karvan_estimate_method)m);
        assert_true(e->demand[0] == 0 && e->demand_error[0] == 0 && e->removed[0] == 0);
        assert_true(e->demand[2] == 7 && e->removed[2] == 0);
        near(e->demand_error[2], 2.1, 1e-14);
        assert_true(e->demand[1] > 38);
        karvan_estimate_destroy(e);
        l.m = 0;
        e = solve_linear(&l, (karvan_estimate_method)m);
        for (int k = 0; k < 3; k++) near(e->demand[k], l.prior[k], 0);
        near(e->demand_error[1], 10, 1e-14);
        karvan_estimate_destroy(e);
        l.m = 1;
    }
}

/* ---- loads that respond ---------------------------------------------------------------------- */

/* One pair of 100, two corridors whose costs differ by 40; a constant is added to the first. */
typedef struct corridors {
    bool slopes;
    int calls;
} corridors;
static double first_share(double constant) { return 1 / (1 + exp(0.02 * (40 + constant))); }
static karvan_status load_corridors(void *ctx, const double *demand, const double *constant,
                                    double *modelled, double *slope, double *constant_slope,
                                    karvan_error *err) {
    corridors *c = ctx;
    double s = first_share(constant[0]);
    (void)err;
    c->calls++;
    modelled[0] = demand[0] * s;
    if (slope) slope[0] = s;
    assert_true(!constant_slope || c->slopes);
    if (constant_slope) constant_slope[0] = -0.02 * demand[0] * s * (1 - s);
    return KARVAN_OK;
}

/* 45 +- 1 are counted on the first, where the costs say 31: minimise (t/200)^2 + (45 - 100 s(t))^2,
 * by bisection of its derivative. */
static void constant_by_bisection(void **state) {
    (void)state;
    double low = -100, high = 0;
    for (int i = 0; i < 200; i++) {
        double t = (low + high) / 2, s = first_share(t);
        if (t / 40000 + (45 - 100 * s) * 2 * s * (1 - s) < 0)
            low = t;
        else
            high = t;
    }
    for (int given = 0; given < 2; given++) {
        corridors c = {.slopes = given};
        const double prior = 100, rho = 1e-9, count = 45, one = 1, spread = 200, step = 1e-3;
        karvan_estimate_problem p = {.n_cells = 1,
                                     .prior = &prior,
                                     .prior_error = &rho,
                                     .n_counts = 1,
                                     .count = &count,
                                     .count_error = &one,
                                     .n_constants = 1,
                                     .constant_error = &spread,
                                     .constant_step = given ? NULL : &step,
                                     .load = load_corridors,
                                     .ctx = &c};
        karvan_estimate *e = NULL;
        karvan_estimate_options o = {.tolerance = 1e-10};
        assert_int_equal(karvan_estimate_solve(&p, &o, &e, NULL), KARVAN_OK);
        near(e->constant[0], low, 1e-7);
        double s = first_share(low), slope = 2 * s * (1 - s);
        near(e->constant_error[0], sqrt(1 / (1 / 40000.0 + slope * slope)), 1e-4);
        near(e->constant_removed[0], 1 - pow(e->constant_error[0] / 200, 2), 1e-9);
        assert_int_equal(e->loads, c.calls);
        assert_int_equal(e->loads, e->iterations * (given ? 1 : 3));
        karvan_estimate_destroy(e);
    }
}

/* One pair, of which the share 1/(1 + (q/k)^b) is counted: more demand, more goes elsewhere. */
typedef struct detour {
    double k, b;
    bool derivative; /* of the count, not the share alone */
} detour;
static double stays(const detour *d, double q) { return 1 / (1 + pow(q / d->k, d->b)); }
static karvan_status load_detour(void *ctx, const double *demand, const double *constant,
                                 double *modelled, double *slope, double *constant_slope,
                                 karvan_error *err) {
    const detour *d = ctx;
    double q = demand[0], s = stays(d, q);
    (void)constant, (void)constant_slope, (void)err;
    modelled[0] = q * s;
    if (slope) slope[0] = d->derivative ? s - d->b * pow(q / d->k, d->b) * s * s : s;
    return KARVAN_OK;
}

/* The fixed point of proportions, q = q0 + v s (c - q s) / w with s of q, and where the derivative
 * is given the least of the sum of squares: both by bisection. */
static void response_by_bisection(void **state) {
    (void)state;
    const double bs[] = {0.5, 2, 6};
    for (int t = 0; t < 6; t++) {
        detour d = {120, bs[t % 3], t >= 3};
        const double q0 = 100, rho = 0.3, c = 42, w = 1;
        double low = 1, high = 400;
        if (d.derivative) high = 119; /* one of the roots: the count rises up to here and beyond */
        for (int i = 0; i < 200; i++) {
            double q = (low + high) / 2, s = stays(&d, q), slope = s;
            if (d.derivative) slope -= d.b * pow(q / d.k, d.b) * s * s;
            if ((q - q0) / 900 - slope * (c - q * s) / w < 0)
                low = q;
            else
                high = q;
        }
        karvan_estimate_problem p = {.n_cells = 1,
                                     .prior = &q0,
                                     .prior_error = &rho,
                                     .n_counts = 1,
                                     .count = &c,
                                     .count_error = &w,
                                     .load = load_detour,
                                     .ctx = &d};
        karvan_estimate *e = NULL;
        karvan_error err = {0};
        karvan_status st = karvan_estimate_solve(&p, NULL, &e, &err);
        if (st != KARVAN_OK) fail_msg("b %g: %s", d.b, err.msg);
        double s = stays(&d, e->demand[0]), slope = s, q = e->demand[0];
        if (d.derivative) slope -= d.b * pow(q / d.k, d.b) * s * s;
        near((q - q0) / 900 - slope * (c - q * s) / w, 0, 1e-4); /* stationary */
        if (t % 3 == 0) near(q, low, 1e-5);                      /* the others have several */
        karvan_estimate_destroy(e);
    }
}

/* ---- faults ------------------------------------------------------------------------------------
 */

static void refuse(karvan_estimate_problem p, const char *message) {
    karvan_estimate *e = (karvan_estimate *)&p;
    karvan_error err = {0};
    assert_int_equal(karvan_estimate_solve(&p, NULL, &e, &err), KARVAN_E_ARG);
    assert_null(e);
    if (!strstr(err.msg, message)) fail_msg("'%s' where '%s' is said", err.msg, message);
}

static karvan_status load_nothing(void *ctx, const double *demand, const double *constant,
                                  double *modelled, double *slope, double *constant_slope,
                                  karvan_error *err) {
    (void)ctx, (void)demand, (void)constant, (void)constant_slope;
    modelled[0] = NAN;
    if (slope) slope[0] = slope[1] = 1;
    return ctx ? KARVAN_OK : karvan_fail(err, KARVAN_E_DATA, "the load has no roads");
}

static void faults_are_named(void **state) {
    (void)state;
    linear l = two_cells();
    l.prior[1] = -1;
    refuse(problem_of(&l), "cell 2 is -1 before");
    l.prior[1] = NAN;
    refuse(problem_of(&l), "cell 2 is nan before");
    l = two_cells(), l.prior_error[0] = 0;
    refuse(problem_of(&l), "the relative error of cell 1 is 0");
    l = two_cells(), l.count[0] = INFINITY;
    refuse(problem_of(&l), "count 1 is inf");
    l = two_cells(), l.count_error[0] = 0;
    refuse(problem_of(&l), "the error of count 1 is 0");
    l = two_cells(), l.c = 1, l.constant_error[0] = -2;
    refuse(problem_of(&l), "the error of constant 1 is -2");
    l = two_cells(), l.share[1] = NAN;
    refuse(problem_of(&l), "count 1 is modelled as nan");
    l = two_cells(), l.c = 1, l.constant_error[0] = 1;
    karvan_estimate_problem p = problem_of(&l);
    const double zero = 0;
    p.constant_step = &zero;
    refuse(p, "the step of constant 1 is 0");
    l = two_cells(), p = problem_of(&l), p.load = NULL;
    refuse(p, "load function");
    p.load = load_nothing;
    refuse(p, "count 1 is modelled as nan");
    karvan_estimate *e = NULL;
    karvan_error err = {0};
    p.ctx = NULL;
    assert_int_equal(karvan_estimate_solve(&p, NULL, &e, &err), KARVAN_E_DATA);
    assert_string_equal(err.msg, "the load has no roads");
    karvan_estimate_method m;
    assert_int_equal(karvan_estimate_method_parse("least", &m, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_estimate_method_parse("entropy", &m, NULL), KARVAN_OK);
    assert_string_equal(karvan_estimate_method_name(m), "entropy");
}

/* The best round is handed out where rounds or patience end. */
static void ends_early(void **state) {
    (void)state;
    detour d = {120, 2, false};
    const double q0 = 100, rho = 0.3, c = 42, w = 1;
    karvan_estimate_problem p = {.n_cells = 1,
                                 .prior = &q0,
                                 .prior_error = &rho,
                                 .n_counts = 1,
                                 .count = &c,
                                 .count_error = &w,
                                 .load = load_detour,
                                 .ctx = &d};
    karvan_estimate_options o = {.max_iterations = 2};
    karvan_estimate *e = NULL;
    karvan_error err = {0};
    assert_int_equal(karvan_estimate_solve(&p, &o, &e, &err), KARVAN_E_NOCONV);
    assert_non_null(e);
    assert_true(!e->converged && e->residual > 1e-6 && e->demand_error[0] > 0);
    near(e->modelled[0], e->demand[0] * stays(&d, e->demand[0]), 1e-14);
    karvan_estimate_destroy(e);
    karvan_cancel stop = {1};
    o.cancel = &stop;
    assert_int_equal(karvan_estimate_solve(&p, &o, &e, NULL), KARVAN_E_CANCELLED);
    assert_null(e); /* not one round was made */
}

static karvan_status all_of_it(karvan_error *err) {
    linear l = two_cells();
    karvan_estimate *e = NULL;
    karvan_table *t = NULL, *u = NULL;
    l.c = 1, l.constant_error[0] = 1, l.by_constant[0] = 2;
    const double step = 0.5;
    karvan_estimate_problem p = problem_of(&l);
    p.constant_step = &step;
    karvan_status st = karvan_estimate_solve(&p, NULL, &e, err);
    if (st == KARVAN_OK) st = karvan_estimate_counts(&p, e, NULL, &t, err);
    if (st == KARVAN_OK) st = karvan_estimate_cells(&p, e, NULL, &u, err);
    karvan_table_destroy(t), karvan_table_destroy(u);
    karvan_estimate_destroy(e);
    return st;
}
static void memory_fails(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_cells_by_hand),     cmocka_unit_test(bound_by_hand),
        cmocka_unit_test(entropy_by_hand),       cmocka_unit_test(entropy_scales),
        cmocka_unit_test(contradictions),        cmocka_unit_test(early_ends_are_no_contradictions),
        cmocka_unit_test(constants_are_held),    cmocka_unit_test(what_counts_do_not_see),
        cmocka_unit_test(constant_by_bisection), cmocka_unit_test(response_by_bisection),
        cmocka_unit_test(faults_are_named),      cmocka_unit_test(ends_early),
        cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
