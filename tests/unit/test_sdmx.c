/* SDMX messages of a few records: what each says, what its actions leave, and what is refused at
 * which line; as CSV, Eurostat's wide text and JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "exchange/sdmx.h"
#include "flows_table.h"
#include "sweep.h"

static karvan_table *read_with(const char *text, const karvan_sdmx_options *o, karvan_problems *p) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_i_sdmx_read("m.csv", text, strlen(text), o, p, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static karvan_table *message(const char *text) { return read_with(text, NULL, NULL); }

static void is_refused(const char *text, const char *message) {
    karvan_table *t = (karvan_table *)&t;
    karvan_error e = {0}, f = {0};
    karvan_problems *p = NULL;
    assert_int_equal(karvan_i_sdmx_read("m.csv", text, strlen(text), NULL, NULL, &t, &e),
                     KARVAN_E_DATA);
    assert_null(t);
    assert_string_equal(e.msg, message);
    assert_int_equal(karvan_problems_create(&p, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_sdmx_read("m.csv", text, strlen(text), NULL, p, &t, &f),
                     KARVAN_E_DATA); /* with a list, too */
    assert_null(t);
    karvan_problems_destroy(p);
}

#define TWO "STRUCTURE,STRUCTURE_ID,ACTION,A,B,OBS_VALUE,OBS_STATUS\n"

static void version_2(void **state) {
    (void)state;
    karvan_table *t = message("\xEF\xBB\xBF" TWO "dataflow,X:Y(1.0),I,a,b,12.5,E\r\n"
                              "DataStructure,X:Z,M,\"a, \"\"q\"\"\nb\",b,NaN,\n\n"
                              "dataprovision,X:Y(1.0),A,#N/A,,,\n");
    assert_int_equal(karvan_table_rows(t), 3);
    assert_int_equal(karvan_table_columns(t), 7);
    is_text(t, "sdmx_structure", 0, "dataflow"), is_text(t, "sdmx_structure_id", 0, "X:Y(1.0)");
    is_number(t, "sdmx_line", 0, 2), is_number(t, "OBS_VALUE", 0, 12.5);
    is_text(t, "A", 1, "a, \"q\"\nb"), is_text(t, "sdmx_structure", 1, "datastructure");
    int a = karvan_table_find(t, "A"), b = karvan_table_find(t, "B"),
        v = karvan_table_find(t, "OBS_VALUE");
    assert_int_equal(karvan_table_state(t, v, 1), KARVAN_UNKNOWN);
    assert_int_equal(karvan_table_state(t, v, 2), KARVAN_NOT_COVERED);
    assert_int_equal(karvan_table_state(t, a, 2), KARVAN_UNKNOWN);
    assert_int_equal(karvan_table_state(t, b, 2), KARVAN_NOT_COVERED);
    is_number(t, "sdmx_line", 2, 6);
    karvan_table_destroy(t);
}

static void version_1_and_relatives(void **state) {
    (void)state;
    karvan_table *t = message("DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
                              "ESTAT:N(1.0),06/06/21 23:00:00,A,EU27_2020,2019,4709715.099,\n");
    is_text(t, "sdmx_structure", 0, "dataflow"), is_number(t, "OBS_VALUE", 0, 4709715.099);
    is_text(t, "LAST UPDATE", 0, "06/06/21 23:00:00");
    karvan_table_destroy(t);
    t = message("KEY,FREQ,OBS_VALUE\nEXR.D.JPY,D,184.98\n");
    is_text(t, "KEY", 0, "EXR.D.JPY");
    assert_int_equal(karvan_table_state(t, KARVAN_I_SDMX_ID, 0), KARVAN_NOT_COVERED);
    karvan_table_destroy(t);
}

