/* Uncertain parameters: what tables say, which one speaks of what, what is refused and where, and
 * whether draws have the quantiles that they were given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "region.h"
#include "study/parameters.h"
#include "sweep.h"

#define PARAMETERS \
    "id:s,name:s,kind:s,low:n,high:n,modes:s,operations:s,items:s,cargo_classes:s,source:s\n"
#define CLASSES                                                                                \
    "id:s,value_usd_per_t:n,value_low_usd_per_t:n,value_high_usd_per_t:n,delta_percent_day:n," \
    "delta_low:n,delta_high:n\n"
#define SETTINGS "key:s,value:s\n"

enum { PARAMETERS_T, CLASSES_T, CONSTANTS_T, SETTINGS_T, INTERVENTIONS_T, N_TABLES };
static const small_table TABLES[N_TABLES] = {
    {"parameters",
     PARAMETERS "port,Ports,money,0.8,1.5,,load;unload,,,x\n"
                "sea,Ferries,money,0.5,2,sea,,,,x\n"
                "bridge,The bridge,money,0.9,1.1,,,B1;B2,,x\n"
                "slow,Roads,hours,0.7,1.3,road;track,,,,x\n"
                "ships,Sailings,wait,0.5,3,,,,,x\n"
                "food,Food,demand,0.9,1.2,,,,food,x\n"
                "through,Transit,demand,0.6,1.6,,,transit,,x\n"
                "taste,Taste,choice,0.5,1,,,,,x\n"
                "room,Room,capacity,1,1.25,rail,,,,x\n",
     "\"id\""},
    {"cargo_classes", CLASSES "food,100,50,400,1,0.5,1\nore,50,,,0.5,0.25,2\ngold,1000,900,,,,\n",
     "\"id\""},
    {"corridor_constants", "id:s,usd_per_teu:n,error:n\nnorth,100,20\nsouth,-50,\nsea,0,0\n",
     "\"id\""},
    {"settings",
     SETTINGS "trade_elasticity,4\ntrade_elasticity_low,2\ntrade_elasticity_high,5\n"
              "effect_low,0.5\neffect_high,1.25\n",
     "\"key\""},
    {"interventions", "id:s,name:s\npier,A pier\nrail,A railway\n", "\"id\""}};

typedef struct bed {
    small_region region;
    karvan_i_parameters p;
} bed;

/* With another text of one table; -1: as above. */
static karvan_status bed_read(bed *b, int table, const char *csv, karvan_error *e) {
    small_table tables[N_TABLES];
    memcpy(tables, TABLES, sizeof tables);
    if (table >= 0) tables[table].csv = csv;
    memset(b, 0, sizeof *b);
    assert_true(small_open(&b->region, tables, N_TABLES));
    b->region.tables = TABLES; /* for the names, when it is closed */
    return karvan_i_parameters_read(b->region.package, &b->p, e);
}
static void bed_open(bed *b) {
    karvan_error e = {0};
    if (bed_read(b, -1, NULL, &e) != KARVAN_OK) fail_msg("%s", e.msg);
}
static void bed_close(bed *b) {
    karvan_i_parameters_clear(&b->p);
    small_close(&b->region);
}
static const karvan_i_parameter *named(const bed *b, const char *id) {
    for (int32_t i = 0; i < b->p.n; i++)
        if (strcmp(b->p.all[i].id, id) == 0) return &b->p.all[i];
    fail_msg("no parameter %s", id);
    return NULL;
}
static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

/* ---- reading ---- */

static void is(const bed *b, const char *id, karvan_i_parameter_kind kind, double low, double high,
               int32_t row) {
    const karvan_i_parameter *x = named(b, id);
    assert_int_equal(x->kind, kind);
    near(x->low, low, 1e-12), near(x->high, high, 1e-12);
    assert_true(x->median == (x->normal ? 0 : 1));
    assert_int_equal(x->row, row);
}

/* Ranges of classes become factors of their figures; a class without one has none; constants are
 * normal and added: 1.6449 errors each way. */
