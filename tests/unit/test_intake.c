/* Trade files into flows: BACI by hand and against a slow checker; what is left out is told;
 * allocations that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "intake.h"
#include "sweep.h"

#define BACI "t,i,j,k,v,q\n"

/* ---- BACI ---- */

static const char small[] = "\"t\",\"i\",\"j\",\"k\",\"v\",\"q\"\n"
                            "2021,4,31,382390,52.051,\"       13.235\"\n"
                            "2021,4,31,481890,0.041,\"        0.022\"\n"
                            "2021,4,398,70190,3.403,NA\n"
                            "2021,4,398,80610,1.000,        2.5\n"
                            "2021,842,31,270900,1000.1,5\r\n"
                            "2022,842,31,270900,0.2,\n";

static void baci_by_hand(void **state) {
    (void)state;
    intake_result r =
        intake_bytes(small, sizeof small - 1, "x/BACI_HS92_Y2021_V202301.csv", NULL, false);
    assert_int_equal(r.st, KARVAN_OK);
    assert_string_equal(r.tally.format, "baci");
    assert_int_equal(r.tally.kept, 6);
    columns_are(r.flows,
                "year exporter importer product classification value unit quantity quantity_unit",
                "2021,AFG,AZE,TOTAL,HS1992,52.092,thousand USD,13.257,t\n"
                "2021,AFG,KAZ,TOTAL,HS1992,4.403,thousand USD,,t\n"
                "2021,USA,AZE,TOTAL,HS1992,1000.1,thousand USD,5,t\n"
                "2022,USA,AZE,TOTAL,HS1992,0.2,thousand USD,,\n");
    columns_are(r.flows, "price_basis reported_by flag source rows",
                "fob,reconciled,,BACI_HS92_Y2021_V202301.csv,2\n"
                "fob,reconciled,quantity missing in some rows,BACI_HS92_Y2021_V202301.csv,2\n"
                "fob,reconciled,,BACI_HS92_Y2021_V202301.csv,1\n"
                "fob,reconciled,quantity missing in some rows,BACI_HS92_Y2021_V202301.csv,1\n");
    assert_int_equal(karvan_problems_total(r.problems), 0);
    intake_clear(&r);
}

