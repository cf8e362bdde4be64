/* Recursive logit: by hand on a cycle, where it has no answer, against all paths of graphs without
 * cycles and against walks added up step by step on graphs with them, with zones, loops, parallel
 * and closed arcs; derivatives by finite differences; costs of a million; any number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "karvan/choice.h"
#include "sweep.h"

static void near(double is, double expected, double tolerance) {
    if (!(fabs(is - expected) <= tolerance)) fail_msg("%.17g, not %.17g", is, expected);
}

static karvan_recursive *ready(int32_t n, int32_t m, const int32_t *tail, const int32_t *head,
                               int32_t through) {
    karvan_recursive *r = NULL;
    karvan_error e = {0};
    if (karvan_recursive_create(n, m, tail, head, through, &r, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return r;
}

/* 0 and 1 lead to one another, 1 to 2, all arcs cost 1. With e = exp(-mu): z_1 = e / (1 - e^2), z_0
 * = e z_1; users at 1 turn back with probability e^2, so that 1 / (1 - e^2) of a trip leave 0. */
static void a_cycle_by_hand(void **state) {
    (void)state;
    static const int32_t tail[] = {0, 1, 1}, head[] = {1, 0, 2};
    static const double cost[] = {1, 1, 1};
    int64_t first[] = {0, 1, 1, 1};
    int32_t to[] = {2};
    double trips[] = {10}, value[3], flow[3], g[1], e = exp(-0.8);
    karvan_trips t = {3, 1, first, to, trips};
    karvan_recursive *r = ready(3, 3, tail, head, 0);
    assert_int_equal(karvan_recursive_values(r, cost, 0.8, 2, value, NULL), KARVAN_OK);
    near(value[1], -log(e / (1 - e * e)) / 0.8, 1e-14);
    near(value[0], 1 + value[1], 1e-14), near(value[2], 0, 0);
    assert_int_equal(karvan_recursive_load(r, cost, 0.8, &t, 1, flow, g, NULL, NULL), KARVAN_OK);
    near(flow[0], 10 / (1 - e * e), 1e-12), near(flow[1], 10 * e * e / (1 - e * e), 1e-12);
    near(flow[2], 10, 1e-13), near(g[0], value[0], 0);
    karvan_recursive_destroy(r);
}

/* Two arcs each way: a turn is worth 4 e^2, which must stay below 1: mu > ln 2. */
static void no_answer_below_a_scale(void **state) {
    (void)state;
    static const int32_t tail[] = {0, 0, 1, 1, 1}, head[] = {1, 1, 0, 0, 2};
    double cost[] = {1, 1, 1, 1, 1}, value[3], least;
    karvan_recursive *r = ready(3, 5, tail, head, 0);
    karvan_error e = {0};
    assert_int_equal(karvan_recursive_values(r, cost, 0.6931, 2, value, &e), KARVAN_E_DATA);
    const char *stated = strstr(e.msg, "above a scale of ");
    assert_non_null(stated);
    assert_int_equal(sscanf(stated, "above a scale of %lf", &least), 1);
    assert_true(least >= log(2) && least < log(2) * (1 + 1e-5));
    assert_int_equal(karvan_recursive_values(r, cost, least, 2, value, NULL), KARVAN_OK);
    assert_non_null(strstr(e.msg, "node 3 at scale 0.6931"));
    assert_int_equal(karvan_recursive_values(r, cost, 0.6932, 2, value, NULL), KARVAN_OK);
    /* a destination on the cycle cuts it: there is an answer at any scale */
    assert_int_equal(karvan_recursive_values(r, cost, 0.01, 1, value, NULL), KARVAN_OK);
    near(value[0], 1 - log(2) / 0.01, 1e-11);
    for (int a = 0; a < 4; a++) cost[a] = 0;
    karvan_error none = {0};
    assert_int_equal(karvan_recursive_values(r, cost, 50, 2, value, &none), KARVAN_E_DATA);
    assert_non_null(strstr(none.msg, "a cycle of arcs costs nothing"));
    karvan_recursive_destroy(r);
}

