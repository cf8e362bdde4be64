#ifndef KARVAN_TESTS_DRAWN_NETWORK_H
#define KARVAN_TESTS_DRAWN_NETWORK_H
/* Networks of two modes: one by hand, and others drawn at random, whole or without one row. Include
 * cmocka before. */
#include <math.h>

#include "karvan/network.h"
#include "region.h"
#include "table/cell.h"

#define PLACES_CSV "id:s,name:s,country:s,lon:n,lat:n,kind:s\n"
#define LINKS_CSV                                                         \
    "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n," \
    "time_p90_over_p50:n,cost_usd_per_teu:n,co2e_kg_per_teu_km:n\n"
#define TERMINALS_CSV                                                                       \
    "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n," \
    "cost_usd_per_teu:n\n"

/* Rail A - B - C with a border at B, a road A - C, and at C a change between the two. */
static const small_table BY_HAND[] = {
    {"countries", "iso3:s,name:s,customs_area:s\nAAA,Aland,\nBBB,Beland,\nCCC,Celand,\n",
     "\"iso3\""},
    {"places",
     PLACES_CSV "A,A,AAA,50,40,city\nB,B,AAA,51,40,port\nC,C,AAA,52,40,city\n"
                "D,D,AAA,53,40,junction\n",
     "\"id\""},
    {"links",
     LINKS_CSV "AB,A,B,rail_1520,true,100,,10,1,1,0\nBC,B,C,rail_1520,true,100,,10,1,1,0\n"
               "AC,A,C,road,true,100,,50,1,100,0\nCD,C,D,road,true,100,,1,1,1,0\n",
     "\"id\""},
    {"terminals",
     TERMINALS_CSV
     "b,B,border,rail_1520,rail_1520,true,5,5,3\nc,C,port,rail_1520,road,true,5,5,7\n",
     "\"id\""},
    {"services",
     "id:s,link:s,name:s,headway_h:n,headway_cv:n,leaves_when_full:b,closed_days_year:n\n",
     "\"id\""},
    {"corridors", "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\n",
     "\"id\""},
    {"indicators",
     "country:s,year:i,indicator:s,value:n,unit:s,source:s\nAAA,2023,gdp,6000000,USD,one\n"
     "AAA,2022,gdp,1000000,USD,old\nBBB,2023,gdp,3000000,USD,one\nCCC,2021,gdp,2000000,USD,two\n"
     "CCC,2023,gdp,,USD,one\nAAA,2024,population,100,persons,one\n"
     "BBB,2024,population,40,persons,one\n",
     NULL}};
enum { N_TABLES = sizeof BY_HAND / sizeof BY_HAND[0] };

static inline karvan_network *open_network(small_region *r, const small_table *tables) {
    const karvan_network_options options = {.date = karvan_day_from_civil(2026, 1, 1),
                                            .closure_spell_h = 24};
    karvan_network *net = NULL;
    karvan_error e = {0};
    assert_true(small_open(r, tables, N_TABLES));
    if (karvan_network_create(r->package, &options, &net, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return net;
}

static inline void close_network(small_region *r, karvan_network *net) {
    karvan_network_destroy(net);
    small_close(r);
}

static inline double real(const karvan_table *t, const char *column, int64_t row) {
    return karvan_i_cell_real(t, column, row);
}

/* cmocka compares as floats, which is too coarse for sums. */
static inline void close_to(double got, double want) {
    if (!(fabs(got - want) <= 1e-9 * (1 + fabs(want)))) fail_msg("%.17g, not %.17g", got, want);
}

enum { PLACES = 5, LINKS = 9, CHANGES = 4, ITEMS = LINKS + CHANGES };
static karvan_random rng;
static inline int pick(int n) { return (int)karvan_random_below(&rng, (uint64_t)n); }

typedef struct drawn {
    char row[ITEMS][100]; /* links, then terminals */
    char places[400], links[1500], terminals[800];
} drawn;

static inline void draw(drawn *d) {
    static const char *const mode[] = {"rail_1520", "road"};
    for (int i = 0; i < ITEMS; i++) {
        int a = pick(PLACES), b = (a + 1 + pick(PLACES - 1)) % PLACES;
        if (i < LINKS)
            (void)snprintf(d->row[i], sizeof d->row[i], "l%d,p%d,p%d,%s,%s,100,,%d,1,%d,0\n", i, a,
                           b, mode[pick(2)], pick(3) ? "true" : "false", 1 + pick(20), pick(30));
        else
            (void)snprintf(d->row[i], sizeof d->row[i], "t%d,p%d,port,rail_1520,road,%s,%d,%d,%d\n",
                           i, a, pick(2) ? "true" : "false", i % 2, i % 2, pick(9));
    }
}

/* All tables, or those without one row. */
static inline void open_without(drawn *d, int item, small_region *r, karvan_network **net) {
    static small_table tables[N_TABLES];
    memcpy(tables, BY_HAND, sizeof tables);
    size_t n = (size_t)snprintf(d->places, sizeof d->places, PLACES_CSV);
    for (int p = 0; p < PLACES; p++)
        n += (size_t)snprintf(d->places + n, sizeof d->places - n, "p%d,P%d,%c%c%c,%d,40,%s\n", p,
                              p, 'A' + p % 3, 'A' + p % 3, 'A' + p % 3, 50 + p,
                              p == 3 ? "port" : "city");
    size_t l = (size_t)snprintf(d->links, sizeof d->links, LINKS_CSV),
           t = (size_t)snprintf(d->terminals, sizeof d->terminals, TERMINALS_CSV);
    for (int i = 0; i < ITEMS; i++) {
        if (i == item) continue;
        if (i < LINKS)
            l += (size_t)snprintf(d->links + l, sizeof d->links - l, "%s", d->row[i]);
        else
            t += (size_t)snprintf(d->terminals + t, sizeof d->terminals - t, "%s", d->row[i]);
    }
    tables[1].csv = d->places, tables[2].csv = d->links, tables[3].csv = d->terminals;
    *net = open_network(r, tables);
}

/* Least hours and dollars of each ordered pair; infinite where nothing leads. */
static inline void all_pairs(const karvan_network *net, double out[2][PLACES][PLACES]) {
    for (int m = 0; m < 2; m++)
        for (int a = 0; a < PLACES; a++)
            for (int b = 0; b < PLACES; b++) {
                karvan_route_query q = {a, b, m ? KARVAN_BY_COST : KARVAN_BY_TIME, -1, 0};
                karvan_route route;
                out[m][a][b] = a == b ? 0 : INFINITY;
                if (a == b || karvan_route_best(net, &q, &route, NULL) != KARVAN_OK) continue;
                out[m][a][b] = m ? route.usd_per_teu : route.hours;
                karvan_route_clear(&route);
            }
}

#endif
