/* Freight at equilibrium on a region: cold, begun from that solution and from its file, and from it
 * at other amounts. One JSON line each; the check is the money that the served pay a day.
 *
 *   bench_freight REGION [YEAR [THREADS [REPEATS]]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "karvan/demand.h"
#include "karvan/karvan.h"
#include "timing.h"

enum { MOST = 99 };

typedef struct bench {
    karvan_package *region;
    karvan_freight_demand demand;
    karvan_freight_options options;
    int repeats;
} bench;

static double processor_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool complain(const karvan_error *e) {
    (void)fprintf(stderr, "bench_freight: %s\n", e->msg);
    return false;
}

static bool prepare(bench *b, const char *dir, int year, int threads) {
    karvan_error e = {0};
    karvan_table *t = NULL;
    karvan_problems *problems = NULL;
    const karvan_demand_options o = {.year = year};
    bool good = karvan_problems_create(&problems, &e) == KARVAN_OK &&
                karvan_package_open(dir, problems, &b->region, &e) == KARVAN_OK &&
                karvan_demand_trade(b->region, &o, &t, NULL, &e) == KARVAN_OK &&
                karvan_freight_demand_read(b->region, t, year, &b->demand, &e) == KARVAN_OK &&
                karvan_freight_defaults(b->region, &b->options, &e) == KARVAN_OK;
    karvan_table_destroy(t);
    karvan_problems_destroy(problems);
    b->options.network.date = karvan_day_from_civil(year, 7, 1);
    b->options.threads = threads;
    return good || complain(&e);
}

/* One solve; file: NULL, or where it begins instead of at `start`. */
static bool solve(const bench *b, const karvan_freight *start, const char *file,
                  karvan_freight **out) {
    karvan_error e = {0};
    karvan_freight_saved *saved = NULL;
    karvan_freight_options o = b->options;
    bool good = !file || karvan_freight_load(file, &saved, &e) == KARVAN_OK;
    o.saved = saved;
    good = good && karvan_freight_solve(b->region, &b->demand, &o, start, out, &e) == KARVAN_OK;
    karvan_freight_saved_destroy(saved);
    return good || complain(&e);
}

/* Repeats of one solve; *keep takes the last solution where it is not NULL. */
static bool measure(const bench *b, const char *name, const karvan_freight *start, const char *file,
                    karvan_freight **keep) {
    double wall[MOST], used[MOST];
    karvan_freight_stats s = {0};
    for (int i = 0; i < b->repeats; i++) {
        karvan_freight *f = NULL;
        double began = now_s(), before = processor_s();
        if (!solve(b, start, file, &f)) {
            karvan_freight_destroy(f);
            return false;
        }
        wall[i] = now_s() - began, used[i] = processor_s() - before;
        s = karvan_freight_statistics(f);
        if (keep && i == b->repeats - 1)
            *keep = f;
        else
            karvan_freight_destroy(f);
    }
    qsort(wall, (size_t)b->repeats, sizeof *wall, by_double);
    qsort(used, (size_t)b->repeats, sizeof *used, by_double);
    (void)printf(
        "{\"bench\": \"freight_%s\", \"pairs\": %d, \"routes\": %lld, \"resources\": %d, "
        "\"rounds\": %d, \"steps\": %d, \"threads\": %d, \"reps\": %d, \"median_s\": %.4f, "
        "\"processor_s\": %.4f, \"routes_s\": %.4f, \"solve_s\": %.4f, "
        "\"served\": %.9g, \"check\": %.12g}\n",
        name, (int)s.pairs, (long long)s.routes, (int)s.resources, s.rounds, s.iterations,
        b->options.threads, b->repeats, wall[b->repeats / 2], used[b->repeats / 2],
        s.seconds_routes, s.seconds_solve, s.served_teu_day, s.usd_day);
    return true;
}

static bool measure_file(const bench *b, const karvan_freight *base) {
    char path[] = "/tmp/bench-freight-XXXXXX";
    karvan_error e = {0};
    int fd = mkstemp(path);
    if (fd < 0) return false;
    (void)close(fd);
    bool good = karvan_freight_save(base, path, &e) == KARVAN_OK || complain(&e);
    good = good && measure(b, "file", NULL, path, NULL);
    (void)unlink(path);
    return good;
}

static void scale(bench *b, double by) {
    for (int32_t k = 0; k < b->demand.n; k++) b->demand.teu_day[k] *= by;
}

int main(int argc, char **argv) {
    bench b = {.repeats = 3};
    karvan_freight *base = NULL;
    if (argc < 2 || argc > 5) {
        (void)fprintf(stderr, "usage: bench_freight REGION [YEAR [THREADS [REPEATS]]]\n");
        return 2;
    }
    int year = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 2024,
        threads = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 1;
    if (argc > 4) b.repeats = (int)strtol(argv[4], NULL, 10);
    if (b.repeats < 1 || b.repeats > MOST) return 2;
    bool good = prepare(&b, argv[1], year, threads) && measure(&b, "cold", NULL, NULL, &base) &&
                measure(&b, "same", base, NULL, NULL) && measure_file(&b, base);
    if (good) scale(&b, 1.05);
    good = good && measure(&b, "more", base, NULL, NULL);
    karvan_freight_destroy(base), karvan_freight_demand_clear(&b.demand);
    karvan_package_destroy(b.region);
    return good ? 0 : 1;
}
