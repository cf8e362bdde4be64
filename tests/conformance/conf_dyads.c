/* Published dyad-years: totals of the Correlates of War and of Gleditsch and Ward, with and without
 * microstates, as the tables end and carried on to 2024; every yearly count of peacesciencer, which
 * carries on; its false dyads, which share a year but no day; distances from Baku. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "karvan/dyads.h"
#include "reference.h"

static const char ORIGIN[] = "the R packages peacesciencer and states (CRAN), correlatesofwar.org";

static karvan_states *open_states(const char *name, bool no_microstates) {
    char path[4200];
    karvan_states *s = NULL;
    karvan_error e = {0};
    const karvan_states_options o = {.no_microstates = no_microstates};
    if (!reference_file(name, ORIGIN, path, sizeof path)) return NULL;
    if (karvan_states_read(path, &o, NULL, &s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return s;
}

static karvan_table *open_table(const char *name) {
    char path[4200];
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (!reference_file(name, ORIGIN, path, sizeof path)) return NULL;
    if (karvan_attach_read(path, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static karvan_dyad_years *make(const karvan_states *s, int64_t to, bool extend, bool undirected) {
    karvan_dyad_years *d = NULL;
    karvan_error e = {0};
    const karvan_dyad_years_query q = {
        .from = 1816, .to = to, .extend = extend, .undirected = undirected};
    if (karvan_dyad_years_create(s, &q, &d, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return d;
}

static const struct {
    const char *file;
    bool no_microstates;
    int64_t to, n, n_extended;
    const char *published; /* column of the yearly counts */
} SYSTEMS[] = {{"record/cw_system.csv", false, 2016, 1912290, 2214930, "cow_ddy"},
               {"record/cow_states.csv", false, 2016, 1912290, 2214930, "cow_ddy"},
               {"record/gw_system.csv", false, 2020, 2445018, 2599466, "gw_ddy"},
               {"record/gw_system.csv", true, 2020, 2029622, 2150030, "gw_ddy_nomicro"},
               /* this one has no microstates, and ends in 2017 */
               {"record/gw_states.csv", false, 2017, 1939316, 2150030, "gw_ddy_nomicro"}};
enum { N_SYSTEMS = sizeof SYSTEMS / sizeof SYSTEMS[0] };

static int64_t count(const karvan_states *s, int64_t to, bool extend, bool undirected) {
    int64_t n = 0, maybe = 0;
    karvan_dyad_years *d = make(s, to, extend, undirected);
    assert_int_equal(karvan_dyad_years_count(d, &n, &maybe, NULL), KARVAN_OK);
    assert_int_equal(maybe, 0);
    karvan_dyad_years_destroy(d);
    return n;
}

static void totals(void **state) {
    (void)state;
    for (int k = 0; k < N_SYSTEMS; k++) {
        karvan_states *s = open_states(SYSTEMS[k].file, SYSTEMS[k].no_microstates);
        if (!s) skip();
        assert_int_equal(count(s, SYSTEMS[k].to, false, false), SYSTEMS[k].n);
        assert_int_equal(count(s, SYSTEMS[k].to, false, true), SYSTEMS[k].n / 2);
        assert_int_equal(count(s, 2024, false, false), SYSTEMS[k].n); /* nothing by itself */
        assert_int_equal(count(s, 2024, true, false), SYSTEMS[k].n_extended);
        karvan_states_destroy(s);
    }
}

static void every_year(void **state) {
    (void)state;
    karvan_table *published = open_table("record/peacesciencer_dyadyear_counts_by_year.csv");
    if (!published) skip();
    for (int k = 0; k < N_SYSTEMS; k++) {
        karvan_table *t = NULL;
        karvan_states *s = open_states(SYSTEMS[k].file, SYSTEMS[k].no_microstates);
        karvan_dyad_years *d = make(s, 2024, true, false);
        int column = karvan_table_find(published, SYSTEMS[k].published);
        int year = karvan_table_find(published, "year");
        assert_int_equal(karvan_dyad_years_by_year(d, &t, NULL), KARVAN_OK);
        assert_int_equal(karvan_table_rows(t), karvan_table_rows(published));
        for (int64_t r = 0; r < karvan_table_rows(t); r++) {
            assert_int_equal(karvan_table_int(t, 0, r), karvan_table_int(published, year, r));
            assert_int_equal(karvan_table_int(t, 1, r), karvan_table_int(published, column, r));
            assert_int_equal(karvan_table_bool(t, 2, r), karvan_table_int(t, 0, r) > SYSTEMS[k].to);
        }
        karvan_table_destroy(t);
        karvan_dyad_years_destroy(d);
        karvan_states_destroy(s);
    }
    karvan_table_destroy(published);
}

