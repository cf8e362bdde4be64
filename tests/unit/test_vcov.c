/* Covariances of a fit: by hand, and against the regression with all dummies, whose clusters are
 * counted pair of rows by pair of rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sweep.h"
#include "table/cell.h"
#include "trade/small.h"
#include "trade_panel.h"

/* ---- small matrices ---- */

static void small_matrices_by_hand(void **s) {
    (void)s;
    double scratch[40], value[3], vector[9];
    double a[] = {2, 1, 1, 2}; /* eigenvalues 1 and 3 */
    karvan_i_small_eigen(2, a, value, vector);
    panel_close(fmin(value[0], value[1]), 1, 1e-15, "eigenvalue");
    panel_close(fmax(value[0], value[1]), 3, 1e-15, "eigenvalue");
    double one[] = {1, 1, 1, 1}; /* rank one: its pseudo-inverse is a quarter of itself */
    karvan_i_small_pinv(2, one, 1e-12, scratch);
    for (int i = 0; i < 4; i++) panel_close(one[i], 0.25, 1e-15, "pseudo-inverse");
    double mixed[] = {0, 2, 2, 0}; /* 2 and -2; the first stays: all ones */
    panel_close(karvan_i_small_psd(2, mixed, false, 0, scratch), 1, 1e-15, "largest change");
    for (int i = 0; i < 4; i++) panel_close(mixed[i], 1, 1e-15, "mended");
    double fine[] = {2, 1, 1, 2};
    assert_true(karvan_i_small_psd(2, fine, true, 1e-16, scratch) == 0 && fine[1] == 1);
    double m[] = {4, 2, 2, 3}, b[] = {8, 7}; /* 4 x + 2 y = 8, 2 x + 3 y = 7 */
    assert_true(karvan_i_small_solve(2, m, 1e-12, b));
    panel_close(b[0], 1.25, 1e-15, "x"), panel_close(b[1], 1.5, 1e-15, "y");
    double flat[] = {1, 1, 1, 1}, c[] = {1, 2};
    assert_false(karvan_i_small_solve(2, flat, 1e-12, c));
    assert_true(c[0] == 1 && c[1] == 2);
}

static void tail_of_chi_squared(void **s) {
    (void)s;
    static const struct {
        double x;
        int df;
    } twentieth[] = {{3.841458820694124, 1},   {5.991464547107979, 2},   {7.814727903251179, 3},
                     {18.307038053275146, 10}, {24.995790139728616, 15}, {124.34211340400407, 100}};
    for (int i = 0; i < 6; i++)
        panel_close(karvan_i_chi2_tail(twentieth[i].x, twentieth[i].df), 0.05, 1e-13, "tail");
    assert_true(karvan_i_chi2_tail(0, 3) == 1 && karvan_i_chi2_tail(-1, 3) == 1);
    assert_true(isnan(karvan_i_chi2_tail(NAN, 3)) && karvan_i_chi2_tail(INFINITY, 4) == 0);
    panel_close(karvan_i_chi2_tail(1000, 2) / exp(-500), 1, 1e-9, "far tail");
}

/* ---- by hand ---- */

/* y = 1, 3 | 5, 7 with x = 0 | 1: means 2 and 6, b = ln 3; a row of the first group moves b by
 * -e/4, one of the second by e/12, with e = -1, 1, -1, 1. Clusters c: first and third row, the
 * others. */
