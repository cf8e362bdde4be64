/* Similarity against published worked examples: alliances of Germany and Russia in 1914, and votes
 * of Azerbaijan and the five of Central Asia in the General Assembly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "conformance/reference.h"
#include "karvan/similarity.h"

static karvan_profiles *read_file(const char *name, const char *origin,
                                  const karvan_profiles_options *o) {
    char path[4096];
    karvan_profiles *p = NULL;
    karvan_error e = {0};
    if (!reference_file(name, origin, path, sizeof path)) return NULL;
    if (karvan_profiles_read(path, o, &p, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return p;
}

static karvan_table *measures(const karvan_profiles *p, const char *pair, karvan_distance d, int n,
                              const karvan_similarity_kind *m) {
    const karvan_similarity_query q = {.measure = m, .n_measures = n, .distance = d, .pair = pair};
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_similarity_table(p, &q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static double value(const karvan_table *t, int64_t r) {
    return karvan_table_real(t, karvan_table_find(t, "value"), r);
}

static void six_digits(double got, double want) {
    if (!(fabs(got - want) <= 0.5000001e-6)) fail_msg("%.9f, not %.6f", got, want);
}

static void germany_and_russia(void **state) {
    (void)state;
    static const struct {
        karvan_similarity_kind kind;
        karvan_distance distance;
        const char *weights;
        double value;
    } cases[] = {{KARVAN_SIMILARITY_S, KARVAN_DISTANCE_ABSOLUTE, NULL, 0.4},
                 {KARVAN_SIMILARITY_S, KARVAN_DISTANCE_SQUARED, NULL, 0.444444},
                 {KARVAN_SIMILARITY_S, KARVAN_DISTANCE_ABSOLUTE, "Cap", -0.46},
                 {KARVAN_SIMILARITY_S, KARVAN_DISTANCE_SQUARED, "Cap", -0.348889},
                 {KARVAN_SIMILARITY_KAPPA, KARVAN_DISTANCE_USUAL, NULL, -0.077586},
                 {KARVAN_SIMILARITY_PI, KARVAN_DISTANCE_USUAL, NULL, -0.086957},
                 {KARVAN_SIMILARITY_TAU, KARVAN_DISTANCE_USUAL, NULL, 0.030317}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const karvan_profiles_options o = {.weights = cases[k].weights};
        karvan_profiles *p = read_file("record/similarity/alliances1914.csv",
                                       "Signorino and Ritter 1999, after Haege 2011", &o);
        if (!p) return;
        karvan_table *t = measures(p, NULL, cases[k].distance, 1, &cases[k].kind);
        assert_int_equal(karvan_table_rows(t), 1);
        assert_int_equal(karvan_table_int(t, karvan_table_find(t, "n"), 0), 20);
        six_digits(value(t, 0), cases[k].value);
        karvan_table_destroy(t), karvan_profiles_destroy(p);
    }
}

/* The same from alliances by pair and year, as the Correlates of War write them: the rows of the
 * two, each with its pledge, and those of nobody else. */
