/* Comparisons and Allen's relations against all concrete intervals that the bounds allow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "karvan/base.h"

static karvan_edtf parsed(const char *s) {
    karvan_edtf d;
    karvan_error e = {0};
    if (karvan_edtf_parse(s, strlen(s), &d, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return d;
}

/* ---- by hand ---- */

static void truth_tables(void **state) {
    (void)state;
    enum { N = KARVAN_NO, Y = KARVAN_YES, M = KARVAN_MAYBE, U = KARVAN_NOT_KNOWN };
    static const int and[4][4] = {[N] = {[N] = N, [Y] = N, [M] = N, [U] = N},
                                  [Y] = {[N] = N, [Y] = Y, [M] = M, [U] = U},
                                  [M] = {[N] = N, [Y] = M, [M] = M, [U] = U},
                                  [U] = {[N] = N, [Y] = U, [M] = U, [U] = U}};
    static const int or [4][4] = {[N] = {[N] = N, [Y] = Y, [M] = M, [U] = U},
                                  [Y] = {[N] = Y, [Y] = Y, [M] = Y, [U] = Y},
                                  [M] = {[N] = M, [Y] = Y, [M] = M, [U] = U},
                                  [U] = {[N] = U, [Y] = Y, [M] = U, [U] = U}};
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++) {
            assert_int_equal(karvan_truth_and((karvan_truth)a, (karvan_truth)b), and[a][b]);
            assert_int_equal(karvan_truth_or((karvan_truth)a, (karvan_truth)b), or [a][b]);
        }
    assert_int_equal(karvan_truth_not(KARVAN_YES), KARVAN_NO);
    assert_int_equal(karvan_truth_not(KARVAN_NO), KARVAN_YES);
    assert_int_equal(karvan_truth_not(KARVAN_MAYBE), KARVAN_MAYBE);
    assert_int_equal(karvan_truth_not(KARVAN_NOT_KNOWN), KARVAN_NOT_KNOWN);
    assert_string_equal(karvan_truth_name(KARVAN_MAYBE), "maybe");
    assert_string_equal(karvan_truth_name(KARVAN_NOT_KNOWN), "unknown");
    assert_string_equal(karvan_truth_name((karvan_truth)9), "unknown");
}

static void dates_by_hand(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        karvan_truth before, equal, overlaps;
    } known[] = {{"1992-08-30", "1992-08-31", KARVAN_YES, KARVAN_NO, KARVAN_NO},
                 {"1992-08-30", "1992-08-30", KARVAN_NO, KARVAN_YES, KARVAN_YES},
                 {"1992", "1993", KARVAN_YES, KARVAN_NO, KARVAN_NO},
                 {"1992", "1992", KARVAN_MAYBE, KARVAN_MAYBE, KARVAN_MAYBE},
                 {"1992", "1992-08", KARVAN_MAYBE, KARVAN_MAYBE, KARVAN_MAYBE},
                 {"1992/1995", "1996/..", KARVAN_YES, KARVAN_NO, KARVAN_NO},
                 {"1992/..", "1996", KARVAN_NO, KARVAN_NO, KARVAN_YES},
                 {"1992/", "1996", KARVAN_NOT_KNOWN, KARVAN_NO, KARVAN_NOT_KNOWN},
                 {"1992/", "1991", KARVAN_NO, KARVAN_NO, KARVAN_NO},
                 {"/1992", "1993/", KARVAN_YES, KARVAN_NO, KARVAN_NO},
                 {"../1992-05-01", "../1992-05-01", KARVAN_NO, KARVAN_YES, KARVAN_YES},
                 {"1992-05-01/..", "1992-05-01/..", KARVAN_NO, KARVAN_YES, KARVAN_YES},
                 {"[1992-05-01,1992-05-03]", "1992-05-04", KARVAN_YES, KARVAN_NO, KARVAN_NO},
                 {"{1992-05-01,1992-05-09}", "1992-05-04", KARVAN_NO, KARVAN_NO, KARVAN_MAYBE},
                 {"{1992-05-01,1992-05-09}", "1992-05-01/1992-05-09", KARVAN_NO, KARVAN_MAYBE,
                  KARVAN_MAYBE}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        karvan_edtf a = parsed(known[i].a), b = parsed(known[i].b);
        karvan_truth t[3] = {karvan_edtf_before(&a, &b), karvan_edtf_equal(&a, &b),
                             karvan_edtf_overlaps_days(&a, &b)};
        if (t[0] != known[i].before || t[1] != known[i].equal || t[2] != known[i].overlaps)
            fail_msg("%s and %s: before %s, equal %s, overlaps %s", known[i].a, known[i].b,
                     karvan_truth_name(t[0]), karvan_truth_name(t[1]), karvan_truth_name(t[2]));
        assert_int_equal(karvan_edtf_equal(&b, &a), t[1]);
        assert_int_equal(karvan_edtf_overlaps_days(&b, &a), t[2]);
    }
}

