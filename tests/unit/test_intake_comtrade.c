/* UN Comtrade into flows: what would count twice is left out, one level is taken, the columns of
 * all its editions and its JSON mean the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "intake.h"
#include "sweep.h"

/* Columns of the present site that are used; others may stand between. */
#define HEADER                                                                                  \
    "typeCode,freqCode,refYear,refMonth,period,reporterCode,reporterISO,flowCode,partnerCode,"  \
    "partnerISO,partner2Code,classificationCode,cmdCode,aggrLevel,customsCode,mosCode,motCode," \
    "qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,netWgt,isNetWgtEstimated,cifvalue,fobvalue,"    \
    "primaryValue,legacyEstimationFlag,isReported\n"
/* A row that is taken: product and its level, partner, the rest of the flow. */
#define ROW(flow, partner, partner2, cmd, level, customs, mos, mot, value)                         \
    "\"C\",\"A\",\"2022\",\"52\",\"2022\",\"31\",\"AZE\",\"" flow "\",\"" partner                  \
    "\",\"\",\"" partner2 "\",\"H6\",\"" cmd "\",\"" level "\",\"" customs "\",\"" mos "\",\"" mot \
    "\",\"8\",\"kg\",\"7\",\"false\",\"7\",\"false\",,,\"" value "\",\"0\",\"true\",\n"
#define PLAIN(flow, partner, cmd, level, value) \
    ROW(flow, partner, "0", cmd, level, "C00", "0 ", "0", value)

static void parts_and_sums_are_left_out(void **state) {
    (void)state;
    intake_result r =
        intake_text(HEADER PLAIN("M", "398", "TOTAL", "0", "100") /* 1 */
                    PLAIN("X", "398", "TOTAL", "0", "50")         /* 2 */
                    PLAIN("M", "0", "TOTAL", "0", "900")          /* 3 world */
                    PLAIN("M", "31", "TOTAL", "0", "5")           /* 4 own */
                    PLAIN("RX", "398", "TOTAL", "0", "9")         /* 5 */
                    PLAIN("MIP", "398", "TOTAL", "0", "9")        /* 6 */
                    PLAIN("?", "398", "TOTAL", "0", "9")          /* 7 */
                    PLAIN("M", "398", "27", "2", "60")            /* 8 level */
                    ROW("M", "398", "0", "TOTAL", "0", "C00", "0", "2100", "70")
                        ROW("M", "398", "0", "TOTAL", "0", "C04", "0", "0", "80")
                            ROW("M", "398", "792", "TOTAL", "0", "C00", "0", "0", "90")
                                ROW("M", "398", "0", "TOTAL", "0", "C00", "1", "0", "10")
                                    PLAIN("M", "398", "TOTAL", "0", "100") /* 13 again */
                    PLAIN("M", "777", "TOTAL", "0", "100")                 /* 14 nowhere */
                    PLAIN("M", "792", "TOTAL", "0", "-3")                  /* 15 */
                    ROW("M", "860", "0", "TOTAL", "0", "C00", "0", "3200", "1"),
                    NULL);
    assert_int_equal(r.st, KARVAN_OK);
    assert_string_equal(r.tally.format, "comtrade");
    columns_are(r.flows,
                "year exporter importer product classification value unit reported_by rows",
                "2022,AZE,KAZ,TOTAL,HS2022,50,USD,exporter,1\n"
                "2022,KAZ,AZE,TOTAL,HS2022,100,USD,importer,1\n");
    columns_are(r.audit, "row line reason column value",
                "3,4,flow-world,partnerCode,0\n4,5,flow-own-country,reporterCode,31\n"
                "5,6,flow-sub-flow,flowCode,RX\n6,7,flow-sub-flow,flowCode,MIP\n"
                "7,8,flow-direction,flowCode,?\n8,9,flow-level,cmdCode,27\n"
                "9,10,flow-by-transport,motCode,2100\n10,11,flow-by-customs,customsCode,C04\n"
                "11,12,flow-by-second-partner,partner2Code,792\n12,13,flow-by-supply,mosCode,1\n"
                "13,14,flow-duplicate,cmdCode,TOTAL\n14,15,flow-country,partnerCode,777\n"
                "15,16,flow-value-negative,primaryValue,-3\n"
                "16,17,flow-by-transport,motCode,3200\n");
    /* Uzbekistan's flow is there by transport only, which is told apart */
    bool told = false;
    for (int64_t i = 0; i < karvan_problems_total(r.problems); i++) {
        karvan_problem p = karvan_problems_get(r.problems, i);
        told |=
            strcmp(p.code, "flow-parts-only") == 0 && strstr(p.message, "only: 1, none") != NULL;
    }
    assert_true(told);
    intake_clear(&r);
}

