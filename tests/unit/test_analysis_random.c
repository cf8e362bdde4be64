/* What is read off solutions of random small networks, against lists of ways: the library's own,
 * which must add up to everything else that it tells, and all ways of the slow checker, where
 * equilibrium leaves no choice of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "enumerated.h"
#include "karvan/analysis.h"

enum { ROUNDS = 1200, SETS = 3 };

static karvan_random rng;
static int pick(int n) { return (int)karvan_random_below(&rng, (uint64_t)n); }
static double real(double most) { return most * karvan_random_uniform(&rng); }

/* Powers to `most`: of 1, cost tells flow sharply. */
static void draw_arc(flow_case *c, int32_t tail, int32_t head, int most) {
    double t0 = pick(5), capacity = 5 + pick(10), a = 0.15 + real(1), b = 1 + pick(most);
    if (pick(6) == 0)
        (void)case_arc(c, tail, head, t0, 0, 1, 1);
    else
        (void)case_arc(c, tail, head, 1 + t0, a, capacity, b);
}

static flow_case draw(int classes, int most) {
    int32_t nodes = 3 + pick(5), zones = 2 + pick(nodes - 1 < 5 ? nodes - 1 : 4);
    flow_case c = case_of(nodes, zones, pick(2) ? zones : 0);
    int arcs = nodes + pick(12);
    c.classes = classes, c.first_pays = pick(2);
    for (int i = 0; i < arcs; i++) {
        int32_t a = pick(nodes), b = pick(nodes);
        if (a != b) draw_arc(&c, a, b, most);
    }
    for (int k = 0; k < c.classes; k++) {
        bool pays = pick(2); /* classes that do not pay are of one group */
        c.pce[k] = k == 0 ? 1 : 1 + real(2);
        for (int32_t a = 0; a < c.arcs; a++) c.fixed[k][a] = pays && pick(3) == 0 ? real(4) : 0;
        for (int i = 0; i < zones * zones; i++) c.demand[k][i] = pick(3) ? pick(12) : 0;
    }
    return c;
}

/* ---- the library's ways -----------------------------------------------------------------------
 */

typedef struct listed {
    int class;
    int32_t from, to;
    double flow;
    int n;
    int32_t arc[WAY_ARCS];
} listed;
enum { LISTED_MAX = 20000 };
static listed way_of[LISTED_MAX];
static int n_listed;

/* Every way begins and ends as it should, follows on, costs what it costs; they fill their pair. */
static void list_pair(const enumerated *e, const karvan_analysis *a, int class, int32_t from,
                      int32_t to) {
    const flow_case *c = e->c;
    karvan_used_ways w;
    double sum = 0, before = INFINITY;
    assert_int_equal(karvan_analysis_ways(a, class, from, to, INT32_MAX, &w, NULL), KARVAN_OK);
    assert_true(w.rest == 0 && (w.n > 0) == (w.trips > 0));
    for (int32_t k = 0; k < w.n; k++) {
        int32_t at = from;
        double cost = 0;
        assert_true(n_listed < LISTED_MAX && w.first[k + 1] - w.first[k] <= WAY_ARCS);
        listed *l = &way_of[n_listed++];
        *l = (listed){.class = class, .from = from, .to = to, .flow = w.flow[k]};
        for (int32_t i = w.first[k]; i < w.first[k + 1]; i++) {
            assert_int_equal(c->tail[w.arc[i]], at);
            at = c->head[w.arc[i]], l->arc[l->n++] = w.arc[i];
            cost += slow_cost(e, w.arc[i], e->x[w.arc[i]]) + slow_fixed(c, class, w.arc[i]);
        }
        assert_int_equal(at, to);
        assert_true(fabs(cost - w.cost[k]) <= 1e-11 * cost);
        assert_true(w.flow[k] > 0 && w.flow[k] <= before * (1 + 1e-12));
        sum += before = w.flow[k];
    }
    assert_true(fabs(sum - w.trips) <= 1e-12 * w.trips);
    karvan_used_ways_clear(&w);
}

static bool any_way(const enumerated *e, int32_t o, int32_t d) {
    for (int k = 0; k < e->n; k++)
        if (e->way[k].from == o && e->way[k].to == d) return true;
    return false;
}

static void list_ways(const enumerated *e, const karvan_analysis *a) {
    const flow_case *c = e->c;
    n_listed = 0;
    for (int k = 0; k < c->classes; k++)
        for (int32_t o = 0; o < c->zones; o++)
            for (int32_t d = 0; d < c->zones; d++) {
                int before = n_listed;
                list_pair(e, a, k, o, d);
                bool goes = o != d && c->demand[k][o * c->zones + d] > 0 && any_way(e, o, d);
                assert_int_equal(n_listed > before, goes);
            }
}

