/* OMX matrices: what is written reads back, the same content gives the same bytes, and what is no
 * OMX file is refused with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "karvan/exchange.h"
#include "sweep.h"

static char dir[] = "/tmp/karvan-omx-XXXXXX";
static char file[64], other[64];

static int make_dir(void **state) {
    (void)state;
    if (!mkdtemp(dir)) return -1;
    (void)snprintf(file, sizeof file, "%s/a.omx", dir);
    (void)snprintf(other, sizeof other, "%s/b.omx", dir);
    return 0;
}
static int remove_dir(void **state) {
    (void)state;
    (void)unlink(file), (void)unlink(other);
    return rmdir(dir); /* fails where a writer left something behind */
}

static karvan_table *labels(karvan_type type, int n, const char *const *texts) {
    karvan_column column = {.name = "label", .type = type};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("labels", 1, &column, &b, NULL), KARVAN_OK);
    for (int i = 0; i < n; i++) {
        assert_int_equal(karvan_builder_row(b, NULL), KARVAN_OK);
        if (type == KARVAN_INT)
            assert_int_equal(karvan_builder_int(b, 0, 10 * i + 7, NULL), KARVAN_OK);
        if (type == KARVAN_TEXT)
            assert_int_equal(karvan_builder_text(b, 0, texts[i], NULL), KARVAN_OK);
        if (type == KARVAN_REAL) assert_int_equal(karvan_builder_real(b, 0, i, NULL), KARVAN_OK);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

static const char *const ports[] = {"Aktau", "Alat / Ələt", ""};
static const double six[] = {1.5, NAN, -3, 1e300, 0, 7}, twelve[] = {0, 1, 2, 3, 4, 5};

static karvan_status write_file(const char *path, const karvan_table *rows,
                                const karvan_table *columns, karvan_error *err) {
    karvan_omx_writer *w = NULL;
    int a, b;
    karvan_status st = karvan_omx_create(path, 3, 2, &w, err);
    if (st == KARVAN_OK) st = karvan_omx_add_matrix(w, "time_h", &a, err);
    if (st == KARVAN_OK) st = karvan_omx_add_matrix(w, "cost", &b, err);
    if (st == KARVAN_OK) st = karvan_omx_put(w, b, 0, 3, twelve, err);
    if (st == KARVAN_OK) st = karvan_omx_put(w, a, 2, 1, six + 4, err);
    if (st == KARVAN_OK) st = karvan_omx_put(w, a, 0, 2, six, err);
    if (st == KARVAN_OK) st = karvan_omx_add_lookup(w, "port", 0, rows, err);
    if (st == KARVAN_OK) st = karvan_omx_add_lookup(w, "zone", 1, columns, err);
    if (st != KARVAN_OK) {
        karvan_omx_abandon(w);
        return st;
    }
    return karvan_omx_finish(w, err);
}

static void what_is_written_reads_back(void **state) {
    (void)state;
    if (!karvan_omx_available()) skip();
    karvan_error e = {0};
    karvan_omx *m = NULL;
    karvan_table *rows = labels(KARVAN_TEXT, 3, ports), *columns = labels(KARVAN_INT, 2, NULL);
    if (write_file(file, rows, columns, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    if (karvan_omx_open(file, &m, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_omx_rows(m), 3), assert_int_equal(karvan_omx_columns(m), 2);
    assert_string_equal(karvan_omx_version(m), "0.2");
    assert_int_equal(karvan_omx_matrices(m), 2), assert_int_equal(karvan_omx_lookups(m), 2);
    assert_string_equal(karvan_omx_matrix_name(m, 0), "cost");
    assert_int_equal(karvan_omx_find(m, "time_h"), 1),
        assert_int_equal(karvan_omx_find(m, "x"), -1);
    double back[6], row[2];
    assert_int_equal(karvan_omx_read(m, 1, 0, 3, back, &e), KARVAN_OK);
    for (int i = 0; i < 6; i++) assert_true(isnan(six[i]) ? isnan(back[i]) : back[i] == six[i]);
    assert_int_equal(karvan_omx_read(m, 0, 1, 1, row, &e), KARVAN_OK);
    assert_true(row[0] == 2 && row[1] == 3);
    assert_int_equal(karvan_omx_read(m, 0, 1, 3, back, &e), KARVAN_E_ARG);
    karvan_table *t = NULL;
    assert_int_equal(karvan_omx_lookup(m, 0, &t, &e), KARVAN_OK);
    assert_string_equal(karvan_omx_lookup_name(m, 0), "port");
    for (int i = 0; i < 3; i++) assert_string_equal(karvan_table_text(t, 0, i), ports[i]);
    karvan_table_destroy(t);
    assert_int_equal(karvan_omx_lookup(m, 1, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_int(t, 0, 1), 17);
    karvan_table_destroy(t);
    karvan_omx_close(m);
    karvan_table_destroy(rows), karvan_table_destroy(columns);
}

static void the_same_content_gives_the_same_bytes(void **state) {
    (void)state;
    if (!karvan_omx_available()) skip();
    karvan_table *rows = labels(KARVAN_TEXT, 3, ports), *columns = labels(KARVAN_INT, 2, NULL);
    char *a, *b;
    size_t n, k;
    assert_int_equal(write_file(file, rows, columns, NULL), KARVAN_OK);
    (void)sleep(1); /* a clock in the file would show */
    assert_int_equal(write_file(other, rows, columns, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_file_read(file, &a, &n, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_file_read(other, &b, &k, NULL), KARVAN_OK);
    assert_int_equal(n, k), assert_memory_equal(a, b, n);
    karvan_i_free(a), karvan_i_free(b);
    karvan_table_destroy(rows), karvan_table_destroy(columns);
}

/* Rows wider than a chunk, and chunks of several rows: a matrix put in uneven pieces. */
static void large_matrices_in_pieces(void **state) {
    (void)state;
    if (!karvan_omx_available()) skip();
    static const int shapes[][2] = {{3, 40000}, {1000, 7}, {130, 130}};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        int64_t rows = shapes[s][0], columns = shapes[s][1];
        double *v = malloc((size_t)(rows * columns) * sizeof *v);
        assert_non_null(v);
        for (int64_t i = 0; i < rows * columns; i++) v[i] = (double)(i * 7919 % 10007) / 8;
        karvan_omx_writer *w = NULL;
        karvan_omx *m = NULL;
        int matrix;
        assert_int_equal(karvan_omx_create(file, rows, columns, &w, NULL), KARVAN_OK);
        assert_int_equal(karvan_omx_add_matrix(w, "m", &matrix, NULL), KARVAN_OK);
        for (int64_t at = 0, n = 1; at < rows; at += n, n += 2) {
            if (n > rows - at) n = rows - at;
            assert_int_equal(karvan_omx_put(w, matrix, at, n, v + at * columns, NULL), KARVAN_OK);
        }
        assert_int_equal(karvan_omx_finish(w, NULL), KARVAN_OK);
        assert_int_equal(karvan_omx_open(file, &m, NULL), KARVAN_OK);
        double *back = malloc((size_t)(rows * columns) * sizeof *back);
        assert_non_null(back);
        assert_int_equal(karvan_omx_read(m, 0, 0, rows, back, NULL), KARVAN_OK);
        assert_memory_equal(v, back, (size_t)(rows * columns) * sizeof *v);
        karvan_omx_close(m);
        free(v), free(back);
    }
}

static void refusals_have_reasons(void **state) {
    (void)state;
    if (!karvan_omx_available()) skip();
    karvan_error e = {0};
    karvan_omx *m = NULL;
    karvan_omx_writer *w = NULL;
    int matrix;
    assert_int_equal(karvan_omx_open("nowhere.omx", &m, &e), KARVAN_E_IO);
    assert_non_null(strstr(e.msg, "cannot read nowhere.omx: ")), assert_null(m);
    assert_int_equal(karvan_i_file_write(file, "origin,destination\n", 19, NULL), KARVAN_OK);
    e = (karvan_error){0};
    assert_int_equal(karvan_omx_open(file, &m, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, ": not HDF5, which every OMX file is"));
    assert_int_equal(karvan_omx_create(file, 0, 2, &w, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_omx_create("/nowhere/a.omx", 2, 2, &w, NULL), KARVAN_E_IO);
    assert_int_equal(karvan_omx_create("/dev/null", 2, 2, &w, NULL), KARVAN_E_IO);
    assert_int_equal(karvan_omx_create(file, 2, 3, &w, NULL), KARVAN_OK);
    assert_int_equal(karvan_omx_add_matrix(w, "a", &matrix, NULL), KARVAN_OK);
    assert_int_equal(karvan_omx_put(w, 1, 0, 1, six, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_omx_put(w, 0, 1, 2, six, NULL), KARVAN_E_ARG);
    static const char *const names[] = {"a", "", "a/b", ".", "\xff"};
    for (int i = 0; i < 5; i++)
        assert_int_equal(karvan_omx_add_matrix(w, names[i], &matrix, NULL), KARVAN_E_ARG);
    karvan_table *two = labels(KARVAN_INT, 2, NULL), *real = labels(KARVAN_REAL, 2, NULL);
    assert_int_equal(karvan_omx_add_lookup(w, "l", 1, two, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_omx_add_lookup(w, "l", -1, two, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_omx_add_lookup(w, "l", 0, real, NULL), KARVAN_E_ARG);
    karvan_table_destroy(two), karvan_table_destroy(real);
    karvan_omx_abandon(w);
    /* what stood there before is still there */
    assert_int_equal(karvan_omx_open(file, &m, NULL), KARVAN_E_DATA);
}

/* Every prefix of a file is refused or read, and never more than that. */
static void cut_files_are_refused(void **state) {
    (void)state;
    if (!karvan_omx_available()) skip();
    karvan_table *rows = labels(KARVAN_TEXT, 3, ports), *columns = labels(KARVAN_INT, 2, NULL);
    char *bytes;
    size_t n;
    assert_int_equal(write_file(file, rows, columns, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_file_read(file, &bytes, &n, NULL), KARVAN_OK);
    for (size_t cut = 0; cut < n; cut += 97) {
        karvan_omx *m = NULL;
        karvan_error e = {0};
        assert_int_equal(karvan_i_file_write(other, bytes, cut, NULL), KARVAN_OK);
        assert_int_equal(karvan_omx_open(other, &m, &e), KARVAN_E_DATA);
        assert_true(*e.msg), assert_null(m);
    }
    karvan_i_free(bytes);
    karvan_table_destroy(rows), karvan_table_destroy(columns);
}

static const karvan_table *sweep_rows, *sweep_columns;
static karvan_status write_and_read(karvan_error *err) {
    karvan_omx *m = NULL;
    karvan_table *t = NULL, *u = NULL;
    double back[6];
    karvan_status st = write_file(file, sweep_rows, sweep_columns, err);
    if (st == KARVAN_OK) st = karvan_omx_open(file, &m, err);
    if (st == KARVAN_OK) st = karvan_omx_read(m, 0, 0, 3, back, err);
    if (st == KARVAN_OK) st = karvan_omx_lookup(m, 0, &t, err);
    if (st == KARVAN_OK) st = karvan_omx_lookup(m, 1, &u, err);
    karvan_table_destroy(t), karvan_table_destroy(u);
    karvan_omx_close(m);
    return st;
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    if (!karvan_omx_available()) skip();
    karvan_table *rows = labels(KARVAN_TEXT, 3, ports), *columns = labels(KARVAN_INT, 2, NULL);
    sweep_rows = rows, sweep_columns = columns;
    every_allocation_fails(write_and_read, 400);
    karvan_table_destroy(rows), karvan_table_destroy(columns);
}

static void without_hdf5_it_says_so(void **state) {
    (void)state;
    if (karvan_omx_available()) skip();
    karvan_error e = {0};
    karvan_omx_writer *w = NULL;
    assert_int_equal(karvan_omx_create("a.omx", 2, 2, &w, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "built without HDF5"));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_written_reads_back),
                                       cmocka_unit_test(the_same_content_gives_the_same_bytes),
                                       cmocka_unit_test(large_matrices_in_pieces),
                                       cmocka_unit_test(refusals_have_reasons),
                                       cmocka_unit_test(cut_files_are_refused),
                                       cmocka_unit_test(every_allocation_can_fail),
                                       cmocka_unit_test(without_hdf5_it_says_so)};
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
