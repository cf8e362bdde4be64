#ifndef KARVAN_NETWORK_H
#define KARVAN_NETWORK_H
/* Room: network. Places, links, terminals and services of a region as a state
 * graph; best routes by time, money, emissions or generalised cost, freely or within a named
 * corridor; the distribution of door-to-door time; the model beside published
 * figures. Depends on: base, table. Method: docs/methods/network.md
 * and, of single subjects, routes.md, hours.md, skims.md, access.md and profile.md beside it.
 *
 * In this order: the network; places and tables; best routes; sets of routes; distributions of
 * hours; routes that leave at a moment; routes as tables; skims; what-ifs; accessibility;
 * criticality; then two that know no region: plain graphs, and TNTP.
 *
 * What a route holds runs from its first departure to its last arrival: the
 * handling before and after is not in it. Money is USD per loaded 20-ft container
 * (TEU), time hours, distance kilometres, emissions kg CO2 equivalent. */
#include "karvan/base.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the network ---- */

typedef struct karvan_network karvan_network;

/** What is open, and the few numbers that no row carries. */
typedef struct karvan_network_options {
    karvan_day date;         /**< links, terminals and services in service on this day */
    double closure_spell_h;  /**< mean length of a weather closure, hours, > 0 */
    const char *cargo_class; /**< id of table cargo_classes; its factors and steps hold. NULL: none
                                in particular. Read while the network is made */
    bool handling;           /**< routes begin with loading and end with unloading */
    int month;     /**< 1..12: weather is that of the month, and services run whose season holds
                      half of it; 0: the year's weather, the season of the date */
    bool by_clock; /**< for karvan_route_depart: rows that open within a year of the date are in,
                      and so is every season */
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
 * @param region borrowed; must outlive the network, and take no more scenarios while it lives
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

/* ---- places and tables ---- */

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

/** Plausibility of the network's tables: a leg faster than its mode can be, shorter than the great
 * circle, a terminal whose mode has no link at its place, a link without a way on, a border without
 * customs, a P90 below the P50. Adds to problems.
 * @retval KARVAN_E_IO PROJ, which measures the great circle, cannot be loaded */
KARVAN_API karvan_status karvan_network_check(const karvan_package *region,
                                              karvan_problems *problems, karvan_error *err);

/* ---- best routes ---- */

/** What a route is best by. */
typedef enum karvan_objective {
    KARVAN_BY_TIME,        /**< expected hours */
    KARVAN_BY_COST,        /**< USD per TEU */
    KARVAN_BY_EMISSIONS,   /**< kg CO2e per TEU */
    KARVAN_BY_GENERALISED, /**< USD per TEU plus hours at the query's value of time */
    KARVAN_BY_PARETO,      /**< of a route of a Pareto set; no karvan_route_query asks for it */
    KARVAN_BY_WEIGHTS      /**< of the other sets; no karvan_route_query asks for it */
} karvan_objective;
/** "time" "cost" "emissions" "generalised" "pareto" "weights" */
KARVAN_API const char *karvan_objective_name(karvan_objective o);

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
    double fixed_h, distance_h, wait_h; /**< what hours is made of: dwelling and other fixed time,
                                           moving, waiting for a departure */
    double var_h2;                      /**< variance of the hours */
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
    double generalised;             /**< KARVAN_BY_WEIGHTS: generalised cost; else 0 */
    int32_t borders, transhipments; /**< legs that cross a border (gauge changes between countries
                                       too); ports, gauge and mode changes */
    int32_t n_legs;
    karvan_leg *legs; /**< [n_legs] */
} karvan_route;
KARVAN_API void karvan_route_clear(karvan_route *r);

/**
 * Best route (Dijkstra over states x groups of places still to pass).
 * Ties are broken by the order of the tables, so that the answer is unique.
 * @retval KARVAN_E_ARG    a row out of range, from = to, a value of time below 0 or not finite
 * @retval KARVAN_E_NOCONV no way leads there (where err is not NULL its message says which closures
 * or constraints cut it), or every one by the corridor comes back to a place
 * @retval KARVAN_E_NOMEM
 * Cost: O(a log s) with s states x 2^groups, a arcs; with a corridor to which the walk would come
 * back, as karvan_routes_find.
 */
