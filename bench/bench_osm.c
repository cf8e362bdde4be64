/* Reading OpenStreetMap: a street grid of about a million nodes, generated and written as PBF and
 * as XML, read element by element and made into a network, on one thread. One JSON line a case.
 *
 *   bench_osm [FILE]      a file instead of the grid
 *
 * Where osmium-tool is installed (Debian's osmium-tool), `osmium fileinfo --extended` reads the
 * same file in the same run: it visits every element too. Its time is that of a process, and its
 * seconds of processor are told beside, since it reads on several threads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exchange/osm_data.h"
#include "osm_document.h"
#include "timing.h"

enum { REPS = 5, SIDE = 1000, STEP = 20 };

/* ---- the grid ---- */

/* Ways of STEP segments along the lines, or across them. */
static int add_ways(osm_way *ways, char (*lists)[STEP * 9], int n, bool across) {
    for (int line = 0; line < SIDE; line += 5)
        for (int at = 0; at + STEP < SIDE; at += STEP) {
            int k = 0;
            for (int i = at; i <= at + STEP; i++)
                k += snprintf(lists[n] + k, sizeof lists[n] - (size_t)k, "%s%d", i > at ? " " : "",
                              (across ? i * SIDE + line : line * SIDE + i) + 1);
            ways[n] = (osm_way){n + 1, lists[n],
                                n % 3 == 0 ? "highway=primary|maxspeed=80|name=Street"
                                           : "highway=secondary|oneway=yes|surface=asphalt"};
            n++;
        }
    return n;
}

static bool write_grid(const char *pbf_path, const char *xml_path) {
    enum { NODES = SIDE * SIDE, WAYS = 2 * (SIDE / 5) * (SIDE / STEP) };
    osm_node *nodes = malloc(NODES * sizeof *nodes);
    osm_way *ways = malloc(WAYS * sizeof *ways);
    char(*lists)[STEP * 9] = malloc(WAYS * sizeof *lists);
    karvan_i_text text = {0};
    bool good = nodes && ways && lists;
    karvan_random r; /* a street is never quite straight */
    karvan_random_init(&r, 42, 0);
    for (int i = 0; good && i < NODES; i++) {
        double x = 2e-4 * karvan_random_uniform(&r), y = 2e-4 * karvan_random_uniform(&r);
        nodes[i] = (osm_node){i + 1, 50 + i % SIDE * 0.001 + x, 40 + i / SIDE * 0.001 + y,
                              i % 50 ? NULL : "highway=traffic_signals"};
    }
    if (good) {
        int n = add_ways(ways, lists, add_ways(ways, lists, 0, false), true);
        const osm_document d = {nodes, NODES, ways, n, NULL, 0};
        const osm_pbf_options o = {.per_block = 1900};
        osm_pbf(&d, &o, &text);
        good = karvan_i_file_write(pbf_path, text.s, text.n, NULL) == KARVAN_OK;
        text.n = 0, osm_xml(&d, &text);
        good = good && karvan_i_file_write(xml_path, text.s, text.n, NULL) == KARVAN_OK;
    }
    karvan_i_text_clear(&text);
    free(nodes), free(ways), free(lists);
    return good;
}

/* ---- cases ---- */

static karvan_status add_up(void *ctx, const karvan_i_osm_element *e, karvan_error *err) {
    uint64_t *check = ctx;
    (void)err;
    *check = *check * 31 + (uint64_t)e->id + (uint64_t)e->lon_nano + (uint64_t)e->lat_nano;
    for (size_t i = 0; i < e->n_refs; i++) *check += (uint64_t)e->refs[i];
    *check += e->n_tags;
    return KARVAN_OK;
}

static karvan_status read_all(const char *path, uint64_t *check, karvan_i_osm_counts *c,
                              karvan_error *err) {
    karvan_i_osm_source source = {path, NULL, 0};
    karvan_i_osm_sink sink = {check, KARVAN_I_OSM_NODE | KARVAN_I_OSM_WAY | KARVAN_I_OSM_RELATION,
                              add_up};
    return karvan_i_osm_read(&source, &sink, c, err);
}

