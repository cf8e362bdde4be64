/* Measures of pairs and years: a region of three states whose answers are worked out by hand.
 * Every meaning of uncertain dates: test_measures_dates.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "karvan/relations.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

#define CLAIMS_HEAD                                                                               \
    "id:s,kind:s,dimension:s,subject:s,object:s,title:s,date:d,rank:s,conflict:s,source:s,note:s" \
    "\n"
#define PARTIES_HEAD "claim:s,party:s,role:s,in_force:d,withdrawn:d,terminated:d\n"

/* A: independent in mid-1991, B: in 1992, C: long ago. Capital of B: moves on 1997-12-10. */
static const small_table TABLES[] = {
    {"countries",
     "iso3:s,name:s,aliases:s,capital:s,independence:d\nAAA,Aland,,PA,1991-08-30\n"
     "BBB,Beland,,PB,1992\nCCC,Celand,,PC,\nDDD,Deland,,,1900\n",
     "\"iso3\""},
    {"organisations",
     "id:s,name:s,kind:s,dimension:s\nORG,Body,organisation,political\nSEC,Guard,alliance,"
     "strategic\n"
     "OUT,Not covered,organisation,political\nCOM,Of two,commission,economic\n",
     "\"id\""},
    {"places", "id:s,lon:n,lat:n\nPA,0,0\nPB,0,10\nPB2,0,20\nPC,90,0\n", "\"id\""},
    {"capitals", "country:s,place:s,from:d,to:d\nBBB,PB,1992,1997-12-09\nBBB,PB2,1997-12-10,\n",
     NULL},
    {"kinds",
     "kind:s\nrecognition\nmission_opened\nmission_closed\nvisit\nsummit\ntreaty\n"
     "agreement\nwar\n",
     "\"kind\""},
    {"claims",
     CLAIMS_HEAD
     /* an embassy of A in B: 1993 to mid-1995, and again from an unknown day of 1998 or 1999 */
     "m1,mission_opened,political,,,opens,1993-03,normal,,s1,\n"
     "m2,mission_closed,political,,,closes,1995-06-04,normal,,s1,\n"
     "m3,mission_opened,political,,,opens again,1998/1999,deprecated,,s1,\n"
     "m4,mission_opened,political,,,opens again,\"[1998..1999]\",normal,,s1,\n"
     /* of B in A: three sources, one preferred */
     "n1,mission_opened,political,,,one,1994,normal,n:B-in-A,s1,\n"
     "n2,mission_opened,political,,,two,1996-05-01,preferred,n:B-in-A,s2,\n"
     "n3,mission_opened,political,,,three,1999,normal,n:B-in-A,s3,\n"
     /* visits to B: the same in two sources, one that may be the same, another, one undated */
     "v1,visit,political,,,First,1996-05-10,normal,,s1,\n"
     "v2,visit,political,,,The first,1996-05-10,normal,,s2,\n"
     "v3,visit,political,,,A visit in 1996,1996,normal,,s3,\n"
     "v4,visit,political,,,Another,1996-09,normal,,s1,\n"
     "v5,visit,political,,,Once,,normal,,s1,\n"
     "v6,visit,political,,,Each the other,2001,normal,,s1,\n"
     /* two dates for one treaty, none preferred; two treaties of one day */
     "t1,treaty,political,,,Friendship,1997-12-30,normal,t,s1,\n"
     "t2,treaty,political,,,Friendship,1998-01-02,normal,t,s2,\n"
     "t3,treaty,political,,,Borders,2000-01-01,normal,,s1,\n"
     "t4,treaty,political,,,Waters,2000-01-01,normal,,s1,\n"
     "s5,summit,political,,,Of the body,1999-07-07,normal,,s1,\n"
     "r1,recognition,political,,,A and C,1992-02-01,normal,,s1,\n",
     "\"id\""},
    {"parties",
     PARTIES_HEAD
     "m1,AAA,sender,,,\nm1,BBB,receiver,,,\nm2,AAA,sender,,,\nm2,BBB,receiver,,,\n"
     "m3,AAA,sender,,,\nm3,BBB,receiver,,,\nm4,AAA,sender,,,\nm4,BBB,receiver,,,\n"
     "n1,BBB,sender,,,\nn1,AAA,receiver,,,\nn2,BBB,sender,,,\nn2,AAA,receiver,,,\n"
     "n3,BBB,sender,,,\nn3,AAA,receiver,,,\n"
     "v1,AAA,visitor,,,\nv1,BBB,host,,,\nv2,AAA,visitor,,,\nv2,BBB,host,,,\n"
     "v3,AAA,visitor,,,\nv3,BBB,host,,,\nv4,AAA,visitor,,,\nv4,BBB,host,,,\n"
     "v5,AAA,visitor,,,\nv5,BBB,host,,,\nv6,AAA,visitor,,,\nv6,BBB,visitor,,,\n"
     "t1,AAA,party,1998-06-01,,\nt1,BBB,party,1998-08-01,2003-05-01,\nt2,AAA,party,,,\n"
     "t2,BBB,party,,,\nt3,AAA,party,,,\nt3,BBB,party,,,\nt4,AAA,party,2000-02,,2001-02\n"
     "t4,BBB,party,2000-03,,2001-02\ns5,ORG,party,,,\nr1,AAA,party,,,\nr1,CCC,party,,,\n",
     NULL},
    {"memberships",
     "organisation:s,country:s,status:s,from:d,to:d\nORG,AAA,member,1995,2001-03\n"
     "ORG,AAA,member,2004,\nORG,BBB,member,1993,..\nORG,CCC,observer,1993,..\n"
     "SEC,AAA,associate,199X,..\nSEC,BBB,member,1992,..\nOUT,AAA,member,1992,..\n"
     "COM,AAA,member,1992,..\nCOM,BBB,member,1992,..\n",
     NULL},
    {"agreements", "id:s,kind:s\nFTA,fta\nSIDES,fta\nMANY,multilateral\nNONE,fta\n", "\"id\""},
    {"agreement_parties",
     "agreement:s,party:s,side:s,from:d,to:d\nFTA,AAA,,1994-12-30,..\nFTA,BBB,,1994-12-30,..\n"
     "FTA,BBB,,1995,..\nSIDES,AAA,a,1996,1999\nSIDES,BBB,b,199X,..\nSIDES,CCC,a,1996,..\n"
     "MANY,AAA,,1995,..\nMANY,BBB,,1995,..\nNONE,AAA,,..,..\nNONE,BBB,,1995,..\n",
     NULL},
    {"trade",
     "reporter:s,partner:s,flow:s,year:i,commodity:s,value:n,unit:s,estimate:b\n"
     "AAA,BBB,export,2000,TOTAL,2000,thousand USD,false\n"
     "AAA,BBB,export,2000,TOTAL,3,million USD,false\n"
     "BBB,AAA,import,2000,TOTAL,9,million USD,false\n"
     "AAA,BBB,export,2000,TOTAL,7,million EUR,false\n"
     "AAA,BBB,export,2000,0101,1,million USD,false\n"
     "AAA,BBB,import,2000,TOTAL,5,million USD,false\n"
     "AAA,BBB,import,2001,TOTAL,,million USD,false\n",
     NULL},
    {"indicators",
     "country:s,year:i,indicator:s,value:n\nAAA,2000,gdp,100000000\nBBB,2000,gdp,50000000\n"
     "BBB,2000,population,5\n",
     NULL},
    {"distances", "origin:s,destination:s,contiguous:b\nAAA,BBB,true\nAAA,CCC,false\n",
     "[\"origin\",\"destination\"]"},
    {"coverage",
     "table:s,subset:s,country:s,partner:s,from:d,to:d,complete:b\n"
     "countries,,AAA;BBB;CCC,,1991,2005,true\n"
     "claims,mission_opened;mission_closed,AAA,BBB,1991,2005,true\n"
     "claims,visit,AAA,BBB,1995,2005,true\n"
     "claims,treaty,BBB,AAA,1991,2005,true\n"
     "claims,treaty;agreement,AAA,BBB,1991,2005,true\n"
     "claims,recognition,AAA,*,1991,2005,false\n"
     "claims,war,*,,,,true\n"
     "memberships,ORG;SEC,AAA;BBB,,1991,2005,true\n"
     "agreement_parties,,*,,,,true\n"
     "trade,export,AAA,BBB,2000,2003,false\n"
     "distances,,*,*,,,false\n",
     NULL},
};

