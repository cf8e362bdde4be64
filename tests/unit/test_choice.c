/* Shares of routes: by hand (two routes; red bus and blue bus by size and by nest), costs of any
 * size, gradients and responses by finite differences, path sizes by hand, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "karvan/choice.h"
#include "sweep.h"

static void near(double is, double expected, double tolerance) {
    if (!(fabs(is - expected) <= tolerance)) fail_msg("%.17g, not %.17g", is, expected);
}

static void shares_of(const karvan_choice_sets *s, const karvan_choice_model *k, const double *cost,
                      double *share, double *logsum) {
    karvan_error e = {0};
    if (karvan_choice_shares(s, k, cost, share, logsum, &e) != KARVAN_OK) fail_msg("%s", e.msg);
}

/* exp(-mu) to exp(-2 mu) with mu = ln 3: three to one; G = 1 - ln(4/3) / ln 3. */
static void two_routes(void **state) {
    (void)state;
    static const int64_t first[] = {0, 2};
    karvan_choice_sets s = {.n_pairs = 1, .first = first};
    karvan_choice_model k = {KARVAN_CHOICE_LOGIT, log(3), 0, 0};
    double cost[] = {1, 2}, share[2], g;
    shares_of(&s, &k, cost, share, &g);
    near(share[0], 0.75, 1e-15), near(share[1], 0.25, 1e-15);
    near(g, 1 - log(4.0 / 3) / log(3), 1e-15);
    double d_cost[] = {1, 0}, d_share[2]; /* -mu p (1 - p) */
    assert_int_equal(karvan_choice_respond(&s, &k, share, d_cost, d_share, NULL), KARVAN_OK);
    near(d_share[0], -log(3) * 3 / 16, 1e-15), near(d_share[1], log(3) * 3 / 16, 1e-15);
}

/* A car and two buses that differ in colour alone, all at the same cost. */
static void red_bus_blue_bus(void **state) {
    (void)state;
    static const int64_t first[] = {0, 3};
    static const int32_t nest[] = {0, 1, 1};
    double size[] = {0, log(0.5), log(0.5)}, cost[] = {1, 1, 1}, share[3], g;
    karvan_choice_sets s = {1, first, size, nest, 2};
    karvan_choice_model k = {KARVAN_CHOICE_LOGIT, 0.7, 1.4, 1};
    shares_of(&s, &k, cost, share, &g);
    for (int r = 0; r < 3; r++) near(share[r], 1.0 / 3, 1e-15);
    near(g, 1 - log(3) / 0.7, 1e-14);
    k.kind = KARVAN_CHOICE_PATH_SIZE; /* half a bus each */
    shares_of(&s, &k, cost, share, &g);
    near(share[0], 0.5, 1e-15), near(share[1], 0.25, 1e-15), near(share[2], 0.25, 1e-15);
    near(g, 1 - log(2) / 0.7, 1e-14);
    k.kind = KARVAN_CHOICE_NESTED; /* within the nest the size mends it wholly, whatever theta */
    shares_of(&s, &k, cost, share, &g);
    near(share[0], 0.5, 1e-15), near(share[1], 0.25, 1e-15);
    s.log_size = NULL; /* theta = 2 mu: the nest weighs sqrt 2 cars */
    shares_of(&s, &k, cost, share, &g);
    near(share[0], 1 / (1 + sqrt(2)), 1e-15), near(share[1], share[2], 0);
    near(g, 1 - log(1 + sqrt(2)) / 0.7, 1e-14);
    k.nest_scale = 0.7; /* no nest at all */
    shares_of(&s, &k, cost, share, &g);
    for (int r = 0; r < 3; r++) near(share[r], 1.0 / 3, 1e-15);
    k.nest_scale = 1e9; /* one bus */
    shares_of(&s, &k, cost, share, &g);
    near(share[0], 0.5, 1e-8), near(share[1], 0.25, 1e-8);
}

