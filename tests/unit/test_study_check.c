/* karvan_study_check by hand: a sound small region with every table that it reads, then one fault
 * at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "changed_region.h"
#include "karvan/study.h"
#include "study/parameters.h"

static const small_table TABLES[] = {
    {"modes", "id:s\nrail\nroad\nship\n", "\"id\""},
    {"operations", "id:s\nport\nborder\n", "\"id\""},
    {"links", "id:s,mode:s\nAB,rail\nBC,ship\n", "\"id\""},
    {"terminals", "id:s,operation:s\nb,port\nc,border\n", "\"id\""},
    {"services", "id:s,link:s\ns,BC\n", "\"id\""},
    {"capacities", "id:s\nfleet\n", "\"id\""},
    {"cargo_classes", "id:s\nplants\nore\n", "\"id\""},
    {"parameters",
     "id:s,kind:s,modes:s,operations:s,items:s,cargo_classes:s,low:n,high:n\n"
     "m1,money,,,AB;b,,0.8,1.2\nm2,money,rail;road,,,,0.5,2\nm3,money,,port;border,,,1,1.3\n"
     "h1,hours,,,,,0.9,1\nw1,wait,ship,,,,0.5,1.5\nw2,wait,,,s,,0.5,1.5\n"
     "c1,capacity,,,fleet;s;AB;b,,0.7,1.4\nd1,demand,,,trade,ore,0.5,2\n"
     "d2,demand,,,trade;transit,,0.5,2\nt1,choice,,,,,0.5,2\n",
     "\"id\""},
    {"agreements", "id:s,flag:s\nX,fta\nY,union\n", "\"id\""},
    {"organisations", "id:s\nCLUB\n", "\"id\""},
    {"policy_effects", "flag:s,ln_trade:n,error:n\nfta,0.25,0.1\nunion,-0.1,0\n", "\"flag\""},
    {"ties",
     "id:s,kind:s,what:s,country:s,partner:s,intervention:s\n"
     "1,agreement,union,AAA,BBB,easier\n2,membership,CLUB,AAA,,easier\n",
     "\"id\""},
    {"interventions",
     "id:s,kind:s,cost_million:n,currency:s\n"
     "bridge,improvement,5,USD\ntunnel,improvement,7,EUR\ntoll,disruption,,\n"
     "easier,consequence,,\n",
     "\"id\""},
    {"scenarios", "intervention:s,table:s\neasier,terminals\nbridge,links\n", NULL},
    {"settings",
     "key:s,value:s\nstudy_least_teu_day,2\neffect_low,0.5\neffect_high,1.5\ndiscount_rate,0.06\n"
     "life_years,30\nusd_per_eur,1.08\ntrade_elasticity,4\ntrade_elasticity_low,2.8\n"
     "trade_elasticity_high,5.7\nusd_per_teu_mile,x\n",
     "\"key\""}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

static void expect(const char *table, const char *from, const char *to, const char *want) {
    changed_expect(TABLES, N_TABLES, karvan_study_check, table, from, to, want);
}

static void sound(void **state) {
    (void)state;
    expect(NULL, "", "", "");
}

static void words(void **state) {
    (void)state;
    expect("parameters", "AB;b,,0.8", "AB;bb,,0.8",
           "2:12 parameter-word: a parameter of money knows no bb");
    expect("parameters", "AB;b,,0.8", "AB;s,,0.8",
           "2:12 parameter-word: a parameter of money knows no s"); /* no service */
    expect("parameters", "rail;road", "rail;rode",
           "3:10 parameter-word: a parameter of money knows no rode");
    expect("parameters", "port;border", "port;",
           "4:11 parameter-word: a parameter of money knows no ");
    expect("parameters", ",,s,,", ",,AB,,", "7:11 parameter-word: a parameter of wait knows no AB");
    expect("parameters", "fleet;s", "fleets;s",
           "8:15 parameter-word: a parameter of capacity knows no fleets");
    expect("parameters", "trade,ore", "trades,ore",
           "9:13 parameter-word: a parameter of demand knows no trades");
    expect("parameters", "trade,ore", "trade,oar",
           "9:19 parameter-word: a parameter of demand knows no oar");
    expect("parameters", "h1,hours", "h1,speed",
           "5:4 parameter-kind: nothing is moved by a parameter of this kind");
}