static void germany_and_russia_by_pairs(void **state) {
    (void)state;
    static const struct {
        karvan_similarity_kind kind;
        karvan_distance distance;
        double value;
    } cases[] = {{KARVAN_SIMILARITY_S, KARVAN_DISTANCE_ABSOLUTE, 0.4},
                 {KARVAN_SIMILARITY_S, KARVAN_DISTANCE_SQUARED, 0.444444},
                 {KARVAN_SIMILARITY_KAPPA, KARVAN_DISTANCE_USUAL, -0.077586},
                 {KARVAN_SIMILARITY_PI, KARVAN_DISTANCE_USUAL, -0.086957},
                 {KARVAN_SIMILARITY_TAU, KARVAN_DISTANCE_USUAL, 0.030317}};
    static const char *const of[] = {"GMY", "RUS"};
    char path[4096], text[8192];
    size_t n = 0;
    karvan_table *m = NULL;
    karvan_profiles *p = NULL;
    karvan_error e = {0};
    if (!reference_file("record/similarity/alliances1914.csv",
                        "Signorino and Ritter 1999, after Haege 2011", path, sizeof path))
        return;
    assert_int_equal(karvan_csv_read(path, "m", NULL, NULL, &m, NULL), KARVAN_OK);
    n += (size_t)snprintf(text, sizeof text,
                          "version4id,ccode1,state_name1,ccode2,state_name2,left_censor,"
                          "right_censor,defense,neutrality,nonaggression,entente,year\n");
    for (int64_t r = 0; r < karvan_table_rows(m); r++)
        for (int c = 0; c < 2; c++) {
            const char *other = karvan_table_text(m, 0, r);
            int64_t v = karvan_table_int(m, karvan_table_find(m, of[c]), r);
            if (strcmp(other, of[c]) == 0) continue;
            n += (size_t)snprintf(text + n, sizeof text - n, "%d,%s,,%s,,0,0,%d,%d,0,%d,1914\n",
                                  (int)(2 * r + c), of[c], other, v == 3, v == 2, v == 1);
        }
    assert_true(n < sizeof text);
    if (karvan_profiles_parse(text, n, "pairs.csv", NULL, &p, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        karvan_table *t = measures(p, "GMY-RUS", cases[k].distance, 1, &cases[k].kind);
        assert_int_equal(karvan_table_rows(t), 1);
        assert_int_equal(karvan_table_int(t, karvan_table_find(t, "n"), 0), 20);
        six_digits(value(t, 0), cases[k].value);
        karvan_table_destroy(t);
    }
    karvan_table_destroy(m), karvan_profiles_destroy(p);
}

/* Tie of the one to the other by ATOP's rows of a year: -1, no such row. */
static int pledged(const karvan_table *t, int64_t year, int64_t one, int64_t two) {
    static const struct {
        const char *column;
        int strength;
    } of[] = {{"atop_defense", 3},
              {"atop_offense", 3},
              {"atop_neutral", 2},
              {"atop_nonagg", 2},
              {"atop_consul", 1}};
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        int most = 0;
        if (karvan_table_int(t, 0, r) != one || karvan_table_int(t, 1, r) != two ||
            karvan_table_int(t, 2, r) != year)
            continue;
        for (size_t k = 0; k < sizeof of / sizeof of[0]; k++)
            if (karvan_table_int(t, karvan_table_find(t, of[k].column), r) == 1 &&
                of[k].strength > most)
                most = of[k].strength;
        return most;
    }
    return -1;
}

/* S of each pair and year of ATOP's rows, as its definition says it. */
static void atop_of_the_six(void **state) {
    (void)state;
    static const int64_t six[] = {373, 701, 702, 703, 704, 705};
    static const char origin[] = "ATOP 5.1 by peacesciencer: Azerbaijan and the five";
    static const karvan_similarity_kind s = KARVAN_SIMILARITY_S;
    char path[4096], pair[32];
    karvan_table *rows = NULL;
    if (!reference_file("record/atop_AZE_CA5.csv", origin, path, sizeof path)) return;
    karvan_profiles *p = read_file("record/atop_AZE_CA5.csv", origin, NULL);
    assert_int_equal(karvan_csv_read(path, "atop", NULL, NULL, &rows, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(rows), 796);
    int compared = 0;
    for (int a = 0; a < 6; a++)
        for (int b = a + 1; b < 6; b++) {
            (void)snprintf(pair, sizeof pair, "%d-%d", (int)six[a], (int)six[b]);
            karvan_table *t = measures(p, pair, KARVAN_DISTANCE_USUAL, 1, &s);
            for (int64_t r = 0; r < karvan_table_rows(t); r++, compared++) {
                int64_t year = karvan_table_int(t, 2, r), n = 0;
                double apart = 0;
                for (int c = 0; c < 6; c++) {
                    int tie[2], has = 0;
                    for (int i = 0; i < 6; i++) has |= pledged(rows, year, six[c], six[i]) >= 0;
                    if (!has) continue; /* no state that rows of the year name */
                    for (int k = 0; k < 2; k++) {
                        int64_t of = six[k ? b : a];
                        tie[k] = of == six[c] ? 3 : pledged(rows, year, of, six[c]);
                        if (tie[k] < 0) tie[k] = 0;
                    }
                    apart += abs(tie[0] - tie[1]), n++;
                }
                assert_int_equal(karvan_table_int(t, karvan_table_find(t, "n"), r), n);
                assert_true(fabs(value(t, r) - (1 - 2 * apart / (3 * (double)n))) < 1e-12);
            }
            karvan_table_destroy(t);
        }
    assert_in_range(compared, 300, 500);
    karvan_table_destroy(rows), karvan_profiles_destroy(p);
}

/* Row of a year and measure. */
static int64_t row_of(const karvan_table *t, int64_t year, const char *measure) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_table_int(t, karvan_table_find(t, "year"), r) == year &&
            strcmp(karvan_table_text(t, karvan_table_find(t, "measure"), r), measure) == 0)
            return r;
    fail_msg("no row of %lld %s", (long long)year, measure);
    return -1;
}