static void days_in_intervals(void **state) {
    (void)state;
    karvan_edtf a = parsed("1992-05/1995-05"), open = parsed("1992/.."), lost = parsed("1992/");
    karvan_day may = karvan_day_from_civil(1992, 5, 10), june = may + 31;
    assert_int_equal(karvan_edtf_contains(&a, may), KARVAN_MAYBE);
    assert_int_equal(karvan_edtf_contains(&a, june), KARVAN_YES);
    assert_int_equal(karvan_edtf_contains(&a, may - 31), KARVAN_NO);
    assert_int_equal(karvan_edtf_contains(&open, june + 100000), KARVAN_YES);
    assert_int_equal(karvan_edtf_contains(&lost, june + 1000), KARVAN_NOT_KNOWN);
    assert_int_equal(karvan_edtf_contains(&lost, june - 1000), KARVAN_NO);
}

static void relations_by_hand(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        uint32_t possible;
    } known[] = {{"2000-01-01/2000-01-31", "2000-02-01/2000-02-03", 1u << KARVAN_ALLEN_MEETS},
                 {"2000-01-01/2000-01-30", "2000-02-01/2000-02-03", 1u << KARVAN_ALLEN_BEFORE},
                 {"2000-01-01/2000-02-01", "2000-02-01/2000-02-03", 1u << KARVAN_ALLEN_OVERLAPS},
                 {"2000-01-05", "2000-01-01/2000-01-31", 1u << KARVAN_ALLEN_DURING},
                 {"2000-01-01/..", "2000-01-01/2000-01-31", 1u << KARVAN_ALLEN_STARTED_BY},
                 {"2000-01-01/..", "2001-01-01/..", 1u << KARVAN_ALLEN_FINISHED_BY},
                 {"../..", "../..", 1u << KARVAN_ALLEN_EQUALS},
                 {"2000-01-31", "2000-02", 1u << KARVAN_ALLEN_BEFORE | 1u << KARVAN_ALLEN_MEETS},
                 {"2000-02", "2000-02",
                  1u << KARVAN_ALLEN_BEFORE | 1u << KARVAN_ALLEN_MEETS | 1u << KARVAN_ALLEN_EQUALS |
                      1u << KARVAN_ALLEN_MET_BY | 1u << KARVAN_ALLEN_AFTER},
                 {"2000-01-01/", "1999-01-01/1999-12-31", 1u << KARVAN_ALLEN_MET_BY},
                 {"2000-01-01/", "1999-01-01/2000-01-01",
                  1u << KARVAN_ALLEN_FINISHES | 1u << KARVAN_ALLEN_OVERLAPPED_BY}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        karvan_edtf a = parsed(known[i].a), b = parsed(known[i].b);
        uint32_t got = karvan_edtf_allen(&a, &b);
        if (got != known[i].possible)
            fail_msg("%s and %s: %x, expected %x", known[i].a, known[i].b, got, known[i].possible);
    }
    for (int r = 0; r < KARVAN_ALLEN_END; r++)
        assert_string_not_equal(karvan_allen_name((karvan_allen)r), "unknown");
    assert_string_equal(karvan_allen_name(KARVAN_ALLEN_MET_BY), "met-by");
    assert_string_equal(karvan_allen_name(KARVAN_ALLEN_END), "unknown");
}

/* ---- against enumeration ---- */

enum { SPAN = 7, MARGIN = 4, INF = 1000 }; /* days 0..SPAN-1; what is not bounded reaches beyond */

typedef struct pairs {
    int n;
    int s[200], e[200];
} pairs;

static uint64_t seed = 17;
static int random_below(int n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((seed >> 33) % (uint64_t)n);
}

/* Ranges lo..hi of an end; a step from -INF to the days and from them to INF. */
static int next_value(int v) { return v == -INF ? -MARGIN : v == SPAN + MARGIN ? INF : v + 1; }
static int low(karvan_day d) {
    return d == KARVAN_DAY_MIN ? -INF : d == KARVAN_DAY_MAX ? INF : (int)d;
}

