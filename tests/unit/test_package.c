/* Data Packages: what a schema asks, and where each fault is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "karvan/table.h"
#include "sweep.h"

static char folder[] = "/tmp/karvan-package-XXXXXX";

static void put(const char *name, const char *text) {
    char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void drop(const char *name) {
    char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)unlink(path);
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}
static int remove_folder(void **state) {
    (void)state;
    drop("datapackage.json"), drop("t.csv"), drop("u.csv");
    return rmdir(folder);
}

static karvan_problems *problems;

static karvan_package *opened(void) {
    karvan_package *p = NULL;
    karvan_error e = {0};
    karvan_problems_destroy(problems);
    assert_int_equal(karvan_problems_create(&problems, &e), KARVAN_OK);
    karvan_status st = karvan_package_open(folder, problems, &p, &e);
    assert_true((st == KARVAN_OK) == (p != NULL));
    return p;
}

/* "code@line:column code@line:column" of all problems, in their order. */
static const char *told(void) {
    static char text[2000];
    size_t n = 0;
    text[0] = 0;
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s@%lld:%lld", i ? " " : "", p.code,
                              (long long)p.line, (long long)p.column);
    }
    return text;
}

static void close_all(karvan_package *p) {
    karvan_package_destroy(p);
    karvan_problems_destroy(problems), problems = NULL;
}

/* One resource t, its schema `{"fields":[FIELDS]MORE}`. */
static karvan_package *table_of(const char *fields, const char *more, const char *csv) {
    char text[4000];
    (void)snprintf(text, sizeof text,
                   "{\"name\":\"p\",\"resources\":[\n{\"name\":\"t\",\"path\":\"t.csv\",\n"
                   "\"schema\":{\"fields\":[\n%s]%s}}]}\n",
                   fields, more);
    put("datapackage.json", text), put("t.csv", csv);
    return opened();
}

typedef struct sample {
    const char *fields, *more, *csv, *told;
} sample;

static void run(const sample *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        karvan_package *p = table_of(s[i].fields, s[i].more, s[i].csv);
        if (strcmp(told(), s[i].told) != 0)
            fail_msg("%s %s\n%s\ntold %s\nexpected %s", s[i].fields, s[i].more, s[i].csv, told(),
                     s[i].told);
        close_all(p);
    }
}
#define RUN(samples) run(samples, sizeof(samples) / sizeof(samples)[0])

static void types(void **state) {
    (void)state;
    static const sample samples[] = {
        {"{\"name\":\"a\",\"type\":\"integer\"}", "", "a\n1\nx\n 2 \n1.5\n",
         "type-integer@3:1 type-integer@5:1"},
        {"{\"name\":\"a\",\"type\":\"number\"},{\"name\":\"b\"}", "", "b,a\nz,1.5\nz,1;5\n",
         "type-number@3:3"},
        {"{\"name\":\"a\",\"type\":\"boolean\"}", "", "a\ntrue\n0\nyes\n", "type-boolean@4:1"},
        {"{\"name\":\"a\",\"type\":\"boolean\",\"trueValues\":[\"yes\"],\"falseValues\":[\"no\"]}",
         "", "a\nyes\nno\ntrue\n", "type-boolean@4:1"},
        {"{\"name\":\"a\",\"type\":\"string\",\"format\":\"edtf\"}", "", "a\n1992~\n1992-13\n",
         "type-date@3:1"},
        {"{\"name\":\"a\",\"rdfType\":\"http://id.loc.gov/datatypes/edtf/EDTF\"}", "",
         "a\n1992~\n1992-13\n", "type-date@3:1"},
        {"{\"name\":\"a\",\"rdfType\":\"http://x.example/\"}", "", "a\n1992-13\n", ""},
        {"{\"name\":\"a\",\"type\":\"number\",\"decimalChar\":\",\",\"groupChar\":\" \"},"
         "{\"name\":\"b\",\"type\":\"integer\",\"bareNumber\":false}",
         "", "a,b\n\"1 234,5\",95%\n1.5,$7\n", "type-number@3:1"},
        {"{\"name\":\"a\",\"type\":\"colour\"}", "", "a\nred\n", "descriptor-type@4:1"}};
    RUN(samples);
}

