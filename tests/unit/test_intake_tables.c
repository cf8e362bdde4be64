/* Codes of countries, ITPD-E, the tables of CEPII and plain flows; options that do not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "exchange/areas.h"
#include "intake.h"
#include "sweep.h"

#define BACI "t,i,j,k,v,q\n"

/* ---- codes ---- */

static void areas_have_their_labels(void **state) {
    (void)state;
    static const struct {
        int code;
        const char *label;
        bool group;
    } known[] = {{31, "AZE", false},  {398, "KAZ", false}, {4, "AFG", false},   {894, "ZMB", false},
                 {842, "USA", false}, {840, "USA", false}, {251, "FRA", false}, {250, "FRA", false},
                 {699, "IND", false}, {757, "CHE", false}, {579, "NOR", false}, {490, "S19", false},
                 {158, "TWN", false}, {810, "SUN", false}, {0, "W00", true},    {97, "EUR", true},
                 {899, "_X", false}};
    karvan_i_area a;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_true(karvan_i_area_of(known[i].code, &a));
        assert_string_equal(a.label, known[i].label);
        assert_int_equal(a.group, known[i].group);
    }
    assert_false(karvan_i_area_of(1, &a));
    assert_false(karvan_i_area_of(-1, &a));
    assert_false(karvan_i_area_of(1000, &a));
}

static void a_file_of_codes_comes_first(void **state) {
    (void)state;
    char path[] = "/tmp/karvan-codes-XXXXXX";
    int fd = mkstemp(path);
    static const char codes[] =
        "country_code,country_name,country_iso2,country_iso3\n"
        "490,\"Other Asia, nes\",TW,TWN\n697,\"Europe EFTA, nes\",N/A,N/A\n";
    assert_int_equal(write(fd, codes, sizeof codes - 1), (ssize_t)sizeof codes - 1);
    (void)close(fd);
    karvan_flows_options o = {.countries = path};
    intake_result r = intake_text(BACI "2021,490,31,1,1,1\n2021,697,31,1,1,1\n", &o);
    columns_are(r.flows, "exporter value", "697,1\nTWN,1\n");
    intake_clear(&r);
    (void)unlink(path);
    r = intake_text(BACI "2021,490,31,1,1,1\n", &o);
    assert_int_equal(r.st, KARVAN_E_IO);
    intake_clear(&r);
    r = intake_text(BACI "2021,490,31,1,1,1\n", NULL);
    columns_are(r.flows, "exporter value", "S19,1\n");
    intake_clear(&r);
}

/* ---- the others ---- */

static const char itpde[] =
    "exporter_iso3,exporter_iso3_dynamic,exporter_name,importer_iso3,importer_iso3_dynamic,"
    "importer_name,year,industry_id,industry_descr,broad_sector,trade,flag_mirror,flag_zero\n"
    "AZE,AZE,Azerbaijan,AZE,AZE,Azerbaijan,2016,26,\"Other, n.e.c.\",Agriculture,100.25,0,p\n"
    "AZE,AZE,Azerbaijan,KAZ,KAZ,Kazakhstan,2016,1,Wheat,Agriculture,0.000123,1,p\n"
    "AZE,AZE,Azerbaijan,KAZ,KAZ,Kazakhstan,2016,2,Rice,Agriculture,0,0,u\n"
    "AZE,AZE,Azerbaijan,KAZ,KAZ,Kazakhstan,2016,2,Rice,Agriculture,5,0,p\n"
    "AZE,AZE,Azerbaijan,,KAZ,Kazakhstan,2016,3,Corn,Agriculture,5,0,p\n";

