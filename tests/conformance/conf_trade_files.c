/* Public files of BACI, UN Comtrade and CEPII: rows and sums that were counted of them by other
 * means, and another way through the same file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#include "conformance/reference.h"
#include "intake.h"

static char path[4096];

/* false, and said so, where the file is not there. */
static bool have(const char *name, const char *origin) {
    char below[256];
    (void)snprintf(below, sizeof below, "formats/trade/%s", name);
    return reference_file(below, origin, path, sizeof path) != NULL;
}

static intake_result read_file(const karvan_flows_options *o) {
    intake_result r = {0};
    assert_int_equal(karvan_problems_create(&r.problems, NULL), KARVAN_OK);
    r.st = karvan_flows_read(path, o, r.problems, &r.tally, &r.audit, &r.flows, &r.err);
    if (r.st != KARVAN_OK) fail_msg("%s", r.err.msg);
    intake_promises(&r);
    return r;
}

static double sum(const karvan_table *t, const char *column) {
    double total = 0;
    int c = karvan_table_find(t, column);
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_table_state(t, c, r) == KARVAN_VALUE) total += karvan_table_real(t, c, r);
    return total;
}

static bool near(double a, double b) { return fabs(a - b) <= 1e-12 * fabs(b); }

/* ---- BACI ---- */

static void baci_of_afghanistan(void **state) {
    (void)state;
    if (!have("baci/BACI_HS92_Y2021_V202301_AFG.csv", "CEPII")) return;
    const karvan_flows_options year = {.by = "year"};
    intake_result r = read_file(&year);
    assert_int_equal(r.tally.kept, 3104);
    /* the sum of decimals is exact */
    columns_are(r.flows, "year product classification value rows",
                "2021,TOTAL,HS1992,678246.824,3104\n");
    intake_clear(&r);
    const karvan_flows_options product = {.by = "exporter,importer,product"};
    r = read_file(&product);
    assert_int_equal(karvan_table_rows(r.flows), 3104);
    int64_t exports = 0, missing = 0, zeros = 0;
    for (int64_t i = 0; i < 3104; i++) {
        exports += strcmp(karvan_table_text(r.flows, karvan_table_find(r.flows, "exporter"), i),
                          "AFG") == 0;
        missing +=
            karvan_table_state(r.flows, karvan_table_find(r.flows, "quantity"), i) != KARVAN_VALUE;
        const char *k = karvan_table_text(r.flows, karvan_table_find(r.flows, "product"), i);
        assert_int_equal(strlen(k), 6);
        zeros += *k == '0';
    }
    assert_int_equal(exports, 3070);
    assert_int_equal(missing, 287);
    assert_int_equal(zeros, 351); /* whose leading zero the file has lost */
    assert_true(near(sum(r.flows, "quantity"), 1501378.908));
    intake_clear(&r);
}

static void baci_in_any_order(void **state) {
    (void)state;
    if (!have("baci/FUZZED_BACI_HS92_Y2010_V202501.csv", "iiasa/message-ix-models")) return;
    karvan_i_text one = {0}, other = {0};
    for (int threads = 1; threads < 4; threads++) {
        const karvan_flows_options o = {.threads = threads};
        intake_result r = read_file(&o);
        assert_int_equal(r.tally.kept, 9470);
        karvan_i_text_clear(&other);
        intake_csv(r.flows, threads == 1 ? &one : &other);
        if (threads > 1) assert_string_equal(one.s, other.s);
        intake_clear(&r);
    }
    karvan_i_text_clear(&one), karvan_i_text_clear(&other);
}

