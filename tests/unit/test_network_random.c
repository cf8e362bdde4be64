/* Best routes on random networks against slow ones: Bellman-Ford for free ways, and for ways by a
 * corridor the enumeration of all that do not come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/network.h"
#include "region.h"
#include "share.h"

enum { PLACES = 6, MODES = 2, LINKS_MAX = 14, TERMINALS_MAX = 8, ROUNDS = 200, GROUPS = 2 };
enum { ARRIVED, DEPARTING, STATES = PLACES * MODES * 2, ARCS_MAX = 200 };
static const char *const MODE[MODES] = {"rail_1520", "road"};

static const double VALUE_OF_TIME = 1.25;

typedef struct slow_arc {
    int tail, head;
    double hours, usd;
} slow_arc;

typedef struct slow_network {
    char links[4000], terminals[2000], corridors[300];
    slow_arc arc[ARCS_MAX];
    int n;
    uint32_t group[PLACES];
} slow_network;

static karvan_random rng;
static int pick(int n) { return (int)karvan_random_below(&rng, (uint64_t)n); }
static int state_of(int place, int mode, int side) { return (place * MODES + mode) * 2 + side; }
static int place_of(int state) { return state / 2 / MODES; }

static void add(slow_network *s, int tail, int head, double hours, double usd) {
    assert_true(s->n < ARCS_MAX);
    s->arc[s->n++] = (slow_arc){tail, head, hours, usd};
}

/* Tables and arcs of one random network; what passes on in a mode is free unless bordered. */
static void make(slow_network *s) {
    bool bordered[PLACES][MODES] = {{false}};
    size_t n = 0;
    *s = (slow_network){.n = 0};
    n = (size_t)snprintf(s->links, sizeof s->links,
                         "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,"
                         "time_p90_over_p50:n,cost_usd_per_teu:n,co2e_kg_per_teu_km:n\n");
    for (int i = 0; i < LINKS_MAX; i++) {
        int a = pick(PLACES), b = pick(PLACES), m = pick(MODES), h = 1 + pick(20), usd = pick(30);
        bool both = pick(2);
        if (a == b) continue;
        n += (size_t)snprintf(s->links + n, sizeof s->links - n,
                              "l%d,p%d,p%d,%s,%s,100,,%d,1,%d,0\n", i, a, b, MODE[m],
                              both ? "true" : "false", h, usd);
        add(s, state_of(a, m, DEPARTING), state_of(b, m, ARRIVED), h, usd);
        if (both) add(s, state_of(b, m, DEPARTING), state_of(a, m, ARRIVED), h, usd);
    }
    n = (size_t)snprintf(s->terminals, sizeof s->terminals,
                         "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,"
                         "dwell_p90_h:n,cost_usd_per_teu:n\n");
    for (int i = 0; i < TERMINALS_MAX; i++) {
        int p = pick(PLACES), a = pick(MODES), b = pick(MODES), h = pick(10), usd = pick(10);
        bool both = pick(2);
        n += (size_t)snprintf(
            s->terminals + n, sizeof s->terminals - n, "t%d,p%d,%s,%s,%s,%s,%d,%d,%d\n", i, p,
            a == b ? "border" : "tranship", MODE[a], MODE[b], both ? "true" : "false", h, h, usd);
        if (a == b) bordered[p][a] = true;
        add(s, state_of(p, a, ARRIVED), state_of(p, b, DEPARTING), h, usd);
        if (a != b && both) add(s, state_of(p, b, ARRIVED), state_of(p, a, DEPARTING), h, usd);
    }
    for (int p = 0; p < PLACES; p++)
        for (int m = 0; m < MODES; m++)
            if (!bordered[p][m]) add(s, state_of(p, m, ARRIVED), state_of(p, m, DEPARTING), 0, 0);
    int x = pick(PLACES), y = pick(PLACES), z = pick(PLACES);
    s->group[x] |= 1, s->group[y] |= 1, s->group[z] |= 2;
    (void)snprintf(s->corridors, sizeof s->corridors,
                   "id:s,name:s,short_name:s,must_pass:s,avoid_countries:s,avoid_places:s,"
                   "avoid_modes:s,aliases:s\nc,Corridor,C,p%d;p%d|p%d,,,,\n",
                   x, y, z);
}

static double cost_of(const slow_arc *a, karvan_objective by) {
    return by == KARVAN_BY_TIME   ? a->hours
           : by == KARVAN_BY_COST ? a->usd
                                  : a->usd + VALUE_OF_TIME * a->hours;
}

