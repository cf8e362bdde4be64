/* Stochastic user equilibrium on random small networks, with classes, preloads, fixed costs, arcs
 * of no time, zones that are passed through or not. The flows that are found are put into formulas
 * written out here (times, path sizes, shares over the routes that are listed, or over all ways of
 * networks without cycles), and must come out of them again; and they must near user equilibrium as
 * the scale grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "enumerated.h"
#include "karvan/choice.h"

static karvan_random rng;
static int pick(int n) { return (int)karvan_random_below(&rng, (uint64_t)n); }
static double real(double most) { return most * karvan_random_uniform(&rng); }

static void draw_arc(flow_case *c, int32_t tail, int32_t head) {
    static const double power[] = {1, 2, 4, 1.5};
    double t0 = pick(8) ? 1 + pick(5) : 0;
    if (pick(3) == 0 || t0 == 0)
        (void)case_arc(c, tail, head, t0, 0, 1, 1);
    else
        (void)case_arc(c, tail, head, t0, 0.15 + real(1), 5 + pick(10), power[pick(4)]);
    if (pick(4) == 0) c->preload[c->arcs - 1] = pick(6);
}

static bool joined(const flow_case *c, int32_t from, int32_t to) {
    for (int32_t a = 0; a < c->arcs; a++)
        if (c->tail[a] == from && c->head[a] == to) return true;
    return false;
}

/* Without cycles: arcs lead up an order of the nodes that is drawn. Side by side: several may lead
 * from one node to another, which routes told by their nodes cannot tell apart. */
static flow_case draw(bool cycles, bool side_by_side) {
    int32_t nodes = 4 + pick(4), zones = 2 + pick(2), place[8];
    flow_case c = case_of(nodes, zones, pick(2) ? zones : 0);
    int arcs = nodes + 6 + pick(16);
    c.classes = 1 + pick(CASE_CLASSES), c.first_pays = pick(2);
    for (int32_t v = 0; v < nodes; v++) place[v] = v;
    for (int32_t v = nodes - 1; v > 0; v--) {
        int32_t u = pick(v + 1), held = place[v];
        place[v] = place[u], place[u] = held;
    }
    for (int i = 0; i < arcs; i++) {
        int32_t a = pick(nodes), b = pick(nodes);
        if (a == b || (!side_by_side && joined(&c, a, b))) continue;
        if (cycles || place[a] < place[b]) draw_arc(&c, a, b);
    }
    for (int k = 0; k < c.classes; k++) {
        c.pce[k] = k == 0 ? 1 : 1 + real(2);
        for (int32_t a = 0; a < c.arcs; a++) c.fixed[k][a] = pick(3) == 0 ? real(4) : 0;
        for (int i = 0; i < zones * zones; i++) c.demand[k][i] = pick(3) ? pick(12) : 0;
    }
    return c;
}

/* ---- what flows come out of flows ---- */

typedef struct checked {
    const flow_case *c;
    const karvan_sue_options *o;
    double x[CASE_ARCS]; /* equivalents */
    double again[CASE_CLASSES][CASE_ARCS];
    double g[CASE_CLASSES][CASE_ZONES * CASE_ZONES];
} checked;

typedef struct listed {
    int n, arc[WAY_ARCS];
} listed;

static double cost_of(const checked *k, int class, const listed *w) {
    double sum = 0;
    for (int i = 0; i < w->n; i++) {
        int a = w->arc[i];
        sum += slow_time(&k->c->vdf[a], k->x[a] + k->c->preload[a]) + slow_fixed(k->c, class, a);
    }
    return sum;
}

static bool uses(const listed *w, int arc) {
    for (int i = 0; i < w->n; i++)
        if (w->arc[i] == arc) return true;
    return false;
}

static double free_time(const flow_case *c, int a) { return slow_time(&c->vdf[a], c->preload[a]); }

