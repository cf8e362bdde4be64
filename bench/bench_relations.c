/* Pairs of the region that ships, year by year, from its files on: opening the tables that this
 * needs, all measures of all pairs in both directions, the rows behind them, the index with 1000
 * draws of weights, each also as the text that is printed; then the program itself, from its start
 * to its end. Fixed seed; median and least of the repetitions, and a checksum (bytes written). One
 * JSON line a case.
 *
 *   bench_relations [PROGRAM]      (default: karvan beside it)
 */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "karvan/karvan.h"
#include "timing.h"

enum { REPS = 20 };

static const char *const tables[] = {
    "countries",   "organisations", "kinds",          "claims",    "parties",
    "memberships", "agreements",    "coverage",       "trade",     "indicators",
    "places",      "capitals",      "relation_index", "distances", "agreement_parties",
    NULL};

static int by_time(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void told(const char *name, double *s, int threads, long check) {
    qsort(s, REPS, sizeof *s, by_time);
    (void)printf("{\"bench\":\"%s\",\"threads\":%d,\"reps\":%d,\"median_s\":%.6f,\"min_s\":%.6f,"
                 "\"check\":%ld}\n",
                 name, threads, REPS, s[REPS / 2], s[0], check);
}

static karvan_package *opened(void) {
    karvan_package *region = NULL;
    karvan_problems *problems = NULL;
    if (karvan_problems_create(&problems, NULL) == KARVAN_OK)
        (void)karvan_package_open_some(KARVAN_SOURCEDIR "/regions/caspian", tables, problems,
                                       &region, NULL);
    karvan_problems_destroy(problems);
    return region;
}

static long written(const karvan_table *t) {
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (!f || karvan_table_write(t, KARVAN_FORMAT_CSV, 0, f, NULL) != KARVAN_OK) exit(1);
    (void)fclose(f);
    free(text);
    return (long)n;
}

typedef karvan_status (*table_fn)(const karvan_package *region, int threads, karvan_table **out);

static karvan_status make_dyads(const karvan_package *region, int threads, karvan_table **out) {
    karvan_dyads_query q = {0};
    (void)threads;
    return karvan_dyads_table(region, &q, out, NULL);
}
static karvan_status make_trace(const karvan_package *region, int threads, karvan_table **out) {
    karvan_dyads_query q = {0};
    (void)threads;
    return karvan_dyads_trace(region, &q, out, NULL);
}
static karvan_status make_index(const karvan_package *region, int threads, karvan_table **out) {
    karvan_index_query q = {.draws = 1000, .seed = 1, .threads = threads};
    return karvan_relation_index(region, &q, out, NULL);
}

static void time_table(const karvan_package *region, const char *name, const char *printing,
                       table_fn make, int threads) {
    double made[REPS], put[REPS];
    long check = 0, rows = 0;
    for (int i = 0; i < REPS; i++) {
        karvan_table *t = NULL;
        double a = now_s();
        if (make(region, threads, &t) != KARVAN_OK) exit(1);
        double b = now_s();
        check = written(t), rows = (long)karvan_table_rows(t);
        put[i] = now_s() - b, made[i] = b - a;
        karvan_table_destroy(t);
    }
    told(name, made, threads, rows);
    if (printing) told(printing, put, 1, check);
}

static void time_program(const char *program, const char *name, char *const argument[]) {
    double s[REPS];
    long check = 0;
    for (int i = 0; i < REPS; i++) {
        int ends[2];
        char room[1 << 16];
        if (pipe(ends) != 0) exit(1);
        double a = now_s();
        pid_t child = fork();
        if (child == 0) {
            (void)dup2(ends[1], 1), (void)close(ends[0]), (void)close(ends[1]);
            (void)execv(program, argument);
            _exit(127);
        }
        (void)close(ends[1]);
        check = 0;
        for (ssize_t n; (n = read(ends[0], room, sizeof room)) > 0;) check += n;
        int status = 0;
        (void)waitpid(child, &status, 0), (void)close(ends[0]);
        if (status != 0) exit(1);
        s[i] = now_s() - a;
    }
    told(name, s, 0, check);
}

int main(int argc, char **argv) {
    char self[4096], program[4200];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0) return 1;
    self[n] = 0;
    (void)snprintf(program, sizeof program, "%s/karvan", dirname(self));
    double s[REPS];
    for (int i = 0; i < REPS; i++) {
        double a = now_s();
        karvan_package *region = opened();
        s[i] = now_s() - a;
        if (!region) return 1;
        karvan_package_destroy(region);
    }
    told("region_open_some", s, 1, 0);
    karvan_package *region = opened();
    time_table(region, "dyads_table", "dyads_table_csv", make_dyads, 1);
    time_table(region, "dyads_trace", "dyads_trace_csv", make_trace, 1);
    time_table(region, "relation_index", "relation_index_csv", make_index, 1);
    time_table(region, "relation_index", NULL, make_index, 2);
    karvan_package_destroy(region);
    char *const index[] = {"karvan", "relations", "--years", "1991/2025", NULL};
    char *const dyads[] = {"karvan", "dyads", "--format", "csv", NULL};
    char *const trace[] = {"karvan", "dyads", "--trace", NULL};
    char *const trace_csv[] = {"karvan", "dyads", "--trace", "--format", "csv", NULL};
    char *const trace_json[] = {"karvan", "dyads", "--trace", "--format", "json", NULL};
    char *const joint[] = {"karvan", "dyads", "--joint", "--trace", NULL};
    const char *at = argc > 1 ? argv[1] : program;
    time_program(at, "karvan relations --years 1991/2025", index);
    time_program(at, "karvan dyads --format csv", dyads);
    time_program(at, "karvan dyads --trace", trace);
    time_program(at, "karvan dyads --trace --format csv", trace_csv);
    time_program(at, "karvan dyads --trace --format json", trace_json);
    time_program(at, "karvan dyads --joint --trace", joint);
    return 0;
}
