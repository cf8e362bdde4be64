#ifndef KARVAN_FREIGHT_H
#define KARVAN_FREIGHT_H
/* Room: flow. Freight on a region's state graph: which way each class of cargo goes between zones,
 * when links, terminals and sailings are full; what is worth how much where; what stays at home.
 * Depends on: base, table, network. Method: docs/methods/freight.md.
 *
 * Flows are TEU a day (365 days a year), of one direction; money is USD, of a route per TEU, of a
 * price per unit of the capacity (TEU or tonne) a day. */
#include "karvan/base.h"
#include "karvan/network.h"
#include "karvan/table.h"
#ifdef __cplusplus
extern "C" {
#endif

/* ---- demand --------------------------------------------------------------------------------- */

/** What table demand's column kind says of a flow. */
typedef enum karvan_freight_kind {
    KARVAN_FREIGHT_ANY, /**< nothing */
    KARVAN_FREIGHT_TRADE,
    KARVAN_FREIGHT_TRANSIT
} karvan_freight_kind;
/** What wants to go from place to place, by class of cargo. Clear with karvan_freight_demand_clear.
 */
typedef struct karvan_freight_demand {
    int32_t n;
    int32_t *origin, *destination; /**< [n] rows of table places, different */
    int32_t *cargo_class;          /**< [n] rows of table cargo_classes */
    double *teu_day;               /**< [n] >= 0 */
    uint8_t *kind; /**< [n] karvan_freight_kind: which constants of corridors are of it; NULL: all
                      are of none in particular */
    int32_t *row;  /**< [n] the row of the table that it is of (the first, where it is of several);
                      -1 */
    double intrazonal_teu_day; /**< of rows between zones at one place: not on the network */
    int64_t other_years;       /**< rows that are of another year, left out */
} karvan_freight_demand;
KARVAN_API void karvan_freight_demand_clear(karvan_freight_demand *d);
/**
 * Rows of a table to flows between places. A country (or a group that table zones has) is split
 * over its zones by their weights; a place is itself. Cells of one pair, class and kind are added
 * up.
 * @param table columns origin, destination (ids of table zones' countries, or of places),
 * cargo_class, and tonnes or teu (a year; where both stand, teu); others are not looked at but for
 * year and kind (transit, trade)
 * @param year  rows of another year in a column year are left out, rows without one are kept; 0:
 * all
 * @retval KARVAN_E_DATA "file:line:column: ": a column is absent, an origin, destination, class or
 * kind is unknown, a number is negative or absent, a year is none; all rows are of other years;
 * weights of a country's zones do not sum to 1
 * @retval KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_freight_demand_read(const karvan_package *region,
                                                    const karvan_table *table, int year,
                                                    karvan_freight_demand *out, karvan_error *err);

/* ---- the equilibrium ------------------------------------------------------------------------ */

typedef struct karvan_freight karvan_freight;
/** What a solution knows, by names alone, as a file holds it: see karvan_freight_save. */
typedef struct karvan_freight_saved karvan_freight_saved;

/** How to solve. Start with karvan_freight_defaults. */
typedef struct karvan_freight_options {
    karvan_network_options network; /**< date, month; cargo_class is not looked at */
    double scale;                   /**< mu > 0 per USD a TEU */
    double nest_scale; /**< above scale: routes are nested by corridor; else 0 or the scale */
    double reject_usd_per_teu; /**< what staying at home is worth, > 0 */
    double carbon_usd_per_kg;  /**< >= 0, in each route's cost */
    bool deterministic; /**< least cost alone (the limit of a large scale): a linear programme where
                           nothing queues */
    bool empties; /**< wagons, trucks and ships go back empty where they are needed: balances by
                     pool and place */
    double empty_cost_share; /**< what an empty move costs, of the loaded one's money, 0..1 */
    const char *empty_pools; /**< modes by pool, "rail_1520,ferry_rail;road": units pass between the
                                modes of one pool; NULL: each mode is a pool of its own */
    int alternatives;   /**< per pair, beside the best way and the best of each corridor; 0.. */
    double max_overlap; /**< of an alternative's length with each before it, 0..1 */
    double max_stretch; /**< of an alternative's cost over the best, >= 1 */
    double tolerance;   /**< of loads over capacities and of complementarity, > 0 */
    int max_iterations; /**< Newton steps in all rounds together, > 0 */
    int threads;        /**< 0: all. The same bytes for any number */
    const karvan_table *constants;     /**< in the place of table corridor_constants (corridor,
                                          cargo_classes, kind, usd_per_teu; those that a way, class and
                                          kind meet are added up); NULL: that. Borrowed for the life of
                                          the solution */
    const karvan_freight_saved *saved; /**< where to begin instead of at a `start`; NULL: nowhere.
                                          Borrowed for the call */
    const karvan_cancel *cancel;
} karvan_freight_options;
/** The region's own: rows choice_scale, choice_nest_scale, reject_usd_per_teu, empty_cost_share,
 * empty_pools, carbon_usd_per_kg of its table `settings`, and network defaults (with loading and
 * unloading); else 0.002, none, 20000, 0.5, NULL, 0 and two alternatives, overlap 0.6, stretch 1.5.
 * @retval KARVAN_E_DATA "file:line:column: ": a row cannot be read, or no solution could use it */
KARVAN_API karvan_status karvan_freight_defaults(const karvan_package *region,
                                                 karvan_freight_options *out, karvan_error *err);

typedef struct karvan_freight_stats {
    bool converged;
    int iterations;    /**< Newton steps */
    int rounds;        /**< of new routes */
    int32_t pairs;     /**< pairs of places and classes that want to move */
    int64_t routes;    /**< in all their sets */
    int32_t resources; /**< capacities that could bind, and balances */
    int32_t binding;   /**< of them with a price */
    double demand_teu_day, served_teu_day, unserved_teu_day;
    double usd_day;       /**< what the served pay in money, without prices */
    double hours_teu_day; /**< TEU times hours, waits in them */
    double objective;     /**< value of the dual, USD a day */
    double over, slack;   /**< residuals: load over capacity; complementarity */
    double asymmetry;     /**< how far waits still moved, where classes value them unlike */
    double gap;           /**< deterministic: cost less dual value, relative; else 0 */
    double seconds_routes, seconds_solve;
    /* where it began from what was saved: routes and prices (and empty moves) taken, those left
     * since what they name is no longer there or is shut, pairs whose routes were searched anew */
    int64_t routes_taken, routes_left;
    int32_t prices_taken, prices_left;
    int32_t pairs_searched;
    int rounds_before; /* of the rounds, those of the solve that was saved */
} karvan_freight_stats;

/**
 * Solve. Each pair and class has a set of routes: its best by generalised cost, the best within
 * each corridor, the best around a corridor that it is best by and whose constant is above 0,
 * alternatives that share little; to them the routes are added that prices make best, until there
 * is none. It chooses among them and staying at home by path-size or nested
 * logit. Capacities: those of links, terminals and services (each direction), and table capacities;
 * those with servers queue (Allen and Cunneen), all others are hard limits with a price.
 * @param region  borrowed; must outlive the solution, and take no scenarios while it lives
 * @param demand  borrowed for the call
 * @param start   NULL, or a solution of a like region: its prices are where this one begins, and
 * its route sets too where pairs, arcs and corridors are the same (other amounts, costs,
 * capacities)
 * @param[out] out NULL on failure but for KARVAN_E_NOCONV: there the best found; and for
 * KARVAN_E_CANCELLED, once there is any (stats.converged is false)
 * @retval KARVAN_E_ARG    an option or a demand out of range; both a start and options.saved
 * @retval KARVAN_E_DATA   a table is absent or a row cannot be used (file:line:column)
 * @retval KARVAN_E_NOCONV prices did not settle (residuals told)
 * @retval KARVAN_E_CANCELLED, KARVAN_E_NOMEM
 * Cost: a search an origin, class and corridor, and one a destination; then tens of milliseconds.
 */
KARVAN_API karvan_status karvan_freight_solve(const karvan_package *region,
                                              const karvan_freight_demand *demand,
                                              const karvan_freight_options *options,
                                              const karvan_freight *start, karvan_freight **out,
                                              karvan_error *err);
KARVAN_API void karvan_freight_destroy(karvan_freight *f);
KARVAN_API karvan_freight_stats karvan_freight_statistics(const karvan_freight *f);

/* ---- saved solutions ---- */

/**
 * Write what a later solve can begin with: prices, waits, empty moves and the routes of each pair,
 * all by the ids of the region's rows. Text, a few bytes a route. Where the last round began is in
 * it, too: going on from a solve that was cancelled gives the bytes of one that was never stopped,
 * and beginning at one that has settled its own bytes, in a round (but for more than 30 Newton
 * steps, when it begins at the prices of the end).
 * The file is written beside and renamed.
 * @retval KARVAN_E_ARG a NULL argument. @retval KARVAN_E_IO, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_freight_save(const karvan_freight *f, const char *path,
                                             karvan_error *err);
/**
 * Read it, for karvan_freight_options.saved. The region may have changed since: what is named and
 * is no longer there, or is shut, is left out and counted in the statistics; routes are searched
 * anew for pairs that lost one or are not in the file, and for all of a class whose network has
 * other arcs now (the saved ones are added to them).
 * @param[out] out the caller's; karvan_freight_saved_destroy
 * @retval KARVAN_E_DATA "file:line:column: " what is wrong and what belongs there
 * @retval KARVAN_E_ARG a NULL argument. @retval KARVAN_E_IO, KARVAN_E_NOMEM
 * Cost: O(bytes).
 */
KARVAN_API karvan_status karvan_freight_load(const char *path, karvan_freight_saved **out,
                                             karvan_error *err);
/** The same of bytes; path: for messages. */
KARVAN_API karvan_status karvan_freight_parse(const char *bytes, size_t n, const char *path,
                                              karvan_freight_saved **out, karvan_error *err);
KARVAN_API void karvan_freight_saved_destroy(karvan_freight_saved *s);

/* ---- what is read off ------------------------------------------------------------------------ */

/** [pairs] of the demand, in its order: cost of the pair by choice, USD a TEU (staying at home in
 * it), at no load; at equilibrium. */
KARVAN_API const double *karvan_freight_cost_free_view(const karvan_freight *f);
KARVAN_API const double *karvan_freight_cost_view(const karvan_freight *f);
/** [pairs] TEU a day that go. */
KARVAN_API const double *karvan_freight_served_view(const karvan_freight *f);

/** Routes that are counted somewhere. Start with all -1 or 0: any route. */
typedef struct karvan_freight_selection {
    int32_t corridor;     /**< row of corridors that the route is of; -1: any */
    bool by_item;         /**< does it matter what is passed? */
    karvan_item item;     /**< link, terminal or service used, or place passed */
    bool by_border;       /**< does it matter which frontier is crossed? */
    karvan_border border; /**< links that lead from a place of one country to one of the other */
    int direction;       /**< of links, terminals and services: 0 any, 1 as the row says, 2 back; of
                            frontiers: from a to b, from b to a */
    const char *mode;    /**< uses a link of this mode; NULL: any */
    int32_t cargo_class; /**< row of cargo_classes; -1: any */
} karvan_freight_selection;
/**
 * Which part of each pair's demand goes by routes of a selection: select link, select terminal, and
 * the proportions by which counts are estimated from.
 * @param[out] share  [pairs] 0..1; times demand and added up: what a count there would find
 * @param[out] teu_day  that sum; NULL: not wanted
 * @retval KARVAN_E_ARG a row out of range, a mode that there is not
 */
KARVAN_API karvan_status karvan_freight_select(const karvan_freight *f,
                                               const karvan_freight_selection *selection,
                                               double *share, double *teu_day, karvan_error *err);

/** What rows of a selection's table are of. */
typedef enum karvan_freight_by {
    KARVAN_FREIGHT_BY_PAIR, /**< origin, destination and class */
    KARVAN_FREIGHT_BY_ORIGIN,
    KARVAN_FREIGHT_BY_DESTINATION,
    KARVAN_FREIGHT_BY_CLASS,
    KARVAN_FREIGHT_BY_CORRIDOR /**< the first of the table that a route is of, or "other" */
} karvan_freight_by;
/**
 * Who goes by routes of a selection: a row for each that has some, the most first. Columns: origin,
 * destination, class (by pair), or the one that is asked for; demand_teu_day (of the selection's
 * class where it has one; not by corridor), selected_teu_day, of_demand_percent (not by corridor),
 * of_selected_percent. Selected TEU of all rows add up to the load of the link, terminal or service
 * in its direction: to its cargo, since empty units belong to no one. Of both directions, what goes
 * there and comes back counts once.
 * @retval KARVAN_E_ARG as karvan_freight_select, or no such `by`
 * @retval KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_freight_select_table(const karvan_freight *f,
                                                     const karvan_freight_selection *selection,
                                                     karvan_freight_by by, karvan_table **out,
                                                     karvan_error *err);

/**
 * What each corridor puts on each link, cargo alone (no empties).
 * @param[out] teu_day  [links][2][corridors + 1] by row of table links; direction: as the row says,
 * then back; row of table corridors, the last: routes of none. The caller's.
 * @retval KARVAN_E_ARG a NULL argument. Cost: O(arcs of all routes)
 */
KARVAN_API karvan_status karvan_freight_link_loads(const karvan_freight *f, double *teu_day,
                                                   karvan_error *err);

/** Which table of a solution. */
typedef enum karvan_freight_output {
    KARVAN_FREIGHT_LINKS,  /**< link, class, load, capacity, delay_h, price_usd; unit (of load and
                              capacity: TEU/day, t/day), kind (link, terminal, service, capacity),
                              from, to, direction (forth, back, both): a row for each that is used
                              or has a price, direction and class, and "all" */
    KARVAN_FREIGHT_PAIRS,  /**< origin, destination, class, demand, served, unserved, cost_free,
                              cost, hours, usd of the served */
    KARVAN_FREIGHT_ROUTES, /**< origin, destination, class, corridor, share, teu_day, cost, usd,
                              hours, spread_h, path (places and modes) */
    KARVAN_FREIGHT_BOTTLENECKS, /**< name, kind, load, capacity, unit, use_percent, delay_h,
                                   price_usd, usd_day (price times capacity; of what queues: times
                                   load); id of its row, direction (forth, back; both); the dearest
                                   first */
    KARVAN_FREIGHT_CORRIDORS,   /**< corridor, class, teu_day, teu_year, kt_year, usd, hours */
    KARVAN_FREIGHT_COUNTRIES,   /**< country, teu_day loaded, unloaded, transited, usd_day spent
                                   there */
    KARVAN_FREIGHT_UNSERVED,    /**< origin, destination, class, teu_day, share_percent, why */
    KARVAN_FREIGHT_OUTPUTS
} karvan_freight_output;
/** "links" "pairs" "routes" "bottlenecks" "corridors" "countries" "unserved" */
KARVAN_API const char *karvan_freight_output_name(karvan_freight_output o);
/** The table. @retval KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_freight_table(const karvan_freight *f, karvan_freight_output which,
                                              karvan_table **out, karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
