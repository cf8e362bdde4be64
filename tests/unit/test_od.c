/* Matrices of trips as CSV, long and wide, and as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "karvan/demand.h"
#include "sweep.h"

static karvan_od parse(const char *text, const karvan_od_options *o) {
    karvan_od od;
    karvan_error err = {0};
    if (karvan_od_parse(text, strlen(text), "m.csv", o, &od, &err) != KARVAN_OK)
        fail_msg("%s", err.msg);
    return od;
}

static double cell(const karvan_od *od, const char *from, const char *to) {
    for (int32_t i = 0; i < od->n_origins; i++)
        for (int32_t j = 0; j < od->n_destinations; j++)
            if (strcmp(od->origin[i], from) == 0 && strcmp(od->destination[j], to) == 0)
                return od->value[(size_t)i * (size_t)od->n_destinations + (size_t)j];
    fail_msg("no cell %s to %s", from, to);
    return 0;
}

static void refuse(const char *text, const karvan_od_options *o, const char *message) {
    karvan_od od;
    karvan_error err = {0};
    assert_int_equal(karvan_od_parse(text, strlen(text), "m.csv", o, &od, &err), KARVAN_E_DATA);
    if (!strstr(err.msg, message)) fail_msg("'%s' where '%s' is said", err.msg, message);
    assert_null(od.value);
    assert_int_equal(od.n_origins, 0);
}

static void long_form(void **state) {
    (void)state;
    karvan_od od = parse("origin,note,destination,tonnes\nBaku,x,Aktau,5\nAktau,,Poti,\n", NULL);
    assert_int_equal(od.n_origins, 2);
    assert_string_equal(od.origin[0], "Baku"); /* in the order of the file */
    assert_string_equal(od.destination[1], "Poti");
    assert_true(cell(&od, "Baku", "Aktau") == 5);
    assert_true(cell(&od, "Baku", "Poti") == 0); /* no row */
    assert_true(isnan(cell(&od, "Aktau", "Poti")));
    karvan_od_clear(&od);
    karvan_od_options o = {.absent = NAN};
    od = parse("origin,destination,tonnes\n1,2,5\n2,1,6\n", &o);
    assert_true(isnan(cell(&od, "1", "1")));
    karvan_od_clear(&od);
}

/* Zones 10 and 9 stand as numbers do, and both sides may get all of them. */
static void numbers_in_their_order(void **state) {
    (void)state;
    karvan_od od = parse("origin,destination,a,trips\n10,9,7,1\n9,100,7,2\n", NULL);
    assert_string_equal(od.origin[0], "9");
    assert_string_equal(od.origin[1], "10");
    assert_string_equal(od.destination[0], "9");
    assert_true(cell(&od, "10", "9") == 7); /* the first column of numbers */
    karvan_od_clear(&od);
    karvan_od_options o = {.value = "trips", .square = true};
    od = parse("origin,destination,a,trips\n10,9,7,1\n9,100,7,2\n", &o);
    assert_int_equal(od.n_origins, 3);
    assert_int_equal(od.n_destinations, 3);
    assert_string_equal(od.destination[2], "100");
    assert_true(cell(&od, "10", "9") == 1);
    assert_true(cell(&od, "9", "100") == 2);
    assert_true(cell(&od, "100", "100") == 0);
    karvan_od_clear(&od);
    od = parse("origin,destination,trips\n007,9,1\n9,007,2\n", NULL); /* codes, not numbers */
    assert_string_equal(od.origin[0], "007");
    karvan_od_clear(&od);
}

static void wide_form(void **state) {
    (void)state;
    karvan_od od = parse("from,A,B,C\nB,1,2,3\nA,4,,6\n", NULL);
    assert_int_equal(od.n_origins, 2);
    assert_int_equal(od.n_destinations, 3);
    assert_string_equal(od.origin[0], "B");
    assert_true(cell(&od, "A", "C") == 6);
    assert_true(isnan(cell(&od, "A", "B")));
    karvan_od_clear(&od);
    karvan_od_options o = {.square = true};
    od = parse("zone,2,1\n1,5,6\n3,7,8\n", &o);
    assert_int_equal(od.n_origins, 3);
    assert_string_equal(od.destination[0], "1");
    assert_true(cell(&od, "1", "2") == 5);
    assert_true(cell(&od, "3", "1") == 8);
    assert_true(cell(&od, "2", "2") == 0);
    karvan_od_clear(&od);
}

