/* Around the equilibrium: economies out of tables and what is refused there, draws, coefficients,
 * tables of results, and every allocation failing in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "sweep.h"
#include "table/cell.h"
#include "trade_world.h"

static const char *const D[] = {"d"}, *const DZ[] = {"d", "z"};

static karvan_table *parse(const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(csv, strlen(csv), "f.csv", "f", &(karvan_csv_options){0}, NULL, &t, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static void refused(const char *csv, const karvan_economy_options *o, karvan_status with,
                    const char *said) {
    karvan_table *t = parse(csv);
    karvan_economy *e = (karvan_economy *)(void *)&e; /* must be reset */
    karvan_error err = {0};
    assert_int_equal(karvan_economy_read(t, o, &e, &err), with);
    assert_null(e);
    if (!strstr(err.msg, said)) fail_msg("'%s' does not hold '%s'", err.msg, said);
    karvan_table_destroy(t);
}

#define HEAD "exporter,importer,trade,d\n"
#define GOOD HEAD "A,A,80,0\nA,B,20,0.3\nB,A,20,0.3\nB,B,80,0\n"

static void what_is_refused(void **state) {
    (void)state;
    const karvan_economy_options o = {.n_changes = 1, .change = D};
    refused(HEAD "A,A,80,0\nA,B,-2,0\nB,A,20,0\nB,B,80,0\n", &o, KARVAN_E_DATA,
            "f.csv:3:1: a flow of -2 is below 0");
    refused(HEAD "A,A,80,0\nA,B,,0\nB,A,20,0\nB,B,80,0\n", &o, KARVAN_E_DATA,
            "f.csv:3:1: no value stands here");
    refused(HEAD "A,A,80,0\nA,B,20,\nB,A,20,0\nB,B,80,0\n", &o, KARVAN_E_DATA,
            "f.csv:3:1: no value stands here");
    refused(HEAD "A,A,80,0\nA,B,20,1e4\nB,A,20,0\nB,B,80,0\n", &o, KARVAN_E_DATA,
            "f.csv:3:1: a change of ln trade of 10000");
    refused(HEAD "A,A,80,0\nA,B,20,0\nA,B,20,0\nB,B,80,0\n", &o, KARVAN_E_DATA,
            "f.csv:4:1: A to B stands twice, first in line 3");
    refused(HEAD "A,A,80,0\n,B,20,0\nB,B,80,0\n", &o, KARVAN_E_DATA, "f.csv:3:1: no country");
    refused(HEAD "A,A,80,0\nA,B,20,0\nB,A,20,0\n", &o, KARVAN_E_DATA, "B has no domestic trade");
    refused(HEAD "A,A,80,0\nA,B,20,0\nB,A,20,0\nB,B,0,0\n", &o, KARVAN_E_DATA,
            "B has no domestic trade");
    refused(HEAD "A,A,80,0\nA,B,20,0\n", &o, KARVAN_E_DATA, "B sells nothing");
    refused(HEAD "A,A,80,0\nB,A,20,0\n", &o, KARVAN_E_DATA, "B buys nothing");
    refused("exporter,importer,trade\nA,A,1\n", &o, KARVAN_E_ARG, "no column 'd'");
    refused("exporter,importr,trade,d\nA,A,1,0\n", &o, KARVAN_E_ARG, "did you mean importr?");
    refused(HEAD "A,A,80,x\n", &o, KARVAN_E_DATA, "f.csv:2:1: 'x' is no number");
    const karvan_economy_options year = {
        .n_changes = 1, .change = D, .one_year = true, .of_year = 1999};
    refused("exporter,importer,trade,d,year\nA,A,1,0,2000\n", &year, KARVAN_E_DATA,
            "no row is of the year 1999");
}

