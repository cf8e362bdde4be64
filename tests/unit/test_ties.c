/* Ties of a region of a few rows, each worked out by hand: memberships with uncertain dates, claims
 * that contradict one another, missions that close and open again, occasions of several claims,
 * instruments and agreements in force, trade. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "karvan/trade.h"
#include "region.h"
#include "sweep.h"
#include "told_ties.h"

static const small_table TABLES[] = {
    {"countries",
     "iso3:s,name:s,aliases:s,independence:d\nAAA,Aland,,1991-08-30\nBBB,Beland,,\nCCC,Celand,,\n"
     "DDD,Deland,,2005\nEEE,Eland,,\n",
     "\"iso3\""},
    {"organisations",
     "id:s,name:s,kind:s,aliases:s,founded:d,dissolved:d\nORG,The Body,organisation,,1990,\n"
     "COM,Commission of two,commission,,2000,\nOLD,The Old One,alliance,,1980,2001\n",
     "\"id\""},
    {"memberships",
     "organisation:s,country:s,status:s,from:d,to:d,source:s,note:s\n"
     "ORG,AAA,member,1992,..,s1,\nORG,BBB,member,1995-03,2003-05-31,s2,\n"
     "ORG,CCC,observer,1990,..,s1,\nORG,CCC,member,2003,..,s1,\nORG,DDD,member,2006,,s1,\n"
     "COM,AAA,member,2000,..,s1,\nCOM,BBB,member,2000,..,s1,\n"
     "OLD,AAA,associate,1993,..,s3,\nOLD,BBB,member,1980,..,s3,\n",
     NULL},
    {"kinds",
     "kind:s,label:s,symmetric:b,class:s\nrecognition,Recognition,true,\n"
     "diplomatic_relations,Diplomatic relations,true,\nrelations_broken,Relations "
     "broken,true,\nmission_opened,Mission opened,false,\n"
     "mission_closed,Mission closed,false,\nconsulate_opened,Consulate opened,false,\n"
     "visit,Visit,false,\ntreaty,Treaty,false,\nagreement,Agreement,false,\n"
     "project,Project,false,\nstate_visit,State visit,false,visit\npact,Pact,false,instrument\n"
     "alliance,Alliance,false,instrument\n",
     "\"kind\""},
    {"claims",
     "id:s,kind:s,title:s,date:d,rank:s,conflict:s,source:s,note:s\n"
     "d1,diplomatic_relations,A and B,1992,normal,dr:AB,s1,\n"
     "d2,diplomatic_relations,A and B,1993-01-19,preferred,dr:AB,s2,\n"
     "d3,diplomatic_relations,A and C,1992,normal,dr:AC,s1,\n"
     "d4,diplomatic_relations,A and C,1995,normal,dr:AC,s2,\n"
     "d5,diplomatic_relations,B and C,1990,deprecated,,s2,wrong\n"
     "d6,diplomatic_relations,B and D,1991,normal,,s2,\n"
     "d7,relations_broken,B and D,2009,normal,,s3,\n"
     "d8,diplomatic_relations,B and D again,2012,normal,,s2,\n"
     "m1,mission_opened,A in B,1993,normal,,s1,\nm2,mission_closed,A in B,2001-06-04,normal,,s1,\n"
     "m3,mission_opened,A in B again,2008,normal,,s2,\nm4,mission_opened,B in A,,normal,,s1,\n"
     "m5,mission_opened,C in A,2001,normal,,s1,\nm6,mission_closed,C in A,2001,normal,,s1,\n"
     "v1,visit,A to B,1996,normal,,s1,\nv2,visit,A to B,1996-05-26/1996-05-27,normal,,s2,\n"
     "v3,visit,A to B,1996-09-16,normal,,s1,\nv4,visit,B to A,1996,normal,,s1,\n"
     "v5,visit,A to C,1995-12/1996-01,normal,,s1,\n\"v6\",visit,C to "
     "A,\"[1996,1998]\",normal,,s1,\n"
     "t1,treaty,A B,1997,normal,,s1,\nt2,agreement,A B C,1998,normal,,s1,\n"
     "t3,pact,B C,1960,normal,,s2,\nw1,state_visit,A to B,1994,normal,,s1,\n"
     "w2,state_visit,A to B,1994-03,normal,,s2,\n"
     "p1,project,A B C,2000/2004,normal,,s1,\np2,project,A and the body,2001,normal,,s2,\n",
     "\"id\""},
    {"parties",
     "claim:s,party:s,role:s,signed:d,ratified:d,in_force:d,withdrawn:d\n"
     "d1,AAA,party,,,,\nd1,BBB,party,,,,\nd2,AAA,sender,,,,\nd2,BBB,receiver,,,,\n"
     "d3,AAA,party,,,,\nd3,CCC,party,,,,\nd4,AAA,party,,,,\nd4,CCC,party,,,,\n"
     "d5,BBB,party,,,,\nd5,CCC,party,,,,\nd6,BBB,party,,,,\nd6,DDD,party,,,,\n"
     "d7,BBB,party,,,,\nd7,DDD,party,,,,\nd8,BBB,party,,,,\nd8,DDD,party,,,,\n"
     "m1,AAA,sender,,,,\nm1,BBB,receiver,,,,\nm2,AAA,sender,,,,\nm2,BBB,receiver,,,,\n"
     "m3,AAA,sender,,,,\nm3,BBB,receiver,,,,\nm4,BBB,sender,,,,\nm4,AAA,receiver,,,,\n"
     "m5,CCC,sender,,,,\nm5,AAA,receiver,,,,\nm6,CCC,sender,,,,\nm6,AAA,receiver,,,,\n"
     "v1,AAA,visitor,,,,\nv1,BBB,host,,,,\nv2,AAA,visitor,,,,\nv2,BBB,host,,,,\n"
     "v3,AAA,visitor,,,,\nv3,BBB,host,,,,\nv4,BBB,visitor,,,,\nv4,AAA,host,,,,\n"
     "v5,AAA,visitor,,,,\nv5,CCC,host,,,,\nv6,CCC,visitor,,,,\nv6,AAA,host,,,,\n"
     "t1,AAA,party,1997,1998,1999-01-01,\nt1,BBB,party,1997,1998,1999-01-01,2004-12-31\n"
     "t2,AAA,party,1998,,,\nt2,BBB,party,1998,,1999,\nt2,CCC,party,1998,,1999,\n"
     "t3,BBB,party,,,1960,1970-12-31\nt3,CCC,party,,,1960,1970-12-31\n"
     "w1,AAA,visitor,,,,\nw1,BBB,host,,,,\nw2,AAA,visitor,,,,\nw2,BBB,host,,,,\n"
     "p1,AAA,party,,,,\np1,BBB,party,,,,\np1,CCC,party,,,,\np2,AAA,party,,,,\np2,ORG,party,,,,\n",
     NULL},
    {"agreements",
     "id:s,name:s,kind:s,source:s\nUNION,Union,customs_union,s1\nUN-A,Union with A,fta,s1\n"
     "WISH,Wished for,fta,s1\n",
     "\"id\""},
    {"agreement_parties",
     "agreement:s,party:s,side:s,from:d,to:d,source:s\nUNION,BBB,,2000-01-01,..,s1\n"
     "UNION,CCC,,2002-07-01,..,s1\nUN-A,UNION,a,2001-01-01,2009-12-31,s2\n"
     "UN-A,AAA,b,2001-01-01,2009-12-31,s2\nWISH,AAA,,..,..,s1\nWISH,BBB,,..,..,s1\n",
     NULL},
    {"trade_matrix",
     "dataset:s,year:i,exporter:s,importer:s,classification:s,product:s,value:n,reported_by:s,"
     "source:s\n"
     "m,2000,AAA,BBB,,TOTAL,5,exporter,s1\nm,2000,AAA,BBB,,TOTAL,7,importer,s1\n"
     "m,2000,BBB,AAA,,TOTAL,3,estimate,s1\nm,2000,CCC,AAA,,TOTAL,0,importer,s1\n"
     "m,2000,CCC,BBB,SITC3,0,9,importer,s1\nm,2001,CCC,BBB,,TOTAL,9,importer,s1\n",
     NULL},
};

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

static karvan_ties *asked(karvan_ties_query q) {
    karvan_ties *t = NULL;
    karvan_error e = {0};
    if (karvan_ties_region(region.package, &q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static void ties_are(karvan_ties_query q, bool possible, const char *expected) {
    char got[2000];
    karvan_ties *t = asked(q);
    told(t, possible, got, sizeof got);
    karvan_ties_destroy(t);
    assert_string_equal(got, expected);
}

static void certain(const char *tie, int64_t year, const char *expected) {
    ties_are((karvan_ties_query){.tie = tie, .year = year}, false, expected);
}
static void possible(const char *tie, int64_t year, const char *expected) {
    ties_are((karvan_ties_query){.tie = tie, .year = year}, true, expected);
}

static void memberships(void **state) {
    (void)state;
    /* ORG in 1995: A since 1992, B since some day of March; C observes. OLD: A since 1993 */
    certain("memberships", 1995, "AAA-BBB 2 (ORG;OLD: s1;s2;s3)");
    /* the old one dissolves in 2001; the commission is of two */
    certain("memberships", 2001, "AAA-BBB 2 (ORG;OLD: s1;s2;s3)");
    certain("memberships", 2002, "AAA-BBB 1 (ORG: s1;s2)");
    /* in 2003 B leaves at the end of May, and C joins on some day: A and C surely, B and C maybe */
    certain("ORG", 2003, "AAA-BBB 1 (ORG: s1;s2) AAA-CCC 1 (ORG: s1)");
    possible("the body", 2003,
             "AAA-BBB 1 (ORG: s1;s2) AAA-CCC 1 (ORG: s1) BBB-CCC 1? (ORG?: s2;s1)");
    /* D joins in 2006, and no one knows whether it stays; it is no node before 2005 */
    certain("ORG", 2006, "AAA-CCC 1 (ORG: s1) AAA-DDD 1 (ORG: s1) CCC-DDD 1 (ORG: s1)");
    possible("ORG", 2008, "AAA-CCC 1 (ORG: s1) AAA-DDD 1? (ORG?: s1) CCC-DDD 1? (ORG?: s1)");
    certain("commissions", 2001, "AAA-BBB 1 (COM: s1)");
    certain("commissions", 1999, "");
    static const char *const status[] = {"observer", "member"};
    ties_are((karvan_ties_query){.tie = "ORG", .year = 1995, .n_status = 2, .status = status},
             false, "AAA-BBB 1 (ORG: s1;s2) AAA-CCC 1 (ORG: s1) BBB-CCC 1 (ORG: s2;s1)");
    /* countries and bodies */
    ties_are((karvan_ties_query){.tie = "memberships", .year = 1995, .bodies = true}, false,
             "AAA-OLD 1 (associate: s3) AAA-ORG 1 (member: s1) BBB-OLD 1 (member: s3) BBB-ORG 1 "
             "(member: s2)");
}

