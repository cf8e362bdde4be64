/* A network of five places whose hours, dollars and choices are known by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "network/graph.h"
#include "network/wait.h"
#include "small_network.h"
#include "sweep.h"
#include "table/cell.h"

static small_region region;
static karvan_network *net;

static int set_up(void **state) {
    karvan_network_options o;
    karvan_error e = {0};
    (void)state;
    if (!small_open(&region, TABLES, N_TABLES)) return -1;
    if (karvan_network_defaults(region.package, &o, &e) != KARVAN_OK) return -1;
    return karvan_network_create(region.package, &o, &net, &e) == KARVAN_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    karvan_network_destroy(net);
    small_close(&region);
    return 0;
}

/* P90 = 2 P50: sigma = ln 2 / 1.28155, mean over median = exp(sigma^2 / 2) = 1.157507. */
static const double SKEW = 1.157507;

static void sizes_by_hand(void **state) {
    (void)state;
    assert_int_equal(karvan_network_places(net), 5);
    /* rail, road, ferry with two sides each; where a load begins, where it ends */
    assert_int_equal(karvan_network_states(net), 5 * 3 * 2 + 5 * 2);
    /* AB, BC, AD and DE each way, CD one way; a border, a port each way; passing on in each mode at
     * each place but by rail at the border; loading by rail at three places, by road and ferry at
     * two each; unloading by rail at D too */
    assert_int_equal(karvan_network_arcs(net), 4 * 2 + 1 + 1 + 2 + 5 * 3 - 1 + 7 + 8);
}

static void legs_by_hand(void **state) {
    (void)state;
    karvan_route r = best(net, A, E, KARVAN_BY_TIME, -1);
    static const karvan_operation operations[] = {KARVAN_MOVE, KARVAN_BORDER, KARVAN_MOVE,
                                                  KARVAN_MOVE, KARVAN_PORT,   KARVAN_WAIT,
                                                  KARVAN_MOVE};
    /* 100/50; 4 skewed; 5 skewed; 50/50; 10; half of 24 (1 + 1) and a fifth of 24; 300/15 */
    const double hours[] = {2, 4 * SKEW, 5 * SKEW, 1, 10, 24 + 0.2 * 24, 20};
    static const double usd[] = {40, 60, 80, 20, 50, 0, 500}, km[] = {100, 0, 200, 50, 0, 0, 300};
    double total = 0;
    assert_int_equal(r.n_legs, 7);
    for (int k = 0; k < 7; k++) {
        assert_int_equal(r.legs[k].operation, operations[k]);
        near(r.legs[k].hours, hours[k]);
        near(r.legs[k].usd_per_teu + 1, usd[k] + 1), near(r.legs[k].km + 1, km[k] + 1);
        total += hours[k];
    }
    near(r.hours, total), near(r.usd_per_teu, 750), near(r.km, 650);
    near(r.co2e_kg_per_teu, 350 * 0.3 + 300 * 0.2);
    assert_int_equal(r.borders, 1); /* AAA to BBB; BBB and CCC are one customs area */
    assert_int_equal(r.transhipments, 1);
    assert_true(r.legs[0].assumed && r.legs[2].assumed && !r.legs[3].assumed && r.legs[4].assumed);
    near(r.legs[2].p50_h, 5), near(r.legs[2].p90_h, 10);
    assert_string_equal(r.legs[0].why, "100 km rail 1520 at 50 km/h");
    assert_string_equal(r.legs[1].why, "border and customs by rail 1520: half within 4 h, nine of "
                                       "ten within 8 h");
    assert_string_equal(r.legs[5].why, "The ferry: a departure every 24 h, at random, leaves when "
                                       "full; closed 73 days a year by weather");
    assert_string_equal(karvan_operation_name(r.legs[4].operation), "port");
    assert_string_equal(karvan_operation_name(KARVAN_OPERATIONS), "unknown");
    assert_string_equal(karvan_objective_name((karvan_objective)6), "unknown");
    karvan_route_clear(&r);
}

