/* Matrices of the state graph: by hand, against routes of the shipped region, against Bellman-Ford
 * on networks drawn at random, by both methods; what-ifs against networks made without the row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drawn_network.h"
#include "network/graph.h"
#include "sweep.h"

static const karvan_skim_measure ALL[] = {
    KARVAN_SKIM_LEAST, KARVAN_SKIM_HOURS, KARVAN_SKIM_USD,     KARVAN_SKIM_KG,
    KARVAN_SKIM_KM,    KARVAN_SKIM_SD_H,  KARVAN_SKIM_BORDERS, KARVAN_SKIM_TRANSHIPMENTS};
enum { N_ALL = sizeof ALL / sizeof ALL[0], MOST = 512 };
static int32_t EVERY[MOST];

static karvan_skim_query ask(int32_t n, karvan_weights w, int threads) {
    for (int32_t i = 0; i < MOST; i++) EVERY[i] = i;
    return (karvan_skim_query){.n_origins = n,
                               .origins = EVERY,
                               .n_destinations = n,
                               .destinations = EVERY,
                               .weights = w,
                               .n_measures = N_ALL,
                               .measures = ALL,
                               .threads = threads};
}

static void same(double got, double want) {
    if (got == want || fabs(got - want) <= 1e-9 * fabs(want)) return;
    fail_msg("%.17g, not %.17g", got, want);
}

/* Rail A - B - C with a border at B, a road A - C - D, and at C a change between the two. */
static void by_hand(void **state) {
    (void)state;
    static const struct {
        int32_t from, to;
        double least, hours, usd, km, changes;
    } want[] = {{0, 2, 25, 25, 5, 200, 0}, /* 10 + 5 + 10, not the road of 50 */
                {2, 0, 25, 25, 5, 200, 0},
                {0, 3, 31, 31, 13, 300, 1}, /* 25, the change of 5, the road of 1 */
                {3, 3, 0, 0, 0, 0, 0}};
    small_region r;
    karvan_network *net = open_network(&r, BY_HAND);
    double out[N_ALL][4][4];
    karvan_skim_query q = ask(4, (karvan_weights){.hours = 1}, 1);
    assert_int_equal(karvan_network_skim(net, &q, &out[0][0][0], NULL), KARVAN_OK);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        int32_t a = want[i].from, b = want[i].to;
        same(out[0][a][b], want[i].least), same(out[1][a][b], want[i].hours);
        same(out[2][a][b], want[i].usd), same(out[4][a][b], want[i].km);
        same(out[5][a][b], 0), same(out[6][a][b], 0), same(out[7][a][b], want[i].changes);
    }
    /* USD + 2 an hour: rail 5 + 50, the road 100 + 100; km: the road's 100 alone */
    q.weights = karvan_weights_of(KARVAN_BY_GENERALISED, 2);
    assert_int_equal(karvan_network_skim(net, &q, &out[0][0][0], NULL), KARVAN_OK);
    same(out[0][0][2], 55), same(out[1][0][2], 25);
    q.weights = (karvan_weights){.km = 1};
    assert_int_equal(karvan_network_skim(net, &q, &out[0][0][0], NULL), KARVAN_OK);
    same(out[0][0][2], 100), same(out[1][0][2], 50), same(out[2][0][2], 100);
    close_network(&r, net);
}

static void names_and_units(void **state) {
    (void)state;
    for (int m = 0; m < KARVAN_SKIM_MEASURES; m++)
        assert_string_not_equal(karvan_skim_measure_name((karvan_skim_measure)m), "unknown");
    assert_string_equal(karvan_skim_measure_name(KARVAN_SKIM_MEASURES), "unknown");
    assert_string_equal(karvan_skim_measure_unit(KARVAN_SKIM_SD_H), "h");
    assert_null(karvan_skim_measure_unit(KARVAN_SKIM_LEAST));
    assert_null(karvan_skim_measure_unit(KARVAN_SKIM_BORDERS));
    close_to(karvan_weights_of(KARVAN_BY_TIME, 9).hours, 1);
    close_to(karvan_weights_of(KARVAN_BY_COST, 9).hours, 0);
    close_to(karvan_weights_of(KARVAN_BY_EMISSIONS, 9).kg, 1);
}

