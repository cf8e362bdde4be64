/* Freight on a region of four places: shares and prices by hand, capacities of every kind, who goes
 * where, empties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "freight_bed.h"

/* 1200 by rail, 1400 by road; 40 of 100 fit: 40/60 = exp(-0.01 (1200 + l - 1400)). */
static void a_price_by_hand(void **s) {
    (void)s;
    bed b;
    double l = 200 + 100 * log(1.5);
    bed_open(&b, NULL, NULL, NULL);
    bed_solve(&b);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "all", "price_usd"), l, 1e-7);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "gen", "load"), 40, 1e-8);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AC", "all", "load"), 60, 1e-8);
    near(karvan_freight_cost_view(b.f)[0], 1400 + 100 * log(0.6), 1e-8);
    near(karvan_freight_cost_free_view(b.f)[0], 1200 - 100 * log1p(exp(-2)), 1e-8);
    near(cell(&b, KARVAN_FREIGHT_PAIRS, "A", "C", "usd"), 0.4 * 1000 + 0.6 * 1300, 1e-8);
    near(cell(&b, KARVAN_FREIGHT_PAIRS, "A", "C", "hours"), 0.4 * 20 + 0.6 * 10, 1e-8);
    near(cell(&b, KARVAN_FREIGHT_CORRIDORS, "iron", "all", "teu_year"), 14600, 1e-8);
    near(cell(&b, KARVAN_FREIGHT_CORRIDORS, "other", "gen", "kt_year"), 219, 1e-8);
    near(cell(&b, KARVAN_FREIGHT_COUNTRIES, "BBB", NULL, "transited_teu_day"), 40, 1e-8);
    near(cell(&b, KARVAN_FREIGHT_COUNTRIES, "BBB", NULL, "usd_day"), 40 * 500, 1e-8);
    near(cell(&b, KARVAN_FREIGHT_COUNTRIES, "CCC", NULL, "unloaded_teu_day"), 100, 1e-8);
    const char *const ends[] = {"AAA", "CCC"}; /* half of a link is spent at each end */
    for (int i = 0; i < 2; i++)
        near(cell(&b, KARVAN_FREIGHT_COUNTRIES, ends[i], NULL, "usd_day"), 40 * 250 + 60 * 650,
             1e-8);
    near(cell(&b, KARVAN_FREIGHT_BOTTLENECKS, "AB", NULL, "usd_day"), 40 * l, 1e-7);
    near(cell(&b, KARVAN_FREIGHT_ROUTES, "A", "C", "share"), 0.4, 1e-8);
    karvan_table *left = table_of(&b, KARVAN_FREIGHT_UNSERVED);
    assert_int_equal(karvan_table_rows(left), 0);
    karvan_table_destroy(left);
    bed_close(&b);
}

/* Two ways by B share AB, 600 of 1200 and of 1410; the road shares nothing. */
static void ways_that_overlap(void **s) {
    (void)s;
    bed b;
    const double size[] = {0.5 / 2 + 0.5, 600.0 / 1410 / 2 + 810.0 / 1410, 1};
    const char *const last[] = {"BC", "EC", "AC"};
    double weight[3], sum = exp(-50);
    bed_open(&b, LINKS("") "BE,B,E,rail,true,500,,5,1,300,\nEC,E,C,rail,true,500,,5,1,410,\n", NULL,
             NULL);
    bed_solve(&b);
    for (int i = 0; i < 3; i++)
        sum += weight[i] = size[i] * exp(i == 0 ? -12 : i == 1 ? -14.1 : -14);
    for (int i = 0; i < 3; i++)
        near(cell(&b, KARVAN_FREIGHT_LINKS, last[i], "all", "load"), 100 * weight[i] / sum, 1e-9);
    b.o.max_overlap = 0.49; /* half of the way by BC is shared */
    bed_solve(&b);
    assert_true(isnan(cell(&b, KARVAN_FREIGHT_LINKS, "EC", "all", "load")));
    bed_close(&b);
}

/* A second track to B is never the best way, the road is; but of the corridor by B it is, once the
 * first is full. */
static void a_corridor_whose_first_way_is_full(void **s) {
    (void)s;
    bed b;
    bed_open(&b, LINKS("5") "AB2,A,B,rail,true,500,,10,1,900,\n", NULL, NULL);
    bed_solve(&b);
    double second = (1000 + 600.0 / 2) / 1600 * exp(-16), road = exp(-14);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "all", "load"), 5, 1e-8);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB2", "all", "load"), 95 * second / (second + road), 1e-8);
    bed_close(&b);
}

/* Rail is of a corridor, the road of none, to stay at home is neither: three nests of one each, so
 * that what is in them chooses as without nests. */
