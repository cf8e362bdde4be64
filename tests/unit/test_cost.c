/* From transport cost to trade cost: toys worked out by hand, a slow checker on random tables,
 * every refusal with its place, draws, and every allocation failing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "karvan/equilibrium.h"
#include "sweep.h"
#include "table/cell.h"

static const char CLASSES[] =
    "id,value_usd_per_t,value_low_usd_per_t,value_high_usd_per_t,delta_percent_day,delta_low,"
    "delta_high,reliability_ratio\n"
    "metals,800,400,1600,0.6,0.3,1.0,0.37\n"
    "grain,250,,,0.6,,,0.37\n"
    "goods,1000,500,4000,1,0.5,2,0.5\n";
static const char SHARES[] = "exporter,importer,cargo_class,share,shares_from\n"
                             "AAA,BBB,metals,0.6,pair\nAAA,BBB,grain,0.4,pair\n"
                             "BBB,AAA,goods,0.5,exporter\n";

static char folder[] = "/tmp/karvan-cost-XXXXXX";

/* Read from a file, so that faults have a column. */
static karvan_table *table(const char *name, const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    char path[100];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    if (!f || fputs(csv, f) < 0 || fclose(f) != 0) fail_msg("cannot write %s", path);
    if (karvan_csv_read(path, name, NULL, NULL, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

/* A message without the folder. */
static const char *said(const karvan_error *e) {
    size_t n = strlen(folder);
    return strncmp(e->msg, folder, n) == 0 ? e->msg + n + 1 : e->msg;
}

static int set_up(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}
static int tear_down(void **state) {
    static const char *const names[] = {"classes", "shares", "changes"};
    char path[100];
    (void)state;
    for (int k = 0; k < 3; k++)
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[k]), (void)unlink(path);
    return rmdir(folder);
}

typedef struct made {
    karvan_table *classes, *shares, *changes;
    karvan_cost *cost;
} made;

static karvan_status try_cost(made *m, const char *changes, karvan_cost_options o,
                              karvan_error *e) {
    *m =
        (made){table("classes", CLASSES), table("shares", SHARES), table("changes", changes), NULL};
    o.classes = m->classes, o.shares = m->shares;
    return karvan_cost_create(m->changes, &o, &m->cost, e);
}

static void let_go(made *m) {
    karvan_cost_destroy(m->cost);
    karvan_table_destroy(m->classes), karvan_table_destroy(m->shares);
    karvan_table_destroy(m->changes);
}

static made cost_of(const char *changes, karvan_cost_options o) {
    made m;
    karvan_error e = {0};
    if (try_cost(&m, changes, o, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return m;
}

static karvan_table *parts_of(const made *m) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_cost_parts(m->cost, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static void near(const karvan_table *t, const char *column, int64_t row, double want) {
    double got = karvan_i_cell_real(t, column, row);
    if (!(fabs(got - want) <= 1e-12 * fmax(1, fabs(want))))
        fail_msg("%s of row %lld: %.17g, not %.17g", column, (long long)row, got, want);
}

/* docs/methods/cost-to-trade.md works this example out. */
static void changes_by_hand(void **state) {
    (void)state;
    made m = cost_of("exporter,importer,cargo_class,d_usd_t,d_hours,d_dispersion_h\n"
                     "AAA,BBB,,-8,-24,-12\n",
                     (karvan_cost_options){0});
    karvan_table *t = parts_of(&m);
    assert_int_equal(karvan_table_rows(t), 3);
    assert_true(karvan_i_cell_is(t, "cargo_class", 0, "metals"));
    near(t, "money", 0, -0.6), near(t, "time", 0, -0.36), near(t, "reliability", 0, -0.0666);
    assert_true(karvan_i_cell_is(t, "cargo_class", 1, "grain"));
    near(t, "money", 1, -1.28), near(t, "time", 1, -0.24), near(t, "reliability", 1, -0.0444);
    assert_true(karvan_i_cell_is(t, "cargo_class", 2, "all"));
    near(t, "share", 2, 1), near(t, "money", 2, -1.88), near(t, "time", 2, -0.6);
    near(t, "reliability", 2, -0.111), near(t, "ad_valorem", 2, -2.591);
    near(t, "d_ln_tau", 2, -0.02591), near(t, "partial_effect", 2, 0.10364);
    assert_true(karvan_i_cell_is(t, "form", 2, "change on base 1"));
    assert_true(karvan_i_cell_is(t, "shares_from", 2, "pair"));
    karvan_table_destroy(t);
    let_go(&m);
}

static void levels_by_hand(void **state) {
    (void)state;
    made m = cost_of("exporter,importer,cargo_class,share,usd_t_before,usd_t_after,hours_before,"
                     "hours_after,dispersion_h_before,dispersion_h_after\n"
                     "AAA,BBB,goods,1,200,150,240,192,48,24\n",
                     (karvan_cost_options){.elasticity = 5});
    karvan_table *t = parts_of(&m);
    near(t, "tau_before", 1, 1.31), near(t, "tau_after", 1, 1.235);
    near(t, "d_ln_tau", 1, log(1.235 / 1.31)), near(t, "partial_effect", 1, 5 * log(1.31 / 1.235));
    near(t, "money", 1, -5), near(t, "time", 1, -2), near(t, "reliability", 1, -0.5);
    near(t, "d_ln_tau", 0, log(1.235 / 1.31));
    assert_true(karvan_i_cell_is(t, "form", 1, "levels"));
    assert_true(karvan_i_cell_is(t, "shares_from", 1, "changes"));
    karvan_table_destroy(t);
    let_go(&m);
}

/* Of a change so small that the logarithm would lose it, the parts are still the whole. */
static void levels_that_hardly_move(void **state) {
    (void)state;
    made m = cost_of("exporter,importer,cargo_class,share,usd_t_before,usd_t_after,hours_before,"
                     "hours_after\nAAA,BBB,goods,1,200,200.000001,240,240\n",
                     (karvan_cost_options){.elasticity = 5});
    karvan_table *t = parts_of(&m);
    double part = karvan_i_cell_real(t, "d_ln_tau", 0), all = karvan_i_cell_real(t, "d_ln_tau", 1);
    assert_true(fabs(part - 1e-9 / 1.3) < 1e-5 * 1e-9 && fabs(all - part) < 1e-5 * 1e-9);
    karvan_table_destroy(t);
    let_go(&m);
}

/* A stated base divides the change; half of what BBB sells is not carried at all. */
static void a_stated_base(void **state) {
    (void)state;
    made m = cost_of("exporter,importer,cargo_class,d_usd_t,base_tau\nBBB,AAA,all,100,1.25\n"
                     "AAA,BBB,metals,80,1\n",
                     (karvan_cost_options){.elasticity = 2});
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_cost_changes(m.cost, 0, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    assert_true(karvan_i_cell_is(t, "exporter", 0, "AAA"));
    near(t, "d_ln_tau", 0, 0.6 * 0.1), near(t, "partial_effect", 0, -0.12);
    near(t, "d_ln_tau", 1, 0.5 * 0.1 / 1.25), near(t, "partial_effect", 1, -0.08);
    assert_int_equal(karvan_cost_pairs(m.cost), 2);
    assert_string_equal(karvan_cost_exporter(m.cost, 1), "BBB");
    assert_string_equal(karvan_cost_importer(m.cost, 1), "AAA");
    karvan_table_destroy(t);
    let_go(&m);
    m = cost_of("exporter,importer,d_usd_t\nBBB,AAA,100\n", (karvan_cost_options){.base_tau = 2});
    t = parts_of(&m);
    near(t, "d_ln_tau", 1, 0.025), near(t, "tau_after", 1, 2.05);
    assert_true(karvan_i_cell_is(t, "form", 1, "change on stated base"));
    assert_true(karvan_i_cell_is(t, "shares_from", 1, "exporter"));
    karvan_table_destroy(t);
    let_go(&m);
}

static void a_class_not_traded_adds_nothing(void **state) {
    (void)state;
    made m = cost_of("exporter,importer,cargo_class,d_hours\nAAA,BBB,goods,-24\n",
                     (karvan_cost_options){0});
    karvan_table *t = parts_of(&m);
    near(t, "share", 0, 0), near(t, "d_ln_tau", 1, 0);
    assert_false(signbit(karvan_i_cell_real(t, "partial_effect", 1)));
    karvan_table_destroy(t);
    let_go(&m);
}

static void what_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *changes, *said;
    } cases[] = {
        {"exporter,d_usd_t\nA,1\n", "table changes has no column importer"},
        {"exporter,importer\nA,B\n",
         "table changes has no change of cost: columns d_usd_t, d_hours, d_dispersion_h, or "
         "usd_t_before, usd_t_after, hours_before, hours_after"},
        {"exporter,importer,d_hour\nA,B,1\n",
         "table changes has a column d_hour, which is none; did you mean d_hours?"},
        {"exporter,importer,d_usd_t,hours_before\nA,B,1,2\n",
         "table changes has both changes (d_...) and levels (..._before, ..._after); one of the "
         "two "
         "forms"},
        {"exporter,importer,usd_t_before,usd_t_after,hours_before\nA,B,1,2,3\n",
         "table changes has no column hours_after"},
        {"exporter,importer,usd_t_before,usd_t_after,hours_before,hours_after,base_tau\n"
         "A,B,1,2,3,4,1\n",
         "table changes states base_tau beside levels, which give it; leave it out"},
        {"exporter,importer,d_usd_t\nAAA,BBB,\nAAA,BBB,1\n",
         "changes:2:9: no number; 0 where nothing changes"},
        {"exporter,importer,d_usd_t\nAAA,BBB,cheap\n",
         "changes:2:9: column d_usd_t holds text where numbers are needed"},
        {"exporter,importer,d_usd_t\nAAA,AAA,1\n",
         "changes:2:5: trade within a country has no corridor; leave the row out"},
        {"exporter,importer,d_usd_t\nAAA,,1\n", "changes:2:5: no country"},
        {"exporter,importer,cargo_class,d_usd_t\nAAA,BBB,grains,1\n",
         "changes:2:9: no cargo class is called 'grains'; did you mean grain?"},
        {"exporter,importer,cargo_class,share,d_usd_t\nAAA,BBB,grain,1.2,1\n",
         "changes:2:15: a share is from 0 to 1"},
        {"exporter,importer,cargo_class,share,d_usd_t\nAAA,BBB,all,0.2,1\n",
         "changes:2:9: a share is of one class; name it in column cargo_class"},
        {"exporter,importer,cargo_class,share,d_usd_t\nAAA,BBB,grain,0.7,1\nAAA,BBB,goods,0.6,1\n",
         "changes:2:15: shares of AAA-BBB sum to 1.3; 1 at most"},
        {"exporter,importer,cargo_class,d_usd_t\nAAA,BBB,grain,1\nAAA,BBB,grain,2\n",
         "changes:3:9: another row has this class of this pair"},
        {"exporter,importer,cargo_class,d_usd_t\nAAA,BBB,grain,1\nAAA,BBB,all,2\n",
         "changes:2:9: another row of this pair speaks for all classes"},
        {"exporter,importer,cargo_class,d_usd_t,base_tau\nAAA,BBB,grain,1,1.1\n"
         "AAA,BBB,metals,2,1.2\n",
         "changes:2:17: another row of this pair has another base trade cost"},
        {"exporter,importer,d_usd_t\nAAA,CCC,1\n",
         "changes:2:1: no class shares of AAA-CCC: a column share, or rows of table class_shares "
         "and "
         "a matrix by product"},
        {"exporter,importer,d_usd_t,base_tau\nAAA,BBB,1,0.9\n",
         "changes:2:11: a base trade cost is 1 (none) or more, 1.3 for 30 per cent"},
        {"exporter,importer,d_usd_t,base_tau\nAAA,BBB,-100,1.1\n",
         "changes:2:1: the saving is 0.235 of the value, more than the whole trade cost of a base "
         "of 1.1"},
        {"exporter,importer,cargo_class,usd_t_before,usd_t_after,hours_before,hours_after\n"
         "AAA,BBB,grain,10,10,-1,5\n",
         "changes:2:21: a total below 0; cost, hours and spread are from 0"},
        {"exporter,importer,cargo_class,usd_t_before,usd_t_after,hours_before,hours_after\n"
         "AAA,BBB,grain,10,10,1,5\n",
         "changes:2:1: no levels of class metals, 0.6 of what AAA sells to BBB; levels need a row "
         "for each class"}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        made m;
        karvan_error e = {0};
        karvan_status st = try_cost(&m, cases[k].changes, (karvan_cost_options){0}, &e);
        if (st != KARVAN_E_DATA || strcmp(said(&e), cases[k].said) != 0)
            fail_msg("case %zu: %s", k, e.msg);
        assert_null(m.cost);
        let_go(&m);
    }
}

static void classes_refused(void **state) {
    (void)state;
    static const struct {
        const char *classes, *said;
    } cases[] = {{"id,value_usd_per_t,delta_percent_day\nx,1,1\n",
                  "table classes has no column reliability_ratio"},
                 {"id,value_usd_per_t,delta_percent_day,reliability_ratio\nx,0,1,1\n",
                  "classes:2:3: a class needs its value of a tonne, above 0"},
                 {"id,value_usd_per_t,delta_percent_day,reliability_ratio\nx,1,1,1\nx,1,1,1\n",
                  "classes:3:1: this class stands in an earlier row"},
                 {"id,value_usd_per_t,delta_percent_day,reliability_ratio,delta_low,delta_high\n"
                  "x,1,1,1,2,3\n",
                  "classes:2:9: a range is above 0 and holds the value stated beside it"},
                 {"id,value_usd_per_t,delta_percent_day,reliability_ratio,delta_low\nx,1,1,1,0.5\n",
                  "classes:2:1: one end of the range is missing; give both or none"}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        karvan_error e = {0};
        karvan_cost *cost = NULL;
        karvan_table *classes = table("classes", cases[k].classes),
                     *changes = table("changes", "exporter,importer,cargo_class,share,d_usd_t\n"
                                                 "A,B,x,1,1\n");
        const karvan_cost_options o = {.classes = classes};
        assert_int_equal(karvan_cost_create(changes, &o, &cost, &e), KARVAN_E_DATA);
        assert_string_equal(said(&e), cases[k].said);
        assert_null(cost);
        karvan_table_destroy(classes), karvan_table_destroy(changes);
    }
}

static void arguments_refused(void **state) {
    (void)state;
    karvan_error e = {0};
    made m;
    assert_int_equal(try_cost(&m, "exporter,importer,d_usd_t\nAAA,BBB,1\n",
                              (karvan_cost_options){.elasticity = -1}, &e),
                     KARVAN_E_ARG);
    let_go(&m);
    assert_int_equal(try_cost(&m, "exporter,importer,d_usd_t\nAAA,BBB,1\n",
                              (karvan_cost_options){.base_tau = 0.5}, &e),
                     KARVAN_E_ARG);
    let_go(&m);
    m = cost_of("exporter,importer,d_usd_t\nAAA,BBB,1\n", (karvan_cost_options){0});
    double d;
    karvan_table *t = NULL;
    assert_int_equal(karvan_cost_draw(m.cost, -1, &d, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_cost_intervals(m.cost, 1, &t, &e), KARVAN_E_ARG);
    assert_null(t);
    let_go(&m);
}

/* ---- a slow checker on random tables ---- */

enum { R_CLASSES = 5, R_PAIRS = 12 };

static double between(karvan_random *r, double a, double b) {
    return a + (b - a) * karvan_random_uniform(r);
}

/* Cost of a tonne over its value the long way: worth of an hour in dollars, generalised cost, then
 * over the value; against the table that the library made of the same numbers. */
static void one_random(karvan_random *r, bool levels) {
    karvan_builder *b = NULL, *k = NULL;
    karvan_table *changes = NULL, *classes = NULL, *t = NULL;
    karvan_cost *cost = NULL;
    static const karvan_column class_columns[] = {{"id", KARVAN_TEXT, NULL},
                                                  {"value_usd_per_t", KARVAN_REAL, NULL},
                                                  {"delta_percent_day", KARVAN_REAL, NULL},
                                                  {"reliability_ratio", KARVAN_REAL, NULL}};
    static const karvan_column change_columns[] = {{"exporter", KARVAN_TEXT, NULL},
                                                   {"importer", KARVAN_TEXT, NULL},
                                                   {"cargo_class", KARVAN_TEXT, NULL},
                                                   {"share", KARVAN_REAL, NULL},
                                                   {"usd_t_before", KARVAN_REAL, NULL},
                                                   {"usd_t_after", KARVAN_REAL, NULL},
                                                   {"hours_before", KARVAN_REAL, NULL},
                                                   {"hours_after", KARVAN_REAL, NULL},
                                                   {"dispersion_h_before", KARVAN_REAL, NULL},
                                                   {"dispersion_h_after", KARVAN_REAL, NULL}};
    static const karvan_column d_columns[] = {
        {"exporter", KARVAN_TEXT, NULL},      {"importer", KARVAN_TEXT, NULL},
        {"cargo_class", KARVAN_TEXT, NULL},   {"share", KARVAN_REAL, NULL},
        {"d_usd_t", KARVAN_REAL, NULL},       {"d_hours", KARVAN_REAL, NULL},
        {"d_dispersion_h", KARVAN_REAL, NULL}};
    double v[R_CLASSES], day[R_CLASSES], rho[R_CLASSES], tau[2][R_PAIRS] = {{0}};
    char name[16];
    assert_int_equal(karvan_builder_create("classes", 4, class_columns, &k, NULL), KARVAN_OK);
    for (int c = 0; c < R_CLASSES; c++) {
        v[c] = between(r, 50, 9000), day[c] = between(r, 0, 3), rho[c] = between(r, 0, 1);
        (void)snprintf(name, sizeof name, "c%d", c);
        (void)karvan_builder_row(k, NULL), (void)karvan_builder_text(k, 0, name, NULL);
        (void)karvan_builder_real(k, 1, v[c], NULL), (void)karvan_builder_real(k, 2, day[c], NULL);
        (void)karvan_builder_real(k, 3, rho[c], NULL);
    }
    assert_int_equal(karvan_builder_finish(k, &classes, NULL), KARVAN_OK);
    assert_int_equal(karvan_builder_create("changes", levels ? 10 : 7,
                                           levels ? change_columns : d_columns, &b, NULL),
                     KARVAN_OK);
    for (int c = 0; c < R_CLASSES; c++)
        for (int p = R_PAIRS - 1; p >= 0; p--) { /* not in the order of the pairs */
            double share = between(r, 0, 0.2), x[3][2];
            (void)karvan_builder_row(b, NULL);
            (void)snprintf(name, sizeof name, "X%02d", p);
            (void)karvan_builder_text(b, 0, name, NULL);
            (void)karvan_builder_text(b, 1, "M", NULL);
            (void)snprintf(name, sizeof name, "c%d", c);
            (void)karvan_builder_text(b, 2, name, NULL);
            (void)karvan_builder_real(b, 3, share, NULL);
            for (int i = 0; i < 3; i++) {
                x[i][0] = levels ? between(r, 0, 300) : 0;
                x[i][1] = between(r, levels ? 0 : -100, 300);
                if (levels) (void)karvan_builder_real(b, 4 + 2 * i, x[i][0], NULL);
                (void)karvan_builder_real(b, levels ? 5 + 2 * i : 4 + i, x[i][1], NULL);
            }
            double usd_hour = day[c] / 100 * v[c] / 24;
            for (int w = 0; w < 2; w++)
                tau[w][p] +=
                    share * (x[0][w] + usd_hour * x[1][w] + rho[c] * usd_hour * x[2][w]) / v[c];
        }
    assert_int_equal(karvan_builder_finish(b, &changes, NULL), KARVAN_OK);
    const karvan_cost_options o = {.classes = classes, .elasticity = 3};
    karvan_error e = {0};
    if (karvan_cost_create(changes, &o, &cost, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_cost_parts(cost, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), R_PAIRS * (R_CLASSES + 1));
    for (int p = 0; p < R_PAIRS; p++) {
        int64_t whole = (int64_t)p * (R_CLASSES + 1) + R_CLASSES;
        double want = levels ? log((1 + tau[1][p]) / (1 + tau[0][p])) : tau[1][p], sum = 0;
        for (int64_t i = whole - R_CLASSES; i < whole; i++)
            sum += karvan_i_cell_real(t, "d_ln_tau", i);
        near(t, "d_ln_tau", whole, want), near(t, "d_ln_tau", whole, sum);
        near(t, "partial_effect", whole, -3 * want);
        near(t, "ad_valorem", whole, 100 * (tau[1][p] - tau[0][p]));
    }
    karvan_table_destroy(t), karvan_table_destroy(changes), karvan_table_destroy(classes);
    karvan_cost_destroy(cost);
}

static void against_the_long_way(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 1);
    for (int n = 0; n < 300; n++) one_random(&r, n % 2);
}

/* ---- draws ---- */

/* One USD a tonne more on goods alone tells the drawn value density, a day more the drawn worth. */
static void draws_have_their_quantiles(void **state) {
    (void)state;
    enum { DRAWS = 20000 };
    made m = cost_of("exporter,importer,cargo_class,share,d_usd_t,d_hours\nA,B,goods,1,1,0\n"
                     "A,C,goods,1,0,24\n",
                     (karvan_cost_options){.seed = 5});
    int below[2] = {0}, above[2] = {0}, under[2] = {0};
    double d[2], sum = 0;
    for (int64_t n = 1; n <= DRAWS; n++) {
        assert_int_equal(karvan_cost_draw(m.cost, n, d, NULL), KARVAN_OK);
        const double x[2] = {1 / d[0], 100 * d[1]}, low[2] = {500, 0.5}, high[2] = {4000, 2},
                     middle[2] = {1000, 1};
        for (int k = 0; k < 2; k++)
            below[k] += x[k]<low[k], above[k] += x[k]> high[k], under[k] += x[k] < middle[k];
        sum += (x[0] < 1000) == (x[1] < 1) ? 1 : -1;
    }
    for (int k = 0; k < 2; k++) { /* four standard deviations */
        assert_in_range(below[k], 1000 - 124, 1000 + 124);
        assert_in_range(above[k], 1000 - 124, 1000 + 124);
        assert_in_range(under[k], 10000 - 283, 10000 + 283);
    }
    assert_true(fabs(sum) < 4 * sqrt(DRAWS)); /* the two are drawn apart */
    let_go(&m);
}

/* A draw does not hang on what other pairs and classes there are; a seed is another draw. */
static void draws_are_of_their_class(void **state) {
    (void)state;
    made one = cost_of("exporter,importer,cargo_class,share,d_usd_t\nA,B,goods,1,1\n",
                       (karvan_cost_options){.seed = 5}),
         two = cost_of("exporter,importer,cargo_class,share,d_usd_t\nA,B,goods,1,1\n"
                       "0,B,metals,1,1\nA,D,grain,0.2,1\n",
                       (karvan_cost_options){.seed = 5}),
         other = cost_of("exporter,importer,cargo_class,share,d_usd_t\nA,B,goods,1,1\n",
                         (karvan_cost_options){.seed = 6});
    for (int64_t n = 0; n < 50; n++) {
        double a, b[3], c;
        assert_int_equal(karvan_cost_draw(one.cost, n, &a, NULL), KARVAN_OK);
        assert_int_equal(karvan_cost_draw(two.cost, n, b, NULL), KARVAN_OK);
        assert_int_equal(karvan_cost_draw(other.cost, n, &c, NULL), KARVAN_OK);
        assert_true(a == b[1] && (n == 0) == (a == c));
        assert_true(b[2] == 0.2 / 250); /* no range, no spread */
    }
    let_go(&one), let_go(&two), let_go(&other);
}

static void intervals_hold_the_stated(void **state) {
    (void)state;
    made m = cost_of("exporter,importer,d_usd_t,d_hours\nAAA,BBB,-8,-24\nBBB,AAA,-8,-24\n",
                     (karvan_cost_options){.seed = 1, .elasticity = 4});
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_cost_intervals(m.cost, 2000, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    for (int64_t r = 0; r < 2; r++) {
        double low = karvan_i_cell_real(t, "low", r), d = karvan_i_cell_real(t, "d_ln_tau", r),
               high = karvan_i_cell_real(t, "high", r);
        assert_true(low < d && d < high && high < 0);
        near(t, "effect_low", r, -4 * high), near(t, "effect_high", r, -4 * low);
    }
    near(t, "d_ln_tau", 0, -0.0248); /* 0.0188 and 0.006 */
    karvan_table_destroy(t);
    let_go(&m);
}

/* ---- memory ---- */

static made kept;
static karvan_status everything(karvan_error *e) {
    karvan_cost *cost = NULL;
    karvan_table *a = NULL, *b = NULL, *c = NULL;
    const karvan_cost_options o = {.classes = kept.classes, .shares = kept.shares};
    karvan_status st = karvan_cost_create(kept.changes, &o, &cost, e);
    if (st == KARVAN_OK) st = karvan_cost_parts(cost, &a, e);
    if (st == KARVAN_OK) st = karvan_cost_changes(cost, 3, &b, e);
    if (st == KARVAN_OK) st = karvan_cost_intervals(cost, 5, &c, e);
    karvan_table_destroy(a), karvan_table_destroy(b), karvan_table_destroy(c);
    karvan_cost_destroy(cost);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    kept = cost_of("exporter,importer,d_usd_t,d_hours\nAAA,BBB,-8,-24\nBBB,AAA,-8,-24\n",
                   (karvan_cost_options){0});
    every_allocation_fails(everything, 2000);
    let_go(&kept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(changes_by_hand),
                                       cmocka_unit_test(levels_by_hand),
                                       cmocka_unit_test(levels_that_hardly_move),
                                       cmocka_unit_test(a_stated_base),
                                       cmocka_unit_test(a_class_not_traded_adds_nothing),
                                       cmocka_unit_test(what_is_refused),
                                       cmocka_unit_test(classes_refused),
                                       cmocka_unit_test(arguments_refused),
                                       cmocka_unit_test(against_the_long_way),
                                       cmocka_unit_test(draws_have_their_quantiles),
                                       cmocka_unit_test(draws_are_of_their_class),
                                       cmocka_unit_test(intervals_hold_the_stated),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