/* ---- the shipped region ---- */

typedef struct shipped {
    karvan_problems *problems;
    karvan_package *region;
    karvan_network *net;
} shipped;

static void open_shipped(shipped *s, bool handling) {
    karvan_network_options o;
    karvan_error e = {0};
    *s = (shipped){0};
    bool good = karvan_problems_create(&s->problems, &e) == KARVAN_OK &&
                karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", s->problems, &s->region,
                                    &e) == KARVAN_OK &&
                karvan_network_defaults(s->region, &o, &e) == KARVAN_OK;
    o.handling = handling;
    if (!good || karvan_network_create(s->region, &o, &s->net, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
}

static void close_shipped(shipped *s) {
    karvan_network_destroy(s->net);
    karvan_package_destroy(s->region);
    karvan_problems_destroy(s->problems);
}

static void check_pair(const karvan_network *net, int32_t a, int32_t b, karvan_objective by,
                       double vot, const double *at, size_t matrix) {
    karvan_route_query rq = {a, b, by, -1, vot};
    karvan_route r;
    karvan_status st = karvan_route_best(net, &rq, &r, NULL);
    if (st != KARVAN_OK) {
        assert_int_equal(st, KARVAN_E_NOCONV);
        for (int k = 0; k < N_ALL; k++) assert_true(isinf(at[(size_t)k * matrix]));
        return;
    }
    const double want[N_ALL] = {by == KARVAN_BY_TIME        ? r.hours
                                : by == KARVAN_BY_COST      ? r.usd_per_teu
                                : by == KARVAN_BY_EMISSIONS ? r.co2e_kg_per_teu
                                                            : r.usd_per_teu + vot * r.hours,
                                r.hours,
                                r.usd_per_teu,
                                r.co2e_kg_per_teu,
                                r.km,
                                r.sd_h,
                                r.borders,
                                r.transhipments};
    for (int k = 0; k < N_ALL; k++) same(at[(size_t)k * matrix], want[k]);
    karvan_route_clear(&r);
}

/* Each measure of each pair is that of its best route: all pairs by time, a share by the others. */
static void against_routes(void **state) {
    (void)state;
    static const struct {
        karvan_objective by;
        int32_t stride;
        bool handling;
    } runs[] = {{KARVAN_BY_TIME, 1, false},
                {KARVAN_BY_COST, 5, false},
                {KARVAN_BY_EMISSIONS, 11, false},
                {KARVAN_BY_GENERALISED, 7, false},
                {KARVAN_BY_TIME, 13, true}};
    /* in part fewer pairs, at an odd distance: not of one half of the places only */
    const int32_t apart = 2 * (int32_t)test_divisor("KARVAN_TEST_SHARE") - 1;
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        shipped s;
        open_shipped(&s, runs[i].handling);
        int32_t n = karvan_network_places(s.net);
        size_t matrix = (size_t)n * (size_t)n;
        double *out = malloc(N_ALL * matrix * sizeof *out);
        assert_non_null(out);
        assert_true(n <= MOST);
        karvan_skim_query q = ask(n, karvan_weights_of(runs[i].by, 3), 2);
        assert_int_equal(karvan_network_skim(s.net, &q, out, NULL), KARVAN_OK);
        for (int32_t p = 0; p < n * n; p += runs[i].stride * apart)
            if (p / n != p % n) check_pair(s.net, p / n, p % n, runs[i].by, 3, out + p, matrix);
        free(out);
        close_shipped(&s);
    }
}

