#ifndef KARVAN_TESTS_STUDY_REGION_H
#define KARVAN_TESTS_STUDY_REGION_H
/* Two countries, two ways between them, one class of cargo: the region on which a study is worked
 * out by hand; and a bed that takes a region as far as its chain. Include cmocka before.
 *
 * A ~rail~ B ~rail~ C for 1000 USD and 20 h, A ~road~ C for 1300 USD and 10 h; A is in AAA, B and C
 * are in CCC. An hour of gen is worth 10 USD a TEU, so that rail is 1200 and the road 1400. Each
 * country sells the other 876 million USD a year: at 24,000 a TEU 36,500 TEU, 100 a day; its output
 * is ten times that. */
#include <math.h>

#include "region.h"
#include "study/rapid.h"
#include "study/study.h"

#define STUDY_LINKS                                                                           \
    "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n," \
    "cost_usd_per_teu:n,capacity_teu_day:n,open_from:d,open_to:d\n"
/* XA is a second road, not yet there; AB holds 40 TEU a day each way. */
#define STUDY_ROADS                        \
    "AC,A,C,road,true,800,80,,1,1300,,,\n" \
    "XA,A,C,track,true,800,80,,1,1250,,2100,\n"
#define STUDY_EDITS "intervention:s,table:s,key:s,column:s,operation:s,value:s\n"

enum {
    S_COUNTRIES,
    S_PLACES,
    S_MODES,
    S_LINKS,
    S_TERMINALS,
    S_SERVICES,
    S_CORRIDORS,
    S_CLASSES,
    S_SETTINGS,
    S_ZONES,
    S_CAPACITIES,
    S_DEMAND,
    S_SHARES,
    S_MATRIX,
    S_INDICATORS,
    S_INTERVENTIONS,
    S_SCENARIOS,
    S_CONSTANTS,
    S_PARAMETERS,
    STUDY_TABLES
};
static const small_table STUDY_REGION[STUDY_TABLES] = {
    {"countries", "iso3:s,name:s,capital:s,customs_area:s\nAAA,Aland,A,\nCCC,Celand,C,\n",
     "\"iso3\""},
    {"places",
     "id:s,name:s,country:s,lon:n,lat:n,kind:s\nA,Alpha,AAA,50,40,city\nB,Beta,CCC,51,40,city\n"
     "C,Gamma,CCC,52,40,city\n",
     "\"id\""},
    {"modes",
     "id:s,name:s,carries_containers:b\nrail,Rail,true\nroad,Road,true\ntrack,Track,true\n",
     "\"id\""},
    {"links",
     STUDY_LINKS
     "AB,A,B,rail,true,500,50,,1,500,40,,\nBC,B,C,rail,true,500,50,,1,500,,,\n" STUDY_ROADS,
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n,capacity_teu_day:n\n",
     "\"id\""},
    {"services", "id:s,link:s,headway_h:n\n", "\"id\""},
    {"corridors",
     "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\n"
     "iron,Iron way,B,,,road;track\n",
     "\"id\""},
    {"cargo_classes",
     "id:s,name:s,tonnes_per_teu:n,value_usd_per_t:n,delta_percent_day:n,reliability_ratio:n,"
     "value_low_usd_per_t:n,value_high_usd_per_t:n\ngen,General,10,2400,1,0.5,1200,4800\n",
     "\"id\""},
    {"settings",
     "key:s,value:s\nreference_date,2024-01-01\nclosure_spell_h,24\nchoice_scale,0.01\n"
     "reject_usd_per_teu,5000\nmatrix_trade,w\nmatrix_products,u\nflow_year,2024\n"
     "flow_countries,AAA;CCC\nflow_trade_error,0.25\ngoods_output_per_gdp,1\n"
     "trade_elasticity,4\ntrade_elasticity_low,3\ntrade_elasticity_high,5\n"
     "effect_low,0.5\neffect_high,1.2\nstudy_least_teu_day,0\n",
     "\"key\""},
    {"zones", "id:s,country:s,place:s,weight:n\n1,AAA,A,1\n2,CCC,C,1\n", "\"id\""},
    {"capacities",
     "id:s,name:s,items_of:s,items:s,direction:s,capacity:n,unit:s,servers:n,scv_arrivals:n,"
     "scv_service:n,open_from:d,open_to:d,cargo_classes:s\n",
     "\"id\""},
    {"demand", "id:s,origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n,kind:s,error:n\n",
     "\"id\""},
    {"class_shares", "id:s,product:s,exporter:s,importer:s,cargo_class:s,share:n\na,0,,,gen,1\n",
     "\"id\""},
    {"trade_matrix",
     "dataset:s,year:i,exporter:s,importer:s,classification:s,product:s,value:n,reported_by:s,"
     "source:s\nw,2024,AAA,CCC,,TOTAL,876000,importer,x\nw,2024,CCC,AAA,,TOTAL,876000,importer,x\n"
     "u,2024,AAA,CCC,S,0,876000,estimate,x\nu,2024,CCC,AAA,S,0,876000,estimate,x\n",
     NULL},
    {"indicators",
     "country:s,year:i,indicator:s,value:n\nAAA,2024,gdp,8.76e9\nCCC,2024,gdp,8.76e9\n",
     "[\"country\",\"year\",\"indicator\"]"},
    {"interventions", "id:s,name:s\nwide,Wider\nquick,Quicker\n", "\"id\""},
    {"scenarios",
     STUDY_EDITS "wide,links,AB,capacity_teu_day,set,60\n"
                 "quick,links,AB,speed_kmh,scale,2\n"
                 "slow,links,AB,speed_kmh,scale,0.5\n"
                 "short,links,AB,length_km,scale,0.5\n"
                 "same,links,AB,cost_usd_per_teu,scale,1\n"
                 "track,links,XA,open_from,set,2020\n"
                 "shut,links,AB,open_to,set,2020\nshut,links,AC,open_to,set,2020\n"
                 "norail,links,AB,open_to,set,2020\n"
                 "limit,links,AC,capacity_teu_day,set,30\n"
                 "minus,links,AB,capacity_teu_day,add,-70\n"
                 "lost,links,ZZ,speed_kmh,scale,2\n"
                 "both,links,AC,speed_kmh,scale,2\nboth,links,AC,speed_kmh,set,40\n"
                 "gone,links,BC,,remove,\n"
                 "dear,settings,trade_elasticity,value,set,9\n"
                 "more,cargo_classes,gen,tonnes_per_teu,scale,0.5\n"
                 "none,zones,2,place,set,B\n",
     NULL},
    {"corridor_constants", "id:s,corridor:s,cargo_class:s,kind:s,usd_per_teu:n,error:n\n",
     "\"id\""},
    {"parameters",
     "id:s,name:s,kind:s,low:n,high:n,modes:s,operations:s,items:s,cargo_classes:s,source:s\n"
     "rails,Rails,money,0.8,1.3,rail,,,,x\nroads,Roads,money,0.9,1.2,road;track,,,,x\n"
     "pace,Pace,hours,0.8,1.5,,,,,x\nroom,Room,capacity,0.8,1.2,rail,,,,x\n"
     "volume,Volume,demand,0.8,1.3,,,,,x\ntaste,Taste,choice,0.7,1.4,,,,,x\n",
     "\"id\""}};

