/* Criticality by hand, against tables without the row and routes found anew, and by threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/network.h"
#include "region.h"
#include "sweep.h"
#include "table/cell.h"

#define PLACES_CSV "id:s,name:s,country:s,lon:n,lat:n,kind:s\n"
#define LINKS_CSV                                                         \
    "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n," \
    "time_p90_over_p50:n,cost_usd_per_teu:n,co2e_kg_per_teu_km:n\n"
#define TERMINALS_CSV                                                                       \
    "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n," \
    "cost_usd_per_teu:n\n"

/* Rail A - B - C with a border at B, a road A - C, and at C a change between the two. */
static const small_table BY_HAND[] = {
    {"countries", "iso3:s,name:s,customs_area:s\nAAA,Aland,\n", "\"iso3\""},
    {"places",
     PLACES_CSV "A,A,AAA,50,40,city\nB,B,AAA,51,40,port\nC,C,AAA,52,40,city\n"
                "D,D,AAA,53,40,junction\n",
     "\"id\""},
    {"links",
     LINKS_CSV "AB,A,B,rail_1520,true,100,,10,1,1,0\nBC,B,C,rail_1520,true,100,,10,1,1,0\n"
               "AC,A,C,road,true,100,,50,1,100,0\nCD,C,D,road,true,100,,1,1,1,0\n",
     "\"id\""},
    {"terminals",
     TERMINALS_CSV
     "b,B,border,rail_1520,rail_1520,true,5,5,3\nc,C,port,rail_1520,road,true,5,5,7\n",
     "\"id\""},
    {"services",
     "id:s,link:s,name:s,headway_h:n,headway_cv:n,leaves_when_full:b,closed_days_year:n\n",
     "\"id\""},
    {"corridors", "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\n",
     "\"id\""}};
enum { N_TABLES = sizeof BY_HAND / sizeof BY_HAND[0] };

