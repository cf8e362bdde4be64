#ifndef KARVAN_TESTS_FREIGHT_GRID_H
#define KARVAN_TESTS_FREIGHT_GRID_H
/* A region on which freight has rounds to go, for tests of saved solutions. Include cmocka before.
 */
#include <math.h>
#include <stdarg.h>

#include "flow/freight_saved.h"
#include "karvan/freight.h"
#include "region.h"

/* Twelve places, three rows of four, rail between neighbours with little room; a ferry over the
 * water from D to L, which needs a change of mode; a post at F before which trains queue. */
enum { COLUMNS = 4, PLACES = 12, MOST = 8000 };
#define PLACE(i) ((char)('A' + (i)))

static const char CLASSES[] =
    "id:s,name:s,tonnes_per_teu:n,value_usd_per_t:n,delta_percent_day:n,reliability_ratio:n\n"
    "gen,General,10,2400,1,0.5\nheavy one,Heavy,20,240,1,\n";
static const char CERTAIN[] =
    "id:s,name:s,tonnes_per_teu:n,value_usd_per_t:n,delta_percent_day:n,reliability_ratio:n\n"
    "gen,General,10,2400,1,\nheavy one,Heavy,20,240,1,\n";
static const char CORRIDORS[] =
    "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\n"
    "inland,By F,F,,,sea\nwater,By water,D,,,\n";
static const char CAPACITIES[] =
    "id:s,name:s,items_of:s,items:s,direction:s,capacity:n,unit:s,servers:n,scv_arrivals:n,"
    "scv_service:n,open_from:d,open_to:d,cargo_classes:s\n"
    "post,Post,places,F,both,90,TEU/day,2,1,1,,,\n"
    "bridge,Bridge,links,AB;EF,both,900,t/day,,,,,,\n";
static const char LIMITS[] =
    "id:s,name:s,items_of:s,items:s,direction:s,capacity:n,unit:s,servers:n,scv_arrivals:n,"
    "scv_service:n,open_from:d,open_to:d,cargo_classes:s\n"
    "post,Post,places,F,both,90,TEU/day,,,,,,\n"
    "bridge,Bridge,links,AB;EF,both,900,t/day,,,,,,\n";
static const char SETTINGS[] =
    "key:s,value:s\nreference_date,2024-01-01\nclosure_spell_h,24\nchoice_scale,0.01\n"
    "reject_usd_per_teu,9000\nempty_pools,rail;sea\n";

typedef struct texts {
    char places[MOST], links[MOST], demand[MOST];
} texts;

static inline void add(char *text, const char *format, ...) KARVAN_PRINTF(2, 3);
static inline void add(char *text, const char *format, ...) {
    va_list a;
    size_t n = strlen(text);
    va_start(a, format);
    (void)vsnprintf(text + n, MOST - n, format, a);
    va_end(a);
}

static inline void add_link(texts *t, int from, int to) {
    add(t->links, "%c%c,%c,%c,rail,true,%d,,10,1.2,%d,%d\n", PLACE(from), PLACE(to), PLACE(from),
        PLACE(to), 400 + 7 * from, 400 + 31 * from + 17 * to, 25 + 3 * ((from + to) % 4));
}

static inline void write_texts(texts *t) {
    memset(t, 0, sizeof *t);
    add(t->places, "id:s,name:s,country:s,lon:n,lat:n,kind:s\n");
    add(t->links, "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,"
                  "time_p90_over_p50:n,cost_usd_per_teu:n,capacity_teu_day:n\n");
    add(t->demand, "origin:s,destination:s,cargo_class:s,teu:n,kind:s\n");
    for (int i = 0; i < PLACES; i++) {
        add(t->places, "%c,%c,%s,%d,%d,city\n", PLACE(i), PLACE(i), i < 6 ? "AAA" : "BBB",
            50 + i % COLUMNS, 40 + i / COLUMNS);
        if (i % COLUMNS < COLUMNS - 1) add_link(t, i, i + 1);
        if (i + COLUMNS < PLACES) add_link(t, i, i + COLUMNS);
    }
    add(t->links, "DL,D,L,sea,true,600,,30,1.5,300,60\n");
    for (int i = 0; i < PLACES; i += 2)
        for (int j = 1; j < PLACES; j += 2)
            add(t->demand, "%c,%c,%s,%d,%s\n", PLACE(i), PLACE(j),
                (i + j) % 3 ? "gen" : "heavy one", 2000 + 900 * ((i * j) % 5),
                i % 4 ? "trade" : "");
}

