/* Ships that leave loads behind: Bailey's mean from the roots of z^K = exp(m (z - 1)), printed
 * figures, one case by hand, and beside sailings drawn one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/queue.h"
#include "sweep.h"

static karvan_i_queue queue(int32_t n, const double *gap_h, double load, int32_t room) {
    karvan_i_queue q;
    karvan_error e = {0};
    if (karvan_i_queue_make(n, gap_h, load, room, &q, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return q;
}

/* Share of loads that see a ship leave without them. */
static double left_share(const karvan_i_queue *q) {
    enum { PARTS = 2000 };
    double share = 0, chance[KARVAN_I_MISSED_MAX];
    int n;
    for (int k = 0; k < PARTS; k++) {
        double age = q->gap_h[0] * (k + 0.5) / PARTS;
        assert_int_equal(karvan_i_queue_missed(q, 0, age, chance, &n, NULL), KARVAN_OK);
        share += (1 - chance[0]) / PARTS;
    }
    return share;
}

static double by_roots(double m, int room) {
    double complex sum = 0;
    for (int j = 1; j < room; j++) {
        double complex z = 0, turn = 2 * acos(-1.0) * I * j / room;
        for (int k = 0; k < 3000; k++) z = cexp(m * (z - 1) / room + turn);
        sum += 1 / (1 - z);
    }
    return creal(sum) + (m * m - room * (room - 1.0)) / (2 * (room - m));
}

static void known_figures(void **state) {
    (void)state;
    static const struct {
        double load, gap;
        int room;
        double left, none, wait, share;
    } samples[] = {{0.5, 1, 1, 0.25, 0.824361, 1, 0.351279},
                   {0.8, 1, 1, 1.6, 0.445108, 2.5, 0.693615},
                   {2, 2, 5, 1.15624, 0.615565, 1.57812, 0.254074},
                   {2, 2, 8, 0.0372841, 0.976784, 1.01864, 0.00932008},
                   {9, 1, 10, 3.10124, 0.4465, 0.844582, 0.300295},
                   {1, 24, 30, 0.401394, 0.882977, 12.4014, 0.0167247},
                   {1.25, 24, 32, 4.89846, 0.45035, 15.9188, 0.16047},
                   {1, 24, 26, 3.72689, 0.492613, 15.7269, 0.152652}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_i_queue q = queue(1, &samples[i].gap, samples[i].load, samples[i].room);
        double left = karvan_i_queue_left(&q, 0);
        assert_true(fabs(left / samples[i].left - 1) < 3e-6);
        assert_true(fabs(left - by_roots(samples[i].load * samples[i].gap, samples[i].room)) <
                    1e-7 * (1 + left));
        assert_true(fabs(q.left[0] - samples[i].none) < 1e-6);
        assert_true(fabs(q.mean_h / samples[i].wait - 1) < 3e-6);
        assert_true(fabs(left_share(&q) - samples[i].share) < 2e-4);
        karvan_i_queue_clear(&q);
    }
}

/* One TEU a ship, one ship an hour: left behind as in M/D/1, rho^2 / (2 (1 - rho)). A ship that is
 * never full: half a gap, its square a third. */
