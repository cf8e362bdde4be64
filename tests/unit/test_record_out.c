/* The record in files of other programs: what their readers find in it is what the claims say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>

#include "json_find.h"
#include "karvan/exchange.h"
#include "karvan/report.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

static const small_table TABLES[] = {
    {"countries", "iso3:s,name:s,independence:d\nAAA,Aland <i>,1991\nBBB,Beland,1991\n",
     "\"iso3\""},
    {"organisations", "id:s,name:s,founded:d\nORG,The Body,1990\n", "\"id\""},
    {"places", "id:s,name:s\nP1,Port One\n", "\"id\""},
    {"settings", "key:s,value:s\nreference_date,2020-06-01\n", "\"key\""},
    {"sources",
     "id:s,title:s,publisher:s,year:d,url:s,accessed:d,kind:s,note:s\n"
     "guess,Nothing,,,,,assumption,\n"
     "a.b_c,\"50 % of {all} & \\more, #1_2 ~ ^ $\",\"Smith \"\"&\"\" Sons\",2019~,"
     "https://x.example/a_b%20c?d={1}&e=~f,2020-03,document,\n"
     "news-1,Plain,The Times,2018-05-04,,2020-03-01,news,read in part\n"
     "span,Works,Uni,1998/2001,,,dataset,\n"
     "open,Open,,1998/..,,,reference_work,\n"
     "unused,Unused,,2000,,,document,\n",
     "\"id\""},
    {"kinds", "kind:s,label:s,symmetric:b\nvisit,Visit,false\ntreaty,Treaty,false\n", "\"kind\""},
    {"claims",
     "id:s,kind:s,dimension:s,subject:s,object:s,title:s,date:d,value:s,unit:s,place:s,rank:s,"
     "conflict:s,source:s,note:s,original:s\n"
     "day,visit,political,AAA,BBB,A <b>bold</b> & \"big\" day,1992-08-30,,,P1,normal,k,a.b_c,,\n"
     "year,visit,economic,AAA,BBB,Year,1992,,,,normal,k,news-1,,\n"
     "month,visit,cultural,AAA,ORG,Month,1993-02~,,,,preferred,,span,,\n"
     "long,treaty,strategic,AAA,BBB,Long,2004/2006-06,,,,normal,,open,,\n"
     "open,treaty,political,AAA,BBB,Open,2010-05-01/..,,,,normal,,a.b_c,,\n"
     "lost,treaty,political,AAA,BBB,Nobody knows,2011/,,,,normal,,guess,,\n"
     "bad,visit,political,AAA,BBB,Wrong,2012,,,,deprecated,,news-1,why,\n"
     "none,visit,political,AAA,BBB,No date,,,,,normal,,news-1,,\n",
     "\"id\""},
    {"parties",
     "claim:s,party:s,role:s\nday,AAA,party\nday,BBB,party\nyear,AAA,party\nyear,BBB,party\n"
     "month,AAA,party\nmonth,ORG,party\nlong,AAA,party\nlong,BBB,party\nopen,AAA,party\n"
     "open,BBB,party\nlost,AAA,party\nlost,BBB,party\nbad,AAA,party\nbad,BBB,party\n"
     "none,AAA,party\nnone,BBB,party\n",
     NULL}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

static small_region region;
static karvan_view all;

static int set_up(void **state) {
    (void)state;
    karvan_record_query q = {0};
    if (!small_open(&region, TABLES, N_TABLES)) return -1;
    return karvan_record_select(region.package, &q, &all, NULL) == KARVAN_OK ? 0 : -1;
}

static const char *in_folder(const char *name) {
    static char path[200];
    small_path(&region, name, "", path, sizeof path);
    return path;
}

static int tear_down(void **state) {
    (void)state;
    (void)unlink(in_folder("m.json"));
    karvan_view_clear(&all);
    small_close(&region);
    return 0;
}

static json_t *timeline(karvan_lanes lanes, const char *focus, karvan_timeline_form form) {
    const karvan_timeline how = {lanes, focus};
    karvan_error e = {0};
    json_error_t why;
    if (karvan_timeline_write(region.package, &all, &how, form, in_folder("t.json"), &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    json_t *j = json_load_file(in_folder("t.json"), JSON_REJECT_DUPLICATES, &why);
    if (!j) fail_msg("%d: %s", why.line, why.text);
    assert_int_equal(unlink(in_folder("t.json")), 0);
    return j;
}

static void item_is(const json_t *items, const char *id, const char *type, const char *start,
                    const char *end, const char *class) {
    const json_t *o = find(items, "id", id);
    assert_string_equal(member(o, "type"), type);
    assert_string_equal(member(o, "start"), start);
    assert_string_equal(member(o, "end"), end);
    assert_string_equal(member(o, "className"), class);
}

static void vis(void **state) {
    (void)state;
    json_t *j = timeline(KARVAN_LANES_DIMENSION, NULL, KARVAN_TIMELINE_VIS);
    const json_t *groups = json_object_get(j, "groups"), *items = json_object_get(j, "items");
    assert_int_equal(json_array_size(groups), 4);
    assert_string_equal(member(json_array_get(groups, 0), "id"), "political");
    /* a day is a box, what it may mean a range; ends are the moment after */
    item_is(items, "day", "box", "1992-08-30", "", "political normal contested");
    item_is(items, "year", "range", "1992-01-01", "1993-01-01",
            "economic normal contested uncertain");
    item_is(items, "month", "range", "1993-02-01", "1993-03-01",
            "cultural preferred uncertain doubtful");
    /* from the end of 2004 to the first day of June 2006 it certainly went on */
    item_is(items, "long", "range", "2004-12-31", "2006-06-02",
            "strategic normal uncertain-start uncertain-end");
    item_is(items, "long~", "background", "2004-01-01", "2006-07-01",
            "strategic normal uncertain-start uncertain-end");
    /* an open end reaches the reference date, an unknown one perhaps */
    item_is(items, "open", "range", "2010-05-01", "2020-06-02", "political normal open-end");
    item_is(items, "lost~", "background", "2011-01-01", "2020-06-02",
            "political normal uncertain-start unknown-end");
    item_is(items, "lost", "range", "2011-12-31", "2012-01-01",
            "political normal uncertain-start unknown-end");
    assert_int_equal(json_array_size(items), 8);
    assert_string_equal(member(find(items, "id", "day"), "content"),
                        "A &lt;b&gt;bold&lt;/b&gt; &amp; &quot;big&quot; day");
    json_decref(j);
}

