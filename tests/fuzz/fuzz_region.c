/* A small region of every kind of table, one of them (the first byte says which) with the rest of
 * the input for its rows: opened and checked; and whatever is wrong with it, routed, held against
 * its targets and drawn. Nothing may crash, hang, or leave memory behind. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "karvan/karvan.h"
#include "region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const small_table TABLES[] = {
    {"countries",
     "iso3:s,name:s,capital:s,customs_area:s,group:s,aliases:s,independence:d\n"
     "AAA,Aland,A,,own,,1991\nBBB,Beland,D,,central_asia,Be,1991-08-30\n",
     "\"iso3\""},
    {"places",
     "id:s,locode:s,name:s,aliases:s,country:s,lon:n,lat:n,kind:s\n"
     "A,AAALF,Alpha,First,AAA,50,40,city\nB,,Beta,,AAA,51,40,border\nD,,Delta,Port,BBB,53,40,"
     "port\n",
     "\"id\""},
    {"links",
     "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"
     "cost_usd_per_teu:n,capacity_teu_day:n,co2e_kg_per_teu_km:n,open_from:d,open_to:d,"
     "time_source:s,cost_source:s,note:s,fixed_h:n,fixed_usd_per_teu:n,cargo_classes:s,operator:s\n"
     "AB,A,B,rail_1520,true,100,50,,1,40,100,0.3,,,x,assumption,why,2,5,,Rail\n"
     "BD,B,D,feeder,true,200,,5,2,80,100,0.3,1990,,x,x,,,,general;ore,\n"
     "AD,A,D,road,true,300,40,,1.3,900,,0.9,2030?,,x,x,,,,,\n",
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n,dwell_source:s,cost_source:s,note:s,step:i,from_status:s,to_status:s,"
     "cargo_classes:s,opening_hours:s\n"
     "b,B,port,rail_1520,feeder,true,4,8,60,x,x,,1,,,,Mo-Fr 08:00-18:00\n"
     "b2,B,seal,rail_1520,feeder,true,1,1,5,x,x,,2,free,sealed,general,\n"
     "d,D,open,feeder,,false,1,1,5,x,x,,,sealed,free,,\n",
     "\"id\""},
    {"services",
     "id:s,link:s,name:s,headway_h:n,headway_cv:n,leaves_when_full:b,closed_days_year:n,"
     "headway_source:s,note:s,timetable:s,season:s,capacity_teu:n,operator:s,load_teu_day:n\n"
     "s,BD,The ship,24,1,true,73,x,,,,100,Line,\n"
     "w,BD,The other,,,false,,x,,\"Mo,We 08:00\",Apr-Oct,50,,10\n",
     "\"id\""},
    {"corridors",
     "id:s,name:s,short_name:s,colour:s,dash:s,must_pass:s,avoid_countries:s,avoid_places:s,"
     "avoid_modes:s,aliases:s\none,The One,One,#000,,B,,,road,first\ntwo,Two,Two,#111,2 3,,,B,,\n",
     "\"id\""},
    {"cargo_classes",
     "id:s,name:s,tonnes_per_teu:n,value_usd_per_t:n,delta_percent_day:n\ngeneral,G,12,2000,0.6\n",
     "\"id\""},
    {"settings",
     "key:s,value:s\nreference_date,2026-01-01\nclosure_spell_h,24\nreport_from,A\nreport_to,D\n"
     "report_country,AAA\ngoods_output_per_gdp,0.5\n",
     "\"key\""},
    {"targets",
     "id:s,name:s,measure:s,from:s,to:s,corridor:s,key:s,low:n,high:n,unit:s,end_points:s,"
     "used_to_estimate:b,source:s,note:s\nt,days,route_days,A,D,one,,0.5,0.6,d,stated,false,x,\n",
     "\"id\""},
    {"sources", "id:s,title:s,publisher:s,year:s,url:s,licence:s,kind:s,note:s\nx,X,P,2024,,,,\n",
     "\"id\""},
    {"kinds",
     "kind:s,label:s,symmetric:b\ndiplomatic_relations,Relations,true\nmission_opened,M,false\n"
     "visit,Visit,false\ntraded_good,Goods,false\n",
     "\"kind\""},
    {"organisations", "id:s,name:s,aliases:s,founded:d\nORG,The Body,,1990\n", "\"id\""},
    {"claims",
     "id:s,kind:s,dimension:s,subject:s,object:s,title:s,date:d,value:s,unit:s,place:s,rank:s,"
     "conflict:s,source:s,note:s\n"
     "c1,diplomatic_relations,political,,,Begin,1992,,,,normal,k,x,\n"
     "c2,diplomatic_relations,political,,,Begin,1992-08-30,,,,preferred,k,x,\n"
     "c3,visit,economic,AAA,BBB,V,1993~,1,t,A,normal,,x,\n",
     "\"id\""},
    {"parties",
     "claim:s,party:s,role:s,signed:d,ratified:d,in_force:d,withdrawn:d,note:s\n"
     "c1,AAA,party,,,,,\nc1,BBB,party,,,,,\nc2,AAA,party,,,,,\nc2,BBB,party,,,,,\n"
     "c3,AAA,guest,,,,,\nc3,BBB,host,,,,,\n",
     NULL},
    {"memberships",
     "organisation:s,country:s,status:s,from:d,to:d,source:s,note:s\nORG,AAA,member,1992,,x,\n"
     "ORG,BBB,observer,1995,2001,x,\n",
     NULL},
    {"trade",
     "dataset:s,reporter:s,partner:s,flow:s,year:i,commodity:s,value:n,unit:s,price_basis:s,"
     "estimate:b,source:s,note:s\no,AAA,BBB,export,2020,TOTAL,100,thousand USD,,false,x,\n"
     "o,AAA,BBB,import,2021,TOTAL,40,thousand USD,,false,x,\n",
     NULL},
    {"indicators", "country:s,year:i,indicator:s,value:n,unit:s,source:s\nAAA,2020,gdp,1e6,USD,x\n",
     "[\"country\",\"year\",\"indicator\"]"},
    {"distances",
     "origin:s,destination:s,dist_km:n,distcap_km:n,distw_km:n\nAAA,BBB,1,1,1\nBBB,AAA,1,1,1\n",
     "[\"origin\",\"destination\"]"},
    {"interventions",
     "id:s,name:s,kind:s,proposer:s,status:s,when:s,cost_million:n,currency:s,source:s\n"
     "i,More,improvement,W,planned,2027?,5,USD,x\n",
     "\"id\""},
    {"modes",
     "id:s,name:s,mode:s,means:s,gauge_mm:n,carries_containers:b,needs_service:b,max_kmh:n\n"
     "rail_1520,Rail,rail,train,1520,true,false,90\nfeeder,Feeder,sea,feeder,,true,true,45\n"
     "road,Road,road,truck,,true,false,90\n",
     "\"id\""},
    {"operations",
     "id:s,name:s,cause:s,counts_as:s,mandatory:b,default_p50_h:n,default_p90_h:n,"
     "default_usd_per_teu:n,source:s\n"
     "border,border,border,border,true,,,,x\nload,loading,handling,,false,3,4,30,x\n"
     "unload,unloading,handling,,false,2,2,20,x\nseal,sealing,other,,false,1,1,1,x\n",
     "\"id\""},
    {"class_factors",
     "cargo_class:s,applies_to:s,key:s,usd_factor:n,hours_factor:n,co2e_factor:n,usd_add:n,"
     "hours_add:n\ngeneral,mode,feeder,2,1.5,1,10,3\ngeneral,terminal,b,,2,,,\n",
     NULL},
    {"availability",
     "id:s,place:s,month:i,closed_days:n,spell_h:n\na1,B,1,10,30\na2,D,1,5,\na3,B,7,0,24\n",
     "\"id\""},
    {"land",
     "layer:s,detail:s,points:s\nland,50m,\"40 30,60 30,60 50\"\nborder,50m,\"50 30,50 50\"\n",
     NULL},
    {"cpmm",
     "id:s,indicator:s,scope:s,corridor:s,country:s,place:s,mode:s,direction:s,year:i,value:n,"
     "unit:s,used_to_estimate:b,source:s\n1,tfi1,border,,,B,rail,both,2022,4,h,true,x\n"
     "2,swd,all,,,,road,both,2020,20,km/h,false,x\n3,tfi2,country,,AAA,,rail,inbound,2021,9,USD,"
     "false,x\n4,swod,corridor,one,,,rail,both,2021,50,km/h,false,x\n",
     "\"id\""},
    {"trade_matrix",
     "dataset:s,year:i,exporter:s,importer:s,classification:s,product:s,value:n,reported_by:s,"
     "source:s\no,2020,AAA,BBB,,TOTAL,100,exporter,x\no,2020,AAA,BBB,SITC3,0,60,exporter,x\n"
     "o,2020,BBB,AAA,SITC3,7,5,importer,x\no,2020,BBB,AAA,,TOTAL,5,importer,x\n",
     NULL},
    {"agreements", "id:s,name:s,kind:s,flag:s\nU,Union,customs_union,uni\nF,Free,fta,fta\n",
     "\"id\""},
    {"agreement_parties",
     "agreement:s,party:s,side:s,from:d,to:d\nU,AAA,,2000,\nU,BBB,,2010~,\nF,U,a,199X,2020\n"
     "F,BBB,b,1995,\n",
     NULL},
    {"class_shares",
     "id:s,product:s,exporter:s,importer:s,cargo_class:s,share:n\na,0,,,general,1\n"
     "b,7,,,general,0.5\nc,0,AAA,,general,0.3\n",
     "\"id\""}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

static void require(bool promise) {
    if (!promise) abort();
}

/* A way, its numbers and its drawings. */
static void follow(const small_region *r, const karvan_network *net) {
    karvan_route way;
    karvan_document d = {0};
    karvan_table *t = NULL;
    karvan_route_query q = {.from = 0, .to = karvan_network_places(net) - 1, .corridor = -1};
    if (karvan_route_best(net, &q, &way, NULL) != KARVAN_OK) return;
    if (karvan_route_profile(net, 1, &way, 0.5, &t, NULL) == KARVAN_OK)
        require(karvan_table_rows(t) == way.n_legs + 1);
    karvan_table_destroy(t);
    if (karvan_report_profile_svg(net, r->package, 1, &way, KARVAN_PROFILE_BOTH, false, 340, &d,
                                  NULL) == KARVAN_OK)
        require(karvan_utf8_valid_prefix(d.text, d.n) == d.n);
    karvan_document_clear(&d);
    if (karvan_report_profile_page(net, r->package, 1, &way, &d, NULL) == KARVAN_OK)
        require(karvan_utf8_valid_prefix(d.text, d.n) == d.n);
    karvan_document_clear(&d);
    karvan_route_clear(&way);
}

