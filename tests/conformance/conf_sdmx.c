/* Messages of the SDMX-CSV field guide (khaeru/sdmx-test-data, after the guide's own examples), of
 * pysdmx, of the ECB and of Eurostat: rows, sums, and those that must be refused, at their line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "karvan/exchange.h"
#include "reference.h"
#include "table/cell.h"

static const char origin[] = "github.com/khaeru/sdmx-test-data and bis-med-it/pysdmx";

static double sum_of(const karvan_table *t, const char *column) {
    double sum = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double v = karvan_i_cell_real(t, column, r);
        if (!isnan(v)) sum += v;
    }
    return sum;
}

/* Rows, columns besides our three (0: not told) and sum of the measure (NaN: not told). */
static const struct {
    const char *file;
    int rows, components;
    double sum;
    const char *value; /* NULL: OBS_VALUE */
} good[] = {{"csv20-khaeru/example-01.csv", 2, 8, 23.2, NULL},
            {"csv20-khaeru/example-02.csv", 2, 7, 23.2, "OBS_VALUE1"},
            {"csv20-khaeru/example-03.csv", 2, 8, 23.4, "OBS_VALUE2"},
            {"csv20-khaeru/example-04.csv", 2, 9, 23.2, NULL},
            {"csv20-khaeru/example-05.csv", 2, 7, 23.2, NULL},
            {"csv20-khaeru/example-06.csv", 2, 7, 23.2, NULL},
            {"csv20-khaeru/example-07.csv", 2, 7, 23.2, NULL},
            {"csv20-khaeru/example-08.csv", 2, 5, 23.2, NULL},
            {"csv20-khaeru/example-09A.csv", 3, 5, 34.4, NULL},
            {"csv20-khaeru/example-09B.csv", 3, 10, NAN, NULL},
            {"csv20-khaeru/example-10.csv", 2, 5, 23.2, NULL},
            {"csv20-khaeru/example-11.csv", 2, 5, 23.2, NULL},
            {"csv20-khaeru/example-12.csv", 2, 3, NAN, NULL},
            {"csv20-khaeru/example-13.csv", 2, 6, 12.4, "MEAS_1"},
            {"csv20-khaeru/example-14.csv", 2, 4, NAN, NULL},
            {"csv20-khaeru/example-15.csv", 2, 5, 23.2, NULL},
            {"csv20-khaeru/example-16.csv", 0, 7, 0, NULL}, /* deletions of what is not there */
            {"csv20-khaeru/example-17.csv", 0, 7, 0, NULL},
            {"csv20-khaeru/example-18.csv", 0, 2, NAN, NULL},
            {"csv20-khaeru/example-19A.csv", 0, 0, NAN, NULL},
            {"csv20-khaeru/example-19B.csv", 0, 3, NAN, NULL},
            {"csv10-pysdmx/data_v1.csv", 1000, 20, 11819719.544949, NULL},
            {"csv10-pysdmx/csv_labels_both.csv", 1, 6, 1, NULL},
            {"csv10-pysdmx/data_v1_no_freq_cols.csv", 0, 6, NAN, NULL},
            {"csv10-pysdmx/data_v1_datetime.csv", 1, 4, 1, NULL},
            {"csv20-pysdmx/data_v2.csv", 20, 20, 233733.924573, NULL},
            {"csv20-pysdmx/data_v2_structures.csv", 3, 10, NAN, NULL},
            {"csv20-pysdmx/data_v2_structures_uppercase.csv", 3, 10, NAN, NULL},
            {"csv20-pysdmx/data_v2_merge_action.csv", 1, 3, 1, "Me_1"},
            {"csv20-pysdmx/data_v2_two_actions.csv", 2, 3, 7, "Me_1"},
            {"csv20-pysdmx/data_v2_three_actions.csv", 3, 3, 9, "Me_1"},
            {"csv20-pysdmx/csv_labels_both.csv", 1, 6, 1, NULL},
            {"csv20-pysdmx/csv_labels_name.csv", 1, 6, 1, NULL},
            {"csv20-pysdmx/csv_keys_both.csv", 1, 8, 1, NULL},
            {"csv21-pysdmx/data_v21.csv", 20, 20, 233733.924573, NULL},
            {"csv21-pysdmx/data_v21_structures.csv", 3, 10, NAN, NULL},
            {"csv21-pysdmx/data_v21_structures_uppercase.csv", 3, 10, NAN, NULL},
            {"csv21-pysdmx/data_v21_merge_action.csv", 1, 3, 1, "Me_1"},
            {"csv21-pysdmx/data_v21_two_actions.csv", 2, 3, 7, "Me_1"},
            {"csv21-pysdmx/data_v21_three_actions.csv", 3, 3, 9, "Me_1"},
            {"csv21-pysdmx/csv_labels_both.csv", 1, 6, 1, NULL},
            {"csv21-pysdmx/csv_labels_name.csv", 1, 6, 1, NULL},
            {"csv21-pysdmx/csv_keys_both.csv", 1, 8, 1, NULL},
            {"csv21-pysdmx/data_v21_datetime.csv", 1, 4, 1, NULL},
            {"ecb-csvdata/exr_excerpt.csv", 6, 10, NAN, NULL},
            {"ecb-csvdata/eurostat_sdmxcsv_excerpt.csv", 4, 9,
             4709715.099 + 65522.356 + 110554.518 + 0.179, NULL}};

