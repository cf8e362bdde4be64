/* A network of five places whose hours, dollars and choices are known by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/network.h"
#include "network/graph.h"
#include "network/time.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

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
     "new,D,E,rail_1520,true,310,100,,1,100,0.3,2030,,x,x\n"
     "oil,A,E,pipeline_oil,true,600,6,,1,1,0,,,x,x\n",
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n,dwell_source:s,cost_source:s\n"
     "b,B,border,rail_1520,rail_1520,true,4,8,60,x,x\n"
     "d,D,port,rail_1520,ferry_rail,true,10,10,50,x,assumption\n",
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

static small_region region;
static karvan_network *net;

static int set_up(void **state) {
    karvan_network_options o;
    karvan_error e = {0};
    (void)state;
    if (!small_open(&region, TABLES, N_TABLES)) return -1;
    if (karvan_network_defaults(region.package, &o, &e) != KARVAN_OK) return -1;
    return karvan_network_create(region.package, &o, &net, &e) == KARVAN_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    karvan_network_destroy(net);
    small_close(&region);
    return 0;
}

/* P90 = 2 P50: sigma = ln 2 / 1.28155, mean over median = exp(sigma^2 / 2) = 1.157507. */
static const double SKEW = 1.157507;

static karvan_route best(const karvan_network *n, int32_t from, int32_t to, karvan_objective by,
                         int32_t corridor) {
    karvan_route_query q = {from, to, by, corridor, 0.0};
    karvan_route r;
    karvan_error e = {0};
    if (karvan_route_best(n, &q, &r, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return r;
}

static void near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-4 * fabs(expected))) fail_msg("%g, not %g", got, expected);
}

static void sizes_by_hand(void **state) {
    (void)state;
    assert_int_equal(karvan_network_places(net), 5);
    assert_int_equal(karvan_network_states(net), 5 * 3 * 2); /* rail, road, ferry; two sides */
    /* AB, BC, AD and DE each way, CD one way; a border, a port each way; passing on in each mode at
     * each place but by rail at the border */
    assert_int_equal(karvan_network_arcs(net), 4 * 2 + 1 + 1 + 2 + 5 * 3 - 1);
}

static void legs_by_hand(void **state) {
    (void)state;
    karvan_route r = best(net, A, E, KARVAN_BY_TIME, -1);
    static const karvan_operation operations[] = {KARVAN_MOVE, KARVAN_BORDER, KARVAN_MOVE,
                                                  KARVAN_MOVE, KARVAN_PORT,   KARVAN_WAIT,
                                                  KARVAN_MOVE};
    /* 100/50; 4 skewed; 5 skewed; 50/50; 10; half of 24 (1 + 1) and a fifth of 24; 300/15 */
    const double hours[] = {2, 4 * SKEW, 5 * SKEW, 1, 10, 24 + 0.2 * 24, 20};
    static const double usd[] = {40, 60, 80, 20, 50, 0, 500}, km[] = {100, 0, 200, 50, 0, 0, 300};
    double total = 0;
    assert_int_equal(r.n_legs, 7);
    for (int k = 0; k < 7; k++) {
        assert_int_equal(r.legs[k].operation, operations[k]);
        near(r.legs[k].hours, hours[k]);
        near(r.legs[k].usd_per_teu + 1, usd[k] + 1), near(r.legs[k].km + 1, km[k] + 1);
        total += hours[k];
    }
    near(r.hours, total), near(r.usd_per_teu, 750), near(r.km, 650);
    near(r.co2e_kg_per_teu, 350 * 0.3 + 300 * 0.2);
    assert_int_equal(r.borders, 1); /* AAA to BBB; BBB and CCC are one customs area */
    assert_int_equal(r.transhipments, 1);
    assert_true(r.legs[0].assumed && r.legs[2].assumed && !r.legs[3].assumed && r.legs[4].assumed);
    near(r.legs[2].p50_h, 5), near(r.legs[2].p90_h, 10);
    assert_string_equal(r.legs[0].why, "100 km rail 1520 at 50 km/h");
    assert_string_equal(r.legs[1].why, "border and customs by rail 1520: half within 4 h, nine of "
                                       "ten within 8 h");
    assert_string_equal(r.legs[5].why, "The ferry: a departure every 24 h, at random, leaves when "
                                       "full; closed 73 days a year by weather");
    assert_string_equal(karvan_operation_name(r.legs[4].operation), "port");
    assert_string_equal(karvan_operation_name((karvan_operation)6), "unknown");
    assert_string_equal(karvan_objective_name((karvan_objective)4), "unknown");
    karvan_route_clear(&r);
}

