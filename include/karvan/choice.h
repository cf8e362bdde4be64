#ifndef KARVAN_CHOICE_H
#define KARVAN_CHOICE_H
/* Room: flow. Stochastic choice: shares of routes in sets (logit, path size, nests), recursive
 * logit on plain graphs without sets, stochastic user equilibrium. Depends on: base, table,
 * network. Method: docs/methods/choice.md.
 *
 * Costs are in any one unit (hours, USD a tonne); scales are per that unit. Nodes, arcs, routes and
 * pairs count from 0. */
#include "karvan/assignment.h"
#include "karvan/base.h"
#include "karvan/table.h"
#ifdef __cplusplus
extern "C" {
#endif

/* ---- shares of routes ---------------------------------------------------------------------- */

typedef enum karvan_choice_kind {
    KARVAN_CHOICE_LOGIT,     /**< size and nests of the sets are not looked at */
    KARVAN_CHOICE_PATH_SIZE, /**< needs log_size */
    KARVAN_CHOICE_NESTED     /**< needs nest; with log_size where it is given */
} karvan_choice_kind;
/** "logit" "path-size" "nested". */
KARVAN_API const char *karvan_choice_kind_name(karvan_choice_kind k);

/** Routes by pair; all borrowed. A pair may have none. */
typedef struct karvan_choice_sets {
    int32_t n_pairs;
    const int64_t *first;   /**< [n_pairs + 1] routes of each pair, from 0 */
    const double *log_size; /**< [routes] ln of the path size, <= 0; NULL: 0 */
    const int32_t *nest;    /**< [routes] nest within the pair, 0..n_nests - 1; NULL: none */
    int32_t n_nests;        /**< most nests of a pair; >= 1 where nest is given */
} karvan_choice_sets;

typedef struct karvan_choice_model {
    karvan_choice_kind kind;
    double scale;         /**< mu > 0 */
    double nest_scale;    /**< theta >= mu; NESTED only */
    double size_exponent; /**< beta >= 0 of the path size; 1 as a rule */
} karvan_choice_model;

/**
 * Shares and the cost of each pair.
 *     logit, path size   w_r = exp(-mu c_r + beta ln PS_r), G = -ln(sum w) / mu, share_r = w_r /
 * sum w nested             I_m = -ln(sum over the nest of exp(-theta c_r + beta ln PS_r)) / theta,
 *                        G = -ln(sum_m exp(-mu I_m)) / mu
 * In every kind dG/dc_r = share_r. Costs of any size: nothing overflows.
 * @param cost         [routes] not NaN, not -INFINITY; INFINITY: closed, its share is 0
 * @param[out] share   [routes] sums to 1 over a pair that has an open route; NULL: not wanted
 * @param[out] logsum  [n_pairs] G; INFINITY where no route is open; NULL: not wanted
 * @retval KARVAN_E_ARG  a scale or exponent out of range; log_size or nest missing, NaN, positive
 * or out of range; a cost that is NaN or -INFINITY (its route is named)
 * @retval KARVAN_E_NOMEM
 * Source: Ben-Akiva and Bierlaire 1999, Handbook of Transportation Science; McFadden 1978 (nests).
 * Cost: O(routes), one exponential a route.
 */
KARVAN_API karvan_status karvan_choice_shares(const karvan_choice_sets *sets,
                                              const karvan_choice_model *model, const double *cost,
                                              double *share, double *logsum, karvan_error *err);
/**
 * How shares move when costs do: the exact directional derivative of karvan_choice_shares. Shares
 * hold all that is needed of the costs, so that no exponential is taken.
 *     logit, path size   d_share_r = -mu share_r (d_r - dbar), dbar the mean of d by share
 *     nested             d_share_r = -share_r (theta (d_r - dbar_m) + mu (dbar_m - dbar))
 * The matrix behind it is symmetric and negative semidefinite.
 * @param share        [routes] as karvan_choice_shares gave them
 * @param d_cost       [routes] direction; not looked at where share is 0
 * @param[out] d_share [routes]; may not be d_cost itself
 * @retval KARVAN_E_ARG  as above; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_choice_respond(const karvan_choice_sets *sets,
                                               const karvan_choice_model *model,
                                               const double *share, const double *d_cost,
                                               double *d_share, karvan_error *err);
/**
 * Path sizes: PS_r = sum over the arcs of r of (length_a / length of r) / (routes of the pair that
 * use a). 1 for a route that shares nothing, 1/n for n routes that are the same. An arc that stands
 * in a route twice counts once.
 * @param route_first   [routes + 1] places in route_arc
 * @param route_arc     arcs of each route, 0..n_arcs - 1
 * @param arc_length    [n_arcs] finite, >= 0; in a route of no length all arcs count alike
 * @param[out] log_size [routes] ln PS_r <= 0; 0 for a route of no arcs
 * @retval KARVAN_E_ARG  an arc or a length out of range; KARVAN_E_NOMEM
 * Source: Ben-Akiva and Bierlaire 1999.   Cost: O(arcs of all routes).
 */
KARVAN_API karvan_status karvan_choice_path_sizes(const karvan_choice_sets *sets,
                                                  const int64_t *route_first,
                                                  const int32_t *route_arc, int32_t n_arcs,
                                                  const double *arc_length, double *log_size,
                                                  karvan_error *err);

/* ---- recursive logit --------------------------------------------------------------------------
 */

/** A plain graph made ready for recursive logit: every walk to a destination is a choice, arc after
 * arc, and none is listed. Frozen once made: any number of threads may ask it. */
typedef struct karvan_recursive karvan_recursive;
/**
 * @param tail,head      [n_arcs] nodes; parallel arcs and loops are allowed
 * @param first_through  nodes below it begin and end walks and are never passed through
 * @retval KARVAN_E_ARG  a node out of range, negative counts; KARVAN_E_NOMEM
 * Cost: an order of elimination by nested dissection (METIS), O((n + m) log n) on road networks.
 */
KARVAN_API karvan_status karvan_recursive_create(int32_t n_nodes, int32_t n_arcs,
                                                 const int32_t *tail, const int32_t *head,
                                                 int32_t first_through, karvan_recursive **out,
                                                 karvan_error *err);
KARVAN_API void karvan_recursive_destroy(karvan_recursive *r);
/**
 * Expected least cost from every node to a destination: G_k = -ln(z_k) / mu, where z_d = 1 and z_k
 * = sum over arcs a = (k, l) of exp(-mu c_a) z_l (the destination is left no more). By elimination
 * on z scaled by shortest distances, so that neither large costs nor long ways underflow.
 * @param cost        [n_arcs] >= 0, INFINITY: closed
 * @param scale       mu > 0
 * @param destination a node
 * @param[out] value  [n_nodes] G; INFINITY where no way leads to the destination
 * @retval KARVAN_E_ARG    a cost, scale or node out of range
 * @retval KARVAN_E_DATA   the walks through cycles add up to infinity (the spectral radius reaches
 * 1): the message names the destination, and the scale above which there is an answer
 * @retval KARVAN_E_NOMEM
 * Source: Fosgerau, Frejinger and Karlstrom 2013, Transportation Research B 56.
 */
KARVAN_API karvan_status karvan_recursive_values(const karvan_recursive *r, const double *cost,
                                                 double scale, int32_t destination, double *value,
                                                 karvan_error *err);
/**
 * Flows of trips between zones, each by recursive logit.
 * @param trips        its zones are nodes; cells of a zone to itself go nowhere, those without a
 * way are left out: their logsum is INFINITY
 * @param threads      0: all. The same bytes for any number
 * @param[out] flow    [n_arcs]
 * @param[out] logsum  [trips->n] G of each cell (0 of a zone to itself); NULL: not wanted
 * @retval as above, and KARVAN_E_CANCELLED
 * Cost: a destination: one search, one elimination (the triangles of the chordal supergraph), four
 * sweeps.
 */
KARVAN_API karvan_status karvan_recursive_load(const karvan_recursive *r, const double *cost,
                                               double scale, const karvan_trips *trips, int threads,
                                               double *flow, double *logsum,
                                               const karvan_cancel *cancel, karvan_error *err);
/** How those flows move with costs: the exact directional derivative of karvan_recursive_load.
 * @param d_cost [n_arcs], not looked at where the arc is closed   @param[out] d_flow [n_arcs] */
KARVAN_API karvan_status karvan_recursive_respond(const karvan_recursive *r, const double *cost,
                                                  double scale, const karvan_trips *trips,
                                                  const double *d_cost, int threads, double *d_flow,
                                                  const karvan_cancel *cancel, karvan_error *err);

/* ---- stochastic user equilibrium --------------------------------------------------------------
 */

/** Which choice the users make. */
typedef enum karvan_sue_choice {
    KARVAN_SUE_LOGIT,     /**< over route sets */
    KARVAN_SUE_PATH_SIZE, /**< over route sets, overlap by free-flow time */
    KARVAN_SUE_NESTED,    /**< over route sets with path size, nests by family of arcs */
    KARVAN_SUE_RECURSIVE  /**< over all walks, by recursive logit */
} karvan_sue_choice;
/** "logit" "path-size" "nested" "recursive". */
KARVAN_API const char *karvan_sue_choice_name(karvan_sue_choice c);

/** Zero-initialised but for scale. Costs are in the time unit of the problem. */
typedef struct karvan_sue_options {
    karvan_sue_choice choice;
    double scale;          /**< mu > 0 */
    double nest_scale;     /**< >= scale; NESTED only */
    double size_exponent;  /**< 0: 1 */
    int routes;            /**< most routes a pair; 0: 8 */
    const int32_t *family; /**< [n_arcs] NESTED: families of arcs, 0..n_families - 1; a route's nest
                              is the family in which it spends most free-flow time */
    int32_t n_families;
    double gap;         /**< relative gap of flows to reach; 0: 1e-8 */
    int max_iterations; /**< 0: 1000 */
    int threads;        /**< 0: all. The same bytes for any number */
    const karvan_cancel *cancel;
    karvan_progress *progress; /**< a step an iteration */
} karvan_sue_options;

typedef struct karvan_sue_stats {
    bool converged;
    int iterations;   /**< steps, over all rounds of new routes */
    int loads;        /**< loadings of the whole demand */
    double gap;       /**< sum |x - load(t(x))| / sum x, x flows by class */
    double fisk_gap;  /**< primal less dual objective, over the total cost; >= 0 but for rounding */
    double objective; /**< Fisk's: integrals of time, fixed cost, and entropy over mu (primal) */
    double total_cost; /**< flow times cost, fixed cost in it */
    double total_time;
    double expected_cost; /**< demand times G: what users expect, taste for variety in it */
    double demand, unserved;
    int64_t unserved_pairs;
    double intrazonal;
    int64_t routes;       /**< of all sets; 0 for RECURSIVE */
    int64_t better_apart; /**< pairs whose best route at the solution is not in their set */
} karvan_sue_stats;

typedef struct karvan_sue karvan_sue;
/**
 * Stochastic user equilibrium: flows x that are the choice at the costs which x makes, x =
 * load(t(x)). The dual of Fisk's problem is concave in link times and solved by L-BFGS in the
 * product that the links' slopes make, with a line search on it. Classes choose by their own fixed
 * costs; each of them counts by its equivalents. Route sets: a quarter from
 * the empty network, under penalties that grow on what was found; then routes that the
 * equilibrium's own costs make best, until there is none; then, at those costs, as many under
 * penalties as fill three quarters.
 * @param[out] out  NULL on failure but for KARVAN_E_NOCONV and KARVAN_E_CANCELLED: there the best
 * flows so far
 * @retval KARVAN_E_ARG    a node, cost, demand, function, scale or family out of range (named)
 * @retval KARVAN_E_DATA   RECURSIVE: the scale is too small (see karvan_recursive_values)
 * @retval KARVAN_E_NOCONV max_iterations did not reach the gap, or no step makes it smaller (told)
 * @retval KARVAN_E_CANCELLED, KARVAN_E_NOMEM
 * Source: Fisk 1980, Transportation Research B 14(3); Sheffi and Powell 1982, Networks 12(2); what
 * is karvan's own: docs/methods/choice.md.
 */
KARVAN_API karvan_status karvan_sue_solve(const karvan_assignment_problem *problem,
                                          const karvan_sue_options *options, karvan_sue **out,
                                          karvan_error *err);
KARVAN_API void karvan_sue_destroy(karvan_sue *s);
KARVAN_API karvan_sue_stats karvan_sue_statistics(const karvan_sue *s);
/** Flows and times as an assignment: its views and tables hold of it too, and another may start
 * from it. Its relative_gap is that of user equilibrium: what users pay above their best ways. */
KARVAN_API const karvan_assignment *karvan_sue_assignment_view(const karvan_sue *s);
/** [cells of the trips of class `which`] G of each; INFINITY: no way; 0 of a zone to itself. NULL:
 * there is no such class. */
KARVAN_API const double *karvan_sue_logsum_view(const karvan_sue *s, int which);
/** class, origin, destination (zones from 1), route (nodes from 1, "1-3-2"), cost, share, trips.
 * @retval KARVAN_E_ARG RECURSIVE lists no routes */
KARVAN_API karvan_status karvan_sue_routes(const karvan_sue *s, karvan_table **out,
                                           karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