/* The hierarchy finds the same sums but for rounding; any number of threads the same bytes. */
static void by_both_methods_and_any_threads(void **state) {
    (void)state;
    static const karvan_weights by[] = {
        {.hours = 1}, {.usd = 1, .hours = 3}, {.kg = 1}, {.km = 1}, {.var_h2 = 1}};
    shipped s;
    open_shipped(&s, false);
    int32_t n = karvan_network_places(s.net);
    size_t matrix = (size_t)n * (size_t)n;
    double *out[3], *table[3];
    karvan_skimmer *k = NULL;
    const karvan_network *nets[] = {s.net};
    assert_int_equal(karvan_skimmer_create(1, nets, &k, NULL), KARVAN_OK);
    assert_true(karvan_skimmer_arcs(k) > 1000);
    for (int t = 0; t < 3; t++) {
        out[t] = malloc(N_ALL * matrix * sizeof **out), table[t] = malloc(matrix * sizeof **table);
        assert_true(out[t] && table[t]);
    }
    for (size_t w = 0; w < sizeof by / sizeof by[0]; w++) {
        static const int n_threads[] = {1, 2, 5};
        assert_int_equal(karvan_skimmer_customise(k, s.net, &by[w], 0, NULL, NULL), KARVAN_OK);
        for (int t = 0; t < 3; t++) {
            karvan_skim_query q = ask(n, by[w], n_threads[t]);
            assert_int_equal(karvan_network_skim(s.net, &q, out[t], NULL), KARVAN_OK);
            assert_int_equal(
                karvan_skimmer_table(k, n, EVERY, n, EVERY, n_threads[t], table[t], NULL),
                KARVAN_OK);
            assert_memory_equal(out[t], out[0], N_ALL * matrix * sizeof **out);
            assert_memory_equal(table[t], table[0], matrix * sizeof **table);
        }
        for (size_t i = 0; i < matrix; i++)
            if (!(isinf(out[0][i]) && isinf(table[0][i])) &&
                fabs(out[0][i] - table[0][i]) > 1e-12 * out[0][i])
                fail_msg("%.17g by search, %.17g over the hierarchy", out[0][i], table[0][i]);
    }
    for (int t = 0; t < 3; t++) free(out[t]), free(table[t]);
    karvan_skimmer_destroy(k);
    close_shipped(&s);
}

/* ---- drawn at random ---- */

static karvan_weights some_weights(void) {
    karvan_weights w = {.hours = pick(3), .usd = pick(3), .kg = pick(2), .km = pick(2)};
    if (w.hours + w.usd + w.kg + w.km == 0) w.hours = 1;
    return w;
}

/* Rounds over all arcs until nothing changes, but for those of one row. */
static void bellman_ford(const karvan_network *net, karvan_weights w, karvan_item without,
                         double out[PLACES][PLACES]) {
    double best[1000];
    assert_true(net->n_states <= 1000);
    for (int32_t p = 0; p < PLACES; p++) {
        bool changed = true;
        for (int32_t v = 0; v < net->n_states; v++) best[v] = INFINITY;
        best[karvan_i_origin(net, p)] = 0;
        while (changed) {
            changed = false;
            for (int32_t a = 0; a < net->n_arcs; a++) {
                const karvan_i_arc *x = &net->arcs[a];
                bool shut = (x->kind == KARVAN_I_ARC_LINK && without.kind == KARVAN_ITEM_LINK &&
                             x->row == without.row) ||
                            (x->kind == KARVAN_I_ARC_TERMINAL &&
                             without.kind == KARVAN_ITEM_TERMINAL && x->row == without.row) ||
                            (without.kind == KARVAN_ITEM_PLACE &&
                             (net->state_place[x->tail] == without.row ||
                              net->state_place[x->head] == without.row));
                double d = best[x->tail] + w.hours * x->hours + w.usd * x->usd + w.kg * x->kg +
                           w.km * x->km;
                if (!shut && d < best[x->head]) best[x->head] = d, changed = true;
            }
        }
        for (int32_t q = 0; q < PLACES; q++)
            out[p][q] = p == q ? 0 : best[karvan_i_destination(net, q)];
    }
}

