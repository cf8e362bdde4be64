/* The network of the shipped region: time to build it, to find best routes between pairs drawn at
 * random (fixed seed), with the time's distribution, and by a corridor; paired with Bellman-Ford on
 * the same arcs, whose costs must be the same. One JSON line a case. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "karvan/karvan.h"
#include "network/graph.h"
#include "timing.h"

enum { REPS = 5, PAIRS = 200 };

typedef struct bench {
    karvan_package *region;
    karvan_network *net;
    karvan_network_options options;
    int32_t from[PAIRS], to[PAIRS];
} bench;

/* Sum of what the work answered; NaN on failure. */
typedef double (*work)(const bench *b);

static double build(const bench *b) {
    karvan_network *net = NULL;
    if (karvan_network_create(b->region, &b->options, &net, NULL) != KARVAN_OK) return NAN;
    double arcs = karvan_network_arcs(net);
    karvan_network_destroy(net);
    return arcs;
}

static double routes(const bench *b, karvan_objective by, int32_t corridor, bool quantiles) {
    static karvan_time_quantiles q[1024];
    double sum = 0;
    for (int i = 0; i < PAIRS; i++) {
        karvan_route_query query = {b->from[i], b->to[i], by, corridor, 0};
        karvan_route r;
        karvan_status st = karvan_route_best(b->net, &query, &r, NULL);
        if (st == KARVAN_E_NOCONV) continue;
        if (st != KARVAN_OK) return NAN;
        sum += by == KARVAN_BY_COST ? r.usd_per_teu : r.hours;
        if (quantiles && r.n_legs < 1024) {
            if (karvan_route_quantiles(b->net, &r, 0.5, q, NULL) != KARVAN_OK) return NAN;
            sum += q[r.n_legs].p90_h;
        }
        karvan_route_clear(&r);
    }
    return sum;
}
static double by_time(const bench *b) { return routes(b, KARVAN_BY_TIME, -1, false); }
static double by_cost(const bench *b) { return routes(b, KARVAN_BY_COST, -1, false); }
static double by_corridor(const bench *b) { return routes(b, KARVAN_BY_TIME, 0, false); }
static double with_quantiles(const bench *b) { return routes(b, KARVAN_BY_TIME, -1, true); }

/* The same by the clock of a load that is ready on a Monday morning, with the law of its arrival.
 */
static double by_clock(const bench *b) {
    static karvan_time_quantiles q[1024];
    const karvan_moment at = {karvan_day_from_civil(2026, 3, 2), 480};
    karvan_network_options o = b->options;
    karvan_network *net = NULL;
    double sum = 0;
    o.date = at.day, o.by_clock = true;
    karvan_status st = karvan_network_create(b->region, &o, &net, NULL);
    for (int i = 0; st == KARVAN_OK && i < PAIRS; i++) {
        karvan_route_query query = {b->from[i], b->to[i], KARVAN_BY_TIME, -1, 0};
        karvan_route r;
        st = karvan_route_depart(net, &query, &at, &r, NULL);
        if (st == KARVAN_OK && r.n_legs < 1024) {
            st = karvan_route_quantiles_depart(net, &r, &at, 0.25, q, NULL, NULL);
            sum += r.hours + q[r.n_legs].p50_h;
        }
        if (st == KARVAN_E_NOCONV) st = KARVAN_OK;
        karvan_route_clear(&r);
    }
    karvan_network_destroy(net);
    return st == KARVAN_OK ? sum : NAN;
}

/* Pareto sets over time and cost, over all four, and over time and cost with constraints: the
 * sizes. */
static double pareto(const bench *b, unsigned weigh, bool constrained) {
    double sum = 0;
    int32_t russia = (int32_t)karvan_package_row(b->region, "countries", "RUS");
    static const char *const road[] = {"road"};
    for (int i = 0; i < PAIRS; i++) {
        karvan_routes_query q;
        karvan_routes r;
        karvan_routes_query_init(&q, b->from[i], b->to[i]);
        q.weigh = weigh;
        q.max_transhipments = constrained ? 4 : -1;
        if (constrained) q.n_countries = 1, q.countries = &russia, q.n_modes = 1, q.modes = road;
        karvan_status st = karvan_routes_find(b->net, &q, &r, NULL);
        if (st != KARVAN_OK && st != KARVAN_E_NOCONV) return NAN;
        sum += r.n;
        karvan_routes_clear(&r);
    }
    return sum;
}
static double pareto_two(const bench *b) {
    return pareto(b, KARVAN_WEIGH_TIME | KARVAN_WEIGH_COST, false);
}
static double pareto_constrained(const bench *b) {
    return pareto(b, KARVAN_WEIGH_TIME | KARVAN_WEIGH_COST, true);
}
static double pareto_all(const bench *b) { return pareto(b, 15, false); }

/* k shortest, alternatives: the sum of their generalised costs. */
static double sets(const bench *b, karvan_routes_method method, int k, bool constrained) {
    double sum = 0;
    int32_t russia = (int32_t)karvan_package_row(b->region, "countries", "RUS");
    for (int i = 0; i < PAIRS; i++) {
        karvan_routes_query q;
        karvan_routes r;
        karvan_routes_query_init(&q, b->from[i], b->to[i]);
        q.method = method, q.k = k;
        q.weights = (karvan_weights){.hours = 10, .usd = 1};
        if (constrained) q.n_countries = 1, q.countries = &russia, q.max_transhipments = 4;
        karvan_status st = karvan_routes_find(b->net, &q, &r, NULL);
        if (st != KARVAN_OK && st != KARVAN_E_NOCONV) return NAN;
        for (int32_t n = 0; n < r.n; n++) sum += r.route[n].generalised;
        karvan_routes_clear(&r);
    }
    return sum;
}
static double five_shortest(const bench *b) { return sets(b, KARVAN_ROUTES_K_SHORTEST, 5, false); }
static double twenty_shortest(const bench *b) {
    return sets(b, KARVAN_ROUTES_K_SHORTEST, 20, false);
}
static double five_shortest_constrained(const bench *b) {
    return sets(b, KARVAN_ROUTES_K_SHORTEST, 5, true);
}
static double three_alternatives(const bench *b) {
    return sets(b, KARVAN_ROUTES_ALTERNATIVES, 3, false);
}
static double five_alternatives(const bench *b) {
    return sets(b, KARVAN_ROUTES_ALTERNATIVES, 5, false);
}

