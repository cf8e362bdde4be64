/* A region's base year out of its counts: two ways and a constant by hand, counts of links, places
 * and directions, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "freight_region.h"
#include "karvan/demand.h"
#include "sweep.h"

#define COUNTS                                                                                  \
    "id:s,name:s,corridor:s,place:s,link:s,direction:s,mode:s,cargo_classes:s,kind:s,period:s," \
    "value:n,unit:s,error:n,used_to_estimate:b\n"
#define DEMAND "id:s,origin:s,destination:s,cargo_class:s,kind:s,year:i,teu:n,error:n\n"

/* The region of freight, with counts: 1200 USD by rail and 1400 by road, hours in it. There is one
 * class, whose cargo would rather go than stay for 9000 USD. */
enum { T_COUNTS = FREIGHT_TABLES, N_TABLES };
static small_table TABLES[N_TABLES]; /* names, for as long as a region is open */

static void set_tables(const char *counts, const char *demand) {
    freight_tables(TABLES);
    TABLES[T_LINKS].csv = LINKS("");
    TABLES[T_CLASSES].csv = CLASSES "gen,General,10,2400,1,\n";
    TABLES[T_SETTINGS].csv = SETTINGS("9000");
    TABLES[T_ZONES].csv = ZONES "1,AAA,A,0.5\n2,AAA,B,0.5\n3,CCC,C,1\n";
    TABLES[T_DEMAND].csv = demand ? demand
                                  : DEMAND "east,A,C,gen,trade,2024,36500,0.1\n"
                                           "west,C,A,gen,transit,2024,7300,\n";
    TABLES[T_COUNTS] = (small_table){"counts", counts, "\"id\""};
}

static void near(double found, double said, double within) {
    if (!(fabs(found - said) <= within * fmax(1, fabs(said))))
        fail_msg("%.17g where %.17g is said", found, said);
}

typedef struct bed {
    small_region region;
    karvan_region_estimate_options o;
    karvan_region_estimate *e;
} bed;

/* On the tables as they are. */
static void bed_start(bed *b) {
    *b = (bed){.o = {.year = 2024}};
    assert_true(small_open(&b->region, TABLES, N_TABLES));
    b->o.demand = karvan_package_table(b->region.package, "demand");
    assert_int_equal(karvan_freight_defaults(b->region.package, &b->o.freight, NULL), KARVAN_OK);
    b->o.freight.threads = 1;
    b->o.estimate.tolerance = 1e-8;
}
/* demand NULL: as above. */
static void bed_open_with(bed *b, const char *counts, const char *demand) {
    set_tables(counts, demand);
    bed_start(b);
}
static void bed_open(bed *b, const char *counts) { bed_open_with(b, counts, NULL); }
static void bed_close(bed *b) {
    karvan_region_estimate_destroy(b->e);
    small_close(&b->region);
}
static void bed_solve(bed *b) {
    karvan_error err = {0};
    if (karvan_estimate_region(b->region.package, &b->o, &b->e, &err) != KARVAN_OK)
        fail_msg("%s", err.msg);
}

static double cell(const bed *b, karvan_region_estimate_output which, int64_t row,
                   const char *column) {
    karvan_table *t = NULL;
    assert_int_equal(karvan_region_estimate_table(b->e, which, &t, NULL), KARVAN_OK);
    double v = karvan_table_real(t, karvan_table_find(t, column), row);
    karvan_table_destroy(t);
    return v;
}

static double rail(double constant) { return 1 / (1 + exp(0.01 * (constant - 200))); }

/* Least of ((q - 100)/10)^2 + ((w - 20)/10)^2 + (t/500)^2 + ((20000 - 365 (q + w) p(t))/1000)^2, q
 * and w the TEU a day of either way, by descent one unknown at a time. */
static void by_descent(double *x) {
    x[0] = 100, x[1] = 20, x[2] = 0;
    for (int round = 0; round < 20000; round++) {
        for (int k = 0; k < 3; k++) {
            double low = k < 2 ? 0 : -2000, high = 2000;
            for (int i = 0; i < 60; i++) {
                double at = x[k] = (low + high) / 2, p = rail(x[2]), g;
                double gap = (20000 - 365 * (x[0] + x[1]) * p) / 1e6;
                if (k < 2)
                    g = (at - (k ? 20 : 100)) / 100 - 365 * p * gap;
                else
                    g = at / 250000 + 365 * (x[0] + x[1]) * 0.01 * p * (1 - p) * gap;
                if (g < 0)
                    low = at;
                else
                    high = at;
            }
        }
    }
}

