/* Reading CSV: speed in MB/s on one core, and peak memory over the columns that it leaves. Each
 * case runs in a process of its own, so that the peak is its own. One JSON line a case.
 *
 *   bench_csv [MEGABYTES]      (default 120)
 *
 * Peers that are installed (Debian's r-cran-data.table, python3-pandas) read the same file of
 * numbers in the same run, on one thread.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "karvan/table.h"
#include "peer.h"
#include "timing.h"

enum { REPS = 5, COLUMNS = 10 };

typedef struct bench_case {
    const char *name;
    bool declared, text, write;
} bench_case;

/* Whole numbers in the even columns, two to nine decimals in the odd ones; with text every fifth
 * column holds one of a thousand names. */
static long make_file(const char *path, long bytes, bool text) {
    FILE *f = fopen(path, "w");
    if (!f) return -1;
    long n = 0;
    karvan_random r;
    karvan_random_init(&r, 42, text);
    for (int c = 0; c < COLUMNS; c++) n += fprintf(f, c ? ",c%d" : "c%d", c + 1);
    n += fprintf(f, "\n");
    while (n < bytes)
        for (int c = 0; c < COLUMNS; c++) {
            uint64_t v = karvan_random_u64(&r);
            const char *comma = c ? "," : "", *end = c + 1 == COLUMNS ? "\n" : "";
            int digits = 2 + (int)(v >> 60) % 8;
            if (text && c % 5 == 4)
                n += fprintf(f, "%sname %d%s", comma, (int)(v % 1000), end);
            else if (c % 2 == 0)
                n += fprintf(f, "%s%s%d%s", comma, v & 1 ? "-" : "",
                             (int)(v >> 8) & ((1 << (c + 10)) - 1), end);
            else
                n +=
                    fprintf(f, "%s%d.%0*d%s", comma, (int)(v >> 8) & 0xFFFF, digits,
                            (int)(v >> 24 & 0xFFFFFF) % (int)pow(10, digits < 7 ? digits : 7), end);
        }
    return fclose(f) == 0 ? n : -1;
}

static double checksum(const karvan_table *t) {
    double sum = 0;
    for (int c = 0; c < karvan_table_columns(t); c++) {
        karvan_type type = karvan_table_column(t, c).type;
        for (int64_t r = 0; r < karvan_table_rows(t); r++)
            sum += type == KARVAN_TEXT ? (double)karvan_table_code(t, c, r)
                                       : karvan_table_real(t, c, r);
    }
    return sum;
}

static long peak_kib(void) {
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

static int run(const bench_case *k, const char *path, long bytes) {
    static const char *const names[COLUMNS] = {"c1", "c2", "c3", "c4", "c5",
                                               "c6", "c7", "c8", "c9", "c10"};
    karvan_column columns[COLUMNS];
    double s[REPS], check = 0, held = 0;
    long start = peak_kib(), peak = 0;
    int64_t rows = 0;
    for (int c = 0; c < COLUMNS; c++)
        columns[c] = (karvan_column){names[c],
                                     k->text && c % 5 == 4 ? KARVAN_TEXT
                                     : c % 2 == 0          ? KARVAN_INT
                                                           : KARVAN_REAL,
                                     NULL};
    karvan_csv_options o = {.n_columns = k->declared ? COLUMNS : 0, .columns = columns};
    for (int r = 0; r < REPS; r++) {
        karvan_table *t = NULL;
        karvan_error e = {0};
        double begin = now_s();
        if (karvan_csv_read(path, "bench", &o, NULL, &t, &e) != KARVAN_OK) {
            (void)fprintf(stderr, "%s\n", e.msg);
            return EXIT_FAILURE;
        }
        s[r] = now_s() - begin;
        if (r == 0) peak = peak_kib() - start, held = (double)karvan_table_bytes(t) / 1024;
        if (k->write) {
            FILE *null = fopen("/dev/null", "w");
            begin = now_s();
            if (!null || karvan_table_write(t, KARVAN_FORMAT_CSV, 0, null, &e) != KARVAN_OK)
                return EXIT_FAILURE;
            s[r] = now_s() - begin;
            (void)fclose(null);
        }
        check = checksum(t), rows = karvan_table_rows(t);
        karvan_table_destroy(t);
    }
    qsort(s, REPS, sizeof *s, by_double);
    double mb = (double)bytes / 1e6;
    printf(
        "{\"bench\":\"%s\",\"mb\":%.1f,\"rows\":%lld,\"reps\":%d,\"median_s\":%.4f,\"min_s\":%.4f,"
        "\"mb_per_s\":%.0f,\"table_kib\":%.0f,\"peak_over_table\":%.3f,\"check\":%.6g}\n",
        k->name, mb, (long long)rows, REPS, s[REPS / 2], s[0], mb / s[REPS / 2], held,
        (double)peak / held, check);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The seconds of REPS readings, as the peer prints them, one a line; nothing where it is absent. */
static void peer(const char *name, const char *command, const char *path, long bytes) {
    char line[1200];
    double s[REPS];
    (void)snprintf(line, sizeof line, command, path);
    if (!peer_times(line, s, REPS)) return;
    qsort(s, REPS, sizeof *s, by_double);
    printf("{\"bench\":\"%s\",\"reps\":%d,\"median_s\":%.4f,\"min_s\":%.4f,\"mb_per_s\":%.0f}\n",
           name, REPS, s[REPS / 2], s[0], (double)bytes / 1e6 / s[REPS / 2]);
}

static void peers(const char *path, long bytes) {
    peer("fread_numeric_one_thread",
         "Rscript -e 'suppressMessages(library(data.table)); setDTthreads(1); for (i in 1:5) "
         "cat(system.time(fread(\"%s\", showProgress = FALSE))[[3]], \"\\n\")' 2>/dev/null",
         path, bytes);
    peer("pandas_numeric",
         "/usr/bin/python3 -c 'import pandas, time; [print((lambda t: (pandas.read_csv(\"%s\"), "
         "time.time() - t)[1])(time.time())) for i in range(5)]' 2>/dev/null",
         path, bytes);
}

int main(int argc, char **argv) {
    static const bench_case cases[] = {{"csv_read_numeric_declared", true, false, false},
                                       {"csv_read_numeric_inferred", false, false, false},
                                       {"csv_read_mixed_declared", true, true, false},
                                       {"csv_read_mixed_inferred", false, true, false},
                                       {"csv_write_numeric", true, false, true}};
    long wanted = (argc > 1 ? strtol(argv[1], NULL, 10) : 120) * 1000000L;
    const char *tmp = getenv("TMPDIR");
    char path[2][512];
    long bytes[2];
    int status = EXIT_SUCCESS;
    if (wanted <= 0) return EXIT_FAILURE;
    for (int i = 0; i < 2; i++) {
        (void)snprintf(path[i], sizeof path[i], "%s/karvan-bench-%ld-%d.csv", tmp ? tmp : "/tmp",
                       (long)getpid(), i);
        bytes[i] = make_file(path[i], wanted, i == 1);
        if (bytes[i] < 0) status = EXIT_FAILURE;
    }
    for (size_t i = 0; status == EXIT_SUCCESS && i < sizeof cases / sizeof cases[0]; i++) {
        int how = 0;
        pid_t child = fork();
        if (child == 0) _exit(run(&cases[i], path[cases[i].text], bytes[cases[i].text]));
        if (child < 0 || waitpid(child, &how, 0) != child || how != 0) status = EXIT_FAILURE;
    }
    if (status == EXIT_SUCCESS) peers(path[0], bytes[0]);
    for (int i = 0; i < 2; i++) (void)unlink(path[i]);
    return status;
}
