#ifndef KARVAN_SRC_FLOW_RECURSIVE_H
#define KARVAN_SRC_FLOW_RECURSIVE_H
/* Recursive logit from the inside: one destination at a time (recursion.c), many (recursive.c). */
#include "karvan/choice.h"
#include "network/heap.h"
#include "network/hierarchy.h"

struct karvan_recursive {
    karvan_graph *graph;
    karvan_hierarchy *h;        /* its order and chordal supergraph; its weights are not used */
    int32_t n, m, zones_below;  /* nodes below zones_below are never passed through */
    const int32_t *tail, *head; /* [m], of h */
    int32_t *node;              /* [h->n] node by rank */
    int32_t *in_first;          /* [n + 1] arcs by their head */
    int32_t *in_arc;            /* [m] */
};

/* All walks to one destination. With D_k the shortest distance from k and z_k the sum over walks of
 * exp(-mu cost), y_k = exp(mu D_k) z_k is at least 1, and y = W y + b, where W holds, of an arc a
 * from k to l, exp(-mu (c_a + D_l - D_k)) <= 1. I - W is an M-matrix, and its elimination without
 * pivoting subtracts nowhere but on the diagonal, where every pivot is above 0 just when the
 * spectral radius of W is below 1. */
typedef struct karvan_i_recursion {
    const karvan_recursive *r;
    const double *cost; /* [m] */
    double scale;
    int32_t destination;
    double *dist;        /* [n] D */
    double *w;           /* [m] of W and of b; 0: not walked on the way to this destination */
    double *y;           /* [n] 0: no way */
    double *up;          /* [h->m] factors */
    double *down;        /* [h->m] */
    double *pivot;       /* [h->n] */
    double *right;       /* [h->n] right-hand side and solution, by rank */
    double *node;        /* [n] flows over y, see below */
    double *slope;       /* [n] derivatives of G */
    int64_t *arc_to;     /* [h->n] */
    karvan_i_near *heap; /* [m + 1] */
} karvan_i_recursion;
karvan_status karvan_i_recursion_init(karvan_i_recursion *k, const karvan_recursive *r,
                                      karvan_error *err);
void karvan_i_recursion_clear(karvan_i_recursion *k);
/* Everything above; cost and scale are the caller's and in range. KARVAN_E_DATA: no answer. */
karvan_status karvan_i_recursion_to(karvan_i_recursion *k, const double *cost, double scale,
                                    int32_t destination, karvan_error *err);
/* G of a node. */
double karvan_i_recursion_value(const karvan_i_recursion *k, int32_t node);
/* Add to flow[m] what n origins send to the destination; those without a way are passed over. */
void karvan_i_recursion_load(karvan_i_recursion *k, int64_t n, const int32_t *origin,
                             const double *trips, double *flow);
/* Add to d_flow[m] how these flows move under d_cost[m]; own[m] is room. */
void karvan_i_recursion_respond(karvan_i_recursion *k, int64_t n, const int32_t *origin,
                                const double *trips, const double *d_cost, double *own,
                                double *d_flow);

/* Trips by destination, for loading again and again. Zones to themselves are left out. */
typedef struct karvan_i_arrivals {
    int32_t n;            /* destinations with trips */
    int32_t *destination; /* [n] ascending */
    int64_t *first;       /* [n + 1] */
    int32_t *origin;      /* ascending within a destination */
    double *trips;
    int64_t *cell; /* place in the trips by origin */
} karvan_i_arrivals;
karvan_status karvan_i_arrivals_init(karvan_i_arrivals *a, int32_t zones, const int64_t *first,
                                     const int32_t *destination, const double *trips,
                                     karvan_error *err);
void karvan_i_arrivals_clear(karvan_i_arrivals *a);
/* flow[m], or, with d_cost, its derivative; logsum by cell where it is not NULL. */
karvan_status karvan_i_recursive_run(const karvan_recursive *r, const double *cost, double scale,
                                     const karvan_i_arrivals *trips, const double *d_cost,
                                     int threads, double *flow, double *logsum,
                                     const karvan_cancel *cancel, karvan_error *err);
#endif
