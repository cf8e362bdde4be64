/* Timetables, opening hours, seasons, weather and time zones on a way of three places: hours by
 * hand, and faults by their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock_network.h"
#include "sweep.h"

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
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