static void each_objective(void **state) {
    (void)state;
    static const struct {
        karvan_objective by;
        const char *name;
        int legs;
    } samples[] = {{KARVAN_BY_TIME, "time", 4},           /* 13.4 h by rail, 20 by road */
                   {KARVAN_BY_COST, "cost", 4},           /* 200 USD, 900 */
                   {KARVAN_BY_EMISSIONS, "emissions", 1}, /* 105 kg, 50 */
                   {KARVAN_BY_GENERALISED, "generalised", 4}};
    for (int i = 0; i < 4; i++) {
        karvan_route r = best(net, A, D, samples[i].by, -1);
        assert_int_equal(r.n_legs, samples[i].legs);
        assert_string_equal(karvan_objective_name(samples[i].by), samples[i].name);
        karvan_route_clear(&r);
    }
}

static void corridors(void **state) {
    (void)state;
    karvan_route r = best(net, A, D, KARVAN_BY_EMISSIONS, 0);
    assert_int_equal(r.n_legs, 4); /* B and C, although the road emits less */
    assert_int_equal(r.corridor, 0);
    karvan_route_clear(&r);
    r = best(net, A, D, KARVAN_BY_TIME, 1);
    assert_int_equal(r.n_legs, 1); /* C avoided */
    karvan_route_clear(&r);
}

static void no_way(void **state) {
    (void)state;
    refused(net, (karvan_route_query){A, A, KARVAN_BY_TIME, -1, 0}, KARVAN_E_ARG, "Alpha is both");
    refused(net, (karvan_route_query){A, 9, KARVAN_BY_TIME, -1, 0}, KARVAN_E_ARG, "two places");
    refused(net, (karvan_route_query){A, B, KARVAN_BY_TIME, 9, 0}, KARVAN_E_ARG, "no row 10");
    refused(net, (karvan_route_query){A, B, KARVAN_BY_GENERALISED, -1, -1}, KARVAN_E_ARG, "value");
    refused(net, (karvan_route_query){E, C, KARVAN_BY_TIME, -1, 0}, KARVAN_E_NOCONV,
            "no way leads from Epsilon to Gamma on 2026-01-01");
    refused(net, (karvan_route_query){C, D, KARVAN_BY_TIME, 0, 0}, KARVAN_E_NOCONV, "By rail");
    refused(net, (karvan_route_query){A, E, KARVAN_BY_TIME, 3, 0}, KARVAN_E_NOCONV, "Abroad");
    refused(net, (karvan_route_query){A, B, KARVAN_BY_TIME, 4, 0}, KARVAN_E_DATA,
            "names the place Q");
    /* to E and back over the same sea is no way by it */
    refused(net, (karvan_route_query){A, D, KARVAN_BY_TIME, 2, 0}, KARVAN_E_NOCONV,
            "There and back does not lie between Alpha and Delta");
}

static void open_on_a_day(void **state) {
    (void)state;
    static const struct {
        int year, month;
        bool open;
    } samples[] = {{2026, 1, false}, {2030, 6, false}, {2031, 1, true}};
    for (int i = 0; i < 3; i++) {
        karvan_network_options o = {.date =
                                        karvan_day_from_civil(samples[i].year, samples[i].month, 1),
                                    .closure_spell_h = 24};
        karvan_network *then = NULL;
        karvan_error e = {0};
        assert_int_equal(karvan_network_create(region.package, &o, &then, &e), KARVAN_OK);
        karvan_route r = best(then, D, E, KARVAN_BY_TIME, -1);
        /* 310 km at 77.5 km/h, or the ferry: the wait and 20 hours */
        near(r.hours, samples[i].open ? 4 : 48.8);
        karvan_route_clear(&r);
        karvan_network_destroy(then);
    }
}

/* From the day that has certainly begun to the last that may be meant. */
static void first_and_last_day(void **state) {
    (void)state;
    static const struct {
        const char *row;
        int year, month, day;
        bool open;
    } samples[] = {{"2028-05-04,", 2028, 5, 3, false}, {"2028-05-04,", 2028, 5, 4, true},
                   {",2028-05-04", 2028, 5, 4, true},  {",2028-05-04", 2028, 5, 5, false},
                   {"2028,2029", 2028, 7, 1, false},   {"2028,2029", 2028, 12, 31, true},
                   {"2028,2029", 2029, 12, 31, true},  {"2028,2029", 2030, 1, 1, false}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_edtf d[2], *at[2] = {NULL, NULL};
        const char *comma = strchr(samples[i].row, ',');
        const char *text[2] = {samples[i].row, comma + 1};
        size_t n[2] = {(size_t)(comma - samples[i].row), strlen(comma + 1)};
        for (int k = 0; k < 2; k++)
            if (n[k] > 0 && karvan_edtf_parse(text[k], n[k], &d[k], NULL) == KARVAN_OK)
                at[k] = &d[k];
        karvan_day day = karvan_day_from_civil(samples[i].year, samples[i].month, samples[i].day);
        assert_int_equal(karvan_i_open_on(at[0], at[1], day), samples[i].open);
    }
}

