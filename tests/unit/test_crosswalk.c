/* Codes of states from one system to another: by hand, the list held against itself, and tables of
 * one system attached to dyads of another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dyads_bed.h"
#include "record/crosswalk.h"
#include "sweep.h"

#define COW KARVAN_SYSTEM_COW
#define GW  KARVAN_SYSTEM_GW
#define ISO KARVAN_SYSTEM_ISO

static void by_hand(void **state) {
    (void)state;
    static const struct {
        karvan_system from, to;
        int year;
        const char *code, *is;
    } cases[] = {
        {COW, ISO, 2000, "2", "USA"},   {COW, ISO, 2000, "002", "USA"}, /* as some files write it */
        {COW, ISO, 2000, "UKG", "GBR"}, {ISO, COW, 1700, "GBR", "200"}, /* it never changed */
        {COW, GW, 1900, "255", "255"},  {COW, GW, 1960, "260", "260"},
        {COW, GW, 2000, "255", "260"},  {GW, COW, 2000, "260", "255"},
        {GW, COW, 1960, "260", "260"},  {ISO, COW, 1960, "DEU", "260"},
        {ISO, COW, 1990, "DEU", "255"}, /* the later of two */
        {ISO, COW, 1947, "DEU", NULL},  {COW, ISO, 1960, "255", NULL},
        {COW, ISO, 1980, "265", "DDR"}, {ISO, COW, 1980, "YEM", "678"},
        {ISO, COW, 2000, "YEM", "679"}, {ISO, GW, 2000, "YEM", "678"},
        {ISO, COW, 1980, "YMD", "680"}, {COW, ISO, 1900, "345", "SRB"},
        {COW, ISO, 1980, "345", "YUG"}, {COW, ISO, 2010, "345", "SRB"},
        {COW, GW, 2010, "345", "340"},  {ISO, GW, 2000, "SRB", "345"},
        {COW, GW, 2010, "970", "971"}, /* Nauru */
        {COW, GW, 2010, "946", "970"}, /* Kiribati */
        {ISO, COW, 1980, "SUN", "365"}, {ISO, COW, 2000, "SUN", NULL},
        {COW, ISO, 1980, "365", "RUS"}, {ISO, GW, 1980, "ZAR", "490"},
        {GW, ISO, 1980, "490", "COD"},  {COW, ISO, 1970, "817", NULL}, /* South Vietnam */
        {GW, COW, 1850, "815", NULL},   {ISO, ISO, 2000, "AZE", "AZE"},
        {ISO, COW, 2000, "aze", NULL},  {COW, ISO, 2000, "", NULL},
        {COW, ISO, 2000, "0", NULL},    {COW, KARVAN_SYSTEM_AUTO, 2000, "2", NULL},
        {COW, ISO, 2000, NULL, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = karvan_code_in(cases[i].from, cases[i].code, cases[i].year, cases[i].to);
        bool good = got && cases[i].is ? strcmp(got, cases[i].is) == 0 : got == cases[i].is;
        if (!good)
            fail_msg("%s in %d: %s, not %s", cases[i].code, cases[i].year, got ? got : "none",
                     cases[i].is ? cases[i].is : "none");
    }
}

static const char *own(const karvan_i_crosswalk *x, karvan_system s) {
    return s == KARVAN_SYSTEM_COW ? x->cow : s == KARVAN_SYSTEM_GW ? x->gw : x->iso;
}

/* In the last year of each row its codes lead to one another; no two rows that give an ISO code
 * claim all years for one code. */
static void the_list_itself(void **state) {
    (void)state;
    int pairs = 0;
    for (int i = 0; i < karvan_i_crosswalk_n; i++) {
        const karvan_i_crosswalk *x = &karvan_i_crosswalk_list[i];
        int year = x->from && !x->to ? 2020 : x->to ? x->to - 1 : 2000;
        assert_true(!x->from || !x->to || x->from <= x->to);
        assert_true(x->name && (x->iso || x->cow || x->gw) && !x->cow == !x->cow_abbreviation);
        for (karvan_system a = KARVAN_SYSTEM_COW; a <= KARVAN_SYSTEM_ISO; a++)
            for (karvan_system b = KARVAN_SYSTEM_COW; b <= KARVAN_SYSTEM_ISO; b++) {
                if (!own(x, a) || !own(x, b)) continue;
                if (x->spelling && (a != KARVAN_SYSTEM_ISO || b == KARVAN_SYSTEM_ISO)) continue;
                const char *got = karvan_code_in(a, own(x, a), year, b);
                if (!got || strcmp(got, own(x, b)) != 0)
                    fail_msg("%s in %d: %s leads to %s, not %s", x->name, year, own(x, a),
                             got ? got : "none", own(x, b));
                pairs++;
            }
    }
    assert_true(pairs > 1700);
    karvan_table *t = NULL;
    assert_int_equal(karvan_crosswalk_table(&t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), karvan_i_crosswalk_n);
    karvan_table_destroy(t);
    assert_int_equal(karvan_crosswalk_table(NULL, NULL), KARVAN_E_ARG);
}

