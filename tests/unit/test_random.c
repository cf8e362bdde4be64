#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "karvan/base.h"

/* Source: the known-answer file of Random123 (Salmon, Moraes, Dror and Shaw), philox4x32 of 10
 * rounds; the third counter and key are digits of pi. */
static void published_vectors(void **state) {
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {{{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
                 {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                  {0xffffffff, 0xffffffff},
                  {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
                 {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                  {0xa4093822, 0x299f31d0},
                  {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint32_t out[4];
        karvan_philox4x32(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

/* Draw k of stream s, straight from the generator. */
static uint64_t slow_draw(uint64_t draws_seed, uint64_t stream, uint64_t k) {
    const uint32_t counter[4] = {(uint32_t)(k / 2), (uint32_t)(k / 2 >> 32), (uint32_t)stream,
                                 (uint32_t)(stream >> 32)};
    const uint32_t key[2] = {(uint32_t)draws_seed, (uint32_t)(draws_seed >> 32)};
    uint32_t out[4];
    karvan_philox4x32(counter, key, out);
    return k % 2 ? (uint64_t)out[3] << 32 | out[2] : (uint64_t)out[1] << 32 | out[0];
}

static void a_draw_depends_on_its_number_alone(void **state) {
    (void)state;
    const uint64_t s = 0x123456789abcdef0u, stream = 0xfedcba9876543210u;
    karvan_random r;
    karvan_random_init(&r, s, stream);
    for (uint64_t k = 0; k < 1000; k++)
        assert_true(karvan_random_u64(&r) == slow_draw(s, stream, k));
    for (uint64_t k = 999; k > 0; k -= 3) { /* back and forth */
        karvan_random_seek(&r, k);
        assert_true(karvan_random_u64(&r) == slow_draw(s, stream, k));
        assert_true(karvan_random_u64(&r) == slow_draw(s, stream, k + 1));
    }
    const uint64_t far = UINT64_C(1) << 63;
    karvan_random_seek(&r, far + 1);
    assert_true(karvan_random_u64(&r) == slow_draw(s, stream, far + 1));
}

static void streams_and_seeds_differ(void **state) {
    (void)state;
    uint64_t seen[60];
    int n = 0;
    for (uint64_t s = 0; s < 3; s++)
        for (uint64_t stream = 0; stream < 4; stream++) {
            karvan_random r;
            karvan_random_init(&r, s, stream);
            for (int k = 0; k < 5; k++) seen[n++] = karvan_random_u64(&r);
        }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) assert_true(seen[i] != seen[j]);
}

static void uniform_is_open_and_even(void **state) {
    (void)state;
    enum { N = 1000000, CELLS = 100 };
    int count[CELLS] = {0};
    double sum = 0, square = 0;
    karvan_random r;
    karvan_random_init(&r, 1, 2);
    for (int i = 0; i < N; i++) {
        double u = karvan_random_uniform(&r);
        assert_true(u > 0.0 && u < 1.0);
        double k = u * 0x1p53; /* an odd whole number: 2 k + 1 */
        assert_true(k == floor(k) && fmod(k, 2.0) == 1.0);
        count[(int)(u * CELLS)]++;
        sum += u, square += u * u;
    }
    double chi2 = 0, mean = (double)N / CELLS;
    for (int i = 0; i < CELLS; i++) chi2 += (count[i] - mean) * (count[i] - mean) / mean;
    assert_true(chi2 > 60 && chi2 < 149); /* 99 degrees of freedom: 0.001 on either side */
    assert_true(fabs(sum / N - 0.5) < 4 * sqrt(1.0 / 12 / N));
    assert_true(fabs(square / N - 1.0 / 3) < 4 * sqrt(4.0 / 45 / N));
    /* the extreme words: the formula is the documented one at both ends */
    assert_true((0.0 + 0.5) * 0x1p-52 > 0.0);
    assert_true(((double)(UINT64_MAX >> 12) + 0.5) * 0x1p-52 == 1.0 - 0x1p-53);
}

static void below_has_no_bias(void **state) {
    (void)state;
    enum { N = 600000 };
    karvan_random r;
    karvan_random_init(&r, 3, 4);
    for (uint64_t n = 1; n <= 12; n++) {
        int count[12] = {0};
        double chi2 = 0, mean = (double)N / (double)n;
        for (int i = 0; i < N; i++) {
            uint64_t v = karvan_random_below(&r, n);
            assert_true(v < n);
            count[v]++;
        }
        for (uint64_t v = 0; v < n; v++) chi2 += (count[v] - mean) * (count[v] - mean) / mean;
        assert_true(chi2 < 35); /* at most 11 degrees of freedom: 0.0003 */
    }
}

/* Slow way: the 128-bit product of a draw and n; refused while its low half is below 2^64 mod n. */
static void below_is_lemires_method(void **state) {
    (void)state;
    uint64_t sizes[] = {3, 1000003, UINT64_C(1) << 63, (UINT64_C(3) << 62) + 12345, UINT64_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t n = sizes[i], k = 0, remainder = (UINT64_MAX % n + 1) % n;
        int refused = 0;
        karvan_random r;
        karvan_random_init(&r, 5, i);
        for (int round = 0; round < 2000; round++) {
            uint64_t hi, lo;
            for (;;) { /* long multiplication, one bit at a time */
                uint64_t x = slow_draw(5, i, k++);
                hi = lo = 0;
                for (int bit = 63; bit >= 0; bit--) {
                    hi = hi << 1 | lo >> 63, lo <<= 1;
                    if (n >> bit & 1) lo += x, hi += lo < x;
                }
                if (lo >= remainder) break;
                refused++;
            }
            assert_true(karvan_random_below(&r, n) == hi);
            assert_true(r.draw == k);
        }
        if (n == (UINT64_C(3) << 62) + 12345)
            assert_in_range(refused, 400, 1000); /* a third: 667 */
    }
}

static void normal_has_its_moments(void **state) {
    (void)state;
    enum { N = 1000000 };
    double m[5] = {0};
    karvan_random r, u;
    karvan_random_init(&r, 6, 7), karvan_random_init(&u, 6, 7);
    for (int i = 0; i < N; i++) {
        double x = karvan_random_normal(&r), p = 1;
        assert_true(x == karvan_normal_quantile(karvan_random_uniform(&u))); /* one draw each */
        for (int k = 1; k <= 4; k++) p *= x, m[k] += p / N;
    }
    assert_true(fabs(m[1]) < 4 / sqrt((double)N));
    assert_true(fabs(m[2] - 1) < 4 * sqrt(2.0 / N));
    assert_true(fabs(m[3]) < 4 * sqrt(15.0 / N));
    assert_true(fabs(m[4] - 3) < 4 * sqrt(96.0 / N));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(published_vectors),
                                       cmocka_unit_test(a_draw_depends_on_its_number_alone),
                                       cmocka_unit_test(streams_and_seeds_differ),
                                       cmocka_unit_test(uniform_is_open_and_even),
                                       cmocka_unit_test(below_has_no_bias),
                                       cmocka_unit_test(below_is_lemires_method),
                                       cmocka_unit_test(normal_has_its_moments)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
