/* Joint memberships in the Correlates of War's intergovernmental organisations (version 3, state
 * and year): counts and sums of every year as peacesciencer and R give them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conformance/reference.h"
#include "karvan/memberships.h"

static const char ORIGIN[] = "the Correlates of War project, IGO data version 3, by peacesciencer";
enum { FIRST = 1816, YEARS = 199 };

static karvan_memberships *all; /* NULL: the file is not there */

static int set_up(void **state) {
    char path[4096];
    karvan_error e = {0};
    (void)state;
    if (!reference_file("record/igo/state_year_format3.csv.gz", ORIGIN, path, sizeof path))
        return 0;
    if (karvan_memberships_read(path, NULL, &all, &e) == KARVAN_OK) return 0;
    printf("%s\n", e.msg);
    return -1;
}
static int tear_down(void **state) {
    (void)state;
    karvan_memberships_destroy(all);
    return 0;
}

typedef struct of_year {
    int64_t dyads, sum, max;
} of_year;

static karvan_status add_up(void *ctx, const karvan_joint *j, karvan_error *err) {
    of_year *y = ctx;
    (void)err;
    assert_in_range(j->year, FIRST, FIRST + YEARS - 1);
    assert_true(j->joint <= j->most && j->a < j->b);
    y += j->year - FIRST;
    y->dyads++, y->sum += j->joint;
    if (j->joint > y->max) y->max = j->joint;
    return KARVAN_OK;
}

static void every_year(void **state) {
    (void)state;
    char path[4096];
    static of_year got[YEARS];
    karvan_table *t = NULL;
    if (!all ||
        !reference_file("record/igo/joint_igo_by_year_reference.csv", ORIGIN, path, sizeof path))
        return;
    assert_int_equal(karvan_joint_each(all, NULL, add_up, got, NULL), KARVAN_OK);
    assert_int_equal(karvan_csv_read(path, "years", &(karvan_csv_options){0}, NULL, &t, NULL),
                     KARVAN_OK);
    of_year sum = {0};
    int64_t with = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const of_year *y = &got[karvan_table_int(t, karvan_table_find(t, "year"), r) - FIRST];
        assert_int_equal(y->dyads, karvan_table_int(t, karvan_table_find(t, "dyads"), r));
        assert_int_equal(y->sum, karvan_table_int(t, karvan_table_find(t, "sum_joint"), r));
        assert_int_equal(y->max, karvan_table_int(t, karvan_table_find(t, "max_joint"), r));
    }
    for (int k = 0; k < YEARS; k++)
        sum.dyads += got[k].dyads, sum.sum += got[k].sum, with += got[k].dyads > 0;
    assert_int_equal(with, karvan_table_rows(t)); /* no year more, and none less */
    assert_int_equal(sum.dyads, 917695);
    assert_int_equal(sum.sum, 20527043);
    karvan_table_destroy(t);
}

static void totals(void **state) {
    (void)state;
    karvan_joint_totals t;
    if (!all) return;
    assert_int_equal(karvan_joint_sum(all, NULL, &t, NULL), KARVAN_OK);
    assert_int_equal(t.rows, 917695);
    assert_int_equal(t.joint, 20527043);
    /* counted of the same file cell by cell in another language, -9 as perhaps */
    assert_int_equal(t.most, 31734120);
    assert_int_equal(t.open, 840722);
    assert_int_equal(karvan_memberships_unknown(all), 138874);
}

static karvan_status keep(void *ctx, const karvan_joint *j, karvan_error *err) {
    (void)err;
    if (j->year == 2014) *(int32_t *)ctx = j->joint;
    return KARVAN_OK;
}

static void azerbaijan_2014(void **state) {
    (void)state;
    static const struct {
        const char *pair;
        int32_t joint;
    } cases[] = {
        {"373-701", 37}, {"373-702", 38}, {"373-703", 40}, {"373-704", 41}, {"373-705", 44}};
    for (size_t k = 0; all && k < sizeof cases / sizeof cases[0]; k++) {
        karvan_joint_query q = {.one_pair = true};
        int32_t got = -1;
        assert_int_equal(karvan_memberships_pair(all, cases[k].pair, &q.a, &q.b, NULL), KARVAN_OK);
        assert_int_equal(karvan_joint_each(all, &q, keep, &got, NULL), KARVAN_OK);
        assert_int_equal(got, cases[k].joint);
    }
}

/* Another extract of the same data, pair by pair. */
static karvan_status look_up(void *ctx, const karvan_joint *j, karvan_error *err) {
    (void)err;
    int32_t *by_year = ctx;
    by_year[j->year - FIRST] = j->joint;
    return KARVAN_OK;
}

static void azerbaijan_by_year(void **state) {
    (void)state;
    char path[4096];
    karvan_table *t = NULL;
    if (!all || !reference_file("record/cow_igo_dyad_AZE_CA5.csv", ORIGIN, path, sizeof path))
        return;
    assert_int_equal(karvan_csv_read(path, "pairs", &(karvan_csv_options){0}, NULL, &t, NULL),
                     KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        char pair[64];
        int32_t by_year[YEARS];
        karvan_joint_query q = {.one_pair = true};
        for (int k = 0; k < YEARS; k++) by_year[k] = -1;
        (void)snprintf(pair, sizeof pair, "%d-%d",
                       (int)karvan_table_int(t, karvan_table_find(t, "ccode1"), r),
                       (int)karvan_table_int(t, karvan_table_find(t, "ccode2"), r));
        assert_int_equal(karvan_memberships_pair(all, pair, &q.a, &q.b, NULL), KARVAN_OK);
        assert_int_equal(karvan_joint_each(all, &q, look_up, by_year, NULL), KARVAN_OK);
        int64_t year = karvan_table_int(t, karvan_table_find(t, "year"), r);
        assert_int_equal(by_year[year - FIRST],
                         karvan_table_int(t, karvan_table_find(t, "dyadigos"), r));
    }
    assert_int_equal(karvan_table_rows(t), 360);
    karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_year), cmocka_unit_test(totals),
                                       cmocka_unit_test(azerbaijan_2014),
                                       cmocka_unit_test(azerbaijan_by_year)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
