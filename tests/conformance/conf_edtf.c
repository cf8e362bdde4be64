/* EDTF against the public suites; each deviation is a row of `deviations` with its reason in
 * docs/methods/dates.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "conformance/reference.h"
#include "karvan/karvan.h"

static const char *const ORIGIN = "the EDTF suites of UNT Libraries and python-edtf";

static void level_lists(void **state) {
    (void)state;
    static const char *const lists[] = {"Level0", "Level1", "Level2"};
    char path[512];
    if (!reference_file("edtf/unt_lists.json", ORIGIN, path, sizeof path)) skip();
    json_t *root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    size_t seen = 0;
    for (int level = 0; level < 3; level++) {
        const json_t *list = json_object_get(root, lists[level]);
        for (size_t i = 0; i < json_array_size(list); i++, seen++) {
            const char *s = json_string_value(json_array_get(list, i));
            karvan_edtf d;
            karvan_error e = {0};
            if (karvan_edtf_parse(s, strlen(s), &d, &e) != KARVAN_OK) fail_msg("%s: %s", s, e.msg);
            /* a list may name a string at a higher level than the lowest grammar that takes it */
            if (d.level > level) fail_msg("%s: level %d, expected %d", s, d.level, level);
        }
    }
    assert_int_equal(seen, 21 + 64 + 121);
    json_decref(root);
}

static void invalid_lists(void **state) {
    (void)state;
    static const char *const lists[] = {"invalid_edtf_dates", "invalid_edtf_intervals",
                                        "invalid_edtf_datetimes"};
    char path[512];
    if (!reference_file("edtf/unt_lists.json", ORIGIN, path, sizeof path)) skip();
    json_t *root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    size_t seen = 0;
    for (int k = 0; k < 3; k++) {
        const json_t *list = json_object_get(root, lists[k]);
        for (size_t i = 0; i < json_array_size(list); i++, seen++) {
            const char *s = json_string_value(json_array_get(list, i));
            karvan_edtf d;
            if (karvan_edtf_parse(s, strlen(s), &d, NULL) == KARVAN_OK) fail_msg("%s: accepted", s);
        }
    }
    assert_int_equal(seen, 26 + 18 + 12);
    json_decref(root);
}

static void invalid_file(void **state) {
    (void)state;
    char path[512];
    if (!reference_file("edtf/invalid.csv", ORIGIN, path, sizeof path)) skip();
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_column text = {"edtf", KARVAN_TEXT, NULL};
    karvan_csv_options o = {.n_columns = 1, .columns = &text};
    if (karvan_csv_read(path, "invalid", &o, NULL, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_true(karvan_table_rows(t) >= 13);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *s = karvan_table_text(t, 0, r);
        karvan_edtf d;
        if (s && karvan_edtf_parse(s, strlen(s), &d, NULL) == KARVAN_OK)
            fail_msg("%s: accepted", s);
    }
    karvan_table_destroy(t);
}

/* What bounds.csv says otherwise than we do, and what we say. */
static const struct {
    const char *edtf, *why;
} deviations[] = {
    {"/2006", "an unknown beginning is not ten years earlier: nothing says when"},
    {"2004-06-01/", "an unknown end is not ten years later: nothing says when"},
    {"[1667, 1668, 1670..1672]", "the standard has no blanks in sets; read without them"},
    {"[1760-01, 1760-02, 1760-12..]", "the standard has no blanks in sets; read without them"},
    {"[1667, 1760-12]", "the standard has no blanks in sets; read without them"}};

static bool deviates(const char *s) {
    for (size_t i = 0; i < sizeof deviations / sizeof deviations[0]; i++)
        if (strcmp(deviations[i].edtf, s) == 0) return true;
    return false;
}

static void without_blanks(const char *s, char *out) {
    for (; *s; s++)
        if (*s != ' ') *out++ = *s;
    *out = 0;
}

static void bounds_file(void **state) {
    (void)state;
    char path[512], got[4][48], s[128];
    if (!reference_file("edtf/bounds.csv", ORIGIN, path, sizeof path)) skip();
    karvan_column text[5] = {{"edtf", KARVAN_TEXT, NULL},
                             {"earliest_strict", KARVAN_TEXT, NULL},
                             {"latest_strict", KARVAN_TEXT, NULL},
                             {"earliest_fuzzy", KARVAN_TEXT, NULL},
                             {"latest_fuzzy", KARVAN_TEXT, NULL}};
    karvan_csv_options o = {.n_columns = 5, .columns = text};
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_read(path, "bounds", &o, NULL, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    int64_t same = 0, unknown = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *said = karvan_table_text(t, 0, r);
        karvan_edtf d;
        karvan_error why = {0};
        if (deviates(said) && strchr(said, ' '))
            assert_int_equal(karvan_edtf_parse(said, strlen(said), &d, NULL), KARVAN_E_DATA);
        without_blanks(said, s);
        if (karvan_edtf_parse(s, strlen(s), &d, &why) != KARVAN_OK) fail_msg("%s", why.msg);
        if (deviates(said) && !strchr(said, ' ')) {
            assert_true(d.start_kind == KARVAN_BOUND_UNKNOWN || d.end_kind == KARVAN_BOUND_UNKNOWN);
            unknown++;
            continue;
        }
        const karvan_day days[4] = {d.earliest, d.latest, d.earliest_fuzzy, d.latest_fuzzy};
        for (int k = 0; k < 4; k++) {
            karvan_day_format(days[k], got[k], sizeof got[k]);
            if (strcmp(got[k], karvan_table_text(t, k + 1, r)) != 0)
                fail_msg("%s: %s is %s, expected %s", s, text[k + 1].name, got[k],
                         karvan_table_text(t, k + 1, r));
        }
        same++;
    }
    assert_int_equal(unknown, 2);
    assert_int_equal(same + unknown, karvan_table_rows(t));
    karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level_lists), cmocka_unit_test(invalid_lists),
        cmocka_unit_test(invalid_file), cmocka_unit_test(bounds_file)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