static karvan_table *two_groups(void) {
    static const karvan_column columns[] = {{"y", KARVAN_REAL, NULL},  {"x", KARVAN_INT, NULL},
                                            {"c", KARVAN_TEXT, NULL},  {"d", KARVAN_INT, NULL},
                                            {"one", KARVAN_INT, NULL}, {"z", KARVAN_REAL, NULL}};
    static const double y[] = {1, 3, 5, 7}, z[] = {3, 1, 1, 3};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("groups", 6, columns, &b, NULL), KARVAN_OK);
    for (int i = 0; i < 4; i++) {
        (void)karvan_builder_row(b, NULL);
        (void)karvan_builder_real(b, 0, y[i], NULL), (void)karvan_builder_int(b, 1, i / 2, NULL);
        (void)karvan_builder_text(b, 2, i % 2 ? "b" : "a", NULL);
        (void)karvan_builder_int(b, 3, i / 2, NULL), (void)karvan_builder_int(b, 4, 1, NULL);
        (void)karvan_builder_real(b, 5, z[i], NULL);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

static double variance(const karvan_gravity *g, int i, karvan_se se, karvan_ssc ssc, int m,
                       const char *const *cluster, const char *described) {
    double v[9];
    char text[300];
    karvan_error e = {0};
    if (karvan_gravity_vcov(g, se, ssc, m, cluster, v, text, sizeof text, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_string_equal(text, described);
    return v[i * karvan_gravity_count(g) + i];
}

static void figures_by_hand(void **s) {
    (void)s;
    karvan_table *t = two_groups();
    karvan_gravity_options o = {.formula = "y ~ x", .n_clusters = 1, .cluster = {"c"}};
    karvan_gravity *g = panel_fit(t, &o);
    panel_close(karvan_gravity_estimate(g, 1), log(3), 1e-9, "b");
    double iid = 1. / 4 + 1. / 12, hetero = 2. / 16 + 2. / 144, cluster = 2. / 36;
    const double want[] = {
        variance(g, 1, KARVAN_SE_IID, KARVAN_SSC_NONE, 0, NULL, "iid, no small-sample factor"),
        iid,
        variance(g, 1, KARVAN_SE_IID, KARVAN_SSC_FIXEST, 0, NULL,
                 "iid, factor (n-1)/(n-K) = 1.500000 with n = 4, K = 2"),
        iid * 1.5,
        variance(g, 1, KARVAN_SE_IID, KARVAN_SSC_PPMLHDFE, 0, NULL,
                 "iid, factor n/(n-1) = 1.333333"),
        iid * 4 / 3,
        variance(g, 1, KARVAN_SE_HETERO, KARVAN_SSC_NONE, 0, NULL,
                 "heteroskedastic (White), no small-sample factor"),
        hetero,
        variance(g, 1, KARVAN_SE_HETERO, KARVAN_SSC_FIXEST, 0, NULL,
                 "heteroskedastic (White), factor n/(n-K) = 2.000000 with n = 4, K = 2"),
        hetero * 2,
        variance(g, 1, KARVAN_SE_HETERO, KARVAN_SSC_PPMLHDFE, 0, NULL,
                 "heteroskedastic (White), factor n/(n-1) = 1.333333"),
        hetero * 4 / 3,
        variance(g, 1, KARVAN_SE_CLUSTER, KARVAN_SSC_NONE, 0, NULL,
                 "clustered by c (2 clusters), no small-sample factor"),
        cluster,
        variance(g, 1, KARVAN_SE_DEFAULT, KARVAN_SSC_FIXEST, 0, NULL,
                 "clustered by c (2 clusters), factor (n-1)/(n-K) G/(G-1) = 3.000000 with n = 4, K "
                 "= 2"),
        cluster * 3,
        variance(g, 1, KARVAN_SE_CLUSTER, KARVAN_SSC_PPMLHDFE, 0, NULL,
                 "clustered by c (2 clusters), factor G/(G-1) = 2.000000"),
        cluster * 2};
    for (int i = 0; i < 18; i += 2) panel_close(want[i], want[i + 1], 1e-9, "variance");
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

/* Least squares of ln z on a constant: ln 3, 0, 0, ln 3; sum of squares (ln 3)^2. */
static void least_squares_by_hand(void **s) {
    (void)s;
    karvan_table *t = two_groups();
    karvan_gravity_options o = {.formula = "z ~ 1", .estimator = KARVAN_OLS};
    karvan_gravity *g = panel_fit(t, &o);
    double ssr = log(3) * log(3);
    panel_close(karvan_gravity_estimate(g, 0), log(3) / 2, 1e-12, "mean");
    panel_close(
        variance(g, 0, KARVAN_SE_IID, KARVAN_SSC_NONE, 0, NULL, "iid, no small-sample factor"),
        ssr / 4 / 4, 1e-12, "variance over n");
    panel_close(variance(g, 0, KARVAN_SE_IID, KARVAN_SSC_FIXEST, 0, NULL,
                         "iid, factor n/(n-K) = 1.333333 with n = 4, K = 1"),
                ssr / 3 / 4, 1e-12, "variance over n - 1");
    panel_close(variance(g, 0, KARVAN_SE_HETERO, KARVAN_SSC_NONE, 0, NULL,
                         "heteroskedastic (White), no small-sample factor"),
                ssr / 16, 1e-12, "White");
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

/* Scores 1, -1, -1, 1 cancel in the clusters of c and in those of d: 0 + 0 - 4 is left. */
static void an_indefinite_covariance_is_mended(void **s) {
    (void)s;
    static const char *const ways[] = {"c", "d"};
    karvan_table *t = two_groups();
    karvan_gravity_options o = {.formula = "z ~ 1"};
    karvan_gravity *g = panel_fit(t, &o);
    double v = variance(g, 0, KARVAN_SE_CLUSTER, KARVAN_SSC_NONE, 2, ways,
                        "two-way clustered by c (2 clusters) and d (2 clusters), no small-sample "
                        "factor, not positive semi-definite: eigenvalues below 0 set to 1e-16 "
                        "(Cameron, Gelbach and Miller 2011)");
    assert_true(v == 1e-16);
    v = variance(g, 0, KARVAN_SE_CLUSTER, KARVAN_SSC_PPMLHDFE, 2, ways,
                 "two-way clustered by c (2 clusters) and d (2 clusters), factor G/(G-1) = "
                 "2.000000, not positive semi-definite: eigenvalues below 0 set to 0 (Cameron, "
                 "Gelbach and Miller 2011)");
    assert_true(v == 0);
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

static void refuse(const karvan_gravity *g, karvan_se se, int m, const char *const *cluster,
                   karvan_status code, const char *message) {
    karvan_error e = {0};
    char text[40] = "before";
    assert_int_equal(
        karvan_gravity_vcov(g, se, KARVAN_SSC_FIXEST, m, cluster, NULL, text, sizeof text, &e),
        code);
    if (!strstr(e.msg, message)) fail_msg("%s", e.msg);
    assert_string_equal(text, "");
}

static void what_cannot_be_is_refused(void **s) {
    (void)s;
    static const char *const one[] = {"one"}, *const none[] = {"cc"}, *const c[] = {"c"};
    karvan_table *t = two_groups();
    karvan_gravity_options o = {.formula = "y ~ x"};
    karvan_gravity *g = panel_fit(t, &o);
    refuse(g, KARVAN_SE_CLUSTER, 0, NULL, KARVAN_E_ARG, "no cluster is named");
    refuse(g, KARVAN_SE_CLUSTER, 1, one, KARVAN_E_DATA,
           "all rows are in one cluster of one: two or more are needed");
    refuse(g, KARVAN_SE_CLUSTER, 1, none, KARVAN_E_ARG, "cc");
    refuse(g, KARVAN_SE_CLUSTER, 5, c, KARVAN_E_ARG, "5 clusters: 0 to 4 ways are possible");
    refuse(g, KARVAN_SE_CLUSTER, 1, NULL, KARVAN_E_ARG, "names of clusters are NULL");
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

static void table_and_wald_by_hand(void **s) {
    (void)s;
    karvan_table *t = two_groups(), *out = NULL;
    karvan_gravity_options o = {.formula = "y ~ x"};
    karvan_gravity *g = panel_fit(t, &o);
    double v[4], chi2, p, b = log(3), variance_b = 1. / 4 + 1. / 12;
    int df;
    karvan_error e = {0};
    assert_int_equal(
        karvan_gravity_vcov(g, KARVAN_SE_IID, KARVAN_SSC_NONE, 0, NULL, v, NULL, 0, &e), KARVAN_OK);
    assert_int_equal(karvan_gravity_table(g, v, &out, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(out), 2);
    assert_true(karvan_i_cell_is(out, "term", 0, "(Intercept)"));
    assert_true(karvan_i_cell_is(out, "term", 1, "x"));
    double se = sqrt(variance_b), z = b / se;
    panel_close(karvan_i_cell_real(out, "estimate", 1), b, 1e-9, "estimate");
    panel_close(karvan_i_cell_real(out, "se", 1), se, 1e-9, "se");
    panel_close(karvan_i_cell_real(out, "z", 1), z, 1e-9, "z");
    panel_close(karvan_i_cell_real(out, "p", 1), erfc(z / sqrt(2)), 1e-9, "p");
    panel_close(karvan_i_cell_real(out, "low", 1), b - 1.959963984540054 * se, 1e-9, "low");
    panel_close(karvan_i_cell_real(out, "high", 1), b + 1.959963984540054 * se, 1e-9, "high");
    assert_int_equal(karvan_gravity_wald(g, v, &chi2, &df, &p, &e), KARVAN_OK);
    assert_int_equal(df, 1); /* the intercept is not tested */
    panel_close(chi2, z * z, 1e-9, "Wald"), panel_close(p, erfc(z / sqrt(2)), 1e-9, "p");
    const double nothing[] = {0, 0, 0, 0};
    assert_int_equal(karvan_gravity_wald(g, nothing, &chi2, &df, &p, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg, "the variance of x is not positive");
    assert_true(isnan(chi2) && isnan(p) && df == 0);
    karvan_table_destroy(out), karvan_gravity_destroy(g), karvan_table_destroy(t);
}

/* ---- against the regression with all dummies ---- */

static trade_panel panel;

typedef struct slow {
    dense_fit f;
    int ways;
    const int *way[4]; /* [n] of the model */
} slow;

static double influence(const slow *d, int coefficient, int row) {
    const dense_fit *f = &d->f;
    double s = 0;
    for (int c = 0; c < f->p; c++)
        s += f->v[(f->p - f->k + coefficient) * f->p + c] * f->column[c * f->n + row];
    return s * f->residual[row];
}

/* Sum over all pairs of rows that share a cluster of some way: what inclusion and exclusion over
 * the sets of ways comes to. No way: a row shares with itself. */
static double slow_variance(const slow *d, int a, int b) {
    double sum = 0;
    for (int i = 0; i < d->f.n; i++)
        for (int j = 0; j < d->f.n; j++) {
            bool share = i == j;
            for (int w = 0; w < d->ways; w++)
                share = share || d->way[w][d->f.row[i]] == d->way[w][d->f.row[j]];
            if (share) sum += influence(d, a, i) * influence(d, b, j);
        }
    return sum;
}

static int levels_of(const slow *d, const int *level) {
    int *room = dense_alloc((size_t)d->f.n, sizeof *room), n = dense_levels(&d->f, level, room);
    free(room);
    return n;
}

static int compared, mended;

static void compare(const karvan_gravity *g, slow *d, int m, const char *const *names, double k) {
    double v[PANEL_X * PANEL_X], least = INFINITY, n = d->f.n;
    karvan_error e = {0};
    karvan_se se = m ? KARVAN_SE_CLUSTER : KARVAN_SE_HETERO;
    for (int w = 0; w < m; w++) least = fmin(least, levels_of(d, d->way[w]));
    const double factor[] = {m ? (n - 1) / (n - k) * least / (least - 1) : n / (n - k),
                             m ? least / (least - 1) : n / (n - 1), 1};
    d->ways = m;
    for (int ssc = 0; ssc < 3; ssc++) {
        if (karvan_gravity_vcov(g, se, (karvan_ssc)ssc, m, names, v, NULL, 0, &e) != KARVAN_OK)
            fail_msg("%s", e.msg);
        double want[PANEL_X * PANEL_X], scratch[PANEL_X * (2 * PANEL_X + 1)];
        for (int a = 0; a < PANEL_X * PANEL_X; a++)
            want[a] = factor[ssc] * slow_variance(d, a / PANEL_X, a % PANEL_X);
        if (ssc != KARVAN_SSC_PPMLHDFE || m > 1) /* with three ways some are indefinite */
            mended += karvan_i_small_psd(PANEL_X, want, ssc != KARVAN_SSC_PPMLHDFE,
                                         ssc == KARVAN_SSC_PPMLHDFE ? 0 : 1e-16, scratch) > 0;
        for (int a = 0; a < PANEL_X * PANEL_X; a++) {
            int i = a / PANEL_X, j = a % PANEL_X;
            double size = sqrt(want[i * PANEL_X + i] * want[j * PANEL_X + j]);
            if (!(fabs(v[a] - want[a]) <= 1e-7 * size))
                fail_msg("%d ways, factor %d: %.12g, not %.12g", m, ssc, v[a], want[a]);
            compared++;
        }
    }
}

static void panels_against_all_dummies(void **s) {
    (void)s;
    static const char *const exp[] = {"exp"}, *const pair[] = {"exp ^ imp"},
                             *const block[] = {"block"}, *const both[] = {"both"},
                             *const two[] = {"exp", "imp"}, *const three[] = {"imp", "year", "exp"},
                             *const four[] = {"exp", "imp", "year", "exp^imp"};
    for (uint64_t seed = 1; seed <= 4; seed++) {
        panel_draw(&panel, seed, 7, 7, 4, true);
        bool keep[PANEL_ROWS];
        karvan_table *t = panel_table(&panel);
        karvan_gravity_options o = {.formula = "y ~ x1 + x2 | exp^year + imp^year + exp^imp",
                                    .weights = seed % 2 ? NULL : "w",
                                    .offset = seed % 3 ? NULL : "o"};
        karvan_gravity *g = panel_fit(t, &o);
        panel_kept(g, &panel, keep);
        const int *const level[] = {panel.it, panel.jt, panel.ij};
        dense_model m = {panel.n,
                         PANEL_X,
                         3,
                         panel.y,
                         o.weights ? panel.w : NULL,
                         o.offset ? panel.o : NULL,
                         panel.x_view,
                         level,
                         keep};
        slow d = {.f = dense_ppml(&m)};
        double it = levels_of(&d, panel.it), jt = levels_of(&d, panel.jt),
               ij = levels_of(&d, panel.ij), k = PANEL_X;
        compare(g, &d, 0, NULL, k + it + jt + ij - 2);
        d.way[0] = panel.ij; /* the pair effects are nested */
        compare(g, &d, 1, pair, k + it + jt - 1);
        d.way[0] = panel.exp; /* exporter-years and pairs are, by name */
        compare(g, &d, 1, exp, k + it + jt + ij - 2 - (it - 1) - (ij - 1));
        d.way[0] = panel.block; /* the same, which only the rows tell */
        compare(g, &d, 1, block, k + it + jt + ij - 2 - (it - 1) - (ij - 1));
        d.way[0] = panel.both; /* both directions of a pair together: pairs are nested */
        compare(g, &d, 1, both, k + it + jt - 1);
        d.way[0] = panel.exp, d.way[1] = panel.imp; /* all effects are: one for all */
        compare(g, &d, 2, two, k + 1);
        d.way[0] = panel.imp, d.way[1] = panel.year, d.way[2] = panel.exp;
        compare(g, &d, 3, three, k + 1);
        d.way[0] = panel.exp, d.way[1] = panel.imp, d.way[2] = panel.year, d.way[3] = panel.ij;
        compare(g, &d, 4, four, k + 1);
        dense_clear(&d.f), karvan_gravity_destroy(g), karvan_table_destroy(t);
    }
    assert_true(compared == 4 * 8 * 3 * 4 && mended > 0 && mended < compared / 8);
}

/* Clusters of the fit and the same ones named later. */
static void clusters_named_later_are_the_same(void **s) {
    (void)s;
    static const char *const ways[] = {"block", "year"};
    double early[4], late[4];
    panel_draw(&panel, 9, 6, 6, 4, true);
    karvan_table *t = panel_table(&panel);
    karvan_gravity_options o = {.formula = "y ~ x1 + x2 | exp^year + imp^year",
                                .n_clusters = 2,
                                .cluster = {"block", "year"}};
    karvan_gravity_options plain = {.formula = o.formula};
    karvan_gravity *g = panel_fit(t, &o), *h = panel_fit(t, &plain);
    assert_int_equal(
        karvan_gravity_vcov(g, KARVAN_SE_DEFAULT, KARVAN_SSC_FIXEST, 0, NULL, early, NULL, 0, NULL),
        KARVAN_OK);
    assert_int_equal(
        karvan_gravity_vcov(h, KARVAN_SE_DEFAULT, KARVAN_SSC_FIXEST, 2, ways, late, NULL, 0, NULL),
        KARVAN_OK);
    assert_memory_equal(early, late, sizeof early);
    karvan_gravity_destroy(g), karvan_gravity_destroy(h), karvan_table_destroy(t);
}

static const karvan_gravity *swept;
static karvan_status four_ways(karvan_error *e) {
    static const char *const ways[] = {"exp", "block", "year", "both"};
    karvan_table *out = NULL;
    double v[4];
    karvan_status st =
        karvan_gravity_vcov(swept, KARVAN_SE_CLUSTER, KARVAN_SSC_FIXEST, 4, ways, NULL, NULL, 0, e);
    if (st == KARVAN_OK)
        st = karvan_gravity_vcov(swept, KARVAN_SE_IID, KARVAN_SSC_NONE, 0, NULL, v, NULL, 0, e);
    if (st == KARVAN_OK) st = karvan_gravity_table(swept, v, &out, e);
    if (st == KARVAN_OK) st = karvan_gravity_wald(swept, v, NULL, NULL, NULL, e);
    karvan_table_destroy(out);
    return st;
}

static void every_allocation_can_fail(void **s) {
    (void)s;
    panel_draw(&panel, 5, 5, 5, 3, false);
    karvan_table *t = panel_table(&panel);
    karvan_gravity_options o = {.formula = "y ~ x1 + x2 | exp^year + imp^year + exp^imp"};
    karvan_gravity *g = panel_fit(t, &o);
    swept = g;
    every_allocation_fails(four_ways, 2000);
    karvan_gravity_destroy(g), karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(small_matrices_by_hand),
                                   cmocka_unit_test(tail_of_chi_squared),
                                   cmocka_unit_test(figures_by_hand),
                                   cmocka_unit_test(least_squares_by_hand),
                                   cmocka_unit_test(an_indefinite_covariance_is_mended),
                                   cmocka_unit_test(what_cannot_be_is_refused),
                                   cmocka_unit_test(table_and_wald_by_hand),
                                   cmocka_unit_test(panels_against_all_dummies),
                                   cmocka_unit_test(clusters_named_later_are_the_same),
                                   cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