/* By all but staying at home, which is worth 9000 less. */
static void constant_by_descent(void **state) {
    (void)state;
    bed b;
    double x[3];
    by_descent(x);
    bed_open(&b, COUNTS "c1,Trains,iron,,,both,,,,2024,20000,TEU,0.05,true\n"
                        "c2,Lorries,,,AC,both,,,,2024,300,kt,0.1,false\n"
                        "c3,Lorries east,,,AC,forth,road,gen,trade,2024,1,TEU,0.1,false\n"
                        "c4,Trains,iron,,,forth,,,,2024,1,trains,0.1,false\n"
                        "c5,Other year,iron,,,both,,,,2023,1,TEU,0.1,true\n");
    b.o.constant_error = 500;
    bed_solve(&b);
    const karvan_estimate *e = karvan_region_estimate_view(b.e);
    assert_int_equal(e->n_cells, 2);
    assert_int_equal(e->n_counts, 1);
    assert_int_equal(e->n_constants, 1);
    /* The step of differences is 20 USD: to second order. */
    near(e->constant[0], x[2], 2e-3);
    near(e->demand[0], x[0], 2e-3), near(e->demand[1], x[1], 2e-3);
    near(cell(&b, KARVAN_REGION_COUNTS, 0, "before"), 365 * 120 * rail(0), 1e-6);
    near(cell(&b, KARVAN_REGION_COUNTS, 0, "modelled"),
         365 * (e->demand[0] + e->demand[1]) * rail(e->constant[0]), 1e-6);
    double road = 1 - rail(e->constant[0]);
    near(cell(&b, KARVAN_REGION_COUNTS, 1, "modelled"), 3.65 * (e->demand[0] + e->demand[1]) * road,
         1e-6);
    near(cell(&b, KARVAN_REGION_COUNTS, 2, "modelled"), 365 * e->demand[0] * road, 1e-6);
    karvan_table *t = NULL;
    assert_int_equal(karvan_region_estimate_table(b.e, KARVAN_REGION_COUNTS, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 4);
    assert_int_equal(karvan_table_state(t, 7, 3), KARVAN_NOT_COVERED); /* no trains here */
    karvan_table_destroy(t);
    near(cell(&b, KARVAN_REGION_DEMAND, 1, "teu"), 365 * e->demand[1], 1e-12);
    near(cell(&b, KARVAN_REGION_DEMAND, 1, "prior_teu"), 7300, 1e-12);
    near(cell(&b, KARVAN_REGION_CONSTANTS, 0, "usd_per_teu"), e->constant[0], 0);
    bed_close(&b);
}

/* Without constants the closed form: 365 q p of 35,000 +- 1750 over prior 100 +- 10 and 20 +- 10.
 */
static void demand_in_closed_form(void **state) {
    (void)state;
    bed b;
    bed_open(&b, COUNTS "c1,Trains,,,AB,forth,,,,2024,350,kt,0.05,true\n");
    bed_solve(&b);
    const karvan_estimate *e = karvan_region_estimate_view(b.e);
    double s = 3.65 * rail(0), gap = 350 - 100 * s; /* forth: what goes from A */
    near(e->demand[0], 100 + 100 * s * gap / (100 * s * s + 17.5 * 17.5), 1e-6);
    near(e->demand[1], 20, 1e-9);
    near(e->removed[0], 100 * s * s / (100 * s * s + 17.5 * 17.5), 1e-6);
    assert_true(e->removed[1] == 0);
    bed_close(&b);
}

/* Beside the one count that is used: what passes B is handled there in two steps, and is one TEU.
 */
static void counts_of_every_kind(void **state) {
    (void)state;
    static const struct {
        const char *count;
        double east, west; /* shares of what goes by rail; 10 t are a TEU */
    } asked[] = {{"p,P,,B,,both,,,,2024,9,TEU,0.1,false", 1, 1},
                 {"p,P,,B,,both,,,transit,2024,9,kt,0.1,false", 0, 0.01},
                 {"p,P,,A,,both,,,,2024,9,TEU,0.1,false", 0, 0},
                 {"l,L,,,AB,both,rail,,,2024,9,TEU,0.1,false", 1, 1},
                 {"l,L,,,AB,both,road,,,2024,9,TEU,0.1,false", 0, 0},
                 {"l,L,,,BC,back,,gen,,2024,9,TEU,0.1,false", 0, 1},
                 {"l,L,,,BC,both,,coal,,2024,9,TEU,0.1,false", 0, 0},
                 {"i,I,iron,,,both,rail,,trade,2024,9,TEU,0.1,false", 1, 0},
                 {"i,I,iron,,,both,road,,,2024,9,TEU,0.1,false", 0, 0}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        char counts[600];
        bed b;
        (void)snprintf(counts, sizeof counts, "%s%s\n%s\n", COUNTS,
                       "c,C,,,AB,forth,,,,2024,35000,TEU,0.05,true", asked[i].count);
        set_tables(counts, NULL);
        TABLES[T_TERMINALS].csv =
            "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
            "cost_usd_per_teu:n,step:i\n"
            "b1,B,border,rail,rail,true,0,0,0,1\nb2,B,border,rail,rail,true,0,0,0,2\n";
        bed_start(&b);
        bed_solve(&b);
        const double *q = karvan_region_estimate_view(b.e)->demand;
        near(cell(&b, KARVAN_REGION_COUNTS, 1, "modelled"),
             365 * rail(0) * (asked[i].east * q[0] + asked[i].west * q[1]), 1e-9);
        bed_close(&b);
    }
}

/* Next to nothing was counted: one row falls to 0, and its share is known all the same. */
static void rows_that_fall_to_nothing(void **state) {
    (void)state;
    bed b;
    bed_open(&b, COUNTS "c1,Trains,,,AB,both,,,,2024,1,TEU,1,true\n");
    bed_solve(&b);
    const karvan_estimate *e = karvan_region_estimate_view(b.e);
    assert_true(e->demand[1] == 0);
    near(365 * rail(0) * e->demand[0], 1, 0.1);
    bed_close(&b);
}

/* Least of (t/500)^2 + (u/500)^2 + ((15000 - 36500 p(t))/150)^2 + ((20000 - 36500 p(t) - 7300
 * p(u))/200)^2: constants of trade and of transit alone, demand held. */
static double gradient(const double *x, int k) {
    double p[] = {36500 * rail(x[0]), 7300 * rail(x[1])};
    double first = (15000 - p[0]) / 22500, all = (20000 - p[0] - p[1]) / 40000;
    return x[k] / 250000 + 0.01 * p[k] * (1 - rail(x[k])) * (all + (k ? 0 : first));
}
static void kinds_by_descent(double *x) {
    x[0] = x[1] = 0;
    for (int round = 0; round < 2000; round++) {
        for (int k = 0; k < 2; k++) {
            double low = -1000, high = 1000;
            for (int i = 0; i < 60; i++) {
                x[k] = (low + high) / 2;
                if (gradient(x, k) < 0)
                    low = x[k];
                else
                    high = x[k];
            }
        }
    }
}

static const char *text(const bed *b, int64_t row, int column, char *out, size_t size) {
    karvan_table *t = NULL;
    assert_int_equal(karvan_region_estimate_table(b->e, KARVAN_REGION_CONSTANTS, &t, NULL),
                     KARVAN_OK);
    const char *s = karvan_table_text(t, column, row);
    (void)snprintf(out, size, "%s", s ? s : "all");
    karvan_table_destroy(t);
    return out;
}

/* A count of trade and one of all: what they tell apart has a constant of its own. */
static void constants_of_kinds(void **state) {
    (void)state;
    bed b;
    double x[2];
    char s[40];
    kinds_by_descent(x);
    bed_open(&b, COUNTS "c1,Trains,iron,,,both,,,trade,2024,15000,TEU,0.01,true\n"
                        "c2,Trains,iron,,,both,,gen,,2024,20000,TEU,0.01,true\n");
    b.o.constant_error = 500, b.o.hold_demand = true;
    bed_solve(&b);
    const karvan_estimate *e = karvan_region_estimate_view(b.e);
    assert_int_equal(e->n_cells, 0);
    assert_int_equal(e->n_constants, 2);
    near(e->constant[0], x[0], 5e-3), near(e->constant[1], x[1], 5e-3);
    assert_string_equal(text(&b, 0, 0, s, sizeof s), "iron");
    assert_string_equal(text(&b, 0, 1, s, sizeof s), "all"); /* there is one class */
    assert_string_equal(text(&b, 0, 2, s, sizeof s), "trade");
    assert_string_equal(text(&b, 1, 2, s, sizeof s), "transit");
    /* 1000 USD and 20 h of 10 USD, loaded and unloaded for nothing */
    near(cell(&b, KARVAN_REGION_CONSTANTS, 0, "cost_usd_per_teu"), 1200, 1e-9);
    near(cell(&b, KARVAN_REGION_DEMAND, 0, "teu"), 36500, 1e-12);
    near(cell(&b, KARVAN_REGION_DEMAND, 0, "error"), 0.1, 1e-12);
    bed_close(&b);
}

/* What the table corridor_constants of the region says is felt by freight, by kind; an estimate
 * begins without it. */
static void constants_of_the_region(void **state) {
    (void)state;
    bed b;
    karvan_table *t = NULL;
    karvan_freight *f = NULL;
    karvan_freight_demand d = {0};
    karvan_error err = {0};
    static const char csv[] = "corridor,cargo_classes,kind,usd_per_teu\niron,,transit,100\n"
                              "iron,gen;other,,50\niron,other,,1000\n";
    bed_open(&b, COUNTS "c1,Trains,iron,,,both,,,,2024,20000,TEU,0.05,true\n");
    if (karvan_csv_parse(csv, strlen(csv), "c.csv", "constants", NULL, NULL, &t, &err) ||
        karvan_freight_demand_read(b.region.package, b.o.demand, 2024, &d, &err))
        fail_msg("%s", err.msg);
    b.o.freight.constants = t;
    if (karvan_freight_solve(b.region.package, &d, &b.o.freight, NULL, &f, &err))
        fail_msg("%s", err.msg);
    double share[2];
    karvan_freight_selection s = {.corridor = 0, .cargo_class = -1};
    assert_int_equal(karvan_freight_select(f, &s, share, NULL, NULL), KARVAN_OK);
    assert_int_equal(d.n, 2);
    near(share[d.kind[0] == KARVAN_FREIGHT_TRADE ? 0 : 1], rail(50), 1e-6);
    near(share[d.kind[0] == KARVAN_FREIGHT_TRADE ? 1 : 0], rail(150), 1e-6);
    karvan_freight_destroy(f);
    karvan_freight_demand_clear(&d);
    karvan_table_destroy(t);
    bed_close(&b);
}

/* Rows that have a pair in common, and that stay at home in part or whole, are told as they are
 * stated but for what moves them: loaded again, they load what the estimate did. */
static void rows_come_back(void **state) {
    (void)state;
    static const char counts[] = COUNTS "c1,Trains,iron,,,both,,,,2024,20000,TEU,0.05,true\n";
    bed a, b;
    karvan_table *t = NULL;
    bed_open_with(&a, counts,
                  DEMAND "far,AAA,C,gen,trade,2024,36500,0.3\nnear,A,C,gen,trade,2024,7300,0.3\n"
                         "home,AAA,AAA,gen,trade,2024,3650,0.3\nlast,A,C,gen,,2023,9,\n"
                         "still,A,A,gen,trade,2024,365,0.2\n");
    bed_solve(&a);
    const karvan_estimate *e = karvan_region_estimate_view(a.e);
    assert_int_equal(e->n_cells, 4);
    near(e->demand[2] * 2 * 365, cell(&a, KARVAN_REGION_DEMAND, 2, "teu"), 1e-9); /* half moves */
    const double said[] = {36500, 7300, 3650, 365};
    for (int k = 0; k < 4; k++) near(cell(&a, KARVAN_REGION_DEMAND, k, "prior_teu"), said[k], 0);
    near(cell(&a, KARVAN_REGION_DEMAND, 3, "teu"), 365, 0);
    near(cell(&a, KARVAN_REGION_DEMAND, 3, "error"), 0.2, 0);
    double far = e->demand[0] * 365 / 36500, close = e->demand[1] * 365 / 7300;
    assert_true(far < 0.99 * close && close < 1); /* the larger row yields more */
    near(cell(&a, KARVAN_REGION_DEMAND, 1, "error"), e->demand_error[1] / e->demand[1], 1e-12);
    assert_int_equal(karvan_region_estimate_table(a.e, KARVAN_REGION_DEMAND, &t, NULL), KARVAN_OK);
    bed_open(&b, counts);
    b.o.demand = t, b.o.hold_demand = true, b.o.constant_error = 1;
    bed_solve(&b);
    near(cell(&b, KARVAN_REGION_COUNTS, 0, "before"), cell(&a, KARVAN_REGION_COUNTS, 0, "modelled"),
         1e-6);
    bed_close(&b), bed_close(&a);
    karvan_table_destroy(t);
}

static void refuse_demand(const char *demand, const char *message) {
    bed b;
    karvan_error err = {0};
    bed_open_with(&b, COUNTS "c1,Trains,iron,,,both,,,,2024,20000,TEU,0.05,true\n", demand);
    assert_int_equal(karvan_estimate_region(b.region.package, &b.o, &b.e, &err), KARVAN_E_DATA);
    if (!strstr(err.msg, message)) fail_msg("'%s' where '%s' is said", err.msg, message);
    bed_close(&b);
}

static void refuse(const char *counts, const char *message) {
    bed b;
    karvan_error err = {0};
    bed_open(&b, counts);
    assert_int_equal(karvan_estimate_region(b.region.package, &b.o, &b.e, &err), KARVAN_E_DATA);
    if (!strstr(err.msg, message)) fail_msg("'%s' where '%s' is said", err.msg, message);
    assert_null(b.e);
    bed_close(&b);
}

static void faults_are_named(void **state) {
    (void)state;
    refuse(COUNTS "c,x,iron,,,both,,,,2023,5,TEU,0.1,true\n",
           "no row of 2024 that is used_to_estimate");
    refuse(COUNTS "c,x,iron,,,forth,,,,2024,5,TEU,0.1,true\n", "counts.csv:2:");
    refuse(COUNTS "c,x,iron,,,both,,,,2024,5,trains,0.1,true\n", "only kt and TEU");
    refuse(COUNTS "c,x,iron,,AB,both,,,,2024,5,TEU,0.1,true\n", "one corridor, place or link");
    refuse(COUNTS "c,x,gold,,,both,,,,2024,5,TEU,0.1,true\n", "'gold' is not in table corridors");
    refuse(COUNTS "c,x,iron,,,both,,,,2024,5,TEU,,true\n", "needs a value and an error");
    refuse(COUNTS "c,x,,B,,both,rail,,,2024,5,TEU,0.1,true\n", "a mode is told apart on");
    refuse_demand(DEMAND "e,A,C,gen,trade,2024,5,-0.3\n", "demand.csv:2:24: the error of demand");
    refuse_demand(DEMAND "e,A,C,gen,trade,2024,5,0\n", "a share of it, above 0");
    refuse_demand("id:s,origin:s,destination:s,cargo_class:s,teu:n,error:s\ne,A,C,gen,5,some\n",
                  "demand.csv:2:13: the error of demand is a share of it");
}

static bed swept;
static karvan_status all_of_it(karvan_error *err) {
    karvan_table *t = NULL;
    karvan_region_estimate *e = NULL;
    karvan_status st = karvan_estimate_region(swept.region.package, &swept.o, &e, err);
    for (int k = 0; st == KARVAN_OK && k < 3; k++) {
        st = karvan_region_estimate_table(e, (karvan_region_estimate_output)k, &t, err);
        karvan_table_destroy(t);
    }
    karvan_region_estimate_destroy(e);
    return st;
}
/* A search that does not end hands out what it has; where memory then fails, that is said. */
static karvan_status ended_early(karvan_error *err) {
    karvan_region_estimate *e = NULL;
    karvan_status st = karvan_estimate_region(swept.region.package, &swept.o, &e, err);
    assert_true((e != NULL) == (st == KARVAN_E_NOCONV));
    karvan_region_estimate_destroy(e);
    return st == KARVAN_E_NOCONV ? KARVAN_OK : st;
}
static void memory_fails_early(void **state) {
    (void)state;
    bed_open(&swept, COUNTS "c1,Trains,iron,,,both,,,,2024,20000,TEU,0.05,true\n");
    swept.o.estimate.max_iterations = 1;
    every_allocation_fails(ended_early, 60000);
    bed_close(&swept);
}
static void memory_fails(void **state) {
    (void)state;
    bed_open(&swept, COUNTS "c1,Trains,iron,,,both,,,,2024,20000,TEU,0.05,true\n");
    swept.o.constant_error = 500, swept.o.estimate.tolerance = 0.5;
    every_allocation_fails(all_of_it, 60000);
    bed_close(&swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_by_descent),  cmocka_unit_test(demand_in_closed_form),
        cmocka_unit_test(counts_of_every_kind), cmocka_unit_test(rows_that_fall_to_nothing),
        cmocka_unit_test(constants_of_kinds),   cmocka_unit_test(constants_of_the_region),
        cmocka_unit_test(rows_come_back),       cmocka_unit_test(faults_are_named),
        cmocka_unit_test(memory_fails),         cmocka_unit_test(memory_fails_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
