/* Streaming sums of a file of events: 20 columns as ICEWS has them, made with a fixed seed, summed
 * by directed pair and year. Each case runs in a process of its own; seconds of the clock and of
 * the processor, megabytes a second of processor, the most memory, and a checksum (events and the
 * sum of their scores), which all cases of one file share. One JSON line a case.
 *
 *   bench_events [ROWS [REPS]]      (default 2000000 rows, about 390 MB in $TMPDIR; 5 repetitions)
 *
 * The peer, where it is installed: Debian's r-cran-data.table, fread of the five columns that are
 * needed and a grouped sum, on one thread and on two.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exchange/import.h"
#include "karvan/exchange.h"
#include "peer.h"
#include "record/events.h"
#include "timing.h"

enum { REPS_MOST = 20, COUNTRIES = 195, YEARS = 29, ROOM = 1 << 16, LINE = 1024 };

typedef struct bench_case {
    const char *name;
    karvan_events_by by;
    const char *coded_by;
    int threads;
} bench_case;

/* ---- the file ---- */

static const char header[] =
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\t"
    "Intensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\t"
    "City\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n";

typedef struct codes {
    char code[8];
    double score;
} codes;

static int list_codes(codes *out, int most) {
    const karvan_i_cameo_code *c;
    int n = 0;
    for (size_t i = 0; (c = karvan_i_cameo_at(i)) != NULL && n < most; i++) {
        if (c->icews == KARVAN_I_CAMEO_NO || strlen(c->code) < 3) continue;
        (void)snprintf(out[n].code, sizeof out[n].code, "%s", c->code);
        out[n++].score = (double)c->icews / 10;
    }
    return n;
}

/* Countries are met by how large they are: the square of a uniform draw. A row in seven has none.
 */
static const char *country(karvan_random *r) {
    double u = karvan_random_uniform(r);
    if (karvan_random_below(r, 14) == 0) return "";
    return karvan_i_country_at((int)(u * u * u * u * COUNTRIES))->name;
}

static int write_row(char *s, karvan_random *r, int64_t i, int64_t rows, const codes *code,
                     int n_codes) {
    static const char *const sectors[] = {"Government", "Executive,Foreign Ministry,Government",
                                          "Military,Government",
                                          "General Population / Civilian / Social,Social", "NA"};
    static const char *const texts[] = {"Make statement", "Consult", "Make a visit",
                                        "Express intent to cooperate",
                                        "Use conventional military force"};
    int64_t year, day = 9131 + i * YEARS * 365 / rows; /* from 1995-01-01 on */
    int month, mday;
    karvan_day_to_civil(day, &year, &month, &mday);
    const codes *c = &code[(int)(karvan_random_uniform(r) * n_codes)];
    const char *source = country(r), *target = karvan_random_below(r, 5) < 2 ? source : country(r);
    uint64_t v = karvan_random_u64(r);
    int64_t id = 20000000 + ((i & ~INT64_C(7)) | ((5 * i + 3) & 7)); /* not quite in order */
    if ((v >> 50) % 1000 == 0 && i > 8) id = 20000000 + i - 8;       /* there already */
    return snprintf(s, LINE,
                    "%lld\t%04d-%02d-%02d\tCitizen (%s)\t%s\t%s\t%s\t%s\t%.1f\tHead of Government "
                    "(%s)\t%s\t%s\t"
                    "%u\t%u\tXinhua News Agency\tNA\tNA\tDistrict %u\t%s\t%.4f\t%.4f\n",
                    (long long)id, (int)year, month, mday, source, sectors[v >> 8 & 3], source,
                    texts[v % 5], c->code, c->score, target, sectors[v >> 16 & 3], target,
                    (unsigned)(v >> 32), (unsigned)(v >> 20 & 7), (unsigned)(v >> 40 & 255), source,
                    (double)(v >> 30 & 0xFFFF) / 364.0 - 90,
                    (double)(v >> 12 & 0xFFFF) / 182.0 - 180);
}

static long long make_file(const char *path, int64_t rows) {
    codes code[400];
    char *text = malloc(ROOM + LINE);
    karvan_random r;
    FILE *f = fopen(path, "w");
    if (!f || !text) return -1;
    int n_codes = list_codes(code, 400);
    long long bytes = (long long)strlen(header);
    karvan_random_init(&r, 42, 0);
    bool good = fputs(header, f) >= 0;
    size_t used = 0;
    for (int64_t i = 0; good && i < rows; i++) {
        used += (size_t)write_row(text + used, &r, i, rows, code, n_codes);
        if (used < ROOM && i + 1 < rows) continue;
        good = fwrite(text, 1, used, f) == used;
        bytes += (long long)used, used = 0;
    }
    free(text);
    return fclose(f) == 0 && good ? bytes : -1;
}

/* ---- the cases ---- */

static double cpu_s(const struct rusage *u) {
    return (double)u->ru_utime.tv_sec + (double)u->ru_stime.tv_sec +
           1e-6 * (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec);
}

