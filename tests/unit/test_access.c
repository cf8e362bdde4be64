/* Market potential and isochrones: by hand, and added up anew on networks drawn at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "drawn_network.h"
#include "sweep.h"

/* Rail of 10 h from A to B and of 20 h from B to C; of 1 USD and of 2. A and B lie in Aland, C in
 * Beland, D in Celand and nowhere near. */
static const char PLACES_TEXT[] =
    PLACES_CSV "A,Alpha,AAA,50,40,city\nB,Beta,AAA,51,40,port\nC,Gamma,BBB,52,40,city\n"
               "D,Delta,CCC,53,40,city\nE,Epsilon,BBB,54,40,junction\n";
static const char LINKS_TEXT[] =
    LINKS_CSV "AB,A,B,rail_1520,true,100,,10,1,1,0\nBC,B,C,rail_1520,true,100,,20,1,2,0\n"
              "CE,C,E,rail_1520,true,100,,1,1,1,0\n";

static karvan_network *open_markets(small_region *r, const char *links) {
    small_table tables[N_TABLES];
    memcpy(tables, BY_HAND, sizeof tables);
    tables[1].csv = PLACES_TEXT, tables[2].csv = links, tables[3].csv = TERMINALS_CSV;
    karvan_network *net = open_network(r, tables);
    r->tables = BY_HAND; /* the same names, and it outlives this call */
    return net;
}