static void all_tables(void **s) {
    (void)s;
    const double z = 1.6448536269514722;
    bed b;
    bed_open(&b);
    assert_int_equal(b.p.n, 1 + 9 + 3 + 1 + 1 + 2);
    assert_true(b.p.all[0].median == 1 && b.p.all[0].low == 1 && b.p.all[0].high == 1);
    is(&b, "port", KARVAN_I_MONEY, 0.8, 1.5, -1);
    is(&b, "taste", KARVAN_I_TASTE, 0.5, 1, -1);
    is(&b, "room", KARVAN_I_ROOM, 1, 1.25, -1);
    is(&b, "value-food", KARVAN_I_VALUE, 0.5, 4, 0);
    is(&b, "day-food", KARVAN_I_DAY, 0.5, 1, 0);
    is(&b, "day-ore", KARVAN_I_DAY, 0.5, 4, 1);
    is(&b, "constant-north", KARVAN_I_CONSTANT, -20 * z, 20 * z, 0);
    is(&b, "trade-elasticity", KARVAN_I_ELASTICITY, 0.5, 1.25, -1);
    is(&b, "effect-pier", KARVAN_I_EFFECT, 0.5, 1.25, 0);
    is(&b, "effect-rail", KARVAN_I_EFFECT, 0.5, 1.25, 1);
    assert_string_equal(named(&b, "port")->operations, "load;unload");
    assert_null(named(&b, "port")->modes);
    assert_string_equal(named(&b, "food")->classes, "food");
    assert_string_equal(named(&b, "port")->name, "Ports");
    assert_string_equal(karvan_i_parameter_kind_name(named(&b, "room")->kind), "capacity");
    bed_close(&b);
}

/* A region that says nothing: one parameter, which is certain. */
static void nothing_said(void **s) {
    (void)s;
    static const small_table one[] = {{"places", "id:s\nA\n", "\"id\""}};
    small_region r;
    karvan_i_parameters p;
    double value[1];
    assert_true(small_open(&r, one, 1));
    assert_int_equal(karvan_i_parameters_read(r.package, &p, NULL), KARVAN_OK);
    assert_int_equal(p.n, 1);
    karvan_i_parameters_draw(&p, 5, 17, value);
    assert_true(value[0] == 1);
    assert_int_equal(karvan_i_parameter_of(&p, KARVAN_I_MONEY, "rail", NULL, NULL, NULL), 0);
    assert_int_equal(karvan_i_parameter_row(&p, KARVAN_I_VALUE, 0), 0);
    karvan_i_parameters_clear(&p);
    small_close(&r);
}

/* The first that speaks of all that it names; what is not named may be anything, or nothing. */
static void which_speaks(void **s) {
    (void)s;
    static const struct {
        karvan_i_parameter_kind kind;
        const char *mode, *operation, *item, *class, *want; /* NULL: none */
    } ask[] = {{KARVAN_I_MONEY, NULL, "load", "X", NULL, "port"},
               {KARVAN_I_MONEY, NULL, "border", "X", NULL, NULL},
               {KARVAN_I_MONEY, "sea", NULL, "X", NULL, "sea"},
               {KARVAN_I_MONEY, "sea", "load", "B1", NULL, "port"},
               {KARVAN_I_MONEY, "sea", NULL, "B2", NULL, "sea"},
               {KARVAN_I_MONEY, "rail", NULL, "B2", NULL, "bridge"},
               {KARVAN_I_MONEY, "rail", NULL, "B", NULL, NULL},
               {KARVAN_I_MONEY, NULL, NULL, NULL, NULL, NULL},
               {KARVAN_I_HOURS, "track", NULL, "X", NULL, "slow"},
               {KARVAN_I_HOURS, "roads", NULL, "X", NULL, NULL},
               {KARVAN_I_WAIT, NULL, NULL, NULL, NULL, "ships"},
               {KARVAN_I_AMOUNT, NULL, NULL, "transit", "ore", "through"},
               {KARVAN_I_AMOUNT, NULL, NULL, "transit", "food", "food"},
               {KARVAN_I_AMOUNT, NULL, NULL, "trade", NULL, NULL},
               {KARVAN_I_ROOM, "rail", NULL, "X", NULL, "room"},
               {KARVAN_I_ROOM, NULL, "load", "X", NULL, NULL}};
    bed b;
    bed_open(&b);
    for (size_t i = 0; i < sizeof ask / sizeof *ask; i++) {
        int32_t at = karvan_i_parameter_of(&b.p, ask[i].kind, ask[i].mode, ask[i].operation,
                                           ask[i].item, ask[i].class);
        if (!ask[i].want && at != 0) fail_msg("question %zu: %s", i, b.p.all[at].id);
        if (ask[i].want) assert_string_equal(b.p.all[at].id, ask[i].want);
    }
    assert_string_equal(b.p.all[karvan_i_parameter_row(&b.p, KARVAN_I_DAY, 1)].id, "day-ore");
    assert_int_equal(karvan_i_parameter_row(&b.p, KARVAN_I_VALUE, 1), 0);
    assert_int_equal(karvan_i_parameter_row(&b.p, KARVAN_I_CONSTANT, 1), 0);
    bed_close(&b);
}

