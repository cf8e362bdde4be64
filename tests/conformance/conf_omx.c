/* OMX files that other programs wrote (PyTables and h5py), with sums that h5py computed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "conformance/reference.h"
#include "exchange.h"
#include "karvan/exchange.h"

static const char ORIGIN[] = "AequilibraE, ActivitySim and GMNS (formats/SOURCES.md)";
static const char LONG_NAME[] = "matrixwithaverylonglongnameandmatrixwithaverylonglongname";

static const struct {
    const char *file;
    int64_t zones;
    int matrices, lookups;
    const char *matrix;
    double sum, tolerance; /* as many digits as are published */
} facts[] = {{"aequilibrae_SiouxFalls.omx", 24, 1, 1, "matrix", 360600, 0},
             {"aequilibrae_sfalls_skims.omx", 24, 0, 1, "distance", 6712.336144, 1e-6},
             {"aequilibrae_sfalls_skims.omx", 24, 0, 1, "free_flow_time", 13597.26009, 1e-5},
             {"aequilibrae_test_omx.omx", 10, 4, 1, "m1", 46.96029785, 1e-8},
             {"aequilibrae_test_omx.omx", 10, 4, 1, "m2", 93.92059571, 1e-8},
             {"aequilibrae_test_omx.omx", 10, 4, 1, "m3", 140.8808936, 1e-7},
             {"aequilibrae_test_omx.omx", 10, 4, 1, LONG_NAME, 46.96029785, 1e-8},
             {"aequilibrae_no_index.omx", 10, 4, 0, "m1", 46.96029785, 1e-8},
             {"activitysim_mini.omx", 5, 6, 1, "distwalk", 817.986618, 1e-5},
             {"activitysim_mini.omx", 5, 6, 1, "meat__AM", 743.6241946, 1e-5},
             {"activitysim_mini.omx", 5, 6, 1, "meat__EA", 431.3020301, 1e-5},
             {"activitysim_mini.omx", 5, 6, 1, "meat__EV", 728.7517123, 1e-5},
             {"activitysim_mini.omx", 5, 6, 1, "meat__MD", 780.805356, 1e-5},
             {"activitysim_mini.omx", 5, 6, 1, "meat__PM", 669.2617717, 1e-5},
             {"gmns_lima_sp_skim.omx", 449, 2, 1, "distance", 2541629.5, 0.05},
             {"gmns_lima_sp_skim.omx", 449, 2, 1, "free_flow_time", 3345284.453, 0.0005}};