static small_region region;
static karvan_pairs *pairs;
enum { AB, AC, BC, N_PAIRS };

static int set_up(void **state) {
    (void)state;
    karvan_error e = {0};
    if (!small_open(&region, TABLES, sizeof TABLES / sizeof TABLES[0])) return -1;
    karvan_status st = karvan_pairs_create(region.package, NULL, NULL, &pairs, &e);
    if (st != KARVAN_OK) (void)fprintf(stderr, "%s\n", e.msg);
    return st == KARVAN_OK ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    karvan_pairs_destroy(pairs);
    small_close(&region);
    return 0;
}

static int named(const char *name) {
    int m;
    assert_int_equal(karvan_pair_measure_find(name, &m, NULL), KARVAN_OK);
    return m;
}

static void is(int pair, const char *measure, karvan_way way, int year, karvan_cell state,
               double min, double max) {
    karvan_measured m = karvan_pairs_measure(pairs, pair, named(measure), way, year, NULL);
    if (m.state != state || fabs(m.min - min) > 1e-6 || !(m.max == max || fabs(m.max - max) < 1e-6))
        fail_msg("%s of pair %d, way %d, in %d: %s %g..%g, not %s %g..%g", measure, pair, (int)way,
                 year, karvan_cell_name(m.state), m.min, m.max, karvan_cell_name(state), min, max);
}

