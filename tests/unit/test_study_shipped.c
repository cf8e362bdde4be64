/* The shipped region's tables for studies: policy_effects against a new estimate on its own panel,
 * by what its notes say (`karvan gravity` without a formula); parameters, and what each of them
 * moves; interventions, and what each of them edits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/karvan.h"
#include "study/parameters.h"
#include "table/cell.h"

static const char REGION[] = KARVAN_SOURCEDIR "/regions/caspian";
enum { FLAGS_MOST = 32 };

typedef struct shipped {
    karvan_problems *problems;
    karvan_package *region;
} shipped;

static shipped open_shipped(void) {
    shipped s = {0};
    karvan_error e = {0};
    if (karvan_problems_create(&s.problems, &e) ||
        karvan_package_open(REGION, s.problems, &s.region, &e))
        fail_msg("%s", e.msg);
    return s;
}

static void close_shipped(shipped *s) {
    karvan_package_destroy(s->region);
    karvan_problems_destroy(s->problems);
}

/* ---- policy_effects ---- */

static bool varies(const karvan_table *t, int column) {
    for (int64_t r = 1; r < karvan_table_rows(t); r++)
        if (karvan_table_int(t, column, r) != karvan_table_int(t, column, 0)) return true;
    return false;
}

/* "trade ~ eu + wto | ...": every flag of the panel that is not one value throughout. */
static void formula_of(const karvan_table *panel, char *out, size_t cap) {
    size_t n = (size_t)snprintf(out, cap, "trade ~ ");
    const char *plus = "";
    for (int c = karvan_table_find(panel, "agreement") + 1;
         c < karvan_table_find(panel, "gdp_exporter"); c++) {
        if (!varies(panel, c)) continue;
        n += (size_t)snprintf(out + n, cap - n, "%s%s", plus, karvan_table_column(panel, c).name);
        assert_true(n < cap);
        plus = " + ";
    }
    n += (size_t)snprintf(out + n, cap - n, " | exporter^year + importer^year + exporter^importer");
    assert_true(n < cap);
}

static void same_digits(const karvan_table *t, int64_t row, const char *column, double estimate) {
    char kept[40], estimated[40];
    (void)snprintf(kept, sizeof kept, "%.4f", karvan_i_cell_real(t, column, row));
    (void)snprintf(estimated, sizeof estimated, "%.4f", estimate);
    if (strcmp(kept, estimated) != 0)
        fail_msg("%s of %s is %s, a new estimate says %s", column,
                 karvan_i_cell_text(t, "flag", row), kept, estimated);
}

static void rows_are_a_new_estimate(void **state) {
    (void)state;
    shipped s = open_shipped();
    karvan_package *region = s.region;
    karvan_table *panel = NULL, *found = NULL;
    karvan_gravity *g = NULL;
    karvan_error e = {0};
    char formula[2000], how[256];
    double v[FLAGS_MOST * FLAGS_MOST];
    const karvan_panel_options all = {0};
    if (karvan_trade_panel(region, &all, &panel, &e)) fail_msg("%s", e.msg);
    formula_of(panel, formula, sizeof formula);
    const karvan_gravity_options o = {
        .formula = formula, .n_clusters = 1, .cluster = {"exporter^importer"}};
    if (karvan_gravity_fit(panel, &o, &g, &e)) fail_msg("%s", e.msg);
    assert_true(karvan_gravity_count(g) <= FLAGS_MOST);
    if (karvan_gravity_vcov(g, KARVAN_SE_DEFAULT, KARVAN_SSC_FIXEST, 0, NULL, v, how, sizeof how,
                            &e) ||
        karvan_gravity_table(g, v, &found, &e))
        fail_msg("%s", e.msg);
    const karvan_table *t = karvan_package_table(region, "policy_effects");
    assert_non_null(t);
    assert_int_equal(karvan_table_rows(t), karvan_table_rows(found)); /* every flag has its row */
    for (int64_t r = 0; r < karvan_table_rows(found); r++) {
        const char *flag = karvan_i_cell_text(found, "term", r);
        int64_t row = karvan_package_row(region, "policy_effects", flag);
        if (row < 0) fail_msg("%s has no row in policy_effects", flag);
        same_digits(t, row, "ln_trade", karvan_i_cell_real(found, "estimate", r));
        same_digits(t, row, "error", karvan_i_cell_real(found, "se", r));
    }
    karvan_table_destroy(found), karvan_table_destroy(panel);
    karvan_gravity_destroy(g);
    close_shipped(&s);
}

/* ---- parameters ---- */