/* ---- drawn graphs ---- */

enum { NODES = 9, ARCS = 30, ZONES = 4 };
typedef struct drawn {
    int32_t n, m, through, tail[ARCS], head[ARCS];
    double cost[ARCS], direction[ARCS], scale;
    int64_t first[ZONES + 1];
    int32_t to[ZONES * ZONES];
    double trips[ZONES * ZONES];
    karvan_trips t;
} drawn;

static void draw(drawn *d, karvan_random *r, bool cycles) {
    d->n = NODES, d->m = 8 + (int32_t)karvan_random_below(r, ARCS - 8);
    d->through = (int32_t)karvan_random_below(r, ZONES + 1);
    for (int32_t a = 0; a < d->m; a++) {
        do {
            d->tail[a] = (int32_t)karvan_random_below(r, NODES);
            d->head[a] = (int32_t)karvan_random_below(r, NODES);
        } while (!cycles && d->tail[a] >= d->head[a]);
        d->cost[a] = 0.5 + 4 * karvan_random_uniform(r);
        if (karvan_random_below(r, 12) == 0) d->cost[a] = INFINITY;
        d->direction[a] = karvan_random_normal(r);
    }
    d->scale = cycles ? 1.5 : 0.7;
    int64_t n = 0;
    for (int32_t o = 0; o < ZONES; o++) {
        d->first[o] = n;
        for (int32_t to = 0; to < ZONES; to++)
            if (karvan_random_below(r, 3))
                d->to[n] = to, d->trips[n++] = 1 + karvan_random_uniform(r);
    }
    d->first[ZONES] = n;
    d->t = (karvan_trips){ZONES, n, d->first, d->to, d->trips};
}

/* Is an arc part of a walk to a destination that has begun, or begins at `from`? */
static bool walked(const drawn *d, int32_t a, int32_t destination, int32_t from) {
    int32_t t = d->tail[a], h = d->head[a];
    return t != destination && isfinite(d->cost[a]) && (t >= d->through || t == from) &&
           (h >= d->through || h == destination);
}

/* Sums over walks of at most `steps` arcs, one arc more a step; no scaling, no elimination. */
static void add_walks(const drawn *d, int32_t origin, int32_t destination, double trips, int steps,
                      double *g, double *flow) {
    double z[NODES] = {0}, more[NODES];
    z[destination] = 1;
    for (int s = 0; s < steps; s++) {
        memset(more, 0, sizeof more);
        more[destination] = 1;
        for (int32_t a = 0; a < d->m; a++)
            if (walked(d, a, destination, -1))
                more[d->tail[a]] += exp(-d->scale * d->cost[a]) * z[d->head[a]];
        memcpy(z, more, sizeof z);
    }
    double from = 0;
    if (origin < d->through) { /* it is left once */
        for (int32_t a = 0; a < d->m; a++)
            if (d->tail[a] == origin && walked(d, a, destination, origin))
                from += exp(-d->scale * d->cost[a]) * z[d->head[a]];
        z[origin] = from;
    }
    *g = -log(z[origin]) / d->scale;
    if (!(z[origin] > 0)) return;
    double at[NODES] = {0};
    at[origin] = trips;
    for (int s = 0; s < steps; s++) { /* users walk on, all at a time */
        memset(more, 0, sizeof more);
        for (int32_t a = 0; a < d->m; a++) {
            if (!walked(d, a, destination, s == 0 ? origin : -1) || at[d->tail[a]] == 0) continue;
            double x = at[d->tail[a]] * exp(-d->scale * d->cost[a]) * z[d->head[a]] / z[d->tail[a]];
            flow[a] += x, more[d->head[a]] += x;
        }
        memcpy(at, more, sizeof at);
    }
}

