/* Data Packages against public samples: whole packages that are sound, and schemas named valid or
 * invalid by those who made them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "conformance/reference.h"
#include "karvan/table.h"

static const char *const FRICTIONLESS =
    "the samples of Frictionless Data (github.com/frictionlessdata)";

static karvan_problems *list;

static karvan_package *opened(const char *path) {
    karvan_package *p = NULL;
    karvan_error e = {0};
    karvan_problems_destroy(list);
    assert_int_equal(karvan_problems_create(&list, &e), KARVAN_OK);
    if (karvan_package_open(path, list, &p, &e) != KARVAN_OK) fail_msg("%s: %s", path, e.msg);
    return p;
}

static void closed(karvan_package *p) {
    karvan_package_destroy(p);
    karvan_problems_destroy(list), list = NULL;
}

static void whole_packages(void **state) {
    (void)state;
    /* foreignKeys that stand on the resource, against the standard, are named in a warning */
    static const struct {
        const char *name;
        int tables;
        int64_t rows, warnings;
    } samples[] = {{"countries-and-currencies", 2, 2 + 23, 1},
                   {"country-codes", 1, 251, 0},
                   {"donation-codes", 1, 3, 0},
                   {"donations", 1, 5, 1},
                   {"geo-location-fk", 2, 3 + 3, 1},
                   {"periodic-table", 1, 118, 0},
                   {"units-and-prefixes", 2, 174 + 20, 0},
                   {"fpy-package", 2, 2 + 3, 0},
                   {"fpy-geopoint", 1, 3, 0}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char path[600], relative[200];
        (void)snprintf(relative, sizeof relative, "formats/datapackage/%s/datapackage.json",
                       samples[i].name);
        if (!reference_file(relative, FRICTIONLESS, path, sizeof path)) skip();
        karvan_package *p = opened(path);
        assert_int_equal(karvan_package_count(p), samples[i].tables);
        assert_int_equal(karvan_problems_count(list, KARVAN_ERROR), 0);
        assert_int_equal(karvan_problems_count(list, KARVAN_WARNING), samples[i].warnings);
        int64_t rows = 0;
        for (int k = 0; k < karvan_package_count(p); k++)
            rows += karvan_table_rows(karvan_package_at(p, k));
        assert_int_equal(rows, samples[i].rows);
        closed(p);
    }
}

/* The standard lets numbers be NaN, INF and -INF; a table here holds finite ones, so that each such
 * cell is refused, and so is 95% where bare numbers are asked for. */
static void numbers_that_are_none(void **state) {
    (void)state;
    char path[600];
    if (!reference_file("formats/datapackage/fpy-number/datapackage.json", FRICTIONLESS, path,
                        sizeof path))
        skip();
    karvan_package *p = opened(path);
    int refused = 0;
    for (int64_t i = 0; i < karvan_problems_total(list); i++) {
        karvan_problem one = karvan_problems_get(list, i);
        if (one.line <= 4 && strcmp(one.code, "type-number") == 0) refused++;
    }
    assert_int_equal(refused, 3 * 6);
    closed(p);
}

/* A schema in a package of one table with no rows. */
static void wrap(const char *schema, const char *folder) {
    char *text = NULL, path[300];
    size_t n;
    karvan_error e = {0};
    assert_int_equal(karvan_i_file_read(schema, &text, &n, &e), KARVAN_OK);
    (void)snprintf(path, sizeof path, "%s/datapackage.json", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(f, "{\"resources\": [{\"name\": \"t\", \"path\": \"t.csv\", \"schema\": %s}]}",
                  text);
    (void)fclose(f);
    karvan_i_free(text);
}

/* Problems of the descriptor itself; that the table's columns are not there does not count. */
static int faults_of_schema(void) {
    int n = 0;
    for (int64_t i = 0; i < karvan_problems_total(list); i++)
        n += strncmp(karvan_problems_get(list, i).code, "descriptor-", 11) == 0;
    return n;
}

static void schemas(void **state) {
    (void)state;
    static const struct {
        const char *name;
        bool good;
    } samples[] = {{"valid", true},
                   {"valid-simple", true},
                   {"valid-pk", true},
                   {"valid-pk-array", true},
                   {"invalid-empty", false},
                   {"invalid-fk-array", false},
                   {"invalid-fk-array-string", false},
                   {"invalid-fk-array-string-ref", false},
                   {"invalid-fk-array-wrong-number", false},
                   {"invalid-fk-no-reference", false},
                   {"invalid-fk-string", false},
                   {"invalid-fk-string-array-ref", false},
                   {"invalid-multiple-errors", false},
                   {"invalid-pk-array", false},
                   {"invalid-pk-is-wrong-type", false},
                   {"invalid-pk-no-fields", false},
                   {"invalid-pk-string", false},
                   {"invalid-wrong-type", false},
                   /* valid, but for references to tables of other packages, which are not read */
                   {"valid-full", false},
                   {"valid-fk-array", false},
                   /* a property that the standard does not know; it allows those */
                   {"invalid", true}};
    char folder[] = "/tmp/karvan-schema-XXXXXX", path[300];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/t.csv", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fputs("id\n", f), (void)fclose(f);
    bool absent = false;
    for (size_t i = 0; !absent && i < sizeof samples / sizeof samples[0]; i++) {
        char schema[600], relative[200];
        (void)snprintf(relative, sizeof relative, "formats/datapackage/fpy-schemas/schema-%s.json",
                       samples[i].name);
        absent = !reference_file(relative, FRICTIONLESS, schema, sizeof schema);
        if (absent) break;
        wrap(schema, folder);
        karvan_package *p = opened(folder);
        if ((faults_of_schema() == 0) != samples[i].good)
            fail_msg("%s: %d faults", samples[i].name, faults_of_schema());
        closed(p);
    }
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/datapackage.json", folder);
    (void)unlink(path), (void)rmdir(folder);
    if (absent) skip();
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole_packages),
                                       cmocka_unit_test(numbers_that_are_none),
                                       cmocka_unit_test(schemas)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
