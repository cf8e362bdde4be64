/* Gravity on panels of all pairs of countries in all years: exporter-year, importer-year and pair
 * effects, three regressors, standard errors clustered by pair. Every repetition is a process of
 * its own that reads the panel's CSV file and estimates, so that the peak is the whole program's;
 * a peer's command is run on the same file in turn with ours. JSON lines.
 *
 *   bench_gravity [--countries N] [--years T] [--threads K] [--repeat R] [--peer COMMAND]
 *                 [--file FILE] [--scale MOST]
 *
 * 150 countries, 30 years (675,000 rows), 1 thread, 5 repetitions unless told otherwise. --peer:
 * run as COMMAND FILE THREADS, prints seconds of estimation, of reading, and a deviance, as
 * peers/fixest.R does. --file: where the panel is written and left. --scale: sizes from 1e5 rows up
 * to MOST, by default once each.
 */
#define _DEFAULT_SOURCE /* wait4: what one child has used */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "karvan/gravity.h"
#include "synthetic_panel.h"
#include "timing.h"

enum { REPS_MOST = 99 };
static const uint64_t SEED = 20261123;
static const char *const FORMULA = "trade ~ rta + lntar + intl_trend | exp^year + imp^year + "
                                   "exp^imp";

typedef struct settings {
    int countries, years, threads, reps;
    const char *peer, *file;
    double scale; /* 0: one size */
} settings;

/* What one process tells: seconds and answers. */
typedef struct report {
    double estimate_s, read_s, whole_s, peak_mib, deviance, check;
    long long used, iterations, sweeps;
} report;

/* ---- ours, in a child ---- */

static karvan_status read_panel(const char *path, karvan_table **t, karvan_error *err) {
    static const karvan_column columns[] = {
        {"exp", KARVAN_INT, NULL},        {"imp", KARVAN_INT, NULL}, {"year", KARVAN_INT, NULL},
        {"trade", KARVAN_REAL, NULL},     {"rta", KARVAN_INT, NULL}, {"lntar", KARVAN_REAL, NULL},
        {"intl_trend", KARVAN_REAL, NULL}};
    static const char *const names[] = {"exp", "imp",   "year",      "trade",
                                        "rta", "lntar", "intl_trend"};
    karvan_csv_options o = {.n_columns = sizeof columns / sizeof *columns,
                            .columns = columns,
                            .n_only = sizeof names / sizeof *names,
                            .only = names,
                            .no_lines = true};
    return karvan_csv_read(path, "panel", &o, NULL, t, err);
}

static karvan_status estimate(const karvan_table *t, int threads, report *r, karvan_error *err) {
    karvan_gravity *g = NULL;
    karvan_gravity_options o = {
        .formula = FORMULA, .n_clusters = 1, .cluster = {"exp^imp"}, .threads = threads};
    double v[9];
    double begin = now_s();
    karvan_status st = karvan_gravity_fit(t, &o, &g, err);
    if (st == KARVAN_OK)
        st = karvan_gravity_vcov(g, KARVAN_SE_CLUSTER, KARVAN_SSC_FIXEST, 0, NULL, v, NULL, 0, err);
    r->estimate_s = now_s() - begin;
    if (st == KARVAN_OK) {
        karvan_gravity_stats s = karvan_gravity_statistics(g);
        int k = karvan_gravity_count(g);
        r->deviance = s.deviance, r->used = s.n, r->iterations = s.iterations;
        r->sweeps = s.sweeps;
        for (int i = 0; i < k; i++) r->check += karvan_gravity_estimate(g, i) + sqrt(v[i * k + i]);
    }
    karvan_gravity_destroy(g);
    return st;
}

static int ours(const char *path, int threads, int to) {
    report r = {0};
    karvan_table *t = NULL;
    karvan_error err = {0};
    double begin = now_s();
    karvan_status st = read_panel(path, &t, &err);
    r.read_s = now_s() - begin;
    if (st == KARVAN_OK) st = estimate(t, threads, &r, &err);
    if (st != KARVAN_OK) (void)fprintf(stderr, "%s\n", err.msg);
    karvan_table_destroy(t);
    return st == KARVAN_OK && write(to, &r, sizeof r) == (ssize_t)sizeof r ? EXIT_SUCCESS
                                                                           : EXIT_FAILURE;
}

/* ---- a process, ours or the peer's ---- */

static int peer(const char *command, const char *path, int threads, int to) {
    char line[2000];
    if (dup2(to, STDOUT_FILENO) < 0) return EXIT_FAILURE;
    (void)snprintf(line, sizeof line, "%s '%s' %d", command, path, threads);
    return execl("/bin/sh", "sh", "-c", line, (char *)NULL);
}

static bool told(const char *command, FILE *from, report *r) {
    if (!command) return fread(r, sizeof *r, 1, from) == 1;
    return fscanf(from, "%lf %lf %lf", &r->estimate_s, &r->read_s, &r->deviance) == 3;
}

static bool run_once(const char *command, const char *path, int threads, report *r) {
    int ends[2], how = 0;
    struct rusage used;
    if (fflush(stdout) != 0 || pipe(ends) != 0) return false;
    double begin = now_s();
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        _exit(command ? peer(command, path, threads, ends[1]) : ours(path, threads, ends[1]));
    }
    (void)close(ends[1]);
    *r = (report){0};
    FILE *from = fdopen(ends[0], "r");
    bool good = child > 0 && from && told(command, from, r);
    if (from) (void)fclose(from);
    if (child > 0 && wait4(child, &how, 0, &used) != child) return false;
    r->whole_s = now_s() - begin, r->peak_mib = (double)used.ru_maxrss / 1024;
    return good && how == 0;
}