/* All concrete intervals of the struct: each end within its bounds, no beginning at the far end of
 * time and no end at its beginning, a day never at infinity. */
static void enumerate(const karvan_edtf *a, pairs *out) {
    bool one_day = !a->is_interval && a->is_set != 2;
    out->n = 0;
    for (int s = low(a->earliest); s <= low(a->start_latest) && s < INF; s = next_value(s)) {
        if (one_day && s == -INF) continue;
        for (int e = one_day ? s : low(a->end_earliest); e <= (one_day ? s : low(a->latest));
             e = next_value(e)) {
            if (e < s || e == -INF) continue;
            assert_in_range(out->n, 0, 199);
            out->s[out->n] = s, out->e[out->n] = e, out->n++;
            if (e == INF) break;
        }
    }
    assert_true(out->n > 0);
}

/* A struct as karvan_edtf_parse makes them: all kinds, within few days. */
static karvan_edtf random_date(void) {
    karvan_edtf d = {0};
    int kind = random_below(8);
    karvan_day lo = random_below(SPAN), hi = lo + random_below(SPAN - (int)lo);
    d.earliest = lo, d.latest = hi, d.start_latest = hi, d.end_earliest = lo;
    if (kind == 0) return d; /* one day */
    if (kind == 1) {         /* one of a set, perhaps without bound */
        d.is_set = 1;
        if (random_below(2))
            d.start_kind = KARVAN_BOUND_OPEN, d.earliest = d.end_earliest = KARVAN_DAY_MIN;
        if (random_below(2))
            d.end_kind = KARVAN_BOUND_OPEN, d.latest = d.start_latest = KARVAN_DAY_MAX;
        return d;
    }
    karvan_day lo2 = random_below(SPAN), hi2 = lo2 + random_below(SPAN - (int)lo2);
    if (hi2 < lo) hi2 = lo;
    d.start_latest = hi, d.latest = hi2, d.end_earliest = lo2;
    d.is_interval = kind != 2, d.is_set = kind == 2 ? 2 : 0;
    int start = kind < 4 ? 0 : random_below(3), end = kind < 4 ? 0 : random_below(3);
    d.start_kind = (uint8_t)start, d.end_kind = (uint8_t)end;
    if (start) {
        d.earliest = KARVAN_DAY_MIN;
        d.start_latest = start == KARVAN_BOUND_OPEN ? KARVAN_DAY_MIN : KARVAN_DAY_MAX;
    }
    if (end) {
        d.latest = KARVAN_DAY_MAX;
        d.end_earliest = end == KARVAN_BOUND_OPEN ? KARVAN_DAY_MAX : KARVAN_DAY_MIN;
    }
    if (d.start_latest > d.latest) d.start_latest = d.latest;
    if (d.end_earliest < d.earliest) d.end_earliest = d.earliest;
    return d;
}

static karvan_allen relation(int s1, int e1, int s2, int e2) {
    if (e1 + 1 < s2) return KARVAN_ALLEN_BEFORE;
    if (e1 + 1 == s2) return KARVAN_ALLEN_MEETS;
    if (e2 + 1 < s1) return KARVAN_ALLEN_AFTER;
    if (e2 + 1 == s1) return KARVAN_ALLEN_MET_BY;
    if (s1 == s2)
        return e1 == e2  ? KARVAN_ALLEN_EQUALS
               : e1 < e2 ? KARVAN_ALLEN_STARTS
                         : KARVAN_ALLEN_STARTED_BY;
    if (e1 == e2) return s1 > s2 ? KARVAN_ALLEN_FINISHES : KARVAN_ALLEN_FINISHED_BY;
    if (s1 < s2) return e1 < e2 ? KARVAN_ALLEN_OVERLAPS : KARVAN_ALLEN_CONTAINS;
    return e1 < e2 ? KARVAN_ALLEN_DURING : KARVAN_ALLEN_OVERLAPPED_BY;
}