static void each_objective(void **state) {
    (void)state;
    static const struct {
        karvan_objective by;
        const char *name;
        int legs;
    } samples[] = {{KARVAN_BY_TIME, "time", 4},           /* 13.4 h by rail, 20 by road */
                   {KARVAN_BY_COST, "cost", 4},           /* 200 USD, 900 */
                   {KARVAN_BY_EMISSIONS, "emissions", 1}, /* 105 kg, 50 */
                   {KARVAN_BY_GENERALISED, "generalised", 4}};
    for (int i = 0; i < 4; i++) {
        karvan_route r = best(net, A, D, samples[i].by, -1);
        assert_int_equal(r.n_legs, samples[i].legs);
        assert_string_equal(karvan_objective_name(samples[i].by), samples[i].name);
        karvan_route_clear(&r);
    }
}

static void corridors(void **state) {
    (void)state;
    karvan_route r = best(net, A, D, KARVAN_BY_EMISSIONS, 0);
    assert_int_equal(r.n_legs, 4); /* B and C, although the road emits less */
    assert_int_equal(r.corridor, 0);
    karvan_route_clear(&r);
    r = best(net, A, D, KARVAN_BY_TIME, 1);
    assert_int_equal(r.n_legs, 1); /* C avoided */
    karvan_route_clear(&r);
}

static void refused(const karvan_network *n, karvan_route_query q, karvan_status st,
                    const char *why) {
    karvan_route r;
    karvan_error e = {0};
    assert_int_equal(karvan_route_best(n, &q, &r, &e), st);
    assert_int_equal(r.n_legs, 0);
    assert_null(r.legs);
    if (!strstr(e.msg, why)) fail_msg("'%s' does not say '%s'", e.msg, why);
}

static void no_way(void **state) {
    (void)state;
    refused(net, (karvan_route_query){A, A, KARVAN_BY_TIME, -1, 0}, KARVAN_E_ARG, "Alpha is both");
    refused(net, (karvan_route_query){A, 9, KARVAN_BY_TIME, -1, 0}, KARVAN_E_ARG, "two places");
    refused(net, (karvan_route_query){A, B, KARVAN_BY_TIME, 9, 0}, KARVAN_E_ARG, "no row 10");
    refused(net, (karvan_route_query){A, B, KARVAN_BY_GENERALISED, -1, -1}, KARVAN_E_ARG, "value");
    refused(net, (karvan_route_query){E, C, KARVAN_BY_TIME, -1, 0}, KARVAN_E_NOCONV,
            "no way leads from Epsilon to Gamma on 2026-01-01");
    refused(net, (karvan_route_query){C, D, KARVAN_BY_TIME, 0, 0}, KARVAN_E_NOCONV, "By rail");
    refused(net, (karvan_route_query){A, E, KARVAN_BY_TIME, 3, 0}, KARVAN_E_NOCONV, "Abroad");
    refused(net, (karvan_route_query){A, B, KARVAN_BY_TIME, 4, 0}, KARVAN_E_DATA,
            "names the place Q");
    /* to E and back over the same sea is no way by it */
    refused(net, (karvan_route_query){A, D, KARVAN_BY_TIME, 2, 0}, KARVAN_E_NOCONV,
            "There and back does not lie between Alpha and Delta");
}