static void distributions(void **state) {
    (void)state;
    karvan_time_quantiles q[8];
    karvan_error e = {0};
    karvan_route r = best(net, B, C, KARVAN_BY_TIME, -1);
    assert_int_equal(karvan_route_quantiles(net, &r, 0.02, q, &e), KARVAN_OK);
    near(q[1].mean_h, 5 * SKEW);
    assert_true(fabs(q[1].p50_h - 5) < 0.02 && fabs(q[1].p90_h - 10) < 0.03);
    karvan_route_clear(&r);
    r = best(net, A, E, KARVAN_BY_TIME, -1);
    assert_int_equal(karvan_route_quantiles(net, &r, 0.5, q, &e), KARVAN_OK);
    double upto = 0;
    for (int k = 0; k < 7; k++) {
        upto += r.legs[k].hours;
        near(q[k + 1].mean_h, upto);
        assert_true(q[k + 1].p05_h <= q[k + 1].p10_h && q[k + 1].p10_h <= q[k + 1].p50_h &&
                    q[k + 1].p50_h <= q[k + 1].p90_h && q[k + 1].p90_h <= q[k + 1].p95_h);
    }
    assert_int_equal(karvan_route_quantiles(net, &r, 0, q, &e), KARVAN_E_ARG);
    karvan_route_clear(&r);
}

static karvan_status pmf_wait(double headway_h, double cv, double closed, double spell_h,
                              double step_h, karvan_i_pmf *out) {
    karvan_i_wait w = {.headway_h = headway_h, .cv = cv, .closures = {1, {closed}, {spell_h}}};
    return karvan_i_pmf_wait(&w, step_h, out, NULL);
}

static void known_functions(void **state) {
    (void)state;
    for (double x = 0.05; x < 30; x *= 1.7) {
        assert_true(fabs(karvan_i_gamma_p(1, x) - (1 - exp(-x))) < 1e-13);
        assert_true(fabs(karvan_i_gamma_p(2, x) - (1 - exp(-x) * (1 + x))) < 1e-13);
        assert_true(fabs(karvan_i_gamma_p(0.5, x) - erf(sqrt(x))) < 1e-13);
    }
    assert_true(karvan_i_gamma_p(3, 0) == 0 && isnan(karvan_i_gamma_p(0, 1)));
    karvan_i_pmf d;
    /* headways at random: the wait is exponential, its median 24 ln 2 */
    assert_int_equal(pmf_wait(24, 1, 0, 24, 0.05, &d), KARVAN_OK);
    near(karvan_i_pmf_mean_h(&d, 0.05), 24);
    assert_true(fabs(karvan_i_pmf_quantile_h(&d, 0.5, 0.05) - 24 * log(2)) < 0.06);
    karvan_i_pmf_clear(&d);
    /* a timetable: evenly between 0 and 24 */
    assert_int_equal(pmf_wait(24, 0, 0, 24, 0.05, &d), KARVAN_OK);
    near(karvan_i_pmf_mean_h(&d, 0.05), 12);
    assert_true(fabs(karvan_i_pmf_quantile_h(&d, 0.9, 0.05) - 21.6) < 0.06);
    karvan_i_pmf_clear(&d);
    assert_int_equal(pmf_wait(0, 0, 0.5, 10, 0.05, &d), KARVAN_OK);
    near(karvan_i_pmf_mean_h(&d, 0.05), 5); /* weather alone */
    karvan_i_pmf_clear(&d);
    static const double wild[][2] = {{1e9, 1}, {1, 1e3}, {1e300, 0}, {1e300, 200}};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(karvan_i_pmf_lognormal(wild[i][0], wild[i][1], 1e-3, &d, NULL),
                         KARVAN_E_ARG);
        assert_null(d.p);
    }
    assert_int_equal(pmf_wait(1e300, 1, 0, 24, 0.5, &d), KARVAN_E_ARG);
    assert_int_equal(pmf_wait(24, 1e12, 0, 24, 0.5, &d), KARVAN_E_ARG);
    assert_int_equal(pmf_wait(24, 1, 0.5, 1e300, 0.5, &d), KARVAN_E_ARG);
}