static void labels_and_signs(void **state) {
    (void)state;
    karvan_table *t =
        message("STRUCTURE[|];STRUCTURE_ID;A: Country;B[en|fr]: Names;OBS_VALUE: Value\n"
                "dataflow;X:Y(1.0): A: name;a: Aland;en:one|fr:un;12,5\n");
    is_text(t, "sdmx_structure_id", 0, "X:Y(1.0)"), is_text(t, "A", 0, "a");
    is_text(t, "B", 0, "en:one|fr:un"), is_number(t, "OBS_VALUE", 0, 12.5);
    karvan_table_destroy(t);
    t = message("STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,SERIES_KEY,A,Country,OBS_VALUE,Value,"
                "UPDATED\ndataflow,X:Y,The name,M,a,a,Aland,7,,2021\n");
    assert_int_equal(karvan_table_columns(t), 7);
    is_text(t, "A", 0, "a"), is_number(t, "OBS_VALUE", 0, 7), is_text(t, "SERIES_KEY", 0, "a");
    is_text(t, "UPDATED", 0, "2021");
    karvan_table_destroy(t);
}

/* ---- actions ---- */

static void merge_and_replace(void **state) {
    (void)state;
    karvan_problems *p = NULL;
    assert_int_equal(karvan_problems_create(&p, NULL), KARVAN_OK);
    karvan_table *t = read_with(TWO "dataflow,X:Y,M,a,b,1,E\n"
                                    "dataflow,X:Y,M,a,c,2,E\n"
                                    "dataflow,X:Z,M,a,b,9,E\n" /* another structure */
                                    "dataflow,X:Y,M,a,b,,P\n"  /* status only */
                                    "dataflow,X:Y,R,a,c,3,\n", /* no status any more */
                                NULL, p);
    assert_int_equal(karvan_table_rows(t), 3);
    is_number(t, "OBS_VALUE", 0, 9);
    is_number(t, "OBS_VALUE", 1, 1), is_text(t, "OBS_STATUS", 1, "P");
    is_number(t, "OBS_VALUE", 2, 3), is_number(t, "OBS_STATUS", 2, NAN);
    assert_int_equal(karvan_problems_total(p), 1);
    assert_string_equal(karvan_problems_get(p, 0).code, "sdmx-repeated");
    karvan_table_destroy(t), karvan_problems_destroy(p);
}

static void deletions(void **state) {
    (void)state;
    static const char rows[] = TWO "dataflow,X:Y,M,a,b,1,E\ndataflow,X:Y,M,a,c,2,E\n"
                                   "dataflow,X:Y,M,d,c,3,E\n";
    static const struct {
        const char *more;
        int left;
        double values[4];
    } cases[] = {{"dataflow,X:Y,D,a,,,\n", 1, {3}},            /* a slice */
                 {"dataflow,X:Y,D,a,b,,\n", 2, {2, 3}},        /* an observation */
                 {"dataflow,X:Y,D,,,,\n", 0, {0}},             /* all of the structure */
                 {"dataflow,X:Z,D,,,,\n", 3, {1, 2, 3}},       /* of another: nothing */
                 {"dataflow,X:Y,D,a,,-,\n", 3, {NAN, NAN, 3}}, /* values only */
                 {"dataflow,X:Y,D,,c,,-\n", 3, {1, 2, 3}},     /* a status only */
                 {"dataflow,X:Y,D,x,,,\n", 3, {1, 2, 3}},      /* what is not there */
                 {"dataflow,X:Y,D,~,c,,\n", 1, {1}},
                 {"dataflow,X:Y,D,a,b,,\ndataflow,X:Y,M,a,b,5,\n", 3, {2, 3, 5}},
                 {"dataflow,X:Y,D,a,b,-,\ndataflow,X:Y,M,a,b,,Q\n", 3, {2, 3, NAN}}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[600];
        (void)snprintf(text, sizeof text, "%s%s", rows, cases[k].more);
        karvan_table *t = message(text);
        assert_int_equal(karvan_table_rows(t), cases[k].left);
        for (int r = 0; r < cases[k].left; r++) is_number(t, "OBS_VALUE", r, cases[k].values[r]);
        if (k == 5) is_number(t, "OBS_STATUS", 1, NAN), is_text(t, "OBS_STATUS", 0, "E");
        karvan_table_destroy(t);
    }
}