static inline void study_tables(small_table *out) {
    memcpy(out, STUDY_REGION, sizeof STUDY_REGION);
}

/* ---- the bed ---- */

enum { BED_SIDES = 8 };

/* Side 0 is the region as it is; others under the scenarios named. */
typedef struct study_bed {
    small_region region; /* if its files are the test's own */
    karvan_study_options o;
    int n; /* sides */
    karvan_i_study_side side[BED_SIDES];
    karvan_i_parameters p;
    karvan_i_menu m;
    karvan_i_supply supply[BED_SIDES];
    karvan_i_choices q;
    karvan_i_exchange x;
    karvan_i_chain k;
    karvan_i_outcome s[BED_SIDES];
    karvan_i_solver solver;
    bool solves;
    int threads;   /* 0: one */
    double *value; /* of parameters: medians, unless a test draws others */
} study_bed;

static inline karvan_status bed_names(study_bed *b, const char *dir, const char *scenarios,
                                      karvan_i_study_side *out, karvan_error *err) {
    char text[200];
    const char *name[8];
    int n = 0;
    (void)snprintf(text, sizeof text, "%s", scenarios);
    for (char *s = strtok(text, ","); s; s = strtok(NULL, ",")) name[n++] = s;
    return karvan_i_study_side_open(dir, n, name, &b->o, out == b->side ? NULL : b->side, true, out,
                                    err);
}

/* Sides are open: the menu of all of them, and what each makes of it. */
static inline karvan_status bed_menu(study_bed *b, karvan_error *err) {
    karvan_i_traces traces[BED_SIDES] = {{0}};
    karvan_status st = KARVAN_OK;
    for (int s = 0; s < b->n && st == KARVAN_OK; s++)
        st = karvan_i_traces_take(&b->side[s], s == 0 ? NULL : b->side, &traces[s], err);
    if (st == KARVAN_OK) st = karvan_i_menu_make(b->side, b->n, traces, &b->m, err);
    for (int s = 0; s < b->n && st == KARVAN_OK; s++)
        st = karvan_i_supply_make(&b->m, &b->side[s], &b->p, s == 0 ? NULL : b->supply,
                                  b->side[0].freight, &b->supply[s], err);
    for (int s = 0; s < b->n; s++) karvan_i_traces_clear(&traces[s]);
    return st;
}