static void nodes_and_absent(void **state) {
    (void)state;
    karvan_ties *t = asked((karvan_ties_query){.tie = "ORG", .year = 2003});
    /* D is not independent yet; E is in no row: not a node without ties, but none */
    assert_int_equal(t->n, 3), assert_int_equal(t->absent, 1);
    assert_string_equal(karvan_i_tie_text(t, t->name[1]), "Beland");
    karvan_ties_destroy(t);
    t = asked((karvan_ties_query){.tie = "ORG", .year = 2005});
    assert_int_equal(t->n, 4);
    karvan_ties_destroy(t);
}

static void relations(void **state) {
    (void)state;
    /* A and B: the preferred claim says 1993; A and C: one says 1992, the other 1995 */
    certain("diplomatic_relations", 1992, "");
    possible("diplomatic_relations", 1992, "AAA-CCC 1? (d3?;d4?: s1;s2)");
    certain("diplomatic_relations", 1993, "AAA-BBB 1 (d2: s2)");
    certain("diplomatic_relations", 1996, "AAA-BBB 1 (d2: s2) AAA-CCC 1 (d3;d4: s1;s2)");
    certain("diplomatic_relations", 2008,
            "AAA-BBB 1 (d2: s2) AAA-CCC 1 (d3;d4: s1;s2) BBB-DDD 1 (d6: s2)");
    /* B and D break in 2009 and are reconciled in 2012 */
    possible("diplomatic_relations", 2010, "AAA-BBB 1 (d2: s2) AAA-CCC 1 (d3;d4: s1;s2)");
    certain("diplomatic_relations", 2020,
            "AAA-BBB 1 (d2: s2) AAA-CCC 1 (d3;d4: s1;s2) BBB-DDD 1 (d8: s2)");
    karvan_ties *t = asked((karvan_ties_query){.tie = "diplomatic_relations", .year = 1996});
    assert_false(t->directed);
    assert_int_equal(t->turned, 1);    /* d2 has a sender and a receiver */
    assert_int_equal(t->set_aside, 2); /* d1 and d5 */
    karvan_ties_destroy(t);
}

