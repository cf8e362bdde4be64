/* GTFS: a feed made by hand becomes the places, links and services that were worked out by hand;
 * what does not fit is told with its place; archives are read or refused with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exchange/gtfs.h"
#include "exchange/import_state.h"
#include "sweep.h"
#include "table/cell.h"
#include "zip_writer.h"

#define AGENCY \
    "== agency.txt\nagency_id,agency_name,agency_url,agency_timezone\nK,Kazmor,u,Asia/Aqtau\n"
#define STOPS                                                                                  \
    "== stops.txt\nstop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"         \
    "S,Aktau,43.6,51.2,1,\nA,Aktau pier,43.6,51.2,0,S\nB,Middle,42,50.5,,\nC,Alat,40,49.4,,\n" \
    "E,Entrance,43.6,51.2,2,S\n"
#define ROUTES \
    "== routes.txt\nroute_id,agency_id,route_long_name,route_type\nR,K,Caspian,4\nT,K,Tram,0\n"
#define CALENDAR                                                                            \
    "== calendar.txt\nservice_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday," \
    "start_date,end_date\nMWF,1,0,1,0,1,0,0,20260301,20261031\nSU,0,0,0,0,0,0,1,20260301,"  \
    "20261031\n"
#define TRIPS "== trips.txt\nroute_id,service_id,trip_id,shape_id\nR,MWF,t1,\nR,SU,t2,\nR,MWF,t3,\n"
/* t1: to B by an interpolated time; half of the way is known by shape_dist_traveled: 1 of 4. */
#define TIMES                                                                               \
    "== stop_times.txt\ntrip_id,arrival_time,departure_time,stop_id,stop_sequence,"         \
    "shape_dist_traveled\r\nt1,20:00:00,20:00:00,A,1,0\r\nt1,,,B,2,1\nt1,30:00:00,,C,9,4\n" \
    "t2,25:30:00,25:30:00,A,1,\nt2,28:00:00,28:30:00,B,2,\nt2,33:30:00,33:30:00,C,3,\n"     \
    "t3,8:00:00,8:00:00,C,1,\nt3,18:00:00,18:00:00,A,2,\n"
#define FEED AGENCY STOPS ROUTES CALENDAR TRIPS TIMES

/* Import a text of files; NULL with a message where it is refused. */
static karvan_import *import(const char *text, int n, const karvan_import_setting *settings,
                             karvan_error *err) {
    zip_writer z;
    karvan_import *imp = NULL;
    karvan_i_feed feed;
    const char *bytes;
    size_t size;
    zip_of_text(&z, text, strlen(text));
    zip_finish(&z, &bytes, &size);
    karvan_status st = karvan_i_text_status(&z.files, err);
    if (st == KARVAN_OK) st = karvan_import_create("gtfs", n, settings, &imp, err);
    if (st == KARVAN_OK) {
        feed = (karvan_i_feed){0};
        st = karvan_i_feed_open_bytes(bytes, size, "f", &feed, err);
    }
    if (st == KARVAN_OK) imp->done = true; /* as karvan_import_read does it */
    if (st == KARVAN_OK) st = karvan_i_import_gtfs_feed(imp, &feed, err);
    if (st == KARVAN_OK) st = karvan_i_import_finish(imp, err);
    karvan_i_text_clear(&z.files), karvan_i_text_clear(&z.directory);
    if (st == KARVAN_OK) return imp;
    karvan_import_destroy(imp);
    return NULL;
}

static karvan_import *must_import(const char *text, int n, const karvan_import_setting *settings) {
    karvan_error e = {0};
    karvan_import *imp = import(text, n, settings, &e);
    if (!imp) fail_msg("%s", e.msg);
    return imp;
}

static bool told(const karvan_import *imp, const char *what) {
    char line[700];
    const karvan_problems *p = karvan_import_problems(imp);
    for (int64_t i = 0; i < karvan_problems_total(p); i++) {
        karvan_problem one = karvan_problems_get(p, i);
        (void)snprintf(line, sizeof line, "%s:%lld:%lld: %s [%s]", one.file, (long long)one.line,
                       (long long)one.column, one.message, one.code);
        if (strstr(line, what)) return true;
    }
    return false;
}