/* Its id, "" where nothing moves the thing. */
static const char *of(const karvan_i_parameters *p, karvan_i_parameter_kind kind, const char *mode,
                      const char *operation, const char *item, const char *class) {
    int32_t i = karvan_i_parameter_of(p, kind, mode, operation, item, class);
    return i > 0 ? p->all[i].id : "";
}

/* From what is particular to what is general. */
static void the_nearest_row_holds(void **state) {
    (void)state;
    shipped s = open_shipped();
    karvan_i_parameters p;
    karvan_error e = {0};
    if (karvan_i_parameters_read(s.region, &p, &e)) fail_msg("%s", e.msg);
    const struct {
        karvan_i_parameter_kind kind;
        const char *mode, *operation, *item, *class, *want;
    } cases[] = {
        {KARVAN_I_MONEY, "rail_1520", NULL, "TMFAR-TMTK5-rail", NULL, "money-rail-turkmenistan"},
        {KARVAN_I_MONEY, "rail_1520", NULL, "GETBS-GESAM-rail", NULL,
         "money-rail-azerbaijan-georgia"},
        {KARVAN_I_MONEY, "rail_1520", NULL, "KZALT-KZALA-rail", NULL, "money-rail-1520"},
        {KARVAN_I_MONEY, "rail_1435", NULL, "CNLAZ-CNURM-rail", NULL, "money-rail-china"},
        {KARVAN_I_MONEY, "feeder", NULL, "KZAAU-AZALA-feeder", NULL, "money-caspian-ships"},
        {KARVAN_I_MONEY, "feeder", NULL, "GEPTI-ROCND-feeder", NULL, "money-black-sea"},
        {KARVAN_I_MONEY, NULL, "border", "CNHRS-border-road", NULL, "money-horgos-road"},
        {KARVAN_I_MONEY, NULL, "load", NULL, NULL, "money-yards"},
        {KARVAN_I_HOURS, "rail_1520", NULL, "KZALT-KZALA-rail", NULL, "hours-rail-kazakhstan"},
        {KARVAN_I_HOURS, "rail_1520", NULL, "RUYEK-RUMOW-rail", NULL, "hours-rail"},
        {KARVAN_I_HOURS, NULL, "port", "KZAAU-port-1520-feeder", NULL, "hours-aktau"},
        {KARVAN_I_HOURS, NULL, "port", "ROCND-port-1435-feeder", NULL, "hours-ports"},
        {KARVAN_I_HOURS, NULL, "border", "AZBKK-border", NULL, "hours-azerbaijan-georgia"},
        {KARVAN_I_HOURS, NULL, "gauge_change", "KZALT-gauge_change-1435-1520", NULL,
         "hours-khorgos-dostyk"},
        {KARVAN_I_WAIT, "feeder", NULL, "s-KZAAU-AZALA-feeder", NULL, "wait-aktau-alat"},
        {KARVAN_I_WAIT, "feeder", NULL, "s-GEPTI-ROCND-feeder", NULL, "wait-black-sea"},
        {KARVAN_I_ROOM, NULL, NULL, "caspian-feeders", NULL, "capacity-caspian-ships"},
        {KARVAN_I_ROOM, NULL, NULL, "khorgos", NULL, "capacity-khorgos"},
        {KARVAN_I_ROOM, "road", NULL, "KZALT-KZALA-road", NULL, "capacity-others"},
        {KARVAN_I_AMOUNT, NULL, NULL, "transit", "grain", "demand-transit"},
        {KARVAN_I_AMOUNT, NULL, NULL, "trade", "grain", "demand-trade-bulk"},
        {KARVAN_I_AMOUNT, NULL, NULL, "trade", "textiles", "demand-trade-boxes"},
        {KARVAN_I_TASTE, NULL, NULL, NULL, NULL, "choice-scale"}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        assert_string_equal(
            of(&p, cases[k].kind, cases[k].mode, cases[k].operation, cases[k].item, cases[k].class),
            cases[k].want);
    karvan_i_parameters_clear(&p);
    close_shipped(&s);
}

/* Nothing that a draw could move is certain for want of a row; pipelines carry no containers. */
static void nothing_is_certain(void **state) {
    (void)state;
    shipped s = open_shipped();
    karvan_i_parameters p;
    karvan_error e = {0};
    if (karvan_i_parameters_read(s.region, &p, &e)) fail_msg("%s", e.msg);
    const karvan_table *links = karvan_package_table(s.region, "links"),
                       *stops = karvan_package_table(s.region, "terminals"),
                       *services = karvan_package_table(s.region, "services"),
                       *classes = karvan_package_table(s.region, "cargo_classes");
    for (int64_t r = 0; r < karvan_table_rows(links); r++) {
        const char *mode = karvan_i_cell_text(links, "mode", r),
                   *id = karvan_i_cell_text(links, "id", r);
        if (strncmp(mode, "pipeline", 8) == 0) continue;
        if (!*of(&p, KARVAN_I_MONEY, mode, NULL, id, NULL) ||
            !*of(&p, KARVAN_I_HOURS, mode, NULL, id, NULL))
            fail_msg("link %s", id);
    }
    for (int64_t r = 0; r < karvan_table_rows(stops); r++) {
        const char *what = karvan_i_cell_text(stops, "operation", r),
                   *id = karvan_i_cell_text(stops, "id", r);
        if (!*of(&p, KARVAN_I_MONEY, NULL, what, id, NULL) ||
            !*of(&p, KARVAN_I_HOURS, NULL, what, id, NULL))
            fail_msg("terminal %s", id);
    }
    for (int64_t r = 0; r < karvan_table_rows(services); r++) {
        const char *id = karvan_i_cell_text(services, "id", r),
                   *link = karvan_i_cell_text(services, "link", r);
        int64_t at = karvan_package_row(s.region, "links", link);
        if (!*of(&p, KARVAN_I_WAIT, karvan_i_cell_text(links, "mode", at), NULL, id, NULL))
            fail_msg("service %s", id);
    }
    for (int64_t r = 0; r < karvan_table_rows(classes); r++) {
        const char *id = karvan_i_cell_text(classes, "id", r);
        if (!*of(&p, KARVAN_I_AMOUNT, NULL, NULL, "trade", id) ||
            !*of(&p, KARVAN_I_AMOUNT, NULL, NULL, "transit", id))
            fail_msg("class %s", id);
    }
    karvan_i_parameters_clear(&p);
    close_shipped(&s);
}

/* ---- interventions ---- */

/* A package of 40 measures is no edit; every other intervention has some. */
static void each_edits_something(void **state) {
    (void)state;
    shipped s = open_shipped();
    const karvan_table *t = karvan_package_table(s.region, "interventions"),
                       *edits = karvan_package_table(s.region, "scenarios");
    int c = karvan_table_find(edits, "intervention");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *id = karvan_i_cell_text(t, "id", r);
        bool some = karvan_table_lookup(edits, c, id) >= 0;
        if (some == (strcmp(id, "ebrd-package") == 0)) fail_msg("%s", id);
    }
    close_shipped(&s);
}

