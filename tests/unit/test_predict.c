/* Predictions, effects and dropped rows of a fit whose coefficients are set by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"
#include "table/cell.h"
#include "trade/fit.h"

static karvan_table *table_of(const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(csv, strlen(csv), "t.csv", "t", NULL, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

/* A fit with coefficients 0.1, 0.2, ... and effects 1, 2, ... of the first, 0.5, 1, ... of the
 * second. */
static karvan_status hand_fit(const karvan_table *t, const karvan_gravity_options *o,
                              karvan_gravity *g, karvan_error *err) {
    *g = (karvan_gravity){.estimator = o->estimator};
    karvan_status st = karvan_i_design_create(t, o, &g->d, err);
    if (st != KARVAN_OK) return st;
    g->n_kept = g->d.k;
    g->kept = malloc(sizeof *g->kept * (size_t)(g->d.k + 1));
    g->beta = malloc(sizeof *g->beta * (size_t)(g->d.k + 1));
    g->eta = calloc((size_t)g->d.n, sizeof *g->eta);
    g->alpha = calloc((size_t)g->d.n_effects + 1, sizeof *g->alpha);
    for (int j = 0; j < g->d.k; j++) g->kept[j] = j, g->beta[j] = 0.1 * (j + 1);
    for (int e = 0; e < g->d.n_effects; e++) {
        g->alpha[e] = malloc(sizeof **g->alpha * (size_t)g->d.effect[e].n_levels);
        for (int32_t l = 0; l < g->d.effect[e].n_levels; l++)
            g->alpha[e][l] = (l + 1) / (double)(e + 1);
    }
    for (int64_t i = 0; i < g->d.n; i++) {
        g->eta[i] = g->d.offset ? g->d.offset[i] : 0;
        for (int j = 0; j < g->d.k; j++) g->eta[i] += g->beta[j] * g->d.x[j][i];
        for (int e = 0; e < g->d.n_effects; e++) g->eta[i] += g->alpha[e][g->d.effect[e].level[i]];
    }
    return KARVAN_OK;
}

static void free_fit(karvan_gravity *g) {
    for (int e = 0; e < g->d.n_effects; e++) free(g->alpha[e]);
    free(g->kept), free(g->beta), free(g->eta), free(g->alpha);
    karvan_i_design_clear(&g->d);
}

