#ifndef KARVAN_TESTS_SMALL_NETWORK_H
#define KARVAN_TESTS_SMALL_NETWORK_H
/* A network of five places whose hours and dollars are known by hand, and how tests ask it. Include
 * cmocka before. */
#include <math.h>

#include "changed_region.h"
#include "karvan/network.h"

/*      A --100 km-- B|border --200 km-- C --50 km, one way-> D ~~~ferry 300 km~~~ E
 *      A ------------------- road 500 km -------------------- D ...rail from 2030... E   */
static const small_table TABLES[] = {
    {"countries",
     "iso3:s,name:s,capital:s,customs_area:s,aliases:s\nAAA,Aland,A,,\nBBB,Beland,D,,Be\n"
     "CCC,Celand,E,BBB,\n",
     "\"iso3\""},
    {"places",
     "id:s,locode:s,name:s,aliases:s,country:s,lon:n,lat:n,kind:s\n"
     "A,AAALF,Alpha,First,AAA,50,40,city\nB,,Beta,,AAA,51,40,border\nC,,Gamma,,BBB,53,40,city\n"
     "D,,Delta,Harbour;Port,BBB,53.5,40,port\nE,,Epsilon,,CCC,57,40,port\n",
     "\"id\""},
    {"links",
     "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"
     "cost_usd_per_teu:n,co2e_kg_per_teu_km:n,open_from:d,open_to:d,time_source:s,cost_source:s\n"
     "AB,A,B,rail_1520,true,100,50,,1,40,0.3,,,x,assumption\n"
     "BC,B,C,rail_1520,true,200,,5,2,80,0.3,1990,,assumption,x\n"
     "CD,C,D,rail_1520,false,50,50,,,20,0.3,,,x,x\n"
     "AD,A,D,road,true,500,25,,1,900,0.1,,,x,x\n"
     "DE,D,E,ferry_rail,true,300,15,,1,500,0.2,,,x,x\n"
     "new,D,E,rail_1520,true,310,77.5,,1,100,0.3,2030,,x,x\n"
     "oil,A,E,pipeline_oil,true,600,6,,1,1,0,,,x,x\n",
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n,dwell_source:s,cost_source:s\n"
     "b,B,border,rail_1520,rail_1520,true,4,8,60,x,x\n"
     "d,D,port,rail_1520,ferry_rail,true,10,10,50,x,assumption\n",
     "\"id\""},
    {"modes",
     "id:s,name:s,carries_containers:b,needs_service:b,max_kmh:n\n"
     "rail_1520,Rail,true,false,90\nroad,Road,true,false,90\nferry_rail,Ferry,true,true,45\n"
     "pipeline_oil,Pipe,false,false,15\n",
     "\"id\""},
    {"services",
     "id:s,link:s,name:s,headway_h:n,headway_cv:n,leaves_when_full:b,closed_days_year:n,"
     "headway_source:s\ns,DE,The ferry,24,1,true,73,x\n",
     "\"id\""},
    {"corridors",
     "id:s,name:s,short_name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s,aliases:"
     "s\n"
     "rail,By rail,Rail,B|C,,,road,iron\nroad,By road,Road,,,C,,\nback,There and back,Back,E,,,,\n"
     "foreign,Abroad,Abroad,,BBB,,,\nlost,To nowhere,Lost,Q,,,,\n",
     "\"id\""},
    {"settings", "key:s,value:s\nreference_date,2026-01-01\nclosure_spell_h,24\n", "\"key\""},
    {"targets",
     "id:s,name:s,measure:s,from:s,to:s,corridor:s,key:s,low:n,high:n,unit:s,end_points:s,"
     "used_to_estimate:b,source:s,note:s\n"
     "t1,days,route_days,A,D,rail,,0.5,0.6,d,stated,false,x,\n"
     "t2,km,route_km,A,D,rail,,340,340,km,stated,false,x,\n"
     "t3,usd,route_usd_per_teu,A,D,,,400,400,USD,stated,true,x,\n"
     "t4,border,border_h,,,,b,4.62,4.62,h,stated,false,x,n\n"
     "t5,speed,speed_kmh,,,,BC,40,,km/h,stated,false,x,\n"
     "t6,hours,link_h,,,,AB,,2,h,stated,false,x,\n"
     "t7,nowhere,route_days,,,rail,,1,2,d,not stated,false,x,\n"
     "t8,no way,route_days,D,A,rail,,1,2,d,stated,false,x,\n"
     "t9,volume,volume_kt,,,,,1,2,kt,stated,false,x,\n"
     "t10,none,border_h,,,,zz,1,2,h,stated,false,x,\n"
     "t11,nothing,link_km,,,,AB,,,km,stated,false,x,\n"
     "t12,speed,speed_kmh,A,D,rail,,20,30,km/h,stated,false,x,\n"
     "t13,lost,route_days,A,D,nowhere,,0.5,0.6,d,stated,false,x,\n"
     "t14,one place,route_days,A,A,,,0.5,0.6,d,stated,false,x,\n"
     "t15,nothing at all,link_h,,,,AB,0,0,h,stated,false,x,\n",
     "\"id\""}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0], A = 0, B, C, D, E };

/* The region with one text in one table replaced. */
static inline void changed(small_region *r, const char *table, const char *from, const char *to) {
    changed_open(r, TABLES, N_TABLES, table, from, to);
}

static inline karvan_route best(const karvan_network *n, int32_t from, int32_t to,
                                karvan_objective by, int32_t corridor) {
    karvan_route_query q = {from, to, by, corridor, 0.0};
    karvan_route r;
    karvan_error e = {0};
    if (karvan_route_best(n, &q, &r, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return r;
}

static inline void near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-4 * fabs(expected))) fail_msg("%g, not %g", got, expected);
}

/* No route, for a reason that the message says. */
static inline void refused(const karvan_network *n, karvan_route_query q, karvan_status st,
                           const char *why) {
    karvan_route r;
    karvan_error e = {0};
    assert_int_equal(karvan_route_best(n, &q, &r, &e), st);
    assert_int_equal(r.n_legs, 0);
    assert_null(r.legs);
    if (!strstr(e.msg, why)) fail_msg("'%s' does not say '%s'", e.msg, why);
}
#endif
