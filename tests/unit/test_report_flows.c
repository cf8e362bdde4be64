/* Flows in the report: a region of four places whose shares and prices are known by hand, what is
 * counted beside it, a pair's part, a region that has none, and every allocation failing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/network.h"
#include "region.h"
#include "report/flow_facts.h"
#include "sweep.h"

/* A ~rail~ B ~rail~ C for 1000 USD and 20 h; A ~road~ C for 1300 USD and 10 h. An hour of gen is
 * worth 10 USD a TEU: 1200 beside 1400. 100 TEU a day go from A to C; rail takes 40, twice in a
 * row, so that the price of both together is 200 + 100 ln 1.5 = 241 USD (mu = 0.01). D lies apart.
 */
#define LINKS(capacity)                                                                        \
    "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"  \
    "cost_usd_per_teu:n,capacity_teu_day:n,capacity_source:s\n"                                \
    "AB,A,B,rail,true,500,,10,1,500," capacity ",s1\nBC,B,C,rail,true,500,,10,1,500," capacity \
    ",s1\nAC,A,C,road,true,800,,10,1,1300,,s1\nBD,B,D,rail,true,500,,10,1,500,,s1\n"

static const small_table TABLES[] = {
    {"sources", "id:s,title:s\ns1,One\ns2,Two\n", "\"id\""},
    {"countries",
     "iso3:s,name:s,capital:s,customs_area:s\nAAA,Aland,A,\nBBB,Beland,B,\nCCC,Celand<x>,C,\n",
     "\"iso3\""},
    {"places",
     "id:s,name:s,country:s,lon:n,lat:n,kind:s\nA,Alpha<x>,AAA,50,40,city\nB,Beta,BBB,55,40,city\n"
     "C,Gamma,CCC,60,42,city\nD,Delta,BBB,55,46,city\n",
     "\"id\""},
    {"modes",
     "id:s,name:s,means:s,carries_containers:b\nrail,Rail,train,true\nroad,Road,truck,true\n",
     "\"id\""},
    {"links", LINKS("40"), "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n\n",
     "\"id\""},
    {"services", "id:s,link:s,headway_h:n\n", "\"id\""},
    {"corridors",
     "id:s,name:s,short_name:s,colour:s,dash:s,must_pass:s,avoid_countries:s,avoid_places:s,"
     "avoid_modes:s\niron,Iron way,Iron<x>,#ff0000,,B,,,road\n",
     "\"id\""},
    {"cargo_classes",
     "id:s,name:s,tonnes_per_teu:n,value_usd_per_t:n,delta_percent_day:n,reliability_ratio:n\n"
     "gen,General,10,2400,1,0.5\nheavy,Heavy,20,240,1,\n",
     "\"id\""},
    {"class_shares", "id:s,product:s,exporter:s,importer:s,cargo_class:s,share:n\na,0,,,gen,1\n",
     "\"id\""},
    {"trade_matrix",
     "dataset:s,year:i,exporter:s,importer:s,classification:s,product:s,value:n,reported_by:s,"
     "source:s\nw,2010,BBB,AAA,,TOTAL,0,importer,s1\nu,2010,BBB,AAA,S,0,1,estimate,s1\n",
     NULL},
    {"settings",
     "key:s,value:s\nreference_date,2024-01-01\nclosure_spell_h,24\nchoice_scale,0.01\n"
     "reject_usd_per_teu,5000\nflow_year,2024\nmatrix_trade,w\nmatrix_products,u\n",
     "\"key\""},
    {"zones", "id:s,country:s,place:s,weight:n\n1,AAA,A,1\n2,CCC,C,1\n", "\"id\""},
    {"demand",
     "id:s,origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n,kind:s,error:n\n"
     "one,A,C,gen,2024,,36500,trade,0.1\n",
     "\"id\""},
    {"counts",
     "id:s,name:s,corridor:s,place:s,link:s,direction:s,mode:s,cargo_classes:s,kind:s,period:s,"
     "value:n,unit:s,error:n,used_to_estimate:b,source:s\n"
     "a,Boxes<x>,iron,,,both,,gen;heavy,,2024,15000,TEU,0.1,true,s2\n"
     "b,Weight,iron,,,both,,,,2024,150,kt,,false,s2\n"
     "c,Heavy only,iron,,,both,,heavy,,2024,7,TEU,,false,s2\n"
     "d,In transit,iron,,,both,,,transit,2024,8,TEU,,false,s2\n"
     "e,Forth,iron,,,forth,,,,2024,9,TEU,,false,s2\n"
     "f,Years ago,iron,,,both,,,,2023,9,TEU,,false,s2\n",
     "\"id\""}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0], T_LINKS = 4 };