typedef struct bed {
    texts t;
    bool linear; /* nothing queues, no hour is uncertain: of least cost, a linear programme */
    small_region region;
    karvan_freight_demand demand;
    karvan_freight_options o;
} bed;

static inline void bed_open(bed *b) {
    const small_table tables[] = {
        {"countries", "iso3:s,name:s,capital:s,customs_area:s\nAAA,Aland,A,\nBBB,Beland,G,\n",
         "\"iso3\""},
        {"places", b->t.places, "\"id\""},
        {"modes", "id:s,name:s,carries_containers:b\nrail,Rail,true\nsea,Sea,true\n", "\"id\""},
        {"links", b->t.links, "\"id\""},
        {"terminals",
         "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
         "cost_usd_per_teu:n\nDport,D,transship,rail,sea,true,12,30,80\n"
         "Lport,L,transship,rail,sea,true,12,30,80\n",
         "\"id\""},
        {"services", "id:s,link:s,headway_h:n\nferry,DL,24\n", "\"id\""},
        {"corridors", CORRIDORS, "\"id\""},
        {"cargo_classes", b->linear ? CERTAIN : CLASSES, "\"id\""},
        {"settings", SETTINGS, "\"key\""},
        {"zones", "id:s,country:s,place:s,weight:n\n1,AAA,A,1\n", "\"id\""},
        {"capacities", b->linear ? LIMITS : CAPACITIES, "\"id\""},
        {"demand", b->t.demand, NULL}};
    karvan_error e = {0};
    if (!small_open(&b->region, tables, sizeof tables / sizeof tables[0])) fail_msg("no region");
    const karvan_table *t = karvan_package_table(b->region.package, "demand");
    if (karvan_freight_demand_read(b->region.package, t, 0, &b->demand, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_int_equal(karvan_freight_defaults(b->region.package, &b->o, &e), KARVAN_OK);
    b->o.threads = 1;
}
static inline void bed_init(bed *b) {
    b->linear = false;
    write_texts(&b->t);
    bed_open(b);
}
/* The folder's files are named by a table of names that is gone by then. */
static inline void bed_close(bed *b) {
    static const small_table names[] = {
        {"countries", NULL, NULL}, {"places", NULL, NULL},        {"modes", NULL, NULL},
        {"links", NULL, NULL},     {"terminals", NULL, NULL},     {"services", NULL, NULL},
        {"corridors", NULL, NULL}, {"cargo_classes", NULL, NULL}, {"settings", NULL, NULL},
        {"zones", NULL, NULL},     {"capacities", NULL, NULL},    {"demand", NULL, NULL}};
    b->region.tables = names;
    karvan_freight_demand_clear(&b->demand);
    small_close(&b->region);
}

/* Another text of some rows; the first `from` becomes `to`. */
static inline void swap(char *text, const char *from, const char *to) {
    static char rest[MOST];
    char *at = strstr(text, from);
    if (!at) fail_msg("no '%s'", from);
    (void)snprintf(rest, sizeof rest, "%s%s", to, at + strlen(from));
    (void)snprintf(at, MOST - (size_t)(at - text), "%s", rest);
}

static inline karvan_freight *solve(const bed *b, const karvan_freight *start,
                                    const karvan_freight_saved *saved) {
    karvan_freight *f = NULL;
    karvan_error e = {0};
    karvan_freight_options o = b->o;
    o.saved = saved;
    if (karvan_freight_solve(b->region.package, &b->demand, &o, start, &f, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_true(karvan_freight_statistics(f).converged);
    return f;
}

static inline karvan_i_text text_of(const karvan_freight *f) {
    karvan_i_text t = {0};
    assert_int_equal(karvan_i_freight_print(f, &t, NULL), KARVAN_OK);
    return t;
}
static inline karvan_freight_saved *saved_of(const karvan_freight *f) {
    karvan_freight_saved *s = NULL;
    karvan_error e = {0};
    karvan_i_text t = text_of(f);
    if (karvan_freight_parse(t.s, t.n, "f", &s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_i_text_clear(&t);
    return s;
}

#endif