/* Dimensions that the caller names: A alone tells observations apart. */
static void named_dimensions(void **state) {
    (void)state;
    static const char *const a[] = {"A"};
    const karvan_sdmx_options o = {.n_dimensions = 1, .dimensions = a};
    karvan_table *t = read_with(TWO "dataflow,X:Y,M,a,b,1,E\ndataflow,X:Y,M,a,c,2,\n", &o, NULL);
    assert_int_equal(karvan_table_rows(t), 1);
    is_text(t, "B", 0, "c"), is_number(t, "OBS_VALUE", 0, 2), is_text(t, "OBS_STATUS", 0, "E");
    karvan_table_destroy(t);
}

/* Random messages of M, R and D over a few keys, against a plain list of what stands. */
static void random_actions(void **state) {
    (void)state;
    for (int seed = 0; seed < 300; seed++) {
        double value[3][3];
        bool there[3][3] = {0};
        char text[4096] = "STRUCTURE,STRUCTURE_ID,ACTION,A,B,OBS_VALUE,OBS_STATUS\n";
        karvan_random rnd;
        karvan_random_init(&rnd, (uint64_t)seed, 2);
        for (int k = 0; k < 40; k++) {
            int i = (int)karvan_random_below(&rnd, 4), j = (int)karvan_random_below(&rnd, 4);
            int what = (int)karvan_random_below(&rnd, 4);
            size_t n = strlen(text);
            char a[2] = {(char)(i < 3 ? 'a' + i : 0), 0}, b[2] = {(char)(j < 3 ? 'a' + j : 0), 0};
            if (what == 3) { /* a deletion; 3 leaves a dimension open */
                (void)snprintf(text + n, sizeof text - n, "dataflow,X:Y,D,%s,%s,,\n", a, b);
                for (int x = 0; x < 3; x++)
                    for (int y = 0; y < 3; y++)
                        if ((i == 3 || x == i) && (j == 3 || y == j)) there[x][y] = false;
                continue;
            }
            if (i == 3 || j == 3) continue;
            bool blank = what == 1; /* a merge without a value keeps it */
            (void)snprintf(text + n, sizeof text - n, "dataflow,X:Y,%c,%s,%s,",
                           what == 2 ? 'R' : 'M', a, b);
            n = strlen(text);
            (void)snprintf(text + n, sizeof text - n, blank ? ",s\n" : "%d,s\n", k);
            if (!there[i][j]) value[i][j] = NAN;
            there[i][j] = true;
            if (!blank) value[i][j] = k;
        }
        karvan_table *t = message(text);
        int left = 0;
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 3; y++) left += there[x][y];
        assert_int_equal(karvan_table_rows(t), left);
        for (int r = 0; r < left; r++) {
            int x = *karvan_i_cell_text(t, "A", r) - 'a', y = *karvan_i_cell_text(t, "B", r) - 'a';
            assert_true(there[x][y]);
            is_number(t, "OBS_VALUE", r, value[x][y]);
        }
        karvan_table_destroy(t);
    }
}

