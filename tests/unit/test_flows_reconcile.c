/* Mirror flows of a few countries, reconciled by hand; random ones, by a slow obvious checker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "flows_table.h"
#include "sweep.h"
#include "trade/flows.h"

#define HEAD "year,exporter,importer,product,value,unit,price_basis,reported_by,flag,source\n"
/* 121.9 / 1.06 = 115 */
static const char SMALL[] =
    HEAD "2020,AAA,BBB,TOTAL,100,thousand USD,fob,exporter,,one\n"
         "2020,AAA,BBB,TOTAL,121.9,thousand USD,cif,importer,,one\n"
         "2020,AAA,CCC,TOTAL,0.05,million USD,as reported,exporter,,one\n"
         "2020,CCC,AAA,TOTAL,53,thousand USD,as reported,importer,estimate,one\n"
         "2020,BBB,CCC,TOTAL,7,thousand USD,fob,importer,,one\n"
         "2020,BBB,AAA,TOTAL,0,thousand USD,fob,exporter,,one\n"
         "2020,BBB,AAA,TOTAL,10.6,thousand USD,cif,importer,,one\n"
         "2021,AAA,BBB,TOTAL,,thousand USD,fob,exporter,,one\n"
         "2021,AAA,AAA,TOTAL,500,thousand USD,fob,derived,gross output less exports,wiod\n";

typedef struct results {
    karvan_table *flows, *apart, *audit;
} results;

