/* Thinned demand: rows keep their sums, cells keep what they have on the mean, nothing else moves,
 * and it is always the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "study/study.h"
#include "sweep.h"

enum { MOST = 20000 };

typedef struct flows {
    int32_t origin[MOST], destination[MOST], cargo_class[MOST], row[MOST];
    double teu_day[MOST];
    uint8_t kind[MOST];
    karvan_freight_demand d;
} flows;
static flows F, G;

static void flows_begin(flows *f) {
    f->d = (karvan_freight_demand){.origin = f->origin,
                                   .destination = f->destination,
                                   .cargo_class = f->cargo_class,
                                   .teu_day = f->teu_day,
                                   .kind = f->kind,
                                   .row = f->row};
}
/* What a cell is: told by its origin, which is its number. */
static void flow(flows *f, int32_t row, double teu_day) {
    int32_t k = f->d.n++;
    assert_true(k < MOST);
    f->origin[k] = k, f->destination[k] = 7 * k + 1, f->cargo_class[k] = k % 5;
    f->kind[k] = (uint8_t)(k % 3), f->row[k] = row, f->teu_day[k] = teu_day;
}
static void thin(flows *f, double least) {
    karvan_error e = {0};
    if (karvan_i_thin(&f->d, least, &e) != KARVAN_OK) fail_msg("%s", e.msg);
}

static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

/* Of each cell that is left: it was there, and says of itself what it said. */
static void same_cells(const flows *f) {
    for (int32_t k = 0; k < f->d.n; k++) {
        int32_t was = f->origin[k];
        if (k > 0) assert_true(was > f->origin[k - 1]); /* in the order they had */
        assert_int_equal(f->destination[k], 7 * was + 1);
        assert_int_equal(f->cargo_class[k], was % 5);
        assert_int_equal(f->kind[k], was % 3);
        assert_true(f->teu_day[k] > 0);
    }
}

/* ---- by hand ---- */

/* Row 0: 5 stays, 0.5, 0.25, 0.75 and 0.5 become two of 1. Row 1 holds 0.2 and 3: nothing near a
 * whole cell is small, and the largest takes it. Row 2 is 0.3 in all, and stays one cell. */
static void three_rows(void **s) {
    (void)s;
    static const double teu[] = {5, 0.5, 0.25, 0.75, 0.5, 0.2, 3, 0.1, 0.2};
    double sum[3] = {0};
    int cells[3] = {0};
    flows_begin(&F);
    for (int k = 0; k < 9; k++) flow(&F, k < 5 ? 0 : k < 7 ? 1 : 2, teu[k]);
    thin(&F, 1);
    same_cells(&F);
    for (int32_t k = 0; k < F.d.n; k++) sum[F.row[k]] += F.teu_day[k], cells[F.row[k]]++;
    near(sum[0], 7, 1e-15), near(sum[1], 3.2, 1e-15), near(sum[2], 0.3, 1e-15);
    assert_int_equal(cells[0], 3);
    assert_int_equal(cells[1], 1);
    assert_int_equal(cells[2], 1);
    assert_true(F.teu_day[0] == 5 && F.origin[0] == 0);
    assert_true(F.teu_day[1] == 1 && F.teu_day[2] == 1);
    assert_int_equal(F.origin[3], 6);
}

/* Nothing is small, nothing is there, or least is 0: as it was; empty cells go. */
static void nothing_to_do(void **s) {
    (void)s;
    flows_begin(&F);
    thin(&F, 1);
    assert_int_equal(F.d.n, 0);
    for (int k = 0; k < 10; k++) flow(&F, k / 3, k == 4 ? 0 : 1 + k);
    thin(&F, 1);
    assert_int_equal(F.d.n, 9);
    same_cells(&F);
    for (int k = 0; k < 9; k++) assert_true(F.teu_day[k] == 1 + F.origin[k]);
    flows_begin(&F);
    for (int k = 0; k < 10; k++) flow(&F, 0, 0.01 * (1 + k));
    thin(&F, 0);
    assert_int_equal(F.d.n, 10);
    for (int k = 0; k < 10; k++) assert_true(F.teu_day[k] == 0.01 * (1 + k));
    flows_begin(&F);
    for (int k = 0; k < 4; k++) flow(&F, k, 0); /* a row of nothing */
    thin(&F, 1);
    assert_int_equal(F.d.n, 0);
}

