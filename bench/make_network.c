/* A road network with demand as large cities have it, for benches of assignment: streets on a grid
 * that is denser in the middle, some closed, every fourth an arterial; motorways across it with
 * ramps and junctions; zones without through traffic, joined to streets by connectors; trips by
 * doubly-constrained gravity. Written as the files NAME_net.tntp and NAME_trips.tntp of the
 * Transportation Networks collection. The same numbers give the same bytes.
 *
 *   make_network --net FILE --trips FILE [--zones N] [--nodes N] [--links N] [--pairs N]
 *                [--total TRIPS] [--seed N]
 *
 * The size of Chicago's region unless told otherwise: 1,790 zones, 12,982 nodes, 39,018 links, 2
 * million pairs with trips, as many trips as fill streets to three fifths, a quarter of them beyond
 * their capacity.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/base.h"

enum { STREET = 1, MOTORWAY, CONNECTOR, RAMP }; /* types of links */
static const double SIDE_KM = 100;

typedef struct settings {
    int zones, nodes, links, pairs;
    double total;
    uint64_t seed;
    const char *net, *trips;
} settings;

typedef struct arc {
    int from, to, type;
    double capacity, km, minutes;
} arc;

typedef struct edge {
    int a, b;
    bool arterial, kept;
    double key; /* least first: what is never closed, then by luck and by how far out it lies */
} edge;

typedef struct city {
    const settings *s;
    karvan_random random;
    int streets, columns; /* nodes of streets, behind the zones; in rows, the last perhaps short */
    int lines, stops;     /* motorways each way of the compass, nodes of a carriageway */
    double *x, *y;        /* [nodes] km */
    arc *arc;             /* [links] */
    int n_arcs;
    edge *edge;
    int n_edges;
    int *root; /* [nodes] of the parts that hang together */
} city;

static double between(city *c, double least, double most) {
    return least + (most - least) * karvan_random_uniform(&c->random);
}

/* A place on the grid, -1 to 1, in km: blocks of a third of a kilometre in the middle. */
static double stretch(double u) { return SIDE_KM / 2 * u * (0.35 + 0.65 * fabs(u)); }

static int street_at(const city *c, int row, int column) { return row * c->columns + column; }

static bool in_streets(const city *c, int row, int column) {
    return row >= 0 && column >= 0 && column < c->columns && street_at(c, row, column) < c->streets;
}

static int rows(const city *c) { return (c->streets + c->columns - 1) / c->columns; }

static double distance(const city *c, int a, int b) {
    return hypot(c->x[a] - c->x[b], c->y[a] - c->y[b]);
}

static bool add_arc(city *c, int from, int to, int type, double capacity, double km, double kmh) {
    if (c->n_arcs == c->s->links) return false;
    c->arc[c->n_arcs++] = (arc){from, to, type, round(capacity), km, 60 * km / kmh};
    return true;
}

/* ---- streets ---- */

static void place_streets(city *c) {
    for (int k = 0; k < c->streets; k++) {
        double column = k % c->columns + between(c, -0.2, 0.2),
               row = k / c->columns + between(c, -0.2, 0.2);
        c->x[c->s->zones + k] = stretch(2 * column / (c->columns - 1) - 1);
        c->y[c->s->zones + k] = stretch(2 * row / (rows(c) - 1) - 1);
    }
}

static void add_edge(city *c, int a, int b, bool arterial) {
    double out = hypot(c->x[a], c->y[a]) / SIDE_KM;
    double key = arterial ? -1 : karvan_random_uniform(&c->random) * (0.5 + out);
    c->edge[c->n_edges++] = (edge){a, b, arterial, false, key};
}

static void list_edges(city *c) {
    int z = c->s->zones;
    for (int k = 0; k < c->streets; k++) {
        int row = k / c->columns, column = k % c->columns;
        if (in_streets(c, row, column + 1)) add_edge(c, z + k, z + k + 1, row % 4 == 0);
        if (in_streets(c, row + 1, column))
            add_edge(c, z + k, z + street_at(c, row + 1, column), column % 4 == 0);
    }
}

