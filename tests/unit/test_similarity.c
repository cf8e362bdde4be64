/* Measures of two profiles: by hand, beside their definitions written out, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "karvan/similarity.h"
#include "sweep.h"

enum { S, KAPPA, PI, TAU, AGREE, HALF };

static const karvan_scale VOTES = {1, 3};

static karvan_similarity of(int measure, karvan_distance d, const karvan_scale *scale,
                            const double *x, const double *y, const double *w, int64_t n) {
    karvan_similarity s;
    karvan_error e = {0};
    if (karvan_similarity_of((karvan_similarity_kind)measure, d, scale, x, y, w, n, &s, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    return s;
}

static void is(karvan_similarity s, int64_t n, double value) {
    assert_int_equal(s.n, n);
    assert_int_equal(s.state, KARVAN_VALUE);
    assert_string_equal(s.why, "");
    if (fabs(s.value - value) > 1e-12) fail_msg("%.15g, not %.15g", s.value, value);
}

static void is_not(karvan_similarity s, int64_t n, karvan_cell state, const char *why) {
    assert_int_equal(s.n, n), assert_int_equal(s.state, state);
    assert_true(isnan(s.value));
    assert_string_equal(s.why, why);
}

static void by_hand(void **state) {
    (void)state;
    /* four roll calls: the same, one step, two steps, the same; one without a vote */
    static const double x[] = {1, 1, 1, 3, NAN}, y[] = {1, 2, 3, 3, 1};
    is(of(S, KARVAN_DISTANCE_USUAL, &VOTES, x, y, NULL, 5), 4, 1 - 2 * 3.0 / (4 * 2));
    is(of(S, KARVAN_DISTANCE_SQUARED, &VOTES, x, y, NULL, 5), 4, 1 - 2 * 5.0 / (4 * 4));
    is(of(AGREE, KARVAN_DISTANCE_USUAL, NULL, x, y, NULL, 5), 4, 0.5);
    is(of(HALF, KARVAN_DISTANCE_USUAL, &VOTES, x, y, NULL, 5), 4, (1 + 0.5 + 0 + 1) / 4);
    /* squared: observed 5/4; x is 1 thrice and 3 once, y is 1, 2, 3, 3: expected
     * 3/4 (1/4 * 0 + 1/4 * 1 + 2/4 * 4) + 1/4 (1/4 * 4 + 1/4 * 1 + 0) = 27/16 + 5/16 = 2 */
    is(of(KAPPA, KARVAN_DISTANCE_USUAL, NULL, x, y, NULL, 5), 4, 1 - 1.25 / 2);
    /* absolute: observed 3/4; expected 3/4 (1/4 + 2/4 * 2) + 1/4 (2/4 + 1/4) = 15/16 + 3/16 */
    is(of(KAPPA, KARVAN_DISTANCE_ABSOLUTE, NULL, x, y, NULL, 5), 4, 1 - 0.75 / (18.0 / 16));
    /* both: 1 in 4/8, 2 in 1/8, 3 in 3/8: 2 (4/8 1/8 1 + 4/8 3/8 4 + 1/8 3/8 1) = 110/64 */
    is(of(PI, KARVAN_DISTANCE_USUAL, NULL, x, y, NULL, 5), 4, 1 - 1.25 / (110.0 / 64));
    /* pairs 6; tied in x 3, in y 1; the others with the fourth: 1-3 up, 2-3 up, 3-3 tied */
    is(of(TAU, KARVAN_DISTANCE_USUAL, NULL, x, y, NULL, 5), 4, 2 / sqrt(3 * 5));
}