static void open_on_a_day(void **state) {
    (void)state;
    static const struct {
        int year, month;
        bool open;
    } samples[] = {{2026, 1, false}, {2030, 6, false}, {2031, 1, true}};
    for (int i = 0; i < 3; i++) {
        karvan_network_options o = {karvan_day_from_civil(samples[i].year, samples[i].month, 1),
                                    24};
        karvan_network *then = NULL;
        karvan_error e = {0};
        assert_int_equal(karvan_network_create(region.package, &o, &then, &e), KARVAN_OK);
        karvan_route r = best(then, D, E, KARVAN_BY_TIME, -1);
        /* 310 km at 100 km/h, or the ferry: the wait and 20 hours */
        near(r.hours, samples[i].open ? 3.1 : 48.8);
        karvan_route_clear(&r);
        karvan_network_destroy(then);
    }
}

/* From the day that has certainly begun to the last that may be meant. */
static void first_and_last_day(void **state) {
    (void)state;
    static const struct {
        const char *row;
        int year, month, day;
        bool open;
    } samples[] = {{"2028-05-04,", 2028, 5, 3, false}, {"2028-05-04,", 2028, 5, 4, true},
                   {",2028-05-04", 2028, 5, 4, true},  {",2028-05-04", 2028, 5, 5, false},
                   {"2028,2029", 2028, 7, 1, false},   {"2028,2029", 2028, 12, 31, true},
                   {"2028,2029", 2029, 12, 31, true},  {"2028,2029", 2030, 1, 1, false}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_edtf d[2], *at[2] = {NULL, NULL};
        const char *comma = strchr(samples[i].row, ',');
        const char *text[2] = {samples[i].row, comma + 1};
        size_t n[2] = {(size_t)(comma - samples[i].row), strlen(comma + 1)};
        for (int k = 0; k < 2; k++)
            if (n[k] > 0 && karvan_edtf_parse(text[k], n[k], &d[k], NULL) == KARVAN_OK)
                at[k] = &d[k];
        karvan_day day = karvan_day_from_civil(samples[i].year, samples[i].month, samples[i].day);
        assert_int_equal(karvan_i_open_on(at[0], at[1], day), samples[i].open);
    }
}

static void distributions(void **state) {
    (void)state;
    karvan_time_quantiles q[8];
    karvan_error e = {0};
    karvan_route r = best(net, B, C, KARVAN_BY_TIME, -1);
    assert_int_equal(karvan_route_quantiles(net, &r, 0.02, q, &e), KARVAN_OK);
    near(q[1].mean_h, 5 * SKEW);
    assert_true(fabs(q[1].p50_h - 5) < 0.02 && fabs(q[1].p90_h - 10) < 0.03);
    karvan_route_clear(&r);
    r = best(net, A, E, KARVAN_BY_TIME, -1);
    assert_int_equal(karvan_route_quantiles(net, &r, 0.5, q, &e), KARVAN_OK);
    double upto = 0;
    for (int k = 0; k < 7; k++) {
        upto += r.legs[k].hours;
        near(q[k + 1].mean_h, upto);
        assert_true(q[k + 1].p05_h <= q[k + 1].p10_h && q[k + 1].p10_h <= q[k + 1].p50_h &&
                    q[k + 1].p50_h <= q[k + 1].p90_h && q[k + 1].p90_h <= q[k + 1].p95_h);
    }
    assert_int_equal(karvan_route_quantiles(net, &r, 0, q, &e), KARVAN_E_ARG);
    karvan_route_clear(&r);
}