/* Every closure over all pairs of cities and ports: the hours lost by all. */
static double critical(const bench *b, int threads) {
    karvan_table *t = NULL;
    double sum = 0;
    if (karvan_network_critical(b->net, threads, &t, NULL) != KARVAN_OK) return NAN;
    int hours = karvan_table_find(t, "delta_hours");
    for (int64_t i = 0; i < karvan_table_rows(t); i++) sum += karvan_table_real(t, hours, i);
    karvan_table_destroy(t);
    return sum;
}
static double critical_one(const bench *b) { return critical(b, 1); }
static double critical_two(const bench *b) { return critical(b, 2); }

/* Rounds over all arcs until nothing changes. */
static double bellman_ford(const bench *b) {
    const karvan_network *net = b->net;
    double sum = 0, *best = malloc((size_t)net->n_states * sizeof *best);
    if (!best) return NAN;
    for (int i = 0; i < PAIRS; i++) {
        double least = INFINITY;
        bool changed = true;
        for (int32_t v = 0; v < net->n_states; v++)
            best[v] = v == karvan_i_origin(net, b->from[i]) ? 0 : INFINITY;
        while (changed) {
            changed = false;
            for (int32_t a = 0; a < net->n_arcs; a++) {
                const karvan_i_arc *x = &net->arcs[a];
                if (best[x->tail] + x->hours < best[x->head])
                    best[x->head] = best[x->tail] + x->hours, changed = true;
            }
        }
        least = best[karvan_i_destination(net, b->to[i])];
        if (isfinite(least)) sum += least;
    }
    free(best);
    return sum;
}

static bool measure(const char *name, const bench *b, work f, int times, double *check) {
    double s[REPS];
    for (int r = 0; r < REPS; r++) {
        double a = now_s();
        *check = f(b);
        s[r] = now_s() - a;
        if (isnan(*check)) return false;
    }
    qsort(s, REPS, sizeof *s, by_double);
    printf("{\"bench\":\"%s\",\"reps\":%d,\"median_us\":%.1f,\"min_us\":%.1f,\"check\":%.9g}\n",
           name, REPS, s[REPS / 2] * 1e6 / times, s[0] * 1e6 / times, *check);
    return true;
}

static bool run(bench *b) {
    double check, fast, slow, one, two;
    karvan_random rng;
    karvan_random_init(&rng, 42, 1);
    for (int i = 0; i < PAIRS; i++) {
        uint64_t n = (uint64_t)karvan_network_places(b->net);
        b->from[i] = (int32_t)karvan_random_below(&rng, n);
        do b->to[i] = (int32_t)karvan_random_below(&rng, n);
        while (b->to[i] == b->from[i]);
    }
    bool good = measure("network_build", b, build, 1, &check) &&
                measure("route_by_time", b, by_time, PAIRS, &fast) &&
                measure("route_by_time_bellman_ford", b, bellman_ford, PAIRS, &slow) &&
                measure("route_by_cost", b, by_cost, PAIRS, &check) &&
                measure("route_by_middle_corridor", b, by_corridor, PAIRS, &check) &&
                measure("route_with_distribution", b, with_quantiles, PAIRS, &check) &&
                measure("route_depart_with_distribution", b, by_clock, PAIRS, &check) &&
                measure("pareto_time_cost", b, pareto_two, PAIRS, &check) &&
                measure("pareto_time_cost_constrained", b, pareto_constrained, PAIRS, &check) &&
                measure("pareto_all_four", b, pareto_all, PAIRS, &check) &&
                measure("five_shortest", b, five_shortest, PAIRS, &check) &&
                measure("twenty_shortest", b, twenty_shortest, PAIRS, &check) &&
                measure("five_shortest_constrained", b, five_shortest_constrained, PAIRS, &check) &&
                measure("three_alternatives", b, three_alternatives, PAIRS, &check) &&
                measure("five_alternatives", b, five_alternatives, PAIRS, &check) &&
                measure("critical_1_thread", b, critical_one, 1, &one) &&
                measure("critical_2_threads", b, critical_two, 1, &two);
    if (good && one != two) {
        (void)fprintf(stderr, "threads change the answer: %.17g, %.17g\n", one, two);
        return false;
    }
    if (good && fabs(fast - slow) > 1e-6 * slow) {
        (void)fprintf(stderr, "the two ways differ: %.12g, %.12g\n", fast, slow);
        return false;
    }
    return good;
}

int main(void) {
    bench b = {.region = NULL};
    karvan_problems *problems = NULL;
    karvan_error e = {0};
    bool good = karvan_problems_create(&problems, &e) == KARVAN_OK &&
                karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &b.region, &e) ==
                    KARVAN_OK &&
                karvan_network_defaults(b.region, &b.options, &e) == KARVAN_OK &&
                karvan_network_create(b.region, &b.options, &b.net, &e) == KARVAN_OK && run(&b);
    if (!good && *e.msg) (void)fprintf(stderr, "%s\n", e.msg);
    karvan_network_destroy(b.net);
    karvan_package_destroy(b.region);
    karvan_problems_destroy(problems);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
