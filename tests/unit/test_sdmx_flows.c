/* SDMX messages as flows: Comext and other structures, measures and statuses, what is none; codes
 * of areas; files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "exchange/codes.h"
#include "exchange/gather.h"
#include "exchange/sdmx.h"
#include "exchange/wits.h"
#include "flows_table.h"
#include "sweep.h"
#include "taken_flows.h"

static taken take(const char *text, const karvan_sdmx_options *o) {
    taken x = {0};
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&x.problems, NULL), KARVAN_OK);
    if (karvan_i_sdmx_flows("m.csv", text, strlen(text), o, x.problems, &x.audit, &x.flows, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    return x;
}

#define COMEXT \
    "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE\n"
static const char EUROSTAT[] =
    COMEXT "ESTAT:DS-045409(1.0),x,A,DE,KZ,030462,1,QUANTITY_IN_100KG,2024,90.5\n"
           "ESTAT:DS-045409(1.0),x,A,DE,KZ,030462,1,VALUE_IN_EUROS,2024,32500\n"
           "ESTAT:DS-045409(1.0),x,A,EL,KZ,030462,2,VALUE_IN_EUROS,2024,1000\n"
           "ESTAT:DS-045409(1.0),x,A,DE,WORLD,030462,2,VALUE_IN_EUROS,2024,5\n"
           "ESTAT:DS-045409(1.0),x,A,EU27_2020,KZ,030462,2,VALUE_IN_EUROS,2024,5\n"
           "ESTAT:DS-045409(1.0),x,M,DE,KZ,030462,1,VALUE_IN_EUROS,2024-01,5\n"
           "ESTAT:DS-045409(1.0),x,A,DE,KZ,030462,7,VALUE_IN_EUROS,2024,5\n"
           "ESTAT:DS-045409(1.0),x,A,DE,KZ,030462,1,SHARES,2024,5\n"
           "ESTAT:DS-045409(1.0),x,A,DE,UZ,030462,1,VALUE_IN_EUROS,2024,-5\n"
           "ESTAT:DS-045409(1.0),x,A,DE,UZ,030462,1,QUANTITY_IN_100KG,2024,7\n"
           "ESTAT:DS-045409(1.0),x,A,DE,QV,030462,1,VALUE_IN_EUROS,2024,2000\n"
           "ESTAT:DS-045409(1.0),x,A,DE,DE,030462,1,VALUE_IN_EUROS,2024,2000\n"
           "ESTAT:DS-045409(1.0),x,A,DE,TM,030462,1,VALUE_IN_EUROS,2024,\n";

static void comext_as_flows(void **state) {
    (void)state;
    taken x = take(EUROSTAT, &(karvan_sdmx_options){.classification = "HS2022"});
    assert_int_equal(karvan_table_rows(x.flows), 3); /* 13 = 3 + a quantity + 9 left out */
    assert_int_equal(karvan_table_rows(x.audit), 9);
    is_text(x.flows, "exporter", 0, "GRC"), is_text(x.flows, "importer", 0, "KAZ");
    is_text(x.flows, "reported_by", 0, "exporter"), is_number(x.flows, "value", 0, 1);
    is_text(x.flows, "unit", 0, "thousand EUR"), is_number(x.flows, "quantity", 0, NAN);
    is_text(x.flows, "exporter", 1, "KAZ"), is_text(x.flows, "importer", 1, "DEU");
    is_text(x.flows, "reported_by", 1, "importer"), is_number(x.flows, "value", 1, 32.5);
    is_number(x.flows, "quantity", 1, 90.5), is_text(x.flows, "quantity_unit", 1, "100 kg");
    is_text(x.flows, "product", 1, "030462"), is_text(x.flows, "classification", 1, "HS2022");
    is_text(x.flows, "source", 1, "ESTAT:DS-045409(1.0)");
    is_text(x.flows, "exporter", 2, "QV"); /* no country's: as it is */
    static const char *const why[] = {
        "flow-world",       "flow-group",         "flow-period",
        "flow-direction",   "flow-indicator",     "flow-value-negative",
        "flow-own-country", "flow-value-missing", "flow-quantity-second"};
    for (int r = 0; r < 9; r++) is_text(x.audit, "reason", r, why[r]);
    is_number(x.audit, "line", 0, 5), is_text(x.audit, "column", 0, "partner");
    is_text(x.audit, "value", 0, "WORLD"), is_number(x.audit, "row", 0, 4);
    assert_int_equal(karvan_problems_total(x.problems), 9);
    taken_clear(&x);
}