/* Rows that a cell rests on: "claims:m1=counted ...". */
static void rests_on(int pair, const char *measure, karvan_way way, int year,
                     const char *expected) {
    karvan_rows rows = {0};
    char got[400] = "";
    (void)karvan_pairs_measure(pairs, pair, named(measure), way, year, &rows);
    for (int64_t i = 0; i < rows.n; i++) {
        size_t n = strlen(got);
        const char *id = karvan_i_cell_text(rows.row[i].table, "id", rows.row[i].row);
        (void)snprintf(got + n, sizeof got - n, "%s%s:", i ? " " : "",
                       karvan_table_name(rows.row[i].table));
        n = strlen(got);
        if (id)
            (void)snprintf(got + n, sizeof got - n, "%s=%s", id,
                           karvan_row_use_name(rows.row[i].use));
        else
            (void)snprintf(got + n, sizeof got - n, "%d=%s", (int)rows.row[i].row,
                           karvan_row_use_name(rows.row[i].use));
    }
    karvan_rows_clear(&rows);
    assert_string_equal(got, expected);
}

static void pairs_and_years(void **state) {
    (void)state;
    const char *a, *b;
    int64_t from, to;
    assert_int_equal(karvan_pairs_count(pairs), N_PAIRS); /* D is not listed */
    karvan_pairs_at(pairs, BC, &a, &b);
    assert_string_equal(a, "BBB"), assert_string_equal(b, "CCC");
    assert_true(karvan_pairs_years(pairs, &from, &to));
    assert_int_equal(from, 1991), assert_int_equal(to, 2005);
    assert_false(karvan_pairs_exist(pairs, AC, 1990));
    assert_true(karvan_pairs_exist(pairs, AC, 1991)); /* from August on */
    assert_false(karvan_pairs_exist(pairs, AB, 1991));
    assert_true(karvan_pairs_exist(pairs, AB, 1992));
    is(AB, "missions", KARVAN_WAY_THERE, 1991, KARVAN_NOT_COVERED, 0, 0);
}

static void missions(void **state) {
    (void)state;
    const karvan_way there = KARVAN_WAY_THERE, back = KARVAN_WAY_BACK, both = KARVAN_WAY_BOTH;
    is(AB, "missions", there, 1992, KARVAN_VALUE, 0, 0);
    is(AB, "missions", there, 1993, KARVAN_VALUE, 1, 1);
    is(AB, "missions", there, 1995, KARVAN_VALUE, 1, 1); /* until June */
    is(AB, "missions", there, 1996, KARVAN_VALUE, 0, 0);
    is(AB, "missions", there, 1998, KARVAN_VALUE, 0, 1); /* one of two years */
    is(AB, "missions", there, 1999, KARVAN_VALUE, 1, 1); /* by its end in any case */
    is(AB, "missions", back, 1995, KARVAN_VALUE, 0, 0);  /* the preferred day stands */
    is(AB, "missions", back, 1996, KARVAN_VALUE, 1, 1);
    is(AB, "missions", both, 1999, KARVAN_VALUE, 2, 2);
    is(AB, "missions", both, 1998, KARVAN_VALUE, 1, 2);
    is(AC, "missions", there, 1999, KARVAN_NOT_COVERED, 0, 1);
    rests_on(AB, "missions", there, 1995, "claims:m2=counted claims:m1=counted");
    rests_on(AB, "missions", there, 1996, "claims:m2=counted");
    rests_on(AB, "missions", there, 1998, "claims:m2=counted claims:m4=maybe claims:m3=set aside");
    rests_on(AB, "missions", back, 1995, "claims:n1=set aside");
    rests_on(AB, "missions", back, 1993, "coverage:1=coverage");
}

