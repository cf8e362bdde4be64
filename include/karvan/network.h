#ifndef KARVAN_NETWORK_H
#define KARVAN_NETWORK_H
/* Room: network. Places, links, terminals and services of a region as a state
 * graph; best routes by time, money, emissions or generalised cost, freely or within a named
 * corridor; the distribution of door-to-door time; the model beside published
 * figures. Depends on: base, table. Method: docs/methods/network.md.
 *
 * What a route holds runs from its first departure to its last arrival: the
 * handling before and after is not in it. Money is USD per loaded 20-ft container
 * (TEU), time hours, distance kilometres, emissions kg CO2 equivalent. */
#include "karvan/base.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct karvan_network karvan_network;

/** What is open, and the few numbers that no row carries. */
typedef struct karvan_network_options {
    karvan_day date;         /**< links, terminals and services in service on this day */
    double closure_spell_h;  /**< mean length of a weather closure, hours, > 0 */
    const char *cargo_class; /**< id of table cargo_classes; its factors and steps hold. NULL: none
                                in particular. Read while the network is made */
    bool handling;           /**< routes begin with loading and end with unloading */
} karvan_network_options;

/** The region's own: rows `reference_date` and `closure_spell_h` of its table `settings`.
 * @retval KARVAN_E_DATA a row is missing or cannot be read */
KARVAN_API karvan_status karvan_network_defaults(const karvan_package *region,
                                                 karvan_network_options *out, karvan_error *err);

/**
 * Build the state graph of a region.
 * A state is place x mode (a row of `modes`: mode, means and gauge) x customs status x side
 * (arrived, departing). Passing on in one mode is free unless the place has a row for that mode
 * with an operation that all must stop for (a border); every other change needs a terminal row.
 * Rows of one place and the same modes are passed in the order of their `step`; rows of one step
 * are alternatives. Modes and operations are rows of tables: none is known to the code. A row
 * counts as open on a day when its interval may contain that day and, for open_from, certainly
 * begins no later.
 * @param region borrowed; must outlive the network
 * @retval KARVAN_E_DATA  a table is absent, or a row lacks a value that routing needs or has one
 * below 0 (file:line named)
 * @retval KARVAN_E_NOMEM
 * Cost: O(rows). Frozen: any number of threads may route on one network.
 */
KARVAN_API karvan_status karvan_network_create(const karvan_package *region,
                                               const karvan_network_options *options,
                                               karvan_network **out, karvan_error *err);
KARVAN_API void karvan_network_destroy(karvan_network *net);
KARVAN_API int32_t karvan_network_places(const karvan_network *net); /**< rows of table places */
KARVAN_API int32_t karvan_network_states(const karvan_network *net);
KARVAN_API int32_t karvan_network_arcs(const karvan_network *net);

/**
 * Row of table places for what a user typed: id, UN/LOCODE with or without blank, name or alias,
 * whatever the case or the diacritics. A country's name or code gives its capital.
 * @retval KARVAN_E_ARG  no such place (message names the nearest) or several (all named)
 */
KARVAN_API karvan_status karvan_network_place(const karvan_package *region, const char *typed,
                                              int32_t *place, karvan_error *err);
/** Row of table corridors by id, name or alias. @retval KARVAN_E_ARG as above */
KARVAN_API karvan_status karvan_network_corridor(const karvan_package *region, const char *typed,
                                                 int32_t *corridor, karvan_error *err);

/** What a route is best by. */
typedef enum karvan_objective {
    KARVAN_BY_TIME,        /**< expected hours */
    KARVAN_BY_COST,        /**< USD per TEU */
    KARVAN_BY_EMISSIONS,   /**< kg CO2e per TEU */
    KARVAN_BY_GENERALISED, /**< USD per TEU plus hours at the query's value of time */
    KARVAN_BY_PARETO       /**< of a route of a Pareto set; no query asks for it */
} karvan_objective;
KARVAN_API const char *
karvan_objective_name(karvan_objective o); /**< "time" "cost" "emissions" "generalised" "pareto" */

typedef struct karvan_route_query {
    int32_t from, to; /**< rows of table places, different */
    karvan_objective objective;
    int32_t corridor;           /**< row of table corridors, -1: any way */
    double value_of_time_usd_h; /**< USD per TEU-hour, >= 0, for KARVAN_BY_GENERALISED */
} karvan_route_query;