/* All of a class's flow is that of its ways. */
static void ways_add_up(const flow_case *c, const karvan_assignment *s) {
    for (int k = 0; k < c->classes; k++) {
        double flow[CASE_ARCS], sum[CASE_ARCS] = {0};
        assert_int_equal(karvan_assignment_class_flow(s, k, flow, NULL), KARVAN_OK);
        for (int i = 0; i < n_listed; i++)
            for (int j = 0; way_of[i].class == k && j < way_of[i].n; j++)
                sum[way_of[i].arc[j]] += way_of[i].flow;
        for (int i = 0; i < c->arcs; i++) assert_true(fabs(sum[i] - flow[i]) <= 1e-11);
    }
}

/* ---- selections -------------------------------------------------------------------------------
 */

typedef struct asked {
    karvan_select_query q;
    int32_t first[SETS + 1], arc[SETS * 3];
    bool origin[CASE_ZONES], destination[CASE_ZONES];
} asked;

static void draw_query(const flow_case *c, asked *out) {
    int32_t n = 0;
    *out = (asked){.q.in_order = pick(2), .q.threads = 1 + pick(3)};
    out->q.n_sets = c->arcs > 0 ? pick(SETS + 1) : 0;
    for (int k = 0; k < out->q.n_sets; k++) {
        for (int i = 1 + pick(3); i > 0; i--) out->arc[n++] = pick(c->arcs);
        out->first[k + 1] = n;
    }
    for (int32_t z = 0; z < c->zones; z++)
        out->origin[z] = pick(3) > 0, out->destination[z] = pick(3) > 0;
    if (pick(3) == 0) out->q.origin = out->origin;
    if (pick(3) == 0) out->q.destination = out->destination;
    out->q.first = out->first, out->q.arc = out->arc;
}

static bool in_set(const asked *a, int set, int32_t arc) {
    for (int32_t i = a->first[set]; i < a->first[set + 1]; i++)
        if (a->arc[i] == arc) return true;
    return false;
}

/* Does a way pass what is asked? From its origin on, as a reader would look. */
static bool passes(const asked *a, const listed *w) {
    int next = 0, met = 0;
    if (a->q.origin && !a->q.origin[w->from]) return false;
    if (a->q.destination && !a->q.destination[w->to]) return false;
    for (int i = 0; i < w->n; i++) {
        while (next < a->q.n_sets && in_set(a, next, w->arc[i])) next++;
        for (int k = 0; k < a->q.n_sets; k++) met |= in_set(a, k, w->arc[i]) << k;
    }
    return a->q.in_order ? next == a->q.n_sets : met == (1 << a->q.n_sets) - 1;
}

static void selection_is_of_its_ways(const flow_case *c, const karvan_analysis *a) {
    static double pair[CASE_CLASSES][CASE_ZONES][CASE_ZONES];
    double flow[CASE_CLASSES][CASE_ARCS] = {{0}};
    asked q;
    karvan_selection s;
    draw_query(c, &q);
    memset(pair, 0, sizeof pair);
    for (int i = 0; i < n_listed; i++) {
        const listed *w = &way_of[i];
        if (!passes(&q, w)) continue;
        pair[w->class][w->from][w->to] += w->flow;
        for (int k = 0; k < w->n; k++) flow[w->class][w->arc[k]] += w->flow;
    }
    assert_int_equal(karvan_select(a, &q.q, &s, NULL), KARVAN_OK);
    for (int k = 0; k < c->classes; k++)
        for (int i = 0; i < c->arcs; i++)
            assert_true(fabs(s.flow[k * c->arcs + i] - flow[k][i]) <= 1e-11);
    for (int64_t i = 0; i < s.n; i++) {
        double *p = &pair[s.pair[i].class_no][s.pair[i].origin][s.pair[i].destination];
        assert_true(fabs(s.pair[i].selected - *p) <= 1e-11);
        assert_true(s.pair[i].selected <= s.pair[i].trips), *p = 0;
    }
    for (size_t i = 0; i < sizeof pair / sizeof(double); i++)
        assert_true((&pair[0][0][0])[i] <= 1e-11); /* each was there */
    karvan_selection_clear(&s);
}

/* The selected flow of the link selected is its flow, and so are the pairs; by one thread of
 * karvan_parallel_for as by three. */