/* The same sums as a convolution with two loops, for all small lengths. */
static void convolution(void **state) {
    (void)state;
    for (int na = 1; na <= 11; na++)
        for (int nb = 1; nb <= 11; nb++) {
            double a[11], b[11], sum[22] = {0}, ta = 0, tb = 0;
            for (int i = 0; i < na; i++) ta += a[i] = 1 + (i * 7 + nb) % 5;
            for (int i = 0; i < nb; i++) tb += b[i] = 1 + (i * 3 + na) % 7;
            for (int i = 0; i < na; i++) a[i] /= ta;
            for (int i = 0; i < nb; i++) b[i] /= tb;
            for (int i = 0; i < na; i++)
                for (int k = 0; k < nb; k++) sum[i + k] += a[i] * b[k];
            karvan_i_pmf x = {3, na, a}, y = {-5, nb, b}, z;
            assert_int_equal(karvan_i_pmf_convolve(&x, &y, &z, NULL), KARVAN_OK);
            assert_int_equal(z.start, -2);
            assert_int_equal(z.n, na + nb - 1);
            for (int i = 0; i < z.n; i++) assert_true(fabs(z.p[i] - sum[i]) < 1e-15);
            karvan_i_pmf_clear(&z);
        }
}

/* By rail 13.4 h, 200 USD and 105 kg; by road 20 h, 900 USD and 50 kg. The road is certain (P90 =
 * P50); the frontier and the second link are not: variance mean^2 (exp(sigma^2) - 1). */
static void pareto_sets(void **state) {
    (void)state;
    static const struct {
        unsigned weigh;
        int32_t routes;
    } samples[] = {{KARVAN_WEIGH_TIME | KARVAN_WEIGH_COST, 1},
                   {KARVAN_WEIGH_TIME | KARVAN_WEIGH_EMISSIONS, 2},
                   {KARVAN_WEIGH_COST | KARVAN_WEIGH_DISPERSION, 2},
                   {KARVAN_WEIGH_EMISSIONS, 1},
                   {15, 2}};
    static const char *const road[] = {"road"};
    static const int32_t c[] = {C}, beland[] = {1};
    karvan_routes r;
    karvan_error e = {0};
    for (int i = 0; i < 5; i++) {
        karvan_routes_query q;
        karvan_routes_query_init(&q, A, D);
        q.weigh = samples[i].weigh;
        assert_int_equal(karvan_routes_find(net, &q, &r, &e), KARVAN_OK);
        assert_int_equal(r.n, samples[i].routes);
        assert_false(r.capped);
        karvan_routes_clear(&r);
    }
    karvan_routes_query q;
    karvan_routes_query_init(&q, A, D);
    q.weigh = 15, q.max_transhipments = 0;
    q.n_modes = 1, q.modes = road;
    assert_int_equal(karvan_routes_find(net, &q, &r, &e), KARVAN_OK);
    assert_int_equal(r.n, 1);
    double mean4 = 4 * SKEW, mean5 = 5 * SKEW, spread = SKEW * SKEW - 1; /* exp(sigma^2) = SKEW^2 */
    near(r.route[0].sd_h, sqrt((mean4 * mean4 + mean5 * mean5) * spread));
    assert_string_equal(karvan_objective_name(r.route[0].objective), "pareto");
    karvan_routes_clear(&r);
    q.n_places = 1, q.places = c; /* neither rail, nor road */
    assert_int_equal(karvan_routes_find(net, &q, &r, &e), KARVAN_E_NOCONV);
    karvan_routes_query_init(&q, A, E);
    q.weigh = KARVAN_WEIGH_TIME, q.n_countries = 1, q.countries = beland;
    assert_int_equal(karvan_routes_find(net, &q, &r, NULL), KARVAN_E_NOCONV);
    q.n_countries = 0, q.most_labels = 3;
    assert_int_equal(karvan_routes_find(net, &q, &r, NULL), KARVAN_E_NOCONV); /* too few labels */
    q.most_labels = 0, q.max_transhipments = 0; /* the port changes the mode */
    assert_int_equal(karvan_routes_find(net, &q, &r, NULL), KARVAN_E_NOCONV);
    q.weigh = 0;
    assert_int_equal(karvan_routes_find(net, &q, &r, NULL), KARVAN_E_ARG);
    q.weigh = 1, q.n_modes = 1, q.modes = (const char *const[]){"plane"};
    karvan_error why = {0};
    assert_int_equal(karvan_routes_find(net, &q, &r, &why), KARVAN_E_ARG);
    assert_string_equal(
        why.msg,
        "no link or terminal has the mode 'plane'; there are: rail_1520, road, ferry_rail");
}