static void weights(void **state) {
    (void)state;
    static const double x[] = {0, 3, 0}, y[] = {3, 3, 0}, w[] = {0.5, 0.25, 0.25},
                        none[] = {0, 0, 0}, some[] = {1, NAN, 1};
    static const karvan_scale ties = {0, 3};
    is(of(S, KARVAN_DISTANCE_USUAL, &ties, x, y, w, 3), 3, 0);
    is(of(S, KARVAN_DISTANCE_USUAL, &ties, x, y, some, 3), 2, 0); /* an entry without a weight */
    is(of(AGREE, KARVAN_DISTANCE_USUAL, NULL, x, y, w, 3), 3, 0.5);
    /* observed 0.5 * 9; x is 3 in 1/4, y in 3/4: expected 9 (3/4 3/4 + 1/4 1/4) */
    is(of(KAPPA, KARVAN_DISTANCE_USUAL, NULL, x, y, w, 3), 3, 1 - 0.5 / (10.0 / 16));
    is(of(PI, KARVAN_DISTANCE_USUAL, NULL, x, y, w, 3), 3, 1 - 0.5 / (2 * 0.25));
    is_not(of(S, KARVAN_DISTANCE_USUAL, &ties, x, y, none, 3), 3, KARVAN_UNKNOWN,
           "the weights are all 0");
    /* weights that are all the same do not matter, whatever they are */
    static const double sevens[] = {7, 7, 7};
    for (int m = S; m <= HALF; m++)
        if (m != TAU)
            is(of(m, KARVAN_DISTANCE_USUAL, &ties, x, y, sevens, 3), 3,
               of(m, KARVAN_DISTANCE_USUAL, &ties, x, y, NULL, 3).value);
}

static void undefined(void **state) {
    (void)state;
    static const double ones[] = {1, 1, 1}, mixed[] = {1, 2, 3}, none[] = {NAN, NAN, NAN};
    for (int m = S; m <= HALF; m++) {
        is_not(of(m, KARVAN_DISTANCE_USUAL, &VOTES, ones, none, NULL, 3), 0, KARVAN_NOT_COVERED,
               "no entry in common");
        is_not(of(m, KARVAN_DISTANCE_USUAL, &VOTES, NULL, NULL, NULL, 0), 0, KARVAN_NOT_COVERED,
               "no entry in common");
    }
    is_not(of(KAPPA, KARVAN_DISTANCE_USUAL, NULL, ones, ones, NULL, 3), 3, KARVAN_UNKNOWN,
           "all values are the same");
    is_not(of(PI, KARVAN_DISTANCE_USUAL, NULL, ones, ones, NULL, 3), 3, KARVAN_UNKNOWN,
           "all values are the same");
    is_not(of(TAU, KARVAN_DISTANCE_USUAL, NULL, ones, mixed, NULL, 3), 3, KARVAN_UNKNOWN,
           "a profile has one value alone");
    is_not(of(TAU, KARVAN_DISTANCE_USUAL, NULL, mixed, ones, NULL, 1), 1, KARVAN_UNKNOWN,
           "a profile has one value alone");
    static const double great[] = {1e200, 0, 1}, weights[] = {1e308, 1e308, 1};
    is_not(of(KAPPA, KARVAN_DISTANCE_USUAL, NULL, great, mixed, NULL, 3), 3, KARVAN_UNKNOWN,
           "the values are too great to be squared or added");
    is_not(of(AGREE, KARVAN_DISTANCE_USUAL, NULL, mixed, mixed, weights, 3), 3, KARVAN_UNKNOWN,
           "the values are too great to be squared or added");
    /* one of them alone is constant: chance agreement is defined, and theirs is no better */
    is(of(KAPPA, KARVAN_DISTANCE_USUAL, NULL, ones, mixed, NULL, 3), 3, 0);
    is(of(S, KARVAN_DISTANCE_USUAL, &VOTES, ones, ones, NULL, 3), 3, 1);
}

/* ---- beside the definitions ---- */

enum { ENTRIES = 40 };
typedef struct drawn {
    double x[ENTRIES], y[ENTRIES], w[ENTRIES];
    int n;
} drawn;

static void draw(drawn *d, karvan_random *r) {
    int levels = 1 + (int)karvan_random_below(r, 8);
    bool real = karvan_random_below(r, 4) == 0;
    d->n = (int)karvan_random_below(r, ENTRIES + 1);
    for (int i = 0; i < d->n; i++) {
        d->x[i] = (double)karvan_random_below(r, (uint64_t)levels) * (real ? 0.37 : 1) - 1;
        d->y[i] = karvan_random_below(r, 3)
                      ? (double)karvan_random_below(r, (uint64_t)levels) * (real ? 0.37 : 1) - 1
                      : d->x[i];
        d->w[i] = karvan_random_uniform(r);
        if (karvan_random_below(r, 9) == 0) d->x[i] = NAN;
        if (karvan_random_below(r, 9) == 0) d->y[i] = NAN;
    }
}