static void same_tables(double a[PLACES][PLACES], double b[PLACES][PLACES]) {
    for (int i = 0; i < PLACES * PLACES; i++) {
        double x = a[i / PLACES][i % PLACES], y = b[i / PLACES][i % PLACES];
        if (isinf(x) && isinf(y)) continue;
        if (!(fabs(x - y) <= 1e-12 * (1 + fabs(x)))) fail_msg("%.17g, not %.17g", x, y);
    }
}

static void against_bellman_ford(void **state) {
    (void)state;
    static drawn d;
    karvan_random_init(&rng, 20261126, 0);
    int64_t reached = 0;
    for (int round = 0; round < part_of(60); round++) {
        small_region r;
        karvan_network *net;
        karvan_skimmer *k = NULL;
        draw(&d);
        open_without(&d, -1, &r, &net);
        const karvan_network *nets[] = {net};
        assert_int_equal(karvan_skimmer_create(1, nets, &k, NULL), KARVAN_OK);
        for (int i = 0; i < 8; i++) {
            double slow[PLACES][PLACES], fast[N_ALL][PLACES][PLACES], over[PLACES][PLACES];
            karvan_weights w = some_weights();
            int which = pick(ITEMS + PLACES);
            karvan_item closed = {KARVAN_ITEM_LINK, which};
            if (which >= LINKS) closed = (karvan_item){KARVAN_ITEM_TERMINAL, which - LINKS};
            if (which >= ITEMS) closed = (karvan_item){KARVAN_ITEM_PLACE, which - ITEMS};
            bellman_ford(net, w, (karvan_item){KARVAN_ITEM_LINK, -1}, slow);
            karvan_skim_query q = ask(PLACES, w, 1);
            assert_int_equal(karvan_network_skim(net, &q, &fast[0][0][0], NULL), KARVAN_OK);
            same_tables(fast[0], slow);
            for (int c = 0; c < 2; c++) {
                bellman_ford(net, w, c ? closed : (karvan_item){KARVAN_ITEM_LINK, -1}, slow);
                assert_int_equal(karvan_skimmer_customise(k, net, &w, c, &closed, NULL), KARVAN_OK);
                assert_int_equal(
                    karvan_skimmer_table(k, PLACES, EVERY, PLACES, EVERY, 1, &over[0][0], NULL),
                    KARVAN_OK);
                same_tables(over, slow);
            }
            for (int p = 0; p < PLACES * PLACES; p++)
                reached += isfinite(fast[0][p / PLACES][p % PLACES]);
        }
        karvan_skimmer_destroy(k);
        close_network(&r, net);
    }
    assert_true(reached >
                part_of(60) * 8 * PLACES * 2); /* most pairs have a way: it is no test of nothing */
}

/* One skimmer over two networks: each has its own ways, in turn. */
static void of_several_networks(void **state) {
    (void)state;
    static drawn d;
    static const karvan_weights w = {.hours = 1};
    karvan_random_init(&rng, 5, 0);
    for (int round = 0; round < part_of(10); round++) {
        small_region r[3];
        karvan_network *net[3];
        karvan_skimmer *k = NULL;
        draw(&d);
        int i = pick(LINKS);
        open_without(&d, i, &r[0], &net[0]);
        open_without(&d, LINKS + pick(CHANGES), &r[1], &net[1]);
        open_without(&d, -1, &r[2], &net[2]);
        const karvan_network *nets[] = {net[0], net[1]};
        assert_int_equal(karvan_skimmer_create(2, nets, &k, NULL), KARVAN_OK);
        for (int turn = 0; turn < 3; turn++) {
            double slow[PLACES][PLACES], over[PLACES][PLACES];
            const karvan_network *one = net[turn % 2];
            bellman_ford(one, w, (karvan_item){KARVAN_ITEM_LINK, -1}, slow);
            assert_int_equal(karvan_skimmer_customise(k, one, &w, 0, NULL, NULL), KARVAN_OK);
            assert_int_equal(
                karvan_skimmer_table(k, PLACES, EVERY, PLACES, EVERY, 1, &over[0][0], NULL),
                KARVAN_OK);
            same_tables(over, slow);
        }
        for (int n = 0; n < 3; n++) close_network(&r[n], net[n]);
        karvan_skimmer_destroy(k);
    }
}

