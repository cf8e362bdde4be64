/* k shortest, alternatives and constraints on a network whose ways are known by hand; the odd ones:
 * links of no time, parallel links, links and services from a place to itself, places that nothing
 * reaches, a corridor that is closed, a billion kilometres. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/network.h"
#include "region.h"
#include "sweep.h"

/* By road, hours and dollars: S-A 2, 10; A-T 2, 10; S-B 3, 5; B-T 3, 5; A-B 1, 1; S-T 10, 100 and
 * 12, 90. A and B lie in other countries than S; T in a third. */
static const char LINKS[] =
    "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"
    "cost_usd_per_teu:n,co2e_kg_per_teu_km:n,open_from:d,open_to:d,operator:s\n"
    "SA,S,A,road,true,20,,2,1,10,1,,,\nAT,A,T,road,true,20,,2,1,10,1,,,\n"
    "SB,S,B,road,true,30,,3,1,5,1,,,Grey Line\nBT,B,T,road,true,30,,3,1,5,1,,,\n"
    "AB,A,B,road,true,10,,1,1,1,1,,,\nST,S,T,road,true,100,,10,1,100,1,,,\n"
    "ST2,S,T,road,true,120,,12,1,90,1,,,\nAA,A,A,road,true,0,,0,1,0,1,,,\n"
    "TU,T,U,road,true,10,,1,1,1,1,2030-05,,\nSM,S,M,road,true,1,,1,1,1,1,,,\n"
    "MT,M,T,road,true,1,,1,1,1,1,,2020,\nTZ,T,Z,road,true,0,,0,1,0,1,,,\n"
    "far,S,F,road,false,1000000000,50,,1,5e8,1,,,\nTR,T,R,rail,true,10,,4,1,10,1,,,\n"
    "loop,R,R,rail,true,5,,1,1,1,1,,,\nRQ,R,Q,rail,false,5,,1,1,1,1,,,\n";
static const small_table TABLES[] = {
    {"countries",
     "iso3:s,name:s,capital:s,customs_area:s,aliases:s\nAAA,Aland,S,,\nBBB,Beland,B,,\n"
     "CCC,Celand,T,,\nDDD,Deland,,,\n",
     "\"iso3\""},
    {"places",
     "id:s,locode:s,name:s,aliases:s,country:s,lon:n,lat:n,kind:s\nS,,Sigma,,AAA,1,1,city\n"
     "A,,Alpha,,AAA,1,1,city\nB,,Beta,,BBB,1,1,city\nT,,Tau,,CCC,1,1,city\nU,,Ulm,,CCC,1,1,city\n"
     "W,,Walhalla,,CCC,1,1,city\nM,,Middle,,DDD,1,1,city\nZ,,Zero,,CCC,1,1,city\n"
     "F,,Far,,CCC,1,1,city\nR,,Rho,,CCC,1,1,city\nQ,,Qoppa,,CCC,1,1,city\n",
     "\"id\""},
    {"links", LINKS, "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n,open_from:d,open_to:d\ntr,T,tranship,road,rail,true,2,2,3,,\n",
     "\"id\""},
    {"services",
     "id:s,link:s,name:s,operator:s,headway_h:n,headway_cv:n\nq1,RQ,Slow,,20,0\n"
     "q2,RQ,Quick,Grey Line,4,0\nround,loop,Round,,6,0\n",
     "\"id\""},
    {"corridors",
     "id:s,name:s,short_name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s,aliases:"
     "s\nmid,Middle Way,Mid,M,,,,\n",
     "\"id\""},
    {"settings", "key:s,value:s\nreference_date,2026-01-01\nclosure_spell_h,24\n", "\"key\""}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0], S = 0, A, B, T, U, W, M, Z, F, R, Q };
enum { AAA = 0, BBB, CCC };

static small_region region;
static karvan_network *net;

static int set_up(void **state) {
    karvan_network_options o;
    (void)state;
    if (!small_open(&region, TABLES, N_TABLES)) return -1;
    if (karvan_network_defaults(region.package, &o, NULL) != KARVAN_OK) return -1;
    return karvan_network_create(region.package, &o, &net, NULL) == KARVAN_OK ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    karvan_network_destroy(net);
    small_close(&region);
    return 0;
}

static void near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-9 * fabs(expected))) fail_msg("%g, not %g", got, expected);
}