static karvan_table *predict(const karvan_gravity *g, const double *v, const karvan_table *data) {
    karvan_table *out = NULL;
    karvan_error e = {0};
    if (karvan_gravity_predict(g, v, data, &out, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return out;
}

static const char DATA[] = "exp,imp,year,y,x,g\n"
                           "KAZ,AZE,2010,5,1,b\n"
                           "AZE,KAZ,2010,0,2,a\n"
                           "AZE,UZB,2009,3,4,b\n"
                           "KAZ,UZB,2009,2,,c\n"   /* dropped */
                           "TKM,TJK,2010,1,8,c\n"; /* a part of its own */

static void its_own_rows_are_fitted(void **s) {
    (void)s;
    karvan_table *t = table_of(DATA);
    karvan_gravity g;
    karvan_gravity_options o = {.formula = "y ~ log(x) + g*x | exp^year + imp", .offset = "x"};
    assert_int_equal(hand_fit(t, &o, &g, NULL), KARVAN_OK);
    karvan_table *p = predict(&g, NULL, t);
    double fitted[5];
    assert_int_equal(karvan_gravity_fitted(&g, fitted, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(p), 5);
    for (int i = 0; i < 5; i++) {
        double v = karvan_table_real(p, 1, i);
        assert_int_equal(karvan_table_int(p, 0, i), i + 1);
        assert_int_equal(karvan_table_state(p, 2, i), KARVAN_UNKNOWN); /* no covariance */
        if (i == 3) {
            assert_true(isnan(v) && isnan(fitted[i]));
            assert_string_equal(karvan_table_text(p, 3, i), "x holds no value");
        } else {
            assert_true(fabs(v / fitted[i] - 1) < 1e-14);
            assert_string_equal(karvan_table_text(p, 3, i), "");
        }
    }
    /* Row 1: exp^year KAZ^2010 is the third of four levels, imp AZE the first of four; log(1) = 0;
     * g::b and x: 0.2 and 0.4, with x:g::b 0.5; the offset is 1. Names of the coefficients: log(x),
     * g::b, g::c, x, g::b:x, g::c:x. */
    assert_true(fabs(log(fitted[0]) - (3 + 0.5 + 0.2 + 0.4 + 0.5 + 1)) < 1e-14);
    karvan_table_destroy(p);
    free_fit(&g);
    karvan_table_destroy(t);
}

static void what_is_missing_is_named(void **s) {
    (void)s;
    karvan_table *t = table_of(DATA);
    karvan_table *new = table_of("year,imp,exp,x,g\n"
                                 "2009.0,UZB,AZE,1,b\n" /* year is 2009, other spelling */
                                 "2010,UZB,KAZ,1,a\n"
                                 "2009,UZB,KAZ,1,a\n" /* KAZ^2009 was dropped */
                                 "2010,RUS,AZE,1,a\n"
                                 "2011,RUS,AZE,1,a\n"
                                 "2010,UZB,KAZ,0,a\n"
                                 "2010,UZB,KAZ,1,d\n"
                                 "2010,TJK,KAZ,1,a\n" /* never met */
                                 "2010,UZB,,,a\n"
                                 "2010.5,UZB,KAZ,1,a\n");
    /* KAZ^2010 meets AZE, AZE^2010 meets KAZ, AZE^2009 meets UZB, TKM^2010 meets TJK: four parts.
     */
    static const char apart[] = "its effects lie in parts of the data that nothing connects";
    static const char *const why[] = {"",
                                      apart,
                                      "exp^year KAZ^2009",
                                      "imp RUS",
                                      "exp^year AZE^2011; imp RUS",
                                      "log(x) has no finite value",
                                      "g d",
                                      apart,
                                      "x holds no value; exp holds no value",
                                      "exp^year KAZ^2010.5"};
    karvan_gravity g;
    karvan_gravity_options o = {.formula = "y ~ log(x) + g | exp^year + imp"};
    assert_int_equal(hand_fit(t, &o, &g, NULL), KARVAN_OK);
    karvan_table *p = predict(&g, NULL, new);
    for (int i = 0; i < 10; i++) assert_string_equal(karvan_table_text(p, 3, i), why[i]);
    /* AZE^2009 first, imp UZB fourth of AZE KAZ TJK UZB; log(1); g::b 0.2 */
    assert_true(fabs(karvan_table_real(p, 1, 0) - exp(1 + 2 + 0.2)) < 1e-12);
    karvan_table_destroy(p), karvan_table_destroy(new);

    karvan_error e = {0};
    new = table_of("year,imp,exp,x,g\nold,UZB,AZE,1,b\n");
    assert_int_equal(karvan_gravity_predict(&g, NULL, new, &p, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "column 'year' holds text here, numbers where the fit was made");
    assert_null(p);
    karvan_table_destroy(new);
    e = (karvan_error){0};
    new = table_of("yaer,imp,exp,x,g\n2010,UZB,AZE,1,b\n");
    assert_int_equal(karvan_gravity_predict(&g, NULL, new, &p, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "formula: byte 22: no column 'year'; did you mean 'yaer'?");
    karvan_table_destroy(new);
    free_fit(&g);
    karvan_table_destroy(t);
}

static void standard_errors_are_of_the_linear_predictor(void **s) {
    (void)s;
    karvan_table *t = table_of("y,x,z\n1,2,3\n2,4,5\n3,1,1\n");
    karvan_gravity g;
    karvan_gravity_options o = {.formula = "y ~ x + z", .estimator = KARVAN_OLS};
    assert_int_equal(hand_fit(t, &o, &g, NULL), KARVAN_OK);
    double v[] = {1, 0.5, 0, 0.5, 2, 0.25, 0, 0.25, 1}; /* of (Intercept), x, z */
    karvan_table *new = table_of("z,x\n3,2\n"), *p = predict(&g, v, new);
    assert_true(fabs(karvan_table_real(p, 1, 0) - exp(0.1 + 0.4 + 0.9)) < 1e-14);
    /* 1 + 2*2*.5 + 4*2 + 2*2*3*.25 + 9 = 23 */
    assert_true(fabs(karvan_table_real(p, 2, 0) - sqrt(23)) < 1e-14);
    karvan_table_destroy(p), karvan_table_destroy(new);
    new = table_of("z,x\n3,1e6\n");
    karvan_error e = {0};
    assert_int_equal(karvan_gravity_predict(&g, v, new, &p, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg, "data row 1: the prediction exp(200001) is larger than any number");
    karvan_table_destroy(new);
    free_fit(&g);
    karvan_table_destroy(t);
}

static void effects_and_dropped_rows_are_tables(void **s) {
    (void)s;
    karvan_table *t = table_of(DATA);
    karvan_gravity g;
    karvan_error e = {0};
    karvan_gravity_options o = {.formula = "y ~ x | exp + imp"};
    assert_int_equal(hand_fit(t, &o, &g, NULL), KARVAN_OK);
    karvan_table *out;
    assert_int_equal(karvan_gravity_effects(&g, &out, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(out), 3 + 4);
    assert_string_equal(karvan_table_text(out, 0, 0), "exp");
    assert_string_equal(karvan_table_text(out, 1, 0), "AZE");
    assert_true(karvan_table_real(out, 2, 0) == 1);
    assert_int_equal(karvan_table_int(out, 3, 0), 2);
    assert_string_equal(karvan_table_text(out, 0, 6), "imp");
    assert_string_equal(karvan_table_text(out, 1, 6), "UZB");
    assert_true(karvan_table_real(out, 2, 6) == 2);
    assert_int_equal(karvan_table_int(out, 3, 6), 1);
    karvan_table_destroy(out);

    karvan_i_drop more[] = {{.row = 4, .reason = KARVAN_I_SINGLETON, .detail = 1},
                            {.row = 0, .reason = KARVAN_I_SEPARATED, .certificate = 0.25},
                            {.row = 1, .reason = KARVAN_I_ALL_ZERO, .detail = 0, .certificate = 1}};
    for (int i = 0; i < 3; i++)
        assert_int_equal(karvan_i_drops_add(&g.d.drops, more[i], &e), KARVAN_OK);
    assert_int_equal(karvan_gravity_dropped(&g, &out, &e), KARVAN_OK);
    static const struct {
        int row;
        const char *reason;
        double certificate;
        const char *detail;
    } right[] = {{1, "separated", 0.25, "the row is separated"},
                 {2, "all-zero", 1, "exp has only zeros here"},
                 {4, "missing", NAN, "x holds no value"},
                 {5, "singleton", NAN, "imp has this row alone"}};
    assert_int_equal(karvan_table_rows(out), 4);
    for (int i = 0; i < 4; i++) {
        double c = karvan_table_real(out, 3, i);
        assert_int_equal(karvan_table_int(out, 0, i), right[i].row);
        assert_int_equal(karvan_table_int(out, 1, i), right[i].row + 1); /* below the header */
        assert_string_equal(karvan_table_text(out, 2, i), right[i].reason);
        assert_true(c == right[i].certificate || (isnan(c) && isnan(right[i].certificate)));
        assert_string_equal(karvan_table_text(out, 4, i), right[i].detail);
    }
    karvan_table_destroy(out);
    free_fit(&g);
    karvan_table_destroy(t);
}

static void rows_that_stand_twice_are_counted(void **s) {
    (void)s;
    karvan_table *t = table_of("exp,imp,year,y,x\nA,B,1,1,5\nA,B,2,2,6\nA,B,1,3,7\nB,A,1,4,8\n"
                               "A,B,2,2,6\nA,B,1,2,6\n");
    static const struct {
        const char *formula;
        int64_t rows, first, as;
    } cases[] = {{"y ~ x | exp^year + imp", 3, 3, 1},
                 {"y ~ x | exp + imp", 4, 2, 1},
                 {"y ~ x | exp", 0, 0, 0},
                 {"y ~ x", 0, 0, 0},
                 {"y ~ 1 | exp^imp + imp^x", 2, 5, 2},
                 {"y ~ 1 | exp^imp^x^y + year", 0, 0, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        karvan_gravity g;
        karvan_error e = {0};
        int64_t rows, first[2];
        karvan_gravity_options o = {.formula = cases[c].formula};
        assert_int_equal(hand_fit(t, &o, &g, &e), KARVAN_OK);
        assert_int_equal(karvan_gravity_repeated(&g, &rows, first, &e), KARVAN_OK);
        assert_int_equal(rows, cases[c].rows);
        assert_int_equal(first[0], cases[c].first);
        assert_int_equal(first[1], cases[c].as);
        free_fit(&g);
    }
    karvan_table_destroy(t);
}

static void columns_of_a_formula(void **s) {
    (void)s;
    karvan_gravity_options o = {.formula = "y ~ log(x) + i(g, z) | a^t + `b c`",
                                .weights = "w",
                                .offset = "log(pop)",
                                .n_clusters = 1,
                                .cluster = {"a^kind"}};
    karvan_table *out, *header = table_of("y,x,g,z,a,t,b c,w,pop,kinds\n");
    karvan_error e = {0};
    static const char *const names[] = {"y", "x", "g", "z", "a", "t", "b c", "w", "pop", "kind"};
    assert_int_equal(karvan_gravity_columns(&o, NULL, &out, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(out), 10);
    for (int i = 0; i < 10; i++) assert_string_equal(karvan_table_text(out, 0, i), names[i]);
    karvan_table_destroy(out);
    assert_int_equal(karvan_gravity_columns(&o, header, &out, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "cluster: byte 3: no column 'kind'; did you mean 'kinds'?");
    assert_null(out);
    karvan_table_destroy(header);
}

/* A fit by the solver: what it predicts of its own rows is what it fitted, and rows that it dropped
 * are named. */
static void a_fit_predicts_what_it_fitted(void **s) {
    (void)s;
    enum { COUNTRIES = 8, YEARS = 3, ROWS = COUNTRIES * COUNTRIES * YEARS };
    for (uint64_t trial = 0; trial < 8; trial++) {
        karvan_random r;
        karvan_random_init(&r, 4, trial);
        char *csv = malloc(ROWS * 80), *at = csv;
        assert_non_null(csv);
        at += sprintf(at, "exp,imp,year,y,x,g\n");
        for (int i = 0; i < ROWS; i++) {
            int e = i / YEARS / COUNTRIES, m = i / YEARS % COUNTRIES;
            if (karvan_random_below(&r, 5) == 0) continue;
            double x = karvan_random_normal(&r), u = karvan_random_uniform(&r);
            double y = u < 0.2 ? 0 : exp(0.5 * x + 0.1 * e - 0.2 * m + 0.3 * u);
            at += sprintf(at, "C%d,C%d,%d,%.6f,%.6f,%c\n", e, m, 2000 + i % YEARS, y, x,
                          "abc"[karvan_random_below(&r, 3)]);
        }
        karvan_table *t = table_of(csv);
        karvan_gravity *g = NULL;
        karvan_error e = {0};
        karvan_gravity_options o = {.formula = trial % 2
                                                   ? "y ~ x + g + i(g, x) | exp^year + imp^year"
                                                   : "y ~ x*g | exp + imp^year + exp^imp",
                                    .offset = trial % 4 < 2 ? NULL : "x",
                                    .threads = 1};
        if (karvan_gravity_fit(t, &o, &g, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        karvan_table *p = predict(g, NULL, t);
        double *fitted = malloc(sizeof *fitted * (size_t)karvan_table_rows(t));
        assert_non_null(fitted);
        assert_int_equal(karvan_gravity_fitted(g, fitted, NULL), KARVAN_OK);
        int64_t same = 0;
        for (int64_t i = 0; i < karvan_table_rows(t); i++) {
            double v = karvan_table_real(p, 1, i);
            if (isnan(fitted[i])) continue; /* dropped; predicted where its levels remain */
            if (!(fabs(v / fitted[i] - 1) < 1e-9))
                fail_msg("%d: row %d predicted %.17g, fitted %.17g %s", (int)trial, (int)i, v,
                         fitted[i], karvan_table_text(p, 3, i));
            same++;
        }
        assert_int_equal(same, karvan_gravity_statistics(g).n);
        assert_true(same > ROWS / 3);
        free(fitted), free(csv);
        karvan_table_destroy(p);
        karvan_gravity_destroy(g);
        karvan_table_destroy(t);
    }
}

static karvan_table *swept_data, *swept_new;
static karvan_status sweep(karvan_error *err) {
    karvan_gravity g;
    karvan_table *out = NULL;
    karvan_gravity_options o = {.formula = "y ~ log(x) + g*x | exp^year + imp", .offset = "x"};
    karvan_status st = hand_fit(swept_data, &o, &g, err);
    if (st == KARVAN_OK) {
        st = karvan_gravity_predict(&g, NULL, swept_new, &out, err);
        karvan_table_destroy(out), out = NULL;
        if (st == KARVAN_OK) st = karvan_gravity_effects(&g, &out, err);
        karvan_table_destroy(out), out = NULL;
        if (st == KARVAN_OK) st = karvan_gravity_dropped(&g, &out, err);
        karvan_table_destroy(out), out = NULL;
        int64_t rows, first[2];
        if (st == KARVAN_OK) st = karvan_gravity_repeated(&g, &rows, first, err);
        if (st == KARVAN_OK) st = karvan_gravity_columns(&o, swept_new, &out, err);
        karvan_table_destroy(out);
        free_fit(&g);
    }
    return st;
}
static void every_allocation_can_fail(void **s) {
    (void)s;
    swept_data = table_of(DATA);
    swept_new = table_of("y,year,imp,exp,x,g\n1,2009,UZB,AZE,1,b\n1,2019,UZB,AZE,1,b\n");
    every_allocation_fails(sweep, 2000);
    karvan_table_destroy(swept_data), karvan_table_destroy(swept_new);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_own_rows_are_fitted),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(standard_errors_are_of_the_linear_predictor),
        cmocka_unit_test(effects_and_dropped_rows_are_tables),
        cmocka_unit_test(rows_that_stand_twice_are_counted),
        cmocka_unit_test(columns_of_a_formula),
        cmocka_unit_test(a_fit_predicts_what_it_fitted),
        cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
