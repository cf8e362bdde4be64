#ifndef KARVAN_TIES_H
#define KARVAN_TIES_H
/* Room: record. Who is tied to whom in a year by one kind of tie, and what that network is like:
 * who has many ties, who stands between others, which groups hang together, who would be cut off.
 * Depends on: base, table. Method: docs/methods/ties.md. */
#include "karvan/base.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Parties and the ties between them, each with how certain it is and the sources that say so. */
typedef struct karvan_ties karvan_ties;
/** A network of some of these ties with all that was measured of it. */
typedef struct karvan_tie_network karvan_tie_network;

/** Which ties of a region. */
typedef struct karvan_ties_query {
    const char *tie; /**< as karvan_ties_kinds lists them */
    int64_t year;    /**< ties that last on at least one of its days */
    bool bodies;     /**< organisations are nodes too: countries are tied to the bodies that they
                        belong to, claims to all their parties. Memberships, and kinds of claims */
    bool extend;     /**< also a year after the last that the region knows of: what goes on then is
                        carried on into it */
    int n_status;    /**< 0: member and associate */
    const char *const *status; /**< [n_status] what counts as belonging; memberships alone */
} karvan_ties_query;

/**
 * What there is to ask for: tie, label, rule; those with rules of their own first, then the kinds
 * of table kinds of which there are claims, then the bodies of table organisations that have
 * members. `trade` is among them: it is made of flows (karvan_ties_of_flows), not by
 * karvan_ties_region.
 * @retval KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_ties_kinds(const karvan_package *region, karvan_table **out,
                                           karvan_error *err);
/**
 * Ties of a kind in a year. Nodes are the countries that rows of the kind speak of in any year: of
 * the others nothing is known, and they are not nodes without ties. Countries whose independence
 * lies certainly after the year are left out.
 * Of memberships, those that table coverage does not cover are only possible.
 * Claims that are deprecated, or that another claim of their conflict key is preferred to, do not
 * count.
 * @param[out] out destroy with karvan_ties_destroy, before the region
 * @retval KARVAN_E_ARG no such tie (the nearest is named), statuses or bodies for a tie that has
 * none, a year outside 1..9999, or after the last that the region knows of (its reference date, and
 * what table coverage declares of the tie's table); KARVAN_E_DATA a table that the tie needs is
 * missing; KARVAN_E_NOMEM Cost: O(rows), and the square of a body's members.
 */
KARVAN_API karvan_status karvan_ties_region(const karvan_package *region,
                                            const karvan_ties_query *q, karvan_ties **out,
                                            karvan_error *err);

/**
 * Who sells to whom: ties of a flows table (as karvan_trade_matrix and karvan_flows_of_region
 * make), of all products (product TOTAL) in one year, weights in USD. A flow is what the importer
 * states, else the exporter, else an estimate. Nodes are the region's countries that the table has
 * rows of, in any year; a flow of 0 is no tie.
 * @retval KARVAN_E_ARG no row is of the year (those there are are named); KARVAN_E_DATA a column is
 * missing, a unit that is not USD; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_ties_of_flows(const karvan_package *region,
                                              const karvan_table *flows, int64_t year,
                                              karvan_ties **out, karvan_error *err);

/** How to read a table of ties. Zero-initialised: the defaults named below. */
typedef struct karvan_ties_reading {
    const char *tie; /**< how messages and files call it; NULL: the table's name */
    bool directed;   /**< rows go from code1 to code2; else A,B is B,A too */
    bool has_year;   /**< rows of this year only */
    int64_t year;
    const karvan_package *region; /**< names of countries and bodies; NULL: codes are names */
} karvan_ties_reading;
/**
 * Ties out of a table. Columns: code1 and code2 (TEXT); weight (above 0; without the column: 1);
 * year (INT); certain (TEXT yes or maybe, or BOOL; without: yes); source (TEXT). Others are passed
 * over. Nodes are the codes of all rows, of any year.
 * @retval KARVAN_E_ARG a year and no column year, a column year of several years and no year
 * @retval KARVAN_E_DATA code1 or code2 is missing (the column, or a cell), a code tied to itself, a
 * weight that is missing, not above 0 or outside 1e-100..1e100, a pair twice in one year (directed:
 * in one direction); the place in the file is named, of pairs both
 * @retval KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_ties_of_table(const karvan_table *t, const karvan_ties_reading *how,
                                              karvan_ties **out, karvan_error *err);
/** The same out of a CSV file (.gz too), which may have a semicolon or a tab for its comma.
 * @retval KARVAN_E_IO; as karvan_ties_of_table and karvan_csv_read */
KARVAN_API karvan_status karvan_ties_read(const char *path, const karvan_ties_reading *how,
                                          karvan_ties **out, karvan_error *err);
