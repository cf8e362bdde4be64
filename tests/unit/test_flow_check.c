/* karvan_flow_check by hand: a sound small region with every table that it reads, then one fault at
 * a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "changed_region.h"
#include "karvan/demand.h"

static const small_table TABLES[] = {
    {"countries", "iso3:s,name:s\nAAA,Aland\nBBB,Beland\nCCC,Celand\n", "\"iso3\""},
    {"places", "id:s,name:s,country:s\nA,Alpha,AAA\nB,Beta,BBB\nC,Gamma,BBB\n", "\"id\""},
    {"links", "id:s,from:s,to:s\nAB,A,B\nBC,B,C\n", "\"id\""},
    {"terminals", "id:s,place:s\nb,B\n", "\"id\""},
    {"services", "id:s,link:s\ns,AB\n", "\"id\""},
    {"cargo_classes", "id:s,name:s\nplants,Plants\nore,Ore\n", "\"id\""},
    {"zones", "id:s,country:s,place:s,weight:n\n1,AAA,A,1\n2,BBB,B,0.7\n3,BBB,C,0.3\n", "\"id\""},
    {"demand",
     "id:s,origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n,kind:s\n"
     "1,AAA,BBB,ore,2024,10,,trade\n2,A,C,ore,2024,,3,transit\n",
     "\"id\""},
    {"carried",
     "id:s,exporter:s,importer:s,cargo_class:s,share:n,moved_by:s\n1,AAA,,,0.5,sea\n"
     "2,AAA,BBB,,0.6,sea\n3,,,ore,0.7,sea\n",
     "\"id\""},
    {"counts",
     "id:s,corridor:s,place:s,link:s,direction:s,cargo_classes:s,value:n,unit:s,error:n,"
     "used_to_estimate:b,mode:s\n"
     "1,mid,,,both,,5,kt,0.1,true,rail\n2,,B,,both,ore;plants,5,TEU,0.1,true,\n"
     "3,,,AB,back,,5,trains,,false,\n4,,,,,,5,bcm,,false,\n",
     "\"id\""},
    {"capacities",
     "id:s,items_of:s,items:s,unit:s,open_from:d,open_to:d,cargo_classes:s\n"
     "1,links,AB;BC,TEU/year,2020,2024,\n2,terminals,b,TEU/day,,,ore\n3,services,s,t/day,,,\n"
     "4,places,A;B;C,kt/year,2029?,,\n",
     "\"id\""},
    {"corridor_constants",
     "id:s,corridor:s,cargo_classes:s,usd_per_teu:n\n1,mid,,10\n2,mid,ore,20\n3,north,,0\n",
     "\"id\""},
    {"settings",
     "key:s,value:s\nflow_year,2024\nflow_countries,AAA;BBB\nflow_trade_error,0.5\n"
     "choice_scale,0.001\nchoice_nest_scale,0.003\nreject_usd_per_teu,9000\nempty_cost_share,0.5\n",
     "\"key\""}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

static void expect(const char *table, const char *from, const char *to, const char *want) {
    changed_expect(TABLES, N_TABLES, karvan_flow_check, table, from, to, want);
}

static void sound(void **state) {
    (void)state;
    expect(NULL, NULL, NULL, "");
}

static void zones(void **state) {
    (void)state;
    expect("zones", "0.7", "0.6", "3:9 zone-weights: the weights of BBB sum to 0.9, not to 1");
    expect("zones", "0.7", "0.70000001", "");
    expect("zones", "A,1\n", "A,1.5\n",
           "2:9 zone-weights: the weights of AAA sum to 1.5, not to 1");
    expect("zones", "BBB,C", "BBB,B",
           "4:7 zone-twice: an earlier row has this place of the country");
}

static void demand(void **state) {
    (void)state;
    expect("demand", "AAA,BBB", "CCC,BBB",
           "2:3 demand-end: nothing says where in the network it is");
    expect("demand", "A,C,ore", "A,D,ore",
           "3:5 demand-end: nothing says where in the network it is");
    expect("demand", "A,C,ore", "A,A,ore", "3:5 demand-loop: the flow ends where it begins");
    expect("demand", ",,3,", ",,,", "3:16 demand-amount: the flow has no amount");
    expect("demand", "10,,", "10,1,", "2:23 demand-amount: the amount is stated twice");
}

static void counts(void **state) {
    (void)state;
    expect("counts", "1,mid,,,both", "1,mid,A,,back",
           "2:3 count-where: a flow is counted on one of them; "
           "2:10 count-direction: a place has no direction forth or back; "
           "2:25 count-where: nothing says of which flow of the network this is a count; "
           "2:10 count-direction: ways of a corridor are not told apart by direction; "
           "2:30 count-mode: what is handled at a place is not told apart by mode");
    expect("counts", "mid,,,both", "mid,,,forth",
           "2:9 count-direction: ways of a corridor are not told apart by direction");
    expect("counts", "5,TEU,0.1,true,", "5,TEU,0.1,true,rail",
           "3:38 count-mode: what is handled at a place is not told apart by mode");
}

static void count_of_a_flow(void **state) {
    (void)state;
    expect("counts", "1,mid,", "1,,",
           "2:21 count-where: nothing says of which flow of the network this is a count");
    expect("counts", "5,kt,0.1", "5,wagons,0.1",
           "2:17 count-unit: demand cannot be fitted to a count of this unit");
    expect("counts", "5,kt,0.1", "5,kt,",
           "2:20 count-error: a count that demand is fitted to needs its error");
    expect("counts", "5,kt,0.1", "5,kt,0",
           "2:20 count-error: a count that demand is fitted to needs its error");
    expect("counts", "B,,both", "B,,back",
           "3:7 count-direction: a place has no direction forth or back");
    expect("counts", "ore;plants", "ore;plant",
           "3:12 cargo-class-unknown: a class of the list is not in table cargo_classes");
}

static void capacities(void **state) {
    (void)state;
    expect("capacities", "AB;BC", "AB;AC",
           "2:9 capacity-items: a row that shares the capacity is not in table links");
    expect("capacities", "terminals,b", "terminals,",
           "3:13 capacity-items: a row that shares the capacity is not in table terminals");
    expect("capacities", "services,s", "ships,s",
           "4:3 capacity-items: a capacity is of rows of one of these tables");
    expect("capacities", "TEU/day", "TEU/hour",
           "3:15 capacity-unit: a capacity of this unit cannot be held against a load");
    expect("capacities", "2020,2024", "2025,2024", "2:29 capacity-dates: it ends before it begins");
    expect("capacities", "2020,2024", "2024,2024", "");
    expect("capacities", ",,ore", ",,oar",
           "3:25 cargo-class-unknown: a class of the list is not in table cargo_classes");
}

static void twice(void **state) {
    (void)state;
    expect("carried", "AAA,BBB,,", "AAA,,,",
           "3:3 carried-twice: an earlier row speaks of the same flows");
    expect("corridor_constants", "mid,ore", "mid,ore;gold",
           "3:7 corridor-constant-classes: a class is not in table cargo_classes");
    expect("corridor_constants", "north", "mid",
           "4:3 corridor-constant-twice: an earlier row is of the same corridor, classes and kind");
}

static void settings(void **state) {
    (void)state;
    expect("settings", "flow_year,2024", "flow_year,now",
           "2:11 flow-setting: now cannot be used as flow_year");
    expect("settings", "AAA;BBB", "AAA;DDD",
           "3:16 flow-setting: flow_countries names one that is no country");
    expect("settings", "error,0.5", "error,-0.5",
           "4:18 flow-setting: -0.5 cannot be used as flow_trade_error");
    expect("settings", "choice_scale,0.001", "choice_scale,0",
           "5:14 flow-setting: 0 cannot be used as choice_scale");
    expect("settings", "nest_scale,0.003", "nest_scale,0.0009",
           "6:19 flow-setting: choice_nest_scale is below choice_scale");
    expect("settings", "teu,9000", "teu,0",
           "7:20 flow-setting: 0 cannot be used as reject_usd_per_teu");
    expect("settings", "share,0.5", "share,nan",
           "8:18 flow-setting: nan cannot be used as empty_cost_share");
    expect("settings", "empty_cost_share,0.5\n", "", ""); /* each has a default */
}

static void without_tables(void **state) {
    (void)state;
    changed_without_tables(TABLES, karvan_flow_check);
}

static karvan_status work(karvan_error *e) {
    return changed_work(TABLES, N_TABLES, karvan_flow_check, "counts", "1,mid,,,", "1,mid,A,,", e);
}

static void memory(void **state) {
    (void)state;
    every_allocation_fails(work, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound),           cmocka_unit_test(zones),
        cmocka_unit_test(demand),          cmocka_unit_test(counts),
        cmocka_unit_test(count_of_a_flow), cmocka_unit_test(capacities),
        cmocka_unit_test(twice),           cmocka_unit_test(settings),
        cmocka_unit_test(without_tables),  cmocka_unit_test(memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
