/* Potential by row: by hand, refusals, rows that cannot be predicted, and how often intervals hold
 * what they should on data whose law is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "same_cells.h"
#include "sweep.h"
#include "table/cell.h"
#include "trade_panel.h"

static karvan_table *table_of(const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(csv, strlen(csv), "t.csv", "t", NULL, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static karvan_table *potential(const karvan_gravity *g, const double *v, const karvan_table *data,
                               const karvan_potential_options *o) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_gravity_potential(g, v, data, o, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static double real(const karvan_table *t, const char *column, int64_t row) {
    return karvan_i_cell_real(t, column, row);
}

/* Exporter A sells 1, 2, 3 and at home 100, B 4, 8. Without itself a flow is predicted by the mean
 * of the others: (2 + 3 + 100) / 3, ... */
static const char BY_HAND[] = "exporter,importer,year,trade,unit\n"
                              "A,B,2000,1,million USD\n"
                              "A,C,2000,2,million USD\n"
                              "A,D,2000,3,million USD\n"
                              "A,A,2000,100,million USD\n"
                              "B,A,2001,4,million USD\n"
                              "B,C,2001,8,million USD\n";

static void by_hand(void **s) {
    (void)s;
    karvan_table *t = table_of(BY_HAND);
    karvan_gravity *g = panel_fit(t, &(karvan_gravity_options){.formula = "trade ~ 1 | exporter"});
    karvan_table *p = potential(g, NULL, NULL, NULL);
    const double predicted[] = {35, 104.0 / 3, 103.0 / 3, 8, 4},
                 fitted[] = {26.5, 26.5, 26.5, 6, 6};
    const double actual[] = {1, 2, 3, 4, 8};
    const int rank[] = {1, 2, 3, 1, 2};
    assert_int_equal(karvan_table_rows(p), 5); /* trade at home has helped, and is left out */
    for (int i = 0; i < 5; i++) {
        panel_close(real(p, "actual", i), actual[i], 0, "actual");
        panel_close(real(p, "predicted", i), predicted[i], 1e-10, "predicted");
        panel_close(real(p, "fitted", i), fitted[i], 1e-10, "fitted");
        panel_close(real(p, "gap", i), predicted[i] - actual[i], 1e-10, "gap");
        panel_close(real(p, "ratio", i), actual[i] / predicted[i], 1e-10, "ratio");
        panel_close(real(p, "rank", i), rank[i], 0, "rank");
        panel_close(real(p, "leverage", i), i < 3 ? 0.25 : 0.5, 1e-10, "leverage");
        assert_true(isnan(real(p, "low", i))); /* five flows are too few */
        assert_true(karvan_i_cell_is(p, "sample", i, "without itself"));
        assert_true(karvan_i_cell_is(p, "note", i, ""));
    }
    /* Ratios by size: 1/35, 2/34.67, 3/34.33, 0.5, 2. */
    panel_close(real(p, "below", 0), 0.9, 1e-12, "below");
    panel_close(real(p, "below", 4), 0.1, 1e-12, "below");
    int column = karvan_table_find(p, "gap");
    assert_string_equal(karvan_table_column(p, column).unit, "million USD");
    karvan_table_destroy(p);
    p = potential(g, NULL, NULL, &(karvan_potential_options){.in_sample = true, .unit = "EUR"});
    panel_close(real(p, "predicted", 0), 26.5, 1e-10, "in sample");
    assert_true(isnan(real(p, "leverage", 0)) && isnan(real(p, "se", 0)));
    assert_true(karvan_i_cell_is(p, "sample", 0, "in sample"));
    assert_string_equal(karvan_table_column(p, column).unit, "EUR");
    karvan_table_destroy(p);
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

/* Gaps of a level add up to 0 in sample: what the first-order conditions say. */
static void gaps_cancel_in_sample(void **s) {
    (void)s;
    trade_panel panel;
    panel_draw(&panel, 3, 8, 8, 3, true);
    karvan_table *t = panel_table(&panel);
    karvan_gravity *g =
        panel_fit(t, &(karvan_gravity_options){.formula = "y ~ x1 | exp^year + imp^year",
                                               .tolerance = 1e-12});
    karvan_table *p = potential(g, NULL, NULL, &(karvan_potential_options){.in_sample = true});
    double sum[20][4] = {{0}}, size = 0, home = 0;
    for (int64_t i = 0; i < karvan_table_rows(p); i++) {
        int x = atoi(karvan_i_cell_text(p, "exporter", i) + 1);
        sum[x][(int)real(p, "year", i) - 2000] += real(p, "gap", i);
        size += real(p, "actual", i);
    }
    double fitted[PANEL_ROWS];
    assert_int_equal(karvan_gravity_fitted(g, fitted, NULL), KARVAN_OK);
    for (int i = 0; i < panel.n; i++)
        if (panel.exp[i] == panel.imp[i] && !isnan(fitted[i])) {
            sum[panel.exp[i]][panel.year[i] - 2000] += fitted[i] - panel.y[i];
            home += panel.y[i];
        }
    assert_true(size > 0 && home > 0);
    for (int x = 0; x < 8; x++)
        for (int y = 0; y < 3; y++) panel_close(sum[x][y] / size, 0, 1e-9, "gaps of an exporter");
    karvan_table_destroy(p);
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

static const char GAPS[] = "exp,imp,t,flow,x\n"
                           "A,B,2000,3,1\nA,C,2000,5,2\nA,D,2000,9,2\n"
                           "B,A,2000,2,1\nB,C,2000,7,1\nB,D,2000,,4\n" /* not known */
                           "C,A,2000,6,\n"                             /* x is not known */
                           "C,B,2000,4,2\nC,D,2000,1,1\nD,A,2000,0,2\n"
                           "D,B,2000,0,2\n"; /* D sells nothing: no effect */

static void rows_without_prediction(void **s) {
    (void)s;
    karvan_table *t = table_of(GAPS);
    karvan_gravity *g = panel_fit(t, &(karvan_gravity_options){.formula = "flow ~ x | exp"});
    double v = 0.04;
    karvan_table *p = potential(g, &v, NULL, NULL);
    assert_int_equal(karvan_table_rows(p), 11);
    assert_true(isnan(real(p, "actual", 5)) && real(p, "predicted", 5) > 0);
    panel_close(real(p, "se", 5), 0.2 * 4, 1e-12, "se of a new row");
    assert_true(karvan_i_cell_is(p, "note", 5, "trade is not known"));
    assert_true(karvan_i_cell_is(p, "sample", 5, "out of sample"));
    assert_true(isnan(real(p, "gap", 5)) && isnan(real(p, "rank", 5)));
    assert_true(isnan(real(p, "predicted", 6)));
    assert_true(karvan_i_cell_is(p, "note", 6, "x holds no value"));
    assert_true(isnan(real(p, "predicted", 9)));
    assert_non_null(strstr(karvan_i_cell_text(p, "note", 9), "only zeros"));
    karvan_table_destroy(p);
    /* Other rows: an exporter that the fit has not seen; what is explained may be absent. */
    karvan_table *u = table_of("exp,imp,t,x\nE,A,2001,1\nA,E,2001,1\nA,A,2001,1\n");
    p = potential(g, &v, u, NULL);
    assert_int_equal(karvan_table_rows(p), 2);
    assert_true(karvan_i_cell_is(p, "note", 0, "exp E"));
    assert_true(karvan_i_cell_is(p, "note", 1, "trade is not known"));
    assert_true(isnan(real(p, "actual", 1)) && real(p, "predicted", 1) > 0);
    assert_int_equal(real(p, "year", 1), 2001);
    karvan_table_destroy(p);
    karvan_table_destroy(u);
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

static void separated_rows_are_told(void **s) {
    (void)s;
    karvan_table *t = table_of("exp,imp,y,x\nA,B,0,1\nA,C,2,0\nA,D,4,0\nA,E,3,0\n");
    karvan_gravity *g = panel_fit(t, &(karvan_gravity_options){.formula = "y ~ x"});
    karvan_table *p = potential(g, NULL, NULL, NULL);
    assert_int_equal(karvan_table_find(p, "year"), -1); /* there is none */
    assert_true(isnan(real(p, "predicted", 0)));
    assert_non_null(strstr(karvan_i_cell_text(p, "note", 0), "separated"));
    panel_close(real(p, "predicted", 1), 3.5, 1e-10, "the mean of two");
    karvan_table_destroy(p);
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

static void a_flow_that_stands_alone(void **s) {
    (void)s;
    karvan_table *t = table_of("exp,imp,y\nA,B,5\nA,C,2\nB,C,4\nB,A,3\nC,A,8\n");
    karvan_gravity *g =
        panel_fit(t, &(karvan_gravity_options){.formula = "y ~ 1 | exp", .keep_singletons = true});
    karvan_table *p = potential(g, NULL, NULL, NULL);
    assert_true(isnan(real(p, "predicted", 4)) && isnan(real(p, "below", 4)));
    assert_non_null(strstr(karvan_i_cell_text(p, "note", 4), "leans on this flow"));
    panel_close(real(p, "fitted", 4), 8, 1e-10, "fitted all the same");
    karvan_table_destroy(p);
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

static void refuse(const karvan_gravity *g, const karvan_table *data,
                   const karvan_potential_options *o, karvan_status want, const char *says) {
    karvan_table *out = (karvan_table *)1;
    karvan_error e = {0};
    assert_int_equal(karvan_gravity_potential(g, NULL, data, o, &out, &e), want);
    assert_null(out);
    if (!strstr(e.msg, says)) fail_msg("'%s' does not say '%s'", e.msg, says);
}

static void refusals(void **s) {
    (void)s;
    karvan_table *t = table_of(BY_HAND);
    static const char *const pairs[] = {"trade ~ 1 | exporter^importer",
                                        "trade ~ 1 | year + importer^year^exporter"};
    for (int k = 0; k < 2; k++) {
        karvan_gravity *g =
            panel_fit(t, &(karvan_gravity_options){.formula = pairs[k], .keep_singletons = true});
        refuse(g, NULL, NULL, KARVAN_E_ARG, "is of pairs");
        karvan_gravity_destroy(g);
    }
    karvan_gravity *g = panel_fit(
        t, &(karvan_gravity_options){.formula = "trade ~ 1 | exporter", .estimator = KARVAN_OLS});
    refuse(g, NULL, NULL, KARVAN_E_ARG, "PPML");
    karvan_gravity_destroy(g);
    g = panel_fit(t, &(karvan_gravity_options){.formula = "trade ~ 1"});
    refuse(NULL, NULL, NULL, KARVAN_E_ARG, "needs a fit");
    refuse(g, NULL, &(karvan_potential_options){.level = 100}, KARVAN_E_ARG, "per cent");
    refuse(g, NULL, &(karvan_potential_options){.level = -1}, KARVAN_E_ARG, "per cent");
    refuse(g, NULL, &(karvan_potential_options){.importer = "who"}, KARVAN_E_ARG, "who");
    refuse(g, NULL, &(karvan_potential_options){.year = "exporter"}, KARVAN_E_ARG, "whole years");
    karvan_table *u = table_of("exporter,year,trade\nA,2000,1\n");
    refuse(g, u, NULL, KARVAN_E_ARG, "importer");
    karvan_table_destroy(u);
    u = table_of("exporter,importer,trade\nA,B,-1\n");
    refuse(g, u, NULL, KARVAN_E_DATA, "below 0");
    karvan_table_destroy(u);
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

/* ---- coverage ---- */

enum { LANDS = 20, TIMES = 2 };

/* Flows of a known law: sizes and distance, then ratios whose spread falls with size; small flows
 * are 0 now and then. Every fifth row stands in another table. */
typedef struct world {
    karvan_table *seen, *unseen, *again; /* again: the seen rows, flows drawn anew */
} world;

static double draw(karvan_random *r, double mu) {
    double spread = 0.4 + 0.8 / (1 + mu);
    if (karvan_random_uniform(r) < 0.3 / (1 + mu)) return 0;
    return mu / (1 - 0.3 / (1 + mu)) * exp(spread * karvan_random_normal(r) - spread * spread / 2);
}

static void add(karvan_builder *b, int i, int j, int t, double y, double x) {
    char name[8];
    (void)karvan_builder_row(b, NULL);
    (void)snprintf(name, sizeof name, "C%02d", i);
    (void)karvan_builder_text(b, 0, name, NULL);
    (void)snprintf(name, sizeof name, "C%02d", j);
    (void)karvan_builder_text(b, 1, name, NULL);
    (void)karvan_builder_int(b, 2, 2000 + t, NULL);
    (void)karvan_builder_real(b, 3, y, NULL), (void)karvan_builder_real(b, 4, x, NULL);
}

static world world_draw(uint64_t seed) {
    static const karvan_column columns[] = {{"exp", KARVAN_TEXT, NULL},
                                            {"imp", KARVAN_TEXT, NULL},
                                            {"year", KARVAN_INT, NULL},
                                            {"y", KARVAN_REAL, NULL},
                                            {"x", KARVAN_REAL, NULL}};
    karvan_random r;
    karvan_builder *b[3];
    world w;
    double size[2][LANDS];
    karvan_random_init(&r, seed, 7);
    for (int k = 0; k < 3; k++)
        assert_int_equal(karvan_builder_create("flows", 5, columns, &b[k], NULL), KARVAN_OK);
    for (int i = 0; i < LANDS; i++)
        size[0][i] = karvan_random_normal(&r), size[1][i] = karvan_random_normal(&r);
    for (int i = 0; i < LANDS; i++)
        for (int j = 0; j < LANDS; j++)
            for (int t = 0; t < TIMES; t++) {
                double x = karvan_random_normal(&r), mu = exp(1 + size[0][i] + size[1][j] - x);
                double y = draw(&r, mu), y2 = draw(&r, mu);
                if (i == j) continue;
                bool apart = (i + 2 * j + t) % 5 == 0;
                add(b[apart], i, j, t, y, x);
                if (!apart) add(b[2], i, j, t, y2, x);
            }
    (void)karvan_builder_finish(b[0], &w.seen, NULL);
    (void)karvan_builder_finish(b[1], &w.unseen, NULL);
    (void)karvan_builder_finish(b[2], &w.again, NULL);
    return w;
}

typedef struct tally {
    double held, below, n;
    double positive_held, positive; /* of intervals that begin above 0 */
} tally;

static void count(const karvan_table *p, tally *of) {
    for (int64_t i = 0; i < karvan_table_rows(p); i++) {
        double y = real(p, "actual", i);
        if (isnan(real(p, "predicted", i))) continue;
        bool held = y >= real(p, "low", i) && y <= real(p, "high", i);
        of->held += held;
        if (real(p, "low", i) > 0) of->positive_held += held, of->positive++;
        of->below += real(p, "below", i), of->n++;
    }
}

/* Nine in ten: of the flows that were fitted, of others that were not, of these drawn again. An
 * interval that begins at 0 holds all that is 0, and so more than it says. */
static void intervals_hold_what_they_say(void **s) {
    (void)s;
    tally of[3] = {{0}};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        world w = world_draw(seed);
        karvan_gravity *g =
            panel_fit(w.seen, &(karvan_gravity_options){.formula = "y ~ x | exp^year + imp^year"});
        double v;
        assert_int_equal(
            karvan_gravity_vcov(g, KARVAN_SE_HETERO, KARVAN_SSC_NONE, 0, NULL, &v, NULL, 0, NULL),
            KARVAN_OK);
        const karvan_table *data[] = {NULL, w.unseen, w.again};
        for (int k = 0; k < 3; k++) {
            karvan_table *p = potential(g, &v, data[k], NULL);
            count(p, &of[k]);
            karvan_table_destroy(p);
        }
        karvan_gravity_destroy(g);
        karvan_table_destroy(w.seen), karvan_table_destroy(w.unseen), karvan_table_destroy(w.again);
    }
    for (int k = 0; k < 3; k++) {
        double held = of[k].held / of[k].n, below = of[k].below / of[k].n;
        double positive = of[k].positive_held / of[k].positive;
        print_message("table %d: %.4f of %.0f held, %.4f of %.0f that begin above 0, mean share "
                      "below %.4f\n",
                      k, held, of[k].n, positive, of[k].positive, below);
        if (positive < 0.88 || positive > 0.93) fail_msg("table %d: %.4f held", k, positive);
        assert_true(of[k].n > 1500);
        if (held < 0.85 || held > 0.95) fail_msg("table %d: %.4f held", k, held);
        if (fabs(below - 0.5) > 0.05) fail_msg("table %d: shares below average %.4f", k, below);
    }
}

/* What is not known of coefficients widens the intervals of new rows, and of them alone. */
static void errors_widen_intervals_of_new_rows(void **s) {
    (void)s;
    world w = world_draw(1);
    karvan_gravity *g =
        panel_fit(w.seen, &(karvan_gravity_options){.formula = "y ~ x | exp^year + imp^year"});
    double v = 1;
    int wider = 0, n = 0;
    karvan_table *p = potential(g, NULL, w.unseen, NULL), *q = potential(g, &v, w.unseen, NULL);
    for (int64_t i = 0; i < karvan_table_rows(p); i++) {
        if (!(real(p, "predicted", i) > 0)) continue;
        panel_close(real(q, "se", i), fabs(karvan_i_cell_real(w.unseen, "x", i)), 1e-12, "se");
        assert_true(isnan(real(p, "se", i)));
        if (real(q, "se", i) < 0.8) continue; /* less is lost beside how far flows stray */
        n++, wider += real(q, "high", i) > real(p, "high", i);
    }
    assert_true(n > 40 && wider == n);
    karvan_table_destroy(p), karvan_table_destroy(q);
    p = potential(g, NULL, NULL, NULL), q = potential(g, &v, NULL, NULL);
    static const char *const same[] = {"predicted", "low", "high", "below", NULL};
    same_cells(p, q, same);
    karvan_table_destroy(p), karvan_table_destroy(q);
    karvan_gravity_destroy(g);
    karvan_table_destroy(w.seen), karvan_table_destroy(w.unseen), karvan_table_destroy(w.again);
}

/* The error of the linear predictor beside how much it really moves, drawn 200 times. */
static void errors_are_as_large_as_they_say(void **s) {
    (void)s;
    enum { DRAWS = 200, AT = 40 };
    double sum[AT] = {0}, squares[AT] = {0}, said[AT] = {0};
    karvan_random sizes, r;
    karvan_random_init(&sizes, 9, 1), karvan_random_init(&r, 9, 2);
    double size[2][LANDS], x[LANDS][LANDS];
    for (int i = 0; i < LANDS; i++) {
        size[0][i] = karvan_random_normal(&sizes) / 2,
        size[1][i] = karvan_random_normal(&sizes) / 2;
        for (int j = 0; j < LANDS; j++) x[i][j] = karvan_random_normal(&sizes) / 2;
    }
    static const karvan_column columns[] = {{"exp", KARVAN_TEXT, NULL},
                                            {"imp", KARVAN_TEXT, NULL},
                                            {"year", KARVAN_INT, NULL},
                                            {"y", KARVAN_REAL, NULL},
                                            {"x", KARVAN_REAL, NULL}};
    for (int d = 0; d < DRAWS; d++) {
        karvan_builder *b = NULL;
        karvan_table *t = NULL;
        (void)karvan_builder_create("flows", 5, columns, &b, NULL);
        for (int i = 0; i < LANDS; i++)
            for (int j = 0; j < LANDS; j++)
                if (i != j)
                    add(b, i, j, 0,
                        exp(3 + size[0][i] + size[1][j] - x[i][j] + 0.5 * karvan_random_normal(&r) -
                            0.125),
                        x[i][j]);
        (void)karvan_builder_finish(b, &t, NULL);
        karvan_gravity *g = panel_fit(t, &(karvan_gravity_options){.formula = "y ~ x | exp + imp"});
        double v;
        (void)karvan_gravity_vcov(g, KARVAN_SE_HETERO, KARVAN_SSC_NONE, 0, NULL, &v, NULL, 0, NULL);
        karvan_table *p = potential(g, &v, NULL, NULL);
        for (int i = 0; i < AT; i++) {
            double eta = log(real(p, "fitted", i * 9));
            sum[i] += eta, squares[i] += eta * eta, said[i] += real(p, "se", i * 9);
        }
        karvan_table_destroy(p);
        karvan_gravity_destroy(g);
        karvan_table_destroy(t);
    }
    double ratio = 0;
    for (int i = 0; i < AT; i++) {
        double sd = sqrt((squares[i] - sum[i] * sum[i] / DRAWS) / (DRAWS - 1));
        ratio += said[i] / DRAWS / sd / AT;
    }
    print_message("errors said over errors made: %.3f\n", ratio);
    if (ratio < 0.85 || ratio > 1.1) fail_msg("errors said are %.3f of those made", ratio);
}

/* ---- threads, memory ---- */

static void threads_do_not_matter(void **s) {
    (void)s;
    trade_panel panel;
    panel_draw(&panel, 5, 9, 9, 4, true);
    karvan_table *t = panel_table(&panel), *p[2];
    for (int k = 0; k < 2; k++) {
        karvan_gravity *g =
            panel_fit(t, &(karvan_gravity_options){.formula = "y ~ x1 + x2 | exp^year + imp^year",
                                                   .threads = k ? 4 : 1});
        double v[4];
        (void)karvan_gravity_vcov(g, KARVAN_SE_HETERO, KARVAN_SSC_NONE, 0, NULL, v, NULL, 0, NULL);
        p[k] = potential(g, v, NULL, NULL);
        karvan_gravity_destroy(g);
    }
    static const char *const columns[] = {"year", "exporter", "predicted", "low",  "high", "below",
                                          "rank", "fitted",   "se",        "note", NULL};
    same_cells(p[0], p[1], columns);
    karvan_table_destroy(p[0]), karvan_table_destroy(p[1]);
    karvan_table_destroy(t);
}

static karvan_gravity *swept;
static karvan_table *swept_rows;
static karvan_status work(karvan_error *err) {
    karvan_table *p = NULL, *q = NULL;
    double v = 0.1;
    karvan_status st = karvan_gravity_potential(swept, &v, NULL, NULL, &p, err);
    if (st == KARVAN_OK) st = karvan_gravity_potential(swept, &v, swept_rows, NULL, &q, err);
    karvan_table_destroy(p), karvan_table_destroy(q);
    return st;
}

static void every_allocation_can_fail(void **s) {
    (void)s;
    karvan_table *t = table_of(GAPS);
    swept = panel_fit(t, &(karvan_gravity_options){.formula = "flow ~ x | exp", .threads = 1});
    swept_rows = table_of("exp,imp,t,x,flow\nE,A,2001,1,3\nA,E,2001,1,4\nA,A,2001,1,2\n");
    every_allocation_fails(work, 2000);
    karvan_gravity_destroy(swept);
    karvan_table_destroy(swept_rows);
    karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
                                       cmocka_unit_test(gaps_cancel_in_sample),
                                       cmocka_unit_test(rows_without_prediction),
                                       cmocka_unit_test(separated_rows_are_told),
                                       cmocka_unit_test(a_flow_that_stands_alone),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(intervals_hold_what_they_say),
                                       cmocka_unit_test(errors_widen_intervals_of_new_rows),
                                       cmocka_unit_test(errors_are_as_large_as_they_say),
                                       cmocka_unit_test(threads_do_not_matter),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