/** Kinds of legs: moving, waiting, and the causes of stops that table operations names. */
typedef enum karvan_operation {
    KARVAN_MOVE,
    KARVAN_WAIT, /**< for a departure, and for weather that keeps ships in port */
    KARVAN_BORDER,
    KARVAN_GAUGE_CHANGE,
    KARVAN_PORT,
    KARVAN_TRANSHIP,
    KARVAN_HANDLING, /**< loading, unloading */
    KARVAN_OTHER,
    KARVAN_OPERATIONS /**< how many there are */
} karvan_operation;
/** "move" "wait" "border" "gauge_change" "port" "tranship" "handling" "other" */
KARVAN_API const char *karvan_operation_name(karvan_operation o);

/** One leg. Strings are borrowed from the region. */
typedef struct karvan_leg {
    karvan_operation operation;
    const char *operation_id; /**< "move", "wait", or the id in table operations */
    bool tranships;           /**< a transhipment, as table operations counts them */
    int32_t from, to;         /**< rows of places; equal unless it moves */
    const char *mode;         /**< of the link; for a terminal the mode that leaves */
    const char *from_mode;    /**< terminals: the mode that arrives; else NULL */
    double km, hours, usd_per_teu, co2e_kg_per_teu; /**< hours: expected */
    double p50_h, p90_h;                            /**< of this leg alone */
    const char *table; /**< "links", "terminals", "services" or "operations": the row it is from */
    int32_t row;
    const char *source;      /**< id of the source of the hours */
    const char *cost_source; /**< id of the source of the money; NULL for waits */
    bool assumed;            /**< hours or money rest on an assumption */
    char why[200];           /**< one sentence: what takes the time here */
} karvan_leg;

/** A route. The caller owns it: init by a routing function, clear with karvan_route_clear. */
typedef struct karvan_route {
    int32_t corridor; /**< row of corridors that was asked for, -1 */
    karvan_objective objective;
    double hours, km, usd_per_teu, co2e_kg_per_teu; /**< sums over the legs, in their order */
    double sd_h;                    /**< standard deviation of the hours, legs independent */
    int32_t borders, transhipments; /**< legs that cross a border (gauge changes between countries
                                       too); ports, gauge and mode changes */
    int32_t n_legs;
    karvan_leg *legs; /**< [n_legs] */
} karvan_route;
KARVAN_API void karvan_route_clear(karvan_route *r);

/**
 * Best route (Dijkstra over states x groups of places still to pass).
 * Ties are broken by the order of the tables, so that the answer is unique.
 * @retval KARVAN_E_ARG    a row out of range, from = to, a negative value of time
 * @retval KARVAN_E_NOCONV no way leads there, or every one by the corridor comes back to a place,
 * or none that does not was found within the branches (message says which)
 * @retval KARVAN_E_NOMEM
 * Cost: O(a log s) with s states x 2^groups, a arcs; with a corridor to which the walk would come
 * back, that times the branches, at most 600.
 */
KARVAN_API karvan_status karvan_route_best(const karvan_network *net, const karvan_route_query *q,
                                           karvan_route *out, karvan_error *err);