static void groups_are_those_asked_for(void **state) {
    (void)state;
    static const struct {
        const char *by, *columns, *want;
    } cases[] = {{"exporter,product2", "exporter product value",
                  "AFG,07,3.403\nAFG,08,1\nAFG,38,52.051\nAFG,48,0.041\nUSA,27,1000.3\n"},
                 {"year,product4", "year product value",
                  "2021,0701,3.403\n2021,0806,1\n2021,2709,1000.1\n2021,3823,52.051\n"
                  "2021,4818,0.041\n2022,2709,0.2\n"},
                 {"importer,product6", "importer product rows",
                  "AZE,270900,2\nAZE,382390,1\nAZE,481890,1\nKAZ,070190,1\nKAZ,080610,1\n"},
                 {"product", "product value",
                  "070190,3.403\n080610,1\n270900,1000.3\n382390,52.051\n481890,0.041\n"},
                 {"importer", "importer product value", "AZE,TOTAL,1052.392\nKAZ,TOTAL,4.403\n"},
                 {"year", "year value", "2021,1056.595\n2022,0.2\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const karvan_flows_options o = {.by = cases[i].by};
        intake_result r = intake_text(small, &o);
        assert_int_equal(r.st, KARVAN_OK);
        columns_are(r.flows, cases[i].columns, cases[i].want);
        assert_int_equal(karvan_table_find(r.flows, "classification"), -1);
        assert_true((karvan_table_find(r.flows, "year") >= 0) ==
                    (strstr(cases[i].by, "year") != NULL));
        intake_clear(&r);
    }
}

static const char bad_rows[] = BACI "2021,4,31,100190,1,1\n"   /* row 1, line 2 */
                                    "2021,4,31,100190,2,2\n"   /* again */
                                    "2021,4,31,100200,-1,1\n"  /* negative */
                                    "2021,4,31,100300,NaN,1\n" /* not finite */
                                    "2021,4,31,100400,inf,1\n"
                                    "\n"                    /* no row */
                                    "2021,4,31,100500,,1\n" /* no value */
                                    "2021,4,31,100600,abc,1\n"
                                    ",4,31,100700,1,1\n" /* no year */
                                    "21,4,31,100700,1,1\n"
                                    "2021,1,31,100700,1,1\n" /* no such country */
                                    "2021,4,999999,100700,1,1\n"
                                    "2021,4,31,10070x,1,1\n"
                                    "2021,4,31,1000000,1,1\n"
                                    "2021,4,31,100800,1\n" /* fields */
                                    "2021,4,31,100800,1,1,1\n"
                                    "2021,4,31,\"100900\",3,\"x\"\n" /* quantity */
                                    "2021,4,31,101000,1e15,1\n"
                                    "2021,4,31,\"1011\"00,1,1\n"
                                    "2021,4,31,101200,4,1,\n" /* a delimiter at its end */
                                    "2021,4,31,101300,5,-2";  /* no line end; quantity */

static void what_is_left_out_is_told(void **state) {
    (void)state;
    for (int way = 0; way < 2; way++) {
        intake_result r = intake_bytes(bad_rows, sizeof bad_rows - 1, "t.csv", NULL, way == 1);
        assert_int_equal(r.st, KARVAN_OK);
        assert_int_equal(r.tally.rows, 20);
        assert_int_equal(r.tally.kept, 4);
        columns_are(r.flows, "exporter importer value quantity flag rows",
                    "AFG,AZE,13,,quantity missing in some rows,4\n");
        columns_are(r.audit, "row line reason column value effect",
                    "2,3,flow-duplicate,,,row dropped\n"
                    "3,4,flow-value-negative,v,-1,row dropped\n"
                    "4,5,flow-value-infinite,v,NaN,row dropped\n"
                    "5,6,flow-value-infinite,v,inf,row dropped\n"
                    "6,8,flow-value-missing,v,,row dropped\n"
                    "7,9,flow-value,v,abc,row dropped\n"
                    "8,10,flow-year-missing,t,,row dropped\n"
                    "9,11,flow-year,t,21,row dropped\n"
                    "10,12,flow-country,i,1,row dropped\n"
                    "11,13,flow-country,j,999999,row dropped\n"
                    "12,14,flow-product,k,10070x,row dropped\n"
                    "13,15,flow-product,k,1000000,row dropped\n"
                    "14,16,flow-fields,,2021,row dropped\n"
                    "15,17,flow-fields,,2021,row dropped\n"
                    "16,18,flow-quantity,q,x,cell unknown\n"
                    "17,19,flow-value-large,v,1e15,row dropped\n"
                    "18,20,flow-quotes,,2021,row dropped\n"
                    "20,22,flow-quantity,q,-2,cell unknown\n");
        assert_int_equal(karvan_problems_total(r.problems), 13);
        intake_clear(&r);
    }
}

static void the_audit_lists_as_many_as_asked(void **state) {
    (void)state;
    karvan_i_text t = {0};
    karvan_i_text_puts(&t, BACI);
    for (int i = 0; i < 3000; i++)
        karvan_i_text_printf(&t, "2021,4,31,%d,%s,1\n", 10110 + i, i % 3 ? "-1" : "1");
    static const int64_t list[] = {0, 5, -1};
    static const int64_t rows[] = {1000, 5, 2000};
    for (int i = 0; i < 3; i++) {
        const karvan_flows_options o = {.list = list[i], .threads = 3};
        intake_result r = intake_text(t.s, &o);
        assert_int_equal(karvan_table_rows(r.audit), rows[i]);
        assert_int_equal(r.tally.dropped, 2000);
        karvan_problem p = karvan_problems_get(r.problems, 0);
        assert_string_equal(p.message, "rows that have a value below zero: 2000, left out");
        assert_int_equal(p.line, 3);
        intake_clear(&r);
    }
    karvan_i_text_clear(&t);
}

/* Rows that go up and down, some again, some faulty; the sums of a list that is searched from end
 * to end. */
enum { PAIRS = 4, GOODS = 40 };

typedef struct slow {
    int64_t milli[2][PAIRS][PAIRS];
    bool seen[2][PAIRS][PAIRS][GOODS];
    int64_t dropped, rows;
} slow;

static void random_row(karvan_random *r, karvan_i_text *t, slow *s, bool sorted, int n) {
    static const int codes[PAIRS] = {31, 398, 699, 842};
    int year = (int)karvan_random_below(r, 2), i = (int)karvan_random_below(r, PAIRS),
        j = (int)karvan_random_below(r, PAIRS), k = (int)karvan_random_below(r, GOODS);
    if (sorted) year = n / (PAIRS * PAIRS * GOODS), i = n / (PAIRS * GOODS) % PAIRS;
    if (sorted) j = n / GOODS % PAIRS, k = n % GOODS;
    int64_t milli = (int64_t)karvan_random_below(r, 1000000);
    bool bad = karvan_random_below(r, 20) == 0;
    karvan_i_text_printf(t, "%d,%d,%d,%d,%s%d.%03d,%s\n", 2020 + year, codes[i], codes[j],
                         10000 * (k + 1), bad ? "-" : "", (int)(milli / 1000) + 1,
                         (int)(milli % 1000), k % 7 ? "1.5" : "NA");
    s->rows++;
    if (bad || s->seen[year][i][j][k]) {
        s->dropped++;
        return;
    }
    s->seen[year][i][j][k] = true;
    s->milli[year][i][j] += milli + 1000;
}

static void as_slowly(const slow *s, const intake_result *r) {
    static const char *const labels[PAIRS] = {"AZE", "KAZ", "IND", "USA"};
    const karvan_table *t = r->flows;
    int64_t groups = 0;
    assert_int_equal(r->tally.rows, s->rows);
    assert_int_equal(r->tally.dropped, s->dropped);
    for (int y = 0; y < 2; y++)
        for (int i = 0; i < PAIRS; i++)
            for (int j = 0; j < PAIRS; j++) {
                int64_t row = 0;
                for (; row < karvan_table_rows(t); row++)
                    if (karvan_table_int(t, 0, row) == 2020 + y &&
                        strcmp(karvan_table_text(t, 1, row), labels[i]) == 0 &&
                        strcmp(karvan_table_text(t, 2, row), labels[j]) == 0)
                        break;
                if (s->milli[y][i][j] == 0) {
                    assert_int_equal(row, karvan_table_rows(t));
                    continue;
                }
                assert_true(row < karvan_table_rows(t));
                groups++;
                assert_true(karvan_table_real(t, karvan_table_find(t, "value"), row) ==
                            (double)s->milli[y][i][j] / 1000);
            }
    assert_int_equal(groups, karvan_table_rows(t));
}

static void random_files_agree_with_a_slow_checker(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 11, 0);
    for (int round = 0; round < 60; round++) {
        slow *s = calloc(1, sizeof *s);
        karvan_i_text t = {0}, first = {0}, again = {0};
        bool sorted = round % 2;
        int rows = sorted ? (int)karvan_random_below(&r, 2 * PAIRS * PAIRS * GOODS)
                          : (int)karvan_random_below(&r, 800);
        karvan_i_text_puts(&t, BACI);
        for (int n = 0; n < rows; n++) random_row(&r, &t, s, sorted, n);
        for (int way = 0; way < 6;
             way++) { /* karvan_parallel_for over 1, 2, ... parts; the general reader */
            const karvan_flows_options o = {.threads = way, .list = -1};
            intake_result got = intake_bytes(t.s, t.n, "t.csv", &o, way == 5);
            assert_int_equal(got.st, KARVAN_OK);
            as_slowly(s, &got);
            karvan_i_text_clear(&again);
            intake_csv(got.flows, &again), intake_csv(got.audit, &again);
            if (way == 0) intake_csv(got.flows, &first), intake_csv(got.audit, &first);
            assert_string_equal(first.s, again.s);
            intake_clear(&got);
        }
        karvan_i_text_clear(&t), karvan_i_text_clear(&first), karvan_i_text_clear(&again);
        free(s);
    }
}