typedef struct world {
    small_region region;
    karvan_network *net;
} world;
static world shared;

static void world_open(world *w, const char *links, const char *without) {
    small_table tables[N_TABLES];
    karvan_network_options o;
    karvan_error e = {0};
    int n = 0;
    for (int i = 0; i < (int)N_TABLES; i++) {
        if (without && strcmp(TABLES[i].name, without) == 0) continue;
        tables[n] = TABLES[i];
        if (i == T_LINKS && links) tables[n].csv = links;
        n++;
    }
    *w = (world){.net = NULL};
    assert_true(small_open(&w->region, tables, n));
    w->region.tables = TABLES, w->region.n = N_TABLES; /* for the names, when it is closed */
    if (karvan_network_defaults(w->region.package, &o, &e) != KARVAN_OK ||
        karvan_network_create(w->region.package, &o, &w->net, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
}
static void world_close(world *w) {
    karvan_network_destroy(w->net);
    small_close(&w->region);
}

static int set_up(void **s) {
    (void)s;
    world_open(&shared, NULL, NULL);
    return 0;
}
static int tear_down(void **s) {
    (void)s;
    world_close(&shared);
    return 0;
}

/* The text of the part, or of the pair's. */
static karvan_status region_part(karvan_i_page *p, karvan_error *err) {
    karvan_i_flow_facts f;
    karvan_status st = karvan_i_flow_facts_init(&f, p->region, err);
    if (st == KARVAN_OK) st = karvan_i_part_flows(p, &f, err);
    karvan_i_flow_facts_clear(&f);
    return st;
}

static karvan_status part(const world *w, const char *a, const char *b, karvan_i_page *p,
                          karvan_error *err) {
    karvan_status st = karvan_i_page_open(p, w->net, w->region.package, err);
    if (st == KARVAN_OK) st = a ? karvan_i_part_pair_flows(p, a, b, err) : region_part(p, err);
    return st;
}
static karvan_i_page made(const world *w, const char *a, const char *b) {
    karvan_i_page p;
    karvan_error e = {0};
    if (part(w, a, b, &p, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return p;
}

static void holds(const karvan_i_page *p, const char *what) {
    if (!p->out.s || !strstr(p->out.s, what)) fail_msg("'%s' is not in\n%s", what, p->out.s);
}
static void holds_not(const karvan_i_page *p, const char *what) {
    if (p->out.s && strstr(p->out.s, what)) fail_msg("'%s' is in\n%s", what, p->out.s);
}

static void by_hand(void **s) {
    (void)s;
    karvan_i_page p = made(&shared, NULL, NULL);
    holds(&p, "Of 100 TEU a day that wanted to move in 2024, corridors take: Iron&lt;x&gt; 40; 60 "
              "go by other ways, which are of none of these, mostly between Aland and "
              "Celand&lt;x&gt; (60).");
    holds(&p, "<b>Alpha&lt;x&gt; to Beta, by train</b> and 1 more in a row: one more TEU a day "
              "there would be worth 241 USD. Nothing stays at home.");
    holds(&p, "40 of 40"), holds(&p, "100 TEU a day");
    holds(&p, "<td>Iron&lt;x&gt;</td><td class=\"n\" data-v=\"4"); /* 40 TEU a day */
    holds(&p, "\">146</td>");                                      /* kt a year */
    holds(&p, "<td>Aland</td><td class=\"n\" data-v=\"100\">100</td>");
    holds_not(&p, "<x>");
    karvan_i_page_clear(&p);
}

/* Two strands as wide as 40 and 60 of the widest; BD carries nothing and has none. */
static void the_map(void **s) {
    (void)s;
    karvan_i_page p = made(&shared, NULL, NULL);
    const char *wide = strstr(p.out.s, "<div class=\"wide\">"),
               *narrow = strstr(p.out.s, "<div class=\"narrow\">");
    int n = 0;
    assert_true(wide && narrow && wide < narrow);
    for (const char *at = wide; (at = strstr(at, "<path stroke-width")) && at < narrow; at++) n++;
    assert_int_equal(n, 3); /* AB and BC of the corridor, AC */
    holds(&p, "<path stroke-width=\"13.0\""), holds(&p, "<path stroke-width=\"8.7\"");
    holds(&p, "<path class=\"quiet\" d=\"M");
    holds(&p, "<tr><td>Alpha&lt;x&gt;</td><td>Beta</td><td class=\"n\">40</td><td "
              "class=\"n\">40</td><td class=\"n\">0</td></tr>");
    holds_not(&p, "<td>Beta</td><td>Delta</td>");
    karvan_i_page_clear(&p);
}

/* In the unit, the classes and the kind of each count; what the model does not tell apart, and
 * other years, are no numbers. */
static void what_was_counted(void **s) {
    (void)s;
    karvan_i_page p = made(&shared, NULL, NULL);
    holds(&p, "15\xE2\x80\xAF"
              "000</td><td class=\"n\" data-v=\"10\">10</td><td class=\"n\" data-v=\"14");
    holds(&p, "\">14\xE2\x80\xAF"
              "600</td><td>yes</td>");
    holds(&p, "<td class=\"n\" data-v=\"150\">150</td><td class=\"n miss\">unknown</td><td "
              "class=\"n\" data-v=\"14");
    holds(&p, "<td class=\"n\" data-v=\"7\">7</td><td class=\"n miss\">unknown</td><td class=\"n\" "
              "data-v=\"0\">0</td>");
    holds(&p, "<td class=\"n\" data-v=\"8\">8</td><td class=\"n miss\">unknown</td><td class=\"n\" "
              "data-v=\"0\">0</td>");
    holds(&p, "<td class=\"n\" data-v=\"9\">9</td><td class=\"n miss\">unknown</td><td class=\"n "
              "miss\">not told apart</td>");
    holds_not(&p, "Years ago"), holds(&p, "hold no constants of corridors");
    karvan_i_page_clear(&p);
}

/* 1400 + 100 ln 0.6 = 1349, at no load 1200 - 100 ln(1 + exp(-2)) = 1187. */
static void a_pair(void **s) {
    (void)s;
    karvan_i_page p = made(&shared, "AAA", "CCC");
    holds(&p, "In 2024 100 TEU a day go from Aland to Celand&lt;x&gt; and 0 back, by the model. Of "
              "both, by Iron&lt;x&gt; 40, by none of the corridors 60. A TEU costs, time and "
              "spread counted, 1\xE2\x80\xAF"
              "350 USD (were nothing full, 1\xE2\x80\xAF"
              "190).</p>");
    holds_not(&p, "<x>");
    karvan_i_page_clear(&p);
    p = made(&shared, "CCC", "AAA");
    holds(&p, "In 2024 0 TEU a day go from Celand&lt;x&gt; to Aland and 100 back");
    holds(&p, "A TEU back costs, time and spread counted, 1\xE2\x80\xAF"
              "350 USD");
    karvan_i_page_clear(&p);
    p = made(&shared, "AAA", "BBB");
    holds_not(&p, "<section");
    karvan_i_page_clear(&p);
}

/* Rail of no length of queue: nothing has a price, and nobody is told of one. */
static void nothing_is_full(void **s) {
    (void)s;
    world w;
    world_open(&w, LINKS("1000"), NULL);
    karvan_i_page p = made(&w, NULL, NULL);
    holds(&p, " Nothing is full. Nothing stays at home."), holds_not(&p, "class=\"price\"");
    karvan_i_page_clear(&p);
    world_close(&w);
}

/* What would have to be there for flows: without it the part is left out, and no other harm done.
 */
static void a_region_without(void **s) {
    (void)s;
    static const char *const tables[] = {"zones", "trade_matrix", "cargo_classes"};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        world w;
        world_open(&w, NULL, tables[i]);
        karvan_i_page p = made(&w, NULL, NULL);
        holds_not(&p, "<section");
        karvan_i_page_clear(&p);
        world_close(&w);
    }
}

static karvan_status swept(karvan_error *err) {
    karvan_i_page p;
    karvan_status st = part(&shared, NULL, NULL, &p, err);
    karvan_i_page_clear(&p);
    if (st != KARVAN_OK) return st;
    st = part(&shared, "AAA", "CCC", &p, err);
    karvan_i_page_clear(&p);
    return st;
}
static void allocations(void **s) {
    (void)s;
    every_allocation_fails(swept, 20000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),          cmocka_unit_test(the_map),
        cmocka_unit_test(what_was_counted), cmocka_unit_test(a_pair),
        cmocka_unit_test(nothing_is_full),  cmocka_unit_test(a_region_without),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