static void tables_become_economies(void **state) {
    (void)state;
    /* Codes as numbers, another year's rows, an absent pair, one of 0. */
    karvan_table *t = parse("year,i,j,v,d\n2000,2,2,80,0\n2000,2,1,20,0.3\n2000,1,1,70,0\n"
                            "2001,1,2,5,0\n2000,3,3,5,0\n2000,3,1,0,9\n");
    karvan_economy *e = NULL;
    karvan_error err = {0};
    karvan_economy_options o = {.exporter = "i",
                                .importer = "j",
                                .trade = "v",
                                .one_year = true,
                                .of_year = 2000,
                                .n_changes = 1,
                                .change = D};
    if (karvan_economy_read(t, &o, &e, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    karvan_economy_stats s = karvan_economy_statistics(e);
    assert_int_equal(s.n, 3);
    assert_int_equal(s.groups, 2);
    assert_int_equal(s.rows, 5);
    assert_int_equal(s.n_absent, 4);
    assert_int_equal(s.n_zero, 1);
    assert_int_equal(s.n_changed, 1); /* a pair without trade has none to change */
    assert_int_equal(s.n_changed_zero, 1);
    assert_int_equal(s.n_domestic, 0);
    assert_true(s.output == 175 && fabs(s.largest_deficit - 20.0 / 70) < 1e-15);
    assert_string_equal(karvan_economy_country(e, 1), "2");
    assert_true(karvan_economy_flow_view(e)[3] == 20); /* of 2 to 1 */
    karvan_economy_destroy(e), karvan_table_destroy(t);
    t = parse(HEAD "A,A,0,0\nA,B,20,0\nB,A,20,0\nB,B,0,0\n");
    o = (karvan_economy_options){.n_changes = 1, .change = D, .without_domestic = true};
    assert_int_equal(karvan_economy_read(t, &o, &e, NULL), KARVAN_OK);
    karvan_economy_destroy(e), karvan_table_destroy(t);
}

/* More names than wait at once, in no order. */
static void many_countries_are_sorted(void **state) {
    (void)state;
    static char csv[400000];
    size_t n = (size_t)snprintf(csv, sizeof csv, HEAD);
    for (int k = 0; k < 5000; k++)
        n += (size_t)snprintf(csv + n, sizeof csv - n, "C%04d,C%04d,%d,0\n", k * 2731 % 5000,
                              k * 2731 % 5000, 1 + k);
    karvan_table *t = parse(csv);
    karvan_economy *e = NULL;
    karvan_economy_options o = {.n_changes = 0};
    assert_int_equal(karvan_economy_read(t, &o, &e, NULL), KARVAN_OK);
    assert_int_equal(karvan_economy_statistics(e).n, 5000);
    assert_string_equal(karvan_economy_country(e, 2731), "C2731");
    assert_true(karvan_economy_flow_view(e)[(size_t)2731 * 5001] == 2);
    karvan_economy_destroy(e), karvan_table_destroy(t);
}

static void options_out_of_range(void **state) {
    (void)state;
    static const karvan_equilibrium_options bad[] = {{.theta = 0},
                                                     {.theta = -1},
                                                     {.theta = NAN},
                                                     {.theta = INFINITY},
                                                     {.theta = 4, .psi = -0.1},
                                                     {.theta = 4, .tolerance = 1},
                                                     {.theta = 4, .deficit = (karvan_deficit)9}};
    karvan_table *t = parse(GOOD);
    karvan_economy *e = NULL;
    karvan_economy_options o = {.n_changes = 1, .change = D};
    assert_int_equal(karvan_economy_read(t, &o, &e, NULL), KARVAN_OK);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        karvan_equilibrium *q = (karvan_equilibrium *)(void *)&q;
        assert_int_equal(karvan_equilibrium_solve(e, &bad[k], &q, NULL), KARVAN_E_ARG);
        assert_null(q);
    }
    double beta = 1e6;
    karvan_equilibrium *q = NULL;
    karvan_error err = {0};
    karvan_equilibrium_options many = {.theta = 4, .beta = &beta};
    assert_int_equal(karvan_equilibrium_solve(e, &many, &q, &err), KARVAN_E_ARG);
    assert_non_null(strstr(err.msg, "from A to B"));
    karvan_deficit d;
    assert_int_equal(karvan_deficit_parse("universal", &d, NULL), KARVAN_OK);
    assert_int_equal(d, KARVAN_DEFICIT_UNIVERSAL);
    assert_int_equal(karvan_deficit_parse("both", &d, NULL), KARVAN_E_ARG);
    karvan_economy_destroy(e), karvan_table_destroy(t);
}

/* ---- draws
 * ---------------------------------------------------------------------------------------- */

enum { N = 14, S = 101 };
static const double BETA[] = {0.8, -0.5}, V[] = {0.04, 0.03, 0.03, 0.09};

static karvan_economy *two_changes(void) {
    world w = world_draw(N, 8, 0.2, 0.5);
    double change[2 * N * N];
    karvan_economy *e = NULL;
    for (int k = 0; k < N * N; k++)
        change[k] = w.change[k], change[N * N + k] = k % (N + 1) ? (k % 5) * 0.1 : 0;
    assert_int_equal(
        karvan_economy_create(N, (const char *const *)w.name, w.flow, 2, change, false, &e, NULL),
        KARVAN_OK);
    world_clear(&w);
    return e;
}

static karvan_draws *draw(const karvan_economy *e, karvan_theta_law law, int threads,
                          karvan_deficit deficit) {
    karvan_equilibrium_options o = {.theta = 5, .beta = BETA, .deficit = deficit};
    karvan_draw_options how = {.n = S,
                               .seed = 7,
                               .covariance = V,
                               .theta_law = law,
                               .theta_a = 3,
                               .theta_b = 6,
                               .threads = threads};
    karvan_draws *d = NULL;
    karvan_error err = {0};
    if (karvan_draws_solve(e, &o, &how, &d, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    assert_int_equal(karvan_draws_failed(d), 0);
    return d;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Each draw made here by hand from its stream, solved alone, and sorted: the same quantiles. */
static void quantiles_are_those_of_single_solutions(void **state) {
    (void)state;
    karvan_economy *e = two_changes();
    karvan_draws *d = draw(e, KARVAN_THETA_LOGNORMAL, 2, KARVAN_DEFICIT_NONE);
    static double welfare[N][S], ratio[S];
    karvan_equilibrium *q = NULL;
    karvan_table *pairs = NULL;
    for (int s = 0; s < S; s++) {
        karvan_random r;
        karvan_random_init(&r, 7, (uint64_t)s);
        double z0 = karvan_random_normal(&r), z1 = karvan_random_normal(&r);
        /* Lower factor of V: 0.2; 0.15 and sqrt(0.09 - 0.0225). */
        double beta[] = {BETA[0] + 0.2 * z0, BETA[1] + 0.15 * z0 + sqrt(0.0675) * z1};
        double theta =
            exp(0.5 * log(18) + log(2) / (2 * 1.6448536269514722) * karvan_random_normal(&r));
        karvan_equilibrium_options o = {
            .theta = theta, .beta = beta, .deficit = KARVAN_DEFICIT_NONE};
        assert_int_equal(karvan_equilibrium_solve(e, &o, &q, NULL), KARVAN_OK);
        for (int i = 0; i < N; i++)
            welfare[i][s] = karvan_equilibrium_view(q, KARVAN_RESULT_WELFARE)[i];
        ratio[s] =
            karvan_equilibrium_after_view(q)[N + 4] / karvan_equilibrium_before_view(q)[N + 4];
        if (s < S - 1) karvan_equilibrium_destroy(q);
    }
    for (int i = 0; i < N; i++) {
        qsort(welfare[i], S, sizeof(double), by_value);
        for (int p = 0; p <= 100; p += 5) /* 101 draws: whole order statistics */
            assert_true(fabs(karvan_draws_quantile(d, KARVAN_RESULT_WELFARE, i, p / 100.0) -
                             welfare[i][p]) < 1e-11);
        assert_true(fabs(karvan_draws_quantile(d, KARVAN_RESULT_WELFARE, i, 0.005) -
                         0.5 * (welfare[i][0] + welfare[i][1])) < 1e-11);
    }
    qsort(ratio, S, sizeof *ratio, by_value);
    assert_int_equal(karvan_draws_pairs(e, q, d, &pairs, NULL), KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(pairs); r++)
        if (karvan_i_cell_is(pairs, "exporter", r, "C00001") &&
            karvan_i_cell_is(pairs, "importer", r, "C00004")) {
            assert_true(fabs(karvan_i_cell_real(pairs, "ratio_p5", r) - ratio[5]) < 1e-10);
            assert_true(fabs(karvan_i_cell_real(pairs, "ratio_p95", r) - ratio[95]) < 1e-10);
            ratio[0] = NAN;
        }
    assert_true(isnan(ratio[0])); /* the pair was there */
    karvan_table_destroy(pairs);
    karvan_equilibrium_destroy(q), karvan_draws_destroy(d), karvan_economy_destroy(e);
}

static void the_same_bytes_for_any_threads(void **state) {
    (void)state;
    karvan_economy *e = two_changes();
    for (int law = KARVAN_THETA_FIXED; law <= KARVAN_THETA_LOGNORMAL; law++) {
        karvan_draws *one = draw(e, (karvan_theta_law)law, 1, KARVAN_DEFICIT_ADDITIVE);
        for (int threads = 2; threads < 8; threads += 5) {
            karvan_draws *many = draw(e, (karvan_theta_law)law, threads, KARVAN_DEFICIT_ADDITIVE);
            for (int r = 0; r < KARVAN_RESULT_END; r++)
                for (int32_t i = 0; i < N; i++)
                    for (int p = 0; p < 20; p++) {
                        double a = karvan_draws_quantile(one, (karvan_result)r, i, p / 19.0);
                        double b = karvan_draws_quantile(many, (karvan_result)r, i, p / 19.0);
                        assert_memory_equal(&a, &b, sizeof a);
                    }
            karvan_draws_destroy(many);
        }
        karvan_draws_destroy(one);
    }
    karvan_economy_destroy(e);
}

static void draws_out_of_range(void **state) {
    (void)state;
    static const double lopsided[] = {1, 0.5, 0, 1}, indefinite[] = {1, 2, 2, 1},
                        negative[] = {-1, 0, 0, 1}, dependent[] = {1, 1, 1, 1};
    static const double *const bad[] = {lopsided, indefinite, negative};
    karvan_economy *e = two_changes();
    karvan_equilibrium_options o = {.theta = 5, .beta = BETA};
    karvan_draws *d = NULL;
    for (int k = 0; k < 3; k++) {
        karvan_draw_options how = {.n = 4, .covariance = bad[k]};
        assert_int_equal(karvan_draws_solve(e, &o, &how, &d, NULL), KARVAN_E_ARG);
        assert_null(d);
    }
    karvan_draw_options one = {.n = 1}, none = {.n = 4, .theta_law = KARVAN_THETA_LOGNORMAL};
    assert_int_equal(karvan_draws_solve(e, &o, &one, &d, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_draws_solve(e, &o, &none, &d, NULL), KARVAN_E_ARG);
    /* Coefficients that move together are no fault: singular, yet semidefinite. */
    karvan_draw_options together = {.n = 4, .covariance = dependent};
    assert_int_equal(karvan_draws_solve(e, &o, &together, &d, NULL), KARVAN_OK);
    karvan_draws_destroy(d);
    /* Most draws of a coefficient so wide are beyond any change of trade. */
    static const double wide[] = {1e12, 0, 0, 1e12};
    karvan_draw_options lost = {.n = 50, .covariance = wide};
    karvan_error err = {0};
    assert_int_equal(karvan_draws_solve(e, &o, &lost, &d, &err), KARVAN_E_NOCONV);
    assert_string_equal(err.msg, "50 of 50 draws have no equilibrium");
    karvan_economy_destroy(e);
}

/* ---- coefficients
 * ----------------------------------------------------------------------------------- */

static const char *write_text(const char *name, const char *text) {
    static char path[2][256];
    static int turn;
    char *at = path[turn ^= 1];
    (void)snprintf(at, 256, "/tmp/karvan-%ld-%s", (long)getpid(), name);
    FILE *f = fopen(at, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
    return at;
}

static void coefficients_from_files(void **state) {
    (void)state;
    karvan_coefficients c;
    const char *csv = write_text("c.csv", "term,estimate,se,z\nrta,0.5,0.1,5\nln(x),-1,0.2,-5\n");
    assert_int_equal(karvan_coefficients_read(csv, NULL, &c, NULL), KARVAN_OK);
    assert_int_equal(c.n, 2);
    assert_string_equal(c.name[1], "ln(x)");
    assert_true(c.estimate[1] == -1 && fabs(c.covariance[3] - 0.04) < 1e-16 &&
                c.covariance[1] == 0);
    karvan_coefficients_clear(&c);
    const char *v = write_text("v.csv", "term,ln(x),rta\nrta,0.003,0.01\nln(x),0.04,0.003\n");
    assert_int_equal(karvan_coefficients_read(csv, v, &c, NULL), KARVAN_OK);
    assert_true(c.covariance[0] == 0.01 && c.covariance[1] == 0.003 && c.covariance[2] == 0.003);
    karvan_coefficients_clear(&c);
    (void)remove(csv), (void)remove(v);
    const char *json = write_text(
        "c.json", " {\"n\": 9, \"coefficients\": [{\"name\": \"a\", \"estimate\": 2, \"se\": 3}]}");
    assert_int_equal(karvan_coefficients_read(json, NULL, &c, NULL), KARVAN_OK);
    assert_true(c.n == 1 && c.estimate[0] == 2 && c.covariance[0] == 9);
    karvan_coefficients_clear(&c);
    (void)remove(json);
}

static void faults_of_coefficients(void **state) {
    (void)state;
    static const struct {
        const char *text, *said;
    } bad[] = {{"a,b\n1,2\n", ":1:1: no columns term"},
               {"term,estimate\na,1\na,2\n", ":3:1: this term stands here a second time"},
               {"term,estimate\na,\n", ":2:3: no number stands here"},
               {"term,estimate,se\na,1,-1\n", ":2:5: a standard error is 0 or above"},
               {"{\"coefficients\": 3}", "no list called coefficients"},
               {"{\"coefficients\": [{}]}", "coefficient 1 is no object"},
               {"{\"coefficients\": []}", "0 coefficients"},
               {"{", "c.csv:1:"},
               {"[{\"name\": \"a\", \"estimate\": 1}, {\"name\": \"a\", \"estimate\": 1}]",
                "the coefficient a stands twice"}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        const char *path = write_text("c.csv", bad[k].text);
        karvan_coefficients c;
        karvan_error err = {0};
        assert_int_equal(karvan_coefficients_read(path, NULL, &c, &err), KARVAN_E_DATA);
        assert_true(c.n == 0 && !c.name);
        if (!strstr(err.msg, bad[k].said)) fail_msg("'%s': %s", bad[k].said, err.msg);
        (void)remove(path);
    }
    const char *csv = write_text("c.csv", "term,estimate\na,1\nb,1\n");
    const char *v = write_text("v.csv", "term,a\na,1\nb,1\n");
    karvan_coefficients c;
    karvan_error err = {0};
    assert_int_equal(karvan_coefficients_read(csv, v, &c, &err), KARVAN_E_DATA);
    assert_non_null(strstr(err.msg, "no column for the term b"));
    (void)remove(csv), (void)remove(v);
    assert_int_equal(karvan_coefficients_read("/nowhere/c.csv", NULL, &c, NULL), KARVAN_E_IO);
}

/* ---- tables of results, and memory
 * -------------------------------------------------------------------- */

static karvan_table *source;

static karvan_status everything(karvan_error *err) {
    karvan_economy *e = NULL;
    karvan_equilibrium *q = NULL;
    karvan_draws *d = NULL;
    karvan_table *t[4] = {NULL};
    static const double beta[] = {1, 1};
    karvan_economy_options o = {.n_changes = 2, .change = DZ};
    karvan_equilibrium_options how = {
        .theta = 4, .beta = beta, .deficit = KARVAN_DEFICIT_NONE, .max_iterations = 1};
    karvan_draw_options draws = {.n = 5, .covariance = V, .threads = 1};
    karvan_status st = karvan_economy_read(source, &o, &e, err);
    if (st == KARVAN_OK) st = karvan_equilibrium_solve(e, &how, &q, err);
    if (st == KARVAN_OK) st = karvan_draws_solve(e, &how, &draws, &d, err);
    if (st == KARVAN_OK) st = karvan_equilibrium_table(e, q, false, &t[0], err);
    if (st == KARVAN_OK) st = karvan_equilibrium_pairs(e, q, &t[1], err);
    if (st == KARVAN_OK) st = karvan_draws_table(e, q, d, true, &t[2], err);
    if (st == KARVAN_OK) st = karvan_draws_pairs(e, q, d, &t[3], err);
    if (st == KARVAN_OK) {
        assert_int_equal(karvan_table_columns(t[0]), 6);
        assert_int_equal(karvan_table_columns(t[2]), 1 + 4 * KARVAN_RESULT_END);
        assert_int_equal(karvan_table_rows(t[1]), 8);
        assert_string_equal(karvan_table_column(t[2], 2).name, "welfare_p5");
        /* No trade of C's own: no ratio of it. */
        assert_int_equal(karvan_table_state(t[0], 4, 2), KARVAN_UNKNOWN);
    }
    for (int k = 0; k < 4; k++) karvan_table_destroy(t[k]);
    karvan_draws_destroy(d), karvan_equilibrium_destroy(q), karvan_economy_destroy(e);
    return st;
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    source =
        parse("exporter,importer,trade,d,z\nA,A,80,0,0\nA,B,25,0.3,1\nB,A,15,0.3,0\nB,B,60,0,0\n"
              "C,C,9,0,0\nD,D,9,0,0\nD,B,1,2,0\nB,D,1,0,-1\n");
    every_allocation_fails(everything, 2000);
    karvan_table_destroy(source);
}

static const char *csv_path, *v_path;
static karvan_status read_coefficients(karvan_error *err) {
    karvan_coefficients c;
    karvan_status st = karvan_coefficients_read(csv_path, v_path, &c, err);
    karvan_coefficients_clear(&c);
    return st;
}
static void coefficients_without_memory(void **state) {
    (void)state;
    csv_path = write_text("c.csv", "term,estimate,se\na,1,2\nb,1,2\n");
    v_path = write_text("v.csv", "term,a,b\na,1,0\nb,0,1\n");
    every_allocation_fails(read_coefficients, 2000);
    (void)remove(csv_path), (void)remove(v_path);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_refused),
                                       cmocka_unit_test(tables_become_economies),
                                       cmocka_unit_test(many_countries_are_sorted),
                                       cmocka_unit_test(options_out_of_range),
                                       cmocka_unit_test(quantiles_are_those_of_single_solutions),
                                       cmocka_unit_test(the_same_bytes_for_any_threads),
                                       cmocka_unit_test(draws_out_of_range),
                                       cmocka_unit_test(coefficients_from_files),
                                       cmocka_unit_test(faults_of_coefficients),
                                       cmocka_unit_test(every_allocation_can_fail),
                                       cmocka_unit_test(coefficients_without_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