KARVAN_API karvan_status karvan_route_best(const karvan_network *net, const karvan_route_query *q,
                                           karvan_route *out, karvan_error *err);

/* ---- sets of routes ---- */

/** What routes are weighed by; several are or-ed together. */
enum {
    KARVAN_WEIGH_TIME = 1,
    KARVAN_WEIGH_COST = 2,
    KARVAN_WEIGH_EMISSIONS = 4,
    KARVAN_WEIGH_DISPERSION = 8 /**< standard deviation of the hours */
};

/** Which routes. */
typedef enum karvan_routes_method {
    KARVAN_ROUTES_PARETO,      /**< those that no other beats in all that is weighed */
    KARVAN_ROUTES_K_SHORTEST,  /**< the k of least generalised cost, none twice in one state */
    KARVAN_ROUTES_ALTERNATIVES /**< k of which each shares little with those before it */
} karvan_routes_method;

/** What the best way has least of: the sum over its arcs of these, each finite and 0 or more, one
 * at the least above 0. Money, kg CO2e and kilometres are those of a TEU. Ties fall to the fewer
 * hours (USD, where hours alone are weighed), then to the order of the tables. */
typedef struct karvan_weights {
    double hours, usd, kg, km;
    double var_h2; /**< a squared hour of the variance of the hours */
} karvan_weights;
/** Of an objective that karvan_route_query can have; the value of time counts for
 * KARVAN_BY_GENERALISED. */
KARVAN_API karvan_weights karvan_weights_of(karvan_objective objective, double value_of_time_usd_h);

/** Places of which a route passes one at the least. */
typedef struct karvan_via {
    int32_t n;
    const int32_t *places; /**< [n] rows of table places */
} karvan_via;

/** A frontier between two countries, whichever is left: links that lead from a place of one to a
 * place of the other. */
typedef struct karvan_border {
    int32_t a, b; /**< rows of table countries */
} karvan_border;

/** All that may be asked of a set of routes. Start with karvan_routes_query_init. */
typedef struct karvan_routes_query {
    int32_t from, to; /**< rows of table places, different */
    karvan_routes_method method;
    unsigned weigh;         /**< PARETO: KARVAN_WEIGH_..., one at the least */
    karvan_weights weights; /**< the other methods */
    int k;                  /**< the other methods: routes at the most, 1 to 1000; 1 to 64 */
    double max_overlap;     /**< ALTERNATIVES: 0 or more, below 1 */
    /* what holds for each route; the two ends may lie in what is avoided */
    int32_t corridor;      /**< row of table corridors, -1: any way */
    int max_transhipments; /**< as table operations counts them; -1: any number */
    int n_countries, n_places, n_borders, n_modes, n_operators, n_via;
    const int32_t *countries;     /**< rows of table countries that are not entered */
    const int32_t *places;        /**< rows of table places that are not passed */
    const karvan_border *borders; /**< frontiers that are not crossed */
    const char *const *modes;     /**< names of modes that are not used */
    const char *const *operators; /**< links and services of these are not used */
    const karvan_via *via;        /**< passed in any order; with the corridor's, 8 at the most */
    int32_t most_labels;          /**< of one search; 0: a million. Beyond it some may be missing */
} karvan_routes_query;
/** Any way, by hours: Pareto over time and cost, k = 3, max_overlap = 0.6. */
KARVAN_API void karvan_routes_query_init(karvan_routes_query *q, int32_t from, int32_t to);

