/* Freight on the region that ships: limits that bind, flows that balance, spreads beside the
 * convolution of their legs. Demand is the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flow/freight.h"

static karvan_package *region;
static karvan_freight_options options;

static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

static int set_up(void **s) {
    (void)s;
    karvan_problems *p = NULL;
    karvan_error e = {0};
    if (karvan_problems_create(&p, &e) != KARVAN_OK) return -1;
    karvan_status st = karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", p, &region, &e);
    karvan_problems_destroy(p);
    if (st == KARVAN_OK) st = karvan_freight_defaults(region, &options, &e);
    options.network.date = karvan_day_from_civil(2024, 7, 1), options.threads = 1;
    return st == KARVAN_OK ? 0 : -1;
}
static int tear_down(void **s) {
    (void)s;
    karvan_package_destroy(region);
    return 0;
}

static karvan_freight *solve(const char *csv) {
    karvan_table *t = NULL;
    karvan_freight_demand d;
    karvan_freight *f = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(csv, strlen(csv), "demand.csv", "demand", NULL, NULL, &t, &e) ||
        karvan_freight_demand_read(region, t, 0, &d, &e) ||
        karvan_freight_solve(region, &d, &options, NULL, &f, &e))
        fail_msg("%s", e.msg);
    karvan_table_destroy(t);
    karvan_freight_demand_clear(&d);
    return f;
}

static double cell(const karvan_freight *f, karvan_freight_output which, const char *first,
                   const char *second, const char *column) {
    karvan_table *t = NULL;
    double v = NAN;
    assert_int_equal(karvan_freight_table(f, which, &t, NULL), KARVAN_OK);
    for (int64_t r = karvan_table_rows(t); r-- > 0;)
        if (strcmp(karvan_table_text(t, 0, r), first) == 0 &&
            (!second || strcmp(karvan_table_text(t, 1, r), second) == 0))
            v = karvan_table_real(t, karvan_table_find(t, column), r);
    karvan_table_destroy(t);
    return v;
}

/* More boxes than the six ships between Aktau and Alat carry in a year, both ways together: the
 * limit binds, at a price; with few boxes it has none. */
static void the_six_ships_are_full(void **s) {
    (void)s;
    karvan_freight *f = solve("origin,destination,cargo_class,teu\n"
                              "KZAAU,AZBAK,general,900000\nAZBAK,KZAAU,general,900000\n");
    near(cell(f, KARVAN_FREIGHT_LINKS, "caspian-feeders", "all", "load"), 89000 / 365.0, 1e-6);
    assert_true(cell(f, KARVAN_FREIGHT_LINKS, "caspian-feeders", "all", "price_usd") > 10);
    karvan_freight_stats t = karvan_freight_statistics(f);
    assert_true(t.over < 1e-8 && t.slack < 1e-8);
    karvan_freight_destroy(f);
    f = solve("origin,destination,cargo_class,teu\nKZAAU,AZBAK,general,2000\n");
    near(cell(f, KARVAN_FREIGHT_LINKS, "caspian-feeders", "all", "price_usd"), 0, 1e-9);
    karvan_freight_destroy(f);
}

/* What is loaded is unloaded; corridors hold all that goes; routes are walks between their ends. */
static void flows_balance(void **s) {
    (void)s;
    karvan_freight *f = solve("origin,destination,cargo_class,teu\nCHN,EUU,general,300000\n"
                              "KAZ,TUR,metals,90000\nEUU,CHN,manufactures,90000\n");
    double loaded = 0, unloaded = 0, carried = 0;
    karvan_table *t = NULL;
    assert_int_equal(karvan_freight_table(f, KARVAN_FREIGHT_COUNTRIES, &t, NULL), KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        loaded += karvan_table_real(t, 1, r), unloaded += karvan_table_real(t, 2, r);
    karvan_table_destroy(t);
    assert_int_equal(karvan_freight_table(f, KARVAN_FREIGHT_CORRIDORS, &t, NULL), KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (strcmp(karvan_table_text(t, 1, r), "all") == 0) carried += karvan_table_real(t, 2, r);
    karvan_table_destroy(t);
    double served = karvan_freight_statistics(f).served_teu_day;
    near(loaded, served, 1e-9), near(unloaded, served, 1e-9), near(carried, served, 1e-9);
    for (int64_t w = 0; w < f->ways.n; w++) {
        const karvan_i_way *way = &f->ways.way[w];
        const karvan_network *net = f->lane[f->pair_lane[way->pair]].net;
        int32_t at = karvan_i_origin(net, f->pair_from[way->pair]);
        for (int64_t i = way->first; i < way->first + way->n; i++) {
            assert_int_equal(net->arcs[f->ways.arc[i]].tail, at);
            at = net->arcs[f->ways.arc[i]].head;
        }
        assert_int_equal(at, karvan_i_destination(net, f->pair_to[way->pair]));
        for (int64_t v = f->first_way[way->pair]; v < w; v++) /* no route stands twice in a set */
            assert_false(f->ways.way[v].n == way->n &&
                         memcmp(f->ways.arc + f->ways.way[v].first, f->ways.arc + way->first,
                                (size_t)way->n * sizeof(int32_t)) == 0);
    }
    karvan_freight_destroy(f);
}

/* The spread by two moments beside that of the convolution: within a tenth of it on every route
 * here, a twentieth on the mean. */
static void spreads_beside_the_convolution(void **s) {
    (void)s;
    karvan_freight *f = solve("origin,destination,cargo_class,teu\nCHN,EUU,general,300000\n"
                              "KAZ,TUR,metals,9000\nUZB,GEO,cotton,900\n");
    double most = 0, mean = 0, of_hours = 0;
    int n = 0;
    for (int64_t w = 0; w < f->ways.n; w += 1 + f->ways.n / 60, n++) {
        const karvan_i_way *way = &f->ways.way[w];
        karvan_route r = {.corridor = -1};
        karvan_error e = {0};
        const karvan_network *net = f->lane[f->pair_lane[way->pair]].net;
        if (karvan_i_route_of_arcs(net, way->n, f->ways.arc + way->first, &r, &e))
            fail_msg("%s", e.msg);
        karvan_time_quantiles *q = calloc((size_t)r.n_legs + 1, sizeof *q);
        assert_non_null(q);
        assert_int_equal(karvan_route_quantiles(net, &r, 0.5, q, &e), KARVAN_OK);
        double exact = q[r.n_legs].p90_h - q[r.n_legs].p50_h;
        most = fmax(most, fabs(way->spread_h - exact) / exact);
        mean += fabs(way->spread_h - exact) / exact;
        of_hours = fmax(of_hours, fabs(way->spread_h - exact) / way->hours);
        free(q);
        karvan_route_clear(&r);
    }
    (void)fprintf(stderr, "spread of %d routes: mean error %.3f, most %.3f, of the hours %.4f\n", n,
                  mean / n, most, of_hours);
    assert_true(n > 30 && mean / n < 0.05 && most < 0.1 && of_hours < 0.05);
    karvan_freight_destroy(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_six_ships_are_full),
        cmocka_unit_test(flows_balance),
        cmocka_unit_test(spreads_beside_the_convolution),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