static void visits(void **state) {
    (void)state;
    const karvan_way there = KARVAN_WAY_THERE, back = KARVAN_WAY_BACK;
    /* at the least May and September; at the most also that of an unknown day, and the undated */
    is(AB, "visits", there, 1996, KARVAN_VALUE, 2, 4);
    is(AB, "visits", there, 1997, KARVAN_VALUE, 0, 1);
    is(AB, "visits", there, 1994, KARVAN_NOT_COVERED, 0, INFINITY); /* not covered yet */
    is(AB, "visits", back, 1996, KARVAN_VALUE, 0, 0);
    is(AB, "visits", there, 2001, KARVAN_VALUE, 0, 2); /* each visited the other, or one */
    is(AB, "visits", back, 2001, KARVAN_VALUE, 0, 1);
    rests_on(AB, "visits", there, 1996,
             "claims:v1=counted claims:v2=counted claims:v4=counted claims:v3=counted "
             "claims:v5=maybe");
}

static void treaties(void **state) {
    (void)state;
    const karvan_way both = KARVAN_WAY_BOTH;
    is(AB, "treaties", both, 1997, KARVAN_VALUE, 0, 1); /* two dates, none better */
    is(AB, "treaties", both, 1998, KARVAN_VALUE, 0, 1);
    is(AB, "treaties", both, 2000, KARVAN_VALUE, 1, 2); /* two titles of a day may be one */
    /* in force from the later of both, until one leaves; t3 at some time after it was signed */
    is(AB, "instruments", both, 1997, KARVAN_VALUE, 0, 0);
    is(AB, "instruments", both, 1998, KARVAN_VALUE, 1, 1); /* t2 does not say since when */
    is(AB, "instruments", both, 1999, KARVAN_VALUE, 1, 1);
    is(AB, "instruments", both, 2000, KARVAN_VALUE, 2, 3);
    is(AB, "instruments", both, 2001, KARVAN_VALUE, 2, 3); /* t4 until February */
    is(AB, "instruments", both, 2002, KARVAN_VALUE, 1, 2);
    is(AB, "instruments", both, 2004, KARVAN_VALUE, 0, 1); /* one has left t1 */
}

static void other_claims(void **state) {
    (void)state;
    /* a summit of a body to which both belong; C only looks on */
    is(AB, "summits", KARVAN_WAY_BOTH, 1999, KARVAN_NOT_COVERED, 0, INFINITY);
    rests_on(AB, "summits", KARVAN_WAY_BOTH, 1999, "claims:s5=maybe");
    rests_on(AC, "summits", KARVAN_WAY_BOTH, 1999, "");
    /* the table has some recognitions: what is there is there, the rest is not known */
    is(AC, "recognition", KARVAN_WAY_BOTH, 1991, KARVAN_UNKNOWN, 0, 1);
    is(AC, "recognition", KARVAN_WAY_BOTH, 1992, KARVAN_VALUE, 1, 1);
    is(BC, "recognition", KARVAN_WAY_BOTH, 1999, KARVAN_NOT_COVERED, 0, 1);
    is(BC, "wars", KARVAN_WAY_BOTH, 1999, KARVAN_VALUE, 0, 0); /* none, says coverage */
    rests_on(BC, "wars", KARVAN_WAY_BOTH, 1999, "coverage:6=coverage");
}

static void bodies(void **state) {
    (void)state;
    const karvan_way both = KARVAN_WAY_BOTH;
    is(AB, "joint_bodies", both, 1994, KARVAN_VALUE, 0, 1); /* SEC: some year of the decade */
    is(AB, "joint_bodies", both, 1995, KARVAN_VALUE, 1, 2);
    is(AB, "joint_bodies", both, 2001, KARVAN_VALUE, 2, 2);
    is(AB, "joint_bodies", both, 2003, KARVAN_VALUE, 1, 1); /* between two spells */
    is(AB, "joint_bodies", both, 2004, KARVAN_VALUE, 2, 2); /* the end is not known */
    is(AB, "joint_bodies", both, 2005, KARVAN_VALUE, 1, 2);
    is(AB, "bodies_strategic", both, 2005, KARVAN_VALUE, 1, 1);
    is(AB, "bodies_cultural", both, 2005, KARVAN_NOT_COVERED, 0, INFINITY); /* there are none */
    is(AC, "joint_bodies", both, 1999, KARVAN_NOT_COVERED, 0, INFINITY);
    is(AB, "trade_agreements", both, 1994, KARVAN_VALUE, 1, 1);
    is(AB, "trade_agreements", both, 1996, KARVAN_VALUE, 1, 2);
    is(AB, "trade_agreements", both, 1999, KARVAN_VALUE, 1, 2);
    is(AB, "trade_agreements", both, 2000, KARVAN_VALUE, 1, 1); /* one never began for A */
    is(AC, "trade_agreements", both, 1996, KARVAN_VALUE, 0, 0); /* on the same side */
}

