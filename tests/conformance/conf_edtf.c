/* EDTF against two public suites. Each place where we differ is a row of `deviations`; the reasons
 * are told in docs/methods/dates.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "conformance/reference.h"
#include "karvan/base.h"

static const char *const UNT =
    "the test suite of UNT Libraries (github.com/unt-libraries/edtf-validate)";
static const char *const IXC = "the test suite of python-edtf (github.com/ixc/python-edtf)";

static karvan_status parse(const char *s, karvan_edtf *d, karvan_error *e) {
    return karvan_edtf_parse(s, strlen(s), d, e);
}

/* ---- the lists of UNT: which level, or invalid ---- */

/* The only string that its list holds for a level above the lowest grammar that takes it. */
static const char *const LOWER = "2011-23~"; /* at level 1, as 1952-23~ in its list of level 1 */

static void valid_by_level(void **state) {
    (void)state;
    static const char *const lists[] = {"Level0", "Level1", "Level2"};
    static const size_t sizes[] = {21, 64, 121};
    char path[512];
    if (!reference_file("edtf/unt_lists.json", UNT, path, sizeof path)) skip();
    json_t *root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    for (int level = 0; level < 3; level++) {
        const json_t *list = json_object_get(root, lists[level]);
        assert_int_equal(json_array_size(list), sizes[level]);
        for (size_t i = 0; i < sizes[level]; i++) {
            const char *s = json_string_value(json_array_get(list, i));
            karvan_edtf d;
            karvan_error e = {0};
            if (parse(s, &d, &e) != KARVAN_OK) fail_msg("%s", e.msg);
            int expected = strcmp(s, LOWER) == 0 ? 1 : level;
            if (d.level != expected) fail_msg("%s: level %d, expected %d", s, d.level, expected);
        }
    }
    json_decref(root);
}

static void invalid_lists(void **state) {
    (void)state;
    static const char *const lists[] = {"invalid_edtf_dates", "invalid_edtf_intervals",
                                        "invalid_edtf_datetimes"};
    static const size_t sizes[] = {26, 18, 12};
    char path[512];
    if (!reference_file("edtf/unt_lists.json", UNT, path, sizeof path)) skip();
    json_t *root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    for (int k = 0; k < 3; k++) {
        const json_t *list = json_object_get(root, lists[k]);
        assert_int_equal(json_array_size(list), sizes[k]);
        for (size_t i = 0; i < sizes[k]; i++) {
            const char *s = json_string_value(json_array_get(list, i));
            karvan_edtf d;
            if (parse(s, &d, NULL) != KARVAN_E_DATA) fail_msg("%s: accepted", s);
        }
    }
    json_decref(root);
}

/* ---- the files of python-edtf: invalid, and the four bounds ---- */

/* Fields of one CSV line, in place; quotes only around whole fields. */
static int fields(char *line, char **out, int most) {
    int n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *at = line; n < most;) {
        char *end = *at == '"' ? strchr(++at, '"') : at + strcspn(at, ",");
        assert_non_null(end);
        out[n++] = at;
        char *comma = strchr(end, ',');
        *end = 0;
        if (!comma) break;
        at = comma + 1;
    }
    return n;
}

static void invalid_file(void **state) {
    (void)state;
    char path[512], line[256], *field[1];
    int rows = -1; /* the header */
    if (!reference_file("edtf/invalid.csv", IXC, path, sizeof path)) skip();
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (; fgets(line, sizeof line, f); rows++) {
        karvan_edtf d;
        assert_int_equal(fields(line, field, 1), 1);
        if (rows >= 0 && parse(field[0], &d, NULL) != KARVAN_E_DATA)
            fail_msg("%s: accepted", field[0]);
    }
    (void)fclose(f);
    assert_int_equal(rows, 16);
}

/* What we say otherwise than bounds.csv: NULL where a string is refused and its reading without
 * blanks gives the bounds of the file. */
typedef struct deviation {
    const char *edtf;
    const char *days[4];
} deviation;
static const deviation DEVIATIONS[] = {
    /* an unknown end is not ten years off: nothing says when */
    {"/2006", {"-inf", "2006-12-31", "-inf", "2006-12-31"}},
    {"2004-06-01/", {"2004-06-01", "inf", "2004-06-01", "inf"}},
    /* the grammar has no blanks in sets, and the other suite calls them invalid */
    {"[1667, 1668, 1670..1672]", {NULL}},
    {"[1760-01, 1760-02, 1760-12..]", {NULL}},
    {"[1667, 1760-12]", {NULL}}};
enum { N_DEVIATIONS = sizeof DEVIATIONS / sizeof DEVIATIONS[0] };

static const deviation *deviation_of(const char *s) {
    for (size_t i = 0; i < N_DEVIATIONS; i++)
        if (strcmp(DEVIATIONS[i].edtf, s) == 0) return &DEVIATIONS[i];
    return NULL;
}

static void without_blanks(char *s) {
    char *out = s;
    for (; *s; s++)
        if (*s != ' ') *out++ = *s;
    *out = 0;
}

static void check_bounds(const char *s, const char *const expected[4]) {
    static const char *const name[4] = {"earliest", "latest", "earliest fuzzy", "latest fuzzy"};
    karvan_edtf d;
    karvan_error e = {0};
    if (parse(s, &d, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    const karvan_day days[4] = {d.earliest, d.latest, d.earliest_fuzzy, d.latest_fuzzy};
    for (int k = 0; k < 4; k++) {
        char got[48];
        karvan_day_format(days[k], got, sizeof got);
        if (strcmp(got, expected[k]) != 0)
            fail_msg("%s: %s is %s, expected %s", s, name[k], got, expected[k]);
    }
}

static void bounds_file(void **state) {
    (void)state;
    char path[512], line[256], *field[5];
    int rows = -1, deviating = 0;
    if (!reference_file("edtf/bounds.csv", IXC, path, sizeof path)) skip();
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (; fgets(line, sizeof line, f); rows++) {
        assert_int_equal(fields(line, field, 5), 5);
        if (rows < 0) continue;
        const deviation *other = deviation_of(field[0]);
        const char *days[4] = {field[1], field[2], field[3], field[4]};
        deviating += other != NULL;
        if (other && !other->days[0]) {
            karvan_edtf d;
            assert_int_equal(parse(field[0], &d, NULL), KARVAN_E_DATA);
            without_blanks(field[0]);
        }
        check_bounds(field[0], other && other->days[0] ? other->days : days);
    }
    (void)fclose(f);
    assert_int_equal(deviating, N_DEVIATIONS);
    assert_int_equal(rows, 68);
}

/* The two unknown ends are of that kind, not open. */
static void unknown_ends(void **state) {
    (void)state;
    karvan_edtf d;
    assert_int_equal(parse("/2006", &d, NULL), KARVAN_OK);
    assert_true(d.start_kind == KARVAN_BOUND_UNKNOWN && d.end_kind == KARVAN_BOUND_KNOWN);
    assert_int_equal(parse("2004-06-01/", &d, NULL), KARVAN_OK);
    assert_true(d.start_kind == KARVAN_BOUND_KNOWN && d.end_kind == KARVAN_BOUND_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_by_level), cmocka_unit_test(invalid_lists),
        cmocka_unit_test(invalid_file), cmocka_unit_test(bounds_file),
        cmocka_unit_test(unknown_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
