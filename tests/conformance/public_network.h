#ifndef KARVAN_TESTS_PUBLIC_NETWORK_H
#define KARVAN_TESTS_PUBLIC_NETWORK_H
/* Road networks of the public collection, with their trips and best known flows, as problems of
 * assignment. Include cmocka before. */
#include <stdlib.h>

#include "conformance/reference.h"
#include "karvan/assignment.h"
#include "karvan/network.h"

/* Best known objectives, and how a toll and a length count as time, as the collection gives them;
 * of Anaheim it gives flows alone, of which this is the objective. */
static const struct {
    const char *name;
    double objective, toll, length;
} PUBLIC[] = {{"SiouxFalls", 42.31335287107440e5, 0, 0},
              {"Anaheim", 1286032.171096, 0, 0},
              {"ChicagoSketch", 17313018.7387477, 0.02, 0.04}};
enum { SIOUX_FALLS, ANAHEIM, CHICAGO_SKETCH, N_PUBLIC };

typedef struct public_network {
    karvan_tntp net;
    karvan_trips trips;
    karvan_vdf *vdf;
    double *fixed, *volume; /* [links] volume: the best known */
    karvan_user_class class;
    karvan_assignment_problem problem;
} public_network;

static inline const char *public_path(int i, const char *kind, char *path, size_t cap) {
    char name[100];
    (void)snprintf(name, sizeof name, "tntp/%s_%s.tntp", PUBLIC[i].name, kind);
    return reference_file(
        name, "the Transportation Networks collection (github.com/bstabler/TransportationNetworks)",
        path, cap);
}

/* Rows "from to volume cost" behind a line of titles, in any order. */
static inline void public_volumes(public_network *n, const char *path) {
    FILE *f = fopen(path, "r");
    int from, to, rows = 0, ch;
    double volume, cost;
    assert_non_null(f);
    while ((ch = fgetc(f)) != '\n' && ch != EOF) {}
    while (fscanf(f, "%d %d %lf %lf", &from, &to, &volume, &cost) == 4)
        for (int32_t a = 0; a < n->net.links; a++)
            if (n->net.from[a] == from - 1 && n->net.to[a] == to - 1) n->volume[a] = volume, rows++;
    (void)fclose(f);
    assert_int_equal(rows, n->net.links);
}

/* Times and fixed costs as the file has them, with these factors of tolls and lengths. */
static inline void public_costs(public_network *n, double toll, double length) {
    const karvan_tntp *t = &n->net;
    for (int32_t a = 0; a < t->links; a++) {
        n->vdf[a] = (karvan_vdf){.kind = KARVAN_VDF_BPR,
                                 .t0 = t->column[KARVAN_TNTP_TIME][a],
                                 .capacity = t->column[KARVAN_TNTP_CAPACITY][a],
                                 .a = t->column[KARVAN_TNTP_B][a],
                                 .b = t->column[KARVAN_TNTP_POWER][a]};
        n->fixed[a] =
            toll * t->column[KARVAN_TNTP_TOLL][a] + length * t->column[KARVAN_TNTP_LENGTH][a];
    }
}

/* Network i of PUBLIC with its factors; false, said on stdout, where it is not at hand. It points
 * into itself: not to be copied. */
static inline bool public_read(int i, public_network *n) {
    char net[600], trips[600], flow[600];
    karvan_error e = {0};
    *n = (public_network){.vdf = NULL};
    if (!public_path(i, "net", net, sizeof net) || !public_path(i, "trips", trips, sizeof trips) ||
        !public_path(i, "flow", flow, sizeof flow))
        return false;
    if (karvan_tntp_read(net, &n->net, &e) != KARVAN_OK ||
        karvan_trips_read(trips, n->net.zones, &n->trips, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    const karvan_tntp *t = &n->net;
    size_t m = (size_t)t->links;
    n->vdf = malloc(m * sizeof *n->vdf), n->fixed = malloc(m * sizeof *n->fixed);
    n->volume = calloc(m, sizeof *n->volume);
    assert_true(n->vdf && n->fixed && n->volume);
    public_volumes(n, flow);
    public_costs(n, PUBLIC[i].toll, PUBLIC[i].length);
    n->class = (karvan_user_class){"all", &n->trips, 1, n->fixed};
    n->problem = (karvan_assignment_problem){.n_nodes = t->nodes,
                                             .n_arcs = t->links,
                                             .tail = t->from,
                                             .head = t->to,
                                             .zones = t->zones,
                                             .first_through = t->first_through,
                                             .vdf = n->vdf,
                                             .n_classes = 1,
                                             .classes = &n->class};
    return true;
}

static inline void public_clear(public_network *n) {
    karvan_tntp_clear(&n->net), karvan_trips_clear(&n->trips);
    free(n->vdf), free(n->fixed), free(n->volume);
}
#endif