/* Duplicates far apart, with groups that do not hold all that identifies a row. */
static void duplicates_are_found_in_any_order(void **state) {
    (void)state;
    static const char text[] = BACI "2021,398,31,270900,1,1\n2021,31,398,270900,2,1\n"
                                    "2021,398,31,100190,4,1\n2021,398,31,270900,8,1\n"
                                    "2020,398,31,270900,16,1\n";
    static const char *const by[] = {NULL, "exporter", "year", "importer,product2", "product"};
    for (size_t i = 0; i < sizeof by / sizeof by[0]; i++)
        for (int threads = 1; threads < 5; threads++) {
            const karvan_flows_options o = {.by = by[i], .threads = threads};
            intake_result r = intake_text(text, &o);
            columns_are(r.audit, "row line reason", "4,5,flow-duplicate\n");
            assert_int_equal(r.tally.kept, 4);
            intake_clear(&r);
        }
}

static void files_are_read_like_texts(void **state) {
    (void)state;
    char path[2][80] = {"/tmp/karvan-intake-XXXXXX", ""};
    int fd = mkstemp(path[0]);
    assert_true(fd >= 0);
    (void)snprintf(path[1], sizeof path[1], "%.60s.gz", path[0]);
    karvan_i_text t = {0};
    karvan_i_text_puts(&t, BACI);
    for (int i = 0; i < 120000; i++) /* several blocks, parts for four threads */
        karvan_i_text_printf(&t, "2021,%d,%d,%d,%d.5,1\n", i < 60000 ? 31 : 398,
                             i % 60000 < 30000 ? 268 : 792, 10110 + i % 30000, i % 1000);
    assert_int_equal(write(fd, t.s, t.n), (ssize_t)t.n);
    (void)close(fd);
    gzFile gz = gzopen(path[1], "wb");
    assert_int_equal(gzwrite(gz, t.s, (unsigned)t.n), (int)t.n);
    assert_int_equal(gzclose(gz), Z_OK);
    for (int f = 0; f < 2; f++)
        for (int threads = 1; threads < 5; threads++) {
            const karvan_flows_options o = {.threads = threads};
            intake_result r = {0};
            assert_int_equal(karvan_problems_create(&r.problems, NULL), KARVAN_OK);
            r.st = karvan_flows_read(path[f], &o, r.problems, &r.tally, &r.audit, &r.flows, &r.err);
            intake_promises(&r);
            assert_int_equal(r.st, KARVAN_OK);
            /* thirty times 0.5 .. 999.5 */
            columns_are(r.flows, "exporter importer value rows",
                        "AZE,GEO,15000000,30000\nAZE,TUR,15000000,30000\n"
                        "KAZ,GEO,15000000,30000\nKAZ,TUR,15000000,30000\n");
            intake_clear(&r);
        }
    (void)unlink(path[0]), (void)unlink(path[1]);
    karvan_i_text_clear(&t);
    intake_result r = {0};
    r.st = karvan_flows_read(path[0], NULL, NULL, NULL, NULL, &r.flows, &r.err);
    assert_int_equal(r.st, KARVAN_E_IO);
}

