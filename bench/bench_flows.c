/* Reading a BACI-shaped file into grouped flows: rows of t,i,j,k,v,q as CEPII writes and sorts
 * them, with a fixed seed, summed by exporter, importer and year. Each case runs in a process of
 * its own; seconds of the clock and of the processor, the most memory, and a checksum (the sum of
 * all values), which all cases share. One JSON line a case.
 *
 *   bench_flows [MEGABYTES]      (default 1000)
 *
 * The peer, where it is installed: Debian's r-cran-data.table, fread and a grouped sum of the same
 * file, on one thread and on two.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exchange/areas.h"
#include "exchange/intake.h"
#include "peer.h"
#include "timing.h"

enum { REPS = 5, COUNTRIES = 220, ROOM = 1 << 16 };

typedef struct bench_case {
    const char *name, *by;
    int threads;
    bool no_quick;
} bench_case;

/* ---- the file ---- */

static char *put(char *s, uint32_t v) {
    char digits[10];
    int n = 0;
    do digits[n++] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    while (n > 0) *s++ = digits[--n];
    return s;
}

static char *put_decimal(char *s, uint32_t whole, uint32_t thousandths) {
    s = put(s, whole);
    *s++ = '.', *s++ = (char)('0' + thousandths / 100);
    *s++ = (char)('0' + thousandths / 10 % 10), *s++ = (char)('0' + thousandths % 10);
    return s;
}

/* Rows of one pair in one year, products going up; a quantity in twenty is not available. */
static bool write_pair(FILE *f, karvan_random *r, uint32_t t, int i, int j, long *bytes) {
    char text[ROOM], *s = text;
    uint32_t step = 1000 + (uint32_t)karvan_random_below(r, 30000);
    for (uint32_t k = 10110; k < 980000; k += 1 + (uint32_t)karvan_random_below(r, step)) {
        uint64_t v = karvan_random_u64(r);
        if (text + sizeof text - s < 64) {
            if (fwrite(text, 1, (size_t)(s - text), f) != (size_t)(s - text)) return false;
            *bytes += s - text, s = text;
        }
        s = put(s, t), *s++ = ',', s = put(s, (uint32_t)i), *s++ = ',', s = put(s, (uint32_t)j);
        *s++ = ',', s = put(s, k), *s++ = ',';
        s = put_decimal(s, (uint32_t)(v & 0xFFFF) >> (v >> 60),
                        (uint32_t)(v >> 16 & 0xFFFF) % 1000);
        *s++ = ',';
        if (v >> 32 & 15)
            s = put_decimal(s, (uint32_t)(v >> 36 & 0xFFF), (uint32_t)(v >> 48 & 0xFFF) % 1000);
        else
            *s++ = 'N', *s++ = 'A';
        *s++ = '\n';
    }
    *bytes += s - text;
    return fwrite(text, 1, (size_t)(s - text), f) == (size_t)(s - text);
}

/* Each label once, that groups are those of the codes. */
static bool is_iso(int code, const char *label) {
    karvan_i_area a;
    for (int c = 0; c < code; c++)
        if (karvan_i_area_of(c, &a) && strcmp(a.label, label) == 0) return false;
    return true;
}

static long make_file(const char *path, long wanted) {
    int code[COUNTRIES], n = 0;
    long bytes = 12;
    karvan_i_area a;
    karvan_random r;
    FILE *f = fopen(path, "w");
    if (!f) return -1;
    for (int c = 1; n < COUNTRIES && c < 1000; c++)
        if (karvan_i_area_of(c, &a) && is_iso(c, a.label)) code[n++] = c;
    karvan_random_init(&r, 42, 0);
    bool good = fputs("t,i,j,k,v,q\n", f) >= 0;
    for (uint32_t t = 2012; good && bytes < wanted; t++)
        for (int i = 0; i < n; i++)
            for (int j = 0; good && j < n && bytes < wanted; j++)
                if (i != j) good = write_pair(f, &r, t, code[i], code[j], &bytes);
    return fclose(f) == 0 && good ? bytes : -1;
}

/* ---- the cases ---- */

static double cpu_s(const struct rusage *u) {
    return (double)u->ru_utime.tv_sec + (double)u->ru_stime.tv_sec +
           1e-6 * (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec);
}