static void one_level_of_products_is_taken(void **state) {
    (void)state;
    static const char text[] = HEADER PLAIN("M", "398", "01", "2", "1")
        PLAIN("M", "398", "0102", "4", "2") PLAIN("M", "398", "0103", "4", "4")
            PLAIN("M", "398", "010210", "6", "8") PLAIN("M", "398", "010310", "6", "16");
    static const struct {
        const char *by, *want;
    } cases[] = {
        {NULL, "TOTAL,1\n"}, /* one chapter: it is the coarsest, but not the only product */
        {"exporter,importer,year,product", "010210,8\n010310,16\n"},
        {"exporter,importer,year,product6", "010210,8\n010310,16\n"},
        {"exporter,importer,year,product4", "0102,2\n0103,4\n"},
        {"exporter,importer,year,product2", "01,1\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const karvan_flows_options o = {.by = cases[i].by};
        intake_result r = intake_text(text, &o);
        columns_are(r.flows, "product value", cases[i].want);
        if (i == 0) columns_are(r.flows, "flag", "sum of the products in the file\n");
        intake_clear(&r);
    }
    /* without the chapter, chapters are summed from headings; without these from subheadings */
    const karvan_flows_options o = {.by = "product2"};
    intake_result r = intake_text(
        HEADER PLAIN("M", "398", "0102", "4", "2") PLAIN("M", "398", "010210", "6", "8"), &o);
    columns_are(r.flows, "product value", "01,2\n");
    intake_clear(&r);
    r = intake_text(
        HEADER PLAIN("M", "398", "270900", "6", "2") PLAIN("X", "398", "270900", "6", "8"), NULL);
    columns_are(r.flows, "exporter product value flag", "AZE,270900,8,\nKAZ,270900,2,\n");
    intake_clear(&r);
    r = intake_text(HEADER PLAIN("M", "398", "TOTAL", "0", "2"), &o);
    assert_int_equal(karvan_table_rows(r.flows), 0); /* no chapters can be made of it */
    columns_are(r.audit, "reason", "flow-level\n");
    intake_clear(&r);
}

#define MONTH(freq, period, value) \
    "C," freq ",2022,1," period    \
    ",31,AZE,M,398,KAZ,0,H6,TOTAL,0,C00,0,0,-1,N/A,,false,5,true," value ",," value ",4,false\n"

static void months_make_a_year_or_stand_back(void **state) {
    (void)state;
    intake_result r = intake_text(HEADER MONTH("M", "202201", "10") MONTH("M", "202203", "20")
                                      MONTH("M", "202203", "30") MONTH("M", "202213", "1"),
                                  NULL);
    columns_are(
        r.flows, "value price_basis flag",
        "30,cif,quantity estimated by the source; value computed by the source from detail; "
        "months 2 of 12\n");
    columns_are(r.audit, "row reason", "3,flow-duplicate\n4,flow-year\n");
    intake_clear(&r);
    r = intake_text(HEADER MONTH("M", "202201", "10") MONTH("A", "2022", "120"), NULL);
    columns_are(r.flows, "value", "120\n");
    columns_are(r.audit, "row reason", "1,flow-month\n");
    intake_clear(&r);
}

static void quantities_have_units(void **state) {
    (void)state;
#define QUANTITY(cmd, code, unit, qty, weight, value)                                 \
    "C,A,2022,52,2022,31,AZE,X,398,KAZ,0,H6," cmd ",6,C00,0,0," code "," unit "," qty \
    ",false," weight ",false,," value "," value ",0,true\n"
    static const char text[] = HEADER QUANTITY("870310", "5", "u", "3", "4000.5", "9")
        QUANTITY("870320", "5", "u", "2", "3000", "9")
            QUANTITY("270900", "12", "m3", "1", "800", "9")
                QUANTITY("711311", "-1", "N/A", "0", "0", "9");
    const karvan_flows_options chapters = {.by = "product2"};
    intake_result r = intake_text(text, &chapters);
    columns_are(r.flows, "product value quantity quantity_unit price_basis",
                "27,9,800,kg,fob\n71,9,,,fob\n87,18,7000.5,kg,fob\n");
    intake_clear(&r);
    const karvan_flows_options own = {.by = "product2", .supplementary = true};
    r = intake_text(text, &own);
    columns_are(r.flows, "product quantity quantity_unit flag",
                "27,1,m3,\n71,,,quantity missing in some rows\n87,5,u,\n");
    intake_clear(&r);
    const karvan_flows_options all = {.by = "exporter", .supplementary = true};
    r = intake_text(text, &all);
    columns_are(
        r.flows, "value quantity quantity_unit flag",
        "36,,,quantity missing in some rows; quantities in several units; sum of the products "
        "in the file\n");
    intake_clear(&r);
}

static void the_world_alone_where_it_is_asked_for(void **state) {
    (void)state;
    const karvan_flows_options o = {.world = true};
    intake_result r = intake_text(
        HEADER PLAIN("M", "0", "TOTAL", "0", "900") PLAIN("M", "398", "TOTAL", "0", "100"), &o);
    columns_are(r.flows, "exporter importer value", "W00,AZE,900\n");
    columns_are(r.audit, "row reason", "2,flow-not-world\n");
    intake_clear(&r);
}

/* The European Union stands beside its members: not where a sum goes over countries. */
static void groups_of_countries_are_not_summed(void **state) {
    (void)state;
    static const char text[] =
        HEADER PLAIN("M", "97", "TOTAL", "0", "8") PLAIN("M", "276", "TOTAL", "0", "5");
    intake_result r = intake_text(text, NULL);
    columns_are(r.flows, "exporter value", "DEU,5\nEUR,8\n");
    intake_clear(&r);
    const karvan_flows_options o = {.by = "importer,year"};
    r = intake_text(text, &o);
    columns_are(r.flows, "importer value", "AZE,5\n");
    columns_are(r.audit, "row reason", "1,flow-group\n");
    intake_clear(&r);
}

static void editions_mean_the_same(void **state) {
    (void)state;
    static const char *const texts[] = {
        HEADER PLAIN("M", "398", "2709", "4", "12.5"),
        "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow "
        "Code,Trade "
        "Flow,Reporter Code,Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,2nd Partner "
        "Code,2nd Partner,2nd Partner ISO,Customs Proc. Code,Customs,Mode of Transport Code,Mode "
        "of "
        "Transport,Commodity Code,Commodity,Qty Unit Code,Qty Unit,Qty,Alt Qty Unit Code,Alt Qty "
        "Unit,Alt Qty,Netweight (kg),Gross weight (kg),Trade Value (US$),CIF Trade Value (US$),FOB "
        "Trade Value (US$),Flag\n"
        "H6,2022,2022,2022,4,0,1,Import,31,Azerbaijan,AZE,398,Kazakhstan,KAZ,,,,,,,,2709,\"Oil, "
        "crude\",8,kg,7,,,,7,,12.5,,,0\n",
        "Year,Reporter Code,Trade Flow Code,Partner Code,Classification,Commodity Code,Quantity "
        "Unit "
        "Code,Supplementary Quantity,Netweight (kg),Value,Estimation Code\n"
        "2022,31,1,398,\"H6\",\"2709\",8,7,7,12.5,0\n",
        "{\"count\": 1, \"data\": [{\"typeCode\": \"C\", \"freqCode\": \"A\", \"refYear\": 2022, "
        "\"refMonth\": 52, \"period\": \"2022\", \"reporterCode\": 31, \"flowCode\": \"M\", "
        "\"partnerCode\": 398, \"partner2Code\": 0, \"classificationCode\": \"H6\", \"cmdCode\": "
        "\"2709\", \"aggrLevel\": 4, \"customsCode\": \"C00\", \"mosCode\": \"0\", \"motCode\": 0, "
        "\"netWgt\": 7.0, \"isNetWgtEstimated\": false, \"cifvalue\": null, \"fobvalue\": null, "
        "\"primaryValue\": 12.5, \"isReported\": true}]}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        intake_result r = intake_text(texts[i], NULL);
        if (r.st != KARVAN_OK) fail_msg("%zu: %s", i, r.err.msg);
        columns_are(r.flows,
                    "year exporter importer product classification value quantity quantity_unit "
                    "price_basis reported_by flag rows",
                    "2022,KAZ,AZE,2709,HS2022,12.5,7,kg,as reported,importer,,1\n");
        intake_clear(&r);
    }
}

static void the_words_of_the_former_site_are_known(void **state) {
    (void)state;
#define LEGACY                                                                         \
    "Year,Trade Flow Code,Trade Flow,Reporter Code,Reporter ISO,Partner Code,Partner " \
    "ISO,Commodity Code,Trade Value (US$)\n"
    intake_result r =
        intake_text(LEGACY "2010,0,M,97,EUR,31,AZE,TOTAL,1\n2010,,Export,97,EU2,31,AZE,TOTAL,2\n"
                           "2010,3,re-Export,97,EU2,31,AZE,TOTAL,3\n"
                           "2010,1,Import,999,XKX,31,AZE,TOTAL,4\n"
                           "2010,1,Import,999,,31,AZE,TOTAL,5\n",
                    NULL);
    columns_are(r.flows, "exporter importer value classification",
                "AZE,EUR,1,HS\nAZE,XKX,4,HS\nEUR,AZE,2,HS\n");
    columns_are(r.audit, "row reason", "3,flow-sub-flow\n5,flow-country\n");
    intake_clear(&r);
}

static void odd_json_is_refused_or_told(void **state) {
    (void)state;
    intake_result r =
        intake_text("[3, {}, {\"refYear\": true}, {\"refYear\": 2022, \"flowCode\": []}]", NULL);
    assert_int_equal(r.st, KARVAN_OK);
    columns_are(r.audit, "row line reason",
                "1,0,flow-fields\n2,0,flow-year-missing\n3,0,flow-year\n4,0,flow-direction\n");
    intake_clear(&r);
}

static const char *sweep_text;

static karvan_status read_once(karvan_error *err) {
    karvan_problems *p = NULL;
    karvan_table *audit = NULL, *flows = NULL;
    const karvan_flows_options o = {.by = "exporter,importer,year,product"};
    karvan_status st = karvan_problems_create(&p, err);
    if (st == KARVAN_OK)
        st = karvan_flows_parse(sweep_text, strlen(sweep_text), "t.csv", &o, p, NULL, &audit,
                                &flows, err);
    karvan_table_destroy(audit), karvan_table_destroy(flows);
    karvan_problems_destroy(p);
    return st;
}

/* Reporters and partners that have letters and no number are told apart by them. */
static void letters_stand_for_numbers(void **state) {
    (void)state;
    intake_result r = intake_text("Year,Reporter Code,Reporter ISO,Trade Flow Code,Partner Code,"
                                  "Partner ISO,Commodity Code,Trade Value (US$)\n"
                                  "2015,,KSV,2,31,AZE,TOTAL,5\n"
                                  "2015,,KAZ,2,31,AZE,TOTAL,7\n"
                                  "2015,,KAZ,2,31,AZE,TOTAL,7\n"
                                  "2015,398,KAZ,2,,KSV,TOTAL,9\n",
                                  NULL);
    assert_int_equal(r.st, KARVAN_OK);
    columns_are(r.flows, "exporter importer value", "KAZ,AZE,7\nKAZ,KSV,9\nKSV,AZE,5\n");
    columns_are(r.audit, "row reason", "3,flow-duplicate\n");
    intake_clear(&r);
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    sweep_text =
        HEADER PLAIN("M", "398", "2709", "4", "12.5") PLAIN("M", "398", "2709", "4", "12.5")
            ROW("M", "860", "0", "2709", "4", "C00", "0", "3200", "1")
                PLAIN("RX", "398", "2709", "4", "1");
    every_allocation_fails(read_once, 3000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_and_sums_are_left_out),
                                       cmocka_unit_test(one_level_of_products_is_taken),
                                       cmocka_unit_test(months_make_a_year_or_stand_back),
                                       cmocka_unit_test(quantities_have_units),
                                       cmocka_unit_test(the_world_alone_where_it_is_asked_for),
                                       cmocka_unit_test(groups_of_countries_are_not_summed),
                                       cmocka_unit_test(editions_mean_the_same),
                                       cmocka_unit_test(the_words_of_the_former_site_are_known),
                                       cmocka_unit_test(letters_stand_for_numbers),
                                       cmocka_unit_test(odd_json_is_refused_or_told),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
