/* Order, quantiles, parts, names that were meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "base/parts.h"
#include "table/cell.h"

static void quantiles(void **state) {
    (void)state;
    const double v[] = {1, 2, 4, 8};
    assert_true(isnan(karvan_i_quantile(v, 0, 0.5)));
    assert_true(fabs(karvan_i_quantile(v, 1, 0.9) - (1)) <= 0);
    assert_true(fabs(karvan_i_quantile(v, 4, 0) - (1)) <= 0);
    assert_true(fabs(karvan_i_quantile(v, 4, 1) - (8)) <= 0);
    /* 0.5 * 3 = 1.5: halfway from the second to the third; 0.9 * 3 = 2.7 */
    assert_true(fabs(karvan_i_quantile(v, 4, 0.5) - (3)) <= 1e-15);
    assert_true(fabs(karvan_i_quantile(v, 4, 0.9) - (4 + 0.7 * 4)) <= 1e-12);
}

static void order(void **state) {
    (void)state;
    double v[] = {3, -1, 2, -1};
    qsort(v, 4, sizeof *v, karvan_i_by_real);
    assert_true(v[0] == -1 && v[1] == -1 && v[2] == 2 && v[3] == 3);
    const char *s[] = {"KAZ", "AZE", "UZB"};
    qsort(s, 3, sizeof *s, karvan_i_by_text);
    assert_string_equal(s[0], "AZE");
    assert_int_equal(karvan_i_position(s, 3, "UZB"), 2);
    assert_int_equal(karvan_i_position(s, 3, "KGZ"), -1);
    assert_int_equal(karvan_i_position(s, 3, NULL), -1);
    assert_int_equal(karvan_i_position(s, 0, "AZE"), -1);
}

static void parts(void **state) {
    (void)state;
    int32_t up[] = {0, 0, 1, 2, 4}; /* 3 -> 2 -> 1 -> 0, and 4 alone */
    assert_int_equal(karvan_i_parts_root(up, 3), 0);
    assert_int_equal(karvan_i_parts_root(up, 4), 4);
    assert_true(up[3] != 2); /* the way has become shorter */
    for (int32_t i = 0; i < 4; i++) assert_int_equal(karvan_i_parts_root(up, i), 0);
}

static void meant(void **state) {
    (void)state;
    static const char *const names[] = {"importer", "mean"};
    char room[40], little[8];
    assert_string_equal(karvan_i_meant("importr", names, 2, room, sizeof room),
                        "; did you mean importer?");
    assert_string_equal(karvan_i_meant("kilometres", names, 2, room, sizeof room), "");
    assert_string_equal(karvan_i_meant("importer", names, 0, room, sizeof room), "");
    assert_int_equal(strlen(karvan_i_meant("importr", names, 2, little, sizeof little)), 7);
}

/* Of a table: its columns; what stands in a column, of which there may be none. */
static void meant_of_table(void **state) {
    (void)state;
    static const char csv[] = "exporter,year\nAZE,2020\nKAZ,2021\n";
    const karvan_csv_options o = {0};
    karvan_table *t = NULL;
    char room[40];
    assert_int_equal(karvan_csv_parse(csv, sizeof csv - 1, "f.csv", "f", &o, NULL, &t, NULL),
                     KARVAN_OK);
    assert_string_equal(karvan_i_meant_column(t, "exportr", room, sizeof room),
                        "; did you mean exporter?");
    assert_string_equal(karvan_i_meant_cell(t, 0, "AZK", room, sizeof room), "; did you mean AZE?");
    assert_string_equal(karvan_i_meant_cell(t, -1, "AZE", room, sizeof room), "");
    karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(quantiles), cmocka_unit_test(order),
                                       cmocka_unit_test(parts), cmocka_unit_test(meant),
                                       cmocka_unit_test(meant_of_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