static karvan_table *access_of(const karvan_network *net, const karvan_access_query *q) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_network_access(net, q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static void is_text(const karvan_table *t, const char *column, int64_t row, const char *want) {
    const char *got = karvan_i_cell_text(t, column, row);
    if (!want && !got) return;
    assert_non_null(got);
    assert_string_equal(got, want);
}

static int64_t row_of(const karvan_table *t, const char *column, const char *id) {
    for (int64_t i = 0; i < karvan_table_rows(t); i++)
        if (karvan_i_cell_is(t, column, i, id)) return i;
    return -1;
}

/* GDP in millions: Aland 6 over two places, Beland 3 in one, Celand 2 of 2021. */
static void potential_by_hand(void **state) {
    (void)state;
    small_region r;
    karvan_network *net = open_markets(&r, LINKS_TEXT);
    karvan_access_query q = {.weights = {.hours = 1}, .mass = KARVAN_MASS_GDP, .parameter = 1};
    karvan_table *t = access_of(net, &q);
    assert_int_equal(karvan_table_rows(t), 4);
    static const struct {
        const char *place, *country, *years, *source;
        double potential, reached;
    } want[] = {{"C", "BBB", "2023", "one", 3.0 / 20 + 3.0 / 30, 2},
                {"B", "AAA", "2023", "one", 3.0 / 20, 1},
                {"A", "AAA", "2023", "one", 3.0 / 30, 1},
                {"D", "CCC", NULL, NULL, 0, 0}};
    for (int64_t i = 0; i < 4; i++) {
        is_text(t, "place", i, want[i].place), is_text(t, "country", i, want[i].country);
        is_text(t, "mass_years", i, want[i].years), is_text(t, "source", i, want[i].source);
        close_to(real(t, "potential", i), want[i].potential);
        close_to(real(t, "index", i), 100 * want[i].potential / want[0].potential);
        close_to(real(t, "reached", i), want[i].reached);
    }
    assert_string_equal(karvan_table_column(t, karvan_table_find(t, "potential")).unit,
                        "million USD/h");
    karvan_table_destroy(t);

    q.own = KARVAN_OWN_OTHERS, q.parameter = 2, q.weights = (karvan_skim_weights){.usd = 1};
    t = access_of(net, &q); /* A: B at 1 USD, C at 3 */
    close_to(real(t, "potential", row_of(t, "place", "A")), 3.0 + 3.0 / 9);
    assert_string_equal(karvan_table_column(t, karvan_table_find(t, "potential")).unit,
                        "million USD/(USD/TEU)^2");
    karvan_table_destroy(t);

    q.own = KARVAN_OWN_ALL, q.decay = KARVAN_DECAY_EXPONENTIAL, q.parameter = 0.5;
    q.mass = KARVAN_MASS_POPULATION; /* 50, 50, 40; Celand unknown */
    t = access_of(net, &q);
    int64_t a = row_of(t, "place", "A");
    close_to(real(t, "potential", a), 50 + 50 * exp(-0.5) + 40 * exp(-1.5));
    close_to(real(t, "potential", row_of(t, "place", "D")), 0);
    is_text(t, "mass_years", a, "2024");
    karvan_table_destroy(t);

    q = (karvan_access_query){.weights = {.hours = 1}, .mass = KARVAN_MASS_GDP, .parameter = 1};
    q.by_country = true, q.own = KARVAN_OWN_OTHERS;
    t = access_of(net, &q); /* mean of A: 3/10 + 3/30 and B: 3/10 + 3/20 */
    assert_int_equal(karvan_table_rows(t), 3);
    is_text(t, "country", 0, "AAA"), is_text(t, "name", 0, "Aland");
    close_to(real(t, "places", 0), 2);
    close_to(real(t, "potential", 0), (0.4 + 0.45) / 2);
    karvan_table_destroy(t);

    q = (karvan_access_query){.weights = {.hours = 1}, .mass = KARVAN_MASS_EQUAL, .parameter = 1};
    t = access_of(net, &q);
    close_to(real(t, "potential", row_of(t, "place", "C")), 1.0 / 20 + 1.0 / 30);
    is_text(t, "mass_years", 0, NULL);
    karvan_table_destroy(t);
    close_network(&r, net);
}

/* A way twice as quick doubles what is reached by it. */
static void beside_a_base(void **state) {
    (void)state;
    small_region r[2];
    karvan_network *base = open_markets(&r[0], LINKS_TEXT);
    karvan_network *net = open_markets(&r[1], LINKS_CSV "AB,A,B,rail_1520,true,100,,10,1,1,0\n"
                                                        "BC,B,C,rail_1520,true,100,,10,1,2,0\n"
                                                        "CD,C,D,rail_1520,true,100,,5,1,1,0\n");
    karvan_access_query q = {.weights = {.hours = 1}, .mass = KARVAN_MASS_GDP, .parameter = 1};
    q.base = base;
    karvan_table *t = access_of(net, &q);
    int64_t b = row_of(t, "place", "B"), d = row_of(t, "place", "D");
    close_to(real(t, "potential", b), 3.0 / 10 + 2.0 / 15);
    close_to(real(t, "base_potential", b), 0.15);
    close_to(real(t, "delta_percent", b), 100 * (13.0 / 30 / 0.15 - 1));
    is_text(t, "mass_years", b, "2021-2023"), is_text(t, "source", b, "one;two");
    close_to(real(t, "base_potential", d), 0);
    assert_true(isnan(real(t, "delta_percent", d))); /* nothing to compare with */
    karvan_table_destroy(t);

    static const double bands[] = {12, 30};
    karvan_isochrone_query i = {.from = 2, .weights = {.hours = 1}, .n_bands = 2, .bands = bands};
    i.base = base, t = NULL;
    assert_int_equal(karvan_network_isochrones(net, &i, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 4); /* C, D at 5, B at 10, A at 20; E: cut off */
    is_text(t, "place", 1, "D"), is_text(t, "place", 2, "B"), is_text(t, "place", 3, "A");
    assert_true(isnan(real(t, "base_cost", 1)) && isnan(real(t, "delta", 1)));
    close_to(real(t, "delta", 2), -10);
    close_to(real(t, "band", 2), 12), close_to(real(t, "band", 3), 30);
    karvan_table_destroy(t);
    close_network(&r[0], base), close_network(&r[1], net);
}

static void isochrones_by_hand(void **state) {
    (void)state;
    static const double bands[] = {10, 21, 100};
    small_region r;
    karvan_network *net = open_markets(&r, LINKS_TEXT);
    karvan_isochrone_query q = {.from = 1, .weights = {.hours = 1}, .n_bands = 3, .bands = bands};
    karvan_table *t = NULL;
    assert_int_equal(karvan_network_isochrones(net, &q, &t, NULL), KARVAN_OK);
    static const struct {
        const char *place;
        double cost, band;
    } want[] = {{"B", 0, 10}, {"A", 10, 10}, {"C", 20, 21}, {"E", 21, 21}};
    assert_int_equal(karvan_table_rows(t), 4);
    for (int64_t i = 0; i < 4; i++) {
        is_text(t, "place", i, want[i].place);
        close_to(real(t, "cost", i), want[i].cost);
        close_to(real(t, "band", i), want[i].band);
    }
    assert_string_equal(karvan_table_column(t, karvan_table_find(t, "cost")).unit, "h");
    karvan_table_destroy(t), t = NULL;

    q.by_country = true;
    assert_int_equal(karvan_network_isochrones(net, &q, &t, NULL), KARVAN_OK);
    static const struct {
        const char *country;
        double band, places, of, gdp, people;
    } reach[] = {{"all", 10, 2, 4, 6, 100},  {"AAA", 10, 2, 2, 6, 100}, {"all", 21, 3, 4, 9, 140},
                 {"AAA", 21, 2, 2, 6, 100},  {"BBB", 21, 1, 1, 3, 40},  {"all", 100, 3, 4, 9, 140},
                 {"AAA", 100, 2, 2, 6, 100}, {"BBB", 100, 1, 1, 3, 40}};
    assert_int_equal(karvan_table_rows(t), 8);
    for (int64_t i = 0; i < 8; i++) {
        is_text(t, "country", i, reach[i].country);
        close_to(real(t, "band", i), reach[i].band);
        close_to(real(t, "places", i), reach[i].places);
        close_to(real(t, "of_places", i), reach[i].of);
        close_to(real(t, "gdp", i), reach[i].gdp);
        close_to(real(t, "population", i), reach[i].people);
    }
    karvan_table_destroy(t), t = NULL;
    q.from = 3; /* Celand: GDP alone is known */
    assert_int_equal(karvan_network_isochrones(net, &q, &t, NULL), KARVAN_OK);
    close_to(real(t, "gdp", 1), 2);
    assert_true(isnan(real(t, "population", 1)));
    karvan_table_destroy(t);
    close_network(&r, net);
}

/* Drawn networks: GDP of AAA 6 over places 0 and 3, of BBB 3 over 1 and 4, of CCC 2 in 2. */
static void against_routes(void **state) {
    (void)state;
    static drawn d;
    static const double mass[PLACES] = {3, 1.5, 2, 3, 1.5};
    karvan_random_init(&rng, 31, 0);
    for (int round = 0; round < 40; round++) {
        double pairs[2][PLACES][PLACES];
        small_region r;
        karvan_network *net;
        karvan_access_query q = {.weights = {.hours = 1}, .mass = KARVAN_MASS_GDP};
        q.parameter = 0.5 * (1 + pick(4)), q.own = (karvan_own)pick(2), q.threads = 1 + pick(3);
        q.decay = (karvan_decay)pick(2);
        draw(&d);
        open_without(&d, -1, &r, &net);
        all_pairs(net, pairs);
        karvan_table *t = access_of(net, &q);
        for (int i = 0; i < PLACES; i++) {
            double sum = 0;
            char id[16];
            for (int j = 0; j < PLACES; j++) {
                double c = pairs[0][i][j];
                if (i == j || isinf(c) || (q.own == KARVAN_OWN_NONE && i % 3 == j % 3)) continue;
                sum += mass[j] * (q.decay == KARVAN_DECAY_POWER ? 1 / pow(c, q.parameter)
                                                                : exp(-q.parameter * c));
            }
            (void)snprintf(id, sizeof id, "p%d", i);
            double got = real(t, "potential", row_of(t, "place", id));
            if (!(fabs(got - sum) <= 1e-12 * (1 + sum))) fail_msg("%g, not %g", got, sum);
        }
        karvan_table_destroy(t);
        close_network(&r, net);
    }
}

static void faults(void **state) {
    (void)state;
    small_region r, other, poor;
    karvan_network *net = open_markets(&r, LINKS_TEXT);
    karvan_network *places = open_network(&other, BY_HAND);
    karvan_table *t = (karvan_table *)&r;
    karvan_error e = {0};
    karvan_access_query q = {.weights = {.hours = 1}, .mass = KARVAN_MASS_GDP};
    assert_int_equal(karvan_network_access(net, &q, &t, &e), KARVAN_E_ARG); /* theta of 0 */
    assert_null(t);
    q.parameter = NAN;
    assert_int_equal(karvan_network_access(net, &q, &t, NULL), KARVAN_E_ARG);
    q.parameter = 1, q.own = KARVAN_OWN_ALL;
    assert_int_equal(karvan_network_access(net, &q, &t, NULL), KARVAN_E_ARG);
    q.own = (karvan_own)9;
    assert_int_equal(karvan_network_access(net, &q, &t, NULL), KARVAN_E_ARG);
    q.own = KARVAN_OWN_NONE, q.mass = (karvan_mass)9;
    assert_int_equal(karvan_network_access(net, &q, &t, NULL), KARVAN_E_ARG);
    q.mass = KARVAN_MASS_GDP, q.base = places;
    assert_int_equal(karvan_network_access(net, &q, &t, NULL), KARVAN_E_ARG);
    q.base = NULL, q.weights = (karvan_skim_weights){0};
    assert_int_equal(karvan_network_access(net, &q, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_network_access(NULL, &q, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_network_access(net, NULL, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_network_access(net, &q, NULL, NULL), KARVAN_E_ARG);
    /* a way of no time: the power cannot weigh it, and says which */
    karvan_network *still = open_markets(&poor, LINKS_CSV "BC,B,C,rail_1520,true,100,,0,1,2,0\n");
    q.weights.hours = 1;
    assert_int_equal(karvan_network_access(still, &q, &t, &(karvan_error){0}), KARVAN_E_DATA);
    q.decay = KARVAN_DECAY_EXPONENTIAL;
    t = access_of(still, &q);
    close_to(real(t, "potential", row_of(t, "place", "B")), 3);
    karvan_table_destroy(t);
    close_network(&poor, still);
    static const double bands[] = {3, 2}, band[] = {3};
    karvan_isochrone_query i = {.weights = {.hours = 1}, .n_bands = 2, .bands = bands};
    assert_int_equal(karvan_network_isochrones(net, &i, &t, NULL), KARVAN_E_ARG);
    i.n_bands = 0;
    assert_int_equal(karvan_network_isochrones(net, &i, &t, NULL), KARVAN_E_ARG);
    i.n_bands = 1, i.bands = band, i.from = 99;
    assert_int_equal(karvan_network_isochrones(net, &i, &t, NULL), KARVAN_E_ARG);
    i.from = 0, i.base = places;
    assert_int_equal(karvan_network_isochrones(net, &i, &t, NULL), KARVAN_E_ARG);
    i.base = NULL;
    assert_int_equal(karvan_network_isochrones(net, &i, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_network_isochrones(net, NULL, &t, NULL), KARVAN_E_ARG);
    close_network(&r, net), close_network(&other, places);
}

static void without_figures(void **state) {
    (void)state;
    static const double band[] = {3};
    small_table tables[N_TABLES];
    small_region r;
    karvan_table *t = NULL;
    memcpy(tables, BY_HAND, sizeof tables);
    tables[6].csv = "country:s,year:i,indicator:s,value:n,unit:s,source:s\nBBB,2023,gdp,1,USD,x\n";
    karvan_network *net = open_network(&r, tables); /* no place lies in Beland */
    karvan_access_query q = {.weights = {.hours = 1}, .mass = KARVAN_MASS_GDP, .parameter = 1};
    karvan_error e = {0};
    assert_int_equal(karvan_network_access(net, &q, &t, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "has no gdp"));
    karvan_isochrone_query i = {.weights = {.hours = 1}, .n_bands = 1, .bands = band};
    assert_int_equal(karvan_network_isochrones(net, &i, &t, NULL), KARVAN_OK);
    karvan_table_destroy(t);
    i.by_country = true;
    assert_int_equal(karvan_network_isochrones(net, &i, &t, NULL), KARVAN_E_DATA);
    assert_null(t);
    close_network(&r, net);
}

static karvan_network *swept;
static karvan_status one_access(karvan_error *err) {
    karvan_access_query q = {.weights = {.hours = 1}, .mass = KARVAN_MASS_GDP, .parameter = 1};
    karvan_table *t = NULL;
    q.base = swept, q.own = KARVAN_OWN_OTHERS, q.threads = 1;
    karvan_status st = karvan_network_access(swept, &q, &t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status one_reach(karvan_error *err) {
    static const double bands[] = {30, 50};
    karvan_isochrone_query q = {.weights = {.hours = 1}, .n_bands = 2, .bands = bands};
    karvan_table *t = NULL;
    q.base = swept, q.by_country = true;
    karvan_status st = karvan_network_isochrones(swept, &q, &t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status one_isochrone(karvan_error *err) {
    static const double bands[] = {30, 50};
    karvan_isochrone_query q = {.weights = {.hours = 1}, .n_bands = 2, .bands = bands};
    karvan_table *t = NULL;
    q.base = swept;
    karvan_status st = karvan_network_isochrones(swept, &q, &t, err);
    karvan_table_destroy(t);
    return st;
}

static void every_failure(void **state) {
    (void)state;
    small_region r;
    swept = open_network(&r, BY_HAND);
    every_allocation_fails(one_access, 1000);
    every_allocation_fails(one_reach, 1000);
    every_allocation_fails(one_isochrone, 1000);
    close_network(&r, swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(potential_by_hand),
                                       cmocka_unit_test(beside_a_base),
                                       cmocka_unit_test(isochrones_by_hand),
                                       cmocka_unit_test(against_routes),
                                       cmocka_unit_test(faults),
                                       cmocka_unit_test(without_figures),
                                       cmocka_unit_test(every_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