static int links_are_their_flow(const flow_case *c, const karvan_assignment *s,
                                const karvan_analysis *a) {
    int busy = 0;
    for (int32_t i = 0; i < c->arcs; i++) {
        const int32_t first[] = {0, 1}, arc[] = {i};
        karvan_select_query q = {.n_sets = 1, .first = first, .arc = arc, .threads = 1};
        karvan_selection one, three;
        assert_int_equal(karvan_select(a, &q, &one, NULL), KARVAN_OK);
        q.threads = 3;
        assert_int_equal(karvan_select(a, &q, &three, NULL), KARVAN_OK);
        assert_int_equal(one.n, three.n);
        assert_memory_equal(one.flow, three.flow,
                            (size_t)(c->classes * c->arcs) * sizeof *one.flow);
        for (int k = 0; k < c->classes; k++) {
            double flow[CASE_ARCS], sum = 0;
            assert_int_equal(karvan_assignment_class_flow(s, k, flow, NULL), KARVAN_OK);
            assert_true(one.flow[k * c->arcs + i] == flow[i]);
            for (int64_t p = 0; p < one.n; p++) {
                assert_true(one.pair[p].selected == three.pair[p].selected);
                if (one.pair[p].class_no == k) sum += one.pair[p].selected;
            }
            assert_true(fabs(sum - flow[i]) <= 1e-13 * flow[i] + 1e-300);
            busy += flow[i] > 0;
        }
        karvan_selection_clear(&one), karvan_selection_clear(&three);
    }
    return busy;
}

/* ---- skims ------------------------------------------------------------------------------------
 */

static void skims_are_of_the_ways(const enumerated *e, const karvan_analysis *a) {
    const flow_case *c = e->c;
    enum { CELLS = CASE_ZONES * CASE_ZONES };
    double length[CASE_ARCS], least[CELLS], both[2 * CELLS];
    const double *columns[] = {NULL, length};
    for (int i = 0; i < c->arcs; i++) length[i] = real(9);
    for (int k = 0; k < c->classes; k++) {
        double sum[CELLS] = {0}, trips[CELLS] = {0};
        assert_int_equal(
            karvan_analysis_skim(a, k, KARVAN_LEAST_WAYS, 1, columns, 2, NULL, least, NULL),
            KARVAN_OK);
        assert_int_equal(
            karvan_analysis_skim(a, k, KARVAN_USED_WAYS, 2, columns, 2, NULL, both, NULL),
            KARVAN_OK);
        for (int i = 0; i < n_listed; i++) {
            const listed *w = &way_of[i];
            if (w->class != k) continue;
            double along = 0;
            for (int j = 0; j < w->n; j++) along += length[w->arc[j]];
            sum[w->from * c->zones + w->to] += w->flow * along;
            trips[w->from * c->zones + w->to] += w->flow;
        }
        for (int32_t i = 0; i < c->zones * c->zones; i++) {
            int32_t o = i / c->zones, d = i % c->zones;
            int best = o == d ? -1 : cheapest(e, k, o, d);
            double want = o == d ? 0 : best < 0 ? INFINITY : way_cost(e, k, &e->way[best]);
            double got = both[c->zones * c->zones + i];
            assert_true(least[i] == want || fabs(least[i] - want) <= 1e-11 * want);
            if (o == d)
                assert_true(got == 0);
            else if (!(trips[i] > 0))
                assert_true(isnan(got) && isnan(both[i]));
            else
                assert_true(fabs(got - sum[i] / trips[i]) <= 1e-11 * (1 + got));
            if (trips[i] > 0) assert_true(both[i] >= want * (1 - 1e-12));
        }
    }
}

/* ---- where there is one answer ----------------------------------------------------------------
 */

/* Ways that someone could use: no dearer than the least. */
static int open_ways(const enumerated *e, int *out) {
    int n = 0;
    for (int k = 0; k < e->n; k++) {
        const way *w = &e->way[k];
        if (!(e->c->demand[0][w->from * e->c->zones + w->to] > 0)) continue;
        int best = cheapest(e, 0, w->from, w->to);
        double cost = way_cost(e, 0, w), least = way_cost(e, 0, &e->way[best]);
        if (cost <= least + 1e-4 * (1 + least)) out[n++] = k;
    }
    return n;
}

/* Do flows of arcs whose cost rises, and trips of pairs, leave one choice of flows of these ways?
 * By elimination, a column a way. */