static double bellman_ford(const slow_network *s, int from, int to, karvan_objective by) {
    double best[STATES], least = INFINITY;
    for (int v = 0; v < STATES; v++)
        best[v] = place_of(v) == from && v % 2 == DEPARTING ? 0 : INFINITY;
    for (int round = 0; round < STATES; round++)
        for (int a = 0; a < s->n; a++)
            best[s->arc[a].head] =
                fmin(best[s->arc[a].head], best[s->arc[a].tail] + cost_of(&s->arc[a], by));
    for (int m = 0; m < MODES; m++) least = fmin(least, best[state_of(to, m, ARRIVED)]);
    return least;
}

/* All walks from a state that do not come back to a place with other groups passed. */
typedef struct walk {
    const slow_network *s;
    int to;
    karvan_objective by;
    bool seen[STATES][1 << GROUPS];
    int passed_at[PLACES]; /* -1: not yet */
    double best;
} walk;

static void go_on(walk *w, int state, uint32_t passed, double cost) {
    int place = place_of(state);
    int before = w->passed_at[place];
    passed |= w->s->group[place];
    if (cost >= w->best || w->seen[state][passed]) return;
    if (before >= 0 && before != (int)passed) return;
    if (place == w->to && state % 2 == ARRIVED && passed == (1u << GROUPS) - 1) {
        w->best = cost;
        return;
    }
    w->passed_at[place] = (int)passed, w->seen[state][passed] = true;
    for (int a = 0; a < w->s->n; a++)
        if (w->s->arc[a].tail == state)
            go_on(w, w->s->arc[a].head, passed, cost + cost_of(&w->s->arc[a], w->by));
    w->passed_at[place] = before, w->seen[state][passed] = false;
}

static double enumerate(const slow_network *s, int from, int to, karvan_objective by) {
    walk w = {.s = s, .to = to, .by = by, .best = INFINITY};
    for (int p = 0; p < PLACES; p++) w.passed_at[p] = -1;
    for (int m = 0; m < MODES; m++) go_on(&w, state_of(from, m, DEPARTING), 0, 0);
    return w.best;
}

/* Every vector of hours and dollars that no other matches or beats, by walking all ways. */
typedef struct front {
    const slow_network *s;
    int to, most; /* changes of mode, -1: any number */
    bool seen[STATES];
    double hours[100], usd[100];
    int n;
} front;

static void walk_on(front *f, int state, double hours, double usd, int changes) {
    for (int i = 0; i < f->n; i++)
        if (f->hours[i] <= hours && f->usd[i] <= usd) return;
    if (f->seen[state] || (f->most >= 0 && changes > f->most)) return;
    if (place_of(state) == f->to && state % 2 == ARRIVED) {
        int kept = 0;
        for (int i = 0; i < f->n; i++)
            if (f->hours[i] < hours || f->usd[i] < usd)
                f->hours[kept] = f->hours[i], f->usd[kept++] = f->usd[i];
        f->hours[kept] = hours, f->usd[kept++] = usd, f->n = kept;
        return;
    }
    f->seen[state] = true;
    for (int a = 0; a < f->s->n; a++) {
        const slow_arc *x = &f->s->arc[a];
        if (x->tail == state)
            walk_on(f, x->head, hours + x->hours, usd + x->usd,
                    changes + (x->tail / 2 % MODES != x->head / 2 % MODES));
    }
    f->seen[state] = false;
}

/* The same vectors from both, whatever the order of the slow ones. */
static int same_front(const slow_network *s, const karvan_network *net, int from, int to,
                      int most) {
    front f = {.s = s, .to = to, .most = most};
    karvan_routes_query q;
    karvan_routes_query_init(&q, from, to);
    q.max_transhipments = most;
    karvan_routes r;
    for (int m = 0; m < MODES; m++) walk_on(&f, state_of(from, m, DEPARTING), 0, 0, 0);
    karvan_status st = karvan_routes_find(net, &q, &r, NULL);
    assert_int_equal(st, f.n > 0 ? KARVAN_OK : KARVAN_E_NOCONV);
    assert_int_equal(r.n, f.n);
    for (int32_t i = 0; i < r.n; i++) {
        bool found = false;
        for (int k = 0; k < f.n; k++)
            found |= f.hours[k] == r.route[i].hours && f.usd[k] == r.route[i].usd_per_teu;
        if (!found) fail_msg("%g h, %g USD", r.route[i].hours, r.route[i].usd_per_teu);
        assert_true(i == 0 || r.route[i].hours > r.route[i - 1].hours);
        assert_true(most < 0 || r.route[i].transhipments <= most);
    }
    karvan_routes_clear(&r);
    return f.n;
}

