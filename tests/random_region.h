#ifndef KARVAN_TESTS_RANDOM_REGION_H
#define KARVAN_TESTS_RANDOM_REGION_H
/* Regions of random tables with all that a state graph knows: parallel links, links from a place to
 * itself, links of no time, services, closures by date, timetables, opening hours, terminals with
 * steps and customs statuses, operators, straits. Hours, dollars and kilometres are whole numbers.
 * Include cmocka before. */
#include <string.h>

#include "karvan/network.h"
#include "region.h"

enum { RANDOM_PLACES_MAX = 60, RANDOM_TEXT = 60000 };

typedef struct random_size {
    int places, links, terminals, modes;
    bool closures; /* some rows are in service only before or after 2026 */
    bool clocks;   /* some services leave by a timetable, some terminals have opening hours */
} random_size;

typedef struct random_region {
    karvan_random rng;
    random_size size;
    char places[RANDOM_TEXT], links[RANDOM_TEXT], terminals[RANDOM_TEXT], services[RANDOM_TEXT],
        corridors[2000];
    small_region region;
} random_region;

static const char *const RANDOM_MODES[] = {"rail", "road", "ship"};
enum { RANDOM_COUNTRIES = 4 };

static inline int random_pick(random_region *r, int n) {
    return (int)karvan_random_below(&r->rng, (uint64_t)n);
}
static inline bool random_chance(random_region *r, int percent) {
    return random_pick(r, 100) < percent;
}
static inline const char *random_mode(random_region *r) {
    return RANDOM_MODES[random_pick(r, r->size.modes)];
}
static inline const char *random_dates(random_region *r) {
    static const char *const all[] = {"2030,", ",2020", "2026-01-02,2040"};
    return r->size.closures && random_chance(r, 20) ? all[random_pick(r, 3)] : ",";
}

static inline void random_add(char *text, const char *line) {
    size_t n = strlen(text);
    assert_true(n + strlen(line) + 1 < RANDOM_TEXT);
    (void)snprintf(text + n, RANDOM_TEXT - n, "%s", line);
}

static inline void random_places(random_region *r) {
    char line[200];
    (void)snprintf(r->places, RANDOM_TEXT,
                   "id:s,locode:s,name:s,aliases:s,country:s,lon:n,lat:n,kind:s\n");
    for (int p = 0; p < r->size.places; p++) {
        const char *kind = random_chance(r, 10)   ? "strait"
                           : random_chance(r, 20) ? "border"
                                                  : "city";
        (void)snprintf(line, sizeof line, "p%d,,Place %d,,C%c,1,1,%s\n", p, p,
                       "ABCD"[random_pick(r, RANDOM_COUNTRIES)], kind);
        random_add(r->places, line);
    }
}

static inline void random_links(random_region *r) {
    static const char *const operators[] = {"", "", "Red Rail", "Blue Line"};
    static const char *const timetables[] = {"", "", "\"Mo,We,Fr 08:00\"", "Mo-Su 06:00",
                                             "\"Tu 23:30; Sa 04:00\""};
    char line[300];
    (void)snprintf(r->links, RANDOM_TEXT,
                   "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,"
                   "time_p90_over_p50:n,cost_usd_per_teu:n,co2e_kg_per_teu_km:n,open_from:d,"
                   "open_to:d,operator:s\n");
    (void)snprintf(r->services, RANDOM_TEXT,
                   "id:s,link:s,operator:s,headway_h:n,headway_cv:n,open_from:d,open_to:d,"
                   "timetable:s\n");
    for (int i = 0, s = 0; i < r->size.links; i++) {
        (void)snprintf(line, sizeof line, "l%d,p%d,p%d,%s,%s,%d,,%d,1,%d,1,%s,%s\n", i,
                       random_pick(r, r->size.places), random_pick(r, r->size.places),
                       random_mode(r), random_pick(r, 2) ? "true" : "false", random_pick(r, 50),
                       random_pick(r, 20), random_pick(r, 30), random_dates(r),
                       operators[random_pick(r, 4)]);
        random_add(r->links, line);
        int services = random_chance(r, 20) ? 1 + random_pick(r, 2) : 0;
        for (int k = 0; k < services; k++) {
            (void)snprintf(line, sizeof line, "s%d,l%d,%s,%d,%d,%s,%s\n", s++, i,
                           operators[random_pick(r, 4)], 2 * random_pick(r, 12), random_pick(r, 2),
                           random_dates(r), r->size.clocks ? timetables[random_pick(r, 5)] : "");
            random_add(r->services, line);
        }
    }
}