static bool settled(const enumerated *e, int n, const int *open) {
    enum { WIDE = 24, ROWS = CASE_ARCS + CASE_ZONES * CASE_ZONES };
    const flow_case *c = e->c;
    double m[ROWS][WIDE] = {{0}};
    int rank = 0;
    if (n > WIDE) return false;
    for (int k = 0; k < n; k++) {
        const way *w = &e->way[open[k]];
        for (int i = 0; i < w->n; i++)
            if (c->vdf[w->arc[i]].kind == KARVAN_VDF_BPR) m[w->arc[i]][k] = 1;
        m[CASE_ARCS + w->from * c->zones + w->to][k] = 1;
    }
    for (int k = 0; k < n; k++) {
        int pivot = rank;
        for (int r = rank; r < ROWS; r++)
            if (fabs(m[r][k]) > fabs(m[pivot][k])) pivot = r;
        if (rank == ROWS || fabs(m[pivot][k]) < 1e-9) return false;
        for (int j = 0; j < n; j++) {
            double swap = m[rank][j];
            m[rank][j] = m[pivot][j], m[pivot][j] = swap;
        }
        for (int r = rank + 1; r < ROWS; r++) {
            double f = m[r][k] / m[rank][k];
            for (int j = k; f != 0 && j < n; j++) m[r][j] -= f * m[rank][j];
        }
        rank++;
    }
    return true;
}

static double listed_flow(const way *w) {
    for (int i = 0; i < n_listed; i++) {
        const listed *l = &way_of[i];
        bool same = l->from == w->from && l->to == w->to && l->n == w->n;
        for (int k = 0; same && k < w->n; k++) same = l->arc[k] == w->arc[k];
        if (same) return l->flow;
    }
    return 0;
}

static enumerated best, at;

static karvan_assignment *solve(const karvan_assignment_problem *p) {
    karvan_assignment *s = NULL;
    karvan_error err = {0};
    const karvan_assignment_options o = {.gap = 1e-12, .threads = 1};
    (void)karvan_assignment_solve(p, &o, &s, &err);
    if (!s) fail_msg("%s", err.msg);
    return s;
}

static void all_is_of_the_ways(void **state) {
    (void)state;
    int busy = 0, many = 0;
    karvan_random_init(&rng, 20261126, 5);
    for (int round = 0; round < ROUNDS; round++) {
        flow_case c = draw(1 + pick(CASE_CLASSES), 4);
        karvan_assignment_problem p = case_problem(&c);
        karvan_assignment *s = solve(&p);
        karvan_analysis *a = NULL;
        at = (enumerated){.c = &c};
        for (int32_t o = 0; o < c.zones; o++) extend(&at, &(way){.from = o}, o, 1u << o);
        memcpy(at.x, karvan_assignment_flow_view(s), (size_t)c.arcs * sizeof(double));
        assert_int_equal(karvan_analysis_create(&p, s, &a, NULL), KARVAN_OK);
        list_ways(&at, a);
        ways_add_up(&c, s);
        for (int i = 0; i < 6; i++) selection_is_of_its_ways(&c, a);
        skims_are_of_the_ways(&at, a);
        busy += links_are_their_flow(&c, s, a), many += n_listed;
        karvan_analysis_destroy(a);
        karvan_assignment_destroy(s);
        case_clear(&c);
    }
    assert_true(busy > 5 * ROUNDS && many > 5 * ROUNDS); /* not all empty ones */
}

static void ways_are_the_checkers_where_there_is_one_answer(void **state) {
    (void)state;
    static int open[WAYS_MAX];
    int rounds = 0, split = 0;
    karvan_random_init(&rng, 20261126, 6);
    for (int round = 0; round < ROUNDS; round++) {
        flow_case c = draw(1, 1);
        karvan_assignment_problem p = case_problem(&c);
        double spent, left = enumerate(&best, &c, false, &spent);
        int n = open_ways(&best, open);
        if (left <= 1e-12 * spent && settled(&best, n, open)) {
            karvan_assignment *s = solve(&p);
            karvan_analysis *a = NULL;
            at = best;
            memcpy(at.x, karvan_assignment_flow_view(s), (size_t)c.arcs * sizeof(double));
            assert_int_equal(karvan_analysis_create(&p, s, &a, NULL), KARVAN_OK);
            list_ways(&at, a);
            for (int k = 0; k < n; k++) {
                double want = best.flow[0][open[k]], got = listed_flow(&best.way[open[k]]);
                if (fabs(got - want) > 1e-3) fail_msg("round %d: %g, not %g", round, got, want);
                split +=
                    want > 0.01 &&
                    want <
                        best.c->demand[0][best.way[open[k]].from * c.zones + best.way[open[k]].to] -
                            0.01;
            }
            rounds++;
            karvan_analysis_destroy(a);
            karvan_assignment_destroy(s);
        }
        case_clear(&c);
    }
    assert_true(rounds > ROUNDS / 2 && split > ROUNDS / 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_of_the_ways),
        cmocka_unit_test(ways_are_the_checkers_where_there_is_one_answer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