/* What is decided by the cases; where both happen, `unknown` if an unknown end may have a part. */
static void check(const char *what, karvan_truth got, int yes, int no, bool gaps,
                  const karvan_edtf *a, const karvan_edtf *b) {
    karvan_truth expected = no == 0 ? KARVAN_YES : yes == 0 ? KARVAN_NO : KARVAN_MAYBE;
    bool unknown = a->start_kind == KARVAN_BOUND_UNKNOWN || a->end_kind == KARVAN_BOUND_UNKNOWN ||
                   b->start_kind == KARVAN_BOUND_UNKNOWN || b->end_kind == KARVAN_BOUND_UNKNOWN;
    if (gaps && expected == KARVAN_YES) expected = KARVAN_MAYBE;
    if (got == KARVAN_NOT_KNOWN && unknown && expected == KARVAN_MAYBE) return;
    if (got != expected)
        fail_msg("%s: %s, expected %s (%d yes, %d no)", what, karvan_truth_name(got),
                 karvan_truth_name(expected), yes, no);
}

static bool gaps(const karvan_edtf *a) { return a->is_set == 2 && a->earliest != a->latest; }

static void all_concrete_intervals(void **state) {
    (void)state;
    for (int round = 0; round < 100000; round++) {
        karvan_edtf a = random_date(), b = random_date();
        pairs x, y;
        int before[2] = {0}, equal[2] = {0}, overlap[2] = {0};
        uint32_t possible = 0;
        enumerate(&a, &x), enumerate(&b, &y);
        for (int i = 0; i < x.n; i++)
            for (int j = 0; j < y.n; j++) {
                before[x.e[i] < y.s[j]]++;
                equal[x.s[i] == y.s[j] && x.e[i] == y.e[j]]++;
                overlap[x.s[i] <= y.e[j] && y.s[j] <= x.e[i]]++;
                possible |= 1u << relation(x.s[i], x.e[i], y.s[j], y.e[j]);
            }
        check("before", karvan_edtf_before(&a, &b), before[1], before[0], false, &a, &b);
        check("equal", karvan_edtf_equal(&a, &b), equal[1], equal[0], gaps(&a) || gaps(&b), &a, &b);
        check("overlaps", karvan_edtf_overlaps_days(&a, &b), overlap[1], overlap[0],
              gaps(&a) || gaps(&b), &a, &b);
        if (karvan_edtf_allen(&a, &b) != possible)
            fail_msg(
                "relations %x, expected %x: %lld..%lld to %lld..%lld, %lld..%lld to %lld..%lld",
                karvan_edtf_allen(&a, &b), possible, (long long)a.earliest,
                (long long)a.start_latest, (long long)a.end_earliest, (long long)a.latest,
                (long long)b.earliest, (long long)b.start_latest, (long long)b.end_earliest,
                (long long)b.latest);
        for (int d = 0; d < SPAN; d++) {
            int in[2] = {0};
            for (int i = 0; i < x.n; i++) in[x.s[i] <= d && d <= x.e[i]]++;
            check("contains", karvan_edtf_contains(&a, d), in[1], in[0], gaps(&a), &a, &a);
        }
    }
}

/* A bound that is not known leaves no `maybe` where it alone decides. */
static void unknown_is_said(void **state) {
    (void)state;
    karvan_edtf lost = parsed("2000-01-01/"), b = parsed("2010-01-01/2011-01-01");
    assert_int_equal(karvan_edtf_before(&lost, &b), KARVAN_NOT_KNOWN);
    assert_int_equal(karvan_edtf_before(&b, &lost), KARVAN_NO);
    assert_int_equal(karvan_edtf_overlaps_days(&lost, &b), KARVAN_NOT_KNOWN);
    assert_int_equal(karvan_edtf_equal(&lost, &b), KARVAN_NO);
}

/* The relation of b to a mirrors that of a to b. */
static void relations_mirror(void **state) {
    (void)state;
    for (int round = 0; round < 20000; round++) {
        karvan_edtf a = random_date(), b = random_date();
        uint32_t ab = karvan_edtf_allen(&a, &b), ba = karvan_edtf_allen(&b, &a), mirror = 0;
        for (int r = 0; r < KARVAN_ALLEN_END; r++)
            if (ba >> r & 1)
                mirror |= 1u << (r == KARVAN_ALLEN_EQUALS ? r : KARVAN_ALLEN_AFTER - r);
        assert_int_equal(ab, mirror);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truth_tables),      cmocka_unit_test(dates_by_hand),
        cmocka_unit_test(days_in_intervals), cmocka_unit_test(relations_by_hand),
        cmocka_unit_test(unknown_is_said),   cmocka_unit_test(all_concrete_intervals),
        cmocka_unit_test(relations_mirror)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