static void missions(void **state) {
    (void)state;
    certain("missions", 1992, "");
    certain("missions", 1993, "AAA>BBB 1 (m1: s1)");
    certain("missions", 2001, "AAA>BBB 1 (m1: s1) CCC>AAA 1 (m5: s1)");
    certain("missions", 2005, ""); /* closed, and not open again */
    /* B in A at some time; C in A closed in the year in which it opened, before or after */
    possible("missions", 2005, "BBB>AAA 1? (m4?: s1) CCC>AAA 1? (m5?: s1)");
    certain("missions", 2009, "AAA>BBB 1 (m3: s2)");
}

static void occasions(void **state) {
    (void)state;
    /* v1 (1996) may be v2, and v3 is another day; v5 began in December; v6 is of 1996 or 1998 */
    certain("visit", 1996, "AAA>BBB 2 (v1;v2;v3: s1;s2) BBB>AAA 1 (v4: s1)");
    possible("visit", 1996, "AAA>BBB 2 (v1;v2;v3: s1;s2) BBB>AAA 1 (v4: s1) CCC>AAA 1? (v6?: s1)");
    certain("visit", 1995, "AAA>CCC 1 (v5: s1)");
    /* a kind of the user's own that table kinds calls a visit: one visit by two claims */
    certain("state_visit", 1994, "AAA>BBB 1 (w1;w2: s1;s2)");
    /* an interval is all of its days; parties of no direction are tied each with each */
    certain("project", 2002, "AAA-BBB 1 (p1: s1) AAA-CCC 1 (p1: s1) BBB-CCC 1 (p1: s1)");
    certain("project", 2005, "");
    ties_are((karvan_ties_query){.tie = "project", .year = 2001, .bodies = true}, false,
             "AAA-BBB 1 (p1: s1) AAA-CCC 1 (p1: s1) AAA-ORG 1 (p2: s2) BBB-CCC 1 (p1: s1)");
}