/* Cost of karvan's answer, infinite where there is none; the legs add up to it. */
static double answer(const karvan_network *net, int from, int to, karvan_objective by,
                     int corridor) {
    karvan_route_query q = {from, to, by, corridor, VALUE_OF_TIME};
    karvan_route r;
    karvan_error e = {0};
    karvan_status st = karvan_route_best(net, &q, &r, &e);
    if (st == KARVAN_E_NOCONV) return INFINITY;
    if (st != KARVAN_OK) fail_msg("%s", e.msg);
    double hours = 0, usd = 0, cost;
    for (int32_t k = 0; k < r.n_legs; k++) hours += r.legs[k].hours, usd += r.legs[k].usd_per_teu;
    cost = cost_of(&(slow_arc){0, 0, r.hours, r.usd_per_teu}, by);
    assert_true(fabs(hours - r.hours) < 1e-9 && fabs(usd - r.usd_per_teu) < 1e-9);
    assert_int_equal(r.legs[0].from, from);
    assert_int_equal(r.legs[r.n_legs - 1].to, to);
    karvan_route_clear(&r);
    return cost;
}

static void compare(const slow_network *s, const karvan_network *net, int *ways, int *none,
                    int *fronts) {
    for (int from = 0; from < PLACES; from++)
        for (int to = 0; to < PLACES; to++) {
            for (int most = -1; from != to && most < 2; most++)
                *fronts += same_front(s, net, from, to, most) > 1;
            for (int by = 0; from != to && by < 3; by++) {
                static const karvan_objective objective[] = {KARVAN_BY_TIME, KARVAN_BY_COST,
                                                             KARVAN_BY_GENERALISED};
                karvan_objective o = objective[by];
                double fast = answer(net, from, to, o, -1), slow = bellman_ford(s, from, to, o);
                if (fast != slow && !(fabs(fast - slow) < 1e-9))
                    fail_msg("%d to %d by %d: %g, not %g\n%s%s", from, to, by, fast, slow, s->links,
                             s->terminals);
                double within = answer(net, from, to, o, 0), all = enumerate(s, from, to, o);
                if (within != all && !(fabs(within - all) < 1e-9))
                    fail_msg("%d to %d by %d in the corridor: %g, not %g\n%s%s%s", from, to, by,
                             within, all, s->links, s->terminals, s->corridors);
                *(isinf(all) ? none : ways) += 1;
            }
        }
}

static void same_as_slow_ways(void **state) {
    (void)state;
    int ways = 0, none = 0, fronts = 0;
    karvan_random_init(&rng, 20260101, 7);
    for (int round = 0; round < part_of(ROUNDS); round++) {
        static slow_network s;
        small_region region;
        karvan_network *net = NULL;
        karvan_network_options o;
        karvan_error e = {0};
        make(&s);
        const small_table tables[] = {
            {"countries", "iso3:s,name:s,capital:s,customs_area:s,aliases:s\nAAA,Aland,p0,,\n",
             "\"iso3\""},
            {"places",
             "id:s,locode:s,name:s,aliases:s,country:s,lon:n,lat:n,kind:s\np0,,p0,,AAA,1,1,city\n"
             "p1,,p1,,AAA,1,1,city\np2,,p2,,AAA,1,1,city\np3,,p3,,AAA,1,1,city\n"
             "p4,,p4,,AAA,1,1,city\np5,,p5,,AAA,1,1,city\n",
             "\"id\""},
            {"links", s.links, "\"id\""},
            {"terminals", s.terminals, "\"id\""},
            {"services", "id:s,link:s,headway_h:n\n", "\"id\""},
            {"corridors", s.corridors, "\"id\""},
            {"settings", "key:s,value:s\nreference_date,2026-01-01\nclosure_spell_h,24\n",
             "\"key\""}};
        assert_true(small_open(&region, tables, sizeof tables / sizeof tables[0]));
        assert_int_equal(karvan_network_defaults(region.package, &o, &e), KARVAN_OK);
        if (karvan_network_create(region.package, &o, &net, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        compare(&s, net, &ways, &none, &fronts);
        karvan_network_destroy(net);
        small_close(&region);
    }
    print_message("%d ways by a corridor, %d pairs without, %d sets of more than one\n", ways, none,
                  fronts);
    const int rounds = part_of(ROUNDS);
    assert_true(ways > rounds && none > rounds && fronts > rounds);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_slow_ways)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