static void faults_have_places(void **state) {
    (void)state;
    karvan_od_options o = {.value = "tonnes"};
    refuse("origin,destination,trips\nA,B,1\nA,C,x1\n", NULL, "m.csv:3:5:");
    refuse("origin,destination,trips,by\nA,B,x1,me\n", NULL, "no column of numbers");
    refuse("origin,destination,tonnes\nA,B,1\nA,C,x1\n", &o, "m.csv:3:5:");
    refuse("origin,destination,trips\nA,B,1\n,C,2\n", NULL, "m.csv:3:1: no name stands here");
    refuse("origin,destination,trips\nA,B,1\nA,C,2\nA,B,3\n", NULL,
           "m.csv:4:1: this pair stands in line 2 already");
    refuse("zone,A,B\nA,1,2\nA,3,4\n", NULL, "m.csv:3:1: this origin stands in line 2 already");
    refuse("zone,A,B\nA,1,many\n", NULL, "m.csv:2:5:");
    refuse("origin,destination,trips\nA,B,1\n", &o, "no column tonnes");
    refuse("origin\nA\n", NULL, "has one column");
    refuse("", NULL, "m.csv");
}

static void empty_is_a_matrix_too(void **state) {
    (void)state;
    karvan_od_options o = {.value = "trips"};
    karvan_od od = parse("origin,destination,trips\n", &o);
    assert_int_equal(od.n_origins, 0);
    assert_int_equal(od.n_destinations, 0);
    karvan_od_clear(&od);
}

static void same(const karvan_od *a, const karvan_od *b) {
    assert_int_equal(a->n_origins, b->n_origins);
    assert_int_equal(a->n_destinations, b->n_destinations);
    for (int32_t i = 0; i < a->n_origins; i++) assert_string_equal(a->origin[i], b->origin[i]);
    for (int32_t j = 0; j < a->n_destinations; j++)
        assert_string_equal(a->destination[j], b->destination[j]);
    size_t n = (size_t)a->n_origins * (size_t)a->n_destinations;
    for (size_t i = 0; i < n; i++)
        assert_true(a->value[i] == b->value[i] || (isnan(a->value[i]) && isnan(b->value[i])));
}

/* Written to a file and read again, every bit of every number comes back. */
static void there_and_back(void **state) {
    (void)state;
    double value[12];
    const char *const from[] = {"a", "b, with comma", "c"};
    karvan_random r;
    karvan_random_init(&r, 5, 0);
    for (int i = 0; i < 12; i++) value[i] = i % 5 == 4 ? 0 : exp(9 * karvan_random_normal(&r));
    value[7] = NAN;
    karvan_od od, again;
    assert_int_equal(karvan_od_create(3, 4, from, NULL, value, &od, NULL), KARVAN_OK);
    assert_string_equal(od.destination[3], "4");
    char path[] = "od_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (int k = 0; k < 3; k++) {
        karvan_table *t = NULL;
        karvan_od_shape shape = k == 1 ? KARVAN_OD_WIDE : KARVAN_OD_LONG;
        assert_int_equal(karvan_od_table(&od, shape, k ? NULL : "t", k == 2, &t, NULL), KARVAN_OK);
        assert_int_equal(karvan_csv_write(t, path, NULL), KARVAN_OK);
        if (k == 2) assert_int_equal(karvan_table_rows(t), 10);
        karvan_table_destroy(t);
        assert_int_equal(karvan_od_read(path, NULL, &again, NULL), KARVAN_OK);
        same(&od, &again);
        karvan_od_clear(&again);
    }
    (void)remove(path);
    karvan_od_clear(&od);
    assert_int_equal(karvan_od_read("nowhere.csv", NULL, &again, NULL), KARVAN_E_IO);
}

static void no_wide_form(void **state) {
    (void)state;
    const char *const name[] = {"a", "destination"};
    const double v[] = {1, 2, 3, 4};
    karvan_od od;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_od_create(2, 2, name, name, v, &od, NULL), KARVAN_OK);
    assert_int_equal(karvan_od_table(&od, KARVAN_OD_WIDE, NULL, false, &t, &e), KARVAN_E_ARG);
    assert_null(t);
    assert_non_null(strstr(e.msg, "a destination is called destination"));
    karvan_od_clear(&od);
}

static karvan_status all_of_it(karvan_error *err) {
    static const char text[] = "origin,destination,trips\n3,1,5\n1,2,6\n";
    karvan_od od;
    karvan_table *t = NULL;
    karvan_od_options o = {.square = true};
    karvan_status st = karvan_od_parse(text, sizeof text - 1, "m.csv", &o, &od, err);
    if (st == KARVAN_OK) st = karvan_od_table(&od, KARVAN_OD_WIDE, NULL, false, &t, err);
    karvan_od_clear(&od);
    if (st == KARVAN_OK) st = karvan_od_of_table(t, NULL, &od, err);
    karvan_od_clear(&od);
    karvan_table_destroy(t);
    static const double v[] = {1, 2};
    if (st == KARVAN_OK) st = karvan_od_create(1, 2, NULL, NULL, v, &od, err);
    karvan_od_clear(&od);
    return st;
}
static void memory_fails(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 3000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_form),      cmocka_unit_test(numbers_in_their_order),
        cmocka_unit_test(wide_form),      cmocka_unit_test(faults_have_places),
        cmocka_unit_test(there_and_back), cmocka_unit_test(empty_is_a_matrix_too),
        cmocka_unit_test(no_wide_form),   cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