static void itpde_keeps_domestic_trade_and_flags(void **state) {
    (void)state;
    intake_result r = intake_text(itpde, NULL);
    assert_string_equal(r.tally.format, "itpde");
    columns_are(
        r.flows, "year exporter importer product classification value unit reported_by flag rows",
        "2016,AZE,AZE,TOTAL,ITPD,100.25,million USD,both,,1\n"
        "2016,AZE,KAZ,TOTAL,ITPD,0.000123,million USD,both,partner's figure; zero assumed by "
        "the source,2\n");
    columns_are(r.audit, "row reason column", "4,flow-duplicate,\n5,flow-country,importer_iso3\n");
    assert_int_equal(karvan_table_find(r.flows, "quantity"), -1);
    intake_clear(&r);
    const karvan_flows_options o = {.by = "exporter,importer,year,product"};
    r = intake_text(itpde, &o);
    columns_are(
        r.flows, "importer product value flag",
        "AZE,26,100.25,\nKAZ,1,0.000123,partner's figure\nKAZ,2,0,zero assumed by the source\n");
    intake_clear(&r);
}

static void cepii_keeps_its_columns(void **state) {
    (void)state;
    intake_result r = intake_text("year;country_id_o;country_id_d;iso3_o;iso3_d;country_exists_o;"
                                  "country_exists_d;dist;gdp_o\n"
                                  "2000;AZE;KAZ;AZE;KAZ;1;1;2258,2;NA\n"
                                  "1985;AZE;KAZ;AZE;KAZ;0;1;2258,2;\n"
                                  "2000;AZE;KAZ;AZE;KAZ;1;1;1;\n",
                                  NULL);
    assert_string_equal(r.tally.format, "gravity");
    columns_are(r.flows, "year exporter importer dist gdp_o", "2000,AZE,KAZ,2258.2,\n");
    columns_are(r.audit, "row line reason column value",
                "2,3,flow-country-absent,country_exists_o,AZE\n3,4,flow-duplicate,importer,KAZ\n");
    intake_clear(&r);
    r = intake_text("iso_o;iso_d;contig;dist\nAZE;GEO;1;450.9971\nAZE;IRN;1;.\n", NULL);
    assert_string_equal(r.tally.format, "dist");
    columns_are(r.flows, "exporter importer dist", "AZE,GEO,450.9971\nAZE,IRN,\n");
    intake_clear(&r);
    r = intake_text(
        "iso3;cnum;country;maincity;city_en;lat;lon\nCIV;384;C\xF4te;1;Abidjan;5.3;-4\n", NULL);
    assert_string_equal(r.tally.format, "geo");
    columns_are(r.flows, "country country_name lat", "CIV,C\xC3\xB4te,5.3\n");
    intake_clear(&r);
}

static void plain_flows_are_kept(void **state) {
    (void)state;
    intake_result r = intake_text("importer,exporter,year,value,rta\nKAZ,AZE,2001,5.5,1\n"
                                  "KAZ,AZE,,5,1\nKAZ,AZE,2001,-5,1\nKAZ,,2001,5,1\n,AZE,2001,5,1\n"
                                  "KAZ,AZE,99,5,1\nKAZ,AZE,2001,,1\n",
                                  NULL);
    assert_string_equal(r.tally.format, "flows");
    columns_are(r.flows, "year exporter importer value rta", "2001,AZE,KAZ,5.5,1\n");
    columns_are(r.audit, "row line reason column value",
                "2,3,flow-year-missing,year,\n3,4,flow-value-negative,value,-5\n"
                "4,5,flow-country,exporter,\n5,6,flow-country,importer,\n6,7,flow-year,year,99\n"
                "7,8,flow-value-missing,value,\n");
    intake_clear(&r);
}

/* ---- options ---- */

static void refused(const char *text, const karvan_flows_options *o, karvan_status st,
                    const char *message) {
    intake_result r = intake_text(text, o);
    assert_int_equal(r.st, st);
    if (!strstr(r.err.msg, message)) fail_msg("%s: not '%s'", r.err.msg, message);
    intake_clear(&r);
}