/* Field types and string formats that are kept as text: what each takes, then what it refuses. */
static void formats(void **state) {
    (void)state;
    static const struct {
        const char *field, *good, *bad, *code;
    } samples[] = {
        {"\"type\":\"date\"", "2024-02-29", "2023-02-29", "type-date"},
        {"\"type\":\"date\",\"format\":\"%d/%m/%Y\"", "31/12/1999", "31/13/1999", "type-date"},
        {"\"type\":\"date\",\"format\":\"fmt:%b %d %y (%j) %%\"", "Jan 05 99 (005) %",
         "Jan 05 99 (400) %", "type-date"},
        {"\"type\":\"time\"", "23:59:59", "24:00:00", "type-time"},
        {"\"type\":\"time\",\"format\":\"%I:%M:%S.%f %p %z\"", "11:59:60.125 PM +04:00",
         "13:00:00.1 PM Z", "type-time"},
        {"\"type\":\"time\",\"format\":\"%H%q\"", "", "10", "type-time"},
        {"\"type\":\"datetime\"", "2024-01-01T00:00:00Z", "2024-01-01", "type-datetime"},
        {"\"type\":\"datetime\"", "2024-01-01 10:00:00.125+04:00", "2024-01-01T25:00:00Z",
         "type-datetime"},
        {"\"type\":\"yearmonth\"", "2024-12", "2024-13", "type-yearmonth"},
        {"\"type\":\"year\"", "2024", "MMXXIV", "type-integer"},
        {"\"type\":\"duration\"", "P1Y2M10DT2H30.5M", "P1H", "type-duration"},
        {"\"type\":\"duration\"", "-P2W", "P", "type-duration"},
        {"\"type\":\"object\"", "\"{\"\"a\"\":1}\"", "[1]", "type-object"},
        {"\"type\":\"array\"", "[1]", "{}", "type-array"},
        {"\"type\":\"geopoint\"", "\"49.8, 40.4\"", "\"49.8, 95\"", "type-geopoint"},
        {"\"type\":\"geopoint\",\"format\":\"array\"", "\"[49.8, 40.4]\"", "[49.8]",
         "type-geopoint"},
        {"\"type\":\"geopoint\",\"format\":\"object\"", "\"{\"\"lon\"\":1,\"\"lat\"\":2}\"",
         "\"{\"\"lon\"\":1}\"", "type-geopoint"},
        {"\"type\":\"geojson\"", "\"{\"\"type\"\":\"\"Point\"\"}\"", "{}", "type-geojson"},
        {"\"format\":\"email\"", "a@b.org", "a@b@c", "format"},
        {"\"format\":\"uri\"", "https://a.org/x", "a b:c", "format"},
        {"\"format\":\"uri\"", "urn:x", "4:x", "format"},
        {"\"format\":\"uuid\"", "123e4567-e89b-12d3-a456-426614174000", "123e4567", "format"},
        {"\"format\":\"binary\"", "TWE=", "TWE", "format"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char field[300], csv[300], expected[80];
        (void)snprintf(field, sizeof field, "{\"name\":\"a\",%s}", samples[i].field);
        (void)snprintf(csv, sizeof csv, "a\n%s\n%s\n", samples[i].good, samples[i].bad);
        /* an empty line of a table of one column is a missing cell */
        (void)snprintf(expected, sizeof expected, "%s@3:1", samples[i].code);
        karvan_package *p = table_of(field, "", csv);
        if (strcmp(told(), expected) != 0)
            fail_msg("%s: told %s, expected %s", field, told(), expected);
        close_all(p);
    }
}

static void constraints(void **state) {
    (void)state;
    static const sample samples[] = {
        {"{\"name\":\"a\",\"constraints\":{\"required\":true}},{\"name\":\"b\"}", "",
         "a,b\nx,1\n,2\n", "required@3:1"},
        {"{\"name\":\"a\",\"constraints\":{\"unique\":true}}", "", "a\nx\ny\nx\n\"\"\n\"\"\n",
         "unique@4:1"},
        {"{\"name\":\"a\",\"type\":\"integer\",\"constraints\":{\"minimum\":2,\"maximum\":4}}", "",
         "a\n1\n2\n4\n5\n", "minimum@2:1 maximum@5:1"},
        {"{\"name\":\"a\",\"type\":\"number\",\"constraints\":{\"exclusiveMinimum\":0,"
         "\"exclusiveMaximum\":1}}",
         "", "a\n0\n0.5\n1\n", "exclusive-minimum@2:1 exclusive-maximum@4:1"},
        {"{\"name\":\"a\",\"type\":\"date\",\"constraints\":{\"minimum\":\"2000-01-01\","
         "\"exclusiveMaximum\":\"2001-01-01\"}}",
         "", "a\n1999-12-31\n2000-01-01\n2001-01-01\n", "minimum@2:1 exclusive-maximum@4:1"},
        {"{\"name\":\"a\",\"format\":\"edtf\",\"constraints\":{\"exclusiveMinimum\":\"1991\","
         "\"maximum\":\"2030\"}}",
         "", "a\n1990\n1991\n2030?\n2031/..\n", "exclusive-minimum@2:1 maximum@5:1"},
        {"{\"name\":\"a\",\"type\":\"number\",\"constraints\":{\"enum\":[1,2.5]}}", "",
         "a\n1\n2\n2.5\n", "enum@3:1"},
        {"{\"name\":\"a\",\"constraints\":{\"enum\":[\"rail\",\"road\"]}}", "",
         "a\nrail\nrial\nroad\n", "enum@3:1"},
        {"{\"name\":\"a\",\"constraints\":{\"pattern\":\"[A-Z]{2}\\\\d+\"}}", "",
         "a\nKZ1\nKz1\nKZ\nKZ12x\n", "pattern@3:1 pattern@4:1 pattern@5:1"},
        {"{\"name\":\"a\",\"constraints\":{\"pattern\":\"(?:a|b)[^\\\\d\\\\]]\\\\w\\\\s?\\\\.\"}}",
         "", "a\nax_.\na1_.\nb]_.\nbxx .\n", "pattern@3:1 pattern@4:1"},
        {"{\"name\":\"a\",\"constraints\":{\"pattern\":\"(?=x)\"}}", "", "a\nx\n",
         "descriptor-pattern@4:1"},
        {"{\"name\":\"a\",\"constraints\":{\"pattern\":\"[\\\\D]\"}}", "", "a\nx\n",
         "descriptor-pattern@4:1"},
        {"{\"name\":\"a\",\"constraints\":{\"pattern\":\"(x\"}}", "", "a\nx\n",
         "descriptor-pattern@4:1"},
        {"{\"name\":\"a\",\"constraints\":{\"minLength\":2,\"maxLength\":3}}", "",
         "a\nx\n\xC3\xA4\xC3\xA4\nxxxx\n", "length@2:1 length@4:1"},
        {"{\"name\":\"a\",\"constraints\":{\"minLength\":2}}", "", "a\nx\nxx\n", "length@2:1"}};
    RUN(samples);
}

static void hints_help(void **state) {
    (void)state;
    karvan_package *p = table_of("{\"name\":\"a\",\"constraints\":{\"enum\":[\"rail\",\"road\"]}}",
                                 "", "a\nrial\n");
    assert_string_equal(karvan_problems_get(problems, 0).message, "'rial' is not allowed here");
    assert_non_null(strstr(karvan_problems_get(problems, 0).hint, "did you mean rail"));
    close_all(p);
    p = table_of("{\"name\":\"id\"},{\"name\":\"up\"}",
                 ",\"primaryKey\":\"id\",\"foreignKeys\":[{\"fields\":\"up\",\"reference\":"
                 "{\"resource\":\"\",\"fields\":\"id\"}}]",
                 "id,up\nAktau,\nAlat,Aktua\nBaku,Aktau\n");
    assert_string_equal(told(), "foreign-key@3:6");
    assert_string_equal(karvan_problems_get(problems, 0).message, "'Aktua' is not in table t");
    assert_string_equal(karvan_problems_get(problems, 0).hint, "did you mean Aktau?");
    close_all(p);
}

static void primary_keys(void **state) {
    (void)state;
    static const char *const fields = "{\"name\":\"a\"},{\"name\":\"y\",\"type\":\"integer\"}";
    static const sample samples[] = {
        {"{\"name\":\"a\"},{\"name\":\"y\",\"type\":\"integer\"}", ",\"primaryKey\":[\"a\",\"y\"]",
         "a,y\nx,1\nx,2\nx,1\n,3\nz,\n", "primary-key@4:1 primary-key@5:1 primary-key@6:3"},
        {"{\"name\":\"a\"},{\"name\":\"y\",\"type\":\"integer\"}", ",\"primaryKey\":[\"a\",\"y\"]",
         "a,y\nx,one\n", "type-integer@2:3"}, /* said once */
        {"{\"name\":\"a\"}", ",\"primaryKey\":\"b\"", "a\nx\n", "descriptor-key@2:1"},
        {"{\"name\":\"a\"}", ",\"primaryKey\":7", "a\nx\n", "descriptor-key@2:1"},
        {"{\"name\":\"a\"}", ",\"primaryKey\":[]", "a\nx\n", "descriptor-key@2:1"}};
    karvan_package *p = table_of(fields, ",\"primaryKey\":[\"a\",\"y\"]", "y,a\n1,x\n2,x\n1,y\n");
    char key[20];
    karvan_error e = {0};
    const karvan_table *t = karvan_package_table(p, "t");
    assert_string_equal(told(), "");
    assert_int_equal(karvan_package_row(p, "t", "x|2"), 1);
    assert_int_equal(karvan_package_row(p, "t", "y|1"), 2);
    assert_int_equal(karvan_package_row(p, "t", "y|2"), -1);
    assert_int_equal(karvan_package_row(p, "none", "y|1"), -1);
    assert_int_equal(karvan_package_key(p, t, 2, key, sizeof key, &e), KARVAN_OK);
    assert_string_equal(key, "y|1");
    assert_int_equal(karvan_package_key(p, t, 2, key, 3, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_package_key(p, NULL, 0, key, sizeof key, &e), KARVAN_E_ARG);
    close_all(p);
    RUN(samples);
}

static void keys_of_every_type(void **state) {
    (void)state;
    karvan_package *p =
        table_of("{\"name\":\"r\",\"type\":\"number\"},{\"name\":\"b\",\"type\":\"boolean\"},"
                 "{\"name\":\"d\",\"format\":\"edtf\"}",
                 ",\"primaryKey\":[\"r\",\"b\",\"d\"]",
                 "r,b,d\n0.1,true,1992~\n0.1,false,1992~\n1e3,1,1992\n");
    assert_string_equal(told(), "");
    assert_int_equal(karvan_package_row(p, "t", "0.1|false|1992~"), 1);
    assert_int_equal(karvan_package_row(p, "t", "1000|true|1992"), 2);
    close_all(p);
}

static void foreign_keys(void **state) {
    (void)state;
    static const struct {
        const char *key, *told;
    } samples[] = {
        {"{\"fields\":[\"a\",\"b\"],\"reference\":{\"resource\":\"u\",\"fields\":[\"x\",\"y\"]}}",
         "foreign-key@4:1"},
        {"{\"fields\":\"a\",\"reference\":{\"resource\":\"w\",\"fields\":\"x\"}}",
         "descriptor-foreign-key@2:1"},
        {"{\"fields\":\"a\",\"reference\":{\"resource\":\"u\",\"fields\":\"z\"}}",
         "descriptor-foreign-key@2:1"},
        {"{\"fields\":[\"a\",\"b\"],\"reference\":{\"resource\":\"u\",\"fields\":\"x\"}}",
         "descriptor-foreign-key@2:1"},
        {"{\"fields\":\"q\",\"reference\":{\"resource\":\"u\",\"fields\":\"x\"}}",
         "descriptor-key@2:1"},
        {"{\"fields\":\"a\"}", "descriptor-foreign-key@2:1"}};
    put("t.csv", "a,b\nk,1\n,2\nk,2\n"), put("u.csv", "x,y\nk,1\nk,3\n");
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char text[1000];
        (void)snprintf(
            text, sizeof text,
            "{\"resources\":[\n{\"name\":\"t\",\"path\":\"t.csv\",\"schema\":{\"fields\":["
            "{\"name\":\"a\"},{\"name\":\"b\",\"type\":\"integer\"}],\"foreignKeys\":[%s]}},\n"
            "{\"name\":\"u\",\"path\":\"u.csv\",\"schema\":{\"fields\":[{\"name\":\"x\"},"
            "{\"name\":\"y\",\"type\":\"integer\"}]}}]}",
            samples[i].key);
        put("datapackage.json", text);
        karvan_package *p = opened();
        if (strcmp(told(), samples[i].told) != 0)
            fail_msg("%s: told %s, expected %s", samples[i].key, told(), samples[i].told);
        close_all(p);
    }
    drop("u.csv");
}

static void columns_and_missing(void **state) {
    (void)state;
    static const sample samples[] = {
        {"{\"name\":\"a\"},{\"name\":\"b\"}", "", "a\nx\n", "column-missing@1:1"},
        {"{\"name\":\"a\"}", "", "a,b\nx,y\n", "column-extra@1:3"},
        {"{\"name\":\"a\"},{\"name\":\"a\"}", "", "a\nx\n", "descriptor-field@2:1"},
        {"{\"type\":\"string\"},{\"name\":\"a\"}", "", "a\nx\n", "descriptor-field@2:1"},
        {"", "", "a\nx\n", "descriptor-schema@2:1"}};
    RUN(samples);
    karvan_package *p = table_of(
        "{\"name\":\"a\",\"type\":\"integer\",\"description\":\"how many\",\"unit\":\"TEU\"}",
        ",\"missingValues\":[\"\",\"-\",{\"value\":\"..\",\"label\":\"not covered\"},7]",
        "a\n1\n-\n..\n\"\"\n");
    const karvan_table *t = karvan_package_table(p, "t");
    static const karvan_cell states[] = {KARVAN_VALUE, KARVAN_UNKNOWN, KARVAN_NOT_COVERED,
                                         KARVAN_UNKNOWN};
    assert_string_equal(told(), "");
    for (int r = 0; r < 4; r++) assert_int_equal(karvan_table_state(t, 0, r), states[r]);
    assert_string_equal(karvan_package_describe(p, "t", "a"), "how many");
    assert_string_equal(karvan_package_describe(p, "t", "b"), "");
    assert_string_equal(karvan_table_column(t, 0).unit, "TEU");
    close_all(p);
    p = table_of("{\"name\":\"a\"}", ",\"missingValues\":[]", "a\nx\n\"\"\n");
    t = karvan_package_table(p, "t");
    assert_int_equal(karvan_table_state(t, 0, 1), KARVAN_VALUE); /* nothing is missing */
    close_all(p);
}

/* Whole descriptors: what is told, and whether there is a package at all. */
static void descriptors(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
        bool package;
    } samples[] = {
        {"{", "descriptor-json@1:1", false},
        {"{\"a\":1,\n\"a\":2}", "descriptor-json@2:3", false},
        {"[]", "descriptor-resources@1:1", false},
        {"{\"resources\":[]}", "descriptor-resources@1:1", false},
        {"{\"resources\":[{\"path\":\"t.csv\"}]}", "descriptor-resource@1:1", true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":\"t.csv\"},\n{\"name\":\"t\",\"path\":\"t.csv\"}"
         "]}",
         "descriptor-resource@1:1", true},
        {"{\"resources\":[\n{\"name\":\"t\"}]}", "descriptor-path@2:1", true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":\"../t.csv\"}]}", "descriptor-path@1:1", true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":\"/etc/passwd\"}]}", "descriptor-path@1:1",
         true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":\"https://a.org/t.csv\"}]}",
         "descriptor-path@1:1", true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":[\"t.csv\",\"t.csv\"]}]}", "descriptor-path@1:1",
         true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":[\"t.csv\"]}]}", "", true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":\"gone.csv\"}]}", "resource-missing@1:1", true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":\"t.xlsx\",\"format\":\"xlsx\"}]}", "", true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":\"t.csv\",\"encoding\":\"koi8-r\"}]}",
         "descriptor-dialect@1:1", true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":\"t.csv\",\"schema\":\"s.json\"}]}",
         "descriptor-schema@1:1", true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":\"t.csv\",\"schema\":[]}]}",
         "descriptor-schema@1:1", true},
        {"{\"resources\":[{\"name\":\"t\",\"path\":\"t.csv\",\"foreignKeys\":[],\"schema\":{"
         "\"fields\":"
         "[{\"name\":\"a\"}]}}]}",
         "descriptor-foreign-key@1:1", true},
        {"{\"$schema\":\"x\",\"name\":\"n\",\"title\":\"T\",\"version\":\"2\",\"resources\":[{"
         "\"name\":\"t\","
         "\"path\":\"t.csv\",\"dialect\":{\"delimiter\":\";\",\"header\":true}}]}",
         "", true}};
    put("t.csv", "a\nx\n");
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        put("datapackage.json", samples[i].text);
        karvan_package *p = opened();
        if (strcmp(told(), samples[i].told) != 0 || (p != NULL) != samples[i].package)
            fail_msg("%s\ntold %s, expected %s", samples[i].text, told(), samples[i].told);
        if (i + 1 == sizeof samples / sizeof samples[0]) {
            assert_string_equal(karvan_package_name(p), "n");
            assert_string_equal(karvan_package_title(p), "T");
            assert_string_equal(karvan_package_version(p), "2");
            assert_string_equal(karvan_package_dir(p), folder);
            assert_int_equal(karvan_package_count(p), 1);
            assert_ptr_equal(karvan_package_at(p, 0), karvan_package_table(p, "t"));
            assert_null(karvan_package_table(p, "u"));
        }
        close_all(p);
    }
}

