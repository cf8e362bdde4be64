/* Joint memberships: from a compressed file of states, years and bodies to every pair and year.
 * The file has the shape of the Correlates of War's (about 200 states of up to 199 years, 534
 * bodies), drawn with a fixed seed; or it is one that is named. Each case runs in a process of its
 * own; seconds of the clock, the most memory, and the sum of joint memberships as a checksum. One
 * JSON line a case.
 *
 *   bench_joint [FILE.csv.gz]
 *
 * The peer, where R is installed: the same counts of the same file by matrix products, a year at a
 * time, as fast as base R does it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "karvan/memberships.h"
#include "peer.h"
#include "timing.h"

enum { REPS = 5, STATES = 240, YEARS = 199, BODIES = 534 };

/* ---- the file ---- */

/* A state in a body: since a year, with a status; before it 0, before the body was founded -1. */
static void put_row(gzFile f, karvan_random *r, const int *founded, const int *joined, int year) {
    char text[BODIES * 3 + 2], *s = text;
    for (int b = 0; b < BODIES; b++) {
        int code = year < founded[b] ? -1 : year < joined[b] ? 0 : 1 + joined[b] % 8 / 6;
        if (code >= 0 && karvan_random_below(r, 60) == 0) code = -9;
        *s++ = ',';
        if (code < 0) *s++ = '-', code = -code;
        *s++ = (char)('0' + code);
    }
    *s++ = '\n';
    (void)gzwrite(f, text, (unsigned)(s - text));
}

static long make_file(const char *path) {
    gzFile f = gzopen(path, "wb6");
    karvan_random r;
    int founded[BODIES];
    long rows = 0;
    if (!f) return -1;
    karvan_random_init(&r, 42, 0);
    (void)gzprintf(f, "ccode,year,state");
    for (int b = 0; b < BODIES; b++) {
        founded[b] = 60 + (int)karvan_random_below(&r, 130);
        (void)gzprintf(f, ",b%d", b);
    }
    (void)gzprintf(f, "\n");
    for (int s = 0; s < STATES; s++) {
        int joined[BODIES], first = (int)karvan_random_below(&r, YEARS);
        for (int b = 0; b < BODIES; b++)
            joined[b] =
                karvan_random_below(&r, 6) ? YEARS : founded[b] + (int)karvan_random_below(&r, 40);
        for (int year = first; year < YEARS; year++, rows++) {
            (void)gzprintf(f, "%d,%d,s%d", 2 + 4 * s, 1816 + year, s);
            put_row(f, &r, founded, joined, year);
        }
    }
    return gzclose(f) == Z_OK ? rows : -1;
}

/* ---- the cases ---- */

static int run(const char *name, const char *path, bool count) {
    double s[REPS];
    karvan_joint_totals t = {0};
    for (int i = 0; i < REPS; i++) {
        karvan_memberships *m = NULL;
        karvan_error e = {0};
        double begin = now_s();
        karvan_status st = karvan_memberships_read(path, NULL, &m, &e);
        if (st == KARVAN_OK && count) st = karvan_joint_sum(m, NULL, &t, &e);
        s[i] = now_s() - begin;
        karvan_memberships_destroy(m);
        if (st == KARVAN_OK) continue;
        (void)fprintf(stderr, "%s\n", e.msg);
        return EXIT_FAILURE;
    }
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    qsort(s, REPS, sizeof *s, by_double);
    printf("{\"bench\":\"%s\",\"dyad_years\":%lld,\"reps\":%d,\"median_s\":%.4f,\"min_s\":%.4f,"
           "\"peak_mib\":%ld,\"check\":%lld,\"check_most\":%lld}\n",
           name, (long long)t.rows, REPS, s[REPS / 2], s[0], u.ru_maxrss / 1024, (long long)t.joint,
           (long long)t.most);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Prints its seconds, its pairs and years and their sum. */
static void peer(const char *path) {
    char line[2048];
    (void)snprintf(
        line, sizeof line,
        "Rscript -e 't <- system.time({d <- read.csv(gzfile(\"%s\")); "
        "m <- as.matrix(d[, -(1:3)]); m <- (m == 1 | m == 2) + 0; n <- 0; s <- 0; "
        "for (y in unique(d$year)) {x <- m[d$year == y, , drop = FALSE]; p <- tcrossprod(x); "
        "u <- p[upper.tri(p)]; n <- n + length(u); s <- s + sum(u)}}); "
        "cat(t[[3]], n, sprintf(\"%%.0f\", s))' 2>/dev/null",
        path);
    if (!peer_says(line, line, sizeof line)) return;
    char *end;
    double s = strtod(line, &end);
    long n = strtol(end, &end, 10), sum = strtol(end, &end, 10);
    printf("{\"bench\":\"r_tcrossprod\",\"dyad_years\":%ld,\"reps\":1,\"median_s\":%.3f,"
           "\"check\":%ld}\n",
           n, s, sum);
    (void)fflush(stdout);
}

int main(int argc, char **argv) {
    const char *tmp = getenv("TMPDIR");
    char path[512];
    bool made = argc < 2;
    (void)snprintf(path, sizeof path, "%s/karvan-bench-%ld-joint.csv.gz", tmp ? tmp : "/tmp",
                   (long)getpid());
    if (!made) (void)snprintf(path, sizeof path, "%s", argv[1]);
    int status = made && make_file(path) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    for (int k = 0; status == EXIT_SUCCESS && k < 2; k++) {
        int how = 0;
        pid_t child = fork();
        if (child == 0) _exit(run(k ? "joint_read_and_count" : "joint_read", path, k == 1));
        if (child < 0 || waitpid(child, &how, 0) != child || how != 0) status = EXIT_FAILURE;
    }
    if (status == EXIT_SUCCESS) peer(path);
    if (made) (void)unlink(path);
    return status;
}
