/* Downloads of WITS as flows: by country, advanced queries, weights, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "exchange/gather.h"
#include "exchange/wits.h"
#include "flows_table.h"
#include "sweep.h"
#include "taken_flows.h"

static taken take_wits(const char *text) {
    taken x = {0};
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&x.problems, NULL), KARVAN_OK);
    if (karvan_i_wits_flows("w.csv", text, strlen(text), x.problems, &x.audit, &x.flows, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    return x;
}

static void wits_by_country(void **state) {
    (void)state;
    taken x = take_wits("Reporter Name, Partner Name ,Year,Product Group,Export (US$ Thousand), "
                        "Import (US$ Thousand),Export Partner Share (%)\n"
                        "Kazakhstan,Kyrgyz Republic,2020,All Products,\"1,234.5\",10,3\n"
                        "Kazakhstan,World,2020,All Products,99,99,3\n"
                        "Kazakhstan,East Asia & Pacific,2020,All Products,99,99,3\n"
                        "Kazakhstan,Turkey,2020,Animal,,7,3\n"
                        "Kazakhstan,Free Zones,2020,Animal,5,x,3\n");
    assert_int_equal(karvan_table_rows(x.flows), 4);
    is_text(x.flows, "exporter", 0, "KAZ"), is_text(x.flows, "importer", 0, "Free Zones");
    is_text(x.flows, "importer", 1, "KGZ"), is_number(x.flows, "value", 1, 1234.5);
    is_text(x.flows, "product", 1, "TOTAL"), is_text(x.flows, "unit", 1, "thousand USD");
    is_text(x.flows, "exporter", 2, "KGZ"), is_text(x.flows, "reported_by", 2, "importer");
    is_text(x.flows, "exporter", 3, "TUR"), is_text(x.flows, "product", 3, "Animal");
    static const char *const why[] = {"flow-world", "flow-group", "flow-value-missing",
                                      "flow-value"};
    assert_int_equal(karvan_table_rows(x.audit), 4);
    for (int r = 0; r < 4; r++) is_text(x.audit, "reason", r, why[r]);
    taken_clear(&x);
}

static void wits_advanced(void **state) {
    (void)state;
    taken x =
        take_wits("Nomenclature,ReporterISO3,ProductCode,ReporterName,PartnerISO3,PartnerName,"
                  "Year,TradeFlowName,TradeFlowCode,TradeValue in 1000 USD,NetWeight in KGM,"
                  "Quantity,QtyUnit\n"
                  "H5,KAZ,0101,Kazakhstan,ROM,Romania,2020,Gross Exp.,6,1.5,200,3,Number\n"
                  "H5,KAZ,0101,Kazakhstan,ROM,Romania,2020,Re-Export,3,0.5,0,0,\n"
                  "H5,KAZ,0101,Kazakhstan,WLD,World,2020,Import,5,9,0,0,\n"
                  "H5,KAZ,Total,Kazakhstan,AZE,Azerbaijan,2020,Import,5,9,0,0,\n"
                  "H5,KAZ,0101,Kazakhstan,AZE,Azerbaijan,20,Import,5,9,0,0,\n");
    assert_int_equal(karvan_table_rows(x.flows), 2);
    is_text(x.flows, "exporter", 0, "AZE"), is_text(x.flows, "product", 0, "TOTAL");
    is_text(x.flows, "importer", 1, "ROU"), is_text(x.flows, "classification", 1, "HS2017");
    is_text(x.flows, "product", 1, "0101"), is_number(x.flows, "value", 1, 1.5);
    is_number(x.flows, "quantity", 1, 200), is_text(x.flows, "quantity_unit", 1, "kg");
    static const char *const why[] = {"flow-sub-flow", "flow-world", "flow-period",
                                      "flow-quantity-second"};
    assert_int_equal(karvan_table_rows(x.audit), 4);
    for (int r = 0; r < 4; r++) is_text(x.audit, "reason", r, why[r]);
    is_text(x.audit, "value", 3, "Number"); /* the second quantity */
    taken_clear(&x);
}

/* A quantity in kg is the net weight again, no second quantity. */
static void wits_weights(void **state) {
    (void)state;
    taken x = take_wits("ReporterISO3,ProductCode,PartnerISO3,Year,TradeFlowName,"
                        "TradeValue in 1000 USD,NetWeight in KGM,Quantity,QtyUnit\n"
                        "KAZ,0101,AZE,2020,Import,1.5,200,200,Kg\n");
    assert_int_equal(karvan_table_rows(x.flows), 1);
    is_number(x.flows, "quantity", 0, 200), is_text(x.flows, "quantity_unit", 0, "kg");
    assert_int_equal(karvan_table_rows(x.audit), 0);
    taken_clear(&x);
}

static void no_wits(void **state) {
    (void)state;
    static const char *const bad[][2] = {
        {"", "w.csv:1:1: the file is empty"},
        {"a,b\n1,2\n", "w.csv:1:1: no download of WITS: it has no column 'Reporter Name'"},
        {"Reporter,Partner,Year,Value\n",
         "w.csv:1:1: no download of WITS: it has neither 'Export (US$ Thousand)', 'Import (US$ "
         "Thousand)' nor 'TradeValue in 1000 USD' with 'TradeFlowName'"},
        {"Reporter,Partner,Year,Export (US$ Thousand)\nA,B,2020\n",
         "w.csv:2: 3 fields, where the header has 4"},
        {"Reporter,Partner,Year,Export (US$ Thousand)\nA,\"B,2020,1\n",
         "w.csv:2: a quoted field does not end, or text stands behind it"}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        karvan_table *t = NULL;
        karvan_error e = {0};
        assert_int_equal(
            karvan_i_wits_flows("w.csv", bad[k][0], strlen(bad[k][0]), NULL, NULL, &t, &e),
            KARVAN_E_DATA);
        assert_null(t);
        assert_string_equal(e.msg, bad[k][1]);
    }
    char text[400]; /* names are not cut */
    karvan_table *t = NULL;
    karvan_error e = {0};
    (void)snprintf(text, sizeof text, "Reporter,Partner,Year,Export (US$ Thousand)\n%0250d,B,1,2\n",
                   1);
    assert_int_equal(karvan_i_wits_flows("w.csv", text, strlen(text), NULL, NULL, &t, &e),
                     KARVAN_E_DATA);
    assert_string_equal(e.msg, "w.csv:2: a field of 250 bytes; 199 are the most");
}

static karvan_status wits(karvan_error *err) {
    static const char text[] =
        "Reporter,Partner,Year,Export (US$ Thousand)\nKazakhstan,Georgia,2020,5\n"
        "Kazakhstan,World,2020,5\n";
    karvan_table *t = NULL, *audit = NULL;
    karvan_status st = karvan_i_wits_flows("w.csv", text, strlen(text), NULL, &audit, &t, err);
    karvan_table_destroy(t), karvan_table_destroy(audit);
    return st;
}

static void failing_allocations(void **state) {
    (void)state;
    every_allocation_fails(wits, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(wits_by_country),
                                       cmocka_unit_test(wits_advanced),
                                       cmocka_unit_test(wits_weights), cmocka_unit_test(no_wits),
                                       cmocka_unit_test(failing_allocations)};
    return cmocka_run_group_tests_name("wits", tests, NULL, NULL);
}