static void other_structures(void **state) {
    (void)state;
    taken x = take("STRUCTURE,STRUCTURE_ID,FREQ,REF_AREA,INDICATOR,COUNTERPART_AREA,TIME_PERIOD,"
                   "OBS_VALUE,UNIT_MULT\n"
                   "dataflow,IMF:DOT(1.0),A,KZ,TXG_FOB_USD,AZ,2020,1.5,6\n"
                   "dataflow,IMF:DOT(1.0),A,KZ,TMG_CIF_USD,AZ,2020,2,6\n",
                   NULL);
    is_text(x.flows, "price_basis", 0, "cif"), is_text(x.flows, "exporter", 0, "AZE");
    is_number(x.flows, "value", 0, 2000), is_number(x.flows, "value", 1, 1500);
    is_text(x.flows, "price_basis", 1, "fob"), is_text(x.flows, "product", 1, "TOTAL");
    taken_clear(&x);
    /* a structure of one's own, without currency */
    const karvan_sdmx_options o = {.exporter = "FROM",
                                   .importer = "TO",
                                   .time = "T",
                                   .value = "V",
                                   .value_unit = "million USD"};
    x = take("DATAFLOW,FROM,TO,T,V\nA:B(1),KAZ,AZE,2020,3\n", &o);
    is_number(x.flows, "value", 0, 3000), is_text(x.flows, "reported_by", 0, "both");
    taken_clear(&x);
    x = take("DATAFLOW,REPORTER,PARTNER,FLOW,UNIT,TIME_PERIOD,OBS_VALUE\n"
             "A:B(1),KAZ,AZE,RX,THS_EUR,2020,3\nA:B(1),KAZ,AZE,X,MIO_EUR,2020,3\n",
             NULL);
    assert_int_equal(karvan_table_rows(x.flows), 1);
    is_number(x.flows, "value", 0, 3000), is_text(x.audit, "reason", 0, "flow-sub-flow");
    taken_clear(&x);
}

/* The measure is the currency; statuses but the normal one are flags; beyond all numbers is none.
 */
static void measures_and_statuses(void **state) {
    (void)state;
    taken x =
        take("DATAFLOW,REPORTER,PARTNER,FLOW,MEASURE,UNIT_MULT,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
             "A:B(1),KAZ,AZE,X,THS_USD,,2020,3,E\nA:B(1),KAZ,UZB,X,USD,3,2020-A1,4,A\n"
             "A:B(1),KAZ,GEO,X,USD,15,2020,1e305,A\n",
             NULL);
    assert_int_equal(karvan_table_rows(x.flows), 2);
    is_number(x.flows, "value", 0, 3), is_text(x.flows, "flag", 0, "E");
    is_number(x.flows, "value", 1, 4), is_text(x.flows, "flag", 1, "");
    is_text(x.audit, "reason", 0, "flow-value");
    taken_clear(&x);
}

static void no_flows(void **state) {
    (void)state;
    static const struct {
        const char *text;
        karvan_sdmx_options o;
        const char *message;
    } bad[] = {
        {"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nA:B(1),AT,2020,3\n",
         {0},
         "m.csv:1:1: no component is known to be the reporter; name it (components "
         "reporter=ID), of geo, TIME_PERIOD, OBS_VALUE"},
        {"DATAFLOW,REPORTER,PARTNER,FLOW,TIME_PERIOD,OBS_VALUE\nA:B(1),KAZ,AZE,X,2020,3\n",
         {0},
         "m.csv:2: no currency is stated for the value; say the unit of values"},
        {"DATAFLOW,REPORTER,PARTNER,FLOW,TIME_PERIOD,OBS_VALUE\nA:B(1),KAZ,AZE,X,2020,3\n",
         {.value_unit = "bags"},
         "'bags' is no unit of trade; USD or thousand USD would be"},
        {"DATAFLOW,REPORTER,PARTNER,FLOW,UNIT,UNIT_MULT,TIME_PERIOD,OBS_VALUE\n"
         "A:B(1),KAZ,AZE,X,USD,six,2020,3\n",
         {0},
         "m.csv:2: no power of ten is stated for the value; say the unit of values"},
        {"DATAFLOW,REPORTER,PARTNER,FLOW,UNIT,MODE,TIME_PERIOD,OBS_VALUE\n"
         "A:B(1),KAZ,AZE,X,USD,rail,2020,3\nA:B(1),KAZ,AZE,X,USD,road,2020,3\n",
         {0},
         "m.csv:3: another figure of 2020 from KAZ to AZE stands on line 2: a dimension parts them "
         "that flows have not; leave one in the file"},
        {COMEXT, {.partner = "PARTNR"}, "m.csv: the message has no component 'PARTNR'"},
        {COMEXT, {.exporter = "reporter"}, "exporter and importer are named together"}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        karvan_table *t = (karvan_table *)&t, *audit = t;
        karvan_error e = {0};
        assert_int_not_equal(karvan_i_sdmx_flows("m.csv", bad[k].text, strlen(bad[k].text),
                                                 &bad[k].o, NULL, &audit, &t, &e),
                             KARVAN_OK);
        assert_null(t), assert_null(audit);
        assert_string_equal(e.msg, bad[k].message);
    }
}