/** The same from memory; `path` serves for messages only. */
KARVAN_API karvan_status karvan_ties_parse(const char *bytes, size_t n, const char *path,
                                           const karvan_ties_reading *how, karvan_ties **out,
                                           karvan_error *err);
KARVAN_API void karvan_ties_destroy(karvan_ties *t);

/** What becomes of the ties. Zero-initialised: certain ties, of any weight. */
typedef struct karvan_ties_options {
    bool possible;       /**< also those that are only possible; weights count them */
    double least_weight; /**< ties of less do not count; 0: all do */
    bool weighted;       /**< distances: a tie is 1 / weight long; else 1 */
    int threads;         /**< 0: as many as the machine has; the outcome is the same */
} karvan_ties_options;
/**
 * Measure the network: degree and strength, betweenness and closeness, communities, bridges and
 * whom each cuts off.
 * @param t must outlive the network
 * @retval KARVAN_E_ARG a least weight that is no number, or below 0; KARVAN_E_DATA more shortest
 * ways than a double holds; KARVAN_E_NOMEM
 * Cost: O(n m), weighted O(n m log n); 200 nodes with 10,000 ties take about 20 ms, 2,000 nodes
 * with 10,000 ties 0.3 s, weighted 0.9 s.
 */
KARVAN_API karvan_status karvan_tie_network_create(const karvan_ties *t,
                                                   const karvan_ties_options *options,
                                                   karvan_tie_network **out, karvan_error *err);
KARVAN_API void karvan_tie_network_destroy(karvan_tie_network *net);

/** What a network is as a whole. */
typedef struct karvan_tie_summary {
    const char *tie, *unit; /**< kind of tie, and what weights count; borrowed from the ties */
    bool has_year;
    int64_t year;
    bool extended; /**< the year lies after what the region knows: what went on is carried on */
    bool directed;
    int32_t nodes;
    int64_t ties;
    int64_t possible;  /**< ties in use that are not certain */
    int64_t left_out;  /**< ties that are only possible and were not asked for */
    int64_t open;      /**< ties in use that may weigh more than they are taken for */
    int64_t light;     /**< ties below the least weight */
    int64_t set_aside; /**< claims that are deprecated or that another is preferred to */
    int64_t turned;    /**< symmetric ties that are stored one way, taken as both */
    int32_t absent;    /**< countries that no row of the tie speaks of, which are no nodes */
    double density; /**< ties as a share of the pairs (directed: both ways); NaN below two nodes */
    int32_t components, largest; /**< and nodes of the largest; directions do not count */
    int32_t points, bridges;     /**< nodes, and pairs, whose loss parts what hangs together */
    int32_t communities;
    double modularity; /**< NaN without ties */
    bool proved;       /**< no division has a higher modularity */
    int32_t starts;    /**< orders of nodes that were tried */
    bool weighted;
} karvan_tie_summary;
KARVAN_API karvan_tie_summary karvan_tie_network_summary(const karvan_tie_network *net);

/**
 * A row a node: code, name, degree (others that it is tied to), directed: in_degree, out_degree,
 * in_strength, out_strength, else strength (sums of weights); betweenness, betweenness_share (of
 * the pairs of other nodes; unknown below three nodes), closeness, community, component, cut_off
 * (nodes that its loss parts from the largest piece that is left). Shares and closeness have six
 * decimals. Order: betweenness, degree, strength, each from the most; then code.
 */
KARVAN_API karvan_status karvan_tie_network_nodes(const karvan_tie_network *net, karvan_table **out,
                                                  karvan_error *err);
/** A row a tie: code1, code2, weight, weight_certain and weight_possible (the least and the most),
 * certain (yes, maybe), bridge, what (bodies, claims, agreements; `?` behind those that are only
 * possible), sources; by code1, then code2.
 * Directed: from code1 to code2. */
KARVAN_API karvan_status karvan_tie_network_ties(const karvan_tie_network *net, karvan_table **out,
                                                 karvan_error *err);
/**
 * Who would be cut off: a row a node or pair whose loss parts what hangs together: removed, kind
 * (node, tie), cut_off, who (codes joined by `;`), from (nodes of the largest piece that is left;
 * of pieces as large as one another the one with the first code). Those that cut off more come
 * first.
 */
KARVAN_API karvan_status karvan_tie_network_cuts(const karvan_tie_network *net, karvan_table **out,
                                                 karvan_error *err);
/** Communities: number, nodes, ties (within), weight (within), who (codes joined by `;`). */
KARVAN_API karvan_status karvan_tie_network_communities(const karvan_tie_network *net,
                                                        karvan_table **out, karvan_error *err);
/**
 * The network as GraphML with all measures of nodes, ties and the whole, for Gephi, yEd, networkx,
 * igraph and Cytoscape.
 * @param path written beside, then renamed
 * @retval KARVAN_E_IO; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_tie_network_graphml(const karvan_tie_network *net, const char *path,
                                                    karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