static karvan_network *open_network(small_region *r, const small_table *tables) {
    const karvan_network_options options = {.date = karvan_day_from_civil(2026, 1, 1),
                                            .closure_spell_h = 24};
    karvan_network *net = NULL;
    karvan_error e = {0};
    assert_true(small_open(r, tables, N_TABLES));
    if (karvan_network_create(r->package, &options, &net, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return net;
}

static void close_network(small_region *r, karvan_network *net) {
    karvan_network_destroy(net);
    small_close(r);
}

static double real(const karvan_table *t, const char *column, int64_t row) {
    return karvan_i_cell_real(t, column, row);
}

static void by_hand(void **state) {
    (void)state;
    static const struct {
        const char *id;
        double hours, usd, cut;
    } want[] = {
        {"BC", 2 * 25, 2 * 95, 2}, /* nothing leads from B to C: no change at A */
        {"AB", 2 * (55 + 25), 2 * (107 + 95), 0},
        {"b", 2 * 25, 2 * 95, 0},
    };
    small_region r;
    karvan_network *net = open_network(&r, BY_HAND);
    karvan_table *t = NULL;
    assert_int_equal(karvan_network_critical(net, 1, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 3); /* AC, CD and c: on no best way */
    for (int64_t i = 0; i < 3; i++) {
        assert_string_equal(karvan_i_cell_text(t, "id", i), want[i].id);
        assert_float_equal(real(t, "delta_hours", i), want[i].hours, 1e-9);
        assert_float_equal(real(t, "delta_usd", i), want[i].usd, 1e-9);
        assert_float_equal(real(t, "cut_pairs", i), want[i].cut, 0);
    }
    assert_string_equal(karvan_i_cell_text(t, "kind", 0), "link");
    assert_string_equal(karvan_i_cell_text(t, "name", 0), "B - C, rail 1520");
    assert_string_equal(karvan_i_cell_text(t, "kind", 2), "terminal");
    assert_string_equal(karvan_i_cell_text(t, "name", 2), "B, border");
    karvan_table_destroy(t);
    close_network(&r, net);
}

/* ---- at random ---- */

enum { PLACES = 5, LINKS = 9, CHANGES = 4, ITEMS = LINKS + CHANGES, ROUNDS = 25 };
static karvan_random rng;
static int pick(int n) { return (int)karvan_random_below(&rng, (uint64_t)n); }

typedef struct drawn {
    char row[ITEMS][100]; /* links, then terminals */
    char places[400], links[1500], terminals[800];
} drawn;

static void draw(drawn *d) {
    static const char *const mode[] = {"rail_1520", "road"};
    for (int i = 0; i < ITEMS; i++) {
        int a = pick(PLACES), b = (a + 1 + pick(PLACES - 1)) % PLACES;
        if (i < LINKS)
            (void)snprintf(d->row[i], sizeof d->row[i], "l%d,p%d,p%d,%s,%s,100,,%d,1,%d,0\n", i, a,
                           b, mode[pick(2)], pick(3) ? "true" : "false", 1 + pick(20), pick(30));
        else
            (void)snprintf(d->row[i], sizeof d->row[i], "t%d,p%d,port,rail_1520,road,%s,%d,%d,%d\n",
                           i, a, pick(2) ? "true" : "false", i % 2, i % 2, pick(9));
    }
}

/* All tables, or those without one row. */
static void open_without(drawn *d, int item, small_region *r, karvan_network **net) {
    static small_table tables[N_TABLES];
    memcpy(tables, BY_HAND, sizeof tables);
    size_t n = (size_t)snprintf(d->places, sizeof d->places, PLACES_CSV);
    for (int p = 0; p < PLACES; p++)
        n += (size_t)snprintf(d->places + n, sizeof d->places - n, "p%d,P%d,AAA,%d,40,city\n", p, p,
                              50 + p);
    size_t l = (size_t)snprintf(d->links, sizeof d->links, LINKS_CSV),
           t = (size_t)snprintf(d->terminals, sizeof d->terminals, TERMINALS_CSV);
    for (int i = 0; i < ITEMS; i++) {
        if (i == item) continue;
        if (i < LINKS)
            l += (size_t)snprintf(d->links + l, sizeof d->links - l, "%s", d->row[i]);
        else
            t += (size_t)snprintf(d->terminals + t, sizeof d->terminals - t, "%s", d->row[i]);
    }
    tables[1].csv = d->places, tables[2].csv = d->links, tables[3].csv = d->terminals;
    *net = open_network(r, tables);
}

/* Least hours and dollars of each ordered pair; infinite where nothing leads. */
static void all_pairs(const karvan_network *net, double out[2][PLACES][PLACES]) {
    for (int m = 0; m < 2; m++)
        for (int a = 0; a < PLACES; a++)
            for (int b = 0; b < PLACES; b++) {
                karvan_route_query q = {a, b, m ? KARVAN_BY_COST : KARVAN_BY_TIME, -1, 0};
                karvan_route route;
                out[m][a][b] = a == b ? 0 : INFINITY;
                if (a == b || karvan_route_best(net, &q, &route, NULL) != KARVAN_OK) continue;
                out[m][a][b] = m ? route.usd_per_teu : route.hours;
                karvan_route_clear(&route);
            }
}

static int64_t row_of(const karvan_table *t, const char *id) {
    for (int64_t i = 0; i < karvan_table_rows(t); i++)
        if (strcmp(karvan_i_cell_text(t, "id", i), id) == 0) return i;
    return -1;
}

/* The row of the answer, or its absence, against what routes without the item say. */
static void check_item(drawn *d, int item, const karvan_table *t, double base[2][PLACES][PLACES]) {
    double now[2][PLACES][PLACES], delta[2] = {0, 0};
    int cut = 0;
    char id[16];
    small_region r;
    karvan_network *net;
    open_without(d, item, &r, &net);
    all_pairs(net, now);
    close_network(&r, net);
    for (int m = 0; m < 2; m++)
        for (int i = 0; i < PLACES * PLACES; i++) {
            double before = base[m][i / PLACES][i % PLACES], after = now[m][i / PLACES][i % PLACES];
            if (isinf(before)) continue;
            if (isinf(after))
                cut += m == 0;
            else
                delta[m] += after - before;
        }
    (void)snprintf(id, sizeof id, "%c%d", item < LINKS ? 'l' : 't', item);
    int64_t row = row_of(t, id);
    assert_true((row >= 0) == (cut > 0 || delta[0] > 0 || delta[1] > 0));
    if (row < 0) return;
    assert_float_equal(real(t, "cut_pairs", row), cut, 0);
    assert_float_equal(real(t, "delta_hours", row), delta[0], 1e-9);
    assert_float_equal(real(t, "delta_usd", row), delta[1], 1e-9);
}

static void against_routes_without_it(void **state) {
    (void)state;
    static drawn d;
    karvan_random_init(&rng, 20261124, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double base[2][PLACES][PLACES];
        small_region r;
        karvan_network *net;
        karvan_table *t = NULL;
        draw(&d);
        open_without(&d, -1, &r, &net);
        all_pairs(net, base);
        assert_int_equal(karvan_network_critical(net, 2, &t, NULL), KARVAN_OK);
        for (int64_t i = 1; i < karvan_table_rows(t); i++) {
            double more = real(t, "cut_pairs", i - 1), less = real(t, "cut_pairs", i);
            assert_true(more > less || (more == less && real(t, "delta_hours", i - 1) >=
                                                            real(t, "delta_hours", i)));
        }
        for (int item = 0; item < ITEMS; item++) check_item(&d, item, t, base);
        karvan_table_destroy(t);
        close_network(&r, net);
    }
}

static void same_by_any_threads(void **state) {
    (void)state;
    static drawn d;
    karvan_random_init(&rng, 7, 0);
    small_region r;
    karvan_network *net;
    karvan_table *t[2] = {NULL, NULL};
    draw(&d);
    open_without(&d, -1, &r, &net);
    for (int i = 0; i < 2; i++)
        assert_int_equal(karvan_network_critical(net, 1 + 2 * i, &t[i], NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t[0]), karvan_table_rows(t[1]));
    assert_true(karvan_table_rows(t[0]) > 3);
    for (int64_t i = 0; i < karvan_table_rows(t[0]); i++) {
        assert_string_equal(karvan_i_cell_text(t[0], "id", i), karvan_i_cell_text(t[1], "id", i));
        double a = real(t[0], "delta_hours", i), b = real(t[1], "delta_hours", i);
        assert_memory_equal(&a, &b, sizeof a);
    }
    karvan_table_destroy(t[0]), karvan_table_destroy(t[1]);
    close_network(&r, net);
}

static karvan_network *swept;
static karvan_status one_answer(karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_network_critical(swept, 1, &t, err);
    karvan_table_destroy(t);
    return st;
}

static void every_failure(void **state) {
    (void)state;
    small_region r;
    swept = open_network(&r, BY_HAND);
    every_allocation_fails(one_answer, 1000);
    karvan_table *t = (karvan_table *)&r;
    assert_int_equal(karvan_network_critical(NULL, 1, &t, NULL), KARVAN_E_ARG);
    assert_null(t);
    assert_int_equal(karvan_network_critical(swept, 1, NULL, NULL), KARVAN_E_ARG);
    close_network(&r, swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand), cmocka_unit_test(against_routes_without_it),
        cmocka_unit_test(same_by_any_threads), cmocka_unit_test(every_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