static const char STATES[] = "iso3,from,to\nDEU,1949-09-21,2020-12-31\nSRB,2006-06-05,2020-12-31\n"
                             "RUS,1816-01-01,2020-12-31\n",
                  ROWS[] = "ccode1,ccode2,year,x\n260,365,1989,1\n255,365,1991,2\n345,255,2010,3\n"
                           "345,365,1980,4\n817,365,1970,5\n817,365,1971,6\n365,RUS,1971,7\n"
                           "UKG,255,2010,8\n";

static void attached(void **state) {
    (void)state;
    karvan_states *s = states_of(STATES);
    karvan_table *t = table_of(ROWS, "x.csv");
    karvan_problems *problems = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    karvan_dyad_years *d =
        dyads_of(s, (karvan_dyad_years_query){.from = 1989, .to = 1991, .undirected = true});
    const karvan_attach_options o = {.codes = KARVAN_SYSTEM_COW};
    if (karvan_dyad_years_attach(d, t, &o, problems, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_text(d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year,x12,x21\nDEU,RUS,1989,1,..\nDEU,RUS,1990,..,..\n"
                "DEU,RUS,1991,2,..\n");
    static const struct {
        const char *code, *says;
    } told[] = {{"code-not-a-state", "YUG is the code of no state of the table of states"},
                {"code-without-counterpart", "817 of cow has no code in iso in 1970"},
                {"code-not-a-state", "GBR is the code of no state of the table of states"}};
    assert_int_equal(karvan_problems_total(problems), 3); /* each code once */
    for (int i = 0; i < 3; i++) {
        const karvan_problem p = karvan_problems_get(problems, i);
        assert_string_equal(p.code, told[i].code);
        assert_string_equal(p.message, told[i].says);
    }
    karvan_dyad_years_destroy(d);
    karvan_problems_destroy(problems);
    karvan_table_destroy(t);
    karvan_states_destroy(s);
}

/* Two codes that become one state in one year are two rows of one key. */
static void two_of_one_year(void **state) {
    (void)state;
    karvan_states *s = states_of(STATES);
    karvan_table *t = table_of("ccode,year,x\n260,1990,1\n255,1990,2\n", "x.csv");
    karvan_error e = {0};
    karvan_dyad_years *d = dyads_of(s, (karvan_dyad_years_query){.from = 1990, .to = 1990});
    const karvan_attach_options o = {.codes = KARVAN_SYSTEM_COW};
    assert_int_equal(karvan_dyad_years_attach(d, t, &o, NULL, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg, "x.csv:3:1: x is not what line 2 says of the same state and time; "
                               "one of them must go");
    karvan_table_destroy(t);
    t = table_of("ccode,year,x\n260,1990,1\n,1990,2\n", "x.csv"), e = (karvan_error){0};
    assert_int_equal(karvan_dyad_years_attach(d, t, &o, NULL, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "x.csv:3:1: the row says of no state what it says"));
    karvan_dyad_years_destroy(d);
    karvan_table_destroy(t);
    karvan_states_destroy(s);
}

static karvan_states *some_states;
static karvan_table *some_rows;
static karvan_status all_of_it(karvan_error *err) {
    karvan_problems *problems = NULL;
    karvan_dyad_years *d = NULL;
    karvan_table *t = NULL;
    const karvan_dyad_years_query q = {.from = 1989, .to = 1991};
    const karvan_attach_options o = {.codes = KARVAN_SYSTEM_COW};
    karvan_status st = karvan_problems_create(&problems, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_create(some_states, &q, &d, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_attach(d, some_rows, &o, problems, err);
    if (st == KARVAN_OK) st = karvan_crosswalk_table(&t, err);
    karvan_table_destroy(t);
    karvan_dyad_years_destroy(d);
    karvan_problems_destroy(problems);
    return st;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    some_states = states_of(STATES), some_rows = table_of(ROWS, "x.csv");
    every_allocation_fails(all_of_it, 3000);
    karvan_table_destroy(some_rows);
    karvan_states_destroy(some_states);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand), cmocka_unit_test(the_list_itself), cmocka_unit_test(attached),
        cmocka_unit_test(two_of_one_year), cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