static karvan_routes_query asked(karvan_routes_method method, int32_t to, int k) {
    karvan_routes_query q;
    karvan_routes_query_init(&q, S, to);
    q.method = method, q.k = k;
    return q;
}

/* Places passed by each route, "SAT SBT". */
static void ways(const karvan_routes *r, char *out) {
    static const char names[] = "SABTUWMZFRQ";
    for (int i = 0; i < r->n; i++) {
        if (i > 0) *out++ = ' ';
        *out++ = names[r->route[i].legs[0].from];
        for (int32_t k = 0; k < r->route[i].n_legs; k++)
            if (r->route[i].legs[k].operation == KARVAN_MOVE)
                *out++ = names[r->route[i].legs[k].to];
    }
    *out = 0;
}

static void holds(const karvan_routes_query *q, const char *expected, const double *costs) {
    karvan_routes r;
    karvan_error e = {0};
    char got[400];
    if (karvan_routes_find(net, q, &r, &e) != KARVAN_OK) fail_msg("%s: %s", expected, e.msg);
    ways(&r, got);
    if (expected && strcmp(got, expected) != 0) fail_msg("'%s', not '%s'", got, expected);
    for (int i = 0; costs && i < r.n; i++)
        if (fabs(r.route[i].generalised - costs[i]) > 1e-9)
            fail_msg("%d costs %g, not %g", i, r.route[i].generalised, costs[i]);
    assert_false(r.capped);
    karvan_routes_clear(&r);
}

static void says(const karvan_routes_query *q, karvan_status st, const char *why) {
    karvan_routes r;
    karvan_error e = {0};
    assert_int_equal(karvan_routes_find(net, q, &r, &e), st);
    assert_true(r.n == 0 && !r.route);
    if (!strstr(e.msg, why)) fail_msg("'%s' does not say '%s'", e.msg, why);
}

/* 4 h, 20 USD; 6 h, 10; 6 h, 16, twice; 10 h, 100; 12 h, 90. */
static void k_shortest(void **state) {
    (void)state;
    karvan_routes_query q = asked(KARVAN_ROUTES_K_SHORTEST, T, 10);
    const double hours[] = {4, 6, 6, 6, 10, 12};
    holds(&q, NULL, hours);
    q.weights = (karvan_weights){.hours = 1, .usd = 0.1};
    const double both[] = {6, 7, 7.6, 7.6, 20, 21};
    holds(&q, NULL, both);
    q.k = 2;
    holds(&q, "SAT SBT", both);
    q.k = 10, q.weights = (karvan_weights){.km = 0.5, .kg = 0.5};
    const double km[] = {40, 60, 60, 60, 100, 120};
    holds(&q, NULL, km);
}

/* Of S-A-T, of 6: nothing, S-B-T of 7; then 0.5 of each by S-A-B-T or S-B-A-T; else S-T. */
static void alternatives(void **state) {
    (void)state;
    karvan_routes_query q = asked(KARVAN_ROUTES_ALTERNATIVES, T, 10);
    q.weights = (karvan_weights){.hours = 1, .usd = 0.1};
    q.max_overlap = 0.5;
    const double half[] = {6, 7, 7.6, 7.6, 20, 21};
    holds(&q, NULL, half);
    q.max_overlap = 0.49;
    holds(&q, "SAT SBT ST ST", (const double[]){6, 7, 20, 21});
    q.max_overlap = 0;
    holds(&q, "SAT SBT ST ST", (const double[]){6, 7, 20, 21});
    q.k = 1;
    holds(&q, "SAT", NULL);
    /* what costs nothing shares nothing: there is one */
    karvan_routes_query_init(&q, T, Z);
    q.method = KARVAN_ROUTES_ALTERNATIVES;
    holds(&q, "TZ", (const double[]){0});
}

