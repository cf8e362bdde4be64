/* Timetables, opening hours, seasons, weather and time zones on a way of three places: hours by
 * hand, faults by their place, and distributions beside journeys drawn one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "network/clock.h"
#include "network/law.h"
#include "network/sample.h"
#include "region.h"
#include "sweep.h"

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

static void put_words(const char *csv, const words *w, char *out, size_t cap) {
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

static bool open_words(small_region *r, words w) {
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

static karvan_network *network(const small_region *r, int month, bool by_clock) {
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

static karvan_moment moment(const char *s) {
    karvan_moment at;
    karvan_error e = {0};
    if (karvan_moment_parse(s, &at, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return at;
}

static karvan_route leave(const karvan_network *net, const char *at) {
    karvan_moment m = moment(at);
    karvan_route r;
    karvan_error e = {0};
    if (karvan_route_depart(net, &A_TO_C, &m, &r, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return r;
}

static void is_near(double got, double expected) {
    if (!(fabs(got - expected) < 1e-6 * (1 + fabs(expected))))
        fail_msg("%.9g, not %.9g", got, expected);
}

/* Monday 13:00 at B when it is 8:00 at A. There at 21:00; in at Tuesday 8:00, out at 10:00; the
 * ship leaves on Thursday at 6:00; in March either port is closed on 3.1 of 31 days: 2.4 h. */
static void by_the_clock(void **state) {
    (void)state;
    small_region region;
    assert_true(open_words(&region, PLAIN));
    karvan_network *net = network(&region, 0, true);
    karvan_route r = leave(net, "2026-03-02T08:00");
    static const double hours[] = {8, 11, 2, 44 + 2.4, 20};
    assert_int_equal(r.n_legs, 5);
    for (int k = 0; k < 5; k++) is_near(r.legs[k].hours, hours[k]);
    is_near(r.hours, 87.4), is_near(r.usd_per_teu, 150);
    assert_string_equal(r.legs[1].why, "port: open Mo-Fr 08:00-18:00");
    assert_string_equal(r.legs[1].source, "y");
    assert_string_equal(r.legs[1].table, "terminals");
    assert_true(strstr(r.legs[3].why, "The ship: departs Mo,Th 06:00") != NULL);
    karvan_table *t;
    assert_int_equal(karvan_route_table(region.package, 1, &r, &t, NULL), KARVAN_OK);
    int source = karvan_table_find(t, "source");
    assert_string_equal(karvan_table_text(t, source, 1), "y"); /* of the hours alone */
    assert_string_equal(karvan_table_text(t, source, 3), "x");
    karvan_table_destroy(t);
    karvan_time_quantiles q[6];
    double never = 1;
    karvan_moment at = moment("2026-03-02T08:00");
    assert_int_equal(karvan_route_quantiles_depart(net, &r, &at, 0.25, q, &never, NULL), KARVAN_OK);
    is_near(q[5].p05_h, 85), is_near(q[5].p50_h, 85), is_near(q[2].p95_h, 19), is_near(never, 0);
    is_near(q[5].mean_h, 87.4);
    assert_true(fabs(q[5].p95_h - (85 + 24 * log(2))) < 0.05); /* 0.1 exp(-x / 24) = 0.05 */
    karvan_route_clear(&r);
    /* five minutes later at B's gate on a Friday: in after the weekend, and Thursday's ship */
    r = leave(net, "2026-03-06T05:05");
    is_near(r.legs[1].hours, 3 * 24 - 10 - 1.0 / 12);
    is_near(r.legs[3].hours, 3 * 24 - 4 + 2.4);
    karvan_route_clear(&r);
    r = leave(net, "2026-03-06T05:00"); /* in time: closed at 18:00 sharp, open until then */
    is_near(r.legs[1].hours, 62);
    karvan_route_clear(&r);
    r = leave(net, "2026-03-06T04:59"); /* in at 17:59; Monday's ship */
    is_near(r.legs[1].hours, 0), is_near(r.legs[3].hours, 2 * 24 + 10 + 1.0 / 60 + 2.4);
    karvan_route_clear(&r);
    karvan_network_destroy(net), small_close(&region);
}

