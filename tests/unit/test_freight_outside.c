/* Ways around a corridor that is dearer than it looks: searches know no constants, so where the
 * best way is of a corridor with one above 0, the best that is not of it is looked for too. Sets of
 * the best way alone, so that nothing else finds it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "freight_bed.h"
#include "sweep.h"

/* The corridor's way, A ~rail~ B ~rail~ C, costs 1000 USD and 20 h: 1200. */
#define IRON LINKS_CSV "AB,A,B,rail,true,500,,10,1,500,\nBC,B,C,rail,true,500,,10,1,500,\n"
/* By E instead of B, with the price and the capacity of its first half: that and 550 USD, 10 h. */
#define BY_E(usd, capacity) \
    "AE,A,E,rail,true,500,,5,1," usd "," capacity "\nEC,E,C,rail,true,500,,5,1,550,\n"
/* By B, but by road, which the corridor avoids: that price and 550 USD, 10 h. */
#define BY_ROAD(usd, capacity) \
    "ABr,A,B,road,true,500,,5,1," usd "," capacity "\nBCr,B,C,road,true,500,,5,1,550,\n"
#define CORRIDORS "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\n"

static karvan_table *constants_of(const char *rows) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    char csv[200];
    (void)snprintf(csv, sizeof csv, "corridor,cargo_classes,kind,usd_per_teu\n%s", rows);
    if (karvan_csv_parse(csv, strlen(csv), "c.csv", "constants", NULL, NULL, &t, &e))
        fail_msg("%s", e.msg);
    return t;
}

/* A region with these links and, of its corridor, this constant. */
static void open_with(bed *b, const char *links, const char *demand, const char *constants) {
    bed_open(b, links, NULL, demand);
    b->o.alternatives = 0;
    b->o.constants = constants_of(constants);
}
static void close_with(bed *b) {
    karvan_table *t = (karvan_table *)b->o.constants;
    bed_close(b);
    karvan_table_destroy(t);
}

static int64_t routes(const bed *b) { return karvan_freight_statistics(b->f).routes; }
static double load(const bed *b, const char *link) {
    return cell(b, KARVAN_FREIGHT_LINKS, link, "all", "load");
}

/* The corridor at 1700 with its constant, `around` at 1300, of both of which links of that cost are
 * `shared`: both are had, by their costs; with no constant, or one below 0, the best way is all
 * there is. */
static void one_way_around(const char *links, const char *around, const char *by, double shared) {
    static const char *const none[] = {"", "iron,,,0\n", "iron,,,-300\n"};
    bed b;
    open_with(&b, links, NULL, "iron,,,500\n");
    bed_solve(&b);
    const double iron = (1 - shared / 1200 / 2) * exp(-17),
                 other = (1 - shared / 1300 / 2) * exp(-13);
    assert_int_equal(routes(&b), 2);
    near(load(&b, around), 100 * other / (iron + other), 1e-9);
    near(load(&b, by), 100 * iron / (iron + other), 1e-9);
    near(karvan_freight_cost_view(b.f)[0], -100 * log(iron + other), 1e-9);
    close_with(&b);
    for (int i = 0; i < 3; i++) {
        open_with(&b, links, NULL, none[i]);
        bed_solve(&b);
        assert_int_equal(routes(&b), 1);
        near(load(&b, by), 100, 1e-9);
        close_with(&b);
    }
}

static void by_other_places(void **s) {
    (void)s;
    one_way_around(IRON BY_E("650", ""), "AE", "AB", 0);
}

static void by_what_is_closed(void **s) {
    (void)s;
    one_way_around(IRON BY_ROAD("650", ""), "ABr", "AB", 0);
}

/* The corridor passes B and E, 1200; what passes B alone, at 1300, is around it as what passes E
 * alone is: whichever is the cheaper. */
static void by_some_of_its_places(void **s) {
    (void)s;
    TABLES[T_CORRIDORS].csv = CORRIDORS "iron,Iron way,B|E,,,road\n";
    one_way_around(LINKS_CSV "AB,A,B,rail,true,500,,5,1,400,\nBE,B,E,rail,true,500,,5,1,400,\n"
                             "EC,E,C,rail,true,500,,10,1,200,\nBC,B,C,rail,true,500,,5,1,800,\n",
                   "BC", "BE", 450);
    one_way_around(LINKS_CSV "AB,A,B,rail,true,500,,5,1,400,\nBE,B,E,rail,true,500,,5,1,400,\n"
                             "EC,E,C,rail,true,500,,10,1,200,\nAE,A,E,rail,true,500,,5,1,950,\n",
                   "AE", "BE", 300);
}