/* ---- random rows ---- */

static void draw(flows *f, uint64_t seed, int32_t rows, int32_t most) {
    karvan_random r;
    karvan_random_init(&r, seed, 0);
    flows_begin(f);
    for (int32_t k = 0, n = rows * most / 2; k < n; k++) /* rows mixed with one another */
        flow(f, (int32_t)karvan_random_below(&r, (uint64_t)rows),
             exp(1.5 * karvan_random_normal(&r) - 1.5));
}

static void sums_are_kept(void **s) {
    (void)s;
    for (uint64_t i = 1; i <= 20; i++) {
        double was[40] = {0}, is[40] = {0};
        draw(&F, i, 40, 60);
        int32_t n = F.d.n;
        for (int32_t k = 0; k < n; k++) was[F.row[k]] += F.teu_day[k];
        thin(&F, 1);
        same_cells(&F);
        assert_true(F.d.n < n);
        for (int32_t k = 0; k < F.d.n; k++) is[F.row[k]] += F.teu_day[k];
        for (int r = 0; r < 40; r++) near(is[r], was[r], 1e-13);
    }
}

/* Again the same, whatever was done between. */
static void always_the_same(void **s) {
    (void)s;
    draw(&F, 3, 40, 60), draw(&G, 3, 40, 60);
    thin(&F, 1), thin(&G, 1);
    assert_int_equal(F.d.n, G.d.n);
    assert_memory_equal(F.teu_day, G.teu_day, (size_t)F.d.n * sizeof(double));
    assert_memory_equal(F.origin, G.origin, (size_t)F.d.n * sizeof(int32_t));
    int32_t n = F.d.n;
    thin(&F, 1e-9); /* none is that small */
    assert_int_equal(F.d.n, n);
    assert_memory_equal(F.teu_day, G.teu_day, (size_t)n * sizeof(double));
}

/* 1,500 rows of the same ten small cells, each by another draw: on the mean of the rows each cell
 * keeps what it has, to a twentieth of the least; where chance drew (in proportion, anew for each
 * row) it would be a hundredth away in one of three. */
static void on_the_mean_as_it_was(void **s) {
    (void)s;
    static const double teu[] = {0.02, 0.7, 0.05, 0.33, 0.11, 0.9, 0.26, 0.04, 0.5, 0.19};
    enum { CELLS = 10, ROWS = 1500 };
    double mean[CELLS] = {0};
    flows_begin(&F);
    for (int32_t r = 0; r < ROWS; r++)
        for (int k = 0; k < CELLS; k++) flow(&F, r, teu[k]);
    thin(&F, 1);
    assert_in_range(F.d.n, 2 * ROWS, 3 * ROWS); /* 3.1 TEU are three cells, or one of them twice */
    for (int32_t k = 0; k < F.d.n; k++) mean[F.origin[k] % CELLS] += F.teu_day[k] / ROWS;
    for (int k = 0; k < CELLS; k++)
        if (!(fabs(mean[k] - teu[k]) < 0.005)) fail_msg("cell %d: %g, not %g", k, mean[k], teu[k]);
}

static karvan_status swept(karvan_error *err) {
    draw(&F, 9, 10, 20);
    return karvan_i_thin(&F.d, 1, err);
}
static void allocations(void **s) {
    (void)s;
    every_allocation_fails(swept, 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_rows),
        cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(sums_are_kept),
        cmocka_unit_test(always_the_same),
        cmocka_unit_test(on_the_mean_as_it_was),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