static void what_does_not_fit_is_refused(void **state) {
    (void)state;
    refused("", NULL, KARVAN_E_DATA, "t.csv:1:1: the file is empty");
    refused("a,b\n1,2\n", NULL, KARVAN_E_DATA,
            "t.csv:1:1: no format of trade files has such a header");
    refused("\xFF\xFEt", NULL, KARVAN_E_DATA, "UTF-16");
    refused("{\"data\": 1}", NULL, KARVAN_E_DATA, "array `data`");
    refused("{\"data\": [", NULL, KARVAN_E_DATA, "t.csv:1:");
    refused(BACI, &(karvan_flows_options){.format = "itpde"}, KARVAN_E_DATA,
            "format itpde needs a column exporter_iso3");
    refused(BACI, &(karvan_flows_options){.format = "bacci"}, KARVAN_E_ARG, "did you mean baci?");
    refused(BACI, &(karvan_flows_options){.by = "exporter,country"}, KARVAN_E_ARG, "'country'");
    refused(BACI, &(karvan_flows_options){.by = "exporter,exporter"}, KARVAN_E_ARG, "each once");
    refused(BACI, &(karvan_flows_options){.by = "product,product2"}, KARVAN_E_ARG, "each once");
    refused(BACI, &(karvan_flows_options){.by = ""}, KARVAN_E_ARG, "exporter, importer, year");
    refused(BACI, &(karvan_flows_options){.world = true}, KARVAN_E_ARG, "baci has neither");
    refused(BACI, &(karvan_flows_options){.decimal = ';'}, KARVAN_E_ARG, "a point or a comma");
    refused(itpde, &(karvan_flows_options){.by = "product2"}, KARVAN_E_ARG, "no digits");
    refused("iso_o,iso_d,dist\n", &(karvan_flows_options){.by = "year"}, KARVAN_E_ARG,
            "no flows to group");
    refused("{}", &(karvan_flows_options){.format = "baci"}, KARVAN_E_DATA, "the file is JSON");
    intake_result r = intake_text(BACI, NULL);
    assert_int_equal(r.st, KARVAN_OK);
    assert_int_equal(karvan_table_rows(r.flows), 0);
    intake_clear(&r);
    karvan_cancel stop = {1};
    refused(BACI "2021,4,31,1,1,1\n", &(karvan_flows_options){.cancel = &stop}, KARVAN_E_CANCELLED,
            "cancelled");
    for (int i = 0; i < karvan_flows_formats(); i++)
        assert_non_null(karvan_flows_format_at(i).title);
}

/* ---- allocations ---- */

static const char *sweep_text;
static const karvan_flows_options *sweep_options;

static karvan_status read_once(karvan_error *err) {
    karvan_problems *p = NULL;
    karvan_table *audit = NULL, *flows = NULL;
    karvan_status st = karvan_problems_create(&p, err);
    if (st == KARVAN_OK)
        st = karvan_flows_parse(sweep_text, strlen(sweep_text), "t.csv", sweep_options, p, NULL,
                                &audit, &flows, err);
    karvan_table_destroy(audit), karvan_table_destroy(flows);
    karvan_problems_destroy(p);
    return st;
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    const karvan_flows_options two = {.threads = 1, .by = "exporter,importer,year,product"};
    static const char *const texts[] = {itpde, "iso_o,iso_d,dist\nAZE,KAZ,5\nAZE,KAZ,5\n",
                                        "exporter,importer,year,value\nAZE,KAZ,2001,5\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sweep_text = texts[i], sweep_options = i < 1 ? &two : NULL;
        every_allocation_fails(read_once, 3000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(areas_have_their_labels),
                                       cmocka_unit_test(a_file_of_codes_comes_first),
                                       cmocka_unit_test(itpde_keeps_domestic_trade_and_flags),
                                       cmocka_unit_test(cepii_keeps_its_columns),
                                       cmocka_unit_test(plain_flows_are_kept),
                                       cmocka_unit_test(what_does_not_fit_is_refused),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