static void faults_have_places(void **state) {
    (void)state;
    is_refused("", "m.csv:1:1: the message is empty");
    is_refused(
        "FREQ,A,OBS_VALUE\n",
        "m.csv:1:1: the first column is 'FREQ': no SDMX-CSV message; STRUCTURE (SDMX-CSV 2), "
        "DATAFLOW (1.0) or KEY");
    is_refused("STRUCTURE,A,OBS_VALUE\n",
               "m.csv:1:1: the second column is not STRUCTURE_ID; STRUCTURE,STRUCTURE_ID,...");
    is_refused(
        "DATAFLOW,A,B,A\nX:Y,1,2,3\n",
        "m.csv:1:14: component 'A' stands in the header twice, or is a name of our own; each "
        "component once");
    is_refused("DATAFLOW,sdmx_line\nX:Y,1\n",
               "m.csv:1:10: component 'sdmx_line' stands in the header twice, or is a name of our "
               "own; each component once");
    is_refused("DATAFLOW,A,\nX:Y,1,\n",
               "m.csv:1:12: a component without a name; each component once");
    is_refused(TWO "dataflow,X:Y,I,a,b,1\n",
               "m.csv:2:1: 6 fields, where the header has 7; as many as the header");
    is_refused(TWO "dataflow,X:Y,I,a,b,1,\ndatatest,X:Y,I,a,b,1,\n",
               "m.csv:3:1: 'datatest' is no kind of structure; dataflow, datastructure or "
               "dataprovision");
    is_refused(TWO "dataflow,X:Y,E,a,b,1,\n", "m.csv:2:14: 'E' is no action; I, A, M, R or D");
    is_refused(TWO "dataflow,Y(1.0),I,a,b,1,\n",
               "m.csv:2:10: 'Y(1.0)' names no structure; AGENCY:ID(VERSION)");
    is_refused(TWO "dataflow,X:Y(,I,a,b,1,\n",
               "m.csv:2:10: 'X:Y(' names no structure; AGENCY:ID(VERSION)");
    is_refused(TWO "dataflow,X:Y,I,\"a\nc,b,1,\n", "m.csv:2:16: a quoted field does not end; a "
                                                   "closing quote");
    is_refused(TWO "dataflow,X:Y,I,\"a\"c,b,1,\n",
               "m.csv:2:16: text stands behind a closing quote; double quotes inside a field");
    is_refused(TWO "dataflow,X:Y,I,a\xFF,b,1,\n",
               "m.csv:2:16: bytes that are no text in UTF-8; save the message as UTF-8");
    is_refused(TWO "dataflow,X:Y,I,a,b,1.5,\ndataflow,X:Y,I,a,c,\"2,5\",\n",
               "m.csv:3:1: both 12.5 and 12,5 stand in the message; one decimal sign");
}