/* ---- refusals ---- */

static void refusals(void **s) {
    (void)s;
    static const struct {
        int table;
        const char *csv, *where, *what;
    } bad[] = {
        {PARAMETERS_T, PARAMETERS "a,A,money,0.5,2,,,,,\nb,B,gold,0.5,2,,,,,\n",
         "parameters.csv:3:5: ",
         "a parameter is of money, hours, wait, capacity, demand or choice"},
        {PARAMETERS_T, PARAMETERS "a,A,effect,0.5,2,,,,,\n", "parameters.csv:2:5: ", "is of money"},
        {PARAMETERS_T, PARAMETERS "a,A,money,0,2,,,,,\n",
         "parameters.csv:2:11: ", "the 5 % quantile of a factor is above 0, to 1"},
        {PARAMETERS_T, PARAMETERS "a,A,money,1.1,2,,,,,\n", "parameters.csv:2:11: ", "5 %"},
        {PARAMETERS_T, PARAMETERS "a,A,money,,2,,,,,\n", "parameters.csv:2:11: ", "5 %"},
        {PARAMETERS_T, PARAMETERS "a,A,money,0.5,0.9,,,,,\n",
         "parameters.csv:2:15: ", "the 95 % quantile of a factor is 1 or more"},
        {PARAMETERS_T, PARAMETERS "a,A,money,0.5,,,,,,\n", "parameters.csv:2:15: ", "95 %"},
        {CLASSES_T, CLASSES "food,100,50,400,1,0.5,1\nore,100,150,400,,,\n",
         "cargo_classes.csv:3:9: ",
         "value_low_usd_per_t lies between 0 and value_usd_per_t; value_high_usd_per_t above it"},
        {CLASSES_T, CLASSES "food,100,50,90,1,0.5,1\n", "cargo_classes.csv:2:", "value_low"},
        {CLASSES_T, CLASSES "food,100,50,400,1,-0.5,1\n", "cargo_classes.csv:2:", "delta_low"},
        {SETTINGS_T,
         SETTINGS "trade_elasticity,4\ntrade_elasticity_low,5\ntrade_elasticity_high,6\n",
         "table settings: ", "they are 5, 4, 6"},
        {SETTINGS_T, SETTINGS "effect_low,0\n", "table settings: ", "effect_low is above 0"},
        {SETTINGS_T, SETTINGS "effect_high,0.5\n", "table settings: ", "effect_high 1 or more"},
        {SETTINGS_T, SETTINGS "a,b\neffect_low,much\n",
         "settings.csv:3:12: ", "effect_low is a number"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bed b;
        karvan_error e = {0};
        if (bed_read(&b, bad[i].table, bad[i].csv, &e) != KARVAN_E_DATA)
            fail_msg("case %zu is taken", i);
        if (!strstr(e.msg, bad[i].where) || !strstr(e.msg, bad[i].what))
            fail_msg("case %zu: %s", i, e.msg);
        assert_int_equal(b.p.n, 0);
        assert_null(b.p.all);
        bed_close(&b);
    }
}

/* ---- draws ---- */

static int by_size(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Of 20,000 draws the 5 %, 50 % and 95 % quantiles are as given: within four standard errors of a
 * share, sqrt(0.05 0.95 / 20,000) = 0.0015 at the ends, 0.0035 in the middle. */
static void quantiles(void **s) {
    (void)s;
    enum { DRAWS = 20000 };
    static const struct { double q, off; } at[] = {{0.05, 0.0062}, {0.5, 0.0142}, {0.95, 0.0062}};
    bed b;
    bed_open(&b);
    int32_t n = b.p.n;
    double *value = malloc((size_t)n * DRAWS * sizeof *value), *row = malloc(DRAWS * sizeof *row);
    assert_true(value && row);
    for (int64_t d = 0; d < DRAWS; d++)
        karvan_i_parameters_draw(&b.p, 42, d + 1, value + (size_t)d * (size_t)n);
    for (int32_t i = 0; i < n; i++) {
        const karvan_i_parameter *x = &b.p.all[i];
        for (size_t d = 0; d < DRAWS; d++) row[d] = value[d * (size_t)n + (size_t)i];
        qsort(row, DRAWS, sizeof *row, by_size);
        const double want[] = {x->low, x->median, x->high};
        for (int k = 0; k < 3; k++) {
            assert_true(row[(size_t)((at[k].q - at[k].off) * DRAWS)] <=
                        want[k] * (1 + 1e-15) + 1e-15);
            assert_true(row[(size_t)((at[k].q + at[k].off) * DRAWS)] >=
                        want[k] * (1 - 1e-15) - 1e-15);
            near(karvan_i_parameter_at(x, at[k].q), want[k], 1e-12);
        }
        if (!x->normal) assert_true(row[0] > 0);
    }
    free(value), free(row);
    bed_close(&b);
}

/* A parameter's draws depend on its id alone: others may come and go. Draw 0 is the median. */
static void streams(void **s) {
    (void)s;
    bed all, one;
    karvan_error e = {0};
    double a[40], c[40];
    bed_open(&all);
    assert_int_equal(
        bed_read(&one, PARAMETERS_T, PARAMETERS "taste,Other,choice,0.5,1,,,,,y\n", &e), KARVAN_OK);
    for (int64_t d = 0; d < 50; d++) {
        karvan_i_parameters_draw(&all.p, 7, d, a), karvan_i_parameters_draw(&one.p, 7, d, c);
        for (int32_t i = 0; i < one.p.n; i++)
            assert_true(a[named(&all, one.p.all[i].id) - all.p.all] == c[i]);
        for (int32_t i = 0; d == 0 && i < all.p.n; i++) assert_true(a[i] == all.p.all[i].median);
        assert_true(a[0] == 1);
    }
    karvan_i_parameters_draw(&all.p, 7, 3, a), karvan_i_parameters_draw(&all.p, 8, 3, c);
    for (int32_t i = 1; i < all.p.n; i++) assert_true(a[i] != c[i] || a[i] == all.p.all[i].median);
    bed_close(&all), bed_close(&one);
}

/* ---- memory ---- */

static bed swept_bed;
static karvan_status swept(karvan_error *err) {
    karvan_i_parameters p;
    karvan_status st = karvan_i_parameters_read(swept_bed.region.package, &p, err);
    karvan_i_parameters_clear(&p);
    return st;
}
static void allocations(void **s) {
    (void)s;
    bed_open(&swept_bed);
    every_allocation_fails(swept, 500);
    bed_close(&swept_bed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_tables),   cmocka_unit_test(nothing_said),
        cmocka_unit_test(which_speaks), cmocka_unit_test(refusals),
        cmocka_unit_test(quantiles),    cmocka_unit_test(streams),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
