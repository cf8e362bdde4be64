/* Claims of one instrument, and what changed: several claims of one treaty count once, what is
 * planned has not changed yet, and what is asked for by kind, dimension and certainty is answered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "karvan/record.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

static const small_table TABLES[] = {
    {"settings", "key:s,value:s\nreference_date,2020-01-01\n", "\"key\""},
    {"countries",
     "iso3:s,name:s,independence:d\nAAA,Aland,1991\nBBB,Beland,1991\nCCC,Celand,1991\n",
     "\"iso3\""},
    {"organisations", "id:s,name:s,founded:d\nORG,The Body,1990\n", "\"id\""},
    {"sources", "id:s,title:s,kind:s\ns1,One,document\ns2,Two,news\n", "\"id\""},
    {"kinds",
     "kind:s,dimension:s,symmetric:b,class:s,shown:s\nvisit,political,false,,\n"
     "treaty,political,false,,\nmembership,strategic,false,,\n",
     "\"kind\""},
    {"claims",
     "id:s,kind:s,dimension:s,subject:s,object:s,title:s,date:d,value:s,unit:s,place:s,rank:s,"
     "conflict:s,source:s,note:s,original:s\n"
     /* one treaty by three claims: the preferred one knows the entry into force, another who signed
      * when and who left; the deprecated one is not heard */
     "a1,treaty,political,AAA,BBB,Sea treaty,2000,,,,normal,sea,s1,,\n"
     "a2,treaty,political,AAA,BBB,Sea treaty by day,2000-08-12,,,,preferred,sea,s2,,\n"
     "a3,treaty,political,AAA,BBB,Sea treaty again,2000-08-12,,,,deprecated,sea,s2,wrong,\n"
     /* stated twice in the same words; and another of the same day */
     "b1,treaty,political,AAA,BBB,Air treaty,2001,,,,normal,,s1,,\n"
     "b2,treaty,political,AAA,BBB,Air treaty,2001,,,,normal,,s2,,\n"
     "b3,treaty,political,AAA,BBB,Land treaty,2001,,,,normal,,s2,,\n"
     /* the first claim names one party alone */
     "c1,visit,political,AAA,,Half told,2015,,,,normal,half,s1,,\n"
     "c2,visit,cultural,AAA,BBB,Whole,2015-05,,,,preferred,half,s2,,\n"
     "d1,visit,political,AAA,BBB,Perhaps,2019/2021,,,,normal,,s1,,\n"
     "d2,visit,political,AAA,BBB,Planned,2027,,,,normal,,s1,,\n",
     "\"id\""},
    {"parties",
     "claim:s,party:s,role:s,signed:d,ratified:d,acceded:d,in_force:d,withdrawn:d,terminated:d,"
     "note:s\n"
     "a1,AAA,party,2000-08-12,,,1999,,,\na1,BBB,party,2000-08-13,,,,2010-06-30,,\n"
     "a2,AAA,party,,,,2002,,,\na2,BBB,party,,,,2003,,,\n"
     "a3,AAA,party,,,,,2001,,\na3,BBB,party,,,,,2001,,\n"
     "b1,AAA,party,,,,,,,\nb1,BBB,party,,,,,,,\nb2,AAA,party,,,,,,,\nb2,BBB,party,,,,,,,\n"
     "b3,AAA,party,,,,,,,\nb3,BBB,party,,,,,,,\n"
     "c1,AAA,party,,,,,,,\nc2,AAA,party,,,,,,,\nc2,BBB,party,,,,,,,\n"
     "d1,AAA,party,,,,,,,\nd1,BBB,party,,,,,,,\nd2,AAA,party,,,,,,,\nd2,BBB,party,,,,,,,\n",
     NULL},
    {"memberships",
     "organisation:s,country:s,status:s,from:d,to:d,source:s,note:s\nORG,AAA,member,1992,,s1,\n"
     "ORG,BBB,member,2016,2025,s1,\n",
     NULL}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

SMALL_REGION_OF(TABLES, N_TABLES)

static karvan_day day(const char *s) {
    karvan_edtf d;
    assert_int_equal(karvan_edtf_parse(s, strlen(s), &d, NULL), KARVAN_OK);
    return d.earliest;
}

static void status_is(const char *on, const char *status) {
    karvan_table *t = NULL;
    assert_int_equal(karvan_record_instruments(region.package, "AAA", "BBB", day(on), &t, NULL),
                     KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 3); /* sea, air, land: not six */
    int64_t r = karvan_table_lookup(t, 0, "a2");
    assert_true(r >= 0);
    assert_string_equal(karvan_i_cell_text(t, "status", r), status);
    assert_string_equal(karvan_i_cell_text(t, "signed", r), "2000-08-13");
    assert_string_equal(karvan_i_cell_text(t, "in_force", r), "2003"); /* not 1999 of a1 */
    assert_string_equal(karvan_i_cell_text(t, "ends", r), "2010-06-30");
    karvan_table_destroy(t);
}

