/* Gravity on public data with known answers: fixest's trade data, The Log of Gravity, the
 * applications of the Advanced Guide to Trade Policy Analysis, the example of the bias correction.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "conformance/fixest_replay.h"
#include "conformance/reference.h"
#include "karvan/gravity.h"
#include "table/cell.h"

static const char *const ORIGIN = "the projects named in docs/methods/gravity-errors.md";

/* ---- helpers ---- */

static karvan_table *read_table(const char *name) {
    char path[1000];
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_csv_options o = {0};
    if (!reference_file(name, ORIGIN, path, sizeof path)) return NULL;
    if (karvan_csv_read(path, name, &o, NULL, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static karvan_gravity *fit(const karvan_table *t, const char *formula, const char *cluster) {
    karvan_gravity *g = NULL;
    karvan_error e = {0};
    karvan_gravity_options o = {
        .formula = formula, .n_clusters = cluster != NULL, .cluster = {cluster}};
    if (karvan_gravity_fit(t, &o, &g, &e) != KARVAN_OK) fail_msg("%s: %s", formula, e.msg);
    return g;
}

static void close_to(const char *what, double got, double want, double relative) {
    if (!(fabs(got - want) <= relative * fabs(want)))
        fail_msg("%s: %.15g, not %.15g (%.1e off)", what, got, want, got / want - 1);
}

static int place(const karvan_gravity *g, const char *name) {
    for (int i = 0; i < karvan_gravity_count(g); i++)
        if (!strcmp(karvan_gravity_name(g, i), name)) return i;
    fail_msg("no coefficient %s", name);
    return -1;
}
static double estimate(const karvan_gravity *g, const char *name) {
    return karvan_gravity_estimate(g, place(g, name));
}

enum { MOST = 20 };
static double error_of(const karvan_gravity *g, const char *name, karvan_se se, karvan_ssc ssc,
                       int m, const char *const *cluster) {
    double v[MOST * MOST];
    karvan_error e = {0};
    int k = karvan_gravity_count(g), i = place(g, name);
    assert_true(k <= MOST);
    if (karvan_gravity_vcov(g, se, ssc, m, cluster, v, NULL, 0, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return sqrt(v[i * k + i]);
}

/* ---- fixest's trade data ---- */

static const char *const FACTOR_NAMES[] = {"Origin", "Destination", "Product", "Year"};
static const char *const PAIR_NAMES[] = {"Origin^Destination"};
static const int FACTOR_BITS[] = {REPLAY_ORIGIN, REPLAY_DESTINATION, REPLAY_PRODUCT, REPLAY_YEAR};
static const int PAIR_BITS[] = {REPLAY_ORIGIN | REPLAY_DESTINATION};

/* Rows, and K: 58 coefficients are x and 15 + 15 + 20 + 10 levels, less one for every effect but
 * the first; effects that are clusters count for one each, and for one together if all are. */
enum { N = 38325, ALL = 58, NO_ORIGIN = ALL - 14, NO_ENDS = ALL - 14 - 14, ALONE = 2 };

/* A standard error of fixest: as it prints it by default, and with glm.tol = 1e-12 and fixef.tol =
 * 1e-10 (0.14.2); how it is asked for here and of the replay; and its factor, as fixest's manual
 * has it: (n - 1) / (n - K) and G / (G - 1), G of the way that has the fewest clusters. */
typedef struct printed {
    double value, tight;
    karvan_se se;
    karvan_ssc ssc;
    int m;
    const char *const *cluster;
    const int *way;
    double factor;
} printed;

static const printed PRINTED[] = {
    {1.92641992934306e-06, 1.92642419184146e-06, KARVAN_SE_IID, KARVAN_SSC_FIXEST, 0, NULL, NULL,
     (N - 1.) / (N - ALL)},
    {0.0218472299288713, 0.0218473251152798, KARVAN_SE_HETERO, KARVAN_SSC_FIXEST, 0, NULL, NULL,
     1. * N / (N - ALL)},
    {0.115677843630187, 0.115678164994846, KARVAN_SE_CLUSTER, KARVAN_SSC_FIXEST, 1, FACTOR_NAMES,
     FACTOR_BITS, (N - 1.) / (N - NO_ORIGIN) * 15 / 14},
    {0.0769997557626285, 0.0770000293311614, KARVAN_SE_CLUSTER, KARVAN_SSC_FIXEST, 1, PAIR_NAMES,
     PAIR_BITS, (N - 1.) / (N - ALL) * 210 / 209},
    {0.130733604347792, 0.130734054962268, KARVAN_SE_CLUSTER, KARVAN_SSC_FIXEST, 2, FACTOR_NAMES,
     FACTOR_BITS, (N - 1.) / (N - NO_ENDS) * 15 / 14},
    {0.129536363964261, 0.129536753335335, KARVAN_SE_CLUSTER, KARVAN_SSC_FIXEST, 4, FACTOR_NAMES,
     FACTOR_BITS, (N - 1.) / (N - ALONE) * 10 / 9},
    {0.076759057893073, 0.0767593306064426, KARVAN_SE_CLUSTER, KARVAN_SSC_NONE, 1, PAIR_NAMES,
     PAIR_BITS, 1}};
enum { N_PRINTED = sizeof PRINTED / sizeof *PRINTED };

static double replayed(const replay *r, const printed *p) {
    double v = p->se == KARVAN_SE_IID      ? replay_iid(r)
               : p->se == KARVAN_SE_HETERO ? replay_hetero(r)
                                           : replay_clustered(r, p->m, p->way);
    return sqrt(v * p->factor);
}

/* Where fixest stops by default its weights are one iteration short, which is 2 to 5 in a million
 * of its standard errors: the replay has them there, and karvan's four iterations on. */
static void standard_errors(const karvan_gravity *g, const char *x, const karvan_table *t) {
    static replay r;
    double got[N_PRINTED];
    assert_true(replay_open(&r, t) && replay_like_fixest(&r));
    close_to("coefficient where fixest stops", r.beta[0], -1.52787437146562, 1e-11);
    for (int i = 0; i < N_PRINTED; i++) {
        const printed *p = &PRINTED[i];
        got[i] = error_of(g, x, p->se, p->ssc, p->m, p->cluster);
        close_to("where fixest stops", replayed(&r, p), p->value, 3e-9);
        close_to("as fixest prints it", got[i], p->value, 5e-6);
        close_to("of fixest to the end", got[i], p->tight, 1e-9);
    }
    for (int i = 0; i < 4; i++) replay_step(&r);
    for (int i = 0; i < N_PRINTED; i++)
        close_to("further on", got[i], replayed(&r, &PRINTED[i]), 1e-10);
    replay_close(&r);
}

static void trade_data_of_fixest(void **s) {
    (void)s;
    karvan_table *t = read_table("trade/fixest_trade.csv");
    if (!t) skip();
    karvan_gravity *g =
        fit(t, "Euros ~ log(dist_km) | Origin + Destination + Product + Year", NULL);
    karvan_gravity_stats stats = karvan_gravity_statistics(g);
    const char *x = "log(dist_km)";
    assert_int_equal(stats.n, N);
    close_to(x, estimate(g, x), -1.52787437148633, 1e-9);
    close_to("deviance", stats.deviance, 1404940250691.78, 1e-13);
    close_to("loglik", stats.loglik, -702470445793.418, 1e-13);
    close_to("loglik of a constant", stats.loglik_null, -2976971876316.32, 1e-13);
    standard_errors(g, x, t);
    karvan_gravity_destroy(g), karvan_table_destroy(t);
}

/* ---- The Log of Gravity ---- */

/* Coefficients and standard errors of a file of fixest's results. */
static void as_in_file(const karvan_gravity *g, const char *name) {
    karvan_table *want = read_table(name);
    assert_non_null(want);
    for (int64_t i = 0; i < karvan_table_rows(want); i++) {
        const char *term = karvan_table_text(want, 0, i);
        close_to(term, estimate(g, term), karvan_i_cell_real(want, "coef", i), 1e-8);
        close_to(term, error_of(g, term, KARVAN_SE_HETERO, KARVAN_SSC_NONE, 0, NULL),
                 karvan_i_cell_real(want, "se_hc", i), 1e-6);
    }
    assert_int_equal(karvan_table_rows(want), karvan_gravity_count(g));
    karvan_table_destroy(want);
}

static void the_log_of_gravity(void **s) {
    (void)s;
    karvan_table *t = read_table("trade/log_of_gravity.csv");
    if (!t) skip();
    karvan_gravity *g =
        fit(t,
            "trade ~ lypex + lypim + lyex + lyim + ldist + border + comlang + colony "
            "+ landl_ex + landl_im + lremot_ex + lremot_im + comfrt_wto + open_wto",
            NULL);
    double z = 0, p = 0;
    karvan_error e = {0};
    as_in_file(g, "trade/table3_ppml_all_fixest.csv");
    if (karvan_gravity_reset(g, KARVAN_SE_HETERO, KARVAN_SSC_PPMLHDFE, &z, &p, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    /* R's glm with the squared predictor as a column, sandwich with n/(n-1), both to 1e-12 */
    close_to("RESET z", z, -0.970372577097, 1e-8);
    close_to("RESET p", p, 0.331860812655, 1e-8);
    karvan_gravity_destroy(g);
    g = fit(t, "trade ~ ldist + border + comlang + colony + comfrt_wto | s1_im + s2_ex", NULL);
    as_in_file(g, "trade/table5_ppml_FE_fixest.csv");
    karvan_gravity_destroy(g), karvan_table_destroy(t);
}

/* ---- the Advanced Guide ---- */

static bool every_fourth_year(void *ctx, const karvan_table *t, int64_t row) {
    const int *column = ctx;
    return (karvan_table_int(t, column[2], row) - 1986) % 4 == 0;
}
static bool international(void *ctx, const karvan_table *t, int64_t row) {
    const int *column = ctx;
    bool domestic =
        !strcmp(karvan_table_text(t, column[0], row), karvan_table_text(t, column[1], row));
    return every_fourth_year(ctx, t, row) && !domestic;
}

static karvan_table *rows_of(const karvan_table *t, karvan_row_test test, void *ctx) {
    karvan_view view;
    karvan_table *out = NULL;
    assert_int_equal(karvan_view_init(&view, t, test, ctx, NULL), KARVAN_OK);
    assert_int_equal(karvan_view_copy(&view, 0, NULL, &out, NULL), KARVAN_OK);
    karvan_view_clear(&view);
    return out;
}

/* With column intra: the country where trade is domestic, one name for all other trade. */
static karvan_table *with_intra(const karvan_table *t, const int *column) {
    static const char *const real[] = {"trade", "dist", "cntg", "lang", "clny", "rta", "rta_lead4"};
    karvan_column columns[12] = {{"exporter", KARVAN_TEXT, NULL},
                                 {"importer", KARVAN_TEXT, NULL},
                                 {"year", KARVAN_INT, NULL},
                                 {"pair_id", KARVAN_INT, NULL},
                                 {"intra", KARVAN_TEXT, NULL}};
    karvan_builder *b = NULL;
    karvan_table *out = NULL;
    for (int c = 0; c < 7; c++) columns[5 + c] = (karvan_column){real[c], KARVAN_REAL, NULL};
    assert_int_equal(karvan_builder_create("guide", 12, columns, &b, NULL), KARVAN_OK);
    for (int64_t i = 0; i < karvan_table_rows(t); i++) {
        const char *from = karvan_table_text(t, column[0], i),
                   *to = karvan_table_text(t, column[1], i);
        (void)karvan_builder_row(b, NULL);
        (void)karvan_builder_text(b, 0, from, NULL), (void)karvan_builder_text(b, 1, to, NULL);
        (void)karvan_builder_int(b, 2, karvan_table_int(t, column[2], i), NULL);
        (void)karvan_builder_int(b, 3, karvan_table_int(t, column[3], i), NULL);
        (void)karvan_builder_text(b, 4, strcmp(from, to) ? "between" : from, NULL);
        for (int c = 0; c < 7; c++)
            (void)karvan_builder_real(b, 5 + c, karvan_i_cell_real(t, real[c], i), NULL);
    }
    assert_int_equal(karvan_builder_finish(b, &out, NULL), KARVAN_OK);
    return out;
}

typedef struct expected {
    const char *name;
    double estimate, se; /* se 0: not published */
} expected;

static void guide(const karvan_table *t, const char *formula, int64_t n, const expected *e) {
    karvan_gravity *g = fit(t, formula, "pair_id");
    if (n) assert_int_equal(karvan_gravity_statistics(g).n, n);
    for (; e->name; e++) {
        close_to(e->name, estimate(g, e->name), e->estimate, 1e-9);
        if (e->se > 0)
            close_to(e->name, error_of(g, e->name, KARVAN_SE_DEFAULT, KARVAN_SSC_PPMLHDFE, 0, NULL),
                     e->se, 1e-6);
    }
    karvan_gravity_destroy(g);
}

static void the_advanced_guide(void **s) {
    (void)s;
    karvan_table *all = read_table("trade/agtpa_applications.csv");
    if (!all) skip();
    int column[] = {karvan_table_find(all, "exporter"), karvan_table_find(all, "importer"),
                    karvan_table_find(all, "year"), karvan_table_find(all, "pair_id")};
    karvan_table *between = rows_of(all, international, column),
                 *some = rows_of(all, every_fourth_year, column), *t = with_intra(some, column);
    guide(between, "trade ~ log(dist) + cntg + lang + clny | exporter^year + importer^year", 28152,
          (expected[]){{"log(dist)", -0.840927313092, 0.0316575180599},
                       {"cntg", 0.43744324272, 0},
                       {"lang", 0.247476505057, 0},
                       {"clny", -0.222489861582, 0},
                       {NULL, 0, 0}});
    guide(between, "trade ~ log(dist) + cntg + lang + clny + rta | exporter^year + importer^year",
          28152, (expected[]){{"rta", 0.190717575422, 0.0657967619823}, {NULL, 0, 0}});
    guide(t, "trade ~ log(dist) + cntg + lang + clny + rta | exporter^year + importer^year + intra",
          0, (expected[]){{"rta", 0.408521894648, 0}, {NULL, 0, 0}});
    guide(t, "trade ~ rta | exporter^year + importer^year + pair_id", 28482,
          (expected[]){{"rta", 0.55718533559, 0.102235313205}, {NULL, 0, 0}});
    guide(
        t, "trade ~ rta + rta_lead4 | exporter^year + importer^year + pair_id", 28482,
        (expected[]){{"rta", 0.520048244073, 0}, {"rta_lead4", 0.0774423382207, 0}, {NULL, 0, 0}});
    karvan_table_destroy(all), karvan_table_destroy(between), karvan_table_destroy(some);
    karvan_table_destroy(t);
}

/* ---- the example of the bias correction ---- */

static bool manufactures(void *ctx, const karvan_table *t, int64_t row) {
    return !strcmp(karvan_table_text(t, *(const int *)ctx, row), "MANUF");
}

static void digits(const char *what, double got, double want, double half_a_digit) {
    if (!(fabs(got - want) <= half_a_digit)) fail_msg("%s: %.12f, not %.12f", what, got, want);
}

static void the_example_of_the_bias_correction(void **s) {
    (void)s;
    karvan_table *all = read_table("trade/ppml_fe_bias_example.csv");
    if (!all) skip();
    int category = karvan_table_find(all, "category");
    karvan_table *t = rows_of(all, manufactures, &category);
    karvan_gravity *g =
        fit(t, "trade ~ fta | isoexp^year + isoimp^year + isoexp^isoimp", "isoexp^isoimp");
    karvan_gravity_bias b;
    karvan_error e = {0};
    digits("fta", estimate(g, "fta"), 0.1780290, 0.5e-7);
    digits("se", error_of(g, "fta", KARVAN_SE_DEFAULT, KARVAN_SSC_PPMLHDFE, 0, NULL), 0.0350079,
           0.5e-7);
    digits("se of fixest", error_of(g, "fta", KARVAN_SE_DEFAULT, KARVAN_SSC_FIXEST, 0, NULL),
           0.0355728, 0.5e-7);
    if (karvan_gravity_bias_correct(g, NULL, NULL, NULL, KARVAN_SSC_PPMLHDFE, &b, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    digits("bias", b.bias[0], 0.0076567524, 2e-10); /* of a fit that stopped at 1e-8 */
    digits("corrected", b.corrected[0], 0.1703722, 0.5e-7);
    digits("adjusted se", b.se[0], 0.0419558558, 0.5e-10);
    karvan_gravity_bias_clear(&b), karvan_gravity_destroy(g);

    /* Two-way: the program's own page prints these. */
    static const expected two[] = {
        {"ln_distw", -0.5826890, 0.0463104}, {"contig", 0.3690149, 0.0734243},
        {"colony", -0.0874526, 0.1115109},   {"comlang_off", 0.0535707, 0.0765570},
        {"comleg", 0.2485195, 0.0490544},    {"fta", 0.8540740, 0.0908957}};
    g = fit(t,
            "trade ~ ln_distw + contig + colony + comlang_off + comleg + fta | isoexp^year + "
            "isoimp^year",
            NULL);
    if (karvan_gravity_bias_correct(g, NULL, NULL, NULL, KARVAN_SSC_PPMLHDFE, &b, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    for (int i = 0; i < 6; i++) {
        assert_string_equal(karvan_gravity_name(g, i), two[i].name);
        digits(two[i].name, b.corrected[i], two[i].estimate, 0.5e-7);
        digits(two[i].name, b.se[i], two[i].se, 0.5e-7);
        assert_true(b.bias[i] == 0);
    }
    karvan_gravity_bias_clear(&b), karvan_gravity_destroy(g);
    karvan_table_destroy(t), karvan_table_destroy(all);
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(trade_data_of_fixest), cmocka_unit_test(the_log_of_gravity),
        cmocka_unit_test(the_advanced_guide), cmocka_unit_test(the_example_of_the_bias_correction)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
