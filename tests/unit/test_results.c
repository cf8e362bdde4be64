/* Results of draws: quantiles of differences, ranking, pairs, gains, costs, packages; by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "region.h"
#include "results_shape.h"
#include "sweep.h"

static const int NONE = 0;

/* Cases a, b, "a,b", c; measures benefit, hours, incomes. Base is 10 everywhere but for draw n,
 * where it is 10 n: only differences may count. */
static const double SETTLED[] = {10, 10, 10, 10, 13, 9,  11, 10, 12, 10,
                                 9,  10, 18, 8,  9,  10, 10, 10, 10, 10};
/* Differences of benefit (a, b, ab, c) and hours (a, b, ab, c), by draw 1 .. 5; income as benefit
 * of a for AAA, less it for BBB. */
static const double DRAWN[5][8] = {{1, 2, 5, 0, -1, -2, -1, -2},
                                   {2, 2, 6, 0, -2, -1, -4, 0},
                                   {3, 1, 7, 0, -3, 0, -9, 0},
                                   {4, 9, 15, 0, -4, -9, -9, 0},
                                   {5, NAN, NAN, 0, -5, 0, -9, 0}};

static void levels_of(int n, double *out) {
    for (int c = 0; c <= 4; c++) {
        double *v = out + 4 * (ptrdiff_t)c;
        for (int m = 0; m < 4; m++) v[m] = 10.0 * n;
        if (c == 0) continue;
        v[0] += DRAWN[n - 1][c - 1], v[1] += DRAWN[n - 1][3 + c];
        v[2] += DRAWN[n - 1][c - 1], v[3] -= DRAWN[n - 1][c - 1];
    }
}