static inline karvan_status bed_chain(study_bed *b, karvan_error *err) {
    karvan_status st = karvan_i_parameters_read(b->side[0].region, &b->p, err);
    if (st == KARVAN_OK) st = bed_menu(b, err);
    if (st == KARVAN_OK) st = karvan_i_choices_make(&b->side[0], &b->m, &b->p, &b->q, err);
    if (st == KARVAN_OK) st = karvan_i_exchange_begin(b->side[0].region, &b->o, &b->x, err);
    if (st == KARVAN_OK) st = karvan_i_exchange_flows(&b->side[0], &b->m, &b->x, err);
    if (st != KARVAN_OK) return st;
    b->k = (karvan_i_chain){&b->o, &b->m, &b->q, &b->x, &b->supply[0]};
    for (int s = 0; s < BED_SIDES && st == KARVAN_OK; s++)
        st = karvan_i_outcome_init(&b->s[s], &b->m, &b->x, err);
    if (st == KARVAN_OK) b->solves = true, st = karvan_i_solver_init(&b->solver, b->x.economy, err);
    b->value = calloc((size_t)b->p.n, sizeof *b->value);
    if (b->value) karvan_i_parameters_draw(&b->p, 1, 0, b->value);
    return st;
}

static inline void bed_clear(study_bed *b) {
    free(b->value);
    if (b->solves) karvan_i_solver_clear(&b->solver);
    for (int s = 0; s < BED_SIDES; s++) {
        karvan_i_outcome_clear(&b->s[s]);
        karvan_i_supply_clear(&b->supply[s]), karvan_i_study_side_clear(&b->side[s]);
    }
    karvan_i_exchange_clear(&b->x), karvan_i_choices_clear(&b->q);
    karvan_i_menu_clear(&b->m), karvan_i_parameters_clear(&b->p);
    if (b->region.tables) small_close(&b->region);
    *b = (study_bed){0};
}

/* Of the region in a folder; scenarios[0 .. n): one a side behind side 0, names joined by commas.
 * b is cleared by the caller, whatever comes. */
static inline karvan_status bed_of(study_bed *b, const char *dir, int n,
                                   const char *const *scenarios, karvan_error *err) {
    karvan_package *package = NULL;
    karvan_problems *problems = NULL;
    karvan_status st = karvan_problems_create(&problems, err);
    if (st == KARVAN_OK) st = karvan_package_open(dir, problems, &package, err);
    if (st == KARVAN_OK) st = karvan_study_defaults(package, &b->o, err);
    karvan_package_destroy(package), karvan_problems_destroy(problems);
    b->o.threads = b->threads > 0 ? b->threads : 1;
    if (st == KARVAN_OK) st = bed_names(b, dir, "", &b->side[0], err);
    for (b->n = 1; b->n <= n && st == KARVAN_OK; b->n++)
        st = bed_names(b, dir, scenarios[b->n - 1], &b->side[b->n], err);
    return st == KARVAN_OK ? bed_chain(b, err) : st;
}

/* Of the toy; tables NULL: as above. */
static inline void bed_write(study_bed *b, const small_table *tables) {
    *b = (study_bed){0};
    assert_true(small_open(&b->region, tables ? tables : STUDY_REGION, STUDY_TABLES));
    b->region.tables = STUDY_REGION; /* for the names, when it is closed */
}
static inline karvan_status bed_try(study_bed *b, const small_table *tables, const char *scenario,
                                    karvan_error *err) {
    bed_write(b, tables);
    return bed_of(b, b->region.folder, 1, &scenario, err);
}
static inline void bed_open(study_bed *b, const small_table *tables, int n,
                            const char *const *scenarios) {
    karvan_error e = {0};
    bed_write(b, tables);
    if (bed_of(b, b->region.folder, n, scenarios, &e) != KARVAN_OK) fail_msg("%s", e.msg);
}

/* Side 0, then another, to their fixed points. */
static inline void bed_first(study_bed *b) {
    karvan_error e = {0};
    if (karvan_i_chain_first(&b->k, b->value, &b->s[0], &e) != KARVAN_OK) fail_msg("%s", e.msg);
}
static inline void bed_other(study_bed *b, int side) {
    karvan_error e = {0};
    if (karvan_i_chain_other(&b->k, &b->supply[side], b->value, 1, NULL, &b->s[0], &b->solver,
                             &b->s[side], &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_true(b->s[side].converged);
}
/* The route of a pair by its first row of links (-1: stays at home); its number. */
static inline int64_t bed_route(const study_bed *b, int32_t pair, int32_t corridor, int nth) {
    for (int64_t r = b->m.first[pair]; r < b->m.first[pair + 1]; r++)
        if (b->m.corridor[r] == corridor && nth-- == 0) return r;
    fail_msg("pair %d has no such route", (int)pair);
    return -1;
}
#endif
