#ifndef KARVAN_TESTS_FREIGHT_REGION_H
#define KARVAN_TESTS_FREIGHT_REGION_H
/* The region of four places on which freight is worked out by hand. A test copies the tables and
 * puts other rows in those that it is about. */
#include "region.h"

/* A ~rail~ B ~rail~ C for 1000 USD and 20 h; A ~road~ C for 1300 USD and 10 h; E is an island. An
 * hour of gen is worth 10 USD a TEU (1 % a day of 24,000 USD), of heavy 2. */
#define LINKS_CSV                                                                             \
    "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n," \
    "cost_usd_per_teu:n,capacity_teu_day:n\n"
/* The rails, with a capacity of AB, TEU a day each way ("": none); with the road, or one of another
 * price. */
#define RAILS(capacity) \
    LINKS_CSV "AB,A,B,rail,true,500,,10,1,500," capacity "\nBC,B,C,rail,true,500,,10,1,500,\n"
#define LINKS(capacity) RAILS(capacity) "AC,A,C,road,true,800,,10,1,1300,\n"
#define ROAD(usd)       RAILS("") "AC,A,C,road,true,800,,10,1," usd ",\n"
#define CAPACITIES                                                                           \
    "id:s,name:s,items_of:s,items:s,direction:s,capacity:n,unit:s,servers:n,scv_arrivals:n," \
    "scv_service:n,open_from:d,open_to:d,cargo_classes:s\n"
#define CLASSES \
    "id:s,name:s,tonnes_per_teu:n,value_usd_per_t:n,delta_percent_day:n,reliability_ratio:n\n"
#define ZONES "id:s,country:s,place:s,weight:n\n"
#define SETTINGS(reject_usd)                                                            \
    "key:s,value:s\nreference_date,2024-01-01\nclosure_spell_h,24\nchoice_scale,0.01\n" \
    "reject_usd_per_teu," reject_usd "\n"

enum {
    T_COUNTRIES,
    T_PLACES,
    T_MODES,
    T_LINKS,
    T_TERMINALS,
    T_SERVICES,
    T_CORRIDORS,
    T_CLASSES,
    T_SETTINGS,
    T_ZONES,
    T_CAPACITIES,
    T_DEMAND,
    FREIGHT_TABLES
};
static const small_table FREIGHT_REGION[FREIGHT_TABLES] = {
    {"countries",
     "iso3:s,name:s,capital:s,customs_area:s\nAAA,Aland,A,\nBBB,Beland,B,\nCCC,Celand,C,\n",
     "\"iso3\""},
    {"places",
     "id:s,name:s,country:s,lon:n,lat:n,kind:s\nA,Alpha,AAA,50,40,city\nB,Beta,BBB,51,40,city\n"
     "C,Gamma,CCC,52,40,city\nE,Island,CCC,53,40,city\n",
     "\"id\""},
    {"modes", "id:s,name:s,carries_containers:b\nrail,Rail,true\nroad,Road,true\n", "\"id\""},
    {"links", LINKS("40"), "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n\n",
     "\"id\""},
    {"services", "id:s,link:s,headway_h:n\n", "\"id\""},
    {"corridors",
     "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\n"
     "iron,Iron way,B,,,road\n",
     "\"id\""},
    {"cargo_classes", CLASSES "gen,General,10,2400,1,0.5\nheavy,Heavy,20,240,1,\n", "\"id\""},
    {"settings", SETTINGS("5000"), "\"key\""},
    {"zones", ZONES "1,AAA,A,1\n2,CCC,C,0.75\n3,CCC,E,0.25\n", "\"id\""},
    {"capacities", CAPACITIES, "\"id\""},
    {"demand", "origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n\nA,C,gen,2024,,36500\n",
     NULL}};

static inline void freight_tables(small_table *out) {
    memcpy(out, FREIGHT_REGION, sizeof FREIGHT_REGION);
}
#endif