static void known_functions(void **state) {
    (void)state;
    for (double x = 0.05; x < 30; x *= 1.7) {
        assert_true(fabs(karvan_i_gamma_p(1, x) - (1 - exp(-x))) < 1e-13);
        assert_true(fabs(karvan_i_gamma_p(2, x) - (1 - exp(-x) * (1 + x))) < 1e-13);
        assert_true(fabs(karvan_i_gamma_p(0.5, x) - erf(sqrt(x))) < 1e-13);
    }
    assert_true(karvan_i_gamma_p(3, 0) == 0 && isnan(karvan_i_gamma_p(0, 1)));
    karvan_i_pmf d;
    /* headways at random: the wait is exponential, its median 24 ln 2 */
    assert_int_equal(karvan_i_pmf_wait(24, 1, 0, 24, 0.05, &d, NULL), KARVAN_OK);
    near(karvan_i_pmf_mean_h(&d, 0.05), 24);
    assert_true(fabs(karvan_i_pmf_quantile_h(&d, 0.5, 0.05) - 24 * log(2)) < 0.06);
    karvan_i_pmf_clear(&d);
    /* a timetable: evenly between 0 and 24 */
    assert_int_equal(karvan_i_pmf_wait(24, 0, 0, 24, 0.05, &d, NULL), KARVAN_OK);
    near(karvan_i_pmf_mean_h(&d, 0.05), 12);
    assert_true(fabs(karvan_i_pmf_quantile_h(&d, 0.9, 0.05) - 21.6) < 0.06);
    karvan_i_pmf_clear(&d);
    assert_int_equal(karvan_i_pmf_wait(0, 0, 0.5, 10, 0.05, &d, NULL), KARVAN_OK);
    near(karvan_i_pmf_mean_h(&d, 0.05), 5); /* weather alone */
    karvan_i_pmf_clear(&d);
    static const double wild[][2] = {{1e9, 1}, {1, 1e3}, {1e300, 0}, {1e300, 200}};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(karvan_i_pmf_lognormal(wild[i][0], wild[i][1], 1e-3, &d, NULL),
                         KARVAN_E_ARG);
        assert_null(d.p);
    }
    assert_int_equal(karvan_i_pmf_wait(1e300, 1, 0, 24, 0.5, &d, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_i_pmf_wait(24, 1e12, 0, 24, 0.5, &d, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_i_pmf_wait(24, 1, 0.5, 1e300, 0.5, &d, NULL), KARVAN_E_ARG);
}

/* The same sums as a convolution with two loops, for all small lengths. */
static void convolution(void **state) {
    (void)state;
    for (int na = 1; na <= 11; na++)
        for (int nb = 1; nb <= 11; nb++) {
            double a[11], b[11], sum[22] = {0}, ta = 0, tb = 0;
            for (int i = 0; i < na; i++) ta += a[i] = 1 + (i * 7 + nb) % 5;
            for (int i = 0; i < nb; i++) tb += b[i] = 1 + (i * 3 + na) % 7;
            for (int i = 0; i < na; i++) a[i] /= ta;
            for (int i = 0; i < nb; i++) b[i] /= tb;
            for (int i = 0; i < na; i++)
                for (int k = 0; k < nb; k++) sum[i + k] += a[i] * b[k];
            karvan_i_pmf x = {3, na, a}, y = {-5, nb, b}, z;
            assert_int_equal(karvan_i_pmf_convolve(&x, &y, &z, NULL), KARVAN_OK);
            assert_int_equal(z.start, -2);
            assert_int_equal(z.n, na + nb - 1);
            for (int i = 0; i < z.n; i++) assert_true(fabs(z.p[i] - sum[i]) < 1e-15);
            karvan_i_pmf_clear(&z);
        }
}

/* By rail 13.4 h, 200 USD and 105 kg; by road 20 h, 900 USD and 50 kg. The road is certain (P90 =
 * P50); the frontier and the second link are not: variance mean^2 (exp(sigma^2) - 1). */
static void pareto_sets(void **state) {
    (void)state;
    static const struct {
        unsigned weigh;
        int32_t routes;
    } samples[] = {{KARVAN_WEIGH_TIME | KARVAN_WEIGH_COST, 1},
                   {KARVAN_WEIGH_TIME | KARVAN_WEIGH_EMISSIONS, 2},
                   {KARVAN_WEIGH_COST | KARVAN_WEIGH_DISPERSION, 2},
                   {KARVAN_WEIGH_EMISSIONS, 1},
                   {15, 2}};
    static const char *const road[] = {"road"};
    static const int32_t c[] = {C}, beland[] = {1};
    karvan_routes r;
    karvan_error e = {0};
    for (int i = 0; i < 5; i++) {
        karvan_pareto_query q = {
            .from = A, .to = D, .weigh = samples[i].weigh, .max_transhipments = -1};
        assert_int_equal(karvan_routes_pareto(net, &q, &r, &e), KARVAN_OK);
        assert_int_equal(r.n, samples[i].routes);
        assert_false(r.capped);
        karvan_routes_clear(&r);
    }
    karvan_pareto_query q = {.from = A, .to = D, .weigh = 15, .max_transhipments = 0};
    q.n_modes = 1, q.modes = road;
    assert_int_equal(karvan_routes_pareto(net, &q, &r, &e), KARVAN_OK);
    assert_int_equal(r.n, 1);
    double mean4 = 4 * SKEW, mean5 = 5 * SKEW, spread = SKEW * SKEW - 1; /* exp(sigma^2) = SKEW^2 */
    near(r.route[0].sd_h, sqrt((mean4 * mean4 + mean5 * mean5) * spread));
    assert_string_equal(karvan_objective_name(r.route[0].objective), "pareto");
    karvan_routes_clear(&r);
    q.n_places = 1, q.places = c; /* neither rail, nor road */
    assert_int_equal(karvan_routes_pareto(net, &q, &r, &e), KARVAN_E_NOCONV);
    q = (karvan_pareto_query){.from = A,
                              .to = E,
                              .weigh = 1,
                              .max_transhipments = -1,
                              .n_countries = 1,
                              .countries = beland};
    assert_int_equal(karvan_routes_pareto(net, &q, &r, NULL), KARVAN_E_NOCONV);
    q.n_countries = 0, q.most_labels = 3;
    assert_int_equal(karvan_routes_pareto(net, &q, &r, NULL), KARVAN_E_NOCONV); /* too few labels */
    q.most_labels = 0, q.max_transhipments = 0; /* the port changes the mode */
    assert_int_equal(karvan_routes_pareto(net, &q, &r, NULL), KARVAN_E_NOCONV);
    q.weigh = 0;
    assert_int_equal(karvan_routes_pareto(net, &q, &r, NULL), KARVAN_E_ARG);
    q.weigh = 1, q.n_modes = 1, q.modes = (const char *const[]){"plane"};
    karvan_error why = {0};
    assert_int_equal(karvan_routes_pareto(net, &q, &r, &why), KARVAN_E_ARG);
    assert_string_equal(why.msg, "no link or terminal has the mode 'plane'");
}

static void targets(void **state) {
    (void)state;
    static const char *const verdicts[] = {"inside",
                                           "near",
                                           "outside",
                                           "inside",
                                           "inside",
                                           "inside",
                                           "end points not stated",
                                           "no route",
                                           "not modelled",
                                           "no such terminal",
                                           "no published figure",
                                           "inside",
                                           "no such corridor",
                                           "one end point",
                                           "outside"}; /* 2 hours, not 0 */
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_network_targets(net, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 15);
    for (int r = 0; r < 15; r++) {
        const char *said = karvan_i_cell_text(t, "verdict", r);
        if (strcmp(said, verdicts[r]) != 0) fail_msg("t%d: %s, not %s", r + 1, said, verdicts[r]);
    }
    assert_true(isnan(karvan_i_cell_real(t, "off_percent", 14))); /* no per cent of nothing */
    near(karvan_i_cell_real(t, "model", 0), (3 + 9 * SKEW) / 24);
    near(karvan_i_cell_real(t, "off_percent", 1), 100.0 * 10 / 340); /* 350 km where 340 are told */
    near(karvan_i_cell_real(t, "off_percent", 2), -50);              /* 200 USD, not 400 */
    karvan_table_destroy(t);
}

static void names(void **state) {
    (void)state;
    static const struct {
        const char *typed;
        int32_t place;
    } samples[] = {{"A", A},    {"alpha", A}, {"AA ALF", A}, {"First", A}, {"harbour", D},
                   {"Port", D}, {"Aland", A}, {"CCC", E},    {"Be", D},    {"epsi", E}};
    int32_t row;
    karvan_error e = {0};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_error why = {0};
        if (karvan_network_place(region.package, samples[i].typed, &row, &why) != KARVAN_OK)
            fail_msg("%s: %s", samples[i].typed, why.msg);
        assert_int_equal(row, samples[i].place);
    }
    assert_int_equal(karvan_network_place(region.package, "Gama", &row, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "did you mean Gamma?"));
    assert_int_equal(karvan_network_corridor(region.package, "IRON", &row, &e), KARVAN_OK);
    assert_int_equal(row, 0);
}