/* A network with a way that the skimmer has not: refused by name, and no table after that. */
static void a_way_it_has_not(void **state) {
    (void)state;
    static const karvan_weights w = {.hours = 1};
    small_table less[N_TABLES];
    small_region r[2];
    karvan_skimmer *k = NULL;
    karvan_error e = {0};
    double out[16];
    memcpy(less, BY_HAND, sizeof less);
    less[2].csv = LINKS_CSV "AB,A,B,rail_1520,true,100,,10,1,1,0\n"
                            "AC,A,C,road,true,100,,50,1,100,0\nCD,C,D,road,true,100,,1,1,1,0\n";
    karvan_network *all = open_network(&r[0], BY_HAND), *few = open_network(&r[1], less);
    const karvan_network *nets[] = {few};
    assert_int_equal(karvan_skimmer_create(1, nets, &k, NULL), KARVAN_OK);
    assert_int_equal(karvan_skimmer_customise(k, few, &w, 0, NULL, NULL), KARVAN_OK);
    ask(4, w, 1);
    assert_int_equal(karvan_skimmer_table(k, 4, EVERY, 4, EVERY, 1, out, NULL), KARVAN_OK);
    same(out[2], 50);
    assert_int_equal(karvan_skimmer_customise(k, all, &w, 0, NULL, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "no such way from B to C"));
    assert_int_equal(karvan_skimmer_table(k, 4, EVERY, 4, EVERY, 1, out, NULL), KARVAN_E_ARG);
    karvan_skimmer_destroy(k);
    close_network(&r[0], all), close_network(&r[1], few);
}

/* As many places and modes, but other ones: their states have the same numbers by chance alone. */
static void networks_of_other_regions(void **state) {
    (void)state;
    small_table other[N_TABLES];
    small_region r[2];
    karvan_skimmer *k = NULL;
    karvan_error e = {0};
    memcpy(other, BY_HAND, sizeof other);
    other[2].csv = LINKS_CSV "AB,A,B,rail_1435,true,100,,10,1,1,0\n"
                             "AC,A,C,road,true,100,,50,1,100,0\nCD,C,D,road,true,100,,1,1,1,0\n";
    karvan_network *one = open_network(&r[0], BY_HAND), *two = open_network(&r[1], other);
    const karvan_network *nets[] = {one, two};
    assert_int_equal(karvan_skimmer_create(2, nets, &k, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "network 1 has other places, modes or customs statuses"));
    assert_null(k);
    close_network(&r[0], one), close_network(&r[1], two);
}

/* ---- faults ---- */