static void use(const small_region *r, const karvan_network *net) {
    karvan_document d = {0};
    karvan_table *t = NULL;
    if (karvan_network_targets(net, &t, NULL) == KARVAN_OK) karvan_table_destroy(t);
    if (karvan_report_region(net, r->package, r->problems, &d, NULL) == KARVAN_OK)
        require(karvan_utf8_valid_prefix(d.text, d.n) == d.n);
    karvan_document_clear(&d);
    if (karvan_report_brief(net, r->package, "AAA", "BBB", &d, NULL) == KARVAN_OK)
        require(karvan_utf8_valid_prefix(d.text, d.n) == d.n);
    karvan_document_clear(&d);
    if (karvan_report_access_svg(net, r->package, 0, 340, &d, NULL) == KARVAN_OK)
        require(karvan_utf8_valid_prefix(d.text, d.n) == d.n);
    karvan_document_clear(&d);
    follow(r, net);
}

/* Every pair of the first places by the clock, as far as there is a way. */
static void by_clock(const small_region *r, const karvan_network_options *o) {
    enum { MOST = 256 };
    static karvan_time_quantiles q[MOST];
    karvan_network_options clock = *o;
    karvan_network *net = NULL;
    const karvan_moment at = {karvan_day_from_civil(2026, 3, 2), 480};
    clock.date = at.day, clock.by_clock = true;
    if (karvan_network_create(r->package, &clock, &net, NULL) != KARVAN_OK) return;
    for (int32_t from = 0; from < 3 && from < karvan_network_places(net); from++)
        for (int32_t to = 0; to < 3 && to < karvan_network_places(net); to++) {
            const karvan_route_query ask = {from, to, KARVAN_BY_TIME, -1, 0};
            karvan_route way;
            double never;
            if (karvan_route_depart(net, &ask, &at, &way, NULL) != KARVAN_OK) continue;
            require(way.hours >= -1 || isinf(way.hours));
            if (way.n_legs < MOST &&
                karvan_route_quantiles_depart(net, &way, &at, 2, q, &never, NULL) == KARVAN_OK)
                require(never > -1e-6 && never < 1 + 1e-6);
            karvan_route_clear(&way);
        }
    karvan_network_destroy(net);
}