static void instruments(void **state) {
    (void)state;
    /* t1 is in force for both from 1999; of t2 A's entry into force is not known, and that of the
     * others lies in 1999 */
    possible("instruments", 1998, "");
    /* a kind of the user's own, an instrument by table kinds */
    certain("instruments", 1965, "BBB-CCC 1 (t3: s2)");
    possible("instruments", 1999, "AAA-BBB 2 (t1;t2?: s1) AAA-CCC 1? (t2?: s1) BBB-CCC 1 (t2: s1)");
    certain("instruments", 1999, "AAA-BBB 1 (t1;t2?: s1) BBB-CCC 1 (t2: s1)");
    possible("instruments", 2005, "AAA-BBB 1? (t2?: s1) AAA-CCC 1? (t2?: s1) BBB-CCC 1 (t2: s1)");
}

static void agreements(void **state) {
    (void)state;
    certain("trade_agreements", 2000, "");
    certain("trade_agreements", 2001, "AAA-BBB 1 (UN-A: s1;s2)");
    /* C is bound by the agreement with A as a member of the union, with B by the union alone */
    certain("trade_agreements", 2002,
            "AAA-BBB 1 (UN-A: s1;s2) AAA-CCC 1 (UN-A: s1;s2) BBB-CCC 1 (UNION: s1)");
    certain("trade_agreements", 2010, "BBB-CCC 1 (UNION: s1)");
}

static void trade(void **state) {
    (void)state;
    char got[500];
    karvan_table *flows = NULL;
    karvan_ties *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_trade_matrix(region.package, NULL, &flows, &e), KARVAN_OK);
    assert_int_equal(karvan_ties_of_flows(region.package, flows, 2000, &t, &e), KARVAN_OK);
    told(t, false, got, sizeof got);
    /* the importer's figure; a flow of nothing and of one product are no ties */
    assert_string_equal(got, "AAA>BBB 7000 (importer: s1) BBB>AAA 3000 (estimate: s1)");
    assert_int_equal(t->n, 3);
    karvan_ties_destroy(t);
    assert_int_equal(karvan_ties_of_flows(region.package, flows, 1999, &t, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "no flow is of 1999; there are flows of 2000 to 2001");
    karvan_table_destroy(flows);
}

