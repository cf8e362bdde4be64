/* Timelines where programs differ from EDTF and from one another: years before 1 and far
 * from now, names with marks of HTML. tests/browser shows the same in the programs themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_find.h"
#include "karvan/exchange.h"
#include "region.h"

static const small_table TABLES[] = {
    {"countries", "iso3:s,name:s,independence:d\nAAA,Aland <i>,1991\n", "\"iso3\""},
    {"settings", "key:s,value:s\nreference_date,2020-06-01\n", "\"key\""},
    {"sources", "id:s,title:s,kind:s\nold,Old,document\n", "\"id\""},
    {"kinds", "kind:s,label:s,symmetric:b\nvisit,\"Visit <b>, \"\"A & B\"\"\",false\n", "\"kind\""},
    {"claims",
     "id:s,kind:s,dimension:s,subject:s,object:s,title:s,date:d,value:s,unit:s,place:s,rank:s,"
     "conflict:s,source:s,note:s,original:s\n"
     "ides,visit,political,AAA,,Ides,-0043-03-15,,,,normal,,old,,\n"
     "zero,visit,political,AAA,,Zero,0000,,,,normal,,old,,\n"
     "one,visit,political,AAA,,One,0001,,,,normal,,old,,\n"
     "edge,visit,political,AAA,,Edge,9999,,,,normal,,old,,\n"
     "past,visit,political,AAA,,Past,Y-150000,,,,normal,,old,,\n"
     "deep,visit,political,AAA,,Deep,Y-50000000,,,,normal,,old,,\n"
     "half,visit,political,AAA,,Half,1990/..,,,,normal,,old,,\n"
     "next,visit,political,AAA,,Next,Y200001,,,,normal,,old,,\n",
     "\"id\""},
    {"parties", "claim:s,party:s,role:s\nides,AAA,party\n", NULL}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

SMALL_REGION_OF(TABLES, N_TABLES)

static void path_of(char *path, size_t cap) { small_path(&region, "out", "", path, cap); }

static bool is_near(void *state, const karvan_table *t, int64_t row) {
    (void)state, (void)t;
    return row < 4; /* the rows of claims that TimelineJS has days for */
}

static bool is_any(void *state, const karvan_table *t, int64_t row) {
    (void)state, (void)t, (void)row;
    return true;
}

static json_t *timeline(karvan_timeline_form form,
                        bool (*takes)(void *, const karvan_table *, int64_t)) {
    const karvan_timeline how = {KARVAN_LANES_KIND, NULL};
    const karvan_table *claims = karvan_package_table(region.package, "claims");
    karvan_error e = {0};
    karvan_view v;
    char path[200];
    path_of(path, sizeof path);
    assert_int_equal(karvan_view_init(&v, claims, takes, NULL, &e), KARVAN_OK);
    if (karvan_timeline_write(region.package, &v, &how, form, path, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    karvan_view_clear(&v);
    json_t *j = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(j);
    assert_int_equal(unlink(path), 0);
    return j;
}

static void item_is(const json_t *items, const char *id, const char *start, const char *end,
                    const char *class) {
    const json_t *o = find(items, "id", id);
    assert_string_equal(member(o, "start"), start);
    assert_string_equal(member(o, "end"), end);
    assert_string_equal(member(o, "className"), class);
}

/* vis-timeline has the year 0 and six digits; what is too far for it stands at the bound. */
static void vis(void **state) {
    (void)state;
    json_t *j = timeline(KARVAN_TIMELINE_VIS, is_any);
    const json_t *items = json_object_get(j, "items");
    item_is(items, "ides", "-000043-03-15", "", "political normal");
    item_is(items, "zero", "0000-01-01", "0001-01-01", "political normal uncertain");
    item_is(items, "past", "-150000-01-01", "-149999-01-01", "political normal uncertain");
    item_is(items, "deep", "-200000-01-01", "", "political normal uncertain beyond");
    item_is(items, "half~", "1990-01-01", "+200001-01-01",
            "political normal uncertain-start open-end beyond");
    item_is(items, "next", "+200000-12-31", "", "political normal uncertain beyond");
    assert_string_equal(member(find(items, "id", "deep"), "type"), "box");
    json_decref(j);
}

static int year_of(const json_t *events, const char *id, const char *which) {
    const json_t *o = json_object_get(find(events, "unique_id", id), which);
    return (int)json_integer_value(json_object_get(o, "year"));
}

/* TimelineJS calls 1 BCE -1, and its scale of days ends with four digits. */
static void timeline_js(void **state) {
    (void)state;
    json_t *j = timeline(KARVAN_TIMELINE_JS, is_near);
    const json_t *events = json_object_get(j, "events");
    assert_string_equal(member(j, "scale"), "human");
    assert_int_equal(year_of(events, "ides", "start_date"), -44);
    assert_int_equal(year_of(events, "zero", "start_date"), -1);
    assert_int_equal(year_of(events, "one", "start_date"), 1);
    assert_string_equal(member(find(events, "unique_id", "ides"), "display_date"),
                        "on 15 March the year -43 (44 BCE)");
    json_decref(j);
    j = timeline(KARVAN_TIMELINE_JS, is_any);
    events = json_object_get(j, "events");
    assert_string_equal(member(j, "scale"), "cosmological");
    assert_int_equal(year_of(events, "deep", "start_date"), -50000001);
    assert_int_equal(year_of(events, "half", "end_date"), 200001);
    /* taken apart once before it is set as HTML */
    assert_string_equal(member(find(events, "unique_id", "one"), "group"),
                        "Visit &amp;lt;b&amp;gt;, &amp;quot;A &amp;amp; B&amp;quot;");
    json_decref(j);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(vis), cmocka_unit_test(timeline_js)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