static void what_moves_nothing(void **state) {
    (void)state;
    expect("parameters", "w1,wait,ship,,", "w1,wait,ship,port,",
           "6:14 parameter-list: a parameter of wait has no operations");
    expect("parameters", "t1,choice,,,,", "t1,choice,,,,ore",
           "11:14 parameter-list: a parameter of choice has no cargo_classes");
    expect("parameters", "m2,money,rail;road,,", "m2,money,rail;road,port,",
           "3:20 parameter-list: nothing has both a mode and an operation");
    /* the first row that speaks of a thing moves it */
    expect("parameters", "w1,wait,ship,,", "w1,wait,,,",
           "7:1 parameter-covered: row w1 speaks of all of it already");
    expect("parameters", "trade,ore", "trade;transit,",
           "10:1 parameter-covered: row d1 speaks of all of it already");
    expect("parameters", "m2,money,rail;road,,,", "m2,money,,,AB,",
           "3:1 parameter-covered: row m1 speaks of all of it already");
    /* rows that overlap do not hide one another */
    expect("parameters", "m2,money,rail;road,,,", "m2,money,,,AB;BC,", "");
    expect("parameters", "m2,money,rail;road,,,", "m2,hours,,,AB,", "");
}

/* ---- the same by trying everything ---- */

static uint32_t seed;
static unsigned draw(unsigned n) {
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 16) % n;
}

/* Some of the words of a list of n, none as often as not. */
static void draw_list(const char *const *word, unsigned n, char *out, size_t cap) {
    *out = 0;
    if (draw(2)) return;
    for (unsigned k = 0; k < n; k++)
        if (draw(2)) {
            size_t at = strlen(out);
            (void)snprintf(out + at, cap - at, "%s%s", at ? ";" : "", word[k]);
        }
}

/* Is there a thing that row 2 moves? Links have a mode, stops an operation; the last word of each
 * is in no list, and stops without a row have no id. */
static bool moves_any(const karvan_i_parameters *p) {
    static const char *const mode[] = {"rail", "road", "canal"},
                             *const operation[] = {"port", "border", "yard"},
                             *const item[] = {"AB", "BC", "b", "c", "ZZ", NULL};
    bool any = false;
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 6; i++) {
            any |= karvan_i_parameter_of(p, KARVAN_I_MONEY, mode[k], NULL, item[i], NULL) == 2;
            any |= karvan_i_parameter_of(p, KARVAN_I_MONEY, NULL, operation[k], item[i], NULL) == 2;
        }
    return any;
}

static void draw_row(char *out, size_t cap, int id) {
    static const char *const mode[] = {"rail", "road"}, *const operation[] = {"port", "border"},
                             *const item[] = {"AB", "BC", "b", "c"};
    char modes[40] = "", operations[40] = "", items[40];
    if (draw(2))
        draw_list(mode, 2, modes, sizeof modes);
    else
        draw_list(operation, 2, operations, sizeof operations);
    draw_list(item, 4, items, sizeof items);
    (void)snprintf(out, cap, "%d,money,%s,%s,%s,,0.5,2\n", id, modes, operations, items);
}

static void covered_is_what_never_holds(void **state) {
    (void)state;
    int hidden = 0;
    for (seed = 1; seed < 201; seed++) {
        small_table tables[N_TABLES];
        small_region r;
        karvan_i_parameters p;
        karvan_error e = {0};
        char csv[400] = "id:s,kind:s,modes:s,operations:s,items:s,cargo_classes:s,low:n,high:n\n";
        uint32_t first = seed;
        for (int k = 1; k <= 2; k++) draw_row(csv + strlen(csv), sizeof csv - strlen(csv), k);
        seed = first;
        memcpy(tables, TABLES, sizeof tables);
        for (int i = 0; i < N_TABLES; i++)
            if (strcmp(tables[i].name, "parameters") == 0) tables[i].csv = csv;
        assert_true(small_open(&r, tables, N_TABLES));
        r.tables = TABLES;
        assert_int_equal(karvan_study_check(r.package, r.problems, &e), KARVAN_OK);
        if (karvan_i_parameters_read(r.package, &p, &e)) fail_msg("%s", e.msg);
        bool told = karvan_problems_total(r.problems) > 0;
        if (told) assert_string_equal(karvan_problems_get(r.problems, 0).code, "parameter-covered");
        if (told == moves_any(&p)) fail_msg("%s", csv);
        hidden += told;
        karvan_i_parameters_clear(&p);
        small_close(&r);
    }
    assert_in_range(hidden, 20, 180); /* both were met */
}

