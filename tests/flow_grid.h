#ifndef KARVAN_TESTS_FLOW_GRID_H
#define KARVAN_TESTS_FLOW_GRID_H
/* A congested grid of 20 x 20 nodes, of which the first 70 are zones, with arcs both ways. */
#include "karvan/assignment.h"

enum { SIDE = 20, GRID = SIDE * SIDE, GRID_ARCS = 4 * SIDE * (SIDE - 1), GRID_ZONES = 70 };

typedef struct flow_grid {
    int32_t tail[GRID_ARCS], head[GRID_ARCS];
    karvan_vdf vdf[GRID_ARCS];
    double fixed[GRID_ARCS], demand[GRID_ZONES * GRID_ZONES];
    int32_t n;
} flow_grid;

static inline void grid_arc(flow_grid *g, karvan_random *r, int32_t a, int32_t b, double power) {
    g->tail[g->n] = a, g->head[g->n] = b;
    g->fixed[g->n] = (double)karvan_random_below(r, 3);
    double t0 = 1 + (double)karvan_random_below(r, 4);
    double capacity = 500 + 500 * karvan_random_uniform(r);
    g->vdf[g->n++] =
        (karvan_vdf){.kind = KARVAN_VDF_BPR, .t0 = t0, .capacity = capacity, .a = 0.15, .b = power};
}

static inline void draw_grid(flow_grid *g, double power) {
    karvan_random r;
    karvan_random_init(&r, 5, 0);
    g->n = 0;
    for (int32_t i = 0; i < SIDE; i++)
        for (int32_t j = 0; j < SIDE; j++) {
            int32_t v = i * SIDE + j;
            if (j + 1 < SIDE) grid_arc(g, &r, v, v + 1, power), grid_arc(g, &r, v + 1, v, power);
            if (i + 1 < SIDE)
                grid_arc(g, &r, v, v + SIDE, power), grid_arc(g, &r, v + SIDE, v, power);
        }
    for (int i = 0; i < GRID_ZONES * GRID_ZONES; i++) g->demand[i] = karvan_random_uniform(&r) * 20;
}
#endif