static void figures(void **state) {
    (void)state;
    const karvan_way there = KARVAN_WAY_THERE, back = KARVAN_WAY_BACK, both = KARVAN_WAY_BOTH;
    is(AB, "exports", there, 2000, KARVAN_VALUE, 2,
       3);                                             /* two own reports; the mirror stands back */
    is(AB, "exports", back, 2000, KARVAN_VALUE, 5, 5); /* the mirror alone */
    is(AB, "trade", both, 2000, KARVAN_VALUE, 7, 8);
    is(AB, "exports", there, 2001, KARVAN_UNKNOWN, 0, INFINITY);
    is(AB, "exports", back, 2001, KARVAN_NOT_COVERED, 0, INFINITY);
    is(AB, "trade_share", there, 2000, KARVAN_VALUE, 7, 8); /* of a GDP of 100 million */
    is(AB, "trade_share", back, 2000, KARVAN_VALUE, 14, 16);
    is(AB, "trade_share", both, 2000, KARVAN_VALUE, 10.5, 12); /* the mean */
    is(AB, "gdp", both, 2000, KARVAN_VALUE, 150, 150);
    is(AB, "gdp", there, 1999, KARVAN_NOT_COVERED, 0, INFINITY);
    /* a degree of a meridian is pi/180 of the radius: 111.19 km */
    const double degree = 6371.0088 * 3.14159265358979323846 / 180;
    is(AB, "distance", both, 1996, KARVAN_VALUE, 10 * degree, 10 * degree);
    is(AB, "distance", both, 1997, KARVAN_VALUE, 10 * degree,
       20 * degree); /* the year of the move */
    is(AB, "distance", both, 1998, KARVAN_VALUE, 20 * degree, 20 * degree);
    is(AC, "distance", both, 1998, KARVAN_VALUE, 90 * degree, 90 * degree);
    is(AB, "border", both, 1998, KARVAN_VALUE, 1, 1);
    is(BC, "border", both, 1998, KARVAN_UNKNOWN, 0, 1);
}

/* ---- tables, refusals, memory ---- */