/** A set of routes. Clear with karvan_routes_clear. */
typedef struct karvan_routes {
    int32_t n;
    karvan_route *route; /**< [n] */
    bool capped;         /**< some may be missing */
} karvan_routes;
KARVAN_API void karvan_routes_clear(karvan_routes *r);
/**
 * Routes as they are asked for, each exact.
 *
 * PARETO: no route is as good as another in all that is weighed and better in some; one route for
 * each vector of values, by the first weighed value, then the next. Label setting with lower bounds
 * from the destination (Mandow and Perez de la Cruz 2010, Journal of the ACM 57(5)).
 * K_SHORTEST: by generalised cost, then hours; fewer than k where there are no more. None is in one
 * state of the graph twice, so none passes a place twice in one mode (Yen 1971, Management Science
 * 17(11), with the improvement of Lawler 1972, Management Science 18(7)).
 * ALTERNATIVES: the first is the best; each next is the best of those that share with each before
 * it at most max_overlap of that one's generalised cost, counted on links and stops but not on
 * loading and unloading (k shortest paths with limited overlap, Chondrogiannis et al. 2015,
 * SIGSPATIAL). Fewer than k where there are no more.
 *
 * A route that must pass places does not come back to a place that it was in when fewer of them had
 * been passed; this is exact too, by relaxing it and adding places to watch until none is left
 * (Righini and Salani 2008, Networks 51(3); Boland, Dethridge and Dumitrescu 2006, Operations
 * Research Letters 34(1)).
 * @retval KARVAN_E_ARG    a row, mode, operator, weight or k out of range, nothing to weigh
 * @retval KARVAN_E_DATA   the corridor names a place that the region does not have
 * @retval KARVAN_E_NOCONV no way leads there; the message says which closures or constraints cut it
 * @retval KARVAN_E_NOMEM
 * Cost: grows with the labels, of which there may be exponentially many; most_labels bounds them.
 */
KARVAN_API karvan_status karvan_routes_find(const karvan_network *net, const karvan_routes_query *q,
                                            karvan_routes *out, karvan_error *err);

/** One sentence on where a route's hours, dollars and spread come from: the largest legs of each
 * with their shares. Cut at cap - 1 bytes. */
KARVAN_API void karvan_route_explain(const karvan_package *region, const karvan_route *r, char *out,
                                     size_t cap);

/* ---- distributions of hours ---- */

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

/* ---- routes that leave at a moment ---- */

/** A minute of a day, by the clock of the place where it is said. */
typedef struct karvan_moment {
    karvan_day day;
    int32_t minute; /**< 0..1439 from midnight */
} karvan_moment;
/** "2026-03-02" (midnight) or "2026-03-02T08:00". @retval KARVAN_E_ARG no such moment */
KARVAN_API karvan_status karvan_moment_parse(const char *s, karvan_moment *out, karvan_error *err);
/** "2026-03-02T08:00". Needs cap >= 48. */
KARVAN_API void karvan_moment_format(const karvan_moment *m, char *out, size_t cap);
/** What the clock of place `to` shows, to the minute, some hours after the clock of place `from`
 * showed `at`. @param from,to rows of table places @param hours finite, below 1e9 either way */
KARVAN_API karvan_moment karvan_moment_after(const karvan_network *net, const karvan_moment *at,
                                             int32_t from, int32_t to, double hours);

/**
 * Best route by time of a load that is ready at the origin at a moment. Each leg begins at the
 * clock at which the one before it expectedly ends: it waits for the next departure of a timetable,
 * the opening of a terminal, the season of a service or the day on which a row comes into service,
 * by the clock of its place (utc_offset_h of table places); headways are met at random; the weather
 * is that of the clock's month. A load may let a departure go by, so that no one arrives later by
 * starting earlier, and Dijkstra's search is exact (Dreyfus 1969, Operations Research 17(3)).
 * The hours of the route and its legs are means of the law of the clock
 * (karvan_route_quantiles_depart), of loads that arrive; p50_h and p90_h of its legs stay those of
 * a load that comes at random.
 * @param net made with by_clock for rows that open later, and every season; else those of its date
 * @param q   objective KARVAN_BY_TIME
 * @retval KARVAN_E_ARG, KARVAN_E_NOCONV, KARVAN_E_NOMEM as karvan_route_best
 */
KARVAN_API karvan_status karvan_route_depart(const karvan_network *net, const karvan_route_query *q,
                                             const karvan_moment *at, karvan_route *out,
                                             karvan_error *err);
/**
 * Distribution of the time of a route that leaves at a moment: masses of clock time, each mapped to
 * its next departure or opening, so that timetables of one journey meet one clock.
 * @param[out] out   [n_legs + 1] as karvan_route_quantiles; means of the loads that arrive,
 * quantiles of all: INFINITY where as many never do
 * @param[out] never may be NULL: share of loads that find a row closed for good
 * @retval KARVAN_E_ARG, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_route_quantiles_depart(const karvan_network *net,
                                                       const karvan_route *r,
                                                       const karvan_moment *at, double step_h,
                                                       karvan_time_quantiles *out, double *never,
                                                       karvan_error *err);

/* ---- routes as tables ---- */