static void faults_are_all_listed(void **state) {
    (void)state;
    karvan_problems *p = NULL;
    karvan_table *t = NULL;
    karvan_error e = {0};
    static const char text[] =
        TWO "dataflow,X:Y,Q,a,b,1,\nx,X:Y,I,a,b,1,\ndataflow,X:Y,I,a,b,many,\n";
    assert_int_equal(karvan_problems_create(&p, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_sdmx_read("m.csv", text, strlen(text), NULL, p, &t, &e),
                     KARVAN_E_DATA);
    assert_int_equal(karvan_problems_count(p, KARVAN_ERROR), 2);
    assert_int_equal(karvan_problems_count(p, KARVAN_WARNING), 1);
    assert_int_equal(karvan_problems_get(p, 1).line, 3);
    karvan_problem last = karvan_problems_get(p, 2);
    assert_string_equal(last.code, "sdmx-value"), assert_int_equal(last.column, 20);
    karvan_problems_destroy(p);
}

/* ---- Eurostat's wide text ---- */

static void wide_text(void **state) {
    (void)state;
    karvan_table *t =
        message("freq,geo\\TIME_PERIOD\t2019 \t2020 \nA,AT\t1.5 \t: \nA,BE\t7 bp\t: c\n");
    assert_int_equal(karvan_table_rows(t), 4);
    is_text(t, "geo", 0, "AT"), is_text(t, "TIME_PERIOD", 1, "2020");
    is_number(t, "OBS_VALUE", 0, 1.5), is_number(t, "OBS_VALUE", 1, NAN);
    is_number(t, "OBS_VALUE", 2, 7), is_text(t, "OBS_FLAG", 2, "bp");
    int v = karvan_table_find(t, "OBS_VALUE");
    assert_int_equal(karvan_table_state(t, v, 3), KARVAN_UNKNOWN); /* confidential */
    karvan_table_destroy(t);
    is_refused("freq,geo\\TIME_PERIOD\t2019\nA,AT\tmany\n",
               "m.csv:2:6: 'many' is no figure; a number or a colon, then flags");
    is_refused(
        "freq,geo\\TIME_PERIOD\t2019\nA\t1\n",
        "m.csv:2:1: 1 dimensions and 1 periods, where the header has 2 and 1; as many as the "
        "header");
    is_refused("freq,freq\\TIME_PERIOD\t2019\nA,A\t1\n",
               "m.csv:1:1: dimension 'freq' cannot stand there; each dimension once");
    /* A figure of 70 digits would be another one where it is cut. */
    char text[200];
    (void)snprintf(text, sizeof text, "freq,geo\\TIME_PERIOD\t2019\nA,AT\t%070d\n", 1);
    is_refused(text, "m.csv:2:6: a field of 70 bytes; 63 are the most; one tab between fields");
    (void)snprintf(text, sizeof text, "freq,geo\\TIME_PERIOD\t%070d\nA,AT\t1\n", 1);
    is_refused(text, "m.csv:1:22: a field of 70 bytes; 63 are the most; one tab between fields");
}

/* ---- SDMX-JSON ---- */

#define DIMENSIONS                                                                                 \
    "\"structure\":{\"dimensions\":{\"series\":[{\"id\":\"REPORTER\",\"values\":[{\"id\":\"KAZ\"}" \
    "]},{"                                                                                         \
    "\"id\":\"PARTNER\",\"values\":[{\"id\":\"AZE\"},{\"id\":\"UZB\"}]},{\"id\":\"INDICATOR\","    \
    "\"values\":[{"                                                                                \
    "\"id\":\"MPRT-TRD-VL\"}]}],\"observation\":[{\"id\":\"TIME_PERIOD\",\"values\":[{\"id\":"     \
    "\"2017\"},"                                                                                   \
    "{\"id\":\"2018\"}]}]}}"

static void json_messages(void **state) {
    (void)state;
    karvan_table *t =
        message("{\"header\":{\"id\":\"W\"}," DIMENSIONS
                ",\"dataSets\":[{\"series\":{\"0:1:0\":{\"observations\":{\"0\":[1.5,0],"
                "\"1\":[null]}},\"0:0:0\":{\"observations\":{\"1\":[\"x\"]}}}}]}");
    assert_int_equal(karvan_table_rows(t), 3);
    is_text(t, "PARTNER", 0, "UZB"), is_text(t, "TIME_PERIOD", 1, "2018");
    is_number(t, "OBS_VALUE", 0, 1.5), is_number(t, "OBS_VALUE", 1, NAN);
    is_text(t, "PARTNER", 2, "AZE"), is_text(t, "sdmx_structure_id", 2, "W");
    assert_int_equal(karvan_table_state(t, karvan_table_find(t, "OBS_VALUE"), 2), KARVAN_UNKNOWN);
    karvan_table_destroy(t);
    static const char *const wrong[][2] = {
        {"{\"a\":", "m.csv:1:5: no JSON: unexpected token near end of file"},
        {"{}", "m.csv:1:1: no SDMX-JSON data message: it has not both structure and dataSets"},
        {"{" DIMENSIONS ",\"dataSets\":[{\"series\":{\"0:2:0\":{\"observations\":{\"0\":[1]}}}}]}",
         "m.csv:1:1: no SDMX-JSON data message: the key of a series does not fit the dimensions"},
        {"{" DIMENSIONS ",\"dataSets\":[{\"series\":{\"0:0\":{\"observations\":{\"0\":[1]}}}}]}",
         "m.csv:1:1: no SDMX-JSON data message: the key of a series does not fit the dimensions"},
        {"{" DIMENSIONS ",\"dataSets\":[{\"series\":{\"0:0:0\":{\"observations\":{\"2\":[1]}}}}]}",
         "m.csv:1:1: no SDMX-JSON data message: the key of an observation does not fit the "
         "dimensions"},
        {"{" DIMENSIONS ",\"dataSets\":[{\"series\":{\"0:0:0\":{}}}]}",
         "m.csv:1:1: no SDMX-JSON data message: a series without observations"},
        {"{" DIMENSIONS ",\"dataSets\":[{\"action\":\"Delete\"}]}",
         "m.csv:1:1: no SDMX-JSON data message: it deletes, and holds nothing to delete from"},
        {"{\"structure\":{},\"dataSets\":[]}",
         "m.csv:1:1: no SDMX-JSON data message: it has no dimensions"}};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) is_refused(wrong[k][0], wrong[k][1]);
}