static void constraints(void **state) {
    (void)state;
    const int32_t beland[] = {BBB}, a[] = {A}, b[] = {B}, s[] = {S};
    const karvan_border ac[] = {{AAA, CCC}}, ca[] = {{CCC, AAA}};
    static const char *const line[] = {"grey line"}, *const rail[] = {"rail"};
    const karvan_via via[] = {{1, b}, {1, a}, {1, s}};
    karvan_routes_query q = asked(KARVAN_ROUTES_K_SHORTEST, T, 10);
    q.weights = (karvan_weights){.hours = 1, .usd = 0.1};
    q.n_countries = 1, q.countries = beland;
    holds(&q, "SAT ST ST", (const double[]){6, 20, 21});
    q.n_countries = 0, q.n_places = 1, q.places = a;
    holds(&q, "SBT ST ST", NULL);
    q.n_places = 0, q.n_borders = 1, q.borders = ac;
    holds(&q, "SBT SABT", (const double[]){7, 7.6});
    q.borders = ca;
    holds(&q, "SBT SABT", NULL);
    q.n_borders = 0, q.n_operators = 1, q.operators = line;
    holds(&q, "SAT SABT ST ST", (const double[]){6, 7.6, 20, 21});
    q.n_operators = 0, q.n_via = 1, q.via = via;
    holds(&q, NULL, (const double[]){7, 7.6, 7.6});
    q.n_via = 3; /* the origin has been passed */
    holds(&q, NULL, (const double[]){7.6, 7.6});
    q.n_via = 0, q.n_modes = 1, q.modes = rail;
    holds(&q, NULL, (const double[]){6, 7, 7.6, 7.6, 20, 21});
    /* by Beta and on to Rho, which takes a transhipment at Tau */
    q = asked(KARVAN_ROUTES_PARETO, R, 1);
    q.n_via = 1, q.via = via, q.max_transhipments = 1, q.weigh = KARVAN_WEIGH_COST;
    holds(&q, "SBTR", NULL);
    q.max_transhipments = 0;
    says(&q, KARVAN_E_NOCONV, "at most 0 transhipments cuts it: without that there is one");
}

/* Two services on one link are two routes; one that runs in a circle is none. */
static void services(void **state) {
    (void)state;
    karvan_routes_query q;
    karvan_routes r;
    karvan_routes_query_init(&q, R, Q);
    q.method = KARVAN_ROUTES_K_SHORTEST, q.k = 5;
    assert_int_equal(karvan_routes_find(net, &q, &r, NULL), KARVAN_OK);
    assert_int_equal(r.n, 2);
    near(r.route[0].hours, 2 + 1);
    near(r.route[1].hours, 10 + 1);
    assert_int_equal(r.route[0].n_legs, 2);
    near(r.route[0].legs[0].wait_h, 2);
    near(r.route[0].legs[0].var_h2, 4 * 4 / 12.0); /* evenly in 0 to 4 */
    near(r.route[0].legs[1].distance_h, 1);
    near(r.route[0].sd_h, sqrt(4 * 4 / 12.0));
    char said[300];
    karvan_route_explain(region.package, &r.route[0], said, sizeof said);
    assert_string_equal(said,
                        "Largest parts of the hours: wait at Rho (67 %); of the dollars: Rho to "
                        "Qoppa (100 %); of the spread: wait at Rho (100 %).");
    karvan_route_explain(region.package, &r.route[0], said, 20);
    assert_string_equal(said, "Largest parts of th");
    karvan_routes_clear(&r);
    static const char *const line[] = {"Grey Line"};
    q.n_operators = 1, q.operators = line;
    assert_int_equal(karvan_routes_find(net, &q, &r, NULL), KARVAN_OK);
    assert_int_equal(r.n, 1);
    karvan_routes_clear(&r);
}

static void odd_links(void **state) {
    (void)state;
    karvan_routes_query q = asked(KARVAN_ROUTES_K_SHORTEST, Z, 2);
    holds(&q, NULL, (const double[]){4, 6});
    q = asked(KARVAN_ROUTES_PARETO, F, 1);
    q.weigh = 15;
    karvan_routes r;
    assert_int_equal(karvan_routes_find(net, &q, &r, NULL), KARVAN_OK);
    assert_int_equal(r.n, 1);
    near(r.route[0].hours, 2e7);
    near(r.route[0].km, 1e9);
    karvan_routes_clear(&r);
    q = asked(KARVAN_ROUTES_K_SHORTEST, F, 3);
    q.weights = (karvan_weights){1e300, 1e300, 1e300, 1e300, 0};
    says(&q, KARVAN_E_ARG, "is more than can be added up");
}

