/* The solver on effects beside dense matrices: S applied and projected, solved with each kind of
 * preconditioner, for one to four right-hand sides, with the same bytes for any number of threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sweep.h"
#include "trade/absorb.h"

enum { EFFECTS_MOST = 4 };

/* A design of effects alone, with weights: what the solver reads. */
typedef struct drawn {
    karvan_i_design d;
    karvan_i_effect effect[EFFECTS_MOST];
    double *w;
} drawn;

static void *room(size_t n, size_t size) {
    void *p = karvan_i_calloc(n + 1, size);
    assert_non_null(p);
    return p;
}

static drawn draw(uint64_t seed, int64_t n, int effects, const int32_t *levels) {
    drawn s = {.d = {.n = n, .n_effects = effects}};
    karvan_random r;
    karvan_random_init(&r, seed, 0);
    s.d.y = room((size_t)n, sizeof(double)), s.d.row = room((size_t)n, sizeof(int32_t));
    s.w = room((size_t)n, sizeof(double));
    for (int f = 0; f < effects; f++) {
        s.effect[f] =
            (karvan_i_effect){.n_levels = levels[f], .level = room((size_t)n, sizeof(int32_t))};
        for (int64_t i = 0; i < n; i++) /* every level occurs */
            s.effect[f].level[i] =
                i < levels[f] ? (int32_t)i : (int32_t)karvan_random_below(&r, (uint64_t)levels[f]);
    }
    for (int64_t i = 0; i < n; i++) s.w[i] = exp(1.5 * karvan_random_normal(&r));
    return s;
}

/* A panel: exporter-year, importer-year and pair of `c` countries in `years` years. */
static drawn draw_panel(int32_t c, int32_t years) {
    int64_t n = (int64_t)c * c * years, i = 0;
    drawn s = draw(7, n, 3, (int32_t[]){c * years, c * years, c * c});
    for (int32_t a = 0; a < c; a++)
        for (int32_t b = 0; b < c; b++)
            for (int32_t t = 0; t < years; t++, i++) {
                s.effect[0].level[i] = a * years + t, s.effect[1].level[i] = b * years + t;
                s.effect[2].level[i] = a * c + b;
            }
    return s;
}

static void clear(drawn *s) {
    for (int f = 0; f < s->d.n_effects; f++) karvan_i_free(s->effect[f].level);
    karvan_i_free(s->d.y), karvan_i_free(s->d.row), karvan_i_free(s->w);
}