static results reconcile(const char *csv, const karvan_mirror_options *o) {
    results r = {0};
    karvan_error e = {0};
    karvan_table *t = flows_of(csv);
    if (karvan_flows_reconcile(t, o, &r.flows, &r.apart, &r.audit, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    karvan_table_destroy(t);
    return r;
}

static void results_clear(results *r) {
    karvan_table_destroy(r->flows), karvan_table_destroy(r->apart);
    karvan_table_destroy(r->audit);
}

static void is_refused(const char *csv, const karvan_mirror_options *o, karvan_status status,
                       const char *message) {
    karvan_table *t = flows_of(csv), *out = t;
    karvan_error e = {0};
    assert_int_equal(karvan_flows_reconcile(t, o, &out, NULL, NULL, &e), status);
    assert_null(out);
    assert_string_equal(e.msg, message);
    karvan_table_destroy(t);
}

/* Rows by key: 2020 AAA-BBB, AAA-CCC, BBB-AAA, BBB-CCC, CCC-AAA; 2021 AAA-AAA, AAA-BBB. */
static void importers_first(void **state) {
    (void)state;
    results r = reconcile(SMALL, &(karvan_mirror_options){0});
    const karvan_table *t = r.flows;
    assert_int_equal(karvan_table_rows(t), 7);
    is_number(t, "value", 0, 115), is_text(t, "reported_by", 0, "importer");
    is_text(t, "flag", 0, "cif to fob"), is_number(t, "cif_fob", 0, 1.06);
    is_number(t, "value_exporter", 0, 100), is_number(t, "value_importer", 0, 121.9);
    is_number(t, "ratio", 0, 1.219), is_number(t, "weight_exporter", 0, NAN);
    is_number(t, "value", 1, 50), is_text(t, "unit", 1, "thousand USD"); /* million as thousand */
    is_text(t, "flag", 1, "only the exporter's; basis assumed");
    is_number(t, "value_importer", 1, NAN), is_number(t, "cif_fob", 1, NAN);
    is_number(t, "value", 2, 10); /* 10.6 / 1.06, though the exporter says 0 */
    is_number(t, "ratio", 2, NAN);
    is_number(t, "value", 3, 7), is_text(t, "flag", 3, "only the importer's"); /* stated fob */
    is_number(t, "value", 4, 50);
    is_text(t, "flag", 4, "estimate; only the importer's; basis assumed; cif to fob");
    is_number(t, "value", 5, 500), is_text(t, "reported_by", 5, "derived");
    is_text(t, "flag", 5, "gross output less exports");
    assert_int_equal(karvan_table_state(t, KARVAN_FLOW_VALUE, 6), KARVAN_UNKNOWN);
    is_text(t, "flag", 6, "no figure is known");
    results_clear(&r);
}

static void exporters_first_and_cif(void **state) {
    (void)state;
    results r = reconcile(SMALL, &(karvan_mirror_options){.rule = KARVAN_MIRROR_EXPORTER,
                                                          .cif = true,
                                                          .cif_fob = 1.1,
                                                          .unit = "million USD"});
    is_number(r.flows, "value", 0, 0.11), is_text(r.flows, "flag", 0, "fob to cif");
    is_text(r.flows, "price_basis", 0, "cif"), is_text(r.flows, "unit", 0, "million USD");
    is_number(r.flows, "value", 2, 0);     /* the exporter's 0 stands */
    is_number(r.flows, "value", 4, 0.053); /* the importer's only: cif as it is */
    is_text(r.flows, "flag", 4, "estimate; only the importer's; basis assumed");
    is_number(r.flows, "value", 5, 0.5); /* derived: in the unit, not moved */
    results_clear(&r);
}

/* Only BBB and AAA mirror, with |ln 1.15| and a 0 that tells nothing: both are as far off. */
static void means_of_equals(void **state) {
    (void)state;
    results r = reconcile(SMALL, &(karvan_mirror_options){.rule = KARVAN_MIRROR_MEAN});
    is_number(r.flows, "weight_exporter", 0, 0.5), is_number(r.flows, "value", 0, 107.5);
    is_text(r.flows, "reported_by", 0, "reconciled");
    is_text(r.flows, "flag", 0, "mean of both; importer's cif to fob");
    is_number(r.flows, "value", 2, 5);
    is_text(r.flows, "flag", 1, "only the exporter's; basis assumed");
    results_clear(&r);
}

static void what_is_apart(void **state) {
    (void)state;
    results r = reconcile(SMALL, &(karvan_mirror_options){.apart = 1.15});
    assert_int_equal(karvan_table_rows(r.apart), 2);
    is_number(r.apart, "gap", 0, 15), is_number(r.apart, "ratio", 0, 1.219);
    is_text(r.apart, "exporter", 1, "BBB"), is_number(r.apart, "gap", 1, 10);
    is_number(r.apart, "ratio", 1, NAN);
    assert_int_equal(audit_rows(r.audit, "rows read"), 9);
    assert_int_equal(audit_rows(r.audit, "flows"), 7);
    assert_int_equal(audit_rows(r.audit, "stated by both"), 2);
    assert_int_equal(audit_rows(r.audit, "only by the exporter"), 1);
    assert_int_equal(audit_rows(r.audit, "only by the importer"), 2);
    assert_int_equal(audit_rows(r.audit, "stated by neither"), 1);
    assert_int_equal(audit_rows(r.audit, "passed as they are"), 1);
    results_clear(&r);
    r = reconcile(SMALL, &(karvan_mirror_options){0}); /* 1.15 is no factor of 2 */
    assert_int_equal(karvan_table_rows(r.apart), 1);
    results_clear(&r);
}

static const char SETS[] = HEAD "2020,AAA,BBB,TOTAL,100,thousand USD,fob,exporter,,a\n"
                                "2020,AAA,BBB,TOTAL,90,thousand USD,fob,exporter,,press\n"
                                "2020,AAA,BBB,TOTAL,106,thousand USD,cif,importer,,b\n";

static void data_sets_are_kept_apart(void **state) {
    (void)state;
    static const char *const order[] = {"press", "a"};
    results r = reconcile(SETS, &(karvan_mirror_options){0});
    assert_int_equal(karvan_table_rows(r.flows), 3);
    is_number(r.flows, "value", 0, 100), is_number(r.flows, "value", 1, 100);
    is_text(r.flows, "source", 1, "b");
    results_clear(&r);
    is_refused(SETS, &(karvan_mirror_options){.across = true}, KARVAN_E_DATA,
               "f.csv:3: a figure of press beside a, which has no order, of 2020 from AAA to BBB "
               "stands at f.csv:2 already");
    r = reconcile(SETS, &(karvan_mirror_options){.across = true,
                                                 .n_sources = 2,
                                                 .sources = order,
                                                 .rule = KARVAN_MIRROR_EXPORTER});
    assert_int_equal(karvan_table_rows(r.flows), 1);
    is_number(r.flows, "value", 0, 90), is_number(r.flows, "value_importer", 0, 106);
    is_text(r.flows, "source", 0, "press");
    results_clear(&r);
}

/* A data set that has the row but not the value gives way. */
static void a_blank_gives_way(void **state) {
    (void)state;
    static const char *const order[] = {"press", "a"};
    results r =
        reconcile(HEAD "2020,AAA,BBB,TOTAL,100,thousand USD,fob,exporter,,a\n"
                       "2020,AAA,BBB,TOTAL,,thousand USD,fob,exporter,,press\n",
                  &(karvan_mirror_options){.across = true, .n_sources = 2, .sources = order});
    is_number(r.flows, "value", 0, 100), is_text(r.flows, "source", 0, "a");
    results_clear(&r);
}

static void faults_have_places(void **state) {
    (void)state;
    const karvan_mirror_options plain = {0};
    is_refused(HEAD
               "2020,AAA,BBB,TOTAL,1,USD,fob,exporter,,a\n2020,AAA,BBB,,2,USD,fob,exporter,,a\n",
               &plain, KARVAN_E_DATA,
               "f.csv:3: another figure of the same side of 2020 from AAA to BBB stands at f.csv:2 "
               "already");
    is_refused(
        HEAD "2020,AAA,BBB,TOTAL,1,USD,fob,exporter,,a\n2020,AAA,BBB,,2,USD,fob,both,,a\n", &plain,
        KARVAN_E_DATA,
        "f.csv:3: a figure of another kind of 2020 from AAA to BBB stands at f.csv:2 already");
    is_refused(HEAD "2020,AAA,BBB,TOTAL,1,million EUR,fob,exporter,,a\n", &plain, KARVAN_E_DATA,
               "f.csv:2: thousand USD cannot be had from million EUR; convert it first, or leave "
               "the row or its data set out");
    is_refused(HEAD "2020,AAA,BBB,TOTAL,-1,USD,fob,exporter,,a\n", &plain, KARVAN_E_DATA,
               "f.csv:2: a flow of -1; 0 or more would be one");
    is_refused(HEAD "2020,AAA,,TOTAL,1,USD,fob,exporter,,a\n", &plain, KARVAN_E_DATA,
               "f.csv:2: a flow without importer");
    is_refused("year,exporter,value\n2020,AAA,1\n", &plain, KARVAN_E_DATA,
               "flows have no column importer");
    is_refused(SMALL, &(karvan_mirror_options){.cif_fob = 0.9}, KARVAN_E_ARG,
               "cif over fob is 1 to 10, not 0.9");
    is_refused(SMALL, &(karvan_mirror_options){.estimate = true}, KARVAN_E_ARG,
               "cif over fob is estimated on distances: none given");
    is_refused(SMALL, &(karvan_mirror_options){.unit = "thousand euros"}, KARVAN_E_ARG,
               "'thousand euros' is no unit of trade; thousand USD or million USD would be");
}

static void rules_have_names(void **state) {
    (void)state;
    karvan_mirror_rule rule;
    karvan_error e = {0};
    assert_int_equal(karvan_mirror_rule_parse("mean", &rule, NULL), KARVAN_OK);
    assert_int_equal(rule, KARVAN_MIRROR_MEAN);
    assert_int_equal(karvan_mirror_rule_parse("best", &rule, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "mirrors are reconciled by importer, exporter or mean, not 'best'");
}

/* ---- estimates ---- */

/* Twelve mirrors on a line ln ratio = -0.4 + 0.06 ln km exactly, two that are no freight. */
static void ratio_on_distance(void **state) {
    (void)state;
    enum { N = 14 };
    karvan_i_mirror m[N];
    double km[N];
    karvan_i_cif_line line;
    for (int k = 0; k < N; k++) {
        km[k] = 500.0 * (k + 1);
        m[k] = (karvan_i_mirror){0, 1, 100, 100 * exp(-0.4 + 0.06 * log(km[k])), 1};
    }
    m[3].by_importer = 500, km[7] = NAN;
    assert_int_equal(karvan_i_cif_fit(N, m, km, &line, NULL), KARVAN_OK);
    assert_int_equal(line.n, 12);
    assert_true(fabs(line.a + 0.4) < 1e-12 && fabs(line.b - 0.06) < 1e-12);
    assert_true(fabs(line.r2 - 1) < 1e-9);
    assert_true(fabs(karvan_i_cif_at(&line, 5000) - exp(-0.4 + 0.06 * log(5000))) < 1e-12);
    assert_true(karvan_i_cif_at(&line, 10) == 1); /* nobody is paid for carrying */
    karvan_error e = {0};
    assert_int_equal(karvan_i_cif_fit(9, m, km, &line, &e), KARVAN_E_DATA);
    for (int k = 0; k < N; k++) km[k] = 100;
    karvan_error same = {0};
    assert_int_equal(karvan_i_cif_fit(N, m, km, &line, &same), KARVAN_E_DATA);
    assert_string_equal(same.msg,
                        "cif over fob cannot be estimated: all mirrors have one distance");
}

static void ratio_by_pair(void **state) {
    (void)state;
    char csv[4096] = HEAD, km[2048] = "origin,destination,dist_km\n";
    karvan_table *t, *d;
    karvan_error e = {0};
    for (int k = 0; k < 12; k++) { /* importers at 1000 (k+1) km, ratio of the line */
        size_t n = strlen(csv), m = strlen(km);
        double ratio = exp(-0.4 + 0.06 * log(1000.0 * (k + 1)));
        (void)snprintf(csv + n, sizeof csv - n,
                       "2020,AAA,C%02d,TOTAL,100,USD,fob,exporter,,a\n"
                       "2020,AAA,C%02d,TOTAL,%.17g,USD,cif,importer,,a\n",
                       k, k, 100 * ratio);
        (void)snprintf(km + m, sizeof km - m, "AAA,C%02d,%d\n", k, 1000 * (k + 1));
    }
    (void)snprintf(csv + strlen(csv), sizeof csv - strlen(csv),
                   "2020,AAA,ZZZ,TOTAL,106,USD,cif,importer,,a\n");
    t = flows_of(csv), d = flows_of(km);
    const karvan_mirror_options o = {.estimate = true, .distances = d, .unit = "USD"};
    karvan_table *out = NULL, *audit = NULL;
    if (karvan_flows_reconcile(t, &o, &out, NULL, &audit, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    for (int k = 0; k < 12; k++)
        assert_true(fabs(karvan_i_cell_real(out, "value", k) - 100) < 1e-9);
    is_number(out, "value", 12, 100), is_number(out, "cif_fob", 12, 1.06); /* no distance */
    assert_int_equal(audit_rows(audit, "cif over fob"), 12);
    karvan_table_destroy(out), karvan_table_destroy(audit);
    karvan_table_destroy(t), karvan_table_destroy(d);
}

/* Three reporters, all pairs both ways, |d| = e_i + e_j with e = 0.1, 0.2, 0.6: found but for the
 * pull to the mean, which a thousand mirrors a pair make small. */
static void reliability_is_found(void **state) {
    (void)state;
    enum { N = 6000 };
    static const double true_e[] = {0.1, 0.2, 0.6};
    static karvan_i_mirror m[N];
    static double d[N], e[4];
    int64_t mirrors[4];
    for (int k = 0; k < N; k++) {
        int i = k % 3, j = (i + 1 + k / 3 % 2) % 3;
        m[k] = (karvan_i_mirror){i, j, 1, 1, 1};
        d[k] = (k % 5 ? 1 : -1) * (true_e[i] + true_e[j]);
    }
    assert_int_equal(karvan_i_reliability(N, m, d, 4, e, mirrors, NULL), KARVAN_OK);
    for (int i = 0; i < 3; i++) assert_true(fabs(e[i] - true_e[i]) < 1e-3);
    assert_true(fabs(e[3] - 0.3) < 1e-12); /* who has no mirrors is as the mean: 0.6 / 2 */
    assert_int_equal(mirrors[0], 4000), assert_int_equal(mirrors[3], 0);
}

/* The answer is the least of its convex objective: no reporter's gradient pulls it anywhere. */
static void reliability_is_least(void **state) {
    (void)state;
    enum { N = 60, C = 7 };
    for (int seed = 0; seed < 200; seed++) {
        karvan_random rnd;
        karvan_i_mirror m[N];
        double d[N], e[C], weights = 0, sum = 0;
        int64_t mirrors[C];
        karvan_random_init(&rnd, (uint64_t)seed, 4);
        for (int k = 0; k < N; k++) {
            int32_t i = (int32_t)karvan_random_below(&rnd, C),
                    j = (int32_t)karvan_random_below(&rnd, C);
            m[k] = (karvan_i_mirror){i, j, 1, 1, 0.1 + karvan_random_uniform(&rnd)};
            d[k] = 2 * karvan_random_uniform(&rnd) - (k % 2);
            weights += m[k].weight, sum += m[k].weight * fabs(d[k]);
        }
        assert_int_equal(karvan_i_reliability(N, m, d, C, e, mirrors, NULL), KARVAN_OK);
        for (int i = 0; i < C; i++) {
            double g = 3 * weights / N * (e[i] - 0.5 * sum / weights);
            for (int k = 0; k < N; k++) {
                double off = e[m[k].exporter] + e[m[k].importer] - fabs(d[k]);
                g += m[k].weight * off * ((m[k].exporter == i) + (m[k].importer == i));
            }
            assert_true(e[i] > 0.01 ? fabs(g) < 1e-8 : e[i] == 0.01 && g > -1e-8);
        }
    }
}

/* ---- random flows against a slow checker ---- */

enum { ROWS = 120 };

/* The only row of a key and side, -1: none. */
static int64_t find(const karvan_table *t, int64_t year, const char *from, const char *to,
                    const char *by) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_real(t, "year", r) == (double)year &&
            karvan_i_cell_is(t, "exporter", r, from) && karvan_i_cell_is(t, "importer", r, to) &&
            karvan_i_cell_is(t, "reported_by", r, by))
            return r;
    return -1;
}

static void check_row(const karvan_table *t, const karvan_table *out, int64_t r, bool importer) {
    int64_t year = (int64_t)karvan_i_cell_real(out, "year", r);
    const char *from = karvan_i_cell_text(out, "exporter", r),
               *to = karvan_i_cell_text(out, "importer", r);
    int64_t x = find(t, year, from, to, "exporter"), m = find(t, year, from, to, "importer");
    double vx = x < 0 ? NAN : karvan_i_cell_real(t, "value", x),
           vm = m < 0 ? NAN : karvan_i_cell_real(t, "value", m);
    double fob = strcmp(from, to) == 0 ? vm : vm / 1.06;
    double want = importer ? isnan(fob) ? vx : fob : isnan(vx) ? fob : vx;
    is_number(out, "value", r, want);
    is_number(out, "value_exporter", r, vx), is_number(out, "value_importer", r, vm);
}

static void random_flows(void **state) {
    (void)state;
    for (int seed = 0; seed < 100; seed++) {
        static const char *const by[] = {"exporter", "importer"};
        char csv[ROWS * 64];
        bool used[2][3][5][5] = {0};
        int64_t flows = 0;
        karvan_random rnd;
        karvan_random_init(&rnd, (uint64_t)seed, 0);
        size_t n = (size_t)snprintf(csv, sizeof csv, "reported_by,importer,exporter,value,year\n");
        for (int k = 0; k < ROWS; k++) {
            int s = (int)karvan_random_below(&rnd, 2), y = (int)karvan_random_below(&rnd, 3);
            int i = (int)karvan_random_below(&rnd, 5), j = (int)karvan_random_below(&rnd, 5);
            if (used[s][y][i][j]) continue;
            flows += !used[1 - s][y][i][j], used[s][y][i][j] = true;
            n += (size_t)snprintf(csv + n, sizeof csv - n, "%s,C%d,C%d,%.6f,%d\n", by[s], j, i,
                                  1000 * karvan_random_uniform(&rnd), 2000 + y);
        }
        karvan_table *t = flows_of(csv), *out = NULL;
        bool importer = seed % 2 == 0;
        const karvan_mirror_options o = {.rule = importer ? KARVAN_MIRROR_IMPORTER
                                                          : KARVAN_MIRROR_EXPORTER};
        assert_int_equal(karvan_flows_reconcile(t, &o, &out, NULL, NULL, NULL), KARVAN_OK);
        assert_int_equal(karvan_table_rows(out), flows);
        for (int64_t r = 0; r < flows; r++) check_row(t, out, r, importer);
        karvan_table_destroy(t), karvan_table_destroy(out);
    }
}

/* The mean lies between the two figures, both fob, and does not depend on the unit. */
static void means_between(void **state) {
    (void)state;
    char csv[8192] = HEAD;
    karvan_random rnd;
    karvan_random_init(&rnd, 9, 0);
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++) {
            double v = 1000 * karvan_random_uniform(&rnd), off = exp(karvan_random_normal(&rnd));
            if (i != j)
                (void)snprintf(csv + strlen(csv), sizeof csv - strlen(csv),
                               "2020,C%d,C%d,TOTAL,%.6f,thousand USD,fob,exporter,,a\n"
                               "2020,C%d,C%d,TOTAL,%.6f,thousand USD,cif,importer,,a\n",
                               i, j, v, i, j, v * off);
        }
    results a = reconcile(csv, &(karvan_mirror_options){.rule = KARVAN_MIRROR_MEAN});
    results b = reconcile(csv, &(karvan_mirror_options){.rule = KARVAN_MIRROR_MEAN, .unit = "USD"});
    for (int64_t r = 0; r < 20; r++) {
        double x = karvan_i_cell_real(a.flows, "value_exporter", r),
               m = karvan_i_cell_real(a.flows, "value_importer", r) / 1.06,
               v = karvan_i_cell_real(a.flows, "value", r),
               w = karvan_i_cell_real(a.flows, "weight_exporter", r);
        assert_true(w > 0 && w < 1);
        assert_true(v >= fmin(x, m) - 1e-9 && v <= fmax(x, m) + 1e-9);
        assert_true(fabs(v - (w * x + (1 - w) * m)) < 1e-9);
        assert_true(fabs(karvan_i_cell_real(b.flows, "value", r) / 1000 - v) < 1e-9 * v);
    }
    results_clear(&a), results_clear(&b);
}

/* CC0 to CC2 agree with one another, CC3 is off with all: the other side of its flows counts for
 * more. What a country states of trade with itself, however odd, tells nothing of it. */
static void whoever_is_off_counts_less(void **state) {
    (void)state;
    double weight[2][2];
    for (int home = 0; home < 2; home++) {
        char csv[4096] = HEAD;
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++)
                if (i != j || (home && i == 0))
                    (void)snprintf(csv + strlen(csv), sizeof csv - strlen(csv),
                                   "2020,CC%d,CC%d,TOTAL,100,thousand USD,fob,exporter,,a\n"
                                   "2020,CC%d,CC%d,TOTAL,%d,thousand USD,fob,importer,,a\n",
                                   i, j, i, j,
                                   i == j             ? 90000
                                   : i == 3 || j == 3 ? 300
                                                      : 100);
        results r = reconcile(csv, &(karvan_mirror_options){.rule = KARVAN_MIRROR_MEAN});
        for (int64_t row = 0; row < karvan_table_rows(r.flows); row++) {
            bool from = karvan_i_cell_is(r.flows, "exporter", row, "CC0"),
                 to = karvan_i_cell_is(r.flows, "importer", row, "CC0");
            double w = karvan_i_cell_real(r.flows, "weight_exporter", row);
            if (from && karvan_i_cell_is(r.flows, "importer", row, "CC3")) weight[home][0] = w;
            if (to && karvan_i_cell_is(r.flows, "exporter", row, "CC3")) weight[home][1] = w;
        }
        results_clear(&r);
    }
    assert_true(weight[0][0] > 0.9 && weight[0][1] < 0.1);
    assert_true(fabs(weight[0][0] - weight[1][0]) < 1e-12);
}

static karvan_status all_of_it(karvan_error *err) {
    static const char *const order[] = {"press", "a"};
    karvan_table *t = NULL, *out = NULL, *apart = NULL, *audit = NULL;
    const karvan_mirror_options o = {
        .rule = KARVAN_MIRROR_MEAN, .across = true, .n_sources = 2, .sources = order};
    karvan_status st = flows_read(SETS, &t, err);
    if (st == KARVAN_OK) st = karvan_flows_reconcile(t, &o, &out, &apart, &audit, err);
    karvan_table_destroy(t), karvan_table_destroy(out), karvan_table_destroy(apart);
    karvan_table_destroy(audit);
    return st;
}

static void failing_allocations(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(importers_first),
                                       cmocka_unit_test(exporters_first_and_cif),
                                       cmocka_unit_test(means_of_equals),
                                       cmocka_unit_test(what_is_apart),
                                       cmocka_unit_test(data_sets_are_kept_apart),
                                       cmocka_unit_test(a_blank_gives_way),
                                       cmocka_unit_test(faults_have_places),
                                       cmocka_unit_test(rules_have_names),
                                       cmocka_unit_test(ratio_on_distance),
                                       cmocka_unit_test(ratio_by_pair),
                                       cmocka_unit_test(reliability_is_found),
                                       cmocka_unit_test(reliability_is_least),
                                       cmocka_unit_test(random_flows),
                                       cmocka_unit_test(means_between),
                                       cmocka_unit_test(whoever_is_off_counts_less),
                                       cmocka_unit_test(failing_allocations)};
    return cmocka_run_group_tests_name("flows_reconcile", tests, NULL, NULL);
}