static void targets(void **state) {
    (void)state;
    static const char *const verdicts[] = {"inside",
                                           "near",
                                           "outside",
                                           "inside",
                                           "inside",
                                           "inside",
                                           "end points not stated",
                                           "no route",
                                           "not modelled",
                                           "no such terminal",
                                           "no published figure",
                                           "inside",
                                           "no such corridor",
                                           "one end point",
                                           "outside"}; /* 2 hours, not 0 */
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_network_targets(net, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 15);
    for (int r = 0; r < 15; r++) {
        const char *said = karvan_i_cell_text(t, "verdict", r);
        if (strcmp(said, verdicts[r]) != 0) fail_msg("t%d: %s, not %s", r + 1, said, verdicts[r]);
    }
    assert_true(isnan(karvan_i_cell_real(t, "off_percent", 14))); /* no per cent of nothing */
    near(karvan_i_cell_real(t, "model", 0), (3 + 9 * SKEW) / 24);
    near(karvan_i_cell_real(t, "off_percent", 1), 100.0 * 10 / 340); /* 350 km where 340 are told */
    near(karvan_i_cell_real(t, "off_percent", 2), -50);              /* 200 USD, not 400 */
    karvan_table_destroy(t);
}

static void names(void **state) {
    (void)state;
    static const struct {
        const char *typed;
        int32_t place;
    } samples[] = {{"A", A},    {"alpha", A}, {"AA ALF", A}, {"First", A}, {"harbour", D},
                   {"Port", D}, {"Aland", A}, {"CCC", E},    {"Be", D},    {"epsi", E}};
    int32_t row;
    karvan_error e = {0};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_error why = {0};
        if (karvan_network_place(region.package, samples[i].typed, &row, &why) != KARVAN_OK)
            fail_msg("%s: %s", samples[i].typed, why.msg);
        assert_int_equal(row, samples[i].place);
    }
    assert_int_equal(karvan_network_place(region.package, "Gama", &row, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "did you mean Gamma?"));
    assert_int_equal(karvan_network_corridor(region.package, "IRON", &row, &e), KARVAN_OK);
    assert_int_equal(row, 0);
}

static karvan_status everything(karvan_error *e) {
    karvan_network_options o;
    karvan_network *n = NULL;
    karvan_route r = {0};
    karvan_table *t = NULL, *legs = NULL;
    karvan_time_quantiles q[8];
    karvan_route_query query = {A, E, KARVAN_BY_TIME, 0, 0};
    karvan_status st = karvan_network_defaults(region.package, &o, e);
    if (st == KARVAN_OK) st = karvan_network_create(region.package, &o, &n, e);
    if (st == KARVAN_OK) st = karvan_route_best(n, &query, &r, e);
    if (st == KARVAN_OK) st = karvan_route_quantiles(n, &r, 2.0, q, e);
    karvan_routes_query all;
    karvan_routes set = {0};
    karvan_routes_query_init(&all, A, E);
    all.weigh = 15;
    if (st == KARVAN_OK) st = karvan_routes_find(n, &all, &set, e);
    karvan_routes_clear(&set);
    if (st == KARVAN_OK) st = karvan_route_table(region.package, 1, &r, &legs, e);
    if (st == KARVAN_OK) st = karvan_network_targets(n, &t, e);
    karvan_table_destroy(t), karvan_table_destroy(legs);
    karvan_route_clear(&r);
    karvan_network_destroy(n);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes_by_hand),
                                       cmocka_unit_test(legs_by_hand),
                                       cmocka_unit_test(each_objective),
                                       cmocka_unit_test(corridors),
                                       cmocka_unit_test(no_way),
                                       cmocka_unit_test(open_on_a_day),
                                       cmocka_unit_test(first_and_last_day),
                                       cmocka_unit_test(distributions),
                                       cmocka_unit_test(known_functions),
                                       cmocka_unit_test(convolution),
                                       cmocka_unit_test(pareto_sets),
                                       cmocka_unit_test(targets),
                                       cmocka_unit_test(names),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