static void vis_by_party(void **state) {
    (void)state;
    json_t *j = timeline(KARVAN_LANES_PARTY, NULL, KARVAN_TIMELINE_VIS);
    const json_t *items = json_object_get(j, "items"), *groups = json_object_get(j, "groups");
    assert_string_equal(member(find(groups, "id", "AAA"), "content"), "Aland &lt;i&gt;");
    assert_string_equal(member(find(items, "id", "day@BBB"), "group"), "BBB");
    assert_int_equal(json_array_size(items), 16);
    json_decref(j);
    j = timeline(KARVAN_LANES_PARTY, "AAA", KARVAN_TIMELINE_VIS);
    items = json_object_get(j, "items");
    assert_string_equal(member(find(items, "id", "day"), "group"), "BBB");
    assert_string_equal(member(find(items, "id", "month"), "group"), "ORG");
    assert_int_equal(json_array_size(items), 8);
    json_decref(j);
}

static void date_is(const json_t *event, const char *which, int year, int month, int day) {
    const json_t *d = json_object_get(event, which);
    assert_int_equal(json_integer_value(json_object_get(d, "year")), year);
    assert_int_equal(json_integer_value(json_object_get(d, "month")), month);
    assert_int_equal(json_integer_value(json_object_get(d, "day")), day);
}

/* As far as a date is known: a year alone has no month. */
static void timeline_js(void **state) {
    (void)state;
    json_t *j = timeline(KARVAN_LANES_KIND, NULL, KARVAN_TIMELINE_JS);
    const json_t *events = json_object_get(j, "events"), *o;
    assert_int_equal(json_array_size(events), 6);
    o = find(events, "unique_id", "day");
    date_is(o, "start_date", 1992, 8, 30);
    assert_null(json_object_get(o, "end_date"));
    assert_string_equal(member(o, "group"), "Visit");
    assert_string_equal(member(o, "display_date"), "on 30 August 1992");
    assert_string_equal(member(json_object_get(o, "text"), "headline"),
                        "A &lt;b&gt;bold&lt;/b&gt; &amp; &quot;big&quot; day");
    o = find(events, "unique_id", "year");
    date_is(o, "start_date", 1992, 0, 0);
    assert_null(json_object_get(json_object_get(o, "start_date"), "month"));
    o = find(events, "unique_id", "month");
    date_is(o, "start_date", 1993, 2, 0);
    assert_string_equal(member(o, "display_date"), "some day in February 1993, about");
    o = find(events, "unique_id", "long");
    date_is(o, "start_date", 2004, 1, 1), date_is(o, "end_date", 2006, 6, 30);
    o = find(events, "unique_id", "open");
    date_is(o, "start_date", 2010, 5, 1), date_is(o, "end_date", 2020, 6, 1);
    assert_string_equal(member(o, "display_date"), "from 1 May 2010 on, without an end");
    json_decref(j);
}

static const char *const IDS[] = {"news-1;a.b_c", NULL, "span", "open", "guess", "news-1"};

/* ---- a package that opens again ---- */