/** What routes are weighed by; several are or-ed together. */
enum {
    KARVAN_WEIGH_TIME = 1,
    KARVAN_WEIGH_COST = 2,
    KARVAN_WEIGH_EMISSIONS = 4,
    KARVAN_WEIGH_DISPERSION = 8 /**< standard deviation of the hours */
};
typedef struct karvan_pareto_query {
    int32_t from, to;      /**< rows of table places, different */
    unsigned weigh;        /**< KARVAN_WEIGH_..., one at the least */
    int max_transhipments; /**< changes of mode or gauge at the most; -1: any number */
    /** Rows of countries, places, and names of modes that are avoided, but for the two ends. */
    int n_countries, n_places, n_modes;
    const int32_t *countries, *places;
    const char *const *modes;
    int32_t most_labels; /**< 0: a million; beyond it the set is incomplete, and said so */
} karvan_pareto_query;
/** A set of routes. Clear with karvan_routes_clear. */
typedef struct karvan_routes {
    int32_t n;
    karvan_route *route; /**< [n] */
    bool capped;         /**< some may be missing */
} karvan_routes;
KARVAN_API void karvan_routes_clear(karvan_routes *r);
/**
 * Routes of which none is as good as another in all that is weighed and better in some: exact, one
 * route for each vector of values, by the first weighed value, then the next.
 * Label setting with lower bounds from the destination (Mandow and Perez de la Cruz 2010,
 * "Multiobjective A* search with consistent heuristics", Journal of the ACM 57(5)).
 * @retval KARVAN_E_ARG    a row or mode out of range, nothing to weigh
 * @retval KARVAN_E_NOCONV no way leads there
 * @retval KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_routes_pareto(const karvan_network *net,
                                              const karvan_pareto_query *q, karvan_routes *out,
                                              karvan_error *err);

/** Distribution of a route's time. */
typedef struct karvan_time_quantiles {
    double mean_h, p05_h, p10_h, p50_h, p90_h, p95_h;
} karvan_time_quantiles;
/**
 * By numerical convolution of the legs' distributions on a grid of step_h: moving and dwell
 * lognormal from their median and 90th percentile; waits the residual life of a gamma headway, plus
 * an exponential closure with its probability. Legs are taken as independent.
 * @param step_h > 0, typically 0.5
 * @param[out] out [n_legs + 1] after 0, 1, ..., n_legs legs: the last is the whole route's
 * @retval KARVAN_E_ARG, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_route_quantiles(const karvan_network *net, const karvan_route *r,
                                                double step_h, karvan_time_quantiles *out,
                                                karvan_error *err);

/** One row a leg: corridor (any: none was asked for), objective, leg, from, to, mode, operation,
 * km, hours, usd_per_teu, co2e, source, why. For output. */
KARVAN_API karvan_status karvan_route_table(const karvan_package *region, int32_t n,
                                            const karvan_route *routes, karvan_table **out,
                                            karvan_error *err);

/**
 * The model beside the published figures: one row a target: id, name, from, to, corridor, measure,
 * model, low, high, unit, verdict (inside, outside, not modelled), difference to the nearer bound
 * in per cent, used_to_estimate, source, note. Route measures take the route best by time within
 * the target's corridor.
 * @retval KARVAN_E_DATA the region has no targets
 */
KARVAN_API karvan_status karvan_network_targets(const karvan_network *net, karvan_table **out,
                                                karvan_error *err);

/**
 * What the closure of one link or terminal, in both directions, would cost all ordered pairs of
 * places that are cities or ports: one row an item that any best way uses: kind (link, terminal),
 * id, name, delta_hours (sum of the growth of least expected hours over the pairs that stay
 * connected), delta_usd (the same of least USD a TEU), cut_pairs (pairs that no way joins any
 * more). Most cut pairs first, then most hours.
 * @param threads 0: as many as the machine has; the answer is the same bytes for any number
 * Cost: a search an origin, measure and item of its tree.
 */
KARVAN_API karvan_status karvan_network_critical(const karvan_network *net, int threads,
                                                 karvan_table **out, karvan_error *err);

/** Plausibility of the network's tables: a leg faster than its mode can be, shorter than the great
 * circle, a terminal whose mode has no link at its place, a link without a way on, a border without
 * customs, a P90 below the P50. Adds to problems. */
KARVAN_API karvan_status karvan_network_check(const karvan_package *region,
                                              karvan_problems *problems, karvan_error *err);

/* ---- plain graphs: shortest paths and skims ------------------------------------------- */

/** A directed graph of nodes 0..n-1; parallel arcs and loops are allowed. Frozen once made: any
 * number of threads may ask one graph. */
typedef struct karvan_graph karvan_graph;
/**
 * @param tail,head       [n_arcs] nodes
 * @param first_through   nodes below it (zones) begin and end paths and are never passed through;
 * 0: all are
 * @retval KARVAN_E_ARG   a node out of range, negative counts, first_through not in 0..n_nodes
 * @retval KARVAN_E_NOMEM
 * Cost: O(n_nodes + n_arcs).
 */
KARVAN_API karvan_status karvan_graph_create(int32_t n_nodes, int32_t n_arcs, const int32_t *tail,
                                             const int32_t *head, int32_t first_through,
                                             karvan_graph **out, karvan_error *err);
KARVAN_API void karvan_graph_destroy(karvan_graph *g);
KARVAN_API int32_t karvan_graph_nodes(const karvan_graph *g);
KARVAN_API int32_t karvan_graph_arcs(const karvan_graph *g);

/** How a skim is found. */
typedef enum karvan_skim_method {
    KARVAN_SKIM_DIJKSTRA, /**< one search an origin, nothing prepared */
    KARVAN_SKIM_HIERARCHY /**< customisable contraction hierarchy */
} karvan_skim_method;

