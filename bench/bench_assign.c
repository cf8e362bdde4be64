/* Traffic assignment by the whole program: start, reading, solving, writing flows. `karvan assign`
 * and a peer's command run in turn, each in a process of its own; seconds on the wall and the peak
 * of memory are of the whole process. JSON lines.
 *
 *   bench_assign --network NET --trips TRIPS [--gap G] [--threads K] [--repeat R]
 *                [--toll-factor A] [--distance-factor B] [--method M] [--karvan PROGRAM]
 *                [--peer COMMAND] [--peer-flows FILE]
 *
 * Gap 1e-6, one thread, 5 repetitions unless told otherwise; PROGRAM is the karvan beside the
 * bench. COMMAND is run as it is, without a shell, words parted by blanks: it must be told network,
 * trips and gap by itself (tap-b: a file of parameters). --peer-flows: what the peer has written
 * then, as tap-b does, "(from,to) flow", or CSV from,to,volume: how far its flows are from ours.
 */
#define _DEFAULT_SOURCE /* wait4: what one child has used */
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timing.h"

enum { REPS_MOST = 99, WORDS_MOST = 40 };

typedef struct settings {
    const char *network, *trips, *gap, *threads, *toll, *distance, *method, *karvan, *peer,
        *peer_flows;
    int reps;
} settings;

typedef struct flows {
    long n, cap;
    int (*end)[2]; /* from, to */
    double *volume, sum, checksum;
} flows;

typedef struct report {
    double whole_s, peak_mib, user_s;
} report;

/* ---- a process ---- */

/* Its standard output goes to the file. */
static bool run_once(char *const *argv, const char *out, report *r) {
    int how = 0;
    struct rusage used;
    if (!argv[0]) return false;
    double begin = now_s();
    pid_t child = fork();
    if (child == 0) {
        int to = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (to < 0 || dup2(to, STDOUT_FILENO) < 0) _exit(127);
        (void)close(to);
        (void)execvp(argv[0], argv);
        _exit(127);
    }
    if (child < 0 || wait4(child, &how, 0, &used) != child) return false;
    r->whole_s = now_s() - begin, r->peak_mib = (double)used.ru_maxrss / 1024;
    r->user_s = (double)used.ru_utime.tv_sec + 1e-6 * (double)used.ru_utime.tv_usec;
    if (how == 0) return true;
    (void)fprintf(stderr, "%s failed (%d)\n", argv[0], WIFEXITED(how) ? WEXITSTATUS(how) : how);
    return false;
}

static void words(char *line, char **argv) {
    int n = 0;
    for (char *w = strtok(line, " "); w && n < WORDS_MOST; w = strtok(NULL, " ")) argv[n++] = w;
    argv[n] = NULL;
}

static void our_words(const settings *s, const char *flows_path, char **argv) {
    const char *const pairs[][2] = {
        {"--network", s->network}, {"--trips", s->trips},      {"--gap", s->gap},
        {"--threads", s->threads}, {"--toll-factor", s->toll}, {"--distance-factor", s->distance},
        {"--method", s->method},   {"--flows", flows_path},    {"--format", "json"}};
    int n = 0;
    argv[n++] = (char *)s->karvan, argv[n++] = "assign";
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][1]) argv[n++] = (char *)pairs[i][0], argv[n++] = (char *)pairs[i][1];
    argv[n] = NULL;
}

/* ---- what was written ---- */

static bool add_flow(flows *f, int from, int to, double volume) {
    if (f->n == f->cap) {
        f->cap = f->cap ? 2 * f->cap : 1024;
        void *end = realloc(f->end, (size_t)f->cap * sizeof *f->end);
        if (end) f->end = end;
        void *more = realloc(f->volume, (size_t)f->cap * sizeof *f->volume);
        if (more) f->volume = more;
        if (!end || !more) return false;
    }
    f->end[f->n][0] = from, f->end[f->n][1] = to, f->volume[f->n++] = volume;
    f->sum += volume, f->checksum += volume * (double)(f->n % 97 + 1);
    return true;
}

