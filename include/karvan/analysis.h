#ifndef KARVAN_ANALYSIS_H
#define KARVAN_ANALYSIS_H
/* Room: flow. What is read off a solution of the assignment problem: whose trips pass a link, which
 * ways a pair uses, what ways cost, two solutions beside one another. Depends on: base, table, and
 * karvan/assignment.h, whose units and numbers these are. Method: docs/methods/select.md.
 *
 * Equilibrium settles the flow of links, not who goes which way: other trips may change places with
 * these and no link see it. What is told is of the ways that the solution holds. Where they leave
 * open who came by which, those of one origin (and of classes that pay alike) who meet at a node
 * have come to it in the same proportions, wherever they go on to.
 */
#include "karvan/assignment.h"
#ifdef __cplusplus
extern "C" {
#endif

/** A problem and its solution, to be asked. Any number of threads may ask one. */
typedef struct karvan_analysis karvan_analysis;
/**
 * @param problem, solution  borrowed; they must stay as long as the analysis
 * @retval KARVAN_E_ARG  a problem that karvan_assignment_solve would refuse, or a solution of
 * another network, of other demand or other classes (told)
 * @retval KARVAN_E_NOMEM
 * Cost: O(arcs + pairs) time, O(arcs) memory.
 */
KARVAN_API karvan_status karvan_analysis_create(const karvan_assignment_problem *problem,
                                                const karvan_assignment *solution,
                                                karvan_analysis **out, karvan_error *err);
KARVAN_API void karvan_analysis_destroy(karvan_analysis *a);
/** Does the solution hold the ways that are used? One by KARVAN_BUSH does; others hold flows of
 * links alone, and what needs ways gives KARVAN_E_ARG. */
KARVAN_API bool karvan_analysis_has_ways(const karvan_analysis *a);

/* ---- selected links ------------------------------------------------------------------------- */

enum { KARVAN_SELECT_SETS = 6 };
/** Which trips are meant: those whose way passes at least one arc of every set. */
typedef struct karvan_select_query {
    int n_sets; /**< 0..KARVAN_SELECT_SETS; 0: all trips that the zones below let through */
    const int32_t *first; /**< [n_sets + 1] a set is arc[first[k]] .. arc[first[k + 1] - 1] */
    const int32_t *arc;   /**< numbers of arcs */
    bool in_order;        /**< the sets must be passed in their order. One arc serves several sets
                             that follow one another where it is of all of them */
    const bool *origin, *destination; /**< [zones] those that count; NULL: all */
    int threads;                      /**< 0: all. The same bytes for any number */
    const karvan_cancel *cancel;
} karvan_select_query;
typedef struct karvan_selected_pair {
    int class_no;
    int32_t origin, destination;
    double trips;    /**< of the pair in all, that are served */
    double selected; /**< of them, > 0 */
} karvan_selected_pair;
typedef struct karvan_selection {
    double
        *flow; /**< [n_classes][n_arcs] the whole ways of selected trips, in trips of the class */
    int64_t n;
    karvan_selected_pair *pair; /**< [n] by class, origin, destination */
} karvan_selection;
/**
 * Select trips by what their ways pass.
 * Of a query of one set, the selected flow of each arc of the set is the flow of
 * karvan_assignment_class_flow to the last bit, where no origin or destination is left out. Sums of
 * selected pairs agree with it to rounding (1e-13 of it).
 * @retval KARVAN_E_ARG  the solution holds no ways; an arc or a number of sets out of range
 * @retval KARVAN_E_CANCELLED, KARVAN_E_NOMEM
 * Cost: two passes over every bush and state, of which there are 2^n_sets (n_sets + 1 in order):
 * O(zones nodes states); memory nodes x states a thread, 32 flows of every class.
 */
KARVAN_API karvan_status karvan_select(const karvan_analysis *a, const karvan_select_query *query,
                                       karvan_selection *out, karvan_error *err);
KARVAN_API void karvan_selection_clear(karvan_selection *s);
typedef enum karvan_selection_by {
    KARVAN_BY_PAIR,   /**< class, origin, destination, trips, selected, share */
    KARVAN_BY_ORIGIN, /**< class, origin, trips, selected, share; of origins with selected trips */
    KARVAN_BY_CLASS,  /**< class, trips, selected, share; of all classes */
    KARVAN_BY_LINK,   /**< link, from, to, flow, selected (both equivalents), share, and of several
                         classes selected_NAME in trips; of links with selected flow */
    KARVAN_BY_ALL_LINKS /**< the same of all links */
} karvan_selection_by;
/** A selection as a table; zones, nodes and links count from 1. @retval KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_selection_table(const karvan_analysis *a, const karvan_selection *s,
                                                karvan_selection_by by, karvan_table **out,
                                                karvan_error *err);

/* ---- what ways cost ------------------------------------------------------------------------- */

typedef enum karvan_skim_ways {
    KARVAN_LEAST_WAYS, /**< the way that costs a user least: time and the class's fixed cost */
    KARVAN_USED_WAYS   /**< the mean over the ways used, by their trips */
} karvan_skim_ways;
/**
 * Sums over ways from every zone to every other, at the times of the solution.
 * @param class_no whose fixed costs say which way is the least, or whose trips weigh
 * @param column  [n][n_arcs] what is added up; NULL: what the class pays (time and fixed cost)
 * @param[out] value [n][zones][zones] INFINITY where no way leads; of a zone to itself 0. Over used
 * ways NaN where the class has no trips that are served
 * @retval KARVAN_E_ARG  no such class; KARVAN_USED_WAYS of a solution without ways
 * @retval KARVAN_E_CANCELLED, KARVAN_E_NOMEM
 * Cost: a search an origin, or a pass over its bush, and one over its tree for each column.
 */
KARVAN_API karvan_status karvan_analysis_skim(const karvan_analysis *a, int class_no,
                                              karvan_skim_ways ways, int n,
                                              const double *const *column, int threads,
                                              const karvan_cancel *cancel, double *value,
                                              karvan_error *err);

/** The ways of a pair, most used first. */
typedef struct karvan_used_ways {
    double trips; /**< of the class between the two, served */
    double rest;  /**< of them, on ways that are not listed */
    int32_t n;
    double *flow;   /**< [n] trips, falling to rounding */
    double *cost;   /**< [n] time and fixed cost of the class at the solution */
    int32_t *first; /**< [n + 1] */
    int32_t *arc;   /**< numbers of arcs, from the origin on */
} karvan_used_ways;
/**
 * The `most` ways of a pair that most trips take; none where no trips go.
 * @retval KARVAN_E_ARG  a class or zone out of range, most < 1, a solution without ways
 * @retval KARVAN_E_NOMEM
 * Cost: O(nodes) and O(arcs of the ways listed) with a queue of those that branch off.
 */
KARVAN_API karvan_status karvan_analysis_ways(const karvan_analysis *a, int class_no,
                                              int32_t origin, int32_t destination, int32_t most,
                                              karvan_used_ways *out, karvan_error *err);
KARVAN_API void karvan_used_ways_clear(karvan_used_ways *w);
/** Those of all pairs: class, origin, destination, way (from 1), trips, cost, nodes, links (both as
 * numbers from 1 parted by blanks). @param[out] rest  trips on ways not listed; may be NULL */
KARVAN_API karvan_status karvan_analysis_ways_table(const karvan_analysis *a, int32_t most,
                                                    const karvan_cancel *cancel, karvan_table **out,
                                                    double *rest, karvan_error *err);

/* ---- before and after ----------------------------------------------------------------------- */

/**
 * Links of two solutions: from, to, flow_before, flow_after, flow_change (equivalents),
 * time_before, time_after, time_change. Links are the same where both ends are, the first such of
 * one with the first of the other; a link of one solution alone has no flow in the other, and its
 * time there is not covered. The order is that of `after`, then what only `before` has.
 * @retval KARVAN_E_ARG, KARVAN_E_NOMEM   Cost: O(arcs log arcs).
 */
KARVAN_API karvan_status karvan_assignment_compare(const karvan_assignment *before,
                                                   const karvan_assignment *after,
                                                   karvan_table **out, karvan_error *err);
typedef struct karvan_surplus {
    double total;    /**< of all classes and pairs, in units of cost times trips */
    double uncosted; /**< trips, before or after, of pairs that no way joins in one of the two: they
                        have no cost, and no surplus is told */
    int64_t uncosted_pairs;
} karvan_surplus;
/**
 * Consumers' surplus by the rule of a half: (trips before + trips after) / 2 times what a trip
 * costs less, by the least ways. Where demand is the same, that is the whole saving. By it a linear
 * demand curve is told exactly, others nearly, where costs change little.
 * Source: Neuburger 1971, Journal of Transport Economics and Policy 5(1).
 * Classes are the same where they stand in the same place; pairs from a zone to itself do not
 * count.
 * @param[out] pairs    class, origin, destination, trips_before, trips_after, cost_before,
 * cost_after, surplus; of pairs with trips in either. NULL: not wanted
 * @param[out] classes  class, trips_before, trips_after, surplus. NULL: not wanted
 * @retval KARVAN_E_ARG  another number of zones or classes
 * @retval KARVAN_E_CANCELLED, KARVAN_E_NOMEM
 * Cost: two searches an origin and class.
 */
KARVAN_API karvan_status karvan_analysis_surplus(const karvan_analysis *before,
                                                 const karvan_analysis *after, int threads,
                                                 const karvan_cancel *cancel, karvan_surplus *out,
                                                 karvan_table **pairs, karvan_table **classes,
                                                 karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