/** One row a leg: corridor (any: none was asked for), objective, leg, from, to, mode, operation,
 * km, hours, usd_per_teu, co2e, source, why, fixed_h, distance_h, wait_h, variance_share, route
 * (from 1). For output. */
KARVAN_API karvan_status karvan_route_table(const karvan_package *region, int32_t n,
                                            const karvan_route *routes, karvan_table **out,
                                            karvan_error *err);

/**
 * The numbers of a time-cost-distance diagram (UN ESCAP 2004): for each route its start and the
 * point after each leg: corridor, best_by, point (0: the start), place, name, cause (start, or the
 * leg's operation), mode, km, hours (expected), p10_h, p50_h, p90_h and usd spent so far,
 * leg_hours, leg_usd and why of the leg that ends there.
 * @param step_h grid of karvan_route_quantiles, > 0
 * @retval KARVAN_E_ARG, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_route_profile(const karvan_network *net, int32_t n,
                                              const karvan_route *routes, double step_h,
                                              karvan_table **out, karvan_error *err);
/**
 * CAREC's indicators of corridor performance (CPMM) of routes, beside the published ones of the
 * region's table `cpmm`: one row a value: corridor, best_by, scope (route, country, border), key
 * (all, a country's or a place's id), name, mode (all, rail, road), indicator, model, published (of
 * the last year), year, low, high (of all years), unit, verdict (inside low..high, above, below, no
 * figure), published_of (border, country, corridor, all: CAREC's corridors together),
 * used_to_estimate (yes: a row of the network was set from one of the figures), source.
 * tfi1: hours, tfi2: USD for 20 t, means over the crossing points: places with a border leg, or a
 * change of gauge next to another country, with all that a load waits for there. tfi3: USD for 500
 * km and 20 t. swod: km/h while moving; swd: with all stops. Rail and road: legs that arrive and
 * leave by it, sea and change of mode left out; countries: links inside one.
 * @param teu_per_20t containers that 20 t fill; 0: row `teu_per_20t` of table settings, and no
 * money where there is none
 * @retval KARVAN_E_ARG, KARVAN_E_NOMEM
 * Source: CAREC CPMM 2023, introduction. Method: docs/methods/profile.md
 */
KARVAN_API karvan_status karvan_route_indicators(const karvan_network *net, int32_t n,
                                                 const karvan_route *routes, double teu_per_20t,
                                                 karvan_table **out, karvan_error *err);

/**
 * The model beside the published figures: one row a target: id, name, from, to, corridor, measure,
 * model, low, high, unit, verdict (inside, outside, not modelled), difference to the nearer bound
 * in per cent, used_to_estimate, source, note. Route measures take the route best by time within
 * the target's corridor.
 * @retval KARVAN_E_DATA the region has no targets
 */
KARVAN_API karvan_status karvan_network_targets(const karvan_network *net, karvan_table **out,
                                                karvan_error *err);

/* ---- skims ---- */

/** What is read along the best way. */
typedef enum karvan_skim_measure {
    KARVAN_SKIM_LEAST, /**< the weighted sum itself */
    KARVAN_SKIM_HOURS,
    KARVAN_SKIM_USD,
    KARVAN_SKIM_KG,
    KARVAN_SKIM_KM,
    KARVAN_SKIM_SD_H, /**< standard deviation of the hours, legs independent */
    KARVAN_SKIM_BORDERS,
    KARVAN_SKIM_TRANSHIPMENTS,
    KARVAN_SKIM_MEASURES /**< how many there are */
} karvan_skim_measure;
/** "least" "hours" "usd" "kg" "km" "sd_h" "borders" "transhipments" */
KARVAN_API const char *karvan_skim_measure_name(karvan_skim_measure m);
/** "h", "USD/TEU", "kg/TEU", "km"; NULL for the least (its unit is the weights') and for counts */
KARVAN_API const char *karvan_skim_measure_unit(karvan_skim_measure m);

