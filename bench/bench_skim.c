/* Shortest paths on plain networks: making the graph and the hierarchy, customising, one origin,
 * and many. One JSON line a case; the check is the sum of finite distances between the origins, the
 * same by both methods but for rounding.
 *
 *   bench_skim NAME_net.tntp       a network of the TNTP collection, from all its zones
 *   bench_skim [--grow MOST]       grids with a fifth of their streets gone, up to MOST nodes
 * (100000)
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/karvan.h"
#include "timing.h"

enum { REPS = 5, ALONE = 50, BLOCK = 512 };

typedef struct network {
    const char *name;
    int32_t nodes, links, through, origins;
    int32_t *from, *to;
    double *weight;
} network;

typedef struct bench {
    const network *net;
    karvan_graph *graph;
    karvan_hierarchy *hierarchy;
    double *rows; /* [BLOCK][nodes] */
    int32_t *origins;
} bench;

typedef bool (*work)(bench *b, double *check);

static bool make_graph(bench *b, double *check) {
    karvan_graph_destroy(b->graph);
    *check = b->net->links;
    return karvan_graph_create(b->net->nodes, b->net->links, b->net->from, b->net->to,
                               b->net->through, &b->graph, NULL) == KARVAN_OK;
}

static bool make_hierarchy(bench *b, double *check) {
    karvan_hierarchy_destroy(b->hierarchy);
    if (karvan_hierarchy_create(b->graph, &b->hierarchy, NULL) != KARVAN_OK) return false;
    *check = (double)karvan_hierarchy_arcs(b->hierarchy);
    return true;
}

static bool customise(bench *b, double *check) {
    *check = 0;
    return karvan_hierarchy_customise(b->hierarchy, b->net->weight, NULL) == KARVAN_OK;
}

static void add_row(const bench *b, const double *row, double *check) {
    for (int32_t v = 0; v < b->net->origins; v++)
        if (isfinite(row[v])) *check += row[v];
}

/* Origins a call: 1, or as many as there is room for; by search or over the hierarchy. */
static bool skim(bench *b, int32_t n, int32_t call, bool over, double *check) {
    *check = 0;
    for (int32_t begin = 0; begin < n; begin += call) {
        int32_t k = n - begin < call ? n - begin : call;
        karvan_status st =
            over ? karvan_hierarchy_skim(b->hierarchy, k, b->origins + begin, 1, b->rows, NULL)
                 : karvan_graph_skim(b->graph, b->net->weight, k, b->origins + begin, 1, b->rows,
                                     NULL);
        if (st != KARVAN_OK) return false;
        for (int32_t i = 0; i < k; i++)
            add_row(b, b->rows + (size_t)i * (size_t)b->net->nodes, check);
    }
    return true;
}

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static bool one_by_one(bench *b, double *check) {
    return skim(b, least(b->net->origins, ALONE), 1, true, check);
}
static bool by_search(bench *b, double *check) {
    return skim(b, b->net->origins, BLOCK, false, check);
}
static bool over_hierarchy(bench *b, double *check) {
    return skim(b, b->net->origins, BLOCK, true, check);
}

static bool measure(bench *b, const char *name, work f, int reps, int32_t times) {
    double s[REPS], check = 0;
    for (int r = 0; r < reps; r++) {
        double begin = now_s();
        if (!f(b, &check)) return false;
        s[r] = now_s() - begin;
    }
    qsort(s, (size_t)reps, sizeof *s, by_double);
    printf("{\"bench\":\"%s\",\"network\":\"%s\",\"nodes\":%d,\"links\":%d,\"reps\":%d,"
           "\"median_ms\":%.4f,\"min_ms\":%.4f,\"check\":%.12g}\n",
           name, b->net->name, (int)b->net->nodes, (int)b->net->links, reps,
           1e3 * s[reps / 2] / times, 1e3 * s[0] / times, check);
    return fflush(stdout) == 0;
}