static void ranges(void **state) {
    (void)state;
    expect("parameters", "0.8,1.2", "1.1,1.2", "2:18 parameter-range: low is not above 0, to 1");
    expect("parameters", "0.8,1.2", "0,1.2", "2:18 parameter-range: low is not above 0, to 1");
    expect("parameters", "0.8,1.2", "0.8,0.9", "2:22 parameter-range: high is not 1 or more");
    expect("parameters", "0.8,1.2", "0.8,", "2:22 parameter-range: high is not 1 or more");
    expect("parameters", "0.8,1.2", "1,1",
           "2:20 parameter-range: low and high are both 1: nothing is uncertain");
}

static void agreements(void **state) {
    (void)state;
    expect("policy_effects", "fta,", "ftb,", "2:1 policy-effect-flag: no agreement has this flag");
    expect("policy_effects", "0.25", "", "2:5 policy-effect-size: the effect is no finite number");
    expect("policy_effects", "0.1\n", "-0.1\n",
           "2:10 policy-effect-size: the error is not 0 or more");
    expect("ties", "union", "onion", "2:13 tie-what: no agreement has this flag");
    expect("ties", "CLUB", "union", "3:14 tie-what: no organisation has this id");
    expect("ties", "BBB", "AAA", "2:23 tie-loop: a country is tied to itself");
    expect("ties", "BBB,easier", "BBB,bridge",
           "2:27 tie-intervention: what follows from a tie is no consequence in table "
           "interventions");
}

static void interventions(void **state) {
    (void)state;
    expect("interventions", "5,USD", "5,", "2:22 cost-currency: a cost of no currency");
    expect("interventions", "7,EUR", "7,GEL", "3:22 cost-currency: nothing turns GEL into USD");
    expect("interventions", "7,EUR", "7,EURO", "3:22 cost-currency: nothing turns EURO into USD");
    expect("interventions", "disruption,,", "disruption,,GEL", ""); /* no cost to turn */
    expect("interventions", "toll,disruption", "toll,consequence",
           "4:1 consequence-without-tie: a consequence that follows from no tie; "
           "4:1 consequence-without-edits: a consequence that changes nothing");
    expect("scenarios", "easier", "bridge",
           "5:1 consequence-without-edits: a consequence that changes nothing");
}

static void settings(void **state) {
    (void)state;
    expect("settings", "day,2", "day,-1",
           "2:21 study-setting: -1 cannot be used as study_least_teu_day");
    expect("settings", "low,0.5", "low,1.5",
           "3:12 study-setting: 1.5 cannot be used as effect_low");
    expect("settings", "high,1.5", "high,0.5",
           "4:13 study-setting: 0.5 cannot be used as effect_high");
    expect("settings", "rate,0.06", "rate,6",
           "5:15 study-setting: 6 cannot be used as discount_rate");
    expect("settings", "years,30", "years,ever",
           "6:12 study-setting: ever cannot be used as life_years");
    expect("settings", "eur,1.08", "eur,0", "7:13 study-setting: 0 cannot be used as usd_per_eur");
    expect("settings", "elasticity,4", "elasticity,6",
           "10:23 study-setting: 5.7 cannot be used as trade_elasticity_high");
    expect("settings", "elasticity,4", "elasticity,2",
           "9:22 study-setting: 2.8 cannot be used as trade_elasticity_low");
    expect("settings", "elasticity,4\n", "elasticity_of,4\n", ""); /* each has a default */
}

static void without_tables(void **state) {
    (void)state;
    changed_without_tables(TABLES, karvan_study_check);
}

static karvan_status work(karvan_error *e) {
    return changed_work(TABLES, N_TABLES, karvan_study_check, "interventions", "7,EUR", "7,GEL", e);
}

static void memory(void **state) {
    (void)state;
    every_allocation_fails(work, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sound),
                                       cmocka_unit_test(words),
                                       cmocka_unit_test(what_moves_nothing),
                                       cmocka_unit_test(covered_is_what_never_holds),
                                       cmocka_unit_test(ranges),
                                       cmocka_unit_test(agreements),
                                       cmocka_unit_test(interventions),
                                       cmocka_unit_test(settings),
                                       cmocka_unit_test(without_tables),
                                       cmocka_unit_test(memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