static void home_is_a_nest_of_its_own(void **s) {
    (void)s;
    bed b;
    bed_open(&b, LINKS(""), NULL, NULL);
    b.o.nest_scale = 0.02, b.o.reject_usd_per_teu = 1400;
    bed_solve(&b);
    double sum = exp(-12) + 2 * exp(-14);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AC", "all", "load"), 100 * exp(-14) / sum, 1e-9);
    near(karvan_freight_served_view(b.f)[0], 100 - 100 * exp(-14) / sum, 1e-9);
    bed_close(&b);
}

/* Who sails through a strait is not in transit; money spent there is. */
static void straits_are_in_no_country(void **s) {
    (void)s;
    bed b;
    const char *own = TABLES[T_PLACES].csv;
    TABLES[T_PLACES].csv =
        "id:s,name:s,country:s,lon:n,lat:n,kind:s\nA,Alpha,AAA,50,40,city\n"
        "B,Beta,BBB,51,40,strait\nC,Gamma,CCC,52,40,city\nE,Island,CCC,53,40,city\n";
    bed_open(&b, NULL, NULL, NULL);
    TABLES[T_PLACES].csv = own;
    bed_solve(&b);
    near(cell(&b, KARVAN_FREIGHT_COUNTRIES, "BBB", NULL, "transited_teu_day"), 0, 1e-12);
    near(cell(&b, KARVAN_FREIGHT_COUNTRIES, "BBB", NULL, "usd_day"), 40 * 500, 1e-8);
    bed_close(&b);
}

/* A place is used by who begins there, who passes and who ends there, each once. */
static void a_place_is_used_by_all_who_are_there(void **s) {
    (void)s;
    for (int i = 0; i < 3; i++) {
        bed b;
        char text[300];
        (void)snprintf(text, sizeof text, "%sx,X,places,%c,both,50,TEU/day,,,,,,\n", CAPACITIES,
                       "ABC"[i]);
        bed_open(&b, LINKS(""), text, NULL);
        bed_solve(&b);
        near(cell(&b, KARVAN_FREIGHT_LINKS, "x", "all", "load"), 50, 1e-7);
        near(karvan_freight_served_view(b.f)[0], i == 1 ? 100 : 50, 1e-7);
        bed_close(&b);
    }
}

/* Corridor by corridor, in each direction; the bottleneck names its row. */
static void loads_of_links_by_corridor(void **s) {
    (void)s;
    enum { LINKS_OF_BED = 3, GROUPS = 2 };
    static const double want[LINKS_OF_BED][2][GROUPS] = {
        {{40, 0}, {10, 0}}, {{40, 0}, {10, 0}}, {{0, 60}, {0, 10 * 0.1353352832366127}}};
    double got[LINKS_OF_BED * 2 * GROUPS];
    bed b;
    bed_open(&b, NULL, NULL,
             "origin:s,destination:s,cargo_class:s,teu:n\nA,C,gen,36500\nC,A,gen,"
             "4143.9737806813634\n"); /* back 10 (1 + exp(-2)) a day, less than fits */

    bed_solve(&b);
    assert_int_equal(karvan_freight_link_loads(b.f, got, NULL), KARVAN_OK);
    for (int i = 0; i < LINKS_OF_BED * 2 * GROUPS; i++)
        near(got[i], want[i / (2 * GROUPS)][i / GROUPS % 2][i % GROUPS], 1e-8);
    assert_int_equal(karvan_freight_link_loads(b.f, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_freight_link_loads(NULL, got, NULL), KARVAN_E_ARG);
    karvan_table *t = table_of(&b, KARVAN_FREIGHT_BOTTLENECKS);
    assert_string_equal(karvan_table_text(t, karvan_table_find(t, "id"), 0), "AB");
    assert_string_equal(karvan_table_text(t, karvan_table_find(t, "direction"), 0), "forth");
    karvan_table_destroy(t);
    bed_close(&b);
}

/* 40 of 100 pass B; by row, place, mode, corridor; not back, nor of another class. */
static void who_goes_there(void **s) {
    (void)s;
    bed b;
    double share, sum;
    const karvan_freight_selection any = {.corridor = -1, .cargo_class = -1};
    bed_open(&b, NULL, NULL, NULL);
    bed_solve(&b);
    for (int i = 0; i < 9; i++) {
        karvan_freight_selection q = any;
        if (i == 1) q.by_item = true, q.item = (karvan_item){KARVAN_ITEM_LINK, 0};
        if (i == 2) q.by_item = true, q.item = (karvan_item){KARVAN_ITEM_PLACE, 1};
        if (i == 3) q.mode = "rail";
        if (i == 4) q.corridor = 0, q.cargo_class = 0;
        if (i == 5) q.by_item = true, q.item = (karvan_item){KARVAN_ITEM_LINK, 0}, q.direction = 1;
        if (i == 6) q.by_item = true, q.item = (karvan_item){KARVAN_ITEM_LINK, 0}, q.direction = 2;
        if (i == 7) q.cargo_class = 1;
        if (i == 8) q.mode = "road", q.corridor = 0;
        double want = i == 0 ? 1 : i < 6 ? 0.4 : 0;
        assert_int_equal(karvan_freight_select(b.f, &q, &share, &sum, NULL), KARVAN_OK);
        near(share, want, 1e-8), near(sum, 100 * want, 1e-8);
    }
    karvan_freight_selection q = any;
    q.corridor = 7;
    assert_int_equal(karvan_freight_select(b.f, &q, &share, &sum, NULL), KARVAN_E_ARG);
    q = any, q.mode = "sled";
    assert_int_equal(karvan_freight_select(b.f, &q, &share, &sum, NULL), KARVAN_E_ARG);
    q = any, q.by_item = true, q.item = (karvan_item){KARVAN_ITEM_LINK, 99};
    assert_int_equal(karvan_freight_select(b.f, &q, &share, &sum, NULL), KARVAN_E_ARG);
    bed_close(&b);
}

static void least_cost_alone(void **s) {
    (void)s;
    bed b;
    bed_open(&b, NULL, NULL, NULL);
    b.o.deterministic = true;
    bed_solve(&b);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "all", "price_usd"), 200, 1e-6);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "all", "load"), 40, 1e-7);
    near(karvan_freight_statistics(b.f).objective, 100 * 1400 - 40 * 200, 1e-7);
    bed_close(&b);
}

