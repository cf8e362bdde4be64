/* Best ways on thousands of random state graphs (closures by date, terminals with steps and customs
 * statuses, services, timetables, opening hours, parallel links, links of no time) against
 * Bellman-Ford, and against igraph where that is installed: free, with arcs avoided, with
 * transhipments limited (a copy of the graph for each number of them), with places to pass (a copy
 * for each set passed); k shortest paths too. igraph serves as an oracle here and is part of
 * nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#ifdef KARVAN_IGRAPH
#include <igraph/igraph.h>
#endif

#include "network/search.h"
#include "random_region.h"
#include "table/cell.h"

enum { REGIONS = 1000, ARCS_MAX = 60000, NODES_MAX = 20000, K = 6 };

/* A plain graph with weights. */
typedef struct plain {
    int32_t nodes, arcs;
    int32_t tail[ARCS_MAX], head[ARCS_MAX];
    double weight[ARCS_MAX];
} plain;

static plain g;
static double dist[NODES_MAX];
static random_region r;
static long graphs, ways, limited, passing, lists;

static void add_arc(int32_t tail, int32_t head, double weight) {
    assert_true(g.arcs < ARCS_MAX && g.nodes <= NODES_MAX);
    g.tail[g.arcs] = tail, g.head[g.arcs] = head, g.weight[g.arcs++] = weight;
}

static bool same(double a, double b) {
    return a == b || fabs(a - b) <= 1e-10 * fmax(fabs(a), fabs(b));
}

/* ---- the other ways to find shortest paths ---- */

static void bellman_ford(int32_t from) {
    bool changed = true;
    for (int32_t v = 0; v < g.nodes; v++) dist[v] = v == from ? 0 : INFINITY;
    while (changed) {
        changed = false;
        for (int32_t a = 0; a < g.arcs; a++) {
            double then = dist[g.tail[a]] + g.weight[a];
            if (then < dist[g.head[a]]) dist[g.head[a]] = then, changed = true;
        }
    }
}

#ifdef KARVAN_IGRAPH
static void as_igraph(igraph_t *graph, igraph_vector_t *weights) {
    igraph_vector_int_t edges;
    (void)igraph_vector_int_init(&edges, 2 * g.arcs);
    (void)igraph_vector_init(weights, g.arcs);
    for (int32_t a = 0; a < g.arcs; a++) {
        VECTOR(edges)[2 * a] = g.tail[a], VECTOR(edges)[2 * a + 1] = g.head[a];
        VECTOR(*weights)[a] = g.weight[a];
    }
    (void)igraph_create(graph, &edges, g.nodes, IGRAPH_DIRECTED);
    igraph_vector_int_destroy(&edges);
}
#endif

/* dist from a node, by both where both are there. */
static void distances(int32_t from) {
    bellman_ford(from);
#ifdef KARVAN_IGRAPH
    igraph_t graph;
    igraph_vector_t weights;
    igraph_matrix_t other;
    as_igraph(&graph, &weights);
    (void)igraph_matrix_init(&other, 0, 0);
    assert_int_equal(igraph_distances_dijkstra(&graph, &other, igraph_vss_1(from), igraph_vss_all(),
                                               &weights, IGRAPH_OUT),
                     IGRAPH_SUCCESS);
    for (int32_t v = 0; v < g.nodes; v++)
        if (!same(MATRIX(other, 0, v), dist[v]))
            fail_msg("igraph: %g, Bellman and Ford: %g", MATRIX(other, 0, v), dist[v]);
    igraph_matrix_destroy(&other), igraph_vector_destroy(&weights), igraph_destroy(&graph);
#endif
}

/* ---- our answers ---- */

