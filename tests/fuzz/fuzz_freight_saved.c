/* Bytes as a saved solution of freight, with the digest that belongs to them: read, or refused with
 * a place. What was read begins a solve on a region that has some of what it names: an error, or a
 * solution in which nothing is lost and no limit is exceeded, which is saved and read again. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "flow/freight_saved.h"
#include "karvan/freight.h"
#include "region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const small_table TABLES[] = {
    {"countries",
     "iso3:s,name:s,capital:s,customs_area:s\nAAA,Aland,A,\nBBB,Beland,B,\nCCC,Celand,C,\n",
     "\"iso3\""},
    {"places",
     "id:s,name:s,country:s,lon:n,lat:n,kind:s\nA,Alpha,AAA,50,40,city\nB,Beta,BBB,51,40,city\n"
     "C,Gamma,CCC,52,40,city\n",
     "\"id\""},
    {"modes", "id:s,name:s,carries_containers:b\nrail,Rail,true\nroad,Road,true\nsea,Sea,true\n",
     "\"id\""},
    {"links",
     "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"
     "cost_usd_per_teu:n,capacity_teu_day:n\n"
     "AB,A,B,rail,true,500,,10,1.4,500,40\nBC,B,C,rail,true,500,,10,1,500,\n"
     "AC,A,C,road,true,800,,10,1,1300,\nBCsea,B,C,sea,true,400,,20,1,300,\n",
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n\nport,B,transship,rail,sea,true,12,30,80\n",
     "\"id\""},
    {"services", "id:s,link:s,headway_h:n\nferry,BCsea,24\n", "\"id\""},
    {"corridors",
     "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\n"
     "iron,Iron way,B,,,road\n",
     "\"id\""},
    {"cargo_classes",
     "id:s,name:s,tonnes_per_teu:n,value_usd_per_t:n,delta_percent_day:n,reliability_ratio:n\n"
     "gen,General,10,2400,1,0.5\nheavy,Heavy,20,240,1,\n",
     "\"id\""},
    {"settings",
     "key:s,value:s\nreference_date,2024-01-01\nclosure_spell_h,24\nchoice_scale,0.01\n"
     "reject_usd_per_teu,5000\nempty_pools,rail;road;sea\n",
     "\"key\""},
    {"zones", "id:s,country:s,place:s,weight:n\n1,AAA,A,1\n", "\"id\""},
    {"capacities",
     "id:s,name:s,items_of:s,items:s,direction:s,capacity:n,unit:s,servers:n,scv_arrivals:n,"
     "scv_service:n,open_from:d,open_to:d,cargo_classes:s\n"
     "r,Rail,links,AB;BC,both,500,t/day,,,,,,\np,Post,places,B,both,80,TEU/day,1,1,1,,,gen\n",
     "\"id\""},
    {"demand",
     "origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n\nA,C,gen,2024,,36500\n"
     "C,A,heavy,,36500,\nA,B,gen,,3650,\n",
     NULL}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

static void require(bool promise) {
    if (!promise) abort();
}

typedef struct bed { /* opened once */
    small_region region;
    karvan_freight_demand demand;
    karvan_freight_options o;
} bed;

static const bed *the_bed(void) {
    static bed b;
    if (b.region.package) return &b;
    require(small_open_quietly(&b.region, TABLES, N_TABLES) && b.region.package);
    const karvan_table *t = karvan_package_table(b.region.package, "demand");
    require(karvan_freight_defaults(b.region.package, &b.o, NULL) == KARVAN_OK);
    require(karvan_freight_demand_read(b.region.package, t, 2024, &b.demand, NULL) == KARVAN_OK);
    b.o.threads = 1, b.o.max_iterations = 200;
    return &b;
}

static void judge(const karvan_freight *f, const karvan_freight_saved *s) {
    const karvan_freight_demand *d = &the_bed()->demand;
    const double *served = karvan_freight_served_view(f);
    karvan_freight_stats t = karvan_freight_statistics(f);
    karvan_freight_saved *again = NULL;
    karvan_i_text text = {0};
    for (int32_t k = 0; k < d->n; k++)
        require(served[k] >= 0 && served[k] <= d->teu_day[k] * (1 + 1e-9));
    require(fabs(t.served_teu_day + t.unserved_teu_day - t.demand_teu_day) <=
            1e-9 * t.demand_teu_day);
    if (t.converged) require(t.over < 1e-3 && t.slack < 1e-3);
    require(t.routes_taken + t.routes_left == s->n[KARVAN_I_KEPT_WAYS]);
    require(t.prices_taken + t.prices_left ==
            s->n[KARVAN_I_KEPT_PRICES] + s->n[KARVAN_I_KEPT_MOVES]);
    require(karvan_i_freight_print(f, &text, NULL) == KARVAN_OK);
    require(karvan_freight_parse(text.s, text.n, "g", &again, NULL) == KARVAN_OK);
    karvan_freight_saved_destroy(again), karvan_i_text_clear(&text);
}

static void start_from(const karvan_freight_saved *s) {
    const bed *b = the_bed();
    karvan_freight *f = NULL;
    karvan_freight_options o = b->o;
    o.saved = s, o.empties = s->n[KARVAN_I_KEPT_MOVES] > 0;
    karvan_status st = karvan_freight_solve(b->region.package, &b->demand, &o, NULL, &f, NULL);
    require((f != NULL) == (st == KARVAN_OK || st == KARVAN_E_NOCONV));
    if (f) judge(f, s);
    karvan_freight_destroy(f);
}

/* The last row "end" gets the digest of what stands above it. */
static void mend(karvan_i_text *t) {
    char *end = NULL;
    for (char *at = t->s; at && (at = strstr(at, "\nend ")); at++) end = at;
    if (!end || strlen(end) > 40) return;
    t->n = (size_t)(end + 1 - t->s), t->s[t->n] = 0;
    karvan_i_text_printf(t, "end %016llx\n", (unsigned long long)karvan_i_digest_bytes(t->s, t->n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    (void)the_bed();
    long live = karvan_i_alloc_live;
    karvan_freight_saved *s = NULL;
    karvan_error e = {0};
    karvan_i_text t = {0};
    if (size > 1 << 13) return 0; /* bound the work, not the meaning */
    karvan_i_text_add(&t, size ? (const char *)data : "", size);
    if (t.s && strlen(t.s) == t.n) mend(&t);
    karvan_status st = karvan_freight_parse(t.s ? t.s : "", t.n, "f", &s, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && !s && strncmp(e.msg, "f:", 2) == 0));
    require(karvan_utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg));
    if (s) start_from(s);
    karvan_freight_saved_destroy(s), karvan_i_text_clear(&t);
    require(karvan_i_alloc_live == live);
    return 0;
}
