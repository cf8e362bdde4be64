#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/try.h"
#include "karvan/base.h"

static void every_status_has_its_name(void **state) {
    (void)state;
    for (int i = KARVAN_OK; i < KARVAN_STATUS_END; i++) {
        const char *name = karvan_status_name((karvan_status)i);
        assert_string_not_equal(name, "unknown");
        for (int j = KARVAN_OK; j < i; j++)
            assert_string_not_equal(name, karvan_status_name((karvan_status)j));
    }
    assert_string_equal(karvan_status_name(KARVAN_STATUS_END), "unknown");
    assert_string_equal(karvan_status_name((karvan_status)-1), "unknown");
}

static void first_error_is_kept(void **state) {
    (void)state;
    karvan_error e = {0};
    assert_int_equal(karvan_fail(&e, KARVAN_E_DATA, "row %d", 7), KARVAN_E_DATA);
    assert_int_equal(karvan_fail(&e, KARVAN_E_IO, "later"), KARVAN_E_IO);
    assert_int_equal(e.code, KARVAN_E_DATA);
    assert_string_equal(e.msg, "row 7");
    assert_int_equal(karvan_fail(NULL, KARVAN_E_ARG, "nobody listens"), KARVAN_E_ARG);
}

static void long_message_is_cut(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_fail(&e, KARVAN_E_DATA, "%0600d", 1);
    assert_int_equal(strlen(e.msg), sizeof e.msg - 1);
}

static karvan_status halves(int n, int *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *out = 0;
    KARVAN_REQUIRE(n % 2 == 0, err, KARVAN_E_ARG, "%d is odd", n);
    if (n > 2) KARVAN_TRY(halves(n / 2, out, err));
    *out += 1;
done:
    return st;
}

static void try_and_require_leave_by_one_door(void **state) {
    (void)state;
    int steps;
    karvan_error e = {0};
    assert_int_equal(halves(8, &steps, &e), KARVAN_OK);
    assert_int_equal(steps, 3);
    assert_int_equal(halves(12, &steps, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "3 is odd");
}

static void version_has_three_numbers(void **state) {
    (void)state;
    int dots = 0;
    const char *v = karvan_version();
    assert_true(*v >= '0' && *v <= '9');
    for (; *v; v++) {
        assert_true(*v == '.' || (*v >= '0' && *v <= '9'));
        dots += *v == '.';
    }
    assert_int_equal(dots, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_name), cmocka_unit_test(first_error_is_kept),
        cmocka_unit_test(long_message_is_cut), cmocka_unit_test(try_and_require_leave_by_one_door),
        cmocka_unit_test(version_has_three_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