static void messages_are_read(void **state) {
    (void)state;
    char name[200], path[1024];
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        (void)snprintf(name, sizeof name, "formats/sdmx/%s", good[k].file);
        if (!reference_file(name, origin, path, sizeof path)) continue;
        const karvan_sdmx_options o = {.value = good[k].value};
        karvan_table *t = NULL;
        karvan_error e = {0};
        if (karvan_sdmx_read(path, &o, NULL, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        double sum = sum_of(t, good[k].value ? good[k].value : "OBS_VALUE");
        if (strstr(good[k].file, "no_freq") ? karvan_table_rows(t) < 1
                                            : karvan_table_rows(t) != good[k].rows)
            fail_msg("%s: %d rows", good[k].file, (int)karvan_table_rows(t));
        if (karvan_table_columns(t) - 3 != good[k].components)
            fail_msg("%s: %d components", good[k].file, karvan_table_columns(t) - 3);
        if (!isnan(good[k].sum) && !(fabs(sum - good[k].sum) < 1e-9 * (1 + good[k].sum)))
            fail_msg("%s: sum %.9f", good[k].file, sum);
        karvan_table_destroy(t);
    }
}

/* What must fail, and where. */
static const struct {
    const char *file, *at, *what;
} bad[] = {{"csv10-pysdmx/data_v1_exception.csv", ":1:1: ", "no SDMX-CSV message"},
           {"csv20-pysdmx/data_v2_exception.csv", ":1:1: ", "no SDMX-CSV message"},
           {"csv20-pysdmx/data_v2_action_col.csv", ":2:1: ", "22 fields, where the header has 23"},
           {"csv20-pysdmx/data_v2_invalid_action.csv", ":2:33: ", "'E' is no action"},
           {"csv20-pysdmx/data_v2_structures_exception.csv",
            ":4:1: ", "'dataTESTERROR' is no kind of structure"},
           {"csv21-pysdmx/data_v21_exception.csv", ":1:1: ", "no SDMX-CSV message"},
           {"csv21-pysdmx/data_v21_action_col.csv", ":2:1: ", "22 fields, where the header has 23"},
           {"csv21-pysdmx/data_v21_invalid_action.csv", ":2:33: ", "'E' is no action"},
           {"csv21-pysdmx/data_v21_structures_exception.csv",
            ":4:1: ", "'dataTESTERROR' is no kind of structure"}};

static void bad_messages_are_refused(void **state) {
    (void)state;
    char name[200], path[1024];
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        (void)snprintf(name, sizeof name, "formats/sdmx/%s", bad[k].file);
        if (!reference_file(name, origin, path, sizeof path)) continue;
        karvan_table *t = NULL;
        karvan_error e = {0};
        assert_int_equal(karvan_sdmx_read(path, NULL, NULL, &t, &e), KARVAN_E_DATA);
        assert_null(t);
        if (!strstr(e.msg, bad[k].at) || !strstr(e.msg, bad[k].what)) fail_msg("%s", e.msg);
    }
}

/* 9 series of 23 years: 181 figures, 26 not available, 20 with flags. */
static void wide_text_of_eurostat(void **state) {
    (void)state;
    char path[1024];
    if (!reference_file("formats/trade/eurostat/nama_10r_gdp_excerpt.tsv", "Eurostat", path,
                        sizeof path))
        return;
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_sdmx_read(path, NULL, NULL, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    int v = karvan_table_find(t, "OBS_VALUE"), flag = karvan_table_find(t, "OBS_FLAG");
    int values = 0, flags = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        values += karvan_table_state(t, v, r) == KARVAN_VALUE;
        flags += karvan_table_state(t, flag, r) == KARVAN_VALUE;
    }
    assert_int_equal(karvan_table_rows(t), 9 * 23);
    assert_int_equal(values, 181), assert_int_equal(flags, 20);
    assert_true(fabs(sum_of(t, "OBS_VALUE") - 4728329.22) < 1e-6);
    karvan_table_destroy(t);
}

/* WITS: imports of the USA from the world, 29 products, in thousand USD. */
static void json_of_wits(void **state) {
    (void)state;
    char path[1024];
    if (!reference_file("formats/trade/wits/wits_tradestats_sdmx.json",
                        "github.com/mwouts/world_trade_data", path, sizeof path))
        return;
    karvan_table *t = NULL, *audit = NULL;
    karvan_error e = {0};
    if (karvan_sdmx_read(path, NULL, NULL, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_table_rows(t), 29);
    assert_true(karvan_i_cell_is(t, "PRODUCTCODE", 0, "01-05_Animal"));
    assert_true(karvan_i_cell_real(t, "OBS_VALUE", 0) == 32320233.669);
    assert_true(fabs(sum_of(t, "OBS_VALUE") - 10829869352.501) < 1e-3);
    karvan_table_destroy(t);
    if (karvan_sdmx_flows(path, NULL, NULL, &audit, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_table_rows(t), 0); /* the world is the sum of others */
    assert_int_equal(karvan_table_rows(audit), 29);
    karvan_table_destroy(t), karvan_table_destroy(audit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_read), cmocka_unit_test(bad_messages_are_refused),
        cmocka_unit_test(wide_text_of_eurostat), cmocka_unit_test(json_of_wits)};
    return cmocka_run_group_tests_name("conf_sdmx", tests, NULL, NULL);
}