static bool read_flows(const char *path, flows *f) {
    char line[400];
    int from, to;
    double volume;
    bool good = true;
    FILE *in = fopen(path, "r");
    f->n = 0, f->sum = f->checksum = 0;
    while (in && good && fgets(line, sizeof line, in))
        if (sscanf(line, " (%d,%d) %lf", &from, &to, &volume) == 3 ||
            sscanf(line, "%d,%d,%lf", &from, &to, &volume) == 3)
            good = add_flow(f, from, to, volume);
    if (in) (void)fclose(in);
    return in && good && f->n > 0;
}

/* The most that a link differs, over the most that any carries; both list links as the network has
 * them. NaN: other links. */
static double far_apart(const flows *a, const flows *b) {
    double most = 0, apart = a->n == b->n ? 0 : NAN;
    for (long i = 0; i < a->n && a->n == b->n; i++) {
        if (memcmp(a->end[i], b->end[i], sizeof *a->end) != 0) return NAN;
        most = fmax(most, fabs(a->volume[i]));
        apart = fmax(apart, fabs(a->volume[i] - b->volume[i]));
    }
    return most > 0 ? apart / most : apart;
}

/* A number of the answer of karvan assign --format json. */
static double answered(const char *path, const char *name) {
    char text[4000], key[60];
    FILE *in = fopen(path, "r");
    size_t n = in ? fread(text, 1, sizeof text - 1, in) : 0;
    if (in) (void)fclose(in);
    text[n] = 0;
    (void)snprintf(key, sizeof key, "\"%s\": ", name);
    const char *at = strstr(text, key);
    return at ? strtod(at + strlen(key), NULL) : NAN;
}

/* ---- the whole ---- */

static double median(const report *r, int n, size_t field, double *least) {
    double v[REPS_MOST];
    for (int i = 0; i < n; i++) v[i] = *(const double *)(const void *)((const char *)&r[i] + field);
    qsort(v, (size_t)n, sizeof *v, by_double);
    if (least) *least = v[0];
    return v[n / 2];
}

static void print_times(const char *name, const settings *s, const report *r) {
    double least, m = median(r, s->reps, offsetof(report, whole_s), &least);
    printf("{\"bench\":\"%s\",\"gap\":%s,\"threads\":%s,\"reps\":%d,\"median_s\":%.4f,"
           "\"min_s\":%.4f,\"user_s\":%.4f,\"peak_mib\":%.1f",
           name, s->gap, s->threads, s->reps, m, least,
           median(r, s->reps, offsetof(report, user_s), NULL),
           median(r, s->reps, offsetof(report, peak_mib), NULL));
}

static void print_flows(const flows *f) {
    printf(",\"links\":%ld,\"volume\":%.9g,\"check\":%.12g", f->n, f->sum, f->checksum);
}

static void print(const settings *s, const report *mine, const report *theirs, const flows *ours,
                  const flows *peers, const char *answer) {
    print_times("assign", s, mine);
    print_flows(ours);
    printf(",\"relative_gap\":%.4g,\"objective\":%.15g,\"iterations\":%.0f,\"read_s\":%.4f,"
           "\"solve_s\":%.4f}\n",
           answered(answer, "relative_gap"), answered(answer, "objective"),
           answered(answer, "iterations"), answered(answer, "seconds_read"),
           answered(answer, "seconds_solve"));
    if (!s->peer) return;
    print_times("peer", s, theirs);
    if (peers->n > 0) {
        double apart = far_apart(ours, peers);
        print_flows(peers);
        if (isfinite(apart)) printf(",\"apart\":%.3g", apart);
    }
    printf("}\n{\"bench\":\"peer_over_assign\",\"whole\":%.3f,\"user\":%.3f,\"peak\":%.3f}\n",
           median(theirs, s->reps, offsetof(report, whole_s), NULL) /
               median(mine, s->reps, offsetof(report, whole_s), NULL),
           median(theirs, s->reps, offsetof(report, user_s), NULL) /
               median(mine, s->reps, offsetof(report, user_s), NULL),
           median(theirs, s->reps, offsetof(report, peak_mib), NULL) /
               median(mine, s->reps, offsetof(report, peak_mib), NULL));
}