/* Openings: nights of 14 h, a weekend of 62; ships after 72 and 96 h. */
static void at_random(void **state) {
    (void)state;
    small_region region;
    assert_true(open_words(&region, PLAIN));
    const double open = (4 * 14.0 * 14 + 62 * 62) / 336, ship = (72.0 * 72 + 96 * 96) / 336;
    /* of the year: 3.1 days at 24 h in March, 6 at 48 in April; of other months none */
    const double weather[] = {(3.1 * 24 + 6.0 * 48) / 365, 0, 0, 0.1 * 24, 0.2 * 48, 0};
    for (int month = 0; month <= 5; month++) {
        karvan_network *net = network(&region, month, false);
        karvan_route r;
        assert_int_equal(karvan_route_best(net, &A_TO_C, &r, NULL), KARVAN_OK);
        is_near(r.legs[1].hours, open), is_near(r.legs[3].hours, ship + weather[month]);
        is_near(r.hours, 30 + open + ship + weather[month]);
        const char *days = month == 3 ? "; closed 3.1 days of month 3" : "";
        if (month == 0) days = "; closed 9 days a year by weather";
        if (month == 4) days = "; closed 6 days of month 4";
        char why[200];
        (void)snprintf(why, sizeof why, "The ship: departs Mo,Th 06:00%s", days);
        assert_string_equal(r.legs[3].why, why);
        karvan_time_quantiles q[6];
        assert_int_equal(karvan_route_quantiles(net, &r, 0.25, q, NULL), KARVAN_OK);
        is_near(q[5].mean_h, r.hours);
        karvan_route_clear(&r), karvan_network_destroy(net);
    }
    small_close(&region);
}

static karvan_status try_leave(words w, bool by_clock, const char *at, karvan_route *r,
                               karvan_error *err) {
    small_region region;
    karvan_moment m = moment(at);
    assert_true(open_words(&region, w));
    karvan_network *net = network(&region, 0, by_clock);
    karvan_status st = karvan_route_depart(net, &A_TO_C, &m, r, err);
    karvan_network_destroy(net), small_close(&region);
    return st;
}

/* Seasons and days of service: 2 April and 12 March are Thursdays. */
static void seasons_and_days(void **state) {
    (void)state;
    static const struct {
        const char *service;
        double wait_h; /* from Tuesday 3 March, 10:00, without weather; -1: no way */
        double weather_h;
    } samples[] = {{",,false,,0,,,\"Mo,Th 06:00\",Apr-Oct", 30 * 24 - 4, 9.6},
                   {",,false,,0,2026-03-10,,\"Mo,Th 06:00\",", 9 * 24 - 4, 2.4},
                   {",,false,,0,,2026-03-05,\"Mo,Th 06:00\",", 44, 2.4},
                   {",,false,,0,,2026-03-04,\"Mo,Th 06:00\",", -1, 0},
                   {"24,1,false,,0,,,,Apr-Oct", 29 * 24 - 10 + 24, 9.6},
                   {"24,0,false,,0,,,,", 12, 2.4},
                   {"24,,true,4,0,,,,", 15, 2.4}, /* fills at random: cv 1/2, 12 (1 + 1/4) */
                   {"24,,false,4,0,,,,", 12, 2.4}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        words w = PLAIN;
        karvan_route r;
        karvan_error e = {0};
        w.service = samples[i].service;
        karvan_status st = try_leave(w, true, "2026-03-02T08:00", &r, &e);
        assert_int_equal(st, samples[i].wait_h < 0 ? KARVAN_E_NOCONV : KARVAN_OK);
        if (st == KARVAN_OK) is_near(r.legs[3].hours, samples[i].wait_h + samples[i].weather_h);
        karvan_route_clear(&r);
    }
}

/* A network of its date alone: the season is over, and nothing is waited for. */
static void season_of_the_date(void **state) {
    (void)state;
    words w = PLAIN;
    w.service = "24,1,false,,0,,,,Apr 16-Oct 31";
    small_region region;
    karvan_route r;
    assert_true(open_words(&region, w));
    static const bool runs[] = {false, false, false, false, true,  true, true,
                                true,  true,  true,  true,  false, false};
    for (int month = 0; month <= 12; month++) { /* 15 of April's 30 days are half */
        karvan_network *net = network(&region, month, false);
        karvan_status st = karvan_route_best(net, &A_TO_C, &r, NULL);
        assert_int_equal(st, runs[month] ? KARVAN_OK : KARVAN_E_NOCONV);
        karvan_route_clear(&r), karvan_network_destroy(net);
    }
    karvan_network_options o;
    karvan_network *net;
    assert_int_equal(karvan_network_defaults(region.package, &o, NULL), KARVAN_OK);
    o.month = 13;
    assert_int_equal(karvan_network_create(region.package, &o, &net, NULL), KARVAN_E_ARG);
    small_close(&region);
}

