/* A record of seven claims whose answers are known by hand: uncertain dates, pairs, bodies,
 * contradictions, memberships, and every check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "karvan/record.h"
#include "record_answers.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

static const small_table TABLES[] = {
    {"countries",
     "iso3:s,name:s,aliases:s,independence:d\nAAA,Aland,Alandia,1991-08-30\nBBB,Beland,,\n"
     "CCC,Celand,,1991\n",
     "\"iso3\""},
    {"organisations", "id:s,name:s,aliases:s,founded:d\nORG,The Body,,1990\nLATE,Late,,2000\n",
     "\"id\""},
    {"places", "id:s,name:s\nP1,Port One\n", "\"id\""},
    {"sources", "id:s,title:s\ns1,One\ns2,Two\n", "\"id\""},
    {"kinds",
     "kind:s,symmetric:b\nrecognition,true\ndiplomatic_relations,true\nmission_opened,false\n"
     "visit,false\n",
     "\"kind\""},
    {"claims",
     "id:s,kind:s,dimension:s,subject:s,object:s,title:s,date:d,value:s,unit:s,place:s,rank:s,"
     "conflict:s,source:s,note:s\n"
     "c1,diplomatic_relations,political,,,Relations begin,1992,,,,normal,rel:AB,s1,\n"
     "c2,diplomatic_relations,political,,,Relations begin,1992-08-30,,,,preferred,rel:AB,s2,\n"
     "c3,mission_opened,political,,,Embassy opens,1993-03,,,,normal,,s1,\n"
     "c4,visit,economic,,,President visits,1992~,,,,normal,,s1,\n"
     "c5,visit,cultural,AAA,ORG,Speech \xC4\xB0n the Body,2001-05-04,,,,normal,,s2,\n"
     "c6,visit,political,P1,,No date,,,,,normal,,s1,\n"
     "c7,visit,strategic,,,Long talks,1990/1995,,,,deprecated,,s2,wrong\n",
     "\"id\""},
    {"parties",
     "claim:s,party:s,role:s,signed:d,ratified:d,in_force:d,withdrawn:d,note:s\n"
     "c1,AAA,party,,,,,\nc1,BBB,party,,,,,\nc2,AAA,party,,,,,\nc2,BBB,party,,,,,\n"
     "c3,AAA,sender,,,,,\nc3,BBB,receiver,,,,,\nc4,AAA,guest,,,,,\nc4,CCC,host,,,,,\n"
     "c5,AAA,guest,,,,,\nc6,BBB,guest,,,,,\nc7,AAA,party,,,,,\nc7,CCC,party,,,,,\n",
     NULL},
    {"memberships",
     "organisation:s,country:s,status:s,from:d,to:d,source:s,note:s\nORG,AAA,member,1992,,s1,\n"
     "ORG,BBB,observer,1995,2001,s1,\nLATE,AAA,member,2003,,s1,\n",
     NULL}};

static small_region region;

static int set_up(void **state) {
    (void)state;
    return small_open(&region, TABLES, sizeof TABLES / sizeof TABLES[0]) ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    small_close(&region);
    return 0;
}

static void answers(karvan_record_query q, const char *expected) {
    record_answers(region.package, q, expected);
}

static void who_what_where(void **state) {
    (void)state;
    /* by first day, then last day; the undated come last */
    answers((karvan_record_query){0}, "c7 c1 c4 c2 c3 c5 c6");
    answers((karvan_record_query){.party = "AAA", .other = "BBB"}, "c1 c2 c3");
    answers((karvan_record_query){.party = "BBB", .other = "AAA"}, "c1 c2 c3");
    answers((karvan_record_query){.party = "CCC"}, "c7 c4");
    answers((karvan_record_query){.body = "ORG"}, "c5");
    answers((karvan_record_query){.kind = "visit", .dimension = "economic"}, "c4");
    answers((karvan_record_query){.source = "s2"}, "c7 c2 c5");
    answers((karvan_record_query){.only_conflicts = true}, "c1 c2");
    answers((karvan_record_query){.text = "IN THE BODY"}, "c5");
    answers((karvan_record_query){.text = "nothing of it"}, "");
}