static void take_all(karvan_results *r, const int *order, int n) {
    double levels[20];
    karvan_error e = {0};
    for (int i = 0; i < n; i++) {
        levels_of(order[i], levels);
        if (shape_take(r, order[i], 4, levels, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    }
}

static karvan_results *made(void) {
    static const int order[] = {3, 1, 5, 2, 4, 3};
    karvan_results *r = NULL;
    karvan_error e = {0};
    assert_int_equal(shape_create(4, 4, &NONE, SETTLED, &r, &e), KARVAN_OK);
    take_all(r, order, 6);
    return r;
}

/* Type 7: of 1 2 3 4 5 the 5 % point is 1 + 0.05 * 4 = 1.2. Of b four are known: 1 2 2 9. */
static void test_differences(void **state) {
    (void)state;
    karvan_results *r = made();
    karvan_difference d;
    assert_int_equal(karvan_results_draws(r), 5);
    assert_int_equal(karvan_results_difference(r, 0, 0, &d, NULL), KARVAN_OK);
    assert_true(d.median == 3 && fabs(d.p5 - 1.2) < 1e-12 && fabs(d.p95 - 4.8) < 1e-12);
    assert_int_equal(d.known, 5);
    assert_int_equal(karvan_results_difference(r, 1, 0, &d, NULL), KARVAN_OK);
    assert_true(d.median == 2 && fabs(d.p5 - 1.15) < 1e-12 && fabs(d.p95 - 7.95) < 1e-12);
    assert_int_equal(d.known, 4), assert_int_equal(d.unknown, 1);
    assert_int_equal(karvan_results_unknown(r, 1), 1);
    assert_int_equal(karvan_results_unknown(r, 0), 0);
    karvan_error e = {0};
    assert_int_equal(karvan_results_difference(r, 4, 0, &d, &e), KARVAN_E_ARG);
    karvan_results_destroy(r);
}

/* What is not kept is not known of draws. */
static void test_keep(void **state) {
    (void)state;
    static const int order[] = {1, 2, 3, 4, 5}, measures[] = {2, 0, 2}, none[] = {4};
    karvan_results *r = NULL;
    karvan_difference d;
    karvan_error e = {0};
    assert_int_equal(shape_create(4, 4, &NONE, SETTLED, &r, NULL), KARVAN_OK);
    assert_int_equal(karvan_results_keep(r, 1, none, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_results_keep(r, 3, measures, NULL), KARVAN_OK);
    take_all(r, order, 5);
    assert_int_equal(karvan_results_difference(r, 0, 0, &d, NULL), KARVAN_OK);
    assert_true(d.median == 3 && d.known == 5);
    assert_int_equal(karvan_results_difference(r, 3, 2, &d, NULL), KARVAN_OK);
    assert_true(d.median == 0 && d.known == 5);
    assert_int_equal(karvan_results_difference(r, 0, 1, &d, NULL), KARVAN_OK);
    assert_true(isnan(d.median) && d.unknown == 5);
    assert_int_equal(karvan_results_keep(r, 1, measures, NULL), KARVAN_E_ARG);
    karvan_results_destroy(r);
}

static void test_effects(void **state) {
    (void)state;
    karvan_results *r = made();
    karvan_table *t = NULL;
    assert_int_equal(karvan_results_effects(r, 0, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_columns(t), 7);
    assert_int_equal(karvan_table_rows(t), 4);
    shape_row(t, 0, "measure country unit base median p5 p95", "benefit||USD/year|10|3|1.2|4.8");
    shape_row(t, 3, "measure country base median", "real_income|BBB|10|-3");
    karvan_table_destroy(t), karvan_results_destroy(r);
}

/* Without draws the median is that of everything at its median, and no more is known. */
static void test_without_draws(void **state) {
    (void)state;
    karvan_results *r = NULL;
    karvan_table *t = NULL;
    double levels[20];
    const karvan_rank_options o = {0};
    assert_int_equal(shape_create(4, 4, &NONE, SETTLED, &r, NULL), KARVAN_OK);
    levels_of(5, levels);
    assert_int_equal(shape_take(r, 0, 4, levels, NULL), KARVAN_OK);
    assert_int_equal(shape_take(r, -1, 4, levels, NULL), KARVAN_OK);
    assert_int_equal(karvan_results_draws(r), 0);
    assert_int_equal(karvan_results_effects(r, 0, &t, NULL), KARVAN_OK);
    shape_row(t, 0, "measure base median p5 p95", "benefit|10|3|-|-");
    karvan_table_destroy(t), t = NULL;
    assert_int_equal(karvan_results_rank(r, &o, &t, NULL), KARVAN_OK);
    shape_row(t, 0, "rank intervention median probability_first", "1|a,b|8|-");
    karvan_table_destroy(t), karvan_results_destroy(r);
}

/* First of a, b, c by benefit: draw 1 b, draw 2 a and b share, 3 a, 4 b, 5 a (b is not known). */
static void test_rank(void **state) {
    (void)state;
    karvan_results *r = made();
    karvan_table *t = NULL;
    static const bool single[] = {true, true, false, true}, pair[] = {false, false, true, false};
    karvan_rank_options o = {0, NULL, single, pair};
    const char *columns = "rank intervention measure median probability_first";
    assert_int_equal(karvan_results_rank(r, &o, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 4);
    shape_row(t, 0, columns, "1|a|benefit|3|0.5");
    shape_row(t, 1, columns, "2|b|benefit|2|0.5");
    shape_row(t, 2, columns, "3|c|benefit|0|0");
    shape_row(t, 3, columns, "-|a,b|benefit|6.5|-");
    karvan_table_destroy(t), t = NULL;
    /* fewer hours are better: -3 of a, -1 of b; draw 1: b and c share */
    const int hours[] = {1, 2};
    o.n_measures = 2, o.measure = hours, o.shown = NULL;
    assert_int_equal(karvan_results_rank(r, &o, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 6);
    shape_row(t, 0, columns, "1|a|hours_middle|-3|0.6");
    shape_row(t, 1, columns, "2|b|hours_middle|-1|0.3");
    shape_row(t, 2, columns, "3|c|hours_middle|0|0.1");
    shape_row(t, 3, columns, "1|a|real_income:AAA|3|0.5");
    karvan_table_destroy(t), t = NULL;
    const int none[] = {4};
    karvan_error e = {0};
    o.n_measures = 1, o.measure = none;
    assert_int_equal(karvan_results_rank(r, &o, &t, &e), KARVAN_E_ARG);
    assert_null(t);
    karvan_results_destroy(r);
}

/* Together less the sum: 5 - 3, 6 - 4, 7 - 4, 15 - 13: 2 2 3 2. */
static void test_pairs(void **state) {
    (void)state;
    karvan_results *r = made();
    karvan_table *t = NULL;
    const int measure[] = {0, 1};
    assert_int_equal(karvan_results_pairs(r, 2, measure, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    shape_row(t, 0, "intervention sum together excess p5 p95 verdict",
              "a,b|4|6.5|2|2|2.8499999999999996|complement");
    /* hours: -1+3, -4+3, -9+3, -9+13, -9+5: 2 -1 -6 4 -4 */
    shape_row(t, 1, "measure excess verdict", "hours_middle|-1|unclear");
    karvan_table_destroy(t), karvan_results_destroy(r);
}

/* A change far below what a fixed point tells apart is none. */
static void test_still(void **state) {
    (void)state;
    karvan_results *r = NULL;
    karvan_table *t = NULL;
    double settled[20], levels[20];
    for (int i = 0; i < 20; i++) settled[i] = levels[i] = 1e11;
    assert_int_equal(shape_create(4, 4, &NONE, settled, &r, NULL), KARVAN_OK);
    for (int n = 1; n <= 9; n++) {
        levels[4 + 2] = 1e11 + n, levels[4 + 3] = 1e11 + 1000 * n;
        assert_int_equal(shape_take(r, n, 4, levels, NULL), KARVAN_OK);
    }
    assert_int_equal(karvan_results_gains(r, 0, &t, NULL), KARVAN_OK);
    shape_row(t, 0, "country probability_gain verdict", "AAA|0|nothing");
    shape_row(t, 1, "country probability_gain verdict", "BBB|1|gains");
    karvan_table_destroy(t), karvan_results_destroy(r);
}

static void test_gains(void **state) {
    (void)state;
    karvan_results *r = made();
    karvan_table *t = NULL;
    const char *columns = "intervention country median probability_gain verdict";
    assert_int_equal(karvan_results_gains(r, -1, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 8);
    shape_row(t, 0, columns, "a|AAA|3|1|gains");
    shape_row(t, 1, columns, "a|BBB|-3|0|loses");
    shape_row(t, 6, columns, "c|AAA|0|0|nothing");
    karvan_table_destroy(t), t = NULL;
    assert_int_equal(karvan_results_gains(r, 0, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    karvan_table_destroy(t), karvan_results_destroy(r);
}

/* ---- cost ---- */

#define INTERVENTIONS \
    "id:s,kind:s,cost_million:n,currency:s\na,improvement,40,USD\nb,improvement,20,EUR\n"
static const char *const RATES =
    "key:s,value:s\ndiscount_rate,0.05\nlife_years,20\nusd_per_eur,1.25\n";

static void open_costs(small_region *s, const char *interventions, const char *settings) {
    static small_table tables[2];
    tables[0] = (small_table){"interventions", interventions, "\"id\""};
    tables[1] = (small_table){"settings", settings, "\"key\""};
    assert_true(small_open(s, tables, 2));
}

/* 40 million at 5 % over 20 years: 40 * 0.05 / (1 - 1.05^-20) = 3.209703... a year. */
static void test_cost(void **state) {
    (void)state;
    small_region s;
    karvan_i_cost k;
    open_costs(&s, INTERVENTIONS "c,improvement,,\nd,improvement,5,JPY\n", RATES);
    assert_int_equal(karvan_i_cost_of(s.package, "a", &k, NULL), KARVAN_OK);
    assert_true(k.musd == 40 && fabs(k.annual_musd - 3.2097034876) < 1e-9 && !*k.why);
    assert_int_equal(karvan_i_cost_of(s.package, "a,b", &k, NULL), KARVAN_OK);
    assert_true(k.musd == 65);
    assert_int_equal(karvan_i_cost_of(s.package, "c", &k, NULL), KARVAN_OK);
    assert_true(isnan(k.musd) && strstr(k.why, "none is published"));
    assert_int_equal(karvan_i_cost_of(s.package, "d", &k, NULL), KARVAN_OK);
    assert_true(isnan(k.musd) && strstr(k.why, "JPY"));
    small_close(&s);
    open_costs(&s, INTERVENTIONS, "key:s,value:s\ndiscount_rate,0\nlife_years,20\n");
    assert_int_equal(karvan_i_cost_of(s.package, "a", &k, NULL), KARVAN_OK);
    assert_true(k.annual_musd == 2);
    small_close(&s);
    open_costs(&s, INTERVENTIONS, "key:s,value:s\nlife_years,20\n");
    assert_int_equal(karvan_i_cost_of(s.package, "a", &k, NULL), KARVAN_OK);
    assert_true(k.musd == 40 && isnan(k.annual_musd) && strstr(k.why, "discount_rate"));
    small_close(&s);
    static const char *const bad[] = {"key:s,value:s\ndiscount_rate,5\nlife_years,20\n",
                                      "key:s,value:s\ndiscount_rate,0.05\nlife_years,0\n",
                                      "key:s,value:s\ndiscount_rate,much\nlife_years,20\n",
                                      "key:s,value:s\nusd_per_eur,-1\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        karvan_error e = {0};
        open_costs(&s, INTERVENTIONS, bad[i]);
        assert_int_equal(karvan_i_cost_of(s.package, "b", &k, &e), KARVAN_E_DATA);
        small_close(&s);
    }
}

/* Benefit of a in millions 1 2 3 4 5 beside 3.2097 a year: above it in two draws of five. */
static karvan_results *millions(void) {
    karvan_results *r = NULL;
    double levels[20], settled[20];
    for (int i = 0; i < 20; i++) settled[i] = 1e6 * SETTLED[i];
    assert_int_equal(shape_create(4, 4, &NONE, settled, &r, NULL), KARVAN_OK);
    for (int n = 1; n <= 5; n++) {
        levels_of(n, levels);
        for (int i = 0; i < 20; i++) levels[i] *= 1e6;
        assert_int_equal(shape_take(r, n, 4, levels, NULL), KARVAN_OK);
    }
    return r;
}

static void test_worth(void **state) {
    (void)state;
    small_region s;
    karvan_results *r = millions();
    karvan_table *t = NULL;
    open_costs(&s, INTERVENTIONS, RATES);
    assert_int_equal(karvan_results_worth(r, s.package, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 4);
    shape_row(t, 0, "intervention cost_musd benefit_musd probability_worth", "a|40|3|0.4");
    assert_true(fabs(karvan_table_real(t, 4, 0) - 3 / 3.2097034876) < 1e-9);
    shape_row(t, 3, "intervention cost_musd ratio note", "c|-|-|cost unknown: none is published");
    karvan_table_destroy(t), karvan_results_destroy(r), small_close(&s);
}

/* a: 3 for 40, b: 2 for 25, both: 5 and 2 of excess for 65. */
static void test_package(void **state) {
    (void)state;
    static const struct {
        double budget;
        const char *last, *first;
        int rows;
    } want[] = {{65, "package|65|7|2", "a|40|3|0", 3},
                {64, "package|40|3|0", "a|40|3|0", 2},
                {30, "package|25|2|0", "b|25|2|0", 2},
                {10, "package|0|0|0", NULL, 1}};
    small_region s;
    karvan_results *r = millions();
    karvan_error e = {0};
    open_costs(&s, INTERVENTIONS, RATES);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        karvan_table *t = NULL;
        const char *columns = "intervention cost_musd benefit_musd excess_musd";
        assert_int_equal(karvan_results_package(r, s.package, want[i].budget, NULL, &t, NULL),
                         KARVAN_OK);
        assert_int_equal(karvan_table_rows(t), want[i].rows);
        if (want[i].first) shape_row(t, 0, columns, want[i].first);
        shape_row(t, want[i].rows - 1, columns, want[i].last);
        karvan_table_destroy(t);
    }
    karvan_table *t = NULL;
    assert_int_equal(karvan_results_package(r, s.package, 0, NULL, &t, &e), KARVAN_E_ARG);
    assert_null(t);
    karvan_results_destroy(r), small_close(&s);
}

/* ---- no memory ---- */

static small_region swept;

static karvan_status everything(karvan_error *err) {
    static const int order[] = {1, 2, 3, 4, 5};
    karvan_results *r = NULL;
    karvan_table *t = NULL;
    double levels[20];
    karvan_status st = shape_create(4, 4, &NONE, SETTLED, &r, err);
    for (int i = 0; st == KARVAN_OK && i < 5; i++) {
        levels_of(order[i], levels);
        st = shape_take(r, order[i], 4, levels, err);
    }
    const karvan_rank_options o = {0};
    for (int k = 0; st == KARVAN_OK && k < 6; k++) {
        st = k == 0   ? karvan_results_effects(r, 0, &t, err)
             : k == 1 ? karvan_results_rank(r, &o, &t, err)
             : k == 2 ? karvan_results_pairs(r, 0, NULL, &t, err)
             : k == 3 ? karvan_results_gains(r, -1, &t, err)
             : k == 4 ? karvan_results_worth(r, swept.package, &t, err)
                      : karvan_results_package(r, swept.package, 100, NULL, &t, err);
        karvan_table_destroy(t), t = NULL;
    }
    karvan_results_destroy(r);
    return st;
}

static void test_no_memory(void **state) {
    (void)state;
    open_costs(&swept, INTERVENTIONS, RATES);
    every_allocation_fails(everything, 5000);
    small_close(&swept);
}

/* Whatever the order in which draws come: the same results as by sorting all differences anew. */
static void test_any_order(void **state) {
    (void)state;
    enum { N = 200 };
    karvan_random random;
    karvan_random_init(&random, 5, 1);
    for (int round = 0; round < 20; round++) {
        double levels[20], diff[N];
        int64_t order[N];
        karvan_results *r = NULL;
        karvan_difference d;
        assert_int_equal(shape_create(4, 4, &NONE, SETTLED, &r, NULL), KARVAN_OK);
        for (int i = 0; i < N; i++) order[i] = i + 1;
        for (int i = N - 1; i > 0; i--) {
            size_t j = (size_t)karvan_random_below(&random, (uint64_t)i + 1);
            int64_t keep = order[i];
            order[i] = order[j], order[j] = keep;
        }
        for (int i = 0; i < N; i++) {
            for (int k = 0; k < 20; k++) levels[k] = shape_uniform((uint64_t)round, order[i], k);
            diff[i] = levels[4 * 2] - levels[0];
            assert_int_equal(shape_take(r, order[i], 4, levels, NULL), KARVAN_OK);
        }
        /* a slow median: as many on either side */
        assert_int_equal(karvan_results_difference(r, 1, 0, &d, NULL), KARVAN_OK);
        int below = 0, under_5 = 0;
        for (int i = 0; i < N; i++) below += diff[i] < d.median, under_5 += diff[i] < d.p5;
        assert_int_equal(below, N / 2);
        assert_int_equal(under_5, N / 20);
        for (int i = 1; i < N; i++) assert_true(r->row[i - 1].draw < r->row[i].draw);
        karvan_results_destroy(r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences), cmocka_unit_test(test_effects),
        cmocka_unit_test(test_keep),        cmocka_unit_test(test_without_draws),
        cmocka_unit_test(test_rank),        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_gains),       cmocka_unit_test(test_still),
        cmocka_unit_test(test_cost),        cmocka_unit_test(test_worth),
        cmocka_unit_test(test_package),     cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_any_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