static double apart(double a, double b, bool squared) {
    return squared ? (a - b) * (a - b) : fabs(a - b);
}

/* NaN where the definition divides by nothing. */
static double defined(const drawn *d, int measure, bool squared, bool weighted) {
    double w = 0, seen = 0, same = 0, chance = 0, half = 0, up = 0, tx = 0, ty = 0, pairs = 0;
    for (int i = 0; i < d->n; i++) {
        if (isnan(d->x[i] + d->y[i])) continue;
        double wi = weighted ? d->w[i] : 1;
        w += wi, seen += wi * apart(d->x[i], d->y[i], squared);
        same += wi * (d->x[i] == d->y[i]), half += wi * (1 - fabs(d->x[i] - d->y[i]) / 7);
        for (int j = 0; j < d->n; j++) {
            if (isnan(d->x[j] + d->y[j])) continue;
            double wj = weighted ? d->w[j] : 1, dx = d->x[i] - d->x[j], dy = d->y[i] - d->y[j];
            if (measure == KAPPA) chance += wi * wj * apart(d->x[i], d->y[j], squared);
            if (measure == PI)
                chance += wi * wj / 4 *
                          (2 * apart(d->x[i], d->y[j], squared) + apart(d->x[i], d->x[j], squared) +
                           apart(d->y[i], d->y[j], squared));
            if (j >= i) continue;
            pairs++, tx += dx == 0, ty += dy == 0;
            up += (double)((dx * dy > 0) - (dx * dy < 0));
        }
    }
    if (w == 0) return NAN;
    switch (measure) {
    case S:
        return 1 - 2 * seen / w / apart(-1, 6, squared);
    case AGREE:
        return same / w;
    case HALF:
        return half / w;
    case TAU:
        return pairs == tx || pairs == ty ? NAN : up / sqrt((pairs - tx) * (pairs - ty));
    default:
        return chance == 0 ? NAN : 1 - seen * w / chance;
    }
}

static void definitions(void **state) {
    (void)state;
    static const karvan_scale scale = {-1, 6};
    int without[HALF + 1] = {0};
    karvan_random r;
    karvan_random_init(&r, 5, 0);
    for (int k = 0; k < part_of(2000); k++) {
        drawn d;
        draw(&d, &r);
        for (int m = S; m <= HALF; m++)
            for (int how = 0; how < 4; how++) {
                bool squared = how & 1, weighted = how & 2;
                if (weighted && m == TAU) continue;
                karvan_similarity s =
                    of(m, squared ? KARVAN_DISTANCE_SQUARED : KARVAN_DISTANCE_ABSOLUTE, &scale, d.x,
                       d.y, weighted ? d.w : NULL, d.n);
                double want = defined(&d, m, squared, weighted);
                assert_true(isnan(want) == (s.state != KARVAN_VALUE));
                without[m] += isnan(want);
                if (!isnan(want) && fabs(s.value - want) > 1e-9)
                    fail_msg("%s: %.15g, not %.15g",
                             karvan_similarity_name((karvan_similarity_kind)m), s.value, want);
            }
    }
    if (all_cases()) assert_true(without[KAPPA] > without[S] && without[TAU] > without[S]);
}

/* What holds of all of them: the order of entries and of states does not matter, and what is the
 * same is alike as can be. */
static void promises(void **state) {
    (void)state;
    static const karvan_scale scale = {-1, 6};
    karvan_random r;
    karvan_random_init(&r, 6, 0);
    for (int k = 0; k < part_of(500); k++) {
        drawn d, turned;
        draw(&d, &r);
        turned = d;
        for (int i = 0; i < d.n; i++) {
            turned.x[i] = d.y[d.n - 1 - i], turned.y[i] = d.x[d.n - 1 - i];
        }
        for (int m = S; m <= HALF; m++) {
            karvan_similarity a = of(m, KARVAN_DISTANCE_USUAL, &scale, d.x, d.y, NULL, d.n),
                              b = of(m, KARVAN_DISTANCE_USUAL, &scale, turned.x, turned.y, NULL,
                                     d.n),
                              c = of(m, KARVAN_DISTANCE_USUAL, &scale, d.x, d.x, NULL, d.n);
            assert_int_equal(a.n, b.n), assert_int_equal(a.state, b.state);
            if (a.state == KARVAN_VALUE) assert_true(fabs(a.value - b.value) < 1e-12);
            if (a.state == KARVAN_VALUE) assert_true(a.value <= 1 + 1e-12);
            if (c.state == KARVAN_VALUE) assert_true(fabs(c.value - 1) < 1e-12);
        }
    }
}