/* Our numbers of countries have the letters that CEPII gives them. */
static void codes_of_baci(void **state) {
    (void)state;
    if (!have("baci/country_codes_V202201.csv", "CEPII")) return;
    const karvan_csv_options o = {.encoding = "latin1"};
    karvan_table *t = NULL;
    karvan_i_text text = {0}, want = {0};
    assert_int_equal(karvan_csv_read(path, "codes", &o, NULL, &t, NULL), KARVAN_OK);
    int code = karvan_table_find(t, "country_code"), iso = karvan_table_find(t, "iso_3digit_alpha");
    karvan_i_text_puts(&text, "t,i,j,k,v,q\n");
    int known = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        karvan_i_text_clear(&want);
        karvan_i_text_printf(&want, "t,i,j,k,v,q\n2000,%d,31,1,1,1\n",
                             (int)karvan_table_int(t, code, r));
        intake_result one = intake_text(want.s, NULL);
        assert_int_equal(one.tally.kept, 1); /* every code is known */
        const char *label = karvan_table_text(one.flows, 1, 0),
                   *letters = karvan_table_text(t, iso, r);
        if (strcmp(letters, "N/A") != 0) assert_string_equal(label, letters), known++;
        intake_clear(&one);
    }
    assert_true(known > 230);
    karvan_table_destroy(t);
    karvan_i_text_clear(&text), karvan_i_text_clear(&want);
}

/* ---- Comtrade ---- */

/* The same by the table of all columns: rows that are of the reporter with another country; and the
 * whole parts of all rows, which is how the published sums were made. */
static double by_the_table(double *all) {
    const karvan_csv_options o = {.encoding = "latin1"};
    karvan_table *t = NULL;
    karvan_problems *p = NULL; /* its rows have a field more than the header */
    assert_int_equal(karvan_problems_create(&p, NULL), KARVAN_OK);
    assert_int_equal(karvan_csv_read(path, "comtrade", &o, p, &t, NULL), KARVAN_OK);
    int partner = karvan_table_find(t, "partnerCode"),
        reporter = karvan_table_find(t, "reporterCode"),
        value = karvan_table_find(t, "primaryValue");
    double kept = 0;
    *all = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double v = karvan_table_real(t, value, r);
        int64_t with = karvan_table_int(t, partner, r);
        *all += floor(v);
        if (with != 0 && with != karvan_table_int(t, reporter, r)) kept += v;
    }
    karvan_table_destroy(t);
    karvan_problems_destroy(p);
    return kept;
}

static void comtrade_of_today(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int64_t rows, kept, world;
        double all;
        const char *product;
    } files[] = {{"comtrade-new/THA_8542_2014on.csv", 1178, 1156, 11, 306202506757.0, "8542"},
                 {"comtrade-new/TradeData_TOTAL.csv", 1352, 1345, 6, 30039171857553.0, "TOTAL"},
                 {"comtrade-new/TradeData_Services.csv", 120, 114, 6, 4016671746872.0, "S"}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        double all;
        if (!have(files[i].name, "UN Comtrade")) continue;
        double kept = by_the_table(&all);
        assert_true(all == files[i].all);
        intake_result r = read_file(NULL);
        assert_int_equal(r.tally.rows, files[i].rows);
        assert_int_equal(r.tally.kept, files[i].kept);
        assert_true(near(sum(r.flows, "value"), kept));
        assert_string_equal(karvan_table_text(r.flows, karvan_table_find(r.flows, "product"), 0),
                            files[i].product);
        intake_clear(&r);
        const karvan_flows_options world = {.world = true};
        r = read_file(&world);
        assert_int_equal(r.tally.kept, files[i].world);
        intake_clear(&r);
    }
}

static void comtrade_by_its_api(void **state) {
    (void)state;
    if (!have("comtrade-new/api_get_C_A_HS_CHN_2010.json", "ropensci/comtradr")) return;
    intake_result r = read_file(NULL);
    columns_are(r.flows, "year exporter importer value reported_by",
                "2010,ARG,CHN,6804128143,importer\n2010,CHN,ARG,6115764185,exporter\n"
                "2010,CHN,DEU,68047133397,exporter\n2010,DEU,CHN,74251272075,importer\n");
    intake_clear(&r);
}