typedef struct false_ones {
    const karvan_table *t;
    const karvan_states *s;
    int code1, code2, year;
    int64_t met;
} false_ones;

static karvan_status is_false(void *ctx, const karvan_dyad *is, karvan_error *err) {
    false_ones *f = ctx;
    (void)err;
    for (int64_t r = 0; r < karvan_table_rows(f->t); r++)
        f->met += karvan_table_int(f->t, f->year, r) == is->year &&
                  karvan_states_find(f->s, karvan_table_text(f->t, f->code1, r)) == is->state1 &&
                  karvan_states_find(f->s, karvan_table_text(f->t, f->code2, r)) == is->state2;
    return KARVAN_OK;
}

static void false_dyads_are_none(void **state) {
    (void)state;
    static const char *const files[][4] = {
        {"record/cw_system.csv", "record/false_cow_dyads.csv", "ccode1", "ccode2"},
        {"record/gw_system.csv", "record/false_gw_dyads.csv", "gwcode1", "gwcode2"}};
    for (int k = 0; k < 2; k++) {
        karvan_states *s = open_states(files[k][0], false);
        karvan_table *t = open_table(files[k][1]);
        if (!s || !t) skip();
        false_ones f = {.t = t,
                        .s = s,
                        .code1 = karvan_table_find(t, files[k][2]),
                        .code2 = karvan_table_find(t, files[k][3]),
                        .year = karvan_table_find(t, "year")};
        for (int64_t r = 0; r < karvan_table_rows(t); r++) {
            karvan_dyad_years *d = NULL;
            int64_t year = karvan_table_int(t, f.year, r);
            const karvan_dyad_years_query q = {.from = year, .to = year};
            if (r > 0 && year == karvan_table_int(t, f.year, r - 1)) continue;
            assert_int_equal(karvan_dyad_years_create(s, &q, &d, NULL), KARVAN_OK);
            assert_int_equal(karvan_dyad_years_each(d, is_false, &f, NULL), KARVAN_OK);
            karvan_dyad_years_destroy(d);
        }
        assert_int_equal(f.met, 0);
        karvan_table_destroy(t);
        karvan_states_destroy(s);
    }
}

/* ---- capitals ---- */

static const struct {
    const char *code;
    int64_t year;
    double sphere, ellipsoid;
} FROM_BAKU[] = {{"701", 1995, 774.060, 774.711},   {"702", 1995, 1637.687, 1639.809},
                 {"703", 1995, 2072.289, 2075.216}, {"704", 1995, 1637.470, 1639.794},
                 {"705", 1997, 2262.082, 2265.285}, /* Almaty, until 1998-05-05 */
                 {"705", 1998, 2049.984, 2051.216}, {"705", 1999, 2049.984, 2051.216}};

typedef struct baku {
    const karvan_states *s;
    bool sphere;
    int64_t year;
    int met;
} baku;

static karvan_status from_baku(void *ctx, const karvan_dyad *is, karvan_error *err) {
    baku *b = ctx;
    (void)err;
    if (is->state1 != karvan_states_find(b->s, "373")) return KARVAN_OK;
    for (size_t k = 0; k < sizeof FROM_BAKU / sizeof FROM_BAKU[0]; k++) {
        if (is->year != FROM_BAKU[k].year ||
            is->state2 != karvan_states_find(b->s, FROM_BAKU[k].code))
            continue;
        double want = b->sphere ? FROM_BAKU[k].sphere : FROM_BAKU[k].ellipsoid;
        if (fabs(is->cell[0].real - want) > 0.0005) fail_msg("%g, not %g", is->cell[0].real, want);
        b->met++;
    }
    return KARVAN_OK;
}