static void refusals(void **state) {
    (void)state;
    static const double x[] = {1, 2}, y[] = {1, 4}, w[] = {1, -1}, inf[] = {1, INFINITY};
    static const karvan_scale odd = {3, 1}, endless = {1, INFINITY};
    karvan_similarity s;
    karvan_error e = {0};
    assert_int_equal(karvan_similarity_of(KARVAN_SIMILARITY_S, KARVAN_DISTANCE_USUAL, &VOTES, x, y,
                                          NULL, 2, &s, &e),
                     KARVAN_E_ARG);
    assert_string_equal(e.msg, "the value 4 lies outside the scale 1..3");
    assert_true(isnan(s.value));
    const struct {
        int measure;
        const karvan_scale *scale;
        const double *x, *y, *w;
        int64_t n;
    } cases[] = {{S, NULL, x, x, NULL, 2},     {S, &odd, x, x, NULL, 2},
                 {S, &endless, x, x, NULL, 2}, {S, &VOTES, NULL, x, NULL, 2},
                 {S, &VOTES, x, x, NULL, -1},  {TAU, NULL, x, y, x, 2},
                 {AGREE, NULL, x, y, w, 2},    {AGREE, NULL, x, inf, NULL, 2},
                 {AGREE, NULL, x, y, inf, 2},  {HALF + 1, NULL, x, x, NULL, 2}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        assert_int_equal(karvan_similarity_of((karvan_similarity_kind)cases[k].measure,
                                              KARVAN_DISTANCE_USUAL, cases[k].scale, cases[k].x,
                                              cases[k].y, cases[k].w, cases[k].n, &s, NULL),
                         KARVAN_E_ARG);
    assert_int_equal(karvan_similarity_of(KARVAN_SIMILARITY_S, KARVAN_DISTANCE_USUAL, &VOTES, x, x,
                                          NULL, 2, NULL, NULL),
                     KARVAN_E_ARG);
    static double many[2001];
    for (int i = 0; i < 2001; i++) many[i] = i;
    e = (karvan_error){0};
    assert_int_equal(karvan_similarity_of(KARVAN_SIMILARITY_AGREEMENT, KARVAN_DISTANCE_USUAL, NULL,
                                          many, many, NULL, 2001, &s, &e),
                     KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "2001 different values"));
    is(of(TAU, KARVAN_DISTANCE_USUAL, NULL, many, many, NULL, 2000), 2000, 1);
}

static void names(void **state) {
    (void)state;
    karvan_similarity_kind m;
    karvan_error e = {0};
    for (int k = S; k <= HALF; k++) {
        const char *name = karvan_similarity_name((karvan_similarity_kind)k);
        assert_int_equal(karvan_similarity_parse(name, &m, NULL), KARVAN_OK);
        assert_int_equal((int)m, k);
    }
    assert_string_equal(karvan_similarity_name(KARVAN_SIMILARITY_END), "unknown");
    assert_int_equal(karvan_similarity_parse("kapa", &m, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "'kapa' is no measure; did you mean kappa?");
    assert_int_equal(karvan_similarity_parse(NULL, &m, NULL), KARVAN_E_ARG);
}

static karvan_status work(karvan_error *err) {
    static const double x[] = {1, 2, 3}, y[] = {1, 1, 3};
    karvan_similarity s;
    return karvan_similarity_of(KARVAN_SIMILARITY_PI, KARVAN_DISTANCE_USUAL, NULL, x, y, NULL, 3,
                                &s, err);
}

static void no_memory(void **state) {
    (void)state;
    every_allocation_fails(work, 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),   cmocka_unit_test(weights),
                                       cmocka_unit_test(undefined), cmocka_unit_test(definitions),
                                       cmocka_unit_test(promises),  cmocka_unit_test(refusals),
                                       cmocka_unit_test(names),     cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