/* False: no answer at this scale, which the slow sums cannot tell. */
static bool check_drawn(const drawn *d, int steps) {
    double flow[ARCS], slow[ARCS] = {0}, g[ZONES * ZONES], again[ARCS];
    karvan_error e = {0};
    karvan_recursive *r = ready(d->n, d->m, d->tail, d->head, d->through);
    karvan_status st = karvan_recursive_load(r, d->cost, d->scale, &d->t, 1, flow, g, NULL, &e);
    if (st == KARVAN_OK) {
        for (int32_t o = 0; o < ZONES; o++)
            for (int64_t i = d->first[o]; i < d->first[o + 1]; i++) {
                double expected = 0, value[NODES];
                if (d->to[i] == o) {
                    assert_true(g[i] == 0);
                    continue;
                }
                add_walks(d, o, d->to[i], d->trips[i], steps, &expected, slow);
                if (isinf(expected) && isinf(g[i])) continue;
                near(g[i], expected, 1e-9);
                assert_int_equal(karvan_recursive_values(r, d->cost, d->scale, d->to[i], value, &e),
                                 KARVAN_OK);
                assert_true(value[o] == g[i]);
            }
        for (int32_t a = 0; a < d->m; a++) near(flow[a], slow[a], 1e-8);
        assert_int_equal(
            karvan_recursive_load(r, d->cost, d->scale, &d->t, 3, again, NULL, NULL, &e),
            KARVAN_OK);
        assert_memory_equal(flow, again, (size_t)d->m * sizeof *flow);
    } else {
        assert_int_equal(st, KARVAN_E_DATA);
    }
    karvan_recursive_destroy(r);
    return st == KARVAN_OK;
}

static void walks_without_cycles(void **state) {
    (void)state;
    static drawn d;
    karvan_random random;
    karvan_random_init(&random, 21, 1);
    for (int round = 0; round < 300; round++) {
        draw(&d, &random, false);
        assert_true(check_drawn(&d, NODES)); /* no walk is longer: the sum is whole */
    }
}

static void walks_with_cycles(void **state) {
    (void)state;
    static drawn d;
    karvan_random random;
    karvan_random_init(&random, 22, 1);
    int answered = 0;
    for (int round = 0; round < 200; round++) {
        draw(&d, &random, true);
        answered += check_drawn(&d, 4000);
    }
    assert_in_range(answered, 100, 200);
}

static void derivatives(void **state) {
    (void)state;
    static drawn d;
    karvan_random random;
    karvan_random_init(&random, 23, 1);
    const double h = 1e-6;
    int answered = 0;
    for (int round = 0; round < 200; round++) {
        double cost[ARCS], more[ARCS], less[ARCS], move[ARCS], three[ARCS];
        draw(&d, &random, round % 2);
        d.scale = 2.5; /* away from the edge, where a step of h is small */
        karvan_recursive *r = ready(d.n, d.m, d.tail, d.head, d.through);
        for (int32_t a = 0; a < d.m; a++) cost[a] = d.cost[a] + h * d.direction[a];
        karvan_status st = karvan_recursive_load(r, cost, d.scale, &d.t, 1, more, NULL, NULL, NULL);
        for (int32_t a = 0; a < d.m; a++) cost[a] = d.cost[a] - h * d.direction[a];
        if (st == KARVAN_OK)
            st = karvan_recursive_load(r, cost, d.scale, &d.t, 1, less, NULL, NULL, NULL);
        if (st == KARVAN_OK) {
            answered++;
            assert_int_equal(karvan_recursive_respond(r, d.cost, d.scale, &d.t, d.direction, 1,
                                                      move, NULL, NULL),
                             KARVAN_OK);
            assert_int_equal(karvan_recursive_respond(r, d.cost, d.scale, &d.t, d.direction, 3,
                                                      three, NULL, NULL),
                             KARVAN_OK);
            assert_memory_equal(move, three, (size_t)d.m * sizeof *move);
            for (int32_t a = 0; a < d.m; a++)
                near(move[a], (more[a] - less[a]) / (2 * h), 1e-7 * (1 + fabs(move[a])));
        }
        karvan_recursive_destroy(r);
    }
    assert_in_range(answered, 150, 200);
}