static karvan_omx *open_file(const char *name) {
    char path[600], below[100];
    karvan_omx *m = NULL;
    karvan_error e = {0};
    (void)snprintf(below, sizeof below, "formats/omx/%s", name);
    if (!karvan_omx_available() || !reference_file(below, ORIGIN, path, sizeof path)) return NULL;
    if (karvan_omx_open(path, &m, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return m;
}

static void sums_agree(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        karvan_omx *m = open_file(facts[i].file);
        if (!m) skip();
        int64_t n = facts[i].zones;
        double sum = 0, *v = malloc((size_t)(n * n) * sizeof *v);
        assert_non_null(v);
        assert_int_equal(karvan_omx_rows(m), n), assert_int_equal(karvan_omx_columns(m), n);
        assert_string_equal(karvan_omx_version(m), "0.2");
        if (facts[i].matrices) assert_int_equal(karvan_omx_matrices(m), facts[i].matrices);
        assert_int_equal(karvan_omx_lookups(m), facts[i].lookups);
        assert_int_equal(karvan_omx_read(m, karvan_omx_find(m, facts[i].matrix), 0, n, v, NULL),
                         KARVAN_OK);
        for (int64_t k = 0; k < n * n; k++)
            if (isfinite(v[k])) sum += v[k];
        if (fabs(sum - facts[i].sum) > facts[i].tolerance)
            fail_msg("%s, %s: %.12g, not %.12g", facts[i].file, facts[i].matrix, sum, facts[i].sum);
        free(v), karvan_omx_close(m);
    }
}

static void cells_and_labels_agree(void **state) {
    (void)state;
    karvan_omx *m = open_file("aequilibrae_SiouxFalls.omx");
    karvan_table *t = NULL;
    double v[24 * 24], most = 0, trace = 0;
    if (!m) skip();
    assert_int_equal(karvan_omx_read(m, 0, 0, 24, v, NULL), KARVAN_OK);
    for (int i = 0; i < 24 * 24; i++) most = fmax(most, v[i]);
    for (int i = 0; i < 24; i++) trace += v[25 * i];
    assert_true(most == 4400 && trace == 0 && v[1] == 100);
    assert_string_equal(karvan_omx_lookup_name(m, 0), "taz");
    assert_int_equal(karvan_omx_lookup(m, 0, &t, NULL), KARVAN_OK);
    for (int i = 0; i < 24; i++) assert_int_equal(karvan_table_int(t, 0, i), i + 1);
    karvan_table_destroy(t), karvan_omx_close(m);

    static const int zones[] = {2, 3, 5, 7, 11};
    m = open_file("activitysim_mini.omx");
    assert_int_equal(karvan_omx_lookup(m, 0, &t, NULL), KARVAN_OK);
    for (int i = 0; i < 5; i++) assert_int_equal(karvan_table_int(t, 0, i), zones[i]);
    karvan_table_destroy(t), karvan_omx_close(m);

    m = open_file("gmns_lima_sp_skim.omx");
    assert_int_equal(karvan_omx_lookup(m, 0, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 449);
    assert_int_equal(karvan_table_int(t, 0, 0), 1),
        assert_int_equal(karvan_table_int(t, 0, 448), 493);
    karvan_table_destroy(t), karvan_omx_close(m);
}

/* The same sums of the tables that import makes. */
static void imported_sums_agree(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        char path[600], below[100];
        const char *one = path;
        (void)snprintf(below, sizeof below, "formats/omx/%s", facts[i].file);
        if (!karvan_omx_available() || !reference_file(below, ORIGIN, path, sizeof path)) skip();
        karvan_import *imp = import("omx", 0, NULL, 1, &one);
        karvan_package *p = region_of(imp, "r");
        const int64_t n = facts[i].zones;
        double s = sum(p, "matrices", facts[i].matrix);
        if (fabs(s - facts[i].sum) > facts[i].tolerance || rows_of(p, "matrices") != n * n)
            fail_msg("%s, %s: %.12g, not %.12g", facts[i].file, facts[i].matrix, s, facts[i].sum);
        counted(imp, "lookup", facts[i].lookups, facts[i].lookups);
        karvan_package_destroy(p), karvan_import_destroy(imp);
        (void)empty_folder(NULL);
    }
}

/* Zones 2, 3, 5, 7, 11; the last pair of Lima's is 493 with itself. */
static void imported_labels_agree(void **state) {
    (void)state;
    static const struct {
        const char *file;
        int64_t row, origin, destination;
    } cells[] = {{"activitysim_mini", 0, 2, 2},
                 {"activitysim_mini", 14, 5, 11},
                 {"gmns_lima_sp_skim", 449L * 449 - 1, 493, 493},
                 {"aequilibrae_no_index", 99, 10, 10}};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        char path[600], below[100];
        const char *one = path;
        (void)snprintf(below, sizeof below, "formats/omx/%s.omx", cells[i].file);
        if (!karvan_omx_available() || !reference_file(below, ORIGIN, path, sizeof path)) skip();
        karvan_import *imp = import("omx", 0, NULL, 1, &one);
        karvan_package *p = region_of(imp, "r");
        const karvan_table *t = karvan_package_table(p, "matrices");
        assert_int_equal(karvan_table_int(t, 0, cells[i].row), cells[i].origin);
        assert_int_equal(karvan_table_int(t, 1, cells[i].row), cells[i].destination);
        karvan_package_destroy(p), karvan_import_destroy(imp);
        (void)empty_folder(NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_agree), cmocka_unit_test(cells_and_labels_agree),
        cmocka_unit_test_teardown(imported_sums_agree, empty_folder),
        cmocka_unit_test_teardown(imported_labels_agree, empty_folder)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