/* The region with one text in one table replaced. */
static void changed(small_region *r, const char *table, const char *from, const char *to) {
    small_table tables[N_TABLES];
    char csv[4000] = "";
    memcpy(tables, TABLES, sizeof tables);
    for (int i = 0; i < N_TABLES; i++) {
        const char *at = strcmp(tables[i].name, table) == 0 ? strstr(tables[i].csv, from) : NULL;
        if (!at) continue;
        (void)snprintf(csv, sizeof csv, "%.*s%s%s", (int)(at - tables[i].csv), tables[i].csv, to,
                       at + strlen(from));
        tables[i].csv = csv;
    }
    if (!*csv) fail_msg("table %s does not hold %s", table, from);
    assert_true(small_open(r, tables, N_TABLES));
    r->tables = TABLES;
}

/* No value that a sum of hours or money cannot take: the row is told with its place. */
static void rows_that_cannot_be_routed(void **state) {
    (void)state;
    static const struct {
        const char *table, *from, *to, *why;
    } faults[] = {
        {"links", "AB,A,B,", "AB,A,Q,", "links.csv:2:6: no such place"},
        {"links", "AB,A,B,rail_1520", "AB,A,B,", "links.csv:2:8: a link needs its mode"},
        {"links", "100,50,,1,40", ",50,2,1,40", "needs its length_km"},
        {"links", "100,50,,1,40", "-100,50,2,1,40", "needs its length_km"},
        {"links", "100,50,,1,40", "100,,,1,40", "needs its time_h or its speed_kmh"},
        {"links", "100,50,,1,40", "100,-50,,1,40", "needs its time_h or its speed_kmh"},
        {"links", "100,50,,1,40", "100,0,,1,40", "needs its time_h or its speed_kmh"},
        {"links", "100,50,,1,40", "100,50,,1e300,40", "time_p90_over_p50 is too large"},
        {"links", "100,50,,1,40", "100,50,,1,", "needs its cost_usd_per_teu"},
        {"links", "100,50,,1,40", "100,50,,1,-40", "needs its cost_usd_per_teu"},
        {"links", "1,40,0.3", "1,40,-0.3", "must not be below 0"},
        {"services", "24,1,true,73", ",1,true,73", "services.csv:2:16: a service needs its"},
        {"services", "24,1,true,73", "-24,1,true,73", "a service needs its headway_h"},
        {"services", "24,1,true,73", "24,-1,true,73", "headway_cv must not be below 0"},
        {"services", "24,1,true,73", "24,1,true,366", "closed_days_year is 0 to 365"},
        {"terminals", "b,B,border,rail", "b,Q,border,rail", "terminals.csv:2:3: no such place"},
        {"terminals", "border,rail_1520,rail", "border,,rail", "a terminal needs both modes"},
        {"terminals", "true,4,8,60", "true,,8,60", "a terminal needs its dwell_p50_h"},
        {"terminals", "true,4,8,60", "true,-4,8,60", "a terminal needs its dwell_p50_h"},
        {"terminals", "true,4,8,60", "true,4,1e300,60", "dwell_p90_h is too large"},
        {"terminals", "true,4,8,60", "true,4,8,", "a terminal needs its cost_usd_per_teu"},
        {"terminals", "true,4,8,60", "true,4,8,-60", "a terminal needs its cost_usd_per_teu"},
        {"terminals",
         "dwell_source:s,cost_source:s\nb,B,border,rail_1520,rail_1520,true,4,8,60,x,x\n"
         "d,D,port,rail_1520,ferry_rail,true,10,10,50,x,assumption\n",
         "co2e_kg_per_teu:n\nb,B,border,rail_1520,rail_1520,true,4,8,60,-1\n",
         "co2e_kg_per_teu must not be below 0"},
        {"places", "Beta,,AAA", "Beta,,ZZZ", "places.csv:3:10: no such country"}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const karvan_network_options o = {karvan_day_from_civil(2026, 1, 1), 24};
        small_region r;
        karvan_network *n = NULL;
        karvan_error e = {0};
        changed(&r, faults[i].table, faults[i].from, faults[i].to);
        assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_E_DATA);
        assert_null(n);
        if (!strstr(e.msg, faults[i].why)) fail_msg("'%s', not '%s'", e.msg, faults[i].why);
        small_close(&r);
    }
}

