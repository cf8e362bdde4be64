/* Stochastic user equilibrium by each choice, to 1e-8. One JSON line a choice; the check is Fisk's
 * objective.
 *
 *   bench_sue NAME_net.tntp NAME_trips.tntp SCALE [TOLL_FACTOR DISTANCE_FACTOR]
 *   bench_sue              a grid of streets that are drawn, with zones at every fourth corner
 */
#include <stdio.h>
#include <stdlib.h>

#include "karvan/karvan.h"
#include "timing.h"

enum { REPS = 3, SIDE = 30, STEP = 4 };

typedef struct network {
    karvan_tntp net;
    karvan_trips trips;
    karvan_vdf *vdf;
    double *fixed;
    double scale;
} network;

static bool read_network(network *n, char **argv, int argc) {
    karvan_error e = {0};
    double toll = argc > 5 ? atof(argv[4]) : 0, length = argc > 5 ? atof(argv[5]) : 0;
    if (karvan_tntp_read(argv[1], &n->net, &e) != KARVAN_OK ||
        karvan_trips_read(argv[2], n->net.zones, &n->trips, &e) != KARVAN_OK) {
        (void)fprintf(stderr, "bench_sue: %s\n", e.msg);
        return false;
    }
    n->scale = atof(argv[3]);
    size_t m = (size_t)n->net.links;
    n->vdf = calloc(m, sizeof *n->vdf), n->fixed = calloc(m, sizeof *n->fixed);
    for (size_t a = 0; n->vdf && n->fixed && a < m; a++) {
        double *const *c = n->net.column;
        n->vdf[a] = (karvan_vdf){.kind = KARVAN_VDF_BPR,
                                 .t0 = c[KARVAN_TNTP_TIME][a],
                                 .capacity = c[KARVAN_TNTP_CAPACITY][a],
                                 .a = c[KARVAN_TNTP_B][a],
                                 .b = c[KARVAN_TNTP_POWER][a]};
        n->fixed[a] = toll * c[KARVAN_TNTP_TOLL][a] + length * c[KARVAN_TNTP_LENGTH][a];
    }
    return n->vdf && n->fixed;
}

/* ---- a grid ---- */

static void add_street(network *n, karvan_random *r, int32_t from, int32_t to) {
    int32_t a = n->net.links++;
    n->net.from[a] = from, n->net.to[a] = to;
    n->vdf[a] = (karvan_vdf){.kind = KARVAN_VDF_BPR,
                             .t0 = 1 + 2 * karvan_random_uniform(r),
                             .capacity = 200 + 400 * karvan_random_uniform(r),
                             .a = 0.15,
                             .b = 4};
}

/* Corners by number; zones first, so that they are the nodes 0..zones - 1. */
static bool draw_network(network *n) {
    static int32_t node[SIDE][SIDE];
    karvan_random r;
    int32_t zones = 0, nodes;
    karvan_random_init(&r, 20261126, 0);
    for (int y = 0; y < SIDE; y += STEP)
        for (int x = 0; x < SIDE; x += STEP) node[y][x] = zones++;
    nodes = zones;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            if (y % STEP || x % STEP) node[y][x] = nodes++;
    size_t most = (size_t)SIDE * SIDE * 4;
    n->net.zones = zones, n->net.nodes = nodes, n->scale = 2;
    n->net.from = calloc(most, sizeof(int32_t)), n->net.to = calloc(most, sizeof(int32_t));
    n->vdf = calloc(most, sizeof *n->vdf), n->fixed = calloc(most, sizeof(double));
    double *matrix = calloc((size_t)zones * (size_t)zones, sizeof *matrix);
    if (!n->net.from || !n->net.to || !n->vdf || !n->fixed || !matrix) return false;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            if (x + 1 < SIDE) add_street(n, &r, node[y][x], node[y][x + 1]);
            if (x > 0) add_street(n, &r, node[y][x], node[y][x - 1]);
            if (y + 1 < SIDE) add_street(n, &r, node[y][x], node[y + 1][x]);
            if (y > 0) add_street(n, &r, node[y][x], node[y - 1][x]);
        }
    for (int32_t i = 0; i < zones * zones; i++)
        matrix[i] = i % (zones + 1) ? 5 * karvan_random_uniform(&r) : 0;
    bool good = karvan_trips_of_matrix(zones, matrix, &n->trips, NULL) == KARVAN_OK;
    free(matrix);
    return good;
}

/* ---- measured ---- */

static bool measure(const network *n, karvan_sue_choice choice) {
    karvan_user_class class = {"all", &n->trips, 1, n->fixed};
    karvan_assignment_problem p = {.n_nodes = n->net.nodes,
                                   .n_arcs = n->net.links,
                                   .tail = n->net.from,
                                   .head = n->net.to,
                                   .zones = n->net.zones,
                                   .first_through = n->net.first_through,
                                   .vdf = n->vdf,
                                   .n_classes = 1,
                                   .classes = &class};
    karvan_sue_options o = {.choice = choice, .scale = n->scale, .threads = 1};
    karvan_sue_stats k = {0};
    double seconds[REPS];
    for (int i = 0; i < REPS; i++) {
        karvan_sue *s = NULL;
        karvan_error e = {0};
        double begin = now_s();
        if (karvan_sue_solve(&p, &o, &s, &e) != KARVAN_OK) {
            (void)fprintf(stderr, "bench_sue: %s\n", e.msg);
            karvan_sue_destroy(s);
            return false;
        }
        seconds[i] = now_s() - begin;
        k = karvan_sue_statistics(s);
        karvan_sue_destroy(s);
    }
    qsort(seconds, REPS, sizeof *seconds, by_double);
    (void)printf("{\"bench\": \"sue_%s\", \"links\": %d, \"pairs\": %lld, \"routes\": %lld, "
                 "\"loads\": %d, \"gap\": %.3g, \"reps\": %d, \"median_s\": %.4f, \"min_s\": %.4f, "
                 "\"check\": %.12g}\n",
                 karvan_sue_choice_name(choice), (int)n->net.links, (long long)n->trips.n,
                 (long long)k.routes, k.loads, k.gap, REPS, seconds[REPS / 2], seconds[0],
                 k.objective);
    return true;
}

int main(int argc, char **argv) {
    network n = {0};
    if (argc != 1 && argc != 4 && argc != 6) {
        (void)fprintf(stderr, "usage: bench_sue [NET TRIPS SCALE [TOLL_FACTOR DISTANCE_FACTOR]]\n");
        return 2;
    }
    bool good = argc > 1 ? read_network(&n, argv, argc) : draw_network(&n);
    good = good && measure(&n, KARVAN_SUE_RECURSIVE) && measure(&n, KARVAN_SUE_LOGIT) &&
           measure(&n, KARVAN_SUE_PATH_SIZE);
    free(n.vdf), free(n.fixed);
    karvan_trips_clear(&n.trips);
    if (argc > 1)
        karvan_tntp_clear(&n.net);
    else
        free(n.net.from), free(n.net.to);
    return good ? 0 : 1;
}