/* To the origins alone, as zones ask of one another. */
static bool between_origins(bench *b, double *check) {
    int32_t n = b->net->origins;
    *check = 0;
    for (int32_t begin = 0; begin < n; begin += BLOCK) {
        int32_t k = least(n - begin, BLOCK);
        if (karvan_hierarchy_table(b->hierarchy, k, b->origins + begin, n, b->origins, 1, b->rows,
                                   NULL) != KARVAN_OK)
            return false;
        for (int32_t i = 0; i < k; i++) add_row(b, b->rows + (size_t)i * (size_t)n, check);
    }
    return true;
}

static bool run(const network *net) {
    bench b = {.net = net};
    int reps = net->nodes > 200000 ? 1 : REPS;
    b.rows = malloc((size_t)least(net->origins, BLOCK) * (size_t)net->nodes * sizeof *b.rows);
    b.origins = malloc((size_t)net->origins * sizeof *b.origins);
    bool good = b.rows && b.origins;
    for (int32_t i = 0; good && i < net->origins; i++) b.origins[i] = i;
    good = good && measure(&b, "graph_create", make_graph, reps, 1) &&
           measure(&b, "skim_by_search_an_origin", by_search, reps, net->origins) &&
           measure(&b, "hierarchy_create", make_hierarchy, reps, 1) &&
           measure(&b, "hierarchy_customise", customise, reps, 1) &&
           measure(&b, "hierarchy_one_origin", one_by_one, reps, least(net->origins, ALONE)) &&
           measure(&b, "skim_over_hierarchy_an_origin", over_hierarchy, reps, net->origins) &&
           measure(&b, "table_between_origins_an_origin", between_origins, reps, net->origins);
    karvan_hierarchy_destroy(b.hierarchy), karvan_graph_destroy(b.graph);
    free(b.rows), free(b.origins);
    return good;
}

/* A grid of both directions with a fifth of its streets gone: 1.25 links a node and direction less.
 */
static bool run_grid(int32_t nodes) {
    int32_t side = (int32_t)sqrt((double)nodes);
    network net = {"grid", side * side, 0, 0, 64, NULL, NULL, NULL};
    size_t room = 4 * (size_t)net.nodes;
    karvan_random r;
    karvan_random_init(&r, 42, (uint64_t)side);
    net.from = malloc(room * sizeof *net.from), net.to = malloc(room * sizeof *net.to);
    net.weight = malloc(room * sizeof *net.weight);
    bool good = net.from && net.to && net.weight;
    for (int32_t v = 0; good && v < net.nodes; v++)
        for (int way = 0; way < 2; way++) {
            int32_t u = way ? v + side : v + 1;
            if (way ? u >= net.nodes : u % side == 0) continue;
            if (karvan_random_below(&r, 5) == 0) continue;
            double w = 0.5 + karvan_random_uniform(&r);
            net.from[net.links] = v, net.to[net.links] = u, net.weight[net.links++] = w;
            net.from[net.links] = u, net.to[net.links] = v, net.weight[net.links++] = w;
        }
    good = good && run(&net);
    free(net.from), free(net.to), free(net.weight);
    return good;
}

static bool run_file(const char *path) {
    karvan_tntp t;
    karvan_error e = {0};
    if (karvan_tntp_read(path, &t, &e) != KARVAN_OK)
        return (void)fprintf(stderr, "%s\n", e.msg), false;
    const char *slash = strrchr(path, '/');
    network net = {slash ? slash + 1 : path,
                   t.nodes,
                   t.links,
                   t.first_through,
                   t.zones > 0 ? t.zones : least(t.nodes, 64),
                   t.from,
                   t.to,
                   t.column[KARVAN_TNTP_TIME]};
    bool good = run(&net);
    karvan_tntp_clear(&t);
    return good;
}

int main(int argc, char **argv) {
    bool grow = argc == 1 || strcmp(argv[1], "--grow") == 0;
    if (!grow) return run_file(argv[1]) ? EXIT_SUCCESS : EXIT_FAILURE;
    long most = argc > 2 ? strtol(argv[2], NULL, 10) : 100000;
    for (long n = 1000; n <= most; n *= n < 1000000 ? 10 : 2)
        if (!run_grid((int32_t)n)) return EXIT_FAILURE;
    return EXIT_SUCCESS;
}