/* Pairs: huge costs, a closed route, all closed, none, below zero. */
static void costs_of_any_size(void **state) {
    (void)state;
    static const int64_t first[] = {0, 2, 4, 6, 6, 8};
    static const int32_t nest[] = {0, 1, 0, 1, 0, 1, 1, 1};
    double cost[] = {1e300, 1e300, INFINITY, 5, INFINITY, INFINITY, -1e9, 1 - 1e9};
    karvan_choice_sets s = {5, first, NULL, nest, 2};
    for (int kind = KARVAN_CHOICE_LOGIT; kind <= KARVAN_CHOICE_NESTED; kind += 2) {
        karvan_choice_model k = {(karvan_choice_kind)kind, 2, 4, 1};
        double share[8], g[5], d_share[8], d_cost[8] = {1, 2, NAN, 4, INFINITY, NAN, 7, 8};
        shares_of(&s, &k, cost, share, g);
        near(share[0], 0.5, 1e-15), near(g[0], 1e300, 1e285);
        assert_true(share[2] == 0 && share[3] == 1 && g[1] == 5);
        assert_true(share[4] == 0 && share[5] == 0 && isinf(g[2]) && isinf(g[3]));
        double mu = kind == KARVAN_CHOICE_NESTED ? 4 : 2;
        near(share[6], 1 / (1 + exp(-mu)), 1e-15);
        assert_int_equal(karvan_choice_respond(&s, &k, share, d_cost, d_share, NULL), KARVAN_OK);
        for (int r = 2; r < 6; r++) assert_true(d_share[r] == 0); /* where nothing can move */
        near(d_share[6], mu * share[6] * share[7], 1e-14);
    }
    karvan_choice_model k = {KARVAN_CHOICE_LOGIT, 1e6, 0, 0}; /* mu c beyond all numbers */
    double share[8];
    double large[] = {1e305, 2e305, 1e308, -1e308, 0, 0, 0, 0}, g[5];
    shares_of(&s, &k, large, share, g);
    assert_true(share[0] == 1 && share[1] == 0 && g[0] == 1e305);
    assert_true(share[2] == 0 && share[3] == 1 && g[1] == -1e308);
}

enum { PAIRS = 12, MOST = 6 };
typedef struct drawn {
    int64_t first[PAIRS + 1];
    double log_size[PAIRS * MOST], cost[PAIRS * MOST], direction[PAIRS * MOST];
    int32_t nest[PAIRS * MOST];
    karvan_choice_sets sets;
    karvan_choice_model model;
} drawn;

static void draw(drawn *d, karvan_random *r, int round) {
    d->first[0] = 0;
    for (int p = 0; p < PAIRS; p++)
        d->first[p + 1] = d->first[p] + (int64_t)karvan_random_below(r, MOST + 1);
    for (int64_t i = 0; i < d->first[PAIRS]; i++) {
        d->cost[i] = 10 * karvan_random_uniform(r), d->log_size[i] = log(karvan_random_uniform(r));
        d->nest[i] = (int32_t)karvan_random_below(r, 3);
        d->direction[i] = karvan_random_normal(r);
    }
    d->sets = (karvan_choice_sets){PAIRS, d->first, round % 2 ? d->log_size : NULL, d->nest, 3};
    d->model = (karvan_choice_model){(karvan_choice_kind)(round % 3), 0.5, 0.9, 0.8};
    if (d->model.kind == KARVAN_CHOICE_PATH_SIZE) d->sets.log_size = d->log_size;
}

/* dG/dc = share and d share = respond, by differences of a step h: errors of the order of h^2. */
static void derivatives(void **state) {
    (void)state;
    static drawn d;
    karvan_random random;
    karvan_random_init(&random, 5, 1);
    const double h = 1e-5;
    for (int round = 0; round < 300; round++) {
        double share[PAIRS * MOST], move[PAIRS * MOST], more[PAIRS * MOST], less[PAIRS * MOST];
        double cost[PAIRS * MOST], g[PAIRS], g_more[PAIRS], g_less[PAIRS];
        draw(&d, &random, round);
        int64_t n = d.first[PAIRS];
        shares_of(&d.sets, &d.model, d.cost, share, g);
        assert_int_equal(karvan_choice_respond(&d.sets, &d.model, share, d.direction, move, NULL),
                         KARVAN_OK);
        for (int64_t r = 0; r < n; r++) cost[r] = d.cost[r] + h * d.direction[r];
        shares_of(&d.sets, &d.model, cost, more, g_more);
        for (int64_t r = 0; r < n; r++) cost[r] = d.cost[r] - h * d.direction[r];
        shares_of(&d.sets, &d.model, cost, less, g_less);
        for (int64_t r = 0; r < n; r++) near(move[r], (more[r] - less[r]) / (2 * h), 1e-9);
        for (int p = 0; p < PAIRS; p++) {
            double sum = 0, slope = 0, moved = 0;
            for (int64_t r = d.first[p]; r < d.first[p + 1]; r++)
                sum += share[r], slope += share[r] * d.direction[r], moved += move[r];
            if (d.first[p] == d.first[p + 1]) {
                assert_true(isinf(g[p]));
                continue;
            }
            near(sum, 1, 1e-14), near(moved, 0, 1e-14);
            near(slope, (g_more[p] - g_less[p]) / (2 * h), 1e-8);
        }
    }
}