static double size_of(const checked *k, const listed *w, int n, const listed *all) {
    double length = 0, own = 0, arcs = 0;
    for (int i = 0; i < w->n; i++) {
        int users = 0;
        for (int r = 0; r < n; r++) users += uses(&all[r], w->arc[i]);
        double l = free_time(k->c, w->arc[i]);
        length += l, own += l / users, arcs += 1.0 / users;
    }
    return length > 0 ? own / length : arcs / w->n;
}

static int32_t family_of(const checked *k, const listed *w) {
    double time[2] = {0, 0};
    int arcs[2] = {0, 0};
    for (int i = 0; i < w->n; i++) {
        int32_t f = k->o->family[w->arc[i]];
        time[f] += free_time(k->c, w->arc[i]), arcs[f]++;
    }
    return time[1] > time[0] || (time[1] == time[0] && arcs[1] > arcs[0]);
}

/* Trips of a pair over n ways, which are all that there are. */
static void spread(checked *k, int class, int pair, int n, const listed *list) {
    double w[WAYS_MAX / 10], mu = k->o->scale, sum[2] = {0, 0}, all = 0;
    bool sized = k->o->choice == KARVAN_SUE_PATH_SIZE || k->o->choice == KARVAN_SUE_NESTED;
    bool nested = k->o->choice == KARVAN_SUE_NESTED;
    double theta = nested ? k->o->nest_scale : mu, least = INFINITY;
    assert_true(n > 0 && n < WAYS_MAX / 10);
    for (int r = 0; r < n; r++) least = fmin(least, cost_of(k, class, &list[r]));
    for (int r = 0; r < n; r++) {
        w[r] = exp(-theta * (cost_of(k, class, &list[r]) - least));
        if (sized) w[r] *= size_of(k, &list[r], n, list);
        sum[nested ? family_of(k, &list[r]) : 0] += w[r];
    }
    for (int f = 0; f < 2; f++) all += sum[f] > 0 ? pow(sum[f], mu / theta) : 0;
    k->g[class][pair] = least - log(all) / mu;
    for (int r = 0; r < n; r++) {
        int f = nested ? family_of(k, &list[r]) : 0;
        double share = pow(sum[f], mu / theta) / all * w[r] / sum[f];
        for (int i = 0; i < list[r].n; i++)
            k->again[class][list[r].arc[i]] += k->c->demand[class][pair] * share;
    }
}

static double demand_of(const flow_case *c) {
    double sum = 0;
    for (int k = 0; k < c->classes; k++)
        for (int i = 0; i < c->zones * c->zones; i++) sum += c->demand[k][i];
    return sum;
}

static void compare(const checked *k, const karvan_sue *s) {
    const flow_case *c = k->c;
    double flow[CASE_ARCS];
    for (int class = 0; class < c->classes; class ++) {
        assert_int_equal(
            karvan_assignment_class_flow(karvan_sue_assignment_view(s), class, flow, NULL),
            KARVAN_OK);
        for (int32_t a = 0; a < c->arcs; a++)
            if (fabs(flow[a] - k->again[class][a]) > 1e-7 * demand_of(c))
                fail_msg("arc %d, class %d: %.12g, and out of it comes %.12g", (int)a, class,
                         flow[a], k->again[class][a]);
        const karvan_trips *t = &c->trips[class];
        for (int32_t o = 0; o < c->zones; o++)
            for (int64_t i = t->first[o]; i < t->first[o + 1]; i++) {
                double g = karvan_sue_logsum_view(s, class)[i];
                double expected = k->g[class][o * c->zones + t->destination[i]];
                if (isinf(g) && isinf(expected)) continue;
                if (fabs(g - expected) > 1e-6 * (1 + fabs(g)))
                    fail_msg("%d to %d: %.12g, not %.12g", (int)o, (int)t->destination[i], g,
                             expected);
            }
    }
}

