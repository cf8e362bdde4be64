#ifndef KARVAN_ASSIGNMENT_H
#define KARVAN_ASSIGNMENT_H
/* Room: flow. Volume-delay functions; trips between zones; the traffic assignment problem on plain
 * graphs: user equilibrium and system optimum of many classes, by bushes or along links; what is
 * read off a solution. Depends on: base, table, network. Method: docs/methods/assignment.md.
 *
 * Flows are in the unit of the trips (vehicles, TEU) a period, times in the unit of the network.
 * Nodes count from 0; zones are the nodes 0..zones-1. */
#include "karvan/base.h"
#include "karvan/table.h"
#ifdef __cplusplus
extern "C" {
#endif

/* ---- volume-delay functions ---------------------------------------------------------------- */

/** Travel time t(x) of a link under a flow x >= 0; each convex or at least never falling. */
typedef enum karvan_vdf_kind {
    KARVAN_VDF_CONSTANT, /**< t0 */
    KARVAN_VDF_BPR,      /**< t0 (1 + a (x/k)^b) (Bureau of Public Roads 1964) */
    KARVAN_VDF_CONICAL,  /**< t0 (2 + sqrt(a^2 (1 - x/k)^2 + c^2) - a (1 - x/k) - c), a > 1, c =
                            (2a - 1)/(2a - 2) (Spiess 1990, Transportation Science 24(2)) */
    KARVAN_VDF_AKCELIK,  /**< t0 + b ((z - 1) + sqrt((z - 1)^2 + a z)), z = x/k; b = T/4 and a = 8
                            J / (k T) of a period T and delay parameter J (Akcelik 1991, Australian
                            Road Research 21(3)) */
    KARVAN_VDF_DAVIDSON, /**< t0 (1 + a z / (1 - z)) up to z = b < 1, then its tangent (Davidson
                            1966; the tangent after Akcelik 1978) */
    KARVAN_VDF_USER      /**< a curve of the user's: points or a formula, see karvan_vdf_curve */
} karvan_vdf_kind;

/** A curve that several links may share: time over t0 as a function of x/k. */
typedef struct karvan_vdf_curve karvan_vdf_curve;

/** The function of one link. */
typedef struct karvan_vdf {
    karvan_vdf_kind kind;
    double t0;                     /**< time at no flow, >= 0 */
    double capacity;               /**< k > 0; unused by CONSTANT */
    double a, b;                   /**< parameters, as above */
    const karvan_vdf_curve *curve; /**< USER: borrowed; else NULL */
} karvan_vdf;

KARVAN_API double karvan_vdf_time(const karvan_vdf *f, double x);       /**< t(x) */
KARVAN_API double karvan_vdf_derivative(const karvan_vdf *f, double x); /**< t'(x) */
KARVAN_API double karvan_vdf_integral(const karvan_vdf *f, double x);   /**< of t from 0 to x */
/** t''(x), which system optimum needs; infinite at 0 where BPR's b, or a power of a formula, is
 * between 1 and 2. */
KARVAN_API double karvan_vdf_second(const karvan_vdf *f, double x);

/**
 * A curve through points: a monotone cubic (Fritsch and Carlson 1980), beyond the last point its
 * tangent; value, derivative and integral exact.
 * @param ratio [n] x/k, ascending from 0   @param factor [n] time over t0, >= 0, never falling
 * @retval KARVAN_E_ARG  fewer than two points, not ascending, falling (the point is named), NaN
 */
KARVAN_API karvan_status karvan_vdf_points(int n, const double *ratio, const double *factor,
                                           karvan_vdf_curve **out, karvan_error *err);
/**
 * A curve by formula of z (= x/k): numbers, z, + - * / ^, parentheses, exp, log, sqrt, min, max.
 * Derivatives are exact (by differentiating the formula), the integral by Gauss and Legendre on
 * pieces, to 1e-13 of itself or 1e-15 of z times the largest factor.
 * @param most  the formula is checked on 0..most: finite, >= 0, never falling (proved by bounds on
 * intervals; where they do not decide, by points most / 131072 apart); beyond it, its tangent
 * @retval KARVAN_E_ARG  "column c: " what is wrong; where it falls
 * @retval KARVAN_E_NOMEM
 * Cost: some 0.1 ms; up to 0.2 s where bounds decide nowhere.
 */
KARVAN_API karvan_status karvan_vdf_formula(const char *formula, double most,
                                            karvan_vdf_curve **out, karvan_error *err);
KARVAN_API void karvan_vdf_curve_destroy(karvan_vdf_curve *c);
/** Are the parameters in range, the function never falling, and it and its integral finite up to a
 * flow of 1e12? @retval KARVAN_E_ARG what is not, and what would be right */
KARVAN_API karvan_status karvan_vdf_check(const karvan_vdf *f, karvan_error *err);
/** "constant", "bpr", "conical", "akcelik", "davidson", "user". */
KARVAN_API const char *karvan_vdf_kind_name(karvan_vdf_kind k);

/** The functions of a network's links, with the curves that they borrow. */
typedef struct karvan_vdf_set {
    int32_t n;
    karvan_vdf *vdf; /**< [n] */
    int n_curves;
    karvan_vdf_curve **curve; /**< [n_curves] */
} karvan_vdf_set;
/**
 * Functions of a user's, from CSV files, in the place of those a network has.
 *
 * `path` has a row a link, with columns link (needed), kind, t0, capacity, a, b, curve, formula,
 * most. A link is "from-to" (numbers of nodes from 1), its number in the network's order from 1, or
 * "*": all that no other row names. Empty cells, and columns that are not there, keep what the link
 * has; a kind that differs from it needs its own a and b. `curve` names a curve of the other file;
 * `formula` is one of karvan_vdf_formula, checked up to z = `most` (10 where empty); either makes
 * the kind user.
 * @param curves_path  columns curve, ratio, factor: the points of curves, in order; NULL: none
 * @param tail, head   [n_arcs] nodes from 0
 * @param base         [n_arcs] functions that the network has
 * @param[out] out     clear with karvan_vdf_set_clear
 * @retval KARVAN_E_IO
 * @retval KARVAN_E_ARG   no links, or a node below 0
 * @retval KARVAN_E_DATA  "file:line:column: ": a link that is not there or stands twice, a kind or
 * a curve of no such name, a cell that its kind has no use for, a parameter missing or out of
 * range, a formula or curve that falls
 * @retval KARVAN_E_NOMEM
 * Cost: O(n_arcs + rows), and for each different formula up to some tens of milliseconds.
 */
KARVAN_API karvan_status karvan_vdf_read(const char *path, const char *curves_path, int32_t n_arcs,
                                         const int32_t *tail, const int32_t *head,
                                         const karvan_vdf *base, karvan_vdf_set *out,
                                         karvan_error *err);
/** The same from memory; the names serve for messages only. curves NULL: none. */
KARVAN_API karvan_status karvan_vdf_parse(const char *bytes, size_t n, const char *name,
                                          const char *curves, size_t n_curves,
                                          const char *curves_name, int32_t n_arcs,
                                          const int32_t *tail, const int32_t *head,
                                          const karvan_vdf *base, karvan_vdf_set *out,
                                          karvan_error *err);
KARVAN_API void karvan_vdf_set_clear(karvan_vdf_set *s);

/* ---- trips ------------------------------------------------------------------------------------
 */

/** Demand between zones, by origin; cells of 0 are not kept. */
typedef struct karvan_trips {
    int32_t zones;
    int64_t n;            /**< cells */
    int64_t *first;       /**< [zones + 1] */
    int32_t *destination; /**< [n] zone from 0, ascending within an origin */
    double *trips;        /**< [n] > 0 */
} karvan_trips;
/**
 * Read a file NAME_trips.tntp (or CSV with a header origin,destination,trips; zones count from 1).
 * Origins and destinations may stand in any order.
 * @param zones  of the network, > 0
 * @retval KARVAN_E_ARG   zones < 1
 * @retval KARVAN_E_IO
 * @retval KARVAN_E_DATA "file:line:column: ": no metadata, <NUMBER OF ZONES> that is not `zones`, a
 * zone out of range, a number that is none, negative, NaN or infinite, a pair that stands twice,
 * trips that do not add up to <TOTAL OD FLOW> (where told; by more than 1e-5 of it and its last
 * digit)
 * @retval KARVAN_E_NOMEM
 * Cost: O(bytes + zones); 3 MB in less than 10 ms.
 */
KARVAN_API karvan_status karvan_trips_read(const char *path, int32_t zones, karvan_trips *out,
                                           karvan_error *err);
/** The same from memory; `path` serves for messages only. */
KARVAN_API karvan_status karvan_trips_parse(const char *bytes, size_t n, const char *path,
                                            int32_t zones, karvan_trips *out, karvan_error *err);
/** From a matrix [zones][zones]. @retval KARVAN_E_ARG a cell negative or not finite */
KARVAN_API karvan_status karvan_trips_of_matrix(int32_t zones, const double *matrix,
                                                karvan_trips *out, karvan_error *err);
KARVAN_API void karvan_trips_clear(karvan_trips *t);

/* ---- the assignment problem --------------------------------------------------------------- */

/** A class of users. */
typedef struct karvan_user_class {
    const char *name;
    const karvan_trips *trips;
    double pce; /**< what one of them takes of a link (passenger-car equivalents), > 0 */
    const double
        *fixed; /**< [n_arcs] cost besides time, in units of time (tolls over the value of
                   time, length times a factor), finite, so that t0 + fixed >= 0; NULL: 0 */
} karvan_user_class;

/** A network with its demand; all borrowed. */
typedef struct karvan_assignment_problem {
    int32_t n_nodes, n_arcs;
    const int32_t *tail, *head; /**< [n_arcs] */
    int32_t zones;              /**< zones are nodes 0..zones - 1 */
    int32_t first_through;      /**< nodes below it are never passed through */
    const karvan_vdf *vdf;      /**< [n_arcs] of the flow in equivalents, of all classes together */
    const double *preload;      /**< [n_arcs] flow that stays where it is, >= 0; NULL: 0. It slows
                                   others down, and its own time counts in totals of time and cost */
    int n_classes;
    const karvan_user_class *classes;
} karvan_assignment_problem;

typedef enum karvan_principle {
    KARVAN_USER_EQUILIBRIUM, /**< no one gains by another route (Wardrop's first) */
    KARVAN_SYSTEM_OPTIMUM    /**< least total cost: user equilibrium under marginal costs */
} karvan_principle;
typedef enum karvan_assignment_method {
    KARVAN_BUSH,        /**< by bushes: to any gap */
    KARVAN_BFW,         /**< bi-conjugate Frank-Wolfe */
    KARVAN_FW,          /**< Frank-Wolfe */
    KARVAN_MSA,         /**< successive averages */
    KARVAN_INCREMENTAL, /**< demand in equal parts, each by the best way of its moment */
    KARVAN_AON          /**< all or nothing: by the best way at no flow */
} karvan_assignment_method;
/** "ue" "so"; "bush" "bfw" "fw" "msa" "incremental" "aon". */
KARVAN_API const char *karvan_principle_name(karvan_principle p);
KARVAN_API const char *karvan_assignment_method_name(karvan_assignment_method m);

typedef struct karvan_assignment karvan_assignment;

/** Zero-initialised but for gap: user equilibrium by bushes. */
typedef struct karvan_assignment_options {
    karvan_principle principle;
    karvan_assignment_method method;
    double gap;                     /**< relative gap to reach, >= 0 */
    int max_iterations;             /**< 0: 10000; parts of INCREMENTAL (0: 10) */
    int threads;                    /**< 0: all. The same bytes for any number */
    const karvan_assignment *start; /**< NULL, or a solution of the same arcs and classes to start
                                       from. Where its demand was the same too (functions and costs
                                       may differ) and its flows carry it, methods along links go on
                                       from its flows, else from its costs; BUSH goes on from its
                                       bushes where it has them, scaled to the demand, else from its
                                       costs; AON and INCREMENTAL pass it over */
    const karvan_cancel *cancel;
    karvan_progress *progress; /**< a step an iteration */
} karvan_assignment_options;

typedef struct karvan_assignment_stats {
    bool converged; /**< relative_gap is no more than was asked for */
    int iterations;
    /* All sums are in equivalents: a trip of a class counts pce times. */
    double objective;    /**< Beckmann's: sum of integrals from 0 to the flow, preload in it, and
                            fixed costs (SO: total cost) */
    double relative_gap; /**< 1 - sum of demand times least cost / sum of flow times cost, without
                            preload; of SO under marginal costs. NaN where a cancelled run did not
                            come to measure it */
    double average_excess_cost; /**< the same difference over the demand served, in units of cost */
    double total_cost;          /**< flow times cost, fixed cost and the time of preload in it */
    double total_time;          /**< flow times time, that of preload in it */
    double demand;              /**< trips asked for, those in the next two in it */
    double unserved;            /**< trips of pairs that no way joins, or whose zone is alone */
    int64_t unserved_pairs;
    double intrazonal; /**< trips from a zone to itself: not on the network, not unserved */
} karvan_assignment_stats;

/**
 * Solve. Source of the bushes: Dial 2006, Transportation Research B 40(10); Nie 2010, same 44(1);
 * what is karvan's own: docs/methods/assignment.md.
 * Methods along links: Frank and Wolfe 1956, Naval Research Logistics Quarterly 3; Mitradjieva and
 * Lindberg 2013, Transportation Science 47(2); docs/methods/assignment-links.md.
 * @param[out] out  NULL on failure but for KARVAN_E_NOCONV and KARVAN_E_CANCELLED: there the best
 * flows so far (of MSA the last ones), or NULL where none served all of the demand yet
 * @retval KARVAN_E_ARG    a node, cost, demand or function out of range, a start of another network
 * (named); a cost that the flow drives beyond what a double holds
 * @retval KARVAN_E_NOCONV max_iterations did not reach the gap, or no step makes it smaller (told).
 * AON and INCREMENTAL never give it: they have no gap to reach
 * @retval KARVAN_E_CANCELLED, KARVAN_E_NOMEM
 * Cost along links: a search from every origin an iteration, O(zones arcs log nodes); memory five
 * flows of every class, loads of up to 64 MB (or of four flows of every class, where these are
 * more) and trees of up to 256 MB.
 */
KARVAN_API karvan_status karvan_assignment_solve(const karvan_assignment_problem *problem,
                                                 const karvan_assignment_options *options,
                                                 karvan_assignment **out, karvan_error *err);
KARVAN_API void karvan_assignment_destroy(karvan_assignment *a);
KARVAN_API karvan_assignment_stats karvan_assignment_statistics(const karvan_assignment *a);
/** [n_arcs] flow in equivalents, all classes, without preload. */
KARVAN_API const double *karvan_assignment_flow_view(const karvan_assignment *a);
/** [n_arcs] flow of a class, in its own trips. @retval KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_assignment_class_flow(const karvan_assignment *a, int class,
                                                      double *out, karvan_error *err);
/** [n_arcs] time at the solution. */
KARVAN_API const double *karvan_assignment_time_view(const karvan_assignment *a);
/** Unserved pairs: class, origin, destination (zones from 1), trips, why. */
KARVAN_API karvan_status karvan_assignment_unserved(const karvan_assignment *a, karvan_table **out,
                                                    karvan_error *err);
/** from, to (nodes from 1), volume (equivalents), cost (time and the first class's fixed cost). */
KARVAN_API karvan_status karvan_assignment_flows(const karvan_assignment *a, karvan_table **out,
                                                 karvan_error *err);
/**
 * Write a solution, for a later run to start from: a text with every number to its last bit, from
 * which the same solution comes back, with the same views and tables, and with the bushes of
 * KARVAN_BUSH: a start from it goes on as from the solution itself. Equal solutions give equal
 * bytes. Format: docs/methods/assignment.md.
 * @retval KARVAN_E_IO, KARVAN_E_NOMEM   Cost: O(arcs times classes), and of bushes a byte a node of
 * each and 12 a link that enters a node beside others.
 */
KARVAN_API karvan_status karvan_assignment_save(const karvan_assignment *a, const char *path,
                                                karvan_error *err);
/**
 * Read what karvan_assignment_save has written.
 * @retval KARVAN_E_IO
 * @retval KARVAN_E_DATA "file:line:column: ": metadata or rows that are not there, numbers out of
 * range, another version of the format, bushes that are none of the network. That network and
 * demand are those of a problem is seen when it is started from, not here.
 */
KARVAN_API karvan_status karvan_assignment_load(const char *path, karvan_assignment **out,
                                                karvan_error *err);
/** The same from memory; `path` serves for messages only. */
KARVAN_API karvan_status karvan_assignment_parse(const char *bytes, size_t n, const char *path,
                                                 karvan_assignment **out, karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
