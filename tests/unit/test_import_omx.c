/* OMX matrices as a table: cells and labels by hand, what is missing or not understood told, memory
 * bounded, nothing half-written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/alloc.h"
#include "exchange.h"
#include "sweep.h"

#ifdef KARVAN_HDF5
#include <hdf5.h>

static karvan_table *labels(karvan_type type, int n, const char *const *texts) {
    const karvan_column column = {.name = "label", .type = type};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("labels", 1, &column, &b, NULL), KARVAN_OK);
    for (int i = 0; i < n; i++) {
        assert_int_equal(karvan_builder_row(b, NULL), KARVAN_OK);
        assert_int_equal(type == KARVAN_TEXT ? karvan_builder_text(b, 0, texts[i], NULL)
                                             : karvan_builder_int(b, 0, 10 * i + 7, NULL),
                         KARVAN_OK);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

typedef struct lookup {
    const char *name;
    int dimension, n;
    const char *const *texts; /* NULL: 7, 17, 27, ... */
} lookup;

/* rows x columns of matrices with the given values, each all of them, and lookups. */
static const char *write_omx(const char *file, int rows, int columns, int n,
                             const char *const *names, const double *values, int n_lookups,
                             const lookup *list) {
    const char *path = in_folder(file);
    karvan_omx_writer *w = NULL;
    karvan_error e = {0};
    if (karvan_omx_create(path, rows, columns, &w, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    for (int k = 0; k < n; k++) {
        int m;
        assert_int_equal(karvan_omx_add_matrix(w, names[k], &m, NULL), KARVAN_OK);
        assert_int_equal(
            karvan_omx_put(w, m, 0, rows, values + (ptrdiff_t)k * rows * columns, NULL), KARVAN_OK);
    }
    for (int k = 0; k < n_lookups; k++) {
        karvan_table *t =
            labels(list[k].texts ? KARVAN_TEXT : KARVAN_INT, list[k].n, list[k].texts);
        assert_int_equal(karvan_omx_add_lookup(w, list[k].name, list[k].dimension, t, NULL),
                         KARVAN_OK);
        karvan_table_destroy(t);
    }
    assert_int_equal(karvan_omx_finish(w, NULL), KARVAN_OK);
    return path;
}

static bool says(const karvan_import *imp, const char *words) {
    const karvan_problems *p = karvan_import_problems(imp);
    for (int64_t i = 0; i < karvan_problems_total(p); i++) {
        char line[700];
        (void)snprintf(line, sizeof line, "%s [%s]", karvan_problems_get(p, i).message,
                       karvan_problems_get(p, i).code);
        if (strstr(line, words)) return true;
    }
    show(p);
    return false;
}

static const char *const two[] = {"time", "cost, \"USD\""};
static const double values[] = {1.5, NAN, -3, 1e300, 0, 0.1, 7, INFINITY, -INFINITY, 4, 5, 6};
static const char *const ports[] = {"Aktau", "Alat, Ələt", "Poti"};
static const char *const bad_ports[] = {"A", "", "A"}, *const twice[] = {"A", "B", "A"};

static void cells_and_labels_by_hand(void **state) {
    (void)state;
    static const lookup list[] = {{"a_group", 0, 3, twice},
                                  {"port", 0, 3, ports},
                                  {"zone", 1, 2, NULL},
                                  {"z_other", 1, 2, NULL}};
    const char *path = write_omx("a.omx", 3, 2, 2, two, values, 4, list);
    karvan_import *imp = import("omx", 0, NULL, 1, &path);
    karvan_package *p = region_of(imp, "r");
    const karvan_table *t = karvan_package_table(p, "matrices");
    assert_int_equal(karvan_package_count(p), 2), assert_int_equal(karvan_table_columns(t), 4);
    assert_int_equal(karvan_table_rows(t), 6);
    assert_string_equal(karvan_table_column(t, 2).name, "cost, \"USD\"" /* by name */);
    for (int r = 0; r < 6; r++) {
        assert_string_equal(karvan_table_text(t, 0, r), ports[r / 2]);
        assert_int_equal(karvan_table_int(t, 1, r), 10 * (r % 2) + 7);
        for (int k = 0; k < 2; k++) {
            const double v = values[6 * (1 - k) + r];
            assert_int_equal(karvan_table_state(t, 2 + k, r) == KARVAN_VALUE, isfinite(v) != 0);
            if (isfinite(v)) assert_true(karvan_table_real(t, 2 + k, r) == v);
        }
    }
    assert_true(
        says(imp, "lookup a_group has a label twice, so that it names no zones [omx-lookup]"));
    assert_true(says(imp, "lookup zone is not needed: another labels the zones"));
    assert_true(says(imp, "matrix time: 1 of 6 cells are NaN or its attribute NA; left empty"));
    assert_true(says(imp, "matrix cost, \"USD\": 2 of 6 cells are infinite; left empty"));
    counted(imp, "matrix", 2, 2), counted(imp, "lookup", 4, 2), counted(imp, "cell", 12, 9);
    assert_string_equal(text_of(p, "sources", "a.omx", "note"), "a.omx, read as omx");
    assert_int_equal(karvan_import_write(imp, in_folder("again"), NULL), KARVAN_E_ARG);
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void lookups_that_do_not_fit(void **state) {
    (void)state;
    static const lookup list[] = {{"bad", 0, 3, bad_ports}, {"col", -1, 3, ports}};
    static const double nine[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    static const char *const names[] = {"origin"};
    const char *path = write_omx("a.omx", 3, 3, 1, names, nine, 2, list);
    karvan_import *imp = import("omx", 0, NULL, 1, &path);
    assert_true(says(imp, "lookup bad has a label that is missing"));
    assert_true(says(imp, "matrix origin is column origin-2 of the table [omx-matrix]"));
    karvan_package *p = region_of(imp, "r"); /* one lookup for both */
    const karvan_table *t = karvan_package_table(p, "matrices");
    assert_string_equal(karvan_table_text(t, 0, 3), "Alat, Ələt");
    assert_string_equal(karvan_table_text(t, 1, 3), "Aktau");
    assert_true(karvan_table_real(t, 2, 3) == 4);
    karvan_package_destroy(p), karvan_import_destroy(imp);
    static const struct {
        karvan_import_setting setting;
        const char *why;
    } wrong[] = {{{"lookup", "bad"}, "bad has a label that is missing"},
                 {{"lookup", "no"}, "has no lookup 'no'"}};
    for (size_t i = 0; i < 2; i++) {
        karvan_error e = {0};
        assert_int_equal(karvan_import_create("omx", 1, &wrong[i].setting, &imp, NULL), KARVAN_OK);
        assert_int_equal(karvan_import_read(imp, 1, &path, &e), KARVAN_E_ARG);
        if (!strstr(e.msg, wrong[i].why)) fail_msg("%s", e.msg);
        karvan_import_destroy(imp);
    }
    karvan_error e = {0};
    static const karvan_import_setting speed = {"speed", "road=5"};
    assert_int_equal(karvan_import_create("omx", 1, &speed, &imp, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "--speed says nothing to the format omx"));
}

static void without_lookups_zones_are_numbered(void **state) {
    (void)state;
    const char *path = write_omx("a.omx", 2, 3, 1, two, values, 0, NULL);
    karvan_import *imp = import("omx", 0, NULL, 1, &path);
    assert_true(says(imp, "no lookup names the origins of the matrices: they are numbered from 1"));
    assert_true(says(imp, "no lookup names the destinations"));
    karvan_package *p = region_of(imp, "r");
    const karvan_table *t = karvan_package_table(p, "matrices");
    assert_int_equal(karvan_table_int(t, 0, 5), 2), assert_int_equal(karvan_table_int(t, 1, 5), 3);
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

/* Another data set beside those of the file: its type and the values as they stand in memory. */
static void add_set(const char *path, const char *name, int rank, hid_t type, const void *v,
                    bool na) {
    const hsize_t size[2] = {2, 2};
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT),
          space = H5Screate_simple(rank, size, NULL);
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, v) >= 0);
    if (na) {
        const double none = -1;
        hid_t one = H5Screate(H5S_SCALAR);
        hid_t a = H5Acreate2(set, "NA", H5T_NATIVE_DOUBLE, one, H5P_DEFAULT, H5P_DEFAULT);
        assert_true(H5Awrite(a, H5T_NATIVE_DOUBLE, &none) >= 0);
        (void)H5Aclose(a), (void)H5Sclose(one);
    }
    (void)H5Dclose(set), (void)H5Sclose(space), (void)H5Fclose(file);
}

static void odd_types_are_told(void **state) {
    (void)state;
    static const char *const one[] = {"real"};
    static const int whole[] = {1, -1, 3, 4};
    static const char text[4][3] = {"ab", "cd", "ef", "gh"};
    static const struct { int a, b; } pairs[2] = {{1, 2}, {3, 4}};
    const char *path = write_omx("a.omx", 2, 2, 1, one, values, 0, NULL);
    hid_t fixed = H5Tcopy(H5T_C_S1), pair = H5Tcreate(H5T_COMPOUND, sizeof pairs[0]);
    (void)H5Tset_size(fixed, 3);
    (void)H5Tinsert(pair, "a", 0, H5T_NATIVE_INT);
    add_set(path, "data/text", 2, fixed, text, false);
    add_set(path, "data/whole", 2, H5T_NATIVE_INT, whole, true);
    add_set(path, "lookup/pair", 1, pair, pairs, false);
    (void)H5Tclose(fixed), (void)H5Tclose(pair);
    karvan_import *imp = import("omx", 0, NULL, 1, &path);
    assert_true(says(imp, "matrix text is left out: "));
    assert_true(says(imp, "lookup pair is not kept: "));
    karvan_package *p = region_of(imp, "r");
    const karvan_table *t = karvan_package_table(p, "matrices");
    assert_int_equal(karvan_table_find(t, "text"), -1);
    assert_true(says(imp, "matrix whole: 1 of 4 cells are NaN or its attribute NA"));
    assert_true(karvan_table_real(t, karvan_table_find(t, "whole"), 2) == 3);
    counted(imp, "matrix", 3, 2);
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

/* More than one block of rows: cell by cell, and the same file whatever the block. */
static void large_matrices_come_in_blocks(void **state) {
    (void)state;
    enum { N = 1100, MATRICES = 4 }; /* 38.7 MB: two blocks */
    static const char *const four[] = {"a", "b", "c", "d"};
    double *v = malloc(sizeof *v * N * N * MATRICES);
    assert_non_null(v);
    for (int i = 0; i < N * N * MATRICES; i++) v[i] = ((unsigned)i * 2654435761U >> 8) / 64.0;
    const char *path = write_omx("a.omx", N, N, MATRICES, four, v, 0, NULL);
    karvan_import *imp = import("omx", 0, NULL, 1, &path);
    if (karvan_import_write(imp, in_folder("r"), NULL) != KARVAN_OK) fail();
    FILE *f = fopen(in_folder("r/matrices.csv"), "r");
    char line[200];
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    assert_string_equal(line, "origin,destination,a,b,c,d\n");
    for (int i = 0; i < N * N; i++) {
        double got[MATRICES];
        int at[2];
        assert_int_equal(fscanf(f, "%d,%d,%lf,%lf,%lf,%lf\n", &at[0], &at[1], &got[0], &got[1],
                                &got[2], &got[3]),
                         6);
        assert_true(at[0] == i / N + 1 && at[1] == i % N + 1);
        for (int k = 0; k < MATRICES; k++) assert_true(got[k] == v[k * N * N + i]);
    }
    assert_int_equal(fgetc(f), EOF);
    assert_int_equal(fclose(f), 0);
    karvan_import_destroy(imp);
    free(v);
}

/* A file that breaks off behind its first rows: nothing stays, and the reason is told. */
static void damage_leaves_nothing_behind(void **state) {
    (void)state;
    enum { N = 600 };
    static const char *const one[] = {"a"};
    double *v = malloc(sizeof *v * N * N);
    assert_non_null(v);
    for (int i = 0; i < N * N; i++) v[i] = i * 1.25e-3 + ((unsigned)i * 2654435761U >> 12);
    const char *path = write_omx("a.omx", N, N, 1, one, v, 0, NULL), *dir = in_folder("r");
    free(v);
    struct stat size;
    assert_int_equal(stat(path, &size), 0);
    FILE *f = fopen(path, "r+b"); /* the middle of its packed chunks */
    assert_non_null(f);
    for (long at = size.st_size / 2; at < size.st_size / 2 + 4000; at++) {
        assert_int_equal(fseek(f, at, SEEK_SET), 0);
        (void)fputc(0xFF, f);
    }
    assert_int_equal(fclose(f), 0);
    karvan_import *imp = import("omx", 0, NULL, 1, &path);
    karvan_error e = {0};
    assert_int_equal(karvan_import_write(imp, dir, &e), KARVAN_E_DATA);
    assert_true(*e.msg);
    assert_int_not_equal(access(dir, F_OK), 0);
    DIR *d = opendir(folder);
    int left = 0;
    for (struct dirent *x; (x = readdir(d)) != NULL;) left += x->d_name[0] != '.';
    (void)closedir(d);
    assert_int_equal(left, 1);
    karvan_import_destroy(imp);
    const char *missing = in_folder("none.omx");
    assert_int_equal(karvan_import_create("omx", 0, NULL, &imp, NULL), KARVAN_OK);
    assert_int_equal(karvan_import_read(imp, 1, &missing, &e), KARVAN_E_IO);
    karvan_import_destroy(imp);
}

static const char *swept;
static karvan_status sweep_import(karvan_error *err) {
    karvan_import *imp = NULL;
    const char *dir = in_folder("s");
    karvan_status st = karvan_import_create("omx", 0, NULL, &imp, err);
    if (st == KARVAN_OK) st = karvan_import_read(imp, 1, &swept, err);
    if (st == KARVAN_OK) st = karvan_import_write(imp, dir, err);
    karvan_import_destroy(imp);
    if (st != KARVAN_OK) assert_int_not_equal(access(dir, F_OK), 0);
    return st;
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    static const lookup list[] = {{"a_group", 0, 3, twice}, {"port", 0, 3, ports}};
    static const char *const names[] = {"origin", "b"};
    static char path[300];
    (void)snprintf(path, sizeof path, "%s", write_omx("a.omx", 3, 2, 2, names, values, 2, list));
    swept = path;
    every_allocation_fails(sweep_import, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(cells_and_labels_by_hand, empty_folder),
        cmocka_unit_test_teardown(lookups_that_do_not_fit, empty_folder),
        cmocka_unit_test_teardown(without_lookups_zones_are_numbered, empty_folder),
        cmocka_unit_test_teardown(odd_types_are_told, empty_folder),
        cmocka_unit_test_teardown(large_matrices_come_in_blocks, empty_folder),
        cmocka_unit_test_teardown(damage_leaves_nothing_behind, empty_folder),
        cmocka_unit_test_teardown(every_allocation_can_fail, empty_folder)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

#else

static void without_hdf5_it_says_so(void **state) {
    (void)state;
    karvan_import *imp = NULL;
    karvan_error e = {0};
    const char *path = write_file("a.omx", "");
    assert_int_equal(karvan_import_create("omx", 0, NULL, &imp, NULL), KARVAN_OK);
    assert_int_equal(karvan_import_read(imp, 1, &path, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "built without HDF5"));
    karvan_import_destroy(imp);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(without_hdf5_it_says_so, empty_folder)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
#endif