static void corridors_that_say_nothing(void **state) {
    (void)state;
    static const struct {
        const char *must_pass, *why;
    } samples[] = {{"B|C|", "corridors row 1: must_pass ends in a group without a place"},
                   {"B||C", "names the place , which is not in table places"},
                   {"A|B|C|D|E|A|B|C|D", "more than 8 groups"}};
    for (int i = 0; i < 3; i++) {
        const karvan_network_options o = {karvan_day_from_civil(2026, 1, 1), 24};
        small_region r;
        karvan_network *n = NULL;
        karvan_error e = {0};
        changed(&r, "corridors", "B|C", samples[i].must_pass);
        assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_OK);
        refused(n, (karvan_route_query){A, D, KARVAN_BY_TIME, 0, 0}, KARVAN_E_DATA, samples[i].why);
        karvan_network_destroy(n);
        small_close(&r);
    }
}

/* A ship whenever one comes is not waited for. */
static void no_wait(void **state) {
    (void)state;
    const karvan_network_options o = {karvan_day_from_civil(2026, 1, 1), 24};
    small_region r;
    karvan_network *n = NULL;
    karvan_error e = {0};
    changed(&r, "services", "24,1,true,73", "0,1,true,");
    assert_int_equal(karvan_network_create(r.package, &o, &n, &e), KARVAN_OK);
    karvan_route way = best(n, D, E, KARVAN_BY_TIME, -1);
    assert_int_equal(way.n_legs, 2);
    assert_true(way.legs[0].hours == 0 && way.legs[0].p50_h == 0 && way.legs[0].p90_h == 0);
    near(way.hours, 20);
    karvan_route_clear(&way);
    karvan_network_destroy(n);
    small_close(&r);
}