static void take_flows(checked *k, const karvan_sue *s) {
    const double *x = karvan_assignment_flow_view(karvan_sue_assignment_view(s));
    for (int32_t a = 0; a < k->c->arcs; a++) k->x[a] = x[a];
    for (int class = 0; class < k->c->classes; class ++)
        for (int32_t i = 0; i < k->c->zones * k->c->zones; i++)
            k->g[class][i] = i % (k->c->zones + 1) == 0 ? 0 : INFINITY;
}

/* ---- over routes that are listed ---- */

static listed read_route(const flow_case *c, const char *text) {
    listed w = {0};
    char *end;
    int32_t at = (int32_t)strtol(text, &end, 10) - 1;
    while (*end == '-') {
        int32_t to = (int32_t)strtol(end + 1, &end, 10) - 1;
        for (int32_t a = 0; a < c->arcs; a++)
            if (c->tail[a] == at && c->head[a] == to) w.arc[w.n++] = a;
        at = to;
    }
    return w;
}

static void check_listed(checked *k, const karvan_sue *s) {
    static listed list[64];
    karvan_table *t = NULL;
    assert_int_equal(karvan_sue_routes(s, &t, NULL), KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(t);) {
        int64_t o = karvan_table_int(t, 1, r), d = karvan_table_int(t, 2, r), first = r;
        const char *name = karvan_table_text(t, 0, r);
        int n = 0, class = name[0] == 'c' ? 0 : name[0] == 'l' ? 1 : 2;
        for (; r < karvan_table_rows(t) && karvan_table_int(t, 1, r) == o &&
               karvan_table_int(t, 2, r) == d && *karvan_table_text(t, 0, r) == *name;
             r++)
            list[n++] = read_route(k->c, karvan_table_text(t, 3, r));
        assert_true(n <= (k->o->routes ? k->o->routes : 8));
        spread(k, class, (int)((o - 1) * k->c->zones + d - 1), n, list);
        for (int i = 0; i < n; i++) {
            double cost = karvan_table_real(t, 4, first + i);
            assert_true(fabs(cost - cost_of(k, class, &list[i])) < 1e-6 * (1 + cost));
        }
    }
    karvan_table_destroy(t);
}

