/* Products that two countries could trade and hardly do: worked out by hand, against a slow checker
 * on random flows, and refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "karvan/trade.h"
#include "sweep.h"
#include "table/cell.h"

static karvan_table *parse(const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    static const karvan_column columns[] = {{"product", KARVAN_TEXT, NULL}};
    const karvan_csv_options o = {.n_columns = 1, .columns = columns, .extra_columns = true};
    if (karvan_csv_parse(csv, strlen(csv), "flows", "flows", &o, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

/* X sells 90 of p to Z and 10 of p to M, and 100 of q to Z; Y 100 of p and 50 of q to M; M 50 of q
 * to Z. */
static const char FLOWS[] = "year,exporter,importer,product,value,unit\n"
                            "2020,X,Z,p,90,thousand USD\n2020,X,M,p,10,thousand USD\n"
                            "2020,X,Z,q,0.1,million USD\n2020,Y,M,p,100,thousand USD\n"
                            "2020,Y,M,q,50,thousand USD\n2020,M,Z,q,50,thousand USD\n"
                            "2020,X,M,TOTAL,7,thousand USD\n2020,Y,Y,p,7,thousand USD\n"
                            "2019,X,M,p,999,thousand USD\n";

static void near(const karvan_table *t, const char *column, int64_t row, double want) {
    double got = karvan_i_cell_real(t, column, row);
    if (!(fabs(got - want) <= 1e-12 * fmax(1, fabs(want))))
        fail_msg("%s of row %lld: %.17g, not %.17g", column, (long long)row, got, want);
}

/* World: p 200, q 200, all 400. X: p 100, q 100, so RCA 1 of each, which is no advantage. Y: p 100
 * of 150: RCA (2/3) / (1/2) = 4/3. M buys p 110 and q 50 of 160: (110/160) / (1/2) = 1.375. Of Y in
 * M: expected p 110 * 100 / 200 = 55, actual 100. q: M sells 50 itself, 50 * 50 / 150 = 50/3. */