static int run(const bench_case *k, const char *path, long long bytes, int reps) {
    double s[REPS_MOST], check = 0;
    int64_t cells = 0;
    karvan_events_tally tally = {0};
    struct rusage before, after;
    const karvan_events_options o = {.by = k->by, .coded_by = k->coded_by, .threads = k->threads};
    (void)getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < reps; i++) {
        karvan_table *t = NULL;
        karvan_error e = {0};
        double begin = now_s();
        if (karvan_events_read(1, &path, &o, &tally, NULL, &t, &e) != KARVAN_OK) {
            (void)fprintf(stderr, "%s\n", e.msg);
            return EXIT_FAILURE;
        }
        s[i] = now_s() - begin;
        const double *sum = karvan_table_real_view(t, karvan_table_find(t, "score_sum"));
        check = (double)tally.count[KARVAN_EVENT_TAKEN], cells = karvan_table_rows(t);
        for (int64_t c = 0; c < cells; c++) check += sum[c];
        karvan_table_destroy(t);
    }
    (void)getrusage(RUSAGE_SELF, &after);
    qsort(s, (size_t)reps, sizeof *s, by_double);
    double mb = (double)bytes / 1e6, cpu = (cpu_s(&after) - cpu_s(&before)) / reps;
    printf("{\"bench\":\"%s\",\"mb\":%.0f,\"rows\":%lld,\"taken\":%lld,\"duplicates\":%lld,"
           "\"cells\":%lld,\"threads\":%d,\"reps\":%d,\"median_s\":%.3f,\"min_s\":%.3f,"
           "\"cpu_s\":%.3f,\"mb_per_s\":%.0f,\"mb_per_cpu_s\":%.0f,\"peak_mib\":%ld,"
           "\"check\":%.1f}\n",
           k->name, mb, (long long)tally.rows, (long long)tally.count[KARVAN_EVENT_TAKEN],
           (long long)tally.count[KARVAN_EVENT_DUPLICATE], (long long)cells, k->threads, reps,
           s[reps / 2], s[0], cpu, mb / s[reps / 2], mb / cpu, after.ru_maxrss / 1024, check);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The peer prints its seconds and its number of groups. */
static void peer(const char *path, long long bytes, int threads) {
    char line[1400];
    (void)snprintf(
        line, sizeof line,
        "Rscript -e 'suppressMessages(library(data.table)); setDTthreads(%d); "
        "t <- system.time({d <- fread(\"%s\", sep = \"\\t\", quote = \"\", na.strings = NULL, "
        "showProgress = FALSE, select = c(1, 2, 5, 7, 8, 11)); "
        "d <- unique(d, by = c(\"Event ID\", \"Event Date\")); "
        "d <- d[`Source Country` != \"\" & `Target Country` != \"\" & "
        "`Source Country` != `Target Country`]; "
        "g <- d[, .(n = .N, s = sum(Intensity)), by = .(`Source Country`, `Target Country`, "
        "year(`Event Date`))]}); "
        "cat(t[[3]], t[[1]] + t[[2]], nrow(g), sum(g$n))' 2>/dev/null",
        threads, path);
    if (!peer_says(line, line, sizeof line)) return;
    char *end;
    double s = strtod(line, &end), cpu = strtod(end, &end);
    long cells = strtol(end, &end, 10), taken = strtol(end, &end, 10);
    double mb = (double)bytes / 1e6;
    printf(
        "{\"bench\":\"data.table_fread_sum\",\"taken\":%ld,\"cells\":%ld,\"threads\":%d,\"reps\":1,"
        "\"median_s\":%.3f,\"cpu_s\":%.3f,\"mb_per_s\":%.0f,\"mb_per_cpu_s\":%.0f}\n",
        taken, cells, threads, s, cpu, mb / s, mb / cpu);
    (void)fflush(stdout);
}

int main(int argc, char **argv) {
    static const bench_case cases[] = {
        {"events_dyad_year", KARVAN_EVENTS_BY_YEAR, NULL, 1},
        {"events_dyad_year_two_threads", KARVAN_EVENTS_BY_YEAR, NULL, 2},
        {"events_dyad_year_cameo", KARVAN_EVENTS_BY_YEAR, "cameo", 1},
        {"events_dyad", KARVAN_EVENTS_BY_DYAD, NULL, 1},
    };
    int64_t rows = argc > 1 ? strtoll(argv[1], NULL, 10) : 2000000;
    int reps = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    const char *tmp = getenv("TMPDIR");
    char path[512];
    if (rows <= 0 || reps < 1 || reps > REPS_MOST) return EXIT_FAILURE;
    (void)snprintf(path, sizeof path, "%s/karvan-bench-%ld-events.tab", tmp ? tmp : "/tmp",
                   (long)getpid());
    long long bytes = make_file(path, rows);
    int status = bytes < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    for (size_t i = 0; status == EXIT_SUCCESS && i < sizeof cases / sizeof cases[0]; i++) {
        int how = 0;
        pid_t child = fork();
        if (child == 0) _exit(run(&cases[i], path, bytes, reps));
        if (child < 0 || waitpid(child, &how, 0) != child || how != 0) status = EXIT_FAILURE;
    }
    for (int threads = 1; status == EXIT_SUCCESS && threads <= 2; threads++)
        peer(path, bytes, threads);
    (void)unlink(path);
    return status;
}