static double best(const karvan_network *net, const karvan_routes_query *q) {
    karvan_routes set;
    karvan_error e = {0};
    karvan_status st = karvan_routes_find(net, q, &set, q->n_modes ? &e : NULL);
    if (st == KARVAN_E_NOCONV) return INFINITY;
    if (st != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(set.n, 1);
    double hours = set.route[0].hours;
    karvan_routes_clear(&set);
    return hours;
}

static double fast(const karvan_network *net, int32_t from, int32_t to, bool money) {
    karvan_route_query q = {from, to, money ? KARVAN_BY_COST : KARVAN_BY_TIME, -1, 0};
    karvan_route one;
    karvan_status st = karvan_route_best(net, &q, &one, NULL);
    if (st == KARVAN_E_NOCONV) return INFINITY;
    assert_int_equal(st, KARVAN_OK);
    double v = money ? one.usd_per_teu : one.hours;
    karvan_route_clear(&one);
    return v;
}

static void agree(double ours, double theirs, const char *what) {
    if (!same(ours, theirs)) fail_msg("%s: %.17g, not %.17g", what, ours, theirs);
}

static void free_ways(const karvan_network *net, int32_t from) {
    for (int money = 0; money < 2; money++) {
        g.nodes = karvan_network_states(net), g.arcs = 0;
        for (int32_t a = 0; a < net->n_arcs; a++)
            add_arc(net->arcs[a].tail, net->arcs[a].head,
                    money ? net->arcs[a].usd : net->arcs[a].hours);
        distances(karvan_i_origin(net, from));
        for (int32_t to = 0; to < net->n_places; to++) {
            if (to == from) continue;
            double there = dist[karvan_i_destination(net, to)];
            agree(fast(net, from, to, money), there, "free");
            ways += isfinite(there);
        }
    }
}

/* Without a place, a mode, and what a terminal forbids; transhipments limited. */
static void limited_ways(const karvan_network *net, int32_t from, int32_t to) {
    int32_t shut[] = {random_pick(&r, net->n_places)};
    const char *mode[] = {net->modes[random_pick(&r, net->n_modes)]};
    int most = random_pick(&r, 4);
    karvan_routes_query q;
    karvan_routes_query_init(&q, from, to);
    q.weigh = KARVAN_WEIGH_TIME, q.max_transhipments = most, q.n_places = 1, q.places = shut;
    q.n_modes = random_pick(&r, 2), q.modes = mode;
    int32_t states = karvan_network_states(net);
    g.nodes = states * (most + 1), g.arcs = 0;
    for (int32_t a = 0; a < net->n_arcs; a++) {
        const karvan_i_arc *x = &net->arcs[a];
        int32_t place = karvan_i_state_place(net, x->head), m = karvan_i_state_mode(net, x->head);
        bool changes = x->kind == KARVAN_I_ARC_TERMINAL &&
                       karvan_i_cell_is(net->terminals, "operation", x->row, "tranship");
        if (place == shut[0] && place != from && place != to) continue;
        if (q.n_modes && m >= 0 && strcmp(net->modes[m], mode[0]) == 0) continue;
        for (int n = 0; n + changes <= most; n++)
            add_arc(n * states + x->tail, (n + changes) * states + x->head, x->hours);
    }
    distances(karvan_i_origin(net, from));
    double there = INFINITY;
    for (int n = 0; n <= most; n++)
        there = fmin(there, dist[n * states + karvan_i_destination(net, to)]);
    agree(best(net, &q), there, "limited");
    limited += isfinite(there);
}

/* By the corridor's places, coming back allowed; and what does not come back is no better. */
static void passing_ways(const karvan_network *net, int32_t from, int32_t to) {
    karvan_route_query one = {from, to, KARVAN_BY_TIME, 0, 0};
    karvan_routes_query q;
    karvan_i_constraint c;
    karvan_routes_query_init(&q, from, to);
    q.corridor = 0, q.weigh = KARVAN_WEIGH_TIME;
    karvan_i_search s = {.net = net, .q = &one, .c = &c};
    assert_int_equal(karvan_i_constraint_init(net, &q, &c, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_search_init(&s, NULL), KARVAN_OK);
    int32_t states = karvan_network_states(net), sets = 1 << c.n_groups;
    g.nodes = states * sets, g.arcs = 0;
    for (int32_t a = 0; a < net->n_arcs; a++) {
        const karvan_i_arc *x = &net->arcs[a];
        int32_t place = karvan_i_state_place(net, x->head);
        const char *id = karvan_i_cell_text(net->places, "id", place);
        if (karvan_i_cell_is(net->corridors, "avoid_places", 0, id) && place != from && place != to)
            continue;
        for (int32_t m = 0; m < sets; m++)
            add_arc(m * states + x->tail, (m | (int32_t)c.groups[place]) * states + x->head,
                    x->hours);
    }
    distances((int32_t)c.groups[from] * states + karvan_i_origin(net, from));
    double there = dist[(sets - 1) * states + karvan_i_destination(net, to)], ours = INFINITY;
    int32_t end = karvan_i_search_run(&s);
    if (end >= 0) ours = s.best[end].first;
    agree(ours, there, "passing");
    double without = best(net, &q);
    assert_true(without >= there || same(without, there));
    karvan_i_ban two[2];
    if (end >= 0 && !karvan_i_search_returns(&s, end, two)) agree(without, there, "passing once");
    passing += isfinite(without);
    karvan_i_search_clear(&s), karvan_i_constraint_clear(&c);
}

#ifdef KARVAN_IGRAPH
/* Who may end at the destination ends there; nobody comes back in free circulation to his origin.
 */
static bool pointless(const karvan_network *net, const karvan_i_arc *x, int32_t from, int32_t to) {
    int32_t end = karvan_i_destination(net, to);
    if (x->kind == KARVAN_I_ARC_LINK && karvan_i_state_place(net, x->head) == from &&
        net->state_layer[x->head] % net->n_statuses == 0)
        return true;
    if (x->head == end || karvan_i_state_side(net, x->tail) != KARVAN_I_ARRIVED) return false;
    for (int32_t a = net->first[x->tail]; a < net->first[x->tail + 1]; a++)
        if (net->arcs[a].head == end) return true;
    return false;
}

static void k_shortest(const karvan_network *net, int32_t from, int32_t to) {
    karvan_routes_query q;
    karvan_routes set;
    igraph_t graph;
    igraph_vector_t weights;
    igraph_vector_int_list_t paths;
    karvan_routes_query_init(&q, from, to);
    q.method = KARVAN_ROUTES_K_SHORTEST, q.k = K;
    q.weights = (karvan_weights){.hours = 2, .usd = 1};
    g.nodes = karvan_network_states(net), g.arcs = 0;
    for (int32_t a = 0; a < net->n_arcs; a++)
        if (!pointless(net, &net->arcs[a], from, to))
            add_arc(net->arcs[a].tail, net->arcs[a].head,
                    2 * net->arcs[a].hours + net->arcs[a].usd);
    as_igraph(&graph, &weights);
    (void)igraph_vector_int_list_init(&paths, 0);
    assert_int_equal(igraph_get_k_shortest_paths(&graph, &weights, NULL, &paths, K,
                                                 karvan_i_origin(net, from),
                                                 karvan_i_destination(net, to), IGRAPH_OUT),
                     IGRAPH_SUCCESS);
    karvan_status st = karvan_routes_find(net, &q, &set, NULL);
    int theirs = (int)igraph_vector_int_list_size(&paths);
    assert_int_equal(st, theirs ? KARVAN_OK : KARVAN_E_NOCONV);
    assert_int_equal(set.n, theirs);
    for (int i = 0; i < theirs; i++) {
        const igraph_vector_int_t *p = igraph_vector_int_list_get_ptr(&paths, i);
        double sum = 0;
        for (igraph_integer_t k = 0; k < igraph_vector_int_size(p); k++)
            sum += g.weight[VECTOR(*p)[k]];
        agree(set.route[i].generalised, sum, "k shortest");
    }
    lists += theirs > 1;
    karvan_routes_clear(&set);
    igraph_vector_int_list_destroy(&paths), igraph_vector_destroy(&weights), igraph_destroy(&graph);
}
#endif

static void all_agree(const karvan_network *net) {
    int32_t from = random_pick(&r, net->n_places);
    free_ways(net, from);
    for (int i = 0; i < 3; i++) {
        int32_t to = (from + 1 + random_pick(&r, net->n_places - 1)) % net->n_places;
        limited_ways(net, from, to);
        passing_ways(net, from, to);
#ifdef KARVAN_IGRAPH
        k_shortest(net, from, to);
#endif
    }
    graphs++;
}

static void random_state_graphs(void **state) {
    (void)state;
#ifdef KARVAN_IGRAPH
    (void)igraph_set_warning_handler(igraph_warning_handler_ignore); /* of what is not reached */
#else
    print_message("igraph is not installed or not linked here (Debian package libigraph-dev): "
                  "Bellman-Ford alone\n");
#endif
    long openings = 0; /* arcs that wait until a terminal opens */
    karvan_random_init(&r.rng, 3, 26);
    for (int i = 0; i < REGIONS; i++) {
        random_region_make(&r, (random_size){6 + i % 12, 20 + i % 40, 16 + i % 20, 3, true, i % 2});
        for (int k = 0; k < 3; k++) {
            karvan_network_options o;
            karvan_network *net = NULL;
            karvan_error e = {0};
            assert_int_equal(karvan_network_defaults(r.region.package, &o, &e), KARVAN_OK);
            if (k == 1) o.date = karvan_day_from_civil(2031, 1, 1);
            o.handling = k == 2;
            if (karvan_network_create(r.region.package, &o, &net, &e) != KARVAN_OK)
                fail_msg("%s", e.msg);
            all_agree(net);
            for (int32_t a = 0; a < net->n_arcs; a++)
                openings += net->arcs[a].kind == KARVAN_I_ARC_TERMINAL && net->arcs[a].wait_h > 0;
            karvan_network_destroy(net);
        }
        small_close(&r.region);
    }
    print_message("%ld state graphs: %ld free ways, %ld limited, %ld that pass places; %ld lists\n",
                  graphs, ways, limited, passing, lists);
    assert_true(graphs == 3 * REGIONS && ways > 10000 && limited > 1000 && passing > 100 &&
                openings > 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_state_graphs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