/* A table's capacity in tonnes, of both directions: heavy takes twice what gen does of it. */
static void tonnes_of_both_directions(void **s) {
    (void)s;
    bed b;
    bed_open(&b, LINKS(""), CAPACITIES "iron,Rails,links,AB;BC,both,146,kt/year,,,,,,\n",
             "origin:s,destination:s,cargo_class:s,tonnes:n\nA,C,heavy,730000\nC,A,gen,365000\n");
    bed_solve(&b); /* 100 TEU of heavy forth, 100 of gen back; each row counts twice: AB and BC */
    double l = cell(&b, KARVAN_FREIGHT_LINKS, "iron", "all", "price_usd");
    double heavy = 100 / (1 + exp(0.01 * (1040 + 40 * l - 1320))),
           gen = 100 / (1 + exp(0.01 * (1200 + 20 * l - 1400)));
    assert_true(l > 1);
    near(40 * heavy + 20 * gen, 400, 1e-7);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "iron", "heavy", "load"), 40 * heavy, 1e-7);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "heavy", "load"), heavy, 1e-7);
    bed_close(&b);
}

/* One server at a place: 24/80 r / (1 - r) hours of waiting for all that pass; hours are worth 10.
 */
static void a_queue(void **s) {
    (void)s;
    bed b;
    bed_open(&b, LINKS(""), CAPACITIES "post,Post,places,B,both,80,TEU/day,1,1,1,,,\n", NULL);
    bed_solve(&b);
    double lo = 0, hi = 80;
    for (int i = 0; i < 100; i++) {
        double x = (lo + hi) / 2, wait = 24.0 / 80 * (x / 80) / (1 - x / 80);
        if (100 / (1 + exp(0.01 * (1200 + 10 * wait - 1400))) > x)
            lo = x;
        else
            hi = x;
    }
    near(cell(&b, KARVAN_FREIGHT_LINKS, "post", "all", "load"), lo, 1e-7);
    const double wait_h = 0.3 * lo / (80 - lo);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "post", "all", "delay_h"), wait_h, 1e-6);
    near(cell(&b, KARVAN_FREIGHT_PAIRS, "A", "C", "hours"),
         (lo * (20 + wait_h) + (100 - lo) * 10) / 100, 1e-6);
    bed_close(&b);
}

/* Loads go one way; empty wagons and trucks go back at half their cost: 500 and 650. */
static void empties(void **s) {
    (void)s;
    bed b;
    bed_open(&b, LINKS("400"), NULL, NULL);
    b.o.empties = true;
    bed_solve(&b);
    double rail = 100 / (1 + exp(0.01 * (1700 - 2050)));
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "gen", "load"), rail, 1e-5);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "empty", "load"), rail, 1e-5);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AC", "empty", "load"), 100 - rail, 1e-5);
    near(karvan_freight_cost_view(b.f)[0], 1700 - 100 * log1p(exp(-3.5)), 1e-6);
    b.o.empty_pools = "rail,road"; /* a wagon may come back as a truck: so all come back by rail */
    bed_solve(&b);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "empty", "load"), 100, 1e-5);
    near(karvan_freight_cost_view(b.f)[0], 1700 - 100 * log1p(exp(-2)), 1e-6);
    b.o.empty_pools = "rail,sled";
    karvan_error e = {0};
    karvan_freight *f = NULL;
    assert_int_equal(karvan_freight_solve(b.region.package, &b.demand, &b.o, NULL, &f, &e),
                     KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "sled"));
    bed_close(&b);
}