static void dialects(void **state) {
    (void)state;
    put("datapackage.json",
        "{\"resources\":[{\"name\":\"t\",\"path\":\"t.csv\",\"format\":\"tsv\",\"encoding\":"
        "\"iso-8859-1\",\"dialect\":{\"header\":false},\"schema\":{\"fields\":[{\"name\":\"a\"},"
        "{\"name\":\"b\",\"type\":\"integer\"}]}}]}");
    put("t.csv", "B\xE4r\t1\nx\t2\n");
    karvan_package *p = opened();
    const karvan_table *t = karvan_package_table(p, "t");
    assert_string_equal(told(), "");
    assert_int_equal(karvan_table_rows(t), 2);
    assert_string_equal(karvan_table_text(t, 0, 0), "B\xC3\xA4r");
    assert_int_equal(karvan_table_int(t, 1, 1), 2);
    close_all(p);
}

static void where_a_package_lies(void **state) {
    (void)state;
    karvan_package *p = NULL;
    karvan_error e = {0};
    char path[200];
    put("datapackage.json", "{\"resources\":[{\"name\":\"t\",\"path\":\"t.csv\"}]}"),
        put("t.csv", "a\n1\n");
    assert_int_equal(karvan_problems_create(&problems, &e), KARVAN_OK);
    static const char *const ends[] = {"/", "/datapackage.json"};
    for (int i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s%s", folder, ends[i]);
        assert_int_equal(karvan_package_open(path, problems, &p, &e), KARVAN_OK);
        assert_string_equal(karvan_package_dir(p), folder);
        assert_int_equal(karvan_table_rows(karvan_package_table(p, "t")), 1);
        karvan_package_destroy(p);
    }
    assert_int_equal(karvan_package_open("/nowhere", problems, &p, &e), KARVAN_E_IO);
    assert_null(p);
    assert_int_equal(karvan_package_open(NULL, problems, &p, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_package_open(folder, NULL, &p, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_package_open(folder, problems, NULL, &e), KARVAN_E_ARG);
    close_all(NULL);
}

static void assumptions_have_reasons(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_package *p =
        table_of("{\"name\":\"cost_source\"},{\"name\":\"source\"},{\"name\":\"note\"}", "",
                 "cost_source,source,note\nassumption,x,because\nassumption,x,\nx,assumption,\n");
    assert_string_equal(told(), "");
    assert_int_equal(karvan_package_check_sources(p, problems, &e), KARVAN_OK);
    assert_string_equal(told(), "assumption-without-reason@3:1 assumption-without-reason@4:3");
    assert_int_equal(karvan_package_check_sources(NULL, problems, &e), KARVAN_E_ARG);
    close_all(p);
}

static karvan_status open_once(karvan_error *e) {
    karvan_problems *list = NULL;
    karvan_package *p = NULL;
    karvan_status st = karvan_problems_create(&list, e);
    if (st == KARVAN_OK) st = karvan_package_open(folder, list, &p, e);
    if (st == KARVAN_OK) st = karvan_package_check_sources(p, list, e);
    karvan_package_destroy(p), karvan_problems_destroy(list);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    close_all(table_of(
        "{\"name\":\"id\",\"constraints\":{\"required\":true,\"unique\":true,\"pattern\":\"[a-"
        "z\\\\d]+\"}},"
        "{\"name\":\"n\",\"type\":\"integer\",\"constraints\":{\"minimum\":1,\"enum\":[1,2]}},"
        "{\"name\":\"d\",\"type\":\"date\"},{\"name\":\"m\",\"constraints\":{\"enum\":[\"a\"],"
        "\"maxLength\":2}},{\"name\":\"source\"},{\"name\":\"note\"},{\"name\":\"gone\"}",
        ",\"primaryKey\":\"id\",\"foreignKeys\":[{\"fields\":\"m\",\"reference\":{\"resource\":"
        "\"\","
        "\"fields\":\"id\"}}]",
        "id,n,d,m,source,note\nx,1,2024-01-01,x,assumption,\nX,0,2024-13-01,yyy,s,n\n,3,,,,\nx,q,,,"
        ",\n"));
    every_allocation_fails(open_once, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(types),
                                       cmocka_unit_test(formats),
                                       cmocka_unit_test(constraints),
                                       cmocka_unit_test(hints_help),
                                       cmocka_unit_test(primary_keys),
                                       cmocka_unit_test(keys_of_every_type),
                                       cmocka_unit_test(foreign_keys),
                                       cmocka_unit_test(columns_and_missing),
                                       cmocka_unit_test(descriptors),
                                       cmocka_unit_test(dialects),
                                       cmocka_unit_test(where_a_package_lies),
                                       cmocka_unit_test(assumptions_have_reasons),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
