/* karvan_network_check by hand: a sound small region with every table that it reads, then one fault
 * at a time; a new mode and a new operation are rows of tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "changed_region.h"
#include "karvan/network.h"

/* A ==maglev 400 km/h== B|border, then quarantine for plants, ==maglev== C ~~raft~~ D */
static const small_table TABLES[] = {
    {"countries", "iso3:s,name:s,customs_area:s\nAAA,Aland,\nBBB,Beland,\n", "\"iso3\""},
    {"places",
     "id:s,name:s,country:s,lon:n,lat:n,kind:s\nA,Alpha,AAA,50,40,city\nB,Beta,BBB,51,40,border\n"
     "C,Gamma,BBB,52,40,port\nD,Delta,BBB,53,40,port\n",
     "\"id\""},
    {"modes",
     "id:s,name:s,carries_containers:b,needs_service:b,max_kmh:n\nmaglev,Maglev,true,false,450\n"
     "raft,Raft,true,true,10\nbelt,Belt,false,false,\n",
     "\"id\""},
    {"operations",
     "id:s,name:s,cause:s,counts_as:s,mandatory:b\nfrontier,frontier,border,border,true\n"
     "quarantine,quarantine,border,none,true\nquay,quay,port,transhipment,false\n"
     "load,loading,handling,none,false\nweighing,weighing,other,none,false\n",
     "\"id\""},
    {"links",
     "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,cargo_classes:s\n"
     "AB,A,B,maglev,true,100,400,,\nBC,B,C,maglev,true,100,400,,plants;ore\n"
     "CD,C,D,raft,true,100,5,,\nbelt,A,C,belt,true,200,900,,\n",
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,step:i,"
     "cargo_classes:s\n"
     "b1,B,frontier,maglev,maglev,true,4,8,1,\nb2,B,quarantine,maglev,maglev,true,1,2,2,plants\n"
     "c,C,quay,maglev,raft,true,3,3,,\nl,A,load,,maglev,true,1,1,,\n"
     "w,C,weighing,maglev,maglev,true,1,1,,\n",
     "\"id\""},
    {"services", "id:s,link:s,headway_h:n,closed_days_year:n\ns,CD,24,14\n", "\"id\""},
    {"cargo_classes", "id:s,name:s\nplants,Plants\nore,Ore\n", "\"id\""},
    {"class_factors",
     "cargo_class:s,applies_to:s,key:s,usd_factor:n\nplants,mode,maglev,1.5\n"
     "plants,operation,quay,2\nore,link,AB,1.1\nore,terminal,c,1.2\nore,service,s,1.3\n",
     "[\"cargo_class\",\"applies_to\",\"key\"]"},
    /* the longer of both ports: 10 + 4, and nothing in ten months */
    {"availability",
     "id:s,place:s,month:i,closed_days:n,spell_h:n\nC1,C,1,10,24\nC2,C,2,1,24\nC3,C,3,0,24\n"
     "C4,C,4,0,24\nC5,C,5,0,24\nC6,C,6,0,24\nC7,C,7,0,24\nC8,C,8,0,24\nC9,C,9,0,24\n"
     "C10,C,10,0,24\nC11,C,11,0,24\nC12,C,12,0,24\nD1,D,1,7,24\nD2,D,2,4,24\n",
     "\"id\""}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

/* Of the codes given, in any order, each as often as it stands there; nothing else. */
static void expect(const char *table, const char *from, const char *to, const char *codes) {
    small_region r;
    karvan_error e = {0};
    char told[400] = "";
    changed_open(&r, TABLES, N_TABLES, table, from, to);
    assert_int_equal(karvan_network_check(r.package, r.problems, &e), KARVAN_OK);
    for (int64_t k = 0; k < karvan_problems_total(r.problems); k++) {
        karvan_problem p = karvan_problems_get(r.problems, k);
        assert_true(p.line > 0 && p.column > 0 && *p.hint);
        (void)snprintf(told + strlen(told), sizeof told - strlen(told), "%s%s", k ? " " : "",
                       p.code);
    }
    if (strcmp(told, codes) != 0) fail_msg("%s -> %s: '%s', not '%s'", from, to, told, codes);
    small_close(&r);
}

static void sound(void **state) {
    (void)state;
    expect(NULL, NULL, NULL, "");
}

static void modes_are_rows(void **state) {
    (void)state;
    expect("modes", "false,450", "false,300", "leg-too-fast leg-too-fast");
    expect("modes", "false,450", "false,", ""); /* no ceiling, no fault */
    expect("modes", "true,true,10", "true,true,4", "leg-too-fast");
    /* without a service: waited for or not */
    expect("services", "s,CD,", "s,AB,", "sailing-without-service");
    expect("modes", "true,true,10", "true,false,10", "");
    /* nothing stops the belt at the frontier, which carries no containers; others must stop */
    expect("modes", "false,false,\n", "true,false,\n", "border-without-customs");
    /* a stop for some classes is none for the others */
    expect("terminals", "4,8,1,\n", "4,8,1,plants\n", "border-without-customs");
}

static void operations_are_rows(void **state) {
    (void)state;
    expect("terminals", "frontier,maglev,maglev", "quay,maglev,maglev", "terminal-operation");
    expect("terminals", "quay,maglev,raft", "frontier,maglev,raft", "terminal-operation");
    expect("terminals", "quay,maglev,raft", "weighing,maglev,raft", "");
    expect("operations", "transhipment,false", "transhipment,true", "terminal-operation");
    expect("terminals", "c,C,quay,maglev,raft", "c,B,quay,maglev,raft", "terminal-on-no-link");
    expect("terminals", "l,A,load,,maglev", "l,A,load,maglev,maglev", "terminal-operation");
    expect("terminals", "l,A,load,,maglev", "l,A,load,,", "terminal-operation");
    expect("terminals", "quay,maglev,raft", "quay,,raft", "terminal-operation");
    expect("terminals", "quay,maglev,raft", "unload,maglev,", "");
    /* two in one step are alternatives: each can be passed by */
    expect("terminals", "1,2,2,plants", "1,2,1,plants", "terminal-step terminal-step");
}

static void lists_and_keys(void **state) {
    (void)state;
    expect("links", "plants;ore", "plants;oar", "cargo-class-unknown");
    expect("links", "plants;ore", "plants;", "cargo-class-unknown");
    expect("terminals", "1,2,2,plants", "1,2,2,plant", "cargo-class-unknown");
    expect("class_factors", "mode,maglev", "mode,raft", "");
    expect("class_factors", "mode,maglev", "mode,quay", "class-factor-key");
    expect("class_factors", "operation,quay", "operation,s", "class-factor-key");
    expect("class_factors", "link,AB", "link,BA", "class-factor-key");
    expect("class_factors", "terminal,c", "terminal,C", "class-factor-key");
    expect("class_factors", "service,s", "service,CD", "class-factor-key");
}

static void weather(void **state) {
    (void)state;
    expect("services", "24,14", "24,15", "availability-sum");
    expect("services", "24,14", "24,14.4", "");
    expect("services", "24,14", "24,", "availability-sum"); /* none is none a year */
    expect("availability", "C1,C,1,10", "C1,C,1,32", "availability-days availability-sum");
    /* February has the 28 days that the network reckons with, which refuses more */
    expect("availability", "C2,C,2,1,", "C2,C,2,28,", "availability-sum");
    expect("availability", "C2,C,2,1,", "C2,C,2,29,", "availability-days availability-sum");
    expect("availability", "D2,D,2,4", "D2,D,1,4", "availability-twice availability-sum");
    /* a month that neither port names has its share of the service's year: 14 x 31 / 366 */
    expect("availability", "C12,C,12,0,24\n", "", "availability-sum");
}

static karvan_status work(karvan_error *e) {
    return changed_work(TABLES, N_TABLES, karvan_network_check, "services", "24,14", "24,15", e);
}

static void memory(void **state) {
    (void)state;
    every_allocation_fails(work, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sound),
                                       cmocka_unit_test(modes_are_rows),
                                       cmocka_unit_test(operations_are_rows),
                                       cmocka_unit_test(lists_and_keys),
                                       cmocka_unit_test(weather),
                                       cmocka_unit_test(memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