static int by_key(const void *a, const void *b) {
    const edge *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->a != y->a ? (x->a > y->a) - (x->a < y->a) : (x->b > y->b) - (x->b < y->b);
}

static int find_root(int *root, int v) {
    while (root[v] != v) v = root[v] = root[root[v]];
    return v;
}

/* What makes all streets hang together stays; then the others in order. Returns how many stay. */
static int keep_edges(city *c, int wanted) {
    int kept = 0;
    qsort(c->edge, (size_t)c->n_edges, sizeof *c->edge, by_key);
    for (int v = 0; v < c->s->nodes; v++) c->root[v] = v;
    for (int e = 0; e < c->n_edges; e++) {
        int a = find_root(c->root, c->edge[e].a), b = find_root(c->root, c->edge[e].b);
        if (a == b) continue;
        c->root[a] = b, c->edge[e].kept = true, kept++;
    }
    for (int e = 0; e < c->n_edges && kept < wanted; e++)
        if (!c->edge[e].kept) c->edge[e].kept = true, kept++;
    return kept;
}

/* A street both ways; the last of an odd number of links is a one-way street. */
static bool add_street(city *c, const edge *e) {
    int lanes = e->arterial ? between(c, 0, 1) < 0.7 ? 2 : 3 : 1;
    double capacity = lanes * (e->arterial ? between(c, 800, 1000) : between(c, 550, 850));
    double kmh = e->arterial ? between(c, 45, 65) : between(c, 28, 45);
    double km = distance(c, e->a, e->b) * between(c, 1.0, 1.15);
    if (!add_arc(c, e->a, e->b, STREET, capacity, km, kmh)) return false;
    return c->n_arcs == c->s->links || add_arc(c, e->b, e->a, STREET, capacity, km, kmh);
}

static bool build_streets(city *c) {
    int left = c->s->links - c->n_arcs, wanted = (left + 1) / 2;
    list_edges(c);
    if (left <= 0 || wanted > c->n_edges || keep_edges(c, wanted) != wanted) {
        (void)fprintf(stderr, "%d links are %s for %d nodes\n", c->s->links,
                      wanted > c->n_edges ? "too many" : "too few", c->s->nodes);
        return false;
    }
    for (int e = 0; e < c->n_edges; e++)
        if (c->edge[e].kept && !add_street(c, &c->edge[e])) return false;
    return true;
}

/* ---- motorways: `lines` along rows, then `lines` along columns; two carriageways each ---- */

static int motorway_node(const city *c, int line, int way, int stop) {
    return c->s->zones + c->streets + (line * 2 + way) * c->stops + stop;
}

/* Where on the grid of streets a stop lies. */
static void grid_place(const city *c, int line, int stop, int *row, int *column) {
    bool across = line < c->lines;
    int full = c->streets / c->columns; /* rows that are not short */
    int wide = across ? full : c->columns, along = across ? c->columns : full;
    int fixed = (2 * (line % c->lines) + 1) * wide / (2 * c->lines);
    int at = (int)((int64_t)stop * (along - 1) / (c->stops - 1));
    *row = across ? fixed : at, *column = across ? at : fixed;
}

static int street_of(const city *c, int line, int stop) {
    int row, column;
    grid_place(c, line, stop, &row, &column);
    return c->s->zones + street_at(c, row, column);
}

static void place_motorways(city *c) {
    for (int line = 0; line < 2 * c->lines; line++)
        for (int way = 0; way < 2; way++)
            for (int stop = 0; stop < c->stops; stop++) {
                int at = street_of(c, line, stop), v = motorway_node(c, line, way, stop);
                c->x[v] = c->x[at] + (way ? 0.05 : -0.05), c->y[v] = c->y[at];
            }
}