static void by_hand(void **state) {
    (void)state;
    karvan_table *flows = parse(FLOWS), *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_trade_missing_products(flows, "Y", "M", 2020, 0, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    assert_true(karvan_i_cell_is(t, "product", 0, "p"));
    near(t, "rca", 0, 4.0 / 3), near(t, "import_specialisation", 0, 1.375);
    near(t, "expected", 0, 55000), near(t, "actual", 0, 100000), near(t, "gap", 0, 0);
    assert_true(karvan_i_cell_bool(t, "complementary", 0));
    assert_false(karvan_i_cell_bool(t, "missing", 0));
    near(t, "expected", 1, 50000.0 / 3), near(t, "rca", 1, 2.0 / 3), near(t, "exports", 1, 50000);
    near(t, "imports", 1, 50000), near(t, "world", 1, 200000);
    assert_string_equal(karvan_table_column(t, karvan_table_find(t, "gap")).unit, "USD");
    karvan_table_destroy(t);
    /* twice the expected is asked for: then it is missing */
    assert_int_equal(karvan_trade_missing_products(flows, "Y", "M", 2020, 2, &t, &e), KARVAN_OK);
    assert_true(karvan_i_cell_bool(t, "missing", 0));
    karvan_table_destroy(t);
    /* X sells M a fifth of what is expected of p, 55, and nothing of q: 50 * 100 / 150 */
    assert_int_equal(karvan_trade_missing_products(flows, "X", "M", 2020, 0, &t, &e), KARVAN_OK);
    assert_true(karvan_i_cell_is(t, "product", 0, "p"));
    near(t, "actual_over_expected", 0, 10.0 / 55), near(t, "gap", 0, 45000);
    near(t, "gap", 1, 100000.0 / 3), near(t, "actual", 1, 0), near(t, "rca", 1, 1);
    assert_false(karvan_i_cell_bool(t, "complementary", 0));
    karvan_table_destroy(t), karvan_table_destroy(flows);
}

static void refusals(void **state) {
    (void)state;
    static const struct {
        const char *csv, *x, *m, *said;
        int64_t year;
    } cases[] = {{FLOWS, "X", "M",
                  "table flows has no flows by product in 2021; its years go from 2019 to "
                  "2020",
                  2021},
                 {FLOWS, "Z", "M", "Z exports nothing in 2020 in table flows", 2020},
                 {FLOWS, "X", "Y", "Y imports nothing in 2020 in table flows", 2020},
                 {"year,exporter,importer,product,value\n2020,X,M,p,1\n2020,X,M,p,2\n", "X", "M",
                  "flows:3:1: another row states this flow too; reconcile the mirrors first", 2020},
                 {"year,exporter,importer,product,value\n2020,X,M,p,-1\n", "X", "M",
                  "flows:2:1: trade below 0", 2020},
                 {"year,exporter,importer,product,value,unit\n2020,X,M,p,1,USD\n2020,X,M,q,1,EUR\n",
                  "X", "M", "flows:3:1: another currency than in earlier rows", 2020},
                 {"year,exporter,importer,product,value,classification\n2020,X,M,01,1,HS1992\n"
                  "2020,X,M,02,1,HS2012\n",
                  "X", "M", "flows:3:1: products of another classification than in earlier rows",
                  2020},
                 {"year,exporter,product,value\n2020,X,p,1\n", "X", "M",
                  "table flows has no column importer", 2020}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        karvan_table *flows = parse(cases[k].csv), *t = NULL;
        karvan_error e = {0};
        assert_int_equal(
            karvan_trade_missing_products(flows, cases[k].x, cases[k].m, cases[k].year, 0, &t, &e),
            KARVAN_E_DATA);
        assert_string_equal(e.msg, cases[k].said);
        assert_null(t);
        karvan_table_destroy(flows);
    }
    karvan_table *flows = parse(FLOWS), *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_trade_missing_products(flows, "X", "X", 2020, 0, &t, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_trade_missing_products(flows, "X", "M", 2020, -1, &t, &e),
                     KARVAN_E_ARG);
    karvan_table_destroy(flows);
}

/* ---- random flows, and cubes of numbers looked through ---- */

enum { N = 6, P = 8 };

static void one_random(karvan_random *r) {
    static const karvan_column columns[] = {{"year", KARVAN_INT, NULL},
                                            {"exporter", KARVAN_TEXT, NULL},
                                            {"importer", KARVAN_TEXT, NULL},
                                            {"product", KARVAN_TEXT, NULL},
                                            {"value", KARVAN_REAL, NULL}};
    double x[N][N][P] = {{{0}}}, all = 0;
    karvan_builder *b = NULL;
    karvan_table *flows = NULL, *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_builder_create("flows", 5, columns, &b, NULL), KARVAN_OK);
    for (int p = P - 1; p >= 0; p--)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                if (i == j || karvan_random_uniform(r) < 0.3) continue;
                const char from[] = {(char)('A' + i), 0}, to[] = {(char)('A' + j), 0},
                           what[] = {(char)('p' + p), 0};
                x[i][j][p] = exp(3 * karvan_random_normal(r));
                all += x[i][j][p];
                (void)karvan_builder_row(b, NULL), (void)karvan_builder_int(b, 0, 2020, NULL);
                (void)karvan_builder_text(b, 1, from, NULL),
                    (void)karvan_builder_text(b, 2, to, NULL);
                (void)karvan_builder_text(b, 3, what, NULL);
                (void)karvan_builder_real(b, 4, x[i][j][p], NULL);
            }
    assert_int_equal(karvan_builder_finish(b, &flows, NULL), KARVAN_OK);
    if (karvan_trade_missing_products(flows, "A", "B", 2020, 0.7, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    double sells = 0, buys = 0;
    for (int p = 0; p < P; p++)
        for (int j = 0; j < N; j++) sells += x[0][j][p], buys += x[j][1][p];
    for (int64_t k = 0; k < karvan_table_rows(t); k++) {
        int p = *karvan_i_cell_text(t, "product", k) - 'p';
        double world = 0, xp = 0, mp = 0, own = 0;
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                world += x[i][j][p], xp += i == 0 ? x[i][j][p] : 0, mp += j == 1 ? x[i][j][p] : 0,
                    own += i == 1 ? x[i][j][p] : 0;
        double rca = xp / sells / (world / all), spec = mp / buys / (world / all),
               expected = mp * xp / (world - own) * 1000, actual = x[0][1][p] * 1000;
        bool fits = rca > 1 && spec > 1, missing = fits && actual < 0.7 * expected;
        assert_true(fabs(karvan_i_cell_real(t, "rca", k) - rca) < 1e-9 * rca + 1e-12);
        assert_true(fabs(karvan_i_cell_real(t, "expected", k) - expected) <= 1e-9 * expected);
        assert_true(karvan_i_cell_bool(t, "complementary", k) == fits);
        assert_true(karvan_i_cell_bool(t, "missing", k) == missing);
        if (k == 0) continue; /* in order: missing first, then by gap */
        bool before = karvan_i_cell_bool(t, "missing", k - 1);
        assert_true(before || !missing);
        if (before == missing)
            assert_true(karvan_i_cell_real(t, "gap", k - 1) >= karvan_i_cell_real(t, "gap", k));
    }
    karvan_table_destroy(t), karvan_table_destroy(flows);
}

static void against_cubes(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 11, 3);
    for (int n = 0; n < 200; n++) one_random(&r);
}

static karvan_table *kept;
static karvan_status everything(karvan_error *e) {
    karvan_table *t = NULL;
    karvan_status st = karvan_trade_missing_products(kept, "X", "M", 2020, 0, &t, e);
    karvan_table_destroy(t);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    kept = parse(FLOWS);
    every_allocation_fails(everything, 1000);
    karvan_table_destroy(kept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(refusals),
                                       cmocka_unit_test(against_cubes),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