static void moments(void **state) {
    (void)state;
    karvan_moment m = moment("2026-03-02T08:05");
    assert_int_equal(m.day, karvan_day_from_civil(2026, 3, 2)), assert_int_equal(m.minute, 485);
    m = moment("2026-03-02"), assert_int_equal(m.minute, 0);
    small_region region;
    char text[48];
    assert_true(open_words(&region, PLAIN));
    karvan_network *net = network(&region, 0, false);
    m = moment("2026-12-31T20:00"), m = karvan_moment_after(net, &m, A, C, 0.51); /* C: UTC + 4 */
    karvan_moment_format(&m, text, sizeof text);
    assert_string_equal(text, "2027-01-01T00:31");
    m = karvan_moment_after(net, &m, C, A, -24);
    karvan_moment_format(&m, text, sizeof text);
    assert_string_equal(text, "2026-12-30T20:31");
    karvan_network_destroy(net), small_close(&region);
    static const char *const bad[] = {"",
                                      "2026-03",
                                      "2026-03-02T8:00",
                                      "2026-03-02T24:00",
                                      "2026-03-02T08:60",
                                      "2026-03-02T08:00Z",
                                      "T08:00",
                                      "2026-03-02/2026-03-04",
                                      "tomorrow"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        karvan_error e = {0};
        assert_int_equal(karvan_moment_parse(bad[i], &m, &e), KARVAN_E_ARG);
        assert_true(strstr(e.msg, "2026-03-02T08:00") != NULL);
        assert_true(m.day == 0 && m.minute == 0);
    }
}