typedef struct karvan_skim_query {
    int32_t n_origins, n_destinations;
    const int32_t *origins, *destinations; /**< rows of places; repeats are allowed */
    karvan_weights weights;
    int n_measures;
    const karvan_skim_measure *measures;
    int threads; /**< 0: as many as the machine has; the answer is the same bytes for any number */
} karvan_skim_query;
/**
 * Measures along the best ways between places: for each pair those of the one way that is best by
 * the weights.
 * @param[out] out [n_measures][n_origins][n_destinations]; infinite where no way leads there, 0
 * from a place to itself
 * @retval KARVAN_E_ARG a place, a measure or a weight out of range
 * @retval KARVAN_E_NOMEM
 * Cost: a search (Dijkstra) an origin.
 */
KARVAN_API karvan_status karvan_network_skim(const karvan_network *net, const karvan_skim_query *q,
                                             double *out, karvan_error *err);

/* ---- what-ifs ---- */

/** What a what-if closes, in both directions: a row of the table of its kind. */
typedef enum karvan_item_kind {
    KARVAN_ITEM_LINK,
    KARVAN_ITEM_TERMINAL,
    KARVAN_ITEM_SERVICE,
    KARVAN_ITEM_PLACE /**< nothing passes, begins or ends there */
} karvan_item_kind;
typedef struct karvan_item {
    karvan_item_kind kind;
    int32_t row;
} karvan_item;

/** Least sums for thousands of what-ifs: a contraction hierarchy over the state graph, made once,
 * then customised to other weights, to closures, to the same region on another date or under a
 * scenario. One thread customises; between that any number may ask for tables. */
typedef struct karvan_skimmer karvan_skimmer;
/**
 * @param nets [n_nets] networks of one region (of other dates, with scenarios laid over it): the
 * hierarchy holds the arcs of them all. Not kept.
 * @retval KARVAN_E_ARG networks of other places or modes than the first's
 * Cost: milliseconds for a thousand arcs.
 */
KARVAN_API karvan_status karvan_skimmer_create(int n_nets, const karvan_network *const *nets,
                                               karvan_skimmer **out, karvan_error *err);
KARVAN_API void karvan_skimmer_destroy(karvan_skimmer *s);
/** Arcs of the hierarchy, one for both directions. */
KARVAN_API int64_t karvan_skimmer_arcs(const karvan_skimmer *s);
/**
 * Take the arcs of a network, weighed, without those closed.
 * @param net    one of the networks that it was made from, or one whose arcs lead nowhere that
 * theirs did not; not kept
 * @param closed [n_closed]
 * @retval KARVAN_E_ARG an arc that the hierarchy has not (its places are named), a weight or row
 * out of range
 */
KARVAN_API karvan_status karvan_skimmer_customise(karvan_skimmer *s, const karvan_network *net,
                                                  const karvan_weights *weights, int n_closed,
                                                  const karvan_item *closed, karvan_error *err);
/**
 * Least sums between places, as last customised.
 * @param[out] out [n_origins][n_destinations]; infinite where no way leads there, 0 from a place to
 * itself. Sums are made in another order than by karvan_network_skim: last bits may differ
 * @retval KARVAN_E_ARG not customised yet, a place out of range
 */
KARVAN_API karvan_status karvan_skimmer_table(const karvan_skimmer *s, int32_t n_origins,
                                              const int32_t *origins, int32_t n_destinations,
                                              const int32_t *destinations, int threads, double *out,
                                              karvan_error *err);

/* ---- accessibility ---- */

/** What a place counts for: a country's figure of the latest year in table indicators, spread
 * evenly over its places that are cities or ports. */
typedef enum karvan_mass {
    KARVAN_MASS_EQUAL, /**< 1 a city or port, whatever the country */
    KARVAN_MASS_GDP,
    KARVAN_MASS_POPULATION
} karvan_mass;

/** How a market's weight falls with the cost c of the best way to it. */
typedef enum karvan_decay {
    KARVAN_DECAY_POWER,      /**< c^-parameter; 1: Harris 1954 */
    KARVAN_DECAY_EXPONENTIAL /**< exp(-parameter c) */
} karvan_decay;

/** Which markets are a place's. */
typedef enum karvan_own {
    KARVAN_OWN_NONE,   /**< those of other countries */
    KARVAN_OWN_OTHERS, /**< all but the place itself */
    KARVAN_OWN_ALL     /**< the place itself too, at no cost: with the exponential alone */
} karvan_own;