static void no_way(void **state) {
    (void)state;
    const int32_t beland[] = {BBB}, a[] = {A};
    const karvan_border borders[] = {{AAA, CCC}};
    static const char *const road[] = {"road"};
    karvan_routes_query q = asked(KARVAN_ROUTES_PARETO, U, 1);
    says(&q, KARVAN_E_NOCONV,
         "no way leads from Sigma to Ulm on 2026-01-01; not in service that day: link TU from Tau "
         "to "
         "Ulm (in service from 2030-05); with that there is one");
    q = asked(KARVAN_ROUTES_PARETO, W, 1);
    says(&q, KARVAN_E_NOCONV, "; on no other day either: no rows of the tables join them");
    q = asked(KARVAN_ROUTES_PARETO, T, 1);
    q.corridor = 0;
    says(&q, KARVAN_E_NOCONV,
         "Middle Way does not lie between Sigma and Tau on 2026-01-01: every way by it comes back "
         "to "
         "a place that it has passed; not in service that day: "
         "link MT from Middle to Tau (in service until 2020); with that there is one; the Middle "
         "Way "
         "cuts it: without that there is one");
    karvan_route_query one = {S, T, KARVAN_BY_TIME, 0, 0};
    karvan_route route;
    karvan_error e = {0};
    assert_int_equal(karvan_route_best(net, &one, &route, &e), KARVAN_E_NOCONV);
    assert_non_null(strstr(e.msg, "link MT from Middle to Tau (in service until 2020)"));
    q = asked(KARVAN_ROUTES_PARETO, T, 1);
    q.n_countries = 1, q.countries = beland, q.n_borders = 1, q.borders = borders;
    says(&q, KARVAN_E_NOCONV,
         "; each of these cuts it, and without that one there is a way: avoiding Beland, avoiding "
         "the border of Aland and Celand");
    q.n_modes = 1, q.modes = road;
    says(&q, KARVAN_E_NOCONV,
         "; there is one without avoiding the border of Aland and Celand and avoiding road");
    q = asked(KARVAN_ROUTES_PARETO, U, 1);
    q.n_modes = 1, q.modes = road, q.n_places = 1, q.places = a;
    says(&q, KARVAN_E_NOCONV,
         "; there is one without avoiding road, once these are in service: link TU");
    q = asked(KARVAN_ROUTES_PARETO, T, 1);
    const int32_t far[] = {F, U};
    const karvan_via via[] = {{2, far}};
    q.n_via = 1,
    q.via = via; /* from Far no way leads on; from Ulm it does, and comes back to Tau */
    says(&q, KARVAN_E_NOCONV, "passing Far or Ulm cuts it: without that there is one");
}

static void refusals(void **state) {
    (void)state;
    const int32_t none[] = {99}, aland[] = {AAA};
    const karvan_border same[] = {{AAA, AAA}};
    const karvan_via nowhere[] = {{0, none}}, nine[9] = {{1, aland}, {1, aland}, {1, aland}};
    static const char *const plane[] = {"plane"};
    karvan_routes_query q = asked(KARVAN_ROUTES_K_SHORTEST, S, 1);
    says(&q, KARVAN_E_ARG, "two different places");
    q = asked(KARVAN_ROUTES_K_SHORTEST, T, 0);
    says(&q, KARVAN_E_ARG, "1 to 1000 routes may be asked for, not 0");
    q = asked(KARVAN_ROUTES_ALTERNATIVES, T, 65);
    says(&q, KARVAN_E_ARG, "1 to 64 routes");
    q.k = 2, q.max_overlap = 1;
    says(&q, KARVAN_E_ARG, "less than 1, not 1");
    q.max_overlap = NAN;
    says(&q, KARVAN_E_ARG, "not nan");
    q = asked(KARVAN_ROUTES_K_SHORTEST, T, 1), q.weights.hours = 0;
    says(&q, KARVAN_E_ARG, "all weights are 0: nothing makes a way the best");
    q.weights.km = -1;
    says(&q, KARVAN_E_ARG, "a weight of -1: weights are 0 or more");
    q = asked(KARVAN_ROUTES_PARETO, T, 1), q.weigh = 16;
    says(&q, KARVAN_E_ARG, "something to weigh");
    q = asked((karvan_routes_method)7, T, 1);
    says(&q, KARVAN_E_ARG, "no such method");
    q = asked(KARVAN_ROUTES_PARETO, T, 1), q.n_via = -1;
    says(&q, KARVAN_E_ARG, "negative number");
    q.n_via = 1, q.via = nowhere;
    says(&q, KARVAN_E_ARG, "nowhere to pass in group 1");
    q.n_via = 9, q.via = nine;
    says(&q, KARVAN_E_ARG, "nowhere to pass in group 4");
    q = asked(KARVAN_ROUTES_PARETO, T, 1), q.n_places = 1, q.places = none;
    says(&q, KARVAN_E_ARG, "no row 100 in table places");
    q.n_places = 0, q.n_countries = 1, q.countries = none;
    says(&q, KARVAN_E_ARG, "no row 100 in table countries");
    q.n_countries = 0, q.n_borders = 1, q.borders = same;
    says(&q, KARVAN_E_ARG, "between two countries");
    q.n_borders = 0, q.n_modes = 1, q.modes = plane;
    says(&q, KARVAN_E_ARG, "no link or terminal has the mode 'plane'");
    q.n_modes = 0, q.n_operators = 1, q.operators = plane;
    says(&q, KARVAN_E_ARG, "no link or service has the operator 'plane'");
    q.n_operators = 0, q.corridor = 4;
    says(&q, KARVAN_E_ARG, "no row 5 in table corridors");
    assert_int_equal(karvan_routes_find(net, &q, NULL, NULL), KARVAN_E_ARG);
}