static void settings(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *why; /* why NULL: good */
        double spell_h;
    } samples[] = {{"h,24", "h,12.5", NULL, 12.5},
                   {"h,24", "h,0", "must be above 0 h", 0},
                   {"h,24", "h,a day", "is 'a day' and must be above 0 h", 0},
                   {"h,24", "h,1.2.3", "must be above 0 h", 0},
                   {"closure_spell_h", "spell", "has no row closure_spell_h", 0},
                   {"2026-01-01", "today", "'today' is not EDTF", 0}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        small_region r;
        karvan_network_options o;
        karvan_error e = {0};
        changed(&r, "settings", samples[i].from, samples[i].to);
        karvan_status st = karvan_network_defaults(r.package, &o, &e);
        assert_int_equal(st == KARVAN_OK, !samples[i].why);
        if (samples[i].why && !strstr(e.msg, samples[i].why)) fail_msg("%s", e.msg);
        if (!samples[i].why) assert_true(o.closure_spell_h == samples[i].spell_h);
        small_close(&r);
    }
}

/* Each fault is told. So is the road from AAA to BBB, which nothing stops between two customs
 * areas, unless these are one. */
static void plausible(void **state) {
    (void)state;
    static const struct {
        const char *table, *from, *to, *code;
    } faults[] = {
        {"countries", "BBB,Beland,D,,", "BBB,Beland,D,AAA,", NULL},
        {"links", "DE,D,E,ferry_rail,true,300,15", "DE,D,E,ferry_rail,true,310,90", "leg-too-fast"},
        {"links", "CD,C,D,rail_1520,false,50", "CD,C,D,rail_1520,false,5", "leg-too-short"},
        {"links", "200,,5,2", "200,,0,2", "leg-no-speed"},
        {"links", "200,,5,2", "200,,,2", "link-no-time"},
        {"terminals", "b,B,border", "b,B,port", "terminal-operation"},
        {"terminals", "4,8,60", "4,3,60", "dwell-quantiles"},
        {"services", ",24,1", ",0,1", "service-headway"}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        small_region r;
        karvan_error e = {0};
        bool told = false, customs = false;
        changed(&r, faults[i].table, faults[i].from, faults[i].to);
        assert_int_equal(karvan_network_check(r.package, r.problems, &e), KARVAN_OK);
        for (int64_t k = 0; k < karvan_problems_total(r.problems); k++) {
            const char *code = karvan_problems_get(r.problems, k).code;
            told |= faults[i].code && strcmp(code, faults[i].code) == 0;
            customs |= strcmp(code, "border-without-customs") == 0;
        }
        if (faults[i].code && !told) fail_msg("%s is not told", faults[i].code);
        /* AAA and BBB name no customs area: each is its own, unless it is given the other's */
        assert_int_equal(customs, faults[i].code != NULL);
        small_close(&r);
    }
}