static karvan_sue *solve(const karvan_assignment_problem *p, const karvan_sue_options *o) {
    karvan_sue *s = NULL;
    karvan_error e = {0};
    if (karvan_sue_solve(p, o, &s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return s;
}

static void over_routes_that_are_listed(void **state) {
    (void)state;
    static checked k;
    karvan_random_init(&rng, 41, 1);
    for (int round = 0; round < 900; round++) {
        int32_t family[CASE_ARCS];
        flow_case c = draw(round % 2, false);
        for (int32_t a = 0; a < c.arcs; a++) family[a] = pick(2);
        karvan_sue_options o = {.choice = (karvan_sue_choice)(round % 3),
                                .scale = 0.05 + real(3),
                                .routes = pick(2) ? 3 : 0,
                                .family = family,
                                .n_families = 2,
                                .gap = 1e-9,
                                .threads = 1 + round % 3};
        o.nest_scale = o.scale * (1 + real(3));
        karvan_assignment_problem p = case_problem(&c);
        karvan_sue *s = solve(&p, &o);
        k = (checked){.c = &c, .o = &o};
        take_flows(&k, s);
        check_listed(&k, s);
        compare(&k, s);
        karvan_sue_stats stats = karvan_sue_statistics(s);
        assert_true(fabs(stats.fisk_gap) < 1e-12 && (o.routes > 0 || stats.better_apart == 0));
        karvan_sue_destroy(s), case_clear(&c);
    }
}

/* ---- over all walks ---- */

static void over_all_walks(void **state) {
    (void)state;
    static checked k;
    static enumerated e;
    static listed list[WAYS_MAX];
    karvan_random_init(&rng, 42, 1);
    for (int round = 0; round < 600; round++) {
        flow_case c = draw(false, true);
        karvan_sue_options o = {.choice = KARVAN_SUE_RECURSIVE,
                                .scale = 0.05 + real(3),
                                .gap = 1e-9,
                                .threads = 1 + round % 3};
        karvan_assignment_problem p = case_problem(&c);
        karvan_sue *s = solve(&p, &o);
        k = (checked){.c = &c, .o = &o}, e = (enumerated){.c = &c};
        take_flows(&k, s);
        for (int32_t from = 0; from < c.zones; from++)
            extend(&e, &(struct way){.from = from}, from, 1u << from);
        for (int class = 0; class < c.classes; class ++)
            for (int32_t pair = 0; pair < c.zones * c.zones; pair++) {
                int n = 0;
                if (!(c.demand[class][pair] > 0) || pair / c.zones == pair % c.zones) continue;
                for (int i = 0; i < e.n; i++) {
                    if (e.way[i].from != pair / c.zones || e.way[i].to != pair % c.zones) continue;
                    list[n].n = e.way[i].n;
                    memcpy(list[n++].arc, e.way[i].arc, sizeof list[0].arc);
                }
                if (n > 0) spread(&k, class, pair, n, list);
            }
        compare(&k, s);
        karvan_sue_destroy(s), case_clear(&c);
    }
}

/* ---- ends of the scale ---- */

/* Fisk's objective lies below that of user equilibrium by no more than the entropy that n ways can
 * have, ln n / mu a trip; so do, above it, the flows that it makes. */
static void a_large_scale_is_user_equilibrium(void **state) {
    (void)state;
    static enumerated e;
    karvan_random_init(&rng, 43, 1);
    for (int round = 0; round < 60; round++) {
        flow_case c = draw(round % 2, true);
        karvan_assignment_problem p = case_problem(&c);
        double spent, left = enumerate(&e, &c, false, &spent);
        bool known = left <= 1e-10 * spent;
        for (double mu = 1; known && mu < 300; mu *= 4) {
            karvan_sue_options o = {.scale = mu, .gap = 1e-7, .routes = 60, .threads = 1};
            karvan_sue *s = solve(&p, &o);
            karvan_assignment_stats a = karvan_assignment_statistics(karvan_sue_assignment_view(s));
            double equilibrium = enumerated_objective(&e), trips = 0;
            for (int k = 0; k < c.classes; k++)
                for (int i = 0; i < c.zones * c.zones; i++) trips += c.pce[k] * c.demand[k][i];
            double room = log(e.n + 1) / mu * trips + 1e-6 * (1 + equilibrium);
            assert_true(a.objective >= equilibrium - 1e-6 * (1 + equilibrium));
            assert_true(a.objective <= equilibrium + room);
            assert_true(karvan_sue_statistics(s).objective >= equilibrium - room);
            assert_true(karvan_sue_statistics(s).objective <=
                        equilibrium + 1e-6 * (1 + equilibrium));
            karvan_sue_destroy(s);
        }
        case_clear(&c);
    }
}

static void threads_give_the_same_bytes(void **state) {
    (void)state;
    karvan_random_init(&rng, 44, 1);
    for (int round = 0; round < 40; round++) {
        flow_case c = draw(false, true);
        karvan_assignment_problem p = case_problem(&c);
        double first[CASE_ARCS];
        for (int threads = 1; threads <= 4; threads++) {
            karvan_sue_options o = {.choice =
                                        round % 2 ? KARVAN_SUE_PATH_SIZE : KARVAN_SUE_RECURSIVE,
                                    .scale = 0.7,
                                    .threads = threads};
            karvan_sue *s = solve(&p, &o);
            const double *x = karvan_assignment_flow_view(karvan_sue_assignment_view(s));
            if (threads == 1) memcpy(first, x, (size_t)c.arcs * sizeof *x);
            assert_memory_equal(first, x, (size_t)c.arcs * sizeof *x);
            karvan_sue_destroy(s);
        }
        case_clear(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(over_routes_that_are_listed),
        cmocka_unit_test(over_all_walks),
        cmocka_unit_test(a_large_scale_is_user_equilibrium),
        cmocka_unit_test(threads_give_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
