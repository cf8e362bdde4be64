/* Separation: the oracle on cases done by hand, then thousands of random data sets. In some the
 * separated rows are known because they were put there: a combination z of regressors and effects
 * that is zero or more, y = 0 exactly where z > 0. In others the oracle tells. No row may be
 * missed, none dropped without reason, and each certificate must hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "separation_verdict.h"
#include "sweep.h"

enum { PER_KIND = 1000, KINDS = 7, ROWS_MOST = 60 };

static karvan_random rng;
static gravity_case c; /* large: not on the stack */
static int pick(int n) { return (int)karvan_random_below(&rng, (uint64_t)n); }

/* ---- by hand ---- */

static int oracle_of(int n, int p, const int64_t *x, const char *y, const char *expected) {
    bool positive[20] = {false}, separated[20];
    for (int i = 0; i < n; i++) positive[i] = y[i] != '0';
    int found = oracle_separated(n, p, x, positive, separated);
    for (int i = 0; i < n; i++) assert_int_equal(separated[i], expected[i] == 's');
    return found;
}

static void oracle_knows_cases_done_by_hand(void **s) {
    (void)s;
    /* constant and x: x is 0 where y > 0 and of one sign where y = 0 */
    assert_int_equal(oracle_of(4, 2, (int64_t[]){1, 0, 1, 0, 1, 3, 1, 0}, "1200", "..s."), 1);
    /* of both signs: neither x nor -x will do */
    assert_int_equal(oracle_of(4, 2, (int64_t[]){1, 0, 1, 0, 1, 3, 1, -2}, "1200", "...."), 0);
    /* x is 1, 2 where y > 0: only combinations (a, b) with a + b = a + 2b = 0 */
    assert_int_equal(oracle_of(3, 2, (int64_t[]){1, 1, 1, 2, 1, 9}, "120", "..."), 0);
    /* one positive row at x = 1: z = x - 1 or 1 - x; zeros at 0, 1, 1 lie on one side */
    assert_int_equal(oracle_of(4, 2, (int64_t[]){1, 1, 1, 0, 1, 1, 1, 1}, "1000", ".s.."), 1);
    /* two effects of two levels, the cell (2,2) zero: z = d2 + e2 - ... must vanish at (1,1),
     * (1,2), (2,1), so it does at (2,2) */
    const int64_t cells[] = {1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1};
    assert_int_equal(oracle_of(4, 4, cells, "1110", "...."), 0);
    /* (1,2) zero as well: nothing but zeros in e2, both go */
    assert_int_equal(oracle_of(4, 4, cells, "1010", ".s.s"), 2);
    /* all rows zero: the constant separates all of them */
    assert_int_equal(oracle_of(3, 1, (int64_t[]){1, 1, 1}, "000", "sss"), 3);
    /* no column at all */
    assert_int_equal(oracle_of(2, 0, NULL, "00", ".."), 0);
    /* two rays, each of which separates one row, and a third row that only their sum keeps at 0 */
    assert_int_equal(oracle_of(3, 2, (int64_t[]){1, 0, 0, 1, 1, 1}, "000", "sss"), 3);
}

/* ---- by machine ---- */

/* Factors with few levels and one to three effects of them, or none. */
static void draw_effects(bool some) {
    static const unsigned one[] = {1, 2, 4, 3, 5, 6};
    c.n_factors = CASE_FACTORS, c.n_effects = some ? 1 + pick(3) : 0;
    int levels[CASE_FACTORS];
    for (int f = 0; f < CASE_FACTORS; f++) {
        levels[f] = 2 + pick(5);
        for (int i = 0; i < c.n; i++) c.factor[f][i] = pick(levels[f]);
    }
    for (int e = 0; e < c.n_effects; e++) {
        bool twice = true;
        while (twice) {
            c.effect[e] = one[pick(6)], twice = false;
            for (int d = 0; d < e; d++) twice |= c.effect[d] == c.effect[e];
        }
    }
    case_levels(&c);
}

/* A whole number for each level of each effect, added up in z. */
static void add_effects(double *z) {
    for (int e = 0; e < c.n_effects; e++) {
        int of[CASE_ROWS];
        for (int i = 0; i < c.n; i++) {
            of[i] = pick(7) - 3;
            for (int j = 0; j < i; j++)
                if (c.level[e][j] == c.level[e][i]) of[i] = of[j];
            z[i] += of[i];
        }
    }
}