/* A frontier within one customs territory is as those that the region has. */
static void inner_frontiers(void **state) {
    (void)state;
    static const char *const names[] = {"eaeu-border-aze-rus", "eaeu-border-uzb-kaz",
                                        "eaeu-border-uzb-kgz", "wto-border-aze"};
    static const char *const as[][2] = {{"AZYAL-border", "KZPPK-border"},
                                        {"UZKEL-border", "KZPPK-border"},
                                        {"KGKSU-border", "RUILT-border"},
                                        {"AZYAL-border-road", "KZKOR-border-road"},
                                        {"UZKEL-border-road", "KZKOR-border-road"}};
    static const char *const columns[] = {"dwell_p50_h", "dwell_p90_h", "cost_usd_per_teu"};
    shipped s = open_shipped();
    karvan_error e = {0};
    if (karvan_scenarios_apply(s.region, 4, names, s.problems, &e)) fail_msg("%s", e.msg);
    const karvan_table *t = karvan_package_table(s.region, "terminals");
    for (size_t k = 0; k < sizeof as / sizeof as[0]; k++)
        for (int c = 0; c < 3; c++) {
            int64_t this = karvan_package_row(s.region, "terminals", as[k][0]),
                    that = karvan_package_row(s.region, "terminals", as[k][1]);
            if (karvan_i_cell_real(t, columns[c], this) != karvan_i_cell_real(t, columns[c], that))
                fail_msg("%s of %s is not that of %s", columns[c], as[k][0], as[k][1]);
        }
    int64_t georgia = karvan_package_row(s.region, "terminals", "AZBKK-border");
    assert_true(fabs(karvan_i_cell_real(t, "dwell_p50_h", georgia) - 7.4 * 0.9) < 1e-12);
    close_shipped(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_a_new_estimate), cmocka_unit_test(the_nearest_row_holds),
        cmocka_unit_test(nothing_is_certain), cmocka_unit_test(each_edits_something),
        cmocka_unit_test(inner_frontiers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