static void areas(void **state) {
    (void)state;
    const char *iso3;
    assert_int_equal(karvan_i_area_of_code("kz", &iso3), KARVAN_I_AREA_COUNTRY);
    assert_string_equal(iso3, "KAZ");
    assert_int_equal(karvan_i_area_of_code("UK", &iso3), KARVAN_I_AREA_COUNTRY);
    assert_string_equal(iso3, "GBR");
    assert_int_equal(karvan_i_area_of_code("W00", &iso3), KARVAN_I_AREA_WORLD);
    assert_int_equal(karvan_i_area_of_code("EA19", &iso3), KARVAN_I_AREA_GROUP);
    assert_int_equal(karvan_i_area_of_code("EXT_EU27_2020", &iso3), KARVAN_I_AREA_GROUP);
    assert_int_equal(karvan_i_area_of_code("EAT", &iso3), KARVAN_I_AREA_OTHER);
    assert_int_equal(karvan_i_area_of_code("", &iso3), KARVAN_I_AREA_OTHER);
    assert_int_equal(karvan_i_area_of_name("Iran, Islamic Rep.", &iso3), KARVAN_I_AREA_COUNTRY);
    assert_string_equal(iso3, "IRN");
    assert_int_equal(karvan_i_area_of_name("European Union", &iso3), KARVAN_I_AREA_GROUP);
    assert_int_equal(karvan_i_area_of_name("Sub-Saharan Africa", &iso3), KARVAN_I_AREA_GROUP);
    assert_int_equal(karvan_i_area_of_name("Unspecified", &iso3), KARVAN_I_AREA_OTHER);
}

/* ---- files and allocations ---- */

static void from_files(void **state) {
    (void)state;
    char path[] = "/tmp/karvan-sdmx-XXXXXX";
    int fd = mkstemp(path);
    karvan_table *t = NULL;
    karvan_error e = {0}, f = {0};
    assert_true(fd >= 0);
    assert_int_equal(write(fd, EUROSTAT, sizeof EUROSTAT - 1), (long)sizeof EUROSTAT - 1);
    assert_int_equal(close(fd), 0);
    assert_int_equal(karvan_sdmx_read(path, NULL, NULL, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 13);
    karvan_table_destroy(t);
    assert_int_equal(karvan_sdmx_flows(path, NULL, NULL, NULL, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 3);
    karvan_table_destroy(t);
    assert_int_equal(karvan_wits_flows(path, NULL, NULL, &t, &e), KARVAN_E_DATA);
    (void)unlink(path);
    assert_int_equal(karvan_sdmx_flows(path, NULL, NULL, NULL, &t, &f), KARVAN_E_IO);
    assert_null(t);
}

static karvan_status flows_of_message(karvan_error *err) {
    karvan_problems *p = NULL;
    karvan_table *t = NULL, *audit = NULL;
    karvan_status st = karvan_problems_create(&p, err);
    if (st == KARVAN_OK)
        st = karvan_i_sdmx_flows("m.csv", EUROSTAT, sizeof EUROSTAT - 1, NULL, p, &audit, &t, err);
    karvan_table_destroy(t), karvan_table_destroy(audit), karvan_problems_destroy(p);
    return st;
}

static void failing_allocations(void **state) {
    (void)state;
    every_allocation_fails(flows_of_message, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(comext_as_flows),
                                       cmocka_unit_test(other_structures),
                                       cmocka_unit_test(measures_and_statuses),
                                       cmocka_unit_test(no_flows),
                                       cmocka_unit_test(areas),
                                       cmocka_unit_test(from_files),
                                       cmocka_unit_test(failing_allocations)};
    return cmocka_run_group_tests_name("sdmx_flows", tests, NULL, NULL);
}
