#ifndef KARVAN_DEMAND_H
#define KARVAN_DEMAND_H
/* Room: flow. Demand: matrices between places in and out; distribution over pairs and its
 * calibration; estimation from counts. Depends on: base, table, network; of this room: assignment.
 * Methods: docs/methods/distribution.md, docs/methods/estimation.md.
 *
 * Matrices are [n_origins][n_destinations], row by row. Trips, tonnes and TEU are all "trips" here:
 * whatever unit comes in goes out. */
#include "karvan/assignment.h"
#include "karvan/base.h"
#include "karvan/freight.h"
#include "karvan/table.h"
#ifdef __cplusplus
extern "C" {
#endif

/* ---- matrices in and out ------------------------------------------------------------------- */

/** A matrix with the names of its rows and columns. */
typedef struct karvan_od {
    int32_t n_origins, n_destinations;
    char **origin, **destination; /**< names, distinct on each side */
    double *value;                /**< [n_origins][n_destinations]; NaN: not known */
} karvan_od;
typedef enum karvan_od_shape {
    KARVAN_OD_LONG, /**< a row a pair: origin, destination, value */
    KARVAN_OD_WIDE  /**< a row an origin: its name, then a column a destination, named by it */
} karvan_od_shape;
/** Zero-initialised: pairs without a row are 0. */
typedef struct karvan_od_options {
    const char *value; /**< column of the long form; NULL: the first but origin and destination that
                          holds numbers */
    double absent;     /**< what a pair without a row is: 0, or NAN */
    bool square;       /**< both sides get the names of both */
} karvan_od_options;
/**
 * Read CSV: long where the header has the columns `origin` and `destination`, else wide (its first
 * column holds the origins, whatever its name). An empty cell is NaN. Names that are all whole
 * numbers are put in their order; others stay in that of the file.
 * @retval KARVAN_E_IO
 * @retval KARVAN_E_DATA "file:line:column: " no number, a pair or a row that stands twice, a name
 * that is missing, no column of values
 * Cost: O(cells), plus the logarithm of the names.
 */
KARVAN_API karvan_status karvan_od_read(const char *path, const karvan_od_options *options,
                                        karvan_od *out, karvan_error *err);
/** The same from memory; `path` serves for messages only. */
KARVAN_API karvan_status karvan_od_parse(const char *bytes, size_t n, const char *path,
                                         const karvan_od_options *options, karvan_od *out,
                                         karvan_error *err);
/** The same from a table: long form where it has the columns, else wide. */
KARVAN_API karvan_status karvan_od_of_table(const karvan_table *t, const karvan_od_options *options,
                                            karvan_od *out, karvan_error *err);
/**
 * As a table, to be printed or written (karvan_csv_write).
 * @param value  name of the long form's column of values; NULL: trips
 * @param skip_zeros  long: pairs of 0 have no row (reading back with `absent` 0 gives them again,
 * but not a name that has no other pair)
 * @retval KARVAN_E_ARG wide, and a destination is called origin or destination
 */
KARVAN_API karvan_status karvan_od_table(const karvan_od *od, karvan_od_shape shape,
                                         const char *value, bool skip_zeros, karvan_table **out,
                                         karvan_error *err);
/** An od of these numbers; names NULL: 1, 2, 3, ... Everything is copied. */
KARVAN_API karvan_status karvan_od_create(int32_t n_origins, int32_t n_destinations,
                                          const char *const *origin, const char *const *destination,
                                          const double *value, karvan_od *out, karvan_error *err);
KARVAN_API void karvan_od_clear(karvan_od *od);

/* ---- balancing and distribution ------------------------------------------------------------- */

/** Zero-initialised: to 1e-10 in at most 10000 rounds, on all threads. */
typedef struct karvan_balance_options {
    double tolerance;   /**< of `error` below */
    int max_iterations; /**< rounds: all rows, then all columns */
    int threads;        /**< 0: all. The same bytes for any number */
    bool scale_columns; /**< columns are scaled to the total of the rows first; else totals that
                           differ by more than 1e-9 of themselves are refused */
    const karvan_cancel *cancel;
} karvan_balance_options;
typedef struct karvan_balance_stats {
    bool converged;
    int iterations;
    double error;     /**< largest difference of a row's sum from its target, over the target;
                         columns meet theirs but for rounding */
    double total;     /**< of the matrix */
    int64_t vanished; /**< distribution: pairs whose deterrence is 0 beside the best of their row
                         and column, though their cost is finite */
} karvan_balance_stats;

/**
 * Scale rows and columns of a seed until they have the sums that are asked for (iterative
 * proportional fitting: Deming and Stephan 1940; Furness 1965): out[i][j] = a[i] b[j] seed[i][j],
 * of all matrices with these sums the one of least information beside the seed.
 * @param seed  [n_origins][n_destinations], finite, >= 0; zeros stay
 * @param row,column  [n_origins], [n_destinations] sums, finite, >= 0; NULL (one of them): free
 * @param names  [n_origins + n_destinations] origins, then destinations, for messages; NULL:
 * numbers from 1
 * @param[out] out  [n_origins][n_destinations]; also with KARVAN_E_NOCONV, where columns have their
 * sums and rows are off by stats->error
 * @retval KARVAN_E_ARG   an argument out of range (named); totals that differ
 * @retval KARVAN_E_DATA  no such matrix exists: a row or column wants trips and the seed has
 * nothing but zeros there; or some rows want more than all columns that they can reach take (they
 * are named)
 * @retval KARVAN_E_NOCONV, KARVAN_E_CANCELLED, KARVAN_E_NOMEM
 * Cost: a pass over the matrix a round; n_origins n_destinations / 64 numbers of 8 bytes besides.
 */
KARVAN_API karvan_status karvan_balance(int32_t n_origins, int32_t n_destinations,
                                        const double *seed, const double *row, const double *column,
                                        const char *const *names, const karvan_balance_options *o,
                                        double *out, karvan_balance_stats *stats,
                                        karvan_error *err);

typedef enum karvan_deterrence_kind {
    KARVAN_DETER_EXPONENTIAL, /**< exp(-beta c) */
    KARVAN_DETER_POWER,       /**< c^-beta, c > 0 */
    KARVAN_DETER_TANNER,      /**< c^power exp(-beta c), c > 0 (Tanner 1961) */
    KARVAN_DETER_BINS /**< factor[k] where edge[k-1] < c <= edge[k]; beyond the last edge the
                         last factor */
} karvan_deterrence_kind;
/** How the trips of a pair fall with its cost. */
typedef struct karvan_deterrence {
    karvan_deterrence_kind kind;
    double beta, power;
    int n_bins;
    const double *edge; /**< [n_bins] upper edges, ascending */
    double *factor;     /**< [n_bins] >= 0; of the caller; calibration writes it */
} karvan_deterrence;
/** "exponential" "power" "tanner" "bins". */
KARVAN_API const char *karvan_deterrence_name(karvan_deterrence_kind k);
KARVAN_API karvan_status karvan_deterrence_parse(const char *s, karvan_deterrence_kind *out,
                                                 karvan_error *err);
/** Value at a cost; 0 at INFINITY; NaN where the cost is outside its range. */
KARVAN_API double karvan_deterrence_at(const karvan_deterrence *d, double cost);

typedef enum karvan_constraint {
    KARVAN_BOTH_ENDS,       /**< sums of origins and of destinations are given */
    KARVAN_ORIGIN_ENDS,     /**< those of origins; attractions are weights */
    KARVAN_DESTINATION_ENDS /**< those of destinations; productions are weights */
} karvan_constraint;
/** All borrowed. */
typedef struct karvan_distribution {
    int32_t n_origins, n_destinations;
    const double *production; /**< [n_origins] finite, >= 0 */
    const double *attraction; /**< [n_destinations] */
    const double *cost;       /**< [n_origins][n_destinations]; INFINITY: no trips */
    const double *factor;     /**< [n_origins][n_destinations] finite, >= 0: of a pair besides cost;
                                 NULL: 1 */
    karvan_constraint constraint;
    const char *const *names; /**< as karvan_balance has them */
} karvan_distribution;
/**
 * The gravity model of trips: T[i][j] = a[i] b[j] P[i] A[j] factor[i][j] f(c[i][j]) (Wilson 1967),
 * balanced as above. Costs enter by their difference from the best of row and column, so that large
 * ones do not underflow.
 * Errors and cost: karvan_balance; KARVAN_E_ARG: a cost that is NaN or outside the deterrence's
 * range (the pair is named).
 */
KARVAN_API karvan_status karvan_distribute(const karvan_distribution *d,
                                           const karvan_deterrence *deterrence,
                                           const karvan_balance_options *o, double *out,
                                           karvan_balance_stats *stats, karvan_error *err);

typedef struct karvan_calibration_stats {
    bool converged;
    int iterations;               /**< distributions that were made */
    double mean_cost;             /**< of the model's trips */
    double observed_cost;         /**< that was asked for, or of the observed trips */
    double beta_error;            /**< standard error by Poisson likelihood; NaN: not computed */
    double power_error;           /**< the same of Tanner's power */
    double deviance;              /**< Poisson deviance of the observed trips; NaN: none observed */
    karvan_balance_stats balance; /**< of the last distribution */
} karvan_calibration_stats;
/**
 * Find beta (EXPONENTIAL, POWER; TANNER with its power kept) so that the mean cost of the trips is
 * mean_cost, to 1e-9 of it: Hyman's steps (1969, Environment and Planning 1) within a bracket that
 * only narrows.
 * @param[in,out] deterrence  kind and power in, beta out
 * @param[out] trips  [n_origins][n_destinations]; may be NULL
 * @retval KARVAN_E_ARG   mean_cost not above 0, BINS
 * @retval KARVAN_E_DATA  no beta >= 0 gives it: the attainable range is told
 * and those of karvan_distribute
 */
KARVAN_API karvan_status karvan_calibrate_mean(const karvan_distribution *d, double mean_cost,
                                               const karvan_balance_options *o,
                                               karvan_deterrence *deterrence, double *trips,
                                               karvan_calibration_stats *stats, karvan_error *err);
/**
 * Find the parameters of greatest Poisson likelihood of observed trips, whose sums the model keeps
 * (production and attraction of a constrained end are not read): beta, for TANNER power too, by
 * Newton's method on the profile likelihood (concave); for BINS the factors (mean 1 over trips) by
 * proportional fitting of rows, columns and bins, so that each bin has its observed share.
 * @param observed  [n_origins][n_destinations] finite, >= 0
 * @retval KARVAN_E_DATA  observed trips where the cost is INFINITY, or the factor or the weight of
 * the free end 0 (the pair is named); nothing observed; all costs alike to the ends, so that beta
 * cannot be told
 * @retval KARVAN_E_NOCONV the likelihood rises without end (told)
 */
KARVAN_API karvan_status karvan_calibrate_trips(const karvan_distribution *d,
                                                const double *observed,
                                                const karvan_balance_options *o,
                                                karvan_deterrence *deterrence, double *trips,
                                                karvan_calibration_stats *stats, karvan_error *err);

/* ---- estimation from counts ------------------------------------------------------------------ */

/**
 * What a demand becomes: an assignment, whatever it is.
 * @param demand    [n_cells] >= 0
 * @param constant  [n_constants]
 * @param[out] modelled  [n_counts] what the counts would be
 * @param[out] slope  [n_counts][n_cells] of each count by each cell: the share of the cell that is
 * counted there (proportions: their change with demand is then left out), or the full derivative;
 * NULL: not asked for
 * @param[out] constant_slope  [n_counts][n_constants] by each constant; NULL: not asked for
 */
typedef karvan_status (*karvan_load_fn)(void *ctx, const double *demand, const double *constant,
                                        double *modelled, double *slope, double *constant_slope,
                                        karvan_error *err);

typedef enum karvan_estimate_method {
    KARVAN_ESTIMATE_GLS,    /**< generalised least squares, cells >= 0 (Cascetta 1984) */
    KARVAN_ESTIMATE_ENTROPY /**< least information beside the prior (van Zuylen and Willumsen 1980),
                               prior and counts with their errors: cells stay > 0 */
} karvan_estimate_method;
/** "gls" "entropy". */
KARVAN_API const char *karvan_estimate_method_name(karvan_estimate_method m);
KARVAN_API karvan_status karvan_estimate_method_parse(const char *s, karvan_estimate_method *out,
                                                      karvan_error *err);

/** All borrowed. */
typedef struct karvan_estimate_problem {
    int32_t n_cells;
    const double *prior;       /**< [n_cells] finite, >= 0; a cell of 0 stays 0 */
    const double *prior_error; /**< [n_cells] standard error over prior, finite, > 0 */
    int32_t n_counts;
    const double *count;       /**< [n_counts] finite */
    const double *count_error; /**< [n_counts] standard error in units of the count, finite, > 0.
                                  Below 1e-7 of what is counted rounding is felt */
    int32_t n_constants;
    const double *constant_error; /**< [n_constants] prior standard error, > 0; the prior mean is
                                     0. What a corridor's cost leaves unexplained, say */
    const double *constant_step;  /**< [n_constants] > 0: slopes by differences of this step to both
                                     sides; NULL: load gives constant_slope */
    const double *constant_reach; /**< [n_constants] > 0: the most by which a round moves one, for
                                     loads that bend (shares of a logit); NULL: any way */
    karvan_load_fn load;
    void *ctx;
} karvan_estimate_problem;
/** Zero-initialised: GLS to 1e-6 in at most 100 rounds. */
typedef struct karvan_estimate_options {
    karvan_estimate_method method;
    double tolerance;   /**< of `residual` below */
    int max_iterations; /**< rounds: load, then estimate with slopes held */
    const karvan_cancel *cancel;
    karvan_progress *progress; /**< a step a round */
} karvan_estimate_options;

/** What was found; destroy with karvan_estimate_destroy. */
typedef struct karvan_estimate {
    int32_t n_cells, n_counts, n_constants;
    double *demand;           /**< [n_cells] */
    double *demand_error;     /**< [n_cells] standard error a posteriori */
    double *removed;          /**< [n_cells] share of the prior variance that the counts removed,
                                 0..1: 0 where the counts say nothing of the cell */
    double *constant;         /**< [n_constants] */
    double *constant_error;   /**< [n_constants] */
    double *constant_removed; /**< [n_constants] */
    double *before;           /**< [n_counts] modelled with the prior */
    double *modelled;         /**< [n_counts] modelled with the estimate */
    double *standardised;     /**< [n_counts] residual over its standard error: N(0,1) if prior,
                                 counts and model are what they are said to be. Of the count less
                                 what the slopes make of where the last round leads: a search that
                                 ends early is no contradiction */
    int32_t *against; /**< [n_counts] the count without which `standardised` would fall most,
                         at least to half; -1: none does, or it is below 2 */
    double *without;  /**< [n_counts] standardised without that count; NaN: none */
    bool converged;
    int iterations, loads; /**< rounds; calls of load */
    double residual;       /**< largest move of a cell or constant in the last round, over its
                              prior standard error */
    double misfit_before, misfit; /**< sum of squares of (count - modelled) / count_error */
    double strain; /**< what the prior was moved: the prior's part of the objective, doubled (for
                      GLS the sum of squares of moves over prior standard errors) */
} karvan_estimate;
/**
 * Estimate demand so that it is near the prior and, loaded, near the counts, each weighed by its
 * error. Each round holds the slopes and solves exactly (semismooth Newton on the dual: as many
 * unknowns as counts), then loads again; the next point is mixed from the last rounds (Anderson
 * 1965, Journal of the ACM 12(4)), and steps shrink where rounds overshoot. With proportions the
 * result is their fixed point, with full derivatives a minimum of the whole.
 * @param[out] out  also with KARVAN_E_NOCONV and KARVAN_E_CANCELLED: the round of the least
 * residual (NULL where not one was made)
 * @retval KARVAN_E_ARG  out of range (named); load gave a number that is not finite
 * @retval KARVAN_E_NOCONV, KARVAN_E_CANCELLED, KARVAN_E_NOMEM, and whatever load gives
 * Cost: per round a load, sum over cells of the squared number of counts it meets, n_counts^3 / 3.
 */
KARVAN_API karvan_status karvan_estimate_solve(const karvan_estimate_problem *p,
                                               const karvan_estimate_options *o,
                                               karvan_estimate **out, karvan_error *err);
KARVAN_API void karvan_estimate_destroy(karvan_estimate *e);
/** Fit of the counts: count, observed, error, before, modelled, standardised, against, without.
 * @param name  [n_counts]; NULL: numbers from 1 */
KARVAN_API karvan_status karvan_estimate_counts(const karvan_estimate_problem *p,
                                                const karvan_estimate *e, const char *const *name,
                                                karvan_table **out, karvan_error *err);
/** Cells: cell, prior, prior_error (in units of the cell), estimate, error, removed; constants
 * below them. @param name  [n_cells + n_constants]; NULL: numbers from 1 */
KARVAN_API karvan_status karvan_estimate_cells(const karvan_estimate_problem *p,
                                               const karvan_estimate *e, const char *const *name,
                                               karvan_table **out, karvan_error *err);

/* ---- on plain networks ----------------------------------------------------------------------- */

/** Counts of arcs, each the sum over some; all borrowed. */
typedef struct karvan_arc_counts {
    int32_t n;
    const int64_t *first; /**< [n + 1] */
    const int32_t *arc;   /**< [first[n]] */
    const double *count;  /**< [n] in equivalents, as flows are; without preload */
    const double *error;  /**< [n] standard error, same unit */
} karvan_arc_counts;

/**
 * Which share of each cell's trips passes the counted arcs at an equilibrium whose flows are known,
 * not its routes: the most likely route flows (largest entropy over least-cost routes) that add up
 * to the arc flows (Rossi, McNeil and Hendrickson 1989; the condition of proportionality of
 * Bar-Gera and Boyce 1999). Counts of several arcs add their shares.
 * @param flow,time  [n_arcs] of the solution: karvan_assignment_flow_view, _time_view
 * @param user_class   whose cells: those of problem->classes[user_class].trips, in their order
 * @param slack      routes within this of the best, as a share of its cost, count as least-cost,
 * arc by arc; the search ends at a residual of a tenth of it
 * @param[out] share [counts->n][cells] equivalents counted per trip
 * @param[out] residual  sum of differences between the flows of these routes and `flow` over the
 * sum of flow
 * @retval KARVAN_E_ARG, KARVAN_E_CANCELLED, KARVAN_E_NOMEM
 * Cost: some tens to hundreds of rounds, each a pass over the arcs of least-cost routes an origin.
 */
KARVAN_API karvan_status karvan_route_shares(const karvan_assignment_problem *problem,
                                             const double *flow, const double *time, int user_class,
                                             const karvan_arc_counts *counts, double slack,
                                             int threads, const karvan_cancel *cancel,
                                             double *share, double *residual, karvan_error *err);

typedef struct karvan_trips_estimate_options {
    int user_class;                       /**< whose trips are estimated; others stay */
    const double *prior_error;            /**< [cells] relative; NULL: below for all */
    double prior_error_all;               /**< 0: 0.5 */
    karvan_assignment_options assignment; /**< how each round is assigned; `start` and progress are
                                             not heeded */
    karvan_estimate_options estimate;
} karvan_trips_estimate_options;
/**
 * Estimate a class's trips from counts of arcs at user equilibrium: karvan_estimate_solve over
 * assignments that each start from the one before, slopes by karvan_route_shares.
 * @param[out] trips  estimated, the cells of the prior in their order (cells that fell to 0 are
 * left out); clear with karvan_trips_clear
 * @param[out] flow   [n_arcs] at the estimate, in equivalents (KARVAN_E_CANCELLED: of the last
 * round); may be NULL
 * Errors: those of karvan_assignment_solve and karvan_estimate_solve.
 */
KARVAN_API karvan_status karvan_estimate_trips(const karvan_assignment_problem *problem,
                                               const karvan_arc_counts *counts,
                                               const karvan_trips_estimate_options *o,
                                               karvan_trips *trips, double *flow,
                                               karvan_estimate **out, karvan_error *err);

/* ---- on a region ----------------------------------------------------------------------------- */

/** A base year that counts have moved. */
typedef struct karvan_region_estimate karvan_region_estimate;
/** Start with zeros and karvan_freight_defaults in `freight`. */
typedef struct karvan_region_estimate_options {
    int64_t year; /**< of table counts (rows whose period is this year) */
    const karvan_table
        *demand; /**< what is believed: as karvan_demand_trade gives it (origin, destination,
                    cargo_class, tonnes or teu a year; kind and error where it has them) */
    karvan_freight_options freight;
    double prior_error; /**< relative, of rows that tell none; 0: 0.5 */
    bool hold_demand;   /**< rows stay as they are: constants alone are estimated, and the view has
                           no cells */
    double constant_error; /**< prior standard error of constants, USD a TEU; 0: none. Of each
                              corridor that is counted, one for the classes and kinds that the
                              year's counts of it do not tell apart. The region's own table
                              corridor_constants is left out: what an earlier estimate found is not
                              counted twice (constants of `freight` are added) */
    karvan_estimate_options estimate;
} karvan_region_estimate_options;
/**
 * Estimate the rows of a demand table from the region's counts (table counts, used_to_estimate),
 * loaded by karvan_freight_solve; slopes are the shares of each row that the counts see. Counts of
 * a corridor are of the ways that belong to it, of a link and direction of what passes it, of a
 * place of what is handled there. What constants of corridors add to costs is what the estimate
 * leaves unexplained (docs/methods/estimation.md).
 * @param region  borrowed for the life of the result
 * @param[out] out  also with KARVAN_E_NOCONV and KARVAN_E_CANCELLED, the best so far
 * @retval KARVAN_E_DATA  no count of the year is used to estimate; one that cannot be modelled,
 * with its place (a direction of a corridor or place, a mode at a place, an unknown link, corridor
 * or place, another unit); an error of demand that is not above 0, with its place; and the errors
 * of karvan_freight_solve, karvan_freight_demand_read and karvan_estimate_solve
 */
KARVAN_API karvan_status karvan_estimate_region(const karvan_package *region,
                                                const karvan_region_estimate_options *o,
                                                karvan_region_estimate **out, karvan_error *err);
KARVAN_API void karvan_region_estimate_destroy(karvan_region_estimate *e);
KARVAN_API const karvan_estimate *karvan_region_estimate_view(const karvan_region_estimate *e);
/** Freight under the estimate. */
KARVAN_API const karvan_freight *karvan_region_estimate_freight(const karvan_region_estimate *e);
typedef enum karvan_region_estimate_output {
    KARVAN_REGION_COUNTS,   /**< count, name, unit, used, observed, error, before, modelled (not
                               covered where it cannot be), standardised, against: all of the year */
    KARVAN_REGION_DEMAND,   /**< id, origin, destination, cargo_class, kind, year, teu (a year),
                               prior_teu, error (relative), removed: what karvan assign --demand takes
                             */
    KARVAN_REGION_CONSTANTS /**< corridor, cargo_classes, kind (not covered: all), usd_per_teu (as
                               table corridor_constants has them), error, removed, cost_usd_per_teu:
                               what is unexplained, beside the mean generalised cost of what goes
                               there, prices in it, without the constant (not covered: nothing
                               does) */
} karvan_region_estimate_output;
KARVAN_API karvan_status karvan_region_estimate_table(const karvan_region_estimate *e,
                                                      karvan_region_estimate_output which,
                                                      karvan_table **out, karvan_error *err);

/* ---- demand from trade ---------------------------------------------------------------------- */

/** Whose trade becomes cargo, and of which year. Zero-initialised: the defaults named. */
typedef struct karvan_demand_options {
    int64_t year;               /**< of the flows; 0: setting flow_year */
    const char *dataset;        /**< data set of table trade_matrix; NULL: setting matrix_trade */
    const char *products;       /**< its data set by product; NULL: setting matrix_products */
    bool matrix_only;           /**< table trade is not looked at */
    const karvan_table *trade;  /**< exporter, importer (TEXT), value_usd (REAL, USD a year): what
                                   pairs trade in that year, in the place of all the region's
                                   figures; NULL: those */
    const karvan_table *shares; /**< what karvan_trade_class_shares gives, by exporter and
                                   importer, where it is at hand; NULL: made */
} karvan_demand_options;
/**
 * Cargo of a year: the rows of table demand of that year, then what pairs trade, by cargo class.
 *
 * Value of a pair: its newest figure not after the year, of the matrix or of table trade (totals in
 * USD; of one year table trade before the matrix, the importer before the exporter), grown by the
 * geometric mean of both countries' GDP since. Times the shares of cargo classes
 * (karvan_trade_class_shares), times the part that moves on the network (table carried), over value
 * and tonnes of the class (cargo_classes).
 *
 * A pair has cargo of its trade where both ends have rows of table zones and one of them is in
 * setting flow_countries (no such setting: any pair). A row of table demand of kind transit stands
 * for the whole trade of its pair of countries, one of kind trade for its class of it; rows between
 * places are added. What is left out is told, row by row: the value_usd of both tables add up to
 * the trade of all pairs.
 *
 * @param[out] demand id, origin, destination (country with zones, or place), cargo_class, kind
 * (transit, trade), year, value_usd (not covered in rows of table demand), tonnes, teu (a year),
 * error (relative standard error; setting flow_trade_error or 0.5 where it is of trade; unknown
 * where table demand does not say), basis ("demand", or data set, year and growth: "wits 2016 x
 * 1.420")
 * @param[out] left_out exporter, importer, cargo_class (unknown: all), value_usd, tonnes (unknown
 * without class), reason (outside, no-zone, transit-total, no-shares, not-carried, moved-otherwise,
 * stated), what (in words); may be NULL
 * @retval KARVAN_E_ARG  no such data set
 * @retval KARVAN_E_DATA no table zones, cargo_classes, class_shares or trade_matrix; no year; table
 * demand has no row of the year, though of others; a row without an end, a class or an amount; a
 * class without a value or tonnes; the message names the cell
 * @retval KARVAN_E_NOMEM
 * Cost: O(rows of trade and trade_matrix + pairs x classes x rows of carried); 25 countries some
 * 60 ms, with trade and shares given 3 ms.
 * Method: docs/methods/demand.md.
 */
KARVAN_API karvan_status karvan_demand_trade(const karvan_package *region,
                                             const karvan_demand_options *o, karvan_table **demand,
                                             karvan_table **left_out, karvan_error *err);

/* ---- plausibility of the tables that flows read --------------------------------------------- */

/**
 * zones, demand, counts, capacities, carried, corridor_constants and the settings of flows: weights
 * that do not sum to 1, ends and items that are not there, amounts and units that cannot be used,
 * counts that cannot be estimated from. A table that the region does not have is no fault. Adds to
 * problems (docs/methods/check.md). @retval KARVAN_E_ARG region or problems NULL; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_flow_check(const karvan_package *region, karvan_problems *problems,
                                           karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
