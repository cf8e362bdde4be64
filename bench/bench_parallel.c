/* What a parallel loop costs and gains, by threads: work that scales, and a loop with next to none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/base.h"
#include "timing.h"

enum { REPS = 7, N = 4000000, CHUNK = 4096, CALLS = 1000 };

static double chunk_sum[(N + CHUNK - 1) / CHUNK];

static karvan_status draw(void *ctx, int64_t begin, int64_t end, int worker, karvan_error *err) {
    double sum = 0;
    (void)ctx, (void)worker, (void)err;
    for (int64_t i = begin; i < end; i++) {
        karvan_random r;
        karvan_random_init(&r, 42, (uint64_t)i);
        sum += karvan_random_normal(&r);
    }
    chunk_sum[begin / CHUNK] = sum;
    return KARVAN_OK;
}

static karvan_status nothing(void *ctx, int64_t begin, int64_t end, int worker, karvan_error *err) {
    (void)ctx, (void)worker, (void)err;
    chunk_sum[begin] = (double)end;
    return KARVAN_OK;
}

static double sum_of_draws(int threads) {
    double sum = 0;
    memset(chunk_sum, 0, sizeof chunk_sum);
    if (karvan_parallel_for(N, CHUNK, threads, draw, NULL, NULL, NULL) != KARVAN_OK) exit(1);
    for (size_t i = 0; i < sizeof chunk_sum / sizeof *chunk_sum; i++) sum += chunk_sum[i];
    return sum;
}

static double calls(int threads) {
    double sum = 0;
    for (int i = 0; i < CALLS; i++) {
        if (karvan_parallel_for(8, 1, threads, nothing, NULL, NULL, NULL) != KARVAN_OK) exit(1);
        sum += chunk_sum[7];
    }
    return sum;
}

int main(void) {
    static const struct {
        const char *name;
        int n;
        double (*run)(int threads);
    } cases[] = {{"normal draws", N, sum_of_draws}, {"empty loops of 8 chunks", CALLS, calls}};
    for (size_t k = 0; k < 2; k++)
        for (int threads = 1; threads <= 8; threads *= 2) {
            double s[REPS], check = 0;
            for (int r = 0; r < REPS; r++) {
                double begin = now_s();
                check = cases[k].run(threads);
                s[r] = now_s() - begin;
            }
            qsort(s, REPS, sizeof *s, by_double);
            printf(
                "{\"bench\":\"parallel_for\",\"case\":\"%s\",\"n\":%d,\"threads\":%d,\"cores\":%d,"
                "\"reps\":%d,\"median_s\":%.6f,\"min_s\":%.6f,\"check\":%.9f}\n",
                cases[k].name, cases[k].n, threads, karvan_thread_count(), REPS, s[REPS / 2], s[0],
                check);
        }
    return 0;
}