static karvan_status make_network(const char *path, uint64_t *check, karvan_i_osm_counts *c,
                                  karvan_error *err) {
    static const karvan_i_osm_options o = {.rules = {{true, true, true}, false, 1435}};
    karvan_i_osm_source source = {path, NULL, 0};
    karvan_i_osm_data d = {0};
    karvan_i_osm_network n = {0};
    karvan_problems *problems = NULL;
    double km = 0;
    karvan_status st = karvan_problems_create(&problems, err);
    if (st == KARVAN_OK) st = karvan_i_osm_collect(&source, &o, problems, &d, err);
    if (st == KARVAN_OK) st = karvan_i_osm_network_make(&d, &n, err);
    for (int32_t i = 0; i < n.n_links; i++) km += n.link[i].km;
    *check = (uint64_t)n.n_links * 1000000 + (uint64_t)km, *c = d.counts;
    karvan_i_osm_network_clear(&n), karvan_i_osm_data_clear(&d);
    karvan_problems_destroy(problems);
    return st;
}

typedef karvan_status (*work)(const char *path, uint64_t *check, karvan_i_osm_counts *c,
                              karvan_error *err);

static double median(work w, const char *name, const char *path) {
    double s[REPS], cpu[REPS];
    uint64_t check = 0;
    karvan_i_osm_counts c = {0};
    karvan_error e = {0};
    struct stat about;
    if (stat(path, &about) != 0) return -1;
    for (int r = 0; r < REPS; r++) {
        double a = now_s();
        clock_t c0 = clock();
        check = 0;
        if (w(path, &check, &c, &e) != KARVAN_OK) {
            (void)fprintf(stderr, "%s\n", e.msg);
            return -1;
        }
        s[r] = now_s() - a;
        cpu[r] = (double)(clock() - c0) / CLOCKS_PER_SEC;
    }
    qsort(s, REPS, sizeof *s, by_double), qsort(cpu, REPS, sizeof *cpu, by_double);
    double mb = (double)about.st_size / 1e6;
    printf("{\"bench\":\"%s\",\"file_mb\":%.2f,\"nodes\":%lld,\"ways\":%lld,\"reps\":%d,"
           "\"median_s\":%.4f,\"min_s\":%.4f,\"median_cpu_s\":%.4f,\"mb_per_s\":%.1f,\"nodes_per_"
           "s\":%.0f,"
           "\"check\":%llu}\n",
           name, mb, (long long)c.nodes, (long long)c.ways, REPS, s[REPS / 2], s[0], cpu[REPS / 2],
           mb / s[REPS / 2], (double)c.nodes / s[REPS / 2], (unsigned long long)check);
    return s[REPS / 2];
}

/* The peer, as a process; once to have it and the file in memory, then REPS times. */
static void peer(const char *path, double ours) {
    double s[REPS], cpu[REPS];
    char command[600];
    (void)snprintf(command, sizeof command, "osmium fileinfo --extended '%s' >/dev/null 2>&1",
                   path);
    for (int r = -1; r < REPS; r++) {
        struct rusage before, after;
        (void)getrusage(RUSAGE_CHILDREN, &before);
        double a = now_s();
        if (system(command) != 0) return; /* not installed */
        if (r < 0) continue;
        s[r] = now_s() - a;
        (void)getrusage(RUSAGE_CHILDREN, &after);
        cpu[r] = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
                 1e-6 * (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec);
    }
    qsort(s, REPS, sizeof *s, by_double), qsort(cpu, REPS, sizeof *cpu, by_double);
    printf("{\"bench\":\"osmium_fileinfo\",\"reps\":%d,\"median_s\":%.4f,\"min_s\":%.4f,"
           "\"median_cpu_s\":%.4f,\"times_ours\":%.2f}\n",
           REPS, s[REPS / 2], s[0], cpu[REPS / 2], s[REPS / 2] / ours);
}

static int all_of(const char *path, const char *kind) {
    char name[60];
    (void)snprintf(name, sizeof name, "osm_read_%s", kind);
    double read_s = median(read_all, name, path);
    (void)snprintf(name, sizeof name, "osm_network_%s", kind);
    if (read_s < 0 || median(make_network, name, path) < 0) return 1;
    peer(path, read_s);
    return 0;
}

int main(int argc, char **argv) {
    char dir[] = "/tmp/karvan-bench-XXXXXX", pbf[80], xml[80];
    if (argc > 1) return all_of(argv[1], "file");
    if (!mkdtemp(dir)) return 1;
    (void)snprintf(pbf, sizeof pbf, "%s/grid.osm.pbf", dir);
    (void)snprintf(xml, sizeof xml, "%s/grid.osm", dir);
    int status = write_grid(pbf, xml) ? 0 : 1;
    if (status == 0) status = all_of(pbf, "pbf") | all_of(xml, "xml");
    (void)unlink(pbf), (void)unlink(xml), (void)rmdir(dir);
    return status;
}