/* Negative cost: the row is told with its place. */
static void negative_cost(void **state) {
    (void)state;
    small_table tables[N_TABLES];
    char links[2 * sizeof LINKS];
    small_region other;
    karvan_network *n = NULL;
    karvan_error e = {0};
    karvan_network_options o = {.closure_spell_h = 24};
    const char *at = strstr(LINKS, "AT,A,T,road,true,20,,2,1,10");
    (void)snprintf(links, sizeof links, "%.*sAT,A,T,road,true,20,,2,1,-10%s", (int)(at - LINKS),
                   LINKS, at + strlen("AT,A,T,road,true,20,,2,1,10"));
    memcpy(tables, TABLES, sizeof tables);
    for (int i = 0; i < N_TABLES; i++)
        if (strcmp(tables[i].name, "links") == 0) tables[i].csv = links;
    assert_true(small_open(&other, tables, N_TABLES));
    assert_int_equal(karvan_network_create(other.package, &o, &n, &e), KARVAN_E_DATA);
    assert_null(n);
    assert_non_null(strstr(e.msg, "links.csv:3:26: "));
    small_close(&other);
}

/* With too few labels some are missing, and that is told. */
static void too_few_labels(void **state) {
    (void)state;
    karvan_routes_query q = asked(KARVAN_ROUTES_PARETO, T, 1);
    karvan_routes r;
    karvan_error e = {0};
    bool some = false;
    q.weigh = KARVAN_WEIGH_TIME | KARVAN_WEIGH_COST;
    for (q.most_labels = 4; q.most_labels < 200; q.most_labels++) {
        karvan_status st = karvan_routes_find(net, &q, &r, &e);
        assert_true(st == KARVAN_OK || st == KARVAN_E_NOCONV);
        some |= r.capped && r.n >= 1;
        if (!r.capped && st == KARVAN_OK) assert_int_equal(r.n, 2);
        karvan_routes_clear(&r);
    }
    assert_true(some);
    q.most_labels = 3;
    says(&q, KARVAN_E_NOCONV, "was found with as many labels as are kept");
}

static karvan_status everything(karvan_error *e) {
    const int32_t a[] = {A}, b[] = {B};
    const karvan_via via[] = {{1, b}};
    static const char *const line[] = {"Grey Line"}, *const road[] = {"road"};
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < 6 && st == KARVAN_OK; i++) {
        karvan_routes_query q = asked((karvan_routes_method)(i % 3), i > 3 ? U : T, 4);
        karvan_routes r = {0};
        if (i % 2) q.n_via = 1, q.via = via;
        q.max_transhipments = 2;
        if (i > 3) q.n_operators = 1, q.operators = line, q.n_places = 1, q.places = a;
        if (i == 5) q.n_modes = 1, q.modes = road;
        st = karvan_routes_find(net, &q, &r, e);
        if (st == KARVAN_E_NOCONV && i > 3) st = KARVAN_OK, *e = (karvan_error){0};
        karvan_routes_clear(&r);
    }
    return st;
}
static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 20000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(k_shortest),     cmocka_unit_test(alternatives),
        cmocka_unit_test(constraints),    cmocka_unit_test(services),
        cmocka_unit_test(odd_links),      cmocka_unit_test(no_way),
        cmocka_unit_test(refusals),       cmocka_unit_test(negative_cost),
        cmocka_unit_test(too_few_labels), cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