/* What is refused when the network is made, and what check says of it. */
static void faults(void **state) {
    (void)state;
    static const struct {
        const char *open, *service, *why, *code;
    } samples[] = {
        {"Mo-Fr 8:00-18:00", NULL, "terminals.csv:2:34: byte 7, at '8:00-18:00'", "opening-hours"},
        {NULL, "24,,false,,0,,,Mo 06:00-07:00,", "services.csv:2:30: byte 9", "service-timetable"},
        {NULL, "24,,false,,0,,,,Apr 31", "services.csv:2:31: byte 5, at '31'", "service-season"},
        {NULL, ",,false,,0,,,,", "services.csv:2:15: a service needs its headway_h or its",
         "service-headway"},
        {NULL, ",,true,,0,,,Mo 06:00,", NULL, "service-timetable"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        words w = PLAIN;
        small_region region;
        karvan_network_options o;
        karvan_network *net;
        karvan_error e = {0};
        if (samples[i].open) w.open = samples[i].open;
        if (samples[i].service) w.service = samples[i].service;
        assert_true(open_words(&region, w));
        assert_int_equal(karvan_network_defaults(region.package, &o, &e), KARVAN_OK);
        karvan_status st = karvan_network_create(region.package, &o, &net, &e);
        if (samples[i].why && (st != KARVAN_E_DATA || !strstr(e.msg, samples[i].why)))
            fail_msg("'%s' does not say '%s'", e.msg, samples[i].why);
        karvan_network_destroy(net);
        assert_int_equal(karvan_network_check(region.package, region.problems, NULL), KARVAN_OK);
        bool said = false;
        for (int64_t k = 0; k < karvan_problems_total(region.problems); k++)
            said |= strcmp(karvan_problems_get(region.problems, k).code, samples[i].code) == 0;
        assert_true(said);
        small_close(&region);
    }
}

/* ---- distributions beside journeys drawn one by one ---- */

enum { JOURNEYS = 40000 };

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double share_upto(const double *sorted, double h) {
    int64_t n = 0;
    while (n < JOURNEYS && sorted[n] <= h) n++;
    return (double)n / JOURNEYS;
}

/* A quantile x of the distribution: no more than q of the journeys are shorter, no fewer as long,
 * within five standard errors and a step of the grid. */
static void agrees(const char *what, const double *sorted, const karvan_time_quantiles *q,
                   double never, double step_h) {
    const double levels[] = {0.05, 0.10, 0.50, 0.90, 0.95};
    const double x[] = {q->p05_h, q->p10_h, q->p50_h, q->p90_h, q->p95_h};
    double sum = 0, square = 0, n = 0;
    for (int i = 0; i < JOURNEYS && !isinf(sorted[i]); i++)
        sum += sorted[i], square += sorted[i] * sorted[i], n += 1;
    double mean = sum / n, error = 5 * sqrt((square / n - mean * mean) / n) + 0.01;
    if (!(fabs(mean - q->mean_h) <= error))
        fail_msg("%s: mean %g, of journeys %g, error %g", what, q->mean_h, mean, error);
    assert_true(fabs(1 - n / JOURNEYS - never) < 5 * sqrt(0.25 / JOURNEYS));
    for (int i = 0; i < 5; i++) {
        double few = 5 * sqrt(levels[i] * (1 - levels[i]) / JOURNEYS);
        if (isinf(x[i])) {
            assert_true(1 - n / JOURNEYS > 1 - levels[i] - few);
            continue;
        }
        if (share_upto(sorted, x[i] - step_h) > levels[i] + few ||
            share_upto(sorted, x[i] + step_h) < levels[i] - few)
            fail_msg("%s: quantile %g at %g h, of journeys %g to %g", what, levels[i], x[i],
                     share_upto(sorted, x[i] - step_h), share_upto(sorted, x[i] + step_h));
    }
}

static void compare(const karvan_network *net, const char *what, const karvan_moment *at) {
    static double hours[JOURNEYS];
    karvan_route r;
    karvan_time_quantiles q[8];
    karvan_error e = {0};
    double never = 0;
    karvan_status st = at ? karvan_route_depart(net, &A_TO_C, at, &r, &e)
                          : karvan_route_best(net, &A_TO_C, &r, &e);
    if (st != KARVAN_OK) fail_msg("%s: %s", what, e.msg);
    st = at ? karvan_route_quantiles_depart(net, &r, at, 0.25, q, &never, &e)
            : karvan_route_quantiles(net, &r, 0.25, q, &e);
    if (st != KARVAN_OK) fail_msg("%s: %s", what, e.msg);
    assert_int_equal(karvan_i_route_sample(net, &r, at, 7, JOURNEYS, hours, &e), KARVAN_OK);
    qsort(hours, JOURNEYS, sizeof *hours, by_value);
    agrees(what, hours, &q[r.n_legs], never, 0.25);
    is_near(q[r.n_legs].mean_h, r.hours);
    karvan_route_clear(&r);
}

static void beside_journeys(void **state) {
    (void)state;
    static const char *const services[] = {
        "48,1,false,,36,,,,",                               /* departures at random, weather */
        "48,0.5,false,,36,,,,",                             /* nearly even */
        "48,0,false,,0,,,,",                                /* even */
        "48,2.5,false,,36,,,,",                             /* in bunches */
        "48,,true,9,36,,,,",                                /* when full */
        ",,false,,36,,,\"Mo,Th 06:00; Sa 23:30\",",         /* a timetable */
        ",,false,,36,,,\"Mo-Su 06:10,17:20\",Mar 6-Mar 20", /* of a short season */
        "12,1,false,,90,,,,Mar 4-Apr 30",
        ",,false,,0,,2026-03-06,\"Mo-Su 06:10\","}; /* ends soon */
    static const char *const opens[] = {"", "Mo-Fr 08:00-18:00",
                                        "Mo-Su 22:00-05:45; We 10:00-11:00"};
    static const char *const starts[] = {"2026-03-02T08:00", "2026-03-05T17:00",
                                         "2026-03-27T03:30"};
    for (size_t s = 0; s < sizeof services / sizeof services[0]; s++)
        for (size_t o = 0; o < 3; o++) {
            words w = {"1.6", "5", opens[o], services[s]};
            small_region region;
            char what[200];
            assert_true(open_words(&region, w));
            karvan_network *net = network(&region, 3, false), *clock = network(&region, 0, true);
            (void)snprintf(what, sizeof what, "%s, %s", services[s], opens[o]);
            if (s != 6) compare(net, what, NULL); /* its season is less than half of March */
            for (size_t t = 0; t < (s == 8 ? 1 : 3); t++) {
                karvan_moment at = moment(starts[t]);
                if (s == 6 && t == 2) continue; /* a year until it sails */
                (void)snprintf(what, sizeof what, "%s, %s from %s", services[s], opens[o],
                               starts[t]);
                compare(clock, what, &at);
            }
            karvan_network_destroy(net), karvan_network_destroy(clock), small_close(&region);
        }
}

/* Of those who leave at 22:00 by the port's clock a third is not aboard the last ship at 10:00. */
static void some_never_arrive(void **state) {
    (void)state;
    small_region region;
    const words w = {"1.6", "5", "", ",,false,,0,,2026-03-06,\"Mo-Su 10:00\","};
    karvan_moment at = moment("2026-03-05T17:00");
    karvan_time_quantiles q[8];
    double never;
    assert_true(open_words(&region, w));
    karvan_network *net = network(&region, 0, true);
    compare(net, "the last ship", &at);
    karvan_route r = leave(net, "2026-03-05T17:00");
    assert_int_equal(karvan_route_quantiles_depart(net, &r, &at, 0.25, q, &never, NULL), KARVAN_OK);
    assert_true(never > 0.2 && never < 0.5);
    assert_true(isinf(q[r.n_legs].p90_h) && isfinite(q[r.n_legs].p50_h));
    karvan_route_clear(&r), karvan_network_destroy(net), small_close(&region);
}

/* The same journey whatever the number of them; the moments of a gamma variable. */
static void draws(void **state) {
    (void)state;
    karvan_random r;
    for (int k = 0; k < 3; k++) {
        static const double shapes[] = {0.3, 1, 7};
        double sum = 0, square = 0;
        karvan_random_init(&r, 5, (uint64_t)k);
        for (int i = 0; i < 100000; i++) {
            double g = karvan_i_random_gamma(&r, shapes[k]);
            sum += g / 100000, square += g * g / 100000;
        }
        assert_true(fabs(sum - 1) < 0.03);
        assert_true(fabs((square - sum * sum) * shapes[k] - 1) < 0.08);
    }
    small_region region;
    assert_true(open_words(&region, PLAIN));
    karvan_network *net = network(&region, 0, false);
    karvan_route route;
    double few[3], many[10];
    assert_int_equal(karvan_route_best(net, &A_TO_C, &route, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_route_sample(net, &route, NULL, 3, 3, few, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_route_sample(net, &route, NULL, 3, 10, many, NULL), KARVAN_OK);
    assert_memory_equal(few, many, sizeof few);
    assert_int_equal(karvan_i_route_sample(net, &route, NULL, 3, -1, many, NULL), KARVAN_E_ARG);
    karvan_route_clear(&route), karvan_network_destroy(net), small_close(&region);
}

static small_region swept;

static karvan_status all_of_it(karvan_error *err) {
    karvan_network_options o = {.closure_spell_h = 24, .by_clock = true};
    karvan_network *net = NULL;
    karvan_route r = {0};
    karvan_time_quantiles q[8];
    karvan_moment at = {karvan_day_from_civil(2026, 3, 2), 480};
    o.date = at.day;
    karvan_status st = karvan_network_create(swept.package, &o, &net, err);
    if (st == KARVAN_OK) st = karvan_route_depart(net, &A_TO_C, &at, &r, err);
    if (st == KARVAN_OK) st = karvan_route_quantiles_depart(net, &r, &at, 1, q, NULL, err);
    karvan_route_clear(&r), karvan_network_destroy(net);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    words w = PLAIN;
    w.ratio = "1.5", w.dwell = "4";
    assert_true(open_words(&swept, w));
    every_allocation_fails(all_of_it, 400);
    small_close(&swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_clock),
        cmocka_unit_test(at_random),
        cmocka_unit_test(seasons_and_days),
        cmocka_unit_test(season_of_the_date),
        cmocka_unit_test(moments),
        cmocka_unit_test(faults),
        cmocka_unit_test(beside_journeys),
        cmocka_unit_test(some_never_arrive),
        cmocka_unit_test(draws),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