static void open(drawn *s, int threads, karvan_i_absorb *a) {
    karvan_error err = {0};
    s->d.effect = s->effect;
    if (karvan_i_absorb_create(&s->d, threads, NULL, a, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    if (karvan_i_absorb_weigh(a, s->w, true, &err) != KARVAN_OK) fail_msg("%s", err.msg);
}

/* S v, from its definition: D'W(Dv less its weighted mean within the group). */
static void slow_apply(const karvan_i_absorb *a, const double *v, double *out) {
    memset(out, 0, (size_t)a->unknowns * sizeof *out);
    for (int64_t g = 0; g < a->groups; g++) {
        double mean = 0, total = 0;
        for (int pass = 0; pass < 2; pass++)
            for (int64_t i = a->first[g]; i < a->first[g + 1]; i++) {
                double e = 0;
                for (int f = 0; f < a->n_others; f++) e += v[a->offset[f] + a->level[f][i]];
                if (pass == 0) mean += a->w[i] * e, total += a->w[i];
                for (int f = 0; f < a->n_others && pass == 1; f++)
                    out[a->offset[f] + a->level[f][i]] += a->w[i] * (e - mean / total);
            }
    }
}

static void applied_as_defined(void **state) {
    (void)state;
    const int32_t levels[] = {40, 7, 25, 3};
    for (int effects = 2; effects <= EFFECTS_MOST; effects++) {
        drawn s = draw((uint64_t)effects, 500, effects, levels);
        karvan_i_absorb a;
        karvan_random r;
        karvan_random_init(&r, 1, (uint64_t)effects);
        open(&s, 1, &a);
        assert_int_equal(a.grouping, 0);
        int64_t u = a.unknowns;
        double *v = room((size_t)u * 4, sizeof *v), *got = room((size_t)u * 4, sizeof *v);
        double *one = room((size_t)u, sizeof *v), *want = room((size_t)u, sizeof *v);
        for (int m = 1; m <= 4; m++) {
            for (int64_t j = 0; j < u * m; j++) v[j] = karvan_random_normal(&r);
            assert_int_equal(karvan_i_absorb_apply(&a, m, v, got, NULL), KARVAN_OK);
            for (int k = 0; k < m; k++) {
                for (int64_t j = 0; j < u; j++) one[j] = v[j * m + k];
                slow_apply(&a, one, want);
                for (int64_t j = 0; j < u; j++)
                    assert_true(fabs(got[j * m + k] - want[j]) <= 1e-12 * (1 + a.level_w[j]));
            }
        }
        karvan_i_free(v), karvan_i_free(got), karvan_i_free(one), karvan_i_free(want);
        karvan_i_absorb_clear(&a);
        clear(&s);
    }
}

/* Right-hand sides in the range of S are solved to the tolerance, whatever the preconditioner. */
static int solve(drawn *s, int m, int threads, double *sum) {
    karvan_i_absorb a;
    karvan_random r;
    int steps;
    karvan_random_init(&r, 3, (uint64_t)m);
    open(s, threads, &a);
    size_t cells = (size_t)a.unknowns * (size_t)m;
    double *v = room(cells, sizeof *v), *b = room(cells, sizeof *v), *x = room(cells, sizeof *v);
    double *back = room(cells, sizeof *v), floor[4] = {0};
    for (size_t j = 0; j < cells; j++) v[j] = karvan_random_normal(&r);
    assert_int_equal(karvan_i_absorb_apply(&a, m, v, b, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_absorb_solve(&a, m, b, x, 1e-11, floor, 500, NULL, &steps, NULL),
                     KARVAN_OK);
    assert_int_equal(karvan_i_absorb_apply(&a, m, x, back, NULL), KARVAN_OK);
    double off = 0, size = 0;
    *sum = 0;
    for (size_t j = 0; j < cells; j++)
        off += (back[j] - b[j]) * (back[j] - b[j]), size += b[j] * b[j], *sum += x[j];
    assert_true(off <= 1e-14 * size);
    karvan_i_free(v), karvan_i_free(b), karvan_i_free(x), karvan_i_free(back);
    karvan_i_absorb_clear(&a);
    return steps;
}

static void solved_with_each_preconditioner(void **state) {
    (void)state;
    drawn two = draw(11, 4000, 2, (int32_t[]){300, 60});        /* exact: one step, or two */
    drawn few = draw(12, 4000, 4, (int32_t[]){300, 20, 15, 9}); /* exact, several null directions */
    drawn panel = draw_panel(24, 18);                           /* a block a year */
    drawn wide = draw(13, 6000, 3, (int32_t[]){1500, 900, 850}); /* the diagonal alone */
    for (int m = 1; m <= 4; m++) {
        double sum, again;
        assert_in_range(solve(&two, m, 1, &sum), 1, 3);
        assert_in_range(solve(&few, m, 1, &sum), 1, 6);
        assert_in_range(solve(&panel, m, 1, &sum), 1, 60);
        (void)solve(&panel, m, 2, &again);
        assert_memory_equal(&sum, &again, sizeof sum);
        (void)solve(&wide, m, 1, &sum);
        (void)solve(&wide, m, 3, &again);
        assert_memory_equal(&sum, &again, sizeof sum);
    }
    clear(&two), clear(&few), clear(&panel), clear(&wide);
}

/* Columns in a group's hands: a level whose rows are each alone in their groups leaves nothing. */
static void lonely_levels_do_no_harm(void **state) {
    (void)state;
    drawn s = draw(5, 30, 2, (int32_t[]){30, 10}); /* every row a group of its own */
    karvan_i_absorb a;
    double b[16] = {0}, *column = s.w, *const v[] = {column};
    open(&s, 1, &a);
    assert_int_equal(karvan_i_absorb_project(&a, 1, v, b, NULL), KARVAN_OK);
    for (int j = 0; j < 10; j++) assert_true(b[j] == 0);
    karvan_i_absorb_clear(&a);
    clear(&s);
}

static drawn swept; /* made before the sweep, which is of what the solver takes */
static karvan_status work(karvan_error *err) {
    karvan_i_absorb a;
    karvan_status st = karvan_i_absorb_create(&swept.d, 1, NULL, &a, err);
    if (st != KARVAN_OK) return st;
    st = karvan_i_absorb_weigh(&a, swept.w, true, err);
    karvan_i_absorb_clear(&a);
    return st;
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    swept = draw_panel(6, 4);
    swept.d.effect = swept.effect;
    every_allocation_fails(work, 200);
    clear(&swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applied_as_defined), cmocka_unit_test(solved_with_each_preconditioner),
        cmocka_unit_test(lonely_levels_do_no_harm), cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
