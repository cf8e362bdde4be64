/* A place that can be reached by one neighbour alone lies on no way that does not come back. Before
 * it stands a ladder of equal rungs, so that the ways there and back are many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/network.h"
#include "region.h"

enum { RUNGS_MAX = 9, CAP = 8000 };

typedef struct ladder {
    char places[CAP], links[CAP];
    small_region region;
    karvan_network *net;
} ladder;

static void append(char *s, const char *format, const char *a, int i, const char *b, int k) {
    size_t n = strlen(s);
    (void)snprintf(s + n, CAP - n, format, a, i, b, k);
}

static void link_of(ladder *l, const char *a, int i, const char *b, int k) {
    static const char row[] = "%s%d,%s%d,rail_1520,true,100,,1,1,1,0\n";
    append(l->links, "%s%d-%s%d,", a, i, b, k), append(l->links, row, a, i, b, k);
}

/* s1 and t1 at the foot, rungs (a1, b1) to (aN, bN), then y1 before x1; y2 too where `second`.
 * Every link takes an hour. */
static void build(ladder *l, int rungs, bool second) {
    static const char *const ends[] = {"s", "t", "x", "y"};
    karvan_network_options o;
    karvan_error e = {0};
    *l = (ladder){.net = NULL};
    (void)snprintf(l->places, CAP, "id:s,locode:s,name:s,aliases:s,country:s,lon:n,lat:n,kind:s\n");
    (void)snprintf(l->links, CAP,
                   "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,"
                   "time_p90_over_p50:n,cost_usd_per_teu:n,co2e_kg_per_teu_km:n\n");
    for (int i = 0; i < 4; i++)
        append(l->places, "%s%d,,%s%d,,AAA,1,1,city\n", ends[i], 1, ends[i], 1);
    append(l->places, "%s%d,,%s%d,,AAA,1,1,city\n", "y", 2, "y", 2);
    for (int i = 1; i <= rungs; i++)
        for (int side = 0; side < 2; side++) {
            const char *from = side ? "b" : "a";
            append(l->places, "%s%d,,%s%d,,AAA,1,1,city\n", from, i, from, i);
            link_of(l, i > 1 ? "a" : "s", i > 1 ? i - 1 : 1, from, i);
            link_of(l, i > 1 ? "b" : "t", i > 1 ? i - 1 : 1, from, i);
            if (i == rungs) link_of(l, from, i, "y", 1);
            if (i == rungs && second) link_of(l, from, i, "y", 2);
        }
    link_of(l, "y", 1, "x", 1);
    if (second) link_of(l, "y", 2, "x", 1);
    const small_table tables[] = {
        {"countries", "iso3:s,name:s,capital:s,customs_area:s,aliases:s\nAAA,Aland,s1,,\n",
         "\"iso3\""},
        {"places", l->places, "\"id\""},
        {"links", l->links, "\"id\""},
        {"terminals",
         "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
         "cost_usd_per_teu:n\n",
         "\"id\""},
        {"services", "id:s,link:s,headway_h:n\n", "\"id\""},
        {"corridors",
         "id:s,name:s,short_name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s,"
         "aliases:s\nc,corridor by X,C,x1,,,,\n",
         "\"id\""},
        {"settings", "key:s,value:s\nreference_date,2026-01-01\nclosure_spell_h,24\n", "\"key\""}};
    assert_true(small_open(&l->region, tables, sizeof tables / sizeof tables[0]));
    assert_int_equal(karvan_network_defaults(l->region.package, &o, &e), KARVAN_OK);
    assert_int_equal(karvan_network_create(l->region.package, &o, &l->net, &e), KARVAN_OK);
    static const small_table names[] = {{"countries", NULL, NULL}, {"places", NULL, NULL},
                                        {"links", NULL, NULL},     {"terminals", NULL, NULL},
                                        {"services", NULL, NULL},  {"corridors", NULL, NULL},
                                        {"settings", NULL, NULL}};
    l->region.tables = names; /* for the removal of the files */
}

static karvan_status route(const ladder *l, karvan_route *r, karvan_error *e) {
    karvan_route_query q = {0, 1, KARVAN_BY_TIME, 0, 0};
    *e = (karvan_error){0};
    return karvan_route_best(l->net, &q, r, e);
}

static void clear(ladder *l) {
    karvan_network_destroy(l->net);
    small_close(&l->region);
}

static void every_way_returns(void **state) {
    (void)state;
    for (int rungs = 1; rungs <= RUNGS_MAX; rungs++) {
        ladder l;
        karvan_route r;
        karvan_error e;
        build(&l, rungs, false);
        assert_int_equal(route(&l, &r, &e), KARVAN_E_NOCONV);
        assert_non_null(strstr(e.msg, "every way by it comes back to a place"));
        clear(&l);
    }
}

/* Up one side and down the other: s1, the rungs, y, x1, y, the rungs, t1. */
static void one_way_does_not(void **state) {
    (void)state;
    for (int rungs = 1; rungs <= RUNGS_MAX; rungs++) {
        ladder l;
        karvan_route r;
        karvan_error e;
        build(&l, rungs, true);
        if (route(&l, &r, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        assert_true(fabs(r.hours - (2 * rungs + 4)) < 1e-9);
        for (int32_t i = 0; i < r.n_legs; i++)
            for (int32_t k = 0; k < i; k++) assert_int_not_equal(r.legs[i].from, r.legs[k].from);
        karvan_route_clear(&r);
        clear(&l);
    }
}

/* With fewer labels than it takes, that is what is said, not that there is none. */
static void more_than_can_be_tried(void **state) {
    (void)state;
    ladder l;
    karvan_routes_query q;
    karvan_routes r;
    karvan_error e = {0};
    build(&l, RUNGS_MAX, true);
    karvan_routes_query_init(&q, 0, 1);
    q.corridor = 0, q.method = KARVAN_ROUTES_K_SHORTEST, q.k = 1, q.most_labels = 20;
    assert_int_equal(karvan_routes_find(l.net, &q, &r, &e), KARVAN_E_NOCONV);
    assert_non_null(strstr(e.msg, "was found with as many labels as are kept"));
    assert_null(strstr(e.msg, "every way"));
    q.most_labels = 0;
    assert_int_equal(karvan_routes_find(l.net, &q, &r, &e), KARVAN_OK);
    assert_true(r.n == 1 && !r.capped && fabs(r.route[0].hours - (2 * RUNGS_MAX + 4)) < 1e-9);
    karvan_routes_clear(&r);
    clear(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_way_returns),
                                       cmocka_unit_test(one_way_does_not),
                                       cmocka_unit_test(more_than_can_be_tried)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