static void distances_from_baku(void **state) {
    (void)state;
    static const char *const files[][2] = {{"record/cw_system.csv", "record/cow_capitals.csv"},
                                           {"record/gw_system.csv", "record/gw_capitals.csv"}};
    for (int k = 0; k < 4; k++) {
        karvan_states *s = open_states(files[k / 2][0], false);
        karvan_table *t = open_table(files[k / 2][1]);
        if (!s || !t) skip();
        baku b = {.s = s, .sphere = k % 2};
        const karvan_distance_options o = {.sphere = k % 2};
        karvan_dyad_years *d = NULL;
        karvan_error e = {0};
        const karvan_dyad_years_query q = {.from = 1995, .to = 1999};
        assert_int_equal(karvan_dyad_years_create(s, &q, &d, NULL), KARVAN_OK);
        if (karvan_dyad_years_distance(d, t, &o, NULL, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        assert_int_equal(karvan_dyad_years_each(d, from_baku, &b, NULL), KARVAN_OK);
        assert_int_equal(b.met, sizeof FROM_BAKU / sizeof FROM_BAKU[0]);
        karvan_dyad_years_destroy(d);
        karvan_table_destroy(t);
        karvan_states_destroy(s);
    }
}

/* ---- a table of dyads: joint memberships of Azerbaijan and the five, each pair once ---- */

typedef struct joint {
    int64_t found, sum;
} joint;
static karvan_status add_joint(void *ctx, const karvan_dyad *is, karvan_error *err) {
    joint *j = ctx;
    (void)err;
    if (is->cell[0].state == KARVAN_VALUE) j->found++, j->sum += (int64_t)is->cell[0].real;
    return KARVAN_OK;
}

static void each_pair_once_is_found_both_ways(void **state) {
    (void)state;
    static const char *const column[] = {"dyadigos"};
    karvan_states *s = open_states("record/cw_system.csv", false);
    karvan_table *t = open_table("record/cow_igo_dyad_AZE_CA5.csv");
    joint j[2] = {{0}};
    int64_t sum = 0;
    if (!s || !t) skip();
    for (int both = 0; both < 2; both++) {
        const karvan_attach_options o = {.n_columns = 1, .columns = column, .both_ways = both};
        karvan_dyad_years *d = make(s, 2016, false, false);
        karvan_error e = {0};
        if (karvan_dyad_years_attach(d, t, &o, NULL, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        assert_int_equal(karvan_dyad_years_each(d, add_joint, &j[both], NULL), KARVAN_OK);
        karvan_dyad_years_destroy(d);
    }
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        sum += karvan_table_int(t, karvan_table_find(t, "dyadigos"), r);
    assert_int_equal(j[0].found, karvan_table_rows(t));
    assert_int_equal(j[0].sum, sum);
    assert_true(j[1].found == 2 * j[0].found && j[1].sum == 2 * sum);
    karvan_table_destroy(t);
    karvan_states_destroy(s);
}

/* Every code of both published lists, in every year of its spells, has one of ISO 3166, or is of a
 * state that ISO never knew (those before 1974, and two that few recognise). */
static void every_code_is_in_the_crosswalk(void **state) {
    (void)state;
    static const struct {
        const char *file, *code;
        karvan_system from, other;
        int without_iso, without_other;
    } lists[] = {{"record/cw_system.csv", "ccode", KARVAN_SYSTEM_COW, KARVAN_SYSTEM_GW, 17, 0},
                 {"record/gw_system.csv", "gwcode", KARVAN_SYSTEM_GW, KARVAN_SYSTEM_COW, 25, 8}};
    for (int k = 0; k < 2; k++) {
        karvan_table *t = open_table(lists[k].file);
        int without_iso = 0, without_other = 0;
        if (!t) skip();
        int code = karvan_table_find(t, lists[k].code), start = karvan_table_find(t, "start");
        for (int64_t r = 0; r < karvan_table_rows(t); r++) {
            char said[24];
            int64_t year;
            int month, day;
            (void)snprintf(said, sizeof said, "%lld", (long long)karvan_table_int(t, code, r));
            const char *c = karvan_table_text(t, code, r) ? karvan_table_text(t, code, r) : said;
            karvan_day_to_civil(karvan_table_date(t, start, r)->earliest, &year, &month, &day);
            if (!karvan_code_in(lists[k].from, c, year, lists[k].from))
                fail_msg("%s of %lld is not in the list", c, (long long)year);
            without_iso += !karvan_code_in(lists[k].from, c, year, KARVAN_SYSTEM_ISO);
            without_other += !karvan_code_in(lists[k].from, c, year, lists[k].other);
        }
        if (without_iso != lists[k].without_iso || without_other != lists[k].without_other)
            fail_msg("%s: %d without ISO, %d without the other", lists[k].file, without_iso,
                     without_other);
        karvan_table_destroy(t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(totals),
                                       cmocka_unit_test(every_year),
                                       cmocka_unit_test(false_dyads_are_none),
                                       cmocka_unit_test(distances_from_baku),
                                       cmocka_unit_test(every_code_is_in_the_crosswalk),
                                       cmocka_unit_test(each_pair_once_is_found_both_ways)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