static inline void random_terminals(random_region *r) {
    static const char *const statuses[] = {"", "", "", "sealed", "free"};
    static const char *const openings[] = {"", "24/7", "Mo-Fr 08:00-18:00",
                                           "Mo-Su 20:00-04:00; Su off"};
    char line[300];
    (void)snprintf(r->terminals, RANDOM_TEXT,
                   "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,"
                   "dwell_p90_h:n,cost_usd_per_teu:n,step:i,from_status:s,to_status:s,open_from:d,"
                   "open_to:d,opening_hours:s\n");
    for (int i = 0; i < r->size.terminals; i++) {
        const char *a = random_mode(r), *b = random_mode(r);
        const char *op = a == b ? (random_chance(r, 60) ? "border" : "seal") : "tranship";
        int h = random_pick(r, 10), step = random_chance(r, 15) ? 2 : 1;
        bool changes = random_chance(r, 20);
        (void)snprintf(line, sizeof line, "t%d,p%d,%s,%s,%s,%s,%d,%d,%d,%d,%s,%s,%s,%s\n", i,
                       random_pick(r, r->size.places), op, a, b,
                       random_pick(r, 2) ? "true" : "false", h, h, random_pick(r, 10), step,
                       changes ? statuses[random_pick(r, 5)] : "",
                       changes ? statuses[random_pick(r, 5)] : "", random_dates(r),
                       r->size.clocks ? openings[random_pick(r, 4)] : "");
        random_add(r->terminals, line);
    }
}

/* New tables, opened. */
static inline void random_region_make(random_region *r, random_size size) {
    r->size = size;
    random_places(r), random_links(r), random_terminals(r);
    (void)snprintf(r->corridors, sizeof r->corridors,
                   "id:s,name:s,short_name:s,must_pass:s,avoid_countries:s,avoid_places:s,"
                   "avoid_modes:s,aliases:s\nc,Corridor,C,p%d;p%d|p%d,,p%d,,\n",
                   random_pick(r, size.places), random_pick(r, size.places),
                   random_pick(r, size.places), random_pick(r, size.places));
    const small_table tables[] = {
        {"countries",
         "iso3:s,name:s,capital:s,customs_area:s,aliases:s\nCA,Aland,,,\nCB,Beland,,,\n"
         "CC,Celand,,,\nCD,Deland,,,\n",
         "\"iso3\""},
        {"places", r->places, "\"id\""},
        {"operations",
         "id:s,name:s,cause:s,counts_as:s,mandatory:b,default_p50_h:n,default_p90_h:n,"
         "default_usd_per_teu:n,source:s\n"
         "border,border,border,border,true,,,,x\nseal,sealing,border,,false,,,,x\n"
         "tranship,transhipment,tranship,transhipment,false,,,,x\n"
         "load,loading,handling,,false,2,2,3,x\nunload,unloading,handling,,false,1,1,2,x\n",
         "\"id\""},
        {"links", r->links, "\"id\""},
        {"terminals", r->terminals, "\"id\""},
        {"services", r->services, "\"id\""},
        {"corridors", r->corridors, "\"id\""},
        {"settings", "key:s,value:s\nreference_date,2026-01-01\nclosure_spell_h,24\n", "\"key\""}};
    static const small_table names[] = {{"countries", NULL, NULL},  {"places", NULL, NULL},
                                        {"operations", NULL, NULL}, {"links", NULL, NULL},
                                        {"terminals", NULL, NULL},  {"services", NULL, NULL},
                                        {"corridors", NULL, NULL},  {"settings", NULL, NULL}};
    assert_true(small_open(&r->region, tables, sizeof tables / sizeof tables[0]));
    r->region.tables = names; /* for the removal of the files */
}
#endif