static bool build_carriageway(city *c, int line, int way) {
    bool good = true;
    for (int stop = 0; stop < c->stops && good; stop++) {
        int v = motorway_node(c, line, way, stop), street = street_of(c, line, stop);
        int next = way ? stop - 1 : stop + 1;
        if (next >= 0 && next < c->stops) {
            int to = motorway_node(c, line, way, next);
            int lanes = hypot(c->x[v], c->y[v]) < SIDE_KM / 5 ? 4 : 3;
            good = add_arc(c, v, to, MOTORWAY, lanes * between(c, 1900, 2200), distance(c, v, to),
                           between(c, 85, 110));
        }
        /* an exchange with the streets at every second node, and at the ends */
        if (stop % 2 && stop + 1 != c->stops) continue;
        good = good &&
               add_arc(c, v, street, RAMP, between(c, 1400, 1900), 0.4, between(c, 35, 50)) &&
               add_arc(c, street, v, RAMP, between(c, 1400, 1900), 0.4, between(c, 35, 50));
    }
    return good;
}

/* The stop of a line that is nearest to where another crosses it. */
static int crossing(const city *c, int line, int other) {
    int best = 0, least = INT32_MAX, row, column, at_row, at_column;
    grid_place(c, other, 0, &at_row, &at_column);
    for (int stop = 0; stop < c->stops; stop++) {
        grid_place(c, line, stop, &row, &column);
        int far = line < c->lines ? abs(column - at_column) : abs(row - at_row);
        if (far < least) least = far, best = stop;
    }
    return best;
}

static bool build_motorways(city *c) {
    bool good = true;
    for (int line = 0; line < 2 * c->lines && good; line++)
        good = build_carriageway(c, line, 0) && build_carriageway(c, line, 1);
    for (int k = 0; k < c->lines * c->lines * 4 && good; k++) {
        int a = k / 4 / c->lines, b = c->lines + k / 4 % c->lines;
        int v = motorway_node(c, a, k & 1, crossing(c, a, b)),
            w = motorway_node(c, b, k >> 1 & 1, crossing(c, b, a));
        good = add_arc(c, v, w, RAMP, between(c, 2000, 3600), 0.7, between(c, 45, 60)) &&
               add_arc(c, w, v, RAMP, between(c, 2000, 3600), 0.7, between(c, 45, 60));
    }
    return good;
}

/* ---- zones ---- */

/* At streets, each at its own, more where the middle is near; half of them joined at two. */
static bool build_zones(city *c) {
    int z = c->s->zones;
    bool good = true, *used = calloc((size_t)c->streets, sizeof *used);
    if (!used) return false;
    for (int v = 0; v < z && good; v++) {
        int k;
        double dense;
        do {
            k = (int)karvan_random_below(&c->random, (uint64_t)c->streets);
            dense = 0.04 + exp(-hypot(c->x[z + k], c->y[z + k]) / 24);
        } while (used[k] || karvan_random_uniform(&c->random) > dense);
        used[k] = true;
        c->x[v] = c->x[z + k] + between(c, -0.2, 0.2),
        c->y[v] = c->y[z + k] + between(c, -0.2, 0.2);
        int joined = k + 1 < c->streets && karvan_random_uniform(&c->random) < 0.5 ? 2 : 1;
        for (int j = 0; j < joined && good; j++) {
            double km = between(c, 0.1, 0.5);
            good = add_arc(c, v, z + k + j, CONNECTOR, 100000, km, 30) &&
                   add_arc(c, z + k + j, v, CONNECTOR, 100000, km, 30);
        }
    }
    free(used);
    return good;
}

/* ---- trips ---- */