static void draw_x(int j, bool real) {
    int sparse = pick(2);
    for (int i = 0; i < c.n; i++) {
        c.whole[j][i] = sparse && pick(3) ? 0 : pick(9) - 4;
        c.x[j][i] = real ? karvan_random_normal(&rng) : (double)c.whole[j][i];
    }
}

static void positive_y(int i) { c.y[i] = (1 + pick(400)) / 8.0; }

/* The last regressor is what makes the others and the effects add up to z: 1, 2 or 3 on rows drawn
 * (of real numbers, wide: a hundredth to a hundred), 0 on the others, and only those drawn have
 * y = 0 (unless more zeros are asked for). */
static void put_separation(bool real, bool wide, bool more_zeros, bool *known) {
    double sum[CASE_ROWS] = {0};
    int one_in = 3 + pick(8), zero_in = 2 + pick(4), last = c.k - 1;
    bool any = pick(6) > 0;
    for (int j = 0; j < last; j++) {
        double g = real ? karvan_random_normal(&rng) : pick(5) - 2;
        draw_x(j, real);
        for (int i = 0; i < c.n; i++) sum[i] += g * c.x[j][i];
    }
    add_effects(sum);
    for (int i = 0; i < c.n; i++) {
        known[i] = any && pick(one_in) == 0;
        double z = wide ? pow(10, 4 * karvan_random_uniform(&rng) - 2) : 1 + pick(3);
        c.x[last][i] = (known[i] ? z : 0) - sum[i];
        c.whole[last][i] = (int64_t)c.x[last][i];
        positive_y(i);
        if (known[i] || (more_zeros && pick(zero_in) == 0)) c.y[i] = 0;
    }
}

/* Effects alone: z is a sum of levels' numbers; rows where it is below 0 are not in the data. */
static void put_separation_by_effects(bool *known) {
    double z[CASE_ROWS] = {0};
    int n = 0;
    add_effects(z);
    for (int i = 0; i < c.n; i++) {
        if (z[i] < 0) continue;
        for (int f = 0; f < c.n_factors; f++) c.factor[f][n] = c.factor[f][i];
        known[n] = z[i] > 0;
        positive_y(n);
        if (known[n]) c.y[n] = 0;
        n++;
    }
    c.n = n;
    case_levels(&c);
    for (int j = 0; j < c.k; j++) draw_x(j, false);
}

static void put_zeros(void) {
    int zero_in = 1 + pick(4);
    for (int j = 0; j < c.k; j++) draw_x(j, false);
    for (int i = 0; i < c.n; i++) {
        positive_y(i);
        if (pick(zero_in + 1) < zero_in) c.y[i] = 0;
    }
}

/* Regressors in other units, which changes nothing. */
static void draw_scales(void) {
    static const double scale[] = {1, 1, 1e-5, 1e6};
    for (int j = 0; j < c.k; j++) {
        double by = scale[pick(4)];
        for (int i = 0; i < c.n; i++) c.x[j][i] *= by;
    }
}

static void draw_weights(void) {
    c.weighted = pick(4) == 0;
    for (int i = 0; i < c.n; i++) c.weight[i] = (1 + pick(1000)) / 100.0;
}

/* kind 0: known, whole numbers; 1: known, real numbers; 2: known, effects alone; 3: known rows and
 * other zeros; 4: zeros at random; 5: as 4, no effects; 6: as 1, z of very different sizes. */
static void draw(int kind, bool *separated) {
    bool known[CASE_ROWS] = {false};
    c.n = 6 + pick(ROWS_MOST - 5), c.k = 1 + pick(4), c.shifted = false;
    draw_effects(kind == 2 || (kind != 5 && pick(5) > 0));
    if (kind <= 1 || kind == 6) put_separation(kind != 0, kind == 6, false, known);
    if (kind == 2) put_separation_by_effects(known);
    if (kind == 3) put_separation(false, false, true, known);
    if (kind == 4 || kind == 5) put_zeros();
    draw_weights();
    if (kind == 1 || kind == 6) {
        memcpy(separated, known, sizeof *separated * (size_t)c.n);
    } else {
        (void)case_separated(&c, separated);
        for (int i = 0; i < c.n; i++) /* the oracle finds what was put there */
            if (kind <= 2 ? separated[i] != known[i] : known[i] && !separated[i]) {
                case_print(&c, "oracle");
                fail_msg("the oracle is wrong at row %d", i + 1);
            }
    }
    draw_scales();
}