static void tables_of_dyads(void **state) {
    (void)state;
    karvan_table *t = NULL;
    int measures[] = {named("missions"), named("exports")};
    karvan_dyads_query q = {.a = "AAA", .b = "BBB", .n_measures = 2, .measures = measures};
    q.has_from = q.has_to = true, q.from = 1998, q.to = 2000;
    assert_int_equal(karvan_dyads_table(region.package, &q, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 6);
    assert_int_equal(karvan_table_columns(t), 9);
    assert_int_equal(karvan_table_state(t, 3, 0), KARVAN_UNKNOWN); /* 0 or 1 */
    assert_true(karvan_table_real(t, 4, 0) == 0 && karvan_table_real(t, 5, 0) == 1);
    assert_int_equal(karvan_table_state(t, 6, 0), KARVAN_NOT_COVERED);
    assert_int_equal(karvan_table_state(t, 8, 0), KARVAN_NOT_COVERED);
    assert_string_equal(karvan_table_text(t, 0, 3), "BBB");
    assert_true(karvan_table_real(t, 6, 5) == 5);
    karvan_table_destroy(t);
    q.undirected = true;
    assert_int_equal(karvan_dyads_table(region.package, &q, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 3);
    assert_true(karvan_table_real(t, 3, 1) == 2);
    karvan_table_destroy(t);
    q = (karvan_dyads_query){0}; /* all: AB 14 years, AC 15, BC 14, both ways */
    assert_int_equal(karvan_dyads_table(region.package, &q, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2 * (14 + 15 + 14));
    karvan_table_destroy(t);
}

static void tables_of_rows(void **state) {
    (void)state;
    karvan_table *t = NULL;
    int measures[] = {named("missions")};
    karvan_dyads_query q = {.a = "AAA", .b = "BBB", .n_measures = 1, .measures = measures};
    q.has_from = q.has_to = true, q.from = q.to = 1998;
    assert_int_equal(karvan_dyads_trace(region.package, &q, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 5); /* m2, m4, m3; n2, n1; n3 is of a later year */
    assert_string_equal(karvan_i_cell_text(t, "key", 1), "m4");
    assert_string_equal(karvan_i_cell_text(t, "use", 1), "maybe");
    assert_string_equal(karvan_i_cell_text(t, "source", 1), "s1");
    assert_int_equal(karvan_table_int(t, karvan_table_find(t, "line"), 1), 5);
    assert_string_equal(karvan_i_cell_text(t, "state", 1), "value");
    karvan_table_destroy(t);
}

static void refusals(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_pairs *p = NULL;
    karvan_error e = {0};
    int m, none[] = {99}, twice[] = {0, 0};
    assert_int_equal(karvan_pair_measure_find("mission", &m, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "no measure is called 'mission'; did you mean missions?");
    e = (karvan_error){0};
    assert_int_equal(karvan_pairs_create(region.package, "AAA", "ZZZ", &p, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "'ZZZ' is no country of the region");
    assert_int_equal(karvan_pairs_create(region.package, "AAA", "AAA", &p, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_pairs_create(region.package, "AAA", NULL, &p, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_pairs_create(NULL, NULL, NULL, &p, NULL), KARVAN_E_ARG);
    assert_null(p);
    karvan_dyads_query q = {.n_measures = 1, .measures = none};
    assert_int_equal(karvan_dyads_table(region.package, &q, &t, NULL), KARVAN_E_ARG);
    q = (karvan_dyads_query){.n_measures = 2, .measures = twice};
    assert_int_equal(karvan_dyads_table(region.package, &q, &t, NULL), KARVAN_E_ARG);
    q = (karvan_dyads_query){.has_from = true, .from = 2010};
    e = (karvan_error){0};
    assert_int_equal(karvan_dyads_trace(region.package, &q, &t, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "the first year, 2010, lies after the last, 2005");
    assert_null(t);
}

static void coverage_is_checked(void **state) {
    (void)state;
    static const small_table tables[] = {
        {"countries", "iso3:s,name:s\nAAA,Aland\n", "\"iso3\""},
        {"kinds", "kind:s\nvisit\n", "\"kind\""},
        {"trade", "reporter:s\nAAA\n", NULL},
        {"claims", "id:s,kind:s,date:d\nc1,visit,\n", "\"id\""},
        {"coverage",
         "table:s,subset:s,country:s,partner:s,from:d,to:d,complete:b\nclaim,,AAA,,,,true\n"
         "claims,visits,AAA,,,,true\nclaims,visit,AAA;AAB,*,,,true\ntrade,exports,AAA,,,,true\n"
         "claims,visit,AAA,,2001,1999,true\n",
         NULL}};
    static const char *const codes[] = {"coverage-table", "coverage-subset", "coverage-country",
                                        "coverage-subset", "coverage-dates"};
    small_region one;
    karvan_pairs *p = NULL;
    karvan_error e = {0};
    assert_true(small_open(&one, tables, 5));
    assert_int_equal(karvan_coverage_check(one.package, one.problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_problems_total(one.problems), 5);
    for (int i = 0; i < 5; i++) {
        karvan_problem found = karvan_problems_get(one.problems, i);
        assert_string_equal(found.code, codes[i]);
        assert_int_equal(found.line, i + 2);
    }
    assert_int_equal(karvan_pairs_create(one.package, NULL, NULL, &p, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "coverage.csv:4:14: 'AAB' is no country"));
    small_close(&one);
}

static karvan_status all_of_it(karvan_error *err) {
    karvan_table *t = NULL, *rows = NULL;
    karvan_dyads_query q = {0};
    karvan_status st = karvan_dyads_table(region.package, &q, &t, err);
    if (st == KARVAN_OK) st = karvan_dyads_trace(region.package, &q, &rows, err);
    karvan_table_destroy(t), karvan_table_destroy(rows);
    return st;
}

static void every_allocation(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(pairs_and_years),
                                       cmocka_unit_test(missions),
                                       cmocka_unit_test(visits),
                                       cmocka_unit_test(treaties),
                                       cmocka_unit_test(other_claims),
                                       cmocka_unit_test(bodies),
                                       cmocka_unit_test(figures),
                                       cmocka_unit_test(tables_of_dyads),
                                       cmocka_unit_test(tables_of_rows),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(coverage_is_checked),
                                       cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