static void comtrade_of_before(void **state) {
    (void)state;
    const karvan_flows_options world = {.world = true},
                               headings = {.world = true, .by = "exporter,importer,year,product4"};
    if (have("comtrade-legacy/diamonds_7102_2014.csv", "UN Comtrade")) {
        intake_result r = read_file(&world);
        assert_int_equal(r.tally.kept, 145);
        assert_true(sum(r.flows, "value") == 17782015595479.0);
        intake_clear(&r);
        r = read_file(&headings);
        assert_int_equal(r.tally.kept, 78);
        assert_true(sum(r.flows, "value") == 145133054500.0);
        intake_clear(&r);
    }
    if (have("comtrade-legacy/sorghum_1007_EU-UKR_2017.csv", "UN Comtrade")) {
        intake_result r = read_file(NULL);
        assert_int_equal(r.tally.kept, 21);
        assert_true(sum(r.flows, "value") == 10104435.0);
        intake_clear(&r);
    }
    if (have("comtrade-legacy/cement_H1_transitional.csv", "UN Comtrade")) {
        intake_result r = read_file(NULL), w = read_file(&world);
        assert_int_equal(r.tally.rows, 874);
        assert_int_equal(r.tally.kept, 648); /* 26 of the world, 200 by customs procedure */
        assert_int_equal(w.tally.kept, 21);  /* 5 of the 26 by customs procedure */
        intake_clear(&r), intake_clear(&w);
    }
}

/* Chapters, headings and subheadings of the bulk file each sum up to (nearly) its totals; no level
 * is added to another: all levels together would be four times as much. */
static void levels_of_the_bulk_file(void **state) {
    (void)state;
    if (!have("comtrade-legacy/bulk_h3_china_india_2010.csv", "UN Comtrade")) return;
    static const char *const by[] = {"exporter,importer,year", "exporter,importer,year,product2",
                                     "exporter,importer,year,product4",
                                     "exporter,importer,year,product6"};
    int64_t rows = 0;
    double all = 0, first = 0;
    for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
        const karvan_flows_options o = {.by = by[i]};
        intake_result r = read_file(&o);
        double level = sum(r.flows, "value");
        if (i == 0) first = level;
        assert_true(fabs(level / first - 1) < 1e-6);
        assert_int_equal(r.tally.rows, 8739);
        rows += r.tally.kept, all += level;
        intake_clear(&r);
    }
    assert_int_equal(rows, 8739); /* 2 + 192 + 1976 + 6569: each row is of one level */
    assert_true(near(all, 234756428234.0));
}

/* ---- CEPII ---- */

static void gravity_of_togo(void **state) {
    (void)state;
    if (!have("cepii-gravity/Gravity_V202211_TGO_subset_semicolon.csv", "off-ini/gravity_xml"))
        return;
    intake_result r = read_file(NULL);
    assert_string_equal(r.tally.format, "gravity");
    assert_int_equal(r.tally.kept, 6956);
    assert_int_equal(karvan_table_columns(r.flows), 16);
    assert_int_equal(karvan_table_dictionary_size(r.flows, karvan_table_find(r.flows, "importer")),
                     94);
    double distance = 0;
    for (int64_t i = 0; i < 6956; i++)
        if (karvan_table_int(r.flows, 0, i) == 2021 &&
            karvan_table_state(r.flows, karvan_table_find(r.flows, "distw_harmonic"), i) ==
                KARVAN_VALUE)
            distance += karvan_table_real(r.flows, karvan_table_find(r.flows, "distw_harmonic"), i);
    assert_true(distance == 394011);
    intake_clear(&r);
}

static void distances_of_cepii(void **state) {
    (void)state;
    if (!have("cepii-gravity/dist_cepii_corridor.csv", "CEPII GeoDist")) return;
    intake_result r = read_file(NULL);
    assert_int_equal(r.tally.kept, 324);
    assert_true(fabs(sum(r.flows, "dist") - 860744.491) < 5e-4 + 1e-6);
    intake_clear(&r);
    if (!have("cepii-gravity/geo_cepii.csv", "CEPII GeoDist")) return;
    r = read_file(NULL);
    assert_int_equal(karvan_table_rows(r.flows), 238);
    assert_true(karvan_table_find(r.flows, "landlocked") > 0);
    intake_clear(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(baci_of_afghanistan),     cmocka_unit_test(baci_in_any_order),
        cmocka_unit_test(codes_of_baci),           cmocka_unit_test(comtrade_of_today),
        cmocka_unit_test(comtrade_by_its_api),     cmocka_unit_test(comtrade_of_before),
        cmocka_unit_test(levels_of_the_bulk_file), cmocka_unit_test(gravity_of_togo),
        cmocka_unit_test(distances_of_cepii)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