static void json_as_flows(void **state) {
    (void)state;
    static const char text[] = "{" DIMENSIONS ",\"dataSets\":[{\"series\":{\"0:1:0\":{"
                               "\"observations\":{\"0\":[1.5,0],\"1\":[7]}}}}]}";
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_i_sdmx_flows("m.json", text, strlen(text), NULL, NULL, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_int_equal(karvan_table_rows(t), 2);
    is_text(t, "exporter", 0, "UZB"), is_text(t, "importer", 0, "KAZ");
    is_number(t, "value", 0, 1.5), is_text(t, "unit", 0, "thousand USD");
    karvan_table_destroy(t);
}

static karvan_status acts(karvan_error *err) {
    static const char text[] = TWO "dataflow,X:Y,M,a,b,1,E\ndataflow,X:Y,M,a,b,2,\n"
                                   "dataflow,X:Y,D,a,b,-,\n";
    karvan_problems *p = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_problems_create(&p, err);
    if (st == KARVAN_OK) st = karvan_i_sdmx_read("m.csv", text, strlen(text), NULL, p, &t, err);
    karvan_table_destroy(t), karvan_problems_destroy(p);
    return st;
}

static karvan_status wide(karvan_error *err) {
    static const char text[] =
        "freq,geo\\TIME_PERIOD\t2019 \t2020 \nA,AT\t1.5 \t: \nA,BE\t7 bp\t: c\n";
    karvan_table *t = NULL;
    karvan_status st = karvan_i_sdmx_read("m.tsv", text, strlen(text), NULL, NULL, &t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status json(karvan_error *err) {
    static const char text[] = "{" DIMENSIONS ",\"dataSets\":[{\"series\":{\"0:1:0\":{"
                               "\"observations\":{\"0\":[1.5,0],\"1\":[7]}}}}]}";
    karvan_table *t = NULL;
    karvan_status st = karvan_i_sdmx_read("m.json", text, strlen(text), NULL, NULL, &t, err);
    karvan_table_destroy(t);
    return st;
}

static void failing_allocations(void **state) {
    (void)state;
    every_allocation_fails(acts, 2000);
    every_allocation_fails(wide, 2000);
    every_allocation_fails(json, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(version_2),
                                       cmocka_unit_test(version_1_and_relatives),
                                       cmocka_unit_test(labels_and_signs),
                                       cmocka_unit_test(merge_and_replace),
                                       cmocka_unit_test(deletions),
                                       cmocka_unit_test(named_dimensions),
                                       cmocka_unit_test(random_actions),
                                       cmocka_unit_test(faults_have_places),
                                       cmocka_unit_test(faults_are_all_listed),
                                       cmocka_unit_test(wide_text),
                                       cmocka_unit_test(json_messages),
                                       cmocka_unit_test(json_as_flows),
                                       cmocka_unit_test(failing_allocations)};
    return cmocka_run_group_tests_name("sdmx", tests, NULL, NULL);
}