static void other_delimiters_and_orders(void **state) {
    (void)state;
    intake_result r = intake_text("\xEF\xBB\xBFk;t;v;j;i\n270900;2021;1000,5;31;398\n", NULL);
    columns_are(r.flows, "year exporter importer value", "2021,KAZ,AZE,1000.5\n");
    intake_clear(&r);
    const karvan_flows_options point = {.decimal = '.', .classification = "HS2017"};
    r = intake_text("t;i;j;k;v\n2021;398;31;270900;1000.5\n", &point);
    columns_are(r.flows, "classification value", "HS2017,1000.5\n");
    intake_clear(&r);
    r = intake_text("t,i,j,k,v\n2021,398,31,270900,7\n", NULL);
    columns_are(r.flows, "value quantity", "7,\n");
    intake_clear(&r);
}

/* ---- allocations ---- */

static const char *sweep_text;
static const karvan_flows_options *sweep_options;

static karvan_status read_once(karvan_error *err) {
    karvan_problems *p = NULL;
    karvan_table *audit = NULL, *flows = NULL;
    karvan_status st = karvan_problems_create(&p, err);
    if (st == KARVAN_OK)
        st = karvan_flows_parse(sweep_text, strlen(sweep_text), "t.csv", sweep_options, p, NULL,
                                &audit, &flows, err);
    karvan_table_destroy(audit), karvan_table_destroy(flows);
    karvan_problems_destroy(p);
    return st;
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    const karvan_flows_options two = {.threads = 1, .by = "exporter,importer,year,product"};
    static const char *const texts[] = {small, bad_rows,
                                        "t;i;j;k;v\n2021;398;31;270900;7\n2021;398;31;1;7\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sweep_text = texts[i], sweep_options = &two;
        every_allocation_fails(read_once, 3000);
    }
}

/* The same row at the end of one part of the file and at the beginning of the next. */
static void duplicates_where_parts_meet(void **state) {
    (void)state;
    static const char text[] = "t,i,j,k,v,q\n2021,31,268,270900,1,1\n2021,31,268,270900,1,1\n"
                               "2021,31,268,271000,1,1\n2021,31,268,271000,1,1\n";
    for (int threads = 1; threads <= 4; threads++) {
        const karvan_flows_options o = {.threads = threads};
        intake_result r = intake_text(text, &o);
        assert_int_equal(r.st, KARVAN_OK);
        assert_int_equal(r.tally.dropped, 2);
        columns_are(r.flows, "value rows", "2,2\n");
        columns_are(r.audit, "row reason", "2,flow-duplicate\n4,flow-duplicate\n");
        intake_clear(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(duplicates_where_parts_meet),
                                       cmocka_unit_test(baci_by_hand),
                                       cmocka_unit_test(groups_are_those_asked_for),
                                       cmocka_unit_test(what_is_left_out_is_told),
                                       cmocka_unit_test(the_audit_lists_as_many_as_asked),
                                       cmocka_unit_test(random_files_agree_with_a_slow_checker),
                                       cmocka_unit_test(duplicates_are_found_in_any_order),
                                       cmocka_unit_test(files_are_read_like_texts),
                                       cmocka_unit_test(other_delimiters_and_orders),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