/* The region that an import is written as. */
static karvan_package *region_of(karvan_import *imp) {
    char dir[] = "/tmp/karvan-gtfs-XXXXXX", path[64], command[160];
    karvan_problems *problems = NULL;
    karvan_package *p = NULL;
    karvan_error e = {0};
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/r", dir);
    if (karvan_import_write(imp, path, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_package_open(path, problems, &p, &e), KARVAN_OK);
    if (karvan_problems_total(problems) > 0)
        fail_msg("%s", karvan_problems_get(problems, 0).message);
    karvan_problems_destroy(problems);
    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    assert_int_equal(system(command), 0);
    return p;
}

static double real_of(const karvan_package *p, const char *table, const char *key,
                      const char *column) {
    int64_t row = karvan_package_row(p, table, key);
    if (row < 0) fail_msg("no %s in %s", key, table);
    return karvan_i_cell_real(karvan_package_table(p, table), column, row);
}

static void text_is(const karvan_package *p, const char *table, const char *key, const char *column,
                    const char *expected) {
    int64_t row = karvan_package_row(p, table, key);
    if (row < 0) fail_msg("no %s in %s", key, table);
    const karvan_table *t = karvan_package_table(p, table);
    const char *s = karvan_table_text(t, karvan_table_find(t, column), row);
    assert_string_equal(s ? s : "", expected);
}

static void a_feed_by_hand(void **state) {
    (void)state;
    karvan_import *imp = must_import(FEED, 0, NULL);
    assert_true(told(imp, "f/stop_times.txt:6:1: time that a trip spends at a stop on its way is "
                          "in no link (1 time) [gtfs-dwell]"));
    assert_true(told(imp, "f/stops.txt:6:1: an entrance, node or boarding area is left out"));
    assert_true(told(imp, "f/stops.txt:2:1: a station that groups stops is left out"));
    assert_true(told(imp, "f/routes.txt:3:10: route_type 0 carries no cargo"));
    assert_true(
        told(imp, "f/agency.txt:2:10: column agency_url is not read: 1 cell [gtfs-column]"));
    karvan_package *p = region_of(imp);
    assert_int_equal(karvan_table_rows(karvan_package_table(p, "places")), 3);
    assert_int_equal(karvan_table_rows(karvan_package_table(p, "links")), 3);
    text_is(p, "places", "A", "kind", "port"), text_is(p, "places", "A", "name", "Aktau pier");
    /* t1: 20:00 to 30:00, a quarter to B: 2.5 h; t2: 25:30 to 28:00: 2.5 h too */
    assert_true(real_of(p, "links", "A-B-ferry_roro", "time_h") == 2.5);
    /* t1: 7.5 h; t2: 28:30 to 33:30: 5 h; the lower middle is 5 */
    assert_true(real_of(p, "links", "B-C-ferry_roro", "time_h") == 5);
    assert_true(real_of(p, "links", "C-A-ferry_roro", "time_h") == 10);
    /* from A: Mo, We, Fr at 20:00; Sunday's 25:30 is Monday 01:30 */
    text_is(p, "services", "s-A-B-ferry_roro", "timetable", "Mo 01:30; Mo,We,Fr 20:00");
    text_is(p, "services", "s-A-B-ferry_roro", "name", "Caspian");
    text_is(p, "services", "s-A-B-ferry_roro", "operator", "Kazmor");
    text_is(p, "services", "s-A-B-ferry_roro", "open_from", "2026-03-01");
    text_is(p, "services", "s-A-B-ferry_roro", "open_to", "2026-10-31");
    /* B: 22:30, and Sunday's 28:30 is Monday 04:30. Gaps: 18, 48, 48, 54 h: mean 42, variance 198
     */
    text_is(p, "services", "s-B-C-ferry_roro", "timetable", "Mo 04:30; Mo,We,Fr 22:30");
    assert_true(real_of(p, "services", "s-B-C-ferry_roro", "headway_h") == 42);
    assert_true(fabs(real_of(p, "services", "s-B-C-ferry_roro", "headway_cv") - sqrt(198) / 42) <
                1e-12);
    text_is(p, "services", "s-C-A-ferry_roro", "timetable", "Mo,We,Fr 08:00");
    text_is(p, "settings", "reference_date", "value", "2026-03-01");
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
}

static void settings_change_what_is_made(void **state) {
    (void)state;
    static const karvan_import_setting settings[] = {
        {"merge-stations", ""}, {"calendar", "yearly"}, {"mode", "4=feeder,0=tram"}};
    karvan_import *imp = must_import(FEED, 3, settings);
    karvan_package *p = region_of(imp);
    assert_true(karvan_package_row(p, "places", "A") < 0);
    text_is(p, "places", "S", "name", "Aktau");
    text_is(p, "services", "s-S-B-feeder", "season", "Mar 1-Oct 31");
    text_is(p, "services", "s-S-B-feeder", "open_from", "");
    text_is(p, "settings", "reference_date", "value", "2026-01-01");
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
    static const karvan_import_setting wrong[][1] = {
        {{"calendar", "monthly"}}, {{"mode", "feeder"}}, {{"mode", "4="}}, {{"mode", "4=A b"}}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        karvan_error e = {0};
        assert_null(import(FEED, 1, wrong[i], &e));
        assert_int_equal(e.code, KARVAN_E_ARG);
    }
}

static void frequencies(void **state) {
    (void)state;
    /* t3 by frequency: every 6 h from 00:00 to 18:00, no departure at 18:00 itself, on 3 days */
    karvan_import *imp = must_import(
        FEED "== frequencies.txt\ntrip_id,start_time,end_time,headway_secs,exact_times\n"
             "t3,0:00:00,18:00:00,21600,0\nt1,10:00:00,12:00:00,3600,1\nnone,1:00:00,2:00:00,60,\n",
        0, NULL);
    assert_true(told(imp, "f/frequencies.txt:4:1: a frequency of a trip that is not there"));
    karvan_package *p = region_of(imp);
    text_is(p, "services", "s-C-A-ferry_roro", "timetable", "");
    assert_true(fabs(real_of(p, "services", "s-C-A-ferry_roro", "headway_h") - 168.0 / 9) < 1e-12);
    /* exact: 10:00 and 11:00 in the place of 20:00 */
    text_is(p, "services", "s-A-B-ferry_roro", "timetable", "Mo 01:30; Mo,We,Fr 10:00,11:00");
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
}

#define WITH(calendar, trips) AGENCY STOPS ROUTES calendar trips TIMES
#define DATES                 "== calendar_dates.txt\nservice_id,date,exception_type\n"
#define ONE_TRIP              "== trips.txt\nroute_id,service_id,trip_id\nR,D,t3\n"

static void weeks_of_dates_alone(void **state) {
    (void)state;
    /* Mondays 2, 9, 16, 23 March 2026, one of five Tuesdays from the first date to the last */
    karvan_import *imp = must_import(
        WITH(DATES "D,20260302,1\nD,20260309,1\nD,20260316,1\nD,20260331,1\nD,20260323,1\n",
             ONE_TRIP),
        0, NULL);
    assert_true(told(imp, "f/calendar_dates.txt:2:1: service 'D' has dates alone; of the week made "
                          "of them it does not run on 1 days, and runs on 1 others"));
    karvan_package *p = region_of(imp);
    text_is(p, "services", "s-C-A-ferry_roro", "timetable", "Mo 08:00");
    text_is(p, "services", "s-C-A-ferry_roro", "open_from", "2026-03-02");
    text_is(p, "services", "s-C-A-ferry_roro", "open_to", "2026-03-31");
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
    /* a day a month follows no week but for its first date */
    imp = must_import(
        WITH(DATES "D,20260302,1\nD,20260407,1\nD,20260513,1\nD,20260618,1\n", ONE_TRIP), 0, NULL);
    assert_true(told(imp, "service 'D' follows no week in its 4 dates; its trips are left out"));
    assert_true(told(imp, "f/trips.txt:2:1: a trip of a service that runs on no day (1 time)"));
    karvan_import_destroy(imp);
}

static void what_does_not_fit_is_told(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
    } samples[] = {
        {FEED "== fares.txt\na,b\n1,2\n3,4\n", "f/fares.txt:0:0: the file is not read: 2 rows"},
        {AGENCY "== stops.txt\nstop_id,stop_lat,stop_lon\nA,43.6,51.2\nA,1,2\n,1,2\nB,x,2\n" ROUTES
             CALENDAR TRIPS TIMES,
         "f/stops.txt:3:1: a second row 'A' is left out [gtfs-id]"},
        {AGENCY "== stops.txt\nstop_id,stop_lat,stop_lon\nA,43.6,51.2\nB,x,2\n" ROUTES CALENDAR
             TRIPS TIMES,
         "f/stops.txt:3:3: stop 'B' has no position [gtfs-value]"},
        {AGENCY "== stops.txt\nstop_id,stop_lat,stop_lon\nA,43.6,51.2\nB,1,2\n" ROUTES CALENDAR
             TRIPS TIMES,
         "f/stop_times.txt:4:14: a stop of a trip is left out: 'C' is no stop [gtfs-reference]"},
        {WITH(CALENDAR, TRIPS "R,NO,t9,\nX,SU,t8,\nT,SU,t7,\n"),
         "f/trips.txt:5:3: a trip is left out: 'NO' is no service of the calendar"},
        {WITH(CALENDAR, TRIPS "R,NO,t9,\nX,SU,t8,\nT,SU,t7,\n"),
         "f/trips.txt:6:1: a trip is left out: 'X' is no route"},
        {WITH(CALENDAR, TRIPS "R,NO,t9,\nX,SU,t8,\nT,SU,t7,\n"),
         "f/trips.txt:7:1: a trip of a route that is left out (1 time)"},
        {WITH(CALENDAR, TRIPS "R,SU,t9,\n"),
         "f/trips.txt:5:1: trip 't9' is left out: it has fewer than two stops"},
        {AGENCY STOPS ROUTES CALENDAR TRIPS
         "== stop_times.txt\ntrip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
         "t1,,,A,1\nt1,9:00:00,9:00:00,B,2\n",
         "f/trips.txt:2:1: trip 't1' is left out: its first or last stop has no time"},
        {AGENCY STOPS ROUTES CALENDAR TRIPS
         "== stop_times.txt\ntrip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
         "t1,9:00:00,10:00:00,A,1\nt1,9:30:00,9:30:00,B,2\n",
         "f/trips.txt:2:1: trip 't1' is left out: its times run backwards"},
        {AGENCY STOPS ROUTES CALENDAR TRIPS
         "== stop_times.txt\ntrip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
         "t1,9:00,10:00:00,A,x\nt1,9:30,9:30:00,B,2\n",
         "f/stop_times.txt:3:4: '9:30' is no time; it is taken for blank [gtfs-time]"},
        {WITH("== calendar.txt\nservice_id,monday,tuesday,wednesday,thursday,friday,saturday,"
              "sunday,start_date,end_date\nMWF,1,0,1,0,1,0,x,20260301,20260231\nSU,0,0,0,0,0,0,x,"
              "20260301,20260331\n",
              TRIPS),
         "f/calendar.txt:2:28: a service is left out: its dates cannot be [gtfs-value]"},
        {WITH(CALENDAR DATES "SU,20260302,2\nSU,20260303,1\nSU,20260304,2\nSU,2026-3-5,1\n", TRIPS),
         "f/calendar_dates.txt:2:1: a day on which a service does not run is not kept (2 times, "
         "here first)"},
        {WITH(CALENDAR DATES "SU,20260302,2\nSU,2026-3-5,1\nSU,20260306,3\n", TRIPS),
         "f/calendar_dates.txt:3:4: '2026-3-5' is no day; the row is left out"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_error e = {0};
        karvan_import *imp = import(samples[i].text, 0, NULL, &e);
        if (imp ? !told(imp, samples[i].told) : !strstr(e.msg, samples[i].told))
            fail_msg("not told: %s; %s", samples[i].told, e.msg);
        karvan_import_destroy(imp);
    }
}

static void feeds_that_cannot_be_used(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
    } samples[] = {
        {AGENCY, "f/stops.txt: the feed has no such file"},
        {AGENCY "== stops.txt\n", "f/stops.txt:1:1: the file is empty; a header belongs there"},
        {AGENCY "== stops.txt\nid\n", "f/stops.txt:1:1: no column stop_id"},
        {AGENCY "== stops.txt\nstop_id,stop_name\nA,x\n\xff,b\n",
         "f/stops.txt:3:1: not UTF-8, which a feed must be"},
        {AGENCY STOPS ROUTES TRIPS TIMES,
         "f: no days of service, neither in calendar.txt nor in calendar_dates.txt"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_error e = {0};
        assert_null(import(samples[i].text, 0, NULL, &e));
        assert_string_equal(e.msg, samples[i].told);
        assert_int_equal(e.code, KARVAN_E_DATA);
    }
}

/* A shape of two legs, 1 degree of latitude each; B stands a little beside its middle point. The
 * way back runs along the same shape. */
static void lengths_by_shape(void **state) {
    (void)state;
    static const char text[] =
        AGENCY "== stops.txt\nstop_id,stop_name,stop_lat,stop_lon\nA,A,40,50\nB,B,41,50.001\n"
               "C,C,40,51\n" ROUTES CALENDAR
               "== shapes.txt\nshape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
               "x,40,51,9\nx,40,50,1\nx,41,50,5\nx,95,50,6\n"
               "== trips.txt\nroute_id,service_id,trip_id,shape_id\nR,SU,t1,x\nR,SU,t2,x\n"
               "== stop_times.txt\ntrip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
               "t1,8:00:00,8:00:00,A,1\nt1,9:00:00,9:00:00,C,2\n"
               "t2,8:00:00,8:00:00,C,1\nt2,9:00:00,9:00:00,B,2\nt2,9:30:00,9:30:00,A,3\n";
    karvan_import *imp = must_import(text, 0, NULL);
    assert_true(told(imp, "f/shapes.txt:5:1: a point of a shape is left out [gtfs-value]"));
    karvan_package *p = region_of(imp);
    /* A to B's parallel: 111.04 km; B to C: 139.6 km by the geodesic */
    double there = real_of(p, "links", "A-C-ferry_roro", "length_km");
    assert_true(fabs(there - (111.04 + 139.63)) < 0.2);
    assert_true(fabs(real_of(p, "links", "B-A-ferry_roro", "length_km") - 111.04) < 0.1);
    assert_true(fabs(real_of(p, "links", "C-B-ferry_roro", "length_km") +
                     real_of(p, "links", "B-A-ferry_roro", "length_km") - there) < 1e-9);
    karvan_package_destroy(p);
    karvan_import_destroy(imp);
}

static void times_and_days(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int32_t seconds; /* -2: refused */
    } times[] = {{"", -1},
                 {"0:00:00", 0},
                 {"08:05:09", 29109},
                 {"25:10:00", 90600},
                 {"100:00:00", 360000},
                 {"8:5:00", -2},
                 {"8:05", -2},
                 {"8:60:00", -2},
                 {"8:00:60", -2},
                 {"-8:00:00", -2},
                 {"8:00:00 ", -2},
                 {"745:00:00", -2}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        int32_t s = 0;
        bool good = karvan_i_gtfs_seconds(times[i].text, &s);
        if (good != (times[i].seconds != -2) || (good && s != times[i].seconds))
            fail_msg("%s", times[i].text);
    }
    karvan_day d;
    assert_true(karvan_i_gtfs_day("20240229", &d) && d == karvan_day_from_civil(2024, 2, 29));
    static const char *const wrong[] = {"20230229", "2023-2-9", "2023013", "202301011",
                                        "20231301", "20230100", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(karvan_i_gtfs_day(wrong[i], &d));
}

/* The minutes that a timetable means, by the simplest reading of it. */
static int read_timetable(const char *s, bool minute[7 * 1440]) {
    static const char *const names[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
    int n = 0;
    while (*s) {
        bool days[7] = {false};
        int last = -1;
        bool range = false;
        for (; *s != ' '; s++) {
            if (*s == ',') continue;
            if (*s == '-') {
                range = true;
                continue;
            }
            int d = 0;
            while (d < 7 && strncmp(s, names[d], 2) != 0) d++;
            assert_in_range(d, 0, 6);
            for (int k = range ? last : d; k <= d; k++) days[k] = true;
            last = d, range = false, s++;
        }
        for (; *s == ' ' || *s == ','; s += 6) {
            int m = atoi(s + 1) * 60 + atoi(s + 4);
            for (int d = 0; d < 7; d++)
                if (days[d]) n += !minute[d * 1440 + m], minute[d * 1440 + m] = true;
        }
        if (*s == ';') s += 2;
    }
    return n;
}

static void timetables_say_what_was_added(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 11, 3);
    for (int round = 0; round < part_of(300); round++) {
        karvan_i_gtfs_week w = {0};
        karvan_i_text text = {0};
        static bool meant[7 * 1440], said[7 * 1440];
        memset(meant, 0, sizeof meant), memset(said, 0, sizeof said);
        int trips = 1 + (int)karvan_random_below(&r, 12), n = 0;
        for (int t = 0; t < trips; t++) {
            uint8_t days = (uint8_t)(1 + karvan_random_below(&r, 127));
            int32_t minute = (int32_t)karvan_random_below(&r, round % 2 ? 30 : 3 * 1440);
            assert_int_equal(karvan_i_gtfs_week_add(&w, days, minute * 60 + 59, NULL), KARVAN_OK);
            for (int d = 0; d < 7; d++)
                if (days & 1 << d) meant[(d * 1440 + minute) % (7 * 1440)] = true;
        }
        karvan_i_gtfs_week_sort(&w);
        karvan_i_gtfs_week_text(&w, &text);
        n = read_timetable(text.s, said);
        assert_int_equal(n, w.n);
        assert_memory_equal(meant, said, sizeof meant);
        double mean, cv, wait = 0; /* the wait of a load at each minute, by walking on */
        karvan_i_gtfs_week_gaps(&w, &mean, &cv);
        for (int m = 0, ahead; m < 7 * 1440; m++) {
            for (ahead = 0; !meant[(m + ahead) % (7 * 1440)];) ahead++;
            wait += ahead + 0.5; /* within the minute, on average, but at its end none */
        }
        wait = wait / (7 * 1440) / 60;
        double expected = mean * (1 + cv * cv) / 2;
        if (fabs(wait - expected) > 1.0 / 60) fail_msg("%s: %g, not %g", text.s, expected, wait);
        karvan_i_text_clear(&text);
        karvan_i_free(w.minute);
    }
}

/* ---- archives ---- */

static void archives_are_read_or_refused(void **state) {
    (void)state;
    zip_writer w = {0};
    karvan_i_zip z;
    const char *bytes;
    char *out;
    size_t n, size;
    karvan_error e = {0};
    zip_add(&w, "gtfs/", "", 0, false);
    zip_add(&w, "gtfs/stops.txt", "stored", 6, false);
    zip_add(&w, "gtfs/b.txt", "deflated deflated deflated", 26, true);
    zip_add(&w, "empty.txt", "", 0, true);
    zip_finish(&w, &bytes, &n);
    assert_true(karvan_i_is_zip(bytes, n));
    assert_int_equal(karvan_i_zip_open(bytes, n, "f", &z, NULL), KARVAN_OK);
    assert_int_equal(z.n_entries, 3);
    assert_int_equal(karvan_i_zip_read(&z, 1, &out, &size, NULL), KARVAN_OK);
    assert_int_equal(size, 26), assert_string_equal(out, "deflated deflated deflated");
    karvan_i_free(out);
    assert_int_equal(karvan_i_zip_read(&z, 2, &out, &size, NULL), KARVAN_OK);
    assert_int_equal(size, 0);
    karvan_i_free(out);
    karvan_i_zip_close(&z);
    karvan_i_feed f = {0}; /* the folder of stops.txt is the feed */
    assert_int_equal(karvan_i_feed_open_bytes(bytes, n, "f", &f, NULL), KARVAN_OK);
    assert_string_equal(f.file[0], "b.txt"), assert_string_equal(f.file[2], "stops.txt");
    karvan_i_feed_close(&f);
    /* every cut is refused; every changed byte is read to the same, or refused */
    char *copy = karvan_i_malloc(n, 1);
    for (size_t cut = 0; cut < n; cut++)
        assert_int_equal(karvan_i_zip_open(bytes, cut, "f", &z, NULL), KARVAN_E_DATA);
    for (size_t i = 0; i < n * 8; i++) {
        memcpy(copy, bytes, n);
        copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
        if (karvan_i_zip_open(copy, n, "f", &z, NULL) != KARVAN_OK) continue;
        for (int k = 0; k < z.n_entries; k++)
            if (karvan_i_zip_read(&z, k, &out, &size, &e) == KARVAN_OK) karvan_i_free(out);
        karvan_i_zip_close(&z);
    }
    karvan_i_free(copy);
    karvan_i_text_clear(&w.files);
}

static karvan_status sweep_import(karvan_error *err) {
    static const karvan_import_setting merge[] = {{"merge-stations", ""}};
    karvan_import *imp =
        import(FEED "== calendar_dates.txt\nservice_id,date,exception_type\nD,20260301,1\n"
                    "== shapes.txt\nshape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\nx,1,2,3\n"
                    "== frequencies.txt\ntrip_id,start_time,end_time,headway_secs\n"
                    "t3,1:00:00,2:00:00,600\n== other.txt\na\n1\n",
               1, merge, err);
    karvan_import_destroy(imp);
    return imp ? KARVAN_OK : err->code;
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    every_allocation_fails(sweep_import, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_feed_by_hand),
                                       cmocka_unit_test(settings_change_what_is_made),
                                       cmocka_unit_test(frequencies),
                                       cmocka_unit_test(weeks_of_dates_alone),
                                       cmocka_unit_test(what_does_not_fit_is_told),
                                       cmocka_unit_test(feeds_that_cannot_be_used),
                                       cmocka_unit_test(lengths_by_shape),
                                       cmocka_unit_test(times_and_days),
                                       cmocka_unit_test(timetables_say_what_was_added),
                                       cmocka_unit_test(archives_are_read_or_refused),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