static void one_treaty_counts_once(void **state) {
    (void)state;
    status_is("2001-01-01", "no");
    status_is("2003-06-01", "maybe");
    status_is("2010-06-30", "yes");
    status_is("2010-07-01", "no");
}

/* What changed, as the first words of each row with its certainty. */
static void changed(karvan_record_query q, const char *expected) {
    char got[400] = "";
    karvan_table *t = NULL;
    karvan_error e = {0};
    q.party = "AAA", q.has_from = true;
    if (karvan_record_changed(region.package, &q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        size_t n = strlen(got);
        (void)snprintf(got + n, sizeof got - n, "%s%s %s", n ? "; " : "",
                       karvan_i_cell_text(t, "what", r), karvan_i_cell_text(t, "certain", r));
    }
    assert_string_equal(got, expected);
    karvan_table_destroy(t);
}

static void changes_end_and_are_chosen(void **state) {
    (void)state;
    static const char *const visits[] = {"visit"}, *const joins[] = {"membership"},
                             *const some[] = {"cultural", "strategic"}, *const slip[] = {"vizit"};
    const karvan_day first = day("2014-01-01");
    karvan_record_query q = {.other = "BBB", .from = first};
    /* until the reference date: 2027 has not come, nor has 2025 */
    changed(q, "Whole yes; Beland joins The Body yes; Perhaps maybe");
    q.only_certain = true;
    changed(q, "Whole yes; Beland joins The Body yes");
    q.only_certain = false, q.n_kinds = 1, q.kinds = visits;
    changed(q, "Whole yes; Perhaps maybe");
    q.kinds = joins;
    changed(q, "Beland joins The Body yes");
    q.n_kinds = 0, q.n_dimensions = 2, q.dimensions = some;
    changed(q, "Whole yes; Beland joins The Body yes");
    q.n_dimensions = 0, q.has_to = true, q.to = day("2028-01-01");
    changed(q, "Whole yes; Beland joins The Body yes; Perhaps yes; Beland leaves The Body yes; "
               "Planned yes");
    karvan_table *t = NULL;
    karvan_error e = {0};
    q = (karvan_record_query){.party = "AAA", .has_from = true, .n_kinds = 1, .kinds = slip};
    assert_int_equal(karvan_record_changed(region.package, &q, &t, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "no kind is called 'vizit'; did you mean visit?");
    e = (karvan_error){0};
    assert_int_equal(karvan_record_since(region.package, "AAA", NULL, day("2020-02-01"), &t, &e),
                     KARVAN_E_ARG);
    assert_string_equal(e.msg,
                        "changes are told until 2020-01-01, which lies before their first day");
    q = (karvan_record_query){.party = "AAA"};
    assert_int_equal(karvan_record_changed(region.package, &q, &t, NULL), KARVAN_E_ARG);
    assert_null(t);
}

static void bodies_by_name(void **state) {
    (void)state;
    const char *id;
    karvan_error e = {0};
    assert_int_equal(karvan_record_body(region.package, "the body", &id, &e), KARVAN_OK);
    assert_string_equal(id, "ORG");
    assert_int_equal(karvan_record_body(region.package, "Beland", &id, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "'Beland' is a country (BBB), not a body");
    assert_null(id);
}

/* Words with commas between them: one is enough; what is none, or too much, is told. */
static void words_of_titles(void **state) {
    (void)state;
    karvan_view v = {0};
    karvan_error e = {0};
    char many[600];
    karvan_record_query q = {.text = "AIR treaty,, plan"};
    assert_int_equal(karvan_record_select(region.package, &q, &v, &e), KARVAN_OK);
    assert_int_equal(v.n, 3);
    karvan_view_clear(&v);
    q.text = " , ";
    assert_int_equal(karvan_record_select(region.package, &q, &v, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "the text ' , ' holds no word");
    memset(many, 'x', sizeof many), many[sizeof many - 1] = 0;
    q.text = many;
    assert_int_equal(karvan_record_select(region.package, &q, &v, NULL), KARVAN_E_ARG);
    for (size_t i = 0; i < 140; i++) many[i] = i % 2 ? ',' : 'x';
    many[140] = 0;
    assert_int_equal(karvan_record_select(region.package, &q, &v, NULL), KARVAN_E_ARG);
}

static karvan_status everything(karvan_error *e) {
    karvan_table *bound = NULL, *news = NULL;
    karvan_status st =
        karvan_record_instruments(region.package, "AAA", "BBB", day("2005-01-01"), &bound, e);
    if (st == KARVAN_OK)
        st = karvan_record_since(region.package, "AAA", "BBB", day("2014-01-01"), &news, e);
    karvan_table_destroy(bound), karvan_table_destroy(news);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 20000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_treaty_counts_once), cmocka_unit_test(changes_end_and_are_chosen),
        cmocka_unit_test(bodies_by_name), cmocka_unit_test(words_of_titles),
        cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
