#ifndef KARVAN_SRC_FLOW_ROUTE_SETS_H
#define KARVAN_SRC_FLOW_ROUTE_SETS_H
/* Route sets of a class on a plain graph: found by trees of shortest ways, kept by pair, laid out
 * for karvan/choice.h. Arcs are places in the problem's star; pairs are cells of its demand. */
#include "flow/choice.h"
#include "flow/problem.h"

/* A way, in the order in which it was found. */
typedef struct karvan_i_way {
    int64_t first; /* place of its arcs, backwards from the destination */
    int32_t n;
    int64_t next; /* the pair's way found before it, -1 */
} karvan_i_way;

typedef struct karvan_i_route_sets {
    const karvan_i_problem *p;
    int class, most; /* ways a pair may have */
    int32_t n_pairs;
    int64_t *last;   /* [n_pairs] the way found last, -1 */
    int32_t *n_ways; /* [n_pairs] */
    karvan_i_way *way;
    int64_t n, cap;
    int32_t *arc;
    int64_t n_arcs, cap_arcs;
    /* Laid out by pair and age: */
    karvan_choice_sets sets;
    int64_t *first;       /* [n_pairs + 1] */
    int64_t *route_first; /* [routes + 1] */
    int32_t *route_arc;   /* from the origin on */
    double *log_size;     /* [routes] */
    int32_t *nest;        /* [routes] */
    double *cost, *share; /* [routes] as loaded last */
} karvan_i_route_sets;

karvan_status karvan_i_route_sets_init(karvan_i_route_sets *s, const karvan_i_problem *p, int class,
                                       int most, karvan_error *err);
void karvan_i_route_sets_clear(karvan_i_route_sets *s);
/* The shortest way of each pair, and ways that are shortest once arcs of the trees before weigh
 * more and more, where they are new and the set has fewer than `most`; cost[m]. Counts those added.
 */
karvan_status karvan_i_route_sets_widen(karvan_i_route_sets *s, const double *cost, int most,
                                        int64_t *added, const karvan_cancel *cancel,
                                        karvan_error *err);
/* The shortest way alone. Counts those added, and those shorter than all others of their set that
 * had no room. */
karvan_status karvan_i_route_sets_grow(karvan_i_route_sets *s, const double *cost, int most,
                                       int64_t *added, int64_t *apart, const karvan_cancel *cancel,
                                       karvan_error *err);
/* Lay out what was found, with sizes by length[m]; nests by family[m], NULL: none. */
karvan_status karvan_i_route_sets_lay(karvan_i_route_sets *s, const double *length,
                                      const int32_t *family, int32_t n_families, karvan_error *err);
#endif
