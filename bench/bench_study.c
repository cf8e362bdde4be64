/* The what-if on a region: opening a study of all improvements that have rows, then draws of it.
 * One JSON line each; the check is the benefit of all cases, added up.
 *
 *   bench_study [--least TEU] REGION [DRAWS [THREADS [CASE...]]]
 *
 * --least: flows below so many TEU a day are drawn together (default: as the region has it).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "karvan/study.h"
#include "timing.h"

enum { MOST = 100 };

typedef struct sums {
    const karvan_study *s;
    double benefit;
    int64_t failed, taken;
} sums;

static karvan_status take(void *ctx, const karvan_study_answer *a, karvan_error *err) {
    sums *t = ctx;
    int n = karvan_study_measures(t->s), at = karvan_study_find(t->s, "benefit", "");
    (void)err;
    for (int c = 0; c < karvan_study_cases(t->s); c++)
        if (!isnan(a->levels[c * n + at])) t->benefit += a->levels[c * n + at];
    t->failed += a->failed, t->taken++;
    return KARVAN_OK;
}

static double processor_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static long peak_mib(void) {
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss / 1024;
}

static int all_cases(const karvan_package *region, const char **cases) {
    const karvan_table *t = karvan_package_table(region, "scenarios"),
                       *of = karvan_package_table(region, "interventions");
    int n = 0, c = karvan_table_find(t, "intervention"), id = karvan_table_find(of, "id");
    int kind = karvan_table_find(of, "kind");
    for (int64_t i = 0; i < karvan_table_rows(of) && n < MOST; i++)
        for (int64_t r = 0;
             strcmp(karvan_table_text(of, kind, i), "improvement") == 0 && r < karvan_table_rows(t);
             r++)
            if (strcmp(karvan_table_text(t, c, r), karvan_table_text(of, id, i)) == 0) {
                cases[n++] = karvan_table_text(of, id, i);
                break;
            }
    return n;
}

int main(int argc, char **argv) {
    karvan_error e = {0};
    karvan_package *region = NULL;
    karvan_problems *problems = NULL;
    karvan_study_options o;
    karvan_study *s = NULL;
    const char *cases[MOST];
    const char *least = argc > 2 && strcmp(argv[1], "--least") == 0 ? argv[2] : NULL;
    if (least) argv += 2, argc -= 2;
    int64_t n = argc > 2 ? atoll(argv[2]) : 20, *draws = calloc((size_t)n + 1, sizeof *draws);
    int n_cases = 0;
    if (argc < 2 || karvan_problems_create(&problems, &e) != KARVAN_OK ||
        karvan_package_open(argv[1], problems, &region, &e) != KARVAN_OK ||
        karvan_study_defaults(region, &o, &e) != KARVAN_OK)
        return (void)fprintf(stderr, "bench_study: %s\n", e.msg), 1;
    if (least) o.least_teu_day = atof(least);
    o.threads = argc > 3 ? atoi(argv[3]) : 1;
    for (int i = 4; i < argc; i++) cases[n_cases++] = argv[i];
    if (n_cases == 0) n_cases = all_cases(region, cases);
    double began = now_s(), used = processor_s();
    if (karvan_study_open(argv[1], &o, n_cases, cases, &s, &e) != KARVAN_OK)
        return (void)fprintf(stderr, "bench_study: %s\n", e.msg), 1;
    karvan_study_stats base = karvan_study_statistics(s, -1);
    printf("{\"bench\": \"study_open\", \"cases\": %d, \"pairs\": %d, \"routes\": %lld, "
           "\"threads\": %d, "
           "\"s\": %.3f, \"processor_s\": %.3f, \"peak_mib\": %ld}\n",
           n_cases, (int)base.pairs, (long long)base.routes, o.threads, now_s() - began,
           processor_s() - used, peak_mib());
    for (int64_t i = 0; i < n; i++) draws[i] = i + 1;
    sums t = {.s = s};
    const karvan_study_how how = {.seed = 1, .threads = o.threads};
    began = now_s(), used = processor_s();
    if (karvan_study_run(s, &how, n, draws, take, &t, &e) != KARVAN_OK)
        return (void)fprintf(stderr, "bench_study: %s\n", e.msg), 1;
    double wall = now_s() - began, spent = processor_s() - used;
    printf("{\"bench\": \"study_draws\", \"draws\": %lld, \"s\": %.3f, \"processor_s\": %.3f, "
           "\"ms_a_solve\": %.3f, \"failed\": %lld, \"peak_mib\": %ld, \"check\": %.6e}\n",
           (long long)n, wall, spent, 1e3 * spent / (double)(n * (n_cases + 1) + 1),
           (long long)t.failed, peak_mib(), t.benefit);
    karvan_study_close(s);
    karvan_package_destroy(region);
    karvan_problems_destroy(problems);
    free(draws);
    return 0;
}