/* exp(-mu c) is 0 in doubles a thousand times over; shares are not. */
static void costs_of_a_million(void **state) {
    (void)state;
    static const int32_t tail[] = {0, 0, 1, 2}, head[] = {1, 2, 3, 3};
    double cost[] = {1e6, 1e6 + 1, 1e6, 1e6}, flow[4], g[1], trips[] = {1};
    int64_t first[] = {0, 1, 1, 1, 1};
    int32_t to[] = {3};
    karvan_trips t = {4, 1, first, to, trips};
    karvan_recursive *r = ready(4, 4, tail, head, 0);
    assert_int_equal(karvan_recursive_load(r, cost, 1, &t, 1, flow, g, NULL, NULL), KARVAN_OK);
    near(flow[0], 1 / (1 + exp(-1)), 1e-10), near(flow[3], 1 / (1 + exp(1)), 1e-10);
    near(g[0], 2e6 - log(1 + exp(-1)), 1e-9);
    karvan_recursive_destroy(r);
}

static void what_is_wrong_is_named(void **state) {
    (void)state;
    static const int32_t tail[] = {0, 1}, head[] = {1, 2}, bad_head[] = {1, 9};
    double cost[] = {1, -1}, value[3];
    karvan_error e = {0}, f = {0}, g = {0}, h = {0};
    karvan_recursive *r = (karvan_recursive *)&e;
    assert_int_equal(karvan_recursive_create(3, 2, tail, bad_head, 0, &r, &e), KARVAN_E_ARG);
    assert_null(r);
    assert_string_equal(e.msg, "arc 1 leads from 1 to 9 in a graph of 3 nodes");
    r = ready(3, 2, tail, head, 0);
    assert_int_equal(karvan_recursive_values(r, cost, 1, 2, value, &f), KARVAN_E_ARG);
    assert_string_equal(f.msg, "arc 1 costs -1: costs are 0 or more");
    cost[1] = 1;
    assert_int_equal(karvan_recursive_values(r, cost, -2, 2, value, &g), KARVAN_E_ARG);
    assert_string_equal(g.msg, "scale -2: it must be above 0 and finite");
    assert_int_equal(karvan_recursive_values(r, cost, 1, 3, value, &h), KARVAN_E_ARG);
    assert_string_equal(h.msg, "destination 3 in a graph of 3 nodes");
    karvan_recursive_destroy(r);
}

static void graphs_of_nothing(void **state) {
    (void)state;
    double value[2], cost[] = {0};
    karvan_recursive *r = ready(0, 0, NULL, NULL, 0);
    karvan_recursive_destroy(r);
    r = ready(2, 0, NULL, NULL, 1);
    assert_int_equal(karvan_recursive_values(r, cost, 1, 0, value, NULL), KARVAN_OK);
    assert_true(value[0] == 0 && isinf(value[1]));
    karvan_recursive_destroy(r);
}

static karvan_status work(karvan_error *err) {
    static const int32_t tail[] = {0, 1, 1, 2}, head[] = {1, 0, 2, 1};
    static const double cost[] = {1, 1, 1, 1};
    int64_t first[] = {0, 1, 1, 2};
    int32_t to[] = {2, 0};
    double trips[] = {1, 2}, flow[4], value[3];
    karvan_trips t = {3, 2, first, to, trips};
    karvan_recursive *r = NULL;
    karvan_status st = karvan_recursive_create(3, 4, tail, head, 0, &r, err);
    if (st == KARVAN_OK) st = karvan_recursive_values(r, cost, 1, 2, value, err);
    if (st == KARVAN_OK) st = karvan_recursive_load(r, cost, 1, &t, 1, flow, NULL, NULL, err);
    if (st == KARVAN_OK) st = karvan_recursive_respond(r, cost, 1, &t, cost, 1, flow, NULL, err);
    karvan_recursive_destroy(r);
    return st;
}
static void every_allocation(void **state) {
    (void)state;
    every_allocation_fails(work, 120);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cycle_by_hand),
        cmocka_unit_test(no_answer_below_a_scale),
        cmocka_unit_test(walks_without_cycles),
        cmocka_unit_test(walks_with_cycles),
        cmocka_unit_test(derivatives),
        cmocka_unit_test(costs_of_a_million),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(graphs_of_nothing),
        cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