/* The region says it in the old way; the standard knows no format `edtf`. */
static void descriptor_has_no_format_edtf(const char *dir) {
    char path[240];
    (void)snprintf(path, sizeof path, "%s/datapackage.json", dir);
    json_t *j = json_load_file(path, 0, NULL);
    const json_t *claims = find(json_object_get(j, "resources"), "name", "claims");
    const json_t *date =
        find(json_object_get(json_object_get(claims, "schema"), "fields"), "name", "date");
    assert_null(json_object_get(date, "format"));
    assert_string_equal(member(date, "rdfType"), "http://id.loc.gov/datatypes/edtf/EDTF");
    json_decref(j);
}

static void package(void **state) {
    (void)state;
    karvan_record_query q = {.kind = "visit", .source = "a.b_c"};
    karvan_view v;
    karvan_package *p = NULL;
    karvan_problems *problems = NULL;
    karvan_error e = {0};
    char dir[200];
    small_path(&region, "part", "", dir, sizeof dir);
    assert_int_equal(karvan_record_select(region.package, &q, &v, &e), KARVAN_OK);
    if (karvan_record_package_write(region.package, &v, dir, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_int_equal(karvan_record_package_write(region.package, &v, dir, &e), KARVAN_E_ARG);
    karvan_view_clear(&v);
    descriptor_has_no_format_edtf(dir);
    assert_int_equal(karvan_problems_create(&problems, &e), KARVAN_OK);
    e = (karvan_error){0};
    if (karvan_package_open(dir, problems, &p, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_record_check(p, problems, &e), KARVAN_OK);
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) /* a key of one claim is told */
        assert_string_equal(karvan_problems_get(problems, i).code, "conflict-key");
    assert_int_equal(karvan_table_rows(karvan_package_table(p, "claims")), 1);
    assert_int_equal(karvan_table_rows(karvan_package_table(p, "parties")), 2);
    assert_int_equal(karvan_table_rows(karvan_package_table(p, "countries")), 2);
    assert_int_equal(karvan_table_rows(karvan_package_table(p, "organisations")), 0);
    assert_string_equal(karvan_i_cell_text(karvan_package_table(p, "claims"), "title", 0),
                        "A <b>bold</b> & \"big\" day");
    karvan_package_destroy(p);
    karvan_problems_destroy(problems);
    char command[240];
    (void)snprintf(command, sizeof command, "rm -r '%s'", dir);
    assert_int_equal(system(command), 0);
}

/* ---- the drawing ---- */

static int count(const char *text, const char *word_) {
    int n = 0;
    for (const char *s = text; (s = strstr(s, word_)) != NULL; s++) n++;
    return n;
}

static void drawing(void **state) {
    (void)state;
    const karvan_timeline how = {KARVAN_LANES_DIMENSION, NULL};
    karvan_document d = {0};
    karvan_error e = {0};
    if (karvan_report_timeline_svg(region.package, &all, &how, 900, &d, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_int_equal(count(d.text, "<g class=\""), 6 + 4);         /* marks, and the key */
    assert_int_equal(count(d.text, "stroke=\"currentColor\""), 2); /* forks of what is contested */
    assert_int_equal(count(d.text, "mask=\"url(#m1)\""), 5); /* all but the day may mean more */
    assert_non_null(strstr(d.text, "A &lt;b&gt;bold"));
    assert_null(strstr(d.text, "Wrong"));
    karvan_document_clear(&d);
    assert_int_equal(karvan_report_timeline_svg(region.package, &all, &how, 100, &d, &e),
                     KARVAN_E_ARG);
}

static karvan_status everything(karvan_error *e) {
    const karvan_timeline how = {KARVAN_LANES_PARTY, "AAA"};
    karvan_document d = {0};
    karvan_status st = karvan_timeline_write(region.package, &all, &how, KARVAN_TIMELINE_VIS,
                                             in_folder("m.json"), e);
    if (st == KARVAN_OK)
        st = karvan_timeline_write(region.package, &all, &how, KARVAN_TIMELINE_JS,
                                   in_folder("m.json"), e);
    if (st == KARVAN_OK)
        st = karvan_citations_write(region.package, 6, IDS, KARVAN_BIBTEX, in_folder("m.json"),
                                    NULL, e);
    if (st == KARVAN_OK)
        st = karvan_citations_write(region.package, 6, IDS, KARVAN_CSL_JSON, in_folder("m.json"),
                                    NULL, e);
    if (st == KARVAN_OK) st = karvan_report_timeline_svg(region.package, &all, &how, 400, &d, e);
    karvan_document_clear(&d);
    if (st != KARVAN_OK) return st;
    char dir[200], command[240];
    small_path(&region, "m", "", dir, sizeof dir);
    st = karvan_record_package_write(region.package, &all, dir, e);
    (void)snprintf(command, sizeof command, "rm -r '%s'", dir);
    return st == KARVAN_OK && system(command) != 0 ? KARVAN_E_IO : st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 20000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vis),         cmocka_unit_test(vis_by_party),
        cmocka_unit_test(timeline_js), cmocka_unit_test(package),
        cmocka_unit_test(drawing),     cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