static void bad_arguments(void **state) {
    (void)state;
    small_region r;
    karvan_network *net = open_network(&r, BY_HAND);
    karvan_skimmer *k = (karvan_skimmer *)&r;
    const karvan_network *nets[] = {net, NULL};
    const int32_t beyond[] = {4}, below[] = {-1};
    double out[N_ALL * 16];
    static const karvan_weights none = {0}, minus = {.usd = -1, .hours = 2}, nan = {.hours = NAN},
                                far = {.km = INFINITY}, good = {.hours = 1};
    static const karvan_skim_measure no_measure[] = {KARVAN_SKIM_MEASURES};
    const karvan_weights *const bad[] = {&none, &minus, &nan, &far};
    for (int i = 0; i < 4; i++) {
        karvan_skim_query q = ask(4, *bad[i], 1);
        assert_int_equal(karvan_network_skim(net, &q, out, NULL), KARVAN_E_ARG);
    }
    karvan_skim_query q = ask(4, good, 1);
    assert_int_equal(karvan_network_skim(NULL, &q, out, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_network_skim(net, NULL, out, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_network_skim(net, &q, NULL, NULL), KARVAN_E_ARG);
    q.origins = beyond, q.n_origins = 1;
    assert_int_equal(karvan_network_skim(net, &q, out, NULL), KARVAN_E_ARG);
    q.origins = below;
    assert_int_equal(karvan_network_skim(net, &q, out, NULL), KARVAN_E_ARG);
    q = ask(4, good, 1), q.measures = no_measure, q.n_measures = 1;
    assert_int_equal(karvan_network_skim(net, &q, out, NULL), KARVAN_E_ARG);
    q = ask(0, good, 1); /* nothing asked, nothing answered */
    assert_int_equal(karvan_network_skim(net, &q, NULL, NULL), KARVAN_OK);
    assert_int_equal(karvan_skimmer_create(0, nets, &k, NULL), KARVAN_E_ARG);
    assert_null(k);
    assert_int_equal(karvan_skimmer_create(2, nets, &k, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_skimmer_create(1, nets, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_skimmer_create(1, nets, &k, NULL), KARVAN_OK);
    assert_int_equal(karvan_skimmer_table(k, 4, EVERY, 4, EVERY, 1, out, NULL), KARVAN_E_ARG);
    for (int i = 0; i < 4; i++)
        assert_int_equal(karvan_skimmer_customise(k, net, bad[i], 0, NULL, NULL), KARVAN_E_ARG);
    static const karvan_item wrong[] = {{KARVAN_ITEM_LINK, 4},     {KARVAN_ITEM_LINK, -1},
                                        {KARVAN_ITEM_TERMINAL, 2}, {KARVAN_ITEM_SERVICE, 0},
                                        {KARVAN_ITEM_PLACE, 4},    {(karvan_item_kind)7, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(karvan_skimmer_customise(k, net, &good, 1, &wrong[i], NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_skimmer_customise(k, net, &good, 1, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_skimmer_customise(k, net, &good, 0, NULL, NULL), KARVAN_OK);
    assert_int_equal(karvan_skimmer_table(k, 1, beyond, 4, EVERY, 1, out, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_skimmer_table(k, 4, EVERY, 1, below, 1, out, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_skimmer_table(k, 0, NULL, 0, NULL, 1, NULL, NULL), KARVAN_OK);
    karvan_skimmer_destroy(k), karvan_skimmer_destroy(NULL);
    close_network(&r, net);
}

static karvan_network *swept;
static karvan_status one_skim(karvan_error *err) {
    double out[N_ALL * 16];
    karvan_skim_query q = ask(4, (karvan_weights){.hours = 1}, 1);
    return karvan_network_skim(swept, &q, out, err);
}

static karvan_status one_what_if(karvan_error *err) {
    static const karvan_weights w = {.hours = 1};
    static const karvan_item closed = {KARVAN_ITEM_PLACE, 1};
    const karvan_network *nets[] = {swept, swept};
    karvan_skimmer *k = NULL;
    double out[16];
    karvan_status st = karvan_skimmer_create(2, nets, &k, err);
    if (st == KARVAN_OK) st = karvan_skimmer_customise(k, swept, &w, 1, &closed, err);
    if (st == KARVAN_OK) st = karvan_skimmer_table(k, 4, EVERY, 4, EVERY, 1, out, err);
    karvan_skimmer_destroy(k);
    return st;
}

static void every_failure(void **state) {
    (void)state;
    small_region r;
    swept = open_network(&r, BY_HAND);
    every_allocation_fails(one_skim, 100);
    every_allocation_fails(one_what_if, 1000);
    close_network(&r, swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
                                       cmocka_unit_test(names_and_units),
                                       cmocka_unit_test(against_routes),
                                       cmocka_unit_test(by_both_methods_and_any_threads),
                                       cmocka_unit_test(against_bellman_ford),
                                       cmocka_unit_test(of_several_networks),
                                       cmocka_unit_test(a_way_it_has_not),
                                       cmocka_unit_test(networks_of_other_regions),
                                       cmocka_unit_test(bad_arguments),
                                       cmocka_unit_test(every_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