static double median(const report *r, int n, size_t field, double *least) {
    double s[REPS_MOST];
    for (int i = 0; i < n; i++) s[i] = *(const double *)(const void *)((const char *)&r[i] + field);
    qsort(s, (size_t)n, sizeof *s, by_double);
    if (least) *least = s[0];
    return s[n / 2];
}

static void print(const char *name, const settings *s, const report *r) {
    double least, m = median(r, s->reps, offsetof(report, estimate_s), &least);
    printf("{\"bench\":\"%s\",\"rows\":%lld,\"countries\":%d,\"years\":%d,\"threads\":%d,"
           "\"reps\":%d,\"median_s\":%.4f,\"min_s\":%.4f,\"read_s\":%.4f,\"whole_s\":%.4f,"
           "\"peak_mib\":%.0f,\"deviance\":%.15g",
           name, (long long)s->countries * s->countries * s->years, s->countries, s->years,
           s->threads, s->reps, m, least, median(r, s->reps, offsetof(report, read_s), NULL),
           median(r, s->reps, offsetof(report, whole_s), NULL),
           median(r, s->reps, offsetof(report, peak_mib), NULL), r->deviance);
    if (r->used)
        printf(",\"used\":%lld,\"iterations\":%lld,\"sweeps\":%lld,\"check\":%.15g", r->used,
               r->iterations, r->sweeps, r->check);
    printf("}\n");
}

/* Ours and the peer's in turn on one file. */
static bool run_size(const settings *s, const char *path) {
    report mine[REPS_MOST], theirs[REPS_MOST];
    if (!panel_write(s->countries, s->years, SEED, path)) {
        perror(path);
        return false;
    }
    for (int i = 0; i < s->reps; i++) {
        if (!run_once(NULL, path, s->threads, &mine[i])) return false;
        if (mine[i].deviance != mine[0].deviance || mine[i].check != mine[0].check) {
            (void)fprintf(stderr, "repetitions differ\n");
            return false;
        }
        if (s->peer && !run_once(s->peer, path, s->threads, &theirs[i])) {
            (void)fprintf(stderr, "the peer failed: %s\n", s->peer);
            return false;
        }
    }
    print("gravity", s, mine);
    if (s->peer) {
        print("peer", s, theirs);
        printf("{\"bench\":\"peer_over_gravity\",\"estimate\":%.3f,\"whole\":%.3f,\"peak\":%.3f}\n",
               median(theirs, s->reps, offsetof(report, estimate_s), NULL) /
                   median(mine, s->reps, offsetof(report, estimate_s), NULL),
               median(theirs, s->reps, offsetof(report, whole_s), NULL) /
                   median(mine, s->reps, offsetof(report, whole_s), NULL),
               median(theirs, s->reps, offsetof(report, peak_mib), NULL) /
                   median(mine, s->reps, offsetof(report, peak_mib), NULL));
    }
    return fflush(stdout) == 0;
}

static bool run(const settings *s, const char *path) {
    static const int sizes[][2] = {{58, 30}, {100, 30}, {183, 30}, {250, 48}, {408, 60}, {500, 80}};
    if (s->scale <= 0) return run_size(s, path);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        settings one = *s;
        one.countries = sizes[i][0], one.years = sizes[i][1];
        if ((double)one.countries * one.countries * one.years > s->scale * 1.01) break;
        if (!run_size(&one, path)) return false;
    }
    return true;
}

/* false: the command line is wrong. */
static bool parse(int argc, char **argv, settings *s) {
    bool repeat = false;
    for (int i = 1; i + 1 < argc; i += 2) {
        double n = strtod(argv[i + 1], NULL);
        if (strcmp(argv[i], "--countries") == 0)
            s->countries = (int)n;
        else if (strcmp(argv[i], "--years") == 0)
            s->years = (int)n;
        else if (strcmp(argv[i], "--threads") == 0)
            s->threads = (int)n;
        else if (strcmp(argv[i], "--repeat") == 0)
            s->reps = (int)n, repeat = true;
        else if (strcmp(argv[i], "--peer") == 0)
            s->peer = argv[i + 1];
        else if (strcmp(argv[i], "--file") == 0)
            s->file = argv[i + 1];
        else if (strcmp(argv[i], "--scale") == 0)
            s->scale = n;
        else
            return false;
    }
    if (s->scale > 0 && !repeat) s->reps = 1;
    return argc % 2 == 1 && s->countries > 2 && s->countries <= 2000 && s->years > 1 &&
           s->years <= 1000 && s->threads > 0 && s->reps > 0 && s->reps <= REPS_MOST;
}

int main(int argc, char **argv) {
    settings s = {.countries = 150, .years = 30, .threads = 1, .reps = 5};
    char path[600];
    const char *tmp = getenv("TMPDIR");
    if (!parse(argc, argv, &s)) {
        (void)fprintf(stderr,
                      "usage: %s [--countries N] [--years T] [--threads K] [--repeat R] "
                      "[--peer COMMAND] [--file FILE] [--scale MOST]\n",
                      argv[0]);
        return 2;
    }
    (void)snprintf(path, sizeof path, "%s/karvan-bench-%ld.csv", tmp ? tmp : "/tmp",
                   (long)getpid());
    bool good = run(&s, s.file ? s.file : path);
    if (!s.file) (void)unlink(path);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