static void when(void **state) {
    (void)state;
    karvan_record_query q = {.has_from = true, .has_to = true};
    q.from = karvan_day_from_civil(1992, 1, 1), q.to = karvan_day_from_civil(1992, 12, 31);
    answers(q, "c7 c1 c4 c2"); /* whatever may lie in 1992 */
    q.only_certain = true;
    answers(q, "c1 c4 c2"); /* an interval of five years does not */
    q.from = karvan_day_from_civil(1992, 8, 1), q.to = karvan_day_from_civil(1992, 8, 31);
    answers(q, "c2");
    q.only_certain = false;
    answers(q, "c7 c1 c4 c2");
    q.from = q.to = karvan_day_from_civil(1992, 8, 30); /* both days lie within */
    answers(q, "c7 c1 c4 c2");
    q.only_certain = true;
    answers(q, "c2");
    answers((karvan_record_query){.has_from = true, .from = karvan_day_from_civil(1996, 1, 1)},
            "c5");
}

static void refused(karvan_record_query q, const char *why) {
    karvan_view v;
    karvan_error e = {0};
    assert_int_equal(karvan_record_select(region.package, &q, &v, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, why);
    assert_null(v.row);
}

static void unknown_words(void **state) {
    (void)state;
    refused((karvan_record_query){.kind = "vist"}, "no kind is called 'vist'; did you mean visit?");
    refused((karvan_record_query){.source = "wholly-other"},
            "no source is called 'wholly-other'; table sources lists them");
    refused((karvan_record_query){.dimension = "moral"},
            "no dimension is called 'moral': political, economic, cultural or strategic");
}

static void codes(void **state) {
    (void)state;
    const char *a, *b;
    karvan_error e = {0};
    assert_int_equal(karvan_record_party(region.package, "alandia", &a, &e), KARVAN_OK);
    assert_string_equal(a, "AAA");
    assert_int_equal(karvan_record_party(region.package, "the body", &a, &e), KARVAN_OK);
    assert_string_equal(a, "ORG");
    assert_int_equal(karvan_record_pair(region.package, "Aland-ccc", &a, &b, &e), KARVAN_OK);
    assert_string_equal(a, "AAA"), assert_string_equal(b, "CCC");
    assert_int_equal(karvan_record_pair(region.package, "AAA", &a, &b, &e), KARVAN_E_ARG);
    char typed[200];
    memset(typed, 'A', sizeof typed), memcpy(typed + 150, "-BBB", 5);
    e = (karvan_error){0};
    assert_int_equal(karvan_record_pair(region.package, typed, &a, &b, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "is too long for a pair"));
    assert_true(!a && !b);
}

static void contradictions(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_record_conflicts(region.package, NULL, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    assert_string_equal(karvan_i_cell_text(t, "id", 0), "c2"); /* the preferred one first */
    assert_string_equal(karvan_i_cell_text(t, "resolved", 1), "c2");
    karvan_table_destroy(t);
    static const struct {
        karvan_record_query q;
        int64_t rows;
    } samples[] = {{{.source = "s1", .kind = "diplomatic_relations"}, 2}, /* the other one too */
                   {{.kind = "mission_opened"}, 0}};
    for (int i = 0; i < 2; i++) {
        karvan_view v;
        assert_int_equal(karvan_record_select(region.package, &samples[i].q, &v, &e), KARVAN_OK);
        assert_int_equal(karvan_record_conflicts(region.package, &v, &t, &e), KARVAN_OK);
        assert_int_equal(karvan_table_rows(t), samples[i].rows);
        karvan_table_destroy(t);
        karvan_view_clear(&v);
    }
}

static void wide_rows(void **state) {
    (void)state;
    karvan_view v;
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_record_query q = {.kind = "mission_opened"};
    assert_int_equal(karvan_record_select(region.package, &q, &v, &e), KARVAN_OK);
    assert_int_equal(karvan_record_table(region.package, &v, true, &t, &e), KARVAN_OK);
    assert_string_equal(karvan_i_cell_text(t, "parties", 0), "AAA;BBB");
    assert_string_equal(karvan_i_cell_text(t, "roles", 0), "AAA:sender;BBB:receiver");
    karvan_view_clear(&v);
    karvan_table_destroy(t);
}

static void memberships(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_record_memberships(region.package, "AAA", NULL, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    karvan_table_destroy(t);
    assert_int_equal(karvan_record_memberships(region.package, "AAA", "BBB", &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2); /* both rows of the one that they share */
    assert_string_equal(karvan_i_cell_text(t, "name", 1), "The Body");
    assert_string_equal(karvan_i_cell_text(t, "status", 1), "observer");
    karvan_table_destroy(t);
}

/* Sound as it is; then each fault added to it is told, in the line where it stands. */
static void checks(void **state) {
    (void)state;
    static const struct {
        int table; /* of TABLES: 5 claims, 6 parties, 7 memberships */
        const char *row, *party, *code;
    } faults[] = {
        {5, "f,visit,political,,,x,1999,,,,normal,,s1,\n", "", "claim-without-parties"},
        {5, "f,visit,political,,,x,1999,,,,normal,,s1,\n", "f,QQQ,guest,,,,,\n", "party-unknown"},
        {5, "f,recognition,political,,,x,1999,,,,normal,,s1,\n", "f,AAA,party,,,,,\n",
         "tie-one-way"},
        {5, "f,recognition,political,,,x,1999,,,,normal,,s1,\n",
         "f,AAA,party,,,,,\nf,BBB,guest,,,,,\n", "tie-one-way"},
        {5, "f,visit,political,,,x,1999,,,,preferred,rel:AB,s1,\n", "f,AAA,guest,,,,,\n",
         "conflict-key"},
        {5, "f,mission_opened,political,,,x,1999,,,,normal,,s1,\n", "f,AAA,sender,,,,,\n",
         "mission-without-host"},
        {5, "f,mission_opened,political,,,x,1991,,,,normal,,s1,\n",
         "f,AAA,sender,,,,,\nf,BBB,receiver,,,,,\n", "mission-before-recognition"},
        {5, "f,visit,political,,,x,1999,,,,normal,lonely,s1,\n", "f,AAA,guest,,,,,\n",
         "conflict-key"},
        {5, "f,visit,political,,,x,1999,,,,deprecated,,s1,\n", "f,AAA,guest,,,,,\n",
         "deprecated-without-reason"},
        {6, "c4,BBB,guest,1999,1998,,,\n", "", "party-dates-order"},
        {7, "LATE,CCC,member,1999,,s1,\n", "", "membership-before-founding"},
        {7, "ORG,CCC,member,1990,,s1,\n", "", "membership-before-independence"},
        {7, "ORG,CCC,member,1995,1994,s1,\n", "", "membership-backwards"}};
    karvan_problems *p = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&p, &e), KARVAN_OK);
    assert_int_equal(karvan_record_check(region.package, p, &e), KARVAN_OK);
    assert_int_equal(karvan_problems_total(p), 0);
    karvan_problems_destroy(p);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        small_table tables[sizeof TABLES / sizeof TABLES[0]];
        char changed[4000], parties[4000];
        small_region other;
        memcpy(tables, TABLES, sizeof tables);
        (void)snprintf(parties, sizeof parties, "%s%s", TABLES[6].csv, faults[i].party);
        tables[6].csv = parties;
        (void)snprintf(changed, sizeof changed, "%s%s", tables[faults[i].table].csv, faults[i].row);
        tables[faults[i].table].csv = changed;
        assert_true(small_open(&other, tables, sizeof tables / sizeof tables[0]));
        assert_int_equal(karvan_record_check(other.package, other.problems, &e), KARVAN_OK);
        if (karvan_problems_total(other.problems) != 1)
            fail_msg("%s: %d problems", faults[i].code, (int)karvan_problems_total(other.problems));
        assert_string_equal(karvan_problems_get(other.problems, 0).code, faults[i].code);
        small_close(&other);
    }
}

static karvan_status everything(karvan_error *e) {
    karvan_problems *p = NULL;
    karvan_view v = {0};
    karvan_table *rows = NULL, *conflicts = NULL, *bodies = NULL;
    karvan_record_query q = {.party = "AAA", .text = "relations"};
    karvan_status st = karvan_problems_create(&p, e);
    if (st == KARVAN_OK) st = karvan_record_check(region.package, p, e);
    if (st == KARVAN_OK) st = karvan_record_select(region.package, &q, &v, e);
    if (st == KARVAN_OK) st = karvan_record_table(region.package, &v, true, &rows, e);
    if (st == KARVAN_OK) st = karvan_record_conflicts(region.package, &v, &conflicts, e);
    if (st == KARVAN_OK) st = karvan_record_memberships(region.package, "AAA", "BBB", &bodies, e);
    karvan_table_destroy(rows), karvan_table_destroy(conflicts), karvan_table_destroy(bodies);
    karvan_view_clear(&v);
    karvan_problems_destroy(p);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_what_where),    cmocka_unit_test(when),
        cmocka_unit_test(unknown_words),     cmocka_unit_test(codes),
        cmocka_unit_test(contradictions),    cmocka_unit_test(wide_rows),
        cmocka_unit_test(memberships),       cmocka_unit_test(checks),
        cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
