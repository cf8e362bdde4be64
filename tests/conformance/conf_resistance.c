/* Multilateral resistances beside public answers: "Trade without borders" of the Advanced Guide to
 * Trade Policy Analysis (Yotov, Piermartini, Monteiro and Larch 2016, chapter 2), as Stata printed
 * them in single precision; and beside the effects of the fit (Fally 2015, Journal of International
 * Economics 97(1)). Stata's numbers are powers, P^(1 - sigma) and Pi^(1 - sigma) times the output
 * of the world, sigma 7, and P of Germany (ZZZ in the data) is 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/equilibrium.h"
#include "karvan/gravity.h"
#include "reference.h"
#include "table/cell.h"

static struct {
    karvan_table *t, *stata;
    karvan_gravity *fit;
    double *fitted, *cost; /* [rows] */
    karvan_economy *e;
    karvan_equilibrium *q;
    karvan_resistance *r;
} b;

static karvan_table *read_table(const char *name) {
    char path[4096];
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (!reference_file(name, "the reference data", path, sizeof path)) return NULL;
    if (karvan_csv_read(path, "t", &(karvan_csv_options){0}, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

/* Borders fall; flows and trade costs are those of the fit, spending moves with output. */
static int set_up(void **state) {
    (void)state;
    static const char *const change[] = {"INTL_BRDR"};
    const karvan_gravity_options how = {
        .formula = "trade ~ ln_DIST + CNTG + INTL_BRDR | exporter + importer"};
    karvan_error err = {0};
    b.t = read_table("trade/1_TradeWithoutBorder.csv");
    b.stata = read_table("trade/expected_TradeWithoutBorder_stata_GEPPML.csv");
    if (!b.t || !b.stata) return 0;
    size_t rows = (size_t)karvan_table_rows(b.t);
    b.fitted = malloc(rows * sizeof *b.fitted), b.cost = malloc(rows * sizeof *b.cost);
    if (karvan_gravity_fit(b.t, &how, &b.fit, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    assert_int_equal(karvan_gravity_fitted(b.fit, b.fitted, NULL), KARVAN_OK);
    assert_int_equal(karvan_gravity_without_effects(b.fit, b.cost, NULL), KARVAN_OK);
    assert_string_equal(karvan_gravity_name(b.fit, 2), "INTL_BRDR");
    double beta = -karvan_gravity_estimate(b.fit, 2);
    karvan_economy_options o = {
        .n_changes = 1, .change = change, .flow = b.fitted, .trade_cost_value = b.cost};
    const karvan_equilibrium_options model = {
        .theta = 6, .deficit = KARVAN_DEFICIT_MULTIPLICATIVE, .beta = &beta};
    if (karvan_economy_read(b.t, &o, &b.e, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    if (karvan_equilibrium_solve(b.e, &model, &b.q, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    const karvan_resistance_options by = {.cost = karvan_economy_cost_view(b.e),
                                          .reference = "ZZZ"};
    if (karvan_resistance_solve(b.e, b.q, &by, &b.r, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    karvan_resistance_destroy(b.r), karvan_equilibrium_destroy(b.q), karvan_economy_destroy(b.e);
    karvan_gravity_destroy(b.fit), free(b.fitted), free(b.cost);
    karvan_table_destroy(b.t), karvan_table_destroy(b.stata);
    return 0;
}

static int32_t country(const char *name) {
    const char *ours = strcmp(name, "DEU") == 0 ? "ZZZ" : name;
    for (int32_t i = 0; i < karvan_economy_statistics(b.e).n; i++)
        if (strcmp(karvan_economy_country(b.e, i), ours) == 0) return i;
    fail_msg("no country %s", name);
    return -1;
}

static void compare(const char *column, karvan_resistance_kind kind, double times, double within,
                    double macao, double hong_kong) {
    int n = 0;
    for (int64_t row = 0; row < karvan_table_rows(b.stata); row++, n++) {
        const char *name = karvan_i_cell_text(b.stata, "country", row);
        double said = karvan_i_cell_real(b.stata, column, row);
        double found = times * pow(karvan_resistance_view(b.r, kind)[country(name)], -6);
        double most = strcmp(name, "HKG") == 0   ? hong_kong
                      : strcmp(name, "MAC") == 0 ? macao
                                                 : within;
        if (!(fabs(found / said - 1) <= most))
            fail_msg("%s %s: %.13g where %.13g is said", column, name, found, said);
    }
    assert_int_equal(n, 69);
}

/* Baseline and conditional equilibrium: every digit that Stata kept, of all 69. */
static void before_and_conditional(void **state) {
    (void)state;
    if (!b.r) skip();
    double world = karvan_economy_statistics(b.e).output;
    compare("IMR_BLN", KARVAN_RESISTANCE_INWARD, 1, 6e-8, 6e-8, 6e-8);
    compare("OMR_BLN", KARVAN_RESISTANCE_OUTWARD, world, 6e-8, 6e-8, 6e-8);
    compare("IMR_CDL", KARVAN_RESISTANCE_INWARD_CONDITIONAL, 1, 6e-8, 6e-8, 6e-8);
    compare("OMR_CDL", KARVAN_RESISTANCE_OUTWARD_CONDITIONAL, world, 6e-8, 6e-8, 6e-8);
}

/* After: Stata's loop is not at the equilibrium (conf_equilibrium): the sixth powers are 1.3 per
 * cent off at most, 3.5 in Macao and 6.1 in Hong Kong; levels a sixth of that. Its world makes
 * more in the money that it counts in. */
static void after(void **state) {
    (void)state;
    if (!b.r) skip();
    double world = 0;
    for (int64_t row = 0; row < karvan_table_rows(b.stata); row++)
        world += karvan_i_cell_real(b.stata, "Y_FULL", row);
    compare("IMR_FULL", KARVAN_RESISTANCE_INWARD_AFTER, 1, 0.013, 0.035, 0.061);
    compare("OMR_FULL", KARVAN_RESISTANCE_OUTWARD_AFTER, world, 0.013, 0.021, 0.032);
}

static double effect(const karvan_table *t, const char *side, const char *level) {
    for (int64_t row = 0; row < karvan_table_rows(t); row++)
        if (karvan_i_cell_is(t, "effect", row, side) && karvan_i_cell_is(t, "level", row, level))
            return karvan_i_cell_real(t, "value", row);
    fail_msg("no effect %s of %s", side, level);
    return NAN;
}

/* P_j^(1 - sigma) = E_j / E_R exp(-importer), Pi_i^(1 - sigma) = Y_i E_R / W exp(-exporter), with
 * the importer effect of R taken for 0. */
static void effects_say_the_same(void **state) {
    (void)state;
    if (!b.r) skip();
    karvan_table *t = NULL;
    int32_t n = karvan_economy_statistics(b.e).n, ref = country("DEU");
    double y[69] = {0}, e[69] = {0}, world = karvan_economy_statistics(b.e).output;
    const double *x = karvan_equilibrium_before_view(b.q);
    assert_int_equal(n, 69);
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++) y[i] += x[i * n + j], e[j] += x[i * n + j];
    assert_int_equal(karvan_gravity_effects(b.fit, &t, NULL), KARVAN_OK);
    double zero = effect(t, "importer", "ZZZ");
    for (int32_t i = 0; i < n; i++) {
        const char *name = karvan_economy_country(b.e, i);
        double in = e[i] / e[ref] * exp(zero - effect(t, "importer", name));
        double out = y[i] * e[ref] / world * exp(-zero - effect(t, "exporter", name));
        double p = pow(karvan_resistance_view(b.r, KARVAN_RESISTANCE_INWARD)[i], -6);
        double pi = pow(karvan_resistance_view(b.r, KARVAN_RESISTANCE_OUTWARD)[i], -6);
        assert_true(fabs(p / in - 1) < 1e-9 && fabs(pi / out - 1) < 1e-9);
    }
    karvan_table_destroy(t);
}

/* The system solved anew with what the equilibrium makes of outputs and spending. */
static void after_is_level_times_change(void **state) {
    (void)state;
    if (!b.r) skip();
    karvan_resistance_stats s = karvan_resistance_statistics(b.r);
    assert_true(s.apart < 1e-9 && s.misfit < 1e-9 && s.residual < 1e-9);
    assert_false(s.of_flows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_and_conditional), cmocka_unit_test(after),
        cmocka_unit_test(effects_say_the_same), cmocka_unit_test(after_is_level_times_change)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