/* Matrices: as flows, as a panel with trade at home, as classes of cargo, as missing products. */
static void trade_of_many(const small_region *r) {
    karvan_table *t = NULL;
    const karvan_panel_options all = {.domestic = true};
    if (karvan_trade_panel(r->package, &all, &t, NULL) == KARVAN_OK)
        require(karvan_table_rows(t) > 0);
    karvan_table_destroy(t);
    if (karvan_trade_class_shares(r->package, NULL, &t, NULL) == KARVAN_OK)
        for (int64_t k = 0; k < karvan_table_rows(t); k++) {
            double share = karvan_table_real(t, karvan_table_find(t, "share"), k);
            require(share >= 0 && share <= 1 + 1e-6);
        }
    karvan_table_destroy(t);
    karvan_table *flows = NULL;
    if (karvan_trade_matrix(r->package, NULL, &flows, NULL) == KARVAN_OK)
        (void)karvan_trade_missing_products(flows, "AAA", "BBB", 2020, 0, &t, NULL),
            karvan_table_destroy(t);
    karvan_table_destroy(flows);
}

static void judge(small_region *r) {
    karvan_network_options o;
    karvan_network *net = NULL;
    karvan_table *t = NULL;
    (void)karvan_package_check_sources(r->package, r->problems, NULL);
    (void)karvan_record_check(r->package, r->problems, NULL);
    (void)karvan_trade_check(r->package, r->problems, NULL);
    (void)karvan_network_check(r->package, r->problems, NULL);
    if (karvan_trade_balance(r->package, "o", "AAA", "BBB", &t, NULL) == KARVAN_OK)
        karvan_table_destroy(t);
    if (karvan_trade_mirrors(r->package, "AAA", "BBB", &t, NULL) == KARVAN_OK)
        karvan_table_destroy(t);
    trade_of_many(r);
    if (karvan_network_defaults(r->package, &o, NULL) == KARVAN_OK &&
        karvan_network_create(r->package, &o, &net, NULL) == KARVAN_OK)
        use(r, net);
    karvan_network_destroy(net);
    by_clock(r, &o);
    o.cargo_class = "general", o.handling = true, o.month = 1;
    if (karvan_network_create(r->package, &o, &net, NULL) == KARVAN_OK)
        (void)karvan_network_targets(net, &t, NULL), karvan_table_destroy(t);
    karvan_network_destroy(net);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    small_table tables[N_TABLES];
    small_region r;
    if (size < 1 || size > 4000 || memchr(data, 0, size)) return 0; /* bound the work */
    memcpy(tables, TABLES, sizeof tables);
    const small_table *old = &TABLES[data[0] % N_TABLES];
    size_t head = strcspn(old->csv, "\n") + 1;
    char *csv = malloc(head + size + 1);
    require(csv != NULL);
    memcpy(csv, old->csv, head);
    memcpy(csv + head, data + 1, size - 1), csv[head + size - 1] = 0;
    tables[data[0] % N_TABLES].csv = csv;
    (void)small_open_quietly(&r, tables, N_TABLES);
    if (r.package) judge(&r);
    small_close(&r);
    free(csv);
    require(karvan_i_alloc_live == live);
    return 0;
}
