/* Random draws a second, one core. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "karvan/base.h"
#include "timing.h"

enum { REPS = 7, N = 10000000 };

static double words(karvan_random *r) {
    uint64_t all = 0;
    for (int i = 0; i < N; i++) all ^= karvan_random_u64(r);
    return (double)(all >> 12);
}
static double uniforms(karvan_random *r) {
    double sum = 0;
    for (int i = 0; i < N; i++) sum += karvan_random_uniform(r);
    return sum;
}
static double wholes(karvan_random *r) {
    uint64_t sum = 0;
    for (int i = 0; i < N; i++) sum += karvan_random_below(r, 1000003);
    return (double)sum;
}
static double normals(karvan_random *r) {
    double sum = 0;
    for (int i = 0; i < N; i++) sum += karvan_random_normal(r);
    return sum;
}
/* A stream of its own for each draw, as a loop over items has it. */
static double streams(karvan_random *r) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
        karvan_random_init(r, 42, (uint64_t)i);
        sum += karvan_random_uniform(r);
    }
    return sum;
}

int main(void) {
    static const struct {
        const char *name;
        double (*draw)(karvan_random *r);
    } cases[] = {{"u64", words},
                 {"uniform", uniforms},
                 {"below", wholes},
                 {"normal", normals},
                 {"uniform, a stream each", streams}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        double s[REPS], check = 0;
        for (int rep = 0; rep < REPS; rep++) {
            karvan_random r;
            karvan_random_init(&r, 42, 0);
            double begin = now_s();
            check = cases[k].draw(&r);
            s[rep] = now_s() - begin;
        }
        qsort(s, REPS, sizeof *s, by_double);
        printf("{\"bench\":\"random\",\"case\":\"%s\",\"draws\":%d,\"reps\":%d,\"median_s\":%.6f,"
               "\"min_s\":%.6f,\"per_s\":%.0f,\"check\":%.6f}\n",
               cases[k].name, N, REPS, s[REPS / 2], s[0], N / s[REPS / 2], check);
    }
    return 0;
}
