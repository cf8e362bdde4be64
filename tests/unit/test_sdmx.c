/* SDMX-CSV messages of a few records: what each says, what its actions leave, and what is refused
 * at which line; then as flows, and downloads of WITS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "exchange/codes.h"
#include "exchange/gather.h"
#include "exchange/sdmx.h"
#include "exchange/wits.h"
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

/* ---- flows ---- */

typedef struct taken {
    karvan_table *flows, *audit;
    karvan_problems *problems;
} taken;

static taken take(const char *text, const karvan_sdmx_options *o) {
    taken x = {0};
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&x.problems, NULL), KARVAN_OK);
    if (karvan_i_sdmx_flows("m.csv", text, strlen(text), o, x.problems, &x.audit, &x.flows, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    return x;
}

static void taken_clear(taken *x) {
    karvan_table_destroy(x->flows), karvan_table_destroy(x->audit);
    karvan_problems_destroy(x->problems);
}

#define COMEXT \
    "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE\n"
static const char EUROSTAT[] =
    COMEXT "ESTAT:DS-045409(1.0),x,A,DE,KZ,030462,1,QUANTITY_IN_100KG,2024,90.5\n"
           "ESTAT:DS-045409(1.0),x,A,DE,KZ,030462,1,VALUE_IN_EUROS,2024,32500\n"
           "ESTAT:DS-045409(1.0),x,A,EL,KZ,030462,2,VALUE_IN_EUROS,2024,1000\n"
           "ESTAT:DS-045409(1.0),x,A,DE,WORLD,030462,2,VALUE_IN_EUROS,2024,5\n"
           "ESTAT:DS-045409(1.0),x,A,EU27_2020,KZ,030462,2,VALUE_IN_EUROS,2024,5\n"
           "ESTAT:DS-045409(1.0),x,M,DE,KZ,030462,1,VALUE_IN_EUROS,2024-01,5\n"
           "ESTAT:DS-045409(1.0),x,A,DE,KZ,030462,7,VALUE_IN_EUROS,2024,5\n"
           "ESTAT:DS-045409(1.0),x,A,DE,KZ,030462,1,SHARES,2024,5\n"
           "ESTAT:DS-045409(1.0),x,A,DE,UZ,030462,1,VALUE_IN_EUROS,2024,-5\n"
           "ESTAT:DS-045409(1.0),x,A,DE,UZ,030462,1,QUANTITY_IN_100KG,2024,7\n"
           "ESTAT:DS-045409(1.0),x,A,DE,QV,030462,1,VALUE_IN_EUROS,2024,2000\n"
           "ESTAT:DS-045409(1.0),x,A,DE,DE,030462,1,VALUE_IN_EUROS,2024,2000\n"
           "ESTAT:DS-045409(1.0),x,A,DE,TM,030462,1,VALUE_IN_EUROS,2024,\n";

static void comext_as_flows(void **state) {
    (void)state;
    taken x = take(EUROSTAT, &(karvan_sdmx_options){.classification = "HS2022"});
    assert_int_equal(karvan_table_rows(x.flows), 3); /* 13 = 3 + a quantity + 9 left out */
    assert_int_equal(karvan_table_rows(x.audit), 9);
    is_text(x.flows, "exporter", 0, "GRC"), is_text(x.flows, "importer", 0, "KAZ");
    is_text(x.flows, "reported_by", 0, "exporter"), is_number(x.flows, "value", 0, 1);
    is_text(x.flows, "unit", 0, "thousand EUR"), is_number(x.flows, "quantity", 0, NAN);
    is_text(x.flows, "exporter", 1, "KAZ"), is_text(x.flows, "importer", 1, "DEU");
    is_text(x.flows, "reported_by", 1, "importer"), is_number(x.flows, "value", 1, 32.5);
    is_number(x.flows, "quantity", 1, 90.5), is_text(x.flows, "quantity_unit", 1, "100 kg");
    is_text(x.flows, "product", 1, "030462"), is_text(x.flows, "classification", 1, "HS2022");
    is_text(x.flows, "source", 1, "ESTAT:DS-045409(1.0)");
    is_text(x.flows, "exporter", 2, "QV"); /* no country's: as it is */
    static const char *const why[] = {
        "flow-world",       "flow-group",         "flow-period",
        "flow-direction",   "flow-indicator",     "flow-value-negative",
        "flow-own-country", "flow-value-missing", "flow-quantity-second"};
    for (int r = 0; r < 9; r++) is_text(x.audit, "reason", r, why[r]);
    is_number(x.audit, "line", 0, 5), is_text(x.audit, "column", 0, "partner");
    is_text(x.audit, "value", 0, "WORLD"), is_number(x.audit, "row", 0, 4);
    assert_int_equal(karvan_problems_total(x.problems), 9);
    taken_clear(&x);
}

static void other_structures(void **state) {
    (void)state;
    taken x = take("STRUCTURE,STRUCTURE_ID,FREQ,REF_AREA,INDICATOR,COUNTERPART_AREA,TIME_PERIOD,"
                   "OBS_VALUE,UNIT_MULT\n"
                   "dataflow,IMF:DOT(1.0),A,KZ,TXG_FOB_USD,AZ,2020,1.5,6\n"
                   "dataflow,IMF:DOT(1.0),A,KZ,TMG_CIF_USD,AZ,2020,2,6\n",
                   NULL);
    is_text(x.flows, "price_basis", 0, "cif"), is_text(x.flows, "exporter", 0, "AZE");
    is_number(x.flows, "value", 0, 2000), is_number(x.flows, "value", 1, 1500);
    is_text(x.flows, "price_basis", 1, "fob"), is_text(x.flows, "product", 1, "TOTAL");
    taken_clear(&x);
    /* a structure of one's own, without currency */
    const karvan_sdmx_options o = {.exporter = "FROM",
                                   .importer = "TO",
                                   .time = "T",
                                   .value = "V",
                                   .value_unit = "million USD"};
    x = take("DATAFLOW,FROM,TO,T,V\nA:B(1),KAZ,AZE,2020,3\n", &o);
    is_number(x.flows, "value", 0, 3000), is_text(x.flows, "reported_by", 0, "both");
    taken_clear(&x);
    x = take("DATAFLOW,REPORTER,PARTNER,FLOW,UNIT,TIME_PERIOD,OBS_VALUE\n"
             "A:B(1),KAZ,AZE,RX,THS_EUR,2020,3\nA:B(1),KAZ,AZE,X,MIO_EUR,2020,3\n",
             NULL);
    assert_int_equal(karvan_table_rows(x.flows), 1);
    is_number(x.flows, "value", 0, 3000), is_text(x.audit, "reason", 0, "flow-sub-flow");
    taken_clear(&x);
}

/* The measure is the currency; statuses but the normal one are flags; beyond all numbers is none.
 */
static void measures_and_statuses(void **state) {
    (void)state;
    taken x =
        take("DATAFLOW,REPORTER,PARTNER,FLOW,MEASURE,UNIT_MULT,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
             "A:B(1),KAZ,AZE,X,THS_USD,,2020,3,E\nA:B(1),KAZ,UZB,X,USD,3,2020-A1,4,A\n"
             "A:B(1),KAZ,GEO,X,USD,15,2020,1e305,A\n",
             NULL);
    assert_int_equal(karvan_table_rows(x.flows), 2);
    is_number(x.flows, "value", 0, 3), is_text(x.flows, "flag", 0, "E");
    is_number(x.flows, "value", 1, 4), is_text(x.flows, "flag", 1, "");
    is_text(x.audit, "reason", 0, "flow-value");
    taken_clear(&x);
}

static void no_flows(void **state) {
    (void)state;
    static const struct {
        const char *text;
        karvan_sdmx_options o;
        const char *message;
    } bad[] = {
        {"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nA:B(1),AT,2020,3\n",
         {0},
         "m.csv:1:1: no component is known to be the reporter; name it (components "
         "reporter=ID), of geo, TIME_PERIOD, OBS_VALUE"},
        {"DATAFLOW,REPORTER,PARTNER,FLOW,TIME_PERIOD,OBS_VALUE\nA:B(1),KAZ,AZE,X,2020,3\n",
         {0},
         "m.csv:2: no currency is stated for the value; say the unit of values"},
        {"DATAFLOW,REPORTER,PARTNER,FLOW,TIME_PERIOD,OBS_VALUE\nA:B(1),KAZ,AZE,X,2020,3\n",
         {.value_unit = "bags"},
         "'bags' is no unit of trade; USD or thousand USD would be"},
        {"DATAFLOW,REPORTER,PARTNER,FLOW,UNIT,UNIT_MULT,TIME_PERIOD,OBS_VALUE\n"
         "A:B(1),KAZ,AZE,X,USD,six,2020,3\n",
         {0},
         "m.csv:2: no power of ten is stated for the value; say the unit of values"},
        {"DATAFLOW,REPORTER,PARTNER,FLOW,UNIT,MODE,TIME_PERIOD,OBS_VALUE\n"
         "A:B(1),KAZ,AZE,X,USD,rail,2020,3\nA:B(1),KAZ,AZE,X,USD,road,2020,3\n",
         {0},
         "m.csv:3: another figure of 2020 from KAZ to AZE stands on line 2: a dimension parts them "
         "that flows have not; leave one in the file"},
        {COMEXT, {.partner = "PARTNR"}, "m.csv: the message has no component 'PARTNR'"},
        {COMEXT, {.exporter = "reporter"}, "exporter and importer are named together"}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        karvan_table *t = (karvan_table *)&t, *audit = t;
        karvan_error e = {0};
        assert_int_not_equal(karvan_i_sdmx_flows("m.csv", bad[k].text, strlen(bad[k].text),
                                                 &bad[k].o, NULL, &audit, &t, &e),
                             KARVAN_OK);
        assert_null(t), assert_null(audit);
        assert_string_equal(e.msg, bad[k].message);
    }
}

/* ---- WITS ---- */

static taken take_wits(const char *text) {
    taken x = {0};
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&x.problems, NULL), KARVAN_OK);
    if (karvan_i_wits_flows("w.csv", text, strlen(text), x.problems, &x.audit, &x.flows, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    return x;
}

static void wits_by_country(void **state) {
    (void)state;
    taken x = take_wits("Reporter Name, Partner Name ,Year,Product Group,Export (US$ Thousand), "
                        "Import (US$ Thousand),Export Partner Share (%)\n"
                        "Kazakhstan,Kyrgyz Republic,2020,All Products,\"1,234.5\",10,3\n"
                        "Kazakhstan,World,2020,All Products,99,99,3\n"
                        "Kazakhstan,East Asia & Pacific,2020,All Products,99,99,3\n"
                        "Kazakhstan,Turkey,2020,Animal,,7,3\n"
                        "Kazakhstan,Free Zones,2020,Animal,5,x,3\n");
    assert_int_equal(karvan_table_rows(x.flows), 4);
    is_text(x.flows, "exporter", 0, "KAZ"), is_text(x.flows, "importer", 0, "Free Zones");
    is_text(x.flows, "importer", 1, "KGZ"), is_number(x.flows, "value", 1, 1234.5);
    is_text(x.flows, "product", 1, "TOTAL"), is_text(x.flows, "unit", 1, "thousand USD");
    is_text(x.flows, "exporter", 2, "KGZ"), is_text(x.flows, "reported_by", 2, "importer");
    is_text(x.flows, "exporter", 3, "TUR"), is_text(x.flows, "product", 3, "Animal");
    static const char *const why[] = {"flow-world", "flow-group", "flow-value-missing",
                                      "flow-value"};
    assert_int_equal(karvan_table_rows(x.audit), 4);
    for (int r = 0; r < 4; r++) is_text(x.audit, "reason", r, why[r]);
    taken_clear(&x);
}

static void wits_advanced(void **state) {
    (void)state;
    taken x =
        take_wits("Nomenclature,ReporterISO3,ProductCode,ReporterName,PartnerISO3,PartnerName,"
                  "Year,TradeFlowName,TradeFlowCode,TradeValue in 1000 USD,NetWeight in KGM,"
                  "Quantity,QtyUnit\n"
                  "H5,KAZ,0101,Kazakhstan,ROM,Romania,2020,Gross Exp.,6,1.5,200,3,Number\n"
                  "H5,KAZ,0101,Kazakhstan,ROM,Romania,2020,Re-Export,3,0.5,0,0,\n"
                  "H5,KAZ,0101,Kazakhstan,WLD,World,2020,Import,5,9,0,0,\n"
                  "H5,KAZ,Total,Kazakhstan,AZE,Azerbaijan,2020,Import,5,9,0,0,\n"
                  "H5,KAZ,0101,Kazakhstan,AZE,Azerbaijan,20,Import,5,9,0,0,\n");
    assert_int_equal(karvan_table_rows(x.flows), 2);
    is_text(x.flows, "exporter", 0, "AZE"), is_text(x.flows, "product", 0, "TOTAL");
    is_text(x.flows, "importer", 1, "ROU"), is_text(x.flows, "classification", 1, "HS2017");
    is_text(x.flows, "product", 1, "0101"), is_number(x.flows, "value", 1, 1.5);
    is_number(x.flows, "quantity", 1, 200), is_text(x.flows, "quantity_unit", 1, "kg");
    static const char *const why[] = {"flow-sub-flow", "flow-world", "flow-period",
                                      "flow-quantity-second"};
    assert_int_equal(karvan_table_rows(x.audit), 4);
    for (int r = 0; r < 4; r++) is_text(x.audit, "reason", r, why[r]);
    is_text(x.audit, "value", 3, "Number"); /* the second quantity */
    taken_clear(&x);
}

/* A quantity in kg is the net weight again, no second quantity. */
static void wits_weights(void **state) {
    (void)state;
    taken x = take_wits("ReporterISO3,ProductCode,PartnerISO3,Year,TradeFlowName,"
                        "TradeValue in 1000 USD,NetWeight in KGM,Quantity,QtyUnit\n"
                        "KAZ,0101,AZE,2020,Import,1.5,200,200,Kg\n");
    assert_int_equal(karvan_table_rows(x.flows), 1);
    is_number(x.flows, "quantity", 0, 200), is_text(x.flows, "quantity_unit", 0, "kg");
    assert_int_equal(karvan_table_rows(x.audit), 0);
    taken_clear(&x);
}

static void no_wits(void **state) {
    (void)state;
    static const char *const bad[][2] = {
        {"", "w.csv:1:1: the file is empty"},
        {"a,b\n1,2\n", "w.csv:1:1: no download of WITS: it has no column 'Reporter Name'"},
        {"Reporter,Partner,Year,Value\n",
         "w.csv:1:1: no download of WITS: it has neither 'Export (US$ Thousand)', 'Import (US$ "
         "Thousand)' nor 'TradeValue in 1000 USD' with 'TradeFlowName'"},
        {"Reporter,Partner,Year,Export (US$ Thousand)\nA,B,2020\n",
         "w.csv:2: 3 fields, where the header has 4"},
        {"Reporter,Partner,Year,Export (US$ Thousand)\nA,\"B,2020,1\n",
         "w.csv:2: a quoted field does not end, or text stands behind it"}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        karvan_table *t = NULL;
        karvan_error e = {0};
        assert_int_equal(
            karvan_i_wits_flows("w.csv", bad[k][0], strlen(bad[k][0]), NULL, NULL, &t, &e),
            KARVAN_E_DATA);
        assert_null(t);
        assert_string_equal(e.msg, bad[k][1]);
    }
    char text[400]; /* names are not cut */
    karvan_table *t = NULL;
    karvan_error e = {0};
    (void)snprintf(text, sizeof text, "Reporter,Partner,Year,Export (US$ Thousand)\n%0250d,B,1,2\n",
                   1);
    assert_int_equal(karvan_i_wits_flows("w.csv", text, strlen(text), NULL, NULL, &t, &e),
                     KARVAN_E_DATA);
    assert_string_equal(e.msg, "w.csv:2: a field of 250 bytes; 199 are the most");
}

static void areas(void **state) {
    (void)state;
    const char *iso3;
    assert_int_equal(karvan_i_area_of_code("kz", &iso3), KARVAN_I_AREA_COUNTRY);
    assert_string_equal(iso3, "KAZ");
    assert_int_equal(karvan_i_area_of_code("UK", &iso3), KARVAN_I_AREA_COUNTRY);
    assert_string_equal(iso3, "GBR");
    assert_int_equal(karvan_i_area_of_code("W00", &iso3), KARVAN_I_AREA_WORLD);
    assert_int_equal(karvan_i_area_of_code("EA19", &iso3), KARVAN_I_AREA_GROUP);
    assert_int_equal(karvan_i_area_of_code("EXT_EU27_2020", &iso3), KARVAN_I_AREA_GROUP);
    assert_int_equal(karvan_i_area_of_code("EAT", &iso3), KARVAN_I_AREA_OTHER);
    assert_int_equal(karvan_i_area_of_code("", &iso3), KARVAN_I_AREA_OTHER);
    assert_int_equal(karvan_i_area_of_name("Iran, Islamic Rep.", &iso3), KARVAN_I_AREA_COUNTRY);
    assert_string_equal(iso3, "IRN");
    assert_int_equal(karvan_i_area_of_name("European Union", &iso3), KARVAN_I_AREA_GROUP);
    assert_int_equal(karvan_i_area_of_name("Sub-Saharan Africa", &iso3), KARVAN_I_AREA_GROUP);
    assert_int_equal(karvan_i_area_of_name("Unspecified", &iso3), KARVAN_I_AREA_OTHER);
}

/* ---- files and allocations ---- */

static void from_files(void **state) {
    (void)state;
    char path[] = "/tmp/karvan-sdmx-XXXXXX";
    int fd = mkstemp(path);
    karvan_table *t = NULL;
    karvan_error e = {0}, f = {0};
    assert_true(fd >= 0);
    assert_int_equal(write(fd, EUROSTAT, sizeof EUROSTAT - 1), (long)sizeof EUROSTAT - 1);
    assert_int_equal(close(fd), 0);
    assert_int_equal(karvan_sdmx_read(path, NULL, NULL, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 13);
    karvan_table_destroy(t);
    assert_int_equal(karvan_sdmx_flows(path, NULL, NULL, NULL, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 3);
    karvan_table_destroy(t);
    assert_int_equal(karvan_wits_flows(path, NULL, NULL, &t, &e), KARVAN_E_DATA);
    (void)unlink(path);
    assert_int_equal(karvan_sdmx_flows(path, NULL, NULL, NULL, &t, &f), KARVAN_E_IO);
    assert_null(t);
}

static karvan_status flows_of_message(karvan_error *err) {
    karvan_problems *p = NULL;
    karvan_table *t = NULL, *audit = NULL;
    karvan_status st = karvan_problems_create(&p, err);
    if (st == KARVAN_OK)
        st = karvan_i_sdmx_flows("m.csv", EUROSTAT, sizeof EUROSTAT - 1, NULL, p, &audit, &t, err);
    karvan_table_destroy(t), karvan_table_destroy(audit), karvan_problems_destroy(p);
    return st;
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

static karvan_status wits(karvan_error *err) {
    static const char text[] =
        "Reporter,Partner,Year,Export (US$ Thousand)\nKazakhstan,Georgia,2020,5\n"
        "Kazakhstan,World,2020,5\n";
    karvan_table *t = NULL, *audit = NULL;
    karvan_status st = karvan_i_wits_flows("w.csv", text, strlen(text), NULL, &audit, &t, err);
    karvan_table_destroy(t), karvan_table_destroy(audit);
    return st;
}

static void failing_allocations(void **state) {
    (void)state;
    every_allocation_fails(flows_of_message, 5000);
    every_allocation_fails(acts, 2000);
    every_allocation_fails(wide, 2000);
    every_allocation_fails(json, 2000);
    every_allocation_fails(wits, 2000);
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
                                       cmocka_unit_test(comext_as_flows),
                                       cmocka_unit_test(other_structures),
                                       cmocka_unit_test(measures_and_statuses),
                                       cmocka_unit_test(no_flows),
                                       cmocka_unit_test(wits_by_country),
                                       cmocka_unit_test(wits_advanced),
                                       cmocka_unit_test(wits_weights),
                                       cmocka_unit_test(no_wits),
                                       cmocka_unit_test(areas),
                                       cmocka_unit_test(from_files),
                                       cmocka_unit_test(failing_allocations)};
    return cmocka_run_group_tests_name("sdmx", tests, NULL, NULL);
}
