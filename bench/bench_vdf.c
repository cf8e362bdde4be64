/* Trips read, and volume-delay functions evaluated (time and derivative together, as inner loops
 * do), one core. The claims: trips of 3 MB in less than 10 ms; a BPR of a whole power in a few
 * nanoseconds. */
#include <stdio.h>
#include <stdlib.h>

#include "flow/vdf.h"
#include "timing.h"

enum { REPS = 7, ZONES = 387, FUNCTIONS = 1000, ROUNDS = 2000, CELL = 32 };

static uint64_t state = 42;
static unsigned one_of(unsigned n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % n;
}

static void told(const char *name, long n, const double *took, double check) {
    printf("{\"bench\":\"%s\",\"n\":%ld,\"reps\":%d,\"median_s\":%.6f,\"min_s\":%.6f,"
           "\"ns_each\":%.2f,\"check\":%.17g}\n",
           name, n, REPS, took[REPS / 2], took[0], 1e9 * took[REPS / 2] / (double)n, check);
}

/* Every pair of 387 zones, with two decimals, in the columns of the collection's files. */
static int bench_trips(void) {
    size_t cap = (size_t)ZONES * ZONES * CELL + 10000, n = 0;
    char *s = malloc(cap);
    double took[REPS], check = 0;
    if (!s) return 1;
    n += (size_t)snprintf(s, cap, "<NUMBER OF ZONES> %d\n<END OF METADATA>\n\n", ZONES);
    for (int o = 1; o <= ZONES; o++) {
        n += (size_t)snprintf(s + n, cap - n, "Origin %d\n", o);
        for (int d = 1; d <= ZONES; d++)
            n += (size_t)snprintf(s + n, cap - n, "%5d : %10.2f;%s", d, one_of(100000) / 100.0,
                                  d % 5 == 0 || d == ZONES ? "\n" : " ");
    }
    for (int r = 0; r < REPS; r++) {
        karvan_trips t;
        double begin = now_s();
        if (karvan_trips_parse(s, n, "made", ZONES, &t, NULL) != KARVAN_OK) return 1;
        took[r] = now_s() - begin;
        check = (double)t.n;
        karvan_trips_clear(&t);
    }
    qsort(took, REPS, sizeof *took, by_double);
    told("trips_bytes", (long)n, took, check);
    free(s);
    return 0;
}

static void bench_kind(const char *name, karvan_vdf f) {
    static karvan_vdf each[FUNCTIONS];
    double took[REPS], check = 0;
    for (int i = 0; i < FUNCTIONS; i++) each[i] = f, each[i].capacity = 1 + one_of(1000);
    for (int r = 0; r < REPS; r++) {
        double begin = now_s();
        check = 0;
        for (int k = 0; k < ROUNDS; k++)
            for (int i = 0; i < FUNCTIONS; i++) {
                karvan_i_vdf_value v = karvan_i_vdf_both(&each[i], k);
                check += v.time + v.derivative;
            }
        took[r] = now_s() - begin;
    }
    qsort(took, REPS, sizeof *took, by_double);
    told(name, (long)ROUNDS * FUNCTIONS, took, check);
}

int main(void) {
    static const double ratio[] = {0, 0.5, 1, 1.5, 2}, factor[] = {1, 1.1, 1.5, 3, 6};
    karvan_vdf_curve *points = NULL, *formula = NULL;
    if (karvan_vdf_points(5, ratio, factor, &points, NULL) != KARVAN_OK ||
        karvan_vdf_formula("1+0.15*z^4", 10, &formula, NULL) != KARVAN_OK || bench_trips() != 0)
        return 1;
    bench_kind("bpr_4", (karvan_vdf){KARVAN_VDF_BPR, 1, 1, 0.15, 4, NULL});
    bench_kind("bpr_4.5", (karvan_vdf){KARVAN_VDF_BPR, 1, 1, 0.15, 4.5, NULL});
    bench_kind("conical", (karvan_vdf){KARVAN_VDF_CONICAL, 1, 1, 4, 0, NULL});
    bench_kind("akcelik", (karvan_vdf){KARVAN_VDF_AKCELIK, 1, 1, 0.4, 0.25, NULL});
    bench_kind("davidson", (karvan_vdf){KARVAN_VDF_DAVIDSON, 1, 1, 0.5, 0.9, NULL});
    bench_kind("points", (karvan_vdf){KARVAN_VDF_USER, 1, 1, 0, 0, points});
    bench_kind("formula", (karvan_vdf){KARVAN_VDF_USER, 1, 1, 0, 0, formula});
    karvan_vdf_curve_destroy(points), karvan_vdf_curve_destroy(formula);
    return 0;
}