/** A contraction hierarchy of a graph: made once, then customised to any weights. */
typedef struct karvan_hierarchy karvan_hierarchy;
/**
 * Nested dissection of the nodes (METIS), then the chordal supergraph of that order, which does not
 * depend on weights. Source: Dibbelt, Strasser and Wagner 2016, "Customizable contraction
 * hierarchies", ACM Journal of Experimental Algorithmics 21.
 * @param g borrowed; must outlive the hierarchy
 */
KARVAN_API karvan_status karvan_hierarchy_create(const karvan_graph *g, karvan_hierarchy **out,
                                                 karvan_error *err);
KARVAN_API void karvan_hierarchy_destroy(karvan_hierarchy *h);
/** Arcs of the chordal supergraph, one for both directions. */
KARVAN_API int64_t karvan_hierarchy_arcs(const karvan_hierarchy *h);
/**
 * Take new weights. Cost: one pass over the triangles of the supergraph.
 * @param weight [n_arcs] of the graph, each 0 or more and not NaN; infinite: the arc is closed
 * @retval KARVAN_E_ARG a weight that is negative or NaN (its arc is named)
 */
KARVAN_API karvan_status karvan_hierarchy_customise(karvan_hierarchy *h, const double *weight,
                                                    karvan_error *err);

/**
 * Least sums of weights from origins to all nodes.
 * @param weight     [n_arcs], as for karvan_hierarchy_customise
 * @param origins    [n_origins] nodes
 * @param threads    0: as many as the machine has; the answer is the same bytes for any number
 * @param[out] dist  [n_origins][n_nodes] row by row; INFINITY where no path leads; 0 at the origin
 * @retval KARVAN_E_ARG a weight or node out of range
 */
KARVAN_API karvan_status karvan_graph_skim(const karvan_graph *g, const double *weight,
                                           int32_t n_origins, const int32_t *origins, int threads,
                                           double *dist, karvan_error *err);
/** The same over a customised hierarchy, eight origins a sweep (Delling et al. 2011, PHAST). */
KARVAN_API karvan_status karvan_hierarchy_skim(const karvan_hierarchy *h, int32_t n_origins,
                                               const int32_t *origins, int threads, double *dist,
                                               karvan_error *err);

/**
 * The same to some destinations alone, which is quicker: what no way to them comes down is not
 * swept.
 * @param destinations [n_destinations] nodes; NULL: all nodes, and n_destinations does not matter
 * @param[out] dist    [n_origins][n_destinations]
 */
KARVAN_API karvan_status karvan_hierarchy_table(const karvan_hierarchy *h, int32_t n_origins,
                                                const int32_t *origins, int32_t n_destinations,
                                                const int32_t *destinations, int threads,
                                                double *dist, karvan_error *err);

/** A network of the Transportation Networks collection (TNTP). Nodes count from 0 here. */
typedef struct karvan_tntp {
    int32_t zones, nodes, links;
    int32_t first_through; /**< nodes below it are zones without through traffic */
    int32_t *from, *to;    /**< [links] nodes */
    /** [7][links] capacity, length, free-flow time, b, power, speed, toll, in the file's own units
     */
    double *column[7];
    int32_t *type; /**< [links] */
} karvan_tntp;
enum {
    KARVAN_TNTP_CAPACITY,
    KARVAN_TNTP_LENGTH,
    KARVAN_TNTP_TIME,
    KARVAN_TNTP_B,
    KARVAN_TNTP_POWER,
    KARVAN_TNTP_SPEED,
    KARVAN_TNTP_TOLL
};
/**
 * Read a file NAME_net.tntp.
 * @retval KARVAN_E_IO   cannot be read
 * @retval KARVAN_E_DATA "file:line:column: ...": metadata that is missing or no number, a row of
 * other than ten numbers, a node out of range, a number of rows other than told
 */
KARVAN_API karvan_status karvan_tntp_read(const char *path, karvan_tntp *out, karvan_error *err);
/** The same from memory; `path` serves for messages only. */
KARVAN_API karvan_status karvan_tntp_parse(const char *bytes, size_t n, const char *path,
                                           karvan_tntp *out, karvan_error *err);
KARVAN_API void karvan_tntp_clear(karvan_tntp *t);

#ifdef __cplusplus
}
#endif
#endif