static void by_hand(void **state) {
    (void)state;
    const double hour = 1, day = 24;
    karvan_i_queue q = queue(1, &hour, 0.9, 1);
    assert_true(fabs(karvan_i_queue_left(&q, 0) - 0.81 / 0.2) < 1e-9);
    karvan_i_queue_clear(&q);
    q = queue(1, &day, 0.1, 500);
    assert_true(fabs(q.mean_h - 12) < 1e-9 && fabs(q.var_h2 - 48) < 1e-3);
    assert_true(fabs(karvan_i_queue_delay_h(&q, 0, 20)) < 1e-9);
    karvan_i_queue_clear(&q);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Loads in a row, each aboard the first ship that has room: no law of the queue is used. */
static void beside_sailings(void **state) {
    (void)state;
    enum { LOADS = 400000, FIRST = 2000 };
    static const double gaps[] = {72, 48, 48};
    const int room = 30;
    const double load = 0.45, step_h = 0.5; /* 25.2 of 30 a ship */
    karvan_i_queue q = queue(3, gaps, load, room);
    double *wait = malloc(LOADS * sizeof *wait), now = 0, sails = 0, sum = 0;
    karvan_random r;
    int ship = -1, aboard = 0, n = 0;
    karvan_random_init(&r, 9, 1);
    assert_non_null(wait);
    for (int i = 0; i < LOADS + FIRST; i++) {
        now -= log(karvan_random_uniform(&r)) / load;
        while (sails < now || aboard == room) sails += gaps[++ship % 3], aboard = 0;
        aboard++;
        if (i >= FIRST) wait[n++] = sails - now, sum += sails - now;
    }
    if (!(fabs(sum / n / q.mean_h - 1) < 0.02))
        fail_msg("mean %g h, of loads %g h", q.mean_h, sum / n);
    qsort(wait, (size_t)n, sizeof *wait, by_value);
    karvan_i_pmf d;
    assert_int_equal(karvan_i_queue_pmf(&q, step_h, &d, NULL), KARVAN_OK);
    assert_true(fabs(karvan_i_pmf_mean_h(&d, step_h) - q.mean_h) < 1e-9);
    double square = 0;
    for (int64_t k = 0; k < d.n; k++)
        square += d.p[k] * pow((double)(d.start + k) * step_h - q.mean_h, 2);
    assert_true(fabs(square / q.var_h2 - 1) < 1e-3);
    static const double levels[] = {0.05, 0.25, 0.5, 0.75, 0.9, 0.99};
    for (int i = 0; i < 6; i++) {
        double x = karvan_i_pmf_quantile_h(&d, levels[i], step_h), y = wait[(int)(levels[i] * n)];
        if (!(fabs(x - y) < 0.6 + 0.02 * y)) fail_msg("%g: %g h, of loads %g h", levels[i], x, y);
    }
    karvan_i_pmf_clear(&d), karvan_i_queue_clear(&q), free(wait);
}

/* The later a load comes in a gap, the later it leaves; the longest delay ends one gap and is no
 * longer than the first of the next with that gap before it. */
static void first_come(void **state) {
    (void)state;
    static const double gaps[] = {72, 48, 48};
    karvan_i_queue q = queue(3, gaps, 0.5, 30);
    for (int32_t i = 0; i < 3; i++) {
        for (int k = 1; k <= 100; k++)
            assert_true(karvan_i_queue_delay_h(&q, i, gaps[i] * k / 100) >=
                        karvan_i_queue_delay_h(&q, i, gaps[i] * (k - 1) / 100) - 1e-9);
        assert_true(karvan_i_queue_delay_h(&q, i, gaps[i]) <=
                    gaps[(i + 1) % 3] + karvan_i_queue_delay_h(&q, (i + 1) % 3, 0) + 1e-6);
    }
    karvan_i_queue_clear(&q);
}

static void refused(void **state) {
    (void)state;
    const double day = 24;
    static const struct {
        double load;
        int room;
    } samples[] = {{1, 24}, {1, 0}, {0, 24}, {-1, 24}, {NAN, 24}, {1, 1 << 30}, {0.995, 24}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_i_queue q;
        karvan_error e = {0};
        assert_int_equal(karvan_i_queue_make(1, &day, samples[i].load, samples[i].room, &q, &e),
                         KARVAN_E_ARG);
        assert_true(strstr(e.msg, "TEU a day for ships of") && !q.left);
    }
}

static karvan_status make_and_ask(karvan_error *err) {
    static const double gaps[] = {72, 96};
    karvan_i_queue q;
    karvan_i_pmf d = {0};
    karvan_status st = karvan_i_queue_make(2, gaps, 0.05, 9, &q, err);
    if (st == KARVAN_OK) st = karvan_i_queue_pmf(&q, 24, &d, err);
    karvan_i_pmf_clear(&d), karvan_i_queue_clear(&q);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(make_and_ask, 4000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_figures),   cmocka_unit_test(by_hand),
        cmocka_unit_test(beside_sailings), cmocka_unit_test(first_come),
        cmocka_unit_test(refused),         cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