static bool run(const settings *s, const char *dir) {
    report mine[REPS_MOST], theirs[REPS_MOST];
    flows ours = {0}, peers = {0};
    char *argv[WORDS_MOST + 1], *peer[WORDS_MOST + 1], line[4000] = "", path[700], answer[700];
    (void)snprintf(path, sizeof path, "%s/flows.csv", dir);
    (void)snprintf(answer, sizeof answer, "%s/answer.json", dir);
    our_words(s, path, argv);
    if (s->peer) (void)snprintf(line, sizeof line, "%s", s->peer), words(line, peer);
    bool good = true;
    double first = 0;
    for (int i = 0; i < s->reps && good; i++) {
        good = run_once(argv, answer, &mine[i]) && read_flows(path, &ours);
        if (i == 0) first = ours.checksum;
        if (good && ours.checksum != first)
            good = false, (void)fprintf(stderr, "repetitions differ\n");
        if (s->peer) good = good && run_once(peer, "/dev/null", &theirs[i]);
    }
    if (good && s->peer_flows && !read_flows(s->peer_flows, &peers))
        good = false, (void)fprintf(stderr, "%s: no flows\n", s->peer_flows);
    if (good) print(s, mine, theirs, &ours, &peers, answer);
    free(ours.end), free(ours.volume), free(peers.end), free(peers.volume);
    (void)unlink(path), (void)unlink(answer);
    return good && fflush(stdout) == 0;
}

/* false: the command line is wrong. */
static bool parse(int argc, char **argv, settings *s) {
    const struct {
        const char *name, **value;
    } known[] = {{"--network", &s->network},  {"--trips", &s->trips},
                 {"--gap", &s->gap},          {"--threads", &s->threads},
                 {"--toll-factor", &s->toll}, {"--distance-factor", &s->distance},
                 {"--method", &s->method},    {"--karvan", &s->karvan},
                 {"--peer", &s->peer},        {"--peer-flows", &s->peer_flows}};
    for (int i = 1; i + 1 < argc; i += 2) {
        bool found = strcmp(argv[i], "--repeat") == 0;
        if (found) s->reps = (int)strtol(argv[i + 1], NULL, 10);
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (strcmp(argv[i], known[k].name) == 0) found = true, *known[k].value = argv[i + 1];
        if (!found) return false;
    }
    return argc % 2 == 1 && s->network && s->trips && s->reps > 0 && s->reps <= REPS_MOST &&
           (s->peer || !s->peer_flows);
}

int main(int argc, char **argv) {
    const char *tmp = getenv("TMPDIR"), *slash = strrchr(argv[0], '/');
    char dir[600], beside[600];
    (void)snprintf(beside, sizeof beside, "%.*skarvan", slash ? (int)(slash - argv[0]) + 1 : 0,
                   argv[0]);
    settings s = {.gap = "1e-6", .threads = "1", .karvan = beside, .reps = 5};
    if (!parse(argc, argv, &s)) {
        (void)fprintf(stderr,
                      "usage: %s --network NET --trips TRIPS [--gap G] [--threads K] [--repeat R] "
                      "[--toll-factor A] [--distance-factor B] [--method M] [--karvan PROGRAM] "
                      "[--peer COMMAND] [--peer-flows FILE]\n",
                      argv[0]);
        return 2;
    }
    (void)snprintf(dir, sizeof dir, "%s/karvan-bench-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(dir)) {
        perror(dir);
        return EXIT_FAILURE;
    }
    bool good = run(&s, dir);
    (void)rmdir(dir);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
