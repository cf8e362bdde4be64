/* Streams of random numbers over Philox: draw k of stream s under a seed is a function of the three
 * and so the same on any thread or machine. */
#include "karvan/base.h"

void karvan_random_init(karvan_random *r, uint64_t seed, uint64_t stream) {
    *r = (karvan_random){.seed = seed, .stream = stream};
}

void karvan_random_seek(karvan_random *r, uint64_t draw) { r->draw = draw; }

/* A block gives two 64-bit draws: the counter is (draw / 2, stream), the key is the seed. */
uint64_t karvan_random_u64(karvan_random *r) {
    uint64_t block = r->draw / 2;
    if (r->block_of != block + 1) {
        const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)r->stream,
                                     (uint32_t)(r->stream >> 32)};
        const uint32_t key[2] = {(uint32_t)r->seed, (uint32_t)(r->seed >> 32)};
        karvan_philox4x32(counter, key, r->block);
        r->block_of = block + 1;
    }
    int half = (int)(r->draw++ % 2) * 2;
    return (uint64_t)r->block[half + 1] << 32 | r->block[half];
}

/* The middles of 2^52 cells: with one bit more the last would round to 1. */
double karvan_random_uniform(karvan_random *r) {
    return ((double)(karvan_random_u64(r) >> 12) + 0.5) * 0x1p-52;
}

/* The high half of a 64 x 64 product, from halves: ISO C has no 128-bit integers. */
static uint64_t high(uint64_t a, uint64_t b, uint64_t *low) {
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t mid = a1 * b0 + (a0 * b0 >> 32), mid2 = a0 * b1 + (uint32_t)mid;
    *low = a * b;
    return a1 * b1 + (mid >> 32) + (mid2 >> 32);
}

/* Source: Lemire 2019, "Fast random integer generation in an interval", ACM TOMACS 29(1). */
uint64_t karvan_random_below(karvan_random *r, uint64_t n) {
    uint64_t low, h = high(karvan_random_u64(r), n, &low);
    if (low < n) {
        uint64_t refuse = (0 - n) % n;
        while (low < refuse) h = high(karvan_random_u64(r), n, &low);
    }
    return h;
}

double karvan_random_normal(karvan_random *r) {
    return karvan_normal_quantile(karvan_random_uniform(r));
}
