#ifndef KARVAN_TESTS_CLOCK_NETWORK_H
#define KARVAN_TESTS_CLOCK_NETWORK_H
/* A way of three places with a timetable, opening hours, a season, weather and time zones, and how
 * tests ask it. Include cmocka before. */
#include <math.h>

#include "karvan/network.h"
#include "region.h"

/* A --road 400 km, 8 h-- B|port, 2 h, weekdays 8 to 18|~~ferry 300 km, 20 h~~ C
 * A's clock is UTC, B's five hours ahead, C's four. */
static const small_table TABLES[] = {
    {"countries", "iso3:s,name:s,capital:s,customs_area:s,aliases:s\nAAA,Aland,A,,\n", "\"iso3\""},
    {"places",
     "id:s,locode:s,name:s,aliases:s,country:s,lon:n,lat:n,kind:s,utc_offset_h:n\n"
     "A,,Alpha,,AAA,50,40,city,\nB,,Beta,,AAA,54,40,port,5\nC,,Gamma,,AAA,57,40,port,4\n",
     "\"id\""},
    {"links",
     "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"
     "cost_usd_per_teu:n,co2e_kg_per_teu_km:n,open_from:d,open_to:d,time_source:s,cost_source:s\n"
     "AB,A,B,road,true,400,50,,RATIO,40,0.3,,,x,x\nBC,B,C,feeder,true,300,15,,RATIO,50,0.2,,,x,x\n",
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n,opening_hours:s,hours_source:s,dwell_source:s,cost_source:s\n"
     "b,B,port,road,feeder,true,2,DWELL,60,OPEN,y,x,x\n",
     "\"id\""},
    {"services",
     "id:s,link:s,name:s,headway_h:n,headway_cv:n,leaves_when_full:b,capacity_teu:n,"
     "closed_days_year:n,open_from:d,open_to:d,timetable:s,season:s,headway_source:s\n"
     "s,BC,The ship,SERVICE,x\n",
     "\"id\""},
    {"availability",
     "id:s,place:s,month:i,closed_days:n,spell_h:n\n1,B,3,3.1,24\n2,C,3,1,24\n3,C,4,6,\n",
     "\"id\""},
    {"corridors",
     "id:s,name:s,short_name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s,aliases:"
     "s\nall,Everything,All,B,,,,\n",
     "\"id\""},
    {"settings", "key:s,value:s\nreference_date,2026-01-01\nclosure_spell_h,48\n", "\"key\""}};
enum { N = sizeof TABLES / sizeof TABLES[0], A = 0, B, C };

/* What stands for the words in capitals. */
typedef struct words {
    const char *ratio, *dwell, *open, *service;
} words;
static const words PLAIN = {"1", "2", "Mo-Fr 08:00-18:00", ",,false,,0,,,\"Mo,Th 06:00\","};

static inline void put_words(const char *csv, const words *w, char *out, size_t cap) {
    const char *const from[] = {"RATIO", "DWELL", "OPEN", "SERVICE"};
    const char *const to[] = {w->ratio, w->dwell, w->open, w->service};
    size_t n = 0;
    while (*csv && n + 1 < cap) {
        bool word = false;
        for (int i = 0; i < 4 && !word; i++) {
            size_t len = strlen(from[i]);
            if (strncmp(csv, from[i], len) != 0) continue;
            n += (size_t)snprintf(out + n, cap - n, "%s", to[i]);
            csv += len, word = true;
        }
        if (!word) out[n++] = *csv++;
    }
    out[n < cap ? n : cap - 1] = 0;
}

static inline bool open_words(small_region *r, words w) {
    static char csv[N][1000];
    small_table tables[N];
    memcpy(tables, TABLES, sizeof tables);
    for (int i = 0; i < N; i++) {
        put_words(TABLES[i].csv, &w, csv[i], sizeof csv[i]);
        tables[i].csv = csv[i];
    }
    bool good = small_open(r, tables, N);
    r->tables = TABLES;
    return good;
}

static inline karvan_network *network(const small_region *r, int month, bool by_clock) {
    karvan_network_options o;
    karvan_network *net;
    karvan_error e = {0};
    assert_int_equal(karvan_network_defaults(r->package, &o, &e), KARVAN_OK);
    o.month = month, o.by_clock = by_clock;
    if (by_clock) o.date = karvan_day_from_civil(2026, 3, 2);
    if (karvan_network_create(r->package, &o, &net, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return net;
}

static const karvan_route_query A_TO_C = {A, C, KARVAN_BY_TIME, -1, 0.0};

static inline karvan_moment moment(const char *s) {
    karvan_moment at;
    karvan_error e = {0};
    if (karvan_moment_parse(s, &at, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return at;
}

static inline karvan_route leave(const karvan_network *net, const char *at) {
    karvan_moment m = moment(at);
    karvan_route r;
    karvan_error e = {0};
    if (karvan_route_depart(net, &A_TO_C, &m, &r, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return r;
}

static inline void is_near(double got, double expected) {
    if (!(fabs(got - expected) < 1e-6 * (1 + fabs(expected))))
        fail_msg("%.9g, not %.9g", got, expected);
}
#endif