typedef struct karvan_access_query {
    karvan_weights weights;
    karvan_mass mass;
    karvan_decay decay;
    double parameter; /**< theta above 0; beta above 0, per unit of cost */
    karvan_own own;
    bool by_country;            /**< a row a country: the mean of its cities and ports */
    const karvan_network *base; /**< NULL, or the network that this one is compared with */
    int threads;
} karvan_access_query;
/**
 * Market potential of each city and port: the sum over markets of their mass times f(cost of the
 * best way there). Table: place (by country: places, their number), name, country, potential, index
 * (100: the highest), reached (markets with a way), mass_years and source of their figures; with a
 * base also base_potential and delta_percent. GDP is told in millions. Highest first.
 * @retval KARVAN_E_ARG  a parameter not above 0, KARVAN_OWN_ALL with the power, a base of other
 * places
 * @retval KARVAN_E_DATA no figures in table indicators
 * Source: Harris 1954, "The market as a factor in the localization of industry", Annals of the
 * Association of American Geographers 44(4); docs/methods/access.md.
 */
KARVAN_API karvan_status karvan_network_access(const karvan_network *net,
                                               const karvan_access_query *q, karvan_table **out,
                                               karvan_error *err);

typedef struct karvan_isochrone_query {
    int32_t from; /**< row of places */
    karvan_weights weights;
    int n_bands;
    const double *bands; /**< [n_bands] ascending, above 0, in units of the weights; 16 at the most
                          */
    bool by_country;
    const karvan_network *base;
} karvan_isochrone_query;
/**
 * Places within bands of the cost of the best way from one place. Table: place, name, country,
 * kind, cost, band (the first that holds it), with a base also base_cost and delta; nearest first,
 * those beyond the last band left out. By country: band, country ("all" for their sum), places
 * within the band, of_places, gdp and population of the cities and ports within it, with a base
 * also base_gdp and base_population.
 * @retval KARVAN_E_ARG  a place out of range, bands that do not ascend
 * @retval KARVAN_E_DATA by country: no figures in table indicators
 */
KARVAN_API karvan_status karvan_network_isochrones(const karvan_network *net,
                                                   const karvan_isochrone_query *q,
                                                   karvan_table **out, karvan_error *err);

/* ---- criticality ---- */

/**
 * What the closure of one link or terminal, in both directions, would cost all ordered pairs of
 * places that are cities or ports: one row an item that any best way uses: kind (link, terminal),
 * id, name, delta_hours (sum of the growth of least expected hours over the pairs that stay
 * connected), delta_usd (the same of least USD a TEU), cut_pairs (pairs that no way joins any
 * more). Most cut pairs first, then most hours.
 * @param threads 0: as many as the machine has; the answer is the same bytes for any number
 * Cost: a search an origin and measure; then, an item of its tree, what lies behind it anew.
 */
KARVAN_API karvan_status karvan_network_critical(const karvan_network *net, int threads,
                                                 karvan_table **out, karvan_error *err);

typedef struct karvan_critical_query {
    karvan_mass weights; /**< a pair weighs the product of its ends' masses, scaled so that the
                            pairs together weigh as many as they are */
    bool by_country;     /**< a row an item and country: what those lose that begin there */
    int threads;
} karvan_critical_query;
/** The same with weights, which the sums of hours and USD are of (cut_pairs stays a number), and by
 * country: the columns of karvan_network_critical, then cut_share (of the weight of all pairs, per
 * cent) and, by country, country. @retval KARVAN_E_DATA no figures in table indicators */
KARVAN_API karvan_status karvan_network_critical_by(const karvan_network *net,
                                                    const karvan_critical_query *q,
                                                    karvan_table **out, karvan_error *err);
/** Pairs of cities and ports that one closure hurts: from, to, hours, hours_after, delta_hours,
 * usd, usd_after, delta_usd; no value after: no way is left. Those cut first, then most hours.
 * @retval KARVAN_E_ARG a row out of range */
KARVAN_API karvan_status karvan_network_closure(const karvan_network *net, karvan_item item,
                                                int threads, karvan_table **out, karvan_error *err);

/* ---- plain graphs ---- */

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
 * @retval KARVAN_E_ARG  g is NULL
 * @retval KARVAN_E_NOMEM
 * Cost: about a microsecond an arc (0.4 to 1.6 on grids of 1,000 to 100,000 nodes).
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

/* ---- TNTP ---- */

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
