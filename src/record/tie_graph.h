#ifndef KARVAN_SRC_RECORD_TIE_GRAPH_H
#define KARVAN_SRC_RECORD_TIE_GRAPH_H
/* Who is tied to whom as a graph, and what is computed of it alone. Nothing here knows of countries
 * or years: nodes are 0..n-1, ties have a weight above 0. */
#include "karvan/base.h"

/* Neighbours of each node, in ascending order. */
typedef struct karvan_i_tie_arcs {
    int64_t *first; /* [n + 1] */
    int32_t *to;    /* [first[n]] */
    int64_t *tie;   /* [first[n]] */
} karvan_i_tie_arcs;

typedef struct karvan_i_tie_graph {
    int32_t n;
    int64_t m;
    bool directed;
    int32_t *tail, *head; /* [m] by tail, then head; undirected: tail < head */
    double *weight;       /* [m] */
    karvan_i_tie_arcs out, in;
    karvan_i_tie_arcs all; /* both, each neighbour once */
} karvan_i_tie_graph;

/* Nobody is tied to itself, and no pair (directed: in one direction) stands twice: trusted. The
 * order of the arrays does not matter. KARVAN_E_NOMEM. Cost: O(n + m log m). */
karvan_status karvan_i_tie_graph_init(karvan_i_tie_graph *g, int32_t n, int64_t m, bool directed,
                                      const int32_t *tail, const int32_t *head,
                                      const double *weight, karvan_error *err);
void karvan_i_tie_graph_clear(karvan_i_tie_graph *g);
/* Where one gets from a node. */
static inline const karvan_i_tie_arcs *karvan_i_tie_ways(const karvan_i_tie_graph *g) {
    return g->directed ? &g->out : &g->all;
}

/* Betweenness (pairs of other nodes, each counted with the share of its shortest ways that pass;
 * undirected: a pair once) and closeness (the mean over the other nodes of 1 / distance from here,
 * 0 where there is no way). `weighted`: a tie is 1 / weight long, and ways are of one length within
 * a relative 1e-12; else 1. [n] each. KARVAN_E_DATA: more shortest ways than a double holds.
 * Source: Brandes 2001; Marchiori and Latora 2000. Cost: O(n m), weighted O(n m log n); 64 n more
 * doubles. */
karvan_status karvan_i_tie_between(const karvan_i_tie_graph *g, bool weighted, int threads,
                                   double *betweenness, double *closeness, karvan_error *err);

/* What hangs together whatever the direction, and what holds it together. */
typedef struct karvan_i_tie_parts {
    int32_t n_parts, largest; /* of several as large: the one with the first node */
    int32_t *part;            /* [n] 0.. in the order of their first nodes */
    int32_t *size;            /* [n_parts] nodes */
    int32_t n_cuts, n_points; /* cuts: points (nodes) and bridges (pairs) */
    int32_t *cut_a, *cut_b;   /* [n_cuts] a node and -1, or a pair a < b */
    int64_t *first;           /* [n_cuts + 1] offsets into off */
    int32_t *off; /* whom the cut parts from the largest piece that is left, ascending */
} karvan_i_tie_parts;
/* Cuts are in the order: more nodes cut off first, nodes before pairs, then by number. Of pieces as
 * large as one another the one with the first node stays. KARVAN_E_NOMEM. Source: Tarjan 1972,
 * 1974. Cost: O(n + m), and n for each cut. */
karvan_status karvan_i_tie_parts_init(karvan_i_tie_parts *p, const karvan_i_tie_graph *g,
                                      karvan_error *err);
void karvan_i_tie_parts_clear(karvan_i_tie_parts *p);

/* Modularity of a division into communities, of the ties' weights; directed: after Leicht and
 * Newman 2008. NaN without ties. community: [n] any numbers 0..n-1. KARVAN_E_NOMEM. */
karvan_status karvan_i_tie_modularity(const karvan_i_tie_graph *g, const int32_t *community,
                                      double *q, karvan_error *err);

typedef struct karvan_i_tie_division {
    int32_t n, starts;  /* communities; orders that were tried */
    double modularity;  /* NaN without ties */
    bool proved;        /* no division has a higher one */
    int32_t *community; /* [nodes] 0..n-1, larger ones first, then by their first node */
} karvan_i_tie_division;
/* The division of highest modularity that is found: Louvain's moves and merges with refinement
 * (Blondel and others 2008; Rotta and Noack 2011) from several orders of the nodes, the first of
 * the best; among 20 nodes with ties or fewer it is then proved or bettered by branch and bound,
 * where `steps` suffice (0: not tried). The same on every machine and at every run. KARVAN_E_NOMEM.
 */
karvan_status karvan_i_tie_divide(const karvan_i_tie_graph *g, int64_t steps,
                                  karvan_i_tie_division *d, karvan_error *err);
void karvan_i_tie_division_clear(karvan_i_tie_division *d);
/* Branch and bound by itself. b: [n][n] symmetric gain of having two in one community, the diagonal
 * ignored; best: a division to start with, replaced where one is better by more than 1e-12.
 * *proved: there is none better, found within *steps, which are counted down. n <= 20. */
enum { KARVAN_I_TIE_EXACT = 20 };
void karvan_i_tie_exact(int n, const double *b, int32_t *best, int64_t *steps, bool *proved);
#endif
