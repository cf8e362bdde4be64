/* Earliest arrivals over random small state graphs beside a slow checker that knows neither the
 * schedules' parser nor the search: it looks at every hour in turn, and goes on until no label
 * changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "network/clock.h"
#include "region.h"
#include "share.h"

enum { PLACES = 5, LINKS_MAX = 9, REGIONS = 1000, STARTS = 3, YEARS_H = 24 * 800 };

/* What was written into the tables, for the checker. */
typedef struct ship {
    int link;
    bool by_timetable;
    bool day[7];      /* from Monday */
    int hour;         /* of its departure */
    double headway_h; /* even */
    int first_month, last_month;
    karvan_day first, last;
} ship;

typedef struct world {
    int n_links, n_ships, offset[PLACES];
    struct {
        int from, to, hours;
        bool sea;
        karvan_day first, last;
    } link[LINKS_MAX];
    ship ships[2 * LINKS_MAX];
    struct {
        bool there;
        int dwell, opens, closes; /* hours of the day; on the days below */
        bool day[7];
    } port[PLACES];
    int closed[PLACES][13]; /* days of a month, -1: no row */
} world;

static karvan_random dice;
static int below(int n) { return (int)karvan_random_below(&dice, (uint64_t)n); }

static void draw_days(bool day[7]) {
    bool any = false;
    for (int d = 0; d < 7; d++) any |= day[d] = below(3) == 0;
    if (!any) day[below(7)] = true;
}

static const karvan_day TODAY = 20514; /* 2026-03-02, a Monday */

static void draw_service(karvan_day *first, karvan_day *last) {
    *first = below(4) ? KARVAN_DAY_MIN : TODAY + below(30);
    *last = below(4) ? KARVAN_DAY_MAX : TODAY + 10 + below(100);
}

static void draw(world *w) {
    memset(w, 0, sizeof *w);
    w->n_links = 4 + below(LINKS_MAX - 3);
    for (int i = 0; i < w->n_links; i++) {
        w->link[i].from = below(PLACES);
        w->link[i].to = (w->link[i].from + 1 + below(PLACES - 1)) % PLACES;
        w->link[i].hours = below(40), w->link[i].sea = below(2);
        draw_service(&w->link[i].first, &w->link[i].last);
        for (int k = w->link[i].sea ? 1 + below(2) : 0; k > 0; k--) {
            ship *s = &w->ships[w->n_ships++];
            *s = (ship){.link = i, .by_timetable = below(3) > 0, .hour = below(24)};
            s->headway_h = 2 * below(20), draw_days(s->day);
            s->first_month = 1 + below(12), s->last_month = 1 + below(12);
            if (below(2)) s->first_month = 1, s->last_month = 12;
            draw_service(&s->first, &s->last);
        }
    }
    for (int p = 0; p < PLACES; p++) {
        w->offset[p] = below(6);
        w->port[p].there = below(5) > 0, w->port[p].dwell = below(10);
        w->port[p].opens = below(23), w->port[p].closes = w->port[p].opens + 1 + below(10);
        draw_days(w->port[p].day);
        for (int m = 1; m <= 12; m++) w->closed[p][m] = below(2) ? -1 : below(15);
    }
}

