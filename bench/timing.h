#ifndef KARVAN_BENCH_TIMING_H
#define KARVAN_BENCH_TIMING_H
/* What every bench measures with: the clock on the wall, and the order of repetitions for their
 * median. */
#include <stdlib.h>
#include <time.h>

static inline double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int by_double(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
#endif