/* The reference writes NA where a measure is not defined. */
static void same(const karvan_table *reference, int64_t r, const char *column,
                 const karvan_table *got, int64_t at) {
    int c = karvan_table_find(reference, column);
    assert_true(c >= 0);
    bool has = karvan_table_state(reference, c, r) == KARVAN_VALUE;
    assert_int_equal(karvan_table_state(got, karvan_table_find(got, "value"), at) == KARVAN_VALUE,
                     has);
    if (has) six_digits(value(got, at), karvan_table_real(reference, c, r));
}

static void azerbaijan_and_the_five(void **state) {
    (void)state;
    static const karvan_similarity_kind kinds[] = {
        KARVAN_SIMILARITY_AGREEMENT, KARVAN_SIMILARITY_AGREEMENT_HALF, KARVAN_SIMILARITY_S,
        KARVAN_SIMILARITY_KAPPA, KARVAN_SIMILARITY_PI};
    static const char origin[] = "Voeten, Strezhnev and Bailey, United Nations General Assembly "
                                 "voting data, by the R package unvotes";
    static const char *const gaps[] = {"NA"};
    char path[4096], pair[16];
    karvan_table *reference = NULL;
    karvan_profiles *p = read_file("record/similarity/AZE_CA5_votes.csv", origin, NULL);
    if (!p) return;
    if (!reference_file("record/similarity/AZE_CA5_un_similarity_reference.csv", origin, path,
                        sizeof path)) {
        karvan_profiles_destroy(p);
        return;
    }
    assert_int_equal(karvan_csv_read(path, "reference",
                                     &(karvan_csv_options){.n_gaps = 1, .gaps = gaps}, NULL,
                                     &reference, NULL),
                     KARVAN_OK);
    assert_int_equal(karvan_table_rows(reference), 136);
    int missing = 0;
    for (int64_t r = 0; r < karvan_table_rows(reference); r++) {
        int64_t year = karvan_table_int(reference, karvan_table_find(reference, "year"), r);
        (void)snprintf(pair, sizeof pair, "AZ-%s",
                       karvan_table_text(reference, karvan_table_find(reference, "c2"), r));
        karvan_table *linear = measures(p, pair, KARVAN_DISTANCE_USUAL, 5, kinds),
                     *squared = measures(p, pair, KARVAN_DISTANCE_SQUARED, 1, &kinds[2]);
        int64_t at = row_of(linear, year, "agreement");
        assert_int_equal(karvan_table_int(linear, karvan_table_find(linear, "n"), at),
                         karvan_table_int(reference, karvan_table_find(reference, "n"), r));
        same(reference, r, "agree_exact", linear, at);
        same(reference, r, "agree_voeten", linear, row_of(linear, year, "agreement_half"));
        same(reference, r, "S_abs", linear, row_of(linear, year, "s"));
        same(reference, r, "S_sq", squared, row_of(squared, year, "s"));
        same(reference, r, "kappa_w2", linear, row_of(linear, year, "kappa"));
        same(reference, r, "pi_w2", linear, row_of(linear, year, "pi"));
        missing += karvan_table_state(linear, karvan_table_find(linear, "value"),
                                      row_of(linear, year, "kappa")) != KARVAN_VALUE;
        karvan_table_destroy(linear), karvan_table_destroy(squared);
    }
    assert_int_equal(missing, 3); /* where both only said yes */
    karvan_table_destroy(reference), karvan_profiles_destroy(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(germany_and_russia), cmocka_unit_test(germany_and_russia_by_pairs),
        cmocka_unit_test(atop_of_the_six), cmocka_unit_test(azerbaijan_and_the_five)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