/* The oracle once more: with its rows gone there is a maximum, and a slow Newton finds it. */
static void rest_has_a_maximum(const bool *separated, const char *at) {
    bool keep[CASE_ROWS];
    for (int i = 0; i < c.n; i++) keep[i] = !separated[i];
    dense_model m = case_model(&c, keep);
    dense_fit f = dense_ppml(&m);
    if (!f.converged) {
        case_print(&c, at);
        fail_msg("%s: the oracle left a separated row", at);
    }
    dense_clear(&f);
}

/* What is left when the separated rows and singletons are gone. */
static int left_over(const bool *separated, bool singletons_kept) {
    bool out[CASE_ROWS];
    int left = 0;
    memcpy(out, separated, sizeof *out * (size_t)c.n);
    if (!singletons_kept) add_singletons(&c, out);
    for (int i = 0; i < c.n; i++) left += !out[i];
    return left;
}

static void judge(int kind, int round, long *dropped) {
    bool separated[CASE_ROWS], kept[CASE_ROWS], singletons_kept = pick(2);
    char formula[200], at[80];
    karvan_gravity *g = NULL;
    karvan_error err = {0};
    draw(kind, separated);
    (void)snprintf(at, sizeof at, "kind %d, round %d", kind, round);
    karvan_table *t = case_table(&c);
    karvan_gravity_options o = {.formula = case_formula(&c, formula, sizeof formula),
                                .weights = c.weighted ? "w" : NULL,
                                .keep_singletons = singletons_kept,
                                .threads = 1};
    karvan_status st = karvan_gravity_fit(t, &o, &g, &err);
    if (left_over(separated, singletons_kept) == 0) {
        if (st != KARVAN_E_DATA) {
            case_print(&c, at);
            fail_msg("%s: nothing left, yet status %d", at, (int)st);
        }
    } else {
        if (round % 4 == 0) rest_has_a_maximum(separated, at);
        const char *fault =
            st == KARVAN_OK ? separation_fault(&c, g, separated, singletons_kept, kept) : err.msg;
        if (fault) {
            case_print(&c, at);
            fail_msg("%s: %s", at, fault);
        }
        *dropped += karvan_gravity_statistics(g).n_separated;
    }
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

static void no_miss_and_no_false_alarm(void **s) {
    (void)s;
    long dropped = 0;
    for (int kind = 0; kind < KINDS; kind++)
        for (int round = 0; round < part_of(PER_KIND); round++) {
            karvan_random_init(&rng, 20190304 + (uint64_t)kind, (uint64_t)round);
            judge(kind, round, &dropped);
        }
    assert_true(dropped > KINDS * part_of(PER_KIND)); /* the cases do hold what they are about */
}

/* A singleton, a level of zeros, a row that x separates, and what goes with them. */
static karvan_table *one_of_each(void) {
    static const char text[] = "y,x,v,f\n1,0,3,a\n2,0,1,a\n0,3,4,a\n4,0,1,a\n3,0,5,b\n5,0,9,b\n"
                               "0,1,2,c\n0,2,6,c\n7,1,5,d\n0,2,3,b\n";
    karvan_table *t = NULL;
    assert_int_equal(karvan_csv_parse(text, sizeof text - 1, "t.csv", "t", NULL, NULL, &t, NULL),
                     KARVAN_OK);
    return t;
}

static karvan_table *swept;
static karvan_status fit_and_list(karvan_error *err) {
    karvan_gravity *g = NULL;
    karvan_table *dropped = NULL;
    karvan_gravity_options o = {.formula = "y ~ x + v | f", .threads = 1};
    karvan_status st = karvan_gravity_fit(swept, &o, &g, err);
    assert_true(st == KARVAN_OK || !g);
    if (st == KARVAN_OK) { /* rows 9; 7 and 8; 3 and 10 */
        assert_int_equal(karvan_gravity_statistics(g).n_singleton, 1);
        assert_int_equal(karvan_gravity_statistics(g).n_separated, 4);
        assert_int_equal(karvan_gravity_collinear(g), 1);
    }
    if (st == KARVAN_OK) st = karvan_gravity_dropped(g, &dropped, err);
    karvan_table_destroy(dropped);
    karvan_gravity_destroy(g);
    return st;
}

static void each_allocation_may_fail(void **s) {
    (void)s;
    swept = one_of_each();
    every_allocation_fails(fit_and_list, 5000);
    karvan_table_destroy(swept);
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(oracle_knows_cases_done_by_hand),
                                   cmocka_unit_test(no_miss_and_no_false_alarm),
                                   cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