static karvan_status everything(karvan_error *e) {
    karvan_network_options o;
    karvan_network *n = NULL;
    karvan_route r = {0};
    karvan_table *t = NULL, *legs = NULL;
    karvan_time_quantiles q[8];
    karvan_route_query query = {A, E, KARVAN_BY_TIME, 0, 0};
    karvan_status st = karvan_network_defaults(region.package, &o, e);
    if (st == KARVAN_OK) st = karvan_network_create(region.package, &o, &n, e);
    if (st == KARVAN_OK) st = karvan_route_best(n, &query, &r, e);
    if (st == KARVAN_OK) st = karvan_route_quantiles(n, &r, 2.0, q, e);
    karvan_pareto_query all = {.from = A, .to = E, .weigh = 15, .max_transhipments = -1};
    karvan_routes set = {0};
    if (st == KARVAN_OK) st = karvan_routes_pareto(n, &all, &set, e);
    karvan_routes_clear(&set);
    if (st == KARVAN_OK) st = karvan_route_table(region.package, 1, &r, &legs, e);
    if (st == KARVAN_OK) st = karvan_network_targets(n, &t, e);
    karvan_table_destroy(t), karvan_table_destroy(legs);
    karvan_route_clear(&r);
    karvan_network_destroy(n);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes_by_hand),
                                       cmocka_unit_test(legs_by_hand),
                                       cmocka_unit_test(each_objective),
                                       cmocka_unit_test(corridors),
                                       cmocka_unit_test(no_way),
                                       cmocka_unit_test(open_on_a_day),
                                       cmocka_unit_test(first_and_last_day),
                                       cmocka_unit_test(distributions),
                                       cmocka_unit_test(known_functions),
                                       cmocka_unit_test(convolution),
                                       cmocka_unit_test(pareto_sets),
                                       cmocka_unit_test(targets),
                                       cmocka_unit_test(names),
                                       cmocka_unit_test(rows_that_cannot_be_routed),
                                       cmocka_unit_test(corridors_that_say_nothing),
                                       cmocka_unit_test(no_wait),
                                       cmocka_unit_test(settings),
                                       cmocka_unit_test(plausible),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
