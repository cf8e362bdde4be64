#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

typedef void escape(karvan_i_text *t, const char *s);

static void check(escape *how, const char *s, const char *expected) {
    karvan_i_text t = {0};
    how(&t, s);
    assert_string_equal(t.s ? t.s : "", expected);
    assert_int_equal(t.n, strlen(expected));
    karvan_i_text_clear(&t);
}

static void xml(void **state) {
    (void)state;
    check(karvan_i_text_xml, "a < b & \"c\" > 'd'",
          "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
    check(karvan_i_text_xml, "&", "&amp;");
    check(karvan_i_text_xml, "Əl\xC9\x99t", "Əl\xC9\x99t");
    check(karvan_i_text_xml, "cut \xC9<\xC9", "cut \xEF\xBF\xBD&lt;\xEF\xBF\xBD");
    check(karvan_i_text_xml, "", "");
    check(karvan_i_text_xml, NULL, "");
}

static void json(void **state) {
    (void)state;
    check(karvan_i_text_json, "a\"b\\c\nd\te\x01", "a\\\"b\\\\c\\nd\\u0009e\\u0001");
    check(karvan_i_text_json, "Bakı", "Bakı");
    check(karvan_i_text_json, "cut \xC9\"", "cut \xEF\xBF\xBD\\\"");
    check(karvan_i_text_json, NULL, "");
}

static void csv(void **state) {
    (void)state;
    check(karvan_i_text_csv, "plain text", "plain text");
    check(karvan_i_text_csv, "a,b", "\"a,b\"");
    check(karvan_i_text_csv, "say \"hi\"", "\"say \"\"hi\"\"\"");
    check(karvan_i_text_csv, "two\nlines", "\"two\nlines\"");
    check(karvan_i_text_csv, "\r", "\"\r\"");
    check(karvan_i_text_csv, " blank first", "\" blank first\"");
    check(karvan_i_text_csv, "", "");
    check(karvan_i_text_csv, NULL, "");
}

static void it_grows(void **state) {
    (void)state;
    karvan_i_text t = {0};
    karvan_error e = {0};
    for (int i = 0; i < 5000; i++) {
        karvan_i_text_printf(&t, "%04d", i);
        karvan_i_text_puts(&t, ";");
    }
    karvan_i_text_puts(&t, NULL);
    assert_int_equal(karvan_i_text_status(&t, &e), KARVAN_OK);
    assert_int_equal(t.n, 25000);
    assert_int_equal(strlen(t.s), 25000);
    for (int i = 0; i < 5000; i++) {
        char expected[16];
        (void)snprintf(expected, sizeof expected, "%04d;", i);
        assert_memory_equal(t.s + 5 * i, expected, 5);
    }
    karvan_i_text_clear(&t);
    assert_null(t.s);
    karvan_i_text_puts(&t, "again");
    assert_string_equal(t.s, "again");
    karvan_i_text_clear(&t);
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    long live = karvan_i_alloc_live;
    karvan_status st = KARVAN_E_NOMEM;
    for (long k = 0; st == KARVAN_E_NOMEM; k++) {
        karvan_i_text t = {0};
        karvan_error e = {0};
        karvan_i_alloc_permits = k;
        for (int i = 0; i < 100; i++) {
            karvan_i_text_printf(&t, "%d ", i);
            karvan_i_text_xml(&t, "<&>");
            karvan_i_text_json(&t, "\"\\\n\x02");
            karvan_i_text_csv(&t, "a,\"b\"");
        }
        karvan_i_alloc_permits = -1;
        st = karvan_i_text_status(&t, &e);
        assert_true(t.failed == (st != KARVAN_OK));
        assert_true(st == KARVAN_OK || strstr(e.msg, "no memory"));
        karvan_i_text_clear(&t);
        assert_int_equal(karvan_i_alloc_live, live);
        assert_in_range(k, 0, 100);
    }
    assert_int_equal(st, KARVAN_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(xml), cmocka_unit_test(json),
                                       cmocka_unit_test(csv), cmocka_unit_test(it_grows),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