static int by_real(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* What zones send and draw: unequal, work nearer to the middle than homes. Sums are 1. */
static void draw_ends(city *c, double *sends, double *draws) {
    double out = 0, in = 0;
    for (int i = 0; i < c->s->zones; i++) {
        double middle = exp(-hypot(c->x[i], c->y[i]) / 12);
        sends[i] = exp(0.5 * karvan_random_normal(&c->random));
        draws[i] = exp(0.7 * karvan_random_normal(&c->random)) * (1 + middle);
        out += sends[i], in += draws[i];
    }
    for (int i = 0; i < c->s->zones; i++) sends[i] /= out, draws[i] /= in;
}

/* Gravity with exponential deterrence, balanced by turns (Furness). */
static void fill_gravity(const city *c, const double *sends, const double *draws, double *cell) {
    enum { TURNS = 12 };
    int z = c->s->zones;
    for (int i = 0; i < z; i++)
        for (int j = 0; j < z; j++)
            cell[(size_t)i * (size_t)z + (size_t)j] =
                i == j ? 0 : sends[i] * draws[j] * exp(-distance(c, i, j) / 12);
    for (int turn = 0; turn < 2 * TURNS; turn++) {
        size_t over = turn % 2 ? (size_t)z : 1, along = turn % 2 ? 1 : (size_t)z;
        for (int k = 0; k < z; k++) {
            double sum = 0, wanted = turn % 2 ? sends[k] : draws[k];
            for (int l = 0; l < z; l++) sum += cell[(size_t)k * over + (size_t)l * along];
            for (int l = 0; l < z && sum > 0; l++)
                cell[(size_t)k * over + (size_t)l * along] *= wanted / sum;
        }
    }
}

/* Cells below the pairs wanted are emptied, the others brought to the total. */
static bool trim(const city *c, double *cell) {
    size_t n = (size_t)c->s->zones * (size_t)c->s->zones, kept = (size_t)c->s->pairs;
    double sum = 0, *sorted = malloc(n * sizeof *sorted);
    if (!sorted) return false;
    memcpy(sorted, cell, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_real);
    double least = sorted[kept - 1];
    free(sorted);
    for (size_t k = 0; k < n; k++) sum += cell[k] = cell[k] >= least ? cell[k] : 0;
    for (size_t k = 0; k < n; k++) cell[k] *= c->s->total / sum;
    return true;
}

static bool write_trips(const city *c, const double *cell) {
    int z = c->s->zones;
    FILE *f = fopen(c->s->trips, "w");
    if (!f) return false;
    (void)fprintf(f, "<NUMBER OF ZONES> %d\n<TOTAL OD FLOW> %.1f\n<END OF METADATA>\n", z,
                  c->s->total);
    for (int i = 0; i < z; i++) {
        int on_line = 0;
        (void)fprintf(f, "\nOrigin %d\n", i + 1);
        for (int j = 0; j < z; j++) {
            double v = cell[(size_t)i * (size_t)z + (size_t)j];
            if (v <= 0) continue;
            (void)fprintf(f, "%d : %.6g;%s", j + 1, v, ++on_line % 5 ? " " : "\n");
        }
        if (on_line % 5) (void)fputc('\n', f);
    }
    bool good = !ferror(f);
    return fclose(f) == 0 && good;
}

static bool build_trips(city *c) {
    size_t z = (size_t)c->s->zones;
    double *cell = malloc(z * z * sizeof *cell), *ends = malloc(2 * z * sizeof *ends);
    bool good = cell && ends;
    if (good) draw_ends(c, ends, ends + z), fill_gravity(c, ends, ends + z, cell);
    good = good && trim(c, cell) && write_trips(c, cell);
    free(cell), free(ends);
    return good;
}

/* ---- the whole ---- */

static bool write_net(const city *c) {
    FILE *f = fopen(c->s->net, "w");
    if (!f) return false;
    (void)fprintf(f,
                  "<NUMBER OF ZONES> %d\n<NUMBER OF NODES> %d\n<FIRST THRU NODE> %d\n<NUMBER OF "
                  "LINKS> %d\n<END OF METADATA>\n\n~ from to capacity length(km) time(min) b power "
                  "speed(km/h) toll type ;\n",
                  c->s->zones, c->s->nodes, c->s->zones + 1, c->n_arcs);
    for (int k = 0; k < c->n_arcs; k++) {
        const arc *a = &c->arc[k];
        (void)fprintf(f, "%d\t%d\t%.0f\t%.3f\t%.5f\t0.15\t4\t%.0f\t0\t%d\t;\n", a->from + 1,
                      a->to + 1, a->capacity, a->km, a->minutes, 60 * a->km / a->minutes, a->type);
    }
    bool good = !ferror(f);
    return fclose(f) == 0 && good;
}

static bool make_room(city *c) {
    size_t nodes = (size_t)c->s->nodes;
    c->x = calloc(nodes, sizeof *c->x), c->y = calloc(nodes, sizeof *c->y);
    c->root = calloc(nodes, sizeof *c->root);
    c->arc = calloc((size_t)c->s->links, sizeof *c->arc);
    c->edge = calloc(2 * nodes, sizeof *c->edge);
    return c->x && c->y && c->root && c->arc && c->edge;
}

static bool build(const settings *s) {
    city c = {.s = s};
    karvan_random_init(&c.random, s->seed, 0);
    c.stops = (int)(sqrt(s->nodes - s->zones) / 2.2), c.lines = c.stops / 10;
    if (c.lines < 1) c.lines = 1;
    if (c.stops < 2) c.stops = 2;
    c.streets = s->nodes - s->zones - 4 * c.lines * c.stops;
    if (c.streets < 16 || c.streets < 2 * s->zones) {
        (void)fprintf(stderr, "%d nodes are too few for %d zones\n", s->nodes, s->zones);
        return false;
    }
    c.columns = (int)ceil(sqrt(c.streets));
    bool good = make_room(&c);
    if (good) place_streets(&c), place_motorways(&c);
    good = good && build_zones(&c) && build_motorways(&c) && build_streets(&c) && write_net(&c) &&
           build_trips(&c);
    free(c.x), free(c.y), free(c.root), free(c.arc), free(c.edge);
    return good;
}

/* false: the command line is wrong. */
static bool parse(int argc, char **argv, settings *s) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const struct {
            const char *name;
            int *value;
        } counts[] = {{"--zones", &s->zones},
                      {"--nodes", &s->nodes},
                      {"--links", &s->links},
                      {"--pairs", &s->pairs}};
        bool known = true;
        if (strcmp(argv[i], "--net") == 0)
            s->net = argv[i + 1];
        else if (strcmp(argv[i], "--trips") == 0)
            s->trips = argv[i + 1];
        else if (strcmp(argv[i], "--total") == 0)
            s->total = strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--seed") == 0)
            s->seed = strtoull(argv[i + 1], NULL, 10);
        else
            known = false;
        for (int k = 0; k < 4; k++)
            if (strcmp(argv[i], counts[k].name) == 0)
                known = true, *counts[k].value = (int)strtol(argv[i + 1], NULL, 10);
        if (!known) return false;
    }
    return argc % 2 == 1 && s->net && s->trips && s->zones >= 2 && s->zones <= 20000 &&
           s->nodes > s->zones && s->nodes <= 10000000 && s->links > 0 && s->links <= 40000000 &&
           s->pairs > 0 && s->pairs <= (int64_t)s->zones * (s->zones - 1) && s->total > 0;
}

int main(int argc, char **argv) {
    settings s = {.zones = 1790,
                  .nodes = 12982,
                  .links = 39018,
                  .pairs = 2000000,
                  .total = 1300000,
                  .seed = 20261126};
    if (!parse(argc, argv, &s)) {
        (void)fprintf(stderr,
                      "usage: %s --net FILE --trips FILE [--zones N] [--nodes N] [--links N] "
                      "[--pairs N] [--total TRIPS] [--seed N]\n",
                      argv[0]);
        return 2;
    }
    if (build(&s)) return EXIT_SUCCESS;
    (void)fprintf(stderr, "%s, %s: not written\n", s.net, s.trips);
    return EXIT_FAILURE;
}