/* Of two ways around the cheaper is had; where it is full, the other too. */
static void the_cheaper_then_the_other(void **s) {
    (void)s;
    static const struct {
        const char *links, *first, *second;
    } of[] = {
        {IRON BY_E("650", "") BY_ROAD("850", ""), "AE", "ABr"},
        {IRON BY_ROAD("650", "") BY_E("850", ""), "ABr", "AE"},
        {IRON BY_E("650", "5") BY_ROAD("850", ""), "AE", "ABr"},
        {IRON BY_ROAD("650", "5") BY_E("850", ""), "ABr", "AE"},
    };
    const double iron = exp(-22), first = exp(-13), second = exp(-15);
    for (int i = 0; i < 4; i++) {
        bed b;
        open_with(&b, of[i].links, NULL, "iron,,,1000\n");
        bed_solve(&b);
        assert_int_equal(routes(&b), i < 2 ? 2 : 3);
        near(load(&b, of[i].first), i < 2 ? 100 * first / (first + iron) : 5, 1e-8);
        if (i >= 2) {
            near(load(&b, of[i].second), 95 * second / (second + iron), 1e-8);
            near(cell(&b, KARVAN_FREIGHT_LINKS, of[i].first, "all", "price_usd"),
                 200 + 100 * log(95.0 / 5 * second / (second + iron)), 1e-7);
        } else {
            assert_true(isnan(load(&b, of[i].second)));
        }
        close_with(&b);
    }
}

/* One that costs so much more than the corridor that hardly anything would choose it is left. */
static void not_too_dear(void **s) {
    (void)s;
    bed b;
    open_with(&b, IRON BY_E("3550", ""), NULL, "iron,,,500\n"); /* 4200 of 1700 + 2500 */
    bed_solve(&b);
    assert_int_equal(routes(&b), 2);
    close_with(&b);
    open_with(&b, IRON BY_E("3552", ""), NULL, "iron,,,500\n");
    bed_solve(&b);
    assert_int_equal(routes(&b), 1);
    close_with(&b);
}

/* A constant is of a kind and of classes: pairs that do not feel it are not searched. */
static void only_for_whom_it_is_dearer(void **s) {
    (void)s;
    bed b;
    open_with(&b, IRON BY_E("650", ""),
              "origin:s,destination:s,cargo_class:s,kind:s,teu:n\nA,C,gen,transit,36500\n"
              "A,C,gen,trade,3650\nA,C,heavy,transit,7300\n",
              "iron,gen,transit,500\n");
    bed_solve(&b);
    assert_int_equal(routes(&b), 4);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AE", "gen", "load"), 100 / (1 + exp(-4)), 1e-9);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "gen", "load"), 10 + 100 / (1 + exp(4)), 1e-9);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AB", "heavy", "load"), 20, 1e-9);
    close_with(&b);
}

static bed swept_bed;
static karvan_status swept(karvan_error *err) {
    karvan_freight *f = NULL;
    karvan_status st = karvan_freight_solve(swept_bed.region.package, &swept_bed.demand,
                                            &swept_bed.o, NULL, &f, err);
    if (st == KARVAN_OK) assert_int_equal(karvan_freight_statistics(f).routes, 3);
    karvan_freight_destroy(f);
    return st;
}
static void allocations(void **s) {
    (void)s;
    open_with(&swept_bed, IRON BY_E("650", "5") BY_ROAD("850", ""), NULL, "iron,,,1000\n");
    every_allocation_fails(swept, 5000);
    close_with(&swept_bed);
}

static int own_tables(void **s) {
    (void)s;
    freight_tables(TABLES);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(by_other_places, own_tables),
        cmocka_unit_test_setup(by_what_is_closed, own_tables),
        cmocka_unit_test_setup(by_some_of_its_places, own_tables),
        cmocka_unit_test_setup(the_cheaper_then_the_other, own_tables),
        cmocka_unit_test_setup(not_too_dear, own_tables),
        cmocka_unit_test_setup(only_for_whom_it_is_dearer, own_tables),
        cmocka_unit_test_setup(allocations, own_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