static int run(const bench_case *k, const char *path, long bytes) {
    double s[REPS], check = 0;
    int64_t groups = 0;
    karvan_flows_tally tally = {0};
    struct rusage before, after;
    const karvan_flows_options o = {.by = k->by, .threads = k->threads};
    (void)getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < REPS; i++) {
        karvan_table *t = NULL;
        karvan_error e = {0};
        double begin = now_s();
        if (karvan_i_flows_read(path, NULL, 0, &o, k->no_quick, NULL, &tally, NULL, &t, &e) !=
            KARVAN_OK) {
            (void)fprintf(stderr, "%s\n", e.msg);
            return EXIT_FAILURE;
        }
        s[i] = now_s() - begin;
        const double *v = karvan_table_real_view(t, karvan_table_find(t, "value"));
        check = 0, groups = karvan_table_rows(t);
        for (int64_t g = 0; g < groups; g++) check += v[g];
        karvan_table_destroy(t);
    }
    (void)getrusage(RUSAGE_SELF, &after);
    qsort(s, REPS, sizeof *s, by_double);
    double mb = (double)bytes / 1e6, cpu = (cpu_s(&after) - cpu_s(&before)) / REPS;
    printf("{\"bench\":\"%s\",\"mb\":%.0f,\"rows\":%lld,\"groups\":%lld,\"threads\":%d,\"reps\":%d,"
           "\"median_s\":%.3f,\"min_s\":%.3f,\"cpu_s\":%.3f,\"mb_per_s\":%.0f,"
           "\"mb_per_cpu_s\":%.0f,\"peak_mib\":%ld,\"check\":%.3f}\n",
           k->name, mb, (long long)tally.rows, (long long)groups, k->threads, REPS, s[REPS / 2],
           s[0], cpu, mb / s[REPS / 2], mb / cpu, after.ru_maxrss / 1024, check);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The peer prints its seconds and its checksum. */
static void peer(const char *path, long bytes, int threads) {
    char line[1024];
    double s = 0, cpu = 0, check = 0;
    long groups = 0;
    (void)snprintf(
        line, sizeof line,
        "Rscript -e 'suppressMessages(library(data.table)); setDTthreads(%d); "
        "t <- system.time({d <- fread(\"%s\", showProgress = FALSE); "
        "g <- d[, .(v = sum(v)), by = .(t, i, j)]}); "
        "cat(t[[3]], t[[1]] + t[[2]], nrow(g), sprintf(\"%%.6f\", sum(g$v)))' 2>/dev/null",
        threads, path);
    if (!peer_says(line, line, sizeof line)) return;
    char *end;
    s = strtod(line, &end), cpu = strtod(end, &end), groups = strtol(end, &end, 10);
    check = strtod(end, &end);
    double mb = (double)bytes / 1e6;
    printf("{\"bench\":\"data.table_fread_sum\",\"groups\":%ld,\"threads\":%d,\"reps\":1,"
           "\"median_s\":%.3f,\"cpu_s\":%.3f,\"mb_per_s\":%.0f,\"mb_per_cpu_s\":%.0f,\"check\":%."
           "6f}\n",
           groups, threads, s, cpu, mb / s, mb / cpu, check);
    (void)fflush(stdout);
}

int main(int argc, char **argv) {
    static const bench_case cases[] = {
        {"flows_pairs", NULL, 1, false},
        {"flows_pairs_two_threads", NULL, 2, false},
        {"flows_chapters", "exporter,importer,year,product2", 1, false},
        {"flows_importers", "importer,year", 1, false},
        {"flows_pairs_general_reader", NULL, 1, true},
    };
    long wanted = (argc > 1 ? strtol(argv[1], NULL, 10) : 1000) * 1000000L;
    const char *tmp = getenv("TMPDIR");
    char path[512];
    if (wanted <= 0) return EXIT_FAILURE;
    (void)snprintf(path, sizeof path, "%s/karvan-bench-%ld-baci.csv", tmp ? tmp : "/tmp",
                   (long)getpid());
    long bytes = make_file(path, wanted);
    int status = bytes < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    for (size_t i = 0; status == EXIT_SUCCESS && i < sizeof cases / sizeof cases[0]; i++) {
        int how = 0;
        pid_t child = fork();
        if (child == 0) _exit(run(&cases[i], path, bytes));
        if (child < 0 || waitpid(child, &how, 0) != child || how != 0) status = EXIT_FAILURE;
    }
    for (int threads = 1; status == EXIT_SUCCESS && threads <= 2; threads++)
        peer(path, bytes, threads);
    (void)unlink(path);
    return status;
}