static const char *const DAYS[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
static const char *const MONTHS[] = {"",    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static char csv[6][8000];
static size_t used;
static void say(int table, const char *fmt, ...) KARVAN_PRINTF(2, 3);
static void say(int table, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    used += (size_t)vsnprintf(csv[table] + used, sizeof csv[table] - used, fmt, ap);
    va_end(ap);
    assert_true(used < sizeof csv[table] - 1);
}

static void say_days(int table, const bool day[7]) {
    bool first = true;
    for (int d = 0; d < 7; d++)
        if (day[d]) say(table, "%s%s", first ? "" : ",", DAYS[d]), first = false;
}

static void say_service(int table, karvan_day first, karvan_day last) {
    char from[48] = "", to[48] = "";
    if (first != KARVAN_DAY_MIN) karvan_day_format(first, from, sizeof from);
    if (last != KARVAN_DAY_MAX) karvan_day_format(last, to, sizeof to);
    say(table, "%s,%s", from, to);
}

static bool write_region(const world *w, small_region *r) {
    used = 0;
    say(0, "id:s,name:s,country:s,lon:n,lat:n,kind:s,utc_offset_h:n\n");
    for (int p = 0; p < PLACES; p++) say(0, "P%d,P%d,AAA,%d,40,port,%d\n", p, p, p, w->offset[p]);
    used = 0;
    say(1, "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,"
           "time_p90_over_p50:n,cost_usd_per_teu:n,open_from:d,open_to:d\n");
    for (int i = 0; i < w->n_links; i++) {
        say(1, "L%d,P%d,P%d,%s,false,1,,%d,1,%d,", i, w->link[i].from, w->link[i].to,
            w->link[i].sea ? "sea" : "road", w->link[i].hours, i);
        say_service(1, w->link[i].first, w->link[i].last), say(1, "\n");
    }
    used = 0;
    say(2, "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
           "cost_usd_per_teu:n,opening_hours:s\n");
    for (int p = 0; p < PLACES; p++) {
        if (!w->port[p].there) continue;
        int closes = w->port[p].closes;
        say(2, "T%d,P%d,port,road,sea,true,%d,%d,1,\"", p, p, w->port[p].dwell, w->port[p].dwell);
        say_days(2, w->port[p].day);
        say(2, " %02d:00-%02d:00\"\n", w->port[p].opens, closes > 24 ? closes - 24 : closes);
    }
    used = 0;
    say(3, "id:s,link:s,headway_h:n,closed_days_year:n,open_from:d,open_to:d,timetable:s,"
           "season:s\n");
    for (int k = 0; k < w->n_ships; k++) {
        const ship *s = &w->ships[k];
        say(3, "S%d,L%d,%.0f,36.5,", k, s->link, s->headway_h);
        say_service(3, s->first, s->last), say(3, ",\"");
        if (s->by_timetable) say_days(3, s->day), say(3, " %02d:00", s->hour);
        say(3, "\",%s-%s\n", MONTHS[s->first_month], MONTHS[s->last_month]);
    }
    used = 0;
    say(4, "id:s,place:s,month:i,closed_days:n,spell_h:n\n");
    for (int p = 0; p < PLACES; p++)
        for (int m = 1; m <= 12; m++)
            if (w->closed[p][m] >= 0) say(4, "W%d-%d,P%d,%d,%d,72\n", p, m, p, m, w->closed[p][m]);
    static const small_table tables[] = {
        {"countries", "iso3:s,name:s,customs_area:s\nAAA,Aland,\n", "\"iso3\""},
        {"corridors", "id:s,name:s,must_pass:s\n", "\"id\""},
        {"settings", "key:s,value:s\nreference_date,2026-03-02\nclosure_spell_h,20\n", "\"key\""},
        {"places", csv[0], "\"id\""},
        {"links", csv[1], "\"id\""},
        {"terminals", csv[2], "\"id\""},
        {"services", csv[3], "\"id\""},
        {"availability", csv[4], "\"id\""}};
    return small_open(r, tables, sizeof tables / sizeof tables[0]);
}

/* ---- the checker ---- */

static int month_days(int month) {
    static const int days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month];
}

static int month_of(double local_h, int *weekday) {
    int64_t year;
    int month, day;
    karvan_day d = (karvan_day)floor(local_h / 24);
    karvan_day_to_civil(d, &year, &month, &day);
    *weekday = (int)(((d + 3) % 7 + 7) % 7);
    return month;
}

static double weather_h(const world *w, int a, int b, double local_h) {
    int weekday, m = month_of(local_h, &weekday);
    int days = w->closed[a][m] > w->closed[b][m] ? w->closed[a][m] : w->closed[b][m];
    if (days < 0) return 36.5 / 365 * 20;
    return (double)days / month_days(m) * 72;
}

static bool in_service(karvan_day first, karvan_day last, double local_h) {
    karvan_day d = (karvan_day)floor(local_h / 24);
    return d >= first && d <= last;
}

/* When a ship that a load meets at a local hour has left, at best: all hours in turn. */
static double sails(const world *w, const ship *s, int a, int b, double local_h) {
    double best = INFINITY;
    const karvan_day first = w->link[s->link].first, last = w->link[s->link].last;
    for (double h = local_h, next; h < local_h + YEARS_H && h < best; h = next) {
        int weekday, m = month_of(h, &weekday);
        bool season = s->first_month <= s->last_month ? m >= s->first_month && m <= s->last_month
                                                      : m >= s->first_month || m <= s->last_month;
        next = floor(h + 1); /* full hours behind the first look */
        if (!season || !in_service(s->first, s->last, h) || !in_service(first, last, h)) continue;
        if (s->by_timetable &&
            !(h == floor(h) && s->day[weekday] && fmod(h, 24) == (double)s->hour))
            continue;
        double leaves = h + (s->by_timetable ? 0 : s->headway_h / 2);
        best = fmin(best, leaves + weather_h(w, a, b, leaves));
    }
    return best;
}

static bool port_open(const world *w, int p, double local_h) {
    for (int back = 0; back < 2; back++) { /* opened today, or yesterday and past midnight */
        double day = floor(local_h / 24) - back, since = local_h - 24 * day;
        int weekday;
        (void)month_of(24 * day, &weekday);
        if (w->port[p].day[weekday] && since >= w->port[p].opens && since < w->port[p].closes)
            return true;
    }
    return false;
}

static double port_passed(const world *w, int p, double local_h) {
    double h = local_h;
    for (; !port_open(w, p, h); h = floor(h + 1))
        if (h > local_h + 24 * 8) return INFINITY;
    return h + w->port[p].dwell;
}

/* Labels: by road or sea, arrived or departing. */
enum { ROAD, SEA, ARRIVED = 0, READY = 1 };
typedef double labels[PLACES][2][2];

static bool better(double *label, double h) {
    if (!(h < *label)) return false;
    *label = h;
    return true;
}

static bool pass_link(const world *w, int i, labels at) {
    int a = w->link[i].from, b = w->link[i].to, mode = w->link[i].sea ? SEA : ROAD;
    double local = at[a][mode][READY] + w->offset[a], gone = INFINITY;
    if (isinf(local)) return false;
    for (int k = 0; k < w->n_ships; k++)
        if (w->ships[k].link == i) gone = fmin(gone, sails(w, &w->ships[k], a, b, local));
    if (!w->link[i].sea) {
        double opens = 24.0 * (double)w->link[i].first;
        gone = w->link[i].first == KARVAN_DAY_MIN ? local : fmax(local, opens);
        if (!in_service(w->link[i].first, w->link[i].last, gone)) gone = INFINITY;
    }
    return better(&at[b][mode][ARRIVED], gone - w->offset[a] + w->link[i].hours);
}

static double slow(const world *w, int from, int to, double utc_h) {
    labels at;
    bool touched[PLACES][2] = {{false}};
    for (int p = 0; p < PLACES; p++)
        for (int k = 0; k < 4; k++) at[p][k / 2][k % 2] = INFINITY;
    for (int i = 0; i < w->n_links; i++)
        touched[w->link[i].from][w->link[i].sea ? SEA : ROAD] = true;
    for (int m = 0; m < 2; m++)
        if (touched[from][m]) at[from][m][READY] = utc_h;
    for (bool changed = true; changed;) {
        changed = false;
        for (int i = 0; i < w->n_links; i++) changed |= pass_link(w, i, at);
        for (int p = 0; p < PLACES; p++)
            for (int m = 0; m < 2; m++) {
                double local = at[p][m][ARRIVED] + w->offset[p];
                changed |= better(&at[p][m][READY], at[p][m][ARRIVED]);
                if (!w->port[p].there || isinf(local)) continue;
                changed |= better(&at[p][1 - m][READY], port_passed(w, p, local) - w->offset[p]);
            }
    }
    return fmin(at[to][ROAD][ARRIVED], at[to][SEA][ARRIVED]);
}

/* ---- */

/* The expected clock at the end of a route that the search gave. */
static double walked(const karvan_network *net, int from, int to, const karvan_moment *at) {
    const karvan_route_query q = {from, to, KARVAN_BY_TIME, -1, 0.0};
    karvan_route r;
    karvan_error e = {0};
    karvan_status st = karvan_route_depart(net, &q, at, &r, &e);
    if (st == KARVAN_E_NOCONV) return INFINITY;
    if (st != KARVAN_OK) fail_msg("%s", e.msg);
    double h = karvan_i_depart_utc_h(net, from, at);
    for (int32_t k = 0; k < r.n_legs; k++) {
        if (r.legs[k].operation == KARVAN_WAIT) continue; /* in the arc of the leg behind it */
        bool link = strcmp(r.legs[k].table, "links") == 0, found = false;
        int32_t service =
            k > 0 && r.legs[k - 1].operation == KARVAN_WAIT && link ? r.legs[k - 1].row : -1;
        for (int32_t i = 0; i < net->n_arcs && !found; i++) {
            const karvan_i_arc *a = &net->arcs[i];
            found = a->kind == (link ? KARVAN_I_ARC_LINK : KARVAN_I_ARC_TERMINAL) &&
                    a->row == r.legs[k].row && a->service == service &&
                    karvan_i_state_place(net, a->tail) == r.legs[k].from;
            if (found) h = karvan_i_clock_after(net, a, h);
        }
        assert_true(found);
    }
    karvan_route_clear(&r);
    return h;
}

static void beside_the_checker(void **state) {
    (void)state;
    static world w;
    int ways = 0, regions = part_of(REGIONS);
    karvan_random_init(&dice, 3, 2);
    for (int i = 0; i < regions; i++) {
        small_region r;
        karvan_network *net;
        karvan_error e = {0};
        karvan_network_options o = {.date = TODAY, .closure_spell_h = 20, .by_clock = true};
        draw(&w);
        assert_true(write_region(&w, &r));
        if (karvan_network_create(r.package, &o, &net, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        for (int k = 0; k < STARTS; k++) {
            karvan_moment at = {TODAY + below(40), below(24 * 60)};
            int from = below(PLACES), to = (from + 1 + below(PLACES - 1)) % PLACES;
            double start = 24.0 * (double)at.day + at.minute / 60.0 - w.offset[from];
            double slowly = slow(&w, from, to, start), quickly = walked(net, from, to, &at);
            bool same = isinf(slowly) ? isinf(quickly) : fabs(slowly - quickly) < 1e-6;
            if (!same)
                fail_msg("region %d, start %d: P%d to P%d in %g h, not %g\n%s%s%s%s", i, k, from,
                         to, quickly - start, slowly - start, csv[1], csv[2], csv[3], csv[4]);
            ways += !isinf(slowly);
        }
        karvan_network_destroy(net), small_close(&r);
    }
    assert_true(ways > regions * STARTS / 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(beside_the_checker)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