/* Routes a b, a c, d of lengths 2 1, 2 2, 3: sizes 2/3, 3/4, 1. */
static void path_sizes(void **state) {
    (void)state;
    static const int64_t first[] = {0, 3, 4, 7}, at[] = {0, 2, 4, 5, 7, 9, 12, 12};
    static const int32_t arc[] = {0, 1, 0, 2, 3, /* another pair: */ 0, 1, /* a third: */ 4,
                                  5, 4, 5, 4};
    static const double length[] = {2, 1, 2, 3, 0, 0};
    karvan_choice_sets s = {.n_pairs = 3, .first = first};
    double size[7];
    karvan_error e = {0};
    assert_int_equal(karvan_choice_path_sizes(&s, at, arc, 6, length, size, &e), KARVAN_OK);
    near(exp(size[0]), 2.0 / 3, 1e-15), near(exp(size[1]), 0.75, 1e-15);
    assert_true(size[2] == 0 && size[3] == 0);
    /* no length: arcs count alike, one that stands twice once; no arcs: nothing is shared */
    near(exp(size[4]), 0.5, 1e-15), near(exp(size[5]), 0.5, 1e-15);
    assert_true(size[6] == 0);
    static const int32_t outside[] = {0, 1, 0, 2, 3, 0, 1, 4, 6, 4, 5, 4};
    assert_int_equal(karvan_choice_path_sizes(&s, at, outside, 6, length, size, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "route 4: arc 6 outside 0..5");
}

static void refused(const karvan_choice_sets *s, const karvan_choice_model *k, const double *cost,
                    const char *why) {
    double share[3], g[1];
    karvan_error e = {0};
    assert_int_equal(karvan_choice_shares(s, k, cost, share, g, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, why);
}

static void what_is_wrong_is_named(void **state) {
    (void)state;
    static const int64_t first[] = {0, 3}, back[] = {0, -1};
    static const int32_t nest[] = {0, 1, 2};
    double size[] = {0, 0.1, 0}, cost[] = {1, 2, 3}, bad[] = {1, 2, NAN};
    karvan_choice_sets s = {1, first, NULL, NULL, 0};
    karvan_choice_model k = {KARVAN_CHOICE_LOGIT, 1, 2, 1};
    refused(&s, &k, bad, "route 2 costs nan");
    s.first = back, refused(&s, &k, cost, "pair 0 ends before it begins"), s.first = first;
    k.scale = 0, refused(&s, &k, cost, "scale 0: it must be above 0 and finite"), k.scale = 1;
    k.kind = KARVAN_CHOICE_PATH_SIZE;
    refused(&s, &k, cost, "path size logit needs the sizes of its routes");
    s.log_size = size;
    refused(&s, &k, cost, "route 1: 0.1 is no logarithm of a path size (0 or less)");
    s.log_size = NULL, k.kind = KARVAN_CHOICE_NESTED;
    refused(&s, &k, cost, "nested logit needs the nests of its routes");
    s.nest = nest, s.n_nests = 2, refused(&s, &k, cost, "route 2: nest 2 outside 0..1");
    s.n_nests = 3, k.nest_scale = 0.5;
    refused(&s, &k, cost, "nest scale 0.5: it must be finite and not below the scale, 1");
}

static karvan_status work(karvan_error *err) {
    static const int64_t first[] = {0, 2}, at[] = {0, 1, 2};
    static const int32_t nest[] = {0, 1}, arc[] = {0, 0};
    static const double length[] = {1}, cost[] = {1, 2};
    double size[2], share[2], move[2], g[1];
    karvan_choice_sets s = {1, first, size, nest, 2};
    karvan_choice_model k = {KARVAN_CHOICE_NESTED, 1, 2, 1};
    karvan_status st = karvan_choice_path_sizes(&s, at, arc, 1, length, size, err);
    if (st == KARVAN_OK) st = karvan_choice_shares(&s, &k, cost, share, g, err);
    if (st == KARVAN_OK) st = karvan_choice_respond(&s, &k, share, cost, move, err);
    return st;
}
static void every_allocation(void **state) {
    (void)state;
    every_allocation_fails(work, 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_routes),        cmocka_unit_test(red_bus_blue_bus),
        cmocka_unit_test(costs_of_any_size), cmocka_unit_test(derivatives),
        cmocka_unit_test(path_sizes),        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