/* A user's own have the region's names. */
static void names(void **state) {
    (void)state;
    static const char csv[] = "code1,code2\nAAA,BBB\nAAA,XXX\n";
    karvan_ties *t = NULL;
    const karvan_ties_reading how = {.region = region.package};
    assert_int_equal(karvan_ties_parse(csv, sizeof csv - 1, "f.csv", &how, &t, NULL), KARVAN_OK);
    assert_string_equal(karvan_i_tie_text(t, t->name[0]), "Aland");
    assert_string_equal(karvan_i_tie_text(t, t->name[2]), "XXX");
    karvan_ties_destroy(t);
}

static void refused(karvan_ties_query q, const char *why) {
    karvan_ties *t = (karvan_ties *)&q; /* must be reset */
    karvan_error e = {0};
    assert_int_equal(karvan_ties_region(region.package, &q, &t, &e), KARVAN_E_ARG);
    assert_null(t);
    assert_string_equal(e.msg, why);
}

static void what_is_not_asked_so(void **state) {
    (void)state;
    static const char *const status[] = {"membr"};
    refused(
        (karvan_ties_query){.tie = "visits", .year = 2000},
        "no kind of tie is called 'visits'; did you mean visit?; there are memberships, "
        "commissions, missions, consulates, instruments, trade_agreements, trade, kinds of table "
        "kinds and bodies of table organisations");
    refused((karvan_ties_query){.tie = "visit"}, "a year lies within 1 and 9999, and not at 0");
    refused((karvan_ties_query){.tie = "ORG", .year = 2000, .n_status = 1, .status = status},
            "nobody has the status 'membr'; did you mean member?");
    refused((karvan_ties_query){.tie = "visit", .year = 2000, .n_status = 1, .status = status},
            "only memberships have a status, and not visit");
    refused((karvan_ties_query){.tie = "missions", .year = 2000, .bodies = true},
            "bodies have no part in missions");
    refused((karvan_ties_query){.tie = "trade", .year = 2000},
            "trade is made of flows: karvan_ties_of_flows");
}

static void what_there_is(void **state) {
    (void)state;
    karvan_table *t = NULL;
    assert_int_equal(karvan_ties_kinds(region.package, &t, NULL), KARVAN_OK);
    /* seven with rules of their own; ten kinds that have claims; three bodies with members */
    assert_int_equal(karvan_table_rows(t), 20);
    assert_string_equal(karvan_table_text(t, 0, 0), "memberships");
    assert_string_equal(karvan_table_text(t, 0, 19), "OLD");
    karvan_table_destroy(t);
}

/* ---- failing allocations ---- */

static karvan_status every_kind(karvan_error *err) {
    static const char *const ties[] = {"memberships", "visit", "missions", "instruments",
                                       "trade_agreements"};
    karvan_status st = KARVAN_OK;
    for (int k = 0; k < 5 && st == KARVAN_OK; k++) {
        karvan_ties *t = NULL;
        const karvan_ties_query q = {.tie = ties[k], .year = 2001, .bodies = k == 1};
        st = karvan_ties_region(region.package, &q, &t, err);
        karvan_ties_destroy(t);
    }
    karvan_table *t = NULL;
    if (st == KARVAN_OK) st = karvan_ties_kinds(region.package, &t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_table *flows_of_region;
static karvan_status from_flows(karvan_error *err) {
    karvan_ties *t = NULL;
    karvan_status st = karvan_ties_of_flows(region.package, flows_of_region, 2000, &t, err);
    karvan_ties_destroy(t);
    return st;
}

static void allocations(void **state) {
    (void)state;
    every_allocation_fails(every_kind, 2000);
    assert_int_equal(karvan_trade_matrix(region.package, NULL, &flows_of_region, NULL), KARVAN_OK);
    every_allocation_fails(from_flows, 200);
    karvan_table_destroy(flows_of_region);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memberships),   cmocka_unit_test(nodes_and_absent),
        cmocka_unit_test(relations),     cmocka_unit_test(missions),
        cmocka_unit_test(occasions),     cmocka_unit_test(instruments),
        cmocka_unit_test(agreements),    cmocka_unit_test(trade),
        cmocka_unit_test(names),         cmocka_unit_test(what_is_not_asked_so),
        cmocka_unit_test(what_there_is), cmocka_unit_test(allocations)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