/* An empty unit weighs nothing where a capacity is in tonnes. */
static void empties_weigh_nothing(void **s) {
    (void)s;
    bed b;
    bed_open(&b, LINKS(""), CAPACITIES "y,Roads,links,AC,both,20,t/day,,,,,,\n", NULL);
    b.o.empties = true;
    bed_solve(&b);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AC", "gen", "load"), 2, 1e-4);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AC", "empty", "load"), 2, 1e-4);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "y", "gen", "load"), 20, 1e-4);
    assert_true(isnan(cell(&b, KARVAN_FREIGHT_LINKS, "y", "empty", "load")));
    bed_close(&b);
}

/* What goes back empty finds a road shut, or one at which it would queue, beside a long one: it
 * does not pass what is shut, nor more than fits. */
static void empties_keep_to_capacities(void **s) {
    (void)s;
    static const char *const back[][2] = {
        {",0\n", NULL}, {",\n", CAPACITIES "post,Post,links,short,both,10,TEU/day,1,1,1,,,\n"}};
    for (int i = 0; i < 2; i++) {
        char links[600];
        bed b;
        (void)snprintf(links, sizeof links, "%s%s%s%s", LINKS_CSV,
                       "AC,A,C,road,false,800,,10,1,1300,\nshort,C,A,road,false,800,,10,1,200",
                       back[i][0], "long,C,A,road,false,1800,,30,1,900,\n");
        bed_open(&b, links, back[i][1], NULL);
        b.o.empties = true;
        bed_solve(&b);
        near(cell(&b, KARVAN_FREIGHT_LINKS, "AC", "gen", "load"), 100, 1e-5);
        if (i == 0) assert_true(isnan(cell(&b, KARVAN_FREIGHT_LINKS, "short", "all", "load")));
        if (i == 1) near(cell(&b, KARVAN_FREIGHT_LINKS, "short", "empty", "load"), 10, 1e-4);
        if (i == 1) near(cell(&b, KARVAN_FREIGHT_LINKS, "post", "all", "price_usd"), 350, 1e-4);
        near(cell(&b, KARVAN_FREIGHT_LINKS, "long", "empty", "load"), i == 0 ? 100 : 90, 1e-4);
        bed_close(&b);
    }
}

/* A ship goes back empty: the load of the service is that of its link, and of its bottleneck. */
static void empties_ride_services(void **s) {
    (void)s;
    bed b;
    const char *none = TABLES[T_SERVICES].csv;
    TABLES[T_SERVICES].csv = "id:s,link:s,headway_h:n,capacity_teu:n\nship,AC,24,400\n";
    bed_open(&b, LINKS("40"), NULL, NULL);
    b.o.empties = true;
    bed_solve(&b);
    double there = cell(&b, KARVAN_FREIGHT_LINKS, "AC", "gen", "load"),
           back = cell(&b, KARVAN_FREIGHT_LINKS, "AC", "empty", "load");
    assert_true(there > 50 && back > 50);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "ship", "gen", "load"), there, 1e-9);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "ship", "empty", "load"), back, 1e-9);
    near(cell(&b, KARVAN_FREIGHT_BOTTLENECKS, "ship (back)", "service", "load"), back, 1e-9);
    bed_close(&b);
    TABLES[T_SERVICES].csv = none;
}

int main(void) {
    freight_tables(TABLES);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_price_by_hand),
        cmocka_unit_test(ways_that_overlap),
        cmocka_unit_test(a_corridor_whose_first_way_is_full),
        cmocka_unit_test(home_is_a_nest_of_its_own),
        cmocka_unit_test(straits_are_in_no_country),
        cmocka_unit_test(a_place_is_used_by_all_who_are_there),
        cmocka_unit_test(loads_of_links_by_corridor),
        cmocka_unit_test(who_goes_there),
        cmocka_unit_test(least_cost_alone),
        cmocka_unit_test(tonnes_of_both_directions),
        cmocka_unit_test(a_queue),
        cmocka_unit_test(empties),
        cmocka_unit_test(empties_weigh_nothing),
        cmocka_unit_test(empties_keep_to_capacities),
        cmocka_unit_test(empties_ride_services),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
